# SPDX-License-Identifier: BSD-3-Clause
"""Room in headers: ``reserve_cards=``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from support.tables import verify

ROWS = np.zeros(20, [("a", "i4"), ("b", "f8")])
MAKERS: dict[str, Callable[[FITS, int], Any]] = {
    "create_image": lambda f, n: f.create_image_hdu("i2", (30, 40), reserve_cards=n),
    "write_image": lambda f, n: f.write_image(np.ones((30, 40)), reserve_cards=n),
    "no data": lambda f, n: f.write_image(None, reserve_cards=n),
    "packed image": lambda f, n: f.write_image(
        np.ones((30, 40), "i2"), compress="RICE_1", reserve_cards=n
    ),
    "create_table": lambda f, n: f.create_table_hdu(ROWS.dtype, 5, reserve_cards=n),
    "write_table": lambda f, n: f.write_table(ROWS, reserve_cards=n),
    "packed table": lambda f, n: f.write_table(ROWS, compress=True, reserve_cards=n),
    "ascii": lambda f, n: f.create_ascii_table_hdu(ROWS.dtype, 5, reserve_cards=n),
    "write": lambda f, n: f.write(ROWS, extname="X", reserve_cards=n),
}


@pytest.mark.parametrize("count", [1, 30, 36, 100])
@pytest.mark.parametrize("kind", MAKERS)
def test_cards_that_have_room_move_no_data(tmp_path: Path, kind: str, count: int) -> None:
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        made = MAKERS[kind](fits, count)
        made.header["EXTRA"] = 1
        made.header.update({f"K{i}": i for i in range(count - 1)})
        plain = len(made.header.cards)
    with FITS(path, "w+") as fits:
        hdu = MAKERS[kind](fits, count)
        index = hdu.index
        fits.write_image(np.arange(5, dtype="i2"), extname="BEHIND")
        blanks = [card for card in hdu.header.cards if not card.strip()]
        assert blanks == []  # room is no card
    verify(path)
    before = path.read_bytes()
    with FITS(path, "r+") as fits, fits[index].header.edit() as header:
        header["EXTRA"] = 1
        for i in range(count - 1):
            header[f"K{i}"] = i
    after = path.read_bytes()
    assert len(after) == len(before)
    assert after[-5760:] == before[-5760:]
    verify(path)
    with FITS(path) as fits:
        assert len(fits[index].header.cards) == plain
        assert fits["BEHIND"].read().tolist() == [0, 1, 2, 3, 4]
        assert not fits[index].has_data or len(fits[index].read()) > 0
    with astropy_fits.open(path) as theirs:
        assert theirs["BEHIND"].data.tolist() == [0, 1, 2, 3, 4]
        assert theirs[index].header["EXTRA"] == 1


def test_room_of_one_call(tmp_path: Path) -> None:
    path = tmp_path / "x.fits"
    sizes = []
    for reserve in (0, 40, 80):
        rustfits.write(path, np.zeros(3), reserve_cards=reserve)
        sizes.append(path.stat().st_size)
        rustfits.write_image(path, np.zeros(3), reserve_cards=reserve)
        assert path.stat().st_size == sizes[-1]
        rustfits.write_table(path, ROWS, reserve_cards=reserve)
        verify(path)
    assert [size // 2880 for size in sizes] == [2, 3, 4]


@pytest.mark.parametrize("kind", MAKERS)
def test_room_that_is_none(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "x.fits"
    rustfits.write(path, np.zeros(3))
    before = path.read_bytes()
    with FITS(path, "r+", max_header_bytes=1 << 20) as fits:
        for wrong, error in (
            (-1, ValueError),
            (2.5, TypeError),
            ("1", TypeError),
            (20_000, rustfits.FITSLimitError),
            (2**32 - 1, rustfits.FITSLimitError),
            (2**63 - 1, rustfits.FITSLimitError),
        ):
            with pytest.raises(error):
                MAKERS[kind](fits, wrong)  # type: ignore[arg-type]
    assert path.read_bytes() == before
