# SPDX-License-Identifier: BSD-3-Clause
"""Compressed files that are read through an index of marks."""

from __future__ import annotations

import gzip
import os
import struct
import subprocess
import sys
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import HTTPServer, http_server
from support.files import fits_bytes

#: The smallest distance of marks, so that small files have many.
NEAR = 1 << 16
SHAPE = (900, 800)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    """Noise, a constant, and a pattern: blocks of different lengths."""
    rng = np.random.default_rng(3)
    pixels = rng.normal(1000, 30, SHAPE).astype("f4")
    pixels[300:500] = 7
    pixels[500:600] = np.arange(SHAPE[1])
    return pixels


@pytest.fixture(scope="module")
def plain(image: np.ndarray) -> bytes:
    return fits_bytes(image, image[::-1].copy())


def compress_with(plain: bytes, level: int, strategy: int, flush: int = 0) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
    parts = [plain[at : at + flush] for at in range(0, len(plain), flush)] if flush else [plain]
    pieces = [packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH) for part in parts]
    return b"".join([*pieces, packer.flush()])


def members(plain: bytes, size: int) -> bytes:
    return b"".join(gzip.compress(plain[at : at + size], 1) for at in range(0, len(plain), size))


def bgzip(plain: bytes) -> bytes:
    return subprocess.run(["bgzip", "-c"], input=plain, capture_output=True, check=True).stdout


def zlib_ng(plain: bytes) -> bytes:
    """The default of the package: one deflate block for everything."""
    from zlib_ng import gzip_ng

    return gzip_ng.compress(plain, 1)


