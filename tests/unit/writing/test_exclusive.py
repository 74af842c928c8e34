# SPDX-License-Identifier: BSD-3-Clause
"""``mode="x"`` of the functions that write a file in one call: an existing file stays."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits

PIXELS = np.arange(6, dtype="i2").reshape(2, 3)
ROWS = np.zeros(3, [("a", "i4")])


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("name", ["new.fits", "new.fits.gz"])
@pytest.mark.parametrize(
    ("write", "data"),
    [
        (rustfits.write, PIXELS),
        (rustfits.write, ROWS),
        (rustfits.write_image, PIXELS),
        (rustfits.write_table, ROWS),
    ],
)
def test_mode_x_creates_a_file_and_refuses_an_existing_one(
    tmp_path: Path, write: Any, data: Any, name: str, atomic: bool
) -> None:
    path = tmp_path / name
    write(path, data, mode="x", atomic=atomic)
    assert np.array_equal(rustfits.read(path), data)
    before = path.read_bytes()
    with pytest.raises(rustfits.FITSExistsError, match="already exists") as failed:
        write(path, data[:1], mode="x", atomic=atomic)
    assert isinstance(failed.value, FileExistsError)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_mode_x_refuses_a_file_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no FITS file")
    with pytest.raises(rustfits.FITSExistsError):
        rustfits.write(path, PIXELS, mode="x")
    assert path.read_text() == "no FITS file"


def test_mode_x_holds_when_the_file_appears_before_the_rename(tmp_path: Path) -> None:
    path = tmp_path / "late.fits"
    fits = rustfits.FITS._create(path, overwrite=False)
    fits.write_image(PIXELS)
    path.write_bytes(b"another writer was faster")
    with pytest.raises(rustfits.FITSExistsError):
        fits.close()
    assert path.read_bytes() == b"another writer was faster"
    assert list(tmp_path.iterdir()) == [path]


def test_default_mode_replaces_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "old.fits.gz"
    rustfits.write(path, PIXELS)
    rustfits.write(path, PIXELS * 2)
    with gzip.open(path) as file:
        assert np.array_equal(rustfits.read(io.BytesIO(file.read())), PIXELS * 2)
    for function in (rustfits.write, rustfits.write_image, rustfits.write_table):
        assert "replaces an existing file" in str(function.__doc__).splitlines()[0]


def test_mode_x_needs_a_name() -> None:
    with pytest.raises(rustfits.FITSValueError, match="needs the name of a file"):
        rustfits.write(io.BytesIO(), PIXELS, mode="x")


def test_mode_x_refuses_an_existing_object_of_a_filesystem() -> None:
    import fsspec

    rustfits.write("memory://exclusive.fits", PIXELS, mode="x")
    with pytest.raises(rustfits.FITSExistsError):
        rustfits.write("memory://exclusive.fits", PIXELS * 2, mode="x")
    assert np.array_equal(rustfits.read("memory://exclusive.fits"), PIXELS)
    fsspec.filesystem("memory").rm("/exclusive.fits")


def test_unknown_modes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(rustfits.FITSValueError, match="mode must be"):
        rustfits.write(tmp_path / "a.fits", PIXELS, mode="a")
    assert not list(tmp_path.iterdir())


def test_pack_and_unpack_refuse_an_existing_file(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.fits", tmp_path / "packed.fits.fz"
    rustfits.write(plain, PIXELS)
    rustfits.pack(plain, packed)
    for call in (rustfits.pack, rustfits.unpack):
        with pytest.raises(rustfits.FITSExistsError):
            call(packed, plain)
