# SPDX-License-Identifier: BSD-3-Clause
"""Names of columns that come twice or not at all: a made-up one never takes the place of a column's own."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from rustfits import fitsio as compat

pytestmark = pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")


def card(keyword: str, value: object) -> str:
    shown = f"'{value:8}'" if isinstance(value, str) else f"{value:>20}"
    return f"{keyword:8}= {shown}".ljust(80)


def make(path: Path, names: list[str | None], kind: str = "binary") -> list[int]:
    """A table of one row whose columns have these names and the values from 1 on."""
    values = list(range(1, len(names) + 1))
    ascii_table = kind == "ASCII"
    cards = {
        "XTENSION": "TABLE" if ascii_table else "BINTABLE",
        "BITPIX": 8,
        "NAXIS": 2,
        "NAXIS1": 4 * len(names),
        "NAXIS2": 1,
        "PCOUNT": 0,
        "GCOUNT": 1,
        "TFIELDS": len(names),
    }
    for n, name in enumerate(names, 1):
        if name is not None:
            cards[f"TTYPE{n}"] = name
        cards[f"TFORM{n}"] = "I4" if ascii_table else "1J"
        if ascii_table:
            cards[f"TBCOL{n}"] = 4 * n - 3
    header = "".join(card(*item) for item in cards.items()) + "END".ljust(80)
    if ascii_table:
        data = "".join(f"{n:4}" for n in values).encode().ljust(2880)
    else:
        data = np.array(values, ">i4").tobytes().ljust(2880, b"\0")
    primary = "SIMPLE  =                    T".ljust(80) + card("BITPIX", 8) + card("NAXIS", 0)
    path.write_bytes(
        (primary + "END").ljust(2880).encode()
        + header.ljust(-(-len(header) // 2880) * 2880).encode()
        + data
    )
    if kind == "compressed":
        rustfits.pack(path, path.with_suffix(".fz"), tables=True)
        path.with_suffix(".fz").rename(path)
    return values


KINDS = ["binary", "ASCII", "compressed"]
CASES = {
    "a join": (["RA", "RA", "RA_2"], ["RA", "RA_3", "RA_2"]),
    "the true name first": (["RA_2", "RA", "RA"], ["RA_2", "RA", "RA_3"]),
    "another case": (["RA", "RA", "ra_2"], ["RA", "RA_3", "ra_2"]),
    "a chain": (["A", "A", "A_2", "A_2", "A_3"], ["A", "A_4", "A_2", "A_2_2", "A_3"]),
    "three of one": (["A", "A", "A"], ["A", "A_2", "A_3"]),
    "no name, and one that would be it": ([None, "col1"], ["col1_2", "col1"]),
    "no name, another case": ([None, "COL1"], ["col1_2", "COL1"]),
    "no names": ([None, None], ["col1", "col2"]),
    "cases differ": (["x", "X", "x"], ["x", "X", "x_2"]),
    "blank names": (["", " ", "col2"], ["col1", "col2_2", "col2"]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_every_column_is_found_by_its_own_name(tmp_path, case, kind):
    names, keys = CASES[case]
    path = tmp_path / "t.fits"
    values = make(path, names, kind)
    with FITS(path) as fits:
        hdu = fits[1]
        assert list(hdu.colnames) == keys
        for key, value in zip(keys, values, strict=True):
            assert hdu.read_column(key).tolist() == [value]
            assert hdu.read(columns=[key])[key].tolist() == [value]
            assert hdu.where(f"{key} == {value}").tolist() == [0]
            assert hdu.where(f"{key} != {value}").tolist() == []
            assert hdu.read(rows=f"{key} == {value}", columns=[key])[key].tolist() == [value]
        assert hdu.read(as_dict=True).keys() == set(keys)
    assert compat.read(path, ext=1).dtype.names == tuple(keys)


@pytest.mark.parametrize("case", CASES)
def test_writing_by_a_name_changes_that_column(tmp_path, case):
    names, keys = CASES[case]
    path = tmp_path / "t.fits"
    values = make(path, names)
    for place, key in enumerate(keys):
        with FITS(path, "r+") as fits:
            fits[1][key] = 10 + place
            values[place] = 10 + place
            assert fits[1].read()[0].tolist() == tuple(values)
    with FITS(path, "r+") as fits:
        fits[1].append({key: [n] for n, key in enumerate(keys)})
        assert fits[1].read()[1].tolist() == tuple(range(len(keys)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("case", CASES)
def test_deleting_by_a_name_deletes_that_column(tmp_path, case, kind):
    names, keys = CASES[case]
    for place, key in enumerate(keys):
        path = tmp_path / f"{place}.fits"
        values = make(path, names, kind)
        with FITS(path, "r+") as fits:
            fits[1].delete_column(key)
            left = fits[1].read()
        assert left[0].tolist() == tuple(v for n, v in enumerate(values) if n != place)


def test_the_warning_says_which_name_it_got(tmp_path):
    make(tmp_path / "t.fits", ["RA", "RA", "RA_2"])
    with FITS(tmp_path / "t.fits") as fits:
        with pytest.warns(rustfits.FITSWarning, match="'RA' before; this one is read as 'RA_3'"):
            fits[1].read()
    make(tmp_path / "u.fits", [None, "col1"])
    with FITS(tmp_path / "u.fits") as fits:
        with pytest.warns(rustfits.FITSWarning, match="'col1' before or behind.*as 'col1_2'"):
            fits[1].read()
    make(tmp_path / "v.fits", [None, "a"])
    with warnings.catch_warnings(), FITS(tmp_path / "v.fits") as fits:
        warnings.simplefilter("error")
        fits[1].read()


def test_names_that_fill_a_card(tmp_path):
    long = "n" * 68
    make(tmp_path / "t.fits", [long, long, "b"])
    with FITS(tmp_path / "t.fits") as fits:
        assert fits[1].colnames == (long, f"{long}_2", "b")
        assert fits[1].read_column(f"{long}_2").tolist() == [2]


def test_many_columns_of_one_name(tmp_path):
    names: list[str | None] = ["x"] * 300
    names[150] = "x_7"
    values = make(tmp_path / "t.fits", names)
    with FITS(tmp_path / "t.fits") as fits:
        colnames = fits[1].colnames
        assert len({name.lower() for name in colnames}) == 300
        assert fits[1].read_column("x_7").tolist() == [151]
        assert fits[1].read_column(colnames[299]).tolist() == [values[299]]