KINDS = {
    **{
        f"level {level}": lambda data, level=level: gzip.compress(data, level)
        for level in (0, 1, 6, 9)
    },
    "fixed": lambda data: compress_with(data, 6, zlib.Z_FIXED),
    "huffman": lambda data: compress_with(data, 6, zlib.Z_HUFFMAN_ONLY),
    "flushes": lambda data: compress_with(data, 1, zlib.Z_DEFAULT_STRATEGY, 10_000),
    "members": lambda data: members(data, 100_000),
    "small members": lambda data: members(data, 3000),
    "bgzip": bgzip,
    "zlib-ng": zlib_ng,
    "mixed": lambda data: (
        bgzip(data[:1_000_000])
        + zlib_ng(data[1_000_000:2_000_000])
        + gzip.compress(data[2_000_000:])
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_read_equals_the_plain_content(
    kind: str, plain: bytes, image: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(KINDS[kind](plain))
    rng = np.random.default_rng(len(kind))
    index = tmp_path / "a.idx"
    for index_bytes in (NEAR, 1_000_000):
        for _ in range(2):  # the second time with the index that was kept
            with FITS(path, index=index, index_bytes=index_bytes) as fits:
                for y, x in rng.integers(0, 700, (12, 2)):
                    assert (
                        fits[1][y : y + 32, x : x + 32] == image[::-1][y : y + 32, x : x + 32]
                    ).all()
                assert (fits[0].read(threads=2) == image).all()
                assert fits.to_bytes() == plain
        assert index.read_bytes()[:8] == b"RFINDEX\0"
        index.unlink()


def test_threads_share_an_open_file(plain: bytes, image: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(gzip.compress(plain, 1))
    with FITS(path, index=True, index_bytes=NEAR) as fits, ThreadPoolExecutor(4) as pool:
        rows = np.random.default_rng(1).integers(0, SHAPE[0] - 10, 60)
        stamps = pool.map(lambda y: fits[0][y : y + 10, 5:700], rows)
        for y, stamp in zip(rows, stamps, strict=True):
            assert (stamp == image[y : y + 10, 5:700]).all()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_a_forked_child_reads(plain: bytes, image: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(gzip.compress(plain, 1))
    with FITS(path, index=True, index_bytes=NEAR) as fits:
        assert (fits[0][450:460] == 7).all()
        child = os.fork()
        if child == 0:
            os._exit(0 if (fits[1].read() == image[::-1]).all() else 1)
        assert (fits[1].read() == image[::-1]).all()
        assert os.waitpid(child, 0)[1] == 0


def test_a_cut_file_gives_what_comes_before_the_cut(
    plain: bytes, image: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "a.fits.gz"
    content = gzip.compress(plain, 1)
    path.write_bytes(content[: len(content) // 2])
    with FITS(path, index=True, index_bytes=NEAR) as fits:
        assert (fits[0][:700] == image[:700]).all()
        with pytest.raises(rustfits.FITSTruncatedError) as raised:
            fits[1].read()
        assert raised.value.offset == len(content) // 2
        assert (fits[0][600:700] == image[600:700]).all()


def test_flipped_bits_are_found(plain: bytes, image: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.gz"
    content = gzip.compress(plain, 1)
    for at in np.linspace(20, len(content) - 1, 25, dtype=int):
        flipped = bytearray(content)
        flipped[at] ^= 1 << (at % 8)
        path.write_bytes(flipped)
        with pytest.raises(rustfits.FITSError), FITS(path, index=True, index_bytes=NEAR) as fits:
            fits[0].read()
            fits[1].read()
            fits.to_bytes()


# ---- the index in a file


@pytest.fixture
def packed(plain: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(gzip.compress(plain, 1))
    return path


def build(path: Path, index: Path) -> None:
    with FITS(path, index=index, index_bytes=NEAR) as fits:
        fits[1][0, 0]


def test_an_index_of_another_file_is_dropped(
    packed: Path, image: np.ndarray, tmp_path: Path
) -> None:
    index = tmp_path / "a.idx"
    build(packed, index)
    before = index.read_bytes()
    times = os.stat(packed)
    packed.write_bytes(gzip.compress(fits_bytes(image + 1, image), 1))
    with FITS(packed, index=index, index_bytes=NEAR) as fits:
        assert (fits[0].read() == image + 1).all()
    assert index.read_bytes() != before
    # A file of the same size and time, but with another content: the CRCs tell.
    stored = [gzip.compress(fits_bytes(image + n, image), 0) for n in (1, 2)]
    packed.write_bytes(stored[0])
    os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
    build(packed, index)
    packed.write_bytes(stored[1])
    os.utime(packed, ns=(times.st_atime_ns, times.st_mtime_ns))
    with FITS(packed, index=index, index_bytes=NEAR) as fits:
        assert (fits[0].read() == image + 2).all()


def test_a_damaged_index_costs_only_time(packed: Path, image: np.ndarray, tmp_path: Path) -> None:
    index = tmp_path / "a.idx"
    build(packed, index)
    good = index.read_bytes()
    for at in np.linspace(8, len(good) - 1, 12, dtype=int):
        index.write_bytes(good[:at] + bytes([good[at] ^ 16]) + good[at + 1 :])
        with FITS(packed, index=index, index_bytes=NEAR) as fits:
            assert (fits[0][450:452] == image[450:452]).all()
        index.write_bytes(good[:at])
        with FITS(packed, index=index, index_bytes=NEAR) as fits:
            assert (fits[1][450:452] == image[::-1][450:452]).all()


def test_a_foreign_file_is_not_replaced(packed: Path, tmp_path: Path) -> None:
    index = tmp_path / "notes.txt"
    index.write_text("do not lose this")
    with pytest.raises(rustfits.FITSExistsError, match=r"notes\.txt.*not an index"):
        FITS(packed, index=index)
    assert index.read_text() == "do not lose this"


def test_an_index_that_cannot_be_kept_is_a_warning(
    packed: Path, image: np.ndarray, tmp_path: Path
) -> None:
    with pytest.warns(rustfits.FITSWarning, match="cannot be kept"):  # noqa: SIM117
        with FITS(packed, index=tmp_path / "missing" / "a.idx") as fits:
            assert (fits[0].read() == image).all()


def test_opening_and_closing_without_reading_far_keeps_no_index(
    packed: Path, tmp_path: Path
) -> None:
    with FITS(packed, index=tmp_path / "a.idx") as fits:
        assert fits[0].shape == SHAPE
    assert not (tmp_path / "a.idx").exists()


# ---- arguments


@pytest.mark.parametrize("mode", ["r+", "w+"])
def test_an_index_is_for_reading(mode: str, packed: Path) -> None:
    with pytest.raises(rustfits.FITSValueError, match="reading"):
        FITS(packed, mode, index=True)


def test_an_index_needs_a_format_that_has_one(tmp_path: Path, plain: bytes) -> None:
    path = tmp_path / "a.fits.Z"
    with path.open("wb") as file:
        subprocess.run(["compress", "-c", "-f"], input=plain, stdout=file, check=True)
    with pytest.raises(rustfits.FITSUnsupportedError, match="index"):
        FITS(path, index=True)


def test_a_plain_file_needs_no_index(tmp_path: Path, plain: bytes, image: np.ndarray) -> None:
    path = tmp_path / "a.fits"
    path.write_bytes(plain)
    with FITS(path, index=tmp_path / "a.idx") as fits:
        assert (fits[0].read() == image).all()
    assert not (tmp_path / "a.idx").exists()


# ---- servers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HTTPServer, np.ndarray]]:
    folder = tmp_path_factory.mktemp("served")
    pixels = np.random.default_rng(8).normal(size=(3000, 2000)).astype("f4")
    (folder / "big.fits.gz").write_bytes(gzip.compress(fits_bytes(pixels), 1))
    with http_server(folder) as running:
        yield running, pixels


@pytest.mark.parametrize("kept", [False, True])
def test_a_remote_section_fetches_what_it_needs(
    server: tuple[HTTPServer, np.ndarray], kept: bool, tmp_path: Path
) -> None:
    running, pixels = server
    url, index = running.url("big.fits.gz"), tmp_path / "big.idx"
    with FITS(url, index=index, index_bytes=1 << 20) as fits:
        assert (fits[0][2900:2932, 50:82] == pixels[2900:2932, 50:82]).all()
        size = fits.remote_stats().file_bytes
        assert 0.9 * size < fits.remote_stats().bytes_fetched < 1.1 * size
    if not kept:
        return
    with FITS(url, index=index, index_bytes=1 << 20) as fits:
        assert (fits[0][1500:1532, 50:82] == pixels[1500:1532, 50:82]).all()
        stats = fits.remote_stats()
        assert stats.bytes_fetched < size / 6
        assert stats.round_trips <= 6


def test_another_file_on_the_server_is_noticed(tmp_path: Path, image: np.ndarray) -> None:
    remote = Remote(ranged=True)
    index = tmp_path / "a.idx"
    folder = tmp_path / "served"
    folder.mkdir()
    with http_server(folder) as running, warnings.catch_warnings():
        warnings.simplefilter("error")
        for add in (0, 5):
            (folder / "a.fits.gz").write_bytes(gzip.compress(fits_bytes(image + add), 0))
            os.utime(folder / "a.fits.gz", (add, add))
            with FITS(running.url("a.fits.gz"), remote=remote, index=index) as fits:
                assert (fits[0][800:810] == image[800:810] + add).all()


# ---- .zst with a seek table


def seekable(
    plain: bytes, size: int, *, checksums: bool = False, frame_checksums: bool = True
) -> bytes:
    """Frames of `size` bytes by the zstd tool, and the seek table that its format documents."""
    flags = ["--check"] if frame_checksums else ["--no-check"]
    frames, entries = [], []
    for at in range(0, len(plain), size):
        part = plain[at : at + size]
        frames.append(
            subprocess.run(["zstd", "-q", "-c", *flags], input=part, capture_output=True).stdout
        )
        entries.append(struct.pack("<II", len(frames[-1]), len(part)) + bytes(4 * checksums))
    footer = struct.pack("<IBI", len(frames), 0x80 * checksums, 0x8F92EAB1)
    body = b"".join(entries) + footer
    return b"".join([*frames, struct.pack("<II", 0x184D2A5E, len(body)), body])


@pytest.mark.parametrize("size", [60_000, 1_000_000, 9_000_000])
@pytest.mark.parametrize("checksums", [False, True])
def test_sections_of_a_seekable_zst(
    size: int, checksums: bool, plain: bytes, image: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / "a.fits.zst"
    path.write_bytes(seekable(plain, size, checksums=checksums))
    with FITS(path, index=True) as fits:
        for y, x in np.random.default_rng(size).integers(0, 700, (8, 2)):
            assert (fits[1][y : y + 32, x : x + 32] == image[::-1][y : y + 32, x : x + 32]).all()
        assert (fits[0].read(threads=2) == image).all()
        assert fits.to_bytes() == plain
    with FITS(path) as fits:
        assert (fits[1].read() == image[::-1]).all()


def test_a_zst_without_a_seek_table_has_no_index(plain: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.zst"
    path.write_bytes(subprocess.run(["zstd", "-q"], input=plain, capture_output=True).stdout)
    with pytest.raises(rustfits.FITSUnsupportedError, match="no seek table"):
        FITS(path, index=True)


def test_a_damaged_zst_is_an_error(plain: bytes, image: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "a.fits.zst"
    good = seekable(plain, 500_000)
    count = -(-len(plain) // 500_000)
    table = len(good) - 9 - 8 * count
    for at in [*range(table - 8, len(good) - 4, 3), *np.linspace(9, table - 9, 20, dtype=int)]:
        bad = bytearray(good)
        bad[at] ^= 1 << (at % 8)
        path.write_bytes(bad)
        with pytest.raises(rustfits.FITSError), FITS(path, index=True) as fits:
            assert (fits[0].read() == image).all()
            assert (fits[1].read() == image[::-1]).all()
            fits.to_bytes()
    path.write_bytes(good)
    with FITS(path, index=True, max_inflate_bytes=len(plain)) as fits:
        assert (fits[0].read() == image).all()
    with pytest.raises(rustfits.FITSLimitError):
        FITS(path, index=True, max_inflate_bytes=len(plain) - 1)
