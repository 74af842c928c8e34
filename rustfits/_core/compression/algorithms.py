# SPDX-License-Identifier: BSD-3-Clause
"""The configurations of the algorithms: `Rice1`, `Gzip1` and others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.library import CData, lib
from rustfits._core.compression.config import Config, lengths_of_tile, real, set_field, truth, whole

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = [
    "Auto",
    "Compression",
    "Gzip1",
    "Gzip2",
    "Hcompress1",
    "NoCompress",
    "Plio1",
    "Rice1",
    "with_level",
]


class Compression(Config):
    """Base class of the configurations of the algorithms.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        The lengths of a tile, slowest axis first, one for each axis of the image. A length beyond
        that of the axis means the whole axis. By default a row, for `Hcompress1` about 16 rows.
    heap_format : {"P", "Q"}
        The descriptors of the tiles: P has 32 bits, or 64 if it must, Q always 64.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ("heap_format", "tile_shape")

    _defaults: ClassVar[dict[str, Any]] = {"tile_shape": None, "heap_format": "P"}

    tile_shape: tuple[int, ...] | None
    heap_format: str

    #: The value of ZCMPTYPE.
    zcmptype: ClassVar[str]
    _number: ClassVar[int]

    def __init__(self, *, tile_shape: Sequence[int] | None = None, heap_format: str = "P") -> None:
        set_field(self, "tile_shape", None if tile_shape is None else lengths_of_tile(tile_shape))
        if not isinstance(heap_format, str) or heap_format.upper() not in ("P", "Q"):
            raise FITSValueError(f"heap_format must be 'P' or 'Q', not {heap_format!r}")
        set_field(self, "heap_format", heap_format.upper())

    def _fill(self, spec: CData) -> None:
        """Set the members of an ``rf_compression *`` that only this algorithm has."""


class Auto(Compression):
    """An algorithm that the library chooses. ``compress=True`` means the same.

    It is `Rice1` for integers of up to 32 bits and for quantized pixels, `Gzip2` for others.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = ""
    _number: ClassVar[int] = lib.RF_Z_AUTO


class _Gzip(Compression):
    __slots__ = ("level",)

    _defaults: ClassVar[dict[str, Any]] = Compression._defaults | {"level": None}

    level: int | None

    def __init__(
        self,
        *,
        tile_shape: Sequence[int] | None = None,
        heap_format: str = "P",
        level: int | None = None,
    ) -> None:
        super().__init__(tile_shape=tile_shape, heap_format=heap_format)
        set_field(self, "level", None if level is None else integer("level", level, 1, 12))

    def _fill(self, spec: CData) -> None:
        spec.level = 0 if self.level is None else self.level


class Gzip1(_Gzip):
    """GZIP_1: each tile is a gzip stream of its bytes. It is lossless for every type.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.
    level : int, optional
        The level: 1 (fast) to 12 (small). Files do not store it.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "GZIP_1"
    _number: ClassVar[int] = lib.RF_Z_GZIP_1


class Gzip2(_Gzip):
    """GZIP_2: as GZIP_1, after sorting the bytes of a tile by their significance.

    Its files are nearly always smaller than those of `Gzip1`. It is lossless for every type.

    Parameters
    ----------
    tile_shape, heap_format, level
        As for `Gzip1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "GZIP_2"
    _number: ClassVar[int] = lib.RF_Z_GZIP_2


class Rice1(Compression):
    """RICE_1: differences of neighbouring pixels in as few bits as a block needs.

    It is fast, and its files are small for noisy images. It compresses integers of 8 to 32 bits
    losslessly, and floating-point pixels with `Quantize`.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        The lengths of a tile, slowest axis first, one for each axis of the image. A length beyond
        that of the axis means the whole axis. By default a row.
    heap_format : {"P", "Q"}
        The descriptors of the tiles: P has 32 bits, or 64 if it must, Q always 64.
    blocksize : int
        The pixels of a block.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ("blocksize",)

    _defaults: ClassVar[dict[str, Any]] = Compression._defaults | {"blocksize": 32}

    blocksize: int

    zcmptype: ClassVar[str] = "RICE_1"
    _number: ClassVar[int] = lib.RF_Z_RICE_1

    def __init__(
        self,
        *,
        tile_shape: Sequence[int] | None = None,
        heap_format: str = "P",
        blocksize: int = 32,
    ) -> None:
        super().__init__(tile_shape=tile_shape, heap_format=heap_format)
        set_field(self, "blocksize", integer("blocksize", blocksize, 1, 2**31 - 1))

    def _fill(self, spec: CData) -> None:
        spec.blocksize = self.blocksize


class Hcompress1(Compression):
    """HCOMPRESS_1: an H-transform of planes.

    It is slow, and its files are small for lossy compression. It compresses integers of 8 to 32
    bits, and floating-point pixels with `Quantize`. Two axes of a tile must be longer than 1.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        As for `Rice1`. By default about 16 rows.
    heap_format : {"P", "Q"}
        As for `Rice1`.
    scale : int or float
        The divisor of the coefficients. 0 and 1 are lossless. Larger ones remove detail.
    smooth : bool
        Whether readers smooth the edges of blocks that a scale above 1 causes.
    relative : bool
        Whether `scale` is in units of the noise of each tile, as for ``fpack -s``.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ("relative", "scale", "smooth")

    _defaults: ClassVar[dict[str, Any]] = Compression._defaults | {
        "scale": 0,
        "smooth": False,
        "relative": False,
    }
    _hidden: ClassVar[tuple[str, ...]] = ("relative",)

    scale: float
    smooth: bool
    relative: bool

    zcmptype: ClassVar[str] = "HCOMPRESS_1"
    _number: ClassVar[int] = lib.RF_Z_HCOMPRESS_1

    def __init__(
        self,
        *,
        tile_shape: Sequence[int] | None = None,
        heap_format: str = "P",
        scale: float = 0,
        smooth: bool = False,
        relative: bool = False,
    ) -> None:
        super().__init__(tile_shape=tile_shape, heap_format=heap_format)
        set_field(self, "smooth", truth("smooth", smooth))
        set_field(self, "relative", truth("relative", relative))
        if self.relative:
            number = real("scale", scale)
            if not 0 < number < 2**31:
                raise FITSValueError(f"scale must be above 0, not {scale!r}")
            set_field(self, "scale", number)
        else:
            set_field(self, "scale", integer("scale", whole(scale), 0, 2**31 - 1))

    def _fill(self, spec: CData) -> None:
        # In C, a positive scale is in units of the noise, and a negative one is absolute.
        spec.hcomp_scale = self.scale if self.relative or self.scale <= 1 else -self.scale
        spec.hcomp_smooth = self.smooth


class Plio1(Compression):
    """PLIO_1: runs of equal values, for masks of integers from 0 to 16777215.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "PLIO_1"
    _number: ClassVar[int] = lib.RF_Z_PLIO_1


class NoCompress(Compression):
    """NOCOMPRESS: uncompressed tiles, to measure the cost of tiles alone.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "NOCOMPRESS"
    _number: ClassVar[int] = lib.RF_Z_NOCOMPRESS


def with_level(compression: Compression, level: int | None) -> Compression:
    """Return a configuration with a level of gzip, because files do not store it."""
    return compression._replace(level=level) if isinstance(compression, _Gzip) else compression
