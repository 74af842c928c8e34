# SPDX-License-Identifier: BSD-3-Clause
"""The names of many files: one name, a glob pattern, or any iterable of them."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias
from urllib.parse import urlsplit

from rustfits._core.binding.errors import FITSNotFoundError, FITSTypeError
from rustfits._core.binding.handle import name_bytes
from rustfits._core.binding.names import shown

__all__ = ["Files", "each_name", "local_path"]

#: What functions of many files take.
Files: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"

_MAGIC = re.compile(r"[*?[]")


def each_name(files: Files, *, strict: bool = True) -> Iterator[str]:
    """Yield the names of some files, in order.

    A str with ``*``, ``?`` or ``[`` that no file has is a pattern, as for `glob.glob` with
    ``recursive=True``. Its files come in sorted order. A URL is never a pattern.

    Parameters
    ----------
    files : str, os.PathLike, or iterable of them
        The names. An iterator is read one name at a time.
    strict : bool
        Whether a pattern without files is an error. Otherwise the pattern itself is yielded.

    Raises
    ------
    FITSNotFoundError
        If a pattern matches no file.
    FITSTypeError
        If a name is neither a str nor a path object.
    """
    if isinstance(files, (str, os.PathLike)):
        files = (files,)
    elif isinstance(files, (bytes, bytearray, memoryview)) or not isinstance(files, Iterable):
        raise FITSTypeError(
            f"expected file names (str or os.PathLike), found {type(files).__name__}"
        )
    for name in files:
        if not isinstance(name, str) or not _MAGIC.search(name):
            # A path object "-" is a file of that name, as for FITS.
            yield name if type(name) is str else os.fsdecode(name_bytes(name))
        elif "://" in name or "::" in name or os.path.lexists(name):
            yield name
        else:
            found = sorted(glob.iglob(name, recursive=True))  # noqa: PTH207, patterns may be absolute
            if not found and strict:
                raise FITSNotFoundError(f"{shown(name)}: no file matches this pattern")
            yield from found or (name,)


def local_path(name: str) -> str | None:
    """Return the path of the file of the system that a name leads to, or None.

    A member of a zip file (``a.zip!b.fits``) leads to the zip file.
    """
    if name[:7].lower() == "file://":
        from urllib.request import url2pathname  # which imports ssl

        name = url2pathname(urlsplit(name).path)
    elif "://" in name or name == "-":
        return None
    if not os.path.lexists(name) and "!" in name:
        return name.rpartition("!")[0]
    return name
