# SPDX-License-Identifier: BSD-3-Clause
"""gsiftp:// against Debian's GridFTP server, by gfal2 and by globus-url-copy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers.grid import GridFTPServer, shared
from servers.grid.sshd import free_port
from support.files import fits_bytes

DATA = np.random.default_rng(11).normal(size=(1800, 1000)).astype("f4")
CONTENT = fits_bytes(DATA, DATA[:5, :7])
NAME = "a b[1]*é.fits"
#: Debian's binding of gfal2. It cannot be built in a virtual environment.
GFAL2 = Path("/usr/lib/python3/dist-packages/gfal2.cpython-311-x86_64-linux-gnu.so")


@pytest.fixture(scope="module")
def server() -> GridFTPServer:
    made = shared(GridFTPServer)
    (made.root / NAME).write_bytes(CONTENT)
    return made


@pytest.fixture
def login(server: GridFTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def own_server(server: GridFTPServer, login: None) -> Iterator[GridFTPServer]:
    with GridFTPServer(trusts=server) as made:
        (made.root / "sky.fits").write_bytes(CONTENT)
        yield made


@pytest.fixture
def url(server: GridFTPServer, login: None) -> str:
    return server.url(NAME)


def ways() -> list[str]:
    """Debian has gfal2 for its own Python only."""
    is_debians = sys.implementation.name == "cpython" and sys.version_info[:2] == (3, 11)
    return ["globus-url-copy", "gfal2"] if is_debians else ["globus-url-copy"]


# Reads in a process of its own, with gfal2 or without, and prints what came of it.
SCRIPT = """
import json, os, sys, time
from concurrent.futures import ThreadPoolExecutor
import rustfits
from rustfits import FITS, Remote

def attempt(name, **options):
    begun = time.monotonic()
    try:
        FITS(name, remote=Remote(retries=0, **options)).close()
    except rustfits.FITSError as error:
        return type(error).__name__, str(error), time.monotonic() - begun

def child_reads(fits):
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if fits[0][1799, 992:].sum() == SUM else 2)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def change(name, path):
    with FITS(name, remote='ranged') as fits:
        with open(path, 'r+b') as file:
            file.truncate(1_000_000)
        try:
            fits[0].read()
        except rustfits.FITSError as error:
            return type(error).__name__

url, folder, secret, missing, changing, path, refused = sys.argv[1:]
said = {}
with FITS(url, remote='ranged') as fits:
    said['part'] = fits[0][700:710, 5:50].tobytes().hex()
    said['ranged'] = fits.remote_stats().ranged
    said['few'] = fits.remote_stats().bytes_fetched < fits[0].size
    said['child'] = child_reads(fits)
with ThreadPoolExecutor(6) as pool:
    said['changed'] = pool.submit(change, changing, path)
    for name in ('folder', 'secret', 'missing', 'refused'):
        said[name] = pool.submit(attempt, globals()[name])
    said['whole'] = rustfits.read(url, remote='download').tobytes().hex()[-999:]
said = {name: getattr(value, 'result', lambda: value)() for name, value in said.items()}
said['gfal2'] = 'gfal2' in sys.modules
print(json.dumps(said))
"""


@pytest.fixture(scope="module", params=ways())
def outcome(
    request: pytest.FixtureRequest,
    server: GridFTPServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("gfal2")
    if request.param == "gfal2":
        assert GFAL2.exists(), "install python3-gfal2 and gfal2-plugin-gridftp (Debian)"
        (folder / GFAL2.name).symlink_to(GFAL2)
    changing = server.root / "changing.fits"
    changing.write_bytes(CONTENT)
    os.utime(changing, (0, 0))
    (server.root / "folder").mkdir(exist_ok=True)
    (server.root / "secret.fits").write_bytes(CONTENT[:2880])
    (server.root / "secret.fits").chmod(0)
    names = [NAME, "folder", "secret.fits", "none.fits", changing.name]
    refused = f"gsiftp://me:hunter2@localhost:{free_port()}/a.fits"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            SCRIPT.replace("SUM", repr(float(DATA[1799, 992:].sum()))),
            *map(server.url, names),
            str(changing),
            refused,
        ],
        env={**os.environ, **server.environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    assert said["gfal2"] == (request.param == "gfal2")
    return said


def test_ranges_and_whole(outcome: dict[str, Any]) -> None:
    assert outcome["ranged"] and outcome["few"]
    assert outcome["part"] == DATA[700:710, 5:50].tobytes().hex()
    assert outcome["whole"] == DATA.tobytes().hex()[-999:]


def test_a_forked_child_reads(outcome: dict[str, Any]) -> None:
    """gfal2 would wait for threads of the parent for ever."""
    assert outcome["child"] == 0


def test_failures(outcome: dict[str, Any]) -> None:
    assert outcome["missing"][0] == "FITSNotFoundError"
    assert outcome["secret"][0] == "FITSPermissionError"
    assert outcome["folder"][0] == "FITSIsADirectoryError"
    kind, message, seconds = outcome["refused"]
    assert kind == "FITSNetworkError" and "refused" in message and seconds < 50
    assert "hunter2" not in message


def test_a_file_that_changes(outcome: dict[str, Any]) -> None:
    assert outcome["changed"] == "FITSChangedError"


def test_a_login_that_fails_is_a_permission_error(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("X509_CERT_DIR", str(tmp_path))
    with pytest.raises(PermissionError, match="globus-url-copy: "):
        FITS(url)


def test_a_server_that_is_killed(own_server: GridFTPServer) -> None:
    with FITS(own_server.url("sky.fits"), remote=Remote(ranged=True, retries=0)) as fits:
        own_server.kill()
        with pytest.raises(ConnectionError, match="refused"):
            fits[0].read()
        own_server.start()
        np.testing.assert_array_equal(fits[0][900:], DATA[900:])


# Stand-ins for the program, which the real server cannot make fail so.
HANGS = "#!/bin/sh\nexec sleep 60\n"
POURS = "#!/bin/sh\ncase $1 in -dbg) echo ' Type=file;Size=9999999;Modify=1; /a' >&2; exit 1; esac\nyes\n"


@pytest.mark.parametrize(
    ("program", "kind", "said"),
    [(HANGS, rustfits.FITSTimeoutError, "1 seconds"), (POURS, ConnectionError, "sent more than")],
)
def test_a_program_that_misbehaves(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    kind: type[Exception],
    said: str,
) -> None:
    path = tmp_path / "globus-url-copy"
    path.write_text(program)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(kind, match=said):
        FITS("gsiftp://h/a.fits", remote=Remote(timeout=1, retries=0))


def test_a_server_without_facts_sends_the_whole_file(server: GridFTPServer, login: None) -> None:
    """Old servers have no MLST: the size is unknown."""
    with GridFTPServer(trusts=server, without="MLST") as old:
        (old.root / "sky.fits").write_bytes(CONTENT[:2880] + CONTENT[-2880:])
        url = old.url("sky.fits")
        assert rustfits.read_header(url)["NAXIS1"] == 1000
        with pytest.raises(rustfits.FITSError, match="the server sends whole files only"):
            FITS(url, remote="ranged")


@pytest.mark.parametrize("name", ["gsiftp:///a.fits", "gsiftp://-oProxy/a.fits", "gsiftp://h/a\nb"])
def test_names_that_are_no_urls(name: str) -> None:
    with pytest.raises(rustfits.FITSError, match="URL"):
        FITS(name)


def test_without_both_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(rustfits.FITSNotBuiltError, match="globus-gass-copy-progs"):
        FITS("gsiftp://h/a.fits")
