# SPDX-License-Identifier: BSD-3-Clause
"""The transport over pycurl: how bytes of remote files get here.

Importing this module registers it with the C library for http, https, ftp, ftps and s3; pycurl
itself is imported by the first fetch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from rustfits._core.binding.library import CData, check, error, ffi, lib, stash_exception, text
from rustfits._core.remote.connections import Session
from rustfits._core.remote.curl_options import Target, first_target, is_ftp
from rustfits._core.remote.response import Expectation, FetchError, copy_text
from rustfits._core.remote.transfer import AskAgainError, ReceiverError, Transfer

__all__ = ["escaped", "record", "serve_sessions"]

# Most requests of one fetch at a time, whatever the caller says; an FTP server counts logins.
_MAX_TRANSFERS = 64
_MAX_FTP_TRANSFERS = 4
_MAY_PASS = (
    lib.RF_ERR_NETWORK,
    lib.RF_ERR_TRUNCATED,
    lib.RF_ERR_TIMEOUT,
    lib.RF_ERR_HTTP_STATUS,
)


class _Fetch:
    """One call of the C library for a file or its ranges."""

    def __init__(self, request: CData, receiver: CData, response: CData, err: CData) -> None:
        self._arguments = request, receiver, response, err
        self._request = request
        self._session = ffi.from_handle(request.session) if request.session else Session()
        self._first = self._target = first_target(request)
        led = self._session.led
        # Where another fetch was led to may not hold any more.
        self._remembered = led is not None and led[0] == self._first
        if led is not None and self._remembered:
            self._target = led[1]
        self._expectations = _expectations(request)
        self._next = 0
        self._failure: FetchError | None = None  # the first
        self._busy: dict[Any, Transfer] = {}  # by easy handle
        response.status = response.requests = response.overhead = 0
        response.retry_after = -1.0

    def run(self) -> None:
        if self._request.delay > 0:
            time.sleep(self._request.delay)
        line = self._session.take()
        self._multi = line.multi
        # A line whose fetch failed has lost some of its connections, no more. After anything else
        # (Ctrl-C between two steps) nobody knows what its handles are in the middle of: it goes.
        # So it does after a failure in FTP: libcurl keeps connections on which an answer is still
        # to come, which would be taken for one to the next command.
        whole = False
        try:
            self._run(line)
            whole = True
        except (FetchError, ReceiverError):
            whole = not is_ftp(self._target)
            raise
        finally:
            for transfer in list(self._busy.values()):
                # In the middle of a transfer this closes the connection, as it must.
                self._stop(transfer)
            if whole:
                self._session.leave(line)
            if not self._request.session:
                self._session.close()

    def _run(self, line: Any) -> None:
        count = min(max(self._request.concurrency, 1), len(self._expectations))
        count = min(count, _MAX_FTP_TRANSFERS if is_ftp(self._target) else _MAX_TRANSFERS)
        for number in range(count):
            self._start_next(Transfer(line.easy(number), *self._arguments))
        while self._busy:
            self._multi.perform()
            self._take()
            if not self._finish_ready() and self._busy:
                self._wait()
        if self._failure is not None:
            raise self._failure

    def _start_next(self, transfer: Transfer) -> None:
        """Put the next range on a transfer that has nothing to do; without one it stays idle."""
        if self._next == len(self._expectations):
            return
        index, expectation = self._expectations[self._next]
        self._next += 1
        way_back = self._first if self._remembered else None
        transfer.start(index, expectation, self._target, self._session, way_back)
        transfer.led = self._target is not self._first
        self._add(transfer)

    def _add(self, transfer: Transfer) -> None:
        self._multi.add_handle(transfer.easy)
        self._busy[transfer.easy] = transfer

    def _stop(self, transfer: Transfer) -> None:
        if self._busy.pop(transfer.easy, None) is not None:
            self._multi.remove_handle(transfer.easy)
        transfer.stop()

    def _take(self) -> None:
        for transfer in list(self._busy.values()):
            try:
                transfer.take()
            except AskAgainError:
                self._stop(transfer)
                transfer.ask_again()
                self._forget(transfer)
                self._add(transfer)
            except FetchError as failure:
                transfer.count()
                self._give_up(transfer, failure)

    def _give_up(self, transfer: Transfer, failure: FetchError) -> None:
        """End a transfer, and the fetch: at once, or when what may pass can be tried again.

        Then those that are under way come to their end first: their bytes are wanted, too.
        """
        self._stop(transfer)
        if self._failure is None:
            self._failure = failure
            # What the others hear is about the file, what this one heard about the failure.
            response = ffi.new("rf_response *", transfer.response[0])
            for other in self._busy.values():
                other.response = response
            transfer.add_context(failure)
        self._next = len(self._expectations)
        if failure.status not in _MAY_PASS:
            raise failure

    def _finish_ready(self) -> bool:
        """Look at the transfers that libcurl is done with; give whether there were any."""
        any_ready = False
        while True:
            left, done, failed = self._multi.info_read()
            for easy, code, cause in [*((easy, 0, "") for easy in done), *failed]:
                any_ready = True
                self._finish(self._busy[easy], code, cause)
            if left == 0:
                return any_ready

    def _finish(self, transfer: Transfer, code: int, cause: str) -> None:
        try:
            again = transfer.finish(code, cause)
        except FetchError as failure:
            self._give_up(transfer, failure)
            return
        self._stop(transfer)
        if again:
            self._forget(transfer)
            transfer.prepare()
            self._add(transfer)
            return
        # The ranges to come ask where this one was led, and as its server wanted it.
        if transfer.hops:
            self._learn(transfer.target)
        self._session.auth = transfer.learned_auth()
        self._start_next(transfer)

    def _learn(self, target: Target) -> None:
        # Back where it began, which is how one logs in, nothing is kept from this server any more.
        back = target.url == self._first.url
        self._target = self._first if back else target
        self._remembered = False
        self._session.led = None if back else (self._first, target)

    def _forget(self, transfer: Transfer) -> None:
        """Where redirects led before, the file may be no more."""
        if transfer.went_back and self._remembered:
            self._remembered = False
            self._target = self._first
            self._session.led = None

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


def _expectations(request: CData) -> list[tuple[int, Expectation]]:
    """Give what to ask for in each request, and the first of its ranges."""
    if not request.ranges:
        return [(0, Expectation())]
    validator = ffi.string(request.validator) if request.validator else None
    spans = []
    for index in range(request.range_count):
        first, length = request.ranges[index].first, request.ranges[index].length
        if length == 0 or first + length > 2**63 - 1:
            raise FetchError(lib.RF_ERR_ARGUMENT, f"range {index} is empty or ends beyond 2^63")
        spans.append((first, first + length - 1))
    count, together = len(spans), request.together or 1
    if text(request.url).partition(":")[0].lower() in ("ftp", "ftps"):
        together = 1  # it knows nothing of several ranges
    together = -(-count // -(-count // together))  # shared out evenly
    expectations = []
    for index in range(0, count, together):
        more = tuple(spans[index + 1 : index + together])
        expectations.append(
            (index, Expectation(spans[index], more, request.whole_or_range == 1, validator))
        )
    return expectations


def record(err: CData, failure: FetchError) -> None:
    """Fill in an rf_error, unless it has a cause already."""
    if err and err.code == lib.RF_OK:
        lib.rf_error_clear(err)
        err.code = failure.status
        err.http_status = failure.http_status
        err.sys_errno = failure.sys_errno
        # Cut between two characters.
        message = failure.message.encode()[: len(err.message) - 1].decode("utf-8", "ignore")
        copy_text(err.message, message.encode())


def escaped(
    kind: type[BaseException], exception: BaseException, trace: TracebackType
) -> None:  # pragma: no cover - a Ctrl-C at the right moment
    """Keep an exception for the caller of FITS: it must not be printed, nor get lost in C."""
    stash_exception(exception.with_traceback(trace))


def _fetch(user: CData, request: CData, receiver: CData, response: CData, err: CData) -> int:
    """Fetch: the function of an rf_transport."""
    try:
        _Fetch(request, receiver, response, err).run()
    except FetchError as failure:
        record(err, failure)
        return failure.status
    except ReceiverError as refusal:
        return refusal.status
    return int(lib.RF_OK)


def serve_sessions(make: Callable[[], Any], opening: str, closing: str) -> None:
    """Define the functions of an rf_transport that open and close a session: what `make` gives.

    Parameters
    ----------
    make : callable
        Gives an object with a method ``close``; ``ffi.from_handle`` gives it back to the fetches.
    opening, closing : str
        Names of the functions in ``build_ffi.py``.
    """
    sessions: dict[CData, Any] = {}

    def open_one(user: CData, session: CData, err: CData) -> int:
        made = make()
        handle = ffi.new_handle(made)
        sessions[handle] = made
        session[0] = handle
        return int(lib.RF_OK)

    def close_one(user: CData, session: CData) -> None:
        sessions.pop(session).close()

    ffi.def_extern(name=opening, error=lib.RF_ERR_CALLBACK, onerror=escaped)(open_one)
    ffi.def_extern(name=closing, onerror=escaped)(close_one)


def _register() -> Sequence[CData]:
    """Make pycurl the transport of the C library; give what must live as long as the process."""
    ffi.def_extern(name="rf_py_fetch", error=lib.RF_ERR_CALLBACK, onerror=escaped)(_fetch)
    serve_sessions(Session, "rf_py_session_open", "rf_py_session_close")
    name = ffi.new("char[]", b"pycurl")
    schemes = ffi.new("char[]", b"http https ftp ftps s3")
    transport = ffi.new("rf_transport *")
    transport.size = ffi.sizeof("rf_transport")
    transport.name = name
    transport.schemes = schemes
    transport.flags = lib.RF_TRANSPORT_SEVERAL
    transport.fetch = lib.rf_py_fetch
    transport.session_open = lib.rf_py_session_open
    transport.session_close = lib.rf_py_session_close
    err = error()
    check(lib.rf_transport_register(transport, err), err)
    return name, schemes, transport


_registered = _register()
