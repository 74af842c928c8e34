# SPDX-License-Identifier: BSD-3-Clause
"""Undefined pixels of compressed integer images.

ZBLANK alone marks them, as keyword or column. BLANK may be a value that no pixel can have.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSWarning

DATA = np.arange(12, dtype="i2").reshape(3, 4)


def build(path: Path, data: np.ndarray, column: list[int] | None = None, **cards: int) -> None:
    """A file of rows of tiles, with a column ZBLANK or cards in the header of the table."""
    rustfits.write(path, data, compress="rice")
    raw = path.read_bytes()
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        info, header = hdus[1].fileinfo(), hdus[1].header.copy()
    width, rows = header["NAXIS1"], header["NAXIS2"]
    content = raw[info["datLoc"] : info["datLoc"] + width * rows + header["PCOUNT"]]
    table = np.frombuffer(content[: width * rows], "u1").reshape(rows, width)
    if column is not None:
        table = np.concatenate([table, np.array(column, ">i4").view("u1").reshape(rows, 4)], 1)
        header["NAXIS1"], header["TFIELDS"] = width + 4, 2
        header.insert("TFORM1", ("TTYPE2", "ZBLANK"), after=True)
        header.insert("TTYPE2", ("TFORM2", "1J"), after=True)
    header.update(cards)
    data_unit = table.tobytes() + content[width * rows :]
    path.write_bytes(
        raw[: info["hdrLoc"]]
        + header.tostring().encode()
        + data_unit.ljust(-(-len(data_unit) // 2880) * 2880, b"\0")
    )


def with_holes(*values: int) -> np.ndarray:
    data = DATA.copy()
    for row, value in enumerate(values):
        data[row, row] = value
    return data


@pytest.mark.parametrize(
    ("values", "how"),
    [
        ([-7, -7, -7], {"column": [-7, -7, -7]}),
        ([-7, -9, -11], {"column": [-7, -9, -11]}),
        ([-7, -7, -7], {"ZBLANK": -7}),
        ([-7, -7, -7], {"column": [-7, -7, -7], "ZBLANK": -7}),
        ([-7, -9, -11], {"column": [-7, -9, -11], "BLANK": -32768}),
    ],
)
def test_zblank_of_integers_counts_as_blank(tmp_path, values, how):
    data = with_holes(*values)
    build(tmp_path / "a.fz", data, **how)
    blank = how.get("BLANK", -7)
    mask = np.eye(3, 4, dtype=bool)
    with FITS(tmp_path / "a.fz") as fits:
        hdu = fits[1]
        assert hdu.header["BLANK"] == blank
        read = hdu.read(mask_blank=True)
        assert np.array_equal(read.mask, mask)
        assert np.array_equal(read.data[~mask], data[~mask])
        assert hdu.cutouts([[1, 1]], 3, mask_blank=True).mask[0].tolist() == mask[:3, :3].tolist()
    with warnings.catch_warnings():  # astropy says that it takes -32768 where there is no BLANK
        warnings.simplefilter("ignore")
        with astropy_fits.open(tmp_path / "a.fz") as hdus:
            assert np.array_equal(np.isnan(hdus[1].data), mask)
    rustfits.unpack(tmp_path / "a.fz", tmp_path / "a.fits")
    with FITS(tmp_path / "a.fits") as fits:
        hdu = next(hdu for hdu in fits if hdu.has_data)
        assert hdu.header["BLANK"] == blank
        assert np.array_equal(hdu.read(mask_blank=True).mask, mask)
    with astropy_fits.open(tmp_path / "a.fits") as hdus:
        assert np.array_equal(np.isnan(hdus[-1].data), mask)


def test_a_defined_pixel_with_the_value_of_another_tile_is_told(tmp_path):
    build(tmp_path / "a.fz", with_holes(-7, -7), column=[-7, -9, -9])
    with FITS(tmp_path / "a.fz") as fits:
        with pytest.warns(FITSWarning, match="-7 is ZBLANK of the first tile.* defined pixel"):
            fits[1].read()
            fits[1].header["BITPIX"]


def test_pixels_that_are_written_into_such_a_tile_stay_defined(tmp_path):
    build(tmp_path / "a.fz", with_holes(-7, -9, -11), column=[-7, -9, -11])
    row = np.ma.MaskedArray([1, -9, 3, 4], [False, False, False, True], dtype="i2")
    with FITS(tmp_path / "a.fz", "r+") as fits:
        fits[1][1] = row
        assert fits[1].read(mask_blank=True)[1].tolist() == [1, -9, 3, None]
    with FITS(tmp_path / "a.fz") as fits:
        read = fits[1].read(mask_blank=True)
    assert read[1].tolist() == [1, -9, 3, None]
    assert read.mask[[0, 2]].tolist() == np.eye(3, 4, dtype=bool)[[0, 2]].tolist()


def test_an_edit_of_the_header_keeps_what_is_undefined(tmp_path):
    build(tmp_path / "a.fz", with_holes(-7, -9, -11), column=[-7, -9, -11])
    with FITS(tmp_path / "a.fz", "r+") as fits:
        fits[1].header["OBJECT"] = "M31"
    with FITS(tmp_path / "a.fz") as fits:
        assert fits[1].header["BLANK"] == -7
        assert np.array_equal(fits[1].read(mask_blank=True).mask, np.eye(3, 4, dtype=bool))


def test_sums_of_the_image_that_was_packed_still_hold(tmp_path):
    data = np.arange(12, dtype="i2").reshape(3, 4)
    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.write_image(data).add_checksum()
    rustfits.pack(tmp_path / "a.fits", tmp_path / "a.fz")
    with FITS(tmp_path / "a.fz") as fits:
        assert fits[-1].verify_checksum() is True
        assert "BLANK" not in fits[-1].header


@pytest.mark.parametrize("keyword", ["BLANK", "ZBLANK"])
def test_a_blank_that_no_pixel_can_have(tmp_path, keyword):
    build(tmp_path / "a.fz", DATA, **{keyword: 70000})
    with FITS(tmp_path / "a.fz") as fits, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hdu = fits[1]
        assert np.array_equal(hdu.read(), DATA)
        assert not np.ma.getmaskarray(hdu.read(mask_blank=True)).any()
        assert hdu.cutouts([[1, 1], [5, 5]], 3).shape == (2, 3, 3)
        assert not hdu.cutouts([[1, 1]], 3, mask_blank=True).mask.any()
        assert repr(hdu)
    assert ["70000 is outside the range" in str(one.message) for one in caught] == [True]


@pytest.mark.parametrize("cards", [{}, {"BZERO": 32768}, {"BSCALE": 0.5}])
@pytest.mark.parametrize("blank", [65536, -99999, 2**40])
def test_a_blank_of_a_plain_image_that_no_pixel_can_have(tmp_path, blank, cards):
    header = astropy_fits.Header(
        [("SIMPLE", True), ("BITPIX", 16), ("NAXIS", 2), ("NAXIS1", 4), ("NAXIS2", 3)]
    )
    header.update(cards)
    header["BLANK"] = blank
    path = tmp_path / "a.fits"
    path.write_bytes(header.tostring().encode() + DATA.astype(">i2").tobytes().ljust(2880, b"\0"))
    expected = DATA.astype("i4") * cards.get("BSCALE", 1) + cards.get("BZERO", 0)
    with FITS(path) as fits, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert np.array_equal(fits[0].read(), expected)
        assert np.array_equal(fits[0].read(mask_blank=True), expected)
        assert np.array_equal(fits[0].cutouts([[1, 1]], 3)[0], expected[:3, :3])
        assert np.array_equal(fits[0].cutouts([[1, 1]], 3, mask_blank=True)[0], expected[:3, :3])
        assert fits[0].cutouts([[0, 0]], 3).shape == (1, 3, 3)
    assert [
        f"BLANK = {blank} is outside the values of BITPIX" in str(one.message) for one in caught
    ] == [True]
