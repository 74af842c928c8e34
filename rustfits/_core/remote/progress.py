# SPDX-License-Identifier: BSD-3-Clause
"""How far a fetch has come: to a callable, or a bar on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rustfits._core.binding.library import CData, ffi, lib, stash_exception

__all__ = ["Progress", "progress_callback"]

#: Called with the bytes that have come and how many there will be (None: not known).
Progress: TypeAlias = Callable[[int, "int | None"], object]


class _Bar:
    """A progress bar by tqdm for each fetch that takes longer than a moment."""

    def __init__(self) -> None:
        from tqdm import tqdm

        self._tqdm = tqdm
        self._bar: Any = None

    def __call__(self, done: int, total: int | None) -> None:
        if self._bar is None:
            self._bar = self._tqdm(
                total=total, unit="B", unit_scale=True, unit_divisor=1024, leave=False, delay=0.5
            )
        self._bar.update(done - self._bar.n)
        if total is not None and done >= total:
            self._bar.close()
            self._bar = None


def _tell(user: CData, done: int, total: int) -> int:
    """Pass it on: the function of type rf_progress."""
    try:
        ffi.from_handle(user)(done, None if total < 0 else total)
    except BaseException as exception:
        # It must not cross C; whoever has called into C raises it.
        stash_exception(exception)
        return int(lib.RF_ERR_CALLBACK)
    return int(lib.RF_OK)


ffi.def_extern(name="rf_py_progress", error=lib.RF_ERR_CALLBACK)(_tell)


def progress_callback(progress: bool | Progress) -> tuple[CData, CData, Any]:
    """Give function and user pointer for C, and what has to be kept as long as they are used."""
    receiver: Progress
    if callable(progress):
        receiver = progress
    else:
        try:
            receiver = _Bar()
        except ImportError:
            return ffi.NULL, ffi.NULL, None  # a bar is a comfort: without tqdm there is none
    handle = ffi.new_handle(receiver)
    return lib.rf_py_progress, handle, (handle, receiver)
