# SPDX-License-Identifier: BSD-3-Clause
"""Files that are compressed more than once, and what is known of files beneath filters."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import http_server
from support.drivers.archives import zip_bytes
from support.files import fits_bytes

IMAGE = np.random.default_rng(8).integers(0, 999, (300, 400), "i4")


@pytest.fixture(scope="module")
def content() -> bytes:
    return fits_bytes(IMAGE)


def packed(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = gzip.compress(content, 1)
    return content


@pytest.mark.parametrize("times", [2, 3])
def test_layers_are_read(tmp_path: Path, content: bytes, times: int) -> None:
    path = tmp_path / "a.fits.gz"
    path.write_bytes(packed(content, times))
    with FITS(path) as fits:
        assert (fits[0][100:110, ::-1] == IMAGE[100:110, ::-1]).all()
        assert fits.to_bytes() == content
    with FITS.from_bytes(path.read_bytes()) as fits:
        assert fits.to_bytes() == content
        with pytest.raises(rustfits.FITSReadOnlyError):
            fits[0][0] = 0


def test_a_zip_file_can_be_in_a_layer(tmp_path: Path, content: bytes) -> None:
    inner = zip_bytes({"a.fits.gz": packed(content, 1)}, zipfile.ZIP_DEFLATED)
    (tmp_path / "a.zip").write_bytes(inner)
    (tmp_path / "a.zip.gz").write_bytes(gzip.compress(inner))
    for name in ("a.zip", "a.zip!a.fits.gz", "a.zip.gz"):
        assert (rustfits.read(f"{tmp_path}/{name}") == IMAGE).all()


def test_layers_end(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(packed(content, 4))
    for name in (tmp_path / "a", tmp_path / "a.zip"):
        with pytest.raises(rustfits.FITSNotBuiltError, match="compressed more than 3 times"):
            FITS(name)
        (tmp_path / "a.zip").write_bytes(zip_bytes({"a": packed(content, 3)}))


def test_only_one_layer_is_written(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.fits.gz"
    twice = packed(content, 2)
    path.write_bytes(twice)
    with pytest.raises(rustfits.FITSReadOnlyError, match="compressed twice, the second time with"):
        FITS(path, "r+")
    assert path.read_bytes() == twice
    assert list(tmp_path.iterdir()) == [path]
    with FITS(path, "w+") as fits:  # the new file has one layer
        fits.write_image(IMAGE)
    assert gzip.decompress(path.read_bytes()).startswith(b"SIMPLE")


@pytest.mark.parametrize("times", [2, 3])
def test_damage_in_a_layer_is_an_error(content: bytes, times: int) -> None:
    damaged = bytearray(packed(content, times))
    damaged[len(damaged) // 2] ^= 0xFF
    with pytest.raises(rustfits.FITSCodecError):
        with FITS.from_bytes(bytes(damaged)) as fits:
            fits[0].read()
    inner = packed(content, times - 1)
    with pytest.raises(rustfits.FITSTruncatedError, match="in the middle of the gzip member"):
        with FITS.from_bytes(gzip.compress(inner[:-100])) as fits:
            fits[0].read()


def test_each_layer_has_the_limit() -> None:
    bomb = packed(bytes(20_000_000), 2)
    assert len(bomb) < 10_000
    with pytest.raises(rustfits.FITSLimitError, match="10000 bytes"):
        FITS.from_bytes(packed(fits_bytes(np.zeros(10_000_000, "u1")), 2), max_inflate_bytes=10_000)
    with pytest.raises(rustfits.NotFITSError):
        FITS.from_bytes(bomb, max_inflate_bytes=1_000_000)


@pytest.mark.parametrize("name", ["a.fits.gz", "b.fits.gz", "c.zip", "d.zip"])
@pytest.mark.parametrize("download", [True, False])
def test_statistics_of_compressed_files(
    tmp_path: Path, content: bytes, name: str, download: bool
) -> None:
    files = {
        "a.fits.gz": packed(content, 1),
        "b.fits.gz": packed(content, 2),
        "c.zip": zip_bytes({"a.fits": content}),
        "d.zip": zip_bytes({"a.fits": content}, zipfile.ZIP_DEFLATED),
    }
    (tmp_path / name).write_bytes(files[name])
    remote = Remote(download=True) if download else Remote(ranged=True)
    with http_server(tmp_path) as server, FITS(server.url(name), remote=remote) as fits:
        assert (fits[0].read() == IMAGE).all()
        stats = fits.remote_stats()
        assert stats.file_bytes == len(files[name])
        assert stats.ranged is not download
        assert stats.requests >= 1 and stats.bytes_fetched >= stats.file_bytes * 0.9
    (tmp_path / "local.gz").write_bytes(files["a.fits.gz"])
    with FITS(tmp_path / "local.gz") as fits, pytest.raises(rustfits.FITSTypeError):
        fits.remote_stats()
