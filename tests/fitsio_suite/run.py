#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run fitsio's own tests, which its wheel carries, over fitsio and over `rustfits.fitsio`, and compare.

Each test that passes on fitsio must pass on the layer, except those that known.toml names with a reason. A test that
known.toml names must fail: what was mended is struck from the list.

Usage: run.py [pytest arguments]     such as -k where, or -x --tb=short
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import tomllib

HERE = Path(__file__).resolve().parent


def run(layer: str, results: Path, arguments: list[str]) -> dict[str, str]:
    """Run the suite over `layer`; return how each test ended."""
    tests = Path(importlib.util.find_spec("fitsio").origin).parent / "tests"
    command = [sys.executable, "-P", "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider"]
    command += [
        "--continue-on-collection-errors",
        "-c",
        os.devnull,
        "--rootdir",
        str(tests.parent.parent),
        str(tests),
    ]
    command += ["--tb=line" if layer == "rustfits" else "--tb=no", *arguments]
    environment = os.environ | {
        "SUITE_LAYER": layer,
        "SUITE_RESULTS": str(results),
        "PYTHONPATH": str(HERE),
    }
    output = subprocess.DEVNULL if layer == "fitsio" else None
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(command, env=environment, cwd=folder, stdout=output, check=False)
    return json.loads(results.read_text())


def main() -> int:
    """Run, compare, print; return the exit status."""
    arguments = sys.argv[1:]
    known = tomllib.loads((HERE / "known.toml").read_text())
    with tempfile.TemporaryDirectory() as folder:
        peer = run("fitsio", Path(folder, "fitsio.json"), arguments)
        ours = run("rustfits", Path(folder, "rustfits.json"), arguments)
    good = [name for name, end in peer.items() if end == "passed"]
    failed = [name for name in good if ours.get(name) != "passed"]
    fresh = [name for name in failed if name not in known]
    stale = [name for name in known if name in ours and ours[name] == "passed"]
    print(
        f"\n{len(peer)} tests: {len(good)} pass on fitsio, {len(good) - len(failed)} of these on rustfits.fitsio"
    )
    for name in fresh:
        print(f"fails: {name}")
    for name in stale:
        print(f"passes, strike it from known.toml: {name}")
    return 1 if fresh or stale or not good else 0


if __name__ == "__main__":
    sys.exit(main())
