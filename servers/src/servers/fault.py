# SPDX-License-Identifier: BSD-3-Clause
"""An HTTP server that breaks its word, over raw sockets.

The first folder of a path says how (``server.url("cut/a.fits")``); what follows is the file below the root.

``plain/``       nothing wrong
``nolength/``    no Content-Length: the body ends with the connection
``chunked/``     Transfer-Encoding: chunked
``chunkcut/``    the same, closed in the middle
``short/``       Content-Length is right, half of the body comes, then an orderly close
``cut/``         half of the body, then the connection is reset
``huge/``        Content-Length says 2^62
``negative/``    Content-Length says -5
``stall/``       half of the body, then nothing until the client leaves
``gate/``        half of the body, then nothing until the test calls ``server.open_gate()``
``silent/``      the request is read and never answered
``garbage/``     the answer is not HTTP
``gzip/``        Content-Encoding: gzip, even if the client does not accept it
``gzipcut/``     the same, cut in the middle with a Content-Length that fits
``brotli/``      Content-Encoding: br, though nothing of that kind is inside
``endless/``     redirects to ever new URLs
``to?URL``       redirects to URL
``changing/``    other bytes and another ETag for each request
``ignores/``     answers a range request with 200 and the whole file, though it promised Accept-Ranges
``badrange/``    206 with a Content-Range that differs from the requested range
``norange/``     206 without Content-Range
``shortrange/``  206 with the right Content-Range, and half of its bytes
``status/N/``    answers N with a body
``planned/N/``   as ``server.plan`` says for each request, see `FaultServer.begin_plan`
"""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote

from .server import Server

_REASONS = {
    200: "OK",
    206: "Partial Content",
    302: "Found",
    404: "Not Found",
    416: "Range Not Satisfiable",
}


