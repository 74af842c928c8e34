# SPDX-License-Identifier: BSD-3-Clause
"""Headers of the ``fitsio`` API: lists of records without a file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rustfits._core.binding.errors import FITSKeyError, FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, value_slot
from rustfits._core.header.cards import (
    CARD,
    all_bytes,
    entries_of,
    is_printable,
    shown_cards,
    value_from,
    values_of,
)
from rustfits._core.header.header import FITSHeader
from rustfits._core.header.values import COMMENTARY, is_protected_key, key_bytes, plain_key
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
from rustfits.fitsio.record import (
    CONTINUE_CLASS,
    FITSCard,
    FITSRecord,
    UnchangedCards,
    contents_of,
)
from rustfits.fitsio.util import FITSRuntimeWarning, fit_text, isstring, warn_ignored  # noqa: F401

if TYPE_CHECKING:
    from rustfits._core.binding.locks import ForkLock
    from rustfits._core.header.header import HeaderLike

__all__ = ["FITSHDR", "FITSCard", "FITSRecord", "blank_text", "cards_of", "header_list", "value_of"]

#: Keywords that describe pixels, and have no meaning without them.
_OF_PIXELS = frozenset({"BSCALE", "BZERO", "BUNIT", "BLANK"})
_OF_COLUMNS = re.compile(r"(TUNIT|TDISP|ZFORM|ZCTYP)[0-9]+|ZTABLE|ZTHEAP|ZTILELEN")
_MISSING, _LOAD = object(), object()
_MOST_LOOKS = 16


class FITSHDR:
    """A header as a list of records, with the interface of a dict.

    Parameters
    ----------
    record_list : FITSHDR, FITSHeader, dict, or list of dict, FITSRecord or str, optional
        The first records.

    Notes
    -----
    Names are not case-sensitive. Except for ``COMMENT``, ``HISTORY`` and blank ones, a keyword has
    one record: a second one replaces the first. In files, the first of several cards counts for
    strings and logicals, and the last for numbers. The cards of a file become records when they are
    needed.
    """

    def __init__(self, record_list: Any = None) -> None:
        self._records: list[FITSRecord] = []
        self._places: dict[str, int] = {}
        self._next = 0
        # The cards of a file, with the lock for calls that read them, until records are needed.
        self._unread: tuple[CData, ForkLock] | None = None
        self._looks = 0
        self._listed: _Listing | None = None
        if record_list is None:
            return
        if isinstance(record_list, FITSHeader):
            self._unread = record_list._share()
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
            self._add_all(record_list)
        else:
            raise FITSValueError(
                f"a header is made of a header, a dict or a list of records, "
                f"not {type(record_list).__name__}"
            )

    def _add_all(self, records: list[Any] | tuple[Any, ...]) -> None:
        """Add records, each string with all its CONTINUE cards at once."""
        parts: list[FITSRecord] = []
        for one in records:
            if isinstance(one, str) and one[:8].upper() == "CONTINUE":
                parts.append(FITSRecord(one))
                continue
            if parts:
                self._continue(parts)
                parts = []
            self.add_record(one)
        if parts:
            self._continue(parts)

    def _load(self) -> None:
        """Make the records of the cards of a file."""
        unread = self._unread
        if unread is None:
            return
        with unread[1]:
            if self._unread is not None:
                self._merge(*_contents(unread[0]))
                self._listed = None
                self._unread = None  # last, because other threads look at it without the lock

    def _merge(self, contents: list[dict[str, Any]], odd: list[tuple[str, bytes]] | None) -> None:
        """Take the contents of records, of which several may have one name."""
        records: list[FITSRecord] = []
        places: dict[str, int] = {}
        for number, content in enumerate(contents):
            name = content["name"]
            key = "" if name is None else name.upper()
            place = None if key in COMMENTARY else places.get(key)
            if place is None:
                record = FITSRecord._made(content)
                if odd is not None:  # also found by the name that `rustfits` reads
                    record._keep_bytes(odd[number][1])
                    places.setdefault(odd[number][0].upper(), len(records))
                places[key] = len(records)
                records.append(record)
            elif _counts_last(records[place]["value"], content["value"]):
                records[place].update(content, comment=records[place]["comment"])
        self._records, self._places = records, places

    # ---- changing ----

    def _continue(self, parts: list[FITSRecord]) -> None:
        """Append CONTINUE cards to the string of the last record, or as records of their own."""
        last = self._records[-1] if self._records else None
        texts: list[str] = []
        comments: list[str] = []
        for number, part in enumerate(parts):
            before: Any = texts[-1] if texts else last and last["value"]
            joins = isinstance(before, str) and before.endswith("&")
            read = _continued(part["value"]) if joins and part["card_string"][8:9] != "=" else None
            if read is None:
                for other in parts[number:]:
                    self._places["CONTINUE"] = len(self._records)
                    self._records.append(other)
                break
            texts.append(read[0])
            if read[1]:
                comments.append(read[1])
        if texts and last is not None:
            heads = [text[:-1] for text in [last["value"], *texts[:-1]]]
            last["value"] = "".join([*heads, texts[-1]])
            last["comment"] = " ".join([*filter(None, [last.get("comment")]), *comments])

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
        self._load()
        record = FITSRecord(record_in)
        if isinstance(record_in, str) and record.get("class") == CONTINUE_CLASS:
            self._continue([record])
            return
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

    def _keep(self, stays: Callable[[str], bool]) -> None:
        self._load()
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
        self._load()
        if self._next >= len(self._records):
            self._next = 0
            raise StopIteration
        self._next += 1
        return self._records[self._next - 1]["name"]

    def _find(self, item: Any) -> FITSRecord:
        self._load()
        place = self._places.get("" if item is None else str(item).upper())
        if place is None:
            raise FITSKeyError(f"unknown record: {item}")
        return self._records[place]

    def _look(self, item: Any) -> Any:
        """Return a value from the cards of a file, `_MISSING`, or `_LOAD` if records decide."""
        unread = self._unread
        if unread is None:
            return _LOAD
        listed = self._listed
        if listed is not None:
            place = listed.places.get("" if item is None else str(item).upper())
            return _MISSING if place is None else listed.values[place]
        self._looks += 1
        # Beyond that, a list of all values costs less than to look for repeated keywords.
        if self._looks > _MOST_LOOKS:
            return _LOAD if self._list() is None else self._look(item)
        if not isinstance(item, str) or not item.isascii() or plain_key(item) in COMMENTARY:
            return _LOAD
        cards, lock = unread
        with lock:
            return _value_in(cards, key_bytes(item)) if is_printable(cards) else _LOAD

    def _list(self) -> _Listing | None:
        """Return names and values without records, or None if there are records."""
        unread = self._unread
        if unread is None:
            return None
        if self._listed is None:
            with unread[1]:
                if is_printable(unread[0]):
                    self._listed = _listing(unread[0])
            if self._listed is None:
                self._load()
        return self._listed

    def __getitem__(self, item: Any) -> Any:
        """Return the value of a keyword, for COMMENT and HISTORY the text of the last card."""
        listed = self._listed
        if listed is not None and type(item) is str:
            place = listed.places.get(item)
            if place is not None:
                return listed.values[place]
        if self._unread is not None:
            found = self._look(item)
            if found is _MISSING:
                raise FITSKeyError(f"unknown record: {item}")
            if found is not _LOAD:
                return found
        return self._find(item)["value"]

    def get(self, item: Any, default_value: Any = None) -> Any:
        """Return the value of a keyword, or `default_value` if there is no such record."""
        try:
            return self[item]
        except FITSKeyError:
            return default_value

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
        self._load()
        return self._records

    def keys(self) -> list[Any]:
        """Return the names of all records in order: None for blank ones."""
        listed = self._list()
        return [record["name"] for record in self._records] if listed is None else listed.names[:]

    def values(self) -> list[Any]:
        """Return the values of all records in order."""
        listed = self._list()
        return [record["value"] for record in self._records] if listed is None else listed.values[:]

    def items(self) -> list[tuple[Any, Any]]:
        """Return the pairs of name and value of all records in order."""
        return list(zip(self.keys(), self.values(), strict=True))

    def __contains__(self, item: object) -> bool:
        if self._unread is not None:
            found = self._look(item)
            if found is not _LOAD:
                return found is not _MISSING
        self._load()
        return ("" if item is None else str(item).upper()) in self._places

    def __len__(self) -> int:
        listed = self._list()
        return len(self._records if listed is None else listed.names)

    def __bool__(self) -> bool:
        return len(self) > 0

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __getstate__(self) -> dict[str, Any]:
        """Return the records, which copies and pickles consist of."""
        self._load()
        return {**self.__dict__, "_listed": None}

    def __str__(self) -> str:
        return "\n".join(["", *(_text(record) for record in self.records())])

    def __repr__(self) -> str:
        return str(self)


class _Listing(NamedTuple):
    """Names and values of all records, and their places by the name in upper case."""

    names: list[str | None]
    values: list[Any]
    places: dict[str, int]


def _listing(cards: CData) -> _Listing:
    """Return names and values of a header whose cards are printable."""
    names, values = values_of(cards)
    places = dict(zip(names, range(len(names)), strict=True))  # the last card of commentary counts
    repeated = len(names) - len(places)
    if repeated:
        repeated -= sum(names.count(key) - 1 for key in COMMENTARY if key in places)
    if repeated or _is_long(names):
        names, values, places = _first_of_each(names, values)
    if "" in places:
        values = [value if name else "" for name, value in zip(names, values, strict=True)]
    return _Listing([name or None for name in names], values, places)


def _is_long(names: list[str]) -> bool:
    """Return whether there are HIERARCH names, which keep their case."""
    joined = "".join(names)
    return joined != joined.upper()


def _first_of_each(
    names: list[str], values: list[Any]
) -> tuple[list[str], list[Any], dict[str, int]]:
    """Return each keyword once, in the place of the first, with the value that counts."""
    first: list[str] = []
    counting: list[Any] = []
    places: dict[str, int] = {}
    for name, value in zip(names, values, strict=True):
        key = name.upper()
        place = places.get(key)
        if place is None or key in COMMENTARY:
            places[key] = len(first)
            first.append(name)
            counting.append(value)
        elif _counts_last(counting[place], value):
            counting[place] = value
    return first, counting, places


def _contents(cards: CData) -> tuple[list[dict[str, Any]], list[tuple[str, bytes]] | None]:
    """Return the contents of all records, and their names and cards if some are not ASCII."""
    texts, entries = shown_cards(cards), entries_of(cards)
    contents = contents_of(cards, entries, texts, value_slot())
    odd = None
    if not is_printable(cards):
        content = all_bytes(cards)
        odd = [
            (name, content[start * CARD : (start + span) * CARD]) for name, start, span in entries
        ]
        for one, (_, start, _) in zip(contents, entries, strict=True):
            if one["name"] is not None:
                one["name"] = _plain_name(content[start * CARD : (start + 1) * CARD], one["name"])
    return contents, odd


def header_list(header: FITSHeader) -> list[dict[str, Any]]:
    """Return the contents of all records of a header, also of repeated keywords."""
    cards, lock = header._share()
    with lock:
        return _contents(cards)[0]


def _plain_name(card: bytes, name: str) -> str:
    """Return a keyword with `_` for each byte outside printable ASCII."""
    is_long = card[:9].upper() == b"HIERARCH "
    field = card.partition(b"=")[0][9:] if is_long else card[:8]
    if all(0x20 <= byte <= 0x7E for byte in field):
        return name
    shown = "".join(chr(byte) if 0x20 <= byte <= 0x7E else "_" for byte in field).strip(" ")
    return shown if is_long else shown.partition(" ")[0]


def _counts_last(first: Any, last: Any) -> bool:
    """Return whether the last of two values of one keyword counts: if it is a number."""
    is_number = isinstance(last, (int, float, complex)) and not isinstance(last, bool)
    return is_number and first is not None


def _value_in(cards: CData, name: bytes) -> Any:
    """Return the value of a keyword, as `FITSHDR._merge` finds it, or `_MISSING`."""
    found = value_from(cards, name, 0)
    if found is None:
        return _MISSING
    value, place = found
    while (found := value_from(cards, name, place + 1)) is not None:
        place = found[1]
        if _counts_last(value, found[0]):
            value = found[0]
    return value


def _continued(field: str) -> tuple[str, str] | None:
    """Return string and comment of what follows CONTINUE on a card, or None."""
    record = FITSRecord(f"X       ={field[1:]}")
    if record["dtype"] != "C":
        return None
    return record["value"], record["comment"]


def _text(record: FITSRecord) -> str:
    """Return a record as a line of text."""
    name, value, comment = record["name"], record["value"], record.get("comment")
    if name is None:
        return f"{'':<8}{comment or value or ''}"
    if str(name).upper() in COMMENTARY:
        return f"{name:<8}{'' if value is None else value}"
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
        value = value.decode("latin-1")
    if isinstance(value, str):
        return fit_text(f"keyword {name}: value", value)
    if value is None or isinstance(value, (bool, int, float, complex, np.bool_, np.number)):
        return value
    if isinstance(value, (list, tuple)):
        return fit_text(f"keyword {name}: value", ",".join(str(one) for one in value))
    shown = str(value)
    warnings.warn(
        f"keyword {name}: a value of type {type(value).__name__} is written as the text {shown!r}",
        FITSRuntimeWarning,
        stacklevel=4,
    )
    return fit_text(f"keyword {name}: value", shown)


def cards_of(header: Any, without: frozenset[str] | set[str] = frozenset()) -> HeaderLike:
    """Return the cards for a new HDU from the header of a caller, or None.

    Keywords that describe structure or columns are skipped. So is EXTNAME, which callers pass as an
    argument.
    """
    if header is None:
        return None
    records = header if isinstance(header, FITSHDR) else FITSHDR(header)
    cards: list[tuple[str, Any, Any] | UnchangedCards] = []
    for record in records.records():
        name, value, comment = record["name"], record["value"], record.get("comment")
        kept = record._unchanged()
        if name is None or str(name).strip() == "":
            cards.append(kept or ("", fit_text("blank keyword", blank_text(value, comment)), None))
            continue
        if not isinstance(name, str):
            raise FITSTypeError(f"the name of a record is a str, not {type(name).__name__}")
        key = fit_text("keyword", name).strip().upper()
        if key in COMMENTARY:
            text = "" if value is None else str(value)
            if key != "CONTINUE":
                cards.append(kept or (key, fit_text(key, text), None))
            else:
                warnings.warn(
                    f"a CONTINUE card that continues no string is left out: {text!r}",
                    FITSRuntimeWarning,
                    stacklevel=4,
                )
        elif key != "EXTNAME" and key not in without and not _structural(key):
            shown = fit_text(f"keyword {key}: comment", str(comment or ""))
            cards.append(kept or (key, value_of(key, value), shown))
    return cards


def blank_text(value: Any, comment: Any) -> str:
    """Return the text of a card without a keyword: the comment, else the value of the record."""
    return str(comment or ("" if value is None else value))


def _structural(key: str) -> bool:
    """Return whether a keyword describes the structure or the columns of its HDU."""
    return is_protected_key(key) or _OF_COLUMNS.fullmatch(key) is not None
