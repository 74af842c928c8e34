# SPDX-License-Identifier: BSD-3-Clause
"""Edits in place of a large file: what each engine does for them.

Every action gets a fresh copy of the file; copying it is not timed. The file has a short first
header, then a table of about 118 MB, then an image of 67 MB, so that most edits move what follows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

#: Cards that make a header of one block grow by six, and those of a long header.
GROWTH, LONG = 200, 4000


def make_large(folder: Path) -> None:
    """Write large.fits from table.npy and f4.npy."""
    from astropy.io import fits

    rows = np.load(folder / "table.npy")
    pixels = np.load(folder / "f4.npy")
    table, image = fits.BinTableHDU(rows, name="CAT"), fits.ImageHDU(pixels, name="SKY")
    fits.HDUList([fits.PrimaryHDU(), table, image]).writeto(folder / "large.fits")


def long_cards():
    """Names and values of a long header."""
    return {f"K{i}": i for i in range(LONG)}


class RustfitsEdits:
    """Ours, and the published package."""

    def edit_keyword(self, file):
        with self.module.FITS(file, "r+") as fits:
            fits[0].header["OBJECT"] = "M 13"

    def edit_header(self, file):
        with self.module.FITS(file, "r+") as fits, fits[0].header.edit() as header:
            for i in range(GROWTH):
                header[f"KEY{i}"] = i

    def edit_insert_column(self, file):
        with self.module.FITS(file, "r+") as fits:
            hdu = fits["CAT"]
            hdu.insert_column("new", np.ones(hdu.nrows), position=1)

    def edit_delete_column(self, file):
        with self.module.FITS(file, "r+") as fits:
            fits["CAT"].delete_column("dec")

    def edit_delete_rows(self, file):
        with self.module.FITS(file, "r+") as fits:
            fits["CAT"].delete_rows(np.arange(0, 1000))

    def edit_append_rows(self, file):
        with self.module.FITS(file, "r+") as fits:
            fits["CAT"].append(fits["CAT"][0:1000])

    def edit_copy_cards(self, file):
        cards = long_cards()
        with self.module.FITS(file, "r+") as fits:
            fits[0].header.update(cards)

    def plain_write(self, file, data):
        with self.module.FITS(file, "w+") as fits:
            fits.write_image(data)


class FitsioEdits:
    def edit_keyword(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits[0].write_key("OBJECT", "M 13")

    def edit_header(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits[0].write_keys({f"KEY{i}": i for i in range(GROWTH)})

    def edit_insert_column(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits["CAT"].insert_column("new", np.ones(fits["CAT"].get_nrows()), colnum=1)

    def edit_delete_rows(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits["CAT"].delete_rows(slice(0, 1000))

    def edit_append_rows(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits["CAT"].append(fits["CAT"][0:1000])

    def edit_copy_cards(self, file):
        with self.module.FITS(file, "rw") as fits:
            fits[0].write_keys(long_cards())


class AstropyEdits:
    def edit_keyword(self, file):
        with self.fits.open(file, mode="update") as hdus:
            hdus[0].header["OBJECT"] = "M 13"

    def edit_header(self, file):
        with self.fits.open(file, mode="update") as hdus:
            hdus[0].header.update({f"KEY{i}": i for i in range(GROWTH)})

    def edit_copy_cards(self, file):
        with self.fits.open(file, mode="update") as hdus:
            hdus[0].header.update(long_cards())
