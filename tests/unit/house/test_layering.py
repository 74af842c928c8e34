# SPDX-License-Identifier: BSD-3-Clause
"""The rooms of the C library: who may include whom, and how long a file may get."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import ROOT

CSRC = ROOT / "csrc"

# A room sees itself and the rooms before it.
ROOMS = [
    "include", "base", "value", "codec", "header", "expr", "store", "file", "image", "table", "tiled", "hdu",
]  # fmt: skip
# To be emptied by the table of HDU kinds.
UPWARDS = {
    ("file", "tiled"), ("image", "tiled"), ("table", "tiled"), ("tiled", "hdu"),
}
MOST_LINES = 800

SOURCES = sorted(p for p in CSRC.rglob("*.[ch]") if p.is_file())
GRAPH = {
    str(path.relative_to(CSRC)): re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)
    for path in SOURCES
}


def resolve(name: str) -> str:
    return f"include/{name}" if name.startswith("rustfits") else name


def test_there_is_something_to_look_at():
    assert {Path(name).parts[0] for name in GRAPH} == set(ROOMS)


@pytest.mark.parametrize("name", GRAPH)
def test_includes_never_go_upwards(name):
    room = Path(name).parts[0]
    for included in map(resolve, GRAPH[name]):
        assert included in GRAPH, f"{name} includes {included}: include by room, from csrc/"
        other = Path(included).parts[0]
        assert ROOMS.index(other) <= ROOMS.index(room) or (room, other) in UPWARDS, (
            f"{name} includes {included}, a room above"
        )


def test_no_cycle_between_files():
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "cycle: " + " → ".join((*trail, name))
        if name in done:
            return
        for included in map(resolve, GRAPH[name]):
            visit(included, (*trail, name))
        done.add(name)

    for name in GRAPH:
        visit(name, ())


def test_every_source_is_built():
    listed = set(re.findall(r"'([a-z_/0-9]+\.c)'", (CSRC / "meson.build").read_text()))
    assert listed == {name for name in GRAPH if name.endswith(".c")}


@pytest.mark.parametrize(
    "path",
    [*SOURCES, *sorted((ROOT / "rustfits").rglob("*.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_file_is_too_long(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES
