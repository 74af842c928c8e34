# SPDX-License-Identifier: BSD-3-Clause
"""`read_image`: images as dask arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import dask.array as da
import numpy as np
from dask import config
from dask.array.core import ArraySliceDep, getter, normalize_chunks
from dask.base import tokenize
from dask.blockwise import BlockwiseDepDict, blockwise
from dask.highlevelgraph import HighLevelGraph
from dask.utils import parse_bytes

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.names import allowed_schemes
from rustfits._core.collect.names import Files, absolute_name, each_name, is_one_name
from rustfits._core.collect.plan import chunk_shape, tile_shape
from rustfits._core.file.convenience import first_with_data
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits.dask.opened import Location, open_location

if TYPE_CHECKING:
    from rustfits._core.remote.remote import Remote

__all__ = ["locations_of", "read_image"]

# Files whose headers are read at a time, which hides the latency of servers.
_AT_ONCE = 8

Chunks = Any  # what dask takes: "auto", an int, a size such as "64 MiB", or a tuple


class _Image:
    """An image HDU as what dask slices. It opens the file when it is sliced."""

    __slots__ = ("dtype", "hdu", "location", "shape", "tile")

    def __init__(
        self,
        location: Location,
        hdu: int,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        tile: tuple[int, ...] | None,
    ) -> None:
        self.location, self.hdu = location, hdu
        self.shape, self.dtype = shape, dtype
        self.tile = tile  # None: the image is not tiled

    @property
    def ndim(self) -> int:
        return len(self.shape)

    def __getitem__(self, key: Any) -> Any:
        return open_location(self.location, self.hdu)[self.hdu][key]

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        where = self.location.__dask_tokenize__()
        return (type(self).__name__, where, self.hdu, self.shape, self.dtype.str)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.location, self.hdu, self.shape, self.dtype, self.tile)


class _Layer:
    """One image of a stack: an array whose first axis has positions for all images."""

    __slots__ = ("image", "number")

    def __init__(self, image: _Image, number: int) -> None:
        self.image, self.number = image, number

    def __getitem__(self, key: Any) -> Any:
        first, *rest = key if isinstance(key, tuple) else (key,)
        pixels = self.image[tuple(rest)]
        if not isinstance(first, slice):
            return pixels
        # dask narrows the slice of the chunk, which has this image only.
        count = len(range(*first.indices(self.number + 1))) if first.step != 0 else 0
        return pixels[np.newaxis][:count]

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        return ("_Layer", self.image, self.number)


def read_image(
    paths: Files,
    *,
    ext: int | str | tuple[str, int] | None = None,
    chunks: Chunks = "auto",
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> da.Array:
    """Return an image, or the stack of many images, as a dask array.

    Only headers are read. Each task reads its section, with one thread. A process opens a file
    once, and closes it when it is idle.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The file. A list, an iterator or a glob pattern means a stack: the images become the
        elements of a new first axis.
    ext : int, str or (str, int), optional
        The HDU of each file: its index, name, or name and version. By default the first one with
        data, as for `rustfits.read`.
    chunks : "tiles", "auto", int, str or tuple
        The chunks of an image. ``"auto"`` makes parts of whole tiles and rows that are as large as
        dask's option ``array.chunk-size``. ``"tiles"`` makes a chunk of each tile of a compressed
        image, and the same chunks as ``"auto"`` of another one. Else what dask takes. A chunk of a
        stack has pixels of one image.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch remote files.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    dask.array.Array
        The pixels, as `ImageHDU.read` returns them.

    Raises
    ------
    FITSValueError
        If there are no files, or `chunks` is invalid. If the images of a stack have different
        shapes, or an HDU has no data: the message names the file.
    FITSTypeError
        If an HDU is no image, or the images of a stack have different types.
    FITSError
        If a file cannot be opened. See `FITS`.
    """
    single, locations = locations_of(paths, remote, schemes)
    if single:
        image = _describe(locations[0], ext)
        return _array(image, _image_chunks(image, chunks))
    if not locations:
        raise FITSValueError("there are no files to stack")
    with ThreadPoolExecutor(min(_AT_ONCE, len(locations))) as pool:
        images = list(pool.map(_describe, locations, itertools.repeat(ext)))
    for image in images[1:]:
        _check_same(images[0], image)
    return _stack(images, _image_chunks(images[0], chunks))


def locations_of(
    paths: Files, remote: Remote | str | None, schemes: Iterable[str] | None
) -> tuple[bool, list[Location]]:
    """Return whether `paths` is one name, and the locations of all."""
    allowed = allowed_schemes(schemes)
    names = list(each_name(paths))
    # A worker may have another working directory.
    locations = [Location(absolute_name(name), remote, allowed) for name in names]
    return is_one_name(paths, names), locations


def _describe(location: Location, ext: int | str | tuple[str, int] | None) -> _Image:
    """Read the header of an image."""
    location = location.known()
    fits = open_location(location)
    hdu = first_with_data(fits) if ext is None else fits[ext]
    where = f"{fits._file.name}[{hdu.index}]"
    if not isinstance(hdu, ImageHDU):
        raise FITSTypeError(f"{where}: the HDU is no image but of kind {hdu.kind!r}")
    if not hdu.shape:
        raise FITSValueError(f"{where}: the HDU has no data (NAXIS = 0)")
    tile = tile_shape(hdu) if isinstance(hdu, CompressedImageHDU) else None
    return _Image(location, hdu.index, hdu.shape, hdu.dtype, tile)


def _check_same(first: _Image, image: _Image) -> None:
    """Raise an error that names the file if an image cannot be stacked on the first one."""
    where, other = _where(image), _where(first)
    if image.shape != first.shape:
        raise FITSValueError(
            f"{where}: the shape of the image is {image.shape}, and {first.shape} in {other}"
        )
    if image.dtype != first.dtype:
        raise FITSTypeError(
            f"{where}: the type of the image is {image.dtype}, and {first.dtype} in {other}"
        )


def _where(image: _Image) -> str:
    return f"{open_location(image.location)._file.name}[{image.hdu}]"


def _image_chunks(image: _Image, chunks: Chunks) -> tuple[tuple[int, ...], ...]:
    """Return the chunks of each axis."""
    tile = image.tile
    if isinstance(chunks, str) and chunks == "tiles" and tile is not None:
        chunks = tile
    elif isinstance(chunks, str) and chunks in ("tiles", "auto"):
        size = parse_bytes(config.get("array.chunk-size"))
        smallest = tile or (1,) * (image.ndim - 1) + image.shape[-1:]
        chunks = chunk_shape(image.shape, smallest, size // image.dtype.itemsize)
        # An axis without pixels has one chunk.
        chunks = tuple(max(length, 1) for length in chunks)
    try:
        made: tuple[tuple[int, ...], ...] = normalize_chunks(
            chunks, image.shape, dtype=image.dtype, previous_chunks=tile
        )
    except (TypeError, ValueError, ArithmeticError) as refused:
        raise FITSValueError(
            f"chunks={chunks!r} cannot cut an image of shape {image.shape}: {refused}"
        ) from refused
    return made


def _array(image: _Image, chunks: tuple[tuple[int, ...], ...]) -> da.Array:
    name = f"rustfits-image-{tokenize(image, chunks)}"
    layer = blockwise(
        getter,
        name,
        axes := tuple(range(image.ndim)),
        image,
        None,
        ArraySliceDep(chunks),
        axes,
        numblocks={},
    )
    return _make(name, layer, chunks, image.dtype)


def _stack(images: list[_Image], chunks: tuple[tuple[int, ...], ...]) -> da.Array:
    """Return one layer of tasks for all images, so that the graph of many files stays small."""
    chunks = ((1,) * len(images), *chunks)
    axes = tuple(range(len(chunks)))
    name = f"rustfits-stack-{tokenize(images, chunks)}"
    layers = {(number,): _Layer(image, number) for number, image in enumerate(images)}
    layer = blockwise(
        getter,
        name,
        axes,
        BlockwiseDepDict(layers, numblocks=(len(images),)),
        axes[:1],
        ArraySliceDep(chunks),
        axes,
        numblocks={},
    )
    return _make(name, layer, chunks, images[0].dtype)


def _make(
    name: str, layer: Any, chunks: tuple[tuple[int, ...], ...], dtype: np.dtype[Any]
) -> da.Array:
    graph = HighLevelGraph.from_collections(name, layer)
    return da.Array(graph, name, chunks, dtype=dtype)
