# SPDX-License-Identifier: BSD-3-Clause
"""`FITSHeaderEdit`: several changes of a header, written together."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, NoReturn

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData
from rustfits._core.header.base import Header
from rustfits._core.header.cards import (
    all_bytes,
    copy_cards,
)

if TYPE_CHECKING:
    from rustfits._core.header.header import FITSHeader

__all__ = ["FITSHeaderEdit"]


class FITSHeaderEdit(Header):
    """Changes of a header that are written together. `FITSHeader.edit` returns it.

    It has all methods of `FITSHeader`, which see the changes made so far. It can be used once, and
    allows changes only in its ``with`` block.
    """

    __slots__ = ("_base", "_header", "_state")

    def __init__(self, header: FITSHeader) -> None:
        super().__init__(header._clone())
        self._header = header
        self._base = all_bytes(self._cards)
        self._state = "new"

    def _current(self) -> CData:
        return self._cards

    def _where(self) -> str:
        return self._header._where()

    def _change(self, change: Callable[[CData], None], *, whole: bool = True) -> None:
        if self._state != "open":
            raise FITSValueError(
                "a header is edited inside of `with header.edit() as h:`"
                + ("; this edit is over" if self._state == "over" else "")
            )
        with self._lock:
            # In place if that is safe: a copy for each of many changes takes quadratic time.
            cards = self._cards if whole else copy_cards(self._cards)
            change(cards)
            self._take(cards)

    def __reduce__(self) -> NoReturn:
        """Raise `FITSTypeError`: an edit writes to its file."""
        raise FITSTypeError("an edit of a header cannot be pickled or copied: use header.copy()")

    def __enter__(self) -> FITSHeaderEdit:
        """Begin the edit.

        Raises
        ------
        FITSValueError
            If this edit was used before.
        FITSClosedError
            If the file is closed.
        """
        if self._state != "new":
            raise FITSValueError("an edit is used once; call header.edit() again")
        self._header._file._handle()
        self._take(self._header._clone())
        self._base = all_bytes(self._cards)
        self._state = "open"
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Write the changes, unless the block raised.

        Raises
        ------
        FITSValueError
            If another call changed the header during the edit.
        FITSReadOnlyError, FITSClosedError, FITSIOError
            If the header cannot be written.
        """
        self._state = "over"
        if exc_type is not None or all_bytes(self._cards) == self._base:
            return
        header = self._header
        with header._file.edit_lock, header._lock:
            header._file._handle()
            if all_bytes(header._current()) != self._base:
                raise FITSValueError(
                    f"{self._where()}: the header was changed while it was being edited; "
                    "the edit is dropped"
                )
            header._commit(self._cards)
