# SPDX-License-Identifier: BSD-3-Clause
"""Writers that are killed, several at once, or locked leave one whole file."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from support.writing import BIG, SKY, linux, names_in, run_python

# ---- killed writers ----

HALF = """
    import os, signal, sys, numpy, rustfits
    fits = rustfits.FITS(sys.argv[1], "w+", atomic=True)
    fits.write_image(numpy.zeros((300, 300)))
    print("written", flush=True)
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def start_half(path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", textwrap.dedent(HALF), str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "written\n"
    return child


def temporaries(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if name.startswith(".")]


@linux
@pytest.mark.parametrize("there", [True, False])
def test_leftover_of_a_killed_writer_is_removed_by_the_next_one(tmp_path, there):
    path = tmp_path / "a.fits"
    if there:
        rustfits.write(path, SKY)
    child = start_half(path)
    alive = temporaries(tmp_path)
    assert len(alive) == 1
    rustfits.write(path, SKY + 1)
    rustfits.write(tmp_path / "other.fits", SKY)
    assert temporaries(tmp_path) == alive  # its writer is at work
    child.communicate("")
    assert child.returncode == -signal.SIGKILL
    rustfits.write(tmp_path / "other.fits", SKY)
    assert temporaries(tmp_path) == alive  # of another file
    assert (rustfits.read(path) == SKY + 1).all()
    rustfits.write(path, SKY + 2)
    assert names_in(tmp_path) == ["a.fits", "other.fits"]


@linux
def test_leftover_of_a_killed_gz_writer_is_removed(tmp_path):
    path = tmp_path / "a.fits.gz"
    rustfits.write(path, SKY)
    child = start_half(path)
    child.communicate("")
    assert len(temporaries(tmp_path)) == 1
    with FITS(path, "r+") as fits:
        fits[0][0] = 9
    assert names_in(tmp_path) == [path.name]
    assert (rustfits.read(path)[0] == 9).all()


@linux
def test_forked_child_keeps_a_temporary_file_alive(tmp_path):
    """It has the descriptors of its parent, and the lock with them."""
    path = tmp_path / "a.fits"
    fits = FITS(path, "w+", atomic=True)
    fits.write_image(SKY)
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        child = os.fork()
    if child == 0:
        os.read(read, 1)
        os._exit(0)
    fits.close()
    assert names_in(tmp_path) == ["a.fits"]
    os.write(write, b"x")
    os.waitpid(child, 0)
    os.close(read)
    os.close(write)
    rustfits.write(path, SKY + 1)
    assert names_in(tmp_path) == ["a.fits"]


def test_two_writers_at_once_leave_one_whole_file(tmp_path):
    path = tmp_path / "a.fits"
    first, second = FITS(path, "w+", atomic=True), FITS(path, "w+", atomic=True)
    first.write_image(BIG)
    second.write_image(SKY)
    second.close()
    assert (rustfits.read(path) == SKY).all()
    first.close()
    assert (rustfits.read(path) == BIG).all()
    assert names_in(tmp_path) == ["a.fits"]


def test_reader_goes_on_with_the_file_it_opened(old):
    with FITS(old) as fits:
        rustfits.write(old, BIG)
        assert (fits[0].read() == SKY).all()
    assert (rustfits.read(old) == BIG).all()


# ---- locks ----


@linux
@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("mode", ["r+", "w+"])
@pytest.mark.parametrize("atomic", [True, False])
def test_lock_keeps_other_locks_out(tmp_path, mode, suffix, atomic):
    path = tmp_path / f"a.fits{suffix}"
    rustfits.write(path, SKY)
    before = path.read_bytes()
    with FITS(path, lock=True) as one, FITS(path, lock=True) as two:
        assert (one[0].read() == two[0].read()).all()
        with pytest.raises(rustfits.FITSLockedError, match=r"a\.fits") as caught:
            FITS(path, mode, lock=True, atomic=atomic)
        assert isinstance(caught.value, BlockingIOError)
        assert caught.value.errno == errno.EAGAIN
    assert path.read_bytes() == before  # not cut
    with FITS(path, mode, lock=True, atomic=atomic) as fits:
        for other in ("r", "r+", "w+"):
            with pytest.raises(rustfits.FITSLockedError):
                FITS(path, other, lock=True)
        fits.write_image(SKY)
        child = run_python(
            """
            import sys, rustfits
            try:
                rustfits.FITS(sys.argv[1], "r+", lock=True)
            except rustfits.FITSLockedError as error:
                print(error)
            """,
            path,
        )
        assert "holds a lock" in child.stdout, child.stderr
    with FITS(path, lock=True) as fits:
        assert len(fits) == (2 if mode == "r+" else 1)
    assert names_in(tmp_path) == [path.name]


@linux
def test_lock_of_a_killed_process_is_free(old):
    child = subprocess.Popen(
        [
            sys.executable,
            "-P",
            "-c",
            "import sys, rustfits; f = rustfits.FITS(sys.argv[1], 'r+', lock=True);"
            "print(1, flush=True); sys.stdin.read()",
            str(old),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    with pytest.raises(rustfits.FITSLockedError):
        FITS(old, lock=True)
    child.kill()
    child.communicate()
    FITS(old, "r+", lock=True).close()


@linux
@pytest.mark.parametrize("atomic", [True, False])
def test_locked_edits_of_several_processes_are_all_there(tmp_path, atomic):
    """A lock on a file that was replaced between opening and locking it is of no use."""
    path = tmp_path / "count.fits"
    rustfits.write(path, np.zeros(1, "i4"))
    code = f"""
        import sys, rustfits
        done = 0
        while done < 60:
            try:
                with rustfits.FITS(sys.argv[1], "r+", lock=True, atomic={atomic}) as fits:
                    fits[0][0] = int(fits[0][0]) + 1
                done += 1
            except rustfits.FITSLockedError:
                pass
    """
    command = [sys.executable, "-P", "-c", textwrap.dedent(code), str(path)]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    for child in children:
        _, told = child.communicate(timeout=120)
        assert child.returncode == 0, told
    assert rustfits.read(path)[0] == 180
    assert names_in(tmp_path) == [path.name]


def test_lock_of_a_remote_file_is_refused():
    with pytest.raises(rustfits.FITSError, match="cannot be locked"):
        FITS("http://127.0.0.1:9/a.fits", lock=True)


def test_files_in_memory_need_no_lock():
    with FITS("mem://", "w+", lock=True, atomic=True, durable=True) as fits:
        fits.write_image(SKY)
        assert (fits[0].read() == SKY).all()


@pytest.mark.parametrize("option", ["atomic", "durable"])
def test_options_for_writing_are_refused_for_reading(old, option):
    with pytest.raises(rustfits.FITSValueError, match=option):
        FITS(old, **{option: True})
