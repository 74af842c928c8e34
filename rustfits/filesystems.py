# SPDX-License-Identifier: BSD-3-Clause
"""The transport over fsspec: schemes that the C library does not know, where fsspec does.

``gs://``, ``az://``, ``sftp://``, ``memory://`` and whatever else is installed. A scheme is
registered when a file of it is opened for the first time; fsspec is imported then.
"""

from __future__ import annotations

import errno
import re
import time
from collections.abc import Iterator
from typing import Any

from rustfits._lib import CData, check, error, ffi, lib, text
from rustfits.answer import FetchError, copy_text
from rustfits.curl_options import shown
from rustfits.lane import ReceiverError
from rustfits.transport import escaped, record

__all__ = ["install_hint", "serve"]

# Most bytes that are asked for, and then held, at a time.
_PIECE_BYTES = 16 << 20
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]+")
_SCHEME = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*)://")
# What fsspec needs for the schemes that are asked for most.
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


def serve(name: bytes) -> bool:
    """Make fsspec the transport for the scheme of a name, if it can be.

    Returns
    -------
    bool
        Whether it is now, and was not before.
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
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    _served[scheme] = kept
    return True


def install_hint(name: bytes) -> str:
    """Give what to install for the scheme of a name, "" when nobody knows."""
    package = _PACKAGES.get(_scheme(name) or "")
    return f" (pip install fsspec {package})" if package else ""


def _scheme(name: bytes) -> str | None:
    match = _SCHEME.match(name)
    return match[1].decode().lower() if match else None


class _File:
    """A file of a filesystem of fsspec's, as it is now."""

    def __init__(self, name: str) -> None:
        from fsspec.core import url_to_fs

        scheme, mark, path = name.partition("://")
        self._fs, self._path = url_to_fs(scheme.lower() + mark + path)
        self._fs.invalidate_cache(self._path)  # listings that are kept may be old
        facts = self._fs.info(self._path)
        if facts.get("type") == "directory":
            raise IsADirectoryError(errno.EISDIR, "it is a directory")
        size = facts.get("size")
        self.size = -1 if size is None else int(size)
        self.etag = _validator(facts)

    def pieces(self, spans: list[tuple[int, int]], count: int) -> Iterator[tuple[int, bytes]]:
        """Give the bytes of stretches, at most `count` of them at a time, with their index."""
        for first in range(0, len(spans), count):
            some = spans[first : first + count]
            bodies = self._fs.cat_ranges(
                [self._path] * len(some),
                [begin for begin, _ in some],
                [end for _, end in some],
                on_error="raise",
            )
            for index, body in enumerate(bodies):
                yield first + index, bytes(body)

    def whole(self) -> bytes:
        """Give all of a file that does not tell its size."""
        return bytes(self._fs.cat_file(self._path))


def _validator(facts: dict[str, Any]) -> bytes:
    """Give what tells this version of the file from another, "" when nothing does."""
    for name in ("ETag", "etag", "md5Hash", "content_md5", "checksum", "version", "generation"):
        if facts.get(name):
            return f'"{facts[name]}"'.replace('""', '"').encode()[:120]
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        if facts.get(name):
            return f'"{facts[name]}"'.encode()[:120]
    return b""


class _Fetch:
    """One call of the C library."""

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
        file = _File(text(request.url))
        whole = not request.ranges
        response.status = 200 if whole else 206
        response.total_size = file.size
        response.accepts_ranges = 1
        copy_text(response.etag, file.etag)
        if request.validator and ffi.string(request.validator) != file.etag:
            raise FetchError(
                lib.RF_ERR_CHANGED, "the file has changed since it was opened; open it again"
            )
        if whole or file.size < 0:
            self._whole(file)
        else:
            self._ranges(file)

    def _whole(self, file: _File) -> None:
        if not self._request.ranges or self._request.whole_or_range == 1:
            self._response.status = 200
        else:
            raise FetchError(lib.RF_ERR_UNSUPPORTED, "the file does not tell how long it is")
        limit = self._request.limit_bytes
        if file.size > limit:
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has {file.size} bytes; the limit for a remote file is {limit}",
            )
        self._begin(0)
        if file.size < 0:
            self._response.requests += 1
            self._take(0, file.whole())
            return
        spans = [
            (first, min(first + _PIECE_BYTES, file.size))
            for first in range(0, file.size, _PIECE_BYTES)
        ]
        for index, body in file.pieces(spans, 1):
            self._expect(spans[index], body)
            self._take(0, body)

    def _ranges(self, file: _File) -> None:
        request = self._request
        spans = []
        for index in range(request.range_count):
            first, length = request.ranges[index].first, request.ranges[index].length
            end = first + length
            if request.whole_or_range == 1:
                end = min(end, file.size)
            if end > file.size or first > end:
                raise FetchError(
                    lib.RF_ERR_TRUNCATED,
                    f"bytes {first}-{first + length - 1} reach behind the end of the file "
                    f"({file.size} bytes)",
                )
            spans.append((first, end))
        if spans == [(0, 0)]:  # an empty file: there is nothing to ask for
            self._begin(0)
            return
        for index, body in file.pieces(spans, max(request.concurrency, 1)):
            self._expect(spans[index], body)
            self._begin(index)
            self._take(index, body)

    def _expect(self, span: tuple[int, int], body: bytes) -> None:
        self._response.requests += 1
        if len(body) != span[1] - span[0]:
            raise FetchError(
                lib.RF_ERR_TRUNCATED,
                f"the transfer ended after {len(body)} of {span[1] - span[0]} bytes",
            )

    def _begin(self, index: int) -> None:
        receiver = self._receiver
        self._accepted(receiver.begin(receiver.context, index, self._response, self._err))

    def _take(self, index: int, body: bytes) -> None:
        receiver = self._receiver
        if body:
            data = ffi.from_buffer(body)
            self._accepted(receiver.take(receiver.context, index, data, len(body), self._err))

    @staticmethod
    def _accepted(status: int) -> None:
        if status != lib.RF_OK:
            raise ReceiverError(status)


def _failure(exception: Exception) -> FetchError:
    """Put an exception of a filesystem into the C library's terms."""
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
    status = next((code for kind, code in known if isinstance(exception, kind)), None)
    # What libraries say may hold URLs, and these what nobody else should see.
    said = _URL.sub(lambda match: shown(match[0]), str(exception))
    message = f"fsspec: {type(exception).__name__}: {said}" if said else type(exception).__name__
    if status is not None:
        return FetchError(status, message)
    number = exception.errno if isinstance(exception, OSError) else None
    return FetchError(lib.RF_ERR_NETWORK, message, sys_errno=number or 0)


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an rf_transport."""
    try:
        _Fetch(request, receiver, response, err).run()
    except ReceiverError as refusal:
        return refusal.status
    except Exception as exception:  # a filesystem may raise what it likes
        failure = exception if isinstance(exception, FetchError) else _failure(exception)
        record(err, failure)
        return failure.status
    return int(lib.RF_OK)


ffi.def_extern(name="rf_py_filesystem_fetch", error=lib.RF_ERR_CALLBACK, onerror=escaped)(_fetch)
