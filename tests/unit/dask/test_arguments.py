# SPDX-License-Identifier: BSD-3-Clause
"""Invalid arguments of rustfits.dask: one error of the package for each fault."""

import dask.array as da
import numpy as np
import pytest

import rustfits
from rustfits.dask import read_image, to_fits


@pytest.mark.parametrize("chunks", [(0, 0), (1,), 3.5, "x", None, object()])
def test_invalid_chunks_are_value_errors(tmp_path, chunks):
    name = tmp_path / "image.fits"
    rustfits.write(name, np.zeros((4, 5)))
    with pytest.raises(rustfits.FITSValueError, match="chunks="):
        read_image(name, chunks=chunks)


def test_schemes_are_no_str(tmp_path):
    name = tmp_path / "image.fits"
    rustfits.write(name, np.zeros((4, 5)))
    for schemes in ("file", 3):
        with pytest.raises(rustfits.FITSTypeError, match="schemes"):
            read_image(name, schemes=schemes)


def test_names_of_output_have_the_errors_of_other_files(tmp_path):
    pixels = da.zeros((4, 4), chunks=2)
    with pytest.raises(rustfits.FITSNotFoundError, match="no folder"):
        to_fits(pixels, tmp_path / "none" / "a.fits")
    with pytest.raises(rustfits.FITSIsADirectoryError):
        to_fits(pixels, tmp_path, overwrite=True)
    with pytest.raises(rustfits.FITSValueError, match="name is empty"):
        to_fits(pixels, "")
