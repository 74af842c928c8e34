# SPDX-License-Identifier: BSD-3-Clause
"""`Shard`: an image HDU of which only some bytes are in memory. No module of zarr is needed."""

from __future__ import annotations

import math
import threading
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSChangedError, FITSError
from rustfits._core.binding.handle import NULL
from rustfits._core.collect.plan import tile_shape
from rustfits._core.driver.callbacks import open_source
from rustfits._core.driver.lock import SourceLock
from rustfits._core.driver.source import Source
from rustfits._core.file.fits import FITS
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU

__all__ = ["Box", "Piece", "Range", "Shard"]

#: The first byte and the byte after the last one, from the first byte of the HDU on.
Range: TypeAlias = "tuple[int, int]"
#: The offset of some bytes, and the bytes.
Piece: TypeAlias = "tuple[int, memoryview]"
#: A section: start and stop on each axis.
Box: TypeAlias = "tuple[tuple[int, int], ...]"

# More tiles than these are fetched by fewer requests, in which neighbours are one range.
_MAX_SINGLE = 256
# Ranges are split at this size, so that several requests fetch a large one.
_MAX_RANGE = 16 << 20
# Rows of plain images, and many tiles, this close together are fetched with the bytes between them.
_MAX_GAP = 16 << 10
# Rows of the table of tiles are fetched in blocks of this size, and kept.
_ROWS_BLOCK = 64 << 10
_CARD, _BLOCK = 80, 2880
_SIZE = 1 << 60  # of the file: a range that does not exist cannot be fetched


def _primary() -> bytes:
    """Return an empty primary HDU, for extensions."""
    values = {"SIMPLE": "T", "BITPIX": "8", "NAXIS": "0"}
    cards = [f"{keyword:<8}= {value:>20}" for keyword, value in values.items()]
    return "".join(card.ljust(_CARD) for card in [*cards, "END"]).ljust(_BLOCK).encode()


class _PiecesSource(Source):
    """The pieces of a file that are in memory. The others count as behind its end."""

    def __init__(self, name: str) -> None:
        super().__init__(name, SourceLock(name, exclusive=False))
        self._guard = threading.Lock()
        self._pieces: list[Piece] = []

    def add(self, pieces: Iterable[Piece]) -> None:
        """Add pieces: offset and bytes."""
        with self._guard:
            self._pieces = sorted([*self._pieces, *pieces], key=lambda piece: piece[0])

    def remove(self, pieces: Iterable[Piece]) -> None:
        """Remove pieces that were added."""
        leaving = {id(data) for _, data in pieces}
        with self._guard:
            self._pieces = [piece for piece in self._pieces if id(piece[1]) not in leaving]

    def read_into(self, offset: int, buffer: memoryview) -> int:
        pieces = self._pieces  # another thread replaces the list, and never changes it
        done, count = 0, len(buffer)
        while done < count:
            place = offset + done
            # Pieces of other threads may overlap: the one that begins last may end first.
            for i in range(bisect_right(pieces, place, key=lambda piece: piece[0]) - 1, -1, -1):
                start, data = pieces[i]
                part = data[place - start : place - start + count - done]
                if len(part):
                    buffer[done : done + len(part)] = part
                    done += len(part)
                    break
            else:
                break
        return done

    def size(self) -> int:
        return _SIZE

    def close(self) -> None:
        self._pieces = []


