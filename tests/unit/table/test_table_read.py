# SPDX-License-Identifier: BSD-3-Clause
"""Reading tables: rows, columns, cells, batches; against astropy."""

from __future__ import annotations

import tracemalloc
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, ColumnSubset, SingleColumnSubset, TableHDU
from support.tables import astropy_table, by_astropy, every_kind, same

ROWS = 23


@pytest.fixture
def data(rng):
    return every_kind(rng, ROWS)


@pytest.fixture
def path(tmp_path, data):
    """The same by astropy, which makes strings of bytes."""
    path = tmp_path / "table.fits"
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), astropy_table(data, name="CAT")]).writeto(path)
    return path


@pytest.fixture
def variable(tmp_path, rng):
    """Columns in the heap, by astropy."""
    lengths = rng.integers(0, 6, ROWS)
    numbers = np.empty(ROWS, object)
    numbers[:] = [rng.normal(size=n).astype("f4") for n in lengths]
    unsigned = np.empty(ROWS, object)
    unsigned[:] = [rng.integers(-9, 9, n).astype("i2") for n in lengths]
    words = np.empty(ROWS, object)
    words[:] = ["w" * n for n in lengths]
    flags = np.empty(ROWS, object)
    flags[:] = [rng.random(n) < 0.5 for n in lengths]
    columns = [
        astropy_fits.Column("id", "J", array=np.arange(ROWS)),
        astropy_fits.Column("numbers", "PE()", array=numbers),
        astropy_fits.Column("wide", "QI()", array=unsigned),
        astropy_fits.Column("words", "PA()", array=words),
        astropy_fits.Column("flags", "PL()", array=flags),
    ]
    path = tmp_path / "variable.fits"
    astropy_fits.HDUList(
        [astropy_fits.PrimaryHDU(), astropy_fits.BinTableHDU.from_columns(columns)]
    ).writeto(path)
    return path, {"numbers": numbers, "wide": unsigned, "words": words, "flags": flags}


def test_facts(path, data):
    with FITS(path) as fits:
        hdu = fits["cat"]
        assert type(hdu) is TableHDU
        assert (hdu.nrows, hdu.ncols, len(hdu), hdu.shape) == (ROWS, 19, ROWS, (ROWS,))
        assert hdu.colnames == data.dtype.names
        assert hdu.dtype == data.dtype  # packed, and in the machine's byte order
        assert set(hdu.units.values()) == {None}
        assert "23 rows" in repr(hdu)
        assert "23 rows" in repr(fits)
        assert hdu.kind == "table"
        assert hdu.has_data


def test_whole_table(path, data):
    with FITS(path) as fits:
        got = fits[1].read()
    assert got.dtype == data.dtype
    assert got.flags.writeable
    assert got.flags.owndata
    for name in data.dtype.names:
        same(got[name], data[name])
    theirs = by_astropy(path)
    for name in ("f4", "u8", "i1", "flag", "matrix", "names"):
        np.testing.assert_array_equal(got[name], theirs[name])


ROW_KEYS = [
    None,
    slice(None),
    slice(3, 9),
    slice(20, 2, -3),
    slice(5, 5),
    slice(-4, None),
    [0, 5, 5, 2],
    [],
    [-1, 0],
    np.array([3, 1], "u1"),
    np.arange(ROWS) % 3 == 0,
    range(4, 8),
    (1, 2),
]


@pytest.mark.parametrize("rows", ROW_KEYS, ids=str)
def test_rows_are_those_of_numpy(path, data, rows):
    expected = data if rows is None else data[list(rows) if isinstance(rows, tuple) else rows]
    if isinstance(rows, list) and not rows:
        expected = data[:0]
    with FITS(path) as fits:
        hdu = fits[1]
        for got in (hdu.read(rows=rows), *([] if rows is None else [hdu[rows]])):
            for name in data.dtype.names:
                same(got[name], expected[name])
        for name in data.dtype.names:
            same(hdu.read_column(name, rows=rows), expected[name])
            if rows is not None:
                same(hdu[name][rows], expected[name])


