# SPDX-License-Identifier: BSD-3-Clause
"""``Table.read`` and ``Table.write`` with ``format="rustfits"``, against ``format="fits"``."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import astropy
import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import EarthLocation, SkyCoord
from astropy.io import fits as astropy_fits
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.utils.exceptions import AstropyUserWarning
from astropy.utils.masked import Masked

import rustfits
import rustfits.astropy

ROOT = Path(astropy.__file__).parent
#: Columns that differ on purpose, which the documentation says: what the two formats return.
DIFFERENT = {
    ("ascii_i4-i20.fits", "col0"),  # integers of ASCII tables are int64
    ("ascii_i4-i20.fits", "col1"),
    ("ascii_i4-i20.fits", "col4"),
    ("logical_null.fits", "flag"),  # a logical without a value is masked
}


def tables() -> list[tuple[Path, int]]:
    """Return all tables of astropy's own test files that astropy opens."""
    found = []
    for path in sorted({*ROOT.rglob("*.fits"), *ROOT.rglob("*.fits.gz")}):
        if path.name in ("idcompspec.fits", "ascii.fits") or "invalid" in path.parts:
            continue  # astropy does not read them
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with astropy_fits.open(path) as hdus:
                for index, hdu in enumerate(hdus):
                    if isinstance(hdu, (astropy_fits.BinTableHDU, astropy_fits.TableHDU)):
                        found.append((path, index))
    return found


