# SPDX-License-Identifier: BSD-3-Clause
"""Metadata of other packages as header cards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rustfits._core.binding.errors import FITSError
from rustfits._core.binding.warnings import warn
from rustfits._core.foreign.units import unit_text
from rustfits._core.header.header import FITSHeader, is_protected_key

if TYPE_CHECKING:
    from rustfits._core.header.header import HeaderLike

__all__ = ["Cards", "cards_of", "cards_of_header", "merge", "unit_card"]

#: Keywords, and the texts of their cards.
Cards: TypeAlias = "list[tuple[str, list[str]]]"


_COMMENTARY = {"comment": "COMMENT", "comments": "COMMENT", "history": "HISTORY", "": ""}
# Sums of the bytes of another file, and the structure of its data.
_OLD = frozenset({"CHECKSUM", "DATASUM", "ZHECKSUM", "ZDATASUM"})


def cards_of(meta: Mapping[Any, Any], owner: str) -> Cards:
    """Return metadata as keywords with the texts of their cards.

    A list becomes one card for each item. What no card can hold is not written, with a warning.
    `owner` is for its text.
    """
    found: Cards = []
    for key, value in meta.items():
        name = _COMMENTARY.get(key.lower(), key) if isinstance(key, str) else key
        items = value if isinstance(value, (list, tuple)) else [value]
        try:
            found.append((name, [text for item in items for text in _card(name, item)]))
        except (FITSError, TypeError, ValueError) as refused:
            _say(owner, key, str(refused))
    return found


def cards_of_header(header: Any) -> Cards:
    """Return the cards of an astropy header, byte for byte."""
    return [
        (card.keyword, FITSHeader([card]).cards)
        for card in header.cards
        if not is_protected_key(card.keyword)
    ]


def unit_card(unit: Any) -> Cards:
    """Return BUNIT for the unit of an image."""
    text = unit_text(unit)
    return cards_of({"BUNIT": text}, "the unit") if text else []


def _card(name: Any, value: Any) -> list[str]:
    """Return the texts of a card and those that continue it."""
    if not isinstance(name, str):
        raise TypeError(f"a keyword is a str, not {type(name).__name__}")
    if name.upper() in _OLD:
        raise ValueError("it is the sum of the bytes of another HDU")
    if is_protected_key(name):
        raise ValueError("the keyword describes the structure of the HDU")
    unit = getattr(value, "unit", None)
    if unit is not None and getattr(value, "shape", None) == ():
        return FITSHeader([(name, _plain(value.value), f"[{unit_text(unit) or ''}]")]).cards
    return FITSHeader([(name, _plain(value))]).cards


def _plain(value: Any) -> Any:
    if isinstance(value, (np.generic, np.ndarray)) and np.ndim(value) == 0:
        value = value.item()
    if isinstance(value, bytes):
        value = value.decode("ascii")
    if value is not None and not isinstance(value, (str, bool, int, float, complex)):
        raise TypeError(f"a card holds text or a number, not {type(value).__name__}")
    return value


def _say(owner: str, key: Any, why: str) -> None:
    if not (isinstance(key, str) and key.upper() in _OLD):
        warn(f"{owner}: {key!r} is not written as a card: {why}")


def merge(header: HeaderLike | None, found: Cards) -> HeaderLike | None:
    """Return a header with more cards.

    Those whose keyword it has already are left out, except BUNIT: data have the unit that they
    have, whatever a header says.
    """
    if not found:
        return header
    old = FITSHeader(header)
    names = {name for name, _ in found}
    if "BUNIT" in names and "BUNIT" in old:
        del old["BUNIT"]
    added = [
        text
        for name, texts in found
        if name in ("COMMENT", "HISTORY", "") or name not in old
        for text in texts
    ]
    return [*old.cards, *added]
