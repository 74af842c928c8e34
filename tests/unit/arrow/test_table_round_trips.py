# SPDX-License-Identifier: BSD-3-Clause
"""FITS tables through Arrow and back: the same keywords, values and bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import astropy.io.fits
import duckdb
import numpy as np
import polars
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rustfits

NUMBERS = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "c8", "c16"]
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=6)


@st.composite
def cells(draw: st.DrawFn, rows: int, kind: str) -> Any:
    """Return the cells of a column: numbers, logicals, bits or strings of any shape, or a heap."""
    shape = draw(st.sampled_from([(), (), (1,), (3,), (2, 3)]))
    if kind in "AS":
        width = draw(st.integers(1, 6))
        flat = draw(st.lists(TEXTS, min_size=rows * 6, max_size=rows * 6))
        texts = np.array([text[:width] for text in flat] or [""], f"U{width}")
        if kind == "S":  # of variable length
            made = np.empty(rows, object)
            made[:] = texts[:rows].tolist()
            return made
        return texts[: rows * int(np.prod(shape))].reshape(rows, *shape)
    dtype = np.dtype("?" if kind in "LX" else kind)
    if draw(st.sampled_from([False, False, True])):
        lengths = draw(st.lists(st.integers(0, 3), min_size=rows, max_size=rows))
        heap = np.empty(rows, object)
        for row, length in enumerate(lengths):
            heap[row] = draw(hnp.arrays(dtype, length))
        return heap
    array = draw(hnp.arrays(dtype, (rows, *shape)))
    if kind != "X" and draw(st.booleans()):
        return np.ma.MaskedArray(array, draw(hnp.arrays("?", array.shape)))
    return array


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return columns, and options of `write_table`."""
    rows = draw(st.integers(0, 4))
    kinds = draw(st.lists(st.sampled_from([*NUMBERS, "L", "X", "A", "S"]), min_size=1, max_size=4))
    columns = {f"c{n}{kind}": draw(cells(rows, kind)) for n, kind in enumerate(kinds)}
    options: dict[str, Any] = {
        "bit_columns": [name for name in columns if name.endswith("X")],
        "heap_format": draw(st.sampled_from(["P", "Q"])),
        "var_dtypes": {
            name: {"L": "?", "X": "?"}.get(name[2:], name[2:])
            for name, values in columns.items()
            if values.dtype == object
        },
        "units": dict.fromkeys(list(columns)[:1], "m/s"),
        "header": [("OBJECT", "M 31", "the target"), ("TUCD1", "phys.veloc"), ("HISTORY", "made")],
        "extname": "CAT",
    }
    return columns, options


def same(left: Any, right: Any) -> bool:
    """Return whether values are equal, with their masks and NaN."""
    if isinstance(left, np.ma.MaskedArray) or isinstance(right, np.ma.MaskedArray):
        masks = np.ma.getmaskarray(left), np.ma.getmaskarray(right)
        if not np.array_equal(*masks):
            return False
        left, right = np.ma.getdata(left)[~masks[0]], np.ma.getdata(right)[~masks[1]]
    if left.dtype == object:
        return all(map(same, map(np.asanyarray, left), map(np.asanyarray, right)))
    return np.array_equal(left, right, equal_nan=left.dtype.kind in "fc")


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables(), form=st.sampled_from(["table", "batches", "hdu", "subset"]))
def test_keywords_and_values_come_back(
    tmp_path: Path, table: tuple[dict[str, Any], dict[str, Any]], form: str
) -> None:
    columns, options = table
    with rustfits.FITS(tmp_path / "t.fits", "w+") as fits:
        try:
            hdu = fits.write_table(columns, **options)
        except rustfits.FITSValueError as refused:
            assert "no value of" in str(refused)
            return
        data: Any = hdu
        if form == "table":
            data = pa.table(hdu)
        elif form == "batches":
            data = pa.RecordBatchReader.from_stream(hdu)
        elif form == "subset":
            data = hdu[list(columns)]
        copy = fits.write_table(data)
        assert copy.header.cards == hdu.header.cards
        before, after = hdu.read(mask_null=True), copy.read(mask_null=True)
        for name in columns:
            assert same(before[name], after[name]), name
        stored, again = hdu.read(scale=False), copy.read(scale=False)
        for name in columns:
            if stored[name].dtype != object and not np.ma.is_masked(before[name]):
                assert stored[name].tobytes() == again[name].tobytes(), name


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables(), package=st.sampled_from(["polars", "duckdb"]))
def test_values_come_back_through_packages_that_drop_metadata(
    tmp_path: Path, table: tuple[dict[str, Any], dict[str, Any]], package: str
) -> None:
    columns, options = table
    known = [n for n in columns if not n.endswith(("c8", "c16"))]
    with rustfits.FITS(tmp_path / "t.fits", "w+") as fits:
        try:
            hdu = fits.write_table(columns, **options)
        except rustfits.FITSValueError:
            return
        if not known:
            return
        chosen = hdu[known]
        if package == "polars":
            data: Any = polars.DataFrame(chosen)
        else:
            arrow = pa.table(chosen)  # noqa: F841
            data = duckdb.sql("from arrow")
        try:
            copy = fits.write_table(data)
        except rustfits.FITSValueError as refused:
            assert "no value of" in str(refused)
            return
        before, after = hdu.read(mask_null=True), copy.read(mask_null=True)
        for name in known:
            if before[name].dtype == object and name.endswith("S"):
                assert [str(v) for v in before[name].data] == after[name].tolist()
            else:
                assert same(before[name].reshape(after[name].shape), after[name]), name


