# SPDX-License-Identifier: BSD-3-Clause
"""Transports over clients in Python: fsspec, XRootD, GridFTP.

A `Client` opens files. This module does the rest of an ``rf_transport``: the version of a file at
opening and at each fetch, the limits, the receiver, and failures in the terms of the C library.
"""

from __future__ import annotations

import re
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import NamedTuple

from rustfits._core.binding.library import CData, check, error, ffi, lib, text
from rustfits._core.binding.names import shown
from rustfits._core.remote.callbacks import copy_text, keep_exception, serve_sessions
from rustfits._core.remote.sending import Body, BodyError

__all__ = [
    "Client",
    "ClientFile",
    "ClientSession",
    "FetchError",
    "Span",
    "Version",
    "register_client",
    "scheme_of",
    "transport_of",
    "without_secrets",
]

#: First byte of a range, and the byte after its last one.
Span = tuple[int, int]

# Limit of bytes of one request, which are then held in memory.
_CHUNK_BYTES = 16 << 20
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://")
_URL = re.compile(r"[^\s'\"<>]*(?:://|[?#;&][^\s'\"<>]*=)[^\s'\"<>]+")

_served: dict[str, list[CData]] = {}  # the transports must live as long as the process
_clients: dict[Client, CData] = {}  # handles, by which callbacks find their client


