# SPDX-License-Identifier: BSD-3-Clause
"""The API of the ``fitsio`` package over `rustfits`.

>>> from rustfits import fitsio
>>> data, header = fitsio.read("image.fits", header=True)  # doctest: +SKIP
"""

from rustfits._core.binding.errors import FITSFormatError
from rustfits._core.binding.library import version
from rustfits.fitsio import hdu, header, util
from rustfits.fitsio.file import FITS
from rustfits.fitsio.functions import read, read_header, read_scamp_head, write
from rustfits.fitsio.header import FITSHDR, FITSCard, FITSRecord
from rustfits.fitsio.image import ImageHDU
from rustfits.fitsio.table_edit import AsciiTableHDU, TableHDU
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
    FITSRuntimeWarning,
)

__version__: str = version()

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
    "FITSCard",
    "FITSFormatError",
    "FITSRecord",
    "FITSRuntimeWarning",
    "ImageHDU",
    "TableHDU",
    "__version__",
    "hdu",
    "header",
    "read",
    "read_header",
    "read_scamp_head",
    "util",
    "write",
]
