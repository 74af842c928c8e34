# SPDX-License-Identifier: BSD-3-Clause
"""Files of fsspec's filesystems."""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from fsspec.asyn import AsyncFileSystem
from fsspec.implementations.memory import MemoryFileSystem

import rustfits
from rustfits import FITS, Remote

DATA = np.random.default_rng(11).normal(size=(1500, 1000)).astype("f4")


def content(data: np.ndarray = DATA) -> bytes:
    buffer = io.BytesIO()
    astropy_fits.PrimaryHDU(data).writeto(buffer)
    return buffer.getvalue()


@pytest.fixture
def memory() -> Iterator[Any]:
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe("/dir/a b?#%41.fits", content())
    yield filesystem
    filesystem.rm("/", recursive=True)


class OtherFileSystem(MemoryFileSystem):  # type: ignore[misc]
    """The same under another scheme."""

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return "/" + path.rpartition("://")[2].strip("/")


class SizelessFileSystem(OtherFileSystem):
    """Does not say how long a file is, and keeps nothing of what memory:// has."""

    protocol = "sizeless"

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        return {**super().info(path, **options), "size": None}


class BrokenFileSystem(OtherFileSystem):
    """Cannot be read, for the reason that is the name of the file."""

    protocol = "broken"

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        raise {
            "missing": FileNotFoundError("no such thing"),
            "private": PermissionError("not for you"),
            "slow": TimeoutError("too long"),
            "odd": RuntimeError("see https://me:hunter2@host/x?X-Amz-Signature=abcdef for more"),
            "offline": OSError(113, "no route"),
        }[path.lstrip("/")]


fsspec.register_implementation("sizeless", SizelessFileSystem)
fsspec.register_implementation("broken", BrokenFileSystem)


@pytest.mark.parametrize("mode", ["auto", "ranged", "download"])
def test_memory(memory: Any, mode: str) -> None:
    for name in ("memory://dir/a b?#%41.fits", "MEMORY:///dir/a b?#%41.fits"):
        with FITS(name, remote=None if mode == "auto" else mode) as fits:
            np.testing.assert_array_equal(fits[0][20:40, 30:50], DATA[20:40, 30:50])
            stats = fits.remote_stats()
            assert stats.ranged == (mode != "download")
            assert stats.bytes_fetched < DATA.nbytes or mode == "download"
            np.testing.assert_array_equal(fits[0].read(), DATA)


def test_compressed(memory: Any) -> None:
    import gzip

    memory.pipe("/a.fits.gz", gzip.compress(content(), 1))
    np.testing.assert_array_equal(rustfits.read("memory://a.fits.gz"), DATA)


def test_small_and_empty(memory: Any) -> None:
    memory.pipe("/small.fits", content(DATA[:5, :5]))
    memory.pipe("/empty.fits", b"")
    np.testing.assert_array_equal(rustfits.read("memory://small.fits"), DATA[:5, :5])
    with pytest.raises(rustfits.NotFITSError, match="empty"):
        FITS("memory://empty.fits")


def test_local(tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(content())
    with FITS(f"local://{tmp_path}/a.fits", remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][:10, :], DATA[:10])
        np.testing.assert_array_equal(fits[0].read(), DATA)


def test_file_that_changes(memory: Any) -> None:
    memory.pipe("/b.fits", content())
    with FITS("memory://b.fits", remote="ranged") as fits:
        memory.pipe("/b.fits", content(DATA[::-1]))
        with pytest.raises(rustfits.FITSError, match="has changed") as caught:
            fits[0].read()
        assert caught.value.code == "RF_ERR_CHANGED"


