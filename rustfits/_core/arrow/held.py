# SPDX-License-Identifier: BSD-3-Clause
"""`Held`: the batches of a frame that have been looked at, until they are written."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import IO, Any

from rustfits._core.arrow.decode import Values
from rustfits._core.arrow.stream import Batch

__all__ = ["Held"]

_PROTOCOL = 5


class Held:
    """Batches in memory and, beyond a limit, their values in a temporary file."""

    __slots__ = ("_batches", "_file", "_left", "_parts")

    def __init__(self, limit: int | None) -> None:
        self._left = limit  # bytes; None: the batches are in memory anyway
        self._batches: list[Batch] = []
        self._file: IO[bytes] | None = None
        self._parts = 0

    @property
    def spools(self) -> bool:
        """Whether values go to the temporary file from now on."""
        return self._left is not None and self._left <= 0

    def keep(self, batch: Batch, nbytes: int) -> None:
        """Keep a batch in memory. Its size counts towards the limit."""
        self._batches.append(batch)
        if self._left is not None:
            self._left -= nbytes

    def spool(self, count: int, values: list[Values]) -> None:
        """Write the values of some rows to the temporary file."""
        if self._file is None:
            import tempfile

            self._file = tempfile.TemporaryFile(prefix="rustfits-")  # noqa: SIM115
        pickle.dump((count, values), self._file, _PROTOCOL)
        self._parts += 1

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in memory."""
        yield from self._batches

    def spooled(self) -> Iterator[tuple[int, list[Values]]]:
        """Yield the values in the temporary file, which this process alone has written."""
        if self._file is None:
            return
        self._file.seek(0)
        for _ in range(self._parts):
            part: Any = pickle.load(self._file)
            yield part

    def close(self) -> None:
        """Release the batches and the temporary file."""
        self._batches.clear()
        if self._file is not None:
            self._file.close()
            self._file = None
