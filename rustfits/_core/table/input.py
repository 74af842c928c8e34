# SPDX-License-Identifier: BSD-3-Clause
"""The data of callers for tables, as arrays and as cells for the C library.

This module and `rustfits._core.table.new_columns` check everything before a file changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, cast

import numpy as np

from rustfits._core.arrow.frame import is_frame, refuse_lazy
from rustfits._core.arrow.ragged import Ragged
from rustfits._core.arrow.series import check_pandas_names, column_of_series, is_series
from rustfits._core.arrow.stream import ExportsArray, ExportsStream, exports_arrow
from rustfits._core.arrow.whole import column_of_array, columns_of_frame
from rustfits._core.binding.arrays import Array, spread
from rustfits._core.binding.dtypes import BIT, BYTES, F8, LOGICAL, NUMBERS, TEXT, TYPE_OF_NUMBER
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.foreign.arrays import plain_array
from rustfits._core.foreign.tables import as_mapping, check_unit
from rustfits._core.foreign.times import cells_of_times
from rustfits._core.foreign.units import unit_of
from rustfits._core.table.new_columns import (
    NewColumn,
    cells_in,
    columns_of_data,
    columns_of_dtype,
    plain_dtype,
)

if TYPE_CHECKING:
    from rustfits._core.table.schema import Column

__all__ = [
    "Heap",
    "NewColumn",
    "TableLike",
    "as_table",
    "columns_of_data",
    "columns_of_dtype",
    "fit_cells",
    "fit_heap",
    "is_table",
]

#: A structured array, a dict of columns, a list of columns with ``names=``, or a data frame.
TableLike: TypeAlias = "Array | Mapping[str, Any] | Sequence[Any] | ExportsStream | ExportsArray"


# ---- columns of data ----


def as_table(
    where: str, data: TableLike, names: Sequence[str] | None = None
) -> tuple[dict[str, Array], int]:
    """Return the columns of a table as arrays by name, and the number of rows.

    Raises
    ------
    FITSTypeError
        If `data` is no table.
    FITSValueError
        If columns have different lengths, or if `names` do not fit.
    """
    columns: dict[str, Array]
    refuse_lazy(data)
    check_pandas_names(data)
    foreign = columns_of_frame(where, data) if is_frame(data) else as_mapping(data)
    if foreign is not None:
        if names is not None:
            raise FITSValueError(f"{where}: names= is for lists; a table has names already")
        data = foreign
    if isinstance(data, Mapping):
        if names is not None:
            raise FITSValueError(f"{where}: names= is for lists; a dict has names already")
        for name in data:
            if not isinstance(name, str):
                raise FITSTypeError(f"{where}: names of columns are str, not {type(name).__name__}")
        columns = {
            name: as_column(values, f"{where}: column {name!r}") for name, values in data.items()
        }
    elif isinstance(data, (list, tuple)) and names is not None:
        names = list(names)
        if len(names) != len(data):
            raise FITSValueError(f"{where}: {len(names)} names for {len(data)} columns")
        columns = {
            name: as_column(values, f"{where}: column {name!r}")
            for name, values in zip(names, data, strict=True)
        }
        if len(columns) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise FITSValueError(f"{where}: the name {twice!r} is given twice")
    else:
        array = None if isinstance(data, (list, tuple)) else np.asanyarray(plain_array(data))
        if array is None or not array.dtype.names:
            raise FITSTypeError(
                f"{where}: a table is a structured array, a dict of columns, or a list of columns "
                f"with names=, not {type(data).__name__}"
            )
        if names is not None:
            raise FITSValueError(f"{where}: names= is for lists; this array has names already")
        if array.ndim != 1:
            if array.ndim > 1:
                raise FITSValueError(
                    f"{where}: a table has one dimension, and this array {array.ndim}"
                )
            array = array.reshape(1)
        fields: Any = array.dtype.names
        return {name: array[name] for name in fields}, len(array)
    count = -1
    for name, values in columns.items():
        if values.ndim == 0:
            raise FITSValueError(f"{where}: column {name!r} is a single value, not a list of cells")
        if count >= 0 and len(values) != count:
            first = next(iter(columns))
            raise FITSValueError(
                f"{where}: column {name!r} has {len(values)} cells, and {first!r} has {count}"
            )
        count = len(values)
    return columns, max(count, 0)


def is_table(data: Any) -> TypeGuard[TableLike]:
    """Return whether data becomes a table: a dict or a structured array."""
    refuse_lazy(data)
    if isinstance(data, Mapping) or is_frame(data) or as_mapping(data) is not None:
        return True
    return bool(getattr(getattr(data, "dtype", None), "names", None))


def as_column(values: Any, label: str = "the values") -> Array:
    """Return cells as an array. Lists of different lengths become an object array.

    `label` is for messages.
    """
    if isinstance(values, Ragged):
        return cast("Array", values)
    if not isinstance(values, (np.ndarray, list, tuple)):
        if is_series(values):
            return column_of_series(values, label)
        if exports_arrow(values):
            return column_of_array(values, label)
    values = plain_array(values)
    if isinstance(values, np.ndarray):
        return values
    if isinstance(values, (list, tuple)):
        try:
            array = np.asanyarray(values)
        except ValueError:  # unequal lengths
            array = None
        # numpy converts numbers beside text to text, which callers do not expect.
        if array is not None and (
            array.dtype.kind not in "SU" or all(isinstance(v, (str, bytes)) for v in _flat(values))
        ):
            return array
        made: Array = np.empty(len(values), object)
        made[:] = values
        return made
    return np.asanyarray(values)


def _flat(values: Any) -> Iterable[Any]:
    for value in values:
        if isinstance(value, (list, tuple, np.ndarray)):
            yield from _flat(value)
        else:
            yield value


# ---- cells of fixed length ----


def fit_cells(
    where: str, column: Column | NewColumn, values: Any, count: int, *, broadcast: bool = False
) -> tuple[Array, int, Array | None]:
    """Return values as cells of a column.

    Returns
    -------
    cells : numpy.ndarray
        The cells of `count` rows, in the byte order of the machine and C-contiguous.
    type : int
        The rf_dtype of the cells.
    mask : numpy.ndarray or None
        True where a cell is undefined.

    Raises
    ------
    FITSTypeError, FITSValueError
        If the column cannot store the values.
    """
    label = f"{where}: column {column.key!r}"
    check_unit(label, column.unit, unit_of(values))
    if values is np.ma.masked:  # a float64 by birth, which must not decide anything
        zero: Any = "" if column.is_text else np.zeros((), NUMBERS.get(column.type, bool))
        values = np.ma.MaskedArray(zero, True)
    array = _shaped(label, column, as_column(values, label), count, broadcast)
    if not array.size:  # of what type nothing is does not matter
        return np.empty(array.shape, "u1"), column.type, None
    if array.dtype.kind in "mM":
        array = cells_of_times(label, array, is_text=column.is_text, unit=column.unit)
    mask = _mask_of(array)
    data = np.ma.getdata(array)
    if column.is_text:
        data = _as_strings(label, data)
        type_ = BYTES if data.dtype.kind == "S" else TEXT
        if mask is not None and not getattr(column, "null_text", None):
            data = np.where(mask, np.zeros((), data.dtype), data)
            mask = None
    else:
        if isinstance(array, np.ma.MaskedArray):
            _check_null(label, column, data, mask)
        data, type_ = _as_numbers(label, column, data, mask)
    if not data.dtype.isnative:
        data = data.astype(data.dtype.newbyteorder("="))
    if data.ndim > 1 and len(data) and not data[0].flags.c_contiguous:
        data = np.ascontiguousarray(data)
    return data, type_, mask


def _shaped(
    label: str, column: Column | NewColumn, array: Array, count: int, broadcast: bool
) -> Array:
    """Return values in the shape of `count` cells."""
    shape = (count, *column.shape)
    if array.shape == shape:
        return array
    if column.count == 1 and array.ndim and len(array) == count == array.size:
        return array.reshape(shape)
    if broadcast:
        try:
            return spread(array, shape)
        except ValueError:
            pass
    elif array.ndim and len(array) != count:
        raise FITSValueError(f"{label}: {len(array)} cells for {count} rows")
    if array.dtype.kind == "O" and not column.is_text:
        raise FITSValueError(
            f"{label}: the cells have a fixed shape, {column.shape}, and these are objects"
        )
    raise FITSValueError(
        f"{label}: values of shape {array.shape} for cells of shape {column.shape} in {count} rows"
    )


def _mask_of(array: Array) -> Array | None:
    if not isinstance(array, np.ma.MaskedArray):
        return None
    mask = np.ma.getmask(array)
    if mask is np.ma.nomask or not mask.any():
        return None
    return np.ascontiguousarray(np.broadcast_to(mask, array.shape))


def _check_null(
    label: str, column: Column | NewColumn, data: Array, mask: Array | None, row: int | None = None
) -> None:
    """Check that no valid number equals TNULL, which would make it undefined."""
    if column.null is None or not data.size or data.dtype.kind not in "biuf":
        return
    if column.scaled:
        same = np.rint((data - column.zero) / (column.scale or 1)) == column.null
    else:
        same = data == column.null + column.offset
    if mask is not None:
        same &= ~mask
    if same.any():
        if row is None:
            row = _first_row(same)
        value = data[same].flat[0]
        raise FITSValueError(
            f"{label}, row {row}: {value} is a valid number by its mask, and TNULL of the column: "
            "it would become undefined"
        )


def _as_strings(label: str, data: Array) -> Array:
    """Return strings as ``S`` or ``U``."""
    if data.dtype.kind == "O":
        flat = data.ravel().tolist()
        for row, value in enumerate(flat):
            if not isinstance(value, (str, bytes)):
                raise FITSTypeError(
                    f"{label}, row {row * len(data) // len(flat)}: the cells are strings, not "
                    f"{type(value).__name__}"
                )
        if any(isinstance(value, str) for value in flat):
            flat = [v if isinstance(v, str) else v.decode("latin-1") for v in flat]
        data = np.array(flat).reshape(data.shape) if flat else np.empty(data.shape, "S1")
    if data.dtype.kind not in "SU":
        raise FITSTypeError(f"{label}: the cells are strings, not {data.dtype}")
    _check_text(label, data)
    return data


# Bytes of text looked at in one go.
_CHECKED = 1 << 18


def _check_text(label: str, data: Array) -> None:
    """Check that text is ASCII and has no NUL, which would end it (FITS 7.3.3.1)."""
    if not data.size or not data.dtype.itemsize:
        return
    data = np.atleast_1d(data)
    batch = max(_CHECKED * len(data) // data.nbytes, 1)
    for first in range(0, len(data), batch):  # the copy of a field of a struct stays small
        plain = np.ascontiguousarray(data[first : first + batch])
        width = plain.dtype.itemsize
        if plain.dtype.kind == "S":
            codes = plain.view("u1").reshape(-1, width)
        else:
            width //= 4
            codes = plain.view(plain.dtype.byteorder.replace("|", "=") + "u4").reshape(-1, width)
        if plain.dtype.kind == "U" and codes.max() > 0x7F:
            row = _first_row((codes > 0x7F).reshape(len(plain), -1))
            rows = codes.reshape(len(plain), -1)
            code = int(rows[row][rows[row] > 0x7F][0])
            raise FITSValueError(
                f"{label}, row {first + row}: character {chr(code)!r} (U+{code:04X}) is not "
                "ASCII, which is all that FITS strings can hold"
            )
        if width > 1 and codes.min() == 0:
            inside = (codes[:, :-1] == 0) & (codes[:, 1:] != 0)
            if inside.any():
                row = first + _first_row(inside.reshape(len(plain), -1))
                raise FITSValueError(f"{label}, row {row}: {_NUL_INSIDE}")


_NUL_INSIDE = "the string has a NUL inside, and what stands behind it would be lost"


def _as_numbers(
    label: str,
    column: Column | NewColumn,
    data: Array,
    mask: Array | None,
    row: int | None = None,
) -> tuple[Array, int]:
    """Return values as numbers or bools for the C library. `row` is for messages."""
    given, type_ = data.dtype, column.type
    place = label if row is None else f"{label}, row {row}"
    if type_ in (LOGICAL, BIT):
        if given.kind != "b":
            raise FITSTypeError(f"{place}: the cells are bools, not {given}")
        return data, type_
    own = NUMBERS[type_]
    if own.kind in "iu":
        if given.kind not in "biu":
            raise FITSTypeError(
                f"{place}: values of type {given} cannot be stored as {own} without loss; "
                "round them and use astype"
            )
        _check_range(label, data, mask, own, row)
        return np.asarray(data, own), type_
    allowed = "biuf" if own.kind == "f" else "biufc"
    if given.kind not in allowed or given.char in "gG":
        raise FITSTypeError(f"{place}: values of type {given} cannot be stored as {own}")
    if own.kind == "f" and column.scaled:
        return np.asarray(data, F8), TYPE_OF_NUMBER[F8]
    if np.can_cast(given, own, "safe"):
        return np.asarray(data, own), type_
    with np.errstate(over="ignore"):
        narrow = np.asarray(data, own)
    if not np.array_equal(np.isinf(narrow), np.isinf(data)):
        if row is None:
            row = _first_row(np.isinf(narrow) & ~np.isinf(data))
        raise FITSValueError(f"{label}, row {row}: a value is too large for {own}")
    return narrow, type_


def _check_range(
    label: str, data: Array, mask: Array | None, dtype: np.dtype[Any], row: int | None
) -> None:
    """Check that the type can store integers."""
    if not data.size or np.can_cast(data.dtype, dtype, "safe"):
        return
    limits = np.iinfo(dtype)
    values = data if mask is None else np.ma.MaskedArray(data, mask)
    low, high = values.min(), values.max()
    if low is np.ma.masked or (int(low) >= limits.min and int(high) <= limits.max):
        return
    wrong = low if int(low) < limits.min else high
    if row is None:
        row = _first_row(np.asarray(np.ma.filled(values == wrong, False)))
    raise FITSValueError(
        f"{label}, row {row}: {wrong} cannot be stored as {dtype} ({limits.min} to {limits.max})"
    )


def _first_row(found: Array) -> int:
    return int(np.flatnonzero(found.reshape(len(found), -1).any(axis=1))[0])


# ---- cells in the heap ----


@dataclass(frozen=True, slots=True)
class Heap:
    """Cells of variable length: their lengths and all elements."""

    lengths: Array
    elements: Array
    type: int
    mask: Array | None


def fit_heap(where: str, column: Column | NewColumn, values: Any, count: int) -> Heap:
    """Return values as cells of a variable-length column.

    Raises
    ------
    FITSTypeError, FITSValueError
        If the column cannot store the values.
    """
    label = f"{where}: column {column.key!r}"
    if isinstance(values, Ragged):
        return _join_ragged(label, column, values)
    check_unit(label, column.unit, unit_of(values))
    cells = [values] * count if isinstance(values, (str, bytes)) else _cell_list(values)
    if len(cells) != count:
        raise FITSValueError(f"{label}: {len(cells)} cells for {count} rows")
    return _join_strings(label, cells) if column.is_text else _join(label, column, cells)


def _join_ragged(label: str, column: Column | NewColumn, values: Ragged) -> Heap:
    """Return cells whose elements are one array already."""
    lengths, elements = values.lengths, values.elements
    if column.is_text:
        return Heap(lengths, elements, BYTES, None)
    if not elements.size:
        return Heap(lengths, np.empty(0, NUMBERS.get(column.type, bool)), column.type, None)
    data, mask = np.ma.getdata(elements), _mask_of(elements)
    try:
        if mask is not None:
            _check_null(label, column, data, mask)
        data, type_ = _as_numbers(label, column, data, mask)
    except (FITSTypeError, FITSValueError):
        _join(label, column, values.objects().tolist())  # say which row it is
        raise
    return Heap(lengths, np.ascontiguousarray(data), type_, mask)


def _cell_list(values: Any) -> list[Any]:
    if isinstance(values, (list, tuple)):
        return list(values)
    array = np.asanyarray(values)
    return [array[()]] if array.ndim == 0 else cells_in(array)


def _join_strings(label: str, cells: list[Any]) -> Heap:
    parts: list[bytes] = []
    for row, cell in enumerate(cells):
        if isinstance(cell, str):
            try:
                parts.append(cell.encode("ascii"))
            except UnicodeEncodeError as failed:
                raise FITSValueError(
                    f"{label}, row {row}: character {cell[failed.start]!r} is not ASCII, which is "
                    "all that FITS strings can hold"
                ) from None
        elif isinstance(cell, bytes):
            parts.append(cell)
        elif cell is None or cell is np.ma.masked:
            parts.append(b"")
        else:
            raise FITSTypeError(
                f"{label}, row {row}: the cells are strings, not {type(cell).__name__}"
            )
        if b"\0" in parts[-1]:
            parts[-1] = parts[-1].rstrip(b"\0")
            if b"\0" in parts[-1]:
                raise FITSValueError(f"{label}, row {row}: {_NUL_INSIDE}")
    lengths = np.array([len(part) for part in parts], np.uint64)
    return Heap(lengths, np.frombuffer(b"".join(parts), "u1"), BYTES, None)


def _join(label: str, column: Column | NewColumn, cells: list[Any]) -> Heap:
    kept: Sequence[int]
    if plain_dtype(cells) is not None:
        arrays, kept = cells, range(len(cells))
        lengths, masked = np.fromiter(map(len, cells), np.uint64, len(cells)), False
    else:
        arrays, kept, lengths, masked = _look_at_cells(label, column, cells)
    if not lengths.any():  # of what type nothing is does not matter
        return Heap(lengths, np.empty(0, NUMBERS.get(column.type, bool)), column.type, None)
    try:
        join: Any = np.ma.concatenate if masked else np.concatenate
        whole: Array = join(arrays)
        mask = _mask_of(whole)
        if isinstance(whole, np.ma.MaskedArray):
            _check_null(label, column, np.ma.getdata(whole), mask)
        data, type_ = _as_numbers(label, column, np.ma.getdata(whole), mask)
    except (FITSTypeError, FITSValueError):
        for row, array in zip(kept, arrays, strict=True):  # say which one it is
            if array.size:
                data, mask = np.ma.getdata(array), _mask_of(array)
                if masked:
                    _check_null(label, column, data, mask, row)
                _as_numbers(label, column, data, mask, row)
        raise
    return Heap(lengths, np.ascontiguousarray(data), type_, mask)


def _look_at_cells(
    label: str, column: Column | NewColumn, cells: list[Any]
) -> tuple[list[Array], list[int], Array, bool]:
    """Check cells of any kind one by one.

    Returns
    -------
    arrays : list of numpy.ndarray
        The cells that have elements, flat.
    rows : list of int
        The rows of these cells.
    lengths : numpy.ndarray
        The lengths of all cells.
    masked : bool
        Whether some cells are masked arrays.
    """
    arrays: list[Array] = []
    kept: list[int] = []
    lengths = np.zeros(len(cells), np.uint64)
    masked = False
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        if isinstance(cell, (str, bytes)):
            raise FITSTypeError(f"{label}, row {row}: a string in a column of numbers")
        try:
            array = np.asanyarray(cell)
        except ValueError:
            raise FITSTypeError(f"{label}, row {row}: the cell is no array") from None
        if array.ndim > 1 and array.shape != column.shape:
            raise FITSValueError(
                f"{label}, row {row}: the cell has the shape {array.shape}; cells in the heap have "
                "one axis, or all the same shape"
            )
        if array.size:
            if array.dtype.kind not in "biufc":
                raise FITSTypeError(f"{label}, row {row}: a cell of type {array.dtype}")
            masked = masked or isinstance(array, np.ma.MaskedArray)
            arrays.append(array.reshape(-1))
            kept.append(row)
            lengths[row] = array.size
    return arrays, kept, lengths, masked
