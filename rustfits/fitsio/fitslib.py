# SPDX-License-Identifier: BSD-3-Clause
"""The names of ``fitsio.fitslib``."""

from rustfits.fitsio.file import FITS
from rustfits.fitsio.fits_exceptions import FITSFormatError
from rustfits.fitsio.functions import read, read_header, read_scamp_head, write
from rustfits.fitsio.hdu import AsciiTableHDU, ImageHDU, TableHDU
from rustfits.fitsio.header import FITSHDR
from rustfits.fitsio.util import (
    ASCII_TBL,
    BINARY_TBL,
    GZIP_1,
    GZIP_2,
    HCOMPRESS_1,
    IMAGE_HDU,
    NO_DITHER,
    NOCOMPRESS,
    NOT_SET,
    PLIO_1,
    READONLY,
    READWRITE,
    RICE_1,
    SUBTRACTIVE_DITHER_1,
    SUBTRACTIVE_DITHER_2,
)

__all__ = [
    "ASCII_TBL",
    "BINARY_TBL",
    "FITS",
    "FITSHDR",
    "GZIP_1",
    "GZIP_2",
    "HCOMPRESS_1",
    "IMAGE_HDU",
    "NOCOMPRESS",
    "NOT_SET",
    "NO_DITHER",
    "PLIO_1",
    "READONLY",
    "READWRITE",
    "RICE_1",
    "SUBTRACTIVE_DITHER_1",
    "SUBTRACTIVE_DITHER_2",
    "AsciiTableHDU",
    "FITSFormatError",
    "ImageHDU",
    "TableHDU",
    "read",
    "read_header",
    "read_scamp_head",
    "write",
]
