# SPDX-License-Identifier: BSD-3-Clause
"""`NewColumn`: columns of new tables and new columns of tables, from a type or from data."""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.dtypes import BIT, BYTES, LOGICAL, NUMBERS, TYPE_OF_NUMBER
from rustfits._core.binding.errors import (
    FITSColumnError,
    FITSLimitError,
    FITSTypeError,
    FITSValueError,
)

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

__all__ = ["NewColumn", "cells_in", "columns_of_data", "columns_of_dtype", "plain_dtype"]

_MAX_COLUMNS = 999  # FITS 7.2.1, 7.3.1
_INSTEAD = {
    "e": "float32",
    "g": "float64",
    "G": "complex128",
    "M": "a string or a number of seconds",
    "m": "a number of seconds",
    "V": "a column for each field",
}


@dataclass(frozen=True, slots=True)
class NewColumn:
    """A new column, as an rf_column_spec describes it.

    Functions that prepare values use the attributes that it shares with
    `rustfits._core.table.schema.Column`.
    """

    key: str
    type: int
    shape: tuple[int, ...] = ()
    width: int = 0
    variable: str = ""
    unit: str | None = None
    form: str | None = None
    null: int | None = None
    scaled: bool = False
    null_text: str | None = None
    number: int = 0  # where it will be
    scale: float = 1.0
    zero: float = 0.0
    display: str | None = None
    comment: str | None = None

    def at(self, number: int) -> NewColumn:
        """Return the same column at another position."""
        return replace(self, number=number)

    @property
    def offset(self) -> int:
        """What the value of a cell is more than the stored one (unsigned types, signed bytes)."""
        dtype = NUMBERS.get(self.type)
        if dtype is None or (dtype.kind == "u") == (dtype.itemsize == 1):
            return 0
        half = 1 << (8 * dtype.itemsize - 1)
        return half if dtype.kind == "u" else -half if dtype.itemsize == 1 else 0

    @property
    def is_text(self) -> bool:
        """Whether cells are strings."""
        return self.type == BYTES

    @property
    def count(self) -> int:
        """Elements of a cell."""
        return math.prod(self.shape)


@dataclass(frozen=True, slots=True)
class ColumnOptions:
    """The options of a caller for new columns."""

    units: Mapping[str, str | None]
    var_dtypes: Mapping[str, Any]
    bit_columns: frozenset[str] | bool
    heap_format: str

    @classmethod
    def check(
        cls,
        names: Sequence[str],
        units: Mapping[str, str | None] | None,
        var_dtypes: Mapping[str, Any] | None,
        bit_columns: Iterable[str] | bool | None,
        heap_format: str | None,
    ) -> ColumnOptions:
        """Return the options, checked, with the names of the columns as keys."""
        if len(names) > _MAX_COLUMNS:
            raise FITSLimitError(
                f"a FITS table has at most {_MAX_COLUMNS} columns, and this one would have "
                f"{len(names)}; columns whose cells are arrays, or several tables, hold more"
            )
        folded: dict[str, str] = {}
        for name in names:
            other = folded.setdefault(name.lower(), name)
            if other != name:
                raise FITSValueError(
                    f"columns {other!r} and {name!r}: names of columns must differ by more than "
                    "their case (FITS 7.3.1), since most programs look them up in any"
                )
        if heap_format not in (None, "P", "Q"):
            raise FITSValueError(f"heap_format must be 'P' or 'Q', not {heap_format!r}")
        bits: frozenset[str] | bool
        if bit_columns is None or isinstance(bit_columns, bool):
            bits = bool(bit_columns)
        else:
            listed = name_list("bit_columns", bit_columns) or ()
            bits = frozenset(_by_name("bit_columns", names, dict.fromkeys(listed)))
        return cls(
            _by_name("units", names, units),
            _by_name("var_dtypes", names, var_dtypes),
            bits,
            heap_format or "P",
        )

    def bits(self, name: str) -> bool:
        """Return whether a column of bools is stored as bits."""
        return self.bit_columns if isinstance(self.bit_columns, bool) else name in self.bit_columns


def check_mapping(what: str, given: Any) -> None:
    """Raise `FITSTypeError` if an option by column name is neither None nor a mapping."""
    if given is not None and not isinstance(given, Mapping):
        raise FITSTypeError(f"{what} must be a dict by column name, not {type(given).__name__}")


