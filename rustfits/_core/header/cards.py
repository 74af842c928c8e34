# SPDX-License-Identifier: BSD-3-Clause
"""Entries, values and edits of an ``rf_header``, and the sources that cards come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from rustfits._core.binding.errors import FITSError, FITSValueError
from rustfits._core.binding.library import CData, check, error, ffi, lib, shown, text, value_slot
from rustfits._core.binding.warnings import warn
from rustfits._core.header.values import (
    COMMENTARY,
    HeaderValueError,
    Value,
    ascii_bytes,
    decode,
    encode,
    is_protected_key,
    key_bytes,
    plain_key,
    refuse_protected,
    split_pair,
)

__all__ = [
    "CARD",
    "CardSource",
    "HeaderLike",
    "Source",
    "Texts",
    "add_commentary",
    "all_bytes",
    "assign",
    "cards_of_text",
    "comment_at",
    "copy_cards",
    "entries_of",
    "first_entries",
    "free_cards",
    "header_cards",
    "is_text_slot",
    "merge",
    "own",
    "put",
    "shown_cards",
    "source_of",
    "stored_key",
    "value_at",
    "value_from",
    "values_of",
    "warn_of_cut",
]

#: A source of cards: a header of this package or of astropy, a dict, or a list of cards. A card is
#: its text, or a tuple of keyword, value and, optionally, comment.
HeaderLike: TypeAlias = Any

CARD = 80
_END = b"END".ljust(CARD)
_NULL: CData = ffi.NULL
_merge_value = lib.rf_header_merge_value
_find, _get_value = lib.rf_header_find, lib.rf_header_get_value
_INDEX: CData = ffi.typeof("size_t *")
_COMMENTARY_KIND: int = lib.RF_VALUE_COMMENTARY
_WRONG_TYPE: int = lib.RF_ERR_TYPE
# One call writes it, the next reads it. Threads that share it can only name a wrong keyword.
_cut_keyword: CData = ffi.new("char[]", CARD)


def own(pointer: CData) -> CData:
    """Return the header that a C function made, which Python frees from now on."""
    return ffi.gc(pointer[0], lib.rf_header_free)


def copy_cards(cards: CData) -> CData:
    """Return an independent copy."""
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_copy(cards, pointer, err), err)
    return own(pointer)


def all_bytes(cards: CData) -> bytes:
    """Return the bytes of all cards."""
    count = lib.rf_header_get_count(cards)
    return bytes(ffi.buffer(lib.rf_header_get_cards(cards), count * CARD)) if count else b""


def is_printable(cards: CData) -> bool:
    """Return whether all cards are printable ASCII, as FITS 4.1.2.1 demands."""
    return bool(lib.rf_header_is_printable(cards))


def parse_cards(content: bytes) -> CData:
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_parse(content, len(content), 0, pointer, err), err)
    return own(pointer)


def entries_of(cards: CData) -> list[tuple[str, int, int]]:
    """Return keyword, first card and number of cards of each entry, in order.

    Standard keywords are in upper case, HIERARCH ones as written. An entry is a card with its
    CONTINUE cards.
    """
    if not lib.rf_header_is_printable(cards):
        return _odd_entries_of(cards)
    columns = _columns(cards)
    if "CONTINUE" not in columns and "HIERARCH" not in columns:
        return [(name.strip(" "), start, 1) for start, name in enumerate(columns)]
    found: list[tuple[str, int, int]] = []
    buffer = ffi.new("char[]", CARD)
    span = ffi.new("size_t *")
    columns.append("")
    start = 0
    while start < len(columns) - 1:
        keyword = columns[start].strip(" ")
        cards_taken = 1
        if keyword == "HIERARCH" or columns[start + 1] == "CONTINUE":
            err = error()
            check(lib.rf_header_get_keyword(cards, start, buffer, span, err), err)
            cards_taken = span[0]
            if keyword == "HIERARCH":
                keyword = text(buffer)
        found.append((keyword, start, cards_taken))
        start += cards_taken
    return found


def _columns(cards: CData) -> list[str]:
    """Return the keywords of cards of printable ASCII: eight columns, in upper case."""
    content = all_bytes(cards).decode("ascii")
    columns = [content[i : i + 8] for i in range(0, len(content), CARD)]
    joined = "".join(columns)
    return columns if joined == joined.upper() else [name.upper() for name in columns]


def _odd_entries_of(cards: CData) -> list[tuple[str, int, int]]:
    """Return the entries of a header with bytes outside printable ASCII."""
    content = all_bytes(cards)
    found: list[tuple[str, int, int]] = []
    buffer = ffi.new("char[]", CARD)
    span = ffi.new("size_t *")
    start = 0
    while start * CARD < len(content):
        err = error()
        check(lib.rf_header_get_keyword(cards, start, buffer, span, err), err)
        name = ffi.string(buffer)
        if content[start * CARD : start * CARD + 8].upper() != b"HIERARCH":
            name = name.upper()  # for bytes, this changes ASCII letters only
        found.append((shown(name), start, span[0]))
        start += span[0]
    return found


def shown_cards(cards: CData) -> list[str]:
    """Return the texts of the cards."""
    if lib.rf_header_is_printable(cards):
        content = all_bytes(cards).decode("ascii")
        return [content[i : i + CARD] for i in range(0, len(content), CARD)]
    found = []
    buffer = ffi.new("char[]", CARD)
    for index in range(lib.rf_header_get_count(cards)):
        err = error()
        check(lib.rf_header_get_card(cards, index, buffer, err), err)
        found.append(shown(ffi.buffer(buffer)[:]))
    return found


def stored_key(cards: CData, key: str) -> bytes:
    """Return a keyword in the encoding of the header: UTF-8 or Latin-1."""
    name = key_bytes(key)
    if not key.isascii():
        index = ffi.new("size_t *")
        other = key.encode("latin-1", "replace")
        if lib.rf_header_find(cards, name, 0, index, ffi.NULL) and not lib.rf_header_find(
            cards, other, 0, index, ffi.NULL
        ):
            return other
    return name


def first_entries(entries: Iterable[tuple[str, int, int]]) -> dict[str, tuple[str, int]]:
    """Return keyword and first card of the first entry of each keyword, by upper-case name."""
    first: dict[str, tuple[str, int]] = {}
    for keyword, start, _ in entries:
        first.setdefault(keyword.upper(), (keyword, start))
    return first


def comment_at(cards: CData, index: int) -> str:
    """Return the comment of a card and its CONTINUE cards."""
    chars = ffi.new("char **")
    length = ffi.new("size_t *")
    err = error()
    check(lib.rf_header_get_comment(cards, index, chars, length, err), err)
    return shown(ffi.buffer(chars[0], length[0])[:])


def value_at(cards: CData, index: int, scratch: CData) -> Value:
    """Return the value of a card. `scratch` is an ``rf_value *`` that the call overwrites."""
    err = error()
    check(lib.rf_header_get_value(cards, index, scratch, err), err)
    return decode(scratch)


def is_text_slot(value: CData) -> bool:
    """Return whether an ``rf_value *`` is the text of a card without a value."""
    return bool(value.kind == _COMMENTARY_KIND)


def values_of(cards: CData) -> tuple[list[str], list[Value]]:
    """Return keywords and values of all entries. None is the value of a card without ``=``."""
    entries = entries_of(cards)
    scratch, err = value_slot(), error()
    names: list[str] = []
    values: list[Value] = []
    for name, start, _ in entries:
        if status := _get_value(cards, start, scratch, err):
            check(status, err)
        names.append(name)
        if scratch.kind == _COMMENTARY_KIND and name not in COMMENTARY:
            values.append(None)
        else:
            values.append(decode(scratch))
    return names, values


def value_from(cards: CData, key: bytes, start: int) -> tuple[Value, int] | None:
    """Return the value of a keyword from a card on, and its card, or None.

    None is the value of a card without ``=``.
    """
    index = ffi.new(_INDEX)
    if _find(cards, key, start, index, _NULL):
        return None
    place: int = index[0]
    scratch, err = value_slot(), error()
    status = _get_value(cards, place, scratch, err)
    if status:
        check(status, err)
    return (None if scratch.kind == _COMMENTARY_KIND else decode(scratch)), place


def put(
    cards: CData, key: str, value: object, comment: str | None, flags: int, doing: str = "set"
) -> None:
    """Set a keyword or append commentary, unless ``RF_MERGE_...`` flags exclude the keyword.

    Parameters
    ----------
    cards : rf_header *
        The header.
    key : str
        The keyword.
    value : object
        The value. For commentary, a text, or a list or tuple of them.
    comment : str, optional
        The comment. None keeps that of the card.
    flags : int
        As for ``rf_header_merge_value``.
    doing : str
        The end of the message for a protected keyword: "cannot be ...".

    Raises
    ------
    FITSValueError
        If FITS cannot store the keyword, value or comment, or if `flags` have ``RF_MERGE_REFUSE``
        and the keyword is protected or commentary.
    """
    try:
        if isinstance(value, (list, tuple)):
            value = _joined(key, value)
        made, owner = encode(key, value)
        name = ascii_bytes("keyword", key)
        chars = _NULL if comment is None else ascii_bytes(f"keyword {key}: comment", comment)
        err = error()
        status = _merge_value(cards, name, made, chars, flags, err)
        del owner
        if status == _WRONG_TYPE:
            raise _no_commentary(key, value)
        check(status, err)
    except FITSError:
        if not _is_left_out(key, flags):
            raise
        if flags & lib.RF_MERGE_REFUSE:
            refuse_protected(key, doing)
            raise FITSValueError(
                f"keyword {key or '(blank)'}: update() takes no commentary "
                "from a dict; use add_comment, add_history or add_blank"
            ) from None


def _is_left_out(key: str, flags: int) -> bool:
    """Return whether `flags` exclude a keyword."""
    plain = plain_key(key)
    if plain in COMMENTARY:
        return not flags & lib.RF_MERGE_COMMENTARY
    return not flags & lib.RF_MERGE_PROTECTED and is_protected_key(plain)


def _no_commentary(key: str, value: object) -> HeaderValueError:
    return HeaderValueError(
        f"keyword {key or '(blank)'}: commentary is str or a list of them, "
        f"not {type(value).__name__}"
    )


def _joined(key: str, lines: list[Any] | tuple[Any, ...]) -> object:
    """Return several texts of commentary as one, for one call, and other values unchanged."""
    if plain_key(key) not in COMMENTARY:
        return lines
    for line in lines:
        if not isinstance(line, str):
            raise HeaderValueError(
                f"keyword {key or '(blank)'}: commentary is str, not {type(line).__name__}"
            )
    return "\n".join(lines)


def warn_of_cut(cards: CData) -> None:
    """Warn for each comment that edits have cut since the last call."""
    while lib.rf_header_take_cut(cards, _cut_keyword):
        key = text(_cut_keyword)
        warn(f"keyword {key}: the comment does not fit on the card of its value and is cut")


def add_commentary(cards: CData, key: str, content: object) -> None:
    """Append a text or several texts of commentary."""
    if content != [] and content != ():
        put(cards, key, content, None, lib.RF_MERGE_COMMENTARY)


def assign(cards: CData, key: str, value: object) -> None:
    """Set a keyword as ``header[key] = value`` does."""
    comment = None
    if isinstance(value, tuple) and plain_key(key) not in COMMENTARY:
        value, comment = split_pair(key, value)
    if isinstance(value, (list, tuple)) and not value and plain_key(key) in COMMENTARY:
        return
    put(cards, key, value, comment, lib.RF_MERGE_COMMENTARY | lib.RF_MERGE_REFUSE)
    warn_of_cut(cards)


# ------------------------------ sources of cards ------------------------------


class Texts(list[str]):
    """The texts of all cards of a commentary keyword.

    The text of the list is long enough for astropy, as in ``WCS(header)``, to cut it into cards. It
    refuses shorter lists.
    """

    __slots__ = ()

    def __str__(self) -> str:
        return ascii(list(self)).ljust(CARD)


class CardSource(ABC):
    """A header of this package as a source of cards."""

    __slots__ = ()

    @abstractmethod
    def _clone(self) -> CData:
        """Return a copy of the cards, an ``rf_header *`` that the caller owns."""


class Item(NamedTuple):
    """A keyword of a source with its value, or with a text of commentary."""

    keyword: str
    value: object
    comment: str | None


class Source(NamedTuple):
    """The content of a source: cards to copy, in an ``rf_header *``, and values to write."""

    parts: list[CData | Item]
    is_header: bool  # then protected keywords are skipped, else they are an error


def _parts_of_list(cards: Iterable[object]) -> list[CData | Item]:
    """Return the parts of a list of card texts, tuples and headers in any order."""
    parts: list[CData | Item] = []
    texts: list[bytes] = []

    def flush() -> None:
        if texts:
            parts.append(parse_cards(b"".join(texts)))
            texts.clear()

    for card in cards:
        if isinstance(card, CardSource):
            flush()
            parts.append(card._clone())
        elif isinstance(card, str):
            if len(card) > CARD:
                raise FITSValueError(f"a card has 80 characters, not {len(card)}: {card[:40]!r}...")
            texts.append(ascii_bytes("card", card).ljust(CARD))
        elif hasattr(card, "keyword") and hasattr(card, "comment"):  # astropy's
            flush()
            parts += _items_of_objects([card])
        elif isinstance(card, tuple) and len(card) in (2, 3) and isinstance(card[0], str):
            flush()
            comment = card[2] if len(card) == 3 else None
            value, inner = split_pair(card[0], card[1])
            parts.append(Item(card[0], value, inner if comment is None else comment))
        else:
            raise HeaderValueError(
                "a card is its text, (keyword, value) or (keyword, value, comment), "
                f"not {type(card).__name__}"
            )
    flush()
    return parts


def _items_of_objects(cards: Iterable[Any]) -> list[CData | Item]:
    """Return the parts of astropy's cards, or of similar objects."""
    items: list[CData | Item] = []
    for card in cards:
        if getattr(card, "field_specifier", None):
            # astropy shows a string such as 'NAXES: 2' as another keyword with a number (WCS
            # Paper IV): copy its card.
            items.append(parse_cards(ascii_bytes("card", str(card))))
            continue
        keyword = str(card.keyword)
        value = card.value
        comment = None if plain_key(keyword) in COMMENTARY else str(card.comment or "")
        items.append(Item(keyword, value, comment))
    return items


