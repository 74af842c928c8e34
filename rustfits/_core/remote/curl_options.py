# SPDX-License-Identifier: BSD-3-Clause
"""What libcurl is told to do: headers, certificates, logins, limits; and where redirects lead."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, NamedTuple

from rustfits._core.binding.library import CData, ffi, lib, text
from rustfits._core.binding.names import shown_target
from rustfits._core.remote.response import Expectation, FetchError

__all__ = ["Target", "as_ascii", "first_target", "follow", "is_ftp", "set_options"]

# 16 KiB, libcurl's own, halves the speed of a local network. libcurl fills up to ten of them in
# one round; larger ones gain nothing more.
_BUFFER_BYTES = 512 << 10
_CONNECT_SECONDS = 30.0
# Without a time limit of the caller's: a server that is silent for so long is taken for dead.
_SILENT_SECONDS = 300
# Headers that tell no secret, whatever is in them: they go to any server.
_TRAVELLERS = {"accept", "accept-encoding", "accept-language", "from", "referer", "user-agent"}
_NOT_IN_URLS = re.compile(rb"[^\x21-\x7e]")
# Where the systems keep their certificates, for a libcurl that was not built for this one.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Target(NamedTuple):
    """Where to, and what may be told there."""

    url: str
    user: bytes | None
    password: bytes | None
    headers: tuple[bytes, ...]
    sigv4: bytes | None
    elsewhere: bool = False  # not the server that was asked first


def first_target(request: CData) -> Target:
    """Give what an rf_request asks."""
    remote = request.remote
    headers = _texts(remote.headers, remote.header_count) if remote else []
    headers += _texts(request.headers, request.header_count)
    if not any(_header_name(header) == "accept-encoding" for header in headers):
        headers.append(b"Accept-Encoding: identity")
    return Target(
        text(request.url),
        ffi.string(request.user) if request.user else None,
        ffi.string(request.password) if request.password else None,
        tuple(headers),
        ffi.string(request.sigv4) if request.sigv4 else None,
    )


def _texts(array: CData, count: int) -> list[bytes]:
    return [ffi.string(array[i]) for i in range(count)]


def is_ftp(target: Target) -> bool:
    """Whether a target is asked in FTP."""
    return target.url.partition(":")[0].lower() in ("ftp", "ftps")


def as_ascii(url: bytes) -> str:
    """Give a URL that a server wrote with what no URL may hold encoded."""
    return _NOT_IN_URLS.sub(lambda match: b"%%%02X" % match[0][0], url).decode("ascii")


# --- libcurl's options ---


def set_options(
    easy: Any,
    target: Target,
    expectation: Expectation,
    remote: CData,
    *,
    auth: int,
    cookies: Any,
    conditional: bool,
    seconds: float,
) -> None:
    """Set all options of an easy handle but the functions that take what arrives.

    Parameters
    ----------
    easy : pycurl.Curl
        Its connections stay, nothing else does.
    target, expectation
        Where to ask for what.
    remote : rf_remote_options *
        The caller's options; NULL: none.
    auth : int
        What the server wants to hear, where that is known.
    cookies : pycurl.CurlShare
        Those of the servers of this file.
    conditional : bool
        Whether to send the validator of `expectation`.
    seconds : float
        Spent before, which count for the time limit.
    """
    import pycurl

    easy.reset()
    easy.setopt(pycurl.NOSIGNAL, 1)
    easy.setopt(pycurl.BUFFERSIZE, _BUFFER_BYTES)
    easy.setopt(pycurl.USERAGENT, b"rustfits/" + ffi.string(lib.rf_version()))
    easy.setopt(pycurl.TCP_KEEPALIVE, 1)
    easy.setopt(pycurl.SSL_VERIFYPEER, 1)
    easy.setopt(pycurl.SSL_VERIFYHOST, 2)
    easy.unsetopt(pycurl.SHARE)  # pycurl takes no second one, nor the same again
    easy.setopt(pycurl.SHARE, cookies)
    easy.setopt(pycurl.COOKIEFILE, "")
    easy.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS | pycurl.PROTO_FTP)
    headers = list(target.headers)
    if conditional and expectation.validator is not None:
        headers.append(b"If-Range: " + expectation.validator)
    easy.setopt(pycurl.HTTPHEADER, headers)
    if expectation.span is not None:
        spans = (expectation.span, *expectation.more)
        easy.setopt(pycurl.RANGE, ",".join(f"{first}-{last}" for first, last in spans))
    _set_url(easy, target)
    _set_login(easy, target, remote, auth)
    _set_time_limits(easy, remote, seconds)
    _set_certificates(easy, remote)


def _set_url(easy: Any, target: Target) -> None:
    import pycurl

    url = target.url
    scheme = url.partition(":")[0]
    if scheme.lower() == "ftps":
        # FTP made safe by AUTH TLS; to libcurl "ftps" is TLS from the first byte, on port 990.
        url = "ftp" + url[len(scheme) :]
        easy.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL)
        easy.setopt(pycurl.FTPSSLAUTH, pycurl.FTPAUTH_TLS)
    easy.setopt(pycurl.URL, url.encode())


def _set_login(easy: Any, target: Target, remote: CData, auth: int) -> None:
    import pycurl

    known = 0 if target.elsewhere else auth
    easy.setopt(pycurl.HTTPAUTH, known or pycurl.HTTPAUTH_BASIC | pycurl.HTTPAUTH_DIGEST)
    if target.user is not None:
        easy.setopt(pycurl.USERNAME, target.user)
    if target.password is not None:
        easy.setopt(pycurl.PASSWORD, target.password)
    if target.sigv4 is not None:
        easy.setopt(pycurl.AWS_SIGV4, target.sigv4)
    if remote and remote.netrc == 1:  # it holds the logins of each server itself
        if target.elsewhere and target.url.partition(":")[0].lower() == "https":
            # Those who send us to another server to log in do not always let it ask.
            easy.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_BASIC)
        easy.setopt(pycurl.NETRC, pycurl.NETRC_OPTIONAL)
        file = os.environ.get("NETRC")
        if file:
            easy.setopt(pycurl.NETRC_FILE, os.fsencode(file))


def _set_time_limits(easy: Any, remote: CData, seconds: float) -> None:
    import pycurl

    connect = remote.connect_timeout if remote else 0.0
    connect = connect if connect > 0 else _CONNECT_SECONDS
    easy.setopt(pycurl.CONNECTTIMEOUT_MS, min(int(connect * 1000) + 1, 10**9))
    limit = remote.timeout if remote else 0.0
    if limit > 0:
        left = max(limit - seconds, 0.0)
        easy.setopt(pycurl.TIMEOUT_MS, min(int(left * 1000) + 1, 10**9))
    else:
        easy.setopt(pycurl.LOW_SPEED_LIMIT, 1)
        easy.setopt(pycurl.LOW_SPEED_TIME, _SILENT_SECONDS)


def _set_certificates(easy: Any, remote: CData) -> None:
    import pycurl

    given = os.fsdecode(ffi.string(remote.ca_bundle)) if remote and remote.ca_bundle else None
    bundle, folder = _certificates(given)
    if bundle is None and folder is None:
        return
    for option, path in ((pycurl.CAINFO, bundle), (pycurl.CAPATH, folder)):
        if path is None:
            easy.unsetopt(option)
        else:
            easy.setopt(option, os.fsencode(path))


def _certificates(given: str | None) -> tuple[str | None, str | None]:
    """Give file and folder of the certificates to trust.

    Two times None: those that libcurl was built with.
    """
    bundle = given or os.environ.get("CURL_CA_BUNDLE") or None
    folder = None
    if bundle is None:
        bundle = os.environ.get("SSL_CERT_FILE") or None
        folder = os.environ.get("SSL_CERT_DIR") or None
    if bundle is None and folder is None:
        bundle = os.environ.get("REQUESTS_CA_BUNDLE") or None
    if bundle is None and folder is None:
        return _system_certificates()
    if bundle is not None and Path(bundle).is_dir():
        return None, bundle
    return bundle, folder


def _system_certificates() -> tuple[str | None, str | None]:
    """Give where this system keeps its certificates.

    The libcurl in pycurl's wheel was built on another one.
    """
    if sys.platform == "win32":
        return None, None
    import ssl

    paths = ssl.get_default_verify_paths()
    if paths.cafile is not None:
        return paths.cafile, None
    for bundle in _SYSTEM_BUNDLES:
        if Path(bundle).is_file():
            return bundle, None
    return None, paths.capath


# --- redirects ---


def _header_name(header: bytes) -> str:
    return header.partition(b":")[0].strip().lower().decode("latin-1")


def follow(request: CData, target: Target, url: str) -> Target:
    """Where a redirect leads. User, password and headers go along to the same server only."""
    from urllib.parse import urlsplit, urlunsplit  # costs a tenth of the import of the package

    try:
        scheme, host, _ = _server(url)
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https") or not host:
        raise FetchError(
            lib.RF_ERR_NETWORK,
            f'the server redirects to "{shown_target(url)[:200]}", which is neither http nor https',
        )
    err = ffi.new("rf_error *")
    if lib.rf_redirect_check(request, url.encode(), err):
        raise FetchError(err.code, text(err.message))
    # What the server put before an '@' is not ours to send.
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    if _same_server(_server(target.url), _server(url)):
        return target._replace(url=urlunsplit(bare))
    headers = tuple(header for header in target.headers if _header_name(header) in _TRAVELLERS)
    return Target(urlunsplit(bare), None, None, headers, None, elsewhere=True)


def _server(url: str) -> tuple[str, str | None, int | None]:
    """Give scheme, host and port; ValueError for a port that is none."""
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(scheme)


def _same_server(
    a: tuple[str, str | None, int | None], b: tuple[str, str | None, int | None]
) -> bool:
    """Whether what was meant for server `a` may be told to `b`."""
    upgraded = (a[0], a[2], b[0], b[2]) == ("http", 80, "https", 443)
    return a == b or (a[1] == b[1] and upgraded)
