# SPDX-License-Identifier: BSD-3-Clause
"""Pickles and copies of open files: the name, the options, and what identifies the content.

A pickle holds no data. It opens the file again, and another content is an error.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rustfits._core.binding.errors import (
    FITSChangedError,
    FITSTypeError,
    FITSUnsupportedError,
)
from rustfits._core.binding.handle import FileHandle, Reopening, name_bytes, set_reopening
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.names import key_is_secret, redacted
from rustfits._core.driver.opening import FileLike, is_file_object
from rustfits._core.remote.remote import Remote

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["Content", "Pickled", "content_of", "given_options"]

_Pickled = TypeVar("_Pickled", bound="Pickled")


class Content(NamedTuple):
    """What tells one content of a file from a later one. Members are 0 or empty where unknown."""

    size: int  #: bytes of the file, before decompression
    modified: int  #: time of the last change of a local file, in nanoseconds since 1970
    etag: str  #: that of a remote file
    last_modified: str  #: the date that a server sent

    def difference(self, later: Content) -> str:
        """Return what differs from a later content, for messages, or ``""``.

        A validator that one of the two lacks does not mean that the file changed.
        """
        if self.size != later.size:
            return f"its size was {self.size} bytes and is {later.size}"
        if self.modified and later.modified and self.modified != later.modified:
            return "its time of the last change differs"
        if self.etag and later.etag:
            return "" if self.etag == later.etag else f"its ETag was {self.etag}, now {later.etag}"
        if self.last_modified and later.last_modified and self.last_modified != later.last_modified:
            return f"its date was {self.last_modified} and is {later.last_modified}"
        return ""


def content_of(file: FileHandle) -> Content:
    """Return what identifies the content of an open file.

    Raises
    ------
    FITSUnsupportedError
        If the file is a stream.
    FITSError
        If the file is closed, or cannot be examined.
    """
    found = ffi.new("rf_content_id *")
    found.size = ffi.sizeof("rf_content_id")
    err = error()
    check(lib.rf_file_get_content_id(file._handle(), found, err), err)
    etag, date = (ffi.string(text).decode("latin-1") for text in (found.etag, found.last_modified))
    return Content(found.file_bytes, found.modified, etag, date)


def given_options(
    arguments: Mapping[str, Any], defaults: Mapping[str, Any], schemes: CData
) -> dict[str, Any]:
    """Return the keyword arguments of a call that differ from their defaults.

    Parameters
    ----------
    arguments : mapping
        All arguments of the call, by name.
    defaults : mapping
        The keyword arguments and their defaults.
    schemes : char[] or NULL
        The value of ``schemes=``, which may have been an iterator.
    """
    options = {name: arguments[name] for name in defaults if arguments[name] is not defaults[name]}
    if schemes:
        options["schemes"] = tuple(ffi.string(schemes).decode().split())
    return options


class Pickled:
    """What `FITS` has for pickle and copy."""

    __slots__ = ()

    _file: FileHandle
    _hdus: dict[int | str, Any]
    _count: int

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the name of the file, its options, and what identifies its content."""
        own = getattr(self, "__dict__", None)  # of a subclass
        return _of_handle, (type(self), self._file), own or None

    def __copy__(self) -> Self:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Open the file again."""
        made = _of_handle(type(self), copy.deepcopy(self._file, memo))
        for name, value in getattr(self, "__dict__", {}).items():
            setattr(made, name, copy.deepcopy(value, memo))
        return made


def _of_handle(kind: type[_Pickled], file: FileHandle) -> _Pickled:
    """Return the `FITS` object of a handle."""
    made = kind.__new__(kind)
    made._file, made._hdus, made._count = file, {}, 0
    return made


class _Opening(NamedTuple):
    """How to open a file again."""

    kind: Callable[..., Any]  # FITS
    filename: FileLike
    options: dict[str, Any]

    def open(self, content: Content, name: str) -> FileHandle:
        """Open the file, and compare its content with that of the object."""
        file: FileHandle = self.kind(self.filename, "r", **self.options)._file
        difference = content.difference(content_of(file))
        if difference:
            changed = FITSChangedError(
                f"{name}: the file has changed since the object was pickled or copied: {difference}"
            )
            changed.filename = file.filename
            raise changed
        return file


def _opening(file: FileHandle) -> tuple[_Opening, Content]:
    """Return how to open a file again, and what identifies its content.

    Raises
    ------
    FITSTypeError
        If the file cannot be opened again.
    FITSClosedError
        If it is closed.
    """
    file._handle()
    name = file.name
    opened = file.opened_as
    if opened is None or name.startswith("mem://"):
        raise FITSTypeError(
            f"{name}: a file in memory cannot be pickled or copied: pass to_bytes(), and open it "
            "with FITS.from_bytes()"
        )
    if file.mode != "r":
        raise FITSTypeError(
            f"{name}: a file that is open for writing (mode {file.mode!r}) cannot be pickled or "
            "copied: close it and pass its name"
        )
    kind, filename, options = opened
    if is_file_object(filename):
        raise FITSTypeError(
            f"{name}: a file that was opened from a Python object cannot be pickled or copied: "
            "pass the name of the file"
        )
    try:
        content = content_of(file)
    except FITSUnsupportedError:
        raise FITSTypeError(
            f"{name}: a stream cannot be pickled or copied, because its bytes come once: "
            "save it to a file"
        ) from None
    if isinstance(filename, (str, os.PathLike)) and not hasattr(filename, "fs"):
        filename = _whole_name(os.fsdecode(name_bytes(filename)), options)
    return _Opening(kind, filename, options), content


def _whole_name(name: str, options: Mapping[str, Any]) -> str:
    """Return a name that means the same in any folder."""
    if "://" in name or "::" in name or name[:5].lower() == "data:" or "fs" in options:
        return name
    return os.path.join(os.getcwd(), name)  # noqa: PTH109, PTH118, keeps "./" and ".." as they are


def _reopen(
    kind: Callable[..., Any],
    filename: FileLike,
    options: dict[str, Any],
    content: Content,
    name: str,
) -> FileHandle:
    """Open the file of a pickle."""
    return _Opening(kind, filename, options).open(content, name)


def _reduced(file: FileHandle) -> tuple[Any, ...]:
    opening, content = _opening(file)
    _refuse_secrets(file.name, opening)
    return _reopen, (*opening, content, file.name)


def _copied(file: FileHandle) -> FileHandle:
    opening, content = _opening(file)
    return opening.open(content, file.name)


set_reopening(Reopening(_reduced, _copied))


# ---- secrets ----


def _refuse_secrets(name: str, opening: _Opening) -> None:
    """Raise `FITSTypeError` for secrets that may not travel. Those of a `Remote` refuse themselves.

    Raises
    ------
    FITSTypeError
        If the name of a file, or an option for its filesystem, has a secret.
    """
    remote = opening.options.get("remote")
    if isinstance(remote, Remote) and remote.pickle_secrets:
        return
    where = ""
    filename = opening.filename
    filesystem = opening.options.get("fs", getattr(filename, "fs", None))
    if isinstance(filename, str) and redacted(filename) != filename:
        where = "the URL"
    elif _has_secret(opening.options.get("storage_options")):
        where = "storage_options="
    elif _has_secret(getattr(filesystem, "storage_options", None)):
        where = "the filesystem"
    if where:
        raise FITSTypeError(
            f"{name}: {where} holds a secret, which is pickled only with "
            "remote=Remote(pickle_secrets=True): open the file where it is needed, or pass that "
            "argument"
        )


def _has_secret(options: object) -> bool:
    """Return whether a mapping has a key whose name says that its value is a secret."""
    if not isinstance(options, Mapping):
        return False
    return any(
        _has_secret(value) or (value and isinstance(key, str) and key_is_secret(key))
        for key, value in options.items()
    )
