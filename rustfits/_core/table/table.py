# SPDX-License-Identifier: BSD-3-Clause
"""Table HDUs that can be written: rows and columns from numpy arrays, columns that come and go."""

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

from rustfits._core.binding.errors import FITSIndexError, FITSTypeError, FITSValueError
from rustfits._core.binding.foreign import check_units, unit_text, units_of_data
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes
from rustfits._core.header.values import ascii_bytes
from rustfits._core.table import write as table_write
from rustfits._core.table.base import RowsLike, TableBase, lock_of, names_of, rows_of
from rustfits._core.table.input import (
    NewColumn,
    as_column,
    as_table,
    columns_of_data,
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
    """Let one thread at a time look at the columns of a file's tables and change them."""

    @functools.wraps(method)
    def locked(self: _T, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with lock_of(self._file):
            return method(self, *args, **kwargs)

    return locked


class WritableTable(TableBase):
    """What binary and ASCII tables have in common: writing."""

    __slots__ = ()

    # ---- rows ----

    @_edits
    def write(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Write all rows.

        Parameters
        ----------
        data : structured array, dict, or list of arrays
            All columns, in any order, of as many cells as the table has rows. Masked cells are
            stored as TNULLn, NaN, or what else the column has for undefined ones.
        names : sequence of str, optional
            Names of the columns, for a list.

        Raises
        ------
        FITSColumnError
            A name is that of no column.
        FITSValueError
            A column is missing, the number of cells is wrong, or a value does not fit.
        FITSTypeError
            Values are of a type that the column cannot store.
        FITSReadOnlyError
            The file was opened for reading.
        FITSIOError
            Writing failed. For all other reasons nothing was written.
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
        """Add rows at the end. HDUs behind this one move back.

        Parameters
        ----------
        data, names
            As for `write`, of any number of rows.

        Raises
        ------
        FITSColumnError, FITSValueError, FITSTypeError, FITSReadOnlyError, FITSIOError
            As for `write`.
        """
        schema = self._schema()
        columns, count = as_table(schema.where, data, names)
        values = table_write.match(schema, schema.columns, columns)
        check_units(schema, data, names)
        cargo = table_write.prepare(schema, schema.columns, values, count)
        if count:
            table_write.append_rows(self._file, self._index, count, cargo)

    def extend(self, data: TableLike, *, names: Sequence[str] | None = None) -> None:
        """Add rows at the end: another name of `append`.

        Parameters
        ----------
        data, names
            As for `append`.
        """
        self.append(data, names=names)

    @contextmanager
    def appending(self) -> Iterator[WritableTable]:
        """Append several times in one ``with`` block.

        Each `append` writes its rows at once, so that there is nothing to gather here; code that
        handles compressed tables too can be the same for both.

        Yields
        ------
        TableHDU
            This HDU.
        """
        self._file._handle()
        yield self

    @contextmanager
    def extending(self) -> Iterator[WritableTable]:
        """Do as `appending` does.

        Yields
        ------
        TableHDU
            This HDU.
        """
        with self.appending():
            yield self

    @_edits
    def resize(self, nrows: SupportsIndex) -> None:
        """Make the table `nrows` rows long: new ones are zero, surplus ones are cut.

        Parameters
        ----------
        nrows : int
            Number of rows.

        Raises
        ------
        FITSValueError
            It is negative.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        count = operator.index(nrows)
        if not 0 <= count < 2**63:
            raise FITSValueError(f"a table cannot have {count} rows")
        self._write_pending()
        err = error()
        check(lib.rf_table_resize(self._file._handle(), self._index, count, err), err)

    @_edits
    def delete_rows(self, rows: RowsLike) -> None:
        """Take rows out; those behind move up, to the byte as they were.

        What cells of variable length had in the heap stays there until `TableHDU.repack`.

        Parameters
        ----------
        rows : slice, sequence of int, mask, or str
            Which rows, as for `read`; a str is a condition. One that is named twice goes once.

        Raises
        ------
        FITSIndexError
            There is no such row. Nothing was changed.
        FITSTypeError
            None is no rows, and no way to say all of them.
        FITSTruncatedError
            The file ends before the table does. Nothing was changed.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        if rows is None:
            raise FITSTypeError(f"{self._schema().where}: which rows go? All of them are '...'")
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
        """Turn one tuple, or a list of records, into columns."""
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
        """Take a column out of the table. Its cells in the heap stay until `repack`.

        Parameters
        ----------
        key : str or int
            Name or number, negative ones from the end.

        Raises
        ------
        FITSColumnError, FITSIndexError
            There is no such column.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
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
            Name or number, negative ones from the end.
        name, unit, display : str, optional
            TTYPEn, TUNITn, TDISPn. None leaves it as it is; ``""`` takes unit or display away.

        Raises
        ------
        FITSColumnError, FITSIndexError
            There is no such column.
        FITSValueError
            Another column has the name, or a text is not printable ASCII.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        schema = self._schema()
        number = self._column_number(schema, key)
        if name is not None:
            others = {c.key.lower() for c in schema.columns if c.number != number}
            if name.lower() in others:
                raise FITSValueError(f"{schema.where}: there is a column {name!r} already")
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
        """Give a column that is to be made as it will be once it is there."""
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
        """Put a column in its place and write its cells."""
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
            raise FITSValueError(f"{schema.where}: there is a column {column.key!r} already")
        # All checks come before the table changes.
        cargo = table_write.Cargo()
        cargo.add(schema.where, self._as_read(column.at(number)), data, schema.nrows)
        table_write.insert_column(self._file, self._index, number, column, cargo)


class TableHDU(WritableTable):
    """A binary table.

    ``hdu[3]`` is a record, ``hdu[10:20]`` and ``hdu[[1, 5]]`` are structured arrays, ``hdu["ra"]``
    and ``hdu[["ra", "dec"]]`` columns of which nothing is read yet; each of them can stand on the
    left of ``=``. Going through the HDU gives record after record. Arrays that are read are in the
    byte order of the machine and independent of the file.

    Notes
    -----
    Unsigned integers and signed bytes are stored with TZEROn, as the FITS Standard says, and read
    as what they are. Any other TSCALn or TZEROn gives ``float64``.
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
    ) -> None:
        """Add a column.

        Parameters
        ----------
        name : str
            Its name.
        data : array_like
            One cell for each row.
        position, after, before : int or str, optional
            Where it goes: its number, or beside which column. At the end unless said.
        unit : str, optional
            TUNITn.
        inner_dtype : dtype-like, optional
            For cells of variable length: what they are of.
        heap_format : {"P", "Q"}, optional
            For cells of variable length: descriptors of 32 or 64 bits. P becomes Q by itself when
            it has to.
        bit_packed : bool
            For bools: eight to a byte.

        Raises
        ------
        FITSValueError
            There is a column of this name, or data do not fit.
        FITSTypeError
            FITS has no such cells.
        FITSColumnError, FITSIndexError
            There is no such place.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        values = as_column(data)
        if values.ndim == 0:
            raise FITSValueError(f"column {name!r}: a single value, not a list of cells")
        (column,) = columns_of_data(
            {name: values},
            {name: unit_text(units_of_data({name: data}).get(name)) if unit is None else unit},
            None if inner_dtype is None else {name: inner_dtype},
            [name] if bit_packed else None,
            heap_format,
        )
        self._insert(column, values, position, after, before)

    @_edits
    def repack(self) -> int:
        """Write the heap anew without what no cell points at, and shorten the file.

        Of a compressed table: without streams and cells that nothing points at any more.

        Returns
        -------
        int
            Bytes of the heap that were given up.

        Raises
        ------
        FITSFormatError
            A cell points outside the heap.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        self._write_pending()
        freed = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_table_repack(self._file._handle(), self._index, freed, err), err)
        return int(freed[0])


def _one_cell(value: Any) -> Any:
    """Unwrap a cell that comes as an array of one object."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "O" and value.size == 1:
        return value.reshape(())[()]
    return value


def _repeat(value: Any, count: int, repeat: bool) -> Any:
    """Give `count` cells of variable length for one that was given for all of them."""
    if isinstance(value, (str, bytes)):
        return [value] * count
    return list(value) * count if repeat and len(value) == 1 else value
