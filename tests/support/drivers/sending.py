# SPDX-License-Identifier: BSD-3-Clause
"""New files on servers by both transports: pycurl in this process, libcurl in a C program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import rustfits
from rustfits import FITS, Remote
from support import ROOT, c_library
from support.files import fits_bytes


class Sent(NamedTuple):
    """What came of one upload."""

    status: str  # "RF_OK", or that of the first call that failed
    message: str
    http_status: int
    stage: str  # "open", "write" or "close": the call that failed; "" if none did


Send = Callable[..., Sent]


def send_by_pycurl(url: str, image: np.ndarray, **options: Any) -> Sent:
    """Send a file with one image. The options are those of `Remote`, but for ``spool_bytes``."""
    spool_bytes = options.pop("spool_bytes", None)
    stage = "open"
    try:
        fits = FITS(url, "w+", spool_bytes=spool_bytes, remote=Remote(**options))
        stage = "write"
        fits.write_image(image)
        stage = "close"
        fits.close()
    except rustfits.FITSError as failed:
        if stage == "close":
            fits.close()  # a second call does nothing
        elif stage == "write":
            fits._file.discard()
        assert failed.code is not None
        return Sent(failed.code, str(failed), failed.http_status or 0, stage)
    return Sent("RF_OK", "", 0, "")


def _arguments(options: dict[str, Any]) -> list[str]:
    made = []
    for name, value in options.items():
        if name == "auth":
            made += [f"user={value[0]}", f"password={value[1]}"]
        elif name == "headers":
            made += [f"header={key}: {text}" for key, text in value.items()]
        else:
            made.append(f"{name}={int(value) if isinstance(value, bool) else value}")
    return made


def build_writer(folder: Path) -> Path:
    """Build ``remote_writer`` against the installed C library."""
    library = c_library.library_folder(c_library.installed())
    flags = c_library.run(
        ["pkg-config", "--cflags", "--libs", "rustfits"],
        env={"PKG_CONFIG_PATH": str(library / "pkgconfig")},
    ).split()
    program = folder / "remote_writer"
    source = ROOT / "tests/c/programs/remote_writer.c"
    c_library.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source), *flags]
    )
    return program


def run_writer(program: Path, source: Path, url: str, *arguments: str) -> dict[str, str]:
    """Run ``remote_writer`` and return what it said."""
    library = c_library.library_folder(c_library.installed())
    done = subprocess.run(
        [str(program), str(source), url, *arguments],
        env={**os.environ, "LD_LIBRARY_PATH": str(library)},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.partition(" ")[::2] for line in done.stdout.splitlines())


def make_libcurl_send(program: Path, folder: Path) -> Send:
    """Return a function like `send_by_pycurl` that runs the C program."""

    def send(url: str, image: np.ndarray, **options: Any) -> Sent:
        source = folder / "source.fits"
        source.write_bytes(fits_bytes(image))
        said = run_writer(program, source, url, *_arguments(options))
        if said["open"] == "RF_OK":
            assert (said["transport"], said["again"]) == ("libcurl", "RF_OK")
        for stage in ("open", "write", "close"):
            if said.get(stage, "RF_OK") != "RF_OK":
                status = int(said[f"{stage}_http_status"])
                return Sent(said[stage], said[f"{stage}_message"], status, stage)
        return Sent("RF_OK", "", 0, "")

    return send
