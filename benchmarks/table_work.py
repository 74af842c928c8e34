# SPDX-License-Identifier: BSD-3-Clause
"""What each engine does in the cases with tables; results are fresh and in native byte order."""

from __future__ import annotations

import numpy as np

BLOCKS, BLOCK_ROWS = 100, 1000
CONDITION = {"rustfits": "mag < 18.5 & quality == 0", "fitsio": "mag < 18.5 && quality == 0"}


def make_catalogue(count):
    """Rows of 59 bytes in the file."""
    rng = np.random.default_rng(3)
    rows = np.zeros(
        count,
        [
            ("id", "i8"),
            ("ra", "f8"),
            ("dec", "f8"),
            ("mag", "f4"),
            ("err", "f4"),
            ("x", "f4"),
            ("y", "f4"),
            ("flags", "i4"),
            ("quality", "i2"),
            ("star", "?"),
            ("name", "S12"),
        ],
    )
    rows["id"] = np.arange(count)
    rows["ra"] = rng.uniform(0, 360, count)
    rows["dec"] = rng.uniform(-90, 90, count)
    for name in ("mag", "err", "x", "y"):
        rows[name] = rng.uniform(14, 24, count)
    rows["flags"] = rng.integers(0, 1 << 20, count)
    rows["quality"] = rng.integers(0, 3, count)
    rows["star"] = rng.integers(0, 2, count)
    rows["name"] = np.char.mod(b"NGC %d", np.arange(count) % 99999)
    return rows


def make_lists():
    """Rows with three columns whose cells have from 0 to 9 elements."""
    rng = np.random.default_rng(4)
    count = BLOCKS * BLOCK_ROWS
    rows = np.empty(count, [("id", "i8"), ("flux", "O"), ("times", "O"), ("bands", "O")])
    rows["id"] = np.arange(count)
    for name, letter in LIST_TYPES.items():
        ends = np.cumsum(rng.integers(0, 10, count))
        cells = np.split(rng.integers(0, 100, ends[-1]).astype(letter), ends[:-1])
        rows[name] = np.fromiter(cells, object, count)
    return rows


LIST_TYPES = {"flux": "f4", "times": "f8", "bands": "i2"}


def some_rows(count):
    """The same 2000 places for every engine."""
    return np.random.default_rng(5).choice(count, 2000, replace=False)


def native(data):
    return data.astype(data.dtype.newbyteorder("="))


class RustfitsTables:
    """Ours; the published package has the same calls, but no strings of bytes and no where.

    Ours is told how many threads it may use.
    """

    own = False

    def opened(self, file, mode="r", threads=1):
        options = {"threads": threads} if self.own else {}
        return self.module.FITS(file, mode, **options)

    def table_read(self, file, threads=1):
        with self.opened(file, threads=threads) as fits:
            return fits[1].read()

    def table_bytes(self, file, threads=1):
        with self.opened(file, threads=threads) as fits:
            return fits[1].read(as_bytes=True)

    def table_columns(self, file, threads=1):
        with self.opened(file, threads=threads) as fits:
            return fits[1].read(columns=["ra", "dec"])

    def table_rows(self, file, rows):
        with self.opened(file) as fits:
            return fits[1].read(rows=rows)

    def table_where(self, file):
        with self.opened(file) as fits:
            return fits[1].where(CONDITION["rustfits"])

    def table_write(self, file, data):
        with self.module.FITS(file, "w+") as fits:
            fits.write_table(data)

    def lists_write(self, file, data):
        with self.module.FITS(file, "w+") as fits:
            fits.write_table(data, var_dtypes=LIST_TYPES)

    def lists_append(self, file, data):
        with self.module.FITS(file, "w+") as fits:
            hdu = fits.write_table(data[:BLOCK_ROWS], var_dtypes=LIST_TYPES)
            for first in range(BLOCK_ROWS, len(data), BLOCK_ROWS):
                hdu.append(data[first : first + BLOCK_ROWS])


class FitsioTables:
    """Without lists_append, which takes it more than two minutes."""

    def table_read(self, file, threads=1):
        with self.module.FITS(file) as fits:
            return native(fits[1].read())

    def table_columns(self, file, threads=1):
        with self.module.FITS(file) as fits:
            return native(fits[1].read(columns=["ra", "dec"]))

    def table_rows(self, file, rows):
        with self.module.FITS(file) as fits:
            return native(fits[1].read(rows=rows))

    def table_where(self, file):
        with self.module.FITS(file) as fits:
            return fits[1].where(CONDITION["fitsio"])

    def table_write(self, file, data):
        with self.module.FITS(file, "rw") as fits:
            fits.write(data)

    def lists_write(self, file, data):
        self.table_write(file, data)


class AstropyTables:
    """Strings of its records are bytes, which is what ``table_bytes`` is held against."""

    def table_bytes(self, file, threads=1):
        with self.fits.open(file) as hdus:
            return native(hdus[1].data.view(np.ndarray))

    def table_read(self, file, threads=1):
        with self.fits.open(file) as hdus:
            data = hdus[1].data
            return {name: self.plain(data[name]) for name in data.names}

    def table_columns(self, file, threads=1):
        with self.fits.open(file) as hdus:
            data = hdus[1].data
            return {name: self.plain(data[name]) for name in ("ra", "dec")}

    def table_rows(self, file, rows):
        with self.fits.open(file) as hdus:
            data = hdus[1].data[rows]
            return {name: self.plain(data[name]) for name in data.names}

    def table_where(self, file):
        with self.fits.open(file) as hdus:
            data = hdus[1].data
            return np.nonzero((data["mag"] < 18.5) & (data["quality"] == 0))[0]

    def table_write(self, file, data):
        self.fits.BinTableHDU(data).writeto(file)

    def lists_write(self, file, data):
        column = self.fits.Column
        letters = {"flux": "PE()", "times": "PD()", "bands": "PI()"}
        columns = [column("id", "K", array=data["id"])]
        columns += [column(name, form, array=data[name]) for name, form in letters.items()]
        self.fits.BinTableHDU.from_columns(columns).writeto(file)

    @staticmethod
    def plain(values):
        values = np.asarray(values)
        return np.array(values) if values.dtype.kind == "U" else native(values)
