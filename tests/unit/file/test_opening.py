# SPDX-License-Identifier: BSD-3-Clause
"""Modes, names, limits and other options of opening a file."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS


def test_with_block_propagates_the_exception_and_closes(make_fits):
    class Unusual(Exception):
        pass

    fits = FITS(make_fits())
    with pytest.raises(Unusual), fits:
        raise Unusual
    assert fits.closed


def test_modes(make_fits, tmp_path):
    path = make_fits()
    with FITS(path, "r") as fits:
        for change in (
            lambda: fits.write_image(np.zeros(3)),
            lambda: fits.create_image_hdu("f4", (3,)),
            lambda: fits[0].write(np.zeros((3, 4), "i2")),
            lambda: fits[0].add_checksum(),
            lambda: fits[0].header.__setitem__("A", 1),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError, match=r"three\.fits"):
                change()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        fits.write_image(np.ones(3, "f8"), extname="NEW")
        assert len(fits) == 4
    assert path.read_bytes()[: len(before)] == before
    assert len(astropy_fits.getdata(path, "NEW")) == 3
    with FITS(path, "w+") as fits:
        assert len(fits) == 0
        assert list(fits) == []
        with pytest.raises(IndexError):
            fits[0]
        with pytest.raises(IndexError):
            fits[-1]
        with pytest.raises(KeyError):
            fits["PRIMARY"]
    assert path.stat().st_size == 0
    for mode in ("r", "r+"):
        with pytest.raises(OSError, match=r"three\.fits") as caught:
            FITS(path, mode)
        assert isinstance(caught.value, rustfits.NotFITSError)
        assert caught.value.filename == str(path)
        with pytest.raises(FileNotFoundError, match=r"none\.fits") as caught:
            FITS(tmp_path / "none.fits", mode)
        assert caught.value.errno is not None
    for mode in ("", "rb", "w", "a", None, 3):
        with pytest.raises(rustfits.FITSValueError, match="mode"):
            FITS(path, mode)
    with pytest.raises(FileNotFoundError):
        FITS(tmp_path / "no" / "such" / "x.fits", "w+")
    with pytest.raises(IsADirectoryError):
        FITS(tmp_path, "w+")
    with pytest.raises(IsADirectoryError):
        FITS(tmp_path)


@pytest.mark.parametrize("argument", [b"x.fits", 3, None, 1.5, ["x.fits"]])
def test_a_name_that_is_none(argument):
    with pytest.raises(TypeError, match="file name"):
        FITS(argument)


def test_a_name_with_nul(tmp_path):
    with pytest.raises(ValueError, match="NUL"):
        FITS(str(tmp_path / "a\0b"), "w+")
    assert list(tmp_path.iterdir()) == []


def test_unknown_and_unavailable_schemes(tmp_path):
    with pytest.raises(rustfits.FITSDriverError, match="gopher"):
        FITS("gopher://host/x.fits")
    with pytest.raises(rustfits.FITSNotBuiltError) as caught:
        FITS("az://host/x.fits")
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, NotImplementedError)


@pytest.mark.parametrize("bad", [0x00, 0x0A, 0x7F, 0xE9])
def test_lenient_reads_what_strict_refuses(make_fits, bad):
    path = make_fits()
    content = bytearray(path.read_bytes())
    at = content.index(b"M 31")
    content[at + 1] = bad
    path.write_bytes(content)
    with pytest.raises(rustfits.FITSOpenError, match="lenient") as caught:
        FITS(path, lenient=False).close()
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, ValueError)
    for fits in (FITS(path, lenient=True), FITS.from_bytes(bytes(content), lenient=True)):
        with fits:
            assert fits[0].header["OBJECT"] == "M_31"
            assert len(fits) == 3


def test_limit_on_inflated_bytes(make_fits):
    path = make_fits("three.fits.gz")
    with FITS(path, max_inflate_bytes=10**6) as fits:
        assert len(fits.to_bytes()) == 6 * 2880
    fits = FITS(path, max_inflate_bytes=4 * 2880)
    with fits, pytest.raises(rustfits.FITSLimitError, match="11520"):
        fits.to_bytes()


def open_both_ways(path, **limits):
    yield FITS(path, **limits)
    yield FITS.from_bytes(path.read_bytes(), **limits)


def test_limit_on_hdus(make_fits):
    path = make_fits("three.fits")
    for fits in open_both_ways(path, max_hdus=3):
        assert len(fits) == 3
        fits.close()
    for fits in open_both_ways(path, max_hdus=2):
        with fits, pytest.raises(rustfits.FITSLimitError, match=r"2 HDUs.*max_hdus"):
            fits[2].read()


def test_limit_on_a_header(tmp_path):
    header = astropy_fits.Header([("HISTORY", f"line {i}") for i in range(100)])
    astropy_fits.PrimaryHDU(header=header).writeto(tmp_path / "a.fits")
    for fits in open_both_ways(tmp_path / "a.fits", max_header_bytes=4 * 2880):
        assert len(fits[0].header["HISTORY"]) == 100
        fits.close()
    with pytest.raises(rustfits.FITSLimitError, match=r"5760.*max_header_bytes"):
        FITS(tmp_path / "a.fits", max_header_bytes=2 * 2880)


def test_limit_on_a_tile(tmp_path):
    """A small file may have a tile of any size: reading a corner of it is refused beyond the limit."""
    data = np.zeros((300, 400), "i2")
    rustfits.write(tmp_path / "a.fits", data, compress=rustfits.Rice1(tile_shape=(300, 400)))
    for fits in open_both_ways(tmp_path / "a.fits", max_tile_bytes=data.nbytes):
        assert fits[1][:2, :2].sum() == 0
        fits.close()
    for fits in open_both_ways(tmp_path / "a.fits", max_tile_bytes=data.nbytes - 1):
        with fits, pytest.raises(rustfits.FITSLimitError, match=r"240000.*max_tile_bytes"):
            fits[1][:2, :2]
        assert fits.closed


@pytest.mark.parametrize(
    "options",
    [
        {"gzip_level": 0},
        {"gzip_level": 10},
        {"gzip_level": "fast"},
        {"max_inflate_bytes": -1},
        {"max_inflate_bytes": 1.5},
        {"max_tile_bytes": 0},
        {"max_header_bytes": 2879},
        {"max_hdus": 0},
        {"max_hdus": "many"},
        {"remote": "sideways"},
        {"remote": 3},
    ],
)
def test_wrong_options_are_refused_before_the_file_is_touched(make_fits, options):
    path = make_fits()
    before = path.read_bytes()
    with pytest.raises((ValueError, TypeError), match=next(iter(options))) as caught:
        FITS(path, "w+", **options)
    assert isinstance(caught.value, rustfits.FITSError)
    assert path.read_bytes() == before


def test_gzip_level(tmp_path, rng):
    data = rng.integers(0, 50, 200_000).astype("i2")
    sizes = []
    for level in (1, 9):
        path = tmp_path / f"{level}.fits.gz"
        with FITS(path, "w+", gzip_level=level) as fits:
            fits.write_image(data)
        np.testing.assert_array_equal(astropy_fits.getdata(path), data)
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0]
