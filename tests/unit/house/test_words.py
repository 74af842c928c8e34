# SPDX-License-Identifier: BSD-3-Clause
"""Code and documents use the terms of the standard: no word that words.toml replaces. Lines of documents are short."""

from __future__ import annotations

import re
from pathlib import Path

from support import ROOT, c_library, toml
from support.debts import check_debts

#: The list of the words, what tests it, and the glossary, which has the old words in a column.
EXEMPT = {
    "docs/glossary.md",
    "tests/unit/house/test_words.py",
    "tests/unit/house/words.toml",
}
PATTERNS = ["*.c", "*.h", "*.py", "*.pyi", "*.md", "*.sh", "*.toml", "*meson.build", "Makefile"]


def load_words() -> dict[str, str]:
    """Return the words, and for each what to write instead."""
    table = toml.load(Path(__file__).with_name("words.toml"))
    return {**table["prose"], **table["terms"]}


def find_words(text: str) -> list[tuple[int, str, str]]:
    """Return the replaced words of a text: number of the line, the word, and what to write instead."""
    words = load_words()
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")
    # Two steps, because a pattern with a group for each word takes ten times as long.
    return [
        (
            text.count("\n", 0, match.start()) + 1,
            match[0],
            next(write for word, write in words.items() if re.fullmatch(word, match[0])),
        )
        for match in pattern.finditer(text.lower().replace("_", " "))
    ]


def test_no_file_uses_a_replaced_word():
    names = c_library.run(["git", "ls-files", *PATTERNS], cwd=ROOT).split()
    assert len(names) > 400
    found = {}
    for name in sorted(set(names) - EXEMPT):
        path = ROOT / name
        hits = find_words(path.read_text(encoding="utf-8")) if path.exists() else []
        if hits:
            found[name] = "\n".join(
                f"{name}:{line}: '{word}', write: {w}" for line, word, w in hits
            )
    check_debts("words", found)


def test_replaced_words_are_found():
    assert [
        word for _, word, _ in find_words("Nobody asked for it.\nrf_file_settle(n_stretches)")
    ] == [
        "nobody",
        "asked for",
        "settle",
        "stretches",
    ]
    assert find_words("one\nand what is odd about it is that")[0][:2] == (
        2,
        "what is odd about it is",
    )
    assert find_words("rf_file_flush(file), what it is, the most common value, begone") == []


def test_lines_of_documents_are_short():
    folders = [ROOT, ROOT / "docs", ROOT / ".github", ROOT / ".github/ISSUE_TEMPLATE"]
    pages = [page for folder in folders for page in sorted(folder.glob("*.md"))]
    assert len(pages) > 25
    long = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        # Code has a rule of its own, and the table of the benchmark has as many columns as packages.
        text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        text = re.sub(
            r"<!-- benchmark begin -->.*?<!-- benchmark end -->", "", text, flags=re.DOTALL
        )
        long += [f"{page.name}: {line}" for line in text.splitlines() if len(line) > 120]
    assert long == []
