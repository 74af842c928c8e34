# SPDX-License-Identifier: BSD-3-Clause
"""`make demo` runs to its end, and each of its checks passes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from support import ROOT


def test_demo_passes_its_checks(tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "demo" / "demo.py"), str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=200,
        check=False,
        env={name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d+ checks passed, 0 failed$", done.stdout, re.MULTILINE), done.stdout
    assert "FAILED" not in done.stdout
    assert (tmp_path / "cutout.png").read_bytes().startswith(b"\x89PNG")
