# SPDX-License-Identifier: BSD-3-Clause
"""The image HDUs of a file as named arrays with named dimensions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.file.fits import FITS
from rustfits._core.header.header import FITSHeader, is_protected_key
from rustfits._core.image.image import ImageHDU

__all__ = ["Extension", "NamedImage", "header_attributes", "named_images"]

#: What selects an HDU: its index, name, or name and version.
Extension: TypeAlias = "int | str | tuple[str, int]"

_AXES = "xyz"
# Attributes by which xarray decodes values.
_CONVENTIONS = {
    "_FillValue",
    "_Unsigned",
    "add_offset",
    "calendar",
    "coordinates",
    "dtype",
    "grid_mapping",
    "missing_value",
    "scale_factor",
    "units",
}
# The EXTNAME of every compressed image by some programs, and the metadata of Zarr.
_NO_NAMES = ("COMPRESSED_IMAGE", "zarr.json")


class NamedImage(NamedTuple):
    """An image HDU with the names that it has in a data set."""

    name: str
    dims: tuple[str, ...]
    hdu: ImageHDU


def named_images(
    fits: FITS, ext: Extension | Sequence[Extension] | None = None
) -> list[NamedImage]:
    """Return the images of a file with names for them and for their axes.

    The name is EXTNAME, or ``HDU<n>``. Of several HDUs of one name, the first one keeps it. Others
    get ``<EXTNAME>_<EXTVER>`` if EXTVER is not 1, else ``HDU<n>``. The axes of the first image are
    ``x``, ``y``, ``z``, ``axis4`` ..., fastest first. So are those of all images of its shape. The
    axes of images of another shape are ``<name>_x`` and so on, with the name of the first image
    that has the shape.

    Parameters
    ----------
    fits : FITS
        The file.
    ext : int, str, (str, int), or list of them, optional
        The HDUs. By default all images that have axes.

    Raises
    ------
    FITSTypeError
        If `ext` selects an HDU that is no image.
    FITSValueError
        If `ext` selects an image without axes, or no HDU is an image with axes.
    """
    hdus = list(_selected(fits, ext))
    if not hdus:
        raise FITSValueError(f"{fits._file.name}: no HDU is an image with data")
    names: list[str] = []
    for hdu in hdus:
        names.append(_free_name(hdu, names))
    by_shape: dict[tuple[int, ...], tuple[str, ...]] = {}
    taken = set(names)
    for hdu, name in zip(hdus, names, strict=True):
        if hdu.shape not in by_shape:
            by_shape[hdu.shape] = _dims(name if by_shape else "", hdu.ndim, taken)
    return [
        NamedImage(name, by_shape[hdu.shape], hdu) for hdu, name in zip(hdus, names, strict=True)
    ]


def _selected(fits: FITS, ext: Extension | Sequence[Extension] | None) -> Iterator[ImageHDU]:
    if ext is None:
        for hdu in fits:
            if isinstance(hdu, ImageHDU) and hdu.shape:
                yield hdu
        return
    for key in ext if isinstance(ext, list) else [ext]:
        hdu = fits[key]  # type: ignore[index]
        where = f"{fits._file.name}[{hdu.index}]"
        if not isinstance(hdu, ImageHDU):
            raise FITSTypeError(f"{where}: ext= selects an HDU of kind {hdu.kind!r}, not an image")
        if not hdu.shape:
            raise FITSValueError(f"{where}: the HDU has no data (NAXIS = 0)")
        yield hdu


def _free_name(hdu: ImageHDU, taken: list[str]) -> str:
    """Return the name of an HDU, which is also one path component."""
    number = f"HDU{hdu.index}"
    name = re.sub(r"[/\\\0]", "_", (hdu.extname or "").strip())
    if not name.strip(".") or name.startswith("__") or name in _NO_NAMES:
        return number
    if name not in taken:
        return name
    versioned = f"{name}_{hdu.extver}"
    return versioned if hdu.extver != 1 and versioned not in taken else number


def _dims(prefix: str, ndim: int, taken: set[str]) -> tuple[str, ...]:
    axes = [_AXES[i] if i < len(_AXES) else f"axis{i + 1}" for i in range(ndim)]
    names = [f"{prefix}_{axis}" if prefix else axis for axis in reversed(axes)]
    while not taken.isdisjoint(names):
        names = [name + "_" for name in names]
    taken.update(names)
    return tuple(names)


def header_attributes(header: FITSHeader, *, scaling: bool = False) -> dict[str, Any]:
    """Return the cards of a header as attributes that JSON can store.

    Cards of the structure are left out. COMMENT and HISTORY are lists of texts, complex numbers
    lists of two numbers.

    Parameters
    ----------
    header : FITSHeader
        The header.
    scaling : bool
        Whether BSCALE, BZERO and BLANK stay, because the values are the stored ones.
    """
    made: dict[str, Any] = {}
    for key in header:
        if is_protected_key(key) and not (
            key == "BLANK" or (scaling and key in ("BSCALE", "BZERO"))
        ):
            continue
        value = header[key]
        # Readers would apply attributes of these names to the values.
        made[key.upper() if key in _CONVENTIONS else key] = (
            [value.real, value.imag] if isinstance(value, complex) else value
        )
    return made
