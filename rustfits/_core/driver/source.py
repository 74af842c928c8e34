# SPDX-License-Identifier: BSD-3-Clause
"""Sources: what the functions of a driver in Python call."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from typing import Any

from rustfits._core.binding.errors import FITSIOError, FITSReadOnlyError
from rustfits._core.driver.lock import SourceLock

__all__ = ["Source"]


class Source(ABC):
    """The bytes of one open file. Offsets are absolute.

    Parameters
    ----------
    name : str
        The name of the file for messages.
    lock : SourceLock
        The lock around calls of the object behind the source.
    """

    def __init__(self, name: str, lock: SourceLock) -> None:
        self.name = name
        self.lock = lock
        self._pid = os.getpid()

    def check_process(self, target: Any) -> None:
        """Refuse an object whose position this process shares with its parent.

        Raises
        ------
        FITSIOError
            If the process was forked after the file was opened, and the object has a descriptor.
        """
        if self._pid == os.getpid():
            return
        try:
            number = target.fileno()
        except (AttributeError, OSError, ValueError):
            return
        raise FITSIOError(
            f"{self.name}: this process was forked after the object was opened, and shares its "
            f"file descriptor {number} and the position with its parent: open the file again"
        )

    @abstractmethod
    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Fill a buffer, and return the number of bytes, which is less only at the end."""

    @abstractmethod
    def size(self) -> int:
        """Return the size in bytes."""

    def peek(self, offset: int, count: int) -> memoryview | None:
        """Return bytes that stay where they are until the file is changed or closed, or None."""
        return None

    def write(self, offset: int, data: memoryview) -> None:
        """Write all of `data`. Zeros fill a gap before it."""
        raise FITSReadOnlyError(f"{self.name}: can only be read")

    def truncate(self, size: int) -> None:
        """Set the size. New bytes are zero."""
        raise FITSReadOnlyError(f"{self.name}: can only be read")

    def sync(self) -> None:  # noqa: B027  most sources have nothing to do
        """Pass on what was written."""

    def discard(self) -> None:  # noqa: B027  most sources have nothing to drop
        """Drop what was written and is not in the file yet."""

    @abstractmethod
    def close(self) -> None:
        """Pass on what was written, and end the use of the object."""
