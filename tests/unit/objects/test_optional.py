# SPDX-License-Identifier: BSD-3-Clause
"""Packages that the library does not need: never imported before a call needs them."""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONAL = [
    *("astropy", "boto3", "dask", "distributed", "duckdb", "fsspec", "pandas", "polars", "pyarrow"),
    *("pycurl", "requests", "ssl", "tqdm", "virtualizarr", "xarray", "XRootD", "zarr", "zstandard"),
    *("asyncio", "http.client", "xml.etree.ElementTree"),
]

#: Modules of Python that take long to import.
SLOW = ["concurrent.futures", "email", "html", "importlib.metadata", "logging", "secrets"]

BLOCKED = """
from importlib.machinery import PathFinder

_real = PathFinder.find_spec

def _find(name, *others):
    return None if name.partition(".")[0] in {blocked!r} else _real(name, *others)

PathFinder.find_spec = staticmethod(_find)
"""


def run(code: str, *blocked: str, folder: object = None) -> str:
    """Return what a program prints that cannot import some modules."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", BLOCKED.format(blocked=set(blocked)) + code],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_rustfits_imports_little():
    # What numpy brings costs nothing more.
    code = """
import sys, numpy
before = set(sys.modules)
import rustfits
print(len(set(sys.modules) - before), *(set(sys.modules) - before))
"""
    count, *modules = run(code).split()
    assert not {
        name for name in modules if name in {*OPTIONAL, *SLOW} or name.partition(".")[0] in OPTIONAL
    }
    assert int(count) < 200


def test_everything_local_works_without_any_optional_package(tmp_path):
    code = """
import pickle
import numpy as np
import rustfits
rustfits.write("a.fits.gz", np.arange(12.0).reshape(3, 4), header={"OBJECT": "M 31"})
assert rustfits.read("a.fits.gz")[1, 1] == 5
rustfits.write("t.fits", {"x": np.arange(5), "s": ["a"] * 5}, compress=True)
with rustfits.FITS("t.fits") as fits:
    assert pickle.loads(pickle.dumps(fits[1])).read(rows="x > 3")["x"].tolist() == [4]
    fits[1]._repr_html_()
rustfits.pack("a.fits.gz", "a.fits.fz")
assert rustfits.read("a.fits.fz")[1, 1] == 5
row = rustfits.drivers()["https"]
assert not row.read and row.install == "pip install pycurl", row
assert rustfits.drivers()["file"].write
"""
    run(
        code,
        *(name for name in OPTIONAL if name not in ("ssl", "asyncio", "unittest")),
        folder=tmp_path,
    )


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "s3", "sftp"])
def test_a_missing_pycurl_is_named_where_it_is_needed(scheme):
    code = f"""
import rustfits
try:
    rustfits.FITS("{scheme}://bucket.invalid/a.fits")
except rustfits.FITSNotBuiltError as missing:
    print(missing)
"""
    assert "pip install pycurl" in run(code, "pycurl")


def test_a_missing_pycurl_is_named_before_anything_is_written():
    code = """
import rustfits
try:
    rustfits.FITS("http://host.invalid/a.fits", "w+", remote=rustfits.Remote(put=True))
except rustfits.FITSNotBuiltError as missing:
    print(missing)
"""
    assert "pip install pycurl" in run(code, "pycurl")


def test_progress_bars_are_optional(tmp_path):
    code = """
import numpy as np
import rustfits
from rustfits.cli import main
rustfits.write("a.fits", np.zeros((200, 200)))
assert main(["pack", "a.fits", "b.fits"]) in (0, None)
assert rustfits.read("b.fits").shape == (200, 200)
rustfits.Remote(progress=True)
"""
    run(code, "tqdm", folder=tmp_path)
