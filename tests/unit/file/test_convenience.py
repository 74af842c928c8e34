# SPDX-License-Identifier: BSD-3-Clause
"""read, read_header, write, write_image."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits


def test_read_takes_the_first_hdu_with_data(tmp_path):
    path = tmp_path / "x.fits"
    astropy_fits.HDUList(
        [
            astropy_fits.PrimaryHDU(),
            astropy_fits.ImageHDU(name="EMPTY"),
            astropy_fits.ImageHDU(np.arange(6.0).reshape(2, 3), name="SCI"),
            astropy_fits.ImageHDU(np.arange(3, dtype="i2"), name="MASK"),
        ]
    ).writeto(path)
    np.testing.assert_array_equal(rustfits.read(path), np.arange(6.0).reshape(2, 3))
    for ext in (3, -1, "mask", ("MASK", 1)):
        np.testing.assert_array_equal(rustfits.read(path, ext), [0, 1, 2])
        np.testing.assert_array_equal(rustfits.read(str(path), ext=ext), [0, 1, 2])
    data, header = rustfits.read(path, header=True)
    assert header["EXTNAME"] == "SCI"
    assert header["NAXIS1"] == 3
    assert data.shape == (2, 3)


def test_what_read_returns_belongs_to_numpy(make_fits):
    data = rustfits.read(make_fits(), "SCI")
    assert data.dtype == np.dtype("f4")
    assert data.dtype.isnative
    assert data.flags.c_contiguous
    assert data.flags.writeable
    assert data.flags.owndata


def test_headers_outlive_the_file(make_fits):
    path = make_fits()
    header = rustfits.read_header(path)
    _, other = rustfits.read(path, 1, header=True)
    path.unlink()
    assert header["OBJECT"] == "M 31"
    assert header.comment_of("OBJECT") == "target"
    assert len(header.cards) == len(header)
    assert dict(other.items())["EXTNAME"] == "SCI"
    assert rustfits.is_protected_key("NAXIS")


def test_read_header_of_each_hdu(make_fits):
    path = make_fits()
    assert rustfits.read_header(path)["SIMPLE"] is True
    assert rustfits.read_header(path, 2)["EXTVER"] == 2
    assert rustfits.read_header(path, "sci")["EXTVER"] == 1
    assert rustfits.read_header(path, ("SCI", 2))["EXTVER"] == 2
    assert rustfits.read_header(path, -1)["EXTVER"] == 2
    with pytest.raises(IndexError):
        rustfits.read_header(path, 3)
    with pytest.raises(KeyError):
        rustfits.read_header(path, "NOPE")
    with pytest.raises(IndexError):
        rustfits.read(path, 3)
    with pytest.raises(KeyError):
        rustfits.read(path, "NOPE")


def test_read_of_a_file_without_data(tmp_path):
    path = tmp_path / "x.fits"
    astropy_fits.PrimaryHDU().writeto(path)
    with pytest.raises(rustfits.FITSValueError, match=r"x\.fits.*data"):
        rustfits.read(path)


def test_read_of_a_table(tmp_path):
    path = tmp_path / "x.fits"
    column = astropy_fits.Column("X", "J", array=np.arange(5))
    astropy_fits.BinTableHDU.from_columns([column]).writeto(path)
    for ext in (None, 1):
        assert rustfits.read(path, ext)["X"].tolist() == [0, 1, 2, 3, 4]


def test_read_of_a_compressed_image(tmp_path):
    path = tmp_path / "x.fits"
    data = np.arange(100, dtype="i4").reshape(10, 10)
    image = astropy_fits.CompImageHDU(data, name="PACKED")
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), image]).writeto(path)
    for ext in (None, 1, "packed"):
        np.testing.assert_array_equal(rustfits.read(path, ext), data)
        header = rustfits.read_header(path, 1 if ext is None else ext)
        assert header["NAXIS1"] == 10
        assert "ZCMPTYPE" not in header


def test_read_of_what_holds_no_data_that_is_known_says_so(tmp_path):
    path = tmp_path / "x.fits"
    rustfits.write(path, None)
    cards = [
        "XTENSION= 'STRANGE '",
        "BITPIX  =                    8",
        "NAXIS   =                    1",
        "NAXIS1  =                   10",
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "END",
    ]
    header = "".join(card.ljust(80) for card in cards).ljust(2880)
    path.write_bytes(path.read_bytes() + header.encode() + bytes(2880))
    for ext in (None, 1):
        with pytest.raises(rustfits.FITSUnsupportedError, match=r"x\.fits\[1\].*'other'"):
            rustfits.read(path, ext)


def test_write(tmp_path):
    path = tmp_path / "x.fits"
    rustfits.write(path, np.arange(4, dtype="u2"), extname="A", header={"OBJECT": "M 31"})
    rustfits.write(path, np.arange(5, dtype="i8"), mode="r+", extname="B")
    rustfits.write_image(path, [[1.5]], mode="r+", extver=3, extname="B")
    rustfits.write_image(path, np.array([3, -1], "i2"), mode="r+", blank=-1)
    with astropy_fits.open(path, uint=True) as other:
        other.verify("exception")
        assert len(other) == 4
        assert other[0].header["OBJECT"] == "M 31"
        np.testing.assert_array_equal(other[0].data, np.arange(4, dtype="u2"))
        np.testing.assert_array_equal(other["B", 1].data, np.arange(5))
        assert other["B", 3].data.tolist() == [[1.5]]
        assert other[3].header["BLANK"] == -1
    rustfits.write(path, np.zeros(3))
    with astropy_fits.open(path) as other:
        assert len(other) == 1


def test_write_of_a_masked_array(tmp_path):
    path = tmp_path / "x.fits"
    data = np.ma.MaskedArray(np.arange(5, dtype="i4"), [0, 0, 1, 0, 0])
    rustfits.write_image(path, data, blank=-99)
    with rustfits.FITS(path) as fits:
        assert fits[0].read().tolist() == [0, 1, -99, 3, 4]
        assert fits[0].read(mask_blank=True).mask.tolist() == [0, 0, 1, 0, 0]


@pytest.mark.parametrize("call", [rustfits.write, rustfits.write_image])
@pytest.mark.parametrize(
    "data",
    [
        np.zeros(3, [("A", "f2")]),
        np.zeros((2, 2), [("A", "i4")]),
        {"A": [1, 2], "B": [1]},
        {"A": ["Å"]},
        {"A": [object()]},
        {"A": 3},
        np.zeros(3, "c8"),
        np.zeros(3, "f2"),
        np.array(["text"]),
        np.array([object()]),
        [[1, 2], [3]],
        3.5,
    ],
    ids=repr,
)
def test_wrong_data_leaves_the_old_file_alone(tmp_path, call, data):
    path = tmp_path / "x.fits"
    path.write_bytes(b"precious")
    with pytest.raises((ValueError, TypeError, NotImplementedError)):
        call(path, data)
    assert path.read_bytes() == b"precious"


def test_write_modes(tmp_path):
    path = tmp_path / "x.fits"
    with pytest.raises(FileNotFoundError):
        rustfits.write(path, np.zeros(3), mode="r+")
    with pytest.raises(ValueError, match="mode"):
        rustfits.write(path, np.zeros(3), mode="a")
    rustfits.write(path, np.zeros(3))
    with pytest.raises(rustfits.FITSReadOnlyError):
        rustfits.write(path, np.zeros(3), mode="r")
    assert path.stat().st_size == 5760


def test_header_of_one_file_into_another(make_fits, tmp_path):
    data, header = rustfits.read(make_fits(), header=True)
    path = tmp_path / "y.fits"
    rustfits.write(path, data.astype("f4")[:2], header=header)
    again = astropy_fits.getheader(path)
    assert again["OBJECT"] == "M 31"
    assert again.comments["OBJECT"] == "target"
    assert again["BITPIX"] == -32
    assert (again["NAXIS1"], again["NAXIS2"]) == (4, 2)


def test_version():
    import re

    assert re.fullmatch(r"\d+\.\d+\.\d+", rustfits.__version__)


def test_everything_in_all_is_there():
    for name in rustfits.__all__:
        assert hasattr(rustfits, name)
