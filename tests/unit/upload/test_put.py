# SPDX-License-Identifier: BSD-3-Clause
"""New files by PUT, on nginx and WsgiDAV."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import HTTPServer, http_server, https_server
from servers.nginx import PASSWORD, USER
from servers.upload import DAVServer, cut_proxy, dav_server
from support.drivers.sending import Send


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("root")


@pytest.fixture
def root(folder: Path) -> Path:
    """The folder of all servers, empty."""
    for file in folder.iterdir():
        file.unlink()
    return folder


@pytest.fixture(scope="module")
def other(folder: Path) -> Iterator[HTTPServer]:
    with https_server(folder) as server:
        yield server


@pytest.fixture(scope="module")
def http(folder: Path, other: HTTPServer) -> Iterator[HTTPServer]:
    with http_server(folder, redirect_to=other.url().rstrip("/")) as server:
        yield server


@pytest.fixture(scope="module")
def dav(folder: Path) -> Iterator[DAVServer]:
    with dav_server(folder) as server:
        yield server


def check(path: Path, image: np.ndarray) -> None:
    with astropy_fits.open(path) as hdus:
        np.testing.assert_array_equal(hdus[0].data, image)


def test_the_file_is_on_the_server_after_closing(
    send: Send, http: HTTPServer, root: Path, small: np.ndarray, large: np.ndarray
) -> None:
    for image in (small, large, small):
        assert send(http.url("put/a.fits"), image, put=True).status == "RF_OK"
        check(root / "a.fits", image)
    request = http.requests()[-1]
    assert request["method"] == "PUT"
    assert request["content_length"] == str((root / "a.fits").stat().st_size)
    assert request["content_type"] == "application/fits"


def test_a_header_of_the_caller_replaces_the_type(
    send: Send, http: HTTPServer, small: np.ndarray
) -> None:
    headers = {"content-type": "image/fits"}
    assert send(http.url("put/type.fits"), small, put=True, headers=headers).status == "RF_OK"
    assert http.requests()[-1]["content_type"] == "image/fits"


def test_a_spool_in_a_file_is_sent(
    send: Send, http: HTTPServer, root: Path, large: np.ndarray
) -> None:
    assert send(http.url("put/s.fits"), large, put=True, spool_bytes=100_000).status == "RF_OK"
    check(root / "s.fits", large)


def test_https(send: Send, other: HTTPServer, root: Path, large: np.ndarray) -> None:
    ca_bundle = str(other.ca_bundle)
    sent = send(other.url("put/tls.fits"), large, put=True, ca_bundle=ca_bundle)
    assert sent.status == "RF_OK"
    check(root / "tls.fits", large)


def test_without_put_no_request_is_sent(send: Send, http: HTTPServer, small: np.ndarray) -> None:
    before = len(http.requests())
    sent = send(http.url("put/none.fits"), small)
    assert (sent.status, sent.stage) == ("RF_ERR_READONLY", "open")
    assert "Remote(put=True)" in sent.message
    for mode, remote in (("w+", None), ("r+", None), ("r+", Remote(put=True))):
        with pytest.raises(rustfits.FITSReadOnlyError):
            FITS(http.url("put/none.fits"), mode, remote=remote)
    assert len(http.requests()) == before


def test_basic_authentication(send: Send, http: HTTPServer, root: Path, large: np.ndarray) -> None:
    url = http.url("putbasic/basic.fits")
    refused = send(url, large, put=True)
    assert (refused.status, refused.http_status) == ("RF_ERR_PERMISSION", 401)
    assert not (root / "basic.fits").exists()
    assert send(url, large, put=True, auth=(USER, PASSWORD)).status == "RF_OK"
    check(root / "basic.fits", large)


def test_digest_authentication(send: Send, dav: DAVServer, root: Path, large: np.ndarray) -> None:
    url = dav.url("digest.fits")
    refused = send(url, large, put=True, auth=(USER, "other"))
    assert (refused.status, refused.http_status) == ("RF_ERR_PERMISSION", 401)
    assert not (root / "digest.fits").exists()
    assert send(url, large, put=True, auth=(USER, PASSWORD)).status == "RF_OK"
    check(root / "digest.fits", large)


def test_a_missing_folder_is_named(send: Send, dav: DAVServer, small: np.ndarray) -> None:
    sent = send(dav.url("none/a.fits"), small, put=True, auth=(USER, PASSWORD))
    assert (sent.status, sent.http_status) == ("RF_ERR_HTTP_STATUS", 409)
    assert "folder of the file may be missing" in sent.message


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "RF_ERR_PERMISSION"),
        (404, "RF_ERR_NO_FILE"),
        (405, "RF_ERR_READONLY"),
        (413, "RF_ERR_NO_SPACE"),
        (423, "RF_ERR_LOCKED"),
        (501, "RF_ERR_READONLY"),
        (503, "RF_ERR_HTTP_STATUS"),
        (507, "RF_ERR_NO_SPACE"),
    ],
)
def test_refusals(send: Send, http: HTTPServer, large: np.ndarray, status: int, code: str) -> None:
    url = http.url(f"status/{status}")
    before = len(http.requests())
    sent = send(url, large, put=True, retries=0)
    assert (sent.status, sent.http_status, sent.stage) == (code, status, "close")
    assert len(http.requests()) == before + 1


def test_a_full_server_is_no_space(send: Send, http: HTTPServer, large: np.ndarray) -> None:
    sent = send(http.url("putsmall/a.fits"), large, put=True)
    assert (sent.status, sent.http_status) == ("RF_ERR_NO_SPACE", 413)


def test_a_server_that_takes_no_files(send: Send, http: HTTPServer, small: np.ndarray) -> None:
    sent = send(http.url("plain.fits"), small, put=True)
    assert (sent.status, sent.http_status) == ("RF_ERR_READONLY", 405)


def test_a_temporary_redirect_is_followed(
    send: Send, http: HTTPServer, root: Path, large: np.ndarray
) -> None:
    assert send(http.url("put307/r.fits"), large, put=True).status == "RF_OK"
    check(root / "r.fits", large)


def test_a_redirect_that_is_no_put_is_refused(
    send: Send, http: HTTPServer, root: Path, small: np.ndarray
) -> None:
    sent = send(http.url("put302/r302.fits"), small, put=True)
    assert (sent.status, sent.http_status) == ("RF_ERR_HTTP_STATUS", 302)
    assert "/put/r302.fits" in sent.message
    assert not (root / "r302.fits").exists()


def test_secrets_stay_with_their_server(
    send: Send, http: HTTPServer, other: HTTPServer, root: Path, small: np.ndarray
) -> None:
    sent = send(
        http.url("putelsewhere/e.fits"),
        small,
        put=True,
        auth=(USER, PASSWORD),
        headers={"X-Token": "secret"},
        ca_bundle=str(other.ca_bundle),
    )
    assert sent.status == "RF_OK"
    check(root / "e.fits", small)
    there = other.requests()[-1]
    assert (there["method"], there["uri"]) == ("PUT", "/put/e.fits")
    assert there["token"] == there["authorization"] == ""


def test_a_cut_upload_leaves_the_old_file(
    send: Send, http: HTTPServer, root: Path, small: np.ndarray, large: np.ndarray
) -> None:
    with cut_proxy(http.port, [1_000_000]) as proxy:
        sent = send(proxy.url("put/cut.fits"), large, put=True, retries=0)
        assert sent.status == "RF_ERR_NETWORK" and " of 8" in sent.message
        assert not (root / "cut.fits").exists()
        assert send(http.url("put/cut.fits"), small, put=True).status == "RF_OK"
        proxy.plan[:] = [4_000_000, 300]
        sent = send(proxy.url("put/cut.fits"), large, put=True, retries=1)
        assert sent.status == "RF_ERR_NETWORK" and "after 2 attempts" in sent.message
    check(root / "cut.fits", small)


def test_a_cut_upload_is_repeated(
    send: Send, http: HTTPServer, root: Path, large: np.ndarray
) -> None:
    with cut_proxy(http.port, [1_000_000]) as proxy:
        assert send(proxy.url("put/again.fits"), large, put=True, retries=1).status == "RF_OK"
        assert proxy.connections == 2
    check(root / "again.fits", large)


def test_a_lost_response_is_no_success(send: Send, http: HTTPServer, small: np.ndarray) -> None:
    with cut_proxy(http.port) as proxy:
        proxy.answers = "drop"
        sent = send(proxy.url("put/lost.fits"), small, put=True, retries=0)
    assert (sent.status, sent.stage) == ("RF_ERR_NETWORK", "close")


def test_a_silent_server_is_a_timeout(send: Send, http: HTTPServer, small: np.ndarray) -> None:
    with cut_proxy(http.port) as proxy:
        proxy.answers = "hold"
        sent = send(proxy.url("put/held.fits"), small, put=True, retries=0, timeout=0.5)
    assert (sent.status, sent.stage) == ("RF_ERR_TIMEOUT", "close")


def test_gz_is_compressed_before_it_is_sent(
    send: Send, http: HTTPServer, root: Path, small: np.ndarray
) -> None:
    assert send(http.url("put/z.fits.gz"), small, put=True).status == "RF_OK"
    assert (root / "z.fits.gz").read_bytes()[:2] == b"\x1f\x8b"
    check(root / "z.fits.gz", small)
    assert http.requests()[-1]["content_type"] == "application/octet-stream"


def test_messages_show_no_secrets(send: Send, http: HTTPServer, small: np.ndarray) -> None:
    url = http.url("status/403?token=hunter2", user="me", password="hunter2")
    sent = send(url, small, put=True)
    assert sent.status == "RF_ERR_PERMISSION" and "hunter2" not in sent.message
