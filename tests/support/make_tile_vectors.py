#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make tests/c/tile_vectors.h: streams that cfitsio's encoders (as astropy carries them) gave.

    python tests/support/make_tile_vectors.py > tests/c/tile_vectors.h

The C tests make the same values again from the numbers of each vector and compare, on every machine.
"""

from __future__ import annotations

import sys

import numpy as np
from astropy.io.fits.hdu.compressed._codecs import PLIO1, Rice1

MASK = (1 << 64) - 1


def values(kind: int, seed: int, count: int) -> list[int]:
    """Give what make_values() of tests/c/tile_values.h gives."""
    state, level, made = seed, 0, []
    for i in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        bits = state >> 33
        if kind == 0:  # noise of 2^(seed % 32) levels
            level = bits % (1 << seed % 32)
        elif kind == 1:  # a walk
            level += bits % 7 - 3
        elif kind == 2:  # still, with a peak now and then
            level = bits if i % 50 == 49 else 1000
        elif kind == 3:  # a mask: runs of small numbers, most of them 0
            level = level if bits % 8 else (bits >> 8) % 3 * (bits >> 16) % 60
        else:  # a mask of large numbers
            level = level if bits % 4 else (bits >> 8) % 2 * (bits >> 9)
            level %= 1 << 24
        made.append(level)
    return made


def stored(numbers: list[int], width: int) -> np.ndarray:
    """Cut numbers to `width` bytes as C does."""
    unsigned = np.array([n & MASK for n in numbers], "u8").astype(f"u{width}")
    return unsigned.view(f"i{width}")


def rice(width: int, blocksize: int, kind: int, seed: int, count: int) -> bytes:
    """Encode with cfitsio's RICE_1."""
    codec = Rice1(blocksize=blocksize, bytepix=width, tilesize=count)
    return bytes(codec.encode(stored(values(kind, seed, count), width)))


def plio(kind: int, seed: int, count: int) -> bytes:
    """Encode with cfitsio's PLIO_1, and put the words in file order."""
    words = PLIO1(tilesize=count).encode(stored(values(kind, seed, count), 4))
    return np.frombuffer(words, "=i2").astype(">i2").tobytes()


def main() -> None:
    """Print the header."""
    rows: list[str] = []
    pool = b""
    cases = [
        (width, blocksize, kind, seed, count)
        for width in (1, 2, 4)
        for blocksize, kind, seed, count in (
            (32, 0, 5, 40),  # noise, the last block short
            (32, 0, 8 * width - 1, 33),  # written whole; one value in the last block
            (32, 1, 77, 64),
            (16, 1, 78, 50),
            (32, 2, 79, 120),
            (7, 3, 80, 70),
            (300, 3, 81, 120),  # one block
            (32, 0, 32, 70),  # all the same: noise of 2^0 levels
            (32, 0, 34, 1),
        )
    ]
    for width, blocksize, kind, seed, count in cases:
        stream = rice(width, blocksize, kind, seed, count)
        rows.append(
            f"    {{{width}, {blocksize}, {kind}, {seed}, {count}, {len(pool)}, {len(stream)}}},"
        )
        pool += stream
    for kind, seed, count in ((3, 80, 200), (3, 91, 1), (4, 82, 80), (4, 83, 2), (0, 32, 9000)):
        stream = plio(kind, seed, count)
        rows.append(f"    {{4, 0, {kind}, {seed}, {count}, {len(pool)}, {len(stream)}}},")
        pool += stream
    sys.stdout.write(
        "/* SPDX-License-Identifier: BSD-3-Clause\n *\n"
        " * Written by tests/support/make_tile_vectors.py: streams of cfitsio's encoders.\n */\n"
        "#ifndef RF_TESTS_TILE_VECTORS_H\n#define RF_TESTS_TILE_VECTORS_H\n\n"
        "#include <stddef.h>\n#include <stdint.h>\n\n"
        "/* clang-format off */\n"
        "typedef struct { unsigned width, blocksize, kind, seed; size_t count, at, bytes; } tile_vector;\n\n"
        "/* blocksize 0: PLIO_1, else RICE_1. */\n"
        "static const tile_vector tile_vectors[] = {\n" + "\n".join(rows) + "\n};\n\n"
        "static const uint8_t tile_streams[] = {\n"
    )
    for i in range(0, len(pool), 18):
        sys.stdout.write("    " + " ".join(f"0x{byte:02x}," for byte in pool[i : i + 18]) + "\n")
    sys.stdout.write("};\n/* clang-format on */\n\n#endif\n")


if __name__ == "__main__":
    main()