class FetchError(Exception):
    """A fetch that failed, in the terms of the C library."""

    def __init__(self, status: int, message: str, http_status: int = 0, sys_errno: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.http_status = http_status
        self.sys_errno = sys_errno

    def record(self, err: CData) -> None:
        """Fill in an rf_error, unless it holds a failure already."""
        if err and err.code == lib.RF_OK:
            lib.rf_error_clear(err)
            err.code = self.status
            err.http_status = self.http_status
            err.sys_errno = self.sys_errno
            copy_text(err.message, str(self).encode())


class _ReceiverError(Exception):
    """The C library ended the fetch. Its rf_error is filled in already."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Version(NamedTuple):
    """What distinguishes one version of a file from another."""

    size: int  # -1: unknown
    validator: bytes  # b"": there is none


class ClientSession:
    """What the fetches of one open file share. Several threads use it at the same time."""

    #: The version of the file at opening.
    version: Version | None = None

    def close(self) -> None:
        """Release what the session holds."""


class ClientFile(ABC):
    """A file of a client, for one fetch."""

    #: Whether `whole` is cheaper than ranges also for a file of known size.
    streams = False

    @abstractmethod
    def look(self) -> Version:
        """Return the present version of the file."""

    @abstractmethod
    def read(self, spans: list[Span]) -> list[bytes]:
        """Return the bytes of some ranges, fetched together."""

    def read_and_look(self, spans: list[Span]) -> tuple[list[bytes], Version]:
        """Return the bytes of some ranges, and the version of the file at that time."""
        bodies = self.read(spans)
        return bodies, self.look()

    def batches(self, spans: list[Span], concurrency: int) -> Iterator[list[Span]]:
        """Yield the ranges in the groups that `read` fetches together."""
        for first in range(0, len(spans), concurrency):
            yield spans[first : first + concurrency]

    def request_count(self, spans: list[Span]) -> int:
        """Return the number of requests that `read` sends for some ranges."""
        return len(spans)

    def send(self, body: Body, *, only_new: bool) -> None:
        """Replace the file by `body`, all of it or nothing.

        `only_new`: a `FileExistsError` if there is a file.
        """
        raise FetchError(lib.RF_ERR_READONLY, "the client does not send files")

    def whole(self) -> Iterator[bytes]:
        """Yield the content of a file, whose size may be unknown."""
        raise FetchError(lib.RF_ERR_UNSUPPORTED, "the size of the file is unknown")


class Client(ABC):
    """A client library or program that reads files of servers."""

    #: Name of the transport, for messages.
    name: str
    #: Whether many ranges cost as much as one: ``RF_TRANSPORT_MULTIRANGE``.
    is_vectored = False
    #: Whether `ClientFile.send` works: ``RF_TRANSPORT_SEND``.
    sends = False

    def new_session(self) -> ClientSession:
        """Return what the fetches of one open file share."""
        return ClientSession()

    @abstractmethod
    def open(self, url: str, session: ClientSession, remote: CData) -> ClientFile:
        """Return a file.

        Parameters
        ----------
        url : str
            The name of the file as the user wrote it.
        session : ClientSession
            What `new_session` returned for this open file.
        remote : rf_remote_options *
            The options of the caller; NULL: none.
        """

    @abstractmethod
    def failure(self, exception: Exception) -> FetchError:
        """Return an exception of the client as a failure of a fetch."""


def scheme_of(name: bytes) -> str | None:
    """Return the scheme of a name in lower case, or None."""
    match = _SCHEME.match(name)
    return match[1].decode().lower() if match else None


def without_secrets(message: str) -> str:
    """Return a message of a client without the secrets in its URLs.

    URLs may have no scheme there.
    """
    return _URL.sub(lambda match: _hide(match[0]), message)


def _hide(url: str) -> str:
    return shown(url) if "://" in url else shown("x://" + url)[4:]


def register_client(client: Client, scheme: str) -> bool:
    """Register a client as the transport of a scheme, unless a client serves it already.

    Returns
    -------
    bool
        True: a transport serves the scheme.

    Raises
    ------
    FITSError
        If the C library cannot take it.
    """
    if scheme in _served:
        return True
    if client not in _clients:
        _clients[client] = ffi.new_handle(client)
    transport, *kept = transport_of(client, _clients[client])
    schemes = ffi.new("char[]", scheme.encode())
    transport.schemes = schemes
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    _served[scheme] = [transport, schemes, *kept]
    return True


def transport_of(client: Client, handle: CData) -> list[CData]:
    """Return an ``rf_transport *`` without schemes, and what must live as long as it.

    Parameters
    ----------
    client : Client
        The client.
    handle : CData
        A handle of it.
    """
    transport, name = ffi.new("rf_transport *"), ffi.new("char[]", client.name.encode())
    transport.size = ffi.sizeof("rf_transport")
    transport.name = name
    transport.user = handle
    transport.flags = lib.RF_TRANSPORT_RAW_NAMES
    if client.is_vectored:
        transport.flags |= lib.RF_TRANSPORT_MULTIRANGE
    if client.sends:
        transport.flags |= lib.RF_TRANSPORT_SEND
    transport.fetch = lib.rf_py_client_fetch
    transport.session_open = lib.rf_py_client_session_open
    transport.session_close = lib.rf_py_client_session_close
    return [transport, name, handle]


class _Fetch:
    """One call of the C library for a file or its ranges."""

    def __init__(self, request: CData, receiver: CData, response: CData, err: CData) -> None:
        self._request = request
        self._receiver = receiver
        self._response = response
        self._err = err

    def run(self, client: Client) -> None:
        """Fetch what the request says and deliver it to the receiver."""
        request, response = self._request, self._response
        response.requests, response.retry_after = 0, -1.0
        if request.delay > 0:
            time.sleep(request.delay)
        session = ffi.from_handle(request.session)
        self._file = client.open(text(request.url), session, request.remote)
        if request.method:
            self._file.send(Body(request.body, self._err), only_new=request.only_new == 1)
            response.requests += 1
            response.status = 201
            self._begin(0)
            return
        whole = not request.ranges
        self._is_fresh = session.version is None or whole or request.whole_or_range == 1
        if self._is_fresh:  # the file is being opened
            session.version = self._file.look()
            response.requests += 1
        self._version = session.version
        response.status = 200 if whole else 206
        response.total_size = self._version.size
        response.accepts_ranges = lib.RF_ACCEPT_RANGES_BYTES
        copy_text(response.etag, self._version.validator)
        if whole or self._version.size < 0:
            self._whole()
        else:
            self._ranges()

    def _whole(self) -> None:
        if not self._request.ranges or self._request.whole_or_range == 1:
            self._response.status = 200
        else:
            raise FetchError(lib.RF_ERR_UNSUPPORTED, "the size of the file is unknown")
        limit, size = self._request.max_bytes, self._version.size
        if size > limit:
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has {size} bytes; the limit for a remote file is {limit}",
            )
        self._begin(0)
        if size < 0 or (size > 0 and self._file.streams):
            self._response.requests += 1
            for body in self._file.whole():
                self._take(0, body)
            return
        spans = [(first, min(first + _CHUNK_BYTES, size)) for first in range(0, size, _CHUNK_BYTES)]
        for _, body in self._chunks(spans, 1):
            self._take(0, body)

    def _ranges(self) -> None:
        request, size = self._request, self._version.size
        spans = []
        for index in range(request.range_count):
            first, length = request.ranges[index].offset, request.ranges[index].length
            end = first + length
            if request.whole_or_range == 1:
                end = min(end, size)
            if end > size or first > end:
                raise FetchError(
                    lib.RF_ERR_TRUNCATED,
                    f"bytes {first}-{first + length - 1} reach beyond the end of the file "
                    f"({size} bytes)",
                )
            spans.append((first, end))
        if spans == [(0, 0)]:  # an empty file has no ranges
            self._begin(0)
            return
        for index, body in self._chunks(spans, max(request.concurrency, 1)):
            self._begin(index)
            self._take(index, body)

    def _chunks(self, spans: list[Span], concurrency: int) -> Iterator[tuple[int, bytes]]:
        """Yield the index and bytes of ranges, which are fetched in batches."""
        first = 0
        for batch in self._file.batches(spans, concurrency):
            self._response.requests += self._file.request_count(batch)
            if self._is_fresh:
                bodies = self._file.read(batch)
            else:
                bodies, version = self._file.read_and_look(batch)
                self._response.requests += 1
                if version != self._version:
                    raise FetchError(
                        lib.RF_ERR_CHANGED,
                        "the file has changed since it was opened; open it again",
                    )
            self._is_fresh = False
            for index, body in enumerate(bodies):
                self._expect(batch[index], body)
                yield first + index, body
            first += len(batch)

    @staticmethod
    def _expect(span: Span, body: bytes) -> None:
        if len(body) != span[1] - span[0]:
            raise FetchError(
                lib.RF_ERR_TRUNCATED,
                f"the transfer ended after {len(body)} of {span[1] - span[0]} bytes",
            )

    def _begin(self, index: int) -> None:
        receiver = self._receiver
        self._accepted(receiver.begin(receiver.user, index, self._response, self._err))

    def _take(self, index: int, body: bytes) -> None:
        receiver = self._receiver
        if body:
            data = ffi.from_buffer(body)
            self._accepted(receiver.take(receiver.user, index, data, len(body), self._err))

    @staticmethod
    def _accepted(status: int) -> None:
        if status != lib.RF_OK:
            raise _ReceiverError(status)


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an ``rf_transport``."""
    client: Client = ffi.from_handle(user)
    try:
        _Fetch(request, receiver, response, err).run(client)
    except (_ReceiverError, BodyError) as refusal:
        return refusal.status
    except Exception as exception:  # a client may raise anything
        failure = exception if isinstance(exception, FetchError) else client.failure(exception)
        failure.record(err)
        return failure.status
    return int(lib.RF_OK)


def _new_session(user: CData) -> ClientSession:
    client: Client = ffi.from_handle(user)
    return client.new_session()


serve_sessions(_new_session, "rf_py_client_session_open", "rf_py_client_session_close")
ffi.def_extern(name="rf_py_client_fetch", error=lib.RF_ERR_CALLBACK, onerror=keep_exception)(_fetch)
