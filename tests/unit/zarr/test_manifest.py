# SPDX-License-Identifier: BSD-3-Clause
"""`rustfits.manifest`: groups, names, dimensions, attributes, and what it refuses."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

SCI = np.arange(100 * 80, dtype="f4").reshape(100, 80)


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """SCI and ERR of one shape, PSF of another, twice SCI, a table, a cube without a name."""
    path = tmp_path / "survey.fits"
    with FITS(path, "w+") as fits:
        fits.write_table({"b": np.arange(2)}, extname="EXTRA")
        fits.write_image(SCI, extname="SCI", compress=rustfits.Gzip2(tile_shape=(30, 40)))
        fits["SCI"].header["BUNIT"] = "Jy"
        fits["SCI"].header.add_history("made by a test")
        fits.write_image(SCI + 1, extname="ERR")
        fits.write_image(SCI[:5, :7], extname="PSF")
        fits.write_image(SCI + 2, extname="SCI", extver=2)
        fits.write_table({"a": np.arange(3)}, extname="CAT")
        fits.write_image(np.zeros((2, 3, 4), "i2"))
        fits[0].header["TELESCOP"] = "none"
    return path


def test_names_dimensions_and_attributes(survey: Path, open_refs: Any) -> None:
    refs = rustfits.manifest(survey, ext=["SCI", "ERR", "PSF", ("SCI", 2), 7])
    group = open_refs(refs)
    found = {name: array.metadata.dimension_names for name, array in group.arrays()}
    assert found == {
        "SCI": ("y", "x"),
        "ERR": ("y", "x"),
        "PSF": ("PSF_y", "PSF_x"),
        "SCI_2": ("y", "x"),
        "HDU7": ("HDU7_z", "HDU7_y", "HDU7_x"),
    }
    assert group.attrs["TELESCOP"] == "none"
    assert group["SCI"].attrs["BUNIT"] == "Jy"
    assert group["SCI"].attrs["HISTORY"] == ["made by a test"]
    assert "ZIMAGE" not in group["SCI"].attrs
    np.testing.assert_array_equal(group["SCI_2"][...], SCI + 2)


def test_tables_are_left_out(survey: Path, open_refs: Any) -> None:
    assert "CAT" not in open_refs(rustfits.manifest(survey))
    with pytest.raises(rustfits.FITSTypeError, match=r"survey\.fits\[6\].*kind 'table'"):
        rustfits.manifest(survey, ext="CAT")


def test_xarray_opens_the_references(survey: Path) -> None:
    refs = rustfits.manifest(survey)
    with xarray.open_zarr("reference://", storage_options={"fo": refs}) as data:
        assert data.SCI.chunks == ((30, 30, 30, 10), (40, 40))
        assert data.SCI.attrs["BUNIT"] == "Jy"
        np.testing.assert_array_equal(data.SCI, SCI)
        np.testing.assert_array_equal(data.PSF, SCI[:5, :7])
        assert data.SCI[31:60, 3].mean() == SCI[31:60, 3].mean()


def test_many_files_are_groups(survey: Path, tmp_path: Path, open_refs: Any) -> None:
    (tmp_path / "sub").mkdir()
    other = tmp_path / "sub/survey.fits.fz"
    with FITS(other, "w+") as fits:
        fits.write_image(SCI[:9], extname="SCI")
    refs = rustfits.manifest([survey, other])
    group = open_refs(refs)
    assert sorted(name for name, _ in group.groups()) == ["survey", "survey_2"]
    np.testing.assert_array_equal(group["survey/SCI"][...], SCI)
    np.testing.assert_array_equal(group["survey_2/SCI"][...], SCI[:9])
    tree = xarray.open_datatree(
        "reference://",
        engine="zarr",
        backend_kwargs={"storage_options": {"fo": json.loads(json.dumps(refs))}},
    )
    assert tree["survey_2/SCI"].shape == (9, 80)
    pattern = rustfits.manifest(str(tmp_path / "*.fits"))
    assert "survey/SCI/zarr.json" in pattern["refs"]


def test_odd_names(tmp_path: Path, open_refs: Any) -> None:
    path = tmp_path / "a b%20é.fits"
    with FITS(path, "w+") as fits:
        for name in ("A/B", "..", "x", "x", "__meta", "zarr.json"):
            fits.write_image(np.full((2, 3), len(fits), "i2"), extname=name)
    group = open_refs(rustfits.manifest(path))
    expected = {"A_B": 0, "HDU1": 1, "x": 2, "HDU3": 3, "HDU4": 4, "HDU5": 5}
    found = {name: int(array[0, 0]) for name, array in group.arrays()}
    assert sorted(found) == sorted(expected)
    assert list(found.values()) == list(expected.values())
    assert group["A_B"].metadata.dimension_names == ("y_", "x_")  # a variable is named "x"


def test_keywords_that_xarray_would_apply(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        header = fits.write_image(SCI, extname="SCI").header
        for keyword in ("scale_factor", "add_offset", "units", "missing_value"):
            header[keyword] = 3
    with xarray.open_zarr("reference://", storage_options={"fo": rustfits.manifest(path)}) as data:
        np.testing.assert_array_equal(data.SCI, SCI)
    with xarray.open_dataset(path, engine="rustfits") as data:
        np.testing.assert_array_equal(data.SCI, SCI)


# ---- virtualizarr ----


def test_virtualizarr_reads_every_array(survey: Path) -> None:
    from virtualizarr.manifests import ManifestArray, ManifestStore

    store = rustfits.manifest(survey, format="virtualizarr")
    assert isinstance(store, ManifestStore)
    virtual = store.to_virtual_dataset(loadable_variables=[])
    assert all(isinstance(variable.data, ManifestArray) for variable in virtual.values())
    with xarray.open_zarr(store, consolidated=False, zarr_format=3) as data:
        with FITS(survey) as fits:
            for name in ("SCI", "ERR", "PSF"):
                np.testing.assert_array_equal(data[name], fits[name].read())
        assert data.attrs["TELESCOP"] == "none"


def test_virtualizarr_concatenates_whole_tiles(tmp_path: Path) -> None:
    """Two files whose heaps and dither seeds differ have the same codec."""
    from virtualizarr.manifests import ManifestGroup, ManifestStore

    paths, parts = [], []
    for number in range(2):
        part = np.random.default_rng(number).normal(size=(64, 96)).astype("f4")
        paths.append(tmp_path / f"{number}.fits")
        with FITS(paths[-1], "w+") as fits:
            compress = rustfits.Rice1(tile_shape=(32, 32))
            quantize = rustfits.Quantize(seed=number + 1)
            hdu = fits.write_image(part, extname="SCI", compress=compress, quantize=quantize)
            parts.append(hdu.read())
    stores = [rustfits.manifest(path, format="virtualizarr") for path in paths]
    arrays = [store._group.arrays["SCI"] for store in stores]
    both = np.concatenate(arrays, axis=0)
    store = ManifestStore(ManifestGroup(arrays={"SCI": both}), registry=stores[0]._registry)
    with xarray.open_zarr(store, consolidated=False, zarr_format=3) as data:
        np.testing.assert_array_equal(data.SCI, np.concatenate(parts))
        np.testing.assert_array_equal(data.SCI[60:70, 30:40], np.concatenate(parts)[60:70, 30:40])


def test_virtualizarr_of_many_files(survey: Path) -> None:
    store = rustfits.manifest([survey], format="virtualizarr")
    assert store.to_virtual_datatree(loadable_variables=[])["survey/SCI"].shape == SCI.shape
    with xarray.open_zarr(store, group="survey", consolidated=False, zarr_format=3) as data:
        np.testing.assert_array_equal(data.SCI, SCI)


# ---- bad input ----


@pytest.mark.parametrize("name", ["a.fits.gz", "a.fits"])
def test_compressed_files_are_refused(tmp_path: Path, name: str) -> None:
    astropy_fits.PrimaryHDU(SCI).writeto(tmp_path / "plain.fits")
    path = tmp_path / name
    path.write_bytes(gzip.compress((tmp_path / "plain.fits").read_bytes()))
    with pytest.raises(rustfits.FITSUnsupportedError, match=rf"{name}.*compressed as a whole"):
        rustfits.manifest(path)


def test_what_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as fits:
        fits.write_table({"a": np.arange(3)})
    with pytest.raises(rustfits.FITSValueError, match=r"t\.fits: no HDU is an image"):
        rustfits.manifest(path)
    with pytest.raises(rustfits.FITSValueError, match="format"):
        rustfits.manifest(path, format="kerchunk")
    with pytest.raises(rustfits.FITSNotFoundError, match=r"none\.fits"):
        rustfits.manifest(tmp_path / "none.fits")
    with FITS("mem://manifest", "w+") as fits:
        fits.write_image(SCI)
        fits.sync()
        with pytest.raises(rustfits.FITSError):
            rustfits.manifest("mem://manifest")


@pytest.mark.parametrize("package", ["zarr", "virtualizarr"])
def test_missing_package_is_named(
    survey: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=f"pip install {package}$"):
        rustfits.manifest(survey, format=package)
