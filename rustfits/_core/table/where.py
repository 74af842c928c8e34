# SPDX-License-Identifier: BSD-3-Clause
"""Rows that satisfy a condition, for ``where()``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.arrays import new_array
from rustfits._core.binding.errors import FITSColumnError, FITSError, FITSKeyError, FITSTypeError
from rustfits._core.binding.library import CData, error, failure, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["find_rows"]

Numbers = np.ndarray[Any, np.dtype[np.int64]]

# Rows of one call. The call costs far less than reading them, and needs a byte for each row beside
# the result.
_WINDOW = 1 << 20


def find_rows(file: FileHandle, index: int, rows: Axis | int, expression: str) -> Numbers:
    """Return the numbers of those `rows` that satisfy a condition. An int means the first rows.

    Raises
    ------
    FITSError
        As for `rustfits.TableHDU.where`.
    """
    if not isinstance(expression, str):
        raise FITSTypeError(f"an expression is a str, not {type(expression).__name__}")
    if isinstance(rows, int):
        rows = Axis(0, 1, rows)
    text = expression.encode("utf-8", "replace")
    out = ffi.new("rf_expr **")
    err = error()
    _check(lib.rf_expr_parse(text, len(text), out, err), err, text)
    parsed = ffi.gc(out[0], lib.rf_expr_free)
    found = [
        _judge(file, index, parsed, rows.part(first, min(_WINDOW, rows.length - first)), text)
        for first in range(0, max(rows.length, 1), _WINDOW)
    ]
    return found[0] if len(found) == 1 else np.concatenate(found)


def _judge(file: FileHandle, index: int, parsed: CData, rows: Axis, text: bytes) -> Numbers:
    """Evaluate the condition for one window of rows."""
    selected = new_array(rows.length, np.bool_)
    err = error()
    status = lib.rf_table_where(
        file._handle(),
        index,
        parsed,
        c_axes((rows,)),
        ffi.from_buffer("uint8_t[]", selected) if rows.length else ffi.NULL,
        ffi.NULL,
        err,
    )
    _check(status, err, text)
    places = np.flatnonzero(selected)
    if rows.indices is not None:
        return rows.indices[places].astype(np.int64)
    numbers = places.astype(np.int64, copy=False)
    numbers *= rows.step  # in place: there may be as many as there are rows
    numbers += rows.start
    return numbers


def _check(status: int, err: CData, text: bytes) -> None:
    """Raise the exception of a failure, with the offset in characters instead of bytes."""
    if not status:
        return
    made = failure(status, err)
    kinds = (lib.RF_ERR_ARGUMENT, lib.RF_ERR_LIMIT, lib.RF_ERR_NOT_FOUND)
    about_text = status in (*kinds, lib.RF_ERR_TYPE, lib.RF_ERR_RANGE)
    if about_text and isinstance(made, FITSError) and made.offset is not None:
        if status == lib.RF_ERR_NOT_FOUND and isinstance(made, FITSKeyError):
            made = _as_column_error(made)
        made.offset = len(text[: made.offset or 0].decode("utf-8", "replace"))
    raise made


def _as_column_error(made: FITSKeyError) -> FITSColumnError:
    """Return the same error as the exception for an unknown column."""
    column = FITSColumnError(str(made))
    column.code, column.hdu, column.offset = made.code, made.hdu, made.offset
    return column
