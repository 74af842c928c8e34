# SPDX-License-Identifier: BSD-3-Clause
"""Folders and files are small enough to be read: at most 15 nouns in a folder, 650 lines in a file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from support import ROOT
from support.debts import check_debts

MAX_NOUNS = 15
MAX_LINES = 650
SUFFIXES = {".c", ".h", ".py"}
SOURCES = sorted(
    path
    for folder in ("csrc", "compat", "rustfits", "servers", "tests")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in SUFFIXES
)


def test_no_folder_has_too_many_nouns():
    assert len(SOURCES) > 300
    nouns: dict[Path, set[str]] = defaultdict(set)
    for path in SOURCES:
        if path.name != "__init__.py":
            nouns[path.parent.relative_to(ROOT)].add(path.stem)  # a source and its header are one
    check_debts(
        "crowded_folders",
        {
            str(folder): f"{folder}: {len(names)} nouns, at most {MAX_NOUNS}: {sorted(names)}"
            for folder, names in nouns.items()
            if len(names) > MAX_NOUNS
        },
    )


def test_no_file_is_too_long():
    lines = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in SOURCES}
    check_debts(
        "long_files",
        {
            str(path): f"{path}: {count} lines, at most {MAX_LINES}"
            for path, count in lines.items()
            if count > MAX_LINES
        },
    )
