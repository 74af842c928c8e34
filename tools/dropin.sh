#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs the entries of tests/dropin/cases.toml, all or those that are named, on CFITSIO and on the CFITSIO layer.
#
#   tools/dropin.sh BUILD_DIRECTORY [ENTRY...]
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
build=$1
shift
if [ ! -e "$build/build.ninja" ]; then
  meson setup "$build" -Doptimization=2 -Ddebug=false >/dev/null
fi
meson compile -C "$build" >"$build.log" 2>&1 || {
  tail -n 60 "$build.log"
  exit 1
}
mkdir -p "$build/dropin"
ln -sf ../compat/librustfits_cfitsio.so.1 "$build/dropin/libcfitsio.so.10"
exec .venv/bin/python -P tests/dropin/run.py "$build/dropin" "$@"
