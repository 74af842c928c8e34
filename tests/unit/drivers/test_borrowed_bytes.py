# SPDX-License-Identifier: BSD-3-Clause
"""`FITS.from_bytes` without a copy."""

from __future__ import annotations

import gc
import gzip
import io
import mmap
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS

IMAGE = np.random.default_rng(21).normal(size=(300, 400)).astype("f4")


@pytest.fixture(scope="module")
def content() -> bytes:
    buffer = io.BytesIO()
    with FITS(buffer, "w+") as fits:
        fits.write_image(IMAGE)
        fits.write_table({"a": np.arange(100)}, extname="T")
    return buffer.getvalue()


def test_read_only_buffers_are_viewed(content: bytes, tmp_path: Path) -> None:
    array = np.frombuffer(content, "u1")
    (tmp_path / "a.fits").write_bytes(content)
    with open(tmp_path / "a.fits", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with mapped:
        for data in (content, memoryview(bytearray(content)).toreadonly(), array, mapped):
            with FITS.from_bytes(data, copy=False) as fits:
                np.testing.assert_array_equal(fits[0].read(), IMAGE)
                np.testing.assert_array_equal(fits["T"].read()["a"], np.arange(100))
                view = fits[0].view()
                assert np.shares_memory(view, np.frombuffer(data, "u1"))
                np.testing.assert_array_equal(view, IMAGE)
                with pytest.raises(rustfits.FITSReadOnlyError):
                    fits[0].write(IMAGE)
            del view, fits


def test_the_file_and_its_views_keep_the_buffer(content: bytes) -> None:
    data: Any = bytearray(content)
    before = sys.getrefcount(data)
    fits = FITS.from_bytes(memoryview(data).toreadonly(), copy=False)
    with pytest.raises(BufferError):
        data.append(1)
    view = fits[0].view()
    fits.close()
    with pytest.raises(BufferError):
        data.append(1)
    np.testing.assert_array_equal(view, IMAGE)
    del view, fits
    gc.collect()
    data.append(1)
    assert sys.getrefcount(data) == before


def test_a_mapping_cannot_be_closed_under_a_file(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(content)
    with open(tmp_path / "a.fits", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    fits = FITS.from_bytes(mapped, copy=False)
    with pytest.raises(BufferError):
        mapped.close()
    fits.close()
    mapped.close()


def test_compressed_bytes(content: bytes) -> None:
    packed = gzip.compress(content)
    with FITS.from_bytes(packed, copy=False) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
        with pytest.raises(rustfits.FITSUnsupportedError):
            fits[0].view()


def test_what_cannot_be_borrowed(content: bytes) -> None:
    with pytest.raises(rustfits.FITSValueError, match="read-only memory"):
        FITS.from_bytes(bytearray(content), copy=False)
    with pytest.raises(rustfits.FITSValueError, match="contiguous"):
        FITS.from_bytes(memoryview(content)[::2], copy=False)
    with pytest.raises(rustfits.FITSValueError, match="for reading"):
        FITS.from_bytes(content, "r+", copy=False)
    with pytest.raises(rustfits.NotFITSError):
        FITS.from_bytes(b"", copy=False)
    with FITS.from_bytes(content[:5000], copy=False) as fits:
        with pytest.raises(rustfits.FITSTruncatedError):
            fits[0].view()


def test_no_memory_for_a_copy_is_used() -> None:
    code = """
import mmap, resource, numpy, rustfits
data = rustfits.FITS("mem://", "w+")
data.write_image(numpy.zeros((4096, 8192), "f4"))
data = data.to_bytes()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with rustfits.FITS.from_bytes(data, copy=False) as fits:
    assert fits[0].view().sum() == 0
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 20_000  # KiB, of 128 MiB
