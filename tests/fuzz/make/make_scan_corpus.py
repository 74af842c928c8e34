# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_scan: small files of each kind of HDU, whole and damaged.

Usage: python make_scan_corpus.py (writes into corpus/fuzz_scan beside this file)
"""

import gzip
from pathlib import Path

BLOCK = 2880


def card(keyword: str, value: object) -> str:
    if isinstance(value, bool):
        text = f"{'T' if value else 'F':>20}"
    elif isinstance(value, str):
        text = f"'{value:<8}'"
    else:
        text = f"{value:>20}"
    return f"{keyword:<8}= {text}".ljust(80)


def header(first: str, bitpix: int, axes: list[int], extra: list[str]) -> bytes:
    """A header; `first` is "" for a primary one, else the XTENSION."""
    cards = [card("XTENSION", first) if first else card("SIMPLE", True)]
    cards += [card("BITPIX", bitpix), card("NAXIS", len(axes))]
    cards += [card(f"NAXIS{i}", n) for i, n in enumerate(axes, 1)]
    cards += extra
    cards.append("END".ljust(80))
    text = "".join(cards).encode("latin-1")
    return text.ljust(-(-len(text) // BLOCK) * BLOCK)


def data(n: int) -> bytes:
    return bytes(i * 7 % 251 for i in range(n)).ljust(-(-n // BLOCK) * BLOCK, b"\0")


COUNTS = [card("PCOUNT", 0), card("GCOUNT", 1)]


def seeds() -> dict[str, bytes]:
    primary = header("", 8, [10], [card("EXTEND", True)]) + data(10)
    image = header(
        "IMAGE", -32, [3, 4], [*COUNTS, card("EXTNAME", "SCI"), card("EXTVER", 2)]
    ) + data(48)
    table = header(
        "BINTABLE", 8, [4, 5], [card("PCOUNT", 9), card("GCOUNT", 1), card("TFIELDS", 1)]
    ) + data(29)
    text = header("TABLE", 8, [5, 3], [*COUNTS, card("TFIELDS", 0)]) + b"x" * 15 + b" " * 2865
    groups = header(
        "", -32, [0, 2, 2], [card("GROUPS", True), card("PCOUNT", 3), card("GCOUNT", 4)]
    ) + data(112)
    sums = header(
        "IMAGE", 16, [2], [*COUNTS, card("CHECKSUM", "0" * 16), card("DATASUM", "459278")]
    ) + data(4)
    foreign = header("FOREIGN", 64, [2], [card("PCOUNT", 3), card("GCOUNT", 2)]) + data(80)
    packed = header("BINTABLE", 8, [8, 1], [*COUNTS, card("ZIMAGE", True)]) + data(8)
    name = [card("EXTNAME", "a long name&"), "CONTINUE  ' goes on'".ljust(80)]
    long = header("IMAGE", 8, [1], [*COUNTS, *name, *["HISTORY".ljust(80)] * 70]) + data(1)
    return {
        "primary": primary,
        "kinds": primary + image + table + text,
        "more": primary + sums + foreign + packed + long,
        "groups": groups + image,
        "no_padding": primary + text[: BLOCK + 15],
        "cut_data": primary + image[: BLOCK + 20],
        "cut_header": primary + long[: BLOCK + 100],
        "no_end": primary + image[:BLOCK].replace(b"END", b"ENX"),
        "trailing": primary + b"\0" * BLOCK + b"junk",
        "unprintable": primary + image.replace(b"SCI", b"S\xe9I"),
        "controls": primary.replace(b"= ", b"=\t").replace(b" / ", b"\0/\0")
        + image.replace(b"'SCI     '", b"'SCI\0\0\0\0\0'").replace(b"EXTVER  =", b"EXTVER\0\t="),
        "endless": primary[:-BLOCK].replace(b"END", b"\xffND") + b"\xe9" * BLOCK * 12,
        "many_axes": header("", 8, [1] * 60, []) + data(1),
        "negative": primary + header("IMAGE", 8, [-1], COUNTS),
        "overflow": primary + header("IMAGE", 64, [2**62, 2**62], COUNTS),
        "huge": primary + header("IMAGE", 64, [2**40], COUNTS),
        "bitpix": header("", 7, [], []),
        "zeros": header("", 64, [1], [card("BZERO", 9223372036854775808), card("BLANK", -1)])
        + data(8),
        "gzip": gzip.compress(primary + image, mtime=0),
        "gap": primary + bytes(BLOCK) + b" " * 2 * BLOCK + image + bytes(BLOCK) + text,
        "hidden": primary + bytes(BLOCK) + b"junk".ljust(BLOCK) + image,
        "twenty": primary + (header("IMAGE", 8, [], COUNTS)) * 20,
    }


if __name__ == "__main__":
    folder = Path(__file__).parents[1] / "corpus" / "fuzz_scan"
    folder.mkdir(parents=True, exist_ok=True)
    for title, content in seeds().items():
        (folder / title).write_bytes(content)
