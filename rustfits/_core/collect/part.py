# SPDX-License-Identifier: BSD-3-Clause
"""`Part`: rows of a table or a section of an image, which any process can read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import (
    FITSChangedError,
    FITSError,
    FITSIndexError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.names import shown
from rustfits._core.binding.selection import Axis
from rustfits._core.collect.identity import Identity, identity_of
from rustfits._core.file.fits import FITS
from rustfits._core.image.image import ImageHDU
from rustfits._core.table.base import TableBase
from rustfits._core.table.where import find_rows

if TYPE_CHECKING:
    from rustfits._core.header.hdu import HDU
    from rustfits._core.remote.remote import Remote

__all__ = ["Part", "read_part"]

_KINDS = ("image", "table")


@dataclass(frozen=True)
class Part:
    """A part of a file: rows of a table, or a section of an image. `plan` returns it.

    It is a plain value: it can be pickled, and `to_dict` returns what JSON can store.
    """

    file: str  #: the name of the file, absolute for local files
    hdu: int  #: index of the HDU
    kind: str  #: ``"image"`` or ``"table"``
    rows: tuple[int, int] | None  #: first row, and the row after the last one; None for images
    box: tuple[tuple[int, int], ...] | None  #: start and stop on each axis; None for tables
    bytes: int  #: bytes of the values in memory
    identity: Identity  #: what identifies the content of the file
    columns: tuple[str, ...] | None = None  #: columns of the table; None: all

    def __post_init__(self) -> None:
        if self.kind not in _KINDS or (self.rows is None) == (self.box is None):
            raise FITSValueError(f"a part is of an image with a box, or a table with rows: {self}")
        for start, stop in self._spans():
            if not 0 <= start <= stop:
                raise FITSValueError(f"a part cannot begin at {start} and stop at {stop}: {self}")

    def _spans(self) -> tuple[tuple[int, int], ...]:
        return self.box if self.box is not None else (self.rows or (0, 0),)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of what `read` returns without ``where=``."""
        return tuple(stop - start for start, stop in self._spans())

    def to_dict(self) -> dict[str, Any]:
        """Return the part as a dict that JSON can store."""
        made: dict[str, Any] = {
            "file": self.file,
            "hdu": self.hdu,
            "kind": self.kind,
            "bytes": self.bytes,
            "identity": self.identity.to_dict(),
        }
        if self.rows is not None:
            made["rows"] = list(self.rows)
        if self.box is not None:
            made["box"] = [list(span) for span in self.box]
        if self.columns is not None:
            made["columns"] = list(self.columns)
        return made

    @classmethod
    def from_dict(cls, members: Mapping[str, Any]) -> Part:
        """Return the part of a dict that `to_dict` returned.

        Parameters
        ----------
        members : mapping
            The dict, also after JSON.

        Raises
        ------
        FITSValueError
            If a member is missing or invalid.
        """
        try:
            rows, box, columns = members.get("rows"), members.get("box"), members.get("columns")
            return cls(
                str(members["file"]),
                int(members["hdu"]),
                str(members["kind"]),
                None if rows is None else _span(rows),
                None if box is None else tuple(_span(span) for span in box),
                int(members["bytes"]),
                Identity(**members["identity"]),
                None if columns is None else tuple(str(name) for name in columns),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as wrong:
            if isinstance(wrong, FITSError):
                raise
            raise FITSValueError(f"no part of a file: {members!r}: {wrong!r}") from None

    def read(
        self,
        columns: Iterable[str] | str | None = None,
        *,
        threads: int | None = 1,
        where: str | None = None,
        remote: Remote | str | None = None,
        schemes: Iterable[str] | None = None,
        **options: Any,
    ) -> Any:
        """Read the part.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns of a table. By default those of the plan.
        threads : int or None
            The maximum number of threads, as for `FITS`. One by default: those who read parts read
            many at once.
        where : str, optional
            A condition, as for `TableHDU.where`. Only rows of the part that satisfy it are read.
        remote : Remote or {"ranged", "download"}, optional
            How to fetch a remote file.
        schemes : iterable of str, optional
            The schemes that names may have, as for `FITS`.
        **options
            As for `TableHDU.read`: ``scale``, ``mask_null``, ``as_bytes``, ``as_dict``.

        Returns
        -------
        numpy.ndarray, numpy.ma.MaskedArray or dict
            As ``hdu[key]`` for an image and `TableHDU.read` for a table.

        Raises
        ------
        FITSChangedError
            If the file has changed since the plan was made.
        FITSIndexError
            If the HDU has fewer rows or pixels, which no part of a plan does.
        FITSTypeError
            If the part is of an image, and an argument is for tables.
        FITSError
            If the file cannot be opened or read. See `FITS`.
        """
        tables_only = {"columns": columns, "where": where, **options}
        if self.kind == "image":
            for name, value in tables_only.items():
                if value is not None:
                    raise FITSTypeError(f"{name}= is for tables, and the part is of an image")
        with FITS(self.file, threads=threads, remote=remote, schemes=schemes) as fits:
            self._check(fits)
            hdu = fits[self.hdu]
            if isinstance(hdu, ImageHDU) and self.box is not None:
                self._check_extent(hdu, hdu.shape)
                return hdu[tuple(slice(*span) for span in self.box)]
            if isinstance(hdu, TableBase) and self.rows is not None:
                self._check_extent(hdu, (hdu.nrows,))
                chosen = self.columns if columns is None else columns
                rows: Any = slice(*self.rows)
                if where is not None:
                    start, stop = self.rows
                    axis = Axis(start, 1, stop - start)
                    rows = find_rows(fits._file, self.hdu, axis, where)
                return hdu.read(rows=rows, columns=chosen, **options)
            raise FITSChangedError(
                f"{fits._file.name}[{self.hdu}]: the plan says {self.kind}, and the HDU is of kind "
                f"{hdu.kind!r}"
            )

    def _check_extent(self, hdu: HDU, shape: tuple[int, ...]) -> None:
        """Raise `FITSIndexError` if the part is not in its HDU."""
        spans = self._spans()
        if len(spans) != len(shape) or any(
            stop > size for (_, stop), size in zip(spans, shape, strict=True)
        ):
            raise FITSIndexError(
                f"{hdu._file.name}[{hdu.index}]: the part {list(spans)} is not in the {self.kind} "
                f"of shape {shape}"
            )

    def _check(self, fits: FITS) -> None:
        """Raise `FITSChangedError` if the file is not that of the plan."""
        found = identity_of(self.file, fits)
        self.identity.check(found, shown(self.file), "the plan was made", "make a new plan")


def read_part(part: Part | Mapping[str, Any], **options: Any) -> Any:
    """Read a part of a plan.

    Parameters
    ----------
    part : Part or mapping
        The part, or the dict of `Part.to_dict`.
    **options
        As for `Part.read`.

    Returns
    -------
    numpy.ndarray, numpy.ma.MaskedArray or dict
        As for `Part.read`.

    Raises
    ------
    FITSError
        As for `Part.read`.
    """
    return (part if isinstance(part, Part) else Part.from_dict(part)).read(**options)


def _span(ends: Any) -> tuple[int, int]:
    start, stop = ends
    return int(start), int(stop)
