# SPDX-License-Identifier: BSD-3-Clause
"""Read and write FITS files.

>>> import rustfits
>>> with rustfits.FITS("image.fits") as fits:  # doctest: +SKIP
...     data = fits[0].read()
...     exposure = fits[0].header["EXPTIME"]
"""

from types import ModuleType as _ModuleType

from rustfits import shmem
from rustfits._core.binding.codecs.callbacks import register as _register_codec
from rustfits._core.binding.errors import (
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
from rustfits._core.binding.library import version as _version
from rustfits._core.collect.headers import read_headers
from rustfits._core.collect.index import index
from rustfits._core.collect.part import Part, read_part
from rustfits._core.collect.plan import plan
from rustfits._core.collect.scan import scan_fits
from rustfits._core.compression.algorithms import Gzip1, Gzip2, Hcompress1, NoCompress, Plio1, Rice1
from rustfits._core.compression.quantize import Quantize
from rustfits._core.driver.listing import Driver, DriverTable, drivers
from rustfits._core.driver.register import ByteSource, register_driver
from rustfits._core.file.compression_loss import CompressionLoss, compression_error
from rustfits._core.file.convenience import read, read_header, write, write_image, write_table
from rustfits._core.file.fits import FITS
from rustfits._core.file.packing import pack, unpack
from rustfits._core.file.summary import FileInfo, HDUInfo, info, set_keys
from rustfits._core.header.edit import FITSHeaderEdit
from rustfits._core.header.hdu import HDU
from rustfits._core.header.header import FITSHeader, is_protected_key
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits._core.remote.plan import Plan
from rustfits._core.remote.remote import Remote, RemoteStats
from rustfits._core.table.ascii import AsciiTableHDU
from rustfits._core.table.compressed import CompressedTableHDU
from rustfits._core.table.groups import GroupsHDU
from rustfits._core.table.subsets import (
    AsciiColumnSubset,
    AsciiSingleColumnSubset,
    ColumnSubset,
    CompressedColumnSubset,
    CompressedSingleColumnSubset,
    SingleColumnSubset,
)
from rustfits._core.table.table import TableHDU
from rustfits.zarr.manifest import manifest

_register_codec()

__version__: str = _version()

__all__ = [
    "FITS",
    "HDU",
    "AsciiColumnSubset",
    "AsciiSingleColumnSubset",
    "AsciiTableHDU",
    "ByteSource",
    "ColumnSubset",
    "CompressedColumnSubset",
    "CompressedImageHDU",
    "CompressedSingleColumnSubset",
    "CompressedTableHDU",
    "CompressionLoss",
    "Driver",
    "DriverTable",
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
    "FileInfo",
    "GroupsHDU",
    "Gzip1",
    "Gzip2",
    "HDUInfo",
    "Hcompress1",
    "ImageHDU",
    "NoCompress",
    "NotFITSError",
    "Part",
    "Plan",
    "Plio1",
    "Quantize",
    "Remote",
    "RemoteStats",
    "Rice1",
    "SingleColumnSubset",
    "TableHDU",
    "__version__",
    "compression_error",
    "drivers",
    "index",
    "info",
    "is_protected_key",
    "manifest",
    "pack",
    "plan",
    "read",
    "read_header",
    "read_headers",
    "read_part",
    "register_driver",
    "scan_fits",
    "set_keys",
    "shmem",
    "unpack",
    "write",
    "write_image",
    "write_table",
]


def __dir__() -> list[str]:
    return sorted(__all__)


# Tracebacks, pickles and documents name the package, not the private module.
for _name in __all__:
    if not (_name.startswith("_") or isinstance(globals()[_name], _ModuleType)):
        globals()[_name].__module__ = __name__
del _ModuleType, _name, _register_codec, _version
