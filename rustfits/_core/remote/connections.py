# SPDX-License-Identifier: BSD-3-Clause
"""Handles of libcurl that are kept, with their connections, for the next fetch."""

from __future__ import annotations

import os
from typing import Any

__all__ = ["Line", "Session"]

# Lines that are kept when the file that they were made for is closed.
_MAX_SPARE = 4


class Line:
    """A multi handle, which holds the connections, and easy handles for transfers side by side."""

    def __init__(self) -> None:
        import pycurl

        self.multi: Any = pycurl.CurlMulti()
        self._easy: list[Any] = []
        self.pid = os.getpid()

    def easy(self, index: int) -> Any:
        """Give easy handle `index`."""
        import pycurl

        while len(self._easy) <= index:
            self._easy.append(pycurl.Curl())
        return self._easy[index]

    def forget_cookies(self) -> None:
        """Take the cookies of a file away before another one uses the handles."""
        import pycurl

        for easy in self._easy:
            easy.unsetopt(pycurl.SHARE)
            easy.setopt(pycurl.COOKIELIST, "ALL")


class Session:
    """What the fetches of one open file share. Several threads may use it at the same time."""

    def __init__(self) -> None:
        self._idle: list[Line] = []
        #: What the server wants to hear, a set of bits of pycurl.HTTPAUTH_...; 0: to be asked.
        self.auth = 0
        #: What was asked for, and where redirects led; None: nowhere else.
        self.led: tuple[Any, Any] | None = None
        self._cookies: Any = None

    def cookies(self) -> Any:
        """Give the cookies of the servers of this file, which are never written to disk."""
        import pycurl

        if self._cookies is None:
            cookies = pycurl.CurlShare()
            cookies.setopt(pycurl.SH_SHARE, pycurl.LOCK_DATA_COOKIE)
            self._cookies = cookies
        return self._cookies

    def take(self) -> Line:
        """Give a line that nobody uses, to be put back with `leave`."""
        # A signal handler may open a file while this thread is in the middle of another: pop()
        # and append() are whole to it and to other threads.
        for lines in (self._idle, _spare):
            while lines:
                try:
                    line = lines.pop()
                except IndexError:
                    break
                if line.pid == os.getpid():
                    return line
                # A forked child must not say good-bye over connections that are its parent's.
                _abandoned.append(line)
        return Line()

    def leave(self, line: Line) -> None:
        """Put a line back that `take` gave."""
        self._idle.append(line)

    def close(self) -> None:
        """Let go of all lines: some stay for the next file, which may be on the same server."""
        while self._idle:
            line = self._idle.pop()
            if line.pid == os.getpid():
                line.forget_cookies()
            _spare.append(line)
        while len(_spare) > _MAX_SPARE:
            try:
                del _spare[0]
            except IndexError:
                break


_spare: list[Line] = []
_abandoned: list[Line] = []
