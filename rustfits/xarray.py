# SPDX-License-Identifier: BSD-3-Clause
"""The xarray backend: ``xarray.open_dataset("image.fits", engine="rustfits")``.

The module imports xarray. xarray finds it by its entry point ``xarray.backends``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from weakref import ref

import numpy as np

try:
    from xarray import Dataset, Variable
    from xarray.backends import BackendArray, BackendEntrypoint, CachingFileManager
    from xarray.core import indexing
except ImportError as _missing:
    raise ImportError("rustfits.xarray needs the package xarray: pip install xarray") from _missing

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.arrays import Array, new_array
from rustfits._core.binding.errors import FITSChangedError, FITSClosedError
from rustfits._core.binding.handle import name_bytes
from rustfits._core.binding.library import lib
from rustfits._core.binding.names import allowed_schemes
from rustfits._core.binding.selection import c_axes, select
from rustfits._core.collect.identity import identity_of
from rustfits._core.collect.images import Extension, NamedImage, header_attributes, named_images
from rustfits._core.collect.names import absolute_name
from rustfits._core.collect.plan import chunk_shape, tile_shape
from rustfits._core.driver.opening import is_file_object
from rustfits._core.file.fits import FITS
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU
from rustfits._core.remote.remote import Remote

__all__ = ["FITSBackendEntrypoint"]

_SUFFIXES = (".fits", ".fits.gz", ".fits.fz", ".fz")
# Pixels of a preferred chunk of a plain image.
_CHUNK_BYTES = 16 << 20
# Opened files that another thread closes for want of descriptors are opened again, so often.
_TRIES = 8


class FITSBackendEntrypoint(BackendEntrypoint):  # type: ignore[misc]
    """Opens the images of FITS files. Values are read when they are needed."""

    description = "Open the images of FITS files (.fits, .fits.fz, .fits.gz) by rustfits"
    open_dataset_parameters = (
        "filename_or_obj",
        "drop_variables",
        "mask_and_scale",
        "ext",
        "remote",
        "schemes",
        "threads",
    )
    supports_groups = False

    def guess_can_open(self, filename_or_obj: Any) -> bool:
        """Return whether a name is that of a FITS file.

        Parameters
        ----------
        filename_or_obj : object
            The argument of ``xarray.open_dataset``.
        """
        if not isinstance(filename_or_obj, (str, os.PathLike)):
            return False
        name = os.fspath(filename_or_obj)
        if not isinstance(name, str):
            return False
        if "://" in name:
            name = name.partition("?")[0]
        return name.lower().endswith(_SUFFIXES)

    def open_dataset(
        self,
        filename_or_obj: Any,
        *,
        drop_variables: str | Iterable[str] | None = None,
        mask_and_scale: bool | None = None,
        ext: Extension | Sequence[Extension] | None = None,
        remote: Remote | str | None = None,
        schemes: Iterable[str] | None = None,
        threads: int | None = None,
    ) -> Dataset:
        """Open the images of a file as variables.

        Parameters
        ----------
        filename_or_obj : str, os.PathLike or file object
            The file, as for `FITS`.
        drop_variables : str or iterable of str, optional
            The names of variables that are left out.
        mask_and_scale : bool, optional
            By default values are those of `ImageHDU.read`. True also makes BLANK of integers NaN,
            so that an image with BLANK becomes real. False keeps the stored values, with BSCALE,
            BZERO and BLANK as attributes.
        ext : int, str, (str, int), or list of them, optional
            The HDUs. By default all images that have axes.
        remote : Remote or {"ranged", "download"}, optional
            How to fetch a remote file.
        schemes : iterable of str, optional
            The schemes that names may have, as for `FITS`.
        threads : int, optional
            The maximum number of threads of one read, as for `FITS`.

        Returns
        -------
        xarray.Dataset
            The images, named by EXTNAME or ``HDU<n>``. The attributes are those of the primary
            header. The data set must be closed, as its file is.

        Raises
        ------
        FITSError
            If the file cannot be opened, or has no image with data. See `FITS`.
        """
        file = _File(filename_or_obj, remote, schemes, threads)
        try:
            fits = file.fits()
            dropped = set(name_list("drop_variables", drop_variables) or ())
            variables = {
                image.name: _variable(file, image, mask_and_scale)
                for image in named_images(fits, ext)
                if image.name not in dropped
            }
            made = Dataset(variables, attrs=header_attributes(fits[0].header))
        except BaseException:
            file.close()
            raise
        made.set_close(file.close)
        return made


class _File:
    """A file that is opened when it is needed, also in another process.

    xarray limits the number of files that are open at once.
    """

    def __init__(
        self,
        name: Any,
        remote: Remote | str | None,
        schemes: Iterable[str] | None,
        threads: int | None,
    ) -> None:
        if isinstance(name, os.PathLike) and not hasattr(name, "fs"):
            name = os.fspath(name)
        if isinstance(name, str):
            name = absolute_name(name)
        elif not is_file_object(name) and not hasattr(name, "fs"):
            name_bytes(name)  # raises
        self._name = name
        allowed = allowed_schemes(schemes)
        opener = partial(FITS, remote=remote, schemes=allowed, threads=threads)
        self._manager = CachingFileManager(opener, name, mode="r", lock=False)
        #: The open file that was compared with `_identity`.
        self._checked: Any = None
        self._identity = None
        if not is_file_object(name):
            self._identity = identity_of(str(name), self._manager.acquire())

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_checked": None}

    def fits(self) -> FITS:
        """Return the open file.

        Raises
        ------
        FITSChangedError
            If the file is not the one that was opened first.
        """
        fits: FITS = self._manager.acquire()
        if self._identity is not None and (self._checked is None or self._checked() is not fits):
            found = identity_of(str(self._name), fits)
            self._identity.check(found, fits._file.name, "the data set was opened")
            self._checked = ref(fits)
        return fits

    def close(self) -> None:
        """Close the file."""
        self._manager.close()


class _LazyImage(BackendArray):  # type: ignore[misc]
    """The pixels of an HDU, for xarray."""

    def __init__(self, file: _File, hdu: ImageHDU, mask_and_scale: bool | None) -> None:
        pixels = hdu._pixels()
        self._file = file
        self._index = hdu.index
        self._mode = mask_and_scale
        self.shape = pixels.shape
        self.dtype = pixels.stored_dtype if mask_and_scale is False else pixels.dtype
        if mask_and_scale and pixels.blank is not None:
            self.dtype = np.result_type(pixels.dtype, np.float32)

    def __getitem__(self, key: Any) -> Any:
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER_1VECTOR, self._read
        )

    def _read(self, key: tuple[Any, ...]) -> Array:
        for left in reversed(range(_TRIES)):
            fits = self._file.fits()
            try:
                return self._read_from(fits[self._index], key)
            except FITSClosedError:
                if not left:
                    raise
        raise AssertionError

    def _read_from(self, hdu: Any, key: tuple[Any, ...]) -> Array:
        if not isinstance(hdu, ImageHDU) or hdu.shape != self.shape:
            raise FITSChangedError(
                f"{hdu._file.name}[{hdu.index}]: the HDU has changed since the data set was opened"
            )
        pixels = hdu._pixels()
        if self._mode is None or (self._mode and pixels.blank is None):
            return np.asarray(hdu[key])
        selection = select(key, pixels.shape)
        stored = self._mode is False
        kind = pixels.stored_type if stored else pixels.type
        data = new_array(selection.shape, pixels.stored_dtype if stored else pixels.dtype)
        mask = None if stored else new_array(selection.shape, bool)
        flags = lib.RF_IMAGE_RAW if stored else 0
        hdu._fill(c_axes(selection.axes), kind, data, mask, flags=flags)
        if mask is not None:
            data = data.astype(self.dtype, copy=False)
            data[mask] = np.nan
        return np.asarray(selection.to_result(data))


def _variable(file: _File, image: NamedImage, mask_and_scale: bool | None) -> Variable:
    hdu = image.hdu
    data = indexing.LazilyIndexedArray(_LazyImage(file, hdu, mask_and_scale))
    attributes = header_attributes(hdu.header, scaling=mask_and_scale is False)
    if mask_and_scale:
        attributes.pop("BLANK", None)
    chunks = tile_shape(hdu)
    if not isinstance(hdu, CompressedImageHDU):
        chunks = chunk_shape(hdu.shape, chunks, _CHUNK_BYTES // hdu.dtype.itemsize)
    encoding = {"preferred_chunks": dict(zip(image.dims, chunks, strict=True))}
    return Variable(image.dims, data, attributes, encoding)
