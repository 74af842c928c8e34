# SPDX-License-Identifier: BSD-3-Clause
"""Read and write FITS files.

>>> import rustfits
>>> with rustfits.FITS("image.fits") as fits:  # doctest: +SKIP
...     data = fits[0].read()
...     exposure = fits[0].header["EXPTIME"]
"""

from rustfits import _lib
from rustfits.codecs import register as _register_codec
from rustfits.convenience import read, read_header, write, write_image
from rustfits.errors import (
    FITSClosedError,
    FITSCodecError,
    FITSDriverError,
    FITSError,
    FITSExistsError,
    FITSFormatError,
    FITSIndexError,
    FITSIOError,
    FITSIsADirectoryError,
    FITSKeyError,
    FITSLimitError,
    FITSMemoryError,
    FITSNetworkError,
    FITSNotBuiltError,
    FITSNotFoundError,
    FITSOpenError,
    FITSPermissionError,
    FITSReadOnlyError,
    FITSTaintedError,
    FITSTimeoutError,
    FITSTruncatedError,
    FITSTypeError,
    FITSUnsupportedError,
    FITSValueError,
    FITSWarning,
    NotFITSError,
)
from rustfits.file import FITS
from rustfits.hdu import HDU
from rustfits.header import FITSHeader, FITSHeaderEdit, is_protected_key
from rustfits.image import ImageHDU
from rustfits.remote import Remote

_register_codec()

__version__: str = _lib.text(_lib.lib.rf_version())

__all__ = [
    "FITS",
    "HDU",
    "FITSClosedError",
    "FITSCodecError",
    "FITSDriverError",
    "FITSError",
    "FITSExistsError",
    "FITSFormatError",
    "FITSHeader",
    "FITSHeaderEdit",
    "FITSIOError",
    "FITSIndexError",
    "FITSIsADirectoryError",
    "FITSKeyError",
    "FITSLimitError",
    "FITSMemoryError",
    "FITSNetworkError",
    "FITSNotBuiltError",
    "FITSNotFoundError",
    "FITSOpenError",
    "FITSPermissionError",
    "FITSReadOnlyError",
    "FITSTaintedError",
    "FITSTimeoutError",
    "FITSTruncatedError",
    "FITSTypeError",
    "FITSUnsupportedError",
    "FITSValueError",
    "FITSWarning",
    "ImageHDU",
    "NotFITSError",
    "Remote",
    "__version__",
    "is_protected_key",
    "read",
    "read_header",
    "write",
    "write_image",
]
