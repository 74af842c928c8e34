# SPDX-License-Identifier: BSD-3-Clause
"""The inputs in tests/crashers: each error is a FITSError, and the one in the table."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys

from support import TESTS

CRASHERS = TESTS / "crashers"
ROW = re.compile(r"^\| `([\w.]+)` \|.*\| ([\w, -]+) \|$", re.MULTILINE)


def test_crashers_give_the_errors_in_the_table(tmp_path):
    expected = dict(ROW.findall((CRASHERS / "README.md").read_text(encoding="utf-8")))
    inputs = sorted(path.name for path in (CRASHERS / "inputs").iterdir())
    assert len(inputs) >= 40
    assert inputs == sorted(expected), "README.md has a line for each file"
    for name in inputs:
        shutil.copy(CRASHERS / "inputs" / name, tmp_path)
    done = subprocess.run(
        [sys.executable, "-P", str(CRASHERS / "read_everything.py"), *inputs],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert found == expected
