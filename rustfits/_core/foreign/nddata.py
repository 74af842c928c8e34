# SPDX-License-Identifier: BSD-3-Clause
"""astropy's NDData and CCDData as image HDUs, which ``CCDData.read`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError
from rustfits._core.foreign.arrays import plain_array
from rustfits._core.foreign.meta import Cards, cards_of, cards_of_header, unit_card

__all__ = ["parts_of_nddata"]

# The power of the unit of the data that an uncertainty has.
_POWERS = {"StdDevUncertainty": 1, "VarianceUncertainty": 2, "InverseVariance": -2}


def parts_of_nddata(data: Any) -> list[tuple[Any, str | None, Cards]]:
    """Return the pixels, EXTNAME and cards of each HDU.

    The first one has the data, the header, the unit and the WCS. The extensions MASK, UNCERT,
    PSFIMAGE and FLAGS follow if `data` has them.

    Raises
    ------
    FITSTypeError
        If an attribute cannot be stored.
    """
    pixels = plain_array(data.data)
    parts: list[tuple[Any, str | None, Cards]] = [(pixels, None, _main_cards(data))]
    mask = data.mask
    if mask is not None and mask is not np.ma.nomask and mask is not False:
        parts.append((_mask(mask, np.shape(pixels)), "MASK", []))
    if data.uncertainty is not None:
        parts.append(_uncertainty(data))
    psf = getattr(data, "psf", None)
    if psf is not None:
        parts.append((plain_array(psf), "PSFIMAGE", []))
    flags = getattr(data, "flags", None)
    if isinstance(flags, Mapping):
        parts += [(plain_array(flag), f"FLAGS_{name}", []) for name, flag in flags.items()]
    elif flags is not None:
        parts.append((_mask(flags, np.shape(pixels)), "FLAGS", []))
    return parts


def _main_cards(data: Any) -> Cards:
    """Return the cards of header, unit and WCS, the last of each keyword."""
    meta = data.meta
    cards = (
        cards_of_header(meta)
        if hasattr(meta, "cards")
        else cards_of(meta, f"the meta of the {type(data).__name__}")
    )
    later = unit_card(data.unit) + _wcs_cards(data.wcs)
    names = {name for name, _ in later if name not in ("COMMENT", "HISTORY", "")}
    return [card for card in cards if card[0] not in names] + later


def _wcs_cards(wcs: Any) -> Cards:
    """Return a WCS as cards."""
    if wcs is None:
        return []
    tables = ("cpdis1", "cpdis2", "det2im1", "det2im2")
    inner = getattr(wcs, "wcs", None)
    if not hasattr(wcs, "to_header") or any(getattr(wcs, name, None) for name in tables):
        what = type(wcs).__name__ if not hasattr(wcs, "to_header") else "with distortion tables"
        raise FITSTypeError(
            f"a WCS ({what}) that cards cannot hold: set data.wcs to None, and write it apart"
        )
    if getattr(inner, "tab", None):
        raise FITSTypeError("a WCS with lookup tables (-TAB): set data.wcs to None")
    return cards_of_header(wcs.to_header(relax=True))


def _mask(mask: Any, shape: tuple[int, ...]) -> Array:
    """Return a mask as pixels: bools as 0 and 1, bits as they are."""
    values = np.asarray(plain_array(mask))
    return np.broadcast_to(values.astype("u1") if values.dtype.kind == "b" else values, shape)


def _uncertainty(data: Any) -> tuple[Any, str, Cards]:
    uncertainty = data.uncertainty
    kind = type(uncertainty).__name__
    if kind not in _POWERS or uncertainty.array is None:
        raise FITSTypeError(
            f"an uncertainty of type {kind}: FITS files of CCDData have {', '.join(_POWERS)}"
        )
    values, unit = plain_array(uncertainty.array), uncertainty.unit
    if data.unit is not None:
        expected = data.unit ** _POWERS[kind]
        if unit is not None and unit != expected:  # readers take the unit of the data
            values = values * unit.to(expected)
        unit = expected
    cards = cards_of({"UTYPE": kind}, "the uncertainty")
    return values, "UNCERT", cards + unit_card(unit)
