# SPDX-License-Identifier: BSD-3-Clause
"""`read_table`: tables as astropy's `Table`, equal to what its own reader returns."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from astropy import units
from astropy.io.fits import connect
from astropy.io.fits.column import _fortran_to_python_format
from astropy.table import Column, MaskedColumn, Table
from astropy.utils.exceptions import AstropyUserWarning

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.file.fits import FITS
from rustfits._core.table.base import TableBase
from rustfits.astropy.opened import opened

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array
    from rustfits._core.table.base import RowsLike

__all__ = ["read_table"]

_COMMENT = re.compile(r"TCOMM(\d+)")


def read_table(
    source: Any,
    hdu: int | str | tuple[str, int] | None = None,
    *,
    columns: Iterable[str] | str | None = None,
    rows: RowsLike = None,
    astropy_native: bool = False,
    character_as_bytes: bool = True,
    unit_parse_strict: str = "warn",
    mask_invalid: bool = True,
    **options: Any,
) -> Table:
    """Read a table as an astropy `Table`. ``Table.read(..., format="rustfits")`` calls it.

    Parameters
    ----------
    source : str, os.PathLike, file object, FITS or TableHDU
        The file, or a table of an open file.
    hdu : int, str or (str, int), optional
        The HDU. By default the first table.
    columns : str or sequence of str, optional
        The columns to read, in this order. By default all.
    rows : slice, sequence of int, mask, or str, optional
        The rows to read, or a condition such as ``"mag < 18"``. By default all.
    astropy_native : bool
        Whether columns of times by the FITS Standard become `Time`.
    character_as_bytes : bool
        Whether strings are bytes (``S``), as for ``format="fits"``, or text (``U``).
    unit_parse_strict : {"warn", "raise", "silent"}
        What to do with units that astropy does not know.
    mask_invalid : bool
        Whether NaN and empty strings are masked.
    **options
        Options of `FITS` for opening the file, such as ``remote="ranged"`` or ``lenient=True``.

    Returns
    -------
    astropy.table.Table
        The table.

    Raises
    ------
    ValueError
        If there is no table, or `hdu` is none.
    FITSError
        If the file cannot be opened or read.
    """
    if isinstance(source, TableBase):
        table = source
    else:
        with opened(source, **options) as fits:
            return read_table(
                _find(fits, hdu),
                columns=columns,
                rows=rows,
                astropy_native=astropy_native,
                character_as_bytes=character_as_bytes,
                unit_parse_strict=unit_parse_strict,
                mask_invalid=mask_invalid,
            )
    names = [columns] if isinstance(columns, str) else columns
    cells: dict[str, Array] = table.read(
        rows=rows, columns=names, mask_null=True, as_bytes=True, as_dict=True
    )
    header = table.header.to_astropy()
    numbers = {name: number for number, name in enumerate(table.colnames, 1)}
    made = []
    for name, values in cells.items():
        column = _column(name, values, header.get(f"TNULL{numbers[name]}"), mask_invalid)
        if column.dtype.kind == "S" and not character_as_bytes:
            column = _text(column)
        _describe(column, header, numbers[name], unit_parse_strict)
        made.append(column)
    result = Table(made, copy=False)
    if astropy_native:
        header = _native_times(header, result, numbers)
    result.meta.update(_meta(header))
    return connect._decode_mixins(result)


def _find(fits: FITS, hdu: int | str | tuple[str, int] | None) -> TableBase:
    """Return the table to read."""
    name = fits._file.name
    if hdu is not None:
        found: Any = fits[hdu]
        if not isinstance(found, TableBase):
            raise FITSValueError(f"{name}: no table found in hdu={hdu}")
        return found
    tables = [one for one in fits if isinstance(one, TableBase)]
    if not tables:
        raise FITSValueError(f"{name}: no table found")
    if len(tables) > 1:
        warnings.warn(
            "hdu= was not specified but multiple tables are present, reading in first available "
            f"table (hdu={tables[0].index})",
            AstropyUserWarning,
            stacklevel=4,
        )
    return tables[0]


def _column(name: str, values: Any, null: Any, mask_invalid: bool) -> Any:
    """Return a column, masked where its cells are undefined."""
    data, mask = np.ma.getdata(values), np.ma.getmaskarray(values)
    fill: Any = None
    if data.dtype.kind == "O":
        return Column(data, name=name)
    if null is not None and data.dtype.kind in "iu":
        # Masked also if no cell is: a table that is written again has TNULL again.
        return MaskedColumn(data, name=name, mask=mask, fill_value=values.fill_value, copy=False)
    if data.dtype.kind in "fc" and mask_invalid:
        mask, fill = np.isnan(data), np.nan
    elif data.dtype.kind == "S" and mask_invalid:
        mask, fill = data == b"", b""
    elif data.dtype.kind in "fcS":
        mask = np.zeros(data.shape, bool)
    if mask.any():
        return MaskedColumn(data, name=name, mask=mask, fill_value=fill, copy=False)
    return Column(data, name=name, copy=False)


def _text(column: Any) -> Any:
    """Return a column of bytes as text."""
    data = np.ma.getdata(column).view(np.ndarray)
    text = np.char.decode(data, "latin-1").astype(f"U{data.dtype.itemsize}")
    if isinstance(column, MaskedColumn):
        return MaskedColumn(text, name=column.name, mask=column.mask, fill_value="")
    return Column(text, name=column.name)


def _describe(column: Any, header: Any, number: int, unit_parse_strict: str) -> None:
    """Set what the header says about a column."""
    unit, display = header.get(f"TUNIT{number}"), header.get(f"TDISP{number}")
    if unit is not None and unit.strip():
        column.unit = units.Unit(unit, format="fits", parse_strict=unit_parse_strict)
    if display is not None:
        column.format = _fortran_to_python_format(display)
    comment = header.get(f"TCOMM{number}")
    if comment:
        column.description = comment


def _native_times(header: Any, table: Table, numbers: dict[str, int]) -> Any:
    """Make columns of times `Time`, and return the header without what describes them."""
    from astropy.io.fits.fitstime import fits_to_time

    if [numbers[name] for name in table.colnames] != list(range(1, len(numbers) + 1)):
        raise FITSValueError("astropy_native=True needs all columns: leave out columns=")
    return fits_to_time(header, table)


def _meta(header: Any) -> dict[str, Any]:
    """Return the cards of a table that are not about structure or columns."""
    meta: dict[str, Any] = {}
    for key, value, _ in header.cards:
        if key in ("COMMENT", "HISTORY"):
            meta.setdefault("comments" if key == "COMMENT" else key, []).append(value)
        elif key in meta:
            if not isinstance(meta[key], list):
                meta[key] = [meta[key]]
            meta[key].append(value)
        elif not (
            connect.is_column_keyword(key)
            or key in connect.REMOVE_KEYWORDS
            or _COMMENT.fullmatch(key)
        ):
            meta[key] = value
    return meta
