# SPDX-License-Identifier: BSD-3-Clause
"""The open file that a `FITS`, its HDUs and their headers share.

`FITS` owns a `FileHandle` and the HDU objects; an HDU knows the handle but not the `FITS`. There is
no cycle, so a file that is forgotten without `close` is closed as soon as its last user is gone,
and an HDU that is kept alone keeps its file open.
"""

from __future__ import annotations

import atexit
import os
import sys
import traceback
import warnings
import weakref
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from rustfits._core.binding.arrays import new_array
from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSTypeError,
    FITSValueError,
    FITSWarning,
)
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.names import redacted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rustfits._core.binding.arrays import Array
    from rustfits._core.header.hdu import HDU

__all__ = ["ClosedFile", "FileHandle", "half_made"]

# What would otherwise be looked up for each file.
NULL: CData = ffi.NULL
_FILE_POINTER: CData = ffi.typeof("rf_file **")
_new, _open, _count_edits = ffi.new, lib.rf_file_open, lib.rf_file_generation
_can_change = lib.rf_file_can_change
_shut, _close = lib.rf_file_close, lib.rf_file_free
# As os.fsencode does it.
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
# Memory for more than this is reserved after a look whether the content is that long.
_SURE_BYTES = 1 << 20
_NO_DRIVER = (lib.RF_ERR_NO_DRIVER, lib.RF_ERR_NOT_BUILT)
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

    __slots__ = (
        "__weakref__",
        "_edit_lock",
        "_pid",
        "_pointer",
        "atomic",
        "closed",
        "fixed",
        "kept",
        "mode",
        "pending_writers",
    )

    def __init__(self, pointer: CData, mode: str, fixed: bool) -> None:
        self._pointer = pointer
        self._edit_lock: ForkLock | None = None
        self.mode = mode
        self.closed = False
        self.atomic = False  # replaced as a whole, by an explicit close only
        self.fixed = fixed  # nothing can change the file: what was read stays true
        self.kept: object = None  # what the options of the open file point at
        # HDUs that may keep something back: it is written before the file is closed, whoever does.
        self.pending_writers: list[weakref.ref[HDU]] = []
        if mode == "r":
            self._pid = 0
        else:
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
        return 0 if self.fixed or not self._pointer else int(_count_edits(self._pointer))

    @property
    def edit_lock(self) -> ForkLock:
        """The lock for edits that take several calls; the handles of one file have one."""
        if self._edit_lock is None:
            with _locks_lock:
                # What a handle holds here lives as long as the handle, and the number as long.
                number = int(lib.rf_file_identity(self._pointer)) if self._pointer else 0
                lock = _locks.get(number) if number else None
                if lock is None:
                    lock = ForkLock()
                    if number:
                        _locks[number] = lock
                self._edit_lock = lock
        return self._edit_lock

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
        if count == 0:
            return b""
        if count > _SURE_BYTES:  # the count may come from a hostile header
            self._read_into(offset + count - 1, new_array(1, "u1"))
        data = new_array(count, "u1")
        self._read_into(offset, data)
        return data.tobytes()

    def _read_into(self, offset: int, data: Array) -> None:
        """Fill an array of bytes with the content from `offset` on."""
        err = error()
        pointer = ffi.from_buffer("char[]", data)
        check(lib.rf_file_read_bytes(self._handle(), offset, pointer, data.size, err), err)

    @property
    def filename(self) -> str:
        """The name that the file was opened by, without secrets."""
        if not self._pointer:
            return "a file that is gone"
        return os.fsdecode(ffi.string(lib.rf_file_name(self._pointer)))

    @property
    def name(self) -> str:
        """The same for messages, with control characters escaped."""
        return shown(self.filename)

    def close(self) -> None:
        """Write back what is pending and let go of the file; does nothing the second time."""
        if not self.closed:
            try:
                if self.pending_writers:
                    self._flush_writers()
            finally:
                self.closed = True
                err = error()
                status = _shut(self._pointer, err)
                if status:
                    raise failure(status, err, self.filename)

    def discard(self) -> None:
        """Keep what is not in the file yet from getting there."""
        self.pending_writers.clear()
        err = error()
        if not self.closed:
            check(lib.rf_file_discard(self._pointer, err), err)

    def _abandon(self) -> None:
        """Discard what was never closed: nothing says that it is complete."""
        name = self.name
        self.pending_writers.clear()
        lib.rf_file_discard(self._pointer, NULL)
        warnings.warn(
            f"{name}: was opened with atomic=True and never closed: what was written is dropped",
            FITSWarning,
            stacklevel=3,
        )

    def _flush_writers(self) -> None:
        for writer in list(self.pending_writers):
            hdu = writer()
            if hdu is not None:
                hdu._write_pending()

    def __del__(self) -> None:
        pointer = self._pointer
        if self.closed:
            _close(pointer, NULL)
            return
        # A forked child must not write back what its parent has opened.
        if self._pid and self._pid != os.getpid():
            return
        if self.atomic:
            self._abandon()
        # Whoever keeps the traceback of what is raised here keeps this object, too: it must be safe
        # to look at.
        self._pointer, self.closed = NULL, True
        # Not this thread's rf_error: the collector may run between a call and the look at its
        # error.
        err = ffi.new("rf_error *")
        status = _close(pointer, err)
        if status:
            # Comes out through sys.unraisablehook: nobody is left to catch it, but it must be seen.
            raise failure(status, err)


class HalfMade:
    """An HDU that was begun (``deferred``): its index, once it is known."""

    __slots__ = ("index",)

    def __init__(self) -> None:
        self.index: int | None = None


