# SPDX-License-Identifier: BSD-3-Clause
"""Columns of tables as columns of pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.dtypes import LOGICAL

if TYPE_CHECKING:
    import pandas as pd

    from rustfits._core.table.base import RowsLike, TableBase
    from rustfits._core.table.schema import Column

__all__ = ["frame_of"]


def frame_of(hdu: TableBase, names: list[str], rows: RowsLike) -> pd.DataFrame:
    """Return rows of columns as a frame, whose types depend on the header only."""
    import pandas as pd

    columns = hdu._schema().select(names)
    if not columns:  # dask counts rows
        return pd.DataFrame(index=pd.RangeIndex(_count(hdu, rows)))
    cells = hdu.read(columns=names, rows=rows, as_dict=True, mask_null=True)
    made = {column.key: _series(column, cells[column.key]) for column in columns}
    return pd.DataFrame(made, copy=False)


def _count(hdu: TableBase, rows: RowsLike) -> int:
    if isinstance(rows, slice):
        return len(range(*rows.indices(hdu.nrows)))
    return len(rows)  # type: ignore[arg-type]


def _series(column: Column, cells: Array) -> pd.Series[Any]:
    """Return cells, whose mask says which are undefined."""
    import pandas as pd

    data, mask = np.ma.getdata(cells), np.ma.getmaskarray(cells)
    if column.variable or data.ndim > 1:
        arrays = np.empty(len(data), object)
        for number, cell in enumerate(data):
            arrays[number] = cell if np.ma.is_masked(cell) else np.ma.getdata(cell)
        if column.variable and column.is_text:
            return _strings(data)
        return pd.Series(arrays)
    if column.is_text:
        return _strings(data)
    if column.type == LOGICAL:
        return pd.Series(pd.arrays.BooleanArray(data.astype(bool), mask))
    if data.dtype.kind in "iu" and column.null is not None:
        return pd.Series(pd.arrays.IntegerArray(data, mask))
    return pd.Series(data)  # undefined numbers are NaN


def _strings(texts: Array) -> pd.Series[Any]:
    import pandas as pd

    kind: Any = "str" if int(pd.__version__.partition(".")[0]) >= 3 else "string[pyarrow]"
    return pd.Series(texts.astype(object), dtype=kind)