def test_a_record_and_a_cell(path, data):
    with FITS(path) as fits:
        hdu = fits[1]
        assert isinstance(hdu[3], np.void)
        assert hdu[3]["i4"] == data[3]["i4"]
        assert hdu[-1]["name"] == data[-1]["name"]
        assert hdu["u8"][4] == data["u8"][4]
        assert isinstance(hdu["f4"][0], np.float32)
        same(hdu["matrix"][2], data["matrix"][2])
        assert hdu[["i4", "f8"]][2].dtype.names == ("i4", "f8")
        for wrong in (ROWS, -ROWS - 1):
            with pytest.raises(IndexError, match=str(wrong)):
                hdu[wrong]
            with pytest.raises(IndexError):
                hdu["i4"][wrong]


def test_subsets_are_lazy(path, data):
    with FITS(path) as fits:
        hdu = fits[1]
        one, two = hdu["F4"], hdu[["Matrix", "i1"]]
        assert isinstance(one, SingleColumnSubset)
        assert isinstance(two, ColumnSubset)
        assert one.name == "f4"
        assert two.colnames == ("matrix", "i1")
        assert one.shape == (ROWS,)
        assert hdu["matrix"].shape == (ROWS, 2, 3)
        assert len(one) == len(two) == ROWS
        assert two.dtype.names == ("matrix", "i1")
        same(one[...], data["f4"])
        same(np.asarray(one), data["f4"])
        same(one.read(rows=[1, 2]), data["f4"][1:3])
        same(two.read(rows=slice(2, 5))["i1"], data["i1"][2:5])
        same(two[...]["matrix"], data["matrix"])
        np.testing.assert_array_equal(list(one), data["f4"])
        assert [row["i1"] for row in two] == data["i1"].tolist()
        assert "f4" in repr(one)
        assert "matrix" in repr(two)
    with pytest.raises(rustfits.FITSClosedError):
        one[0]


def test_columns_in_any_order_and_case(path, data):
    with FITS(path) as fits:
        got = fits[1].read(columns=["NAME", "u2", "F8"])
        assert got.dtype.names == ("name", "u2", "f8")
        same(got["u2"], data["u2"])
        assert fits[1].read(columns="f8").dtype.names == ("f8",)
        assert len(fits[1].read(columns=[])) == ROWS
        for names in (["nope"], ["f8", "nope"]):
            with pytest.raises(KeyError, match="no column 'nope'; there are 'u1'"):
                fits[1].read(columns=names)
            with pytest.raises(ValueError, match="nope"):  # as the published package has it
                fits[1].read(columns=names)
        with pytest.raises(ValueError, match="'f8' selected twice"):
            fits[1].read(columns=["f8", "F8"])
        with pytest.raises(KeyError):
            fits[1]["nope"]
        with pytest.raises(TypeError):
            fits[1].read(columns=[3])


@pytest.mark.parametrize(
    "key", [1.5, "a b", [1.5], [[0, 1]], np.zeros(3, bool), True, [True, False], object()]
)
def test_keys_that_are_none(path, key):
    with FITS(path) as fits, pytest.raises((rustfits.FITSError,)):
        fits[1][key]


def test_dict_of_contiguous_columns(path, data):
    with FITS(path) as fits:
        got = fits[1].read(as_dict=True, rows=slice(2, 9))
    assert list(got) == list(data.dtype.names)
    for name, values in got.items():
        assert values.flags.c_contiguous
        assert values.flags.owndata
        same(values, data[name][2:9])


def test_strings_as_bytes(path, data):
    with FITS(path) as fits:
        hdu = fits[1]
        assert hdu.read(as_bytes=True)["name"].dtype == np.dtype("S7")
        same(hdu.read_column("name", as_bytes=True), data["name"].astype("S7"))
        same(hdu["names"].read(as_bytes=True), data["names"].astype("S4"))
        assert next(hdu.iter(as_bytes=True, chunksize=4))["name"].dtype.kind == "S"
        assert hdu[["name"]].read(as_bytes=True)["name"].dtype.kind == "S"
        assert hdu.read(as_dict=True, as_bytes=True)["name"].dtype == np.dtype("S7")


