# SPDX-License-Identifier: BSD-3-Clause
"""The library behind LD_PRELOAD (shim.c): compile it, start Python with it, arm it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

COUNT, KILL, TEAR, FAIL, STUCK, SHORT = range(6)

_SOURCE = Path(__file__).with_name("shim.c")


def compile_shim(folder: Path) -> Path:
    """Compile shim.c into `folder` unless it is there; give the path of the library."""
    library = folder / "shim.so"
    if not library.exists() or library.stat().st_mtime < _SOURCE.stat().st_mtime:
        compiler = os.environ.get("CC", "cc").split()
        command = [*compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)
    return library


def environment(library: Path) -> dict[str, str]:
    """Give the environment in which a new Python has the shim."""
    return {**os.environ, "LD_PRELOAD": str(library), "RUSTFITS_TORTURE_SHIM": str(library)}


def restart_with_shim(folder: Path) -> None:
    """Replace this process by itself, with the shim loaded, unless it is loaded."""
    if "RUSTFITS_TORTURE_SHIM" not in os.environ:
        library = compile_shim(folder)
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment(library))


class Shim:
    """The shim of this process, loaded by `restart_with_shim`."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(os.environ["RUSTFITS_TORTURE_SHIM"])
        self._library.shim_calls.restype = ctypes.c_long
        self._library.shim_hit.restype = ctypes.c_char_p

    def arm(self, folder: Path, action: int, turn: int = 0, number: int = 0) -> None:
        """Act at call `turn` (1: the first) that changes something below `folder`."""
        below = ctypes.c_char_p(os.fsencode(folder))
        self._library.shim_arm(below, action, ctypes.c_long(turn), number)

    def disarm(self) -> None:
        """Count and act no more."""
        self._library.shim_disarm()

    @property
    def calls(self) -> int:
        """Calls since `arm`."""
        return int(self._library.shim_calls())

    @property
    def hit(self) -> str:
        """Name of the call that was hit, or ""."""
        return str(self._library.shim_hit().decode())
