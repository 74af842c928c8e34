# SPDX-License-Identifier: BSD-3-Clause
"""`GroupsHDU`: random groups, which interferometers wrote before binary tables existed."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, SupportsIndex

from rustfits._core.binding.arrays import Array, new_array
from rustfits._core.binding.errors import FITSColumnError, FITSError, FITSIndexError, FITSTypeError
from rustfits._core.table.base import TableBase

if TYPE_CHECKING:
    from rustfits._core.table.base import RowsLike

__all__ = ["GroupsHDU"]


class GroupsHDU(TableBase):
    """Random groups (FITS 6) as a table with a row for each group.

    The columns are the parameters of the groups (PTYPEn), scaled by PSCALn and PZEROn, and the
    array of each group, ``DATA``, scaled by BSCALE and BZERO. A second parameter of the same name
    gets the prefix ``_``, as in astropy, and `par` returns their sum. The library reads random
    groups and does not write them.
    """

    __slots__ = ()

    @property
    def parnames(self) -> tuple[str, ...]:
        """The names of the parameters, as in the header, including repeated ones."""
        header = self.header
        names = []
        for number, column in enumerate(self._schema().columns[:-1], 1):
            name = header.get(f"PTYPE{number}")
            names.append(name if isinstance(name, str) and name else column.name)
        return tuple(names)

    def par(self, name: str | SupportsIndex, *, rows: RowsLike = None) -> Array:
        """Read a parameter.

        Parameters
        ----------
        name : str or int
            The name, in any case, or the 0-based number. For several parameters of one name, the
            result is their sum (FITS 6.1.2.4): a date has two parts if one number has too few
            digits.
        rows : slice, sequence of int, mask or str, optional
            The groups, as for `read`.

        Returns
        -------
        numpy.ndarray
            The values, as `read` returns them. A sum is float64.

        Raises
        ------
        FITSColumnError
            If there is no parameter of that name.
        FITSIndexError
            If there is no parameter of that number.
        FITSError
            As for `read`.
        """
        columns = self._schema().columns[:-1]
        if isinstance(name, str):
            wanted = name.upper()
            chosen = [
                column
                for column, own in zip(columns, self.parnames, strict=True)
                if own.upper() == wanted
            ]
            if not chosen:
                shown = ", ".join(map(repr, self.parnames)) or "no parameters"
                raise FITSColumnError(
                    f"{self._schema().where}: no parameter {name!r}; there are {shown}"
                )
        else:
            try:
                number = operator.index(name)
            except TypeError:
                raise FITSTypeError(
                    f"a parameter is named by a str or an int, not {type(name).__name__}"
                ) from None
            if not -len(columns) <= number < len(columns):
                raise FITSIndexError(
                    f"{self._schema().where}: no parameter {number}: there are {len(columns)}"
                )
            chosen = [columns[number]]
        if len(chosen) == 1:
            return self.read_column(chosen[0].key, rows=rows)
        parts = self.read(rows=rows, columns=[column.key for column in chosen], as_dict=True)
        total: Array = new_array(len(parts[chosen[0].key]), float, zero=True)
        for part in parts.values():
            total += part
        return total

    def _describe(self) -> str:
        try:
            schema = self._schema()
        except FITSError:
            return "invalid parameters"
        shape = " × ".join(map(str, schema.columns[-1].shape)) or "1"
        return f"{schema.nrows} groups of {len(schema.columns) - 1} parameters and {shape} values"
