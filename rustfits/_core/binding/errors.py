# SPDX-License-Identifier: BSD-3-Clause
"""The exceptions of the package.

Each is a `FITSError` and also the built-in exception that Python users catch. A missing file is a
`FileNotFoundError`, a missing keyword a `KeyError`.
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
    """Base class of all exceptions of this package.

    Attributes
    ----------
    filename : str or None
        The name that was passed to open the file, without passwords. It is set if the file could
        not be opened. The message always names the file.
    hdu : int or None
        The index of the HDU.
    keyword : str or None
        The header keyword.
    offset : int or None
        The byte offset in the file or compressed stream. In a condition of `where`, the index of
        the character.
    http_status : int or None
        The status of the HTTP response, for remote files.
    code : str or None
        The name of the C library's status, such as ``"RF_ERR_FORMAT"``. None if Python code found
        the error.
    """

    filename: str | None = None
    hdu: int | None = None
    keyword: str | None = None
    offset: int | None = None
    http_status: int | None = None
    code: str | None = None

    def __str__(self) -> str:
        # KeyError quotes its message, and OSError builds one from errno and filename.
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
    """The header has no such keyword, or the file no HDU of that name."""


class FITSColumnError(FITSKeyError, FITSValueError):
    """The table has no such column. Also a `ValueError`."""


class FITSIndexError(FITSError, IndexError):
    """An HDU number, an index or a section is out of range."""


class FITSMemoryError(FITSError, MemoryError):
    """Memory could not be allocated."""


class FITSUnsupportedError(FITSError, NotImplementedError):
    """The request or the file is valid, but this version does not support it."""


class FITSFormatError(FITSError, ValueError):
    """The file breaks the FITS Standard."""


class FITSIOError(FITSError, OSError):
    """Reading, writing or fetching failed. ``errno`` has the number if the system returned one."""


class FITSNotFoundError(FITSIOError, FileNotFoundError):
    """The file or the URL does not exist."""


class FITSPermissionError(FITSIOError, PermissionError):
    """The system or a server denied access."""


class FITSSchemeError(FITSPermissionError):
    """``schemes=`` or RUSTFITS_SCHEMES does not allow the scheme of a name or a redirect."""


class FITSIsADirectoryError(FITSIOError, IsADirectoryError):
    """The path is a directory."""


class FITSExistsError(FITSIOError, FileExistsError):
    """The output file already exists."""


class FITSLockedError(FITSIOError, BlockingIOError):
    """Another handle holds a lock on the file. See ``FITS(lock=True)``."""


class FITSNetworkError(FITSIOError, ConnectionError):
    """Finding the host, the connection, TLS or the protocol failed, or the server refused."""


class FITSChangedError(FITSNetworkError):
    """Another program replaced or changed the file after it was opened.

    It is a `FITSNetworkError` for local files, too.
    """


class FITSTimeoutError(FITSIOError, TimeoutError):
    """A time limit was reached."""


class FITSInterruptedError(FITSIOError):
    """An edit of the file was interrupted, and this call cannot finish it.

    Opening the file with ``"r+"`` finishes the edit, or raises this error with the reason.
    """


class FITSTaintedError(FITSIOError):
    """An earlier write failed halfway. Close the file and open it again."""


class FITSReadOnlyError(FITSError, io.UnsupportedOperation):
    """The file was opened for reading only. Also an `OSError` and a `ValueError`."""


class FITSClosedError(FITSError, ValueError, OSError):
    """The file is closed. A `ValueError`, as for Python's own files, and an `OSError`."""


class FITSTruncatedError(FITSFormatError, FITSIOError):
    """The file has fewer bytes than a header says."""


class FITSCodecError(FITSFormatError, FITSIOError):
    """A compressed stream is corrupt."""


class FITSOpenError(FITSFormatError, FITSIOError):
    """The first HDU cannot be read, so the file cannot be opened."""


class NotFITSError(FITSOpenError):
    """The file is no FITS file, or it is empty."""


class FITSLimitError(FITSIOError, ValueError):
    """The file exceeds a limit that protects against hostile files."""


class FITSDriverError(FITSIOError, ValueError):
    """The URL scheme is unknown."""


class FITSNotBuiltError(FITSUnsupportedError, FITSIOError):
    """The URL scheme or codec is known, but not part of this build."""


class FITSWarning(UserWarning):
    """The file breaks the FITS Standard in a way that the library can read."""


#: The class for each status of the C library, without ``RF_ERR_``.
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

#: The errno for a status, if no system call returned one.
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
