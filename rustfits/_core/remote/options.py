# SPDX-License-Identifier: BSD-3-Clause
"""The options of an easy handle: header fields, certificates, logins, keys, limits."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["is_sftp", "set_options", "set_sending"]

# The default of libcurl, 16 KiB, halves the speed of a local network. libcurl fills up to ten
# buffers in one round; larger ones gain nothing more.
_BUFFER_BYTES = 512 << 10
_CONNECT_SECONDS = 30.0
# Without a time limit of the caller: a server that is silent for so long counts as dead.
_SILENT_SECONDS = 300
# Private keys in ~/.ssh, the best first.
_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")
# Where systems keep their certificates, for a libcurl that was built for another system.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


def set_options(easy: Any, exchange: CData, remote: CData, *, auth: int, cookies: Any) -> None:
    """Set all options of an easy handle but the functions that take what arrives.

    Parameters
    ----------
    easy : pycurl.Curl
        Keeps its connections and loses everything else.
    exchange : rf_http_exchange *
        The request to send.
    remote : rf_remote_options *
        The options of the caller; NULL: none.
    auth : int
        Bits of ``pycurl.HTTPAUTH_...`` that the server of the URL accepts; 0: unknown.
    cookies : pycurl.CurlShare
        The cookies of the servers of this file.
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
    if exchange.is_ftp != 1:
        easy.setopt(pycurl.COOKIEFILE, "")  # turns cookies on, without a file
    headers = [ffi.string(exchange.headers[i]) for i in range(exchange.header_count)]
    easy.setopt(pycurl.HTTPHEADER, headers)
    if exchange.range:
        easy.setopt(pycurl.RANGE, ffi.string(exchange.range))
    url = ffi.string(exchange.url)
    _set_url(easy, url)
    _set_login(easy, exchange, remote, auth)
    if is_sftp(url):
        _set_ssh(easy, exchange, remote)
    _set_time_limits(easy, remote, exchange.elapsed)
    _set_certificates(easy, remote)


def is_sftp(url: bytes) -> bool:
    """Tell whether a URL is one of SFTP."""
    return url[:5].lower() == b"sftp:"


def _set_ssh(easy: Any, exchange: CData, remote: CData) -> None:
    """Set user, key and known hosts of SFTP. Servers whose key is not known are refused."""
    import pycurl

    folder = Path("~/.ssh").expanduser()
    easy.setopt(pycurl.SSH_KNOWNHOSTS, os.fsencode(folder / "known_hosts"))
    # libcurl takes one key. Its own choice may be a key in the working folder. Without a key, the
    # agent may have some.
    types = pycurl.SSH_AUTH_PASSWORD | pycurl.SSH_AUTH_KEYBOARD | pycurl.SSH_AUTH_AGENT
    key = next((folder / name for name in _KEYS if (folder / name).is_file()), None)
    if key is not None:
        easy.setopt(pycurl.SSH_PRIVATE_KEYFILE, os.fsencode(key))
        types |= pycurl.SSH_AUTH_PUBLICKEY
    easy.setopt(pycurl.SSH_AUTH_TYPES, types)
    if not exchange.user and not (remote and remote.netrc == 1):
        user = _user()
        if user:
            easy.setopt(pycurl.USERNAME, user.encode())
    easy.setopt(pycurl.OPT_FILETIME, 1)


def _user() -> str:
    """Return the name of the user of this process; "": unknown."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def set_sending(easy: Any, exchange: CData) -> None:
    """Set the method and the size of the body, for an exchange that sends, after `set_options`."""
    import pycurl

    if exchange.has_body:
        easy.setopt(pycurl.UPLOAD, 1)
        easy.setopt(pycurl.INFILESIZE_LARGE, exchange.body_bytes)
        easy.setopt(pycurl.UPLOAD_BUFFERSIZE, _BUFFER_BYTES)
    if exchange.is_ftp:
        commands = [ffi.string(exchange.commands[i]) for i in range(exchange.command_count)]
        easy.setopt(pycurl.POSTQUOTE, commands)
        if not exchange.has_body:
            easy.setopt(pycurl.NOBODY, 1)
        return
    easy.setopt(pycurl.CUSTOMREQUEST, ffi.string(exchange.method))
    if not exchange.expect:  # An empty header would spoil the signature of S3 in libcurl 7.
        easy.setopt(pycurl.EXPECT_100_TIMEOUT_MS, 1)


def _set_url(easy: Any, url: bytes) -> None:
    import pycurl

    protocols = pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS | pycurl.PROTO_FTP
    easy.setopt(pycurl.PROTOCOLS, pycurl.PROTO_SFTP if is_sftp(url) else protocols)
    if url[:5].lower() == b"ftps:":
        # FTP with AUTH TLS. In libcurl, "ftps:" is TLS from the first byte, on port 990.
        url = b"ftp" + url[4:]
        easy.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL)
        easy.setopt(pycurl.FTPSSLAUTH, pycurl.FTPAUTH_TLS)
    easy.setopt(pycurl.URL, url)


def _set_login(easy: Any, exchange: CData, remote: CData, auth: int) -> None:
    import pycurl

    known = 0 if exchange.is_elsewhere else auth
    easy.setopt(pycurl.HTTPAUTH, known or pycurl.HTTPAUTH_BASIC | pycurl.HTTPAUTH_DIGEST)
    if exchange.user:
        easy.setopt(pycurl.USERNAME, ffi.string(exchange.user))
    if exchange.password:
        easy.setopt(pycurl.PASSWORD, ffi.string(exchange.password))
    if exchange.sigv4:
        easy.setopt(pycurl.AWS_SIGV4, ffi.string(exchange.sigv4))
    if remote and remote.netrc == 1:  # the file has the logins of each server
        if exchange.is_elsewhere and ffi.string(exchange.url)[:6].lower() == b"https:":
            # Login servers that a redirect leads to may send no challenge.
            easy.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_BASIC)
        easy.setopt(pycurl.NETRC, pycurl.NETRC_OPTIONAL)
        file = os.environ.get("NETRC")
        if file:
            easy.setopt(pycurl.NETRC_FILE, os.fsencode(file))


def _set_time_limits(easy: Any, remote: CData, elapsed: float) -> None:
    import pycurl

    connect = remote.connect_timeout if remote else 0.0
    connect = connect if connect > 0 else _CONNECT_SECONDS
    easy.setopt(pycurl.CONNECTTIMEOUT_MS, min(int(connect * 1000) + 1, 10**9))
    limit = remote.timeout if remote else 0.0
    if limit > 0:
        left = max(limit - elapsed, 0.0)
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
    """Return file and folder of the certificates to trust; twice None: those of libcurl's build."""
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
    """Return where this system keeps its certificates.

    The libcurl in pycurl's wheel was built on another system.
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
