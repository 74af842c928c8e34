# SPDX-License-Identifier: BSD-3-Clause
"""The byte ranges of a read, found without reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rustfits._core.binding.library import CData, check, error, ffi

__all__ = ["Plan", "make_plan"]


class Plan(NamedTuple):
    """The bytes of a file that a read needs.

    The library fetches whole blocks of a remote file, joins near ranges, and does not fetch what
    its cache has. So requests and bytes of a read can differ (`FITS.remote_stats`).
    """

    bytes: int  #: number of bytes in all ranges
    ranges: tuple[tuple[int, int], ...]  #: offset and length of each range, in file order


def make_plan(kind: str, ask: Callable[[CData, CData], int]) -> Plan:
    """Return the plan of a C function.

    Parameters
    ----------
    kind : str
        The struct that the function fills in: ``rf_image_ranges`` or ``rf_range_plan``.
    ask : callable
        Calls the function with the struct and an ``rf_error *``, and returns its status.

    Raises
    ------
    FITSError
        If the function failed.
    """
    found, err = ffi.new(f"{kind} *"), error()
    found.size = ffi.sizeof(kind)
    check(ask(found, err), err)
    # The first call counts the ranges.
    ranges = ffi.new("rf_range[]", max(found.count, 1))
    found.ranges, found.capacity = ranges, found.count
    check(ask(found, err), err)
    count = min(found.count, found.capacity)
    return Plan(found.bytes, tuple((ranges[i].offset, ranges[i].length) for i in range(count)))
