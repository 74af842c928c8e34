# SPDX-License-Identifier: BSD-3-Clause
"""Files that are odd and are read all the same: one warning for each file and cause, none for files that are right."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSWarning


def told(path: Path, *, extension: bool = True) -> list[str]:
    """Return the warnings of two complete reads of a file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with FITS(path) as fits:
            for _ in range(2):
                assert len(fits) == 1 + extension
                for hdu in fits:
                    assert hdu.header["BITPIX"]
                    hdu.verify_datasum()
                    if isinstance(hdu, rustfits.ImageHDU):
                        assert hdu.shape
                    repr(hdu)
    assert all(one.category is FITSWarning for one in caught)
    assert all(one.filename == __file__ for one in caught)
    return [str(one.message) for one in caught]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An image of i2 and one of f4, as astropy writes them."""
    path = tmp_path / "odd.fits"
    first = astropy_fits.PrimaryHDU(np.arange(12, dtype="i2").reshape(3, 4))
    second = astropy_fits.ImageHDU(np.arange(30, dtype="f4").reshape(5, 6), name="SCI")
    astropy_fits.HDUList([first, second]).writeto(path)
    return path


def put(path: Path, hdu: int, *cards: str) -> None:
    """Put cards before END of a header whose block has room for them."""
    content = path.read_bytes()
    end = -1
    for _ in range(hdu + 1):
        end = content.index(b"END".ljust(80), end + 1)
    text = "".join(card.ljust(80) for card in cards).encode()
    path.write_bytes(
        content[:end] + text + content[end : end + 80] + content[end + 80 + len(text) :]
    )


def test_a_file_that_is_right(path):
    assert told(path) == []


CARDS = {
    "BLANK of reals": (1, "BLANK   = -1", r"[1]: BLANK in an image of real numbers"),
    "BLANK that is no integer": (0, "BLANK   = -1.5", r"[0]: BLANK has no integer value"),
    "NAXIS3 of two axes": (1, "NAXIS3  = 7", r"[1]: NAXIS3 beside NAXIS = 2: not used"),
    "NAXIS900 of two axes": (1, "NAXIS900= 7", r"[1]: NAXIS900 beside NAXIS = 2: not used"),
    "BITPIX twice": (0, "BITPIX  = 8", r"[0]: BITPIX appears twice, with different values"),
    "NAXIS twice": (0, "NAXIS   = 1", r"[0]: NAXIS appears twice"),
    "NAXIS1 twice": (1, "NAXIS1  = 5", r"[1]: NAXIS1 appears twice"),
    "PCOUNT twice": (1, "PCOUNT  = 8", r"[1]: PCOUNT appears twice"),
}


@pytest.mark.parametrize("name", CARDS)
def test_odd_cards(path, name):
    hdu, card, message = CARDS[name]
    put(path, hdu, card)
    assert [message in one and "odd.fits[" in one for one in told(path)] == [True]


def test_scales_that_stand_twice(path):
    put(path, 0, "BSCALE  = 2", "BZERO   = 5", "BZERO   = 6")
    (message,) = told(path)
    assert (
        "odd.fits[0]: BZERO appears twice, with different values: the first one counts" in message
    )
    with pytest.warns(FITSWarning):
        assert rustfits.read(path)[0, 1] == 7


def test_the_same_card_twice_is_no_harm(path):
    put(path, 1, "BITPIX  = -32", "NAXIS   =  2", "NAXIS1  = 6", "PCOUNT  = 0 / again")
    put(path, 0, "BZERO   = 5", "BZERO   = 5.0", "BSCALE  = 1", "BSCALE  = 1.0")
    assert told(path) == []


def test_an_extension_without_pcount(path):
    content = path.read_bytes()
    path.write_bytes(content.replace(b"PCOUNT  =", b"COMMENT  "))
    assert ["[1]: extension without PCOUNT" in one for one in told(path)] == [True]


def test_bytes_behind_end(path):
    content = path.read_bytes()
    path.write_bytes(content[:2879] + b"\n" + content[2880:])
    (message,) = told(path)
    assert "odd.fits[0]: expected blanks after END, found byte 0x0A" in message


def test_what_follows_the_last_hdu(path):
    size = path.stat().st_size
    with path.open("ab") as stream:
        stream.write(bytes(2880))
    assert told(path) == []  # blocks of nothing, as on tapes
    os.truncate(path, size)
    with path.open("ab") as stream:
        stream.write(b"once upon a time")
    (message,) = told(path)
    assert f"odd.fits[1]: the bytes after this HDU, from byte {size} of the file on" in message


def test_a_last_block_without_fill(path):
    os.truncate(path, path.stat().st_size - 2760)
    assert [
        "odd.fits[1]: the last block of this data unit lacks 2760" in one for one in told(path)
    ] == [True]
    assert (
        rustfits.read(path, ext=1)[-1, -1] == 29
    )  # no warning: this read does not need the last block


def test_a_file_that_is_cut(path):
    os.truncate(path, path.stat().st_size - 2780)
    with FITS(path) as fits:
        with pytest.warns(FITSWarning, match=r"odd\.fits\[1\]: .* 100 of the 120 bytes"):
            assert len(fits) == 2
        assert fits[1][:4].tolist() == np.arange(24).reshape(4, 6).tolist()


def test_names_are_looked_up_in_silence_until_the_end_is_reached(path):
    with path.open("ab") as stream:
        stream.write(b"once upon a time")
    with FITS(path) as fits:
        assert fits["SCI"].index == 1
        with pytest.raises(KeyError), pytest.warns(FITSWarning, match="bytes after this HDU"):
            assert fits["REF"]


def test_an_unknown_quantization(tmp_path):
    path = tmp_path / "odd.fits"
    data = np.random.default_rng(1).normal(100, 9, (20, 30)).astype("f4")
    quantize = rustfits.Quantize(method="no_dither")
    rustfits.write(path, data, compress="rice", quantize=quantize)
    plain = rustfits.read(path)
    content = path.read_bytes()
    assert content.count(b"'NO_DITHER'") == 1
    path.write_bytes(content.replace(b"'NO_DITHER'", b"'OTHER_WAY'"))
    with FITS(path) as fits:
        with pytest.warns(FITSWarning, match=r"odd\.fits\[1\]: ZQUANTIZ = 'OTHER_WAY'") as caught:
            assert np.array_equal(fits[1].read(), plain)
        assert len(caught) == 1
        assert np.array_equal(fits[1].read(), plain)


def test_one_cause_warns_once_for_the_hdu_where_it_is_met_first(tmp_path):
    path = tmp_path / "odd.fits"
    hdus = [astropy_fits.PrimaryHDU()]
    hdus += [astropy_fits.ImageHDU(np.zeros(3, "f4")) for _ in range(20)]
    astropy_fits.HDUList(hdus).writeto(path)
    for index in range(5, 20):
        put(path, index, "BLANK   = -1")
    put(path, 12, "NAXIS2  = -1")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with FITS(path) as fits:
            assert len(fits) == 21
    assert [str(one.message).split(": ")[0][-3:] for one in caught] == ["[5]", "12]"]


def test_a_warning_that_is_an_error_comes_once(path):
    put(path, 1, "BLANK   = -1")
    with FITS(path) as fits:
        with pytest.raises(FITSWarning):  # what pytest makes of warnings here
            fits[1]
        assert fits[1].read().shape == (5, 6)


def test_the_same_in_gzip(path, tmp_path):
    import gzip

    put(path, 0, "BLANK   = -1.5")
    packed = tmp_path / "odd.fits.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()[:-2760]))
    messages = told(packed)
    assert len(messages) == 2
    assert "BLANK" in messages[0]
    assert "2760" in messages[1]
