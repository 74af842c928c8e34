# SPDX-License-Identifier: BSD-3-Clause
"""Formats of Python as display formats of FITS (TDISPn)."""

from __future__ import annotations

import re

__all__ = ["display_of"]

_LETTERS = {
    "d": "I",
    "b": "B",
    "o": "O",
    "x": "Z",
    "X": "Z",
    "f": "F",
    "F": "F",
    "e": "E",
    "E": "E",
    "g": "G",
    "G": "G",
    "s": "A",
}
# Characters of a number without its decimals, which a width adds to them.
_ROOM = {"F": 9, "E": 8, "G": 9}
_FORMAT = re.compile(r"(?:%|\{(?:0)?:|)([<>]?)(0?)(\d*)(?:\.(\d+))?([dboxXfFeEgGs]?)(\}?)")


def display_of(form: str) -> str | None:
    """Return TDISPn for a format such as ``"%10.3f"``, ``"{:5d}"`` or ``".2e"``.

    Returns
    -------
    str or None
        The display format: ``""`` for formats that say no more than none does, and None where
        FITS has no such format.
    """
    match = _FORMAT.fullmatch(form)
    if match is None or (match[6] == "}") != form.startswith("{"):
        return None
    aligned, zeros, width, decimals, code = match.groups()[:5]
    letter = _LETTERS.get(code, "")
    if letter in ("", "A", "I") and not width and not decimals:
        return ""
    if aligned == "<" or not letter:
        return None
    if letter in "FEG":
        if decimals is None or zeros:
            return None
        return f"{letter}{width or int(decimals) + _ROOM[letter]}.{decimals}"
    if not width or decimals is not None:
        return None
    if zeros:
        return None if letter == "A" else f"{letter}{width}.{width}"
    return f"{letter}{width}"
