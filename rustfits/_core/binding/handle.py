# SPDX-License-Identifier: BSD-3-Clause
"""The open file that a `FITS`, its HDUs and their headers share.

`FITS` owns a `FileHandle` and the HDU objects. An HDU knows the handle, but not the `FITS`: there
is no reference cycle. So the file is closed when its last user is deleted, and an HDU keeps its
file open.
"""

from __future__ import annotations

import atexit
import os
import sys
import traceback
import warnings
import weakref
from collections.abc import Callable
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from rustfits._core.binding.arrays import new_array
from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSFormatError,
    FITSTypeError,
    FITSValueError,
    FITSWarning,
)
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.names import redacted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rustfits._core.binding.arrays import Array
    from rustfits._core.header.hdu import HDU

__all__ = [
    "MODES",
    "NO_FILE",
    "NULL",
    "ClosedFile",
    "DeletedHDU",
    "FileHandle",
    "Offer",
    "Reopening",
    "SchemeResolver",
    "add_scheme_resolver",
    "half_made",
    "name_bytes",
    "open_bytes",
    "open_file",
    "open_view",
    "scheme_offers",
    "set_reopening",
]

# Names that would be looked up for each file.
NULL: CData = ffi.NULL
_FILE_POINTER: CData = ffi.typeof("rf_file **")
_new, _open, _count_edits = ffi.new, lib.rf_file_open, lib.rf_file_get_generation
_can_change = lib.rf_file_can_change
_shut, _close = lib.rf_file_close, lib.rf_file_free
# The encoding of os.fsencode.
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
# For more than this, the last byte is read before memory is allocated.
_SURE_BYTES = 1 << 20
# The errors that end the list of HDUs and keep those before: a cut or an invalid header.
_BROKEN = (lib.RF_ERR_FORMAT, lib.RF_ERR_TRUNCATED)
_NO_DRIVER = (lib.RF_ERR_NO_DRIVER, lib.RF_ERR_NOT_BUILT)
# Names of descriptor 1, which Python's buffer of sys.stdout must not mix with.
_STANDARD_OUTPUT = (b"-", b"stream://", b"stream://-", b"stdout://", b"stdout://-", b"fd://1")
MODES: dict[str, int] = {
    "r": lib.RF_MODE_READ,
    "r+": lib.RF_MODE_READ_WRITE,
    "w+": lib.RF_MODE_CREATE,
}


