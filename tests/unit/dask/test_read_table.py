# SPDX-License-Identifier: BSD-3-Clause
"""Tables as dask dataframes."""

from __future__ import annotations

import pickle

import dask
import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSChangedError
from rustfits.dask import read_table
from rustfits.dask import table as dask_table


@pytest.fixture(autouse=True)
def one_thread():
    with dask.config.set(scheduler="sync"):
        yield


@pytest.fixture
def columns_read(monkeypatch):
    """The columns that each task reads."""
    read = []
    frame_of = dask_table.frame_of

    def spy(hdu, names, rows):
        read.append(names)
        return frame_of(hdu, names, rows)

    monkeypatch.setattr(dask_table, "frame_of", spy)
    return read


def both(tables):
    return np.concatenate([rustfits.read(path) for path in tables])


def test_a_frame_equals_the_plain_read(tables):
    frame = read_table(tables, target_bytes=20_000)
    assert frame.npartitions > 2
    found, expected = frame.compute(), both(tables)
    assert list(found.columns) == list(expected.dtype.names)
    for name in ("id", "flux", "flag", "name"):
        assert found[name].tolist() == expected[name].tolist()
    np.testing.assert_array_equal(np.stack(found["vector"]), expected["vector"])
    assert [str(kind) for kind in frame.dtypes] == ["int32", "float64", "boolean", "str", "object"]
    assert (frame.dtypes == found.dtypes).all()
    pattern = str(tables[0].parent / "table*.fits")
    assert pickle.loads(pickle.dumps(read_table(pattern))).flux.sum().compute() == pytest.approx(
        expected["flux"].sum()
    )


def test_only_the_columns_of_the_computation_are_read(tables, columns_read):
    frame = read_table(tables)
    columns_read.clear()
    frame[frame.id > 5].flux.mean().compute()
    assert [sorted(names) for names in columns_read] == [["flux", "id"]] * 2
    columns_read.clear()
    assert frame[[]].compute().shape == (1500, 0)
    assert columns_read == [[], []]
    assert list(read_table(tables, columns=["name", "ID"]).columns) == ["name", "id"]
    assert list(read_table(tables, columns="flux").compute().columns) == ["flux"]


def test_rows_of_a_condition(tables):
    frame = read_table(tables, rows="id % 100 == 7 & flag", columns=["name"], target_bytes=10_000)
    expected = both(tables)
    expected = expected[(expected["id"] % 100 == 7) & expected["flag"]]
    assert frame.compute()["name"].tolist() == expected["name"].tolist()
    assert len(frame) == len(expected)


def test_undefined_cells_are_missing(tmp_path):
    path = tmp_path / "a.fits"
    numbers = np.ma.masked_less(np.arange(5, dtype="i2"), 2)
    rustfits.write(path, {"n": numbers, "x": [0.0, np.nan, 2, 3, 4]})
    frame = read_table(path)
    assert str(frame.dtypes["n"]) == "Int16"
    assert frame.n.sum().compute() == 9
    assert frame.isna().sum().compute().tolist() == [2, 1]
    # A file without TNULL fits to one that has it, but not the other way round.
    rustfits.write(tmp_path / "b.fits", {"n": np.arange(5, dtype="i2"), "x": np.arange(5.0)})
    both = read_table([path, tmp_path / "b.fits"]).compute()
    assert str(both.dtypes["n"]) == "Int16"
    assert both.n.sum() == 19
    with pytest.raises(TypeError, match=r"a\.fits\[1\]: column 'n' has undefined cells"):
        read_table([tmp_path / "b.fits", path]).compute()


def test_cells_of_variable_length_are_arrays_and_strings(tmp_path):
    path = tmp_path / "a.fits"
    cells = np.empty(4, object)
    cells[:] = [np.arange(n, dtype="i4") for n in (0, 2, 1, 3)]
    texts = np.array(["a", "", "ccc", "dd"], object)
    with FITS(path, "w+") as fits:
        fits.write_table({"v": cells, "s": texts}, var_dtypes={"s": "S"})
    found = read_table(path).compute()
    assert [cell.tolist() for cell in found.v] == [[], [0, 1], [0], [0, 1, 2]]
    assert found.s.tolist() == texts.tolist()


def test_ascii_and_compressed_tables(tmp_path, tables):
    rows = rustfits.read(tables[0])[["id", "flux", "name"]]
    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.create_ascii_table_hdu(rows.dtype, len(rows)).write(rows)
        fits.write_table(rows, compress=True, ztilelen=300)
    assert read_table(tmp_path / "a.fits", ext=1).id.sum().compute() == rows["id"].sum()
    tiled = read_table(tmp_path / "a.fits", ext=2, target_bytes=20_000)
    assert tiled.npartitions == 4
    assert tiled.name.compute().tolist() == rows["name"].tolist()


def test_bad_arguments_name_file_and_column(tables, image, tmp_path):
    with pytest.raises(rustfits.FITSColumnError, match=r"table0\.fits\[1\]: no column 'nope'"):
        read_table(tables, columns=["nope"])
    with pytest.raises(rustfits.FITSColumnError, match=r"table0\.fits\[1\].*'nope'"):
        read_table(tables, rows="nope > 3")
    with pytest.raises(ValueError, match="expression"):
        read_table(tables, rows="id >")
    with pytest.raises(TypeError, match="a condition"):
        read_table(tables, rows=[1, 2])
    with pytest.raises(TypeError, match=r"image\.fits\[0\]: .*use read_image"):
        read_table(image)
    with pytest.raises(rustfits.FITSValueError, match="no files"):
        read_table([])
    rustfits.write(tmp_path / "c.fits", {"id": np.zeros(3, "i8")})
    with pytest.raises(rustfits.FITSColumnError, match=r"c\.fits\[1\].*'id'.*int64"):
        read_table([tables[0], tmp_path / "c.fits"], columns=["id"])


def test_a_file_that_has_changed_is_an_error_with_file_and_hdu(tables):
    frame = read_table(tables)
    rustfits.write(tables[1], rustfits.read(tables[1])[:-1])
    with pytest.raises(FITSChangedError, match=r"table1\.fits\[1\]: the file has changed since"):
        frame.flux.sum().compute()
