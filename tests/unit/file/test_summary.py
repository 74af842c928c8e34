# SPDX-License-Identifier: BSD-3-Clause
"""`info`, `set_keys` and `FITS.append`, compared with astropy's functions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

import rustfits


@pytest.fixture
def path(tmp_path):
    name = str(tmp_path / "a.fits")
    with rustfits.FITS(name, "w+") as file:
        file.append(np.zeros((3, 4), "f4"), extname="SCI")
        file.append({"x": np.arange(5), "y": ["a"] * 5}, extname="CAT")
        file.append(np.zeros((30, 40), "i2"), compress="RICE_1")
    return name


def test_info_has_a_line_for_each_hdu(path, capsys):
    found = rustfits.info(path)
    assert capsys.readouterr().out == ""
    assert len(found) == 3 and len(repr(found).splitlines()) == 5
    assert [(one.number, one.kind, one.shape, one.dtype) for one in found] == [
        (0, "image", (3, 4), "float32"),
        (1, "table", (5, 2), ""),
        (2, "compressed image", (30, 40), "int16"),
    ]
    listed = fits.info(path, output=False)
    assert [one.name for one in found[:2]] == [one[1] for one in listed[:2]]
    assert [one.version for one in found] == [one[2] for one in listed]
    assert found[0].cards == listed[0][4] and found.filename == path


def test_set_keys_does_what_setval_and_delval_do(path):
    rustfits.set_keys(path, {"A": 1, "B": ("x", "why"), "HISTORY": "done"}, ext="CAT")
    rustfits.set_keys(path, {"A": 2}, ext=1, delete=["B"])
    assert fits.getval(path, "A", 1) == 2
    header = fits.getheader(path, 1)
    assert "B" not in header and list(header["HISTORY"]) == ["done"]
    before = Path(path).read_bytes()
    for keys, delete in (({"C": 1}, ["NOPE"]), ({"NAXIS": 3}, []), ({"C": float("nan")}, "A")):
        with pytest.raises((KeyError, ValueError)):
            rustfits.set_keys(path, keys, ext=1, delete=delete)
    assert Path(path).read_bytes() == before
    rustfits.set_keys(path, delete="A", ext=("CAT", 1))
    assert "A" not in fits.getheader(path, 1)
