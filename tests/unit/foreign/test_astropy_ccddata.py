# SPDX-License-Identifier: BSD-3-Clause
"""``CCDData.read`` and ``CCDData.write`` with ``format="rustfits"``, against ``format="fits"``."""

from __future__ import annotations

from pathlib import Path

import astropy
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from astropy.nddata import CCDData, StdDevUncertainty, VarianceUncertainty
from astropy.wcs import WCS

import rustfits
import rustfits.astropy

ROOT = Path(astropy.__file__).parent
FILES = [
    "io/fits/tests/data/arange.fits",
    "io/fits/tests/data/blank.fits",
    "io/fits/tests/data/fixed-1890.fits",
    "io/fits/tests/data/scale.fits",
    "io/fits/tests/data/test0.fits",
    "io/fits/tests/data/compressed_image.fits",
    "nddata/tests/data/sip-wcs.fits",
    "wcs/tests/data/sip.fits",
    "wcs/tests/data/j94f05bgq_flt.fits",
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", FILES)
def test_astropys_test_files_are_read_as_astropy_reads_them(name: str) -> None:
    hdu = 1 if "compressed" in name else 0
    try:
        theirs = CCDData.read(ROOT / name, hdu=hdu, unit="adu", format="fits")
    except TypeError:  # no data
        with pytest.raises(ValueError, match="no image"):
            CCDData.read(ROOT / name, hdu=hdu, unit="adu", format="rustfits")
        return
    ours = CCDData.read(ROOT / name, hdu=hdu, unit="adu", format="rustfits")
    np.testing.assert_allclose(ours.data, theirs.data, rtol=1e-6)
    assert ours.unit == theirs.unit
    assert (ours.wcs is None) == (theirs.wcs is None)
    if ours.wcs is not None:
        assert ours.wcs.wcs.compare(theirs.wcs.wcs)
        assert (ours.wcs.sip is None) == (theirs.wcs.sip is None)
    scale = {"BSCALE", "BZERO", "BLANK", "XTENSION", ""}
    assert set(ours.header) ^ set(theirs.header) <= scale


@pytest.fixture
def ccd() -> CCDData:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN", "DEC--TAN"], [10, 20]
    pixels = np.arange(12.0).reshape(3, 4)
    return CCDData(
        pixels,
        unit="adu",
        mask=pixels % 2 == 0,
        uncertainty=VarianceUncertainty(pixels + 1),
        wcs=wcs,
        meta={"OBJECT": "M31"},
        psf=np.ones((3, 3)),
        flags=np.arange(12, dtype="i4").reshape(3, 4),
    )


@pytest.mark.parametrize("compress", [None, True])
def test_a_ccddata_comes_back(tmp_path: Path, ccd: CCDData, compress: bool | None) -> None:
    path = tmp_path / "a.fits"
    ccd.write(path, format="rustfits", compress=compress)
    with pytest.raises(OSError, match="overwrite"):
        ccd.write(path, format="rustfits")
    for back in (
        CCDData.read(path, format="rustfits", hdu_flags="FLAGS"),
        CCDData.read(path, hdu=1 if compress else 0, hdu_flags="FLAGS"),
    ):
        assert np.array_equal(back.data, ccd.data) and np.array_equal(back.mask, ccd.mask)
        assert isinstance(back.uncertainty, VarianceUncertainty)
        assert np.array_equal(back.uncertainty.array, ccd.uncertainty.array)
        assert np.array_equal(back.psf, ccd.psf) and np.array_equal(back.flags, ccd.flags)
        assert back.unit == "adu" and back.header["OBJECT"] == "M31"
        assert back.wcs.wcs.compare(ccd.wcs.wcs)


def test_files_of_astropy_are_read(tmp_path: Path, ccd: CCDData) -> None:
    path = tmp_path / "a.fits"
    ccd.write(path, hdu_flags="FLAGS")
    back = CCDData.read(path, format="rustfits", hdu_flags="FLAGS")
    assert isinstance(back.uncertainty, VarianceUncertainty)
    assert np.array_equal(back.flags, ccd.flags) and np.array_equal(back.mask, ccd.mask)
    with rustfits.FITS(path) as fits:
        bare = CCDData.read(
            fits, format="rustfits", hdu_mask=None, hdu_uncertainty=None, hdu_psf=None
        )
        assert bare.unit == "adu"
        assert bare.mask is None and bare.uncertainty is None and bare.psf is None


def test_a_section_has_its_mask_and_wcs(tmp_path: Path, ccd: CCDData) -> None:
    path = tmp_path / "a.fits"
    ccd.write(path, format="rustfits")
    part = CCDData.read(path, format="rustfits", key=np.s_[1:3, 2:])
    whole = ccd[1:3, 2:]
    assert np.array_equal(part.data, whole.data) and np.array_equal(part.mask, whole.mask)
    assert np.array_equal(part.uncertainty.array, whole.uncertainty.array)
    assert part.wcs.wcs.compare(whole.wcs.wcs)


def test_blank_pixels_are_nan_and_units_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    hdu = astropy_fits.PrimaryHDU(np.array([1, -1], "i2"))
    hdu.header["BLANK"] = -1
    hdu.header["BUNIT"] = "ADU"
    hdu.writeto(path)
    back = CCDData.read(path, format="rustfits")
    np.testing.assert_array_equal(back.data, [1, np.nan])
    assert back.unit == "adu" and back.data.dtype == np.float32
    with rustfits.FITS(path, "r+") as fits:
        fits[0].header["BUNIT"] = "bananas"
    with pytest.raises(ValueError, match="bananas"):
        CCDData.read(path, format="rustfits")
    assert CCDData.read(path, format="rustfits", unit="Jy").unit == "Jy"


def test_an_uncertainty_without_a_type_is_a_deviation(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    rustfits.write(path, np.ones(2), header={"BUNIT": "adu"})
    rustfits.write(path, np.ones(2), mode="r+", extname="UNCERT")
    back = CCDData.read(path, format="rustfits")
    assert isinstance(back.uncertainty, StdDevUncertainty)