def cells(column: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the cells of a column or Quantity, and their mask."""
    data = np.asarray(getattr(column, "unmasked", column))
    if isinstance(column, MaskedColumn):
        data = np.asarray(column.data.data)
    return data, np.zeros(data.shape, bool) | np.asarray(getattr(column, "mask", False))


def same_columns(ours: Any, theirs: Any, name: str) -> None:
    assert ours.colnames == theirs.colnames
    for key in ours.colnames:
        if (name, key) in DIFFERENT:
            continue
        a, b = ours[key], theirs[key]
        assert type(a) is type(b), key
        assert a.dtype.newbyteorder("=") == b.dtype.newbyteorder("="), key
        assert getattr(a, "unit", None) == getattr(b, "unit", None), key
        assert a.info.format == b.info.format
        if a.dtype.kind == "O":
            assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True)), key
            continue
        (data, mask), (wanted, same) = cells(a), cells(b)
        np.testing.assert_array_equal(mask, same)
        np.testing.assert_array_equal(data[~mask], wanted[~mask])
        if isinstance(a, MaskedColumn):
            np.testing.assert_array_equal(a.fill_value, b.fill_value)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("path", "hdu"), tables(), ids=lambda one: one.name if isinstance(one, Path) else str(one)
)
def test_astropys_test_files_are_read_as_astropy_reads_them(path: Path, hdu: int) -> None:
    for kind in (Table, QTable):
        for options in ({}, {"mask_invalid": False}):
            ours = kind.read(path, format="rustfits", hdu=hdu, **options)
            theirs = kind.read(path, format="fits", hdu=hdu, **options)
            same_columns(ours, theirs, path.name)
            meta = {key: value for key, value in theirs.meta.items() if key[:5] != "TCOMM"}
            assert dict(ours.meta) == meta


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("path", "hdu"), tables(), ids=lambda one: one.name if isinstance(one, Path) else str(one)
)
def test_astropys_test_files_are_written_so_that_both_read_them(
    tmp_path: Path, path: Path, hdu: int
) -> None:
    table = Table.read(path, format="fits", hdu=hdu)
    empty = [name for name in table.colnames if 0 in table[name].shape[1:]]
    table.remove_columns(empty)
    table.remove_columns([name for name in table.colnames if table[name].dtype.itemsize == 0])
    new = tmp_path / "new.fits"
    table.write(new, format="rustfits")
    for kind in ("fits", "rustfits"):
        back = Table.read(new, format=kind, hdu=1)
        assert back.colnames == table.colnames
        for name in back.colnames:
            if back[name].dtype.kind == "O":
                continue  # lengths differ in what is empty
            (data, mask), (wanted, same) = cells(back[name]), cells(table[name])
            np.testing.assert_array_equal(mask, same)
            np.testing.assert_array_equal(data[~mask], wanted[~mask])
            assert back[name].unit == table[name].unit


@pytest.fixture
def mixed() -> QTable:
    table = QTable(meta={"OBJECT": "M31", "comments": ["one"]})
    table["n"] = Column([1, 2], description="number", format="%5d", meta={"x": [1, 2]})
    table["v"] = [1.0, 2.0] * u.km / u.s
    table["m"] = MaskedColumn([1, 2], mask=[False, True])
    table["q"] = Masked([1.0, 2.0] * u.Jy, mask=[True, False])
    table["sky"] = SkyCoord([1, 2] * u.deg, [3, 4] * u.deg)
    place = EarthLocation(1 * u.m, 2 * u.m, 3 * u.m)
    table["t"] = Time(["2020-01-01", "2021-01-01"], scale="utc", location=place)
    table["s"] = ["a", "bb"]
    return table


@pytest.mark.parametrize("reader", ["fits", "rustfits"])
@pytest.mark.parametrize("writer", ["fits", "rustfits"])
def test_mixin_columns_go_through_both_formats(
    tmp_path: Path, mixed: QTable, writer: str, reader: str
) -> None:
    path = tmp_path / "a.fits"
    mixed.write(path, format=writer)
    back = QTable.read(path, format=reader, astropy_native=True)
    assert back.colnames == mixed.colnames
    assert back["n"].info.description == "number" and back["n"].info.meta == {"x": [1, 2]}
    assert back["n"].info.format == "{:5d}"
    assert (back["v"] == mixed["v"]).all() and back["v"].unit == mixed["v"].unit
    assert back["m"].mask.tolist() == [False, True] and back["q"].mask.tolist() == [True, False]
    assert (back["sky"].ra == mixed["sky"].ra).all() and back["sky"].frame.name == "icrs"
    assert back["t"].scale == "utc" and (back["t"] == mixed["t"]).all()
    assert back["s"].tolist() == ["a", "bb"] or back["s"].tolist() == [b"a", b"bb"]
    assert back.meta["OBJECT"] == "M31" and back.meta["comments"] == ["one"]
    assert "TCOMM1" not in back.meta or reader == "fits"


def test_columns_and_rows_are_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    Table({"a": [1, 2, 3], "b": [1.0, np.nan, 3.0], "c": ["x", "", "z"]}).write(
        path, format="rustfits", name="CAT", compress=True
    )
    found = Table.read(path, format="rustfits", hdu="CAT", columns=["c", "a"], rows="a > 1")
    assert found.colnames == ["c", "a"] and found["a"].tolist() == [2, 3]
    assert found["c"].mask.tolist() == [True, False]
    text = Table.read(path, format="rustfits", character_as_bytes=False, rows=[2])
    assert text["c"].dtype.kind == "U" and text["c"][0] == "z"
    with rustfits.FITS(path) as fits:
        assert Table.read(fits[1], format="rustfits")["a"].tolist() == [1, 2, 3]
        assert Table.read(fits, format="rustfits", columns="b").colnames == ["b"]
        with pytest.raises(ValueError, match="all columns"):
            Table.read(fits, format="rustfits", columns="b", astropy_native=True)


def test_a_file_is_replaced_only_on_demand(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    table = Table({"a": [1]})
    table.write(path, format="rustfits")
    with pytest.raises(OSError, match="overwrite"):
        table.write(path, format="rustfits")
    table.write(path, format="rustfits", append=True, name="TWO")
    assert len(rustfits.info(path)) == 3
    with pytest.warns(AstropyUserWarning, match="multiple tables"):
        Table.read(path, format="rustfits")
    for hdu in (0, "TWO"):
        if hdu:
            assert Table.read(path, format="rustfits", hdu=hdu).meta["EXTNAME"] == "TWO"
        else:
            with pytest.raises(ValueError, match="hdu=0"):
                Table.read(path, format="rustfits", hdu=hdu)
    table.write(path, format="rustfits", overwrite=True)
    assert len(rustfits.info(path)) == 2
    table.write(tmp_path / "new.fits", format="rustfits", append=True)
    assert Table.read(tmp_path / "new.fits").meta == {}  # astropy's own reader, by the name


def test_files_without_tables_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    rustfits.write(path, np.zeros(3))
    with pytest.raises(ValueError, match="no table found"):
        Table.read(path, format="rustfits")


def test_rustfits_does_not_import_astropy_and_says_when_it_is_missing() -> None:
    code = (
        "import sys, rustfits\n"
        "assert 'astropy' not in sys.modules\n"
        "sys.modules['astropy'] = None\n"
        "try:\n    import rustfits.astropy\n"
        "except ImportError as missing:\n    assert 'pip install astropy' in str(missing)\n"
        "else:\n    raise SystemExit(1)\n"
    )
    subprocess.run([sys.executable, "-P", "-c", code], check=True, timeout=60)
