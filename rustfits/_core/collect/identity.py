# SPDX-License-Identifier: BSD-3-Clause
"""`Identity`: what tells one content of a file from a later one."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from rustfits._core.binding.errors import FITSChangedError
from rustfits._core.collect.names import local_path
from rustfits._core.file.fits import FITS
from rustfits._core.file.pickling import content_of

__all__ = ["Identity", "identity_of"]


class Identity(NamedTuple):
    """What tells one content of a file from a later one."""

    size: int  #: bytes of the file, before decompression
    mtime_ns: int | None = None  #: time of the last change of a local file
    tag: str | None = None  #: ETag of a remote file, or the date that its server gave

    def to_dict(self) -> dict[str, Any]:
        """Return the members that are known."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    def differs(self, other: Identity) -> str:
        """Return what differs from a later identity, for messages, or ``""``."""
        names = {"size": "size", "mtime_ns": "time of the last change", "tag": "ETag or date"}
        for member, said in names.items():
            old, new = getattr(self, member), getattr(other, member)
            if old is not None and new is not None and old != new:
                return f"its {said} was {old} and is {new}"
        return ""

    def check(self, found: Identity, where: str, since: str, advice: str = "") -> None:
        """Check that a later identity is the same.

        Parameters
        ----------
        found : Identity
            The later identity.
        where, since, advice : str
            For the message: the file, what was done with the old content, and what to do now.

        Raises
        ------
        FITSChangedError
            If the two differ.
        """
        difference = self.differs(found)
        if difference:
            after = f"; {advice}" if advice else ""
            raise FITSChangedError(
                f"{where}: the file has changed since {since}: {difference}{after}"
            )


def identity_of(name: str, fits: FITS) -> Identity:
    """Return what identifies the content of an open file now.

    Parameters
    ----------
    name : str
        The name that opened the file.
    fits : FITS
        The file.
    """
    path = local_path(name)
    if path is not None:
        # The name, not the descriptor: a new file under this name is another content.
        found = Path(path).stat()
        return Identity(found.st_size, found.st_mtime_ns)
    content = content_of(fits._file)
    return Identity(content.size, None, content.etag or content.last_modified or None)
