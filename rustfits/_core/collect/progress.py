# SPDX-License-Identifier: BSD-3-Clause
"""Report how many files were read: to a callable, or by a bar on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from rustfits._core.binding.errors import FITSTypeError

__all__ = ["FileProgress", "reporting"]

#: Called with the number of files that were read, and of all files (None: unknown).
FileProgress: TypeAlias = Callable[[int, "int | None"], object]

# A bar appears after so many seconds.
_DELAY = 2.0


@contextmanager
def reporting(progress: bool | FileProgress | None, total: int | None) -> Iterator[FileProgress]:
    """Yield the function to call after each step.

    Parameters
    ----------
    progress : bool or callable, optional
        None shows a bar on a terminal, True shows one everywhere.
    total : int, optional
        The number of files.

    Raises
    ------
    FITSTypeError
        If `progress` is something else.
    """
    if callable(progress):
        yield progress
        return
    if progress is not None and not isinstance(progress, bool):
        raise FITSTypeError(f"progress must be True, False or a callable, not {progress!r}")
    bar: Any = None
    if progress or (progress is None and sys.stderr is not None and sys.stderr.isatty()):
        try:
            from tqdm import tqdm
        except ImportError:
            pass  # the bar is optional
        else:
            bar = tqdm(total=total, unit="file", leave=False, delay=_DELAY)
    try:
        yield (lambda done, _total: bar.update(done - bar.n)) if bar is not None else _ignore
    finally:
        if bar is not None:
            bar.close()


def _ignore(_done: int, _total: int | None) -> None:
    pass
