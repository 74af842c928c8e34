# SPDX-License-Identifier: BSD-3-Clause
"""Headers of the ``fitsio`` API: lists of records without a file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.errors import FITSKeyError, FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, value_slot
from rustfits._core.header.cards import (
    CARD,
    CardSource,
    all_bytes,
    comment_at,
    entries_of,
    is_printable,
    parse_cards,
    shown_cards,
    value_at,
)
from rustfits._core.header.header import FITSHeader
from rustfits._core.header.values import COMMENTARY, ascii_bytes, is_protected_key
from rustfits.fitsio.helpers.maps import (  # noqa: F401
    TYP_CKSUM_KEY,
    TYP_CMPRS_KEY,
    TYP_COMM_KEY,
    TYP_CONT_KEY,
    TYP_DIM_KEY,
    TYP_DISP_KEY,
    TYP_HDUID_KEY,
    TYP_NULL_KEY,
    TYP_RANG_KEY,
    TYP_REFSYS_KEY,
    TYP_SCAL_KEY,
    TYP_STRUC_KEY,
    TYP_UNIT_KEY,
    TYP_USER_KEY,
    TYP_WCS_KEY,
)
from rustfits.fitsio.util import FITSRuntimeWarning, isstring, warn_ignored  # noqa: F401

if TYPE_CHECKING:
    from rustfits._core.header.header import HeaderLike

__all__ = ["FITSHDR", "FITSCard", "FITSRecord", "cards_of", "value_of"]

#: Keywords that describe pixels, and have no meaning without them.
_OF_PIXELS = frozenset({"BSCALE", "BZERO", "BUNIT", "BLANK"})
_OF_COLUMNS = re.compile(r"T(UNIT|DISP)[0-9]+")


class _UnchangedCards(CardSource):
    """The cards of one keyword, byte for byte."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def _clone(self) -> CData:
        return parse_cards(self._content)