def test_strings_end_at_nul_and_lose_blanks(tmp_path):
    data = np.array([b"ab  ", b"a\0zz", b" a b", b"\xe9t\xe9 ", b"    "], "S4")
    path = tmp_path / "s.fits"
    astropy_fits.BinTableHDU(data.view([("s", "S4")])).writeto(path)
    with FITS(path) as fits:
        assert fits[1]["s"][...].tolist() == ["ab", "a", " a b", "été", ""]
        assert fits[1].read(as_bytes=True)["s"].tolist() == [
            b"ab",
            b"a",
            b" a b",
            b"\xe9t\xe9",
            b"",
        ]


def test_iteration(path, data):
    with FITS(path) as fits:
        hdu = fits[1]
        rows = list(hdu)
        assert len(rows) == ROWS
        assert [row["i8"] for row in rows] == data["i8"].tolist()
        chunks = list(hdu.iter(chunksize=5, columns=["i8", "name"]))
        assert [len(chunk) for chunk in chunks] == [5, 5, 5, 5, 3]
        assert chunks[0].dtype.names == ("i8", "name")
        same(np.concatenate(chunks)["i8"], data["i8"])
        assert [row["u2"] for row in hdu.iter(scale=False)] == (
            data["u2"].astype("i4") - 32768
        ).tolist()
        with pytest.raises(ValueError, match="chunksize"):
            hdu.iter(chunksize=0)
        with pytest.raises(KeyError):
            hdu.iter(columns=["nope"])


def test_iteration_keeps_memory_bounded(tmp_path):
    path = tmp_path / "long.fits"
    data = np.zeros(1_000_000, [("x", "f8"), ("y", "f8"), ("z", "i8"), ("w", "i8")])
    data["z"] = np.arange(len(data))
    astropy_fits.BinTableHDU(data).writeto(path)
    with FITS(path) as fits:
        hdu = fits[1]
        next(iter(hdu))
        tracemalloc.start()
        total = sum(int(chunk["z"].sum()) for chunk in hdu.iter(chunksize=50_000))
        for number, row in enumerate(hdu.iter(columns=["z"])):
            if number == 700_000:
                assert row["z"] == number
                break
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert total == data["z"].sum()
    assert peak < 12 << 20


def test_appending_does_not_show_in_a_running_iteration(path, data):
    with FITS(path, "r+") as fits:
        rows = fits[1].iter(chunksize=10)
        next(rows)
        fits[1].append(data)
        assert sum(len(chunk) for chunk in rows) == ROWS - 10


def test_variable_length(variable):
    path, expected = variable
    with FITS(path) as fits:
        hdu = fits[1]
        got = hdu.read()
        assert got.dtype == np.dtype(
            [("id", "i4")] + [(n, "O") for n in ("numbers", "wide", "words", "flags")]
        )
        for name, values in expected.items():
            same(got[name], values)
            same(hdu.read(as_dict=True)[name], values)
            for rows in (slice(8, 2, -2), [3, 3, 0], np.arange(ROWS) % 2 == 1):
                same(hdu[name][rows], values[rows])
        assert hdu[3]["words"] == expected["words"][3]
        same(hdu["numbers"][5], expected["numbers"][5])
        assert all(isinstance(word, bytes) for word in hdu["words"].read(as_bytes=True))
        assert all(cell.flags.writeable for cell in got["numbers"])
        assert [row["words"] for row in hdu] == expected["words"].tolist()


