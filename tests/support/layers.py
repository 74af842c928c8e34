# SPDX-License-Identifier: BSD-3-Clause
"""The order of rooms in tests/unit/house/layers.toml, and what breaks it."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from support import ROOT, TESTS, c_library, toml

LAYERS = TESTS / "unit" / "house" / "layers.toml"

#: For each file, the files of the same tree that it uses. All paths are relative to the root of the tree.
Graph = Mapping[str, Iterable[str]]


class Layers:
    """One section of layers.toml."""

    def __init__(self, section: str) -> None:
        table = toml.load(LAYERS)[section]
        self.root = ROOT / table["root"]
        self.exceptions: list[str] = table["exceptions"]
        self.large_circles: list[int] = table.get("large_circles", [])
        self.max_circle: int = table.get("max_circle", 0)
        self._level = {room: i for i, rooms in enumerate(table["levels"]) for room in rooms}
        self._together = [set(rooms) for rooms in table["together"]]

    def room(self, file: str) -> str:
        """Return the room of a file."""
        for folder in Path(file).parents:
            if folder.as_posix() in self._level:
                return folder.as_posix()
        raise AssertionError(f"{file} is in no room: name its folder in {LAYERS.relative_to(ROOT)}")

    def breaches(self, graph: Graph) -> dict[str, str]:
        """Return a message for each pair of rooms that breaks the order."""
        uses: dict[str, list[str]] = {}
        for user, used_files in graph.items():
            for used in sorted(used_files):
                a, b = self.room(user), self.room(used)
                if a != b and self._level[a] <= self._level[b] and {a, b} not in self._together:
                    uses.setdefault(f"{a} -> {b}", []).append(f"{user} uses {used}")
        return {pair: f"{pair}: " + "\n    ".join(lines) for pair, lines in uses.items()}


def circles(graph: Graph) -> list[list[str]]:
    """Return the sets of files that use each other in a circle, largest first (Tarjan's algorithm)."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(file: str) -> None:
        order[file] = lowest[file] = len(order)
        stack.append(file)
        for used in graph.get(file, ()):
            if used not in order:
                visit(used)
            if used in stack:
                lowest[file] = min(lowest[file], lowest[used])
        if lowest[file] == order[file]:
            start = stack.index(file)
            if len(stack) - start > 1:
                found.append(sorted(stack[start:]))
            del stack[start:]

    for file in graph:
        if file not in order:
            visit(file)
    return sorted(found, key=len, reverse=True)


def c_includes() -> dict[str, list[str]]:
    """Return the files of csrc/ that each file of csrc/ includes."""
    root = ROOT / "csrc"
    names = {path.relative_to(root).as_posix(): path for path in root.rglob("*.[ch]")}
    graph = {}
    for name, path in names.items():
        included = re.findall(r'^#include "([^"]+)"', path.read_text(), re.MULTILINE)
        graph[name] = [file if file in names else f"include/{file}" for file in included]
        strangers = [file for file in graph[name] if file not in names]
        assert not strangers, f"{name} includes {strangers}: write paths relative to csrc/"
    return graph


def imported_modules(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports when it runs (not those for type checkers)."""
    package = path.relative_to(ROOT).parent.parts
    nodes: list[ast.AST] = [ast.parse(path.read_text())]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)
        nodes.extend(ast.iter_child_nodes(node))


def python_imports() -> dict[str, set[str]]:
    """Return the files of rustfits/ that each file of rustfits/ imports."""
    root = ROOT / "rustfits"
    files = {path.relative_to(root).as_posix(): path for path in root.rglob("*.py")}
    graph: dict[str, set[str]] = {}
    for name, path in files.items():
        graph[name] = set()
        for module in imported_modules(path):
            parts = module.split(".")[1:] if module.startswith("rustfits.") else []
            for end in range(len(parts), 0, -1):
                stem = "/".join(parts[:end])
                found = {f"{stem}.py", f"{stem}/__init__.py"} & set(files)
                if found:
                    graph[name] |= found - {name}
                    break
    return graph


@functools.cache
def c_symbols() -> dict[str, set[str]]:
    """Return the sources of csrc/ whose symbols each source of csrc/ uses."""
    folder = c_library.build_folder() / "librustfits_static.a.p"
    objects = {
        folder / f"csrc_{path.relative_to(ROOT / 'csrc').as_posix().replace('/', '_')}.o": path
        for path in (ROOT / "csrc").rglob("*.c")
    }
    names = {
        str(file): path.relative_to(ROOT / "csrc").as_posix() for file, path in objects.items()
    }
    defined, used = {}, {}
    lines = c_library.run(["nm", "-A", *names]).splitlines()
    for line in lines:
        file, _, symbol = line.partition(":")
        kind, name = symbol.split()[-2:]
        if kind == "U":
            used.setdefault(names[file], set()).add(name)
        elif kind.isupper():
            defined[name] = names[file]
    return {
        name: {defined[symbol] for symbol in used.get(name, ()) if symbol in defined} - {name}
        for name in names.values()
    }
