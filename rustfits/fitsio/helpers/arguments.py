# SPDX-License-Identifier: BSD-3-Clause
"""The functions of ``fitsio.fitslib`` and ``fitsio.hdu.image`` that check an argument."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSValueError
from rustfits.fitsio.helpers.maps import _compress_map, _qmethod_map
from rustfits.fitsio.util import ASCII_TBL, BINARY_TBL, NOT_SET, PLIO_1

__all__ = [
    "_convert_full_start_to_offset",
    "_extract_table_type",
    "_make_item",
    "check_comptype_img",
    "check_extver",
    "extract_filename",
    "get_compress_type",
    "get_dither_seed",
    "get_qmethod",
    "get_tile_dims",
]


def check_extver(extver: Any) -> int:
    """Return an EXTVER as a number, 0 for None.

    Raises
    ------
    FITSValueError
        If it is not positive.
    """
    if extver is None:
        return 0
    number = int(extver)
    if number <= 0:
        raise FITSValueError(f"extver must be positive, not {extver!r}")
    return number


def check_comptype_img(comptype: int | None, dtype_str: str) -> None:
    """Check that an algorithm compresses images of a type.

    Raises
    ------
    FITSValueError
        If the algorithm is PLIO and the type an unsigned integer of 4 or 8 bytes.
    """
    if comptype == PLIO_1 and np.dtype(dtype_str).str[1:] in ("u4", "u8"):
        raise FITSValueError(f"PLIO does not compress images of type {dtype_str}")


def get_compress_type(compress: Any) -> int | None:
    """Return the number of an algorithm, 0 for none, or None for the default.

    Raises
    ------
    FITSValueError
        If there is no such algorithm.
    """
    return _look_up(compress, {**_compress_map, **_numbers(_compress_map)}, "compress")


def get_qmethod(qmethod: Any) -> int | None:
    """Return the number of a method of dithering, or None for the default.

    Raises
    ------
    FITSValueError
        If there is no such method.
    """
    return _look_up(qmethod, _qmethod_map, "qmethod")


def _numbers(table: dict[Any, int]) -> dict[Any, int]:
    return {number: number for number in table.values()}


def _look_up(value: Any, table: dict[Any, int], what: str) -> int | None:
    key = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    key = key.upper() if isinstance(key, str) else key
    if isinstance(key, str) and key == NOT_SET:
        return None
    if key not in table or isinstance(key, bool):
        raise FITSValueError(f"{what} must be one of {list(table)}, not {value!r}")
    return table[key]


def get_dither_seed(dither_seed: Any) -> int | None:
    """Return the number of a start of dithering: 0 for the clock, -1 for the checksum.

    Raises
    ------
    FITSValueError
        If it is neither a number up to 10000 nor ``"clock"`` nor ``"checksum"``.
    """
    seed = dither_seed
    if isinstance(seed, bytes):
        seed = seed.decode("ascii", "replace")
    if isinstance(seed, str):
        named: dict[str, int | None] = {"clock": 0, "checksum": -1, NOT_SET.lower(): None}
        if seed.lower() in named:
            return named[seed.lower()]
    try:
        number = 0 if seed is None else operator.index(seed)
    except TypeError:
        number = 10001
    if number > 10000:
        raise FITSValueError(
            f"dither_seed must be up to 10000, 'clock' or 'checksum', not {dither_seed!r}"
        )
    return number


def get_tile_dims(tile_dims: Any, imshape: Sequence[int]) -> Array | None:
    """Return the lengths of a tile as an array, or None for the default.

    Raises
    ------
    FITSValueError
        If an image of shape `imshape` has another number of axes.
    """
    if tile_dims is None or (isinstance(tile_dims, str) and tile_dims == NOT_SET):
        return None
    dims = np.atleast_1d(np.asarray(tile_dims, dtype=np.int64))
    if dims.size != len(imshape):
        raise FITSValueError(f"tile_dims has {dims.size} axes, the image {len(imshape)}")
    return dims


def _extract_table_type(type: Any) -> int:  # noqa: A002
    """Return ``ASCII_TBL`` or ``BINARY_TBL``.

    Raises
    ------
    FITSValueError
        If it is none of ``"ascii"``, ``"binary"``, and their numbers.
    """
    name = type.lower() if isinstance(type, str) else type
    if name in ("ascii", ASCII_TBL):
        return ASCII_TBL
    if name in ("binary", BINARY_TBL):
        return BINARY_TBL
    raise FITSValueError(f"table_type must be 'binary' or 'ascii', not {type!r}")


def _make_item(ext: Any, extver: Any = None) -> Any:
    """Return the key of an HDU."""
    return ext if extver is None else (ext, extver)


def _convert_full_start_to_offset(dims: Sequence[int], start: Sequence[int]) -> int:
    """Return the number of a pixel from its position on each axis.

    Raises
    ------
    FITSValueError
        If `dims` and `start` have different lengths.
    """
    if len(dims) != len(start):
        raise FITSValueError(f"start has {len(start)} axes, the image {len(dims)}")
    offset = 0
    for length, place in zip(dims, start, strict=True):
        offset = offset * int(length) + int(place)
    return offset


def extract_filename(filename: str | os.PathLike[str]) -> str:
    """Return a name of a file without a leading ``!``, with ``~`` and variables replaced."""
    name = os.fspath(filename)
    if name.strip().startswith("!"):
        name = name.strip()[1:]
    return os.path.expandvars(os.path.expanduser(name))  # noqa: PTH111 (keeps the slashes)
