# SPDX-License-Identifier: BSD-3-Clause
"""The order of the rooms in layers.toml holds for #include lines and for Python's imports."""

from __future__ import annotations

import re

from support import ROOT
from support.debts import check_list
from support.layers import LAYERS, Layers, c_includes, circles, python_imports


def test_c_rooms_include_only_lower_rooms():
    layers = Layers("c")
    breaches = layers.breaches(c_includes())
    # test_symbols.py finds the exceptions that are not needed any more.
    new = {pair: text for pair, text in breaches.items() if pair not in layers.exceptions}
    check_list([], new, LAYERS.name)


def test_python_rooms_import_only_lower_rooms():
    layers = Layers("python")
    check_list(layers.exceptions, layers.breaches(python_imports()), LAYERS.name)


def test_c_headers_do_not_include_each_other_in_a_circle():
    assert circles(c_includes()) == []


def test_every_c_source_is_built():
    listed = re.findall(r"'([a-z_/0-9]+\.c)'", (ROOT / "csrc/meson.build").read_text())
    assert sorted(listed) == sorted(name for name in c_includes() if name.endswith(".c"))


def test_circles_are_found():
    graph = {"a": ["b"], "b": ["c", "d"], "c": ["a"], "d": ["e"], "e": ["d"], "f": ["a"]}
    assert circles(graph) == [["a", "b", "c"], ["d", "e"]]


def test_breaches_are_found():
    layers = Layers("c")
    graph = {"base/a.c": ["base/b.c", "store/local/c.c"], "value/d.c": ["codec/e.c"]}
    assert layers.breaches(graph) == {
        "base -> store": "base -> store: base/a.c uses store/local/c.c"
    }
