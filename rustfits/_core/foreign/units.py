# SPDX-License-Identifier: BSD-3-Clause
"""Units of data of other packages."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["unit_of", "unit_text"]


def unit_of(values: Any) -> Any:
    """Return the unit of values as an object of their package, or None."""
    kind = type(values)
    if kind is np.ndarray:
        return None
    if hasattr(kind, "unit"):  # an attribute of a data frame may be a column
        unit = values.unit
        return unit if isinstance(unit, str) or hasattr(unit, "to_string") else None
    if hasattr(kind, "units") and hasattr(kind, "magnitude"):  # pint
        return f"{values.units:~C}"
    units = getattr(values, "units", None) if issubclass(kind, np.ndarray) else None  # unyt
    return None if units is None else str(units)


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
