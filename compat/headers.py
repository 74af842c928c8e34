#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Copy the headers of fitsio.h without what the library does not build.

The library has a weak definition of each function that it does not build (stubs.py).
A program that calls one must fail to compile, so the copies do not declare it.

Usage: headers.py NM LIBRARY SOURCE OUTPUT
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path


def unbuilt(nm: str, library: str) -> set[str]:
    """Return the names of the weak functions of a library."""
    command = [nm, "-D", library]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    symbols = [line.split() for line in listing.splitlines()]
    return {symbol[2] for symbol in symbols if len(symbol) == 3 and symbol[1] == "W"}


def without(text: str, names: set[str]) -> str:
    """Return the text of a header without the declarations and long names of these functions."""
    for name in names:
        text = re.sub(rf"^[a-zA-Z][^;{{}}#/]*\b{name}\([^;]*\);\n", "", text, flags=re.MULTILINE)
        text = re.sub(rf"^#define \w+ {name}\n", "", text, flags=re.MULTILINE)
    return text


def main() -> None:
    """Copy all headers."""
    nm, library, source, output = sys.argv[1:]
    names = unbuilt(nm, library)
    shutil.rmtree(output, ignore_errors=True)
    for header in sorted(Path(source).rglob("*.h")):
        copy = Path(output, header.relative_to(source))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(without(header.read_text(), names))


if __name__ == "__main__":
    main()
