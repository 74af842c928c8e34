# SPDX-License-Identifier: BSD-3-Clause
"""Writes the first inputs of fuzz_zimage: small compressed images by astropy and fitsio, cards as lines before the data.

python tests/fuzz/make/make_zimage_corpus.py tests/fuzz/corpus/fuzz_zimage
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import fitsio
import numpy as np
from astropy.io import fits

RANDOM = np.random.default_rng(20261122)


def integers(dtype: str, shape: tuple[int, ...], low: int = 0, high: int = 100) -> np.ndarray:
    return RANDOM.integers(low, high, shape).astype(dtype)


def reals(dtype: str, shape: tuple[int, ...]) -> np.ndarray:
    data = RANDOM.normal(10, 2, shape).astype(dtype)
    data.flat[3] = np.nan
    data.flat[5] = 0
    return data


def astropy_cases() -> dict[str, tuple[np.ndarray, dict[str, object]]]:
    return {
        "rice_u1": (integers("u1", (7, 11)), {"compression_type": "RICE_1", "tile_shape": (3, 4)}),
        "rice_i2": (integers("i2", (2, 3, 5), -50), {"compression_type": "RICE_1"}),
        "rice_u2": (integers("u2", (6, 9)), {"compression_type": "RICE_1", "tile_shape": (6, 9)}),
        "rice_i4": (
            integers("i4", (2, 2, 3, 4)),
            {"compression_type": "RICE_1", "tile_shape": (1, 2, 2, 3)},
        ),
        "gzip1_i4": (integers("i4", (5, 6)), {"compression_type": "GZIP_1"}),
        "gzip2_i8": (integers("i8", (5, 6)), {"compression_type": "GZIP_2", "tile_shape": (2, 4)}),
        "nocompress_i1": (integers("i1", (5, 6)), {"compression_type": "NOCOMPRESS"}),
        "hcompress_i4": (
            integers("i4", (9, 12)),
            {"compression_type": "HCOMPRESS_1", "tile_shape": (9, 6), "hcomp_scale": 2},
        ),
        "hcompress_f4": (
            reals("f4", (8, 8)),
            {"compression_type": "HCOMPRESS_1", "hcomp_smooth": 1},
        ),
        "quantized_f4": (
            reals("f4", (12, 10)),
            {
                "compression_type": "RICE_1",
                "quantize_method": 2,
                "dither_seed": 77,
                "tile_shape": (5, 7),
            },
        ),
        "quantized_f8": (
            reals("f8", (12, 10)),
            {"compression_type": "GZIP_2", "quantize_method": 1, "dither_seed": 5},
        ),
        "lossless_f4": (reals("f4", (5, 6)), {"compression_type": "GZIP_2", "quantize_level": 0}),
        "lossless_f8": (reals("f8", (5, 6)), {"compression_type": "GZIP_1", "quantize_level": 0}),
    }


def fitsio_cases() -> dict[str, tuple[np.ndarray, dict[str, object]]]:
    return {
        "plio_u2": (integers("u2", (8, 9)), {"compress": "PLIO_1", "tile_dims": (3, 9)}),
        "plio_i4": (integers("i4", (8, 9), 0, 2), {"compress": "PLIO_1"}),
        "fallback_f4": (np.full((6, 8), 2.5, "f4"), {"compress": "RICE_1", "tile_dims": (2, 8)}),
        "rows_f4": (reals("f4", (6, 30)), {"compress": "RICE_1", "qlevel": 4.0}),
    }


def as_input(path: Path) -> bytes:
    with fits.open(path, disable_image_compression=True) as hdus:
        hdu = hdus[1]
        info = hdu.fileinfo()
        cards = [
            card.image.rstrip()
            for card in hdu.header.cards
            if card.keyword not in ("XTENSION", "BITPIX", "NAXIS", "ZIMAGE", "COMMENT")
        ]
        data = path.read_bytes()[info["datLoc"] :][: hdu.size]
    return "\n".join(cards).encode() + b"\n\n" + data


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "image.fits"
        for name, (data, options) in astropy_cases().items():
            hdu = fits.CompImageHDU(data, **options)
            fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, overwrite=True)
            (folder / name).write_bytes(as_input(path))
        for name, (data, options) in fitsio_cases().items():
            path.unlink()
            fitsio.write(path, data, **options)
            (folder / name).write_bytes(as_input(path))


if __name__ == "__main__":
    main()
