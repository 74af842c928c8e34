# SPDX-License-Identifier: BSD-3-Clause
"""Many cutouts of one image, in one call."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.arrays import Array, new_array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.image.pixels import Pixels, masked

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rustfits._core.binding.handle import FileHandle

__all__ = ["read_cutouts"]

# Positions further out are refused; arithmetic with smaller ones does not overflow.
_FAR = 2**62


def read_cutouts(
    file: FileHandle,
    index: int,
    pixels: Pixels,
    centres: ArrayLike,
    shape: SupportsIndex | Sequence[SupportsIndex],
    fill: float | None,
    mask_blank: bool,
) -> Array:
    """Read the cutouts of one shape around some pixels; see `ImageHDU.cutouts`."""
    ndim = len(pixels.shape)
    lengths = _lengths(shape, ndim)
    starts = _starts(centres, lengths)
    value = np.array([_fill_value(fill, pixels)], pixels.dtype)
    count, elements = len(starts), math.prod(lengths)
    data: Array = new_array((count, *lengths), pixels.dtype)
    mask = new_array(data.shape, bool) if mask_blank else None
    if count and elements:
        first, sides = ffi.from_buffer("int64_t[]", starts), ffi.new("uint64_t[]", lengths)
        request = ffi.new("rf_cutout_request *")
        request.size = ffi.sizeof("rf_cutout_request")
        request.count, request.naxis = count, ndim
        request.starts, request.lengths = first, sides
        request.dtype = pixels.type
        request.fill = ffi.from_buffer(value)
        request.data, request.data_bytes = ffi.from_buffer(data), data.nbytes
        if mask is not None:
            request.mask = ffi.from_buffer("uint8_t[]", mask)
        err = error()
        check(lib.rf_image_read_cutouts(file._handle(), index, request, err), err)
        del first, sides  # borrowed by the request until here
    return data if mask is None else masked(data, mask, pixels, True)


def _lengths(shape: SupportsIndex | Sequence[SupportsIndex], ndim: int) -> list[int]:
    """Return the lengths of a cutout, slowest axis first."""
    if isinstance(shape, Sequence):
        lengths = [integer("a length of the shape", length, 0) for length in shape]
    else:
        lengths = [integer("shape", operator.index(shape), 0)] * ndim
    if len(lengths) != ndim:
        raise FITSValueError(f"shape has {len(lengths)} lengths, and the image {ndim} axes")
    return lengths


def _starts(centres: ArrayLike, lengths: list[int]) -> Array:
    """Return the first pixel of each cutout, whose middle is (or is just before) the centre."""
    given = np.asarray(centres)
    if given.size == 0:
        given = given.reshape(-1, len(lengths)).astype("i8")
    if given.ndim != 2 or given.shape[1] != len(lengths):
        raise FITSValueError(
            f"centres must be an array of shape (n, {len(lengths)}), a pixel for each cutout, "
            f"slowest axis first; its shape is {given.shape}"
        )
    if given.dtype.kind == "f":
        if not np.isfinite(given).all():
            raise FITSValueError("a centre is not finite")
        given = np.floor(given + 0.5)
    elif given.dtype.kind not in "iu":
        raise FITSTypeError(f"centres must be numbers, not {given.dtype}")
    if given.size and max(-float(given.min()), float(given.max())) > _FAR:
        raise FITSValueError("a centre is too far from any image")
    halves = np.array([length // 2 for length in lengths], "i8")
    return np.ascontiguousarray(given.astype("i8") - halves)


def _fill_value(fill: float | None, pixels: Pixels) -> float:
    """Return the value of pixels outside the image."""
    if fill is None:
        if pixels.dtype.kind == "f":
            return math.nan
        if pixels.blank is None:
            return 0
        if pixels.dtype == pixels.stored_dtype:
            return pixels.blank
        half: int = 2 ** (8 * pixels.dtype.itemsize - 1)
        return pixels.blank + (half if pixels.dtype.kind == "u" else -half)
    if pixels.dtype.kind in "iu":
        limits = np.iinfo(pixels.dtype)
        if isinstance(fill, float):
            raise FITSTypeError(f"fill must be an integer for an image of type {pixels.dtype}")
        return integer("fill", fill, int(limits.min), int(limits.max))
    return float(fill)
