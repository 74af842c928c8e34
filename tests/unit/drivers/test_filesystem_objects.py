# SPDX-License-Identifier: BSD-3-Clause
"""Files of filesystem objects, chains of URLs, and paths of other packages."""

from __future__ import annotations

import gc
import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from upath import UPath

import rustfits
from rustfits import FITS
from servers import http_server

IMAGE = np.random.default_rng(21).normal(size=(1500, 1000)).astype("f4")


@pytest.fixture(scope="module")
def content() -> bytes:
    buffer = io.BytesIO()
    rustfits.write(buffer, IMAGE)
    return buffer.getvalue()


@pytest.fixture
def memory(content: bytes) -> Iterator[Any]:
    filesystem = fsspec.filesystem("memory")
    filesystem.pipe("/dir/a b?#%41.fits", content)
    filesystem.pipe("/a.fits", content)
    yield filesystem
    filesystem.rm("/", recursive=True)


def test_paths_in_a_filesystem_object(memory: Any) -> None:
    with FITS("/dir/a b?#%41.fits", fs=memory, remote="ranged") as fits:
        assert fits.filename == "memory:///dir/a b?#%41.fits"
        np.testing.assert_array_equal(fits[0][5:9, 3:7], IMAGE[5:9, 3:7])
        assert fits.remote_stats().bytes_fetched < IMAGE.nbytes
    with FITS(Path("a.fits"), fs=memory) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    with FITS("a b?#%41.fits", fs=DirFileSystem("/dir", memory)) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    with pytest.raises(rustfits.FITSNotFoundError):
        FITS("none.fits", fs=memory)


