# SPDX-License-Identifier: BSD-3-Clause
"""File objects that cannot seek."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import socket
import tarfile
import threading
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from servers import http_server

IMAGE = np.random.default_rng(21).normal(size=(300, 400)).astype("f4")


@pytest.fixture(scope="module")
def content() -> bytes:
    buffer = io.BytesIO()
    with FITS(buffer, "w+") as fits:
        fits.write_image(IMAGE)
        fits.write_table({"a": np.arange(100)}, extname="T")
    return buffer.getvalue()


class Forward(io.RawIOBase):
    """Gives bytes once."""

    def __init__(self, data: bytes) -> None:
        self._bytes = io.BytesIO(data)
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._bytes.readinto(buffer)
        self.given += count
        return count


class Sink(io.RawIOBase):
    """Takes bytes in order."""

    def __init__(self) -> None:
        self.taken = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        part = bytes(data[:100_000])
        self.taken += part
        return len(part)


def check(fits: FITS) -> None:
    np.testing.assert_array_equal(fits["T"].read()["a"], np.arange(100))
    np.testing.assert_array_equal(fits[0][250:, 3], IMAGE[250:, 3])
    np.testing.assert_array_equal(fits[0].read(), IMAGE)


@pytest.mark.parametrize("spool_bytes", [None, 1000])
def test_any_access_works(content: bytes, spool_bytes: int | None) -> None:
    target = Forward(content)
    with FITS(target, spool_bytes=spool_bytes) as fits:
        check(fits)
    assert target.given == len(content) and not target.closed
    np.testing.assert_array_equal(rustfits.read(Forward(gzip.compress(content))), IMAGE)


def test_forward_reading_keeps_nothing() -> None:
    images = [np.full((1000, 1000), i, "f4") for i in range(4)]
    made = io.BytesIO()
    with FITS(made, "w+") as fits:
        for image in images:
            fits.write_image(image)
    for data in (made.getvalue(), gzip.compress(made.getvalue(), 1)):
        with FITS(Forward(data), forward=True) as fits:
            for hdu, image in zip(fits, images, strict=True):
                np.testing.assert_array_equal(hdu.read(), image)
    target = Forward(made.getvalue())
    with FITS(target, forward=True) as fits:
        np.testing.assert_array_equal(fits[2].read(), images[2])
        with pytest.raises(rustfits.FITSUnsupportedError, match="forward=True"):
            fits[0].read()
        np.testing.assert_array_equal(fits[3].read(), images[3])


def test_a_stream_is_read_as_far_as_needed() -> None:
    made = io.BytesIO()
    with FITS(made, "w+") as fits:
        for _ in range(3):
            fits.write_image(np.zeros((1000, 1000), "f4"))
    target = Forward(made.getvalue())
    with FITS(target) as fits:
        fits[0][:10]
        assert target.given <= 1 << 20
        fits[1].header["NAXIS"]
        assert target.given < 7 << 20


def test_sockets(content: bytes) -> None:
    one, other = socket.socketpair()
    with one, other:
        sender = threading.Thread(target=lambda: (other.sendall(content), other.close()))
        sender.start()
        with one.makefile("rb") as target, FITS(target) as fits:
            check(fits)
        sender.join()


def test_responses_of_urllib(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(content)
    with http_server(tmp_path) as server, urllib.request.urlopen(server.url("a.fits")) as response:
        with FITS(response) as fits:
            check(fits)


def test_members_of_archives(content: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dir/a.fits", content)
    for suffix in ("tar", "tar.gz"):
        with tarfile.open(tmp_path / f"a.{suffix}", f"w:{suffix.partition('.')[2]}") as tar:
            member = tarfile.TarInfo("a.fits")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive, archive.open("dir/a.fits") as target:
        target.read(10)
        with FITS(target) as fits:
            assert fits.filename == "dir/a.fits"
            check(fits)
    for name, mode in (("a.tar", "r"), ("a.tar.gz", "r:gz"), ("a.tar.gz", "r|gz")):
        with tarfile.open(tmp_path / name, mode) as tar:  # type: ignore[call-overload]
            member = tar.next()
            with tar.extractfile(member) as target, FITS(target) as fits:
                check(fits)


def test_decoders_decode_once(content: bytes) -> None:
    class Counting(io.BytesIO):
        count = 0

        def read(self, *arguments: Any) -> bytes:
            found = super().read(*arguments)
            self.count += len(found)
            return found

    for module in (gzip, bz2):
        packed = Counting(module.compress(content))  # type: ignore[attr-defined]
        with module.open(packed) as target, FITS(target) as fits:  # type: ignore[attr-defined]
            check(fits)
        assert packed.count <= len(packed.getvalue()) + 20


@pytest.mark.parametrize("spool_bytes", [None, 1000])
def test_new_files_are_written_in_order_when_closed(
    content: bytes, spool_bytes: int | None
) -> None:
    target = Sink()
    with FITS(target, "w+", spool_bytes=spool_bytes) as fits:
        fits.write_image(IMAGE)
        fits.write_table({"a": np.arange(100)}, extname="T")
        check(fits)
        fits.sync()
        assert not target.taken
    assert bytes(target.taken) == content and not target.closed


def test_an_exception_writes_nothing() -> None:
    target = Sink()
    with pytest.raises(RuntimeError, match="of the caller"), FITS(target, "w+") as fits:
        fits.write_image(IMAGE)
        raise RuntimeError("of the caller")
    assert not target.taken


def test_archives_and_write_only_files_are_written(content: bytes, tmp_path: Path) -> None:
    def make(target: Any) -> None:
        with FITS(target, "w+") as fits:
            fits.write_image(IMAGE)
            fits.write_table({"a": np.arange(100)}, extname="T")

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("x", "w") as target:
        make(target)
    assert zipfile.ZipFile(tmp_path / "a.zip").read("x") == content
    with gzip.open(tmp_path / "a.fits.gz", "wb") as target:
        make(target)
    assert gzip.decompress((tmp_path / "a.fits.gz").read_bytes()) == content
    (tmp_path / "b.fits").write_bytes(b"old" * 1_000_000)
    with (
        open(tmp_path / "b.fits", "r+b") as file,
        open(file.fileno(), "wb", closefd=False) as target,
    ):
        make(target)
    assert (tmp_path / "b.fits").read_bytes() == content


def test_pipes(content: bytes) -> None:
    read, write = os.pipe()
    with open(read, "rb") as source, open(write, "wb") as target:
        reader = threading.Thread(target=lambda: found.append(source.read()))
        found: list[bytes] = []
        reader.start()
        with FITS(target, "w+") as fits:
            fits.write_image(IMAGE)
            fits.write_table({"a": np.arange(100)}, extname="T")
        target.close()
        reader.join()
    assert found == [content]


def test_a_broken_pipe_is_its_own_exception() -> None:
    read, write = os.pipe()
    os.close(read)
    with open(write, "wb", buffering=0) as target:
        fits = FITS(target, "w+")
        fits.write_image(IMAGE)
        with pytest.raises(BrokenPipeError):
            fits.close()


def test_streams_that_end_early_or_fail(content: bytes) -> None:
    with FITS(Forward(content[:5000])) as fits, pytest.raises(rustfits.FITSTruncatedError):
        fits[0].read()
    with pytest.raises(rustfits.NotFITSError):
        FITS(Forward(b""))

    class Broken(Forward):
        def readinto(self, buffer: Any) -> int:
            if self.given > 3000:
                raise ConnectionResetError("the peer has left")
            return super().readinto(memoryview(buffer)[:1000])

    with pytest.raises(ConnectionResetError, match="the peer has left"):
        rustfits.read(Broken(content))

    class Waiting(Forward):
        def readinto(self, buffer: Any) -> Any:
            return None

    with pytest.raises(BlockingIOError, match="non-blocking"):
        FITS(Waiting(content))


def test_updates_need_an_object_that_can_seek(content: bytes) -> None:
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(Forward(content), "r+")
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(Forward(content), "w+")
