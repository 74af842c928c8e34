# SPDX-License-Identifier: BSD-3-Clause
"""Partitions of dataframes as tables: rows of one file, or a file for each partition."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import dask
import numpy as np

from rustfits._core.binding.arrays import Array
from rustfits._core.compression.tables import TableCompression, table_compression
from rustfits._core.file.fits import FITS
from rustfits._core.foreign.times import check_times
from rustfits._core.table.new_columns import NewColumn, columns_of_dtype
from rustfits._core.table.write import BINARY_TABLE, create_table
from rustfits.dask.cells import Facts, cells_of, check_frame, facts_of, merge_facts, null_value
from rustfits.dask.output import Output
from rustfits.dask.pixels import add_checksum, refuse_gzip

__all__ = ["TableOptions", "is_frame", "write_table"]


class TableOptions(NamedTuple):
    """The options of a new table."""

    extname: str | None
    extver: int | None
    header: Any
    compress: Any
    units: Mapping[str, str | None] | None
    ztilelen: Any
    times: str
    checksum: bool


class _Written(NamedTuple):
    """What a task has computed: cells in a temporary file, and what they need."""

    nrows: int
    columns: dict[str, Facts]


def is_frame(data: Any) -> bool:
    """Return whether `data` is a dask dataframe, without importing them."""
    frames = sys.modules.get("dask.dataframe")
    return frames is not None and isinstance(data, frames.DataFrame)


def write_table(
    data: Any, path: str | os.PathLike[str], options: TableOptions, *, overwrite: bool
) -> list[Path]:
    """Write a dataframe to one file, or to a file for each partition, and return their names."""
    output = Output(path, data.npartitions, overwrite=overwrite)
    where = str(output.targets[0])
    check_frame(where, data._meta, check_times(options.times))
    _check_options(data, options)
    partitions = data.to_delayed()
    with output:
        if output.is_pattern:
            write = dask.delayed(_write_file, pure=False)
            dask.compute(
                [write(p, output.file(i), where, options) for i, p in enumerate(partitions)]
            )
        else:
            refuse_gzip(where)
            keep = dask.delayed(_keep_cells, pure=False)
            (written,) = dask.compute(
                [keep(p, output.part(i), where, options.times) for i, p in enumerate(partitions)]
            )
            _write_rows(output, where, list(data.columns), written, options)
    return output.targets


def _check_options(data: Any, options: TableOptions) -> None:
    """Refuse names, units and cards before any task runs, by a table in memory."""
    fields = np.dtype([(name, "U1") for name in data.columns])
    columns = columns_of_dtype(fields, options.units)
    compression = table_compression(options.compress and True, options.ztilelen, columns)
    with FITS("mem://", "w+") as fits:
        _create(fits, columns, 0, options, compression)


def _create(
    fits: FITS,
    columns: list[NewColumn],
    nrows: int,
    options: TableOptions,
    compression: TableCompression | None,
) -> int:
    """Create the table and return its index."""
    return create_table(
        fits._file,
        columns,
        nrows,
        kind=BINARY_TABLE,
        extname=options.extname,
        extver=options.extver,
        header=options.header,
        compression=compression,
    )


def _cells(frame: Any, where: str, times: str) -> tuple[dict[str, Array], dict[str, str | None]]:
    """Return the cells of all columns by name, and the units of times."""
    found = {name: cells_of(where, name, frame[name], times) for name in frame.columns}
    cells = {name: values for name, (values, _) in found.items()}
    return cells, {name: unit for name, (_, unit) in found.items() if unit is not None}


def _write_file(frame: Any, path: str, where: str, options: TableOptions) -> None:
    """Write one partition to a file of its own."""
    cells, units = _cells(frame, where, options.times)
    with FITS(path, "w+", threads=1) as fits:
        made = fits.write_table(
            _without_none(cells),
            extname=options.extname,
            extver=options.extver,
            units={**units, **(options.units or {})},
            header=options.header,
            compress=options.compress,
            ztilelen=options.ztilelen,
        )
        if options.checksum:
            made.add_checksum()


def _without_none(cells: dict[str, Array]) -> dict[str, Array]:
    """Return columns of nothing but missing objects as empty strings."""
    return {
        name: np.zeros(len(values), "U1")
        if values.dtype.kind == "O" and all(cell is None for cell in values)
        else values
        for name, values in cells.items()
    }


# ---- one file ----


def _keep_cells(frame: Any, path: str, where: str, times: str) -> _Written:
    """Keep the cells of one partition in a file, until the columns of all are known."""
    cells, units = _cells(frame, where, times)
    with Path(path).open("wb") as file:
        pickle.dump(cells, file, protocol=5)
    facts = {name: facts_of(values, units.get(name)) for name, values in cells.items()}
    return _Written(len(frame), facts)


def _kept(path: str) -> dict[str, Array]:
    """Return the cells of one partition."""
    with Path(path).open("rb") as file:
        cells: dict[str, Array] = pickle.load(file)
    return cells


def _write_rows(
    output: Output,
    where: str,
    names: list[str],
    written: list[_Written],
    options: TableOptions,
) -> None:
    """Create the table, and write the rows of all parts."""
    facts = {name: merge_facts(where, name, [w.columns[name] for w in written]) for name in names}
    columns = [column.at(n) for n, column in enumerate(_columns(facts, options.units))]
    variable = any(column.variable for column in columns)
    at_once = not variable and options.compress is None
    path, total = output.file(), sum(part.nrows for part in written)
    with FITS(path, "w+", threads=None if options.compress is not None else 1) as fits:
        compression = table_compression(options.compress, options.ztilelen, columns)
        index = _create(fits, columns, total if at_once else 0, options, compression)
        if not at_once:
            with fits.table(index).appending() as table:
                for number in range(len(written)):
                    part = output.part(number)
                    table.append(_fitted(_kept(part), facts))
                    Path(part).unlink()
    if at_once:
        starts = np.cumsum([0, *(part.nrows for part in written)]).tolist()
        write = dask.delayed(_write_region, pure=False)
        dask.compute(
            [
                write(path, index, output.part(number), starts[number], starts[number + 1], facts)
                for number in range(len(written))
            ]
        )
    add_checksum(path, index, options.checksum)


def _columns(facts: dict[str, Facts], units: Mapping[str, str | None] | None) -> list[NewColumn]:
    """Return the columns of the table."""
    fields: list[Any] = [
        (name, object) if f.dtype is None else (name, f.dtype, f.shape) for name, f in facts.items()
    ]
    inner = {name: f.inner for name, f in facts.items() if f.dtype is None}
    known = {name: f.unit for name, f in facts.items() if f.unit is not None}
    columns = columns_of_dtype(np.dtype(fields), {**known, **(units or {})}, inner, None, "Q")
    made = []
    for column, found in zip(columns, facts.values(), strict=True):
        if found.masked and found.dtype is not None and np.dtype(found.dtype).kind in "iu":
            column = replace(column, null=null_value(np.dtype(found.dtype)) - column.offset)
        made.append(column)
    return made


def _fitted(cells: dict[str, Array], facts: dict[str, Facts]) -> dict[str, Array]:
    """Return the cells of a part as the columns of all parts have them."""
    made = {}
    for name, values in cells.items():
        found = facts[name]
        if found.dtype is not None and values.dtype.kind == "O":  # nothing but missing cells
            values = _missing(len(values), np.dtype(found.dtype), found.shape)
        elif found.dtype is None and values.dtype.kind != "O":
            cell_list = list(values)
            values = np.empty(len(cell_list), object)
            values[:] = cell_list
        elif found.dtype is None:
            inner = np.dtype(found.inner)
            filled = [np.zeros(0, inner) if c is None else c.astype(inner) for c in values]
            values = np.empty(len(filled), object)
            for row, cell in enumerate(filled):
                values[row] = cell
        made[name] = values
    return made


def _missing(count: int, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array:
    return np.full((count, *shape), np.nan if dtype.kind in "fc" else np.zeros((), dtype), dtype)


def _write_region(
    path: str, index: int, part: str, start: int, stop: int, facts: dict[str, Facts]
) -> None:
    """Write the rows of one part into the file that several processes write.

    Only cells are overwritten. Size and header stay, so that no process refuses its write because
    another one has written. A scheduler may run the task again.
    """
    cells = _fitted(_kept(part), facts)
    if stop > start:
        with FITS(path, "r+", threads=1) as fits:
            fits[index][start:stop] = cells
