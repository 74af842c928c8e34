# SPDX-License-Identifier: BSD-3-Clause
"""`index`: the HDUs of many files as one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.dtypes import PIXEL_DTYPES
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib, shown, text
from rustfits._core.binding.names import redacted
from rustfits._core.collect.headers import text_column
from rustfits._core.collect.reading import Reader
from rustfits._core.file.fits import FITS
from rustfits._core.header.hdu import KINDS

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array
    from rustfits._core.collect.names import Files
    from rustfits._core.collect.progress import FileProgress
    from rustfits._core.remote.remote import Remote

__all__ = ["index"]

# The columns and their types; None: text.
_FIELDS: list[tuple[str, Any]] = [
    ("file", None),
    ("index", "i8"),
    ("kind", None),
    ("name", None),
    ("version", "i8"),
    ("shape", object),
    ("dtype", None),
    ("header_offset", "u8"),
    ("data_offset", "u8"),
    ("data_bytes", "u8"),
    ("compression", None),
]


def index(
    files: Files,
    *,
    threads: SupportsIndex | None = None,
    errors: str = "raise",
    progress: bool | FileProgress | None = None,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> Array:
    """List the HDUs of many files in one table. Only headers are read, on several threads.

    Parameters
    ----------
    files : str, os.PathLike, file object, or iterable of them
        The files, as for `read_headers`.
    threads : int, optional
        The maximum number of threads. By default as many as help.
    errors : {"raise", "row"}
        What happens if a header cannot be read: an exception, or a row with the message in the last
        column, ``"error"``, after the rows of the HDUs before it.
    progress : bool or callable, optional
        As for `read_headers`.
    lenient, remote, schemes
        As for `FITS`.

    Returns
    -------
    numpy.ndarray
        A structured array with a row for each HDU, in the order of the files:

        - ``file``: the name of the file
        - ``index``: the number of the HDU in the file
        - ``kind``: as `HDU.kind`
        - ``name``, ``version``: EXTNAME or an empty text, and EXTVER or 1
        - ``shape``: the shape of an image, or rows and columns of a table, as a tuple
        - ``dtype``: the type of the pixels, such as ``float32``, empty for other HDUs
        - ``header_offset``, ``data_offset``, ``data_bytes``: where header and data unit are in the
          content of the file, and the size of the data unit without padding
        - ``compression``: the algorithm of a compressed image, such as ``RICE_1``, or those of the
          columns of a compressed table, with commas between them; empty for other HDUs
        - ``error``, with ``errors="row"``: the message, or an empty text

    Raises
    ------
    FITSNotFoundError
        If a pattern matches no file, unless `errors` is ``"row"``.
    FITSError
        If a file cannot be opened, or one of its headers cannot be read. See `FITS`.

    Notes
    -----
    Texts of more than 256 characters make a column of objects.
    """
    reader = _HDUReader(
        threads=threads,
        errors=errors,
        progress=progress,
        lenient=lenient,
        remote=remote,
        schemes=schemes,
    )
    reader.read(files)
    return reader.result()


class _HDUReader(Reader):
    """Collects HDUs in an ``rf_hdu_list``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        pointer, err = ffi.new("rf_hdu_list **"), error()
        check(lib.rf_hdu_list_new(pointer, err), err)
        self._list = ffi.gc(pointer[0], lib.rf_hdu_list_free)
        self._hdu = ffi.new("rf_listed_hdu *")
        self._hdu.size = ffi.sizeof("rf_listed_hdu")
        self._looked = 0  # the first entries, which have no error

    def call(self, names: CData, count: int, done: CData, err: CData) -> int:
        return int(lib.rf_hdu_list_read(self._list, names, count, self._options, done, err))

    def failed(self) -> bool:
        count = lib.rf_hdu_list_get_count(self._list)
        while self._looked < count and not self._get(self._looked).status:
            self._looked += 1
        return self._looked < int(count)

    def open(self, file: Any) -> None:
        with FITS(file, **self.opening) as fits:
            err = error()
            check(lib.rf_hdu_list_add(self._list, fits._file._handle(), err), err)

    def raise_failure(self, name: str) -> None:
        found = self._get(self._looked)
        err = ffi.new("rf_error *")
        lib.rf_error_clear(err)
        err.code, err.hdu = found.status, found.index
        message = ffi.string(found.message)[: ffi.sizeof(err.message) - 1]
        ffi.memmove(err.message, message + b"\0", len(message) + 1)
        raise failure(found.status, err, redacted(name), opening=found.index == 0)

    def add_error(self, status: int, message: bytes) -> None:
        err = error()
        check(lib.rf_hdu_list_add_error(self._list, status, message, err), err)

    def _get(self, n: int) -> CData:
        err = error()
        check(lib.rf_hdu_list_get(self._list, n, self._hdu, err), err)
        return self._hdu

    # ---- the result ----

    def result(self) -> Array:
        """Return the table."""
        rows = [self._row(n) for n in range(lib.rf_hdu_list_get_count(self._list))]
        names = _FIELDS if self.raises else [*_FIELDS, ("error", None)]
        columns = []
        for number, (name, dtype) in enumerate(names):
            values = [row[number] for row in rows]
            column = text_column(values) if dtype is None else np.empty(len(rows), dtype)
            if dtype is not None:
                column[:] = values
            columns.append((name, column))
        data = np.empty(len(rows), [(name, column.dtype) for name, column in columns])
        for name, column in columns:
            data[name] = column
        return data

    def _row(self, n: int) -> tuple[Any, ...]:
        hdu = self._get(n)
        shape = tuple(ffi.unpack(hdu.axes, hdu.naxis)) if hdu.naxis else ()
        return (
            self.names[hdu.file],
            hdu.index,
            KINDS.get(hdu.kind, "other") if hdu.kind else "",
            shown(ffi.string(hdu.extname)),
            hdu.extver,
            shape,
            PIXEL_DTYPES[hdu.dtype].name if hdu.dtype else "",
            hdu.header_offset,
            hdu.data_offset,
            hdu.data_bytes,
            text(hdu.compression),
            text(hdu.message) if hdu.status else "",
        )
