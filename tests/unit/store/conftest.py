# SPDX-License-Identifier: BSD-3-Clause
"""Images and compressed files that the tests of stores share."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from support.files import fits_bytes


@pytest.fixture
def image(rng: np.random.Generator) -> np.ndarray:
    return (rng.normal(1000, 30, (400, 500))).astype("f4")


@pytest.fixture
def packed(tmp_path: Path, image: np.ndarray) -> Path:
    path = tmp_path / "image.fits.gz"
    path.write_bytes(gzip.compress(fits_bytes(image, image[:7])))
    return path
