# SPDX-License-Identifier: BSD-3-Clause
"""sftp:// against OpenSSH's sshd, by both transports over libcurl."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers.grid import SSHServer, shared
from support.fetches import Fetch
from support.files import fits_bytes

BODY = np.random.default_rng(3).bytes(700_001)
DATA = np.random.default_rng(11).normal(size=(1800, 1000)).astype("f4")
CONTENT = fits_bytes(DATA, DATA[:5, :7])


@pytest.fixture(scope="module")
def server() -> SSHServer:
    made = shared(SSHServer)
    (made.root / "a.bin").write_bytes(BODY)
    (made.root / "empty.bin").write_bytes(b"")
    (made.root / "dir").mkdir(exist_ok=True)
    (made.root / "dir" / "s p+c%é[1].bin").write_bytes(BODY[:1000])
    (made.root / "sky.fits").write_bytes(CONTENT)
    return made


@pytest.fixture(autouse=True)
def home(server: SSHServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home folder of a user whose .ssh has a key and knows the server."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return server.home


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".ssh").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / ".ssh"


def test_whole_file(fetch: Fetch, server: SSHServer) -> None:
    outcome = fetch(server.url("a.bin"))
    assert outcome.status == "RF_OK", outcome.message
    assert outcome.bodies == {0: BODY}
    assert outcome.response[1] == len(BODY)
    assert outcome.etag == f'"{int((server.root / "a.bin").stat().st_mtime)}"'


def test_first_range_tells_the_size(fetch: Fetch, server: SSHServer) -> None:
    outcome = fetch(server.url("a.bin"), ranges=((0, 1000),), whole_or_range=1)
    assert outcome.bodies == {0: BODY[:1000]}
    assert outcome.begun == [(0, 0, len(BODY))]
    longer = fetch(server.url("a.bin"), ranges=((0, 1 << 20),), whole_or_range=1)
    assert longer.bodies == {0: BODY}


def test_ranges_side_by_side(fetch: Fetch, server: SSHServer) -> None:
    ranges = ((5, 10), (600_000, 100_001), (100, 1), (0, 300_000), (8, 9), (77, 7))
    outcome = fetch(server.url("a.bin"), ranges=ranges, concurrency=3)
    assert outcome.status == "RF_OK", outcome.message
    assert outcome.bodies == {i: BODY[at : at + n] for i, (at, n) in enumerate(ranges)}


def test_names_with_special_characters(fetch: Fetch, server: SSHServer) -> None:
    outcome = fetch(server.url("dir/s p+c%25é[1].bin"))
    assert outcome.bodies == {0: BODY[:1000]}


def test_empty_file(fetch: Fetch, server: SSHServer) -> None:
    outcome = fetch(server.url("empty.bin"), ranges=((0, 1000),), whole_or_range=1)
    assert outcome.status == "RF_OK", outcome.message
    assert outcome.begun == [(0, 0, 0)]
    assert fetch(server.url("empty.bin")).status == "RF_OK"


def test_range_beyond_the_end(fetch: Fetch, server: SSHServer) -> None:
    url, size = server.url("a.bin"), len(BODY)
    assert fetch(url, ranges=((size - 5, 10),)).status == "RF_ERR_TRUNCATED"
    assert fetch(url, ranges=((size + 5, 10),)).status == "RF_ERR_TRUNCATED"
    changed = fetch(url, ranges=((size + 5, 10),), validator='"5"')
    assert changed.status == "RF_ERR_CHANGED"


def test_missing_file_and_folder(fetch: Fetch, server: SSHServer) -> None:
    missing = fetch(server.url("none.bin"))
    assert missing.status == "RF_ERR_NO_FILE" and "No such file" in missing.message
    for options in ({}, {"ranges": ((0, 1000),), "whole_or_range": 1}):
        folder = fetch(server.url("dir"), **options)
        assert folder.status == "RF_ERR_IO" and "may be a directory" in folder.message
    assert fetch(server.url("dir/")).status == "RF_ERR_DIRECTORY"


def test_limit(fetch: Fetch, server: SSHServer) -> None:
    assert fetch(server.url("a.bin"), limit=1000).status == "RF_ERR_LIMIT"


def test_unknown_hosts_are_refused(fetch: Fetch, server: SSHServer, empty_home: Path) -> None:
    """Neither the key nor the password reaches them."""
    outcome = fetch(server.url("a.bin"), user="me", password="hunter2")
    assert outcome.status == "RF_ERR_TLS" and "known_hosts" in outcome.message
    server.keygen(empty_home / "other")
    server.know_host(empty_home / "known_hosts", empty_home / "other")
    assert fetch(server.url("a.bin")).status == "RF_ERR_TLS"


def test_hashed_hosts_are_known(fetch: Fetch, server: SSHServer, empty_home: Path) -> None:
    import subprocess

    server.know_host(empty_home / "known_hosts")
    subprocess.run(
        ["ssh-keygen", "-q", "-H", "-f", empty_home / "known_hosts"],
        capture_output=True,
        check=True,
    )
    assert "127.0.0.1" not in (empty_home / "known_hosts").read_text()
    assert fetch(server.url("a.bin")).status == "RF_ERR_PERMISSION"  # but there is no key
    (empty_home / "id_rsa").write_bytes((server.home / ".ssh" / "id_ecdsa").read_bytes())
    assert fetch(server.url("a.bin")).bodies == {0: BODY}


def test_without_a_home_no_host_is_known(
    fetch: Fetch, server: SSHServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    assert fetch(server.url("a.bin")).status == "RF_ERR_TLS"


def test_wrong_user(fetch: Fetch, server: SSHServer) -> None:
    outcome = fetch(server.url("a.bin"), user="another-user", password="hunter2")
    assert outcome.status == "RF_ERR_PERMISSION" and "hunter2" not in outcome.message


def test_refused_connection(fetch: Fetch, server: SSHServer) -> None:
    with SSHServer() as other:
        url = other.url("a.bin")
    outcome = fetch(url)
    assert outcome.status == "RF_ERR_NETWORK" and outcome.sys_errno != 0


def test_header_section_and_whole(server: SSHServer) -> None:
    url = server.url("sky.fits")
    assert rustfits.read_header(url, 1)["NAXIS1"] == 7
    with FITS(url, remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][700:710, 5:50], DATA[700:710, 5:50])
        stats = fits.remote_stats()
        assert stats.ranged and stats.bytes_fetched < DATA.nbytes // 4
        np.testing.assert_array_equal(fits[0].read(), DATA)
        np.testing.assert_array_equal(fits[1].read(), DATA[:5, :7])
    np.testing.assert_array_equal(rustfits.read(url, remote="download"), DATA)
    with FITS(server.url("sky.fits", user=server.user)) as fits:
        np.testing.assert_array_equal(fits[0][:2], DATA[:2])
    with FITS(url, remote=Remote(auth=(server.user, ""))) as fits:
        np.testing.assert_array_equal(fits[0][:2], DATA[:2])


def test_a_login_of_netrc(
    server: SSHServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "netrc"
    path.write_text(f"machine 127.0.0.1 login {server.user} password x\n")
    path.chmod(0o600)
    monkeypatch.setenv("NETRC", str(path))
    monkeypatch.setenv("LOGNAME", "another-user")
    assert rustfits.read_header(server.url("sky.fits"), remote=Remote(netrc=True))["NAXIS"] == 2
    with pytest.raises(PermissionError):
        rustfits.read_header(server.url("sky.fits"))


def test_a_file_that_changes(server: SSHServer) -> None:
    path = server.root / "changes.fits"
    path.write_bytes(CONTENT)
    os.utime(path, (0, 0))
    with FITS(server.url("changes.fits"), remote="ranged") as fits:
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])
        path.write_bytes(fits_bytes(-DATA))
        with pytest.raises(rustfits.FITSChangedError):
            fits[0].read()
        np.testing.assert_array_equal(fits[0][:9], DATA[:9])


def test_a_server_that_is_killed_and_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    with SSHServer() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        (server.root / "sky.fits").write_bytes(CONTENT)
        with FITS(server.url("sky.fits"), remote=Remote(ranged=True, retries=0)) as fits:
            server.kill()
            with pytest.raises(ConnectionError):
                fits[0].read()
            server.start()
            np.testing.assert_array_equal(fits[0][900:], DATA[900:])


def test_the_table_of_drivers_says_who_reads_it() -> None:
    assert rustfits.drivers()["sftp"].by == "pycurl"
    assert rustfits.drivers()["ssh"].by == "fsspec, paramiko"


def test_writing_is_refused(server: SSHServer) -> None:
    with pytest.raises(rustfits.FITSError) as caught:
        FITS(server.url("new.fits"), "w+", remote=Remote(put=True))
    assert "sftp" in str(caught.value)
    assert not (server.root / "new.fits").exists()
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(server.url("sky.fits"), "r+")
