# SPDX-License-Identifier: BSD-3-Clause
"""What all servers have: `close`, which a ``with`` block calls at its end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import TypeVar

_Some = TypeVar("_Some", bound="Server")


class Server(ABC):
    """A server that runs from when it is made until it is closed."""

    @abstractmethod
    def close(self) -> None:
        """Stops the server."""

    def __enter__(self: _Some) -> _Some:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
