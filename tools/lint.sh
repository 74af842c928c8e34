#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# What can be checked without running anything. Needs tools/setup.sh lint.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

status=0
check() { # check <sentence when it fails> <command>…
  local sentence=$1
  shift
  "$@" || {
    printf '%s\n' "$sentence"
    status=1
  }
}

# refuse <sentence> <grep pattern> <paths>…: fails when the pattern is found.
refuse() {
  local sentence=$1 pattern=$2 found
  shift 2
  found=$(git grep -nE "$pattern" -- "$@")
  [ -z "$found" ] || {
    printf '%s\n%s\n' "$sentence" "$found"
    status=1
  }
}

mapfile -t c_files < <(git ls-files 'csrc/*.[ch]' 'compat/*.[ch]' 'tests/*.[ch]' 'benchmarks/*.[ch]')
mapfile -t sources < <(git ls-files '*.py' '*.c' '*.h' '*.sh' '*.in' 'Makefile' '*meson.build' '*.ini' '*.toml')

check "ruff found something: see above." ruff check --quiet .
check "ruff format would change the files above: run ruff format." ruff format --check --quiet .
check "mypy found something: see above." mypy --strict
check "clang-format would change the files above: run clang-format-14 -i on them." \
  clang-format-14 --dry-run -Werror "${c_files[@]}"

refuse "A C function that the rules forbid (CONTRIBUTING.md):" \
  '\b(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|strtok|gets|alloca|atoi|atol|atoll|atof|scanf|sscanf)[[:space:]]*\(' \
  'csrc/*.c' 'csrc/*.h' 'compat/*.c' 'compat/*.h'
refuse "The library does not print, exit or assert:" \
  '\b(printf|puts|fprintf|perror|exit|abort|assert)[[:space:]]*\(' 'csrc/*.c'
refuse "Compiler built-ins need a portable version, and typed loads go through memcpy:" \
  '\*[[:space:]]*\([[:space:]]*(const[[:space:]]+)?u?int(16|32|64)_t[[:space:]]*\*[[:space:]]*\)' 'csrc/*.c' 'csrc/*.h'
refuse "Stubs and promises do not belong into the code:" 'TODO|FIXME|\bXXX\b|raise NotImplementedError' \
  'csrc/*.c' 'csrc/*.h' 'rustfits/*.py'
refuse "Skipped tests are debts:" 'pytest\.(skip|xfail|importorskip)|mark\.(skip\b|xfail)' 'tests/*.py'

for file in "${sources[@]}"; do
  # The licence of a file stands at its top.
  head -n 3 "$file" | grep -q 'SPDX-License-Identifier: BSD-3-Clause' || [ ! -s "$file" ] || [ "${file##*.}" = in ] || {
    echo "$file: no SPDX line at its top"
    status=1
  }
done

[ $status = 0 ] && echo "lint: ${#c_files[@]} C files and $(git ls-files '*.py' | wc -l) Python files are clean"
exit $status
