# SPDX-License-Identifier: BSD-3-Clause
"""Read and write FITS files.

>>> import rustfits
>>> with rustfits.FITS("image.fits") as fits:  # doctest: +SKIP
...     data = fits[0].read()
...     exposure = fits[0].header["EXPTIME"]
"""

from rustfits import _lib
from rustfits.ascii_table import AsciiTableHDU
from rustfits.codecs import register as _register_codec
from rustfits.columns import (
    AsciiColumnSubset,
    AsciiSingleColumnSubset,
    ColumnSubset,
    CompressedColumnSubset,
    CompressedSingleColumnSubset,
    SingleColumnSubset,
)
from rustfits.compression import (
    Gzip1,
    Gzip2,
    Hcompress1,
    NoCompress,
    Plio1,
    Quantize,
    Rice1,
)
from rustfits.compression_loss import CompressionLoss, compression_error
from rustfits.convenience import read, read_header, write, write_image, write_table
from rustfits.errors import (
    FITSChangedError,
    FITSClosedError,
    FITSCodecError,
    FITSColumnError,
    FITSDriverError,
    FITSError,
    FITSExistsError,
    FITSFormatError,
    FITSIndexError,
    FITSInterruptedError,
    FITSIOError,
    FITSIsADirectoryError,
    FITSKeyError,
    FITSLimitError,
    FITSLockedError,
    FITSMemoryError,
    FITSNetworkError,
    FITSNotBuiltError,
    FITSNotFoundError,
    FITSOpenError,
    FITSPermissionError,
    FITSReadOnlyError,
    FITSSchemeError,
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
from rustfits.groups import GroupsHDU
from rustfits.hdu import HDU
from rustfits.header import FITSHeader, FITSHeaderEdit, is_protected_key
from rustfits.image import ImageHDU
from rustfits.image_compressed import CompressedImageHDU
from rustfits.packing import pack, unpack
from rustfits.remote import Remote, RemoteStats
from rustfits.table import TableHDU
from rustfits.table_compressed import CompressedTableHDU

_register_codec()

__version__: str = _lib.text(_lib.lib.rf_version())

__all__ = [
    "FITS",
    "HDU",
    "AsciiColumnSubset",
    "AsciiSingleColumnSubset",
    "AsciiTableHDU",
    "ColumnSubset",
    "CompressedColumnSubset",
    "CompressedImageHDU",
    "CompressedSingleColumnSubset",
    "CompressedTableHDU",
    "CompressionLoss",
    "FITSChangedError",
    "FITSClosedError",
    "FITSCodecError",
    "FITSColumnError",
    "FITSDriverError",
    "FITSError",
    "FITSExistsError",
    "FITSFormatError",
    "FITSHeader",
    "FITSHeaderEdit",
    "FITSIOError",
    "FITSIndexError",
    "FITSInterruptedError",
    "FITSIsADirectoryError",
    "FITSKeyError",
    "FITSLimitError",
    "FITSLockedError",
    "FITSMemoryError",
    "FITSNetworkError",
    "FITSNotBuiltError",
    "FITSNotFoundError",
    "FITSOpenError",
    "FITSPermissionError",
    "FITSReadOnlyError",
    "FITSSchemeError",
    "FITSTaintedError",
    "FITSTimeoutError",
    "FITSTruncatedError",
    "FITSTypeError",
    "FITSUnsupportedError",
    "FITSValueError",
    "FITSWarning",
    "GroupsHDU",
    "Gzip1",
    "Gzip2",
    "Hcompress1",
    "ImageHDU",
    "NoCompress",
    "NotFITSError",
    "Plio1",
    "Quantize",
    "Remote",
    "RemoteStats",
    "Rice1",
    "SingleColumnSubset",
    "TableHDU",
    "__version__",
    "compression_error",
    "is_protected_key",
    "pack",
    "read",
    "read_header",
    "unpack",
    "write",
    "write_image",
    "write_table",
]
