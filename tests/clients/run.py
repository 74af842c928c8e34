#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Run the tests of packages on fitsio with fitsio and with rustfits in its place, and compare.

Each package of clients.toml has an environment of its own below build-clients, and its tests come from its sdist. Each test that
passes with fitsio must pass with rustfits, except those that known.toml names with a reason.

Usage: run.py WHEEL [package ...] [-- pytest arguments]
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import tomllib

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fitsio_suite"))

from suites import compare, run_suite  # noqa: E402

BUILD = HERE.parent.parent / "build-clients"
SECONDS = 3600


def pip(python: Path, *arguments: str) -> None:
    subprocess.run(
        [python, "-m", "pip", "-q", "--disable-pip-version-check", *arguments], check=True
    )


def set_up(name: str, client: dict, wheel: Path) -> tuple[Path, Path]:
    """Make the environment of a package if it is missing; return its Python and the unpacked sdist."""
    place = BUILD / name
    python, sdists = place / "env/bin/python", place / "sdist"
    if not (place / client["sdist"]).exists():
        venv.create(place / "env", clear=True, with_pip=True)
        pip(python, "install", "fitsio", "pytest", *client["needs"])
        pip(
            python,
            "download",
            "--no-deps",
            "--no-binary",
            client["sdist"].partition("==")[0],
            "-d",
            str(sdists),
            client["sdist"],
        )
        archive = next(sdists.glob("*.tar.gz"))
        pip(python, "install", client["sdist"])
        with tarfile.open(archive) as packed:
            packed.extractall(sdists, filter="data")
        (place / client["sdist"]).touch()
    pip(python, "install", "--force-reinstall", "--no-deps", str(wheel))
    pip(python, "install", str(wheel))
    return python, next(path for path in sdists.iterdir() if path.is_dir())


def run_client(name: str, client: dict, wheel: Path, known: dict, arguments: list[str]) -> int:
    """Run the tests of a package in each way; return 1 if one fails, else 0."""
    python, source = set_up(name, client, wheel)
    folder = source / client["folder"]
    options = ["--rootdir", str(folder), "--tb=short", *client["tests"], *arguments]

    def run(layer: str, hide: str, quiet: bool) -> dict[str, str]:
        return run_suite(
            python, layer, options, folder=folder, hide=hide, quiet=quiet, timeout=SECONDS
        )

    hide = name if "native" in client["ways"] else ""
    peer = run("fitsio", hide, quiet=True)
    failed = 0
    for way in client["ways"]:
        print(f"\n==== {client['sdist']}, {way}", flush=True)
        ours = run("rustfits", hide, False) if way == "layer" else run("fitsio", "", False)
        failed |= compare(f"rustfits ({way})", peer, ours, known.get(name, {}).get(way, {}))
    return failed


def main() -> int:
    """Run, compare, print; return the exit status."""
    wheel, *names = sys.argv[1:]
    at = names.index("--") if "--" in names else len(names)
    names, arguments = names[:at], names[at + 1 :]
    clients = tomllib.loads((HERE / "clients.toml").read_text())
    known = tomllib.loads((HERE / "known.toml").read_text())
    failed = 0
    for name in names or clients:
        failed |= run_client(name, clients[name], Path(wheel).resolve(), known, arguments)
    return failed


if __name__ == "__main__":
    sys.exit(main())
