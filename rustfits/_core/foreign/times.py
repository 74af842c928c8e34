# SPDX-License-Identifier: BSD-3-Clause
"""Arrays of ``datetime64`` and ``timedelta64`` as text or numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError

__all__ = ["TIMES", "cells_of_times", "check_times", "new_times"]

#: How times are written: as ISO-8601 text, or as a Modified Julian Date of ``float64``.
TIMES = ("iso", "mjd")
_EPOCH = np.datetime64("1858-11-17", "D")
# The unit that FITS has for a unit of numpy (FITS 4.3.1).
_UNITS: dict[Any, Any] = {
    "D": "d",
    "h": "h",
    "m": "min",
    "s": "s",
    "ms": "ms",
    "us": "us",
    "ns": "ns",
    "ps": "ps",
    "fs": "fs",
    "as": "as",
}
_CODES = {unit: code for code, unit in _UNITS.items()}


def check_times(times: str) -> str:
    """Return `times`, checked.

    Raises
    ------
    FITSValueError
        If there is no such way.
    """
    if times not in TIMES:
        raise FITSValueError(f"times must be 'iso' or 'mjd', not {times!r}")
    return times


def new_times(label: str, values: Array, times: str) -> tuple[Array, str | None]:
    """Return the cells of a new column for times or durations, and its unit.

    Times become ISO-8601 text or days. Durations become integers, in the unit that they have.

    Raises
    ------
    FITSTypeError, FITSValueError
        If FITS has no such times.
    """
    if values.dtype.kind == "M":
        return (_iso(label, values), None) if times == "iso" else (_mjd(values), "d")
    code, count = np.datetime_data(values.dtype)
    if code == "W":
        code, count = "D", 7 * count
    unit = _UNITS.get(code)
    if unit is None:
        raise FITSTypeError(
            f"{label}: durations of type {values.dtype} have no unit of FITS: convert them, such "
            "as with astype('m8[s]')"
        )
    return _numbers(values, _one(code)), unit


def cells_of_times(label: str, values: Array, *, is_text: bool, unit: str | None) -> Array:
    """Return times or durations as cells of an existing column.

    Raises
    ------
    FITSTypeError, FITSValueError
        If the column cannot store them.
    """
    if values.dtype.kind == "M":
        return _iso(label, values) if is_text else _mjd(values)
    code = _CODES.get((unit or "").strip())
    if is_text or code is None:
        raise FITSTypeError(
            f"{label}: durations go to a column of numbers whose unit is a unit of time, and the "
            f"unit is {unit!r}: divide them by np.timedelta64(1, 's')"
        )
    return _numbers(values, _one(code))


def _one(code: Any) -> Any:
    """Return a duration of one unit."""
    return np.timedelta64(1, code)


def _missing(values: Array) -> Array:
    """Return where values are masked or NaT."""
    found: Array = np.isnat(np.ma.getdata(values)) | np.ma.getmaskarray(values)
    return found


def _iso(label: str, values: Array) -> Array:
    """Return times as text of FITS 9.1.1; masked ones are empty."""
    data, missing = np.ma.getdata(values), _missing(values)
    code, _ = np.datetime_data(data.dtype)
    if code in "YMW":
        data = data.astype("M8[D]")
    elif code in "hm":
        data = data.astype("M8[s]")
    years = np.where(missing, np.datetime64("2000", "Y"), data.astype("M8[Y]"))
    numbers = years.astype(np.int64) + 1970
    if numbers.size and not (numbers.min() >= 0 and numbers.max() <= 9999):
        raise FITSValueError(f"{label}: years of times are 0 to 9999; write times='mjd'")
    made: Array = np.where(missing, "", np.datetime_as_string(data)).astype("S")
    return made


def _mjd(values: Array) -> Array:
    """Return times as Modified Julian Dates; masked ones are NaN."""
    data, missing = np.ma.getdata(values), _missing(values)
    code, _ = np.datetime_data(data.dtype)
    if code in "YMW":
        data = data.astype("M8[D]")
    days = data.astype("M8[D]")
    whole = (days - _EPOCH).astype("f8")
    made: Array = np.where(missing, np.nan, whole + (data - days) / np.timedelta64(1, "D"))
    return made


def _numbers(values: Array, unit: Any) -> Array:
    """Return durations as numbers of a unit, integers if they are."""
    missing = _missing(values)
    data = np.where(missing, unit * 0, np.ma.getdata(values))
    whole: Array = data // unit
    if not bool((whole * unit == data).all()):
        made: Array = np.where(missing, np.nan, data / unit)
        return made
    return np.ma.MaskedArray(whole, missing) if missing.any() else whole
