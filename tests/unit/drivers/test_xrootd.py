# SPDX-License-Identifier: BSD-3-Clause
"""root:// and roots:// against Debian's xrootd: anonymous, with a key, and with TLS."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import LatencyProxy
from servers.grid import XRootDKeyServer, XRootDServer, shared
from servers.grid.sshd import free_port
from support.files import fits_bytes

DATA = np.random.default_rng(11).normal(size=(1800, 1000)).astype("f4")
CONTENT = fits_bytes(DATA, DATA[:5, :7])


@pytest.fixture(scope="module")
def server() -> XRootDServer:
    made = shared(XRootDServer)
    (made.root / "dir").mkdir(exist_ok=True)
    (made.root / "dir" / "sky.fits").write_bytes(CONTENT)
    return made


@pytest.fixture(scope="module")
def url(server: XRootDServer) -> str:
    return server.url("dir/sky.fits")


@pytest.fixture
def own_server() -> Iterator[XRootDServer]:
    with XRootDServer() as made:
        (made.root / "sky.fits").write_bytes(CONTENT)
        yield made


def run(script: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
    """Run a script in a process of its own, whose client has read no environment yet."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("scheme", ["root", "xroot", "ROOT"])
def test_header_section_and_whole(server: XRootDServer, scheme: str) -> None:
    url = server.url("dir/sky.fits", scheme=scheme)
    assert rustfits.read_header(url, 1)["NAXIS1"] == 7
    with FITS(url, remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][700:710, 5:50], DATA[700:710, 5:50])
        stats = fits.remote_stats()
        assert stats.ranged and stats.round_trips <= 3
        assert stats.bytes_fetched < DATA.nbytes // 4
        np.testing.assert_array_equal(fits[0].read(), DATA)
        np.testing.assert_array_equal(fits[1].read(), DATA[:5, :7])
    np.testing.assert_array_equal(rustfits.read(url, remote="download"), DATA)


def test_stamps_are_one_vector_read(url: str) -> None:
    corners = np.random.default_rng(4).integers(20, 900, (20, 2))
    with FITS(url, remote="ranged") as fits:
        before = fits.remote_stats()
        stamps = fits[0].cutouts(corners, (32, 32))
        after = fits.remote_stats()
    for (y, x), stamp in zip(corners, stamps, strict=True):
        np.testing.assert_array_equal(stamp, DATA[y - 16 : y + 16, x - 16 : x + 16])
    assert after.round_trips - before.round_trips == 1
    assert after.requests - before.requests == 2  # the vector read, and the time of the file
    assert after.bytes_fetched - before.bytes_fetched < DATA.nbytes // 4


def test_stamps_wait_once_for_a_far_server(server: XRootDServer) -> None:
    """A proxy counts how often the client waits."""
    corners = np.random.default_rng(5).integers(20, 900, (20, 2))
    with LatencyProxy(server.port, 0.05) as proxy:
        name = f"root://127.0.0.1:{proxy.port}//dir/sky.fits"
        with FITS(name, remote="ranged") as fits:
            proxy.reset()
            stamps = fits[0].cutouts(corners, (32, 32))
            assert proxy.round_trips == 1
    for (y, x), stamp in zip(corners, stamps, strict=True):
        np.testing.assert_array_equal(stamp, DATA[y - 16 : y + 16, x - 16 : x + 16])


def test_many_chunks_take_several_vector_reads(url: str) -> None:
    """A server takes 1,024 chunks in one request."""
    rows = np.arange(0, 1800)
    with FITS(url, remote=Remote(ranged=True, gap_bytes=512)) as fits:
        before = fits.remote_stats().requests
        stamps = fits[0].cutouts([[row, 500] for row in rows], (1, 8))
        requests = fits.remote_stats().requests - before
    np.testing.assert_array_equal(stamps[:, 0], DATA[rows, 496:504])
    assert 2 <= requests <= 5


def test_long_ranges_beside_short_ones(url: str) -> None:
    with FITS(url, remote=Remote(ranged=True, request_bytes=3 << 20, block_bytes=4096)) as fits:
        np.testing.assert_array_equal(fits[0].read(), DATA)


def test_a_short_file_ends_where_it_ends(server: XRootDServer) -> None:
    (server.root / "short.fits").write_bytes(CONTENT[:5000])
    with FITS(server.url("short.fits")) as fits:
        with pytest.raises(rustfits.FITSTruncatedError):
            fits[0].read()


def test_missing_unreadable_and_folder(server: XRootDServer) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.fits.*3011"):
        FITS(server.url("none.fits"))
    with pytest.raises(IsADirectoryError):
        FITS(server.url("dir"))
    secret = server.root / "secret.fits"
    secret.write_bytes(CONTENT[:2880])
    secret.chmod(0)
    with pytest.raises(PermissionError, match="3010"):
        FITS(server.url("secret.fits"))
    with pytest.raises(PermissionError, match="relative path"):
        FITS(server.url("dir/sky.fits").replace("//dir", "/dir"))


