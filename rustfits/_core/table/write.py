# SPDX-License-Identifier: BSD-3-Clause
"""Writing cells of a table, and creating tables and columns."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSColumnError, FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, error, failure, ffi, lib, text
from rustfits._core.binding.selection import Axis, c_axes
from rustfits._core.compression.tables import TableCompression, table_compression
from rustfits._core.foreign.meta import merge
from rustfits._core.foreign.tables import describe, units_of_data
from rustfits._core.foreign.times import check_times, new_times
from rustfits._core.foreign.units import unit_of, unit_text
from rustfits._core.header.header import header_cards
from rustfits._core.header.values import ascii_bytes
from rustfits._core.table.input import (
    Heap,
    NewColumn,
    TableLike,
    as_column,
    as_table,
    columns_of_data,
    fit_cells,
    fit_heap,
)
from rustfits._core.table.read import Place, address, requests, table_request, text_width
from rustfits._core.table.schema import Cells, Column, Schema

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.compression.tables import TableCompressLike
    from rustfits._core.header.header import HeaderLike

__all__ = [
    "ASCII_TABLE",
    "BINARY_TABLE",
    "Cargo",
    "append_rows",
    "check_table",
    "column_of_data",
    "create_table",
    "insert_column",
    "match",
    "prepare",
    "write_rows",
    "write_table",
]

#: The kinds of tables that can be created.
BINARY_TABLE: int = lib.RF_HDU_TABLE
ASCII_TABLE: int = lib.RF_HDU_ASCII_TABLE


class Cargo:
    """Values for rows of some columns, checked and ready to be written."""

    __slots__ = ("heaps", "keep", "places")

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.heaps: list[tuple[Column | NewColumn, Heap]] = []
        self.keep: list[Array] = []  # the memory that the places point at

    def add(
        self,
        where: str,
        column: Column | NewColumn,
        values: Any,
        count: int,
        *,
        broadcast: bool = False,
    ) -> None:
        """Add values for a column."""
        if column.variable:
            self.heaps.append((column, fit_heap(where, column, values, count)))
            return
        cells, type_, mask = fit_cells(where, column, values, count, broadcast=broadcast)
        self.put(column, cells, type_, mask)

    def put(
        self,
        column: Column | NewColumn,
        cells: Array,
        type_: int,
        mask: Array | None,
        flags: int = 0,
    ) -> None:
        """Add cells that are in the rows and have been checked."""
        if not cells.size:
            return
        self.keep.append(cells)
        if mask is not None:
            self.keep.append(mask)
        self.places.append(
            (
                column,
                Cells(cells.dtype, type_, flags),
                text_width(cells.dtype),
                address(cells),
                cells.strides[0],
                0 if mask is None else address(mask),
                cells.dtype.itemsize * column.count,
            )
        )


class NewTable(NamedTuple):
    """A table to create: its columns, number of rows, cells and other cards."""

    columns: list[NewColumn]
    rows: int
    cells: Cargo
    header: HeaderLike | None


def match(schema: Schema, columns: tuple[Column, ...], data: Mapping[str, Array]) -> list[Array]:
    """Return the values of each column. Each column must have values, once.

    Raises
    ------
    FITSColumnError
        If there is no such column.
    FITSValueError
        If a column has no values, or has values twice.
    """
    wanted = {column.number for column in columns}
    found: dict[int, Array] = {}
    for name, values in data.items():
        column = schema.find(name)
        if column.number not in wanted:
            names = [column.key for column in columns]
            raise FITSColumnError(f"{schema.where}: {name!r} is none of the columns {names}")
        if column.number in found:
            raise FITSValueError(f"{schema.where}: column {column.key!r} is given twice")
        found[column.number] = values
    missing = [column.key for column in columns if column.number not in found]
    if missing:
        raise FITSValueError(f"{schema.where}: there are no values for {missing}")
    return [found[column.number] for column in columns]


def prepare(
    schema: Schema,
    columns: tuple[Column, ...],
    values: Sequence[Any],
    count: int,
    *,
    broadcast: bool = False,
) -> Cargo:
    """Check the values for `count` rows of these columns."""
    cargo = Cargo()
    for column, given in zip(columns, values, strict=True):
        cargo.add(schema.where, column, given, count, broadcast=broadcast)
    return cargo


def write_rows(file: FileHandle, index: int, rows: Axis, cargo: Cargo) -> None:
    """Write values to existing rows."""
    handle = file._handle()
    err = error()
    if cargo.places and rows.length:
        chosen, columns = c_axes((rows,)), requests(cargo.places)
        request = table_request(chosen, columns, len(cargo.places))
        _check(lib.rf_table_write(handle, index, request, err), err)
    _write_heaps(file, index, rows, cargo)


def write_stored(
    file: FileHandle,
    index: int,
    rows: Axis,
    columns: Iterable[Column],
    cells: Mapping[str, Array],
) -> None:
    """Write cells that were read with ``scale=False`` to existing rows, unchanged."""
    cargo = Cargo()
    for column in columns:
        own = column.cells(scale=False)
        cargo.put(column, np.ascontiguousarray(cells[column.key]), own.type, None, own.flags)
    write_rows(file, index, rows, cargo)


def append_rows(file: FileHandle, index: int, count: int, cargo: Cargo) -> None:
    """Append `count` rows with all cells as one edit."""
    request, keep = _new_cells(cargo)
    err = error()
    _check(lib.rf_table_append(file._handle(), index, count, request, err), err)
    del keep


def insert_rows(file: FileHandle, index: int, row: int, count: int, cargo: Cargo) -> None:
    """Insert `count` rows before `row` with all cells as one edit."""
    request, keep = _new_cells(cargo)
    err = error()
    _check(lib.rf_table_insert_rows(file._handle(), index, row, count, request, err), err)
    del keep


def _new_cells(cargo: Cargo) -> tuple[CData, list[Any]]:
    """Return the ``rf_table_request`` of new rows, and the memory to keep alive with it."""
    heaps, keep = _heap_cells(cargo)
    columns = requests(cargo.places) if cargo.places else ffi.NULL
    keep += [columns, heaps]
    request = table_request(
        ffi.NULL, columns, len(cargo.places), heaps=heaps, nheaps=len(cargo.heaps)
    )
    return request, keep


def _heap_cells(cargo: Cargo) -> tuple[CData, list[Any]]:
    """Return an ``rf_heap_cells[]`` or NULL, and the memory to keep alive with it."""
    if not cargo.heaps:
        return ffi.NULL, []
    heaps = ffi.new("rf_heap_cells[]", len(cargo.heaps))
    keep: list[Any] = []

    def borrowed(kind: str, given: Array) -> CData:
        keep.append(ffi.from_buffer(kind, given))
        return keep[-1]

    for heap, (column, cells) in zip(heaps, cargo.heaps, strict=True):
        heap.size = ffi.sizeof("rf_heap_cells")
        heap.column = column.number
        heap.lengths = borrowed("uint64_t[]", cells.lengths)
        heap.type = cells.type
        heap.data_bytes = cells.elements.nbytes
        if cells.elements.size:
            heap.data = borrowed("char[]", cells.elements)
        if cells.mask is not None:
            heap.mask = borrowed("uint8_t[]", cells.mask)
    return heaps, keep


def _write_heaps(file: FileHandle, index: int, rows: Axis, cargo: Cargo) -> None:
    """Write cells of variable length."""
    if not rows.length or not cargo.heaps:
        return
    heaps, keep = _heap_cells(cargo)
    chosen = c_axes((rows,))
    for number in range(len(cargo.heaps)):
        err = error()
        _check(lib.rf_table_write_heap(file._handle(), index, chosen, heaps + number, err), err)
    del keep


def _check(status: int, err: CData) -> None:
    """Raise the exception of a failed write. RF_ERR_RANGE means a value, not an index."""
    if status == lib.RF_ERR_RANGE:
        raise FITSValueError(text(err.message))
    if status:
        raise failure(status, err)


# ---- new tables and columns ----


def _specs(columns: Sequence[NewColumn]) -> tuple[CData, list[Any]]:
    """Return an ``rf_column_spec[]``, and the memory to keep alive with it."""
    specs = ffi.new("rf_column_spec[]", len(columns))
    keep: list[Any] = []

    def borrowed(what: str, given: str | None) -> CData:
        if given is None:
            return ffi.NULL
        if not isinstance(given, str):
            raise FITSTypeError(f"{what} must be a str, not {type(given).__name__}")
        keep.append(ffi.new("char[]", ascii_bytes(what, given)))
        return keep[-1]

    for spec, column in zip(specs, columns, strict=True):
        spec.size = ffi.sizeof("rf_column_spec")
        spec.name = borrowed("the name of a column", column.key)
        spec.type = column.type
        spec.width = column.width
        spec.ndim = len(column.shape)
        if column.shape:
            keep.append(ffi.new("uint64_t[]", column.shape))
            spec.dims = keep[-1]
        spec.descriptor = column.variable.encode("ascii") or b"\0"
        spec.unit = borrowed(f"the unit of column {column.key!r}", column.unit)
        spec.display = borrowed(f"the display format of column {column.key!r}", column.display)
        spec.comment = borrowed(f"the comment of column {column.key!r}", column.comment)
        spec.form = borrowed(f"the format of column {column.key!r}", column.form)
        if column.null is not None:
            spec.has_null = 1
            spec.null = column.null
    return specs, keep


def create_table(
    file: FileHandle,
    columns: Sequence[NewColumn],
    nrows: SupportsIndex,
    *,
    kind: int,
    extname: str | None = None,
    extver: int | None = None,
    header: HeaderLike | None = None,
    compression: TableCompression | None = None,
    reserve_cards: SupportsIndex = 0,
    cells: Cargo | None = None,
    deferred: bool = False,
) -> int:
    """Append a table with `cells`, or with rows that are zero, and return its index.

    With `deferred`, the table is only begun: ``rf_hdu_publish`` completes it.

    Raises
    ------
    FITSValueError, FITSTypeError
        If there can be no such table.
    FITSReadOnlyError
        If the file was opened for reading.
    FITSIOError
        If writing failed; the file is as it was before.
    """
    handle = file._handle()
    spec = ffi.new("rf_table_spec *")
    spec.size = ffi.sizeof("rf_table_spec")
    spec.kind = kind
    spec.reserve_cards = min(_number("reserve_cards", reserve_cards), 2**32 - 1)
    spec.nrows = _number("nrows", nrows)
    specs, keep = _specs(columns)
    spec.columns = specs
    spec.ncols = len(columns)
    spec.deferred = deferred
    name = None
    if extname is not None:
        if not isinstance(extname, str):
            raise FITSTypeError(f"extname must be a str, not {type(extname).__name__}")
        name = ffi.new("char[]", ascii_bytes("extname", extname))
    spec.extname = ffi.NULL if name is None else name
    spec.extver = -1 if extver is None else _number("extver", extver)
    cards = None if header is None else header_cards(header)
    spec.header = ffi.NULL if cards is None else cards
    spec.compression = ffi.NULL if compression is None else compression.spec
    if cells is not None and (cells.places or cells.heaps):
        spec.cells, kept = _new_cells(cells)
        keep += [spec.cells, *kept]
    index = ffi.new("size_t *")
    err = error()
    _check(lib.rf_table_create(handle, spec, index, err), err)
    del keep, name, cards, compression  # borrowed by the spec until here
    return int(index[0])


def column_of_data(
    name: str,
    data: Any,
    unit: str | None = None,
    *,
    inner_dtype: Any = None,
    bit_packed: bool = False,
    heap_format: str | None = None,
    times: str = "iso",
) -> tuple[NewColumn, Array]:
    """Return a column to insert, with what the data say about it, and its values.

    Raises
    ------
    FITSTypeError, FITSValueError
        If there can be no such column.
    """
    check_times(times)
    values = as_column(data)
    if values.ndim == 0:
        raise FITSValueError(f"column {name!r}: a single value, not a list of cells")
    if unit is None:
        unit = unit_text(unit_of(data))
    if values.dtype.kind in "mM":
        values, own = new_times(f"column {name!r}", values, times)
        unit = own if unit is None else unit
    (column,) = columns_of_data(
        {name: values},
        {name: unit},
        None if inner_dtype is None else {name: inner_dtype},
        [name] if bit_packed else None,
        heap_format,
    )
    found = describe({name: data})
    made = replace(column, display=found.displays.get(name), comment=found.comments.get(name))
    return made, values


def check_table(
    where: str,
    data: TableLike,
    *,
    names: Sequence[str] | None = None,
    units: Mapping[str, str | None] | None = None,
    var_dtypes: Mapping[str, Any] | None = None,
    bit_columns: Iterable[str] | bool | None = None,
    heap_format: str | None = None,
    times: str = "iso",
    header: HeaderLike | None = None,
) -> NewTable:
    """Return a table to create, all of it checked.

    Raises
    ------
    FITSTypeError, FITSValueError, FITSColumnError, FITSLimitError
        If there can be no such table.
    """
    check_times(times)
    values, count = as_table(where, data, names)
    by_name = units if isinstance(units, Mapping) else None
    said = {str(name).lower() for name in by_name or ()}
    known = {
        name: unit_text(unit)
        for name, unit in units_of_data(data, names).items()
        if name.lower() not in said
    }
    for name, cells in values.items():
        if cells.dtype.kind in "mM":
            values[name], unit = new_times(f"{where}: column {name!r}", cells, times)
            if name.lower() not in said:
                known[name] = unit
    columns = columns_of_data(
        values,
        {**known, **by_name} if by_name else units or known,  # which refuses anything but a dict
        var_dtypes,
        bit_columns,
        heap_format,
    )
    found = describe(data, names)
    columns = [
        replace(
            column,
            number=number,
            display=found.displays.get(column.key),
            comment=found.comments.get(column.key),
        )
        for number, column in enumerate(columns)
    ]
    cargo = Cargo()
    for column in columns:
        cargo.add(where, column, values[column.key], count)
    return NewTable(columns, count, cargo, merge(header, found.cards))


def write_table(
    file: FileHandle,
    data: TableLike,
    *,
    names: Sequence[str] | None = None,
    extname: str | None = None,
    extver: int | None = None,
    units: Mapping[str, str | None] | None = None,
    var_dtypes: Mapping[str, Any] | None = None,
    bit_columns: Iterable[str] | bool | None = None,
    heap_format: str | None = None,
    header: HeaderLike | None = None,
    compress: TableCompressLike = None,
    ztilelen: SupportsIndex | None = None,
    reserve_cards: SupportsIndex = 0,
    times: str = "iso",
) -> int:
    """Append a binary table with its rows, and return its index. See `FITS.write_table`."""
    # All is converted, and with that checked, before anything is made.
    table = check_table(
        f"{file.name}: the new table",
        data,
        names=names,
        units=units,
        var_dtypes=var_dtypes,
        bit_columns=bit_columns,
        heap_format=heap_format,
        times=times,
        header=header,
    )
    return create_table(
        file,
        table.columns,
        table.rows,
        kind=BINARY_TABLE,
        extname=extname,
        extver=extver,
        header=table.header,
        compression=table_compression(compress, ztilelen, table.columns),
        reserve_cards=reserve_cards,
        cells=table.cells,
    )


def insert_column(
    file: FileHandle, index: int, position: int, column: NewColumn, cargo: Cargo
) -> None:
    """Insert a column with its cells before column `position` as one edit."""
    specs, keep = _specs([column])
    heaps, kept = _heap_cells(cargo)
    err = error()
    _check(
        lib.rf_table_insert_column(
            file._handle(),
            index,
            position,
            specs,
            requests(cargo.places) if cargo.places else ffi.NULL,
            heaps,
            err,
        ),
        err,
    )
    del keep, kept


def _number(what: str, value: SupportsIndex) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise FITSTypeError(f"{what} must be an integer, not {type(value).__name__}") from None
    if not 0 <= number < 2**63:
        raise FITSValueError(f"{what} must be between 0 and {2**63 - 1}, not {number}")
    return number
