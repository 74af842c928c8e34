# SPDX-License-Identifier: BSD-3-Clause
"""Tables as Parquet files."""

from __future__ import annotations

import os

import numpy as np
import pyarrow
import pyarrow.parquet as pq
import pytest

import rustfits
from rustfits import FITS
from rustfits.dask import parquet, to_parquet


def test_a_part_is_a_row_group_and_is_read_once(tmp_path, tables, monkeypatch):
    read = []
    table_of = parquet._table
    monkeypatch.setattr(parquet, "_table", lambda *a: read.append(a[1].rows) or table_of(*a))
    made = to_parquet(tables, tmp_path / "a.parquet", target_bytes=20_000)
    assert made == [str(tmp_path / "a.parquet")]
    assert pq.read_metadata(made[0]).num_row_groups == len(read) > 3
    found = pq.read_table(made[0])
    expected = np.concatenate([rustfits.read(path) for path in tables])
    for name in expected.dtype.names:
        assert found[name].to_pylist() == expected[name].tolist()


def test_columns_rows_and_a_file_for_each_part(tmp_path, tables):
    made = to_parquet(
        tables,
        tmp_path / "p-*.parquet",
        columns=["name", "id"],
        rows="id % 2 == 0",
        target_bytes=20_000,
    )
    assert sorted(os.listdir(tmp_path))[: len(made)] == [os.path.basename(name) for name in made]
    found = [pq.read_table(name) for name in made]
    assert {tuple(table.column_names) for table in found} == {("name", "id")}
    assert [number for table in found for number in table["id"].to_pylist()] == list(
        range(0, 1500, 2)
    )


def test_a_part_of_many_rows_or_of_none_is_one_row_group(tmp_path):
    rustfits.write(tmp_path / "a.fits", {"a": np.arange(1_100_000, dtype="i4").view("u4")})
    made = to_parquet(tmp_path / "a.fits", tmp_path / "a.parquet")
    assert pq.read_metadata(made[0]).num_row_groups == 1
    made = to_parquet(tmp_path / "a.fits", tmp_path / "b.parquet", rows="a > 2000000")
    assert pq.read_table(made[0]).schema.field("a").type == pyarrow.uint32()
    assert pq.read_metadata(made[0]).num_rows == 0


def test_files_with_other_keywords_of_columns(tmp_path):
    cells = np.empty(2, object)
    cells[:] = [np.arange(2.0), np.arange(3.0)]
    masked = np.ma.masked_less(np.arange(2, dtype="i2"), 1)
    rustfits.write_table(tmp_path / "a.fits", {"n": np.arange(2, dtype="i2"), "v": cells})
    rustfits.write_table(
        tmp_path / "b.fits", {"n": masked, "v": cells}, heap_format="Q", units={"n": "m"}
    )
    made = to_parquet(str(tmp_path / "*.fits"), tmp_path / "a.parquet")
    assert pq.read_table(made[0])["n"].to_pylist() == [0, 1, None, 1]
    assert pq.read_table(made[0])["v"].to_pylist() == [[0, 1], [0, 1, 2]] * 2


def test_undefined_cells_arrays_and_units(tmp_path):
    cells = np.empty(3, object)
    cells[:] = [np.arange(n, dtype="i4") for n in (0, 2, 1)]
    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.write_table(
            {
                "n": np.ma.masked_less(np.arange(3, dtype="i2"), 1),
                "x": np.array([0, np.nan, 2]),
                "v": cells,
                "m": np.arange(12.0).reshape(3, 2, 2),
                "c": np.array([1 + 2j, 0, 3], "c8"),
            },
            units={"x": "deg"},
        )
    to_parquet(tmp_path / "a.fits", tmp_path / "a.parquet")
    found = pq.read_table(tmp_path / "a.parquet")
    assert found["n"].to_pylist() == [None, 1, 2]
    assert np.isnan(found["x"].to_pylist()[1])
    assert found["v"].to_pylist() == [[], [0, 1], [0]]
    assert found["m"].to_pylist()[1] == [[4, 5], [6, 7]]
    assert found.schema.field("x").metadata[b"TUNIT"] == b"deg"


def test_refusals_leave_the_old_file(tmp_path, tables):
    path = tmp_path / "a.parquet"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        to_parquet(tables, path)
    with pytest.raises(rustfits.FITSColumnError, match="'nope'"):
        to_parquet(tables, path, columns=["nope"], overwrite=True)
    with pytest.raises(rustfits.FITSValueError, match="nope"):
        to_parquet(tables, path, compression="nope", overwrite=True)
    with open(tables[1], "r+b") as file:
        file.truncate(10_000)
    with pytest.raises(rustfits.FITSTruncatedError):
        to_parquet(tables, path, overwrite=True)
    assert path.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["a.parquet", "table0.fits", "table1.fits"]
