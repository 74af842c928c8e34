#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The test steps. Each can be run alone, after tools/setup.sh test:
#   tools/test.sh                    all of the default ones
#   tools/test.sh c python           these
#   tools/test.sh list               their names
#   tools/test.sh python -- -k gzip  what follows -- goes to pytest (python, python-servers, docs-code)
# Two steps run side by side where there are two processors, and what a step prints is shown when it ends;
# JOBS=1 runs one after the other, JOBS=3 three side by side.
set -uo pipefail
cd "$(dirname "$0")/.."

# The long ones first: the short ones fill up the other lane. What compiles runs beside what waits for servers.
default_steps=(python c-sanitize python-servers c-big-endian c-threads c-windows c docs-code docs-build lint package
  fuzz-replay dropin symbols c-neon)

# build_of <step>: where it builds. Steps that share a build directory run one after the other.
build_of() {
  case $1 in
  c | symbols | dropin) echo build-test ;;
  c-sanitize | fuzz-replay) echo build-asan ;;
  *) echo "$1" ;;
  esac
}

export PATH="$PWD/.venv/bin:$PATH"
# Not the checkout's rustfits/ but the installed package, also for `python -m`.
export PYTHONSAFEPATH=1
# The installed C library of the Python tests: once for all steps.
export RUSTFITS_C_LIBRARY="$PWD/build-c-library"
pytest_arguments=()

# The programs run for a few seconds: optimizing them takes more time than it saves, and so does debug information
# beyond the lines that the report of a sanitizer names. With a sanitizer, -Og compiles in half the time of -O1, but its
# warnings of variables that are not set are often wrong: step c is the one that takes warnings as errors.
cheap=(-Doptimization=1 -Ddebug=false)
sanitizing=(-Dwerror=false -Db_lundef=false -Doptimization=g -Ddebug=false)
lines=(-Dc_args=-g1)

# configure <build directory> <meson setup arguments>…: sets up once, compiles what changed of "${targets[@]}", or of
# all; quiet unless it fails.
targets=()
configure() {
  local directory=$1
  shift
  {
    if [ ! -e "$directory/build.ninja" ]; then
      rm -rf "$directory"
      meson setup "$directory" "$@" || return 1
    else
      ninja -C "$directory" build.ninja || return 1 # targets may have new names
    fi
    meson compile -C "$directory" "${targets[@]}"
  } >"$directory.log" 2>&1 || {
    tail -n 60 "$directory.log"
    return 1
  }
}

step_lint() {
  tools/lint.sh
}

plain() { # optimized as warnings need it
  configure build-test -Dtests=true -Dwerror=true -Doptimization=2 -Ddebug=false
}

step_c() { # the C tests, all warnings are errors
  plain &&
    meson test -C build-test --suite c --suite compat --no-rebuild --print-errorlogs
}

sanitized() {
  configure build-asan -Dtests=true -Db_sanitize=address,undefined "${sanitizing[@]}" "${lines[@]}"
}

step_c-sanitize() { # the same under AddressSanitizer and UndefinedBehaviorSanitizer
  sanitized &&
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
      meson test -C build-asan --suite c --suite compat --no-rebuild --print-errorlogs --timeout-multiplier 4
}

step_c-threads() { # the ones with threads, under ThreadSanitizer
  local targets=(test_collect test_crowd test_file test_flush test_gzip test_gzip_write test_index test_mapping test_pack
    test_parallel test_pipe_stream test_platform test_range_reader test_raw_threads test_resize test_scattered_ranges
    test_shared_read
    test_store test_threads
    test_tile_cache test_zimage test_zimage_broken test_zimage_sections test_zimage_write test_ztable
    test_ztable_errors)
  configure build-tsan -Dtests=true -Db_sanitize=thread "${sanitizing[@]}" "${lines[@]}" &&
    RF_TESTS_BRIEF=1 meson test -C build-tsan --no-rebuild --print-errorlogs --timeout-multiplier 4 "${targets[@]}"
}

step_fuzz-replay() { # the corpus of each fuzz target, under the same sanitizers
  sanitized &&
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
      meson test -C build-asan --suite fuzz --no-rebuild --print-errorlogs
}

