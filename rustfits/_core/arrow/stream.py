# SPDX-License-Identifier: BSD-3-Clause
"""`Stream`: the batches that another package hands over by the Arrow C data interface."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, Protocol

from rustfits._core.arrow.decode import Values, decode, nulls
from rustfits._core.arrow.field import Field, read_field
from rustfits._core.arrow.produce import Producer
from rustfits._core.binding.errors import (
    FITSError,
    FITSFormatError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.library import CData, ffi

__all__ = ["Batch", "ExportsArray", "ExportsStream", "Stream", "exports_arrow", "open_stream"]

_pointer = ctypes.pythonapi.PyCapsule_GetPointer
_pointer.restype = ctypes.c_void_p
_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]


class ExportsStream(Protocol):
    """An object that hands over batches as Arrow data, such as a data frame."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return a capsule ``arrow_array_stream``."""


class ExportsArray(Protocol):
    """An object that hands over one array as Arrow data, such as a batch of records."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]:
        """Return capsules ``arrow_schema`` and ``arrow_array``."""


def exports_arrow(data: Any) -> bool:
    """Return whether an object of another package hands over Arrow data.

    Tables of this package are arrays as well, which say more of their columns.
    """
    kind = type(data)
    if issubclass(kind, Producer):
        return False
    return hasattr(kind, "__arrow_c_stream__") or hasattr(kind, "__arrow_c_array__")


def _moved(capsule: Any, kind: str, name: bytes) -> CData:
    """Take a struct out of its capsule, which then owns nothing."""
    try:
        address = _pointer(capsule, name)
    except (ValueError, ctypes.ArgumentError):
        raise FITSTypeError(f"expected a capsule '{name.decode()}' of Arrow data") from None
    found = ffi.cast(f"struct {kind} *", address)
    if found.release == ffi.NULL:
        raise FITSValueError("the Arrow data were handed over before")
    made = ffi.new(f"struct {kind} *")
    made[0] = found[0]
    found.release = ffi.NULL
    return made


class _Owner:
    """An Arrow struct that is released when nothing uses it."""

    __slots__ = ("struct",)

    def __init__(self, struct: CData) -> None:
        self.struct = struct

    def __del__(self) -> None:
        struct = self.struct
        if struct.release != ffi.NULL:
            struct.release(struct)


class Batch:
    """Some rows of a stream: a struct array of its columns, or an array that is one column."""

    __slots__ = ("_array", "_field", "_owner", "_single", "count")

    def __init__(self, owner: _Owner, field: Field, where: str, single: bool) -> None:
        array = owner.struct
        self._owner, self._array, self._field, self._single = owner, array, field, single
        self.count = int(array.length)
        if single:
            return
        if array.length < 0 or array.offset < 0 or array.n_children != len(field.children):
            raise FITSFormatError(f"{where}: a batch has other columns than its stream says")
        mask = nulls(owner, array, array.offset, self.count)
        if mask is not None:
            raise FITSValueError(
                f"{where}: row {int(mask.argmax())} of a batch is null as a whole, which FITS "
                "cannot hold: drop such rows"
            )

    def column(self, number: int, start: int, count: int) -> Values:
        """Return values of a column: those of `count` rows from `start`."""
        if self._single:
            return decode(self._owner, self._field, self._array, start, count)
        child, first = self._array.children[number], int(self._array.offset) + start
        return decode(self._owner, self._field.children[number], child, first, count)


class Stream:
    """Batches of one type, each of which can be read once."""

    __slots__ = ("_first", "_owner", "field", "where")

    def __init__(self, where: str, owner: _Owner, field: Field, first: _Owner | None) -> None:
        self.where = where
        self.field = field
        self._owner = owner
        self._first = first  # the only array, if there is no stream

    def arrays(self) -> Iterator[_Owner]:
        """Yield the arrays.

        Raises
        ------
        FITSError
            If the other package fails to produce one. Its message is part of this one.
        """
        if self._first is not None:
            yield self._first
            return
        stream = self._owner.struct
        while True:
            array = ffi.new("struct ArrowArray *")
            code = stream.get_next(stream, array)
            if code:
                raise FITSError(f"{self.where}: reading the data failed: {_message(stream, code)}")
            if array.release == ffi.NULL:
                return
            yield _Owner(array)

    def batches(self, single: bool = False) -> Iterator[Batch]:
        """Yield the batches that have rows. `single`: they are one column, not a table."""
        for owner in self.arrays():
            if owner.struct.length:
                yield Batch(owner, self.field, self.where, single)


def _message(stream: CData, code: int) -> str:
    found = stream.get_last_error(stream)
    if found == ffi.NULL:
        return f"error {code}"
    return str(ffi.string(found).decode("utf-8", "replace")).strip()


def open_stream(where: str, data: Any) -> Stream:
    """Return the Arrow data of an object.

    Raises
    ------
    FITSTypeError
        If the object cannot hand them over.
    """
    kind = type(data)
    first: _Owner | None = None
    try:
        if hasattr(kind, "__arrow_c_stream__"):
            owner = _Owner(_moved(data.__arrow_c_stream__(), "ArrowArrayStream", _STREAM))
        else:
            schema, array = data.__arrow_c_array__()
            owner = _Owner(_moved(schema, "ArrowSchema", b"arrow_schema"))
            first = _Owner(_moved(array, "ArrowArray", b"arrow_array"))
            return Stream(where, owner, read_field(owner.struct), first)
    except FITSError:
        raise
    except Exception as failed:
        raise FITSTypeError(
            f"{where}: the {kind.__name__} cannot be handed over as Arrow data: {failed}"
        ) from failed
    made = ffi.new("struct ArrowSchema *")
    code = owner.struct.get_schema(owner.struct, made)
    if code:
        raise FITSError(f"{where}: reading the data failed: {_message(owner.struct, code)}")
    schema = _Owner(made)
    return Stream(where, owner, read_field(schema.struct), None)


_STREAM = b"arrow_array_stream"
