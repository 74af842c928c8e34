# SPDX-License-Identifier: BSD-3-Clause
"""Writes .Z files that Debian's `compress` cannot write: without block mode, CLEAR at any place."""

from __future__ import annotations

from collections.abc import Collection

CLEAR = 256


class _Codes:
    """Codes in groups of eight, the low bits of a byte first."""

    def __init__(self, first: int, largest: int) -> None:
        self.content = bytearray()
        self.first, self.largest = first, largest
        self._bits = self._count = 0
        self.reset()

    def reset(self) -> None:
        """Begin with an empty dictionary."""
        self.width, self.limit, self.written, self.in_group = 9, 511, 0, 0

    def put(self, code: int) -> None:
        # The decoder adds an entry with each code but the first.
        entries = min(self.first + max(self.written - 1, 0), 1 << self.largest)
        if entries > self.limit:
            self.fill_group()
            self.width += 1
            self.limit = (1 << self.width) - (self.width != self.largest)
        self._bits |= code << self._count
        self._count += self.width
        self.written += 1
        self.in_group += 1

    def fill_group(self) -> None:
        self._count += -self.in_group % 8 * self.width
        self.end()
        self.in_group = 0

    def end(self) -> None:
        self.content += self._bits.to_bytes((self._count + 7) // 8, "little")
        self._bits = self._count = 0


def lzw_bytes(
    plain: bytes, largest: int, *, block: bool = True, clears: Collection[int] = ()
) -> bytes:
    """Encode `plain` with codes of up to `largest` bits. CLEAR comes before the offsets `clears`."""
    first = CLEAR + 1 if block else CLEAR
    codes = _Codes(first, largest)
    table: dict[tuple[int, int], int] = {}
    prefix = -1
    for offset, byte in enumerate(plain):
        if offset in clears and prefix >= 0:
            codes.put(prefix)
            codes.put(CLEAR)
            codes.fill_group()
            codes.reset()
            table, prefix = {}, -1
        if prefix < 0:
            prefix = byte
        elif (prefix, byte) in table:
            prefix = table[prefix, byte]
        else:
            codes.put(prefix)
            if first + len(table) < 1 << largest:
                table[prefix, byte] = first + len(table)
            prefix = byte
    if prefix >= 0:
        codes.put(prefix)
    codes.end()
    return bytes([0x1F, 0x9D, largest | (0x80 if block else 0)]) + bytes(codes.content)
