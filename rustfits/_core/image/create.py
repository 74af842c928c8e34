# SPDX-License-Identifier: BSD-3-Clause
"""Creating image HDUs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSError, FITSTypeError, FITSValueError
from rustfits._core.binding.handle import half_made
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.selection import Axis
from rustfits._core.compression.algorithms import Plio1
from rustfits._core.compression.spec import c_compression, check_compression
from rustfits._core.header.header import header_cards
from rustfits._core.image.pixels import (
    check_values,
    mask_of,
    pixel_type,
    put_pixels,
    shape_of,
    stored_blank,
)
from rustfits._core.image.request import pixel_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike

    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.compression.algorithms import Compression
    from rustfits._core.compression.quantize import Quantize
    from rustfits._core.header.header import HeaderLike
    from rustfits._core.image.scaling import Scaling

__all__ = ["append_image", "append_images", "check_pixels", "create_image"]


def create_image(
    file: FileHandle,
    dtype: DTypeLike,
    dims: Sequence[SupportsIndex] | SupportsIndex,
    *,
    extname: str | None = None,
    extver: int | None = None,
    blank: int | None = None,
    header: HeaderLike | None = None,
    compression: Compression | None = None,
    quantize: Quantize | None = None,
    scaling: Scaling | None = None,
    reserve_cards: SupportsIndex = 0,
    deferred: bool = False,
) -> int:
    """Append an image HDU filled with zeros and return its index.

    Parameters
    ----------
    file : FileHandle
        The open file.
    dtype, dims, extname, extver, blank, header
        As for `FITS.create_image_hdu` and `FITS.write_image`.
    compression, quantize
        As `as_compression` and `as_quantize` return them.
    scaling : Scaling, optional
        BSCALE and BZERO.
    reserve_cards : int
        The header has room for this number of further cards.
    deferred : bool
        Only begin the HDU; use `half_made` around this call and the writes.

    Raises
    ------
    FITSValueError, FITSTypeError
        If there is no such image.
    FITSReadOnlyError
        If the file was opened for reading.
    FITSIOError
        If writing fails; the file is as it was before.
    """
    handle = file._handle()
    spec, borrowed = _image_spec(
        dtype,
        dims,
        extname=extname,
        extver=extver,
        blank=blank,
        header=header,
        compression=compression,
        quantize=quantize,
        scaling=scaling,
    )
    spec.deferred = deferred
    spec.reserve_cards = min(integer("reserve_cards", reserve_cards, 0), 2**32 - 1)
    index = ffi.new("size_t *")
    err = error()
    check(lib.rf_image_create(handle, spec, index, err), err)
    del borrowed
    return int(index[0])


def _image_spec(
    dtype: DTypeLike,
    dims: Sequence[SupportsIndex] | SupportsIndex,
    *,
    extname: str | None = None,
    extver: int | None = None,
    blank: int | None = None,
    header: HeaderLike | None = None,
    compression: Compression | None = None,
    quantize: Quantize | None = None,
    scaling: Scaling | None = None,
) -> tuple[CData, tuple[Any, ...]]:
    """Return an ``rf_image_spec *``, and what it borrows.

    The parameters are those of `create_image`.
    """
    spec = ffi.new("rf_image_spec *")
    lib.rf_image_spec_init(spec)
    spec.dtype = pixel_type(dtype)
    shape = shape_of(dims)
    axes = ffi.new("uint64_t[]", shape)
    spec.naxis = len(shape)
    spec.axes = axes
    name = None if extname is None else ffi.new("char[]", _ascii(extname))
    if name is not None:
        spec.extname = name
    if extver is not None:
        spec.extver = integer("extver", extver, 0)
    if blank is not None:
        spec.has_blank = 1
        spec.blank = stored_blank(blank, np.dtype(dtype))
    if scaling is not None:
        spec.scaled, spec.bscale, spec.bzero = 1, scaling.bscale, scaling.bzero
    check_compression(compression, quantize, np.dtype(dtype), len(shape))
    packing = None if compression is None else c_compression(compression, quantize)
    if packing is not None:
        spec.compression = packing[0]
    cards = None if header is None else header_cards(header)
    if cards is not None:
        spec.header = cards
    return spec, (axes, name, packing, cards)


def append_image(
    file: FileHandle,
    data: Array,
    *,
    extname: str | None = None,
    extver: int | None = None,
    blank: int | None = None,
    header: HeaderLike | None = None,
    compression: Compression | None = None,
    quantize: Quantize | None = None,
    scaling: Scaling | None = None,
    reserve_cards: SupportsIndex = 0,
) -> int:
    """Append an image with its pixels, all of it or nothing, and return its index.

    Parameters
    ----------
    file : FileHandle
        The open file.
    data : numpy.ndarray or numpy.ma.MaskedArray
        As `as_pixels` returns it.
    extname, extver, blank, header, compression, quantize, scaling, reserve_cards
        As for `create_image`.

    Raises
    ------
    FITSValueError, FITSTypeError
        If there is no such image.
    FITSReadOnlyError
        If the file was opened for reading.
    FITSIOError
        If writing fails; the file is as it was before.
    """
    with half_made(file) as publish:
        index = create_image(
            file,
            data.dtype if scaling is None else scaling.dtype,
            data.shape,
            extname=extname,
            extver=extver,
            blank=blank,
            header=header,
            compression=compression,
            quantize=quantize,
            scaling=scaling,
            reserve_cards=reserve_cards,
            deferred=True,
        )
        publish.index = index
        if data.size:
            whole = tuple(Axis(0, 1, count) for count in data.shape)
            dtype = data.dtype.newbyteorder("=") if scaling is None else scaling.values
            put_pixels(
                file,
                index,
                whole,
                pixel_type(dtype),
                dtype,
                data,
                at_once=compression is not None or scaling is not None,
                flags=lib.RF_IMAGE_HELD | (0 if scaling is None else scaling.flags),
            )
    return index


def append_images(
    file: FileHandle, images: Sequence[tuple[Array, dict[str, Any]]], extver: int | None
) -> int:
    """Append images with the options of `append_image`, all or none, and return the first index.

    Raises
    ------
    FITSError
        As for `append_image`.
    """
    made: list[int] = []
    try:
        for data, options in images:
            made.append(append_image(file, data, extver=extver, **options))
    except BaseException:
        for index in reversed(made):
            lib.rf_hdu_delete(file._handle(), index, ffi.NULL)
        raise
    return made[0]


def check_pixels(
    where: str,
    data: Array,
    *,
    compression: Compression | None = None,
    quantize: Quantize | None = None,
    blank: int | None = None,
    scaling: Scaling | None = None,
    **_: object,
) -> None:
    """Refuse pixels that `compression` cannot hold, before a file is truncated or gets an HDU.

    `where` is the name of that file, for messages. Other options of `append_image` do not count.

    Raises
    ------
    FITSValueError, FITSUnsupportedError
        If there is no such image.
    """
    stored = data.dtype if scaling is None else scaling.dtype
    check_compression(compression, quantize, stored, data.ndim)
    if compression is None and scaling is None:
        return
    spec, borrowed = _image_spec(
        stored,
        data.shape,
        blank=blank,
        compression=compression,
        quantize=quantize,
        scaling=scaling,
    )
    pixels = ffi.NULL
    ready = mask = None
    if isinstance(compression, Plio1) or scaling is not None:  # they cannot hold all values
        dtype = data.dtype.newbyteorder("=") if scaling is None else scaling.values
        ready = np.ascontiguousarray(np.ma.getdata(data), dtype)
        mask = mask_of(data)
        flags = 0 if scaling is None else scaling.flags
        pixels = pixel_request(pixel_type(dtype), ready, mask, flags=flags)
    err = error()
    try:
        check_values(lib.rf_image_check_spec(spec, pixels, err), err)
    except FITSError as refused:
        refused.args = (f"{where}: {refused}",)
        raise
    del borrowed, ready, mask


def _ascii(name: str) -> bytes:
    if not isinstance(name, str):
        raise FITSTypeError(f"extname must be a str, not {type(name).__name__}")
    if not name.isascii() or not name.isprintable():
        raise FITSValueError(f"extname must be printable ASCII, not {name!r}")
    return name.encode("ascii")
