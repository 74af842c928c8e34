# SPDX-License-Identifier: BSD-3-Clause
"""Images of the ``fitsio`` API."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.image.image import ImageHDU as CoreImageHDU
from rustfits.fitsio.compression import without_infinities
from rustfits.fitsio.hdu.base import HDUBase
from rustfits.fitsio.hdu.scaling import scaled, scaled_type
from rustfits.fitsio.helpers.arguments import _convert_full_start_to_offset  # noqa: F401
from rustfits.fitsio.helpers.maps import _image_bitpix2npy  # noqa: F401
from rustfits.fitsio.util import (  # noqa: F401
    IMAGE_HDU,
    Array,
    _nonfinite_as_cfitsio_floating_null_value,
    array_to_native,
    warn_ignored,
)

__all__ = ["ImageHDU"]

_BITPIX = {
    "u1": 8,
    "i1": 10,
    "i2": 16,
    "u2": 20,
    "i4": 32,
    "u4": 40,
    "i8": 64,
    "u8": 80,
    "f4": -32,
    "f8": -64,
}


class ImageHDU(HDUBase):
    """An image.

    ``hdu[10:20, 5:8]`` reads a section. Keys have their meaning in numpy, with three exceptions: an
    int keeps its axis, with a length of 1; ``20:10`` without a step runs backwards; a section
    without pixels has one axis.
    """

    def _image(self, what: str = "read") -> CoreImageHDU:
        if not isinstance(self.hdu, CoreImageHDU):
            raise self._unsupported(what)
        return self.hdu

    def get_dims(self) -> list[int] | tuple[int, ...]:
        """Return the length of each axis, slowest first."""
        return list(self._image("look into").shape)

    def get_comptype(self) -> str | None:
        """Return the algorithm of a compressed image, or None."""
        return str(self.hdu.compression.zcmptype) if self.is_compressed() else None

    def get_info(self) -> dict[str, Any]:
        """Return a description of the HDU as a dict."""
        info = super().get_info()
        image = self._image("look into")
        stored = image.bitpix
        info["ndims"] = image.ndim
        info["img_type"] = stored
        kind = scaled_type(image) or image.dtype
        info["img_equiv_type"] = _BITPIX[kind.str[1:]] if image.ndim else stored
        info["comptype"] = self.get_comptype()
        info["dims"] = list(image.shape)
        return info

    def read(self, **keys: Any) -> Array | None:
        """Read the image.

        Parameters
        ----------
        **keys
            Other arguments are ignored, with a warning.

        Returns
        -------
        numpy.ndarray or None
            The pixels, or None for an HDU without axes.

        Raises
        ------
        FITSError
            As for `rustfits.ImageHDU.read`.
        """
        if keys:
            warn_ignored(keys)
        image = self._image()
        pixels = image._pixels()
        if not pixels.shape:
            return None
        if self.ignore_scaling:
            return image.read(scale=False)
        return scaled(image, image._read_whole(pixels))

    def __getitem__(self, key: Any) -> Any:
        # The commonest key is two slices of a plane. Cutting many small stamps takes its time here.
        if type(key) is tuple and len(key) == 2 and not self.ignore_scaling:
            rows, columns = key
            if type(rows) is slice is type(columns):
                data = self.hdu[key]
                if data.size:
                    return scaled(self.hdu, data)
        image = self._image()
        parts = key if isinstance(key, tuple) else (key,)
        if all(isinstance(part, (slice, int, np.integer)) for part in parts):
            parts = _turned(parts, image.shape)
        if self.ignore_scaling:
            data = image.read(scale=False)[parts]
        else:
            data = scaled(image, image[parts])
        if not np.size(data):
            return np.empty(0, data.dtype)
        axes = _int_axes(parts, image.ndim)
        if not axes:
            return data
        ndim = np.ndim(data) + len(axes)
        whole = slice(None)
        return np.asarray(data)[tuple(None if k in axes else whole for k in range(ndim))]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._image("write")[key] = value

    def write(self, img: Any, start: Any = 0, **keys: Any) -> None:
        """Write pixels.

        Parameters
        ----------
        img : array_like
            The image, or a part of it. An array of another number of axes is written to an image of
            one axis in C order, if it fits.
        start : int or sequence of int
            The position of the first pixel: one number for each axis, slowest first; or the number
            of the pixel in C order. The image grows where `img` extends beyond an axis. From a
            number other than 0, only an image of one axis grows. New pixels are stored as 0, and
            old ones keep their positions.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSValueError, FITSTypeError
            If shape, type or values do not fit. The file is then unchanged.
        FITSUnsupportedError
            If a compressed image would grow along another axis than the first.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        warn_ignored(keys)
        image = self._image("write")
        values = np.asanyarray(img)
        shape = image.shape
        if len(shape) == 1 != values.ndim and np.ndim(start) == 0:
            if values.size == 0 or _offset(start) + values.size > shape[0]:
                raise _wrong_axes(values, shape)
            values = values.reshape(-1)
        if values.ndim != len(shape) and shape:
            raise _wrong_axes(values, shape)
        if values.size == 0:
            raise FITSValueError(f"data of shape {values.shape} have no pixel to write")
        if image.kind == "compressed image":
            values = without_infinities(values)
        if np.ndim(start) == 0:
            places = _place(_offset(start), values.shape, shape)
        else:
            places = tuple(operator.index(place) for place in start)
        image.write(values, start=places, grow=True)

    def reshape(self, dims: Any) -> None:
        """Change the shape of the image in the file.

        Parameters
        ----------
        dims : int or sequence of int
            The new shape. Pixels keep their order. Surplus pixels are removed, new ones are 0.

        Raises
        ------
        FITSError
            As for `rustfits.ImageHDU.reshape`.
        """
        self._image("reshape").reshape(dims)

    def _lines(self) -> list[str]:
        lines = super()._lines()
        if isinstance(self.hdu, CoreImageHDU):
            dims = ",".join(map(str, self.hdu.shape))
            lines += [
                "image info:",
                f"  data type: {self.hdu.dtype.str[1:]}",
                f"  dims: [{dims}]",
            ]
            if self.is_compressed():
                lines.append(f"  compression: {self.get_comptype()}")
        return lines


