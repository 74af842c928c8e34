# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_hcompress and fuzz_gzip_tile: good streams, whole and spoilt.

Usage: python make_hcompress_corpus.py (writes into corpus/; needs astropy)
"""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.make_hcompress_vectors import Case

CORPUS = Path(__file__).parents[1] / "corpus"


def put(target: str, name: str, seed: bytes) -> None:
    """Write one seed."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


def hcompress() -> None:
    """Write streams of cfitsio's encoder, for their own tile and for others."""
    for case in (
        Case(1, 16, 20, 0, 0, 5),
        Case(2, 9, 13, 0, 0, 15),
        Case(2, 13, 13, 7, 1, 3),
        Case(4, 20, 19, 30, 3, 4),
        Case(4, 5, 9, 0, 0, 31),
        Case(4, 4, 66, 12, 1, 9),
    ):
        stream = case.stream()
        width = {1: 0, 2: 1, 4: 2}[case.width]
        name = f"width{case.width}_{case.rows}x{case.columns}_scale{case.scale}"
        for smooth in (0, 1):
            head = bytes([width << 2 | smooth, case.rows, case.columns])
            put("fuzz_hcompress", f"{name}_smooth{smooth}", head + stream)
        put("fuzz_hcompress", f"{name}_as_it_is", bytes([2, case.rows, case.columns]) + stream)
        put("fuzz_hcompress", f"{name}_other_tile", bytes([1, case.rows + 3, 3]) + stream)
        put("fuzz_hcompress", f"{name}_many_planes", head + stream[:22] + b"\x28" * 3 + stream[25:])
        put("fuzz_hcompress", f"{name}_short", head + stream[: len(stream) // 2])
    head = bytes.fromhex("dd99 00000001 00000014 00000000 0000000000000000 000001")
    put("fuzz_hcompress", "empty_quadrant", b"\x00\x01\x14" + head + b"\xf0\xff\x00\x00")


def gzip_tile() -> None:
    """Write members and zlib streams in every width."""
    for width in (1, 2, 4, 8):
        content = np.arange(20, dtype=f">i{width}").tobytes()
        shift = {1: 0, 2: 1, 4: 2, 8: 3}[width] << 2
        for codec in (0, 1):
            head = bytes([shift | codec, 20])
            put(
                "fuzz_gzip_tile",
                f"gzip{codec + 1}_width{width}",
                head + gzip.compress(content, 9, mtime=0),
            )
        put("fuzz_gzip_tile", f"zlib_width{width}", bytes([shift, 20]) + zlib.compress(content))
        put("fuzz_gzip_tile", f"plain_width{width}", bytes([shift | 2, 20]) + content)
    put("fuzz_gzip_tile", "wrong_length", b"\x00\x14" + gzip.compress(bytes(21), 9, mtime=0))
    put("fuzz_gzip_tile", "bomb", b"\x00\x04" + gzip.compress(bytes(100000), 9, mtime=0))
    put("fuzz_gzip_tile", "cut", b"\x01\x14" + gzip.compress(bytes(20), 9, mtime=0)[:-3])


if __name__ == "__main__":
    hcompress()
    gzip_tile()
