# SPDX-License-Identifier: BSD-3-Clause
"""Headers: the live view of an HDU's header, and editing it in one go.

The cards themselves are kept, read and written by the C library. This module turns values into
Python ones and back, and knows when to read the header again and when to write it.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from rustfits._lib import CData, check, error, ffi, lib, text
from rustfits.errors import FITSKeyError, FITSTypeError, FITSValueError

if TYPE_CHECKING:
    from rustfits.handle import FileHandle

__all__ = ["FITSHeader", "FITSHeaderEdit", "header_cards", "is_protected_key"]

#: What a keyword can hold. None is a keyword without a value.
Value: TypeAlias = bool | int | float | complex | str | None
#: Where cards can come from: a header of this package or of astropy, a dict, or a list of cards,
#: each the text of one or a tuple of keyword, value and, perhaps, comment.
HeaderLike: TypeAlias = Any

_CARD = 80
#: Keywords whose cards are text without a value; so are CONTINUE cards that continue nothing.
_COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE"})

_STRING: int = lib.RF_VALUE_STRING
_REAL: int = lib.RF_VALUE_REAL
_INTEGER: int = lib.RF_VALUE_INTEGER
_LOGICAL: int = lib.RF_VALUE_LOGICAL
_BIG: int = lib.RF_VALUE_BIG
_COMPLEX: int = lib.RF_VALUE_COMPLEX
_UNDEFINED: int = lib.RF_VALUE_UNDEFINED
_COMMENTARY_KIND: int = lib.RF_VALUE_COMMENTARY
_NOT_FOUND: int = lib.RF_ERR_NOT_FOUND


class HeaderValueError(FITSValueError, FITSTypeError):
    """A value of a type that no header can hold: a `ValueError` and a `TypeError`."""


def is_protected_key(key: str) -> bool:
    """Tell whether a keyword is not for users to change.

    Those are the keywords that follow from the data, their layout, checksums or compression: they
    change together with these.

    Parameters
    ----------
    key : str
        In any case.

    Returns
    -------
    bool

    Raises
    ------
    FITSTypeError
        `key` is no str.
    """
    return bool(lib.rf_keyword_is_protected(_name(key)))


# ------------------------------ between Python and C ------------------------------


def _name(key: str) -> bytes:
    """Give a keyword as C wants it, for looking up."""
    if not isinstance(key, str):
        raise FITSTypeError(f"a header keyword must be str, not {type(key).__name__}")
    # A NUL would end the name early and make it match another keyword; no keyword has a newline.
    return key.encode("utf-8", "surrogatepass").replace(b"\0", b"\n")


def _plain(key: str) -> str:
    """Give a keyword without what does not count: case, blanks around it, HIERARCH."""
    plain = key.strip(" ").upper()
    return plain[9:].strip(" ") if plain.startswith("HIERARCH ") else plain


def _ascii(what: str, content: str, also: str = "") -> bytes:
    """Encode text that goes on a card.

    Raises
    ------
    FITSValueError
        A character is not printable ASCII.
    """
    for position, character in enumerate(content):
        if not (" " <= character <= "~" or character in also):
            raise FITSValueError(
                f"{what}: character {character!r} (U+{ord(character):04X}) at position {position} "
                "is not printable ASCII, which is all that FITS headers can hold"
            )
    return content.encode("ascii")


def _decode(value: CData) -> Value:
    """Give a C value as a Python one."""
    kind = value.kind
    if kind == _REAL:
        return float(value.real)
    if kind == _INTEGER:
        return int(value.integer)
    if kind == _LOGICAL:
        return bool(value.integer)
    if kind == _UNDEFINED:
        return None
    if kind == _COMPLEX:
        return complex(value.real, value.imaginary)
    content = str(ffi.buffer(value.text, value.text_length)[:].decode("ascii", "replace"))
    return int(content.replace(" ", "")) if kind == _BIG else content


def _scalar(value: object) -> object:
    """Unwrap arrays of no dimension, numpy's strings, and astropy's mark for "undefined"."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.bytes_):
        return value.decode("latin-1")
    if type(value).__name__ == "Undefined":
        return None
    return value


