# SPDX-License-Identifier: BSD-3-Clause
"""Extended file names of the ``fitsio`` API: ``~/x.fits``, ``x.fits[1]``, ``x.fits[2:5,*]``.

`rustfits.FITS` takes a path as a path. The names here have a meaning in this API only.
"""

from __future__ import annotations

import os
import re
from typing import Any, NamedTuple

from rustfits._core.binding.errors import (
    FITSExistsError,
    FITSIOError,
    FITSUnsupportedError,
)
from rustfits._core.binding.extended import (
    Location,
    NameCompression,
    NameParts,
    parse_compression,
    parse_location,
    parse_name,
    parse_new_name,
)
from rustfits._core.binding.names import shown

__all__ = ["Name", "expand", "name_to_read", "name_to_write", "packed_file"]

# The endings that CFITSIO tries for a missing file, in its order, and those of other drivers.
_ENDINGS = (".gz", ".bz2", ".Z", ".z", ".zip", "-z", "-gz", ".zst", ".xz")
# Schemes of CFITSIO that mean a local file.
_LOCAL = ("file://", "compress://", "compressfile://", "compressoutfile://")
_STREAMS = ("stdin://", "stdout://")
_NOT_PLAIN = ("mem://", *_STREAMS, *_LOCAL)
_ARE_SPECIAL = re.compile(r"[\[(+]|^(?:mem|file):").search


class Name(NamedTuple):
    """What a name means."""

    #: The name that `rustfits.FITS` opens.
    path: Any
    #: The HDU of the name, which must exist, or None.
    where: Location | None = None
    #: The parts, if the name has filters.
    filters: NameParts | None = None
    #: The compression of new images, or None.
    compression: NameCompression | None = None


def expand(filename: Any) -> Any:
    """Return a name without ``!`` and blanks around it, with ``~`` and ``$VARIABLES`` expanded.

    Objects that are no name, such as open files, are returned unchanged.

    Raises
    ------
    FITSIOError
        If the name is empty.
    """
    if not isinstance(filename, str):  # first: it is fast and the commonest case
        if isinstance(filename, os.PathLike):
            filename = os.fspath(filename)
        if isinstance(filename, bytes):
            filename = os.fsdecode(filename)
        if not isinstance(filename, str):
            return filename
    text = filename.removeprefix("!")
    if "$" in text or text.startswith("~"):
        text = os.path.expanduser(os.path.expandvars(text))  # noqa: PTH111 (leaves ~nouser as it is)
    text = text.strip(" ")
    if not text:
        raise FITSIOError("the name of the file is empty")
    return text


def name_to_read(text: Any) -> Name:
    """Return the meaning of an expanded name of an existing file.

    Raises
    ------
    FITSIOError
        If the name is invalid.
    FITSUnsupportedError
        If it has a part that this API does not read.
    """
    if _is_plain(text):
        return Name(text)
    parts = _parsed(parse_name, text)
    if parts.type in ("irafmem://", "rawfile://"):
        what = "IRAF images" if parts.type == "irafmem://" else "arrays without a header"
        raise _unsupported(text, f"{what} are not read; numpy.fromfile() reads raw pixels")
    if parts.output:
        raise _unsupported(text, "a name in parentheses means a copy; shutil.copy() makes one")
    where = _parsed(parse_location, parts.hdu) if parts.hdu else None
    if where is not None and where.column:
        raise _unsupported(text, "a cell of a table; read the column: fits[ext][column][row]")
    if parts.bin:
        raise _unsupported(text, "[bin ...] makes a histogram; numpy.histogramdd() does")
    if parts.pixels:
        raise _unsupported(text, "[pix ...] computes an image; read the pixels and use numpy")
    has_filters = bool(parts.rows or parts.columns)
    return Name(_joined(parts.type, parts.file), where, parts if has_filters else None)


def name_to_write(text: Any, clobber: bool) -> Name:
    """Return the meaning of an expanded name of a file that is created, or opened for writing.

    Raises
    ------
    FITSIOError
        If the name is invalid for a new file, or if a name with a compression exists already.
    FITSUnsupportedError
        If it has a part that this API does not read.
    """
    if _is_plain(text):
        return Name(text)
    new = _parsed(parse_new_name, text)
    path = _joined(new.type, new.file)
    if new.template_file:
        raise _unsupported(text, "a name in parentheses means a template; write the HDUs instead")
    if not new.compress:
        return Name(path)
    if not new.compress.strip().lower().startswith("compress"):
        return _to_update(text, clobber)
    compression = _parsed(parse_compression, new.compress)
    if not clobber and isinstance(path, str) and "://" not in path and _exists(path):
        raise FITSExistsError(f"{shown(text)}: the file exists; [compress] is for new files")
    return Name(path, compression=compression)


def _to_update(text: str, clobber: bool) -> Name:
    """Return the meaning of a name with an HDU: an existing file that is opened for writing."""
    name = name_to_read(text)
    if clobber or not _exists(name.path):
        raise FITSIOError(f"{shown(text)}: a new file has [compress ...] behind its name only")
    if name.filters is not None:
        raise _unsupported(text, "a filter makes a copy, and the mode is 'rw'")
    return name


def packed_file(path: Any) -> str | None:
    """Return the compressed file that is there for a missing local file, or None."""
    if not isinstance(path, str) or "://" in path or "::" in path:
        return None
    for ending in _ENDINGS:
        if _exists(path + ending):
            return path + ending
    return None


def _is_plain(text: Any) -> bool:
    """Return whether a name is a path, a URL without filters, or no name."""
    if not isinstance(text, str):
        return True
    if "://" in text and not text.startswith(_NOT_PLAIN):
        return not text.endswith("]")
    return _ARE_SPECIAL(text) is None or _exists(text)


def _exists(path: str) -> bool:
    return os.path.exists(path)  # noqa: PTH110 (False for names that are too long)


def _joined(scheme: str, file: str) -> str:
    if scheme in _STREAMS:
        return "-"
    return file if scheme in _LOCAL else scheme + file


def _parsed(parse: Any, text: str) -> Any:
    """Parse, with the exception of a file that cannot be opened."""
    try:
        return parse(text)
    except ValueError as refused:
        raise FITSIOError(f"{shown(text)}: {refused}") from None


def _unsupported(text: str, why: str) -> FITSUnsupportedError:
    return FITSUnsupportedError(f"{shown(text)}: {why}")
