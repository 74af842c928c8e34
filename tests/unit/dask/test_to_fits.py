# SPDX-License-Identifier: BSD-3-Clause
"""Dask arrays and dataframes as files."""

from __future__ import annotations

import os
from decimal import Decimal

import dask
import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Quantize, Rice1
from rustfits.dask import pixels as dask_pixels
from rustfits.dask import read_image, read_table, to_fits

NOISE = np.random.default_rng(3).normal(size=(300, 500)).astype("f4")


@pytest.fixture(autouse=True)
def threads():
    with dask.config.set(scheduler="threads"):
        yield


@pytest.fixture
def array():
    return da.from_array(NOISE, chunks=(70, 120))


def frame_of(data, partitions=4):
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_pandas(pd.DataFrame(data), npartitions=partitions)


# ---- images ----


@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i8", "f4", "f8"])
def test_an_image_equals_the_array(tmp_path, array, dtype):
    path = tmp_path / "a.fits"
    data = (array * 20 + 100).astype(dtype)
    made = to_fits(data, path, extname="SKY", extver=2, header={"FILTER": "r"})
    assert made == [str(path)]
    with FITS(path) as fits:
        assert (fits[0].extname, fits[0].extver, fits[0].header["FILTER"]) == ("SKY", 2, "r")
        assert fits[0].dtype == dtype
        np.testing.assert_array_equal(fits[0].read(), data.compute())
        assert fits[0].verify_checksum() and fits[0].verify_datasum()
    with astropy_fits.open(path, checksum=True) as peer:
        np.testing.assert_array_equal(peer[0].data, data.compute())
    assert os.listdir(tmp_path) == ["a.fits"]


@pytest.mark.parametrize(
    ("compress", "dtype", "options"),
    [
        ("rice", "i4", {}),
        ("gzip2", "f4", {}),
        ("rice", "f4", {"quantize": Quantize(seed=77)}),
        (Rice1(tile_shape=(30, 40)), "f4", {"quantize": Quantize(method="dither2", seed=9999)}),
        (Rice1(heap_format="Q"), "u2", {}),
        ("hcompress", "i2", {}),
        ("plio", "i2", {}),
    ],
)
def test_tiles_of_processes_equal_those_of_one_call(
    tmp_path, monkeypatch, array, compress, dtype, options
):
    monkeypatch.setattr(dask_pixels, "_ENCODED_BYTES", 60 * 500 * 4)
    data = (array * 20 + 100).clip(0).astype(dtype) if dtype != "f4" else array
    cards = {"extname": "SKY", "header": {"FILTER": "r"}}
    to_fits(data, tmp_path / "a.fits", compress=compress, **options, **cards)
    rustfits.write_image(tmp_path / "b.fits", data.compute(), compress=compress, **options, **cards)
    with FITS(tmp_path / "a.fits") as fits, FITS(tmp_path / "b.fits") as other:
        found, expected = fits["SKY"], other["SKY"]
        np.testing.assert_array_equal(found.read(), expected.read())
        assert found.verify_checksum() and found.verify_datasum()
        assert found.raw_bytes() == expected.raw_bytes()
        # The same cards but for the checksums.
        cards = [c for c in found.raw_header.cards if "SUM" not in c[:8] and "ZHECK" not in c[:8]]
        assert cards == expected.raw_header.cards
    with astropy_fits.open(tmp_path / "a.fits") as peer:
        peer[1].verify("exception")
        np.testing.assert_allclose(
            peer[1].data, rustfits.read(tmp_path / "b.fits"), rtol=1e-6, atol=1e-6
        )
    assert sorted(os.listdir(tmp_path)) == ["a.fits", "b.fits"]


@pytest.mark.parametrize("shape", [(0, 5), (7,), (3, 4, 50)])
@pytest.mark.parametrize("compress", [None, "gzip2"])
def test_images_of_other_shapes(tmp_path, shape, compress):
    data = np.arange(np.prod(shape), dtype="f8").reshape(shape)
    to_fits(da.from_array(data, chunks=3), tmp_path / "a.fits", compress=compress)
    np.testing.assert_array_equal(rustfits.read(tmp_path / "a.fits"), data)


def test_masked_pixels_become_blank(tmp_path):
    masked = np.ma.masked_less(np.arange(100, dtype="i2").reshape(10, 10), 20)
    to_fits(da.from_array(masked, chunks=4), tmp_path / "a.fits", blank=-1)
    with FITS(tmp_path / "a.fits") as fits:
        found = fits[0].read(mask_blank=True)
    np.testing.assert_array_equal(found.mask, masked.mask)
    assert found.sum() == masked.sum()


