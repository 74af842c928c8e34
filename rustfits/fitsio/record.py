# SPDX-License-Identifier: BSD-3-Clause
"""Records of the ``fitsio`` API: a keyword with its value and comment."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.library import CData, value_slot
from rustfits._core.header.cards import (
    CARD,
    CardSource,
    comment_at,
    entries_of,
    is_text_slot,
    parse_cards,
    shown_cards,
    value_at,
)
from rustfits._core.header.values import COMMENTARY
from rustfits.fitsio.util import FITSRuntimeWarning, fit_text, warn_ignored

__all__ = [
    "CONTINUE_CLASS",
    "FITSCard",
    "FITSRecord",
    "UnchangedCards",
    "contents_of",
]

# The values of ``class`` in records of cards, as CFITSIO numbers them.
_COMMENT_CLASS, CONTINUE_CLASS, _KEY_CLASS = 130, 140, 150


class UnchangedCards(CardSource):
    """The cards of one keyword, byte for byte."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def _clone(self) -> CData:
        return parse_cards(self._content)


class FITSRecord(dict[str, Any]):
    """A keyword with its value and comment, as a dict.

    Records of the text of a card also have ``card_string``, ``class``, ``dtype`` (``"C"``, ``"L"``,
    ``"I"``, ``"F"``, ``"X"`` or ``""``) and ``value_orig``, the characters of the value.

    Parameters
    ----------
    record : dict, FITSRecord or str
        A dict with ``name``, ``value`` and, optionally, ``comment``, or the text of a card.
    convert : bool, optional
        Without effect.

    Raises
    ------
    FITSValueError
        If `record` is no valid record.
    """

    # The cards of a record that are not printable ASCII, and the content that they have.
    _cards: bytes | None = None
    _content: dict[str, Any] | None = None

    def __init__(self, record: Mapping[str, Any] | str, convert: bool | None = None) -> None:
        super().__init__()
        del convert  # an argument of old versions of fitsio
        self.set_record(record)

    @classmethod
    def _made(cls, content: dict[str, Any]) -> FITSRecord:
        """Return a record of content that needs no check."""
        made = cls.__new__(cls)
        made.update(content)
        return made

    def set_record(self, record: Mapping[str, Any] | str, **keys: Any) -> None:
        """Copy the content of another record.

        Parameters
        ----------
        record : dict, FITSRecord or str
            As for `FITSRecord`.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSValueError
            If `record` is no valid record.
        """
        warn_ignored(keys)
        if isinstance(record, str):
            self.update(_parse(record))
        elif isinstance(record, Mapping):
            if "name" not in record and "value" not in record and "card_string" in record:
                self.update(_parse(record["card_string"]))
            else:
                self.update(record)
                if isinstance(record, FITSRecord) and record._cards is not None:
                    self._cards, self._content = record._cards, record._content
        else:
            raise FITSValueError(
                f"a record is a dict, a FITSRecord or the text of a card, "
                f"not {type(record).__name__}"
            )
        self.verify()

    def _keep_bytes(self, cards: bytes) -> None:
        """Store the cards of this record if they are not printable ASCII."""
        if not (cards.isascii() and cards.decode().isprintable()):
            self._cards = cards
            self._content = dict(self)

    def _unchanged(self) -> UnchangedCards | None:
        """Return the cards of `_keep_bytes` if the record was not changed, else None."""
        if self._cards is None or self._content != self:
            return None
        return UnchangedCards(self._cards)

    def verify(self) -> None:
        """Check that the record has a name and a value.

        Raises
        ------
        FITSValueError
            If the name or the value is missing.
        """
        if "name" not in self or "value" not in self:
            raise FITSValueError(f"a record needs a name and a value, and has {sorted(self)}")


class FITSCard(FITSRecord):
    """The content of the text of a card.

    Parameters
    ----------
    card_string : str
        The text, of at most 80 characters.

    Raises
    ------
    FITSValueError
        If `card_string` is no card.
    """

    def __init__(self, card_string: str) -> None:
        super().__init__(card_string)

    def set_card(self, card_string: str) -> None:
        """Replace the content by that of another card.

        Parameters
        ----------
        card_string : str
            The text of the card.

        Raises
        ------
        FITSValueError
            If `card_string` is no card.
        """
        self.set_record(card_string)

    def has_equals(self) -> bool:
        """Return whether column 9 of the card is ``=``."""
        return str(self["card_string"])[8:9] == "="


def _parse(card: str) -> dict[str, Any]:
    """Return the content of the text of a card."""
    if not isinstance(card, str):
        raise FITSValueError(f"a card is a str, not {type(card).__name__}")
    line = card.rstrip("\r\n")
    if len(line) > CARD:
        raise FITSValueError(f"a card has 80 characters, not {len(line)}: {line[:40]!r}...")
    if line[:8].upper() == "CONTINUE":
        return _parse_continue(line)
    cards = parse_cards(fit_text("card", line)[:CARD].encode().ljust(CARD))
    entries = entries_of(cards)
    if not entries:  # the blank line is padding, and a line with END ends the header
        name = None if not line.strip() else "COMMENT"
        return {"card_string": card, "class": _COMMENT_CLASS, "name": name, "value": ""}
    content = contents_of(cards, entries[:1], shown_cards(cards), value_slot())[0]
    content["card_string"] = card
    if content["name"] is not None and content["name"].upper() in COMMENTARY:
        del content["comment"]
        content["class"] = _COMMENT_CLASS
        return content
    content["class"] = _KEY_CLASS
    if content["name"] is not None:
        content["value_orig"] = _written(line)
        content["dtype"] = _letter(content["value"], content["value_orig"])
    else:
        content["value"] = None
    return content


def _parse_continue(line: str) -> dict[str, Any]:
    """Return the content of the text of a CONTINUE card."""
    if line[8:9] == "=":
        warnings.warn(f"a CONTINUE card has no '=': {line!r}", FITSRuntimeWarning, stacklevel=5)
    text = line[8:].removeprefix("=")
    return {"card_string": line, "class": CONTINUE_CLASS, "name": "CONTINUE", "value": text}


def _written(line: str) -> str | None:
    """Return the characters of the value of a card, or None."""
    field = line.partition("=")[2].strip()
    if field.startswith("'"):
        end = 1
        while (end := field.find("'", end)) >= 0 and field[end + 1 : end + 2] == "'":
            end += 2
        return field if end < 0 else field[: end + 1]
    return field.partition("/")[0].strip() or None


def _letter(value: Any, written: str | None) -> str:
    """Return the letter of the type of a value."""
    if value is None or written is None:
        return ""
    if written.startswith("'"):
        return "C"
    kinds: dict[type, str] = {bool: "L", int: "I", float: "F", complex: "X"}
    return kinds.get(type(value), "F")


def contents_of(
    cards: CData, entries: list[tuple[str, int, int]], texts: list[str], scratch: CData
) -> list[dict[str, Any]]:
    """Return entries of a header, whose texts are `texts`, as contents of records."""
    found = []
    for keyword, start, _ in entries:
        text = texts[start].rstrip()
        value: Any = value_at(cards, start, scratch)
        if keyword == "":
            found.append({"card_string": text, "name": None, "value": "", "comment": value})
        elif keyword.upper() in COMMENTARY:
            found.append({"card_string": text, "name": keyword, "value": value, "comment": value})
        elif type(value) is str and is_text_slot(scratch):  # a keyword without '='
            found.append({"card_string": text, "name": keyword, "value": None, "comment": value})
        else:
            comment = comment_at(cards, start)
            found.append({"card_string": text, "name": keyword, "value": value, "comment": comment})
    return found