class Shard:
    """An image HDU whose bytes come in pieces. Offsets count from the begin of the HDU.

    Parameters
    ----------
    name : str
        The name of the file for messages.
    index : int
        The index of the HDU in that file, for messages.
    head : bytes-like
        The first bytes of the HDU: the header, and for a compressed image the first rows of its
        table.

    Raises
    ------
    FITSChangedError
        If the bytes are not those of an image HDU.
    """

    def __init__(self, name: str, index: int, head: memoryview) -> None:
        self.where: str = f"{name}[{index}]"
        self._index = index
        extension = bytes(head[:8]) != b"SIMPLE  "
        self._shift = _BLOCK if extension else 0
        self._shown = f"{name}[{int(extension)}]"
        self._source = _PiecesSource(name)
        if extension:
            self._source.add([(0, memoryview(_primary()))])
        self._source.add([(self._shift, head)])
        try:
            self._fits = self._open(name)
            hdu = self._fits[int(extension)]
        except FITSError as wrong:
            raise self.changed("there is no HDU now") from wrong
        if not isinstance(hdu, ImageHDU) or not hdu.shape:
            raise self.changed("the HDU is no image now")
        self.hdu: ImageHDU = hdu
        try:
            self.tile = tile_shape(hdu)
            info = hdu._fresh()
            self._data = int(info.data_offset) - self._shift
            #: Bytes of a row of the table of tiles, which has one for each tile; 0: a plain image.
            self._row_bytes = 0
            if isinstance(hdu, CompressedImageHDU):
                hdu.set_tile_cache_size(0)
                self._row_bytes = int(info.data_bytes - info.pcount) // max(hdu.n_tiles, 1)
        except FITSError as wrong:
            raise self.named(wrong) from None
        self._head_bytes = len(head)
        self._kept: Piece = 0, memoryview(b"")

    def _open(self, name: str) -> FITS:
        fits = FITS.__new__(FITS)
        source = self._source
        fits._hdus, fits._count = {}, 0
        fits._file = open_source(
            lambda: source, source.lock, name.encode("utf-8", "replace"), "r", NULL, 0
        )
        return fits

    def changed(self, difference: str) -> FITSChangedError:
        """Return the error of an HDU that is not that of the manifest."""
        return FITSChangedError(
            f"{self.where}: the file has changed since the manifest was made: {difference}; "
            "make a new manifest"
        )

    def named(self, wrong: FITSError) -> FITSError:
        """Return an error with the index that the HDU has in its file."""
        message = str(wrong).replace(self._shown, self.where)
        made = type(wrong)(message)
        made.__dict__.update(wrong.__dict__)
        made.hdu = self._index
        return made

    # ---- what to fetch ----

    def rows(self, box: Box) -> Range | None:
        """Return the range of the rows of the table for the tiles in a box, if not in `head`."""
        if not self._row_bytes or any(start >= stop for start, stop in box):
            return None
        counts = [-(-s // t) for s, t in zip(self.hdu.shape, self.tile, strict=True)]
        first = last = 0
        for (start, stop), tile, count in zip(box, self.tile, counts, strict=True):
            first = first * count + start // tile
            last = last * count + (stop - 1) // tile
        low, high = first * self._row_bytes, (last + 1) * self._row_bytes
        if self._data + high <= self._head_bytes:
            return None
        low -= low % _ROWS_BLOCK
        high = min(-(-high // _ROWS_BLOCK) * _ROWS_BLOCK, math.prod(counts) * self._row_bytes)
        return self._data + low, self._data + high

    def kept(self, rows: Range) -> Piece | None:
        """Return rows that `keep` has kept, if they are the rows of this range."""
        start, data = self._kept
        if start <= rows[0] and rows[1] <= start + len(data):
            return start, data[:]  # a view of its own, which the caller removes
        return None

    def keep(self, piece: Piece) -> None:
        """Keep rows for later reads, in place of those kept before."""
        self._kept = piece

    @contextmanager
    def hold(self, pieces: Sequence[Piece]) -> Iterator[None]:
        """Have pieces in memory during a ``with`` block."""
        placed = [(start + self._shift, data) for start, data in pieces]
        self._source.add(placed)
        try:
            yield
        finally:
            self._source.remove(placed)

    def ranges(self, box: Box, key: Any, held: Sequence[Piece] = ()) -> list[Range]:
        """Return the ranges that reading ``hdu[key]`` needs, without those of `head` and `held`.

        Parameters
        ----------
        box : tuple
            The box around `key`.
        key : index
            The pixels.
        held : sequence of (int, memoryview)
            The pieces that the caller holds. Those of other threads can be removed at any time.

        Raises
        ------
        FITSFormatError
            If the table of tiles is corrupt.
        """
        try:
            tiles = self._tiles(box, key)
            if tiles:
                planned = [part for tile in tiles for part in self.hdu.plan(tile).ranges]
            else:
                planned = list(self.hdu.plan(key).ranges)
        except FITSError as wrong:
            raise self.named(wrong) from None
        have = [(0, self._head_bytes), *((start, start + len(data)) for start, data in held)]
        found = [
            part
            for offset, length in planned
            for part in _missing(offset - self._shift, offset - self._shift + length, have)
        ]
        if not tiles:
            found = _merge(found, _MAX_GAP)
        return [
            (at, min(at + _MAX_RANGE, stop))
            for start, stop in dict.fromkeys(found)
            for at in range(start, stop, _MAX_RANGE)
        ]

    def _tiles(self, box: Box, key: Any) -> list[tuple[slice, ...]]:
        """Return the tiles of a box, cut to it; none if they are many, or not all are read."""
        spans = [
            range(start // tile * tile, stop, tile)
            for (start, stop), tile in zip(box, self.tile, strict=True)
        ]
        steps = [part.step for part in key if isinstance(part, slice)]
        few = 0 < math.prod(len(span) for span in spans) <= _MAX_SINGLE
        if not (self._row_bytes and few and all(step in (None, 1) for step in steps)):
            return []
        found: list[tuple[slice, ...]] = [()]
        for span, tile, (start, stop) in zip(spans, self.tile, box, strict=True):
            parts = [slice(max(at, start), min(at + tile, stop)) for at in span]
            found = [(*before, part) for before in found for part in parts]
        return found

    # ---- reading ----

    def read(self, key: Any) -> Array:
        """Read pixels whose bytes are in memory.

        Parameters
        ----------
        key : index
            The pixels.

        Raises
        ------
        FITSCodecError, FITSFormatError
            If a tile is corrupt. The message names file, HDU and tile.
        """
        try:
            return np.asarray(self.hdu[key])
        except FITSError as wrong:
            raise self.named(wrong) from None


def _missing(start: int, stop: int, have: Iterable[Range]) -> list[Range]:
    """Return the parts of a range that other ranges do not cover."""
    found = []
    for low, high in sorted(have):
        if high <= start or low >= stop:
            continue
        if low > start:
            found.append((start, low))
        start = high
    return [*found, (start, stop)] if start < stop else found


def _merge(ranges: list[Range], gap: int) -> list[Range]:
    """Join ranges with at most `gap` bytes between them."""
    made: list[Range] = []
    for start, stop in sorted(ranges):
        if made and start - made[-1][1] <= gap:
            made[-1] = made[-1][0], max(stop, made[-1][1])
        else:
            made.append((start, stop))
    return made
