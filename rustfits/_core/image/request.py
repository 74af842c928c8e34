# SPDX-License-Identifier: BSD-3-Clause
"""Requests for pixels, as the C library takes them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.layouts import AXIS, IMAGE_REQUEST
from rustfits._core.binding.library import CData, error, failure, ffi, lib

if TYPE_CHECKING:
    from rustfits._core.binding.arrays import Array

__all__ = ["SectionReader", "pixel_request"]

_POINTER, _SIZE = ffi.typeof("rf_image_request *"), ffi.sizeof("rf_image_request")
_BYTES = ffi.typeof("uint8_t[]")
_new, _from_buffer, _empty, _read = ffi.new, ffi.from_buffer, np.empty, lib.rf_image_read

# The members after `data`, and the axes after the request.
_TAIL = ffi.offsetof("rf_image_request", "data_bytes")
_TAIL_FORMAT = "@QPQ"


def pixel_request(
    kind: int,
    data: Array,
    mask: Array | None = None,
    *,
    axes: CData | None = None,
    flags: int = 0,
    threads: int = 0,
) -> CData:
    """Return an ``rf_image_request *``, which borrows its arguments.

    Parameters
    ----------
    kind : int
        The ``rf_dtype`` of `data`.
    data : numpy.ndarray
        C-contiguous pixels.
    mask : numpy.ndarray of bool, optional
        One element for each pixel.
    axes : rf_axis[], optional
        The section; by default the whole image.
    flags, threads : int
        As in the C struct.
    """
    section, rank = (ffi.NULL, 0) if axes is None else (axes, len(axes))
    at = _from_buffer(data) if data.size else ffi.NULL
    mask_at = ffi.NULL if mask is None else _from_buffer(_BYTES, mask)
    members = (_SIZE, section, rank, kind, flags, threads, at, data.nbytes, mask_at, 0)
    return _new(_POINTER, members)


class SectionReader:
    """Reads small sections of one image, as it was at one generation of the file.

    Cutting many small sections takes more time in Python than in C. This class keeps requests and
    changes only the members that differ.

    Parameters
    ----------
    handle : rf_file *
        The open file.
    index : int
        The HDU.
    generation : int
        The generation of the file at which `shape` and `kind` were found.
    shape : tuple of int
        Shape of the image.
    kind : int
        The ``rf_dtype`` to read.
    dtype : numpy.dtype
        The same type.
    """

    __slots__ = ("_generation", "_handle", "_index", "_kind", "_pack", "_spare", "dtype", "shape")

    def __init__(
        self,
        handle: CData,
        index: int,
        generation: int,
        shape: tuple[int, ...],
        kind: int,
        dtype: np.dtype[Any],
    ) -> None:
        self._handle, self._index, self._generation = handle, index, generation
        self.shape, self._kind, self.dtype = shape, kind, dtype
        self._pack = struct.Struct(_TAIL_FORMAT + AXIS.format[1:] * len(shape)).pack_into
        # Requests that no thread uses.
        self._spare: list[tuple[bytearray, CData]] = []

    def read(self, shape: tuple[int, ...], numbers: tuple[int, ...] | list[int]) -> Array | None:
        """Read a section into a new array.

        Parameters
        ----------
        shape : tuple of int
            Shape of the result, not empty.
        numbers : sequence of int
            The members of an ``rf_axis`` for each axis of the image.

        Returns
        -------
        numpy.ndarray or None
            None if the section cannot be read. The caller finds out why.

        Raises
        ------
        FITSError
            If input failed. A second try would send the requests to a server again.
        """
        spare = self._spare
        try:
            buffer, request = spare.pop()
        except IndexError:
            buffer, request = self._make_request()
        try:
            data: Array = _empty(shape, self.dtype)
            self._pack(buffer, _TAIL, data.nbytes, 0, self._generation, *numbers)
        except (MemoryError, OverflowError, struct.error):
            return None
        request.data = _from_buffer(data)
        err = error()
        status = _read(self._handle, self._index, request, err)
        spare.append((buffer, request))
        if status:
            if self._is_final(status):
                raise failure(status, err)
            return None
        return data

    def _is_final(self, status: int) -> bool:
        """Return whether a second try would only repeat the input, which can be a request."""
        if status == lib.RF_ERR_CHANGED:
            return bool(lib.rf_file_get_generation(self._handle) == self._generation)
        return bool(
            lib.RF_ERR_IO <= status <= lib.RF_ERR_CALLBACK or status == lib.RF_ERR_TRUNCATED
        )

    def _make_request(self) -> tuple[bytearray, CData]:
        """Return a new request, whose section follows it in one buffer."""
        rank = len(self.shape)
        buffer = bytearray(_SIZE + AXIS.size * rank)
        at = ffi.from_buffer(buffer)
        section = int(ffi.cast("uintptr_t", at)) + _SIZE
        IMAGE_REQUEST.pack_into(buffer, 0, _SIZE, section, rank, self._kind, 0, 0, 0, 0, 0, 0)
        return buffer, ffi.from_buffer("rf_image_request *", buffer)
