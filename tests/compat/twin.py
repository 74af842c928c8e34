#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run one program linked to the CFITSIO layer and to CFITSIO, and compare all that they leave.

Each runs in an empty folder. The name of a folder with input files is its only argument. Exit status, standard output
and all files must be the same.

Usage: twin.py OURS PEER DATA
"""

import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path


def run(program: str, data: str, folder: Path) -> tuple[int, bytes]:
    """Run `program` in `folder`; return its exit status and output."""
    done = subprocess.run(
        [program, data],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=110,
        check=False,
    )
    return done.returncode, done.stdout


def first_difference(ours: bytes, peer: bytes) -> str:
    """Return the place where two files or outputs begin to differ, and what stands there."""
    at = next(
        (i for i, (a, b) in enumerate(zip(ours, peer, strict=False)) if a != b),
        min(len(ours), len(peer)),
    )
    begin = max(0, at - 80)
    return f"byte {at} ({len(ours)} and {len(peer)} in all)\n  ours: {ours[begin : at + 80]!r}\n  peer: {peer[begin : at + 80]!r}"


def main() -> int:
    """Compare; return the exit status."""
    ours, peer, data = (str(Path(argument).resolve()) for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, "ours"), Path(scratch, "peer")]
        for folder in folders:
            folder.mkdir()
        results = [
            run(program, data, folder)
            for program, folder in zip((ours, peer), folders, strict=True)
        ]
        faults = []
        if results[0][0] != results[1][0]:
            faults.append(f"exit status: ours {results[0][0]}, peer {results[1][0]}")
        if results[0][1] != results[1][1]:
            faults.append("output differs at " + first_difference(results[0][1], results[1][1]))
        names = [sorted(path.name for path in folder.iterdir()) for folder in folders]
        if names[0] != names[1]:
            faults.append(f"files: ours {names[0]}, peer {names[1]}")
        for name in sorted(set(names[0]) & set(names[1])):
            pair = [folder / name for folder in folders]
            if not filecmp.cmp(*pair, shallow=False):
                faults.append(
                    f"{name} differs at " + first_difference(*[path.read_bytes() for path in pair])
                )
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
