# SPDX-License-Identifier: BSD-3-Clause
"""What each engine does in the cases with compressed images and tables."""

from __future__ import annotations

import numpy as np
from table_work import BLOCK_ROWS, make_catalogue, native

STAMP = 32
#: Rows of the compressed table, appended in pieces of BLOCK_ROWS.
ROWS = 100_000
COMPRESSED = {
    "rice": {"codec": "RICE_1", "tile": (1, None)},
    "quantized": {"codec": "RICE_1", "tile": (100, 100), "level": 4.0},
    "gzip2": {"codec": "GZIP_2", "tile": (1, None)},
    "hcompress": {"codec": "HCOMPRESS_1", "tile": (16, None)},
    "plio": {"codec": "PLIO_1", "tile": (1, None)},
}
#: Type of the pixels.
PIXELS = {"rice": "i4", "quantized": "f4", "gzip2": "f4", "hcompress": "i4", "plio": "i2"}


def make_pixels(name, side):
    """Noise on a sky; for PLIO_1, which is for masks, rectangles of small numbers."""
    rng = np.random.default_rng(6)
    if name == "plio":
        mask = np.zeros((side, side), "i2")
        for y, x in rng.integers(0, side - 40, (side // 4, 2)):
            mask[y : y + 30, x : x + 40] |= 1 << rng.integers(0, 10)
        return mask
    data = rng.standard_normal((side, side), dtype="f4")
    data *= 10
    data += 1000
    return data.astype(PIXELS[name])


def make_packed(path, name, data):
    """A file of cfitsio's for all to read."""
    import fitsio

    FitsioTiles.module = fitsio
    FitsioTiles().tiles_write(path, data, name)


def tile_of(name, data):
    """The shape of a tile, slowest axis first."""
    return tuple(length or data.shape[1] for length in COMPRESSED[name]["tile"])


class RustfitsTiles:
    """Ours and the published package; the other half of it is ``RustfitsTables``."""

    def compression(self, name, data):
        kinds = {
            "RICE_1": "Rice1",
            "GZIP_2": "Gzip2",
            "HCOMPRESS_1": "Hcompress1",
            "PLIO_1": "Plio1",
        }
        how = COMPRESSED[name]
        tile = tile_of(name, data)
        options = {"compress": getattr(self.module, kinds[how["codec"]])(tile_shape=tile)}
        if "level" in how:
            options["quantize"] = self.module.Quantize(level=how["level"], method="dither2", seed=1)
        return options

    def tiles_read(self, file, threads=1):
        with self.opened(file, threads=threads) as fits:
            return fits[1].read()

    def tiles_stamps(self, file, places):
        with self.opened(file) as fits:
            hdu = fits[1]
            for y, x in places:
                hdu[y : y + STAMP, x : x + STAMP]

    def tiles_write(self, file, data, name):
        with self.opened(file, "w+") as fits:
            fits.write_image(data, **self.compression(name, data))

    def ztable_write(self, file, data):
        with self.opened(file, "w+") as fits:
            fits.write_table(data, compress=True, ztilelen=len(data) // 10)

    def ztable_append(self, file, data):
        with self.opened(file, "w+") as fits:
            hdu = fits.create_table_hdu(data.dtype, 0, compress=True, ztilelen=len(data) // 10)
            with hdu.appending():
                for first in range(0, len(data), BLOCK_ROWS):
                    hdu.append(data[first : first + BLOCK_ROWS])


class FitsioTiles:
    def tiles_read(self, file, threads=1):
        with self.module.FITS(file) as fits:
            return fits[1].read()

    def tiles_stamps(self, file, places):
        with self.module.FITS(file) as fits:
            hdu = fits[1]
            for y, x in places:
                hdu[y : y + STAMP, x : x + STAMP]

    def tiles_write(self, file, data, name):
        how = COMPRESSED[name]
        options = {"compress": how["codec"], "tile_dims": tile_of(name, data)}
        if data.dtype.kind == "f":
            options["qlevel"] = how.get("level", 0)
            if "level" in how:
                options.update(qmethod="SUBTRACTIVE_DITHER_2", dither_seed=1)
        with self.module.FITS(str(file), "rw", clobber=True) as fits:
            fits.write(data, **options)


class AstropyTiles:
    def tiles_read(self, file, threads=1):
        with self.fits.open(file) as hdus:
            return native(hdus[1].data)

    def tiles_stamps(self, file, places):
        with self.fits.open(file) as hdus:
            section = hdus[1].section
            for y, x in places:
                native(section[y : y + STAMP, x : x + STAMP])

    def tiles_write(self, file, data, name):
        how = COMPRESSED[name]
        options = {"compression_type": how["codec"], "tile_shape": tile_of(name, data)}
        if data.dtype.kind == "f":
            options["quantize_level"] = how.get("level", 0)
            if "level" in how:
                options.update(quantize_method=2, dither_seed=1)
        self.fits.CompImageHDU(data, **options).writeto(file)


def make_rows():
    return make_catalogue(ROWS)
