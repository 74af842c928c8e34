# SPDX-License-Identifier: BSD-3-Clause
"""BSCALE and BZERO of new images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.dtypes import F8, PIXEL_TYPES
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import lib
from rustfits._core.binding.warnings import warn
from rustfits._core.header.header import FITSHeader
from rustfits._core.image.pixels import as_pixels, pixel_type

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

    from rustfits._core.header.header import HeaderLike

__all__ = ["Scaling", "new_scaling", "scaled_pixels"]

_STORED = "u1 i2 i4 i8 f4 f8"
# BZERO of unsigned integers and signed bytes (FITS 5.2.5), by the stored type.
_OFFSETS = {"u1": ("i1", -128), "i2": ("u2", 1 << 15), "i4": ("u4", 1 << 31), "i8": ("u8", 1 << 63)}


class Scaling(NamedTuple):
    """BSCALE and BZERO of a new image.

    Attributes
    ----------
    dtype : numpy.dtype
        The type of the stored values.
    bscale, bzero : float
        The scale and the offset.
    raw : bool
        Whether the data are stored values.
    """

    dtype: np.dtype[Any]
    bscale: float
    bzero: float
    raw: bool = False

    @property
    def values(self) -> np.dtype[Any]:
        """The type in which the C library takes the data."""
        if self.raw or (self.bscale, self.bzero) == (1, 0):
            return self.dtype
        name, offset = _OFFSETS.get(self.dtype.str[1:], ("", None))
        return np.dtype(name) if self.bscale == 1 and self.bzero == offset else F8

    @property
    def flags(self) -> int:
        """The flags of an ``rf_image_request``."""
        return int(lib.RF_IMAGE_RAW) if self.raw else 0


def new_scaling(
    dtype: DTypeLike | None, bscale: float | None, bzero: float | None
) -> Scaling | None:
    """Return the scaling of a new image, or None for an image without.

    Raises
    ------
    FITSTypeError
        If `dtype` cannot be stored with any scaling.
    FITSValueError
        If BSCALE or BZERO is impossible.
    """
    if bscale is None and bzero is None:
        return None
    if dtype is None:
        raise FITSValueError(
            "bscale= and bzero= need dtype=, the type of the stored values, such as dtype='i2'"
        )
    kind = np.dtype(dtype).newbyteorder("=")
    pixel_type(kind)
    if kind.str[1:] not in _STORED.split():
        raise FITSTypeError(
            f"{kind} is stored with a BZERO of its own: bscale= and bzero= are for {_STORED}"
        )
    scale = _number("bscale", 1.0 if bscale is None else bscale)
    if scale == 0:
        raise FITSValueError("bscale must not be 0")
    return Scaling(kind, scale, _number("bzero", 0.0 if bzero is None else bzero))


def _number(what: str, given: Any) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError):
        raise FITSTypeError(f"{what} must be a number, not {given!r}") from None
    if not np.isfinite(number):
        raise FITSValueError(f"{what} must be finite, not {number}")
    return number


def scaled_pixels(
    where: str,
    data: ArrayLike,
    dtype: DTypeLike | None,
    bscale: float | None,
    bzero: float | None,
    scale: bool,
    blank: int | None,
    header: HeaderLike | None,
) -> tuple[Array, Scaling | None, int | None]:
    """Return pixels, their scaling and the value of undefined ones, as `FITS.write_image` has them.

    Raises
    ------
    FITSValueError, FITSTypeError, FITSUnsupportedError
        If there is no such image.
    """
    if scale:
        scaling = new_scaling(dtype, bscale, bzero)
        if scaling is None and dtype is not None:
            raise FITSValueError(
                "dtype= is the stored type for bscale= and bzero=: convert the data with astype"
            )
        if scaling is not None and blank is None and scaling.dtype.kind in "iu":
            blank = _blank_of(header)
        array = as_pixels(data, blank if scaling is None else 0)
        if scaling is None:
            _warn_of_scale(where, array, header)
        elif scaling.values.kind in "iu" and array.dtype.kind not in "iu":
            raise FITSTypeError(
                f"BZERO = {scaling.bzero:g} and dtype={scaling.dtype} are {scaling.values}, which "
                f"takes no values of type {array.dtype}: round them and use astype"
            )
        return array, scaling, blank
    if blank is None:
        blank = _blank_of(header)
    array = as_pixels(data, blank)
    if dtype is not None and np.dtype(dtype).newbyteorder("=") != array.dtype.newbyteorder("="):
        raise FITSTypeError(
            f"scale=False writes the values as they are, of type {array.dtype}, and dtype= says "
            f"{np.dtype(dtype)}"
        )
    cards = FITSHeader(header)
    scaling = new_scaling(
        array.dtype,
        cards.get("BSCALE", 1) if bscale is None else bscale,
        cards.get("BZERO", 0) if bzero is None else bzero,
    )
    assert scaling is not None
    return array, scaling._replace(raw=True), blank if array.dtype.kind in "iu" else None


def _blank_of(header: HeaderLike | None) -> int | None:
    blank = FITSHeader(header).get("BLANK")
    return blank if isinstance(blank, int) else None


def _warn_of_scale(where: str, data: Array, header: HeaderLike | None) -> None:
    """Warn if data seem to be stored values, and `header` has a scale that is not used."""
    if data.dtype.kind not in "iu" or not isinstance(header, FITSHeader):
        return
    if header.get("BITPIX") != 8 * data.dtype.itemsize or PIXEL_TYPES.get(data.dtype) is None:
        return
    scale, zero = header.get("BSCALE", 1), header.get("BZERO", 0)
    own = next((zero for name, zero in _OFFSETS.values() if data.dtype.str[1:] == name), 0)
    if (scale, zero) not in ((1, 0), (1, own)):
        warn(
            f"{where}: the header has BSCALE = {scale} and BZERO = {zero}, which are left out: "
            "pass scale=False if the data are stored values, as read(scale=False) returns them"
        )
