# SPDX-License-Identifier: BSD-3-Clause
"""Redirects, logins, certificates and proxies by both transports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from OpenSSL import crypto

from rustfits._core.binding.library import lib
from servers import (
    Authority,
    FaultServer,
    FTPServer,
    HTTPServer,
    ftp_server,
    http_server,
    https_server,
)
from servers import ftp as ftp_module
from servers import nginx as nginx_module
from support.fetches import Fetch

# --- headers ---


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
