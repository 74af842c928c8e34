# SPDX-License-Identifier: BSD-3-Clause
"""One ``rf_header``: its entries, values and edits, and what other headers are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from rustfits._lib import CData, check, error, ffi, lib, text
from rustfits.errors import FITSValueError
from rustfits.values import (
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
    "Item",
    "add_commentary",
    "all_bytes",
    "assign",
    "comment_at",
    "copy_cards",
    "entries_of",
    "first_entries",
    "header_cards",
    "items_of",
    "merge",
    "own",
    "value_at",
]

#: Where cards can come from: a header of this package or of astropy, a dict, or a list of cards,
#: each the text of one or a tuple of keyword, value and, perhaps, comment.
HeaderLike: TypeAlias = Any

CARD = 80


def own(pointer: CData) -> CData:
    """Take over what a C function has given out."""
    return ffi.gc(pointer[0], lib.rf_header_free)


def copy_cards(cards: CData) -> CData:
    """Give an independent copy."""
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_copy(cards, pointer, err), err)
    return own(pointer)


def all_bytes(cards: CData) -> bytes:
    """Give all cards, one behind the other."""
    count = lib.rf_header_count(cards)
    return bytes(ffi.buffer(lib.rf_header_cards(cards), count * CARD)) if count else b""


def parse_cards(content: bytes) -> CData:
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_parse(content, len(content), 0, pointer, err), err)
    return own(pointer)


def entries_of(cards: CData) -> list[tuple[str, int, int]]:
    """List the entries of a header in order: keyword, first card, number of cards.

    Standard keywords come in upper case, HIERARCH ones as written. An entry is a card, with the
    CONTINUE cards that belong to it.
    """
    content = all_bytes(cards).decode("ascii", "replace")
    columns = [content[i : i + 8].upper() for i in range(0, len(content), CARD)]
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
            check(lib.rf_header_keyword(cards, start, buffer, span, err), err)
            cards_taken = span[0]
            if keyword == "HIERARCH":
                keyword = text(buffer)
        found.append((keyword, start, cards_taken))
        start += cards_taken
    return found


def first_entries(entries: Iterable[tuple[str, int, int]]) -> dict[str, tuple[str, int]]:
    """Give keyword and first card of the first entry of each, by its name in upper case."""
    first: dict[str, tuple[str, int]] = {}
    for keyword, start, _ in entries:
        first.setdefault(keyword.upper(), (keyword, start))
    return first


def comment_at(cards: CData, index: int) -> str:
    """Give the comment of a card, that of its CONTINUE cards included."""
    chars = ffi.new("char **")
    length = ffi.new("size_t *")
    err = error()
    check(lib.rf_header_comment(cards, index, chars, length, err), err)
    return str(ffi.buffer(chars[0], length[0])[:].decode("ascii", "replace"))


def value_at(cards: CData, index: int, scratch: CData) -> Value:
    """Give the value of a card; `scratch` is an ``rf_value *`` to be overwritten."""
    err = error()
    check(lib.rf_header_value(cards, index, scratch, err), err)
    return decode(scratch)


def set_value(cards: CData, key: str, value: object, comment: str | None) -> None:
    """Set one keyword that is not commentary."""
    made, owner = encode(key, value)
    chars = ffi.NULL if comment is None else ascii_bytes(f"keyword {key}: comment", comment)
    name = ascii_bytes("keyword", key)
    err = error()
    check(lib.rf_header_set(cards, name, made, chars, err), err)
    del owner


def add_commentary(cards: CData, key: str, content: object) -> None:
    """Add commentary: a text, or several."""
    lines = [content] if isinstance(content, str) else content
    if not isinstance(lines, (list, tuple)):
        raise HeaderValueError(
            f"keyword {key or '(blank)'}: commentary is str or a list of them, "
            f"not {type(content).__name__}"
        )
    for line in lines:
        if not isinstance(line, str):
            raise HeaderValueError(
                f"keyword {key or '(blank)'}: commentary is str, not {type(line).__name__}"
            )
        chars = ascii_bytes(f"{key or 'blank'} text", line, "\n")
        err = error()
        check(lib.rf_header_add(cards, key.encode("ascii"), chars, err), err)


def assign(cards: CData, key: str, value: object) -> None:
    """Do what ``header[key] = value`` does."""
    plain = plain_key(key)
    if plain in COMMENTARY:
        if plain == "CONTINUE":
            raise FITSValueError("CONTINUE cards are written for long strings, not by name")
        add_commentary(cards, plain, value)
        return
    refuse_protected(key, "set")
    content, comment = split_pair(key, value)
    set_value(cards, key, content, comment)


# ------------------------------ sources of cards ------------------------------


class CardSource(ABC):
    """A header of this package, as far as it is a source of cards."""

    __slots__ = ()

    @abstractmethod
    def _clone(self) -> CData:
        """Copy its cards into an ``rf_header`` of the caller's."""