class FITSRecord(dict[str, Any]):
    """A keyword with its value and comment, as a dict.

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

    def __init__(self, record: Mapping[str, Any] | str, convert: bool | None = None) -> None:
        super().__init__()
        self._cards: bytes | None = None
        self._content: dict[str, Any] = {}
        del convert  # an argument of old versions of fitsio
        self.set_record(record)

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
                if isinstance(record, FITSRecord):
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

    def _unchanged(self) -> _UnchangedCards | None:
        """Return the cards of `_keep_bytes` if the record was not changed, else None."""
        if self._cards is None or self._content != self:
            return None
        return _UnchangedCards(self._cards)

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
    cards = parse_cards(ascii_bytes("card", line).ljust(CARD))
    entries = entries_of(cards)
    if not entries:
        raise FITSValueError(f"no card: {line!r}")
    return _record(cards, *entries[0], value_slot())


def _record(cards: CData, keyword: str, start: int, span: int, scratch: CData) -> dict[str, Any]:
    """Return an entry of a header as the content of a record."""
    text = shown_cards(cards)[start].rstrip()
    value = value_at(cards, start, scratch)
    if keyword == "":
        return {"card_string": text, "name": None, "value": None, "comment": value}
    if keyword.upper() in COMMENTARY:
        return {"card_string": text, "name": keyword, "value": value, "comment": value}
    comment = comment_at(cards, start)
    return {"card_string": text, "name": keyword, "comment": comment, "value": value}


class FITSHDR:
    """A header as a list of records, with the interface of a dict.

    Parameters
    ----------
    record_list : FITSHDR, FITSHeader, dict, or list of dict, FITSRecord or str, optional
        The first records.

    Notes
    -----
    Names are not case-sensitive. Except for ``COMMENT``, ``HISTORY`` and blank ones, a keyword has
    one record: a second one replaces the first.
    """

    def __init__(self, record_list: Any = None) -> None:
        self._records: list[FITSRecord] = []
        self._places: dict[str, int] = {}
        self._next = 0
        if record_list is None:
            return
        if isinstance(record_list, FITSHeader):
            self._take(record_list)
        elif isinstance(record_list, FITSHDR):
            for record in record_list.records():
                self.add_record(record)
        elif isinstance(record_list, Mapping) and hasattr(record_list, "cards"):
            for card in record_list.cards:  # astropy's
                raw = bool(getattr(card, "field_specifier", None))
                name, value = (
                    (card.rawkeyword, card.rawvalue) if raw else (card.keyword, card.value)
                )
                self.add_record({"name": name, "value": value, "comment": card.comment})
        elif isinstance(record_list, Mapping):
            for name, value in record_list.items():
                self.add_record({"name": name, "value": value})
        elif isinstance(record_list, (list, tuple)):
            for record in record_list:
                self.add_record(record)
        else:
            raise FITSValueError(
                f"a header is made of a header, a dict or a list of records, "
                f"not {type(record_list).__name__}"
            )

    def _take(self, header: FITSHeader) -> None:
        """Copy the header of a file."""
        cards = header._clone()
        texts = shown_cards(cards)
        odd = None if is_printable(cards) else all_bytes(cards)
        scratch = value_slot()
        for keyword, start, span in entries_of(cards):
            text = texts[start].rstrip()
            value: Any = value_at(cards, start, scratch)
            name: str | None = keyword
            comment: Any = value
            if keyword == "":
                name = value = None
            elif keyword.upper() not in COMMENTARY:
                comment = comment_at(cards, start)
            record = FITSRecord(
                {"card_string": text, "name": name, "comment": comment, "value": value}
            )
            if odd is not None:
                record._keep_bytes(odd[start * CARD : (start + span) * CARD])
            self.add_record(record)

    # ---- changing ----

    def add_record(self, record_in: Mapping[str, Any] | str) -> None:
        """Add a record, or replace the record of the same name.

        Parameters
        ----------
        record_in : dict, FITSRecord or str
            As for `FITSRecord`.

        Raises
        ------
        FITSValueError
            If `record_in` is no valid record.
        """
        record = FITSRecord(record_in)
        name = record["name"]
        key = "" if name is None else str(name).upper()
        place = None if key in COMMENTARY else self._places.get(key)
        if place is None:
            self._places[key] = len(self._records)
            self._records.append(record)
        else:
            self._records[place] = record

    def __setitem__(self, item: str, value: Any) -> None:
        record = {"name": item, "value": value}
        if item is not None and str(item).upper() not in COMMENTARY and item in self:
            record["comment"] = self.get_comment(item)
        self.add_record(record)

    def delete(self, name: str | list[str] | tuple[str, ...]) -> None:
        """Delete all records of some names. Unknown names are ignored.

        Parameters
        ----------
        name : str or list of str
            The names.
        """
        names = name if isinstance(name, (list, tuple)) else [name]
        deleted = {str(one).upper() for one in names}
        self._keep(lambda key: key not in deleted)

    def __delitem__(self, item: str) -> None:
        if item not in self:
            raise FITSKeyError(f"unknown record: {item}")
        self.delete(item)

    def clean(self, is_table: bool = False) -> None:
        """Delete the records that describe the structure of an HDU, before they go to another.

        Parameters
        ----------
        is_table : bool
            Whether to delete keywords of pixels (BSCALE, BZERO, BUNIT, BLANK), too.
        """

        def stays(key: str) -> bool:
            if key in _OF_PIXELS:
                return not is_table
            return key in COMMENTARY or not (key == "EXTNAME" or _structural(key))

        self._keep(stays)

    def _keep(self, stays: Any) -> None:
        records = self._records
        self._records, self._places = [], {}
        for record in records:
            name = record["name"]
            key = "" if name is None else str(name).upper()
            if stays(key):
                self._places[key] = len(self._records)
                self._records.append(record)

    # ---- looking ----

    def next(self) -> Any:
        """Return the name of the next record."""
        return self.__next__()

    def __next__(self) -> Any:
        if self._next >= len(self._records):
            self._next = 0
            raise StopIteration
        self._next += 1
        return self._records[self._next - 1]["name"]

    def _find(self, item: Any) -> FITSRecord:
        place = self._places.get("" if item is None else str(item).upper())
        if place is None:
            raise FITSKeyError(f"unknown record: {item}")
        return self._records[place]

    def __getitem__(self, item: Any) -> Any:
        """Return the value of a keyword, for COMMENT and HISTORY the text of the last card."""
        return self._find(item)["value"]

    def get(self, item: Any, default_value: Any = None) -> Any:
        """Return the value of a keyword, or `default_value` if there is no such record."""
        if item not in self:
            return default_value
        return self._find(item)["value"]

    def get_comment(self, item: str) -> str | None:
        """Return the comment of a keyword, or None.

        Parameters
        ----------
        item : str
            The keyword.

        Raises
        ------
        FITSKeyError
            If there is no such record.
        """
        comment: str | None = self._find(item).get("comment")
        return comment

    def records(self) -> list[FITSRecord]:
        """Return the records in order."""
        return self._records

    def keys(self) -> list[Any]:
        """Return the names of all records in order: None for blank ones."""
        return [record["name"] for record in self._records]

    def values(self) -> list[Any]:
        """Return the values of all records in order."""
        return [record["value"] for record in self._records]

    def items(self) -> list[tuple[Any, Any]]:
        """Return the pairs of name and value of all records in order."""
        return [(record["name"], record["value"]) for record in self._records]

    def __contains__(self, item: object) -> bool:
        return ("" if item is None else str(item).upper()) in self._places

    def __len__(self) -> int:
        return len(self._records)

    def __bool__(self) -> bool:
        return bool(self._records)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __str__(self) -> str:
        return "\n".join(["", *(_text(record) for record in self._records)])

    def __repr__(self) -> str:
        return str(self)


def _text(record: FITSRecord) -> str:
    """Return a record as a line of text."""
    card = record.get("card_string")
    if card is not None:
        return str(card)
    name, value, comment = record["name"], record["value"], record.get("comment")
    if name is None or str(name).upper() in COMMENTARY:
        return f"{name or '':<8}{comment if value is None else value}"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        shown = f"'{quoted:<8}'"
    elif isinstance(value, (bool, np.bool_)):
        shown = f"{'T' if value else 'F':>20}"
    else:
        shown = f"{'' if value is None else value!s:>20}"
    text = f"HIERARCH {name}= {shown}" if len(name) > 8 else f"{name:<8}= {shown}"
    return f"{text} / {comment}" if comment else text


# ---- into headers of files ----


def value_of(name: str, value: Any) -> Any:
    """Return a value that a header can store. Other types become text, with a warning."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    if value is None or isinstance(value, (str, bool, int, float, np.bool_, np.number)):
        return value
    if isinstance(value, complex):
        return value
    if isinstance(value, (list, tuple)):
        return ",".join(str(one) for one in value)
    shown = str(value)
    warnings.warn(
        f"keyword {name}: a value of type {type(value).__name__} is written as the text {shown!r}",
        FITSRuntimeWarning,
        stacklevel=4,
    )
    return shown


