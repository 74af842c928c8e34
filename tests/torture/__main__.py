# SPDX-License-Identifier: BSD-3-Clause
"""The command: ``python -m torture kill|fail|mutate|segments [options]``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from . import mutate, segments, sweep
from .edits import EDITS
from .shim import restart_with_shim


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("driver", choices=("kill", "fail", "mutate", "segments"))
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    parser.add_argument(
        "--seconds", type=float, default=300.0, help="most time for all kinds together"
    )
    parser.add_argument("--scale", type=int, default=10, help="size of the files")
    parser.add_argument(
        "--most",
        type=int,
        default=0,
        help="most points of an edit, mutated files, or killed writers; 0: all",
    )
    parser.add_argument(
        "--folder", type=Path, help="where; a folder in the temporary folder unless said"
    )
    parser.add_argument("--only", action="append", help="an edit by its name; may be given again")
    return parser.parse_args()


def main() -> int:
    """Run one driver; the last line says how many trials went as promised and how many did not."""
    arguments = _arguments()
    folder = arguments.folder or Path(tempfile.gettempdir()) / "rustfits-torture"
    folder.mkdir(parents=True, exist_ok=True)
    if arguments.driver in ("kill", "fail"):
        restart_with_shim(folder)
    seed = arguments.seed or int(time.time())
    print(f"torture {arguments.driver}: seed {seed}", flush=True)
    deadline = time.monotonic() + arguments.seconds
    if arguments.driver == "mutate":
        good, bad = mutate.run(folder / "mutate", seed, deadline, arguments.most)
    elif arguments.driver == "segments":
        good, bad = segments.run(seed, deadline, arguments.most)
    else:
        names = arguments.only or list(EDITS)
        options = sweep.Options(arguments.scale, arguments.most, seed, deadline)
        good, bad = sweep.run(arguments.driver, names, folder / arguments.driver, options)
    print(f"{good} passed, {bad} failed")
    return 1 if bad or not good else 0


sys.exit(main())
