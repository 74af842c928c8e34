# SPDX-License-Identifier: BSD-3-Clause
"""File objects that can seek: read and written at offsets."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from typing import Any

from rustfits._core.binding.errors import FITSIOError, FITSTypeError, FITSValueError
from rustfits._core.driver.lock import lock_of
from rustfits._core.driver.source import Source

__all__ = ["NO_METHOD", "FileObject", "counted", "read_part", "write_all"]

_ZEROS = bytes(1 << 20)
#: What an optional method raises in a class that only inherits it.
NO_METHOD = (AttributeError, NotImplementedError, io.UnsupportedOperation)


def counted(count: Any, most: int, what: str, name: str) -> int:
    """Return a number of bytes that a method of an object returned."""
    if count is None:
        raise BlockingIOError(
            errno.EAGAIN, f"{name}: {what} returned None: the object is in non-blocking mode"
        )
    if not isinstance(count, int):
        raise FITSTypeError(f"{name}: {what} returned {type(count).__name__}, expected int")
    if not 0 <= count <= most:
        raise FITSValueError(f"{name}: {what} returned {count}, expected 0 to {most}")
    return count


def read_part(
    read: Callable[[int], Any], buffer: memoryview, name: str, what: str = "read()"
) -> int:
    """Fill a part of a buffer by the method `what` of an object; return its size, 0 at the end.

    Raises
    ------
    BlockingIOError
        If the method returns None.
    FITSTypeError, FITSValueError
        If it returns no bytes, or more than wanted.
    """
    data = read(len(buffer))
    if data is None:
        return counted(None, 0, what, name)
    if isinstance(data, str):
        raise FITSTypeError(f"{name}: {what} returned str: open the file in binary mode")
    try:
        found = memoryview(data).cast("B")
    except TypeError:
        raise FITSTypeError(
            f"{name}: {what} returned {type(data).__name__}, expected bytes"
        ) from None
    if len(found) > len(buffer):
        raise FITSValueError(
            f"{name}: {what} returned {len(found)} bytes, expected at most {len(buffer)}"
        )
    buffer[: len(found)] = found
    return len(found)


def write_all(target: Any, data: memoryview, name: str) -> None:
    """Write all bytes by the method ``write`` of an object, in as many calls as it needs.

    Raises
    ------
    BlockingIOError
        If the object is in non-blocking mode and takes nothing.
    FITSIOError, FITSTypeError, FITSValueError
        If the method returns 0, or no possible number.
    """
    raw = isinstance(target, io.RawIOBase)
    done = 0
    while done < len(data):
        with data[done:] as rest:
            count = target.write(rest)
            if count is None and not raw:
                return  # methods of simple classes return nothing
            count = counted(count, len(rest), "write()", name)
        if count == 0:
            raise FITSIOError(f"{name}: write() took 0 of {len(data) - done} bytes")
        done += count


class FileObject(Source):
    """A file object that can seek. The library never closes it, and leaves its position anywhere.

    Parameters
    ----------
    target : file object
        The object.
    name : str
        Its name for messages.
    mode : {"r", "r+", "w+"}
        With ``w+``, the object is truncated.
    """

    def __init__(self, target: Any, name: str, mode: str) -> None:
        super().__init__(name, lock_of(target, name))
        self._target = target
        self._readinto = getattr(target, "readinto", None)
        self._writable = mode != "r"
        with self.lock:
            if mode == "w+":
                target.seek(0)
                target.truncate(0)
            #: The size, which only the writes of this source change.
            self._size = self._measure() if self._writable else 0

    def read_into(self, offset: int, buffer: memoryview) -> int:
        with self.lock:
            self.check_process(self._target)
            if not self._seek(offset):
                return 0
            done = 0
            while done < len(buffer):
                with buffer[done:] as rest:
                    count = self._read(rest)
                if count == 0:
                    break
                done += count
            return done

    def _read(self, buffer: memoryview) -> int:
        if self._readinto is not None:
            try:
                count = self._readinto(buffer)
            except NO_METHOD:
                self._readinto = None
            else:
                return counted(count, len(buffer), "readinto()", self.name)
        return read_part(self._target.read, buffer, self.name)

    def size(self) -> int:
        if self._writable:
            return self._size
        with self.lock:
            self.check_process(self._target)
            return self._measure()

    def write(self, offset: int, data: memoryview) -> None:
        with self.lock:
            self.check_process(self._target)
            self._fill(offset)
            self._target.seek(offset)
            write_all(self._target, data, self.name)
            self._size = max(self._size, offset + len(data))

    def truncate(self, size: int) -> None:
        with self.lock:
            self.check_process(self._target)
            if size < self._size:
                self._target.truncate(size)
                self._size = size
            self._fill(size)

    def sync(self) -> None:
        flush = getattr(self._target, "flush", None)
        if flush is not None:
            with self.lock:
                self.check_process(self._target)
                flush()

    def close(self) -> None:
        if self._writable:
            self.sync()

    def _fill(self, size: int) -> None:
        """Write zeros from the end on, because not every `truncate` makes objects longer."""
        while self._size < size:
            self._target.seek(self._size)
            count = min(len(_ZEROS), size - self._size)
            write_all(self._target, memoryview(_ZEROS)[:count], self.name)
            self._size += count

    def _seek(self, offset: int) -> bool:
        """Go to an offset; return False if it is behind the end of an object that refuses that."""
        try:
            self._target.seek(offset)
        except (OSError, ValueError):
            if offset < self._measure():
                raise
            return False
        return True

    def _measure(self) -> int:
        end = self._target.seek(0, os.SEEK_END)
        if end is None:
            end = self._target.tell()
        if not isinstance(end, int) or end < 0:
            raise FITSTypeError(f"{self.name}: the position at the end is {end!r}, expected an int")
        return end
