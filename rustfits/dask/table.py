# SPDX-License-Identifier: BSD-3-Clause
"""`read_table`: tables as dask dataframes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex, cast

from dask import config

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.names import allowed_schemes
from rustfits._core.binding.selection import Axis
from rustfits._core.collect.names import Files
from rustfits._core.collect.part import Part
from rustfits._core.collect.plan import plan
from rustfits._core.table.base import RowsLike, TableBase
from rustfits._core.table.where import find_rows
from rustfits.dask.frames import frame_of
from rustfits.dask.opened import Location, open_location

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd

    from rustfits._core.remote.remote import Remote

__all__ = ["PartReader", "read_table"]


class PartReader:
    """Reads parts of tables. It can be pickled.

    Parameters
    ----------
    condition : str or None
        The rows, as for `TableHDU.where`.
    remote, schemes
        How to open the files.
    types : dict, optional
        The types of the columns of frames. TNULL of one file can differ from that of another one.
    """

    __slots__ = ("condition", "remote", "schemes", "types")

    def __init__(
        self,
        condition: str | None,
        remote: Remote | str | None,
        schemes: tuple[str, ...] | None,
        types: dict[str, Any] | None = None,
    ) -> None:
        self.condition: str | None = condition
        self.remote: Remote | str | None = remote
        self.schemes: tuple[str, ...] | None = schemes
        self.types: dict[str, Any] = types or {}

    def open(self, part: Part) -> TableBase:
        """Return the table of a part."""
        location = Location(part.file, self.remote, self.schemes, part.identity)
        hdu = open_location(location, part.hdu)[part.hdu]
        return cast("TableBase", hdu)

    def rows(self, hdu: TableBase, part: Part) -> RowsLike:
        """Return the rows of a part that satisfy the condition."""
        start, stop = part.rows or (0, 0)
        if self.condition is None:
            return slice(start, stop)
        return find_rows(hdu._file, part.hdu, Axis(start, 1, stop - start), self.condition)

    def __call__(self, part: Part, columns: Iterable[str]) -> pd.DataFrame:
        """Read a part."""
        hdu = self.open(part)
        frame = frame_of(hdu, list(columns), self.rows(hdu, part))
        for name, found in frame.dtypes.items():
            wanted = self.types.get(str(name), found)
            if found != wanted:
                frame[name] = self._converted(hdu, str(name), frame[name], wanted)
        return frame

    @staticmethod
    def _converted(hdu: TableBase, name: str, series: pd.Series[Any], wanted: Any) -> Any:
        if series.isna().any():
            raise FITSTypeError(
                f"{hdu._file.name}[{hdu.index}]: column {name!r} has undefined cells, and the "
                f"column of the first file has no TNULL and thus the type {wanted}; put this file "
                "first"
            )
        return series.astype(wanted)

    def empty(self, part: Part, columns: Iterable[str] | None) -> pd.DataFrame:
        """Return a frame without rows, which has the types of all parts."""
        hdu = self.open(part)
        names = list(hdu.colnames if columns is None else columns)
        return frame_of(hdu, names, slice(0, 0))

    def check(self, part: Part) -> None:
        """Raise an error if the condition is invalid."""
        if self.condition is not None:
            find_rows(self.open(part)._file, part.hdu, 0, self.condition)

    def __dask_tokenize__(self) -> tuple[Any, ...]:
        # Not the pickle of `remote`, which may refuse for its secrets.
        return (type(self).__name__, self.condition, repr(self.remote), self.schemes, self.types)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._arguments()

    def _arguments(self) -> tuple[Any, ...]:
        return self.condition, self.remote, self.schemes, self.types


def read_table(
    paths: Files,
    *,
    ext: int | str | tuple[str, int] | None = None,
    columns: Iterable[str] | str | None = None,
    rows: str | None = None,
    target_bytes: SupportsIndex = 64 << 20,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> dd.DataFrame:
    """Return the rows of tables as a dask dataframe.

    Only headers are read. A partition has rows of one file. Each task reads the columns that the
    computation uses, with one thread.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The files: names, glob patterns or URLs, as for `rustfits.plan`.
    ext : int, str or (str, int), optional
        The HDU of each file: its index, name, or name and version. By default the first one with
        data.
    columns : sequence of str, optional
        The columns. By default all.
    rows : str, optional
        A condition, as for `TableHDU.where`, such as ``"mag < 22"``. The library reads the columns
        that it names, and then the rows that satisfy it.
    target_bytes : int
        The maximum size of the values of a partition in memory.
    remote : Remote or {"ranged", "download"}, optional
        How to fetch remote files.
    schemes : iterable of str, optional
        The schemes that names may have, as for `FITS`.

    Returns
    -------
    dask.dataframe.DataFrame
        The rows. Each partition has an index of its own, from 0 on. Integers with TNULL and
        logicals have pandas' types with missing values. Cells that are arrays are objects.

    Raises
    ------
    FITSColumnError
        If a column is missing in a file, or has another type than in the first one. The message
        names file and column.
    FITSTypeError
        If an HDU is no table.
    FITSValueError
        If there are no files, or the condition is invalid.
    FITSError
        If a file cannot be opened. See `FITS`.
    """
    import_frames()
    import dask.dataframe as dd

    reader, parts, chosen = plan_tables(paths, ext, columns, rows, target_bytes, remote, schemes)
    empty = reader.empty(parts[0], chosen)
    reader.types = dict(empty.dtypes)
    # dask would convert cells that are arrays to strings. Strings are converted already.
    with config.set({"dataframe.convert-string": False}):
        return dd.from_map(
            reader, parts, columns=list(empty.columns), meta=empty, label="rustfits-table"
        )


def import_frames() -> None:
    """Raise an error that says what to install if dask cannot make dataframes."""
    try:
        import dask.dataframe  # noqa: F401
    except ImportError as missing:
        raise ImportError(
            "dask dataframes need packages that are not installed: pip install "
            '"dask[array,dataframe]"'
        ) from missing


def plan_tables(
    paths: Files,
    ext: int | str | tuple[str, int] | None,
    columns: Iterable[str] | str | None,
    rows: str | None,
    target_bytes: SupportsIndex,
    remote: Remote | str | None,
    schemes: Iterable[str] | None,
) -> tuple[PartReader, list[Part], list[str] | None]:
    """Return the parts of tables, what reads them, and the names of the chosen columns."""
    if rows is not None and not isinstance(rows, str):
        raise FITSTypeError(f"rows= is a condition (a str), not {type(rows).__name__}")
    chosen, allowed = name_list("columns", columns), allowed_schemes(schemes)
    parts = plan(
        paths, ext, columns=chosen, target_bytes=target_bytes, remote=remote, schemes=allowed
    )
    if not parts:
        raise FITSValueError("there are no files to read")
    if parts[0].kind != "table":
        raise FITSTypeError(
            f"{parts[0].file}[{parts[0].hdu}]: the HDU is no table but an image: use read_image"
        )
    reader = PartReader(rows, remote, allowed)
    reader.check(parts[0])
    return reader, parts, chosen
