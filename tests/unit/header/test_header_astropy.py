# SPDX-License-Identifier: BSD-3-Clause
"""Headers without a file, as text, as objects of astropy, and as what Python's tools take."""

from __future__ import annotations

import copy
import pickle
import time
import warnings
from collections.abc import MutableMapping

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.fits.verify import VerifyWarning
from astropy.wcs import WCS

import rustfits
from rustfits import FITSHeader
from rustfits import fitsio as layer

LONG = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut"
)
CARDS = [
    ("CTYPE1", "RA---TAN", "what"),
    ("CTYPE2", "DEC--TAN"),
    ("CRVAL1", 10.5),
    ("CRVAL2", -3.25),
    ("CRPIX1", 2.0),
    ("CRPIX2", 1.0),
    ("CDELT1", -0.1),
    ("CDELT2", 0.1),
    ("LONGS", LONG, "why"),
    ("a long name", 3, "of HIERARCH"),
    ("UNDEF", None),
    ("YES", True),
    ("HISTORY", "flat-fielded"),
    ("HISTORY", "x" * 100),
    ("COMMENT", "seen"),
    ("", "blank"),
]


@pytest.fixture
def path(tmp_path):
    name = str(tmp_path / "wcs.fits")
    rustfits.write(name, np.zeros((4, 5)), header=CARDS)
    return name


def astropy_header(name):
    with fits.open(name) as hdus:
        return hdus[0].header.copy()


def test_to_astropy_has_every_card(path):
    made, other = rustfits.read_header(path).to_astropy(), astropy_header(path)
    assert made.tostring() == other.tostring()
    assert made["LONGS"] == LONG and made.comments["LONGS"] == "why"
    assert made["a long name"] == 3 and made["UNDEF"] is None
    assert list(made["HISTORY"]) == ["flat-fielded", "x" * 72, "x" * 28]


def test_header_of_astropy_is_copied_byte_for_byte(path):
    other = astropy_header(path)
    made = FITSHeader(other)
    assert made.tostring() == other.tostring()
    assert made == rustfits.read_header(path)
    assert FITSHeader(made.to_astropy()) == made
    new = fits.Header([("A", 1.0, "one"), ("B", LONG), ("HIERARCH b c", 3), ("HISTORY", "h")])
    assert FITSHeader(new).to_astropy().tostring() == new.tostring()


@pytest.mark.parametrize("kind", ["list", "dict", "astropy", "cards", "texts", "header"])
def test_sources_of_a_header_without_a_file(path, tmp_path, kind):
    given = {
        "list": [("A", 1, "one"), ("B", "x"), ("HISTORY", "h")],
        "dict": {"A": (1, "one"), "B": "x", "HISTORY": "h"},
        "astropy": fits.Header([("A", 1, "one"), ("B", "x"), ("HISTORY", "h")]),
        "cards": [fits.Card("A", 1, "one"), fits.Card("B", "x"), fits.Card("HISTORY", "h")],
        "texts": ["A       =                    1 / one", "B       = 'x'", "HISTORY h"],
    }
    given["header"] = FITSHeader(given["list"])
    made = FITSHeader(given[kind])
    assert made.to_dict() == {
        "A": {"value": 1, "comment": "one"},
        "B": {"value": "x", "comment": ""},
        "HISTORY": ["h"],
    }
    rustfits.write(tmp_path / "new.fits", np.zeros(3), header=given[kind])
    read = astropy_header(tmp_path / "new.fits")
    assert (read["A"], read.comments["A"], read["B"], list(read["HISTORY"])) == (
        1,
        "one",
        "x",
        ["h"],
    )


def test_text_and_back(path):
    header = rustfits.read_header(path)
    text = header.tostring()
    assert len(text) % 2880 == 0 and text == astropy_header(path).tostring()
    forms = [text, text.encode(), header.tostring(sep="\n"), header.tostring(sep="\r\n")]
    forms += ["\n".join(card.rstrip() for card in header.cards) + "\n", str(header)]
    forms += [header.tostring(endcard=False, padding=False), header.tostring(padding=False)]
    for form in forms:
        assert FITSHeader.fromstring(form).tostring() == text
    with pytest.raises(rustfits.FITSValueError):
        FITSHeader.fromstring("A       = 1\n" + "B" * 82)
    with pytest.raises(rustfits.FITSValueError):
        FITSHeader.fromstring("A       = '\u4e00'")
    assert len(FITSHeader.fromstring("")) == 0


def test_text_keeps_blank_cards_and_odd_bytes():
    cards = b"A       = 'caf\xe9\x01'".ljust(80) + b"\n".ljust(80) + b" " * 80 * 34
    made = FITSHeader.fromstring(cards + b"END".ljust(80))
    assert made.tostring(endcard=False, padding=False).encode("latin-1") == cards
    assert FITSHeader.fromstring(made.tostring()).tostring() == made.tostring()


def test_headers_without_a_file_change_in_memory(path):
    live = rustfits.FITS(path)[0].header
    for made in (
        live.copy(),
        copy.copy(live),
        copy.deepcopy(live),
        pickle.loads(pickle.dumps(live)),
    ):
        assert type(made) is FITSHeader and made == live
        made["NEW"] = 1, "c"
        del made["YES"]
        with made.edit() as edit:
            edit["MORE"] = 2
        assert (made["NEW"], made["MORE"], "YES" in made) == (1, 2, False)
        with pytest.raises(rustfits.FITSValueError):
            made["NAXIS"] = 7
        with pytest.raises(KeyError, match="header"):
            del made["NOPE"]
        assert "NEW" not in live


def test_header_is_a_mutable_mapping(path):
    with rustfits.FITS(path, "r+") as file:
        header = file[0].header
        assert isinstance(header, MutableMapping)
        assert header.pop("YES") is True and header.pop("YES", 5) == 5
        assert header.setdefault("NEW", 3) == 3 and header.setdefault("NEW", 4) == 3
        assert dict(header)["CRVAL1"] == 10.5 and {**header}["NEW"] == 3
        header.clear()
        assert all(rustfits.is_protected_key(key) for key in header)
    assert astropy_header(path)["NAXIS"] == 2


@pytest.mark.parametrize("module", [rustfits, layer])
def test_wcs_takes_headers_with_history(path, module):
    if module is layer:  # whose name of blank cards is None, as in fitsio
        rustfits.set_keys(path, delete=[""])
    header = module.read_header(path)
    other = WCS(astropy_header(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", VerifyWarning)  # of astropy: it makes a HIERARCH card
        made = WCS(header)
    assert made.wcs.compare(other.wcs)
    assert made.pixel_to_world_values(3, 2) == other.pixel_to_world_values(3, 2)


def test_a_new_header_of_many_cards_takes_linear_time():
    start = time.perf_counter()
    made = FITSHeader()
    for number in range(30_000):
        made[f"K{number}"] = number
    assert len(FITSHeader.fromstring(made.tostring())) == 30_000
    assert time.perf_counter() - start < 30
