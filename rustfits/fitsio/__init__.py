# SPDX-License-Identifier: BSD-3-Clause
"""The API of the ``fitsio`` package over `rustfits`.

>>> from rustfits import fitsio
>>> data, header = fitsio.read("image.fits", header=True)  # doctest: +SKIP
"""

from rustfits.fitsio import fits_exceptions, fitslib, hdu, header, util
from rustfits.fitsio.file import FITS
from rustfits.fitsio.fits_exceptions import FITSFormatError
from rustfits.fitsio.functions import read, read_header, read_scamp_head, write
from rustfits.fitsio.hdu.image import ImageHDU
from rustfits.fitsio.hdu.table import AsciiTableHDU, TableHDU
from rustfits.fitsio.header import FITSHDR, FITSCard, FITSRecord
from rustfits.fitsio.install import install
from rustfits.fitsio.util import (
    API_VERSION,
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
    cfitsio_has_bzip2_support,
    cfitsio_has_curl_support,
    cfitsio_is_bundled,
    cfitsio_is_reentrant,
    cfitsio_version,
)

__version__ = API_VERSION


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
    "cfitsio_has_bzip2_support",
    "cfitsio_has_curl_support",
    "cfitsio_is_bundled",
    "cfitsio_is_reentrant",
    "cfitsio_version",
    "fits_exceptions",
    "fitslib",
    "hdu",
    "header",
    "install",
    "read",
    "read_header",
    "read_scamp_head",
    "util",
    "write",
]
