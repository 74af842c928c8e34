#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# fitsio's own tests over rustfits.fitsio, after tools/setup.sh test; arguments go to pytest:
#   tools/fitsio_suite.sh -k test_image --tb=short
set -euo pipefail
cd "$(dirname "$0")/.."
exec .venv/bin/python -P tests/fitsio_suite/run.py "$@"
