# SPDX-License-Identifier: BSD-3-Clause
"""What the header of an HDU and an edit of it share: reading keywords and changing them."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import FITSKeyError, FITSTypeError, FITSValueError
from rustfits._core.binding.hints import Hinted
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib, text, value_slot
from rustfits._core.binding.locks import ForkLock
from rustfits._core.header import html
from rustfits._core.header.cards import (
    CARD,
    CardSource,
    HeaderLike,
    Texts,
    add_commentary,
    all_bytes,
    assign,
    comment_at,
    copy_cards,
    entries_of,
    first_entries,
    merge,
    parse_cards,
    shown_cards,
    source_of,
    stored_key,
    value_at,
    warn_of_cut,
)
from rustfits._core.header.values import (
    COMMENTARY,
    HeaderValueError,
    ascii_bytes,
    decode,
    is_protected_key,
    key_bytes,
    plain_key,
    refuse_protected,
)

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["Header"]

_COMMENTARY_KIND: int = lib.RF_VALUE_COMMENTARY
_NOT_FOUND: int = lib.RF_ERR_NOT_FOUND
# Take the place of the value of a keyword that is not in the header, that has a list of texts, or
# that was not read yet.
_MISSING, _TEXTS, _UNKNOWN = object(), object(), object()
# Names that the fastest paths would look up at each call.
_NULL: CData = ffi.NULL
_get, _generation, _new_lock = lib.rf_header_get, lib.rf_file_get_generation, ForkLock


#: What to write instead of attributes of astropy's and fitsio's headers.
_HINTS = {
    "comments": "header.comment_of(key) and header.set_comment(key, comment)",
    "get_comment": "header.comment_of(key)",
    "set": "header[key] = value, or (value, comment)",
    "append": "header[key] = value, or header.add_history(text)",
    "add_record": "header[key] = value, or (value, comment)",
    "extend": "header.update(other)",
    "merge": "header.update(other)",
    "remove": "del header[key]",
    "delete": "del header[key]",
    "rename_keyword": "header.rename(old, new)",
    "records": "header.cards",
    "ascard": "header.cards",
    "clean": "header.to_dict(skip_protected=True)",
    "strip": "header.to_dict(skip_protected=True)",
}
#: The keywords of FITS 4.4.1 that come first, in their order.
_FIRST = re.compile(r"SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS")
#: Most cards that a notebook shows.
_SHOWN = 200


class Header(Hinted, CardSource, MutableMapping[str, Any]):
    """The dictionary that a live header and an edit of one share."""

    __slots__ = ("__weakref__", "_cards", "_known", "_listed", "_lock", "_seen", "_watched")

    _hints = _HINTS

    # A live header replaces its cards and never changes them. An edit changes its own cards, under
    # the lock.
    _cards: CData
    # Values (no lists) by the keyword that the caller wrote, and the first entry of each keyword.
    _known: dict[str, Any]
    _listed: dict[str, tuple[str, int]] | None
    # The file whose edits change this header, or None, and the generation that the cards are from.
    _watched: FileHandle | None
    _seen: int

    def __init__(self, cards: CData) -> None:
        # The C struct has one buffer for the texts that it returns, and threads share this object.
        self._lock = _new_lock()
        self._watched = None
        self._take(cards)

    def _take(self, cards: CData) -> None:
        """Replace the cards. The caller holds the lock."""
        self._cards = cards
        self._known = {}
        self._listed = None

    @abstractmethod
    def _current(self) -> CData:
        """Return the current cards. The caller holds the lock."""

    def _listing(self) -> dict[str, tuple[str, int]]:
        """Return the first entry of each keyword in `_cards`. The caller holds the lock."""
        if self._listed is None:
            self._listed = first_entries(entries_of(self._cards))
        return self._listed

    def _look(self, key: str) -> Any:
        """Return the value of a keyword, _MISSING if there is none, or _TEXTS for commentary."""
        watched = self._watched
        if watched is None or watched.closed or _generation(watched._pointer) == self._seen:
            found = self._known.get(key, _UNKNOWN) if type(key) is str else _UNKNOWN
            if found is not _UNKNOWN:
                return found
        value = value_slot()
        with self._lock:
            cards = self._cards if watched is None else self._current()
            name = stored_key(cards, key)
            status = _get(cards, name, value, _NULL)
            if not status:
                found = decode(value)
                commentary = type(found) is str and value.kind == _COMMENTARY_KIND
                if commentary and plain_key(key) in COMMENTARY:
                    found = _TEXTS
            elif status == _NOT_FOUND:
                found = _MISSING
            else:
                err = error()
                raise failure(_get(cards, name, value, err), err)
            self._known[key] = found
        return found

    def _all_texts(self, key: str) -> list[str]:
        with self._lock:
            return self._texts(self._current(), key)

    @abstractmethod
    def _change(self, change: Callable[[CData], None], *, whole: bool = True) -> None:
        """Call `change` for the cards, or for a copy that replaces them.

        `whole` means that `change` leaves the cards unchanged if it raises.
        """

    @abstractmethod
    def _where(self) -> str:
        """Return file and HDU of this header, for messages."""

    def _missing(self, key: str) -> FITSKeyError:
        failure = FITSKeyError(f"{self._where()}: keyword {key!r} is not in the header")
        failure.keyword = key
        return failure

    def _clone(self) -> CData:
        with self._lock:
            return copy_cards(self._current())

    def _find(self, cards: CData, key: str) -> int:
        index = ffi.new("size_t *")
        status = lib.rf_header_find(cards, stored_key(cards, key), 0, index, ffi.NULL)
        if status == _NOT_FOUND:
            raise self._missing(key)
        check(status)
        return int(index[0])

    def _texts(self, cards: CData, key: str) -> list[str]:
        """Return the texts of all commentary cards of a keyword."""
        name = stored_key(cards, key)
        index = ffi.new("size_t *")
        found = Texts()
        while lib.rf_header_find(cards, name, index[0], index, ffi.NULL) == 0:
            found.append(str(value_at(cards, index[0], value_slot())))
            index[0] += 1
        return found

    # ---- reading ----

    def __getitem__(self, key: str) -> Any:
        """Return the value of a keyword.

        Parameters
        ----------
        key : str
            The keyword, in any case, with or without ``HIERARCH``. If several cards have it, the
            first one counts.

        Returns
        -------
        bool, int, float, complex, str, None or list of str
            The value. None for a keyword without a value, a list for ``COMMENT``, ``HISTORY`` and
            ``""`` (blank). A value that FITS does not define is returned as its characters.

        Raises
        ------
        FITSKeyError
            If the header has no such keyword.
        """
        found = self._look(key)
        if found is _MISSING:
            raise self._missing(key)
        return found if found is not _TEXTS else self._all_texts(key)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of a keyword, or `default` if the header has no such keyword."""
        found = self._look(key)
        if found is _MISSING:
            return default
        return found if found is not _TEXTS else self._all_texts(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._look(key) is not _MISSING

    def __len__(self) -> int:
        """Return the number of different keywords."""
        with self._lock:
            self._current()
            return len(self._listing())

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def keys(self) -> list[str]:  # type: ignore[override]  # a list since the first version
        """Return the different keywords in file order, each commentary keyword once."""
        with self._lock:
            self._current()
            return [keyword for keyword, _ in self._listing().values()]

    def values(self) -> list[Any]:  # type: ignore[override]
        """Return ``header[key]`` for each keyword, in the order of `keys`."""
        return [value for _, value in self.items()]

    def items(self) -> list[tuple[str, Any]]:  # type: ignore[override]
        """Return the pairs of keyword and value, in the order of `keys`."""
        with self._lock:
            cards = self._current()
            pairs: list[tuple[str, Any]] = []
            for name, (keyword, start) in self._listing().items():
                if name in COMMENTARY:
                    pairs.append((keyword, self._texts(cards, keyword)))
                else:
                    pairs.append((keyword, value_at(cards, start, value_slot())))
            return pairs

    @property
    def cards(self) -> list[str]:
        """The text of each card without END: 80 characters, or 80 bytes of UTF-8."""
        with self._lock:
            return shown_cards(self._current())

    def comment_of(self, key: str) -> str:
        """Return the comment of a keyword, or ``""``.

        Parameters
        ----------
        key : str
            The keyword.

        Raises
        ------
        FITSKeyError
            If the header has no such keyword.
        FITSValueError
            If `key` is a commentary keyword, whose text is its value.
        """
        if plain_key(key) in COMMENTARY:
            raise FITSValueError(f"keyword {key or '(blank)'} is commentary and has no comment")
        with self._lock:
            cards = self._current()
            listed = (self._listed or {}).get(plain_key(key)) if key.isascii() else None
            return comment_at(cards, self._find(cards, key) if listed is None else listed[1])

    def to_dict(self, skip_protected: bool = False) -> dict[str, Any]:
        """Copy the header into a dict.

        Parameters
        ----------
        skip_protected : bool
            Whether to leave out protected keywords. See `is_protected_key`.

        Returns
        -------
        dict
            ``{"value": ..., "comment": ...}`` for each keyword, and a list of texts for each
            commentary keyword.
        """
        with self._lock:
            cards = self._current()
            made: dict[str, Any] = {}
            for name, (keyword, start) in self._listing().items():
                if name in COMMENTARY:
                    made[keyword] = self._texts(cards, keyword)
                elif not (skip_protected and is_protected_key(name)):
                    made[keyword] = {
                        "value": value_at(cards, start, value_slot()),
                        "comment": comment_at(cards, start),
                    }
            return made

    def __eq__(self, other: object) -> bool:
        """Return whether all cards of two headers are equal."""
        if self is other:
            return True
        if not isinstance(other, Header):
            return NotImplemented
        return self.cards == other.cards

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return "\n".join(card.rstrip() for card in self.cards)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the cards."""
        try:
            cards = self.cards
        except Exception as failed:  # the header may be unreadable by now
            return html.paragraph(f"{type(self).__name__}: {failed}")
        end = [f"… {len(cards) - _SHOWN} more cards"] if len(cards) > _SHOWN else []
        return html.preformatted([*cards[:_SHOWN], *end])

    def _ipython_key_completions_(self) -> list[str]:
        """Return the keywords, which a notebook completes."""
        return self.keys()

    # ---- changing ----

    def __setitem__(self, key: str, value: object) -> None:
        """Set the value of a keyword, or append the keyword.

        Parameters
        ----------
        key : str
            The keyword. A name of more than 8 characters, or with characters other than letters,
            digits, ``-`` and ``_``, becomes a HIERARCH card and keeps its case. ``COMMENT``,
            ``HISTORY`` and ``""`` append a card.
        value : bool, int, float, complex, str, None, or tuple of one of them and a comment
            The value, which may be a numpy scalar. Without a comment, the card keeps its comment.
            A comment that does not fit continues in CONTINUE cards after a string. After other
            values it is cut with a `FITSWarning`.

        Raises
        ------
        FITSValueError
            If the keyword is protected, or if FITS cannot store the keyword, value or comment.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        key_bytes(key)
        self._change(lambda cards: assign(cards, key, value))

    def __delitem__(self, key: str) -> None:
        """Delete all cards of a keyword.

        Raises
        ------
        FITSKeyError
            If the header has no such keyword.
        FITSValueError
            If the keyword is protected.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        key_bytes(key)
        refuse_protected(key, "deleted")

        def delete(cards: CData) -> None:
            err = error()
            status = lib.rf_header_delete(cards, stored_key(cards, key), err)
            if status == _NOT_FOUND:
                raise self._missing(key)
            check(status, err)

        self._change(delete)

    def set_comment(self, key: str, comment: str) -> None:
        """Set the comment of a keyword. The value keeps every character.

        Parameters
        ----------
        key : str
            The keyword.
        comment : str
            The comment. ``""`` removes the old one. A comment that does not fit continues in
            CONTINUE cards after a string. After other values it is cut with a `FITSWarning`.

        Raises
        ------
        FITSKeyError
            If the header has no such keyword.
        FITSValueError
            If `key` is commentary or protected, or if `comment` is not printable ASCII.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        if plain_key(key) in COMMENTARY:
            raise FITSValueError(f"keyword {key or '(blank)'} is commentary and has no comment")
        refuse_protected(key, "given a comment")
        if not isinstance(comment, str):
            raise HeaderValueError(f"keyword {key}: a comment is str, not {type(comment).__name__}")
        chars = ascii_bytes(f"keyword {key}: comment", comment)

        def change(cards: CData) -> None:
            err = error()
            status = lib.rf_header_set_comment(cards, stored_key(cards, key), chars, err)
            if status == _NOT_FOUND:
                raise self._missing(key)
            if status == lib.RF_ERR_TYPE:
                raise FITSValueError(text(err.message))
            check(status, err)
            warn_of_cut(cards)

        self._change(change)

    def insert(
        self, key: str, value: object, *, before: str | None = None, after: str | None = None
    ) -> None:
        """Insert a new card before or after that of another keyword.

        Parameters
        ----------
        key : str
            The keyword, which the header does not have yet, or ``COMMENT``, ``HISTORY`` or ``""``.
        value : bool, int, float, complex, str, None, or tuple of one of them and a comment
            The value, as for ``header[key] = value``.
        before, after : str
            The keyword whose first card comes behind, or before, the new one. Pass one of the two.

        Raises
        ------
        FITSKeyError
            If the header does not have the other keyword.
        FITSTypeError
            If neither or both of `before` and `after` are given.
        FITSValueError
            If `key` is protected or already in the header, if FITS cannot store it, or if the place
            is among the keywords that FITS 4.4.1 puts first.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        place = after if before is None else before
        if place is None or (before is not None and after is not None):
            raise FITSTypeError("insert() takes one of before= and after=: a keyword")
        made = parse_cards(b"")
        assign(made, key, value)
        content = all_bytes(made)

        def change(cards: CData) -> None:
            if plain_key(key) not in COMMENTARY:
                self._refuse_second(cards, key)
            index = self._find(cards, place)
            if before is None:  # behind its CONTINUE cards, too
                index += next(n for _, start, n in entries_of(cards) if start == index)
            entries = entries_of(cards)
            follows = next((name for name, start, _ in entries if start == index), "")
            if _FIRST.fullmatch(follows):
                raise FITSValueError(
                    f"{self._where()}: no card can stand before {follows}, one of the keywords "
                    "that come first (FITS 4.4.1)"
                )
            err = error()
            check(lib.rf_header_insert(cards, index, content, len(content) // CARD, err), err)

        self._change(change)

    def _refuse_second(self, cards: CData, key: str) -> None:
        """Raise `FITSValueError` if there is a card of a keyword."""
        index = ffi.new("size_t *")
        if lib.rf_header_find(cards, stored_key(cards, key), 0, index, ffi.NULL) == 0:
            refusal = FITSValueError(
                f"{self._where()}: keyword {key!r} is already in the header: delete or set it"
            )
            refusal.keyword = key
            raise refusal

    def rename(self, key: str, name: str) -> None:
        """Give the first card of a keyword another keyword. The card stays in its place.

        Parameters
        ----------
        key : str
            The keyword.
        name : str
            The new keyword, which the header does not have yet.

        Raises
        ------
        FITSKeyError
            If the header does not have `key`.
        FITSValueError
            If one of the two is protected or commentary, or `name` is already in the header or does
            not fit beside the value.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        chars = key_bytes(name)
        for keyword in (key, name):
            refuse_protected(keyword, "renamed")
            if plain_key(keyword) in COMMENTARY:
                raise FITSValueError(f"commentary ({keyword or 'blank'}) cannot be renamed")

        def change(cards: CData) -> None:
            if plain_key(key) != plain_key(name):
                self._refuse_second(cards, name)
            err = error()
            status = lib.rf_header_rename(cards, stored_key(cards, key), chars, err)
            if status == _NOT_FOUND:
                raise self._missing(key)
            if status == lib.RF_ERR_TYPE:
                raise FITSValueError(text(err.message))
            check(status, err)

        self._change(change)

    def add_comment(self, text: str) -> None:
        """Append a ``COMMENT`` card for each line, and more for lines of over 72 characters."""
        self._change(lambda cards: add_commentary(cards, "COMMENT", text))

    def add_history(self, text: str) -> None:
        """Append ``HISTORY`` cards, as `add_comment` does."""
        self._change(lambda cards: add_commentary(cards, "HISTORY", text))

    def add_blank(self, text: str = "") -> None:
        """Append cards without a keyword, as `add_comment` does."""
        self._change(lambda cards: add_commentary(cards, "", text))

    def clear(self) -> None:
        """Delete all cards except for protected ones, in one write.

        Raises
        ------
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """

        def delete(cards: CData) -> None:
            for name in first_entries(entries_of(cards)):
                if not is_protected_key(name):
                    err = error()
                    check(lib.rf_header_delete(cards, stored_key(cards, name), err), err)

        self._change(delete, whole=False)

    def update(  # type: ignore[override]
        self, other: HeaderLike, *, copy_commentary: bool = False
    ) -> None:
        """Set many keywords in one write.

        Parameters
        ----------
        other : FITSHeader, dict, list of cards, or astropy header
            The keywords. Cards of a header are copied byte for byte, without protected keywords.
            A dict has values, ``(value, comment)`` tuples, or the items of `to_dict`. There,
            protected keywords are an error.
        copy_commentary : bool
            Whether to append the COMMENT, HISTORY and blank cards of `other`, too.

        Raises
        ------
        FITSValueError
            If a dict has a protected keyword, commentary that is no list, or a value that FITS
            cannot store. The header is then unchanged.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        source = source_of(other)
        self._change(lambda cards: merge(cards, source, copy_commentary), whole=False)
