# SPDX-License-Identifier: BSD-3-Clause
"""`plan`: parts cut at rows and tile borders, which together are the whole."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits

ROWS = 1000


@pytest.fixture
def table() -> np.ndarray[Any, Any]:
    data = np.zeros(ROWS, [("a", "i4"), ("b", "f8"), ("name", "U5"), ("v", "f4", 3)])
    data["a"] = np.arange(ROWS)
    data["b"] = np.arange(ROWS) / 7
    data["name"] = [f"n{i}" for i in range(ROWS)]
    return data


@pytest.fixture
def table_file(tmp_path: Path, table: np.ndarray[Any, Any]) -> Path:
    path = tmp_path / "table.fits"
    rustfits.write(path, table)
    return path


def glue(image: np.ndarray[Any, Any], parts: list[rustfits.Part]) -> np.ndarray[Any, Any]:
    whole = np.full_like(image, -1)
    for part in parts:
        assert part.box is not None
        data = part.read()
        assert data.shape == part.shape
        assert data.nbytes == part.bytes
        whole[tuple(slice(*span) for span in part.box)] = data
    return whole


def test_table_parts_are_the_table(table_file: Path, table: np.ndarray[Any, Any]) -> None:
    width = table.dtype.itemsize
    parts = rustfits.plan(table_file, target_bytes=64 * width)
    assert [part.rows for part in parts] == [
        (start, min(start + 64, ROWS)) for start in range(0, ROWS, 64)
    ]
    assert all(part.bytes <= 64 * width for part in parts)
    assert {part.hdu for part in parts} == {1}
    assert np.array_equal(np.concatenate([part.read() for part in parts]), table)


def test_columns_and_where(table_file: Path, table: np.ndarray[Any, Any]) -> None:
    parts = rustfits.plan(str(table_file), 1, columns=["b", "a"], target_bytes=12 * 300)
    assert len(parts) == 4
    assert parts[0].columns == ("b", "a")
    got = np.concatenate([part.read(where="a >= 290 & a < 310") for part in parts])
    assert got.dtype.names == ("b", "a")
    assert got["a"].tolist() == list(range(290, 310))
    assert parts[1].read("name", as_bytes=True)["name"][0] == b"n300"


def test_image_is_cut_at_rows(tmp_path: Path) -> None:
    image = np.arange(7 * 11 * 13, dtype="i2").reshape(7, 11, 13)
    path = tmp_path / "image.fits"
    astropy_fits.writeto(path, image)
    for target in (1, 13 * 2 * 4, 13 * 2 * 11, 13 * 2 * 11 * 3, 10**9):
        parts = rustfits.plan(path, target_bytes=target)
        assert all(part.box is not None and part.box[2] == (0, 13) for part in parts)
        assert all(part.bytes <= max(target, 26) for part in parts)
        assert np.array_equal(glue(image, parts), image)
    assert len(rustfits.plan(path)) == 1


def test_compressed_image_is_cut_at_tiles(tmp_path: Path) -> None:
    image = np.arange(50 * 70, dtype="i4").reshape(50, 70)
    path = tmp_path / "tiled.fits"
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(image, compress=rustfits.Rice1(tile_shape=(16, 32)))
    for target in (1, 16 * 32 * 4 * 2, 16 * 70 * 4, 10**9):
        parts = rustfits.plan(path, target_bytes=target)
        for part in parts:
            assert part.box is not None
            for (start, stop), tile, length in zip(part.box, (16, 32), image.shape, strict=True):
                assert start % tile == 0
                assert stop % tile == 0 or stop == length
        assert np.array_equal(glue(image, parts), image)


def test_compressed_table_is_cut_at_tiles(tmp_path: Path, table: np.ndarray[Any, Any]) -> None:
    path = tmp_path / "tiled.fits"
    with rustfits.FITS(path, "w+") as fits:
        fits.write_table(table, compress=True, ztilelen=150)
    parts = rustfits.plan(path, target_bytes=table.dtype.itemsize * 310)
    assert [part.rows for part in parts] == [(0, 300), (300, 600), (600, 900), (900, 1000)]
    assert np.array_equal(np.concatenate([part.read() for part in parts]), table)


def test_variable_cells_count_as_their_mean(tmp_path: Path) -> None:
    path = tmp_path / "variable.fits"
    cells = np.empty(100, object)
    cells[:] = [np.arange(1000, dtype="f8")] * 100
    rustfits.write(path, {"x": cells})
    parts = rustfits.plan(path, target_bytes=200_000)
    assert 4 <= len(parts) <= 6
    assert sum(len(part.read()) for part in parts) == 100


def test_part_travels_as_json_and_pickle(table_file: Path) -> None:
    part = rustfits.plan(table_file, columns="a", target_bytes=400)[2]
    again = rustfits.Part.from_dict(json.loads(json.dumps(part.to_dict())))
    assert again == part == pickle.loads(pickle.dumps(part))
    assert hash(again) == hash(part)
    assert rustfits.read_part(part.to_dict())["a"].tolist() == part.read()["a"].tolist()
    assert os.path.isabs(part.file)
    for broken in ({}, {**part.to_dict(), "rows": [1]}, {**part.to_dict(), "rows": None}, 3):
        with pytest.raises(rustfits.FITSValueError):
            rustfits.Part.from_dict(broken)  # type: ignore[arg-type]


def test_changed_file_is_an_error(table_file: Path, table: np.ndarray[Any, Any]) -> None:
    part = rustfits.plan(table_file)[0]
    rustfits.write(table_file, table[:-500])
    with pytest.raises(rustfits.FITSChangedError, match=r"changed since the plan.*size"):
        part.read()
    part = rustfits.plan(table_file)[0]
    os.utime(table_file, ns=(1, 1))
    with pytest.raises(rustfits.FITSChangedError, match=r"table.fits.*time of the last change"):
        part.read()


def test_globs_and_iterators(tmp_path: Path, table: np.ndarray[Any, Any]) -> None:
    for i in range(3):
        rustfits.write(tmp_path / f"t{i}.fits", table)
    pattern = str(tmp_path / "t?.fits")
    names = [part.file for part in rustfits.plan(pattern)]
    assert names == [str(tmp_path / f"t{i}.fits") for i in range(3)]
    assert [part.file for part in rustfits.plan(Path(name) for name in reversed(names))] == names[
        ::-1
    ]
    rustfits.write(tmp_path / "t[0].fits", table)  # a name with brackets is a name
    assert rustfits.plan(str(tmp_path / "t[0].fits"))[0].file.endswith("t[0].fits")
    with pytest.raises(rustfits.FITSNotFoundError, match="no file matches"):
        rustfits.plan(str(tmp_path / "*.nothing"))


def test_mixed_files_are_errors(tmp_path: Path, table_file: Path) -> None:
    other = tmp_path / "other.fits"
    rustfits.write(other, {"a": np.zeros(3, "i8"), "b": np.zeros(3)})
    with pytest.raises(rustfits.FITSColumnError, match=r"other.fits\[1\].*'a' is of type int64"):
        rustfits.plan([table_file, other], columns=["a"])
    with pytest.raises(rustfits.FITSColumnError, match=r"other.fits\[1\].*column 'name'"):
        rustfits.plan([table_file, other], columns=["b", "name"])
    rustfits.write(other, {"a": np.zeros(3, "i4"), "b": np.zeros(3)})
    assert len(rustfits.plan([table_file, other], columns=["a", "b"])) == 2
    with pytest.raises(rustfits.FITSColumnError, match=r"other.fits\[1\] has no column 'name'"):
        rustfits.plan([table_file, other])
    rustfits.write(other, np.zeros((3, 4)))
    with pytest.raises(rustfits.FITSTypeError, match=r"other.fits.*'image'.*'table'"):
        rustfits.plan([table_file, other])
    with pytest.raises(rustfits.FITSTypeError, match="columns= is for tables"):
        rustfits.plan(other, columns="a")
    with pytest.raises(rustfits.FITSTypeError, match="where= is for tables"):
        rustfits.plan(other)[0].read(where="a > 1")


def test_bad_arguments(tmp_path: Path, table_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rustfits.FITSValueError, match="target_bytes"):
        rustfits.plan(table_file, target_bytes=0)
    with pytest.raises(rustfits.FITSTypeError, match="file names"):
        rustfits.plan(3)  # type: ignore[arg-type]
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.plan([b"x"])  # type: ignore[list-item]
    with pytest.raises(rustfits.FITSNotFoundError):
        rustfits.plan([tmp_path / "none.fits"])
    with pytest.raises(rustfits.FITSKeyError):
        rustfits.plan(table_file, "NOPE")
    monkeypatch.setattr("rustfits._core.collect.plan._MAX_PARTS", 50)
    with pytest.raises(rustfits.FITSLimitError, match="more than 50 parts"):
        _claim_rows(tmp_path / "huge.fits")


def _claim_rows(path: Path) -> None:
    """Plan a table whose header claims rows that are not there."""
    rustfits.write(path, {"a": np.zeros(3, "u1")})
    data = bytearray(path.read_bytes())
    at = data.index(b"NAXIS2  =")
    data[at : at + 30] = b"NAXIS2  =       99999999999999"
    path.write_bytes(data)
    rustfits.plan(path, 1, target_bytes=1)


def test_empty_table_and_gzip(tmp_path: Path, table: np.ndarray[Any, Any]) -> None:
    path = tmp_path / "empty.fits.gz"
    rustfits.write(path, table[:0])
    (part,) = rustfits.plan(path)
    assert part.rows == (0, 0)
    assert part.read().dtype.names == table.dtype.names
    rustfits.write(path, table)
    parts = rustfits.plan(path, target_bytes=20_000)
    assert np.array_equal(np.concatenate([p.read() for p in parts]), table)
