# SPDX-License-Identifier: BSD-3-Clause
"""Data of other packages as numpy arrays, with their masks and units.

This module imports none of those packages. It recognises types by their attributes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError

if TYPE_CHECKING:
    from rustfits._core.table.schema import Schema

__all__ = ["as_mapping", "check_units", "plain_array", "unit_text", "units_of_data"]

# Types without attributes of other packages: each failing look-up costs a tenth of a write.
_PLAIN = (list, tuple, int, float, complex, str, bytes, np.generic)


def as_mapping(data: Any) -> Mapping[str, Any] | None:
    """Return the columns of an astropy Table or a pandas DataFrame by name, or None."""
    if isinstance(data, (np.ndarray, Mapping, list, tuple)):
        return None
    if hasattr(data, "colnames") and hasattr(data, "itercols"):
        return {name: data[name] for name in data.colnames}
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return {str(name): data[name] for name in data.columns}
    return None


def plain_array(values: Any) -> Any:
    """Return an array of another package as a numpy array with its mask, other values unchanged.

    Raises
    ------
    FITSTypeError
        If `values` consists of several arrays, as times and sky positions do.
    """
    kind = type(values)
    if kind is np.ndarray or kind is np.ma.MaskedArray or isinstance(values, _PLAIN):
        return values
    if hasattr(values, "represent_as") or hasattr(values, "jd1"):
        raise FITSTypeError(
            f"a column of type {type(values).__name__} has no cells that FITS knows: write its "
            "parts, such as time.mjd, coordinates.ra and coordinates.dec"
        )
    if hasattr(values, "unmasked") and hasattr(values, "mask"):  # astropy's Masked
        return np.ma.MaskedArray(np.asarray(values.unmasked), np.asarray(values.mask))
    if isinstance(values, np.ma.MaskedArray):  # MaskedColumn
        data, mask = np.ma.getdata(values), np.ma.getmask(values)
        return np.ma.MaskedArray(np.asarray(data), mask, fill_value=values.fill_value)
    if isinstance(values, np.ndarray):  # Quantity, Column
        return np.asarray(values)
    if hasattr(values, "to_numpy") and hasattr(values, "isna"):  # Series
        return _of_pandas(values)
    return values


def _of_pandas(values: Any) -> Array:
    dtype = getattr(values.dtype, "numpy_dtype", None)
    if isinstance(values.dtype, np.dtype):
        array: Array = values.to_numpy()
        return array
    undefined = np.asarray(values.isna().to_numpy(), bool)
    if dtype is None or dtype.kind == "O":  # strings
        made: Array = values.astype(object).where(~undefined, "").to_numpy()
        return made
    return np.ma.MaskedArray(values.to_numpy(dtype=dtype, na_value=dtype.type()), undefined)


def unit_text(unit: Any) -> str | None:
    """Return a unit as FITS writes it, or None."""
    if unit is None or isinstance(unit, str):
        return unit or None
    write = getattr(unit, "to_string", None)
    if write is None:
        return None
    try:
        text = write("fits")
    except (ValueError, TypeError):  # one that FITS does not know
        text = write()
    return str(text) or None


def units_of_data(data: Any, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the units of columns by name, as objects of the package of the data."""
    columns: Any = as_mapping(data)
    if columns is None and isinstance(data, Mapping):
        columns = data
    elif columns is None and names is not None and isinstance(data, (list, tuple)):
        columns = dict(zip(names, data, strict=False))
    found = {}
    for name, values in (columns or {}).items():
        unit = None if type(values) is np.ndarray else getattr(values, "unit", None)
        if unit is not None and (isinstance(unit, str) or hasattr(unit, "to_string")):
            found[name] = unit
    return found


def check_units(schema: Schema, data: Any, names: Sequence[str] | None = None) -> None:
    """Check that values have the unit of the column they go to.

    Raises
    ------
    FITSValueError
        If the units differ.
    """
    for name, unit in units_of_data(data, names).items():
        column = schema.find(name)
        if column.unit is None or unit == column.unit or unit_text(unit) in (None, column.unit):
            continue
        raise FITSValueError(
            f"{schema.where}: column {column.key!r}: the values are in {unit_text(unit)!r}, and "
            f"the column in {column.unit!r}: convert them first"
        )
