# SPDX-License-Identifier: BSD-3-Clause
"""What astropy hands over to a reader or writer: files, names, and HDUs of this library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rustfits._core.file.fits import FITS

__all__ = ["mode_of", "opened"]


@contextmanager
def opened(source: Any, **options: Any) -> Iterator[FITS]:
    """Open a file for reading, unless it is open.

    Yields
    ------
    FITS
        The file. One that was open stays open.
    """
    if isinstance(source, FITS):
        yield source
        return
    with FITS(source, **options) as fits:
        yield fits


def mode_of(output: Any, overwrite: bool, append: bool) -> str:
    """Return the mode for a writer of astropy: it replaces no file without `overwrite`.

    Raises
    ------
    OSError
        If the file exists, as astropy says it.
    """
    exists = isinstance(output, (str, os.PathLike)) and Path(output).exists()
    if append:
        return "r+" if exists else "w+"
    if exists and not overwrite:
        raise OSError(
            f"File {os.fspath(output)} already exists. If you mean to replace it then use the "
            'argument "overwrite=True".'
        )
    return "w+"
