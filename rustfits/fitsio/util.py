# SPDX-License-Identifier: BSD-3-Clause
"""Constants of the ``fitsio`` API, and small helpers of its other modules."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "ASCII_TBL",
    "BINARY_TBL",
    "GZIP_1",
    "GZIP_2",
    "HCOMPRESS_1",
    "IMAGE_HDU",
    "NOCOMPRESS",
    "NOT_SET",
    "NO_DITHER",
    "PLIO_1",
    "READONLY",
    "READWRITE",
    "RICE_1",
    "SUBTRACTIVE_DITHER_1",
    "SUBTRACTIVE_DITHER_2",
    "Array",
    "FITSRuntimeWarning",
    "check_vstorage",
    "fold_names",
    "rename",
    "warn_ignored",
]

Array: TypeAlias = "np.ndarray[Any, Any]"

READONLY = 0
READWRITE = 1

IMAGE_HDU = 0
ASCII_TBL = 1
BINARY_TBL = 2

NOCOMPRESS = 0
RICE_1 = 11
GZIP_1 = 21
GZIP_2 = 22
PLIO_1 = 31
HCOMPRESS_1 = 41

NO_DITHER = -1
SUBTRACTIVE_DITHER_1 = 1
SUBTRACTIVE_DITHER_2 = 2

#: What an argument is when it was not given, where None means something.
NOT_SET = "NOT_SET"


class FITSRuntimeWarning(RuntimeWarning):
    """Something was written in another way than it was given."""


def warn_ignored(keys: Mapping[str, Any], stacklevel: int = 3) -> None:
    """Warn about keyword arguments that no function of the API has."""
    if keys:
        warnings.warn(
            f"unknown keyword arguments are ignored: {', '.join(keys)}",
            DeprecationWarning,
            stacklevel=stacklevel,
        )


def check_vstorage(vstorage: Any) -> str:
    """Check how columns of variable length are to be read.

    Raises
    ------
    FITSValueError
        It is neither ``"fixed"`` nor ``"object"``.
    """
    if vstorage not in ("fixed", "object"):
        raise FITSValueError(f"vstorage must be 'fixed' or 'object', not {vstorage!r}")
    return str(vstorage)


def fold_names(names: Sequence[str], upper: bool, lower: bool) -> list[str]:
    """Give the names of columns in the case that the caller wants."""
    if upper:
        return [name.upper() for name in names]
    if lower:
        return [name.lower() for name in names]
    return list(names)


def rename(data: Array, upper: bool, lower: bool) -> Array:
    """Give a structured array with its names in the case that the caller wants."""
    if data.dtype.names and (upper or lower):
        data.dtype.names = tuple(fold_names(data.dtype.names, upper, lower))
    return data


def array_rows(rows: Any) -> Any:
    """Give row numbers as numpy wants them: a number becomes a list of one."""
    if rows is None or isinstance(rows, (slice, str)):
        return rows
    numbers = np.atleast_1d(np.asarray(rows))
    if numbers.ndim != 1:
        raise FITSValueError(f"rows are a list of numbers, not of shape {numbers.shape}")
    if numbers.dtype.kind == "b":
        return numbers
    if not numbers.size:
        return np.empty(0, np.int64)
    if numbers.dtype.kind not in "iu":
        whole = numbers.astype(np.int64) if numbers.dtype.kind == "f" else None
        if whole is None or not np.array_equal(whole, numbers):
            raise FITSTypeError(f"rows are whole numbers, not {numbers.dtype}")
        numbers = whole
    return numbers
