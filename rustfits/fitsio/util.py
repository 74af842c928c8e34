# SPDX-License-Identifier: BSD-3-Clause
"""The constants of the ``fitsio`` API, and helpers for its modules."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.driver.listing import drivers
from rustfits.fitsio.helpers.arrays import (
    _FLOATING_NULL_VALUE,
    _ftypes,
    _itypes,
    _nonfinite_as_cfitsio_floating_null_value,
    _stypes,
    array_to_native,
    array_to_native_c,
    fields_are_object,
    is_little_endian,
    is_object,
    isinteger,
    isstring,
    mks,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "API_VERSION",
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
    "_FLOATING_NULL_VALUE",
    "Array",
    "FITSRuntimeWarning",
    "_ftypes",
    "_itypes",
    "_nonfinite_as_cfitsio_floating_null_value",
    "_stypes",
    "array_to_native",
    "array_to_native_c",
    "cfitsio_has_bzip2_support",
    "cfitsio_has_curl_support",
    "cfitsio_is_bundled",
    "cfitsio_is_reentrant",
    "cfitsio_version",
    "check_vstorage",
    "fields_are_object",
    "fit_text",
    "fold_names",
    "is_little_endian",
    "is_object",
    "isinteger",
    "isstring",
    "mks",
    "rename",
    "warn_ignored",
]

IS_PY3 = True
copy_if_needed = None

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

#: The default of arguments for which None has a meaning.
NOT_SET = "NOT_SET"


#: The version of fitsio whose API this is, and of the CFITSIO inside it. Programs compare them.
API_VERSION = "1.4.2"
_CFITSIO_VERSION = "4.060"


def cfitsio_version(asfloat: bool = False) -> str | float:
    """Return the version of CFITSIO whose behavior the layer has.

    Parameters
    ----------
    asfloat : bool
        Return a `float` instead of text.
    """
    return float(_CFITSIO_VERSION) if asfloat else _CFITSIO_VERSION


def cfitsio_is_bundled() -> bool:
    """Return True: the layer uses no CFITSIO of the system."""
    return True


def cfitsio_has_bzip2_support() -> bool:
    """Return whether this installation reads files compressed by bzip2."""
    return drivers()["bzip2"].read


def cfitsio_has_curl_support() -> bool:
    """Return whether this installation reads ``https`` names."""
    return drivers()["https"].read


def cfitsio_is_reentrant() -> bool:
    """Return True: threads may share files."""
    return True


class FITSRuntimeWarning(RuntimeWarning):
    """A value was written in another form than that of the caller."""


def fit_text(what: str, text: str) -> str:
    """Return a text for a card. Bytes that FITS cannot hold become blanks, with a warning."""
    if text.isascii() and text.isprintable():
        return text
    raw = text.encode("utf-8", "surrogateescape")
    fitting = bytes(byte if 0x20 <= byte <= 0x7E else 0x20 for byte in raw).decode("ascii")
    warnings.warn(
        f"{what}: FITS headers hold printable ASCII only: {text!r} becomes {fitting!r}",
        FITSRuntimeWarning,
        stacklevel=4,
    )
    return fitting


def warn_ignored(keys: Mapping[str, Any], stacklevel: int = 3) -> None:
    """Warn about keyword arguments that the API does not have."""
    if keys:
        warnings.warn(
            f"unknown keyword arguments are ignored: {', '.join(keys)}",
            DeprecationWarning,
            stacklevel=stacklevel,
        )


def check_vstorage(vstorage: Any) -> str:
    """Return `vstorage`, the form of variable-length columns, checked.

    Raises
    ------
    FITSValueError
        If `vstorage` is neither ``"fixed"`` nor ``"object"``.
    """
    if vstorage not in ("fixed", "object"):
        raise FITSValueError(f"vstorage must be 'fixed' or 'object', not {vstorage!r}")
    return str(vstorage)


def fold_names(names: Sequence[str], upper: bool, lower: bool) -> list[str]:
    """Return names of columns in upper or lower case."""
    if upper:
        return [name.upper() for name in names]
    if lower:
        return [name.lower() for name in names]
    return list(names)


def rename(data: Array, upper: bool, lower: bool) -> Array:
    """Return a structured array with its names in upper or lower case."""
    if data.dtype.names and (upper or lower):
        data.dtype.names = tuple(fold_names(data.dtype.names, upper, lower))
    return data


def array_rows(rows: Any) -> Any:
    """Return row numbers as an array. A number becomes an array of one."""
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
