# SPDX-License-Identifier: BSD-3-Clause
"""`TableHDU`, and the methods that write rows and columns of binary and ASCII tables."""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    ParamSpec,
    SupportsIndex,
    TypeVar,
)

import numpy as np

from rustfits._core.arrow.frame import is_batched
from rustfits._core.binding.errors import FITSIndexError, FITSTypeError, FITSValueError
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes
from rustfits._core.foreign.tables import check_units
from rustfits._core.header.values import ascii_bytes
from rustfits._core.table import write as table_write
from rustfits._core.table.base import RowsLike, TableBase, lock_of, names_of, rows_of
from rustfits._core.table.frames import append_frame
from rustfits._core.table.input import (
    NewColumn,
    as_column,
    as_table,
)
from rustfits._core.table.schema import Column, Schema

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.table.input import TableLike

__all__ = ["TableHDU", "WritableTable"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T", bound="WritableTable")


def _edits(method: Callable[Concatenate[_T, _P], _R]) -> Callable[Concatenate[_T, _P], _R]:
    """Run a method under the lock of the file, so that the columns do not change meanwhile."""

    @functools.wraps(method)
    def locked(self: _T, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with lock_of(self._file):
            return method(self, *args, **kwargs)

    return locked


class WritableTable(TableBase):
    """Base class of binary and ASCII tables: the methods that write."""

    __slots__ = ()

    # ---- rows ----

    @_edits
    def write(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Write all rows.

        Parameters
        ----------
        data : structured array, dict, list of arrays, or data frame
            All columns in any order, with a cell for each row. Masked cells are stored as TNULLn,
            NaN, or the value of the column for undefined cells.
        names : sequence of str, optional
            The names of the columns, for a list.

        Raises
        ------
        FITSColumnError
            If there is no such column.
        FITSValueError
            If a column is missing, if the number of cells is wrong, or if a value does not fit.
        FITSTypeError
            If a column cannot store values of this type.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed. After all other errors the table is unchanged.
        """
        schema = self._schema()
        columns, count = as_table(schema.where, data, names)
        values = table_write.match(schema, schema.columns, columns)
        check_units(schema, data, names)
        if columns and count != schema.nrows:
            raise FITSValueError(
                f"{schema.where}: {count} rows for a table of {schema.nrows}; use append for more"
            )
        cargo = table_write.prepare(schema, schema.columns, values, count)
        table_write.write_rows(self._file, self._index, Axis(0, 1, count), cargo)

    @_edits
    def append(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Append rows. The HDUs after this one move.

        Parameters
        ----------
        data, names
            As for `write`, with any number of rows.

        Raises
        ------
        FITSColumnError, FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write`.
        """
        if is_batched(data):
            append_frame(self, data, names)
            return
        schema = self._schema()
        columns, count = as_table(schema.where, data, names)
        values = table_write.match(schema, schema.columns, columns)
        check_units(schema, data, names)
        cargo = table_write.prepare(schema, schema.columns, values, count)
        if count:
            table_write.append_rows(self._file, self._index, count, cargo)

    @_edits
    def insert_rows(
        self, position: SupportsIndex, data: TableLike, *, names: Sequence[str] | None = None
    ) -> None:
        """Insert rows before a row. The rows and HDUs after them move.

        Parameters
        ----------
        position : int
            The row that the new rows precede. A negative number counts from the end. The number of
            rows appends them.
        data, names
            As for `append`.

        Raises
        ------
        FITSIndexError
            If there is no such row. The table is then unchanged.
        FITSUnsupportedError
            If the table is compressed.
        FITSColumnError, FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write`.
        """
        schema = self._schema()
        row = operator.index(position)
        if not -schema.nrows <= row <= schema.nrows:
            raise FITSIndexError(
                f"{schema.where}: cannot insert rows before row {row}: the table has "
                f"{schema.nrows} rows"
            )
        columns, count = as_table(schema.where, data, names)
        values = table_write.match(schema, schema.columns, columns)
        check_units(schema, data, names)
        cargo = table_write.prepare(schema, schema.columns, values, count)
        row = row + schema.nrows if row < 0 else row
        if count:
            table_write.insert_rows(self._file, self._index, row, count, cargo)

    def extend(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Append rows. This is another name of `append`.

        Parameters
        ----------
        data, names
            As for `append`.
        """
        self.append(data, names=names)

    @contextmanager
    def appending(self) -> Iterator[WritableTable]:
        """Append several times in one ``with`` block.

        For uncompressed tables, each `append` writes its rows at once. The method exists so that
        code can be the same for compressed tables.

        Yields
        ------
        TableHDU
            This HDU.
        """
        self._file._handle()
        yield self

    @contextmanager
    def extending(self) -> Iterator[WritableTable]:
        """Append several times in one ``with`` block, as `appending` does.

        Yields
        ------
        TableHDU
            This HDU.
        """
        with self.appending():
            yield self

    @_edits
    def resize(self, nrows: SupportsIndex) -> None:
        """Change the number of rows. New cells are zero.

        Parameters
        ----------
        nrows : int
            The new number of rows.

        Raises
        ------
        FITSValueError
            If `nrows` is negative.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        count = operator.index(nrows)
        if not 0 <= count < 2**63:
            raise FITSValueError(f"a table cannot have {count} rows")
        self._write_pending()
        err = error()
        check(lib.rf_table_resize(self._file._handle(), self._index, count, err), err)

    @_edits
    def delete_rows(self, rows: RowsLike) -> None:
        """Delete rows. The bytes of other rows are unchanged.

        The heap keeps the cells of variable length until `TableHDU.repack`.

        Parameters
        ----------
        rows : slice, sequence of int, mask, or str
            The rows, as for `read`. A str is a condition.

        Raises
        ------
        FITSIndexError
            If there is no such row. The table is then unchanged.
        FITSTypeError
            If `rows` is None. All rows are ``...``.
        FITSTruncatedError
            If the file ends before the table. The table is then unchanged.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        if rows is None:
            raise FITSTypeError(
                f"{self._schema().where}: expected rows, found None; '...' selects all rows"
            )
        axis = self._rows(rows)
        if axis.indices is not None:
            numbers = np.unique(axis.indices)
            axis = Axis(0, 1, len(numbers), numbers)
        elif axis.step < 0 and axis.length:
            last = axis.start + (axis.length - 1) * axis.step
            axis = Axis(last, -axis.step, axis.length)
        err = error()
        check(
            lib.rf_table_delete_rows(self._file._handle(), self._index, c_axes((axis,)), err), err
        )

    # ---- cells ----

    @_edits
    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, (str, bytes)):
            self._set_column(None, self._schema().find(key).key, value)
            return
        names = names_of(key)
        if names is None:
            self._set_rows(key, None, value)
        else:
            self._set_rows(None, tuple(c.key for c in self._schema().select(names)), value)

    @_edits
    def _set_rows(self, key: Any, names: Iterable[str] | None, value: Any) -> None:
        """Write some rows of some columns."""
        schema = self._schema()
        chosen = schema.select(names)
        axis = self._rows(key)
        if isinstance(value, (tuple, list)):
            value = self._records(schema, chosen, value)
        if isinstance(value, dict):
            columns = {name: as_column(values) for name, values in value.items()}
            broadcast = True
        else:
            columns, count = as_table(schema.where, value)
            broadcast = count == 1
            if not broadcast and count != axis.length:
                raise FITSValueError(f"{schema.where}: {count} records for {axis.length} rows")
        values: list[Any] = table_write.match(schema, chosen, columns)
        check_units(schema, value)
        for place, column in enumerate(chosen):
            if column.variable:
                values[place] = _repeat(values[place], axis.length, broadcast)
        cargo = table_write.prepare(schema, chosen, values, axis.length, broadcast=broadcast)
        table_write.write_rows(self._file, self._index, axis, cargo)

    def _records(
        self, schema: Schema, columns: tuple[Column, ...], value: Any
    ) -> dict[str, list[Any]]:
        """Return a tuple or a list of records as columns."""
        records = [value] if isinstance(value, tuple) else list(value)
        for record in records:
            cells: Any = record if isinstance(record, (tuple, np.void)) else ()
            if len(cells) != len(columns):
                raise FITSTypeError(
                    f"{schema.where}: a row is a tuple or record of {len(columns)} cells, "
                    f"not {record!r}"
                )
        made: dict[str, list[Any]] = {}
        for place, column in enumerate(columns):
            made[column.key] = [record[place] for record in records]
        return made

    @_edits
    def _set_column(self, key: Any, name: str, value: Any) -> None:
        """Write some rows of one column."""
        schema = self._schema()
        column = schema.find(name)
        if isinstance(key, str):
            axis, single = self._rows(key), False
        else:
            axis, single = rows_of(schema, key)
        if column.variable:
            value = [_one_cell(value)] if single else _repeat(value, axis.length, False)
        cargo = table_write.prepare(schema, (column,), [value], axis.length, broadcast=True)
        table_write.write_rows(self._file, self._index, axis, cargo)

    # ---- columns ----

    @_edits
    def delete_column(self, key: str | SupportsIndex) -> None:
        """Delete a column. The heap keeps its cells until `repack`.

        Parameters
        ----------
        key : str or int
            The name or number of the column. Negative numbers count from the end.

        Raises
        ------
        FITSColumnError, FITSIndexError
            If there is no such column.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        schema = self._schema()
        number = self._column_number(schema, key)
        err = error()
        check(lib.rf_table_delete_column(self._file._handle(), self._index, number, err), err)

    @_edits
    def describe_column(
        self,
        key: str | SupportsIndex,
        *,
        name: str | None = None,
        unit: str | None = None,
        display: str | None = None,
    ) -> None:
        """Set the name, the unit and the display format of a column.

        Parameters
        ----------
        key : str or int
            The name or number of the column. Negative numbers count from the end.
        name, unit, display : str, optional
            The values of TTYPEn, TUNITn and TDISPn. None keeps the old value. ``""`` removes unit
            or display.

        Raises
        ------
        FITSColumnError, FITSIndexError
            If there is no such column.
        FITSValueError
            If another column has the name, or a text is not printable ASCII.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        schema = self._schema()
        number = self._column_number(schema, key)
        if name is not None:
            others = {c.key.lower() for c in schema.columns if c.number != number}
            if name.lower() in others:
                raise FITSValueError(f"{schema.where}: column {name!r} already exists")
        texts = [
            ffi.NULL if given is None else ffi.new("char[]", ascii_bytes(what, given))
            for what, given in (("the name", name), ("the unit", unit), ("the display", display))
        ]
        err = error()
        check(
            lib.rf_table_describe_column(self._file._handle(), self._index, number, *texts, err),
            err,
        )

    def _column_number(self, schema: Schema, key: str | SupportsIndex) -> int:
        if isinstance(key, (str, bytes)):
            return schema.find(key).number
        number = operator.index(key)
        count = len(schema.columns)
        if not -count <= number < count:
            raise FITSIndexError(f"{schema.where}: no column {number}: there are {count}")
        return number % count

    def _as_read(self, column: NewColumn) -> NewColumn:
        """Return a new column as reading the table will describe it."""
        return column

    @_edits
    def _insert(
        self,
        column: NewColumn,
        data: Any,
        position: SupportsIndex | None,
        after: str | SupportsIndex | None,
        before: str | SupportsIndex | None,
    ) -> None:
        """Insert a column with its cells."""
        schema = self._schema()
        if sum(place is not None for place in (position, after, before)) > 1:
            raise FITSValueError(f"{schema.where}: only one of position, after and before")
        number = len(schema.columns)
        if position is not None:
            number = operator.index(position)
            if not 0 <= number <= len(schema.columns):
                raise FITSIndexError(
                    f"{schema.where}: no place {number} among {len(schema.columns)} columns"
                )
        elif after is not None:
            number = self._column_number(schema, after) + 1
        elif before is not None:
            number = self._column_number(schema, before)
        if column.key.lower() in {old.key.lower() for old in schema.columns}:
            raise FITSValueError(f"{schema.where}: column {column.key!r} already exists")
        # All checks come before the table changes.
        cargo = table_write.Cargo()
        cargo.add(schema.where, self._as_read(column.at(number)), data, schema.nrows)
        table_write.insert_column(self._file, self._index, number, column, cargo)


class TableHDU(WritableTable):
    """A binary table.

    ``hdu[3]`` is a record, ``hdu[10:20]`` and ``hdu[[1, 5]]`` are structured arrays, ``hdu["ra"]``
    and ``hdu[["ra", "dec"]]`` columns that a second key reads. Assigning to each of them writes.
    Iteration returns one record after another. Arrays are in the byte order of the machine and
    independent of the file.

    Notes
    -----
    Unsigned integers and signed bytes are stored with TZEROn (FITS 5.2.5) and read as such. Any
    other TSCALn or TZEROn makes values ``float64``.
    """

    __slots__ = ()

    def insert_column(
        self,
        name: str,
        data: ArrayLike,
        *,
        position: SupportsIndex | None = None,
        after: str | SupportsIndex | None = None,
        before: str | SupportsIndex | None = None,
        unit: str | None = None,
        inner_dtype: DTypeLike | None = None,
        heap_format: str | None = None,
        bit_packed: bool = False,
        times: str = "iso",
    ) -> None:
        """Insert a column.

        Parameters
        ----------
        name : str
            The name.
        data : array_like
            One cell for each row.
        position, after, before : int or str, optional
            The number of the new column, or the column before or after it. By default the column
            is the last one.
        unit : str, optional
            The unit (TUNITn).
        inner_dtype : dtype-like, optional
            The type of the elements, for cells of variable length.
        heap_format : {"P", "Q"}, optional
            The descriptors, for cells of variable length: 32 or 64 bits. The library changes P to Q
            if it must.
        bit_packed : bool
            Whether to store bools as bits.
        times : {"iso", "mjd"}
            How to store ``datetime64``, as for `FITS.write_table`.

        Raises
        ------
        FITSValueError
            If the column already exists, or if `data` do not fit.
        FITSTypeError
            If FITS has no such cells.
        FITSColumnError, FITSIndexError
            If there is no such position.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        column, values = table_write.column_of_data(
            name,
            data,
            unit,
            inner_dtype=inner_dtype,
            bit_packed=bit_packed,
            heap_format=heap_format,
            times=times,
        )
        self._insert(column, values, position, after, before)

    @_edits
    def repack(self) -> int:
        """Remove the parts of the heap that no cell uses, and shorten the file.

        For a compressed table, remove unused streams and cells.

        Returns
        -------
        int
            The number of bytes that were removed from the heap.

        Raises
        ------
        FITSFormatError
            If a cell points outside the heap.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        self._write_pending()
        freed = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_table_repack(self._file._handle(), self._index, freed, err), err)
        return int(freed[0])


def _one_cell(value: Any) -> Any:
    """Return a cell, which may be an array of one object."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size == 1:
        return value.reshape(())[()]
    return value


def _repeat(value: Any, count: int, repeat: bool) -> Any:
    """Return `count` cells of variable length, repeating a single one."""
    if isinstance(value, (str, bytes)):
        return [value] * count
    return list(value) * count if repeat and len(value) == 1 else value
