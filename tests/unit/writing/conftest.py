# SPDX-License-Identifier: BSD-3-Clause
"""Files that the tests of writing share."""

from __future__ import annotations

from pathlib import Path

import pytest

import rustfits
from support.writing import SKY


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.fits"
    rustfits.write(path, SKY)
    return path
