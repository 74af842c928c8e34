# SPDX-License-Identifier: BSD-3-Clause
"""The options that open a file: limits, leniency, threads."""

from __future__ import annotations

import os
from collections.abc import Iterable
from weakref import WeakKeyDictionary

from rustfits._core.binding.arguments import integer
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["NO_LIMITS", "open_options", "set_decoding"]

#: For each limit: the argument, the member of rf_limits, and the smallest valid value.
_LIMITS = (
    ("max_inflate_bytes", "inflate_bytes", 0),
    ("max_tile_bytes", "tile_bytes", 1),
    ("max_header_bytes", "header_bytes", 2880),
    ("max_hdus", "hdus", 1),
)
#: Keeps the ``rf_limits *`` of an ``rf_options *`` as long as that lives.
_LIMITS_OF: WeakKeyDictionary[CData, CData] = WeakKeyDictionary()
#: The same for ``index_path``.
_PATH_OF: WeakKeyDictionary[CData, CData] = WeakKeyDictionary()
#: The defaults of the limits, gzip_level and threads.
NO_LIMITS = (None,) * 6


def open_options(
    lenient: bool | None,
    limits: tuple[int | None, ...],
    gzip_level: int | None,
    threads: int | None,
    flags: Iterable[str] = (),
) -> CData:
    """Return an ``rf_options *``.

    Parameters
    ----------
    lenient, gzip_level, threads
        As for `FITS`.
    limits : tuple of (int or None)
        The limits, in the order of `FITS`.
    flags : iterable of str
        The names of flags, without ``RF_OPEN_``.
    """
    options, ceilings = ffi.new("rf_options *"), ffi.new("rf_limits *")
    lib.rf_options_init(options)
    lib.rf_limits_init(ceilings)
    options.limits = ceilings
    _LIMITS_OF[options] = ceilings
    if lenient is not None:
        options.flags |= lib.RF_OPEN_LENIENT if lenient else lib.RF_OPEN_STRICT
    for flag in flags:
        options.flags |= getattr(lib, "RF_OPEN_" + flag)
    for (name, field, least), limit in zip(_LIMITS, limits, strict=True):
        if limit is not None:
            setattr(ceilings, field, integer(name, limit, least))
    if gzip_level is not None:
        options.gzip_level = integer("gzip_level", gzip_level, 1, 9)
    if threads is not None:
        options.threads = integer("threads", threads, 1, 0xFFFF)
    return options


def set_decoding(
    options: CData,
    spool_bytes: int | None,
    index: bool | str | os.PathLike[str],
    index_bytes: int | None,
) -> None:
    """Set the members of an ``rf_options`` about streams and compressed files.

    Parameters
    ----------
    options : rf_options *
        From `open_options`.
    spool_bytes, index, index_bytes
        As for `FITS`.

    Raises
    ------
    FITSTypeError, FITSValueError
        If an argument is invalid.
    """
    if spool_bytes is not None:
        options.spool_bytes = integer("spool_bytes", spool_bytes, 1)
    if index is not False:
        options.flags |= lib.RF_OPEN_INDEX
    if not isinstance(index, bool):
        try:
            path = ffi.new("char[]", os.fsencode(index))
        except TypeError:
            raise FITSTypeError(f"index must be a bool or a path, not {index!r}") from None
        except ValueError:
            raise FITSValueError("a file name cannot contain a NUL character") from None
        options.index_path = _PATH_OF[options] = path
    if index_bytes is not None:
        if index is False:
            raise FITSValueError("index_bytes= is for index=, which is False")
        options.index_bytes = integer("index_bytes", index_bytes, 1 << 16)