def _encode(key: str, value: object) -> tuple[CData, bytes]:
    """Give a Python value as a C one, and the text that must stay alive as long as it.

    Raises
    ------
    FITSValueError
        FITS cannot hold it.
    """
    made = ffi.new("rf_value *")
    content = b""
    value = _scalar(value)
    if value is None:
        made.kind = _UNDEFINED
    elif isinstance(value, (bool, np.bool_)):
        made.kind = _LOGICAL
        made.integer = int(value)
    elif isinstance(value, (int, np.integer)):
        whole = int(value)
        if -(2**63) <= whole < 2**63:
            made.kind = _INTEGER
            made.integer = whole
        else:
            made.kind = _BIG
            content = _digits(key, whole)
    elif isinstance(value, (float, np.floating)):
        made.kind = _REAL
        made.real = _finite(key, float(value))
    elif isinstance(value, (complex, np.complexfloating)):
        made.kind = _COMPLEX
        made.real = _finite(key, float(value.real))
        made.imaginary = _finite(key, float(value.imag))
    elif isinstance(value, str):
        made.kind = _STRING
        content = _ascii(f"keyword {key}: value", value)
    else:
        raise HeaderValueError(
            f"keyword {key}: a header holds bool, int, float, complex, str and None, "
            f"not {type(value).__name__}"
        )
    owner = ffi.from_buffer(content)
    made.text = owner
    made.text_length = len(content)
    return made, owner


def _digits(key: str, whole: int) -> bytes:
    """Write an integer beyond 64 bits."""
    if abs(whole) >= 10**70:  # before str(), which refuses thousands of digits
        raise FITSValueError(f"keyword {key}: an integer of more than 70 digits fits on no card")
    return str(whole).encode("ascii")


def _finite(key: str, number: float) -> float:
    if math.isfinite(number):
        return number
    raise FITSValueError(f"keyword {key}: FITS headers cannot hold {number}")


def _split_pair(key: str, value: object) -> tuple[object, str | None]:
    """Take ``(value, comment)`` apart. No comment: None, which keeps the one that is there."""
    if not isinstance(value, tuple):
        return value, None
    if len(value) != 2 or not (value[1] is None or isinstance(value[1], str)):
        raise HeaderValueError(
            f"keyword {key}: a tuple must be (value, comment) with a str comment"
        )
    return value[0], value[1]


def _refuse_protected(key: str, doing: str) -> None:
    if is_protected_key(_plain(key)):
        failure = FITSValueError(
            f"keyword {key} is protected and cannot be {doing}: it describes structure, columns, "
            "checksums or compression, and changes with them"
        )
        failure.keyword = _plain(key)
        raise failure


# ------------------------------ on one rf_header ------------------------------


def _own(pointer: CData) -> CData:
    """Take over what a C function has given out."""
    return ffi.gc(pointer[0], lib.rf_header_free)


def _copy(cards: CData) -> CData:
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_copy(cards, pointer, err), err)
    return _own(pointer)


def _bytes(cards: CData) -> bytes:
    """Give all cards, one behind the other."""
    count = lib.rf_header_count(cards)
    return bytes(ffi.buffer(lib.rf_header_cards(cards), count * _CARD)) if count else b""


def _parse(content: bytes) -> CData:
    pointer = ffi.new("rf_header **")
    err = error()
    check(lib.rf_header_parse(content, len(content), 0, pointer, err), err)
    return _own(pointer)


def _entries(cards: CData) -> list[tuple[str, int, int]]:
    """List the entries of a header in order: keyword, first card, number of cards.

    Standard keywords come in upper case, HIERARCH ones as written. An entry is a card, with the
    CONTINUE cards that belong to it.
    """
    content = _bytes(cards).decode("ascii", "replace")
    columns = [content[i : i + 8].upper() for i in range(0, len(content), _CARD)]
    if "CONTINUE" not in columns and "HIERARCH" not in columns:
        return [(name.strip(" "), start, 1) for start, name in enumerate(columns)]
    found: list[tuple[str, int, int]] = []
    buffer = ffi.new("char[]", _CARD)
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


def _unique(entries: Iterable[tuple[str, int, int]]) -> dict[str, tuple[str, int]]:
    """Give keyword and first card of the first entry of each, by its name in upper case."""
    first: dict[str, tuple[str, int]] = {}
    for keyword, start, _ in entries:
        first.setdefault(keyword.upper(), (keyword, start))
    return first


