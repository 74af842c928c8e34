# SPDX-License-Identifier: BSD-3-Clause
"""What compressed images and compressed tables have in common."""

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
    """Two headers, and the tiles that were decoded last. The first base of such classes."""

    __slots__ = ()

    @property
    def header(self) -> FITSHeader:
        """The header of the image or table that the HDU stands for.

        It has its keywords of structure and none of the compression; those are in `raw_header`.
        """
        self._flush()
        if self._header is None:
            self._header = LogicalHeader(self._file, self._index)
        return self._header

    @property
    def raw_header(self) -> FITSHeader:
        """The header as it is stored: that of the binary table which holds the tiles."""
        self._flush()
        return FITSHeader(self._file, self._index)

    def _flush(self) -> None:
        """Write what waits to be written, if anything does: somebody asks."""

    def _add_checksum(self, with_checksum: int) -> None:
        self._flush()
        super()._add_checksum(with_checksum)

    def _verify_checksum(self) -> tuple[bool | None, bool | None]:
        self._flush()
        return super()._verify_checksum()

    @property
    def tile_cache_size(self) -> int:
        """Most bytes of decoded tiles that are kept for reads to come; 32 MiB unless set."""
        return self._cache()[0]

    @property
    def tile_cache_used(self) -> int:
        """Bytes of decoded tiles that are kept now."""
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
        """Let go of all decoded tiles.

        Raises
        ------
        FITSClosedError
            The file is closed.
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
    """Let an HDU keep in its `_pending`, which `begin` makes, what it has to write at the end.

    Blocks may stand within each other; the outermost one writes.

    Raises
    ------
    FITSReadOnlyError
        The file was opened for reading.
    FITSClosedError
        It is closed.
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
                    if not file.closed:  # closing has written it, or said why not
                        hdu._write_pending()
                finally:
                    hdu._pending = None
                    file.pending_writers.remove(weakref.ref(hdu))
