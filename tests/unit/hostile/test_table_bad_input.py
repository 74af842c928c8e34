# SPDX-License-Identifier: BSD-3-Clause
"""Invalid tables, and data that a table cannot hold.

The library reads old but harmless deviations as astropy and fitsio do, with one warning for each file and cause.
Every other deviation is an error that names HDU, column and row. The library checks all data before it writes any.
"""

from __future__ import annotations

import struct
import warnings

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from support.tables import by_astropy, raw_table, verify

TWO_ROWS = [b"\0\1\0\2", b"\0\3\0\4"]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "bad.fits"


def read(path, **options):
    """The table, and what was warned about it: the same only once, however often it is read."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with FITS(path) as fits:
            data = fits[1].read(**options)
            for _ in range(2):
                fits[1].read(**options)
                _ = fits[1][0]
    assert all(one.category is rustfits.FITSWarning for one in caught)
    return data, [str(one.message) for one in caught]


def refused(path, message, kind=rustfits.FITSFormatError):
    with FITS(path) as fits:
        with pytest.raises(kind, match=message) as caught:
            fits[1].read()
        assert fits[0].kind == "image"
    assert "bad.fits[1]: " in str(caught.value)


# ---- descriptors ----

HEAP = struct.pack(">6i", 10, 11, 12, 13, 14, 15)

#: What the descriptor of row 1 says: elements, and where in the heap of 24 bytes.
BAD_DESCRIPTORS = {
    "behind the heap": (1, 24),
    "partly behind the heap": (2, 20),
    "longer than the heap": (7, 0),
    "negative length": (-1, 0),
    "least length": (-(2**31), 0),
    "negative offset": (1, -4),
    "both negative": (-1, -1),
    "product beyond 32 bits": (2**30, 4),
    "greatest": (2**31 - 1, 2**31 - 1),
}
BAD_WIDE_DESCRIPTORS = {
    **BAD_DESCRIPTORS,
    "product beyond 64 bits": (2**62, 0),
    "sum beyond 64 bits": (2, 2**63 - 4),
    "least of 64 bits": (-(2**63), 0),
}


def heap_table(path, form, descriptor):
    pack = {"P": ">2i", "Q": ">2q"}[form]
    pairs = [(2, 0), descriptor, (1, 20)]
    rows = [struct.pack(">h", n) + struct.pack(pack, *pair) for n, pair in enumerate(pairs)]
    raw_table(
        path,
        {"TTYPE1": "id", "TFORM1": "I", "TTYPE2": "list", "TFORM2": f"1{form}J"},
        rows,
        HEAP,
    )


@pytest.mark.parametrize(
    ("form", "name"),
    [("P", name) for name in BAD_DESCRIPTORS] + [("Q", name) for name in BAD_WIDE_DESCRIPTORS],
)
def test_descriptors_outside_the_heap(path, form, name):
    heap_table(path, form, BAD_WIDE_DESCRIPTORS[name])
    refused(path, r"column 2 'list', row 1: the descriptor says \d+ elements .* has 24 bytes")
    with FITS(path) as fits:
        # Everything beside the one cell can be read.
        assert fits[1]["id"][...].tolist() == [0, 1, 2]
        first, last = fits[1].read(rows=[0, 2])["list"]
        assert (first.tolist(), last.tolist()) == ([10, 11], [15])
        with pytest.raises(rustfits.FITSFormatError, match="row 1"):
            fits[1]["list"][1]
        with pytest.raises(rustfits.FITSFormatError, match="row 1"):
            list(fits[1])


@pytest.mark.parametrize("form", ["P", "Q"])
@pytest.mark.parametrize("offset", [24, -1, 2**31 - 1])
def test_offset_of_an_empty_cell_means_nothing(path, form, offset):
    heap_table(path, form, (0, offset))
    data, warned = read(path)
    assert [cell.tolist() for cell in data["list"]] == [[10, 11], [], [15]]
    assert warned == []


def test_edits_of_a_table_with_a_bad_descriptor(path):
    """Edits of other cells succeed. An edit that moves the cell fails and changes nothing."""
    heap_table(path, "P", (1000, 0))
    with FITS(path, "r+") as fits:
        fits[1]["id"][1] = 99
        fits[1].append({"id": [5], "list": [[16, 17]]})
    with FITS(path, "r+") as fits:
        assert fits[1].read(rows=[0, 2, 3])["list"][2].tolist() == [16, 17]
        before = fits.to_bytes()
        with pytest.raises(rustfits.FITSFormatError, match="column 2 'list', row 1"):
            fits[1].repack()
        assert fits.to_bytes() == before
        fits[1]["list"][1] = [1, 2, 3]  # mends it
        fits[1].repack()
    verify(path)
    assert [cell.tolist() for cell in FITS(path)[1]["list"][...]] == [
        [10, 11],
        [1, 2, 3],
        [15],
        [16, 17],
    ]


# ---- TFORM ----


@pytest.mark.parametrize(
    ("form", "cause"),
    [
        ("", "has no letter"),
        ("3", "has no letter"),
        ("2S", "letters are L X B I J K A E D C M P Q"),
        ("rI", "letters are"),
        ("-2I", "letters are"),
        ("(2)I", "letters are"),
        ("1P", "need the letter of an element"),
        ("PQ", "need the letter of an element"),
        ("1QP(3)", "need the letter of an element"),
        ("2PI", "one descriptor at most"),
        ("99999999999999999999I", "number is too long"),
        ("1PI(99999999999999999999)", "number is too long"),
        ("9223372036854775807K", "63 bits"),
    ],
)
def test_forms_that_are_none(path, form, cause):
    raw_table(path, {"TTYPE1": "x", "TFORM1": form}, TWO_ROWS)
    refused(path, f"column 1 'x': .*{cause}")
    with FITS(path) as fits:
        assert fits[1].header["TFORM1"] == form
        assert fits[1].raw_bytes() == b"".join(TWO_ROWS)


def test_a_form_that_is_missing(path):
    raw_table(path, {"TTYPE1": "x", "TFORM1": "I", "TTYPE2": "y"}, TWO_ROWS, TFIELDS=2)
    refused(path, "column 2 'y': the header has no TFORM2")


@pytest.mark.parametrize(
    ("form", "standard"),
    [
        ("2i", "2I"),
        ("2I4", "2I"),
        ("2I x", "2I"),
        ("2I(3)", "2I"),
        ("1J8", "1J"),
        ("1j", "1J"),
        ("1E12.4", "1E"),
    ],
)
def test_odd_forms_are_read_with_one_warning(path, form, standard):
    raw_table(path, {"TTYPE1": "x", "TFORM1": form}, TWO_ROWS)
    data, warned = read(path)
    assert len(warned) == 1
    assert "bad.fits[1]: column 'x': TFORM1" in warned[0]
    assert f"read as {standard}" in warned[0]
    theirs = fitsio.read(path, ext=1)
    np.testing.assert_array_equal(data["x"], theirs["x"])
    raw_table(path, {"TTYPE1": "x", "TFORM1": standard}, TWO_ROWS)
    again, warned = read(path)
    assert warned == []
    np.testing.assert_array_equal(data["x"], again["x"])


@pytest.mark.parametrize("form", [" 2I", "2 I", "02I", "2I  "])
def test_blanks_and_zeros_in_forms_are_nothing(path, form):
    raw_table(path, {"TTYPE1": "x", "TFORM1": form}, TWO_ROWS)
    data, warned = read(path)
    assert data["x"].tolist() == [[1, 2], [3, 4]]
    assert warned == []


# ---- the length of a row ----


@pytest.mark.parametrize("row_bytes", [0, 3, 5, 8, 2**62])
def test_row_length_that_is_not_that_of_the_columns(path, row_bytes):
    raw_table(path, {"TTYPE1": "x", "TFORM1": "2I"}, TWO_ROWS, NAXIS1=row_bytes, NAXIS2=1)
    refused(path, f"NAXIS1 = {row_bytes} bytes, and the TFORMs of its 1 columns make 4")


def test_fewer_columns_than_forms(path):
    raw_table(path, {"TFORM1": "I", "TFORM2": "I"}, TWO_ROWS, TFIELDS=1)
    refused(path, "NAXIS1 = 4 bytes, and the TFORMs of its 1 columns make 2")


# ---- TDIM ----


@pytest.mark.parametrize(
    "dims",
    [
        "(3)",
        "(2,2)",
        "(-2)",
        "2",
        "()",
        "(2",
        "(a)",
        "(2)(3)",
        "(1.0,2)",
        "(9999999999,9999999999)",
    ],
)
def test_dims_that_do_not_fit_are_ignored_with_one_warning(path, dims):
    raw_table(path, {"TTYPE1": "x", "TFORM1": "2I", "TDIM1": dims}, TWO_ROWS)
    data, warned = read(path)
    assert data["x"].tolist() == [[1, 2], [3, 4]]
    assert len(warned) == 1
    assert f"column 'x': TDIM = '{dims}'" in warned[0]
    assert "ignored" in warned[0]


@pytest.mark.parametrize(
    ("dims", "shape"),
    [
        ("(2)", (2,)),
        ("( 1 , 2 )", (2, 1)),
        ("(1,2)", (2, 1)),
        ("", (2,)),
        ("   ", (2,)),
    ],
)
def test_dims_give_cells_their_shape(path, dims, shape):
    raw_table(path, {"TTYPE1": "x", "TFORM1": "2I", "TDIM1": dims}, TWO_ROWS)
    data, warned = read(path)
    assert warned == []
    np.testing.assert_array_equal(data["x"], np.array([[1, 2], [3, 4]]).reshape(2, *shape))
    np.testing.assert_array_equal(data["x"], fitsio.read(path, ext=1)["x"])


@pytest.mark.parametrize(
    ("form", "dims", "expected"),
    [
        ("2I", "(1)", [[1, 2], [3, 4]]),
        ("2I", "(0)", [[1, 2], [3, 4]]),
        ("2I", "(2,0)", [[1, 2], [3, 4]]),
        ("4B", "(1,3)", [[0, 1, 0, 2], [0, 3, 0, 4]]),
        ("32X", "(4,4)", None),
        ("4A", "(1)", ["abcd", "efgh"]),
        ("4A", "(2,1)", ["abcd", "efgh"]),
        ("4A", "(0,4)", ["abcd", "efgh"]),
        ("4A2", "(1)", [["ab", "cd"], ["ef", "gh"]]),
    ],
)
def test_dims_of_fewer_elements_lose_nothing(path, form, dims, expected):
    """SDSS CasJobs and MAST write '(1)' for every column."""
    rows = [b"abcd", b"efgh"] if "A" in form else TWO_ROWS
    raw_table(path, {"TTYPE1": "x", "TFORM1": form, "TDIM1": dims}, rows)
    data, warned = read(path)
    assert [f"column 'x': TDIM = '{dims}' names" in one for one in warned] == [True]
    if expected is None:
        expected = np.unpackbits(np.array([list(row) for row in rows], "u1"), axis=1).astype(bool)
    np.testing.assert_array_equal(data["x"], expected)
    with FITS(path, "r+") as fits:
        fits[1]["x"] = data["x"][::-1]
    with FITS(path) as fits, pytest.warns(rustfits.FITSWarning, match="TDIM"):
        np.testing.assert_array_equal(fits[1].read()["x"], data["x"][::-1])


@pytest.mark.parametrize(
    ("dims", "expected", "odd"),
    [
        ("(2,2)", [["ab", "c"], ["x", " y"]], False),
        ("(1,4)", [["a", "b", "c", ""], ["x", "", "", "y"]], False),
        ("(4)", ["abc", "x  y"], False),
        ("(2,3)", ["abc", "x  y"], True),
        ("(5)", ["abc", "x  y"], True),
        ("(1)", ["abc", "x  y"], True),
    ],
)
def test_dims_of_strings(path, dims, expected, odd):
    raw_table(path, {"TTYPE1": "s", "TFORM1": "4A", "TDIM1": dims}, [b"abc\0", b"x  y"])
    data, warned = read(path)
    assert data["s"].tolist() == expected
    assert len(warned) == odd


# ---- TTYPE ----


@pytest.mark.parametrize(
    ("cards", "names", "odd"),
    [
        ({"TTYPE1": "x", "TTYPE2": "x"}, ["x", "x_2"], True),
        ({"TTYPE1": "x", "TTYPE2": "X"}, ["x", "X"], False),
        ({"TTYPE1": "x"}, ["x", "col2"], False),
        ({}, ["col1", "col2"], False),
        ({"TTYPE1": "", "TTYPE2": " "}, ["col1", "col2"], False),
        ({"TTYPE1": "col2"}, ["col2", "col2_2"], True),
        ({"TTYPE1": 5}, ["col1", "col2"], False),
    ],
)
def test_names_that_are_missing_or_come_twice(path, cards, names, odd):
    raw_table(path, {"TFORM1": "I", "TFORM2": "I", **cards}, TWO_ROWS)
    data, warned = read(path)
    assert list(data.dtype.names) == names
    assert data.tolist() == [(1, 2), (3, 4)]
    assert len(warned) == odd
    with FITS(path) as fits:
        if odd:
            with pytest.warns(rustfits.FITSWarning, match="before"):
                assert fits[1][names[1]][...].tolist() == [2, 4]
        assert fits[1][names[0]][...].tolist() == [1, 3]


# ---- TNULL ----


@pytest.mark.parametrize(
    ("form", "null", "odd"),
    [
        ("B", 256, True),
        ("B", -1, True),
        ("I", 70000, True),
        ("I", -32769, True),
        ("J", 2**31, True),
        ("I", 1.5, True),
        ("I", 32767, False),
        ("K", -(2**63), False),
        ("E", 3, False),
        ("A", 3, False),
        ("L", 0, False),
    ],
)
def test_null_that_the_column_cannot_hold(path, form, null, odd):
    bytes_of = {"B": 1, "I": 2, "J": 4, "K": 8, "E": 4, "A": 1, "L": 1}[form]
    raw_table(
        path, {"TTYPE1": "x", "TFORM1": form, "TNULL1": null}, [b"\0" * bytes_of, b"\1" * bytes_of]
    )
    data, warned = read(path, mask_null=True)
    assert len(warned) == odd
    assert not odd or ("column 'x': TNULL" in warned[0] and "ignored" in warned[0])
    masked = np.ma.getmaskarray(data["x"]).tolist()
    assert masked == ([True, False] if form == "L" else [False, False])


def test_null_that_is_no_integer_is_not_kept_by_other_columns(path):
    raw_table(
        path,
        {"TFORM1": "I", "TNULL1": 1.5, "TFORM2": "I", "TNULL2": 4},
        TWO_ROWS,
    )
    data, warned = read(path, mask_null=True)
    assert data.mask.tolist() == [(False, False), (False, True)]
    assert len(warned) == 1


# ---- strings ----

STRINGS = [b"caf\xe9 \0", b"\0abcde", b"ab\0cd ", b"      ", b"\xff\x80\x01\x7f\n ", b" a    "]
TEXTS = ["café", "", "ab", "", "\xff\x80\x01\x7f\n", " a"]


@pytest.mark.parametrize("width", [1, 2])
def test_strings_with_odd_bytes(path, width):
    """Wherever the strings are in the row, alone or many at once."""
    cards, rows = {"TTYPE1": "n", "TFORM1": "J"}, [struct.pack(">i", n) for n in range(60)]
    for number in range(2, 2 + width):
        cards |= {f"TTYPE{number}": f"s{number}", f"TFORM{number}": "6A"}
        rows = [row + STRINGS[(n + number) % 6] for n, row in enumerate(rows)]
    raw_table(path, cards, rows)
    data, warned = read(path)
    raw, _ = read(path, as_bytes=True)
    assert warned == []
    for number in range(2, 2 + width):
        expected = [TEXTS[(n + number) % 6] for n in range(60)]
        assert data[f"s{number}"].tolist() == expected
        assert raw[f"s{number}"].tolist() == [text.encode("latin-1") for text in expected]
    assert data["n"].tolist() == list(range(60))


def test_strings_are_what_astropy_reads(path):
    plain = [b"ab\0cd ", b"abcdef", b" a    ", b"\0\0\0\0\0\0", b"a\0\0\0\0\0"]
    raw_table(path, {"TTYPE1": "s", "TFORM1": "6A"}, plain)
    theirs = by_astropy(path)["s"]
    ours, _ = read(path)
    # After a NUL astropy goes on; the standard does not (FITS 7.3.3.1).
    assert ours["s"].tolist() == [str(word).partition("\0")[0].rstrip() for word in theirs]


def test_odd_bytes_survive_edits_beside_them(path):
    rows = [struct.pack(">h", n) + word for n, word in enumerate(STRINGS)]
    raw_table(path, {"TTYPE1": "n", "TFORM1": "I", "TTYPE2": "s", "TFORM2": "6A"}, rows)
    with FITS(path, "r+") as fits:
        fits[1]["n"][...] = np.arange(6) + 100
        fits[1]["s"][5] = "new"
        fits[1].insert_column("m", np.arange(6.0), position=1)
    stored = np.frombuffer(FITS(path)[1].raw_bytes(), "S16")
    assert [row[10:] for row in stored.tolist()] == [
        word.rstrip(b"\0") for word in [*STRINGS[:5], b"new"]
    ]


# ---- columns without elements ----


@pytest.mark.parametrize("letter", "LXBIJKAEDCM")
def test_columns_of_no_elements(path, letter):
    raw_table(
        path,
        {
            "TTYPE1": "a",
            "TFORM1": "I",
            "TTYPE2": "none",
            "TFORM2": f"0{letter}",
            "TTYPE3": "b",
            "TFORM3": "I",
        },
        TWO_ROWS,
    )
    data, warned = read(path)
    assert warned == []
    assert data["a"].tolist() == [1, 3]
    assert data["b"].tolist() == [2, 4]
    assert data["none"].tolist() == (["", ""] if letter == "A" else [[], []])
    with FITS(path, "r+") as fits:
        fits[1]["a"][...] = [5, 6]
        fits[1].append(fits[1].read())
        fits[1].delete_column("a")
    data, _ = read(path)
    assert data["b"].tolist() == [2, 4, 2, 4]
    assert FITS(path)[1].header["TFORM1"] == f"0{letter}"
    verify(path)


@pytest.mark.parametrize("form", ["P", "Q"])
def test_descriptors_of_no_elements(path, form):
    raw_table(path, {"TTYPE1": "v", "TFORM1": f"0{form}J", "TTYPE2": "b", "TFORM2": "2I"}, TWO_ROWS)
    data, _ = read(path)
    assert [cell.tolist() for cell in data["v"]] == [[], []]
    assert data["b"].tolist() == [[1, 2], [3, 4]]


# ---- what is refused when written ----


def objects(*cells):
    made = np.empty(len(cells), object)
    made[:] = cells
    return made


ROWS = 40
#: An edit, the error, and what the message says beside file and HDU.
REFUSED = {
    "a dtype that does not fit": (
        lambda h: h.__setitem__("i2", np.arange(ROWS) + 0.5),
        TypeError,
        "column 'i2'.*float64.*int16",
    ),
    "a value out of range in the last row": (
        lambda h: h.__setitem__("i2", np.arange(ROWS) + 32767 - ROWS + 2),
        ValueError,
        "column 'i2', row 39: 32768",
    ),
    "too few cells": (lambda h: h.__setitem__("f8", np.zeros(3)), ValueError, "column 'f8'"),
    "cells of another shape": (
        lambda h: h.__setitem__("vector", np.zeros((ROWS, 4))),
        ValueError,
        "column 'vector'.*shape",
    ),
    "a string that is too long": (
        lambda h: h.__setitem__("name", ["ok"] * 39 + ["far too long"]),
        ValueError,
        "column \\d+ 'name', row 39",
    ),
    "a string that is no ASCII": (
        lambda h: h.__setitem__("name", ["ok"] * 20 + ["é"] * 20),
        ValueError,
        "column 'name', row 20.*U\\+00E9",
    ),
    "a NUL inside a string": (
        lambda h: h.__setitem__("name", ["ok"] * 7 + ["a\0b"] * 33),
        ValueError,
        "column 'name', row 7.*NUL",
    ),
    "a bool that is a number": (
        lambda h: h.__setitem__("flag", np.arange(ROWS)),
        TypeError,
        "column 'flag'",
    ),
    "NaN for an integer": (
        lambda h: h.__setitem__("scaled", np.where(np.arange(ROWS) == 5, np.nan, 1.0)),
        ValueError,
        "column \\d+ 'scaled', row 5: NaN",
    ),
    "a masked cell without TNULL": (
        lambda h: h.__setitem__("i2", np.ma.masked_equal(np.arange(ROWS, dtype="i2"), 3)),
        ValueError,
        "column 1 'i2', row 3: .*TNULL",
    ),
    "rows one of whose columns is wrong": (
        lambda h: h.append({**{n: h[n][:2] for n in h.colnames}, "list": [[1], [70000]]}),
        ValueError,
        "column 'list', row 1: 70000",
    ),
    "rows without one of the columns": (
        lambda h: h.append({n: h[n][:2] for n in h.colnames if n != "f8"}),
        ValueError,
        "no values for \\['f8'\\]",
    ),
    "a cell of the wrong dtype in the heap": (
        lambda h: h["list"].__setitem__(slice(0, 2), objects(np.zeros(2), np.zeros(3))),
        TypeError,
        "column 'list', row 0.*float64",
    ),
    "rows that are not there": (lambda h: h["f8"].__setitem__([1, 40], 0), IndexError, "40"),
    "a column that is not there": (lambda h: h.__setitem__("nope", 1), KeyError, "'nope'"),
    "a new column of another length": (
        lambda h: h.insert_column("new", np.zeros(3)),
        ValueError,
        "column 'new'.*3 cells for 40 rows",
    ),
    "a new column of another name": (
        lambda h: h.insert_column("I2", np.zeros(ROWS)),
        ValueError,
        "'I2' already",
    ),
    "a new column no type of FITS": (
        lambda h: h.insert_column("new", np.zeros(ROWS, "f2")),
        TypeError,
        "column 'new'.*float16",
    ),
    "a whole table with one bad cell": (
        lambda h: h.write({**{n: h[n][...] for n in h.colnames}, "name": ["x" * 9] * ROWS}),
        ValueError,
        "'name', row 0",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_edits_leave_the_file_as_it_was(path, name):
    change, kind, message = REFUSED[name]
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(
            {
                "i2": np.arange(ROWS, dtype="i2"),
                "f8": np.arange(ROWS, dtype="f8"),
                "vector": np.zeros((ROWS, 3), "f4"),
                "name": np.array(["abc"] * ROWS, "S5"),
                "flag": np.zeros(ROWS, bool),
                "scaled": np.zeros(ROWS, "i2"),
                "list": objects(*(np.arange(n % 3, dtype="i2") for n in range(ROWS))),
            }
        )
        fits.write_image(np.arange(5000, dtype="i4"))
    content = path.read_bytes()
    at = content.index(b"TTYPE7  ")
    # They replace two cards that the test does not need.
    cards = b"TSCAL6  =                  0.5".ljust(80) + b"TZERO6  =                 10.0".ljust(
        80
    )
    content = content[:at] + cards + content[at : 2 * 2880 - 160] + content[2 * 2880 :]
    path.write_bytes(content)
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        assert hdu.nrows == ROWS
        with pytest.raises(kind, match=message) as caught:
            change(hdu)
        assert isinstance(caught.value, rustfits.FITSError)
        assert path.read_bytes() == content
        assert hdu["f8"][39] == 39  # and the handle still works
        assert fits[2][4999] == 4999
    assert path.read_bytes() == content
    with astropy_fits.open(path) as other:
        assert other[1].data["f8"][39] == 39


@pytest.mark.parametrize("key", [9, -8, [0, 7], np.zeros(3, bool), 1.5, [[1]]], ids=str)
def test_wrong_rows_name_the_file(tmp_path, key):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_table({"x": np.arange(7)})
        before = path.read_bytes()
        for do in (
            lambda: hdu[key],
            lambda: hdu["x"][key],
            lambda: hdu.read(rows=key),
            lambda: hdu.__setitem__(key, {"x": 1}),
            lambda: hdu["x"].__setitem__(key, 1),
            lambda: hdu.delete_rows(key),
        ):
            with pytest.raises((IndexError, NotImplementedError), match=r"t\.fits\[1\]: "):
                do()
        assert path.read_bytes() == before
