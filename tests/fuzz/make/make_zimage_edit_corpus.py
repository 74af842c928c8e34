# SPDX-License-Identifier: BSD-3-Clause
"""Write the corpus of fuzz_zimage_edit: sessions on no file, and on files that fpack and astropy made.

Needs numpy, astropy and fpack:  python make_zimage_edit_corpus.py
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from astropy.io import fits

HERE = Path(__file__).parents[1] / "corpus" / "fuzz_zimage_edit"


def session(commands: bytes, content: bytes = b"") -> bytes:
    """One input."""
    return bytes([len(commands)]) + commands + content


def create(how: int, more: int, real: int, axes: list[tuple[int, int]]) -> bytes:
    """The command that makes an image."""
    lengths = b"".join(bytes(pair) for pair in (axes + [(1, 1)] * 4)[:4])
    return bytes([0, how, more, real]) + lengths


def packed(data: np.ndarray, *arguments: str) -> bytes:
    """A file as fpack makes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.fits"
        fits.PrimaryHDU(data).writeto(path)
        subprocess.run(["fpack", *arguments, str(path)], check=True)
        return Path(f"{path}.fz").read_bytes()


def compressed(data: np.ndarray, **keywords: object) -> bytes:
    """A file as astropy makes it."""
    stream = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(data, **keywords)]).writeto(stream)
    return stream.getvalue()


def main() -> None:
    HERE.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    edits = bytes([10, 3, 1, 4, 0, 1, 9, 13, 5, 14, 7, 10, 2, 4, 1, 3, 70, 33, 7])
    for codec in range(8):
        for name, kind in (("i16", 2), ("f32", 8), ("u8", 0)):
            for real in (0, 1, 3, 5):
                commands = create(2 + 4 * kind + 64, codec, real, [(12, 5), (15, 6)]) + edits
                (HERE / f"{name}-{codec}-{real}").write_bytes(session(commands))
    small = rng.integers(0, 50, (9, 11)).astype("i2")
    real = rng.normal(size=(9, 11)).astype("f4")
    for name, content in (
        ("fpack-rice", packed(small)),
        ("fpack-hcompress", packed(small, "-h", "-s", "2")),
        ("fpack-plio", packed(small, "-p")),
        ("fpack-float", packed(real)),
        ("astropy-gzip2", compressed(small, compression_type="GZIP_2", tile_shape=(4, 5))),
        ("astropy-float", compressed(real, compression_type="RICE_1", tile_shape=(4, 5))),
    ):
        (HERE / name).write_bytes(session(edits, content))


if __name__ == "__main__":
    main()