class MeetingFileSystem(AsyncFileSystem):  # type: ignore[misc]
    """Answers, once the file is open, no question before two others are asked: about bytes, and about the file."""

    protocol = "meeting"
    cachable = True
    body = b""
    asked: list[str] = []  # noqa: RUF012  of the one test
    meeting: Any = None

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.rpartition("://")[2]

    async def meet(self, who: str) -> None:
        self.asked.append(who)
        if self.meeting is None:
            return
        self.meeting[who].set()
        await asyncio.wait_for(self.meeting["file" if who == "bytes" else "bytes"].wait(), 20)

    async def _info(self, path: str, **options: Any) -> dict[str, Any]:
        await self.meet("file")
        return {"name": path, "size": len(self.body), "type": "file", "etag": "1"}

    async def _cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **options: Any
    ) -> bytes:
        await self.meet("bytes")
        return self.body[start:end]


fsspec.register_implementation("meeting", MeetingFileSystem)


def test_the_file_is_looked_at_while_its_bytes_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check for a changed file costs no round trip of its own. An open requests the file information once."""
    monkeypatch.setattr(MeetingFileSystem, "body", content())
    monkeypatch.setattr(MeetingFileSystem, "asked", [])
    with FITS("meeting://a.fits", remote="ranged") as fits:
        assert MeetingFileSystem.asked == ["file", "bytes"]
        meeting = {"file": asyncio.Event(), "bytes": asyncio.Event()}
        monkeypatch.setattr(MeetingFileSystem, "meeting", meeting)
        np.testing.assert_array_equal(fits[0].read(), DATA)
        assert MeetingFileSystem.asked.count("file") == fits.remote_stats().round_trips


def test_read_header_asks_fsspec_too() -> None:
    """In a process that has not opened a file of the scheme before."""
    import subprocess

    script = (
        "import fsspec, io, numpy, rustfits\n"
        "with rustfits.FITS('mem://', 'w+') as fits:\n"
        "    fits.write_image(numpy.zeros((3, 5), 'f4'))\n"
        "    fsspec.filesystem('memory').pipe('/a.fits', fits.to_bytes())\n"
        "assert rustfits.read_header('memory://a.fits')['NAXIS1'] == 5\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_filesystem_without_sizes() -> None:
    filesystem = fsspec.filesystem("sizeless")
    filesystem.pipe("/a.fits", content())
    np.testing.assert_array_equal(rustfits.read("sizeless://a.fits"), DATA)
    with pytest.raises(rustfits.FITSUnsupportedError):
        FITS("sizeless://a.fits", remote="ranged")
    filesystem.rm("/a.fits")


def test_limit_of_bytes(memory: Any) -> None:
    with pytest.raises(rustfits.FITSLimitError):
        FITS("memory://dir/a b?#%41.fits", remote=Remote(max_bytes=10_000, download=True))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("missing", FileNotFoundError),
        ("private", PermissionError),
        ("slow", rustfits.FITSTimeoutError),
        ("offline", ConnectionError),
    ],
)
def test_failures(name: str, kind: type[Exception]) -> None:
    with pytest.raises(kind, match=f"broken://{name}"):
        FITS(f"broken://{name}", remote=Remote(retries=0))


def test_secrets_of_other_libraries_are_not_passed_on() -> None:
    with pytest.raises(ConnectionError) as caught:
        FITS("broken://odd", remote=Remote(retries=0))
    assert "RuntimeError" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "abcdef" not in str(caught.value)


def test_missing_file_and_folder(memory: Any) -> None:
    with pytest.raises(FileNotFoundError):
        FITS("memory://none.fits")
    with pytest.raises(IsADirectoryError):
        FITS("memory://dir")


def test_editing_is_refused(memory: Any) -> None:
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS("memory://new.fits", "r+")


def test_unknown_scheme() -> None:
    with pytest.raises(rustfits.FITSError, match=r"unknown scheme 'nope://'"):
        FITS("nope://a/b")


def test_hint_without_fsspec(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(rustfits.FITSError, match="pip install fsspec ocifs"):
        FITS("oci://bucket/key")


def test_hint_without_the_package_of_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adlfs", None)
    with pytest.raises(rustfits.FITSNotBuiltError, match="adlfs"):
        FITS("az://container/key")
