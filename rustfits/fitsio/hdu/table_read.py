# SPDX-License-Identifier: BSD-3-Clause
"""`TableReader`: reading tables of the ``fitsio`` API."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arrays import new_array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.selection import Axis
from rustfits._core.table.base import TableBase, rows_of
from rustfits._core.table.read import read_columns, read_table
from rustfits._core.table.where import find_rows
from rustfits.fitsio.columns import column_info, declared_length, is_vector_of_one, pad_cells
from rustfits.fitsio.hdu.base import HDUBase
from rustfits.fitsio.helpers.steps import Steps
from rustfits.fitsio.util import (
    Array,
    array_rows,
    check_vstorage,
    fold_names,
    rename,
    warn_ignored,
)

if TYPE_CHECKING:
    from rustfits._core.header.hdu import HDU
    from rustfits._core.table.schema import Column, Schema
    from rustfits.fitsio.file import FITS

__all__ = ["TableColumnSubset", "TableReader"]

# The bytes of rows that iterations read at once, unless `iter_row_buffer` is more.
_BATCH = 1 << 20


class TableReader(Steps, HDUBase):
    """The methods that read a table."""

    def __init__(
        self,
        fits: FITS,
        ext: HDU | int,
        lower: bool = False,
        upper: bool = False,
        trim_strings: bool = False,
        vstorage: str = "fixed",
        case_sensitive: bool = False,
        iter_row_buffer: int = 1,
        write_bitcols: bool = False,
        **keys: Any,
    ) -> None:
        super().__init__(fits, ext, **keys)
        # The defaults of the methods. Programs change them.
        self.lower = lower
        self.upper = upper
        self.trim_strings = trim_strings
        self.case_sensitive = case_sensitive
        self.write_bitcols = write_bitcols
        self._vstorage = check_vstorage(vstorage)
        self._iter_row_buffer = operator.index(iter_row_buffer)
        self._lengths: dict[tuple[int, int], int] = {}  # by generation and column

    def _table(self, what: str = "read") -> TableBase:
        if not isinstance(self.hdu, TableBase):
            raise self._unsupported(what)
        return self.hdu

    # ---- description ----

    def get_nrows(self) -> int:
        """Return the number of rows."""
        return self._table("look into").nrows

    def get_colnames(self) -> list[str]:
        """Return the names of the columns."""
        return list(self._table("look into").colnames)

    def get_colname(self, colnum: int) -> str:
        """Return the name of a column by its number.

        Parameters
        ----------
        colnum : int
            The 0-based number.

        Raises
        ------
        FITSValueError
            If there is no such column.
        """
        names = self._table("look into").colnames
        if not 0 <= colnum < len(names):
            raise FITSValueError(f"no column {colnum}: there are {len(names)}")
        return names[colnum]

    def get_vstorage(self) -> str:
        """Return the form of variable-length columns: ``"fixed"`` or ``"object"``."""
        return self._vstorage

    def get_info(self) -> dict[str, Any]:
        """Return a description of the HDU as a dict."""
        info = super().get_info()
        table = self._table("look into")
        columns = table._schema().columns
        of_text = table.kind == "ascii table"
        info["nrows"] = table.nrows
        info["ncols"] = info["ncol"] = len(columns)
        info["colinfo"] = [column_info(column, of_text) for column in columns]
        info["colnames"] = list(table.colnames)
        info["colnames_lower"] = [name.lower() for name in table.colnames]
        return info

    def get_rec_dtype(
        self, colnums: Any = None, vstorage: str | None = None, **keys: Any
    ) -> tuple[np.dtype[Any], Array, Array]:
        """Return the type of the rows, with strings as bytes.

        Parameters
        ----------
        colnums : sequence of int, optional
            The columns. By default all.
        vstorage : {"fixed", "object"}, optional
            As for `FITS`.
        **keys
            Other arguments are ignored, with a warning.

        Returns
        -------
        dtype : numpy.dtype
            The type of the rows.
        offsets : ndarray
            The start of each field in bytes.
        isvar : ndarray
            For each column, whether it has variable length.
        """
        warn_ignored(keys)
        columns = self._select(None if colnums is None else list(np.atleast_1d(colnums)))
        how = self._storage(vstorage)
        dtype = np.dtype([self._field(column, how) for column in columns])
        of_fields: Any = dtype.fields or {}
        offsets = np.array([of_fields[column.key][1] for column in columns])
        return dtype, offsets, np.array([bool(column.variable) for column in columns])

    def get_rec_column_descr(
        self, colnum: Any, vstorage: str | None = None
    ) -> tuple[tuple[Any, ...], bool]:
        """Return the field of one column in `get_rec_dtype`, and whether it has variable length.

        Parameters
        ----------
        colnum : int or str
            The column.
        vstorage : {"fixed", "object"}, optional
            As for `FITS`.
        """
        column = self._column(colnum)
        return self._field(column, self._storage(vstorage)), bool(column.variable)

    def _field(self, column: Column, how: str) -> tuple[Any, ...]:
        cells = column.cells(not self.ignore_scaling, as_bytes=True)
        if not column.variable:
            shape = (column.shape,) if column.shape and not is_vector_of_one(column) else ()
            return (column.key, cells.dtype, *shape)
        if how == "object":
            return column.key, np.dtype(object)
        if column.is_text:
            return column.key, np.dtype(f"S{max(self._longest(column), 1)}")
        return column.key, cells.dtype, (self._longest(column),)

    # ---- columns and rows ----

    def _storage(self, vstorage: str | None) -> str:
        return self._vstorage if vstorage is None else check_vstorage(vstorage)

    def _column(self, name: Any, schema: Schema | None = None) -> Column:
        """Return a column by name or number."""
        if schema is None:
            schema = self._table()._schema()
        if isinstance(name, (str, bytes)):
            column = schema.find(name)
            if self.case_sensitive and column.key != name:
                raise FITSValueError(f"{schema.where}: no column {name!r} (case counts)")
            return column
        number = operator.index(name)
        if not 0 <= number < len(schema.columns):
            raise FITSValueError(
                f"{schema.where}: no column {number}: there are {len(schema.columns)}"
            )
        return schema.columns[number]

    def _select(self, columns: Any) -> tuple[Column, ...]:
        """Return several columns in the order of the table, each once."""
        schema = self._table()._schema()
        if columns is None:
            return schema.columns
        if _is_single(columns):
            columns = [columns]
        found = {}
        for name in columns:
            column = self._column(name, schema)
            found[column.number] = column
        if len(found) == 1:
            return (column,)
        return tuple(found[number] for number in sorted(found))

    def _longest(self, column: Column) -> int:
        """Return the length to which the cells of a column are padded."""
        said = declared_length(column)
        if said is not None:
            return said
        key = (self._table()._schema().generation, column.number)
        if key in self._lengths:
            return self._lengths[key]
        longest = 0
        for part in self._table().iter(chunksize=65536, columns=[column.key]):
            longest = max(longest, max(map(len, part[column.key]), default=0))
        self._lengths = {k: v for k, v in self._lengths.items() if k[0] == key[0]} | {key: longest}
        return longest

    # ---- reading ----

    def read(
        self,
        columns: Any = None,
        rows: Any = None,
        vstorage: str | None = None,
        upper: bool = False,
        lower: bool = False,
        trim_strings: bool = False,
        **keys: Any,
    ) -> Array:
        """Read the table.

        Parameters
        ----------
        columns : str, int, or sequence of them, optional
            The columns. By default all.
        rows : int, sequence of int, mask, or slice, optional
            The rows, in the order of the result. By default all.
        vstorage : {"fixed", "object"}, optional
            The form of variable-length columns: padded with zeros, or object arrays.
        upper, lower : bool
            Whether to return names in upper or lower case.
        trim_strings : bool
            Whether strings are read without the blanks at their end.
        **keys
            Other arguments are ignored, with a warning.

        Returns
        -------
        numpy.ndarray
            A structured array, with the columns in the order of the table. For a single column that
            is not in a list, a plain array.

        Raises
        ------
        FITSColumnError, FITSValueError
            If there is no such column.
        FITSIndexError
            If there is no such row.
        FITSError
            As for `rustfits.TableHDU.read`.
        """
        if keys:
            warn_ignored(keys)
        if columns is not None and _is_single(columns):
            return self.read_column(columns, rows, vstorage, trim_strings=trim_strings)
        data = self._read(self._select(columns), rows, vstorage, trim_strings)
        return rename(data, upper or self.upper, lower or self.lower)

    def read_columns(
        self,
        columns: Any,
        rows: Any = None,
        vstorage: str | None = None,
        upper: bool = False,
        lower: bool = False,
        trim_strings: bool = False,
        **keys: Any,
    ) -> Array:
        """Read some columns, as `read` does."""
        return self.read(
            columns=columns,
            rows=rows,
            vstorage=vstorage,
            upper=upper,
            lower=lower,
            trim_strings=trim_strings,
            **keys,
        )

    def read_column(
        self,
        col: Any,
        rows: Any = None,
        vstorage: str | None = None,
        upper: bool = False,
        lower: bool = False,
        trim_strings: bool = False,
        **keys: Any,
    ) -> Array:
        """Read one column into a plain array, as `read` does."""
        if keys:
            warn_ignored(keys)
        del upper, lower
        column = self._column(col)
        cells: Array = self._cells(read_columns, (column,), rows, trim_strings)[column.key]
        if column.variable:
            fixed = self._storage(vstorage) == "fixed"
            return pad_cells(column, cells, self._longest(column)) if fixed else cells
        return cells.reshape(len(cells)) if is_vector_of_one(column) else cells

    def _cells(self, read: Any, columns: tuple[Column, ...], rows: Any, trim_strings: bool) -> Any:
        """Read cells with a function of `rustfits`."""
        table = self._table()
        if type(rows) is not slice:
            rows = array_rows(rows)
        axis = table._rows(rows)
        trimmed = trim_strings or self.trim_strings
        blanks = not trimmed and table.kind != "ascii table"
        cells = table._read(
            read, table._schema(), columns, axis, not self.ignore_scaling, blanks=blanks
        )
        if not (blanks or trimmed):  # CFITSIO keeps one blank of an empty field of an ASCII table
            for column in columns:
                if column.is_text:
                    text = cells[column.key]
                    text[text == ""] = " "
        return cells

    def read_rows(
        self,
        rows: Any,
        vstorage: str | None = None,
        upper: bool = False,
        lower: bool = False,
        trim_strings: bool = False,
        **keys: Any,
    ) -> Array:
        """Read some rows, as `read` does."""
        return self.read_columns(None, rows, vstorage, upper, lower, trim_strings, **keys)

    def read_slice(
        self,
        firstrow: int,
        lastrow: int,
        step: int = 1,
        vstorage: str | None = None,
        lower: bool = False,
        upper: bool = False,
        trim_strings: bool = False,
        **keys: Any,
    ) -> Array:
        """Read the rows from `firstrow` to before `lastrow`, as `read` does.

        Raises
        ------
        FITSValueError
            If the table has no such rows.
        """
        count = self.get_nrows()
        if not 0 <= firstrow <= lastrow <= count or step < 1:
            raise FITSValueError(f"no slice {firstrow}:{lastrow}:{step} in {count} rows")
        rows = slice(firstrow, lastrow, step)
        return self.read_columns(None, rows, vstorage, upper, lower, trim_strings, **keys)

    def _read(
        self, columns: tuple[Column, ...], rows: Any, vstorage: str | None, trim_strings: bool
    ) -> Array:
        """Read into a structured array."""
        data: Array = self._cells(read_table, columns, rows, trim_strings)
        if not data.dtype.hasobject:
            ones = any(is_vector_of_one(column) for column in columns)
            return data.view(_with_scalars(columns, data.dtype)) if ones else data
        fixed = self._storage(vstorage) == "fixed"
        parts = {}
        for column in columns:
            cells = data[column.key]
            if column.variable and fixed:
                parts[column.key] = pad_cells(column, cells, self._longest(column))
            elif is_vector_of_one(column):
                parts[column.key] = cells.reshape(len(data))
        if not parts:
            return data
        plain: Any = data.dtype.fields
        names = data.dtype.names or ()
        fields: list[Any] = [
            (name, parts[name].dtype, parts[name].shape[1:])
            if name in parts
            else (name, plain[name][0])
            for name in names
        ]
        made: Array = new_array(len(data), np.dtype(fields))
        for name in names:
            made[name] = parts.get(name, data[name])
        return made

    def where(
        self, expression: str, firstrow: int | None = None, lastrow: int | None = None
    ) -> Any:
        """Return the rows that satisfy a condition.

        Parameters
        ----------
        expression : str
            As for `rustfits.TableHDU.where`.
        firstrow, lastrow : int, optional
            Search only the rows from `firstrow` to before `lastrow`.

        Returns
        -------
        numpy.ndarray
            The numbers of the rows, counted from `firstrow`, as in ``fitsio``.

        Raises
        ------
        FITSError
            As for `rustfits.TableHDU.where`.
        """
        table = self._table()
        first, last, _ = slice(firstrow, lastrow).indices(table.nrows)
        rows = Axis(first, 1, max(0, last - first))
        return find_rows(table._file, table.index, rows, expression) - first

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (str, bytes)):
            return TableColumnSubset(self, (self._column(key),), single=True)
        if isinstance(key, (list, tuple)) and key and isinstance(key[0], (str, bytes)):
            return TableColumnSubset(self, self._select(list(key)), single=False)
        return self._get(None, key)

    def _get(self, columns: Any, key: Any) -> Any:
        """Read the rows that a key selects."""
        one = False
        if key is Ellipsis:
            key = slice(None)
        elif type(key) is int:
            row = rows_of(self._table()._schema(), key)[0].start
            key, one = slice(row, row + 1), True
        elif type(key) is not slice:
            one = np.ndim(key) == 0
        data = self.read(columns=columns, rows=key)
        return data[0] if one else data

    # ---- row by row ----

    def __iter__(self) -> Iterator[Any]:
        schema = self._table()._schema()
        count = max(self._iter_row_buffer, _BATCH // max(schema.row_bytes, 1), 1)
        for first in range(0, schema.nrows, count):
            yield from self.read(rows=slice(first, min(first + count, schema.nrows)))

    def _lines(self) -> list[str]:
        lines = super()._lines()
        if isinstance(self.hdu, TableBase):
            lines += [f"rows: {self.get_nrows()}", "column info:"]
            lines += _column_lines(self._select(None))
        return lines


def _is_single(columns: Any) -> bool:
    """Return whether ``columns=`` is one column, not a list of them."""
    if isinstance(columns, (str, bytes)):
        return True
    return not isinstance(columns, (list, tuple)) and np.ndim(columns) == 0


def _with_scalars(columns: tuple[Column, ...], dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type of rows in which vectors of one element are scalars."""
    fields: Any = dtype.fields
    return np.dtype(
        [
            (column.key, fields[column.key][0].base)
            if is_vector_of_one(column)
            else (column.key, fields[column.key][0])
            for column in columns
        ]
    )


