# SPDX-License-Identifier: BSD-3-Clause
"""Fetches by both transports: pycurl in this process, libcurl in a C program."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rustfits  # noqa: F401  registers pycurl
from rustfits._core.binding.library import failure, ffi, lib

from . import c_library

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
    multirange: int = 0,
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
    request.remote, request.max_redirects, request.max_bytes = remote, redirects, limit
    request.multirange, request.refuse = multirange, refuse
    if ranges:
        request.ranges = range_array = ffi.new("rf_range[]", list(ranges))
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
    receiver.size, receiver.begin, receiver.take = ffi.sizeof("rf_receiver"), begin, take
    response = ffi.new("rf_response *")
    response.size, response.total_size = ffi.sizeof("rf_response"), -1
    err = ffi.new("rf_error *")
    status = lib.rf_py_fetch(ffi.NULL, request, receiver, response, err)
    if status == lib.RF_ERR_CALLBACK:
        raise failure(status, err)
    del header_array, more_array, texts
    if ranges:
        del range_array
    return Outcome(
        ffi.string(lib.rf_status_get_name(status)).decode(),
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


def transports() -> list[str]:
    """The libcurl transport is in a build that found libcurl, as this one will."""
    found = subprocess.run(["pkg-config", "--exists", "libcurl"], check=False).returncode == 0
    return ["pycurl", "libcurl"] if found else ["pycurl"]
