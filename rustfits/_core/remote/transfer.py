# SPDX-License-Identifier: BSD-3-Clause
"""One request at a time by libcurl, with the redirects that it leads to.

No Python code runs inside of libcurl's callbacks: what arrives is appended to lists by
``list.append`` itself, and looked at between two rounds of libcurl's own loop, which runs without
the GIL. So no exception and no Ctrl-C can get lost in a callback.
"""

from __future__ import annotations

import errno
from typing import Any

from rustfits._core.binding.library import CData, ffi, lib, text
from rustfits._core.binding.names import shown_target
from rustfits._core.remote.connections import Session
from rustfits._core.remote.curl_options import Target, as_ascii, follow, is_ftp, set_options
from rustfits._core.remote.response import Expectation, FetchError, Response

__all__ = ["AskAgainError", "ReceiverError", "Transfer"]

# Of the page that comes with a redirect or is refused.
_DISCARD_BYTES = 64 << 10
_REFUSED_THERE = {400, 401, 403, 404, 410}
_REDIRECTS = {301, 302, 303, 307, 308}


class ReceiverError(Exception):
    """The C library does not want more; its error is filled in already."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class AskAgainError(Exception):
    """The answer is of no use, but another one may be: see `Transfer.ask_again`."""


class Transfer:
    """An easy handle at work on one range, or on the whole file."""

    def __init__(
        self, easy: Any, request: CData, receiver: CData, response: CData, err: CData
    ) -> None:
        self.easy = easy
        self._request = request
        self._receiver = receiver
        self.response = response
        self._err = err
        self._http = Response()
        self._headers: list[bytes] = []
        self._chunks: list[bytes] = []
        self._latest = b""
        self._parts: CData | None = None

    def start(
        self,
        index: int,
        expectation: Expectation,
        target: Target,
        session: Session,
        way_back: Target | None,
    ) -> None:
        """Set out for range `index`; the handle is then to be added to libcurl's loop.

        `way_back` is where to begin anew when the file is not at `target` any more.
        """
        self.index = index
        self.target = target
        self.led = False  # to another URL than the one asked for
        self.hops = 0
        self.went_back = False
        self._way_back = way_back
        self._expectation = expectation
        self._auth = session.auth
        self._cookies = session.cookies()
        self._seconds = 0.0
        self._conditional = True
        self.prepare()

    def prepare(self) -> None:
        """Set the handle up for the next transfer."""
        import pycurl

        self._http.reset()
        self._parts = None
        self._ftp = is_ftp(self.target)
        self.begun = False
        self._received = self._discarded = 0
        self._expected = -1
        self.responses = 0
        set_options(
            self.easy,
            self.target,
            self._expectation,
            self._request.remote,
            auth=self._auth,
            cookies=self._cookies,
            conditional=self._conditional,
            seconds=self._seconds,
        )
        self.easy.setopt(pycurl.WRITEFUNCTION, self._chunks.append)
        self.easy.setopt(pycurl.HEADERFUNCTION, self._headers.append)

    # --- what arrives ---

    def take(self) -> None:
        """Look at what has arrived: headers first, for they come first."""
        if self._headers:
            self._take_headers()
        if not self._chunks:
            return
        if not self.begun:
            if self._asks_again() or self._is_stale():
                raise AskAgainError
            if self._is_redirect():
                self._discard()
                return
            if not self._ftp and self._http.status >= 400:
                self._http.page(b"".join(self._chunks))
            self._begin()
        self._deliver()
        # The last chunk lies on top of the heap. While it is there, the allocator cannot give the
        # memory of the others back to the system, only to ask for it again fault by fault.
        self._latest = self._chunks[-1]
        self._chunks.clear()

    def _take_headers(self) -> None:
        http = self._http
        if self._ftp:
            for line in self._headers:
                http.ftp_line(line)
        elif not self.begun:  # what stands behind a body in pieces says nothing about it any more
            for line in self._headers:
                http.http_line(line)
                self.responses += line[:5] == b"HTTP/" and http.status >= 200
        self._headers.clear()

    def _is_redirect(self) -> bool:
        return not self._ftp and self._http.status in _REDIRECTS

    def _asks_again(self) -> bool:
        return (
            not self._ftp and self._conditional and self._http.ignores_validator(self._expectation)
        )

    def _is_stale(self) -> bool:
        """Whether this is what a server says of a URL that is not good any more.

        Links that were signed for a while end so.
        """
        return self._way_back is not None and not self.begun and self._http.status in _REFUSED_THERE

    def _go_back(self) -> None:
        assert self._way_back is not None
        self.target, self._way_back = self._way_back, None
        self.led, self.went_back, self.hops = False, True, 0

    def _discard(self) -> None:
        self._discarded += sum(map(len, self._chunks))
        self._chunks.clear()
        if self._discarded > _DISCARD_BYTES:
            raise FetchError(
                lib.RF_ERR_NETWORK,
                f"the page that comes with a redirect has more than {_DISCARD_BYTES} bytes",
                self._http.status,
            )

    def _begin(self) -> None:
        """Tell the receiver, once for each body, before its first byte."""
        http, response = self._http, self.response
        if self._ftp:
            http.judge_ftp(self._expectation)
        else:
            http.judge(self._expectation)
        if self.led and http.content_type.startswith(b"text/html"):
            raise FetchError(
                lib.RF_ERR_PERMISSION,
                "the server sends a web page (text/html), perhaps to log in, not the file",
                http.status,
            )
        before = _identity(response)
        knows_file = response.status != 0
        http.report(response)
        if self._expectation.more and response.total_size < 0:
            response.total_size = before[2]  # the parts will say
        now = _identity(response)
        if knows_file and before != (now if before[2] >= 0 else (*now[:2], before[2])):
            raise FetchError(
                lib.RF_ERR_CHANGED,
                "the file has changed on the server while it was read",
                http.status,
            )
        self._expected = http.body_bytes(self._expectation)
        limit = self._request.limit_bytes
        if self._expected > limit:
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"the file has {self._expected} bytes; the limit for a remote file is {limit}",
            )
        self.begun = True
        receiver = self._receiver
        if self._expectation.more:
            self._open_parts()
            return
        self._accepted(receiver.begin(receiver.context, self.index, response, self._err))

    def _open_parts(self) -> None:
        """Begin with several ranges; the receiver hears of them part by part."""
        http, made, err = self._http, ffi.new("rf_multipart **"), ffi.new("rf_error *")
        status = lib.rf_multipart_open(
            self._request,
            self.index,
            1 + len(self._expectation.more),
            http.content_type,
            *(http.span or (-1, -1)),
            made,
            err,
        )
        self._judged(status, err)
        self._parts = ffi.gc(made[0], lib.rf_multipart_close)

    def _deliver_parts(self, parts: CData) -> None:
        receiver, response, err = self._receiver, self.response, ffi.new("rf_error *")
        for chunk in self._chunks:
            self._received += len(chunk)
            data = ffi.from_buffer(chunk)
            status = lib.rf_multipart_take(parts, data, len(chunk), receiver, response, err)
            self._judged(status, err)

    def _parts_are_whole(self, *, in_order: bool) -> bool:
        """Whether all ranges have come; else raise, but where libcurl knows better why not."""
        err = ffi.new("rf_error *")
        status = lib.rf_multipart_end(self._parts, err)
        if status == lib.RF_ERR_TRUNCATED and not in_order:
            return False
        self._judged(status, err)
        return True

    def _judged(self, status: int, err: CData) -> None:
        if status != lib.RF_OK:
            raise FetchError(status, text(err.message), self._http.status)

    def _deliver(self) -> None:
        if self._parts is not None:
            self._deliver_parts(self._parts)
            return
        # libcurl gives out at most 16 KiB at a time: this loop runs thousands of times for a file.
        take, context, index, err = (
            self._receiver.take,
            self._receiver.context,
            self.index,
            self._err,
        )
        received, limit = self._received, self._request.limit_bytes
        # FTP has no way to ask for an end; libcurl cuts, this makes sure.
        end = (
            self._expected if self._expectation.span is not None and self._expected >= 0 else limit
        )
        for chunk in self._chunks:
            count = len(chunk)
            if count > end - received:
                if end == limit:
                    raise FetchError(
                        lib.RF_ERR_LIMIT,
                        f"the file has more than {limit} bytes, the limit for a remote file",
                    )
                count = end - received
                if count == 0:
                    break
            received += count
            status = take(context, index, chunk, count, err)
            if status:
                self._accepted(status)
        self._received = received

    @staticmethod
    def _accepted(status: int) -> None:
        if status != lib.RF_OK:
            raise ReceiverError(status)

    # --- what it came to ---

    def finish(self, code: int, cause: str) -> bool:
        """Look at the result of a transfer.

        Returns
        -------
        bool
            Whether there is another to make: the handle is to be added again.
        """
        self.count()
        unreachable = self._way_back is not None and not self.begun and self._unreachable(code)
        if self._is_stale() or unreachable:
            self._go_back()
            return True
        if self._asks_again():
            self._conditional = False
            return True
        return self._finish(code, cause)

    def ask_again(self) -> None:
        """After `AskAgainError`: begin anew, without a condition, or where it was asked first."""
        self.count()
        if self._is_stale():
            self._go_back()
        else:
            self._conditional = False  # that it is one file is seen by the answers, too
        self.prepare()

    def learned_auth(self) -> int:
        """Give what the server wants to hear, where it is Basic: that can be told at once.

        Digest needs a question first, every time.
        """
        import pycurl

        if self.target.elsewhere or self.target.user is None or self.target.sigv4 is not None:
            return self._auth
        available = self.easy.getinfo(pycurl.HTTPAUTH_AVAIL)
        both = pycurl.HTTPAUTH_BASIC | pycurl.HTTPAUTH_DIGEST
        only_basic = available & both == pycurl.HTTPAUTH_BASIC
        return int(pycurl.HTTPAUTH_BASIC) if only_basic else self._auth

    def count(self) -> None:
        """Add a transfer that is over to what was asked and how long it took."""
        import pycurl

        self.response.requests += max(self.responses, 1)
        self._seconds += self.easy.getinfo(pycurl.TOTAL_TIME)

    def stop(self) -> None:
        """Forget what was not looked at."""
        self._headers.clear()
        self._chunks.clear()

    def _finish(self, code: int, cause: str) -> bool:
        import pycurl

        elsewhere = self.easy.getinfo_raw(pycurl.REDIRECT_URL) if self._is_redirect() else None
        if elsewhere is not None:
            self._go_to(as_ascii(elsewhere))
            return True
        if not self._ftp and not self.begun and self._http.status >= 200:
            self._http.judge(self._expectation)  # says more than a connection that is lost later
        if self.begun and self._received == self._expected:
            # Nothing is missing: how the connection ended does not matter, and FTP ends ranges by
            # breaking off.
            return False
        if self._parts is not None and self._parts_are_whole(in_order=code == pycurl.E_OK):
            return False
        if code != pycurl.E_OK:
            raise self._failed(code, cause)
        if not self.begun:
            self._begin()
            if self._parts is not None:  # without a single one
                return not self._parts_are_whole(in_order=True)
        if self._received < self._expected:
            raise FetchError(
                lib.RF_ERR_TRUNCATED,
                f"the transfer ended after {self._received} of {self._expected} bytes",
                self._http.status,
            )
        return False

    def _go_to(self, url: str) -> None:
        if self.hops >= self._request.redirects:
            self.led = False  # the failure is about the URL that was asked for
            raise FetchError(
                lib.RF_ERR_LIMIT,
                f"redirected more than {self._request.redirects} times",
                self._http.status,
            )
        self.target = follow(self._request, self.target, url)
        self.led = True
        self.hops += 1

    def add_context(self, failure: FetchError) -> None:
        """Add to the first failure of a fetch what those need who may try again."""
        if not self.begun:
            self._http.report(self.response)
        if self.led:
            # The URL that was asked for is known to the caller; this one failed.
            failure.message = f"redirected to {shown_target(self.target.url)}: {failure.message}"
            if failure.status == lib.RF_ERR_ARGUMENT:
                failure.status = lib.RF_ERR_NETWORK  # a bad URL is the server's doing then

    def _unreachable(self, code: int) -> int:
        """Give an errno where the server could not be reached at all, else 0."""
        import pycurl

        if code in (pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY):
            return errno.EHOSTUNREACH
        if code == pycurl.E_COULDNT_CONNECT:
            return self.easy.getinfo(pycurl.OS_ERRNO) or errno.ECONNREFUSED
        if code == pycurl.E_OPERATION_TIMEDOUT and self._http.status == 0:
            return 0 if self.easy.getinfo(pycurl.CONNECT_TIME) > 0 else errno.ETIMEDOUT
        return 0

    def _failed(self, code: int, cause: str) -> FetchError:
        import pycurl

        if code == pycurl.E_USE_SSL_FAILED:
            cause = "the server does not offer TLS (AUTH TLS), which ftps:// asks for"
        cause = cause or f"libcurl's error {code}"
        reply = self._http.status
        if self._ftp and reply >= 400 and str(reply) not in cause:
            cause += f" (the server replied {reply})"
        if self.begun and self._expected >= 0:
            cause = f"the transfer ended after {self._received} of {self._expected} bytes: {cause}"
        elif self.begun:
            cause = f"the transfer ended after {self._received} bytes: {cause}"
        refused = lib.RF_ERR_NO_FILE if reply == 550 else lib.RF_ERR_HTTP_STATUS
        no_rest = lib.RF_ERR_UNSUPPORTED if reply >= 500 else lib.RF_ERR_NETWORK
        if self._ftp and reply < 400:
            # No refusal: what was taken for the answer is none (some servers say twice how a
            # transfer ended), and it is worth asking again.
            refused = lib.RF_ERR_NETWORK
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
            pycurl.E_FTP_COULDNT_USE_REST: no_rest,
            pycurl.E_BAD_DOWNLOAD_RESUME: lib.RF_ERR_TRUNCATED,
        }
        failure = known.get(code, lib.RF_ERR_NETWORK)
        return FetchError(failure, cause, reply, self._unreachable(code))


def _identity(response: CData) -> tuple[bytes, bytes, int]:
    """Give what tells one file from another."""
    return ffi.string(response.etag), ffi.string(response.last_modified), response.total_size
