# SPDX-License-Identifier: BSD-3-Clause
"""Arguments that several functions of the package check in the same way."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import SupportsIndex

from rustfits._core.binding.errors import FITSTypeError, FITSValueError

__all__ = ["integer", "max_threads", "name_list"]


def integer(what: str, value: SupportsIndex, low: int, high: int = 2**63 - 1) -> int:
    """Return an argument as an int, checked.

    Parameters
    ----------
    what : str
        The name of the argument, for messages.
    value : SupportsIndex
        The argument.
    low, high : int
        The smallest and the largest value allowed.

    Raises
    ------
    FITSTypeError
        If `value` is no integer.
    FITSValueError
        If `value` is out of range.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise FITSTypeError(f"{what} must be an integer, not {type(value).__name__}") from None
    if not low <= number <= high:
        raise FITSValueError(f"{what} must be between {low} and {high}, not {number}")
    return number


def max_threads(threads: SupportsIndex | None) -> int:
    """Return ``threads=`` of a read as the C library takes it: 0 for None."""
    return 0 if threads is None else min(integer("threads", threads, 1), 0xFFFF)


def name_list(what: str, names: Iterable[str] | str | None) -> list[str] | None:
    """Return an argument that is one name, several or None as a list or None.

    The names themselves are not checked.

    Raises
    ------
    FITSTypeError
        If `names` is no iterable.
    """
    if names is None:
        return None
    if isinstance(names, (str, bytes)):
        return [names]  # bytes are refused when they are looked up
    if not isinstance(names, Iterable):
        found = type(names).__name__
        raise FITSTypeError(f"{what} must be a str or an iterable of str, not {found}")
    return list(names)
