# SPDX-License-Identifier: BSD-3-Clause
"""Real files from many observatories, judged by what three other libraries read from them.

RUSTFITS_CORPUS names a folder with ``manifest.jsonl`` and ``fits/``. A line of the manifest has the name of
a file and, for each library, what it read: per HDU the kind, shape, dtype and three hashes of the image
(``sha`` of its native bytes, ``vsha`` of its values whatever their type, ``v32`` of its values rounded to
float32) and one of the header (``hsha``); of a table the name and the beginning of these hashes for each
column (``cols``). What at least two libraries agree on is the reference; random groups are read by one only.
"""

from __future__ import annotations

import collections
import hashlib
import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS

FOLDER = Path(os.environ["RUSTFITS_CORPUS"])
ENTRIES = [
    json.loads(line)
    for line in (FOLDER / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
]

#: Files that we do not open, part of the name to the reason. All others that two libraries open must open.
NOT_OPENED: dict[str, str] = {}

#: Images that we read in another way than the reference: (part of the name, HDU) to the reason.
OTHER_IMAGES: dict[tuple[str, int], str] = {}

#: Columns that we read in another way than the reference: (part of the name, HDU) to the reason.
OTHER_COLUMNS: dict[tuple[str, int], str] = {
    ("astrometry.net-bintable.tfits", 1): "a column of TFORM 0J has no elements",
}

#: Headers that we read in another way than the reference: (part of the name, HDU) to the reason.
OTHER_HEADERS: dict[tuple[str, int], str] = {}


#: What is warned about: part of the name to words of each warning. All others are read in silence.
WARNINGS: dict[str, list[str]] = {
    "fitsrs-Npix": ["BLANK has no integer value", "the last block of this data unit lacks 2752"],
    "hips-Npix": ["BLANK has no integer value", "the last block of this data unit lacks 2752"],
    "stingray-lcurveA.fits": ["from byte 37440 of the file on"],  # text of an FTP log
    "libvips-WFPC2u5780205r_c0fx.fits": ["from byte 665280 of the file on"],  # more text
    "stingray-nomission.evt": ["from byte 23040 of the file on"],
    "your-empty.fits": ["from byte 14400 of the file on"],
    "funtools-ntest.ev": ["from byte 17280 of the file on"],
    "Pillow-hopper_naxis_zero.fits": ["NAXIS1 beside NAXIS = 0", "from byte 2880 of the file on"],
    "specutils-spline.fits": ["the last block of this data unit lacks 10"],
    "specutils-Combined.fits": ["the last block of this data unit lacks 10"],
    "sunpy-na120701": ["the file is cut short"],
    "sunpy-medn_halph_fl": ["the file is cut short"],
    "sunpy-mq130812": ["the file is cut short"],
    "pyspeckit-10074-190_HCOp.fits": ["expected blanks after END, found byte 0x00"],
}


def reason(table: dict[Any, str], name: str, index: int | None = None) -> str | None:
    for key, text in table.items():
        part, number = key if isinstance(key, tuple) else (key, None)
        if part in name and number == index:
            return text
    return None


def open_generously(path: Path) -> FITS:
    """Open, with ``lenient=True`` where the error asks for it, now or at a later header."""
    try:
        fits = FITS(path)
        len(fits)
    except rustfits.FITSFormatError as refused:
        if "lenient" not in str(refused):
            raise
        return FITS(path, lenient=True)
    return fits


def readable(fits: FITS) -> list[rustfits.HDU]:
    """The HDUs before the first that cannot be read."""
    hdus = []
    try:
        for hdu in fits:
            hdus.append(hdu)
    except rustfits.FITSFormatError as broken:
        assert fits.filename in str(broken)
    return hdus


def hashes(array: np.ndarray) -> dict[str, str]:
    """The three hashes of an image."""
    flat = np.ascontiguousarray(array).ravel()
    value, narrow = hashlib.sha256(), hashlib.sha256()
    for start in range(0, flat.size, 1 << 20):  # the libraries were hashed in these pieces
        piece = flat[start : start + (1 << 20)]
        wide, thin = canonical(piece)
        value.update(wide)
        narrow.update(thin)
    return {
        "sha": hashlib.sha256(flat.tobytes()).hexdigest(),
        "vsha": value.hexdigest(),
        "v32": narrow.hexdigest(),
    }


def canonical(piece: np.ndarray) -> tuple[bytes, bytes]:
    """Return the bytes of the values twice: as int64 if all are integers, else as float64 and as float32."""
    if piece.dtype.kind in "biu":
        integers = piece if piece.dtype == np.uint64 else piece.astype(np.int64)
        return (integers.tobytes(),) * 2
    with np.errstate(invalid="ignore"):  # signalling NaN
        reals = piece.astype(np.float64)
    if np.isfinite(reals).all() and (np.abs(reals) < 2.0**53).all():
        integers = np.rint(reals)
        if (integers == reals).all():
            return (integers.astype(np.int64).tobytes(),) * 2
    with np.errstate(all="ignore"):
        reals = reals + 0.0
        reals[np.isnan(reals)] = np.nan
        thin = reals.astype(np.float32)
    thin[np.isnan(thin)] = np.nan
    return reals.tobytes(), thin.tobytes()


def plain(value: Any) -> Any:
    """A header value as the manifest's hashes have it."""
    if isinstance(value, float):
        return int(value) if abs(value) < 1e15 and value == int(value) else repr(value)
    if isinstance(value, complex):
        return repr(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value).rstrip()


def header_hash(header: rustfits.FITSHeader) -> str:
    pairs = [
        (key.strip().upper(), plain(value))
        for key, value in header.items()
        if key.strip().upper() not in ("COMMENT", "HISTORY", "", "CONTINUE", "END")
    ]
    pairs.sort(key=lambda pair: (pair[0], str(pair[1])))
    return hashlib.sha256(json.dumps(pairs, ensure_ascii=True).encode()).hexdigest()[:16]


def peers(entry: dict[str, Any], index: int) -> list[dict[str, Any]]:
    """Return the facts of an HDU from each library that reached it."""
    return [
        reading["hdus"][index]
        for reading in entry["peers"].values()
        if index < len(reading.get("hdus", ()))
    ]


def agreed(readings: list[dict[str, Any]], fact: str) -> Any:
    """Return the value on which at least two libraries agree, else None."""
    votes = collections.Counter(r[fact] for r in readings if r.get(fact) is not None)
    value, count = votes.most_common(1)[0] if votes else (None, 0)
    return value if count >= 2 else None


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["name"] for entry in ENTRIES])
def test_file(entry):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.simplefilter("always", rustfits.FITSWarning)
        judge_file(entry)
    expected = next((words for part, words in WARNINGS.items() if part in entry["name"]), [])
    assert all(any(words in str(one.message) for one in caught) for words in expected), caught
    assert len(caught) == len(expected), [str(one.message) for one in caught]
    assert all(entry["name"] in str(one.message) for one in caught)
    assert all(one.filename == __file__ for one in caught)


