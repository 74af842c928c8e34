# SPDX-License-Identifier: BSD-3-Clause
"""`read_headers`: keywords of many files as one table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.errors import FITSError, FITSValueError
from rustfits._core.binding.library import CData, check, error, ffi, lib, shown, text
from rustfits._core.binding.names import shown as shown_name
from rustfits._core.collect.reading import Reader
from rustfits._core.file.convenience import read_header
from rustfits._core.header.values import key_bytes

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array
    from rustfits._core.collect.names import Files
    from rustfits._core.collect.progress import FileProgress
    from rustfits._core.remote.remote import Remote

__all__ = ["read_headers", "text_column"]

# The types of columns. One without values has the type of numbers.
_DTYPES = {
    lib.RF_VALUE_UNDEFINED: np.dtype("f8"),
    lib.RF_VALUE_LOGICAL: np.dtype("?"),
    lib.RF_VALUE_INTEGER: np.dtype("i8"),
    lib.RF_VALUE_REAL: np.dtype("f8"),
    lib.RF_VALUE_COMPLEX: np.dtype("c16"),
}
# Longer texts are objects: an array of str takes the memory of the longest one for each row.
_LONGEST = 256
# The names of our own columns.
_OWN = ("file", "error")


def read_headers(
    files: Files,
    keys: Iterable[str] | str | None = None,
    *,
    ext: SupportsIndex | str | tuple[str, int] = 0,
    threads: SupportsIndex | None = None,
    errors: str = "raise",
    progress: bool | FileProgress | None = None,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> np.ma.MaskedArray[Any, Any]:
    """Read keywords of the headers of many files into one table.

    Files are opened, checked and read as `read_header` does it, but in C and on several threads.

    Parameters
    ----------
    files : str, os.PathLike, file object, or iterable of them
        The files: names, URLs, and glob patterns such as ``"night*/**/*.fits"``. A name that a file
        has is never a pattern. Any iterable will do, also one of millions of names.
    keys : sequence of str, optional
        The keywords, in any case, with or without ``HIERARCH``. By default all keywords that a
        header has, except blank ones.
    ext : int, str or (str, int)
        The HDU of each file: its index, name, or name and version.
    threads : int, optional
        The maximum number of threads. By default as many as help.
    errors : {"raise", "row"}
        What happens if a file cannot be read: an exception, or a row with the message in the last
        column, ``"error"``, which is empty for the other files.
    progress : bool or callable, optional
        By default a bar of tqdm, if that is installed, on a terminal, after two seconds. True shows
        it everywhere, False never. A callable is called as ``progress(done, total)`` with numbers
        of files. `total` is None if it is unknown.
    lenient, remote, schemes
        As for `FITS`.

    Returns
    -------
    numpy.ma.MaskedArray
        A structured array with a row for each file. The first column, ``"file"``, is its name. The
        others have the names of the keywords, in the order of `keys`, or in that in which they
        first appear. The mask is set where a header has no such keyword, or where it has no value.

    Raises
    ------
    FITSNotFoundError
        If a pattern matches no file, unless `errors` is ``"row"``.
    FITSIndexError, FITSKeyError
        If a file has no HDU `ext`.
    FITSValueError
        If no header can have a keyword, or one is named twice.
    FITSLimitError
        If the headers have more than 10,000 different keywords.
    FITSError
        If a file cannot be opened or read. See `FITS`.

    Notes
    -----
    A column has the narrowest type that holds the values of all files: ``bool``, ``int64``,
    ``float64``, ``complex128``, or text, in this order. Where that would lose something, it is
    text: reals beside integers beyond 2**53, and integers beyond 64 bits. In a column of text,
    numbers are written as in a header: ``T``, ``5``, ``1.5``. Texts of more than 256 characters
    make a column of objects. A column without any value is ``float64``.

    If several cards have a keyword, the first one counts. The texts of COMMENT and HISTORY cards
    are joined by newlines. Strings that continue in CONTINUE cards are whole. For compressed HDUs
    it is the header of the image or table in the tiles. Keywords of all files are one column if
    they differ in case only. The keywords ``file`` and ``error`` in lower case, which only
    ``HIERARCH`` cards can have, become ``FILE`` and ``ERROR``.

    There are no warnings about headers that depart from the standard. `read_header` issues them.
    """
    reader = _HeaderReader(
        keys,
        ext=ext,
        threads=threads,
        errors=errors,
        progress=progress,
        lenient=lenient,
        remote=remote,
        schemes=schemes,
    )
    reader.read(files)
    return reader.result()


class _HeaderReader(Reader):
    """Collects the values of headers in an ``rf_header_table``."""

    def __init__(self, keys: Iterable[str] | str | None, **options: Any) -> None:
        super().__init__(**options)
        pointer, err = ffi.new("rf_header_table **"), error()
        self._keys = name_list("keys", keys)
        names = [ffi.new("char[]", key_bytes(key)) for key in self._keys or ()]
        array = ffi.NULL if self._keys is None else ffi.new("char *[]", [*names, ffi.NULL])
        status = lib.rf_header_table_new(array, len(names), pointer, err)
        if status == lib.RF_ERR_ARGUMENT:
            raise FITSValueError(text(err.message))
        check(status, err)
        self._table = ffi.gc(pointer[0], lib.rf_header_table_free)

    def call(self, names: CData, count: int, done: CData, err: CData) -> int:
        return int(lib.rf_header_table_read(self._table, names, count, self._options, done, err))

    def failed(self) -> bool:
        return bool(lib.rf_header_table_get_errors(self._table))

    def open(self, file: Any) -> None:
        header = read_header(file, self.ext, **self.opening)
        err = error()
        check(lib.rf_header_table_add(self._table, header._clone(), err), err)

    def raise_failure(self, name: str) -> None:
        self.open(name)  # raises
        raise FITSError(f"{shown_name(name)}: the file changed while it was read")

    def add_error(self, status: int, message: bytes) -> None:
        err = error()
        check(lib.rf_header_table_add_error(self._table, status, message, err), err)

    # ---- the result ----

    def result(self) -> np.ma.MaskedArray[Any, Any]:
        """Return the table."""
        columns = [self._column(i) for i in range(lib.rf_header_table_get_columns(self._table))]
        files = text_column(self.names)
        fields: list[tuple[str, Any]] = [("file", files.dtype)]
        used = set(_OWN)
        for number, column in enumerate(columns):
            fields.append((self._field_name(number, column, used), _dtype_of(column)))
        if not self.raises:
            messages = text_column(self._errors())
            fields.append(("error", messages.dtype))
        dtype = np.dtype(fields)
        data = np.zeros(len(self.names), dtype)
        mask: Array = np.ones(len(self.names), np.ma.make_mask_descr(dtype))
        for name, own in (("file", files), *([] if self.raises else [("error", messages)])):
            data[name] = own
            mask[name] = False
        for number, column in enumerate(columns):
            if column.cells:
                self._fill(number, column, data, mask, fields[number + 1][0])
        return np.ma.MaskedArray(data, mask)

    def _column(self, number: int) -> CData:
        column, err = ffi.new("rf_key_column *"), error()
        column.size = ffi.sizeof("rf_key_column")
        check(lib.rf_header_table_get_column(self._table, number, column, err), err)
        return column

    def _field_name(self, number: int, column: CData, used: set[str]) -> str:
        """Return the name of a column, which no other one has."""
        name = shown(ffi.string(column.name)) if self._keys is None else self._keys[number]
        if name in _OWN:
            name = name.upper()
        made, count = name, 1
        while made in used:
            count += 1
            made = f"{name}_{count}"
        used.add(made)
        return made

    def _errors(self) -> list[str]:
        """Return the message of each row, or an empty text."""
        messages = [""] * len(self.names)
        row, status, message = ffi.new("size_t *"), ffi.new("rf_status *"), ffi.new("char **")
        err = error()
        for n in range(lib.rf_header_table_get_errors(self._table)):
            check(lib.rf_header_table_get_error(self._table, n, row, status, message, err), err)
            messages[row[0]] = text(message[0])
        return messages

    def _fill(self, number: int, column: CData, data: Array, mask: Array, name: str) -> None:
        """Copy the values of a column, and clear the mask where there are some."""
        dtype = data.dtype[name]
        if column.type == lib.RF_VALUE_STRING and not (dtype.kind == "U" and column.is_ascii):
            self._fill_texts(number, column, data[name], mask[name])
            return
        cells, err = ffi.new("rf_key_cells *"), error()
        cells.size = ffi.sizeof("rf_key_cells")
        cells.data, cells.stride = ffi.cast("char *", _address(data[name])), data.dtype.itemsize
        cells.mask = ffi.cast("uint8_t *", _address(mask[name]))
        cells.mask_stride, cells.rows = mask.dtype.itemsize, len(data)
        cells.width = dtype.itemsize // 4
        check(lib.rf_header_table_fill(self._table, number, cells, err), err)

    def _fill_texts(self, number: int, column: CData, values: Array, masks: Array) -> None:
        row, value, err = ffi.new("size_t *"), ffi.new("rf_value *"), error()
        if values.dtype.kind == "O":
            values[...] = None
        for n in range(column.cells):
            check(lib.rf_header_table_get_cell(self._table, number, n, row, value, err), err)
            values[row[0]] = shown(ffi.unpack(value.text, value.text_length))
            masks[row[0]] = False


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _dtype_of(column: CData) -> np.dtype[Any]:
    """Return the type of a column."""
    if column.type != lib.RF_VALUE_STRING:
        return _DTYPES[column.type]
    return np.dtype(object if column.longest > _LONGEST else f"U{max(column.longest, 1)}")


def text_column(texts: list[str]) -> Array:
    """Return an array of texts: of str, or of objects where one is long."""
    longest = max(map(len, texts), default=0)
    if longest > _LONGEST:
        made = np.empty(len(texts), object)
        made[:] = texts
        return made
    return np.array(texts, f"U{max(longest, 1)}")