def test_scaled_columns_become_the_values_that_read_returns(tmp_path: Path) -> None:
    path = tmp_path / "scaled.fits"
    column = astropy.io.fits.Column(name="x", format="I", array=np.array([1, 2, -1]))
    made = astropy.io.fits.BinTableHDU.from_columns([column])
    made.header["TSCAL1"], made.header["TZERO1"], made.header["TNULL1"] = 0.5, 1.0, -1
    made.writeto(path)
    with rustfits.FITS(path, "r+") as fits:
        copy = fits.write_table(pa.table(fits[1]))
        assert copy.header["TFORM1"] == "1D"
        assert same(copy.read(mask_null=True)["x"], fits[1].read(mask_null=True)["x"])


def test_selected_columns_keep_their_keywords(tmp_path: Path) -> None:
    with rustfits.FITS(tmp_path / "t.fits", "w+") as fits:
        hdu = fits.write_table(
            {"a": [1], "b": [2.5], "z": np.array([1j])},
            units={"b": "Jy"},
            header={"TUCD1": "first", "TUCD2": "second", "TUCD3": "third", "NOTE": "kept"},
        )
        table = pa.table(hdu).select(["z", "b"])
        header = fits.write_table(table).header
        assert [header["TTYPE1"], header["TTYPE2"], header["TUNIT2"]] == ["z", "b", "Jy"]
        assert header["TFORM1"] == "1M"
        assert header["TUCD1"] == "third"
        assert header["TUCD2"] == "second"
        assert "TUCD3" not in header
        assert header["NOTE"] == "kept"
        mine = fits.write_table(pa.table(hdu), header={"NOTE": "mine"}, extname="OWN")
        assert (mine.header["NOTE"], mine.extname) == ("mine", "OWN")


def test_metadata_that_do_not_fit_the_values_do_not_count(tmp_path: Path) -> None:
    said = {"TFORM": "1M", "TNULL": "7", "TDIM": "(2,2)"}
    fields = [
        pa.field("i", pa.int16(), metadata=said),
        pa.field("p", pa.list_(pa.float32(), 2), metadata=said),
        pa.field("l", pa.list_(pa.int32()), metadata={"TFORM": "1QJ(3)", "TDIM": "(2,2)"}),
        pa.field("s", pa.string(), metadata={"TFORM": "x", "TNULL": "many"}),
        pa.field("u", pa.uint8(), metadata={"TFORM": "1I", "TNULL": "-32768"}),
    ]
    arrays = [[7, None], [[1, 2], [3, 4]], [[1, 2, 3], []], ["ab", None], [1, None]]
    table = pa.table(arrays, schema=pa.schema(fields, metadata={"FITS_HEADER": "garbage\nNAXIS"}))
    with rustfits.FITS(tmp_path / "t.fits", "w+") as fits:
        hdu = fits.write_table(table)
        header = hdu.header
        assert header["TNULL1"] == -(2**15)
        assert header["TFORM2"] == "2E"
        assert header["TFORM3"].startswith("1QJ")
        assert "TDIM3" not in header
        assert header["TNULL5"] == 255
        assert [row.tolist() for row in hdu.read(mask_null=True)["l"].data] == [[1, 2, 3], []]


@pytest.mark.parametrize("compress", [None, True])
def test_a_table_is_copied_into_its_own_file(tmp_path: Path, compress: Any) -> None:
    with rustfits.FITS(tmp_path / "t.fits", "w+") as fits:
        hdu = fits.write_table({"a": np.arange(1000), "s": ["x"] * 1000}, compress=compress)
        hdu.append(hdu)
        assert hdu.nrows == 2000
        assert hdu.read_column("a").tolist() == [*range(1000)] * 2
