# SPDX-License-Identifier: BSD-3-Clause
"""Places where a driver finds its files, for the suite that every driver runs.

A new driver adds a class and one line in `SITES`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import subprocess
import sys
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import zstandard

from rustfits import FITS, Remote, register_driver
from servers import ftp_server, http_server
from support.drivers.archives import zip_bytes


class Site(ABC):
    """Files of one driver, below a folder. ``with`` starts and stops its server."""

    #: Keyword arguments for `FITS`.
    options: ClassVar[dict[str, Any]] = {}

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *failure: object) -> None:  # noqa: B027
        """Stop the server, if there is one."""

    @abstractmethod
    def publish(self, content: bytes) -> Any:
        """Store `content` under one name, and return what `FITS` takes."""

    @abstractmethod
    def missing(self) -> Any:
        """Return what `FITS` takes for a file that does not exist."""

    def forbidden(self) -> Any:
        """Return what `FITS` takes for a file that the server refuses; None: it refuses none."""
        return None

    def open(self, name: Any, mode: str = "r", **options: Any) -> FITS:
        return FITS(name, mode, **{**self.options, **options})


class WritableSite(Site):
    """Files that can be written."""

    @abstractmethod
    def fresh(self) -> Any:
        """Return what `FITS` takes with ``w+`` for a new file."""

    @abstractmethod
    def content(self, name: Any) -> bytes:
        """Return the bytes that the file has now."""


class LocalSite(WritableSite):
    """Paths."""

    suffix = ""

    def path(self, stem: str = "a") -> Path:
        return self.folder / f"{stem}.fits{self.suffix}"

    def publish(self, content: bytes) -> Path:
        self.path().write_bytes(self.encode(content))
        return self.path()

    def missing(self) -> Path:
        return self.folder / "none.fits"

    def fresh(self) -> Path:
        return self.path("fresh")

    def content(self, name: Path) -> bytes:
        return self.decode(name.read_bytes())

    def encode(self, content: bytes) -> bytes:
        return content

    def decode(self, content: bytes) -> bytes:
        return content


class GzipSite(LocalSite):
    """Paths of gzip files."""

    suffix = ".gz"

    def encode(self, content: bytes) -> bytes:
        return gzip.compress(content)

    def decode(self, content: bytes) -> bytes:
        return gzip.decompress(content)


class IndexedSite(Site):
    """Paths of gzip files that are read through an index."""

    options: ClassVar[dict[str, Any]] = {"index": True, "index_bytes": 1 << 16}

    def publish(self, content: bytes) -> Path:
        path = self.folder / "a.fits.gz"
        path.write_bytes(gzip.compress(content))
        return path

    def missing(self) -> Path:
        return self.folder / "none.fits.gz"


class LZWSite(Site):
    """Paths of .Z files, which can only be read."""

    def publish(self, content: bytes) -> Path:
        path = self.folder / "a.fits.Z"
        with path.open("wb") as file:
            subprocess.run(["compress", "-c", "-f"], input=content, stdout=file, check=True)
        return path

    def missing(self) -> Path:
        return self.folder / "none.fits.Z"


class ObjectSite(WritableSite):
    """File objects in memory."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._published = io.BytesIO()

    def publish(self, content: bytes) -> io.BytesIO:
        # One name is one object: its content changes.
        self._published.seek(0)
        self._published.truncate()
        self._published.write(content)
        return self._published

    def missing(self) -> Path:
        return self.folder / "none.fits"

    def fresh(self) -> io.BytesIO:
        return io.BytesIO(b"old content")

    def content(self, name: io.BytesIO) -> bytes:
        return name.getvalue()


class RegisteredSite(LocalSite):
    """Files of a driver of the caller, which reads and writes them by the system."""

    class Bytes:
        """An open file."""

        def __init__(self, path: str, mode: str) -> None:
            how = {"r": "rb", "r+": "r+b", "w+": "w+b"}[mode]
            self._file = open(path, how, buffering=0)  # noqa: SIM115  close() closes it

        def size(self) -> int:
            return os.fstat(self._file.fileno()).st_size

        def read_at(self, offset: int, count: int) -> bytes:
            return os.pread(self._file.fileno(), count, offset)

        def write_at(self, offset: int, data: bytes) -> int:
            return os.pwrite(self._file.fileno(), data, offset)

        def truncate(self, size: int) -> None:
            self._file.truncate(size)

        def close(self) -> None:
            self._file.close()

    def __enter__(self) -> Site:
        register_driver("site", lambda name, mode: self.Bytes(name[7:], mode))
        return self

    def __exit__(self, *failure: object) -> None:
        register_driver("site", None)

    def open(self, name: Any, mode: str = "r", **options: Any) -> FITS:
        return super().open(f"site://{name}", mode, **options)


