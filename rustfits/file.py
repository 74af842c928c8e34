# SPDX-License-Identifier: BSD-3-Clause
"""FITS files: opening, finding HDUs, adding HDUs."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator
from typing import Any, SupportsIndex, TypeAlias

from rustfits._lib import CData, check, error, failure, ffi, lib
from rustfits.errors import (
    FITSError,
    FITSIndexError,
    FITSKeyError,
    FITSTypeError,
    FITSValueError,
)
from rustfits.handle import FileHandle, open_bytes, open_file
from rustfits.hdu import HDU, read_facts

__all__ = ["FITS"]
