# SPDX-License-Identifier: BSD-3-Clause
"""Boxes around pixels, many in one call."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS, FITSTypeError, FITSValueError


def expected(data, centres, shape, fill):
    """Cut with numpy: pad so far that every box lies inside."""
    reach = int(max(np.abs(centres).max(), *data.shape)) + max(shape) + 1
    padded = np.pad(data, reach, constant_values=fill)
    out = []
    for centre in centres:
        begins = [reach + c - n // 2 for c, n in zip(centre, shape, strict=True)]
        key = tuple(slice(b, b + n) for b, n in zip(begins, shape, strict=True))
        out.append(padded[key])
    return np.array(out)


@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i4", "f4", "f8"])
def test_as_cut_out_of_an_array(tmp_path, dtype):
    data = np.arange(40 * 50).reshape(40, 50).astype(dtype)
    rustfits.write(tmp_path / "a.fits", data)
    centres = [[0, 0], [20, 25], [39, 49], [-3, 10], [100, 100], [5, 49]]
    with FITS(tmp_path / "a.fits") as fits:
        cut = fits[0].cutouts(centres, (7, 10), fill=9)
        assert cut.shape == (6, 7, 10) and cut.dtype == data.dtype
        assert np.array_equal(cut, expected(data, np.array(centres), (7, 10), 9))


@settings(deadline=None)
@given(
    shape=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    box=st.lists(st.integers(1, 12), min_size=4, max_size=4),
    places=st.lists(st.lists(st.integers(-20, 25), min_size=4, max_size=4), min_size=1, max_size=5),
)
def test_any_box_of_any_image(shape, box, places):
    data = np.arange(np.prod(shape), dtype="i4").reshape(shape)
    ndim = len(shape)
    centres = np.array(places)[:, :ndim]
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(data)
        cut = hdu.cutouts(centres, box[:ndim], fill=-5)
    assert np.array_equal(cut, expected(data, centres, box[:ndim], -5))


def test_outside_is_nan_blank_or_zero():
    with FITS("mem://", "w+") as fits:
        real = fits.write_image(np.ones((4, 4), "f4"))
        assert np.isnan(real.cutouts([[0, 0]], 3)[0, 0]).all()
        blank = fits.write_image(np.ones((4, 4), "u2"), blank=7)
        assert (blank.cutouts([[0, 0]], 3)[0, 0] == 7).all()
        plain = fits.write_image(np.ones((4, 4), "i2"))
        assert (plain.cutouts([[0, 0]], 3)[0, 0] == 0).all()


def test_mask_is_outside_and_blank():
    data = np.arange(16, dtype="i2").reshape(4, 4)
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(data, blank=5)
        cut = hdu.cutouts([[1, 1], [0, 0]], 3, mask_blank=True)
    assert cut.mask[0].tolist() == [[False] * 3, [False, True, False], [False] * 3]
    assert cut.mask[1].tolist() == [[True] * 3, [True, False, False], [True, False, True]]


def test_scaled_integers_are_reals():
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(np.arange(9, dtype="i2").reshape(3, 3), header={})
        with hdu.header.edit() as edit:
            edit["BSCALE"] = 0.5
            edit["BZERO"] = 10.0
        cut = hdu.cutouts([[1, 1]], 1)
    assert cut.dtype == np.float64 and cut[0, 0, 0] == 12.0


def test_fractions_are_rounded_and_nothing_is_nothing():
    data = np.arange(25, dtype="i4").reshape(5, 5)
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(data)
        assert hdu.cutouts([[1.4, 2.6]], 1)[0, 0, 0] == data[1, 3]
        assert hdu.cutouts([], 3).shape == (0, 3, 3)
        assert hdu.cutouts([[1, 1]], 0).shape == (1, 0, 0)


@pytest.mark.parametrize(
    ("centres", "shape", "options", "error"),
    [
        ([1, 2], 3, {}, FITSValueError),
        ([[1, 2, 3]], 3, {}, FITSValueError),
        ([[1, 2]], (3,), {}, FITSValueError),
        ([[1, 2]], -1, {}, FITSValueError),
        ([[1, 2]], "ab", {}, FITSTypeError),
        ([[1, np.nan]], 3, {}, FITSValueError),
        ([[1, 1e30]], 3, {}, FITSValueError),
        ([["a", "b"]], 3, {}, FITSTypeError),
        ([[1, 2]], 3, {"fill": 1.5}, FITSTypeError),
        ([[1, 2]], 3, {"fill": 1 << 40}, FITSValueError),
    ],
)
def test_what_cannot_be(centres, shape, options, error):
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(np.zeros((5, 5), "i4"))
        with pytest.raises(error):
            hdu.cutouts(centres, shape, **options)
