# SPDX-License-Identifier: BSD-3-Clause
"""The transport over the Python package ``xrootd``: ``root://``, ``roots://`` and their aliases.

The first file of a scheme registers the scheme and imports the package.
"""

from __future__ import annotations

import errno
import importlib.util
import math
import re
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import Any, NamedTuple

from rustfits._core.binding.handle import Offer, SchemeResolver
from rustfits._core.binding.library import CData, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.remote.client import (
    Client,
    ClientFile,
    ClientSession,
    FetchError,
    Span,
    Version,
    register_client,
    scheme_of,
    without_secrets,
)

__all__ = ["RESOLVER"]

_SCHEMES = ("root", "roots", "xroot", "xroots")
# The client's own defaults repeat a refused connection for 480 seconds, refuse a server for half an
# hour after a failure, and look at time limits every 15 seconds.
_ENVIRONMENT = {
    "ConnectionRetry": 1,
    "ConnectionWindow": 30,
    "StreamErrorWindow": 0,
    "TimeoutResolution": 1,
}
_MAX_SECONDS = 65535  # the client counts in 16 bits
# Limits of a vector read where the server does not tell its own.
_MAX_CHUNK_BYTES, _MAX_CHUNKS = 2_097_136, 1024
_LIMITS = "readv_ior_max readv_iov_max"


class _ClientError(Exception):
    """A status of the client that is not good; None: the client has closed the file."""

    def __init__(self, status: Any) -> None:
        text = "the client has closed the file" if status is None else str(status.message)
        super().__init__(re.sub(r"^\[[A-Z]+\]\s*", "", " ".join(text.split())))
        self.code = 0 if status is None else int(status.code)
        self.number = 0 if status is None else int(status.errno)


class _Limits(NamedTuple):
    """Limits of a server for vector reads."""

    chunk_bytes: int
    chunks: int


#: A call of the client with a callback: it returns a status, and the callback gets the outcome.
_Call = Callable[[Callable[[Any, Any, Any], None]], Any]


def _all(calls: list[_Call]) -> list[Any]:
    """Run calls of the client side by side and return their responses, or `_ClientError` objects.

    A signal can interrupt the wait.
    """
    arrived: SimpleQueue[tuple[int, Any, Any]] = SimpleQueue()
    results: list[Any] = [None] * len(calls)
    waiting = 0
    for index, call in enumerate(calls):

        def put(status: Any, response: Any, hosts: Any, index: int = index) -> None:
            arrived.put((index, status, response))

        try:
            status = call(put)
        except ValueError:  # of a file that the client has closed, because its server was lost
            results[index] = _ClientError(None)
            continue
        if status.ok:
            waiting += 1
        else:
            results[index] = _ClientError(status)
    for _ in range(waiting):
        index, status, response = arrived.get()
        results[index] = response if status.ok else _ClientError(status)
    return results


def _one(call: _Call) -> Any:
    """Run a call of the client and return its response."""
    result = _all([call])[0]
    if isinstance(result, _ClientError):
        raise result
    return result


