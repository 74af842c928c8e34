# SPDX-License-Identifier: BSD-3-Clause
"""A file that was cut in a later header, or whose later header makes no sense: what is before it stays usable."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSWarning
from rustfits import fitsio as layer

PIXELS = np.arange(6, dtype="i2").reshape(2, 3)


def whole() -> bytes:
    with FITS("mem://", "w+") as fits:
        fits.write_image(PIXELS)
        fits.write_image(PIXELS + 10, extname="SCI")
        fits.write_image(PIXELS + 20, extname="ERR")
        return fits.to_bytes()


BREAKS = {
    "cut in the header": lambda content: content[: 4 * 2880 + 1000],
    "cut behind END": lambda content: content[: 5 * 2880 - 30],
    "without END": lambda content: (
        content[: 4 * 2880] + content[4 * 2880 :].replace(b"END", b"XXX")
    ),
    "BITPIX = 7": lambda content: (
        content[: 4 * 2880]
        + content[4 * 2880 :].replace(
            b"BITPIX  =                   16", b"BITPIX  =                    7"
        )
    ),
}


@pytest.fixture(params=BREAKS)
def broken(request, tmp_path):
    path = tmp_path / "broken.fits"
    path.write_bytes(BREAKS[request.param](whole()))
    return path


def told(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return call(), [str(one.message) for one in caught if one.category is FITSWarning]


def test_the_hdus_before_it(broken):
    def look():
        with FITS(broken) as fits:
            assert np.array_equal(fits[0].read(), PIXELS)
            assert len(fits) == 2
            assert [hdu.extname for hdu in fits] == [None, "SCI"]
            assert len(fits.hdus) == len(fits[:]) == 2
            assert 0 in fits and "SCI" in fits
            assert 2 not in fits and "ERR" not in fits
            assert "broken.fits[2]: " in repr(fits)
            assert np.array_equal(fits["SCI"].read(), PIXELS + 10)

    (message,) = told(look)[1]
    assert "broken.fits[2]: " in message and message.endswith("; the HDUs before it are there")


def test_the_hdu_itself_is_an_error(broken):
    with FITS(broken) as fits:
        for key in (2, -1, "ERR", ("ERR", 1)):
            with pytest.raises(rustfits.FITSFormatError, match=r"broken\.fits\[2\]: "):
                fits[key]
    for ext in (2, "ERR"):
        with pytest.raises(rustfits.FITSFormatError):
            rustfits.read(broken, ext)
        with pytest.raises(rustfits.FITSFormatError):
            rustfits.read_header(broken, ext)
    assert np.array_equal(rustfits.read(broken), PIXELS)
    assert np.array_equal(rustfits.read(broken, "SCI"), PIXELS + 10)


def test_the_fitsio_layer(broken):
    def look():
        with layer.FITS(broken) as fits:
            assert np.array_equal(fits[0].read(), PIXELS)
            assert np.array_equal(fits["sci"].read(), PIXELS + 10)
            assert len(fits) == 2
            assert [hdu.get_extname() for hdu in fits] == ["", "SCI"]
            assert len(fits.hdu_list) == 2
            assert 1 in fits and 2 not in fits and "ERR" not in fits and "SCI" in fits
            assert "SCI" in repr(fits)
            with pytest.raises(rustfits.FITSFormatError, match=r"\[2\]: "):
                fits[2]
            with pytest.raises(OSError, match="not found"):
                fits["ERR"]

    assert len(told(look)[1]) == 1
    assert np.array_equal(layer.read(broken), PIXELS)
    assert np.array_equal(layer.read(broken, 1), PIXELS + 10)
    assert layer.read_header(broken, 1)["EXTNAME"] == "SCI"


def test_in_gzip(tmp_path):
    packed = gzip.compress(BREAKS["cut in the header"](whole()))
    path = tmp_path / "broken.fits.gz"
    path.write_bytes(packed)
    count, messages = told(lambda: [hdu.read().tolist() for hdu in FITS(path)])
    assert count == [PIXELS.tolist(), (PIXELS + 10).tolist()]
    assert len(messages) == 1


def test_a_strict_reader_and_limits_get_the_error(tmp_path):
    path = tmp_path / "odd.fits"
    content = whole()
    path.write_bytes(content[: 2 * 2880] + content[2 * 2880 :].replace(b"'SCI", b"'S\xe9I"))
    with FITS(path, lenient=False) as fits, pytest.raises(rustfits.FITSFormatError, match="0xE9"):
        len(fits)
    with FITS(path, lenient=False) as fits, pytest.raises(rustfits.FITSFormatError, match="0xE9"):
        list(fits)
    with FITS(path, max_hdus=2) as fits:
        for call in (lambda: len(fits), lambda: list(fits), lambda: 2 in fits):
            with pytest.raises(rustfits.FITSLimitError), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                call()


def test_packing_leaves_nothing_out(broken, tmp_path):
    with pytest.raises(rustfits.FITSFormatError, match=r"\[2\]: "):
        rustfits.pack(broken, tmp_path / "out.fits", compress="rice")
    with pytest.raises(rustfits.FITSFormatError, match=r"\[2\]: "):
        rustfits.unpack(broken, tmp_path / "out.fits")
    assert not (tmp_path / "out.fits").exists()


def test_nothing_is_put_behind_it(broken):
    content = broken.read_bytes()
    with FITS(broken, "r+") as fits, pytest.raises(rustfits.FITSFormatError, match=r"\[2\]: "):
        fits.write_image(PIXELS)
    assert broken.read_bytes() == content
