# SPDX-License-Identifier: BSD-3-Clause
"""Pipes that a thread fills."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

from .sites import Site

__all__ = ["PipeSite", "fill_pipe"]


def fill_pipe(content: bytes) -> tuple[int, Thread]:
    """Return the read end of a pipe, and the thread that writes `content` to it."""
    read_end, write_end = os.pipe()

    def fill() -> None:
        rest = memoryview(content)
        try:
            while rest:
                rest = rest[os.write(write_end, rest) :]
        except BrokenPipeError:
            pass  # the test has closed its end
        finally:
            os.close(write_end)

    thread = Thread(target=fill)
    thread.start()
    return read_end, thread


class PipeSite(Site):
    """Pipes, by the numbers of their descriptors."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._pipes: list[tuple[int, Thread]] = []

    def __exit__(self, *failure: object) -> None:
        for read_end, thread in self._pipes:
            os.close(read_end)
            thread.join()

    def publish(self, content: bytes) -> str:
        self._pipes.append(fill_pipe(content))
        return f"fd://{self._pipes[-1][0]}"

    def missing(self) -> str:
        return "fd://12345"
