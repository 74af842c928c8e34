# SPDX-License-Identifier: BSD-3-Clause
"""`compression_error`: the loss of lossy compression, from two versions of an image."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.file.convenience import read

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rustfits._core.binding.arrays import Array

__all__ = ["CompressionLoss", "compression_error"]

#: The ratio of third differences to the standard deviation of Gaussian noise (Stoehr et al. 2007).
_NOISE = 0.6052697
# Bytes of pixels that are compared at once.
_PART = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class CompressionLoss:
    """The difference of two versions of an image. `compression_error` returns it.

    Attributes
    ----------
    max_error : float
        The largest absolute difference of two pixels.
    rms_error : float
        The root of the mean squared difference.
    noise : float
        The noise of the first image: a standard deviation, estimated from neighbouring pixels.
    relative : float
        ``rms_error / noise``. It is infinite for an image without noise that was changed.
    count : int
        The number of pixels that are defined in both images.
    nan_differences : numpy.ndarray
        The indices of the pixels that are NaN or masked in one image only, a row for each.
    """

    max_error: float
    rms_error: float
    noise: float
    relative: float
    count: int
    nan_differences: Array

    @property
    def lossless(self) -> bool:
        """Whether the images are equal."""
        return self.max_error == 0 and not len(self.nan_differences)

    def __repr__(self) -> str:
        return (
            f"CompressionLoss(max_error={self.max_error:.6g}, rms_error={self.rms_error:.6g}, "
            f"noise={self.noise:.6g}, relative={self.relative:.3g}, count={self.count}, "
            f"nan_differences: {len(self.nan_differences)})"
        )


def compression_error(
    original: ArrayLike | str | os.PathLike[str], compressed: ArrayLike | str | os.PathLike[str]
) -> CompressionLoss:
    """Return the difference between an image and its compressed version.

    Parameters
    ----------
    original, compressed : array_like, ImageHDU, str or os.PathLike
        The image before compression, and as read after it. A name means the first image of that
        file.

    Returns
    -------
    CompressionLoss
        The largest and the root mean square difference, the latter also in units of the noise, and
        the pixels that are NaN in one image only.

    Raises
    ------
    FITSValueError
        If the images have different shapes.
    FITSTypeError
        If an image has neither integers nor floating-point numbers.
    FITSError
        If a file cannot be read. See `read`.
    """
    a, b = _image(original), _image(compressed)
    if a.shape != b.shape:
        raise FITSValueError(f"images of different shapes, {a.shape} and {b.shape}")
    whole_a, whole_b = np.atleast_1d(a), np.atleast_1d(b)
    worst, total, count = 0.0, 0.0, 0
    differences = []
    step = max(_PART * len(whole_a) // max(whole_a.nbytes, 1), 1)
    for first in range(0, len(whole_a), step):
        one, other = whole_a[first : first + step], whole_b[first : first + step]
        undefined, also = _undefined(one), _undefined(other)
        places = np.argwhere(undefined != also)
        places[:, 0] += first
        differences.append(places)
        apart = _apart(np.ma.getdata(one), np.ma.getdata(other))[~(undefined | also)]
        if apart.size:
            worst = max(worst, float(apart.max()))
            total += float(np.square(apart, dtype=np.float64).sum())
            count += apart.size
    rms = float(np.sqrt(total / count)) if count else 0.0
    noise = _noise(whole_a)
    return CompressionLoss(
        worst,
        rms,
        noise,
        rms / noise if noise > 0 else float("inf") if rms > 0 else 0.0,
        count,
        np.concatenate(differences) if differences else np.empty((0, a.ndim), np.intp),
    )


def _image(given: Any) -> Array:
    array: Array = np.asanyarray(read(given) if isinstance(given, (str, os.PathLike)) else given)
    if array.dtype.kind not in "iuf" or array.dtype.names:
        raise FITSTypeError(f"expected an image of integers or real numbers, found {array.dtype}")
    return array


def _undefined(part: Array) -> Array:
    """Return a mask of the pixels that are NaN or masked."""
    mask = np.ma.getmaskarray(part)
    return mask | np.isnan(np.ma.getdata(part)) if part.dtype.kind == "f" else mask


def _apart(a: Array, b: Array) -> Array:
    """Return absolute differences as float64. Those of integers are computed exactly."""
    if a.dtype.kind == b.dtype.kind and a.dtype.kind in "iu":
        high, low = np.maximum(a, b), np.minimum(a, b)
        exact: Array = high.astype("u8") - low.astype("u8")
        return exact.astype("f8")
    with np.errstate(invalid="ignore"):
        apart: Array = np.abs(a.astype("f8") - b.astype("f8"))
    apart[a == b] = 0  # infinities
    return apart


def _noise(image: Array) -> float:
    """Return the noise as quantizing estimates it: the median of the noise of the rows."""
    rows = image.reshape(-1, image.shape[-1])
    if rows.shape[1] < 5:
        rows = image.reshape(1, -1)
    if rows.shape[1] < 5:
        return 0.0
    found = []
    for row in rows:
        data = np.ma.getdata(row).astype("f8")
        data = data[np.isfinite(data) & ~np.ma.getmaskarray(row)]
        if len(data) >= 5:
            found.append(np.median(np.abs(2 * data[2:-2] - data[:-4] - data[4:])))
    return float(_NOISE * np.median(found)) if found else 0.0
