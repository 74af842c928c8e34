#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write the man pages of the C library from the comments of its headers.

    man.py FOLDER VERSION HEADER...

One page for each function below FOLDER/man3, and rustfits.3 for the rules that hold for all. The
parser is that of the HTML reference, docs/_ext/c_reference.py.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "docs" / "_ext"))

from c_reference import Entry, parameter_names, parse_header, split_comment


def escaped(text: str) -> str:
    """Return text in which roff sees no requests."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in lines)


def paragraphs(text: str) -> str:
    """Return prose with a request for each new paragraph and each item of a list."""
    shown = []
    for part in re.split(r"\n\s*\n|\n(?=\s*- )", text.strip()):
        item = part.lstrip().startswith("- ")
        shown.append(".IP \\(bu 2" if item else ".PP")
        shown.append(escaped(part.lstrip().removeprefix("- ") if item else part))
    return "\n".join(shown)


def heading(title: str, version: str) -> list[str]:
    """Return the first line of a page. It has no date, so that builds are reproducible."""
    return [f'.TH "{title.upper()}" 3 "" "rustfits {version}" "rustfits"']


def synopsis(entry: Entry) -> list[str]:
    """Return the declarations of a page."""
    lines = [".SH SYNOPSIS", ".nf", ".B #include <rustfits.h>", ".PP"]
    for signature in entry.signatures:
        wrapped = textwrap.wrap(signature + ";", 74, subsequent_indent="    ")
        lines += [".B " + re.sub(r"^ +", "\\\\ \\\\ \\\\ \\\\ ", line) for line in wrapped]
    return [*lines, ".fi"]


def page(entry: Entry, version: str) -> str:
    """Return the page of a function."""
    prose, fields, tail = split_comment(entry.comment, parameter_names(entry.signatures))
    summary = re.split(r"(?<=[.:])\s", prose.strip(), maxsplit=1)[0].rstrip(".:")
    summary = re.sub(rf"^{entry.names[0]}\(\) ", "", summary).replace("\n", " ")
    lines = heading(entry.names[0], version)
    lines += [".SH NAME", f"{', '.join(entry.names)} \\- {escaped(summary)}", *synopsis(entry)]
    lines += [".SH DESCRIPTION", paragraphs(prose)]
    for name, text in fields:
        lines += [".TP", f".I {name}", escaped(text)]
    if "Returns" in tail:
        lines += [".SH RETURN VALUE", escaped(tail["Returns"])]
    if "Threads" in tail:
        lines += [".SH THREADS", escaped(tail["Threads"])]
    lines += [".SH SEE ALSO", ".BR rustfits (3)"]
    return "\n".join(lines) + "\n"


def overview(introduction: str, names: list[str], version: str) -> str:
    """Return the page of the library: the rules for every function, and the list of functions."""
    lines = heading("rustfits", version)
    lines += [".SH NAME", "rustfits \\- read and write FITS files"]
    lines += [".SH SYNOPSIS", ".nf", ".B #include <rustfits.h>", ".fi"]
    lines += [".SH DESCRIPTION", paragraphs(introduction), ".SH FUNCTIONS", ".nh"]
    lines.append("\n".join(f".BR {name} (3)," for name in names))
    return "\n".join(lines) + "\n"


def main(folder: str, version: str, *headers: str) -> None:
    """Write all pages."""
    place = Path(folder) / "man3"
    place.mkdir(parents=True, exist_ok=True)
    introduction, names = "", []
    for header in map(Path, headers):
        parsed = parse_header(header.read_text(encoding="utf-8"), header.name)
        if header.name == "rustfits.h":
            introduction = re.sub(r"SPDX.*\n", "", parsed.introduction)
        for section in parsed.sections:
            for entry in section.entries():
                if entry.kind != "function":
                    continue
                first, *others = entry.names
                names += entry.names
                (place / f"{first}.3").write_text(page(entry, version), encoding="utf-8")
                for other in others:
                    text = f".so man3/{first}.3\n"
                    (place / f"{other}.3").write_text(text, encoding="utf-8")
    text = overview(introduction, sorted(names), version)
    (place / "rustfits.3").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