def test_a_file_for_each_chunk(tmp_path, array):
    made = to_fits(array, tmp_path / "chunk-*.fits", compress="gzip2", extname="C")
    assert [os.path.basename(name) for name in made[:2]] == ["chunk-00.fits", "chunk-01.fits"]
    assert len(made) == 25 and sorted(os.listdir(tmp_path)) == [os.path.basename(n) for n in made]
    blocks = [[rustfits.read(made[5 * row + column]) for column in range(5)] for row in range(5)]
    np.testing.assert_array_equal(np.block(blocks), NOISE)
    with pytest.raises(FileExistsError, match=r"chunk-\d+\.fits"):
        to_fits(array, tmp_path / "chunk-*.fits")
    with pytest.raises(FileExistsError, match="would look like one of the new files"):
        to_fits(array.rechunk(-1), tmp_path / "chunk-*.fits", overwrite=True)
    to_fits(array + 1, tmp_path / "chunk-*.fits", overwrite=True)
    assert rustfits.read(made[0])[0, 0] == NOISE[0, 0] + 1


def test_an_image_of_a_file_is_written_to_another_one(tmp_path, image, pixels):
    to_fits(read_image(image, ext="TILED", chunks="tiles") * 2, tmp_path / "b.fits")
    np.testing.assert_array_equal(rustfits.read(tmp_path / "b.fits"), (pixels + 1) * 2)


# ---- tables ----


