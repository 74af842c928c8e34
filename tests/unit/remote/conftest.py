# SPDX-License-Identifier: BSD-3-Clause
"""Both transports, and servers for one folder of files."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

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
from support import ROOT, c_library
from support.fetches import SIZE, Fetch, fetch_by_pycurl, make_libcurl_fetch, transports


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
