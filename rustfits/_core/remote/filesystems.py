# SPDX-License-Identifier: BSD-3-Clause
"""The transport over fsspec, for schemes that the C library does not know.

``gs://``, ``az://``, ``sftp://``, ``memory://`` and all other schemes of the installed filesystems.
The first file of a scheme registers the scheme and imports fsspec.
"""

from __future__ import annotations

import errno
import importlib.util
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
from rustfits._core.remote.sending import Body, send_file

__all__ = ["RESOLVER", "FilesystemFile"]

# Libraries have many exception classes for refused logins, most of them without a status.
_WHO_ARE_YOU = re.compile(r"Authenticat|Credential|Unauthorized|Forbidden")
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
# The modules of these packages.
_MODULES = {package: package for package in _PACKAGES.values()} | {"smbprotocol": "smbclient"}


def _serve(name: bytes) -> bool:
    """Register fsspec as the transport for the scheme of a name, if fsspec knows the scheme.

    Returns
    -------
    bool
        Whether fsspec serves it.
    """
    scheme = scheme_of(name)
    if scheme is None:
        return False
    try:
        import fsspec
    except ModuleNotFoundError:
        return False
    if scheme not in fsspec.available_protocols() and scheme not in fsspec.registry:
        return False
    return register_client(_CLIENT, scheme)


def _hint(name: bytes) -> str:
    """Return which packages to install for the scheme of a name; "": unknown."""
    package = _PACKAGES.get(scheme_of(name) or "")
    return f" (pip install fsspec {package})" if package else ""


class _File(ClientFile):
    """A file of a filesystem of fsspec."""

    def __init__(self, fs: Any, path: str) -> None:
        self._fs, self._path = fs, path
        caches = type(fs).__module__ == "fsspec.implementations.cached"
        # Caches look for a file in a listing of its folder, which many servers refuse.
        self._informant = fs.fs if caches else fs
        # The classes that wrap a filesystem are asynchronous, but need not have such a filesystem.
        wrapped = getattr(fs, "fs", fs)
        self._is_async = not caches and fs.async_impl and wrapped.async_impl
        self._is_async = self._is_async and not fs.asynchronous

    def look(self) -> Version:
        """Return the present version of the file."""
        self._informant.invalidate_cache(self._path)  # cached listings may be out of date
        return _info(self._informant.info(self._path))

    def read(self, spans: list[Span]) -> list[bytes]:
        """Return the bytes of some ranges, fetched together."""
        if "sftp" in self._fs.protocol:
            return self._read_sftp(spans)
        return _bodies(self._fs.cat_ranges(*self._arguments(spans), on_error="raise"))

    def _read_sftp(self, spans: list[Span]) -> list[bytes]:
        """Return the bytes of some ranges by one request. fsspec itself waits every 32 KiB."""
        with self._fs.open(self._path, "rb") as file:
            return list(file.readv([(begin, end - begin) for begin, end in spans]))

    def read_and_look(self, spans: list[Span]) -> tuple[list[bytes], Version]:
        """Return the bytes of some ranges, and the version of the file at that time.

        Both requests run side by side where the filesystem can do that.
        """
        if not self._is_async:
            bodies = self.read(spans)
            return bodies, self.look()
        from fsspec.asyn import sync

        self._fs.invalidate_cache(self._path)
        bodies, info = sync(self._fs.loop, self._read_and_look, spans)
        return _bodies(bodies), _info(info)

    async def _read_and_look(self, spans: list[Span]) -> Any:
        import asyncio

        bodies = self._fs._cat_ranges(*self._arguments(spans), on_error="raise")
        return await asyncio.gather(bodies, self._fs._info(self._path))

    def _arguments(self, spans: list[Span]) -> tuple[list[str], list[int], list[int]]:
        starts, ends = [begin for begin, _ in spans], [end for _, end in spans]
        return [self._path] * len(spans), starts, ends

    def send(self, body: Body, *, only_new: bool) -> None:
        """Replace the file by `body`, all of it or nothing."""
        send_file(self._fs, self._path, body, only_new=only_new)

    def whole(self) -> Iterator[bytes]:
        """Yield the content of a file of unknown size."""
        yield bytes(self._fs.cat_file(self._path))


def _bodies(bodies: list[Any]) -> list[bytes]:
    for body in bodies:
        if isinstance(body, BaseException):  # older versions return exceptions in spite of on_error
            raise body
    return [bytes(body) for body in bodies]


