# SPDX-License-Identifier: BSD-3-Clause
"""Columns of a table are inserted, deleted and described in place."""

from __future__ import annotations

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from rustfits import FITS
from support.tables import ROWS, every_kind, objects, verify


def with_column(data, position, name, values):
    names = list(data.dtype.names)
    names.insert(position, name)
    made = np.zeros(
        len(data),
        [(n, values.dtype, values.shape[1:]) if n == name else (n, data.dtype[n]) for n in names],
    )
    for n in names:
        made[n] = values if n == name else data[n]
    return made


NEW_CELLS = {
    "f4": lambda rng: rng.normal(size=ROWS).astype("f4"),
    "u8": lambda rng: rng.integers(0, 2**64 - 1, ROWS, "u8"),
    "i1": lambda rng: rng.integers(-128, 127, ROWS, "i1"),
    "?": lambda rng: rng.random((ROWS, 9)) < 0.5,
    "U": lambda rng: np.array(["w" * (i % 5) for i in range(ROWS)]),
    "c8": lambda rng: (rng.normal(size=(ROWS, 2, 2)) + 1j).astype("c8"),
}


@pytest.mark.parametrize("kind", NEW_CELLS)
@pytest.mark.parametrize(
    "place",
    [
        {},
        {"position": 0},
        {"position": 7},
        {"after": "I2"},
        {"before": "name"},
        {"after": -1},
        {"before": 0},
    ],
    ids=str,
)
def test_insert_column(bench, rng, kind, place):
    values = NEW_CELLS[kind](rng)
    bench.hdu.insert_column("new", values, unit="km", **place)
    names = bench.data.dtype.names
    where = {"": len(names), "position": place.get("position"), "after": 0, "before": 0}
    if "after" in place:
        where["after"] = len(names) if place["after"] == -1 else names.index("i2") + 1
    if "before" in place:
        where["before"] = 0 if place["before"] == 0 else names.index("name")
    bench.data = with_column(bench.data, where[next(iter(place), "")], "new", values)
    assert bench.hdu.units["new"] == "km"
    assert bench.hdu.units["single"] == "mag"
    bench.check()


def test_insert_bits(bench, rng):
    flags = rng.random((ROWS, 13)) < 0.5
    bench.hdu.insert_column("new", flags, bit_packed=True)
    assert bench.hdu.header[f"TFORM{bench.hdu.ncols}"] == "13X"
    bench.data = with_column(bench.data, len(bench.data.dtype.names), "new", flags)
    bench.check()


@pytest.mark.parametrize("key", ["u1", "F4", "single", 0, -1, 5])
def test_delete_column(bench, key):
    names = list(bench.data.dtype.names)
    removed = names[key] if isinstance(key, int) else key.lower()
    bench.hdu.delete_column(key)
    names.remove(removed)
    fields = np.zeros(ROWS, [(name, bench.data.dtype[name]) for name in names])
    for name in names:
        fields[name] = bench.data[name]
    bench.data = fields
    bench.check()


def test_comments_of_names_get_the_new_number(tmp_path):
    """cfitsio writes "label for field   3"."""
    path = tmp_path / "labels.fits"
    fitsio.write(path, {f"c{n}": np.arange(3.0) for n in range(1, 13)})

    def comments(hdu):
        return [hdu.header.comment_of(f"TTYPE{n}") for n in range(1, hdu.ncols + 1)]

    with FITS(path, "r+") as fits:
        hdu = fits[1]
        before = comments(hdu)
        assert before[8:] == [f"label for field {n:3}" for n in range(9, 13)]
        hdu.insert_column("new", np.arange(3), position=4)
        assert comments(hdu)[:4] == before[:4]
        assert comments(hdu)[5:] == [f"label for field {n:3}" for n in range(6, 14)]
        hdu.delete_column("new")
        assert comments(hdu) == before
    content = path.read_bytes()
    for ours, other in [
        (b"label for field   9", b"label for field 9  "),
        (b"label for field  11", b"label for field 3  "),
        (b"label for field  12", b"label for field12  "),
    ]:
        content = content.replace(ours, other)
    path.write_bytes(content)
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        hdu.insert_column("new", np.arange(3), position=0)
        after = comments(hdu)
        assert after[9] == "label for field 10"
        assert after[11:] == ["label for field 3", "label for field12"]
        hdu.delete_column(0)
        assert comments(hdu)[8] == "label for field 9"
    verify(path)


def test_delete_all_columns(bench):
    for name in bench.data.dtype.names:
        bench.hdu.delete_column(name)
    assert bench.hdu.ncols == 0
    assert bench.tail[1] == 1
    bench.fits.sync()
    verify(bench.path)


