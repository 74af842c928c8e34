# SPDX-License-Identifier: BSD-3-Clause
"""The C library alone, with its own libcurl transport, on every server; ranged and downloaded."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from servers import fault_server, ftp_server, http_server, https_server
from servers.login import PASSWORD, USER, LoginServers
from servers.s3 import PUBLIC, s3_server
from support import ROOT, c_library

SCHEMES = ("http", "https", "ftp", "ftps", "s3")


@pytest.fixture(scope="module")
def arrays() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(8)
    return rng.normal(size=(600, 500)), rng.integers(0, 1 << 30, 5000, dtype="i4")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, arrays: tuple[np.ndarray, np.ndarray]) -> Path:
    folder = tmp_path_factory.mktemp("remote-c")
    pixels, numbers = arrays
    hdus = [
        astropy_fits.PrimaryHDU(np.arange(99, dtype="i2")),
        astropy_fits.ImageHDU(pixels, name="WIDE"),
        astropy_fits.BinTableHDU.from_columns(
            [
                astropy_fits.Column("name", "8A", array=["star"] * 5000),
                astropy_fits.Column("id", "J", array=numbers),
            ],
            name="CAT",
        ),
    ]
    astropy_fits.HDUList(hdus).writeto(folder / "a.fits")
    return folder


@pytest.fixture(scope="module")
def places(root: Path) -> Iterator[dict[str, list[str]]]:
    """The URL of the folder on each server, and what has to be said with it."""
    with ExitStack() as stack:
        https = stack.enter_context(https_server(root))
        ftps = stack.enter_context(ftp_server(root, tls=True))
        s3 = stack.enter_context(s3_server())
        s3.put(PUBLIC, "a.fits", (root / "a.fits").read_bytes())
        yield {
            "http": [stack.enter_context(http_server(root)).url()],
            "https": [https.url(), f"ca_bundle={https.ca_bundle}"],
            "ftp": [stack.enter_context(ftp_server(root)).url()],
            "ftps": [ftps.url(), f"ca_bundle={ftps.ca_bundle}"],
            "s3": [f"s3://{PUBLIC}/", f"endpoint={s3.endpoint}"],
        }


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reader") / "remote_reader"
    folder = c_library.library_folder(c_library.installed())
    flags = c_library.run(
        ["pkg-config", "--cflags", "--libs", "rustfits"],
        env={"PKG_CONFIG_PATH": str(folder / "pkgconfig")},
    ).split()
    source = ROOT / "tests/c/programs/remote_reader.c"
    c_library.run(
        [
            *["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{ROOT / 'tests/c'}"],
            *["-o", str(place), str(source), *flags],
        ]
    )
    return place


def run(program: Path, url: str, folder: Path, *arguments: str) -> dict[str, str]:
    library = c_library.library_folder(c_library.installed())
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and not name.startswith("AWS_")
    }
    done = subprocess.run(
        [str(program), url, str(folder), *arguments],
        env={**environment, "LD_LIBRARY_PATH": str(library), "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    words = [line.partition(" ")[::2] for line in done.stdout.splitlines()]
    return dict(words)


@pytest.mark.parametrize("mode", ["auto", "download", "ranged"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_reads_what_is_there(
    program: Path,
    places: dict[str, list[str]],
    arrays: tuple[np.ndarray, np.ndarray],
    root: Path,
    tmp_path: Path,
    scheme: str,
    mode: str,
) -> None:
    pixels, numbers = arrays
    url, *more = places[scheme]
    said = run(program, url + "a.fits", tmp_path, mode, *more)
    assert said["status"] == "RF_OK", said["message"]
    assert (said["transport"], said["count"]) == ("libcurl", "3")
    section = np.fromfile(tmp_path / "section", "f8").reshape(60, 25)
    np.testing.assert_array_equal(section, pixels[::-10, 3::20])
    cutouts = np.fromfile(tmp_path / "cutouts", "f8").reshape(3, 9, 9)
    np.testing.assert_array_equal(cutouts[0], pixels[300:309, 200:209])
    np.testing.assert_array_equal(cutouts[1, 4:, 4:], pixels[:5, :5])
    np.testing.assert_array_equal(cutouts[2, :5, :5], pixels[595:, 495:])
    assert (cutouts[1, :4] == -1).all() and (cutouts[2, :, 5:] == -1).all()
    ids = np.fromfile(tmp_path / "ids", "i4")
    np.testing.assert_array_equal(ids, numbers[np.arange(50) * 977 % 5000])
    size = (root / "a.fits").stat().st_size
    assert int(said["size"]) == size
    assert said["ranged"] == ("1" if mode == "ranged" else "0")
    if mode == "download":
        assert int(said["fetched"]) == size
    if mode == "ranged" and scheme in ("http", "https"):
        # Rows and cutouts are scattered: several ranges in one request.
        assert int(said["fetched"]) < size // 2 + (256 << 10)
        assert int(said["requests"]) <= 12


@pytest.mark.parametrize("scheme", SCHEMES)
def test_says_that_there_is_no_such_file(
    program: Path, places: dict[str, list[str]], tmp_path: Path, scheme: str
) -> None:
    url, *more = places[scheme]
    said = run(program, url + "none.fits", tmp_path, "auto", *more)
    assert said["status"] == "RF_ERR_NO_FILE"
    assert "none.fits" in said["message"]


def test_redirect_is_followed_once(
    program: Path, places: dict[str, list[str]], root: Path, tmp_path: Path
) -> None:
    with http_server(root, redirect_to=places["http"][0]) as first:
        said = run(program, first.url("elsewhere/a.fits"), tmp_path, "ranged")
        assert said["status"] == "RF_OK", said["message"]
        assert len(first.requests()) == 1


def test_expired_link_is_requested_again(program: Path, root: Path, tmp_path: Path) -> None:
    with fault_server(root) as fault:
        target = fault.begin_plan(lambda number: "status:403" if number == 2 else "")
        said = run(program, fault.url(f"to?{target}"), tmp_path, "ranged")
        asked = [path for _, path, _ in fault.requests]
    assert said["status"] == "RF_OK", said["message"]
    assert sum(path.startswith("/to?") for path in asked) == 2


def serve_once(body: bytes) -> int:
    """Answer one request with the first bytes of a file, then stop listening."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        listener.close()
        with client:
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += client.recv(65536)
            last = min(int(asked.split(b"bytes=0-")[1].split(b"\r\n")[0]), len(body) - 1)
            head = f'HTTP/1.1 206 Part\r\nConnection: close\r\nETag: "1"\r\nContent-Length: {last + 1}\r\n'
            head += f"Content-Range: bytes 0-{last}/{len(body)}\r\n\r\n"
            client.sendall(head.encode() + body[: last + 1])

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def test_server_of_a_redirect_disappears(program: Path, root: Path, tmp_path: Path) -> None:
    port = serve_once((root / "a.fits").read_bytes())
    with fault_server(root) as fault:
        url = fault.begin_plan(
            lambda number: f"to:http://127.0.0.1:{port}/a.fits" if number == 0 else ""
        )
        said = run(program, url, tmp_path, "ranged")
        assert len(fault.requests) > 2
    assert said["status"] == "RF_OK", said["message"]


def test_cookies_of_an_archive_that_logs_in_elsewhere(
    program: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text(f"machine localhost login {USER} password {PASSWORD}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with LoginServers(root) as servers:
        said = run(program, servers.url("a.fits"), tmp_path, "ranged", "netrc=1")
        assert said["status"] == "RF_OK", said["message"]
        assert len(servers.asked("archive", "/callback")) == 1
        files = servers.asked("archive", "/data")
        assert len(files) > 4
        assert sum("session=" not in headers.get("cookie", "") for headers in files) == 1
        assert not any("authorization" in headers for headers in servers.asked("archive"))
        assert not any(
            "session=" in headers.get("cookie", "") for headers in servers.asked("login")
        )


def test_archive_that_wants_a_login_and_gets_none(
    program: Path, root: Path, tmp_path: Path
) -> None:
    for page, reason in ((False, "401"), (True, "web page")):
        with LoginServers(root, page=page) as servers:
            said = run(program, servers.url("a.fits"), tmp_path, "auto")
        assert said["status"] == "RF_ERR_PERMISSION"
        assert "redirected to http://localhost" in said["message"]
        assert reason in said["message"]
