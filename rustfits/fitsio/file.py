# SPDX-License-Identifier: BSD-3-Clause
"""Files of the ``fitsio`` API."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import rustfits.file
from rustfits.errors import FITSClosedError, FITSError, FITSIOError, FITSValueError
from rustfits.fitsio.base import HDUBase
from rustfits.fitsio.columns import columns_of, plan_of_formats, units_of, without_twins
from rustfits.fitsio.header import FITSHDR, cards_of
from rustfits.fitsio.image import ImageHDU
from rustfits.fitsio.table import TableReader
from rustfits.fitsio.table_edit import AsciiTableHDU, TableHDU
from rustfits.fitsio.util import (
    NOT_SET,
    READONLY,
    READWRITE,
    check_vstorage,
    refuse_compression,
    warn_ignored,
)
from rustfits.image import as_pixels
from rustfits.table_input import is_table

__all__ = ["FITS", "check_data"]

_CLASSES: dict[str, type[HDUBase]] = {
    "image": ImageHDU,
    "compressed image": ImageHDU,
    "table": TableHDU,
    "compressed table": TableHDU,
    "ascii table": AsciiTableHDU,
    "groups": TableReader,
}
_MODES = {"r": "r", "rw": "rw", READONLY: "r", READWRITE: "rw"}


class FITS:
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
        self._hdus: dict[int, HDUBase] = {}
        self._left: Iterator[Any] | None = None
        own_mode = "r" if known == "r" else "w+" if clobber or not _is_there(filename) else "r+"
        #: The file of `rustfits` behind this one.
        self.file = rustfits.file.FITS(filename, own_mode)

    @property
    def filename(self) -> str:
        """Name of the file."""
        return self.file.filename

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
        self.file = rustfits.file.FITS(self._name, "r" if self.mode == "r" else "r+")

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
        """Give an HDU.

        Parameters
        ----------
        item : int, str, or (str, int)
            Number, name, or name and version.

        Raises
        ------
        FITSIOError
            There is no such HDU.
        """
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
        count = len(self.file)
        if not -count <= index < count:
            raise self._missing(item)
        return index % count

    def _named(self, name: str, version: Any) -> int:
        """Find an HDU by EXTNAME and EXTVER."""
        wanted = name if self.case_sensitive else name.strip().upper()
        second = -1
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
        return FITSIOError(f"{self.filename}: extension not found: {item!r} ({how})")

    def __contains__(self, item: Any) -> bool:
        try:
            self._index(item)
        except FITSClosedError:
            raise
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
        lines = ["", f"  file: {self.filename}"]
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

    # ---- writing ----

    def write(
        self,
        data: Any,
        units: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        compress: Any = NOT_SET,
        tile_dims: Any = NOT_SET,
        qlevel: Any = NOT_SET,
        qmethod: Any = NOT_SET,
        dither_seed: Any = NOT_SET,
        hcomp_scale: Any = NOT_SET,
        hcomp_smooth: Any = NOT_SET,
        header: Any = None,
        names: Any = None,
        table_type: str = "binary",
        write_bitcols: bool = False,
        **keys: Any,
    ) -> None:
        """Append an HDU: a table for a structured array, dict or list, an image otherwise.

        Parameters
        ----------
        data : array_like, dict or list
        units, names, table_type, write_bitcols
            As for `write_table`.
        extname, extver, header
            As for `write_image`.
        compress, tile_dims
            None, or not given: compressed images cannot be written yet.
        qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            Without effect.

        Raises
        ------
        FITSError
            As for `write_image` and `write_table`.
        """
        warn_ignored(keys)
        del qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
        if isinstance(data, (list, tuple)) or is_table(data):
            self.write_table(
                data,
                table_type=table_type,
                names=names,
                units=units,
                extname=extname,
                extver=extver,
                header=header,
                write_bitcols=write_bitcols,
            )
        else:
            self.write_image(
                data,
                extname=extname,
                extver=extver,
                compress=compress,
                tile_dims=tile_dims,
                header=header,
            )

    def write_image(
        self,
        img: Any,
        extname: str | None = None,
        extver: int | None = None,
        compress: Any = NOT_SET,
        tile_dims: Any = NOT_SET,
        qlevel: Any = NOT_SET,
        qmethod: Any = NOT_SET,
        dither_seed: Any = NOT_SET,
        hcomp_scale: Any = NOT_SET,
        hcomp_smooth: Any = NOT_SET,
        header: Any = None,
    ) -> None:
        """Append an image.

        Parameters
        ----------
        img : array_like or None
            None, an HDU without data, can be in front only, unless the file was opened with
            ``ignore_empty``.
        extname, extver : optional
            EXTNAME and EXTVER.
        compress, tile_dims
            None, or not given: compressed images cannot be written yet.
        qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            Without effect.
        header : FITSHDR, dict, or list of dict, optional
            Keywords to copy, without those that describe structure.

        Raises
        ------
        FITSValueError
            There are no pixels, or something in `header` is not possible.
        FITSUnsupportedError
            Compression is asked for.
        FITSError
            As for `rustfits.FITS.write_image`.
        """
        del qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
        refuse_compression(compress, tile_dims=tile_dims)
        if img is not None and np.size(img) == 0:
            if not self.ignore_empty:
                raise FITSValueError(f"{self.filename}: an image without pixels")
            img = None
        elif img is None and not self.ignore_empty and self._begun():
            raise FITSValueError(f"{self.filename}: no image to write: the data are None")
        if img is not None and np.ndim(img) == 0:
            raise FITSValueError(f"{self.filename}: a single number is no image")
        cards = cards_of(header, _given(extver) | {"BSCALE", "BZERO", "BLANK"})
        self.file.write_image(img, extname=extname, extver=extver, header=cards)

    def create_image_hdu(
        self,
        img: Any = None,
        dims: Any = None,
        dtype: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        compress: Any = NOT_SET,
        tile_dims: Any = NOT_SET,
        qlevel: Any = NOT_SET,
        qmethod: Any = NOT_SET,
        dither_seed: Any = NOT_SET,
        hcomp_scale: Any = NOT_SET,
        hcomp_smooth: Any = NOT_SET,
        header: Any = None,
    ) -> None:
        """Append an image filled with zeros, or with the pixels of `img`.

        Parameters
        ----------
        img : array_like, optional
            The pixels.
        dims : sequence of int, optional
            Otherwise the shape.
        dtype : dtype-like, optional
            And the type.
        extname, extver, compress, tile_dims, header
            As for `write_image`.
        qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            Without effect.

        Raises
        ------
        FITSError
            As for `write_image`.
        """
        del qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
        refuse_compression(compress, tile_dims=tile_dims)
        if img is not None or dims is None:
            self.write_image(img, extname=extname, extver=extver, header=header)
            return
        cards = cards_of(header, _given(extver))
        hdu = self.file.create_image_hdu(
            "f8" if dtype is None else dtype, dims, extname=extname, extver=extver
        )
        if cards:
            hdu.header.update(cards, copy_commentary=True)

    def write_table(
        self,
        data: Any,
        table_type: str = "binary",
        names: Any = None,
        formats: Any = None,
        units: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        header: Any = None,
        write_bitcols: bool = False,
    ) -> None:
        """Append a table.

        Parameters
        ----------
        data : structured array, dict, or list of arrays
            The columns. Object arrays become columns of variable length.
        table_type : {"binary", "ascii"}
        names : sequence of str, optional
            Names of the columns, for a list.
        formats : sequence of str, optional
            Formats of the columns of an ASCII table (``"I8"``, ``"F10.3"``).
        units : sequence of str, or dict, optional
            Units, one for each column, or by name.
        extname, extver, header
            As for `write_image`.
        write_bitcols : bool
            Store arrays of bools as bits.

        Raises
        ------
        FITSValueError, FITSTypeError
            There can be no such table. Nothing was written.
        FITSError
            As for `rustfits.FITS.write_table`.
        """
        where = f"{self.filename}: the new table"
        values, _ = columns_of(where, data, names)
        without_twins(values)
        by_name = units_of(units, list(values))
        cards = cards_of(header, _given(extver))
        if _is_ascii(table_type):
            self._write_ascii(values, formats, by_name, extname, extver, cards)
            return
        self.file.write_table(
            values,
            extname=extname,
            extver=extver,
            units=by_name,
            bit_columns=_bits(values) if write_bitcols or self.write_bitcols else None,
            header=cards,
        )

    def _write_ascii(
        self,
        values: dict[str, Any],
        formats: Any,
        units: Any,
        extname: Any,
        extver: Any,
        cards: Any,
    ) -> None:
        fields: Any = [(name, cells.dtype, cells.shape[1:]) for name, cells in values.items()]
        forms = None if formats is None else dict(zip(values, formats, strict=True))
        hdu = self.file.create_ascii_table_hdu(
            np.dtype(fields), extname=extname, extver=extver, units=units, formats=forms
        )
        if cards:
            hdu.header.update(cards, copy_commentary=True)
        hdu.append(values)

    def create_table_hdu(
        self,
        data: Any = None,
        dtype: Any = None,
        header: Any = None,
        names: Any = None,
        formats: Any = None,
        units: Any = None,
        dims: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        table_type: str = "binary",
        write_bitcols: bool = False,
    ) -> None:
        """Append a table without rows.

        Parameters
        ----------
        data : structured array, dict, or list of arrays, optional
            Columns of this type.
        dtype : dtype-like, optional
            Otherwise: of this structured type.
        names, formats, dims : sequences of str, optional
            Otherwise: names, formats (``"J"``, ``"5A"``, ``"1PE"``) and shapes (``"(3,2)"``).
        units, extname, extver, table_type, write_bitcols, header
            As for `write_table`.

        Raises
        ------
        FITSValueError, FITSTypeError
            There can be no such table. Nothing was written.
        FITSError
            As for `rustfits.FITS.create_table_hdu`.
        """
        ascii_table = _is_ascii(table_type)
        pack = write_bitcols or self.write_bitcols
        packed: list[str] = []
        var_dtypes: dict[str, Any] | None = None
        forms = None
        if data is not None:
            values, _ = columns_of(f"{self.filename}: the new table", data, names)
            without_twins(values)
            bits = _bits(values) if pack else None
            self._write_empty(values, ascii_table, units, extname, extver, header, bits)
            return
        if dtype is not None:
            kind = np.dtype(dtype)
        elif names is not None and formats is not None and ascii_table:
            kind, forms = _ascii_plan(names, formats)
        elif names is not None and formats is not None:
            kind, var_dtypes, packed = plan_of_formats(names, formats, dims)
        else:
            raise FITSValueError("a table is made of data=, of dtype=, or of names= and formats=")
        if not kind.names:
            raise FITSValueError(f"the type of a table is a structured dtype, not {kind}")
        without_twins(kind.names)
        by_name = units_of(units, kind.names)
        cards = cards_of(header, _given(extver))
        hdu: Any
        if ascii_table:
            hdu = self.file.create_ascii_table_hdu(
                kind, extname=extname, extver=extver, units=by_name, formats=forms
            )
        else:
            hdu = self.file.create_table_hdu(
                kind,
                extname=extname,
                extver=extver,
                units=by_name,
                var_dtypes=var_dtypes,
                bit_columns=packed + (_bits_of(kind) if pack else []),
            )
        if cards:
            hdu.header.update(cards, copy_commentary=True)

    def _write_empty(
        self,
        values: dict[str, Any],
        ascii_table: bool,
        units: Any,
        extname: Any,
        extver: Any,
        header: Any,
        bits: Any,
    ) -> None:
        """Append a table of the type of these columns, without rows."""
        by_name = units_of(units, list(values))
        cards = cards_of(header, _given(extver))
        none = {name: cells[:0] for name, cells in values.items()}
        if ascii_table:
            self._write_ascii(none, None, by_name, extname, extver, cards)
            return
        hdu = self.file.write_table(
            values, extname=extname, extver=extver, units=by_name, bit_columns=bits, header=cards
        )
        hdu.resize(0)

    def _begun(self) -> bool:
        """Tell whether there is an HDU already."""
        return len(self.file) > 0


def _given(extver: Any) -> set[str]:
    """Give the keywords that arguments set."""
    return set() if extver is None else {"EXTVER"}


def _bits(values: dict[str, Any]) -> list[str]:
    """Name the columns that are stored as bits: those of arrays of bools."""
    return [name for name, cells in values.items() if cells.dtype.kind == "b" and cells.ndim > 1]


def _bits_of(dtype: np.dtype[Any]) -> list[str]:
    """Name the fields of a type that are stored as bits."""
    fields: Any = dtype.fields or {}
    return [name for name, field in fields.items() if field[0].base.kind == "b" and field[0].shape]


def _is_ascii(table_type: Any) -> bool:
    if table_type in ("binary", "ascii"):
        return bool(table_type == "ascii")
    if table_type in (1, 2):  # ASCII_TBL, BINARY_TBL
        return bool(table_type == 1)
    raise FITSValueError(f"table_type must be 'binary' or 'ascii', not {table_type!r}")


def _ascii_plan(names: Any, formats: Any) -> tuple[np.dtype[Any], dict[str, str]]:
    """Give the type of an ASCII table whose columns are given by TFORM."""
    if len(names) != len(formats):
        raise FITSValueError("names and formats need the same length")
    fields = []
    for name, form in zip(names, formats, strict=True):
        letter, width = form.strip()[:1].upper(), form.strip()[1:]
        if letter == "A" and width.isdigit():
            fields.append((name, f"S{width}"))
        elif letter in ("I", "F", "E", "D"):
            fields.append((name, "i8" if letter == "I" else "f8"))
        else:
            raise FITSValueError(f"column {name!r}: {form!r} is no format of an ASCII table")
    return np.dtype(fields), dict(zip(names, formats, strict=True))


def _is_there(filename: str | os.PathLike[str]) -> bool:
    """Tell whether there is something to open; names with a scheme are always tried."""
    name = os.fspath(filename)
    if isinstance(name, str) and "://" in name:
        try:
            rustfits.file.FITS(name).close()
        except FITSError:
            return False
        return True
    return Path(name).exists()


def check_data(data: Any, header: Any, **options: Any) -> None:
    """Look whether data can be written, before an old file is cut."""
    if isinstance(data, (list, tuple)) or is_table(data):
        values, _ = columns_of("the new table", data, options.get("names"))
        without_twins(values)
    elif data is not None:
        as_pixels(data)
    FITSHDR(header)
