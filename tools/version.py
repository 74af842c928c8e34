#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Print the version, which stands in csrc/include/rustfits/version.h alone."""

import re
from pathlib import Path

HEADER = Path(__file__).resolve().parent.parent / "csrc" / "include" / "rustfits" / "version.h"


def version() -> str:
    """Return the version, such as ``1.2.3``."""
    text = HEADER.read_text(encoding="utf-8")
    parts = dict(re.findall(r"^#define RF_VERSION_(\w+) (\d+)$", text, re.MULTILINE))
    return ".".join(parts[name] for name in ("MAJOR", "MINOR", "PATCH"))


if __name__ == "__main__":
    print(version())
