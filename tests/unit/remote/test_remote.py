# SPDX-License-Identifier: BSD-3-Clause
"""Files on real servers through `FITS`, as users see them; test_transport.py tests the requests."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
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
from servers import nginx as nginx_module

USER, PASSWORD = nginx_module.USER, nginx_module.PASSWORD


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the machine says about proxies and certificates is not what the tests are about."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    rng = np.random.default_rng(7)
    image = rng.normal(size=(300, 401)).astype("f4")
    counts = rng.integers(0, 60000, size=(50, 61), dtype="u2")
    hdus = [astropy_fits.PrimaryHDU(image), astropy_fits.ImageHDU(counts, name="COUNTS")]
    astropy_fits.HDUList(hdus).writeto(folder / "a.fits")
    (folder / "a.fits.gz").write_bytes(gzip.compress((folder / "a.fits").read_bytes()))
    (folder / "UPPER.FITS.GZ").write_bytes((folder / "a.fits.gz").read_bytes())
    (folder / "a.packed").write_bytes((folder / "a.fits.gz").read_bytes())
    (folder / "dir").mkdir()
    (folder / "dir" / "m 31+[x] (é)!.fits").write_bytes((folder / "a.fits").read_bytes())
    (folder / "page.html").write_text("<html>log in first</html>" * 200)
    (folder / "empty.fits").write_bytes(b"")
    for number in range(8):
        astropy_fits.PrimaryHDU(np.full((64, 64), number, "i4")).writeto(folder / f"n{number}.fits")
    return folder


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def http(root: Path) -> Iterator[HTTPServer]:
    with http_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def https(root: Path, authority: Authority) -> Iterator[HTTPServer]:
    with https_server(root, authority=authority) as server:
        yield server


@pytest.fixture(scope="module")
def ftp(root: Path) -> Iterator[FTPServer]:
    with ftp_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def ftps(root: Path, authority: Authority) -> Iterator[FTPServer]:
    with ftp_server(root, tls=True, authority=authority) as server:
        yield server


@pytest.fixture(scope="module")
def fault(root: Path) -> Iterator[FaultServer]:
    with fault_server(root) as server:
        yield server


@pytest.fixture(params=["http", "https", "ftp", "ftps"])
def server(request: pytest.FixtureRequest) -> HTTPServer | FTPServer:
    made: HTTPServer | FTPServer = request.getfixturevalue(request.param)
    return made


def trust(server: HTTPServer | FTPServer) -> Remote:
    return Remote(ca_bundle=server.ca_bundle)


def check_arrays(url: str, root: Path, remote: Remote | None = None) -> None:
    with (
        astropy_fits.open(root / "a.fits") as reference,
        FITS(url, remote=remote) as fits,
    ):
        assert len(fits) == len(reference)
        for ours, theirs in zip(fits, reference, strict=True):
            data = ours.read()
            np.testing.assert_array_equal(data, theirs.data)
            assert data.dtype == theirs.data.dtype.newbyteorder("=")
        np.testing.assert_array_equal(fits["counts"][3:9, ::-7], reference[1].data[3:9, ::-7])


# --- reading ---


@pytest.mark.parametrize(
    "name", ["a.fits", "a.fits.gz", "UPPER.FITS.GZ", "a.packed", "dir/m 31+[x] (é)!.fits"]
)
def test_arrays_equal_astropys(server: HTTPServer | FTPServer, root: Path, name: str) -> None:
    check_arrays(server.url(name), root, trust(server))


@pytest.mark.parametrize("name", ["a.fits", "a.fits.gz"])
@pytest.mark.parametrize("query", ["?", "?x=1&y=b.gz", "?a.fits", "#part"])
def test_query_does_not_hide_the_suffix(
    http: HTTPServer, root: Path, name: str, query: str
) -> None:
    check_arrays(http.url(name) + query, root)


def test_path_is_typed_as_it_is(http: HTTPServer, root: Path) -> None:
    """Blanks and letters beyond ASCII need not be percent-encoded by hand."""
    check_arrays(f"http://{http.host}:{http.port}/dir/m 31+[x] (é)!.fits", root)


@pytest.mark.parametrize("name", ["a.fits", "a.fits.gz"])
def test_gzip_that_a_server_adds_on_its_own(fault: FaultServer, root: Path, name: str) -> None:
    if name == "a.fits":
        check_arrays(fault.url(f"gzip/{name}"), root)
    check_arrays(fault.url(f"nolength/{name}"), root)
    check_arrays(fault.url(f"chunked/{name}"), root)


def test_gzip_content_encoding_cut_short(fault: FaultServer) -> None:
    with pytest.raises(OSError, match=r"gzipcut/a\.fits"):
        FITS(fault.url("gzipcut/a.fits")).to_bytes()


def test_few_requests_for_one_small_file(root: Path) -> None:
    """The first answer tells the size, the second request brings the rest."""
    with http_server(root) as server:
        with FITS(server.url("a.fits")) as fits:
            for hdu in fits:
                hdu.read()
            fits.to_bytes()
        assert [entry["uri"] for entry in server.requests()] == ["/a.fits"] * 2
        assert rustfits.read(server.url("n1.fits")).max() == 1
        assert [entry["uri"] for entry in server.requests()].count("/n1.fits") == 1


def test_connection_is_kept_for_the_next_file(root: Path) -> None:
    with http_server(root) as server:
        for number in range(3):
            assert rustfits.read(server.url(f"n{number}.fits")).max() == number
        assert len({entry["connection"] for entry in server.requests()}) == 1


def test_convenience_functions(http: HTTPServer, root: Path) -> None:
    np.testing.assert_array_equal(
        rustfits.read(http.url("a.fits.gz"), "counts"), astropy_fits.getdata(root / "a.fits", 1)
    )
    assert rustfits.read_header(http.url("a.fits"))["NAXIS1"] == 401


def test_content_that_is_no_fits(http: HTTPServer) -> None:
    for name in ("page.html", "empty.fits"):
        with pytest.raises(rustfits.NotFITSError, match=name):
            FITS(http.url(name))


# --- writing ---


@pytest.mark.parametrize("mode", ["r+", "w+"])
@pytest.mark.parametrize("name", ["a.fits", "a.fits.gz", "new.fits"])
def test_writing_is_refused_before_any_request(root: Path, mode: str, name: str) -> None:
    with http_server(root) as server, ftp_server(root) as ftp:
        for url in (server.url(name), ftp.url(name), ftp.url(name).replace("ftp", "ftps")):
            with pytest.raises(rustfits.FITSReadOnlyError, match=r"can only be read") as caught:
                FITS(url, mode)
            assert isinstance(caught.value, OSError)
            assert url in str(caught.value)
        with pytest.raises(rustfits.FITSReadOnlyError):
            rustfits.write(server.url(name), np.zeros(3))
        assert server.requests() == []
        assert ftp.commands() == []


def test_writing_into_an_open_remote_file_is_refused(http: HTTPServer) -> None:
    with FITS(http.url("a.fits")) as fits:
        with pytest.raises(rustfits.FITSReadOnlyError):
            fits[0].header["OBJECT"] = "M 31"
        with pytest.raises(rustfits.FITSReadOnlyError):
            fits[0][0, 0] = 1


# --- users, passwords, secrets ---


def test_basic_authentication_from_the_url(http: HTTPServer, root: Path) -> None:
    check_arrays(http.url("basic/a.fits", user=USER, password=PASSWORD), root)


def test_ftp_user_and_password_from_the_url(root: Path, authority: Authority) -> None:
    for tls in (False, True):
        with ftp_server(root, anonymous=False, tls=tls, authority=authority) as server:
            url = server.url("a.fits", user=USER, password=PASSWORD)
            check_arrays(url, root, trust(server))
            assert ("USER", USER, tls) in server.commands()
            with pytest.raises(rustfits.FITSPermissionError):
                FITS(server.url("a.fits"), remote=trust(server))


def test_passwords_are_never_shown(http: HTTPServer, ftp: FTPServer) -> None:
    secret = "hunter2"
    urls = [
        http.url("basic/a.fits", user="me", password=secret),
        http.url("status/500", user="me", password=secret),
        http.url("none.fits", user="me", password=secret),
        http.url(f"none.fits?X-Amz-Signature={secret}&token={secret}"),
        http.url("page.html", user="me", password=secret),
        ftp.url("a.fits", user="me", password=secret),
        ftp.url("none.fits", user=USER, password=secret),
        f"http://me:{secret}@no-such-host.invalid/a.fits",
        f"https://me:{secret}@127.0.0.1:{http.port}/a.fits",
        f"http://me:{secret}@/a.fits",
        f"http://me:{secret}@host:port:port/a.fits",
        f"unknown-scheme://me:{secret}@host/a.fits",
        f"ftp://me:{secret}%0d%0aDELE x@127.0.0.1/a.fits",
    ]
    for url in urls:
        for mode in ("r", "r+"):
            with pytest.raises(rustfits.FITSError) as caught:
                FITS(url, mode, remote=Remote(timeout=30))
            error = caught.value
            for shown in (str(error), repr(error), str(error.filename), repr(error.__dict__)):
                assert secret not in shown
    with FITS(http.url("a.fits", user="me", password=secret)) as fits:
        assert secret not in fits.filename
        assert secret not in repr(fits) + repr(fits[0])
        with pytest.raises(IndexError) as missing:
            fits[99]
        assert secret not in str(missing.value)


def test_control_characters_cannot_smuggle_ftp_commands(ftp: FTPServer) -> None:
    """A line end in a decoded user name would be the end of one command and the begin of another."""
    before = len(ftp.commands())
    for url in ("ftp://me%0d%0aDELE%20a.fits:x@{}/a.fits", "ftp://me:x%0aDELE%20a.fits@{}/a.fits"):
        with pytest.raises(ValueError, match="control character"):
            FITS(url.format(f"127.0.0.1:{ftp.port}"))
    assert len(ftp.commands()) == before


# --- Remote ---


def test_headers(http: HTTPServer, root: Path) -> None:
    check_arrays(http.url("token/a.fits"), root, Remote(headers={"X-Token": nginx_module.TOKEN}))
    with pytest.raises(rustfits.FITSPermissionError, match="403"):
        FITS(http.url("token/a.fits"))


def test_timeout(fault: FaultServer, ftp: FTPServer) -> None:
    for url in (fault.url("stall/a.fits"), fault.url("silent/a.fits"), ftp.url("slow/a.fits")):
        with pytest.raises(TimeoutError, match=r"a\.fits") as caught:
            FITS(url, remote=Remote(timeout=0.4, retries=1))
        assert isinstance(caught.value, rustfits.FITSTimeoutError)


def test_remote_is_comparable_hashable_and_immutable() -> None:
    remote = Remote(headers={"A": "1", "B": "2"}, timeout=5, ca_bundle=Path("ca.pem"))
    same = Remote(ca_bundle="ca.pem", timeout=5.0, headers={"B": "2", "A": "1"})
    assert remote == same
    assert hash(remote) == hash(same)
    assert remote != Remote(timeout=5)
    assert Remote() == Remote(ranged=False)
    assert Remote() != "download"
    assert len({remote, same, Remote()}) == 2
    assert pickle.loads(pickle.dumps(remote)) == remote
    with pytest.raises(AttributeError):
        remote.timeout = 3.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del remote.timeout
    with pytest.raises(AttributeError):
        remote.other = 3  # type: ignore[attr-defined]
    headers = remote.headers
    assert headers is not None
    headers["A"] = "changed"
    assert remote == same


def test_remote_repr_evals_and_hides_secrets() -> None:
    remote = Remote(headers={"Accept": "x/y"}, timeout=5, connect_timeout=2, ca_bundle="a b.pem")
    assert eval(repr(remote)) == remote
    assert eval(repr(Remote(ranged=True, block_bytes=1 << 20, cache_bytes=1 << 24))) == Remote(
        ranged=True, block_bytes=1 << 20, cache_bytes=1 << 24
    )
    assert repr(Remote()) == "Remote()"
    for name in ("Authorization", "Cookie", "X-Api-Key", "Private-Token", "X-Amz-Signature"):
        shown = repr(Remote(headers={name: "hunter2"}))
        assert "hunter2" not in shown
        assert "***" in shown


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({"ranged": 1}, TypeError),
        ({"headers": ["A: b"]}, TypeError),
        ({"headers": {"A": 1}}, TypeError),
        ({"headers": {b"A": "b"}}, TypeError),
        ({"headers": {"A b": "c"}}, ValueError),
        ({"headers": {"": "c"}}, ValueError),
        ({"headers": {"A": "c\r\nB: d"}}, ValueError),
        ({"headers": {"Range": "bytes=0-9"}}, ValueError),
        ({"timeout": 0}, ValueError),
        ({"timeout": -1}, ValueError),
        ({"timeout": float("nan")}, ValueError),
        ({"timeout": float("inf")}, ValueError),
        ({"timeout": "5"}, TypeError),
        ({"timeout": True}, TypeError),
        ({"connect_timeout": 0}, ValueError),
        ({"block_bytes": 0}, ValueError),
        ({"block_bytes": 1.5}, TypeError),
        ({"cache_bytes": -1}, ValueError),
        ({"ca_bundle": 3}, TypeError),
        ({"ca_bundle": ""}, ValueError),
    ],
)
def test_remote_refuses(arguments: dict[str, object], kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        Remote(**arguments)  # type: ignore[arg-type]
    assert isinstance(caught.value, rustfits.FITSError)
    assert str(caught.value)


@pytest.mark.parametrize("remote", ["fast", 3, b"ranged", {"timeout": 3}])
def test_remote_of_the_wrong_type(http: HTTPServer, remote: object) -> None:
    with pytest.raises((TypeError, ValueError), match="Remote"):
        FITS(http.url("a.fits"), remote=remote)  # type: ignore[arg-type]


# --- failures, as exceptions ---


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("none.fits", FileNotFoundError, "404"),
        ("status/410", FileNotFoundError, "410"),
        ("status/403", PermissionError, "403"),
        ("status/500", ConnectionError, "500"),
        ("status/503", ConnectionError, "503"),
        ("loop/a.fits", OSError, "redirected more than 10 times"),
    ],
)
def test_http_failures(http: HTTPServer, path: str, kind: type[OSError], said: str) -> None:
    url = http.url(path)
    with pytest.raises(kind, match=said) as caught:
        FITS(url)
    error = caught.value
    assert isinstance(error, rustfits.FITSError)
    assert isinstance(error, OSError)
    assert str(error).startswith(url)
    assert error.filename == url
    if said.isdigit():
        assert error.http_status == int(said)


def test_ftp_failures(ftp: FTPServer) -> None:
    for path, kind in (("none.fits", FileNotFoundError), ("refuse/a.fits", FileNotFoundError)):
        with pytest.raises(kind, match="550") as caught:
            FITS(ftp.url(path))
        assert str(caught.value).startswith(ftp.url(path))
    with pytest.raises(rustfits.FITSTruncatedError, match=r"of \d+ bytes"):
        FITS(ftp.url("cut/a.fits"))


def test_network_failures(fault: FaultServer, http: HTTPServer, root: Path) -> None:
    once = Remote(
        retries=0
    )  # tests/unit/remote/test_remote_ranged.py looks at how often it is tried again
    size = (root / "a.fits").stat().st_size
    with pytest.raises(OSError, match=f"{size // 2} of {size} bytes") as caught:
        FITS(fault.url("short/a.fits"), remote=once)
    assert isinstance(caught.value, rustfits.FITSTruncatedError)
    with pytest.raises(ConnectionError, match="reset"):
        FITS(fault.url("cut/a.fits"), remote=once)
    with pytest.raises(ConnectionError, match=r"no-such-host\.invalid"):
        FITS("http://no-such-host.invalid/a.fits", remote=Remote(timeout=60, retries=0))
    with pytest.raises(ConnectionError):
        FITS(fault.url("garbage/a.fits"), remote=once)
    with pytest.raises(ConnectionError):
        FITS(f"https://127.0.0.1:{http.port}/a.fits")


def test_lie_about_the_size_costs_no_memory(fault: FaultServer) -> None:
    with pytest.raises(rustfits.FITSLimitError, match="4611686018427387904"):
        FITS(fault.url("huge/a.fits"))


def test_certificates(
    https: HTTPServer, ftps: FTPServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for server in (https, ftps):
        url = server.url("a.fits")
        for remote in (None, "ranged", "download"):
            with pytest.raises(ConnectionError, match=r"certificate.*ca_bundle") as caught:
                FITS(url, remote=remote)
            assert "attempts" not in str(caught.value)
        check_arrays(url, root, trust(server))
    monkeypatch.setenv("SSL_CERT_FILE", str(https.ca_bundle))
    check_arrays(https.url("a.fits"), root)
    check_arrays(ftps.url("a.fits.gz"), root)


def test_certificate_of_another_host(root: Path, authority: Authority) -> None:
    with (
        https_server(root, name="other.example", authority=authority) as server,
        pytest.raises(ConnectionError, match=r"127\.0\.0\.1"),
    ):
        FITS(server.url("a.fits"), remote=Remote(ca_bundle=authority.bundle))


def test_ftps_does_not_go_on_without_tls(root: Path) -> None:
    with ftp_server(root) as server:
        with pytest.raises(ConnectionError, match="AUTH TLS"):
            FITS(server.url("a.fits", user=USER, password=PASSWORD).replace("ftp:", "ftps:"))
        assert {command for command, _, _ in server.commands()} <= {"AUTH", "QUIT"}


def test_proxy_of_the_environment(
    http: HTTPServer, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nginx takes the request meant for a proxy and answers it from its own folder."""
    monkeypatch.setenv("http_proxy", http.url())
    check_arrays("http://no-such-host.invalid/a.fits.gz?by=proxy", root)
    asked = [entry for entry in http.requests() if entry["uri"].endswith("by=proxy")]
    assert asked
    assert {entry["host"] for entry in asked} == {"no-such-host.invalid"}


