# SPDX-License-Identifier: BSD-3-Clause
"""Cards that Python writes: values, keywords, comments and room."""

from __future__ import annotations

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
)
from support.files import astropy_header, raw_file

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
