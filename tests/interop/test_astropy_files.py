# SPDX-License-Identifier: BSD-3-Clause
"""The FITS files that the astropy wheel carries are real files: all of them open, all images equal."""

from __future__ import annotations

import warnings
from pathlib import Path

import astropy
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

ROOT = Path(astropy.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.fit*") if path.is_file() and path.suffix != ".py")

#: Files that do not open, with the reason; every other one must.
NO_FILES: dict[str, str] = {}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_many():
    assert len(FILES) >= 30
    assert set(NO_FILES) <= {name(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_headers_and_images_are_what_astropy_reads(path):
    if name(path) in NO_FILES:
        with pytest.raises(OSError, match=path.name):
            FITS(path)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's remarks about its own files
        with (
            FITS(path) as fits,
            astropy_fits.open(path, memmap=False, disable_image_compression=True, uint=True) as other,
        ):
            assert len(fits) == len(other)
            repr(fits)
            for ours, theirs in zip(fits, other, strict=True):
                compare_header(ours.header, theirs.header)
                if isinstance(ours, rustfits.ImageHDU):
                    compare_image(ours, theirs)


def compare_header(ours: rustfits.FITSHeader, theirs: astropy_fits.Header) -> None:
    keys = [key for key in theirs if key not in ("COMMENT", "HISTORY", "", "CONTINUE")]
    for key in dict.fromkeys(keys):
        expected = theirs[key]
        got = ours[key]
        if isinstance(expected, astropy_fits.card.Undefined):
            assert got is None
        elif isinstance(expected, str):
            assert isinstance(got, str)
            assert got.rstrip() == expected.rstrip()
        else:
            assert got == expected
            assert isinstance(got, bool) == isinstance(expected, bool)


def compare_image(ours: rustfits.ImageHDU, theirs: astropy_fits.ImageHDU) -> None:
    expected = theirs.data
    if expected is None:
        assert not ours.has_data
        return
    got = ours.read()
    assert got.shape == expected.shape
    expected = np.asarray(expected)
    if "BLANK" in ours.header and got.dtype.kind != "f":
        # astropy turns BLANK pixels into NaN; here they are what is stored unless masks are asked for.
        masked = ours.read(mask_blank=True)
        np.testing.assert_array_equal(np.isnan(expected), masked.mask)
        np.testing.assert_array_equal(got[~masked.mask], expected[~masked.mask])
    elif got.dtype == expected.dtype.newbyteorder("="):
        assert got.tobytes() == expected.astype(got.dtype).tobytes()
    else:
        # astropy scales images of up to 16 bits to float32, we to float64.
        assert (got.dtype, expected.dtype.newbyteorder("=")) == (np.dtype("f8"), np.dtype("f4"))
        np.testing.assert_allclose(got, expected, rtol=1e-6)
