# SPDX-License-Identifier: BSD-3-Clause
"""File descriptors and mappings: one while a file is open, none afterwards."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS


def descriptors_of(path: Path) -> int:
    """How many descriptors of this process are open on a file, renamed or deleted ones included."""
    count = 0
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except FileNotFoundError:
            continue
        count += str(path.parent) in target
    return count


def mappings_of(path: Path) -> int:
    with open("/proc/self/maps") as maps:
        return sum(str(path) in line for line in maps)


def use(fits: FITS) -> None:
    """Touch everything that might open something."""
    for hdu in fits:
        hdu.header["NAXIS"]
        hdu.read()
        hdu[0]
        hdu[..., 0:1]
    fits.to_bytes()


@pytest.mark.parametrize("name", ["x.fits", "x.fits.gz"])
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_one_descriptor_while_open_none_after_close(make_fits, name, mode):
    path = make_fits(name)
    fits = FITS(path, mode)
    assert descriptors_of(path) == 1
    use(fits)
    assert descriptors_of(path) == 1
    assert mappings_of(path) <= 1
    fits.close()
    assert descriptors_of(path) == 0
    assert mappings_of(path) == 0


@pytest.mark.parametrize("name", ["x.fits", "x.fits.gz"])
def test_one_descriptor_while_writing(tmp_path, name):
    path = tmp_path / name
    with FITS(path, "w+") as fits:
        assert descriptors_of(path) == 1
        fits.write_image(np.zeros((100, 100)))
        use(fits)
        assert descriptors_of(path) == 1
        fits.sync()
        assert descriptors_of(path) == 1
    assert descriptors_of(path) == 0
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


def test_closing_works_in_spite_of_what_is_kept(make_fits):
    path = make_fits()
    fits = FITS(path)
    kept = [*fits, fits[0].header, fits[0].read(), fits[1][1:3], iter(fits)]
    fits.close()
    assert descriptors_of(path) == 0
    assert mappings_of(path) == 0
    assert len(kept) == 7


@pytest.mark.parametrize("name", ["x.fits", "x.fits.gz"])
def test_forgetting_closes(make_fits, name):
    path = make_fits(name)
    fits = FITS(path)
    use(fits)
    del fits
    assert descriptors_of(path) == 0
    assert mappings_of(path) == 0


def test_failed_opening_leaves_nothing(tmp_path, make_fits):
    path = tmp_path / "junk.fits"
    good = make_fits().read_bytes()
    for content in (b"", b"junk" * 1000, good[:2000], good.replace(b"BITPIX", b"BITPUX")):
        path.write_bytes(content)
        for mode in ("r", "r+"):
            with pytest.raises(rustfits.FITSError):
                FITS(path, mode)
            assert descriptors_of(path) == 0


def test_error_while_reading_leaves_nothing(make_fits):
    path = make_fits()
    os.truncate(path, path.stat().st_size - 2880)
    with FITS(path) as fits, pytest.raises(rustfits.FITSTruncatedError):
        fits[2].read()
    assert descriptors_of(path) == 0


@pytest.mark.parametrize("close", [True, False])
def test_5000_opens_with_256_descriptors(make_fits, close):
    path = make_fits()
    packed = make_fits("x.fits.gz")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        for i in range(5000):
            fits = FITS(packed if i % 10 == 0 else path)
            assert fits["SCI", 2].header["EXTVER"] == 2
            if i % 50 == 0:
                assert fits[1].read()[0, 0] == 0
            if close:
                fits.close()
        for _ in range(500):
            rustfits.read_header(path)
            rustfits.read(path, "SCI")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_too_many_open_files_is_a_clear_error(make_fits):
    path = make_fits()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))
    opened = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 20, hard))
    try:
        with pytest.raises(OSError, match=r"three\.fits.*[Tt]oo many open files"):
            for _ in range(100):
                opened.append(FITS(path))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for fits in opened:
        fits.close()
    assert descriptors_of(path) == 0
