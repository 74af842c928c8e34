# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images: pixels in tiles, which a codec has made smaller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import (
    FITSError,
    FITSUnsupportedError,
    FITSValueError,
)
from rustfits._core.binding.foreign import plain_array
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.warnings import warn_of_file, warn_of_writing
from rustfits._core.compression.algorithms import Compression, with_level
from rustfits._core.compression.compressed import Compressed, collecting_writes
from rustfits._core.compression.quantize import Quantize
from rustfits._core.compression.spec import from_c
from rustfits._core.image.image import ImageHDU
from rustfits._core.image.pixels import Pixels, cast, mask_of, store_pixels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.binding.selection import Axis
    from rustfits._core.header.hdu import Info

__all__ = ["CompressedImageHDU"]

# Rows that `extending` keeps back until there are so many bytes of them.
_WAITING = 16 << 20


class CompressedImageHDU(Compressed, ImageHDU):
    """A tile-compressed image (FITS 10.1): a binary table, each row of which is a tile.

    It can all that `ImageHDU` can, except for `view`. A section decodes the tiles it touches and no
    others; what is decoded is kept for the next one (`tile_cache_size`). Writing encodes the tiles
    it touches anew; where one has become larger its old place stays unused until `repack`.

    Notes
    -----
    Reals that were stored with quantization come back as what is nearest to them. Pixels of such a
    tile that are not written to keep their value to the bit when others of it are.
    """

    __slots__ = ("_gzip_level", "_pending", "_turn", "_waiting")

    def __init__(self, file: FileHandle, index: int, info: Info) -> None:
        super().__init__(file, index, info)
        # What no file keeps, of an image that was made through this object.
        self._gzip_level: int | None = None
        # None, or what `extending` has not written yet.
        self._pending: list[Array] | None = None
        self._waiting = 0  # bytes of that
        self._turn = ForkLock()

    def _made_with(self, compression: Compression | None) -> None:
        """Remember what the image was made with and no file keeps."""
        self._gzip_level = getattr(compression, "level", None)

    # ---- description ----

    def _pixels(self) -> Pixels:
        self._flush()
        known = self._cached
        pixels = super()._pixels()
        if pixels is not known:  # the header was made out just now
            handle = self._file._handle()
            count = lib.rf_file_warning_count(handle)
            if count:
                warn_of_file(self._file, handle, count)
        return pixels

    def _append(self, kind: int, data: Array, mask: Array | None) -> None:
        super()._append(kind, data, mask)
        warn_of_writing(self._file)

    def _flush(self) -> None:
        if self._pending:
            self._write_pending()

    @property
    def bitpix(self) -> int:
        """BITPIX of the image: what is stored, but for the compression (ZBITPIX)."""
        stored = self._pixels().stored_dtype
        return 8 * stored.itemsize * (-1 if stored.kind == "f" else 1)

    @property
    def has_data(self) -> bool:
        """Whether there is at least one pixel."""
        return self.size > 0

    @property
    def compression(self) -> Compression:
        """How the image is compressed: what `compress` has to be to make another one like it.

        One of `Rice1`, `Gzip1`, `Gzip2`, `Hcompress1`, `Plio1` and `NoCompress`, with the shape of
        the tiles. No file says what ``level`` the gzip ones had: it is known only of images that
        were made through this object, and None once the file was opened again.
        """
        return with_level(self._compression()[0], self._gzip_level)

    @property
    def quantize(self) -> Quantize | None:
        """How reals were made integers, None for integers and for what is stored as it is.

        Its ``level`` is None where the file does not say it.
        """
        return self._compression()[1]

    @property
    def n_tiles(self) -> int:
        """Number of tiles."""
        self._flush()
        ntiles = ffi.new("uint64_t *")
        self._ask(ntiles)
        return int(ntiles[0])

    def _compression(self) -> tuple[Compression, Quantize | None]:
        found, tile = self._ask(ffi.NULL)
        given = from_c(found)
        del tile  # what it points at
        return given

    def _ask(self, ntiles: CData) -> tuple[CData, CData]:
        """Ask the C library how the image is compressed."""
        capacity = len(super()._pixels().shape)
        found = ffi.new("rf_compression *")
        found.size = ffi.sizeof("rf_compression")
        tile = ffi.new("uint64_t[]", capacity)
        err = error()
        check(
            lib.rf_image_get_compression(
                self._file._handle(), self._index, found, tile, capacity, ntiles, err
            ),
            err,
        )
        return found, tile

    # ---- reading ----

    def __getitem__(self, key: Any) -> Any:
        self._flush()
        return super().__getitem__(key)

    def view(self) -> Array:
        """Refuse: the pixels of a compressed image do not lie in the file.

        Raises
        ------
        FITSUnsupportedError
            Always. `read` and ``hdu[key]`` give arrays.
        """
        raise FITSUnsupportedError(
            f"{self._file.name}[{self._index}]: the pixels of a compressed image cannot be viewed "
            "in the file; use read() or hdu[key]"
        )

    # ---- writing ----

    def repack(self) -> int:
        """Give back the room of tiles that are elsewhere by now, or that nothing points at.

        Returns
        -------
        int
            By how many bytes the data became shorter.

        Raises
        ------
        FITSReadOnlyError
            The file was opened for reading.
        FITSFormatError
            A tile does not lie in the data.
        FITSIOError
            Writing failed.
        """
        self._flush()
        freed = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_image_repack(self._file._handle(), self._index, freed, err), err)
        return int(freed[0])

    def extend(self, data: ArrayLike, start: Sequence[SupportsIndex] | None = None) -> None:
        """Make axis 0 longer and write pixels there. The last tile is encoded again if it grows.

        To add many small parts, use `extending`.

        Parameters
        ----------
        data : array_like
            As for `ImageHDU.extend`.
        start : sequence of int, optional
            As for `ImageHDU.extend`.

        Raises
        ------
        FITSError
            As for `ImageHDU.extend`.
        """
        with self._turn:
            if start is not None or self._pending is None:
                super().extend(data, start)  # writes the pending pixels first
            else:
                self._file._handle()  # to be written it must be open
                self._keep(self._pending, np.asanyarray(plain_array(data)))

    @contextmanager
    def extending(self) -> Iterator[CompressedImageHDU]:
        """Extend several times in one ``with`` block, and encode each tile once.

        `extend` checks its pixels and keeps them until tiles can be filled. They are written when
        there are many, when anything else is asked of this object, and at the end of the block,
        also where it ends with an exception.

        Yields
        ------
        CompressedImageHDU
            This HDU.

        Raises
        ------
        FITSReadOnlyError
            The file was opened for reading.
        FITSIOError
            Writing failed.
        """
        with collecting_writes(self, self._turn, list):
            yield self

    def _keep(self, pending: list[Array], values: Array) -> None:
        """Check pixels as `extend` does, and keep a copy of them."""
        pixels = super()._pixels()
        if not pixels.shape or values.shape[1:] != pixels.shape[1:] or not values.ndim:
            raise FITSValueError(
                f"data of shape {values.shape} cannot extend an image of shape {pixels.shape} "
                "along axis 0"
            )
        kind, dtype, _ = cast(pixels, values)
        mask = mask_of(values)
        ready = np.array(np.ma.getdata(values), dtype, order="C")
        self._check(kind, ready, mask)
        pending.append(ready if mask is None else np.ma.MaskedArray(ready, mask))
        self._waiting += ready.nbytes
        if self._waiting < _WAITING:
            return
        rows = sum(len(part) for part in pending)
        tile = self._compression()[0].tile_shape
        over = (pixels.shape[0] + rows) % tile[0] if tile else 0
        self._write_pending(keep=over if over < rows else 0)

    def _write_pending(self, keep: int = 0) -> None:
        """Write what is kept, but for the last `keep` rows."""
        with self._turn:
            pending = self._pending
            if not pending:
                return
            self._pending = None  # what follows asks this object
            try:
                concatenate = (
                    np.ma.concatenate
                    if any(isinstance(part, np.ma.MaskedArray) for part in pending)
                    else np.concatenate
                )
                values = concatenate(pending)
                pending = []
                rows = len(values) - keep
                if rows:
                    super().extend(values[:rows])
                if keep:
                    pending = [values[rows:].copy()]
            finally:
                self._pending = pending
                self._waiting = sum(part.nbytes for part in pending)

    def _put(self, pixels: Pixels, axes: tuple[Axis, ...], values: Array) -> None:
        # In one go, so that no tile is encoded twice.
        kind, dtype, _ = cast(pixels, values)
        data = np.ascontiguousarray(np.ma.getdata(values), dtype)
        store_pixels(self._file, self._index, axes, kind, data, mask_of(values))
        warn_of_writing(self._file)

    def _describe(self) -> str:
        try:
            return f"{super()._describe()} {self._compression()[0].zcmptype}"
        except FITSError:
            return "cannot be made out"
