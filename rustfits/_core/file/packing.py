# SPDX-License-Identifier: BSD-3-Clause
"""Pack and unpack whole files: from plain to tile-compressed HDUs and back."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from rustfits._core.binding.convert import copy_hdu, pack_hdu
from rustfits._core.binding.convert import unpack_hdu as convert_unpack
from rustfits._core.binding.errors import FITSExistsError, FITSTypeError, FITSValueError
from rustfits._core.binding.names import shown
from rustfits._core.binding.warnings import warn_of_writing
from rustfits._core.compression.algorithms import Compression, Hcompress1
from rustfits._core.compression.quantize import Quantize
from rustfits._core.compression.spec import (
    as_compression,
    as_quantize,
    c_compression,
    check_compression,
)
from rustfits._core.driver.opening import FileLike, is_file_object
from rustfits._core.file.fits import FITS
from rustfits._core.header.values import COMMENTARY, is_protected_key
from rustfits._core.image.compressed import CompressedImageHDU
from rustfits._core.image.image import ImageHDU

if TYPE_CHECKING:
    from rustfits._core.compression.spec import CompressLike, QuantizeLike
    from rustfits._core.header.hdu import HDU

__all__ = ["Outcome", "convert", "pack", "unpack"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
# Files of these schemes end with their handle.
_UNKEPT = re.compile(r"(?i:mem|memkeep|file)://")
_STREAM = re.compile(r"-\Z|(?i:stream|stdout|fd)://")
#: Called with the number of input bytes that are done, and with the total.
Progress: TypeAlias = Callable[[int, int], object]
#: Appends an HDU to another file. Returns a description of the loss, or None.
_Step: TypeAlias = "Callable[[FITS, HDU, FITS], str | None]"


class Outcome(NamedTuple):
    """The result for one HDU."""

    hdu: int
    kind: str
    lossy: str | None  # a description of the loss; None: lossless


def pack(
    filename: FileLike,
    out: FileLike,
    *,
    compress: CompressLike = True,
    quantize: QuantizeLike = None,
    tables: bool = False,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    schemes: Iterable[str] | None = None,
) -> None:
    """Compress all HDUs of a file into a new file.

    Each HDU keeps its cards. `unpack` and cfitsio's ``funpack`` restore the same file, byte for
    byte if nothing was quantized. ASCII tables, compressed HDUs and HDUs without data are copied.
    If the call fails, it leaves no output file.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        The file to read, as for `FITS`.
    out : str, os.PathLike or file object
        The file to write, or ``-`` for standard output. Names usually end in ``.fits.fz``.
    compress : Rice1, Gzip1, Gzip2, Hcompress1, Plio1, NoCompress, str or True
        As for `FITS.create_image_hdu`. The shape of tiles counts from the fastest axis on. Images
        with more axes have tiles of length 1 there.
    quantize : Quantize, float or True, optional
        How to compress floating-point images as integers, which is lossy. By default, packing is
        lossless.
    tables : bool
        Whether to compress binary tables, too. Few programs can read compressed tables.
    overwrite : bool
        Whether to replace an existing file.
    threads : int, optional
        As for `FITS`.
    progress : callable, optional
        A function that is called after each HDU, with the number of bytes of `filename` that are
        done, and with the total.
    schemes : iterable of str, optional
        The schemes that `filename` and `out` may have, as for `FITS`. `out` has the scheme
        ``file``.

    Raises
    ------
    FITSExistsError
        If `out` exists and `overwrite` is not set.
    FITSValueError, FITSUnsupportedError
        If an image cannot be compressed so. The message names an alternative.
    FITSError
        If `filename` cannot be read, or `out` cannot be written.
    """
    compression, steps = as_compression(compress), as_quantize(quantize)
    if compression is None:
        raise FITSValueError("compress= says not to compress: there is nothing to pack")
    convert(
        filename,
        out,
        packing(compression, steps, tables),
        overwrite=overwrite,
        threads=threads,
        progress=progress,
        schemes=schemes,
    )


def unpack(
    filename: FileLike,
    out: FileLike,
    *,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    schemes: Iterable[str] | None = None,
) -> None:
    """Decompress all HDUs of a file that `pack` or cfitsio's ``fpack`` made into a new file.

    If the call fails, it leaves no output file.

    Parameters
    ----------
    filename : str, os.PathLike or file object
        The file to read, as for `FITS`.
    out : str, os.PathLike or file object
        The file to write, or ``-`` for standard output.
    overwrite, threads, progress, schemes
        As for `pack`.

    Raises
    ------
    FITSExistsError
        If `out` exists and `overwrite` is not set.
    FITSError
        If `filename` cannot be read, or `out` cannot be written.
    """
    convert(
        filename,
        out,
        unpack_hdu,
        overwrite=overwrite,
        threads=threads,
        progress=progress,
        schemes=schemes,
    )


def convert(
    filename: FileLike,
    out: FileLike,
    step: _Step,
    *,
    overwrite: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    schemes: Iterable[str] | None = None,
) -> list[Outcome]:
    """Create a file with all HDUs of another one, each converted by `step`.

    Raises
    ------
    FITSError
        As for `pack`.
    """
    target: FileLike = out
    is_named = not is_file_object(out) and not _is_stream(out)
    if is_named:
        target = path = _name(out)
        if not overwrite and not _SCHEME.match(path) and os.path.lexists(path):
            raise _exists(path)
    done: list[Outcome] = []
    with FITS(filename, threads=threads, schemes=schemes) as source:
        size = 0 if progress is None else source._file.size()
        with FITS._create(
            target,
            durable=is_named,
            overwrite=overwrite or not is_named,
            threads=threads,
            schemes=schemes,
        ) as made:
            source._check_all()  # every HDU can be read
            for hdu in source:
                done.append(Outcome(hdu.index, hdu.kind, step(source, hdu, made)))
                warn_of_writing(made._file)
                if progress is not None:
                    info = hdu._fresh()
                    progress(min(info.data_offset + info.data_bytes, size), size)
        if progress is not None:
            progress(size, size)
    return done


# ---- one HDU ----


def packing(compression: Compression, quantize: Quantize | None, tables: bool) -> _Step:
    """Return the step that compresses."""

    def step(source: FITS, hdu: HDU, made: FITS) -> str | None:
        image, lossy = None, None
        kept: Any = None
        if type(hdu) is ImageHDU and hdu.has_data:
            fitted = _fitted(compression, hdu.ndim)
            stored = hdu._pixels().stored_dtype
            wanted = quantize if stored.kind == "f" else None
            try:
                check_compression(fitted, wanted, stored, hdu.ndim)
            except FITSValueError as refused:
                where = f"{source._file.name}[{hdu.index}]"
                raise FITSValueError(f"{where}: {refused}") from None
            lossy = _loss(fitted, wanted)
            image, kept = c_compression(fitted, wanted)
        if hdu.kind == "table" and not tables:
            copy_hdu(source._file, hdu.index, made._file)
        else:
            pack_hdu(source._file, hdu.index, made._file, image)
        del kept
        return lossy

    return step


def unpack_hdu(source: FITS, hdu: HDU, made: FITS) -> None:
    """Append the unpacked form of an HDU to another file."""
    if hdu.index == 0 and not hdu.has_data and _was_primary(source):
        return  # the packer added it, because a table of tiles cannot be the primary HDU
    convert_unpack(source._file, hdu.index, made._file)
    if hdu.index == 1 and len(made) == 1:
        _keep_cards(source[0], made[0])


def _was_primary(source: FITS) -> bool:
    """Return whether the first extension has the pixels of the former primary HDU."""
    return (
        len(source) > 1
        and isinstance(source[1], CompressedImageHDU)
        and "ZSIMPLE" in source[1].raw_header
    )


def _keep_cards(empty: HDU, image: HDU) -> None:
    """Copy the user's keywords of the empty primary HDU to the image, as ``funpack`` does."""
    known = set(image.header.keys())
    cards = {
        key: (value, empty.header.comment_of(key))
        for key, value in empty.header.items()
        if key not in known and key not in COMMENTARY and not is_protected_key(key)
    }
    if cards:
        image.header.update(cards)


