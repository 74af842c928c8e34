# SPDX-License-Identifier: BSD-3-Clause
"""Tables that the tests of edits share."""

from __future__ import annotations

import numpy as np
import pytest

from support.tables import ROWS, Bench, every_kind


@pytest.fixture
def bench(tmp_path, rng):
    made = Bench(tmp_path / "bench.fits", every_kind(rng, ROWS))
    yield made
    made.fits.close()


@pytest.fixture
def heap(tmp_path, rng):
    """A table with columns in the heap, and HDUs around it."""
    lengths = rng.integers(0, 8, ROWS)
    data = np.zeros(ROWS, [("id", "i4"), ("x", "O"), ("name", "U5"), ("s", "O"), ("k", "O")])
    data["id"] = np.arange(ROWS)
    data["name"] = "abc"
    for row, count in enumerate(lengths):
        data["x"][row] = rng.normal(size=count)
        data["s"][row] = "s" * count
        data["k"][row] = rng.integers(0, 60000, 8 - count, "u2")
    made = Bench(tmp_path / "heap.fits", data)
    yield made
    made.fits.close()
