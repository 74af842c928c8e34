# SPDX-License-Identifier: BSD-3-Clause
"""The classes of HDUs, under the names of ``fitsio.hdu``."""

from rustfits.fitsio.hdu.base import HDUBase
from rustfits.fitsio.hdu.image import ImageHDU
from rustfits.fitsio.hdu.table import AsciiTableHDU, TableHDU
from rustfits.fitsio.util import ASCII_TBL, BINARY_TBL, IMAGE_HDU

__all__ = [
    "ASCII_TBL",
    "BINARY_TBL",
    "IMAGE_HDU",
    "AsciiTableHDU",
    "HDUBase",
    "ImageHDU",
    "TableHDU",
]
