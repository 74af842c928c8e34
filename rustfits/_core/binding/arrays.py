# SPDX-License-Identifier: BSD-3-Clause
"""Arrays: their memory, whose size a file names, and their shapes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from rustfits._core.binding.errors import FITSMemoryError

__all__ = ["Array", "new_array", "spread"]

Array: TypeAlias = "np.ndarray[Any, Any]"


def new_array(shape: int | tuple[int, ...], dtype: Any, *, zero: bool = False) -> Array:
    """Return a new array, whose elements are zero only with `zero`.

    Raises
    ------
    FITSMemoryError
        There is no memory for it, or numpy cannot describe an array of that size.
    """
    try:
        return np.zeros(shape, dtype) if zero else np.empty(shape, dtype)
    except (MemoryError, ValueError, OverflowError) as error:
        raise FITSMemoryError(
            f"cannot allocate an array of shape {shape} and type {np.dtype(dtype)}: {error}"
        ) from error


def spread(values: Array, shape: tuple[int, ...]) -> Array:
    """Broadcast `values` to `shape`, with their mask, which `numpy.broadcast_to` drops.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    data = np.broadcast_to(np.ma.getdata(values), shape)
    mask = np.ma.getmask(values)
    if mask is np.ma.nomask:
        return data
    made: Array = np.ma.MaskedArray(data, np.broadcast_to(mask, shape))
    return made
