# SPDX-License-Identifier: BSD-3-Clause
"""The methods of `FITS` of the ``fitsio`` API that append HDUs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.extended import NameCompression
from rustfits._core.binding.names import redacted, shown
from rustfits._core.file import fits as core
from rustfits._core.header.header import HeaderLike, header_cards
from rustfits._core.table.input import is_table
from rustfits.fitsio.columns import (
    check_ascii,
    check_unique,
    columns_of,
    plain_dtype,
    plan_of_formats,
    units_of,
)
from rustfits.fitsio.compression import (
    NOT_PACKED,
    ImageCompression,
    compression_of_name,
    takes_compression,
    without_infinities,
)
from rustfits.fitsio.header import FITSHDR, cards_of
from rustfits.fitsio.util import warn_ignored

__all__ = ["Writing"]

#: Keywords that the pixels decide. BLANK comes from the header, too, if it fits their type.
_OF_PIXELS = frozenset({"BSCALE", "BZERO", "BLANK", "ZSCALE", "ZZERO", "ZBLANK"})


class Writing:
    """The methods of `FITS` that append HDUs."""

    file: core.FITS
    _compression: NameCompression | None
    _filename: Any
    ignore_empty: bool
    write_bitcols: bool

    def update_hdu_list(self, rebuild: bool = True) -> None:
        """Update the list of HDUs. `FITS` has the list."""

    @property
    def filename(self) -> str:
        """The name that opened the file, without the secrets of a URL."""
        name = self._filename
        return redacted(name) if isinstance(name, str) else self.file.filename

    @property
    def _shown_name(self) -> str:
        """The name for messages."""
        name = self._filename
        return shown(name) if isinstance(name, str) else self.file._file.name

    @takes_compression
    def write(  # noqa: D417
        self,
        data: Any,
        units: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        packing: ImageCompression = NOT_PACKED,
        header: Any = None,
        names: Any = None,
        table_type: str = "binary",
        write_bitcols: bool = False,
        **keys: Any,
    ) -> None:
        """Append a table for a structured array, dict or list, or else an image.

        Parameters
        ----------
        data : array_like, dict or list
            The rows or pixels.
        units, names, table_type, write_bitcols
            As for `write_table`.
        extname, extver, header
            As for `write_image`.
        compress, tile_dims, qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            As for `write_image`.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSError
            As for `write_image` and `write_table`.
        """
        warn_ignored(keys, stacklevel=4)  # above takes_compression
        # Subclasses may override these: every argument has a name, as in fitsio.
        if _is_table(data):
            self.write_table(
                data,
                units=units,
                extname=extname,
                extver=extver,
                header=header,
                names=names,
                table_type=table_type,
                write_bitcols=write_bitcols,
            )
        else:
            self.write_image(
                data, extname=extname, extver=extver, **packing.arguments(), header=header
            )

    @takes_compression
    def write_image(  # noqa: D417
        self,
        img: Any,
        extname: str | None = None,
        extver: int | None = None,
        packing: ImageCompression = NOT_PACKED,
        header: Any = None,
    ) -> None:
        """Append an image.

        Parameters
        ----------
        img : array_like or None
            The pixels. None makes an HDU without data, which must be the first one unless the file
            was opened with ``ignore_empty``.
        extname, extver : optional
            The values of EXTNAME and EXTVER.
        compress : str, int or None
            The algorithm: ``"RICE"``, ``"GZIP"``, ``"GZIP_2"``, ``"PLIO"``, ``"HCOMPRESS"``.
        tile_dims, qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            The options of the algorithm. As in ``fitsio``, floating-point images lose precision
            unless ``qlevel`` is None or 0.
        header : FITSHDR, dict, or list of dict, optional
            Keywords to copy. Those that describe structure are skipped.

        Raises
        ------
        FITSValueError
            If `img` has no pixels, or if `header` is invalid.
        FITSError
            As for `rustfits.FITS.write_image`.
        """
        self.create_image_hdu(
            img, header=header, extname=extname, extver=extver, **packing.arguments()
        )

    def _append_image(
        self, img: Any, packing: ImageCompression, extname: Any, extver: Any, header: Any
    ) -> None:
        if img is not None and np.size(img) == 0:
            if not self.ignore_empty:
                raise FITSValueError(f"{self._shown_name}: an image without pixels")
            img = None
        elif img is None and not self.ignore_empty and self._begun():
            raise FITSValueError(f"{self._shown_name}: no image to write: the data are None")
        if img is not None and np.asanyarray(img).dtype.kind == "b":
            raise FITSTypeError(
                f"{self._shown_name}: Unsupported numpy image datatype 0: bools; write uint8"
            )
        if img is not None and np.ndim(img) == 0:
            raise FITSValueError(f"{self._shown_name}: a single number is no image")
        records = FITSHDR(header)
        options: dict[str, Any] = {}
        if img is not None:
            dtype = np.asanyarray(img).dtype
            options = self._options(packing, dtype, np.shape(img))
            blank = _blank(records, dtype)
            options["blank"] = _null_of(img) if blank is None else blank
            if options.get("compress") is not None:
                img = without_infinities(img)
        cards = cards_of(records, _given(extver) | _OF_PIXELS)
        self.file.write_image(img, extname=extname, extver=extver, header=cards, **options)

    def _options(
        self, packing: ImageCompression, dtype: Any, shape: tuple[int, ...]
    ) -> dict[str, Any]:
        """Return the compression arguments of an image: those of the call, or of the name."""
        if self._compression is not None:
            packing = compression_of_name(self._compression, packing, shape)
        return packing.options(dtype, shape)

    @takes_compression
    def create_image_hdu(  # noqa: D417
        self,
        img: Any = None,
        dims: Any = None,
        dtype: Any = None,
        extname: str | None = None,
        extver: int | None = None,
        packing: ImageCompression = NOT_PACKED,
        header: Any = None,
    ) -> None:
        """Append an image filled with zeros, or with the pixels of `img`.

        Parameters
        ----------
        img : array_like, optional
            The pixels.
        dims : sequence of int, optional
            The shape, without `img`.
        dtype : dtype-like, optional
            The type, without `img`. By default float64.
        extname, extver, header
            As for `write_image`.
        compress, tile_dims, qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
            As for `write_image`.

        Raises
        ------
        FITSError
            As for `write_image`.
        """
        if img is not None or dims is None:
            self._append_image(img, packing, extname, extver, header)
            self.update_hdu_list(rebuild=False)
            return
        records = FITSHDR(header)
        cards = _checked(records, extver, _OF_PIXELS)
        kind, shape = np.dtype("f8" if dtype is None else dtype), tuple(np.atleast_1d(dims))
        options = self._options(packing, kind, shape)
        options["blank"] = _blank(records, kind)
        hdu = self.file.create_image_hdu(kind, shape, extname=extname, extver=extver, **options)
        if cards:
            hdu.header.update(cards, copy_commentary=True)
        self.update_hdu_list(rebuild=False)

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
            The columns. Object arrays become variable-length columns.
        table_type : {"binary", "ascii"}
            The kind of table.
        names : sequence of str, optional
            The names of the columns, for a list.
        formats : sequence of str, optional
            The formats of the columns of an ASCII table (``"I8"``, ``"F10.3"``).
        units : sequence of str, or dict, optional
            The units, one for each column, or by name.
        extname, extver, header
            As for `write_image`.
        write_bitcols : bool
            Whether to store arrays of bools as bits.

        Raises
        ------
        FITSValueError, FITSTypeError
            If FITS has no such table. The file is then unchanged.
        FITSError
            As for `rustfits.FITS.write_table`.
        """
        where = f"{self._shown_name}: the new table"
        values, _ = columns_of(where, data, names)
        check_unique(values)
        by_name = _units(units, list(values), header)
        cards = _checked(header, extver)
        if _is_ascii(table_type):
            self._write_ascii(values, formats, by_name, extname, extver, cards)
        else:
            self.file.write_table(
                values,
                extname=extname,
                extver=extver,
                units=by_name,
                bit_columns=_bits(values) if write_bitcols or self.write_bitcols else None,
                header=cards,
            )
        self.update_hdu_list(rebuild=False)

    def _write_ascii(
        self,
        values: dict[str, Any],
        formats: Any,
        units: Any,
        extname: Any,
        extver: Any,
        cards: Any,
    ) -> None:
        if formats is None:
            check_ascii({name: cells.dtype for name, cells in values.items()})
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
            Data that have the type of the columns.
        dtype : dtype-like, optional
            The structured type of the columns, without `data`.
        names, formats, dims : sequences of str, optional
            The names, formats (``"J"``, ``"5A"``, ``"1PE"``) and shapes (``"(3,2)"``) of the
            columns, without `data` and `dtype`.
        units, extname, extver, table_type, write_bitcols, header
            As for `write_table`.

        Raises
        ------
        FITSValueError, FITSTypeError
            If FITS has no such table. The file is then unchanged.
        FITSError
            As for `rustfits.FITS.create_table_hdu`.
        """
        ascii_table = _is_ascii(table_type)
        pack = write_bitcols or self.write_bitcols
        packed: list[str] = []
        var_dtypes: dict[str, Any] | None = None
        forms = None
        if data is not None:
            values, _ = columns_of(f"{self._shown_name}: the new table", data, names)
            check_unique(values)
            bits = _bits(values) if pack else None
            self._write_empty(values, ascii_table, units, extname, extver, header, bits)
            self.update_hdu_list(rebuild=False)
            return
        if dtype is not None:
            kind = np.dtype(dtype)
            if kind.fields:
                kind = plain_dtype(kind)
            if kind.fields and ascii_table:
                check_ascii({name: field[0] for name, field in kind.fields.items()})
        elif names is not None and formats is not None and ascii_table:
            kind, forms = _ascii_plan(names, formats)
        elif names is not None and formats is not None:
            kind, var_dtypes, packed = plan_of_formats(names, formats, dims)
        else:
            raise FITSValueError("a table is made of data=, of dtype=, or of names= and formats=")
        if not kind.names:
            raise FITSValueError(f"the type of a table is a structured dtype, not {kind}")
        check_unique(kind.names)
        by_name = _units(units, kind.names, header)
        cards = _checked(header, extver)
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
        self.update_hdu_list(rebuild=False)

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
        """Append a table without rows that has columns of these types."""
        by_name = _units(units, list(values), header)
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
        """Return whether the file has an HDU."""
        return len(self.file) > 0


def _blank(records: FITSHDR, dtype: np.dtype[Any]) -> int | None:
    """Return the value of BLANK as a pixel of a type, or None without it or if it does not fit."""
    stored = records.get("BLANK")
    if dtype.kind not in "iu" or type(stored) is not int:
        return None
    limits = np.iinfo(dtype)
    # Unsigned integers, but for bytes, and signed bytes are stored with an offset.
    shifted = dtype.kind == "u" if dtype.itemsize > 1 else dtype.kind == "i"
    offset = (1 << (8 * dtype.itemsize - 1)) * (1 if dtype.kind == "u" else -1) if shifted else 0
    pixel = stored + offset
    return pixel if limits.min <= pixel <= limits.max else None


def _null_of(img: Any) -> int | None:
    """Return the BLANK of an image of integers with masked pixels, as tables choose TNULL."""
    if not np.ma.is_masked(img) or img.dtype.kind not in "iu":
        return None
    limits = np.iinfo(img.dtype)
    return int(limits.max if img.dtype.kind == "u" else limits.min)


def _given(extver: Any) -> set[str]:
    """Return the keywords that other arguments set."""
    return set() if extver is None else {"EXTVER"}


def _checked(header: Any, extver: Any, without: frozenset[str] = frozenset()) -> HeaderLike:
    """Return cards that are written after the HDU is created, checked so that this cannot fail."""
    cards = cards_of(header, _given(extver) | without)
    if cards:
        header_cards(cards)
    return cards


def _units(units: Any, names: Sequence[str], header: Any) -> dict[str, str | None] | None:
    """Return units by name: those of `units`, and TUNITn of a header without TFIELDS."""
    by_name = units_of(units, names)
    records = FITSHDR(header)
    if "TFIELDS" in records:
        return by_name
    found = {
        name: str(records[f"TUNIT{number}"])
        for number, name in enumerate(names, 1)
        if f"TUNIT{number}" in records
    }
    return {**(by_name or {}), **found} if found else by_name


def _bits(values: dict[str, Any]) -> list[str]:
    """Return the names of the columns of arrays of bools, which are stored as bits."""
    return [name for name, cells in values.items() if cells.dtype.kind == "b" and cells.ndim > 1]


def _bits_of(dtype: np.dtype[Any]) -> list[str]:
    """Return the names of the fields of arrays of bools, which are stored as bits."""
    fields: Any = dtype.fields or {}
    return [name for name, field in fields.items() if field[0].base.kind == "b" and field[0].shape]


def _is_ascii(table_type: Any) -> bool:
    if table_type in ("binary", "ascii"):
        return bool(table_type == "ascii")
    if table_type in (1, 2):  # ASCII_TBL, BINARY_TBL
        return bool(table_type == 1)
    raise FITSValueError(f"table_type must be 'binary' or 'ascii', not {table_type!r}")


def _ascii_plan(names: Any, formats: Any) -> tuple[np.dtype[Any], dict[str, str]]:
    """Return the type of an ASCII table from the TFORMn of its columns."""
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


def _is_table(data: Any) -> bool:
    return isinstance(data, (list, tuple)) or is_table(data)
