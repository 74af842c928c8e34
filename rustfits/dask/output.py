# SPDX-License-Identifier: BSD-3-Clause
"""`Output`: files that several processes write together, and that appear when they are complete."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from rustfits._core.binding.errors import (
    FITSExistsError,
    FITSIOError,
    FITSIsADirectoryError,
    FITSNotFoundError,
    FITSPermissionError,
    FITSUnsupportedError,
    FITSValueError,
)
from rustfits._core.binding.handle import name_bytes
from rustfits._core.binding.names import shown
from rustfits._core.collect.names import local_path

__all__ = ["Output"]


class Output:
    """One new file, or a new file for each partition, in a temporary folder beside them.

    Used as a context manager, it puts the files in place at the end of the block, or drops them if
    the block raises. The folder must be one that all processes see.

    Parameters
    ----------
    path : str or os.PathLike
        The name of the file. One ``*`` in its last part means a file for each partition.
    count : int
        The number of partitions.
    overwrite : bool
        Whether existing files may be replaced.

    Raises
    ------
    FITSExistsError
        If a file exists, and `overwrite` is False.
    FITSIsADirectoryError, FITSNotFoundError
        If a name is that of a folder, or its folder does not exist.
    FITSUnsupportedError
        If `path` is not on a local file system.
    """

    def __init__(self, path: str | os.PathLike[str], count: int, *, overwrite: bool) -> None:
        name = os.fsdecode(name_bytes(path))
        local = local_path(name)
        if local is None:
            raise FITSUnsupportedError(
                f"{shown(name)}: the processes write parts of a file in a folder that all see; "
                "write to such a folder, and then send the file"
            )
        if not local:
            raise FITSValueError("the file name is empty")
        target = Path(os.path.realpath(local))
        self.is_pattern: bool = "*" in target.name and not target.exists()
        self.overwrite = overwrite
        if self.is_pattern:
            if target.name.count("*") > 1:
                raise FITSValueError(f"{shown(name)}: the pattern has more than one '*'")
            width = len(str(max(count - 1, 0)))
            self.targets = [
                target.with_name(target.name.replace("*", f"{number:0{width}}"))
                for number in range(count)
            ]
        else:
            self.targets = [target]
        self._check_existing(target)
        self.folder: Path = target.with_name(
            f".{target.name.replace('*', '')}.{secrets.token_hex(8)}.tmp"
        )

    def _check_existing(self, target: Path) -> None:
        """Refuse files that exist, and older files that would look like partitions."""
        if not target.parent.is_dir():
            raise FITSNotFoundError(f"{shown(str(target))}: there is no folder {target.parent}")
        for found in self.targets:
            if found.is_dir():
                raise FITSIsADirectoryError(f"{shown(str(found))}: is a directory, not a file")
            if found.exists() and not self.overwrite:
                raise FITSExistsError(
                    f"{shown(str(found))}: the file exists; overwrite=True replaces it"
                )
        if self.is_pattern:
            mine = {path.name for path in self.targets}
            start, _, end = target.name.partition("*")
            pattern = f"{glob.escape(start)}*{glob.escape(end)}"
            other = next((p for p in target.parent.glob(pattern) if p.name not in mine), None)
            if other is not None:
                raise FITSExistsError(
                    f"{shown(str(other))}: the file has a name of the pattern, and would look like "
                    "one of the new files; remove it"
                )

    def file(self, number: int = 0) -> str:
        """Return the temporary name of a file."""
        return str(self.folder / self.targets[number].name)

    def part(self, number: int) -> str:
        """Return the name of a file for what one partition becomes."""
        return str(self.folder / f"part-{number}")

    def __enter__(self) -> Output:
        try:
            self.folder.mkdir(mode=0o700)
        except OSError as failed:
            kind = FITSPermissionError if isinstance(failed, PermissionError) else FITSIOError
            raise kind(
                f"{shown(str(self.folder))}: cannot make a temporary folder: {failed.strerror}"
            ) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if exception is None:
                for number in range(len(self.targets)):
                    self._publish(number)
        finally:
            # A task that still runs finds no folder, and fails.
            shutil.rmtree(self.folder, ignore_errors=True)

    def _publish(self, number: int) -> None:
        """Give a complete file its name. The mode of an old file stays."""
        made, target = self.file(number), self.targets[number]
        with suppress(FileNotFoundError):
            shutil.copymode(target, made)
        if self.overwrite:
            os.replace(made, target)  # noqa: PTH105
            return
        try:
            os.link(made, target)  # unlike a rename, it fails if the file exists by now
        except FileExistsError:
            raise FITSExistsError(
                f"{shown(str(target))}: another program has created the file meanwhile"
            ) from None
        except OSError:  # the file system has no links
            os.replace(made, target)  # noqa: PTH105
