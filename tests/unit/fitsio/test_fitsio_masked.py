# SPDX-License-Identifier: BSD-3-Clause
"""Masked arrays become nulls in the fitsio API, where the fitsio package writes what the mask hides."""

from __future__ import annotations

import numpy as np
import pytest

import rustfits
from rustfits import fitsio as ours


@pytest.mark.parametrize("compress", [None, "gzip"])
@pytest.mark.parametrize("kind", ["u1", "i2", "u2", "i4", "f4", "f8"])
def test_masked_images(tmp_path, kind, compress):
    path = str(tmp_path / "t.fits")
    image = np.ma.MaskedArray(np.arange(6, dtype=kind).reshape(2, 3), [[1, 0, 0], [0, 0, 1]])
    ours.write(path, image, compress=compress, qlevel=0)
    with rustfits.FITS(path) as fits:
        read = fits[-1].read(mask_blank=True)
    assert read.dtype == image.dtype
    assert read.mask.tolist() == image.mask.tolist()
    assert read.compressed().tolist() == image.compressed().tolist()
    with ours.FITS(path, "rw") as fits:
        if kind not in ("f4", "f8"):
            assert "ZBLANK" in fits[-1].read_header() or "BLANK" in fits[-1].read_header()


def masked():
    return {
        "i": np.ma.MaskedArray([1, 2, 3], [0, 1, 0]),
        "u": np.ma.MaskedArray(np.array([1, 2, 3], "u2"), [0, 0, 1]),
        "f": np.ma.MaskedArray([1.0, 2.0, 3.0], [0, 1, 0]),
        "s": np.ma.MaskedArray(["a", "b", "c"], [0, 1, 0]),
        "l": np.ma.MaskedArray([True, True, False], [1, 0, 0]),
    }


def test_masked_cells(tmp_path):
    path = str(tmp_path / "t.fits")
    data = masked()
    ours.write(path, data)
    with ours.FITS(path, "rw") as fits:
        fits[1].append(data)
        fits[1].write_column("i", np.ma.MaskedArray([7, 8], [1, 0]))
        fits[1].insert_column("n", np.ma.MaskedArray(np.arange(6), [1, 0, 0, 0, 0, 0]))
        assert fits[1]["s"][:].tolist() == ["a", "", "c"] * 2
        assert np.isnan(fits[1]["f"][:]).tolist() == [False, True, False] * 2
    with rustfits.FITS(path) as fits:
        read = fits[1].read(mask_null=True)
    assert read.mask["i"].tolist() == [True, False, False, False, True, False]
    assert read.mask["u"].tolist() == data["u"].mask.tolist() * 2
    assert read.mask["f"].tolist() == data["f"].mask.tolist() * 2
    assert read.mask["l"].tolist() == data["l"].mask.tolist() * 2
    assert read.mask["n"].tolist() == [True] + [False] * 5
    assert read["i"].compressed().tolist() == [8, 3, 1, 3]


def test_masked_cells_of_variable_length(tmp_path):
    path = str(tmp_path / "t.fits")
    cells = np.empty(3, object)
    cells[0] = np.ma.MaskedArray([1, 2], [0, 1])
    cells[1] = np.ma.MaskedArray([3], [0])
    cells[2] = np.arange(2)
    ours.write(path, {"v": cells})
    with ours.FITS(path, "rw") as fits:
        fits[1].append({"v": cells})
    with rustfits.FITS(path) as fits:
        read = fits[1].read(mask_null=True)["v"]
    assert [cell.mask.tolist() for cell in read] == [[False, True], [False], [False, False]] * 2
