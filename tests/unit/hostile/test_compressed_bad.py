# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images that are broken on purpose: a clear error that names HDU, tile and codec, never a crash."""

from __future__ import annotations

import functools
import gzip
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS, Gzip1, Gzip2, Hcompress1, Plio1, Quantize, Rice1
from support.compressed import by_fitsio, image, mask, same

SHAPE = (40, 30)
CODECS = {
    "RICE_1": Rice1(tile_shape=(10, 30)),
    "GZIP_1": Gzip1(tile_shape=(10, 30)),
    "GZIP_2": Gzip2(tile_shape=(10, 30)),
    "HCOMPRESS_1": Hcompress1(tile_shape=(10, 30)),
    "PLIO_1": Plio1(tile_shape=(10, 30)),
}


@functools.cache
def written(codec: str, dtype: str, quantize: Quantize | None) -> bytes:
    with FITS("mem://", "w+") as fits:
        data = (mask if codec == "PLIO_1" else image)(dtype, SHAPE)
        fits.write_image(data, compress=CODECS[codec], quantize=quantize)
        return fits.to_bytes()


def packed(codec: str = "RICE_1", dtype: str = "i4", quantize: Quantize | None = None) -> bytearray:
    return bytearray(written(codec, dtype, quantize))


def patched(content: bytearray, **cards: object) -> bytearray:
    """Put other values into cards of the second header."""
    made = bytearray(content)
    for key, value in cards.items():
        at = made.index(key.ljust(8).encode() + b"=", 2880)
        text = f"'{value:<8}'" if isinstance(value, str) else str(value).rjust(20)
        made[at + 10 : at + 80] = text.ljust(70).encode()
    return made


def table_at(content: bytes) -> tuple[int, int]:
    """Where the rows begin, and the heap."""
    with FITS.from_bytes(content) as fits:
        facts = fits[1]._fresh()
        header = fits[1].raw_header
        return facts.data_offset, facts.data_offset + header["NAXIS1"] * header["NAXIS2"]


def refused(content: bytes, *says: str, kind: type[Exception] = ValueError) -> None:
    """Reading fails with all this in the message, and everything else of the file works."""
    with FITS.from_bytes(bytes(content)) as fits:
        assert len(fits) == 2
        repr(fits)
        hdu = fits[1]
        assert hdu.kind == "compressed image"
        assert hdu.raw_header["ZIMAGE"] is True
        with pytest.raises((ValueError, OSError, NotImplementedError)) as caught:
            hdu.read()
        assert isinstance(caught.value, rustfits.FITSError)
        assert isinstance(caught.value, kind)
        assert "[1]" in str(caught.value)
        for part in says:
            assert part in str(caught.value)
        with pytest.raises(rustfits.FITSError):
            hdu[::2, 3:5]


@pytest.mark.parametrize(
    ("cards", "says"),
    [
        ({"ZCMPTYPE": "LZW_1"}, ["ZCMPTYPE", "LZW_1"]),
        ({"ZCMPTYPE": ""}, ["ZCMPTYPE"]),
        ({"ZBITPIX": 24}, ["ZBITPIX", "24"]),
        ({"ZBITPIX": 0}, ["ZBITPIX"]),
        ({"ZNAXIS": -1}, ["ZNAXIS"]),
        ({"ZNAXIS": 1000}, ["ZNAXIS", "1000"]),
        ({"ZNAXIS": 3}, ["ZNAXIS3"]),
        ({"ZNAXIS1": -30}, ["ZNAXIS1", "-30"]),
        ({"ZNAXIS1": 2**62, "ZNAXIS2": 2**62}, []),
        ({"ZNAXIS2": 400}, ["tile"]),
        ({"ZNAXIS2": 10}, ["tile"]),
        ({"ZTILE1": 0}, ["ZTILE1"]),
        ({"ZTILE1": -5}, ["ZTILE1", "-5"]),
        ({"ZTILE2": 3}, ["tile"]),
        ({"ZVAL1": 0}, ["BLOCKSIZE", "0"]),
        ({"ZVAL1": -32}, ["BLOCKSIZE", "-32"]),
        ({"ZVAL1": 2**40}, ["BLOCKSIZE"]),
        ({"ZVAL2": 3}, ["BYTEPIX", "3"]),
        ({"ZVAL2": 8}, ["BYTEPIX", "8"]),
        ({"TTYPE1": "COMPRESSED"}, ["COMPRESSED_DATA"]),
        ({"TFORM1": "8B"}, ["tile 0", "RICE_1"]),
    ],
    ids=str,
)
def test_headers_that_cannot_be(cards, says):
    refused(patched(packed(), **cards), *says, kind=Exception)


