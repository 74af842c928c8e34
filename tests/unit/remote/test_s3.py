# SPDX-License-Identifier: BSD-3-Clause
"""s3://bucket/key against moto's server, which checks signatures with botocore."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import S3Server, s3_server
from servers.s3 import PRIVATE, PUBLIC
from servers.s3_front import REGION, SECRET, S3Front, s3_front

ODD = "dir/odd name+%25 &?#é[1]=$,;@:.fits"
DATA = np.random.default_rng(7).normal(size=(600, 800)).astype("f4")


def content() -> bytes:
    buffer = io.BytesIO()
    astropy_fits.PrimaryHDU(DATA).writeto(buffer)
    return buffer.getvalue()


def make_server(*, lock: bool) -> Iterator[S3Server]:
    with s3_server() as server:
        for bucket in (PUBLIC, PRIVATE):
            for key in ("a.fits", ODD):
                server.put(bucket, key, content())
        if lock:
            server.lock()
        yield server


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """Lets everybody read what is public, and everybody with any signature the rest."""
    yield from make_server(lock=False)


@pytest.fixture(scope="module")
def strict() -> Iterator[S3Server]:
    """Accept signed requests only."""
    yield from make_server(lock=True)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment of a user who has never heard of Amazon."""
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))


def check(name: str, remote: Remote | None = None) -> None:
    for mode in ({"ranged": True}, {"download": True}):
        facts = {} if remote is None else dict(remote._arguments())
        with FITS(name, remote=Remote(**facts, **mode)) as fits:
            np.testing.assert_array_equal(fits[0].read(), DATA)


def test_public_object(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.endpoint)
    check(f"s3://{PUBLIC}/a.fits")
    check(f"S3://{PUBLIC}/{ODD}")
    check(f"s3://{PUBLIC}/a.fits", Remote(anonymous=True))


