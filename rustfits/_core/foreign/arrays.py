# SPDX-License-Identifier: BSD-3-Clause
"""Arrays of other packages as numpy arrays, with their masks.

This module imports none of those packages. It recognises types by their attributes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError

__all__ = ["plain_array"]

# Types without attributes of other packages: each failing look-up costs a tenth of a write.
_NUMBER = np.dtype("f8")
_PLAIN = (list, tuple, int, float, complex, str, bytes, np.generic)


def plain_array(values: Any) -> Any:
    """Return an array of another package as a numpy array with its mask, other values unchanged.

    Raises
    ------
    FITSTypeError
        If `values` consists of several arrays, as times and sky positions do.
    """
    kind = type(values)
    if kind is np.ndarray or kind is np.ma.MaskedArray or isinstance(values, _PLAIN):
        return _text(values) if getattr(values, "dtype", _NUMBER).kind == "T" else values
    if hasattr(values, "represent_as") or hasattr(values, "jd1"):
        raise FITSTypeError(
            f"a column of type {type(values).__name__} has no cells that FITS knows: write its "
            "parts, such as time.mjd, coordinates.ra and coordinates.dec, or the table by "
            'Table.write(..., format="rustfits") after import rustfits.astropy'
        )
    if hasattr(values, "magnitude") and hasattr(values, "units"):  # pint
        return plain_array(values.magnitude)
    if hasattr(values, "unmasked") and hasattr(values, "mask"):  # astropy's Masked
        return np.ma.MaskedArray(np.asarray(values.unmasked), np.asarray(values.mask))
    if isinstance(values, np.ma.MaskedArray):  # MaskedColumn
        data, mask = np.ma.getdata(values), np.ma.getmask(values)
        return np.ma.MaskedArray(np.asarray(data), mask, fill_value=values.fill_value)
    if isinstance(values, np.ndarray):  # Quantity, Column
        return np.asarray(values)
    if hasattr(values, "to_numpy") and hasattr(values, "isna"):  # Series
        return _of_pandas(values)
    return values


def _text(values: Any) -> Any:
    """Return strings of any length (numpy's StringDType) as ``U``; missing ones are masked."""
    flat = values.astype(object).ravel().tolist()
    missing = [not isinstance(value, str) for value in flat]
    made = np.array(["" if no else value for value, no in zip(flat, missing, strict=True)], "U")
    made = made.reshape(values.shape)
    return np.ma.MaskedArray(made, np.reshape(missing, values.shape)) if any(missing) else made


def _of_pandas(values: Any) -> Array:
    dtype = getattr(values.dtype, "numpy_dtype", None)
    if isinstance(values.dtype, np.dtype):
        array: Array = values.to_numpy()
        return array
    undefined = np.asarray(values.isna().to_numpy(), bool)
    if dtype is None or dtype.kind == "O":  # strings
        made: Array = values.astype(object).where(~undefined, "").to_numpy()
        return made
    return np.ma.MaskedArray(values.to_numpy(dtype=dtype, na_value=dtype.type()), undefined)
