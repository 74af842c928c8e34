# SPDX-License-Identifier: BSD-3-Clause
"""The arguments of ``fitsio`` for compressed images."""

from __future__ import annotations

import functools
import inspect
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.extended import NameCompression
from rustfits._core.compression.algorithms import (
    Compression,
    Gzip1,
    Gzip2,
    Hcompress1,
    Plio1,
    Rice1,
)
from rustfits._core.compression.quantize import Quantize
from rustfits._core.compression.spec import check_compression
from rustfits.fitsio.util import (
    GZIP_1,
    GZIP_2,
    HCOMPRESS_1,
    NO_DITHER,
    NOCOMPRESS,
    NOT_SET,
    PLIO_1,
    RICE_1,
    SUBTRACTIVE_DITHER_1,
    SUBTRACTIVE_DITHER_2,
    FITSRuntimeWarning,
)

__all__ = [
    "NOT_PACKED",
    "ImageCompression",
    "compression_of_name",
    "takes_compression",
    "without_infinities",
]

_KINDS: dict[str, type[Compression] | None] = {
    "NONE": None,
    "": None,
    NOT_SET: None,
    str(NOCOMPRESS): None,
    "RICE": Rice1,
    "RICE_1": Rice1,
    str(RICE_1): Rice1,
    "GZIP": Gzip1,
    "GZIP_1": Gzip1,
    str(GZIP_1): Gzip1,
    "GZIP_2": Gzip2,
    str(GZIP_2): Gzip2,
    "PLIO": Plio1,
    "PLIO_1": Plio1,
    str(PLIO_1): Plio1,
    "HCOMPRESS": Hcompress1,
    "HCOMPRESS_1": Hcompress1,
    str(HCOMPRESS_1): Hcompress1,
}
_METHODS: dict[Any, str] = {
    None: "no_dither",
    "NO_DITHER": "no_dither",
    NO_DITHER: "no_dither",
    NOT_SET: "dither1",
    "SUBTRACTIVE_DITHER_1": "dither1",
    SUBTRACTIVE_DITHER_1: "dither1",
    "SUBTRACTIVE_DITHER_2": "dither2",
    SUBTRACTIVE_DITHER_2: "dither2",
}


@dataclass
class ImageCompression:
    """The compression arguments of a call.

    Parameters
    ----------
    compress : str, int or None
        The algorithm: ``"RICE"``, ``"GZIP"``, ``"GZIP_2"``, ``"PLIO"``, ``"HCOMPRESS"``, one of the
        constants of those names, or None.
    tile_dims : sequence of int, optional
        The lengths of a tile, slowest axis first.
    qlevel : float, optional
        For floating-point images, the noise divided by the step of quantizing, which is lossy. By
        default 4 with dithering and 16 without. None or 0 is lossless.
    qmethod : str or int, optional
        The dithering.
    dither_seed : int or str, optional
        The start of the dithering, 1 to 10000. Other values mean the checksum of the first tile.
    hcomp_scale : float, optional
        The scale of HCOMPRESS, in units of the noise if positive, else absolute. 0 is lossless.
    hcomp_smooth : bool, optional
        Whether readers smooth the image.

    Raises
    ------
    FITSValueError
        If an argument is invalid.
    """

    compress: Any = NOT_SET
    tile_dims: Any = NOT_SET
    qlevel: Any = NOT_SET
    qmethod: Any = NOT_SET
    dither_seed: Any = NOT_SET
    hcomp_scale: Any = NOT_SET
    hcomp_smooth: Any = NOT_SET

    def __post_init__(self) -> None:
        name = str(self.compress).upper()
        if isinstance(self.compress, bool) or name not in _KINDS:
            raise FITSValueError(
                "compress must be None, 'RICE', 'GZIP', 'GZIP_2', 'PLIO' or 'HCOMPRESS', not "
                f"{self.compress!r}"
            )
        self._kind = _KINDS[name]
        self._quantize = self._reals()

    def _reals(self) -> Quantize | None:
        """Return the configuration of quantizing, or None."""
        method = self.qmethod
        if isinstance(method, bytes):
            method = method.decode("ascii", "replace")
        method = method.upper() if isinstance(method, str) else method
        if isinstance(method, bool) or method not in _METHODS:
            raise FITSValueError(
                "qmethod must be 'NO_DITHER', 'SUBTRACTIVE_DITHER_1' or 'SUBTRACTIVE_DITHER_2', "
                f"not {self.qmethod!r}"
            )
        seed = self._seed()
        if _not_set(self.qlevel):  # as cfitsio: 4 with dithering, 16 without
            return Quantize(level=None, method=_METHODS[method], seed=seed)
        if self.qlevel is None or float(self.qlevel) == 0:
            return None
        return Quantize(level=float(self.qlevel), method=_METHODS[method], seed=seed)

    def _seed(self) -> int:
        seed = self.dither_seed
        if isinstance(seed, bytes):
            seed = seed.decode("ascii", "replace")
        if seed is None or (
            isinstance(seed, str) and seed.lower() in ("clock", "checksum", NOT_SET.lower())
        ):
            return 0
        try:
            number = operator.index(seed)
        except TypeError:
            number = 10001
        if number > 10000:
            raise FITSValueError(
                f"dither_seed must be 1 to 10000, 'clock' or 'checksum', not {seed!r}"
            )
        return max(number, 0)

    def arguments(self) -> dict[str, Any]:
        """Return the arguments as a dict."""
        return {name: getattr(self, name) for name in _ARGUMENTS}

    def options(self, dtype: Any, shape: tuple[int, ...]) -> dict[str, Any]:
        """Return the arguments `compress` and `quantize` for an image, after a check.

        Raises
        ------
        FITSValueError
            If the algorithm cannot compress such an image.
        """
        if self._kind is None:
            return {}
        given: dict[str, Any] = {}
        if self.tile_dims is not None and not _not_set(self.tile_dims):
            given["tile_shape"] = np.atleast_1d(self.tile_dims).tolist()
        if self._kind is Hcompress1:
            scale = 0 if _not_set(self.hcomp_scale) or not self.hcomp_scale else self.hcomp_scale
            if scale > 0 and scale != 1:
                given.update(scale=float(scale), relative=True)
            elif scale < 0:
                given["scale"] = max(1, round(-scale))
            given["smooth"] = not _not_set(self.hcomp_smooth) and bool(self.hcomp_smooth)
        compression = self._kind(**given)
        quantize = self._quantize if np.dtype(dtype).kind == "f" else None
        if quantize is not None and quantize.method == "dither2" and self._kind is Hcompress1:
            warnings.warn(
                "HCOMPRESS does not go with SUBTRACTIVE_DITHER_2: SUBTRACTIVE_DITHER_1 is taken",
                FITSRuntimeWarning,
                stacklevel=6,
            )
            quantize = quantize._replace(method="dither1")
        check_compression(compression, quantize, np.dtype(dtype), len(shape))
        return {"compress": compression, "quantize": quantize}