step_c-big-endian() { # the C tests on s390x, under qemu, but for the longest
  local programs=(column/column_values file/handles hdu/hdu_checksum tiled/tiled_image) program name
  local targets=(suite-c)
  for program in "${programs[@]}"; do
    targets+=("${program//\//_}_ours")
  done
  configure build-s390x --cross-file cross/s390x.ini -Dtests=true -Dwerror=true -Dlibcurl=disabled \
    -Dlibdeflate=disabled -Dbzip2=disabled -Dlzma=disabled -Dzstd=disabled "${cheap[@]}" --default-library=static &&
    RF_TESTS_BRIEF=1 meson test -C build-s390x --suite c --no-suite long-when-emulated --no-rebuild --print-errorlogs --timeout-multiplier 10 || return 1
  for program in "${programs[@]}"; do # beside CFITSIO of this machine
    name=${program//\//_}
    cc -w tests/compat/programs/$program.c tests/compat/clock.c -o build-s390x/peer_$name -lcfitsio -lm &&
      WRAPPER=qemu-s390x .venv/bin/python -P tests/compat/pair.py build-s390x/tests/compat/${name}_ours \
        build-s390x/peer_$name tests/compat/data || return 1
  done
}

step_c-neon() { # the byte kernels of ARM, under qemu: all that differs there
  mkdir -p build-neon &&
    aarch64-linux-gnu-gcc -static -std=c11 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Icsrc/include -Icsrc -Itests/c \
      tests/c/base/test_bytes.c csrc/base/bytes.c -o build-neon/test_bytes &&
    aarch64-linux-gnu-nm build-neon/test_bytes | grep neon_swap >/dev/null &&
    qemu-aarch64 build-neon/test_bytes
}

step_c-windows() { # the C tests with mingw-w64, run by Wine
  local -x WINEDEBUG=-all WINEPREFIX="$PWD/build-mingw/wine" # meson sets WINEPATH
  local targets=(suite-c rustfits:shared_library) # the library is compiled twice there
  configure build-mingw --cross-file cross/mingw-w64.ini -Dtests=true -Dwerror=true -Dlibcurl=disabled \
    -Dlibdeflate=disabled -Dbzip2=disabled -Dlzma=disabled -Dzstd=disabled -Doptimization=0 -Ddebug=false &&
    meson test -C build-mingw --suite c --no-rebuild --print-errorlogs --num-processes 2 --timeout-multiplier 3
}

step_dropin() { # programs that are bound to libcfitsio.so.10, on CFITSIO and on its layer
  plain || return 1
  tools/dropin.sh build-test fitsverify fpack funpack fitscopy imcopy
}

step_symbols() { # every symbol that the library shows begins with rf_
  plain || return 1
  local shared strangers library
  shared=$(compgen -G 'build-test/librustfits.so.*.*.*' | grep -v '\.p$' | head -n 1)
  for library in "-D $shared" "-g build-test/librustfits_static.a"; do
    # shellcheck disable=SC2086
    # A is the version node itself.
    strangers=$(nm --defined-only $library | awk 'NF == 3 && $2 != "A" && $3 !~ /^rf_/ { print $3 }')
    [ -z "$strangers" ] || {
      printf '%s shows symbols without the prefix rf_:\n%s\n' "${library#* }" "$strangers"
      return 1
    }
  done
  local declared exported
  declared=$(sed -n 's/^RF_API.*[ *]\(rf_[a-z0-9_]*\)(.*/\1/p' csrc/include/rustfits/*.h csrc/include/rustfits/*/*.h | sort)
  exported=$(nm -D --defined-only "$shared" | awk 'NF == 3 && $2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort)
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

# The tests that talk to servers: they wait more than they compute.
of_servers=(tests/unit/drivers tests/unit/remote tests/unit/store tests/unit/upload)

step_python() { # all others, but for the code blocks of the documents
  pytest "${of_servers[@]/#/--ignore=}" --ignore=tests/unit/house/test_docs.py "${pytest_arguments[@]}"
}

step_python-servers() {
  pytest "${of_servers[@]}" "${pytest_arguments[@]}"
}

step_docs-build() { # from nothing: Sphinx does not find names that have moved between pages since the last build
  sphinx-build -q -E -W --keep-going -b html docs docs/_build/html || return 1
  grep -q 'rf_image_read' docs/_build/html/searchindex.js && grep -q 'cutouts' docs/_build/html/searchindex.js || {
    echo "the search index lacks names of the references"
    return 1
  }
  echo "docs build without warnings"
}

step_docs-code() { # the code blocks of README and docs
  pytest tests/unit/house/test_docs.py "${pytest_arguments[@]}"
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
rm -rf "$RUSTFITS_C_LIBRARY"

passed=0
failed=0
report=
failures=

# finish <step> <status> <begin>: counts it and writes its line of the report.
finish() {
  local result=passed
  if [ "$2" = 0 ]; then
    passed=$((passed + 1))
  else
    result=FAILED
    failed=$((failed + 1))
  fi
  report+=$(printf '%-14s %-7s %4d s' "$1" "$result" $(($(date +%s) - $3)))$'\n'
}

# what_failed <output of a step>: its lines that name a failure. The end of a log then tells what a step above it lacked.
what_failed() {
  grep -E '^(FAILED|ERROR|FAIL) |^[0-9]+/[0-9]+ .* (FAIL|TIMEOUT|ERROR) |differs at|^exit status: |: error: ' "$1" | cut -c 1-200 |
    sort -u | tail -n 8
}

# one_by_one <step>…: as they print.
one_by_one() {
  local step begin
  for step in "$@"; do
    printf '\n======== %s ========\n' "$step"
    begin=$(date +%s)
    "step_$step"
    finish "$step" $? "$begin"
  done
}

# Each step in a lane is a process group of its own (set -m): Ctrl-C reaches this script alone, which ends them all,
# first in the way that lets pytest stop its servers.
declare -A lane_step=() lane_begin=()
outputs=
stop_lanes() {
  local signal turn lane
  trap '' INT TERM HUP
  for signal in INT TERM KILL; do
    for lane in "${!lane_step[@]}"; do
      kill -"$signal" -- "-$lane" 2>/dev/null
    done
    for turn in {1..50}; do
      for lane in "${!lane_step[@]}"; do
        kill -0 -- "-$lane" 2>/dev/null && sleep 0.1 && continue 2
      done
      break 2
    done
  done
  rm -rf "$outputs"
}

# side_by_side <number> <step>…: so many at a time; what one prints is shown when it ends.
side_by_side() {
  local jobs=$1 waiting step lane status i
  shift
  waiting=("$@")
  outputs=$(mktemp -d)
  trap 'stop_lanes; exit 130' INT TERM HUP
  set -m
  while [ ${#waiting[@]} -gt 0 ] || [ ${#lane_step[@]} -gt 0 ]; do
    for i in "${!waiting[@]}"; do
      step=${waiting[i]}
      [ ${#lane_step[@]} -lt "$jobs" ] || break
      for lane in "${!lane_step[@]}"; do
        [ "$(build_of "$step")" != "$(build_of "${lane_step[$lane]}")" ] || continue 2
      done
      echo "$step begins"
      "step_$step" >"$outputs/$step" 2>&1 </dev/null &
      lane_step[$!]=$step
      lane_begin[$!]=$(date +%s)
      unset "waiting[i]"
    done
    wait -n -p lane
    status=$?
    step=${lane_step[$lane]}
    printf '\n======== %s ========\n' "$step"
    cat "$outputs/$step"
    [ $status = 0 ] || failures+="$step:"$'\n'"$(what_failed "$outputs/$step")"$'\n'
    finish "$step" $status "${lane_begin[$lane]}"
    unset "lane_step[$lane]" "lane_begin[$lane]"
  done
  set +m
  trap - INT TERM HUP
  rm -r "$outputs"
}

# The lanes need `wait -n -p` of bash 5.1.
processors=$(getconf _NPROCESSORS_ONLN)
jobs=${JOBS:-$((processors > 1 ? 2 : 1))}
if [ "$jobs" -gt 1 ] && [ ${#steps[@]} -gt 1 ] && ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); then
  side_by_side "$jobs" "${steps[@]}"
else
  one_by_one "${steps[@]}"
fi
printf '\n======== steps ========\n%s\n%d passed, %d failed\n' "$report" "$passed" "$failed"
[ -z "$failures" ] || printf '\n%s' "$failures"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
