# SPDX-License-Identifier: BSD-3-Clause
"""fork while other threads read: the child has their locks, and not the threads that would free them."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest

import rustfits
from rustfits import Gzip2, Rice1

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")

# Children read all that their parent reads meanwhile, compare, and close. None may take 20 s.
PARENT = """
import faulthandler, os, sys, threading, time, warnings
import numpy as np, rustfits
warnings.simplefilter("ignore")
path, forks, kind = sys.argv[1], int(sys.argv[2]), sys.argv[3]
with rustfits.FITS(path) as first:
    want = [first[i].read() for i in range(1, len(first))]
    strings = [str(hdu.header) for hdu in first]
hung = wrong = 0
for turn in range(forks):
    fits, stop = rustfits.FITS(path), False
    def read():
        while not stop:
            for i in range(1, len(fits)):
                fits[i][3:9] if kind == "parts" else fits[i].read()
            [str(hdu.header) for hdu in fits]
    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.001 * (turn % 7))
    child = os.fork()
    if child == 0:
        status = 1
        try:
            if turn % 3:
                assert len(fits) == len(want) + 1
                for i, values in enumerate(want, 1):
                    part = fits[i][3:9]
                    assert all((part[n] == values[3:9][n]).all() for n in values.dtype.names or ()) or (
                        part == values[3:9]).all()
                    assert fits[i].read().tobytes() == values.tobytes()
                assert [str(hdu.header) for hdu in fits] == strings
            fits.close()
            status = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr)
        finally:
            os._exit(status)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            wrong += status != 0
            break
        time.sleep(0.001)
    else:
        os.kill(child, 9)
        os.waitpid(child, 0)
        hung += 1
    stop = True
    for thread in threads:
        thread.join()
    fits.close()
    if hung > 2:
        break
print(hung, wrong)
"""


@pytest.fixture
def content(tmp_path):
    path = tmp_path / "a.fits"
    rng = np.random.default_rng(0)
    data = rng.integers(0, 999, (300, 400)).astype("i4")
    table = {"a": np.arange(2000), "b": rng.random((2000, 3))}
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(data[:1])
        fits.write_image(data)
        fits.write_image(data, compress=Rice1(tile_shape=(10, 400)))
        fits.write_image(data.astype("f4"), compress=Gzip2(tile_shape=(10, 400)))
        fits.write_table(table)
        fits.write_table(table, compress=True)
    return path


@pytest.mark.parametrize("kind", ["parts", "whole"])
@pytest.mark.parametrize("packed", ["plain", "gz"])
def test_a_child_forked_while_threads_read_reads_and_closes(content, packed, kind):
    if packed == "gz":
        plain, content = content, content.with_suffix(".fits.gz")
        content.write_bytes(gzip.compress(plain.read_bytes(), 1))
    done = subprocess.run(
        [sys.executable, "-c", PARENT, str(content), "40", kind],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
        cwd="/",
    )
    assert done.stderr == ""
    assert (done.returncode, done.stdout.split()) == (0, ["0", "0"])
