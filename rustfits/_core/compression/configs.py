# SPDX-License-Identifier: BSD-3-Clause
"""How images and tables are compressed: what `compress=` and `quantize=` take."""

from __future__ import annotations

import functools
import math
import operator
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from typing_extensions import Self

__all__ = [
    "Auto",
    "Compression",
    "Gzip1",
    "Gzip2",
    "Hcompress1",
    "NoCompress",
    "Plio1",
    "Quantize",
    "Rice1",
    "as_compression",
    "as_quantize",
    "c_compression",
    "check_compression",
    "from_c",
    "with_level",
]


class Config:
    """Base of the configurations: values that are compared, hashed and shown by their arguments."""

    __slots__ = ()

    #: Names of the arguments, and what they are unless given.
    _defaults: ClassVar[dict[str, Any]] = {}
    #: Which of them are shown only where they were given.
    _hidden: ClassVar[tuple[str, ...]] = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._defaults)

    def _replace(self, **changes: Any) -> Self:
        """Give another one with some arguments changed."""
        return type(self)(**dict(zip(self._defaults, self._values(), strict=True)) | changes)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make another one")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed; make another one")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __reduce__(self) -> tuple[Any, ...]:
        options = dict(zip(self._defaults, self._values(), strict=True))
        return functools.partial(type(self), **options), ()

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name, default in self._defaults.items()
            if name not in self._hidden or getattr(self, name) != default
        )
        return f"{type(self).__name__}({shown})"


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
        _set(self, "tile_shape", None if tile_shape is None else _lengths(tile_shape))
        if not isinstance(heap_format, str) or heap_format.upper() not in ("P", "Q"):
            raise FITSValueError(f"heap_format must be 'P' or 'Q', not {heap_format!r}")
        _set(self, "heap_format", heap_format.upper())

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
        _set(self, "level", None if level is None else integer("level", level, 1, 12))

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
        _set(self, "blocksize", integer("blocksize", blocksize, 1, 2**31 - 1))

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
        _set(self, "smooth", _truth("smooth", smooth))
        _set(self, "relative", _truth("relative", relative))
        if self.relative:
            number = _real("scale", scale)
            if not 0 < number < 2**31:
                raise FITSValueError(f"scale must be above 0, not {scale!r}")
            _set(self, "scale", number)
        else:
            _set(self, "scale", integer("scale", _whole(scale), 0, 2**31 - 1))

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


class Quantize(Config):
    """How reals become integers before they are compressed. This loses precision.

    Parameters
    ----------
    level : float, optional
        Above 0: steps of the noise of a tile divided by it, so that more is finer and larger. Below
        0: steps of ``-level``, the same for all tiles. None: 4 with dithering and 16 without, as
        cfitsio has it; also of files that do not say.
    method : {"dither1", "dither2", "no_dither"}
        With noise of half a step that readers take away again, so that means stay true
        (SUBTRACTIVE_DITHER_1); the same, and pixels of exactly 0 stay so (SUBTRACTIVE_DITHER_2);
        or rounded (NO_DITHER). The names of ZQUANTIZ are taken as well.
    seed : int
        Where the noise begins in its sequence, 1 to 10000 (ZDITHER0). 0: by the checksum of the
        first tile that is written, so that equal images become equal files.

    Raises
    ------
    FITSValueError, FITSTypeError
        An argument is not possible.
    """

    __slots__ = ("level", "method", "seed")

    _defaults: ClassVar[dict[str, Any]] = {"level": 4.0, "method": "dither1", "seed": 0}

    level: float | None
    method: str
    seed: int

    def __init__(
        self, *, level: float | None = 4.0, method: str = "dither1", seed: int = 0
    ) -> None:
        number = None if level is None else _real("level", level)
        if number is not None and (number == 0 or not math.isfinite(number)):
            raise FITSValueError(
                f"level must be a number other than 0, not {level!r}; to lose nothing, "
                "leave quantize= out and compress with Gzip2"
            )
        _set(self, "level", number)
        known = _METHODS.get(method.lower()) if isinstance(method, str) else None
        if known is None:
            raise FITSValueError(
                f"method must be 'dither1', 'dither2' or 'no_dither', not {method!r}; to lose "
                "nothing, leave quantize= out and compress with Gzip2"
            )
        _set(self, "method", known)
        _set(self, "seed", integer("seed", seed, 0, 10000))


#: What `compress=` takes.
CompressLike: TypeAlias = "Compression | str | bool | None"
#: What `quantize=` takes.
QuantizeLike: TypeAlias = "Quantize | float | bool | None"

_METHODS = {
    "no_dither": "no_dither",
    "none": "no_dither",
    "dither1": "dither1",
    "subtractive_dither_1": "dither1",
    "dither2": "dither2",
    "subtractive_dither_2": "dither2",
}
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
    """Give what `compress=` asks for; None for no compression.

    Raises
    ------
    FITSValueError
        There is no algorithm of that name.
    FITSTypeError
        It is something else.
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
    """Give what `quantize=` asks for; None for lossless.

    Raises
    ------
    FITSValueError, FITSTypeError
        It is nothing like that.
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
    """Refuse what cannot be, before a file is touched.

    Raises
    ------
    FITSValueError
        Pixels of that type cannot be compressed like that; says what can be done instead.
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
    """Make an ``rf_compression *``, and what it points at, to be kept as long."""
    spec = ffi.new("rf_compression *")
    lib.rf_compression_init(spec)
    spec.size = ffi.sizeof("rf_compression")
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
    """Give the configurations that an ``rf_compression *`` stands for."""
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


def with_level(compression: Compression, level: int | None) -> Compression:
    """Give a configuration with a level of gzip, which no file keeps."""
    return compression._replace(level=level) if isinstance(compression, _Gzip) else compression


# ---- checks ----


def _set(config: object, name: str, value: Any) -> None:
    object.__setattr__(config, name, value)


def _lengths(lengths: Sequence[int]) -> tuple[int, ...]:
    if isinstance(lengths, (str, bytes)):
        raise FITSTypeError(f"tile_shape is a sequence of int, not {lengths!r}")
    try:
        given = list(lengths)
    except TypeError:
        raise FITSTypeError(
            f"tile_shape is a sequence of int, one for each axis, not {lengths!r}"
        ) from None
    if not given:
        raise FITSValueError("tile_shape has no axes")
    return tuple(integer("the length of a tile", length, 1) for length in given)


def _truth(what: str, value: object) -> bool:
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number not in (0, 1):
        raise FITSTypeError(f"{what} must be a bool, not {value!r}")
    return bool(number)


def _real(what: str, value: object) -> float:
    if not isinstance(value, Real):
        raise FITSTypeError(f"{what} must be a number, not {type(value).__name__}")
    return float(value)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
