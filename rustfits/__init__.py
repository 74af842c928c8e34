# SPDX-License-Identifier: BSD-3-Clause
"""Read and write FITS files.

>>> import rustfits
>>> with rustfits.FITS("image.fits") as fits:  # doctest: +SKIP
...     data = fits[0].read()
...     exposure = fits[0].header["EXPTIME"]
"""

from rustfits._lib import ffi as _ffi
from rustfits._lib import lib as _lib
from rustfits.convenience import read, read_header, write, write_image
from rustfits.errors import *
from rustfits.errors import __all__ as _errors
from rustfits.file import FITS
from rustfits.hdu import HDU
from rustfits.header import FITSHeader, FITSHeaderEdit, is_protected_key
from rustfits.image import ImageHDU
from rustfits.remote import Remote

__version__: str = _ffi.string(_lib.rf_version()).decode("ascii")

__all__ = [
    "FITS",
    "HDU",
    "FITSHeader",
    "FITSHeaderEdit",
    "ImageHDU",
    "Remote",
    "__version__",
    "is_protected_key",
    "read",
    "read_header",
    "write",
    "write_image",
    *_errors,
]
