# SPDX-License-Identifier: BSD-3-Clause
"""Columns of pandas as numpy arrays, with what is undefined masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rustfits._core.arrow.stream import exports_arrow
from rustfits._core.arrow.whole import column_of_array
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError

__all__ = ["check_pandas_names", "column_of_series", "is_series"]


def is_series(values: Any) -> bool:
    """Return whether a value is a series of pandas, or has its interface."""
    return hasattr(values, "to_numpy") and hasattr(values, "isna")


def check_pandas_names(data: Any) -> None:
    """Check that the columns of a frame of pandas have different names, one level deep.

    Raises
    ------
    FITSTypeError, FITSValueError
        If they have not.
    """
    if isinstance(data, (np.ndarray, Mapping, list, tuple)) or not hasattr(data, "iloc"):
        return
    names = list(getattr(data, "columns", ()))
    if any(isinstance(name, tuple) for name in names):
        raise FITSTypeError(
            "the columns of the data frame have names of several levels: join them to one text"
        )
    texts = [str(name) for name in names]
    if len(set(texts)) < len(texts):
        twice = next(name for name in texts if texts.count(name) > 1)
        raise FITSValueError(f"two columns of the data frame have the name {twice!r}: rename one")


def column_of_series(values: Any, label: str = "the values") -> Array:
    """Return a series as an array. `label` is for messages.

    Raises
    ------
    FITSTypeError
        If FITS has no such cells.
    """
    dtype = values.dtype
    if isinstance(dtype, np.dtype):
        array: Array = values.to_numpy()
        return array
    own = getattr(dtype, "numpy_dtype", None)
    if isinstance(own, np.dtype) and own.kind in "biuf":
        undefined = np.asarray(values.isna().to_numpy(), bool)
        numbers = values.to_numpy(dtype=own, na_value=own.type())
        return np.ma.MaskedArray(numbers, undefined) if undefined.any() else numbers
    if hasattr(dtype, "subtype") and hasattr(values, "sparse"):
        dense: Array = values.sparse.to_dense().to_numpy()
        return dense
    if exports_arrow(values):
        try:
            return column_of_array(values, label)
        except FITSTypeError as failed:
            if not isinstance(failed.__cause__, ImportError):
                raise
    if getattr(dtype, "type", None) is str:  # without pyarrow
        undefined = np.asarray(values.isna().to_numpy(), bool)
        return np.array(values.astype(object).where(~undefined, "").to_list(), "U")
    raise FITSTypeError(
        f"{label}: the pandas type {dtype} needs pyarrow, which is not installed "
        "(pip install pyarrow), or a conversion by astype()"
    )
