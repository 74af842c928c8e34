# SPDX-License-Identifier: BSD-3-Clause
"""Any Arrow table becomes a FITS table with the same values and nulls, in every form of it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import astropy.io.fits
import fitsio
import numpy as np
import polars
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rustfits
from rustfits._core.arrow import frame as frame_module

INTEGERS = {
    getattr(pa, f"{sign}int{bits}")(): (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if not sign
    else (0, 2**bits - 1)
    for sign in ("", "u")
    for bits in (8, 16, 32, 64)
}
TEXTS = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.binary_view()]
ASCII = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=20)


def floats(width: int) -> st.SearchStrategy[float]:
    return st.floats(width=width)  # type: ignore[arg-type]


def scalars() -> st.SearchStrategy[tuple[Any, st.SearchStrategy[Any]]]:
    """Return types with what their values are."""
    integers = [
        (kind, st.integers(low, high) | st.sampled_from([low, high, 0]))
        for kind, (low, high) in INTEGERS.items()
    ]
    reals = [(pa.float16(), floats(16)), (pa.float32(), floats(32)), (pa.float64(), floats(64))]
    texts: list[tuple[Any, Any]] = [
        (kind, ASCII.map(str.encode) if "binary" in str(kind) else ASCII) for kind in TEXTS
    ]
    return st.sampled_from([*integers, *reals, (pa.bool_(), st.booleans()), *texts])


@st.composite
def columns(draw: st.DrawFn, rows: int) -> pa.Array:
    kind, values = draw(scalars())
    shape = draw(st.sampled_from(["plain", "plain", "fixed", "nested", "list", "dictionary"]))
    is_text = kind in TEXTS
    maybe = draw(st.sampled_from([st.nothing(), st.none()]))
    if shape == "list" and not is_text:
        kind = draw(st.sampled_from([pa.list_, pa.large_list, pa.list_view]))(kind)
        values = st.lists(values | maybe, max_size=4)
    elif shape in ("fixed", "nested"):
        for length in draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)):
            values = st.lists(values | maybe, min_size=length, max_size=length)
            kind = pa.list_(kind, length)
    whole = pa.array(draw(st.lists(values | maybe, min_size=rows, max_size=rows)), kind)
    if shape == "dictionary" and not pa.types.is_boolean(kind) and "view" not in str(kind):
        return whole.dictionary_encode()
    return whole


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 6))
    made = draw(st.lists(columns(rows), min_size=1, max_size=4))
    return pa.table({f"c{number}": column for number, column in enumerate(made)})


def expected(value: Any, kind: Any) -> Any:
    """Return what reading gives for a value of a type."""
    if pa.types.is_dictionary(kind):
        return expected(value, kind.value_type)
    if pa.types.is_fixed_size_list(kind):
        cells = [None] * kind.list_size if value is None else value
        return [expected(cell, kind.value_type) for cell in cells]
    if hasattr(kind, "value_type"):
        return [expected(cell, kind.value_type) for cell in value or []]
    if kind in TEXTS:
        value = value or ""
        return value.decode() if isinstance(value, bytes) else value
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def plain(cell: Any) -> Any:
    if cell is np.ma.masked or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, list):
        return [plain(value) for value in cell]
    return plain(cell.tolist()) if hasattr(cell, "tolist") else cell


def polars_of(table: pa.Table) -> Any:
    return polars.from_arrow(table)


def is_of_polars(table: pa.Table) -> bool:
    return not any(
        part in str(field.type)
        for field in table.schema
        for part in ("view", "halffloat", "dictionary", "fixed_size", "list")
    )


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    table=tables(),
    form=st.sampled_from(["table", "reader", "slice", "polars"]),
    spools=st.booleans(),
    compress=st.sampled_from([None, None, None, True]),
)
def test_values_and_nulls_survive(
    tmp_path: Path,
    table: pa.Table,
    form: str,
    spools: bool,
    compress: Any,
) -> None:
    path = tmp_path / "t.fits"
    data: Any = table
    if form == "reader":
        data = table.to_reader(max_chunksize=2)
    elif form == "slice":
        data = table = pa.concat_tables([table, table]).slice(1, max(table.num_rows, 1))
    elif form == "polars" and is_of_polars(table):
        data = polars_of(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame_module, "SPOOL_BYTES", 1 if spools else 1 << 30)
        try:
            rustfits.write(path, data, compress=compress)
        except rustfits.FITSValueError as refused:
            assert "no value of" in str(refused)
            return
    with rustfits.FITS(path) as fits:
        rows = fits[1].read(mask_null=True)
    assert len(rows) == table.num_rows
    for field in table.schema:
        wanted = [expected(value, field.type) for value in table[field.name].to_pylist()]
        assert [plain(cell) for cell in rows[field.name]] == wanted, field
    if compress is None and table.num_rows:
        compare_with_others(path, rows)


def compare_with_others(path: Path, rows: Any) -> None:
    """Check that astropy and fitsio read the numbers and strings of a table as this package does."""
    names = [name for name in rows.dtype.names if rows[name].dtype.kind in "iufU"]
    if not names:
        return
    found = {}
    with astropy.io.fits.open(path, memmap=False) as hdus:
        for name in names:
            found[name] = np.asarray(hdus[1].data[name])
    with fitsio.FITS(path) as fits:
        others = fits[1].read(columns=names)
    for name in names:
        data = np.ma.getdata(rows[name])
        other = others[name].reshape(data.shape)  # fitsio drops axes of length 1
        if data.dtype.kind in "iuf":
            assert np.array_equal(found[name], data, equal_nan=data.dtype.kind == "f"), name
            assert np.array_equal(other, data, equal_nan=data.dtype.kind == "f"), name
        else:
            assert found[name].tolist() == data.tolist(), name
            assert other.tolist() == data.tolist(), name


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=tables(), chunk=st.sampled_from([1, 2, 10]), compress=st.booleans())
def test_appended_rows_follow(tmp_path: Path, table: pa.Table, chunk: int, compress: bool) -> None:
    path = tmp_path / "t.fits"
    with rustfits.FITS(path, "w+") as fits:
        try:
            hdu = fits.write_table(table, compress=True if compress else None)
        except rustfits.FITSValueError as refused:
            assert "no value of" in str(refused)
            return
        hdu.append(table.to_reader(max_chunksize=chunk))
        rows = hdu.read(mask_null=True)
    for field in table.schema:
        wanted = [expected(value, field.type) for value in table[field.name].to_pylist()]
        assert [plain(cell) for cell in rows[field.name]] == wanted * 2, field
