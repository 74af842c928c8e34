# SPDX-License-Identifier: BSD-3-Clause
"""A path is a path: no character in it means anything."""

from __future__ import annotations

import os
import pathlib

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

NAMES = [
    "plain.fits",
    "with space.fits",
    "image[1].fits",
    "image.fits[SCI,2][1:10,*]",
    "!image.fits",
    "+image.fits",
    "image+1.fits",
    "(copy).fits",
    "a(b)+c[d]!e.fits",
    "percent%20.fits",
    "question?.fits",
    "hash#1.fits",
    "amp&;$HOME~`'\".fits",
    "back\\slash.fits",
    "new\nline.fits",
    "colon:thing.fits",
    "mem:.fits",
    "-",
    "--.fits",
    "ünïcødé-☉-星.fits",
    "no_suffix",
    "image.fits.GZ.fits",
    ".hidden",
    "x" * 240 + ".fits",
]


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", NAMES)
def test_round_trip(tmp_path, name, compressed):
    path = tmp_path / (name + ".gz" if compressed else name)
    data = np.arange(6, dtype="i4").reshape(2, 3)
    for given in (path, str(path)):
        rustfits.write(given, data)
        assert [entry.name for entry in tmp_path.iterdir()] == [path.name]
        np.testing.assert_array_equal(rustfits.read(given), data)
        with FITS(given, "r+") as fits:
            assert fits.filename == str(path)
            fits.write_image(data * 2)
            repr(fits)
    with path.open("rb") as stream, astropy_fits.open(stream) as other:
        np.testing.assert_array_equal(other[1].data, data * 2)
    assert path.read_bytes()[:2] == (b"\x1f\x8b" if compressed else b"SI")


@pytest.mark.parametrize("name", ["./-", "image[1].fits", "mem:.fits", "a//b.fits", "./x.fits"])
def test_relative_paths(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    rustfits.write(name, np.arange(3, dtype="i2"))
    assert (tmp_path / name).stat().st_size == 5760
    assert rustfits.read(pathlib.PurePath(name)).tolist() == [0, 1, 2]


def test_a_home_is_not_expanded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "~").mkdir()
    rustfits.write("~/x.fits", np.zeros(3))
    assert (tmp_path / "~" / "x.fits").exists()


def test_bytes_that_are_no_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.fits")
    rustfits.write(path, np.arange(3, dtype="i2"))
    assert os.listdir(os.fsencode(tmp_path)) == [b"caf\xe9.fits"]
    with FITS(path) as fits:
        assert fits.filename == str(path)
        assert fits[0].read().tolist() == [0, 1, 2]
        repr(fits)
    with pytest.raises(FileNotFoundError) as caught:
        FITS(str(path) + "x")
    assert caught.value.filename == str(path) + "x"


def test_own_path_class(tmp_path):
    class Place:
        def __init__(self, path):
            self.path = path

        def __fspath__(self):
            return self.path

    rustfits.write(Place(str(tmp_path / "x.fits")), np.zeros(3))
    assert rustfits.read(Place(str(tmp_path / "x.fits"))).shape == (3,)
    with pytest.raises(TypeError, match="bytes"):
        FITS(Place(b"x.fits"))


def test_links(tmp_path):
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / "x.fits"
    link = tmp_path / "link.fits"
    link.symlink_to(real)
    rustfits.write(link, np.arange(3, dtype="i2"))
    assert real.stat().st_size == 5760
    assert link.is_symlink()
    assert rustfits.read(link).tolist() == [0, 1, 2]
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="loop"):
        FITS(tmp_path / "loop")


def test_name_too_long(tmp_path):
    for mode in ("r", "w+"):
        with pytest.raises(OSError, match=r"x{20}"):
            FITS(tmp_path / ("x" * 300), mode)


def test_empty_name():
    for mode in ("r", "r+", "w+"):
        with pytest.raises(rustfits.FITSError, match="empty"):
            FITS("", mode)


@pytest.mark.parametrize("name", ["pipe", "/dev/null", "/dev/zero"])
def test_things_that_are_no_files(tmp_path, name):
    if name == "pipe":
        name = str(tmp_path / "pipe")
        os.mkfifo(name)
        # Someone must be at the other end, or opening waits for them as it does everywhere.
        keep = os.open(name, os.O_RDWR)
    else:
        keep = None
    try:
        with pytest.raises(OSError, match=os.path.basename(name)):
            FITS(name)
    finally:
        if keep is not None:
            os.close(keep)
