# SPDX-License-Identifier: BSD-3-Clause
"""`TableHDU` and `AsciiTableHDU`: writing tables of the ``fitsio`` API."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.selection import Axis
from rustfits._core.table import write as table_write
from rustfits._core.table.input import as_column
from rustfits._core.table.table import TableHDU as BinaryTable
from rustfits._core.table.table import WritableTable
from rustfits.fitsio.columns import columns_of, scalars_of
from rustfits.fitsio.hdu.base import HDUBase  # noqa: F401
from rustfits.fitsio.hdu.table_read import TableColumnSubset, TableReader
from rustfits.fitsio.helpers.maps import (  # noqa: F401
    _hdu_type_map,
    _table_fits2npy,
    _table_fits2npy_ascii,
    _table_npy2fits_form,
    _table_npy2fits_form_ascii,
)
from rustfits.fitsio.helpers.tabledef import (  # noqa: F401
    _extract_vararray_max,
    _get_col_dimstr,
    _names_to_lower_if_recarray,
    _names_to_upper_if_recarray,
    _npy2fits,
    _npy_num2fits,
    _npy_string2fits,
    _tdim2shape,
    _trim_strings,
)
from rustfits.fitsio.util import (  # noqa: F401
    ASCII_TBL,
    IMAGE_HDU,
    Array,
    FITSRuntimeWarning,
    array_to_native,
    array_to_native_c,
    fields_are_object,
    is_object,
    isinteger,
    isstring,
    mks,
    warn_ignored,
)

__all__ = ["AsciiTableHDU", "TableColumnSubset", "TableHDU"]

# The bytes of rows that move at once.
_PART = 4 << 20


class TableHDU(TableReader):
    """A binary table.

    ``hdu["ra"][10:20]`` and ``hdu["ra", "dec"][10:20]`` read columns, ``hdu[5]``, ``hdu[10:20]``
    and ``hdu[[3, 1]]`` rows. Iteration returns one row after another.
    """

    def _writable(self) -> WritableTable:
        if not isinstance(self.hdu, WritableTable):
            raise self._unsupported("write")
        return self.hdu

    def __setitem__(self, key: Any, value: Any) -> None:
        self._writable()[key] = value

    # ---- rows ----

    def write(
        self,
        data: Any,
        firstrow: int = 0,
        columns: Any = None,
        names: Any = None,
        slow: bool = False,
        **keys: Any,
    ) -> None:
        """Write rows. The table grows if needed.

        Parameters
        ----------
        data : structured array, dict, or list of arrays
            All columns, or some of them. Other columns are unchanged, and zero in new rows.
        firstrow : int
            The number of the first row to write.
        columns, names : sequence of str, optional
            The columns of a list.
        slow : bool
            Without effect.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSValueError, FITSTypeError
            If columns, types or values do not fit. The table is then unchanged.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        warn_ignored(keys)
        del slow
        table = self._writable()
        where = f"{self._shown_name}[{self.get_extnum()}]"
        given = columns if names is None else names
        values, count = columns_of(where, data, given, table.colnames)
        if given is not None and not isinstance(data, (list, tuple)):
            chosen = {str(name).lower() for name in ([given] if isinstance(given, str) else given)}
            values = {name: cells for name, cells in values.items() if name.lower() in chosen}
        if not values:
            raise FITSValueError(f"{where}: no columns to write")
        self._put(
            table,
            {self._column(name).key: cells for name, cells in values.items()},
            count,
            firstrow,
        )

    def append(self, data: Any, columns: Any = None, names: Any = None, **keys: Any) -> None:
        """Append rows. See `write`."""
        with self._fits._lock:
            self.write(data, self.get_nrows(), columns, names, **keys)

    def write_column(self, column: Any, data: Any, firstrow: int = 0, **keys: Any) -> None:
        """Write cells of one column. The table grows if needed.

        Parameters
        ----------
        column : str or int
            The name or number of the column.
        data : array_like
            One cell for each row.
        firstrow : int
            The row of the first cell.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSError
            As for `write`.
        """
        warn_ignored(keys)
        key = self._column(column).key
        where = f"{self._shown_name}[{self.get_extnum()}]"
        values, count = columns_of(where, {key: data}, None)
        self._put(self._writable(), values, count, firstrow)

    def write_var_column(self, column: Any, data: Any, firstrow: int = 0, **keys: Any) -> None:
        """Write cells of a variable-length column. See `write_column`."""
        self.write_column(column, data, firstrow, **keys)

    def _put(
        self, table: WritableTable, values: dict[str, Array], count: int, firstrow: int
    ) -> None:
        """Write `count` cells of some columns from row `firstrow` on."""
        first = operator.index(firstrow)
        if first < 0:
            raise FITSValueError(f"firstrow cannot be negative: {first}")
        if not count:
            return
        with self._fits._lock:
            old = table.nrows
            if first == old and len(values) == table.ncols:
                table.append(values)
                return
            if first + count > old:
                table.resize(first + count)
            try:
                table[list(values)][first : first + count] = values
            except BaseException:
                if table.nrows > old:
                    table.resize(old)
                raise

    def resize(self, nrows: int, front: bool = False) -> None:
        """Change the number of rows. Bytes of new rows are zero, so that unsigned numbers are not.

        Parameters
        ----------
        nrows : int
            The new number of rows.
        front : bool
            Whether to add or remove rows at the start.

        Raises
        ------
        FITSValueError
            If `nrows` is negative.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        table = self._writable()
        old, new = table.nrows, operator.index(nrows)
        if not front or new == old:
            table.resize(new)
        elif new < old:
            self.delete_rows(slice(0, old - new))
        elif table.kind == "compressed table":
            self._move_back(table, new - old)
        else:
            with table._file.edit_lock:
                rows = table_write.Cargo()
                table_write.insert_rows(table._file, table.index, 0, new - old, rows)

    def _move_back(self, table: WritableTable, added: int) -> None:
        """Add rows at the start of a compressed table, which takes new rows at the end only."""
        old = table.nrows
        table.resize(old + added)
        part = self._part(table)
        for last in range(old, 0, -part):
            first = max(0, last - part)
            self._move(table, slice(first, last), first + added)
        for first in range(0, added, part):
            rows = slice(first, min(first + part, added))
            table[rows] = _zeros(table, rows.stop - rows.start)

    def delete_rows(self, rows: Any) -> None:
        """Delete rows.

        Parameters
        ----------
        rows : int, slice, sequence of int, or mask
            The rows.

        Raises
        ------
        FITSIndexError
            If there is no such row.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        table = self._writable()
        table.delete_rows(rows)
        if isinstance(table, BinaryTable) and any(c.variable for c in table._schema().columns):
            table.repack()

    def _part(self, table: WritableTable) -> int:
        return max(1, _PART // max(1, table._schema().row_bytes))

    def _move(self, table: WritableTable, rows: Any, to: int) -> None:
        """Copy rows to row `to`, which is not after them."""
        columns = table._schema().columns
        binary = isinstance(table, BinaryTable)
        # Copy stored values, because scaled ones may be rounded.
        stored = [c for c in columns if c.scaled and not c.variable and binary]
        names = [c.key for c in columns if c not in stored]
        count = rows.stop - rows.start
        if names:
            cells = table.read(
                rows=rows, columns=names, mask_null=True, as_bytes=True, as_dict=True
            )
            table[names][to : to + count] = cells
        if stored:
            names = [c.key for c in stored]
            cells = table.read(rows=rows, columns=names, scale=False, as_dict=True)
            place = Axis(to, 1, count)
            table_write.write_stored(table._file, table._index, place, stored, cells)

    # ---- columns ----

    def insert_column(
        self,
        name: str,
        data: Any,
        colnum: int | None = None,
        write_bitcols: bool | None = None,
        **keys: Any,
    ) -> None:
        """Add a column.

        Parameters
        ----------
        name : str
            The name.
        data : array_like
            One cell for each row. Bytes of missing cells are zero. Surplus cells add rows.
        colnum : int, optional
            The number of the new column. By default, or beyond the last column, at the end.
        write_bitcols : bool, optional
            Whether to store bools as bits.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSError
            As for `rustfits.TableHDU.insert_column`.
        """
        warn_ignored(keys)
        table: Any = self._writable()
        bits = self.write_bitcols if write_bitcols is None else write_bitcols
        values = scalars_of(as_column(data))
        place = None if colnum is None else min(operator.index(colnum), table.ncols)
        if place is not None and place < 0:
            raise FITSValueError(f"colnum cannot be negative: {place}")
        packed = bits and values.dtype.kind == "b" and values.ndim > 1
        options = {"bit_packed": True} if packed else {}
        rows = table.nrows
        if values.ndim and len(values) < rows and values.dtype.kind != "O":
            values = _padded(values, rows, table.kind != "ascii table")
        elif values.ndim and len(values) > rows:
            table.resize(len(values))
        try:
            table.insert_column(name, values, position=place, **options)
        except BaseException:
            if table.nrows > rows:
                table.resize(rows)
            raise


class AsciiTableHDU(TableHDU):
    """An ASCII table, used as a `TableHDU` is. Only the order of arguments of `read` differs."""

    def read(  # type: ignore[override]  # the order of fitsio
        self, rows: Any = None, columns: Any = None, *arguments: Any, **keys: Any
    ) -> Array:
        """Read the table. See `TableHDU.read`, where `columns` comes before `rows`."""
        return super().read(columns, rows, *arguments, **keys)

    read_ascii = read


def _padded(values: Array, count: int, binary: bool) -> Array:
    """Return `values` and further cells, whose stored bytes are zero, for `count` rows."""
    dtype = values.dtype
    more = np.zeros((count - len(values), *values.shape[1:]), dtype)
    half = 1 << (8 * dtype.itemsize - 1)
    if binary and dtype.kind == "u" and dtype.itemsize > 1:
        more += np.array(half, dtype)
    elif binary and dtype.str[1:] == "i1":
        more += np.array(-half, dtype)
    join: Any = np.ma.concatenate if isinstance(values, np.ma.MaskedArray) else np.concatenate
    made: Array = join((values, more))
    return made


def _zeros(table: WritableTable, count: int) -> dict[str, Any]:
    """Return `count` rows of cells whose stored bytes are zero."""
    made: dict[str, Any] = {}
    for column in table._schema().columns:
        if column.variable:
            made[column.key] = [("" if column.is_text else None)] * count
        else:
            made[column.key] = np.zeros((count, *column.shape), column.cells(as_bytes=True).dtype)
            if column.scaled or column.offset:
                made[column.key] += column.zero if column.scaled else column.offset
    return made