def test_local_filesystems_are_paths(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(content)
    with FITS(f"{tmp_path}/a.fits", "r+", fs=fsspec.filesystem("file")) as fits:
        fits[0].header["OBJECT"] = "M 31"
    with FITS(UPath(f"{tmp_path}/a.fits"), "r+") as fits:
        assert fits[0].header["OBJECT"] == "M 31"
    with FITS(fsspec.open(f"{tmp_path}/a.fits")) as fits:
        assert fits.filename == f"{tmp_path}/a.fits"


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_chains_of_urls(content: bytes, memory: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.fits", content)
    (tmp_path / "a.fits").write_bytes(content)
    with http_server(tmp_path) as server:
        url = server.url("")
        for name in (
            "simplecache::memory://a.fits",
            "filecache::memory://a.fits",
            f"blockcache::{url}a.fits",
            f"simplecache::{url}a.fits",
            f"zip://a.fits::{tmp_path}/b.zip",
            f"zip://a.fits::simplecache::{url}b.zip",
        ):
            with FITS(name) as fits:
                assert fits.filename == name
                np.testing.assert_array_equal(fits[0].read(), IMAGE, err_msg=name)
            assert rustfits.read_header(name)["NAXIS"] == 2
    gc.collect()  # fsspec's block cache does not close its file, which is a warning


def test_chains_obey_schemes(memory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "simplecache::memory://a.fits"
    assert FITS(name, schemes={"simplecache", "memory"})[0].shape == IMAGE.shape
    for allowed in ({"simplecache"}, {"memory"}, {"file", "https"}):
        with pytest.raises(rustfits.FITSSchemeError):
            FITS(name, schemes=allowed)
        with pytest.raises(rustfits.FITSSchemeError):
            FITS(name, schemes=allowed, storage_options={})
    with pytest.raises(rustfits.FITSSchemeError):
        FITS("a.fits", fs=memory, schemes={"file"})
    assert FITS("a.fits", fs=memory, schemes={"memory"})[0].ndim == 2
    monkeypatch.setenv("RUSTFITS_SCHEMES", "file")
    with pytest.raises(rustfits.FITSSchemeError):
        FITS(name)


def test_existing_paths_are_paths(content: bytes, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    Path("simplecache::memory:").mkdir()
    Path("simplecache::memory:/a.fits").write_bytes(content)
    with FITS("simplecache::memory://a.fits") as fits:
        assert fits[0].shape == IMAGE.shape
    with FITS("a::b.fits", "w+") as fits:
        fits.write_image(IMAGE[:5])
    assert Path("a::b.fits").exists()


class SecretFileSystem(MemoryFileSystem):  # type: ignore[misc]
    """Refuses with a message that has its password."""

    protocol = "secret"
    cachable = False

    def __init__(self, password: str = "", **options: Any) -> None:
        super().__init__(password=password, **options)
        self._password = password

    def info(self, path: str, **options: Any) -> dict[str, Any]:
        raise PermissionError(f"the password {self._password} is wrong for {path}")


fsspec.register_implementation("secret", SecretFileSystem)


def test_secrets_of_storage_options_are_not_shown(memory: Any) -> None:
    options = {"password": "hunter2hunter2"}
    for call in (
        lambda: FITS("secret://a.fits", storage_options=options),
        lambda: FITS("simplecache::secret://a.fits", storage_options={"secret": options}),
        lambda: FITS("a.fits", fs=SecretFileSystem(**options)),
        lambda: FITS("memory://a.fits", storage_options={"password": "hunter2hunter2", "none": 1}),
    ):
        try:
            call()
        except rustfits.FITSError as raised:
            assert "hunter2" not in f"{raised} {raised.args} {raised.__cause__!r}"
        else:
            assert call is not None  # the filesystem ignored the options


def test_storage_options_reach_the_filesystem(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.fits").write_bytes(content)
    (tmp_path / "cache").mkdir()
    options = {"simplecache": {"cache_storage": str(tmp_path / "cache")}}
    with http_server(tmp_path) as server:
        with FITS(f"simplecache::{server.url('a.fits')}", storage_options=options) as fits:
            np.testing.assert_array_equal(fits[0].read(), IMAGE)
    assert any(path.stat().st_size == len(content) for path in (tmp_path / "cache").iterdir())


def test_open_files_of_fsspec(memory: Any, content: bytes) -> None:
    target = fsspec.open("memory://a.fits", "rb")
    with FITS(target) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
        assert fits.remote_stats().file_bytes == len(content)
    memory.pipe("/a.gz", gzip.compress(content))
    with FITS(fsspec.open("memory://a.gz", "rb", compression="gzip")) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    with FITS(fsspec.open("memory://new.fits", "wb"), "w+") as fits:
        fits.write_image(IMAGE)
        assert not memory.exists("/new.fits")
    assert memory.cat("/new.fits") == content
    with FITS(fsspec.open("memory://new.gz", "wb", compression="gzip"), "w+") as fits:
        fits.write_image(IMAGE)
    assert gzip.decompress(memory.cat("/new.gz")) == content
    with memory.open("/a.fits") as file:
        np.testing.assert_array_equal(rustfits.read(file), IMAGE)
        assert not file.closed
    with pytest.raises(TypeError, match="binary mode"):
        FITS(fsspec.open("memory://a.fits", "r"))
    for mode in ("r+", "w+"):
        with pytest.raises(rustfits.FITSReadOnlyError, match="OpenFile"):
            FITS(fsspec.open("memory://a.fits", "rb"), mode)


def test_universal_paths(memory: Any) -> None:
    with FITS(UPath("memory:///dir/a b?#%41.fits")) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    np.testing.assert_array_equal(rustfits.read(UPath("memory:///a.fits")), IMAGE)
    assert rustfits.read_header(UPath("memory:///a.fits"))["NAXIS"] == 2


def test_invalid_arguments(memory: Any) -> None:
    for arguments, kind, part in [
        ({"fs": "memory"}, TypeError, "filesystem of fsspec"),
        ({"fs": memory, "storage_options": {}}, ValueError, "exclude each other"),
        ({"storage_options": [1]}, TypeError, "mapping"),
    ]:
        with pytest.raises(kind, match=part):
            FITS("a.fits", **arguments)
    with pytest.raises(TypeError, match="for names"):
        FITS(io.BytesIO(), fs=memory)
    with pytest.raises(rustfits.FITSError, match="none"):
        FITS("none::other://x")


def test_closing_releases_the_filesystem(memory: Any) -> None:
    import weakref

    class Other(MemoryFileSystem):  # type: ignore[misc]
        cachable = False

    filesystem = Other()
    seen = weakref.ref(filesystem)
    with FITS("a.fits", fs=filesystem) as fits:
        fits[0].read()
    del filesystem
    gc.collect()
    assert seen() is None and fits.closed
