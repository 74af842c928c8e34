# SPDX-License-Identifier: BSD-3-Clause
"""Report the progress of a fetch to a callable or a bar on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from rustfits._core.binding.library import CData, ffi, lib, stash_exception

__all__ = ["Progress", "progress_callback"]

#: Called with the bytes that have arrived and their expected number (None: unknown).
Progress: TypeAlias = Callable[[int, "int | None"], object]


class _Bar:
    """A progress bar of tqdm for each fetch that takes longer than half a second."""

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
    """Call the receiver: the function of type ``rf_progress``."""
    try:
        ffi.from_handle(user)(done, None if total < 0 else total)
    except BaseException as exception:
        # An exception must not cross C. The Python caller of C raises it.
        stash_exception(exception)
        return int(lib.RF_ERR_CALLBACK)
    return int(lib.RF_OK)


ffi.def_extern(name="rf_py_progress", error=lib.RF_ERR_CALLBACK)(_tell)


def progress_callback(progress: bool | Progress) -> tuple[CData, CData, Any]:
    """Return function and user pointer for C, and what must live as long as they are used."""
    receiver: Progress
    if callable(progress):
        receiver = progress
    else:
        try:
            receiver = _Bar()
        except ImportError:
            return ffi.NULL, ffi.NULL, None  # the bar is optional
    handle = ffi.new_handle(receiver)
    return lib.rf_py_progress, handle, (handle, receiver)
