# SPDX-License-Identifier: BSD-3-Clause
"""Open a file in each way, read, verify, edit and convert all of it, and print the errors of each step.

Every error must be a `FITSError`. Another exception, a signal or 2 GiB of memory ends the process.
"""

from __future__ import annotations

import resource
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import rustfits
from rustfits import FITS, FITSError

MEMORY = 2 << 30


class Steps:
    """Run steps and keep the names of their errors."""

    def __init__(self) -> None:
        self.errors: set[str] = set()

    def run(self, act: Callable[[], Any]) -> Any:
        """Return what `act` returns, or None if it fails with a `FITSError`."""
        try:
            return act()
        except FITSError as failed:
            assert str(failed)
            self.errors.add(type(failed).__name__)
        return None


def read_hdu(hdu: Any, run: Callable[[Callable[[], Any]], Any]) -> None:
    """Read and verify one HDU."""
    run(lambda: str(hdu.header))
    if hasattr(type(hdu), "raw_header"):
        run(lambda: str(hdu.raw_header))
    run(lambda: dict(hdu.header))
    run(lambda: hdu.verify_checksum())
    run(lambda: repr(hdu))
    if not run(lambda: hdu.has_data):
        return
    run(lambda: hdu.read())
    if hasattr(type(hdu), "nrows"):
        run(lambda: hdu[:1])
        run(lambda: [hdu[name] for name in hdu.colnames])
        run(lambda: hdu.where("1 == 1"))
    else:
        run(lambda: hdu[tuple([0] * len(hdu.shape))])
        run(lambda: hdu.cutouts([[0] * len(hdu.shape)], 2))


def edit_hdu(fits: Any, hdu: Any, run: Callable[[Callable[[], Any]], Any]) -> None:
    """Write back what can be read of one HDU, and copy it in both forms."""
    run(lambda: hdu.header.__setitem__("EDITED", True))
    data = run(lambda: hdu.read() if hdu.has_data else None)
    if isinstance(data, np.ndarray):
        run(lambda: hdu.write(data))
    run(lambda: hdu.add_checksum())
    run(lambda: fits.write_image(np.zeros(3, "u1")))


def read_file(path: Path) -> set[str]:
    """Return the names of the errors of a file."""
    steps = Steps()
    content = path.read_bytes()
    for lenient in (None, True, False):
        fits = steps.run(lambda lenient=lenient: FITS(path, lenient=lenient))
        if fits is not None:
            with fits:
                steps.run(lambda fits=fits: len(fits))
                for hdu in steps.run(lambda fits=fits: list(fits)) or []:
                    read_hdu(hdu, steps.run)
    for index in range(4):
        fits = steps.run(lambda: FITS.from_bytes(content, "r+"))
        if fits is not None:
            hdus = steps.run(lambda fits=fits: list(fits)) or []
            if index < len(hdus):
                edit_hdu(fits, hdus[index], steps.run)
            with suppress(FITSError):
                fits.close()
    target = path.with_suffix(".out")
    steps.run(lambda: rustfits.pack(path, target, tables=True, overwrite=True))
    steps.run(lambda: rustfits.unpack(path, target, overwrite=True))
    target.unlink(missing_ok=True)
    return steps.errors


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    for name in sys.argv[1:]:
        print(Path(name).name, ", ".join(sorted(read_file(Path(name)))) or "-", flush=True)