class _Session(ClientSession):
    """The open file of the client. Any thread may read it."""

    def __init__(self) -> None:
        self._lock = ForkLock()
        self._opened: tuple[Any, _Limits] | None = None

    def file(self, url: str, timeout: int, connect: int) -> tuple[Any, _Limits]:
        """Return the file, opened if necessary, and the limits of its server."""
        with self._lock:
            if self._opened is None:
                self._opened = self._open(url, timeout, connect)
            return self._opened

    @staticmethod
    def _open(url: str, timeout: int, connect: int) -> tuple[Any, _Limits]:
        from XRootD import client
        from XRootD.client.flags import OpenFlags

        file = client.File()
        limit = min(filter(None, (timeout, connect)), default=0)
        _one(lambda put: file.open(url, OpenFlags.READ, timeout=limit, callback=put))
        # A manager may have sent the client to another server.
        server = file.get_property("DataServer")
        return file, _limits(f"{url.partition('://')[0]}://{server}", limit)

    def drop(self, file: Any) -> None:
        """Forget a file that failed: the next fetch opens it again."""
        with self._lock:
            if self._opened is not None and self._opened[0] is file:
                self._opened = None

    def close(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close(timeout=1, callback=lambda status, response, hosts: None)


_known_limits: dict[str, _Limits] = {}


def _limits(server: str, timeout: int) -> _Limits:
    """Return the limits of a server, which are requested once in a process."""
    if server not in _known_limits:
        from XRootD import client
        from XRootD.client.flags import QueryCode

        files = client.FileSystem(server)
        said = _all(
            [lambda put: files.query(QueryCode.CONFIG, _LIMITS, timeout=timeout, callback=put)]
        )[0]
        words = b"" if isinstance(said, _ClientError) else bytes(said)
        found = [int(word) for word in words.split() if word.isdigit() and len(word) < 12]
        # The server answers with the name of what it does not know.
        limits = _Limits(*found) if len(found) == 2 else _Limits(_MAX_CHUNK_BYTES, _MAX_CHUNKS)
        _known_limits[server] = _Limits(max(limits.chunk_bytes, 1), max(limits.chunks, 1))
    return _known_limits[server]


class _File(ClientFile):
    """A file of an XRootD server."""

    def __init__(self, url: str, session: _Session, timeout: int, connect: int) -> None:
        self._session = session
        self._timeout = timeout
        self._is_new = session._opened is None
        self._file, self._limits = session.file(url, timeout, connect)

    def look(self) -> Version:
        """Return the version of the file. The response to opening it has the first one."""
        return _version(self._checked([lambda put: self._stat(not self._is_new, put)])[0])

    def _stat(self, force: bool, put: Any) -> Any:
        return self._file.stat(force=force, timeout=self._timeout, callback=put)

    def _checked(self, calls: list[_Call]) -> list[Any]:
        results = _all(calls)
        for result in results:
            if isinstance(result, _ClientError):
                self._session.drop(self._file)
                raise result
        return results

    def batches(self, spans: list[Span], concurrency: int) -> Iterator[list[Span]]:
        """Yield the ranges in groups: one vector read costs about as much as one long range."""
        batch: list[Span] = []
        cost = 0.0
        for span in spans:
            more = 1.0 if self._is_long(span) else 1 / self._limits.chunks
            if batch and cost + more > concurrency:
                yield batch
                batch, cost = [], 0.0
            batch.append(span)
            cost += more
        if batch:
            yield batch

    def _is_long(self, span: Span) -> bool:
        return span[1] - span[0] > self._limits.chunk_bytes

    def _vectors(self, spans: list[Span]) -> list[list[int]]:
        """Return the numbers of the ranges of each request: a vector read, or one range alone."""
        vectors: list[list[int]] = []
        short: list[int] = []
        for index, span in enumerate(spans):
            if self._is_long(span):
                vectors.append([index])
                continue
            if not short or len(short) == self._limits.chunks:
                short = []
                vectors.append(short)
            short.append(index)
        return vectors

    def request_count(self, spans: list[Span]) -> int:
        return len(self._vectors(spans))

    def read(self, spans: list[Span]) -> list[bytes]:
        vectors = self._vectors(spans)
        calls = [self._call([spans[index] for index in vector]) for vector in vectors]
        return _bodies(vectors, self._checked(calls), len(spans))

    def read_and_look(self, spans: list[Span]) -> tuple[list[bytes], Version]:
        vectors = self._vectors(spans)
        calls = [self._call([spans[index] for index in vector]) for vector in vectors]
        *results, stat = _all([*calls, lambda put: self._stat(True, put)])
        for result in (stat, *results):
            # Reading beyond the end of a file that has shrunk is an error. The version tells why.
            is_other = result is not stat and _version(stat) != self._session.version
            if isinstance(result, _ClientError) and not is_other:
                self._session.drop(self._file)
                raise result
        version = _version(stat)
        if version != self._session.version:
            return [], version
        return _bodies(vectors, results, len(spans)), version

    def _call(self, spans: list[Span]) -> _Call:
        chunks = [(begin, end - begin) for begin, end in spans]
        file, timeout = self._file, self._timeout
        if len(chunks) == 1:
            return lambda put: file.read(*chunks[0], timeout=timeout, callback=put)
        return lambda put: file.vector_read(chunks, timeout=timeout, callback=put)


def _version(stat: Any) -> Version:
    return Version(int(stat.size), f'"{stat.size}-{stat.modtime}"'.encode())


def _bodies(vectors: list[list[int]], responses: list[Any], count: int) -> list[bytes]:
    """Return the bytes of all ranges in their order."""
    bodies = [b""] * count
    for vector, response in zip(vectors, responses, strict=True):
        if len(vector) == 1:
            bodies[vector[0]] = response
            continue
        for index, chunk in zip(vector, response.chunks, strict=True):
            bodies[index] = chunk.buffer
    return bodies


def _failure(exception: Exception) -> FetchError:
    """Return an exception as a failure of a fetch."""
    message = f"xrootd: {without_secrets(str(exception)) or type(exception).__name__}"
    if isinstance(exception, _ClientError):
        status, number = _STATUSES.get((exception.code, exception.number), (0, 0))
        if not status:
            status, number = _STATUSES.get((exception.code, 0), (lib.RF_ERR_NETWORK, 0))
        return FetchError(status, message, sys_errno=number)
    if isinstance(exception, ImportError):
        return FetchError(lib.RF_ERR_NOT_BUILT, message)
    if isinstance(exception, MemoryError):
        return FetchError(lib.RF_ERR_MEMORY, message)
    return FetchError(lib.RF_ERR_NETWORK, message)


# Statuses and errnos, by the code of the client and the number of the server. (XrdCl/XrdClStatus.hh
# and XProtocol.hh; a server that cannot be reached has an errno.)
_STATUSES: dict[tuple[int, int], tuple[int, int]] = {
    (3, 0): (lib.RF_ERR_ARGUMENT, 0),  # invalid operation
    (9, 0): (lib.RF_ERR_ARGUMENT, 0),  # invalid arguments
    (13, 0): (lib.RF_ERR_UNSUPPORTED, 0),
    (101, 0): (lib.RF_ERR_NETWORK, errno.EHOSTUNREACH),  # invalid address
    (102, 0): (lib.RF_ERR_NETWORK, errno.ECONNREFUSED),  # socket error
    (103, 0): (lib.RF_ERR_TIMEOUT, errno.ETIMEDOUT),  # socket timeout
    (108, 0): (lib.RF_ERR_NETWORK, errno.ECONNREFUSED),  # connection error
    (110, 0): (lib.RF_ERR_TLS, 0),
    (203, 0): (lib.RF_ERR_PERMISSION, 0),  # login failed
    (204, 0): (lib.RF_ERR_PERMISSION, 0),  # authentication failed
    (206, 0): (lib.RF_ERR_TIMEOUT, 0),  # operation expired
    (304, 0): (lib.RF_ERR_NO_FILE, 0),
    (400, 3010): (lib.RF_ERR_PERMISSION, 0),
    (400, 3011): (lib.RF_ERR_NO_FILE, 0),
    (400, 3013): (lib.RF_ERR_UNSUPPORTED, 0),
    (400, 3015): (lib.RF_ERR_DIRECTORY, 0),  # not a file
    (400, 3016): (lib.RF_ERR_DIRECTORY, 0),
    (400, 3028): (lib.RF_ERR_TLS, 0),
    (400, 3030): (lib.RF_ERR_PERMISSION, 0),  # authentication failed
}


def _seconds(value: float) -> int:
    return min(math.ceil(value), _MAX_SECONDS) if value > 0 else 0


class _XRootD(Client):
    """The client of the package ``xrootd``."""

    name = "xrootd"
    is_vectored = True

    def new_session(self) -> _Session:
        return _Session()

    def open(self, url: str, session: ClientSession, remote: CData) -> _File:
        assert isinstance(session, _Session)
        timeout = _seconds(remote.timeout) if remote else 0
        connect = _seconds(remote.connect_timeout) if remote else 0
        _configure(connect)
        scheme, mark, rest = url.partition("://")
        url = scheme.lower() + mark + rest
        return _File(url, session, timeout, connect)

    def failure(self, exception: Exception) -> FetchError:
        return _failure(exception)


_put: dict[str, int] = {}  # what `_configure` has set


def _configure(connect: int) -> None:
    """Give the client usable time limits, except where the program or ``XRD_...`` has set them."""
    from XRootD import client

    for name, value in _ENVIRONMENT.items():
        present = int(client.EnvGetInt(name))
        wanted = connect if name == "ConnectionWindow" and connect else value
        is_ours = present == _put.get(name, int(client.EnvGetDefault(name)))
        if is_ours and present != wanted and client.EnvPutInt(name, wanted):
            _put[name] = wanted


_CLIENT = _XRootD()


def _serve(name: bytes) -> bool:
    """Register the client for the scheme of a name, if the package is installed."""
    scheme = scheme_of(name)
    if scheme not in _SCHEMES or importlib.util.find_spec("XRootD") is None:
        return False
    return register_client(_CLIENT, scheme)


def _hint(name: bytes) -> str:
    return " (pip install xrootd)" if scheme_of(name) in _SCHEMES else ""


def _offers() -> list[Offer]:
    has = importlib.util.find_spec("XRootD") is not None
    return [Offer(scheme, "xrootd", has, "pip install xrootd") for scheme in _SCHEMES]


RESOLVER = SchemeResolver(_serve, _hint, _offers)
