# SPDX-License-Identifier: BSD-3-Clause
"""CHECKSUM and DATASUM, against fitsio (cfitsio), astropy and fitsverify, both ways."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from collections.abc import Callable
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from astropy.utils.exceptions import AstropyUserWarning
from hypothesis import given, settings
from hypothesis import strategies as st

from rustfits import FITS, FITSReadOnlyError, FITSTruncatedError

DTYPES = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"]


def checksum_cards(path: Path, index: int) -> list[str]:
    with FITS(path) as fits:
        return [
            card for card in fits[index].header.cards if card.startswith(("CHECKSUM", "DATASUM"))
        ]


def seconds_in(content: bytes) -> set[bytes]:
    """The times that checksum comments in a file say."""
    times = set()
    for i in range(0, len(content), 80):
        card = content[i : i + 80]
        if card.startswith((b"CHECKSUM=", b"DATASUM =")):
            times.add(card.split(b"updated ")[-1].strip())
    return times


def same_second(
    original: Path, tmp_path: Path, ours: Callable[[Path], None], theirs: Callable[[Path], None]
) -> tuple[bytes, bytes]:
    """Do both to copies of a file until both wrote the same time."""
    for _ in range(20):
        pair = []
        for name, change in (("ours.fits", ours), ("theirs.fits", theirs)):
            copy = tmp_path / name
            shutil.copyfile(original, copy)
            change(copy)
            pair.append(copy.read_bytes())
        if seconds_in(pair[0]) == seconds_in(pair[1]):
            break
    return pair[0], pair[1]


def add_all(path: Path) -> None:
    with FITS(path, "r+") as fits:
        for hdu in fits:
            hdu.add_checksum()


def fitsio_add_all(path: Path) -> None:
    with fitsio.FITS(str(path), "rw") as fits:
        for hdu in fits:
            hdu.write_checksum()


def make_everything(path: Path, rng: np.random.Generator) -> None:
    """A file of all kinds of HDU but compressed ones, by astropy."""
    hdus: list[object] = [astropy_fits.PrimaryHDU()]
    for dtype in DTYPES:
        shape = tuple(rng.integers(1, 40, size=rng.integers(1, 4)))
        data = rng.integers(0, 100, size=shape).astype(dtype)
        hdus.append(astropy_fits.ImageHDU(data, name=f"I_{dtype}"))
    hdus.append(astropy_fits.ImageHDU(name="EMPTY"))
    table = np.zeros(37, dtype=[("a", "i4"), ("b", "f8"), ("name", "S5")])
    table["a"] = np.arange(37)
    table["name"] = b"abc"
    hdus.append(astropy_fits.BinTableHDU(table, name="TABLE"))
    text = astropy_fits.TableHDU.from_columns(
        [astropy_fits.Column("x", "I6", array=np.arange(11)), astropy_fits.Column("s", "A7")],
        name="ASCII",
    )
    hdus.append(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyUserWarning)
        astropy_fits.HDUList(hdus).writeto(path)


def test_new_sums_are_those_of_cfitsio_byte_for_byte(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    original = tmp_path / "original.fits"
    make_everything(original, rng)
    ours, theirs = same_second(original, tmp_path, add_all, fitsio_add_all)
    assert len(ours) == len(theirs)
    assert ours == theirs
    assert ours != original.read_bytes()


def test_sums_that_are_right_are_left_alone(tmp_path: Path, rng: np.random.Generator) -> None:
    original = tmp_path / "original.fits"
    make_everything(original, rng)
    fitsio_add_all(original)
    before = original.read_bytes()
    add_all(original)
    assert original.read_bytes() == before


def test_sums_by_astropy_are_left_alone(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "astropy.fits"
    data = rng.normal(size=(31, 17)).astype("f4")
    astropy_fits.HDUList(
        [astropy_fits.PrimaryHDU(data), astropy_fits.ImageHDU(data.astype("i2"))]
    ).writeto(path, checksum=True)
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        for hdu in fits:
            assert hdu.verify_checksum() is True
            assert hdu.verify_datasum() is True
            hdu.add_checksum()
    assert path.read_bytes() == before


# Cards that are there already: stale, undefined, another comment, the wrong type, in odd places.
OLD_CARDS: list[list[tuple[str, object, str]]] = [
    [("CHECKSUM", "0000000000000000", "my own")],
    [("CHECKSUM", "0000000000000000", "my own"), ("DATASUM", "17", "stale")],
    [("DATASUM", "17", "stale"), ("CHECKSUM", "ZZZZZZZZZZZZZZZZ", "stale")],
    [("DATASUM", 17, "a number")],
    [("CHECKSUM", "", "")],
    [("DATASUM", "0", "")],
]


@pytest.mark.parametrize("old", OLD_CARDS)
@pytest.mark.parametrize("size", [0, 1, 1000])
def test_cards_in_place_change_as_cfitsio_changes_them(
    tmp_path: Path, old: list[tuple[str, object, str]], size: int
) -> None:
    original = tmp_path / "original.fits"
    header = astropy_fits.Header([("BEFORE", 1), *old, ("AFTER", 2), ("COMMENT", "end")])
    data = np.arange(1, size + 1, dtype="i2") if size else None
    astropy_fits.PrimaryHDU(data, header).writeto(original)
    ours, theirs = same_second(original, tmp_path, add_all, fitsio_add_all)
    assert ours == theirs


@pytest.mark.parametrize("value", ["", "not a number"])
def test_a_sum_that_cannot_be_read_is_replaced(tmp_path: Path, value: str) -> None:
    """Also where the sum is 0; cfitsio takes such text for 0 and then keeps it."""
    path = tmp_path / "one.fits"
    header = astropy_fits.Header([("DATASUM", value, "")])
    astropy_fits.PrimaryHDU(np.zeros(10, "i2"), header).writeto(path)
    add_all(path)
    assert checksum_cards(path, 0)[0].startswith("DATASUM = '0       '")
    with astropy_fits.open(path) as hdus:
        assert hdus[0].verify_datasum() == 1
        assert hdus[0].verify_checksum() == 1


@pytest.mark.parametrize("cards", [28, 29, 30, 31, 32, 33])
@pytest.mark.parametrize("blanks", [0, 1, 2, 5, 40])
def test_room_in_the_header_is_used_as_cfitsio_does(
    tmp_path: Path, cards: int, blanks: int
) -> None:
    original = tmp_path / "original.fits"
    hdu = astropy_fits.PrimaryHDU(np.arange(10, dtype="i2"))
    for i in range(cards - len(hdu.header)):
        hdu.header[f"KEY{i}"] = i
    for _ in range(blanks):
        hdu.header.append(("", ""), end=True)
    astropy_fits.HDUList([hdu, astropy_fits.ImageHDU(np.ones(3))]).writeto(original)
    ours, theirs = same_second(original, tmp_path, add_all, fitsio_add_all)
    assert ours == theirs


def test_wrong_padding_is_put_right_as_cfitsio_does(tmp_path: Path) -> None:
    original = tmp_path / "original.fits"
    astropy_fits.PrimaryHDU(np.arange(10, dtype="i2")).writeto(original)
    content = bytearray(original.read_bytes())
    content[-1] = 7
    original.write_bytes(content)
    ours, theirs = same_second(original, tmp_path, add_all, fitsio_add_all)
    assert ours == theirs
    assert ours[-1] == 0


def test_astropy_agrees_with_what_is_written(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "ours.fits"
    make_everything(path, rng)
    add_all(path)
    with (
        warnings.catch_warnings(),
        astropy_fits.open(path, checksum=True, disable_image_compression=True) as hdus,
    ):
        warnings.simplefilter("error")  # astropy warns of wrong sums
        assert len(hdus) == 14
        for hdu in hdus:
            assert hdu.verify_checksum() == 1
            assert hdu.verify_datasum() == 1


def test_fitsverify_agrees(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "ours.fits"
    with FITS(path, "w+") as fits:
        for dtype in DTYPES:
            fits.write_image(rng.integers(0, 99, size=(7, 9)).astype(dtype), extname=dtype)
        for hdu in fits:
            hdu.add_checksum()
    done = subprocess.run(
        ["fitsverify", "-q", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "verification OK" in done.stdout

    # It would have said so otherwise.
    content = bytearray(path.read_bytes())
    content[2880] ^= 1
    path.write_bytes(content)
    done = subprocess.run(["fitsverify", str(path)], capture_output=True, text=True, check=False)
    assert "checksum is not consistent" in done.stdout
    with FITS(path) as fits:
        assert fits[0].verify_datasum() is False
        assert fits[0].verify_checksum() is False
        assert fits[1].verify_checksum() is True


def test_datasum_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.fits"
    astropy_fits.PrimaryHDU(np.arange(100, dtype="f8")).writeto(path)
    with FITS(path, "r+") as fits:
        assert fits[0].verify_datasum() is None
        assert fits[0].verify_checksum() is None
        fits[0].add_datasum()
        assert fits[0].verify_datasum() is True
        assert fits[0].verify_checksum() is None
    (card,) = checksum_cards(path, 0)
    with astropy_fits.open(path) as hdus:
        expected = hdus[0].add_datasum()
    assert card.startswith(f"DATASUM = '{expected}'")


def test_the_value_that_the_header_shows(tmp_path: Path) -> None:
    """A header that was looked at before the sums came shows them afterwards."""
    path = tmp_path / "one.fits"
    astropy_fits.PrimaryHDU(np.arange(100, dtype="f8")).writeto(path)
    with FITS(path, "r+") as fits:
        assert "CHECKSUM" not in fits[0].header
        fits[0].add_checksum()
        assert len(fits[0].header["CHECKSUM"]) == 16
        assert "DATASUM" in fits[0].header


def test_sums_after_new_pixels(tmp_path: Path) -> None:
    path = tmp_path / "one.fits"
    astropy_fits.PrimaryHDU(np.zeros((50, 60), "i4")).writeto(path, checksum=True)
    with FITS(path, "r+") as fits:
        fits[0][3:5, 7] = 9
        assert fits[0].verify_datasum() is False
        assert fits[0].verify_checksum() is False
        fits[0].add_checksum()
        assert fits[0].verify_datasum() is True
    with astropy_fits.open(path) as hdus:
        assert hdus[0].verify_checksum() == 1


def test_errors(tmp_path: Path) -> None:
    path = tmp_path / "one.fits"
    astropy_fits.PrimaryHDU(np.zeros(5000, "u1")).writeto(path, checksum=True)
    with FITS(path) as fits, pytest.raises(FITSReadOnlyError, match=r"one\.fits\[0\]"):
        fits[0].add_checksum()
    path.write_bytes(path.read_bytes()[: 2880 + 4990])
    with (
        FITS(path) as fits,
        pytest.raises(FITSTruncatedError, match=r"one\.fits\[0\].*10 bytes are missing"),
    ):
        fits[0].verify_checksum()


@settings(max_examples=60, deadline=None)
@given(data=st.binary(max_size=9000))
def test_any_data(data: bytes) -> None:
    """The 16 characters make the sum right whatever the data are, and say what astropy says."""
    hdu = astropy_fits.PrimaryHDU(np.frombuffer(data, "u1") if data else None)
    with FITS("mem://", "w+") as fits:
        if data:
            fits.write_image(np.frombuffer(data, "u1"))
        else:
            fits.create_image_hdu("u1", ())
        fits[0].add_checksum()
        assert fits[0].verify_checksum() is True
        assert fits[0].verify_datasum() is True
        assert int(fits[0].header["DATASUM"]) == int(hdu.add_datasum())
        words = np.frombuffer(fits.to_bytes(), ">u4").astype("u8")
    assert int(words.sum()) % 0xFFFFFFFF == 0
