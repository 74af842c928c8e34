# SPDX-License-Identifier: BSD-3-Clause
"""`CompressedTableHDU`: tables of which each column of a tile is compressed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rustfits._core.arrow.frame import is_batched
from rustfits._core.binding.library import check, error, ffi, lib, text
from rustfits._core.compression.compressed import Compressed, collecting_writes
from rustfits._core.foreign.tables import check_units
from rustfits._core.table import write as table_write
from rustfits._core.table.base import lock_of
from rustfits._core.table.input import Heap, as_table, fit_cells, fit_heap
from rustfits._core.table.subsets import (
    ColumnSubset,
    CompressedColumnSubset,
    CompressedSingleColumnSubset,
    SingleColumnSubset,
)
from rustfits._core.table.table import TableHDU

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.header.hdu import Info
    from rustfits._core.header.header import FITSHeader
    from rustfits._core.table.input import TableLike
    from rustfits._core.table.schema import Column, Schema

__all__ = ["CompressedTableHDU"]

# `appending` writes when the pending rows fill a tile and have the first number of bytes, or when
# they have the second.
_LEAST_WAITING = 32 << 20
_MAX_WAITING = 512 << 20


class CompressedTableHDU(Compressed, TableHDU):
    """A compressed table (FITS 10.3), whose rows are in tiles. Each column of a tile is compressed.

    It has all methods of `TableHDU`. Reading decodes only the selected columns of the tiles with
    selected rows, and keeps them for later reads (`tile_cache_size`). Writing encodes the changed
    columns of changed tiles again. `repack` frees the space of old ones. To append rows in many
    small parts, use `appending`.
    """

    __slots__ = ("_pending",)

    _single: ClassVar[type[SingleColumnSubset]] = CompressedSingleColumnSubset
    _several: ClassVar[type[ColumnSubset]] = CompressedColumnSubset

    def __init__(self, file: FileHandle, index: int, info: Info) -> None:
        super().__init__(file, index, info)
        # The pending rows of `appending`.
        self._pending: _Pending | None = None

    # ---- description ----

    def _schema(self) -> Schema:
        self._flush()
        return super()._schema()

    def _flush(self) -> None:
        """Write pending rows, because a caller needs the current table."""
        if self._pending is not None and self._pending.count:
            self._write_pending()

    @property
    def header(self) -> FITSHeader:
        """The logical header: that of the uncompressed table.

        The keywords of the compression are in `raw_header`.
        """
        self._flush()
        return super().header

    @property
    def raw_header(self) -> FITSHeader:
        """The stored header: that of the binary table with the tiles."""
        self._flush()
        return super().raw_header

    @property
    def has_data(self) -> bool:
        """Whether the table has rows and columns."""
        self._flush()
        return super().has_data

    def raw_bytes(self) -> bytes:
        """Return the stored data unit: descriptors and streams of the tiles.

        Returns
        -------
        bytes
            The data unit.

        Raises
        ------
        FITSTruncatedError, FITSIOError
            If it cannot be read.
        """
        self._flush()
        return super().raw_bytes()

    def _add_checksum(self, with_checksum: int) -> None:
        self._flush()
        super()._add_checksum(with_checksum)

    def _verify_checksum(self) -> tuple[bool | None, bool | None]:
        self._flush()
        return super()._verify_checksum()

    @property
    def compression(self) -> dict[str, str]:
        """The algorithm of each column (ZCTYPn) by name: ``"RICE_1"``, ``"GZIP_2"``, …."""
        schema = self._schema()
        types = ffi.new("rf_zcmptype[]", max(len(schema.columns), 1))
        self._get_compression(types, len(schema.columns))
        names: dict[str, str] = {}
        for column, number in zip(schema.columns, types, strict=False):
            name = lib.rf_zcmptype_get_name(number)
            names[column.key] = "unknown" if name == ffi.NULL else text(name)
        return names

    @property
    def n_tiles(self) -> int:
        """The number of tiles."""
        return self._tiles()[1]

    @property
    def ztile_rows(self) -> int:
        """The rows of a tile (ZTILELEN). The last tile may have fewer."""
        return self._tiles()[0]

    def _tiles(self) -> tuple[int, int]:
        self._schema()
        return self._get_compression(ffi.NULL, 0)

    def _get_compression(self, types: Any, capacity: int) -> tuple[int, int]:
        """Fill `types`, and return the rows of a tile and the number of tiles."""
        found = ffi.new("rf_table_compression *")
        lib.rf_table_compression_init(found)
        ntiles = ffi.new("uint64_t *")
        err = error()
        check(
            lib.rf_table_get_compression(
                self._file._handle(),
                self._index,
                found,
                types,
                capacity,
                ntiles,
                err,
            ),
            err,
        )
        return int(found.tile_rows), int(ntiles[0])

    # ---- rows ----

    def append(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Append rows. The HDUs after this one move.

        A last tile that is not full is encoded again. To append many small parts, use `appending`.

        Parameters
        ----------
        data, names
            As for `write`, with any number of rows.

        Raises
        ------
        FITSColumnError, FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write`.
        """
        with lock_of(self._file):
            if self._pending is None or is_batched(data):
                super().append(data, names=names)
            else:
                self._file._handle()  # raises if the file is closed
                self._keep(self._pending, data, names)

    @contextmanager
    def appending(self) -> Iterator[CompressedTableHDU]:
        """Append several times in one ``with`` block, and encode each tile once.

        `append` checks its rows and collects them until they fill tiles. They are written when
        there are many, before any other use of this object, and at the end of the block, even if it
        raises.

        Yields
        ------
        CompressedTableHDU
            This HDU.

        Raises
        ------
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed.
        """
        schema = super()._schema
        with collecting_writes(self, lock_of(self._file), lambda: _Pending(schema())):
            yield self

    @contextmanager
    def extending(self) -> Iterator[CompressedTableHDU]:
        """Append several times in one ``with`` block, as `appending` does.

        Yields
        ------
        CompressedTableHDU
            This HDU.
        """
        with self.appending():
            yield self

    def _keep(self, pending: _Pending, data: TableLike, names: Sequence[str] | None) -> None:
        """Check rows as `append` does, and collect a copy of them."""
        schema = super()._schema()
        if pending.schema.generation != schema.generation:
            self._write_pending()
            schema = super()._schema()
        columns, count = as_table(schema.where, data, names)
        values = table_write.match(schema, schema.columns, columns)
        check_units(schema, data, names)
        parts = [
            _Part(schema.where, column, given, count)
            for column, given in zip(schema.columns, values, strict=True)
        ]
        if pending.count and [part.kind for part in parts] != pending.kinds:
            self._write_pending()
            schema = super()._schema()
        if not pending.count:
            pending.begin(schema)
        pending.add(parts, count)
        if pending.nbytes < _LEAST_WAITING:
            return
        tile = self._get_compression(ffi.NULL, 0)[0]
        if pending.nbytes < _MAX_WAITING and pending.count < tile:
            return
        over = (schema.nrows + pending.count) % tile
        self._write_pending(keep=over if over < pending.count else 0)

    def _write_pending(self, keep: int = 0) -> None:
        """Write the pending rows, except for the last `keep` rows."""
        with lock_of(self._file):
            pending = self._pending
            if pending is None or not pending.count:
                return
            count = pending.count - keep
            cargo, rest = pending.take(count)
            table_write.append_rows(self._file, self._index, count, cargo)
            if rest is not None:
                pending.begin(super()._schema())
                pending.add(rest, keep)


