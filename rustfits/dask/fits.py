# SPDX-License-Identifier: BSD-3-Clause
"""`to_fits`: dask arrays and dataframes as FITS files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, SupportsIndex

import dask.array as da

from rustfits._core.binding.errors import FITSTypeError
from rustfits.dask.pixels import ImageOptions, write_image
from rustfits.dask.rows import TableOptions, is_frame, write_table

if TYPE_CHECKING:
    from rustfits._core.compression.spec import CompressLike, QuantizeLike
    from rustfits._core.compression.tables import TableCompressLike
    from rustfits._core.header.header import HeaderLike

__all__ = ["to_fits"]


def to_fits(
    data: Any,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    extname: str | None = None,
    extver: int | None = None,
    header: HeaderLike | None = None,
    compress: CompressLike | TableCompressLike = None,
    quantize: QuantizeLike = None,
    blank: int | None = None,
    units: Mapping[str, str | None] | None = None,
    ztilelen: SupportsIndex | None = None,
    times: str | None = None,
    checksum: bool = True,
) -> list[str]:
    """Compute a dask array or dataframe and write it to a file, or to a file for each part.

    Tasks write beside each other. For an uncompressed image, and for a table of fixed-width
    columns, each process writes its pixels or rows into the file. For a compressed image, the
    processes encode tiles, and this process joins them. For a compressed table, and for columns of
    variable length, this process appends the rows that the others computed.

    The files are in a temporary folder beside `path` until all are complete. All processes must see
    that folder. An exception leaves the old files, and no temporary ones.

    Parameters
    ----------
    data : dask.array.Array or dask.dataframe.DataFrame
        The pixels, or the columns. The index of a dataframe is not written.
    path : str or os.PathLike
        The name of the file. With a ``*`` in its last part, each chunk or partition becomes a file
        of its own, and its number replaces the ``*``. Chunks are in C order.
    overwrite : bool
        Whether to replace existing files. By default they are an error, before any task runs.
    extname, extver : str, int, optional
        The values of EXTNAME and EXTVER.
    header : FITSHeader, dict or sequence of cards, optional
        Cards to copy, as for `FITS.write_image`.
    compress : optional
        The algorithm, as for `FITS.write_image` and `FITS.write_table`.
    quantize, blank : optional
        For arrays, as for `FITS.write_image`.
    units, ztilelen, times : optional
        For dataframes, as for `FITS.write_table`.
    checksum : bool
        Whether to write CHECKSUM and DATASUM. For one file, this reads it once more.

    Returns
    -------
    list of str
        The names of the files.

    Raises
    ------
    FITSExistsError
        If a file exists, and `overwrite` is False.
    FITSValueError
        If the chunks of an array have unknown sizes, or an argument is invalid.
    FITSTypeError
        If `data` is neither a dask array nor a dask dataframe, or FITS has no such pixels or cells.
        The message names the column.
    FITSUnsupportedError
        If `path` is remote, or one file of a name that ends in ``.gz``.
    FITSIOError
        If writing failed.
    """
    if isinstance(data, da.Array):
        _refuse(data, units=units, ztilelen=ztilelen, times=times)
        image = ImageOptions(extname, extver, header, compress, quantize, blank, checksum)
        made = write_image(data, path, image, overwrite=overwrite)
    elif is_frame(data):
        _refuse(data, quantize=quantize, blank=blank)
        how = "iso" if times is None else times
        table = TableOptions(extname, extver, header, compress, units, ztilelen, how, checksum)
        made = write_table(data, path, table, overwrite=overwrite)
    else:
        raise FITSTypeError(
            "to_fits writes a dask array or a dask dataframe, not "
            f"{type(data).__module__}.{type(data).__name__}; rustfits.write writes what is in "
            "memory"
        )
    return [str(target) for target in made]


def _refuse(data: Any, **options: object) -> None:
    for name, value in options.items():
        if value is not None:
            kind = "dataframes" if isinstance(data, da.Array) else "arrays"
            raise FITSTypeError(f"{name}= is for {kind}")
