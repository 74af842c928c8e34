# SPDX-License-Identifier: BSD-3-Clause
"""Run programs of Debian on CFITSIO and on the CFITSIO layer, and compare all that they leave.

The programs are bound to libcfitsio.so.10; LD_LIBRARY_PATH gives them the one or the other.
Exit status, output and files must be the same, but for dates and times.
A difference that is known stands in cases.toml, with its reason.

Usage: python tests/dropin/run.py FOLDER_OF_LIBCFITSIO [ENTRY...]
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import tomllib

sys.path.insert(0, str(Path(__file__).parent))
import inputs  # noqa: E402

TIMEOUT = 120
DATE = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT?|\d\d:\d\d:\d\d(\.\d+)?")
DURATION = re.compile(rb"\d+\.\d+(?= +(seconds|s|ms)\b)|(?<=time=)[\d.]+|(?<=in: ) *[\d.]+")
ADDRESS = re.compile(rb"0x[0-9a-f]{8,}|line 1: +\d+")
VOLATILE = re.compile(rb"(CHECKSUM|DATASUM|ZHECKSUM|ZDATASUM|DATE    |CREATOR)= .{70}")


@dataclass
class Outcome:
    """What one run of a command left."""

    status: int
    output: bytes
    files: dict[str, bytes] = field(default_factory=dict)


def run(command: str, source: Path, library: str | None) -> Outcome:
    """Run a command in a copy of the folder `source`."""
    environment = dict(
        os.environ,
        HERE=str(Path(__file__).parent / "programs"),
        LC_ALL="C",
        TZ="UTC",
        OMP_NUM_THREADS="1",
        HOME="/nonexistent",
    )
    environment.pop("PYTHONPATH", None)
    if library is not None:
        environment["LD_LIBRARY_PATH"] = library
    with tempfile.TemporaryDirectory(prefix="dropin-") as scratch:
        folder = Path(scratch, "work")
        shutil.copytree(source, folder)
        try:
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT,
                check=False,
            )
            status, output = done.returncode, done.stdout
        except subprocess.TimeoutExpired:
            status, output = -1, b"time-out"
        old = {path.name: path.read_bytes() for path in source.iterdir()}
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and old.get(str(path.relative_to(folder))) != path.read_bytes()
        }
    return Outcome(status, clean(output.replace(scratch.encode(), b"SCRATCH")), files)


def clean(text: bytes) -> bytes:
    """Return text without dates, durations, addresses and numbers of processes."""
    text = DURATION.sub(b"TIME", DATE.sub(b"DATE", text))
    return VOLATILE.sub(rb"\1= ...", ADDRESS.sub(b"ADDRESS", text))


def differences(ours: Outcome, peer: Outcome) -> list[str]:
    """Return what differs between two runs, a line each."""
    found = []
    if ours.status != peer.status:
        found.append(f"exit status: ours {ours.status}, CFITSIO {peer.status}")
    if ours.output != peer.output:
        found.append("output: " + first_difference(ours.output, peer.output))
    if ours.files.keys() != peer.files.keys():
        found.append(f"files: ours {sorted(ours.files)}, CFITSIO {sorted(peer.files)}")
    for name in sorted(ours.files.keys() & peer.files.keys()):
        a, b = clean(ours.files[name]), clean(peer.files[name])
        if a != b:
            found.append(f"{name}: " + first_difference(a, b))
    return found


def first_difference(ours: bytes, peer: bytes) -> str:
    """Return the place where two texts begin to differ, and what stands there."""
    pairs = enumerate(zip(ours, peer, strict=False))
    at = next((i for i, (a, b) in pairs if a != b), min(len(ours), len(peer)))
    begin = max(0, at - 60)
    where = f"byte {at} of {len(ours)} and {len(peer)}"
    return f"{where}\n      ours:    {ours[begin : at + 90]!r}\n      CFITSIO: {peer[begin : at + 90]!r}"


def check(command: str, source: Path, library: str, known: str | None) -> bool:
    """Run one command on both libraries. Print what differs; return whether all is as it should be."""
    peer = run(command, source, None)
    found = differences(run(command, source, library), peer)
    if known is not None:
        print(f"  {'known' if found else 'PAST '}  {command}\n         {known}")
        return bool(found)
    print(
        f"  {'DIFFERS' if found else 'same   '} {command}"
        + (f"  [{peer.status}]" if peer.status else "")
    )
    for line in found:
        print(f"    {line}")
    return not found


def main() -> int:
    """Run the cases; return the exit status."""
    library, chosen = str(Path(sys.argv[1]).resolve()), sys.argv[2:]
    cases = tomllib.loads(Path(__file__).with_name("cases.toml").read_text())
    failed = []
    with tempfile.TemporaryDirectory(prefix="dropin-") as scratch:
        source = Path(scratch)
        inputs.make(source)
        for name, entry in cases.items():
            if chosen and name not in chosen:
                continue
            print(name, flush=True)
            known = entry.get("known", {})
            results = [
                check(command, source, library, known.get(command)) for command in entry["commands"]
            ]
            if not all(results):
                failed.append(name)
    total = len(chosen) or len(cases)
    print(
        f"\n{total - len(failed)} of {total} entries behave the same"
        + (f"; not: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