def source_of(other: HeaderLike) -> Source:
    """Return the content of a source of cards.

    Raises
    ------
    FITSValueError
        If `other` is no source of cards.
    """
    if isinstance(other, CardSource):
        return Source([other._clone()], True)
    cards = getattr(other, "cards", None)
    if cards is not None and not isinstance(other, dict):
        return Source(_items_of_objects(cards), True)
    if isinstance(other, Mapping):
        items: list[CData | Item] = []
        for key, value in other.items():
            key_bytes(key)
            content, comment = split_pair(key, value)
            if isinstance(value, Mapping) and set(value) == {"value", "comment"}:
                content, comment = value["value"], value["comment"]  # as to_dict() returns it
            items.append(Item(key, content, comment))
        return Source(items, False)
    if isinstance(other, Sequence) and not isinstance(other, (str, bytes)):
        return Source(_parts_of_list(other), True)
    raise HeaderValueError(
        f"cards come from a header, a dict or a list of cards, not {type(other).__name__}"
    )


def _merge_cards(cards: CData, source: CData, flags: int) -> None:
    err = error()
    check(lib.rf_header_merge(cards, source, flags, err), err)


def header_cards(header: HeaderLike) -> CData:
    """Return the ``rf_header *`` for a new HDU.

    Commentary is copied. Protected keywords are skipped, because the new HDU has its own.

    Raises
    ------
    FITSValueError
        If a header cannot store a keyword, value or comment of `header`.
    """
    if isinstance(header, CardSource):
        return header._clone()
    cards = parse_cards(b"")
    for part in source_of(header).parts:
        if isinstance(part, Item):
            put(cards, part.keyword, part.value, part.comment, lib.RF_MERGE_COMMENTARY)
        else:
            _merge_cards(cards, part, lib.RF_MERGE_APPEND | lib.RF_MERGE_COMMENTARY)
    warn_of_cut(cards)
    return cards


