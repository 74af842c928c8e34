# SPDX-License-Identifier: BSD-3-Clause
"""`Frame`: a data frame of another package as columns, batch by batch.

A header precedes the rows, and says how wide strings are and which value marks nulls. So all
batches are looked at before the first byte is written. Batches of frames in memory are borrowed.
Those of a stream are kept, beyond `SPOOL_BYTES` in a temporary file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any

import numpy as np

from rustfits._core.arrow.decode import Values
from rustfits._core.arrow.facts import Facts
from rustfits._core.arrow.field import Field, check_field, fits_text
from rustfits._core.arrow.held import Held
from rustfits._core.arrow.hint import HEADER_KEY, renumbered
from rustfits._core.arrow.produce import Producer
from rustfits._core.arrow.ragged import Ragged
from rustfits._core.arrow.stream import Batch, exports_arrow, open_stream
from rustfits._core.arrow.text import Text
from rustfits._core.binding.arrays import Array
from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.foreign.times import check_times, iso_strings, mjd

__all__ = ["SPOOL_BYTES", "Frame", "is_batched", "is_column", "is_frame", "refuse_lazy"]

#: Batches of a stream that stay in memory.
SPOOL_BYTES = 64 << 20
_PART_BYTES = 32 << 20  # of rows that are converted in one go
_LEAST_ROWS = 1024
# Packages whose objects with a length have all of their data in memory.
_IN_MEMORY = frozenset({"pyarrow", "polars", "pandas", "narwhals", "arro3", "nanoarrow", "cudf"})
_LAZY = {
    "dask": "call .compute(), or use rustfits.dask.to_fits",
    "dask_expr": "call .compute(), or use rustfits.dask.to_fits",
    "polars": "call .collect()",
    "narwhals": "call .collect()",
    "pyspark": "call .toPandas()",
}


def is_frame(data: Any) -> bool:
    """Return whether an object hands over a table by the Arrow C data interface.

    Arrays and series, which hand over one column, are no frames. Neither are pandas frames, whose
    columns are taken one by one.
    """
    return _is_foreign(data) and not hasattr(data, "iloc") and not _has_one_column(data)


def is_batched(data: Any) -> bool:
    """Return whether rows can be taken batch by batch: of frames, and tables of this package."""
    if not isinstance(data, Producer):
        return is_frame(data)
    return getattr(getattr(data, "dtype", None), "names", None) is not None


def is_column(data: Any) -> bool:
    """Return whether an object hands over one column: an array or a series, but none of pandas."""
    if not _is_foreign(data) or isinstance(getattr(data, "dtype", None), np.dtype):
        return False
    return not hasattr(data, "iloc") and _has_one_column(data)


def _is_foreign(data: Any) -> bool:
    plain = isinstance(data, (np.ndarray, list, tuple, dict, str, bytes))
    return not plain and exports_arrow(data)


def _has_one_column(data: Any) -> bool:
    """Return whether Arrow data are an array or a series of no structs."""
    kind = getattr(data, "type", None)  # pyarrow
    if kind is not None and hasattr(kind, "num_fields"):
        return not str(kind).startswith("struct")
    dtype = getattr(data, "dtype", None)  # polars, narwhals
    return dtype is not None and "Struct" not in str(dtype)


def refuse_lazy(data: Any) -> None:
    """Check that data are not a frame whose rows are still to be computed.

    Raises
    ------
    FITSTypeError
        If they are. The message says what to do.
    """
    kind = type(data)
    package = kind.__module__.partition(".")[0]
    instead = _LAZY.get(package)
    if instead is None or exports_arrow(data) or not hasattr(kind, "columns"):
        return
    if any(hasattr(kind, name) for name in ("__dask_graph__", "collect", "toPandas")):
        raise FITSTypeError(
            f"the rows of a {package} {kind.__name__} are not computed yet: {instead}"
        )


class Frame:
    """A data frame whose batches have been looked at. Use it in a ``with`` block."""

    __slots__ = (
        "_held",
        "_is_raw",
        "_ragged",
        "_rows",
        "_times",
        "count",
        "facts",
        "metadata",
        "names",
        "where",
    )

    def __init__(
        self,
        where: str,
        data: Any,
        *,
        times: Callable[[str], str] = lambda _: "iso",
        single: bool = False,
        null_types: bool = False,
    ) -> None:
        stream = open_stream(where, data)
        if not single and stream.field.format != "+s":
            raise FITSTypeError(
                f"{where}: a table has named columns, and the {type(data).__name__} is one column "
                "without a name: write {'name': data}"
            )
        fields = (stream.field,) if single else stream.field.children
        self.where = where
        self.names = [field.name for field in fields]
        if not single:
            _check_names(where, self.names)
        for field in fields:
            if field.values.format.startswith("w:") and _is_of_polars(data):
                raise FITSTypeError(f"{self._label(field)}: FITS has no cells of Python objects")
            if not (null_types and field.is_null):
                check_field(self._label(field), field)
        self._is_raw = single
        self._times = {name: check_times(times(name)) for name in self.names}
        self.facts = [Facts(field, self._times[field.name]) for field in fields]
        for facts in self.facts:
            if facts.variable and facts.base.kind == "S" and not single:
                raise FITSTypeError(
                    f"{self.label(facts)}: FITS has no cells that are lists of strings: "
                    "times='mjd' writes lists of times as numbers"
                )
        self.metadata = stream.field.metadata
        self._ragged: frozenset[str] = frozenset()
        self._rows = max(_PART_BYTES // max(sum(map(_row_bytes, self.facts)), 1), _LEAST_ROWS)
        self.count = 0
        self._held = Held(None if _is_in_memory(data) else SPOOL_BYTES)
        try:
            for batch in stream.batches(single):
                self._look_at(batch)
        except BaseException:
            self._held.close()
            raise

    def _look_at(self, batch: Batch) -> None:
        nbytes, spools = 0, self._held.spools
        for start, count in self._parts(batch):
            values = self._values(batch, start, count, self.count + start)
            for facts, found in zip(self.facts, values, strict=True):
                facts.look_at(self.label(facts), found, self.count + start)
                nbytes += found.nbytes
            if spools:
                self._held.spool(count, values)
        if not spools:
            self._held.keep(batch, nbytes)
        self.count += batch.count

    def label(self, facts: Facts) -> str:
        """Return the name of a column for messages."""
        return self._label(facts.field)

    def _label(self, field: Field) -> str:
        return f"{self.where}: column {field.name!r}" if field.name else self.where

    def _parts(self, batch: Batch) -> Iterator[tuple[int, int]]:
        for start in range(0, batch.count, self._rows):
            yield start, min(self._rows, batch.count - start)

    def _values(self, batch: Batch, start: int, count: int, row: int) -> list[Values]:
        return [
            self._converted(facts, batch.column(number, start, count), row)
            for number, facts in enumerate(self.facts)
        ]

    def _converted(self, facts: Facts, values: Values, row: int) -> Values:
        """Return values with times and complex numbers as cells."""
        if isinstance(values, Text) or self._is_raw:
            return values
        found = values.elements if isinstance(values, Ragged) else values
        made: Array
        if facts.is_complex:
            made = _paired(found, facts.base)
        elif found.dtype.kind not in "mM":
            return values
        elif found.dtype.kind == "m":
            made = found.view("i8")
        elif self._times[facts.field.name] == "mjd":
            made = mjd(found)
        else:
            made = iso_strings(self.label(facts), found, row)
        return Ragged(values.lengths, made) if isinstance(values, Ragged) else made

    def parts(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield a number of rows and their columns by name, for all rows in order."""
        for batch in self._held.batches():
            for start, count in self._parts(batch):
                yield count, self._cells(self._values(batch, start, count, 0))
        for count, values in self._held.spooled():
            yield count, self._cells(values)

    def spread_strings(self, names: Iterable[str]) -> None:
        """Give strings of these columns their own lengths instead of a common width."""
        folded = {name.lower() for name in names}
        self._ragged = frozenset(name for name in self.names if name.lower() in folded)

    def _cells(self, values: list[Values]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for facts, found in zip(self.facts, values, strict=True):
            name = facts.field.name
            if not isinstance(found, Text):
                made[name] = found
            elif name in self._ragged and not facts.shape:
                made[name] = Ragged(found.lengths.astype("u8"), found.joined())
            else:
                made[name] = found.cells(facts.width)
        return made

    def texts(self, key: str) -> dict[str, str]:
        """Return the texts of a key of the metadata by column."""
        found = {facts.field.name: fits_text(facts.field.metadata, key) for facts in self.facts}
        return {name: text for name, text in found.items() if text is not None}

    def units(self) -> dict[str, str]:
        """Return the units of columns that have one."""
        own = {facts.field.name: facts.unit for facts in self.facts}
        return {name: unit for name, unit in own.items() if unit} | self.texts("TUNIT")

    def cards(self) -> str:
        """Return the header that the metadata of the frame hold, as lines, or an empty string."""
        header = self.metadata.get(HEADER_KEY)
        return "" if not header else "\n".join(renumbered(header, self.names))

    def columns(self) -> dict[str, Any]:
        """Return the columns of all rows by name, with cells of variable length as objects."""
        parts = [columns for _, columns in self.parts()]
        made: dict[str, Any] = {}
        for facts in self.facts:
            made[facts.field.name] = _joined(facts, [part[facts.field.name] for part in parts])
        return made

    def __enter__(self) -> Frame:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()


def _paired(values: Array, dtype: np.dtype[Any]) -> Array:
    """Return pairs of real numbers as complex numbers, undefined if one of a pair is null."""
    numbers = np.ascontiguousarray(np.ma.getdata(values)).view(dtype)[..., 0]
    mask = np.ma.getmask(values)
    return numbers if mask is np.ma.nomask else np.ma.MaskedArray(numbers, mask.any(axis=-1))


def _joined(facts: Facts, parts: list[Any]) -> Array:
    if facts.variable:
        return np.concatenate([np.empty(0, object), *(part.objects() for part in parts)])
    if not parts:
        base = "S1" if facts.is_text else facts.base
        return np.empty((0, *facts.shape), base)
    if any(isinstance(part, np.ma.MaskedArray) for part in parts):
        join: Any = np.ma.concatenate
        joined: Array = join(parts)
        return joined
    return np.concatenate(parts)


def _check_names(where: str, names: list[str]) -> None:
    """Check that columns can be told apart by their names."""
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FITSValueError(f"{where}: two columns have the name {twice!r}: rename one")
    if "" in names:
        raise FITSValueError(f"{where}: column {names.index('')} has an empty name: rename it")


def _row_bytes(facts: Facts) -> int:
    return max(facts.base.itemsize, 16) * int(np.prod(facts.shape, dtype=int))


def _is_of_polars(data: Any) -> bool:
    """Return whether data are of polars, which hands over objects as bytes of their addresses."""
    native = getattr(data, "to_native", None)
    kind = type(data if native is None else native())
    return kind.__module__.partition(".")[0] == "polars"


def _is_in_memory(data: Any) -> bool:
    kind = type(data)
    return kind.__module__.partition(".")[0] in _IN_MEMORY and hasattr(kind, "__len__")
