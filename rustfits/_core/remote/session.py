# SPDX-License-Identifier: BSD-3-Clause
"""Handles of libcurl and their connections, kept for the next fetch."""

from __future__ import annotations

import os
from typing import Any

from rustfits._core.binding.errors import FITSNotBuiltError
from rustfits._core.binding.library import CData, check, error, ffi, lib

__all__ = ["Handles", "Session", "need_pycurl"]

# Handles that are kept after their file is closed.
_MAX_SPARE = 4


class Handles:
    """A multi handle, which holds the connections, and easy handles for transfers side by side."""

    def __init__(self) -> None:
        import pycurl

        self.multi: Any = pycurl.CurlMulti()
        self._easy: list[Any] = []
        self.pid = os.getpid()

    def easy(self, index: int) -> Any:
        """Return easy handle `index`."""
        import pycurl

        while len(self._easy) <= index:
            self._easy.append(pycurl.Curl())
        return self._easy[index]

    def forget_cookies(self) -> None:
        """Remove the cookies of a file before another file uses the handles."""
        import pycurl

        for easy in self._easy:
            easy.unsetopt(pycurl.SHARE)
            easy.setopt(pycurl.COOKIELIST, "ALL")


def need_pycurl() -> None:
    """Raise `FITSNotBuiltError` if pycurl is not installed."""
    try:
        import pycurl  # noqa: F401
    except ImportError as missing:
        raise FITSNotBuiltError(
            "http, https, ftp, ftps, s3 and sftp need pycurl, which cannot be imported: "
            f"pip install pycurl ({missing})"
        ) from None


class Session:
    """What the fetches of one open file share. Several threads may use it at the same time."""

    def __init__(self) -> None:
        need_pycurl()
        made, err = ffi.new("rf_http_session **"), error()
        check(lib.rf_http_session_open(made, err), err)
        #: The ``rf_http_session *``: where redirects lead.
        self.http: CData = made[0]
        #: Bits of ``pycurl.HTTPAUTH_...`` that the server of the URL accepts; 0: unknown.
        self.auth = 0
        self._idle: list[Handles] = []
        self._cookies: Any = None

    def cookies(self) -> Any:
        """Return the cookies of the servers of this file, which are never written to disk."""
        import pycurl

        if self._cookies is None:
            cookies = pycurl.CurlShare()
            cookies.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_COOKIE)
            self._cookies = cookies
        return self._cookies

    def take(self) -> Handles:
        """Return handles that no other fetch uses, to be given back with `leave`."""
        # A signal handler may open a file while this thread opens another: pop() and append() are
        # atomic for signal handlers and threads.
        for idle in (self._idle, _spare):
            while idle:
                try:
                    handles = idle.pop()
                except IndexError:
                    break
                if handles.pid == os.getpid():
                    return handles
                # A forked child must not close connections of its parent.
                _abandoned.append(handles)
        return Handles()

    def leave(self, handles: Handles) -> None:
        """Give handles back that `take` returned."""
        self._idle.append(handles)

    def close(self) -> None:
        """Release all handles. Some stay for the next file, which may be on the same server."""
        http, self.http = self.http, ffi.NULL
        lib.rf_http_session_close(http)
        while self._idle:
            handles = self._idle.pop()
            if handles.pid == os.getpid():
                handles.forget_cookies()
            _spare.append(handles)
        while len(_spare) > _MAX_SPARE:
            try:
                del _spare[0]
            except IndexError:
                break


_spare: list[Handles] = []
_abandoned: list[Handles] = []
