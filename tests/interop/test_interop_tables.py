# SPDX-License-Identifier: BSD-3-Clause
"""Every TFORM × repeat × null × scale: read from bytes, beside numpy, astropy and fitsio; written back."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rustfits import FITS
from support.tables import raw_table, verify

STORED = {
    "L": "S1",
    "X": "u1",
    "B": "u1",
    "I": ">i2",
    "J": ">i4",
    "K": ">i8",
    "A": "S1",
    "E": ">f4",
    "D": ">f8",
    "C": ">c8",
    "M": ">c16",
}
ZEROS = {"B": (-128, "i1"), "I": (2**15, "u2"), "J": (2**31, "u4"), "K": (2**63, "u8")}
SETTINGS = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@st.composite
def fields(draw: st.DrawFn, descriptor: bool) -> dict[str, Any]:
    """A column: its letter, its cells as stored (of the same length, or lists), null and scale."""
    letter = draw(st.sampled_from([*STORED] if not descriptor else [*"LXBIJKAEDCM"]))
    rows = draw(st.integers(1, 20))
    repeat = draw(st.integers(0, 9))
    lengths = draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    cells = []
    for length in lengths if descriptor else [repeat] * rows:
        count = -(-length // 8) if letter == "X" else length
        if letter == "L":
            values = rng.choice([b"T", b"F"], count).astype("S1")
        elif letter == "A":
            values = rng.choice(list(b"ab Z~"), count).astype("u1").view("S1")
        elif letter in "EDCM":
            values = rng.normal(size=count) + (1j * rng.normal(size=count) if letter in "CM" else 0)
            values = values.astype(STORED[letter])
        else:
            info = np.iinfo(np.dtype(STORED[letter]))
            edges = [info.min, info.max, 0, 1, 7]
            values = rng.choice(edges, count).astype(STORED[letter])
            if letter == "X" and length % 8 and count:  # the bits behind the last are zero
                values[-1] &= 0xFF << (8 - length % 8) & 0xFF
        cells.append(values)
    scale = draw(st.sampled_from([None, None, (0.5, 10.0), (1.0, -3.0), (-2.0, 0.0), "offset"]))
    if letter in "LXACM" or (scale == "offset" and letter not in ZEROS):
        scale = None
    null = draw(st.sampled_from([None, 7, 0])) if letter in "BIJK" else None
    return {
        "letter": letter,
        "cells": cells,
        "lengths": lengths,
        "repeat": repeat,
        "scale": scale,
        "null": null,
    }


def cards_of(field: dict[str, Any], form: str) -> dict[str, Any]:
    cards: dict[str, Any] = {"TTYPE2": "x", "TFORM2": form}
    if field["scale"] == "offset":
        cards["TZERO2"] = ZEROS[field["letter"]][0]
    elif field["scale"] is not None:
        cards["TSCAL2"], cards["TZERO2"] = field["scale"]
    if field["null"] is not None:
        cards["TNULL2"] = field["null"]
    return cards


def meaning(field: dict[str, Any], stored: np.ndarray, length: int) -> np.ndarray:
    """Return the elements of a cell that numpy computes by the rules of FITS 7.3."""
    letter, scale = field["letter"], field["scale"]
    if letter == "L":
        return stored == b"T"
    if letter == "X":
        return np.unpackbits(stored)[:length].astype(bool)
    if scale == "offset":
        zero, dtype = ZEROS[letter]
        return np.array([int(value) + zero for value in stored.tolist()], dtype)
    if scale is not None:
        return stored.astype("f8") * scale[0] + scale[1]
    return stored.astype(stored.dtype.newbyteorder("="))


def text(stored: np.ndarray) -> str:
    return stored.tobytes().decode("ascii").rstrip(" ")


def write_fixed(path: Path, field: dict[str, Any]) -> None:
    rows = [b"\0\1" + cell.tobytes() + b"\0\2" for cell in field["cells"]]
    form = f"{field['repeat']}{field['letter']}"
    cards = {"TTYPE1": "a", "TFORM1": "I", **cards_of(field, form), "TTYPE3": "b", "TFORM3": "I"}
    raw_table(path, cards, rows)


def check_fixed(path: Path, field: dict[str, Any]) -> None:
    with FITS(path) as fits:
        got = fits[1].read()
        masked = fits[1]["x"].read(mask_null=True)
        alone = fits[1]["x"][...]
        raw = fits[1].read(scale=False)["x"]
    assert got["a"].tolist() == [1] * len(got)
    assert got["b"].tolist() == [2] * len(got)
    if field["repeat"]:  # numpy has no strings of no length in an array of its own
        assert alone.dtype == got["x"].dtype
    np.testing.assert_array_equal(alone, got["x"])
    if field["letter"] == "A":
        assert got["x"].tolist() == [text(cell) for cell in field["cells"]]
        return
    for row, cell in enumerate(field["cells"]):
        expected = meaning(field, cell, field["repeat"])
        assert got["x"].dtype == expected.dtype
        np.testing.assert_array_equal(np.ravel(got["x"][row]), expected)
        if field["letter"] in STORED and field["letter"] not in "LX":
            np.testing.assert_array_equal(np.ravel(raw[row]), cell)
        if field["null"] is not None:
            np.testing.assert_array_equal(
                np.ravel(np.ma.getmaskarray(masked[row])), cell == field["null"]
            )


@SETTINGS
@given(field=fields(descriptor=False))
def test_fixed_fields(tmp_path: Path, field: dict[str, Any]) -> None:
    path = tmp_path / "t.fits"
    write_fixed(path, field)
    check_fixed(path, field)
    with FITS(path) as fits:
        ours = fits[1]["x"][...]
    letter, repeat = field["letter"], field["repeat"]
    if repeat == 0:
        return
    is_offset = field["scale"] == "offset"
    # fitsio has no bits as such, takes scaled integers in whole rows for the bits of reals, and 64
    # bits with TZERO as well; signed bytes it does not know.
    if letter != "X" and (field["scale"] is None or (is_offset and letter in "IJ")):
        theirs = fitsio.read(path, ext=1)["x"]
        if letter == "A":
            theirs = np.char.rstrip(theirs)
        np.testing.assert_array_equal(ours.reshape(theirs.shape), theirs)
    # For scaled columns test_table_properties.py asks astropy, as far as it can.
    if field["scale"] is None and field["null"] is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with astropy_fits.open(path, memmap=False) as hdus:
                theirs = np.asarray(hdus[1].data["x"])
        if letter == "A":
            theirs = np.char.rstrip(theirs)
        np.testing.assert_array_equal(ours.reshape(theirs.shape), theirs)


@SETTINGS
@given(field=fields(descriptor=False))
def test_what_was_read_is_written_back_to_the_byte(tmp_path: Path, field: dict[str, Any]) -> None:
    path = tmp_path / "t.fits"
    if field["letter"] == "K" and field["scale"] not in (None, "offset"):
        return  # the double nearest to the greatest value is beyond it
    write_fixed(path, field)
    before = path.read_bytes()
    # Only short integers survive a scale to the last digit.
    exact = field["letter"] in "BIJ" or field["scale"] in (None, "offset")
    with FITS(path, "r+") as fits:
        cells = fits[1]["x"].read(mask_null=field["null"] is not None)
        if field["null"] is None:
            fits[1][...] = fits[1].read()
        fits[1]["x"][...] = cells
        np.testing.assert_array_equal(fits[1]["x"].read(mask_null=True), cells)
    if not exact:
        return
    after = path.read_bytes()
    if field["letter"] == "A":  # blanks at the end become NUL
        after, before = after.replace(b"\0", b" "), before.replace(b"\0", b" ")
    assert after == before
    verify(path)


@SETTINGS
@given(field=fields(descriptor=True), form=st.sampled_from("PQ"))
def test_fields_in_the_heap(tmp_path: Path, field: dict[str, Any], form: str) -> None:
    path = tmp_path / "t.fits"
    heap, rows = b"", []
    dtype = ">i4" if form == "P" else ">i8"
    for cell, length in zip(field["cells"], field["lengths"], strict=True):
        rows.append(b"\0\1" + np.array([length, len(heap)], dtype).tobytes())
        heap += cell.tobytes()
    cards = {"TTYPE1": "a", "TFORM1": "I"}
    raw_table(path, {**cards, **cards_of(field, f"1{form}{field['letter']}(9)")}, rows, heap)
    for _ in range(2):
        with FITS(path, "r+") as fits:
            got = fits[1]["x"].read()
            masked = fits[1]["x"].read(mask_null=True)
            if field["letter"] == "A":
                assert got.tolist() == [text(cell) for cell in field["cells"]]
            else:
                for row, (cell, length) in enumerate(
                    zip(field["cells"], field["lengths"], strict=True)
                ):
                    expected = meaning(field, cell, length)
                    assert got[row].dtype == expected.dtype
                    np.testing.assert_array_equal(got[row], expected)
                    if field["null"] is not None:
                        np.testing.assert_array_equal(
                            np.ma.getmaskarray(masked[row]), cell == field["null"]
                        )
            if field["letter"] == "K" and field["scale"] not in (None, "offset"):
                break
            fits[1]["x"][...] = masked if field["null"] is not None else got
            fits[1].repack()
    verify(path)
    if field["scale"] is None and field["letter"] not in "XA":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with astropy_fits.open(path, memmap=False) as hdus:
                for theirs, mine in zip(hdus[1].data["x"], got, strict=True):
                    np.testing.assert_array_equal(np.asarray(theirs), mine)


@pytest.mark.parametrize("letter", [*STORED])
@pytest.mark.parametrize("repeat", [0, 1, 3])
def test_every_form_is_written_as_others_read_it(tmp_path: Path, letter: str, repeat: int) -> None:
    """Made by us; the header is what astropy and fitsverify take it for."""
    path = tmp_path / "t.fits"
    rng = np.random.default_rng(repeat)
    bits: Any = ()
    if letter in "LX":
        data: Any = rng.random((4, repeat)) < 0.5
        bits = ["x"] if letter == "X" else ()
    elif letter == "A":
        data = np.array(["abc"[:repeat]] * 4, f"U{repeat}") if repeat else np.array([""] * 4)
    else:
        data = rng.integers(0, 100, (4, repeat)).astype(STORED[letter])
    with FITS(path, "w+") as fits:
        hdu = fits.write_table({"a": np.arange(4), "x": data}, bit_columns=bits)
        assert hdu.header["TFORM2"].strip()[-1] == letter
        got = hdu["x"][...]
    verify(path)
    np.testing.assert_array_equal(got, data)
    if repeat == 0:
        return
    with astropy_fits.open(path) as hdus:
        theirs = np.asarray(hdus[1].data["x"])
        np.testing.assert_array_equal(theirs.reshape(data.shape), data)
