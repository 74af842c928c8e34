# SPDX-License-Identifier: BSD-3-Clause
"""A small new HDU takes few calls that change the file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT
from torture.shim import compile_shim, environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="LD_PRELOAD of Linux")

CHILD = """
import sys
from pathlib import Path

import numpy as np

import rustfits
from torture.shim import COUNT, Shim

folder = Path(sys.argv[1])
cells = {f"v{k}": [np.arange(k * i, dtype="f4") for i in range(4)] for k in (1, 2, 3)}
shim = Shim()
with rustfits.FITS(folder / "a.fits", "w+") as fits:
    shim.arm(folder, COUNT)
    fits.write_table({"a": np.arange(4), **cells})
    shim.disarm()
    print(shim.calls)
table = rustfits.read(folder / "a.fits", ext=1)
assert [len(cell) for cell in table["v3"]] == [0, 3, 6, 9]
"""


def test_a_table_with_arrays_comes_in_four_writes(tmp_path: Path) -> None:
    # Two HDUs, each with its first keyword in a write of its own: an HDU is there as a whole, or not at all.
    folder = tmp_path / "files"
    folder.mkdir()
    env = environment(compile_shim(tmp_path)) | {"PYTHONPATH": os.fspath(ROOT / "tests")}
    command = [sys.executable, "-P", "-c", CHILD, os.fspath(folder)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 4