def scaled_table(path: Path) -> np.ndarray:
    stored = np.arange(-5, 7, dtype="i2")
    hdu = astropy_fits.BinTableHDU(stored.view([("x", "i2")]).copy())
    hdu.header["TSCAL1"] = 0.5
    hdu.header["TZERO1"] = 10.0
    hdu.header["TNULL1"] = -3
    hdu.header["TUNIT1"] = "mag"
    hdu.header["TDISP1"] = "F8.2"
    hdu.writeto(path)
    return stored


def test_scaled_and_null(tmp_path):
    path = tmp_path / "scaled.fits"
    stored = scaled_table(path)
    with FITS(path) as fits:
        hdu = fits[1]
        assert hdu.dtype == np.dtype([("x", "f8")])
        same(hdu["x"][...], stored * 0.5 + 10.0)
        same(hdu["x"].read(scale=False), stored)
        assert hdu.units == {"x": "mag"}
        assert hdu.displays == {"x": "F8.2"}
        assert hdu["x"].unit == "mag"
        masked = hdu.read(mask_null=True)
        assert isinstance(masked, np.ma.MaskedArray)
        np.testing.assert_array_equal(masked["x"].mask, stored == -3)
        raw = hdu.read_column("x", scale=False, mask_null=True)
        assert raw.fill_value == -3
        np.testing.assert_array_equal(raw.mask, stored == -3)


@pytest.mark.parametrize(
    ("kind", "zero"), [("u2", 2**15), ("u4", 2**31), ("u8", 2**63), ("i1", -128)]
)
def test_null_of_unsigned(tmp_path, kind, zero):
    path = tmp_path / "u.fits"
    data = np.array([0, 1, 7, 100], kind)
    hdu = astropy_table(data.view([("x", kind)]))
    hdu.header["TNULL1"] = 7 - zero
    hdu.writeto(path)
    with FITS(path) as fits:
        got = fits[1].read_column("x", mask_null=True)
        assert got.dtype == np.dtype(kind)
        assert got.mask.tolist() == [False, False, True, False]
        assert got.fill_value == 7
        same(got.filled(), data)


def test_nan_and_undefined_logicals_are_masked_when_asked(tmp_path):
    path = tmp_path / "nan.fits"
    data = np.array([(1.0, True), (np.nan, False), (np.inf, True)], [("x", "f4"), ("b", "?")])
    astropy_fits.BinTableHDU(data).writeto(path)
    content = bytearray(path.read_bytes())
    content[5760 + 4] = 0  # the first logical: no value (FITS 7.3.3.1)
    path.write_bytes(content)
    with FITS(path) as fits:
        masked = fits[1].read(mask_null=True)
        assert masked["x"].mask.tolist() == [False, True, False]
        assert masked["b"].mask.tolist() == [True, False, False]
        assert fits[1].read()["b"].tolist() == [False, False, True]


def test_null_in_variable_length_cells(tmp_path):
    cells = np.empty(3, object)
    cells[:] = [np.array([1, 2, 9], "i2"), np.zeros(0, "i2"), np.array([9], "i2")]
    column = astropy_fits.Column("x", "PI()", array=cells, null=9)
    path = tmp_path / "v.fits"
    astropy_fits.BinTableHDU.from_columns([column]).writeto(path)
    with FITS(path) as fits:
        got = fits[1].read_column("x", mask_null=True)
        assert [cell.mask.tolist() for cell in got] == [[False, False, True], [], [True]]
        assert got[0].tolist() == [1, 2, None]
        assert not isinstance(fits[1]["x"][0], np.ma.MaskedArray)


def test_shape_of_variable_length_cells(tmp_path):
    cells = np.empty(3, object)
    cells[:] = [np.arange(6, dtype="i4"), np.zeros(0, "i4"), np.arange(4, dtype="i4")]
    hdu = astropy_fits.BinTableHDU.from_columns([astropy_fits.Column("x", "PJ()", array=cells)])
    hdu.header["TDIM1"] = "(3,2)"
    path = tmp_path / "v.fits"
    hdu.writeto(path)
    with FITS(path) as fits:
        assert [cell.shape for cell in fits[1]["x"][...]] == [(2, 3), (0,), (4,)]


