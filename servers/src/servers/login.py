# SPDX-License-Identifier: BSD-3-Clause
"""An archive that refuses requests without a cookie, and its login server on another host.

The two work as NASA's Earthdata does. The archive redirects to the login server, which requires user and password and
redirects back with a code. The archive then sets its cookie and redirects to the file.
"""

from __future__ import annotations

import base64
import http.server
import itertools
import threading
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from .server import Server

USER = "astro"
PASSWORD = "moon-dust"


class LoginServers(Server):
    """Both servers, running; `close` stops them."""

    def __init__(self, root: str | Path, *, page: bool = False) -> None:
        self.root = Path(root)
        #: A page to log in by hand, in place of a 401.
        self.page = page
        #: The requests so far: which server, path, headers.
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self._valid: set[str] = set()
        self._numbers = itertools.count(1)
        self._servers = [self._start(self._archive), self._start(self._login)]

    def url(self, name: str) -> str:
        """Return the URL of a file of the archive."""
        return f"http://127.0.0.1:{self._servers[0].server_address[1]}/data/{quote(name)}"

    def expire(self) -> None:
        """Refuse every cookie that the archive has set so far."""
        self._valid.clear()

    def asked(self, which: str, path: str = "/") -> list[dict[str, str]]:
        """Return the headers of the requests to "archive" or "login" for paths below `path`."""
        return [
            headers
            for server, at, headers in self.requests
            if server == which and at.startswith(path)
        ]

    def close(self) -> None:
        """Stop both servers."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    # --- inside ---

    @staticmethod
    def _start(answer: object) -> http.server.ThreadingHTTPServer:
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                answer(self)  # type: ignore[operator]

            def log_message(self, *arguments: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    @staticmethod
    def _say(
        handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes, **fields: str
    ) -> None:
        handler.send_response(status)
        for name, value in fields.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _note(self, which: str, handler: http.server.BaseHTTPRequestHandler) -> dict[str, str]:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.requests.append((which, handler.path, headers))
        return headers

    def _archive(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        headers = self._note("archive", handler)
        path, query = urlsplit(handler.path).path, parse_qs(urlsplit(handler.path).query)
        if path == "/callback":
            token = f"T{next(self._numbers)}"
            self._valid.add(token)
            cookie = f"session={token}; Path=/data; HttpOnly"
            self._say(handler, 302, b"", Location=query["to"][0], Set_Cookie=cookie)
            return
        cookies = dict(
            part.strip().split("=", 1) for part in headers.get("cookie", "x=").split(";")
        )
        if cookies.get("session") not in self._valid:
            port = self._servers[1].server_address[1]
            back = quote(f"http://{headers['host']}/callback?to={quote(path)}", safe="")
            self._say(handler, 302, b"", Location=f"http://localhost:{port}/oauth?back={back}")
            return
        body = (self.root / Path(path).name).read_bytes()
        first, _, last = headers.get("range", "bytes=0-").removeprefix("bytes=").partition("-")
        if "," in last:
            self._say(handler, 416, b"")
            return
        end = min(int(last or len(body)), len(body) - 1) + 1
        span = f"bytes {first}-{end - 1}/{len(body)}"
        self._say(handler, 206, body[int(first) : end], Content_Range=span, ETag='"1"')

    def _login(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        headers = self._note("login", handler)
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if headers.get("authorization") == wanted:
            back = parse_qs(urlsplit(handler.path).query)["back"][0]
            self._say(handler, 302, b"", Location=back, Set_Cookie="who=astro; Path=/")
        elif self.page:
            self._say(
                handler, 200, b"<html>Who are you?</html>", Content_Type="text/html; charset=utf-8"
            )
        else:
            self._say(handler, 401, b"no", WWW_Authenticate='Basic realm="Earth"')
