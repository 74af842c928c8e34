# SPDX-License-Identifier: BSD-3-Clause
"""The transport over fsspec, for schemes that the C library does not know.

``gs://``, ``az://``, ``sftp://``, ``memory://`` and all other schemes of the installed filesystems.
The first file of a scheme registers the scheme and imports fsspec.
"""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

from rustfits._core.binding.handle import SchemeResolver, set_scheme_resolver
from rustfits._core.binding.library import CData, check, error, ffi, lib, text
from rustfits._core.binding.names import shown
from rustfits._core.remote.callbacks import copy_text, keep_exception, serve_sessions

__all__ = ["install_hint", "serve"]

# Limit of bytes of one request, which are then held in memory.
_CHUNK_BYTES = 16 << 20
_URL = re.compile(r"[^\s'\"<>]*(?:://|[?#;&][^\s'\"<>]*=)[^\s'\"<>]+")
# Libraries have many exception classes for refused logins, most of them without a status.
_WHO_ARE_YOU = re.compile(r"Authenticat|Credential|Unauthorized|Forbidden")
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://")
# The packages that fsspec needs for the most common schemes.
_PACKAGES = {
    "abfs": "adlfs",
    "adl": "adlfs",
    "az": "adlfs",
    "gcs": "gcsfs",
    "gs": "gcsfs",
    "hdfs": "pyarrow",
    "hf": "huggingface_hub",
    "oci": "ocifs",
    "oss": "ossfs",
    "sftp": "paramiko",
    "smb": "smbprotocol",
    "ssh": "paramiko",
    "webdav": "webdav4",
}

_served: dict[str, list[CData]] = {}  # the transports must live as long as the process


class _FetchError(Exception):
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


def serve(name: bytes) -> bool:
    """Register fsspec as the transport for the scheme of a name, if fsspec knows the scheme.

    Returns
    -------
    bool
        Whether this call registered it.
    """
    scheme = _scheme(name)
    if scheme is None or scheme in _served:
        return False
    try:
        import fsspec
    except ModuleNotFoundError:
        return False
    if scheme not in fsspec.available_protocols() and scheme not in fsspec.registry:
        return False
    transport = ffi.new("rf_transport *")
    kept = [ffi.new("char[]", b"fsspec"), ffi.new("char[]", scheme.encode()), transport]
    transport.size = ffi.sizeof("rf_transport")
    transport.name, transport.schemes = kept[0], kept[1]
    transport.flags = lib.RF_TRANSPORT_RAW_NAMES
    transport.fetch = lib.rf_py_filesystem_fetch
    transport.session_open = lib.rf_py_filesystem_session_open
    transport.session_close = lib.rf_py_filesystem_session_close
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    _served[scheme] = kept
    return True


def install_hint(name: bytes) -> str:
    """Return which packages to install for the scheme of a name; "": unknown."""
    package = _PACKAGES.get(_scheme(name) or "")
    return f" (pip install fsspec {package})" if package else ""


set_scheme_resolver(SchemeResolver(serve, install_hint))


def _scheme(name: bytes) -> str | None:
    match = _SCHEME.match(name)
    return match[1].decode().lower() if match else None


class _Info(NamedTuple):
    """What distinguishes one version of a file from another."""

    size: int  # -1: unknown
    validator: bytes  # b"": there is none


class _Session:
    """What the fetches of one open file share: the version of the file at opening."""

    info: _Info | None = None

    def close(self) -> None:
        """Do nothing. fsspec owns its connections."""


