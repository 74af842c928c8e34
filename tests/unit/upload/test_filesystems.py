# SPDX-License-Identifier: BSD-3-Clause
"""New files through fsspec: in memory, on an SSH server, on Google's storage."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import fsspec
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers.process import ServerProcess
from support.drivers.sending import send_by_pycurl as send

USER, PASSWORD = "astro", "hunter2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def ssh(root: Path) -> Iterator[str]:
    arguments = (str(root), USER, PASSWORD, "writable")
    with ServerProcess("sftp_process.py", *arguments, needs="paramiko") as server:
        yield f"ssh://{USER}:{PASSWORD}@127.0.0.1:{server.port}/"


@pytest.fixture
def gs(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with ServerProcess("gs_process.py", "sky", needs="gcp-storage-emulator") as server:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", f"http://127.0.0.1:{server.port}")
        import gcsfs

        monkeypatch.setattr(gcsfs.GCSFileSystem, "_cache", {})
        yield "gs://sky/"


def check(body: bytes, image: np.ndarray) -> None:
    with astropy_fits.open(io.BytesIO(body)) as hdus:
        np.testing.assert_array_equal(hdus[0].data, image)


def test_memory(small: np.ndarray, huge: np.ndarray) -> None:
    fs = fsspec.filesystem("memory")
    for image in (huge, small):
        assert send("memory://new/a.fits", image).status == "RF_OK"
        check(fs.cat_file("/new/a.fits"), image)
    rustfits.write("memory://new/b.fits.gz", small)
    assert fs.cat_file("/new/b.fits.gz")[:2] == b"\x1f\x8b"
    np.testing.assert_array_equal(rustfits.read("memory://new/b.fits.gz"), small)
    with pytest.raises(ZeroDivisionError):
        with FITS("memory://new/a.fits", "w+") as fits:
            fits.write_image(huge)
            _ = 1 // 0
    check(fs.cat_file("/new/a.fits"), small)
    fs.rm("/new", recursive=True)


def test_in_place_changes_are_refused() -> None:
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS("memory://new/a.fits", "r+")


def test_ssh_renames_a_complete_file(
    ssh: str, root: Path, small: np.ndarray, large: np.ndarray
) -> None:
    for image in (large, small):
        assert send(ssh + "a b.fits", image).status == "RF_OK"
        check((root / "a b.fits").read_bytes(), image)
    assert os.listdir(root) == ["a b.fits"]
    sent = send(ssh + "missing/a.fits", small)
    assert sent.status == "RF_ERR_NO_FILE" and PASSWORD not in sent.message
    assert os.listdir(root) == ["a b.fits"]


def test_a_full_ssh_server_keeps_the_old_file(
    root: Path, small: np.ndarray, large: np.ndarray
) -> None:
    arguments = (str(root), USER, PASSWORD, "writable", "full")
    with ServerProcess("sftp_process.py", *arguments, needs="paramiko") as server:
        url = f"ssh://{USER}:{PASSWORD}@127.0.0.1:{server.port}/a.fits"
        assert send(url, small).status == "RF_OK"
        sent = send(url, large, retries=0)
        assert (sent.status, sent.stage) == ("RF_ERR_NETWORK", "close")
    check((root / "a.fits").read_bytes(), small)
    assert os.listdir(root) == ["a.fits"]


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # of gcsfs
def test_google_storage(gs: str, small: np.ndarray, large: np.ndarray) -> None:
    for image in (small, large):
        assert send(gs + "dir/a.fits", image) == ("RF_OK", "", 0, "")
        np.testing.assert_array_equal(rustfits.read(gs + "dir/a.fits"), image)


def test_progress_can_end_an_upload(gs: str, small: np.ndarray, huge: np.ndarray) -> None:
    """The parts that Google's storage has by then are no file."""
    assert send(gs + "p.fits", small).status == "RF_OK"

    def stop(done: int, total: int | None) -> None:
        raise InterruptedError(f"{total}")

    with pytest.raises(InterruptedError, match=str(huge.size // 1000)[:2]):
        with FITS(gs + "p.fits", "w+", remote=Remote(progress=stop)) as fits:
            fits.write_image(huge)
    np.testing.assert_array_equal(rustfits.read(gs + "p.fits"), small)


def test_a_filesystem_object(tmp_path: Path, small: np.ndarray) -> None:
    fs = fsspec.filesystem("dir", path=str(tmp_path), fs=fsspec.filesystem("file"))
    with FITS("object.fits", "w+", fs=fs) as fits:
        fits.write_image(small)
        assert not (tmp_path / "object.fits").exists()
    check((tmp_path / "object.fits").read_bytes(), small)
    with pytest.raises(ZeroDivisionError):
        with FITS("object.fits", "w+", fs=fs) as fits:
            _ = 1 // 0
    check((tmp_path / "object.fits").read_bytes(), small)
    assert os.listdir(tmp_path) == ["object.fits"]
