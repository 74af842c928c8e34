# SPDX-License-Identifier: BSD-3-Clause
"""Zip files by Python's zipfile."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


class _Pipe(io.RawIOBase):
    """Takes bytes in order, so that zipfile writes sizes behind the data."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.content += data
        return len(data)


def zip_bytes(
    files: dict[str, bytes],
    method: int = zipfile.ZIP_STORED,
    *,
    zip64: bool = False,
    seekable: bool = True,
    comment: bytes = b"",
) -> bytes:
    """Make a zip file. `zip64` adds ZIP64 fields to the local headers."""
    memory, pipe = io.BytesIO(), _Pipe()
    with zipfile.ZipFile(memory if seekable else pipe, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as member:
                member.write(content)
        archive.comment = comment
    return memory.getvalue() if seekable else bytes(pipe.content)


def zip64_bytes(files: dict[str, bytes]) -> bytes:
    """Make a zip file of stored members with a ZIP64 end record, for more members than zipfile writes in a second."""
    data, directory = bytearray(), bytearray()
    for name, content in files.items():
        encoded, n = name.encode(), len(content)
        common = struct.pack(
            "<HHHHHIIIHH", 45, 0, 0, 0, 33, zlib.crc32(content), n, n, len(encoded), 0
        )
        directory += struct.pack("<IH", 0x02014B50, 45) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0, len(data)) + encoded
        data += struct.pack("<I", 0x04034B50) + common + encoded + content
    where, count, length = len(data), len(files), len(directory)
    end64 = struct.pack("<IQHHII4Q", 0x06064B50, 44, 45, 45, 0, 0, count, count, length, where)
    locator = struct.pack("<IIQI", 0x07064B50, 0, where + length, 1)
    end = struct.pack("<I4H2IH", 0x06054B50, *[0xFFFF] * 4, *[0xFFFFFFFF] * 2, 0)
    return bytes(data + directory + end64 + locator + end)
