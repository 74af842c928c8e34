# SPDX-License-Identifier: BSD-3-Clause
"""New files on S3: moto's server, which checks signatures with botocore."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import S3Server, s3_server
from servers.s3 import PRIVATE
from servers.s3_front import SECRET, S3Front, s3_front
from servers.upload import cut_proxy
from support.drivers.sending import Send, send_by_pycurl

BUCKET = f"s3://{PRIVATE}/"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        server.lock()
        yield server


@pytest.fixture
def client(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of boto3. The environment has the credentials."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    return s3._client("s3")


@pytest.fixture
def front(s3: S3Server, client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Front]:
    with s3_front(s3.endpoint) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.endpoint)
        yield server


def check(client: Any, key: str, image: np.ndarray) -> None:
    body = client.get_object(Bucket=PRIVATE, Key=key)["Body"].read()
    with astropy_fits.open(io.BytesIO(body)) as hdus:
        np.testing.assert_array_equal(hdus[0].data, image)


def keys(client: Any) -> set[str]:
    listed = client.list_objects_v2(Bucket=PRIVATE).get("Contents", [])
    return {entry["Key"] for entry in listed}


def unfinished(client: Any) -> list[Any]:
    return list(client.list_multipart_uploads(Bucket=PRIVATE).get("Uploads", []))


def test_small_and_large_objects(
    send: Send, client: Any, small: np.ndarray, huge: np.ndarray
) -> None:
    for key in ("a.fits", "dir/odd name+%25 &?#é=$,;@:.fits"):
        for image in (huge, small):
            assert send(BUCKET + key, image) == ("RF_OK", "", 0, "")
            check(client, key, image)
    head = client.head_object(Bucket=PRIVATE, Key="a.fits")
    assert head["ContentType"] == "application/fits"
    assert unfinished(client) == []


def test_parts(client: Any, huge: np.ndarray) -> None:
    assert send_by_pycurl(BUCKET + "parts.fits", huge).status == "RF_OK"
    head = client.head_object(Bucket=PRIVATE, Key="parts.fits")
    assert head["ETag"].endswith('-3"')  # parts of 8 MiB


def test_credentials_are_needed(
    send: Send, client: Any, monkeypatch: pytest.MonkeyPatch, small: np.ndarray
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2hunter2")
    sent = send(BUCKET + "wrong.fits", small)
    assert (sent.status, sent.stage) == ("RF_ERR_PERMISSION", "close")
    assert "hunter2" not in sent.message
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    sent = send(BUCKET + "wrong.fits", small)
    assert (sent.status, sent.stage) == ("RF_ERR_PERMISSION", "open")
    assert "wrong.fits" not in keys(client)


def test_a_missing_bucket_is_not_found(send: Send, client: Any, small: np.ndarray) -> None:
    sent = send("s3://no-such-bucket/a.fits", small, retries=0)
    assert sent.status == "RF_ERR_NO_FILE" and "NoSuchBucket" in sent.message


def test_gz_in_a_bucket(send: Send, client: Any, small: np.ndarray) -> None:
    assert send(BUCKET + "z.fits.gz", small).status == "RF_OK"
    assert client.get_object(Bucket=PRIVATE, Key="z.fits.gz")["Body"].read(2) == b"\x1f\x8b"
    np.testing.assert_array_equal(rustfits.read(BUCKET + "z.fits.gz"), small)


@pytest.mark.parametrize("mode", ["301", "307", "400"])
def test_the_region_of_the_server_is_used(
    send: Send, front: S3Front, client: Any, huge: np.ndarray, mode: str
) -> None:
    front.mode = mode
    sent = send(BUCKET + "region.fits", huge)
    assert sent.status == "RF_OK" and SECRET not in sent.message
    check(client, "region.fits", huge)


def test_an_error_with_status_200_is_a_failure(
    send: Send, front: S3Front, client: Any, huge: np.ndarray
) -> None:
    front.mode = "error200"
    sent = send(BUCKET + "error.fits", huge, retries=0)
    assert (sent.status, sent.stage) == ("RF_ERR_HTTP_STATUS", "close")
    assert "AccessDenied" in sent.message and SECRET not in sent.message
    assert "error.fits" not in keys(client) and unfinished(client) == []


def test_a_cut_part_is_repeated_or_the_upload_aborted(
    send: Send, s3: S3Server, client: Any, monkeypatch: pytest.MonkeyPatch, huge: np.ndarray
) -> None:
    port = int(s3.endpoint.rpartition(":")[2])
    with cut_proxy(port, [None, 3_000_000]) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{proxy.port}")
        assert send(BUCKET + "cut.fits", huge).status == "RF_OK"
        check(client, "cut.fits", huge)
        proxy.plan[:] = [None, 3_000_000]
        sent = send(BUCKET + "cut2.fits", huge, retries=0)
    assert (sent.status, sent.stage) == ("RF_ERR_NETWORK", "close")
    assert "cut2.fits" not in keys(client) and unfinished(client) == []


def test_progress(client: Any, huge: np.ndarray) -> None:
    seen: list[tuple[int, int | None]] = []

    def note(done: int, total: int | None) -> None:
        seen.append((done, total))

    with FITS(BUCKET + "p.fits", "w+", remote=Remote(progress=note)) as fits:
        fits.write_image(huge)
        size = fits._file.size()
    assert seen[-1] == (size, size) and seen == sorted(seen)

    def stop(done: int, total: int | None) -> None:
        raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        with FITS(BUCKET + "stopped.fits", "w+", remote=Remote(progress=stop)) as fits:
            fits.write_image(huge)
    assert "stopped.fits" not in keys(client) and unfinished(client) == []


def test_functions_write_to_buckets(client: Any, small: np.ndarray, tmp_path: Any) -> None:
    rustfits.write(BUCKET + "f.fits", small)
    check(client, "f.fits", small)
    rustfits.write_table(BUCKET + "t.fits", {"x": np.arange(5)})
    assert rustfits.read(BUCKET + "t.fits", remote=Remote(anonymous=False))["x"].sum() == 10
    rustfits.write(tmp_path / "plain.fits", small)
    rustfits.pack(tmp_path / "plain.fits", BUCKET + "packed.fits")
    with pytest.raises(rustfits.FITSExistsError):
        rustfits.pack(tmp_path / "plain.fits", BUCKET + "packed.fits")
    rustfits.pack(tmp_path / "plain.fits", BUCKET + "packed.fits", overwrite=True)
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(BUCKET + "f.fits", "r+")


def test_only_closing_sends(client: Any, small: np.ndarray) -> None:
    with pytest.raises(ZeroDivisionError):
        with FITS(BUCKET + "never.fits", "w+") as fits:
            fits.write_image(small)
            fits.sync()
            _ = 1 // 0
    fits = FITS(BUCKET + "never.fits", "w+")
    fits.write_image(small)
    with pytest.warns(rustfits.FITSWarning, match="never closed"):
        del fits
    assert "never.fits" not in keys(client)
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
