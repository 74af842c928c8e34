# SPDX-License-Identifier: BSD-3-Clause
"""A short part of ``make torture``: every edit, killed and failing at a few of its calls, and mutated files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import TESTS


def torture(folder: Path, *arguments: str) -> str:
    """Run a driver in a Python of its own, which the shim needs; give what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    command = [sys.executable, "-m", "torture", *arguments, "--folder", str(folder), "--seed", "1"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.mark.parametrize("driver", ["kill", "fail"])
def test_edits_that_are_killed_or_fail_keep_their_promise(tmp_path, driver):
    said = torture(tmp_path, driver, "--scale", "1", "--most", "3", "--seconds", "250")
    assert "out of time" not in said
    passed, failed = said.splitlines()[-1].split(", ")
    assert int(passed.split()[0]) > 60
    assert failed == "0 failed"


def test_mutated_files_never_crash(tmp_path):
    said = torture(tmp_path, "mutate", "--most", "120", "--seconds", "250")
    assert said.splitlines()[-1] == "120 passed, 0 failed"
