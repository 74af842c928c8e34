# SPDX-License-Identifier: BSD-3-Clause
"""The values of Arrow arrays, as numpy arrays over their memory where the bytes allow it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from rustfits._core.arrow.field import FLOATS, INTEGERS, LISTS, TEXTS, Field
from rustfits._core.arrow.ragged import Ragged
from rustfits._core.arrow.text import Text
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSFormatError
from rustfits._core.binding.library import CData, ffi

__all__ = ["Values", "decode", "nulls"]

#: Values: an array, masked where they are null; strings; or cells of variable length.
Values: TypeAlias = "Array | Text | Ragged"

_INVALID = "an Arrow array does not fit its schema"


class _Memory:
    """Memory of an Arrow array for numpy, which keeps the array alive."""

    __slots__ = ("__array_interface__", "owner")

    def __init__(self, owner: Any, address: int, count: int) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "shape": (count,),
            "typestr": "|u1",
            "data": (address, True),
        }


def _buffer(owner: Any, array: CData, number: int, start: int, nbytes: int) -> Array:
    """Return bytes of a buffer."""
    if not nbytes:
        return np.empty(0, "u1")
    if number >= array.n_buffers or array.buffers[number] == ffi.NULL or start < 0 or nbytes < 0:
        raise FITSFormatError(_INVALID)
    address = int(ffi.cast("uintptr_t", array.buffers[number])) + start
    return np.asarray(_Memory(owner, address, nbytes))


def _view(
    owner: Any, array: CData, number: int, dtype: np.dtype[Any], start: int, count: int
) -> Array:
    """Return elements of a buffer."""
    size = dtype.itemsize
    return _buffer(owner, array, number, start * size, count * size).view(dtype)


def _bits(owner: Any, array: CData, number: int, start: int, count: int) -> Array:
    """Return bits of a buffer as bools."""
    first, last = start // 8, (start + count + 7) // 8
    found = _buffer(owner, array, number, first, last - first if count else 0)
    bits = np.unpackbits(found, bitorder="little")[start - 8 * first :][:count]
    return bits.view(bool)


def nulls(owner: Any, array: CData, start: int, count: int) -> Array | None:
    """Return True for each null among `count` values from `start`, or None if there is none."""
    if array.null_count == 0 or not array.n_buffers or array.buffers[0] == ffi.NULL or not count:
        return None
    mask: Array = ~_bits(owner, array, 0, start, count)
    return mask if mask.any() else None


def decode(owner: Any, field: Field, array: CData, start: int, count: int) -> Values:
    """Return `count` values of an array from `start`, without its offset.

    Raises
    ------
    FITSFormatError
        If the array does not fit the field.
    """
    if (
        array == ffi.NULL
        or min(start, count, array.offset) < 0
        or start + count > array.length
        or array.n_children != len(field.children)
    ):
        raise FITSFormatError(_INVALID)
    at, form = array.offset + start, field.format
    if form == "n":
        return np.ma.MaskedArray(np.zeros(count, "u1"), True)
    if form == "+r":
        return _runs(owner, field, array, at, count)
    mask = nulls(owner, array, at, count)
    if field.dictionary is not None:
        return _dictionary(owner, field, field.dictionary, array, at, count, mask)
    if form in TEXTS:
        return _text(owner, form, array, at, count, mask)
    if form in LISTS:
        return _lists(owner, field, array, at, count, mask)
    if field.item_count is not None:
        return _fixed_lists(owner, field, array, at, count, mask)
    if form.startswith("w:"):
        width = int(form[2:])
        whole = _buffer(owner, array, 1, at * width, count * width)
        lengths = np.full(count, width)
        made = Text([whole], np.arange(count) * width, lengths, is_ascii=False)
        if mask is not None:
            made.empty(mask)
        return made
    if form == "b":
        return _masked(_bits(owner, array, 1, at, count), mask)
    dtype = INTEGERS.get(form) or FLOATS.get(form)
    unit = field.time_unit
    if field.duration_unit is not None:
        found = _view(owner, array, 1, np.dtype("i8"), at, count)
        return _masked(found.view(f"m8[{field.duration_unit}]"), mask)
    if dtype is None and unit is not None:
        stored = np.dtype("i4" if form == "tdD" else "i8")
        days = _view(owner, array, 1, stored, at, count).astype("i8", copy=False)
        return _masked(days.view(f"M8[{unit}]"), mask)
    if dtype is None:
        raise FITSFormatError(_INVALID)
    found = _view(owner, array, 1, dtype, at, count)
    if field.is_bool:
        found = found != 0
    elif form == "e":
        found = found.astype("f4")
    return _masked(found, mask)


def _masked(data: Array, mask: Array | None) -> Array:
    return data if mask is None else np.ma.MaskedArray(data, mask)


def _text(owner: Any, form: str, array: CData, at: int, count: int, mask: Array | None) -> Text:
    offsets_dtype = TEXTS[form]
    if offsets_dtype is None:
        made = _text_views(owner, form, array, at, count)
    else:
        offsets = _offsets(owner, array, offsets_dtype, at, count)
        first, last = int(offsets[0]), int(offsets[-1])
        whole = _buffer(owner, array, 2, first, last - first)
        made = Text([whole], offsets[:-1] - first, np.diff(offsets), is_ascii=form in "uU")
    if mask is not None:
        made.empty(mask)
    return made


def _offsets(owner: Any, array: CData, dtype: np.dtype[Any], at: int, count: int) -> Array:
    """Return the checked offsets of strings or lists."""
    if not count:
        return np.zeros(1, "i8")
    offsets = _view(owner, array, 1, dtype, at, count + 1).astype("i8")
    if offsets[0] < 0 or (np.diff(offsets) < 0).any():
        raise FITSFormatError(_INVALID)
    return offsets


def _text_views(owner: Any, form: str, array: CData, at: int, count: int) -> Text:
    """Return strings of which each has its length, and its bytes or their place."""
    others = max(int(array.n_buffers) - 3, 0)
    sizes = _view(owner, array, int(array.n_buffers) - 1, np.dtype("i8"), 0, others)
    buffers = [_buffer(owner, array, 1, 16 * at, 16 * count)]
    for number, size in enumerate(sizes.tolist()):
        buffers.append(_buffer(owner, array, 2 + number, 0, size))
    words = buffers[0].view("i4").reshape(-1, 4)
    lengths = words[:, 0].astype("i8")
    inside = lengths <= 12
    which = np.where(inside, 0, words[:, 2].astype("i8") + 1)
    starts = np.where(inside, np.arange(count) * 16 + 4, words[:, 3].astype("i8"))
    limits = np.array([len(buffer) for buffer in buffers])
    if count and (
        lengths.min() < 0
        or which.min() < 0
        or which.max() >= len(buffers)
        or starts.min() < 0
        or (starts + lengths > limits[which]).any()
    ):
        raise FITSFormatError(_INVALID)
    if not which.any():
        return Text(buffers[:1], starts, lengths, is_ascii=form == "vu")
    return Text(buffers, starts, lengths, which, is_ascii=form == "vu")


def _lists(
    owner: Any, field: Field, array: CData, at: int, count: int, mask: Array | None
) -> Ragged:
    dtype, child = LISTS[field.format], array.children[0]
    assert dtype is not None
    if field.format.startswith("+v"):
        starts = _view(owner, array, 1, dtype, at, count).astype("i8")
        lengths = _view(owner, array, 2, dtype, at, count).astype("i8")
        if mask is not None:
            lengths = np.where(mask, 0, lengths)
        starts = np.where(lengths > 0, starts, 0)
        if count and (min(starts.min(), lengths.min()) < 0):
            raise FITSFormatError(_INVALID)
        first = int(starts.min(initial=0))
        last = int((starts + lengths).max(initial=0))
        begins = np.cumsum(lengths) - lengths
        places = np.repeat(starts - first - begins, lengths) + np.arange(int(lengths.sum()))
        inner = _elements(decode(owner, field.children[0], child, first, last - first))
        return Ragged(lengths.astype("u8"), inner[places])
    offsets = _offsets(owner, array, dtype, at, count)
    first, last = int(offsets[0]), int(offsets[-1])
    inner = _elements(decode(owner, field.children[0], child, first, last - first))
    made = Ragged(np.diff(offsets).astype("u8"), inner)
    if mask is not None and made.lengths[mask].any():  # a null list may have elements
        return made.take(np.arange(count), mask)
    return made


def _elements(inner: Values) -> Array:
    """Return the elements of lists, which are numbers or bools."""
    if isinstance(inner, (Text, Ragged)):
        raise FITSFormatError(_INVALID)
    return inner


def _fixed_lists(
    owner: Any, field: Field, array: CData, at: int, count: int, mask: Array | None
) -> Values:
    length = field.item_count
    assert length is not None
    inner = decode(owner, field.children[0], array.children[0], at * length, count * length)
    shape = field.tensor_shape or (length,)
    if isinstance(inner, Ragged):
        raise FITSFormatError(_INVALID)
    if isinstance(inner, Text):
        if mask is not None:
            inner.empty(np.repeat(mask, len(inner.lengths) // count))
        inner.shape, inner.rows = (*shape, *inner.shape), count
        return inner
    values: Array = inner.reshape(count, *shape, *inner.shape[1:])
    if mask is None:
        return values
    whole = np.broadcast_to(mask.reshape(-1, *(1,) * (values.ndim - 1)), values.shape)
    return np.ma.MaskedArray(np.ma.getdata(values), whole | np.ma.getmaskarray(values))


def _dictionary(
    owner: Any,
    field: Field,
    entries: Field,
    array: CData,
    at: int,
    count: int,
    mask: Array | None,
) -> Values:
    dtype = INTEGERS.get(field.format)
    if dtype is None or array.dictionary == ffi.NULL:
        raise FITSFormatError(_INVALID)
    index = _view(owner, array, 1, dtype, at, count).astype("i8")
    if mask is not None:
        index[mask] = 0
    values = decode(owner, entries, array.dictionary, 0, array.dictionary.length)
    return _take(values, index, mask)


def _runs(owner: Any, field: Field, array: CData, at: int, count: int) -> Values:
    if len(field.children) != 2:
        raise FITSFormatError(_INVALID)
    ends = decode(owner, field.children[0], array.children[0], 0, array.children[0].length)
    if not isinstance(ends, np.ndarray) or ends.dtype.kind != "i":
        raise FITSFormatError(_INVALID)
    index = np.searchsorted(ends, np.arange(at, at + count), "right")
    values = decode(owner, field.children[1], array.children[1], 0, array.children[1].length)
    return _take(values, index, None)


def _take(values: Values, index: Array, mask: Array | None) -> Values:
    """Return the values of these numbers, null where `mask` is True."""
    count = len(values)
    if not count and (mask is None or not mask.all()) and len(index):
        raise FITSFormatError(_INVALID)
    if not count:  # all are null
        values, index = _one_null(values), np.zeros(len(index), "i8")
    elif len(index) and (index.min() < 0 or index.max() >= count):
        raise FITSFormatError(_INVALID)
    if isinstance(values, Text):
        made = values.take(index)
        if mask is not None:
            made.empty(mask)
        return made
    if isinstance(values, Ragged):
        return values.take(index, mask)
    found: Array = values[index]
    if mask is None:
        return found
    whole = np.broadcast_to(mask.reshape(-1, *(1,) * (found.ndim - 1)), found.shape)
    return np.ma.MaskedArray(np.ma.getdata(found), whole | np.ma.getmaskarray(found))


def _one_null(values: Values) -> Values:
    """Return one value in place of none, so that null entries have something to point at."""
    if isinstance(values, Text):
        zero = np.zeros(1, "i8")
        return Text([np.empty(0, "u1")], zero, zero, is_ascii=values.is_ascii)
    if isinstance(values, Ragged):
        return Ragged(np.zeros(1, "u8"), values.elements)
    return np.zeros((1, *values.shape[1:]), values.dtype)
