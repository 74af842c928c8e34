# SPDX-License-Identifier: BSD-3-Clause
"""``compress=`` and ``ztilelen=`` of tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias

import numpy as np

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.dtypes import TYPE_OF_NUMBER
from rustfits._core.binding.errors import FITSColumnError, FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib
from rustfits._core.compression.algorithms import Auto, Compression, NoCompress, Rice1
from rustfits._core.compression.spec import as_compression

if TYPE_CHECKING:
    from rustfits._core.compression.spec import CompressLike
    from rustfits._core.table.input import NewColumn

__all__ = ["TableCompressLike", "TableCompression", "table_compression"]

#: The types of ``compress=`` of a table: one for all columns, or a dict by column.
TableCompressLike: TypeAlias = "CompressLike | Mapping[str, CompressLike]"

#: The types of cells that RICE_1 compresses.
_RICE = frozenset(TYPE_OF_NUMBER[np.dtype(name)] for name in ("u1", "i1", "i2", "u2", "i4", "u4"))


class TableCompression:
    """An ``rf_table_compression`` and the memory that it points at."""

    __slots__ = ("_types", "spec")

    spec: CData

    def __init__(self, tile_rows: int, types: Sequence[int], level: int) -> None:
        self._types = ffi.new("rf_zcmptype[]", list(types))
        self.spec = ffi.new("rf_table_compression *")
        lib.rf_table_compression_init(self.spec)
        self.spec.tile_rows = tile_rows
        self.spec.types = self._types
        self.spec.level = level


def table_compression(
    compress: TableCompressLike,
    ztilelen: SupportsIndex | None,
    columns: Sequence[NewColumn],
) -> TableCompression | None:
    """Return the compression of a new table, or None.

    Raises
    ------
    FITSValueError
        If there is no algorithm of that name, or if `ztilelen` is invalid.
    FITSColumnError
        If a key of the dict is no column.
    FITSTypeError
        If `compress` has another type.
    """
    if compress is None or compress is False:
        if ztilelen is not None:
            raise FITSValueError("ztilelen= is a part of compression: give compress=, too")
        return None
    if isinstance(compress, Mapping):
        chosen = _by_column(compress, columns)
    else:
        chosen = [_for_column(as_compression(compress), column) for column in columns]
    rows = _tile_rows(ztilelen, chosen if isinstance(compress, Mapping) else [compress])
    levels = {level for one in chosen if (level := getattr(one, "level", None)) is not None}
    if len(levels) > 1:
        raise FITSValueError(f"all columns of a table have the same level, not {sorted(levels)}")
    return TableCompression(rows, [one._number for one in chosen], max(levels, default=0))


def _for_column(given: Compression | None, column: NewColumn) -> Compression:
    """Return the algorithm of a column, if one algorithm was chosen for the whole table."""
    if given is None:
        return NoCompress()
    if isinstance(given, Rice1) and column.type not in _RICE:
        return Auto()
    return given


def _by_column(
    compress: Mapping[str, CompressLike], columns: Sequence[NewColumn]
) -> list[Compression]:
    places = {column.key.lower(): number for number, column in enumerate(columns)}
    places.update((column.key, number) for number, column in enumerate(columns))
    chosen: list[Compression] = [Auto() for _ in columns]
    for name, given in compress.items():
        if not isinstance(name, str):
            raise FITSTypeError(f"compress=: columns are named by str, not {type(name).__name__}")
        place = places.get(name, places.get(name.lower()))
        if place is None:
            known = ", ".join(repr(column.key) for column in columns[:20])
            raise FITSColumnError(f"compress=: no column {name!r}; there are {known}")
        made = as_compression(given)
        chosen[place] = NoCompress() if made is None else made
    return chosen


def _tile_rows(ztilelen: SupportsIndex | None, given: Sequence[Any]) -> int:
    """Return the rows of a tile, or 0 for a number that the library chooses."""
    for one in given:
        shape = getattr(one, "tile_shape", None)
        if shape is not None:
            raise FITSValueError("tiles of tables have no tile_shape: use ztilelen=")
    return 0 if ztilelen is None else integer("ztilelen", ztilelen, 1, 2**63 - 1)
