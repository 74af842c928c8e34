# SPDX-License-Identifier: BSD-3-Clause
"""The base of all configurations of compression, and checks of their arguments."""

from __future__ import annotations

import functools
import operator
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSTypeError, FITSValueError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

__all__ = ["Config", "lengths_of_tile", "real", "set_field", "truth", "whole"]


class Config:
    """Base class of the configurations, which are compared, hashed and shown by their arguments."""

    __slots__ = ()

    #: The arguments and their defaults.
    _defaults: ClassVar[dict[str, Any]] = {}
    #: The arguments that repr() shows only if they differ from the default.
    _hidden: ClassVar[tuple[str, ...]] = ()

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self._defaults)

    def _replace(self, **changes: Any) -> Self:
        """Return a configuration with some arguments changed."""
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


def set_field(config: object, name: str, value: Any) -> None:
    object.__setattr__(config, name, value)


def lengths_of_tile(lengths: Sequence[int]) -> tuple[int, ...]:
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


def truth(what: str, value: object) -> bool:
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = -1
    if number not in (0, 1):
        raise FITSTypeError(f"{what} must be a bool, not {value!r}")
    return bool(number)


def real(what: str, value: object) -> float:
    if not isinstance(value, Real):
        raise FITSTypeError(f"{what} must be a number, not {type(value).__name__}")
    return float(value)


def whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
