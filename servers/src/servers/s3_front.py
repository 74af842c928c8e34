# SPDX-License-Identifier: BSD-3-Clause
"""A front server of S3 that sends the refusals that moto never sends: regions, tokens, clocks, payers.

``server.mode`` selects the refusal. "error200" answers the completion of a multipart upload with 200 and an error.
 "301", "307", "400" (region in a header) and "400body" (region in the page) refuse
requests signed for another region than `REGION`. "expired" and "skew" refuse signed requests. "payer" refuses requests
that do not agree to pay. The front server forwards all other requests unchanged.
"""

from __future__ import annotations

import http.client
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

REGION = "eu-south-2"
#: No message or log may show it.
SECRET = "hunter2"


class S3Front:
    """Made by `s3_front`."""

    def __init__(self, behind: str) -> None:
        self.behind = urlsplit(behind).netloc
        self.mode = ""
        #: Of each request: status, and the region that it is signed for ("": not signed).
        self.seen: list[tuple[int, str]] = []
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                authorization = self.headers.get("Authorization", "")
                region = authorization.split("/")[2] if authorization else ""
                status, code, extra = front.refusal(region, dict(self.headers), self.path)
                body, headers = front.page(code).encode(), extra
                completes = self.command == "POST" and "uploadId=" in self.path
                if front.mode == "error200" and completes:
                    body = front.page("AccessDenied").encode()
                elif status == 200:
                    status, headers, body = front.ask(
                        self.command, self.path, dict(self.headers), sent
                    )
                front.seen.append((status, region))
                self.send_response_only(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do_DELETE = answer

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def refusal(
        self, region: str, headers: dict[str, str], path: str
    ) -> tuple[int, str, dict[str, str]]:
        """Return status, code and headers of the refusal. Status 200 means none."""
        named = {"x-amz-bucket-region": REGION}
        if self.mode in ("301", "307", "400", "400body") and region not in ("", REGION):
            if self.mode == "301":
                return 301, "PermanentRedirect", named
            if self.mode == "307":
                elsewhere = f"http://localhost:{self.port}{path}"
                return 307, "TemporaryRedirect", {**named, "Location": elsewhere}
            return 400, "AuthorizationHeaderMalformed", named if self.mode == "400" else {}
        if self.mode == "307" and not region:
            return 403, "AccessDenied", named
        if self.mode == "expired" and region:
            return 400, "ExpiredToken", {}
        if self.mode == "skew" and region:
            return 403, "RequestTimeTooSkewed", {}
        if self.mode == "payer" and headers.get("x-amz-request-payer") != "requester":
            return 403, "AccessDenied", {}
        return 200, "", {}

    @staticmethod
    def page(code: str) -> str:
        """Return the page of an Amazon refusal, which includes secrets that no message may show."""
        region = f"<Region>{REGION}</Region>" if code == "AuthorizationHeaderMalformed" else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>see {SECRET}</Message>{region}"
            f"<StringToSign>{SECRET}</StringToSign></Error>"
        )

    def ask(
        self, method: str, path: str, headers: dict[str, str], sent: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Forward a request with its `Host` header, which the signature covers."""
        connection = http.client.HTTPConnection(self.behind)
        connection.request(method, path, body=sent, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        kept = {
            name: value
            for name, value in answer.getheaders()
            if name.lower() not in ("content-length", "connection", "transfer-encoding")
        }
        return answer.status, kept, body

    def close(self) -> None:
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> S3Front:
        return self

    def __exit__(self, *failure: Any) -> None:
        self.close()


@contextmanager
def s3_front(behind: str) -> Iterator[S3Front]:
    """A front for the S3 server at the address `behind`."""
    with S3Front(behind) as server:
        yield server