def judge_file(entry):
    name = entry["name"]
    path = FOLDER / "fits" / name
    opened = sum(bool(reading.get("opened")) for reading in entry["peers"].values())
    try:
        fits = open_generously(path)
    except rustfits.FITSError as refused:
        assert isinstance(refused, OSError)
        assert str(path) in str(refused)
        assert opened < 2 or reason(NOT_OPENED, name), refused
        return
    assert reason(NOT_OPENED, name) is None
    with fits:
        hdus = readable(fits)
        repr(fits)
        assert len(fits.to_bytes()) >= 2880
        # Of files that break off, the libraries show different numbers of HDUs.
        shown = [len(r["hdus"]) for r in entry["peers"].values() if r.get("opened")]
        if len(shown) >= 2:
            assert len(hdus) in range(min(shown), max(shown) + 1)
        for hdu in hdus:
            judge_header(entry, hdu)
            if isinstance(hdu, rustfits.ImageHDU):
                judge_image(entry, hdu)
            elif isinstance(hdu, (rustfits.TableHDU, rustfits.AsciiTableHDU, rustfits.GroupsHDU)):
                judge_table(entry, hdu)


def judge_header(entry: dict[str, Any], hdu: rustfits.HDU) -> None:
    readings = peers(entry, hdu.index)
    # The libraries show other headers of compressed images, by design.
    if any(r.get("comp") for r in readings) or hdu.kind.startswith("compressed"):
        stored = getattr(hdu, "raw_header", hdu.header)
        assert stored["TFIELDS"] >= 1
        if isinstance(hdu, rustfits.CompressedImageHDU):
            assert hdu.header["NAXIS"] == stored["ZNAXIS"] == hdu.ndim
            assert "ZCMPTYPE" not in hdu.header
            assert hdu.n_tiles == stored["NAXIS2"]
        return
    expected = agreed(readings, "hsha")
    if expected is None:
        list(hdu.header.items())
        return
    same = header_hash(hdu.header) == expected
    assert same != bool(reason(OTHER_HEADERS, entry["name"], hdu.index)), hdu.index


