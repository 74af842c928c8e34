# SPDX-License-Identifier: BSD-3-Clause
"""`info`: the HDUs of a file as text, and `set_keys`: keywords in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from rustfits._core.file.fits import FITS
from rustfits._core.image.image import ImageHDU
from rustfits._core.table.base import TableBase

if TYPE_CHECKING:
    from rustfits._core.driver.opening import FileLike
    from rustfits._core.header.hdu import HDU
    from rustfits._core.remote.remote import Remote

__all__ = ["FileInfo", "HDUInfo", "info", "set_keys"]


class HDUInfo(NamedTuple):
    """What `info` says about one HDU."""

    number: int
    name: str
    version: int
    kind: str
    cards: int
    shape: tuple[int, ...]
    dtype: str

    def __str__(self) -> str:
        shape = "x".join(map(str, self.shape)) or "-"
        return (
            f"{self.number:<4} {self.name or '-':<16} {self.version:<4} {self.kind:<17} "
            f"{self.cards:<6} {shape:<18} {self.dtype}"
        )


class FileInfo(Sequence[HDUInfo]):
    """A list of `HDUInfo`, whose text has one line for each HDU. `info` returns it."""

    def __init__(self, filename: str, hdus: list[HDUInfo]) -> None:
        #: The name of the file.
        self.filename = filename
        self._hdus = hdus

    @overload
    def __getitem__(self, index: int) -> HDUInfo: ...
    @overload
    def __getitem__(self, index: slice) -> list[HDUInfo]: ...
    def __getitem__(self, index: int | slice) -> HDUInfo | list[HDUInfo]:
        return self._hdus[index]

    def __len__(self) -> int:
        return len(self._hdus)

    def __repr__(self) -> str:
        head = f"{'no.':<4} {'name':<16} {'ver':<4} {'kind':<17} {'cards':<6} {'shape':<18} dtype"
        return "\n".join([self.filename, head, *map(str, self._hdus)])


def info(
    filename: FileLike,
    *,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> FileInfo:
    """Describe the HDUs of a file. Only headers are read.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    lenient : bool, optional
        As for `FITS`.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch a remote file.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    FileInfo
        A list of named tuples ``(number, name, version, kind, cards, shape, dtype)``. Its text has
        one line for each HDU. The shape of a table is ``(rows, columns)``.

    Raises
    ------
    FITSError
        If the file cannot be opened or read. See `FITS`.
    """
    with FITS(filename, lenient=lenient, remote=remote, schemes=schemes) as fits:
        return FileInfo(fits.filename, [_info_of(hdu) for hdu in fits])


def _info_of(hdu: HDU) -> HDUInfo:
    shape: tuple[int, ...] = ()
    dtype = ""
    if isinstance(hdu, ImageHDU):
        shape = tuple(hdu.shape)
        dtype = hdu.dtype.name if shape else ""
    elif isinstance(hdu, TableBase):
        shape = (hdu.nrows, hdu.ncols)
    return HDUInfo(
        hdu.index, hdu.extname or "", hdu.extver, hdu.kind, len(hdu.header.cards), shape, dtype
    )


def set_keys(
    filename: FileLike,
    keys: Mapping[str, Any] | None = None,
    *,
    ext: int | str | tuple[str, int] = 0,
    delete: Iterable[str] = (),
    durable: bool = False,
    schemes: Iterable[str] | None = None,
) -> None:
    """Set and delete keywords of one header of a file, in one write.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        As for `FITS`.
    keys : mapping, optional
        Values, or ``(value, comment)``, by keyword. ``COMMENT`` and ``HISTORY`` append cards.
    ext : int, str or (str, int)
        The HDU: its index, name, or name and version.
    delete : iterable of str
        The keywords to delete first.
    durable : bool
        Whether to sync the file.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Raises
    ------
    FITSKeyError
        If there is no HDU `ext`, or no keyword to delete. The header is then unchanged.
    FITSValueError
        If a keyword is protected, or if FITS cannot store a value. The header is then unchanged.
    FITSError
        If the file cannot be opened or written. See `FITS`.
    """
    names = [delete] if isinstance(delete, str) else list(delete)
    with FITS(filename, "r+", durable=durable, schemes=schemes) as fits:
        hdu: HDU = fits[ext]
        with hdu.header.edit() as header:
            for name in names:
                del header[name]
            for name, value in (keys or {}).items():
                header[name] = value