def _by_name(what: str, names: Sequence[str], given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the entries of an option by the names of the columns."""
    check_mapping(what, given)
    if not given:
        return {}
    exact = {name: name for name in names}
    folded = {name.lower(): name for name in reversed(names)}
    made: dict[str, Any] = {}
    for name, value in given.items():
        found = exact.get(name) or folded.get(str(name).lower())
        if found is None:
            raise FITSColumnError(f"{what}: no column {name!r}; there are {list(names)}")
        made[found] = value
    return made


def columns_of_dtype(
    dtype: DTypeLike,
    units: Mapping[str, str | None] | None = None,
    var_dtypes: Mapping[str, Any] | None = None,
    bit_columns: Iterable[str] | bool | None = None,
    heap_format: str | None = None,
) -> list[NewColumn]:
    """Return the columns of a structured type.

    Raises
    ------
    FITSTypeError
        If FITS has no such cells.
    FITSValueError
        If an option has an unknown column, or does not fit its type.
    """
    kind = np.dtype(dtype)
    if kind.names is None:
        raise FITSTypeError(f"the type of a table is a structured dtype, not {kind}")
    options = ColumnOptions.check(kind.names, units, var_dtypes, bit_columns, heap_format)
    fields: Any = kind.fields or {}
    return [
        _new_column(name, fields[name][0].base, fields[name][0].shape, options, None)
        for name in kind.names
    ]


def columns_of_data(
    columns: Mapping[str, Array],
    units: Mapping[str, str | None] | None = None,
    var_dtypes: Mapping[str, Any] | None = None,
    bit_columns: Iterable[str] | bool | None = None,
    heap_format: str | None = None,
) -> list[NewColumn]:
    """Return the columns for these data.

    Raises
    ------
    FITSTypeError, FITSValueError
        As for `columns_of_dtype`.
    """
    options = ColumnOptions.check(list(columns), units, var_dtypes, bit_columns, heap_format)
    made = []
    for name, values in columns.items():
        column = _new_column(name, values.dtype, values.shape[1:], options, values)
        null = _pick_null(column, values)
        made.append(column if null is None else replace(column, null=null))
    return made


def _new_column(
    name: str,
    base: np.dtype[Any],
    shape: tuple[int, ...],
    options: ColumnOptions,
    values: Array | None,
) -> NewColumn:
    """Return the column for a type. Cells of variable length have the type of the values."""
    unit = options.units.get(name)
    if base.kind == "O" or name in options.var_dtypes:
        return _new_variable(name, options, values)
    if base.kind in "SU":
        width = base.itemsize if base.kind == "S" else base.itemsize // 4
        return NewColumn(name, BYTES, shape, width, unit=unit)
    if base.kind == "b":
        return NewColumn(name, BIT if options.bits(name) else LOGICAL, shape, unit=unit)
    if isinstance(options.bit_columns, frozenset) and name in options.bit_columns:
        raise FITSTypeError(f"column {name!r}: bit_columns are of bool, and this one is of {base}")
    return NewColumn(name, _number_type(name, base), shape, unit=unit)


def _number_type(name: str, dtype: np.dtype[Any]) -> int:
    """Return the rf_dtype of a type of numbers."""
    number = TYPE_OF_NUMBER.get(dtype.newbyteorder("="))
    if number is None:
        instead = _INSTEAD.get(dtype.char)
        raise FITSTypeError(
            f"column {name!r}: FITS tables cannot hold cells of type {dtype}"
            + (f"; write {instead}" if instead else "")
        )
    return number


def _new_variable(name: str, options: ColumnOptions, values: Array | None) -> NewColumn:
    """Return a new variable-length column."""
    said = options.var_dtypes.get(name)
    shape: tuple[int, ...] = ()
    if said is not None:
        inner = _inner_dtype(name, said)
    elif values is None:
        raise FITSValueError(
            f"column {name!r}: what is in cells of type object must be said: "
            f"var_dtypes={{{name!r}: 'f8'}}, or inner_dtype='f8' of insert_column"
        )
    else:
        inner = _infer(name, values)
    if values is not None and inner is not None:
        shape = _common_shape(values)
    variable, unit = options.heap_format, options.units.get(name)
    if inner is None:
        return NewColumn(name, BYTES, (), 1, variable, unit)
    if inner.kind == "b":
        return NewColumn(name, BIT if options.bits(name) else LOGICAL, shape, 0, variable, unit)
    return NewColumn(name, _number_type(name, inner), shape, 0, variable, unit)


def _inner_dtype(name: str, said: Any) -> Any:
    """Return the type of ``var_dtypes``, or None for strings."""
    try:
        inner = np.dtype(said)
    except TypeError:
        raise FITSTypeError(f"column {name!r}: {said!r} is no type of cells") from None
    if inner.kind in "SU":
        return None
    if inner.kind == "O" or inner.names or inner.shape:
        raise FITSTypeError(f"column {name!r}: cells cannot be of type {inner}")
    return inner


def _infer(name: str, values: Array) -> Any:
    """Return the one type of all cells, or None for strings."""
    cells = cells_in(values)
    dtype = plain_dtype(cells)
    if dtype is not None:
        return dtype.newbyteorder("=")
    kinds: dict[Any, int] = {}
    for row, cell in enumerate(cells):
        if cell is None:
            continue
        if isinstance(cell, (str, bytes)):
            kinds.setdefault("strings", row)
            continue
        array = np.asanyarray(cell)
        # An empty list says nothing; an empty array says its type.
        if array.size or isinstance(cell, np.ndarray):
            kinds.setdefault(array.dtype.newbyteorder("="), row)
    filled = kinds
    if len(filled) > 1:  # empty arrays give way to what is there
        filled = {
            kind: row
            for kind, row in kinds.items()
            if kind == "strings" or np.asanyarray(values[row]).size
        } or kinds
    if len(filled) != 1:
        found = ", ".join(f"{kind} (row {row})" for kind, row in filled.items()) or "nothing"
        raise FITSValueError(
            f"column {name!r}: the cells are of no single type: {found}; "
            f"say which: var_dtypes={{{name!r}: 'f8'}}"
        )
    kind = next(iter(filled))
    if kind == "strings":
        return None
    dtype = np.dtype(kind)
    if dtype.kind in "SUO":
        raise FITSTypeError(
            f"column {name!r}, row {filled[kind]}: cells are strings or arrays of numbers, and "
            f"not arrays of type {dtype}"
        )
    return dtype


def cells_in(values: Array) -> list[Any]:
    """Return the cells of an object array, or the rows of any other, as a list."""
    plain = np.ma.getdata(values) if values.dtype.kind == "O" else values
    return plain.tolist() if plain.dtype.kind in "OSU" and plain.ndim == 1 else list(plain)


_DTYPE_OF, _NDIM_OF = operator.attrgetter("dtype"), operator.attrgetter("ndim")


def plain_dtype(cells: list[Any]) -> np.dtype[Any] | None:
    """Return the type of cells that are all 1-dimensional arrays of one type, or None.

    This is the most frequent case, and the check is fast.
    """
    if set(map(type, cells)) == {np.ndarray}:
        dtypes = set(map(_DTYPE_OF, cells))
        if len(dtypes) == 1 and set(map(_NDIM_OF, cells)) == {1}:
            dtype: np.dtype[Any] = dtypes.pop()
            return dtype if dtype.kind in "biufc" else None
    return None


def _common_shape(values: Array) -> tuple[int, ...]:
    """Return the common shape of cells of more than one axis (TDIMn)."""
    cells = cells_in(values)
    if set(map(type, cells)) == {np.ndarray} and set(map(_NDIM_OF, cells)) == {1}:
        return ()
    shapes = {np.shape(cell) for cell in cells if cell is not None and np.size(cell)}
    if len(shapes) == 1:
        shape = next(iter(shapes))
        return shape if len(shape) > 1 else ()
    return ()


def _pick_null(column: NewColumn, values: Array) -> int | None:
    """Return a stored value for TNULL that no value has, or None if no value is masked."""
    if column.variable:
        return _pick_null_of_cells(column, values)
    if not np.ma.is_masked(values):
        return None
    return _free_value(column, np.ma.compressed(values))


def _pick_null_of_cells(column: NewColumn, values: Array) -> int | None:
    """Return a stored value for TNULL for cells that are masked arrays."""
    cells = cells_in(values)
    if not any(issubclass(kind, np.ma.MaskedArray) for kind in set(map(type, cells))):
        return None  # mostly so, and found out without a look at each cell
    if not any(isinstance(cell, np.ma.MaskedArray) and np.ma.is_masked(cell) for cell in cells):
        return None
    parts = [np.ma.compressed(np.ma.asanyarray(cell)) for cell in cells if cell is not None]
    return _free_value(column, np.concatenate(parts))


def _free_value(column: NewColumn, present: Array) -> int | None:
    dtype = NUMBERS.get(column.type)
    if dtype is None or dtype.kind not in "iu":
        return None
    limits = np.iinfo(dtype)
    low, high = int(limits.min), int(limits.max)
    half = 1 << (8 * dtype.itemsize - 1)
    offset = 0
    if dtype.kind == "u" and dtype.itemsize > 1:
        offset = -half
    elif dtype.kind == "i" and dtype.itemsize == 1:
        offset = half
    first = (high, low) if dtype.kind == "u" else (low, high)
    taken = set(np.unique(present).tolist())
    for value in itertools.chain(first, range(high - 1, low, -1)):
        if value not in taken:
            return int(value + offset)
    raise FITSValueError(
        f"column {column.key!r}: there are masked cells, and no value of {dtype} is left to stand "
        "for them (TNULL); use a wider type"
    )
