# SPDX-License-Identifier: BSD-3-Clause
"""Any sequence of edits leaves a file that fitsverify, astropy and fitsio take for what it should be.

The default run is short; ``pytest --hypothesis-profile=long`` makes many and long sequences.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from rustfits import FITS
from support.tables import native, verify

NUMBERS = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "c8", "c16"]
OFFSET_TYPES = ("i1", "u2", "u4", "u8")
SHAPES: list[tuple[int, ...]] = [(), (), (), (1,), (3,), (2, 3), (0,)]
WORDS = ["", "a", "NGC", "M 31", "x  y", "long-name"]
NAMES = [f"c{number}" for number in range(30)] + ["Mixed_Case", "TTYPE1", "x"]


@dataclass
class Kind:
    """The type and shape of the cells of a column."""

    base: str  # of numpy; "U9", "?"
    shape: tuple[int, ...] = ()
    heap: str = ""  # "P" or "Q"
    bits: bool = False
    nulls: bool = False

    def draw(self, rng: np.random.Generator, count: int) -> Any:
        """Cells as they are given for writing and read again."""
        if self.heap:
            lengths = rng.integers(0, 12, count)
            cells = np.empty(count, object)
            cells[:] = [self._elements(rng, (int(length),)) for length in lengths]
            if self.base == "U9":
                for row in range(count):
                    cells[row] = ("word " * 3)[: lengths[row]].rstrip()
            return cells
        values = self._elements(rng, (count, *self.shape))
        if self.nulls:
            return np.ma.MaskedArray(values, rng.random(values.shape) < 0.3)
        return values

    def first(self, rng: np.random.Generator, count: int) -> Any:
        """Cells for a column to be made of: TNULL there is when one of them is undefined."""
        cells = self.draw(rng, count)
        self.nulls = np.ma.is_masked(cells)
        return cells if self.nulls else np.ma.getdata(cells)

    def _elements(self, rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
        if self.base == "U9":
            return rng.choice(np.array(WORDS, "U9"), shape)
        if self.base == "?":
            return rng.random(shape) < 0.5
        kind = np.dtype(self.base)
        if kind.kind in "iu":
            # TNULL is the smallest or the largest value.
            low, high = np.iinfo(kind).min + 1, np.iinfo(kind).max - 1
            return rng.integers(low, high, shape, kind, endpoint=True)
        values = rng.normal(size=shape) * 10.0 ** rng.integers(-30, 30)
        if kind.kind == "c":
            values = values + 1j * rng.normal(size=shape)
        return values.astype(kind)


@dataclass
class Table:
    """The expected state of a table HDU."""

    hdu: Any
    nrows: int
    ascii: bool = False
    packed: bool = False
    kinds: dict[str, Kind] = field(default_factory=dict, repr=False)
    cells: dict[str, Any] = field(default_factory=dict, repr=False)
    units: dict[str, str | None] = field(default_factory=dict, repr=False)
    keys: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass
class Image:
    """The expected state of an image HDU."""

    hdu: Any
    pixels: Any = field(repr=False)
    keys: dict[str, Any] = field(default_factory=dict, repr=False)


@st.composite
def kinds(draw: st.DrawFn, text_only: bool = False) -> Kind:
    """A kind of column; of ASCII tables those whose values come back as they were."""
    if text_only:
        return Kind(draw(st.sampled_from(["i8", "f8", "U9"])))
    base = draw(st.sampled_from([*NUMBERS, "?", "?", "U9", "U9"]))
    heap = draw(st.sampled_from(["", "", "", "P", "Q"]))
    if heap:
        return Kind(base, heap=heap)
    shape = draw(st.sampled_from(SHAPES[:-1] if base == "U9" else SHAPES))
    bits = base == "?" and len(shape) < 2 and draw(st.booleans())  # TDIM of bits astropy misreads
    nulls = base[0] in "iu" and not bits and draw(st.integers(0, 3)) == 0
    return Kind(base, shape, bits=bits, nulls=nulls)


@st.composite
def rows_of(draw: st.DrawFn, count: int) -> Any:
    """A key for some of `count` rows."""
    which = draw(st.integers(0, 3))
    if which == 0 or not count:
        return draw(st.slices(count))
    if which == 1:
        return draw(st.integers(-count, count - 1))
    if which == 2:
        places = st.integers(-count, count - 1)
        return np.array(draw(st.lists(places, max_size=6, unique_by=lambda n: n % count)), int)
    return np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)), bool)


SEEDS = st.integers(0, 2**32 - 1)


class Edits(RuleBasedStateMachine):
    """A file, and what should be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.path = self.folder / "edited.fits"
        self.fits = FITS(self.path, "w+")
        self.hdus: list[Table | Image] = []

    def teardown(self) -> None:
        self.fits.close()
        shutil.rmtree(self.folder)

    # ---- what there is ----

    def tables(self) -> list[Table]:
        return [hdu for hdu in self.hdus if isinstance(hdu, Table)]

    def filled(self) -> list[Table]:
        """Those that have columns."""
        return [table for table in self.tables() if table.kinds]

    def table(self, data: st.DataObject) -> Table:
        return data.draw(st.sampled_from(self.tables()))

    def column(self, data: st.DataObject, table: Table) -> str:
        return data.draw(st.sampled_from(list(table.kinds)))

    # ---- HDUs ----

    @initialize(size=st.integers(0, 1500))
    def primary(self, size: int) -> None:
        pixels = np.arange(size, dtype="i2")
        self.hdus.append(Image(self.fits.write_image(pixels if size else None), pixels))

    @precondition(lambda self: len(self.hdus) < 6)
    @rule(data=st.data(), nrows=st.sampled_from([0, 1, 2, 7, 40, 700]), seed=SEEDS)
    def new_table(self, data: st.DataObject, nrows: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        packed = data.draw(st.sampled_from([None, None, None, True]))
        names = data.draw(st.lists(st.sampled_from(NAMES), max_size=5, unique_by=str.lower))
        kept = {name: data.draw(kinds()) for name in names}
        cells = {name: kind.first(rng, nrows) for name, kind in kept.items()}
        units = {name: data.draw(st.sampled_from([None, "Jy", "m/s"])) for name in names}
        hdu = self.fits.write_table(
            cells,
            extname="TABLE",
            extver=len(self.hdus),
            units=units,
            var_dtypes={name: kind.base for name, kind in kept.items() if kind.heap},
            bit_columns=[name for name, kind in kept.items() if kind.bits],
            heap_format="Q" if any(kind.heap == "Q" for kind in kept.values()) else "P",
            compress=packed,
            ztilelen=data.draw(st.sampled_from([1, 5, 100])) if packed else None,
        )
        self.hdus.append(Table(hdu, nrows if names else 0, False, bool(packed), kept, cells, units))

    @precondition(lambda self: len(self.hdus) < 6)
    @rule(data=st.data(), nrows=st.sampled_from([0, 1, 7, 200]), seed=SEEDS)
    def new_ascii_table(self, data: st.DataObject, nrows: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        names = data.draw(
            st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique_by=str.lower)
        )
        kept = {name: data.draw(kinds(True)) for name in names}
        cells = {name: kind.draw(rng, nrows) for name, kind in kept.items()}
        hdu = self.fits.create_ascii_table_hdu(
            [(name, kind.base) for name, kind in kept.items()], nrows, extver=len(self.hdus)
        )
        hdu.write(cells)
        self.hdus.append(Table(hdu, nrows, True, False, kept, cells, dict.fromkeys(names)))

    @precondition(lambda self: len(self.hdus) < 6)
    @rule(size=st.integers(1, 3000), compress=st.sampled_from([None, "RICE_1", "GZIP_1"]))
    def new_image(self, size: int, compress: str | None) -> None:
        pixels = np.arange(size, dtype="i4") % 771
        self.hdus.append(Image(self.fits.write_image(pixels, compress=compress), pixels))

    # ---- cells ----

    @precondition(lambda self: self.filled())
    @rule(data=st.data(), seed=SEEDS)
    def some_rows(self, data: st.DataObject, seed: int) -> None:
        """``hdu[rows] =``, ``hdu[["a", "b"]][rows] =``, ``hdu["a"][rows] =``, ``hdu["a"] =``."""
        table = data.draw(st.sampled_from(self.filled()))
        rng = np.random.default_rng(seed)
        key = data.draw(rows_of(table.nrows))
        single = isinstance(key, int)
        count = 1 if single else len(np.arange(table.nrows)[key])
        way = data.draw(st.sampled_from(["rows", "columns", "column", "whole column"]))
        names = list(table.kinds)
        if way == "columns":
            names = data.draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        elif way != "rows":
            names = [data.draw(st.sampled_from(names))]
        if way == "whole column":
            key, single, count = slice(None), False, table.nrows
        new = {name: table.kinds[name].draw(rng, count) for name in names}
        if way == "whole column":
            table.hdu[names[0]] = new[names[0]]
        elif way == "column":
            values = new[names[0]]
            table.hdu[names[0]][key] = values[0] if single else values
        elif way == "columns":
            table.hdu[names][key] = new
        else:
            table.hdu[key] = new
        for name in names:
            table.cells[name][key] = new[name][0] if single else new[name]

    @precondition(lambda self: self.filled())
    @rule(data=st.data())
    def records(self, data: st.DataObject) -> None:
        """Rows from a structured array that was read."""
        table = data.draw(st.sampled_from(self.filled()))
        if table.nrows < 2:
            return
        read = table.hdu[:2]
        table.hdu[[table.nrows - 2, table.nrows - 1]] = read
        for cells in table.cells.values():
            cells[-2:] = cells[:2].copy()

    @precondition(lambda self: self.filled())
    @rule(data=st.data(), seed=SEEDS)
    def whole(self, data: st.DataObject, seed: int) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        rng = np.random.default_rng(seed)
        new = {name: kind.draw(rng, table.nrows) for name, kind in table.kinds.items()}
        if data.draw(st.booleans()):
            table.hdu.write(list(new.values()), names=list(new))
        else:
            table.hdu.write(new)
        table.cells = new

    # ---- rows ----

    @precondition(lambda self: self.filled())
    @rule(
        data=st.data(),
        counts=st.lists(st.sampled_from([0, 1, 2, 30, 500]), min_size=1, max_size=4),
        seed=SEEDS,
    )
    def append(self, data: st.DataObject, counts: list[int], seed: int) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        rng = np.random.default_rng(seed)
        with table.hdu.appending() as hdu:
            for count in counts:
                new = {name: kind.draw(rng, count) for name, kind in table.kinds.items()}
                hdu.append(new)
                table.nrows += count
                for name, cells in new.items():
                    table.cells[name] = (
                        np.ma.concatenate([table.cells[name], cells])
                        if (isinstance(cells, np.ma.MaskedArray))
                        else np.concatenate([table.cells[name], cells])
                    )

    @precondition(lambda self: self.filled())
    @rule(data=st.data())
    def delete_rows(self, data: st.DataObject) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        key = data.draw(rows_of(table.nrows))
        key = [key] if isinstance(key, int) else key
        table.hdu.delete_rows(key)
        left = np.ones(table.nrows, bool)
        left[key] = False
        table.nrows = int(left.sum())
        for name, cells in table.cells.items():
            table.cells[name] = cells[left]

    @precondition(lambda self: self.filled())
    @rule(data=st.data(), count=st.integers(0, 20))
    def cut(self, data: st.DataObject, count: int) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        count = min(count, table.nrows)
        table.hdu.resize(count)
        table.nrows = count
        for name, cells in table.cells.items():
            table.cells[name] = cells[:count]

    # ---- columns ----

    @precondition(lambda self: self.tables())
    @rule(data=st.data(), seed=SEEDS)
    def insert_column(self, data: st.DataObject, seed: int) -> None:
        table = self.table(data)
        taken = {name.lower() for name in table.kinds}
        name = data.draw(st.sampled_from([n for n in NAMES if n.lower() not in taken]))
        kind = data.draw(kinds(table.ascii))
        cells = kind.first(np.random.default_rng(seed), table.nrows)
        options: dict[str, Any] = {"unit": data.draw(st.sampled_from([None, "K"]))}
        place = data.draw(st.integers(0, len(table.kinds)))
        order = list(table.kinds)
        if place < len(order):
            options |= data.draw(
                st.sampled_from([{"position": place}, {"before": order[place]}, {"before": place}])
            )
        elif order and data.draw(st.booleans()):
            options["after"] = order[-1]
        if kind.heap:
            options |= {"inner_dtype": kind.base, "heap_format": kind.heap}
        if not table.ascii:
            options["bit_packed"] = kind.bits
        table.hdu.insert_column(name, cells, **options)
        table.units[name] = options["unit"]
        order.insert(place, name)
        table.kinds[name], table.cells[name] = kind, cells
        table.kinds = {name: table.kinds[name] for name in order}

    @precondition(lambda self: self.filled())
    @rule(data=st.data())
    def delete_column(self, data: st.DataObject) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        name = self.column(data, table)
        number = list(table.kinds).index(name)
        table.hdu.delete_column(data.draw(st.sampled_from([name, name.upper(), number])))
        del table.kinds[name], table.cells[name], table.units[name]

    @precondition(lambda self: self.filled())
    @rule(data=st.data())
    def describe_column(self, data: st.DataObject) -> None:
        table = data.draw(st.sampled_from(self.filled()))
        name = self.column(data, table)
        taken = {other.lower() for other in table.kinds if other != name}
        new = data.draw(st.sampled_from([n for n in NAMES if n.lower() not in taken]))
        table.hdu.describe_column(name, name=new, unit="pix")
        for facts in (table.kinds, table.cells, table.units):
            items = [(new if key == name else key, value) for key, value in facts.items()]
            facts.clear()
            facts.update(items)
        table.units[new] = "pix"

    @precondition(lambda self: any(not table.ascii for table in self.tables()))
    @rule(data=st.data())
    def repack(self, data: st.DataObject) -> None:
        table = data.draw(st.sampled_from([t for t in self.tables() if not t.ascii]))
        table.hdu.repack()
        used = sum(
            len(cell)
            for name, kind in table.kinds.items()
            if kind.heap
            for cell in table.cells[name]
        )
        if not used and not table.packed:
            assert table.hdu.header["PCOUNT"] == 0

    # ---- headers, and the file ----

    @rule(data=st.data(), count=st.integers(1, 40), value=st.integers())
    def keywords(self, data: st.DataObject, count: int, value: int) -> None:
        hdu = data.draw(st.sampled_from(self.hdus))
        new = {f"KEY{number}": value % 2**40 + number for number in range(count)}
        with hdu.hdu.header.edit() as edit:
            for key, number in new.items():
                edit[key] = number
        hdu.keys |= new

    @precondition(lambda self: any(hdu.keys for hdu in self.hdus))
    @rule(data=st.data())
    def delete_keywords(self, data: st.DataObject) -> None:
        hdu = data.draw(st.sampled_from([hdu for hdu in self.hdus if hdu.keys]))
        with hdu.hdu.header.edit() as edit:
            for key in hdu.keys:
                del edit[key]
        hdu.keys = {}

    @rule(data=st.data())
    def checksums(self, data: st.DataObject) -> None:
        hdu = data.draw(st.sampled_from(self.hdus))
        hdu.hdu.add_checksum()
        assert hdu.hdu.verify_checksum() is True

    @rule()
    def reopen(self) -> None:
        self.fits.close()
        self.fits = FITS(self.path, "r+")
        assert len(self.fits) == len(self.hdus)
        for hdu, found in zip(self.hdus, self.fits, strict=True):
            hdu.hdu = found

    # ---- what should hold ----

    @invariant()
    def as_it_should_be(self) -> None:
        if not self.hdus:
            return
        if any("THEAP" in hdu.hdu.header for hdu in self.hdus):
            # Until a flush, the table has room for more rows, which cfitsio counts wrongly.
            for hdu in self.tables():
                read_by_us(hdu)
            self.fits.sync()
        verify(self.path)
        for number, hdu in enumerate(self.hdus):
            assert hdu.hdu.index == number
            for key, value in hdu.keys.items():
                assert hdu.hdu.header[key] == value
            if isinstance(hdu, Image):
                if hdu.pixels.size:
                    np.testing.assert_array_equal(hdu.hdu.read(), hdu.pixels)
            else:
                read_by_us(hdu)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with astropy_fits.open(self.path, memmap=False) as other:
                assert len(other) == len(self.hdus)
                for hdu, theirs in zip(self.hdus, other, strict=True):
                    assert {key: theirs.header[key] for key in hdu.keys} == hdu.keys
                    if isinstance(hdu, Table) and hdu.packed:
                        assert theirs.header["ZTABLE"]  # which neither of them reads
                    elif isinstance(hdu, Table):
                        read_by_astropy(hdu, theirs)
                    elif hdu.pixels.size:
                        np.testing.assert_array_equal(theirs.data, hdu.pixels)
            with fitsio.FITS(self.path, vstorage="object") as other:
                for hdu, theirs in zip(self.hdus, other, strict=True):
                    if isinstance(hdu, Table) and hdu.packed:
                        continue
                    if isinstance(hdu, Table):
                        read_by_fitsio(hdu, theirs)
                    elif hdu.pixels.size:
                        np.testing.assert_array_equal(theirs.read(), hdu.pixels)


def equal(got: Any, expected: Any) -> None:
    """The same values; cells of variable length one by one."""
    assert len(got) == len(expected)
    if got.dtype.kind == "U":
        got = np.char.rstrip(got)  # peers leave the blanks of fields that are wider
    if np.asarray(expected).dtype.kind != "O":
        np.testing.assert_array_equal(got, expected)
        return
    for mine, cell in zip(got, expected, strict=True):
        if isinstance(cell, str):
            assert "".join(mine).rstrip() == cell  # letter by letter from astropy
        else:
            np.testing.assert_array_equal(mine, cell)


def read_by_us(table: Table) -> None:
    assert table.hdu.nrows == table.nrows
    assert table.hdu.colnames == tuple(table.kinds)
    assert table.hdu.units == {name: table.units[name] for name in table.kinds}
    got = table.hdu.read(as_dict=True)
    for name, kind in table.kinds.items():
        cells = table.cells[name]
        if kind.nulls and not table.ascii:
            read = table.hdu.read_column(name, mask_null=True)
            np.testing.assert_array_equal(np.ma.getmaskarray(read), np.ma.getmaskarray(cells))
            np.testing.assert_array_equal(read.compressed(), cells.compressed())
        else:
            assert kind.heap or got[name].dtype == np.dtype(kind.base)
            equal(got[name], cells)


def defined(kind: Kind, got: Any, cells: Any) -> tuple[Any, Any]:
    """Leave out what is undefined, for those that do not mask."""
    if not kind.nulls:
        return got, cells
    left = ~np.ma.getmaskarray(cells)
    return np.asarray(got).reshape(left.shape)[left], np.ma.getdata(cells)[left]


def read_by_astropy(table: Table, hdu: Any) -> None:
    assert hdu.columns.names == list(table.kinds)
    if any(kind.heap and kind.base == "?" and kind.bits for kind in table.kinds.values()):
        return
    for name, kind in table.kinds.items():
        cells = table.cells[name]
        if not table.nrows or 0 in kind.shape:
            continue
        if kind.heap and kind.base in (*OFFSET_TYPES, "c8", "c16"):
            continue  # astropy does not scale, or swap, what is in the heap
        got = native(hdu.data[name])
        if kind.base == "i1":
            got = got.astype("i1")
        if not kind.heap:
            got = got.reshape(cells.shape)
        equal(*defined(kind, got, cells))


def read_by_fitsio(table: Table, hdu: Any) -> None:
    if not table.nrows or not table.kinds:
        return
    assert hdu.get_nrows() == table.nrows
    for name, kind in table.kinds.items():
        if (
            0 in kind.shape
            or kind.base in ("i1", "u8")
            or (kind.heap and kind.base in OFFSET_TYPES)
        ):
            continue  # fitsio does not scale those
        if table.ascii and kind.base == "U9":
            continue  # fitsio writes behind the end of its memory when it reads those
        cells = table.cells[name]
        got = hdu[name][:]
        if not kind.heap:
            got = got.reshape(cells.shape)
        if table.ascii:  # cfitsio takes the way by reals, and does not round
            np.testing.assert_allclose(got, cells, rtol=1e-14)
        else:
            equal(*defined(kind, got, cells))


def test_any_sequence_of_edits() -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(
        Edits,
        settings=settings(
            max_examples=2000 if long else 15,
            stateful_step_count=40 if long else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
