# SPDX-License-Identifier: BSD-3-Clause
"""`ArrowExport`: the methods by which other packages read tables as Arrow data."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, SupportsIndex

from rustfits._core.arrow.produce import Producer
from rustfits._core.binding.arguments import integer, max_threads

if TYPE_CHECKING:
    from rustfits._core.arrow.produce import ArrowBatch, Selection
    from rustfits._core.table.base import RowsLike

__all__ = ["ArrowExport", "ArrowTable"]


class ArrowExport(Producer):
    """Base class of objects that hand over Arrow data: tables and column subsets."""

    __slots__ = ()

    @abstractmethod
    def _arrow(
        self, columns: Iterable[str] | str | None = None, rows: RowsLike = None, **options: Any
    ) -> Selection:
        """Return what is read."""

    def __arrow_c_schema__(self) -> Any:
        """Return the Arrow schema of the columns as a capsule ``arrow_schema``.

        Raises
        ------
        FITSUnsupportedError
            If Arrow cannot hold a column.
        """
        return self._arrow().schema_capsule()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        """Return the rows as a capsule ``arrow_array_stream``.

        pyarrow, polars, DuckDB, pandas and others call it. It reads batch by batch, and keeps the
        file open until the stream ends. ``pyarrow.table(hdu)`` is an example.

        Parameters
        ----------
        requested_schema : capsule, optional
            The types that the consumer wants. A column gets the type of the field of its name where
            no value changes: wider integers, ``double`` of ``float`` and of integers up to 32 bits,
            ``float`` of integers up to 16 bits, any of ``utf8``, ``large_utf8``, ``binary`` and
            ``large_binary``, ``list`` or ``large_list``, and these as values of lists. All other
            columns keep their types, and columns keep their order; the consumer casts the rest.

        Raises
        ------
        FITSTypeError
            If `requested_schema` is no capsule ``arrow_schema``.
        FITSValueError
            If the requested schema is invalid.
        FITSUnsupportedError
            If Arrow cannot hold a column.
        FITSFormatError
            If the header does not describe valid columns.
        """
        return self._arrow(requested=requested_schema).stream_capsule()


class ArrowTable(ArrowExport):
    """Base class of tables: reading in batches."""

    __slots__ = ()

    def batches(
        self,
        *,
        columns: Iterable[str] | str | None = None,
        rows: RowsLike = None,
        batch_rows: SupportsIndex | None = None,
        nulls: str = "tnull",
        strings: str = "utf8",
        threads: SupportsIndex | None = None,
    ) -> Iterator[ArrowBatch]:
        """Return an iterator over batches of Arrow data, one of which is in memory at a time.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns, in the order of the result. By default all.
        rows : slice, sequence of int, mask, or str, optional
            The rows, or a condition, as for `read`. By default all.
        batch_rows : int, optional
            The maximum number of rows of a batch. By default about 16 MiB of the file.
        nulls : {"tnull", "nan", "none"}
            Which cells are null: those that TNULLn says and undefined logicals; also NaN; or none.
        strings : {"utf8", "binary"}
            What strings become: text, whose bytes above 0x7F are taken as Latin-1, or bytes.
        threads : int, optional
            The maximum number of threads, as for `read`.

        Returns
        -------
        iterator of ArrowBatch
            Objects for ``pyarrow.record_batch``, ``polars.DataFrame`` and others. Each has a
            length, and can be handed over once.

        Raises
        ------
        FITSColumnError
            If there is no such column.
        FITSIndexError
            If there is no such row.
        FITSValueError
            If `batch_rows` is not positive, or if another argument is not one of its values.
        FITSUnsupportedError
            If Arrow cannot hold a column.
        FITSError
            As for `read`, when a batch is read.
        """
        size = 0 if batch_rows is None else integer("batch_rows", batch_rows, 1)
        return self._arrow(
            columns,
            rows,
            batch_rows=min(size, 2**63),
            nulls=nulls,
            strings=strings,
            threads=max_threads(threads),
        ).batches()