class FaultServer(Server):
    """A running fault server. Made by `fault_server`; `close` stops it."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self.host = "127.0.0.1"
        self.scheme = "http"
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.plan: Callable[[int], str] = lambda number: ""
        #: The version of the files below ``planned/``: their ETag. Those of later ones are other files.
        self.version = 1
        self._planned = itertools.count()
        self._plans = 0
        self._script: list[bytes] | None = None
        self._lock = threading.Lock()
        self._gate = threading.Event()
        self._closing = threading.Event()
        self._waiting = threading.Event()
        self._numbers = itertools.count(1)
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((self.host, 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def url(self, path: str = "") -> str:
        """Return the percent-encoded URL of a path."""
        path, mark, query = path.partition("?")
        return f"http://{self.host}:{self.port}/{quote(path, safe='/%')}{mark}{query}"

    def open_gate(self) -> None:
        """Release the current and future bodies below ``gate/``."""
        self._gate.set()

    def wait_until_held(self, seconds: float = 30) -> bool:
        """Wait until the server holds back a body below ``gate/`` or ``stall/``."""
        return self._waiting.wait(seconds)

    def close(self) -> None:
        """Stop the server and drop its connections."""
        self._closing.set()
        self._gate.set()
        # A thread that sits in accept() is not woken by closing the listener; a connection wakes it.
        try:
            socket.create_connection((self.host, self.port), 5).close()
        except OSError:
            pass
        self._acceptor.join(10)
        self._listener.close()
        with self._lock:
            clients, threads = list(self._clients), list(self._threads)
        for client in clients:
            try:
                client.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in threads:
            thread.join(10)

    # --- inside ---

    def _accept(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._closing.is_set():
                client.close()
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            with self._lock:
                self._clients.add(client)
                self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        try:
            with client:
                request = self._read(client)
                if request is not None:
                    self._answer(client, *request)
        except OSError:
            pass  # the client has left, which is what many tests make it do
        finally:
            with self._lock:
                self._clients.discard(client)

    def _read(self, client: socket.socket) -> tuple[str, dict[str, str]] | None:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = client.recv(65536)
            if not piece:
                return None
            data += piece
        first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        with self._lock:
            self.requests.append((method, target, headers))
        return target, headers

    def _answer(self, client: socket.socket, target: str, headers: dict[str, str]) -> None:
        if target.startswith("http://"):  # as a proxy is asked
            target = "/" + target.split("/", 3)[3]
        path, _, query = target.partition("?")
        first, _, rest = path.lstrip("/").partition("/")
        if self._script is not None:
            with self._lock:
                response = self._script.pop(0) if self._script else b""
            client.sendall(response)
        elif first == "to":
            self._head(client, 302, {"Location": unquote(query), "Content-Length": "0"})
        elif first == "endless":
            self._head(
                client, 302, {"Location": f"/endless/{next(self._numbers)}", "Content-Length": "0"}
            )
        elif first == "silent":
            self._hold(client)
        elif first == "garbage":
            client.sendall(b"I am a teapot, short and stout\r\n" * 20)
        elif first == "status":
            body = b"<html>no file here</html>"
            self._head(client, int(rest.split("/")[0]), {"Content-Length": str(len(body))})
            client.sendall(body)
        elif first == "planned":
            number, _, rest = rest.partition("/")
            with self._lock:
                current = int(number) == self._plans  # else an earlier test has lost interest
                turn, plan = next(self._planned) if current else -1, self.plan
            if current:
                body = (self.root / unquote(rest)).read_bytes()
                self._as_planned(client, body, headers, plan(turn))
        else:
            self._file(client, first, self.root / unquote(rest), headers)

    def _file(self, client: socket.socket, fault: str, path: Path, headers: dict[str, str]) -> None:
        if not path.is_file():
            self._head(client, 404, {"Content-Length": "0"})
            return
        body = path.read_bytes()
        size = len(body)
        entity = {
            "Content-Type": "application/octet-stream",
            "Accept-Ranges": "bytes",
            "Content-Length": str(size),
        }
        span = self._span(headers.get("range"), size)
        if fault == "badrange" and span:
            entity["Content-Range"] = f"bytes {span[0] + 1}-{span[1]}/{size}"
            self._send(client, 206, entity, body[span[0] : span[1]])
        elif fault == "norange" and span:
            self._send(client, 206, entity, body[span[0] : span[1]])
        elif fault == "shortrange" and span:
            entity["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
            entity["Content-Length"] = str(span[1] - span[0])
            self._head(client, 206, entity)
            client.sendall(body[span[0] : (span[0] + span[1]) // 2])
        elif fault in ("plain", "changing") or (fault == "gate" and span):
            number = next(self._numbers) if fault == "changing" else 0
            entity["ETag"] = f'"{number}"'
            entity["Last-Modified"] = "Sun, 22 Nov 2026 08:00:00 GMT"
            if number:
                body = body[:-1] + bytes([number % 256])
            if span:
                entity["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
                self._send(client, 206, entity, body[span[0] : span[1]])
            else:
                self._send(client, 200, entity, body)
        else:
            self._whole(client, fault, body, entity)

    def _whole(
        self, client: socket.socket, fault: str, body: bytes, entity: dict[str, str]
    ) -> None:
        half = body[: len(body) // 2]
        if fault == "ignores":
            self._send(client, 200, entity, body)
        elif fault == "nolength":
            del entity["Content-Length"]
            self._head(client, 200, entity)
            client.sendall(body)
        elif fault in ("chunked", "chunkcut"):
            del entity["Content-Length"]
            entity["Transfer-Encoding"] = "chunked"
            self._head(client, 200, entity)
            pieces = body if fault == "chunked" else half
            for start in range(0, len(pieces), 10007):
                piece = pieces[start : start + 10007]
                client.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            if fault == "chunked":
                client.sendall(b"0\r\n\r\n")
        elif fault in ("short", "cut", "stall", "gate"):
            self._head(client, 200, entity)
            client.sendall(half)
            if fault == "cut":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif fault == "stall":
                self._hold(client)
            elif fault == "gate":
                self._waiting.set()
                self._gate.wait()
                client.sendall(body[len(half) :])
        elif fault in ("huge", "negative"):
            entity["Content-Length"] = str(2**62) if fault == "huge" else "-5"
            self._head(client, 200, entity)
            client.sendall(body)
        elif fault in ("gzip", "gzipcut", "brotli"):
            packed = body if fault == "brotli" else gzip.compress(body, 1)
            if fault == "gzipcut":
                packed = packed[: len(packed) // 2]
            entity["Content-Encoding"] = "br" if fault == "brotli" else "gzip"
            self._send(client, 200, entity, packed)
        else:
            self._head(client, 404, {"Content-Length": "0"})

    def begin_plan(self, plan: Callable[[int], str], name: str = "a.fits") -> str:
        """Return the URL of a file that the server serves as planned.

        `plan` says what goes wrong with the request of a number, which begins with 0: "" for nothing, "cut:N" and
        "short:N" end the body after N bytes by a reset or in order, "status:N" and "status:N:WHEN" refuse (with
        Retry-After), "whole" knows no ranges, "badrange" and "norange" say so, "packed" is a proxy that packs,
        "to:URL" redirects, "more:N" announces N bytes too many, "trickle" sends a byte now and then, "other" has another ETag.

        For a request with several ranges, "first" sends one of them. "hull" sends the one range that covers all of
        them. "several:HOW" sends the parts that `_parts` describes. All other plans send correct parts.
        """
        with self._lock:
            self.version = 1
            self.plan = plan
            self._planned = itertools.count()
            self._plans += 1
        return self.url(f"planned/{self._plans}/{name}")

    def begin_script(self, responses: list[bytes]) -> str:
        """Send one element of `responses` for each request to any path, and return the URL of ``/file``."""
        self.requests.clear()
        self._script = list(responses)
        return self.url("file")

    def end_script(self) -> None:
        """Serve files again."""
        self._script = None

    def _as_planned(
        self, client: socket.socket, body: bytes, headers: dict[str, str], planned: str
    ) -> None:
        fault, _, detail = planned.partition(":")
        if self.version > 1:
            body = body[:2880] + body[2880:][::-1]
        etag = f'"{self.version}"' if fault != "other" else '"other"'
        entity = {"ETag": etag, "Accept-Ranges": "bytes"}
        if fault == "status":
            status, _, after = detail.partition(":")
            refusal = {"Retry-After": after} if after else {}
            self._send(client, int(status), refusal, b"no")
            return
        if fault == "to":
            self._head(client, 302, {"Location": detail, "Content-Length": "0"})
            return
        spans = self._spans(headers.get("range"), len(body))
        if headers.get("if-range", etag) != etag or fault == "whole":
            spans = []
        if len(spans) > 1 and fault not in ("first", "hull"):
            entity["Content-Type"], part = self._parts(
                body, spans, detail if fault == "several" else ""
            )
            self._head(client, 206, {**entity, "Content-Length": str(len(part))})
            client.sendall(part[: int(detail)] if fault in ("cut", "short") else part)
            if fault == "cut":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        span = spans[0] if spans else None
        if span and fault == "hull":
            span = span[0], spans[-1][1]
        status, part = 200, body
        if span:
            status, part = 206, body[span[0] : span[1]]
            shift = 1 if fault == "badrange" else 0
            if fault != "norange":
                entity["Content-Range"] = f"bytes {span[0] + shift}-{span[1] - 1}/{len(body)}"
        if fault == "packed":
            entity["Content-Encoding"] = "gzip"
            part = gzip.compress(part, 1)
        length = len(part) + (int(detail) if fault == "more" else 0)
        self._head(client, status, {**entity, "Content-Length": str(length)})
        if fault in ("cut", "short"):
            client.sendall(part[: int(detail)])
            if fault == "cut":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif fault == "trickle":
            for byte in part:
                if self._closing.wait(0.05):
                    break
                client.sendall(bytes([byte]))
        else:
            client.sendall(part)

    def _hold(self, client: socket.socket) -> None:
        self._waiting.set()
        while not self._closing.is_set() and client.recv(4096):
            pass

    def _send(
        self, client: socket.socket, status: int, entity: dict[str, str], body: bytes
    ) -> None:
        self._head(client, status, {**entity, "Content-Length": str(len(body))})
        client.sendall(body)

    @staticmethod
    def _head(client: socket.socket, status: int, entity: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in entity.items()]
        client.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))

    @staticmethod
    def _parts(body: bytes, spans: list[tuple[int, int]], how: str) -> tuple[str, bytes]:
        """Return a multipart/byteranges body and its Content-Type.

        `how`: "reversed", "joined" (each two of them in one part), "missing" (but for the first), "shifted"
        (Content-Range is wrong by one), "twice", "longer" (than a part says), "boundary" (another than announced),
        "none" (no boundary announced), "size" (of another file), "chatty" (text before, between headers and behind),
        "endless" (text behind).
        """
        boundary = "5x boundary'" if how == "chatty" else "THIS_SEPARATES"
        announced = {"boundary": "OTHER", "none": ""}.get(
            how, f'"{boundary}"' if how == "chatty" else boundary
        )
        spans = spans[::-1] if how == "reversed" else spans[:1] if how == "missing" else spans
        if how == "joined":
            spans = [
                (spans[i][0], spans[min(i + 1, len(spans) - 1)][1]) for i in range(0, len(spans), 2)
            ]
        if how == "twice":
            spans = [spans[0], *spans]
        size = len(body) + (1 if how == "size" else 0)
        text = b"This is a multi-part message.\r\n" if how == "chatty" else b""
        for first, end in spans:
            shift = 1 if how == "shifted" else 0
            lines = [f"--{boundary}  " if how == "chatty" else f"--{boundary}"]
            lines += ["content-type: application/fits"] + ["X-More: yes"] * (how == "chatty")
            lines += [f"Content-Range: bytes {first + shift}-{end - 1 + shift}/{size}", "", ""]
            text += (
                b"\r\n" + "\r\n".join(lines).encode() + body[first:end] + b"x" * (how == "longer")
            )
        text += f"\r\n--{boundary}--\r\n".encode()
        if how in ("chatty", "endless"):
            text += b"That is all.\r\n" * (1 if how == "chatty" else 100_000)
        return f"multipart/byteranges; boundary={announced}", text

    @classmethod
    def _spans(cls, text: str | None, size: int) -> list[tuple[int, int]]:
        if text is None or not text.startswith("bytes="):
            return []
        found = (cls._span(f"bytes={one}", size) for one in text[len("bytes=") :].split(","))
        return [span for span in found if span is not None]

    @staticmethod
    def _span(text: str | None, size: int) -> tuple[int, int] | None:
        if text is None or not text.startswith("bytes="):
            return None
        first, _, last = text[len("bytes=") :].partition("-")
        if not first.isdigit():
            return None
        return int(first), min(int(last) + 1 if last else size, size)


@contextmanager
def fault_server(root: str | Path) -> Iterator[FaultServer]:
    """A server that breaks its word in the ways that the module's text lists."""
    with FaultServer(root) as server:
        yield server
