# SPDX-License-Identifier: BSD-3-Clause
"""The code blocks of README.md and docs/."""

from __future__ import annotations

import re
from pathlib import Path

from support import ROOT

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"^```(?P<language>python|pycon|c)[ \t]*\n(?P<code>.*?)^```[ \t]*$"
    r"|^<!-- run\n(?P<hidden>.*?)^-->[ \t]*$",
    re.MULTILINE | re.DOTALL,
)


def blocks(page: Path) -> list[tuple[str, str, int]]:
    """Language, code and line number of each block."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in BLOCK.finditer(text):
        group = "hidden" if match["code"] is None else "code"
        language = match["language"] or "python"
        found.append((language, match[group], text.count("\n", 0, match.start(group))))
    return found
