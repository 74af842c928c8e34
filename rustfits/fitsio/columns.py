# SPDX-License-Identifier: BSD-3-Clause
"""Descriptions of columns in the ``fitsio`` API, converted from and to those of `rustfits`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from rustfits._core.binding.arrays import new_array
from rustfits._core.binding.errors import FITSIOError, FITSTypeError, FITSValueError
from rustfits._core.table.input import as_table
from rustfits._core.table.schema import Column
from rustfits.fitsio.util import Array

__all__ = [
    "Plan",
    "check_ascii",
    "check_strings",
    "check_unique",
    "column_info",
    "columns_of",
    "declared_length",
    "is_vector_of_one",
    "pad_cells",
    "plain_dtype",
    "plan_of_formats",
    "scalars_of",
    "units_of",
]

# The numbers of cfitsio for the types of columns.
_STORED = {
    "X": 1,
    "B": 11,
    "L": 14,
    "A": 16,
    "I": 21,
    "J": 41,
    "K": 81,
    "E": 42,
    "D": 82,
    "C": 83,
    "M": 163,
    "F": 82,
}
_EQUAL = {
    "u1": 11,
    "i1": 12,
    "i2": 21,
    "u2": 20,
    "i4": 41,
    "u4": 40,
    "i8": 81,
    "u8": 80,
    "f4": 42,
    "f8": 82,
    "c8": 83,
    "c16": 163,
    "b1": 14,
}
# The width of strings in ASCII tables that CFITSIO reads.
_ASCII_WIDTH = 28799
_SIZES = {1: 1, 11: 1, 14: 1, 16: 1, 21: 2, 41: 4, 81: 8, 42: 4, 82: 8, 83: 8, 163: 16}
_FORM = re.compile(r"\s*([0-9]*)([PQ]?)([A-Z])(?:\(([0-9]*)\))?")
_DTYPES = {
    "L": "?",
    "X": "?",
    "B": "u1",
    "S": "i1",
    "I": "i2",
    "U": "u2",
    "J": "i4",
    "V": "u4",
    "K": "i8",
    "W": "u8",
    "E": "f4",
    "D": "f8",
    "C": "c8",
    "M": "c16",
}


def column_info(column: Column, ascii_table: bool) -> dict[str, Any]:
    """Return the item of ``get_info()["colinfo"]`` for a column."""
    letter = column.letter
    stored = _STORED.get(letter, 0)
    if ascii_table and letter == "I":
        stored = 41
    digits = re.match(r"\s*[A-Z]([0-9]+)", column.form)
    dtype = column.cells().dtype
    equal = stored if column.is_text else _EQUAL.get(dtype.str[1:], stored)
    if letter == "X":
        equal = stored
    sign = -1 if column.variable else 1
    if column.variable:
        repeat, width, dims = 1, _SIZES.get(stored, 1), [1]
    elif column.is_text:
        repeat = column.width * column.count
        width, dims = column.width, [column.width, *column.shape[::-1]]
        if ascii_table:
            repeat, dims = 1, [1]
    elif ascii_table:
        equal, repeat, dims = stored, 1, [1]
        width = int(digits[1]) if digits else 0
    else:
        repeat, width = column.count, _SIZES.get(stored, 1)
        dims = list(column.shape[::-1]) or [1]
        if letter == "X":
            repeat, width = 1, column.count
    return {
        "name": column.key,
        "tform": column.form,
        "type": sign * stored,
        "repeat": repeat,
        "width": width,
        "eqtype": sign * equal,
        "tdim": dims,
        "tscale": column.scale,
        "tzero": column.zero,
    }


def declared_length(column: Column) -> int | None:
    """Return the maximum length of a cell by TFORMn, or None."""
    match = _FORM.match(column.form)
    return int(match[4]) if match and match[4] else None


def pad_cells(column: Column, cells: Array, length: int) -> Array:
    """Return cells of variable length as an array, padded with zeros or blanks."""
    length = max(length, max(map(len, cells), default=0))
    if column.is_text:
        return cells.astype(f"U{max(length, 1)}")
    dtype = next((cell.dtype for cell in cells), column.cells().dtype)
    made: Array = new_array((len(cells), length), dtype, zero=True)
    for row, cell in enumerate(cells):
        made[row, : cell.size] = cell.reshape(-1)
    return made


def is_vector_of_one(column: Column) -> bool:
    """Return whether cells are arrays of one number by TDIM. This API reads them as numbers."""
    return column.shape == (1,) and not (column.variable or column.is_text)


# ---- new columns ----


def check_unique(names: Iterable[str]) -> None:
    """Check that names differ in more than case.

    Raises
    ------
    FITSValueError
        If two names differ in case only.
    """
    seen: dict[str, str] = {}
    for name in names:
        key = str(name).lower()
        if key in seen:
            raise FITSValueError(
                f"the names of columns {seen[key]!r} and {name!r} differ in nothing but case, "
                "which does not count in FITS"
            )
        seen[key] = name


def columns_of(
    where: str, data: Any, names: Sequence[Any] | None, known: Sequence[str] = ()
) -> tuple[dict[str, Array], int]:
    """Return the columns of any form of table data by name, and the number of rows.

    Numbers in `names` are indices into `known`, the columns of the table. Vectors of one element
    become scalars, as the API reads them.

    Raises
    ------
    FITSTypeError, FITSValueError
        If `data` is no table.
    """
    if isinstance(data, (list, tuple)):
        if names is None:
            raise FITSValueError(f"{where}: for a list of arrays, give names=")
        names = [name if isinstance(name, str) else known[name] for name in names]
        values, count = as_table(where, list(data), names)
    else:
        values, count = as_table(where, data)
    values = {name: scalars_of(cells) for name, cells in values.items()}
    check_strings({name: cells.dtype for name, cells in values.items()})
    return values, count


def scalars_of(cells: Array) -> Array:
    """Return cells that are vectors of one element as scalars, and others as they are."""
    if cells.ndim == 2 and cells.shape[1] == 1 and cells.dtype.kind != "O":
        return cells[:, 0]
    return cells


def plain_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return a structured type with scalars for vectors of one element.

    Raises
    ------
    FITSValueError
        As for `check_strings`.
    """
    fields: Any = dtype.fields
    kinds = {name: fields[name][0] for name in dtype.names or ()}
    check_strings(kinds)
    return np.dtype(
        [(name, kind.base if kind.shape == (1,) else kind) for name, kind in kinds.items()]
    )