def make_columns(count=1000):
    return {
        "id": np.arange(count),
        "x": np.random.default_rng(4).normal(size=count),
        "name": [f"N{number}" for number in range(count)],
        "flag": np.arange(count) % 2 == 0,
        "n": pd.array([None if i % 7 == 0 else i for i in range(count)], dtype="Int32"),
        "u": pd.array([None if i % 9 == 0 else i for i in range(count)], dtype="UInt16"),
        "b": pd.array([None if i % 5 == 0 else True for i in range(count)], dtype="boolean"),
        "vector": [np.arange(3.0) + i for i in range(count)],
        "kind": pd.Categorical(["a", "bb"] * (count // 2)),
    }


def test_a_table_equals_the_frame(tmp_path):
    path = tmp_path / "a.fits"
    data = make_columns()
    to_fits(frame_of(data), path, units={"x": "deg"}, extname="T", header={"FILTER": "r"})
    with FITS(path) as fits:
        table = fits["T"]
        assert table.units["x"] == "deg" and table.header["FILTER"] == "r"
        assert table.verify_checksum() and table.verify_datasum()
        found = table.read(mask_null=True)
    for name in ("id", "x", "name", "flag", "kind"):
        assert found[name].tolist() == list(data[name])
    for name in ("n", "u", "b"):
        assert found[name].tolist() == [None if v is pd.NA else v for v in data[name]]
    np.testing.assert_array_equal(found["vector"], np.stack(data["vector"]))
    with astropy_fits.open(path, checksum=True) as peer:
        assert peer[1].data["id"].tolist() == data["id"].tolist()
    assert os.listdir(tmp_path) == ["a.fits"]
    # And back.
    back = read_table(path).compute()
    assert back.n.isna().tolist() == data["n"].isna().tolist()
    assert back.n.dropna().tolist() == [v for v in data["n"] if v is not pd.NA]


def test_strings_get_the_width_of_the_longest_one_of_all_partitions(tmp_path):
    to_fits(frame_of({"s": ["a", None, "bbbbbb", "cc"]}, 4), tmp_path / "a.fits")
    found = rustfits.read(tmp_path / "a.fits")
    assert found["s"].tolist() == ["a", "", "bbbbbb", "cc"] and found.dtype["s"] == "U6"


def test_cells_of_variable_length(tmp_path):
    cells = [np.arange(i % 5, dtype="f4") if i % 11 else None for i in range(100)]
    to_fits(frame_of({"id": np.arange(100), "v": cells}), tmp_path / "a.fits")
    with FITS(tmp_path / "a.fits") as fits:
        assert fits[1].verify_checksum()
        found = fits[1].read()
    assert found["id"].tolist() == list(range(100))
    for cell, expected in zip(found["v"], cells, strict=True):
        assert cell.dtype == "f4"
        assert cell.tolist() == ([] if expected is None else expected.tolist())


def test_a_compressed_table(tmp_path):
    data = make_columns()
    del data["vector"]
    to_fits(frame_of(data), tmp_path / "a.fits", compress=True, ztilelen=300)
    with FITS(tmp_path / "a.fits") as fits:
        assert fits[1].kind == "compressed table" and fits[1].verify_checksum()
        assert fits[1].read()["name"].tolist() == data["name"]


def test_a_file_for_each_partition(tmp_path):
    made = to_fits(frame_of(make_columns()), tmp_path / "p*.fits", extname="T")
    assert [os.path.basename(name) for name in made] == [f"p{n}.fits" for n in range(4)]
    found = np.concatenate([rustfits.read(name, "T")["id"] for name in made])
    assert found.tolist() == list(range(1000))


def test_frames_without_rows(tmp_path):
    frame = frame_of({"id": np.arange(10), "s": list("abcdefghij"), "v": [np.zeros(2)] * 10}, 2)
    to_fits(frame[frame.id > 100], tmp_path / "a.fits")
    assert len(rustfits.read(tmp_path / "a.fits", 1)) == 0
    to_fits(frame[frame.id < 3], tmp_path / "b.fits")
    assert rustfits.read(tmp_path / "b.fits")["s"].tolist() == ["a", "b", "c"]


def test_times_and_arrow_columns(tmp_path):
    count = 6
    data = {
        "t": pd.to_datetime([f"2020-01-0{i + 1}T12:00" if i != 4 else None for i in range(count)]),
        "d": pd.to_timedelta(np.arange(count), unit="s"),
        "l": pd.array([[1] * i for i in range(count)], pd.ArrowDtype(pa.list_(pa.int16()))),
        "s": pd.array(["a", None, "c", "d", "e", "f"], pd.ArrowDtype(pa.string())),
        "n": pd.array([1, None, 3, 4, 5, 6], pd.ArrowDtype(pa.int8())),
        "x": pd.array([1.5, None, 3, 4, 5, 6], "Float32"),
    }
    to_fits(frame_of(data, 3), tmp_path / "a.fits")
    with FITS(tmp_path / "a.fits") as fits:
        found = fits[1].read(mask_null=True)
        assert fits[1].units["d"] in ("s", "ns", "us", "ms")
    assert [text[:19] for text in found["t"].tolist()][:2] == [
        "2020-01-01T12:00:00",
        "2020-01-02T12:00:00",
    ]
    assert found["t"][4] == ""
    assert [cell.tolist() for cell in found["l"]] == [[1] * i for i in range(count)]
    assert found["s"].tolist() == ["a", "", "c", "d", "e", "f"]
    assert found["n"].tolist() == [1, None, 3, 4, 5, 6]
    assert np.ma.getdata(found["x"])[0] == 1.5 and np.isnan(np.ma.getdata(found["x"])[1])
    to_fits(frame_of(data, 3)[["t"]], tmp_path / "b.fits", times="mjd")
    with FITS(tmp_path / "b.fits") as fits:
        assert fits[1].units["t"] == "d" and fits[1].read()["t"][0] == 58849.5
    with pytest.raises(ValueError, match="times"):
        to_fits(frame_of(data, 3), tmp_path / "c.fits", times="unix")


# ---- refusals ----


@pytest.mark.parametrize(
    ("column", "error", "message"),
    [
        (pd.period_range("2020-01", periods=4, freq="M"), TypeError, "'c'.*[pP]eriod"),
        (pd.array([Decimal("1.5")] * 4, pd.ArrowDtype(pa.decimal128(5, 2))), TypeError, "'c'"),
        ([{}, {}, {}, {}], TypeError, "'c', row 0.*objects of type builtins.dict"),
        ([1, "a", 2, 3], TypeError, "'c'.*(of different types|of type builtins.int)"),
        ([["a"], ["b"], ["c"], ["d"]], TypeError, "'c': the arrays are of types <U1"),
        (pd.array([1, 2, None, -(2**31)], "Int32"), ValueError, "'c' has missing cells"),
        ([np.zeros(2), np.zeros(2), np.zeros(2, "i4"), np.zeros(2)], TypeError, "'c'.*types"),
        (["é€"] * 4, ValueError, "'c'"),
    ],
)
def test_columns_that_fits_cannot_hold_are_named(tmp_path, column, error, message):
    rustfits.write(tmp_path / "a.fits", np.zeros(3))
    with pytest.raises(error, match=message):
        to_fits(frame_of({"id": np.arange(4), "c": column}, 2), tmp_path / "a.fits", overwrite=True)
    assert rustfits.read(tmp_path / "a.fits").tolist() == [0, 0, 0]
    assert os.listdir(tmp_path) == ["a.fits"]


def test_what_cannot_be_an_image_is_refused_before_a_task_runs(tmp_path, array):
    def fail(block):
        raise AssertionError("a task ran")

    lazy = array.map_blocks(fail, dtype="f4")
    path = tmp_path / "a.fits"
    with pytest.raises(ValueError, match="chunks of unknown size"):
        to_fits(lazy[lazy > 0], path)
    with pytest.raises(TypeError, match="pixels of type bool"):
        to_fits(lazy > 0, path)
    with pytest.raises(ValueError, match="at least one axis"):
        to_fits(lazy.sum(), path)
    with pytest.raises(ValueError, match="RICE_1"):
        to_fits(lazy, path, compress="rice")
    with pytest.raises(TypeError, match=r"numpy\.ndarray"):
        to_fits(NOISE, path)
    with pytest.raises(TypeError, match="units= is for dataframes"):
        to_fits(lazy, path, units={})
    with pytest.raises(NotImplementedError, match=r"\.gz"):
        to_fits(lazy, tmp_path / "a.fits.gz")
    with pytest.raises(NotImplementedError, match="s3://"):
        to_fits(lazy, "s3://bucket/a.fits")
    with pytest.raises(FileNotFoundError, match="no folder"):
        to_fits(lazy, tmp_path / "none" / "a.fits")
    with pytest.raises(ValueError, match="more than one"):
        to_fits(lazy, tmp_path / "*-*.fits")
    with pytest.raises(ValueError):
        to_fits(lazy, path, header={"A": float("nan")})
    with pytest.raises(ValueError, match="quantize"):
        to_fits(lazy, path, quantize=True)
    with pytest.raises(ValueError, match="blank= is for integer"):
        to_fits(lazy, path, blank=3)
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        to_fits(lazy, path)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.fits"]


def test_options_of_a_table_are_refused_before_a_task_runs(tmp_path):
    def fail(frame):
        raise AssertionError("a task ran")

    frame = frame_of({"a": np.arange(4), "b": np.arange(4)})
    lazy = frame.map_partitions(fail, meta=frame._meta)
    path = tmp_path / "a.fits"
    with pytest.raises(ValueError, match="'nope'"):
        to_fits(lazy, path, units={"nope": "m"})
    with pytest.raises(ValueError, match="'a' and 'A'"):
        to_fits(lazy.rename(columns={"b": "A"}), path)
    with pytest.raises(TypeError, match="names of columns are str"):
        to_fits(lazy.rename(columns={"b": 7}), path)
    with pytest.raises(ValueError, match="column"):
        to_fits(lazy.rename(columns={"b": "é"}), path)
    with pytest.raises(ValueError):
        to_fits(lazy, path, header={"A": float("nan")})
    with pytest.raises(TypeError, match="blank= is for arrays"):
        to_fits(lazy, path, blank=3)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("options", [{}, {"compress": "gzip2"}])
@pytest.mark.parametrize("name", ["a.fits", "p*.fits"])
def test_a_failed_task_leaves_the_old_file_and_no_other(tmp_path, array, options, name):
    def fail(block, block_id=()):
        if block_id == (3, 2):
            raise ZeroDivisionError
        return block

    (tmp_path / "a.fits").write_bytes(b"old")
    (tmp_path / "p00.fits").write_bytes(b"old")
    with pytest.raises(ZeroDivisionError):
        to_fits(
            array.map_blocks(fail, dtype="f4"),
            tmp_path / name,
            overwrite=True,
            **options,
        )
    assert sorted(os.listdir(tmp_path)) == ["a.fits", "p00.fits"]
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"old"}


def test_a_folder_that_takes_no_files(tmp_path, array, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", refuse)
    with pytest.raises(rustfits.FITSPermissionError, match=r"\.a\.fits\..*temporary folder"):
        to_fits(array, tmp_path / "a.fits")


def test_mode_and_symbolic_link_of_the_old_file_stay(tmp_path, array):
    (tmp_path / "a.fits").write_bytes(b"old")
    (tmp_path / "a.fits").chmod(0o640)
    (tmp_path / "link.fits").symlink_to("a.fits")
    to_fits(array, tmp_path / "link.fits", overwrite=True)
    assert (tmp_path / "link.fits").is_symlink()
    assert (tmp_path / "a.fits").stat().st_mode & 0o777 == 0o640
    np.testing.assert_array_equal(rustfits.read(tmp_path / "a.fits"), NOISE)
