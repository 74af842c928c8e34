# SPDX-License-Identifier: BSD-3-Clause
"""Reading and writing tables takes what is read or written and at most 4 MiB more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

ROWS = 600_000
DTYPE = [("id", "i8"), ("ra", "f8"), ("dec", "f8"), ("mag", "f4"), ("n", "i2"), ("name", "S12")]

# As in test_image_memory.py, the probe samples anonymous memory while another thread works. A read returns new memory,
# so the probe subtracts its size. The data of a write exist before the probe starts.
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
fits = rustfits.FITS(path, "r+" if what in ("write", "column", "append") else "r")
hdu = fits[1]
rows = np.random.default_rng(1).permutation(len(hdu))[:200_000]
data = np.ones(len(hdu), [(n, t) for n, t, *_ in hdu.dtype.descr]) if what == "write" else None
column = np.ones(len(hdu)) if what == "column" else None
chunk = np.zeros(50_000, hdu.dtype) if what == "append" else None

def act(small):
    if what == "whole":
        return hdu.read(rows=slice(0, 10) if small else None)
    if what == "bytes":
        return hdu.read(rows=slice(0, 10) if small else None, as_bytes=True)
    if what == "two columns":
        return hdu.read(columns=["ra", "dec"], rows=slice(0, 10) if small else None)
    if what == "scattered":
        return hdu.read(rows=rows[:10] if small else rows)
    if what == "where":
        return hdu.where("id < 0" if small else "mag < 22 & isfinite(ra)")
    if what == "iteration":
        for chunk_ in hdu.iter(chunksize=1000):
            if small:
                break
    elif what == "write":
        hdu[0:10] = data[:10] if small else data[:10]
        if not small:
            hdu.write(data)
    elif what == "column":
        if small:
            hdu["dec"][0:10] = column[:10]
        else:
            hdu["dec"] = column
    elif what == "append":
        hdu.append(chunk[:10] if small else chunk)
    return None

act(True)
peak = before = anonymous()
done = threading.Event()

def watch():
    global peak
    while not done.is_set():
        peak = max(peak, anonymous())

watcher = threading.Thread(target=watch)
watcher.start()
result = act(False)
done.set()
watcher.join()
print(peak - before - (0 if result is None else result.nbytes))
"""


@pytest.mark.parametrize(
    "what",
    [
        "whole",
        "bytes",
        "two columns",
        "scattered",
        "where",
        "iteration",
        "write",
        "column",
        "append",
    ],
)
def test_peak_above_the_result(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.fits"
    rows = np.ones(ROWS, DTYPE)
    rows["id"] = np.arange(ROWS)
    rows["name"] = b"a star"
    astropy_fits.BinTableHDU(rows).writeto(path)
    run = subprocess.run(
        [sys.executable, "-c", PROBE, str(path), what],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(run.stdout) <= 4 << 20
