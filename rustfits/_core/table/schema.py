# SPDX-License-Identifier: BSD-3-Clause
"""`Schema`: the columns of a table by its header, and their numpy types."""

from __future__ import annotations

import functools
import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.dtypes import BYTES, CELL_DTYPES, LOGICAL, NUMBERS, TEXT
from rustfits._core.binding.errors import (
    FITSColumnError,
    FITSError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.layouts import COLUMN_INFO
from rustfits._core.binding.library import check, error, ffi, lib, shown
from rustfits._core.binding.warnings import warn_once

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["Cells", "Column", "Schema", "read_schema", "warn_of_columns"]

_RAW: int = lib.RF_CELL_RAW
_BLANKS: int = lib.RF_CELL_BLANKS
_OBJECT = np.dtype(object)


class Cells(NamedTuple):
    """The form of the cells of a column in memory."""

    dtype: np.dtype[Any]  # of one element; object for cells in the heap
    type: int  # rf_dtype
    flags: int


@dataclass(slots=True)
class Column:
    """One column. It never changes, but is not frozen, because that slows down wide tables."""

    number: int  # 0-based
    name: str  # as the header has it
    key: str  # the same, made unique
    unit: str | None
    display: str | None
    form: str
    warning: str
    letter: str
    variable: str  # "", "P" or "Q"
    type: int  # rf_dtype of the values
    stored: int
    width: int  # of strings
    shape: tuple[int, ...]  # of a cell; of a variable one, what TDIM says
    scaled: bool
    scale: float  # TSCAL
    zero: float  # TZERO
    null: int | None  # TNULL, as stored
    null_text: str | None

    @property
    def is_text(self) -> bool:
        """Whether cells are strings."""
        return self.type == BYTES

    @property
    def count(self) -> int:
        """Elements of a cell."""
        return math.prod(self.shape)

    def cells(self, scale: bool = True, as_bytes: bool = False, blanks: bool = False) -> Cells:
        """Return the form in which cells are read. `blanks` keeps those at the end of strings."""
        if self.type == BYTES:
            width = self.width
            flags = _BLANKS if blanks else 0
            if self.shape and not width:  # numpy has no arrays of strings of no length
                width = 1
            if as_bytes:
                return Cells(np.dtype(f"S{width}"), BYTES, flags)
            return Cells(np.dtype(f"U{width}"), TEXT, flags)
        if not scale and self.type in NUMBERS and (self.scaled or self.type != self.stored):
            return Cells(NUMBERS[self.stored], self.stored, _RAW)
        return Cells(CELL_DTYPES[self.type], self.type, 0)

    @property
    def maskable(self) -> bool:
        """Whether cells can be undefined."""
        if self.null is not None or self.null_text is not None:
            return True
        return self.stored in _REALS or self.type == LOGICAL

    @property
    def offset(self) -> int:
        """The offset of values from stored values, for unsigned types and signed bytes."""
        if self.scaled or self.type == self.stored:
            return 0
        half = 1 << (8 * NUMBERS[self.type].itemsize - 1)
        return half if NUMBERS[self.type].kind == "u" else -half

    def fill_value(self, scale: bool) -> int | None:
        """Return TNULL as a value of the type that is read, or None if that is no integer."""
        if self.null is None or (scale and self.scaled):
            return None
        value = self.null
        dtype = NUMBERS.get(self.type if scale else self.stored)
        if dtype is None or dtype.kind not in "iu":
            return None
        if scale and self.type != self.stored:
            half = 1 << (8 * dtype.itemsize - 1)
            value += half if dtype.kind == "u" else -half
        limits = np.iinfo(dtype)
        return value if limits.min <= value <= limits.max else None


_REALS = frozenset({lib.RF_F32, lib.RF_F64, lib.RF_C64, lib.RF_C128})


@dataclass(slots=True)
class Schema:
    """All columns of a table, at one generation of the file."""

    generation: int
    kind: int
    where: str  # "file[2]", for messages
    nrows: int
    row_bytes: int
    # These are the same objects for all tables of the same columns.
    columns: tuple[Column, ...]
    odd: bool  # a column has a warning
    _places: dict[str, int]
    _dtypes: dict[tuple[bool, bool], np.dtype[Any]]
    #: Requests for all columns, as `rustfits._core.table.read` keeps them.
    templates: dict[tuple[bool, bool, bool], np.ndarray[Any, Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which columns are found."""
        return tuple(column.key for column in self.columns)

    def find(self, name: object) -> Column:
        """Return the column of a name.

        Raises
        ------
        FITSColumnError
            If there is none.
        FITSTypeError
            If `name` is no str.
        """
        if isinstance(name, bytes):
            name = name.decode("latin-1")
        if not isinstance(name, str):
            raise FITSTypeError(
                f"{self.where}: a column is named by a str, not {type(name).__name__}"
            )
        place = self._places.get(name)
        if place is None:
            place = self._places.get(name.lower())
        if place is None:
            shown = ", ".join(map(repr, self.names[:20])) + (", …" if len(self.names) > 20 else "")
            raise FITSColumnError(
                f"{self.where}: no column {name!r}; there are {shown or 'no columns'}"
            )
        return self.columns[place]

    def select(self, names: Iterable[str] | str | None) -> tuple[Column, ...]:
        """Return the columns of these names, in their order; None: all.

        Raises
        ------
        FITSColumnError
            If there is none of a name.
        FITSValueError
            If a column is named twice.
        """
        if names is None:
            return self.columns
        columns = tuple(self.find(name) for name in name_list("columns", names) or ())
        if len({column.number for column in columns}) < len(columns):
            keys = [column.key for column in columns]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise FITSValueError(f"{self.where}: column {twice!r} selected twice")
        return columns

    def dtype(
        self, columns: tuple[Column, ...], scale: bool = True, as_bytes: bool = False
    ) -> np.dtype[Any]:
        """Return the type of a structured array of these columns."""
        key = (scale, as_bytes)
        made = self._dtypes.get(key) if columns is self.columns else None
        if made is None:
            made = np.dtype([_field(column, scale, as_bytes) for column in columns])
            if columns is not self.columns:
                return made
            self._dtypes[key] = made
        # A new one each time, because renaming the fields of an array changes its dtype in place.
        return np.dtype((np.void, made))


def _field(column: Column, scale: bool, as_bytes: bool) -> tuple[Any, ...]:
    """Return the field of a structured type for a column."""
    if column.variable:
        return column.key, _OBJECT
    dtype = column.cells(scale, as_bytes).dtype
    return (column.key, dtype, column.shape) if column.shape else (column.key, dtype)


def read_schema(file: FileHandle, index: int) -> Schema:
    """Return the columns of HDU `index`.

    Raises
    ------
    FITSFormatError
        If the header does not describe valid columns.
    """
    while True:
        generation = file._generation()
        try:
            schema = _read_schema(file, index)
        except FITSError:
            if file.closed or generation == file._generation():
                raise
        else:
            # Another thread may change the columns between two calls.
            if file.closed or schema.generation == file._generation():
                return schema


def _read_schema(file: FileHandle, index: int) -> Schema:
    handle, generation = file._handle(), file._generation()
    table = ffi.new("rf_table_info *")
    table.size = ffi.sizeof("rf_table_info")
    err = error()
    check(lib.rf_table_get_info(handle, index, table, err), err)
    info = ffi.new("rf_column_info *")
    info.size = COLUMN_INFO.size
    described = []
    for number in range(table.ncols):
        check(lib.rf_table_get_column(handle, index, number, info, err), err)
        described.append(_buffer(info)[:])
    find = _layout if len(described) <= _FEW else _layout.__wrapped__
    return Schema(
        generation,
        table.kind,
        f"{file.name}[{index}]",
        table.nrows,
        table.row_bytes,
        *find(b"".join(described)),
    )


# Files that are read one after another mostly have the same columns: cache those of the last ones,
# unless they are very many.
_FEW = 64


@functools.lru_cache(maxsize=16)
def _layout(
    described: bytes,
) -> tuple[tuple[Column, ...], bool, dict[str, int], dict[Any, Any], dict[Any, Any]]:
    """Return the parts that schemas of the same columns share, from all rf_column_info."""
    columns = tuple(
        _column(info, number) for number, info in enumerate(COLUMN_INFO.iter_unpack(described))
    )
    # Exact names count before those that differ in case, and earlier columns before later ones.
    places = {column.key: column.number for column in reversed(columns)}
    for column in columns:
        places.setdefault(column.key.lower(), column.number)
    return columns, any(column.warning for column in columns), places, {}, {}


_buffer = ffi.buffer


def _column(info: tuple[Any, ...], number: int) -> Column:
    """Return the column of an unpacked rf_column_info."""
    _, found, unit, display, form, odd, letter, descriptor, stored, kind, width = info[:11]
    ndim, dims, scaled, scale, zero, has_null, null, has_null_text, null_text, key = info[11:]
    return Column(
        number,
        _text(found),
        _text(key),
        _text(unit) or None,
        _text(display) or None,
        _text(form),
        _text(odd),
        _text(letter),
        _text(descriptor),
        kind,
        stored,
        width,
        struct.unpack_from(f"@{ndim}Q", dims) if ndim else (),
        scaled != 0,
        scale,
        zero,
        null if has_null else None,
        _text(null_text) if has_null_text else None,
    )


def _text(chars: bytes) -> str:
    """Return the text before the first NUL."""
    return shown(chars.partition(b"\0")[0]) if chars[0] else ""


def warn_of_columns(
    file: FileHandle, schema: Schema, index: int, columns: Iterable[Column]
) -> None:
    """Issue the warnings of these columns, once for each file and cause."""
    if not schema.odd:
        return
    for column in columns:
        if column.warning:
            message = f"{schema.where}: column {column.key!r}: {column.warning}"
            warn_once(file, (index, column.warning), message)
