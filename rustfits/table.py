# SPDX-License-Identifier: BSD-3-Clause
"""Table HDUs: rows and columns as numpy arrays."""

from __future__ import annotations

import functools
import operator
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import EllipsisType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Concatenate,
    ParamSpec,
    SupportsIndex,
    TypeAlias,
    TypeVar,
)

import numpy as np

from rustfits import table_write
from rustfits._lib import check, error, ffi, lib
from rustfits.columns import ColumnSubset, SingleColumnSubset, as_array
from rustfits.errors import FITSError, FITSIndexError, FITSTypeError, FITSValueError
from rustfits.hdu import HDU
from rustfits.schema import Column, Schema, read_schema, warn_once
from rustfits.selection import Axis, select_rows
from rustfits.table_input import (
    NewColumn,
    as_column,
    as_table,
    columns_of_data,
)
from rustfits.table_read import read_columns, read_table
from rustfits.values import ascii_bytes
from rustfits.where import find_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from rustfits.handle import FileHandle
    from rustfits.hdu import Facts
    from rustfits.table_input import TableLike

__all__ = ["TableBase", "TableHDU", "WritableTable"]

Array: TypeAlias = "np.ndarray[Any, Any]"
#: Which rows: all, a slice, positions, a mask, or a condition.
RowsLike: TypeAlias = "slice | Sequence[SupportsIndex] | Array | str | EllipsisType | None"

_P = ParamSpec("_P")
_R = TypeVar("_R")
_T = TypeVar("_T", bound="WritableTable")

# Rows are read ahead in batches of this many bytes.
_BATCH = 4 << 20


_locks: weakref.WeakKeyDictionary[FileHandle, threading.RLock] = weakref.WeakKeyDictionary()


def _lock_of(file: FileHandle) -> threading.RLock:
    """Give the lock that whoever changes the tables of a file holds."""
    return _locks.setdefault(file, threading.RLock())


class TableBase(HDU):
    """What binary tables, ASCII tables and random groups have in common: reading."""

    __slots__ = ("_columns",)

    #: Classes of ``hdu["a"]`` and ``hdu[["a", "b"]]``.
    _single: ClassVar[type[SingleColumnSubset]] = SingleColumnSubset
    _several: ClassVar[type[ColumnSubset]] = ColumnSubset

    def __init__(self, file: FileHandle, index: int, facts: Facts) -> None:
        super().__init__(file, index, facts)
        self._columns: Schema | None = None

    # ---- facts ----

    def _schema(self) -> Schema:
        """Give the columns as they are now; after closing, as they were last."""
        file, schema = self._file, self._columns
        if schema is None or not (file.closed or schema.generation == file._generation()):
            self._columns = schema = read_schema(file, self._index)
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
        return self._read(read, schema, chosen, axis, scale, mask_null, as_bytes)

    def read_column(
        self,
        name: str,
        *,
        rows: RowsLike = None,
        as_bytes: bool = False,
        scale: bool = True,
        mask_null: bool = False,
    ) -> Array:
        """Read one column into an array that is not structured.

        Parameters
        ----------
        name : str
            Which column.
        rows, as_bytes, scale, mask_null
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
        arrays = self._read(read_columns, schema, (column,), axis, scale, mask_null, as_bytes)
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
    ) -> Any:
        """Read, and warn about what is odd."""
        file = self._file
        options = {"scale": scale, "mask_null": mask_null, "as_bytes": as_bytes}
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
            with _lock_of(file):
                schema = self._schema()
                columns = schema.select(names)
                data = read(file, self._index, schema, columns, axis, **options)
        warn_once(file, schema, self._index, columns)
        return data

    def _rows(self, rows: RowsLike) -> Axis:
        """Give the rows that ``rows=`` selects."""
        if isinstance(rows, str):
            found = self.where(rows)
            return Axis(0, 1, len(found), found.astype(np.uint64))
        return select_rows(rows, self._schema().nrows)[0]

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
        names = _names(key)
        if names is not None:
            return self._several(self, tuple(c.key for c in self._schema().select(names)))
        return self._get_rows(key, None)

    def _get_rows(self, key: Any, names: Iterable[str] | None) -> Any:
        """Read what a key for rows selects."""
        schema = self._schema()
        columns = schema.select(names)
        axis, single = select_rows(key, schema.nrows)
        data = self._read(read_table, schema, columns, axis)
        return data[0] if single else data

    def _get_column(self, key: Any, name: str) -> Any:
        """Read what a key for rows selects, of one column."""
        schema = self._schema()
        column = schema.find(name)
        axis, single = select_rows(key, schema.nrows)
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


def _names(key: Any) -> list[str] | None:
    """Give the column names in a key, None when it is about rows."""
    if isinstance(key, np.ndarray):
        return [str(name) for name in key.tolist()] if key.dtype.kind == "U" else None
    if isinstance(key, (list, tuple)) and key and isinstance(key[0], (str, bytes)):
        return list(key)
    return None


def _edits(method: Callable[Concatenate[_T, _P], _R]) -> Callable[Concatenate[_T, _P], _R]:
    """Let one thread at a time look at the columns of a file's tables and change them."""

    @functools.wraps(method)
    def locked(self: _T, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        with _lock_of(self._file):
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
        cargo = table_write.prepare(schema, schema.columns, values, count)
        if count:
            table_write.append_rows(self._file, self._index, schema.nrows, count, cargo)

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
        err = error()
        check(lib.rf_table_resize(self._file._handle(), self._index, count, err), err)

    # ---- cells ----

    @_edits
    def __setitem__(self, key: Any, value: Any) -> None:
        if isinstance(key, (str, bytes)):
            self._set_column(None, self._schema().find(key).key, value)
            return
        names = _names(key)
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
            axis, single = select_rows(key, schema.nrows)
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
        table_write.insert_column(self._file, self._index, number, column)
        try:
            rows = Axis(0, 1, schema.nrows)
            table_write.write_rows(self._file, self._index, rows, cargo)
        except BaseException:
            self.delete_column(number)
            raise


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
            None if unit is None else {name: unit},
            None if inner_dtype is None else {name: inner_dtype},
            [name] if bit_packed else None,
            heap_format,
        )
        self._insert(column, values, position, after, before)

    @_edits
    def repack(self) -> int:
        """Write the heap anew without what no cell points at, and shorten the file.

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
