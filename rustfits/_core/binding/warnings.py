# SPDX-License-Identifier: BSD-3-Clause
"""Warnings about what is odd in a file and was read all the same: one for each file and cause."""

from __future__ import annotations

import sys
import warnings
import weakref
from collections.abc import Hashable
from typing import TYPE_CHECKING

from rustfits._core.binding.errors import FITSWarning
from rustfits._core.binding.library import CData, ffi, lib, text

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["warn", "warn_of_file", "warn_of_writing", "warn_once"]

#: What has been warned about, of each open file.
_told: weakref.WeakKeyDictionary[FileHandle, set[Hashable]] = weakref.WeakKeyDictionary()


def warn_of_file(file: FileHandle, handle: CData, count: int) -> None:
    """Warn about what the C library has met, `count` things so far (``rf_file_warning_count``)."""
    odd = ffi.new("rf_error *")  # not this thread's: what a call has left there may be wanted
    for n in range(count):
        if lib.rf_file_get_warning(handle, n, odd, ffi.NULL) == 0:
            warn_once(file, n, text(odd.message))


def warn_of_writing(file: FileHandle) -> None:
    """Warn about what the C library has met while it wrote."""
    handle = file._handle()
    count = lib.rf_file_warning_count(handle)
    if count:
        warn_of_file(file, handle, count)


def warn(message: str) -> None:
    """Warn, at the line that called into the package."""
    warnings.warn(message, FITSWarning, stacklevel=_depth())


def warn_once(file: FileHandle, cause: Hashable, message: str) -> None:
    """Warn, if nothing was said yet about this cause in this file."""
    told = _told.setdefault(file, set())
    if cause not in told:
        told.add(cause)  # first: with warnings as errors this does not come back
        warnings.warn(message, FITSWarning, stacklevel=_depth())


def _depth() -> int:
    """Give the stacklevel, from `warn_once`, of the line that called into the package."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("rustfits."):
        frame = frame.f_back
        depth += 1
    return depth
