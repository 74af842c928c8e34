# SPDX-License-Identifier: BSD-3-Clause
"""Random calls on tables give the same results, and the same files, with both fitsio packages."""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

from rustfits import fitsio as ours
from support.fitsio_scripts import MODULES, native

KINDS = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8", "?", "c8", "S3", "U4", "S12"]
SHAPES = [(), (1,), (2,), (2, 3)]
NAMES = ["a", "Bee", "c_3"]


@st.composite
def types(draw):
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    field = st.tuples(st.sampled_from(KINDS), st.sampled_from(SHAPES))
    return [(name, *draw(field)) for name in names]


def rows(dtype, count, seed):
    """Return rows with random cells, among them strings with blanks at their end."""
    rng = np.random.default_rng(seed)
    data = np.zeros(count, dtype)
    for name in data.dtype.names:
        cells = data[name]
        if cells.dtype.kind in "SU":
            width = cells.dtype.itemsize // (4 if cells.dtype.kind == "U" else 1)
            words = ["", "ab", "x ", " y", "abcd  ", "abcdefghijkl", "   "]
            chosen = [words[k][:width] for k in rng.integers(0, len(words), cells.size)]
            cells[...] = np.array(chosen, cells.dtype).reshape(cells.shape)
        elif cells.dtype.kind == "b":
            cells[...] = rng.integers(0, 2, cells.shape)
        else:
            cells[...] = rng.integers(0, 100, cells.shape)
    return data


CALLS = st.lists(
    st.tuples(
        st.sampled_from(
            ["append", "write", "resize", "front", "delete", "range", "insert", "column", "order"]
        ),
        st.integers(0, 7),
        st.integers(0, 7),
    ),
    max_size=4,
)


def change(hdu, dtype, call, one, two):
    """Make one change."""
    count, name = hdu.get_nrows(), dtype[one % len(dtype)][0]
    if call == "append":
        hdu.append(rows(dtype, one, two))
    elif call == "order":
        data = rows(dtype, one, two)
        hdu.append([data[name] for name in data.dtype.names[::-1]], names=data.dtype.names[::-1])
    elif call == "write":
        hdu.write(rows(dtype, one + 1, two), firstrow=two)
    elif call in ("resize", "front"):
        hdu.resize(one + 1, front=call == "front")
    elif call == "delete" and count > 2:
        hdu.delete_rows(sorted({one % count, two % count}))
    elif call == "range":
        hdu.delete_rows(slice(min(one + 1, count), min(one + two + 1, count)))
    elif call == "insert" and count:
        new = f"new{len(hdu.get_colnames())}"
        hdu.insert_column(new, rows([("x", KINDS[two])], one + 1, two)["x"], colnum=two)
    elif call == "column":
        hdu.write_column(name, rows(dtype, one + 1, two)[name], firstrow=two)


def looks(hdu, dtype, one, two):
    """Return what every way to read gives."""
    name, count = dtype[0][0], hdu.get_nrows()
    found = [hdu.read(), hdu[name][:], hdu.read(columns=[name]), hdu[min(one, count) // 2 : count]]
    found += [hdu[[name]][:], hdu.read(trim_strings=True), hdu.read(upper=True), list(hdu)]
    if count:
        numbers = [one % count, two % count]
        found += [hdu.read(rows=numbers), hdu[numbers], hdu[name][numbers], hdu[one % count]]
        found += [hdu.read_column(name, rows=numbers), hdu[name, dtype[-1][0]][numbers[:1]]]
        found += [hdu.read_slice(0, count, one + 1), hdu[name][::2]]
    return found


@pytest.mark.filterwarnings("ignore:Column .* contains NULL")
@settings(max_examples=60, deadline=None)
@given(types(), st.integers(1, 6), CALLS, st.integers(0, 7), st.integers(0, 7))
def test_random_calls(tmp_path_factory, dtype, count, calls, one, two):
    folder = tmp_path_factory.mktemp("random")
    results = []
    for name, module in MODULES.items():
        path = str(folder / f"{name}.fits")
        module.write(path, rows(dtype, count, one))
        # The fitsio package deletes rows that it has appended only in a file that is opened again.
        for call in calls:
            with module.FITS(path, "rw") as fits:
                change(fits[1], dtype, *call)
        with module.FITS(path) as fits:
            results.append(native([looks(fits[1], dtype, one, two), fits[1].get_colnames()]))
        with astropy_fits.open(path) as hdus:
            columns = [native(np.asarray(hdus[1].data[k])) for k in hdus[1].columns.names]
            results[-1] = (results[-1], columns)
        for other in (original, ours):
            assert native(other.read(path, ext=1)) == native(module.read(path, ext=1))
    assert results[0] == results[1]
