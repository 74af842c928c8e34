# SPDX-License-Identifier: BSD-3-Clause
"""`HDUCodec`: a codec of Zarr that reads image HDUs. This module imports zarr.

A chunk is a whole HDU. The codec reads the header and the rows that say where the tiles are, and
then the tiles that a selection touches, each by one request.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from zarr.abc.store import RangeByteRequest
from zarr.codecs import ShardingCodec
from zarr.core.buffer import default_buffer_prototype
from zarr.core.chunk_grids import RegularChunkGrid
from zarr.core.config import config
from zarr.core.indexing import get_indexer

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import (
    FITSNotFoundError,
    FITSReadOnlyError,
    FITSTruncatedError,
    FITSValueError,
)
from rustfits.zarr.shard import Box, Piece, Range, Shard

if TYPE_CHECKING:
    from zarr.abc.store import ByteGetter
    from zarr.core.array_spec import ArraySpec
    from zarr.core.buffer import Buffer, NDBuffer

__all__ = ["CODEC_NAME", "HDUCodec"]

#: The name of the codec in the metadata of arrays.
CODEC_NAME = "rustfits.hdu"
# HDUs that are kept open: an array usually has one.
_MAX_SHARDS = 8


@dataclass(frozen=True)
class HDUCodec(ShardingCodec):  # type: ignore[misc]  # zarr is not installed for the type check
    """Decodes sections of image HDUs. `rustfits.manifest` makes arrays with it.

    Parameters
    ----------
    chunk_shape : sequence of int
        The shape of the smallest part that is worth reading: a tile, or rows of pixels.
    head_bytes : int
        Bytes of the HDU that the first request fetches: the header, and the first rows of the table
        of tiles.
    header_bytes : int
        Bytes of the header.
    sha256 : str, optional
        The digest of the header. The codec refuses another one.
    file : str
        The name of the file for messages.
    hdu : int
        The index of the HDU for messages.
    """

    head_bytes: int = field(default=0, compare=False)
    header_bytes: int = field(default=0, compare=False)
    sha256: str | None = None
    file: str = field(default="", compare=False)
    hdu: int = field(default=0, compare=False)

    def __init__(
        self,
        *,
        chunk_shape: Iterable[int],
        head_bytes: int,
        header_bytes: int,
        sha256: str | None = None,
        file: str = "",
        hdu: int = 0,
    ) -> None:
        shape = tuple(int(length) for length in chunk_shape)
        if min(shape, default=0) < 1 or not 0 < int(header_bytes) <= int(head_bytes):
            raise FITSValueError(
                f"invalid metadata of the codec {CODEC_NAME}: chunk_shape {shape}, header_bytes "
                f"{header_bytes}, head_bytes {head_bytes}"
            )
        super().__init__(chunk_shape=shape)
        members: dict[str, Any] = {
            "head_bytes": int(head_bytes),
            "header_bytes": int(header_bytes),
            "sha256": sha256,
            "file": str(file),
            "hdu": int(hdu),
            "_shards": {},
        }
        for name, value in members.items():
            object.__setattr__(self, name, value)

    # ---- metadata ----

    def to_dict(self) -> dict[str, Any]:
        """Return the metadata of the codec."""
        configuration: dict[str, Any] = {
            "chunk_shape": self.chunk_shape,
            "head_bytes": self.head_bytes,
            "header_bytes": self.header_bytes,
        }
        if self.sha256 is not None:
            configuration["sha256"] = self.sha256
        if self.file:
            configuration["file"] = self.file
        configuration["hdu"] = self.hdu
        return {"name": CODEC_NAME, "configuration": configuration}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> HDUCodec:
        """Return the codec of its metadata.

        Parameters
        ----------
        data : dict
            What `to_dict` returned, also after JSON.
        """
        return cls(**data["configuration"])

    def __getstate__(self) -> dict[str, Any]:
        return self.to_dict()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state["configuration"])  # type: ignore[misc]

    def evolve_from_array_spec(self, array_spec: ArraySpec) -> HDUCodec:
        """Return the codec itself."""
        return self

    # ---- reading ----

    async def _decode_single(self, shard_bytes: Buffer, shard_spec: ArraySpec) -> NDBuffer:
        shard = self._open(shard_bytes.to_bytes(), "")
        self._check(shard, shard_spec)
        dtype = _dtype(shard_spec)
        made = np.full(shard_spec.shape, shard_spec.fill_value, dtype)
        inner = tuple(slice(0, length) for length in shard.hdu.shape)
        made[inner] = await asyncio.to_thread(shard.read, ...)
        return shard_spec.prototype.nd_buffer.from_numpy_array(made)

    async def _decode_partial_single(
        self, byte_getter: ByteGetter, selection: Any, shard_spec: ArraySpec
    ) -> NDBuffer | None:
        shard = await self._shard(byte_getter)
        self._check(shard, shard_spec)
        parts = selection if isinstance(selection, tuple) else (selection,)
        if len(parts) == shard.hdu.ndim and all(
            isinstance(p, (slice, int, np.integer)) for p in parts
        ):
            made = await _read(shard, byte_getter, _box(parts, shard.hdu.shape), parts)
        else:
            made = await self._read_lists(shard, byte_getter, selection, shard_spec)
        return shard_spec.prototype.nd_buffer.from_numpy_array(made)

    async def _read_lists(
        self, shard: Shard, byte_getter: ByteGetter, selection: Any, spec: ArraySpec
    ) -> Array:
        """Read pixels that index lists or masks select, tile by tile."""
        grid = RegularChunkGrid(chunk_shape=self.chunk_shape)
        indexer = get_indexer(selection, shape=spec.shape, chunk_grid=grid)
        made: Array = np.empty(indexer.shape, _dtype(spec))

        async def read_tile(coordinates: Any, inside: Any, place: Any) -> None:
            box = tuple(
                (at * tile, min((at + 1) * tile, length))
                for at, tile, length in zip(
                    coordinates, self.chunk_shape, shard.hdu.shape, strict=True
                )
            )
            key = tuple(slice(*span) for span in box)
            made[place] = (await _read(shard, byte_getter, box, key))[inside]

        await _each([read_tile(c, inside, place) for c, inside, place, _ in indexer])
        return made.reshape(indexer.sel_shape) if hasattr(indexer, "sel_shape") else made

    async def _shard(self, byte_getter: ByteGetter) -> Shard:
        """Return the HDU of a chunk. Its first bytes are fetched once."""
        store, path = getattr(byte_getter, "store", byte_getter), getattr(byte_getter, "path", "")
        key = (id(asyncio.get_running_loop()), id(store), path)
        shards: dict[Any, Any] = self._shards
        if key not in shards:
            while len(shards) >= _MAX_SHARDS:
                shards.pop(next(iter(shards)))
            # With `store`, so that its number stays its own.
            shards[key] = asyncio.ensure_future(self._fetch_head(byte_getter, path)), store
        found, _ = shards[key]
        try:
            return await asyncio.shield(found)
        except BaseException:
            if found.done():
                shards.pop(key, None)
            raise

    async def _fetch_head(self, byte_getter: ByteGetter, path: str) -> Shard:
        head = await _get(byte_getter, (0, self.head_bytes), self.file or path)
        return await asyncio.to_thread(self._open, head, path)

    def _open(self, head: bytes, path: str) -> Shard:
        name = self.file or path or "chunk"
        digest = hashlib.sha256(head[: self.header_bytes]).hexdigest()
        shard = Shard(name, self.hdu, memoryview(head))
        if self.sha256 is not None and digest != self.sha256:
            raise shard.changed("the header is another one")
        return shard

    def _check(self, shard: Shard, spec: ArraySpec) -> None:
        """Raise `FITSChangedError` if the image is not that of the manifest."""
        shape, dtype = shard.hdu.shape, _dtype(spec)
        padded = len(shape) == len(spec.shape) and tuple(
            -(-length // chunk) * chunk
            for length, chunk in zip(shape, self.chunk_shape, strict=True)
        )
        if padded != tuple(spec.shape) or shard.hdu.dtype != dtype:
            raise shard.changed(f"the image has shape {shape} and type {shard.hdu.dtype}")

    # ---- writing ----

    async def _encode_single(self, *_: Any) -> Any:
        raise FITSReadOnlyError("references to FITS files can only be read")

    async def _encode_partial_single(self, *_: Any) -> None:
        raise FITSReadOnlyError("references to FITS files can only be read")


def _dtype(spec: ArraySpec) -> np.dtype[Any]:
    """Return the numpy type of an array. Before zarr 3.1, it is that of the metadata."""
    native = getattr(spec.dtype, "to_native_dtype", None)
    found: np.dtype[Any] = np.dtype(spec.dtype if native is None else native())
    return found


def _box(parts: Iterable[Any], shape: tuple[int, ...]) -> Box:
    """Return the box around slices with a step above 0, and ints."""
    found = []
    for part, length in zip(parts, shape, strict=True):
        if isinstance(part, slice):
            start, stop, step = part.indices(length)
            rest = range(start, stop, step)
            found.append((rest[0], rest[-1] + 1) if rest else (0, 0))
        else:
            found.append((part, part + 1))
    return tuple(found)


async def _read(shard: Shard, byte_getter: ByteGetter, box: Box, key: Any) -> Array:
    """Fetch what a section needs, and decode it."""
    held: list[Piece] = []
    rows = shard.rows(box)
    if rows is not None:
        piece = shard.kept(rows)
        if piece is None:
            (piece,) = await _fetch(byte_getter, [rows], shard.where)
            shard.keep((piece[0], piece[1][:]))
        held.append(piece)
    with shard.hold(held):
        ranges = await asyncio.to_thread(shard.ranges, box, key, held)
        pieces = await _fetch(byte_getter, ranges, shard.where)
        with shard.hold(pieces):
            return await asyncio.to_thread(shard.read, key)


async def _fetch(byte_getter: ByteGetter, ranges: list[Range], where: str) -> list[Piece]:
    found = await _each([_get(byte_getter, range_, where) for range_ in ranges])
    return [(range_[0], memoryview(data)) for range_, data in zip(ranges, found, strict=True)]


async def _get(byte_getter: ByteGetter, range_: Range, where: str) -> bytes:
    start, stop = range_
    request = RangeByteRequest(start, stop)
    found = await byte_getter.get(default_buffer_prototype(), request)
    if found is None:
        raise FITSNotFoundError(f"{where}: the file of the manifest does not exist")
    data: bytes = found.to_bytes()
    if len(data) != stop - start:
        raise FITSTruncatedError(
            f"{where}: expected {stop - start} bytes at offset {start} of the HDU, found "
            f"{len(data)}: the file or the HDU is shorter than the manifest says"
        )
    return data


async def _each(calls: list[Any]) -> list[Any]:
    """Await calls, as many at once as zarr is configured for."""
    limit = asyncio.Semaphore(config.get("async.concurrency") or 10)

    async def one(call: Any) -> Any:
        async with limit:
            return await call

    return await asyncio.gather(*[one(call) for call in calls])
