# SPDX-License-Identifier: BSD-3-Clause
"""The exceptions of the package.

Every one is a `FITSError`, and each is also the built-in exception that a Python user would catch:
a file that does not exist is a `FileNotFoundError`, a keyword that does not exist is a `KeyError`.
"""

from __future__ import annotations

import errno
import io
from typing import Any

__all__ = [
    "FITSChangedError",
    "FITSClosedError",
    "FITSCodecError",
    "FITSColumnError",
    "FITSDriverError",
    "FITSError",
    "FITSExistsError",
    "FITSFormatError",
    "FITSIOError",
    "FITSIndexError",
    "FITSInterruptedError",
    "FITSIsADirectoryError",
    "FITSKeyError",
    "FITSLimitError",
    "FITSLockedError",
    "FITSMemoryError",
    "FITSNetworkError",
    "FITSNotBuiltError",
    "FITSNotFoundError",
    "FITSOpenError",
    "FITSPermissionError",
    "FITSReadOnlyError",
    "FITSSchemeError",
    "FITSTaintedError",
    "FITSTimeoutError",
    "FITSTruncatedError",
    "FITSTypeError",
    "FITSUnsupportedError",
    "FITSValueError",
    "FITSWarning",
    "NotFITSError",
]


class FITSError(Exception):
    """Marks every exception that comes from this package.

    Attributes
    ----------
    filename : str or None
        The file as it was named at opening (passwords hidden), where the error is about opening
        one. The message names the file in any case.
    hdu : int or None
        Index of the HDU concerned.
    keyword : str or None
        The header keyword concerned.
    offset : int or None
        Byte offset in the file or compressed stream; in a condition (`where`), the character.
    http_status : int or None
        Status of the server's answer, for remote files.
    code : str or None
        Name of the C library's status, ``"RF_ERR_FORMAT"``; None for errors found in Python.
    """

    filename: str | None = None
    hdu: int | None = None
    keyword: str | None = None
    offset: int | None = None
    http_status: int | None = None
    code: str | None = None

    def __str__(self) -> str:
        # KeyError puts quotes around its message, and OSError rebuilds it from errno and filename.
        return str(self.args[0]) if self.args else ""

    def __reduce__(self) -> tuple[Any, ...]:
        attributes = dict(self.__dict__)
        if isinstance(self, OSError):
            attributes["errno"] = self.errno
            attributes["strerror"] = self.strerror
        return type(self), self.args, attributes


class FITSValueError(FITSError, ValueError):
    """An argument is outside its domain, or a keyword is protected."""


class FITSTypeError(FITSError, TypeError):
    """An argument, a value or an HDU is of the wrong kind."""


class FITSKeyError(FITSError, KeyError):
    """There is no such keyword or HDU name."""


class FITSColumnError(FITSKeyError, FITSValueError):
    """There is no such column: a `KeyError` and a `ValueError`."""


class FITSIndexError(FITSError, IndexError):
    """An HDU number, an index or a section lies outside of what there is."""


class FITSMemoryError(FITSError, MemoryError):
    """Memory could not be allocated."""


class FITSUnsupportedError(FITSError, NotImplementedError):
    """Correct, but not offered by this version."""


class FITSFormatError(FITSError, ValueError):
    """The bytes are not what the FITS Standard asks for."""


class FITSIOError(FITSError, OSError):
    """Reading, writing or fetching failed. ``errno`` is set where the system gave one."""


class FITSNotFoundError(FITSIOError, FileNotFoundError):
    """There is no such file, or no such thing at that URL."""


class FITSPermissionError(FITSIOError, PermissionError):
    """The system or a server denied access."""


class FITSSchemeError(FITSPermissionError):
    """``schemes=`` or RUSTFITS_SCHEMES does not allow what a name or a redirect leads to."""


class FITSIsADirectoryError(FITSIOError, IsADirectoryError):
    """The path is a directory."""


class FITSExistsError(FITSIOError, FileExistsError):
    """Something is in the way."""


class FITSLockedError(FITSIOError, BlockingIOError):
    """Another handle holds a lock on the file; see ``FITS(lock=True)``."""


