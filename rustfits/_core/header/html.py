# SPDX-License-Identifier: BSD-3-Clause
"""HTML for notebooks. All texts are escaped, because they come from files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["cut", "paragraph", "preformatted", "table"]

# Importing the module `html` takes longer than this one is worth.
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})

#: The longest text of a cell.
_LONGEST = 80


def cut(text: str, longest: int = _LONGEST) -> str:
    """Return a text of limited length, without control characters."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    return "".join(char if char.isprintable() else "�" for char in text)


def _escape(text: str) -> str:
    return text.translate(_ESCAPES)


def _escaped(text: str) -> str:
    return _escape(cut(text))


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{_escape(cut(text, 400))}</p>"


def preformatted(lines: Iterable[str]) -> str:
    """Return lines with all their blanks."""
    return "<pre>" + "\n".join(_escaped(line) for line in lines) + "</pre>"


def table(head: Sequence[Sequence[str]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table.

    Parameters
    ----------
    head : sequence of sequence of str
        The rows at the top.
    rows : iterable of sequence of str
        All other rows.
    """
    top = "".join(_row("th", cells) for cells in head)
    body = "".join(_row("td", cells) for cells in rows)
    return f"<table><thead>{top}</thead><tbody>{body}</tbody></table>"


def _row(kind: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{kind}>{_escaped(cell)}</{kind}>" for cell in cells) + "</tr>"
