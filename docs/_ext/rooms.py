# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx extension: a picture of the rooms of the code, made from the code.

At the begin of a build it writes ``pictures/rooms.svg``. A box is a folder of ``csrc/`` or of
``rustfits/_core/``. Its row is its level in ``layers.toml``, the order that the house tests hold.
An arrow is an include or an import. An arrow down that follows from others is left out; an arrow
that breaks the order is red.
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

import tomllib

if TYPE_CHECKING:
    from sphinx.application import Sphinx

Uses = dict[str, set[str]]
Place = tuple[float, float]

BOX_WIDTH, BOX_HEIGHT, GAP, ROW = 150, 58, 22, 92
COLOURS = {"python": "#dcebf7", "c": "#f7ecd9"}


@dataclass
class Room:
    """A folder: its name, what is written below the name, and in which language it is."""

    name: str
    note: str
    language: str


@dataclass
class House:
    """The rooms by name, what each uses, and the rows from top to bottom."""

    rooms: dict[str, Room]
    uses: Uses
    rows: list[list[str]]


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
        note = f"{count} sources\n{' '.join(inner)}" if name != "include" else "rustfits.h"
        rooms[name] = Room(name, note, "c")
        uses[name] = {other for path in sources for other in included(path, root)} - {name}
    return rooms, uses


def included(path: Path, root: Path) -> Iterator[str]:
    """Iterate over the rooms whose headers a file includes, but for the public header."""
    for header in re.findall(r'^#include "([^"]+)"', path.read_text("utf-8"), re.MULTILINE):
        if (root / header).exists():
            yield header.split("/")[0]


def python_rooms(package: Path) -> tuple[dict[str, Room], Uses]:
    """Return the folders of the package and which of them import from which others."""
    counts: dict[str, int] = {}
    uses: Uses = {}
    for path in sorted(package.rglob("*.py")):
        name = room_of("rustfits." + ".".join(path.relative_to(package).with_suffix("").parts))
        if name is not None:
            counts[name] = counts.get(name, 0) + 1
            uses.setdefault(name, set()).update(
                room for module in imported(path) if (room := room_of(module)) not in (None, name)
            )
    rooms = {
        name: Room(name, f"{count} module{'s' if count > 1 else ''}", "python")
        for name, count in counts.items()
    }
    return rooms, uses


def room_of(module: str) -> str | None:
    """Return the room of a module of the package; None for what is in no room."""
    parts = module.split(".")
    if parts[0] != "rustfits" or len(parts) < 2:
        return None
    if parts[1] == "_core":
        return f"_core/{parts[2]}" if len(parts) > 2 and parts[2] != "__init__" else None
    return parts[1] if parts[1] in ("cli", "fitsio") else "rustfits"


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


def whole_house(root: Path) -> House:
    """Return the rooms of both languages.

    The binding uses the public header, which stands above the C rooms that implement it.
    """
    order = tomllib.loads((root / "tests/unit/house/layers.toml").read_text("utf-8"))
    python, imports = python_rooms(root / "rustfits")
    c, includes = c_rooms(root / "csrc")
    rooms = python | c
    uses = {name: others & rooms.keys() for name, others in (imports | includes).items()}
    above = [
        ["rustfits" if name == "." else name for name in row] for row in order["python"]["levels"]
    ]
    below = [[name for name in row if name != "include"] for row in order["c"]["levels"]]
    uses["_core/binding"].add("include")
    uses["include"] = set().union(*below[-2:]) & rooms.keys()
    rows = [*reversed(above), ["include"], *reversed(below)]
    rows = [there for row in rows if (there := [name for name in row if name in rooms])]
    return House(rooms, uses, rows)


# ---- layout ----


def arrows(house: House) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the uses down that do not follow from others, and those that break the order."""
    row = {name: i for i, names in enumerate(house.rows) for name in names}
    down = {
        name: {other for other in others if row[other] > row[name]}
        for name, others in house.uses.items()
    }
    breaking = [
        (name, other)
        for name, others in sorted(house.uses.items())
        for other in sorted(others - down[name])
    ]
    shortest = [
        (name, other)
        for name, others in sorted(down.items())
        for other in sorted(others)
        if not any(other in reach(down, third) for third in others - {other})
    ]
    return shortest, breaking


def reach(uses: Uses, start: str) -> set[str]:
    """Return what a room uses, directly or not."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in uses[waiting.pop()] - seen:
            seen.add(other)
            waiting.append(other)
    return seen


def places(rows: list[list[str]], lines: list[tuple[str, str]]) -> dict[str, Place]:
    """Return the middle of each box, in an order within the rows that keeps arrows short."""
    rows = [list(row) for row in rows]
    x: dict[str, float] = {}

    def spread() -> None:
        for row in rows:
            for i, name in enumerate(row):
                x[name] = (i - (len(row) - 1) / 2) * (BOX_WIDTH + GAP)

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


def draw(house: House) -> str:
    """Return the picture as SVG."""
    down, breaking = arrows(house)
    place = places(house.rows, down)
    left = min(x for x, _ in place.values()) - BOX_WIDTH / 2 - 10
    bottom = max(y for _, y in place.values()) + BOX_HEIGHT
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="{left:.0f} 0 {-2 * left:.0f} {bottom:.0f}"'
        ' font-family="sans-serif" font-size="12" text-anchor="middle">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7"'
        ' markerHeight="7" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#888"/></marker></defs>',
    ]
    parts += [line(place[one], place[other], "#888") for one, other in down]
    parts += [line(place[one], place[other], "#c22") for one, other in breaking]
    parts += [box(house.rooms[name], *place[name]) for name in place]
    return "\n".join([*parts, "</svg>", ""])


def line(start: Place, end: Place, colour: str) -> str:
    """Return an arrow from the edge of one box to the edge of another."""
    (x0, y0), (x1, y1) = start, end
    if y0 == y1:
        side = BOX_WIDTH / 2 if x1 > x0 else -BOX_WIDTH / 2
        x0, x1, bend = x0 + side, x1 - side, 0.0
    else:
        half = BOX_HEIGHT / 2 if y1 > y0 else -BOX_HEIGHT / 2
        y0, y1 = y0 + half, y1 - half
        bend = (y1 - y0) / 2
    path = f"M{x0} {y0} C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}"
    style = f'fill="none" stroke="{colour}" stroke-width="1.3" marker-end="url(#tip)"'
    return f'<path d="{path}" {style}/>'


def box(room: Room, x: float, y: float) -> str:
    """Return a box with the name of a room and its note."""
    first, *rest = room.note.split("\n")
    lines = [
        f'<rect x="{x - BOX_WIDTH / 2}" y="{y - BOX_HEIGHT / 2}" width="{BOX_WIDTH}"'
        f' height="{BOX_HEIGHT}" rx="6" fill="{COLOURS[room.language]}" stroke="#777"/>',
        f'<text x="{x}" y="{y - 12}" font-weight="bold" font-size="13" fill="#222">'
        f"{escape(room.name)}</text>",
    ]
    lines += [
        f'<text x="{x}" y="{y + 4 + 13 * i}" font-size="10.5" fill="#444">{escape(text)}</text>'
        for i, text in enumerate([first, *textwrap.wrap(" ".join(rest), 27)])
    ]
    return "\n".join(lines)


def generate(app: Sphinx) -> None:
    """Write the picture."""
    source = Path(app.srcdir)
    folder = source / "pictures"
    folder.mkdir(exist_ok=True)
    (folder / "rooms.svg").write_text(draw(whole_house(source.parent)), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("builder-inited", generate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
