# SPDX-License-Identifier: BSD-3-Clause
"""Images of astropy and xarray: units, NDData and DataArray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
from astropy import units as u
from astropy.io import fits as astropy_fits
from astropy.nddata import (
    CCDData,
    FlagCollection,
    InverseVariance,
    NDData,
    StdDevUncertainty,
    UnknownUncertainty,
    VarianceUncertainty,
)
from astropy.utils.masked import Masked
from astropy.wcs import WCS, DistortionLookupTable, Sip

import rustfits

PIXELS = np.arange(12.0).reshape(3, 4)


def make_wcs() -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN-SIP", "DEC--TAN-SIP"]
    wcs.wcs.crval = [10, 20]
    wcs.sip = Sip(np.full((3, 3), 1e-5), np.full((3, 3), 1e-6), None, None, (5, 5))
    return wcs


@pytest.fixture
def ccd() -> CCDData:
    return CCDData(
        PIXELS,
        unit="adu",
        mask=PIXELS % 2 == 0,
        uncertainty=StdDevUncertainty(PIXELS + 1),
        wcs=make_wcs(),
        meta={"FOO": 1, "obj": "M31"},
        psf=np.ones((3, 3)),
    )


@pytest.mark.parametrize("compress", [None, True])
def test_a_ccddata_is_written_as_astropy_writes_it(
    tmp_path: Path, ccd: CCDData, compress: bool | None
) -> None:
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    rustfits.write(ours, ccd, compress=compress)
    ccd.write(theirs)
    a = CCDData.read(ours, hdu=1 if compress else 0)
    b = CCDData.read(theirs)
    assert np.array_equal(a.data, b.data) and np.array_equal(a.mask, b.mask)
    assert type(a.uncertainty) is type(b.uncertainty) and a.unit == b.unit
    assert np.array_equal(a.uncertainty.array, b.uncertainty.array)
    assert np.array_equal(a.psf, b.psf)
    assert a.wcs.wcs.compare(b.wcs.wcs) and a.wcs.sip.a_order == 2
    structure = {"SIMPLE", "EXTEND", "XTENSION", "PCOUNT", "GCOUNT"} if compress else set()
    assert set(a.header) ^ set(b.header) <= structure
    if compress is None:
        with astropy_fits.open(ours) as hdus:
            hdus.verify("exception")
            assert [hdu.name for hdu in hdus] == ["PRIMARY", "MASK", "UNCERT", "PSFIMAGE"]


@pytest.mark.parametrize("kind", [StdDevUncertainty, VarianceUncertainty, InverseVariance])
def test_an_uncertainty_gets_the_unit_of_the_data(tmp_path: Path, kind: Any) -> None:
    power = {StdDevUncertainty: 1, VarianceUncertainty: 2, InverseVariance: -2}[kind]
    data = NDData([1.0, 2.0], unit="Jy", uncertainty=kind([4.0, 6.0], unit=u.mJy**power))
    path = tmp_path / "a.fits"
    rustfits.write(path, data)
    back = CCDData.read(path)
    assert isinstance(back.uncertainty, kind)
    np.testing.assert_allclose(back.uncertainty.array, np.array([4, 6]) * 1e-3**power)


def test_masks_and_flags_become_hdus() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        fits.write(NDData(np.ma.MaskedArray([1, 2], [False, True]), unit="adu"), extver=3)
        assert [hdu.extname for hdu in fits] == [None, "MASK"]
        assert [hdu.extver for hdu in fits] == [3, 3]
        fits.write(NDData([1, 2], mask=np.array([0, 300], "i2")))  # bits
        assert fits[-1].read().tolist() == [0, 300]
        fits.write(CCDData([1, 2], unit="adu", flags=np.array([1, 2])), extname="SCI")
        assert fits["FLAGS"].read().tolist() == [1, 2]
        flags = FlagCollection(shape=(2,))
        flags["HOT"] = np.array([1, 0])
        fits.write(CCDData([1, 2], unit="adu", flags=flags))
        assert fits["FLAGS_HOT"].read().tolist() == [1, 0]
        fits.write(NDData([1, 2], mask=True))
        assert fits[-1].read().tolist() == [1, 1]


def test_a_full_disk_leaves_no_part_of_a_ccddata(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "a.fits"
    rustfits.write(path, np.zeros(3))
    before = path.read_bytes()
    pixels = np.zeros((100, 100))  # 80,000 bytes, and as many for the uncertainty
    ccd = CCDData(pixels, unit="adu", uncertainty=StdDevUncertainty(pixels))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with rustfits.FITS(path, "r+") as fits:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (120_000, limits[1]))
            with pytest.raises(rustfits.FITSIOError):
                fits.write(ccd)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert len(fits) == 1
    assert path.read_bytes() == before


def test_what_no_hdu_holds_is_refused(ccd: CCDData) -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        with pytest.raises(TypeError, match="UnknownUncertainty"):
            fits.write(NDData([1.0], uncertainty=UnknownUncertainty([1.0])))
        ccd.wcs.cpdis1 = DistortionLookupTable(np.ones((2, 2), "f4"), (1, 1), (1, 1), (1, 1))
        with pytest.raises(TypeError, match="distortion tables"):
            fits.write(ccd)
        with pytest.raises(TypeError, match="bool"):
            fits.write(CCDData([1.0], unit="adu", psf=np.ones(1, bool)))
        assert len(fits) == 0


def test_pixels_of_an_image_take_values_of_its_unit(ccd: CCDData) -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu: Any = fits.write([1.0, 2.0] * u.Jy)
        assert hdu.unit == "Jy"
        hdu[0] = 5 * u.Jy
        hdu.write([1.0, 5.0] * u.Jy)
        hdu.extend(Masked([1.0, 3.0] * u.Jy, mask=[False, True]))
        np.testing.assert_array_equal(hdu.read(), [1, 5, 1, np.nan])
        for write in (hdu.write, hdu.extend, lambda data: hdu.__setitem__(..., data)):
            with pytest.raises(ValueError, match="convert"):
                write([1.0] * u.m)
            with pytest.raises(TypeError, match=r"data\.data"):
                write(ccd)
            with pytest.raises(TypeError, match=r"data\.values"):
                write(xarray.DataArray([1.0]))


@pytest.fixture
def dataarray() -> xarray.DataArray:
    return xarray.DataArray(
        np.arange(6.0).reshape(2, 3),
        dims=("y", "x"),
        coords={
            "x": [1.0, 1.5, 2.0],
            "y": ("y", [3, 5], {"units": "m"}),
            "t": np.datetime64("2020-01-01", "s"),
        },
        name="temp",
        attrs={"units": "K", "note": "hi"},
    )


def test_a_dataarray_has_its_axes_in_cards(tmp_path: Path, dataarray: xarray.DataArray) -> None:
    path = tmp_path / "a.fits"
    rustfits.write(path, dataarray)
    with astropy_fits.open(path) as hdus:
        hdus.verify("exception")
        header = hdus[0].header
        np.testing.assert_array_equal(hdus[0].data, dataarray.values)
        assert (header["EXTNAME"], header["BUNIT"], header["NOTE"]) == ("temp", "K", "hi")
        assert header["T"] == "2020-01-01T00:00:00"
        assert (header["CTYPE1"], header["CTYPE2"], header["CUNIT2"]) == ("x", "y", "m")
        x, y = WCS(header).pixel_to_world_values([0, 1, 2], [0, 1, 1])
        np.testing.assert_allclose(x, [1, 1.5, 2])
        np.testing.assert_allclose(y, [3, 5, 5])


def test_a_dataarray_without_coordinates_has_names_of_axes() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write(xarray.DataArray(np.zeros((2, 3)), dims=("time", "dim_1")))
        assert hdu.header["CTYPE2"] == "time" and "CTYPE1" not in hdu.header
        attrs = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}
        hdu = fits.write(xarray.DataArray(np.zeros((2, 3)), dims=("a", "b"), attrs=attrs))
        assert hdu.header["CTYPE1"] == "RA---TAN"


def test_coordinates_that_cards_do_not_hold_are_refused(dataarray: xarray.DataArray) -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        for data, message in [
            (dataarray.assign_coords(x=[1, 2, 5]), "not equal"),
            (dataarray.assign_coords(x=["a", "b", "c"]), "type"),
            (dataarray.assign_coords(q=(("y", "x"), np.zeros((2, 3)))), "dimensions"),
            (dataarray.assign_attrs(CTYPE1="RA---TAN"), "CTYPE1"),
            (xarray.Dataset({"a": dataarray}), "Dataset"),
        ]:
            with pytest.raises(TypeError, match=message):
                fits.write(data)
        with pytest.warns(rustfits.FITSWarning, match="'d'"):
            fits.write(dataarray.assign_attrs(d={}))
