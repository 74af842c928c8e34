# SPDX-License-Identifier: BSD-3-Clause
"""Calls that append an HDU of a file, in the same or in another form, and that order HDUs."""

from __future__ import annotations

from rustfits._core.binding.handle import FileHandle
from rustfits._core.binding.library import CData, check, error, ffi, lib

__all__ = ["copy_hdu", "delete_hdu", "move_hdu", "pack_hdu", "unpack_hdu"]


def copy_hdu(source: FileHandle, index: int, target: FileHandle) -> int:
    """Append a copy of HDU `index` of `source` to `target`, and return the index of the copy."""
    return _call(lib.rf_hdu_copy, source, index, target)


def delete_hdu(file: FileHandle, index: int) -> None:
    """Delete HDU `index` of `file`."""
    err = error()
    check(lib.rf_hdu_delete(file._handle(), index, err), err)


def move_hdu(file: FileHandle, index: int, position: int) -> None:
    """Move HDU `index` of `file` so that its index becomes `position`."""
    err = error()
    check(lib.rf_hdu_move(file._handle(), index, position, err), err)


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
) -> int:
    made = ffi.new("size_t *")
    err = error()
    check(function(source._handle(), index, target._handle(), *options, made, err), err)
    return int(made[0])
