# SPDX-License-Identifier: BSD-3-Clause
"""Files of the ``fitsio`` API."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rustfits._core.binding.errors import (
    FITSClosedError,
    FITSError,
    FITSFormatError,
    FITSIndexError,
    FITSIOError,
)
from rustfits._core.file import fits as core
from rustfits._core.header.hdu import HDU
from rustfits.fitsio.base import HDUBase
from rustfits.fitsio.image import ImageHDU
from rustfits.fitsio.table import TableReader
from rustfits.fitsio.table_edit import AsciiTableHDU, TableHDU
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
_MODES = {"r": "r", "rw": "rw", READONLY: "r", READWRITE: "rw"}


class FITS(Writing):
    """An open FITS file.

    Parameters
    ----------
    filename : str or os.PathLike
        As for `rustfits.FITS`: brackets, ``+`` and ``!`` in a path mean nothing.
    mode : {"r", "rw"}
        Read; read and write, for which a file that is not there is made.
    lower, upper : bool
        Give the names of columns in this case.
    trim_strings : bool
        Without effect: strings have no blanks at their end in any case.
    vstorage : {"fixed", "object"}
        How to give columns of variable length: filled up with zeros, or as object arrays.
    case_sensitive : bool
        Tell apart names of HDUs and columns that differ in case.
    iter_row_buffer : int
        How many rows to read ahead, at least, when going through a table.
    write_bitcols : bool
        Store arrays of bools as bits.
    ignore_empty : bool
        Make an HDU without data of an image without pixels, which is refused otherwise.
    verbose : bool
        Without effect.
    clobber : bool
        With mode ``"rw"``: make a new file in the place of an old one.
    lenient : bool, optional
        How to read header bytes outside printable ASCII: as for `rustfits.FITS`.
    schemes : iterable of str, optional
        What names may reach, as for `rustfits.FITS`.

    Raises
    ------
    FITSIOError
        The mode is wrong, or the file cannot be had.
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
        warn_ignored(keys)
        del verbose, trim_strings
        known = _MODES.get(mode)
        if known is None:
            raise FITSIOError(f"mode must be 'r', 'rw', READONLY or READWRITE, not {mode!r}")
        self.mode = known
        self.lower = lower
        self.upper = upper
        self.vstorage = check_vstorage(vstorage)
        self.case_sensitive = case_sensitive
        self.iter_row_buffer = operator.index(iter_row_buffer)
        self.write_bitcols = write_bitcols
        self.ignore_empty = ignore_empty
        self._name = filename
        self._lenient = lenient
        if isinstance(schemes, Iterator):
            schemes = tuple(schemes)
        self._schemes = schemes
        self._hdus: dict[int, HDUBase] = {}
        self._left: Iterator[Any] | None = None
        own_mode = (
            "r" if known == "r" else "w+" if clobber or not _is_there(filename, schemes) else "r+"
        )
        #: The file of `rustfits` behind this one.
        self.file = self._open(filename, own_mode, lenient, self._schemes)

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
        """Write back what is pending and let go of the file."""
        self._hdus.clear()
        self.file.close()

    def reopen(self) -> None:
        """Close the file and open it again. HDUs that were had before are of no more use.

        Raises
        ------
        FITSError
            As for `FITS`.
        """
        self.close()
        mode = "r" if self.mode == "r" else "r+"
        self.file = core.FITS(self._name, mode, lenient=self._lenient, schemes=self._schemes)

    def update_hdu_list(self, rebuild: bool = True) -> None:
        """Forget what is known about HDUs; it is found out again when it is needed.

        Parameters
        ----------
        rebuild : bool
            Without effect.
        """
        del rebuild
        self._hdus.clear()

    def read_raw(self) -> bytes:
        """Read the whole file.

        Returns
        -------
        bytes
            Of a compressed file: what it decompresses to.
        """
        return self.file.to_bytes()

    def __enter__(self) -> FITS:
        return self

    def __exit__(self, kind: Any, exception: Any, traceback: Any) -> None:
        self._hdus.clear()
        self.file.__exit__(kind, exception, traceback)

    # ---- HDUs ----

    def __len__(self) -> int:
        return len(self.file)

    def __getitem__(self, item: Any) -> Any:
        """Give an HDU, or a list of some.

        Parameters
        ----------
        item : int, str, (str, int), or slice
            Number, name, name and version, or numbers.

        Raises
        ------
        FITSIOError
            There is no such HDU.
        """
        if isinstance(item, slice):
            return [self._wrap(index) for index in range(len(self.file))[item]]
        return self._wrap(self._index(item))

    def _wrap(self, index: int) -> HDUBase:
        made = self._hdus.get(index)
        if made is None:
            hdu = self.file[index]
            made = _CLASSES.get(hdu.kind, HDUBase)(self, hdu)
            self._hdus[index] = made
        return made

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
        second = -1
        hdu: HDU
        for hdu in self.file:
            own = hdu.extname
            if own is None or (own if self.case_sensitive else own.strip().upper()) != wanted:
                continue
            if version is None:
                return hdu.index
            stated = hdu.extver if "EXTVER" in hdu.header else 0
            if stated == version:
                return hdu.index
            if second < 0 and stated == 0 and version == 1:
                second = hdu.index  # FITS 4.4.2.6: a version that is not stated is 1
        if second >= 0:
            return second
        raise self._missing(name if version is None else (name, version))

    def _missing(self, item: Any) -> FITSIOError:
        how = "case counts" if self.case_sensitive else "case does not count"
        return FITSIOError(f"{self._shown_name}: extension not found: {item!r} ({how})")

    def __contains__(self, item: Any) -> bool:
        try:
            self._index(item)
        except FITSClosedError:
            raise
        except FITSFormatError:
            return (
                item in self.file
            )  # which tells a broken HDU from those that cannot be looked for
        except FITSIOError:
            return False
        return True

    def __iter__(self) -> Iterator[Any]:
        for hdu in self.file:
            yield self._wrap(hdu.index)

    @property
    def hdu_list(self) -> list[Any]:
        """All HDUs, in file order."""
        return list(self)

    def next(self) -> Any:
        """Give the next HDU."""
        return self.__next__()

    def __next__(self) -> Any:
        if self._left is None:
            self._left = iter(self)
        try:
            return next(self._left)
        except StopIteration:
            self._left = None
            raise

    def movabs_ext(self, ext: int) -> int:
        """Give the kind of an HDU, by its number from 0 on; there is no current one to move.

        Returns
        -------
        int
            ``IMAGE_HDU``, ``ASCII_TBL`` or ``BINARY_TBL``.

        Raises
        ------
        FITSIOError
            There is no such HDU.
        """
        return int(self[operator.index(ext)].get_exttype(num=True))

    def movabs_hdu(self, hdunum: int) -> int:
        """Do as `movabs_ext` does, by the number from 1 on."""
        return self.movabs_ext(operator.index(hdunum) - 1)

    def movnam_ext(self, extname: str, hdutype: int = -1, extver: int = 0) -> int:
        """Find an HDU by its name, and give its number from 0 on.

        Parameters
        ----------
        extname : str
        hdutype : int
            ``IMAGE_HDU``, ``ASCII_TBL``, ``BINARY_TBL``, or -1 for any.
        extver : int
            0 for any.

        Raises
        ------
        FITSIOError
            There is no such HDU.
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
        """Do as `movnam_ext` does, and give the number from 1 on."""
        return self.movnam_ext(extname, hdutype, extver) + 1

    def __repr__(self) -> str:
        lines = ["", f"  file: {self._shown_name}"]
        if self.file.closed:
            return "\n".join([*lines, "  closed"])
        mode = "READONLY" if self.mode == "r" else "READWRITE"
        lines += [f"  mode: {mode}", f"  {'extnum':<6} {'hdutype':<15} hduname[v]"]
        try:
            for hdu in self:
                name, version = hdu.get_extname(), hdu.get_extver()
                shown = f"{name}[{version}]" if version and name else name
                lines.append(f"  {hdu.get_extnum():<6} {hdu.get_exttype():<15} {shown}")
        except FITSError as failed:  # what can be seen of a broken file is most useful here
            lines.append(f"  {failed}")
        return "\n".join(lines)


def _is_there(filename: str | os.PathLike[str], schemes: Iterable[str] | None) -> bool:
    """Tell whether there is something to open; names with a scheme are always tried."""
    name = os.fspath(filename)
    if isinstance(name, str) and "://" in name:
        try:
            core.FITS(name, schemes=schemes).close()
        except FITSError:
            return False
        return True
    return Path(name).exists()
