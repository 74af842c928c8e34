# SPDX-License-Identifier: BSD-3-Clause
"""`CompressedImageHDU`: images whose pixels are in compressed tiles."""

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
from rustfits._core.binding.library import CData, check, error, ffi, lib
from rustfits._core.binding.locks import ForkLock
from rustfits._core.binding.warnings import warn_of_file, warn_of_writing
from rustfits._core.compression.algorithms import Compression, with_level
from rustfits._core.compression.compressed import Compressed, collecting_writes
from rustfits._core.compression.quantize import Quantize
from rustfits._core.compression.spec import from_c
from rustfits._core.foreign.images import as_values
from rustfits._core.image.image import ImageHDU
from rustfits._core.image.pixels import Pixels, cast, mask_of, store_pixels

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.binding.selection import Axis
    from rustfits._core.header.hdu import Info

__all__ = ["CompressedImageHDU"]

# `extending` writes when the pending rows have this many bytes.
_WAITING = 16 << 20


class CompressedImageHDU(Compressed, ImageHDU):
    """A tile-compressed image (FITS 10.1): a binary table, each row of which is a tile.

    It has all methods of `ImageHDU`, except for `view`. Reading a section decodes its tiles only,
    and keeps them for later reads (`tile_cache_size`). Writing encodes the changed tiles again. If
    one becomes larger, its old place is unused until `repack`.

    Notes
    -----
    Quantized pixels are read as approximations. Writing to some pixels of a tile does not change
    the values of its other pixels.
    """

    __slots__ = ("_gzip_level", "_pending", "_turn", "_waiting")

    def __init__(self, file: FileHandle, index: int, info: Info) -> None:
        super().__init__(file, index, info)
        # The level of gzip, which files do not store, of an image that this object created.
        self._gzip_level: int | None = None
        # The pending rows of `extending`, and their bytes.
        self._pending: list[Array] | None = None
        self._waiting = 0
        self._turn = ForkLock()

    def _made_with(self, compression: Compression | None) -> None:
        """Store the options of a new image that files do not store."""
        self._gzip_level = getattr(compression, "level", None)

    # ---- description ----

    def _pixels(self) -> Pixels:
        self._flush()
        known = self._cached
        pixels = super()._pixels()
        if pixels is not known:  # the header was read just now
            handle = self._file._handle()
            count = lib.rf_file_get_warning_count(handle)
            if count:
                warn_of_file(self._file, handle, count)
        return pixels

    def _store(self, axes: tuple[Axis, ...], kind: int, data: Array, mask: Array | None) -> None:
        super()._store(axes, kind, data, mask)
        warn_of_writing(self._file)

    def _flush(self) -> None:
        if self._pending:
            self._write_pending()

    @property
    def bitpix(self) -> int:
        """The BITPIX of the uncompressed image (ZBITPIX)."""
        stored = self._pixels().stored_dtype
        return 8 * stored.itemsize * (-1 if stored.kind == "f" else 1)

    @property
    def has_data(self) -> bool:
        """Whether the image has a pixel."""
        return self.size > 0

    @property
    def compression(self) -> Compression:
        """The compression of the image, as ``compress=`` takes it.

        It is one of `Rice1`, `Gzip1`, `Gzip2`, `Hcompress1`, `Plio1` and `NoCompress`, with the
        shape of the tiles. Files do not store the ``level`` of gzip, so it is None unless this
        object created the image.
        """
        return with_level(self._compression()[0], self._gzip_level)

    @property
    def quantize(self) -> Quantize | None:
        """The quantizing of floating-point pixels, or None for lossless compression.

        Its ``level`` is None if the file does not say it.
        """
        return self._compression()[1]

    @property
    def n_tiles(self) -> int:
        """The number of tiles."""
        self._flush()
        ntiles = ffi.new("uint64_t *")
        self._get_compression(ntiles)
        return int(ntiles[0])

    def _compression(self) -> tuple[Compression, Quantize | None]:
        found, tile = self._get_compression(ffi.NULL)
        given = from_c(found)
        del tile  # `found` points at it
        return given

    def _get_compression(self, ntiles: CData) -> tuple[CData, CData]:
        """Return the ``rf_compression *`` of the image, and the memory that it points at."""
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
        """Raise `FITSUnsupportedError`: files do not contain the pixels of a compressed image.

        Raises
        ------
        FITSUnsupportedError
            Always. `read` and ``hdu[key]`` return arrays.
        """
        raise FITSUnsupportedError(
            f"{self._file.name}[{self._index}]: the pixels of a compressed image cannot be viewed "
            "in the file; use read() or hdu[key]"
        )

    # ---- writing ----

    def repack(self) -> int:
        """Remove the unused parts of the heap, and shorten the file.

        Returns
        -------
        int
            The number of bytes that were removed.

        Raises
        ------
        FITSReadOnlyError
            If the file was opened for reading.
        FITSFormatError
            If a tile is outside the data unit.
        FITSIOError
            If writing failed.
        """
        self._flush()
        freed = ffi.new("uint64_t *")
        err = error()
        check(lib.rf_image_repack(self._file._handle(), self._index, freed, err), err)
        return int(freed[0])

    def extend(
        self,
        data: ArrayLike,
        start: Sequence[SupportsIndex] | None = None,
        *,
        grow: bool = False,
    ) -> None:
        """Make axis 0 longer and write pixels there. The last tile is encoded again if it grows.

        To add many small parts, use `extending`.

        Parameters
        ----------
        data : array_like
            As for `ImageHDU.extend`.
        start : sequence of int, optional
            As for `ImageHDU.extend`.
        grow : bool
            As for `ImageHDU.extend`. Only axis 0 can grow.

        Raises
        ------
        FITSError
            As for `ImageHDU.extend`.
        """
        with self._turn:
            if grow or start is not None or self._pending is None:
                super().extend(data, start, grow=grow)  # writes the pending pixels first
            else:
                self._file._handle()  # raises if the file is closed
                self._keep(self._pending, as_values(self, data))

    @contextmanager
    def extending(self) -> Iterator[CompressedImageHDU]:
        """Extend several times in one ``with`` block, and encode each tile once.

        `extend` checks its pixels and collects them until they fill tiles. They are written when
        there are many, before any other use of this object, and at the end of the block, even if it
        raises.

        Yields
        ------
        CompressedImageHDU
            This HDU.

        Raises
        ------
        FITSReadOnlyError
            If the file was opened for reading.
        FITSIOError
            If writing failed.
        """
        with collecting_writes(self, self._turn, list):
            yield self

    def _keep(self, pending: list[Array], values: Array) -> None:
        """Check pixels as `extend` does, and collect a copy of them."""
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
        """Write the pending rows, except for the last `keep` rows."""
        with self._turn:
            pending = self._pending
            if not pending:
                return
            self._pending = None  # because the calls below flush this object
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
            return "invalid image"
