# SPDX-License-Identifier: BSD-3-Clause
"""`HDU`: the base class of all kinds of HDUs."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from rustfits._core.binding.errors import FITSIndexError, FITSTypeError
from rustfits._core.binding.handle import DeletedHDU
from rustfits._core.binding.hints import Hinted
from rustfits._core.binding.library import CData, check, error, ffi, lib, shown, text
from rustfits._core.binding.warnings import warn_of_file
from rustfits._core.header import html
from rustfits._core.header.header import FITSHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from typing_extensions import Self

    from rustfits._core.binding.handle import FileHandle

__all__ = ["HDU"]

#: The value of `HDU.kind` for each kind of the C library.
KINDS: dict[int, str] = {
    lib.RF_HDU_IMAGE: "image",
    lib.RF_HDU_GROUPS: "groups",
    lib.RF_HDU_TABLE: "table",
    lib.RF_HDU_ASCII_TABLE: "ascii table",
    lib.RF_HDU_COMPRESSED_IMAGE: "compressed image",
    lib.RF_HDU_COMPRESSED_TABLE: "compressed table",
    lib.RF_HDU_OTHER: "other",
}


#: What to write instead of attributes of astropy's and fitsio's HDUs.
HINTS: dict[str, str] = {
    "data": "hdu.read(), or hdu[...] for a part",
    "section": "hdu[...], which reads a part",
    "columns": "hdu.colnames, hdu.dtype and hdu.units",
    "names": "hdu.colnames",
    "get_data": "hdu.read()",
    "read_columns": "hdu.read(columns=...)",
    "read_rows": "hdu.read(rows=...)",
    "read_slice": "hdu[start:stop]",
    "name": "hdu.extname",
    "ver": "hdu.extver",
    "get_extname": "hdu.extname",
    "get_extver": "hdu.extver",
    "get_extnum": "hdu.index",
    "get_exttype": "hdu.kind",
    "get_dims": "hdu.shape",
    "get_nrows": "hdu.nrows",
    "get_colnames": "hdu.colnames",
    "get_rec_dtype": "hdu.dtype",
    "get_info": "print(hdu), hdu.shape and hdu.dtype",
    "info": "print(hdu)",
    "fileinfo": "hdu.index and hdu.kind",
    "read_header": "hdu.header",
    "write_key": "hdu.header[key] = value, or (value, comment)",
    "write_keys": "hdu.header.update(cards)",
    "write_history": "hdu.header.add_history(text)",
    "write_comment": "hdu.header.add_comment(text)",
    "write_checksum": "hdu.add_checksum()",
    "verify": "hdu.verify_checksum()",
    "to_numpy": "hdu.read()",
}

#: The generation of a file, and the ``rf_hdu_info *`` of an HDU at that generation.
Info: TypeAlias = "tuple[int, CData]"

_AnyHDU = TypeVar("_AnyHDU", bound="HDU")

_INFO_POINTER: CData = ffi.typeof("rf_hdu_info *")
_INFO_SIZE: int = ffi.sizeof("rf_hdu_info")
_new, _get_info = ffi.new, lib.rf_hdu_get_info


def read_info(file: FileHandle, index: int) -> Info:
    """Return the structure of HDU `index`, as its header describes it.

    Raises
    ------
    FITSIndexError
        If there is no such HDU.
    FITSFormatError
        If its header, or one before it, cannot be read.
    """
    handle = file._handle()
    generation = file._generation()  # first, so that the structure is never older
    info = _new(_INFO_POINTER)
    info.size = _INFO_SIZE
    err = error()
    status = _get_info(handle, index, info, err)
    if status:
        if status == lib.RF_ERR_NOT_FOUND:
            raise FITSIndexError(text(err.message))
        check(status, err)
    if info.warnings:
        warn_of_file(file, handle, info.warnings)
    return generation, info


def _of_index(kind: type[_AnyHDU], file: FileHandle, index: int) -> _AnyHDU:
    """Return the object for an HDU of a file, which is of this kind."""
    return kind(file, index, read_info(file, index))


class HDU(Hinted):
    """One header and data unit of an open file.

    A `FITS` object returns it by index, name or iteration. An HDU that is neither an image nor a
    table is a plain `HDU`, which can read the header and the raw bytes.

    A `FITS` object returns the same object for the same index. Two different objects are never
    equal.
    """

    __slots__ = (
        "__weakref__",
        "_cached",
        "_file",
        "_header",
        "_index",
        "_info",
        "_raw_header",
        "_seen",
    )

    #: What a subclass keeps about the data: None before the first access.
    _cached: Any

    _hints = HINTS

    if TYPE_CHECKING:
        # What images and tables have in common. An HDU of another kind has none of it.

        @property
        def shape(self) -> tuple[int, ...]:
            """The lengths of the axes, or the number of rows."""

        @property
        def dtype(self) -> np.dtype[Any]:
            """The type of the array that `read` returns."""

        def read(self, *args: Any, **kwargs: Any) -> Any:
            """Read the data."""

        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[Any]: ...
        def __getitem__(self, key: Any) -> Any: ...
        def __setitem__(self, key: Any, value: Any) -> None: ...

    def __init__(self, file: FileHandle, index: int, info: Info) -> None:
        self._file = file
        self._index = index
        self._seen, self._info = info
        self._header: FITSHeader | None = None
        self._raw_header: FITSHeader | None = None  # of a compressed HDU
        self._cached = None

    def _fresh(self) -> CData:
        """Return the current ``rf_hdu_info *``, or the last one of a closed file."""
        file = self._file
        if self._seen != file._generation() and not file.closed:
            seen, self._info = read_info(file, self._index)
            self._seen = seen  # last, because other threads compare it first
        return self._info

    def _move(self, index: int) -> None:
        """Follow the HDU to its new index in the file."""
        self._index = index
        for header in (self._header, self._raw_header):
            if header is not None:
                header._move(self._file, index)

    def _delete(self) -> None:
        """Become the object of a deleted HDU: the values that were read stay."""
        self._file = DeletedHDU(self._file)
        self._move(self._index)

    def _write_pending(self, keep: int = 0) -> None:
        """Write the pending values of this object, except for the last `keep` rows."""

    @property
    def index(self) -> int:
        """The position in the file: 0 for the primary HDU."""
        return self._index

    @property
    def kind(self) -> str:
        """The kind of the HDU.

        It is one of ``"image"``, ``"groups"``, ``"table"``, ``"ascii table"``,
        ``"compressed image"``, ``"compressed table"`` and ``"other"``.
        """
        return KINDS.get(self._info.kind, "other")

    @property
    def extname(self) -> str | None:
        """The value of EXTNAME, or None. Setting None removes EXTNAME."""
        info = self._fresh()
        return shown(ffi.string(info.extname)) if info.has_extname else None

    @extname.setter
    def extname(self, name: str | None) -> None:
        self._rename(name)

    def _rename(self, name: str | None, version: int | None = None) -> None:
        """Set EXTNAME, or remove it for None, and EXTVER if there is a version."""
        if name is not None and not isinstance(name, str):
            raise FITSTypeError(f"extname must be a str or None, not {type(name).__name__}")
        with self.header.edit() as header:
            if name is not None:
                header["EXTNAME"] = name
            elif "EXTNAME" in header:
                del header["EXTNAME"]
            if version is not None:
                header["EXTVER"] = version

    @property
    def extver(self) -> int:
        """The value of EXTVER, or 1."""
        return int(self._fresh().extver)

    @property
    def has_data(self) -> bool:
        """Whether there is at least one pixel, or at least one row with a column."""
        return bool(self._fresh().has_data)

    @property
    def header(self) -> FITSHeader:
        """The header. It stays readable after the file is closed."""
        if self._header is None:
            self._header = FITSHeader._live(self._file, self._index)
        return self._header

    def raw_bytes(self) -> bytes:
        """Read the stored data unit, without its padding.

        For a compressed HDU, it has descriptors and tiles. Pending rows are written first, and
        spare room is removed, as for `FITS.to_bytes`.

        Returns
        -------
        bytes
            The data unit.

        Raises
        ------
        FITSTruncatedError
            If the file ends before the data unit.
        FITSIOError
            If reading failed.
        FITSClosedError
            If the file is closed.
        """
        self._write_pending()
        err = error()
        check(lib.rf_file_flush(self._file._handle(), err), err)
        info = self._fresh()
        return self._file.read_bytes(info.data_offset, info.data_bytes)

    def add_datasum(self) -> None:
        """Write DATASUM, the checksum of the data unit, into the header.

        Raises
        ------
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If reading or writing failed.
        """
        self._add_checksum(0)

    def add_checksum(self) -> None:
        """Write CHECKSUM and DATASUM into the header, in the form that cfitsio writes.

        Raises
        ------
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If reading or writing failed.
        """
        self._add_checksum(1)

    def verify_datasum(self) -> bool | None:
        """Compare DATASUM with the data unit.

        Returns
        -------
        bool or None
            Whether they agree, or None without DATASUM.

        Raises
        ------
        FITSIOError
            If reading failed.
        """
        return self._verify_checksum()[0]

    def verify_checksum(self) -> bool | None:
        """Compare CHECKSUM with the whole HDU.

        Returns
        -------
        bool or None
            Whether they agree, or None without CHECKSUM.

        Raises
        ------
        FITSIOError
            If reading failed.
        """
        return self._verify_checksum()[1]

    def _add_checksum(self, with_checksum: int) -> None:
        err = error()
        check(lib.rf_hdu_add_checksum(self._file._handle(), self._index, with_checksum, err), err)

    def _verify_checksum(self) -> tuple[bool | None, bool | None]:
        results = ffi.new("rf_checksum_state[2]")
        err = error()
        check(
            lib.rf_hdu_verify_checksum(
                self._file._handle(), self._index, results, results + 1, err
            ),
            err,
        )
        datasum, checksum = (
            None if state == lib.RF_CHECKSUM_ABSENT else state == lib.RF_CHECKSUM_RIGHT
            for state in results
        )
        return datasum, checksum

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the file, by name and content, and the index."""
        return _of_index, (type(self), self._file, self._index)

    def __copy__(self) -> Self:
        return self.__deepcopy__({})

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Open the file again."""
        return _of_index(type(self), copy.deepcopy(self._file, memo), self._index)

    def _describe(self) -> str:
        """Return a few words on the content, for the listing of the file."""
        if not self.has_data:
            return "no data"
        return f"{self._fresh().data_bytes} bytes"

    def _html_content(self) -> str:
        """Return HTML that shows the data, without reading much."""
        return ""

    def _repr_html_(self) -> str:
        """Return what a notebook shows: it never raises, and downloads nothing."""
        try:
            return html.paragraph(repr(self)[1:-1]) + self._html_content()
        except Exception as failed:  # the file may be broken
            return html.paragraph(f"{type(self).__name__} {self._index}: {failed}")

    def __repr__(self) -> str:
        parts = [f"{type(self).__name__} {self._index}"]
        if self.extname is not None:
            parts.append(f"{self.extname!r} version {self.extver}")
        parts += [self.kind, self._describe()]
        state = " (closed)" if self._file.closed else ""
        return f"<{', '.join(parts)} of {self._file.name!r}{state}>"