def _comment_at(cards: CData, index: int) -> str:
    chars = ffi.new("char **")
    length = ffi.new("size_t *")
    err = error()
    check(lib.rf_header_comment(cards, index, chars, length, err), err)
    return str(ffi.buffer(chars[0], length[0])[:].decode("ascii", "replace"))


def _value_at(cards: CData, index: int, scratch: CData) -> Value:
    err = error()
    check(lib.rf_header_value(cards, index, scratch, err), err)
    return _decode(scratch)


def _set(cards: CData, key: str, value: object, comment: str | None) -> None:
    """Set one keyword that is not commentary."""
    made, owner = _encode(key, value)
    chars = ffi.NULL if comment is None else _ascii(f"keyword {key}: comment", comment)
    name = _ascii("keyword", key)
    err = error()
    check(lib.rf_header_set(cards, name, made, chars, err), err)
    del owner


def _add(cards: CData, key: str, content: object) -> None:
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
        chars = _ascii(f"{key or 'blank'} text", line, "\n")
        err = error()
        check(lib.rf_header_add(cards, key.encode("ascii"), chars, err), err)


def _assign(cards: CData, key: str, value: object) -> None:
    """Do what ``header[key] = value`` does."""
    plain = _plain(key)
    if plain in _COMMENTARY:
        if plain == "CONTINUE":
            raise FITSValueError("CONTINUE cards are written for long strings, not by name")
        _add(cards, plain, value)
        return
    _refuse_protected(key, "set")
    content, comment = _split_pair(key, value)
    _set(cards, key, content, comment)


# ------------------------------ sources of cards ------------------------------


class _Item(NamedTuple):
    """What a source has for one keyword: its cards as they are, or a value to be written."""

    keyword: str
    cards: bytes | None
    value: object
    comment: str | None


def _items_of_cards(cards: CData) -> list[_Item]:
    content = _bytes(cards)
    return [
        _Item(keyword, content[start * _CARD : (start + span) * _CARD], None, None)
        for keyword, start, span in _entries(cards)
    ]


def _items_of_list(cards: Iterable[object]) -> list[_Item]:
    """Read a list of card texts and of tuples, in any mixture; texts with their CONTINUE cards."""
    items: list[_Item] = []
    texts: list[bytes] = []

    def flush() -> None:
        if texts:
            items.extend(_items_of_cards(_parse(b"".join(texts))))
            texts.clear()

    for card in cards:
        if isinstance(card, str):
            if len(card) > _CARD:
                raise FITSValueError(f"a card has 80 characters, not {len(card)}: {card[:40]!r}...")
            texts.append(_ascii("card", card).ljust(_CARD))
        elif isinstance(card, tuple) and len(card) in (2, 3) and isinstance(card[0], str):
            flush()
            comment = card[2] if len(card) == 3 else None
            value, inner = _split_pair(card[0], card[1])
            items.append(_Item(card[0], None, value, inner if comment is None else comment))
        else:
            raise HeaderValueError(
                "a card is its text, (keyword, value) or (keyword, value, comment), "
                f"not {type(card).__name__}"
            )
    flush()
    return items


def _items_of_objects(cards: Iterable[Any]) -> list[_Item]:
    """Read astropy's cards, or ones like them."""
    items = []
    for card in cards:
        keyword = str(card.keyword)
        value = card.value
        comment = None if _plain(keyword) in _COMMENTARY else str(card.comment or "")
        items.append(_Item(keyword, None, value, comment))
    return items


