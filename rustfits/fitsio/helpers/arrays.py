# SPDX-License-Identifier: BSD-3-Clause
"""The functions of ``fitsio.util`` for arrays and values."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array

__all__ = [
    "_FLOATING_NULL_VALUE",
    "_ftypes",
    "_itypes",
    "_nonfinite_as_cfitsio_floating_null_value",
    "_stypes",
    "array_to_native",
    "array_to_native_c",
    "fields_are_object",
    "is_little_endian",
    "is_object",
    "isinteger",
    "isstring",
    "mks",
]

_itypes = (
    int,
    np.uint8,
    np.int8,
    np.uint16,
    np.int16,
    np.uint32,
    np.int32,
    np.uint64,
    np.int64,
)
_ftypes = (float, np.float32, np.float64)
_stypes = (str, bytes, np.bytes_, np.str_)

_FLOATING_NULL_VALUE = np.inf


def array_to_native(array: Array, inplace: bool = False) -> Array:
    """Return an array with the same values in native byte order.

    Parameters
    ----------
    array : numpy.ndarray
        The array. An array in native byte order is returned as it is.
    inplace : bool
        Without effect.
    """
    del inplace
    native = array.dtype.newbyteorder("=")
    return np.asarray(array) if array.dtype == native else array.astype(native)


def array_to_native_c(array_in: Any, inplace: bool = False) -> Array:
    """Return an array as `array_to_native` does, in C order."""
    return array_to_native(np.require(array_in, requirements="C"), inplace)


def is_little_endian(array: Array) -> bool:
    """Return whether the numbers of an array are little-endian. Bytes have no order: False."""
    order = array.dtype.byteorder
    return order == "<" or (order == "=" and sys.byteorder == "little")


def is_object(arr: Array) -> bool:
    """Return whether an array has Python objects, itself or in one of its fields."""
    return bool(arr.dtype.hasobject)


def fields_are_object(arr: Array) -> Array:
    """Return for each field of a structured array whether it has Python objects."""
    names = arr.dtype.names
    if names is None:
        raise TypeError(f"an array of type {arr.dtype} has no fields")
    return np.array([arr.dtype[name].hasobject for name in names], bool)


def isstring(arg: Any) -> bool:
    """Return whether a value is text or bytes."""
    return isinstance(arg, _stypes)


def isinteger(arg: Any) -> bool:
    """Return whether a value is an integer of Python or numpy."""
    return isinstance(arg, _itypes)


def mks(val: Any) -> str:
    """Return a value as text. Bytes are decoded as UTF-8."""
    return val.decode("utf-8") if isinstance(val, bytes) else str(val)


@contextmanager
def _nonfinite_as_cfitsio_floating_null_value(
    data: Array | None, target_hdu_compressed: bool
) -> Iterator[tuple[Array | None, bool]]:
    """Put infinity in the place of values that are not finite, until the block ends.

    Parameters
    ----------
    data : numpy.ndarray or None
        The array. It is changed only if it has floating-point values.
    target_hdu_compressed : bool
        Whether the array will be stored in a compressed image. If False, nothing changes.

    Yields
    ------
    data : numpy.ndarray or None
        The array.
    changed : bool
        Whether it has values that are not finite.
    """
    bad: Any = False
    if target_hdu_compressed and data is not None and data.dtype.kind == "f":
        bad = ~np.isfinite(data)
    if data is None or not np.any(bad):
        yield data, False
        return
    kept = data[bad]
    data[bad] = _FLOATING_NULL_VALUE
    try:
        yield data, True
    finally:
        data[bad] = kept
