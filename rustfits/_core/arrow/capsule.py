# SPDX-License-Identifier: BSD-3-Clause
"""Capsules of the Arrow PyCapsule interface."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from rustfits._core.binding.errors import FITSTypeError
from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["ARRAY", "SCHEMA", "STREAM", "Kind", "make_capsule", "requested_schema"]


class Kind:
    """A struct of the interface: its capsules have a name and a destructor."""

    __slots__ = ("_destructor", "name", "struct")

    def __init__(self, struct: str, name: bytes, destructor: CData) -> None:
        self.struct = struct
        self.name = name  # capsules point at these bytes
        self._destructor = int(ffi.cast("uintptr_t", destructor))

    def capsule(self, made: CData) -> Any:
        """Return a capsule that owns a struct."""
        new = ctypes.pythonapi.PyCapsule_New
        new.restype = ctypes.py_object
        new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
        return new(int(ffi.cast("uintptr_t", made)), self.name, self._destructor)


SCHEMA = Kind("ArrowSchema", b"arrow_schema", ffi.addressof(lib, "rf_py_free_schema"))
ARRAY = Kind("ArrowArray", b"arrow_array", ffi.addressof(lib, "rf_py_free_array"))
STREAM = Kind("ArrowArrayStream", b"arrow_array_stream", ffi.addressof(lib, "rf_py_free_stream"))


def make_capsule(kind: Kind, fill: Callable[[CData], None]) -> Any:
    """Return a capsule with a struct that a function fills. An exception of it leaves nothing."""
    made = ffi.cast(
        f"struct {kind.struct} *", lib.rf_py_arrow_new(ffi.sizeof(f"struct {kind.struct}"))
    )
    if made == ffi.NULL:
        raise MemoryError("cannot allocate an Arrow struct")
    try:
        fill(made)
        return kind.capsule(made)
    except BaseException:
        if made.release != ffi.NULL:
            made.release(made)
        lib.rf_py_arrow_free(made)
        raise


def requested_schema(capsule: Any) -> CData:
    """Return the ``ArrowSchema`` that a consumer requests, which belongs to the capsule.

    Raises
    ------
    FITSTypeError
        If it is no capsule ``arrow_schema``.
    """
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    try:
        address = pointer(capsule, SCHEMA.name)
    except (ValueError, ctypes.ArgumentError):
        raise FITSTypeError("requested_schema must be a capsule 'arrow_schema'") from None
    return ffi.cast("struct ArrowSchema *", address)
