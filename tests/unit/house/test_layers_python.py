# SPDX-License-Identifier: BSD-3-Clause
"""Few modules of the Python package call C, and modules do not import each other in a circle."""

from __future__ import annotations

import ast

import tomllib

from support import ROOT
from support.layers import LAYERS, Layers, circles, python_imports


def test_only_the_listed_modules_call_c():
    root = ROOT / "rustfits"
    users = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name) and node.id in ("ffi", "lib")
    }
    listed = set(tomllib.loads(LAYERS.read_text())["python"]["calls_c"])
    assert {user for user in users if not user.startswith("_core/binding/")} == listed


def test_circles_of_modules_are_small():
    graph = python_imports()
    assert len(graph) > 70
    assert max(map(len, circles(graph)), default=0) <= Layers("python").max_circle
