# SPDX-License-Identifier: BSD-3-Clause
"""Small files of known bytes, files of all kinds of HDU, and what astropy reads of them."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np
from astropy.io import fits as astropy_fits

from rustfits import FITS, Rice1

#: The cards that the place of an HDU in the file decides.
PLACE = {"SIMPLE", "XTENSION", "EXTEND", "PCOUNT", "GCOUNT"}

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


class Stored(NamedTuple):
    """The bytes of an HDU."""

    header: bytes
    data: bytes

    def cards(self) -> list[bytes]:
        """Return the cards before END that do not depend on the place."""
        found = [self.header[i : i + 80] for i in range(0, len(self.header), 80)]
        found = found[: found.index(b"END".ljust(80))]
        return [card for card in found if card[:8].rstrip().decode() not in PLACE]


def stored_hdus(path: Path) -> list[Stored]:
    """Return the HDUs of a file, which cover all of its bytes."""
    content = path.read_bytes()
    found, end = [], 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path, memmap=False, disable_image_compression=True) as hdus:
            for hdu in hdus:
                info = hdu.fileinfo()
                assert info["hdrLoc"] == end
                end = info["datLoc"] + info["datSpan"]
                found.append(
                    Stored(content[info["hdrLoc"] : info["datLoc"]], content[info["datLoc"] : end])
                )
    assert end == len(content)
    return found


def write_every_kind(fits: FITS, seed: int = 1) -> None:
    """Append an HDU of each kind: 0 and 1 are images, 6 is an image without data."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(-1000, 1000, (30, 50), "i2")
    rows = np.zeros(20, [("a", "i4"), ("b", "f8", (3,)), ("s", "S5")])
    rows["a"] = rng.integers(0, 99, 20)
    words = np.empty(6, object)
    words[:] = [np.arange(n, dtype="i4") for n in (3, 0, 5, 1, 900, 2)]
    fits.write_image(pixels, header={"OBJECT": "first"})
    fits.write_image(pixels.astype("f4"), extname="SCI", extver=1, header={"OBJECT": "second"})
    fits.write_table(rows, extname="CAT")
    fits.write_image(pixels, extname="PACKED", compress=Rice1())
    fits.write_table({"v": words, "n": np.arange(6)}, extname="HEAP")
    fits.create_ascii_table_hdu([("x", "i4"), ("y", "f8")], 5, extname="TEXT")
    fits.write_image(None, extname="EMPTY")
    fits.write_table(rows, extname="TILES", compress=True)
