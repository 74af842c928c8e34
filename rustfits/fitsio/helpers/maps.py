# SPDX-License-Identifier: BSD-3-Clause
"""The tables of ``fitsio``: numbers of modes, HDUs, compression and types, by name and back."""

from __future__ import annotations

from typing import Any

__all__ = [
    "ANY_HDU",
    "TYP_CKSUM_KEY",
    "TYP_CMPRS_KEY",
    "TYP_COMM_KEY",
    "TYP_CONT_KEY",
    "TYP_DIM_KEY",
    "TYP_DISP_KEY",
    "TYP_HDUID_KEY",
    "TYP_NULL_KEY",
    "TYP_RANG_KEY",
    "TYP_REFSYS_KEY",
    "TYP_SCAL_KEY",
    "TYP_STRUC_KEY",
    "TYP_UNIT_KEY",
    "TYP_USER_KEY",
    "TYP_WCS_KEY",
    "_char_modemap",
    "_compress_map",
    "_hdu_type_map",
    "_image_bitpix2npy",
    "_int_modemap",
    "_modeprint_map",
    "_qmethod_map",
    "_table_fits2npy",
    "_table_fits2npy_ascii",
    "_table_npy2fits_form",
    "_table_npy2fits_form_ascii",
]

ANY_HDU = -1

# The classes of keywords of CFITSIO.
TYP_STRUC_KEY = 10
TYP_CMPRS_KEY = 20
TYP_SCAL_KEY = 30
TYP_NULL_KEY = 40
TYP_DIM_KEY = 50
TYP_RANG_KEY = 60
TYP_UNIT_KEY = 70
TYP_DISP_KEY = 80
TYP_HDUID_KEY = 90
TYP_CKSUM_KEY = 100
TYP_WCS_KEY = 110
TYP_REFSYS_KEY = 120
TYP_COMM_KEY = 130
TYP_CONT_KEY = 140
TYP_USER_KEY = 150

_int_modemap: dict[Any, int] = {"r": 0, "rw": 1, 0: 0, 1: 1}
_char_modemap: dict[Any, str] = {"r": "r", "rw": "rw", 0: "r", 1: "rw"}
_modeprint_map: dict[Any, str] = {
    "r": "READONLY",
    "rw": "READWRITE",
    0: "READONLY",
    1: "READWRITE",
}

_hdu_type_map: dict[Any, Any] = {
    0: "IMAGE_HDU",
    1: "ASCII_TBL",
    2: "BINARY_TBL",
    "IMAGE_HDU": 0,
    "ASCII_TBL": 1,
    "BINARY_TBL": 2,
}

_compress_map: dict[Any, int] = {
    None: 0,
    "RICE": 11,
    "RICE_1": 11,
    "GZIP": 21,
    "GZIP_1": 21,
    "GZIP_2": 22,
    "PLIO": 31,
    "PLIO_1": 31,
    "HCOMPRESS": 41,
    "HCOMPRESS_1": 41,
    **{str(number): number for number in (0, 11, 21, 22, 31, 41)},
}
_qmethod_map: dict[Any, int] = {
    None: -1,
    "NO_DITHER": -1,
    "SUBTRACTIVE_DITHER_1": 1,
    "SUBTRACTIVE_DITHER_2": 2,
    -1: -1,
    1: 1,
    2: 2,
}

# By the data types of CFITSIO.
_image_bitpix2npy = {
    8: "u1",
    10: "i1",
    16: "i2",
    20: "u2",
    32: "i4",
    40: "u4",
    64: "i8",
    80: "u8",
    -32: "f4",
    -64: "f8",
}
_table_fits2npy = {
    1: "i1",
    11: "u1",
    12: "i1",
    14: "b1",
    16: "S",
    20: "u2",
    21: "i2",
    30: "u4",
    31: "i4",
    40: "u4",
    41: "i4",
    42: "f4",
    80: "u8",
    81: "i8",
    82: "f8",
    83: "c8",
    163: "c16",
}
_table_fits2npy_ascii = {16: "S", 21: "i4", 31: "i8", 41: "i8", 42: "f8", 81: "i8", 82: "f8"}

# The letters of CFITSIO for TFORMn: S, U, V and W are the types that need TZEROn.
_table_npy2fits_form = {
    "b1": "L",
    "u1": "B",
    "i1": "S",
    "S": "A",
    "U": "A",
    "u2": "U",
    "i2": "I",
    "u4": "V",
    "i4": "J",
    "i8": "K",
    "u8": "W",
    "f4": "E",
    "f8": "D",
    "c8": "C",
    "c16": "M",
}
_table_npy2fits_form_ascii = {
    "S": "A1",
    "U": "A1",
    "i2": "I7",
    "i4": "I12",
    "f4": "E26.17",
    "f8": "E26.17",
}
