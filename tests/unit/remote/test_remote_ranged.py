# SPDX-License-Identifier: BSD-3-Clause
"""Servers that break their word, for files that are read in parts and for such that are downloaded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import FaultServer, FTPServer, HTTPServer, fault_server, ftp_server, http_server

KIB = 1 << 10
#: Large enough for several requests, small enough for a byte-wise look.
SHAPE = (700, 500)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranged")
    data = np.random.default_rng(5).normal(size=SHAPE).astype("f4")
    astropy_fits.PrimaryHDU(data).writeto(folder / "a.fits")
    return folder


@pytest.fixture(scope="module")
def data(root: Path) -> np.ndarray:
    return np.asarray(astropy_fits.getdata(root / "a.fits"))


@pytest.fixture(scope="module")
def fault(root: Path) -> Iterator[FaultServer]:
    with fault_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def http(root: Path) -> Iterator[HTTPServer]:
    with http_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def ftp(root: Path) -> Iterator[FTPServer]:
    with ftp_server(root) as server:
        yield server


MODES = ("ranged", "download")


def how(mode: str, **options: Any) -> Remote:
    if mode == "download":
        return Remote(download=True, **options)
    return Remote(ranged=True, request_bytes=256 * KIB, **options)


def read(server: FaultServer, mode: str, plan: Callable[[int], str], **options: Any) -> np.ndarray:
    """Open, read, close; the plan counts from the first request."""
    with FITS(server.begin_plan(plan), remote=how(mode, **options)) as fits:
        return np.asarray(fits[0].read())


# --- what passes ---


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("cut", ["cut", "short"])
def test_connection_cut_at_every_64_kib(
    fault: FaultServer, data: np.ndarray, mode: str, cut: str
) -> None:
    """Each request brings 64 KiB, the next goes on from there: no byte comes twice."""
    start = len(fault.requests)
    np.testing.assert_array_equal(
        read(fault, mode, lambda number: f"{cut}:{64 * KIB}", retry_seconds=100), data
    )
    asked = [headers["range"] for _, _, headers in fault.requests[start:] if "range" in headers]
    firsts = [int(text.removeprefix("bytes=").partition("-")[0]) for text in asked]
    # A reset may drop bytes under way. Bytes that arrived are not requested again.
    if cut == "short":
        assert len(set(firsts)) == len(firsts), firsts
        assert len(firsts) <= data.nbytes // (64 * KIB) + 8
        assert all(first % (64 * KIB) == 0 for first in firsts)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("trouble", ["status:503", "status:500", "status:408", "status:429:1"])
def test_refused_at_first(fault: FaultServer, data: np.ndarray, mode: str, trouble: str) -> None:
    begin = time.monotonic()
    got = read(fault, mode, lambda number: trouble if number in (0, 1) else "")
    np.testing.assert_array_equal(got, data)
    if trouble == "status:429:1":
        assert time.monotonic() - begin >= 2


def test_refused_in_the_middle(fault: FaultServer, data: np.ndarray) -> None:
    got = read(fault, "ranged", lambda number: "status:503" if number % 3 == 1 else "")
    np.testing.assert_array_equal(got, data)


@pytest.mark.parametrize("mode", MODES)
def test_content_length_that_promises_too_much(
    fault: FaultServer, data: np.ndarray, mode: str
) -> None:
    """One answer only; and the file is the one that it was."""
    if mode == "download":
        with pytest.raises(OSError, match="Content-Range"):
            read(fault, mode, lambda number: "more:1000", retries=1)
        return
    got = read(fault, mode, lambda number: "more:1000" if number == 1 else "")
    np.testing.assert_array_equal(got, data)


def test_server_without_ranges_is_a_download(fault: FaultServer, data: np.ndarray) -> None:
    url = fault.begin_plan(lambda number: "whole")
    remote = Remote(threshold_bytes=1)
    with FITS(url, remote=remote) as fits:
        np.testing.assert_array_equal(fits[0].read(), data)
        assert not fits.remote_stats().ranged
        assert fits.remote_stats().requests == 1


def test_proxy_that_packs_is_a_download(fault: FaultServer, data: np.ndarray) -> None:
    """Parts of something packed are of no use; the whole of it is a .gz file."""
    url = fault.begin_plan(lambda number: "packed")
    with FITS(url) as fits:
        np.testing.assert_array_equal(fits[0].read(), data)
    url = fault.begin_plan(lambda number: "packed")
    with pytest.raises(rustfits.FITSError, match="Content-Encoding"):
        FITS(url, remote="ranged")


# --- what is used while it arrives ---


@pytest.fixture(scope="module")
def long(root: Path) -> np.ndarray:
    """An image that is long enough for that, with stored values that are not the real ones."""
    data = np.random.default_rng(6).integers(0, 1 << 16, (2100, 2300), dtype="u2")
    astropy_fits.PrimaryHDU(data).writeto(root / "long.fits")
    return data


def test_long_image_arrives_in_few_requests(http: HTTPServer, long: np.ndarray) -> None:
    seen: list[tuple[int, int | None]] = []
    remote = Remote(ranged=True, progress=lambda done, total: seen.append((done, total)))
    with FITS(http.url("long.fits"), remote=remote) as fits:
        np.testing.assert_array_equal(fits[0].read(), long)
        stats = fits.remote_stats()
        assert stats.bytes_wanted - long.nbytes < 10_000
        assert stats.bytes_fetched - long.nbytes < 300_000
        assert seen[-1][0] == seen[-1][1]
        np.testing.assert_array_equal(fits[0].read(dtype="f4"), long.astype("f4"))
        assert fits.remote_stats().requests <= stats.requests + 2


def test_long_image_that_breaks_off_within_elements(fault: FaultServer, long: np.ndarray) -> None:
    url = fault.begin_plan(lambda number: "short:2000001" if number else "")
    with FITS(url.replace("a.fits", "long.fits"), remote=how("ranged")) as fits:
        np.testing.assert_array_equal(fits[0].read(), long)
        assert fits.remote_stats().bytes_fetched - long.nbytes < 500_000


def test_long_image_that_never_comes(fault: FaultServer, long: np.ndarray) -> None:
    busy = [True]

    def plan(number: int) -> str:
        return "" if not busy else "short:2000001" if number < 2 else "status:503"

    url = fault.begin_plan(plan)
    with FITS(url.replace("a.fits", "long.fits"), remote=how("ranged", retries=1)) as fits:
        with pytest.raises(rustfits.FITSNetworkError, match="503"):
            fits[0].read()
        busy.clear()
        np.testing.assert_array_equal(fits[0].read(), long)


# --- several ranges in one request ---


def read_scattered(
    server: FaultServer, data: np.ndarray, plan: Callable[[int], str]
) -> tuple[int, int]:
    """Read two columns of the image; give the requests, and those of them for several ranges."""
    start = len(server.requests)
    remote = Remote(ranged=True, gap_bytes=32 * KIB)
    with FITS(server.begin_plan(plan), remote=remote) as fits:
        np.testing.assert_array_equal(fits[0][::9, 100:110], data[::9, 100:110])
        np.testing.assert_array_equal(fits[0][4::9, 300:310], data[4::9, 300:310])
        asked = [headers.get("range", "") for _, _, headers in server.requests[start:]]
        assert fits.remote_stats().requests == len(asked)
    return len(asked), sum("," in text for text in asked)


@pytest.mark.parametrize(
    "how", ["", "several:reversed", "several:joined", "several:chatty", "hull"]
)
def test_scattered_pixels_in_few_requests(fault: FaultServer, data: np.ndarray, how: str) -> None:
    assert read_scattered(fault, data, lambda number: how if number else "") == (3, 2)


@pytest.mark.parametrize(
    "how",
    [
        "whole",
        "first",
        "status:416",
        "status:403",
        "several:missing",
        "several:shifted",
        "several:twice",
        "several:longer",
        "several:boundary",
        "several:none",
        "several:endless",
    ],
)
def test_server_that_does_not_send_several_ranges(root: Path, data: np.ndarray, how: str) -> None:
    """One request has several ranges, for all files of the server. The later ones have one each."""
    with fault_server(root) as server:
        first, several = read_scattered(server, data, lambda number: how if number == 1 else "")
        assert several == 1
        for _ in range(2):
            assert read_scattered(server, data, lambda number: "") == (first - 1, 0)


def test_the_first_request_for_several_ranges_is_alone(root: Path, data: np.ndarray) -> None:
    """A server that sends the whole file instead does so on one connection, not on eight."""
    remote = Remote(ranged=True, gap_bytes=32 * KIB, threshold_bytes=1)
    for how in ("whole", ""):
        with fault_server(root) as server:
            for several in (1, 0) if how == "whole" else (3, 3):
                start = len(server.requests)
                url = server.begin_plan(lambda number, how=how: how if number == 1 else "")
                with FITS(url, remote=remote) as fits:
                    pixels = fits[0][::2, 100:110]
                np.testing.assert_array_equal(pixels, data[::2, 100:110])
                ranges = [headers.get("range", "") for _, _, headers in server.requests[start:]]
                assert sum("," in text for text in ranges) == several


@pytest.mark.parametrize("how", ["short:3000", "cut:3000", "short:70", "status:503"])
def test_several_ranges_that_break_off(fault: FaultServer, data: np.ndarray, how: str) -> None:
    """Bytes that arrived are not requested again."""
    _, several = read_scattered(fault, data, lambda number: how if number == 1 else "")
    assert several == 3


def test_several_ranges_of_another_file(fault: FaultServer, data: np.ndarray) -> None:
    for how in ("several:size", "other"):
        with pytest.raises(rustfits.FITSError, match="has changed"):
            read_scattered(fault, data, lambda number, how=how: how if number else "")  # type: ignore[misc]


# --- what does not ---


def test_server_without_ranges_where_they_are_insisted_on(fault: FaultServer) -> None:
    url = fault.begin_plan(lambda number: "whole")
    with pytest.raises(rustfits.FITSUnsupportedError, match="whole files only"):
        FITS(url, remote="ranged")


@pytest.mark.parametrize("trouble", ["badrange", "norange"])
def test_content_range_that_is_wrong(fault: FaultServer, trouble: str) -> None:
    with pytest.raises(rustfits.FITSNetworkError, match=r"206|the server sends"):
        read(fault, "ranged", lambda number: trouble, retries=1)


@pytest.mark.parametrize("mode", MODES)
def test_refused_for_good(fault: FaultServer, mode: str) -> None:
    with pytest.raises(rustfits.FITSNetworkError, match=r"503.*after 3 attempts") as caught:
        read(fault, mode, lambda number: "status:503", retries=2)
    assert caught.value.http_status == 503
    start = len(fault.requests)
    with pytest.raises(FileNotFoundError):
        read(fault, mode, lambda number: "status:404")
    assert len(fault.requests) == start + 1


@pytest.mark.parametrize("mode", MODES)
def test_a_byte_now_and_then(fault: FaultServer, mode: str) -> None:
    with pytest.raises(rustfits.FITSTimeoutError):
        read(fault, mode, lambda number: "trickle", timeout=0.5, retries=0)


@pytest.mark.parametrize("limit", [0.5, 1.5])
def test_repeats_are_bounded_in_time(fault: FaultServer, limit: float) -> None:
    begin = time.monotonic()
    with pytest.raises(rustfits.FITSNetworkError):
        read(fault, "ranged", lambda number: "status:503", retries=1000, retry_seconds=limit)
    assert time.monotonic() - begin < limit + 50


# --- another file ---


def test_file_replaced_between_requests(fault: FaultServer, data: np.ndarray) -> None:
    url = fault.begin_plan(lambda number: "")
    with FITS(url, remote=how("ranged")) as fits:
        np.testing.assert_array_equal(fits[0][:20, :], data[:20])  # came with the header
        fault.version = 2
        with pytest.raises(rustfits.FITSError, match="has changed") as caught:
            fits[0].read()
        assert caught.value.code == "RF_ERR_CHANGED"
        np.testing.assert_array_equal(fits[0][:20, :], data[:20])  # of the file that was opened
    assert fault.requests[-1][2]["if-range"] == '"1"'


def test_file_replaced_while_it_is_downloaded(fault: FaultServer) -> None:
    """What a broken download goes on with must be the same file."""

    def plan(number: int) -> str:
        if number == 0:
            return f"short:{100 * KIB}"
        fault.version = 2
        return ""

    with pytest.raises(rustfits.FITSError, match="has changed"):
        read(fault, "download", plan)


def test_server_that_forgets_what_it_said(fault: FaultServer) -> None:
    with pytest.raises(rustfits.FITSError, match="has changed"):
        read(fault, "ranged", lambda number: "other" if number else "")


def test_validator_that_the_server_holds_for_too_weak(root: Path, data: np.ndarray) -> None:
    """RFC 9110 lets a server refuse If-Range by a date that is too young: it sends the whole file then."""
    import http.server

    content = (root / "a.fits").read_bytes()
    asked: list[str | None] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            span = self.headers.get("Range")
            asked.append(self.headers.get("If-Range"))
            part, status = content, 200
            if span is not None and self.headers.get("If-Range") is None:
                first, _, last = span.removeprefix("bytes=").partition("-")
                part, status = content[int(first) : int(last) + 1], 206
            self.send_response(status)
            if status == 206:
                self.send_header(
                    "Content-Range",
                    f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}",
                )
            self.send_header("Last-Modified", "Sun, 22 Nov 2026 08:00:00 GMT")
            self.send_header("Content-Length", str(len(part)))
            self.end_headers()
            try:
                self.wfile.write(part)
            except OSError:
                self.close_connection = True  # no test wants the whole file

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}/a.fits"
            np.testing.assert_array_equal(rustfits.read(url, remote="ranged"), data)
        finally:
            server.shutdown()
            thread.join()
    assert "Sun, 22 Nov 2026 08:00:00 GMT" in asked


def test_server_disappears_after_open(root: Path, data: np.ndarray) -> None:
    with http_server(root) as server:
        fits = FITS(server.url("a.fits"), remote=how("ranged", retries=1))
        np.testing.assert_array_equal(fits[0][:100, :], data[:100])
    with fits:
        np.testing.assert_array_equal(fits[0][:100, :], data[:100])
        with pytest.raises(ConnectionError, match=r"a\.fits"):
            fits[0].read()
        np.testing.assert_array_equal(fits[0][50:100, :], data[50:100])


# --- secrets ---


def test_credentials_do_not_travel_with_ranges(
    fault: FaultServer, http: HTTPServer, data: np.ndarray
) -> None:
    url = fault.url(f"to?{http.url('a.fits?elsewhere')}").replace("//", "//me:hunter2@")
    remote = how("ranged", headers={"X-Token": "hunter3"})
    np.testing.assert_array_equal(rustfits.read(url, remote=remote), data)
    seen = [entry for entry in http.requests() if entry["uri"] == "/a.fits?elsewhere"]
    assert len(seen) > 1
    assert {(entry["token"], entry["authorization"]) for entry in seen} == {("", "")}


@pytest.mark.parametrize("mode", MODES)
def test_redirect_to_a_file_is_refused(fault: FaultServer, root: Path, mode: str) -> None:
    with pytest.raises(rustfits.FITSNetworkError, match="neither http nor https"):
        FITS(fault.url(f"to?file://{root}/a.fits"), remote=how(mode, retries=0))


@pytest.mark.parametrize("mode", MODES)
def test_endless_redirects(fault: FaultServer, mode: str) -> None:
    with pytest.raises(rustfits.FITSLimitError, match="redirected more than"):
        FITS(fault.url("endless/0"), remote=how(mode))


@pytest.mark.parametrize("mode", MODES)
def test_wrong_password(http: HTTPServer, mode: str) -> None:
    start = len(http.requests())
    with pytest.raises(PermissionError) as caught:
        FITS(http.url("basic/a.fits"), remote=how(mode, auth=("me", "hunter2")))
    assert "hunter2" not in str(caught.value)
    assert len(http.requests()) - start <= 2


def test_password_is_told_at_once_when_it_is_known_to_be_wanted(
    http: HTTPServer, data: np.ndarray
) -> None:
    from servers import nginx

    start = len(http.requests())
    remote = how("ranged", auth=(nginx.USER, nginx.PASSWORD))
    np.testing.assert_array_equal(rustfits.read(http.url("basic/a.fits"), remote=remote), data)
    statuses = [str(entry["status"]) for entry in http.requests()[start:]]
    assert statuses.count("401") == 1
    assert statuses.count("206") >= 2


def test_netrc(
    http: HTTPServer, data: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from servers import nginx

    (tmp_path / "netrc").write_text(
        f'machine 127.0.0.1 login {nginx.USER} password "{nginx.PASSWORD}"\n'
    )
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = http.url("basic/a.fits")
    np.testing.assert_array_equal(rustfits.read(url, remote=how("ranged", netrc=True)), data)
    with pytest.raises(PermissionError):
        rustfits.read(url)


# --- FTP ---


def test_ftp_in_parts(ftp: FTPServer, data: np.ndarray) -> None:
    start = len(ftp.commands())
    with FITS(ftp.url("a.fits"), remote=how("ranged")) as fits:
        assert fits.remote_stats().ranged
        np.testing.assert_array_equal(fits[0][600:610, :], data[600:610])
        assert fits.remote_stats().bytes_fetched < data.nbytes // 2
        np.testing.assert_array_equal(fits[0].read(), data)
    assert "REST" in {command for command, _, _ in ftp.commands()[start:]}


def test_ftp_server_that_tells_no_size_is_a_download(ftp: FTPServer, data: np.ndarray) -> None:
    with FITS(ftp.url("nosize/a.fits")) as fits:
        assert not fits.remote_stats().ranged
        np.testing.assert_array_equal(fits[0].read(), data)
    with pytest.raises(rustfits.FITSUnsupportedError, match="SIZE"):
        FITS(ftp.url("nosize/a.fits"), remote="ranged")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("command", ["size", "retr"])
def test_ftp_reply_without_a_command(
    ftp: FTPServer, data: np.ndarray, mode: str, command: str
) -> None:
    with FITS(ftp.url(f"stray{command}/a.fits"), remote=how(mode)) as fits:
        np.testing.assert_array_equal(fits[0].read(), data)
        assert fits.remote_stats().retries > 0


# --- interrupts and threads ---


def test_threads_share_one_open_file(http: HTTPServer, data: np.ndarray) -> None:
    with FITS(http.url("a.fits"), remote=how("ranged")) as fits:
        failures: list[BaseException] = []

        def job(seed: int) -> None:
            rng = np.random.default_rng(seed)
            try:
                for _ in range(20):
                    y, x = int(rng.integers(SHAPE[0] - 30)), int(rng.integers(SHAPE[1] - 30))
                    got = fits[0][y : y + 30, x : x + 30]
                    np.testing.assert_array_equal(got, data[y : y + 30, x : x + 30])
            except BaseException as failure:
                failures.append(failure)

        threads = [threading.Thread(target=job, args=(seed,)) for seed in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert fits.remote_stats().bytes_fetched < 2 * data.nbytes


# --- no retries ---


@pytest.mark.parametrize("part", [0, slice(600, None), (slice(600, 610), slice(5, 9)), ...])
@pytest.mark.parametrize(
    "trouble",
    [
        "cut:100",
        "cut:0",
        "short:100",
        "short:0",
        "status:503",
        "status:500",
        "status:429:0",
        "status:408",
        "trickle",
        "badrange",
        "norange",
    ],
)
def test_without_retries_each_failure_costs_one_request(
    fault: FaultServer, trouble: str, part: Any
) -> None:
    """Opening (`part` 0) and reading send one request, and report what became of it."""
    first = 0 if part == 0 else 1
    url = fault.begin_plan(lambda number: trouble if number >= first else "")
    remote = Remote(ranged=True, retries=0, timeout=0.5)
    start = len(fault.requests)
    with pytest.raises(rustfits.FITSError) as raised, FITS(url, remote=remote) as fits:
        assert part != 0 and len(fault.requests) == start + 1
        fits[0][part]
    assert len(fault.requests) == start + 1 + first
    assert "attempts" not in str(raised.value)