class _Part:
    """Checked values of one column for some rows."""

    __slots__ = ("cells", "column", "heap", "kind", "mask")

    column: Column
    cells: Array | None
    mask: Array | None
    heap: Heap | None

    def __init__(self, where: str, column: Column, values: Any, count: int) -> None:
        self.column = column
        self.cells = self.mask = self.heap = None
        if column.variable:
            heap = fit_heap(where, column, values, count)
            # Cells without elements fit any type.
            self.heap = Heap(heap.lengths, heap.elements.copy(), heap.type, heap.mask)
            self.kind = (heap.type, heap.elements.dtype.kind)
            return
        cells, type_, mask = fit_cells(where, column, values, count)
        self.cells = np.array(cells, order="C")
        self.mask = mask
        self.kind = (type_, cells.dtype.kind)


class _Pending:
    """Rows that are not written yet."""

    __slots__ = ("count", "kinds", "nbytes", "parts", "schema")

    def __init__(self, schema: Schema) -> None:
        self.begin(schema)

    def begin(self, schema: Schema) -> None:
        """Remove all rows, and expect rows of these columns."""
        self.schema = schema
        self.parts: list[list[_Part]] = [[] for _ in schema.columns]
        self.kinds: list[tuple[int, str]] = []
        self.count = 0
        self.nbytes = 0

    def add(self, parts: list[_Part], count: int) -> None:
        """Add `count` rows."""
        self.kinds = [part.kind for part in parts]
        self.count += count
        for kept, part in zip(self.parts, parts, strict=True):
            kept.append(part)
            if part.cells is not None:
                self.nbytes += part.cells.nbytes
            if part.heap is not None:
                self.nbytes += part.heap.elements.nbytes + part.heap.lengths.nbytes

    def take(self, count: int) -> tuple[table_write.Cargo, list[_Part] | None]:
        """Remove all rows. Return the first `count` of them, to be written, and the others."""
        schema, total = self.schema, self.count
        cargo = table_write.Cargo()
        rest: list[_Part] = []
        for column, kept in zip(schema.columns, self.parts, strict=True):
            first, last = _joined(column, kept, count, total)
            rest.append(last)
            if first.heap is not None:
                cargo.heaps.append((column, first.heap))
            elif first.cells is not None:
                cargo.put(column, first.cells, first.kind[0], first.mask)
        self.begin(schema)
        return cargo, rest if count < total else None


