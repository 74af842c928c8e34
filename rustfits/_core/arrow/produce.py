# SPDX-License-Identifier: BSD-3-Clause
"""`Selection`: what is read of a table as Arrow data."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rustfits._core.arrow.capsule import ARRAY, SCHEMA, STREAM, make_capsule, requested_schema
from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["ArrowBatch", "Producer", "Selection"]

_NULLS = {
    "tnull": lib.RF_ARROW_NULLS_TNULL,
    "nan": lib.RF_ARROW_NULLS_NAN,
    "none": lib.RF_ARROW_NULLS_NONE,
}
_STRINGS = {"utf8": lib.RF_ARROW_UTF8, "binary": lib.RF_ARROW_BINARY}

# Streams that are not released keep their file open.
_users: dict[int, FileHandle] = {}
_numbers = itertools.count(1)


@ffi.def_extern()  # type: ignore[untyped-decorator]
def rf_py_arrow_finish(user: CData) -> None:
    """Let go of the file of a stream."""
    _users.pop(int(ffi.cast("uintptr_t", user)), None)


class Producer:
    """Base class of the tables of this package that hand over Arrow data."""

    __slots__ = ()


class Selection:
    """Columns and rows of a table, and how they become Arrow data."""

    __slots__ = (
        "_columns",
        "_file",
        "_index",
        "_requested",
        "_rows",
        "batch_rows",
        "nulls",
        "strings",
        "threads",
    )

    def __init__(
        self,
        file: FileHandle,
        index: int,
        columns: list[int],
        rows: Axis,
        *,
        batch_rows: int = 0,
        nulls: str = "tnull",
        strings: str = "utf8",
        threads: int = 0,
        requested: Any = None,
    ) -> None:
        self._file = file
        self._index = index
        self._columns = columns
        self._rows = rows
        self.batch_rows = batch_rows
        self._requested = requested
        self.nulls = _one_of("nulls", _NULLS, nulls)
        self.strings = _one_of("strings", _STRINGS, strings)
        self.threads = threads

    def _request(self) -> tuple[CData, list[CData]]:
        """Return an ``rf_arrow_request``, and what it points at."""
        numbers = ffi.new("size_t[]", self._columns or [0])
        rows = c_axes((self._rows,))
        request = ffi.new("rf_arrow_request *")
        request.size = ffi.sizeof("rf_arrow_request")
        request.rows = rows
        request.columns = numbers
        request.ncolumns = len(self._columns)
        request.batch_rows = self.batch_rows
        request.nulls = self.nulls
        request.strings = self.strings
        request.threads = self.threads
        if self._requested is not None:
            request.types = requested_schema(self._requested)
        return request, [numbers, rows]

    def fill_schema(self, schema: CData) -> None:
        """Make the ``ArrowSchema``.

        Raises
        ------
        FITSError
            If Arrow cannot hold a column, or reading the header failed.
        """
        request, kept = self._request()
        err = error()
        check(lib.rf_arrow_get_schema(self._file._handle(), self._index, request, schema, err), err)
        del kept

    def fill_stream(self, stream: CData) -> None:
        """Open the ``ArrowArrayStream``, which keeps the file open.

        Raises
        ------
        FITSError
            If Arrow cannot hold a column, or reading the header failed.
        """
        request, kept = self._request()
        number = next(_numbers)
        request.finish = lib.rf_py_arrow_finish
        request.user = ffi.cast("void *", number)
        handle = self._file._handle()
        _users[number] = self._file
        err = error()
        status = lib.rf_arrow_open_stream(handle, self._index, request, stream, err)
        del kept
        if status:
            _users.pop(number, None)
            raise failure(status, err)

    def schema_capsule(self) -> Any:
        """Return the schema as a capsule."""
        return make_capsule(SCHEMA, self.fill_schema)

    def stream_capsule(self) -> Any:
        """Return the stream as a capsule."""
        return make_capsule(STREAM, self.fill_stream)

    def batches(self) -> Iterator[ArrowBatch]:
        """Yield the batches."""
        stream = ffi.gc(ffi.new("struct ArrowArrayStream *"), _release)
        self.fill_stream(stream)
        return self._batches(stream)

    def _batches(self, stream: CData) -> Iterator[ArrowBatch]:
        while True:
            schema = ffi.gc(ffi.new("struct ArrowSchema *"), _release)
            array = ffi.gc(ffi.new("struct ArrowArray *"), _release)
            if stream.get_next(stream, array) or (
                array.release != ffi.NULL and stream.get_schema(stream, schema)
            ):
                err = error()
                raise failure(lib.rf_arrow_get_error(stream, err), err)
            if array.release == ffi.NULL:
                return
            yield ArrowBatch(schema, array)


def _release(struct: CData) -> None:
    if struct.release != ffi.NULL:
        struct.release(struct)


def _one_of(name: str, choices: dict[str, int], given: str) -> int:
    found = choices.get(given) if isinstance(given, str) else None
    if found is None:
        allowed = ", ".join(map(repr, choices))
        raise FITSValueError(f"{name} must be one of {allowed}, not {given!r}")
    return found


class ArrowBatch:
    """Some rows of a table as Arrow data, which one consumer can take.

    ``pyarrow.record_batch(batch)``, ``polars.DataFrame(batch)`` and others take it without a copy.
    """

    __slots__ = ("_array", "_nrows", "_schema")

    def __init__(self, schema: CData, array: CData) -> None:
        self._schema = schema
        self._array = array
        self._nrows = int(array.length)

    def __len__(self) -> int:
        return self._nrows

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        """Return the schema and the rows as capsules ``arrow_schema`` and ``arrow_array``.

        Raises
        ------
        FITSValueError
            If the rows were handed over before.
        """
        if self._array.release == ffi.NULL:
            raise FITSValueError("the rows of this batch were handed over before")
        return (
            make_capsule(SCHEMA, lambda made: _move(self._schema, made)),
            make_capsule(ARRAY, lambda made: _move(self._array, made)),
        )

    def __repr__(self) -> str:
        return f"<ArrowBatch of {self._nrows} rows>"


def _move(struct: CData, made: CData) -> None:
    """Move what a struct owns into another one."""
    made[0] = struct[0]
    struct.release = ffi.NULL
