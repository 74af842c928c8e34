# SPDX-License-Identifier: BSD-3-Clause
"""Schemes of the caller: `register_driver`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Protocol, TypeAlias

from rustfits._core.binding.errors import (
    FITSIOError,
    FITSReadOnlyError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.library import CData, check, error, ffi, lib, text
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.names import shown
from rustfits._core.driver.callbacks import driver_row
from rustfits._core.driver.lock import SourceLock, lock_of
from rustfits._core.driver.objects import counted, read_part
from rustfits._core.driver.source import Source

__all__ = ["ByteSource", "driver_rows", "own_schemes", "register_driver"]


class ByteSource(Protocol):
    """The bytes of a file, which an opener of `register_driver` returns.

    ``size`` is a method or an attribute. The methods ``write_at(offset, data)`` and
    ``truncate(size)`` make the file writable. ``flush()``, ``close()`` and ``peek(offset, count)``
    are optional, too.
    """

    size: Any

    def read_at(self, offset: int, count: int, /) -> bytes:
        """Return up to `count` bytes from `offset` on, none at the end."""


#: Opens a file: called with its whole name and the mode.
OpenSource: TypeAlias = Callable[[str, str], ByteSource]

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{0,31}")
_lock = ForkLock()
#: For each scheme: the row that it had before, or NULL.
_before: dict[str, CData] = {}
_rows: list[object] = []  # rows live as long as the process, because open files may use them


class _ObjectSource(Source):
    """The object of an opener.

    Parameters
    ----------
    target : ByteSource
        The object.
    name : str
        The name of the file for messages.
    mode : {"r", "r+", "w+"}
        The mode.
    threads : bool
        Whether several threads may call the object at once.
    """

    def __init__(self, target: Any, name: str, mode: str, threads: bool) -> None:
        for method in ("read_at", "size") + (() if mode == "r" else ("write_at", "truncate")):
            if not hasattr(target, method):
                kind = FITSTypeError if method in ("read_at", "size") else FITSReadOnlyError
                raise kind(
                    f"the opener returned an object of class {type(target).__name__}, which has no "
                    f"{method}()"
                )
        super().__init__(name, SourceLock(name, False) if threads else lock_of(target, name))
        self._target = target
        self._writable = mode != "r"
        self._peek = getattr(target, "peek", None)
        self._peeked: dict[int, memoryview] = {}  # by the object that owns the memory
        if mode == "w+":
            self.truncate(0)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        done = 0
        with self.lock:
            while done < len(buffer):
                read = partial(self._target.read_at, offset + done)
                with buffer[done:] as rest:
                    count = read_part(read, rest, self.name, "read_at()")
                if count == 0:
                    break
                done += count
        return done

    def size(self) -> int:
        with self.lock:
            size = self._target.size
            if callable(size):
                size = size()
        if not isinstance(size, int):
            raise FITSTypeError(f"{self.name}: size is {type(size).__name__}, expected int")
        if size < 0:
            raise FITSValueError(f"{self.name}: size is {size}, expected at least 0")
        return size

    def peek(self, offset: int, count: int) -> memoryview | None:
        if self._peek is None:
            return None
        with self.lock:
            found = self._peek(offset, count)
        if found is None:
            return None
        view = memoryview(found)
        if not view.c_contiguous or view.nbytes < count:
            raise FITSValueError(
                f"{self.name}: peek() returned {view.nbytes} bytes, expected {count}, contiguous"
            )
        self._peeked.setdefault(id(view.obj), view)
        return view

    def write(self, offset: int, data: memoryview) -> None:
        self._forget()
        content = bytes(data)  # which the object may keep
        with self.lock:
            while content:
                count = self._target.write_at(offset, content)
                if count is None:
                    return
                count = counted(count, len(content), "write_at()", self.name)
                if count == 0:
                    raise FITSIOError(f"{self.name}: write_at() took 0 of {len(content)} bytes")
                offset, content = offset + count, content[count:]

    def truncate(self, size: int) -> None:
        self._forget()
        with self.lock:
            self._target.truncate(size)

    def sync(self) -> None:
        self._call("flush")

    def close(self) -> None:
        self._forget()
        try:
            if self._writable:
                self._call("flush")
        finally:
            self._call("close")

    def _call(self, method: str) -> None:
        function = getattr(self._target, method, None)
        if function is not None:
            with self.lock:
                function()

    def _forget(self) -> None:
        """Release the memory that `peek` showed, before it changes."""
        self._peeked.clear()


def register_driver(
    scheme: str, opener: OpenSource | None, *, replace: bool = False, threads: bool = False
) -> None:
    """Make a scheme for names of your own files.

    Parameters
    ----------
    scheme : str
        The scheme, such as ``"vault"`` for names like ``vault://anything``: a lower case letter,
        then letters, digits, ``+``, ``-`` and ``.``.
    opener : callable or None
        Called as ``opener(name, mode)`` with the whole name and the mode ``"r"``, ``"r+"`` or
        ``"w+"``. It returns an object with ``read_at(offset, count)``, which returns bytes, none at
        the end, and ``size``, a method or an attribute. Optional methods:

        - ``write_at(offset, data)`` and ``truncate(size)``: the file can be written. A gap before
          `data`, and bytes that `truncate` adds, are zero.
        - ``flush()``: called by `FITS.sync` and before ``close()``.
        - ``close()``: called when the file is closed.
        - ``peek(offset, count)``: returns memory that holds these bytes, without a copy, or None.
          The bytes stay in their place until the next write. Not used with `threads`.

        None removes the scheme again, or restores the driver that `replace` replaced.
    replace : bool
        Whether the scheme may be one that the library has.
    threads : bool
        Whether several threads may call methods of one object at once. By default, one thread at a
        time does.

    Raises
    ------
    FITSValueError
        If the scheme is invalid, or one of the library and `replace` is not set.
    FITSTypeError
        If `opener` is not callable.

    Notes
    -----
    Exceptions of the opener and of the object reach the caller, from any thread. At opening, a
    `FileNotFoundError` becomes a `FITSNotFoundError`, and a `PermissionError` a
    `FITSPermissionError`. Open files keep their driver.
    """
    if not isinstance(scheme, str):
        raise FITSTypeError(f"a scheme is a str, not {type(scheme).__name__}")
    if not _SCHEME.fullmatch(scheme):
        raise FITSValueError(f"invalid scheme {scheme!r}: expected such as 'vault', without '://'")
    with _lock:
        if opener is None:
            _remove(scheme)
            return
        if not callable(opener):
            raise FITSTypeError(f"opener must be callable, not {type(opener).__name__}")
        present = driver_rows().get(scheme, ffi.NULL)
        if present and scheme not in _before and not replace:
            raise FITSValueError(
                f"the library has the scheme {scheme!r} itself: replace=True replaces it"
            )
        _add(scheme, opener, threads)
        _before.setdefault(scheme, present)


def _add(scheme: str, opener: OpenSource, threads: bool) -> None:
    def opened(name: bytes, mode: str) -> Source:
        return _ObjectSource(opener(os.fsdecode(name), mode), shown(name), mode, threads)

    flags = lib.RF_DRIVER_WRITE | lib.RF_DRIVER_CODECS | lib.RF_DRIVER_VOLATILE
    row, kept = driver_row(ffi.new_handle(opened), flags, not threads, scheme.encode())
    _rows.append((row, kept, opened))
    err = error()
    check(lib.rf_driver_register(row, err), err)


def _remove(scheme: str) -> None:
    before = _before.pop(scheme, None)
    if before is None:
        raise FITSValueError(f"register_driver() has not made the scheme {scheme!r}")
    err = error()
    check(lib.rf_driver_unregister(scheme.encode(), err), err)
    if before and driver_rows().get(scheme) != before:  # a row that a transport had added
        check(lib.rf_driver_register(before, err), err)


def driver_rows() -> dict[str, CData]:
    """Return the rows of the driver table by their schemes."""
    count = ffi.new("size_t *")
    err = error()
    check(lib.rf_driver_list(ffi.NULL, 0, count, err), err)
    room = int(count[0]) + 64  # other threads may add some
    rows = ffi.new("rf_driver *[]", room)
    check(lib.rf_driver_list(rows, room, count, err), err)
    return {text(rows[i].scheme): rows[i] for i in range(min(int(count[0]), room))}


def own_schemes() -> Collection[str]:
    """Return the schemes that `register_driver` has made. The collection follows later calls."""
    return _before.keys()
