# SPDX-License-Identifier: BSD-3-Clause
"""The formats of compressed files, each over a module of Python or of a package.

The first file of a format imports its module.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

__all__ = [
    "BZIP2",
    "GZIP",
    "XZ",
    "ZSTD",
    "Decoder",
    "Encoder",
    "MissingModuleError",
    "StreamFormat",
]

GZIP_WINDOW_BITS = 31

#: Levels for level 0. Level 2 of zlib-ng makes smaller files than level 1 of zlib, several times as
#: fast.
FAST_GZIP = 2
FAST_BZIP2 = 9
FAST_XZ = 1
FAST_ZSTD = 3


class MissingModuleError(Exception):
    """A format needs a module that is not installed. The message says what to install."""


class Decoder(Protocol):
    """Decompresses one unit of a format."""

    @property
    def eof(self) -> bool:
        """Whether the end of the unit was reached."""

    def decode(self, packed: memoryview, room: int) -> tuple[bytes | memoryview, int]:
        """Return up to `room` bytes of content, and how many bytes of `packed` are used up."""


class Encoder(Protocol):
    """Compresses one unit of a format."""

    def compress(self, plain: memoryview) -> bytes:
        """Return the compressed bytes that are ready."""

    def flush(self) -> bytes:
        """Return the rest, with the end of the unit."""


@dataclass(frozen=True)
class StreamFormat:
    """A format and the functions that open its coders."""

    number: str  #: the enumerator of C
    name: str
    codec: str  #: the name of the module, for messages
    open_decoder: Callable[[int], Decoder]  #: takes the most memory that a decoder may need
    open_encoder: Callable[[int, int], Encoder]  #: takes the level and the size of the content
    errors: Callable[[], tuple[type[Exception], ...]]  #: what the decoder raises for corrupt data


def _module(name: str, install: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as missing:
        raise MissingModuleError(f"{missing}; {install}") from missing


# ---- gzip


def _zlib_ng() -> Any:
    from zlib_ng import zlib_ng

    return zlib_ng


class _GzipDecoder:
    def __init__(self, decompressor: Any) -> None:
        self._decompressor = decompressor

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.eof)

    def decode(self, packed: memoryview, room: int) -> tuple[bytes, int]:
        content = self._decompressor.decompress(packed, room)
        # At the end of a member, unconsumed_tail may be left over from the last call.
        of_end = self._decompressor.eof
        left = self._decompressor.unused_data if of_end else self._decompressor.unconsumed_tail
        return content, len(packed) - len(left)


def _gzip_decoder(_memory: int) -> Decoder:
    return _GzipDecoder(_zlib_ng().decompressobj(wbits=GZIP_WINDOW_BITS))


def _gzip_encoder(level: int, _size: int) -> Encoder:
    zlib_ng = _zlib_ng()
    made: Encoder = zlib_ng.compressobj(level or FAST_GZIP, zlib_ng.DEFLATED, GZIP_WINDOW_BITS)
    return made


# ---- bzip2 and xz


class _BufferedDecoder:
    """A decoder over a decompressor that keeps the input for which there was no room.

    These bytes count as used when the decompressor wants more, or at the end of the unit, because
    only then is it known which of them belong to the unit.
    """

    def __init__(self, decompressor: Any) -> None:
        self._decompressor = decompressor
        self._kept = 0

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.eof)

    def decode(self, packed: memoryview, room: int) -> tuple[bytes, int]:
        decompressor = self._decompressor
        if self._kept:
            content = decompressor.decompress(b"", room)
        else:
            content = decompressor.decompress(packed, room)
            self._kept = len(packed)
        if decompressor.eof:
            return content, self._kept - len(decompressor.unused_data)
        if not decompressor.needs_input:
            return content, 0
        used, self._kept = self._kept, 0
        return content, used


class _PartsDecoder:
    """A decoder over a decompressor that makes all content of its input at once.

    It gets few bytes at a time, so that the content is bounded: a block of 4 bytes of zstd may
    become 128 KiB, one of 30 bytes of bzip2 46 MB.
    """

    def __init__(self, decompressor: Any, part_bytes: int) -> None:
        self._decompressor = decompressor
        self._part_bytes = part_bytes
        self._content = memoryview(b"")

    @property
    def eof(self) -> bool:
        return bool(self._decompressor.eof) and not self._content

    def decode(self, packed: memoryview, room: int) -> tuple[memoryview, int]:
        used = 0
        while not self._content and used < len(packed) and not self._decompressor.eof:
            part = packed[used : used + self._part_bytes]
            self._content = memoryview(self._decompressor.decompress(part))
            used += len(part) - len(self._decompressor.unused_data)
        content, self._content = self._content[:room], self._content[room:]
        return content, used


def _bz2() -> Any:
    return _module("bz2", "this Python was built without its module bz2")


def _bzip2_decoder(_memory: int) -> Decoder:
    # Without a limit of the output, it raises an error before it returns any content of a
    # corrupt block.
    return _PartsDecoder(_bz2().BZ2Decompressor(), 64)


def _bzip2_encoder(level: int, _size: int) -> Encoder:
    made: Encoder = _bz2().BZ2Compressor(level or FAST_BZIP2)
    return made


def _lzma() -> Any:
    return _module("lzma", "this Python was built without its module lzma")


def _xz_decoder(memory: int) -> Decoder:
    lzma = _lzma()
    return _BufferedDecoder(lzma.LZMADecompressor(lzma.FORMAT_XZ, memory))


def _xz_encoder(level: int, _size: int) -> Encoder:
    lzma = _lzma()
    made: Encoder = lzma.LZMACompressor(lzma.FORMAT_XZ, lzma.CHECK_CRC64, level or FAST_XZ)
    return made


# ---- zstd


def _zstd() -> Any:
    """Return a module with the interface of Python 3.14, or ``zstandard``."""
    for name in ("compression.zstd", "backports.zstd", "zstandard"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise MissingModuleError(
        "no module reads and writes zstd; install one with: pip install backports.zstd"
    )


def _zstd_decoder(memory: int) -> Decoder:
    zstd = _zstd()
    if zstd.__name__ == "zstandard":
        decompressor = zstd.ZstdDecompressor(max_window_size=memory).decompressobj()
        return _PartsDecoder(decompressor, 1024)
    parameter = zstd.DecompressionParameter.window_log_max
    log = min(memory.bit_length() - 1, parameter.bounds()[1])
    return _BufferedDecoder(zstd.ZstdDecompressor(options={parameter: log}))


def _zstd_encoder(level: int, size: int) -> Encoder:
    zstd = _zstd()
    made: Encoder
    if zstd.__name__ == "zstandard":
        compressor = zstd.ZstdCompressor(level=level or FAST_ZSTD, write_checksum=True)
        made = compressor.compressobj(size=size)
        return made
    parameter = zstd.CompressionParameter
    options = {parameter.compression_level: level or FAST_ZSTD, parameter.checksum_flag: 1}
    other = zstd.ZstdCompressor(options=options)
    other.set_pledged_input_size(size)
    made = other
    return made


GZIP = StreamFormat(
    number="RF_STREAM_GZIP",
    name="gzip",
    codec="zlib-ng",
    open_decoder=_gzip_decoder,
    open_encoder=_gzip_encoder,
    errors=lambda: (_zlib_ng().error,),
)
BZIP2 = StreamFormat(
    number="RF_STREAM_BZIP2",
    name="bzip2",
    codec="Python's bz2",
    open_decoder=_bzip2_decoder,
    open_encoder=_bzip2_encoder,
    errors=lambda: (OSError, ValueError),
)
XZ = StreamFormat(
    number="RF_STREAM_XZ",
    name="xz",
    codec="Python's lzma",
    open_decoder=_xz_decoder,
    open_encoder=_xz_encoder,
    errors=lambda: (_lzma().LZMAError,),
)
ZSTD = StreamFormat(
    number="RF_STREAM_ZSTD",
    name="zstd",
    codec="Python's zstd",
    open_decoder=_zstd_decoder,
    open_encoder=_zstd_encoder,
    errors=lambda: (_zstd().ZstdError,),
)