def test_bytes_left_inside_tls_are_not_waited_for(
    root: Path, https: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TLS may have decoded the rest already: select() sees nothing of it and sleeps its second.

    libcurl says so by a time-out of 0.
    """
    from rustfits._core.remote import session

    class Spy:
        def __init__(self, multi: Any) -> None:
            self._multi = multi
            self.said: int | None = None
            self.waits: list[tuple[int | None, float]] = []

        def __getattr__(self, name: str) -> Any:
            return getattr(self._multi, name)

        def timeout(self) -> int:
            self.said = self._multi.timeout()
            return self.said

        def select(self, seconds: float) -> int:
            # What was said then: asked once more now, libcurl may say that the time is over.
            self.waits.append((self.said, seconds))
            self.said = None
            ready: int = self._multi.select(seconds)
            return ready

    line = session.Handles()
    spy = line.multi = Spy(line.multi)
    monkeypatch.setattr(session.Session, "take", lambda self: line)
    monkeypatch.setattr(session.Session, "leave", lambda self, line: None)
    for name in ("a.fits", "a.fits.gz", "n1.fits") * 5:
        check = FITS(https.url(name), remote=trust(https))
        check.close()
    assert spy.waits
    for said, seconds in spy.waits:
        assert said is not None
        assert said != 0
        assert 0 < seconds <= (1 if said < 0 else said / 1000)


# --- threads and signals ---


def test_many_threads_many_files(http: HTTPServer, ftp: FTPServer) -> None:
    def job(number: int) -> int:
        server = http if number % 2 else ftp
        data = rustfits.read(server.url(f"n{number % 8}.fits"))
        assert data.shape == (64, 64)
        assert data.min() == data.max() == number % 8
        return number

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(job, range(80))) == list(range(80))


def test_gil_is_free_while_bytes_are_awaited(root: Path) -> None:
    """The server is a thread of this process: without the GIL it could not send the second half."""
    counted = 0

    with fault_server(root) as server:

        def other() -> None:
            nonlocal counted
            assert server.wait_until_held()
            for _ in range(100_000):
                counted += 1
            server.open_gate()

        thread = threading.Thread(target=other)
        thread.start()
        check_arrays(server.url("gate/a.fits"), root, Remote(download=True))
        thread.join()
    assert counted == 100_000


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a thread are a POSIX thing")
def test_ctrl_c_in_a_transfer(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with fault_server(root) as server:
        main = threading.get_ident()

        def interrupt() -> None:
            assert server.wait_until_held()
            signal.pthread_kill(main, signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            FITS(server.url("stall/a.fits"))
        thread.join()
        # Nothing is left of it: the next file comes as if nothing had been.
        with FITS(server.url("plain/a.fits")) as fits:
            assert len(fits) == 2
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a thread are a POSIX thing")
def test_signal_handler_that_opens_a_file_in_a_transfer(root: Path) -> None:
    with fault_server(root) as server:
        main = threading.get_ident()
        seen: list[int] = []

        def handler(number: int, frame: object) -> None:
            seen.append(int(rustfits.read(server.url("plain/n5.fits")).max()))
            server.open_gate()

        def send() -> None:
            assert server.wait_until_held()
            signal.pthread_kill(main, signal.SIGUSR1)

        before = signal.signal(signal.SIGUSR1, handler)
        try:
            thread = threading.Thread(target=send)
            thread.start()
            check_arrays(server.url("gate/a.fits"), root, Remote(download=True))
            thread.join()
        finally:
            signal.signal(signal.SIGUSR1, before)
        assert seen == [5]


def test_exception_in_the_transport_reaches_the_caller(
    http: HTTPServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    from rustfits._core.remote import transfer

    def broken(*arguments: object) -> None:
        raise ZeroDivisionError("broken on purpose")

    monkeypatch.setattr(transfer.Transfer, "begin", broken)
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        FITS(http.url("a.fits"))
    monkeypatch.undo()
    rustfits.read(http.url("a.fits"))
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork is a POSIX thing")
def test_forked_child_has_connections_of_its_own(root: Path) -> None:
    """A child that used its parent's connection would take bytes that are meant for the parent."""
    with http_server(root) as server:
        assert rustfits.read(server.url("n1.fits")).max() == 1
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            answer = b"failed"
            try:
                answer = b"%d" % rustfits.read(server.url("n2.fits")).max()
            finally:
                os.write(writable, answer)
                os._exit(0)
        os.close(writable)
        with os.fdopen(readable, "rb") as pipe:
            assert pipe.read() == b"2"
        os.waitpid(child, 0)
        assert rustfits.read(server.url("n3.fits")).max() == 3
        seen = {entry["uri"]: entry["connection"] for entry in server.requests()}
        assert seen["/n1.fits"] == seen["/n3.fits"] != seen["/n2.fits"]


def test_importing_the_package_does_not_import_pycurl(tmp_path: Path) -> None:
    import subprocess

    code = "import sys, rustfits; sys.exit('pycurl' in sys.modules or 'ssl' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=tmp_path)
    assert done.returncode == 0


def test_driver_table_names_pycurl() -> None:
    from rustfits._core.binding.library import ffi, lib

    for scheme in (b"http", b"https", b"ftp", b"ftps"):
        assert ffi.string(lib.rf_transport_name(scheme)) == b"pycurl"


def test_to_bytes_of_a_remote_file(http: HTTPServer, root: Path) -> None:
    with FITS(http.url("a.fits.gz")) as fits:
        content = fits.to_bytes()
    assert content == (root / "a.fits").read_bytes()
    with astropy_fits.open(io.BytesIO(content)) as reference:
        assert len(reference) == 2
