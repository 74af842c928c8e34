# SPDX-License-Identifier: BSD-3-Clause
"""The parts of CFITSIO's extended file names, by the parser of the C library. No file is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rustfits._core.binding.errors import FITSValueError
from rustfits._core.binding.library import CData, check, error, ffi, lib

__all__ = [
    "Location",
    "NameCompression",
    "NameParts",
    "NewNameParts",
    "parse_compression",
    "parse_location",
    "parse_name",
    "parse_new_name",
    "parse_section",
]


class NameParts(NamedTuple):
    """The parts of a name of an existing file. A part that the name does not have is ``""``."""

    type: str
    file: str
    output: str
    hdu: str
    rows: str
    bin: str
    columns: str
    pixels: str
    compress: str


class NewNameParts(NamedTuple):
    """The parts of a name of a new file."""

    clobber: bool
    type: str
    file: str
    template_file: str
    compress: str


class Location(NamedTuple):
    """An HDU or a cell: `number` counts without a `name`, and `version` 0 is any."""

    number: int
    name: str
    version: int
    column: str
    row: str


class NameCompression(NamedTuple):
    """A compression. The tile begins with the fastest axis; None is what the text does not say."""

    kind: str
    smooth: bool
    tile: tuple[int, ...]
    dither: int | None
    level: float | None
    scale: float | None


def parse_name(text: str) -> NameParts:
    """Take the name of an existing file apart.

    Raises
    ------
    FITSValueError
        If the text is invalid.
    """
    name = _parsed("rf_name *", lib.rf_name_parse, text)
    return NameParts(*(_text(getattr(name, part)) for part in NameParts._fields))


def parse_new_name(text: str) -> NewNameParts:
    """Take the name of a new file apart.

    Raises
    ------
    FITSValueError
        If the text is invalid.
    """
    name = _parsed("rf_name_new *", lib.rf_name_parse_new, text)
    parts = (_text(getattr(name, part)) for part in NewNameParts._fields[1:])
    return NewNameParts(bool(name.clobber), *parts)


def parse_location(text: str) -> Location:
    """Read the part `NameParts.hdu`.

    Raises
    ------
    FITSValueError
        If the text is invalid.
    """
    where = _parsed("rf_name_location *", lib.rf_name_parse_location, text)
    texts = _text(where.column), _text(where.row)
    return Location(where.number, _text(where.name), where.version, *texts)


def parse_section(text: str, shape: Sequence[int]) -> list[tuple[int, int, int]]:
    """Read an image section: for each axis, slowest first, the 1-based first, last and step.

    Raises
    ------
    FITSValueError
        If the text is invalid.
    FITSIndexError
        If a range exceeds its axis.
    """
    count = len(shape)
    ranges = ffi.new("rf_name_range[]", max(count, 1))
    err = error()
    check(lib.rf_name_parse_section(_bytes(text), count, list(shape[::-1]), ranges, err), err)
    return [(one.start, one.end, one.step) for one in list(ranges)[:count][::-1]]


def parse_compression(text: str) -> NameCompression:
    """Read the part `NewNameParts.compress`.

    Raises
    ------
    FITSValueError
        If the text is invalid.
    """
    how = _parsed("rf_name_compression *", lib.rf_name_parse_compression, text)
    return NameCompression(
        kind=_text(lib.rf_zcmptype_get_name(how.type)),
        smooth=bool(how.smooth),
        tile=tuple(how.tile[0 : how.tile_ndim]),
        dither=int(how.dither) if how.has_level else None,
        level=float(how.level) if how.has_level else None,
        scale=float(how.scale) if how.has_scale else None,
    )


def _parsed(kind: str, parse: Any, text: str) -> CData:
    """Return a struct, which begins with its size, filled by a function of the C library."""
    made = ffi.new(kind)
    made.size = ffi.sizeof(made[0])
    err = error()
    check(parse(_bytes(text), made, err), err)
    return made


def _bytes(text: str) -> bytes:
    """Return a name as UTF-8. Bytes that were no UTF-8 become themselves again."""
    encoded = text.encode("utf-8", "surrogateescape")
    if b"\0" in encoded:
        raise FITSValueError(f"a file name has no NUL: {text!r}")
    return encoded


def _text(part: CData) -> str:
    return str(ffi.string(part).decode("utf-8", "surrogateescape"))
