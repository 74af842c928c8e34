# SPDX-License-Identifier: BSD-3-Clause
"""Any sequence of edits of a header is what astropy, and where it can fitsio, reads back."""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import example, given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS

KEYS = [
    "A",
    "EXPTIME",
    "DATE-OBS",
    "X_1",
    "KEY12345",
    "Filter",
    "ESO DET CHIP1 ID",
    "a longer name",
    "lower.case-name",
    "HIERARCH small",
]
PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
# Quotes, ampersands and blanks more often than chance has them: that is where cards go wrong.
TEXT = st.lists(
    st.one_of(PRINTABLE, st.sampled_from(["'", "''", "&", " ", "/", "word ", "x" * 30])),
    max_size=60,
).map("".join)
NUMBERS = st.one_of(
    st.booleans(),
    st.integers(-(10**40), 10**40),
    # Not for cfitsio: test_reals_are_written_as_short_as_python_writes_them has the subnormal ones.
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    st.complex_numbers(allow_nan=False, allow_infinity=False),
)
VALUES = st.one_of(st.none(), NUMBERS, TEXT)
EDITS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from(KEYS), VALUES, st.none() | TEXT),
    st.tuples(st.just("set"), st.sampled_from(KEYS), VALUES, st.none() | TEXT),
    st.tuples(st.just("delete"), st.sampled_from(KEYS)),
    st.tuples(st.just("comment"), st.sampled_from(KEYS), TEXT),
    st.tuples(st.just("history"), TEXT),
)
ODD = [
    "GARBAGE without any value",
    "TIME    =86.9407/odd but kept",
    "QUOTE   = 'it's' / not doubled",
    "        blank keyword",
    "COMMENT = 5",
]


def plain(key: str) -> str:
    return key.removeprefix("HIERARCH ").upper()


