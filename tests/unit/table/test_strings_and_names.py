# SPDX-License-Identifier: BSD-3-Clause
"""What would be lost in a table is refused before anything is written; reals of ASCII tables come back equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

NUL_INSIDE = {
    "fixed U": np.array(["x", "ab\0cd"]),
    "fixed S": np.array([b"x", b"ab\0cd"]),
    "variable str": np.array(["x", "ab\0cd"], object),
    "variable bytes": np.array([b"x", b"ab\0cd"], object),
    "arrays of strings": np.array([["x", "y"], ["ab", "a\0c"]]),
}


@pytest.mark.parametrize("kind", NUL_INSIDE)
def test_a_nul_inside_a_string_is_refused(tmp_path, kind):
    path = tmp_path / "t.fits"
    rustfits.write(path, {"s": np.array(["old"])})
    before = path.read_bytes()
    for call in (rustfits.write, rustfits.write_table):
        with pytest.raises(rustfits.FITSValueError, match=r"column 's', row 1: .* NUL inside"):
            call(path, {"s": NUL_INSIDE[kind]})
        assert path.read_bytes() == before
    good: Any = NUL_INSIDE[kind].copy()
    good[1] = good[0]
    rustfits.write(path, {"s": good})
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(rustfits.FITSValueError, match="NUL inside"):
            fits[1]["s"] = NUL_INSIDE[kind]
        with pytest.raises(rustfits.FITSValueError, match="NUL inside"):
            fits[1].append({"s": NUL_INSIDE[kind]})
    assert path.read_bytes() == before


def test_nuls_at_the_end_are_fill():
    fits = FITS("mem://", "w+")
    fits.write_table({"f": np.array(["ab\0\0", "c"]), "v": np.array([b"ab\0", b""], object)})
    assert fits[1].read_column("f").tolist() == ["ab", "c"]
    assert fits[1].read_column("v").tolist() == ["ab", ""]


def test_names_that_differ_in_case_only_are_refused(tmp_path):
    path = tmp_path / "t.fits"
    two = np.zeros(1, [("R", "f4"), ("r", "f4")])
    for data in ({"R": [1], "r": [2]}, two):
        with pytest.raises(rustfits.FITSValueError, match="'R' and 'r'"):
            rustfits.write(path, data)
    assert not path.exists()
    with FITS("mem://", "w+") as fits:
        with pytest.raises(rustfits.FITSValueError, match="'R' and 'r'"):
            fits.create_table_hdu(two.dtype)
        with pytest.raises(rustfits.FITSValueError, match="'R' and 'r'"):
            fits.create_ascii_table_hdu(two.dtype)
        with pytest.raises(rustfits.FITSValueError, match="'R' and 'r'"):
            fits.write_table([[1], [2]], names=["R", "r"])
        fits.write_table({"R": [1]})
        with pytest.raises(rustfits.FITSValueError, match="'r'"):
            fits[1].insert_column("r", [2])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_reals_of_ascii_tables_come_back_equal(tmp_path, dtype):
    rng = np.random.default_rng(2)
    limits = np.finfo(dtype)
    values = np.concatenate(
        [
            rng.normal(size=50),
            10.0 ** rng.uniform(-30, 30, 50) * rng.choice([-1, 1], 50),
            [0.1, 1 / 3, 0.0, float(limits.max), float(limits.tiny), float(limits.min)],
        ]
    ).astype(dtype)
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as fits:
        fits.create_ascii_table_hdu(np.dtype([("x", dtype)]), len(values)).write({"x": values})
    with FITS(path) as fits:
        assert np.array_equal(fits[1].read_column("x"), values)  # as float64
        assert np.array_equal(fits[1].read_column("x").astype(dtype), values)
    assert np.array_equal(astropy_fits.getdata(path, 1)["x"], values)
