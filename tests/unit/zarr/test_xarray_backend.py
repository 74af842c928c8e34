# SPDX-License-Identifier: BSD-3-Clause
"""``xarray.open_dataset(..., engine="rustfits")``."""

from __future__ import annotations

import gzip
import io
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from rustfits.xarray import FITSBackendEntrypoint

SCI = np.arange(100 * 100, dtype="f4").reshape(100, 100)
OPTIONS: Any = {"engine": "rustfits"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "image.fits"
    with FITS(file, "w+") as fits:
        compress = rustfits.Gzip2(tile_shape=(30, 40))
        fits.write_table({"a": np.arange(2)})
        fits.write_image(SCI, extname="SCI", compress=compress)
        fits.write_image(SCI[:5, :7], extname="PSF")
        fits.write_image((SCI / 7).astype("u2"), extname="DQ")
        fits[0].header["TELESCOP"] = "none"
        fits["SCI"].header["BUNIT"] = "Jy"
    return file


def test_images_of_two_shapes(path: Path) -> None:
    with xarray.open_dataset(path) as data:  # by its name
        assert list(data) == ["SCI", "PSF", "DQ"]
        assert data.SCI.dims == data.DQ.dims == ("y", "x")
        assert data.PSF.dims == ("PSF_y", "PSF_x")
        assert data.attrs["TELESCOP"] == "none"
        assert data.SCI.attrs["BUNIT"] == "Jy"
        with FITS(path) as fits:
            for name in data:
                np.testing.assert_array_equal(data[name], fits[name].read())
                assert data[name].dtype == fits[name].dtype


def test_values_are_read_when_they_are_needed(path: Path) -> None:
    with xarray.open_dataset(path, **OPTIONS) as data:
        variable = data.SCI.variable
        assert not variable._in_memory
        np.testing.assert_array_equal(data.SCI[3:20:4, 10], SCI[3:20:4, 10])
        np.testing.assert_array_equal(data.SCI[::-1, [5, 1]], SCI[::-1, [5, 1]])
        np.testing.assert_array_equal(data.SCI[[7, 2], [5, 1]], SCI[np.ix_([7, 2], [5, 1])])
        index = xarray.DataArray([1, 2, 99], dims="points")
        np.testing.assert_array_equal(data.SCI[index, index], SCI[[1, 2, 99], [1, 2, 99]])
        assert data.SCI[-1, -1] == SCI[-1, -1]
        assert data.SCI[5:5].shape == (0, 100)
        assert not variable._in_memory
        with pytest.raises(IndexError):
            data.SCI[100].load()


def test_chunks_are_tiles(path: Path) -> None:
    with xarray.open_dataset(path, chunks={}, **OPTIONS) as data:
        assert data.SCI.chunks == ((30, 30, 30, 10), (40, 40, 20))
        np.testing.assert_array_equal(data.SCI.compute(scheduler="threads"), SCI)
        moved = pickle.loads(pickle.dumps(data.SCI[:40].data))  # as to another process
        np.testing.assert_array_equal(moved.compute(scheduler="threads"), SCI[:40])


def test_pickled_dataset_reads_from_the_path(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    with xarray.open_dataset(path.name, **OPTIONS) as data:
        stored = pickle.dumps(data)
    assert len(stored) < 10_000
    monkeypatch.chdir("/")
    again = pickle.loads(stored)
    np.testing.assert_array_equal(again.SCI, SCI)
    again.close()


def test_file_that_has_changed(path: Path) -> None:
    with xarray.open_dataset(path, **OPTIONS) as data:
        stored = pickle.dumps(data)
    with FITS(path, "r+") as fits:
        fits["PSF"].write(np.zeros((5, 7), "f4"))
    with pytest.raises(rustfits.FITSChangedError, match=r"image\.fits.*has changed"):
        pickle.loads(stored).SCI.load()


@pytest.mark.parametrize("compress", [None, "RICE_1"])
def test_blank_and_scale(tmp_path: Path, compress: str | None) -> None:
    stored = np.arange(12, dtype="i2").reshape(3, 4)
    header = astropy_fits.Header({"BLANK": 5})
    if compress is None:
        header.update(BSCALE=0.5, BZERO=10.0)
    hdu = astropy_fits.PrimaryHDU(stored)
    if compress is not None:
        hdu = astropy_fits.CompImageHDU(stored, compression_type=compress)
    hdu.header.update(header)
    path = tmp_path / "blank.fits"
    hdu.writeto(path)
    name = f"HDU{int(compress is not None)}"
    with xarray.open_dataset(path, **OPTIONS) as data:
        np.testing.assert_array_equal(data[name], rustfits.read(path))
        assert data[name].attrs["BLANK"] == 5
    with xarray.open_dataset(path, mask_and_scale=True, **OPTIONS) as data:
        values = data[name].values
        expected = np.where(stored == 5, np.nan, rustfits.read(path))
        np.testing.assert_array_equal(values, expected)
        assert values.dtype == data[name].dtype == ("f8" if compress is None else "f4")
        np.testing.assert_array_equal(data[name][1], expected[1])
        assert "BLANK" not in data[name].attrs
    with xarray.open_dataset(path, mask_and_scale=False, **OPTIONS) as data:
        np.testing.assert_array_equal(data[name], stored)
        assert data[name].dtype == "i2"
        assert data[name].attrs.get("BSCALE") == (0.5 if compress is None else None)


def test_selected_images(path: Path) -> None:
    with xarray.open_dataset(path, drop_variables="PSF", **OPTIONS) as data:
        assert list(data) == ["SCI", "DQ"]
    with xarray.open_dataset(path, ext=["PSF", 2], **OPTIONS) as data:
        assert list(data) == ["PSF", "SCI"]
        assert data.PSF.dims == ("y", "x")
    with pytest.raises(rustfits.FITSKeyError, match="NONE"):
        xarray.open_dataset(path, ext="NONE", **OPTIONS)
    with pytest.raises(rustfits.FITSTypeError, match="kind 'table'"):
        xarray.open_dataset(path, ext=1, **OPTIONS)


def test_many_files_and_threads(tmp_path: Path) -> None:
    """More files than xarray keeps open: they are closed and opened again while threads read."""
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number:02}.fits")
        rustfits.write(paths[-1], SCI + number)
    with xarray.set_options(file_cache_maxsize=2):
        with xarray.open_mfdataset(
            paths, combine="nested", concat_dim="file", combine_attrs="override", **OPTIONS
        ) as data:
            assert data.HDU0.shape == (12, 100, 100)
            np.testing.assert_array_equal(
                data.HDU0[:, 7, 7].compute(scheduler="threads"), SCI[7, 7] + np.arange(12)
            )
        lazy = [xarray.open_dataset(path, cache=False, **OPTIONS) for path in paths]

        def read(number: int) -> bool:
            return bool((lazy[number % 12].HDU0[::9].values == SCI[::9] + number % 12).all())

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(read, range(200)))
        for data in lazy:
            data.close()


