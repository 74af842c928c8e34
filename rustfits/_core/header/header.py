# SPDX-License-Identifier: BSD-3-Clause
"""`FITSHeader`: the live header of an HDU.

The C library keeps, reads and writes the cards. This module knows when to read the header again and
when to write it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from rustfits._core.binding.errors import FITSIndexError, FITSTypeError
from rustfits._core.binding.handle import NO_FILE, ClosedFile
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib, text
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.warnings import warn_of_file
from rustfits._core.header.base import Header
from rustfits._core.header.cards import (
    CARD,
    HeaderLike,
    all_bytes,
    cards_of_text,
    copy_cards,
    free_cards,
    header_cards,
    parse_cards,
)
from rustfits._core.header.edit import FITSHeaderEdit
from rustfits._core.header.values import (
    is_protected_key,
)

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = [
    "FITSHeader",
    "HeaderLike",
    "LogicalHeader",
    "header_cards",
    "is_protected_key",
]

_BLOCK = 2880
# The name of the file of a header without a file.
_FREE = b""
_NOT_FOUND: int = lib.RF_ERR_NOT_FOUND
# Names that the fastest paths would look up at each call.
_NULL: CData = ffi.NULL
_HEADER_POINTER: CData = ffi.typeof("rf_header **")
_free, _read_alone = lib.rf_header_free, lib.rf_file_read_header
_generation, _count_warnings = lib.rf_file_get_generation, lib.rf_file_get_warning_count
_new, _gc, _new_lock = ffi.new, ffi.gc, ForkLock


class FITSHeader(Header):
    """The live header of an HDU, as a dict: each change is in the file when the call returns.

    The first access reads the header, which stays readable after the file is closed. Changes by
    other calls, such as checksums and ``extend``, are seen by the next access. For several changes,
    use `edit`, which writes once.

    ``FITSHeader(cards)`` is a header without a file. Copies and pickles have no file, either.

    Keywords that describe structure, columns, checksums or compression are protected: only the
    calls that change those things change them. See `is_protected_key`.

    Examples
    --------
    >>> header["EXPTIME"] = 30.0, "[s] exposure time"
    >>> header["EXPTIME"], header.comment_of("exptime")
    (30.0, '[s] exposure time')
    """

    __slots__ = ("_index", "_name", "_open")

    _index: int
    _name: bytes  # of a file that is not open
    _open: FileHandle | None

    # The functions that read and write the cards.
    _read_cards: ClassVar[CData] = lib.rf_hdu_get_header
    _write_cards: ClassVar[CData] = lib.rf_hdu_set_header

    def __init__(self, cards: HeaderLike | None = None) -> None:
        """Create a header without a file.

        Parameters
        ----------
        cards : FITSHeader, astropy header, dict, or list of cards, optional
            The first cards. A card is its text, ``(keyword, value)``, ``(keyword, value, comment)``
            or an astropy card. Cards of headers are copied byte for byte, protected ones too.

        Raises
        ------
        FITSValueError
            If a header cannot store a keyword, value or comment.
        """
        Header.__init__(self, free_cards(cards))
        self._open, self._name, self._index = None, _FREE, 0

    @classmethod
    def _live(cls, file: FileHandle, index: int) -> FITSHeader:
        """Return the header of an HDU."""
        self = cls.__new__(cls)
        self._lock = _new_lock()
        self._open = file
        self._watched = None if file.fixed else file
        self._index = index
        self._read(file)
        return self

    @classmethod
    def _alone(cls, name: bytes, index: int) -> FITSHeader:
        """Read the header of a file in one call of the C library, which closes the file again."""
        pointer = _new(_HEADER_POINTER)
        err = error()
        status = _read_alone(name, _NULL, index, pointer, err)
        if status:
            if status == _NOT_FOUND:
                raise FITSIndexError(text(err.message))
            raise failure(status, err, ClosedFile(name).filename, opening=err.hdu <= 0)
        self = cls.__new__(cls)
        Header.__init__(self, _gc(pointer[0], _free))
        self._open, self._name = None, name
        self._index = index
        return self

    @classmethod
    def fromstring(cls, text: str | bytes) -> FITSHeader:
        """Create a header without a file from its text.

        Parameters
        ----------
        text : str or bytes
            Cards of 80 characters, or lines of at most 80. They end at END or with the text.

        Returns
        -------
        FITSHeader
            The header.

        Raises
        ------
        FITSTypeError
            If `text` is neither str nor bytes.
        FITSValueError
            If a line is too long.
        """
        if not isinstance(text, (str, bytes, bytearray, memoryview)):
            raise FITSTypeError(f"the text of a header is str or bytes, not {type(text).__name__}")
        self = cls()
        self._take(parse_cards(cards_of_text(text)))
        return self

    def tostring(self, sep: str = "", endcard: bool = True, padding: bool = True) -> str:
        """Return all cards as one text, as astropy's method does.

        Parameters
        ----------
        sep : str
            The text between two cards.
        endcard : bool
            Whether to append the END card.
        padding : bool
            Whether to fill the last block of 2880 bytes with blanks. Only for an empty `sep`.

        Returns
        -------
        str
            The text. A byte outside ASCII is a character of Latin-1.
        """
        if not isinstance(sep, str):
            raise FITSTypeError(f"sep must be a str, not {type(sep).__name__}")
        with self._lock:
            content = all_bytes(self._current()).decode("latin-1")
        cards = [content[i : i + CARD] for i in range(0, len(content), CARD)]
        joined = sep.join(cards + ["END".ljust(CARD)] * endcard)
        return joined.ljust(-(-len(joined) // _BLOCK) * _BLOCK) if padding and not sep else joined

    def to_astropy(self) -> Any:
        """Return a copy as an ``astropy.io.fits.Header``, card by card.

        Returns
        -------
        astropy.io.fits.Header
            The copy.

        Raises
        ------
        ImportError
            If astropy is not installed.
        """
        from astropy.io import fits

        return fits.Header.fromstring(self.tostring(endcard=False, padding=False))

    def copy(self) -> FITSHeader:
        """Return a copy without a file."""
        made = FITSHeader()
        made._take(self._clone())
        return made

    def __copy__(self) -> FITSHeader:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> FITSHeader:
        return self.copy()

    def __reduce__(self) -> Any:
        """Pickle the cards. The result has no file."""
        return _from_cards, (self.tostring(endcard=False, padding=False).encode("latin-1"),)

    def _is_printable(self) -> bool:
        """Return whether all cards are printable ASCII."""
        return bool(lib.rf_header_is_printable(self._cards))

    @property
    def _file(self) -> FileHandle | ClosedFile:
        if self._open is not None:
            return self._open
        return NO_FILE if self._name == _FREE else ClosedFile(self._name)

    def _read(self, file: FileHandle) -> None:
        handle = file._handle()
        # First, so that a change between the two calls leads to another read, not to old values.
        seen = _generation(handle)
        pointer = _new(_HEADER_POINTER)
        err = error()
        status = self._read_cards(handle, self._index, pointer, err)
        if status:
            raise failure(status, err)
        self._take(_gc(pointer[0], _free))
        self._seen = seen  # last, because _look() reads it without the lock
        count = _count_warnings(handle)
        if count:
            warn_of_file(file, handle, count)

    def _current(self) -> CData:
        watched = self._watched
        if watched is not None and not watched.closed and watched._generation() != self._seen:
            self._read(watched)
        return self._cards

    def _move(self, file: FileHandle, index: int) -> None:
        """Follow the HDU to its new index, or to the file of a deleted HDU."""
        with self._lock:
            self._open = file
            self._watched = None if file.fixed else file
            self._index = index

    def _share(self) -> tuple[CData, ForkLock]:
        """Return the current cards, which never change, and the lock for calls that read them."""
        with self._lock:
            cards = self._current()
            if self._open is None and self._name == _FREE:  # which changes in place
                return copy_cards(cards), _new_lock()
            return cards, self._lock

    def _where(self) -> str:
        file = self._file
        return file.name if file is NO_FILE else f"{file.name}[{self._index}]"

    def _commit(self, cards: CData) -> None:
        """Write the cards and read them again. The caller holds the lock."""
        if self._file is NO_FILE:
            self._take(copy_cards(cards))
            return
        err = error()
        check(self._write_cards(self._file._handle(), self._index, cards, err), err)
        if self._open is not None:
            self._read(self._open)

    def _change(self, change: Callable[[CData], None], *, whole: bool = True) -> None:
        if self._file is NO_FILE:
            with self._lock:
                # In place if that is safe: a copy for each of many changes takes quadratic time.
                cards = copy_cards(self._cards) if whole is False else self._cards
                change(cards)
                self._take(cards)
            return
        with self._file.edit_lock, self._lock:
            cards = copy_cards(self._current())
            self._file._handle()
            change(cards)
            self._commit(cards)

    def edit(self) -> FITSHeaderEdit:
        """Make several changes with one write.

        Returns
        -------
        FITSHeaderEdit
            A context manager. The end of the ``with`` block writes its changes. An exception in the
            block drops them.

        Examples
        --------
        >>> with header.edit() as h:
        ...     h["FILTER"] = "r"
        ...     h.add_history("flat-fielded")
        """
        return FITSHeaderEdit(self)


def _from_cards(content: bytes) -> FITSHeader:
    """Return a header without a file, for pickle."""
    made = FITSHeader()
    made._take(parse_cards(content))
    return made


class LogicalHeader(FITSHeader):
    """The logical header of a compressed HDU: that of the uncompressed image or table.

    It has no cards of the compression. Changes of other cards keep those in the file.
    """

    __slots__ = ()

    _read_cards = lib.rf_hdu_get_logical_header
    _write_cards = lib.rf_hdu_set_logical_header
