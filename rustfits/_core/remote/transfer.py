# SPDX-License-Identifier: BSD-3-Clause
"""Move the bytes of one transfer from pycurl to the C library, which judges them.

No Python code runs inside the callbacks of libcurl for what arrives. It is appended to lists by
``list.append`` itself, and is passed on between two rounds of libcurl's own loop, which runs
without the GIL. So no exception and no Ctrl-C can get lost in a callback. The callbacks for what is
sent keep their exceptions, which the end of the exchange raises.
"""

from __future__ import annotations

import errno
import functools
from typing import Any

from rustfits._core.binding.library import CData, ffi, lib
from rustfits._core.remote.callbacks import copy_text
from rustfits._core.remote.options import is_sftp, set_options, set_sending
from rustfits._core.remote.session import Session

__all__ = ["Transfer"]


class Transfer:
    """An easy handle whose bytes go to one transfer of an ``rf_http_fetch``."""

    def __init__(
        self, easy: Any, fetch: CData, index: int, request: CData, session: Session
    ) -> None:
        self.easy = easy
        self.is_ftp = False
        self._fetch = fetch
        self._index = index
        self._request = request
        self._session = session
        self._exchange = ffi.new("rf_http_exchange *")
        self._exchange.size = ffi.sizeof("rf_http_exchange")
        self._sends_login = False
        # The following three are for SFTP, which has no header fields.
        self._is_sftp = False
        self._looks = False  # the exchange begins with a look at the file: size, time, no body
        self._is_told = False  # the fetch knows what libcurl knows of the file
        self._length = self._seconds = -1  # of the body, and the time of the file; -1: unknown
        self._lines: list[bytes] = []
        self._chunks: list[bytes] = []
        self._latest = b""
        self._given = 0  # bytes of the body of the request
        self._failure: BaseException | None = None  # of a callback

    def begin(self) -> int:
        """Begin the next exchange; return the action.

        RF_HTTP_REQUEST: the handle is ready for libcurl's loop.
        """
        import pycurl

        action = self._next_exchange()
        if action != lib.RF_HTTP_REQUEST:
            return action
        exchange = self._exchange
        session = self._session
        set_options(
            self.easy,
            exchange,
            self._request.remote,
            auth=session.auth,
            cookies=session.cookies(),
        )
        self.easy.setopt(pycurl.WRITEFUNCTION, self._chunks.append)
        self.easy.setopt(pycurl.HEADERFUNCTION, self._lines.append)
        if self._looks:  # the length of a range would hide that of the file
            self.easy.unsetopt(pycurl.RANGE)
            self.easy.setopt(pycurl.NOBODY, 1)
        if self._exchange.method:
            self._given = 0
            self._room = ffi.new("char[]", 0)
            set_sending(self.easy, self._exchange)
            self.easy.setopt(pycurl.READFUNCTION, self._give)
            self.easy.setopt(pycurl.SEEKFUNCTION, self._seek)
        return action

    def _next_exchange(self) -> int:
        """Get the next exchange, unless the look at the file has ended, the first half of one."""
        if self._looks:
            self._looks = False
            return int(lib.RF_HTTP_REQUEST)
        exchange = self._exchange
        action = lib.rf_http_fetch_begin(self._fetch, self._index, exchange)
        if action == lib.RF_HTTP_REQUEST:
            self.is_ftp = exchange.is_ftp == 1
            self._sends_login = bool(
                exchange.user and not exchange.is_elsewhere and not exchange.sigv4
            )
            self._is_sftp = is_sftp(ffi.string(exchange.url))
            self._looks = self._is_sftp and self._request.whole_or_range == 1
            self._is_told = False
            self._latest = b""
        return int(action)

    def _tell_facts(self) -> None:
        """Tell the fetch what libcurl knows of a file of SFTP."""
        import pycurl

        if not self._is_sftp or self._is_told:
            return
        self._is_told = True
        self._length = int(self.easy.getinfo(pycurl.CONTENT_LENGTH_DOWNLOAD_T))
        self._seconds = int(self.easy.getinfo(pycurl.FILETIME_T))
        if self._length >= 0 and (self._looks or not self._exchange.range):
            self._tell(b"Content-Range: bytes */%d" % self._length)
        if self._seconds >= 0:
            self._tell(b'ETag: "%d"' % self._seconds)

    def _tell(self, line: bytes) -> None:
        lib.rf_http_fetch_take_header(self._fetch, self._index, line, len(line))

    def _give(self, n: int) -> Any:
        """Return up to `n` bytes of the body of the request: a callback of libcurl."""
        import pycurl

        try:
            if len(self._room) < n:
                self._room = ffi.new("char[]", n)
            got = ffi.new("size_t *")
            action = lib.rf_http_fetch_give_body(
                self._fetch, self._index, self._given, self._room, n, got
            )
            if action != lib.RF_HTTP_CONTINUE:
                return pycurl.READFUNC_ABORT
            self._given += got[0]
            return ffi.buffer(self._room, got[0])[:]
        except BaseException as exception:  # pragma: no cover - needs a Ctrl-C at the right moment
            self._failure = exception
            return pycurl.READFUNC_ABORT

    def _seek(self, offset: int, origin: int) -> int:
        """Begin again at `offset` of the body, after a login: a callback of libcurl."""
        import pycurl

        self._given = offset
        return int(pycurl.SEEKFUNC_OK if origin == 0 else pycurl.SEEKFUNC_CANTSEEK)

    def take(self) -> bool:
        """Pass on what has arrived, the head first; return whether the exchange goes on."""
        fetch, index = self._fetch, self._index
        if self._lines:
            for line in self._lines:
                self._tell(line)
            self._lines.clear()
        if not self._chunks:
            return True
        self._tell_facts()
        # libcurl gives out at most 16 KiB at a time: this loop runs thousands of times for a file.
        take, go_on = lib.rf_http_fetch_take_body, lib.RF_HTTP_CONTINUE
        whole = True
        for chunk in self._chunks:
            if take(fetch, index, chunk, len(chunk)) != go_on:
                whole = False
                break
        # The last chunk lies on top of the heap. While it is there, the allocator cannot return the
        # memory of the others to the system, only to request it again page by page.
        self._latest = self._chunks[-1]
        self._chunks.clear()
        return whole

    def end(self, code: int, cause: str) -> int:
        """End the exchange, for which libcurl reported `code` and `cause`; return the action."""
        import pycurl

        if self._failure is not None:  # pragma: no cover - needs a Ctrl-C at the right moment
            raise self._failure
        self._learn_auth()
        self._tell_facts()
        ending = self._ending(code, cause)
        if self._looks and not ending:
            return int(lib.RF_HTTP_REQUEST)
        self._looks = False
        seconds = self.easy.getinfo(pycurl.TOTAL_TIME)
        return int(lib.rf_http_fetch_end(self._fetch, self._index, ending, seconds))

    def _ending(self, code: int, cause: str) -> CData:
        """Return the failure of an exchange as an ``rf_error *``; NULL: there is none."""
        import pycurl

        if code != pycurl.E_OK:
            if code == pycurl.E_USE_SSL_FAILED:
                cause = "the server does not offer TLS (AUTH TLS), which ftps:// requires"
            if self._is_sftp:
                cause = self._ssh_cause(code) or cause
            ending = _failure(self._status(code), cause or f"libcurl's error {code}")
            ending.sys_errno = self._unreachable(code)
            return ending
        if self._is_sftp and self._length < 0 and not self._latest:
            if self._seconds < 0:  # libcurl takes a lost connection for the end of the file
                return _failure(lib.RF_ERR_NETWORK, "the connection to the server was lost")
            if not self._looks and self._has_nothing():  # libcurl knows no length of an empty file
                self._tell(b"Content-Range: bytes */0")
        return ffi.NULL

    def _has_nothing(self) -> bool:
        """Tell whether an exchange that begins with the first byte has brought none."""
        first = not self._exchange.range or self._request.whole_or_range == 1
        return bool(first) and not self._latest

    def _is_unreadable(self, code: int) -> bool:
        """Tell whether the server found a file and cannot read it, as it does with directories."""
        import pycurl

        known = not self._looks and self._seconds >= 0
        return code == pycurl.E_SSH and known and self._has_nothing()

    def _ssh_cause(self, code: int) -> str:
        """Return a message for an error code of SFTP; "": that of libcurl is good."""
        import pycurl

        if code == pycurl.E_SSL_CACERT:
            return (
                "the server's host key is not the one in ~/.ssh/known_hosts; once you have "
                "checked the key, sftp or ssh-keyscan adds it"
            )
        if self._is_unreadable(code):
            return "the server cannot read the file, which may be a directory"
        return "error in the SSH layer" if code == pycurl.E_SSH else ""

    def _status(self, code: int) -> int:
        """Return the status of an error code of libcurl."""
        import pycurl

        if self._is_sftp:
            if code == pycurl.E_REMOTE_ACCESS_DENIED:
                return int(lib.RF_ERR_PERMISSION)
            if code == pycurl.E_REMOTE_FILE_NOT_FOUND:
                return int(lib.RF_ERR_NO_FILE)
            if code in (pycurl.E_RANGE_ERROR, pycurl.E_BAD_DOWNLOAD_RESUME):
                # The range begins beyond the end of a file whose size was known.
                known = self._request.validator
                return int(lib.RF_ERR_CHANGED if known else lib.RF_ERR_TRUNCATED)
            if self._is_unreadable(code):
                return int(lib.RF_ERR_IO)
        return int(_statuses().get(code, lib.RF_ERR_NETWORK))

    def stop(self) -> None:
        """Forget what was not passed on."""
        self._lines.clear()
        self._chunks.clear()

    def _learn_auth(self) -> None:
        """Remember a server that accepts Basic only: the login can then be sent at once.

        Digest requires a challenge every time.
        """
        import pycurl

        if not self._sends_login:
            return
        offered = self.easy.getinfo(pycurl.HTTPAUTH_AVAIL)
        both = pycurl.HTTPAUTH_BASIC | pycurl.HTTPAUTH_DIGEST
        if offered & both == pycurl.HTTPAUTH_BASIC:
            self._session.auth = pycurl.HTTPAUTH_BASIC

    def _unreachable(self, code: int) -> int:
        """Return the errno of a server that could not be reached, or 0."""
        import pycurl

        if code in (pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_RESOLVE_PROXY):
            return errno.EHOSTUNREACH
        if code == pycurl.E_COULDNT_CONNECT:
            return int(self.easy.getinfo(pycurl.OS_ERRNO)) or errno.ECONNREFUSED
        if code == pycurl.E_OPERATION_TIMEDOUT:
            return 0 if self.easy.getinfo(pycurl.CONNECT_TIME) > 0 else errno.ETIMEDOUT
        return 0


