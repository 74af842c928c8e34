# SPDX-License-Identifier: BSD-3-Clause
"""nginx on a free port, configured in a temporary folder.

Below the root these first folders of a path change how the file behind them is served:

``redirect/N/``   N redirects (1 to 20), one after another, then the file
``loop/``         redirects to itself
``basic/``        asks for HTTP basic authentication: `USER`, `PASSWORD`
``token/``        403 unless the request has the header ``X-Token: TOKEN`` (`TOKEN`)
``slow/``         128 KiB a second
``noranges/``     answers a range request with the whole file
``gzip/``         compresses on the way (Content-Encoding) for a client that asks for it
``elsewhere/``    redirects to the same file below ``redirect_to``, if that was given
``status/N``      answers with the status N (those of `STATUSES`)
``put/``          takes files (WebDAV: PUT, DELETE, MKCOL), in existing folders
``putbasic/``     takes files, with the authentication of ``basic/``
``putsmall/``     takes files up to 100 KiB
``put307/``, ``put302/``  redirect to ``put/``
``putelsewhere/`` redirects with 307 to ``put/`` below ``redirect_to``, if that was given
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .certificates import Authority
from .server import Server

USER = "astro"
PASSWORD = "p@ss:w/rd %41"
TOKEN = "open-sesame"
STATUSES = (
    204,
    400,
    401,
    403,
    404,
    405,
    409,
    410,
    413,
    416,
    418,
    423,
    429,
    500,
    501,
    502,
    503,
    504,
    507,
)

_LOG = (
    '{"method":"$request_method","uri":"$request_uri","status":"$status","range":"$http_range",'
    '"agent":"$http_user_agent","authorization":"$http_authorization","token":"$http_x_token",'
    '"accept_encoding":"$http_accept_encoding","host":"$http_host","connection":"$connection",'
    '"protocol":"$server_protocol","content_type":"$http_content_type","content_length":"$http_content_length",'
    '"if_none_match":"$http_if_none_match"}'
)
_DAV_METHODS = "dav_methods PUT DELETE MKCOL;"
_DAV = f"{_DAV_METHODS} client_max_body_size 0;"


def nginx_path() -> str | None:
    """Where nginx is, or None."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


