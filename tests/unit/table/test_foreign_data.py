# SPDX-License-Identifier: BSD-3-Clause
"""Masks, units and types that come with data of other packages are written."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas
import pytest
from astropy import units as u
from astropy.io import fits as astropy_fits
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.utils.masked import Masked

import rustfits
from rustfits import FITS
from rustfits import fitsio as compat

NONE: Any = None


def masked_table() -> Table:
    return Table(
        {
            "n": np.ma.array([1, -999], mask=[0, 1]),
            "f": np.ma.array([1.5, -99.0], mask=[0, 1]),
            "s": np.ma.array(["a", "junk"], mask=[0, 1]),
            "b": np.ma.array([True, True], mask=[0, 1]),
        }
    )


def rows(path: Path) -> list[Any]:
    with FITS(path) as fits:
        return list(fits[1].read(mask_null=True).tolist())


EXPECTED = [(1, 1.5, "a", True), (NONE, NONE, "", NONE)]


@pytest.mark.parametrize("how", ["Table", "array", "dict", "list", "fitsio", "QTable"])
def test_masks_of_an_astropy_table(tmp_path, how):
    path, table = tmp_path / "t.fits", masked_table()
    if how == "fitsio":
        compat.write(path, table)
    elif how == "list":
        rustfits.write_table(path, [table[n] for n in table.colnames], names=table.colnames)
    else:
        data = {
            "Table": table,
            "array": table.as_array(),
            "dict": {name: table[name] for name in table.colnames},
            "QTable": QTable(table),
        }[how]
        rustfits.write(path, data)
    assert rows(path) == EXPECTED
    with FITS(path, "r+") as fits:
        fits[1].append(table)
        fits[1][0] = table[1:]
        fits[1]["n"][1] = table["n"][:1]
    assert rows(path) == [EXPECTED[1], (1, *EXPECTED[1][1:]), *EXPECTED]
    with warnings.catch_warnings():  # astropy's own, about undefined logicals
        warnings.simplefilter("ignore")
        by_astropy = Table.read(path)
    assert by_astropy["n"].tolist() == [None, 1, 1, None]
    assert by_astropy["f"].tolist() == [None, None, 1.5, None]


@pytest.mark.parametrize(
    ("data", "unit"),
    [
        (Masked(np.array([1.0, -99.0]), mask=[0, 1]), None),
        (Masked(np.array([1, -99]), mask=[0, 1]), None),
        (Masked([1.0, -99.0] * u.m, mask=[0, 1]), "m"),
        (MaskedColumn([1.0, -99.0], mask=[0, 1], unit="km / s"), "km s-1"),
        (MaskedColumn([1, -99], mask=[0, 1], unit=u.Jy), "Jy"),
    ],
)
def test_masked_arrays_of_astropy(tmp_path, data, unit):
    path = tmp_path / "t.fits"
    rustfits.write(path, {"x": data})
    with FITS(path) as fits:
        assert fits[1].read_column("x", mask_null=True).tolist() == [1, None]
        assert fits[1].units["x"] == unit


def test_units_that_come_with_the_data(tmp_path):
    path = tmp_path / "t.fits"
    table = QTable({"v": [1.0, 2.0] * u.km / u.s, "n": [1, 2], "d": Column([3, 4], unit="deg")})
    rustfits.write(path, table)
    with FITS(path) as fits:
        assert fits[1].units == {"v": "km s-1", "n": None, "d": "deg"}
        assert fits[1].header["TUNIT1"] == "km s-1"
    back = QTable.read(path)
    assert np.array_equal(back["v"], table["v"])
    assert back["d"].unit == u.deg
    with FITS("mem://", "w+") as fits:  # what is said counts before what comes along
        hdu = fits.write_table(table, units={"V": "m/s", "d": None})
        assert hdu.units == {"v": "m/s", "n": None, "d": None}
        hdu.insert_column("w", [5.0, 6.0] * u.Jy)
        hdu.insert_column("z", [5.0, 6.0] * u.Jy, unit="mJy")
        assert (hdu.units["w"], hdu.units["z"]) == ("Jy", "mJy")
        assert hdu.read_column("w").tolist() == [5, 6]


def test_another_unit_than_that_of_the_column_is_refused(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write(path, {"x": [1.0, 2.0] * u.m, "y": [1.0, 2.0]})
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        for call in (fits[1].append, fits[1].write):
            with pytest.raises(rustfits.FITSValueError, match=r"'x': .*'km'.*'m'"):
                call({"x": [3.0, 4.0] * u.km, "y": [0.0, 0.0]})
    assert path.read_bytes() == before
    with FITS(path, "r+") as fits:
        with pytest.warns(rustfits.FITSWarning, match="'y': .* no unit"):
            fits[1].append({"x": [3.0] * u.m, "y": [4.0] * u.km})
        assert fits[1].read_column("x").tolist() == [1, 2, 3]


def test_images(tmp_path):
    path = tmp_path / "i.fits"
    rustfits.write(path, Masked(np.array([1.0, -99.0]), mask=[0, 1]))
    assert np.array_equal(rustfits.read(path), [1, np.nan], equal_nan=True)
    rustfits.write(path, [1.0, 2.0] * u.Jy)
    assert rustfits.read(path).tolist() == [1, 2]
    with FITS(path, "r+") as fits:
        fits[0][:] = Masked(np.array([1.0, -99.0]), mask=[0, 1])
        fits[0].write(Masked(np.array([5.0, -99.0]), mask=[0, 1]))
        assert np.array_equal(fits[0].read(), [5, np.nan], equal_nan=True)
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(Masked(np.array([1, 5], "i2"), mask=[0, 1]), blank=-7)
        assert hdu.read().tolist() == [1, -7]


def test_times_are_refused_with_advice(tmp_path):
    times = Time([60000.0, 60001.0], format="mjd")
    with pytest.raises(rustfits.FITSTypeError, match=r"time\.mjd"):
        rustfits.write(tmp_path / "t.fits", QTable({"t": times}))
    assert not (tmp_path / "t.fits").exists()
    rustfits.write(tmp_path / "t.fits", {"t": times.mjd})


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "i4", "i8", "u8"])
def test_a_valid_value_that_is_tnull(tmp_path, dtype):
    path = tmp_path / "t.fits"
    rustfits.write(path, {"n": np.ma.array([5, 6], mask=[0, 1], dtype=dtype)})
    with FITS(path) as fits:
        hdu = fits[1]
        null = hdu.header["TNULL1"] + hdu.header.get("TZERO1", 0)
    before = path.read_bytes()
    more = np.ma.array([1, null], mask=[True, False], dtype=dtype)
    with FITS(path, "r+") as fits:
        for call in (fits[1].append, fits[1].write):
            with pytest.raises(rustfits.FITSValueError, match=f"row 1: {null} is a valid"):
                call({"n": more})
        with pytest.raises(rustfits.FITSValueError, match=f"{null} is a valid"):
            fits[1]["n"] = more
    assert path.read_bytes() == before
    rustfits.write(path, {"n": np.ma.concatenate([more, np.ma.array([2], dtype=dtype)])})
    with FITS(path, "r+") as fits:  # another TNULL was chosen
        assert fits[1].read_column("n", mask_null=True).tolist() == [None, null, 2]
        read = fits[1].read(mask_null=True)
        fits[1].write(read)
        assert fits[1].read(mask_null=True).tolist() == read.tolist()


def test_a_valid_value_that_is_tnull_in_cells_of_variable_length(tmp_path):
    path = tmp_path / "t.fits"
    cells = np.empty(2, object)
    cells[:] = [np.ma.array([1, 2], mask=[0, 1], dtype="u1"), np.array([3], "u1")]
    rustfits.write(path, {"n": cells})
    with FITS(path, "r+") as fits:
        null = fits[1].header["TNULL1"]
        more = np.empty(1, object)
        more[0] = np.ma.array([null, 1], mask=[0, 1], dtype="u1")
        with pytest.raises(rustfits.FITSValueError, match=f"row 0: {null} is a valid"):
            fits[1].append({"n": more})
        assert fits[1].nrows == 2


def test_astropy_is_not_imported(tmp_path):
    code = (
        "import sys, numpy as np, rustfits\n"
        f"rustfits.write({str(tmp_path / 't.fits')!r}, {{'x': np.ma.array([1, 2], mask=[0, 1])}})\n"
        "assert not any(name.partition('.')[0] in ('astropy', 'pandas') for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


class Frame:
    """The interface of a pandas DataFrame, without pandas."""

    iloc = None

    def __init__(self, columns: dict[str, Any]) -> None:
        self._data = columns
        self.columns = list(columns)

    def __getitem__(self, name: str) -> Any:
        return self._data[name]


class Nullable:
    """A type of an extension array."""

    numpy_dtype = np.dtype("i8")


class Series:
    """A column of integers, one of them undefined."""

    dtype: Any = Nullable()

    def isna(self) -> Any:
        series = Series.__new__(Series)
        series.to_numpy = lambda dtype=None: np.array([False, True])  # type: ignore[method-assign]
        return series

    def to_numpy(self, dtype: Any = None, na_value: Any = None) -> Any:
        return np.array([1, na_value], dtype)


def test_frames(tmp_path):
    rustfits.write(tmp_path / "t.fits", Frame({"a": Series(), "b": np.array([1.5, 2.5])}))
    assert rows(tmp_path / "t.fits") == [(1, 1.5), (None, 2.5)]


def test_frames_of_pandas(tmp_path):
    frame = pandas.DataFrame(
        {"a": pandas.array([1, None], "Int64"), "b": [1.5, 2.5], "s": ["x", "yz"]}
    )
    rustfits.write(tmp_path / "t.fits", frame)
    assert rows(tmp_path / "t.fits") == [(1, 1.5, "x"), (None, 2.5, "yz")]


def test_astropy_reads_the_written_table(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write(path, masked_table())
    with astropy_fits.open(path) as hdus:
        hdus.verify("exception")
        assert hdus[1].columns["n"].null is not None
