# SPDX-License-Identifier: BSD-3-Clause
"""Rows of tables as DataFrames of polars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars

    from rustfits._core.table.base import TableBase

__all__ = ["dtypes_of", "frames_of"]


def dtypes_of(hdu: TableBase, names: list[str]) -> dict[str, Any]:
    """Return the types of columns as polars has them."""
    import polars

    return dict(polars.Schema(hdu[names]))


def frames_of(
    hdu: TableBase,
    names: list[str],
    condition: str | None,
    batch_rows: int,
    limit: int | None,
) -> Iterator[polars.DataFrame]:
    """Yield the rows that meet a condition, or the first ones, in frames of `batch_rows`."""
    import polars

    rows: Any = condition if limit is None else slice(0, limit)
    if names:
        for batch in hdu.batches(columns=names, rows=rows, batch_rows=batch_rows):
            yield polars.DataFrame(batch)
        return
    count = hdu.nrows if limit is None else min(limit, hdu.nrows)
    yield polars.DataFrame(height=count)  # polars counts rows
