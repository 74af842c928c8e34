# SPDX-License-Identifier: BSD-3-Clause
"""Send new files through fsspec: all of a file, or nothing, appears under its name."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import Any

from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["Body", "BodyError", "send_file"]

# Bytes that are in memory at a time.
_CHUNK_BYTES = 4 << 20
# Object stores take a file up to this size by one request.
_SINGLE_BYTES = 16 << 20


class BodyError(Exception):
    """The C library ended the request. Its rf_error is filled in already."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Body:
    """The body of a request that sends.

    Parameters
    ----------
    body : rf_body *
        The body.
    err : rf_error *
        Receives the failures of reading it.
    """

    def __init__(self, body: CData, err: CData) -> None:
        self._body = body
        self._err = err
        self.size = int(body.bytes)

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes in order.

        Raises
        ------
        BodyError
            If the C library ends the request.
        """
        room = ffi.new("char[]", min(self.size, _CHUNK_BYTES))
        for first in range(0, self.size, _CHUNK_BYTES):
            n = min(self.size - first, _CHUNK_BYTES)
            status = self._body.read(self._body.user, first, room, n, self._err)
            if status != lib.RF_OK:
                raise BodyError(status)
            yield ffi.buffer(room, n)[:]

    def whole(self) -> bytes:
        """Return all bytes."""
        return b"".join(self.chunks())


def send_file(fs: Any, path: str, body: Body, *, only_new: bool) -> None:
    """Send a file to a filesystem of fsspec.

    Raises
    ------
    FileExistsError
        If `only_new` is set and there is such a file.
    """
    fs.invalidate_cache(path)
    if only_new and fs.exists(path):
        raise FileExistsError(errno.EEXIST, "the file already exists")
    if _is_in_memory(fs) or (_is_object_store(fs) and body.size <= _SINGLE_BYTES):
        fs.pipe_file(path, body.whole())
    elif _is_object_store(fs):
        _write_object(fs, path, body)
    else:
        _write_beside(fs, path, body)
    fs.invalidate_cache(path)


def _is_in_memory(fs: Any) -> bool:
    from fsspec.implementations.memory import MemoryFileSystem

    return isinstance(fs, MemoryFileSystem)


def _is_object_store(fs: Any) -> bool:
    """Tell whether closing a file puts all of it in place: such filesystems are asynchronous."""
    from fsspec.spec import AbstractFileSystem

    wrapped = getattr(fs, "fs", fs)
    return bool(
        fs.async_impl
        and getattr(wrapped, "async_impl", False)
        and type(wrapped).open is AbstractFileSystem.open
    )


def _write_object(fs: Any, path: str, body: Body) -> None:
    file = fs.open(path, "wb")
    try:
        for chunk in body.chunks():
            file.write(chunk)
    except BaseException:
        with contextlib.suppress(Exception):
            file.discard()
        file.closed = True  # closing, also by the collector, would put the first parts in place
        raise
    file.close()


def _write_beside(fs: Any, path: str, body: Body) -> None:
    """Write a file under a temporary name in the same folder, and rename it."""
    folder, slash, name = path.rpartition("/")
    beside = f"{folder}{slash}.{name[:200]}.{os.urandom(8).hex()}.part"
    try:
        with fs.open(beside, "wb") as file:
            for chunk in body.chunks():
                file.write(chunk)
        fs.mv(beside, path)
    except BaseException:
        with contextlib.suppress(Exception):
            fs.rm_file(beside)
        raise
