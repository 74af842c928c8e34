# SPDX-License-Identifier: BSD-3-Clause
"""Cells of tables as nested lists, which compare with those of other packages."""

from __future__ import annotations

import math

import numpy as np


def plain(value):
    """Return values of any package as nested lists that compare."""
    if value is None or value is np.ma.masked:
        return None
    if isinstance(value, np.ma.MaskedArray):
        return (
            plain(value.filled(0).tolist()) if value.mask is np.ma.nomask else plain_masked(value)
        )
    if isinstance(value, (np.ndarray, np.generic)):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, complex):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    return value


def plain_masked(array):
    if array.ndim == 0:
        return None if array.mask else plain(array.data)
    return [plain(one) if one is not np.ma.masked else None for one in array]


def expected_rows(hdu, nulls, rows):
    """Return what `read` gives of some rows by column, as nested lists."""
    made = {}
    schema = hdu._schema()
    for column in schema.columns:
        masked = nulls == "nan" or (
            nulls == "tnull" and (column.null_text or column.letter not in "EDCM")
        )
        read = hdu.read_column(column.key, mask_null=masked, rows=rows)
        cells = [] if not len(read) else [read[i] for i in range(len(read))]
        if column.variable:
            cells = [
                cell if isinstance(cell, str) else np.ma.ravel(cell) if masked else np.ravel(cell)
                for cell in cells
            ]
        made[column.key] = [plain(cell) for cell in cells]
    return made
