# SPDX-License-Identifier: BSD-3-Clause
"""The classes of HDUs, under the names of ``fitsio.hdu``."""

from rustfits.fitsio.hdu import base, image, table
from rustfits.fitsio.hdu.base import HDUBase
from rustfits.fitsio.hdu.image import ImageHDU
from rustfits.fitsio.hdu.table import AsciiTableHDU, TableHDU
from rustfits.fitsio.helpers.maps import ANY_HDU, _hdu_type_map, _table_npy2fits_form
from rustfits.fitsio.helpers.tabledef import _npy2fits
from rustfits.fitsio.util import ASCII_TBL, BINARY_TBL, IMAGE_HDU

__all__ = [
    "ANY_HDU",
    "ASCII_TBL",
    "BINARY_TBL",
    "IMAGE_HDU",
    "AsciiTableHDU",
    "HDUBase",
    "ImageHDU",
    "TableHDU",
    "_hdu_type_map",
    "_npy2fits",
    "_table_npy2fits_form",
    "base",
    "image",
    "table",
]
