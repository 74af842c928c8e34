# SPDX-License-Identifier: BSD-3-Clause
"""The C library as the rest of the package sees it.

The only module that imports the extension. A call looks like this::

    err = error()
    check(lib.rf_file_count(handle, count, err), err)
"""

from __future__ import annotations

import threading
from typing import Any

from rustfits._core.binding.errors import (
    CLASSES,
    NUMBERS,
    FITSError,
    FITSNotBuiltError,
    FITSOpenError,
)

try:
    from rustfits._core.binding._rustfits import ffi, lib
except ModuleNotFoundError:
    # Python was started in a checkout: its rustfits/ comes before the installed package, and has no
    # extension. The installed one serves.
    import pkgutil
    import sys

    for _name in ("rustfits", "rustfits._core", "rustfits._core.binding"):
        _package = sys.modules[_name]
        _package.__path__ = pkgutil.extend_path(_package.__path__, _name)
    try:
        from rustfits._core.binding._rustfits import ffi, lib
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(
            f"{sys.modules['rustfits'].__path__[0]} holds the sources of rustfits without the "
            "compiled extension: install the package with 'pip install .', or see CONTRIBUTING.md",
            name=missing.name,
        ) from missing

__all__ = [
    "check",
    "error",
    "failure",
    "ffi",
    "lib",
    "raise_stashed",
    "shown",
    "stash_exception",
    "text",
    "value_slot",
    "version",
]

#: A pointer or struct of the C library; cffi has no types that mypy could check.
CData = Any


class _Thread(threading.local):
    """What belongs to one thread: structs to fill in, and an exception waiting to be raised."""

    def __init__(self) -> None:
        self.error: CData = ffi.new("rf_error *")
        self.value: CData = ffi.new("rf_value *")
        self.exception: BaseException | None = None


_thread = _Thread()

_CLASS_OF: dict[int, type[FITSError]] = {
    getattr(lib, "RF_ERR_" + name): kind for name, kind in CLASSES.items()
}
_NUMBER_OF: dict[int, int] = {
    getattr(lib, "RF_ERR_" + name): number for name, number in NUMBERS.items()
}
# A file that cannot be opened is an OSError whatever the reason.
_AT_OPEN: dict[int, type[FITSError]] = {
    lib.RF_ERR_FORMAT: FITSOpenError,
    lib.RF_ERR_CARD: FITSOpenError,
    lib.RF_ERR_UNSUPPORTED: FITSNotBuiltError,
}


def error() -> CData:
    """Give this thread's ``rf_error *``, to be filled in by one call and looked at after it."""
    return _thread.error


def value_slot() -> CData:
    """Give this thread's ``rf_value *``, to be filled in by one call and looked at after it."""
    return _thread.value


def check(status: int, err: CData | None = None, filename: str | None = None) -> None:
    """Raise the exception for a status that is not RF_OK.

    Parameters
    ----------
    status : int
        What the C function returned.
    err : rf_error *, optional
        What it filled in; by default this thread's.
    filename : str, optional
        Becomes the exception's ``filename``.

    Raises
    ------
    FITSError
        Of the class that `rustfits._core.binding.errors.CLASSES` has for the status.
    BaseException
        The exception that a Python callback stored with `stash_exception`, as it was.
    """
    if status:
        raise failure(status, err, filename)


def failure(
    status: int, err: CData | None = None, filename: str | None = None, *, opening: bool = False
) -> BaseException:
    """Make the exception for a status that is not RF_OK, for the caller to raise."""
    stored = _take_stashed(status)
    if stored is not None:
        return stored
    if err is None:
        err = _thread.error
    kind = _CLASS_OF.get(status, FITSError)
    if opening:
        kind = _AT_OPEN.get(status, kind)
    name = text(lib.rf_status_name(status))
    made = kind(text(err.message) or f"the C library failed with {name}")
    made.code = name
    if filename is not None:
        made.filename = filename
    if err.hdu >= 0:
        made.hdu = err.hdu
    if err.offset >= 0:
        made.offset = err.offset
    if err.http_status:
        made.http_status = err.http_status
    if err.keyword[0] != b"\0":
        made.keyword = text(err.keyword)
    if isinstance(made, OSError):
        number = err.sys_errno or _NUMBER_OF.get(status)
        if number:
            made.errno = number
            made.strerror = str(made)
    return made


def stash_exception(exception: BaseException) -> None:
    """Keep an exception that a Python callback must not let escape into C.

    The callback returns ``RF_ERR_CALLBACK`` then, and `check` raises the exception on this thread
    as soon as the C call has come back.
    """
    _thread.exception = exception


def _take_stashed(status: int) -> BaseException | None:
    """Give what a callback has left to be raised for a call that failed with this status."""
    stored, _thread.exception = _thread.exception, None
    # An interrupt must not get lost; anything else counts only where the call failed because of it.
    if stored is not None and (status == lib.RF_ERR_CALLBACK or not isinstance(stored, Exception)):
        return stored
    return None


def raise_stashed(status: int) -> None:
    """Raise what a callback has left, before a call that failed is made again for its error."""
    stored = _take_stashed(status)
    if stored is not None:
        raise stored


def shown(content: bytes) -> str:
    """Decode bytes of a header: as UTF-8 where that is valid, else as Latin-1."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def text(chars: CData) -> str:
    """Give a NUL-ended text of the C library as a str."""
    # Names of files need not be UTF-8, and a message may have been cut inside a character.
    return str(ffi.string(chars).decode("utf-8", "replace"))


def version() -> str:
    """Return the version of the C library, which is that of the package."""
    return text(lib.rf_version())