def test_describe_column(bench):
    bench.hdu.describe_column("f8", name="flux", unit="Jy", display="E12.4")
    bench.hdu.describe_column("single", unit="")
    assert bench.hdu.units["flux"] == "Jy"
    assert bench.hdu.units["single"] is None
    assert bench.hdu.displays["flux"] == "E12.4"
    names = ["flux" if name == "f8" else name for name in bench.data.dtype.names]
    bench.data.dtype.names = names
    bench.check()
    with astropy_fits.open(bench.path) as other:
        assert other["CAT"].columns["flux"].disp == "E12.4"
        assert other["CAT"].columns["flux"].unit == "Jy"
    with pytest.raises(ValueError, match="'f4' already"):
        bench.hdu.describe_column("flux", name="f4")
    with pytest.raises(ValueError, match="ASCII"):
        bench.hdu.describe_column("flux", unit="Å")


def test_columns_beside_a_heap(heap, rng):
    hdu = heap.hdu
    values = rng.normal(size=(ROWS, 2))
    hdu.insert_column("new", values, after="id")
    heap.data = with_column(heap.data, 1, "new", values)
    heap.check()
    hdu.delete_column("k")
    fields = [name for name in heap.data.dtype.names if name != "k"]
    heap.data = heap.data[fields].astype([(name, heap.data.dtype[name]) for name in fields])
    heap.check()
    hdu.repack()
    heap.check()


def test_insert_column_of_variable_length(heap, rng):
    cells = objects(*(rng.integers(0, 9, n % 4).astype("i4") for n in range(ROWS)))
    heap.hdu.insert_column("new", cells, position=0)
    heap.data = with_column(heap.data, 0, "new", cells)
    heap.check()
    words = objects(*("w" * (n % 3) for n in range(ROWS)))
    heap.hdu.insert_column("words", words, inner_dtype="S", heap_format="Q")
    heap.data = with_column(heap.data, 6, "words", words)
    assert heap.hdu.header["TFORM7"].startswith("1QA")
    heap.check()


def test_insert_into_a_table_without_a_heap(bench):
    cells = objects(*(np.arange(float(n % 3)) for n in range(ROWS)))
    bench.hdu.insert_column("new", cells)
    bench.data = with_column(bench.data, len(bench.data.dtype.names), "new", cells)
    bench.check()


def test_edits_of_a_file_by_turns(bench, rng):
    """A random walk over all edits, beside the same on an array."""
    hdu = bench.hdu
    for step in range(40):
        fresh = every_kind(rng, ROWS)
        what = rng.integers(5)
        row = int(rng.integers(len(bench.data)))
        name = str(rng.choice(bench.data.dtype.names))
        if what == 0:
            hdu[row] = bench.data[row] = bench.data[-1]
        elif what == 1 and name in fresh.dtype.names:
            hdu[name][: ROWS // 2] = fresh[name][: ROWS // 2]
            bench.data[name][: ROWS // 2] = fresh[name][: ROWS // 2]
        elif what == 2:
            hdu.append(bench.data[:3])
            bench.data = np.concatenate([bench.data, bench.data[:3]])
        elif what == 3:
            values = rng.normal(size=len(bench.data))
            hdu.insert_column(f"new{step}", values, position=1)
            bench.data = with_column(bench.data, 1, f"new{step}", values)
        elif bench.hdu.ncols > 3:
            hdu.delete_column(name)
            rest = [n for n in bench.data.dtype.names if n != name]
            bench.data = bench.data[rest].astype([(n, bench.data.dtype[n]) for n in rest])
        bench.look(hdu)
    bench.check()


LONG = [
    ("TTYPE1", lambda hdu: hdu.describe_column(0, name="n" * 69)),
    ("TUNIT1", lambda hdu: hdu.describe_column(0, unit="it's" * 17)),
    ("TDISP1", lambda hdu: hdu.describe_column(0, display="F" * 69)),
    ("TTYPE2", lambda hdu: hdu.insert_column("n" * 69, np.zeros(len(hdu)), position=1)),
]


@pytest.mark.parametrize(("keyword", "change"), LONG, ids=[key for key, _ in LONG])
def test_no_string_of_a_column_goes_on_behind_its_card(bench, keyword, change):
    """fitsverify never came to an end on a TUNIT of two cards (FITS 4.2.1.2)."""
    with pytest.raises(ValueError, match=rf"\[1\]: keyword {keyword}: .* do not fit on one card"):
        change(bench.hdu)
    bench.hdu.describe_column(0, name="n" * 68)
    assert not any(card.startswith("CONTINUE") for card in bench.hdu.header.cards)
    bench.data.dtype.names = ("n" * 68, *bench.data.dtype.names[1:])
    bench.check()
