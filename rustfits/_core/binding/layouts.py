# SPDX-License-Identifier: BSD-3-Clause
"""The layouts of C structs whose bytes Python packs or unpacks itself.

cffi sets one member of one struct at a time. Where a call takes many structs, packing their bytes
is ten times faster. A test compares every layout here with the struct that the C compiler made.
"""

from __future__ import annotations

import struct

import numpy as np

__all__ = [
    "AXIS",
    "COLUMN_INFO",
    "COLUMN_REQUEST",
    "COLUMN_REQUEST_FIELDS",
    "IMAGE_REQUEST",
    "MEMBERS",
]

#: One ``rf_axis``. "0q" aligns the next one.
AXIS = struct.Struct("@qqQP0q")

#: One ``rf_image_request``.
IMAGE_REQUEST = struct.Struct("@NPiiIIPQPQ")

#: One ``rf_column_request``.
COLUMN_REQUEST = struct.Struct("@NNiINPnPN")

#: One ``rf_column_info``. "x" skips the members that Python does not use.
COLUMN_INFO = struct.Struct("@N256s128s80s80s256scc0Q32x4xii0Q16xQi0Q256sidd0diqi80s4x256s0Q")

#: For each layout: the C struct, and the members that it packs or unpacks, in order.
MEMBERS: dict[struct.Struct, tuple[str, tuple[str, ...]]] = {
    AXIS: ("rf_axis", ("start", "step", "count", "indices")),
    IMAGE_REQUEST: (
        "rf_image_request",
        (
            *("size", "section", "naxis", "dtype", "flags", "threads"),
            *("data", "data_bytes", "mask", "generation"),
        ),
    ),
    COLUMN_REQUEST: (
        "rf_column_request",
        ("size", "column", "type", "flags", "width", "data", "stride", "mask", "cell_bytes"),
    ),
    COLUMN_INFO: (
        "rf_column_info",
        (
            *("size", "name", "unit", "display", "form", "warning", "letter", "descriptor"),
            *("stored", "type", "width", "ndim", "dims", "scaled", "tscal", "tzero"),
            *("has_null", "null", "has_null_text", "null_text", "key"),
        ),
    ),
}

#: An ``rf_column_request`` as numpy's fields, to change one member of many requests.
COLUMN_REQUEST_FIELDS = np.dtype(
    [
        ("size", np.uintp),
        ("column", np.uintp),
        ("type", "i4"),
        ("flags", "u4"),
        ("width", np.uintp),
        ("data", np.uintp),
        ("stride", np.intp),
        ("mask", np.uintp),
        ("cell_bytes", np.uintp),
    ],
    align=True,
)
