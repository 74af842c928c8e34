# SPDX-License-Identifier: BSD-3-Clause
"""`TableHDU.insert_rows` against the same insertion into a numpy array, as astropy reads the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS

DTYPE = np.dtype([("id", "i4"), ("x", "f8"), ("s", "S5"), ("m", "i2", (3,))])


def rows(count: int, first: int) -> np.ndarray[Any, Any]:
    table = np.zeros(count, DTYPE)
    table["id"] = np.arange(first, first + count)
    table["x"] = table["id"] / 8
    table["s"] = [f"r{i % 1000}".encode() for i in table["id"]]
    table["m"] = table["id"][:, np.newaxis] % 100
    return table


def by_astropy(path: Path, name: str) -> np.ndarray[Any, Any]:
    with astropy_fits.open(path) as hdus:
        hdus.verify("exception")
        data = hdus[name].data
        made = np.zeros(len(data), DTYPE)
        for field in DTYPE.names:
            made[field] = np.char.encode(data[field]) if field == "s" else data[field]
        return made


@pytest.mark.parametrize("follows", [False, True])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_rows_are_where_numpy_inserts_them(
    tmp_path_factory: pytest.TempPathFactory, follows: bool, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("rows") / "t.fits"
    model = rows(data.draw(st.integers(0, 40)), 0)
    with FITS(path, "w+") as fits:
        fits.write_table(model, extname="T")
        if follows:
            fits.write_image(np.arange(5000, dtype="i2"), extname="NEXT")
    with FITS(path, "r+") as fits:
        for step in range(data.draw(st.integers(1, 4))):
            position = data.draw(st.integers(0, len(model)))
            new = rows(data.draw(st.integers(0, 700)), 1000 * (step + 1))
            fits["T"].insert_rows(position, new)
            model = np.insert(model, position, new)
            assert np.array_equal(fits["T"].read(as_bytes=True), model)
    assert np.array_equal(by_astropy(path, "T"), model)
    if follows:
        assert np.array_equal(astropy_fits.getdata(path, "NEXT"), np.arange(5000))


def test_cells_of_variable_length_come_along(tmp_path: Path) -> None:
    path = tmp_path / "t.fits"
    cells = [np.arange(n, dtype="i4") for n in (3, 0, 5)]
    new = [np.arange(n, dtype="i4") + 100 for n in (2, 7)]
    with FITS(path, "w+") as fits:
        fits.write_table({"k": [1, 2, 3], "v": cells}, extname="T", var_dtypes={"v": "i4"})
        fits["T"].insert_rows(1, {"k": [8, 9], "v": new})
    with astropy_fits.open(path) as hdus:
        assert hdus["T"].data["k"].tolist() == [1, 8, 9, 2, 3]
        found = [cell.tolist() for cell in hdus["T"].data["v"]]
    assert found == [c.tolist() for c in (cells[0], *new, *cells[1:])]


def test_rows_of_an_ascii_table(tmp_path: Path) -> None:
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as fits:
        table = fits.create_ascii_table_hdu([("a", "i4"), ("b", "f8")], 3)
        table.write({"a": [1, 2, 3], "b": [0.5, 1.5, 2.5]})
        table.insert_rows(-1, {"a": [7], "b": [7.5]})
    assert astropy_fits.getdata(path, 1)["a"].tolist() == [1, 2, 7, 3]


def test_a_wrong_place_leaves_the_table(tmp_path: Path) -> None:
    with FITS(tmp_path / "t.fits", "w+") as fits:
        fits.write_table(rows(5, 0), extname="T")
        before = fits.to_bytes()
        for position in (6, -6):
            with pytest.raises(rustfits.FITSIndexError, match="has 5 rows"):
                fits["T"].insert_rows(position, rows(1, 9))
        with pytest.raises(rustfits.FITSColumnError):
            fits["T"].insert_rows(2, {"nope": [1]})
        assert fits.to_bytes() == before


def test_a_compressed_table_refuses_rows_in_the_middle(tmp_path: Path) -> None:
    with FITS(tmp_path / "t.fits", "w+") as fits:
        fits.write_table(rows(50, 0), extname="T", compress=True)
        with pytest.raises(rustfits.FITSUnsupportedError, match="unpack the table first"):
            fits["T"].insert_rows(2, rows(1, 9))
        assert np.array_equal(fits["T"].read(as_bytes=True), rows(50, 0))
