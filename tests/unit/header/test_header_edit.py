# SPDX-License-Identifier: BSD-3-Clause
"""Live views of headers, edits of many cards at once, and updates from other headers."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
    FITSHeader,
    FITSHeaderEdit,
    FITSKeyError,
    FITSReadOnlyError,
    FITSValueError,
)
from rustfits._core.header import cards
from support.files import astropy_header, raw_file

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
        second = FITSHeader._live(fits[0]._file, 0)
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
