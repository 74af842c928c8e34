# SPDX-License-Identifier: BSD-3-Clause
"""fsspec's filesystems against real servers: one that waits for each answer (ssh), one with a loop of its own (gs)."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers.process import ServerProcess

USER, PASSWORD = "astro", "hunter2"
DATA = np.random.default_rng(11).normal(size=(1500, 1000)).astype("f4")
NAME = "dir/a b.fits"
#: Puts a file on a server, in the place of one that is there.
Put = Callable[[str, bytes], None]


def content(data: np.ndarray = DATA) -> bytes:
    buffer = io.BytesIO()
    cards = astropy_fits.Header({"OBJECT": "M 31"})
    sky = astropy_fits.ImageHDU(data[:5, :7], name="SKY")
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(data, cards), sky]).writeto(buffer)
    return buffer.getvalue()


@contextmanager
def sftp_server(folder: Path) -> Iterator[tuple[str, Put]]:
    def put(name: str, body: bytes) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        other = path.with_name("other")
        other.write_bytes(body)
        os.utime(other, (0, 0) if path.exists() else None)
        other.replace(path)

    arguments = (str(folder), USER, PASSWORD)
    with ServerProcess("sftp_process.py", *arguments, needs="paramiko") as server:
        yield f"ssh://{USER}:{PASSWORD}@127.0.0.1:{server.port}/", put


@contextmanager
def gs_server(patch: pytest.MonkeyPatch) -> Iterator[tuple[str, Put]]:
    with ServerProcess("gs_process.py", "sky", needs="gcp-storage-emulator") as server:
        root = f"http://127.0.0.1:{server.port}"

        def put(name: str, body: bytes) -> None:
            url = f"{root}/upload/storage/v1/b/sky/o?uploadType=media&name={quote(name, safe='')}"
            headers = {"Content-Type": "image/fits"}
            with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
                answer.read()

        patch.setenv("STORAGE_EMULATOR_HOST", root)
        patch.setenv("FSSPEC_GS_TOKEN", "anon")
        # Else it looks for another kind of bucket by another protocol, for a minute.
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        patch.setenv("NO_GCE_CHECK", "true")
        yield "gs://sky/", put


@pytest.fixture(scope="module", params=["ssh", "gs"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Put]]:
    import fsspec.config

    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        made = (
            sftp_server(tmp_path_factory.mktemp("sftp"))
            if request.param == "ssh"
            else gs_server(patch)
        )
        with made as (url, put):
            patch.setitem(fsspec.config.conf, "gs", {"token": "anon"})
            put(NAME, content())
            yield url, put


@pytest.fixture
def url(server: tuple[str, Put]) -> str:
    return server[0] + NAME


def test_header_cutout_and_whole(url: str) -> None:
    assert rustfits.read_header(url)["OBJECT"] == "M 31"
    assert rustfits.read_header(url, "SKY")["NAXIS1"] == 7
    with FITS(url, remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][700:710, 5:50], DATA[700:710, 5:50])
        stats = fits.remote_stats()
        assert stats.ranged
        assert stats.bytes_fetched < DATA.nbytes // 4
        assert stats.round_trips <= 3
        np.testing.assert_array_equal(fits[0].read(), DATA)
        np.testing.assert_array_equal(fits["SKY"].read(), DATA[:5, :7])
    np.testing.assert_array_equal(rustfits.read(url, remote="download"), DATA)


def test_cutouts_are_fetched_together(url: str) -> None:
    with FITS(url, remote=Remote(ranged=True, gap_bytes=1)) as fits:
        before = fits.remote_stats().round_trips
        got = fits[0].cutouts([[400, 50], [800, 500], [1400, 900]], (8, 8))
        assert fits.remote_stats().round_trips == before + 1
    np.testing.assert_array_equal(got[1], DATA[796:804, 496:504])


def test_missing(server: tuple[str, Put]) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.fits") as caught:
        FITS(server[0] + "none.fits")
    assert PASSWORD not in str(caught.value)


def test_file_that_changes(server: tuple[str, Put]) -> None:
    url, put = server
    put("changes.fits", content())
    with FITS(url + "changes.fits", remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])
        put("changes.fits", content(-DATA))
        with pytest.raises(rustfits.FITSError, match="has changed") as caught:
            fits[0].read()
        assert caught.value.code == "RF_ERR_CHANGED"
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])
    np.testing.assert_array_equal(rustfits.read(url + "changes.fits"), -DATA)


def test_threads(url: str) -> None:
    failures: list[BaseException] = []

    def job(seed: int) -> None:
        rng = np.random.default_rng(seed)
        try:
            for _ in range(4):
                y = int(rng.integers(len(DATA) - 30))
                np.testing.assert_array_equal(fits[0][y : y + 30, :99], DATA[y : y + 30, :99])
        except BaseException as failure:
            failures.append(failure)

    with FITS(url, remote=Remote(ranged=True, gap_bytes=1)) as fits:
        threads = [threading.Thread(target=job, args=(seed,)) for seed in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []


def test_fork(url: str, tmp_path: Path) -> None:
    """A child process reads a file that its parent opened, and the parent reads it afterwards."""
    script = tmp_path / "fork.py"
    script.write_text(
        "import os, sys, fsspec.config, rustfits\n"
        "fsspec.config.conf['gs'] = {'token': 'anon'}\n"
        "with rustfits.FITS(sys.argv[1], remote='ranged') as fits:\n"
        "    fits[0][:2]\n"
        "    child = os.fork()\n"
        "    if child:\n"
        "        assert os.waitpid(child, 0)[1] == 0\n"
        "    name = 'parent' if child else 'child'\n"
        "    open(os.path.join(sys.argv[2], name), 'wb').write(fits[0].read().tobytes())\n"
        "    if child == 0:\n"
        "        os._exit(0)\n"
    )
    command = [sys.executable, "-W", "ignore", str(script), url, str(tmp_path)]
    subprocess.run(command, check=True, timeout=60)
    for name in ("parent", "child"):
        assert (tmp_path / name).read_bytes() == DATA.tobytes()


def test_wrong_password_and_no_server(tmp_path: Path) -> None:
    with sftp_server(tmp_path) as (url, put):
        put(NAME, content(DATA[:9]))
        with pytest.raises(PermissionError, match="Authentication") as caught:
            FITS(url.replace(PASSWORD, "swordfish") + NAME)
        assert "attempts" not in str(caught.value)
        assert "swordfish" not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    with pytest.raises(ConnectionError) as refused:
        FITS(url + NAME, remote=Remote(retries=0))
    assert PASSWORD not in str(refused.value) + repr(vars(refused.value))
