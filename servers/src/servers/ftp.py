# SPDX-License-Identifier: BSD-3-Clause
"""A real FTP server (pyftpdlib) in a process of its own, plain or with explicit TLS (AUTH TLS).

Anonymous users may read. `USER` with `PASSWORD` may read, and write if ``writable`` is set. These first folders of a path change how the file behind them is
served:

``cut/``      half of the file, then the data connection breaks (426)
``short/``    half of the file, then the server says that all went well (226)
``slow/``     64 KiB a second
``nosize/``   the server does not tell the size (SIZE is refused)
``refuse/``   550
``full/``     the server takes half of a file, then the disk is full (552)
``straysize/``, ``strayretr/``   the server sends a stray 226 before every other reply to SIZE or RETR

The process ends when its standard input ends. No process therefore outlives its parent.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .certificates import Authority
from .server import Server

USER = "astro"
PASSWORD = "p@ss:w/rd %41"


class FTPServer(Server):
    """A running FTP server. Made by `ftp_server`; `close` stops it."""

    def __init__(
        self,
        root: str | Path,
        *,
        tls: bool = False,
        name: str = "localhost",
        anonymous: bool = True,
        authority: Authority | None = None,
        writable: bool = False,
    ) -> None:
        self.root = Path(root).resolve()
        self.host = "127.0.0.1"
        self.scheme = "ftps" if tls else "ftp"
        self.ca_bundle: Path | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="rustfits-ftp-"))
        self._process: subprocess.Popen[str] | None = None
        pem = None
        try:
            if tls:
                authority = authority or Authority(self._folder)
                pem = authority.issue(*((name, "127.0.0.1") if name == "localhost" else (name,)))
                self.ca_bundle = authority.bundle
            settings = {
                "root": str(self.root),
                "host": self.host,
                "pem": str(pem) if pem else None,
                "anonymous": anonymous,
                "writable": writable,
                "log": str(self._log),
            }
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    str(Path(__file__).with_name("ftp_process.py")),
                    json.dumps(settings),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            if not line.strip().isdigit():
                raise RuntimeError(
                    "the FTP server does not start (are pyftpdlib and pyOpenSSL installed?)"
                )
            self.port = int(line)
        except BaseException:
            self.close()
            raise

    @property
    def _log(self) -> Path:
        return self._folder / "commands.log"

    def url(self, path: str = "", *, user: str | None = None, password: str | None = None) -> str:
        """Return the percent-encoded URL of a file below the root."""
        credentials = ""
        if user is not None:
            credentials = (
                quote(user, safe="")
                + (f":{quote(password, safe='')}" if password is not None else "")
                + "@"
            )
        return f"{self.scheme}://{credentials}{self.host}:{self.port}/{quote(path, safe='/%')}"

    def commands(self) -> list[tuple[str, str, bool]]:
        """Return the received commands: command, argument (empty for PASS), and whether TLS was active."""
        # A command is in the log before it is answered: what a client has done is there.
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        entries: list[list[Any]] = [json.loads(line) for line in lines]
        return [(entry[0], entry[1], entry[2]) for entry in entries]

    def close(self) -> None:
        """Stop the server and remove its files from the disk."""
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def ftp_server(
    root: str | Path,
    *,
    tls: bool = False,
    name: str = "localhost",
    anonymous: bool = True,
    authority: Authority | None = None,
    writable: bool = False,
) -> Iterator[FTPServer]:
    """A folder over FTP.

    Parameters
    ----------
    root
        The folder.
    tls
        Whether control and data connections must be secured by AUTH TLS; ``server.ca_bundle`` is then what a client
        must trust.
    name
        The host in the certificate (with 127.0.0.1 beside it if it is localhost).
    anonymous
        Whether anonymous may log in.
    authority
        Who signs the certificate; one is made when None.
    writable
        Whether `USER` may write.
    """
    with FTPServer(
        root, tls=tls, name=name, anonymous=anonymous, authority=authority, writable=writable
    ) as server:
        yield server
