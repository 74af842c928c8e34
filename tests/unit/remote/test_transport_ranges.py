# SPDX-License-Identifier: BSD-3-Clause
"""Ranges by both transports: alone, side by side, several in one request."""

from __future__ import annotations

from pathlib import Path

import pytest

from servers import (
    Authority,
    FaultServer,
    FTPServer,
    HTTPServer,
    ftp_server,
    http_server,
    https_server,
)
from support.fetches import SIZE, Fetch, Outcome

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
def test_range_that_was_not_requested(
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
def test_ftp_reply_without_a_command(
    fetch: Fetch, root: Path, body: bytes, command: str, ranges: tuple[tuple[int, int], ...]
) -> None:
    """A stray 226 is no reply to the next command. A repeated fetch is right."""
    with ftp_server(root) as server:
        got = fetch(server.url(f"stray{command}/a.bin"), ranges=ranges)
        # Some versions of libcurl then send ABOR, which succeeds.
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


@pytest.mark.parametrize("multirange", [2, 7, 128, 1000])
def test_several_ranges_in_one_request(
    fetch: Fetch, root: Path, body: bytes, multirange: int
) -> None:
    with http_server(root) as server:
        got = fetch(server.url("a.bin"), ranges=SMALL[:300], concurrency=4, multirange=multirange)
        requests = server.requests()
    check_ranges(got, body, SMALL[:300])
    assert got.requests == len(requests) == -(-300 // multirange)
    assert all("," in entry["range"] for entry in requests)
    assert {entry["status"] for entry in requests} == {"206"}
    assert all(begun[1:] == (206, SIZE) for begun in got.begun)
    assert got.response == (206, SIZE, 1)
    # What stands between the parts: a line, two fields, an empty line.
    assert 300 * 60 < got.overhead < 300 * 200


def test_several_ranges_and_one_that_is_left(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    """The parts say how long the file is, the head of their answer does not; that of a single range does."""
    for ranges in (SMALL[:9], SMALL[:3]):
        got = fetch(http.url("a.bin"), ranges=ranges, concurrency=8, multirange=2)
        check_ranges(got, body, ranges)
        assert got.response == (206, SIZE, 1)


def test_several_ranges_by_https(fetch: Fetch, https: HTTPServer, body: bytes) -> None:
    bundle = str(https.ca_bundle)
    got = fetch(https.url("a.bin"), ranges=SMALL, concurrency=8, multirange=64, ca_bundle=bundle)
    check_ranges(got, body, SMALL)
    assert got.requests == -(-len(SMALL) // 64)


def test_several_ranges_by_http_2(
    fetch: Fetch, root: Path, authority: Authority, body: bytes
) -> None:
    with https_server(root, authority=authority, http2=True) as server:
        bundle = str(authority.bundle)
        got = fetch(server.url("a.bin"), ranges=SMALL, multirange=128, ca_bundle=bundle)
    check_ranges(got, body, SMALL)


def test_several_ranges_after_a_redirect(fetch: Fetch, http: HTTPServer, body: bytes) -> None:
    got = fetch(http.url("redirect/2/a.bin"), ranges=SMALL, multirange=100)
    check_ranges(got, body, SMALL)
    assert got.requests == 2 + -(-len(SMALL) // 100)


def test_multirange_requests_do_not_exist_in_ftp(fetch: Fetch, ftp: FTPServer, body: bytes) -> None:
    check_ranges(fetch(ftp.url("a.bin"), ranges=RANGES[1:3], multirange=8), body, RANGES[1:3])


@pytest.mark.parametrize(
    "how", ["", "several:reversed", "several:joined", "hull", "several:chatty"]
)
def test_parts_as_a_server_may_send_them(
    fetch: Fetch, fault: FaultServer, body: bytes, how: str
) -> None:
    got = fetch(fault.begin_plan(lambda number: how, "a.bin"), ranges=SMALL[:9], multirange=99)
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
        ("several:shifted", "bytes that were not requested"),
        ("several:twice", "is repeated"),
        ("several:longer", "longer than its Content-Range"),
        ("several:boundary", "too much text between"),
        ("several:none", "neither a Content-Range nor parts"),
        ("several:endless", "too much text between"),
    ],
)
def test_server_that_does_not_send_several(
    fetch: Fetch, fault: FaultServer, body: bytes, how: str, message: str
) -> None:
    """Nothing is wrong with the file; and what came until then is right."""
    got = fetch(fault.begin_plan(lambda number: how, "a.bin"), ranges=SMALL[:99], multirange=99)
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
        fault.begin_plan(lambda number: f"{cut}:{count}", "a.bin"), ranges=SMALL[:9], multirange=9
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
        fault.begin_plan(lambda number: f"status:{status}", "a.bin"), ranges=SMALL[:9], multirange=9
    )
    assert got.status in ("RF_ERR_NO_FILE", "RF_ERR_HTTP_STATUS")
    assert got.http_status == int(status)


def test_several_ranges_of_a_file_that_has_changed(fetch: Fetch, fault: FaultServer) -> None:
    url = fault.begin_plan(lambda number: "", "a.bin")
    got = fetch(url, ranges=SMALL[:9], multirange=9, validator='"2"')
    assert (got.status, got.begun) == ("RF_ERR_CHANGED", [])
    # One of two requests is about a file of another size.
    url = fault.begin_plan(lambda number: "several:size" if number else "", "a.bin")
    got = fetch(url, ranges=SMALL[:8], multirange=4)
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
