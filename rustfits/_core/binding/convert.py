# SPDX-License-Identifier: BSD-3-Clause
"""Calls that append an HDU of one file to another file, in the same or in another form."""

from __future__ import annotations

from rustfits._core.binding.handle import FileHandle
from rustfits._core.binding.library import CData, check, error, ffi, lib

__all__ = ["copy_hdu", "pack_hdu", "unpack_hdu"]


def copy_hdu(source: FileHandle, index: int, target: FileHandle) -> None:
    """Append a copy of HDU `index` of `source` to `target`."""
    _call(lib.rf_hdu_copy, source, index, target)


def pack_hdu(source: FileHandle, index: int, target: FileHandle, image: CData | None) -> None:
    """Append HDU `index` of `source` to `target`, compressed.

    Parameters
    ----------
    source : FileHandle
        The file to read.
    index : int
        The index of the HDU.
    target : FileHandle
        The file to write.
    image : rf_compression *, optional
        The compression of an image. None: the library chooses.
    """
    _call(lib.rf_hdu_pack, source, index, target, ffi.NULL if image is None else image, ffi.NULL)


def unpack_hdu(source: FileHandle, index: int, target: FileHandle) -> None:
    """Append HDU `index` of `source` to `target`, decompressed."""
    _call(lib.rf_hdu_unpack, source, index, target)


def _call(
    function: CData, source: FileHandle, index: int, target: FileHandle, *options: CData
) -> None:
    made = ffi.new("size_t *")
    err = error()
    check(function(source._handle(), index, target._handle(), *options, made, err), err)
