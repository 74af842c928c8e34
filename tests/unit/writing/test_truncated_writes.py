# SPDX-License-Identifier: BSD-3-Clause
"""Writing into an HDU whose data unit is cut short: refused before the first byte, or all there.

A file is never completed with zeros by a write, nor made longer with a hole.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import rustfits

if TYPE_CHECKING:
    from collections.abc import Callable

    from rustfits import FITS

pytestmark = pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")

_ROWS = np.zeros(500, [("a", "i4"), ("b", "f8")])
_CELLS: Any = np.empty(300, object)
_CELLS[:] = [np.arange(i % 40, dtype="i4") for i in range(300)]


def _image(file: FITS) -> None:
    file.write_image(np.ones((40, 50), "i4"))


def _tiles(file: FITS) -> None:
    file.write_image(
        np.random.default_rng(0).integers(0, 999, (40, 50)).astype("i4"), compress="rice"
    )


def _table(file: FITS) -> None:
    file.write_table(_ROWS)


def _ascii(file: FITS) -> None:
    file.create_ascii_table_hdu(_ROWS.dtype, 500)


def _vla(file: FITS) -> None:
    file.write_table({"k": np.arange(300), "v": _CELLS}, var_dtypes={"v": "i4"})


def _packed(file: FITS) -> None:
    file.write_table(_ROWS, compress=True, ztilelen=100)


_IMAGE: dict[str, Callable[[Any], object]] = {
    "column": lambda h: h.__setitem__((slice(None), slice(2, 7)), 7),
    "corner": lambda h: h.__setitem__((slice(10, 40), slice(0, 30)), 7),
    "steps": lambda h: h.__setitem__((slice(None, None, 2), slice(None, None, 3)), 7),
    "indices": lambda h: h.__setitem__(([2, 39], slice(1, 9, 2)), 7),
    "backwards": lambda h: h.__setitem__((slice(None), slice(8, 1, -2)), 7),
    "last pixel": lambda h: h.__setitem__((39, 49), 7),
    "all": lambda h: h.write(np.full((40, 50), 7, "i4")),
    "extend": lambda h: h.extend(np.full((3, 50), 7, "i4")),
}
_PLAIN_IMAGE = {**_IMAGE, "reshape": lambda h: h.reshape((50, 50))}
_TABLE: dict[str, Callable[[Any], object]] = {
    "last row": lambda h: h.__setitem__(-1, h[0]),
    "column": lambda h: h["a"].write(np.arange(500)),
    "steps": lambda h: h["b"].__setitem__(slice(None, None, 7), 1.0),
    "append": lambda h: h.append(_ROWS[:9]),
    "insert": lambda h: h.insert_column("c", np.zeros(500)),
    "delete": lambda h: h.delete_column("a"),
    "delete rows": lambda h: h.delete_rows([1, 2]),
}
_PLAIN_TABLE = {**_TABLE, "repack": lambda h: h.repack()}
_VLA: dict[str, Callable[[Any], object]] = {
    "cells": lambda h: h["v"].__setitem__(slice(None), _CELLS),
    "empty cells": lambda h: h["v"].__setitem__(slice(298, 300), [np.zeros(0, "i4")] * 2),
    "append": lambda h: h.append({"k": np.arange(300), "v": _CELLS}),
    "repack": lambda h: h.repack(),
}

_CASES = [
    pytest.param(build, index, do, id=f"{build.__name__[1:]}-{name}")
    for build, index, actions in (
        (_image, 0, _PLAIN_IMAGE),
        (_tiles, 1, _IMAGE),
        (_table, 1, _PLAIN_TABLE),
        (_ascii, 1, _TABLE),
        (_vla, 1, _VLA),
        (_packed, 1, _TABLE),
    )
    for name, do in actions.items()
]


@pytest.mark.parametrize("part", [0.0, 0.3, 0.97])
@pytest.mark.parametrize(("build", "index", "do"), _CASES)
def test_nothing_is_written_into_a_truncated_data_unit(
    build: Callable[[FITS], None],
    index: int,
    do: Callable[[Any], object],
    part: float,
    tmp_path: Path,
) -> None:
    path = tmp_path / "cut.fits"
    with rustfits.FITS(path, "w+") as f:
        build(f)
        facts = f[index]._fresh()
        begin, data = facts.data_offset, facts.data_bytes
    size = begin + int(data * part)
    with path.open("r+b") as stream:
        stream.truncate(size)
    before = path.read_bytes()
    f = rustfits.FITS(path, "r+")
    try:
        with pytest.raises(rustfits.FITSTruncatedError):
            do(f[index])
        assert path.read_bytes() == before
        f[0].header["USABLE"] = True  # the handle is not tainted
    finally:
        f.close()
    assert path.stat().st_size == size


@pytest.mark.parametrize("build", [_image, _table, _vla, _packed, _tiles])
def test_a_truncated_hdu_is_neither_packed_nor_copied_nor_summed(
    build: Callable[[FITS], None], tmp_path: Path
) -> None:
    path, packed = tmp_path / "cut.fits", tmp_path / "cut.fits.fz"
    with rustfits.FITS(path, "w+") as f:
        build(f)
        index = len(f) - 1
        facts = f[index]._fresh()
        size = facts.data_offset + facts.data_bytes - 3
    with path.open("r+b") as stream:
        stream.truncate(size)
    before = path.read_bytes()
    with rustfits.FITS(path, "r+") as f, pytest.raises(rustfits.FITSTruncatedError):
        f[index].add_checksum()
    for tables in (False, True):
        with pytest.raises(rustfits.FITSTruncatedError):
            rustfits.pack(path, packed, tables=tables)
        assert not packed.exists()
    assert path.read_bytes() == before


def test_pixels_that_are_there_can_be_written_in_a_truncated_image(tmp_path: Path) -> None:
    path = tmp_path / "cut.fits"
    rustfits.write(path, np.ones((40, 50), "i4"))
    with path.open("r+b") as stream:
        stream.truncate(2880 + 20 * 200)
    with rustfits.FITS(path, "r+") as f:
        f[0][:20, 3:5] = 9
        with pytest.raises(rustfits.FITSTruncatedError):
            f[0][19:21, 0] = 9
    assert path.stat().st_size == 2880 + 20 * 200
    with rustfits.FITS(path) as f:
        assert (f[0][:20, 3:5] == 9).all()
        assert (f[0][:20, :3] == 1).all()
