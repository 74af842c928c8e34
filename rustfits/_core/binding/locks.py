# SPDX-License-Identifier: BSD-3-Clause
"""Locks that are free in a forked child, whose parent's threads do not exist there."""

from __future__ import annotations

import os
import threading
from _thread import RLock

__all__ = ["ForkLock"]

_forks = 0
_renewing = threading.Lock()


def _count_fork() -> None:
    """Count a fork. The system calls this in the child."""
    global _forks, _renewing
    _forks += 1
    _renewing = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


class ForkLock:
    """A lock that its owner may take again, as `threading.RLock`.

    A forked child replaces it if another thread of the parent held it.
    """

    __slots__ = ("__weakref__", "_forks", "_lock")

    def __init__(self) -> None:
        self._lock = RLock()
        self._forks = _forks

    def __enter__(self) -> None:
        if self._forks != _forks:
            self._renew()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def _renew(self) -> None:
        """Replace the lock, unless it is free or this thread owns it."""
        with _renewing:
            if self._forks == _forks:
                return
            if self._lock.acquire(blocking=False):
                self._lock.release()
            else:
                self._lock = RLock()
            self._forks = _forks
