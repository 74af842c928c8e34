# SPDX-License-Identifier: BSD-3-Clause
"""Segments of shared memory that contain FITS files (``shmem://NAME``).

>>> from rustfits import FITS, shmem
>>> with FITS("shmem://frame", "w+") as fits:  # doctest: +SKIP
...     fits.write_image(pixels)
>>> with FITS("shmem://frame") as fits:  # doctest: +SKIP
...     pixels = fits[0].view()  # in any process
>>> shmem.unlink("frame")  # doctest: +SKIP
"""

from __future__ import annotations

import builtins
import os
from typing import NamedTuple

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import check, error, ffi, lib

__all__ = ["FILE_OFFSET", "Segment", "list", "unlink"]

#: The offset of the FITS file in its segment. The page before it is the header of the library.
FILE_OFFSET: int = lib.RF_SHMEM_FILE_OFFSET

_STATES = {
    lib.RF_SHMEM_BUILDING: "building",
    lib.RF_SHMEM_WHOLE: "whole",
    lib.RF_SHMEM_EDITING: "editing",
    lib.RF_SHMEM_INTERRUPTED: "interrupted",
}


class Segment(NamedTuple):
    """A segment of shared memory, as `list` found it."""

    name: str
    """The name, without ``shmem://``."""
    state: str
    """``"whole"``; ``"building"`` or ``"editing"`` while a process writes the file; or
    ``"interrupted"`` if that process ended before the file was complete."""
    file_bytes: int
    """The size of the FITS file."""
    segment_bytes: int
    """The memory that the segment takes."""
    generation: int
    """The number of times that the file was completed: 1, and 1 more after each edit."""
    pid: int
    """The process that wrote last."""
    running: bool
    """Whether that process runs."""


def list() -> builtins.list[Segment]:  # noqa: A001
    """Return the segments of the library that this process may read, in the order of their names.

    Returns
    -------
    list of Segment
        Segments of other programs are left out.

    Raises
    ------
    FITSNotBuiltError
        If the system is not Linux.
    FITSIOError
        If the system cannot list them.
    """
    err, count = error(), ffi.new("size_t *")
    capacity = 0
    while True:
        found = ffi.new("rf_shmem_segment[]", capacity)
        check(lib.rf_shmem_list(found, capacity, count, err), err)
        if count[0] <= capacity:
            break
        capacity = count[0] + 16  # more can come in the meantime
    return [
        Segment(
            os.fsdecode(ffi.string(one.name)),
            _STATES[one.state],
            one.file_bytes,
            one.segment_bytes,
            one.generation,
            one.process,
            bool(one.process_runs),
        )
        for one in found[0 : count[0]]
    ]


def unlink(name: str) -> None:
    """Remove a segment.

    Its name is free at once. Its memory is free when the last file, view and other mapping of it
    ends.

    Parameters
    ----------
    name : str
        The name, with or without ``shmem://``.

    Raises
    ------
    FITSNotFoundError
        If there is no such segment.
    NotFITSError
        If the segment is of another program.
    FITSLockedError
        If a process has the segment open for writing.
    FITSPermissionError
        If the segment is of another user.
    FITSValueError
        If `name` is no name of a segment.
    FITSNotBuiltError
        If the system is not Linux.
    """
    try:
        text = os.fsencode(name)
    except TypeError:
        raise FITSTypeError(f"name must be a str, not {type(name).__name__}") from None
    if b"\0" in text:
        raise FITSValueError("a file name cannot contain a NUL character")
    err = error()
    check(lib.rf_shmem_unlink(text, err), err)