def _source(other: HeaderLike) -> tuple[list[_Item], bool]:
    """Give the items of a source, and whether it is a header: then protected ones do not count."""
    if isinstance(other, _Header):
        return other._items(), True
    cards = getattr(other, "cards", None)
    if cards is not None and not isinstance(other, dict):
        return _items_of_objects(cards), True
    if isinstance(other, Mapping):
        items = []
        for key, value in other.items():
            _name(key)
            content, comment = _split_pair(key, value)
            if isinstance(value, Mapping) and set(value) == {"value", "comment"}:
                content, comment = value["value"], value["comment"]  # as to_dict() has it
            items.append(_Item(key, None, content, comment))
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
    if isinstance(header, _Header):
        return header._clone()
    items, _ = _source(header)
    cards = _parse(b"")
    for item in items:
        if is_protected_key(_plain(item.keyword)):
            continue
        if item.cards is not None:
            cards = _parse(_bytes(cards) + item.cards)
        elif _plain(item.keyword) in _COMMENTARY:
            _add(cards, _plain(item.keyword), item.value)
        else:
            _set(cards, item.keyword, item.value, item.comment)
    return cards


def _merge(cards: CData, items: Iterable[_Item]) -> CData:
    """Give `cards` with the items set; cards of other headers go in byte for byte.

    Those that replace or extend are put into a list of pieces, and the header is read from it at
    the end.
    """
    values = [item for item in items if item.cards is None]
    for item in values:
        if _plain(item.keyword) in _COMMENTARY:
            _add(cards, _plain(item.keyword), item.value)
        else:
            _set(cards, item.keyword, item.value, item.comment)
    pieces = [item for item in items if item.cards is not None]
    if not pieces:
        return cards
    content = _bytes(cards)
    entries = _entries(cards)
    parts = [content[start * _CARD : (start + span) * _CARD] for _, start, span in entries]
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry[0].upper(), place)
    done: set[str] = set()
    for item in pieces:
        assert item.cards is not None
        name = item.keyword.upper()
        if name in _COMMENTARY:
            parts.append(item.cards)
        elif name not in done:  # the first of several counts
            done.add(name)
            if name in places:
                parts[places[name]] = item.cards
            else:
                parts.append(item.cards)
    return _parse(b"".join(parts))


# ------------------------------ the classes ------------------------------


