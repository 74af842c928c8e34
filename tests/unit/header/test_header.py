# SPDX-License-Identifier: BSD-3-Clause
"""Headers through Python, against what astropy and fitsio read and write."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
    FITSClosedError,
    FITSError,
    FITSHeader,
    FITSHeaderEdit,
    FITSKeyError,
    FITSReadOnlyError,
    FITSTypeError,
    FITSValueError,
    is_protected_key,
)
from rustfits._core.header import cards

BASIC = [
    "SIMPLE  =                    T",
    "BITPIX  =                    8",
    "NAXIS   =                    0",
]


def raw_file(path: Path, lines: list[str]) -> Path:
    """Write a file of one HDU without data and with these cards, whatever they are."""
    cards = b"".join(line.encode("latin-1").ljust(80) for line in [*BASIC, *lines, "END"])
    path.write_bytes(cards + b" " * (-len(cards) % 2880))
    return path


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., FITSHeader]:
    """Give the header of a file with these cards."""
    return lambda *lines: rustfits.read_header(raw_file(tmp_path / "cards.fits", list(lines)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of astropy's: three HDUs, and some cards of each kind in the first."""
    primary = astropy_fits.PrimaryHDU(np.arange(12, dtype="i2").reshape(3, 4))
    header = primary.header
    header["OBJECT"] = ("M 31", "target")
    header["EXPTIME"] = (30.5, "[s] exposure time")
    header["LONGSTR"] = ("a long text, " * 20, "and a comment")
    header["HIERARCH ESO TEL Alt"] = (41.5, "altitude")
    header.add_history("made by astropy")
    header.add_comment("a remark")
    more = [astropy_fits.ImageHDU(np.arange(6, dtype="f8") + i, name=f"EXT{i}") for i in (1, 2)]
    name = tmp_path / "three.fits"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's remark on long strings
        astropy_fits.HDUList([primary, *more]).writeto(name)
    return name


def astropy_header(path: Path) -> astropy_fits.Header:
    return astropy_fits.getheader(path, 0)


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


# ------------------------------ writing ------------------------------

VALUES = [
    True,
    False,
    0,
    -5,
    2**63 - 1,
    -(2**63),
    2**63,
    -(10**45),
    0.0,
    -0.0,
    1.0,
    0.1,
    1 / 3,
    86.9407,
    1e16,
    1e-5,
    -1.7976931348623157e308,
    5e-324,
    complex(1, -2.5),
    "",
    "text",
    "it's",
    "'",
    "''''",
    "  leading blanks",
    "ends in &",
    "a / b",
    "T",
    "5",
    "x" * 68,
    "x" * 69,
    "'" * 34,
    "'" * 35,
    "word " * 60 + "end",
    "&" * 200,
    None,
]
SCALARS = [
    (np.bool_(True), True),
    (np.int8(-3), -3),
    (np.uint64(2**64 - 1), 2**64 - 1),
    (np.float32(0.1), float(np.float32(0.1))),
    (np.float64(0.1), 0.1),
    (np.complex64(1 + 2j), 1 + 2j),
    (np.str_("text"), "text"),
    (np.bytes_(b"text"), "text"),
    (np.array(5), 5),
    (astropy_fits.card.Undefined(), None),
]


@pytest.mark.filterwarnings("ignore:.*the comment does not fit:rustfits.FITSWarning")
@pytest.mark.parametrize("key", ["KEY", "HIERARCH key", "ESO DET CHIP1 Name"])
@pytest.mark.parametrize(("value", "expected"), [(value, value) for value in VALUES] + SCALARS)
def test_values_written_are_what_astropy_reads(path, key, value, expected):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header[key] = value, "a comment"
        got = header[key]
        assert (type(got), got) == (type(expected), expected)
        assert header.comment_of(key) == "a comment"[: len(header.comment_of(key))]
    theirs = astropy_header(path)[key.removeprefix("HIERARCH ")]
    assert (type(theirs), theirs) == (type(expected), expected)
    assert rustfits.read_header(path)[key] == expected


