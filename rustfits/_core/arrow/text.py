# SPDX-License-Identifier: BSD-3-Clause
"""`Text`: the strings of an Arrow array, which become cells when their width is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array, new_array
from rustfits._core.binding.errors import FITSValueError

__all__ = ["Text"]

_BLOCK = 1 << 20  # bytes that are moved in one go


class Text:
    """Strings: where each begins and how long it is, in some buffers."""

    __slots__ = ("buffers", "is_ascii", "lengths", "rows", "shape", "starts", "which")

    def __init__(
        self,
        buffers: list[Array],
        starts: Array,
        lengths: Array,
        which: Array | None = None,
        *,
        is_ascii: bool,
    ) -> None:
        self.buffers = buffers
        self.starts = starts
        self.lengths = lengths
        self.which = which  # the number of the buffer of each string; None: they are in the first
        self.is_ascii = is_ascii  # whether cells must be ASCII: those of text, not of bytes
        self.shape: tuple[int, ...] = ()  # of a cell
        self.rows = len(lengths)

    def __len__(self) -> int:
        return self.rows

    @property
    def width(self) -> int:
        """The length of the longest string."""
        return int(self.lengths.max(initial=0))

    @property
    def nbytes(self) -> int:
        """The memory of the strings and of what describes them."""
        return int(self.lengths.sum()) + self.starts.nbytes + self.lengths.nbytes

    def take(self, index: Array) -> Text:
        """Return the strings of these numbers."""
        which = None if self.which is None else self.which[index]
        return Text(
            self.buffers, self.starts[index], self.lengths[index], which, is_ascii=self.is_ascii
        )

    def empty(self, mask: Array) -> None:
        """Make strings empty."""
        self.lengths = np.where(mask, 0, self.lengths)

    def joined(self, first: int = 0, last: int | None = None) -> Array:
        """Return the bytes of the strings, one after another."""
        starts, lengths = self.starts[first:last], self.lengths[first:last]
        which = None if self.which is None else self.which[first:last]
        total = int(lengths.sum())
        out: Array = np.empty(total, "u1")
        if not total:
            return out
        if which is None and bool((starts[1:] == (starts + lengths)[:-1]).all()):
            return self.buffers[0][starts[0] : starts[0] + total]
        begins = np.cumsum(lengths) - lengths
        source = np.repeat(starts - begins, lengths) + np.arange(total)
        if which is None:
            return np.take(self.buffers[0], source, out=out)
        owner = np.repeat(which, lengths)
        for number in np.unique(which[lengths > 0]).tolist():
            chosen = owner == number
            out[chosen] = self.buffers[number][source[chosen]]
        return out

    def check(self, label: str, row: int) -> None:
        """Check that FITS strings can hold these, whose first one is in row `row`.

        Raises
        ------
        FITSValueError
            If one has a NUL or, for text, a character that is not ASCII.
        """
        for first, last in self._blocks(1):
            found = self.joined(first, last)
            if not len(found) or (found.min() and (found.max() < 128 or not self.is_ascii)):
                continue
            wrong = found == 0 if not self.is_ascii else (found == 0) | (found > 127)
            place = int(np.argmax(wrong))
            ends = np.cumsum(self.lengths[first:last])
            cell = first + int(np.searchsorted(ends, place, "right"))
            start = f"{label}, row {row + cell * self.rows // len(self.lengths)}: "
            if found[place] == 0:
                raise FITSValueError(
                    start + "the string has a NUL, which ends a FITS string: write the bytes as a "
                    "list of uint8"
                )
            begin = place - (int(ends[cell - first]) - int(self.lengths[cell]))
            whole = self.joined(cell, cell + 1).tobytes()
            character = whole[begin:].decode("utf-8", "replace")[:1]
            raise FITSValueError(
                start + f"character {character!r} is not ASCII, which is all that FITS strings can "
                "hold"
            )

    def cells(self, width: int | None = None) -> Array:
        """Return the strings as an array of type ``S``."""
        width = max(self.width if width is None else width, 1)
        count = len(self.lengths)
        flat = new_array((count, width), "u1", zero=True)
        for first, last in self._blocks(width):
            found, lengths = self.joined(first, last), self.lengths[first:last]
            if len(found) == (last - first) * width:
                flat[first:last] = found.reshape(-1, width)
            elif len(found):
                begins = np.cumsum(lengths) - lengths
                places = np.repeat(np.arange(last - first) * width - begins, lengths)
                flat[first:last].reshape(-1)[places + np.arange(len(found))] = found
        return flat.reshape(-1).view(f"S{width}").reshape(self.rows, *self.shape)

    def _blocks(self, width: int) -> list[tuple[int, int]]:
        """Return ranges of strings with about `_BLOCK` bytes."""
        count = len(self.lengths)
        if not count:
            return []
        mean = max(width, int(self.lengths.sum()) // count, 1)
        step = max(_BLOCK // mean, 1)
        return [(first, min(first + step, count)) for first in range(0, count, step)]

    def __reduce__(self) -> tuple[Any, ...]:
        lengths = np.asarray(self.lengths)
        starts = np.cumsum(lengths) - lengths
        return _restored, ([self.joined()], starts, lengths, self.is_ascii, self.shape, self.rows)


def _restored(
    buffers: list[Array],
    starts: Array,
    lengths: Array,
    is_ascii: bool,
    shape: tuple[int, ...],
    rows: int,
) -> Text:
    made = Text(buffers, starts, lengths, is_ascii=is_ascii)
    made.shape, made.rows = shape, rows
    return made
