# SPDX-License-Identifier: BSD-3-Clause
"""`AsciiTableHDU`: tables whose cells are text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.dtypes import F8, NUMBERS, TYPE_OF_NUMBER
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.table import write as table_write
from rustfits._core.table.input import NewColumn, columns_of_dtype
from rustfits._core.table.subsets import AsciiColumnSubset, AsciiSingleColumnSubset
from rustfits._core.table.table import WritableTable

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

__all__ = ["AsciiTableHDU", "ascii_columns"]

#: The types of cells as they are read, whatever the type of the values that were written.
_REAL = TYPE_OF_NUMBER[F8]
_INTEGER = TYPE_OF_NUMBER[np.dtype("i8")]
_UNSIGNED = TYPE_OF_NUMBER[np.dtype("u8")]


class AsciiTableHDU(WritableTable):
    """An ASCII table: each cell is one number or string, written as text.

    It has the methods of `TableHDU`. Integers are ``i8``, or ``u8`` by TZEROn. Floating-point
    numbers are ``f8``, because formats do not say how many digits are significant. A blank field
    is 0. A field that equals TNULLn and is no number is NaN, or 0 in a column of integers. A number
    that does not fit its field is an error.
    """

    __slots__ = ()
    _single = AsciiSingleColumnSubset
    _several = AsciiColumnSubset

    @property
    def formats(self) -> dict[str, str]:
        """The TFORMn of each column, by name, as `FITS.create_ascii_table_hdu` takes them.

        Raises
        ------
        FITSClosedError
            If the file was closed before the columns were read.
        """
        return {column.key: column.form.strip() for column in self._schema().columns}

    def insert_column(
        self,
        name: str,
        data: ArrayLike,
        *,
        position: SupportsIndex | None = None,
        after: str | SupportsIndex | None = None,
        before: str | SupportsIndex | None = None,
        unit: str | None = None,
        format: str | None = None,  # noqa: A002  the name that users know
        times: str = "iso",
    ) -> None:
        """Insert a column.

        Parameters
        ----------
        name : str
            The name.
        data : array_like
            One number or string for each row.
        position, after, before : int or str, optional
            The number of the new column, or the column before or after it. By default the column
            is the last one.
        unit : str, optional
            The unit (TUNITn).
        format : str, optional
            TFORMn: ``"I8"``, ``"F10.3"``, ``"A20"``. By default chosen by the type of `data`.
        times : {"iso", "mjd"}
            How to store ``datetime64``, as for `FITS.write_table`.

        Raises
        ------
        FITSValueError
            If the column already exists, or if `data` do not fit.
        FITSTypeError
            If ASCII tables have no such cells.
        FITSColumnError, FITSIndexError
            If there is no such position.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        made, values = table_write.column_of_data(name, data, unit, times=times)
        (column,) = ascii_columns([made], None if format is None else {name: format})
        self._insert(column, values, position, after, before)

    def _as_read(self, column: NewColumn) -> NewColumn:
        # A format does not say how narrow the type of the new column was.
        kind = NUMBERS[column.type].kind if column.type in NUMBERS else ""
        if kind == "f":
            return replace(column, type=_REAL)
        if kind in ("i", "u") and column.type != _UNSIGNED:
            return replace(column, type=_INTEGER)
        return column


def ascii_columns(
    columns: list[NewColumn], formats: Mapping[str, str] | None = None
) -> list[NewColumn]:
    """Return columns with their formats, checked for an ASCII table.

    Raises
    ------
    FITSTypeError
        If ASCII tables have no such cells.
    FITSValueError
        If a format has an unknown column.
    """
    given: dict[str, Any] = {name.lower(): form for name, form in (formats or {}).items()}
    made = []
    for column in columns:
        if column.variable or column.shape:
            raise FITSTypeError(
                f"column {column.key!r}: a cell of an ASCII table is one number or string, no array"
            )
        form = given.pop(column.key.lower(), None)
        made.append(column if form is None else replace(column, form=form))
    if given:
        raise FITSValueError(
            f"formats: no columns {sorted(given)}; there are {[column.key for column in columns]}"
        )
    return made


def ascii_columns_of_dtype(
    dtype: DTypeLike,
    units: Mapping[str, str | None] | None,
    formats: Mapping[str, str] | None,
) -> list[NewColumn]:
    """Return the columns of an ASCII table for a structured type."""
    return ascii_columns(columns_of_dtype(dtype, units), formats)
