# SPDX-License-Identifier: BSD-3-Clause
"""Units of data of other packages."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["unit_of", "unit_text"]


def unit_of(values: Any) -> Any:
    """Return the unit of values as an object of their package, or None."""
    if type(values) is np.ndarray:
        return None
    unit = getattr(values, "unit", None)
    if unit is not None and (isinstance(unit, str) or hasattr(unit, "to_string")):
        return unit
    units = getattr(values, "units", None)
    if units is None or callable(units):
        return None
    if hasattr(values, "magnitude"):  # pint
        return f"{units:~C}"
    return str(units) if isinstance(values, np.ndarray) else None  # unyt


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
