# SPDX-License-Identifier: BSD-3-Clause
"""What all table HDUs have in common: rows and columns read as numpy arrays."""

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

from rustfits._core.binding.arguments import max_threads
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSError, FITSIndexError, FITSTypeError, FITSValueError
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.selection import Axis, select_rows
from rustfits._core.header.hdu import HDU
from rustfits._core.table.read import read_columns, read_table
from rustfits._core.table.schema import Column, Schema, read_schema, warn_of_columns
from rustfits._core.table.subsets import ColumnSubset, SingleColumnSubset, as_array
from rustfits._core.table.where import find_rows

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from rustfits._core.binding.handle import FileHandle

__all__ = ["RowsLike", "TableBase", "lock_of", "names_of", "rows_of"]

#: Which rows: all, a slice, positions, a mask, or a condition.
RowsLike: TypeAlias = "slice | Sequence[SupportsIndex] | Array | str | EllipsisType | None"

# Rows are read ahead in batches of this many bytes.
_BATCH = 4 << 20


def lock_of(file: FileHandle) -> ForkLock:
    """Return the lock that is held while the tables of a file are changed."""
    return file.edit_lock


class TableBase(HDU):
    """What binary tables, ASCII tables and random groups have in common: reading."""

    __slots__ = ()

    _cached: Schema | None

    #: Classes of ``hdu["a"]`` and ``hdu[["a", "b"]]``.
    _single: ClassVar[type[SingleColumnSubset]] = SingleColumnSubset
    _several: ClassVar[type[ColumnSubset]] = ColumnSubset

    # ---- description ----

    def _schema(self) -> Schema:
        """Give the columns as they are now; after closing, as they were last."""
        file, schema = self._file, self._cached
        if schema is None or not (file.closed or schema.generation == file._generation()):
            self._cached = schema = read_schema(file, self._index)
        return schema

    @property
    def nrows(self) -> int:
        """Number of rows."""
        return self._schema().nrows

    @property
    def ncols(self) -> int:
        """Number of columns."""
        return len(self._schema().columns)

    @property
    def colnames(self) -> tuple[str, ...]:
        """Names of the columns.

        As the header has them; those without a name are ``col1``, … by their number, and a name
        that was there before gets ``_2``, ``_3``, ….
        """
        return self._schema().names

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the structured array that `read` gives."""
        schema = self._schema()
        return schema.dtype(schema.columns)

    @property
    def units(self) -> dict[str, str | None]:
        """Units of the columns (TUNITn) by name, None where there is none."""
        return {column.key: column.unit for column in self._schema().columns}

    @property
    def displays(self) -> dict[str, str | None]:
        """Display formats of the columns (TDISPn) by name, None where there is none."""
        return {column.key: column.display for column in self._schema().columns}

    @property
    def shape(self) -> tuple[int]:
        """``(nrows,)``, as of the array that `read` gives."""
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
            Which rows, as for a numpy array: in the order given, negative ones from the end. A str
            is a condition, as for `where`. All rows unless said.
        columns : sequence of str, optional
            Which columns, in the order of the result. All of them unless said. Names are found
            whatever their case; an exact one comes first.
        scale : bool
            Apply TSCALn and TZEROn. False: numbers as they are stored.
        mask_null : bool
            Give masked arrays: set where TNULLn says that a value is undefined, and for reals that
            are NaN. Cells of variable length are masked arrays each.
        as_bytes : bool
            Strings as ``S`` instead of ``U``, a quarter of the memory.
        as_dict : bool
            A dict of contiguous arrays, one for each column, instead of one structured array.
        threads : int, optional
            At most how many threads share the work, where there is enough of it: from some 8 MB on,
            and for thousands of rows far apart. Unless said, and for cells of variable length, what
            `FITS` was told.

        Returns
        -------
        numpy.ndarray, numpy.ma.MaskedArray or dict
            In the byte order of the machine, and independent of the file. Strings end at a NUL and
            have no blanks at their end; bytes above 0x7F are Latin-1. Columns of variable length
            are object arrays of arrays or strings.

        Raises
        ------
        FITSColumnError
            There is no column of a name.
        FITSIndexError
            There is no row of a number.
        FITSValueError
            A column is named twice, or the condition cannot be understood.
        FITSFormatError
            The bytes of a cell make no sense; the message names row and column.
        FITSTruncatedError
            The file ends before the rows do. Rows before can be read.
        FITSIOError
            Reading failed.
        """
        schema = self._schema()
        chosen = schema.select(columns)
        axis = self._rows(rows)
        read = read_columns if as_dict else read_table
        count = max_threads(threads)
        return self._read(read, schema, chosen, axis, scale, mask_null, as_bytes, count)

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
        """Read one column into an array that is not structured.

        Parameters
        ----------
        name : str
            Which column.
        rows, as_bytes, scale, mask_null, threads
            As for `read`.

        Returns
        -------
        numpy.ndarray or numpy.ma.MaskedArray
            Of shape ``(rows, *cell)``.

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
    ) -> Any:
        """Read, and warn about what is odd."""
        file = self._file
        options = {
            "scale": scale,
            "mask_null": mask_null,
            "as_bytes": as_bytes,
            "threads": threads,
        }
        try:
            data = read(file, self._index, schema, columns, axis, **options)
            moved = schema.generation != file._generation()
        except FITSError:
            moved = schema.generation != file._generation()
            if not moved:
                raise
        if moved:
            # Another thread has changed the file between the look at the columns and the end of the
            # read: once more, while none can.
            names = None if columns is schema.columns else [column.key for column in columns]
            with lock_of(file):
                schema = self._schema()
                columns = schema.select(names)
                data = read(file, self._index, schema, columns, axis, **options)
        warn_of_columns(file, schema, self._index, columns)
        return data

    def _rows(self, rows: RowsLike) -> Axis:
        """Give the rows that ``rows=`` selects."""
        if isinstance(rows, str):
            found = self.where(rows)
            return Axis(0, 1, len(found), found.astype(np.uint64))
        return rows_of(self._schema(), rows)[0]

    def where(self, expression: str) -> Array:
        """Find the rows for which a condition holds.

        Parameters
        ----------
        expression : str
            A condition over columns, such as ``"mag < 22 & (flag == 0 | name == 'M31')"``.

        Returns
        -------
        numpy.ndarray
            Numbers of the rows, ascending.

        Raises
        ------
        FITSValueError
            The condition cannot be understood; the message points at the character.
        FITSColumnError
            There is no column of a name in it.
        FITSTypeError
            An operator cannot take the values of a column.
        FITSTruncatedError, FITSIOError
            Reading failed.
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
        """Read what a key for rows selects."""
        schema = self._schema()
        columns = schema.select(names)
        axis, single = rows_of(schema, key)
        data = self._read(read_table, schema, columns, axis)
        return data[0] if single else data

    def _get_column(self, key: Any, name: str) -> Any:
        """Read what a key for rows selects, of one column."""
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
        """Go through the rows in order, with memory for some of them at a time.

        Parameters
        ----------
        chunksize : int, optional
            Give structured arrays of so many rows (the last one may be shorter) instead of one
            record for each row.
        columns : sequence of str, optional
            Which columns.
        scale, as_bytes : bool
            As for `read`.

        Returns
        -------
        iterator
            Rows that are appended while it runs are not seen.

        Raises
        ------
        FITSValueError
            `chunksize` is not positive.
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
        """Read in parts, and give them whole or row by row."""
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

    def _describe(self) -> str:
        try:
            schema = self._schema()
        except FITSError:
            return "columns that cannot be made out"
        return f"{schema.nrows} rows × {len(schema.columns)} columns"


def rows_of(schema: Schema, key: Any) -> tuple[Axis, bool]:
    """Find out which rows a key selects, as `select_rows`; errors name file and HDU."""
    try:
        return select_rows(key, schema.nrows)
    except FITSError as error:
        raise type(error)(f"{schema.where}: {error}") from None


def names_of(key: Any) -> list[str] | None:
    """Give the column names in a key, None when it is about rows."""
    if isinstance(key, np.ndarray):
        return [str(name) for name in key.tolist()] if key.dtype.kind == "U" else None
    if isinstance(key, (list, tuple)) and key and isinstance(key[0], (str, bytes)):
        return list(key)
    return None
