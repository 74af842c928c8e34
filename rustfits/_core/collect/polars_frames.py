# SPDX-License-Identifier: BSD-3-Clause
"""Rows of tables as DataFrames of polars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.dtypes import BIT, LOGICAL, NUMBERS
from rustfits._core.binding.errors import FITSTypeError

if TYPE_CHECKING:
    import polars

    from rustfits._core.table.base import TableBase
    from rustfits._core.table.schema import Column

__all__ = ["dtypes_of", "frames_of"]


def dtypes_of(hdu: TableBase, names: list[str]) -> dict[str, Any]:
    """Return the types of columns as polars has them.

    Raises
    ------
    FITSTypeError
        If polars has no such type.
    """
    schema = hdu._schema()
    return {name: _dtype(schema.where, schema.find(name)) for name in names}


def _dtype(where: str, column: Column) -> Any:
    import polars

    inner: Any
    if column.is_text:
        inner = polars.String()
    elif column.type in (LOGICAL, BIT):
        inner = polars.Boolean()
    elif NUMBERS[column.type].kind == "c":
        raise FITSTypeError(
            f"{where}: column {column.key!r}: polars has no complex numbers: leave it out "
            "(columns=)"
        )
    else:
        inner = getattr(polars, _NAMES[NUMBERS[column.type].str[1:]])()
    if column.variable:
        return polars.String() if column.is_text else polars.List(inner)
    return polars.Array(inner, column.shape) if column.shape else inner


_NAMES = {
    "u1": "UInt8",
    "i1": "Int8",
    "u2": "UInt16",
    "i2": "Int16",
    "u4": "UInt32",
    "i4": "Int32",
    "u8": "UInt64",
    "i8": "Int64",
    "f4": "Float32",
    "f8": "Float64",
}


def frames_of(
    hdu: TableBase,
    schema: dict[str, Any],
    names: list[str],
    condition: str | None,
    rows: int,
    limit: int | None,
) -> Iterator[polars.DataFrame]:
    """Yield the rows that meet a condition, at most `limit`, in frames of at most `rows`."""
    import polars

    count = hdu.nrows if limit is None else min(limit, hdu.nrows)
    chosen = None if condition is None else hdu.where(condition)
    count = count if chosen is None else len(chosen)
    for first in range(0, count, rows):
        last = min(first + rows, count)
        part: Any = slice(first, last) if chosen is None else chosen[first:last]
        if not names:  # polars counts rows
            yield polars.DataFrame(height=last - first)
            continue
        cells = hdu.read(rows=part, columns=names, mask_null=True)
        yield polars.DataFrame({name: _series(name, cells[name], schema[name]) for name in names})


def _series(name: str, values: Any, dtype: Any) -> polars.Series:
    import polars

    data = np.ascontiguousarray(np.ma.getdata(values))
    mask = np.ma.getmask(values)
    if data.dtype.kind in "biu" and data.ndim == 1:
        plain = polars.Series(name, data, dtype=dtype)
        if mask is np.ma.nomask or not mask.any():
            return plain
        return plain.zip_with(~polars.Series(mask), polars.Series(name, [None], dtype=dtype))
    if data.dtype.kind == "f" and data.ndim == 1:
        return polars.Series(name, data, dtype=dtype)
    if data.dtype.kind in "fU" or mask is np.ma.nomask or data.dtype.kind == "O":
        cells: Any = data.tolist()
        if data.dtype.kind == "O" and not isinstance(dtype, polars.String):
            cells = [
                cell.filled(np.nan).tolist()
                if isinstance(cell, np.ma.MaskedArray) and cell.dtype.kind == "f"
                else cell.tolist()
                for cell in data
            ]
        return polars.Series(name, cells, dtype=dtype)
    return polars.Series(name, values.tolist(), dtype=dtype)
