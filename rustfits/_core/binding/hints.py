# SPDX-License-Identifier: BSD-3-Clause
"""What to write instead of an attribute of another package, in the message of an AttributeError."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

__all__ = ["Hinted"]


class Hinted:
    """A class whose missing attributes have hints. Type checkers do not see `__getattr__`."""

    __slots__ = ()

    #: What to write instead of each attribute.
    _hints: ClassVar[dict[str, str]] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            hint = None if name.startswith("_") else self._hints.get(name)
            if hint is None:
                raise AttributeError(message, name=name, obj=self)
            raise AttributeError(f"{message}: use {hint}")
