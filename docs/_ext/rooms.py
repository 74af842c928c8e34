# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx extension: a picture of the rooms of the code, made from the code.

At the begin of a build it writes ``pictures/rooms.svg``. A box is a folder of ``csrc/`` or of
``rustfits/_core/``. An arrow is an include or an import; one that follows from others is left out.
A box lies above all boxes that it uses. Rooms that use each other share a row, with red arrows.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Uses = dict[str, set[str]]

WIDTH, BOX_WIDTH, BOX_HEIGHT, GAP, ROW = 940, 150, 64, 22, 112
COLOURS = {"python": "#dcebf7", "c": "#f7ecd9"}


@dataclass
class Room:
    """A folder: its name, what is written below the name, and in which language it is."""

    name: str
    note: str
    language: str


# ---- what the code says ----


def c_rooms(root: Path) -> tuple[dict[str, Room], Uses]:
    """Return the folders of ``csrc`` and which of them include headers of which others."""
    rooms: dict[str, Room] = {}
    uses: Uses = {}
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        name = folder.name
        sources = list(folder.rglob("*.[ch]"))
        inner = sorted(path.name for path in folder.iterdir() if path.is_dir())
        count = sum(path.suffix == ".c" for path in sources)
        note = " ".join(inner) if name != "include" else "rustfits.h"
        rooms[name] = Room(name, f"{count} sources\n{note}" if count else note, "c")
        uses[name] = {other for path in sources for other in included(path, root)} - {name}
    return rooms, uses


def included(path: Path, root: Path) -> Iterator[str]:
    """Iterate over the rooms whose headers a file includes."""
    for header in re.findall(r'^#include "([^"]+)"', path.read_text("utf-8"), re.MULTILINE):
        if header.startswith("rustfits"):
            yield "include"
        elif (root / header).exists():
            yield header.split("/")[0]


def python_rooms(package: Path) -> tuple[dict[str, Room], Uses]:
    """Return the folders of the package and which of them import from which others."""
    rooms: dict[str, Room] = {}
    uses: Uses = {}
    for path in sorted(package.rglob("*.py")):
        name = room_of("rustfits." + ".".join(path.relative_to(package).with_suffix("").parts))
        if name is None:
            continue
        count = int(rooms[name].note.split()[0]) + 1 if name in rooms else 1
        rooms[name] = Room(name, f"{count} modules" if count > 1 else "1 module", "python")
        uses.setdefault(name, set()).update(
            room for module in imported(path) if (room := room_of(module)) not in (None, name)
        )
    return rooms, uses


def room_of(module: str) -> str | None:
    """Return the room of a module; None for the package itself and for what is not of it."""
    parts = module.split(".")
    if parts[0] != "rustfits" or len(parts) < 2:
        return None
    if parts[1] == "_core":
        return f"_core.{parts[2]}" if len(parts) > 2 and parts[2] != "__init__" else None
    return {"__main__": "cli", "cli": "cli", "fitsio": "fitsio"}.get(parts[1], "rustfits")


def imported(path: Path) -> Iterator[str]:
    """Iterate over the modules of the package that a module imports when it runs."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def whole_house(root: Path) -> tuple[dict[str, Room], Uses]:
    """Return the rooms of both languages.

    The binding uses the public header, and the header stands above the C rooms that implement it.
    """
    python, imports = python_rooms(root / "rustfits")
    c, includes = c_rooms(root / "csrc")
    used = {name: rooms & python.keys() for name, rooms in imports.items()}
    below = {name: rooms & c.keys() - {"include"} for name, rooms in includes.items()}
    del below["include"]
    row = levels(below)
    below["include"] = {name for name in below if row[name] == max(row.values())}
    for name in python:
        if name.endswith(".binding"):
            used[name].add("include")
    return python | c, used | below


# ---- layout ----


def reach(uses: Uses, start: str) -> set[str]:
    """Return what a room uses, directly or not."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in uses[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


def levels(uses: Uses) -> dict[str, int]:
    """Return the row of each room, 0 at the bottom; rooms that use each other share one."""
    reached = {name: reach(uses, name) for name in uses}
    found: dict[str, int] = {}

    def level(name: str) -> int:
        if name not in found:
            circle = {other for other in reached[name] if name in reached[other]} | {name}
            below = {other for one in circle for other in uses[one]} - circle
            height = 1 + max((level(other) for other in below), default=-1)
            found.update(dict.fromkeys(circle, height))
        return found[name]

    for name in uses:
        level(name)
    return found