@pytest.mark.parametrize("seed", [-1, 10001, 2**31])
def test_seeds_outside_of_the_sequence(seed):
    content = packed(dtype="f4", quantize=Quantize(seed=7))
    refused(patched(content, ZDITHER0=seed), "ZDITHER0", str(seed))


@pytest.mark.parametrize(("dtype", "bytepix"), [("f4", -4), ("f8", -8)])
def test_bytepix_below_0_as_the_published_package_writes_it(tmp_path, dtype, bytepix):
    content = packed(dtype=dtype, quantize=Quantize(seed=7))
    path = tmp_path / "x.fits"
    path.write_bytes(patched(content, ZVAL2=bytepix))
    with FITS.from_bytes(bytes(content)) as fits:
        expected = fits[1].read()
    same(rustfits.read(path), expected)
    same(by_fitsio(path), expected)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("count", "offset"),
    [(2**31 - 1, 0), (10, 2**31 - 1), (-1, 0), (10, -1), (2**31 - 1, 2**31 - 1)],
)
def test_descriptors_outside_of_the_heap(codec, count, offset):
    content = packed(codec)
    rows, _ = table_at(bytes(content))
    content[rows + 16 : rows + 24] = struct.pack(">ii", count, offset)  # of tile 2
    with FITS.from_bytes(bytes(content)) as fits:
        width = fits[1].raw_header["NAXIS1"]
    assert width == 8
    refused(content, "tile")


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("left", [1, 2, 7])
def test_streams_that_end_early_name_tile_and_codec(codec, left):
    content = packed(codec)
    rows, _ = table_at(bytes(content))
    if codec == "PLIO_1" and left == 1:
        left = 3  # elements of 16 bits
    content[rows + 8 : rows + 12] = struct.pack(">i", left)
    refused(content, "tile", codec, kind=rustfits.FITSCodecError)


@pytest.mark.parametrize("codec", ["GZIP_1", "GZIP_2", "HCOMPRESS_1"])
def test_streams_of_noise_name_tile_and_codec(codec):
    content = packed(codec)
    _, heap = table_at(bytes(content))
    content[heap : heap + 400] = np.random.default_rng(1).bytes(400)
    refused(content, "tile", codec, kind=rustfits.FITSCodecError)


def test_streams_that_claim_another_size():
    # HCOMPRESS_1: rows and columns stand in front of the tile.
    content = packed("HCOMPRESS_1")
    _, heap = table_at(bytes(content))
    for rows, columns in ((2**31 - 1, 2**31 - 1), (0, 0), (30, 11), (1, 1), (2**16, 2**16)):
        content[heap + 2 : heap + 10] = struct.pack(">ii", rows, columns)
        refused(content, "HCOMPRESS_1", kind=rustfits.FITSCodecError)


def test_a_gzip_tile_that_inflates_to_more_than_its_pixels():
    content = packed("GZIP_1")
    rows, heap = table_at(bytes(content))
    stream = gzip.compress(bytes(4 * 10 * 30 + 1))
    made = bytearray(content)
    made[heap : heap + len(stream)] = stream
    made[rows : rows + 4] = struct.pack(">i", len(stream))
    refused(made, "GZIP_1", kind=rustfits.FITSCodecError)


def test_a_file_that_breaks_off():
    content = bytes(packed())
    rows, heap = table_at(content)
    for end in (rows + 4, heap - 1, heap + 5, heap + 300):
        with (
            FITS.from_bytes(content[:end]) as fits,
            pytest.raises(OSError, match=r"\[1\]") as caught,
        ):
            fits[1].read()
        assert isinstance(caught.value, rustfits.FITSError)


def test_the_tiles_before_the_damage_can_be_read():
    content = packed("GZIP_2")
    rows, _ = table_at(bytes(content))
    content[rows + 24 : rows + 28] = struct.pack(">i", 3)  # the fourth tile
    with FITS.from_bytes(bytes(content)) as fits:
        np.testing.assert_array_equal(fits[1][:30], image("i4", SHAPE)[:30])
        with pytest.raises(rustfits.FITSCodecError, match=r"tile 3 \(GZIP_2\)"):
            fits[1][30:]


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(sorted(CODECS)),
    st.lists(st.tuples(st.integers(0, 2**20), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_any_bytes_are_read_or_refused(codec, changes):
    content = packed(codec)
    start, _ = table_at(bytes(content))
    for place, byte in changes:
        content[start + place % (len(content) - start)] = byte
    with FITS.from_bytes(bytes(content), "r+") as fits:
        try:
            assert fits[1].read().shape == SHAPE
        except rustfits.FITSError as refused:
            assert "[1]" in str(refused)
        try:
            fits[1][5:7, 5:7] = 1
            fits[1].repack()
        except rustfits.FITSError as refused:
            assert "[1]" in str(refused)
