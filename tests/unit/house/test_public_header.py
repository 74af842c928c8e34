# SPDX-License-Identifier: BSD-3-Clause
"""The comment of each function in the public C header is complete."""

from __future__ import annotations

import re
from typing import NamedTuple

from support import ROOT
from support.debts import check_debts

FOLDER = ROOT / "csrc" / "include"
TEXT = {
    path.relative_to(FOLDER).as_posix(): path.read_text() for path in sorted(FOLDER.rglob("*.h"))
}
#: A comment, and the declarations that follow it without an empty line.
PARAGRAPH = re.compile(
    r"/\*(?P<comment>(?:(?!\*/).)*)\*/\n(?P<code>(?:[^\n/#][^\n]*\n)+)", re.DOTALL
)
DECLARATION = re.compile(
    r"^RF_API (?P<type>[^;(]*?)(?P<name>rf_\w+)\((?P<parameters>[^;]*)\);", re.M
)


class Function(NamedTuple):
    """A function of the public header."""

    header: str
    name: str
    type: str
    parameters: list[str]
    comment: str


def parameter_names(text: str) -> list[str]:
    """Return the names in a list of parameters; `err` has one meaning everywhere and is left out."""
    callbacks = re.sub(r"\(\*(\w+)\)\s*\([^()]*\)", r" \1", text)
    names = [re.findall(r"\w+", parameter)[-1] for parameter in callbacks.split(",")]
    return [name for name in names if name not in {"err", "void"}]


def functions() -> list[Function]:
    """Return all functions of the public header, each with the comment above it."""
    found = []
    for header, text in TEXT.items():
        comments = {
            declaration["name"]: " ".join(paragraph["comment"].split())
            for paragraph in PARAGRAPH.finditer(text)
            for declaration in DECLARATION.finditer(paragraph["code"])
        }
        for match in DECLARATION.finditer(text):
            returned = match["type"].replace("RF_CHECKED", "").strip()
            names = parameter_names(match["parameters"])
            comment = comments.get(match["name"], "")
            found.append(Function(header, match["name"], returned, names, comment))
    return found


def missing(function: Function) -> list[str]:
    """Return what the comment of a function lacks."""
    if not function.comment:
        return ["a comment above it"]
    lacks = [
        f"the parameter `{name}`"
        for name in function.parameters
        if not re.search(rf"\b{name}\b", function.comment)
    ]
    if function.type == "rf_status" and "Returns RF_OK" not in function.comment:
        lacks.append("'Returns RF_OK' and every other status")
    elif function.type != "void" and not re.search(r"\bReturns\b", function.comment):
        lacks.append("'Returns …'")
    if "Threads:" not in function.comment:
        lacks.append("'Threads: …'")
    return lacks


def test_comments_of_functions_are_complete():
    found = functions()
    assert len(found) > 100
    check_debts(
        "header_comments",
        {
            one.name: f"{one.header}: the comment of {one.name}() lacks {', '.join(missing(one))}"
            for one in found
            if missing(one)
        },
    )


def test_comments_name_only_what_exists():
    text = "\n".join(TEXT.values())
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    comments = " ".join(re.findall(r"/\*.*?\*/", text, re.DOTALL))
    name = r"\b(?:RF|rf)_(?!x_)\w*[A-Za-z0-9]\b"  # "rf_x_open" and "RF_OPEN_" are patterns of names
    unknown = set(re.findall(name, comments)) - set(re.findall(name, code))
    assert sorted(unknown) == []


def test_incomplete_comments_are_found():
    complete = "Reads `n` bytes. Returns RF_OK; RF_ERR_RANGE. Threads: any."
    assert missing(Function("a.h", "rf_a", "rf_status", ["n"], complete)) == []
    assert missing(Function("a.h", "rf_a", "rf_status", ["m"], "Reads m.")) == [
        "'Returns RF_OK' and every other status",
        "'Threads: …'",
    ]
    assert missing(Function("a.h", "rf_a", "void", ["n"], "Frees. Threads: any.")) == [
        "the parameter `n`"
    ]
    assert missing(Function("a.h", "rf_a", "void", [], "")) == ["a comment above it"]
    assert parameter_names("rf_file *file, void (*done)(void *user, int n), rf_error *err") == [
        "file",
        "done",
    ]
