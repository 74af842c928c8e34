# SPDX-License-Identifier: BSD-3-Clause
"""How files on servers are fetched."""

from __future__ import annotations

import functools
import math
import operator
import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.handle import add_scheme_resolver
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.names import key_is_secret, redacted
from rustfits._core.remote import filesystems, gridftp, transport, xrootd
from rustfits._core.remote.progress import Progress, progress_callback

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle

__all__ = ["Remote", "RemoteStats"]

# fsspec comes last, because it may know schemes of the others, too.
for _client in (transport, xrootd, gridftp, filesystems):
    add_scheme_resolver(_client.RESOLVER)

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_FIELDS = (
    "ranged",
    "download",
    "headers",
    "timeout",
    "connect_timeout",
    "retries",
    "retry_seconds",
    "threshold_bytes",
    "block_bytes",
    "cache_bytes",
    "gap_bytes",
    "request_bytes",
    "concurrency",
    "max_bytes",
    "ca_bundle",
    "auth",
    "netrc",
    "endpoint",
    "region",
    "anonymous",
    "requester_pays",
    "progress",
    "put",
    "pickle_secrets",
)


class Remote:
    """How to fetch a remote file, or to send one. Immutable, comparable, hashable.

    By default, the library decides by the first response of the server. It downloads small files,
    and files whose server cannot send ranges. Of other files it fetches only the bytes you access.

    Parameters
    ----------
    ranged : bool
        Fetch only the bytes you access. A server that cannot send ranges is an error.
    download : bool
        Download the whole file when it is opened.
    headers : mapping of str to str, optional
        Extra request headers for http and https. They are sent to the server of the URL. After a
        redirect, another server gets only headers that hold no secrets, such as ``User-Agent``
        and ``Accept``.
    timeout : float, optional
        Seconds that one request may take, redirects included. By default there is no limit, but a
        server that is silent for five minutes counts as dead.
    connect_timeout : float, optional
        Seconds to reach the server. Default: 30.
    retries : int, optional
        Number of retries after a temporary failure: a lost connection, an incomplete body (which
        is continued from its last byte), status 429, most statuses from 500. Default: 4. The delay
        grows with each retry.
    retry_seconds : float, optional
        Maximum time that one read may spend on retries. Default: 60.
    threshold_bytes : int, optional
        Files up to this size are downloaded. Default: 4 MiB.
    block_bytes, cache_bytes : int, optional
        Ranges are fetched and cached in blocks. Defaults: 64 KiB a block, 256 MiB for the last
        used blocks.
    gap_bytes : int, optional
        How many bytes cost as much as one more response; ranges that are closer may be joined.
        Default: 1 MiB.
    request_bytes : int, optional
        Maximum number of bytes of one request. Default: 16 MiB, or 256 MiB for long reads from a
        near server without a `timeout`.
    concurrency : int, optional
        Maximum number of requests at a time. Default: 8.
    max_bytes : int, optional
        Size of the largest file to download.
    ca_bundle : str or os.PathLike, optional
        File of trusted certificates, or folder made by ``openssl rehash``. Default: what
        ``CURL_CA_BUNDLE``, ``SSL_CERT_FILE``, ``SSL_CERT_DIR`` or ``REQUESTS_CA_BUNDLE`` name, else
        the certificates of the system.
    auth : (str, str), optional
        User and password for the server of the URL. A user in the URL itself counts more. For
        ``s3://``: access key and secret key.
    netrc : bool
        Read user and password from ``~/.netrc``.
    endpoint : str, optional
        ``s3://``: URL of a server that is not Amazon's.
    region : str, optional
        ``s3://``: region of the bucket.
    anonymous : bool, optional
        ``s3://``: True: never send credentials; False: always send them. Default: try without, and
        if the server refuses, with the credentials of the environment or the profile.
    requester_pays : bool
        ``s3://``: agree to pay for the transfer.
    progress : bool or callable, optional
        True: show a progress bar of ``tqdm``, if it is installed. A callable is called as
        ``progress(done, total)`` with numbers of bytes, ten times a second; `total` is None if the
        server does not send the size. An exception of the callable ends the fetch, or the upload.
    put : bool
        Allow mode ``w+`` for ``http://``, ``https://``, ``ftp://`` and ``ftps://``: closing the
        file sends it to the server. ``s3://`` needs no `put`.
    pickle_secrets : bool
        Allow pickles of this object, and of files that it opened, to hold secrets: the password,
        headers that may be secret, and credentials in URLs and `storage_options`. Without it,
        pickling them is a `FITSTypeError`.

    Raises
    ------
    FITSTypeError, FITSValueError
        An argument is of the wrong type or outside its domain.

    Notes
    -----
    ``repr`` shows the password, and the values of headers that may be secret, as ``***``.

    Examples
    --------
    >>> Remote(headers={"Accept": "image/fits", "Authorization": "Bearer abc"}, timeout=60)
    Remote(headers={'Accept': 'image/fits', 'Authorization': '***'}, timeout=60.0)
    """

    __slots__ = (*(f for f in _FIELDS if f != "headers"), "_headers")

    ranged: bool
    download: bool
    timeout: float | None
    connect_timeout: float | None
    retries: int | None
    retry_seconds: float | None
    threshold_bytes: int | None
    block_bytes: int | None
    cache_bytes: int | None
    gap_bytes: int | None
    request_bytes: int | None
    concurrency: int | None
    max_bytes: int | None
    ca_bundle: str | None
    auth: tuple[str, str] | None
    netrc: bool
    endpoint: str | None
    region: str | None
    anonymous: bool | None
    requester_pays: bool
    progress: bool | Progress | None
    put: bool
    pickle_secrets: bool
    _headers: tuple[tuple[str, str], ...] | None

    def __init__(
        self,
        *,
        ranged: bool = False,
        download: bool = False,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        retries: SupportsIndex | None = None,
        retry_seconds: float | None = None,
        threshold_bytes: SupportsIndex | None = None,
        block_bytes: SupportsIndex | None = None,
        cache_bytes: SupportsIndex | None = None,
        gap_bytes: SupportsIndex | None = None,
        request_bytes: SupportsIndex | None = None,
        concurrency: SupportsIndex | None = None,
        max_bytes: SupportsIndex | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
        auth: tuple[str, str] | None = None,
        netrc: bool = False,
        endpoint: str | None = None,
        region: str | None = None,
        anonymous: bool | None = None,
        requester_pays: bool = False,
        progress: bool | Progress | None = None,
        put: bool = False,
        pickle_secrets: bool = False,
    ) -> None:
        ranged, download = _flag("ranged", ranged), _flag("download", download)
        if ranged and download:
            raise FITSValueError("ranged and download exclude each other")
        if progress is not None and not isinstance(progress, bool) and not callable(progress):
            raise FITSTypeError(f"progress must be True or a callable, not {progress!r}")
        values = {
            "ranged": ranged,
            "download": download,
            "_headers": _checked_headers(headers),
            "timeout": _seconds("timeout", timeout),
            "connect_timeout": _seconds("connect_timeout", connect_timeout),
            "retries": _count("retries", retries, 0, 1000),
            "retry_seconds": _seconds("retry_seconds", retry_seconds),
            "threshold_bytes": _bytes("threshold_bytes", threshold_bytes),
            "block_bytes": _bytes("block_bytes", block_bytes),
            "cache_bytes": _bytes("cache_bytes", cache_bytes),
            "gap_bytes": _bytes("gap_bytes", gap_bytes),
            "request_bytes": _bytes("request_bytes", request_bytes),
            "concurrency": _count("concurrency", concurrency, 1, 256),
            "max_bytes": _bytes("max_bytes", max_bytes),
            "ca_bundle": _path(ca_bundle),
            "auth": _login(auth),
            "netrc": _flag("netrc", netrc),
            "endpoint": _line("endpoint", endpoint),
            "region": _line("region", region),
            "anonymous": None if anonymous is None else _flag("anonymous", anonymous),
            "requester_pays": _flag("requester_pays", requester_pays),
            "progress": progress or None,
            "put": _flag("put", put),
            "pickle_secrets": _flag("pickle_secrets", pickle_secrets),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def headers(self) -> dict[str, str] | None:
        """The extra request headers: a copy."""
        return None if self._headers is None else dict(self._headers)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a Remote cannot be changed: {name!r} is given when it is made")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Remote cannot be changed: {name!r} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Remote):
            return NotImplemented
        return self._arguments() == other._arguments()

    def __hash__(self) -> int:
        arguments = self._arguments()
        headers = arguments.pop("headers", None)
        return hash((frozenset((headers or {}).items()), *sorted(arguments.items(), key=str)))

    def __repr__(self) -> str:
        arguments = self._arguments()
        if "auth" in arguments:
            user, password = arguments["auth"]
            arguments["auth"] = (user if password else "***", "***")
        if "endpoint" in arguments:
            arguments["endpoint"] = redacted(arguments["endpoint"])
        if "headers" in arguments:
            arguments["headers"] = {
                name: "***" if key_is_secret(name) else value
                for name, value in arguments["headers"].items()
            }
        return f"Remote({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"

    def __copy__(self) -> Remote:
        return self

    def __deepcopy__(self, memo: object) -> Remote:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the arguments.

        Raises
        ------
        FITSTypeError
            If they have secrets, and `pickle_secrets` is False.
        """
        secrets = [f"header {name}" for name, _ in self._headers or () if key_is_secret(name)]
        if self.auth is not None:
            secrets.append("auth")
        if self.endpoint is not None and redacted(self.endpoint) != self.endpoint:
            secrets.append("endpoint")
        if secrets and not self.pickle_secrets:
            raise FITSTypeError(
                f"a Remote with secrets ({', '.join(secrets)}) is pickled only if it is made with "
                "pickle_secrets=True: give the secrets on the other side, or pass that argument"
            )
        return functools.partial(type(self), **self._arguments()), ()

    def _arguments(self) -> dict[str, Any]:
        """Return the arguments that differ from their defaults."""
        arguments = {name: getattr(self, name) for name in _FIELDS}
        return {
            name: value
            for name, value in arguments.items()
            if value is not None and (value is not False or name == "anonymous")
        }


class RemoteStats(NamedTuple):
    """Statistics of the fetches of a remote file: see `FITS.remote_stats`."""

    requests: int  #: sent to the server, redirects and retries included
    round_trips: int  #: waits for a response: requests side by side count once
    retries: int  #: requests that were repeated
    bytes_fetched: int  #: bytes of the file that arrived
    bytes_wanted: int  #: bytes that reads needed
    cache_hits: int  #: blocks found in the cache
    cache_misses: int  #: blocks that were fetched
    file_bytes: int  #: size of the file on the server
    ranged: bool  #: fetched by ranges; False: downloaded whole


def is_remote(file: FileHandle) -> bool:
    """Return whether reads of an open file may fetch bytes of a server."""
    stats = ffi.new("rf_remote_stats *")
    stats.size = ffi.sizeof("rf_remote_stats")
    return bool(lib.rf_file_get_remote_stats(file._handle(), stats, ffi.NULL) == 0)


def remote_stats(file: FileHandle) -> RemoteStats:
    """Return the statistics of an open file."""
    stats = ffi.new("rf_remote_stats *")
    stats.size = ffi.sizeof("rf_remote_stats")
    err = error()
    check(lib.rf_file_get_remote_stats(file._handle(), stats, err), err)
    return RemoteStats(
        stats.requests,
        stats.round_trips,
        stats.retries,
        stats.bytes_fetched,
        stats.bytes_wanted,
        stats.cache_hits,
        stats.cache_misses,
        stats.file_bytes,
        bool(stats.ranged),
    )


def _checked_headers(headers: Mapping[str, str] | None) -> tuple[tuple[str, str], ...] | None:
    if headers is None:
        return None
    if not isinstance(headers, Mapping):
        raise FITSTypeError(f"headers must be a mapping, not {type(headers).__name__}")
    checked = []
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise FITSTypeError(f"headers must map str to str; {name!r} does not")
        if not _NAME.fullmatch(name):
            raise FITSValueError(f"{name!r} is not the name of a header")
        if name.lower() == "range":
            raise FITSValueError("headers must not have Range: the library sets it")
        if _CONTROL.search(value):
            # The value itself may be a secret.
            raise FITSValueError(f"the value of header {name!r} has a control character")
        checked.append((name, value))
    return tuple(checked)


def _seconds(what: str, value: float | None) -> float | None:
    if value is None:
        return None
    try:
        if isinstance(value, (bool, str, bytes)):
            raise TypeError
        seconds = float(value)
    except TypeError:
        raise FITSTypeError(f"{what} must be a number of seconds, not {value!r}") from None
    if not (seconds > 0 and math.isfinite(seconds)):
        raise FITSValueError(f"{what} must be positive and finite, not {value!r}")
    return seconds


def _flag(what: str, value: bool) -> bool:
    if not isinstance(value, bool):
        raise FITSTypeError(f"{what} must be True or False, not {value!r}")
    return value


def _count(what: str, value: SupportsIndex | None, low: int, high: int) -> int | None:
    if value is None:
        return None
    try:
        count = operator.index(value)
    except TypeError:
        raise FITSTypeError(f"{what} must be an integer, not {value!r}") from None
    if isinstance(value, bool) or not low <= count <= high:
        raise FITSValueError(f"{what} must be between {low} and {high}, not {value!r}")
    return count


def _line(what: str, value: str | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise FITSTypeError(f"{what} must be a str, not {type(value).__name__}")
    if not value or _CONTROL.search(value) or "\t" in value:
        raise FITSValueError(f"{what} must be a line of text, not {value!r}")
    return value


def _login(auth: tuple[str, str] | None) -> tuple[str, str] | None:
    if auth is None:
        return None
    # Messages do not show the value, which holds a password.
    if not isinstance(auth, tuple) or len(auth) != 2 or not all(isinstance(a, str) for a in auth):
        raise FITSTypeError("auth must be a pair of str: user and password")
    if any(_CONTROL.search(part) or "\t" in part for part in auth):
        raise FITSValueError("user or password in auth has a control character")
    return auth


def _bytes(what: str, value: SupportsIndex | None) -> int | None:
    if value is None:
        return None
    try:
        count = operator.index(value)
    except TypeError:
        raise FITSTypeError(f"{what} must be a number of bytes, not {value!r}") from None
    if isinstance(value, bool) or not 0 < count < 2**63:
        raise FITSValueError(f"{what} must be a positive number of bytes, not {value!r}")
    return count


def _path(value: str | os.PathLike[str] | None) -> str | None:
    if value is None:
        return None
    if not isinstance(value, (str, os.PathLike)):
        raise FITSTypeError(f"ca_bundle must be a path, not {value!r}")
    path = os.fspath(value)
    if not path or "\0" in path:
        raise FITSValueError(f"ca_bundle must be the path of a file, not {value!r}")
    return path


def as_remote(remote: Remote | str) -> Remote:
    """Return the `Remote` for an argument ``remote`` of `FITS`.

    Raises
    ------
    FITSTypeError, FITSValueError
        Neither a `Remote` nor one of the names "ranged" and "download".
    """
    if isinstance(remote, Remote):
        return remote
    if not isinstance(remote, str):
        raise FITSTypeError(f"remote must be a Remote or a str, not {type(remote).__name__}")
    if remote not in ("ranged", "download"):
        raise FITSValueError(f"remote must be a Remote, 'ranged' or 'download', not {remote!r}")
    return Remote(ranged=remote == "ranged", download=remote == "download")


def remote_options(remote: Remote | str, options: CData) -> list[Any]:
    """Fill in the remote part of an ``rf_options``.

    Parameters
    ----------
    remote : Remote or str
        The argument ``remote`` of `FITS`.
    options : rf_options *
        Initialized by `rf_options_init`.

    Returns
    -------
    list
        What the struct points to; it must live as long as the file is open.

    Raises
    ------
    FITSTypeError, FITSValueError
        Neither a `Remote` nor one of its names.
    """
    remote = as_remote(remote)
    kept: list[Any] = []

    def kept_text(value: str | bytes | None) -> CData:
        if value is None:
            return ffi.NULL
        kept.append(ffi.new("char[]", value.encode() if isinstance(value, str) else value))
        return kept[-1]

    to = ffi.new("rf_remote_options *")
    lib.rf_remote_options_init(to)
    options.remote = to
    kept.append(to)
    headers = remote.headers
    if headers:
        lines = [kept_text(f"{name}: {value}") for name, value in headers.items()]
        array = ffi.new("char *[]", lines)
        to.headers, to.header_count = array, len(lines)
        kept.append(array)
    to.timeout = remote.timeout or 0.0
    to.connect_timeout = remote.connect_timeout or 0.0
    to.retry_seconds = remote.retry_seconds or 0.0
    if remote.retries is not None:
        to.retries = remote.retries or -1
    for name in ("threshold", "block", "cache", "gap", "request"):
        setattr(to, name + "_bytes", getattr(remote, name + "_bytes") or 0)
    to.concurrency = remote.concurrency or 0
    if remote.ranged or remote.download:
        to.mode = lib.RF_REMOTE_RANGES if remote.ranged else lib.RF_REMOTE_DOWNLOAD
    if remote.ca_bundle is not None:
        to.ca_bundle = kept_text(os.fsencode(remote.ca_bundle))
    if remote.auth is not None:
        to.user, to.password = map(kept_text, remote.auth)
    to.netrc = remote.netrc
    to.endpoint, to.region = kept_text(remote.endpoint), kept_text(remote.region)
    if remote.anonymous is not None:
        to.credentials = lib.RF_S3_ANONYMOUS if remote.anonymous else lib.RF_S3_SIGNED
    to.requester_pays = remote.requester_pays
    to.put = remote.put
    if remote.max_bytes is not None:
        options.limits.fetch_bytes = remote.max_bytes
    if remote.progress is not None:
        to.progress, to.progress_user, handle = progress_callback(remote.progress)
        kept.append(handle)
    return kept
