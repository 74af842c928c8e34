# SPDX-License-Identifier: BSD-3-Clause
"""What all tests share."""

from __future__ import annotations

import gzip
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import settings

# For tests that take as much time as they are given: pytest --hypothesis-profile=long.
settings.register_profile("long")

# A job that a shell starts in the background ignores Ctrl-C, and so would the tests of interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "RUSTFITS_CORPUS" not in os.environ:
        terminalreporter.write_line(
            "RUSTFITS_CORPUS is not set: there was no corpus of real files for "
            "tests/interop/test_corpus.py"
        )


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20261122)


@pytest.fixture
def make_fits(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of three HDUs by astropy: an i2 primary, f4 SCI 1, f8 SCI 2."""

    def make(name: str = "three.fits") -> Path:
        primary = astropy_fits.PrimaryHDU(np.arange(12, dtype="i2").reshape(3, 4))
        primary.header["OBJECT"] = ("M 31", "target")
        first = astropy_fits.ImageHDU(np.arange(30, dtype="f4").reshape(5, 6), name="SCI", ver=1)
        second = astropy_fits.ImageHDU(np.arange(8, dtype="f8"), name="SCI", ver=2)
        path = tmp_path / name
        plain = tmp_path / ("plain-" + name.removesuffix(".gz"))
        astropy_fits.HDUList([primary, first, second]).writeto(plain)
        content = plain.read_bytes()
        plain.unlink()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return make
