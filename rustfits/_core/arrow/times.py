# SPDX-License-Identifier: BSD-3-Clause
"""Dates and timestamps as FITS columns: ISO 8601 strings (FITS 9.1.1), or modified Julian dates."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSValueError

__all__ = ["checked_times", "iso_strings", "iso_width", "mjd"]

_EPOCH = 40587  # the modified Julian date of 1970-01-01
_TICKS = {"D": 1, "h": 24, "m": 1440, "s": 86400, "ms": 86400_000, "us": 86400_000_000}
_TICKS["ns"] = 1000 * _TICKS["us"]
_WIDTHS = {"D": 10, "s": 19, "ms": 23, "us": 26, "ns": 29}


def checked_times(times: str) -> str:
    """Return the argument ``times=``, checked.

    Raises
    ------
    FITSValueError
        If it is unknown.
    """
    if times not in ("iso", "mjd"):
        raise FITSValueError(f"times must be 'iso' or 'mjd', not {times!r}")
    return times


def iso_width(unit: str) -> int:
    """Return the length of the strings for times of a unit."""
    return _WIDTHS[unit]


def _split(values: Array) -> tuple[Array, Array]:
    """Return times without their mask, and where they are undefined."""
    data = np.ma.getdata(values)
    return data, np.isnat(data) | np.ma.getmaskarray(values)


def iso_strings(label: str, values: Array, row: int) -> Array:
    """Return times as strings of type ``S``, empty where they are undefined.

    Raises
    ------
    FITSValueError
        If a year has not four digits. `row` is the row of the first time.
    """
    data, undefined = _split(values)
    unit: Any = np.datetime_data(data.dtype)[0]
    data = np.where(undefined, np.datetime64(0, unit), data)
    years = data.astype("M8[Y]").astype("i8") + 1970
    wrong = (years < 0) | (years > 9999)
    if wrong.any():
        place = int(np.argmax(wrong.reshape(len(wrong), -1).any(axis=1)))
        raise FITSValueError(
            f"{label}, row {row + place}: the year is {years[wrong].flat[0]}, and strings hold "
            "0 to 9999: times='mjd' holds any"
        )
    plain: Any = data
    texts = np.datetime_as_string(plain, unit=unit).astype(f"S{_WIDTHS[unit]}")
    return np.where(undefined, b"", texts)


def mjd(values: Array) -> Array:
    """Return times as modified Julian dates of type float64, NaN where they are undefined."""
    data, undefined = _split(values)
    ticks = _TICKS[np.datetime_data(data.dtype)[0]]
    numbers = data.view("i8")
    days = numbers // ticks
    found = (days + _EPOCH) + (numbers - days * ticks) / ticks
    return np.where(undefined, np.nan, found)
