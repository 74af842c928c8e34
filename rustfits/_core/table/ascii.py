# SPDX-License-Identifier: BSD-3-Clause
"""ASCII tables: each cell is text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.dtypes import F8, NUMBERS, TYPE_OF_NUMBER
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.table.input import NewColumn, as_column, columns_of_data, columns_of_dtype
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

    It is read and written as a `TableHDU` is. Integers are ``i8``, or ``u8`` by TZEROn; reals are
    ``f8``, since formats do not say how many digits count. A blank field is 0; one that holds what
    TNULLn says and is no number is NaN, or 0 among integers. A number that does not fit its field
    is an error.
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
    ) -> None:
        """Add a column.

        Parameters
        ----------
        name : str
            Its name.
        data : array_like
            One number or string for each row.
        position, after, before : int or str, optional
            Where it goes: its number, or beside which column. At the end unless said.
        unit : str, optional
            TUNITn.
        format : str, optional
            TFORMn: ``"I8"``, ``"F10.3"``, ``"A20"``. By default chosen by the type of `data`.

        Raises
        ------
        FITSValueError
            There is a column of this name, or data do not fit.
        FITSTypeError
            ASCII tables have no such cells.
        FITSColumnError, FITSIndexError
            There is no such place.
        FITSReadOnlyError, FITSIOError
            Writing is not possible, or failed.
        """
        values = as_column(data)
        if values.ndim == 0:
            raise FITSValueError(f"column {name!r}: a single value, not a list of cells")
        made = columns_of_data({name: values}, None if unit is None else {name: unit})
        (column,) = ascii_columns(made, None if format is None else {name: format})
        self._insert(column, values, position, after, before)

    def _as_read(self, column: NewColumn) -> NewColumn:
        # Formats do not tell types apart as narrow as those that were asked for.
        kind = NUMBERS[column.type].kind if column.type in NUMBERS else ""
        if kind == "f":
            return replace(column, type=_REAL)
        if kind in ("i", "u") and column.type != _UNSIGNED:
            return replace(column, type=_INTEGER)
        return column


def ascii_columns(
    columns: list[NewColumn], formats: Mapping[str, str] | None = None
) -> list[NewColumn]:
    """Check that columns can be those of an ASCII table, and give them their formats.

    Raises
    ------
    FITSTypeError
        ASCII tables have no such cells.
    FITSValueError
        A format is for no column.
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
    """Give the columns of a structured type, for an ASCII table."""
    return ascii_columns(columns_of_dtype(dtype, units), formats)
