# SPDX-License-Identifier: BSD-3-Clause
"""HDUs of files that astropy and cfitsio wrote: copied as cfitsio copies them, deleted and moved."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from rustfits import FITS
from support.files import stored_hdus
from support.tables import verify

FITSCOPY = shutil.which("fitscopy")
WRITERS = ["astropy", "fitsio"]


@pytest.fixture(params=WRITERS)
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file with images, a table with strings and a heap, and a compressed image."""
    rng = np.random.default_rng(3)
    made = tmp_path / "made.fits"
    image = rng.integers(0, 900, (40, 30)).astype("i2")
    table = np.zeros(12, [("a", "i4"), ("s", "S7"), ("x", "f8", (2, 2))])
    table["a"], table["s"] = np.arange(12), b"text"
    if request.param == "fitsio":
        with fitsio.FITS(made, "rw", clobber=True) as fits:
            fits.write(image, header={"OBJECT": "one"})
            fits.write(image * 2, extname="TWO")
            fits.write(table, extname="TAB", units=["s", "", "m"])
            fits.write(image, extname="RICE", compress="rice")
        return made
    heap = np.empty(3, object)
    heap[:] = [np.arange(n, dtype="i2") for n in (4, 0, 7)]
    columns = [
        astropy_fits.Column("v", "PI()", array=heap, unit="adu"),
        astropy_fits.Column("n", "J", array=[1, -9, 3], null=-9, disp="I6"),
    ]
    hdus = [
        astropy_fits.PrimaryHDU(image),
        astropy_fits.ImageHDU(image * 2, name="TWO", ver=3),
        astropy_fits.BinTableHDU.from_columns(columns, name="HEAP"),
        astropy_fits.BinTableHDU(table, name="TAB"),
        astropy_fits.CompImageHDU(image, name="RICE", compression_type="RICE_1"),
    ]
    astropy_fits.HDUList(hdus).writeto(made, checksum=True)
    return made


def test_a_copied_file_is_the_same(path: Path, tmp_path: Path) -> None:
    copied = tmp_path / "copied.fits"
    with FITS(path) as source, FITS(copied, "w+") as made:
        for hdu in source:
            made.copy_hdu(hdu)
    assert copied.read_bytes() == path.read_bytes()


def test_hdus_are_what_cfitsio_copies(path: Path, tmp_path: Path) -> None:
    assert FITSCOPY is not None, "fitscopy is missing: install libcfitsio-bin"
    theirs, ours = tmp_path / "theirs.fits", tmp_path / "ours.fits"
    subprocess.run([FITSCOPY, str(path), str(theirs)], check=True)
    with FITS(path) as source, FITS(ours, "w+") as made:
        for hdu in source:
            made.copy_hdu(hdu)
    assert stored_hdus(ours) == stored_hdus(theirs)


def test_others_read_what_was_arranged(path: Path) -> None:
    before = stored_hdus(path)
    with astropy_fits.open(path) as hdus:
        expected = {hdu.name: np.array(hdu.data) for hdu in hdus if hdu.name != "HEAP"}
    with FITS(path, "r+") as fits:
        count = len(fits)
        fits.move_hdu("RICE", 1)
        fits.copy_hdu(fits["TAB"], position=2)
        fits.delete_hdu(0)
        fits.rename_hdu(1, "COPY", 5)
    verify(path)
    after = stored_hdus(path)
    assert len(after) == count + 1  # an empty primary HDU takes the place of the first
    assert after[1] == before[-1]._replace(header=after[1].header)
    assert after[-1] == before[-2]
    assert after[3] == before[1]
    with astropy_fits.open(path) as hdus:
        assert [hdu.name for hdu in hdus][:3] == ["PRIMARY", "COPY", "TAB"]
        for hdu in hdus[2:]:
            if hdu.name in expected:
                assert np.array_equal(hdu.data, expected[hdu.name])
    with fitsio.FITS(path) as read:
        assert np.array_equal(read["TWO"].read(), expected["TWO"])
        assert read["TAB"].read()["a"].tolist() == list(range(12))


def test_the_next_image_becomes_primary_as_in_cfitsio(path: Path) -> None:
    with astropy_fits.open(path) as hdus:
        two = np.array(hdus["TWO"].data)
    with FITS(path, "r+") as fits:
        del fits[0]
    verify(path)
    with astropy_fits.open(path, checksum=True) as hdus:
        assert hdus[0].header["SIMPLE"] is True
        assert hdus[0].name == "TWO"
        assert np.array_equal(hdus[0].data, two)
