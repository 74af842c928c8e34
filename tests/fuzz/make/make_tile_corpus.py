# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_rice and fuzz_plio: streams of cfitsio's encoders, whole and spoilt.

Usage: python make_tile_corpus.py (writes into corpus/fuzz_rice and corpus/fuzz_plio; needs astropy)
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from support.make_tile_vectors import plio, rice

CORPUS = Path(__file__).parents[1] / "corpus"


def put(target: str, name: str, seed: bytes) -> None:
    """Write one seed."""
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(seed)


def rice_seed(width: int, blocksize: int, count: int, stream: bytes) -> bytes:
    """Give the four bytes of parameters and the stream."""
    shift = 0
    while blocksize >> shift > 255:
        shift += 1
    first = shift << 4 | {1: 0, 2: 1, 4: 2}[width]
    return bytes([first, blocksize >> shift]) + count.to_bytes(2, "big") + stream


def main() -> None:
    """Write all seeds."""
    for width in (1, 2, 4):
        for blocksize, kind, seed in ((32, 1, 5), (16, 0, 6), (1, 3, 7), (512, 2, 8)):
            stream = rice(width, blocksize, kind, seed, 200)
            name = f"width{width}_block{blocksize}_kind{kind}"
            put("fuzz_rice", name, rice_seed(width, blocksize, 200, stream))
            put("fuzz_rice", name + "_short", rice_seed(width, blocksize, 300, stream))
            put("fuzz_rice", name + "_long", rice_seed(width, blocksize, 100, stream))
        plain = rice(width, 32, 0, 8 * width - 1, 64)
        put("fuzz_rice", f"width{width}_plain", rice_seed(width, 32, 64, plain))
        put("fuzz_rice", f"width{width}_blocksize0", rice_seed(width, 0, 64, plain))
    put(
        "fuzz_rice",
        "far_zeros",
        rice_seed(4, 32, 40, bytes(4) + b"\x08" + bytes(100) + b"\xff" * 40),
    )
    put("fuzz_rice", "bytepix8", b"\x03\x20\x00\x40" + bytes(64))
    for kind, seed in ((3, 5), (4, 6)):
        words = plio(kind, seed, 300)
        for width in range(3):
            put("fuzz_plio", f"kind{kind}_width{width}", b"\x01\x2c" + bytes([width]) + words)
        put("fuzz_plio", f"kind{kind}_long", b"\x00\x64\x00" + words)
        put("fuzz_plio", f"kind{kind}_short", b"\x02\x58\x00" + words[:-2])
    put("fuzz_plio", "old_form", b"\x00\x03\x00" + bytes.fromhex("0000000000052004 4003"))


if __name__ == "__main__":
    main()