class _Header:
    """Reading and changing, for a header that is live and for one that is being edited."""

    __slots__ = ("__weakref__", "_entries_by_name", "_listed", "_lock", "_scratch")

    def __init__(self) -> None:
        # The C struct has one buffer for the text it gives out, and threads may share this object.
        self._lock = threading.Lock()
        self._scratch = ffi.new("rf_value *")
        self._listed: CData = None
        self._entries_by_name: dict[str, tuple[str, int]] = {}

    def _current(self) -> CData:
        """Give the cards as they are now; with the lock held.

        What they point at never changes: another header takes their place.
        """
        raise NotImplementedError

    def _listing(self, cards: CData) -> dict[str, tuple[str, int]]:
        """Give the first entry of each keyword of `cards`; with the lock held."""
        if self._listed is not cards:
            self._entries_by_name = _unique(_entries(cards))
            self._listed = cards
        return self._entries_by_name

    def _change(self, change: Callable[[CData], CData | None]) -> None:
        """Let `change` work on a copy of the cards, or give others, and make that the header."""
        raise NotImplementedError

    def _where(self) -> str:
        """Say where this header is, for messages."""
        raise NotImplementedError

    def _missing(self, key: str) -> FITSKeyError:
        failure = FITSKeyError(f"{self._where()}: keyword {key!r} is not in the header")
        failure.keyword = key
        return failure

    def _items(self) -> list[_Item]:
        with self._lock:
            return _items_of_cards(self._current())

    def _clone(self) -> CData:
        with self._lock:
            return _copy(self._current())

    def _find(self, cards: CData, key: str) -> int:
        index = ffi.new("size_t *")
        status = lib.rf_header_find(cards, _name(key), 0, index, ffi.NULL)
        if status == _NOT_FOUND:
            raise self._missing(key)
        check(status)
        return int(index[0])

    def _texts(self, cards: CData, key: str) -> list[str]:
        """Give the texts of all commentary cards of a keyword."""
        name = _name(key)
        index = ffi.new("size_t *")
        found: list[str] = []
        while lib.rf_header_find(cards, name, index[0], index, ffi.NULL) == 0:
            found.append(str(_value_at(cards, index[0], self._scratch)))
            index[0] += 1
        return found

    def _value(self, cards: CData, key: str) -> Value | list[str]:
        """Look up; the cards must be protected by the lock."""
        scratch = self._scratch
        status = lib.rf_header_get(cards, _name(key), scratch, ffi.NULL)
        if status:
            if status == _NOT_FOUND:
                raise self._missing(key)
            check(lib.rf_header_get(cards, _name(key), scratch, error()))
        if scratch.kind == _COMMENTARY_KIND and _plain(key) in _COMMENTARY:
            return self._texts(cards, key)
        return _decode(scratch)

    # ---- reading ----

    def __getitem__(self, key: str) -> Any:
        """Give the value of a keyword.

        Parameters
        ----------
        key : str
            In any case, with or without ``HIERARCH``.

        Returns
        -------
        bool, int, float, complex, str, None or list of str
            None for a keyword without a value; a list for ``COMMENT``, ``HISTORY`` and ``""``
            (blank). A value that is none of what FITS knows comes as the characters it has. The
            first card counts when a keyword is there more than once.

        Raises
        ------
        FITSKeyError
            It is not in the header.
        """
        with self._lock:
            return self._value(self._current(), key)

    def get(self, key: str, default: Any = None) -> Any:
        """Give the value of a keyword, or `default` when it is not there."""
        try:
            return self[key]
        except FITSKeyError:
            return default

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str):
            return False
        index = ffi.new("size_t *")
        with self._lock:
            return not lib.rf_header_find(self._current(), _name(key), 0, index, ffi.NULL)

    def __len__(self) -> int:
        """Count the different keywords."""
        with self._lock:
            return len(self._listing(self._current()))

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:
        """List the different keywords in the order of the file; each commentary keyword once."""
        with self._lock:
            return [keyword for keyword, _ in self._listing(self._current()).values()]

    def values(self) -> list[Any]:
        """List what ``header[key]`` gives, in the order of `keys`."""
        return [value for _, value in self.items()]

    def items(self) -> list[tuple[str, Any]]:
        """List the pairs of keyword and value, in the order of `keys`."""
        with self._lock:
            cards = self._current()
            pairs: list[tuple[str, Any]] = []
            for name, (keyword, start) in self._listing(cards).items():
                if name in _COMMENTARY:
                    pairs.append((keyword, self._texts(cards, keyword)))
                else:
                    pairs.append((keyword, _value_at(cards, start, self._scratch)))
            return pairs

    @property
    def cards(self) -> list[str]:
        """The text of each card, 80 characters, as it is in the file; without END."""
        with self._lock:
            content = _bytes(self._current()).decode("ascii", "replace")
        return [content[i : i + _CARD] for i in range(0, len(content), _CARD)]

    def comment_of(self, key: str) -> str:
        """Give the comment of a keyword, ``""`` when it has none.

        Raises
        ------
        FITSKeyError
            The keyword is not in the header.
        FITSValueError
            It is a commentary keyword: its text is its value.
        """
        if _plain(key) in _COMMENTARY:
            raise FITSValueError(f"keyword {key or '(blank)'} is commentary and has no comment")
        with self._lock:
            cards = self._current()
            return _comment_at(cards, self._find(cards, key))

    def to_dict(self, skip_protected: bool = False) -> dict[str, Any]:
        """Copy the header into a dict.

        Parameters
        ----------
        skip_protected : bool
            Leave out the keywords that `is_protected_key` is about.

        Returns
        -------
        dict
            ``{"value": ..., "comment": ...}`` for each keyword, and a list of texts for each
            commentary keyword.
        """
        with self._lock:
            cards = self._current()
            made: dict[str, Any] = {}
            for name, (keyword, start) in self._listing(cards).items():
                if name in _COMMENTARY:
                    made[keyword] = self._texts(cards, keyword)
                elif not (skip_protected and is_protected_key(name)):
                    made[keyword] = {
                        "value": _value_at(cards, start, self._scratch),
                        "comment": _comment_at(cards, start),
                    }
            return made

    def __eq__(self, other: object) -> bool:
        """Two headers are equal when all their cards are."""
        if self is other:
            return True
        if not isinstance(other, _Header):
            return NotImplemented
        return self.cards == other.cards

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "\n".join(card.rstrip() for card in self.cards)

    def __repr__(self) -> str:
        return str(self)

    # ---- changing ----

    def __setitem__(self, key: str, value: object) -> None:
        """Set the value of a keyword, or append the keyword.

        Parameters
        ----------
        key : str
            Names of more than 8 characters, or with other characters than letters, digits, ``-``
            and ``_``, become HIERARCH cards and keep their case. ``COMMENT``, ``HISTORY`` and
            ``""`` add a card.
        value : bool, int, float, complex, str, None, or tuple of one of them and a comment
            Without a comment the one on the card stays, as far as there is room. numpy scalars are
            fine.

        Raises
        ------
        FITSValueError
            The keyword is protected, or FITS cannot hold it, the value or the comment.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            It cannot be written.
        """
        _name(key)
        self._change(lambda cards: _assign(cards, key, value))

    def __delitem__(self, key: str) -> None:
        """Delete all cards of a keyword.

        Raises
        ------
        FITSKeyError
            It is not in the header.
        FITSValueError
            It is protected.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            It cannot be written.
        """
        name = _name(key)
        _refuse_protected(key, "deleted")

        def delete(cards: CData) -> None:
            err = error()
            status = lib.rf_header_delete(cards, name, err)
            if status == _NOT_FOUND:
                raise self._missing(key)
            check(status, err)

        self._change(delete)

    def set_comment(self, key: str, comment: str) -> None:
        """Set the comment of a keyword; its value keeps every character.

        Parameters
        ----------
        key : str
        comment : str
            ``""`` removes the comment. What does not fit on the card is cut.

        Raises
        ------
        FITSKeyError
            The keyword is not in the header.
        FITSValueError
            It is commentary or protected, or the comment is not printable ASCII.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            It cannot be written.
        """
        name = _name(key)
        if _plain(key) in _COMMENTARY:
            raise FITSValueError(f"keyword {key or '(blank)'} is commentary and has no comment")
        _refuse_protected(key, "given a comment")
        if not isinstance(comment, str):
            raise HeaderValueError(f"keyword {key}: a comment is str, not {type(comment).__name__}")
        chars = _ascii(f"keyword {key}: comment", comment)

        def change(cards: CData) -> None:
            self._find(cards, key)
            err = error()
            status = lib.rf_header_set_comment(cards, name, chars, err)
            if status == lib.RF_ERR_TYPE:
                raise FITSValueError(text(err.message))
            check(status, err)

        self._change(change)

    def add_comment(self, text: str) -> None:
        """Append ``COMMENT`` cards: one for each line, more where a line has over 72 characters."""
        self._change(lambda cards: _add(cards, "COMMENT", text))

    def add_history(self, text: str) -> None:
        """Append ``HISTORY`` cards, as `add_comment` does."""
        self._change(lambda cards: _add(cards, "HISTORY", text))

    def add_blank(self, text: str = "") -> None:
        """Append cards without a keyword, as `add_comment` does."""
        self._change(lambda cards: _add(cards, "", text))

    def update(self, other: HeaderLike, *, copy_commentary: bool = False) -> None:
        """Set many keywords at once, in one write.

        Parameters
        ----------
        other : FITSHeader, dict, list of cards, or astropy header
            From a header, protected keywords are skipped and cards are taken over byte for byte.
            In a dict (values, ``(value, comment)`` tuples, or what `to_dict` has made), they are
            an error.
        copy_commentary : bool
            From a header: append its COMMENT, HISTORY and blank cards too.

        Raises
        ------
        FITSValueError
            A dict has a protected keyword, commentary that is no list (as `to_dict` has it), or
            something FITS cannot hold. Nothing is changed then.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            It cannot be written.
        """
        items, is_header = _source(other)
        wanted: list[_Item] = []
        for item in items:
            plain = _plain(item.keyword)
            if is_header:
                if is_protected_key(plain) or (plain in _COMMENTARY and not copy_commentary):
                    continue
            else:
                _refuse_protected(item.keyword, "set by update()")
                if plain in _COMMENTARY and isinstance(item.value, list):  # as to_dict() has it
                    if not copy_commentary:
                        continue
                elif plain in _COMMENTARY:
                    raise FITSValueError(
                        f"keyword {item.keyword or '(blank)'}: update() takes no commentary "
                        "from a dict; use add_comment, add_history or add_blank"
                    )
            wanted.append(item)
        self._change(lambda cards: _merge(cards, wanted))


class FITSHeader(_Header):
    """The header of an HDU, live: every change is in the file when the call returns.

    Looks like a dict. It is read when it is first asked for and outlives its file for reading; a
    change made another way (a checksum, ``extend``) shows at the next look. For several changes
    use `edit`, which writes once.

    Some keywords describe structure, columns, checksums or compression. They can be read, but
    change only together with what they describe: see `is_protected_key`.

    Examples
    --------
    >>> header["EXPTIME"] = 30.0, "[s] exposure time"
    >>> header["EXPTIME"], header.comment_of("exptime")
    (30.0, '[s] exposure time')
    """

    __slots__ = ("_cards", "_file", "_index", "_seen")

    def __init__(self, file: FileHandle, index: int) -> None:
        super().__init__()
        self._file = file
        self._index = index
        self._seen = -1
        self._read()

    def _read(self) -> None:
        # The number first: a change between the two calls then only means one look too many.
        self._seen = self._file._generation()
        pointer = ffi.new("rf_header **")
        err = error()
        check(lib.rf_hdu_get_header(self._file._handle(), self._index, pointer, err), err)
        self._cards = _own(pointer)

    def _current(self) -> CData:
        if not self._file.closed and self._file._generation() != self._seen:
            self._read()
        return self._cards

    def _where(self) -> str:
        return f"{self._file.name}[{self._index}]"

    def _commit(self, cards: CData) -> None:
        """Write; what is in memory follows only when that went well. With the lock held."""
        err = error()
        check(lib.rf_hdu_set_header(self._file._handle(), self._index, cards, err), err)
        self._read()

    def _change(self, change: Callable[[CData], CData | None]) -> None:
        with self._lock:
            handle_cards = _copy(self._current())
            self._file._handle()
            changed = change(handle_cards)
            self._commit(handle_cards if changed is None else changed)

    def edit(self) -> FITSHeaderEdit:
        """Make several changes with one write.

        Returns
        -------
        FITSHeaderEdit
            A context manager. Its changes are written at the end of the ``with`` block, or dropped
            when the block ends with an exception.

        Examples
        --------
        >>> with header.edit() as h:
        ...     h["FILTER"] = "r"
        ...     h.add_history("flat-fielded")
        """
        return FITSHeaderEdit(self)


