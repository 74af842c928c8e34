# SPDX-License-Identifier: BSD-3-Clause
"""The functions that read or write a file in one call."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal, SupportsIndex, overload

import numpy as np

from rustfits._core.binding.errors import (
    FITSDriverError,
    FITSExistsError,
    FITSFormatError,
    FITSNotBuiltError,
    FITSNotFoundError,
    FITSOpenError,
    FITSTruncatedError,
    FITSTypeError,
    FITSUnsupportedError,
    FITSValueError,
    NotFITSError,
)
from rustfits._core.binding.names import shown
from rustfits._core.driver.opening import FileLike, find_opener, is_file_object
from rustfits._core.file.fits import FITS
from rustfits._core.header.header import FITSHeader
from rustfits._core.image.image import ImageHDU
from rustfits._core.table.base import TableBase
from rustfits._core.table.input import is_table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rustfits._core.compression.spec import QuantizeLike
    from rustfits._core.header.hdu import HDU
    from rustfits._core.header.header import HeaderLike
    from rustfits._core.remote.remote import Remote
    from rustfits._core.table.input import TableLike

__all__ = ["first_with_data", "read", "read_header", "write", "write_image", "write_table"]


@overload
def read(
    filename: FileLike,
    ext: int | str | tuple[str, int] | None = ...,
    *,
    header: Literal[False] = ...,
    lenient: bool | None = ...,
    remote: Remote | str | None = ...,
    schemes: Iterable[str] | None = ...,
) -> np.ndarray[Any, Any]: ...
@overload
def read(
    filename: FileLike,
    ext: int | str | tuple[str, int] | None = ...,
    *,
    header: Literal[True],
    lenient: bool | None = ...,
    remote: Remote | str | None = ...,
    schemes: Iterable[str] | None = ...,
) -> tuple[np.ndarray[Any, Any], FITSHeader]: ...
def read(
    filename: FileLike,
    ext: int | str | tuple[str, int] | None = None,
    *,
    header: bool = False,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> np.ndarray[Any, Any] | tuple[np.ndarray[Any, Any], FITSHeader]:
    """Read the data of one HDU.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    ext : int, str or (str, int), optional
        The HDU: its index, name, or name and version. By default the first one with data. If none
        has data, the first image with axes or table.
    header : bool
        Whether to return the header, too.
    lenient : bool, optional
        As for `FITS`.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch a remote file.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    data : ndarray
        The pixels, or a structured array of the rows.
    header : FITSHeader
        The header, only with ``header=True``. It does not need the file.

    Raises
    ------
    FITSValueError
        If no HDU has data.
    FITSIndexError, FITSKeyError
        If there is no HDU `ext`.
    FITSUnsupportedError
        If the HDU is neither an image nor a table.
    FITSError
        If the file cannot be opened or read. See `FITS`.
    """
    with FITS(filename, lenient=lenient, remote=remote, schemes=schemes) as fits:
        hdu = first_with_data(fits) if ext is None else fits[ext]
        if not isinstance(hdu, (ImageHDU, TableBase)):
            raise FITSUnsupportedError(
                f"{fits._file.name}[{hdu.index}]: this version reads images and tables; "
                f"the HDU is of kind {hdu.kind!r}"
            )
        data: np.ndarray[Any, Any] = hdu.read()
        if not header:
            return data
        return data, hdu.header


def first_with_data(fits: FITS) -> HDU:
    """Return the HDU that `read` reads without ``ext``.

    Raises
    ------
    FITSValueError
        If no HDU has an array.
    """
    first: HDU = fits[0]
    if first.has_data:
        return first
    empty: HDU | None = None
    hdu: HDU
    for hdu in fits:
        if hdu.has_data:
            return hdu
        if empty is None and _has_shape(hdu):
            empty = hdu
    if empty is not None:
        return empty
    raise FITSValueError(f"{fits._file.name}: no HDU has data")


def _has_shape(hdu: HDU) -> bool:
    """Return whether an HDU has an array, which may have no elements."""
    return hdu.ndim > 0 if isinstance(hdu, ImageHDU) else isinstance(hdu, TableBase)


def read_header(
    filename: FileLike,
    ext: int | str | tuple[str, int] = 0,
    *,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> FITSHeader:
    """Read one header.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    ext : int, str or (str, int)
        The HDU: its index, name, or name and version.
    lenient : bool, optional
        As for `FITS`.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch a remote file.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    FITSHeader
        The header, for a compressed HDU the logical header. It does not need the file.

    Raises
    ------
    FITSIndexError, FITSKeyError
        If there is no HDU `ext`.
    FITSError
        If the file cannot be opened or read. See `FITS`.
    """
    if type(ext) is int and ext >= 0 and remote is None and lenient is None and schemes is None:
        try:
            name, opener = find_opener(filename)
            found = None if opener is not None else FITSHeader._alone(name, ext)
        except (FITSDriverError, FITSNotBuiltError):
            pass  # fsspec may know the scheme
        else:
            if found is not None and found._is_printable():
                return found
    with FITS(filename, lenient=lenient, remote=remote, schemes=schemes) as fits:
        hdu: HDU = fits[ext]
        return hdu.header


def write(
    filename: FileLike,
    data: Any,
    *,
    mode: str = "w+",
    extname: str | None = None,
    header: HeaderLike | None = None,
    compress: Any = None,
    quantize: QuantizeLike = None,
    reserve_cards: SupportsIndex = 0,
    times: str = "iso",
    atomic: bool = True,
    durable: bool = False,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> None:
    """Write data to a file. By default, this replaces an existing file.

    ``mode="x"`` refuses an existing file, and ``mode="r+"`` appends to it.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    data : array_like, dict, data frame, or data of astropy or xarray
        The data. A structured array, a dict, a data frame or an astropy `Table` becomes a table,
        any other array an image. An `NDData` or `CCDData` becomes several HDUs. See
        `FITS.write_image` and `FITS.write_table`.
    mode : {"w+", "x", "r+"}
        ``"w+"`` creates a file, which replaces an old one. ``"x"`` creates a file that must not
        exist. ``"r+"`` appends to an existing file.
    extname : str, optional
        The value of EXTNAME.
    header : FITSHeader, dict or sequence of cards, optional
        Cards to copy, including commentary. Cards that describe the structure are skipped.
    compress, quantize, reserve_cards, times
        As for `FITS.write_image` and `FITS.write_table`.
    atomic : bool
        For ``w+`` and ``x``, whether to write a temporary file that gets the name when it is
        complete. With ``x``, that step also fails if the file exists by then.
        False overwrites the old file, after checking the arguments and reserving space, for a disk
        that cannot hold both. A file object gets the complete file in order.
    durable : bool
        Whether to sync the file and its folder. A ``.gz`` is always synced.
    remote : Remote, optional
        How to send a file to a server, as for `FITS`.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Raises
    ------
    FITSExistsError
        If the mode is ``x`` and the file exists.
    FITSError
        If the file cannot be opened or written. See `FITS`, `FITS.write_image` and
        `FITS.write_table`. With `atomic`, the old file is then unchanged.
    """
    options: dict[str, Any] = {} if compress is None else {"compress": compress}
    options["reserve_cards"] = reserve_cards
    if not is_table(data):
        options["quantize"] = quantize
    elif quantize is not None:
        raise FITSTypeError("quantize= is for images, and the data are a table")
    else:
        options["times"] = times
    with _open_for_one_call(filename, mode, atomic, durable, remote, schemes) as fits:
        fits.write(data, extname=extname, header=header, **options)


def _open_for_one_call(
    filename: FileLike,
    mode: str,
    atomic: bool,
    durable: bool,
    remote: Remote | str | None,
    schemes: Iterable[str] | None,
) -> FITS:
    """Open a file for one HDU. An exception leaves an old file unchanged if the mode is not r+."""
    if mode not in ("r+", "w+", "x", "r"):
        raise FITSValueError(f"mode must be 'r+', 'w+' or 'x', not {mode!r}")
    if mode == "x":
        _refuse_existing(filename, remote, schemes)
    elif mode != "w+":
        return FITS(filename, mode, durable=durable, remote=remote, schemes=schemes)
    return FITS._create(
        filename,
        atomic=atomic,
        durable=durable,
        overwrite=mode == "w+",
        remote=remote,
        schemes=schemes,
    )


def _refuse_existing(
    filename: FileLike, remote: Remote | str | None, schemes: Iterable[str] | None
) -> None:
    """Check that there is no file where the C library does not check it.

    Raises
    ------
    FITSExistsError
        If the file exists.
    FITSValueError
        If `filename` names no file.
    """
    if is_file_object(filename) or filename == "-":
        raise FITSValueError("mode 'x' refuses an existing file: it needs the name of a file")
    name, opener = find_opener(filename)
    if opener is None:
        return
    try:
        FITS(filename, remote=remote, schemes=schemes).close()
    except FITSNotFoundError:
        return
    except (NotFITSError, FITSFormatError, FITSTruncatedError, FITSOpenError):
        pass  # there is a file, of another kind
    failed = FITSExistsError(f"{shown(name)}: the file already exists")
    failed.errno, failed.filename, failed.strerror = errno.EEXIST, shown(name), str(failed)
    raise failed


def write_image(
    filename: FileLike,
    data: ArrayLike | None,
    *,
    mode: str = "w+",
    atomic: bool = True,
    durable: bool = False,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
    **options: Any,
) -> None:
    """Write an image to a file. By default, this replaces an existing file.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    data : array_like
        The pixels, as for `FITS.write_image`.
    mode : {"w+", "x", "r+"}
        As for `write`.
    atomic, durable
        As for `write`.
    remote : Remote, optional
        How to send a file to a server, as for `FITS`.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.
    **options
        As for `FITS.write_image`.

    Raises
    ------
    FITSError
        If the file cannot be opened or written. See `FITS` and `FITS.write_image`.
    """
    with _open_for_one_call(filename, mode, atomic, durable, remote, schemes) as fits:
        fits.write_image(data, **options)


def write_table(
    filename: FileLike,
    data: TableLike,
    *,
    mode: str = "w+",
    atomic: bool = True,
    durable: bool = False,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
    **options: Any,
) -> None:
    """Write a table to a file. By default, this replaces an existing file.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    data : structured array, dict, list of arrays, or data frame
        The columns.
    mode : {"w+", "x", "r+"}
        As for `write`.
    atomic, durable
        As for `write`.
    remote : Remote, optional
        How to send a file to a server, as for `FITS`.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.
    **options
        As for `FITS.write_table`.

    Raises
    ------
    FITSError
        If the file cannot be opened or written. See `FITS` and `FITS.write_table`.
    """
    with _open_for_one_call(filename, mode, atomic, durable, remote, schemes) as fits:
        fits.write_table(data, **options)
