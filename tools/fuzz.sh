#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs every fuzz target with libFuzzer under ASan and UBSan:  tools/fuzz.sh [seconds for each] [target…]
# New inputs are kept in build-fuzz/corpus/; what crashes is left in build-fuzz/ and named.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

seconds=${1:-300}
shift || true
if [ ! -e build-fuzz/build.ninja ]; then
  CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false --buildtype=debug \
    -Doptimization=2 || exit 1
fi
meson compile -C build-fuzz || exit 1

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(sed -n "s|^  '[a-z]*/\(fuzz_[a-z_]*\)',$|\1|p" tests/fuzz/meson.build
  cd tests/compat && printf '%s\n' fuzz_*.c | sed 's|\.c$||')

passed=0
failed=0
for target in "${targets[@]}"; do
  printf '\n======== %s, %s s ========\n' "$target" "$seconds"
  mkdir -p "build-fuzz/corpus/$target"
  room=tests/fuzz
  [ ! -e "tests/compat/${target}.c" ] || room=tests/compat # of the CFITSIO layer
  inputs=("build-fuzz/corpus/$target" "$room/corpus/$target")
  case $target in
  fuzz_scan | fuzz_gzip) inputs+=(tests/crashers/inputs) ;;  # targets that take whole files
  esac
  if UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 "build-fuzz/$room/$target" -max_total_time="$seconds" \
    -rss_limit_mb=2048 -malloc_limit_mb=1024 -timeout=20 -print_final_stats=1 \
    -artifact_prefix="build-fuzz/$target-" "${inputs[@]}" \
    >"build-fuzz/$target.log" 2>&1; then
    passed=$((passed + 1))
    grep -E '^stat::number_of_executed_units|^Done' "build-fuzz/$target.log"
  else
    failed=$((failed + 1))
    tail -n 40 "build-fuzz/$target.log"
  fi
done
printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
