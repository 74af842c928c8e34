# SPDX-License-Identifier: BSD-3-Clause
"""The transport over pycurl: how bytes of remote files get here.

Importing this module registers it with the C library for http, https, ftp and ftps; pycurl itself
is imported by the first fetch.

No Python code runs inside of libcurl's callbacks: what arrives is appended to lists by
``list.append`` itself, and looked at between two rounds of libcurl's own loop, which runs without
the GIL. So no exception and no Ctrl-C can get lost in a callback.
"""

from __future__ import annotations

import os
import re
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from rustfits._lib import CData, check, error, ffi, lib, stash_exception, text
from rustfits.answer import Answer, FetchError, copy_text

__all__: list[str] = []

# 16 KiB, libcurl's own, halves the speed of a local network. libcurl fills up to ten of them in
# one round; from larger ones what arrives would leave the processor's cache before it is used.
_BUFFER_BYTES = 256 << 10
_CONNECT_SECONDS = 30.0
# Without a time limit of the caller's: a server that is silent for so long is taken for dead.
_SILENT_SECONDS = 300
# Of the page that comes with a redirect or is refused.
_DISCARD_BYTES = 64 << 10
# Headers that tell no secret, whatever is in them: they go to any server.
_TRAVELLERS = {"accept", "accept-encoding", "accept-language", "from", "referer", "user-agent"}
_REDIRECTS = {301, 302, 303, 307, 308}
_NOT_IN_URLS = re.compile(rb"[^\x21-\x7e]")
# Where the systems keep their certificates, for a libcurl that was not built for this one.
_SYSTEM_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class _ReceiverError(Exception):
    """The C library does not want more; its error is filled in already."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Target(NamedTuple):
    """Where to, and what may be told there."""

    url: str
    user: bytes | None
    password: bytes | None
    headers: list[bytes]


class _Session(threading.local):
    """The handles of one thread: libcurl keeps connections in them, for the next file."""

    def __init__(self) -> None:
        self._pid = 0
        self._idle: tuple[Any, Any] | None = None

    def take(self) -> tuple[Any, Any]:
        """Give handles that nobody uses, to be put back with `keep`."""
        if self._idle is not None and self._pid != os.getpid():
            # A forked child must not say good-bye over connections that are its parent's.
            _abandoned.append(self._idle)
            self._idle = None
        # A signal handler may open a file while this thread is in the middle of another.
        handles, self._idle = self._idle, None
        if handles is None:
            import pycurl

            handles = pycurl.CurlMulti(), pycurl.Curl()
        return handles

    def keep(self, handles: tuple[Any, Any]) -> None:
        self._idle, self._pid = handles, os.getpid()


_abandoned: list[Any] = []
_session = _Session()


class _Fetch:
    """One call of the C library for a file or its ranges."""

    def __init__(self, request: CData, receiver: CData, response: CData, err: CData) -> None:
        self._multi, self._easy = self._handles = _session.take()
        self._clean = (
            True  # False: libcurl has failed or was stopped; its handles are not used again
        )
        self._request = request
        self._receiver = receiver
        self._response = response
        self._err = err
        self._seconds = 0.0
        self._answer = Answer()
        self._headers: list[bytes] = []
        self._pieces: list[bytes] = []
        self._latest = b""
        self._ftp = False
        self._begun = False
        self._received = 0
        self._discarded = 0
        self._index = 0
        remote = request.remote
        self._timeout = remote.timeout if remote else 0.0
        count = remote.header_count if remote else 0
        headers = [ffi.string(remote.headers[i]) for i in range(count)]
        if not any(_header_name(header) == "accept-encoding" for header in headers):
            headers.append(b"Accept-Encoding: identity")
        self._target = _Target(
            text(request.url),
            ffi.string(request.user) if request.user else None,
            ffi.string(request.password) if request.password else None,
            headers,
        )

    def run(self) -> None:
        try:
            self._run()
        finally:
            if self._clean:
                _session.keep(self._handles)

    def _run(self) -> None:
        request = self._request
        if not request.ranges:
            self._body(None)
            return
        for self._index in range(request.range_count):
            first, length = request.ranges[self._index].first, request.ranges[self._index].length
            if length == 0 or first + length > 2**63 - 1:
                raise FetchError(
                    lib.RF_ERR_ARGUMENT, f"range {self._index} is empty or ends beyond 2^63"
                )
            self._body((first, first + length - 1))

    # --- one body: the file, or one of its ranges ---

    def _body(self, span: tuple[int, int] | None) -> None:
        hops = 0
        while True:
            try:
                elsewhere = self._exchange(span)
            except FetchError as failure:
                if hops:
                    # The URL that was asked for is known to the caller; this one failed.
                    failure.message = f"redirected to {_shown(self._target.url)}: {failure.message}"
                    if failure.status == lib.RF_ERR_ARGUMENT:
                        failure.status = lib.RF_ERR_NETWORK  # a bad URL is the server's doing then
                raise
            if elsewhere is None:
                return
            hops += 1
            if hops > self._request.redirects:
                raise FetchError(
                    lib.RF_ERR_LIMIT,
                    f"redirected more than {self._request.redirects} times",
                    self._answer.status,
                )
            self._target = _follow(self._target, elsewhere)

    def _exchange(self, span: tuple[int, int] | None) -> str | None:
        """Ask once; give the URL of a redirect, or None when the body is there."""
        import pycurl

        self._answer.reset()
        self._begun = False
        self._received = self._discarded = 0
        self._clean = False
        self._set_options(span)
        self._multi.add_handle(self._easy)
        try:
            code, cause = self._move(span)
            self._seconds += self._easy.getinfo(pycurl.TOTAL_TIME)
            elsewhere = None
            if not self._ftp and self._answer.status in _REDIRECTS:
                elsewhere = self._easy.getinfo_raw(pycurl.REDIRECT_URL)
        finally:
            # In the middle of a transfer this closes the connection, as it must.
            self._multi.remove_handle(self._easy)
            self._headers.clear()
            self._pieces.clear()
        self._clean = code == pycurl.E_OK
        if elsewhere is not None:
            return _NOT_IN_URLS.sub(lambda m: b"%%%02X" % m[0][0], elsewhere).decode("ascii")
        if not self._ftp and not self._begun and self._answer.status >= 200:
            self._answer.judge(span)  # says more than a connection that is lost later
        if code != pycurl.E_OK:
            raise self._failed(code, cause, span)
        if not self._begun:
            self._begin(span)
        expected = self._expected(span)
        if 0 <= self._received < expected:
            raise FetchError(
                lib.RF_ERR_TRUNCATED,
                f"the transfer ended after {self._received} of {expected} bytes",
                self._answer.status,
            )
        return None

    def _move(self, span: tuple[int, int] | None) -> tuple[int, str]:
        """Run libcurl until it is done; give its result."""
        multi = self._multi
        while True:
            _, active = multi.perform()
            if self._headers or self._pieces:
                self._take(span)
            if not active:
                break
            self._wait()
        _, _, failed = multi.info_read()
        return (failed[0][1], failed[0][2]) if failed else (0, "")

    def _wait(self) -> None:
        """Wait for something to do, for a second at most: Ctrl-C is looked at in between."""
        # libcurl may have bytes of its own left (TLS decodes more than was asked for): it says so
        # by a time-out of 0, and select() knows nothing of them.
        milliseconds = self._multi.timeout()
        seconds = 1.0 if milliseconds < 0 else min(milliseconds / 1000, 1.0)
        if seconds > 0 and self._multi.select(seconds) <= 0 and not any(self._multi.fdset()):
            # Nothing to wait for: a name is being looked up, or the descriptor is too large for
            # select().
            time.sleep(min(seconds, 0.02))

    def _take(self, span: tuple[int, int] | None) -> None:
        """Look at what has arrived: headers first, for they come first."""
        if not self._begun:
            line_of = self._answer.ftp_line if self._ftp else self._answer.http_line
            for line in self._headers:
                line_of(line)
        elif self._ftp:
            for line in self._headers:
                self._answer.ftp_line(line)
        self._headers.clear()
        if not self._pieces:
            return
        if not self._ftp and self._answer.status in _REDIRECTS:
            self._discard()
            return
        if not self._begun:
            self._begin(span)
        for piece in self._pieces:
            self._deliver(piece, span)
        # The last piece lies on top of the heap. While it is there, the allocator cannot give the
        # memory of the others back to the system, only to ask for it again fault by fault.
        self._latest = self._pieces[-1]
        self._pieces.clear()

    def _discard(self) -> None:
        self._discarded += sum(map(len, self._pieces))
        self._pieces.clear()
        if self._discarded > _DISCARD_BYTES:
            raise FetchError(
                lib.RF_ERR_NETWORK,
                f"the page that comes with a redirect has more than {_DISCARD_BYTES} bytes",
                self._answer.status,
            )

    def _begin(self, span: tuple[int, int] | None) -> None:
        if not self._ftp:
            self._answer.judge(span)
        response = self._response
        before = (
            ffi.string(response.etag),
            ffi.string(response.last_modified),
            response.total_size,
        )
        self._answer.report(response)
        now = (ffi.string(response.etag), ffi.string(response.last_modified), response.total_size)
        if self._index > 0 and before != now:
            raise FetchError(
                lib.RF_ERR_NETWORK, "the file has changed on the server while it was read"
            )
        expected, limit = self._expected(span), self._request.limit_bytes
        if expected > limit:
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has {expected} bytes; the limit for a remote file is {limit}",
            )
        self._begun = True
        receiver = self._receiver
        self._accepted(receiver.begin(receiver.context, self._index, response, self._err))

    def _deliver(self, piece: bytes, span: tuple[int, int] | None) -> None:
        count = len(piece)
        if span is not None:  # FTP has no way to ask for an end; libcurl cuts, this makes sure
            count = min(count, span[1] - span[0] + 1 - self._received)
        if count > self._request.limit_bytes - self._received:
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has more than {self._request.limit_bytes} bytes, "
                "the limit for a remote file",
            )
        if count == 0:
            return
        self._received += count
        receiver = self._receiver
        data = ffi.from_buffer(piece)
        self._accepted(receiver.take(receiver.context, self._index, data, count, self._err))

    @staticmethod
    def _accepted(status: int) -> None:
        if status != lib.RF_OK:
            raise _ReceiverError(status)

    def _expected(self, span: tuple[int, int] | None) -> int:
        """Give the bytes that the body should have, -1 when nobody said."""
        return span[1] - span[0] + 1 if span is not None else int(self._response.total_size)

    # --- libcurl's options ---

    def _set_options(self, span: tuple[int, int] | None) -> None:
        import pycurl

        easy, target = self._easy, self._target
        easy.reset()
        easy.setopt(pycurl.NOSIGNAL, 1)
        easy.setopt(pycurl.BUFFERSIZE, _BUFFER_BYTES)
        easy.setopt(pycurl.WRITEFUNCTION, self._pieces.append)
        easy.setopt(pycurl.HEADERFUNCTION, self._headers.append)
        easy.setopt(pycurl.USERAGENT, b"rustfits/" + ffi.string(lib.rf_version()))
        easy.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_BASIC | pycurl.HTTPAUTH_DIGEST)
        easy.setopt(pycurl.TCP_KEEPALIVE, 1)
        easy.setopt(pycurl.SSL_VERIFYPEER, 1)
        easy.setopt(pycurl.SSL_VERIFYHOST, 2)
        easy.setopt(pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS | pycurl.PROTO_FTP)
        easy.setopt(pycurl.HTTPHEADER, target.headers)
        self._set_url(target)
        self._set_time_limits()
        if span is not None:
            easy.setopt(pycurl.RANGE, f"{span[0]}-{span[1]}")
        self._set_certificates()

    def _set_url(self, target: _Target) -> None:
        import pycurl

        easy, url = self._easy, target.url
        scheme = url.partition(":")[0].lower()
        self._ftp = scheme in ("ftp", "ftps")
        if scheme == "ftps":
            # FTP made safe by AUTH TLS; to libcurl "ftps" is TLS from the first byte, on port 990.
            url = "ftp" + url[len(scheme) :]
            easy.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL)
            easy.setopt(pycurl.FTPSSLAUTH, pycurl.FTPAUTH_TLS)
        easy.setopt(pycurl.URL, url.encode())
        if target.user is not None:
            easy.setopt(pycurl.USERNAME, target.user)
        if target.password is not None:
            easy.setopt(pycurl.PASSWORD, target.password)

    def _set_time_limits(self) -> None:
        import pycurl

        remote = self._request.remote
        connect = remote.connect_timeout if remote else 0.0
        connect = connect if connect > 0 else _CONNECT_SECONDS
        self._easy.setopt(pycurl.CONNECTTIMEOUT_MS, min(int(connect * 1000) + 1, 10**9))
        if self._timeout > 0:
            left = max(self._timeout - self._seconds, 0.0)
            self._easy.setopt(pycurl.TIMEOUT_MS, min(int(left * 1000) + 1, 10**9))
        else:
            self._easy.setopt(pycurl.LOW_SPEED_LIMIT, 1)
            self._easy.setopt(pycurl.LOW_SPEED_TIME, _SILENT_SECONDS)

    def _set_certificates(self) -> None:
        import pycurl

        remote = self._request.remote
        given = os.fsdecode(ffi.string(remote.ca_bundle)) if remote and remote.ca_bundle else None
        bundle, folder = _certificates(given)
        if bundle is None and folder is None:
            return
        for option, path in ((pycurl.CAINFO, bundle), (pycurl.CAPATH, folder)):
            if path is None:
                self._easy.unsetopt(option)
            else:
                self._easy.setopt(option, os.fsencode(path))

    # --- failures ---

    def _failed(self, code: int, cause: str, span: tuple[int, int] | None) -> FetchError:
        import pycurl

        expected = self._expected(span) if self._begun else -1
        if code == pycurl.E_USE_SSL_FAILED:
            cause = "the server does not offer TLS (AUTH TLS), which ftps:// asks for"
        cause = cause or f"libcurl's error {code}"
        reply = self._answer.status
        if self._ftp and reply >= 400 and str(reply) not in cause:
            cause += f" (the server replied {reply})"
        if expected >= 0:
            cause = f"the transfer ended after {self._received} of {expected} bytes: {cause}"
        elif self._begun:
            cause = f"the transfer ended after {self._received} bytes: {cause}"
        refused = lib.RF_ERR_NO_FILE if self._answer.status == 550 else lib.RF_ERR_HTTP_STATUS
        known = {
            pycurl.E_OPERATION_TIMEDOUT: lib.RF_ERR_TIMEOUT,
            pycurl.E_PARTIAL_FILE: lib.RF_ERR_TRUNCATED,
            pycurl.E_OUT_OF_MEMORY: lib.RF_ERR_MEMORY,
            pycurl.E_URL_MALFORMAT: lib.RF_ERR_ARGUMENT,
            pycurl.E_SSL_CONNECT_ERROR: lib.RF_ERR_TLS,
            pycurl.E_SSL_CERTPROBLEM: lib.RF_ERR_TLS,
            pycurl.E_SSL_CIPHER: lib.RF_ERR_TLS,
            pycurl.E_SSL_CACERT: lib.RF_ERR_TLS,
            pycurl.E_SSL_CACERT_BADFILE: lib.RF_ERR_TLS,
            pycurl.E_SSL_CRL_BADFILE: lib.RF_ERR_TLS,
            pycurl.E_SSL_ISSUER_ERROR: lib.RF_ERR_TLS,
            pycurl.E_SSL_INVALIDCERTSTATUS: lib.RF_ERR_TLS,
            pycurl.E_USE_SSL_FAILED: lib.RF_ERR_TLS,
            pycurl.E_LOGIN_DENIED: lib.RF_ERR_PERMISSION,
            pycurl.E_REMOTE_ACCESS_DENIED: refused,  # to a folder on the way to the file
            pycurl.E_REMOTE_FILE_NOT_FOUND: refused,
            pycurl.E_FTP_COULDNT_RETR_FILE: refused,
            pycurl.E_FTP_COULDNT_USE_REST: lib.RF_ERR_UNSUPPORTED,
            pycurl.E_BAD_DOWNLOAD_RESUME: lib.RF_ERR_TRUNCATED,
        }
        return FetchError(known.get(code, lib.RF_ERR_NETWORK), cause, self._answer.status)


def _header_name(header: bytes) -> str:
    return header.partition(b":")[0].strip().lower().decode("latin-1")


def _follow(target: _Target, url: str) -> _Target:
    """Where a redirect leads. User, password and headers go along to the same server only."""
    from urllib.parse import urlsplit, urlunsplit  # costs a tenth of the import of the package

    try:
        scheme, host, _ = _server(url)
    except ValueError:
        scheme, host = "", None
    if scheme not in ("http", "https") or not host:
        raise FetchError(
            lib.RF_ERR_NETWORK,
            f'the server redirects to "{_shown(url)[:200]}", which is neither http nor https',
        )
    user: bytes | None = None
    password: bytes | None = None
    headers = target.headers
    if _same_server(_server(target.url), _server(url)):
        user, password = target.user, target.password
    else:
        headers = [header for header in headers if _header_name(header) in _TRAVELLERS]
    # What the server put before an '@' is not ours to send.
    parts = urlsplit(url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="")
    return _Target(urlunsplit(bare), user, password, headers)


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


def _shown(url: str) -> str:
    """Give a URL fit to be shown: without passwords and other secrets."""
    name = url.encode()
    shown = ffi.new("char[]", 3 * len(name) + 4)
    lib.rf_name_show(name, shown, len(shown))
    return text(shown)


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


def _record(err: CData, failure: FetchError) -> None:
    """Fill in an rf_error, unless it has a cause already."""
    if err and err.code == lib.RF_OK:
        lib.rf_error_clear(err)
        err.code = failure.status
        err.http_status = failure.http_status
        # Cut between two characters.
        message = failure.message.encode()[: len(err.message) - 1].decode("utf-8", "ignore")
        copy_text(err.message, message.encode())


def _escaped(
    kind: type[BaseException], exception: BaseException, trace: TracebackType
) -> None:  # pragma: no cover - a Ctrl-C at the right moment
    """Keep an exception for the caller of FITS: it must not be printed, nor get lost in C."""
    stash_exception(exception.with_traceback(trace))


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an rf_transport."""
    try:
        _Fetch(request, receiver, response, err).run()
    except FetchError as failure:
        _record(err, failure)
        return failure.status
    except _ReceiverError as refusal:
        return refusal.status
    return int(lib.RF_OK)


def _register() -> Sequence[CData]:
    """Make pycurl the transport of the C library; give what must live as long as the process."""
    ffi.def_extern(name="rf_py_fetch", error=lib.RF_ERR_CALLBACK, onerror=_escaped)(_fetch)
    name = ffi.new("char[]", b"pycurl")
    schemes = ffi.new("char[]", b"http https ftp ftps")
    transport = ffi.new("rf_transport *")
    transport.size = ffi.sizeof("rf_transport")
    transport.name = name
    transport.schemes = schemes
    transport.fetch = lib.rf_py_fetch
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    return name, schemes, transport


_kept = _register()
