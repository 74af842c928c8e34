# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx extension: the C API reference, from the comments of the public headers.

At the begin of a build it writes a page for each header below ``reference/c``. A comment belongs to
the declaration on the next line, or to the one on its own line. A function's comment has up to four
parts: prose, a line per parameter (name, two blanks or more, text), a sentence that begins with
"Returns", and one that begins with "Threads:".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

ITEM = re.compile(
    r"(?P<comment>/\*.*?\*/)|(?P<directive>^[ \t]*#(?:\\\n|[^\n])*)|(?P<blank>\n[ \t]*(?=\n))"
    r"|(?P<declaration>[^\s/#](?:/\*.*?\*/|[^;{]|\{(?:/\*.*?\*/|[^{}]|\{[^{}]*\})*\})*;)",
    re.DOTALL | re.MULTILINE,
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
BANNER = re.compile(r"/\* =+ (.*?) =+ \*/")
ENUMERATOR = re.compile(
    r"(/\*.*?\*/)|(\w+)(?:\s*=\s*([^,/\n]+?))?[ \t]*(?:,|(?=\s*(?:/\*|$)))", re.DOTALL
)
MEMBER = re.compile(r"(/\*.*?\*/)|((?:[^;/]|/(?!\*))+);|\n[ \t]*(?=\n)", re.DOTALL)
SUBTITLE = re.compile(r"/\* -{4} (.*?) -{4} \*/")
# What is shown as code: in quotes, a name of the API, `*name`, a name with an underscore.
CODE = re.compile(
    r"`[^`]+`|\"[^\"\n]*\"|\b(?:rf|RF)_\w+(?:\.[a-z_]\w*)?(?:\(\))?"
    r"|(?<![\w*])\*[a-z_]+(?![\w*])|\b[A-Za-z0-9]+_\w*(?:\(\))?"
)


@dataclass
class Entry:
    """A declaration, or several that share a comment, with what the header says about it."""

    kind: str  # function, macro, struct, enum, type, member, enumerator
    names: list[str]
    signatures: list[str]
    comment: str = ""
    group: str = ""  # of an enumerator: the comment above it and those that follow
    members: list[Entry] = field(default_factory=list)


@dataclass
class Section:
    """What stands below a banner of a header."""

    title: str
    items: list[Entry | str] = field(default_factory=list)  # a str: the title of a subsection

    def entries(self) -> Iterator[Entry]:
        """Iterate over the declarations."""
        return (item for item in self.items if isinstance(item, Entry))


@dataclass
class Header:
    """A public header."""

    name: str
    introduction: str
    sections: list[Section]


# ---- parsing ----


def public_headers(include: Path) -> list[Path]:
    """Return ``rustfits.h`` and the headers that it includes, in that order."""
    umbrella = include / "rustfits.h"
    names = re.findall(
        r'^#include ["<](rustfits/(?:\w+/)?\w+\.h)[">]', umbrella.read_text(), re.MULTILINE
    )
    return [umbrella, *(include / name for name in names)]


def parse_header(text: str, name: str) -> Header:
    """Return the sections of a header; declarations inside nested ``#if`` are left out."""
    text = re.sub(r"^#ifdef __cplusplus\n.*?^#endif", "", text, flags=re.DOTALL | re.MULTILINE)
    first = COMMENT.match(text)
    introduction = "" if first is None else plain(first[0])
    sections = [Section("")]
    depth, comment, adjacent = 0, "", False
    for match in ITEM.finditer(text, 0 if first is None else first.end()):
        if match["blank"] is not None:
            comment, adjacent = "", False
        elif match["directive"] is not None:
            line = match["directive"].strip()
            if re.match(r"#[ \t]*if", line):
                depth += 1
            elif re.match(r"#[ \t]*endif", line):
                depth -= 1
            elif depth <= 1:
                macro = re.match(r"#define (\w+)[ \t]+(?!/\*)(.+)", line)
                if macro:
                    signature, own = split_trailing(f"{macro[1]} {macro[2]}")
                    entry = Entry("macro", [macro[1]], [signature], joined(comment, own))
                    add(sections[-1], entry, adjacent)
                    comment, adjacent = "", True
        elif depth > 1:
            continue
        elif match["comment"] is not None:
            banner, subtitle = BANNER.match(match[0]), SUBTITLE.match(match[0])
            newline = text.rfind("\n", 0, match.start())
            if banner:
                sections.append(Section(banner[1]))
            elif subtitle:
                sections[-1].items.append(subtitle[1][0].upper() + subtitle[1][1:])
            elif text[newline + 1 : match.start()].strip() and adjacent:
                last = sections[-1].items[-1]
                assert isinstance(last, Entry)
                last.comment = joined(last.comment, plain(match[0]))
                continue
            else:
                comment = plain(match[0])
            adjacent = False
        else:
            entry = parse_declaration(match["declaration"])
            if entry is not None:
                entry.comment = comment
                add(sections[-1], entry, adjacent)
            comment, adjacent = "", entry is not None
    return Header(name, introduction, [section for section in sections if section.items])


def add(section: Section, entry: Entry, adjacent: bool) -> None:
    """Append an entry; without a comment it shares that of its kind on the line before."""
    last = section.items[-1] if section.items else None
    shares = isinstance(last, Entry) and adjacent and last.kind == entry.kind and not entry.comment
    if shares and entry.kind in ("function", "macro"):
        assert isinstance(last, Entry)
        last.names += entry.names
        last.signatures += entry.signatures
    else:
        section.items.append(entry)


def parse_declaration(text: str) -> Entry | None:
    """Return the entry of a declaration; None for one without anything to say."""
    compound = re.match(
        r"(?:typedef )?(struct|enum)\s+\w*\s*\{(.*)\}\s*(\w*)\s*;$", text, re.DOTALL
    )
    if compound:
        name = compound[3] or text.split("{")[0].split()[-1]
        if compound[1] == "enum":
            return Entry("enum", [name], [name], members=enumerators(compound[2]))
        return Entry("struct", [name], [name], members=members(compound[2]))
    flat = " ".join(COMMENT.sub(" ", text).rstrip(";").split())
    opaque = re.fullmatch(r"typedef struct (\w+) (\w+)", flat)
    if opaque:
        return Entry("type", [opaque[2]], [opaque[2]])
    if flat.startswith("typedef "):
        pointer = re.search(r"\(\*(\w+)\)", flat)
        name = pointer[1] if pointer else flat.split()[-1]
        return Entry("type", [name], [flat.removeprefix("typedef ")])
    called = re.search(r"\b(rf_\w+)\(", flat)
    if called is None:
        return None
    return Entry("function", [called[1]], [re.sub(r"\b[A-Z]+_(API|CHECKED)\b ?", "", flat)])


def members(body: str) -> list[Entry]:
    """Return the members of a struct with their comments, before them or behind them."""
    found: list[Entry] = []
    comment = ""
    for match in MEMBER.finditer(body):
        if match[1]:
            newline = body.rfind("\n", 0, match.start())
            if found and body[newline + 1 : match.start()].strip():
                found[-1].comment = joined(found[-1].comment, plain(match[1]))
            else:
                comment = plain(match[1])
        elif match[2]:
            signature = " ".join(match[2].split())
            pointer = re.search(r"\(\*(\w+)\)\(", signature)
            name = pointer[1] if pointer else re.sub(r"\[.*", "", signature).split()[-1].strip("*")
            follows = bool(found) and not re.search(r"\n[ \t]*\n", body[: match.start(2)][-4:])
            if not comment and follows and pointer and "(*" in found[-1].signatures[0]:
                found[-1].names.append(name)
                found[-1].signatures.append(signature)
            else:
                found.append(Entry("member", [name], [signature], comment))
            comment = ""
        else:
            comment = ""
    return found


def enumerators(body: str) -> list[Entry]:
    """Return the values of an enum with their comments, before them or behind them."""
    found: list[Entry] = []
    group, last_end = "", 0
    for match in ENUMERATOR.finditer(body):
        if match[1]:
            newline = body.rfind("\n", 0, match.start())
            if found and last_end > newline:
                found[-1].comment = joined(found[-1].comment, plain(match[1]))
            else:
                group = plain(match[1])
        elif match[2]:
            signature = match[2] if match[3] is None else f"{match[2]} = {match[3].strip()}"
            found.append(Entry("enumerator", [match[2]], [signature], group=group))
            group, last_end = "", match.end()
    return found


def plain(comment: str) -> str:
    """Return the lines of a comment without its marks."""
    text = comment.removeprefix("/*").removesuffix("*/")
    lines = [re.sub(r"^[ \t]*\*( |$)", "", line) for line in text.split("\n")]
    lines[0] = lines[0].strip()
    if not all(line.startswith(" ") for line in lines[1:] if line):
        return "\n".join(line.rstrip() for line in lines).strip()
    # Lines without an asterisk, as trailing comments have them.
    return "\n".join(line.strip() for line in lines).strip()


def split_trailing(line: str) -> tuple[str, str]:
    """Return a line without its comment, and the comment."""
    found = COMMENT.search(line)
    return (line.strip(), "") if found is None else (line[: found.start()].strip(), plain(found[0]))


def joined(one: str, other: str) -> str:
    """Return two comments as one."""
    return f"{one}\n\n{other}" if one and other else one or other


# ---- rendering ----


@dataclass
class Renderer:
    """Turns entries into reStructuredText; `roles` has the role of each name to link."""

    roles: dict[str, str]

    def text(self, text: str) -> str:
        """Return prose with links to the names of the API, and everything else escaped."""
        done, place = [], 0
        for match in CODE.finditer(text):
            before, after = text[place : match.start()], text[match.end() :][:1]
            word = match[0].strip("`")
            role = self.roles.get(word.removesuffix("()"))
            code = f":c:{role}:`{word.removesuffix('()')}`" if role else f"``{word}``"
            # Markup has to be a word of its own.
            left = "\\ " if before[-1:].isalnum() else ""
            right = "\\ " if after.isalnum() or after == "_" else ""
            done += [escaped(before), left, code, right]
            place = match.end()
        return "".join([*done, escaped(text[place:])])

    def prose(self, text: str) -> list[str]:
        """Return the lines of a comment: its paragraphs and lists."""
        lines: list[str] = []
        for line in text.split("\n"):
            bullet = line.lstrip().startswith("- ")
            if bullet and lines and lines[-1]:
                lines.append("")
            inside = (
                line.startswith("  ")
                and not bullet
                and any(done.startswith("- ") for done in lines)
            )
            shown = self.text(line.strip())
            lines.append(f"  {shown}" if inside else shown)
        return lines

    def entry(self, entry: Entry) -> list[str]:
        """Return the directive of a declaration."""
        kind = entry.kind
        if kind == "macro":
            shown, values = entry.names, [s.split(None, 1)[1] for s in entry.signatures]
        else:
            shown, values = entry.signatures, []
        head = f".. c:{kind}:: "
        lines = [head + shown[0], *(" " * len(head) + other for other in shown[1:]), ""]
        body = self.function(entry) if kind == "function" else self.prose(entry.comment)
        if values:
            body += ["", "Value: " + ", ".join(f"``{value}``" for value in values)]
        for member in entry.members:
            body += ["", f"**{self.text(member.group)}**"] if member.group else []
            body += ["", *self.entry(member)]
        return [*lines, *(f"   {line}".rstrip() for line in body), ""]

    def function(self, entry: Entry) -> list[str]:
        """Return the parts of a function's comment."""
        names = parameter_names(entry.signatures)
        prose, fields, tail = split_comment(entry.comment, names)
        lines = self.prose(prose)
        if fields or tail:
            lines.append("")
        for name, text in fields:
            lines.append(f":param {name}: {self.text(text)}")
        if "Returns" in tail:
            lines.append(f":returns: {self.text(tail['Returns'])}")
        if "Threads" in tail:
            lines += ["", f"**Threads:** {self.text(tail['Threads'])}"]
        return lines

    def page(self, title: str, sections: list[Section]) -> str:
        """Return a page with its sections."""
        lines = heading(title, 0)
        for section in sections:
            if len(sections) > 1 and section.title:
                lines += heading(section.title, 1)
            for item in section.items:
                lines += heading(item, 2) if isinstance(item, str) else self.entry(item)
        return "\n".join(lines) + "\n"


def parameter_names(signatures: list[str]) -> set[str]:
    """Return the names of all parameters of some functions."""
    names = set()
    for signature in signatures:
        arguments = signature[signature.index("(") + 1 : signature.rindex(")")]
        names |= {
            re.sub(r"\[.*", "", argument).split()[-1].strip("*")
            for argument in arguments.split(",")
        }
    return names


def split_comment(
    comment: str, names: set[str]
) -> tuple[str, list[tuple[str, str]], dict[str, str]]:
    """Return the prose of a comment, its parameters, and what follows "Returns" and "Threads:"."""
    tail: dict[str, str] = {}
    threads = re.search(r"(?:^|(?<=\s))Threads: ", comment)
    if threads:
        tail["Threads"] = " ".join(comment[threads.end() :].split())
        comment = comment[: threads.start()]
    returns = re.search(r"(?:^|(?<=\. ))Returns ", comment, re.MULTILINE)
    if returns:
        tail["Returns"] = " ".join(comment[returns.end() :].split())
        comment = comment[: returns.start()]
    prose: list[str] = []
    fields: list[tuple[str, str]] = []
    for line in comment.rstrip().split("\n"):
        parameter = re.match(r"(\w+(?:, \w+)*) {2,}(\S.*)", line)
        if parameter and set(parameter[1].split(", ")) <= names:
            fields.append((parameter[1], parameter[2]))
        elif fields and line.startswith("  "):
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        else:
            prose.append(line)
    return "\n".join(prose).strip(), fields, tail


def escaped(text: str) -> str:
    """Return text whose characters mean nothing to reStructuredText."""
    return re.sub(r"([\\*`|_])", r"\\\1", text)


def heading(title: str, level: int) -> list[str]:
    """Return a heading."""
    return [title, "=-~^"[level] * len(title), ""]


def title_of(header: Header) -> str:
    """Return the title of a header's page: what its first line says after its name."""
    said = re.search(rf"{re.escape(header.name)}: (.*?)\. ", header.introduction, re.DOTALL)
    title = " ".join(said[1].split()) if said else header.sections[0].title
    return re.sub(r" \(.*?\)", "", title)


def roles_of(headers: list[Header]) -> dict[str, str]:
    """Return the role by which each name of the headers is linked."""
    roles = {}
    for header in headers:
        for section in header.sections:
            for entry in section.entries():
                role = {"function": "func"}.get(entry.kind, entry.kind)
                roles |= dict.fromkeys(entry.names, role)
                for member in entry.members:
                    for name in member.names:
                        key = name if entry.kind == "enum" else f"{entry.names[0]}.{name}"
                        roles[key] = member.kind
    return roles


def make_pages(headers: list[Header]) -> dict[str, str]:
    """Return the text of each page by its name; ``index`` lists the others."""
    renderer = Renderer(roles_of(headers))
    pages = {}
    for header in headers:
        if header.sections:
            pages[Path(header.name).stem] = renderer.page(title_of(header), header.sections)
    introduction = re.sub(r"SPDX-License-Identifier: \S+\s*", "", headers[0].introduction)
    index = [
        *heading("C API reference", 0),
        *renderer.prose(introduction.strip()),
        "",
        ".. toctree::",
        "   :maxdepth: 1",
        "",
        *(f"   {name}" for name in pages),
        "",
    ]
    return {"index": "\n".join(index), **pages}


def write_pages(folder: Path, pages: dict[str, str]) -> None:
    """Write the pages that changed, and remove those of an earlier build."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / f"{name}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def generate(app: Sphinx) -> None:
    """Write the pages below ``reference/c``."""
    source = Path(app.srcdir)
    include = source.parent / "csrc" / "include"
    headers = [
        parse_header(path.read_text(encoding="utf-8"), path.relative_to(include).as_posix())
        for path in public_headers(include)
    ]
    write_pages(source / "reference" / "c", make_pages(headers))


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("builder-inited", generate)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
