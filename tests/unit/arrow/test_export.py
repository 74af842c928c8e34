# SPDX-License-Identifier: BSD-3-Clause
"""Tables become Arrow data: every TFORM, repeat, null and scale, against the packages that read it."""

from __future__ import annotations

import gc
import threading

import duckdb
import narwhals
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits._core.arrow import produce
from support.tables import expected_rows, plain

SIZES = {"L": 1, "B": 1, "I": 2, "J": 4, "K": 8, "A": 1, "E": 4, "D": 8, "C": 8, "M": 16}
ZEROS = {"B": -128, "I": 2**15, "J": 2**31, "K": 2**63}


def fits_bytes(columns, nrows, rows, heap=b""):
    """Return a file with a table whose columns are lists of (keyword, value)."""
    cards = [
        "XTENSION= 'BINTABLE'",
        "BITPIX  =                    8",
        "NAXIS   =                    2",
        f"NAXIS1  = {len(rows) // nrows if nrows else 0:20d}",
        f"NAXIS2  = {nrows:20d}",
        f"PCOUNT  = {len(heap):20d}",
        "GCOUNT  =                    1",
        f"TFIELDS = {len(columns):20d}",
    ]
    for number, column in enumerate(columns, 1):
        for key, value in column:
            shown = f"'{value}'" if isinstance(value, str) else value
            cards.append(f"{key + str(number):8s}= {shown}")
    cards.append("END")
    primary = ["SIMPLE  =                    T", "BITPIX  = 8", "NAXIS   = 0", "END"]
    made = b""
    for part in (primary, cards):
        text = "".join(card.ljust(80) for card in part).encode()
        made += text + b" " * (-len(text) % 2880)
    data = rows + heap
    return made + data + bytes(-len(data) % 2880)


@st.composite
def tables(draw):
    """Return a file whose cells are random bytes."""
    nrows = draw(st.integers(1, 12))
    columns, widths, heap = [], [], b""
    fields = []
    for _ in range(draw(st.integers(1, 5))):
        letter = draw(st.sampled_from("LXBIJKAEDCM"))
        keys = []
        variable = draw(st.sampled_from(["", "", "", "P", "Q"])) if letter != "X" else ""
        repeat = draw(st.integers(0, 20))
        if variable:
            form = f"1{variable}{letter}"
        else:
            form = f"{repeat}{letter}"
            axes = [n for n in (2, 3) if repeat and repeat % n == 0]
            if axes and draw(st.booleans()):
                keys.append(("TDIM", f"({axes[0]},{repeat // axes[0]})"))
        keys = [("TTYPE", f"c{len(columns)}"), ("TFORM", form), *keys]
        if letter in "BIJK":
            zero = draw(st.sampled_from([None, ZEROS[letter], 3]))
            if zero is not None:
                keys.append(("TZERO", zero))
            if draw(st.booleans()):
                keys.append(("TSCAL", draw(st.sampled_from([1, 0.5]))))
            if draw(st.booleans()):
                keys.append(("TNULL", draw(st.integers(0, 3))))
        elif letter in "ED" and draw(st.integers(0, 3)) == 0:
            keys.append(("TSCAL", 2.0))
        columns.append(keys)
        size = (repeat + 7) // 8 if letter == "X" else repeat * SIZES.get(letter, 1)
        widths.append(size if not variable else (8 if variable == "P" else 16))
        fields.append((letter, variable))
    rows = b""
    for _ in range(nrows):
        for (letter, variable), width in zip(fields, widths, strict=True):
            if variable:
                count = draw(st.integers(0, 4))
                cell = draw(
                    st.binary(min_size=count * SIZES[letter], max_size=count * SIZES[letter])
                )
                size = 4 if variable == "P" else 8
                rows += count.to_bytes(size, "big") + len(heap).to_bytes(size, "big")
                heap += cell
            else:
                few = st.sampled_from(b"\0\1\2 TFaZ\xe9\xff\x7f")
                rows += bytes(draw(st.lists(few, min_size=width, max_size=width)))
    return fits_bytes(columns, nrows, rows, heap)


@settings(deadline=None, max_examples=150)
@given(tables(), st.sampled_from(["tnull", "nan", "none"]), st.integers(1, 13))
def test_every_type_equals_read(content, nulls, batch_rows):
    with rustfits.FITS.from_bytes(content) as fits:
        hdu = fits[1]
        parts = [
            pa.record_batch(batch) for batch in hdu.batches(nulls=nulls, batch_rows=batch_rows)
        ]
        assert [len(part) for part in parts[:-1]] == [batch_rows] * (len(parts) - 1)
        table = pa.Table.from_batches(parts)
        table.validate(full=True)
        found = {name: plain(table[name].to_pylist()) for name in table.column_names}
        assert found == expected_rows(hdu, nulls, None)


@settings(deadline=None, max_examples=60)
@given(tables())
def test_other_packages_read_the_same(content):
    with rustfits.FITS.from_bytes(content) as fits:
        hdu = fits[1]
        table = pa.table(hdu)
        want = {name: plain(table[name].to_pylist()) for name in table.column_names}
        frame = pl.DataFrame(hdu)
        assert {name: plain(frame[name].to_list()) for name in frame.columns} == want
        rows = duckdb.sql("from hdu").fetchall()
        columns = want.values()
        assert [plain(row) for row in rows] == [list(row) for row in zip(*columns, strict=True)]
        assert narwhals.from_arrow(hdu, backend="pyarrow").shape == table.shape


