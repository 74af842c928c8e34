# SPDX-License-Identifier: BSD-3-Clause
"""Images with an axis of length 0: written, read, found, changed; astropy sees the same."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from rustfits import fitsio as layer

SHAPES = [(0,), (5, 0), (0, 5), (3, 0, 4), (0, 0), (2, 3, 0)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i8", "f4"])
def test_written_read_and_found(tmp_path, shape, dtype):
    path = tmp_path / "empty.fits"
    data = np.zeros(shape, dtype)
    rustfits.write(path, data, header={"A": 1})
    with FITS(path, "r+") as fits:
        fits.write_image(data, extname="EMPTY")
        fits.create_image_hdu(dtype, shape, extname="MADE")
        fits.write_image(np.arange(3))
    with FITS(path) as fits, astropy_fits.open(path) as peer:
        assert len(fits) == len(peer) == 4
        for key in (0, "EMPTY", "MADE"):
            assert fits[key].shape == peer[key].shape == peer[key].data.shape == shape
            assert fits[key].dtype == dtype
            assert not fits[key].has_data
            assert fits[key].read().shape == fits[key][...].shape == shape
            assert fits[key].read().dtype == dtype
        assert fits[3].read().tolist() == [0, 1, 2]
        assert fits[0].header["A"] == 1
    assert rustfits.read(path).tolist() == [0, 1, 2]  # the first with data
    assert rustfits.read(path, 0).shape == shape
    assert layer.read(path, 0).shape == shape


@pytest.mark.parametrize("shape", SHAPES)
def test_the_only_array_of_a_file_is_found(tmp_path, shape):
    path = tmp_path / "empty.fits"
    rustfits.write(path, np.zeros(shape, "i2"))
    assert rustfits.read(path).shape == shape
    rustfits.write(path, np.zeros(shape, "i2"), compress="gzip")
    assert rustfits.read(path).shape == shape
    astropy_fits.writeto(path, np.zeros(shape, "i2"), overwrite=True)
    assert rustfits.read(path).shape == astropy_fits.getdata(path).shape == shape
    rustfits.write(path, None)
    with pytest.raises(rustfits.FITSValueError, match="no HDU has data"):
        rustfits.read(path)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("compress", ["rice", "gzip1", "gzip2", "plio", "nocompress"])
def test_compressed(tmp_path, shape, compress):
    path = tmp_path / "empty.fits"
    rustfits.write(path, np.zeros(shape, "i2"), compress=compress)
    with FITS(path) as fits, astropy_fits.open(path) as peer:
        assert fits[1].shape == fits[1].read().shape == peer[1].shape == shape
        assert fits[1].n_tiles == 0
    back, packed = tmp_path / "back.fits", tmp_path / "packed.fits"
    rustfits.unpack(path, back)
    assert rustfits.read(back).shape == shape
    rustfits.pack(back, packed, compress=compress)
    assert rustfits.read(packed).shape == shape


@pytest.mark.parametrize("compress", [None, "gzip"])
def test_edits(tmp_path, compress):
    path = tmp_path / "empty.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(None)
        fits.create_image_hdu("i4", (0, 3), extname="GROWS", compress=compress)
        fits.create_image_hdu("i4", (2, 0), extname="STAYS", compress=compress)
        fits.write_image(np.arange(3), extname="BEHIND")
        fits["GROWS"].extend(np.arange(6, dtype="i4").reshape(2, 3))
        fits["STAYS"].extend(np.zeros((3, 0), "i4"))
        fits["STAYS"].write(np.zeros((5, 0), "i4"))
    with FITS(path) as fits:
        assert fits["GROWS"].read().tolist() == [[0, 1, 2], [3, 4, 5]]
        assert fits["STAYS"].shape == (5, 0)
        assert fits["BEHIND"].read().tolist() == [0, 1, 2]
