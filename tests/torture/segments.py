# SPDX-License-Identifier: BSD-3-Clause
"""Writers of shared memory, killed: their segment is whole, or interrupted and says so, and can be replaced.

A writer that replaces the segment at close (``atomic=True``) leaves a whole one.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import numpy as np

import rustfits
from rustfits import FITS, shmem

_PIXELS = np.ones((300, 400), "f4")


def _write(name: str, kind: str) -> None:
    mode = "r+" if kind == "r+" else "w+"
    with FITS(name, mode, atomic=kind == "atomic") as fits:
        for _ in range(5):
            fits.write_image(_PIXELS)
        fits[0].header["COUNT"] = len(fits)


def _kill_a_writer(name: str, kind: str, seconds: float) -> int:
    """Fork a writer, kill it after a while, and return its number."""
    child = os.fork()
    if child == 0:
        try:
            for _ in range(1000):
                _write(name, kind)
                rustfits.write(name, _PIXELS[:10])
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    if os.WEXITSTATUS(os.waitpid(child, 0)[1]):
        raise AssertionError("the writer has failed")
    return child


def _judge(name: str, kind: str) -> str:
    """Return the state of the segment, after opening it in all modes."""
    found = {f"shmem://{segment.name}": segment for segment in shmem.list()}
    segment = found[name]
    if segment.state == "whole":
        with FITS(name) as fits:
            count = fits[0].header.get("COUNT", 1)
            assert len([hdu.read() for hdu in fits]) == count, "HDUs are missing"
        return "whole"
    assert segment.state == "interrupted" and not segment.running and kind != "atomic", segment
    for mode in ("r", "r+"):
        try:
            FITS(name, mode)
        except rustfits.FITSInterruptedError as error:
            assert name in str(error) and str(segment.pid) in str(error)
        else:
            raise AssertionError("an interrupted segment was opened")
    return "interrupted"


def run(seed: int, deadline: float, most: int) -> tuple[int, int]:
    """Kill `most` writers (0: 200) of each kind; return how many trials went as promised, and how many did not."""
    rng = random.Random(seed)
    name = f"shmem://rustfits-torture-{os.getpid()}"
    good = bad = 0
    for kind in ("w+", "r+", "atomic"):
        states: Counter[str] = Counter()
        for turn in range(most or 200):
            if time.monotonic() > deadline:
                print("out of time")
                break
            rustfits.write(name, _PIXELS[:10])
            try:
                _kill_a_writer(name, kind, rng.random() * 0.03)
                states[_judge(name, kind)] += 1
                good += 1
            except AssertionError as error:
                print(f"{kind}, turn {turn}: {error}")
                bad += 1
        print(kind, dict(states))
    shmem.unlink(name)
    left = [
        segment.name for segment in shmem.list() if segment.name.startswith("rustfits-torture-")
    ]
    left += [path.name for path in Path("/dev/shm").glob(".rustfits-*")]
    if left:
        print(f"left behind: {left}")
        bad += 1
    return good, bad