class ZipSite(Site):
    """Members of zip files among others, which can only be read."""

    method = zipfile.ZIP_STORED

    def publish(self, content: bytes) -> str:
        path = self.folder / "a.zip"
        path.write_bytes(zip_bytes({"x": b"x", "b/a.fits": content}, self.method))
        return f"{path}!b/a.fits"

    def missing(self) -> str:
        return f"{self.publish(b'')}.gz"


class DeflatedSite(ZipSite):
    """Deflated members of zip files."""

    method = zipfile.ZIP_DEFLATED


class SharedMemorySite(WritableSite):
    """Segments of shared memory, put together by the layout that the documents give."""

    def name(self, stem: str) -> str:
        return f"shmem://rustfits-{os.getpid()}-{stem}"

    def path(self, name: str) -> Path:
        return Path("/dev/shm", name.removeprefix("shmem://"))

    def __exit__(self, *failure: object) -> None:
        for stem in ("a", "fresh"):
            self.path(self.name(stem)).unlink(missing_ok=True)

    def publish(self, content: bytes) -> str:
        header = struct.pack("<8sIIQIIQQQ", b"RUSTFITS", 1, 4096, len(content), 2, 0, 1, 0, 1)
        draft = self.path(self.name("draft"))
        draft.write_bytes(header.ljust(4096, b"\0") + content)
        draft.replace(self.path(self.name("a")))
        return self.name("a")

    def missing(self) -> str:
        return self.name("none")

    def fresh(self) -> str:
        return self.name("fresh")

    def content(self, name: str) -> bytes:
        segment = self.path(name).read_bytes()
        magic, version, offset, size, state = struct.unpack_from("<8sIIQI", segment)
        assert (magic, version, offset, state) == (b"RUSTFITS", 1, 4096, 2)
        return segment[offset : offset + size]


class Bzip2Site(LocalSite):
    """Paths of bzip2 files."""

    suffix = ".bz2"

    def encode(self, content: bytes) -> bytes:
        return bz2.compress(content)

    def decode(self, content: bytes) -> bytes:
        return bz2.decompress(content)


class XzSite(LocalSite):
    """Paths of xz files."""

    suffix = ".xz"

    def encode(self, content: bytes) -> bytes:
        return lzma.compress(content, preset=0)

    def decode(self, content: bytes) -> bytes:
        return lzma.decompress(content)


class ZstdSite(LocalSite):
    """Paths of zstd files."""

    suffix = ".zst"

    def encode(self, content: bytes) -> bytes:
        return zstandard.compress(content)

    def decode(self, content: bytes) -> bytes:
        return zstandard.decompress(content)


class ServedSite(Site):
    """Files that a server of one folder sends, by ranges."""

    options: ClassVar[dict[str, Any]] = {
        "remote": Remote(ranged=True, block_bytes=4096, cache_bytes=16384, retries=1)
    }

    def __enter__(self) -> Site:
        self._running = self.start()
        self.server = self._running.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._running.__exit__(*failure)

    @abstractmethod
    def start(self) -> Any:
        """Return a server as a context manager with a method ``url``."""

    def publish(self, content: bytes) -> str:
        path = self.folder / "a.fits"
        path.write_bytes(content)
        os.utime(path, ns=(0, len(content) * 10**9))  # another validator for another content
        return str(self.server.url("a.fits"))

    def missing(self) -> str:
        return str(self.server.url("none.fits"))


class HTTPSite(ServedSite):
    def start(self) -> Any:
        return http_server(self.folder)


class FTPSite(ServedSite):
    def start(self) -> Any:
        return ftp_server(self.folder)


SITES: dict[str, Callable[[Path], Site]] = {
    "path": LocalSite,
    "gz": GzipSite,
    "gz_index": IndexedSite,
    "Z": LZWSite,
    "object": ObjectSite,
    "registered": RegisteredSite,
    "zip": ZipSite,
    "deflated": DeflatedSite,
    "bz2": Bzip2Site,
    "xz": XzSite,
    "zst": ZstdSite,
    "http": HTTPSite,
    "ftp": FTPSite,
}
if sys.platform == "linux":
    SITES["shmem"] = SharedMemorySite