def _info(info: dict[str, Any]) -> Version:
    if info.get("type") == "directory":
        raise IsADirectoryError(errno.EISDIR, "it is a directory")
    size = info.get("size")
    return Version(-1 if size is None else int(size), _validator(info))


def _validator(info: dict[str, Any]) -> bytes:
    """Return what distinguishes this version of the file from others; empty: unknown."""
    for name in ("ETag", "etag", "md5Hash", "content_md5", "checksum", "version", "generation"):
        if info.get(name):
            return f'"{info[name]}"'.replace('""', '"').encode()[:120]
    for name in ("mtime", "LastModified", "last_modified", "updated", "modified", "created"):
        if info.get(name):
            return f'"{info[name]}"'.encode()[:120]
    return b""


def _http_status(exception: Exception) -> int:
    """Return the HTTP status in an exception of a library; 0: none."""
    for name in ("status_code", "status", "code"):
        status = getattr(exception, name, None)
        if isinstance(status, int) and 400 <= status < 600:
            return status
    return 0


def _failure(exception: Exception, secrets: Sequence[str] = ()) -> FetchError:
    """Return an exception of a filesystem as a failure of a fetch, without secrets."""
    known: list[tuple[type[Exception], int]] = [
        (FileNotFoundError, lib.RF_ERR_NO_FILE),
        (FileExistsError, lib.RF_ERR_EXISTS),
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
    said = str(exception)
    for secret in secrets:
        said = said.replace(secret, "***")
    said = without_secrets(said)
    message = f"fsspec: {type(exception).__name__}: {said}" if said else type(exception).__name__
    if status is not None:
        return FetchError(status, message, http_status)
    number = exception.errno if isinstance(exception, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT):
        return FetchError(lib.RF_ERR_NO_SPACE, message, sys_errno=number)
    return FetchError(lib.RF_ERR_NETWORK, message, sys_errno=number or 0)


class _FileSystems(Client):
    """The filesystems of fsspec, which owns their connections."""

    name = "fsspec"
    sends = True

    def open(self, url: str, session: ClientSession, remote: CData) -> _File:
        from fsspec.core import url_to_fs

        scheme, mark, path = url.partition("://")
        # fsspec keeps filesystems, one a process, and one a thread where necessary.
        return _File(*url_to_fs(scheme.lower() + mark + path))

    def failure(self, exception: Exception) -> FetchError:
        return _failure(exception)


class FilesystemFile(Client):
    """One file: of a filesystem object, or found by a URL and options.

    Parameters
    ----------
    fs, path
        A filesystem object of fsspec, and a path in it.
    name, options
        Else: a URL, or a chain of URLs, and the options for fsspec. The filesystem is made when
        the first bytes are fetched, after the library has checked the schemes of the name.
    """

    name = "fsspec"
    sends = True

    def __init__(
        self,
        fs: Any = None,
        path: str = "",
        *,
        name: str = "",
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._fs, self._path = fs, path
        self._url = name
        self._options = dict(options or {})
        self._lock = ForkLock()

    def open(self, url: str, session: ClientSession, remote: CData) -> _File:
        with self._lock:
            if self._fs is None:
                from fsspec.core import url_to_fs

                self._fs, self._path = url_to_fs(self._url, **self._options)
            return _File(self._fs, self._path)

    def failure(self, exception: Exception) -> FetchError:
        secrets = {*_texts(self._options), *_texts(getattr(self._fs, "storage_options", None))}
        return _failure(exception, sorted(secrets, key=len, reverse=True))


def _texts(options: Any) -> Iterator[str]:
    """Yield the texts in storage options, which may have options of other filesystems."""
    if isinstance(options, Mapping):
        for key, value in options.items():
            # The target of a chain is a name, which has its own rules.
            if key not in ("protocol", "target_protocol", "fo", "path"):
                yield from _texts(value)
    elif isinstance(options, (list, tuple)):
        for value in options:
            yield from _texts(value)
    elif isinstance(options, str) and len(options) > 2:
        yield options


_CLIENT = _FileSystems()


def _offers() -> list[Offer]:
    has = {module: importlib.util.find_spec(module) is not None for module in _MODULES.values()}
    has_fsspec = importlib.util.find_spec("fsspec") is not None
    found = [Offer("memory", "fsspec", has_fsspec, "pip install fsspec", True)]
    for scheme, package in _PACKAGES.items():
        installed = has_fsspec and has[_MODULES[package]]
        found.append(
            Offer(scheme, f"fsspec, {package}", installed, f"pip install fsspec {package}", True)
        )
    return found


RESOLVER = SchemeResolver(_serve, _hint, _offers)