class Item(NamedTuple):
    """What a source has for one keyword: its cards as they are, or a value to be written."""

    keyword: str
    cards: bytes | None
    value: object
    comment: str | None


def items_of_cards(cards: CData) -> list[Item]:
    content = all_bytes(cards)
    return [
        Item(keyword, content[start * CARD : (start + span) * CARD], None, None)
        for keyword, start, span in entries_of(cards)
    ]


def _items_of_list(cards: Iterable[object]) -> list[Item]:
    """Read a list of card texts and of tuples, in any mixture; texts with their CONTINUE cards."""
    items: list[Item] = []
    texts: list[bytes] = []

    def flush() -> None:
        if texts:
            items.extend(items_of_cards(parse_cards(b"".join(texts))))
            texts.clear()

    for card in cards:
        if isinstance(card, str):
            if len(card) > CARD:
                raise FITSValueError(f"a card has 80 characters, not {len(card)}: {card[:40]!r}...")
            texts.append(ascii_bytes("card", card).ljust(CARD))
        elif isinstance(card, tuple) and len(card) in (2, 3) and isinstance(card[0], str):
            flush()
            comment = card[2] if len(card) == 3 else None
            value, inner = split_pair(card[0], card[1])
            items.append(Item(card[0], None, value, inner if comment is None else comment))
        else:
            raise HeaderValueError(
                "a card is its text, (keyword, value) or (keyword, value, comment), "
                f"not {type(card).__name__}"
            )
    flush()
    return items


def _items_of_objects(cards: Iterable[Any]) -> list[Item]:
    """Read astropy's cards, or ones like them."""
    items = []
    for card in cards:
        keyword = str(card.keyword)
        value = card.value
        comment = None if plain_key(keyword) in COMMENTARY else str(card.comment or "")
        items.append(Item(keyword, None, value, comment))
    return items


def items_of(other: HeaderLike) -> tuple[list[Item], bool]:
    """Give the items of a source, and whether it is a header: then protected ones do not count."""
    if isinstance(other, CardSource):
        return items_of_cards(other._clone()), True
    cards = getattr(other, "cards", None)
    if cards is not None and not isinstance(other, dict):
        return _items_of_objects(cards), True
    if isinstance(other, Mapping):
        items = []
        for key, value in other.items():
            key_bytes(key)
            content, comment = split_pair(key, value)
            if isinstance(value, Mapping) and set(value) == {"value", "comment"}:
                content, comment = value["value"], value["comment"]  # as to_dict() has it
            items.append(Item(key, None, content, comment))
        return items, False
    if isinstance(other, Sequence) and not isinstance(other, (str, bytes)):
        return _items_of_list(other), True
    raise HeaderValueError(
        f"cards come from a header, a dict or a list of cards, not {type(other).__name__}"
    )


def header_cards(header: HeaderLike) -> CData:
    """Make the ``rf_header *`` for a new HDU out of what the user gave.

    Commentary is copied; protected keywords are left out, since the new HDU brings its own.

    Raises
    ------
    FITSValueError
        Something in it cannot be in a header.
    """
    if isinstance(header, CardSource):
        return header._clone()
    items, _ = items_of(header)
    cards = parse_cards(b"")
    for item in items:
        if is_protected_key(plain_key(item.keyword)):
            continue
        if item.cards is not None:
            cards = parse_cards(all_bytes(cards) + item.cards)
        elif plain_key(item.keyword) in COMMENTARY:
            add_commentary(cards, plain_key(item.keyword), item.value)
        else:
            set_value(cards, item.keyword, item.value, item.comment)
    return cards


def merge(cards: CData, items: Iterable[Item]) -> CData:
    """Give `cards` with the items set; cards of other headers go in byte for byte.

    Those that replace or extend are put into a list of pieces, and the header is read from it at
    the end.
    """
    values = [item for item in items if item.cards is None]
    for item in values:
        if plain_key(item.keyword) in COMMENTARY:
            add_commentary(cards, plain_key(item.keyword), item.value)
        else:
            set_value(cards, item.keyword, item.value, item.comment)
    pieces = [item for item in items if item.cards is not None]
    if not pieces:
        return cards
    content = all_bytes(cards)
    entries = entries_of(cards)
    parts = [content[start * CARD : (start + span) * CARD] for _, start, span in entries]
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry[0].upper(), place)
    done: set[str] = set()
    for item in pieces:
        assert item.cards is not None
        name = item.keyword.upper()
        if name in COMMENTARY:
            parts.append(item.cards)
        elif name not in done:  # the first of several counts
            done.add(name)
            if name in places:
                parts[places[name]] = item.cards
            else:
                parts.append(item.cards)
    return parse_cards(b"".join(parts))
