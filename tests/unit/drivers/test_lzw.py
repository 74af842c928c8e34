# SPDX-License-Identifier: BSD-3-Clause
"""Files of the program `compress` (.Z), against that program and gzip."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from servers import http_server
from support.drivers.lzw import lzw_bytes
from support.files import fits_bytes

RNG = np.random.default_rng(13)
IMAGE = RNG.integers(0, 3, (20, 30), "u1")


def compress(plain: bytes, bits: int = 16) -> bytes:
    command = ["compress", "-c", "-f", "-b", str(bits)]
    return subprocess.run(command, input=plain, stdout=subprocess.PIPE, check=True).stdout


def judge(packed: bytes) -> tuple[int, bytes]:
    """Return what gzip makes of a .Z file."""
    done = subprocess.run(["gzip", "-dc"], input=packed, capture_output=True, check=False)
    return done.returncode, done.stdout


def decoded(packed: bytes) -> bytes:
    with FITS.from_bytes(packed) as fits:
        return fits.to_bytes()


@pytest.fixture(scope="module")
def large() -> bytes:
    """Content that makes `compress` empty its dictionary several times."""
    kinds = [
        RNG.integers(0, 5, 150_000).astype("i4"),
        np.frombuffer(RNG.bytes(200_000), "u1"),
        np.zeros(100_000, "f4"),
        RNG.normal(size=40_000),
    ]
    return fits_bytes(*kinds, *kinds[::-1])


@pytest.fixture(scope="module")
def small() -> bytes:
    return fits_bytes(IMAGE)


@pytest.mark.parametrize("bits", range(10, 17))
def test_every_width_is_read(large: bytes, bits: int) -> None:
    packed = compress(large, bits)
    assert packed[2] == 0x80 | bits
    assert decoded(packed) == large


@pytest.mark.parametrize("block", [True, False])
@pytest.mark.parametrize("bits", [9, 10, 12, 16])
def test_other_encoders_are_read(large: bytes, bits: int, block: bool) -> None:
    plain = large[:260_000]
    clears = set(RNG.integers(0, len(plain), 40)) if block else ()
    with pytest.warns(rustfits.FITSWarning):  # the content is cut
        packed = lzw_bytes(plain, bits, block=block, clears=clears)
        assert judge(packed) == (0, plain)
        with FITS.from_bytes(packed) as fits:
            assert fits._file.size() == len(plain)
            assert fits._file.read_bytes(0, len(plain)) == plain
            assert len(fits) == 1


def test_all_ways_to_read(tmp_path: Path, large: bytes) -> None:
    path = tmp_path / "large.fits.Z"
    path.write_bytes(compress(large))
    with FITS.from_bytes(large) as expected, FITS(path) as fits:
        assert fits[-1][5] == expected[-1][5]
        assert all((a.read() == b.read()).all() for a, b in zip(fits, expected, strict=True))
        assert fits[0][7:9].tolist() == expected[0][7:9].tolist()
    renamed = path.rename(tmp_path / "large.fits")  # the content counts
    assert rustfits.read(renamed, -1).shape == (150_000,)


def test_an_empty_file_is_not_fits() -> None:
    with pytest.raises(rustfits.NotFITSError, match="empty"):
        FITS.from_bytes(compress(b""))


def test_every_truncation_is_an_error_or_leaves_the_data(small: bytes) -> None:
    """A cut between two codes cannot be told from the end. The FITS file then ends too early."""
    packed = compress(small)
    errors = 0
    for n in range(3, len(packed)):
        try:
            with FITS.from_bytes(packed[:n]) as fits:
                assert (fits[-1].read() == IMAGE).all()
                size = fits._file.size()
                assert fits._file.read_bytes(0, size) == small[:size]
        except (rustfits.FITSTruncatedError, rustfits.NotFITSError, rustfits.FITSWarning):
            errors += 1
    assert errors > 0.9 * len(packed)


def test_flipped_bits_are_as_gzip_says() -> None:
    """Where gzip finds damage, so does the library; elsewhere, both decode to the same."""
    packed = compress(fits_bytes(RNG.integers(0, 3, (80, 90), "u1")))
    header = 700  # flips behind it leave a FITS file
    outcomes = {0: 0, 1: 0}
    for bit in range(8 * header, 8 * len(packed), 61):
        changed = bytearray(packed)
        changed[bit // 8] ^= 1 << bit % 8
        code, plain = judge(bytes(changed))
        outcomes[code] += 1
        try:
            with FITS.from_bytes(bytes(changed)) as fits:
                assert fits._file.read_bytes(0, fits._file.size()) == plain
                assert code == 0
        except rustfits.FITSCodecError:
            assert code == 1
        except rustfits.FITSTruncatedError as error:  # bits behind the last code
            assert code == 0 and "in the middle of the LZW stream" in str(error)
    assert min(outcomes.values()) > 10


@pytest.mark.parametrize(
    ("third", "text"), [(0x88, "found 8"), (0x91, "found 17"), (0xB0, "unknown flags 0x20")]
)
def test_unknown_headers_are_refused(small: bytes, third: int, text: str) -> None:
    packed = bytearray(compress(small))
    packed[2] = third
    with pytest.raises(rustfits.FITSCodecError, match=text + " at byte 3 of the compressed file"):
        FITS.from_bytes(bytes(packed))


def test_an_undefined_code_has_its_offset(small: bytes) -> None:
    packed = bytearray(compress(small))
    packed[100:110] = b"\xff" * 10
    with pytest.raises(rustfits.FITSCodecError, match=r"code 510.* at byte 10\d of the compressed"):
        decoded(bytes(packed))


def test_the_limit_stops_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "bomb.fits.Z"
    path.write_bytes(compress(fits_bytes(np.zeros(40_000_000, "u1"))))
    assert path.stat().st_size < 100_000
    with FITS(path, max_inflate_bytes=1_000_000) as fits:
        with pytest.raises(rustfits.FITSLimitError, match="1000000 bytes"):
            fits[0].read()


@pytest.mark.parametrize("mode", ["r+", "w+"])
def test_it_is_read_only(tmp_path: Path, small: bytes, mode: str) -> None:
    path = tmp_path / "a.fits.Z"
    packed = compress(small)
    path.write_bytes(packed)
    with pytest.raises(rustfits.FITSReadOnlyError, match='can only read; open with "r"'):
        FITS(path, mode)
    assert path.read_bytes() == packed
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(tmp_path / "new.fits.z", "w+")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.fits.Z"]


def test_a_copy_in_memory_can_be_changed(small: bytes) -> None:
    with FITS.from_bytes(compress(small), "r+") as fits:
        fits[-1].write(IMAGE + 1)
        assert (fits[-1].read() == IMAGE + 1).all()


def test_a_server_has_one(tmp_path: Path, large: bytes) -> None:
    (tmp_path / "a.fits.Z").write_bytes(compress(large))
    with http_server(tmp_path) as server, FITS.from_bytes(large) as expected:
        with FITS(server.url("a.fits.Z"), remote="ranged") as fits:
            assert (fits[1].read() == expected[1].read()).all()
            assert fits.to_bytes() == large