def test_a_refused_connection_fails_at_once() -> None:
    begun = time.monotonic()
    with pytest.raises(ConnectionError, match="Connection error") as caught:
        FITS(f"root://me:hunter2@127.0.0.1:{free_port()}//a.fits?authz=s3cret")
    assert time.monotonic() - begun < 50
    assert "hunter2" not in str(caught.value) and "s3cret" not in str(caught.value)


def test_a_silent_server_is_a_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        name = f"root://127.0.0.1:{silent.getsockname()[1]}//a.fits"
        begun = time.monotonic()
        with pytest.raises(rustfits.FITSTimeoutError):
            FITS(name, remote=Remote(connect_timeout=1, retries=0))
    assert time.monotonic() - begun < 50


def test_a_file_that_changes(server: XRootDServer) -> None:
    path = server.root / "changes.fits"
    path.write_bytes(CONTENT)
    os.utime(path, (0, 0))
    with FITS(server.url("changes.fits"), remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])
        path.write_bytes(CONTENT[: len(CONTENT) // 2])
        with pytest.raises(rustfits.FITSChangedError):
            fits[0].read()
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])


def test_a_server_that_is_killed_and_comes_back(own_server: XRootDServer) -> None:
    with FITS(own_server.url("sky.fits"), remote=Remote(ranged=True, retries=0)) as fits:
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])
        own_server.kill()
        with pytest.raises(ConnectionError, match="xrootd: "):
            fits[0][900:]
        own_server.start()
        np.testing.assert_array_equal(fits[0][900:], DATA[900:])


def test_a_read_survives_a_restart_of_the_server(own_server: XRootDServer) -> None:
    with FITS(own_server.url("sky.fits"), remote=Remote(ranged=True, retries=8)) as fits:
        assert len(fits) == 2
        own_server.kill()
        starter = threading.Timer(0.5, own_server.start)
        starter.start()
        np.testing.assert_array_equal(fits[0].read(), DATA)
        starter.join()
        assert fits.remote_stats().retries > 0


def test_a_redirect_is_followed(server: XRootDServer) -> None:
    (server.root / "moved").mkdir(exist_ok=True)
    (server.root / "moved" / "a.fits").write_bytes(CONTENT)
    with XRootDServer(moved_to=server.port) as other, FITS(other.url("moved/a.fits")) as fits:
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])


def test_a_process_ends_with_an_open_file(url: str) -> None:
    assert run("import sys, rustfits; f = rustfits.FITS(sys.argv[1]); print(len(f))", url) == "2"


def test_the_environment_of_the_client_counts_more(url: str) -> None:
    script = (
        "import sys, rustfits; from XRootD import client; rustfits.read_header(sys.argv[1])\n"
        "print(*(client.EnvGetInt(name) for name in ('ConnectionRetry', 'StreamErrorWindow')))"
    )
    assert run(script, url) == "1 0"
    assert run(script, url, environment={"XRD_CONNECTIONRETRY": "3"}) == "3 0"


READ = (
    "import sys, rustfits\n"
    "for url in sys.argv[1:]:\n"
    "    try:\n"
    "        print(rustfits.read(url)[:3].tobytes().hex())\n"
    "    except OSError as error:\n"
    "        print(type(error).__name__, error)\n"
)


def test_key_and_tls() -> None:
    server = shared(XRootDKeyServer)
    (server.root / "sky.fits").write_bytes(CONTENT)
    urls = [server.url("sky.fits", scheme=scheme, host="localhost") for scheme in ("root", "roots")]
    found = run(READ, *urls, environment=server.environment).splitlines()
    assert found == [DATA[:3].tobytes().hex()] * 2
    without_key = {**server.environment, "XrdSecSSSKT": "/nonexistent"}
    for line in run(READ, *urls, environment=without_key).splitlines():
        assert line.startswith("FITSPermissionError")
    without_authority = {**server.environment, "X509_CERT_DIR": "/nonexistent"}
    line = run(READ, urls[1], environment=without_authority)
    assert line.startswith("FITSNetworkError") and "TLS" in line


def test_without_the_package_the_error_says_what_to_install() -> None:
    script = (
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *more: None if name == 'XRootD' else find(name, *more)\n"
        "import rustfits\n"
        "try:\n"
        "    rustfits.FITS('roots://h//a.fits')\n"
        "except rustfits.FITSNotBuiltError as error:\n"
        "    print(error)\n"
    )
    found = run(script)
    assert "pip install xrootd" in found and "from C" in found


def test_a_broken_package_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "XRootD").mkdir()
    (tmp_path / "XRootD" / "__init__.py").write_text("raise ImportError('libXrdCl.so is missing')")
    found = run(READ, "root://h//a.fits", environment={"PYTHONPATH": str(tmp_path)})
    assert found.startswith("FITSNotBuiltError") and "libXrdCl.so is missing" in found
    assert "pip install xrootd" in found


def test_writing_is_refused(url: str) -> None:
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(url, "r+")
