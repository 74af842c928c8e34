# SPDX-License-Identifier: BSD-3-Clause
"""What must not be shown, and what must not be obeyed by a terminal, in whatever comes out."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rustfits
import rustfits.fitsio
from rustfits import FITS, Remote
from servers import fault_server, http_server

SECRET = "hunter2"
# Forms of a name that holds a secret. {} represents "host:port".
NAMES = [
    f"http://{{}}/none.fits?token={SECRET}",
    f"http://{{}}/none.fits?%74oken={SECRET}&x=1",
    f"http://{{}}/none.fits?X%2DAmz%2DSignature={SECRET}",
    f"http://{{}}/none.fits?u=https%3A%2F%2Fo%2F%3Fsig%3D{SECRET}",
    f"http://{{}}/none.fits;token={SECRET}",
    f"http://{{}}/none.fits#access_token={SECRET}",
    f"http://{{}}/none.fits?code={SECRET}&sig={SECRET}",
    f"http://{SECRET}@{{}}/none.fits",
    f"http://{SECRET}:@{{}}/none.fits",
    f"http://me%3A{SECRET}@{{}}/none.fits",
    f"unknown-scheme://{SECRET}@{{}}/none.fits",
    f"memory://none.fits?token={SECRET}",
    f"simplecache::http://me:{SECRET}@{{}}/none.fits",
    f"s3://{SECRET}@bucket/none.fits",
]
HOSTILE = "a\nb\x1b[31m\u202e\x9b\u2028c"
TERMINAL = "\n\r\t\x1b\u202e\x9b\u2028\x07"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    rustfits.write(folder / "a.fits", np.arange(6, dtype="i2"))
    return folder


def all_of(error: BaseException) -> str:
    """Give all that can be seen of an exception and of what led to it."""
    seen = ""
    link: BaseException | None = error
    while link is not None:
        seen += f"{link} {link!r} {link.__dict__} {getattr(link, 'filename', '')}"
        link = link.__cause__ or link.__context__
    return seen


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "call",
    [
        FITS,
        rustfits.read,
        rustfits.read_header,
        lambda name: FITS(name, "r+"),
        lambda name: rustfits.pack(name, "never-made.fits"),
        lambda name: rustfits.pack("missing.fits", name),
        rustfits.fitsio.FITS,
    ],
    ids=["FITS", "read", "read_header", "r+", "pack", "pack-to", "fitsio"],
)
def test_no_failure_shows_a_secret(
    root: Path, name: str, call: Callable[[str], object], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with http_server(root) as server:
        with pytest.raises(rustfits.FITSError) as caught:
            call(name.format(f"127.0.0.1:{server.port}"))
        seen = all_of(caught.value)
    assert SECRET not in seen
    assert "***" in seen or seen.startswith("missing.fits: ")


def test_no_open_file_shows_a_secret(root: Path) -> None:
    with http_server(root) as server:
        url = f"{server.url('a.fits')};sid={SECRET}?sig={SECRET}#token={SECRET}"
        with FITS(server.url("a.fits") + f"?sig={SECRET}#token={SECRET}") as fits:
            seen = repr(fits) + fits.filename + repr(fits[0]) + repr(fits.remote_stats())
            with pytest.raises(IndexError) as missing:
                fits[9]
        assert SECRET not in seen + all_of(missing.value)
        with pytest.raises(rustfits.FITSError) as caught:
            FITS(url)
        assert SECRET not in all_of(caught.value)


def test_where_a_redirect_leads_is_shown_without_what_the_server_added(root: Path) -> None:
    with fault_server(root) as server:
        target = server.url(f"none.fits?opaque={SECRET}#{SECRET}").replace("://", f"://{SECRET}@")
        with pytest.raises(rustfits.FITSError) as caught:
            FITS(server.url("to") + "?" + target, remote=Remote(retries=0))
        assert "redirected to http://" in str(caught.value)
        assert "none.fits?***: " in str(caught.value)
        assert SECRET not in str(caught.value).partition("redirected to")[2]
        with pytest.raises(rustfits.FITSError, match="neither http nor https") as caught:
            FITS(server.url("to") + f"?ftp://o/?x={SECRET}", remote=Remote(retries=0))
        assert 'redirects to "ftp://o/?***"' in str(caught.value)


def test_remote_shows_no_secret() -> None:
    headers = {"X-Api-Key": SECRET, "Cookie": SECRET, "Accept": "x", "X-Sig": SECRET}
    shown = repr(Remote(headers=headers, auth=(SECRET, ""))) + repr(Remote(auth=("me", SECRET)))
    assert SECRET not in shown
    assert "'Accept': 'x'" in shown
    assert "me" in shown


def test_commands_show_no_secret_and_no_escape(root: Path, tmp_path: Path) -> None:
    name = tmp_path / HOSTILE
    with http_server(root) as server:
        for given in (f"http://{SECRET}@127.0.0.1:{server.port}/no\n;token={SECRET}", str(name)):
            done = subprocess.run(
                [sys.executable, "-m", "rustfits", "pack", given, "made.fits"],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode == 1
            assert SECRET not in done.stdout + done.stderr
            assert not set(TERMINAL) & set((done.stdout + done.stderr).rstrip("\n"))
            assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_names_are_escaped_in_messages_and_stay_names(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / (HOSTILE + suffix)
    rustfits.write(path, np.arange(6, dtype="i2"))
    messages = []
    with FITS(path) as fits:
        assert fits.filename == str(path)
        assert rustfits.read(fits.filename).tolist() == [0, 1, 2, 3, 4, 5]
        with pytest.raises(IndexError) as caught:
            fits[3]
        messages += [str(caught.value), *repr(fits).split("\n"), repr(fits[0])]
        with pytest.raises(KeyError) as caught:
            fits[0].header["NONE"]
        messages.append(str(caught.value))
    with pytest.raises(FileNotFoundError) as missing:
        FITS(str(path) + "x")
    messages += [str(missing.value), repr(missing.value)]
    assert missing.value.filename == str(path) + "x"
    with pytest.raises(rustfits.FITSError) as exists:
        rustfits.pack(path, path)
    messages.append(str(exists.value))
    content = bytearray(path.read_bytes() if not suffix else rustfits_bytes())
    content[2880 * 2 :] = b"x" * 2880
    trailing = tmp_path / (HOSTILE + "2")
    trailing.write_bytes(content)
    with warnings.catch_warnings(record=True) as met:
        warnings.simplefilter("always")
        with FITS(trailing) as fits:
            len(fits)
    assert met
    messages += [str(one.message) for one in met]
    for message in messages:
        assert not set(TERMINAL) & set(message), message
        assert r"a\nb\x1b[31m" in message or "FITS" not in message or "\\\\n" in message


def rustfits_bytes() -> bytes:
    """Give the bytes of a small file."""
    with FITS("mem://", "w+") as fits:
        fits.write(np.arange(6, dtype="i2"))
        return fits.to_bytes()


def test_bytes_that_are_no_text_are_escaped(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.fits")
    with pytest.raises(FileNotFoundError, match=r"caf\\xe9\.fits") as caught:
        FITS(name)
    assert caught.value.filename == name


@pytest.mark.parametrize("content", [b"root:x:0:0:hunter2:/root:/bin/sh\n" * 100, b"hunter2"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_file_that_is_no_fits_file_is_not_quoted(
    tmp_path: Path, content: bytes, suffix: str
) -> None:
    path = tmp_path / f"passwd{suffix}"
    path.write_bytes(content)
    for call in (FITS, rustfits.read, rustfits.read_header, lambda name: FITS(name, lenient=True)):
        with pytest.raises(rustfits.FITSError) as caught:
            call(path)
        seen = all_of(caught.value)
        assert SECRET not in seen
        assert "root" not in seen.replace(str(tmp_path), "")
    if not suffix:
        with pytest.raises(rustfits.NotFITSError, match='does not begin with "SIMPLE  ="'):
            FITS(path)
