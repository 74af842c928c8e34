# SPDX-License-Identifier: BSD-3-Clause
"""`scan_fits`: the tables of files as one LazyFrame of polars."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.arguments import name_list
from rustfits._core.binding.errors import (
    FITSColumnError,
    FITSTypeError,
    FITSValueError,
)
from rustfits._core.binding.names import allowed_schemes
from rustfits._core.collect.names import Files, each_name
from rustfits._core.collect.polars_frames import dtypes_of, frames_of
from rustfits._core.collect.predicate import condition_of
from rustfits._core.file.fits import FITS
from rustfits._core.table.base import TableBase

if TYPE_CHECKING:
    import polars

    from rustfits._core.remote.remote import Remote

__all__ = ["scan_fits"]

_BATCH_ROWS = 1 << 17


def scan_fits(
    paths: Files,
    *,
    ext: int | str | tuple[str, int] | None = None,
    columns: Iterable[str] | str | None = None,
    lenient: bool | None = None,
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> polars.LazyFrame:
    """Return the rows of tables as a polars LazyFrame, which reads them when it is collected.

    A query reads the columns that it uses, and a batch of rows at a time. The library reads only
    the rows that its conditions can select, where `docs/expressions.md` has such a condition;
    polars then applies the conditions themselves.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The files: names, patterns such as ``"night*.fits"``, or URLs. Their rows follow each other
        in this order.
    ext : int, str or (str, int), optional
        The HDU of each file: its index, name, or name and version. By default the first table.
    columns : sequence of str, optional
        The columns. By default all of them.
    lenient, remote, schemes
        As for `FITS`.

    Returns
    -------
    polars.LazyFrame
        The rows of all files. Undefined integers and logicals are null, NaN stays NaN.

    Raises
    ------
    ImportError
        If polars is not installed.
    FITSTypeError
        If the HDU of a file is no table.
    FITSColumnError
        If there is no such column. When the frame is collected: if the columns of a file differ
        from those of the first one.
    FITSValueError
        If there are no files, or no columns.
    FITSError
        If a file cannot be opened or read. See `FITS`.

    Examples
    --------
    >>> lazy = rustfits.scan_fits("night*.fits", ext="CATALOG")  # doctest: +SKIP
    >>> lazy.filter(pl.col("mag") < 20).select("ra", "dec").collect()  # doctest: +SKIP
    """
    try:
        from polars.io.plugins import register_io_source
    except ImportError as missing:
        raise ImportError("scan_fits needs polars: pip install polars") from missing
    options: dict[str, Any] = {"lenient": lenient, "remote": remote}
    options["schemes"] = allowed_schemes(schemes)
    names = list(each_name(paths))
    if not names:
        raise FITSValueError("scan_fits needs at least one file")
    chosen = name_list("columns", columns)
    if chosen == []:
        raise FITSValueError("scan_fits needs at least one column")
    with FITS(names[0], **options) as fits:
        hdu = _table(fits, ext)
        keys = [column.key for column in hdu._schema().select(chosen)]
        schema = dtypes_of(hdu, keys)

    def read(
        with_columns: list[str] | None,
        predicate: polars.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[polars.DataFrame]:
        """Yield the rows of all files: an IO source of polars."""
        shown = list(schema) if with_columns is None else with_columns
        needed = dict.fromkeys(shown)
        if predicate is not None:
            needed.update(dict.fromkeys(predicate.meta.root_names()))
        left = n_rows
        rows = max(min(batch_size or _BATCH_ROWS, _BATCH_ROWS), 1)
        for name in names:
            if left == 0:
                return
            with FITS(name, **options) as fits:
                hdu = _table(fits, ext)
                _check_columns(hdu, schema, names[0])
                # n_rows counts rows before the predicate.
                condition = None
                if predicate is not None and left is None:
                    condition = condition_of(predicate, _columns_by_key(hdu))
                for frame in frames_of(hdu, list(needed), condition, rows, left):
                    if left is not None:
                        left -= frame.height
                    found = frame if predicate is None else frame.filter(predicate)
                    yield found.select(shown)

    made: polars.LazyFrame = register_io_source(read, schema=schema)
    return made


def _table(fits: FITS, ext: int | str | tuple[str, int] | None) -> TableBase:
    """Return the table of a file."""
    if ext is not None:
        hdu = fits[ext]
        if not isinstance(hdu, TableBase):
            raise FITSTypeError(
                f"{fits._file.name}[{hdu.index}]: the HDU is of kind {hdu.kind!r}, not a table"
            )
        return hdu
    for hdu in fits:
        if isinstance(hdu, TableBase):
            return hdu
    raise FITSTypeError(f"{fits._file.name}: no HDU is a table")


def _columns_by_key(hdu: TableBase) -> dict[str, Any]:
    return {column.key: column for column in hdu._schema().columns}


def _check_columns(hdu: TableBase, schema: dict[str, Any], first: str) -> None:
    """Check that a table has the columns of the first file.

    Raises
    ------
    FITSColumnError
        If it has not. The message names the file and the column.
    """
    where, present = hdu._schema().where, _columns_by_key(hdu)
    for name in schema:
        if name not in present:
            raise FITSColumnError(f"{where}: no column {name!r}, which {first} has")
    found = dtypes_of(hdu, list(schema))
    for name, dtype in schema.items():
        if found[name] != dtype:
            raise FITSColumnError(
                f"{where}: column {name!r} has the type {found[name]}, and {dtype} in {first}"
            )
