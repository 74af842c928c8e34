#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write a weak definition of every function that the headers of fitsio.h declare.

A function that the layer does not build sets a status and a message.
Programs that are bound at start need its name.

Usage: stubs.py OUTPUT HEADER...
"""

import re
import sys
from pathlib import Path

DECLARATION = re.compile(
    r"^(?!typedef)((?:\w+ )+\*?)(\w+)\(((?:[^()]|\([^()]*\))*)\);", re.MULTILINE
)


def stub(kind: str, name: str, parameters: str) -> str:
    """Return the definition of one function."""
    fail = f'(void)cf_fail(status, 1, "%s() is not built into this library", "{name}");'
    lines = [fail] if re.search(r"int \*status$", parameters) else []
    if kind.endswith("*"):
        lines.append("return NULL;")
    elif kind.strip() != "void":
        lines.append("return *status;" if lines else "return 1;")
    return "\n  ".join([f"CF_WEAK {kind}{name}({parameters}) {{", *lines]) + "\n}\n"


def main() -> None:
    """Read the headers, write the definitions."""
    output, headers = sys.argv[1], sys.argv[2:]
    lines = [
        '#include "base/status.h"\n',
        "#define CF_WEAK __attribute__((weak))\n",
        '#pragma GCC diagnostic ignored "-Wunused-parameter"\n',
    ]
    for header in headers:
        text = re.sub(
            r",\s+", ", ", re.sub(r"/\*.*?\*/", "", Path(header).read_text(), flags=re.DOTALL)
        )
        lines += [stub(*match) for match in DECLARATION.findall(text)]
    Path(output).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
