# SPDX-License-Identifier: BSD-3-Clause
"""The functions of ``rf_driver_ops`` over sources in Python.

C calls them from any thread. Each returns a status, and stores an exception for the caller of C.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from rustfits._core.binding.errors import FITSError
from rustfits._core.binding.handle import MODES, NULL, FileHandle
from rustfits._core.binding.library import CData, error, failure, ffi, lib, stash_exception
from rustfits._core.binding.names import redacted
from rustfits._core.driver.lock import SourceLock
from rustfits._core.driver.source import Source
from rustfits._core.remote.callbacks import copy_text

__all__ = ["driver_row", "open_named", "open_source"]

_MODE_NAMES = {number: name for name, number in MODES.items()}
#: The sources of open files, by the state that C has.
_sources: dict[CData, Source] = {}


class SourceHandle(FileHandle):
    """An open file over an object, whose methods must not use the file."""

    __slots__ = ("lock",)

    def __init__(self, pointer: CData, mode: str, lock: SourceLock) -> None:
        super().__init__(pointer, mode, mode == "r")
        self.lock = lock

    def _handle(self) -> CData:
        self.lock.refuse_reentry()
        return super()._handle()

    def close(self) -> None:
        self.lock.refuse_reentry()
        super().close()

    def discard(self) -> None:
        self.lock.refuse_reentry()
        super().discard()


def open_source(
    make: Callable[[], Source],
    lock: SourceLock,
    name: bytes,
    mode: str,
    options: CData,
    flags: int,
) -> FileHandle:
    """Open a file over a source.

    Parameters
    ----------
    make : callable
        Returns the source. It is called when the arguments are known to be valid.
    lock : SourceLock
        The lock of the source.
    name : bytes
        The name of the file.
    mode : {"r", "r+", "w+"}
        The mode.
    options : rf_options *
        The options, or NULL.
    flags : int
        ``RF_DRIVER_...``, without ``RF_DRIVER_WRITE``.
    """
    handle = ffi.new_handle(lambda *_: make())
    row, kept = driver_row(handle, flags | (0 if mode == "r" else lib.RF_DRIVER_WRITE), False)
    pointer = ffi.new("rf_file **")
    err = error()
    status = lib.rf_file_open_driver(row, name, MODES[mode], options, pointer, err)
    del kept  # C has copied the row
    if status:
        raise failure(status, err, redacted(name), opening=True)
    return SourceHandle(pointer[0], mode, lock)


def open_named(name: bytes, mode: str, options: CData) -> FileHandle:
    """Open a name whose driver has a row of `driver_row`."""
    pointer = ffi.new("rf_file **")
    err = error()
    _opened.lock = None
    status = lib.rf_file_open(name, MODES[mode], options, pointer, err)
    if status:
        raise failure(status, err, redacted(name), opening=True)
    lock, _opened.lock = _opened.lock, None
    if lock is None:  # another driver has taken the place of the row
        return FileHandle(pointer[0], mode, False)
    return SourceHandle(pointer[0], mode, lock)


class _Opened(threading.local):
    """The lock of the source that this thread opened last."""

    lock: SourceLock | None = None


_opened = _Opened()


def driver_row(
    user: CData, flags: int, peek: bool, scheme: bytes | None = None
) -> tuple[CData, Any]:
    """Return an ``rf_driver *`` over sources, and what must live as long as it.

    Parameters
    ----------
    user : CData
        A handle of a callable: called with name and mode, it returns the `Source`.
    flags : int
        ``RF_DRIVER_...``.
    peek : bool
        Whether sources may have bytes in memory, which one thread at a time then reads.
    scheme : bytes, optional
        The scheme.
    """
    row = ffi.new("rf_driver *")
    row.size = ffi.sizeof("rf_driver")
    row.flags = flags
    row.user = user
    row.ops = _PEEKING if peek else _READING
    text = NULL if scheme is None else ffi.new("char[]", scheme)
    row.scheme = text
    return row, (user, text)


_READS = ("open", "close", "read_at", "read_many", "get_size")
_WRITES = ("write_at", "truncate", "sync", "discard")


def _operations(peek: bool) -> CData:
    ops = ffi.new("rf_driver_ops *")
    ops.size = ffi.sizeof("rf_driver_ops")
    for name in (*_READS, *_WRITES):
        setattr(ops, name, getattr(lib, "rf_py_driver_" + name))
    if peek:
        ops.peek = lib.rf_py_driver_peek
    return ops


_READING, _PEEKING = _operations(False), _operations(True)


def _fail(exception: BaseException, err: CData, status: int = lib.RF_ERR_CALLBACK) -> int:
    """Store an exception, and return the status of a callback that failed."""
    stash_exception(exception, err)
    if err and err.code == lib.RF_OK:
        err.code = status
        copy_text(
            err.message, f"{type(exception).__name__}: {exception}".encode("utf-8", "replace")
        )
    return int(status)


def _guarded(function: Callable[..., None]) -> Callable[..., int]:
    """Return a callback that calls `function` with the source instead of the state."""

    def callback(state: CData, *arguments: Any) -> int:
        try:
            function(ffi.from_handle(state), *arguments)
        except BaseException as exception:  # an exception must not cross C
            return _fail(exception, arguments[-1])
        return 0

    return callback


#: What opening means by some exceptions. The library creates files after RF_ERR_NO_FILE.
_OPEN_STATUSES: list[tuple[type[Exception], int]] = [
    (FileNotFoundError, lib.RF_ERR_NO_FILE),
    (PermissionError, lib.RF_ERR_PERMISSION),
    (IsADirectoryError, lib.RF_ERR_DIRECTORY),
]


def _open(driver: CData, name: CData, mode: int, options: CData, state: CData, err: CData) -> int:
    try:
        opener = ffi.from_handle(driver.user)
        source = opener(ffi.string(name), _MODE_NAMES[mode])
        handle = ffi.new_handle(source)
        _sources[handle] = source
        _opened.lock = source.lock
        state[0] = handle
    except BaseException as exception:
        for kind, status in _OPEN_STATUSES:
            # The exceptions of this package stay as they are.
            if isinstance(exception, kind) and not isinstance(exception, FITSError):
                return _fail(exception, err, status)
        return _fail(exception, err)
    return 0


def _close(state: CData, err: CData) -> int:
    try:
        _sources.pop(state).close()
    except BaseException as exception:
        return _fail(exception, err)
    return 0


def _read_at(
    source: Source, offset: int, buffer: CData, count: int, got: CData, err: CData
) -> None:
    # An object that keeps the view itself has a released one afterwards.
    with memoryview(ffi.buffer(buffer, count)) as view:
        got[0] = source.read_into(offset, view)


def _read_many(state: CData, ranges: CData, count: int, err: CData) -> int:
    """Read all ranges in one call of C, because each costs several microseconds."""
    try:
        read_into = ffi.from_handle(state).read_into
        for i in range(count):
            offset, length = ranges[i].offset, ranges[i].length
            with memoryview(ffi.buffer(ranges[i].dest, length)) as view:
                found = read_into(offset, view)
            if found < length:
                if err and err.code == lib.RF_OK:
                    err.code, err.offset = lib.RF_ERR_TRUNCATED, offset
                    copy_text(
                        err.message,
                        f"expected {length} bytes at offset {offset}, found {found}: "
                        f"{length - found} bytes are missing".encode(),
                    )
                return int(lib.RF_ERR_TRUNCATED)
    except BaseException as exception:
        return _fail(exception, err)
    return 0


def _get_size(source: Source, size: CData, err: CData) -> None:
    size[0] = source.size()


def _write_at(source: Source, offset: int, data: CData, count: int, err: CData) -> None:
    with memoryview(ffi.buffer(data, count)).toreadonly() as view:
        source.write(offset, view)


def _truncate(source: Source, size: int, err: CData) -> None:
    source.truncate(size)


def _sync(source: Source, err: CData) -> None:
    source.sync()


def _discard(state: CData) -> None:
    ffi.from_handle(state).discard()


def _peek(state: CData, offset: int, count: int, found: CData, err: CData) -> int:
    try:
        view = ffi.from_handle(state).peek(offset, count)
        if view is None:
            return int(lib.RF_ERR_UNSUPPORTED)
        found[0] = ffi.cast("uint8_t *", ffi.from_buffer(view))
    except BaseException as exception:
        return _fail(exception, err)
    return 0


_CALLBACKS: dict[str, Callable[..., int]] = {
    "open": _open,
    "close": _close,
    "read_at": _guarded(_read_at),
    "read_many": _read_many,
    "get_size": _guarded(_get_size),
    "write_at": _guarded(_write_at),
    "truncate": _guarded(_truncate),
    "sync": _guarded(_sync),
    "peek": _peek,
}
for _name, _callback in _CALLBACKS.items():
    ffi.def_extern(name="rf_py_driver_" + _name, error=lib.RF_ERR_CALLBACK)(_callback)
ffi.def_extern(name="rf_py_driver_discard")(_discard)
