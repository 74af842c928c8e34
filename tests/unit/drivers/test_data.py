# SPDX-License-Identifier: BSD-3-Clause
"""data: URLs, against Python's own reader of them."""

from __future__ import annotations

import base64
import gzip
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from support.files import fits_bytes

IMAGE = np.arange(60, dtype="i2").reshape(6, 10)


@pytest.fixture(scope="module")
def content() -> bytes:
    return fits_bytes(IMAGE)


def quoted(content: bytes) -> str:
    return urllib.parse.quote(content)


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.mark.parametrize("media", ["", "image/fits", "application/fits;charset=US-ASCII", ";a=b"])
def test_both_encodings_are_read(content: bytes, media: str) -> None:
    for url in (f"data:{media},{quoted(content)}", f"data:{media};base64,{encoded(content)}"):
        with urllib.request.urlopen(url) as response:
            expected = response.read()
        with FITS(url) as fits:
            assert fits.to_bytes() == expected == content
            assert (fits[-1].read() == IMAGE).all()


def test_other_spellings_are_read(content: bytes) -> None:
    text = encoded(content)
    for url in (
        f"DATA:;BASE64,{text}",
        f"data:;base64,{quoted(text.encode())}",
        f"data:;base64,{text[:100]} \n{text[100:]}",
        f"data:;base64,{text.rstrip('=')}",
        f"data:;base64,{text}#fragment",
        "data:," + "".join(f"%{byte:02x}" for byte in content),
    ):
        assert (rustfits.read(url) == IMAGE).all()


def test_compressed_content_is_read(content: bytes) -> None:
    assert (rustfits.read("data:;base64," + encoded(gzip.compress(content))) == IMAGE).all()


@pytest.mark.parametrize("length", range(8))
def test_base64_of_every_length_is_decoded(content: bytes, length: int) -> None:
    padded = content + bytes(2880)[:length]
    with FITS("data:;base64," + encoded(padded)) as fits:
        assert fits._file.size() == len(padded)
        assert fits._file.read_bytes(0, len(padded)) == padded


@pytest.mark.parametrize(
    ("url", "error", "text"),
    [
        ("data:,SIMPLE%4", rustfits.FITSValueError, "after '%' at character 13 "),
        ("data:,%zz", rustfits.FITSValueError, "after '%' at character 7 "),
        ("data:;base64,AA*A", rustfits.FITSValueError, "character 16 .* byte 0x2A"),
        ("data:;base64,AA=A", rustfits.FITSValueError, "character 17 .* byte 0x41"),
        ("data:;base64,AAAAA", rustfits.FITSTruncatedError, "5 characters"),
        ("data:;base64,AA=", rustfits.FITSTruncatedError, "3 characters"),
        ("data:,", rustfits.NotFITSError, "empty"),
        ("data:;base64,AAAA", rustfits.NotFITSError, "SIMPLE"),
        ("data://a,b", rustfits.FITSValueError, "expected data:,content"),
    ],
)
def test_bad_urls_are_errors(url: str, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        FITS(url)


def test_no_message_has_the_content(content: bytes) -> None:
    secret = encoded(content)
    with FITS(f"data:;base64,{secret}") as fits:
        assert fits.filename == "data:***"
        assert secret[:20] not in repr(fits) + repr(fits[-1])
        with pytest.raises(rustfits.FITSReadOnlyError) as raised:
            fits[-1].write(IMAGE)
        assert secret[:20] not in str(raised.value) and "data:***" in str(raised.value)
    for url, mode in ((secret + "*", "r"), (secret[:-3], "r"), (secret, "r+"), (secret, "w+")):
        with pytest.raises((OSError, ValueError)) as error:
            FITS(f"data:;base64,{url}", mode)
        assert secret[:20] not in str(error.value) and len(str(error.value)) < 200


def test_the_size_is_limited(content: bytes) -> None:
    limit = rustfits.Remote(max_bytes=len(content) - 1)
    for url in (f"data:;base64,{encoded(content)}", f"data:,{quoted(content)}"):
        with pytest.raises(rustfits.FITSLimitError, match=str(len(content) - 1)):
            FITS(url, remote=limit)


def test_schemes_decide(content: bytes) -> None:
    url = f"data:;base64,{encoded(content)}"
    FITS(url, schemes=["data"]).close()
    with pytest.raises(rustfits.FITSSchemeError, match="'data' is not allowed"):
        FITS(url, schemes=["file"])


@pytest.mark.parametrize("name", ["data:", "data:x", "data:x,y.fits", "data:x;base64", "database,"])
def test_other_names_stay_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    rustfits.write(name, IMAGE)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (rustfits.read(name) == IMAGE).all()


def test_a_path_object_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rustfits.write(Path("data:,x"), IMAGE)
    assert [path.name for path in tmp_path.iterdir()] == ["data:,x"]
    assert (rustfits.read("./data:,x") == IMAGE).all()
    with pytest.raises(rustfits.NotFITSError):
        FITS("data:,x")
