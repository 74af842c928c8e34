# SPDX-License-Identifier: BSD-3-Clause
"""Images of the ``fitsio`` API."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.image.image import ImageHDU as CoreImageHDU
from rustfits.fitsio.hdu.base import HDUBase
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

    ``hdu[10:20, 5:8]`` reads a section. Keys have their meaning in numpy, except that an int keeps
    its axis, with a length of 1.
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
        info["img_equiv_type"] = _BITPIX[image.dtype.str[1:]] if image.ndim else stored
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
        warn_ignored(keys)
        image = self._image()
        if not image.has_data and image.ndim == 0:
            return None
        return image.read(scale=not self.ignore_scaling)

    def __getitem__(self, key: Any) -> Any:
        image = self._image()
        parts = key if isinstance(key, tuple) else (key,)
        data = image.read(scale=False)[parts] if self.ignore_scaling else image[parts]
        return np.expand_dims(data, _int_axes(parts, image.ndim))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._image("write")[key] = value

    def write(self, img: Any, start: Any = 0, **keys: Any) -> None:
        """Write pixels.

        Parameters
        ----------
        img : array_like
            The image, or a part of it.
        start : int or sequence of int
            The position of the first pixel: 0, or one position for each axis, slowest first. The
            image grows along its first axis if needed.
        **keys
            Other arguments are ignored, with a warning.

        Raises
        ------
        FITSValueError, FITSTypeError
            If shape, type or values do not fit. The file is then unchanged.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or failed.
        """
        warn_ignored(keys)
        image = self._image("write")
        values = np.asanyarray(img)
        places = self._places(start, values)
        shape = image.shape
        need = places[0] + values.shape[0] if values.ndim else 0
        if values.ndim != len(shape):
            raise FITSValueError(
                f"data of {values.ndim} axes cannot be written to an image of shape {shape}"
            )
        if need > shape[0]:
            whole = shape[1:]
            if values.shape[1:] == whole and places[0] == shape[0] and not any(places[1:]):
                image.extend(values)
                return
            ends = zip(places[1:], values.shape[1:], whole, strict=True)
            if any(place + count > length for place, count, length in ends):
                raise FITSValueError(
                    f"data of shape {values.shape} at {places} do not fit an image of shape "
                    f"{shape}, which can grow along its first axis only"
                )
            image.extend(np.zeros((need - shape[0], *whole), image.dtype))
        image.write(values, start=places)

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

    def _places(self, start: Any, values: Array) -> tuple[int, ...]:
        shape = self._image().shape
        if np.ndim(start) == 0:
            try:
                first = operator.index(start)
            except TypeError:
                raise FITSTypeError(
                    f"start is a position for each axis, not {type(start).__name__}"
                ) from None
            if first and len(shape) != 1:
                raise FITSValueError(
                    f"start={first} for an image of shape {shape}: give a position for each axis"
                )
            return (first,) + (0,) * (len(shape) - 1)
        places = tuple(operator.index(place) for place in start)
        if len(places) != len(shape) or any(place < 0 for place in places):
            raise FITSValueError(f"start={places} is no position in an image of shape {shape}")
        return places

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
