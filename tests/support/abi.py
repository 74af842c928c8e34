# SPDX-License-Identifier: BSD-3-Clause
"""The description of the ABI in csrc/rustfits.abi. ``python -m support.abi`` writes it (`make abi`)."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from support import ROOT, c_library

DESCRIPTION = ROOT / "csrc" / "rustfits.abi"


def shared_library() -> Path:
    """Return the installed shared library, which has debug information."""
    (library,) = c_library.installed().rglob("librustfits.so")
    return library


def write_description(path: Path) -> None:
    """Write what callers of the shared library depend on: functions, their types and constants."""
    c_library.run(
        [
            "abidw",
            *("--headers-dir", str(c_library.installed() / "include")),
            "--drop-private-types",
            "--drop-undefined-syms",
            "--exported-interfaces-only",
            "--no-show-locs",
            "--no-comp-dir-path",
            "--no-corpus-path",
            "--no-elf-needed",
            *("--out-file", str(path)),
            str(shared_library()),
        ]
    )
    # The paths of the sources, relative to the checkout: they say nothing about the ABI.
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(rf"'[^']*{re.escape(str(ROOT))}/", "'", text), encoding="utf-8")


def changes(old: Path, new: Path) -> str:
    """Return abidiff's report of all changes from one description to another, or ""."""
    command = ["abidiff", "--no-architecture", "--harmless", str(old), str(new)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode else ""


if __name__ == "__main__":
    write_description(DESCRIPTION)
    print(DESCRIPTION.relative_to(ROOT))
