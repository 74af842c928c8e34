# SPDX-License-Identifier: BSD-3-Clause
"""The types in which the ``fitsio`` API reads images with BSCALE and BZERO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from rustfits._core.image.image import ImageHDU
    from rustfits.fitsio.util import Array

__all__ = ["scaled", "scaled_type"]

_F4, _F8 = np.dtype("f4"), np.dtype("f8")
_INTEGERS = tuple(np.dtype(kind) for kind in ("i2", "u2", "i4", "u4"))


def scaled_type(image: ImageHDU) -> np.dtype[Any] | None:
    """Return the type of an image with a scale, or None if the image has its own type.

    It is the smallest integer type for 8-bit and 16-bit pixels with a whole scale and offset, and
    otherwise ``f4``, or ``f8`` for 32-bit integers.
    """
    pixels = image._pixels()
    if not pixels.scaled:
        return None
    stored: np.dtype[Any] = pixels.stored_dtype
    if stored.kind == "f":
        return _F4 if stored.itemsize == 4 else _F8
    if stored.itemsize > 2:
        return _F8
    scale, zero = _number(image, "BSCALE", 1.0), _number(image, "BZERO", 0.0)
    if image.header.get("BLANK") is not None or not (_is_whole(scale) and _is_whole(zero)):
        return _F4
    limits = np.iinfo(stored)
    ends = sorted((zero + scale * int(limits.min), zero + scale * int(limits.max)))
    for dtype in _INTEGERS:
        if np.iinfo(dtype).min <= ends[0] and ends[1] <= np.iinfo(dtype).max:
            return dtype
    return _F8


def scaled(image: ImageHDU, data: Array) -> Array:
    """Return pixels that were read in the type of `scaled_type`."""
    kind = scaled_type(image) if data.dtype == _F8 else None  # the type of all with a scale
    return data if kind is None or kind == _F8 else data.astype(kind)


def _number(image: ImageHDU, keyword: str, default: float) -> float:
    value = image.header.get(keyword, default)
    return float(value) if isinstance(value, (int, float)) else default


def _is_whole(value: float) -> bool:
    return value == round(value) and abs(value) < 2.0**63
