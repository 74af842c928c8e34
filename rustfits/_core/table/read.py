# SPDX-License-Identifier: BSD-3-Clause
"""Reading cells of a table into numpy arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rustfits._core.binding.arrays import Array, new_array
from rustfits._core.binding.layouts import COLUMN_REQUEST, COLUMN_REQUEST_FIELDS
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes
from rustfits._core.remote.plan import Plan, make_plan
from rustfits._core.table.schema import Cells, Column, Schema

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.table.input import NewColumn

__all__ = [
    "Place",
    "address",
    "plan_rows",
    "read_columns",
    "read_table",
    "requests",
    "table_request",
]

# For reads of at least this size, the last row is read before memory is allocated for all rows.
_LARGE = 8 << 20

_REQUESTS = ffi.typeof("rf_column_request[]")
_TABLE_REQUEST = ffi.typeof("rf_table_request *")
_TABLE_REQUEST_BYTES = ffi.sizeof("rf_table_request")
_REQUEST_BYTES, _pack_request = COLUMN_REQUEST.size, COLUMN_REQUEST.pack

#: A column, the form of its cells in memory, the width of strings, the address of the first cell,
#: the stride, the address of the mask, and the bytes of a cell.
Place: TypeAlias = "tuple[Column | NewColumn, Cells, int, int, int, int, int]"


def requests(places: list[Place]) -> CData:
    """Return an ``rf_column_request[]``. It points at the memory of the places."""
    return ffi.from_buffer(_REQUESTS, _pack(places))


def _pack(places: list[Place]) -> bytes:
    return b"".join(
        [
            _pack_request(
                _REQUEST_BYTES, column.number, type_, flags, width, at, stride, mask, room
            )
            for column, (_, type_, flags), width, at, stride, mask, room in places
        ]
    )


def table_request(
    rows: CData,
    columns: CData,
    ncolumns: int,
    *,
    heaps: CData = ffi.NULL,
    nheaps: int = 0,
    threads: int = 0,
) -> CData:
    """Return an ``rf_table_request``. It points at its arguments."""
    return ffi.new(
        _TABLE_REQUEST, [_TABLE_REQUEST_BYTES, rows, columns, ncolumns, heaps, nheaps, threads]
    )


def plan_rows(file: FileHandle, index: int, rows: Axis, columns: list[int]) -> Plan:
    """Return the byte ranges that reading columns, by their numbers, of some rows needs."""
    chosen, numbers, handle = c_axes((rows,)), ffi.new("size_t[]", columns), file._handle()
    return make_plan(
        "rf_range_plan",
        lambda found, err: lib.rf_table_plan(
            handle, index, chosen, numbers, len(columns), found, err
        ),
    )


def address(array: Array) -> int:
    """Return the address of the first element, or 0."""
    return int(array.ctypes.data) if array.size else 0


def text_width(dtype: np.dtype[Any]) -> int:
    """Return the bytes or characters of a string type, or 0 for other types."""
    kind = dtype.kind
    return dtype.itemsize if kind == "S" else dtype.itemsize // 4 if kind == "U" else 0


class Reader:
    """One read: its columns, rows and options."""

    def __init__(
        self,
        file: FileHandle,
        index: int,
        schema: Schema,
        columns: tuple[Column, ...],
        rows: Axis,
        scale: bool,
        mask_null: bool,
        as_bytes: bool,
        threads: int,
        blanks: bool,
    ) -> None:
        self.file = file
        self.index = index
        self.schema = schema
        self.columns = columns
        self.rows = rows
        self.scale = scale
        self.mask_null = mask_null
        self.as_bytes = as_bytes
        self.threads = threads
        self.blanks = blanks

    def check_end(self, row_bytes: int) -> None:
        """Read the last of many rows, which fails if the file is too short. Not for streams."""
        rows = self.rows
        if rows.length * row_bytes < _LARGE or self.file.is_stream():
            return
        if rows.indices is None:
            last = max(rows.start, rows.start + (rows.length - 1) * rows.step)
        else:
            last = int(rows.indices.max())
        fixed = tuple(column for column in self.columns if not column.variable)
        if fixed:
            dtype = self.schema.dtype(fixed, self.scale, self.as_bytes)
            self.fill_struct(fixed, Axis(last, 1, 1), np.empty(1, dtype), {})
        else:
            numbers = ffi.new("uint64_t[2]")
            err = error()
            check(
                lib.rf_table_read_descriptors(
                    self.file._handle(),
                    self.index,
                    self.columns[0].number,
                    c_axes((Axis(last, 1, 1),)),
                    numbers,
                    numbers + 1,
                    err,
                ),
                err,
            )

    def fill(self, rows: Axis, places: list[Place]) -> None:
        """Read fixed columns."""
        if places and rows.length:
            self._read(rows, requests(places), len(places))

    def _read(self, rows: Axis, columns: CData, count: int) -> None:
        chosen = c_axes((rows,))
        request = table_request(chosen, columns, count, threads=self.threads)
        err = error()
        check(lib.rf_table_read(self.file._handle(), self.index, request, err), err)

    def fill_struct(
        self, columns: tuple[Column, ...], rows: Axis, data: Array, masks: dict[str, Array]
    ) -> None:
        """Read fixed columns into the fields of a structured array."""
        if rows.length and data.dtype.itemsize:
            self.fill(rows, self.places_in(columns, data.dtype, address(data), masks))

    def places_in(
        self,
        columns: tuple[Column, ...],
        dtype: np.dtype[Any],
        base: int,
        masks: dict[str, Array],
    ) -> list[Place]:
        """Return the places of the fields of a structured array at address `base`."""
        stride = dtype.itemsize
        fields: Any = dtype.fields or {}
        places: list[Place] = []
        for column in columns:
            kind, offset = fields[column.key][:2]
            if kind.itemsize:
                mask = masks.get(column.key)
                cells = column.cells(self.scale, self.as_bytes, self.blanks)
                places.append(
                    (
                        column,
                        cells,
                        text_width(kind.base),
                        base + offset,
                        stride,
                        0 if mask is None else address(mask),
                        kind.itemsize,
                    )
                )
        return places

    def whole_rows(self, dtype: np.dtype[Any]) -> Array:
        """Read all columns into a structured array. None has variable length.

        The requests of two calls differ in the addresses only. Reusing them speeds up reads of few
        rows of many columns.
        """
        key = (self.scale, self.as_bytes, self.blanks)
        template = self.schema.templates.get(key)
        if template is None:
            packed = _pack(self.places_in(self.columns, dtype, 0, {}))
            template = np.frombuffer(packed, COLUMN_REQUEST_FIELDS)
            self.schema.templates[key] = template
        data: Array = new_array(self.rows.length, dtype)
        if data.nbytes and len(template):
            columns = template.copy()
            columns["data"] += np.uintp(address(data))
            self._read(self.rows, ffi.from_buffer(_REQUESTS, columns), len(columns))
        return data

    def new_mask(self, column: Column) -> Array | None:
        """Return a new mask for a column, or None if its cells cannot be undefined."""
        if not self.mask_null or column.variable or not column.maskable:
            return None
        return new_array((self.rows.length, *column.shape), bool, zero=True)

    def structured(self) -> Array:
        """Read into a structured array."""
        dtype = self.schema.dtype(self.columns, self.scale, self.as_bytes)
        self.check_end(dtype.itemsize)
        if self.columns is self.schema.columns and not (self.mask_null or dtype.hasobject):
            return self.whole_rows(dtype)
        data: Array = new_array(self.rows.length, dtype)
        fixed = tuple(column for column in self.columns if not column.variable)
        masks: dict[str, Array] = {}
        for column in fixed:
            mask = self.new_mask(column)
            if mask is not None:
                masks[column.key] = mask
        self.fill_struct(fixed, self.rows, data, masks)
        for column in self.columns:
            if column.variable:
                data[column.key] = self.variable(column)
        if not self.mask_null:
            return data
        made: Array = np.ma.MaskedArray(data, False)
        for key, mask in masks.items():
            made.mask[key] = mask  # type: ignore[attr-defined]
        return made

    def separate(self) -> dict[str, Array]:
        """Read each column into a separate array."""
        rows = self.rows
        kinds = {
            column.key: column.cells(self.scale, self.as_bytes, self.blanks)
            for column in self.columns
            if not column.variable
        }
        self.check_end(
            sum(
                kinds[column.key].dtype.itemsize * column.count if column.key in kinds else 16
                for column in self.columns
            )
        )
        arrays: dict[str, Array] = {}
        masks: dict[str, Array] = {}
        places: list[Place] = []
        for column in self.columns:
            if column.variable:
                arrays[column.key] = self.variable(column)
                continue
            cells = kinds[column.key]
            data: Array = new_array((rows.length, *column.shape), cells.dtype)
            arrays[column.key] = data
            mask = self.new_mask(column)
            if mask is not None:
                masks[column.key] = mask
            if data.size:
                places.append(
                    (
                        column,
                        cells,
                        text_width(data.dtype),
                        address(data),
                        data.strides[0],
                        0 if mask is None else address(mask),
                        data.dtype.itemsize * column.count,
                    )
                )
        self.fill(rows, places)
        if self.mask_null:
            for column in self.columns:
                key = column.key
                if not column.variable:
                    made: Array = np.ma.MaskedArray(arrays[key], masks.get(key, False))
                    _set_fill_value(made, column, self.scale)
                    arrays[key] = made
        return arrays

    # ---- cells in the heap ----

    def variable(self, column: Column) -> Array:
        """Read a variable-length column into an object array of arrays or strings."""
        count = self.rows.length
        data: Array = new_array(count, object)
        if not count:
            return data
        lengths, offsets = new_array(count, np.uint64), new_array(count, np.uint64)
        handle = self.file._handle()
        err = error()
        check(
            lib.rf_table_read_descriptors(
                handle,
                self.index,
                column.number,
                c_axes((self.rows,)),
                ffi.from_buffer("uint64_t[]", lengths),
                ffi.from_buffer("uint64_t[]", offsets),
                err,
            ),
            err,
        )
        cells = column.cells(self.scale, as_bytes=True)
        dtype = np.dtype("u1") if column.is_text else cells.dtype
        total = sum(lengths.tolist())  # exact, whatever the file says
        flat: Array = new_array(total, dtype)
        mask = None
        if self.mask_null and column.maskable and not column.is_text:
            mask = new_array(total, bool, zero=True)
        if total:
            borrowed = [
                ffi.from_buffer("uint64_t[]", lengths),
                ffi.from_buffer("uint64_t[]", offsets),
                ffi.from_buffer(flat),
                ffi.NULL if mask is None else ffi.from_buffer("uint8_t[]", mask),
            ]
            request = ffi.new(
                "rf_heap_request *",
                {
                    "size": ffi.sizeof("rf_heap_request"),
                    "column": column.number,
                    "lengths": borrowed[0],
                    "offsets": borrowed[1],
                    "count": count,
                    "type": cells.type,
                    "flags": cells.flags,
                    "data": borrowed[2],
                    "data_bytes": flat.nbytes,
                    "mask": borrowed[3],
                },
            )
            check(lib.rf_table_read_heap(handle, self.index, request, err), err)
        ends = np.cumsum(lengths, dtype=np.int64).tolist()
        starts = [0, *ends[:-1]]
        if column.is_text:
            data[:] = _strings(flat, starts, ends, self.as_bytes, self.blanks)
            return data
        whole: Array = flat if mask is None else np.ma.MaskedArray(flat, mask)
        if mask is not None:
            _set_fill_value(whole, column, self.scale)
        full = column.count if column.shape else -1
        for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
            cell = whole[start:end]
            data[place] = cell.reshape(column.shape) if end - start == full else cell
        return data


def _strings(
    flat: Array, starts: list[int], ends: list[int], as_bytes: bool, blanks: bool
) -> list[Any]:
    """Split strings. Each ends at a NUL and, without `blanks`, does not end with blanks."""
    content: Any = flat.tobytes()
    nul: Any = b"\0"
    blank: Any = b" "
    if not as_bytes:
        content, nul, blank = content.decode("latin-1"), "\0", " "
    parts = [content[a:b] for a, b in zip(starts, ends, strict=True)]
    if nul in content:
        parts = [part.partition(nul)[0] for part in parts]
    return parts if blanks else [part.rstrip(blank) for part in parts]


def _set_fill_value(data: Array, column: Column, scale: bool) -> None:
    """Set TNULL as the fill value of masked arrays."""
    value = column.fill_value(scale)
    if value is not None:
        data.fill_value = value  # type: ignore[attr-defined]


def read_table(
    file: FileHandle,
    index: int,
    schema: Schema,
    columns: tuple[Column, ...],
    rows: Axis,
    *,
    scale: bool = True,
    mask_null: bool = False,
    as_bytes: bool = False,
    threads: int = 0,
    blanks: bool = False,
) -> Array:
    """Read rows of columns into a structured array."""
    return Reader(
        file, index, schema, columns, rows, scale, mask_null, as_bytes, threads, blanks
    ).structured()


def read_columns(
    file: FileHandle,
    index: int,
    schema: Schema,
    columns: tuple[Column, ...],
    rows: Axis,
    *,
    scale: bool = True,
    mask_null: bool = False,
    as_bytes: bool = False,
    threads: int = 0,
    blanks: bool = False,
) -> dict[str, Array]:
    """Read rows of columns into one contiguous array each."""
    return Reader(
        file, index, schema, columns, rows, scale, mask_null, as_bytes, threads, blanks
    ).separate()
