# SPDX-License-Identifier: BSD-3-Clause
"""The C structs whose bytes Python packs: each member where the C compiler has it."""

from __future__ import annotations

import re
import struct

import numpy as np
import pytest

from rustfits._core.binding import layouts
from rustfits._core.binding.library import ffi
from support import ROOT

LAYOUTS = list(layouts.MEMBERS.items())


def places_of(layout: struct.Struct) -> list[tuple[int, int]]:
    """Return offset and size of each item that a layout packs."""
    found = []
    before = "@"
    for count, code in re.findall(r"(\d*)([a-zA-Z?])", layout.format):
        item = f"{count}{code}"
        size = struct.calcsize("@" + item)
        if code != "x" and count != "0":
            assert code == "s" or count == "", "an item of a layout is one member"
            found.append((struct.calcsize(before + item) - size, size))
        before += item
    return found


@pytest.mark.parametrize(("layout", "described"), LAYOUTS, ids=[name for _, (name, _) in LAYOUTS])
def test_layouts_are_those_of_the_compiler(layout, described):
    name, members = described
    fields = dict(ffi.typeof(name).fields)
    assert layout.size == ffi.sizeof(name)
    assert dict(zip(members, places_of(layout), strict=True)) == {
        member: (fields[member].offset, ffi.sizeof(fields[member].type)) for member in members
    }


def test_the_fields_of_numpy_are_those_of_the_compiler():
    dtype = layouts.COLUMN_REQUEST_FIELDS
    assert dtype.itemsize == ffi.sizeof("rf_column_request")
    assert {name: (offset, kind.itemsize) for name, (kind, offset) in dtype.fields.items()} == {
        name: (field.offset, ffi.sizeof(field.type))
        for name, field in ffi.typeof("rf_column_request").fields
    }


def test_every_layout_is_described():
    made = [value for value in vars(layouts).values() if isinstance(value, struct.Struct)]
    assert set(made) == set(layouts.MEMBERS)
    assert [key for key, value in vars(layouts).items() if isinstance(value, np.dtype)] == [
        "COLUMN_REQUEST_FIELDS"
    ]


def test_no_other_module_has_the_layout_of_a_struct():
    others = [
        path.relative_to(ROOT)
        for path in (ROOT / "rustfits").rglob("*.py")
        if path.name != "layouts.py" and re.search(r'struct\.Struct\("', path.read_text())
    ]
    # Both put the layout of `rf_axis` together for several axes.
    assert [str(path) for path in others] == ["rustfits/_core/binding/selection.py"]
