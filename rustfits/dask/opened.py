# SPDX-License-Identifier: BSD-3-Clause
"""The files that tasks of this process read: each is opened once, and closed when it is idle."""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from rustfits._core.binding.locks import ForkLock
from rustfits._core.collect.identity import Identity, identity_of
from rustfits._core.file.fits import FITS

if TYPE_CHECKING:
    from rustfits._core.remote.remote import Remote

__all__ = ["Location", "close_files", "open_location", "opened_files"]

#: The most files that a process keeps open. A remote file has a cache of its own.
MAX_FILES = 16
#: Seconds without a read after which a file is closed.
IDLE_SECONDS = 10.0


class Location(NamedTuple):
    """A file, how to open it, and what identifies its content. It can be pickled."""

    name: str
    remote: Remote | str | None = None
    schemes: tuple[str, ...] | None = None
    identity: Identity | None = None

    def __dask_tokenize__(self) -> tuple[object, ...]:
        # Not the pickle of `remote`, which may refuse for its secrets.
        return (self.name, repr(self.remote), self.schemes, self.identity)

    def known(self) -> Location:
        """Return the location with the identity of the file now."""
        fits = open_location(self)
        return self._replace(identity=identity_of(self.name, fits))


class _Entry:
    """An open file, or one that a thread is opening."""

    __slots__ = ("fits", "identity", "lock", "used")

    def __init__(self) -> None:
        self.lock = ForkLock()
        self.fits: FITS | None = None
        self.identity: Identity | None = None
        self.used = time.monotonic()

    def open(self, location: Location) -> FITS:
        """Return the open file, opened again if its content has changed. Lock held."""
        fits = self.fits
        if fits is not None and self.identity is not None:
            with suppress(OSError):  # deleted, or no longer accessible: opening it says so
                if not self.identity.differs(identity_of(location.name, fits)):
                    return fits
        self.fits = None
        fits = FITS(location.name, threads=1, remote=location.remote, schemes=location.schemes)
        self.identity = identity_of(location.name, fits)
        self.fits = fits
        return fits


# By process, because a forked child must not use the connections of its parent.
_entries: OrderedDict[tuple[object, ...], _Entry] = OrderedDict()
_lock = ForkLock()
_sweeper: threading.Timer | None = None


def open_location(location: Location, hdu: int | None = None) -> FITS:
    """Return the open file of a location. It must not be closed by the caller.

    Parameters
    ----------
    location : Location
        The file.
    hdu : int, optional
        The HDU that is read, for messages.

    Raises
    ------
    FITSChangedError
        If the content is not that of ``location.identity``.
    FITSError
        If the file cannot be opened.
    """
    key = (os.getpid(), location.name, location.remote, location.schemes)
    with _lock:
        entry = _entries.setdefault(key, _Entry())
        entry.used = time.monotonic()
        _entries.move_to_end(key)
        while len(_entries) > MAX_FILES:
            _entries.popitem(last=False)  # running reads keep the file open
        _start_sweeper()
    with entry.lock:
        fits = entry.open(location)
        if location.identity is not None and entry.identity is not None:
            where = fits._file.name if hdu is None else f"{fits._file.name}[{hdu}]"
            since, advice = "its header was read", "make the collection again"
            location.identity.check(entry.identity, where, since, advice)
        return fits


def opened_files() -> list[FITS]:
    """Return the files that this process keeps open for tasks."""
    with _lock:
        return [entry.fits for entry in _entries.values() if entry.fits is not None]


def close_files() -> None:
    """Forget all files that this process keeps open. Each closes when its last read ends."""
    with _lock:
        _entries.clear()


def _start_sweeper() -> None:
    """Start the thread that closes idle files, if it does not run. Lock held."""
    global _sweeper
    if _sweeper is None or not _sweeper.is_alive():
        _sweeper = threading.Timer(IDLE_SECONDS, _sweep)
        _sweeper.daemon = True
        _sweeper.name = "rustfits-dask-idle-files"
        _sweeper.start()


def _sweep() -> None:
    """Forget the files that no task has used for a while."""
    global _sweeper
    with _lock:
        oldest = time.monotonic() - IDLE_SECONDS
        for key in [key for key, entry in _entries.items() if entry.used < oldest]:
            del _entries[key]
        _sweeper = None
        if _entries:
            _start_sweeper()
