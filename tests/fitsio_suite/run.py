#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run fitsio's own tests, which its wheel carries, over fitsio and over `rustfits.fitsio`, and compare.

Each test that passes on fitsio must pass on the layer, except those that known.toml names with a reason. A test that
known.toml names must fail: what was mended is struck from the list.

Usage: run.py [pytest arguments]     such as -k where, or -x --tb=short
"""

import importlib.util
import sys
from pathlib import Path

import tomllib

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from suites import compare, run_suite  # noqa: E402


def main() -> int:
    """Run, compare, print; return the exit status."""
    tests = Path(importlib.util.find_spec("fitsio").origin).parent / "tests"
    arguments = ["--rootdir", str(tests.parent.parent), str(tests)]
    known = tomllib.loads((HERE / "known.toml").read_text())
    quiet = [*arguments, "--tb=no", *sys.argv[1:]]
    peer = run_suite(sys.executable, "fitsio", quiet, quiet=True)
    ours = run_suite(sys.executable, "rustfits", [*arguments, "--tb=line", *sys.argv[1:]])
    return compare("rustfits.fitsio", peer, ours, known)


if __name__ == "__main__":
    sys.exit(main())
