# SPDX-License-Identifier: BSD-3-Clause
"""The lock of an object that gives bytes: one for all files over it."""

from __future__ import annotations

import os
import weakref
from threading import get_ident

from rustfits._core.binding.errors import FITSIOError
from rustfits._core.binding.locks import ForkLock

__all__ = ["SourceLock", "lock_of"]


class SourceLock:
    """A lock around the calls of an object, which the object itself cannot take again.

    Parameters
    ----------
    name : str
        The name of the object for messages.
    exclusive : bool
        Whether one thread at a time calls the object. Otherwise, the lock only finds re-entry.
    """

    __slots__ = ("__weakref__", "_inside", "_lock", "_name")

    def __init__(self, name: str, exclusive: bool = True) -> None:
        self._name = name
        self._lock = ForkLock() if exclusive else None
        # Threads that run a call of the object. A forked child has other processes' threads here,
        # whose numbers its own threads may have.
        self._inside: set[tuple[int, int]] = set()

    def refuse_reentry(self) -> None:
        """Raise an error if this thread runs a call of the object.

        Raises
        ------
        FITSIOError
            If the object uses a FITS file that reads or writes the object.
        """
        if self._inside and (os.getpid(), get_ident()) in self._inside:
            raise FITSIOError(
                f"{self._name}: a method of the object uses the FITS file that called it"
            )

    def __enter__(self) -> None:
        self.refuse_reentry()
        if self._lock is not None:
            self._lock.__enter__()
        self._inside.add((os.getpid(), get_ident()))

    def __exit__(self, *_: object) -> None:
        self._inside.discard((os.getpid(), get_ident()))
        if self._lock is not None:
            self._lock.__exit__()


# Locks by the id of their object, which lives as long as a lock of it: both belong to a source.
_locks: weakref.WeakValueDictionary[int, SourceLock] = weakref.WeakValueDictionary()
_locks_lock = ForkLock()


def lock_of(target: object, name: str) -> SourceLock:
    """Return the lock that all sources over an object share."""
    with _locks_lock:
        found = _locks.get(id(target))
        if found is None:
            found = _locks[id(target)] = SourceLock(name)
        return found
