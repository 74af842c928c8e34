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
    """Base of the configurations: what all of them have.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        Lengths of a tile, slowest axis first, one for each axis of the image. Longer than an axis
        means all of it. By default a row, and some 16 rows with `Hcompress1`.
    heap_format : {"P", "Q"}
        Descriptors of the tiles: 32 bits, or 64 where that is needed, or 64 always.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ("heap_format", "tile_shape")

    _defaults: ClassVar[dict[str, Any]] = {"tile_shape": None, "heap_format": "P"}

    tile_shape: tuple[int, ...] | None
    heap_format: str

    #: What ZCMPTYPE says.
    zcmptype: ClassVar[str]
    _number: ClassVar[int]

    def __init__(self, *, tile_shape: Sequence[int] | None = None, heap_format: str = "P") -> None:
        set_field(self, "tile_shape", None if tile_shape is None else lengths_of_tile(tile_shape))
        if not isinstance(heap_format, str) or heap_format.upper() not in ("P", "Q"):
            raise FITSValueError(f"heap_format must be 'P' or 'Q', not {heap_format!r}")
        set_field(self, "heap_format", heap_format.upper())

    def _fill(self, spec: CData) -> None:
        """Put what only this algorithm has into an ``rf_compression *``."""


class Auto(Compression):
    """What suits the data; ``compress=True`` is short for it.

    `Rice1` for integers of up to 32 bits and for what is quantized, `Gzip2` for all else.
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
    """GZIP_1: each tile is a gzip stream of its bytes. Lossless for every type.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.
    level : int, optional
        1 (fast) to 12 (small). It is not stored: of a file that was opened, it is None.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "GZIP_1"
    _number: ClassVar[int] = lib.RF_Z_GZIP_1


class Gzip2(_Gzip):
    """GZIP_2: as GZIP_1, with all first bytes of the pixels before all second ones, and so on.

    Nearly always smaller than `Gzip1`. Lossless for every type.

    Parameters
    ----------
    tile_shape, heap_format, level
        As for `Gzip1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "GZIP_2"
    _number: ClassVar[int] = lib.RF_Z_GZIP_2


class Rice1(Compression):
    """RICE_1: differences of neighbours in as few bits as a block needs. Fast, and small for noise.

    Integers of 8 to 32 bits, lossless; reals with `Quantize`.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        Lengths of a tile, slowest axis first, one for each axis of the image. Longer than an axis
        means all of it. By default a row.
    heap_format : {"P", "Q"}
        Descriptors of the tiles: 32 bits, or 64 where that is needed, or 64 always.
    blocksize : int
        Pixels of a block.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
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
    """HCOMPRESS_1: an H-transform of planes. Slow; small for lossy images of integers.

    Integers of 8 to 32 bits; reals with `Quantize`. Tiles have two axes that are longer than 1.

    Parameters
    ----------
    tile_shape : sequence of int, optional
        As for `Rice1`. By default some 16 rows.
    heap_format : {"P", "Q"}
        As for `Rice1`.
    scale : int or float
        What coefficients are divided by. 0 and 1: lossless. Above that the image loses detail.
    smooth : bool
        Readers are to smooth the edges of blocks that a scale above 1 leaves.
    relative : bool
        `scale` is in units of the noise of each tile, as ``fpack -s`` takes it.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
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
        # Above 0, C counts in units of the noise, whatever the number.
        spec.hcomp_scale = self.scale if self.relative or self.scale <= 1 else -self.scale
        spec.hcomp_smooth = self.smooth


class Plio1(Compression):
    """PLIO_1: runs of equal values. For masks: integers from 0 to 16777215.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "PLIO_1"
    _number: ClassVar[int] = lib.RF_Z_PLIO_1


class NoCompress(Compression):
    """NOCOMPRESS: tiles as they are. For experiments, and to measure what tiles alone cost.

    Parameters
    ----------
    tile_shape, heap_format
        As for `Rice1`.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ()

    zcmptype: ClassVar[str] = "NOCOMPRESS"
    _number: ClassVar[int] = lib.RF_Z_NOCOMPRESS


def with_level(compression: Compression, level: int | None) -> Compression:
    """Give a configuration with a level of gzip, which no file keeps."""
    return compression._replace(level=level) if isinstance(compression, _Gzip) else compression
