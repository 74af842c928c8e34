# SPDX-License-Identifier: BSD-3-Clause
"""Arrays of ``datetime64`` and ``timedelta64`` as text or numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError

__all__ = ["cells_of_times", "check_times", "iso_strings", "iso_width", "mjd", "new_times"]

_EPOCH = 40587  # the modified Julian date of 1970-01-01
_TICKS = {"D": 1, "h": 24, "m": 1440, "s": 86400, "ms": 86400_000, "us": 86400_000_000}
_TICKS["ns"] = 1000 * _TICKS["us"]
_WIDTHS = {"D": 10, "s": 19, "ms": 23, "us": 26, "ns": 29, "ps": 32, "fs": 35, "as": 38}
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
    """Return the argument ``times=``, checked.

    Raises
    ------
    FITSValueError
        If there is no such way.
    """
    if times not in ("iso", "mjd"):
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
        return (iso_strings(label, values), None) if times == "iso" else (mjd(values), "d")
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
        return iso_strings(label, values) if is_text else mjd(values)
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


def _plain(values: Array, wanted: dict[str, str]) -> Array:
    """Return times in another unit if `wanted` has one for theirs, or if they count several."""
    code, count = np.datetime_data(values.dtype)
    unit = wanted.get(code, code)
    return values if unit == code and count == 1 else values.astype(f"M8[{unit}]")


def iso_width(unit: str) -> int:
    """Return the length of the strings for times of a unit."""
    return _WIDTHS[unit]


def iso_strings(label: str, values: Array, row: int = 0) -> Array:
    """Return times as strings of type ``S`` (FITS 9.1.1), empty where they are undefined.

    Raises
    ------
    FITSValueError
        If a year has not four digits. `row` is the row of the first time.
    """
    values = _plain(values, {"Y": "D", "M": "D", "W": "D", "h": "s", "m": "s"})
    missing = _missing(values)
    unit: Any = np.datetime_data(values.dtype)[0]
    data: Any = np.where(missing, np.datetime64(0, unit), np.ma.getdata(values))
    years = data.astype("M8[Y]").astype("i8") + 1970
    wrong = (years < 0) | (years > 9999)
    if wrong.any():
        place = int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1)))
        raise FITSValueError(
            f"{label}, row {row + place}: the year is {years[wrong].flat[0]}, and strings hold "
            "0 to 9999: times='mjd' holds any"
        )
    texts = np.datetime_as_string(data, unit=unit).astype(f"S{_WIDTHS[unit]}")
    return np.where(missing, b"", texts)


def mjd(values: Array) -> Array:
    """Return times as modified Julian dates of type float64, NaN where they are undefined."""
    finer = {"ps": "ns", "fs": "ns", "as": "ns"}  # than float64 holds
    values = _plain(values, {"Y": "D", "M": "D", "W": "D", **finer})
    data, missing = np.ma.getdata(values), _missing(values)
    ticks = _TICKS[np.datetime_data(data.dtype)[0]]
    numbers = data.view("i8")
    days = numbers // ticks
    return np.where(missing, np.nan, (days + _EPOCH) + (numbers - days * ticks) / ticks)


def _numbers(values: Array, unit: Any) -> Array:
    """Return durations as numbers of a unit, integers if they are."""
    missing = _missing(values)
    data = np.where(missing, unit * 0, np.ma.getdata(values))
    whole: Array = data // unit
    if not bool((whole * unit == data).all()):
        made: Array = np.where(missing, np.nan, data / unit)
        return made
    return np.ma.MaskedArray(whole, missing) if missing.any() else whole
