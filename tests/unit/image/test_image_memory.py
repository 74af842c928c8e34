# SPDX-License-Identifier: BSD-3-Clause
"""Reading and writing through a path takes the array and at most 2 MiB more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

SHAPE = (2500, 4000)

# The probe prints the peak memory of a read. The process measures itself, as its high-water mark counts all memory
# from the kernel. The process does not own the mapping of the file, so the probe counts anonymous memory only.
# RssAnon has no high-water mark, so the probe samples it while another thread reads.
PROBE = """
import sys, threading
import numpy as np
import numpy.ma  # which numpy loads when first used: code, not buffers
import rustfits

def anonymous():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024

path, what = sys.argv[1:]
fits = rustfits.FITS(path, "r+" if what.startswith("write") else "r")
hdu = fits[0]
hdu[0:2, 0:2]
out = np.ones(hdu.shape, np.float64 if what == "float64" else hdu.dtype)
part = np.ones((hdu.shape[0], hdu.shape[1] // 3 + 1), hdu.dtype)
part_axes = (slice(None), slice(None, None, 3))
peak = before = anonymous()
done = threading.Event()

def watch():
    global peak
    while not done.is_set():
        peak = max(peak, anonymous())

watcher = threading.Thread(target=watch)
watcher.start()
idle = 0
for turn in range(4):
    if what in ("whole", "float64"):
        hdu.read(out=out)
    elif what == "write":
        hdu.write(out)
    elif what == "write part":
        hdu[part_axes] = part
done.set()
watcher.join()
print(peak - before)
"""


@pytest.mark.parametrize("what", ["whole", "float64", "write", "write part"])
@pytest.mark.parametrize("dtype", ["i2", "u2", "f4"])
def test_peak_above_the_array(tmp_path: Path, what: str, dtype: str) -> None:
    path = tmp_path / "x.fits"
    astropy_fits.writeto(path, np.ones(SHAPE, dtype))
    run = subprocess.run(
        [sys.executable, "-c", PROBE, str(path), what],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    # The watching thread itself takes some of it.
    assert int(run.stdout) <= 2 << 20


def test_peak_of_a_section(tmp_path: Path) -> None:
    # The result of a section is new memory: the mark of the whole process tells.
    path = tmp_path / "x.fits"
    astropy_fits.writeto(path, np.ones(SHAPE, "f4"))
    script = """
import sys
from pathlib import Path
import rustfits

def peak():  # not ru_maxrss: a child that was started with vfork begins with its parent's
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) << 10

fits = rustfits.FITS(sys.argv[1], "r+")  # no mapping, whose pages would count
hdu = fits[0]
hdu[0:40, ::3]; hdu[:40, 5]; hdu[0:40, [1, 2]]
before = peak()
section = eval(f"hdu[{sys.argv[2]}]")
print(peak() - before - section.nbytes)
"""
    for key in ("::-1, ::3", ":, 1:3999", "::2", ":, [*range(0, 4000, 2)]"):
        run = subprocess.run(
            [sys.executable, "-c", script, str(path), key],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(run.stdout) <= 2 << 20, key
