# SPDX-License-Identifier: BSD-3-Clause
"""The exception of ``fitsio.fits_exceptions``."""

from rustfits._core.binding.errors import FITSFormatError

__all__ = ["FITSFormatError"]