def _failure(status: int, message: str) -> CData:
    ending = ffi.new("rf_error *")
    ending.code = status
    copy_text(ending.message, message.encode())
    return ending


@functools.cache
def _statuses() -> dict[int, int]:
    """Return the statuses of libcurl's error codes; RF_ERR_NETWORK for all others."""
    import pycurl

    return {
        pycurl.E_OPERATION_TIMEDOUT: lib.RF_ERR_TIMEOUT,
        pycurl.E_PARTIAL_FILE: lib.RF_ERR_TRUNCATED,
        pycurl.E_BAD_DOWNLOAD_RESUME: lib.RF_ERR_TRUNCATED,
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
        pycurl.E_REMOTE_ACCESS_DENIED: lib.RF_ERR_HTTP_STATUS,  # a folder on the way to the file
        pycurl.E_REMOTE_FILE_NOT_FOUND: lib.RF_ERR_HTTP_STATUS,
        pycurl.E_FTP_COULDNT_RETR_FILE: lib.RF_ERR_HTTP_STATUS,
        pycurl.E_FTP_COULDNT_USE_REST: lib.RF_ERR_UNSUPPORTED,
        pycurl.E_UPLOAD_FAILED: lib.RF_ERR_READONLY,
        pycurl.E_QUOTE_ERROR: lib.RF_ERR_READONLY,
        pycurl.E_REMOTE_DISK_FULL: lib.RF_ERR_READONLY,
    }
