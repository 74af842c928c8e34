# SPDX-License-Identifier: BSD-3-Clause
"""`to_parquet`: tables as Parquet files, part by part."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, SupportsIndex

import dask

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.collect.names import Files
from rustfits.dask.output import Output
from rustfits.dask.table import plan_tables

if TYPE_CHECKING:
    import pyarrow as pa

    from rustfits._core.collect.part import Part
    from rustfits._core.remote.remote import Remote
    from rustfits.dask.table import PartReader

__all__ = ["to_parquet"]


def to_parquet(
    paths: Files,
    out: str | os.PathLike[str],
    *,
    ext: int | str | tuple[str, int] | None = None,
    columns: Iterable[str] | str | None = None,
    rows: str | None = None,
    overwrite: bool = False,
    target_bytes: SupportsIndex = 64 << 20,
    compression: str = "zstd",
    remote: Remote | str | None = None,
    schemes: Iterable[str] | None = None,
) -> list[str]:
    """Convert tables to Parquet in bounded memory.

    Each part of the tables becomes a row group. It is read once, with the types of
    `TableHDU.batches`. The files are in a temporary folder beside `out` until all are complete. An
    exception leaves the old files, and no temporary ones.

    Parameters
    ----------
    paths : str, os.PathLike, or iterable of them
        The files: names, glob patterns or URLs, as for `rustfits.plan`.
    out : str or os.PathLike
        The name of the Parquet file, which this process writes. With a ``*`` in its last part, each
        part becomes a file, which a task of dask writes.
    ext, columns, rows, remote, schemes
        As for `read_table`.
    overwrite : bool
        Whether to replace existing files.
    target_bytes : int
        The maximum size of the values of a row group in memory.
    compression : str
        The codec, as for ``pyarrow.parquet.ParquetWriter``.

    Returns
    -------
    list of str
        The names of the files.

    Raises
    ------
    FITSExistsError
        If a file exists, and `overwrite` is False.
    FITSTypeError, FITSValueError
        If pyarrow has no codec `compression`.
    FITSError
        As for `read_table`.
    ImportError
        If pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError as missing:
        raise ImportError("to_parquet needs pyarrow: pip install pyarrow") from missing
    _check_compression(compression)
    reader, parts, chosen = plan_tables(paths, ext, columns, rows, target_bytes, remote, schemes)
    output = Output(out, len(parts), overwrite=overwrite)
    schema = _schema(reader, parts[0], chosen)
    with output:
        if output.is_pattern:
            write = dask.delayed(_write_file, pure=False)
            dask.compute(
                [
                    write(reader, part, chosen, schema, output.file(number), compression)
                    for number, part in enumerate(parts)
                ]
            )
        else:
            with pq.ParquetWriter(output.file(), schema, compression=compression) as writer:
                for part in parts:
                    table = _table(reader, part, chosen, schema)
                    writer.write_table(table, row_group_size=max(len(table), 1))
    return [str(target) for target in output.targets]


def _check_compression(compression: str) -> None:
    """Raise an error if pyarrow has no such codec."""
    import pyarrow as pa

    if not isinstance(compression, str):
        raise FITSTypeError(f"compression must be a str, not {type(compression).__name__}")
    try:
        known = compression.lower() == "none" or pa.Codec.is_available(compression.lower())
    except ValueError:
        known = False
    if not known:
        raise FITSValueError(f"compression={compression!r}: pyarrow has no such codec")


def _write_file(
    reader: PartReader,
    part: Part,
    chosen: list[str] | None,
    schema: pa.Schema,
    path: str,
    compression: str,
) -> None:
    import pyarrow.parquet as pq

    table = _table(reader, part, chosen, schema)
    pq.write_table(table, Path(path), compression=compression, row_group_size=max(len(table), 1))


def _table(reader: PartReader, part: Part, chosen: list[str] | None, schema: pa.Schema) -> pa.Table:
    """Read a part."""
    import pyarrow as pa

    hdu = reader.open(part)
    start, stop = part.rows or (0, 0)
    batches = hdu.batches(
        columns=chosen, rows=reader.rows(hdu, part), batch_rows=max(stop - start, 1)
    )
    found = [pa.record_batch(batch) for batch in batches]
    if not found:
        return schema.empty_table()
    # Files may have other keywords in the metadata, and lists of another size.
    return pa.Table.from_batches(found).cast(schema)


def _schema(reader: PartReader, part: Part, chosen: list[str] | None) -> pa.Schema:
    import pyarrow as pa

    hdu = reader.open(part)
    return pa.schema(hdu if chosen is None else hdu[chosen])
