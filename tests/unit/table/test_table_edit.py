# SPDX-License-Identifier: BSD-3-Clause
"""Changing tables in place: after each edit fitsverify finds nothing and astropy sees the same."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from support.tables import ROWS, every_kind, objects, raw_table, verify

ROW_KEYS = [
    slice(3, 8),
    slice(None),
    slice(15, 2, -4),
    [4],
    [7, 2, 18],
    np.arange(ROWS) % 4 == 1,
    slice(5, 5),
    -1,
    3,
]


@pytest.mark.parametrize("key", ROW_KEYS, ids=str)
def test_rows(bench, rng, key):
    fresh = every_kind(rng, ROWS)
    value = fresh[key]
    bench.hdu[key] = value
    bench.data[key] = value
    bench.check()


@pytest.mark.parametrize("gap", [16, 20, 63])
def test_rows_between_the_written_ones_stay(tmp_path, gap):
    """Whole rows, so many that they go through vectors, which write beyond their last byte."""
    path = tmp_path / "gap.fits"
    data = np.zeros(80, [("a", "i8"), ("b", "f4"), ("c", "S7"), ("d", "f8"), ("e", "?")])
    data["a"] = np.arange(80) * 123_456_789_012_345
    data["b"] = data["d"] = np.arange(80) + 0.5
    data["c"], data["e"] = b"abcdefg", True
    rustfits.write(path, data)
    rows = [row for row in range(80) if row != gap]
    with rustfits.FITS(path, "r+") as fits:
        fits[1][rows] = np.zeros(len(rows), data.dtype)
    expected = np.zeros(80, data.dtype)
    expected[gap] = data[gap]
    np.testing.assert_array_equal(rustfits.FITS(path)[1].read(as_bytes=True), expected)


def test_rows_given_in_other_forms(bench):
    hdu, data = bench.hdu, bench.data
    hdu[0] = hdu[5]
    data[0] = data[5]
    hdu[1] = tuple(data[7])
    data[1] = data[7]
    hdu[2:4] = {name: data[name][8:10] for name in data.dtype.names}
    data[2:4] = data[8:10]
    hdu[4:6] = [tuple(data[11]), data[12]]
    data[4:6] = data[11:13]
    hdu[10:15] = data[3]  # one record for all of them
    data[10:15] = data[3]
    bench.check()


@pytest.mark.parametrize("key", ROW_KEYS, ids=str)
@pytest.mark.parametrize("name", ["i1", "u8", "c16", "flag", "name", "matrix", "names", "single"])
def test_cells_of_one_column(bench, rng, key, name):
    value = every_kind(rng, ROWS)[name][key]
    bench.hdu[name][key] = value
    bench.data[name][key] = value
    bench.look(bench.hdu)
    bench.hdu[name].write(value, rows=[key] if isinstance(key, int) else key)
    bench.check()


def test_whole_columns(bench, rng):
    fresh = every_kind(rng, ROWS)
    for name in fresh.dtype.names:
        bench.hdu[name.upper()] = fresh[name]
        bench.data[name] = fresh[name]
    bench.check()


def test_one_value_for_many_cells(bench):
    hdu, data = bench.hdu, bench.data
    for name, value in {
        "f4": 1.5,
        "i2": -7,
        "flag": True,
        "name": "all",
        "matrix": [1, 2, 3],
    }.items():
        hdu[name] = value
        data[name] = value
    hdu["vector"][2] = 9
    data["vector"][2] = 9
    hdu["u4"][5:7] = 4_000_000_000
    data["u4"][5:7] = 4_000_000_000
    hdu["f8"][[1, 1, 2]] = [1.0, 2.0, 3.0]
    data["f8"][[1, 1, 2]] = [1.0, 2.0, 3.0]
    bench.check()


def test_some_columns(bench, rng):
    fresh = every_kind(rng, ROWS)
    names = ["matrix", "u2", "name"]
    bench.hdu[names] = fresh[names]
    bench.data[names] = fresh[names]
    bench.check()
    bench.hdu[["F4", "i8"]][4:9] = {"f4": fresh["f4"][4:9], "I8": fresh["i8"][4:9]}
    bench.data["f4"][4:9], bench.data["i8"][4:9] = fresh["f4"][4:9], fresh["i8"][4:9]
    bench.hdu[["i2", "i4"]][2] = (5, 6)
    bench.data["i2"][2], bench.data["i4"][2] = 5, 6
    bench.hdu[["f8", "f4"]].write(fresh[["f4", "f8"]][:3], rows=[9, 8, 7])
    bench.data["f8"][[9, 8, 7]], bench.data["f4"][[9, 8, 7]] = fresh["f8"][:3], fresh["f4"][:3]
    bench.check()


def test_rows_by_condition(bench):
    hdu, data = bench.hdu, bench.data
    chosen = data["f8"] > 0
    hdu["f4"].write(0.0, rows="f8 > 0")
    data["f4"][chosen] = 0
    bench.check()


def test_whole_write(bench, rng):
    fresh = every_kind(rng, ROWS)
    bench.hdu.write(fresh[list(fresh.dtype.names)[::-1]])  # in any order
    bench.data = fresh
    bench.check()


@pytest.mark.parametrize("count", [1, 100, 1000])
def test_append(bench, rng, count):
    fresh = every_kind(rng, count)
    bench.hdu.append(fresh)
    bench.data = np.concatenate([bench.data, fresh])
    bench.check()


WRONG = [
    (lambda h: h["i2"].write(np.full(ROWS, 70000)), ValueError, "'i2', row 0: 70000"),
    (lambda h: h.__setitem__("i2", 1.5), TypeError, "'i2'.*without loss"),
    (lambda h: h.__setitem__("i2", np.arange(3)), ValueError, "'i2'.*shape"),
    (lambda h: h.__setitem__("flag", 1), TypeError, "'flag'.*bools"),
    (lambda h: h.__setitem__("name", "far too long"), ValueError, "'name'.*row 0"),
    (lambda h: h.__setitem__("name", ["é"] * ROWS), ValueError, "'name', row 0.*ASCII"),
    (lambda h: h["name"].__setitem__(3, 5), TypeError, "'name'.*strings"),
    (lambda h: h["f4"].__setitem__(2, 1e300), ValueError, "'f4', row 0.*too large"),
    (lambda h: h["f4"].__setitem__(99, 1.0), IndexError, "99"),
    (lambda h: h.__setitem__("nope", 1), KeyError, "nope"),
    (lambda h: h.__setitem__(["f4", "nope"], 1), KeyError, "nope"),
    (lambda h: h.__setitem__(0, 5), TypeError, "structured"),
    (lambda h: h.__setitem__(0, (1, 2)), TypeError, "19 cells"),
    (lambda h: h.__setitem__(slice(0, 3), h[0:2]), ValueError, "2 records for 3 rows"),
    (lambda h: h.__setitem__(0, {"f4": 1}), ValueError, "no values for"),
    (lambda h: h[["f4"]].__setitem__(0, {"f8": 1}), KeyError, "'f8' is none of the columns"),
    (lambda h: h["i4"].__setitem__(0, np.ma.masked), ValueError, "'i4'.*TNULL"),
    (lambda h: h.insert_column("F4", np.zeros(ROWS)), ValueError, "'F4' already"),
    (lambda h: h.insert_column("n", np.zeros(3)), ValueError, "'n'.*3 cells for 19 rows"),
    (lambda h: h.insert_column("n", 3.0), ValueError, "single value"),
    (lambda h: h.insert_column("n", np.zeros(ROWS, "f2")), TypeError, "float16"),
    (lambda h: h.insert_column("n", np.zeros(ROWS), position=40), IndexError, "40"),
    (
        lambda h: h.insert_column("n", np.zeros(ROWS), position=0, after="f4"),
        ValueError,
        "only one",
    ),
    (lambda h: h.insert_column("n", np.zeros(ROWS), after="zz"), KeyError, "zz"),
    (lambda h: h.insert_column("né", np.zeros(ROWS)), ValueError, "ASCII"),
    (lambda h: h.delete_column("zz"), KeyError, "zz"),
    (lambda h: h.delete_column(19), IndexError, "19"),
]


REMOVED_ROWS = [
    slice(3, 8),
    slice(15, 2, -4),
    slice(5, 5),
    [4],
    [7, 2, 18, 2],
    np.arange(ROWS) % 2 == 1,
    np.arange(ROWS) != 6,
    -1,
    slice(None, 5),
]


@pytest.mark.parametrize("key", REMOVED_ROWS)
def test_delete_rows(bench, key):
    bench.hdu.delete_rows(key)
    bench.data = np.delete(bench.data, key)
    bench.check()


def test_delete_all_rows(bench):
    bench.hdu.delete_rows(...)
    assert bench.hdu.nrows == 0
    assert bench.tail[2999] == 2999
    bench.fits.sync()
    verify(bench.path)


def test_delete_rows_by_condition(bench):
    bench.hdu.delete_rows("f8 > 0")
    bench.data = bench.data[~(bench.data["f8"] > 0)]
    bench.check()


def test_delete_rows_of_variable_length(heap):
    heap.hdu.delete_rows(slice(None, None, 3))
    heap.data = heap.data[np.arange(ROWS) % 3 != 0]
    heap.check()
    heap.hdu.repack()
    heap.check()
    heap.hdu.append(heap.data[:2])
    heap.data = np.concatenate([heap.data, heap.data[:2]])
    heap.check()


@pytest.mark.parametrize("width", [7, 5000, 400_000, (1 << 20) + 1])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_rows_that_move_up_keep_their_bytes(tmp_path, rng, width, part):
    """In several pieces, also where a row is longer than one; by no detour through values."""
    path = tmp_path / "rows.fits"
    count = max(3_000_000 // width, 7)
    stored = rng.integers(0, 256, (count, width), "u1")
    stored[:, 0] = np.arange(count) % 251
    raw_table(path, {"TTYPE1": "x", "TFORM1": f"{width}A"}, [row.tobytes() for row in stored])
    removed = rng.random(count) < part
    removed[2] = True
    with FITS(path, "r+") as fits:
        fits.write_image(np.arange(1000))
        fits[1].delete_rows(removed)
        assert fits[1].nrows == count - removed.sum()
        assert fits[1].raw_bytes() == stored[~removed].tobytes()
        assert fits[2][999] == 999
    with FITS(path) as fits:
        assert fits[1].raw_bytes() == stored[~removed].tobytes()


def test_delete_rows_of_a_table_that_is_cut_short(bench):
    offset = bench.hdu._fresh().data_offset
    bench.fits.close()
    content = bench.path.read_bytes()
    with FITS(bench.path, "r+") as fits:
        with pytest.raises(IndexError, match="99"):
            fits["CAT"].delete_rows([3, 99])
        with pytest.raises(TypeError, match="expected rows, found None"):
            fits["CAT"].delete_rows(None)
    assert bench.path.read_bytes() == content
    bench.path.write_bytes(content[: offset + 100])
    with FITS(bench.path, "r+") as fits:
        with pytest.raises(rustfits.FITSTruncatedError, match="cut short"):
            fits[1].delete_rows(0)
    assert bench.path.read_bytes() == content[: offset + 100]


@pytest.mark.parametrize(("change", "kind", "message"), WRONG)
def test_wrong_edits_leave_no_trace(bench, change, kind, message):
    before = bench.fits.to_bytes()
    with pytest.raises(kind, match=message) as caught:
        change(bench.hdu)
    assert isinstance(caught.value, rustfits.FITSError)
    assert bench.fits.to_bytes() == before
    bench.check()


def test_cells_of_variable_length(heap):
    hdu, data = heap.hdu, heap.data
    hdu["x"][3] = np.arange(20.0)
    data["x"][3] = np.arange(20.0)
    hdu["s"][4] = "a longer one"
    data["s"][4] = "a longer one"
    hdu["x"][5] = []
    data["x"][5] = np.zeros(0)
    heap.check()
    fresh = objects(np.arange(3.0), np.zeros(0), np.arange(1.0))
    hdu["x"][6:9] = fresh
    data["x"][6:9] = fresh
    hdu["s"] = "same"
    data["s"] = "same"
    hdu[10] = hdu[3]
    data[10] = data[3]
    hdu[["s", "id"]][[1, 0]] = {"s": ["one", "zero"], "id": [101, 100]}
    data["s"][:2], data["id"][:2] = ["zero", "one"], [100, 101]
    heap.check()


def test_whole_write_of_variable_length(heap):
    heap.hdu.write(heap.data[::-1])
    heap.data = heap.data[::-1].copy()
    heap.check()


def test_append_of_variable_length(heap):
    for _ in range(3):
        heap.hdu.append(heap.data[2:7])
    heap.data = np.concatenate([heap.data] + [heap.data[2:7]] * 3)
    heap.check()


def test_repack(heap):
    hdu, data = heap.hdu, heap.data
    heap.check()
    size = heap.path.stat().st_size
    for _ in range(5):
        hdu["x"] = objects(*(np.arange(100.0) for _ in range(ROWS)))
    hdu["x"] = data["x"]
    heap.check()
    grown = heap.path.stat().st_size
    assert grown > size + 5 * ROWS * 800
    assert hdu.repack() >= 5 * ROWS * 800
    heap.check()
    assert heap.path.stat().st_size == size
    assert hdu.repack() == 0
    heap.check()


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (lambda h: h["x"].__setitem__(0, "text"), TypeError, "'x', row 0"),
        (lambda h: h["s"].__setitem__(0, 5), TypeError, "'s', row 0"),
        (lambda h: h["k"].__setitem__(2, [70000]), ValueError, "'k', row 0: 70000"),
        (lambda h: h["x"].__setitem__(slice(0, 2), [[1.0]]), ValueError, "1 cells for 2 rows"),
        (lambda h: h.insert_column("n", objects(*[None] * ROWS)), ValueError, "inner|var_dtypes"),
    ],
)
def test_wrong_cells_leave_no_trace(heap, change, kind, message):
    before = heap.fits.to_bytes()
    with pytest.raises(kind, match=message):
        change(heap.hdu)
    assert heap.fits.to_bytes() == before
    heap.check()


def test_scaled_columns_are_written_back(tmp_path):
    path = tmp_path / "scaled.fits"
    hdu = astropy_fits.BinTableHDU(np.arange(5, dtype="i2").view([("x", "i2")]))
    hdu.header["TSCAL1"], hdu.header["TZERO1"], hdu.header["TNULL1"] = 0.5, 10.0, -99
    hdu.writeto(path)
    with FITS(path, "r+") as fits:
        table = fits[1]
        table["x"][1] = 20.0
        table["x"][2:4] = np.ma.MaskedArray([1.0, 12.0], [True, False])
        assert table["x"].read(scale=False).tolist() == [0, 20, -99, 4, 4]
        assert table["x"].read(mask_null=True).tolist() == [10.0, 20.0, None, 12.0, 12.0]
        with pytest.raises(ValueError, match=r"'x'.*row"):
            table["x"][0] = 1e9
    verify(path)


def test_checksums_after_an_edit(bench):
    bench.hdu.add_checksum()
    assert bench.hdu.verify_datasum()
    bench.hdu["i4"][3] = 12345
    bench.data["i4"][3] = 12345
    assert not bench.hdu.verify_datasum()
    bench.hdu.add_checksum()
    bench.check()
    with astropy_fits.open(bench.path, checksum=True) as other:
        assert other["CAT"].data["i4"][3] == 12345


@pytest.mark.parametrize("step", [2**70, -(2**70)])
def test_a_step_beyond_64_bits_selects_one_row(bench, step):
    hdu, rows = bench.hdu, slice(None, None, step)
    assert (hdu["i4"][rows] == bench.data["i4"][rows]).all()
    hdu["i4"][rows] = 17
    hdu.delete_rows(rows)
    bench.data["i4"][rows] = 17
    bench.data = np.delete(bench.data, rows)
    bench.check()


def test_names_of_hdus_stay_on_their_card(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_table({"x": [1]}, extname="n" * 68)
        with pytest.warns(rustfits.FITSWarning, match="keyword EXTNAME: the comment does not fit"):
            hdu.header.set_comment("EXTNAME", "there is no room for this")
        assert not any(card.startswith("CONTINUE") for card in hdu.header.cards)
        for make in (fits.write_table, fits.write_image):
            with pytest.raises(ValueError, match="EXTNAME"):
                make({"x": [1]} if make == fits.write_table else np.zeros(3), extname="n" * 69)
        assert len(fits) == 2
    verify(path)
