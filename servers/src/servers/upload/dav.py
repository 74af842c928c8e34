# SPDX-License-Identifier: BSD-3-Clause
"""A WebDAV server (WsgiDAV) of a folder, in a process of its own: Digest authentication of `USER` with `PASSWORD`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..process import ServerProcess

USER = "astro"
PASSWORD = "p@ss:w/rd %41"


class DAVServer(ServerProcess):
    """A running WebDAV server. Made by `dav_server`; `close` stops it."""

    def __init__(self, root: str | Path) -> None:
        super().__init__(
            "upload/dav_process.py", str(root), USER, PASSWORD, needs="wsgidav, cheroot"
        )

    def url(self, path: str = "") -> str:
        """Return the URL of a file below the root."""
        return f"http://127.0.0.1:{self.port}/{path}"


@contextmanager
def dav_server(root: str | Path) -> Iterator[DAVServer]:
    """A folder over WebDAV."""
    with DAVServer(root) as server:
        yield server
