# SPDX-License-Identifier: BSD-3-Clause
"""`ImageHDU.extend` with `start`: pixels at a position, and as many planes as they need."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from rustfits import FITS, FITSTypeError, FITSValueError

OLD = np.arange(12, dtype="i4").reshape(4, 3)


def extended(data: np.ndarray, start: list[int], old: np.ndarray = OLD) -> np.ndarray:
    """Return what numpy makes of the same extension."""
    made = np.zeros((max(len(old), start[0] + len(data)), *old.shape[1:]), old.dtype)
    made[: len(old)] = old
    made[tuple(slice(a, a + n) for a, n in zip(start, data.shape, strict=True))] = data
    return made


@pytest.fixture(params=[None, "GZIP_1"], ids=["plain", "tiled"])
def image(request, tmp_path):
    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.write_image(OLD, compress=request.param)
        fits.write_image(np.ones(5, "u1"), extname="AFTER")
        yield fits[len(fits) - 2]


@pytest.mark.parametrize(
    ("start", "shape"),
    [
        ([4, 0], (2, 3)),  # directly after the last plane
        ([3, 0], (3, 3)),  # over the end
        ([3, 1], (4, 2)),  # over the end, a part of each plane
        ([6, 1], (2, 2)),  # planes between that nothing was written to
        ([1, 1], (1, 2)),  # inside: the image does not grow
        ([9, 2], (0, 1)),  # no pixels: as long as the position says
    ],
)
def test_extend_writes_at_the_position(image, tmp_path, start, shape):
    data = -1 - np.arange(np.prod(shape), dtype="i4").reshape(shape)
    image.extend(data, start=start)
    expected = extended(data, start)
    assert image.shape == expected.shape
    assert (image.read() == expected).all()
    image._file.close()
    with astropy_fits.open(tmp_path / "a.fits") as hdus:
        assert (hdus[-2].data == expected).all()
        assert hdus["AFTER"].data.tolist() == [1] * 5


@pytest.mark.parametrize(
    ("start", "data", "error", "message"),
    [
        ([4], np.zeros((1, 3), "i4"), FITSValueError, "start has 1 positions"),
        ([-1, 0], np.zeros((1, 3), "i4"), FITSValueError, "axis 0"),
        ([4, 2], np.zeros((1, 2), "i4"), FITSValueError, "axis 1"),
        (2, np.zeros((1, 3), "i4"), FITSTypeError, "start must be a sequence"),
        ([4, 0], np.zeros((1, 3), "f4"), FITSTypeError, "float32"),
        ([4, 0], np.full((1, 3), 2**40), FITSValueError, "1099511627776"),
        ([2**63 - 1, 0], np.zeros((1, 3), "i4"), FITSValueError, "axis 0"),
    ],
)
def test_extend_refuses_before_the_image_grows(image, start, data, error, message):
    with pytest.raises(error, match=message):
        image.extend(data, start=start)
    assert (image.read() == OLD).all()


def test_masked_pixels_at_a_position_become_blank(tmp_path):
    with FITS(tmp_path / "a.fits", "w+") as fits:
        hdu = fits.create_image_hdu("i2", (1, 2), blank=-7)
        hdu.extend(np.ma.MaskedArray([[1, 2]], [[True, False]]).astype("i2"), start=[2, 0])
        assert hdu.read().tolist() == [[0, 0], [0, 0], [-7, 2]]
        assert hdu.read(mask_blank=True).mask.tolist() == [[False] * 2] * 2 + [[True, False]]


def test_extending_writes_pending_pixels_before_those_at_a_position(tmp_path):
    with FITS(tmp_path / "a.fits", "w+") as fits:
        hdu = fits.create_image_hdu("i4", (0, 3), compress="GZIP_1")
        with hdu.extending():
            hdu.extend(OLD[:2])
            hdu.extend(OLD[3:], start=[3, 0])
            hdu.extend(OLD[:1])
        assert hdu.read().tolist() == [*OLD[:2].tolist(), [0, 0, 0], OLD[3].tolist(), [0, 1, 2]]
