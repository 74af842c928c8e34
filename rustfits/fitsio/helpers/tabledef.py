# SPDX-License-Identifier: BSD-3-Clause
"""Functions of ``fitsio`` that describe columns by TTYPEn, TFORMn and TDIMn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits.fitsio.helpers.arguments import _extract_table_type
from rustfits.fitsio.helpers.maps import _table_npy2fits_form, _table_npy2fits_form_ascii
from rustfits.fitsio.util import ASCII_TBL

__all__ = [
    "_extract_vararray_max",
    "_get_col_dimstr",
    "_names_to_lower_if_recarray",
    "_names_to_upper_if_recarray",
    "_npy2fits",
    "_npy_num2fits",
    "_npy_string2fits",
    "_tdim2shape",
    "_trim_strings",
    "array2tabledef",
    "collection2tabledef",
    "descr2tabledef",
    "npy_obj2fits",
]

_TableDef = tuple[list[str], list[str], list["str | None"]]


def descr2tabledef(
    descr: Sequence[Any], table_type: Any = "binary", write_bitcols: bool = False
) -> _TableDef:
    """Return the columns of a new table from the description of a structured type.

    Parameters
    ----------
    descr : list of tuple
        The ``descr`` of a structured dtype.
    table_type : {"binary", "ascii"}
        The kind of table.
    write_bitcols : bool
        Whether to store arrays of bools as bits.

    Returns
    -------
    names, formats, dims : list
        TTYPEn, TFORMn, and TDIMn or None for each column.

    Raises
    ------
    FITSValueError
        If FITS has no such column.
    """
    return _split(_npy2fits(field, table_type, write_bitcols) for field in descr)


def array2tabledef(
    data: Array, table_type: Any = "binary", write_bitcols: bool = False
) -> _TableDef:
    """Return the columns of a new table from an array, as `descr2tabledef` does.

    Object fields become columns of variable length. Their first cell has the type.
    """
    names = data.dtype.names
    if names is None:
        raise FITSValueError(f"an array of type {data.dtype} has no fields")
    columns = {name: data[name] for name in names}
    return collection2tabledef(columns, None, table_type, write_bitcols)


def collection2tabledef(
    data: Any,
    names: Sequence[str] | None = None,
    table_type: Any = "binary",
    write_bitcols: bool = False,
) -> _TableDef:
    """Return the columns of a new table from a dict or list of arrays, as `array2tabledef` does.

    Parameters
    ----------
    data : dict or list of numpy.ndarray
        The columns.
    names : sequence of str, optional
        The names of the columns, for a list.
    table_type, write_bitcols
        As for `descr2tabledef`.
    """
    if isinstance(data, Mapping):
        items: Iterable[tuple[Any, Any]] = data.items()
    elif names is None:
        raise FITSValueError("for a list of arrays, give names=")
    else:
        items = zip(names, data, strict=False)
    columns = []
    for name, cells in items:
        if cells.dtype.kind == "O":
            if _extract_table_type(table_type) == ASCII_TBL:
                raise FITSValueError(f"column {name!r}: ASCII tables have no variable length")
            columns.append((name, *npy_obj2fits(cells)))
        else:
            field = (name, cells.dtype.str, *([cells.shape[1:]] if cells.ndim > 1 else []))
            columns.append(_npy2fits(field, table_type, write_bitcols))
    return _split(columns)


def npy_obj2fits(data: Array, name: str | None = None) -> tuple[str, str | None]:
    """Return TFORMn and TDIMn of a column of variable length.

    Parameters
    ----------
    data : numpy.ndarray
        An array of objects, or a structured array that has one.
    name : str, optional
        The field of a structured array.

    Raises
    ------
    FITSValueError
        If there is no cell, or if FITS has no column of such cells.
    """
    cells = data if name is None else data[name]
    if not cells.size:
        raise FITSValueError("an array of objects without a cell has no type")
    first = cells.flat[0]
    if isinstance(first, (str, bytes)):
        return "1PA", None
    kind = np.asarray(first).dtype
    if kind.kind in "SU":
        raise FITSValueError("a cell of variable length has one string, not an array of strings")
    return "1P" + _letter(kind, _table_npy2fits_form, "binary"), None


def _npy2fits(
    d: Sequence[Any], table_type: Any = "binary", write_bitcols: bool = False
) -> tuple[str, str, str | None]:
    """Return name, TFORMn and TDIMn of one column from its item of ``dtype.descr``."""
    name, kind = d[0], np.dtype(d[1])
    shape: tuple[int, ...] = np.dtype((kind, d[2])).shape if len(d) > 2 else ()
    text = kind.kind in "SU"
    width = kind.itemsize // (4 if kind.kind == "U" else 1)
    if text and not width:
        raise FITSValueError(f"column {name!r}: strings need a length")
    if _extract_table_type(table_type) == ASCII_TBL:
        if shape:
            raise FITSValueError(f"column {name!r}: a cell of an ASCII table is one value")
        return name, _letter(kind, _table_npy2fits_form_ascii, "ASCII", width), None
    letter = _letter(kind, _table_npy2fits_form, "binary")
    if write_bitcols and letter == "L" and shape:
        letter = "X"
    count = int(np.prod(shape, dtype=np.int64)) * (width if text else 1)
    dims = [width, *shape[::-1]] if text else list(shape[::-1])
    form = f"{count}{letter}" if shape or text else letter
    return name, form, f"({','.join(map(str, dims))})" if len(dims) > 1 else None


def _npy_num2fits(
    d: Sequence[Any], table_type: Any = "binary", write_bitcols: bool = False
) -> tuple[str, str, str | None]:
    """Return name, TFORMn and TDIMn of a column of numbers, as `_npy2fits` does."""
    return _npy2fits(d, table_type, write_bitcols)


def _npy_string2fits(d: Sequence[Any], table_type: Any = "binary") -> tuple[str, str, str | None]:
    """Return name, TFORMn and TDIMn of a column of strings, as `_npy2fits` does."""
    if np.dtype(d[1]).kind not in "SU":
        raise FITSValueError(f"column {d[0]!r} has no strings but {d[1]}")
    return _npy2fits(d, table_type)


def _letter(kind: np.dtype[Any], letters: Mapping[str, str], table: str, width: int = 0) -> str:
    found = letters.get(kind.kind if kind.kind in "SU" else kind.str[1:])
    if found is None:
        raise FITSValueError(f"{table} tables have no columns of type {kind}")
    return f"A{width}" if found == "A1" else found


def _split(columns: Iterable[tuple[str, str, str | None]]) -> _TableDef:
    """Return a list of columns as lists of names, formats and dims."""
    rows = list(columns)
    return [row[0] for row in rows], [row[1] for row in rows], [row[2] for row in rows]


# ---- columns that are there ----


def _extract_vararray_max(tform: str) -> int:
    """Return the maximum length in the TFORMn of a column of variable length, or -1."""
    match = re.search(r"\(\s*([0-9]+)\s*\)", tform)
    return int(match[1]) if match else -1


def _tdim2shape(tdim: Any, name: str, is_string: bool = False) -> Any:
    """Return the shape of cells from TDIMn as numbers.

    Returns
    -------
    None, int, or tuple of int
        None for cells that are one number, () for cells that are one string, an int for one axis.
    """
    if tdim is None:
        raise FITSValueError(f"column {name!r} has an invalid TDIM")
    if is_string:
        shape = tuple(int(length) for length in reversed(list(tdim)[1:]))
    else:
        shape = tuple(int(length) for length in reversed(list(tdim)))
        if shape == (1,):
            return None
    return shape[0] if len(shape) == 1 else shape


def _get_col_dimstr(tdim: Sequence[int], is_string: bool = False) -> str:
    """Return the shape of cells as text for a listing."""
    dims = list(tdim[1:]) if is_string else list(tdim)
    return f"array[{','.join(map(str, dims))}]" if dims and dims != [1] else ""


def _names_to_lower_if_recarray(data: Array) -> None:
    """Change the names of the fields of an array to lower case."""
    if data.dtype.names is not None:
        data.dtype.names = tuple(name.lower() for name in data.dtype.names)


def _names_to_upper_if_recarray(data: Array) -> None:
    """Change the names of the fields of an array to upper case."""
    if data.dtype.names is not None:
        data.dtype.names = tuple(name.upper() for name in data.dtype.names)


def _trim_strings(data: Array) -> None:
    """Remove blanks at the end of all strings of an array."""
    if data.dtype.names is not None:
        for name in data.dtype.names:
            _trim_strings(data[name])
    elif data.dtype.kind in "SU":
        if data.ndim == 0:
            raise FITSTypeError("a single string cannot change in place")
        data[...] = np.char.rstrip(data)
