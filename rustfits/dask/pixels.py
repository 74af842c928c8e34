# SPDX-License-Identifier: BSD-3-Clause
"""Chunks of arrays as images: regions of one file, tiles to join, or a file for each chunk."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import dask
import dask.array as da
import numpy as np

from rustfits._core.binding.errors import FITSUnsupportedError, FITSValueError
from rustfits._core.compression.spec import as_compression, as_quantize
from rustfits._core.file.fits import FITS
from rustfits._core.image.create import check_pixels, create_image
from rustfits._core.image.pixels import pixel_type
from rustfits.dask.output import Output
from rustfits.dask.tiles import join_tiles

if TYPE_CHECKING:
    from rustfits._core.compression.algorithms import Compression
    from rustfits._core.compression.quantize import Quantize

__all__ = ["ImageOptions", "write_image"]

# Larger images get descriptors of 64 bits: compressed tiles may be larger than the pixels.
_WIDE_BYTES = 1 << 30
# What a task encodes at a time, if chunks are smaller.
_ENCODED_BYTES = 64 << 20


class ImageOptions(NamedTuple):
    """The options of a new image."""

    extname: str | None
    extver: int | None
    header: Any
    compress: Any
    quantize: Any
    blank: int | None
    checksum: bool


def write_image(
    data: da.Array, path: str | os.PathLike[str], options: ImageOptions, *, overwrite: bool
) -> list[Path]:
    """Write an array to one file, or to a file for each chunk, and return their names."""
    compression, steps = as_compression(options.compress), as_quantize(options.quantize)
    output = Output(path, math.prod(data.numblocks), overwrite=overwrite)
    _check(str(output.targets[0]), data, options, compression, steps)
    with output:
        if output.is_pattern:
            blocks = data.to_delayed().ravel()
            write = dask.delayed(_write_file, pure=False)
            dask.compute([write(b, output.file(i), options) for i, b in enumerate(blocks)])
        elif compression is None:
            _write_regions(data, output.file(), options)
        else:
            _write_tiles(data, output, options, compression, steps)
    return output.targets


def _check(
    where: str,
    data: da.Array,
    options: ImageOptions,
    compression: Compression | None,
    steps: Quantize | None,
) -> None:
    """Refuse what cannot become an image, before any task runs."""
    if any(math.isnan(length) for length in data.shape):
        raise FITSValueError(
            f"{where}: the array has chunks of unknown size; call compute_chunk_sizes() first"
        )
    if data.ndim == 0:
        raise FITSValueError(f"{where}: an image needs at least one axis")
    pixel_type(data.dtype)
    few = np.zeros((0, *data.shape[1:]), data.dtype)
    check_pixels(where, few, compression=compression, quantize=steps, blank=options.blank)
    with FITS("mem://", "w+") as fits:
        _create(fits, data.dtype, few.shape, options, compression, steps)


def _create(
    fits: FITS,
    dtype: np.dtype[Any],
    shape: tuple[int, ...],
    options: ImageOptions,
    compression: Compression | None = None,
    steps: Quantize | None = None,
) -> int:
    """Create the image and return its index."""
    return create_image(
        fits._file,
        dtype,
        shape,
        extname=options.extname,
        extver=options.extver,
        blank=options.blank,
        header=options.header,
        compression=compression,
        quantize=steps,
    )


def _write_file(block: Any, path: str, options: ImageOptions) -> None:
    """Write one chunk to a file of its own."""
    with FITS(path, "w+", threads=1) as fits:
        made = fits.write_image(
            block,
            extname=options.extname,
            extver=options.extver,
            compress=options.compress,
            quantize=options.quantize,
            blank=options.blank,
            header=options.header,
        )
        if options.checksum:
            made.add_checksum()


# ---- regions ----


class _Region:
    """What `dask.array.store` assigns chunks to: an image in a file that several processes write.

    They overwrite pixels only. Size and header stay, so that no process refuses its write because
    another one has written.
    """

    def __init__(self, path: str, index: int) -> None:
        self.path, self.index = path, index

    def __setitem__(self, key: Any, block: Any) -> None:
        with FITS(self.path, "r+", threads=1) as fits:
            fits[self.index][key] = block


def _write_regions(data: da.Array, path: str, options: ImageOptions) -> None:
    """Create the image, and let each task write its chunk into it."""
    refuse_gzip(path)
    with FITS(path, "w+", threads=1) as fits:
        index = _create(fits, data.dtype, data.shape, options)
    da.store(data, _Region(path, index), lock=False)
    add_checksum(path, index, options.checksum)


def refuse_gzip(path: str) -> None:
    if path.endswith(".gz"):
        raise FITSUnsupportedError(
            f"{Path(path).name}: several processes cannot write parts of a .gz file; use "
            "compress=, or a file for each part ('*' in the name)"
        )


def add_checksum(path: str, index: int, wanted: bool) -> None:
    """Write the checksums of an HDU that is complete."""
    if wanted:
        with FITS(path, "r+", threads=1) as fits:
            fits[index].add_checksum()


# ---- tiles ----


class _Tiles:
    """What `dask.array.store` assigns rows of tiles to: each becomes a file that is joined."""

    def __init__(
        self,
        output: Output,
        rows: int,
        options: ImageOptions,
        compression: Compression,
        steps: Quantize | None,
        per_row: int,
    ) -> None:
        self.output, self.rows, self.options = output, rows, options
        self.compression, self.steps, self.per_row = compression, steps, per_row

    def __setitem__(self, key: Any, block: Any) -> None:
        start = key[0].start or 0
        number = start // self.rows
        steps, options = self.steps, self.options
        if steps is not None:
            # Readers count the tiles of the whole image to find the noise of each.
            first = start // self._tile[0] * self.per_row
            steps = steps._replace(seed=((steps.seed or 1) - 1 + first) % 10000 + 1)
        said = options if number == 0 else options._replace(header=None)
        with FITS(self.output.part(number), "w+", threads=1) as fits:
            fits.write_image(
                block,
                extname=said.extname,
                extver=said.extver,
                compress=self.compression,
                quantize=steps,
                blank=said.blank,
                header=said.header,
            )

    @property
    def _tile(self) -> tuple[int, ...]:
        tile = self.compression.tile_shape
        assert tile is not None
        return tile


def _write_tiles(
    data: da.Array,
    output: Output,
    options: ImageOptions,
    compression: Compression,
    steps: Quantize | None,
) -> None:
    """Let each task encode rows of tiles, and join them."""
    refuse_gzip(output.file())
    shape, tile = data.shape, compression.tile_shape
    if tile is None:
        with FITS("mem://", "w+") as fits:
            few = (0, *shape[1:])
            tile = fits.create_image_hdu(  # type: ignore[attr-defined]
                data.dtype, few, compress=compression, quantize=steps
            ).compression.tile_shape
    assert tile is not None
    tile = tuple(min(t, max(s, 1)) for t, s in zip(tile, shape, strict=True))
    wide = data.nbytes > _WIDE_BYTES
    compression = compression._replace(tile_shape=tile, **({"heap_format": "Q"} if wide else {}))
    rows = _rows_of_tiles(data, tile[0])
    whole = data.rechunk((rows, *(-1,) * (data.ndim - 1)))
    per_row = math.prod(-(-s // t) for s, t in zip(shape[1:], tile[1:], strict=True))
    target = _Tiles(output, rows, options, compression, steps, per_row)
    da.store(whole, target, lock=False)
    count = max(1, -(-shape[0] // rows))
    if whole.size == 0:
        target[slice(0, 0),] = np.zeros(shape, data.dtype)
    index = join_tiles([output.part(n) for n in range(count)], output.file(), shape[0])
    add_checksum(output.file(), index, options.checksum)


def _rows_of_tiles(data: da.Array, tile: int) -> int:
    """Return how many pixels along axis 0 one task encodes: whole tiles, near the chunks."""
    row_bytes = max(math.prod(data.shape[1:]) * data.dtype.itemsize, 1)
    most = max(data.chunksize[0], _ENCODED_BYTES // row_bytes)
    if data.chunksize[1:] != data.shape[1:]:  # each task needs chunks of all columns
        most = _ENCODED_BYTES // row_bytes
    tiles: int = min(most, max(data.shape[0], 1)) // tile
    return max(1, tiles) * tile
