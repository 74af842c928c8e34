# SPDX-License-Identifier: BSD-3-Clause
"""Units of data of other packages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.foreign.tables import as_mapping

if TYPE_CHECKING:
    from rustfits._core.table.schema import Schema

__all__ = ["check_units", "unit_text", "units_of_data"]


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
