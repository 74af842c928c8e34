# SPDX-License-Identifier: BSD-3-Clause
"""`FITS`: open files of the ``fitsio`` API."""

from __future__ import annotations

import operator
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSFormatError,
    FITSIndexError,
    FITSIOError,
    FITSNotFoundError,
)
from rustfits._core.binding.extended import Location
from rustfits._core.file import fits as core
from rustfits._core.header.hdu import HDU
from rustfits.fitsio.filters import apply_filters, first_significant
from rustfits.fitsio.hdu.base import HDUBase
from rustfits.fitsio.hdu.image import ImageHDU
from rustfits.fitsio.hdu.table import AsciiTableHDU, TableHDU
from rustfits.fitsio.hdu.table_read import TableReader
from rustfits.fitsio.helpers.steps import Steps
from rustfits.fitsio.names import Name, expand, name_to_read, name_to_write, packed_file
from rustfits.fitsio.util import (
    READONLY,
    READWRITE,
    check_vstorage,
    warn_ignored,
)
from rustfits.fitsio.writing import Writing

__all__ = ["FITS"]

_CLASSES: dict[str, type[HDUBase]] = {
    "image": ImageHDU,
    "compressed image": ImageHDU,
    "table": TableHDU,
    "compressed table": TableHDU,
    "ascii table": AsciiTableHDU,
    "groups": TableReader,
}
_NO_VERSION = object()
_MODES = {"r": "r", "rw": "rw", READONLY: "r", READWRITE: "rw"}


