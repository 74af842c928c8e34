# SPDX-License-Identifier: BSD-3-Clause
"""The filters of extended file names, applied to a copy in memory: sections, rows, columns."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from rustfits._core.binding.errors import FITSIOError, FITSUnsupportedError
from rustfits._core.binding.extended import NameParts, parse_section
from rustfits._core.file import fits as core

__all__ = ["apply_filters", "first_significant"]

Range = tuple[int, int, int]


def first_significant(file: core.FITS) -> int:
    """Return the HDU that filters apply to where a name has no HDU: the first one that has data.

    Raises
    ------
    FITSIOError
        If there is none.
    """
    for hdu in file:
        name = (hdu.extname or "").upper()
        if "image" in hdu.kind:
            if hdu.shape:
                return int(hdu.index)
        elif "GTI" not in name and name != "OBSTABLE":
            return int(hdu.index)
    raise FITSIOError(f"{file._file.name}: no HDU has data")


def apply_filters(file: core.FITS, index: int, parts: NameParts) -> core.FITS:
    """Return a copy of a file in memory, with the filters of a name applied to one HDU.

    Raises
    ------
    FITSIOError
        If a filter is invalid, or does not go with the HDU.
    FITSUnsupportedError
        If a column filter computes values.
    """
    hdu = file[index]
    where = f"{file._file.name}[{index}]"
    if "image" in hdu.kind:
        if parts.columns:
            raise FITSIOError(f"{where}: [{parts.columns}]: an image has no columns")
        return _with_section(file, index, parts.rows, where)
    copy = core.FITS.from_bytes(file.to_bytes(), "r+")
    table = copy[index]
    if parts.columns:
        _keep_columns(table, parts.columns, where)
    if parts.rows:
        _keep_rows(table, parts.rows, where)
    return copy


def _keep_columns(table: Any, text: str, where: str) -> None:
    """Delete the columns that ``col a;b`` does not name, or those of ``col -a``."""
    names: list[str] = list(table.colnames)
    kept: set[str] = set()
    deleted: set[str] = set()
    for clause in re.split("[;,]", text[3:]):
        pattern = clause.strip()
        if not pattern:
            continue
        if re.search(r"[=@#(]", pattern):
            raise FITSUnsupportedError(
                f"{where}: [{text}]: columns are chosen by name; read them and compute with numpy"
            )
        away = pattern[0] in "-!"
        found = _matching(names, pattern[away:].strip())
        if not found:
            raise FITSIOError(f"{where}: [{text}]: the table has no column {pattern!r}")
        (deleted if away else kept).update(found)
    for name in names:
        if name in deleted or (kept and not deleted and name not in kept):
            table.delete_column(name)


def _matching(names: Iterable[str], pattern: str) -> list[str]:
    lowered = pattern.lower()
    return [name for name in names if fnmatch.fnmatchcase(name.lower(), lowered)]


def _keep_rows(table: Any, expression: str, where: str) -> None:
    """Delete the rows for which an expression is false."""
    try:
        found = table.where(expression)
    except ValueError as refused:
        raise FITSIOError(f"{where}: [{expression}]: {refused}") from None
    others = np.ones(table.nrows, bool)
    others[found] = False
    if others.any():
        table.delete_rows(np.flatnonzero(others))


def _with_section(file: core.FITS, index: int, text: str, where: str) -> core.FITS:
    """Return a copy of a file with a section of an image in place of the image."""
    hdu: Any = file[index]
    if not hdu.shape:
        raise FITSIOError(f"{where}: [{text}]: the HDU has no pixels")
    try:
        ranges = parse_section(text, hdu.shape)
    except (ValueError, IndexError) as refused:
        raise FITSIOError(f"{where}: {refused}") from None
    made = core.FITS("mem://", "w+")
    if index > 0:
        made.write_image(None)
    made.write_image(np.ascontiguousarray(hdu[tuple(map(_slice, ranges))]), header=hdu.header)
    with made[-1].header.edit() as header:
        for axis, one in enumerate(reversed(ranges), 1):
            _move_coordinates(header, axis, one)
    whole = file.to_bytes()
    starts = [one._fresh().header_offset for one in file] + [len(whole)]
    image = made.to_bytes()[made[-1]._fresh().header_offset :]
    return core.FITS.from_bytes(whole[: starts[index]] + image + whole[starts[index + 1] :])


def _slice(one: Range) -> slice:
    start, end, step = one
    if start <= end:
        return slice(start - 1, end, step)
    return slice(start - 1, end - 2 if end > 1 else None, -step)


def _move_coordinates(header: Any, axis: int, one: Range) -> None:
    """Update the keywords of the coordinates of an axis, of all descriptions."""
    start, end, length = one
    step = length if start <= end else -length
    for alternate in ("", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        pixel = header.get(f"CRPIX{axis}{alternate}")
        if not isinstance(pixel, (int, float)):
            continue  # without a reference, the axis has no coordinates
        header[f"CRPIX{axis}{alternate}"] = (pixel - start) / step + 1
        scales = [f"CDELT{axis}", *(f"CD{row}_{axis}" for row in range(1, 10))]
        for key in scales:
            value = header.get(key + alternate)
            if isinstance(value, (int, float)) and step != 1:
                header[key + alternate] = float(value) * step
