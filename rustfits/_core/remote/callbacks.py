# SPDX-License-Identifier: BSD-3-Clause
"""Functions of an ``rf_transport`` in Python: sessions, and exceptions that must not cross C."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from rustfits._core.binding.library import CData, ffi, lib, stash_exception

__all__ = ["copy_text", "keep_exception", "serve_sessions"]


def copy_text(field: CData, value: bytes) -> None:
    """Copy a text into a char array, cut to fit between two characters."""
    capacity = len(field)
    if len(value) >= capacity:
        value = value[: capacity - 1].decode("utf-8", "ignore").encode()
    ffi.memmove(field, value.ljust(capacity, b"\0"), capacity)


def keep_exception(
    kind: type[BaseException], exception: BaseException, trace: TracebackType
) -> None:  # pragma: no cover - needs a Ctrl-C at the right moment
    """Keep an exception that left a callback, for the caller of the package to raise."""
    stash_exception(exception.with_traceback(trace))


def serve_sessions(make: Callable[[CData], Any], opening: str, closing: str) -> None:
    """Define the functions of an ``rf_transport`` that open and close a session.

    Parameters
    ----------
    make : callable
        Returns a session for the ``user`` of the transport: an object with a method ``close``.
        Fetches get it by ``ffi.from_handle``.
    opening, closing : str
        Names of the functions in ``build_ffi.py``.
    """
    sessions: dict[CData, Any] = {}

    def open_one(user: CData, session: CData, err: CData) -> int:
        made = make(user)
        handle = ffi.new_handle(made)
        sessions[handle] = made
        session[0] = handle
        return int(lib.RF_OK)

    def close_one(user: CData, session: CData) -> None:
        sessions.pop(session).close()

    ffi.def_extern(name=opening, error=lib.RF_ERR_CALLBACK, onerror=keep_exception)(open_one)
    ffi.def_extern(name=closing, onerror=keep_exception)(close_one)
