# SPDX-License-Identifier: BSD-3-Clause
"""Five keywords of many files: what each engine does for them, and a bare loop in C."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

KEYS = ["OBJECT", "EXPTIME", "DATE-OBS", "FILTER", "AIRMASS"]

#: Files that the engines read, and files of the comparison with the bare loop.
FEW, MANY = 2000, 10_000


def make_many(folder: Path) -> None:
    """Write small files with a header of 30 cards, and compile the bare loop."""
    source = Path(__file__).resolve().parent / "many.c"
    library = folder / "many.so"
    command = ["cc", "-O2", "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True)
    below = folder / "many"
    below.mkdir()
    for number in range(MANY):
        values = {"SIMPLE": "T", "BITPIX": 16, "NAXIS": 2, "NAXIS1": 32, "NAXIS2": 32}
        values |= {f"KEY{i}": i * 1.5 for i in range(20)}
        values |= {"OBJECT": f"'M{number:<7}'", "EXPTIME": number * 0.5}
        values |= {"DATE-OBS": "'2026-01-02T03:04:05'", "FILTER": "'g       '", "AIRMASS": 1.25}
        cards = [f"{key:<8}= {value:>20}".ljust(80) for key, value in values.items()]
        header = "".join([*cards, "END"]).ljust(2880).encode()
        (below / f"{number:05}.fits").write_bytes(header + bytes(2880))


def names_of(folder: str, count: int) -> list[str]:
    return [f"{folder}/{number:05}.fits" for number in range(count)]


class RustfitsMany:
    """Ours."""

    def many_headers(self, folder, count):
        table = self.module.read_headers(names_of(folder, count), KEYS, threads=1, progress=False)
        assert len(table) == count

    def many_bare(self, folder, count):
        library = ctypes.CDLL(f"{folder}.so")
        library.find_cards.restype = ctypes.c_long
        names = [name.encode() for name in names_of(folder, count)]
        array = (ctypes.c_char_p * count)(*names)
        assert library.find_cards(array, ctypes.c_long(count)) == 5 * count


class FitsioMany:
    def many_headers(self, folder, count):
        for name in names_of(folder, count):
            header = self.module.read_header(name)
            [header[key] for key in KEYS]


class AstropyMany:
    def many_headers(self, folder, count):
        for name in names_of(folder, count):
            header = self.fits.getheader(name)
            [header[key] for key in KEYS]
