# SPDX-License-Identifier: BSD-3-Clause
"""`compress=` and `quantize=` of images, as the struct of the C library and back."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib
from rustfits._core.compression.algorithms import (
    Auto,
    Compression,
    Gzip1,
    Gzip2,
    Hcompress1,
    NoCompress,
    Plio1,
    Rice1,
)
from rustfits._core.compression.quantize import Quantize

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "CompressLike",
    "QuantizeLike",
    "as_compression",
    "as_quantize",
    "c_compression",
    "check_compression",
    "from_c",
]

#: The types of `compress=`.
CompressLike: TypeAlias = "Compression | str | bool | None"
#: The types of `quantize=`.
QuantizeLike: TypeAlias = "Quantize | float | bool | None"

_DITHERS: dict[str, int] = {
    "no_dither": lib.RF_DITHER_NONE,
    "dither1": lib.RF_DITHER_1,
    "dither2": lib.RF_DITHER_2,
}
_KINDS: tuple[type[Compression], ...] = (Rice1, Gzip1, Gzip2, Hcompress1, Plio1, NoCompress)
#: By name in lower case, without the underscore.
_NAMES: dict[str, type[Compression]] = {
    **{kind.zcmptype.lower().replace("_", ""): kind for kind in _KINDS},
    "auto": Auto,
    "rice": Rice1,
    "riceone": Rice1,
    "gzip": Gzip1,
    "hcompress": Hcompress1,
    "plio": Plio1,
}


def as_compression(compress: CompressLike) -> Compression | None:
    """Return the configuration that `compress` means, or None for no compression.

    Raises
    ------
    FITSValueError
        If there is no algorithm of that name.
    FITSTypeError
        If `compress` has another type.
    """
    if compress is None or compress is False:
        return None
    if compress is True:
        return Auto()
    if isinstance(compress, Compression):
        return compress
    if isinstance(compress, str):
        kind = _NAMES.get(compress.strip().lower().replace("_", ""))
        if kind is None:
            names = ", ".join(known.zcmptype for known in _KINDS)
            raise FITSValueError(f"compress={compress!r} is no algorithm: there are {names}")
        return kind()
    if isinstance(compress, type) and issubclass(compress, Compression):
        return compress()
    raise FITSTypeError(
        "compress= is True, the name of an algorithm, or one of Rice1(), Gzip1(), Gzip2(), "
        f"Hcompress1(), Plio1() and NoCompress(), not {type(compress).__name__}"
    )


def as_quantize(quantize: QuantizeLike) -> Quantize | None:
    """Return the configuration that `quantize` means, or None for lossless compression.

    Raises
    ------
    FITSValueError, FITSTypeError
        If `quantize` is invalid.
    """
    if quantize is None or quantize is False:
        return None
    if quantize is True:
        return Quantize()
    if isinstance(quantize, Quantize):
        return quantize
    if isinstance(quantize, Real):
        return Quantize(level=float(quantize))
    raise FITSTypeError(f"quantize= is True, a level or Quantize(), not {type(quantize).__name__}")


def check_compression(
    compression: Compression | None,
    quantize: Quantize | None,
    dtype: np.dtype[Any],
    ndim: int,
) -> None:
    """Check that an image can be compressed so, before a file is changed.

    Raises
    ------
    FITSValueError
        If the algorithm cannot compress the image. The message names an alternative.
    """
    if compression is None:
        if quantize is not None:
            raise FITSValueError("quantize= is a part of compression: give compress=, too")
        return
    if ndim == 0:
        raise FITSValueError("an image without data cannot be compressed")
    tile = compression.tile_shape
    if tile is not None and len(tile) != ndim:
        raise FITSValueError(f"tile_shape {tile} has {len(tile)} axes, and the image {ndim}")
    name = compression.zcmptype
    integers_only = isinstance(compression, (Rice1, Hcompress1, Plio1))
    if dtype.kind != "f":
        if quantize is not None:
            raise FITSValueError(
                f"quantize= is for reals, and the image is of type {dtype}: leave it out"
            )
        if integers_only and dtype.itemsize == 8:
            raise FITSValueError(
                f"{name} cannot hold integers of 64 bits ({dtype}): use compress=Gzip2()"
            )
    elif integers_only and quantize is None:
        raise FITSValueError(
            f"{name} cannot hold reals ({dtype}) as they are: use compress=Gzip2(), which loses "
            "nothing, or give quantize=Quantize() as well, which is lossy"
        )
    elif isinstance(compression, NoCompress) and quantize is not None:
        raise FITSValueError("NOCOMPRESS keeps reals as they are: leave quantize= out")
    elif (
        isinstance(compression, (Hcompress1, Plio1))
        and quantize is not None
        and quantize.method == "dither2"
    ):
        raise FITSValueError(
            f"{name} does not go with method='dither2': use 'dither1', or compress=Rice1()"
        )


# ---- the C library's struct ----


def c_compression(compression: Compression, quantize: Quantize | None) -> tuple[CData, CData]:
    """Return an ``rf_compression *`` and the memory that it points at."""
    spec = ffi.new("rf_compression *")
    lib.rf_compression_init(spec)
    spec.type = compression._number
    tile = ffi.NULL
    if compression.tile_shape is not None:
        spec.tile_ndim = len(compression.tile_shape)
        tile = ffi.new("uint64_t[]", compression.tile_shape)
        spec.tile = tile
    spec.heap_format = b"Q" if compression.heap_format == "Q" else b"\0"
    compression._fill(spec)
    if quantize is not None:
        spec.quantize = 1
        spec.quantize_level = 0 if quantize.level is None else quantize.level
        spec.dither = _DITHERS[quantize.method]
        spec.seed = quantize.seed
    return spec, tile


def from_c(spec: CData) -> tuple[Compression, Quantize | None]:
    """Return the configurations of an ``rf_compression *``."""
    kind = next(known for known in _KINDS if known._number == spec.type)
    options: dict[str, Any] = {
        "tile_shape": tuple(ffi.unpack(spec.tile, spec.tile_ndim)),
        "heap_format": "Q" if spec.heap_format == b"Q" else "P",
    }
    if kind is Rice1:
        options["blocksize"] = spec.blocksize or 32
    elif kind is Hcompress1:
        scale = spec.hcomp_scale
        options["smooth"] = bool(spec.hcomp_smooth)
        if scale < 0 or scale in (0, 1):
            options["scale"] = round(abs(scale))
        else:
            options.update(scale=scale, relative=True)
    quantize = None
    if spec.quantize:
        method = next(name for name, number in _DITHERS.items() if number == spec.dither)
        level = spec.quantize_level or None
        quantize = Quantize(level=level, method=method, seed=spec.seed)
    return kind(**options), quantize
