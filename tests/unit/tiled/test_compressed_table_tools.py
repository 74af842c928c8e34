# SPDX-License-Identifier: BSD-3-Clause
"""Compressed tables of fpack, funpack, fitsverify and astropy, both ways."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
    CompressedTableHDU,
)
from support.compressed_tables import KINDS, columns, everything, same


def by_astropy(path: Path, data: dict[str, np.ndarray], tile_rows: int | None = None) -> None:
    """A plain table that astropy wrote, with what fpack is to do as keywords."""
    letters = {"u1": "B", "i2": "I", "i4": "J", "i8": "K", "f4": "E", "f8": "D", "c8": "C"}
    made = []
    for name, values in data.items():
        if values.dtype == object:
            letter = letters.get(name, "M")
            made.append(astropy_fits.Column(name, f"P{letter}()", array=values))
        else:
            kind = values.dtype.str[1:]
            zero = {"u2": 2**15, "u4": 2**31, "i1": -128}.get(kind)
            letter = {"b1": "L", "u2": "I", "u4": "J", "i1": "B", "c16": "M"}.get(kind)
            letter = "8A" if kind.startswith("U") else letter or letters[kind]
            if name == "bits":
                letter = "X"
            repeat = int(np.prod(values.shape[1:])) if values.ndim > 1 else ""
            made.append(
                astropy_fits.Column(name, f"{repeat}{letter}", bzero=zero, array=values)
                if values.ndim < 3
                else astropy_fits.Column(name, f"{repeat}{letter}", dim="(3,2)", array=values)
            )
    hdu = astropy_fits.BinTableHDU.from_columns(made, name="CAT")
    if tile_rows is not None:
        hdu.header["FZTILELN"] = tile_rows
    hdu.header["OBSERVER"] = ("Caroline", "who")
    hdu.header["COMMENT"] = "a comment"
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), hdu]).writeto(path, checksum=True)


def run(*arguments: object) -> None:
    """Run one of cfitsio's tools."""
    done = subprocess.run([str(a) for a in arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def verify(path: Path) -> None:
    """Fitsverify finds nothing wrong."""
    done = subprocess.run(
        ["fitsverify", "-e", str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def data_unit(path: Path) -> bytes:
    """The bytes of the data of HDU 1, by astropy."""
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        place = hdus[1].fileinfo()
        start, size = place["datLoc"], place["datSpan"]
    return path.read_bytes()[start : start + size]


def cards(path: Path) -> list[str]:
    """Cards of HDU 1 but for those of checksums and HISTORY."""
    left_out = ("CHECKSUM", "DATASUM", "HISTORY")
    with astropy_fits.open(path) as hdus:
        return [str(c) for c in hdus[1].header.cards if not str(c).startswith(left_out)]


# ---- cfitsio's tools ----


@pytest.mark.parametrize("tile_rows", [None, 70, 500])
@pytest.mark.parametrize("kind", KINDS)
def test_what_fpack_wrote_is_read(kind, tile_rows, tmp_path):
    path = tmp_path / "t.fits"
    by_astropy(path, KINDS[kind](500), tile_rows)
    run("fpack", "-table", path)
    with FITS(path) as plain, FITS(tmp_path / "t.fits.fz") as packed:
        hdu = packed["CAT"]
        assert isinstance(hdu, CompressedTableHDU)
        assert hdu.ztile_rows == (tile_rows or 500)
        assert hdu.n_tiles == -(-500 // hdu.ztile_rows)
        assert same(plain["CAT"].read(), hdu.read())
        for key in (slice(3, 400, 7), slice(400, 3, -11), [5, 499, 3, 3, 69, 70, 71]):
            assert same(plain["CAT"][key], hdu[key])
        assert same(np.atleast_1d(hdu[17]), np.atleast_1d(plain["CAT"][17]))
        assert hdu.header["OBSERVER"] == "Caroline"
        assert hdu.header.cards == plain["CAT"].header.cards


# funpack cannot read doubles of two parts where the last tile is shorter, not even from fpack.
@pytest.mark.parametrize("tile_rows", [None, 125])
@pytest.mark.parametrize("kind", KINDS)
def test_funpack_gives_the_original_back(kind, tile_rows, tmp_path):
    path, packed, back = tmp_path / "t.fits", tmp_path / "t.fits.fz", tmp_path / "back.fits"
    by_astropy(path, KINDS[kind](500))
    with FITS(path) as plain, FITS(packed, "w+") as file:
        table = plain["CAT"]
        options = {"ztilelen": tile_rows} if tile_rows else {}
        bits = ["bits"] if kind == "rows" else None
        file.write_table(table.read(), extname="CAT", compress=True, bit_columns=bits, **options)
    verify(packed)
    run("funpack", "-O", back, packed)
    with FITS(path) as plain, FITS(back) as unpacked:
        assert same(plain["CAT"].read(), unpacked["CAT"].read())


@pytest.mark.parametrize("kind", KINDS)
def test_pack_and_funpack_give_the_same_bytes(kind, tmp_path):
    path, packed, back = tmp_path / "t.fits", tmp_path / "t.fits.fz", tmp_path / "back.fits"
    by_astropy(path, KINDS[kind](500))
    rustfits.pack(path, packed, tables=True)
    verify(packed)
    run("funpack", "-O", back, packed)
    assert data_unit(back) == data_unit(path)
    assert cards(back) == cards(path)
    ours = tmp_path / "ours.fits"
    rustfits.unpack(packed, ours)
    assert ours.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_what_fpack_wrote_is_unpacked(kind, tmp_path):
    path, ours = tmp_path / "t.fits", tmp_path / "ours.fits"
    by_astropy(path, KINDS[kind](500), 77)
    run("fpack", "-table", path)
    rustfits.unpack(tmp_path / "t.fits.fz", ours)
    assert data_unit(ours) == data_unit(path)
    assert cards(ours) == cards(path)


def test_astropy_reads_the_binary_table(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        file.write_table(columns(100), compress=True, ztilelen=30)
    with astropy_fits.open(path) as hdus:
        assert hdus[1].header["ZTABLE"] is True
        assert len(hdus[1].data) == 4
        assert hdus[1].data["i4"][0].dtype == np.uint8


def test_nothing_in_it(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        hdu = file.create_table_hdu(
            [("a", "i4"), ("v", "O")], var_dtypes={"v": "f4"}, compress=True
        )
        assert (hdu.nrows, hdu.n_tiles, len(hdu.read())) == (0, 0, 0)
        zeros = file.create_table_hdu([("a", "i4")], 5000, compress=True, ztilelen=300)
        assert not zeros.read()["a"].any()
    verify(path)
    run("funpack", "-O", tmp_path / "back.fits", path)
    with FITS(tmp_path / "back.fits") as back:
        assert back[1].nrows == 0
        assert back[2].nrows == 5000


def test_fitsverify_finds_nothing(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        hdu = file.write_table(
            everything(100), compress=True, ztilelen=17, bit_columns=["bits", "vbits"]
        )
        hdu.append(everything(30, 5))
        hdu["f4"][7] = 3
        hdu["vi4"][9] = [1, 2]
    verify(path)


# ---- others' files ----


def test_a_table_without_names(tmp_path):
    """As nom.tam.fits writes them: TDIM without the fields that it is about, ZCTYP missing."""
    path = tmp_path / "t.fits"
    data = {"a": np.arange(60.0).reshape(10, 3, 2), "b": np.arange(10, dtype="i2")}
    with FITS(path, "w+") as file:
        file.write_table(data, compress={"a": "gzip_2", "b": "gzip_2"})
    raw = bytearray(path.read_bytes())
    for card in (b"TTYPE1  =", b"TTYPE2  =", b"ZCTYP1  =", b"ZCTYP2  ="):
        at = raw.index(card)
        raw[at : at + 80] = b"COMMENT".ljust(80)
    with FITS.from_bytes(raw) as file:
        assert (file[1].read()["col1"] == data["a"]).all()
        assert (file[1].read()["col2"] == data["b"]).all()


def test_complex_numbers_of_cfitsio_are_not_shuffled(tmp_path):
    """Fpack says GZIP_2 of complex columns and leaves the bytes as they are."""
    path = tmp_path / "t.fits"
    data = {"c8": columns(900)["c8"], "c16": columns(900)["c16"]}
    by_astropy(path, data)
    run("fpack", "-table", path)
    with FITS(tmp_path / "t.fits.fz") as file:
        assert file[1].compression == {"c8": "GZIP_2", "c16": "GZIP_2"}
        assert (file[1]["c8"][:] == data["c8"]).all()
        assert (file[1]["c16"][:] == data["c16"]).all()


@pytest.mark.parametrize("edit", ["append", "set", "insert", "delete", "resize"])
def test_an_edit_leaves_cards_at_their_places(edit):
    with FITS("mem://", "w+") as file:
        hdu = file.write_table({"a": np.arange(100), "b": np.arange(100.0)}, compress=True)
        hdu.header["OBJECT"] = ("M31", "what it is")
        hdu.header.add_history("made")
        hdu.add_checksum()
        hdu.header["AFTER"] = 3
        before = hdu.raw_header.cards
        if edit == "append":
            hdu.append({"a": [1], "b": [2.0]})
        elif edit == "set":
            hdu["a"][3] = 7
        elif edit == "insert":
            hdu.insert_column("c", np.arange(100))
        elif edit == "delete":
            hdu.delete_column("a")
        else:
            hdu.resize(50)
        after = hdu.raw_header.cards
        keys, now = ([card[:8].strip() for card in cards] for cards in (before, after))
        assert [key for key in now if key in keys] == [key for key in keys if key in now]
        added = ["TTYPE3", "TFORM3", "ZFORM3", "ZCTYP3"] if edit == "insert" else []
        removed = ["TTYPE2", "TFORM2", "ZFORM2", "ZCTYP2"] if edit == "delete" else []
        assert sorted({*now} - {*keys}) == sorted(added)
        assert sorted({*keys} - {*now} - {"THEAP"}) == sorted(removed)
        same = {*before} & {*after}
        assert any(card.startswith("ZTABLE ") for card in same)
        hdu.add_checksum()
        assert hdu.verify_checksum() is True