def _joined(column: Column, parts: list[_Part], count: int, total: int) -> tuple[_Part, _Part]:
    """Return the first `count` rows of all parts as one, and the others."""
    first, last = _Part.__new__(_Part), _Part.__new__(_Part)
    for part in (first, last):
        part.column, part.kind = column, parts[0].kind
        part.cells = part.mask = part.heap = None
    heaps = [part.heap for part in parts if part.heap is not None]
    if heaps:
        lengths = np.concatenate([heap.lengths for heap in heaps])
        elements = np.concatenate([heap.elements for heap in heaps])
        mask = _join_masks([heap.mask for heap in heaps], [heap.elements for heap in heaps])
        middle = int(lengths[:count].sum())
        first.heap = Heap(lengths[:count], elements[:middle], parts[0].kind[0], _cut(mask, middle))
        rest = None if mask is None else mask[middle:]
        last.heap = Heap(lengths[count:], elements[middle:].copy(), parts[0].kind[0], rest)
        return first, last
    arrays = [part.cells for part in parts if part.cells is not None]
    cells = np.concatenate(arrays) if arrays else None
    mask = _join_masks([part.mask for part in parts], arrays)
    if cells is not None:
        first.cells, last.cells = cells[:count], cells[count:].copy()
    if mask is not None:
        first.mask, last.mask = mask[:count], mask[count:].copy()
    return first, last


def _cut(mask: Array | None, end: int) -> Array | None:
    return None if mask is None else mask[:end]


def _join_masks(masks: Sequence[Array | None], arrays: Sequence[Array]) -> Array | None:
    if all(mask is None for mask in masks):
        return None
    whole = [
        np.zeros(array.shape, np.uint8) if mask is None else mask
        for mask, array in zip(masks, arrays, strict=True)
    ]
    return np.concatenate(whole)
