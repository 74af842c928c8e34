# SPDX-License-Identifier: BSD-3-Clause
"""BSCALE and BZERO of new images, against astropy."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits

VALUES = np.array([[1.5, 2.0], [-3.0, 10.0]])
HOW = {"dtype": "i2", "bscale": 0.5, "bzero": 10.0}


@pytest.mark.filterwarnings("ignore:.*compressed images of 64-bit integers")
@pytest.mark.parametrize(
    ("dtype", "compress"),
    [(dtype, how) for dtype in ("u1", "i2", "i4", "i8", "f4", "f8") for how in (None, "gzip2")]
    + [(dtype, "rice") for dtype in ("u1", "i2", "i4")],
)
def test_values_are_stored_with_bscale_and_bzero(
    tmp_path: Path, dtype: str, compress: str | None
) -> None:
    path = tmp_path / "new.fits"
    how: dict[str, Any] = {"dtype": dtype, "bscale": 0.5, "bzero": -10.0}
    rustfits.write_image(path, VALUES, compress=compress, **how)
    with rustfits.FITS(path) as fits:
        hdu: Any = fits[-1]
        assert hdu.dtype == np.dtype("f8")
        np.testing.assert_array_equal(hdu.read(), VALUES)
        stored = hdu.read(scale=False)
        assert stored.dtype == np.dtype(dtype)
        np.testing.assert_array_equal(stored, (VALUES + 10.0) / 0.5)
    with astropy_fits.open(path) as hdus:
        hdus.verify("exception")
        np.testing.assert_array_equal(hdus[-1].data, VALUES)


@pytest.mark.parametrize("compress", [None, "gzip2"])
@pytest.mark.parametrize("cards", [{"BSCALE": 0.25, "BZERO": 3.0, "BLANK": -1}, {"BZERO": 32768}])
def test_a_scaled_image_is_copied_with_its_header(
    tmp_path: Path, cards: dict[str, float], compress: str | None
) -> None:
    old, new = tmp_path / "old.fits", tmp_path / "new.fits"
    made = astropy_fits.PrimaryHDU(np.array([[0, 1, -1], [300, -32768, 32767]], "i2"))
    made.header.update(OBJECT="M31", **cards)
    made.writeto(old)
    with rustfits.FITS(old) as source, rustfits.FITS(new, "w+") as fits:
        hdu = source[0]
        copy = fits.write_image(
            hdu.read(scale=False), header=hdu.header, scale=False, compress=compress
        )
        assert copy.dtype == hdu.dtype
        assert copy.header["OBJECT"] == "M31"
        np.testing.assert_array_equal(copy.read(scale=False), hdu.read(scale=False))
    with astropy_fits.open(old) as a, astropy_fits.open(new) as b:
        np.testing.assert_array_equal(a[0].data, b[-1].data)


def test_undefined_values_are_stored_as_blank() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_image(np.array([1.0, np.nan]), blank=-99, **HOW)
        assert hdu.read(scale=False)[1] == -99
        masked = np.ma.MaskedArray([1.0, 2.0], [False, True])
        hdu = fits.write_image(masked, header={"BLANK": -98}, **HOW)
        assert hdu.read(scale=False)[1] == -98
        assert hdu.read(mask_blank=True).mask.tolist() == [False, True]


@pytest.mark.parametrize(
    ("data", "how", "message"),
    [
        (VALUES, {"bscale": 2}, "dtype="),
        (VALUES, {"dtype": "i2"}, "astype"),
        (VALUES, {"dtype": "u2", "bscale": 2}, "BZERO of its own"),
        (VALUES, {"dtype": "i2", "bscale": 0}, "bscale"),
        (VALUES, {"dtype": "i2", "bscale": np.inf}, "bscale"),
        (VALUES, {"dtype": "i2", "bscale": "wide"}, "bscale"),
        (VALUES, {"dtype": "i2", "bzero": 32768}, "uint16"),
        (VALUES * 1e9, HOW, "element 0 .* int16"),
        (VALUES * np.nan, HOW, "element 0 .* NaN"),
        (np.ma.MaskedArray(VALUES, True), HOW, "BLANK"),
        (VALUES, {"dtype": "i2", "scale": False}, "as they are"),
    ],
)
def test_what_cannot_be_scaled_is_refused(
    tmp_path: Path, data: Any, how: dict[str, Any], message: str
) -> None:
    path = tmp_path / "old.fits"
    rustfits.write(path, np.zeros(3))
    before = path.read_bytes()
    for mode in ("w+", "r+"):
        with pytest.raises((ValueError, TypeError), match=message):
            rustfits.write_image(path, data, mode=mode, **how)
        assert path.read_bytes() == before


def test_an_image_with_bscale_is_created_empty() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.create_image_hdu("u1", (2, 2), bscale=3.0, bzero=-1.0)
        hdu[1] = 5.0
        assert hdu.read().tolist() == [[-1, -1], [5, 5]]
        assert hdu.read(scale=False).tolist() == [[0, 0], [2, 2]]


def test_stored_values_with_the_header_of_a_scaled_image_warn() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_image(VALUES, **HOW)
        with pytest.warns(rustfits.FITSWarning, match="scale=False"):
            fits.write_image(hdu.read(scale=False), header=hdu.header)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            fits.write_image(hdu.read(), header=hdu.header)
            unsigned = fits.write_image(np.array([1, 65535], "u2"))
            fits.write_image(unsigned.read(), header=unsigned.header)
