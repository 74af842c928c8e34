#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run one program linked to the CFITSIO layer and to CFITSIO, and compare all that they leave.

Each runs in an empty folder. The name of a folder with input files is its only argument. Exit status, standard output
and all files must be the same.

Without PEER, the program must end with 0.
WRAPPER in the environment names a program that runs OURS, such as qemu-s390x.

Usage: pair.py OURS [PEER] DATA
"""

import filecmp
import os
import subprocess
import sys
import tempfile
from pathlib import Path


def run(command: list[str], folder: Path) -> tuple[int, bytes]:
    """Run a command in `folder`; return its exit status and output."""
    done = subprocess.run(
        command,
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


def differences(results: list[tuple[int, bytes]], folders: list[Path]) -> list[str]:
    """Return what differs between two runs, a line each."""
    (status, output), (peer_status, peer_output) = results
    found = []
    if status != peer_status:
        found.append(f"exit status: ours {status}, peer {peer_status}")
    if output != peer_output:
        found.append("output differs at " + first_difference(output, peer_output))
    names = [sorted(path.name for path in folder.iterdir()) for folder in folders]
    if names[0] != names[1]:
        found.append(f"files: ours {names[0]}, peer {names[1]}")
    for name in sorted(set(names[0]) & set(names[1])):
        pair = [folder / name for folder in folders]
        if not filecmp.cmp(*pair, shallow=False):
            texts = [path.read_bytes() for path in pair]
            found.append(f"{name} differs at " + first_difference(*texts))
    return found


def main() -> int:
    """Run, compare; return the exit status."""
    *programs, data = (str(Path(argument).resolve()) for argument in sys.argv[1:])
    commands = [[program, data] for program in programs]
    commands[0] = os.environ.get("WRAPPER", "").split() + commands[0]
    with tempfile.TemporaryDirectory() as scratch:
        folders = [Path(scratch, str(number)) for number in range(len(commands))]
        for folder in folders:
            folder.mkdir()
        results = [run(*each) for each in zip(commands, folders, strict=True)]
        if len(results) == 1:
            print(results[0][1].decode(errors="replace"))
            return 1 if results[0][0] != 0 else 0
        faults = differences(results, folders)
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
