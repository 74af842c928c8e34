# SPDX-License-Identifier: BSD-3-Clause
"""Small files that ask for a lot: each limit bounds all memory that a step takes, which is measured."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Gzip1, Hcompress1, Rice1
from rustfits._core.file.packing import unpack_hdu

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="peaks are measured by getrusage")

MB = 1 << 20


def card(keyword, value):
    return f"{keyword:<8}= {value:>20}".ljust(80).encode()


def header(*cards):
    text = b"".join(cards) + b"END".ljust(80)
    return text + b" " * (-len(text) % 2880)


PRIMARY = header(card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0))


def peak(code: str, *arguments: object) -> tuple[str, int]:
    """Run `code` in a process of its own; what it printed, and the bytes that its peak grew by."""
    whole = (
        "import resource, sys\n"
        "import numpy as np, rustfits\n"
        "path = sys.argv[1]\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"{code}\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", whole, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    *said, grown = done.stdout.split("\n")[:-1]
    return "\n".join(said), int(grown) * 1024


def hcompress_bomb(n: int) -> bytes:
    """An HCOMPRESS_1 tile of n * n zeros, which takes 80 bytes."""
    stream = bytes([0xDD, 0x99]) + n.to_bytes(4, "big") * 2 + bytes(54)
    heap = len(stream).to_bytes(4, "big") + bytes(4) + stream
    return (
        PRIMARY
        + header(
            b"XTENSION= 'BINTABLE'".ljust(80),
            card("BITPIX", 8),
            card("NAXIS", 2),
            card("NAXIS1", 8),
            card("NAXIS2", 1),
            card("PCOUNT", len(stream)),
            card("GCOUNT", 1),
            card("TFIELDS", 1),
            card("TTYPE1", "'COMPRESSED_DATA'"),
            card("TFORM1", "'1PB'"),
            card("ZIMAGE", "T"),
            card("ZCMPTYPE", "'HCOMPRESS_1'"),
            card("ZBITPIX", 32),
            card("ZNAXIS", 2),
            card("ZNAXIS1", n),
            card("ZNAXIS2", n),
            card("ZTILE1", n),
            card("ZTILE2", n),
        )
        + heap
        + bytes(-len(heap) % 2880)
    )


def test_one_pixel_of_an_hcompress_tile_takes_no_more_than_the_limit(tmp_path):
    n, path = 4000, tmp_path / "a.fits"
    path.write_bytes(hcompress_bomb(n))
    # The tile alone fits the limit; what decoding it takes does not.
    with (
        FITS(path, max_tile_bytes=n * n * 4) as fits,
        pytest.raises(
            rustfits.FITSLimitError, match=r"64000000 bytes, of which 4 are read, .* of memory"
        ),
    ):
        fits[1][0, 0]
    code = "print(rustfits.FITS(path, max_tile_bytes=int(sys.argv[2]))[1][0, 0])"
    said, grown = peak(code, path, n * n * 16)
    assert said == "0"
    assert grown < n * n * 16
    path.write_bytes(hcompress_bomb(100))
    with FITS(path, max_tile_bytes=1000) as fits:  # a tile of which all is read is not limited
        assert not fits[1].read().any()


def test_the_checksum_of_the_pixels_takes_no_more_than_the_limit(tmp_path):
    n, path = 4000, tmp_path / "a.fits"
    path.write_bytes(hcompress_bomb(n))
    with (
        FITS(path, "r+", max_tile_bytes=n * n * 4 - 1) as fits,
        pytest.raises(rustfits.FITSLimitError, match=r"checksum of tiles of 16000000 pixels"),
    ):
        fits[1].add_checksum()


@pytest.mark.parametrize(
    "codec", [Rice1, Gzip1, rustfits.Gzip2, Hcompress1], ids=lambda codec: codec.__name__
)
def test_threads_share_the_limit_on_tiles(tmp_path, codec):
    """A pixel of each of 8 tiles, with 8 threads: as many tiles are in memory as the limit allows."""
    n, path = 1500, tmp_path / "a.fits"
    data = np.zeros((8, n, n), "i4")
    rustfits.write(path, data, compress=codec(tile_shape=(1, n, n)))
    limit = 20 * n * n
    code = (
        "fits = rustfits.FITS(path, max_tile_bytes=int(sys.argv[2]), threads=8)\n"
        "print(fits[1][:, 5, 5].sum())"
    )
    said, grown = peak(code, path, limit)
    assert said == "0"
    assert grown < limit + 40 * MB  # the cache of decoded tiles has a limit of its own


def test_a_row_of_a_compressed_table_takes_no_more_than_the_limit(tmp_path):
    rows, path = 4 * MB, tmp_path / "a.fits"
    rustfits.write_table(path, {"a": np.zeros(rows, "i8")}, compress=True)
    with (
        FITS(path, max_tile_bytes=8 * MB) as fits,
        pytest.raises(rustfits.FITSLimitError, match=r"of which 8 are read, .* of memory"),
    ):
        fits[1].read(rows=[5])
    with FITS(path, max_tile_bytes=20 * MB) as fits:
        assert fits[1].read(rows=[5])["a"][0] == 0


# ---- .gz ----


def gzip_bomb(path: Path, content: bytes, zeros: int, isize: int | None = None) -> None:
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    with path.open("wb") as out:
        out.write(packer.compress(content))
        for _ in range(zeros // (16 * MB)):
            out.write(packer.compress(bytes(16 * MB)))
        end = packer.flush()
        out.write(end if isize is None else end[:-4] + isize.to_bytes(4, "little"))


@pytest.mark.parametrize("what", ["len(f)", "f[0].shape", "[h.index for h in f]", "f[-1]", "f"])
def test_looking_at_a_gz_inflates_no_more_than_it_needs(tmp_path, what):
    """Whether there is something behind the last HDU is found out without inflating all of it."""
    path = tmp_path / "a.fits.gz"
    gzip_bomb(path, PRIMARY, 128 * MB)
    _, grown = peak(f"f = rustfits.FITS(path)\nprint({what})", path)
    assert grown < 20 * MB


def test_a_size_that_a_gz_lies_about_does_not_inflate_it(tmp_path):
    """The last four bytes of the file name its size: it is no reason to inflate a thousand times as much."""
    path = tmp_path / "a.fits.gz"
    image = header(
        card("SIMPLE", "T"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", 1000),
        card("NAXIS2", 400),
    )
    gzip_bomb(path, image + b"\7" * 400320, 256 * MB, isize=600_000)
    said, grown = peak("print(rustfits.FITS(path)[0][0:300].sum())", path)
    assert said == str(7 * 300 * 1000)
    assert grown < 40 * MB


def test_limit_of_a_gz_bounds_blocks_that_were_handed_out(tmp_path):
    """Pointers into a block keep it when it grows: not beside all of the next one."""
    path = tmp_path / "a.fits.gz"
    parts = []
    for _ in range(60):
        parts.append(
            header(
                card("SIMPLE" if not parts else "XTENSION", "T" if not parts else "'IMAGE'"),
                card("BITPIX", 8),
                card("NAXIS", 1),
                card("NAXIS1", 2880 * 300),
                card("PCOUNT", 0),
                card("GCOUNT", 1),
            )
            + bytes(2880 * 300)
        )
    gzip_bomb(path, b"".join(parts), 0)
    with path.open("ab") as out:  # a member of nothing: its size says nothing about the file's
        out.write(gzip.compress(b""))
    code = "f = rustfits.FITS(path, max_inflate_bytes=int(sys.argv[2]))\nprint(sum(int(h.read().sum()) for h in f))"
    said, grown = peak(code, path, 64 * MB)
    assert said == "0"
    assert grown < 80 * MB


def test_an_image_is_not_unpacked_beyond_the_limit(tmp_path):
    path = tmp_path / "a.fits.fz"
    path.write_bytes(hcompress_bomb(2000))
    with (
        FITS(path, max_inflate_bytes=10 * MB) as fits,
        FITS("mem://", "w+") as out,
        pytest.raises(rustfits.FITSLimitError, match=r"16000000 bytes .* 10485760"),
    ):
        unpack_hdu(fits, fits[1], out)


# ---- numpy ----


@pytest.mark.parametrize(
    "read", ["f[0].read()", "f[0][:, :-1]", "f[0][1:, ::2]", "f[0].read(mask_blank=True)"]
)
def test_memory_that_numpy_has_not_is_an_error_of_ours(tmp_path, read):
    path = tmp_path / "a.fits"
    rows, columns = 200_000, 20_000
    with path.open("wb") as out:  # a file with a hole of 8 GB
        out.write(
            header(
                card("SIMPLE", "T"),
                card("BITPIX", 16),
                card("NAXIS", 2),
                card("NAXIS1", columns),
                card("NAXIS2", rows),
            )
        )
        out.truncate(2880 + (2 * rows * columns + 2879) // 2880 * 2880)
    code = (
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))\n"
        "f = rustfits.FITS(path)\n"
        f"try: {read}\n"
        "except rustfits.FITSMemoryError as error: print(isinstance(error, MemoryError), error)"
    )
    said, _ = peak(code, path)
    assert said.startswith("True cannot allocate an array of shape (")
