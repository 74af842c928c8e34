# SPDX-License-Identifier: BSD-3-Clause
"""Images of other packages as arrays with their cards, one for each HDU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError
from rustfits._core.foreign.arrays import plain_array
from rustfits._core.foreign.dataarray import cards_of_dataarray
from rustfits._core.foreign.meta import Cards, merge, unit_card
from rustfits._core.foreign.nddata import parts_of_nddata
from rustfits._core.foreign.tables import check_unit
from rustfits._core.foreign.units import unit_of

if TYPE_CHECKING:
    from rustfits._core.header.header import HeaderLike

__all__ = ["Part", "as_parts", "as_values"]


class Part(NamedTuple):
    """An image HDU to write: its pixels, EXTNAME and cards.

    `name` is None for the first HDU, whose name the caller chooses.
    """

    data: Any
    name: str | None
    cards: Cards

    @property
    def header(self) -> HeaderLike | None:
        """The cards as a header."""
        return merge(None, self.cards)


class Unit(Protocol):
    """What `as_values` needs of an image HDU."""

    @property
    def unit(self) -> str | None:
        """The unit of the pixels."""


# Attributes of classes: those of a data frame may be its columns.


def _is_nddata(data: Any) -> bool:
    kind = type(data)
    return hasattr(kind, "uncertainty") and hasattr(kind, "mask") and hasattr(kind, "wcs")


def _is_dataarray(data: Any) -> bool:
    kind = type(data)
    return hasattr(kind, "dims") and hasattr(kind, "coords") and hasattr(kind, "attrs")


def as_parts(data: Any) -> list[Part]:
    """Return the image HDUs that hold `data`: more than one for astropy's NDData.

    Raises
    ------
    FITSTypeError, FITSValueError
        If FITS has no place for something that `data` has.
    """
    if data is None or type(data) in (np.ndarray, np.ma.MaskedArray, list, tuple):
        return [Part(data, None, [])]
    if _is_nddata(data):
        return [Part(*part) for part in parts_of_nddata(data)]
    if _is_dataarray(data):
        name = getattr(data, "name", None)
        cards = cards_of_dataarray(data)
        return [Part(np.asanyarray(data.values), name if isinstance(name, str) else None, cards)]
    return [Part(data, None, unit_card(unit_of(data)))]


def as_values(hdu: Unit, data: Any) -> Array:
    """Return values for pixels of an existing image.

    Raises
    ------
    FITSTypeError
        If `data` has more than values, such as uncertainties, which no pixel holds.
    FITSValueError
        If `data` has another unit than the image.
    """
    if type(data) in (np.ndarray, np.ma.MaskedArray, int, float, list, tuple):
        return np.asanyarray(plain_array(data))
    if _is_nddata(data) or _is_dataarray(data):
        which = "data.data" if _is_nddata(data) else "data.values"
        raise FITSTypeError(
            f"a {type(data).__name__} has more than pixels, which an existing image cannot hold: "
            f"write {which}, or make new HDUs with fits.write(data)"
        )
    unit = unit_of(data)
    if unit is not None:
        check_unit(repr(hdu), hdu.unit, unit)
    return np.asanyarray(plain_array(data))
