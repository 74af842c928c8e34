# SPDX-License-Identifier: BSD-3-Clause
"""FITS files as dask arrays and dask dataframes, and back, on one machine or on a cluster.

This module needs dask: ``pip install "dask[array,dataframe]"``. ``import rustfits`` does not import
it.
"""

from __future__ import annotations

try:
    import dask.array as _array
except ImportError as _missing:
    raise ImportError(
        'rustfits.dask needs dask, which is not installed: pip install "dask[array,dataframe]"'
    ) from _missing

from rustfits.dask.fits import to_fits
from rustfits.dask.image import read_image
from rustfits.dask.parquet import to_parquet
from rustfits.dask.table import read_table

__all__ = ["read_image", "read_table", "to_fits", "to_parquet"]

for _public in (read_image, read_table, to_fits, to_parquet):
    _public.__module__ = __name__
del _array, _public


def __dir__() -> list[str]:
    return sorted(__all__)