def _fitted(compression: Compression, ndim: int) -> Compression:
    """Return a configuration whose tiles have `ndim` axes."""
    tile = compression.tile_shape
    if tile is None or len(tile) == ndim:
        return compression
    lengths = (1,) * (ndim - len(tile)) + tuple(tile[-ndim:])
    return compression._replace(tile_shape=lengths)


def _loss(compression: Compression, quantize: Quantize | None) -> str | None:
    """Return a description of the loss, or None for lossless compression."""
    losses = []
    if quantize is not None:
        level = "the default level" if quantize.level is None else f"level {quantize.level:g}"
        losses.append(f"reals are quantized ({level}, {quantize.method})")
    if isinstance(compression, Hcompress1) and (compression.relative or compression.scale > 1):
        losses.append(f"HCOMPRESS_1 has a scale of {compression.scale:g}")
    return " and ".join(losses) or None


# ---- the output ----


def _is_stream(out: object) -> bool:
    """Return whether the output is standard output or a descriptor, where no file can exist."""
    return isinstance(out, str) and _STREAM.match(out) is not None


def _name(out: object) -> str:
    """Return the path of a local file to write, or the URL of a file on a server."""
    if not isinstance(out, (str, os.PathLike)):
        raise FITSTypeError(
            "expected a file name (str or os.PathLike) or a binary file object, found "
            + type(out).__name__
        )
    name = os.fspath(out)
    if not isinstance(name, str):
        raise FITSTypeError("expected a file name (str or os.PathLike), found bytes")
    if _UNKEPT.match(name):
        raise FITSValueError(
            f"{shown(name)}: the output must be a local file, a file on a server, or standard "
            "output (-)"
        )
    return name


def _exists(target: str) -> FITSExistsError:
    failed = FITSExistsError(
        f"{shown(target)}: output file already exists; overwrite=True replaces it"
    )
    failed.filename, failed.errno = target, errno.EEXIST
    failed.strerror = str(failed)
    return failed
