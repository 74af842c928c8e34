# SPDX-License-Identifier: BSD-3-Clause
"""Where redirects lead is remembered while a file is open; archives that want a cookie, got by logging in elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import FaultServer, HTTPServer, fault_server, http_server
from servers.login import PASSWORD, USER, LoginServers

KIB = 1 << 10


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("redirects")
    data = np.random.default_rng(9).normal(size=(700, 500)).astype("f4")
    rustfits.write(folder / "a.fits", data)
    return folder


@pytest.fixture(scope="module")
def data(root: Path) -> np.ndarray:
    return np.asarray(rustfits.read(root / "a.fits"))


@pytest.fixture(scope="module")
def http(root: Path) -> Iterator[HTTPServer]:
    with http_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def fault(root: Path) -> Iterator[FaultServer]:
    with fault_server(root) as server:
        yield server


def remote(**options: object) -> Remote:
    return Remote(ranged=True, request_bytes=128 * KIB, gap_bytes=KIB, retries=1, **options)  # type: ignore[arg-type]


def read_often(fits: FITS, data: np.ndarray) -> None:
    for row in range(150, 700, 60):
        np.testing.assert_array_equal(fits[0][row : row + 20, :], data[row : row + 20])


# --- redirects ---


def test_redirects_are_followed_once_for_a_file(
    root: Path, http: HTTPServer, data: np.ndarray
) -> None:
    with http_server(root, redirect_to=http.url()) as first:
        for path, hops in (("elsewhere/a.fits", 1), ("redirect/3/a.fits", 3)):
            before = len(first.requests())
            with FITS(first.url(path), remote=remote()) as fits:
                read_often(fits, data)
                np.testing.assert_array_equal(fits[0].read(), data)
                requests = fits.remote_stats().requests
            seen = first.requests()[before:]
            assert requests > 8
            assert [entry["status"] for entry in seen].count("302") == hops
        # A file that is opened again is requested at its own URL.
        before = len(first.requests())
        rustfits.read_header(first.url("elsewhere/a.fits"), remote=remote())
        assert len(first.requests()) == before + 1


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "410"])
def test_expired_link_is_requested_again(fault: FaultServer, data: np.ndarray, status: str) -> None:
    start = len(fault.requests)
    target = fault.begin_plan(lambda number: f"status:{status}" if number in (2, 5) else "")
    with FITS(fault.url(f"to?{target}"), remote=remote(concurrency=1)) as fits:
        read_often(fits, data)
    asked = [path for _, path, _ in fault.requests[start:]]
    assert sum(path.startswith("/to?") for path in asked) == 3


def test_link_that_expires_for_requests_side_by_side(fault: FaultServer, data: np.ndarray) -> None:
    start = len(fault.requests)
    target = fault.begin_plan(lambda number: "status:403" if 1 <= number <= 4 else "")
    with FITS(fault.url(f"to?{target}"), remote=remote(concurrency=4)) as fits:
        np.testing.assert_array_equal(fits[0].read(), data)
    asked = [path for _, path, _ in fault.requests[start:]]
    assert 2 <= sum(path.startswith("/to?") for path in asked) <= 9


def test_refusal_at_both_places_is_an_error(fault: FaultServer) -> None:
    target = fault.begin_plan(lambda number: "status:403" if number else "")
    with FITS(fault.url(f"to?{target}"), remote=remote()) as fits:
        with pytest.raises(PermissionError, match=r"redirected to .*planned.* 403"):
            fits[0].read()


def test_server_of_a_redirect_disappears(root: Path, fault: FaultServer, data: np.ndarray) -> None:
    targets = []
    url = fault.begin_plan(lambda number: f"to:{targets[-1]}")
    with http_server(root) as first:
        targets.append(first.url("a.fits"))
        fits = FITS(url, remote=remote())
        np.testing.assert_array_equal(fits[0][200:210, :], data[200:210])
    with http_server(root) as second, fits:
        targets.append(second.url("a.fits"))
        np.testing.assert_array_equal(fits[0].read(), data)


def test_secrets_do_not_go_where_an_earlier_redirect_led(
    fault: FaultServer, http: HTTPServer, data: np.ndarray
) -> None:
    """Nor are they lost: back at the first server they are told again."""
    replies = [f"to:{http.url('a.fits?secret')}"]
    start = len(fault.requests)
    url = fault.begin_plan(lambda number: replies[0]).replace("//", "//me:hunter2@")
    with FITS(url, remote=remote(headers={"X-Token": "hunter3"})) as fits:
        read_often(fits, data)
        np.testing.assert_array_equal(fits[0].read(), data)
    seen = [entry for entry in http.requests() if entry["uri"] == "/a.fits?secret"]
    assert len(seen) > 8
    assert {(entry["token"], entry["authorization"]) for entry in seen} == {("", "")}
    assert [headers["x-token"] for _, _, headers in fault.requests[start:]] == ["hunter3"]


# --- logging in elsewhere ---


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text(f"machine localhost login {USER} password {PASSWORD}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.mark.usefixtures("netrc")
def test_cookies_of_an_archive_that_logs_in_elsewhere(root: Path, data: np.ndarray) -> None:
    with LoginServers(root) as servers:
        for time in (1, 2):  # what one file was given is not kept for the next
            with FITS(servers.url("a.fits"), remote=remote(netrc=True)) as fits:
                read_often(fits, data)
                np.testing.assert_array_equal(fits[0].read(), data)
            assert len(servers.asked("archive", "/callback")) == time
        files = servers.asked("archive", "/data")
        assert len(files) > 20
        assert sum("session=" not in headers.get("cookie", "") for headers in files) == 2
        assert not any("authorization" in headers for headers in servers.asked("archive"))
        assert not any(
            "session=" in headers.get("cookie", "") for headers in servers.asked("login")
        )
        assert not any("who=" in headers.get("cookie", "") for headers in files)


@pytest.mark.usefixtures("netrc")
def test_cookie_that_expires_is_got_again(root: Path, data: np.ndarray) -> None:
    with LoginServers(root) as servers:
        with FITS(servers.url("a.fits"), remote=remote(netrc=True)) as fits:
            servers.expire()
            read_often(fits, data)
        assert len(servers.asked("archive", "/callback")) == 2


def test_archive_that_wants_a_login_and_gets_none(root: Path) -> None:
    with LoginServers(root) as servers:
        with pytest.raises(PermissionError, match=r"redirected to http://localhost.*401"):
            FITS(servers.url("a.fits"))
    with LoginServers(root, page=True) as servers:
        with pytest.raises(PermissionError, match=r"redirected to http://localhost.*web page"):
            FITS(servers.url("a.fits"))