class FITSHeaderEdit(_Header):
    """Changes to a header that are written together; made by `FITSHeader.edit`.

    Has all that `FITSHeader` has. Reading shows the changes made so far. It can be used once, and
    changes are possible only inside of its ``with`` block.
    """

    __slots__ = ("_base", "_cards", "_header", "_state")

    def __init__(self, header: FITSHeader) -> None:
        super().__init__()
        self._header = header
        self._cards = header._clone()
        self._base = _bytes(self._cards)
        self._state = "new"

    def _current(self) -> CData:
        return self._cards

    def _where(self) -> str:
        return self._header._where()

    def _change(self, change: Callable[[CData], CData | None]) -> None:
        if self._state != "open":
            raise FITSValueError(
                "a header is edited inside of `with header.edit() as h:`"
                + ("; this edit is over" if self._state == "over" else "")
            )
        with self._lock:
            cards = _copy(self._cards)
            changed = change(cards)
            self._cards = cards if changed is None else changed

    def __enter__(self) -> FITSHeaderEdit:
        """Begin.

        Raises
        ------
        FITSValueError
            This edit has been used before.
        FITSClosedError
            The file is closed.
        """
        if self._state != "new":
            raise FITSValueError("an edit is used once; call header.edit() again")
        self._header._file._handle()
        self._cards = self._header._clone()
        self._base = _bytes(self._cards)
        self._state = "open"
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write what has changed, unless the block failed.

        Raises
        ------
        FITSValueError
            The header was changed by something else in the meantime.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            It cannot be written.
        """
        self._state = "over"
        if exc_type is not None or _bytes(self._cards) == self._base:
            return
        header = self._header
        with header._lock:
            header._file._handle()
            if _bytes(header._current()) != self._base:
                raise FITSValueError(
                    f"{self._where()}: the header was changed while it was being edited; "
                    "the edit is dropped"
                )
            header._commit(self._cards)