class FITSNetworkError(FITSIOError, ConnectionError):
    """Name look-up, connection, TLS or protocol failed, or the server refused."""


class FITSChangedError(FITSNetworkError):
    """The file is not the one that was opened: another program replaced or changed it.

    Also of local files; a `FITSNetworkError` because it is what remote ones always raised.
    """


class FITSTimeoutError(FITSIOError, TimeoutError):
    """A time limit was reached."""


class FITSInterruptedError(FITSIOError):
    """An edit of the file was interrupted, and it cannot be read, or finished, as it is.

    Opening the file with ``"r+"`` finishes the edit; where that is refused, the message says why.
    """


class FITSTaintedError(FITSIOError):
    """An earlier write failed half way; close the file and open it again."""


class FITSReadOnlyError(FITSError, io.UnsupportedOperation):
    """A write to a file that was opened for reading: an `OSError` and a `ValueError`."""


class FITSClosedError(FITSError, ValueError, OSError):
    """The file is closed: a `ValueError`, as for Python's own files, and an `OSError`."""


class FITSTruncatedError(FITSFormatError, FITSIOError):
    """Fewer bytes than a header promises."""


class FITSCodecError(FITSFormatError, FITSIOError):
    """A compressed stream is corrupt."""


class FITSOpenError(FITSFormatError, FITSIOError):
    """The first HDU cannot be read, so the file cannot be opened."""


class NotFITSError(FITSOpenError):
    """Not a FITS file, or an empty one."""


class FITSLimitError(FITSIOError, ValueError):
    """A limit that guards against hostile files was reached."""


class FITSDriverError(FITSIOError, ValueError):
    """Nobody knows this URL scheme."""


class FITSNotBuiltError(FITSUnsupportedError, FITSIOError):
    """A known URL scheme or codec that is not in this build, or something it cannot open."""


class FITSWarning(UserWarning):
    """Something odd in a file that was read all the same."""


#: What each status of the C library (without ``RF_ERR_``) becomes.
CLASSES: dict[str, type[FITSError]] = {
    "ARGUMENT": FITSValueError,
    "READONLY": FITSReadOnlyError,
    "NOT_FOUND": FITSKeyError,
    "RANGE": FITSIndexError,
    "TYPE": FITSTypeError,
    "PROTECTED": FITSValueError,
    "TAINTED": FITSTaintedError,
    "CLOSED": FITSClosedError,
    "IO": FITSIOError,
    "NO_FILE": FITSNotFoundError,
    "PERMISSION": FITSPermissionError,
    "DIRECTORY": FITSIsADirectoryError,
    "EXISTS": FITSExistsError,
    "NO_SPACE": FITSIOError,
    "NETWORK": FITSNetworkError,
    "TIMEOUT": FITSTimeoutError,
    "TLS": FITSNetworkError,
    "HTTP_STATUS": FITSNetworkError,
    "CHANGED": FITSChangedError,
    "CALLBACK": FITSIOError,
    "NOT_FITS": NotFITSError,
    "FORMAT": FITSFormatError,
    "CARD": FITSFormatError,
    "TRUNCATED": FITSTruncatedError,
    "CODEC": FITSCodecError,
    "LIMIT": FITSLimitError,
    "UNSUPPORTED": FITSUnsupportedError,
    "NO_DRIVER": FITSDriverError,
    "NOT_BUILT": FITSNotBuiltError,
    "MEMORY": FITSMemoryError,
    "LOCKED": FITSLockedError,
    "INTERRUPTED": FITSInterruptedError,
    "SCHEME": FITSSchemeError,
}

#: The errno of failures that have one by their nature, for where the system was not asked.
NUMBERS: dict[str, int] = {
    "NO_FILE": errno.ENOENT,
    "PERMISSION": errno.EACCES,
    "SCHEME": errno.EACCES,
    "DIRECTORY": errno.EISDIR,
    "EXISTS": errno.EEXIST,
    "NO_SPACE": errno.ENOSPC,
    "TIMEOUT": errno.ETIMEDOUT,
    "READONLY": errno.EROFS,
    "LOCKED": errno.EAGAIN,
}
