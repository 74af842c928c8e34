# SPDX-License-Identifier: BSD-3-Clause
"""Tables from data frames of other packages, batch by batch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, SupportsIndex

import numpy as np

from rustfits._core.arrow.facts import Facts
from rustfits._core.arrow.frame import Frame
from rustfits._core.binding.dtypes import LOGICAL, NUMBERS
from rustfits._core.binding.errors import FITSError, FITSValueError
from rustfits._core.binding.library import check, error, ffi, lib
from rustfits._core.compression.tables import table_compression
from rustfits._core.foreign.tables import check_unit
from rustfits._core.header.header import FITSHeader
from rustfits._core.table import write as table_write
from rustfits._core.table.new_columns import NewColumn, check_mapping, columns_of_dtype

if TYPE_CHECKING:
    from rustfits._core.binding.handle import FileHandle
    from rustfits._core.compression.tables import TableCompressLike
    from rustfits._core.header.header import HeaderLike
    from rustfits._core.table.schema import Schema
    from rustfits._core.table.table import WritableTable

__all__ = ["append_frame", "write_frame"]

# Strings of a column may take so many times their bytes, or so many bytes, with a fixed width.
_MAX_PADDING = 16
_MAX_PADDED = 256 << 20


def write_frame(
    file: FileHandle,
    data: Any,
    *,
    names: Sequence[str] | None = None,
    extname: str | None = None,
    extver: int | None = None,
    units: Mapping[str, str | None] | None = None,
    var_dtypes: Mapping[str, Any] | None = None,
    bit_columns: Iterable[str] | bool | None = None,
    heap_format: str | None = None,
    header: HeaderLike | None = None,
    compress: TableCompressLike = None,
    ztilelen: SupportsIndex | None = None,
    reserve_cards: SupportsIndex = 0,
    times: str = "iso",
) -> int:
    """Append a binary table with the rows of a frame, and return its index.

    Raises
    ------
    FITSError
        As for `FITS.write_table`. The file is then unchanged.
    """
    where = f"{file.name}: the new table"
    _refuse_names(where, names)
    check_mapping("units", units)
    check_mapping("var_dtypes", var_dtypes)
    with Frame(where, data, times=lambda _: times) as frame:
        columns = _columns(frame, units, var_dtypes, bit_columns, heap_format)
        compression = table_compression(compress, ztilelen, columns)
        options: dict[str, Any] = {
            "kind": table_write.BINARY_TABLE,
            "extname": extname,
            "extver": extver,
            "header": _header(frame, header),
            "compression": compression,
            "reserve_cards": reserve_cards,
        }
        parts = frame.parts()
        count, cells = next(parts, (0, {}))
        cargo = _cargo(where, columns, cells, count)
        if count == frame.count:
            return table_write.create_table(file, columns, count, cells=cargo, **options)
        index = table_write.create_table(
            file, columns, count, cells=cargo, deferred=True, **options
        )
        try:
            for count, cells in parts:
                cargo = _cargo(where, columns, cells, count)
                table_write.append_rows(file, index, count, cargo)
        except BaseException:
            lib.rf_hdu_discard(file._handle(), index, ffi.NULL)
            raise
        err = error()
        check(lib.rf_hdu_publish(file._handle(), index, err), err)
        return index


def _refuse_names(where: str, names: Sequence[str] | None) -> None:
    if names is not None:
        raise FITSValueError(f"{where}: names= is for lists; a data frame has names already")


def _cargo(
    where: str, columns: Sequence[NewColumn], cells: Mapping[str, Any], count: int
) -> table_write.Cargo:
    cargo = table_write.Cargo()
    for column in columns if count else ():
        cargo.add(where, column, cells[column.key], count)
    return cargo


def _columns(
    frame: Frame,
    units: Mapping[str, str | None] | None,
    var_dtypes: Mapping[str, Any] | None,
    bit_columns: Iterable[str] | bool | None,
    heap_format: str | None,
) -> list[NewColumn]:
    """Return the columns of the table for a frame."""
    spread = [facts.field.name for facts in frame.facts if facts.is_text and facts.hint.descriptor]
    var_dtypes = {**dict.fromkeys(spread, "S"), **(var_dtypes or {})}
    frame.spread_strings(var_dtypes)
    if bit_columns is None:
        bit_columns = [
            facts.field.name
            for facts in frame.facts
            if facts.hint.letter == "X" and facts.base.kind == "b"
        ]
    fields: list[tuple[Any, ...]] = []
    inner: dict[str, Any] = {}
    for facts in frame.facts:
        name = facts.field.name
        base: Any = np.dtype(f"S{_width(facts)}") if facts.is_text else facts.base
        if facts.variable:
            fields.append((name, object))
            inner[name] = facts.base
        else:
            fields.append((name, base, facts.shape) if facts.shape else (name, base))
    said = {name.lower() for name in units or ()}
    known = {name: unit for name, unit in frame.units().items() if name.lower() not in said}
    made = columns_of_dtype(
        np.dtype(fields),
        {**known, **(units or {})},
        {**inner, **var_dtypes},
        bit_columns,
        heap_format,
    )
    displays, comments = frame.texts("TDISP"), frame.texts("TCOMM")
    return [
        replace(
            column,
            number=number,
            shape=facts.dims if column.variable and not column.is_text else column.shape,
            variable=column.variable and (heap_format or facts.hint.descriptor or "P"),
            display=displays.get(column.key),
            comment=comments.get(column.key),
            null=_null(frame, facts, column),
        )
        for number, (facts, column) in enumerate(zip(frame.facts, made, strict=True))
    ]


def _width(facts: Facts) -> int:
    """Return the width of strings: of the longest, or of the column that they came from."""
    known = 0
    if facts.hint.letter == "A" and not facts.hint.descriptor:
        known = facts.hint.repeat // max(math.prod(facts.shape), 1)
    return max(facts.width, known, 1)


def _null(frame: Frame, facts: Facts, column: NewColumn) -> int | None:
    """Return TNULL of a new column, as stored, and check what is left to check."""
    label = frame.label(facts)
    dtype = NUMBERS.get(column.type)
    if column.is_text and not column.variable and facts.width == column.width:
        padded = column.width * frame.count * column.count
        if padded > max(_MAX_PADDING * facts.nbytes, _MAX_PADDED):
            raise FITSValueError(
                f"{label}: the longest of its strings has {facts.width} characters, with which "
                f"the column takes {padded} bytes for {facts.nbytes}: store the strings with their "
                f"own lengths (var_dtypes={{{column.key!r}: 'S'}})"
            )
    if dtype is None or dtype.kind not in "iu":
        return None
    value = facts.null(label)
    return None if value is None else value - column.offset


def _header(frame: Frame, header: HeaderLike | None) -> HeaderLike | None:
    """Return the cards of the frame and those of the caller, which take precedence."""
    cards = frame.cards()
    if not cards:
        return header
    try:
        content = cards.encode("latin-1")
    except UnicodeEncodeError:
        content = cards.encode()
    made = FITSHeader.fromstring(content)
    if header is not None:
        made.update(FITSHeader(header), copy_commentary=True)
    return made


def append_frame(table: WritableTable, data: Any, names: Sequence[str] | None) -> None:
    """Append the rows of a frame. Values of all batches are checked first.

    Raises
    ------
    FITSError
        As for `TableHDU.append`. The table is then unchanged.
    """
    schema = table._schema()
    where = schema.where
    _refuse_names(where, names)

    def times(name: str) -> str:
        return "iso" if schema.find(name).is_text else "mjd"

    with Frame(where, data, times=times, null_types=True) as frame:
        texts = {column.key for column in schema.columns if column.is_text and column.variable}
        frame.spread_strings(dict.fromkeys(n for n in frame.names if schema.find(n).key in texts))
        _check_widths(frame, schema)
        _check_units(frame, schema)
        for count, columns in _typed(frame, schema):
            values = table_write.match(schema, schema.columns, columns)
            table_write.prepare(schema, schema.columns, values, count)
        before = schema.nrows
        try:
            with table.appending():
                for _, columns in _typed(frame, schema):
                    table.append(columns)
        except BaseException:
            with suppress(FITSError):
                if table.nrows > before:
                    table.resize(before)
            raise


def _check_widths(frame: Frame, schema: Schema) -> None:
    for facts in frame.facts:
        column = schema.find(facts.field.name)
        width = facts.width if facts.is_text else facts.base.itemsize
        if facts.base.kind != "S" or not column.is_text or column.variable:
            continue
        if width > column.width:
            raise FITSValueError(
                f"{frame.label(facts)}: a string of {width} characters does not fit the "
                f"{column.width} of the column"
            )


def _typed(frame: Frame, schema: Schema) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the parts of a frame. Columns of nulls without a type get that of their column."""
    untyped = [name for facts, name in zip(frame.facts, frame.names, strict=True) if facts.is_null]
    for count, columns in frame.parts():
        for name in untyped:
            column = schema.find(name)
            if column.is_text and not column.variable:
                columns[name] = np.zeros((count, *column.shape), "S1")
            elif column.type == LOGICAL:
                columns[name] = np.ma.MaskedArray(np.zeros((count, *column.shape), bool), True)
        yield count, columns


def _check_units(frame: Frame, schema: Schema) -> None:
    for name, unit in frame.units().items():
        column = schema.find(name)
        check_unit(f"{schema.where}: column {column.key!r}", column.unit, unit)
