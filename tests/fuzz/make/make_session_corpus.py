# SPDX-License-Identifier: BSD-3-Clause
"""Writes the first inputs of fuzz_session: small files by astropy, with random commands before them.

python tests/fuzz/make/make_session_corpus.py tests/fuzz/corpus/fuzz_session
"""

from __future__ import annotations

import gzip
import random
import sys
import tempfile
from pathlib import Path

import numpy as np
from astropy.io import fits


def image(dtype: str, shape: tuple[int, ...], **cards: object) -> fits.PrimaryHDU:
    data = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(dtype)
    hdu = fits.PrimaryHDU(data)
    hdu.header.update(cards)
    return hdu


def table() -> fits.BinTableHDU:
    rows = np.zeros(5, dtype=[("a", "i2"), ("b", "f8"), ("c", "S4")])
    return fits.BinTableHDU(rows, name="TABLE")


def groups() -> fits.GroupsHDU:
    pixels = np.arange(24, dtype="f4").reshape(2, 1, 3, 4)
    return fits.GroupsHDU(fits.GroupData(pixels, parnames=["U"], pardata=[np.zeros(2)], bitpix=-32))


def odd_header() -> fits.PrimaryHDU:
    hdu = image("i2", (3, 4))
    hdu.header["OBJECT"] = ("x" * 200, "a long string")
    hdu.header["HIERARCH a long key"] = 1 + 2j
    hdu.header["EMPTY"] = None
    hdu.header.add_history("h" * 100)
    hdu.header.add_blank()
    return hdu


def files() -> dict[str, list[object]]:
    extension = fits.ImageHDU(np.ones((2, 3, 4), "f4"), name="EXT", ver=2)
    return {
        "u2": [image("u2", (5, 7))],
        "i1": [image("i1", (9,))],
        "u8": [image("u8", (2, 2, 2))],
        "scaled": [image("i4", (6, 6), BSCALE=0.5, BZERO=3.0, BLANK=5)],
        "f8": [image("f8", (4, 0, 3)), extension],
        "blank": [image("i2", (8, 8), BLANK=3), extension, table()],
        "table": [fits.PrimaryHDU(), table(), extension],
        "groups": [groups()],
        "header": [odd_header(), extension],
        "many": [fits.PrimaryHDU(), extension, extension.copy(), table(), extension.copy()],
        "checksum": [image("f4", (3, 3))],
    }


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(5)
    for name, hdus in files().items():
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "file.fits"
            fits.HDUList(hdus).writeto(path, checksum=name == "checksum")
            content = path.read_bytes()
        if name == "blank":
            content = gzip.compress(content, mtime=0)
        commands = bytes(chance.randrange(256) for _ in range(120))
        (folder / name).write_bytes(bytes([len(commands)]) + commands + content)


if __name__ == "__main__":
    main()
