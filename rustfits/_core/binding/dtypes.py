# SPDX-License-Identifier: BSD-3-Clause
"""The element types of the C library, and the numpy types of the same content."""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.library import lib

__all__ = [
    "BIT",
    "BYTES",
    "CELL_DTYPES",
    "F4",
    "F8",
    "LOGICAL",
    "NUMBERS",
    "PIXEL_DTYPES",
    "PIXEL_TYPES",
    "TEXT",
    "TYPE_OF_NUMBER",
]

F4, F8 = np.dtype("f4"), np.dtype("f8")

#: The types of pixels, by ``rf_dtype``, and the other way round.
PIXEL_DTYPES: dict[int, np.dtype[Any]] = {
    lib.RF_U8: np.dtype("u1"),
    lib.RF_I8: np.dtype("i1"),
    lib.RF_I16: np.dtype("i2"),
    lib.RF_U16: np.dtype("u2"),
    lib.RF_I32: np.dtype("i4"),
    lib.RF_U32: np.dtype("u4"),
    lib.RF_I64: np.dtype("i8"),
    lib.RF_U64: np.dtype("u8"),
    lib.RF_F32: F4,
    lib.RF_F64: F8,
}
PIXEL_TYPES: dict[np.dtype[Any], int] = {dtype: type_ for type_, dtype in PIXEL_DTYPES.items()}

#: The types of numbers in tables, by ``rf_dtype``, and the other way round.
NUMBERS: dict[int, np.dtype[Any]] = {
    lib.RF_U8: np.dtype("u1"),
    lib.RF_I8: np.dtype("i1"),
    lib.RF_I16: np.dtype("i2"),
    lib.RF_U16: np.dtype("u2"),
    lib.RF_I32: np.dtype("i4"),
    lib.RF_U32: np.dtype("u4"),
    lib.RF_I64: np.dtype("i8"),
    lib.RF_U64: np.dtype("u8"),
    lib.RF_F32: F4,
    lib.RF_F64: F8,
    lib.RF_C64: np.dtype("c8"),
    lib.RF_C128: np.dtype("c16"),
}
TYPE_OF_NUMBER: dict[np.dtype[Any], int] = {dtype: type_ for type_, dtype in NUMBERS.items()}

#: The other types of cells. Cells of bits and logicals are bool; strings have a width as well.
LOGICAL: int = lib.RF_LOGICAL
BIT: int = lib.RF_BIT
BYTES: int = lib.RF_BYTES
TEXT: int = lib.RF_TEXT

#: The types of cells that have one numpy type.
CELL_DTYPES: dict[int, np.dtype[Any]] = {
    **NUMBERS,
    LOGICAL: np.dtype(bool),
    BIT: np.dtype(bool),
}
