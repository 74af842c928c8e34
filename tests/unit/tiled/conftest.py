# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images that the tests share."""

from __future__ import annotations

import numpy as np
import pytest

from rustfits import FITS, Rice1
from support.compressed import SHAPE, image


@pytest.fixture
def packed(tmp_path):
    """A file of one compressed image, with a plain one behind it."""
    path = tmp_path / "packed.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(
            image("i4", SHAPE),
            compress=Rice1(tile_shape=(10, 20)),
            extname="SCI",
            extver=3,
            header={"OBJECT": ("M 31", "target"), "BUNIT": "adu"},
        )
        fits.write_image(np.arange(6.0), extname="BEHIND")
    return path
