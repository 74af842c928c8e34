# SPDX-License-Identifier: BSD-3-Clause
"""`plan`: cut files into parts that are read one by one. Only headers are read."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import integer, name_list
from rustfits._core.binding.errors import (
    FITSColumnError,
    FITSLimitError,
    FITSTypeError,
    FITSUnsupportedError,
    FITSValueError,
)
from rustfits._core.binding.names import allowed_schemes
from rustfits._core.collect.identity import identity_of
from rustfits._core.collect.names import Files, absolute_name, each_name
from rustfits._core.collect.part import Part
from rustfits._core.file.convenience import first_with_data
from rustfits._core.file.fits import FITS
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits._core.table.base import TableBase
from rustfits._core.table.compressed import CompressedTableHDU

if TYPE_CHECKING:
    from rustfits._core.header.hdu import HDU
    from rustfits._core.remote.remote import Remote

__all__ = ["chunk_shape", "plan", "tile_shape"]

_MAX_PARTS = 1_000_000


class _First(NamedTuple):
    """What all files of a plan have in common: the kind, and the columns of the first file."""

    where: str
    kind: str
    columns: tuple[tuple[str, np.dtype[Any]], ...]


def plan(
    paths: Files,
    ext: int | str | tuple[str, int] | None = None,
    *,
    columns: Iterable[str] | str | None = None,
    target_bytes: SupportsIndex = 128 << 20,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> list[Part]:
    """Cut the data of files into parts that can be read one by one, in any process.

    Only headers are read. Tables are cut between rows, and compressed tables between tiles. Images
    are cut at whole rows of pixels along the slowest axes, and compressed images between tiles.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The files: names, glob patterns or URLs, as for `read_headers`.
    ext : int, str or (str, int), optional
        The HDU of each file: its index, name, or name and version. By default the first one with
        data, as for `read`.
    columns : sequence of str, optional
        The columns of tables. By default all.
    target_bytes : int
        The maximum size of the values of a part in memory, where a row or a tile is not larger.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch remote files.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    list of Part
        The parts, in the order of files and rows. Those of an image are in C order of a regular
        grid.

    Raises
    ------
    FITSColumnError
        If tables do not have the same columns. The message names file and column.
    FITSTypeError
        If one file has an image and another one a table, or `columns` is used with images.
    FITSValueError
        If an HDU has no data.
    FITSUnsupportedError
        If a file is a stream, or an HDU is neither an image nor a table.
    FITSLimitError
        If the plan would have more than a million parts.
    FITSError
        If a file cannot be opened. See `FITS`.

    Notes
    -----
    A local file has an absolute path in its parts. A URL stays as it is, with its secrets. Cells of
    variable length count as their mean size in the heap.
    """
    target = integer("target_bytes", target_bytes, 1)
    chosen = name_list("columns", columns)
    names = None if chosen is None else tuple(chosen)
    allowed = allowed_schemes(schemes)
    parts: list[Part] = []
    first: _First | None = None
    for name in each_name(paths):
        with FITS(name, remote=remote, schemes=allowed) as fits:
            if fits._file.is_stream():
                raise FITSUnsupportedError(
                    f"{fits._file.name}: a stream can be read once, and a plan is read in parts"
                )
            identity = identity_of(name, fits)
            hdu = first_with_data(fits) if ext is None else fits[ext]
            found = _describe(hdu, names)
            first = first or found
            _compare(first, found)
            path = absolute_name(name)
            for rows, box, size in _cut(hdu, names, target):
                if len(parts) == _MAX_PARTS:  # the sizes are claims of headers
                    raise FITSLimitError(
                        f"{found.where}: the plan has more than {_MAX_PARTS} parts; use a larger "
                        "target_bytes="
                    )
                parts.append(Part(path, hdu.index, found.kind, rows, box, size, identity, names))
    return parts


def _describe(hdu: HDU, names: tuple[str, ...] | None) -> _First:
    """Return what must be the same in all files."""
    where = f"{hdu._file.name}[{hdu.index}]"
    if isinstance(hdu, TableBase):
        schema = hdu._schema()
        dtype = schema.dtype(schema.select(names))
        return _First(where, "table", tuple((n, dtype[n]) for n in dtype.names or ()))
    if not isinstance(hdu, ImageHDU):
        raise FITSUnsupportedError(
            f"{where}: a plan is of images and tables; the HDU is of kind {hdu.kind!r}"
        )
    if names is not None:
        raise FITSTypeError(f"{where}: columns= is for tables, and the HDU is an image")
    if not hdu.shape:
        raise FITSValueError(f"{where}: the HDU has no data (NAXIS = 0)")
    return _First(where, "image", ())


def _compare(first: _First, found: _First) -> None:
    """Raise an error that names file and column if two HDUs have not the same kind and columns."""
    if first.kind != found.kind:
        raise FITSTypeError(
            f"{found.where} is of kind {found.kind!r}, and {first.where} is of kind {first.kind!r}"
        )
    for one, other in itertools.zip_longest(first.columns, found.columns):
        if one == other:
            continue
        if one is None or other is None:
            has, lacks = (first, found) if other is None else (found, first)
            name = (one or other)[0]
            raise FITSColumnError(f"{lacks.where} has no column {name!r}, which {has.where} has")
        if one[0] != other[0]:
            raise FITSColumnError(
                f"{found.where} has the column {other[0]!r} where {first.where} has {one[0]!r}; "
                "columns= can select columns that all files have"
            )
        raise FITSColumnError(
            f"{found.where}: the column {other[0]!r} is of type {other[1]}, and {one[1]} in "
            f"{first.where}"
        )


def _cut(
    hdu: HDU, names: tuple[str, ...] | None, target: int
) -> Iterator[tuple[tuple[int, int] | None, tuple[tuple[int, int], ...] | None, int]]:
    """Yield the rows or the box, and the bytes of each part of an HDU."""
    if isinstance(hdu, TableBase):
        width = _row_bytes(hdu, names)
        count = max(1, target // max(width, 1))
        if isinstance(hdu, CompressedTableHDU):
            tile = hdu.ztile_rows
            count = max(1, count // tile) * tile
        for start in range(0, max(hdu.nrows, 1), count):
            stop = min(start + count, hdu.nrows)
            yield (start, stop), None, (stop - start) * width
    elif isinstance(hdu, ImageHDU):
        size = hdu.dtype.itemsize
        chunk = chunk_shape(hdu.shape, tile_shape(hdu), target // size)
        axes = [_spans(length, step) for length, step in zip(hdu.shape, chunk, strict=True)]
        for box in itertools.product(*axes):
            yield None, box, math.prod(stop - start for start, stop in box) * size


def _spans(length: int, step: int) -> list[tuple[int, int]]:
    return [(start, min(start + step, length)) for start in range(0, max(length, 1), step)]


def _row_bytes(hdu: TableBase, names: tuple[str, ...] | None) -> int:
    """Return the bytes of a row of some columns in memory."""
    schema = hdu._schema()
    columns = schema.select(names)
    width = schema.dtype(columns).itemsize
    if schema.nrows and any(column.variable for column in columns):
        heap = hdu.header.get("PCOUNT", 0)
        width += -(-heap // schema.nrows) if isinstance(heap, int) and heap > 0 else 0
    return width


def tile_shape(hdu: ImageHDU) -> tuple[int, ...]:
    """Return the smallest part of an image that is read for itself: a tile, or a row of pixels."""
    shape = hdu.shape
    if isinstance(hdu, CompressedImageHDU):
        tile = hdu.compression.tile_shape
        if tile is not None:
            return tuple(min(t, max(s, 1)) for t, s in zip(tile, shape, strict=True))
    return (1,) * (len(shape) - 1) + (max(shape[-1], 1),)


def chunk_shape(shape: Sequence[int], tile: Sequence[int], most: int) -> tuple[int, ...]:
    """Return the shape of the largest parts of whole tiles that have at most `most` pixels.

    Parts extend over all tiles of the fastest axes, so that they are contiguous in the file. A part
    has at least one tile.
    """
    chunk = list(tile)
    for axis in range(len(shape) - 1, -1, -1):
        tiles = most // max(math.prod(chunk), 1)
        chunk[axis] = min(tile[axis] * max(tiles, 1), max(shape[axis], 1))
        if chunk[axis] < shape[axis]:
            break
    return tuple(chunk)
