# SPDX-License-Identifier: BSD-3-Clause
"""The stream codecs of the C library over the modules of `formats`.

The C library uses zlib-ng where it does not decode or encode a whole ``.gz`` file at once. It uses
the other codecs where it was built without the C library of their format.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rustfits._core.binding.codecs.formats import (
    BZIP2,
    GZIP,
    XZ,
    ZSTD,
    Decoder,
    Encoder,
    MissingModuleError,
    StreamFormat,
)
from rustfits._core.binding.library import check, error, ffi, lib, stash_exception

__all__ = ["register", "register_format"]

CData = Any
Callback = TypeVar("Callback", bound=Callable[..., Any])

#: Bytes for one call: zlib-ng copies the input that it does not consume.
INPUT_BYTES = 128 * 1024

# The streams that C holds pointers to.
_streams: set[CData] = set()


def _hand_out(stream: CData, stream_format: StreamFormat, coder: Decoder | Encoder) -> None:
    handle = ffi.new_handle((stream_format, coder))
    _streams.add(handle)
    stream[0] = handle


def _say(err: CData, status: int, message: str) -> int:
    """Fill in an ``rf_error`` that is still clear, and return the status."""
    if err != ffi.NULL and err.code == lib.RF_OK:
        told = message.encode("utf-8", "replace")[: len(err.message) - 1]
        err.code = status
        ffi.memmove(err.message, told + b"\0", len(told) + 1)
    return status


def _failed(stream_format: StreamFormat, exception: BaseException, err: CData) -> int:
    codec = stream_format.codec
    if isinstance(exception, MemoryError):
        return _say(err, lib.RF_ERR_MEMORY, f"{codec}: out of memory")
    if isinstance(exception, MissingModuleError):
        return _say(err, lib.RF_ERR_NOT_BUILT, str(exception))
    stash_exception(exception, err)
    name = type(exception).__name__
    return _say(err, lib.RF_ERR_CALLBACK, f"{codec}: {name}: {exception}")


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
def rf_py_inflate_open(user: CData, memory: int, stream: CData, err: CData) -> int:
    stream_format = ffi.from_handle(user)
    try:
        _hand_out(stream, stream_format, stream_format.open_decoder(memory))
    except BaseException as exception:
        return _failed(stream_format, exception, err)
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
    used[0] = made[0] = done[0] = 0
    if n_out == 0:  # for these modules, 0 means "no limit"
        return int(lib.RF_OK)
    stream_format, decoder = ffi.from_handle(stream)
    try:
        source = memoryview(ffi.buffer(packed, min(n_in, INPUT_BYTES)))
        content, taken = _inflate(stream_format, decoder, source, n_out)
        if content:
            ffi.memmove(out, content, len(content))
    except _CorruptDataError as wrong:
        return _say(err, wrong.status, str(wrong))
    except BaseException as exception:
        return _failed(stream_format, exception, err)
    used[0], made[0], done[0] = taken, len(content), decoder.eof
    return int(lib.RF_OK)


class _CorruptDataError(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def _inflate(
    stream_format: StreamFormat, decoder: Decoder, packed: memoryview, room: int
) -> tuple[bytes | memoryview, int]:
    try:
        return decoder.decode(packed, room)
    except stream_format.errors() as wrong:
        # The modules have no other sign of it than their messages.
        if "memory usage limit" in str(wrong).lower() or "too much memory" in str(wrong):
            status, what = lib.RF_ERR_LIMIT, "takes more memory to decompress than the limit"
            raise _CorruptDataError(status, f"{stream_format.name} data that {what}") from wrong
        message = f"corrupt {stream_format.name} data: {wrong}"
        raise _CorruptDataError(lib.RF_ERR_CODEC, message) from wrong


@_void_callback
def rf_py_inflate_close(stream: CData) -> None:
    _streams.discard(stream)


@_status_callback
def rf_py_deflate_open(user: CData, level: int, content: int, stream: CData, err: CData) -> int:
    stream_format = ffi.from_handle(user)
    try:
        _hand_out(stream, stream_format, stream_format.open_encoder(level, content))
    except BaseException as exception:
        return _failed(stream_format, exception, err)
    return int(lib.RF_OK)


@_status_callback
def rf_py_deflate(
    stream: CData, plain: CData, n_in: int, finish: int, sink: CData, context: CData, err: CData
) -> int:
    stream_format, encoder = ffi.from_handle(stream)
    try:
        status = _pass_on(encoder.compress(ffi.buffer(plain, n_in)), sink, context, err)
        if finish and status == lib.RF_OK:
            status = _pass_on(encoder.flush(), sink, context, err)
    except BaseException as exception:
        return _failed(stream_format, exception, err)
    return status


def _pass_on(packed: bytes, sink: CData, context: CData, err: CData) -> int:
    if not packed:
        return int(lib.RF_OK)
    return int(sink(context, ffi.from_buffer(packed), len(packed), err))


@_void_callback
def rf_py_deflate_close(stream: CData) -> None:
    _streams.discard(stream)


# C keeps these pointers for the life of the process.
_codecs: dict[str, tuple[CData, ...]] = {}


def _codec(stream_format: StreamFormat) -> CData:
    if stream_format.name not in _codecs:
        name = ffi.new("char[]", stream_format.codec.encode())
        user = ffi.new_handle(stream_format)
        codec = ffi.new(
            "rf_stream_codec *",
            {
                "size": ffi.sizeof("rf_stream_codec"),
                "name": name,
                "user": user,
                "inflate_open": lib.rf_py_inflate_open,
                "inflate": lib.rf_py_inflate,
                "inflate_close": lib.rf_py_inflate_close,
                "deflate_open": lib.rf_py_deflate_open,
                "deflate": lib.rf_py_deflate,
                "deflate_close": lib.rf_py_deflate_close,
            },
        )
        _codecs[stream_format.name] = (codec, name, user)
    return _codecs[stream_format.name][0]


def register_format(stream_format: StreamFormat) -> None:
    """Make the module of a format its codec from now on."""
    err = error()
    number = getattr(lib, stream_format.number)
    check(lib.rf_stream_codec_register(number, _codec(stream_format), err), err)


def register() -> None:
    """Make zlib-ng the codec of gzip, and Python's modules those of formats that have no codec."""
    register_format(GZIP)
    for stream_format in (BZIP2, XZ, ZSTD):
        if lib.rf_stream_codec_name(getattr(lib, stream_format.number)) == ffi.NULL:
            register_format(stream_format)
