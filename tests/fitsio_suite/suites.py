# SPDX-License-Identifier: BSD-3-Clause
"""Runs of the tests of other packages, once with fitsio and once with `rustfits.fitsio` in its place."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

PLUGIN = Path(__file__).resolve().parent


def run_suite(
    python: Path | str,
    layer: str,
    arguments: list[str],
    *,
    folder: Path | None = None,
    hide: str = "",
    quiet: bool = False,
    timeout: float | None = None,
) -> dict[str, str]:
    """Run pytest in an environment; return how each test ended.

    `layer` is what ``import fitsio`` gives: "fitsio" or "rustfits". While the package `hide` is
    imported, ``import rustfits`` fails.
    """
    command = [str(python), "-P", "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider"]
    command += ["--continue-on-collection-errors", "-c", os.devnull, *arguments]
    with tempfile.TemporaryDirectory() as place:
        results = Path(place, "results.json")
        environment = os.environ | {
            "SUITE_LAYER": layer,
            "SUITE_HIDE": hide,
            "SUITE_RESULTS": str(results),
            "PYTHONPATH": str(PLUGIN),
        }
        subprocess.run(
            command,
            env=environment,
            cwd=folder or place,
            stdout=subprocess.DEVNULL if quiet else None,
            timeout=timeout,
            check=False,
        )
        return json.loads(results.read_text())


def compare(what: str, peer: dict[str, str], ours: dict[str, str], known: dict[str, str]) -> int:
    """Print what passes with fitsio but not with us, except `known`; return the exit status.

    A known test that passes fails the run: it must be struck from the list.
    """
    good = [name for name, end in peer.items() if end == "passed"]
    failed = [name for name in good if ours.get(name) != "passed"]
    fresh = [name for name in failed if name not in known]
    stale = [name for name in known if name in ours and ours[name] == "passed"]
    print(
        f"\n{len(peer)} tests: {len(good)} pass on fitsio, {len(good) - len(failed)} of these on {what}"
    )
    for name in fresh:
        print(f"fails: {name}")
    for name in stale:
        print(f"passes, strike it from known.toml: {name}")
    return 1 if fresh or stale or not good else 0
