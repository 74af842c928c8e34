# SPDX-License-Identifier: BSD-3-Clause
"""Pixels: their types, conversions, and the arrays that hold them."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

import numpy as np

from rustfits._core.arrow.frame import is_column, is_frame, refuse_lazy
from rustfits._core.arrow.whole import column_of_array
from rustfits._core.binding.arguments import integer
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.dtypes import F4, F8, PIXEL_TYPES
from rustfits._core.binding.errors import FITSTypeError, FITSUnsupportedError, FITSValueError
from rustfits._core.binding.library import CData, check, error, lib, text
from rustfits._core.binding.selection import Axis, c_axes
from rustfits._core.foreign.arrays import plain_array
from rustfits._core.image.request import pixel_request

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.binding.handle import FileHandle

__all__ = [
    "Pixels",
    "as_pixels",
    "cast",
    "check_out",
    "check_start",
    "check_values",
    "mask_of",
    "masked",
    "pixel_type",
    "put_pixels",
    "slabs",
    "store_pixels",
    "stored_blank",
]

# Values that have to be converted before they are written are converted in parts of this size.
_PART = 4 << 20

#: What to write instead of pixel types that FITS does not have.
_INSTEAD = {
    "?": "uint8",
    "e": "float32",
    "g": "float64",
    "F": "two images of float32 (real and imaginary parts)",
    "D": "two images of float64 (real and imaginary parts)",
    "G": "two images of float64 (real and imaginary parts)",
}


class Pixels(NamedTuple):
    """The facts about the pixels in the header, at one generation of the file."""

    generation: int
    shape: tuple[int, ...]
    type: int  # rf_dtype of the values
    dtype: np.dtype[Any]
    stored_type: int
    stored_dtype: np.dtype[Any]
    scaled: bool  # BSCALE and BZERO that are no unsigned or signed-byte convention
    blank: int | None


# ---- what can be stored ----


def pixel_type(dtype: DTypeLike) -> int:
    """Give the rf_dtype of a dtype.

    Raises
    ------
    FITSTypeError
        If FITS has no such pixels.
    """
    kind = np.dtype(dtype)
    number = PIXEL_TYPES.get(kind.newbyteorder("="))
    if number is None:
        instead = _INSTEAD.get(kind.char)
        raise FITSTypeError(
            f"FITS images cannot hold pixels of type {kind}; "
            + (f"write {instead}" if instead else "u1 i1 u2 i2 u4 i4 u8 i8 f4 f8 can be written")
        )
    return number


def as_pixels(data: ArrayLike, blank: int | None = None) -> Array:
    """Return `data` as an array that can become an image, before any file is changed.

    Raises
    ------
    FITSUnsupportedError
        If `data` is a table.
    FITSValueError, FITSTypeError
        If FITS has no such image.
    """
    refuse_lazy(data)
    if is_frame(data) or (hasattr(data, "iloc") and hasattr(data, "columns")):
        raise FITSUnsupportedError(
            "a data frame is a table, not an image: use write_table, or its to_numpy()"
        )
    if is_column(data):  # its own conversion makes floating-point numbers of integers with nulls
        data = column_of_array(data)
    array: Array | None = None if isinstance(data, dict) else np.asanyarray(plain_array(data))
    if array is None or array.dtype.names:
        raise FITSUnsupportedError(
            "a structured array or a dict is a table, not an image: use write_table"
        )
    pixel_type(array.dtype)
    if array.ndim == 0:
        raise FITSValueError("an image needs at least one axis; write a number as a keyword")
    if blank is None and array.dtype.kind in "iu" and np.ma.is_masked(array):
        raise FITSValueError(
            "masked pixels of an integer image are stored as BLANK: give blank=, or fill them first"
        )
    return array


def stored_blank(blank: SupportsIndex, dtype: np.dtype[Any]) -> int:
    """Return the stored value of `blank`, which the card BLANK has (FITS 4.4.2.5)."""
    if dtype.kind == "f":
        raise FITSValueError(
            "blank= is for integer images: real ones have NaN for undefined pixels"
        )
    limits = np.iinfo(dtype)
    number = integer("blank", blank, int(limits.min), int(limits.max))
    if dtype.kind == "u" and dtype.itemsize > 1:
        return number - (1 << (8 * dtype.itemsize - 1))
    return number + 128 if dtype.kind == "i" and dtype.itemsize == 1 else number


def cast(pixels: Pixels, values: Array) -> tuple[int, np.dtype[Any], bool]:
    """Decide how to pass values to the C library, which never lets one wrap.

    Returns
    -------
    kind, dtype
        The type to pass.
    certain : bool
        The library accepts every value of that type.
    """
    own, given = pixels.dtype, values.dtype
    masked = isinstance(values, np.ma.MaskedArray)
    certain = not masked or pixels.blank is not None or pixels.stored_dtype.kind == "f"
    if own.kind in "iu":
        if given.kind not in "biu":
            raise FITSTypeError(
                f"values of type {given} cannot be stored in an image of type {own} "
                f"without loss; "
                "round them and use astype"
            )
        _check_range(values, own)
        return pixels.type, own, certain
    if given.kind in "biu":
        return pixels.type, own, certain and not pixels.scaled
    if given.kind != "f" or given.itemsize > 8:
        raise FITSTypeError(f"values of type {given} cannot be stored in an image of type {own}")
    dtype = F8 if given.itemsize == 8 else F4
    return (
        PIXEL_TYPES[dtype],
        dtype,
        certain and not pixels.scaled and dtype.itemsize <= own.itemsize,
    )


# ---- arrays ----


def check_out(out: Array, shape: tuple[int, ...], dtype: np.dtype[Any] | None) -> np.dtype[Any]:
    """Return the type of `out`, an array that can be read into."""
    if type(out) is not np.ndarray:
        raise FITSTypeError(f"out must be a numpy array, not {type(out).__name__}")
    if out.shape != shape:
        raise FITSValueError(f"out has the shape {out.shape}, and the image {shape}")
    if not (out.flags.c_contiguous and out.flags.writeable and out.dtype.isnative):
        raise FITSValueError(
            "out must be C-contiguous, writable and in the byte order of the machine"
        )
    if dtype is not None and out.dtype != dtype:
        raise FITSTypeError(f"out has the type {out.dtype}, and dtype= says {dtype}")
    found: np.dtype[Any] = out.dtype
    return found


def masked(data: Array, mask: Array, pixels: Pixels, scale: bool) -> Array:
    """Return a masked array whose fill value is BLANK."""
    made: Array = np.ma.MaskedArray(data, mask)
    blank = pixels.blank
    if blank is None or data.dtype.kind not in "iu":
        return made
    if scale and pixels.dtype != pixels.stored_dtype:
        half = 2 ** (8 * pixels.dtype.itemsize - 1)
        blank += half if pixels.dtype.kind == "u" else -half
    limits = np.iinfo(data.dtype)
    if limits.min <= blank <= limits.max:
        made.fill_value = blank  # type: ignore[attr-defined]
    return made


def mask_of(values: Array) -> Array | None:
    """Return the mask as the C library takes it, None if nothing is masked."""
    if not isinstance(values, np.ma.MaskedArray):
        return None
    mask = np.ma.getmask(values)
    if mask is np.ma.nomask or not mask.any():
        return None
    return np.ascontiguousarray(np.broadcast_to(mask, values.shape))


def _check_range(values: Array, dtype: np.dtype[Any]) -> None:
    """Refuse integers that the type cannot hold."""
    if values.size == 0 or np.can_cast(values.dtype, dtype, "safe"):
        return
    limits = np.iinfo(dtype)
    low, high = values.min(), values.max()
    if low is np.ma.masked:
        return
    if int(low) < limits.min or int(high) > limits.max:
        wrong = low if int(low) < limits.min else high
        raise FITSValueError(
            f"the value {wrong} cannot be stored in an image of type {dtype} "
            f"({limits.min} to {limits.max})"
        )


def check_start(
    start: Sequence[SupportsIndex], counts: tuple[int, ...], shape: tuple[int, ...]
) -> tuple[int, ...]:
    """Return `start`, the position of the first pixel of a part, as ints."""
    try:
        places = tuple(operator.index(place) for place in start)
    except TypeError:
        raise FITSTypeError(
            f"start must be a sequence of int, one for each axis, not {start!r}"
        ) from None
    if not len(places) == len(counts) == len(shape):
        raise FITSValueError(
            f"start has {len(places)} positions and data {len(counts)} axes; the image has "
            f"{len(shape)} axes"
        )
    for axis, (place, count, length) in enumerate(zip(places, counts, shape, strict=True)):
        if place < 0 or place + count > length:
            raise FITSValueError(
                f"axis {axis}: {count} pixels from {place} on do not fit the {length} of the image"
            )
    return places


def slabs(
    axes: tuple[Axis, ...], shape: tuple[int, ...], count: int
) -> Iterator[tuple[tuple[Axis, ...], tuple[Any, ...]]]:
    """Cut a section into at most `count` contiguous parts, and yield each with its place."""
    cut = next((number for number, length in enumerate(shape) if length > 1), 0)
    length = shape[cut]
    count = max(1, min(count, length))
    for number in range(count):
        first, end = number * length // count, (number + 1) * length // count
        part = (*axes[:cut], axes[cut].part(first, end - first), *axes[cut + 1 :])
        yield part, (slice(None),) * cut + (slice(first, end),)


def put_pixels(
    file: FileHandle,
    index: int,
    axes: tuple[Axis, ...],
    kind: int,
    dtype: np.dtype[Any],
    values: Array,
    *,
    at_once: bool,
    flags: int = 0,
) -> None:
    """Write values, in the order of the image, to a section.

    Parameters
    ----------
    file, index
        The image.
    axes : tuple of Axis
        The section; its shape is that of `values`.
    kind, dtype
        The type that the C library takes.
    values : numpy.ndarray or numpy.ma.MaskedArray
        Values that become `dtype`.
    at_once : bool
        Do not convert long values in parts: the library may refuse a part after it wrote others.
    flags : int
        ``rf_image_request.flags``.

    Raises
    ------
    FITSValueError
        If a value does not fit.
    FITSIOError, FITSTruncatedError
        If writing fails.
    """
    data = np.ma.getdata(values)
    ready = data.dtype == dtype and data.flags.c_contiguous
    if ready or at_once or data.size * dtype.itemsize <= _PART:
        ready_data = np.ascontiguousarray(data, dtype)
        store_pixels(file, index, axes, kind, ready_data, mask_of(values), flags)
        return
    count = data.size * dtype.itemsize // _PART + 1
    for part, place in slabs(axes, data.shape, count):
        mask = mask_of(values[place])
        store_pixels(file, index, part, kind, np.ascontiguousarray(data[place], dtype), mask)


def store_pixels(
    file: FileHandle,
    index: int,
    axes: tuple[Axis, ...],
    kind: int,
    data: Array,
    mask: Array | None,
    flags: int = 0,
) -> None:
    """Write contiguous values of a type that the C library takes."""
    section = c_axes(axes)
    request = pixel_request(kind, data, mask, axes=section, flags=flags)
    handle, err = file._handle(), error()
    check_values(lib.rf_image_write(handle, index, request, err), err)
    del section  # borrowed by the request until here


def check_values(status: int, err: CData) -> None:
    """Raise for a failed write: RF_ERR_RANGE means a value, never an index."""
    if status == lib.RF_ERR_RANGE:
        raise FITSValueError(text(err.message))
    check(status, err)


def shape_of(dims: Sequence[SupportsIndex] | SupportsIndex) -> list[int]:
    """Return the lengths of axes in `dims`; an int is an image of one axis.

    Raises
    ------
    FITSTypeError, FITSValueError
        If a length is not an integer of 0 or more.
    """
    if isinstance(dims, (str, bytes)):
        raise FITSTypeError(f"the shape of an image is a sequence of int, not {dims!r}")
    try:
        axes: list[SupportsIndex] = list(dims)  # type: ignore[arg-type]
    except TypeError:
        axes = [dims]  # type: ignore[list-item]
    return [integer("the length of an axis", length, 0) for length in axes]