def test_closing_closes_the_file(path: Path) -> None:
    import os

    def opened() -> int:
        links = Path("/proc/self/fd").iterdir()
        return sum(os.readlink(link) == str(path) for link in links if link.exists())

    data = xarray.open_dataset(path, **OPTIONS)
    assert opened() == 1
    data.close()
    assert opened() == 0


def test_failed_opening_closes_the_file(path: Path) -> None:
    import os

    with pytest.raises(rustfits.FITSTypeError):
        xarray.open_dataset(path, ext=1, **OPTIONS)
    links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.exists()]
    assert str(path) not in links


def test_file_objects_and_gzip(path: Path, tmp_path: Path) -> None:
    with xarray.open_dataset(io.BytesIO(path.read_bytes()), **OPTIONS) as data:
        np.testing.assert_array_equal(data.SCI, SCI)
    packed = tmp_path / "image.fits.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    with xarray.open_dataset(packed) as data:
        np.testing.assert_array_equal(data.SCI, SCI)


def test_names_of_other_files_are_left_alone() -> None:
    backend = FITSBackendEntrypoint()
    for name in ("a.fits", "A.FITS", "a.fits.gz", "a.fits.fz", "a.fz", "https://h/a.fits?key=1"):
        assert backend.guess_can_open(name), name
    for other in ("a.nc", "a.zarr", "a.gz", "a.fits.txt", "fits", Path("a.h5"), b"x", io.BytesIO()):
        assert not backend.guess_can_open(other), other


def test_files_without_images(tmp_path: Path) -> None:
    path = tmp_path / "table.fits"
    rustfits.write(path, {"a": np.arange(3)})
    with pytest.raises(rustfits.FITSValueError, match="no HDU is an image"):
        xarray.open_dataset(path)
    with pytest.raises(rustfits.FITSNotFoundError):
        xarray.open_dataset(tmp_path / "none.fits", **OPTIONS)
