# SPDX-License-Identifier: BSD-3-Clause
"""Columns of a table that are read when rows are selected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.header import html
from rustfits._core.table.export import ArrowExport
from rustfits._core.table.notebook import first_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.arrow.produce import Selection
    from rustfits._core.binding.arrays import Array
    from rustfits._core.table.base import RowsLike, TableBase

__all__ = [
    "AsciiColumnSubset",
    "AsciiSingleColumnSubset",
    "ColumnSubset",
    "CompressedColumnSubset",
    "CompressedSingleColumnSubset",
    "SingleColumnSubset",
]


class ColumnSubset(ArrowExport):
    """Several columns of a table: ``hdu[["ra", "dec"]]``.

    A key for rows reads them: ``hdu[["ra", "dec"]][10:20]``, or ``[...]`` for all.
    """

    __slots__ = ("_hdu", "_names")

    def __init__(self, hdu: TableBase, names: tuple[str, ...]) -> None:
        self._hdu = hdu
        self._names = names

    @property
    def colnames(self) -> tuple[str, ...]:
        """The names of the columns."""
        return self._names

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the structured array that `read` returns."""
        schema = self._hdu._schema()
        return schema.dtype(schema.select(self._names))

    def __len__(self) -> int:
        return self._hdu.nrows

    def __getitem__(self, key: Any) -> Any:
        return self._hdu._get_rows(key, self._names)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._hdu._set_rows(key, self._names, value)

    def __iter__(self) -> Iterator[Any]:
        return self._hdu.iter(columns=self._names)

    def _arrow(
        self, columns: Iterable[str] | str | None = None, rows: RowsLike = None, **options: Any
    ) -> Selection:
        return self._hdu._arrow(self._names if columns is None else columns, rows, **options)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return as_array(self.read(), dtype, copy)

    def read(
        self,
        *,
        rows: RowsLike = None,
        scale: bool = True,
        mask_null: bool = False,
        as_bytes: bool = False,
        threads: SupportsIndex | None = None,
    ) -> Array:
        """Read these columns.

        Parameters
        ----------
        rows, scale, mask_null, as_bytes, threads
            As for `TableHDU.read`.

        Returns
        -------
        numpy.ndarray
            A structured array.

        Raises
        ------
        FITSError
            As for `TableHDU.read`.
        """
        data: Array = self._hdu.read(
            rows=rows,
            columns=self._names,
            scale=scale,
            mask_null=mask_null,
            as_bytes=as_bytes,
            threads=threads,
        )
        return data

    def write(self, data: Any, *, rows: RowsLike = None) -> None:
        """Write these columns. The bytes of other columns are unchanged.

        Parameters
        ----------
        data : structured array or dict
            The cells, with one field for each of the columns.
        rows : slice, list of int, mask or str, optional
            The rows. By default all.

        Raises
        ------
        FITSError
            As for `TableHDU.write`. The table is then unchanged.
        """
        self._hdu._set_rows(rows, self._names, data)

    def _repr_html_(self) -> str:
        """Return what a notebook shows, as for the table."""
        try:
            return html.paragraph(repr(self)[1:-1]) + first_rows(self._hdu, self._names)
        except Exception as failed:  # the file may be broken
            return html.paragraph(f"{type(self).__name__}: {failed}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {list(self._names)} of {self._hdu!r}>"


class SingleColumnSubset(ArrowExport):
    """One column of a table: ``hdu["ra"]``.

    A key for rows reads it: ``hdu["ra"][10:20]``, ``[...]`` for all, ``[5]`` for one cell.
    """

    __slots__ = ("_hdu", "_name")

    def __init__(self, hdu: TableBase, name: str) -> None:
        self._hdu = hdu
        self._name = name

    @property
    def name(self) -> str:
        """The name of the column."""
        return self._name

    @property
    def unit(self) -> str | None:
        """The unit (TUNITn), or None."""
        return self._hdu._schema().find(self._name).unit

    @property
    def display(self) -> str | None:
        """The display format (TDISPn), or None."""
        return self._hdu._schema().find(self._name).display

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the elements: object for cells of variable length."""
        column = self._hdu._schema().find(self._name)
        return np.dtype(object) if column.variable else column.cells().dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of rows, and the shape of a cell."""
        schema = self._hdu._schema()
        column = schema.find(self._name)
        return (schema.nrows,) if column.variable else (schema.nrows, *column.shape)

    def __len__(self) -> int:
        return self._hdu.nrows

    def __getitem__(self, key: Any) -> Any:
        return self._hdu._get_column(key, self._name)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._hdu._set_column(key, self._name, value)

    def __iter__(self) -> Iterator[Any]:
        for row in self._hdu.iter(columns=[self._name]):
            yield row[0]

    def _arrow(
        self, columns: Iterable[str] | str | None = None, rows: RowsLike = None, **options: Any
    ) -> Selection:
        return self._hdu._arrow([self._name] if columns is None else columns, rows, **options)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        return as_array(self.read(), dtype, copy)

    def read(
        self,
        *,
        rows: RowsLike = None,
        as_bytes: bool = False,
        scale: bool = True,
        mask_null: bool = False,
        threads: SupportsIndex | None = None,
    ) -> Array:
        """Read this column.

        Parameters
        ----------
        rows, as_bytes, scale, mask_null, threads
            As for `TableHDU.read`.

        Returns
        -------
        numpy.ndarray
            A plain array of shape ``(rows, *cell)``.

        Raises
        ------
        FITSError
            As for `TableHDU.read`.
        """
        return self._hdu.read_column(
            self._name,
            rows=rows,
            as_bytes=as_bytes,
            scale=scale,
            mask_null=mask_null,
            threads=threads,
        )

    def write(self, data: ArrayLike, *, rows: RowsLike = None) -> None:
        """Write this column. The bytes of other columns are unchanged.

        Parameters
        ----------
        data : array_like
            The cells, or values that numpy can broadcast to them.
        rows : slice, list of int, mask or str, optional
            The rows. By default all.

        Raises
        ------
        FITSError
            As for `TableHDU.write`. The table is then unchanged.
        """
        self._hdu._set_column(rows, self._name, data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name!r} of {self._hdu!r}>"


class AsciiColumnSubset(ColumnSubset):
    """Several columns of an ASCII table."""

    __slots__ = ()


class AsciiSingleColumnSubset(SingleColumnSubset):
    """One column of an ASCII table."""

    __slots__ = ()


class CompressedColumnSubset(ColumnSubset):
    """Several columns of a compressed table."""

    __slots__ = ()


class CompressedSingleColumnSubset(SingleColumnSubset):
    """One column of a compressed table."""

    __slots__ = ()


def as_array(data: Array, dtype: DTypeLike | None, copy: bool | None) -> Array:
    """Return `data` as ``np.asarray`` needs it."""
    if copy is False:
        raise ValueError("cells of a file cannot be had as an array without a copy")
    return data if dtype is None else data.astype(dtype, copy=False)
