# SPDX-License-Identifier: BSD-3-Clause
"""Headers through Python, against what astropy and fitsio read and write."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import fitsio
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
    FITSClosedError,
    FITSError,
    FITSHeader,
    FITSKeyError,
    FITSTypeError,
    FITSValueError,
    is_protected_key,
)
from support.files import astropy_header, raw_file


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FITSHeader]:
    """Give the header of a file with these cards."""
    return lambda *lines: rustfits.read_header(raw_file(tmp_path / "cards.fits", list(lines)))


# ------------------------------ reading ------------------------------

READINGS = [
    ("A       =                    5", 5),
    ("A       = 5 / c", 5),
    ("A       =5", 5),
    ("A       = -05", -5),
    ("A       = + 5", 5),
    ("A       = 9223372036854775807", 2**63 - 1),
    ("A       = -9223372036854775808", -(2**63)),
    ("A       = 123456789012345678901234567890", 123456789012345678901234567890),
    ("A       = T", True),
    ("A       = F / c", False),
    ("A       = 1.5", 1.5),
    ("A       = .5", 0.5),
    ("A       = 5.", 5.0),
    ("A       = 1.5e3", 1500.0),
    ("A       = 1.5D-3", 0.0015),
    ("A       = 1.5d+03 / c", 1500.0),
    ("A       = 1.5 E 3", 1500.0),
    ("A       = 86.9407", 86.9407),
    ("A       = (1, -2.5E1)", complex(1, -25)),
    ("A       = 'text'", "text"),
    ("A       = 'it''s  '   / c", "it's"),
    ("A       = '  leading'", "  leading"),
    ("A       = ''", ""),
    ("A       = 'a / b' / c", "a / b"),
    ("A       = 'it's' / c", "it's"),
    ("A       =", None),
    ("A       =    / c", None),
    ("a       = 5", 5),
    ("HIERARCH A = 5", 5),
]


@pytest.mark.parametrize(("card", "value"), READINGS)
def test_values_are_what_astropy_reads(read, tmp_path, card, value):
    got = read(card)["A"]
    assert type(got) is type(value)
    assert got == value
    if "=5" in card:  # astropy wants the blank behind the '='; cfitsio does not
        assert fitsio.read_header(str(tmp_path / "cards.fits"))["A"] == value
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = astropy_header(tmp_path / "cards.fits")["A"]
    if isinstance(theirs, astropy_fits.card.Undefined):
        theirs = None
    assert got == theirs


@pytest.mark.parametrize("token", ["1E400", "NaN", "TRUE", "5 apples", "'never closed", "1.2.3"])
def test_what_is_no_value_comes_as_its_characters(read, token):
    header = read(f"A       = {token}", "B       = 1")
    assert header["A"] == token
    assert header["B"] == 1


def test_garbage_is_kept_and_listed(read):
    header = read("GARBAGE without a value", "B       = 1")
    assert header["GARBAGE"] == "without a value"
    assert header.cards[3] == "GARBAGE without a value".ljust(80)
    assert header.keys() == ["SIMPLE", "BITPIX", "NAXIS", "GARBAGE", "B"]


def test_continue_is_joined_with_its_comments(read):
    header = read(
        "A       = 'one &' / first",
        "CONTINUE  'two&' / second",
        "CONTINUE  '' / third",
        "B       = 'no sign'",
        "CONTINUE  'orphan'",
    )
    assert header["A"] == "one two"
    assert header.comment_of("A") == "first second third"
    assert header["B"] == "no sign"
    assert header["CONTINUE"] == ["  'orphan'"]
    assert len(header.cards) == 8


def test_first_of_two_counts_and_both_are_kept(read):
    header = read("A       = 1", "A       = 2")
    assert header["A"] == 1
    assert header.keys().count("A") == 1
    assert len(header) == len(list(header)) == 4
    assert len(header.cards) == 5


def test_looks_like_a_dict(path):
    header = rustfits.read_header(path)
    assert "object" in header
    assert "NOPE" not in header
    assert 5 not in header
    assert header.get("nope") is None
    assert header.get("nope", 3) == 3
    assert header.get("object") == "M 31"
    assert list(header) == header.keys()
    assert header.items() == list(zip(header.keys(), header.values(), strict=True))
    assert dict(header.items())["HISTORY"] == ["made by astropy"]
    assert header["eso tel alt"] == header["HIERARCH ESO TEL ALT"] == 41.5
    assert "ESO TEL Alt" in list(header)
    assert header.comment_of("exptime") == "[s] exposure time"
    assert header["COMMENT"][-1] == "a remark"
    assert str(header).splitlines()[0].startswith("SIMPLE  =")
    assert repr(header) == str(header)
    assert header == rustfits.read_header(path)
    assert header != rustfits.read_header(path, 1)
    assert header != 5


def test_missing_keyword_is_a_key_error_that_names_file_and_keyword(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        for look in (header.__getitem__, header.comment_of, header.__delitem__):
            with pytest.raises(KeyError, match=r"three.fits\[0\].*NOPE") as caught:
                look("NOPE")
            assert isinstance(caught.value, FITSKeyError)
            assert caught.value.keyword == "NOPE"


@pytest.mark.parametrize("key", ["", "COMMENT", "history"])
def test_commentary_has_no_comment(path, key):
    header = rustfits.read_header(path)
    with pytest.raises(FITSValueError, match="commentary"):
        header.comment_of(key)


def test_keyword_must_be_str(path):
    header = rustfits.read_header(path)
    with pytest.raises(FITSTypeError, match="str, not int"):
        header[5]
    with pytest.raises(FITSTypeError):
        is_protected_key(5)


def test_name_with_nul_does_not_match_the_name_before_it(path):
    header = rustfits.read_header(path)
    assert "NAXIS\0" not in header
    assert "NAXIS\0X" not in header
    assert not is_protected_key("NAXIS\0")


def test_bytes_outside_ascii_are_refused_by_the_strict(tmp_path):
    file = raw_file(tmp_path / "a.fits", ["OBSERVER= 'Müller\xff'"])
    with pytest.raises(FITSError, match=r"(?s)a\.fits.*card 4.*OBSERVER.*0xFC.*lenient=False"):
        FITS(file, lenient=False)
    with FITS(file, lenient=True) as fits:
        assert fits[0].header["OBSERVER"] == "M_ller_"


def test_header_outlives_its_file(path):
    with FITS(path) as fits:
        header = fits[0].header
    assert header["OBJECT"] == "M 31"
    assert len(header.items()) == len(header)
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header["NEW"] = 5
    assert header["NEW"] == 5
    with pytest.raises(FITSClosedError, match=r"three\.fits"):
        header["NEW"] = 6
    with pytest.raises(FITSClosedError):
        header.edit().__enter__()
    assert header["NEW"] == 5


def test_to_dict(path):
    header = rustfits.read_header(path)
    made = header.to_dict()
    assert made["OBJECT"] == {"value": "M 31", "comment": "target"}
    assert made["HISTORY"] == ["made by astropy"]
    assert list(made) == header.keys()
    without = header.to_dict(skip_protected=True)
    assert set(made) - set(without) == {"SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "EXTEND"}


def test_many_threads_may_look_at_one_header(path):
    header = rustfits.read_header(path)
    expected = header.items()
    wrong: list[object] = []

    def look() -> None:
        for _ in range(200):
            for key, value in expected:
                if header[key] != value:
                    wrong.append((key, header[key]))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


# ------------------------------ protected keywords ------------------------------

PLAIN = [
    "SIMPLE",
    "XTENSION",
    "BITPIX",
    "NAXIS",
    "EXTEND",
    "PCOUNT",
    "GCOUNT",
    "GROUPS",
    "TFIELDS",
    "THEAP",
    "CHECKSUM",
    "DATASUM",
    "ZHECKSUM",
    "ZDATASUM",
    "ZIMAGE",
    "ZCMPTYPE",
    "ZBITPIX",
    "ZNAXIS",
    "ZQUANTIZ",
    "ZDITHER0",
    "ZBLANK",
    "ZMASKCMP",
    "ZSIMPLE",
    "ZEXTEND",
    "ZTENSION",
    "ZPCOUNT",
    "ZGCOUNT",
    "ZBLOCKED",
    "END",
]
NUMBERED = [
    "NAXIS",
    "PTYPE",
    "PSCAL",
    "PZERO",
    "TTYPE",
    "TFORM",
    "TDIM",
    "TNULL",
    "TSCAL",
    "TZERO",
    "TBCOL",
    "ZNAXIS",
    "ZTILE",
    "ZNAME",
    "ZVAL",
]
FREE = [
    "BSCALE",
    "BZERO",
    "BLANK",
    "BUNIT",
    "DATAMAX",
    "DATAMIN",
    "EXTNAME",
    "EXTVER",
    "EXTLEVEL",
    "INHERIT",
    "BLOCKED",
    "DATE",
    "DATE-OBS",
    "OBJECT",
    "TUNIT",
    "TDISP",
    "TDMIN",
    "TDMAX",
    "TLMIN",
    "TLMAX",
    "CTYPE",
    "CRVAL",
    "CRPIX",
    "CDELT",
    "CUNIT",
    "COMMENT",
    "HISTORY",
    "CONTINUE",
    "HIERARCH",
    "LONGSTRN",
    "ZTABLE",
    "ZTILELEN",
    "ZFORM",
    "ZCTYP",
    "ZSCALE",
    "ZZERO",
    "ZTHEAP",
    "ZDITHER",
    "NAXISX",
    "SIMPL",
    "SIMPLEX",
]
NUMBERS = ["0", "1", "9", "01", "12", "999", "1000", "0001", "12345"]


def test_protected_keywords_are_those_of_the_published_package():
    for name in PLAIN:
        assert is_protected_key(name)
        assert is_protected_key(name.lower())
        assert is_protected_key(f" {name} ")
        assert not is_protected_key(f"HIERARCH {name}")
    for name in NUMBERED:
        for number in NUMBERS:
            assert is_protected_key(name + number)
        for other in ("A", "1A", "-1", "1.0", "X1"):
            assert not is_protected_key(name + other)
    for name in set(PLAIN) - set(NUMBERED):
        for number in NUMBERS:
            assert not is_protected_key(name + number)
    for name in set(NUMBERED) - set(PLAIN):
        assert not is_protected_key(name)
    for name in FREE:
        assert not is_protected_key(name)
        for number in NUMBERS:
            assert is_protected_key(name + number) == (name + number == "ZDITHER0")


@pytest.mark.parametrize("key", ["NAXIS1", "bitpix", "CHECKSUM", "HIERARCH NAXIS"])
def test_protected_keywords_are_not_changed(path, key):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        header = fits[0].header
        with pytest.raises(ValueError, match="protected"):
            header[key] = 5
        with pytest.raises(ValueError, match="protected"):
            del header[key]
        with pytest.raises(ValueError, match="protected"):
            header.set_comment(key, "x")
        with pytest.raises(ValueError, match="protected"):
            header.update({"FINE": 1, key: 5})
    assert path.read_bytes() == before