class FITS(Steps, Writing):
    """An open FITS file.

    Parameters
    ----------
    filename : str or os.PathLike
        As for `rustfits.FITS`, and an extended name of CFITSIO: ``~/x.fits``, ``$DATA/x.fits``,
        ``x.fits[EVENTS]``, ``x.fits[2:5,*]``, ``x.fits[1][flux > 3]``, ``x.fits[1][col a;b]``,
        ``x.fits[compress R 100,100; q 4]`` for a new file. A file that has exactly this name is
        preferred. To read a missing ``x.fits``, ``x.fits.gz`` and the like are opened.
    mode : {"r", "rw"}
        Whether to read, or to read and write. ``"rw"`` creates a missing file.
    lower, upper : bool
        Whether names of columns are returned in lower or upper case.
    trim_strings : bool
        Whether strings in tables are read without the blanks at their end.
    verbose : bool
        Without effect, but kept as an attribute.
    vstorage : {"fixed", "object"}
        The form of variable-length columns: padded with zeros, or object arrays.
    case_sensitive : bool
        Whether names of HDUs and columns that differ in case are different.
    iter_row_buffer : int
        The minimum number of rows to read ahead in iterations.
    write_bitcols : bool
        Whether to store arrays of bools as bits.
    ignore_empty : bool
        Whether an image without pixels becomes an HDU without data. Otherwise it is an error.
    clobber : bool
        Whether mode ``"rw"`` replaces an old file by a new one.
    lenient : bool, optional
        How to read header bytes outside printable ASCII, as for `rustfits.FITS`.
    schemes : iterable of str, optional
        The schemes that names may have, as for `rustfits.FITS`.
    **keys
        Other arguments are ignored, with a warning.

    Raises
    ------
    FITSIOError
        If the mode is invalid, or if the file cannot be opened.
    FITSUnsupportedError
        If the name has a part that is not supported, such as ``[bin ...]``.
    FITSError
        As for `rustfits.FITS`.
    """

    def __init__(
        self,
        filename: str | os.PathLike[str],
        mode: Any = "r",
        lower: bool = False,
        upper: bool = False,
        trim_strings: bool = False,
        vstorage: str = "fixed",
        case_sensitive: bool = False,
        iter_row_buffer: int = 1,
        write_bitcols: bool = False,
        ignore_empty: bool = False,
        verbose: bool = False,
        clobber: bool = False,
        lenient: bool | None = None,
        schemes: Iterable[str] | None = None,
        **keys: Any,
    ) -> None:
        if keys:
            warn_ignored(keys)
        known = _MODES.get(mode)
        if known is None:
            raise FITSIOError(f"mode must be 'r', 'rw', READONLY or READWRITE, not {mode!r}")
        self.mode = mode
        self.charmode = known
        self.intmode = READONLY if known == "r" else READWRITE
        self.lower = lower
        self.upper = upper
        self.trim_strings = trim_strings
        self.verbose = verbose
        self.vstorage: str = check_vstorage(vstorage)
        self.case_sensitive = case_sensitive
        self.iter_row_buffer: int = operator.index(iter_row_buffer)
        self.write_bitcols = write_bitcols
        self.ignore_empty = ignore_empty
        text = expand(filename)
        #: The name with ``~`` and ``$VARIABLES`` expanded.
        self._filename = text
        self._lenient = lenient
        if schemes is not None and isinstance(schemes, Iterator):
            schemes = tuple(schemes)
        self._schemes = schemes
        self._hdus: dict[int, HDUBase] = {}
        self._map: Mapping[Any, HDUBase] | None = None  # set by the program
        self._is_listed = False
        #: Held by methods that look at the file and then change it.
        self._lock = threading.RLock()
        name = name_to_read(text) if known == "r" else name_to_write(text, clobber)
        self._compression = name.compression
        #: The file of `rustfits` that this object uses.
        self.file = self._open_name(name, clobber)

    def _open_name(self, name: Name, clobber: bool = False) -> core.FITS:
        """Open what a name means."""
        self._path = name.path
        file = self.file = self._open_path(name.path, clobber)
        if name.where is None and name.filters is None:
            return file
        try:
            index = first_significant(file) if name.where is None else self._located(name.where)
            if name.filters is None:
                return file
            copy = apply_filters(file, index, name.filters)
        except BaseException:
            file.close()
            raise
        file.close()
        return copy

    def _open_path(self, path: Any, clobber: bool) -> core.FITS:
        """Open a file, or to read, its compressed form where it is missing."""
        if self.charmode != "r":
            mode = "w+" if clobber or not _is_there(path, self._schemes) else "r+"
            return self._open(path, mode, self._lenient, self._schemes)
        try:
            return self._open(path, "r", self._lenient, self._schemes)
        except FITSNotFoundError:
            packed = packed_file(path)
            if packed is None:
                raise
            return self._open(packed, "r", self._lenient, self._schemes)

    def _located(self, where: Location) -> int:
        """Return the index of the HDU of a name."""
        if where.name:
            return self._named(where.name, where.version or None)
        return self._index(where.number)

    @staticmethod
    def _open(
        filename: str | os.PathLike[str],
        mode: str,
        lenient: bool | None,
        schemes: Iterable[str] | None,
    ) -> core.FITS:
        return core.FITS(filename, mode, lenient=lenient, schemes=schemes)

    # ---- the file ----

    def close(self) -> None:
        """Write pending values and close the file."""
        self._forget()
        self.file.close()

    def reopen(self) -> None:
        """Close the file and open it again. Earlier HDU objects are then closed.

        A file in memory stays open.

        Raises
        ------
        FITSError
            As for `FITS`.
        """
        if not (isinstance(self._path, str) and self._path.startswith("mem://")):
            self.close()
            if self.charmode == "r":
                self.file = self._open_name(name_to_read(self._filename))
            else:
                self.file = self._open(self._path, "r+", self._lenient, self._schemes)
        self.update_hdu_list()

    def update_hdu_list(self, rebuild: bool = True) -> None:
        """Update the list of HDUs. The methods of `FITS` call this where a list may change.

        They are the first access to an HDU, `reopen`, and each method that appends an HDU.

        Parameters
        ----------
        rebuild : bool
            Whether to drop all HDU objects. The next access creates them again.
        """
        self._is_listed = True
        if rebuild:
            self._hdus.clear()
            self._map = None

    def _list(self) -> None:
        """Update the list before the first access to an HDU."""
        if not self._is_listed:
            self._is_listed = True  # update_hdu_list of a subclass may look at HDUs
            self.update_hdu_list()

    def _forget(self) -> None:
        """Drop the list of HDUs."""
        self._hdus.clear()
        self._map = None
        self._is_listed = False

    def read_raw(self) -> bytes:
        """Return the whole file.

        Returns
        -------
        bytes
            The content, decompressed for a compressed file.
        """
        return self.file.to_bytes()

    def __enter__(self) -> FITS:
        return self

    def __exit__(self, kind: Any, exception: Any, traceback: Any) -> None:
        self._forget()
        self.file.__exit__(kind, exception, traceback)

    # ---- HDUs ----

    def __len__(self) -> int:
        self._list()
        return len(self.file)

    def __getitem__(self, item: Any) -> Any:
        """Return an HDU, or a list of HDUs for a slice.

        Parameters
        ----------
        item : int, str, (str, int), or slice
            The index, the name, the name and version, or a slice of indices.

        Raises
        ------
        FITSIOError
            If there is no such HDU.
        """
        if not self._is_listed:
            self._list()
        if type(item) is int and item >= 0 and self._map is None:
            known = self._hdus.get(item)
            return self._numbered(item) if known is None else known
        if isinstance(item, slice):
            return [self._wrap(index) for index in range(len(self.file))[item]]
        if self._map is not None and (found := self._mapped(item)) is not None:
            return found
        return self._wrap(self._index(item))

    def _mapped(self, item: Any) -> HDUBase | None:
        """Return an HDU of the map that the program set."""
        if isinstance(item, tuple) and len(item) == 2:
            item = f"{item[0]}-{item[1]}"
        if isinstance(item, str) and not self.case_sensitive:
            item = item.lower()
        return (self._map or {}).get(item)

    def _wrap(self, index: int) -> HDUBase:
        made = self._hdus.get(index)
        if made is None:
            hdu = self.file[index]
            # Two threads get the same object.
            made = self._hdus.setdefault(index, self._make(hdu))
        return made

    def _numbered(self, index: int) -> HDUBase:
        try:
            hdu = self.file[index]
        except FITSIndexError:
            raise self._missing(index) from None
        return self._hdus.setdefault(index, self._make(hdu))

    def _make(self, hdu: HDU) -> HDUBase:
        kind = _CLASSES.get(hdu.kind, HDUBase)
        if not issubclass(kind, TableReader):
            return kind(self, hdu)
        return kind(
            self,
            hdu,
            lower=self.lower,
            upper=self.upper,
            trim_strings=self.trim_strings,
            vstorage=self.vstorage,
            case_sensitive=self.case_sensitive,
            iter_row_buffer=self.iter_row_buffer,
            write_bitcols=self.write_bitcols,
        )

    def _index(self, item: Any) -> int:
        """Find an HDU."""
        if isinstance(item, tuple) and len(item) == 2:
            name, version = item
        else:
            name, version = item, None
        if isinstance(name, str):
            return self._named(name, version)
        try:
            index = operator.index(name)
        except TypeError:
            raise self._missing(item) from None
        if version is not None:
            raise self._missing(item)
        try:
            return int(self.file[index].index)
        except FITSIndexError:
            raise self._missing(item) from None

    def _named(self, name: str, version: Any) -> int:
        """Find an HDU by EXTNAME and EXTVER."""
        wanted = name if self.case_sensitive else name.strip().upper()
        without, second = -1, -1
        hdu: HDU
        for hdu in self.file:
            own = hdu.extname
            if own is None or (own if self.case_sensitive else own.strip().upper()) != wanted:
                continue
            if version is None:
                return hdu.index
            stated = hdu.header.get("EXTVER", _NO_VERSION)
            number = stated if isinstance(stated, int) and not isinstance(stated, bool) else 0
            if number == version:
                return hdu.index
            if number == 0 and version == 1:  # FITS 4.4.2.6: without EXTVER, the version is 1
                if stated is _NO_VERSION and without < 0:
                    without = hdu.index
                elif second < 0:
                    second = hdu.index
        if without >= 0 or second >= 0:
            return without if without >= 0 else second
        raise self._missing(name if version is None else (name, version))

    def _missing(self, item: Any) -> FITSIOError:
        how = "case counts" if self.case_sensitive else "case does not count"
        return FITSIOError(f"{self._shown_name}: extension not found: {item!r} ({how})")

    def __contains__(self, item: Any) -> bool:
        self._list()
        try:
            if self._map is None or self._mapped(item) is None:
                self._index(item)
        except FITSClosedError:
            raise
        except FITSFormatError:
            return item in self.file  # False if `item` is the broken HDU that ends the list
        except FITSIOError:
            return False
        return True

    def __iter__(self) -> Iterator[Any]:
        self._list()
        for hdu in self.file:
            yield self._wrap(hdu.index)

    @property
    def hdu_list(self) -> list[Any]:
        """All HDUs, in file order."""
        return list(self)

    @property
    def hdu_map(self) -> Mapping[Any, Any]:
        """The HDUs by index, by name, and by ``name-version``. Names are in lower case.

        With ``case_sensitive``, they are as in the file. A map that you set is looked up first,
        until `update_hdu_list` makes the list again.
        """
        if self._map is not None:
            return self._map
        found: dict[Any, Any] = {}
        for hdu in self:
            found[hdu.get_extnum()] = hdu
            name, version = hdu.get_extname(), hdu.get_extver()
            name = name if self.case_sensitive else name.lower()
            if name:
                found.setdefault(name, hdu)
                if version > 0:
                    found.setdefault(f"{name}-{version}", hdu)
        return found

    @hdu_map.setter
    def hdu_map(self, value: Mapping[Any, Any]) -> None:
        self._map = value

    @property
    def _FITS(self) -> FITS:  # noqa: N802 (the name in fitsio)
        """What the classes of HDUs take as their first argument."""
        return self

    def movabs_ext(self, ext: int) -> int:
        """Return the kind of an HDU by its 0-based index. This API has no current HDU.

        Parameters
        ----------
        ext : int
            The index.

        Returns
        -------
        int
            ``IMAGE_HDU``, ``ASCII_TBL`` or ``BINARY_TBL``.

        Raises
        ------
        FITSIOError
            If there is no such HDU.
        """
        return int(self[operator.index(ext)].get_exttype(num=True))

    def movabs_hdu(self, hdunum: int) -> int:
        """Return the kind of an HDU by its 1-based number."""
        return self.movabs_ext(operator.index(hdunum) - 1)

    def movnam_ext(self, extname: str, hdutype: int = -1, extver: int = 0) -> int:
        """Return the 0-based index of an HDU by its name.

        Parameters
        ----------
        extname : str
            The name.
        hdutype : int
            The kind: ``IMAGE_HDU``, ``ASCII_TBL``, ``BINARY_TBL``, or -1 for any.
        extver : int
            The version, or 0 for any.

        Returns
        -------
        int
            The index.

        Raises
        ------
        FITSIOError
            If there is no such HDU.
        """
        for hdu in self:
            name = hdu.get_extname()
            same = name == extname if self.case_sensitive else name.upper() == extname.upper()
            version = hdu.get_extver() or 1
            kind = hdu.get_exttype(num=True)
            if same and hdutype in (-1, kind) and extver in (0, version):
                return int(hdu.get_extnum())
        raise self._missing((extname, extver) if extver else extname)

    def movnam_hdu(self, extname: str, hdutype: int = -1, extver: int = 0) -> int:
        """Return the 1-based number of an HDU by its name, as `movnam_ext` does."""
        return self.movnam_ext(extname, hdutype, extver) + 1

    def __repr__(self) -> str:
        lines = ["", f"  file: {self._shown_name}"]
        if self.file.closed:
            return "\n".join([*lines, "  closed"])
        mode = "READONLY" if self.charmode == "r" else "READWRITE"
        lines += [f"  mode: {mode}", f"  {'extnum':<6} {'hdutype':<15} hduname[v]"]
        try:
            for hdu in self:
                name, version = hdu.get_extname(), hdu.get_extver()
                shown = f"{name}[{version}]" if version and name else name
                lines.append(f"  {hdu.get_extnum():<6} {hdu.get_exttype():<15} {shown}")
        except FITSError as failed:  # list the HDUs of a broken file, too
            lines.append(f"  {failed}")
        return "\n".join(lines)


def _is_there(filename: str | os.PathLike[str], schemes: Iterable[str] | None) -> bool:
    """Return whether a file exists. For names with a scheme, try to open it."""
    name = os.fspath(filename)
    if isinstance(name, str) and "://" in name:
        try:
            core.FITS(name, schemes=schemes).close()
        except FITSError:
            return False
        return True
    return Path(name).exists()