class FileHandle:
    """Owner of one ``rf_file``.

    Closing is safe while other threads run calls: the C library lets these finish, and later calls
    raise `FITSClosedError`. The C struct is freed with this object, which outlives every call.
    """

    __slots__ = (
        "__weakref__",
        "_edit_lock",
        "_pid",
        "_pointer",
        "atomic",
        "closed",
        "fixed",
        "kept",
        "mode",
        "opened_as",
        "pending_writers",
        "standard_output",
        "viewed",
    )

    def __init__(self, pointer: CData, mode: str, fixed: bool) -> None:
        self._pointer = pointer
        self._edit_lock: ForkLock | None = None
        self.mode: str = mode
        self.closed: bool = False
        # Only an explicit close replaces the old file, or sends the new one.
        self.atomic: bool = False
        self.standard_output: bool = False
        self.fixed: bool = fixed  # nothing can change the file: values that were read stay valid
        self.kept: object = None  # what C refers to as long as the file is open
        # The class, the name and the options that opened the file; None for files in memory.
        self.opened_as: tuple[Callable[..., object], Any, dict[str, Any]] | None = None
        self.viewed: object = None  # the buffer that views of the file need, also after closing
        # HDUs that may have pending values, which close() writes.
        self.pending_writers: list[weakref.ref[HDU]] = []
        if mode == "r":
            self._pid = 0
        else:
            self._pid = os.getpid()
            _writers.add(self)

    def _handle(self) -> CData:
        """Return the ``rf_file *`` for one call.

        Raises
        ------
        FITSClosedError
            If the file is closed.
        """
        if self.closed:
            raise FITSClosedError(f"{self.name}: the file is closed")
        return self._pointer

    def _generation(self) -> int:
        """Return the number of edits. Values that were read are valid while it is the same."""
        return 0 if self.fixed or not self._pointer else int(_count_edits(self._pointer))

    def identity(self) -> int:
        """Return a number that all handles of one file share, or 0 without a file."""
        return int(lib.rf_file_get_identity(self._pointer)) if self._pointer else 0

    @property
    def edit_lock(self) -> ForkLock:
        """The lock for edits of several calls. All handles of one file share it."""
        if self._edit_lock is None:
            with _locks_lock:
                # The lock and the number live as long as a handle of the file.
                number = self.identity()
                lock = _locks.get(number) if number else None
                if lock is None:
                    lock = ForkLock()
                    if number:
                        _locks[number] = lock
                self._edit_lock = lock
        return self._edit_lock

    def count(self) -> tuple[int, FITSFormatError | None]:
        """Return the number of HDUs that can be read, and the error that ends the list, or None.

        Raises
        ------
        FITSError
            If the library cannot look for HDUs.
        """
        found = ffi.new("size_t *")
        err = error()
        status = lib.rf_file_get_hdu_count(self._handle(), found, err)
        if not status:
            return int(found[0]), None
        broken = failure(status, err)
        if status not in _BROKEN or not isinstance(broken, FITSFormatError):
            raise broken
        return int(found[0]), broken

    def is_stream(self) -> bool:
        """Return whether bytes come in order: no read can look at the last ones first."""
        return bool(lib.rf_file_is_stream(self._handle()))

    def find(self, name: str, version: int | None) -> int:
        """Return the index of an HDU by EXTNAME and EXTVER, or by EXTNAME alone.

        Raises
        ------
        FITSKeyError
            If there is no such HDU.
        """
        index = ffi.new("size_t *")
        err = error()
        encoded = name.encode("utf-8", "surrogatepass").replace(b"\0", b"\xff")
        extver = NULL if version is None else ffi.new("int64_t *", version)
        handle = self._handle()
        status = lib.rf_file_find(handle, encoded, extver, index, err)
        if status and not name.isascii():
            encoded = name.encode("latin-1", "replace")
            if lib.rf_file_find(handle, encoded, extver, index, NULL) == 0:
                return int(index[0])
        check(status, err)
        return int(index[0])

    def refresh(self) -> int:
        """Find the HDUs that another program appended, and return the number of HDUs."""
        count = ffi.new("size_t *")
        err = error()
        check(lib.rf_file_refresh(self._handle(), count, err), err)
        return int(count[0])

    def flush(self) -> None:
        """Complete the content of the file, without syncing it."""
        err = error()
        check(lib.rf_file_flush(self._handle(), err), err)

    def sync(self) -> None:
        """Complete the content of the file, and sync it or write the ``.gz``."""
        err = error()
        check(lib.rf_file_sync(self._handle(), err), err)

    def size(self) -> int:
        """Return the size of the content in bytes, for ``.gz`` that of the decompressed content."""
        size = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_file_get_size(self._handle(), size, err), err)
        return int(size[0])

    def read_bytes(self, offset: int, count: int) -> bytes:
        """Return `count` bytes of the content from `offset` on.

        Raises
        ------
        FITSTruncatedError
            If the content is shorter.
        """
        if count == 0:
            return b""
        # The count may come from a hostile header.
        if count > _SURE_BYTES and not self.is_stream():
            self._read_into(offset + count - 1, new_array(1, "u1"))
        data = new_array(count, "u1")
        self._read_into(offset, data)
        return data.tobytes()

    def _read_into(self, offset: int, data: Array) -> None:
        """Fill an array of bytes with the content from `offset` on."""
        err = error()
        pointer = ffi.from_buffer("char[]", data)
        check(lib.rf_file_read_bytes(self._handle(), offset, pointer, data.size, err), err)

    @property
    def filename(self) -> str:
        """The name that opened the file, without secrets."""
        if not self._pointer:
            return "a closed file"
        return os.fsdecode(ffi.string(lib.rf_file_get_name(self._pointer)))

    @property
    def name(self) -> str:
        """The same for messages, with control characters escaped."""
        return shown(self.filename)

    def close(self) -> None:
        """Write pending values and close the file. A second call does nothing."""
        if not self.closed:
            try:
                if self.pending_writers:
                    self._flush_writers()
            finally:
                self.closed = True
                if self.standard_output and sys.stdout is not None:
                    # Text that was printed before comes first. C reports a closed pipe.
                    with suppress(OSError, ValueError):
                        sys.stdout.flush()
                err = error()
                status = _shut(self._pointer, err)
                self.kept = self.viewed = self.opened_as = None
                if status:
                    raise failure(status, err, self.filename)

    def discard(self) -> None:
        """Drop pending values and the temporary file that would replace the old one."""
        self.pending_writers.clear()
        err = error()
        if not self.closed:
            check(lib.rf_file_discard(self._pointer, err), err)

    def _abandon(self) -> None:
        """Discard a file that was not closed, because it may be incomplete."""
        name = self.name
        self.pending_writers.clear()
        lib.rf_file_discard(self._pointer, NULL)
        warnings.warn(
            f"{name}: was never closed, and only close() puts it in place (atomic=True, a stream, "
            "or a server): the new content is dropped",
            FITSWarning,
            stacklevel=3,
        )

    def _flush_writers(self) -> None:
        for writer in list(self.pending_writers):
            hdu = writer()
            if hdu is not None:
                hdu._write_pending()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle how to open the file again."""
        return _reopening[0].reduce(self)

    def __copy__(self) -> FileHandle:
        return _reopening[0].copy(self)

    def __deepcopy__(self, memo: object) -> FileHandle:
        return _reopening[0].copy(self)

    def __del__(self) -> None:
        pointer = self._pointer
        if self.closed:
            _close(pointer, NULL)
            return
        # A forked child must not write to a file of its parent.
        if self._pid and self._pid != os.getpid():
            return
        if self.atomic:
            self._abandon()
        # The traceback of an exception refers to this object, so it must stay safe to use.
        self._pointer, self.closed = NULL, True
        # The collector may run between a call and the check of this thread's rf_error.
        err = ffi.new("rf_error *")
        status = _close(pointer, err)
        if status:
            # Python reports it through sys.unraisablehook.
            raise failure(status, err)


class Reopening(NamedTuple):
    """The functions that pickle a handle, and copy one by opening its file again."""

    reduce: Callable[[FileHandle], tuple[Any, ...]]
    copy: Callable[[FileHandle], FileHandle]


_reopening: list[Reopening] = []


def set_reopening(functions: Reopening) -> None:
    """Set the functions that pickle and copy handles."""
    _reopening[:] = [functions]


class HalfMade:
    """An HDU that is not published yet (``deferred``): its index, once that is known."""

    __slots__ = ("index",)

    def __init__(self) -> None:
        self.index: int | None = None


@contextmanager
def half_made(file: FileHandle) -> Iterator[HalfMade]:
    """Publish the HDU that a ``with`` block creates, or discard it if the block raises.

    Parameters
    ----------
    file : FileHandle
        The open file.

    Yields
    ------
    HalfMade
        An object whose ``index`` the block sets.

    Raises
    ------
    FITSIOError
        If publishing failed. The file is then unchanged.
    """
    begun = HalfMade()
    handle = file._handle()
    try:
        yield begun
    except BaseException:
        if begun.index is not None and not file.closed:
            # This thread's rf_error may have the reason of the failure.
            lib.rf_hdu_discard(handle, begun.index, ffi.new("rf_error *"))
        raise
    if begun.index is not None:
        err = error()
        check(lib.rf_hdu_publish(file._handle(), begun.index, err), err)


class DeletedHDU(FileHandle):
    """The file of an HDU that was deleted: what was read stays, and calls raise an error."""

    __slots__ = ("_filename",)

    def __init__(self, file: FileHandle) -> None:
        super().__init__(NULL, "r", True)
        self._filename = file.filename
        self.closed = True

    def _handle(self) -> CData:
        """Raise `FITSClosedError`."""
        raise FITSClosedError(f"{self.name}: the HDU was deleted")

    @property
    def filename(self) -> str:
        """The name that opened the file, without secrets."""
        return self._filename


class ClosedFile:
    """The file of a header that `read_header` read without keeping the file open."""

    __slots__ = ("_name",)

    def __init__(self, name: bytes) -> None:
        self._name = name

    @property
    def edit_lock(self) -> ForkLock:
        """A new lock, for code that takes it before it finds that the file is closed."""
        return ForkLock()

    def _handle(self) -> CData:
        """Raise `FITSClosedError`, as a closed `FileHandle` does."""
        raise FITSClosedError(f"{self.name}: the file is closed")

    @property
    def filename(self) -> str:
        """The name of the file, without secrets."""
        return redacted(self._name)

    @property
    def name(self) -> str:
        """The same for messages, with control characters escaped."""
        return shown(self._name)


class _NoFile(ClosedFile):
    """The file of a header without a file. Edits need no handle."""

    __slots__ = ()

    def _handle(self) -> CData:
        return NULL

    @property
    def name(self) -> str:
        """What messages call it."""
        return "header"


#: The only one.
NO_FILE = _NoFile(b"")

# Locks for edits, by rf_file_get_identity.
_locks: weakref.WeakValueDictionary[int, ForkLock] = weakref.WeakValueDictionary()
_locks_lock = ForkLock()

_writers: weakref.WeakSet[FileHandle] = weakref.WeakSet()


def close_writers() -> list[FITSError]:
    """Close all files of this process that are open for writing, and return the errors."""
    failed: list[FITSError] = []
    for handle in list(_writers):
        if handle._pid == os.getpid():
            try:
                if handle.atomic and not handle.closed:
                    handle._abandon()
                handle.close()
            except FITSError as failure:
                failed.append(failure)
    return failed


@atexit.register
def _close_writers() -> None:
    """Close the files that are open when the interpreter ends, which may not delete globals."""
    failed = close_writers()
    for earlier in failed[:-1]:
        traceback.print_exception(earlier)
    # `atexit` prints the traceback of an exception and keeps the exit status.
    if failed:
        raise failed[-1]


def name_bytes(filename: str | os.PathLike[str]) -> bytes:
    """Return a file name as the C library takes it.

    Raises
    ------
    FITSTypeError
        If `filename` is neither a str nor a path object.
    FITSValueError
        If `filename` has a NUL character.
    """
    if not isinstance(filename, str):
        path: object = filename
        if isinstance(filename, os.PathLike):
            path = os.fspath(filename)
            # A file of that name: only a str is a standard stream or a data: URL.
            if path == "-" or (isinstance(path, str) and path[:5].lower() == "data:"):
                path = f"./{path}"
        if not isinstance(path, str):
            raise FITSTypeError(
                "expected a file name (str or os.PathLike) or a binary file object, found "
                + type(path).__name__
                + ("; for the bytes of a file use FITS.from_bytes" if _is_bytes(path) else "")
            )
        filename = path
    if "\0" in filename:
        raise FITSValueError("a file name cannot contain a NUL character")
    return filename.encode(_ENCODING, _ERRORS)


def _is_bytes(data: object) -> bool:
    return isinstance(data, (bytes, bytearray, memoryview))


def open_file(name: bytes, mode: str, options: CData) -> FileHandle:
    """Open a file by name. `options` is an ``rf_options *`` or NULL."""
    pointer = _new(_FILE_POINTER)
    err = error()
    status = _open(name, MODES[mode], options, pointer, err)
    if status:
        if status in _NO_DRIVER:
            status = _open_by_resolver(name, mode, options, pointer, err)
        if status:
            raise failure(status, err, redacted(name), opening=True)
    opened = pointer[0]
    made = FileHandle(opened, mode, mode == "r" and not _can_change(opened))
    if mode != "r":
        made.atomic = bool(lib.rf_file_is_atomic(opened))
        made.standard_output = name in _STANDARD_OUTPUT
    return made


class Offer(NamedTuple):
    """A scheme that a resolver knows."""

    scheme: str
    by: str  # the package or program that serves it
    is_installed: bool
    install: str  # the command that installs it
    writes: bool = False  # whether it also writes


class SchemeResolver(NamedTuple):
    """The functions that find a transport for the schemes that the C library does not know."""

    serve: Callable[[bytes], bool]  # registers a transport for the scheme of a name
    hint: Callable[[bytes], str]  # what to install for that scheme; "" if nothing
    offers: Callable[[], list[Offer]] = list  # schemes, found without importing a package


_resolvers: list[SchemeResolver] = []


def scheme_offers() -> dict[str, Offer]:
    """Return the schemes that resolvers know, each from the first that knows it."""
    found: dict[str, Offer] = {}
    for resolver in _resolvers:
        for offer in resolver.offers():
            found.setdefault(offer.scheme, offer)
    return found


def add_scheme_resolver(resolver: SchemeResolver) -> None:
    """Add functions that `open_file` calls for unknown schemes, after those added before."""
    _resolvers.append(resolver)


def _open_by_resolver(name: bytes, mode: str, options: CData, pointer: CData, err: CData) -> int:
    """Open a name of an unknown scheme through the first resolver that serves it.

    Returns
    -------
    int
        The status of opening the file.

    Raises
    ------
    FITSError
        If there is no transport.
    """
    status = int(err.code)
    if any(resolver.serve(name) for resolver in _resolvers):
        status = int(lib.rf_file_open(name, MODES[mode], options, pointer, err))
    if status not in _NO_DRIVER:
        return status
    hint = next(filter(None, (resolver.hint(name) for resolver in _resolvers)), "")
    refusal = failure(status, err, redacted(name), opening=True)
    if hint:
        refusal.args = (str(refusal) + hint, *refusal.args[1:])
    raise refusal


def open_bytes(data: memoryview, mode: str, options: CData) -> FileHandle:
    """Open a private copy of some bytes."""
    pointer, content = _new(_FILE_POINTER), ffi.from_buffer(data)
    err = error()
    status = lib.rf_file_open_bytes(content, data.nbytes, MODES[mode], options, pointer, err)
    if status:
        raise failure(status, err, opening=True)
    return FileHandle(pointer[0], mode, False)


def open_view(data: memoryview, options: CData) -> FileHandle:
    """Open bytes without a copy, for reading. The handle keeps the buffer until it is closed."""
    pointer, content = _new(_FILE_POINTER), ffi.from_buffer(data)
    err = error()
    status = lib.rf_file_open_view(content, data.nbytes, options, pointer, err)
    if status:
        raise failure(status, err, opening=True)
    made = FileHandle(pointer[0], "r", True)
    made.kept = made.viewed = (content, data)
    return made
