# SPDX-License-Identifier: BSD-3-Clause
"""`Hint`: what the metadata of a field say of the FITS column that it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["HEADER_KEY", "Hint", "hint_of", "renumbered"]

#: The key of the header in the metadata of a schema, as ``RF_ARROW_HEADER`` of the C library.
HEADER_KEY = "FITS_HEADER"

_FORM = re.compile(r"(\d{0,18})([PQ]?)([LXBIJKAEDCM])")
_DIMS = re.compile(r"\(\d{1,18}(,\d{1,18})*\)")
_NUMBERED = re.compile(r"(T[A-Z]{3,5})([1-9]\d{0,2})$")
# A new table writes these itself, from the metadata of the fields.
_OWN = frozenset(
    ("TTYPE", "TFORM", "TUNIT", "TDISP", "TCOMM", "TNULL", "TSCAL", "TZERO", "TDIM", "TBCOL")
)


@dataclass(frozen=True, slots=True)
class Hint:
    """What TFORM, TNULL and TDIM said. It counts where the values fit it."""

    letter: str = ""
    repeat: int = 0
    descriptor: str = ""  # "", "P" or "Q"
    null: int | None = None  # as stored
    dims: tuple[int, ...] = ()  # slowest axis first, of cells of variable length


def hint_of(metadata: Mapping[str, str]) -> Hint:
    """Return the hint of a field."""
    form = _FORM.match(metadata.get("TFORM", ""))
    if form is None:
        return Hint()
    repeat, descriptor, letter = form.groups()
    null = metadata.get("TNULL", "").strip()
    dims = metadata.get("TDIM", "").replace(" ", "")
    return Hint(
        letter,
        int(repeat or 1),
        descriptor,
        int(null) if re.fullmatch(r"-?\d{1,19}", null) else None,
        tuple(map(int, reversed(dims[1:-1].split(",")))) if _DIMS.fullmatch(dims) else (),
    )


def renumbered(header: str, names: list[str]) -> Iterator[str]:
    """Yield the lines of a header for a table with columns of these names.

    Keywords of a column get its new number. Those of columns that do not exist are left out.
    """
    lines = header.split("\n")
    old: dict[str, str] = {}
    for line in lines:
        if line.startswith("TTYPE") and "'" in line:
            text = line.split("'", 1)[1].rsplit("'", 1)[0]
            old[line[5:8].strip()] = text.replace("''", "'").rstrip().lower()
    new = {name.lower(): number + 1 for number, name in enumerate(names)}
    kept = True
    for line in lines:
        keyword = line[:8].rstrip()
        if keyword == "CONTINUE":  # belongs to the card before it
            if kept:
                yield line
            continue
        found = _NUMBERED.match(keyword)
        kept = True
        if found is None:
            yield line
            continue
        root, number = found.groups()
        place = new.get(old.get(number, ""))
        kept = root not in _OWN and place is not None
        if kept:
            yield f"{root}{place}".ljust(8) + line[8:]
