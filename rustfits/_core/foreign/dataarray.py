# SPDX-License-Identifier: BSD-3-Clause
"""xarray's DataArray as cards: its attributes, dimensions and coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError
from rustfits._core.foreign.meta import Cards, cards_of

__all__ = ["cards_of_dataarray"]

# Of a WCS: in attributes, they describe the axes, and no card for a dimension is added.
_AXES = ("CTYPE", "CRVAL", "CRPIX", "CDELT", "CUNIT", "CD1_", "CD2_", "PC1_", "PC2_")


def cards_of_dataarray(data: Any) -> Cards:
    """Return attributes, dimensions and coordinates of a DataArray as cards.

    A dimension is CTYPEn. A coordinate in equal steps is CRVALn, CRPIXn, CDELTn and CUNITn.
    Coordinates without a dimension are cards of their name.

    Raises
    ------
    FITSTypeError
        If no card holds a coordinate.
    """
    attrs = dict(data.attrs)
    unit = attrs.pop("units", None)
    if unit is not None and "BUNIT" not in attrs:
        attrs["BUNIT"] = str(unit)
    has_axes = any(str(key).upper().startswith(_AXES) for key in attrs)
    cards = cards_of(attrs, "the attrs of the DataArray")
    coordinates = dict(data.coords.items())  # its get() makes up those that are absent
    for name, coordinate in coordinates.items():
        if coordinate.ndim == 0:
            cards += cards_of({str(name): _scalar(coordinate.values)}, "the coordinates")
        elif coordinate.dims != (name,):
            raise _refuse(name, f"it has the dimensions {coordinate.dims}")
    for number, name in enumerate(reversed(data.dims), 1):
        coordinate = coordinates.get(name)
        if has_axes:  # the axes are those of the attributes
            if coordinate is not None:
                raise _refuse(name, "the attrs have cards for the axes, such as CTYPE1")
            continue
        if coordinate is None:
            if name != f"dim_{len(data.dims) - number}":  # xarray's own
                cards += cards_of({f"CTYPE{number}": str(name)}, "the dimensions")
            continue
        cards += cards_of(_axis(number, str(name), coordinate), "the coordinates")
    return cards


def _axis(number: int, name: str, coordinate: Any) -> dict[str, Any]:
    """Return the keywords of an axis (FITS 8.2)."""
    values: Array = np.asarray(coordinate.values)
    if values.dtype.kind not in "iuf":
        raise _refuse(name, f"it is of type {values.dtype}")
    values = values.astype("f8")
    step = float(values[-1] - values[0]) / (len(values) - 1) if len(values) > 1 else 1.0
    start = float(values[0]) if len(values) else 0.0
    steps = start + step * np.arange(len(values))
    if step == 0 or not np.allclose(steps, values, rtol=1e-12, atol=abs(step) * 1e-9):
        raise _refuse(name, "its steps are not equal")
    cards = {
        f"CTYPE{number}": name,
        f"CRPIX{number}": 1.0,
        f"CRVAL{number}": start,
        f"CDELT{number}": step,
    }
    unit = coordinate.attrs.get("units")
    return cards if unit is None else {**cards, f"CUNIT{number}": str(unit)}


def _scalar(value: Any) -> Any:
    if value.dtype.kind == "M":
        return str(np.datetime_as_string(value))
    return value


def _refuse(name: Any, why: str) -> FITSTypeError:
    return FITSTypeError(
        f"the coordinate {name!r} has no cards in FITS: {why}; write data.drop_vars({name!r}), and "
        "the coordinate as a table"
    )
