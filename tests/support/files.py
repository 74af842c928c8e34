# SPDX-License-Identifier: BSD-3-Clause
"""Small files of known bytes, and what astropy reads of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from astropy.io import fits as astropy_fits

BASIC = [
    "SIMPLE  =                    T",
    "BITPIX  =                    8",
    "NAXIS   =                    0",
]


def raw_file(path: Path, lines: list[str]) -> Path:
    """Write a file of one HDU without data and with these cards, whatever they are."""
    cards = b"".join(line.encode("latin-1").ljust(80) for line in [*BASIC, *lines, "END"])
    path.write_bytes(cards + b" " * (-len(cards) % 2880))
    return path


def astropy_header(path: Path) -> astropy_fits.Header:
    return astropy_fits.getheader(path, 0)


def fits_bytes(*arrays: np.ndarray) -> bytes:
    """A file by astropy with one image an array."""
    hdus = [astropy_fits.PrimaryHDU(arrays[0])]
    hdus += [astropy_fits.ImageHDU(array, name=f"E{i}") for i, array in enumerate(arrays[1:])]
    out = io.BytesIO()
    astropy_fits.HDUList(hdus).writeto(out)
    return out.getvalue()
