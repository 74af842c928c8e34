# SPDX-License-Identifier: BSD-3-Clause
"""Keys of ``hdu[key]``: numpy's indexing as the axes of a section."""

from __future__ import annotations

import operator
import struct
from types import EllipsisType
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from rustfits._core.binding.errors import FITSIndexError, FITSUnsupportedError, FITSValueError
from rustfits._core.binding.layouts import AXIS
from rustfits._core.binding.library import CData, ffi

__all__ = ["Axis", "Selection", "c_axes", "select", "select_plain", "select_rows"]

Indices: TypeAlias = "np.ndarray[Any, np.dtype[np.uint64]]"


class Axis(NamedTuple):
    """Elements along one axis: from `start` on by `step`, or those in `indices`."""

    start: int
    step: int
    length: int
    indices: Indices | None = None

    def part(self, first: int, length: int) -> Axis:
        """Return the axis of `length` elements from position `first` on."""
        if self.indices is not None:
            return Axis(0, 1, length, self.indices[first : first + length])
        return Axis(self.start + first * self.step, self.step, length)


class Selection(NamedTuple):
    """The section that a key selects, and the shape of numpy's result.

    Attributes
    ----------
    axes : tuple of Axis
        One for each axis of the image.
    shape : tuple of int
        The shape that is read: one length for each axis that the key keeps, in image order.
    fancy : int
        The axis of `shape` that numpy puts first in the result, or -1. It is the axis of an index
        list that a slice separates from an int.
    scalar : bool
        Whether the result is a number, not an array without dimensions.
    """

    axes: tuple[Axis, ...]
    shape: tuple[int, ...]
    fancy: int = -1
    scalar: bool = False

    @property
    def result_shape(self) -> tuple[int, ...]:
        """The shape of numpy's result."""
        if self.fancy < 0:
            return self.shape
        rest = list(self.shape)
        return (rest.pop(self.fancy), *rest)

    def to_result(self, data: np.ndarray[Any, Any]) -> Any:
        """Return the array that was read as numpy's result."""
        if self.fancy >= 0:
            return np.ascontiguousarray(np.moveaxis(data, self.fancy, 0))
        return data[()] if self.scalar else data

    def from_result(self, data: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return values in the shape of numpy's result in the order of the image."""
        return np.moveaxis(data, 0, self.fancy) if self.fancy >= 0 else data


_AXIS = AXIS.format[1:]
_PACK = [struct.Struct("@" + _AXIS * rank).pack for rank in range(9)]
_AXES = ffi.typeof("rf_axis[]")
_from_buffer, _cast, _UINTPTR = ffi.from_buffer, ffi.cast, ffi.typeof("uintptr_t")
_MASK, _SIGNED = np.dtype(bool), np.dtype(np.int64)


def c_axes(axes: tuple[Axis, ...]) -> CData:
    """Return an ``rf_axis[]``. It points at the index lists, which the caller keeps alive."""
    numbers: list[int] = []
    for start, step, length, indices in axes:
        pointer = 0
        if indices is not None and length:
            pointer = int(ffi.cast("uintptr_t", ffi.from_buffer(indices)))
        numbers += (start, step, length, pointer)
    rank = len(axes)
    pack = _PACK[rank] if rank < len(_PACK) else struct.Struct("@" + _AXIS * rank).pack
    return _from_buffer(_AXES, pack(*numbers))


def select(key: Any, shape: tuple[int, ...]) -> Selection:
    """Return the selection of a key in an image of that shape.

    Raises
    ------
    FITSIndexError
        If the key is out of range, has too many parts, or is no valid index.
    FITSUnsupportedError
        If the key has new axes, index lists for two axes, or lists or masks of more than one
        dimension, which numpy supports.
    FITSValueError
        If a slice has step 0.
    """
    return _select(key if isinstance(key, tuple) else (key,), shape)


def select_plain(
    key: Any, shape: tuple[int, ...]
) -> tuple[tuple[int, ...], list[int], Any, bool] | None:
    """Find out quickly what a common key selects.

    Such a key has ints, slices, one ellipsis and one index list or mask, whose axis stays where it
    is. Index lists are not checked.

    Returns
    -------
    counts : tuple of int
        Shape of what is read.
    numbers : list of int
        The members of an ``rf_axis`` for each axis of the image.
    indices : numpy.ndarray or None
        The index list, which `numbers` point at.
    scalar : bool
        The answer is a number.

    For any other key, right or wrong, return None: use `select`.
    """
    parts = key if type(key) is tuple else (key,)
    rank, given = len(shape), len(parts)
    counts: list[int] = []
    numbers: list[int] = []
    indices = None
    axis = 0
    dots = single = False
    for part in parts:
        if part is Ellipsis:
            if dots or given > rank + 1:
                return None
            dots = True
            for length in shape[axis : axis + rank - given + 1]:
                numbers += (0, 1, length, 0)
                counts.append(length)
            axis += rank - given + 1
            continue
        if axis == rank:
            return None
        length = shape[axis]
        axis += 1
        if type(part) is slice:
            try:
                start, stop, step = part.indices(length)
            except (TypeError, ValueError):
                return None
            count = stop - start if step == 1 else len(range(start, stop, step))
            if count <= 0:
                return None
            numbers += (start, step, count, 0)
            counts.append(count)
        elif type(part) is int or isinstance(part, np.integer):
            number = int(part)
            if number < 0:
                number += length
            if not 0 <= number < length:
                return None
            numbers += (number, 1, 1, 0)
            single = True
        else:
            found = None if indices is not None else _plain_indices(part, length)
            if found is None or found.size == 0:
                return None
            indices = found
            numbers += (0, 1, found.size, int(_cast(_UINTPTR, _from_buffer(found))))
            counts.append(found.size)
    if indices is not None and (dots or (single and rank > 2)):
        return None
    for length in shape[axis:]:
        numbers += (0, 1, length, 0)
        counts.append(length)
    return tuple(counts), numbers, indices, not counts and not dots


def _plain_indices(part: Any, length: int) -> Indices | None:
    """Return an index list as 64-bit integers, negative ones as they are; None for what is none."""
    if type(part) is list:
        if not part or type(part[0]) is not int:
            return None
        try:
            part = np.array(part)
        except ValueError:
            return None
    elif type(part) is not np.ndarray:
        return None
    if part.ndim != 1:
        return None
    if part.dtype == _MASK:
        if part.size != length:
            return None
        part = part.nonzero()[0]
    if part.dtype != _SIGNED:
        return None
    found: Indices = part if part.flags.c_contiguous else part.copy()
    return found


def select_rows(key: Any, count: int) -> tuple[Axis, bool]:
    """Return the rows that a key selects in a table of `count` rows.

    Returns
    -------
    axis : Axis
        The rows.
    single : bool
        Whether the key is an int, so that the result is one row instead of an array.

    Raises
    ------
    FITSIndexError, FITSUnsupportedError, FITSValueError
        As for `select`.
    """
    if key is None or isinstance(key, EllipsisType):
        return Axis(0, 1, count), False
    if type(key) is slice:
        return _slice(key, count), False
    if isinstance(key, (tuple, range)) or hasattr(key, "__next__"):
        key = list(key)
    found = _index(key, 0, count)
    if isinstance(found, int):
        return Axis(found, 1, 1), True
    return Axis(0, 1, len(found), found), False


def _select(parts: tuple[Any, ...], shape: tuple[int, ...]) -> Selection:
    """Return the selection of the parts of a key."""
    parts, dots = _expand(parts, len(shape))
    axes: list[Axis] = []
    kept: list[int] = []  # lengths of the axes in the result
    fancy = -1  # the one with an index list
    numbers: list[int] = []  # places in the key of ints and index lists
    listed = False
    for place, (part, length) in enumerate(zip(parts, shape, strict=True)):
        if type(part) is slice:
            axis = _slice(part, length)
            kept.append(axis.length)
            axes.append(axis)
            continue
        numbers.append(place)
        found = _index(part, place, length)
        if isinstance(found, int):
            axes.append(Axis(found, 1, 1))
            continue
        if listed:
            raise FITSUnsupportedError(
                "index lists for more than one axis are not supported: read the part that "
                "has them all, and index the array"
            )
        listed = True
        fancy = len(kept)
        kept.append(len(found))
        axes.append(Axis(0, 1, len(found), found))
    # In numpy, an int beside an index list counts as a list. Lists with a slice or "..." between
    # them put their axis first.
    apart = listed and numbers[-1] - numbers[0] >= len(numbers)
    if listed and dots >= 0 and numbers[0] < dots <= numbers[-1]:
        apart = True
    scalar = not kept and dots < 0
    return Selection(tuple(axes), tuple(kept), fancy if apart and fancy > 0 else -1, scalar)


def _expand(parts: tuple[Any, ...], rank: int) -> tuple[tuple[Any, ...], int]:
    """Replace "..." by as many full slices as are missing. Return its place, too, or -1."""
    dots = -1
    for place, part in enumerate(parts):
        if part is None:
            raise FITSUnsupportedError(
                "new axes (None, np.newaxis) are not supported: read first, and index the array"
            )
        if isinstance(part, EllipsisType):
            if dots >= 0:
                raise FITSIndexError("an index can only have a single ellipsis ('...')")
            dots = place
    given = len(parts) - (dots >= 0)
    if given > rank:
        raise FITSIndexError(
            f"too many indices for the image: it is {rank}-dimensional, but {given} were indexed"
        )
    full = (slice(None),) * (rank - given)
    if dots < 0:
        return parts + full, -1
    return parts[:dots] + full + parts[dots + 1 :], dots


def _slice(part: slice, length: int) -> Axis:
    """Return the axis of a slice."""
    if part.step is None and part.start is None and part.stop is None:
        return Axis(0, 1, length)
    try:
        start, stop, step = part.indices(length)
    except ValueError as error:
        raise FITSValueError(str(error)) from None
    if step == 1:
        return Axis(start, 1, stop - start if stop > start else 0)
    count = len(range(start, stop, step))
    return Axis(start, step if count > 1 else 1, count)  # a step may be beyond 64 bits


def _index(part: Any, place: int, length: int) -> int | Indices:
    """Return the position of an int, or those of an index list or mask."""
    if isinstance(part, (bool, np.bool_)):
        raise FITSUnsupportedError(
            "a single True or False is not supported as an index: it makes a new axis in numpy"
        )
    try:
        number = operator.index(part)
    except TypeError:
        return _list(part, place, length)
    if not -length <= number < length:
        raise FITSIndexError(f"index {number} is out of bounds for axis {place} with size {length}")
    return number + length if number < 0 else number


def _list(part: Any, place: int, length: int) -> Indices:
    """Return the positions of an index list or mask."""
    if isinstance(part, (str, bytes, dict, set, float, complex)):
        raise FITSIndexError(_NO_INDEX)
    try:
        array = np.asarray(part)
    except ValueError:
        raise FITSIndexError(_NO_INDEX) from None
    if array.dtype == object:
        raise FITSIndexError(_NO_INDEX)
    if array.ndim != 1:
        raise FITSUnsupportedError(
            f"index lists and masks of one dimension are supported, and this one has {array.ndim}"
        )
    if array.dtype == bool:
        if len(array) != length:
            raise FITSIndexError(
                f"boolean index did not match along axis {place}; size of axis is {length} "
                f"but size of corresponding boolean axis is {len(array)}"
            )
        return np.flatnonzero(array).astype(np.uint64)
    if len(array) == 0 and not isinstance(part, np.ndarray):
        return np.empty(0, np.uint64)
    if array.dtype.kind not in "iu":
        raise FITSIndexError("arrays used as indices must be of integer (or boolean) type")
    if len(array) and not (-length <= int(array.min()) and int(array.max()) < length):
        wrong = next(int(i) for i in array if not -length <= int(i) < length)
        raise FITSIndexError(f"index {wrong} is out of bounds for axis {place} with size {length}")
    if array.dtype.kind == "u":
        return np.ascontiguousarray(array, np.uint64)
    wrapped: Indices = np.where(array < 0, array.astype(np.int64) + length, array).astype(np.uint64)
    return wrapped


_NO_INDEX = (
    "only integers, slices (`:`), ellipsis (`...`) and lists or arrays of integers or booleans "
    "are valid indices"
)
