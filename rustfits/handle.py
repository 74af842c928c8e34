# SPDX-License-Identifier: BSD-3-Clause
"""The open file that a `FITS`, its HDUs and their headers share.

`FITS` owns a `FileHandle` and the HDU objects; an HDU knows the handle but not the `FITS`. There is
no cycle, so a file that is forgotten without `close` is closed as soon as its last user is gone,
and an HDU that is kept alone keeps its file open.
"""

from __future__ import annotations

import atexit
import os
import weakref

import numpy as np

from rustfits._lib import CData, check, error, failure, ffi, lib
from rustfits.errors import FITSClosedError, FITSTruncatedError

__all__ = ["FileHandle"]

_MODES: dict[str, int] = {
    "r": lib.RF_MODE_READ,
    "r+": lib.RF_MODE_READ_WRITE,
    "w+": lib.RF_MODE_CREATE,
}


class FileHandle:
    """Owner of one ``rf_file``.

    Closing is safe while other threads are inside calls: the C library lets them finish, and
    whoever comes later gets `FITSClosedError`. The C struct itself is freed together with this
    object, which outlives every call made through it.
    """

    __slots__ = ("__weakref__", "_last_generation", "_pid", "_pointer", "closed", "mode")

    def __init__(self, pointer: CData, mode: str) -> None:
        self._pointer = pointer
        self.mode = mode
        self.closed = False
        self._pid = 0
        if mode != "r":
            self._pid = os.getpid()
            _writers.add(self)

    def _handle(self) -> CData:
        """Give the ``rf_file *`` for one call; do not keep it.

        Raises
        ------
        FITSClosedError
            After `close`.
        """
        if self.closed:
            raise FITSClosedError(f"{self.name}: the file is closed")
        return self._pointer

    def _generation(self) -> int:
        """Count the edits so far; what was read stays true while this number stays the same."""
        if self.closed:  # closing is no edit
            return self._last_generation
        return int(lib.rf_file_generation(self._pointer))

    def size(self) -> int:
        """Count the bytes of the content (of a .gz: decompressed)."""
        size = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_file_get_size(self._handle(), size, err), err)
        return int(size[0])

    def read_bytes(self, offset: int, count: int) -> bytes:
        """Copy `count` bytes of the content from `offset` on.

        Raises
        ------
        FITSTruncatedError
            The content ends before.
        """
        missing = offset + count - self.size()
        if missing > 0:  # before memory is asked for: the count may come from a hostile header
            raise FITSTruncatedError(
                f"{self.name}: {missing} of {count} bytes at offset {offset} are missing"
            )
        if count == 0:
            return b""
        data = np.empty(count, "u1")
        err = error()
        pointer = ffi.from_buffer("char[]", data)
        check(lib.rf_file_read_bytes(self._handle(), offset, pointer, count, err), err)
        return data.tobytes()

    @property
    def name(self) -> str:
        """The name that the file was opened by, with any password replaced."""
        if not self._pointer:
            return "a file that is gone"
        return os.fsdecode(ffi.string(lib.rf_file_name(self._pointer)))

    def close(self) -> None:
        """Write back what is pending and let go of the file; does nothing the second time."""
        if not self.closed:
            self._last_generation = self._generation()
            self.closed = True
            err = error()
            status = lib.rf_file_shut(self._pointer, err)
            if status:
                raise failure(status, err, self.name)

    def __del__(self) -> None:
        # A forked child must not write back what its parent has opened.
        if not self.closed and self._pid and self._pid != os.getpid():
            return
        # Whoever keeps the traceback of what is raised here keeps this object, too: it must be safe
        # to look at.
        pointer, self._pointer = self._pointer, ffi.NULL
        self.closed, self._last_generation = True, 0
        # Not this thread's rf_error: the collector may run between a call and the look at its
        # error.
        err = ffi.new("rf_error *")
        status = lib.rf_file_close(pointer, err)
        if status:
            # Comes out through sys.unraisablehook: nobody is left to catch it, but it must be seen.
            raise failure(status, err)


_writers: weakref.WeakSet[FileHandle] = weakref.WeakSet()


@atexit.register
def _close_writers() -> None:
    """Write back what is open when the interpreter ends: globals are not always collected then."""
    for handle in list(_writers):
        if handle._pid == os.getpid():
            handle.close()


def open_file(name: bytes, mode: str, options: CData) -> FileHandle:
    """Open by name; `options` is an ``rf_options *`` or NULL."""
    pointer = ffi.new("rf_file **")
    err = error()
    status = lib.rf_file_open(name, _MODES[mode], options, pointer, err)
    if status:
        raise failure(status, err, _shown(name), opening=True)
    return FileHandle(pointer[0], mode)


def _shown(name: bytes) -> str:
    """Hide passwords and secrets in a URL, as the C library's messages do."""
    shown = ffi.new("char[]", 3 * len(name) + 4)
    lib.rf_name_show(name, shown, len(shown))
    return os.fsdecode(ffi.string(shown))


def open_bytes(data: CData, size: int, mode: str, options: CData) -> FileHandle:
    """Open a private copy of `size` bytes."""
    pointer = ffi.new("rf_file **")
    err = error()
    status = lib.rf_file_open_bytes(data, size, _MODES[mode], options, pointer, err)
    if status:
        raise failure(status, err, opening=True)
    return FileHandle(pointer[0], mode)
