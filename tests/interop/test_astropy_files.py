# SPDX-License-Identifier: BSD-3-Clause
"""The FITS files that the astropy wheel carries are real files: all open, all images and tables are equal."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import astropy
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

ROOT = Path(astropy.__file__).parent
FILES = sorted(path for path in ROOT.rglob("*.fit*") if path.is_file() and path.suffix != ".py")

#: Files that do not open, with the reason; every other one must.
NO_FILES = {
    "modeling/tests/data/idcompspec.fits": "a text file of IRAF",
}

#: Keywords that astropy shows in another way than they are in the file, with the reason.
OTHER_KEYWORDS = {
    "io/fits/tests/data/invalid/group_invalid.fits": (
        {"NAXIS", "NAXIS1"},
        "GROUPS = T without axes: astropy adds an axis of length 0",
    ),
    "wcs/tests/data/dss.14.29.56-62.41.05.fits.gz": (
        {"SKEW"},
        "two numbers as one value, which astropy cannot parse; we give the characters",
    ),
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_are_many():
    assert len(FILES) >= 30
    assert {*NO_FILES, *OTHER_KEYWORDS} <= {name(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=name)
def test_headers_images_and_tables_are_what_astropy_reads(path, tmp_path):
    if name(path) in NO_FILES:
        with pytest.raises(OSError, match=path.name):
            FITS(path)
        return
    theirs = path
    if path.suffix == ".Z":  # astropy reads it with a package of its own; gzip decompresses it
        theirs = tmp_path / path.stem
        theirs.write_bytes(
            subprocess.run(["gzip", "-dc", path], stdout=subprocess.PIPE, check=True).stdout
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy's remarks about its own files
        with (
            FITS(path) as fits,
            astropy_fits.open(
                theirs, memmap=False, disable_image_compression=True, uint=True
            ) as other,
            astropy_fits.open(theirs, memmap=False, uint=True) as decompressed,
        ):
            assert len(fits) == len(other)
            repr(fits)
            for ours, hdu in zip(fits, other, strict=True):
                stored = getattr(ours, "raw_header", ours.header)
                compare_header(stored, hdu.header, OTHER_KEYWORDS.get(name(path), (set(),))[0])
                if isinstance(ours, rustfits.CompressedImageHDU):
                    compare_image(ours, decompressed[ours.index])
                elif isinstance(ours, rustfits.ImageHDU):
                    compare_image(ours, hdu)
                elif isinstance(ours, (rustfits.TableHDU, rustfits.AsciiTableHDU)):
                    compare_table(ours, hdu)


def compare_header(
    ours: rustfits.FITSHeader, theirs: astropy_fits.Header, different: set[str]
) -> None:
    cards: dict[str, astropy_fits.Card] = {}
    for card in theirs.cards:
        if card.keyword not in ("COMMENT", "HISTORY", "", "CONTINUE"):
            # A record-valued card (DP1 = 'EXTVER: 1') is a string to everyone but astropy.
            cards.setdefault(card.rawkeyword, card)
    for key, card in cards.items():
        if key in different:
            continue
        expected = card.rawvalue
        got = ours[key]
        if isinstance(expected, astropy_fits.card.Undefined):
            assert got is None
        elif isinstance(expected, str):
            assert isinstance(got, str)
            assert got.rstrip() == expected.rstrip()
        else:
            assert got == expected
            assert isinstance(got, bool) == isinstance(expected, bool)


def compare_image(ours: rustfits.ImageHDU, theirs: astropy_fits.ImageHDU) -> None:
    expected = theirs.data
    if expected is None or ours.header.get("SIMPLE") is False:
        # Of a file that says SIMPLE = F, astropy gives whatever follows the header as bytes.
        assert not ours.has_data
        return
    got = ours.read()
    assert got.shape == expected.shape
    expected = np.asarray(expected)
    if "BLANK" in ours.header and got.dtype.kind != "f":
        # astropy turns BLANK pixels into NaN. The library returns the stored value unless the caller passes `mask_blank`.
        masked = ours.read(mask_blank=True)
        np.testing.assert_array_equal(np.isnan(expected), masked.mask)
        np.testing.assert_array_equal(got[~masked.mask], expected[~masked.mask])
    elif got.dtype == expected.dtype.newbyteorder("="):
        assert got.tobytes() == expected.astype(got.dtype).tobytes()
    else:
        # astropy scales images of up to 16 bits to float32, we to float64.
        assert (got.dtype, expected.dtype.newbyteorder("=")) == (np.dtype("f8"), np.dtype("f4"))
        np.testing.assert_allclose(got, expected, rtol=1e-6)


def compare_table(
    ours: rustfits.TableHDU | rustfits.AsciiTableHDU, theirs: astropy_fits.BinTableHDU
) -> None:
    names = theirs.columns.names
    assert len(names) == ours.ncols
    assert len(theirs.data) == ours.nrows
    data = ours.read()
    assert [name.lower() for name in data.dtype.names] == [name.lower() for name in names]
    for number, name in enumerate(data.dtype.names):
        got = data[name]
        expected = theirs.data.field(number)
        if got.dtype == object:
            assert len(got) == len(expected)
            for mine, other in zip(got, expected, strict=True):
                same_cells(np.asarray(mine), np.asarray(other))
        else:
            same_cells(got, np.asarray(expected))


def same_cells(got: np.ndarray, expected: np.ndarray) -> None:
    if got.dtype.kind == "U":
        if expected.dtype.kind == "S":
            expected = np.char.decode(expected, "latin-1")
        if got.shape != expected.shape:  # a string of variable length is an array of characters
            expected = np.asarray("".join(expected.tolist()))
        np.testing.assert_array_equal(got, np.char.rstrip(expected))
        return
    if got.size != expected.size == 0 or expected.dtype == object:
        raise AssertionError(f"{got.dtype} {got.shape} and {expected.dtype} {expected.shape}")
    # A cell of one element is none of an array to astropy, unless TDIM says so.
    np.testing.assert_array_equal(got.reshape(expected.shape), expected)
