# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx extension: the Python API reference, from the docstrings of ``rustfits.__all__``.

At the begin of a build it writes below ``reference/python`` a page for the functions, a page for
each class, and one for the exceptions. A class lists its own members and those of private bases;
for the others it links to the public base.
"""

from __future__ import annotations

import importlib
import inspect
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from c_reference import heading, write_pages

import rustfits

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: What a class is about, by the first public base or by its name; the order is that of the page.
GROUPS = {
    "Files": ["FITS", "FileInfo", "HDUInfo"],
    "Many files": ["Part"],
    "HDUs": ["HDU"],
    "Columns": ["ColumnSubset", "SingleColumnSubset"],
    "Headers": ["FITSHeader", "FITSHeaderEdit"],
    "Compression": ["Compression", "Quantize", "CompressionLoss"],
    "Remote files": ["Plan", "Remote", "RemoteStats"],
    "Drivers": ["Driver", "DriverTable", "ByteSource"],
}

#: Modules for other packages, which may be missing.
OPTIONAL_MODULES = ("dask",)

COMMANDS = ["rustfits", "rustfits pack", "rustfits unpack", "rustfits drivers"]

#: Classes whose arguments a program gives.
MADE_BY_THE_USER = {
    "FITS",
    "FITSHeader",
    "Quantize",
    "Remote",
    *(name for name, value in vars(rustfits).items() if getattr(value, "zcmptype", None)),
}


def public() -> dict[str, object]:
    """Return the public objects by name, without ``__version__``."""
    return {name: getattr(rustfits, name) for name in rustfits.__all__ if name[0] != "_"}


def optional_modules() -> dict[str, object]:
    """Return the public modules that ``import rustfits`` does not import, by name."""
    found: dict[str, object] = {}
    for name in OPTIONAL_MODULES:
        with suppress(ImportError):  # of the package that it is for
            found[name] = importlib.import_module(f"rustfits.{name}")
    return found


def group_of(cls: type) -> str:
    """Return the title under which a class is listed."""
    names = {base.__name__ for base in cls.__mro__}
    return next(title for title, members in GROUPS.items() if names & set(members))


def members_of(cls: type) -> list[str]:
    """Return the public members that are to be described on the page of a class."""
    classes = [cls, *(base for base in cls.__mro__[1:] if is_private(base))]
    names = {name: None for base in classes for name in vars(base) if is_member(base, name)}
    return sorted(names)


def is_private(base: type) -> bool:
    """Return whether a base belongs to the package and is not public."""
    return base.__module__.startswith("rustfits") and base not in public().values()


def is_member(base: type, name: str) -> bool:
    """Return whether an attribute of a class has something to describe."""
    if name in ("__getitem__", "__setitem__", "__iter__", "__len__", "__contains__"):
        return bool(getattr(vars(base)[name], "__doc__", None))
    return not name.startswith("_")


def class_page(name: str, cls: type) -> str:
    """Return the page of a class."""
    bases = [
        base.__name__
        for base in cls.__mro__[1:]
        if base in public().values() and base is not Exception
    ]
    lines = [*heading(name, 0), f".. autoclass:: rustfits.{name}"]
    if members_of(cls):
        lines.append(f"   :members: {', '.join(members_of(cls))}")
    if bases:
        links = ", ".join(f":py:class:`rustfits.{base}`" for base in bases)
        lines += ["", f"   Has the members of {links}, too."]
    return "\n".join([*lines, ""])


def module_page(name: str, module: object) -> str:
    """Return the page of a public module: its functions, then its classes."""
    lines = [*heading(f"rustfits.{name}", 0), f".. automodule:: rustfits.{name}", ""]
    members = {member: getattr(module, member) for member in getattr(module, "__all__", [])}
    for member, value in members.items():
        if inspect.isfunction(value):
            lines.append(f".. autofunction:: rustfits.{name}.{member}\n")
    for member, value in members.items():
        if inspect.isclass(value):
            lines.append(f".. autoclass:: rustfits.{name}.{member}\n   :members:\n")
    return "\n".join([*lines, ""])


def make_pages() -> dict[str, str]:
    """Return the text of each page by its name; ``index`` lists the others."""
    functions = [name for name, value in public().items() if inspect.isfunction(value)]
    classes = {name: value for name, value in public().items() if inspect.isclass(value)}
    modules = {name: value for name, value in public().items() if inspect.ismodule(value)}
    modules |= optional_modules()
    errors = [name for name, value in classes.items() if issubclass(value, BaseException)]
    others = {name: value for name, value in classes.items() if name not in errors}
    pages = {
        "functions": "\n".join(
            [*heading("Functions", 0), *(f".. autofunction:: rustfits.{n}\n" for n in functions)]
        ),
        **{name.lower(): class_page(name, cls) for name, cls in others.items()},
        **{name: module_page(name, module) for name, module in modules.items()},
        "exceptions": "\n".join(
            [*heading("Exceptions and warnings", 0), *(exception(name) for name in errors)]
        ),
    }
    pages["commands"] = commands_page()
    groups: dict[str, list[str]] = {title: [] for title in GROUPS}
    for name, cls in others.items():
        groups[group_of(cls)].append(name)
    index = [
        *heading("Python API reference", 0),
        "``import rustfits`` gives the names on these pages, and no others. The modules for other "
        "packages, such as ``rustfits.dask``, have an import of their own.",
        "",
        *toctree("Functions, exceptions, commands", ["functions", "exceptions", "commands"]),
    ]
    for title, names in groups.items():
        index += toctree(title, [name.lower() for name in names])
    index += toctree("Modules", list(modules))
    return {"index": "\n".join(index), **pages}


def commands_page() -> str:
    """Return the page of the commands: what ``--help`` prints."""
    lines = [*heading("Commands", 0), "``python -m rustfits`` does the same as ``rustfits``.", ""]
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "rustfits", *command.split()[1:], "--help"],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "COLUMNS": "96", "NO_COLOR": "1", "PYTHONSAFEPATH": "1"},
        )
        lines += [*heading(command, 1), ".. code-block:: text", ""]
        lines += [*(f"   {line}".rstrip() for line in done.stdout.splitlines()), ""]
    return "\n".join(lines)


def exception(name: str) -> str:
    """Return the directive of an exception."""
    return f".. autoexception:: rustfits.{name}\n   :show-inheritance:\n"


def toctree(caption: str, pages: list[str]) -> list[str]:
    """Return the lines of a table of contents."""
    return [
        ".. toctree::",
        "   :maxdepth: 1",
        f"   :caption: {caption}",
        "",
        *(f"   {page}" for page in pages),
        "",
    ]


def generate(app: Sphinx) -> None:
    """Write the pages below ``reference/python``."""
    write_pages(Path(app.srcdir) / "reference" / "python", make_pages())


def hide_signature(
    app: Sphinx, what: str, name: str, value: object, options: object, *signature: str | None
) -> tuple[str, None] | None:
    """Hide the arguments of classes that a program gets from the library and does not make."""
    made = name.rpartition(".")[2] in MADE_BY_THE_USER
    return None if what != "class" or made else ("", None)


def setup(app: Sphinx) -> dict[str, bool]:
    """Connect the extension."""
    app.connect("builder-inited", generate)
    app.connect("autodoc-process-signature", hide_signature)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
