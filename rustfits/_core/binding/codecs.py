# SPDX-License-Identifier: BSD-3-Clause
"""The stream codec of the C library over zlib-ng, which reads and writes ``.gz`` files in parts.

The C library uses it where it does not decode or encode a whole file at once. The first compressed
file imports the ``zlib_ng`` package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rustfits._core.binding.library import check, error, ffi, lib, stash_exception

__all__ = ["register"]

CData = Any
Callback = TypeVar("Callback", bound=Callable[..., Any])

#: Makes smaller files than level 1 of zlib, several times as fast.
FAST_LEVEL = 2
#: A deflate stream in the header and trailer of gzip.
GZIP_WINDOW_BITS = 31
#: Bytes for one call: zlib-ng copies the input that it does not consume.
INPUT_BYTES = 128 * 1024

# The streams that C holds pointers to.
_streams: set[CData] = set()


def _zlib_ng() -> Any:
    from zlib_ng import zlib_ng

    return zlib_ng


def _hand_out(stream: CData, opened: object) -> None:
    handle = ffi.new_handle(opened)
    _streams.add(handle)
    stream[0] = handle


def _say(err: CData, status: int, message: str) -> int:
    """Fill in an ``rf_error`` that is still clear, and return the status."""
    if err != ffi.NULL and err.code == lib.RF_OK:
        told = message.encode("utf-8", "replace")[: len(err.message) - 1]
        err.code = status
        ffi.memmove(err.message, told + b"\0", len(told) + 1)
    return status


def _failed(exception: BaseException, err: CData) -> int:
    if isinstance(exception, MemoryError):
        return _say(err, lib.RF_ERR_MEMORY, "zlib-ng: out of memory")
    stash_exception(exception)
    name = type(exception).__name__
    return _say(err, lib.RF_ERR_CALLBACK, f"zlib-ng: {name}: {exception}")


def _escaped(_kind: object, exception: BaseException, _traceback: object) -> None:
    """Store an exception that came outside the ``try`` of a callback, such as an interrupt."""
    stash_exception(exception)


def _status_callback(function: Callback) -> Callback:
    ffi.def_extern(error=lib.RF_ERR_CALLBACK, onerror=_escaped)(function)
    return function


def _void_callback(function: Callback) -> Callback:
    ffi.def_extern(onerror=_escaped)(function)
    return function


@_status_callback
def rf_py_inflate_open(_user: CData, _memory: int, stream: CData, err: CData) -> int:
    try:
        _hand_out(stream, _zlib_ng().decompressobj(wbits=GZIP_WINDOW_BITS))
    except BaseException as exception:
        return _failed(exception, err)
    return int(lib.RF_OK)


@_status_callback
def rf_py_inflate(
    stream: CData,
    packed: CData,
    n_in: int,
    used: CData,
    out: CData,
    n_out: int,
    made: CData,
    done: CData,
    err: CData,
) -> int:
    try:
        return _inflate(stream, packed, min(n_in, INPUT_BYTES), used, out, n_out, made, done, err)
    except BaseException as exception:
        return _failed(exception, err)


def _inflate(
    stream: CData,
    packed: CData,
    n_in: int,
    used: CData,
    out: CData,
    n_out: int,
    made: CData,
    done: CData,
    err: CData,
) -> int:
    used[0] = made[0] = done[0] = 0
    if n_out == 0:  # for zlib-ng, 0 means "no limit"
        return int(lib.RF_OK)
    decoder = ffi.from_handle(stream)
    try:
        content = decoder.decompress(ffi.buffer(packed, n_in), n_out)
    except _zlib_ng().error as wrong:
        return _say(err, lib.RF_ERR_CODEC, f"corrupt gzip data: {wrong}")
    ffi.memmove(out, content, len(content))
    made[0] = len(content)
    done[0] = decoder.eof
    # At the end of a member, unconsumed_tail may be left over from the last call.
    left = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
    used[0] = n_in - len(left)
    return int(lib.RF_OK)


@_void_callback
def rf_py_inflate_close(stream: CData) -> None:
    _streams.discard(stream)


@_status_callback
def rf_py_deflate_open(_user: CData, level: int, stream: CData, err: CData) -> int:
    try:
        zlib_ng = _zlib_ng()
        _hand_out(
            stream, zlib_ng.compressobj(level or FAST_LEVEL, zlib_ng.DEFLATED, GZIP_WINDOW_BITS)
        )
    except BaseException as exception:
        return _failed(exception, err)
    return int(lib.RF_OK)


@_status_callback
def rf_py_deflate(
    stream: CData, plain: CData, n_in: int, finish: int, sink: CData, context: CData, err: CData
) -> int:
    try:
        encoder = ffi.from_handle(stream)
        status = _pass_on(encoder.compress(ffi.buffer(plain, n_in)), sink, context, err)
        if finish and status == lib.RF_OK:
            status = _pass_on(encoder.flush(), sink, context, err)
    except BaseException as exception:
        return _failed(exception, err)
    return status


def _pass_on(packed: bytes, sink: CData, context: CData, err: CData) -> int:
    if not packed:
        return int(lib.RF_OK)
    return int(sink(context, ffi.from_buffer(packed), len(packed), err))


@_void_callback
def rf_py_deflate_close(stream: CData) -> None:
    _streams.discard(stream)


_NAME = ffi.new("char[]", b"zlib-ng")
# C keeps the pointer for the life of the process.
_CODEC = ffi.new(
    "rf_stream_codec *",
    {
        "size": ffi.sizeof("rf_stream_codec"),
        "name": _NAME,
        "inflate_open": lib.rf_py_inflate_open,
        "inflate": lib.rf_py_inflate,
        "inflate_close": lib.rf_py_inflate_close,
        "deflate_open": lib.rf_py_deflate_open,
        "deflate": lib.rf_py_deflate,
        "deflate_close": lib.rf_py_deflate_close,
    },
)


def register() -> None:
    """Make zlib-ng the codec for ``.gz`` files from now on."""
    err = error()
    check(lib.rf_stream_codec_register(lib.RF_STREAM_GZIP, _CODEC, err), err)