class HTTPServer(Server):
    """A running nginx. Made by `http_server` and `https_server`; `close` stops it."""

    def __init__(
        self,
        root: str | Path,
        *,
        tls: bool = False,
        name: str = "localhost",
        redirect_to: str | None = None,
        authority: Authority | None = None,
        http2: bool = False,
    ) -> None:
        program = nginx_path()
        if program is None:
            raise RuntimeError("nginx is not installed (Debian: apt-get install nginx-light)")
        self._program = program
        self.root = Path(root).resolve()
        self.host = "127.0.0.1"
        self.port = 0
        self.scheme = "https" if tls else "http"
        self._redirect_to = redirect_to
        self._http2 = http2
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="rustfits-nginx-"))
        self._secret = secrets.token_hex(8)
        self._marks = 0
        self._context = None
        self._pem: Path | None = None
        self.ca_bundle: Path | None = None
        try:
            if tls:
                authority = authority or Authority(self._folder)
                names = (name, "127.0.0.1") if name == "localhost" else (name,)
                self._pem = authority.issue(*names)
                self.ca_bundle = authority.bundle
            for sub in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
                (self._folder / sub).mkdir()
            digest = base64.b64encode(hashlib.sha1(PASSWORD.encode()).digest()).decode()
            (self._folder / "users").write_text(f"{USER}:{{SHA}}{digest}\n")
            self._start()
        except BaseException:
            self.close()
            raise

    # --- what tests use ---

    def url(self, path: str = "", *, user: str | None = None, password: str | None = None) -> str:
        """The URL of a file below the root; characters that need it are percent-encoded."""
        credentials = ""
        if user is not None:
            credentials = (
                quote(user, safe="")
                + (f":{quote(password, safe='')}" if password is not None else "")
                + "@"
            )
        path, mark, query = path.partition("?")
        return f"{self.scheme}://{credentials}{self.host}:{self.port}/{quote(path, safe='/%')}{mark}{query}"

    def requests(self) -> list[dict[str, str]]:
        """The requests answered so far: method, uri, status, range, agent, authorization, token, host, ..."""
        # nginx writes a line when it is done with a request, which may be after the client is. Its one worker writes
        # them in order: once our own request is in the log, so are all that were finished before.
        self._marks += 1
        mark = f"/.mark-{self._secret}-{self._marks}"
        self._ask(mark)
        deadline = time.monotonic() + 20
        while True:
            lines = self._log.read_text().splitlines() if self._log.exists() else []
            entries: list[dict[str, str]] = [json.loads(line) for line in lines]
            if any(entry["uri"] == mark for entry in entries):
                return [entry for entry in entries if not entry["uri"].startswith("/.mark-")]
            if time.monotonic() > deadline:
                raise RuntimeError("nginx does not write its log")
            time.sleep(0.01)

    def close(self) -> None:
        """Stops nginx and removes what it had on disk."""
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stderr is not None:
                process.stderr.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    # --- inside ---

    @property
    def _log(self) -> Path:
        return self._folder / "access.log"

    def _start(self) -> None:
        output = b""
        for _ in range(8):
            with socket.socket() as probe:
                probe.bind((self.host, 0))
                self.port = probe.getsockname()[1]
            config = self._folder / "nginx.conf"
            config.write_text(self._config())
            self._process = subprocess.Popen(
                [
                    self._program,
                    "-p",
                    str(self._folder),
                    "-c",
                    str(config),
                    "-e",
                    str(self._folder / "error.log"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
            if self._wait_until_ready(self._process):
                return
            self._process.kill()
            output = self._process.communicate()[1]
            self._process = None
        raise RuntimeError(f"nginx does not start: {output.decode(errors='replace')}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and process.poll() is None:
            try:
                # The answer has our secret in it: another program may have taken the port between probe and start.
                if self._ask(f"/.mark-{self._secret}-0") == self._secret.encode():
                    return True
            except OSError:
                time.sleep(0.02)
        return False

    def _ask(self, path: str) -> bytes:
        import ssl

        context = None
        if self.scheme == "https":
            context = ssl.create_default_context(cafile=str(self.ca_bundle))
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE  # it may be one that is not to be trusted
        handler: list[Any] = [urllib.request.ProxyHandler({})]
        if context is not None:
            handler.append(urllib.request.HTTPSHandler(context=context))
        with urllib.request.build_opener(*handler).open(
            f"{self.scheme}://{self.host}:{self.port}{path}", timeout=10
        ) as answer:
            body: bytes = answer.read()
        return body

    def _config(self) -> str:
        folder, root = self._folder, f'"{self.root}/"'
        lines = [
            "daemon off;",
            f"pid {folder}/nginx.pid;",
            f"error_log {folder}/error.log;",
            "worker_processes 1;",
            "events { worker_connections 512; }",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            lines.append("user root;")
        lines += [
            "http {",
            "default_type application/octet-stream;",
            f"log_format entry escape=json '{_LOG}';",
            f"access_log {folder}/access.log entry;",
            "sendfile on; tcp_nopush off; tcp_nodelay on;",
            "keepalive_requests 100000;",
            f"client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;",
            f"fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;",
            "server {",
            f"listen {self.host}:{self.port}{' ssl' if self._pem else ''}{' http2' if self._http2 else ''};",
            "absolute_redirect off; port_in_redirect on;",
        ]
        if self._pem:
            lines += [f"ssl_certificate {self._pem};", f"ssl_certificate_key {self._pem};"]
        lines += [
            f"location / {{ root {root}; }}",
            f"location ~ ^/.mark-{self._secret} {{ return 200 {self._secret}; }}",
            "location /loop/ { return 302 $request_uri; }",
            f'location /basic/ {{ auth_basic "test"; auth_basic_user_file {folder}/users; alias {root}; }}',
            f'location /token/ {{ if ($http_x_token != "{TOKEN}") {{ return 403; }} alias {root}; }}',
            f"location /slow/ {{ limit_rate 128k; alias {root}; }}",
            f"location /noranges/ {{ max_ranges 0; alias {root}; }}",
            f"location /gzip/ {{ gzip on; gzip_types *; gzip_min_length 1; alias {root}; }}",
            f"location /put/ {{ {_DAV} alias {root}; }}",
            f'location /putbasic/ {{ auth_basic "test"; auth_basic_user_file {folder}/users; {_DAV} alias {root}; }}',
            f"location /putsmall/ {{ {_DAV_METHODS} client_max_body_size 100k; alias {root}; }}",
            "location ~ ^/put(?<status_put>307|302)/(?<rest>.*)$ { client_max_body_size 0; "
            "if ($status_put = 302) { return 302 /put/$rest; } return 307 /put/$rest; }",
            "location /redirect/1/ { rewrite ^/redirect/1/(.*)$ /$1 redirect; }",
        ]
        for n in range(2, 21):
            lines.append(
                f"location /redirect/{n}/ {{ rewrite ^/redirect/{n}/(.*)$ /redirect/{n - 1}/$1 redirect; }}"
            )
        for status in STATUSES:
            lines.append(
                f"location /status/{status} {{ client_max_body_size 0; return {status}; }}"
            )
        if self._redirect_to is not None:
            to = self._redirect_to.rstrip("/")
            lines.append(f"location /elsewhere/ {{ rewrite ^/elsewhere/(.*)$ {to}/$1 redirect; }}")
            lines.append(
                f"location ~ ^/putelsewhere/(?<rest>.*)$ {{ client_max_body_size 0; return 307 {to}/put/$rest; }}"
            )
        return "\n".join([*lines, "}", "}", ""])


@contextmanager
def http_server(root: str | Path, *, redirect_to: str | None = None) -> Iterator[HTTPServer]:
    """nginx serving a folder over http.

    Parameters
    ----------
    root
        The folder.
    redirect_to
        The URL below which ``elsewhere/`` redirects.
    """
    with HTTPServer(root, redirect_to=redirect_to) as server:
        yield server


@contextmanager
def https_server(
    root: str | Path,
    *,
    name: str = "localhost",
    redirect_to: str | None = None,
    authority: Authority | None = None,
    http2: bool = False,
) -> Iterator[HTTPServer]:
    """nginx serving a folder over https; ``server.ca_bundle`` is what a client must trust.

    Parameters
    ----------
    root
        The folder.
    name
        The host in the certificate (with 127.0.0.1 beside it if it is localhost).
    redirect_to
        The URL below which ``elsewhere/`` redirects.
    authority
        Who signs the certificate; one is made when None.
    http2
        Whether the server speaks HTTP/2, too.
    """
    with HTTPServer(
        root, tls=True, name=name, redirect_to=redirect_to, authority=authority, http2=http2
    ) as server:
        yield server


def basic(user: str, password: str) -> str:
    """The value of the header Authorization for basic authentication."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
