# SPDX-License-Identifier: BSD-3-Clause
"""`Ragged`: cells of variable length, as their lengths and all elements one after another."""

from __future__ import annotations

import numpy as np

from rustfits._core.binding.arrays import Array

__all__ = ["Ragged"]

_OBJECT = np.dtype(object)


class Ragged:
    """Cells of variable length.

    It has the attributes of an object array that functions for tables look at, so that it can be
    a column of a dict of columns.
    """

    __slots__ = ("elements", "lengths")

    ndim = 1
    dtype = _OBJECT

    def __init__(self, lengths: Array, elements: Array) -> None:
        self.lengths = lengths  # uint64
        self.elements = elements  # an array or a masked array of one axis, or of more for TDIMn

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an object array of the cells."""
        return (len(self.lengths),)

    @property
    def nbytes(self) -> int:
        """The memory of the elements and lengths."""
        return int(self.elements.nbytes) + self.lengths.nbytes

    def take(self, index: Array, mask: Array | None = None) -> Ragged:
        """Return the cells of these numbers, empty where `mask` is True."""
        lengths = self.lengths.astype(np.int64)
        begins = np.cumsum(lengths) - lengths
        chosen, lengths = begins[index], lengths[index]
        if mask is not None:
            lengths = np.where(mask, 0, lengths)
        starts = np.cumsum(lengths) - lengths
        places = np.repeat(chosen - starts, lengths) + np.arange(int(lengths.sum()))
        return Ragged(lengths.astype(np.uint64), self.elements[places])

    def objects(self) -> Array:
        """Return the cells as an object array of arrays."""
        made: Array = np.empty(len(self.lengths), object)
        ends = np.cumsum(self.lengths.astype(np.int64)).tolist()
        begin = 0
        for row, end in enumerate(ends):
            made[row] = self.elements[begin:end]
            begin = end
        return made