class _File:
    """A file of a filesystem of fsspec."""

    def __init__(self, name: str) -> None:
        from fsspec.core import url_to_fs

        scheme, mark, path = name.partition("://")
        # fsspec keeps filesystems, one a process, and one a thread where necessary.
        self._fs, self._path = url_to_fs(scheme.lower() + mark + path)

    def look(self) -> _Info:
        """Return the present version of the file."""
        self._fs.invalidate_cache(self._path)  # cached listings may be out of date
        return _info(self._fs.info(self._path))

    def read(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """Return the bytes of some ranges, fetched together."""
        if "sftp" in self._fs.protocol:
            return self._read_sftp(spans)
        return _bodies(self._fs.cat_ranges(*self._arguments(spans), on_error="raise"))

    def _read_sftp(self, spans: list[tuple[int, int]]) -> list[bytes]:
        """Return the bytes of some ranges by one request. fsspec itself waits every 32 KiB."""
        with self._fs.open(self._path, "rb") as file:
            return list(file.readv([(begin, end - begin) for begin, end in spans]))

    def read_and_look(self, spans: list[tuple[int, int]]) -> tuple[list[bytes], _Info]:
        """Return the bytes of some ranges, and the version of the file at that time.

        Both requests run side by side where the filesystem can do that.
        """
        if not self._fs.async_impl or self._fs.asynchronous:
            bodies = self.read(spans)
            return bodies, self.look()
        from fsspec.asyn import sync

        self._fs.invalidate_cache(self._path)
        bodies, info = sync(self._fs.loop, self._read_and_look, spans)
        return _bodies(bodies), _info(info)

    async def _read_and_look(self, spans: list[tuple[int, int]]) -> Any:
        import asyncio

        bodies = self._fs._cat_ranges(*self._arguments(spans), on_error="raise")
        return await asyncio.gather(bodies, self._fs._info(self._path))

    def _arguments(self, spans: list[tuple[int, int]]) -> tuple[list[str], list[int], list[int]]:
        starts, ends = [begin for begin, _ in spans], [end for _, end in spans]
        return [self._path] * len(spans), starts, ends

    def whole(self) -> bytes:
        """Return the content of a file of unknown size."""
        return bytes(self._fs.cat_file(self._path))


def _bodies(bodies: list[Any]) -> list[bytes]:
    for body in bodies:
        if isinstance(body, BaseException):  # older versions return exceptions in spite of on_error
            raise body
    return [bytes(body) for body in bodies]


def _info(info: dict[str, Any]) -> _Info:
    if info.get("type") == "directory":
        raise IsADirectoryError(errno.EISDIR, "it is a directory")
    size = info.get("size")
    return _Info(-1 if size is None else int(size), _validator(info))


def _validator(info: dict[str, Any]) -> bytes:
    """Return what distinguishes this version of the file from others; empty: unknown."""
    for name in ("ETag", "etag", "md5Hash", "content_md5", "checksum", "version", "generation"):
        if info.get(name):
            return f'"{info[name]}"'.replace('""', '"').encode()[:120]
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        if info.get(name):
            return f'"{info[name]}"'.encode()[:120]
    return b""


class _Fetch:
    """One call of the C library for a file or its ranges."""

    def __init__(self, request: CData, receiver: CData, response: CData, err: CData) -> None:
        self._request = request
        self._receiver = receiver
        self._response = response
        self._err = err

    def run(self) -> None:
        request, response = self._request, self._response
        response.requests, response.retry_after = 0, -1.0
        if request.delay > 0:
            time.sleep(request.delay)
        self._file = _File(text(request.url))
        session = ffi.from_handle(request.session)
        whole = not request.ranges
        self._is_fresh = session.info is None or whole or request.whole_or_range == 1
        if self._is_fresh:  # the file is being opened
            session.info = self._file.look()
            response.requests += 1
        self._info = session.info
        response.status = 200 if whole else 206
        response.total_size = self._info.size
        response.accepts_ranges = lib.RF_ACCEPT_RANGES_BYTES
        copy_text(response.etag, self._info.validator)
        if whole or self._info.size < 0:
            self._whole()
        else:
            self._ranges()

    def _whole(self) -> None:
        if not self._request.ranges or self._request.whole_or_range == 1:
            self._response.status = 200
        else:
            raise _FetchError(lib.RF_ERR_UNSUPPORTED, "the size of the file is unknown")
        limit, size = self._request.max_bytes, self._info.size
        if size > limit:
            raise _FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has {size} bytes; the limit for a remote file is {limit}",
            )
        self._begin(0)
        if size < 0:
            self._response.requests += 1
            self._take(0, self._file.whole())
            return
        spans = [(first, min(first + _CHUNK_BYTES, size)) for first in range(0, size, _CHUNK_BYTES)]
        for _, body in self._chunks(spans, 1):
            self._take(0, body)

    def _ranges(self) -> None:
        request, size = self._request, self._info.size
        spans = []
        for index in range(request.range_count):
            first, length = request.ranges[index].offset, request.ranges[index].length
            end = first + length
            if request.whole_or_range == 1:
                end = min(end, size)
            if end > size or first > end:
                raise _FetchError(
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

    def _chunks(self, spans: list[tuple[int, int]], count: int) -> Iterator[tuple[int, bytes]]:
        """Yield the index and bytes of ranges, which are fetched `count` at a time."""
        for first in range(0, len(spans), count):
            some = spans[first : first + count]
            self._response.requests += len(some)
            if self._is_fresh:
                bodies = self._file.read(some)
            else:
                bodies, info = self._file.read_and_look(some)
                self._response.requests += 1
                if info != self._info:
                    raise _FetchError(
                        lib.RF_ERR_CHANGED,
                        "the file has changed since it was opened; open it again",
                    )
            self._is_fresh = False
            for index, body in enumerate(bodies):
                self._expect(some[index], body)
                yield first + index, body

    @staticmethod
    def _expect(span: tuple[int, int], body: bytes) -> None:
        if len(body) != span[1] - span[0]:
            raise _FetchError(
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


def _without_secrets(url: str) -> str:
    return shown(url) if "://" in url else shown("x://" + url)[4:]


def _http_status(exception: Exception) -> int:
    """Return the HTTP status in an exception of a library; 0: none."""
    for name in ("status_code", "status", "code"):
        status = getattr(exception, name, None)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    return 0


def _failure(exception: Exception) -> _FetchError:
    """Return an exception of a filesystem as a failure of a fetch."""
    known: list[tuple[type[Exception], int]] = [
        (FileNotFoundError, lib.RF_ERR_NO_FILE),
        (PermissionError, lib.RF_ERR_PERMISSION),
        (IsADirectoryError, lib.RF_ERR_DIRECTORY),
        (TimeoutError, lib.RF_ERR_TIMEOUT),
        (NotImplementedError, lib.RF_ERR_UNSUPPORTED),
        (ImportError, lib.RF_ERR_NOT_BUILT),
        (ValueError, lib.RF_ERR_ARGUMENT),
        (TypeError, lib.RF_ERR_ARGUMENT),
        (MemoryError, lib.RF_ERR_MEMORY),
    ]
    http_status = _http_status(exception)
    status = next((code for kind, code in known if isinstance(exception, kind)), None)
    if status is None and (
        http_status in (401, 403) or _WHO_ARE_YOU.search(type(exception).__name__)
    ):
        status = lib.RF_ERR_PERMISSION
    if status is None and http_status:
        status = lib.RF_ERR_NO_FILE if http_status == 404 else lib.RF_ERR_HTTP_STATUS
    # Messages of libraries may hold URLs, also without a scheme, and URLs may hold secrets.
    said = _URL.sub(lambda match: _without_secrets(match[0]), str(exception))
    message = f"fsspec: {type(exception).__name__}: {said}" if said else type(exception).__name__
    if status is not None:
        return _FetchError(status, message, http_status)
    number = exception.errno if isinstance(exception, OSError) else None
    return _FetchError(lib.RF_ERR_NETWORK, message, sys_errno=number or 0)


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an rf_transport."""
    try:
        _Fetch(request, receiver, response, err).run()
    except _ReceiverError as refusal:
        return refusal.status
    except Exception as exception:  # a filesystem may raise anything
        failure = exception if isinstance(exception, _FetchError) else _failure(exception)
        failure.record(err)
        return failure.status
    return int(lib.RF_OK)


serve_sessions(_Session, "rf_py_filesystem_session_open", "rf_py_filesystem_session_close")
ffi.def_extern(name="rf_py_filesystem_fetch", error=lib.RF_ERR_CALLBACK, onerror=keep_exception)(
    _fetch
)