def judge_image(entry: dict[str, Any], hdu: rustfits.ImageHDU) -> None:
    readings = [r for r in peers(entry, hdu.index) if r.get("kind") in ("image", "empty")]
    why = reason(OTHER_IMAGES, entry["name"], hdu.index)
    if not hdu.has_data:
        assert all(r["kind"] == "empty" or not r.get("nbytes") for r in readings) or why
        return
    try:
        array = hdu.read()
    except rustfits.FITSTruncatedError:
        # Reading past the end of a file is an error; no two libraries can agree on what is not there.
        assert agreed(readings, "v32") is None or why
        return
    ours = hashes(array)
    expected = agreed(readings, "v32")
    if expected is None:
        return
    assert (ours["v32"] == expected) != bool(why), hdu.index
    exact = [r for r in readings if r.get("sha") and r["dtype"] == array.dtype.name]
    if not why and agreed(exact, "sha"):
        assert ours["sha"] == agreed(exact, "sha")
        assert list(array.shape) == exact[0]["shape"]


def feed(digest: Any, array: np.ndarray, variable: bool = False) -> None:
    """Add the values of a column, or of a cell of variable length, as the manifest's hashes have them."""
    if array.dtype.kind == "O":
        for cell in array:
            feed(digest, np.asarray([cell] if isinstance(cell, (str, bytes)) else cell), True)
    elif array.dtype.kind == "U":
        texts = [text.encode("latin-1").rstrip(b" \0") for text in array.ravel().tolist()]
        if any(texts) or not variable:
            digest.update(b"".join(b"%d:" % len(text) + text for text in texts))
    else:
        flat = np.ascontiguousarray(array).ravel()
        if flat.dtype.kind == "c":
            flat = flat.view(flat.real.dtype)
        for start in range(0, flat.size, 1 << 20):
            digest.update(canonical(flat[start : start + (1 << 20)])[1])


def judge_table(entry: dict[str, Any], hdu: Any) -> None:
    readings = [r["cols"] for r in peers(entry, hdu.index) if r.get("cols")]
    needed = 1 if isinstance(hdu, rustfits.GroupsHDU) else 2
    if isinstance(hdu, rustfits.CompressedTableHDU):
        # Two libraries show the bytes of the tiles; the third, and the file that was compressed, the values.
        readings = [r["cols"] for r in peers(entry, hdu.index) if r.get("cols") and r.get("comp")]
        needed = 1
        if "truth" in entry:
            plain = next(other for other in ENTRIES if other["name"] == entry["truth"]["name"])
            index = hdu.index + entry["truth"]["shift"]
            readings += [r["cols"] for r in peers(plain, index) if r.get("cols")]
            needed = len(readings)
            assert needed >= 3
        else:  # columns without a name are COL1 there, col1 here
            readings = [[[cell[0].lower(), *cell[1:]] for cell in cols] for cols in readings]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rustfits.FITSWarning)
        try:
            columns = hdu.read(as_dict=True)
        except rustfits.FITSError:
            assert len(readings) < needed
            return
    different = []
    for number, (name, column) in enumerate(columns.items()):
        names = collections.Counter(r[number][0] for r in readings if number < len(r))
        hashed = collections.Counter(r[number][4] for r in readings if number < len(r))
        digest = hashlib.sha256()
        feed(digest, column)
        for votes, ours in ((names, name), (hashed, digest.hexdigest()[:12])):
            winner, count = votes.most_common(1)[0] if votes else (ours, 0)
            if count >= needed and winner != ours:
                different.append((number, name))
    assert bool(different) == bool(reason(OTHER_COLUMNS, entry["name"], hdu.index)), different
