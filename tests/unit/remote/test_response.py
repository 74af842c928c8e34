# SPDX-License-Identifier: BSD-3-Clause
"""What servers send and what comes of it: tests/c/remote/response_cases.txt by both transports, and fuzzed heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustfits._core.binding.library import ffi, lib
from servers import FaultServer, fault_server
from support import TESTS
from support.fetches import Fetch

FILE = bytes(ord("a") + i % 26 for i in range(1000))


# --- the table ---


@dataclass
class Case:
    """One case of the table."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    #: Path and missing header field of each request after the first, and what is sent to each.
    requests: list[tuple[str, str]] = field(default_factory=lambda: [("/file", "")])
    responses: list[bytes] = field(default_factory=list)
    expected: list[tuple[str, str]] = field(default_factory=list)


def parse_ask(words: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for word in words.split():
        name, _, value = word.partition("=")
        if name == "range":
            first, _, length = value.partition(":")
            options["ranges"] = (*options.get("ranges", ()), (int(first), int(length)))
        elif name == "validator":
            options[name] = value
        elif name == "whole_or_range":
            options[name] = 1
        elif name != "one_piece":
            options[name] = int(value)
    return options


class Parser:
    """Collects the response of one exchange."""

    def __init__(self) -> None:
        self.head: list[str] = []
        self.body = b""

    def take(self, keyword: str, rest: str) -> None:
        if keyword == "head":
            self.head.append(rest)
        elif keyword == "body":
            found = re.search(r"Content-Range: bytes (\d+)-", "\n".join(self.head))
            first = (int(found[1]) if found else 0) + len(self.body)
            self.body += FILE[first : first + int(rest)]
        elif keyword == "text":
            self.body += rest.replace(r"\r", "\r").replace(r"\n", "\n").encode()

    def response(self) -> bytes:
        head = "\r\n".join([*self.head, "Connection: close", "", ""])
        return head.encode("latin-1") + self.body


def read_table(path: Path) -> list[Case]:
    cases: list[Case] = []
    parser = Parser()
    for line in path.read_text().splitlines():
        keyword, _, rest = line.partition(" ")
        if keyword in ("", "#"):
            continue
        if keyword == "case":
            cases.append(Case(rest))
            parser = Parser()
        elif keyword == "ask":
            cases[-1].options = parse_ask(rest)
        elif keyword in ("head", "body", "text"):
            parser.take(keyword, rest)
        else:
            if keyword in ("then", "gives"):
                cases[-1].responses.append(parser.response())
                parser = Parser()
            if keyword == "then":
                target, _, without = rest.partition(" without ")
                cases[-1].requests.append((target, without))
            else:
                cases[-1].expected.append((keyword, rest))
    return cases


CASES = read_table(TESTS / "c" / "remote" / "response_cases.txt")


def test_the_table_is_read() -> None:
    assert len(CASES) > 40
    assert sum(len(case.responses) > 1 for case in CASES) >= 8


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultServer]:
    with fault_server(tmp_path_factory.mktemp("empty")) as server:
        yield server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name.replace(" ", "-"))
def test_case(fetch: Fetch, script: FaultServer, case: Case) -> None:
    got = fetch(script.begin_script(case.responses), **case.options)
    ranges = case.options.get("ranges", ((0, 0),))
    missing = set(got.bodies) if got.status == "RF_OK" else set()
    for keyword, rest in case.expected:
        if keyword == "gives":
            assert got.status == rest, got.message
        elif keyword == "http":
            assert got.http_status == int(rest)
        elif keyword == "says":
            assert rest in got.message
        elif keyword == "gets":
            index, length = map(int, rest.split(":"))
            first = ranges[index][0]
            assert got.bodies[index] == FILE[first : first + length]
            missing.discard(index)
        elif keyword == "retry":
            assert got.retry_after == float(rest)
        elif keyword == "size":
            assert got.response[1] == int(rest)
        else:
            pytest.fail(f"unknown keyword {keyword}")
    assert not missing
    assert [target for _, target, _ in script.requests] == [path for path, _ in case.requests]
    for (_, _, headers), (_, without) in zip(script.requests, case.requests, strict=True):
        assert not without or without not in headers


