# SPDX-License-Identifier: BSD-3-Clause
"""Image HDUs: pixels as numpy arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.binding.arguments import max_threads
from rustfits._core.binding.arrays import Array, new_array, spread
from rustfits._core.binding.dtypes import F4, F8, PIXEL_DTYPES, PIXEL_TYPES
from rustfits._core.binding.errors import (
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.library import CData, check, error, failure, ffi, lib
from rustfits._core.binding.selection import Axis, c_axes, select, select_plain
from rustfits._core.foreign.images import as_values
from rustfits._core.header.hdu import HDU
from rustfits._core.image.cutouts import read_cutouts
from rustfits._core.image.grow import box, check_growth, grow_axes, reach
from rustfits._core.image.pixels import (
    Pixels,
    cast,
    check_out,
    check_start,
    check_values,
    mask_of,
    masked,
    put_pixels,
    shape_of,
    store_pixels,
)
from rustfits._core.image.request import SectionReader, pixel_request
from rustfits._core.image.view import map_pixels
from rustfits._core.remote.plan import Plan, make_plan

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike

__all__ = ["ImageHDU"]

# Before memory of this size is allocated, the last pixel is read: the file may be shorter than its
# header says.
_LARGE = 8 << 20
# Pixels of a section that is small, whatever their type.
_SMALL = _LARGE // 8
_new, _unpack, _get_info = ffi.new, ffi.unpack, lib.rf_image_get_info
_INFO_POINTER, _INFO_SIZE = ffi.typeof("rf_image_info *"), ffi.sizeof("rf_image_info")
_INFO_AXES = len(_new(_INFO_POINTER).axes)
_COUNT_POINTER, _LENGTHS = ffi.typeof("size_t *"), ffi.typeof("uint64_t[]")
_REAL = (lib.RF_F32, lib.RF_F64)


class ImageHDU(HDU):
    """An image: the primary array, or an IMAGE extension.

    ``hdu[key]`` and ``hdu[key] = values`` work as for a numpy array of the pixels. They read or
    write only the part of the file that `key` selects. The arrays have the byte order of the
    machine. They are contiguous, writable, and independent of the file.

    Notes
    -----
    Unsigned integers and signed bytes are stored with BZERO, as the FITS Standard defines it. They
    are read as unsigned integers and signed bytes. Any other BSCALE or BZERO gives ``float64``.
    """

    __slots__ = ("_reader",)

    _cached: Pixels | None
    _reader: SectionReader | None  # made from `_cached`

    # ---- description ----

    def _pixels(self) -> Pixels:
        """Return the facts about the pixels; after closing, the last ones."""
        file = self._file
        pixels = self._cached
        if pixels is not None and (file.closed or pixels.generation == file._generation()):
            return pixels
        handle, index = file._handle(), self._index
        generation = file._generation()
        info = _new(_INFO_POINTER)
        info.size = _INFO_SIZE
        err = error()
        check(_get_info(handle, index, info, err), err)
        kind, stored, naxis = info.dtype, info.stored, info.naxis
        if naxis <= _INFO_AXES:
            axes = info.axes
        else:
            axes = _new(_LENGTHS, naxis)
            count = _new(_COUNT_POINTER)
            check(lib.rf_image_get_axes(handle, index, axes, naxis, count, err), err)
            naxis = min(naxis, count[0])
        pixels = Pixels(
            generation,
            tuple(_unpack(axes, naxis)),
            kind,
            PIXEL_DTYPES[kind],
            stored,
            PIXEL_DTYPES[stored],
            kind in _REAL and not (info.bscale == 1.0 and info.bzero == 0.0),
            info.blank if info.has_blank else None,
        )
        self._reader = None
        self._cached = pixels
        return pixels

    def _pixels_to_use(self) -> Pixels:
        """Return the facts about the pixels of an image that has axes."""
        pixels = self._pixels()
        if not pixels.shape:
            raise FITSValueError(
                f"{self._file.name}[{self._index}]: the HDU has no data (NAXIS = 0)"
            )
        return pixels

    @property
    def shape(self) -> tuple[int, ...]:
        """Length of each axis, slowest first (NAXISn backwards); empty for an HDU without data."""
        return self._pixels().shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values that `read` returns."""
        return self._pixels().dtype

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._pixels().shape)

    @property
    def size(self) -> int:
        """Number of pixels, 0 for an HDU without data."""
        shape = self._pixels().shape
        return math.prod(shape) if shape else 0

    @property
    def bitpix(self) -> int:
        """BITPIX of the stored values."""
        return int(self._fresh().bitpix)

    @property
    def unit(self) -> str | None:
        """Value of BUNIT, None when it is absent."""
        value = self.header.get("BUNIT")
        return value.strip() if isinstance(value, str) else None

    def __len__(self) -> int:
        shape = self._pixels().shape
        if not shape:
            raise FITSTypeError(f"{self._file.name}[{self._index}]: len() of an image without axes")
        return shape[0]

    def __bool__(self) -> bool:
        return True

    # ---- reading ----

    def read(
        self,
        *,
        scale: bool = True,
        mask_blank: bool = False,
        dtype: DTypeLike | None = None,
        out: Array | None = None,
        threads: SupportsIndex | None = None,
    ) -> Array:
        """Read the whole image.

        Parameters
        ----------
        scale : bool
            Apply BSCALE and BZERO. If False, return the stored values.
        mask_blank : bool
            Return a masked array. Its mask is set where the stored value is BLANK (integers) or NaN
            (reals).
        dtype : dtype-like, optional
            Type of the result instead of `ImageHDU.dtype`: ``f4`` or ``f8`` for any image, or a
            type that holds all values of the image's own.
        out : numpy.ndarray, optional
            The array to read into. It has the shape of the image, is contiguous, has the byte order
            of the machine, and has the type of the image, ``f4`` or ``f8``. Reusing an array saves
            half of the time of a read.
        threads : int, optional
            The most threads that share the work. Several threads work on images of 8 MB or more,
            and on compressed images of several tiles. By default the `threads` of `FITS`.

        Returns
        -------
        numpy.ndarray or numpy.ma.MaskedArray
            The pixels; `out` itself if you passed it.

        Raises
        ------
        FITSValueError
            If the HDU has no data (NAXIS = 0), or an argument is not possible.
        FITSTypeError
            If the values cannot be converted to `dtype`.
        FITSTruncatedError
            If the file ends before the last pixel. Sections before that can be read.
        FITSIOError
            If reading fails.
        """
        pixels = self._pixels_to_use()
        if scale and not mask_blank and dtype is None and out is None and threads is None:
            return self._read_whole(pixels)
        own, kind = (
            (pixels.dtype, pixels.type) if scale else (pixels.stored_dtype, pixels.stored_type)
        )
        flags = 0 if scale else lib.RF_IMAGE_RAW
        wanted = own if dtype is None else np.dtype(dtype).newbyteorder("=")
        if out is not None:
            wanted = check_out(out, pixels.shape, None if dtype is None else wanted)
        read_as = wanted
        if wanted != own:
            if scale and wanted in (F4, F8):
                kind = PIXEL_TYPES[wanted]
            elif out is None and np.can_cast(own, wanted, "safe"):
                read_as = own
            else:
                raise FITSTypeError(f"pixels of type {own} cannot be read as {wanted}")
        if self.size * read_as.itemsize >= _LARGE:
            self._read_last(tuple(Axis(0, 1, length) for length in pixels.shape), pixels)
        data = new_array(pixels.shape, read_as) if out is None else out
        mask = new_array(pixels.shape, bool) if mask_blank else None
        self._fill(None, kind, data, mask, flags=flags, threads=max_threads(threads))
        if read_as != wanted:
            data = data.astype(wanted)
        if mask is None:
            return data
        return masked(data, mask, pixels, scale)

    def plan(self, key: Any = ...) -> Plan:
        """Return what ``hdu[key]`` needs of the file, without reading pixels.

        Parameters
        ----------
        key : index
            As for ``hdu[key]``. By default the whole image.

        Returns
        -------
        Plan
            The byte ranges, and their sum. For a compressed image, the rows of the table that say
            where the tiles are must be read for it.

        Raises
        ------
        FITSIndexError, FITSTypeError
            If `key` is no index of the image.
        """
        pixels = self._pixels_to_use()
        axes = c_axes(select(key, pixels.shape).axes)
        request = pixel_request(pixels.type, np.empty(0, pixels.dtype), axes=axes)
        handle = self._file._handle()
        return make_plan(
            "rf_image_ranges",
            lambda found, err: lib.rf_image_plan(handle, self._index, request, found, err),
        )

    def _read_whole(self, pixels: Pixels) -> Array:
        """Read the whole image with the default arguments."""
        shape, dtype = pixels.shape, pixels.dtype
        if math.prod(shape) * dtype.itemsize >= _LARGE:
            self._read_last(tuple(Axis(0, 1, length) for length in shape), pixels)
        data = new_array(shape, dtype)
        self._fill(None, pixels.type, data)
        return data

    def __getitem__(self, key: Any) -> Any:
        if self._cached is None:
            self._pixels()
        reader = self._reader or self._make_reader()
        # The commonest key is two slices of a plane. Cutting many small stamps takes its time here.
        if type(key) is tuple and len(key) == 2 == len(reader.shape):
            rows, columns = key
            if type(rows) is slice is type(columns) and rows.step is None is columns.step:
                top, left, bottom, right = rows.start, columns.start, rows.stop, columns.stop
                if not (type(top) is type(left) is type(bottom) is type(right) is int):
                    top, bottom, _ = rows.indices(reader.shape[0])
                    left, right, _ = columns.indices(reader.shape[1])
                height, width = bottom - top, right - left
                if height > 0 < width and height * width <= _SMALL and not self._file.closed:
                    numbers = (top, 1, height, 0, left, 1, width, 0)
                    data = reader.read((height, width), numbers)
                    if data is not None:
                        return data
                return self._get(key)
        found = select_plain(key, reader.shape)
        if found is not None and not self._file.closed:
            counts, members, indices, scalar = found
            if math.prod(counts) <= _SMALL:
                data = reader.read(counts, members)
                del indices  # `members` point at them
                if data is not None:
                    return data[()] if scalar else data
        # `_get` handles every other key, and raises the exceptions.
        return self._get(key)

    def _get(self, key: Any) -> Any:
        """Read the pixels that `key` selects."""
        pixels = self._pixels_to_use()
        selection = select(key, pixels.shape)
        if math.prod(selection.shape) * pixels.dtype.itemsize >= _LARGE:
            self._read_last(selection.axes, pixels)
        data = new_array(selection.shape, pixels.dtype)
        self._fill(c_axes(selection.axes), pixels.type, data)
        return selection.to_result(data)

    def _make_reader(self) -> SectionReader:
        """Return a new reader for small sections."""
        pixels = self._pixels_to_use()
        reader = SectionReader(
            self._file._handle(),
            self._index,
            pixels.generation,
            pixels.shape,
            pixels.type,
            pixels.dtype,
        )
        self._reader = reader
        return reader

    def _fill(
        self,
        axes: CData | None,
        kind: int,
        data: Array,
        mask: Array | None = None,
        *,
        flags: int = 0,
        threads: int = 0,
    ) -> None:
        """Read a section into `data`, and the places of BLANK into `mask`."""
        handle = self._file._handle()
        if data.size:
            request = pixel_request(kind, data, mask, axes=axes, flags=flags, threads=threads)
            err = error()
            status = lib.rf_image_read(handle, self._index, request, err)
            if status:
                raise failure(status, err)

    def _read_last(self, axes: tuple[Axis, ...], pixels: Pixels) -> None:
        """Read the last pixel of a section, which fails if the file is too short.

        It comes before memory for all pixels is allocated: their number is a claim of the header.
        For streams it does nothing.
        """
        if self._file.is_stream():
            return
        corner = tuple(
            Axis(
                max(axis.start, axis.start + (axis.length - 1) * axis.step)
                if axis.indices is None
                else int(axis.indices.max()),
                1,
                1,
            )
            for axis in axes
        )
        self._fill(c_axes(corner), pixels.type, np.empty(1, pixels.dtype))

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise FITSValueError("cannot make an array of the pixels without a copy")
        data = self.read()
        return data if dtype is None else data.astype(dtype, copy=False)

    def cutouts(
        self,
        centres: ArrayLike,
        shape: SupportsIndex | Sequence[SupportsIndex],
        *,
        fill: float | None = None,
        mask_blank: bool = False,
    ) -> Array:
        """Read cutouts of one shape around given pixels.

        For remote files, the byte ranges of all cutouts are downloaded together.

        Parameters
        ----------
        centres : array_like
            One row per cutout: its middle pixel, 0-based, slowest axis first as in ``hdu[key]``. If
            a length is even, the pixel is the first one after the middle. Fractions are rounded to
            the nearest pixel.
        shape : int or sequence of int
            Shape of a cutout; one number for all axes.
        fill : number, optional
            Value of pixels outside the image. By default NaN for reals, and for integers BLANK if
            the image has it, else 0.
        mask_blank : bool
            Return a masked array. Its mask is set outside the image, and where the stored value is
            BLANK (integers) or NaN (reals).

        Returns
        -------
        numpy.ndarray or numpy.ma.MaskedArray
            The cutouts, an array of shape ``(len(centres), *shape)``.

        Raises
        ------
        FITSValueError, FITSTypeError
            If `centres` or `shape` do not fit the axes of the image, or `fill` its type.
        FITSIOError, FITSTruncatedError
            If reading fails.
        """
        pixels = self._pixels_to_use()
        return read_cutouts(self._file, self._index, pixels, centres, shape, fill, mask_blank)

    def view(self) -> Array:
        """Return the stored pixels as a read-only, big-endian array over the file itself.

        The file is one of the system, or in shared memory.

        The call reads nothing. The system reads pages of the file when you access them. The values
        are the stored ones: BSCALE and BZERO are not applied.

        Returns
        -------
        numpy.ndarray
            The array has a mapping of its own. It stays valid after the `FITS` object is closed or
            deleted. Later writes to these pixels are visible in it. It shows the file that was
            opened, even if another file takes its name.

        Raises
        ------
        FITSUnsupportedError
            If the file is compressed, remote or in private memory.
        FITSChangedError
            If another program changed the HDU in the file.
        FITSTruncatedError
            If the file ends before the last pixel.
        FITSValueError
            If the HDU has no data (NAXIS = 0).
        FITSIOError
            If mapping fails.

        Warnings
        --------
        If another program truncates the file while you use the array, the operating system ends
        this process (SIGBUS), as for every mapping. The library guards `read` and ``hdu[key]``
        against this, but not your code.
        """
        return map_pixels(self._file, self._index, self._pixels_to_use())

    # ---- writing ----

    def write(
        self,
        data: ArrayLike,
        start: Sequence[SupportsIndex] | None = None,
        *,
        grow: bool = False,
    ) -> None:
        """Write pixels.

        Parameters
        ----------
        data : array_like
            The image, or with `start` a part of it. Masked pixels are stored as BLANK or NaN.
        start : sequence of int, optional
            Position of the first pixel, one number for each axis, slowest first. By default the
            first pixel of the image.
        grow : bool
            Make axes longer where `data` extends beyond them. Each pixel keeps its position, and
            the pixels that are then neither old nor in `data` are stored as 0. The HDUs after this
            one move. An HDU without data gets the axes of `data`.

        Raises
        ------
        FITSValueError
            If the shape or a value does not fit, or pixels are masked or NaN and the image has no
            BLANK. Nothing is written.
        FITSTypeError
            If the type of the values does not fit (float values for an integer image).
        FITSReadOnlyError
            If the file was opened for reading.
        FITSUnsupportedError
            If a compressed image would grow along another axis than axis 0.
        FITSTruncatedError
            If the image would grow, and the data unit is shorter than the header says.
        FITSIOError
            If writing fails.

        Notes
        -----
        With `grow`, the new shape and the pixels are one change of the file, which has the old
        image until then. Growth along axis 0 is cheap. Along another axis, all pixels move.
        """
        if grow:
            values = as_values(self, data)
            self._grow((0,) * (self.ndim or values.ndim) if start is None else start, values)
            return
        pixels = self._pixels_to_use()
        values = as_values(self, data)
        if start is None:
            if values.shape != pixels.shape:
                raise FITSValueError(
                    f"data of shape {values.shape} for an image of shape {pixels.shape}; "
                    "give start= to write a part"
                )
            places = (0,) * len(pixels.shape)
        else:
            places = check_start(start, values.shape, pixels.shape)
        self._put(pixels, box(places, values.shape), values)

    def __setitem__(self, key: Any, value: Any) -> None:
        pixels = self._pixels_to_use()
        selection = select(key, pixels.shape)
        if value is np.ma.masked:  # a float64, whose type has no meaning
            value = np.ma.MaskedArray(np.zeros((), pixels.dtype), True)
        values = as_values(self, value)
        shape = selection.result_shape
        while values.ndim > len(shape) and values.shape[0] == 1:
            values = values[0]
        if values.shape != shape:
            try:
                values = spread(values, shape)
            except ValueError:
                raise FITSValueError(
                    f"could not broadcast input array from shape {values.shape} into shape {shape}"
                ) from None
        values = selection.from_result(values)
        # Ints are axes of length 1 that the result of numpy does not have.
        counts = tuple(axis.length for axis in selection.axes)
        self._put(pixels, selection.axes, values.reshape(counts))

    def extend(
        self,
        data: ArrayLike,
        start: Sequence[SupportsIndex] | None = None,
        *,
        grow: bool = False,
    ) -> None:
        """Make axis 0 longer and write pixels there. The HDUs after this one move.

        Parameters
        ----------
        data : array_like
            The pixels. Without `start` and `grow`, the shape must be that of the image but for
            axis 0.
        start : sequence of int, optional
            The position of the first pixel, one number for each axis. Axis 0 grows as far as `data`
            reaches; the pixels that are then neither old nor in `data` are stored as 0. By default
            `data` follows the last plane.
        grow : bool
            Make the other axes longer too, as in `write`.

        Raises
        ------
        FITSValueError, FITSTypeError, FITSReadOnlyError, FITSUnsupportedError, FITSIOError
            As for `write`.
        FITSTruncatedError
            If the data unit is shorter than the header says.
        """
        shape = self._pixels().shape if grow else self._pixels_to_use().shape
        values = as_values(self, data)
        if start is not None and not grow:
            check_start(start, values.shape, (2**63 - 1, *shape[1:]))
        elif not grow and (values.ndim != len(shape) or values.shape[1:] != shape[1:]):
            raise FITSValueError(
                f"data of shape {values.shape} cannot extend an image of shape {shape} along axis 0"
            )
        if start is None:
            start = (*shape[:1], *(0,) * (len(shape or values.shape) - len(shape[:1])))
        self._grow(start, values)

    def _grow(self, start: Sequence[SupportsIndex], values: Array) -> None:
        """Write `values` at `start`, after the axes were made long enough."""
        pixels = self._pixels()
        places = check_growth(start, values.shape, pixels.shape)
        wanted = reach(places, values.shape, pixels.shape)
        if wanted == pixels.shape:
            self._put(pixels, box(places, values.shape), values)
            return
        kind, dtype, _ = cast(pixels, values)
        if values.size == 0:  # no pixels, but a position
            grow_axes(self._file, self._index, wanted)
            return
        axes = box(places, values.shape)
        self._store(axes, kind, np.ascontiguousarray(np.ma.getdata(values), dtype), mask_of(values))

    def _store(self, axes: tuple[Axis, ...], kind: int, data: Array, mask: Array | None) -> None:
        """Write contiguous values of a type that the C library takes; axes may grow."""
        store_pixels(self._file, self._index, axes, kind, data, mask, lib.RF_IMAGE_GROW)

    def reshape(self, shape: SupportsIndex | Sequence[SupportsIndex]) -> None:
        """Change the shape of the image in the file.

        Pixels keep their C order. Pixels beyond the new size are removed; new pixels are stored as
        0. The HDUs after it move.

        Parameters
        ----------
        shape : int or sequence of int
            New length of each axis, slowest first; at least one axis.

        Raises
        ------
        FITSValueError
            If `shape` is not a valid image shape.
        FITSUnsupportedError
            If the image is compressed.
        FITSTruncatedError
            If the data unit is shorter than the header says.
        FITSReadOnlyError, FITSIOError
            If writing is not possible, or fails.
        """
        axes = shape_of(shape)
        err = error()
        pointer = ffi.new("uint64_t[]", axes)
        check(lib.rf_image_reshape(self._file._handle(), self._index, pointer, len(axes), err), err)

    def _check(self, kind: int, data: Array, mask: Array | None) -> None:
        """Check whether the image takes values, before it grows."""
        request, handle, err = pixel_request(kind, data, mask), self._file._handle(), error()
        check_values(lib.rf_image_check(handle, self._index, request, err), err)

    @contextmanager
    def extending(self) -> Iterator[ImageHDU]:
        """Extend several times in one ``with`` block.

        Each `extend` writes its pixels at once. For compressed images, the block collects them.

        Yields
        ------
        ImageHDU
            This HDU.
        """
        self._file._handle()
        yield self

    def _put(self, pixels: Pixels, axes: tuple[Axis, ...], values: Array) -> None:
        """Write values of any type, in the order of the image, to a section."""
        kind, dtype, certain = cast(pixels, values)
        put_pixels(self._file, self._index, axes, kind, dtype, values, at_once=not certain)

    def _describe(self) -> str:
        pixels = self._pixels()
        return f"{pixels.dtype} {pixels.shape}" if pixels.shape else "no data"