def without_infinities(pixels: Any) -> Any:
    """Return pixels for a compressed image, which has NaN for infinities, as in ``fitsio``."""
    values = np.asanyarray(pixels)
    if values.dtype.kind != "f" or not np.isinf(values).any():
        return pixels
    warnings.warn(
        "infinities of a compressed image are stored as NaN, as fitsio does; rustfits.FITS keeps "
        "them",
        FITSRuntimeWarning,
        stacklevel=5,
    )
    return np.where(np.isinf(values), np.asarray(np.nan, values.dtype), values)


def _not_set(value: Any) -> bool:
    return isinstance(value, str) and value == NOT_SET


def compression_of_name(
    name: NameCompression, packing: ImageCompression, shape: tuple[int, ...]
) -> ImageCompression:
    """Return the arguments for an image of a file whose name has a compression.

    Raises
    ------
    FITSValueError
        If the call has compression arguments other than ``dither_seed``.
    """
    for argument, value in packing.arguments().items():
        if argument != "dither_seed" and not _not_set(value):
            raise FITSValueError(
                f"{argument}={value!r}: the name of the file has [compress ...], which chooses the "
                "compression; only dither_seed goes with it"
            )
    lengths = shape[::-1]
    tile = [given or length for given, length in zip(name.tile, lengths, strict=False)]
    tile += [1] * (len(shape) - len(tile))
    return ImageCompression(
        compress=name.kind,
        tile_dims=tile[::-1] if name.tile else NOT_SET,
        qlevel=NOT_SET if name.level is None else name.level,
        qmethod=NOT_SET if name.dither is None else name.dither,
        dither_seed=packing.dither_seed,
        hcomp_scale=NOT_SET if name.scale is None else name.scale,
        hcomp_smooth=name.smooth,
    )


NOT_PACKED = ImageCompression()
_ARGUMENTS = inspect.signature(ImageCompression).parameters


def takes_compression(function: Callable[..., None]) -> Callable[..., None]:
    """Return a function with the seven compression arguments in place of `packing`.

    Callers pass them by position or by name, in the same order for all functions.
    """
    own = inspect.signature(function)
    parameters = [
        parameter
        for one in own.parameters.values()
        for parameter in (_ARGUMENTS.values() if one.name == "packing" else (one,))
    ]
    signature = own.replace(parameters=parameters)

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> None:
        try:
            given = signature.bind(*args, **kwargs).arguments
        except TypeError as refused:
            raise TypeError(f"{function.__name__}(): {refused}") from None
        said = {name: given.pop(name) for name in _ARGUMENTS if name in given}
        keys = given.pop("keys", {})
        function(**given, packing=ImageCompression(**said), **keys)

    vars(called)["__signature__"] = signature
    return called
