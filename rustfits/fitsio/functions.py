# SPDX-License-Identifier: BSD-3-Clause
"""The functions of ``fitsio`` that read or write a file in one call."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rustfits._core.binding.errors import FITSError, FITSIOError
from rustfits._core.file import convenience
from rustfits._core.file import fits as core
from rustfits.fitsio.compression import NOT_PACKED, ImageCompression, takes_compression
from rustfits.fitsio.file import FITS
from rustfits.fitsio.hdu.table_read import TableReader
from rustfits.fitsio.header import FITSHDR
from rustfits.fitsio.names import expand
from rustfits.fitsio.util import warn_ignored

__all__ = ["read", "read_header", "read_scamp_head", "write"]


class _OneCall(FITS):
    """A file that one call creates or appends to. An exception leaves the old file unchanged."""

    @staticmethod
    def _open(
        filename: str | os.PathLike[str],
        mode: str,
        lenient: bool | None,
        schemes: Iterable[str] | None,
    ) -> core.FITS:
        if mode == "w+":
            return core.FITS._create(filename, schemes=schemes)
        return FITS._open(filename, mode, lenient, schemes)


def read(
    filename: str | os.PathLike[str],
    ext: Any = None,
    extver: int | None = None,
    columns: Any = None,
    rows: Any = None,
    header: bool = False,
    case_sensitive: bool = False,
    upper: bool = False,
    lower: bool = False,
    vstorage: str = "fixed",
    verbose: bool = False,
    trim_strings: bool = False,
    lenient: bool | None = None,
    schemes: Iterable[str] | None = None,
    **keys: Any,
) -> Any:
    """Read the data of one HDU.

    Parameters
    ----------
    filename : str or os.PathLike
        As for `FITS`.
    ext : int, str or (str, int), optional
        The HDU. By default the first one with data.
    extver : int, optional
        The version, for a name.
    columns, rows, upper, lower, vstorage, trim_strings
        As for `TableHDU.read`.
    header : bool
        Whether to return the header, too.
    case_sensitive : bool
        As for `FITS`.
    verbose : bool
        Without effect.
    lenient, schemes : optional
        As for `FITS`.
    **keys
        Other arguments are ignored, with a warning.

    Returns
    -------
    data : ndarray or None
        The data of the HDU.
    header : FITSHDR
        The header, only with ``header=True``.

    Raises
    ------
    FITSIOError
        If there is no such HDU, or none has data.
    FITSError
        As for `FITS` and `TableHDU.read`.
    """
    if keys:
        warn_ignored(keys)
    del verbose
    with FITS(
        filename,
        upper=upper,
        lower=lower,
        vstorage=vstorage,
        trim_strings=trim_strings,
        case_sensitive=case_sensitive,
        lenient=lenient,
        schemes=schemes,
    ) as fits:
        hdu = _first_with_data(fits) if ext is None else fits[_named(ext, extver)]
        of_table = isinstance(hdu, TableReader)
        data = hdu.read(columns=columns, rows=rows) if of_table else hdu.read()
        return (data, hdu.read_header()) if header else data


def _first_with_data(fits: FITS) -> Any:
    for hdu in fits.file:
        if hdu.has_data:
            return fits[hdu.index]
    raise FITSIOError(f"{fits._shown_name}: no HDU has data")


def _named(ext: Any, extver: int | None) -> Any:
    return (ext, extver) if isinstance(ext, str) and extver is not None else ext


def read_header(
    filename: str | os.PathLike[str],
    ext: Any = 0,
    extver: int | None = None,
    case_sensitive: bool = False,
    lenient: bool | None = None,
    schemes: Iterable[str] | None = None,
    **keys: Any,
) -> FITSHDR:
    """Read one header.

    Parameters
    ----------
    filename : str or os.PathLike
        As for `FITS`.
    ext : int, str or (str, int)
        The HDU.
    extver : int, optional
        The version, for a name.
    case_sensitive, lenient, schemes
        As for `FITS`.
    **keys
        Other arguments are ignored, with a warning.

    Returns
    -------
    FITSHDR
        The header.

    Raises
    ------
    FITSIOError
        If there is no such HDU.
    FITSError
        As for `FITS`.
    """
    warn_ignored(keys)
    if type(ext) is int and ext == 0 and lenient is None and schemes is None:
        try:  # in one call of the C library
            return FITSHDR(convenience.read_header(filename))
        except FITSError:
            pass  # the class knows more names of files, and has the error
    with FITS(filename, case_sensitive=case_sensitive, lenient=lenient, schemes=schemes) as fits:
        header: FITSHDR = fits[_named(ext, extver)].read_header()
        return header


def read_scamp_head(fname: str | os.PathLike[str], header: FITSHDR | None = None) -> FITSHDR:
    """Read the text file that SCAMP writes beside an image.

    Parameters
    ----------
    fname : str or os.PathLike
        The file.
    header : FITSHDR, optional
        The header to add the records to. By default a new one.

    Returns
    -------
    FITSHDR
        `header`, or the new one.

    Raises
    ------
    FITSValueError
        If a line is no card.
    OSError
        If the file cannot be read.
    """
    made = FITSHDR() if header is None else header
    # Comments of SCAMP have names of catalogues with accents.
    for line in Path(expand(fname)).read_text(encoding="ascii", errors="replace").splitlines():
        text = line.strip().replace("\ufffd", "_")
        if text and text != "END":
            made.add_record(text)
    return made


@takes_compression
def write(  # noqa: D417
    filename: str | os.PathLike[str],
    data: Any,
    extname: str | None = None,
    extver: int | None = None,
    header: Any = None,
    clobber: bool = False,
    ignore_empty: bool = False,
    units: Any = None,
    table_type: str = "binary",
    names: Any = None,
    write_bitcols: bool = False,
    packing: ImageCompression = NOT_PACKED,
    schemes: Iterable[str] | None = None,
    **keys: Any,
) -> None:
    """Append an HDU to a file. A missing file is created.

    Parameters
    ----------
    filename : str or os.PathLike
        As for `FITS`.
    data : array_like, dict or list
        As for `FITS.write`.
    extname, extver, header, units, table_type, names, write_bitcols
        As for `FITS.write`.
    clobber : bool
        Whether to create a file, which replaces an old one when it is complete.
    ignore_empty, schemes
        As for `FITS`.
    compress, tile_dims, qlevel, qmethod, dither_seed, hcomp_scale, hcomp_smooth
        As for `FITS.write`.
    **keys
        Other arguments are ignored, with a warning.

    Raises
    ------
    FITSError
        As for `FITS` and `FITS.write`.
    """
    warn_ignored(keys, stacklevel=4)  # above takes_compression
    with _OneCall(
        filename, "rw", clobber=clobber, ignore_empty=ignore_empty, schemes=schemes
    ) as fits:
        fits.write(
            data,
            units=units,
            extname=extname,
            extver=extver,
            header=header,
            names=names,
            table_type=table_type,
            write_bitcols=write_bitcols,
            **packing.arguments(),
        )
