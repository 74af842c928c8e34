# SPDX-License-Identifier: BSD-3-Clause
"""Both transports against real servers and against one that breaks its word: the same table of cases for each."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pytest
from OpenSSL import crypto

import rustfits  # noqa: F401  registers pycurl
from rustfits._core.binding.library import failure, ffi, lib
from servers import (
    Authority,
    FaultServer,
    FTPServer,
    HTTPServer,
    fault_server,
    ftp_server,
    http_server,
    https_server,
)
from servers import ftp as ftp_module
from servers import nginx as nginx_module
from support import ROOT, c_library

SIZE = 700_001


@dataclass
class Outcome:
    """What came of one fetch."""

    status: str
    message: str
    http_status: int
    response: tuple[int, int, int]  # status, total_size, accepts_ranges
    etag: str
    last_modified: str
    begun: list[tuple[int, int, int]] = field(default_factory=list)  # range, status, total_size
    bodies: dict[int, bytes] = field(default_factory=dict)
    sys_errno: int = 0
    region: str = ""
    retry_after: float = -1
    requests: int = 0
    overhead: int = 0


Fetch = Callable[..., Outcome]


# --- the two transports ---


def fetch_by_pycurl(
    url: str,
    *,
    user: str | None = None,
    password: str | None = None,
    headers: tuple[str, ...] = (),
    timeout: float = 0,
    connect_timeout: float = 0,
    ca_bundle: str | None = None,
    redirects: int = 10,
    limit: int = 1 << 36,
    ranges: tuple[tuple[int, int], ...] = (),
    more_headers: tuple[str, ...] = (),
    concurrency: int = 0,
    validator: str | None = None,
    whole_or_range: int = 0,
    delay: float = 0,
    sigv4: str | None = None,
    together: int = 0,
    refuse: int = 0,
) -> Outcome:
    kept = [ffi.new("char[]", text.encode()) for text in headers]
    remote = ffi.new("rf_remote_options *")
    remote.headers = header_array = ffi.new("char *[]", kept)
    remote.header_count = len(kept)
    remote.timeout, remote.connect_timeout = timeout, connect_timeout
    request = ffi.new("rf_request *")
    request.size = ffi.sizeof("rf_request")
    texts = [
        ffi.NULL if text is None else ffi.new("char[]", text.encode())
        for text in (ca_bundle, url, user, password, validator, sigv4)
    ]
    remote.ca_bundle, request.url, request.user, request.password = texts[:4]
    request.validator, request.sigv4 = texts[4:]
    more = [ffi.new("char[]", text.encode()) for text in more_headers]
    request.headers = more_array = ffi.new("char *[]", more)
    request.header_count = len(more)
    request.concurrency, request.whole_or_range, request.delay = concurrency, whole_or_range, delay
    request.remote, request.redirects, request.limit_bytes = remote, redirects, limit
    request.together, request.refuse = together, refuse
    if ranges:
        request.ranges = range_array = ffi.new("rf_byte_range[]", list(ranges))
        request.range_count = len(ranges)
    begun: list[tuple[int, int, int]] = []
    bodies: dict[int, bytes] = {}

    @ffi.callback("rf_status(void *, size_t, const rf_response *, rf_error *)")
    def begin(context: Any, index: int, response: Any, err: Any) -> int:
        begun.append((index, response.status, response.total_size))
        bodies[index] = b""
        return 0

    @ffi.callback("rf_status(void *, size_t, const void *, size_t, rf_error *)")
    def take(context: Any, index: int, data: Any, n: int, err: Any) -> int:
        bodies[index] += ffi.buffer(data, n)[:]
        return 0

    receiver = ffi.new("rf_receiver *")
    receiver.begin, receiver.take = begin, take
    response = ffi.new("rf_response *")
    response.size, response.total_size, response.accepts_ranges = ffi.sizeof("rf_response"), -1, -1
    err = ffi.new("rf_error *")
    status = lib.rf_py_fetch(ffi.NULL, request, receiver, response, err)
    if status == lib.RF_ERR_CALLBACK:
        raise failure(status, err)
    del header_array, more_array, texts
    if ranges:
        del range_array
    return Outcome(
        ffi.string(lib.rf_status_name(status)).decode(),
        ffi.string(err.message).decode(),
        err.http_status,
        (response.status, response.total_size, response.accepts_ranges),
        ffi.string(response.etag).decode(),
        ffi.string(response.last_modified).decode(),
        begun,
        bodies,
        err.sys_errno,
        ffi.string(response.region).decode(),
        response.retry_after,
        response.requests,
        response.overhead,
    )


def make_libcurl_fetch(program: Path, folder: Path, prefix: Path) -> Fetch:
    def fetch(url: str, **options: Any) -> Outcome:
        for old in folder.iterdir():
            old.unlink()
        arguments = [f"header={text}" for text in options.pop("headers", ())]
        arguments += [f"more_header={text}" for text in options.pop("more_headers", ())]
        arguments += [f"range={first}:{length}" for first, length in options.pop("ranges", ())]
        arguments += [f"{name}={value}" for name, value in options.items() if value is not None]
        done = subprocess.run(
            [str(program), str(folder), url, *arguments],
            env={**os.environ, "LD_LIBRARY_PATH": str(c_library.library_folder(prefix))},
            capture_output=True,
            text=True,
            check=True,
        )
        lines = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
        said = dict(lines)
        assert said["transport"] == "libcurl"
        return Outcome(
            said["status"],
            said["message"],
            int(said["http_status"]),
            tuple(map(int, said["response"].split())),  # type: ignore[arg-type]
            said["etag"],
            said["last_modified"],
            [tuple(map(int, rest.split())) for word, rest in lines if word == "begin"],  # type: ignore[misc]
            {int(path.name): path.read_bytes() for path in folder.iterdir()},
            int(said["sys_errno"]),
            said["region"],
            float(said["retry_after"]),
            int(said["requests"]),
            int(said["overhead"]),
        )

    return fetch


@pytest.fixture(scope="session")
def libcurl_fetch(tmp_path_factory: pytest.TempPathFactory) -> Fetch:
    place = tmp_path_factory.mktemp("probe")
    prefix = c_library.installed()
    folder = c_library.library_folder(prefix)
    flags = c_library.run(
        ["pkg-config", "--cflags", "--libs", "rustfits"],
        env={"PKG_CONFIG_PATH": str(folder / "pkgconfig")},
    ).split()
    program = place / "fetch_probe"
    source = ROOT / "tests/c/programs/fetch_probe.c"
    c_library.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source), *flags]
    )
    bodies = place / "bodies"
    bodies.mkdir()
    return make_libcurl_fetch(program, bodies, prefix)


def transports() -> list[str]:
    """The libcurl transport is in a build that found libcurl, as this one will."""
    found = subprocess.run(["pkg-config", "--exists", "libcurl"], check=False).returncode == 0
    return ["pycurl", "libcurl"] if found else ["pycurl"]


@pytest.fixture(params=transports())
def fetch(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Fetch:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in (
            "CURL_CA_BUNDLE",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
        ):
            monkeypatch.delenv(name)
    if request.param == "pycurl":
        return fetch_by_pycurl
    made: Fetch = request.getfixturevalue("libcurl_fetch")
    return made


# --- the servers ---


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    seed = hashlib.shake_256(b"rustfits").digest(SIZE)
    (folder / "a.bin").write_bytes(seed)
    (folder / "dir").mkdir()
    (folder / "dir" / "s p+c%é[1].bin").write_bytes(seed[:1000])
    (folder / "empty.bin").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def body(root: Path) -> bytes:
    return (root / "a.bin").read_bytes()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def https(root: Path, authority: Authority) -> Iterator[HTTPServer]:
    with https_server(root, authority=authority) as server:
        yield server


@pytest.fixture(scope="module")
def http(root: Path, https: HTTPServer) -> Iterator[HTTPServer]:
    with http_server(root, redirect_to=https.url()) as server:
        yield server


@pytest.fixture(scope="module")
def fault(root: Path) -> Iterator[FaultServer]:
    with fault_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def ftp(root: Path) -> Iterator[FTPServer]:
    with ftp_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def ftps(root: Path, authority: Authority) -> Iterator[FTPServer]:
    with ftp_server(root, tls=True, authority=authority) as server:
        yield server


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


def test_gzip_is_not_asked_for(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
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


# --- ranges ---

RANGES = ((0, 1), (100, 50_000), (SIZE - 1, 1), (0, SIZE), (300_000, 7), (299_999, 9))


def check_ranges(got: Outcome, body: bytes, ranges: tuple[tuple[int, int], ...] = RANGES) -> None:
    assert (got.status, got.message) == ("RF_OK", "")
    order = [begun[0] for begun in got.begun]
    assert (order if ranges is RANGES else sorted(order)) == list(range(len(ranges)))
    for index, (first, length) in enumerate(ranges):
        assert got.bodies[index] == body[first : first + length]


def test_http_ranges(fetch: Fetch, root: Path, body: bytes) -> None:
    with http_server(root) as server:
        got = fetch(server.url("a.bin"), ranges=RANGES)
        requests = server.requests()
    check_ranges(got, body)
    assert all(begun[1:] == (206, SIZE) for begun in got.begun)
    assert got.response == (206, SIZE, 1)
    assert [entry["range"] for entry in requests] == [f"bytes={a}-{a + n - 1}" for a, n in RANGES]
    assert len({entry["connection"] for entry in requests}) == 1


def test_ftp_ranges(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    got = fetch(ftp.url("a.bin"), ranges=RANGES)
    check_ranges(got, body)
    assert got.response[1] == SIZE


def test_ftps_ranges(fetch: Fetch, ftps: FTPServer, body: bytes) -> None:
    got = fetch(ftps.url("a.bin"), ranges=RANGES, ca_bundle=str(ftps.ca_bundle))
    check_ranges(got, body)


def test_https_ranges(fetch: Fetch, https: HTTPServer, body: bytes) -> None:
    check_ranges(fetch(https.url("a.bin"), ranges=RANGES, ca_bundle=str(https.ca_bundle)), body)


def test_ranges_after_a_redirect_ask_the_last_server(fetch: Fetch, root: Path, body: bytes) -> None:
    with http_server(root) as server:
        got = fetch(server.url("redirect/3/a.bin"), ranges=RANGES)
        requests = server.requests()
    check_ranges(got, body)
    assert len(requests) == 3 + len(RANGES)


def test_range_behind_the_end(fetch: Fetch, http: HTTPServer) -> None:
    for span in ((SIZE, 1), (SIZE - 5, 10)):
        got = fetch(http.url("a.bin"), ranges=(span,))
        assert got.status == "RF_ERR_TRUNCATED"
        assert str(SIZE) in got.message
        assert got.begun == []


def test_range_behind_the_end_of_an_ftp_file(fetch: Fetch, ftp: FTPServer) -> None:
    got = fetch(ftp.url("a.bin"), ranges=((SIZE - 5, 10),))
    assert got.status == "RF_ERR_TRUNCATED"
    got = fetch(ftp.url("a.bin"), ranges=((SIZE + 5, 10),))
    assert got.status == "RF_ERR_TRUNCATED"


@pytest.mark.parametrize("how", ["ignores", "nginx"])
def test_server_that_ignores_range(
    fetch: Fetch, fault: FaultServer, http: HTTPServer, how: str
) -> None:
    url = fault.url("ignores/a.bin") if how == "ignores" else http.url("noranges/a.bin")
    got = fetch(url, ranges=((10, 5),))
    assert got.status == "RF_ERR_UNSUPPORTED"
    assert "parts of a file" in got.message
    assert got.begun == []


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("badrange", "RF_ERR_NETWORK"),
        ("norange", "RF_ERR_NETWORK"),
        ("shortrange", "RF_ERR_TRUNCATED"),
    ],
)
def test_range_that_is_not_the_one_asked_for(
    fetch: Fetch, fault: FaultServer, how: str, status: str
) -> None:
    got = fetch(fault.url(f"{how}/a.bin"), ranges=((10, 500),))
    assert got.status == status


def test_file_that_changes_between_ranges(fetch: Fetch, fault: FaultServer) -> None:
    got = fetch(fault.url("changing/a.bin"), ranges=((0, 10), (20, 10)))
    assert got.status == "RF_ERR_CHANGED"
    assert "changed" in got.message


@pytest.mark.parametrize("span", [(0, 0), (2**63, 5), (5, 2**63)])
def test_ranges_that_make_no_sense(fetch: Fetch, http: HTTPServer, span: tuple[int, int]) -> None:
    assert fetch(http.url("a.bin"), ranges=(span,)).status == "RF_ERR_ARGUMENT"


# --- side by side, on conditions ---


MANY = tuple((first, 9_000) for first in range(0, SIZE - 9_000, 14_000))


@pytest.mark.parametrize("concurrency", [2, 8, 1000])
def test_ranges_side_by_side(fetch: Fetch, root: Path, body: bytes, concurrency: int) -> None:
    with http_server(root) as server:
        got = fetch(server.url("a.bin"), ranges=MANY, concurrency=concurrency)
        requests = server.requests()
    check_ranges(got, body, MANY)
    assert got.requests == len(requests) == len(MANY)
    # Connections are used again, not made for each.
    assert len({entry["connection"] for entry in requests}) <= min(concurrency, len(MANY), 64)


def test_http_2(fetch: Fetch, root: Path, authority: Authority, body: bytes) -> None:
    """All ranges come over few connections, which each carry many at a time."""
    with https_server(root, authority=authority, http2=True) as server:
        bundle = str(authority.bundle)
        got = fetch(server.url("a.bin"), ranges=MANY, concurrency=16, ca_bundle=bundle)
        requests = server.requests()
    check_ranges(got, body, MANY)
    assert got.response[1] == SIZE
    assert got.etag
    asked = [entry for entry in requests if entry["range"]]
    assert {entry["protocol"] for entry in asked} == {"HTTP/2.0"}


@pytest.mark.parametrize("tls", [False, True])
def test_ftp_ranges_side_by_side(
    fetch: Fetch, ftp: FTPServer, ftps: FTPServer, body: bytes, tls: bool
) -> None:
    server = ftps if tls else ftp
    bundle = str(ftps.ca_bundle) if tls else None
    got = fetch(server.url("a.bin"), ranges=MANY[:12], concurrency=8, ca_bundle=bundle)
    check_ranges(got, body, MANY[:12])


@pytest.mark.parametrize("command", ["size", "retr"])
@pytest.mark.parametrize("ranges", [(), ((0, 5),), ((0, 1 << 17),)], ids=["whole", "begin", "part"])
def test_ftp_answer_that_nobody_has_asked_for(
    fetch: Fetch, root: Path, body: bytes, command: str, ranges: tuple[tuple[int, int], ...]
) -> None:
    """A stray 226 is no answer to the next command: that fetch may be made again, and is then right."""
    with ftp_server(root) as server:
        got = fetch(server.url(f"stray{command}/a.bin"), ranges=ranges)
        # Some versions of libcurl then ask to abort, and hear that it was.
        assert got.status == "RF_ERR_NETWORK" or got.http_status == 426
        assert got.bodies == {}
        got = fetch(server.url(f"stray{command}/a.bin"), ranges=ranges)
    assert got.status == "RF_OK"
    assert got.bodies == {0: body[: ranges[0][1]] if ranges else body}


def test_side_by_side_after_a_redirect(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("redirect/2/a.bin"), ranges=MANY, concurrency=4)
    check_ranges(got, body, MANY)
    assert got.requests <= len(MANY) + 4 * 2


@pytest.mark.parametrize("refusal", ["status:503:7", "short:100", "cut:100"])
def test_one_of_many_that_fails(
    fetch: Fetch, fault: FaultServer, body: bytes, refusal: str
) -> None:
    """What is under way comes to its end; how the one failed is what is reported."""
    url = fault.begin_plan(lambda number: refusal if number == 3 else "", "a.bin")
    got = fetch(url, ranges=MANY, concurrency=4)
    if refusal.startswith("status"):
        assert (got.status, got.http_status, got.response[0]) == ("RF_ERR_HTTP_STATUS", 503, 503)
        assert got.retry_after == 7
    else:
        assert got.status in ("RF_ERR_TRUNCATED", "RF_ERR_NETWORK")
    for index, part in got.bodies.items():
        first, length = MANY[index]
        assert body[first : first + length].startswith(part)
    assert sum(len(part) == 9_000 for part in got.bodies.values()) >= 3


# --- several in one request ---

SMALL = tuple((first, 700) for first in range(50, SIZE - 1000, 1400))


@pytest.mark.parametrize("together", [2, 7, 128, 1000])
def test_several_ranges_in_one_request(
    fetch: Fetch, root: Path, body: bytes, together: int
) -> None:
    with http_server(root) as server:
        got = fetch(server.url("a.bin"), ranges=SMALL[:300], concurrency=4, together=together)
        requests = server.requests()
    check_ranges(got, body, SMALL[:300])
    assert got.requests == len(requests) == -(-300 // together)
    assert all("," in entry["range"] for entry in requests)
    assert {entry["status"] for entry in requests} == {"206"}
    assert all(begun[1:] == (206, SIZE) for begun in got.begun)
    assert got.response == (206, SIZE, 1)
    # What stands between the parts: a line, two fields, an empty line.
    assert 300 * 60 < got.overhead < 300 * 200


def test_several_ranges_and_one_that_is_left(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    """The parts say how long the file is, the head of their answer does not; that of a single range does."""
    for ranges in (SMALL[:9], SMALL[:3]):
        got = fetch(http.url("a.bin"), ranges=ranges, concurrency=8, together=2)
        check_ranges(got, body, ranges)
        assert got.response == (206, SIZE, 1)


def test_several_ranges_by_https(fetch: Fetch, https: HTTPServer, body: bytes) -> None:
    bundle = str(https.ca_bundle)
    got = fetch(https.url("a.bin"), ranges=SMALL, concurrency=8, together=64, ca_bundle=bundle)
    check_ranges(got, body, SMALL)
    assert got.requests == -(-len(SMALL) // 64)


def test_several_ranges_by_http_2(
    fetch: Fetch, root: Path, authority: Authority, body: bytes
) -> None:
    with https_server(root, authority=authority, http2=True) as server:
        bundle = str(authority.bundle)
        got = fetch(server.url("a.bin"), ranges=SMALL, together=128, ca_bundle=bundle)
    check_ranges(got, body, SMALL)


def test_several_ranges_after_a_redirect(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("redirect/2/a.bin"), ranges=SMALL, together=100)
    check_ranges(got, body, SMALL)
    assert got.requests == 2 + -(-len(SMALL) // 100)


def test_several_ranges_of_ftp_are_asked_for_one_by_one(
    fetch: Fetch, ftp: FTPServer, body: bytes
) -> None:
    check_ranges(fetch(ftp.url("a.bin"), ranges=RANGES[1:3], together=8), body, RANGES[1:3])


@pytest.mark.parametrize(
    "how", ["", "several:reversed", "several:joined", "hull", "several:chatty"]
)
def test_parts_as_a_server_may_send_them(
    fetch: Fetch, fault: FaultServer, body: bytes, how: str
) -> None:
    got = fetch(fault.begin_plan(lambda number: how, "a.bin"), ranges=SMALL[:9], together=99)
    assert (got.status, got.message) == ("RF_OK", "")
    assert sorted(begun[0] for begun in got.begun) == list(range(9))
    assert [got.bodies[i] for i in range(9)] == [body[a : a + n] for a, n in SMALL[:9]]
    assert got.requests == 1
    assert got.response[:2] == (206, SIZE)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("whole", "it answered 200"),
        ("status:416", "it answered 416"),
        ("status:403", "it answered 403"),
        ("status:400", "it answered 400"),
        ("first", "some of the ranges are missing"),
        ("several:missing", "some of the ranges are missing"),
        ("several:shifted", "other bytes than were asked for"),
        ("several:twice", "comes twice"),
        ("several:longer", "longer than it says"),
        ("several:boundary", "no end of what is between"),
        ("several:none", "neither a Content-Range nor parts"),
        ("several:endless", "no end of what is between"),
    ],
)
def test_server_that_does_not_send_several(
    fetch: Fetch, fault: FaultServer, body: bytes, how: str, message: str
) -> None:
    """Nothing is wrong with the file; and what came until then is right."""
    got = fetch(fault.begin_plan(lambda number: how, "a.bin"), ranges=SMALL[:99], together=99)
    if how == "several:boundary" and "line between the parts is too long" in got.message:
        message = got.message  # what is in the file decides which it is
    assert got.status == "RF_ERR_UNSUPPORTED"
    assert message in got.message
    assert got.requests == 1
    for index, part in got.bodies.items():
        first, length = SMALL[index]
        assert body[first : first + length].startswith(part)


@pytest.mark.parametrize("cut", ["cut", "short"])
@pytest.mark.parametrize("count", [10, 100, 1000, 4000])
def test_parts_that_break_off(
    fetch: Fetch, fault: FaultServer, body: bytes, cut: str, count: int
) -> None:
    got = fetch(
        fault.begin_plan(lambda number: f"{cut}:{count}", "a.bin"), ranges=SMALL[:9], together=9
    )
    assert got.status in ("RF_ERR_TRUNCATED", "RF_ERR_NETWORK")
    for index, part in got.bodies.items():
        first, length = SMALL[index]
        assert body[first : first + length].startswith(part)
    if cut == "short" and count == 4000:
        assert len(got.bodies) >= 4


@pytest.mark.parametrize("status", ["404", "429", "503"])
def test_refusals_of_several_that_are_about_the_file(
    fetch: Fetch, fault: FaultServer, status: str
) -> None:
    got = fetch(
        fault.begin_plan(lambda number: f"status:{status}", "a.bin"), ranges=SMALL[:9], together=9
    )
    assert got.status in ("RF_ERR_NO_FILE", "RF_ERR_HTTP_STATUS")
    assert got.http_status == int(status)


def test_several_ranges_of_a_file_that_has_changed(fetch: Fetch, fault: FaultServer) -> None:
    url = fault.begin_plan(lambda number: "", "a.bin")
    got = fetch(url, ranges=SMALL[:9], together=9, validator='"2"')
    assert (got.status, got.begun) == ("RF_ERR_CHANGED", [])
    # One of two requests is about a file of another size.
    url = fault.begin_plan(lambda number: "several:size" if number else "", "a.bin")
    got = fetch(url, ranges=SMALL[:8], together=4)
    assert got.status == "RF_ERR_CHANGED"


def test_whole_or_range(fetch: Fetch, fault: FaultServer, http: HTTPServer, body: bytes) -> None:
    for url, status in ((fault.url("ignores/a.bin"), 200), (http.url("a.bin"), 206)):
        got = fetch(url, ranges=((0, 1000),), whole_or_range=1)
        assert (got.status, got.response[:2]) == ("RF_OK", (status, SIZE))
        assert got.bodies == {0: body if status == 200 else body[:1000]}
    got = fetch(http.url("a.bin"), ranges=((0, SIZE + 1000),), whole_or_range=1)
    assert (got.status, got.bodies) == ("RF_OK", {0: body})
    got = fetch(http.url("empty.bin"), ranges=((0, 1000),), whole_or_range=1)
    assert got.status in ("RF_OK", "RF_ERR_TRUNCATED")
    assert got.bodies in ({}, {0: b""})


def test_ftp_whole_or_range(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    for length in (1000, SIZE, SIZE + 1000):
        got = fetch(ftp.url("a.bin"), ranges=((0, length),), whole_or_range=1)
        assert (got.status, got.response[1]) == ("RF_OK", SIZE)
        assert got.bodies == {0: body[:length]}
    got = fetch(ftp.url("nosize/a.bin"), ranges=((0, 1000),), whole_or_range=1)
    assert got.status == "RF_ERR_UNSUPPORTED"
    assert got.begun == []


def test_validator(fetch: Fetch, fault: FaultServer, body: bytes) -> None:
    url = fault.begin_plan(lambda number: "", "a.bin")
    got = fetch(url, ranges=MANY[:3], validator='"1"')
    check_ranges(got, body, MANY[:3])
    assert [seen[2]["if-range"] for seen in fault.requests[-3:]] == ['"1"'] * 3
    got = fetch(url, ranges=MANY[:3], validator='"2"')
    assert (got.status, got.begun) == ("RF_ERR_CHANGED", [])
    url = fault.begin_plan(lambda number: "other", "a.bin")
    got = fetch(url, ranges=MANY[:3], validator='"other"')
    check_ranges(got, body, MANY[:3])


def test_file_that_has_become_shorter(fetch: Fetch, http: HTTPServer) -> None:
    etag = fetch(http.url("a.bin"), ranges=((0, 10),)).etag
    got = fetch(http.url("a.bin"), ranges=((SIZE, 10),), validator=etag)
    assert got.status == "RF_ERR_CHANGED"


def test_headers_of_a_request_are_for_its_server(
    fetch: Fetch, fault: FaultServer, http: HTTPServer
) -> None:
    start = len(fault.requests)
    got = fetch(
        fault.url(f"to?{http.url('a.bin?more')}"),
        more_headers=("X-Token: secret",),
        sigv4="aws:amz:eu-west-3:s3",
        user="KEY",
        password="SECRET",
    )
    assert got.status == "RF_OK"
    assert fault.requests[start][2]["x-token"] == "secret"
    assert "/eu-west-3/s3/" in fault.requests[start][2]["authorization"]
    (last,) = [seen for seen in http.requests() if seen["uri"] == "/a.bin?more"][-1:]
    assert (last["token"], last["authorization"]) == ("", "")


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


# --- redirects ---


def test_redirects(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    assert fetch(http.url("redirect/10/a.bin")).bodies == {0: body}


def test_redirects_are_bounded(fetch: Fetch, root: Path) -> None:
    with http_server(root) as server:
        got = fetch(server.url("redirect/5/a.bin"), redirects=4)
        assert got.status == "RF_ERR_LIMIT"
        assert "4" in got.message
        assert len(server.requests()) == 5
        assert fetch(server.url("redirect/1/a.bin"), redirects=0).status == "RF_ERR_LIMIT"
        assert fetch(server.url("loop/a.bin")).status == "RF_ERR_LIMIT"


def test_redirects_are_refused_where_the_scheme_is_not_allowed(
    fetch: Fetch, root: Path, http: HTTPServer, fault: FaultServer, body: bytes
) -> None:
    with http_server(root) as server:
        url = fault.url(f"to?{server.url('a.bin')}?secret")
        got = fetch(url, refuse=lib.RF_REFUSE_HTTP)
        assert got.status == "RF_ERR_SCHEME"
        assert "'http' is not allowed" in got.message
        assert "secret" not in got.message
        assert server.requests() == []
        assert fetch(url, refuse=lib.RF_REFUSE_HTTPS).bodies == {0: body}
    got = fetch(fault.url(f"to?https{http.url('a.bin')[4:]}"), refuse=lib.RF_REFUSE_HTTPS)
    assert got.status == "RF_ERR_SCHEME"


def test_endless_redirects(fetch: Fetch, fault: FaultServer) -> None:
    assert fetch(fault.url("endless/1")).status == "RF_ERR_LIMIT"


def test_redirect_from_http_to_https(
    fetch: Fetch, http: HTTPServer, https: HTTPServer, body: bytes
) -> None:
    got = fetch(http.url("elsewhere/a.bin"), ca_bundle=str(https.ca_bundle))
    assert got.status == "RF_OK"
    assert got.bodies == {0: body}


def test_failure_behind_a_redirect_names_both_urls(
    fetch: Fetch, fault: FaultServer, http: HTTPServer
) -> None:
    target = http.url("status/404").replace("//", "//someone:hunter2@")
    got = fetch(fault.url(f"to?{target}"))
    assert got.status == "RF_ERR_NO_FILE"
    assert "status/404" in got.message
    assert "hunter2" not in got.message


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "dict://127.0.0.1/",
        "gopher://127.0.0.1:1/x",
        "mem://x",
    ],
)
def test_redirect_to_another_scheme(fetch: Fetch, fault: FaultServer, target: str) -> None:
    got = fetch(fault.url(f"to?{target}"))
    assert got.status == "RF_ERR_NETWORK"
    assert "neither http nor https" in got.message
    assert got.bodies == {}


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:99999/a",
        "http://127.0.0.1:port/a",
        "http://[::1/a",
        "http:///a",
        "http://%zz/",
    ],
)
def test_redirect_to_what_is_no_url(fetch: Fetch, fault: FaultServer, target: str) -> None:
    got = fetch(fault.url(f"to?{target}"), timeout=30)
    assert got.status in ("RF_ERR_NETWORK", "RF_ERR_HTTP_STATUS")
    assert got.message


def test_secrets_stay_with_their_server(fetch: Fetch, fault: FaultServer, http: HTTPServer) -> None:
    """User, password and headers are for the server in the URL, not for one that it points at."""
    # The same server, after a redirect to itself, is told them again.
    own = urlsplit(fault.url()).netloc
    start = len(fault.requests)
    fetch(
        fault.url(f"to?{fault.url('plain/a.bin')}"),
        headers=("X-Token: secret", "Authorization: secret", "User-Agent: me"),
    )
    assert [seen[2]["host"] for seen in fault.requests[start:]] == [own, own]
    assert all(seen[2]["x-token"] == "secret" for seen in fault.requests[start:])
    got = fetch(
        fault.url(f"to?{http.url('a.bin?other')}"),
        user=nginx_module.USER,
        password=nginx_module.PASSWORD,
        headers=("X-Token: secret", "Authorization: secret", "Cookie: secret", "User-Agent: me"),
    )
    assert got.status == "RF_OK"
    (last,) = [seen for seen in http.requests() if seen["uri"] == "/a.bin?other"][-1:]
    assert (last["token"], last["authorization"], last["agent"]) == ("", "", "me")


# --- who may ---


def test_basic_authentication(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("basic/a.bin"), user=nginx_module.USER, password=nginx_module.PASSWORD)
    assert got.status == "RF_OK"
    assert got.bodies == {0: body}
    got = fetch(http.url("basic/a.bin"), user=nginx_module.USER, password="wrong-one")
    assert got.status == "RF_ERR_PERMISSION"
    assert got.http_status == 401
    assert "wrong-one" not in got.message
    assert fetch(http.url("basic/a.bin")).status == "RF_ERR_PERMISSION"


def test_extra_headers(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("token/a.bin"), headers=(f"X-Token: {nginx_module.TOKEN}",))
    assert got.bodies == {0: body}
    assert fetch(http.url("token/a.bin")).status == "RF_ERR_PERMISSION"


def test_ftp_user_and_password(fetch: Fetch, root: Path, body: bytes) -> None:
    with ftp_server(root, anonymous=False) as server:
        good = fetch(server.url("a.bin"), user=ftp_module.USER, password=ftp_module.PASSWORD)
        bad = fetch(server.url("a.bin"), user=ftp_module.USER, password="wrong-one")
        anonymous = fetch(server.url("a.bin"))
    assert good.bodies == {0: body}
    assert (bad.status, bad.http_status) == ("RF_ERR_PERMISSION", 530)
    assert "wrong-one" not in bad.message
    assert anonymous.status == "RF_ERR_PERMISSION"


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
    """A limit that began anew with each redirect would let a server hold us for eleven times as long."""
    got = fetch(fault.url(f"to?{fault.url('stall/a.bin')}"), timeout=0.5)
    assert got.status == "RF_ERR_TIMEOUT"


def test_ftp_timeout(fetch: Fetch, ftp: FTPServer) -> None:
    assert fetch(ftp.url("slow/a.bin"), timeout=1.5).status == "RF_ERR_TIMEOUT"


def test_nobody_listens(fetch: Fetch) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody else gets the port
        port = taken.getsockname()[1]
        for scheme in ("http", "https", "ftp", "ftps"):
            got = fetch(f"{scheme}://127.0.0.1:{port}/a.bin")
            assert got.status == "RF_ERR_NETWORK"
            assert "127.0.0.1" in got.message
            assert got.sys_errno == errno.ECONNREFUSED


def test_name_that_nobody_has(fetch: Fetch) -> None:
    got = fetch("http://no-such-host.invalid/a.bin", timeout=60)
    assert got.status == "RF_ERR_NETWORK"
    assert "no-such-host.invalid" in got.message
    assert got.sys_errno != 0


# --- certificates and proxies ---


class Untrusted(NamedTuple):
    """A server that is not to be trusted, what the client trusts, and what libcurl says then."""

    server: HTTPServer | FTPServer
    bundle: str | None
    said: str


@pytest.fixture(scope="module", params=["authority", "name", "expired"])
def untrusted(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Untrusted]]:
    problem = request.param
    folder = tmp_path_factory.mktemp(problem)
    authority = Authority(folder, expired=problem == "expired")
    name = "other.example" if problem == "name" else "localhost"
    bundle = None if problem == "authority" else str(authority.bundle)
    said = {"authority": "issuer|self.signed", "name": "subject name", "expired": "expired"}[
        problem
    ]
    with https_server(root, name=name, authority=authority) as https:
        with ftp_server(root, tls=True, name=name, authority=authority) as ftps:
            yield [Untrusted(server, bundle, said) for server in (https, ftps)]


@pytest.mark.parametrize("ranges", [(), ((0, 9), (100, 9))], ids=["whole", "ranges"])
def test_certificate_that_is_not_to_be_trusted(
    fetch: Fetch,
    untrusted: list[Untrusted],
    fault: FaultServer,
    ranges: tuple[tuple[int, int], ...],
) -> None:
    https, ftps = untrusted
    redirect = fault.url(f"to?{https.server.url('a.bin')}")
    for url in (https.server.url("a.bin"), ftps.server.url("a.bin"), redirect):
        got = fetch(url, ranges=ranges, ca_bundle=https.bundle)
        assert got.status == "RF_ERR_TLS"
        assert re.search(https.said, got.message), got.message
        assert ("redirected to" in got.message) == (url == redirect)
        assert (got.begun, got.bodies) == ([], {})


def test_ca_bundle_that_is_not_there(fetch: Fetch, https: HTTPServer, tmp_path: Path) -> None:
    got = fetch(https.url("a.bin"), ca_bundle=str(tmp_path / "none.pem"))
    assert got.status == "RF_ERR_TLS"
    assert "none.pem" in got.message


@pytest.mark.parametrize("name", ["CURL_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_ca_bundle_of_the_environment(
    fetch: Fetch, https: HTTPServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, str(https.ca_bundle))
    assert fetch(https.url("a.bin")).status == "RF_OK"


@pytest.mark.parametrize("name", ["SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_folder_of_certificates(
    fetch: Fetch, https: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    pem = Path(str(https.ca_bundle)).read_bytes()
    # The name that "openssl rehash" would give it.
    number = crypto.load_certificate(crypto.FILETYPE_PEM, pem).subject_name_hash()
    (tmp_path / f"{number:08x}.0").write_bytes(pem)
    monkeypatch.setenv(name, str(tmp_path))
    assert fetch(https.url("a.bin")).status == "RF_OK"


def test_ca_bundle_given_replaces_the_environments(
    fetch: Fetch, https: HTTPServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(https.ca_bundle))
    assert fetch(https.url("a.bin"), ca_bundle=str(stranger.bundle)).status == "RF_ERR_TLS"


def test_proxy_of_the_environment(
    fetch: Fetch, fault: FaultServer, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setenv("http_proxy", fault.url())
    start = len(fault.requests)
    got = fetch("http://no-such-host.invalid/plain/a.bin")
    assert got.bodies == {0: body}
    assert fault.requests[start][1] == "http://no-such-host.invalid/plain/a.bin"
    monkeypatch.setenv("no_proxy", "no-such-host.invalid")
    assert fetch("http://no-such-host.invalid/plain/a.bin", timeout=60).status == "RF_ERR_NETWORK"


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
