# SPDX-License-Identifier: BSD-3-Clause
"""mem:// and memkeep:// are files in memory, byte for byte what is written to disk."""

from __future__ import annotations

import gc
import os

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

SCHEMES = ["mem://", "memkeep://"]


def build(fits: FITS, rng: np.random.Generator) -> None:
    """Do everything that changes a file, in an order that shifts HDUs about."""
    fits.write_image(rng.integers(0, 100, (13, 17)).astype("i2"), header={"OBJECT": "M 31"})
    fits.write_image(rng.normal(size=(4, 5, 6)).astype("f4"), extname="CUBE", extver=2)
    fits.create_image_hdu("u2", (0, 7), extname="GROWS")
    fits.write_image(rng.normal(size=1000), extname="LAST")
    for i in range(80):
        fits[0].header[f"KEY{i}"] = (i, "a comment")
    fits["GROWS"].extend(np.arange(14, dtype="u2").reshape(2, 7))
    fits["GROWS"].extend(np.arange(7000, dtype="u2").reshape(1000, 7))
    fits["CUBE"].write(np.full((2, 5, 6), 7, "f4"), start=(1, 0, 0))
    fits["CUBE"][..., ::2] = -1
    fits["LAST"].header.add_history("done")
    del fits[0].header["KEY7"]
    for hdu in fits:
        hdu.add_checksum()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("suffix", ["", "anything", "a/b.fits"])
def test_byte_for_byte_as_on_disk(tmp_path, scheme, suffix, monkeypatch):
    # CHECKSUM cards carry the time of writing in their comment.
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        build(fits, np.random.default_rng(1))
        on_disk = fits.to_bytes()
    assert path.read_bytes() == on_disk
    with FITS(scheme + suffix, "w+") as fits:
        assert len(fits) == 0
        build(fits, np.random.default_rng(1))
        in_memory = fits.to_bytes()
    stamp = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)"
    assert mask(in_memory, stamp) == mask(on_disk, stamp)
    with astropy_fits.open(path, checksum=True) as other:
        other.verify("exception")


def mask(content: bytes, pattern: bytes) -> bytes:
    """Blank what depends on the second in which the checksum was written, and the sum itself."""
    import re

    content = re.sub(pattern, b"0", content)
    return re.sub(rb"CHECKSUM= '.{16}'", b"CHECKSUM", content)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_is_a_file_of_its_own(scheme):
    with FITS(scheme, "w+") as one, FITS(scheme, "w+") as two:
        one.write_image(np.zeros(3))
        assert len(two) == 0
        assert (len(one), one.filename) == (1, scheme)
    with FITS(scheme, "w+") as again:
        assert len(again) == 0


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_there_is_nothing_to_read(scheme, mode):
    with pytest.raises(OSError, match="mem"):
        FITS(scheme, mode)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_file_appears(tmp_path, scheme, monkeypatch):
    monkeypatch.chdir(tmp_path)
    before = len(os.listdir("/proc/self/fd"))
    fits = FITS(scheme + "x.fits", "w+")
    fits.write_image(np.zeros(3))
    fits.sync()
    assert len(os.listdir("/proc/self/fd")) == before
    fits.close()
    with pytest.raises(rustfits.FITSClosedError):
        fits.to_bytes()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["MEM://", "MemKeep://"])
def test_scheme_in_any_case(scheme):
    with FITS(scheme, "w+") as fits:
        fits.write_image(np.zeros(3))
        assert len(fits) == 1


def test_gz_suffix_of_a_name_in_memory():
    # to_bytes gives the decompressed bytes for every driver.
    with FITS("mem://x.fits.gz", "w+") as fits:
        fits.write_image(np.arange(5, dtype="i2"))
        assert fits.to_bytes()[:6] == b"SIMPLE"


def test_memory_is_given_back():
    def resident() -> int:
        with open("/proc/self/statm") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    data = np.ones(4_000_000, "f8")

    def work():
        with FITS("mem://", "w+") as fits:
            fits.write_image(data)
            content = fits.to_bytes()
        FITS.from_bytes(content)[0].read()

    work()
    gc.collect()
    before = resident()
    for _ in range(10):
        work()
    assert resident() - before < 64e6  # one copy leaked each time would be 320 MB


def test_reading_back_what_astropy_made(rng):
    import io

    stream = io.BytesIO()
    data = rng.normal(size=(31, 7))
    astropy_fits.PrimaryHDU(data).writeto(stream)
    with FITS.from_bytes(stream.getvalue()) as fits:
        np.testing.assert_array_equal(fits[0].read(), data)
        assert fits.to_bytes() == stream.getvalue()
