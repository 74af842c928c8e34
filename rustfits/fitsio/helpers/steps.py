# SPDX-License-Identifier: BSD-3-Clause
"""`Steps`: ``next()`` on an object that can be iterated over."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

__all__ = ["Steps"]


class Steps:
    """Base class of objects that remember how far ``next()`` has come."""

    _left: Iterator[Any] | None = None

    @abstractmethod
    def __iter__(self) -> Iterator[Any]: ...

    def next(self) -> Any:
        """Return the next HDU of a file, or the next row of a table."""
        return self.__next__()

    def __next__(self) -> Any:
        if self._left is None:
            self._left = iter(self)
        try:
            return next(self._left)
        except StopIteration:
            self._left = None  # the next call begins again
            raise
