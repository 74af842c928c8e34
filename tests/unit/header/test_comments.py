# SPDX-License-Identifier: BSD-3-Clause
"""Comments that do not fit: carried on by CONTINUE cards behind strings, cut with a warning elsewhere."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSWarning
from rustfits import fitsio as layer

NOTE = (
    "a remark that is longer than what is left of a card and has its point at the end: DO NOT USE"
)
STRINGS = {"SHORT": "abc", "FULL": "x" * 68, "NEARLY": "x" * 60, "LONG": "y" * 200, "EMPTY": ""}
OTHERS = {"INT": 5, "REAL": 1.5, "BOOL": True, "NONE": None, "BIG": 10**60, "COMPLEX": 1 + 2j}


def told(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    assert all(one.category is FITSWarning and one.filename == __file__ for one in caught)
    return [str(one.message) for one in caught]


def by_writing(path, items):
    rustfits.write(path, np.zeros(2), header=items)


def by_tuples(path, items):
    rustfits.write(path, np.zeros(2), header=[(k, v, c) for k, (v, c) in items.items()])


def by_layer(path, items):
    records = [{"name": k, "value": v, "comment": c} for k, (v, c) in items.items()]
    layer.write(path, np.zeros(2), header=records, clobber=True)


def by_setting(path, items):
    rustfits.write(path, np.zeros(2))
    with FITS(path, "r+") as fits:
        for key, pair in items.items():
            fits[0].header[key] = pair


def by_comment(path, items):
    rustfits.write(path, np.zeros(2), header={k: (v, "c") for k, (v, _) in items.items()})
    with FITS(path, "r+") as fits:
        for key, (_, comment) in items.items():
            fits[0].header.set_comment(key, comment)


def by_edit(path, items):
    rustfits.write(path, np.zeros(2))
    with FITS(path, "r+") as fits, fits[0].header.edit() as header:
        header.update(items)


def by_value(path, items):
    """A value that leaves no room for the comment that is there."""
    note = {k: (0 if k in OTHERS else "s", c[:45]) for k, (_, c) in items.items()}
    rustfits.write(path, np.zeros(2), header=note)
    with FITS(path, "r+") as fits:
        for key, (value, _) in items.items():
            fits[0].header[key] = value


WAYS = [by_writing, by_tuples, by_layer, by_setting, by_comment, by_edit]


@pytest.mark.parametrize("way", WAYS)
def test_behind_strings_nothing_is_cut(tmp_path, way):
    path = tmp_path / "c.fits"
    items = {key: (value, NOTE) for key, value in STRINGS.items()}
    assert told(lambda: way(path, items)) == []
    header = rustfits.read_header(path)
    for key, value in STRINGS.items():
        assert header[key] == value
        assert header.comment_of(key) == NOTE
    with astropy_fits.open(path) as peer:
        for key, value in STRINGS.items():
            assert peer[0].header[key] == value
            assert peer[0].header.comments[key].split() == NOTE.split()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", OTHERS)
def test_behind_other_values_a_warning_says_so(tmp_path, way, key):
    path = tmp_path / "c.fits"
    (message,) = told(lambda: way(path, {key: (OTHERS[key], NOTE)}))
    assert f"keyword {key}: the comment does not fit" in message
    header = rustfits.read_header(path)
    assert header[key] == OTHERS[key]
    assert NOTE.startswith(header.comment_of(key))


@pytest.mark.parametrize("key", [*STRINGS, "BIG"])
def test_a_comment_that_is_kept(tmp_path, key):
    path = tmp_path / "c.fits"
    value = STRINGS.get(key, OTHERS.get(key))
    messages = told(lambda: by_value(path, {key: (value, NOTE)}))
    header = rustfits.read_header(path)
    assert header[key] == value
    if key == "BIG":
        assert len(messages) == 1
    else:
        assert messages == []
        assert header.comment_of(key) == NOTE[:45].strip()


def test_comments_that_fit_and_names_of_one_card(tmp_path):
    path = tmp_path / "c.fits"
    assert told(lambda: by_writing(path, {"A": ("abc", NOTE[:47]), "B": (5, NOTE[:47])})) == []
    header = rustfits.read_header(path)
    assert len(header.cards) == len(header)  # no CONTINUE
    with FITS(path, "r+") as fits:
        fits.write_image(np.zeros(2), extname="x" * 60)
        (message,) = told(lambda: fits[1].header.set_comment("EXTNAME", NOTE))
        assert "keyword EXTNAME" in message
        assert fits["x" * 60].index == 1


def test_record_valued_strings_of_astropy_stay_strings(tmp_path):
    path = tmp_path / "r.fits"
    texts = ["DP1     = 'NAXES: 2'", "DP1     = 'AXIS.1: 1'", "DP1     = 'AXIS.2: 2'"]
    paper = astropy_fits.Header.fromstring("".join(text.ljust(80) for text in texts))
    rustfits.write(path, np.zeros(2), header=paper)
    assert [card.rstrip() for card in rustfits.read_header(path).cards[-3:]] == texts
    for write in (
        lambda header: rustfits.write(path, np.zeros(2), header=header),
        lambda header: layer.write(path, np.zeros(2), header=header, clobber=True),
        lambda header: (rustfits.write(path, np.zeros(2)), update(path, header)),
    ):
        write(astropy_fits.Header({"FOO": "Bar: 0.0", "A": 1}))
        found = rustfits.read_header(path)
        assert (found["FOO"], found["A"]) == ("Bar: 0.0", 1)
        assert not any("HIERARCH" in card for card in found.cards)


def update(path, header):
    with FITS(path, "r+") as fits:
        fits[0].header.update(header)