@pytest.mark.parametrize("value", [v for v in VALUES if isinstance(v, (bool, int, float, str))])
def test_values_written_are_what_cfitsio_reads(path, value):
    with FITS(path, "r+") as fits:
        fits[0].header["KEY"] = value, "a comment"
    theirs = fitsio.read_header(str(path))["KEY"]
    if value == 5e-324:
        assert theirs == 0  # cfitsio knows no subnormal numbers
        return
    if type(value) is int and not -(2**63) <= value < 2**63:
        theirs = int(theirs)  # as text
    assert theirs == value


@pytest.mark.parametrize("value", ["short", "long " * 60, "q'uo''tes"])
def test_cards_are_those_of_cfitsio(tmp_path, value):
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    for name in (ours, theirs):
        raw_file(name, [])
    entries = [("KEY", value), ("NUMBER", -12), ("FLAG", True), ("NULL", "")]
    with fitsio.FITS(str(theirs), "rw") as file:
        for key, entry in entries:
            file[0].write_key(key, entry, comment="a comment")
    with FITS(ours, "r+") as fits:
        for key, entry in entries:
            fits[0].header[key] = entry, "a comment"
    cards = [card for card in rustfits.read_header(theirs).cards if "LONGSTRN" not in card]
    cards = [card for card in cards if not card.startswith("COMMENT")]  # cfitsio explains itself
    assert rustfits.read_header(ours).cards[:4] == cards[:4]
    assert rustfits.read_header(ours).cards[-3:] == cards[-3:]
    assert (
        rustfits.read_header(theirs)["KEY"] == rustfits.read_header(ours)["KEY"] == value.rstrip()
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (complex(0, float("nan")), "nan"),
        ("café", "'é' \\(U\\+00E9\\) at position 3"),
        ("two\nlines", "U\\+000A"),
        (10**70, "70 digits"),
        (-(10**69), "70 digits"),
        pytest.param(10**5000, "70 digits", id="5000 digits"),
        ([1], "list"),
        (b"bytes", "bytes"),
        ((1, 2), "comment"),
        ((1, "c", 3), "comment"),
        ((1, "café"), "comment: character 'é'"),
        (np.arange(3), "ndarray"),
    ],
)
def test_values_that_no_card_can_hold(path, value, message):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(ValueError, match=message):
            fits[0].header["KEY"] = value
        assert "KEY" not in fits[0].header
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", ["A=B", "CAFÉ", "A\nB", "END", "CONTINUE", "X" * 75, "A  B"])
def test_keywords_that_no_card_can_hold(path, key):
    before = path.read_bytes()
    with FITS(path, "r+") as fits, pytest.raises(ValueError, match=r"(?i)keyword|continue"):
        fits[0].header[key] = 1
    assert path.read_bytes() == before


