# SPDX-License-Identifier: BSD-3-Clause
"""How files on servers are fetched."""

from __future__ import annotations

import math
import operator
import os
import re
from collections.abc import Mapping
from typing import Any, SupportsIndex

import rustfits.transport  # noqa: F401  it registers itself: http and its kin work from here on
from rustfits._lib import CData, ffi
from rustfits.errors import FITSTypeError, FITSUnsupportedError, FITSValueError

__all__ = ["Remote"]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_SECRET = re.compile(
    r"auth|cookie|credential|key|passw|secret|session|signature|token", re.IGNORECASE
)
_FIELDS = (
    "ranged",
    "headers",
    "timeout",
    "connect_timeout",
    "block_bytes",
    "cache_bytes",
    "ca_bundle",
)


class Remote:
    """How to fetch a remote file. Immutable, comparable, hashable.

    Parameters
    ----------
    ranged : bool
        Fetch only the parts of the file that are read. Not in this version: opening a file with it
        is a `FITSUnsupportedError`.
    headers : mapping of str to str, optional
        Extra request headers for http and https. They are sent to the server in the URL, and to
        another one after a redirect only where they cannot be secret (``User-Agent``, ``Accept``
        and its kin).
    timeout : float, optional
        Seconds that one whole request may take, redirects included. Without it there is no limit
        but that a server must not be silent for five minutes.
    connect_timeout : float, optional
        Seconds to reach the server; 30 unless said.
    block_bytes, cache_bytes : int, optional
        Size of a block and of the cache for ``ranged``.
    ca_bundle : str or os.PathLike, optional
        A file (or folder, made by ``openssl rehash``) of the certificates to trust, instead of
        those that ``CURL_CA_BUNDLE``, ``SSL_CERT_FILE``, ``SSL_CERT_DIR`` or
        ``REQUESTS_CA_BUNDLE`` name and the system's.

    Raises
    ------
    FITSTypeError, FITSValueError
        An argument is of the wrong type or outside its domain.

    Notes
    -----
    ``repr`` shows the values of headers that may be secret as ``***``.

    Examples
    --------
    >>> Remote(headers={"Accept": "image/fits", "Authorization": "Bearer abc"}, timeout=60)
    Remote(headers={'Accept': 'image/fits', 'Authorization': '***'}, timeout=60.0)
    """

    __slots__ = (*(f for f in _FIELDS if f != "headers"), "_headers")

    ranged: bool
    timeout: float | None
    connect_timeout: float | None
    block_bytes: int | None
    cache_bytes: int | None
    ca_bundle: str | None
    _headers: tuple[tuple[str, str], ...] | None

    def __init__(
        self,
        *,
        ranged: bool = False,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        connect_timeout: float | None = None,
        block_bytes: SupportsIndex | None = None,
        cache_bytes: SupportsIndex | None = None,
        ca_bundle: str | os.PathLike[str] | None = None,
    ) -> None:
        if not isinstance(ranged, bool):
            raise FITSTypeError(f"ranged must be True or False, not {ranged!r}")
        keep = object.__setattr__
        keep(self, "ranged", ranged)
        keep(self, "_headers", _checked_headers(headers))
        keep(self, "timeout", _seconds("timeout", timeout))
        keep(self, "connect_timeout", _seconds("connect_timeout", connect_timeout))
        keep(self, "block_bytes", _bytes("block_bytes", block_bytes))
        keep(self, "cache_bytes", _bytes("cache_bytes", cache_bytes))
        keep(self, "ca_bundle", _path(ca_bundle))

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
        facts = self._arguments()
        headers = facts.pop("headers", None)
        return hash((frozenset((headers or {}).items()), *sorted(facts.items(), key=str)))

    def __repr__(self) -> str:
        facts = self._arguments()
        if "headers" in facts:
            facts["headers"] = {
                name: "***" if _SECRET.search(name) else value
                for name, value in facts["headers"].items()
            }
        return f"Remote({', '.join(f'{name}={value!r}' for name, value in facts.items())})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self._arguments(),)

    def _arguments(self) -> dict[str, Any]:
        """Give the arguments that are not at their defaults."""
        facts = {name: getattr(self, name) for name in _FIELDS}
        return {
            name: value for name, value in facts.items() if value is not None and value is not False
        }


def _rebuild(arguments: dict[str, Any]) -> Remote:
    """Make a `Remote` again after pickling."""
    return Remote(**arguments)


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
            raise FITSValueError("the header Range is the library's own business")
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
    """Make a `Remote` of what the argument ``remote`` of `FITS` may be.

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
    return Remote(ranged=remote == "ranged")


def remote_options(remote: Remote | str, options: CData) -> list[CData]:
    """Fill in an ``rf_remote_options``.

    Parameters
    ----------
    remote : Remote or str
        What the argument ``remote`` of `FITS` may be.
    options : rf_remote_options *
        As `rf_options_init` left it (``&rf_options.remote``).

    Returns
    -------
    list of cdata
        What the struct points at: to be kept until the call that takes it has come back.

    Raises
    ------
    FITSUnsupportedError
        ``ranged`` is asked for.
    FITSTypeError, FITSValueError
        Neither a `Remote` nor one of its names.
    """
    remote = as_remote(remote)
    if remote.ranged:
        raise FITSUnsupportedError(
            "reading parts of a remote file (ranged=True) is not in this version of rustfits; "
            "without it the whole file is fetched"
        )
    kept: list[CData] = []
    headers = remote.headers
    if headers:
        lines = [ffi.new("char[]", f"{name}: {value}".encode()) for name, value in headers.items()]
        array = ffi.new("char *[]", lines)
        options.headers, options.header_count = array, len(lines)
        kept += [*lines, array]
    options.timeout = remote.timeout or 0.0
    options.connect_timeout = remote.connect_timeout or 0.0
    if remote.ca_bundle is not None:
        bundle = ffi.new("char[]", os.fsencode(remote.ca_bundle))
        options.ca_bundle = bundle
        kept.append(bundle)
    return kept
