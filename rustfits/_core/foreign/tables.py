# SPDX-License-Identifier: BSD-3-Clause
"""Tables of other packages as columns by name, with what they say about the columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.warnings import warn
from rustfits._core.foreign.formats import display_of
from rustfits._core.foreign.meta import Cards, cards_of
from rustfits._core.foreign.units import unit_of, unit_text

if TYPE_CHECKING:
    from rustfits._core.table.schema import Schema

__all__ = ["Description", "as_mapping", "check_unit", "check_units", "describe", "units_of_data"]


@dataclass(slots=True)
class Description:
    """What data of other packages say beside their cells.

    Attributes
    ----------
    comments, displays : dict
        The texts of TCOMMn and TDISPn by column name.
    cards : list of (str, list of str)
        The metadata of the table: keywords, and the texts of their cards.
    """

    comments: dict[str, str] = field(default_factory=dict)
    displays: dict[str, str] = field(default_factory=dict)
    cards: Cards = field(default_factory=list)


def as_mapping(data: Any) -> Mapping[str, Any] | None:
    """Return the columns of a table of another package by name, or None.

    Those are an astropy Table, a pandas DataFrame, and a Quantity of a structured type.

    Raises
    ------
    FITSTypeError
        If the data are several arrays of their own shapes, as an xarray Dataset is.
    """
    if isinstance(data, np.ndarray):
        if data.dtype.names and hasattr(data, "unit"):
            return {name: data[name] for name in data.dtype.names}
        return None
    if isinstance(data, (list, tuple, dict)):
        return None
    if hasattr(data, "data_vars"):
        raise FITSTypeError(
            "an xarray Dataset has several arrays: write each as an HDU, "
            "fits.write(dataset[name], extname=name)"
        )
    if isinstance(data, Mapping):
        return None
    if hasattr(data, "colnames") and hasattr(data, "itercols"):
        return {name: data[name] for name in data.colnames}
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return {str(name): data[name] for name in data.columns}
    return None


def columns_by_name(data: Any, names: Sequence[str] | None = None) -> Mapping[str, Any]:
    """Return the columns of data that are no structured array, as objects of their package."""
    columns = as_mapping(data)
    if columns is None and isinstance(data, Mapping):
        columns = data
    elif columns is None and names is not None and isinstance(data, (list, tuple)):
        columns = dict(zip(names, data, strict=False))
    return columns or {}


def units_of_data(data: Any, names: Sequence[str] | None = None) -> dict[str, Any]:
    """Return the units of columns by name, as objects of the package of the data."""
    found = {}
    for name, values in columns_by_name(data, names).items():
        unit = unit_of(values)
        if unit is not None:
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
        check_unit(f"{schema.where}: column {column.key!r}", column.unit, unit)


def check_unit(label: str, own: str | None, unit: Any) -> None:
    """Check that values in `unit` can go to a column or an image with the unit `own`.

    A unit that is lost, because the place has none, gives a warning.

    Raises
    ------
    FITSValueError
        If the units differ.
    """
    if unit is None or own == unit:
        return
    text = unit_text(unit)
    if text in (None, own):
        return
    if own is None:
        warn(f"{label}: the values are in {text!r}, and their place has no unit: it is not written")
        return
    raise FITSValueError(
        f"{label}: the values are in {text!r}, and their place is in {own!r}: convert them first"
    )


def describe(data: Any, names: Sequence[str] | None = None) -> Description:
    """Return what columns and the table say beside their cells and units.

    What FITS has no card for is left out, with a warning.
    """
    found = Description()
    if type(data) is np.ndarray:
        return found
    for name, values in columns_by_name(data, names).items():
        if type(values) is np.ndarray or isinstance(values, (list, tuple)):
            continue
        info = getattr(values, "info", None)
        if hasattr(info, "description"):
            _describe_column(found, name, info, getattr(values, "dtype", None))
    meta = getattr(data, "meta", None)
    if isinstance(meta, Mapping) and hasattr(data, "colnames"):
        found.cards = cards_of(meta, "the meta of the table")
    return found


def _describe_column(found: Description, name: str, info: Any, dtype: Any) -> None:
    """Add what astropy's ``info`` of a column says."""
    if info.description:
        found.comments[name] = str(info.description)
    form = info.format
    if form:
        display = display_of(form) if isinstance(form, str) else None
        if display is None or not _shows(display[:1], getattr(dtype, "kind", "O")):
            warn(f"column {name!r}: FITS has no display format for {form!r}, which is not written")
        elif display:
            found.displays[name] = display
    if info.meta:
        warn(
            f"column {name!r}: its meta is not written, since FITS has no cards for it: "
            'Table.write(..., format="rustfits") of rustfits.astropy writes it'
        )


def _shows(letter: str, kind: str) -> bool:
    """Return whether a display format is for cells of this kind of dtype (FITS 7.3.4)."""
    return kind in {"A": "SUT", "F": "fiu", "E": "fiu", "G": "fiu", "": kind}.get(letter, "iu")
