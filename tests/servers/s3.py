# SPDX-License-Identifier: BSD-3-Clause
"""An S3 server (moto's) in a process of its own, with a bucket of everybody's and a private one.

`PUBLIC` holds objects that anonymous may read, `PRIVATE` those that only `S3Server.key` with its secret may: from
``server.lock()`` on signatures are checked. The process ends when its standard input does.
"""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

PUBLIC = "public-data"
PRIVATE = "private-data"
REGION = "us-east-1"


class S3Server:
    """A running S3 server. Made by `s3_server`; `close` stops it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("s3_process.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.strip().isdigit():
            self.close()
            raise RuntimeError("the S3 server does not start (is moto[server,s3] installed?)")
        self.endpoint = f"http://127.0.0.1:{int(line)}"
        self.key, self.secret = "root-key", "root-secret"
        self._s3 = self._client("s3")
        for bucket in (PUBLIC, PRIVATE):
            self._s3.create_bucket(Bucket=bucket)

    def _client(self, service: str) -> Any:
        import boto3

        session = boto3.session.Session(
            aws_access_key_id=self.key, aws_secret_access_key=self.secret, region_name=REGION
        )
        return session.client(service, endpoint_url=self.endpoint)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """Store an object, before the server is locked."""
        acl = "public-read" if bucket == PUBLIC else "private"
        self._s3.put_object(Bucket=bucket, Key=key, Body=content, ACL=acl)

    def lock(self) -> None:
        """Check from now on who asks: `key` and `secret` are those of a user who may read."""
        iam = self._client("iam")
        iam.create_user(UserName="astronomer")
        iam.put_user_policy(
            UserName="astronomer",
            PolicyName="reads",
            PolicyDocument='{"Version": "2012-10-17", "Statement": '
            '[{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}',
        )
        made = iam.create_access_key(UserName="astronomer")["AccessKey"]
        self.key, self.secret = made["AccessKeyId"], made["SecretAccessKey"]
        asked = urllib.request.Request(
            f"{self.endpoint}/moto-api/reset-auth", b"0", {"Content-Type": "text/plain"}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as answer:
            answer.read()

    def close(self) -> None:
        """Stops the server."""
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def __enter__(self) -> S3Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """An S3 server with two empty buckets, `PUBLIC` and `PRIVATE`."""
    with S3Server() as server:
        yield server
