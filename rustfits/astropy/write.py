# SPDX-License-Identifier: BSD-3-Clause
"""`write_table`: astropy's `Table` with its mixin columns, as astropy's own writer stores them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from astropy.io.fits import connect
from astropy.table import Column, MaskedColumn, Table
from astropy.time import Time

from rustfits._core.file import convenience
from rustfits._core.foreign.arrays import plain_array
from rustfits.astropy.opened import mode_of

if TYPE_CHECKING:
    from rustfits._core.compression.tables import TableCompressLike

__all__ = ["write_table"]

# Keywords of coordinates (FITS 9), by the names that astropy gives them.
_COORDINATES = {"TCTYP": "coord_type", "TCUNI": "coord_unit", "TRPOS": "time_ref_pos"}


def write_table(
    table: Table,
    output: Any,
    *,
    overwrite: bool = False,
    append: bool = False,
    name: str | None = None,
    compress: TableCompressLike = None,
    **options: Any,
) -> None:
    """Write an astropy `Table`. ``Table.write(..., format="rustfits")`` calls it.

    Mixin columns such as `SkyCoord` and `Time` are stored as ``format="fits"`` stores them, and
    both formats read them back.

    Parameters
    ----------
    table : astropy.table.Table
        The table.
    output : str, os.PathLike or file object
        The file.
    overwrite : bool
        Whether to replace an existing file.
    append : bool
        Whether to append the table to an existing file.
    name : str, optional
        The value of EXTNAME.
    compress : algorithm, True or dict, optional
        How to compress the table, as for `FITS.write_table`. astropy itself does not read
        compressed tables.
    **options
        Other options of `rustfits.write_table`.

    Raises
    ------
    OSError
        If the file exists, without `overwrite` and `append`.
    FITSError
        If the file cannot be written. An existing file is then unchanged.
    """
    mode = mode_of(output, overwrite, append)
    encoded = connect._encode_mixins(table)
    header: list[Any] = []
    if any(isinstance(column, Time) for column in encoded.itercols()):
        encoded, header = _times(encoded)
    plain = Table([_plain(column) for column in encoded.itercols()], copy=False)
    plain.meta = encoded.meta
    convenience.write_table(
        output, plain, mode=mode, extname=name, header=header, compress=compress, **options
    )


def _times(table: Table) -> tuple[Table, list[Any]]:
    """Return a table whose times are columns of numbers, and the cards that describe them."""
    from astropy.io.fits.fitstime import time_to_fits

    made, header = time_to_fits(table)
    cards: list[Any] = list(header.cards)
    for name, info in made.meta.pop("__coordinate_columns__", {}).items():
        number = made.colnames.index(name) + 1
        for keyword, key in _COORDINATES.items():
            if info.get(key) is not None:
                cards.append((f"{keyword}{number}", info[key]))
    return made, cards


def _plain(column: Any) -> Any:
    """Return a column or Quantity as a column without what the serialized columns say."""
    info = column.info
    values = plain_array(column)
    kind = MaskedColumn if isinstance(values, np.ma.MaskedArray) else Column
    return kind(
        values,
        name=info.name,
        unit=info.unit,
        format=info.format,
        description=info.description,
        copy=False,
    )