def free_cards(source: HeaderLike | None) -> CData:
    """Return the ``rf_header *`` of a header without a file: all cards of a source.

    Raises
    ------
    FITSValueError
        If a header cannot store a keyword, value or comment of `source`.
    """
    if isinstance(source, CardSource):
        return source._clone()
    if source is not None and hasattr(source, "tostring") and not isinstance(source, dict):
        text = source.tostring(sep="", endcard=False, padding=False)
        return parse_cards(cards_of_text(text))
    cards = parse_cards(b"")
    every = lib.RF_MERGE_COMMENTARY | lib.RF_MERGE_PROTECTED
    for part in [] if source is None else source_of(source).parts:
        if isinstance(part, Item):
            if not (isinstance(part.value, list) and not part.value):
                put(cards, part.keyword, part.value, part.comment, every)
        else:
            _merge_cards(cards, part, lib.RF_MERGE_APPEND | every)
    warn_of_cut(cards)
    return cards


def cards_of_text(text: str | bytes) -> bytes:
    """Return the cards of a text of cards or lines, without END and what follows it.

    Raises
    ------
    FITSValueError
        If a line has more than 80 characters, or characters outside Latin-1.
    """
    if isinstance(text, str):
        try:
            content = text.encode("latin-1")
        except UnicodeEncodeError:
            raise FITSValueError("the text of a header has characters outside Latin-1") from None
    else:
        content = bytes(text)
    lines = content.split(b"\n")
    if len(lines) > 1 and max(map(len, lines)) <= CARD + 1:
        cards = [line.removesuffix(b"\r").ljust(CARD) for line in lines]
        if not lines[-1]:
            cards.pop()
    elif len(lines) > 1 and len(content) % CARD:
        raise FITSValueError(f"a line of a header has {max(map(len, lines))} characters, not 80")
    else:
        cards = [content[i : i + CARD].ljust(CARD) for i in range(0, len(content), CARD)]
    for number, card in enumerate(cards):
        if len(card) > CARD:
            raise FITSValueError(f"a card has 80 characters, not {len(card)}: {card[:40]!r}...")
        if card == _END:
            return b"".join(cards[:number])
    return b"".join(cards)


