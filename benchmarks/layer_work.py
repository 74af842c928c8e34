# SPDX-License-Identifier: BSD-3-Clause
"""What is done through rustfits.fitsio, by fitsio itself, and by the calls under the layer.

The calls under the layer have the same names behind ``core_``.
"""

from __future__ import annotations

#: Names of calls, what they do, and the file.
LAYER = {
    "image": ("an image of {f4}", "f4.fits"),
    "section": ("1000 sections of 32×32", "f4.fits"),
    "small": ("open, read 10×10 i2", "small.fits"),
    "column": ("a column of the table", "table.fits"),
    "rows": ("10000 rows of the table", "table.fits"),
    "header": ("read_header, one value", "small.fits"),
}
HEADER = "fitsio API: read_header, all values"

FIRST, LAST = 5000, 15000
SIDE = 32


def native(data):
    return data.astype(data.dtype.newbyteorder("="))


class Calls:
    """The calls that the fitsio package and the layer have in common, on ``self.fitsio``."""

    def layer_image(self, file):
        with self.fitsio.FITS(file) as fits:
            return fits[0].read()

    def layer_section(self, file):
        with self.fitsio.FITS(file) as fits:
            hdu = fits[0]
            for place in range(1000):
                hdu[place : place + SIDE, place : place + SIDE]

    def layer_small(self, file):
        return self.fitsio.read(file, ext=0)

    def layer_column(self, file):
        with self.fitsio.FITS(file) as fits:
            return native(fits[1].read_column("ra")) if self.swaps else fits[1].read_column("ra")

    def layer_rows(self, file):
        with self.fitsio.FITS(file) as fits:
            return native(fits[1][FIRST:LAST]) if self.swaps else fits[1][FIRST:LAST]

    def layer_header(self, file):
        return self.fitsio.read_header(file)["NAXIS1"]

    def layer_values(self, file):
        header = self.fitsio.read_header(file)
        return [header[key] for key in header]


class FitsioLayer(Calls):
    """The fitsio package, whose tables are big-endian."""

    swaps = True

    @property
    def fitsio(self):
        return self.module


class RustfitsLayer(Calls):
    """The layer, and the calls under it."""

    swaps = False

    @property
    def fitsio(self):
        if not self.own:
            raise NotImplementedError("is not compared here")
        from rustfits import fitsio

        return fitsio

    def core_image(self, file):
        with self.module.FITS(file) as fits:
            return fits[0].read()

    def core_section(self, file):
        with self.module.FITS(file) as fits:
            hdu = fits[0]
            for place in range(1000):
                hdu[place : place + SIDE, place : place + SIDE]

    def core_small(self, file):
        return self.module.read(file, 0)

    def core_column(self, file):
        with self.module.FITS(file) as fits:
            return fits[1].read_column("ra")

    def core_rows(self, file):
        with self.module.FITS(file) as fits:
            return fits[1][FIRST:LAST]

    def core_header(self, file):
        return self.module.read_header(file)["NAXIS1"]
