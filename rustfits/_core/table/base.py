# SPDX-License-Identifier: BSD-3-Clause
"""`TableBase`: reading rows and columns of all kinds of tables as numpy arrays."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from types import EllipsisType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    SupportsIndex,
    TypeAlias,
)

import numpy as np

from rustfits._core.arrow.produce import Selection
from rustfits._core.binding.arguments import max_threads
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSError, FITSIndexError, FITSTypeError, FITSValueError
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.selection import Axis, select_rows
from rustfits._core.header.hdu import HDU
from rustfits._core.remote.plan import Plan
from rustfits._core.table.export import ArrowTable
from rustfits._core.table.notebook import first_rows
from rustfits._core.table.read import plan_rows, read_columns, read_table
from rustfits._core.table.schema import Column, Schema, read_schema, warn_of_columns
from rustfits._core.table.subsets import ColumnSubset, SingleColumnSubset, as_array
from rustfits._core.table.where import find_rows

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from rustfits._core.binding.handle import FileHandle

__all__ = ["RowsLike", "TableBase", "lock_of", "names_of", "rows_of"]

#: The types of ``rows=``: a slice, positions, a mask, or a condition. None means all.
RowsLike: TypeAlias = "slice | Sequence[SupportsIndex] | Array | str | EllipsisType | None"

# The bytes of rows that iterations read at once.
_BATCH = 4 << 20


def lock_of(file: FileHandle) -> ForkLock:
    """Return the lock that is held while the tables of a file are changed."""
    return file.edit_lock


class TableBase(ArrowTable, HDU):
    """Base class of binary tables, ASCII tables and random groups: the methods that read."""

    __slots__ = ()

    _cached: Schema | None

    #: Classes of ``hdu["a"]`` and ``hdu[["a", "b"]]``.
    _single: ClassVar[type[SingleColumnSubset]] = SingleColumnSubset
    _several: ClassVar[type[ColumnSubset]] = ColumnSubset

    # ---- description ----

    def _schema(self) -> Schema:
        """Return the current columns, or the last ones of a closed file."""
        file, schema = self._file, self._cached
        if schema is None or not (file.closed or schema.generation == file._generation()):
            self._cached = schema = read_schema(file, self._index)
        return schema

    @property
    def nrows(self) -> int:
        """The number of rows."""
        return self._schema().nrows

    @property
    def ncols(self) -> int:
        """The number of columns."""
        return len(self._schema().columns)

    @property
    def colnames(self) -> tuple[str, ...]:
        """The names of the columns, as in the header.

        A column without a name is ``col1``, ``col2``, … by its number. A name that an earlier
        column has gets ``_2``, ``_3``, ….
        """
        return self._schema().names

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the structured array that `read` returns."""
        schema = self._schema()
        return schema.dtype(schema.columns)

    @property
    def units(self) -> dict[str, str | None]:
        """The units of the columns (TUNITn) by name, or None."""
        return {column.key: column.unit for column in self._schema().columns}

    @property
    def displays(self) -> dict[str, str | None]:
        """The display formats of the columns (TDISPn) by name, or None."""
        return {column.key: column.display for column in self._schema().columns}

    @property
    def shape(self) -> tuple[int]:
        """``(nrows,)``, the shape of the array that `read` returns."""
        return (self._schema().nrows,)

    def __len__(self) -> int:
        return self._schema().nrows

    def __bool__(self) -> bool:
        return True

    # ---- reading ----

    def read(
        self,
        *,
        rows: RowsLike = None,
        columns: Iterable[str] | str | None = None,
        scale: bool = True,
        mask_null: bool = False,
        as_bytes: bool = False,
        as_dict: bool = False,
        threads: SupportsIndex | None = None,
    ) -> Any:
        """Read rows of columns.

        Parameters
        ----------
        rows : slice, sequence of int, mask, or str, optional
            The rows, as an index of a numpy array, or a condition, as for `where`. By default all
            rows.
        columns : sequence of str, optional
            The columns, in the order of the result. By default all. Names are not case-sensitive,
            but an exact match comes first.
        scale : bool
            Whether to apply TSCALn and TZEROn. False reads stored numbers.
        mask_null : bool
            Whether to return masked arrays. The mask is set where a value is TNULLn, and for
            floating-point numbers where it is NaN. Cells of variable length are masked arrays.
        as_bytes : bool
            Whether to read strings as ``S`` instead of ``U``, in a quarter of the memory.
        as_dict : bool
            Whether to return a dict of contiguous arrays, one for each column, instead of a
            structured array.
        threads : int, optional
            The maximum number of threads. They share reads of more than about 8 MB and of thousands
            of rows far apart. By default, and for cells of variable length, as for `FITS`.

        Returns
        -------
        numpy.ndarray, numpy.ma.MaskedArray or dict
            The cells, in the byte order of the machine and independent of the file. Strings end at
            a NUL and do not end with blanks. Their bytes above 0x7F are Latin-1. Variable-length
            columns are object arrays of arrays or strings.

        Raises
        ------
        FITSColumnError
            If there is no such column.
        FITSIndexError
            If there is no such row.
        FITSValueError
            If a column is selected twice, or if the condition is invalid.
        FITSFormatError
            If a cell is invalid. The message names row and column.
        FITSTruncatedError
            If the file ends before the rows. Earlier rows can be read.
        FITSIOError
            If reading failed.
        """
        schema = self._schema()
        chosen = schema.select(columns)
        axis = self._rows(rows)
        read = read_columns if as_dict else read_table
        count = max_threads(threads)
        return self._read(read, schema, chosen, axis, scale, mask_null, as_bytes, count)

    def plan(self, *, rows: RowsLike = None, columns: Iterable[str] | str | None = None) -> Plan:
        """Return what `read` needs of the file, without reading cells.

        Cells of variable length are not part of the plan: their descriptors, which must be read
        first, say where they are.

        Parameters
        ----------
        rows, columns
            As for `read`. A condition reads the columns that it uses.

        Returns
        -------
        Plan
            The byte ranges, and their sum.

        Raises
        ------
        FITSError
            As for `read`.
        """
        chosen = self._schema().select(columns)
        return plan_rows(self._file, self._index, self._rows(rows), [c.number for c in chosen])

    def read_column(
        self,
        name: str,
        *,
        rows: RowsLike = None,
        as_bytes: bool = False,
        scale: bool = True,
        mask_null: bool = False,
        threads: SupportsIndex | None = None,
    ) -> Array:
        """Read one column into a plain array.

        Parameters
        ----------
        name : str
            The column.
        rows, as_bytes, scale, mask_null, threads
            As for `read`.

        Returns
        -------
        numpy.ndarray or numpy.ma.MaskedArray
            The cells, of shape ``(rows, *cell)``.

        Raises
        ------
        FITSError
            As for `read`.
        """
        schema = self._schema()
        column = schema.find(name)
        axis = self._rows(rows)
        count = max_threads(threads)
        arrays = self._read(
            read_columns, schema, (column,), axis, scale, mask_null, as_bytes, count
        )
        data: Array = arrays[column.key]
        return data

    def _read(
        self,
        read: Any,
        schema: Schema,
        columns: tuple[Column, ...],
        axis: Axis,
        scale: bool = True,
        mask_null: bool = False,
        as_bytes: bool = False,
        threads: int = 0,
        blanks: bool = False,
    ) -> Any:
        """Read cells, and issue warnings about their columns."""
        file = self._file
        options = {
            "scale": scale,
            "mask_null": mask_null,
            "as_bytes": as_bytes,
            "threads": threads,
            "blanks": blanks,
        }
        try:
            data = read(file, self._index, schema, columns, axis, **options)
            moved = schema.generation != file._generation()
        except FITSError:
            moved = schema.generation != file._generation()
            if not moved:
                raise
        if moved:
            # Another thread changed the file during the read: repeat it under the lock.
            names = None if columns is schema.columns else [column.key for column in columns]
            with lock_of(file):
                schema = self._schema()
                columns = schema.select(names)
                data = read(file, self._index, schema, columns, axis, **options)
        warn_of_columns(file, schema, self._index, columns)
        return data

    def _rows(self, rows: RowsLike) -> Axis:
        """Return the rows of ``rows=``."""
        if isinstance(rows, str):
            found = self.where(rows)
            return Axis(0, 1, len(found), found.astype(np.uint64))
        return rows_of(self._schema(), rows)[0]

    def _arrow(
        self, columns: Iterable[str] | str | None = None, rows: RowsLike = None, **options: Any
    ) -> Selection:
        """Return what is read as Arrow data, and issue warnings about the columns."""
        schema = self._schema()
        chosen = schema.select(columns)
        axis = self._rows(rows)
        warn_of_columns(self._file, schema, self._index, chosen)
        numbers = [column.number for column in chosen]
        return Selection(self._file, self._index, numbers, axis, **options)

    def where(self, expression: str) -> Array:
        """Return the rows that satisfy a condition.

        Parameters
        ----------
        expression : str
            A condition on columns, such as ``"mag < 22 & (flag == 0 | name == 'M31')"``.

        Returns
        -------
        numpy.ndarray
            The numbers of the rows, ascending.

        Raises
        ------
        FITSValueError
            If the condition is invalid. The message shows the character.
        FITSColumnError
            If the condition has an unknown column.
        FITSTypeError
            If an operator does not support the values of a column.
        FITSTruncatedError, FITSIOError
            If reading failed.
        """
        schema = self._schema()
        return find_rows(self._file, self._index, schema.nrows, expression)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (str, bytes)):
            return self._single(self, self._schema().find(key).key)
        names = names_of(key)
        if names is not None:
            return self._several(self, tuple(c.key for c in self._schema().select(names)))
        return self._get_rows(key, None)

    def _get_rows(self, key: Any, names: Iterable[str] | None) -> Any:
        """Read the rows that a key selects."""
        schema = self._schema()
        columns = schema.select(names)
        axis, single = rows_of(schema, key)
        data = self._read(read_table, schema, columns, axis)
        return data[0] if single else data

    def _get_column(self, key: Any, name: str) -> Any:
        """Read the cells of one column that a key selects."""
        schema = self._schema()
        column = schema.find(name)
        axis, single = rows_of(schema, key)
        data = self._read(read_columns, schema, (column,), axis)[column.key]
        return data[0] if single else data

    def __iter__(self) -> Iterator[Any]:
        return self.iter()

    def iter(
        self,
        *,
        chunksize: SupportsIndex | None = None,
        columns: Iterable[str] | str | None = None,
        scale: bool = True,
        as_bytes: bool = False,
    ) -> Iterator[Any]:
        """Return an iterator over the rows, which keeps some of them in memory at a time.

        Parameters
        ----------
        chunksize : int, optional
            The number of rows of structured arrays to return, of which the last one may be shorter.
            By default the iterator returns a record for each row.
        columns : sequence of str, optional
            The columns. By default all.
        scale, as_bytes : bool
            As for `read`.

        Returns
        -------
        iterator
            An iterator over the rows that the table has now.

        Raises
        ------
        FITSValueError
            If `chunksize` is not positive.
        FITSError
            As for `read`.
        """
        schema = self._schema()
        names = tuple(column.key for column in schema.select(columns))
        size = None if chunksize is None else operator.index(chunksize)
        if size is not None and size < 1:
            raise FITSValueError(f"chunksize must be at least 1, not {size}")
        return self._chunks(schema.nrows, size, names, scale, as_bytes)

    def _chunks(
        self, nrows: int, size: int | None, names: tuple[str, ...], scale: bool, as_bytes: bool
    ) -> Iterator[Any]:
        """Yield parts of the table, or its rows."""
        start = 0
        while start < nrows:
            schema = self._schema()
            columns = schema.select(names)
            count = size
            if count is None:
                width = schema.dtype(columns, scale, as_bytes).itemsize + schema.row_bytes
                count = max(1, _BATCH // max(width, 1))
            count = min(count, nrows - start)
            if start + count > schema.nrows:
                raise FITSIndexError(f"{schema.where}: the table became shorter meanwhile")
            part = self._read(
                read_table, schema, columns, Axis(start, 1, count), scale, False, as_bytes
            )
            start += count
            if size is None:
                yield from part
            else:
                yield part

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return as_array(self.read(), dtype, copy)

    # ---- writing cells: what subsets call ----

    def _set_rows(self, key: Any, names: tuple[str, ...] | None, value: Any) -> None:
        raise FITSTypeError(f"{self._schema().where}: {self.kind} cannot be written")

    def _set_column(self, key: Any, name: str, value: Any) -> None:
        raise FITSTypeError(f"{self._schema().where}: {self.kind} cannot be written")

    def _html_content(self) -> str:
        return first_rows(self, self.colnames)

    def _ipython_key_completions_(self) -> list[str]:
        """Return the names of the columns, which a notebook completes."""
        return list(self.colnames)

    def _describe(self) -> str:
        try:
            schema = self._schema()
        except FITSError:
            return "invalid columns"
        return f"{schema.nrows} rows × {len(schema.columns)} columns"


def rows_of(schema: Schema, key: Any) -> tuple[Axis, bool]:
    """Return the rows that a key selects, as `select_rows`. Errors name file and HDU."""
    try:
        return select_rows(key, schema.nrows)
    except FITSError as error:
        raise type(error)(f"{schema.where}: {error}") from None


def names_of(key: Any) -> list[str] | None:
    """Return the column names in a key, or None if it selects rows."""
    if isinstance(key, np.ndarray):
        return [str(name) for name in key.tolist()] if key.dtype.kind == "U" else None
    if isinstance(key, (list, tuple)) and key and isinstance(key[0], (str, bytes)):
        return list(key)
    return None
