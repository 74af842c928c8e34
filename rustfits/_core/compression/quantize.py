# SPDX-License-Identifier: BSD-3-Clause
"""`Quantize`: how reals become integers before they are compressed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSValueError
from rustfits._core.compression.config import Config, real, set_field

if TYPE_CHECKING:
    pass

__all__ = ["Quantize"]

#: ZQUANTIZ by method.
_ZQUANTIZ = {
    "no_dither": "NO_DITHER",
    "dither1": "SUBTRACTIVE_DITHER_1",
    "dither2": "SUBTRACTIVE_DITHER_2",
}
_METHODS = {
    "no_dither": "no_dither",
    "none": "no_dither",
    "dither1": "dither1",
    "subtractive_dither_1": "dither1",
    "dither2": "dither2",
    "subtractive_dither_2": "dither2",
}


class Quantize(Config):
    """The conversion of floating-point pixels to integers before compression. It is lossy.

    Parameters
    ----------
    level : float, optional
        The step between integers. Above 0, it is the noise of a tile divided by `level`: a larger
        `level` keeps more detail. Below 0, it is ``-level`` for all tiles. None means 4 with
        dithering and 16 without, as in cfitsio.
    method : {"dither1", "dither2", "no_dither"}
        The rounding. ``"dither1"`` (SUBTRACTIVE_DITHER_1) adds noise of half a step, which readers
        subtract, so that means stay true. ``"dither2"`` (SUBTRACTIVE_DITHER_2) also keeps pixels
        that are exactly 0. ``"no_dither"`` (NO_DITHER) adds none. The values of ZQUANTIZ are valid,
        too.
    seed : int
        The start of the noise in its sequence, 1 to 10000 (ZDITHER0). 0 means the checksum of the
        first tile, so that equal images become equal files.

    Raises
    ------
    FITSValueError, FITSTypeError
        If an argument is invalid.
    """

    __slots__ = ("level", "method", "seed")

    _defaults: ClassVar[dict[str, Any]] = {"level": 4.0, "method": "dither1", "seed": 0}

    level: float | None
    method: str
    seed: int

    @property
    def zquantiz(self) -> str:
        """The value of the keyword ZQUANTIZ for `method`."""
        return _ZQUANTIZ[self.method]

    def __init__(
        self, *, level: float | None = 4.0, method: str = "dither1", seed: int = 0
    ) -> None:
        number = None if level is None else real("level", level)
        if number is not None and (number == 0 or not math.isfinite(number)):
            raise FITSValueError(
                f"level must be a number other than 0, not {level!r}; to lose nothing, "
                "leave quantize= out and compress with Gzip2"
            )
        set_field(self, "level", number)
        known = _METHODS.get(method.lower()) if isinstance(method, str) else None
        if known is None:
            raise FITSValueError(
                f"method must be 'dither1', 'dither2' or 'no_dither', not {method!r}; to lose "
                "nothing, leave quantize= out and compress with Gzip2"
            )
        set_field(self, "method", known)
        set_field(self, "seed", integer("seed", seed, 0, 10000))
