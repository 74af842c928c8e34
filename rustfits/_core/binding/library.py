# SPDX-License-Identifier: BSD-3-Clause
"""The functions of the C library, and the exceptions for their statuses.

No other module imports the extension. A call looks like this::

    err = error()
    check(lib.rf_file_get_hdu_count(handle, count, err), err)
"""

from __future__ import annotations

import itertools
import threading
from types import TracebackType
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
    # Python was started in a checkout. Its rustfits/ comes first on the path and has no extension:
    # take that of the installed package.
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
    "shown",
    "stash_exception",
    "text",
    "value_slot",
    "version",
]

#: A pointer or struct of the C library. mypy cannot check it, because cffi has no types.
CData = Any


class _Thread(threading.local):
    """The state of one thread: structs that C fills in, and an exception to raise."""

    def __init__(self) -> None:
        self.error: CData = ffi.new("rf_error *")
        self.value: CData = ffi.new("rf_value *")
        self.exception: BaseException | None = None


_thread = _Thread()

# Exceptions of callbacks by the ``cause`` of their ``rf_error``.
_causes: dict[int, BaseException] = {}
_causes_lock = threading.Lock()
_cause_numbers = itertools.count(1)
_MAX_CAUSES = 64

_CLASS_OF: dict[int, type[FITSError]] = {
    getattr(lib, "RF_ERR_" + name): kind for name, kind in CLASSES.items()
}
_NUMBER_OF: dict[int, int] = {
    getattr(lib, "RF_ERR_" + name): number for name, number in NUMBERS.items()
}
# Every failure to open a file is an OSError.
_AT_OPEN: dict[int, type[FITSError]] = {
    lib.RF_ERR_FORMAT: FITSOpenError,
    lib.RF_ERR_CARD: FITSOpenError,
    lib.RF_ERR_UNSUPPORTED: FITSNotBuiltError,
}


def error() -> CData:
    """Return this thread's ``rf_error *``, which is valid until the next call of this thread."""
    return _thread.error


def value_slot() -> CData:
    """Return this thread's ``rf_value *``, which is valid until the next call of this thread."""
    return _thread.value


def check(status: int, err: CData | None = None, filename: str | None = None) -> None:
    """Raise the exception for a status that is not RF_OK.

    Parameters
    ----------
    status : int
        The status that the C function returned.
    err : rf_error *, optional
        The error that it filled in. By default that of this thread.
    filename : str, optional
        The ``filename`` of the exception.

    Raises
    ------
    FITSError
        If `status` is not RF_OK. `errors.CLASSES` has the class for each status.
    BaseException
        If a Python callback stored it with `stash_exception`.
    """
    if status:
        raise failure(status, err, filename)


def failure(
    status: int, err: CData | None = None, filename: str | None = None, *, opening: bool = False
) -> BaseException:
    """Return the exception for a status that is not RF_OK. The caller raises it."""
    if err is None:
        err = _thread.error
    stored = _take_stashed(status, err)
    if stored is not None:
        return stored
    kind = _CLASS_OF.get(status, FITSError)
    if opening:
        kind = _AT_OPEN.get(status, kind)
    name = text(lib.rf_status_get_name(status))
    made = kind(text(err.message) or f"the C library failed with {name}")
    made.code = name
    made.__cause__ = _reason(err)
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


def stash_exception(exception: BaseException, err: CData | None = None) -> None:
    """Store the exception of a Python callback, because it must not pass through C.

    The callback then returns ``RF_ERR_CALLBACK``. `check` raises the exception when the C call has
    returned: on this thread, or with `err` on the thread that made the call.

    Parameters
    ----------
    exception : BaseException
        The exception.
    err : rf_error *, optional
        The error that the callback fills in. C passes it from its worker threads to the caller.
    """
    interrupt = not isinstance(exception, Exception)
    # An interrupt counts even if C goes on; only the main thread of Python gets one by itself.
    if not err or (interrupt and threading.current_thread() is threading.main_thread()):
        _thread.exception = exception
    if not err:
        return
    with _causes_lock:
        err.cause = next(_cause_numbers)
        _causes[err.cause] = exception
        while len(_causes) > _MAX_CAUSES:  # of calls that did not report them
            del _causes[next(iter(_causes))]


def _take_stashed(status: int, err: CData) -> BaseException | None:
    """Return the stored exception of a callback if it is the cause of this status."""
    stored, _thread.exception = _thread.exception, None
    # An interrupt is always raised. Other exceptions are raised if the call failed because of them.
    if stored is not None and (status == lib.RF_ERR_CALLBACK or not isinstance(stored, Exception)):
        return stored
    if status == lib.RF_ERR_CALLBACK and err.cause:
        with _causes_lock:
            return _causes.pop(err.cause, None)
    return None


def _reason(err: CData) -> BaseException | None:
    """Return the stored exception that a callback has reported by another status."""
    if not err.cause:
        return None
    with _causes_lock:
        return _causes.pop(err.cause, None)


def shown(content: bytes) -> str:
    """Return bytes of a header as text: decoded as UTF-8 if valid, else as Latin-1."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def text(chars: CData) -> str:
    """Return a NUL-terminated text of the C library as a str."""
    # File names need not be UTF-8, and messages may end inside a character.
    return str(ffi.string(chars).decode("utf-8", "replace"))


def _keep(kind: type[BaseException], exception: BaseException, trace: TracebackType) -> None:
    """Store the exception of a signal handler, for the caller of C to raise."""
    stash_exception(exception.with_traceback(trace))


def _interrupt(_user: CData, _err: CData) -> int:
    """Let Python run its signal handlers: the function of type ``rf_interrupt``."""
    return int(lib.RF_OK)


# Ctrl-C ends a wait for a stream that sends nothing.
ffi.def_extern(name="rf_py_interrupt", error=lib.RF_ERR_CALLBACK, onerror=_keep)(_interrupt)
lib.rf_interrupt_register(lib.rf_py_interrupt, ffi.NULL)


def version() -> str:
    """Return the version of the C library, which is that of the package."""
    return text(lib.rf_version())
