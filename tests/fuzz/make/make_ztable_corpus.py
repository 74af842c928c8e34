# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_ztable: compressed tables of every kind of column and codec.

Usage: python make_ztable_corpus.py (writes into corpus/fuzz_ztable; needs rustfits installed)
"""

from pathlib import Path

import numpy as np

import rustfits

CORPUS = Path(__file__).parents[1] / "corpus" / "fuzz_ztable"
LEFT_OUT = ("XTENSION", "BITPIX  ", "NAXIS   ", "ZTABLE  ")


def cells(dtype: str, n: int) -> np.ndarray:
    made = np.empty(n, object)
    for i in range(n):
        made[i] = (np.arange(i % 9) * 3).astype(dtype)
    return made


def tables() -> dict[str, tuple[dict[str, np.ndarray], dict[str, object]]]:
    n = 20
    numbers = {
        t: (np.arange(n) * 7).astype(t) for t in ("u1", "i2", "i4", "i8", "f4", "f8", "c8", "u2")
    }
    integers = {t: numbers[t] for t in ("u1", "i2", "i4")}
    mixed = {
        "b": np.arange(n) % 3 == 0,
        "x": np.arange(n * 11).reshape(n, 11) % 2 == 0,
        "s": np.array([f"s{i}" for i in range(n)]),
        "m": np.arange(n * 6.0).reshape(n, 2, 3),
    }
    variable = {t: cells(t, n) for t in ("u1", "i4", "f8")}
    bits = {"b": cells("?", n)}
    return {
        "numbers": (numbers, {"ztilelen": 7}),
        "rice": (integers, {"compress": "RICE_1", "ztilelen": 20}),
        "none": (numbers, {"compress": "NOCOMPRESS", "ztilelen": 6}),
        "mixed": (mixed, {"ztilelen": 3, "bit_columns": ["x"]}),
        "variable": (variable, {"ztilelen": 8}),
        "variable_q": (variable, {"ztilelen": 8, "heap_format": "Q"}),
        "variable_rice": (
            {"i4": variable["i4"]},
            {"compress": "RICE_1", "ztilelen": 30},
        ),
        "variable_none": (variable, {"compress": "NOCOMPRESS", "ztilelen": 30}),
        "variable_bits": (bits, {"ztilelen": 9, "bit_columns": True}),
        "empty": ({"a": np.zeros(0, "i4")}, {"ztilelen": 5}),
    }


def main() -> None:
    CORPUS.mkdir(parents=True, exist_ok=True)
    for name, (data, options) in tables().items():
        with rustfits.FITS("mem://", "w+") as file:
            hdu = file.write_table(data, **{"compress": True, **options})
            hdu.repack()
            cards = [str(card) for card in hdu.raw_header.cards]
            kept = [card.rstrip() for card in cards if not card.startswith(LEFT_OUT)]
            whole = file.to_bytes()
        header = whole.index(b"XTENSION")
        blocks = -(-(len(cards) + 1) // 36)
        bytes_ = whole[header + 2880 * blocks :]
        (CORPUS / name).write_bytes(("\n".join(kept) + "\n\n").encode() + bytes_.rstrip(b"\0"))


if __name__ == "__main__":
    main()
