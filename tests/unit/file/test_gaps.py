# SPDX-License-Identifier: BSD-3-Clause
"""Bytes between and behind HDUs: blocks of fill hide nothing, and no append destroys what may be an HDU."""

from __future__ import annotations

import gzip
import io
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSWarning

BLOCK = 2880
FILL = {"zeros": b"\0", "blanks": b" "}


def hdu(value: int, name: str | None = None) -> bytes:
    """The bytes of an image of six values, as astropy writes them."""
    data = np.arange(6, dtype="i2").reshape(2, 3) + value
    stream = io.BytesIO()
    if name is None:
        astropy_fits.PrimaryHDU(data).writeto(stream)
        return stream.getvalue()
    astropy_fits.HDUList(
        [astropy_fits.PrimaryHDU(), astropy_fits.ImageHDU(data, name=name)]
    ).writeto(stream)
    return stream.getvalue()[BLOCK:]


def names(path: Path | str) -> tuple[list[str | None], list[str]]:
    """The names of all HDUs, and the warnings."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with FITS(path) as fits:
            found = [one.extname for one in fits]
            assert len(fits) == len(found)
    assert all(one.category is FITSWarning for one in caught)
    return found, [str(one.message) for one in caught]


def append(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSWarning)
        with FITS(path, "r+") as fits:
            fits.write_image(np.array([7, 8, 9], "i2"), extname="NEW")


@pytest.mark.parametrize("fill", FILL)
@pytest.mark.parametrize("blocks", [1, 3, 100])
def test_hdus_behind_blocks_of_fill_are_read(tmp_path, fill, blocks):
    path = tmp_path / "gap.fits"
    one, two, three = hdu(0), hdu(10, "SCI"), hdu(20, "ERR")
    path.write_bytes(one + FILL[fill] * (BLOCK * blocks) + two + FILL[fill] * BLOCK + three)
    found, (message,) = names(path)
    assert found == [None, "SCI", "ERR"]
    precede = f"{blocks} blocks of zeros or blanks precede this HDU, from byte {len(one)}"
    assert f"gap.fits[1]: {precede}" in message
    with pytest.warns(FITSWarning):
        assert rustfits.read(path, "SCI")[1, 2] == 15
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with astropy_fits.open(path) as fits:
            assert [other.name for other in fits] == ["PRIMARY", "SCI", "ERR"]


@pytest.mark.parametrize("fill", FILL)
def test_an_append_keeps_hdus_behind_blocks_of_fill(tmp_path, fill):
    path = tmp_path / "gap.fits"
    old = hdu(0) + FILL[fill] * BLOCK + hdu(10, "SCI")
    path.write_bytes(old)
    append(path)
    assert path.read_bytes().startswith(old)
    assert names(path)[0] == [None, "SCI", "NEW"]
    with (
        pytest.warns(FITSWarning, match="blocks of zeros or blanks"),
        FITS(path, "r+") as fits,
        fits[0].header.edit() as header,
    ):
        for number in range(100):
            header[f"KEY{number}"] = number
    assert names(path)[0] == [None, "SCI", "NEW"]
    with pytest.warns(FITSWarning):
        assert rustfits.read(path, "SCI")[1, 2] == 15
    with pytest.warns(FITSWarning):
        assert rustfits.read(path, "NEW").tolist() == [7, 8, 9]


@pytest.mark.parametrize(
    "junk",
    [b"notes of the observer ".ljust(BLOCK), bytes(BLOCK) + b"x" * 3 * BLOCK, bytes(5000000)],
)
def test_an_append_refuses_where_hdus_may_be_hidden(tmp_path, junk):
    path = tmp_path / "hidden.fits"
    one = hdu(0)
    junk = junk.ljust(-(-len(junk) // BLOCK) * BLOCK, junk[-1:])
    content = one + junk + hdu(10, "SCI")
    path.write_bytes(content)
    found, (message,) = names(path)
    assert found == [None]
    assert "from byte" in message
    where = len(one) + len(junk)
    with pytest.raises(rustfits.FITSError, match=f"XTENSION card at byte {where} ") as refused:
        append(path)
    assert refused.value.offset == where
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "junk",
    [
        b"what a killed append left",
        bytes(3 * BLOCK),
        b" " * 100,
        b"x" * 80 + b"XTENSION= 'IMAGE   '".ljust(3 * BLOCK, b"y"),  # on no block border
        bytes(BLOCK) + b"XTENSION",  # no whole card
    ],
)
def test_an_append_cuts_off_what_cannot_be_hdus(tmp_path, junk):
    path = tmp_path / "junk.fits"
    path.write_bytes(hdu(0) + junk)
    append(path)
    assert names(path) == ([None, "NEW"], [])
    assert path.stat().st_size == len(hdu(0)) + 2 * BLOCK


def test_rows_are_appended_in_front_of_what_may_be_hdus(tmp_path):
    """Bytes behind the last HDU move along: nothing is cut off."""
    path = tmp_path / "rows.fits"
    rustfits.write(path, np.ones(300, [("x", "f8")]))
    hidden = b"notes".ljust(BLOCK) + hdu(10, "SCI")
    with path.open("ab") as stream:
        stream.write(hidden)
    with pytest.warns(FITSWarning), FITS(path, "r+") as fits:
        assert len(fits) == 2
        fits[1].append(np.ones(3000, [("x", "f8")]))
    assert path.read_bytes().endswith(hidden)


def test_blocks_of_fill_in_gzip_and_in_memory(tmp_path):
    content = hdu(0) + bytes(BLOCK) + hdu(10, "SCI")
    path = tmp_path / "gap.fits.gz"
    path.write_bytes(gzip.compress(content))
    assert names(path)[0] == [None, "SCI"]
    with FITS.from_bytes(content) as fits, pytest.warns(FITSWarning, match="blocks of zeros"):
        assert fits["SCI"].index == 1
