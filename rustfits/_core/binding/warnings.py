# SPDX-License-Identifier: BSD-3-Clause
"""Warnings about files that break the standard: one for each file and cause."""

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

#: The causes that each open file was warned about.
_told: weakref.WeakKeyDictionary[FileHandle, set[Hashable]] = weakref.WeakKeyDictionary()


def warn_of_file(file: FileHandle, handle: CData, count: int) -> None:
    """Issue the first `count` warnings that the C library has collected for the file."""
    odd = ffi.new("rf_error *")  # that of this thread may still be needed
    for n in range(count):
        if lib.rf_file_get_warning(handle, n, odd, ffi.NULL) == 0:
            warn_once(file, n, text(odd.message))


def warn_of_writing(file: FileHandle) -> None:
    """Issue the warnings that the C library has collected for the file so far."""
    handle = file._handle()
    count = lib.rf_file_get_warning_count(handle)
    if count:
        warn_of_file(file, handle, count)


def warn(message: str) -> None:
    """Issue a warning for the line that called the package."""
    warnings.warn(message, FITSWarning, stacklevel=_depth())


def warn_once(file: FileHandle, cause: Hashable, message: str) -> None:
    """Issue a warning, unless the file was warned about this cause before."""
    told = _told.setdefault(file, set())
    if cause not in told:
        told.add(cause)  # first, because warnings.warn() may raise
        warnings.warn(message, FITSWarning, stacklevel=_depth())


def _depth() -> int:
    """Return the stacklevel, from `warn_once`, of the line that called the package."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("rustfits."):
        frame = frame.f_back
        depth += 1
    return depth
