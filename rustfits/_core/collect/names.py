# SPDX-License-Identifier: BSD-3-Clause
"""The names of many files: one name, a glob pattern, or any iterable of them."""

from __future__ import annotations

import glob
import itertools
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from rustfits._core.binding.errors import FITSNotFoundError, FITSTypeError
from rustfits._core.binding.handle import name_bytes
from rustfits._core.binding.names import shown
from rustfits._core.driver.opening import is_file_object

__all__ = [
    "Files",
    "absolute_name",
    "each_chunk",
    "each_name",
    "is_one_name",
    "is_plain_chunk",
    "local_path",
]

#: What functions of many files take.
Files: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"

# In a str: a pattern, a URL or a chain of them.
_SPECIAL = ("*", "?", "[", "://", "::")
_MAGIC = re.compile(r"[*?[]")
# Names that are looked at together.
_CHUNK = 512


def each_chunk(files: Any, *, strict: bool = True) -> Iterator[list[Any]]:
    """Yield the names of some files in lists of at most a few hundred, in order.

    A str with ``*``, ``?`` or ``[`` that no file has is a pattern, as for `glob.glob` with
    ``recursive=True``. Its files come in sorted order. A URL is never a pattern.

    Parameters
    ----------
    files : str, os.PathLike, file object, or iterable of them
        The files. An iterator is read in small steps.
    strict : bool
        Whether a pattern without files is an error. Otherwise the pattern itself is yielded.

    Yields
    ------
    list
        Names as str, and other objects as they are.

    Raises
    ------
    FITSNotFoundError
        If a pattern matches no file.
    FITSTypeError
        If `files` is no name and no iterable.
    """
    if isinstance(files, (str, os.PathLike)) or is_file_object(files) or hasattr(files, "fs"):
        files = (files,)
    elif isinstance(files, (bytes, bytearray, memoryview)) or not isinstance(files, Iterable):
        raise FITSTypeError(
            f"expected file names (str or os.PathLike), found {type(files).__name__}"
        )
    found = iter(files)
    while chunk := list(itertools.islice(found, _CHUNK)):
        if set(map(type, chunk)) == {str}:
            joined = "\0".join(chunk)
            if not any(mark in joined for mark in _SPECIAL):
                yield chunk
                continue
        names = itertools.chain.from_iterable(_each(name, strict) for name in chunk)
        while part := list(itertools.islice(names, _CHUNK)):
            yield part


def _each(name: Any, strict: bool) -> Iterable[Any]:
    """Return the names that an element leads to."""
    if not isinstance(name, str):
        # A path object "-" is a file of that name, as for FITS.
        return (os.fsdecode(name_bytes(name)) if isinstance(name, os.PathLike) else name,)
    if not _MAGIC.search(name) or "://" in name or "::" in name or os.path.lexists(name):
        return (name,)
    found = sorted(glob.iglob(name, recursive=True))  # noqa: PTH207, patterns may be absolute
    if not found and strict:
        raise FITSNotFoundError(f"{shown(name)}: no file matches this pattern")
    return found or (name,)


def is_plain_chunk(chunk: list[Any]) -> bool:
    """Return whether all elements are paths."""
    if set(map(type, chunk)) != {str}:
        return False
    joined = "\0".join(chunk)
    return "://" not in joined and "::" not in joined


def each_name(files: Files) -> Iterator[str]:
    """Yield the names of some files, as `each_chunk` does.

    Raises
    ------
    FITSNotFoundError
        If a pattern matches no file.
    FITSTypeError
        If a name is neither a str nor a path object.
    """
    for chunk in each_chunk(files):
        for name in chunk:
            if not isinstance(name, str):
                name_bytes(name)  # raises
            yield name


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


def absolute_name(name: str) -> str:
    """Return a name that leads to the same file from any working directory."""
    return str(Path(name).absolute()) if local_path(name) == name else name


def is_one_name(files: Files, names: list[str]) -> bool:
    """Return whether `files` is one name and no pattern. `names` is what `each_name` yields."""
    return isinstance(files, (str, os.PathLike)) and names == [os.fsdecode(files)]
