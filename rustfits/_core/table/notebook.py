# SPDX-License-Identifier: BSD-3-Clause
"""The first rows of a table, for notebooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.header import html
from rustfits._core.remote.remote import is_remote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rustfits._core.table.base import TableBase

__all__ = ["first_rows"]

_ROWS, _COLUMNS = 5, 20
#: The largest read of the file, and the largest decoded rows.
_BYTES = 1 << 20


def first_rows(hdu: TableBase, names: Sequence[str]) -> str:
    """Return a table of names, units, types and the first rows.

    Rows are left out where reading them could be slow: in remote files and streams, and where they
    are long.
    """
    schema = hdu._schema()
    columns = schema.select(tuple(names[:_COLUMNS]))
    more = ["…"] if len(names) > _COLUMNS else []
    kinds = ["object" if c.variable else str(c.cells().dtype) for c in columns]
    head = [
        [column.key for column in columns] + more,
        [column.unit or "" for column in columns] + more,
        kinds + more,
    ]
    rows: list[list[str]] = []
    if schema.nrows and columns and _is_cheap(hdu, [column.key for column in columns]):
        data = hdu.read(rows=slice(0, _ROWS), columns=[column.key for column in columns], threads=1)
        rows = [[_cell(value) for value in row] + more for row in data]
    left = schema.nrows - len(rows)
    end = html.paragraph(f"{left} more rows" if rows else f"{left} rows") if left else ""
    return html.table(head, rows) + end


def _is_cheap(hdu: TableBase, names: list[str]) -> bool:
    """Return whether reading the first rows takes a moment."""
    file = hdu._file
    if file.closed or file.is_stream() or is_remote(file):
        return False
    width = hdu.dtype.itemsize
    tiles = getattr(hdu, "n_tiles", None)
    at_once = min(_ROWS, hdu.nrows) if tiles is None else -(-hdu.nrows // max(tiles, 1))
    if width * at_once > _BYTES:
        return False
    return hdu.plan(rows=slice(0, _ROWS), columns=names).bytes <= _BYTES


def _cell(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, threshold=6, edgeitems=3)
    return str(value)
