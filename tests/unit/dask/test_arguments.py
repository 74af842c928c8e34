# SPDX-License-Identifier: BSD-3-Clause
"""Invalid arguments of rustfits.dask: one error of the package for each fault."""

import dask.array as da
import numpy as np
import pytest

import rustfits
from rustfits.dask import read_image, to_fits, to_parquet


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


def test_an_hdu_of_the_wrong_kind_is_a_type_error(tmp_path):
    name = tmp_path / "table.fits"
    rustfits.write(name, np.ones(5, [("a", "i4")]))
    with pytest.raises(rustfits.FITSTypeError, match="no image"):
        read_image(name)


def test_an_unknown_codec_of_parquet_leaves_no_file(tmp_path):
    name, out = tmp_path / "table.fits", tmp_path / "out.parquet"
    rustfits.write(name, np.ones(5, [("a", "i4")]))
    for codec in ("x", 3, None):
        with pytest.raises(rustfits.FITSError, match="compression"):
            to_parquet(name, out, compression=codec)
    assert list(tmp_path.iterdir()) == [name]
    to_parquet(name, out, compression="none")