@contextmanager
def half_made(file: FileHandle) -> Iterator[HalfMade]:
    """Publish the HDU that is begun in a ``with`` block at its end, or discard it when it fails.

    Parameters
    ----------
    file : FileHandle
        The open file.

    Yields
    ------
    HalfMade
        To be told the index of the HDU.

    Raises
    ------
    FITSIOError
        Publishing failed; the file is as it was before.
    """
    begun = HalfMade()
    handle = file._handle()
    try:
        yield begun
    except BaseException:
        if begun.index is not None and not file.closed:
            # Not this thread's rf_error, which may hold the reason.
            lib.rf_hdu_discard(handle, begun.index, ffi.new("rf_error *"))
        raise
    if begun.index is not None:
        err = error()
        check(lib.rf_hdu_publish(file._handle(), begun.index, err), err)


class ClosedFile:
    """Stands for the file of a header that was read in one call, without keeping the file open."""

    __slots__ = ("_name",)

    def __init__(self, name: bytes) -> None:
        self._name = name

    @property
    def edit_lock(self) -> ForkLock:
        """A lock, for code that does not know yet that the file is closed."""
        return ForkLock()

    def _handle(self) -> CData:
        """Refuse, as a `FileHandle` does after closing."""
        raise FITSClosedError(f"{self.name}: the file is closed")

    @property
    def filename(self) -> str:
        """The name of the file, without secrets."""
        return redacted(self._name)

    @property
    def name(self) -> str:
        """The same for messages, with control characters escaped."""
        return shown(self._name)


# Locks for edits, by rf_file_identity.
_locks: weakref.WeakValueDictionary[int, ForkLock] = weakref.WeakValueDictionary()
_locks_lock = ForkLock()

_writers: weakref.WeakSet[FileHandle] = weakref.WeakSet()


def close_writers() -> list[FITSError]:
    """Close all files of this process that are open for writing, and return what failed."""
    failed: list[FITSError] = []
    for handle in list(_writers):
        if handle._pid == os.getpid():
            try:
                if handle.atomic and not handle.closed:
                    handle._abandon()
                handle.close()
            except FITSError as failure:
                failed.append(failure)
    return failed


@atexit.register
def _close_writers() -> None:
    """Write back what is open when the interpreter ends: globals are not always collected then."""
    failed = close_writers()
    for earlier in failed[:-1]:
        traceback.print_exception(earlier)
    # `atexit` prints the traceback of what is raised, and can do no more: the exit status stays.
    if failed:
        raise failed[-1]


def name_bytes(filename: str | os.PathLike[str]) -> bytes:
    """Give a file name as the C library takes it.

    Raises
    ------
    FITSTypeError
        It is neither str nor a path object.
    FITSValueError
        It has a NUL character.
    """
    if not isinstance(filename, str):
        path: object = filename
        if isinstance(filename, os.PathLike):
            path = os.fspath(filename)
        if not isinstance(path, str):
            raise FITSTypeError(
                f"a file name must be str or os.PathLike, not {type(path).__name__}"
                + ("; for the bytes of a file use FITS.from_bytes" if type(path) is bytes else "")
            )
        filename = path
    if "\0" in filename:
        raise FITSValueError("a file name cannot contain a NUL character")
    return filename.encode(_ENCODING, _ERRORS)


def open_file(name: bytes, mode: str, options: CData) -> FileHandle:
    """Open by name; `options` is an ``rf_options *`` or NULL."""
    pointer = _new(_FILE_POINTER)
    err = error()
    status = _open(name, _MODES[mode], options, pointer, err)
    if status:
        if status in _NO_DRIVER:
            status = _open_by_resolver(name, mode, options, pointer, err)
        if status:
            raise failure(status, err, redacted(name), opening=True)
    opened = pointer[0]
    made = FileHandle(opened, mode, mode == "r" and not _can_change(opened))
    if options is not NULL:
        made.atomic = bool(options and options.flags & lib.RF_OPEN_ATOMIC)
    return made


class SchemeResolver(NamedTuple):
    """The functions that find a transport for the schemes that the C library does not know."""

    serve: Callable[[bytes], bool]  # registers a transport for the scheme of a name
    hint: Callable[[bytes], str]  # what to install for that scheme; "" if nothing


_resolver: SchemeResolver | None = None


def set_scheme_resolver(resolver: SchemeResolver) -> None:
    """Set the functions that `open_file` calls for unknown schemes."""
    global _resolver
    _resolver = resolver


def _open_by_resolver(name: bytes, mode: str, options: CData, pointer: CData, err: CData) -> int:
    """Open a name of an unknown scheme through the resolver, and return the status.

    Raises
    ------
    FITSError
        If the resolver finds no transport.
    """
    if _resolver is not None and _resolver.serve(name):
        return int(lib.rf_file_open(name, _MODES[mode], options, pointer, err))
    hint = "" if _resolver is None else _resolver.hint(name)
    refusal = failure(err.code, err, redacted(name), opening=True)
    if hint:
        refusal.args = (str(refusal) + hint, *refusal.args[1:])
    raise refusal


def open_bytes(data: CData, size: int, mode: str, options: CData) -> FileHandle:
    """Open a private copy of `size` bytes."""
    pointer = _new(_FILE_POINTER)
    err = error()
    status = lib.rf_file_open_bytes(data, size, _MODES[mode], options, pointer, err)
    if status:
        raise failure(status, err, opening=True)
    return FileHandle(pointer[0], mode, False)
