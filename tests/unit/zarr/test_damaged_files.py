# SPDX-License-Identifier: BSD-3-Clause
"""Files with changed bytes: the codec gives the values or the error of ``hdu.read()``."""

from __future__ import annotations

import asyncio
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr
from zarr.core.array_spec import ArrayConfig, ArraySpec
from zarr.core.buffer import default_buffer_prototype

import rustfits
from rustfits import FITS
from rustfits.zarr.codec import HDUCodec
from rustfits.zarr.shard import Shard

TILE = (16, 16)
MADE: dict[str, dict[str, Any]] = {
    "rice": {
        "compress": rustfits.Rice1(tile_shape=TILE),
        "quantize": rustfits.Quantize(method="dither2", seed=3),
    },
    "gzip2": {"compress": rustfits.Gzip2(tile_shape=TILE)},
    "hcompress": {
        "compress": rustfits.Hcompress1(tile_shape=TILE),
        "quantize": rustfits.Quantize(seed=1),
    },
}
PROTOTYPE = default_buffer_prototype()


class Bytes:
    """What zarr gives the codec to get bytes of a chunk."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def get(self, prototype: Any, byte_range: Any) -> Any:
        return prototype.buffer.from_bytes(self._content[byte_range.start : byte_range.end])


def decode(chunk: bytes, header_bytes: int, rows_bytes: int, data: np.ndarray[Any, Any]) -> Any:
    codec = HDUCodec(
        chunk_shape=TILE, head_bytes=header_bytes + rows_bytes, header_bytes=header_bytes, hdu=1
    )
    shape = tuple(-(-length // tile) * tile for length, tile in zip(data.shape, TILE, strict=True))
    dtype = zarr.empty((1,), dtype=data.dtype).metadata.data_type
    config = ArrayConfig(order="C", write_empty_chunks=False)
    spec = ArraySpec(shape, dtype, 0, config, PROTOTYPE)
    whole = tuple(slice(0, length) for length in data.shape)
    found = asyncio.run(codec._decode_partial_single(Bytes(chunk), whole, spec))
    return found.as_numpy_array()


@pytest.mark.parametrize("made", MADE)
def test_values_or_errors_are_those_of_read(tmp_path: Path, made: str) -> None:
    data = np.random.default_rng(5).normal(10, 3, (50, 40)).astype("f4")
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((2, 2), "u1"))
        fits.write_image(data, extname="SCI", **MADE[made])
        info = fits[1]._fresh()
        start, header = int(info.header_offset), int(info.header_bytes)
        rows, stop = int(info.data_bytes - info.pcount), int(info.data_offset + info.data_bytes)
    raw = path.read_bytes()
    rng = random.Random(made)
    same = errors = 0
    for _ in range(120):
        damaged = bytearray(raw)
        for _ in range(rng.choice((1, 3))):
            place = start + header + rng.randrange(rng.choice((rows, stop - start - header)))
            damaged[place] = rng.choice((0, 255, rng.randrange(256)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                expected: Any = FITS.from_bytes(bytes(damaged))[1].read()
            except rustfits.FITSError as error:
                expected = error
            if isinstance(expected, rustfits.FITSError):
                errors += 1
                with pytest.raises(type(expected), match=r"\[1\].*tile \d+"):
                    decode(bytes(damaged[start:stop]), header, rows, data)
            else:
                same += 1
                found = decode(bytes(damaged[start:stop]), header, rows, data)
                np.testing.assert_array_equal(found, expected)
    assert same
    assert errors


def test_reads_do_not_count_on_bytes_of_other_reads(tmp_path: Path) -> None:
    """A read that ends drops its bytes, which another one must therefore fetch for itself."""
    data = np.arange(50 * 40, dtype="i4").reshape(50, 40)
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(data, extname="SCI", compress=rustfits.Rice1(tile_shape=TILE))
        info = fits["SCI"]._fresh()
        start, rows = int(info.header_offset), int(info.data_bytes - info.pcount)
    chunk = path.read_bytes()[start:]
    shard = Shard("a.fits", 1, memoryview(chunk[: int(info.header_bytes) + rows]))
    box, key = ((0, 16), (0, 16)), (slice(0, 16), slice(0, 16))
    ranges = shard.ranges(box, key)
    assert len(ranges) == 1
    pieces = [(low, memoryview(chunk[low:high])) for low, high in ranges]
    with shard.hold(pieces):
        assert shard.ranges(box, key) == ranges
        assert shard.ranges(box, key, pieces) == []
        np.testing.assert_array_equal(shard.read(key), data[:16, :16])
    with pytest.raises(rustfits.FITSTruncatedError):
        shard.read(key)
