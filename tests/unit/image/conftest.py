# SPDX-License-Identifier: BSD-3-Clause
"""Images that the tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits


@pytest.fixture
def cube() -> np.ndarray[Any, Any]:
    return np.arange(2 * 3 * 4, dtype="i2").reshape(2, 3, 4)


@pytest.fixture
def cube_file(tmp_path: Path, cube: np.ndarray[Any, Any]) -> Path:
    path = tmp_path / "cube.fits"
    astropy_fits.writeto(path, cube)
    return path
