# SPDX-License-Identifier: BSD-3-Clause
"""The order of the rooms in layers.toml holds for the symbols that object files define and use."""

from __future__ import annotations

from support.debts import check_list
from support.layers import LAYERS, Layers, c_includes, c_symbols, circles


def test_c_rooms_use_only_lower_rooms():
    layers = Layers("c")
    included, used = c_includes(), c_symbols()
    assert sum(map(len, used.values())) > 500
    graph = {file: {*included[file], *used.get(file, ())} for file in included}
    check_list(layers.exceptions, layers.breaches(graph), LAYERS.name)


def test_c_files_call_each_other_in_small_circles_only():
    layers = Layers("c")
    large = [circle for circle in circles(c_symbols()) if len(circle) > layers.max_circle]
    shown = "".join(f"\n{len(circle)} files: {', '.join(circle)}" for circle in large)
    assert len(large) <= len(layers.large_circles), f"a new circle:{shown}"
    assert len(large) == len(layers.large_circles), (
        f"shorten large_circles in {LAYERS.name}:{shown}"
    )
    for circle, size in zip(large, layers.large_circles, strict=True):
        assert len(circle) <= size, f"a circle has grown from {size}:{shown}"
