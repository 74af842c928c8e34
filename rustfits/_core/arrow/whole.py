# SPDX-License-Identifier: BSD-3-Clause
"""Arrow data as numpy columns as a whole: for calls that write existing rows or one column."""

from __future__ import annotations

from typing import Any

from rustfits._core.arrow.frame import Frame
from rustfits._core.binding.arrays import Array

__all__ = ["column_of_array", "columns_of_frame"]


def columns_of_frame(where: str, data: Any) -> dict[str, Any]:
    """Return the columns of a frame by name.

    Raises
    ------
    FITSError
        If FITS cannot hold them.
    """
    with Frame(where, data) as frame:
        return frame.columns()


def column_of_array(data: Any, label: str = "the values") -> Array:
    """Return an Arrow array or a series as a numpy array, masked where it has nulls.

    Times and durations are of type datetime64 and timedelta64. `label` is for messages.

    Raises
    ------
    FITSError
        If FITS cannot hold its values.
    """
    with Frame(label, data, single=True) as frame:
        (values,) = frame.columns().values()
    return values  # type: ignore[no-any-return]