def arrows(uses: Uses) -> list[tuple[str, str]]:
    """Return the uses that do not follow from others."""
    reached = {name: reach(uses, name) for name in uses}
    return [
        (name, other)
        for name, others in sorted(uses.items())
        for other in sorted(others)
        if not any(
            other in reached[third] and third not in reached[other] and name not in reached[third]
            for third in others - {other}
        )
    ]


def places(uses: Uses) -> dict[str, tuple[float, float]]:
    """Return the middle of each box: rows by level, ordered to keep arrows short."""
    height = levels(uses)
    rows = [sorted(n for n in uses if height[n] == h) for h in range(max(height.values()), -1, -1)]
    lines = arrows(uses)
    x = {name: float(i) for row in rows for i, name in enumerate(row)}

    def spread() -> None:
        for row in rows:
            for i, name in enumerate(row):
                x[name] = WIDTH / 2 + (i - (len(row) - 1) / 2) * (BOX_WIDTH + GAP)

    spread()
    for _ in range(12):
        for row in rows:
            near = {
                name: [x[b] for a, b in lines if a == name] + [x[a] for a, b in lines if b == name]
                for name in row
            }
            row.sort(key=lambda name: (sum(near[name]) / max(len(near[name]), 1), name))
            spread()
    return {name: (x[name], 40 + i * ROW) for i, row in enumerate(rows) for name in row}


# ---- drawing ----


def draw(rooms: dict[str, Room], uses: Uses) -> str:
    """Return the picture as SVG."""
    place = places(uses)
    bottom = max(y for _, y in place.values()) + BOX_HEIGHT
    left = min(x for x, _ in place.values()) - BOX_WIDTH / 2 - 10
    right = max(x for x, _ in place.values()) + BOX_WIDTH / 2 + 10
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="{left:.0f} 0 {right - left:.0f} {bottom:.0f}"'
        ' font-family="sans-serif" font-size="12" text-anchor="middle">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#888"/></marker></defs>',
    ]
    parts += [line(place[one], place[other]) for one, other in arrows(uses)]
    parts += [box(rooms[name], *place[name]) for name in place]
    return "\n".join([*parts, "</svg>", ""])


def line(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return an arrow: down, or sideways and red between rooms that use each other."""
    half = BOX_HEIGHT / 2
    (x0, y0), (x1, y1) = start, end
    if y0 >= y1:
        side = BOX_WIDTH / 2 if x1 > x0 else -BOX_WIDTH / 2
        path, colour = f"M{x0 + side} {y0} L{x1 - side} {y1}", "#c22"
    else:
        y0, y1 = y0 + half, y1 - half
        bend = (y1 - y0) / 2
        path, colour = f"M{x0} {y0} C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}", "#888"
    style = f'fill="none" stroke="{colour}" stroke-width="1.3" marker-end="url(#tip)"'
    return f'<path d="{path}" {style}/>'


def box(room: Room, x: float, y: float) -> str:
    """Return a box with the name of a room and its note."""
    first, *rest = room.note.split("\n")
    note = [first, *textwrap.wrap(" ".join(rest), 27)]
    colour = COLOURS[room.language]
    lines = [
        f'<rect x="{x - BOX_WIDTH / 2}" y="{y - BOX_HEIGHT / 2}" width="{BOX_WIDTH}"'
        f' height="{BOX_HEIGHT}" rx="6" fill="{colour}" stroke="#777"/>',
        f'<text x="{x}" y="{y - 14}" font-weight="bold" font-size="13" fill="#222">'
        f"{escape(room.name)}</text>",
    ]
    for i, text in enumerate(note):
        lines.append(
            f'<text x="{x}" y="{y + 3 + 13 * i}" font-size="10.5" fill="#444">{escape(text)}</text>'
        )
    return "\n".join(lines)


def generate(app: Sphinx) -> None:
    """Write the picture."""
    source = Path(app.srcdir)
    folder = source / "pictures"
    folder.mkdir(exist_ok=True)
    (folder / "rooms.svg").write_text(draw(*whole_house(source.parent)), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("builder-inited", generate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
