# SPDX-License-Identifier: BSD-3-Clause
"""Columns of pandas frames as cells of FITS tables, and what the cells of all parts need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.arrow.ragged import Ragged
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSError, FITSTypeError, FITSValueError
from rustfits._core.foreign.times import new_times
from rustfits._core.table.input import as_column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Facts", "cells_of", "check_frame", "facts_of", "merge_facts"]


@dataclass(frozen=True)
class Facts:
    """What the cells of a column in one part, or in all parts, need."""

    dtype: str | None  # of numbers or strings of fixed width; None: unknown, or arrays
    shape: tuple[int, ...] = ()  # of a cell
    inner: str | None = None  # of arrays of different lengths: their type
    masked: bool = False
    holds_null: bool = False  # a cell has the value that `null_value` returns
    unit: str | None = None  # of times


def check_frame(where: str, empty: pd.DataFrame, times: str) -> None:
    """Refuse columns that FITS cannot hold, as far as their types tell.

    Raises
    ------
    FITSTypeError
        If a name is no str, or a type has no cells in FITS. The message names the column.
    FITSValueError
        If two columns have the same name.
    """
    for name in empty.columns:
        if not isinstance(name, str):
            raise FITSTypeError(
                f"{where}: names of columns are str, and {name!r} is {type(name).__name__}"
            )
    if not empty.columns.is_unique:
        twice = empty.columns[empty.columns.duplicated()][0]
        raise FITSValueError(f"{where}: two columns have the name {twice!r}")
    for name in empty.columns:
        cells_of(where, name, empty[name], times)


def cells_of(where: str, name: str, series: pd.Series[Any], times: str) -> tuple[Array, str | None]:
    """Return the cells of a column, and the unit of times. Missing cells are masked or empty.

    Raises
    ------
    FITSTypeError
        If FITS has no such cells.
    """
    label = f"{where}: column {name!r}"
    unit = None
    try:
        values = as_column(series)
    except FITSError as failed:
        failed.args = (f"{label}: {failed}", *failed.args[1:])
        raise
    if isinstance(values, Ragged):
        values = values.objects()
    if values.dtype.kind in "mM":
        values, unit = new_times(label, values, times)
    elif values.dtype.kind == "O":
        values = _objects(label, values, series.isna().to_numpy(bool))
    elif values.dtype.kind in "fc" and np.ma.isMaskedArray(values):
        values = np.ma.filled(values, np.nan)
    elif values.dtype.kind not in "biufcSU":
        raise FITSTypeError(
            f"{label}: FITS tables cannot hold cells of type {series.dtype}; convert the column to "
            "strings or to numbers"
        )
    return values, unit


def _objects(label: str, cells: Array, missing: Array) -> Array:
    """Return objects that are all strings, all bytes or all arrays."""
    kinds = {_kind(cell) for cell in cells[~missing]}
    if len(kinds) > 1 or "other" in kinds:
        several = len(kinds) > 1
        row, cell = next((r, c) for r, c in enumerate(cells) if several or _kind(c) == "other")
        found = f"of type {type(cell).__module__}.{type(cell).__name__}"
        said = "of different types" if several else found
        raise FITSTypeError(
            f"{label}, row {row} of its partition: FITS tables cannot hold "
            f"objects {said}; convert the column to strings, numbers or arrays of numbers"
        )
    if kinds == {"text"}:
        return np.array(["" if m else c for c, m in zip(cells, missing, strict=True)], np.str_)
    if kinds == {"bytes"}:
        return np.array([b"" if m else c for c, m in zip(cells, missing, strict=True)], np.bytes_)
    if not kinds:  # nothing but missing cells: the other parts say what they are
        return np.full(len(cells), None, object)
    arrays = [np.ma.asanyarray(c) if not m else None for c, m in zip(cells, missing, strict=True)]
    shapes = {None if array is None else array.shape for array in arrays}
    types = {array.dtype for array in arrays if array is not None and array.size}
    if len(types) > 1 or any(kind.kind not in "biufc" for kind in types):
        raise FITSTypeError(
            f"{label}: the arrays are of types "
            f"{', '.join(sorted(map(str, types)))}, and FITS needs one type of numbers"
        )
    dtype = next(iter(types), np.dtype("f8"))
    if len(shapes) == 1 and None not in shapes:
        return np.stack([np.ma.getdata(a).astype(dtype, copy=False) for a in arrays])  # type: ignore[arg-type]
    made = np.empty(len(arrays), object)
    for row, array in enumerate(arrays):
        made[row] = np.zeros(0, dtype) if array is None else array.astype(dtype, copy=False)
    return made


def _kind(cell: Any) -> str:
    if isinstance(cell, str):
        return "text"
    if isinstance(cell, bytes):
        return "bytes"
    return "array" if isinstance(cell, (list, tuple, np.ndarray)) else "other"


# ---- what all parts need ----


def facts_of(cells: Array, unit: str | None) -> Facts:
    """Return what the cells of one part need."""
    if cells.dtype.kind == "O":
        inner = next((str(c.dtype) for c in cells if c is not None), None)
        return Facts(None, (), inner)
    masked = bool(np.ma.is_masked(cells))
    holds = cells.dtype.kind in "iu" and bool(np.any(cells == null_value(cells.dtype)))
    return Facts(cells.dtype.str, cells.shape[1:], None, masked, holds, unit)


def null_value(dtype: np.dtype[Any]) -> int:
    """Return the value that missing integers get: one that is rare."""
    limits = np.iinfo(dtype)
    return int(limits.max if dtype.kind == "u" else limits.min)


def merge_facts(where: str, name: str, parts: Iterable[Facts]) -> Facts:
    """Return what the cells of all parts need.

    Raises
    ------
    FITSTypeError
        If the parts have cells of different types.
    FITSValueError
        If there is no value for missing integers.
    """
    known = [p for p in parts if p.dtype is not None or p.inner is not None]
    if not known:
        return Facts("<U1")
    masked = any(part.masked for part in known)
    if masked and any(part.holds_null for part in known):
        raise FITSValueError(
            f"{where}: column {name!r} has missing cells, and the value that would mark them "
            f"({null_value(np.dtype(known[0].dtype))}); use a wider type"
        )
    inner = {np.dtype(p.inner if p.dtype is None else p.dtype) for p in known}
    if all(kind.kind in "US" for kind in inner):
        return Facts(max(inner, key=lambda kind: kind.itemsize).str, known[0].shape)
    if len(inner) > 1:
        raise FITSTypeError(
            f"{where}: column {name!r} is of type {known[0].dtype or known[0].inner} in one "
            f"partition, and of other types in others: {', '.join(sorted(map(str, inner)))}"
        )
    shapes = {part.shape if part.dtype is not None else None for part in known}
    if len(shapes) == 1 and None not in shapes:
        return replace(known[0], masked=masked)
    return Facts(None, (), str(inner.pop()))
