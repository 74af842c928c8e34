#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The tests of packages on fitsio (healsparse, desiutil, TreeCorr), with fitsio and with rustfits in its place, after
# tools/setup.sh test. Needs the network: pip downloads their sdists. Names choose packages; the rest goes to pytest:
#   tools/clients.sh healsparse -- -k io
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
rm -rf build-clients/wheel
.venv/bin/python -m pip wheel -q --disable-pip-version-check --no-deps --no-build-isolation \
  -Cbuild-dir=build-clients/build -w build-clients/wheel .
exec .venv/bin/python -P tests/clients/run.py build-clients/wheel/*.whl "$@"