def edited(path: Path, *changes: tuple[bytes, bytes]) -> None:
    """Change cards of a file in place."""
    content = path.read_bytes()
    for old, new in changes:
        assert content.count(old) == 1, old
        content = content.replace(old, new.ljust(len(old))[: max(len(old), len(new))])
    path.write_bytes(content)


def test_names_that_come_twice_or_not_at_all(tmp_path):
    path = tmp_path / "t.fits"
    data = np.array([(1, 2, 3, 4)], [("aa", "i2"), ("bb", "i2"), ("cc", "i2"), ("AA", "i2")])
    astropy_fits.BinTableHDU(data).writeto(path)
    edited(path, (b"TTYPE2  = 'bb      '", b"TTYPE2  = 'aa      '"))
    edited(path, (b"TTYPE3  = 'cc      '", b"TTYPX3  = 'cc      '"))
    with FITS(path) as fits:
        hdu = fits[1]
        assert hdu.colnames == ("aa", "aa_2", "col3", "AA")
        with pytest.warns(rustfits.FITSWarning, match="'aa'.*'aa_2'"):
            row = hdu.read()[0]
        assert row.tolist() == (1, 2, 3, 4)
        with warnings.catch_warnings():  # once for each file and cause
            warnings.simplefilter("error")
            assert hdu["AA"][0] == 4
            assert hdu["aa"][0] == 1
            assert hdu["Aa"][0] == 1
            assert hdu["aa_2"][0] == 2
            assert hdu["COL3"][0] == 3


def test_tables_without_rows_or_columns(tmp_path):
    path = tmp_path / "empty.fits"
    astropy_fits.HDUList(
        [
            astropy_fits.PrimaryHDU(),
            astropy_fits.BinTableHDU(np.zeros(0, [("x", "f4"), ("n", "S3")])),
            astropy_fits.BinTableHDU(),
        ]
    ).writeto(path)
    with FITS(path) as fits:
        assert fits[1].read().dtype == np.dtype([("x", "f4"), ("n", "U3")])
        assert len(fits[1].read()) == 0
        assert list(fits[1]) == []
        assert fits[1]["x"][...].shape == (0,)
        assert fits[2].ncols == 0
        assert fits[2].read().dtype == np.dtype([])
        assert fits[2].read(as_dict=True) == {}
        assert not fits[1].has_data
        assert bool(fits[1])


def test_fields_of_no_width(tmp_path):
    path = tmp_path / "zero.fits"
    data = np.zeros(3, [("x", "f4"), ("n", "f4", (0,)), ("y", "i4")])
    data["y"] = [1, 2, 3]
    rustfits.write(path, data)  # astropy makes E of 0E
    assert by_astropy(path)["y"].tolist() == [1, 2, 3]
    with FITS(path) as fits:
        got = fits[1].read()
        assert got["n"].shape == (3, 0)
        assert got["y"].tolist() == [1, 2, 3]
    edited(path, (b"TFORM2  = '0E", b"TFORM2  = '0A"))
    with FITS(path) as fits:
        assert fits[1].read()["n"].tolist() == ["", "", ""]
        assert fits[1]["n"][...].tolist() == ["", "", ""]
        assert fits[1].read()["y"].tolist() == [1, 2, 3]


def test_999_columns(tmp_path, rng):
    data = np.zeros(3, [(f"c{i}", "f4") for i in range(999)])
    for name in data.dtype.names:
        data[name] = rng.normal(size=3)
    path = tmp_path / "wide.fits"
    astropy_fits.BinTableHDU(data).writeto(path)
    with FITS(path) as fits:
        assert fits[1].ncols == 999
        assert fits[1].read().tobytes() == data.tobytes()