def test_names_in_lower_case_are_standard_and_long_ones_hierarch(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header["filter"] = "r"
        header["Long name"] = 1
        header["a.b"] = 2
        assert header.cards[-3:] == [
            "FILTER  = 'r       '".ljust(80),
            "HIERARCH Long name = 1".ljust(80),
            "HIERARCH a.b = 2".ljust(80),
        ]


def test_comment_stays_unless_another_is_given(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header["OBJECT"] = "M 33"
        assert header.comment_of("OBJECT") == "target"
        header["OBJECT"] = "M 33", None
        assert header.comment_of("OBJECT") == "target"
        header["OBJECT"] = "M 33", "new"
        assert header.comment_of("OBJECT") == "new"
        header.set_comment("OBJECT", "")
        assert header.comment_of("OBJECT") == ""
    assert astropy_header(path).cards["OBJECT"].comment == ""


def test_set_comment_keeps_the_characters_of_the_value(tmp_path):
    file = raw_file(tmp_path / "a.fits", ["A       = 1.50D+03 / old", "B       = 1E400"])
    with FITS(file, "r+") as fits:
        fits[0].header.set_comment("A", "new")
        fits[0].header.set_comment("B", "too large")
    assert b"A       = 1.50D+03 / new  " in file.read_bytes()
    assert b"B       = 1E400                / too large  " in file.read_bytes()


def test_long_comment_of_a_long_string_is_kept(path):
    comment = "a comment of many words that needs cards of its own " * 4
    with FITS(path, "r+") as fits:
        fits[0].header["LONGSTR"] = "text " * 40, comment
    theirs = astropy_header(path).cards["LONGSTR"]
    assert theirs.value == ("text " * 40).rstrip()
    assert theirs.comment == comment.strip()


def test_commentary(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header["HISTORY"] = "by assignment"
        header["COMMENT"] = ["one", "two"]
        header[""] = "blank"
        header.add_history("x" * 100)
        header.add_comment("three\nfour")
        header.add_blank("five")
        header.add_blank()
        with pytest.raises(ValueError, match="'é'"):
            header.add_comment("café")
        with pytest.raises(ValueError, match="int"):
            header["COMMENT"] = 5
        with pytest.raises(ValueError, match="int"):
            header["COMMENT"] = ["fine", 5]
        assert header["COMMENT"][-4:] == ["one", "two", "three", "four"]
        assert header["HISTORY"] == ["made by astropy", "by assignment", "x" * 72, "x" * 28]
        assert header[""] == ["blank", "five", ""]
    theirs = astropy_header(path)
    assert list(theirs["HISTORY"]) == ["made by astropy", "by assignment", "x" * 72, "x" * 28]
    assert list(theirs["COMMENT"])[-4:] == ["one", "two", "three", "four"]
    with FITS(path, "r+") as fits:
        del fits[0].header["COMMENT"]
        assert "COMMENT" not in fits[0].header
    assert "COMMENT" not in astropy_header(path)


def test_delete_takes_all_cards_of_a_keyword(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        count = len(header.cards)
        del header["longstr"]
        del header["HIERARCH ESO TEL ALT"]
        assert len(header.cards) < count - 4
        assert "CONTINUE" not in header
    theirs = astropy_header(path)
    assert "LONGSTR" not in theirs
    assert "ESO TEL Alt" not in theirs
    assert theirs["OBJECT"] == "M 31"


def test_untouched_cards_keep_their_bytes(tmp_path):
    odd = [
        "exptime =1.50D+03/odd but kept",
        "GARBAGE: ~ whatever this is",
        "CONTINUE  'orphan'",
        "A       = 'it's not doubled' / c",
        "HIERARCH  ESO   Odd=5",
        "        = blank keyword",
        "B       =      (1,2)   / c",
    ]
    file = raw_file(tmp_path / "a.fits", odd)
    with FITS(file, "r+") as fits:
        header = fits[0].header
        header["NEW"] = "x" * 200
        header["B"] = header["B"]
        header["EXPTIME"] = 1500.0
        header.add_history("edited")
        del header["NEW"]
        header.set_comment("B", "c")
    cards = rustfits.read_header(file).cards
    assert cards[3:-1] == [line.ljust(80) for line in odd]


def test_header_grows_over_blocks_with_hdus_behind(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        sizes = {path.stat().st_size}
        for i in range(100):
            header[f"KEY{i}"] = i, "growing"
            sizes.add(path.stat().st_size)
            assert fits["EXT2"].read().tolist() == [2, 3, 4, 5, 6, 7]
        for i in range(100):
            del header[f"KEY{i}"]
        assert path.stat().st_size == max(sizes)  # never shrinks
    assert len(sizes) == 4
    assert all(size % 2880 == 0 for size in sizes)
    with astropy_fits.open(path) as theirs:
        theirs.verify("exception")
        assert (theirs[0].data == np.arange(12).reshape(3, 4)).all()
        assert theirs[1].data.tolist() == [1, 2, 3, 4, 5, 6]
        assert theirs[2].data.tolist() == [2, 3, 4, 5, 6, 7]
        assert theirs[0].header["OBJECT"] == "M 31"


def test_header_of_a_middle_hdu_grows(path):
    with FITS(path, "r+") as fits:
        with fits[1].header.edit() as header:
            for i in range(300):
                header[f"HIERARCH key number {i}"] = i / 7
        fits[2].header["AFTER"] = 1
        assert fits[1].read().tolist() == [1, 2, 3, 4, 5, 6]
    with astropy_fits.open(path) as theirs:
        assert theirs[1].header["key number 299"] == 299 / 7
        assert theirs[2].header["AFTER"] == 1
        assert theirs[2].data.tolist() == [2, 3, 4, 5, 6, 7]


# ------------------------------ live views and edits ------------------------------


def test_change_is_in_the_file_when_the_call_returns(path):
    with FITS(path, "r+") as fits:
        fits[0].header["NOW"] = 1
        assert astropy_header(path)["NOW"] == 1


def test_view_sees_what_others_change(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        assert "DATASUM" not in header
        fits[0].add_checksum()
        assert "DATASUM" in header
        assert "CHECKSUM" in list(header)


def test_values_read_before_an_edit_are_not_stale(path):
    """A header caches values. An edit must invalidate each cached value."""
    with FITS(path, "r+") as fits:
        header = fits[0].header
        second = FITSHeader(fits[0]._file, 0)
        for value in (1, 2.5, "three", True, None):
            header["NOW"] = value
            assert second["NOW"] == second.get("NOW") == header["NOW"] == value
            assert "NOW" in second
        del second["NOW"]
        assert header.get("NOW") is None
        assert "NOW" not in header
        with pytest.raises(KeyError):
            header["NOW"]
        with header.edit() as edit:
            edit["NOW"] = 1
            assert edit["NOW"] == 1
            edit["NOW"] = 2
            assert edit["NOW"] == 2
        assert second["NOW"] == 2
        header.add_history("one")
        header["HISTORY"].append("no card")
        assert second["HISTORY"][-1] == header.get("HISTORY")[-1] == "one"
        header.add_history("two")
        assert second["HISTORY"][-2:] == ["one", "two"]
        fits[0].add_checksum()
        old = second["CHECKSUM"]
        header["NOW"] = 3
        fits[0].add_checksum()
        assert second["CHECKSUM"] == header["CHECKSUM"] != old
    assert second["NOW"] == astropy_header(path)["NOW"] == 3


def test_edit_writes_once_at_the_end(path):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        header = fits[0].header
        generation = fits[0]._file._generation()
        with header.edit() as edit:
            assert isinstance(edit, FITSHeaderEdit)
            for i in range(50):
                edit[f"KEY{i}"] = i
            edit.add_history("edited")
            edit.set_comment("OBJECT", "new")
            del edit["EXPTIME"]
            assert edit["KEY49"] == 49
            assert "EXPTIME" not in edit
            assert "EXPTIME" in header
            assert edit.comment_of("object") == "new"
            assert path.read_bytes() == before
        assert fits[0]._file._generation() == generation + 1
        assert header["KEY49"] == 49
    assert astropy_header(path)["KEY49"] == 49


def test_edit_that_fails_changes_nothing(path):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(ZeroDivisionError), fits[0].header.edit() as edit:
            edit["A"] = 1
            1 / 0  # noqa: B018
        with pytest.raises(ValueError, match="protected"), fits[0].header.edit() as edit:
            edit["A"] = 1
            edit["NAXIS"] = 1
        assert "A" not in fits[0].header
    assert path.read_bytes() == before


def test_edit_is_used_once_and_inside_of_with(path):
    with FITS(path, "r+") as fits:
        edit = fits[0].header.edit()
        assert edit["OBJECT"] == "M 31"
        with pytest.raises(ValueError, match="inside of"):
            edit["A"] = 1
        with edit:
            edit["A"] = 1
        with pytest.raises(ValueError, match="this edit is over"):
            edit["A"] = 2
        with pytest.raises(ValueError, match="used once"):
            edit.__enter__()
        assert fits[0].header["A"] == 1


def test_edit_does_not_undo_what_happened_meanwhile(path):
    with FITS(path, "r+") as fits:
        header = fits[0].header
        with pytest.raises(ValueError, match="changed while"), header.edit() as edit:
            edit["A"] = 1
            header["B"] = 2
        assert "A" not in header
        assert header["B"] == 2


def test_read_only_file_refuses_edits(path):
    before = path.read_bytes()
    with FITS(path) as fits:
        header = fits[0].header
        with pytest.raises(FITSReadOnlyError, match=r"three\.fits\[0\]"):
            header["A"] = 1
        with pytest.raises(OSError, match="reading"), header.edit() as edit:
            edit["A"] = 1
        with header.edit() as edit:
            assert edit["OBJECT"] == "M 31"
        assert "A" not in header
    assert path.read_bytes() == before


def test_change_of_an_edit_that_fails_leaves_the_edit_as_it_was(path):
    with FITS(path, "r+") as fits, fits[0].header.edit() as header:
        header["A"] = 1
        cards = header.cards
        with pytest.raises(FITSValueError):
            header["HISTORY"] = ["fine", "fine", "n\u00f6t"]
        with pytest.raises(FITSValueError):
            header.update({"FINE": 1, "BAD": float("nan")})
        with pytest.raises(FITSKeyError):
            header.set_comment("MISSING", "text")
        assert header.cards == cards
        header["HISTORY"] = []
        assert header.cards == cards


def test_edit_shows_each_change_to_the_next(path):
    with FITS(path, "r+") as fits:
        with fits[0].header.edit() as header:
            for i in range(3000):
                header[f"K{i}"] = i
                assert header[f"K{i}"] == i
            for i in range(0, 3000, 2):
                header[f"K{i}"] = "x" * 100, "a comment that goes on a card of its own"
                del header[f"K{i + 1}"]
                assert f"K{i + 1}" not in header
            assert header["OBJECT"] == "M 31"
        keys = [key for key in fits[0].header if key.startswith("K")]
    assert keys == [f"K{i}" for i in range(0, 3000, 2)]
    theirs = astropy_header(path)
    assert [theirs[key] for key in keys] == ["x" * 100] * 1500
    assert theirs["HISTORY"][0] == "made by astropy"


# ------------------------------ update ------------------------------


class CallCounter:
    """Calls of C functions that a module makes by way of its ``lib``."""

    def __init__(self, lib: object) -> None:
        self._lib = lib
        self.calls = 0

    def __getattr__(self, name: str) -> object:
        found = getattr(self._lib, name)
        if not callable(found):
            return found

        def call(*args: object) -> object:
            self.calls += 1
            return found(*args)

        return call


@pytest.mark.parametrize("kind", ["header", "cards"])
@pytest.mark.parametrize("how", ["update", "edit", "write"])
def test_cards_of_another_header_take_as_many_calls_as_one_card(tmp_path, monkeypatch, kind, how):
    counts = []
    for number in (1, 3000):
        values = {f"K{i}": (i, "number") for i in range(number)}
        source = tmp_path / "source.fits"
        rustfits.write(source, np.zeros(2), header={**values, "HIERARCH x y": "a" * 100})
        header = rustfits.read_header(source)
        other = header if kind == "header" else header.cards
        target = tmp_path / "target.fits"
        with FITS(target, "w+") as fits:
            if how != "write":
                fits.write(np.zeros(2))
            with monkeypatch.context() as patched:
                counter = CallCounter(cards.lib)
                patched.setattr(cards, "lib", counter)
                if how == "write":
                    fits.write(np.zeros(2), header=other)
                elif how == "update":
                    fits[0].header.update(other)
                else:
                    with fits[0].header.edit() as edit:
                        edit.update(other)
            counts.append(counter.calls)
        again = rustfits.read_header(target)
        assert [again[key] for key in values] == list(range(number))
        assert again["x y"] == "a" * 100
    assert counts[0] == counts[1]


def test_update_from_a_header_copies_cards_byte_for_byte(path, tmp_path):
    source = raw_file(
        tmp_path / "source.fits",
        [
            "A       = 86.9407/odd",
            "A       = 2",
            "OBJECT  = 'NGC 1&'",
            "CONTINUE  '234' / c",
            "COMMENT hello",
            "HIERARCH  x  y=1",
        ],
    )
    with FITS(path, "r+") as fits:
        header = fits[0].header
        place = header.keys().index("OBJECT")
        header.update(rustfits.read_header(source))
        assert header["BITPIX"] == 16
        assert header["OBJECT"] == "NGC 1234"
        assert header.keys().index("OBJECT") == place
        assert "hello" not in header["COMMENT"]
        for card in ("A       = 86.9407/odd", "CONTINUE  '234' / c", "HIERARCH  x  y=1"):
            assert card.ljust(80) in header.cards
        assert "A       = 2".ljust(80) not in header.cards
        header.update(rustfits.read_header(source), copy_commentary=True)
        assert header["COMMENT"][-1] == "hello"
        assert header.keys().count("A") == 1
    with astropy_fits.open(path) as theirs:
        assert theirs[0].header["OBJECT"] == "NGC 1234"
        assert theirs[0].header["A"] == 86.9407


def test_update_from_dict_astropy_and_cards(path):
    theirs = astropy_fits.Header()
    theirs["BITPIX"] = 8
    theirs["FROMAST"] = (1.5, "from astropy")
    theirs["HIERARCH a long name"] = "text"
    theirs["UNDEF"] = None
    theirs.add_history("skipped")
    with FITS(path, "r+") as fits:
        header = fits[0].header
        header.update({"ONE": 1, "TWO": (2, "with comment"), "OBJECT": None})
        header.update({"THREE": {"value": 3, "comment": "as to_dict has it"}})
        header.update(theirs)
        header.update(["CARD    =                    5 / text", ("PAIR", 6), ("TRIPLE", 7, "c")])
        header.update(rustfits.read_header(path, 1).to_dict(skip_protected=True))
        assert [header[key] for key in ("ONE", "TWO", "THREE", "CARD", "PAIR", "TRIPLE")] == [
            *(1, 2, 3, 5, 6, 7)
        ]
        assert header.comment_of("TWO") == "with comment"
        assert header.comment_of("TRIPLE") == "c"
        assert header["OBJECT"] is None
        assert header["FROMAST"] == 1.5
        assert header.comment_of("FROMAST") == "from astropy"
        assert header["a long name"] == "text"
        assert header["UNDEF"] is None
        assert header["HISTORY"] == ["made by astropy"]
        assert header["EXTNAME"] == "EXT1"
        header.update(theirs, copy_commentary=True)
        assert header["HISTORY"] == ["made by astropy", "skipped"]


@pytest.mark.parametrize(
    "other",
    [
        {"FINE": 1, "COMMENT": "text"},
        {"FINE": 1, "NAXIS": 1},
        {"FINE": 1, "BAD": float("nan")},
        {"FINE": 1, "BAD": [1]},
        [("FINE", 1), ("BAD", object())],
        [("FINE", 1), 5],
        ["FINE    = 1", "x" * 81],
        5,
        "text",
    ],
)
def test_update_is_all_or_nothing(path, other):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(ValueError):  # noqa: PT011
            fits[0].header.update(other)
        assert "FINE" not in fits[0].header
    assert path.read_bytes() == before


@pytest.mark.parametrize("kind", ["header", "dict", "to_dict", "cards", "astropy"])
def test_new_image_takes_cards_of_any_kind(path, tmp_path, kind):
    header = rustfits.read_header(path)
    source = {
        "header": header,
        "dict": dict(header.items()),
        "to_dict": header.to_dict(),
        "cards": header.cards,
        "astropy": astropy_header(path),
    }[kind]
    new = tmp_path / "new.fits"
    rustfits.write(new, np.zeros((2, 5), "f4"), header=source)
    theirs = astropy_header(new)
    assert theirs["BITPIX"] == -32
    assert theirs["NAXIS1"] == 5
    assert theirs["OBJECT"] == "M 31"
    assert theirs["LONGSTR"] == ("a long text, " * 20).rstrip()
    assert theirs["ESO TEL Alt"] == 41.5
    assert list(theirs["HISTORY"]) == ["made by astropy"]
    assert theirs.cards["EXPTIME"].comment == ("" if kind == "dict" else "[s] exposure time")
