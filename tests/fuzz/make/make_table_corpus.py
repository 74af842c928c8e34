# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of fuzz_column, fuzz_table and fuzz_table_edit: columns of every form.

Usage: python make_table_corpus.py (writes into corpus/fuzz_column, corpus/fuzz_table, ...)
"""

import struct
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus"

FORMS = [
    "1J",
    "0E",
    "32X",
    "12A",
    "12A4",
    "A7",
    "k",
    "3600D8.3",
    "I2",
    "PE(12)",
    "1QJ",
    "0PB(0)",
    "1PX(9)",
    "2PE",
    "5M",
    "3C",
    "17L",
    "9K",
    "B",
]


def columns() -> dict[str, bytes]:
    seeds = {f"form{i:02}": f"{form}\n\nname\n".encode() for i, form in enumerate(FORMS)}
    for i, dim in enumerate(
        ["(3,4)", "(12)", "(0,3)", "(3,5)", "3x4", "(4294967296,4294967296)", " "]
    ):
        seeds[f"dim{i}"] = f"12E\n{dim}\n\n".encode()
        seeds[f"text{i}"] = f"12A\n{dim}\n\n".encode()
    for i, (form, zero) in enumerate([("B", -128.0), ("I", 32768.0), ("K", 2.0**63), ("C", 1.5)]):
        seeds[f"zero{i}"] = f"{form}\n\n\n\n".encode() + struct.pack("<ddq", 1.0, zero, 7)
    return seeds


def table(row_bytes: int, nrows: int, heap: int, forms: list[str], *more: str) -> bytes:
    cards = [("NAXIS1", row_bytes), ("NAXIS2", nrows), ("PCOUNT", heap), ("GCOUNT", 1)]
    cards.append(("TFIELDS", len(forms)))
    lines = [f"{key:<8}= {value:>20}" for key, value in cards]
    lines += [f"TFORM{i:<3}= '{form}'" for i, form in enumerate(forms, 1)]
    lines += [f"TTYPE{i:<3}= 'c{i}'" for i in range(1, len(forms) + 1)]
    lines += more
    return ("\n".join(lines) + "\n\n").encode()


def some(n: int) -> bytes:
    return bytes(i * 37 % 251 for i in range(n))


def tables() -> dict[str, bytes]:
    numbers = ["J", "2I", "K", "3E", "D", "2B", "C", "M"]
    descriptor = struct.pack(">ii", 3, 4) + struct.pack(">qq", 5, 0)
    return {
        "numbers": table(72, 5, 0, numbers) + some(360),
        "offset_types": table(
            15,
            9,
            0,
            ["B", "I", "J", "K"],
            "TZERO1  = -128",
            "TZERO2  = 32768",
            "TZERO3  = 2147483648",
            "TZERO4  = 9223372036854775808",
        )
        + some(135),
        "scaled": table(6, 4, 0, ["I", "J"], "TSCAL1  = 0.5", "TZERO2  = 3", "TNULL1  = 7")
        + some(24),
        "odd_scales": table(
            6, 4, 0, ["I", "J"], "TSCAL1  = '0.5'", "TZERO2  = 3,5", "TNULL1  = 7 none"
        )
        + some(24),
        "short_dims": table(24, 2, 0, ["6I", "12A"], "TDIM1   = '(2,2)'", "TDIM2   = '(1)'")
        + some(48),
        "same_names": table(8, 2, 0, ["I", "I", "I", "I"])
        .replace(b"'c1'", b"'c3_2'")
        .replace(b"'c2'", b"'c3'")
        .replace(b"TTYPE4", b"TTYPX4")
        + some(16),
        "strings": table(32, 4, 0, ["12A", "12A4", "8A"], "TDIM3   = '(2,2)'") + b"ab  \0cd " * 16,
        "bits": table(6, 4, 0, ["17X", "3L"]) + some(24),
        "heap": table(24, 2, 60, ["PJ(9)", "1QI(5)"], "THEAP   = 50") + descriptor * 2 + some(60),
        "heap_bits": table(8, 2, 9, ["PX(20)"]) + struct.pack(">iiii", 20, 0, 3, 8) + some(9),
        "outside": table(8, 2, 9, ["PJ(20)"]) + struct.pack(">iiii", 20, 0, -3, 8) + some(9),
        "cut": table(8, 200, 0, ["D"]) + some(99),
        "no_bytes": table(0, 1 << 60, 0, ["0J", "0A"]),
        "no_group": table(4, 3, 0, ["J"], "GCOUNT  = 0").replace(
            b"GCOUNT  =                    1\n", b""
        ),
        "wide": table(1 << 40, 1 << 20, 0, [f"{1 << 40}B"]) + some(9),
        "mismatch": table(9, 3, 0, ["D"]) + some(27),
    }


def ascii_table(row_bytes: int, nrows: int, columns: list[tuple[int, str]], *more: str) -> bytes:
    starts = [f"TBCOL{i:<3}= {start}" for i, (start, _) in enumerate(columns, 1)]
    return b"TABLE\n" + table(row_bytes, nrows, 0, [form for _, form in columns], *starts, *more)


def groups(bitpix: int, shape: list[int], parameters: int, count: int, *more: str) -> bytes:
    lines = [f"BITPIX  = {bitpix}", f"NAXIS   = {len(shape) + 1}"]
    lines += [f"NAXIS{i:<3}= {length}" for i, length in enumerate(shape, 2)]
    lines += [f"PCOUNT  = {parameters}", f"GCOUNT  = {count}", *more]
    return ("GROUPS\n" + "\n".join(lines) + "\n\n").encode()


def old_tables() -> dict[str, bytes]:
    mixed = [(18, "A4"), (1, "I5"), (7, "E9.2"), (1, "A2")]
    names = [f"PTYPE{i}  = 'DATE'" for i in range(1, 4)]
    return {
        "ascii": ascii_table(21, 3, mixed, "TNULL2  = '*'")
        + b"   42   1.5D+01  M31     *     -9.99  none12345            a\xe9  ",
        "ascii_unsigned": ascii_table(20, 2, [(1, "I20")], "TZERO1  = 9223372036854775808")
        + b"-9223372036854775808 9223372036854775807",
        "ascii_scaled": ascii_table(8, 2, [(1, "I4"), (5, "F4.1")], "TSCAL1  = 2", "TZERO2  = .5")
        + b" 1 215  -1E31e-9",
        "ascii_outside": ascii_table(8, 2, [(6, "I4")]) + b" " * 16,
        "ascii_junk": ascii_table(5, 2, [(1, "D5.1")]) + b"*****1.2.3",
        "ascii_wide": ascii_table(1 << 30, 1 << 30, [(1, "A1000000000"), (9, "I999999999")]),
        "groups": groups(16, [2, 3], 3, 2, *names, "PSCAL1  = 0.5", "PZERO2  = 100.") + some(36),
        "groups_unsigned": groups(32, [2], 1, 2, "BZERO   = 2147483648") + some(24),
        "groups_blank": groups(8, [4], 0, 1, "BSCALE  = 2", "BLANK   = 3") + some(4),
        "groups_none": groups(-64, [0], 1, 3) + some(24),
        "groups_many": groups(8, [9223372036854775807], 998, 0),
    }


def edits() -> dict[str, bytes]:
    """Tables as above with commands before them: a byte that says how many, then the bytes."""
    seeds = {
        name: content
        for name, content in {**tables(), **old_tables()}.items()
        if not content.startswith(b"GROUPS")
    }
    result = {}
    for i, (name, content) in enumerate(seeds.items()):
        commands = bytes((i * 11 + k * 7 + k * k // 5) % 256 for k in range(60))
        result[name] = bytes([len(commands)]) + commands + content
    return result


def main() -> None:
    for name, seeds in {
        "fuzz_column": columns(),
        "fuzz_table": {**tables(), **old_tables()},
        "fuzz_table_edit": edits(),
    }.items():
        folder = CORPUS / name
        folder.mkdir(parents=True, exist_ok=True)
        for seed, content in seeds.items():
            (folder / seed).write_bytes(content)


if __name__ == "__main__":
    main()
