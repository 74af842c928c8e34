# SPDX-License-Identifier: BSD-3-Clause
"""The C library, installed into a folder of its own as a C user installs it."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from support import ROOT


def run(command: list[str], cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """Run a command; what it printed becomes the message when it fails."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=None if env is None else {**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}"
    return done.stdout


def meson(*arguments: str) -> str:
    """Run meson of this Python environment (ninja is found beside it)."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return run([sys.executable, "-m", "mesonbuild.mesonmain", *arguments], env={"PATH": path})


@functools.cache
def installed() -> Path:
    """Return the prefix that `meson install` filled.

    Processes that have the same ``RUSTFITS_C_LIBRARY``, a folder, share it: tools/test.sh empties
    and sets it. Otherwise it is that of this process, removed when the process ends.
    """
    shared = os.environ.get("RUSTFITS_C_LIBRARY")
    if shared is None:
        place = Path(tempfile.mkdtemp(prefix="rustfits-c-"))
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        return _install(place)
    import fcntl

    place = Path(shared)
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "complete").exists():
            for name in ("build", "prefix"):  # of a process that was killed
                shutil.rmtree(place / name, ignore_errors=True)
            _install(place)
            (place / "complete").touch()
    return place / "prefix"


def _install(place: Path) -> Path:
    prefix = place / "prefix"
    meson(
        *("setup", str(place / "build"), str(ROOT), f"--prefix={prefix}"),
        *("--buildtype=debug", "-Ddefault_library=both"),
    )
    meson("install", "-C", str(place / "build"))
    return prefix


def build_folder() -> Path:
    """Return the build folder of `installed`: debug, without inlining."""
    return installed().parent / "build"


def library_folder(prefix: Path) -> Path:
    """Give the folder of the installed library: lib, lib64 or Debian's lib/<machine>."""
    (pc,) = prefix.rglob("rustfits.pc")
    return pc.parent.parent


def compile_and_run(source: Path, cwd: Path) -> str:
    """Build a C program against the installed library with pkg-config, run it, give its output."""
    prefix = installed()
    folder = library_folder(prefix)
    flags = run(
        ["pkg-config", "--cflags", "--libs", "rustfits"],
        env={"PKG_CONFIG_PATH": str(folder / "pkgconfig")},
    ).split()
    program = cwd / source.stem
    run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source), *flags])
    return run([str(program)], cwd=cwd, env={"LD_LIBRARY_PATH": str(folder)})