# --- anything that a server may send ---


def run_fetch(url: str, lines: list[bytes], body: bytes, spans: list[tuple[int, int]]) -> None:
    """Feed one response to a fetch and check what every fetch must hold."""
    request, receiver = ffi.new("rf_request *"), ffi.new("rf_receiver *")
    response, made = ffi.new("rf_response *"), ffi.new("rf_http_fetch **")
    exchange, err = ffi.new("rf_http_exchange *"), ffi.new("rf_error *")
    text, ranges = ffi.new("char[]", url.encode()), ffi.new("rf_range[]", spans or [(0, 1)])
    request.url, request.max_redirects, request.max_bytes = text, 2, 1 << 20
    if spans:
        request.ranges, request.range_count = ranges, len(spans)
    begun: list[int] = []
    received: dict[int, int] = {}

    @ffi.callback("rf_status(void *, size_t, const rf_response *, rf_error *)")
    def begin(user: Any, index: int, facts: Any, err: Any) -> int:
        begun.append(index)
        assert facts.status in (200, 203, 206) or url.startswith("ftp")
        return 0

    @ffi.callback("rf_status(void *, size_t, const void *, size_t, rf_error *)")
    def take(user: Any, index: int, data: Any, n: int, err: Any) -> int:
        received[index] = received.get(index, 0) + n
        return 0

    receiver.begin, receiver.take = begin, take
    assert lib.rf_http_fetch_open(ffi.NULL, request, receiver, response, made, err) == lib.RF_OK
    actions = []
    for _ in range(8):
        actions.append(lib.rf_http_fetch_begin(made[0], 0, exchange))
        if actions[-1] != lib.RF_HTTP_REQUEST:
            break
        for line in lines:
            lib.rf_http_fetch_take_header(made[0], 0, line, len(line))
        if body:
            lib.rf_http_fetch_take_body(made[0], 0, body, len(body))
        actions.append(lib.rf_http_fetch_end(made[0], 0, ffi.NULL, 0.0))
        if actions[-1] != lib.RF_HTTP_REQUEST:
            break
    status = lib.rf_http_fetch_close(made[0], err)
    assert actions[-1] in (lib.RF_HTTP_IDLE, lib.RF_HTTP_STOP)
    assert status == err.code
    assert (status == lib.RF_OK) == (ffi.string(err.message) == b"")
    assert len(begun) == len(set(begun))
    if status == lib.RF_OK and spans:
        assert received == {index: length for index, (_, length) in enumerate(spans)}


FIELDS = [
    b"Content-Length",
    b"Content-Range",
    b"Content-Type",
    b"Transfer-Encoding",
    b"ETag",
    b"Accept-Ranges",
    b"Retry-After",
    b"Date",
    b"Location",
]


@given(
    st.sampled_from(["http://server.example/file", "ftp://server.example/file"]),
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.builds(
                lambda name, value: name + b":" + value + b"\r\n",
                st.sampled_from(FIELDS),
                st.one_of(
                    st.binary(max_size=300),
                    st.from_regex(rb"bytes [0-9*-]{1,40}/[0-9*]*"),
                    st.from_regex(rb"[0-9]{1,30}"),
                    st.from_regex(rb"(//|/|\.\./|\?|https?://)[a-z/.@:]{0,20}"),
                ),
            ),
            st.from_regex(rb"HTTP/1\.1 (200|206|302|[0-9]{1,5}) x"),
            st.from_regex(rb"[1-6][0-9]{2} [0-9]{1,20}"),
        ),
        max_size=8,
    ),
    st.binary(max_size=40),
    st.sampled_from([[], [(3, 7)], [(0, 2), (5, 1)]]),
)
def test_no_response_breaks_a_fetch(
    url: str, lines: list[bytes], body: bytes, spans: list[tuple[int, int]]
) -> None:
    run_fetch(url, lines, body, spans)
