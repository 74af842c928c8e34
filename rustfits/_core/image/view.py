# SPDX-License-Identifier: BSD-3-Clause
"""Arrays over the pixels in the file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from rustfits._core.binding.library import CData, check, error, ffi, lib

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.image.pixels import Pixels

__all__ = ["map_pixels"]

_MAP_POINTER, _BYTES_POINTER = ffi.typeof("rf_map **"), ffi.typeof("void **")


def map_pixels(file: FileHandle, index: int, pixels: Pixels) -> Array:
    """Return the stored pixels of an image as a read-only array over the file itself.

    Raises
    ------
    FITSError
        As for `rustfits.ImageHDU.view`.
    """
    handle = file._handle()
    stored = pixels.stored_dtype.newbyteorder(">")
    nbytes = math.prod(pixels.shape) * stored.itemsize
    if nbytes == 0:
        return np.empty(pixels.shape, stored)
    mapping, at = ffi.new(_MAP_POINTER), ffi.new(_BYTES_POINTER)
    viewed = [file.viewed]  # before another thread may close the file
    err = error()
    check(lib.rf_hdu_map(handle, index, nbytes, mapping, at, err), err)
    release, made = lib.rf_map_free, mapping[0]
    # The array keeps the buffer, the buffer the pointer, and that the mapping and its memory.

    def end(_: CData) -> None:
        release(made)
        viewed.clear()

    owner = ffi.gc(ffi.cast("char *", at[0]), end)
    stored_bytes = memoryview(ffi.buffer(owner, nbytes)).toreadonly()
    view: Array = np.ndarray(pixels.shape, stored, stored_bytes)
    return view
