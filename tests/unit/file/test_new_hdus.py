# SPDX-License-Identifier: BSD-3-Clause
"""HDUs that are written behind the others: their data and their header."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS


def test_first_hdu_is_primary_the_rest_extensions(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        a = fits.create_image_hdu("f4", (2, 3), extname="A", extver=3)
        b = fits.write_image([[1, 2], [3, 4]], extname="B")
        assert (a.index, b.index) == (0, 1)
        assert a is fits["A", 3]
        assert b is fits[1]
        assert a.header["SIMPLE"] is True
        assert b.header["XTENSION"] == "IMAGE"
        np.testing.assert_array_equal(a.read(), np.zeros((2, 3)))
        np.testing.assert_array_equal(b.read(), [[1, 2], [3, 4]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path) as other:
            other.verify("exception")
            assert other[0].header["EXTVER"] == 3
            assert other[1].name == "B"


@pytest.mark.parametrize("dims", [(), 4, (4,), [2, 3], (0, 5), np.array([2, 2]), (np.int8(3), 2)])
def test_shapes(tmp_path, dims):
    path = tmp_path / "x.fits"
    shape = (dims,) if isinstance(dims, int) else tuple(dims)
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", dims)
        assert hdu.shape == shape
        assert hdu.has_data == bool(shape and 0 not in shape)
    with astropy_fits.open(path) as other:
        other.verify("exception")
        assert other[0].shape == shape


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("f4", (-1,)), {}),
        (("f4", (3, -1)), {}),
        (("f4", (2**63,)), {}),
        (("f4", (2**40, 2**40)), {}),
        (("f4", (1,) * 1000), {}),
        (("f4", ("3",)), {}),
        (("f4", (1.5,)), {}),
        (("f4", None), {}),
        (("c8", (3,)), {}),
        (("U3", (3,)), {}),
        (("O", (3,)), {}),
        (("f2", (3,)), {}),
        (("M8[s]", (3,)), {}),
        ((None.__class__, (3,)), {}),
        (("f4", (3,)), {"extname": 3}),
        (("f4", (3,)), {"extname": "Ünï"}),
        (("f4", (3,)), {"extname": "a\nb"}),
        (("f4", (3,)), {"extver": "1"}),
        (("f4", (3,)), {"extver": -1}),
        (("f4", (3,)), {"blank": 1}),
        (("i2", (3,)), {"blank": 1.5}),
        (("i2", (3,)), {"blank": 2**64}),
        (("f4", (3,)), {"quantize": 4}),
        (("i4", (3,)), {"compress": "RICE_2"}),
        (("i4", (3,)), {"compress": 11}),
        (("i8", (3,)), {"compress": "RICE_1"}),
        (("i4", (3,)), {"compress": "RICE_1", "quantize": 4}),
        (("f4", (3,)), {"compress": "RICE_1"}),
        (("f4", (3,)), {"compress": "PLIO_1"}),
        (("i4", (3, 3)), {"compress": "HCOMPRESS_1"}),
        (("f4", (3,)), {"compress": "RICE_1", "quantize": object()}),
        (("i4", ()), {"compress": True}),
        (("i4", (3,)), {"compress": rustfits.Rice1(tile_shape=(1, 3))}),
    ],
)
def test_impossible_images_leave_the_file_as_it_was(make_fits, arguments, options):
    path = make_fits()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises((ValueError, TypeError, NotImplementedError)) as caught:
            fits.create_image_hdu(*arguments, **options)
        assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 3
    assert path.read_bytes() == before


def test_write_refuses_what_is_no_image(tmp_path):
    with FITS("mem://", "w+") as fits:
        for data in (np.float64(3), 5, "text", [None], np.zeros(3, "c16"), np.zeros(2, "m8[s]")):
            with pytest.raises((ValueError, TypeError)) as caught:
                fits.write(data)
            assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 0
        assert fits.write(None).has_data is False
        assert fits.write(np.zeros((0, 3), "f4")).shape == (0, 3)
        assert fits.write([[1.5, 2.5]]).read().tolist() == [[1.5, 2.5]]
        assert fits.write(np.ones((2, 2), ">i2")).read().tolist() == [[1, 1], [1, 1]]
        assert fits.write(np.arange(12).reshape(3, 4)[::2, ::-1]).read()[0].tolist() == [3, 2, 1, 0]


HEADER = {
    "OBJECT": "M 31",
    "EXPTIME": (30.5, "seconds"),
    "GAIN": 2,
    "GOOD": True,
    "NOTHING": None,
    "BITPIX": 99,
    "NAXIS1": 7,
    "CHECKSUM": "junk",
    "HISTORY": ["one", "two"],
    "COMMENT": "three",
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("form", ["dict", "header", "cards"])
def test_header_is_copied_without_what_describes_the_structure(tmp_path, form, first):
    source = FITS("mem://", "w+")
    other = source.write_image(np.zeros(3, "f4"))
    other.header["OBJECT"] = "M 31"
    other.header["EXPTIME"] = (30.5, "seconds")
    other.header["GAIN"] = 2
    other.header["GOOD"] = True
    other.header["NOTHING"] = None
    other.header["LONGSTR"] = "long " * 40
    other.header.add_history("one")
    other.header.add_history("two")
    other.header.add_comment("three")
    other.add_checksum()
    header = {"dict": dict(HEADER.items()), "header": other.header}.get(form)
    if form == "dict":
        header["LONGSTR"] = "long " * 40
        for key in ("BITPIX", "NAXIS1", "CHECKSUM"):
            del header[key]
    elif form == "cards":
        header = other.header.cards
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        if not first:
            fits.write_image(None)
        fits.write_image(np.arange(5, dtype="i2"), extname="SCI", header=header)
    source.close()
    with astropy_fits.open(path) as again:
        again.verify("exception")
        got = again[-1].header
        assert got["BITPIX"] == 16
        assert got["NAXIS1"] == 5
        assert got["EXTNAME"] == "SCI"
        assert got["OBJECT"] == "M 31"
        assert got["EXPTIME"] == 30.5
        assert got.comments["EXPTIME"] == "seconds"
        assert got["GAIN"] == 2
        assert got["GOOD"] is True
        assert got["NOTHING"] is None
        assert got["LONGSTR"].rstrip() == ("long " * 40).rstrip()
        assert list(got["HISTORY"]) == ["one", "two"]
        assert list(got["COMMENT"])[-1] == "three"
        assert "CHECKSUM" not in got


def test_a_wrong_header_leaves_the_file_as_it_was(make_fits):
    path = make_fits()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        for header in ({"A": object()}, {"A": float("nan")}, {"A\n": 1}, {3: 1}, 5, ["x" * 81]):
            with pytest.raises((ValueError, TypeError)) as caught:
                fits.write_image(np.zeros(3), header=header)
            assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 3
    assert path.read_bytes() == before


def test_same_object_after_the_file_grew(make_fits):
    with FITS(make_fits(), "r+") as fits:
        second = fits[2]
        for i in range(100):  # the header of HDU 1 grows by blocks, HDU 2 moves
            fits[1].header[f"KEY{i}"] = i
        assert fits[2] is second
        np.testing.assert_array_equal(second.read(), np.arange(8))
        fits[2].header["EXTNAME"] = "OTHER"
        assert second.extname == "OTHER"
        assert fits["other"] is second
        fits[1].extend(np.zeros((2, 6), "f4"))
        assert second.raw_bytes() == np.arange(8, dtype=">f8").tobytes()
