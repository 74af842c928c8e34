#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# The tests for macOS and Windows: the C tests, and the Python tests that need no other program and no server. Runs on
# Linux, too. Needs Python (PYTHON=, default python), a C compiler (CC=) and zlib with its header.
set -euo pipefail
cd "$(dirname "$0")/.."

"${PYTHON:-python}" -m venv .venv-portable
bin=$PWD/.venv-portable/bin
[ -d "$bin" ] || bin=$PWD/.venv-portable/Scripts
export PATH="$bin:$PATH" PYTHONSAFEPATH=1 PYTHONUTF8=1

python -m pip install -q 'pip>=25.1'
python -m pip install -q --group build --group portable
python -m pip install -q 'cffi>=1.17' 'numpy>=1.23' 'zlib-ng>=0.5' 'pycurl>=7.45' 'tqdm>=4.60'
[ -e build-portable/build.ninja ] ||
  meson setup build-portable -Dtests=true -Dlibcurl=disabled -Dlibdeflate=disabled -Dbzip2=disabled -Dlzma=disabled -Dzstd=disabled
meson compile -C build-portable
meson test -C build-portable --suite c --no-rebuild --print-errorlogs --timeout-multiplier 4
python -m pip install -q --no-build-isolation .
pytest tests/unit/header tests/unit/image/test_image.py tests/unit/image/test_image_writing.py \
  tests/unit/table/test_table_read.py tests/unit/table/test_table_write.py tests/unit/store/test_gzip.py \
  tests/unit/store/test_gzip_writing.py tests/interop/test_interop_images.py
