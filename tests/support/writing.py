# SPDX-License-Identifier: BSD-3-Clause
"""Data, marks and programs of the tests of files that are replaced as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

SKY = np.arange(6, dtype="i2").reshape(2, 3)
BIG = np.arange(200_000, dtype="f4").reshape(400, 500)

posix = pytest.mark.skipif(os.name == "nt", reason="POSIX permissions, links, signals")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux")


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def run_python(code: str, *arguments: Any, before: list[str] | None = None) -> Any:
    command = [*(before or []), sys.executable, "-P", "-c", textwrap.dedent(code)]
    return subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, timeout=120
    )
