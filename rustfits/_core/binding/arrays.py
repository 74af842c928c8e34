# SPDX-License-Identifier: BSD-3-Clause
"""Memory for what is read: the one place where numpy reserves sizes that a file names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.errors import FITSMemoryError

if TYPE_CHECKING:
    from rustfits._core.image.pixels import Array


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
