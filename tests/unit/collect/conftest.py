# SPDX-License-Identifier: BSD-3-Clause
"""Which modules are collected: those whose packages are installed."""

from __future__ import annotations

from importlib.util import find_spec

if find_spec("polars") is None:
    collect_ignore = ["test_scan.py"]
