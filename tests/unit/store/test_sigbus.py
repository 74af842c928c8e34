# SPDX-License-Identifier: BSD-3-Clause
"""Another process cuts a file while this one copies from a mapping of it: an error, and not the end of the process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import rustfits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no file that is mapped can be cut")

SHAPE = (1000, 1000)

# Reads until the other process has cut the file often enough: what comes is right, or an error.
READER = """
import faulthandler, subprocess, sys, threading, time
import numpy as np, rustfits
path, cuts, mode = sys.argv[1], int(sys.argv[2]), sys.argv[3]
if "before" in mode:
    faulthandler.enable()
cutter = subprocess.Popen([sys.executable, "-c", '''
import os, sys
path, cuts = sys.argv[1], int(sys.argv[2])
size = os.path.getsize(path)
fd = os.open(path, os.O_RDWR)
for i in range(cuts):
    os.ftruncate(fd, 5000)
    os.ftruncate(fd, size)
''', path, str(cuts)])
good = bad = 0
fits = rustfits.FITS(path, mmap="without" not in mode)
if "behind" in mode:
    try:
        fits[0][::2, 5:9]
    except rustfits.FITSTruncatedError:
        pass
    faulthandler.enable()
def read():
    global good, bad
    while cutter.poll() is None:
        try:
            assert not fits[0][::2, 5:9].any()
            good += 1
        except rustfits.FITSTruncatedError as error:
            bad += 1
threads = [threading.Thread(target=read) for _ in range(4 if "threads" in mode else 1)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(cutter.returncode, good > 0, bad > 0)
"""


@pytest.fixture
def path(tmp_path):
    folder = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tmp_path
    name = f"{folder}/rustfits_sigbus_{os.getpid()}.fits"
    rustfits.write(name, np.zeros(SHAPE, "f4"))
    yield name
    os.unlink(name)


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
    )


@pytest.mark.parametrize(
    "mode",
    [
        "plain",
        "faulthandler before",
        "faulthandler behind",
        "faulthandler before, threads",
        "without mapping",
    ],
)
def test_a_file_that_is_cut_while_it_is_read(path, mode):
    """10,000 cuts, which take a second or so."""
    done = run(READER, path, 10000, mode)
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    assert done.stdout.split() == ["0", "True", "True"]
    assert done.stderr == ""


@pytest.mark.parametrize("order", ["before", "behind", "both", "never"])
def test_faulthandler_reports_what_is_not_ours(path, order):
    """A SIGBUS outside of a read is reported once, and ends the process as it did."""
    code = (
        "import faulthandler, mmap, os, sys, rustfits\n"
        "path, order = sys.argv[1:]\n"
        "if order in ('before', 'both'): faulthandler.enable()\n"
        "fits = rustfits.FITS(path)\n"
        "fits[0][::2, 5:9]\n"
        "if order == 'both': faulthandler.disable()\n"
        "if order in ('behind', 'both'): faulthandler.enable()\n"
        "fits[0][::2, 5:9]\n"
        "view = fits[0].view()\n"
        "os.truncate(path, 5000)\n"
        "view[500].sum()\n"
    )
    done = run(code, path, order)
    assert done.returncode == -signal.SIGBUS, done.stderr
    assert done.stderr.count("Fatal Python error: Bus error") == (order != "never")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc shows the handlers of a process")
def test_without_a_mapping_there_is_no_handler(path):
    """FITS(mmap=False) leaves the signals of the process alone, and reads the same."""
    code = (
        "import sys, rustfits\n"
        "def handler(): return [line for line in open('/proc/self/status') if 'SigCgt' in line][0]\n"
        "before = handler()\n"
        "with rustfits.FITS(sys.argv[1], mmap=False) as fits: a = fits[0][::2, 5:9]\n"
        "print(handler() == before)\n"
        "with rustfits.FITS(sys.argv[1]) as fits: b = fits[0][::2, 5:9]\n"
        "print(handler() == before, (a == b).all())\n"
    )
    assert run(code, path).stdout.split() == ["True", "False", "True"]
