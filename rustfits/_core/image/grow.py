# SPDX-License-Identifier: BSD-3-Clause
"""Images whose axes become longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, SupportsIndex

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.binding.selection import Axis
from rustfits._core.image.pixels import check_start

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["box", "check_growth", "grow_axes", "reach"]

_LENGTHS = ffi.typeof("uint64_t[]")


def box(places: tuple[int, ...], counts: tuple[int, ...]) -> tuple[Axis, ...]:
    """Return the section of `counts` pixels from `places` on."""
    return tuple(Axis(place, 1, count) for place, count in zip(places, counts, strict=True))


def check_growth(
    start: Sequence[SupportsIndex], counts: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Return `start` as ints. Data of shape `counts` may extend beyond the image of `shape`.

    Raises
    ------
    FITSTypeError, FITSValueError
        If `start` is no position in an image of so many axes.
    """
    places = check_start(start, counts, (2**63 - 1,) * (len(shape) or len(counts)))
    if not places:
        raise FITSValueError("data of an image have at least one axis")
    return places


def reach(
    places: tuple[int, ...], counts: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the shape of an image of `shape` that grew for `counts` pixels from `places` on."""
    old = shape or (0,) * len(places)
    ends = zip(old, places, counts, strict=True)
    return tuple(max(length, place + count) for length, place, count in ends)


def grow_axes(file: FileHandle, index: int, shape: tuple[int, ...]) -> None:
    """Make the axes of an image as long as `shape` says.

    Raises
    ------
    FITSError
        If the image cannot grow so.
    """
    err = error()
    check(
        lib.rf_image_grow(file._handle(), index, ffi.new(_LENGTHS, shape), len(shape), err),
        err,
    )
