# SPDX-License-Identifier: BSD-3-Clause
"""The HDUs of a file: counting, finding and listing them."""

from __future__ import annotations

import itertools
import operator
import weakref
from collections.abc import Iterator
from typing import SupportsIndex, TypeAlias, overload

from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSFormatError,
    FITSIndexError,
    FITSKeyError,
    FITSTypeError,
)
from rustfits._core.binding.handle import FileHandle
from rustfits._core.binding.hints import Hinted
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.warnings import warn_of_writing, warn_once
from rustfits._core.file.create import Creating
from rustfits._core.header import html
from rustfits._core.header.hdu import HDU, KINDS, read_info
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits._core.remote.remote import is_remote
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

_HEAD = ("No.", "Name", "Ver", "Kind", "Contents")

#: What to write instead of attributes of astropy's and fitsio's files.
_HINTS = {
    "info": "print(fits), or rustfits.info(name)",
    "data": "fits[0].read()",
    "header": "fits[0].header",
    "shape": "fits[0].shape",
    "read": "fits[0].read(), or rustfits.read(name)",
    "read_header": "fits[0].header, or rustfits.read_header(name)",
    "insert": "fits.copy_hdu() or fits.move_hdu()",
    "writeto": "rustfits.write(name, data), or fits.copy_hdu() for HDUs of another file",
    "flush": "fits.sync()",
    "index_of": "fits[name].index",
    "hdu_list": "fits.hdus",
    "update_hdu_list": "fits.refresh()",
    "names": "[hdu.extname for hdu in fits]",
    "verify": "hdu.verify_checksum() for each HDU",
}

#: Most rows that repr() lists.
_LISTED = 100

# The containers with HDU objects, of files that can change.
_containers: weakref.WeakSet[Container] = weakref.WeakSet()
_containers_lock = ForkLock()


class Container(Hinted, Creating):
    """The HDUs of an open file, by number and by name."""

    __slots__ = ("_count", "_file", "_hdus")

    _hints = _HINTS

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

    @overload
    def __getitem__(self, key: SupportsIndex | Name) -> HDU: ...
    @overload
    def __getitem__(self, key: slice) -> list[HDU]: ...
    def __getitem__(self, key: SupportsIndex | Name | slice) -> HDU | list[HDU]:
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

    def image(self, key: SupportsIndex | Name) -> ImageHDU:
        """Return an HDU that is an image, plain or compressed, for type checkers, too.

        Parameters
        ----------
        key : int, str or (str, int)
            As for ``fits[key]``.

        Returns
        -------
        ImageHDU
            The same object as ``fits[key]``.

        Raises
        ------
        FITSTypeError
            If the HDU is no image.
        FITSError
            As for ``fits[key]``.
        """
        hdu = self._one(key)
        if isinstance(hdu, ImageHDU):
            return hdu
        raise self._wrong_kind(hdu, "image")

    def table(self, key: SupportsIndex | Name) -> TableHDU:
        """Return an HDU that is a binary table, plain or compressed, for type checkers, too.

        Parameters
        ----------
        key : int, str or (str, int)
            As for ``fits[key]``, which also returns ASCII tables and random groups.

        Returns
        -------
        TableHDU
            The same object as ``fits[key]``.

        Raises
        ------
        FITSTypeError
            If the HDU is no binary table.
        FITSError
            As for ``fits[key]``.
        """
        hdu = self._one(key)
        if isinstance(hdu, TableHDU):
            return hdu
        raise self._wrong_kind(hdu, "binary table")

    def _one(self, key: SupportsIndex | Name) -> HDU:
        """Return one HDU, and refuse slices as ``fits[key]`` refuses other types."""
        return self[self._number(key)] if isinstance(key, slice) else self[key]

    def _wrong_kind(self, hdu: HDU, expected: str) -> FITSTypeError:
        made = FITSTypeError(
            f"{self._file.name}[{hdu.index}]: expected an HDU of kind {expected!r}, found "
            f"{hdu.kind!r}; fits[key] returns HDUs of any kind"
        )
        made.hdu = hdu.index
        return made

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
        return self[index]

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

    def __iter__(self) -> Iterator[HDU]:
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

    def _ipython_key_completions_(self) -> list[str]:
        """Return the names of the HDUs, which a notebook completes."""
        try:
            return list(dict.fromkeys(row[1] for row in self._rows()[0] if row[1]))
        except FITSError:
            return []

    def _title(self) -> str:
        return f"FITS {self._file.filename!r}, mode {self._file.mode!r}"

    def _repr_html_(self) -> str:
        """Return what a notebook shows: it never raises, and downloads nothing."""
        try:
            title = self._title() + (", closed" if self._file.closed else "")
            if self._file.closed:
                return html.paragraph(title)
            rows, end = self._rows()
            more = [html.paragraph(line) for line in end.splitlines() if line]
            return html.paragraph(title) + html.table([_HEAD], rows) + "".join(more)
        except Exception as failed:  # the file may be broken
            return html.paragraph(str(failed))

    def _rows(self) -> tuple[list[tuple[str, ...]], str]:
        """Return the listing of the HDUs, and what follows it.

        Of remote files and streams, only the HDUs that were found before are listed.
        """
        if not (self._file.is_stream() or is_remote(self._file)):
            return self._all_rows()
        known = {hdu.index: hdu for hdu in list(self._hdus.values())}
        rows = [_row_of(known[index]) for index in sorted(known)[:_LISTED]]
        return rows, "HDUs that were not accessed yet are not listed."

    def _all_rows(self) -> tuple[list[tuple[str, ...]], str]:
        """Return the listing of all HDUs, and a line on what it lacks."""
        rows: list[tuple[str, ...]] = []
        try:
            for index in itertools.count():
                try:
                    hdu = self[index]
                except FITSIndexError:
                    break
                if len(rows) == _LISTED:
                    return rows, f"... {len(self) - _LISTED} more"
                rows.append(_row_of(hdu))
        except FITSClosedError:
            raise
        except FITSError as failed:  # list the HDUs of a broken file, too
            return rows, str(failed)
        return rows, ""

    def __repr__(self) -> str:
        title = self._title()
        if self._file.closed:
            return f"<{title}, closed>"
        try:
            listed, end = self._all_rows()
        except FITSClosedError:
            return f"<{title}, closed>"
        rows = [_HEAD, *listed]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([title, *lines, *([end] if end else [])])


def _row_of(hdu: HDU) -> tuple[str, ...]:
    """Return the line of an HDU in the listing of its file."""
    name = "" if hdu.extname is None else hdu.extname
    return str(hdu.index), name, str(hdu.extver), hdu.kind, hdu._describe()
