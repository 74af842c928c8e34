# SPDX-License-Identifier: BSD-3-Clause
"""Find out how an argument that is no plain name opens: file objects and filesystems."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSReadOnlyError,
    FITSTypeError,
    FITSUnsupportedError,
    FITSValueError,
)
from rustfits._core.binding.handle import MODES, FileHandle, name_bytes, open_file
from rustfits._core.binding.library import CData, error, failure, ffi, lib
from rustfits._core.binding.names import redacted
from rustfits._core.driver.callbacks import open_named, open_source
from rustfits._core.driver.lock import SourceLock, lock_of
from rustfits._core.driver.objects import FileObject
from rustfits._core.driver.register import own_schemes
from rustfits._core.driver.source import Source
from rustfits._core.driver.streams import Forward, Output, Stream
from rustfits._core.remote.client import transport_of
from rustfits._core.remote.filesystems import FilesystemFile

__all__ = ["OWN_SCHEMES", "FileLike", "Opener", "find_opener", "is_file_object"]


class ReadsBytes(Protocol):
    """A binary file object that can be read."""

    def read(self, size: int, /) -> bytes | None:
        """Return up to `size` bytes, none at the end."""


class WritesBytes(Protocol):
    """A binary file object that can be written."""

    def write(self, data: bytes, /) -> object:
        """Write bytes and return their number."""


class HasFilesystem(Protocol):
    """A path of a filesystem of fsspec: an ``OpenFile`` or a ``UPath``."""

    @property
    def fs(self) -> Any:
        """The filesystem."""

    @property
    def path(self) -> str:
        """The path in it."""


#: The schemes of `register_driver`.
OWN_SCHEMES = own_schemes()

#: What `FITS` opens.
FileLike: TypeAlias = "str | os.PathLike[str] | ReadsBytes | WritesBytes | HasFilesystem"

#: Opens a file: called with name, mode and ``rf_options *``, as `open_file`.
Opener: TypeAlias = Callable[[bytes, str, CData], FileHandle]

# "simplecache::s3://bucket/key": links before the last one may be schemes alone.
_CHAIN = re.compile(r"[a-z][a-z0-9+.-]*::.*://", re.DOTALL)
# Objects that can seek, but decode again from the beginning when they go back.
_DECODERS = ("gzip.GzipFile", "bz2.BZ2File", "lzma.LZMAFile", "zipfile.ZipExtFile")


def is_file_object(filename: object) -> bool:
    """Return whether an argument is a file object, and not the name of a file."""
    if isinstance(filename, io.IOBase):
        return True
    # Some classes of paths have methods of these names.
    return not isinstance(filename, (str, bytes, os.PathLike)) and (
        callable(getattr(filename, "read", None)) or callable(getattr(filename, "write", None))
    )


def find_opener(
    filename: Any, fs: Any = None, storage_options: Mapping[str, Any] | None = None
) -> tuple[bytes, Opener | None]:
    """Return the name of a file, and the function that opens it; None: the C library does.

    Parameters
    ----------
    filename : FileLike
        A name, a file object, or a path of a filesystem of fsspec.
    fs, storage_options
        As for `FITS`.

    Raises
    ------
    FITSTypeError, FITSValueError
        If an argument is invalid.
    """
    if fs is not None or storage_options is not None:
        return _by_arguments(filename, fs, storage_options)
    if isinstance(filename, str):
        if OWN_SCHEMES and filename.partition("://")[0].lower() in OWN_SCHEMES:
            return name_bytes(filename), open_named
        if _CHAIN.match(filename) and not os.path.lexists(filename):
            return name_bytes(filename), _filesystem_opener(FilesystemFile(name=filename))
        return name_bytes(filename), None
    if is_file_object(filename):
        name = object_name(filename)
        return os.fsencode(name), _object_opener(filename, name)
    if isinstance(getattr(filename, "path", None), str) and hasattr(filename, "fs"):
        return _of_filesystem_path(filename)
    return name_bytes(filename), None


def object_name(target: Any) -> str:
    """Return the name of a file object: its attribute ``name`` if that is a str."""
    try:
        name = target.name
    except Exception:  # a property may raise anything
        name = None
    if isinstance(name, str) and name and "\0" not in name:
        return name
    return f"<{type(target).__name__} object>"


# ---- fsspec ----


def _by_arguments(
    filename: Any, fs: Any, storage_options: Mapping[str, Any] | None
) -> tuple[bytes, Opener | None]:
    if fs is not None and storage_options is not None:
        raise FITSValueError("fs= and storage_options= exclude each other")
    if not isinstance(filename, (str, os.PathLike)):
        raise FITSTypeError(
            "fs= and storage_options= are for names, and the file is a "
            f"{type(filename).__name__} object"
        )
    path = os.fspath(filename)
    if not isinstance(path, str):
        raise FITSTypeError(f"a file name must be str or os.PathLike, not {type(path).__name__}")
    if fs is not None:
        return _in_filesystem(fs, path)
    if not isinstance(storage_options, Mapping):
        raise FITSTypeError(
            f"storage_options must be a mapping, not {type(storage_options).__name__}"
        )
    return name_bytes(path), _filesystem_opener(FilesystemFile(name=path, options=storage_options))


def _in_filesystem(fs: Any, path: str) -> tuple[bytes, Opener | None]:
    """Return name and opener of a path of a filesystem object."""
    for method in ("info", "cat_ranges", "unstrip_protocol"):
        if not callable(getattr(fs, method, None)):
            raise FITSTypeError(f"fs must be a filesystem of fsspec, not {type(fs).__name__}")
    if getattr(fs, "asynchronous", False):
        raise FITSValueError("fs was made with asynchronous=True, which only coroutines can use")
    stripped = fs._strip_protocol(path)
    if type(fs).__module__ == "fsspec.implementations.local":
        return name_bytes(stripped), None
    return name_bytes(fs.unstrip_protocol(stripped)), _filesystem_opener(
        FilesystemFile(fs, stripped)
    )


def _of_filesystem_path(filename: Any) -> tuple[bytes, Opener | None]:
    """Return name and opener of an ``OpenFile`` or a ``UPath``."""
    name, opener = _in_filesystem(filename.fs, filename.path)
    mode = getattr(filename, "mode", None)
    if not isinstance(mode, str):  # a path
        return name, opener
    if "b" not in mode:
        raise FITSTypeError(f"the OpenFile has mode {mode!r}: open it in binary mode, such as 'rb'")
    if mode == "rb" and filename.compression is None:
        return name, _reading_only(filename, opener or open_file)
    return name, _open_file_opener(filename, redacted(name))


def _reading_only(filename: Any, opener: Opener) -> Opener:
    def opened(name: bytes, mode: str, options: CData) -> FileHandle:
        if mode != "r":
            raise FITSReadOnlyError(
                f"{redacted(name)}: the mode is {mode!r}, and that of the OpenFile is 'rb'"
            )
        return opener(name, mode, options)

    return opened


def _open_file_opener(filename: Any, shown: str) -> Opener:
    """Return the opener of an ``OpenFile`` that compresses or writes."""

    def opened(name: bytes, mode: str, options: CData) -> FileHandle:
        lock = SourceLock(shown)
        limit = _spool_limit(options, shown)
        if mode == "r" and filename.mode == "rb":

            def read() -> Source:
                return Stream(filename.open(), shown, limit, filename.close)

            return open_source(read, lock, name, mode, options, _STREAMED)
        if mode == "w+" and filename.mode == "wb":

            def write() -> Source:
                return Output(shown, lock, limit, filename.open, lambda *_: filename.close())

            return _spooled(open_source(write, lock, name, mode, options, _SENT))
        raise FITSReadOnlyError(
            f"{shown}: the mode is {mode!r}, and that of the OpenFile is {filename.mode!r}"
        )

    return opened


def _filesystem_opener(client: FilesystemFile) -> Opener:
    def opened(name: bytes, mode: str, options: CData) -> FileHandle:
        kept = transport_of(client, ffi.new_handle(client))
        pointer = ffi.new("rf_file **")
        err = error()
        status = lib.rf_file_open_transport(kept[0], name, MODES[mode], options, pointer, err)
        if status:
            raise failure(status, err, redacted(name), opening=True)
        made = FileHandle(pointer[0], mode, mode == "r")
        made.atomic = mode != "r" and bool(lib.rf_file_is_atomic(pointer[0]))
        made.kept = kept, client
        return made

    return opened


# ---- file objects ----

_STREAMED = lib.RF_DRIVER_CODECS | lib.RF_DRIVER_VOLATILE | lib.RF_DRIVER_SEQUENTIAL
_SENT = lib.RF_DRIVER_VOLATILE | lib.RF_DRIVER_AT_CLOSE


def _object_opener(target: Any, shown: str) -> Opener:
    def opened(name: bytes, mode: str, options: CData) -> FileHandle:
        _check_usable(target, shown, mode)
        lock = lock_of(target, shown)
        limit = _spool_limit(options, shown)
        seekable = _can_seek(target) and not (mode == "w+" and _decodes(target))
        whole = bool(options) and bool(options.flags & lib.RF_OPEN_ATOMIC)
        if mode == "w+" and (whole or not seekable or not _can_edit(target)):

            def spool() -> Source:
                return _output(target, shown, lock, limit, seekable)

            return _spooled(open_source(spool, lock, name, mode, options, _SENT))
        if mode == "r" and (not seekable or _decodes(target)):
            forward = bool(options) and bool(options.flags & lib.RF_OPEN_FORWARD)

            def stream() -> Source:
                if seekable:
                    target.seek(0)
                return Forward(target, shown) if forward else Stream(target, shown, limit)

            flags = _STREAMED | (lib.RF_DRIVER_FORWARD if forward else 0)
            return open_source(stream, lock, name, mode, options, flags)
        if mode == "r+" and not (seekable and _can_edit(target)):
            raise FITSReadOnlyError(
                f"{shown}: mode 'r+' needs an object that can read, write, seek and truncate"
            )
        # A new file is not compressed, whatever the name says: the object may compress already.
        flags = 0 if mode == "w+" else lib.RF_DRIVER_CODECS
        flags |= 0 if mode == "r" else lib.RF_DRIVER_VOLATILE
        return open_source(
            lambda: FileObject(target, shown, mode), lock, name, mode, options, flags
        )

    return opened


def _spooled(file: FileHandle) -> FileHandle:
    """Return the handle of a file that is dropped if a ``with`` block raises."""
    file.atomic = True
    return file


def _output(target: Any, shown: str, lock: SourceLock, limit: int, seekable: bool) -> Output:
    def begin() -> Any:
        if seekable:
            target.seek(0)
        return target

    def end(_: Any, size: int) -> None:
        if seekable and hasattr(target, "truncate"):
            target.truncate(size)
        if hasattr(target, "flush"):
            target.flush()

    return Output(shown, lock, limit, begin, end)


def _check_usable(target: Any, shown: str, mode: str) -> None:
    """Refuse objects that are closed, in text mode, or open for something else."""
    if isinstance(target, io.TextIOBase):
        raise FITSTypeError(f"{shown}: the file object is in text mode: open it with 'b'")
    if getattr(target, "closed", False) is True:
        raise FITSClosedError(f"{shown}: the file object is closed")
    if mode != "w+" and not _can(target, "read"):
        raise FITSValueError(f"{shown}: the file object cannot be read")
    if mode != "r" and not _can(target, "write"):
        raise FITSReadOnlyError(f'{shown}: the file object can only be read; open with "r"')


def _can(target: Any, method: str) -> bool:
    """Return whether an object can ``read`` or ``write``."""
    if not callable(getattr(target, method, None)):
        return False
    tell = getattr(target, {"read": "readable", "write": "writable"}[method], None)
    return not callable(tell) or bool(tell())


def _can_edit(target: Any) -> bool:
    return _can(target, "read") and callable(getattr(target, "truncate", None))


def _can_seek(target: Any) -> bool:
    """Return whether an object says that it can seek, and can."""
    tell = getattr(target, "seekable", None)
    try:
        if callable(tell) and not tell():
            return False
        target.seek(target.tell())
    except (AttributeError, NotImplementedError, OSError, ValueError):
        return False
    return True


def _decodes(target: Any) -> bool:
    """Return whether going back in an object decodes everything again."""
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(target).__mro__}
    return not names.isdisjoint(_DECODERS) and getattr(target, "compress_type", -1) != 0


def _spool_limit(options: CData, shown: str) -> int:
    """Return ``spool_bytes``, and refuse options that need a file of the system."""
    if not options:
        return 0
    for flag, argument in ((lib.RF_OPEN_LOCK, "lock"), (lib.RF_OPEN_DURABLE, "durable")):
        if options.flags & flag:
            raise FITSUnsupportedError(f"{shown}: {argument}=True needs the name of a file")
    return int(options.spool_bytes)
