# SPDX-License-Identifier: BSD-3-Clause
"""The base class of compressed images and tables, and blocks that collect writes."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, SupportsIndex

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSReadOnlyError
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.header.hdu import HDU
from rustfits._core.header.header import FITSHeader, LogicalHeader

__all__ = ["Compressed", "collecting_writes"]


class Compressed(HDU):
    """Base class of compressed HDUs: two headers, and a cache of decoded tiles.

    It must be the first base of a class.
    """

    __slots__ = ()

    @property
    def header(self) -> FITSHeader:
        """The logical header: that of the uncompressed image or table.

        The keywords of the compression are in `raw_header`.
        """
        self._flush()
        if self._header is None:
            self._header = LogicalHeader._live(self._file, self._index)
        return self._header

    @property
    def raw_header(self) -> FITSHeader:
        """The stored header: that of the binary table with the tiles."""
        self._flush()
        if self._raw_header is None:
            self._raw_header = FITSHeader._live(self._file, self._index)
        return self._raw_header

    def _flush(self) -> None:
        """Write pending values, because a caller needs the current file."""

    def _add_checksum(self, with_checksum: int) -> None:
        self._flush()
        super()._add_checksum(with_checksum)

    def _verify_checksum(self) -> tuple[bool | None, bool | None]:
        self._flush()
        return super()._verify_checksum()

    @property
    def tile_cache_size(self) -> int:
        """The limit of the tile cache in bytes. By default 32 MiB."""
        return self._cache()[0]

    @property
    def tile_cache_used(self) -> int:
        """The bytes of decoded tiles in the tile cache."""
        return self._cache()[1]

    def set_tile_cache_size(self, bytes: SupportsIndex) -> None:  # noqa: A002
        """Set how many bytes of decoded tiles stay in memory.

        Parameters
        ----------
        bytes : int
            The limit. The tiles that were used least recently are dropped above it. With 0, no tile
            stays in memory.

        Raises
        ------
        FITSValueError
            If `bytes` is negative.
        FITSClosedError
            If the file is closed.
        """
        size = integer("bytes", bytes, 0)
        err = error()
        check(lib.rf_hdu_set_cache(self._file._handle(), self._index, size, err), err)

    def clear_tile_cache(self) -> None:
        """Remove all tiles from the tile cache.

        Raises
        ------
        FITSClosedError
            If the file is closed.
        """
        err = error()
        check(lib.rf_hdu_clear_cache(self._file._handle(), self._index, err), err)

    def _cache(self) -> tuple[int, int]:
        sizes = ffi.new("uint64_t[2]")
        err = error()
        check(
            lib.rf_hdu_get_cache(self._file._handle(), self._index, sizes, sizes + 1, err),
            err,
        )
        return int(sizes[0]), int(sizes[1])


@contextmanager
def collecting_writes(
    hdu: Any, lock: AbstractContextManager[Any], begin: Callable[[], Any]
) -> Iterator[None]:
    """Let an HDU collect values in its `_pending`, which `begin` makes, and write them at the end.

    Blocks may be nested. The outermost one writes.

    Raises
    ------
    FITSReadOnlyError
        If the file was opened for reading.
    FITSClosedError
        If the file is closed.
    """
    file = hdu._file
    file._handle()
    if file.mode == "r":
        raise FITSReadOnlyError(f"{file.name}: the file was opened for reading")
    with lock:
        outermost = hdu._pending is None
        if outermost:
            hdu._pending = begin()
            file.pending_writers.append(weakref.ref(hdu))
    try:
        yield
    finally:
        if outermost:
            with lock:
                try:
                    if not file.closed:  # close() writes pending values, too
                        hdu._write_pending()
                finally:
                    hdu._pending = None
                    file.pending_writers.remove(weakref.ref(hdu))