def _column_lines(columns: tuple[Column, ...]) -> list[str]:
    """Return the lines of the listing for columns."""
    lines = []
    for column in columns:
        kind = column.cells(as_bytes=True).dtype.str[1:]
        if column.variable:
            said = declared_length(column)
            what = "vstring" if column.is_text else "varray"
            extra = f"{what}[{'' if said is None else said}]"
        else:
            extra = f"array[{','.join(map(str, column.shape[::-1]))}]" if column.shape else ""
        lines.append(f"  {column.key:<18} {kind:>3}  {extra}".rstrip())
    return lines


class TableColumnSubset:
    """One or several columns of a table, which are read by `read` or a key."""

    def __init__(self, table: TableReader, columns: tuple[Column, ...], *, single: bool) -> None:
        self._table = table
        self._columns = columns
        self._single = single

    @property
    def colnames(self) -> list[str]:
        """Names of the columns."""
        return [column.key for column in self._columns]

    def _key(self) -> Any:
        return self.colnames[0] if self._single else self.colnames

    def read(self, columns: Any = None, rows: Any = None, **keys: Any) -> Array:
        """Read these columns, or only those of them in `columns`. See `TableHDU.read`."""
        if columns is not None:
            names = [columns] if isinstance(columns, str) else list(columns)
            missing = set(fold_names(names, False, True)) - set(
                fold_names(self.colnames, False, True)
            )
            if missing:
                raise FITSTypeError(f"{sorted(missing)} are none of the columns {self.colnames}")
        chosen = self._key() if columns is None else columns
        return self._table.read(columns=chosen, rows=rows, **keys)

    def __getitem__(self, key: Any) -> Any:
        return self._table._get(self._key(), key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._table.hdu[self._key()][key] = value

    def __repr__(self) -> str:
        table = self._table
        lines = [
            f"file: {table._shown_name}",
            f"extension: {table.get_extnum()}",
            f"type: {table.get_exttype()}",
            f"rows: {table.get_nrows()}",
            "column subset:",
            *_column_lines(self._columns),
        ]
        return "\n".join(["", *("  " + line for line in lines)])
