# SPDX-License-Identifier: BSD-3-Clause
"""Writing tables from every form of input. astropy and fitsverify read the written tables."""

from __future__ import annotations

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from support.tables import by_astropy, every_kind, same, verify

ROWS = 17


@pytest.fixture
def data(rng):
    return every_kind(rng, ROWS)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "new.fits"


def objects(*cells):
    made = np.empty(len(cells), object)
    made[:] = cells
    return made


def check(path, data, index=1):
    """A table holds these columns, for us, astropy and fitsverify."""
    verify(path)
    theirs = by_astropy(path, index)
    with FITS(path) as fits:
        ours = fits[index].read()
    names = data.dtype.names
    assert ours.dtype.names == names
    for name in names:
        same(ours[name], data[name])
        np.testing.assert_array_equal(theirs[name], data[name])


def test_structured(path, data):
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(data, extname="CAT", extver=3, units={"F4": "mag", "i2": "km/s"})
        assert isinstance(hdu, rustfits.TableHDU)
        assert (hdu.index, hdu.extname, hdu.extver, hdu.nrows) == (1, "CAT", 3, ROWS)
        assert hdu.units["f4"] == "mag"
        assert hdu.units["i2"] == "km/s"
        assert hdu.units["i4"] is None
        assert not fits[0].has_data
    check(path, data)
    with astropy_fits.open(path) as other:
        assert other["CAT", 3].columns["f4"].unit == "mag"


def test_fitsio_sees_the_same(path, data):
    rustfits.write(path, data)
    theirs = fitsio.read(path)
    for name in data.dtype.names:
        expected = data[name]
        got = theirs[name]
        if expected.dtype.kind == "U":
            got = np.char.rstrip(got)
        got = got.reshape(expected.shape)  # a cell of one element is none of an array to fitsio
        np.testing.assert_array_equal(got, expected, err_msg=name)


