#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make tests/c/hcompress_vectors.h: what cfitsio's HCOMPRESS_1 (as astropy carries it) gives.

    python tests/support/make_hcompress_vectors.py > tests/c/hcompress_vectors.h

The C tests make the same pixels again from the numbers of each vector and compare, on every
machine: the stream, and CRCs of the pixels that it decodes to without and with smoothing.
"""

from __future__ import annotations

import sys
import zlib
from dataclasses import dataclass

import numpy as np
from astropy.io.fits.hdu.compressed._codecs import HCompress1

MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Case:
    """A tile and how it is encoded."""

    width: int
    rows: int
    columns: int
    scale: int
    kind: int
    seed: int

    def pixels(self) -> np.ndarray:
        """Give what make_pixels() of tests/c/hcompress_pixels.h gives."""
        state, made = self.seed, []
        for i in range(self.rows * self.columns):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            bits = state >> 33
            row, column = divmod(i, self.columns)
            if self.kind == 0:  # noise of 2^(seed % 32) levels
                value = bits % (1 << self.seed % 32)
            elif self.kind == 1:  # a slope with little noise
                value = 5 * row + 3 * column + bits % 4
            elif self.kind == 2:  # still, with a peak now and then
                value = bits if i % 50 == 49 else 1000
            elif self.kind == 3:  # a hill
                value = 3000 - (row - self.rows // 2) ** 2 - (column - self.columns // 3) ** 2
            else:  # all the same and negative
                value = -self.seed
            made.append(value & MASK)
        unsigned = np.array(made, "u8").astype(f"u{self.width}")
        values = unsigned if self.width == 1 else unsigned.view(f"i{self.width}")
        return values.reshape(self.rows, self.columns)

    def codec(self, *, smooth: bool) -> HCompress1:
        """Give cfitsio's codec: it takes 32 bits for pixels of 8 and 16 bits, 64 for 32."""
        bytepix = 4 if self.width <= 2 else 8
        return HCompress1(
            scale=self.scale, smooth=smooth, bytepix=bytepix, nx=self.rows, ny=self.columns
        )

    def stream(self) -> bytes:
        """Encode."""
        codec = self.codec(smooth=False)
        return bytes(codec.encode(self.pixels().astype(f"i{codec.bytepix}")))

    def crc(self, *, smooth: bool) -> int:
        """Decode, and give the CRC of the pixels as big-endian 32-bit integers."""
        stream = np.frombuffer(self.stream(), "u1")
        decoded = self.codec(smooth=smooth).decode(stream)[: self.rows * self.columns]
        return zlib.crc32(decoded.astype(">i4").tobytes())


def cases() -> list[Case]:
    """Give all vectors."""
    some = [
        Case(width, rows, columns, scale, kind, seed)
        for width in (1, 2, 4)
        for rows, columns, scale, kind, seed in (
            (16, 20, 0, 0, 5),
            (9, 33, 1, 0, 8 * width - 1),
            (13, 13, 7, 1, 3),
            (20, 19, 30, 3, 4),
            (30, 11, 4, 2, 5),
            (7, 70, 0, 3, 6),
            (4, 66, 12, 1, 9),
            (12, 8, 0, 4, 7),
        )
    ]
    return [
        *some,
        Case(2, 40, 140, 100, 1, 11),
        Case(4, 129, 6, 50, 3, 12),
        Case(4, 4, 4, 0, 0, 31),
        Case(2, 5, 300, 0, 0, 32),
    ]


def main() -> None:
    """Print the header."""
    rows: list[str] = []
    pool = b""
    for case in cases():
        stream = case.stream()
        numbers = (
            f"{case.width}, {case.rows}, {case.columns}, {case.scale}, {case.kind}, {case.seed}"
        )
        crcs = f"0x{case.crc(smooth=False):08x}, 0x{case.crc(smooth=True):08x}"
        rows.append(f"    {{{numbers}, {len(pool)}, {len(stream)}, {crcs}}},")
        pool += stream
    sys.stdout.write(
        "/* SPDX-License-Identifier: BSD-3-Clause\n *\n"
        " * Written by tests/support/make_hcompress_vectors.py: streams of cfitsio's encoder, and CRCs of the pixels\n"
        " * (big-endian, 32 bits) that its decoder makes of them without and with smoothing.\n */\n"
        "#ifndef RF_TESTS_HCOMPRESS_VECTORS_H\n#define RF_TESTS_HCOMPRESS_VECTORS_H\n\n"
        "#include <stddef.h>\n#include <stdint.h>\n\n"
        "/* clang-format off */\n"
        "typedef struct {\n"
        "  unsigned width, rows, columns;\n  int scale;\n  unsigned kind, seed;\n"
        "  size_t at, bytes;\n  uint32_t plain, smooth;\n} hcompress_vector;\n\n"
        "static const hcompress_vector hcompress_vectors[] = {\n" + "\n".join(rows) + "\n};\n\n"
        "static const uint8_t hcompress_streams[] = {\n"
    )
    for i in range(0, len(pool), 18):
        sys.stdout.write("    " + " ".join(f"0x{byte:02x}," for byte in pool[i : i + 18]) + "\n")
    sys.stdout.write("};\n/* clang-format on */\n\n#endif\n")


if __name__ == "__main__":
    main()