def test_rows_that_are_cut_off(path):
    content = path.read_bytes()
    with FITS(path) as fits:
        start = fits[1]._fresh().data_offset
        width = fits[1].dtype.itemsize
    stored = (len(content) - start) // ROWS
    assert width > stored / 2
    path.write_bytes(content[: start + 500])
    with FITS(path) as fits:
        assert fits[1][0]["u1"] >= 0
        with pytest.raises(rustfits.FITSTruncatedError, match="missing"):
            fits[1].read()


def test_more_rows_than_there_can_be(path):
    edited(path, (b"NAXIS2  =                   23", b"NAXIS2  =      900000000000000"))
    with FITS(path) as fits:
        assert fits[1].nrows == 900_000_000_000_000
        for read in (
            lambda: fits[1].read(),
            lambda: fits[1].read(as_dict=True),
            lambda: fits[1]["f4"][...],
            lambda: fits[1].where("f4 > 0"),
        ):
            with pytest.raises(rustfits.FITSTruncatedError):
                read()
        assert fits[1][2]["u1"] >= 0


def test_descriptors_outside_the_heap(variable):
    path, _ = variable
    with FITS(path) as fits:
        offset = fits[1]._fresh().data_offset
    content = bytearray(path.read_bytes())
    content[offset + 4 : offset + 8] = b"\x7f\xff\xff\xff"  # length of the first cell
    path.write_bytes(content)
    with FITS(path) as fits:
        with pytest.raises(rustfits.FITSFormatError, match=r"'numbers'.*row"):
            fits[1].read()
        assert fits[1].read(columns=["id", "wide"])["id"][5] == 5
        assert fits[1][1:]["id"][0] == 1


def test_columns_with_an_invalid_form(path):
    edited(path, (b"TFORM3  = 'I       '", b"TFORM3  = '?!      '"))
    with FITS(path) as fits:
        assert "invalid columns" in repr(fits[1])
        assert "invalid columns" in repr(fits)
        assert fits[1].header["TFORM3"] == "?!"
        with pytest.raises(rustfits.FITSFormatError, match="column 3"):
            fits[1].read()


def test_closed_and_forgotten(path, data):
    fits = FITS(path)
    hdu = fits[1]
    names = hdu.colnames
    del fits
    same(hdu["i4"][...], data["i4"])  # an HDU keeps its file open
    with FITS(path) as fits:
        hdu = fits[1]
        assert hdu.ncols == 19
    assert hdu.colnames == names
    with pytest.raises(rustfits.FITSClosedError):
        hdu.read()


def test_where(path, data):
    with FITS(path) as fits:
        hdu = fits[1]
        found = hdu.where("f8 > 0.2 & (flag == T | name == 'NGC')")
        expected = (data["f8"] > 0.2) & (data["flag"] | (data["name"] == "NGC"))
        assert found.tolist() == np.flatnonzero(expected).tolist()
        same(hdu.read(rows="i4 < 0")["i4"], data["i4"][data["i4"] < 0])
        same(hdu["u2"].read(rows="u8 >= 0"), data["u2"])
        assert len(hdu.read(rows="u1 > 255")) == 0
        with pytest.raises(KeyError, match="nope"):
            hdu.where("nope > 1")
        with pytest.raises(ValueError):
            hdu.where("f8 >")
        with pytest.raises(TypeError):
            hdu.where(3)


def test_top_level_read(path, data):
    same(rustfits.read(path)["i4"], data["i4"])
    got, header = rustfits.read(path, "CAT", header=True)
    assert header["EXTNAME"] == "CAT"
    assert got.dtype == data.dtype


