# SPDX-License-Identifier: BSD-3-Clause
"""Which modules are collected: those whose packages are installed."""

from __future__ import annotations

from importlib.util import find_spec

# They import all of these: without one, there is nothing to test.
PACKAGES = ("astropy", "duckdb", "fitsio", "narwhals", "pandas", "polars", "pyarrow")
if any(find_spec(name) is None for name in PACKAGES):
    collect_ignore_glob = ["test_frame*.py", "test_table_round_trips.py"]
