# SPDX-License-Identifier: BSD-3-Clause
"""The transport over pycurl: how bytes of remote files arrive.

Importing this module registers the transport with the C library for http, https, ftp, ftps and s3.
The first fetch imports pycurl itself. The first file of sftp registers that scheme, if libcurl has
it.
"""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Sequence
from typing import Any

from rustfits._core.binding.handle import Offer, SchemeResolver
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.remote.callbacks import keep_exception, serve_sessions
from rustfits._core.remote.client import scheme_of
from rustfits._core.remote.session import Handles, Session, need_pycurl
from rustfits._core.remote.transfer import Transfer

__all__ = ["RESOLVER"]


class _Fetch:
    """The transfers of one call of the C library, side by side in libcurl's loop."""

    def __init__(self, request: CData, session: Session, fetch: CData) -> None:
        self._request = request
        self._session = session
        self._fetch = fetch
        self._busy: dict[Any, Transfer] = {}  # by easy handle
        #: Whether the fetch has ended, in the judgement of the C library.
        self._ended = False
        self.is_ftp = False

    def run(self, handles: Handles) -> None:
        """Move bytes until the fetch has ended."""
        if self._request.delay > 0:
            time.sleep(self._request.delay)
        self._multi = handles.multi
        try:
            for index in range(lib.rf_http_fetch_get_transfer_count(self._fetch)):
                easy = handles.easy(index)
                self._begin(Transfer(easy, self._fetch, index, self._request, self._session))
            while self._busy and not self._ended:
                self._multi.perform()
                self._take()
                if not self._end_ready() and self._busy:
                    self._wait()
        finally:
            for transfer in list(self._busy.values()):
                # In the middle of a transfer, this closes the connection.
                self._stop(transfer)

    def _begin(self, transfer: Transfer) -> None:
        """Begin the next exchange of a transfer; without one the transfer stays idle."""
        if self._ended:
            return
        action = transfer.begin()
        self._ended = action == lib.RF_HTTP_STOP
        if action == lib.RF_HTTP_REQUEST:
            self.is_ftp = transfer.is_ftp
            self._multi.add_handle(transfer.easy)
            self._busy[transfer.easy] = transfer

    def _stop(self, transfer: Transfer) -> None:
        if self._busy.pop(transfer.easy, None) is not None:
            self._multi.remove_handle(transfer.easy)
        transfer.stop()

    def _take(self) -> None:
        for transfer in list(self._busy.values()):
            if not self._ended and not transfer.take():
                self._end(transfer, 0, "")

    def _end_ready(self) -> bool:
        """End the exchanges that libcurl has finished; return whether there were any."""
        any_ready = False
        while not self._ended:
            left, done, failed = self._multi.info_read()
            for easy, code, cause in [*((easy, 0, "") for easy in done), *failed]:
                any_ready = True
                # `_take` may have ended it: then libcurl reports it no more, or too late.
                if easy in self._busy and not self._ended:
                    self._end(self._busy[easy], code, cause)
            if left == 0:
                break
        return any_ready

    def _end(self, transfer: Transfer, code: int, cause: str) -> None:
        action = transfer.end(code, cause)
        self._stop(transfer)
        if action == lib.RF_HTTP_REQUEST:
            self._begin(transfer)
        elif action == lib.RF_HTTP_STOP:
            self._ended = True

    def _wait(self) -> None:
        """Wait for something to do, for a second at most, so that Ctrl-C gets a chance."""
        # libcurl may hold bytes of its own (TLS decodes more than was requested). It then reports a
        # timeout of 0; select() does not know these bytes.
        milliseconds = self._multi.timeout()
        seconds = 1.0 if milliseconds < 0 else min(milliseconds / 1000, 1.0)
        if seconds > 0 and self._multi.select(seconds) <= 0 and not any(self._multi.fdset()):
            # Nothing to wait for: a name is being looked up, or the descriptor is too large for
            # select().
            time.sleep(min(seconds, 0.02))


def _run(request: CData, session: Session, fetch: CData, err: CData) -> int:
    """Run an ``rf_http_fetch`` and close it; return its status."""
    mover = _Fetch(request, session, fetch)
    try:
        handles = session.take()
        mover.run(handles)
    except BaseException:
        # After a Ctrl-C between two steps, the state of the handles is unknown: they are dropped.
        lib.rf_http_fetch_close(fetch, ffi.NULL)
        raise
    status = int(lib.rf_http_fetch_close(fetch, err))
    # A fetch that failed has closed some connections, no more. But after a failure in FTP, libcurl
    # keeps connections whose reply has not arrived. The next command would take it.
    if status == lib.RF_OK or not mover.is_ftp:
        session.leave(handles)
    return status


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an ``rf_transport``."""
    session = ffi.from_handle(request.session) if request.session else Session()
    try:
        made = ffi.new("rf_http_fetch **")
        status = lib.rf_http_fetch_open(session.http, request, receiver, response, made, err)
        return int(status) if status else _run(request, session, made[0], err)
    finally:
        if not request.session:
            session.close()


def _register(served: bytes) -> Sequence[CData]:
    """Register pycurl with the C library; return what must live as long as the process."""
    name = ffi.new("char[]", b"pycurl")
    schemes = ffi.new("char[]", served)
    transport = ffi.new("rf_transport *")
    transport.size = ffi.sizeof("rf_transport")
    transport.name = name
    transport.schemes = schemes
    transport.flags = lib.RF_TRANSPORT_MULTIRANGE | lib.RF_TRANSPORT_SEND
    transport.fetch = lib.rf_py_fetch
    transport.session_open = lib.rf_py_session_open
    transport.session_close = lib.rf_py_session_close
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    return name, schemes, transport


def _serve(name: bytes) -> bool:
    """Register pycurl for sftp, if its libcurl has that."""
    if scheme_of(name) != "sftp":
        return False
    need_pycurl()
    import pycurl

    if "sftp" not in pycurl.version_info()[8]:
        return False
    if len(_registered) == 1:
        _registered.append(_register(b"sftp"))
    return True


def _offers() -> list[Offer]:
    """Return what `_serve` would do. Before the first fetch, pycurl is not there to tell."""
    pycurl = sys.modules.get("pycurl")
    if pycurl is not None and "sftp" not in pycurl.version_info()[8]:
        return []
    has = pycurl is not None or importlib.util.find_spec("pycurl") is not None
    return [Offer("sftp", "pycurl", has, "pip install pycurl")]


ffi.def_extern(name="rf_py_fetch", error=lib.RF_ERR_CALLBACK, onerror=keep_exception)(_fetch)
serve_sessions(lambda user: Session(), "rf_py_session_open", "rf_py_session_close")
_registered = [_register(b"http https ftp ftps s3")]
RESOLVER = SchemeResolver(_serve, lambda name: "", _offers)
