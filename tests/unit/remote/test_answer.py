# SPDX-License-Identifier: BSD-3-Clause
"""HTTP responses and how they are judged, as tests/c/remote/test_remote.c tests the same in C."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustfits._core.binding.library import ffi, lib
from rustfits._core.remote.response import Expectation, FetchError, Response


def hear(*lines: bytes) -> Response:
    answer = Response()
    for line in lines:
        answer.http_line(line + b"\r\n")
    return answer


def total(answer: Response) -> int:
    response = ffi.new("rf_response *")
    answer.report(response)
    return int(response.total_size)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((b"HTTP/1.1 200 OK", b"Content-Length: 12"), 12),
        ((b"HTTP/1.1 200 OK", b"content-LENGTH:12 "), 12),
        ((b"HTTP/1.1 200 OK", b"Content-Length: 9223372036854775807"), 2**63 - 1),
        ((b"HTTP/1.1 200 OK", b"Content-Length: 9223372036854775808"), -1),
        ((b"HTTP/1.1 200 OK", b"Content-Length: " + b"9" * 5000), -1),
        ((b"HTTP/1.1 200 OK", b"Content-Length: -5"), -1),
        ((b"HTTP/1.1 200 OK", b"Content-Length: 5", b"Transfer-Encoding: chunked"), -1),
        ((b"HTTP/1.1 206 x", b"Content-Length: 5", b"Content-Range: bytes 0-4/77"), 77),
        ((b"HTTP/1.1 206 x", b"Content-Length: 5", b"Content-Range: bytes 0-4/*"), -1),
        ((b"HTTP/1.1 401 no", b"Content-Length: 5", b"", b"HTTP/1.1 200 OK"), -1),
        ((b"HTTP/1.1 200 OK", b"", b"Content-Length: 5"), -1),
    ],
)
def test_total_size(lines: tuple[bytes, ...], expected: int) -> None:
    assert total(hear(*lines)) == expected


@pytest.mark.parametrize("size", [b"2880", b"9" * 40])
def test_ftp_size(size: bytes) -> None:
    answer = Response()
    for line in (b"220-Welcome", b" 213 5 files", b"220 ready", b"213 " + size, b"150 Opening"):
        answer.ftp_line(line + b"\r\n")
    assert answer.status == 150
    assert total(answer) == (2880 if size == b"2880" else -1)


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.builds(
                lambda name, value: name + b":" + value,
                st.sampled_from([b"Content-Length", b"Content-Range", b"ETag", b"Accept-Ranges"]),
                st.one_of(st.binary(max_size=300), st.from_regex(rb"bytes [0-9*-]{1,40}/[0-9*]*")),
            ),
            st.from_regex(rb"HTTP/1\.1 [0-9]{1,5} x"),
        ),
        max_size=8,
    )
)
def test_nothing_that_a_server_says_breaks_us(lines: list[bytes]) -> None:
    for span in (None, (3, 9)):
        http = hear(*lines)
        total(http)
        try:
            http.judge(Expectation(span))
        except FetchError as failure:
            assert failure.status != lib.RF_OK
            assert failure.message
        else:
            assert http.status in (200, 203, 206)
    ftp = Response()
    for line in lines:
        ftp.ftp_line(line)
    total(ftp)
