# SPDX-License-Identifier: BSD-3-Clause
"""File objects that cannot seek: kept in a spool."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from typing import Any

from rustfits._core.binding.errors import FITSUnsupportedError
from rustfits._core.driver.lock import SourceLock, lock_of
from rustfits._core.driver.objects import NO_METHOD, read_part, write_all
from rustfits._core.driver.source import Source

__all__ = ["Forward", "Output", "Spool", "Stream"]

_CHUNK_BYTES = 1 << 20
_WINDOW_BYTES = 2 << 20
_DEFAULT_BYTES = 64 << 20


class Spool:
    """Bytes in memory up to a limit, and in a temporary file without a name beyond it.

    Parameters
    ----------
    limit : int
        The limit in bytes; 0: the default of the library.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit or _DEFAULT_BYTES
        self._file: Any = io.BytesIO()
        self._in_memory = True
        self.size = 0

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer, and return the number of bytes, which is less only at the end."""
        count = min(len(buffer), max(self.size - offset, 0))
        done = 0
        while done < count:
            with buffer[done:count] as rest:
                # Forked processes share the position of the temporary file.
                if not self._in_memory and hasattr(os, "preadv"):
                    done += os.preadv(self._file.fileno(), [rest], offset + done)
                else:
                    self._file.seek(offset + done)
                    done += self._file.readinto(rest)
        return done

    def write(self, offset: int, data: memoryview) -> None:
        """Write bytes, which may leave a gap of zeros."""
        end = offset + len(data)
        self._prepare(end)
        self._file.seek(offset)
        write_all(self._file, data, "the temporary file")
        self.size = max(self.size, end)

    def truncate(self, size: int) -> None:
        """Set the size. New bytes are zero."""
        self._prepare(size)
        self._file.truncate(size)
        if self._in_memory and size > self.size:  # BytesIO does not grow by `truncate`
            self._file.seek(size - 1)
            self._file.write(b"\0")
        self.size = size

    def close(self) -> None:
        """Drop the bytes."""
        self._file.close()

    def _prepare(self, size: int) -> None:
        """Move the bytes to a file before they exceed the limit."""
        if self._in_memory and size > self._limit:
            beyond = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  of this object
            with self._file.getbuffer() as content:
                write_all(beyond, content[: self.size], "the temporary file")
            self._file, self._in_memory = beyond, False


class _Passing(Source):
    """A file object that is read forward, once.

    Parameters
    ----------
    target : file object
        The object, at its present position.
    name : str
        Its name for messages.
    end : callable, optional
        Called when the file is closed.
    """

    def __init__(self, target: Any, name: str, end: Callable[[], object] | None = None) -> None:
        super().__init__(name, lock_of(target, name))
        self._target = target
        # Some objects wait until they have all bytes; `read1` returns those that have arrived.
        self._read = getattr(target, "read1", None) or target.read
        self._chunk = bytearray(_CHUNK_BYTES)
        self._at_end = False
        self._end = end

    def close(self) -> None:
        if self._end is not None:
            self._end()

    def _pass(self, take: Callable[[memoryview], object]) -> None:
        """Read the next bytes, and call `take` with them."""
        self.check_process(self._target)
        with memoryview(self._chunk) as chunk:
            count = self._read_part(chunk)
            self._at_end = count == 0
            with chunk[:count] as part:
                take(part)

    def _read_part(self, chunk: memoryview) -> int:
        try:
            return read_part(self._read, chunk, self.name)
        except NO_METHOD:
            if self._read == self._target.read:
                raise
            self._read = self._target.read
            return read_part(self._read, chunk, self.name)


class Stream(_Passing):
    """A stream of which a spool keeps what was read, up to `limit` bytes in memory."""

    def __init__(
        self, target: Any, name: str, limit: int, end: Callable[[], object] | None = None
    ) -> None:
        super().__init__(target, name, end)
        self._spool = Spool(limit)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        with self.lock:
            self._keep(offset + len(buffer))
            return self._spool.read_into(offset, buffer)

    def size(self) -> int:
        with self.lock:
            self._keep(None)
            return self._spool.size

    def close(self) -> None:
        self._spool.close()
        super().close()

    def _keep(self, wanted: int | None) -> None:
        """Read the stream up to an offset, or to its end."""
        while not self._at_end and (wanted is None or self._spool.size < wanted):
            self._pass(lambda part: self._spool.write(self._spool.size, part))


class Forward(_Passing):
    """A stream of which a window keeps the last bytes (``forward=True``)."""

    def __init__(self, target: Any, name: str, end: Callable[[], object] | None = None) -> None:
        super().__init__(target, name, end)
        self._window = bytearray()
        self._low = 0  # offset of the window

    def read_into(self, offset: int, buffer: memoryview) -> int:
        done = 0
        with self.lock:
            while done < len(buffer):
                at = offset + done - self._low
                if at < 0:
                    raise FITSUnsupportedError(
                        f"{self.name}: byte {offset + done} of the stream was passed over and is "
                        "not kept, because the file is open with forward=True"
                    )
                part = self._window[at : at + len(buffer) - done]
                buffer[done : done + len(part)] = part
                done += len(part)
                if not part:
                    if self._at_end:
                        break
                    self._pass(self._take)
        return done

    def _take(self, part: memoryview) -> None:
        surplus = len(self._window) - _WINDOW_BYTES
        if surplus > 0:
            del self._window[:surplus]
            self._low += surplus
        self._window += part

    def size(self) -> int:
        with self.lock:
            if not self._at_end:
                raise FITSUnsupportedError(
                    f"{self.name}: the size of a stream is known at its end, because the file is "
                    "open with forward=True"
                )
            return self._low + len(self._window)


class Output(Source):
    """A new file in a spool, which goes to an object in order when it is closed.

    Parameters
    ----------
    name : str
        The name of the file for messages.
    lock : SourceLock
        The lock of the object.
    limit : int
        The limit of the spool.
    begin : callable
        Returns the object that takes the bytes by `write`.
    end : callable
        Called with that object and the number of bytes when it has taken them.
    """

    def __init__(
        self,
        name: str,
        lock: SourceLock,
        limit: int,
        begin: Callable[[], Any],
        end: Callable[[Any, int], object],
    ) -> None:
        super().__init__(name, lock)
        self._begin, self._end = begin, end
        self._spool = Spool(limit)
        self._discarded = False

    def read_into(self, offset: int, buffer: memoryview) -> int:
        with self.lock:
            return self._spool.read_into(offset, buffer)

    def size(self) -> int:
        return self._spool.size

    def write(self, offset: int, data: memoryview) -> None:
        with self.lock:
            self._spool.write(offset, data)

    def truncate(self, size: int) -> None:
        with self.lock:
            self._spool.truncate(size)

    def discard(self) -> None:
        self._discarded = True

    def close(self) -> None:
        try:
            if not self._discarded:
                with self.lock:
                    self._send()
        finally:
            self._spool.close()

    def _send(self) -> None:
        target = self._begin()
        self.check_process(target)
        chunk = bytearray(min(_CHUNK_BYTES, self._spool.size))
        with memoryview(chunk) as buffer:
            for offset in range(0, self._spool.size, _CHUNK_BYTES):
                with buffer[: self._spool.read_into(offset, buffer)] as part:
                    write_all(target, part, self.name)
        self._end(target, self._spool.size)
