# SPDX-License-Identifier: BSD-3-Clause
"""Files that the tests of headers share."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of astropy's: three HDUs, and some cards of each kind in the first."""
    primary = astropy_fits.PrimaryHDU(np.arange(12, dtype="i2").reshape(3, 4))
    header = primary.header
    header["OBJECT"] = ("M 31", "target")
    header["EXPTIME"] = (30.5, "[s] exposure time")
    header["LONGSTR"] = ("a long text, " * 20, "and a comment")
    header["HIERARCH ESO TEL Alt"] = (41.5, "altitude")
    header.add_history("made by astropy")
    header.add_comment("a remark")
    more = [astropy_fits.ImageHDU(np.arange(6, dtype="f8") + i, name=f"EXT{i}") for i in (1, 2)]
    name = tmp_path / "three.fits"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's remark on long strings
        astropy_fits.HDUList([primary, *more]).writeto(name)
    return name