def test_every_library_reads_the_same_ascii_table(tmp_path, rng):
    columns = [
        astropy_fits.Column("name", "A8", array=np.array(["a", "b c", ""])),
        astropy_fits.Column("n", "I6", array=np.array([1, -22, 333])),
        astropy_fits.Column("x", "F10.3", array=np.array([1.5, -2.25, 0.0])),
        astropy_fits.Column("y", "E15.7", array=rng.normal(size=3).astype("f4")),
        astropy_fits.Column("z", "D25.17", array=rng.normal(size=3)),
    ]
    path = tmp_path / "ascii.fits"
    astropy_fits.TableHDU.from_columns(columns).writeto(path)
    theirs = by_astropy(path)
    with FITS(path) as fits:
        hdu = fits[1]
        assert type(hdu) is rustfits.AsciiTableHDU
        assert isinstance(hdu["n"], rustfits.AsciiSingleColumnSubset)
        assert isinstance(hdu[["n", "x"]], rustfits.AsciiColumnSubset)
        got = hdu.read()
        for name in theirs:
            expected = theirs[name]
            if expected.dtype.kind == "U":  # astropy keeps the blanks
                expected = np.char.rstrip(expected)
            np.testing.assert_array_equal(got[name], expected)
        assert hdu[1]["n"] == -22
        assert hdu["name"][::-1].tolist() == ["", "b c", "a"]
        assert [row["n"] for row in hdu] == [1, -22, 333]
        assert hdu.where("n < 0").tolist() == [1]


def test_random_groups(tmp_path, rng):
    path = tmp_path / "groups.fits"
    image = rng.normal(size=(4, 1, 2, 3)).astype("f4")
    parameters = [np.arange(4, dtype="f4"), np.arange(4, dtype="f4") * 10]
    groups = astropy_fits.GroupData(image, parnames=["UU", "DATE"], pardata=parameters, bitpix=-32)
    astropy_fits.GroupsHDU(groups).writeto(path)
    with FITS(path, "r+") as fits:
        hdu = fits[0]
        assert type(hdu) is rustfits.GroupsHDU
        assert hdu.kind == "groups"
        assert "4 groups" in repr(hdu)
        got = hdu.read()
        assert got.dtype.names == ("UU", "DATE", "DATA")
        same(got["DATA"], image)
        np.testing.assert_array_equal(hdu["DATE"][1:], [10, 20, 30])
        with pytest.raises(TypeError):
            hdu["UU"][0] = 3


def test_renaming_the_fields_of_an_array_changes_no_other(tmp_path):
    """A dtype kept for the next read was the one of the array, and its names changed with it."""
    rows = np.zeros(3, [("a", "i4"), ("b", "f8")])
    for name in ("one.fits", "two.fits"):
        rustfits.write_table(tmp_path / name, rows)
    with rustfits.FITS(tmp_path / "one.fits") as fits:
        first, second = fits[1].read(), fits[1].read()
        first.dtype.names = ("x", "y")
        assert second.dtype.names == fits[1].dtype.names == fits[1].read().dtype.names == ("a", "b")
        assert fits[1][0].dtype.names == ("a", "b")
    assert rustfits.read(tmp_path / "two.fits").dtype.names == ("a", "b")


def test_tables_of_the_same_columns_stay_apart(tmp_path):
    """Files share the parsed description of equal columns, and nothing else."""
    for name, count, unit in (("one.fits", 3, "m"), ("two.fits", 5, "s"), ("three.fits", 0, "m")):
        rows = np.zeros(count, [("a", "i4"), ("B", "U5")])
        rows["a"] = np.arange(count) + len(name)
        rustfits.write_table(tmp_path / name, rows, units={"a": unit})
    with (
        rustfits.FITS(tmp_path / "one.fits") as one,
        rustfits.FITS(tmp_path / "two.fits") as two,
        rustfits.FITS(tmp_path / "three.fits") as three,
    ):
        for fits, count, unit in ((one, 3, "m"), (two, 5, "s"), (three, 0, "m")):
            assert fits[1].nrows == len(fits[1].read()) == count
            assert fits[1].units["a"] == unit
            assert fits[1]["b"][:].dtype == fits[1].dtype["B"]
            expected = astropy_fits.getdata(fits.filename)["a"]
            np.testing.assert_array_equal(fits[1]["a"][:], expected)
        with pytest.raises(KeyError, match=r"two\.fits"):
            two[1]["c"]
