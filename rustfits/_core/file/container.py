# SPDX-License-Identifier: BSD-3-Clause
"""The HDUs of a file: counting, finding and listing them."""

from __future__ import annotations

import itertools
import operator
import weakref
from collections.abc import Iterator
from typing import Any, SupportsIndex, TypeAlias, overload

from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSFormatError,
    FITSIndexError,
    FITSKeyError,
    FITSTypeError,
)
from rustfits._core.binding.handle import FileHandle
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.warnings import warn_of_writing, warn_once
from rustfits._core.file.create import Creating
from rustfits._core.header.hdu import HDU, KINDS, read_info
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits._core.table.ascii import AsciiTableHDU
from rustfits._core.table.compressed import CompressedTableHDU
from rustfits._core.table.groups import GroupsHDU
from rustfits._core.table.table import TableHDU

__all__ = ["Container", "Name"]

#: An HDU's name, or its name and version.
Name: TypeAlias = "str | tuple[str, int]"

_CLASSES: dict[str, type[HDU]] = {
    "image": ImageHDU,
    "table": TableHDU,
    "ascii table": AsciiTableHDU,
    "groups": GroupsHDU,
    "compressed image": CompressedImageHDU,
    "compressed table": CompressedTableHDU,
}

#: Most rows that repr() lists.
_LISTED = 100

# The containers with HDU objects, of files that can change.
_containers: weakref.WeakSet[Container] = weakref.WeakSet()
_containers_lock = ForkLock()


class Container(Creating):
    """The HDUs of an open file, by number and by name."""

    __slots__ = ("_count", "_file", "_hdus")

    _file: FileHandle
    # By number. Where the file cannot change, also by the names that users looked up.
    _hdus: dict[int | str, HDU]
    _count: int  # of HDUs; 0: unknown

    def __len__(self) -> int:
        file = self._file
        if self._count and not file.closed:
            return self._count
        count, broken = self._counted()
        if broken is not None:
            self._warn_of_broken(broken)
        if file.fixed:
            self._count = count
        return count

    def _counted(self) -> tuple[int, FITSFormatError | None]:
        """Return the number of HDUs that can be read, and the error that ends the list, or None."""
        count, broken = self._file.count()
        warn_of_writing(self._file)
        return count, broken

    def _check_all(self) -> None:
        """Raise the error of a header that ends the list of HDUs."""
        _, broken = self._counted()
        if broken is not None:
            raise broken

    def _warn_of_broken(self, broken: FITSFormatError) -> None:
        warn_once(self._file, "broken", f"{broken}; the HDUs before it are there")

    # Any: images and tables have methods that HDU lacks, and the file says which it is.
    @overload
    def __getitem__(self, key: SupportsIndex | Name) -> Any: ...
    @overload
    def __getitem__(self, key: slice) -> list[Any]: ...
    def __getitem__(self, key: SupportsIndex | Name | slice) -> Any:
        kind = type(key)
        hdu = self._hdus.get(key) if kind is int or kind is str else None  # type: ignore[arg-type]
        if hdu is None or self._file.closed:
            return self._seek(key)
        return hdu

    def _seek(self, key: SupportsIndex | Name | slice) -> HDU | list[HDU]:
        """Return the HDU for a key that is not in `_hdus`, or the HDUs for a slice."""
        file = self._file
        file._handle()  # raises if the file is closed
        if isinstance(key, slice):
            return [self[i] for i in range(*key.indices(len(self)))]
        if isinstance(key, (str, tuple)):
            index = self._find(key)
        elif type(key) is int and 0 <= key < 2**63:
            index = key
        else:
            index = self._number(key)
        hdu = self._hdus.get(index)
        if hdu is None:
            hdu = self._make(index)
        if file.fixed and type(key) is str:
            self._hdus[key] = hdu
        return hdu

    def _number(self, key: SupportsIndex) -> int:
        """Return the index of an HDU for any integer. Negative ones count from the end."""
        file = self._file
        try:
            index = operator.index(key)
        except TypeError:
            raise FITSTypeError(
                f"an HDU is named by an int, a str or (str, int), not {type(key).__name__}"
            ) from None
        if index < 0:
            count, broken = self._counted()
            if broken is not None:  # the last HDU is unknown
                raise broken
            index += count
            if index < 0:
                raise FITSIndexError(f"{file.name}: no HDU {key}: there are {count}")
        elif index >= 2**63:
            raise FITSIndexError(f"{file.name}: no HDU {key}")
        return index

    def _hdu(self, index: int) -> HDU:
        hdu: HDU = self[index]
        return hdu

    def _make(self, index: int) -> HDU:
        """Return the object for an HDU, which is created once."""
        file = self._file
        info = read_info(file, index)
        kind = _CLASSES.get(KINDS.get(info[1].kind, "other"), HDU)
        if not file.fixed and not self._hdus:
            with _containers_lock:
                _containers.add(self)
        # Two threads may be here at once: both return the same object.
        return self._hdus.setdefault(index, kind(file, index, info))

    def _siblings(self) -> list[Container]:
        """Return the containers of this process with objects for the same file, and this one."""
        with _containers_lock:
            known = list(_containers)
        identity = self._file.identity()
        return [c for c in known if c is self or c._file.identity() == identity]

    def _find(self, name: Name) -> int:
        """Return the index of an HDU by EXTNAME and EXTVER."""
        version: int | None = None
        if isinstance(name, tuple):
            try:
                name, version = name
                version = operator.index(version)
            except (TypeError, ValueError):
                raise FITSTypeError(
                    f"an HDU is named by an int, a str or (str, int), not {name!r}"
                ) from None
            if not isinstance(name, str):
                raise FITSTypeError(f"the name of an HDU is a str, not {type(name).__name__}")
            if not -(2**63) <= version < 2**63:
                raise FITSKeyError(f"{self._file.name}: no HDU {name!r} of version {version}")
        try:
            return self._file.find(name, version)
        except FITSError:
            if not self._file.closed:
                warn_of_writing(self._file)  # the search read all headers
            raise

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while True:
            try:
                hdu = self[index]
            except FITSIndexError:
                warn_of_writing(self._file)
                return
            except FITSFormatError:
                count, broken = self._counted()
                if broken is None or index < count:
                    raise
                self._warn_of_broken(broken)
                return
            yield hdu
            index += 1

    def __contains__(self, key: object) -> bool:
        if isinstance(key, HDU):
            return self._hdus.get(key.index) is key
        if not isinstance(key, (str, tuple)) and not hasattr(key, "__index__"):
            return False
        try:
            self[key]
        except LookupError:
            return False
        except FITSFormatError:
            _, broken = self._counted()
            if broken is None:
                raise
            self._warn_of_broken(broken)
            return False
        return True

    @property
    def hdus(self) -> list[HDU]:
        """All HDUs, in file order."""
        return list(self)

    def __repr__(self) -> str:
        title = f"FITS {self._file.filename!r}, mode {self._file.mode!r}"
        if self._file.closed:
            return f"<{title}, closed>"
        rows = [("No.", "Name", "Ver", "Kind", "Contents")]
        end = ""
        try:
            for index in itertools.count():
                try:
                    hdu = self[index]
                except FITSIndexError:
                    break
                if len(rows) > _LISTED:
                    end = f"\n... {len(self) - _LISTED} more"
                    break
                name = "" if hdu.extname is None else hdu.extname
                rows.append((str(hdu.index), name, str(hdu.extver), hdu.kind, hdu._describe()))
        except FITSClosedError:
            return f"<{title}, closed>"
        except FITSError as failed:  # list the HDUs of a broken file, too
            end = f"\n{failed}"
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([title, *lines]) + end
