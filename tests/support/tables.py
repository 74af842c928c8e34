# SPDX-License-Identifier: BSD-3-Clause
"""What tests of tables share: tables of every kind by astropy, and comparisons."""

from __future__ import annotations

import math
import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits as astropy_fits

from rustfits import FITS

FITSVERIFY = shutil.which("fitsverify")
ROWS = 19


def verify(path: Path) -> None:
    """Let cfitsio's fitsverify and astropy look at a file."""
    assert FITSVERIFY is not None, "fitsverify is needed: apt-get install fitsverify"
    done = subprocess.run(
        [FITSVERIFY, "-e", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path, memmap=False) as hdus:
            hdus.verify("exception")


def _card(keyword: str, value: Any) -> str:
    if value is True:
        value = " " * 19 + "T"
    elif isinstance(value, str):
        value = f"'{value:8}'".ljust(20)
    return f"{keyword:8}= {value!s:>20}".ljust(80)


def raw_table(
    path: Path, cards: dict[str, Any], rows: list[bytes], heap: bytes = b"", **structure: int
) -> None:
    """A file with one binary table, byte by byte: nothing is checked.

    `structure` overrides NAXIS1, NAXIS2, PCOUNT, TFIELDS.
    """
    facts = {
        "NAXIS1": len(rows[0]) if rows else 0,
        "NAXIS2": len(rows),
        "PCOUNT": len(heap),
        "GCOUNT": 1,
        "TFIELDS": sum(keyword.startswith("TFORM") for keyword in cards),
    }
    table = {"XTENSION": "BINTABLE", "BITPIX": 8, "NAXIS": 2, **facts, **structure, **cards}
    primary = {"SIMPLE": True, "BITPIX": 8, "NAXIS": 0, "EXTEND": True}
    content = b""
    for header in (primary, table):
        lines = "".join(_card(*item) for item in header.items()) + "END".ljust(80)
        content += lines.encode("latin-1").ljust(-(-len(lines) // 2880) * 2880)
    data = b"".join(rows) + heap
    path.write_bytes(content + data.ljust(-(-len(data) // 2880) * 2880, b"\0"))


def by_astropy(path: Path, index: int = 1) -> dict[str, Any]:
    """Read a table by astropy: columns by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with astropy_fits.open(path, memmap=False) as hdus:
            data = hdus[index].data
            return {name: native(data[name]) for name in hdus[index].columns.names}


def native(values: Any) -> Any:
    """The values in the machine's byte order, independent of any file."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "O":
        made = np.empty(len(values), object)
        made[:] = [native(np.asarray(v)) if not isinstance(v, str) else v for v in values]
        return made
    array = np.array(values)
    return array.astype(array.dtype.newbyteorder("="))


def same(ours: np.ndarray, theirs: Any) -> None:
    """Bit for bit, types included; NaN is NaN."""
    theirs = np.asarray(theirs)
    assert ours.shape == theirs.shape
    if theirs.dtype.kind == "O":
        for mine, other in zip(ours, theirs, strict=True):
            if isinstance(other, str):
                assert mine == other
            else:
                same(mine, other)
        return
    if theirs.dtype.kind in "SU":
        assert ours.dtype.kind == theirs.dtype.kind
        np.testing.assert_array_equal(ours, theirs)
        return
    assert ours.dtype == theirs.dtype.newbyteorder("=")
    assert ours.dtype.isnative
    np.testing.assert_array_equal(ours, theirs)


def every_kind(rng: np.random.Generator, rows: int) -> np.ndarray:
    """A structured array with a column of every type that a fixed field can have."""
    dtype = [
        ("u1", "u1"),
        ("i1", "i1"),
        ("i2", "i2"),
        ("u2", "u2"),
        ("i4", "i4"),
        ("u4", "u4"),
        ("i8", "i8"),
        ("u8", "u8"),
        ("f4", "f4"),
        ("f8", "f8"),
        ("c8", "c8"),
        ("c16", "c16"),
        ("flag", "?"),
        ("name", "U7"),
        ("vector", "f4", (3,)),
        ("matrix", "i2", (2, 3)),
        ("names", "U4", (2,)),
        ("flags", "?", (5,)),
        ("single", "f8", (1,)),
    ]
    data = np.zeros(rows, dtype)
    for name in data.dtype.names:
        field = data[name]
        kind = field.dtype
        if kind.kind in "iu":
            limits = np.iinfo(kind)
            field[...] = rng.integers(limits.min, limits.max, field.shape, kind, endpoint=True)
        elif kind.kind == "f":
            field[...] = rng.normal(size=field.shape)
        elif kind.kind == "c":
            field[...] = rng.normal(size=field.shape) + 1j * rng.normal(size=field.shape)
        elif kind.kind == "b":
            field[...] = rng.random(field.shape) < 0.5
        else:
            words = np.array(["", "a", "NGC", "M 31", "x y"])
            field[...] = rng.choice(words, field.shape)
    return data


def astropy_table(data: np.ndarray, **options: Any) -> astropy_fits.BinTableHDU:
    """A table by astropy, which would make logicals of signed bytes."""
    plain = np.zeros(
        len(data), [(n, "u1" if data.dtype[n] == "i1" else data.dtype[n]) for n in data.dtype.names]
    )
    signed = []
    for number, name in enumerate(data.dtype.names, 1):
        if data.dtype[name] == "i1":
            plain[name] = data[name].view("u1") ^ 0x80
            signed.append(number)
        else:
            plain[name] = data[name]
    hdu = astropy_fits.BinTableHDU(plain, **options)
    for number in signed:
        hdu.header[f"TSCAL{number}"] = 1
        hdu.header[f"TZERO{number}"] = -128
    return hdu


def objects(*cells):
    made = np.empty(len(cells), object)
    made[:] = cells
    return made


class Bench:
    """A table with an HDU before and one behind, and what must be in it."""

    def __init__(self, path, data):
        self.path = path
        self.data = data.copy()
        with FITS(path, "w+") as fits:
            fits.write_image(np.arange(100, dtype="i2"))
            fits.write_table(data, extname="CAT", units={data.dtype.names[-1]: "mag"})
            fits.write_image(np.arange(3000, dtype="f4"), extname="TAIL")
        self.fits = FITS(path, "r+")
        self.hdu = self.fits["CAT"]
        self.tail = self.fits["TAIL"]

    def check(self):
        """Look from here, and by others."""
        self.look(self.hdu)
        assert self.tail[2999] == 2999
        self.fits.sync()
        verify(self.path)
        theirs = by_astropy(self.path)
        assert tuple(theirs) == self.data.dtype.names
        for name, values in theirs.items():
            if self.data[name].dtype != object:
                np.testing.assert_array_equal(values, self.data[name], err_msg=name)
        with FITS(self.path) as again:
            self.look(again["CAT"])
            assert again["TAIL"].read().sum() == 3000 * 2999 / 2

    def look(self, hdu):
        got = hdu.read()
        assert got.dtype == self.data.dtype
        for name in self.data.dtype.names:
            same(got[name], self.data[name])


def plain(value):
    """Return values of any package as nested lists that compare."""
    if value is None or value is np.ma.masked:
        return None
    if isinstance(value, np.ma.MaskedArray):
        return (
            plain(value.filled(0).tolist()) if value.mask is np.ma.nomask else plain_masked(value)
        )
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, complex):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return value


def plain_masked(array):
    if array.ndim == 0:
        return None if array.mask else plain(array.data)
    return [plain(one) if one is not np.ma.masked else None for one in array]


def expected_rows(hdu, nulls, rows):
    """Return what `read` gives of some rows by column, as nested lists."""
    made = {}
    schema = hdu._schema()
    for column in schema.columns:
        masked = nulls == "nan" or (
            nulls == "tnull" and (column.null_text or column.letter not in "EDCM")
        )
        read = hdu.read_column(column.key, mask_null=masked, rows=rows)
        cells = [] if not len(read) else [read[i] for i in range(len(read))]
        if column.variable:
            cells = [
                cell if isinstance(cell, str) else np.ma.ravel(cell) if masked else np.ravel(cell)
                for cell in cells
            ]
        made[column.key] = [plain(cell) for cell in cells]
    return made