def _turned(parts: tuple[Any, ...], shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return a key in which slices that end before they start, such as 10:2, run backwards."""
    made = list(parts)
    for place, (part, length) in enumerate(zip(parts, shape, strict=False)):
        if type(part) is slice and part.step is None and None not in (part.start, part.stop):
            first, last, _ = part.indices(length)
            if first > last and part.start >= 0 and part.stop >= 0:
                made[place] = slice(part.start, part.stop, -1)
    return tuple(made)


def _int_axes(parts: tuple[Any, ...], ndim: int) -> tuple[int, ...]:
    """Return the axes that ints in a key remove, or () if the key has an index list."""
    axes: list[int] = []
    axis = 0
    for part in parts:
        if part is Ellipsis:
            axis += ndim - (len(parts) - 1)
        elif isinstance(part, slice):
            axis += 1
        elif isinstance(part, (int, np.integer)) and not isinstance(part, bool):
            axes.append(axis)
            axis += 1
        else:
            return ()
    return tuple(axes)


def _wrong_axes(values: Array, shape: tuple[int, ...]) -> FITSValueError:
    """Return the error for data whose axes are not those of the image."""
    return FITSValueError(
        f"the input image must have the same number of dimensions as the image in the file: data "
        f"of shape {values.shape} for an image of shape {shape}"
    )


def _offset(start: Any) -> int:
    """Return a `start` that is one number."""
    try:
        return operator.index(start)
    except TypeError:
        raise FITSTypeError(
            f"start is the number of a pixel or a position for each axis, not "
            f"{type(start).__name__}"
        ) from None


def _place(offset: int, counts: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the position of pixel number `offset`, from which data of shape `counts` begin."""
    ndim = len(shape) or len(counts)
    if offset == 0 or ndim == 1:
        return (offset,) + (0,) * (ndim - 1)
    rest, places = offset, []
    for length in reversed(shape):
        rest, place = divmod(rest, length or 1)
        places.append(place)
    places.reverse()
    ends = zip(places, counts, shape, strict=True)
    if rest or any(place + count > length for place, count, length in ends):
        raise FITSValueError(
            f"start={offset}: data of shape {counts} extend beyond the image of shape {shape}. "
            "To let it grow, the start keyword must have the same number of dimensions as the image"
        )
    return tuple(places)
