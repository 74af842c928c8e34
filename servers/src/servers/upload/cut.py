# SPDX-License-Identifier: BSD-3-Clause
"""A proxy in front of a server that cuts uploads: after some bytes of the client, it resets both connections.

``server.plan`` lists, for one connection after the other, how many bytes of the client pass; None and later connections
pass all. ``server.answers`` is "pass", "drop" (the proxy resets the connection when the response comes: the client does
not learn that all is done) or "hold" (the client waits).
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from ..server import Server

_PIECE = 1 << 14
_RESET = struct.pack("ii", 1, 0)


class CutProxy(Server):
    """A running proxy for one server. Made by `cut_proxy`; `close` stops it."""

    def __init__(self, port: int, plan: list[int | None]) -> None:
        self.plan = plan
        self.answers = "pass"
        self.connections = 0
        self._target = port
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._closing = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def url(self, path: str = "") -> str:
        """Return the http URL of a path of the server behind the proxy."""
        return f"http://127.0.0.1:{self.port}/{quote(path)}"

    def close(self) -> None:
        """Stop the proxy and drop its connections."""
        self._closing = True
        socket.create_connection(("127.0.0.1", self.port), 5).close()
        self._acceptor.join(10)
        self._listener.close()
        self._reset(*self._open)

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._closing:
                client.close()
                return
            limit = self.plan.pop(0) if self.plan else None
            self.connections += 1
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {client, server}
            threading.Thread(target=self._send, args=(client, server, limit), daemon=True).start()
            threading.Thread(target=self._answer, args=(server, client), daemon=True).start()

    def _send(self, client: socket.socket, server: socket.socket, limit: int | None) -> None:
        passed = 0
        try:
            while data := client.recv(_PIECE):
                if limit is not None and passed + len(data) > limit:
                    server.sendall(data[: limit - passed])
                    self._reset(client, server)
                    return
                server.sendall(data)
                passed += len(data)
            server.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of the two has left

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(_PIECE):
                if self.answers == "pass":
                    client.sendall(data)
                elif self.answers == "drop":
                    break
        except OSError:
            pass  # one of the two has left
        if self.answers != "hold":
            self._reset(client, server)

    @staticmethod
    def _reset(*sides: socket.socket) -> None:
        for side in sides:
            try:
                side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                side.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it is closed
            side.close()


@contextmanager
def cut_proxy(port: int, plan: list[int | None] | None = None) -> Iterator[CutProxy]:
    """The server at `port`, whose uploads are cut as `plan` says."""
    with CutProxy(port, [] if plan is None else plan) as proxy:
        yield proxy