def cards_of(header: Any, without: frozenset[str] | set[str] = frozenset()) -> HeaderLike:
    """Return the cards for a new HDU from the header of a caller, or None.

    Keywords that describe structure or columns are skipped. So is EXTNAME, which callers pass as an
    argument.
    """
    if header is None:
        return None
    records = header if isinstance(header, FITSHDR) else FITSHDR(header)
    cards: list[tuple[str, Any, Any] | _UnchangedCards] = []
    for record in records.records():
        name, value, comment = record["name"], record["value"], record.get("comment")
        kept = record._unchanged()
        if name is None or str(name).strip() == "":
            cards.append(kept or ("", comment if value is None else str(value), None))
            continue
        if not isinstance(name, str):
            raise FITSTypeError(f"the name of a record is a str, not {type(name).__name__}")
        key = name.upper()
        if key in COMMENTARY:
            if key != "CONTINUE":
                cards.append(kept or (key, "" if value is None else str(value), None))
        elif key != "EXTNAME" and key not in without and not _structural(key):
            cards.append(kept or (key, value_of(name, value), comment or ""))
    return cards


def _structural(key: str) -> bool:
    """Return whether a keyword describes the structure or the columns of its HDU."""
    return is_protected_key(key) or _OF_COLUMNS.fullmatch(key) is not None