@pytest.fixture
def path(tmp_path):
    name = tmp_path / "a.fits"
    data = np.zeros(100, [("id", "i4"), ("x", "f8"), ("name", "S5")])
    data["id"] = np.arange(100)
    data["name"] = b"abc"
    with rustfits.FITS(name, "w+") as fits:
        fits.write_table(data, units={"x": "deg"})
        fits.write_table(data, compress=True)
        fits.create_ascii_table_hdu(data.dtype, 100)
        fits[3].write(data)
    return name


@pytest.mark.parametrize("index", [1, 2, 3])
def test_plain_compressed_and_ascii_tables(path, index):
    with rustfits.FITS(path) as fits:
        hdu = fits[index]
        table = pa.table(hdu)
        assert table["id"].to_pylist() == list(range(100))
        assert table["name"].to_pylist() == ["abc"] * 100
        assert pa.table(hdu[["name", "x"]]).column_names == ["name", "x"]
        assert pa.table(hdu["id"]).column_names == ["id"]
        assert pa.schema(hdu).equals(table.schema)
        assert pd.DataFrame.from_arrow(hdu).shape == (100, 3) if pd.__version__ >= "3" else True


def test_rows_columns_and_strings_of_batches(path):
    with rustfits.FITS(path) as fits:
        hdu = fits[1]
        (batch,) = hdu.batches(columns=["NAME", "id"], rows="id >= 97", strings="binary")
        assert len(batch) == 3
        made = pa.record_batch(batch)
        assert made.to_pydict() == {"name": [b"abc"] * 3, "id": [97, 98, 99]}
        with pytest.raises(rustfits.FITSValueError, match="handed over before"):
            pa.record_batch(batch)
        (batch,) = hdu.batches(rows=[5, 1, 1], columns="id")
        assert pl.DataFrame(batch)["id"].to_list() == [5, 1, 1]
        (batch,) = hdu.batches(rows=slice(10, 0, -4), columns="id")
        assert pl.DataFrame(batch)["id"].to_list() == [10, 6, 2]
        assert list(hdu.batches(rows=[])) == []


def test_metadata_have_units_and_cards(path):
    with rustfits.FITS(path) as fits:
        schema = pa.schema(fits[1])
    assert schema.field("x").metadata[b"TUNIT"] == b"deg"
    lines = schema.metadata[b"FITS_HEADER"].decode().split("\n")
    assert lines[0].startswith("XTENSION= 'BINTABLE'")
    assert any(line.startswith("TUNIT2  = 'deg") for line in lines)


def test_wrong_arguments_name_file_and_column(path):
    with rustfits.FITS(path) as fits:
        hdu = fits[1]
        with pytest.raises(rustfits.FITSValueError, match="batch_rows"):
            hdu.batches(batch_rows=0)
        with pytest.raises(rustfits.FITSColumnError, match=r"a\.fits\[1\].*'nope'"):
            hdu.batches(columns=["nope"])
        with pytest.raises(rustfits.FITSIndexError, match=r"a\.fits\[1\].*100"):
            hdu.batches(rows=[100])
        with pytest.raises(rustfits.FITSValueError, match="nulls must be one of 'tnull'"):
            hdu.batches(nulls="x")
        with pytest.raises(rustfits.FITSValueError, match="strings must be one of 'utf8'"):
            hdu.batches(strings="x")


def test_a_stream_keeps_its_file_open(path):
    reader = pa.RecordBatchReader.from_stream(rustfits.FITS(path)[1])
    gc.collect()
    assert reader.read_all().num_rows == 100
    del reader
    gc.collect()
    assert not produce._users


def test_a_stream_of_a_closed_file_fails(path):
    with rustfits.FITS(path) as fits:
        reader = pa.RecordBatchReader.from_stream(fits[1])
        batches = fits[1].batches()
    with pytest.raises(OSError, match=r"a\.fits\[1\]: the file is closed"):
        reader.read_all()
    with pytest.raises(rustfits.FITSClosedError, match=r"a\.fits\[1\]"):
        next(batches)


def test_capsules_that_no_consumer_takes_are_released(path):
    with rustfits.FITS(path) as fits:
        capsule = fits[1].__arrow_c_stream__()
        schema = fits[1].__arrow_c_schema__()
        assert "arrow_array_stream" in repr(capsule)
        assert "arrow_schema" in repr(schema)
        assert len(produce._users) == 1
        del capsule, schema
        gc.collect()
        assert not produce._users


def test_arrays_outlive_the_file_and_end_on_another_thread(path):
    with rustfits.FITS(path) as fits:
        kept = [pa.table(fits[1])]
    assert kept[0]["id"].to_pylist() == list(range(100))
    thread = threading.Thread(target=kept.clear)
    thread.start()
    thread.join()


def test_changed_columns_end_a_stream(path):
    with rustfits.FITS(path, "r+") as fits:
        hdu = fits[1]
        batches = hdu.batches(batch_rows=10)
        assert len(next(batches)) == 10
        hdu.append(hdu[:1])
        assert len(next(batches)) == 10
        hdu.delete_column("x")
        with pytest.raises(rustfits.FITSError, match="column 'x' has changed"):
            next(batches)


def test_tables_of_this_package_are_written_as_arrays(path, tmp_path):
    with rustfits.FITS(path) as fits, rustfits.FITS(tmp_path / "b.fits", "w+") as copy:
        copy.write_table(fits[1][["id", "name"]])
        assert copy[1].dtype == fits[1][["id", "name"]].dtype


def test_a_cut_file_fails_with_the_missing_bytes(path, tmp_path):
    content = path.read_bytes()
    with rustfits.FITS(path) as fits:
        start = pl.DataFrame(fits[1]).height
    assert start == 100
    cut = tmp_path / "cut.fits"
    cut.write_bytes(content[: 2880 * 2 + 500])
    with rustfits.FITS(cut) as fits, pytest.raises(rustfits.FITSTruncatedError, match="missing"):
        list(fits[1].batches())
