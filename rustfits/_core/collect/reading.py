# SPDX-License-Identifier: BSD-3-Clause
"""The loop over many files: in C for names, one by one for what only Python can open."""

from __future__ import annotations

import operator
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sized
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import max_threads
from rustfits._core.binding.errors import (
    FITSError,
    FITSKeyError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.handle import name_bytes
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.names import scheme_list
from rustfits._core.binding.options import NO_LIMITS, open_options
from rustfits._core.collect.names import each_chunk, is_plain_chunk
from rustfits._core.collect.progress import FileProgress, reporting
from rustfits._core.driver.opening import OWN_SCHEMES, find_opener, object_name
from rustfits._core.driver.register import driver_rows
from rustfits._core.remote.remote import Remote, remote_options

if TYPE_CHECKING:
    from rustfits._core.collect.names import Files

__all__ = ["Reader", "status_of"]

# One call of C lasts about so long, so that Ctrl-C and the progress do not wait.
_MILLISECONDS = 250


class Reader(ABC):
    """Reads something of each of many files.

    Parameters
    ----------
    ext : int, str or (str, int)
        The HDU.
    threads, errors, progress, lenient, remote, schemes
        As for `rustfits.read_headers`.

    Raises
    ------
    FITSTypeError, FITSValueError
        If an argument is invalid.
    """

    def __init__(
        self,
        *,
        ext: SupportsIndex | str | tuple[str, int] = 0,
        threads: SupportsIndex | None,
        errors: str,
        progress: bool | FileProgress | None,
        lenient: bool | None,
        remote: Remote | str | None,
        schemes: Iterable[str] | None,
    ) -> None:
        if errors not in ("raise", "row"):
            raise FITSValueError(f"errors must be 'raise' or 'row', not {errors!r}")
        self.raises = errors == "raise"
        self.progress = progress
        #: What opens a file in Python as the options do in C.
        self.opening: dict[str, Any] = {"lenient": lenient, "remote": remote, "schemes": schemes}
        self.names: list[str] = []
        self._natives: set[str] = set()
        self._options = ffi.new("rf_collect_options *")
        lib.rf_collect_options_init(self._options)
        self._options.threads = max_threads(threads)
        self._options.milliseconds = _MILLISECONDS
        self._options.stop = self.raises
        self._kept: list[Any] = []
        self._set_ext(ext)
        if (lenient, remote, schemes) != (None, None, None):
            opening = open_options(lenient, NO_LIMITS[:4], None, None)
            if remote is not None:
                self._kept.append(remote_options(remote, opening))
            allowed = scheme_list(schemes)
            opening.schemes, self._options.open = allowed, opening
            self._kept += [opening, allowed]

    def _set_ext(self, ext: SupportsIndex | str | tuple[str, int]) -> None:
        self.ext: Any = ext
        if not isinstance(ext, (str, tuple)):
            try:
                index = operator.index(ext)
            except TypeError:
                raise FITSTypeError(
                    f"an HDU is named by an int, a str or (str, int), not {type(ext).__name__}"
                ) from None
            if not -(2**63) <= index < 2**63:
                raise FITSValueError(f"no file has an HDU {index}")
            self.ext = self._options.hdu = index
            return
        name, version = (ext, None) if isinstance(ext, str) else _pair(ext)
        encoded = name.encode("utf-8", "surrogatepass").replace(b"\0", b"\xff")
        extname = ffi.new("char[]", encoded)
        self._options.extname = extname
        self._kept.append(extname)
        if version is not None:
            if not -(2**63) <= version < 2**63:
                raise FITSKeyError(f"no file has an HDU {name!r} of version {version}")
            extver = ffi.new("int64_t *", version)
            self._options.extver = extver
            self._kept.append(extver)

    # ---- what a subclass does ----

    @abstractmethod
    def call(self, names: CData, count: int, done: CData, err: CData) -> int:
        """Call the function of C that reads files."""

    @abstractmethod
    def failed(self) -> bool:
        """Return whether the last file that was read has an error."""

    @abstractmethod
    def open(self, file: Any) -> None:
        """Read a file in Python, and raise what `rustfits.FITS` raises."""

    @abstractmethod
    def add_error(self, status: int, message: bytes) -> None:
        """Add a row for a file that could not be opened."""

    @abstractmethod
    def raise_failure(self, name: str) -> None:
        """Raise the error of the file `name`, for which `failed` is true."""

    # ---- the loop ----

    def read(self, files: Files) -> None:
        """Read all files, in order."""
        total = len(files) if isinstance(files, Sized) and not isinstance(files, str) else None
        with reporting(self.progress, total) as report:
            for chunk in each_chunk(files, strict=self.raises):
                if is_plain_chunk(chunk):
                    self._read_names(chunk, report, total)
                else:
                    self._read_mixed(chunk, report, total)

    def _read_mixed(self, chunk: list[Any], report: FileProgress, total: int | None) -> None:
        waiting: list[str] = []
        for file in chunk:
            if self._is_native(file):
                waiting.append(file)
                continue
            self._read_names(waiting, report, total)
            waiting = []
            self._read_object(file)
            report(len(self.names), total)
        self._read_names(waiting, report, total)

    def _is_native(self, file: Any) -> bool:
        """Return whether C opens this file."""
        if not isinstance(file, str):
            return False
        if "://" not in file:
            return "::" not in file or find_opener(file)[1] is None
        scheme = file.partition("://")[0].lower()
        if scheme in OWN_SCHEMES or find_opener(file)[1] is not None:
            return False
        if not self._natives:
            self._natives = {name for name, row in driver_rows().items() if row.ops}
        return scheme in self._natives

    def _read_names(self, names: list[str], report: FileProgress, total: int | None) -> None:
        """Read files that C opens."""
        if not names:
            return
        content, places = _c_names(names)
        pointers = ffi.cast("const char *const *", ffi.from_buffer(places))
        done = ffi.new("size_t *")
        begin = 0
        while begin < len(names):
            err = error()
            check(self.call(pointers + begin, len(names) - begin, done, err), err)
            last = begin + done[0] - 1
            self.names += names[begin : last + 1]
            if self.raises and self.failed():
                self.raise_failure(names[last])
            begin = last + 1
            report(len(self.names), total)
        del content  # `places` points at it

    def _read_object(self, file: Any) -> None:
        """Read a file that C does not open."""
        shown = file if isinstance(file, str) else object_name(file)
        try:
            self.open(file)
        except (FITSError, OSError) as failure:
            if self.raises or isinstance(failure, FITSTypeError):
                raise
            message = str(failure).encode("utf-8", "replace").replace(b"\0", b" ")
            self.add_error(status_of(failure), message)
        self.names.append(shown)
        if self.raises and self.failed():
            self.raise_failure(shown)
        self._natives = set()  # a resolver may have made the scheme


def _c_names(names: list[str]) -> tuple[CData, np.ndarray[Any, np.dtype[np.uintp]]]:
    """Return the texts of names, and their addresses."""
    joined = "\0".join(names) + "\0"
    if joined.isascii() and joined.count("\0") == len(names):
        encoded, lengths = joined.encode(), map(len, names)
    else:
        parts = [name_bytes(name) for name in names]
        encoded, lengths = b"\0".join(parts) + b"\0", map(len, parts)
    content = ffi.from_buffer(encoded)
    places = np.empty(len(names) + 1, np.uintp)
    places[0] = int(ffi.cast("uintptr_t", content))
    places[1:] = np.fromiter(lengths, np.uintp, len(names)) + 1
    return content, np.cumsum(places, dtype=np.uintp)


def _pair(ext: tuple[str, int]) -> tuple[str, int]:
    try:
        name, version = ext
        number = operator.index(version)
    except (TypeError, ValueError):
        raise FITSTypeError(
            f"an HDU is named by an int, a str or (str, int), not {ext!r}"
        ) from None
    if not isinstance(name, str):
        raise FITSTypeError(f"the name of an HDU is a str, not {type(name).__name__}")
    return name, number


def status_of(failure: BaseException) -> int:
    """Return the status of C that an exception had, or RF_ERR_IO."""
    code = getattr(failure, "code", None)
    return int(getattr(lib, code, lib.RF_ERR_IO)) if isinstance(code, str) else int(lib.RF_ERR_IO)