def check_strings(dtypes: Mapping[str, np.dtype[Any]]) -> None:
    """Check that strings have a length.

    Raises
    ------
    FITSValueError
        If a column has strings of length 0, which this API does not have.
    """
    for name, dtype in dtypes.items():
        if dtype.base.kind in "SU" and not dtype.base.itemsize:
            raise FITSValueError(f"column {name!r}: strings of length 0")


def check_ascii(dtypes: Mapping[str, np.dtype[Any]]) -> None:
    """Check that an ASCII table of this API has columns of these types.

    Raises
    ------
    FITSValueError
        If integers may have more digits than the format of the API has.
    FITSIOError
        If strings are longer than CFITSIO reads.
    """
    for name, dtype in dtypes.items():
        kind = dtype.base.str[1:]
        width = int(kind[1:]) if dtype.base.kind in "SU" else 0
        if width > _ASCII_WIDTH:
            raise FITSIOError(
                f"column {name!r}: string column is too wide: {width}; "
                f"max supported width is {_ASCII_WIDTH}"
            )
        if kind in ("u4", "i8", "u8"):
            raise FITSValueError(f"column {name!r}: unsupported type {kind!r} for ascii tables")


def units_of(
    units: Sequence[str | None] | Mapping[str, str | None] | None, names: Sequence[str]
) -> dict[str, str | None] | None:
    """Return units by name, from a list with one for each column, or from a dict.

    Raises
    ------
    FITSValueError
        If a list has another length than `names`.
    """
    if units is None:
        return None
    if isinstance(units, Mapping):
        return dict(units)
    if isinstance(units, str) or len(units) != len(names):
        raise FITSValueError(f"units are a list of {len(names)}, one for each column")
    return {name: unit or None for name, unit in zip(names, units, strict=True)}


class Plan(NamedTuple):
    """A new table, as arguments of `rustfits.FITS.create_table_hdu`."""

    dtype: np.dtype[Any]
    var_dtypes: dict[str, Any]
    bits: list[str]


def plan_of_formats(
    names: Sequence[str], formats: Sequence[str], dims: Sequence[str | None] | None
) -> Plan:
    """Return the plan of a binary table from the TFORMn and TDIMn of its columns.

    Raises
    ------
    FITSValueError
        If the lists have different lengths, or if a format is invalid.
    """
    if len(names) != len(formats) or (dims is not None and len(dims) != len(names)):
        raise FITSValueError("names, formats and dims need the same length")
    fields: list[Any] = []
    var_dtypes: dict[str, Any] = {}
    bits: list[str] = []
    for number, (name, form) in enumerate(zip(names, formats, strict=True)):
        match = _FORM.fullmatch(form.strip().upper())
        letter = match[3] if match else ""
        if match is None or (letter != "A" and letter not in _DTYPES):
            raise FITSValueError(f"column {name!r}: {form!r} is no format of a binary table")
        repeat = int(match[1] or 1)
        shape = _dims(name, dims[number] if dims is not None else None)
        if match[2]:
            fields.append((name, object))
            var_dtypes[name] = "S" if letter == "A" else _DTYPES[letter]
        elif letter == "A":
            width = shape[-1] if shape else repeat
            fields.append((name, f"S{width}", shape[:-1]))
        else:
            fields.append((name, _DTYPES[letter], shape or (() if repeat == 1 else (repeat,))))
        if letter == "X":
            bits.append(name)
    return Plan(np.dtype(fields), var_dtypes, bits)


def _dims(name: str, given: str | Sequence[int] | None) -> tuple[int, ...]:
    """Return a TDIM as a shape."""
    if given is None or len(given) == 0:
        return ()
    parts: Any = given.strip("() ").split(",") if isinstance(given, str) else given
    try:
        shape = tuple(int(part) for part in reversed(list(parts)))
    except (TypeError, ValueError):
        raise FITSTypeError(f"column {name!r}: {given!r} is no TDIM") from None
    return () if shape == (1,) else shape
