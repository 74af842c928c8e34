# SPDX-License-Identifier: BSD-3-Clause
"""An S3 server (moto's) in a process of its own, with a bucket of everybody's and a private one.

`PUBLIC` holds objects that anonymous may read, `PRIVATE` those that only `S3Server.key` with its secret may: from
``server.lock()`` on signatures are checked. The process ends when its standard input does.
"""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .process import ServerProcess

PUBLIC = "public-data"
PRIVATE = "private-data"
REGION = "us-east-1"


class S3Server(ServerProcess):
    """A running S3 server. Made by `s3_server`; `close` stops it."""

    def __init__(self) -> None:
        super().__init__("s3_process.py", needs="moto[server,s3]")
        self.endpoint = f"http://127.0.0.1:{self.port}"
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


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """An S3 server with two empty buckets, `PUBLIC` and `PRIVATE`."""
    with S3Server() as server:
        yield server
