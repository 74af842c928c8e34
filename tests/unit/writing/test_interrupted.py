# SPDX-License-Identifier: BSD-3-Clause
"""Edits that move bytes in a process that is killed in the middle."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSInterruptedError, FITSLockedError, FITSWarning

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills a process by a signal")

ROWS = 60_000


def build(path: Path) -> None:
    table = np.zeros(ROWS, [("id", "i8"), ("ra", "f8"), ("name", "S12"), ("flux", "f4", (4,))])
    table["id"] = np.arange(ROWS)
    table["ra"] = np.linspace(0, 360, ROWS)
    with FITS(path, "w+") as fits:
        fits.write_image(np.arange(300_000, dtype="i4").reshape(600, 500))
        fits.write_table(table, extname="T")
        fits.write_image(np.arange(700_000, dtype="i2").reshape(700, 1000), extname="TAIL")


EDITS: dict[str, str] = {
    "header": "f[0].header.update({f'KEY{i}': i for i in range(60)})",
    "append": "f['T'].append(f['T'][:9000])",
    "insert": "f['T'].insert_column('new', np.arange(60000.0), position=1)",
    "insert strings": "f['T'].insert_column('v', np.array(['ab', 'c'] * 30000, object))",
    "delete column": "f['T'].delete_column('name')",
    "delete rows": "f['T'].delete_rows(np.arange(0, 60000, 3))",
}

SCRIPT = """
import sys, numpy as np
from rustfits import FITS
with FITS(sys.argv[1], "r+") as f:
    len(f)
    print("go", flush=True)
    sys.stdin.readline()
    {edit}
"""


def run(path: Path, edit: str) -> subprocess.Popen[str]:
    """Start a process that is about to edit the file."""
    child = subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(edit=edit), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "go\n"
    return child


def go(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def end_of(child: subprocess.Popen[str]) -> int:
    """Wait for it, and close what led to it."""
    with child:
        return child.wait()


def content(path: Path) -> bytes:
    """All HDUs: cards and data."""
    out = bytearray()
    with FITS(path) as fits:
        for hdu in fits:
            out += "\n".join(map(str, hdu.header.cards)).encode()
            if hdu.has_data:
                data = hdu.read()
                out += repr(data.tolist()).encode() if data.dtype.hasobject else data.tobytes()
    return bytes(out)


@pytest.mark.parametrize("name", EDITS)
def test_a_killed_edit_is_finished_or_undone(tmp_path: Path, name: str) -> None:
    base, path = tmp_path / "base.fits", tmp_path / "a.fits"
    build(base)
    shutil.copyfile(base, path)
    child = run(path, EDITS[name])
    begin = time.monotonic()
    go(child)
    assert end_of(child) == 0
    took = time.monotonic() - begin
    known = {content(base), content(path)}
    for n in range(4):
        shutil.copyfile(base, path)
        child = run(path, EDITS[name])
        go(child)
        time.sleep(took * (n + 0.5) / 4)
        child.send_signal(signal.SIGKILL)
        end_of(child)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FITSWarning)
            try:
                shown = content(path)
            except FITSInterruptedError:
                shown = None
            with FITS(path, "r+") as fits:
                len(fits)
            left = content(path)
        assert left in known
        assert shown in (left, None)
        assert path.stat().st_size % 2880 == 0


def stopped_in_an_edit(path: Path, edit: str) -> subprocess.Popen[str]:
    """A process that is stopped while a trailer stands behind the file."""
    untouched = path.read_bytes()
    for _ in range(20):
        path.write_bytes(untouched)
        child = run(path, edit)
        go(child)
        while child.poll() is None:
            if path.stat().st_size % 2880 == 192:
                child.send_signal(signal.SIGSTOP)
                time.sleep(0.05)
                if path.stat().st_size % 2880 == 192:
                    return child
                child.send_signal(signal.SIGCONT)
        end_of(child)
    raise AssertionError("each time the edit was over before it could be stopped")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    path = tmp_path / "large.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((2, 2), "u1"))
        fits.write_image(np.zeros((60, 1000, 1000), "u1"), extname="TAIL")
    return path


def grow(path: Path) -> tuple[str, Callable[[FITS], bool]]:
    edit = "f[0].header.update({f'KEY{i}': i for i in range(60)})"
    return edit, lambda fits: "KEY59" in fits[0].header


def test_a_file_that_is_being_edited_is_locked(large: Path) -> None:
    edit, is_done = grow(large)
    child = stopped_in_an_edit(large, edit)
    try:
        for mode in ("r", "r+"):
            with pytest.raises(FITSLockedError, match="another process is editing"):
                FITS(large, mode)
    finally:
        child.send_signal(signal.SIGCONT)
        assert end_of(child) == 0
    with FITS(large) as fits:
        assert is_done(fits)


def test_an_interrupted_edit_is_shown_and_then_finished_with_a_warning(large: Path) -> None:
    edit, _ = grow(large)
    child = stopped_in_an_edit(large, edit)
    child.kill()
    end_of(child)
    size = large.stat().st_size
    with FITS(large) as fits:
        seen = "KEY59" in fits[0].header
        assert (fits["TAIL"].read() == 0).all()
        # A reader keeps the edit from being finished.
        if os.stat(large).st_size % 2880 == 192 and seen:
            with pytest.raises(FITSLockedError):
                FITS(large, "r+")
    assert large.stat().st_size == size
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with FITS(large, "r+") as fits:
            len(fits)
            assert ("KEY59" in fits[0].header) is seen
    if seen:
        assert any("an interrupted edit of the file was finished" in str(w.message) for w in caught)
    assert large.stat().st_size % 2880 == 0
    assert (rustfits.read(large, "TAIL") == 0).all()


def test_a_file_that_was_cut_in_an_edit_is_not_edited(large: Path) -> None:
    edit, _ = grow(large)
    child = stopped_in_an_edit(large, edit)
    child.kill()
    end_of(child)
    os.truncate(large, large.stat().st_size - 192)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with FITS(large) as fits:
                len(fits)
        except rustfits.FITSError:
            return  # the chain is broken: that is told as well
    if not any("interrupted" in str(w.message) for w in caught):
        return  # killed before the header of the trailer was written, or the chain ends before it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with FITS(large, "r+") as fits, pytest.raises(FITSInterruptedError):
            fits[0].header.update({f"MORE{i}": i for i in range(9000)})
