# SPDX-License-Identifier: BSD-3-Clause
"""`Facts`: what the header of a table says of a column, found from all of its values."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rustfits._core.arrow.decode import Values
from rustfits._core.arrow.field import FLOATS, INTEGERS, LISTS, TEXTS, Field
from rustfits._core.arrow.hint import Hint
from rustfits._core.arrow.ragged import Ragged
from rustfits._core.arrow.text import Text
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSValueError
from rustfits._core.foreign.times import iso_width

__all__ = ["Facts"]

_CANDIDATES = 512  # values near each end of a wide type that can become TNULL


class Facts:
    """The type of the cells of a column, the width of its strings, and its nulls."""

    __slots__ = (
        "_free",
        "_preferred",
        "base",
        "field",
        "has_null",
        "hint",
        "is_complex",
        "lengths",
        "nbytes",
        "shape",
        "variable",
        "width",
    )

    def __init__(self, field: Field, times: str) -> None:
        self.field = field
        self.variable = field.values.format in LISTS
        self.width = 0  # of strings
        self.nbytes = 0  # of all strings
        self.has_null = False
        self.shape, inner = _shape(field)
        self.base = _dtype(inner, times)
        self.hint = field.hint
        self.lengths: set[int] = set()  # of cells with TDIM
        pairs = field.complex_dtype
        self.is_complex = pairs is not None
        if pairs is not None:
            self.base, self.shape = pairs, self.shape[:-1]
        self._free: Array | None = None
        self._preferred = _preferred(self.hint, self.base)

    @property
    def is_null(self) -> bool:
        """Whether all values are null, and the type says nothing else."""
        return self.field.is_null and not self.variable

    @property
    def unit(self) -> str | None:
        """The unit that follows from the type: of durations and of modified Julian dates."""
        inner = _shape(self.field)[1]
        if inner.duration_unit is not None:
            return inner.duration_unit
        return "d" if inner.time_unit is not None and self.base.kind == "f" else None

    @property
    def is_text(self) -> bool:
        """Whether the cells are strings, whose width must be found."""
        return self.base == np.dtype("S")

    @property
    def dims(self) -> tuple[int, ...]:
        """The shape of the cells of variable length, if the metadata say it and all have it."""
        size = math.prod(self.hint.dims)
        return self.hint.dims if self.lengths <= {0, size} else ()

    def look_at(self, label: str, values: Values, row: int) -> None:
        """Note what is in some values, the first of which is in row `row`.

        Raises
        ------
        FITSValueError
            If FITS cannot hold a string.
        """
        if isinstance(values, Text):
            values.check(label, row)
            self.width = max(self.width, values.width)
            self.nbytes += int(values.lengths.sum())
            return
        if isinstance(values, Ragged):
            if self.hint.dims and len(self.lengths) <= 2:
                self.lengths.update(np.unique(values.lengths).tolist())
            values = values.elements
        mask = np.ma.getmask(values)
        data = np.ma.getdata(values)
        if mask is not np.ma.nomask and mask.any():
            self.has_null = True
            data = data[~mask]
        if data.dtype.kind in "iu" and data.size:
            self._take_away(data)

    def _take_away(self, data: Array) -> None:
        """Note that values are in use."""
        if self._preferred is not None and (data == self._preferred).any():
            self._preferred = None
        free = self._candidates()
        limits = np.iinfo(data.dtype)
        if data.dtype.itemsize <= 2:
            used: Array = np.zeros(1 << (8 * data.dtype.itemsize), bool)
            used[data.astype("i4") - limits.min] = True
            self._free = free[~used[free.astype("i4") - limits.min]]
            return
        low, high = limits.min + _CANDIDATES, limits.max - _CANDIDATES
        if data.min() <= low or data.max() >= high:
            near = np.unique(data[(data <= low) | (data >= high)])
            self._free = free[~np.isin(free, near)]

    def _candidates(self) -> Array:
        if self._free is None:
            limits = np.iinfo(self.base)
            low, high = int(limits.min), int(limits.max)
            first = [high, low] if self.base.kind == "u" else [low, high]
            count = min(_CANDIDATES, high - low - 1)
            rest = [*range(high - 1, high - count, -1), *range(low + 1, low + count)]
            self._free = np.array(list(dict.fromkeys(first + rest)), self.base)
        return self._free

    def null(self, label: str) -> int | None:
        """Return a value for nulls that no cell has, or None if none is needed.

        Raises
        ------
        FITSValueError
            If no value is left.
        """
        if self._preferred is not None:
            return self._preferred
        if not self.has_null or self.base.kind not in "iu":
            return None
        free = self._candidates()
        if not len(free):
            raise FITSValueError(
                f"{label}: there are nulls, and no value of {self.base} is left to mark them "
                "(TNULL): cast the column to a wider type"
            )
        return int(free[0])


def _preferred(hint: Hint, base: np.dtype[Any]) -> int | None:
    """Return the value of TNULL that the metadata say, or None."""
    if hint.null is None or base.kind not in "iu":
        return None
    half = 1 << (8 * base.itemsize - 1)
    offset = half if base.kind == "u" and base.itemsize > 1 else 0
    offset = -half if base.kind == "i" and base.itemsize == 1 else offset
    limits = np.iinfo(base)
    value = hint.null + offset
    return value if limits.min <= value <= limits.max else None


def _shape(field: Field) -> tuple[tuple[int, ...], Field]:
    """Return the shape of the cells, and the field of one element."""
    inner = field.values
    shape: tuple[int, ...] = ()
    if inner.format in LISTS:
        inner = inner.children[0].values
    while inner.item_count is not None:
        shape += inner.tensor_shape or (inner.item_count,)
        inner = inner.children[0].values
    return shape, inner


def _dtype(field: Field, times: str) -> np.dtype[Any]:
    """Return the type of one element. Strings have the width that their type says, or none."""
    form = field.format
    if form in TEXTS:
        return np.dtype("S")
    if form.startswith("w:"):
        return np.dtype("S")
    if form == "n":
        return np.dtype("u1")
    if field.is_bool:
        return np.dtype(bool)
    if field.duration_unit is not None:
        return np.dtype("i8")
    if field.time_unit is not None:
        return np.dtype("f8") if times == "mjd" else np.dtype(f"S{iso_width(field.time_unit)}")
    if form == "e":
        return np.dtype("f4")
    return INTEGERS.get(form) or FLOATS[form]
