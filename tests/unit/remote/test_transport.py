# SPDX-License-Identifier: BSD-3-Clause
"""Whole files, statuses and broken transfers by both transports, from real servers and one that breaks its word."""

from __future__ import annotations

import errno
import time
from email.utils import formatdate
from pathlib import Path

import numpy as np
import pytest

import rustfits
from servers import (
    Authority,
    FaultServer,
    FTPServer,
    HTTPServer,
    fault_server,
    ftp_server,
)
from support.fetches import SIZE, Fetch

# --- whole files ---


def test_http_whole(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("a.bin?x=1"))
    assert (got.status, got.message) == ("RF_OK", "")
    assert got.bodies == {0: body}
    assert got.begun == [(0, 200, SIZE)]
    assert got.response == (200, SIZE, 1)
    assert got.etag
    assert got.last_modified.endswith("GMT")
    last = http.requests()[-1]
    assert last["uri"] == "/a.bin?x=1"
    assert last["agent"].startswith("rustfits/")
    assert last["accept_encoding"] == "identity"
    assert last["authorization"] == ""


def test_http_characters_of_a_path(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    assert fetch(http.url("dir/s p+c%25é[1].bin")).bodies == {0: body[:1000]}


def test_http_empty(fetch: Fetch, http: HTTPServer) -> None:
    got = fetch(http.url("empty.bin"))
    assert got.status == "RF_OK"
    assert got.begun == [(0, 200, 0)]
    assert got.bodies == {0: b""}


@pytest.mark.parametrize("how", ["plain", "nolength", "chunked"])
def test_http_ways_to_end_a_body(fetch: Fetch, fault: FaultServer, body: bytes, how: str) -> None:
    got = fetch(fault.url(f"{how}/a.bin"))
    assert got.status == "RF_OK"
    assert got.bodies == {0: body}
    assert got.begun == [(0, 200, SIZE if how == "plain" else -1)]


def test_gzip_on_the_way_is_kept_as_it_is(fetch: Fetch, fault: FaultServer, body: bytes) -> None:
    import gzip

    got = fetch(fault.url("gzip/a.bin"))
    assert got.status == "RF_OK"
    assert gzip.decompress(got.bodies[0]) == body


def test_gzip_is_not_requested(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    assert fetch(http.url("gzip/a.bin")).bodies == {0: body}


def test_another_encoding_is_refused(fetch: Fetch, fault: FaultServer) -> None:
    got = fetch(fault.url("brotli/a.bin"))
    assert got.status == "RF_ERR_UNSUPPORTED"
    assert '"br"' in got.message
    assert got.begun == []


def test_https(fetch: Fetch, https: HTTPServer, body: bytes) -> None:
    got = fetch(https.url("a.bin"), ca_bundle=str(https.ca_bundle))
    assert got.status == "RF_OK"
    assert got.bodies == {0: body}


def test_ftp_whole(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    got = fetch(ftp.url("a.bin"))
    assert (got.status, got.message) == ("RF_OK", "")
    assert got.bodies == {0: body}
    ((index, code, total),) = got.begun
    assert (index, total) == (0, SIZE)
    assert code in (125, 150, 226)  # the last reply seen, which may be the one behind the body
    commands = [command for command, _, _ in ftp.commands()]
    assert "TYPE" in commands
    assert "PORT" not in commands
    assert "EPRT" not in commands


def test_ftp_characters_of_a_path(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    assert fetch(ftp.url("dir/s p+c%25é[1].bin")).bodies == {0: body[:1000]}


def test_ftp_is_binary_and_anonymous(fetch: Fetch, root: Path, body: bytes) -> None:
    with ftp_server(root) as server:
        fetch(server.url("a.bin"))
        commands = server.commands()
    assert ("TYPE", "I", False) in commands
    assert ("USER", "anonymous", False) in commands


def test_ftp_empty(fetch: Fetch, ftp: FTPServer) -> None:
    got = fetch(ftp.url("empty.bin"))
    assert got.status == "RF_OK"
    assert got.bodies == {0: b""}
    assert [begun[0] for begun in got.begun] == [0]


def test_ftp_server_that_does_not_tell_sizes(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    got = fetch(ftp.url("nosize/a.bin"))
    assert got.status == "RF_OK"
    assert got.bodies == {0: body}
    assert got.response[1] == -1


def test_ftps_is_auth_tls_for_both_connections(
    fetch: Fetch, root: Path, authority: Authority, body: bytes
) -> None:
    with ftp_server(root, tls=True, authority=authority) as server:
        got = fetch(server.url("a.bin"), ca_bundle=str(authority.bundle))
        commands = server.commands()
    assert (got.status, got.message) == ("RF_OK", "")
    assert got.bodies == {0: body}
    assert commands[0] == ("AUTH", "TLS", False)
    assert ("PROT", "P", True) in commands
    assert all(secure for _, _, secure in commands[1:])


def test_ftps_wants_tls_from_the_server(fetch: Fetch, ftp: FTPServer) -> None:
    got = fetch(ftp.url("a.bin").replace("ftp:", "ftps:"))
    assert got.status == "RF_ERR_TLS"
    assert "AUTH TLS" in got.message
    assert got.begun == []


def test_plain_ftp_is_refused_by_a_server_that_wants_tls(fetch: Fetch, ftps: FTPServer) -> None:
    got = fetch(ftps.url("a.bin").replace("ftps:", "ftp:"))
    assert got.status == "RF_ERR_PERMISSION"


# --- statuses ---


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (204, "RF_ERR_HTTP_STATUS"),
        (400, "RF_ERR_HTTP_STATUS"),
        (401, "RF_ERR_PERMISSION"),
        (403, "RF_ERR_PERMISSION"),
        (404, "RF_ERR_NO_FILE"),
        (410, "RF_ERR_NO_FILE"),
        (429, "RF_ERR_HTTP_STATUS"),
        (500, "RF_ERR_HTTP_STATUS"),
        (503, "RF_ERR_HTTP_STATUS"),
    ],
)
def test_statuses(fetch: Fetch, http: HTTPServer, code: int, status: str) -> None:
    got = fetch(http.url(f"status/{code}"))
    assert (got.status, got.http_status) == (status, code)
    assert str(code) in got.message
    assert got.bodies == {}


@pytest.mark.parametrize("path", ["none.bin", "nowhere/none.bin", "refuse/a.bin"])
def test_ftp_file_that_is_not_there(fetch: Fetch, ftp: FTPServer, path: str) -> None:
    got = fetch(ftp.url(path))
    assert (got.status, got.http_status) == ("RF_ERR_NO_FILE", 550)
    assert "550" in got.message


# --- broken transfers ---


@pytest.mark.parametrize("how", ["short", "chunkcut", "huge"])
def test_body_that_ends_early(fetch: Fetch, fault: FaultServer, how: str) -> None:
    got = fetch(fault.url(f"{how}/a.bin"), limit=2**62)
    assert got.status == "RF_ERR_TRUNCATED"
    assert str(SIZE if how == "huge" else SIZE // 2) in got.message


def test_connection_that_is_reset(fetch: Fetch, fault: FaultServer) -> None:
    got = fetch(fault.url("cut/a.bin"))
    assert got.status == "RF_ERR_NETWORK"
    assert str(SIZE) in got.message


@pytest.mark.parametrize("how", ["garbage", "negative"])
def test_answer_that_is_no_http(fetch: Fetch, fault: FaultServer, how: str) -> None:
    got = fetch(fault.url(f"{how}/a.bin"))
    assert got.status == "RF_ERR_NETWORK"
    assert got.message


@pytest.mark.parametrize("how", ["cut", "short"])
def test_ftp_body_that_ends_early(fetch: Fetch, ftp: FTPServer, how: str) -> None:
    got = fetch(ftp.url(f"{how}/a.bin"))
    assert got.status == "RF_ERR_TRUNCATED"
    assert str(SIZE // 2) in got.message
    assert str(SIZE) in got.message


def test_limit_of_bytes(fetch: Fetch, fault: FaultServer, http: HTTPServer) -> None:
    got = fetch(http.url("a.bin"), limit=SIZE - 1)
    assert got.status == "RF_ERR_LIMIT"
    assert got.begun == []
    got = fetch(fault.url("nolength/a.bin"), limit=SIZE - 1)
    assert got.status == "RF_ERR_LIMIT"
    assert fetch(http.url("a.bin"), limit=SIZE).status == "RF_OK"


@pytest.mark.parametrize("how", ["stall", "silent"])
def test_timeout(fetch: Fetch, fault: FaultServer, how: str) -> None:
    got = fetch(fault.url(f"{how}/a.bin"), timeout=0.5)
    assert got.status == "RF_ERR_TIMEOUT"
    if how == "stall":
        assert f"{SIZE // 2} of {SIZE}" in got.message


def test_timeout_counts_all_redirects_together(fetch: Fetch, fault: FaultServer) -> None:
    """The time limit counts all redirects together, or a server could delay eleven times as long."""
    got = fetch(fault.url(f"to?{fault.url('stall/a.bin')}"), timeout=0.5)
    assert got.status == "RF_ERR_TIMEOUT"


def test_ftp_timeout(fetch: Fetch, ftp: FTPServer) -> None:
    assert fetch(ftp.url("slow/a.bin"), timeout=1.5).status == "RF_ERR_TIMEOUT"


def test_port_without_a_server(fetch: Fetch) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: no other process gets the port
        port = taken.getsockname()[1]
        for scheme in ("http", "https", "ftp", "ftps"):
            got = fetch(f"{scheme}://127.0.0.1:{port}/a.bin")
            assert got.status == "RF_ERR_NETWORK"
            assert "127.0.0.1" in got.message
            assert got.sys_errno == errno.ECONNREFUSED


def test_unknown_host(fetch: Fetch) -> None:
    got = fetch("http://no-such-host.invalid/a.bin", timeout=60)
    assert got.status == "RF_ERR_NETWORK"
    assert "no-such-host.invalid" in got.message
    assert got.sys_errno != 0


# --- waiting ---


def test_delay(fetch: Fetch, http: HTTPServer) -> None:
    begin = time.monotonic()
    assert fetch(http.url("a.bin"), ranges=((0, 10),), delay=0.4).status == "RF_OK"
    assert time.monotonic() - begin >= 0.4


def test_what_a_refusal_says(fetch: Fetch, fault: FaultServer) -> None:
    for after, seconds in (("7", 7), ("", -1), ("soon", -1), ("-5", -1)):
        url = fault.begin_plan(lambda number, after=after: f"status:429:{after}", "a.bin")  # type: ignore[misc]
        got = fetch(url)
        assert (got.http_status, got.retry_after, got.requests) == (429, seconds, 1)
    date = formatdate(time.time() + 60, usegmt=True)
    got = fetch(fault.begin_plan(lambda number: f"status:503:{date}", "a.bin"))
    assert 50 < got.retry_after <= 61


def test_handles_that_an_interrupt_left_in_the_middle_are_not_used_again(tmp_path, monkeypatch):
    from rustfits._core.remote.transport import _Fetch

    rustfits.write(tmp_path / "a.fits", np.arange(10, dtype="i2"))
    stop = _Fetch._stop

    def interrupted(self, lane):
        monkeypatch.setattr(_Fetch, "_stop", stop)
        self._busy.pop(lane.easy)  # and before its handle was taken from the multi handle ...
        raise KeyboardInterrupt

    with fault_server(tmp_path) as server:
        url = server.url("plain/a.fits")
        rustfits.read(url)
        monkeypatch.setattr(_Fetch, "_stop", interrupted)
        with pytest.raises(KeyboardInterrupt):
            rustfits.read(url)
        for _ in range(6):
            assert rustfits.read(url).sum() == 45