class Model:
    """What a header should hold after some edits: values by name, and texts of HISTORY."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.history: list[str] = []

    def apply(self, header: Any, edit: tuple[Any, ...]) -> None:
        """Edit `header` and this alike."""
        kind, *rest = edit
        if kind == "history":
            header.add_history(rest[0])
            pieces = [rest[0][i : i + 72] for i in range(0, len(rest[0]), 72)] or [""]
            self.history += [piece.rstrip(" ") for piece in pieces]
        elif kind == "delete":
            if plain(rest[0]) in self.values:
                del header[rest[0]]
                del self.values[plain(rest[0])]
            else:
                assert rest[0] not in header
        elif kind == "comment":
            if plain(rest[0]) in self.values:
                header.set_comment(*rest)
        else:
            key, value, comment = rest
            header[key] = value if comment is None else (value, comment)
            self.values[plain(key)] = value.rstrip(" ") if isinstance(value, str) else value


def same(a: object, b: object) -> bool:
    if isinstance(b, float) and b == 0 and isinstance(a, float):
        return a == 0 and math.copysign(1, a) == math.copysign(1, b)
    return type(a) is type(b) and a == b


def astropy_reads_back(value: object) -> bool:
    """Whether astropy reads what it writes itself: not all strings with quotes and slashes."""
    if not isinstance(value, str):
        return True
    # FITS 4.2.1.1 ends a string at a single quote. astropy does so only at one with a blank, a slash
    # or nothing behind it, and takes the second of two for that, too.
    return "' " not in value and "'/" not in value and not value.endswith("'")


def make(path: Path, lines: list[str]) -> Path:
    """Write a file of two HDUs, the first without data and with these cards."""
    first = ["SIMPLE  =                    T", "BITPIX  =                    8"]
    first += ["NAXIS   =                    0", "EXTEND  =                    T", *lines, "END"]
    content = b"".join(line.encode("ascii").ljust(80) for line in first)
    both = io.BytesIO()
    behind = astropy_fits.ImageHDU(np.arange(5, dtype="i2"), name="BEHIND")
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), behind]).writeto(both)
    path.write_bytes(content + b" " * (-len(content) % 2880) + both.getvalue()[2880:])
    return path


def edited(path: Path, edits: list[tuple[Any, ...]], at_once: bool) -> Model:
    """Edit the first header, one write a change or one for all."""
    model = Model()
    with FITS(path, "r+") as fits:
        if at_once:
            with fits[0].header.edit() as header:
                for edit in edits:
                    model.apply(header, edit)
        else:
            for edit in edits:
                model.apply(fits[0].header, edit)
    return model


SEQUENCES = st.lists(EDITS, min_size=1, max_size=12)


@pytest.mark.filterwarnings("ignore:.*the comment does not fit:rustfits.FITSWarning")
@settings(deadline=None)
@given(SEQUENCES, st.booleans())
def test_any_edits_read_back_equal_in_astropy(tmp_path_factory, edits, at_once):
    path = make(tmp_path_factory.mktemp("edits") / "a.fits", ODD)
    model = edited(path, edits, at_once)

    header = rustfits.read_header(path)
    assert header.cards[4 : 4 + len(ODD)] == [line.ljust(80) for line in ODD]
    for name, value in model.values.items():
        assert same(header[name], value), (name, value)
    assert header.get("HISTORY", []) == model.history
    assert path.stat().st_size % 2880 == 0

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's remarks about the odd cards
        with astropy_fits.open(path) as fits:
            theirs = fits[0].header
            for name, value in model.values.items():
                if astropy_reads_back(value):
                    assert same(theirs[name], value), (name, value)
                    comments = theirs.cards[name].comment, header.comment_of(name)
                    if len(theirs.cards[name].image) > 80 and "'" in comments[1]:
                        continue  # astropy takes a quote in a comment for the end of the string
                    # Libraries join the pieces of a comment in CONTINUE cards with or without a blank.
                    assert len({"".join(comment.split()) for comment in comments}) == 1
            assert list(theirs.get("HISTORY", [])) == model.history
            assert fits[1].data.tolist() == [0, 1, 2, 3, 4]
            assert fits[1].name == "BEHIND"


def cfitsio_reads(value: object) -> bool:
    """Whether fitsio gives a value of this kind as what it is; complex ones it refuses."""
    if isinstance(value, float):
        return value == 0 or abs(value) >= 2.2250738585072014e-308
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return isinstance(value, str) and len(value) <= 60 and "'" not in value


@pytest.mark.filterwarnings("ignore:.*the comment does not fit:rustfits.FITSWarning")
@settings(deadline=None)
@given(SEQUENCES)
def test_any_edits_read_back_equal_in_fitsio(tmp_path_factory, edits):
    edits = [edit for edit in edits if not any(isinstance(part, complex) for part in edit)]
    path = make(tmp_path_factory.mktemp("edits") / "a.fits", [])
    model = edited(path, edits, True)
    theirs, header = fitsio.read_header(str(path)), rustfits.read_header(path)
    for name, value in model.values.items():
        if " " in name and "'" in header.comment_of(name):
            continue  # fitsio takes a quote in the comment of a HIERARCH card for the end of a string
        if cfitsio_reads(value):
            got = theirs[name]
            assert (got.rstrip(" ") if isinstance(got, str) else got) == value, (name, value)
    assert fitsio.read(str(path), ext=1).tolist() == [0, 1, 2, 3, 4]


LINES = st.lists(st.text(PRINTABLE, max_size=80), max_size=40).map(
    lambda lines: [line for line in lines if line.strip() and not line.upper().startswith("END")]
)


@pytest.mark.filterwarnings("ignore:.*the comment does not fit:rustfits.FITSWarning")
@settings(deadline=None)
@given(LINES, SEQUENCES)
def test_cards_that_are_not_edited_keep_their_bytes(tmp_path_factory, lines, edits):
    # An '@' is in no keyword that is edited.
    lines = [("@" + line)[:80].ljust(80) for line in lines]
    path = make(tmp_path_factory.mktemp("edits") / "a.fits", lines)
    edited(path, edits, True)
    header = rustfits.read_header(path)
    assert header.cards[4 : 4 + len(lines)] == lines
    assert len(header.items()) == len(header.keys()) == len(header)
    for key, value in header.items():
        assert header[key] == value


@settings(deadline=None, max_examples=300)
@given(
    st.from_regex(
        r"[+-]?([0-9]{1,25}\.?[0-9]{0,25}|\.[0-9]{1,25})(E[+-]?[0-9]{1,3})?", fullmatch=True
    )
)
def test_numbers_are_read_as_python_reads_them(tmp_path_factory, number):
    path = make(tmp_path_factory.mktemp("numbers") / "a.fits", [f"A       = {number}"])
    try:
        expected: float | str = int(number)
    except ValueError:
        expected = float(number)
        if math.isinf(expected):
            expected = number
    assert same(rustfits.read_header(path)["A"], expected)


@settings(deadline=None, max_examples=300)
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(2.0**-24)
def test_reals_are_written_as_short_as_python_writes_them(tmp_path_factory, number):
    path = make(tmp_path_factory.mktemp("numbers") / "a.fits", [])
    with FITS(path, "r+") as fits:
        fits[0].header["A"] = number
    card = rustfits.read_header(path).cards[-1]
    written = card[10:].strip()
    assert same(float(written), number)

    def digits(text: str) -> str:
        return text.lower().split("e")[0].replace(".", "").strip("-0")

    assert digits(written) == digits(repr(number))