def merge(cards: CData, source: Source, copy_commentary: bool) -> None:
    """Set the keywords of `source` in `cards`. Cards of other headers are copied byte for byte.

    The values come first, then the cards. A failure leaves `cards` partly changed: pass a copy.

    Raises
    ------
    FITSValueError
        If a dict has a protected keyword or commentary that is no list, or if a header cannot store
        a value.
    """
    commentary = lib.RF_MERGE_COMMENTARY if copy_commentary else 0
    flags = commentary if source.is_header else lib.RF_MERGE_REFUSE
    headers = []
    for part in source.parts:
        if not isinstance(part, Item):
            headers.append(part)
        elif isinstance(part.value, list) and plain_key(part.keyword) in COMMENTARY:
            if copy_commentary:  # as to_dict() returns it
                add_commentary(cards, part.keyword, part.value)
        else:
            put(cards, part.keyword, part.value, part.comment, flags, "set by update()")
    warn_of_cut(cards)
    for header in headers[1:]:  # of several cards with a keyword, the first one counts
        every = lib.RF_MERGE_APPEND | lib.RF_MERGE_COMMENTARY | lib.RF_MERGE_PROTECTED
        _merge_cards(headers[0], header, every)
    if headers:
        _merge_cards(cards, headers[0], commentary)
