# SPDX-License-Identifier: BSD-3-Clause
"""Rows of tables as Arrow tables, whose types depend on the header only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.dtypes import LOGICAL, NUMBERS

if TYPE_CHECKING:
    from rustfits._core.table.base import RowsLike, TableBase
    from rustfits._core.table.schema import Column

__all__ = ["arrow_table"]


def arrow_table(hdu: TableBase, names: list[str] | None, rows: RowsLike) -> pa.Table:
    """Return rows of columns. Undefined integers and logicals are null, undefined reals NaN."""
    columns = hdu._schema().select(names)
    cells = hdu.read(columns=names, rows=rows, as_dict=True, mask_null=True)
    arrays = [_array(column, cells[column.key]) for column in columns]
    fields = [
        pa.field(column.key, array.type, metadata={"TUNIT": column.unit} if column.unit else None)
        for column, array in zip(columns, arrays, strict=True)
    ]
    return pa.table(arrays, schema=pa.schema(fields))


def _array(column: Column, cells: Array) -> pa.Array:
    data = np.ma.getdata(cells)
    if column.variable:
        return _lists(column, data)
    if not column.shape:
        return _values(column, data.reshape(-1), np.ma.getmaskarray(cells).reshape(-1))
    flat = _values(column, data.reshape(-1), np.ma.getmaskarray(cells).reshape(-1))
    for length in reversed(data.shape[1:]):
        flat = pa.FixedSizeListArray.from_arrays(flat, int(length))
    return flat


def _values(column: Column, data: Array, mask: Array) -> pa.Array:
    """Return an array of numbers, logicals or strings."""
    if column.is_text:
        return pa.array(data.tolist(), pa.string())
    if data.dtype.kind == "c":
        parts = pa.array(data.view(data.real.dtype))
        return pa.FixedSizeListArray.from_arrays(parts, 2)
    has_null = column.type == LOGICAL or column.null is not None
    return pa.array(data, mask=mask if has_null and data.dtype.kind in "biu" else None)


def _lists(column: Column, cells: Array) -> pa.Array:
    """Return cells of variable length."""
    if column.is_text:
        return pa.array(cells.tolist(), pa.string())
    dtype: Any = np.dtype(bool) if column.type == LOGICAL else NUMBERS.get(column.type)
    parts = [np.ma.getdata(cell).reshape(-1) for cell in cells]
    masks = [np.ma.getmaskarray(cell).reshape(-1) for cell in cells]
    if parts:
        data, mask = np.concatenate(parts), np.concatenate(masks)
    else:
        data, mask = (
            np.zeros(0, column.cells().dtype if dtype is None else dtype),
            np.zeros(0, bool),
        )
    offsets = np.cumsum([0, *(math.prod(part.shape) for part in parts)])
    return pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), _values(column, data, mask))
