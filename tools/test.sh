#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The test steps. Each can be run alone, after tools/setup.sh test:
#   tools/test.sh                    all of the default ones
#   tools/test.sh c python           these
#   tools/test.sh list               their names
#   tools/test.sh python -- -k gzip  what follows -- goes to pytest
set -uo pipefail
cd "$(dirname "$0")/.."

default_steps=(lint c c-sanitize c-threads fuzz-replay c-big-endian c-neon c-windows symbols package python docs-build docs-code)

export PATH="$PWD/.venv/bin:$PATH"
# Not the checkout's rustfits/ but the installed package, also for `python -m`.
export PYTHONSAFEPATH=1
pytest_arguments=()

# configure <build directory> <meson setup arguments>…: sets up once, compiles what changed; quiet unless it fails.
configure() {
  local directory=$1
  shift
  {
    if [ ! -e "$directory/build.ninja" ]; then
      rm -rf "$directory"
      meson setup "$directory" "$@" || return 1
    fi
    meson compile -C "$directory"
  } >"$directory.log" 2>&1 || {
    tail -n 60 "$directory.log"
    return 1
  }
}

step_lint() {
  tools/lint.sh
}

step_c() { # the C tests, all warnings are errors
  configure build-test -Dtests=true -Dwerror=true --buildtype=debugoptimized &&
    meson test -C build-test --suite c --no-rebuild --print-errorlogs
}

sanitized() {
  configure build-asan -Dtests=true -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debug \
    -Doptimization=1
}

step_c-sanitize() { # the same under AddressSanitizer and UndefinedBehaviorSanitizer
  sanitized &&
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
      meson test -C build-asan --suite c --no-rebuild --print-errorlogs --timeout-multiplier 4
}

step_c-threads() { # the ones with threads, under ThreadSanitizer
  configure build-tsan -Dtests=true -Dwerror=true -Db_sanitize=thread -Db_lundef=false --buildtype=debug \
    -Doptimization=1 &&
    meson test -C build-tsan --no-rebuild --print-errorlogs --timeout-multiplier 4 \
      test_file test_gzip test_pack test_parallel test_platform test_ranged test_settle test_store test_threads \
      test_tile_cache test_zimage test_zimage_write test_ztable
}

step_fuzz-replay() { # the corpus of each fuzz target, under the same sanitizers
  sanitized &&
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
      meson test -C build-asan --suite fuzz --no-rebuild --print-errorlogs
}

step_c-big-endian() { # the C tests on s390x, under qemu
  configure build-s390x --cross-file cross/s390x.ini -Dtests=true -Dwerror=true -Dlibcurl=disabled \
    -Dlibdeflate=disabled --buildtype=debugoptimized --default-library=static &&
    meson test -C build-s390x --suite c --no-rebuild --print-errorlogs --timeout-multiplier 10
}

step_c-neon() { # the byte kernels of ARM, under qemu: all that differs there
  mkdir -p build-neon &&
    aarch64-linux-gnu-gcc -static -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Icsrc/include -Icsrc \
      tests/c/test_bytes.c csrc/base/bytes.c -o build-neon/test_bytes &&
    aarch64-linux-gnu-nm build-neon/test_bytes | grep neon_swap >/dev/null &&
    qemu-aarch64 build-neon/test_bytes
}

step_c-windows() { # library and C tests compile and link with mingw-w64
  configure build-mingw --cross-file cross/mingw-w64.ini -Dtests=true -Dwerror=true -Dlibcurl=disabled \
    -Dlibdeflate=disabled
}

step_symbols() { # every symbol that the library shows begins with rf_
  configure build-test -Dtests=true -Dwerror=true --buildtype=debugoptimized || return 1
  local shared strangers library
  shared=$(compgen -G 'build-test/librustfits.so.*.*.*' | grep -v '\.p$' | head -n 1)
  for library in "-D $shared" "-g build-test/librustfits_static.a"; do
    # shellcheck disable=SC2086
    strangers=$(nm --defined-only $library | awk 'NF == 3 && $3 !~ /^rf_/ { print $3 }')
    [ -z "$strangers" ] || {
      printf '%s shows symbols without the prefix rf_:\n%s\n' "${library#* }" "$strangers"
      return 1
    }
  done
  local declared exported
  declared=$(sed -n 's/^RF_API.*[ *]\(rf_[a-z0-9_]*\)(.*/\1/p' csrc/include/rustfits.h | sort)
  exported=$(nm -D --defined-only "$shared" | awk 'NF == 3 { print $3 }' | sort)
  diff <(echo "$declared") <(echo "$exported") >/dev/null || {
    echo "rustfits.h (<) and the shared library (>) do not offer the same functions:"
    diff <(echo "$declared") <(echo "$exported") | grep '^[<>]'
    return 1
  }
  echo "$(echo "$exported" | wc -l) functions, all declared in rustfits.h"
}

step_package() { # pip install of a clean copy, in an environment of its own
  tools/package_test.sh
}

step_python() {
  pytest --ignore=tests/test_docs.py "${pytest_arguments[@]}"
}

step_docs-build() {
  sphinx-build -q -W --keep-going -b html docs docs/_build/html && echo "docs build without warnings"
}

step_docs-code() { # the code blocks of README and docs
  pytest tests/test_docs.py "${pytest_arguments[@]}"
}

steps=()
while [ $# -gt 0 ]; do
  case $1 in
  list)
    printf '%s\n' "${default_steps[@]}"
    exit 0
    ;;
  --)
    shift
    pytest_arguments=("$@")
    break
    ;;
  *)
    declare -F "step_$1" >/dev/null || {
      echo "tools/test.sh: no step '$1'; there are: ${default_steps[*]}" >&2
      exit 2
    }
    steps+=("$1")
    ;;
  esac
  shift
done
[ ${#steps[@]} -gt 0 ] || steps=("${default_steps[@]}")

passed=0
failed=0
report=
for step in "${steps[@]}"; do
  printf '\n======== %s ========\n' "$step"
  begin=$(date +%s)
  if "step_$step"; then
    result=passed
    passed=$((passed + 1))
  else
    result=FAILED
    failed=$((failed + 1))
  fi
  report+=$(printf '%-14s %-7s %4d s' "$step" "$result" $(($(date +%s) - begin)))$'\n'
done
printf '\n======== steps ========\n%s\n%d passed, %d failed\n' "$report" "$passed" "$failed"
[ "$failed" = 0 ]