FORMS = {
    "big endian": lambda d: d.astype(d.dtype.newbyteorder(">")),
    "every other row": lambda d: np.repeat(d, 2)[::2],
    "backwards": lambda d: d[::-1].copy()[::-1],
    "aligned": lambda d: d.astype(np.dtype(d.dtype.descr, align=True)),
    "record array": lambda d: d.view(np.recarray),
    "read-only": lambda d: np.frombuffer(d.tobytes(), d.dtype),
    "dict": lambda d: {name: d[name] for name in d.dtype.names},
    "dict of lists": lambda d: {name: d[name].tolist() for name in d.dtype.names},
    "fortran order": lambda d: {name: np.asfortranarray(d[name]) for name in d.dtype.names},
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_input(path, data, form):
    given = FORMS[form](data)
    if form == "dict of lists":  # lists are of the widest type
        rustfits.write_table(path, given)
        verify(path)
        with FITS(path) as fits:
            for name in data.dtype.names:
                np.testing.assert_array_equal(fits[1][name][...], data[name])
        return
    rustfits.write_table(path, given)
    check(path, data)


def test_list_with_names(path, data):
    names = ["f8", "name", "matrix"]
    rustfits.write_table(path, [data[name] for name in names], names=names)
    check(path, data[names])
    with FITS(path, "r+") as fits:
        fits[1].write([data[name][::-1] for name in names], names=["F8", "NAME", "Matrix"])
    check(path, data[names][::-1])


def test_bytes_and_str_are_the_same_column(tmp_path):
    words = ["", "a", "three", "with blanks "]
    a, b = tmp_path / "a.fits", tmp_path / "b.fits"
    rustfits.write_table(a, {"s": words})
    rustfits.write_table(b, {"s": np.array(words, "S12")})
    assert a.read_bytes() == b.read_bytes()
    assert by_astropy(a)["s"].tolist() == words
    with FITS(a) as fits:
        assert fits[1]["s"][...].tolist() == ["", "a", "three", "with blanks"]


def test_bits(path, rng):
    flags = rng.random((9, 11)) < 0.5
    single = rng.random(9) < 0.5
    data = {"flags": flags, "one": single, "logical": single}
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(data, bit_columns=["FLAGS", "one"])
        assert [hdu.header[f"TFORM{n}"] for n in (1, 2, 3)] == ["11X", "1X", "1L"]
        hdu = fits.write_table(data, bit_columns=True)
        assert hdu.header["TFORM3"] == "1X"
    verify(path)
    with astropy_fits.open(path) as other:
        np.testing.assert_array_equal(other[1].data["flags"], flags)
        np.testing.assert_array_equal(other[1].data["one"].ravel(), single)
    for index in (1, 2):
        with FITS(path) as fits:
            for name, values in data.items():
                same(fits[index][name][...], values)


def test_masked(path, rng):
    mask = np.array([False, True, False, True])
    data = {
        "i2": np.ma.MaskedArray(np.array([-32768, 5, 32767, 7], "i2"), mask),
        "u2": np.ma.MaskedArray(np.array([0, 5, 65535, 7], "u2"), mask),
        "u1": np.ma.MaskedArray(np.array([255, 5, 0, 7], "u1"), mask),
        "i8": np.ma.MaskedArray(np.arange(4), mask),
        "f4": np.ma.MaskedArray(np.arange(4, dtype="f4"), mask),
        "c8": np.ma.MaskedArray(np.arange(4, dtype="c8"), mask),
        "b": np.ma.MaskedArray(np.ones(4, bool), mask),
        "s": np.ma.MaskedArray(["a", "b", "c", "d"], mask),
        "whole": np.ma.MaskedArray(np.arange(4)),
    }
    rustfits.write_table(path, data)
    verify(path)
    with FITS(path) as fits:
        assert "TNULL9" not in fits[1].header
        got = fits[1].read(mask_null=True, as_dict=True)
    for name in ("i2", "u2", "u1", "i8", "f4", "c8", "b"):
        np.testing.assert_array_equal(got[name].mask, mask, err_msg=name)
        np.testing.assert_array_equal(got[name].compressed(), data[name].compressed())
    assert got["s"].tolist() == ["a", "", "c", ""]
    assert not got["whole"].mask.any()


def test_no_value_is_left_for_null(path):
    values = np.ma.MaskedArray(np.arange(257) % 256, False).astype("u1")
    values[256] = np.ma.masked
    with pytest.raises(ValueError, match=r"'x'.*no value of uint8 is left"):
        rustfits.write_table(path, {"x": values})
    assert not path.exists()


def test_create_and_fill(path, data):
    with FITS(path, "w+") as fits:
        hdu = fits.create_table_hdu(data.dtype, ROWS, extname="T", units={"f8": "Jy"})
        assert hdu.nrows == ROWS
        assert hdu.dtype == data.dtype
        assert hdu.read()["f8"].tolist() == [0.0] * ROWS
        hdu.write(data)
        assert hdu.units["f8"] == "Jy"
    check(path, data)


def test_create_without_rows_or_columns(path):
    with FITS(path, "w+") as fits:
        fits.create_table_hdu([("x", "f4"), ("n", "S3")])
        fits.create_table_hdu([])
        fits.write_table({})
        fits.write_table(np.zeros(0, [("x", "u8"), ("s", "U0")]))
    verify(path)
    with FITS(path) as fits:
        assert [hdu.nrows for hdu in fits[1:]] == [0, 0, 0, 0]
        assert [hdu.ncols for hdu in fits[1:]] == [2, 0, 0, 2]
        assert fits[4].dtype["x"] == np.dtype("u8")


def test_append(path, data):
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(data)
        fits.write_image(np.arange(5000), extname="AFTER")
        tail = fits.write_table({"z": np.arange(9)}, extname="TAIL")
        hdu.append(data[:5])
        hdu.extend({name: data[name][5:] for name in data.dtype.names})
        with hdu.appending() as same_hdu, hdu.extending():
            assert same_hdu is hdu
            for _ in range(100):
                hdu.append(data[3:4])
        hdu.append(data[:0])
        assert hdu.nrows == 2 * ROWS + 100
        assert tail["z"][...].tolist() == list(range(9))  # handles of HDUs behind stay right
        assert fits["AFTER"][4999] == 4999
        hdu.append([data[name][:1] for name in data.dtype.names], names=list(data.dtype.names))
    check(path, np.concatenate([data, data, np.repeat(data[3:4], 100), data[:1]]))
    with astropy_fits.open(path) as other:
        assert other["AFTER"].data.sum() == 5000 * 4999 // 2


def test_empty_lists_are_of_any_type(path):
    with FITS(path, "w+") as fits:
        hdu = fits.create_table_hdu(
            [("i", "i2"), ("s", "S3"), ("b", "?"), ("v", "O"), ("w", "O")],
            var_dtypes={"v": "i4", "w": "?"},
        )
        hdu.append({"i": [], "s": [], "b": [], "v": [], "w": []})
        hdu.append({"i": [1], "s": ["a"], "b": [True], "v": [[]], "w": [[]]})
        hdu["v"][0] = []
        assert hdu["v"][0].dtype == np.dtype("i4")
        assert len(hdu) == 1
    verify(path)


def test_resize(path, data):
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(data)
        hdu.resize(5)
        assert len(hdu) == 5
        hdu.resize(8)
        zero = np.zeros(3, data.dtype)
        np.testing.assert_array_equal(hdu["i4"][5:], zero["i4"])
        np.testing.assert_array_equal(hdu["name"][5:], zero["name"])
        same(hdu["f8"][:5], data["f8"][:5])
        with pytest.raises(ValueError):
            hdu.resize(-1)
    verify(path)


def test_header_is_copied(path, data):
    with FITS("mem://", "w+") as source, FITS(path, "w+") as target:
        first = source.write_table(data, extname="CAT", units={"f4": "mag"})
        first.header["OBSERVER"] = ("Leavitt", "who")
        first.header.add_history("made here")
        second = target.write_table(first.read(), header=first.header, extname="COPY")
        assert second.header["OBSERVER"] == "Leavitt"
        assert second.header["HISTORY"] == ["made here"]
        assert second.extname == "COPY"
        narrow = target.write_table({"x": np.arange(2)}, header=first.header)
        assert narrow.extname == "CAT"
        assert narrow.ncols == 1
        assert narrow.units == {"x": None}
        assert target.write(first.read(), extname="W").colnames == data.dtype.names
    verify(path)


# ---- variable length ----


def variable_columns(rng):
    lengths = rng.integers(0, 7, ROWS)
    lengths[0] = 0
    columns = {"id": np.arange(ROWS)}
    for kind in ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8"):
        limits = np.iinfo(kind)
        columns[kind] = objects(
            *(rng.integers(limits.min, limits.max, n, kind, endpoint=True) for n in lengths)
        )
    for kind in ("f4", "f8", "c8", "c16"):
        columns[kind] = objects(*(rng.normal(size=n).astype(kind) for n in lengths))
    columns["flags"] = objects(*(rng.random(n) < 0.5 for n in lengths))
    columns["words"] = objects(*("w" * n for n in lengths))
    return columns


@pytest.mark.parametrize("heap_format", ["P", "Q", None])
def test_variable_length(path, rng, heap_format):
    columns = variable_columns(rng)
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(columns, heap_format=heap_format)
        assert hdu.header["TFORM2"].startswith(f"1{heap_format or 'P'}B(")
        for name, cells in columns.items():
            same(hdu[name][...], cells)
    verify(path)
    theirs = by_astropy(path)
    for name in ("u1", "i2", "f8", "c8", "flags"):  # of TZERO astropy thinks nothing here
        for mine, other in zip(columns[name], theirs[name], strict=True):
            np.testing.assert_array_equal(mine, other)
    assert ["".join(word) for word in theirs["words"]] == columns["words"].tolist()
    got = fitsio.FITS(path, vstorage="object")[1].read(columns=["f4"])
    for mine, other in zip(columns["f4"], got["f4"], strict=True):
        np.testing.assert_array_equal(mine, other)


def test_variable_length_bits(path, rng):
    cells = objects(*(rng.random(n) < 0.5 for n in (0, 3, 17, 8)))
    with FITS(path, "w+") as fits:
        hdu = fits.write_table({"x": cells}, bit_columns=["x"])
        assert hdu.header["TFORM1"].startswith("1PX(")
        same(hdu["x"][...], cells)


def test_var_dtypes(path):
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(
            {
                "x": objects([1, 2], [], [3]),
                "s": objects("a", None, b"bc"),
                "y": [[1, 2], [3, 4], [5, 6]],
            },
            var_dtypes={"X": "f4", "s": "S", "y": "i2"},
        )
        assert [cell.dtype.name for cell in hdu["x"][...]] == ["float32"] * 3
        assert hdu["s"][...].tolist() == ["a", "", "bc"]
        assert [cell.tolist() for cell in hdu["y"][...]] == [[1, 2], [3, 4], [5, 6]]
        assert hdu["y"][0].dtype == np.dtype("i2")
        empty = fits.create_table_hdu(
            [("v", "O"), ("w", "O"), ("n", "i4")], 3, var_dtypes={"v": "f8", "w": str}
        )
        assert [len(cell) for cell in empty["v"][...]] == [0, 0, 0]
        assert empty["w"][...].tolist() == ["", "", ""]
        empty.append({"v": [[1.5]], "w": ["x"], "n": [1]})
        assert empty["v"][3].tolist() == [1.5]
    verify(path)


def test_types_of_cells_are_found(path):
    with FITS(path, "w+") as fits:
        hdu = fits.write_table(
            {
                "ragged": [[1, 2], [3], []],
                "some": objects(np.zeros(0), None, np.arange(3, dtype="u2")),
                "words": objects("one", "two", ""),
            }
        )
        assert hdu["ragged"][0].dtype == np.dtype("i8")
        assert hdu["some"][2].dtype == np.dtype("u2")
        assert hdu["words"][1] == "two"
    verify(path)


def test_masked_cells_of_variable_length(path):
    cells = objects(
        np.ma.MaskedArray([1, 2, 3], [0, 1, 0], "i2"), np.zeros(0, "i2"), np.array([7], "i2")
    )
    rustfits.write_table(path, {"x": cells})
    with FITS(path) as fits:
        got = fits[1]["x"].read(mask_null=True)
        assert got[0].tolist() == [1, None, 3]
        assert got[2].tolist() == [7]
    verify(path)


def test_cells_of_one_shape(path, rng):
    cells = objects(*(rng.normal(size=(2, 3)) for _ in range(4)), np.zeros(0))
    with FITS(path, "w+") as fits:
        hdu = fits.write_table({"x": cells})
        assert hdu.header["TDIM1"] == "(3,2)"
        for mine, other in zip(hdu["x"][...], cells, strict=True):
            same(mine, other)
    verify(path)


def test_append_in_1000_steps_equals_one_write(tmp_path, rng):
    columns = variable_columns(rng)
    names = ["id", "f4", "words", "u2"]
    a, b = tmp_path / "a.fits", tmp_path / "b.fits"
    rows = np.arange(1000) % ROWS
    with FITS(a, "w+") as one, FITS(b, "w+") as many:
        first = one.write_table({name: columns[name][rows] for name in names})
        second = many.write_table({name: columns[name][:1] for name in names})
        many.write_image(np.arange(10))
        for row in rows[1:]:
            second.append({name: columns[name][row : row + 1] for name in names})
        for name in names:
            same(first[name][...], columns[name][rows])
            same(second[name][...], columns[name][rows])
    verify(a)
    verify(b)
    theirs = by_astropy(b)
    for mine, other in zip(columns["f4"][rows], theirs["f4"], strict=True):
        np.testing.assert_array_equal(mine, other)
    assert ["".join(word) for word in theirs["words"]] == columns["words"][rows].tolist()


# ---- what cannot be written ----

WRONG_TABLES = [
    ({"x": np.zeros(3, "f2")}, {}, TypeError, "'x'.*float16.*float32"),
    ({"x": np.zeros(3, "m8[Y]")}, {}, TypeError, "'x'.*timedelta64"),
    ({"x": np.zeros(3), "y": np.zeros(2)}, {}, ValueError, "'y' has 2 cells, and 'x' has 3"),
    ({"x": 3.0}, {}, ValueError, "'x' is a single value"),
    ({3: [1]}, {}, TypeError, "names of columns are str"),
    ([[1], [2]], {}, TypeError, "list"),
    ([[1], [2]], {"names": ["a"]}, ValueError, "1 names for 2 columns"),
    ([[1], [2]], {"names": ["a", "a"]}, ValueError, "'a' is given twice"),
    ({"x": [1]}, {"names": ["x"]}, ValueError, "names="),
    (np.zeros((2, 2), [("x", "f4")]), {}, ValueError, "one dimension"),
    (np.zeros(3), {}, TypeError, "structured"),
    ({"x": ["é"]}, {}, ValueError, "'x', row 0.*U\\+00E9.*ASCII"),
    ({"x": ["a", "λ"]}, {"var_dtypes": {"x": "S"}}, ValueError, "'x', row 1.*ASCII"),
    ({"é": [1]}, {}, ValueError, "name.*ASCII"),
    ({"x": [1]}, {"units": {"y": "m"}}, KeyError, "units: no column 'y'"),
    ({"x": [1]}, {"units": {"x": "Å"}}, ValueError, "unit of column 'x'.*ASCII"),
    ({"x": [1]}, {"units": {"x": 3}}, TypeError, "unit of column 'x'"),
    ({"x": [1]}, {"bit_columns": ["x"]}, TypeError, "'x'.*bool"),
    ({"x": [1]}, {"bit_columns": ["y"]}, KeyError, "bit_columns: no column 'y'"),
    ({"x": [[1], [1, 2]]}, {"var_dtypes": {"x": "O"}}, TypeError, "'x'.*object"),
    ({"x": [[1], [1, 2]]}, {"var_dtypes": {"x": "zzz"}}, TypeError, "'x'.*no type"),
    ({"x": objects([1], "a")}, {}, ValueError, "'x'.*no single type.*int64.*strings"),
    ({"x": objects(None, None)}, {}, ValueError, "'x'.*var_dtypes"),
    (
        {"x": objects(np.arange(2), np.array([1.5]))},
        {"var_dtypes": {"x": "i4"}},
        TypeError,
        "row 1",
    ),
    (
        {"x": objects(np.arange(2), np.array([70000]))},
        {"var_dtypes": {"x": "i2"}},
        ValueError,
        "row 1.*70000",
    ),
    ({"x": objects(np.zeros((2, 2)), np.zeros((3, 3)))}, {}, ValueError, "row 0.*shape"),
    ({"x": [1]}, {"heap_format": "R"}, ValueError, "heap_format"),
    ({"x": [1]}, {"extname": "Ü"}, ValueError, "extname.*ASCII"),
    ({"x": [1]}, {"extver": -1}, ValueError, "extver"),
]


@pytest.mark.parametrize(("data", "options", "kind", "message"), WRONG_TABLES)
def test_wrong_tables_leave_no_trace(path, data, options, kind, message):
    with FITS(path, "w+") as fits:
        fits.write_image(np.arange(3))
        before = fits.to_bytes()
        with pytest.raises(kind, match=message) as caught:
            fits.write_table(data, **options)
        assert isinstance(caught.value, rustfits.FITSError)
        assert fits.to_bytes() == before
        assert len(fits) == 1


def test_1000_columns_are_refused_early(path):
    with FITS(path, "w+") as fits:
        for make in (
            lambda: fits.write_table({f"c{i}": [1] for i in range(1000)}),
            lambda: fits.create_table_hdu([(f"c{i}", "i4") for i in range(1000)]),
            lambda: fits.create_ascii_table_hdu([(f"c{i}", "i4") for i in range(1000)]),
        ):
            with pytest.raises(rustfits.FITSLimitError, match=r"at most 999 columns.*1000"):
                make()
        assert len(fits) == 0
        assert fits.write_table({f"c{i}": [i] for i in range(999)}).ncols == 999
    verify(path)


WRONG_ROWS = [
    ("write", {"x": [1, 2, 3]}, ValueError, "no values for \\['s'"),
    (
        "write",
        {"x": [1, 2], "s": ["a", "b"], "v": [[1], [2]]},
        ValueError,
        "2 rows for a table of 3",
    ),
    ("append", {"x": [1], "s": ["a"], "v": [[1]], "z": [1]}, KeyError, "no column 'z'"),
    ("append", {"x": [1], "X": [1], "s": ["a"], "v": [[1]]}, ValueError, "'x' is given twice"),
    (
        "append",
        {"x": [1.5], "s": ["a"], "v": [[1]]},
        TypeError,
        "'x'.*float64.*int16.*without loss",
    ),
    (
        "append",
        {"x": [1, 70000], "s": ["a", "b"], "v": [[1], [1]]},
        ValueError,
        "'x', row 1: 70000",
    ),
    ("append", {"x": ["1"], "s": ["a"], "v": [[1]]}, TypeError, "'x'"),
    ("append", {"x": [1], "s": ["abcdef"], "v": [[1]]}, ValueError, "'s'.*row"),
    ("append", {"x": [1], "s": [5], "v": [[1]]}, TypeError, "'s'.*strings"),
    ("append", {"x": [1], "s": ["a"], "v": ["text"]}, TypeError, "'v', row 0.*string"),
    ("append", {"x": [1], "s": ["a"], "v": [[1.5]]}, TypeError, "'v', row 0.*float64"),
    ("append", {"x": [[1, 2]], "s": ["a"], "v": [[1]]}, ValueError, "'x'.*shape"),
    ("append", {"x": np.ma.masked_all(1, "i2"), "s": ["a"], "v": [[1]]}, ValueError, "TNULL"),
    ("append", 5, TypeError, "structured"),
]


@pytest.mark.parametrize(("call", "data", "kind", "message"), WRONG_ROWS)
def test_wrong_rows_leave_no_trace(path, call, data, kind, message):
    with FITS(path, "w+") as fits:
        hdu = fits.create_table_hdu(
            [("x", "i2"), ("s", "S5"), ("v", "O")], 3, var_dtypes={"v": "i4"}, extname="T"
        )
        before = fits.to_bytes()
        with pytest.raises(kind, match=message) as caught:
            getattr(hdu, call)(data)
        assert isinstance(caught.value, rustfits.FITSError)
        assert "new.fits[1]" in str(caught.value)
        assert fits.to_bytes() == before


def test_read_only_files_are_not_written(path, data):
    rustfits.write(path, data)
    before = path.read_bytes()
    with FITS(path) as fits:
        hdu = fits[1]
        for change in (
            lambda: fits.write_table(data),
            lambda: fits.create_table_hdu(data.dtype),
            lambda: hdu.write(data),
            lambda: hdu.append(data),
            lambda: hdu.resize(3),
            lambda: hdu.delete_column("i4"),
            lambda: hdu.insert_column("new", np.zeros(ROWS)),
            lambda: hdu["i4"].write(np.zeros(ROWS, "i4")),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError):
                change()
    assert path.read_bytes() == before


# ---- ASCII tables ----


def test_ascii_table(path, rng):
    data = np.zeros(6, [("n", "i4"), ("big", "u8"), ("x", "f8"), ("y", "f4"), ("s", "U6")])
    data["n"] = [0, 1, -1, 2**31 - 1, -(2**31), 7]
    data["big"] = [0, 1, 2**63, 2**64 - 1, 5, 6]
    data["x"] = rng.normal(size=6) * 1e100
    data["y"] = rng.normal(size=6)
    data["s"] = ["", "a", "b c", "abcdef", "-", "1"]
    with FITS(path, "w+") as fits:
        hdu = fits.create_ascii_table_hdu(data.dtype, 6, extname="A", units={"x": "m"})
        assert isinstance(hdu, rustfits.AsciiTableHDU)
        hdu.write(data)
        hdu.append(data[2:4])
        assert hdu.units["x"] == "m"
        expected = np.concatenate([data, data[2:4]])
        got = hdu.read()
        for name in ("n", "big", "x", "s"):
            np.testing.assert_array_equal(got[name], expected[name])
        np.testing.assert_allclose(got["y"], expected["y"], rtol=1e-6)
        hdu["n"][3] = 12
        assert hdu["n"][...].tolist() == [0, 1, -1, 12, -(2**31), 7, -1, 2**31 - 1]
        hdu[["s"]][0:2] = {"s": ["q", "r"]}
        assert hdu["s"][:3].tolist() == ["q", "r", "b c"]
    verify(path)
    theirs = by_astropy(path)
    assert [text.strip() for text in theirs["s"]] == ["q", "r", *expected["s"][2:].tolist()]
    np.testing.assert_array_equal(theirs["x"], expected["x"])


def test_ascii_formats(path):
    with FITS(path, "w+") as fits:
        hdu = fits.create_ascii_table_hdu(
            [("n", "i4"), ("x", "f8")], formats={"N": "I4", "x": "F8.3"}
        )
        hdu.append({"n": [9999, -999], "x": [1.0625, -999.5]})
        assert hdu["x"][...].tolist() == [1.062, -999.5]
        before = fits.to_bytes()
        for wrong in ({"n": [12345], "x": [0.0]}, {"n": [0], "x": [1e9]}):
            with pytest.raises(ValueError, match="row"):
                hdu.append(wrong)
        assert fits.to_bytes() == before
        with pytest.raises(ValueError, match="formats"):
            fits.create_ascii_table_hdu([("n", "i4")], formats={"m": "I4"})
        for wrong_type in ([("v", "f4", (2,))], [("b", "?")], [("c", "c8")]):
            with pytest.raises(TypeError):
                fits.create_ascii_table_hdu(wrong_type)
    verify(path)


def test_units_that_are_no_dict_are_refused(tmp_path):
    path = tmp_path / "t.fits"
    for units in (["deg"], "deg"):
        with pytest.raises(rustfits.FITSTypeError, match="units must be a dict by column name"):
            rustfits.write_table(path, {"ra": np.zeros(3)}, units=units)
    assert not path.exists()