def test_endpoint_is_an_argument_too(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    check(f"s3://{PUBLIC}/a.fits", Remote(endpoint=s3.endpoint + "/"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", s3.endpoint)
    check(f"s3://{PUBLIC}/a.fits")


def test_private_object(s3: S3Server, strict: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PermissionError) as caught:
        FITS(f"s3://{PRIVATE}/a.fits", remote=Remote(endpoint=strict.endpoint))
    assert caught.value.http_status == 403
    monkeypatch.setenv("AWS_ENDPOINT_URL", strict.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", strict.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", strict.secret)
    check(f"s3://{PRIVATE}/a.fits")
    check(f"s3://{PRIVATE}/{ODD}")
    check(f"s3://{PRIVATE}/{ODD}", Remote(anonymous=False, requester_pays=True))
    with pytest.raises(PermissionError):
        FITS(f"s3://{PRIVATE}/a.fits", remote=Remote(anonymous=True))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-this-one")
    with pytest.raises(PermissionError) as caught:
        FITS(f"s3://{PRIVATE}/a.fits")
    assert "not-this-one" not in str(caught.value) + repr(caught.value)
    assert strict.key not in str(caught.value)


def test_login_as_an_argument(strict: S3Server) -> None:
    remote = Remote(endpoint=strict.endpoint, auth=(strict.key, strict.secret))
    assert strict.secret not in repr(remote)
    check(f"s3://{PRIVATE}/{ODD}", remote)
    with FITS(f"s3://{PRIVATE}/a.fits", remote=remote) as fits:
        assert fits.remote_stats().requests <= 2  # there is no unsigned request first


@pytest.mark.parametrize("where", ["credentials", "config"])
@pytest.mark.parametrize("profile", [None, "survey"])
def test_profile_files(
    strict: S3Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
    profile: str | None,
) -> None:
    folder = tmp_path / ".aws"
    folder.mkdir()
    login = f"aws_access_key_id={strict.key}\r\naws_secret_access_key = {strict.secret}\r\n"
    wrong = "[other]\naws_access_key_id = no\naws_secret_access_key = no\n"
    config = "profile survey" if profile else "default"
    section = config if where == "config" else profile or "default"
    (folder / where).write_bytes(f"# mine\n{wrong}[{section}]\r\n{login}{wrong}".encode())
    with (folder / "config").open("a") as file:
        file.write(f"\n[{config}]\nregion = us-east-1\nendpoint_url = {strict.endpoint}\n")
        file.write("s3 =\n  max_concurrent_requests = 20\n")
    if profile:
        monkeypatch.setenv("AWS_PROFILE", profile)
    check(f"s3://{PRIVATE}/a.fits")
    for name in ("config", "credentials"):
        if (folder / name).exists():
            (folder / name).rename(tmp_path / name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/credentials")
    check(f"s3://{PRIVATE}/a.fits")


def test_session_token_is_signed_and_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What arrives has the signature that botocore computes for it."""
    import http.server
    import threading

    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    body = content()
    seen: list[dict[str, str]] = []
    problems: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append(headers)
            if "authorization" not in headers:
                self.send_response(403)
                self.end_headers()
                return
            signed = headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
            request = AWSRequest("GET", f"http://{headers['host']}{self.path}")
            for name in signed:
                request.headers[name] = headers[name]
            request.context["timestamp"] = headers["x-amz-date"]
            auth = S3SigV4Auth(Credentials("KEY", "SECRET", "TOKEN"), "s3", "eu-south-2")
            text = auth.string_to_sign(request, auth.canonical_request(request))
            if auth.signature(text, request) not in headers["authorization"]:
                problems.append(headers["authorization"])
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "KEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRET")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "TOKEN")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-south-2")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            endpoint = f"http://127.0.0.1:{server.server_address[1]}"
            remote = Remote(endpoint=endpoint, requester_pays=True)
            np.testing.assert_array_equal(rustfits.read(f"s3://bucket/{ODD}", remote=remote), DATA)
        finally:
            server.shutdown()
            thread.join()
    assert problems == []
    (asked,) = seen  # who pays says who he is at once
    assert asked["x-amz-security-token"] == "TOKEN"
    assert asked["x-amz-request-payer"] == "requester"
    assert "x-amz-request-payer" in asked["authorization"]
    assert "/eu-south-2/s3/aws4_request" in asked["authorization"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("s3://", "bucket"),
        ("s3://bucket", "no key"),
        ("s3://bucket/", "no key"),
        ("s3://me:secret@bucket/key", "bucket"),
        ("s3://b/key", "bucket"),
        ("s3://bucket/a/../b", "folder"),
        ("s3://bucket/./b", "folder"),
    ],
)
def test_names_that_are_none(name: str, message: str) -> None:
    with pytest.raises(rustfits.FITSError, match=message) as caught:
        FITS(name)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("remote", "message"),
    [
        (Remote(endpoint="127.0.0.1:80"), "http://"),
        (Remote(endpoint="ftp://127.0.0.1"), "http://"),
        (Remote(endpoint="http://me:pw@127.0.0.1"), "scheme, host and port"),
        (Remote(region="evil.example/"), "region"),
        (Remote(anonymous=False), "credentials"),
    ],
)
def test_options_that_cannot_be(remote: Remote, message: str) -> None:
    with pytest.raises(rustfits.FITSError, match=message):
        FITS("s3://bucket/key", remote=remote)


def test_what_is_not_there(s3: S3Server) -> None:
    for name in (f"s3://{PUBLIC}/none.fits", "s3://no-such-bucket/a.fits"):
        with pytest.raises(FileNotFoundError, match="404"):
            FITS(name, remote=Remote(endpoint=s3.endpoint))


# --- what moto never says ---


@pytest.fixture
def front(strict: S3Server) -> Iterator[S3Front]:
    with s3_front(strict.endpoint) as server:
        yield server


@pytest.mark.parametrize("mode", ["301", "307", "400", "400body"])
def test_bucket_of_another_region(
    strict: S3Server, front: S3Front, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """Asked anonymously first, then signed, then signed for the region that the bucket is of."""
    front.mode = mode
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", strict.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", strict.secret)
    monkeypatch.setenv("AWS_REGION", "us-west-1")
    name, remote = f"s3://{PRIVATE}/{ODD}", Remote(endpoint=front.endpoint, ranged=True)
    with FITS(name, remote=remote) as fits:
        np.testing.assert_array_equal(fits[0].read(), DATA)
    assert front.seen[0] == (403, "")
    assert {region for _, region in front.seen} <= {"", "us-west-1", REGION}
    assert set(front.seen[5:]) <= {(206, REGION)}  # it is not asked again for each range
    assert front.seen[-1] == (206, REGION)
    front.seen.clear()
    remote = Remote(endpoint=front.endpoint, anonymous=False, region=REGION)
    np.testing.assert_array_equal(rustfits.read(name, remote=remote), DATA)
    assert {region for _, region in front.seen} == {REGION}


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("expired", "ExpiredToken; get new credentials"),
        ("skew", "RequestTimeTooSkewed; the clock of this machine is wrong"),
        ("payer", "AccessDenied"),
    ],
)
def test_refusals_of_s3_are_told_by_name(
    strict: S3Server, front: S3Front, mode: str, said: str
) -> None:
    front.mode = mode
    remote = Remote(endpoint=front.endpoint, auth=(strict.key, strict.secret))
    with pytest.raises(PermissionError, match=said) as caught:
        FITS(f"s3://{PRIVATE}/a.fits", remote=remote)
    assert SECRET not in str(caught.value) + repr(vars(caught.value))
    assert "attempts" not in str(caught.value)
    assert strict.secret not in str(caught.value)


def test_requester_pays(strict: S3Server, front: S3Front) -> None:
    front.mode = "payer"
    login = (strict.key, strict.secret)
    remote = Remote(endpoint=front.endpoint, auth=login, requester_pays=True)
    check(f"s3://{PRIVATE}/a.fits", remote)


def test_missing_bucket_and_key(s3: S3Server, strict: S3Server) -> None:
    for server, auth in ((s3, None), (strict, (strict.key, strict.secret))):
        remote = Remote(endpoint=server.endpoint, auth=auth)
        with pytest.raises(FileNotFoundError, match=r"404.*NoSuchBucket"):
            FITS("s3://no-such-bucket/a.fits", remote=remote)
        with pytest.raises(FileNotFoundError, match=r"404.*NoSuchKey"):
            FITS(f"s3://{PUBLIC}/none.fits", remote=remote)
