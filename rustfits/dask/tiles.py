# SPDX-License-Identifier: BSD-3-Clause
"""`join_tiles`: compressed images of rows of tiles, joined along axis 0 without decoding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from rustfits._core.binding.errors import FITSFormatError, FITSLimitError
from rustfits._core.file.fits import FITS

__all__ = ["join_tiles"]

_BLOCK = 2880
_COPY_BYTES = 8 << 20
_FORM = re.compile(r"(\d*)([LXBIJKAEDCMPQ])(.*)")
_WIDTHS = dict(zip("LXBIJKAEDCMPQ", (1, 0, 1, 2, 4, 8, 1, 4, 8, 8, 16, 8, 16), strict=True))


class _Field(NamedTuple):
    """A column of descriptors."""

    number: int  # as in TFORMn
    offset: int  # in a row
    letter: str  # P or Q
    element: str  # the type of the elements
    longest: int


class _Part(NamedTuple):
    """The compressed image of one part."""

    path: str
    hdu: int
    cards: list[str]
    data: int  # offset of the data unit
    row_bytes: int
    nrows: int
    heap: int  # offset of the heap in the data unit
    heap_bytes: int
    fields: list[_Field]


def join_tiles(parts: Sequence[str], path: str, length: int) -> int:
    """Write one compressed image with the tiles of several, and return its index.

    Parameters
    ----------
    parts : sequence of str
        Files with one compressed image each, in order of axis 0. They have the same columns.
    path : str
        The new file.
    length : int
        The length of axis 0.

    Raises
    ------
    FITSFormatError
        If the parts have different columns.
    FITSLimitError
        If descriptors of 32 bits cannot reach the end of the heap.
    """
    found = [_describe(part) for part in parts]
    first = found[0]
    for part in found[1:]:
        if [f[:4] for f in part.fields] != [f[:4] for f in first.fields]:
            raise FITSFormatError(f"{part.path}: the columns are not those of {first.path}")
    heap_bytes = sum(part.heap_bytes for part in found)
    if heap_bytes >= 2**31 and any(field.letter == "P" for field in first.fields):
        raise FITSLimitError(
            f"{path}: the compressed tiles have {heap_bytes} bytes, which descriptors of 32 bits "
            "cannot reach; compress with heap_format='Q'"
        )
    nrows = sum(part.nrows for part in found)
    with Path(path).open("wb") as out:
        with FITS(first.path) as fits:
            out.write(fits._file.read_bytes(0, fits[first.hdu]._fresh().header_offset))
        _write_header(out, found, nrows, heap_bytes, length)
        start = out.tell()
        base = 0
        for part in found:
            out.write(_moved_rows(part, base))
            base += part.heap_bytes
        for part in found:
            _copy(part, out)
            Path(part.path).unlink()
        out.write(bytes(-(out.tell() - start) % _BLOCK))
    return first.hdu


def _describe(path: str) -> _Part:
    with FITS(path, threads=1) as fits:
        hdu: Any = fits[-1]
        header = hdu.raw_header
        row_bytes, nrows = header["NAXIS1"], header["NAXIS2"]
        rows = row_bytes * nrows
        heap = header.get("THEAP", rows)
        heap_bytes = rows + header["PCOUNT"] - heap
        fields, offset = [], 0
        for number in range(1, header["TFIELDS"] + 1):
            matched = _FORM.fullmatch(header[f"TFORM{number}"].strip())
            assert matched is not None  # the library wrote it
            repeat, letter, more = matched.groups()
            if letter in "PQ":
                longest = int(more[2:-1]) if more[1:2] == "(" else 0
                fields.append(_Field(number, offset, letter, more[:1], longest))
            offset += int(repeat or 1) * _WIDTHS[letter]
        data = hdu._fresh().data_offset
        cards = list(header.cards)
        return _Part(path, hdu.index, cards, data, row_bytes, nrows, heap, heap_bytes, fields)


def _write_header(
    out: BinaryIO, parts: list[_Part], nrows: int, heap_bytes: int, length: int
) -> None:
    """Write the header of the first part, with the sizes of all."""
    first = parts[0]
    axes = next(int(card[10:30]) for card in first.cards if card.startswith("ZNAXIS  ="))
    values: dict[str, str] = {
        "NAXIS2": f"{nrows:>20}",
        "PCOUNT": f"{heap_bytes:>20}",
        f"ZNAXIS{axes}": f"{length:>20}",
    }
    for place, field in enumerate(first.fields):
        longest = max(part.fields[place].longest for part in parts)
        text = f"1{field.letter}{field.element}" + (f"({longest})" if longest else "")
        values[f"TFORM{field.number}"] = f"'{text:<8}'".ljust(20)
    made = []
    for card in first.cards:
        key = card[:8].rstrip()
        if key in ("THEAP", "CHECKSUM", "DATASUM"):
            continue
        if key in values and card[8:10] == "= ":
            _, slash, comment = card[10:].partition("/")
            card = f"{key:<8}= {values[key]}" + (f" /{comment}" if slash else "")
        made.append(card[:80].ljust(80))
    header = "".join([*made, "END".ljust(80)]).encode("ascii")
    out.write(header + b" " * (-len(header) % _BLOCK))


def _moved_rows(part: _Part, base: int) -> bytes:
    """Return the rows of a part, whose heap begins at `base` of the new heap."""
    with FITS(part.path, threads=1) as fits:
        stored = fits._file.read_bytes(part.data, part.row_bytes * part.nrows)
    rows = np.frombuffer(bytearray(stored), np.uint8).reshape(part.nrows, part.row_bytes)
    for field in part.fields:
        half = 4 if field.letter == "P" else 8
        descriptors = rows[:, field.offset : field.offset + 2 * half].copy().view(f">i{half}")
        descriptors[:, 1] += np.where(descriptors[:, 0] > 0, base, 0).astype(f"i{half}")
        rows[:, field.offset : field.offset + 2 * half] = descriptors.view(np.uint8)
    return rows.tobytes()


def _copy(part: _Part, out: BinaryIO) -> None:
    """Copy the heap of a part."""
    with Path(part.path).open("rb") as stored:
        stored.seek(part.data + part.heap)
        left = part.heap_bytes
        while left > 0:
            chunk = stored.read(min(left, _COPY_BYTES))
            if not chunk:
                raise FITSFormatError(f"{part.path}: the file ends in the heap")
            out.write(chunk)
            left -= len(chunk)
