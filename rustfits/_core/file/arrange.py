# SPDX-License-Identifier: BSD-3-Clause
"""The methods of `FITS` that copy, delete, move and rename HDUs."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import SupportsIndex

from rustfits._core.binding.convert import copy_hdu, delete_hdu, move_hdu
from rustfits._core.binding.errors import FITSIndexError, FITSTypeError, FITSValueError
from rustfits._core.file.container import Container, Name
from rustfits._core.header.hdu import HDU

__all__ = ["Arranging"]


class Arranging(Container):
    """The methods that change which HDUs a file has, and their order."""

    __slots__ = ()

    def copy_hdu(self, source: HDU, *, position: SupportsIndex | None = None) -> HDU:
        """Copy an HDU of this or another file into this file.

        Every byte of the copy is the same, except that SIMPLE becomes XTENSION, or the reverse,
        where the place in the file requires it. PCOUNT, GCOUNT and EXTEND change with them. A
        compressed HDU stays compressed. The call needs little memory.

        Parameters
        ----------
        source : HDU
            The HDU to copy, of any open file.
        position : int, optional
            The index of the copy; the HDUs from there on move. Negative values count from the end.
            By default, the copy is the last HDU.

        Returns
        -------
        HDU
            The copy.

        Raises
        ------
        FITSIndexError
            If there is no such position.
        FITSTypeError
            If `source` is not an HDU.
        FITSUnsupportedError
            If the first HDU would be one that is not an image, or random groups an extension.
        FITSTruncatedError
            If the data of `source`, or the last HDU of this file, are incomplete.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If reading or writing failed. The file is then as it was before.

        Notes
        -----
        With `position`, the copy is appended and then moved. If the process is killed between both,
        it is the last HDU.

        Examples
        --------
        >>> fits.copy_hdu(other["SCI"], position=1)
        """
        if not isinstance(source, HDU):
            raise FITSTypeError(f"copy_hdu() copies an HDU, not {type(source).__name__}")
        with self._file.edit_lock:
            self._write_pending()
            source._write_pending()
            place = None if position is None else self._place(position, len(self) + 1)
            index = copy_hdu(source._file, source.index, self._file)
            if place is not None and place != index:
                try:
                    move_hdu(self._file, index, place)
                except BaseException:
                    delete_hdu(self._file, index)
                    raise
                self._follow(index, place)
                index = place
        return self._hdu(index)

    def delete_hdu(self, key: SupportsIndex | Name) -> None:
        """Delete an HDU. The HDUs after it move. ``del fits[key]`` does the same.

        If it is the first HDU and the next one is an image, that image becomes the primary HDU.
        Otherwise an empty primary HDU takes its place. The objects of the other HDUs stay valid.
        The object of the deleted HDU raises `FITSClosedError`, but keeps its header.

        Parameters
        ----------
        key : int, str or (str, int)
            The HDU, as for ``fits[key]``.

        Raises
        ------
        FITSIndexError, FITSKeyError
            If there is no such HDU.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed.

        Notes
        -----
        If the process is killed, the file is as it was before the call or after it. No other thread
        may use HDUs of the file during the call. HDUs of other `FITS` objects of this process on
        the same file follow, too.
        """
        with self._file.edit_lock:
            index = self._index_of(key)
            self._write_pending()
            before, _ = self._counted()
            delete_hdu(self._file, index)
            step = self._counted()[0] - before  # 0: an empty primary HDU has taken its place
            self._renumber(lambda i: None if i == index else i + step if i > index else i)

    def __delitem__(self, key: SupportsIndex | Name | slice) -> None:
        """Delete an HDU, or those of a slice, the last one first."""
        if not isinstance(key, slice):
            self.delete_hdu(key)
            return
        for index in sorted(range(*key.indices(len(self))), reverse=True):
            self.delete_hdu(index)

    def move_hdu(self, key: SupportsIndex | Name, position: SupportsIndex) -> None:
        """Move an HDU to another place in the file.

        The HDUs between both places move by one. An image that becomes the first HDU gets SIMPLE,
        and the image that was the first one XTENSION. All other cards, and all data, stay. Objects
        of HDUs stay valid: their `HDU.index` changes.

        Parameters
        ----------
        key : int, str or (str, int)
            The HDU, as for ``fits[key]``.
        position : int
            Its new index. Negative values count from the end.

        Raises
        ------
        FITSIndexError, FITSKeyError
            If there is no such HDU or position.
        FITSUnsupportedError
            If the first HDU would be one that is not an image, or random groups an extension.
        FITSTruncatedError
            If the data of an HDU that moves are incomplete.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed.

        Notes
        -----
        As for `delete_hdu`.
        """
        with self._file.edit_lock:
            index = self._index_of(key)
            place = self._place(position, len(self))
            self._write_pending()
            move_hdu(self._file, index, place)
            self._follow(index, place)

    def rename_hdu(
        self, key: SupportsIndex | Name, name: str | None, ver: SupportsIndex | None = None
    ) -> None:
        """Set EXTNAME and EXTVER of an HDU.

        Parameters
        ----------
        key : int, str or (str, int)
            The HDU, as for ``fits[key]``.
        name : str or None
            The value of EXTNAME. None removes it.
        ver : int, optional
            The value of EXTVER. By default, it stays.

        Raises
        ------
        FITSIndexError, FITSKeyError
            If there is no such HDU.
        FITSTypeError, FITSValueError
            If `name` or `ver` is not one that FITS can hold.
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed.
        """
        version = None
        if ver is not None:
            try:
                version = operator.index(ver)
            except TypeError:
                raise FITSTypeError(f"ver must be an int, not {type(ver).__name__}") from None
            if not -(2**63) <= version < 2**63:
                raise FITSValueError(f"ver must have 64 bits, not {version}")
        self._hdu(self._index_of(key))._rename(name, version)

    # ---- indices ----

    def _index_of(self, key: SupportsIndex | Name) -> int:
        """Return the index of an HDU."""
        if isinstance(key, slice):
            raise FITSTypeError("an HDU is named by an int, a str or (str, int), not slice")
        hdu: HDU = self[key]
        return hdu.index

    def _place(self, position: SupportsIndex, count: int) -> int:
        """Return a position among `count` HDUs for one that may count from the end."""
        try:
            place = operator.index(position)
        except TypeError:
            raise FITSTypeError(f"position must be an int, not {type(position).__name__}") from None
        if not -count <= place < count:
            raise FITSIndexError(
                f"{self._file.name}: no position {place}: there would be {count} HDUs"
            )
        return place % count

    def _follow(self, index: int, place: int) -> None:
        """Let the objects follow the move of an HDU."""
        low, high = min(index, place), max(index, place)
        step = -1 if place > index else 1
        self._renumber(lambda i: place if i == index else i + step if low <= i <= high else i)

    def _renumber(self, new_index: Callable[[int], int | None]) -> None:
        """Give all HDU objects of the file their new indices. None: the HDU was deleted."""
        for container in self._siblings():
            objects: dict[int | str, HDU] = {}
            for index, hdu in list(container._hdus.items()):
                place = new_index(hdu.index)
                if place is None:
                    hdu._delete()
                    continue
                if place != index:
                    hdu._move(place)
                objects[place] = hdu
            container._hdus = objects

    def _write_pending(self) -> None:
        """Write the pending values of the HDU objects."""
        for hdu in list(self._hdus.values()):
            hdu._write_pending()
