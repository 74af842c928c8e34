# SPDX-License-Identifier: BSD-3-Clause
"""Bytes outside printable ASCII in headers: read by default, never written, and kept where they are."""

from __future__ import annotations

import warnings
from pathlib import Path

import fitsio as other
import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSWarning
from rustfits import fitsio as layer

PIXELS = np.array([[-32768, -1, 0], [1, 2, 32767]], ">i2")

#: A card, a keyword, its value, and what is read with lenient=True.
CARDS = {
    "Latin-1 in a value": (b"OBSERVER= 'Mu\xf1oz   '", "OBSERVER", "Mu\xf1oz", "Mu_oz"),
    "UTF-8 in a value": (b"OBSERVER= 'Mu\xc3\xb1oz'", "OBSERVER", "Mu\xf1oz", "Mu__oz"),
    "Latin-1 in a comment": (b"GAIN    = 1.5 / \xe9t\xe9", "GAIN", 1.5, 1.5),
    "UTF-8 in a comment": (b"GAIN    = 1.5 / \xc3\xa9t\xc3\xa9", "GAIN", 1.5, 1.5),
    "NULs in a string": (b"FILTER  = 'r\0\0\0\0\0\0\0'", "FILTER", "r", "r_______"),
    "NUL behind a string": (b"FILTER  = 'r       '\0", "FILTER", "r", "r"),
    "TAB before a number": (b"GAIN    =\t1.5", "GAIN", 1.5, 1.5),
    "TABs around a number": (b"GAIN    = \t\t7\t/ it", "GAIN", 7, 7),
    "NULs behind a number": (b"EXPTIME =                 30.0\0\0", "EXPTIME", 30.0, 30.0),
    "NULs behind a keyword": (b"GAIN\0\0\0\0= 7", "GAIN", 7, None),
    "newline at the end": (b"GAIN    = T".ljust(79) + b"\n", "GAIN", True, True),
    "TAB behind COMMENT": (b"COMMENT\tcalibrated", "COMMENT", ["calibrated"], None),
    "Latin-1 in COMMENT": (b"COMMENT \xe9t\xe9", "COMMENT", ["\xe9t\xe9"], ["_t_"]),
    "NULs only": (b"\0" * 80, "", [""], None),
    "Latin-1 in a keyword": (b"\xc9T\xc9     = 5", "\xc9T\xc9", 5, None),
    "Latin-1 in HIERARCH": (b"HIERARCH ESO \xe9t\xe9 = 5", "ESO \xe9t\xe9", 5, None),
    "DEL": (b"OBJECT  = 'a\x7fb'", "OBJECT", "a\x7fb", "a_b"),
}


def file_of(*cards: bytes) -> bytes:
    fixed = [
        b"SIMPLE  =                    T",
        b"BITPIX  =                   16",
        b"NAXIS   =                    2",
        b"NAXIS1  =                    3",
        b"NAXIS2  =                    2",
    ]
    head = b"".join(card.ljust(80) for card in (*fixed, *cards, b"END"))
    return head.ljust(2880) + PIXELS.tobytes().ljust(2880, b"\0")


@pytest.fixture(params=CARDS)
def odd(request, tmp_path) -> tuple[Path, bytes, str, object, object]:
    card, key, value, masked = CARDS[request.param]
    path = tmp_path / "odd.fits"
    path.write_bytes(file_of(card, b"AFTER   =                    1"))
    return path, card.ljust(80), key, value, masked


def told(call):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = call()
    return answer, caught


def test_read_with_one_warning(odd):
    path, card, key, value, _ = odd

    def look():
        with FITS(path) as fits:
            header = fits[0].header
            assert len(fits) == 1
            assert key in header
            assert set(header) == {"SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", key, "AFTER"}
            assert all(header[one] == found for one, found in header.items())
            assert header["AFTER"] == 1
            assert np.array_equal(fits[0].read(), PIXELS)
            return header[key]

    answer, caught = told(look)
    assert answer == value
    column = next(i for i, byte in enumerate(card) if not 0x20 <= byte <= 0x7E)
    (one,) = caught
    assert one.category is FITSWarning
    assert one.filename == __file__
    assert "odd.fits[0]: card 6 (" in str(one.message)
    assert f"byte 0x{card[column]:02X} in column {column + 1}" in str(one.message)


@pytest.mark.parametrize(
    "call",
    [
        lambda path, key: (rustfits.read(path), rustfits.read_header(path)[key]),
        lambda path, key: (layer.read(path), rustfits.read_header(path)[key]),
        lambda path, key: rustfits.read(path, header=True),
        lambda path, key: layer.read(path, header=True),
    ],
)
def test_every_way_of_reading(odd, call):
    path, _, key, value, _ = odd
    (data, found), caught = told(lambda: call(path, key))
    assert np.array_equal(data, PIXELS)
    if isinstance(found, rustfits.FITSHeader):
        found = found[key]
    if not isinstance(found, layer.FITSHDR):
        assert found == value
    elif key:
        assert found[key] == (value[0] if isinstance(value, list) else value)
    assert all(one.category is FITSWarning for one in caught) and len(caught) in (1, 2)
    # fitsio shows the same pixels
    assert np.array_equal(other.read(str(path)), data)


def test_lenient_reads_underscores_without_a_warning(odd):
    path, _, key, value, masked = odd

    def look():
        with FITS(path, lenient=True) as fits:
            header = fits[0].header
            assert all(card.isascii() and card.isprintable() for card in header.cards)
            assert all(header[one] == found for one, found in header.items())
            return header.get(key)

    answer, caught = told(look)
    assert caught == []
    if masked is not None:
        assert answer == masked
    answer, caught = told(
        lambda: (
            rustfits.read(path, lenient=True),
            rustfits.read_header(path, lenient=True),
            layer.read(path, lenient=True),
            layer.read_header(path, lenient=True),
            layer.FITS(path, lenient=True)[0].read(),
        )
    )
    assert caught == []


def test_strict_names_the_card(odd):
    path, card, _, _, _ = odd
    column = next(i for i, byte in enumerate(card) if not 0x20 <= byte <= 0x7E)
    for call in (
        lambda: FITS(path, lenient=False),
        lambda: FITS.from_bytes(path.read_bytes(), lenient=False),
        lambda: rustfits.read(path, lenient=False),
        lambda: rustfits.read_header(path, lenient=False),
        lambda: layer.FITS(path, lenient=False),
        lambda: layer.read(path, lenient=False),
        lambda: layer.read_header(path, lenient=False),
    ):
        with pytest.raises(rustfits.FITSOpenError, match=r"card 6 \(.*lenient=False") as refused:
            call()
        assert refused.value.offset == 400 + column


@pytest.mark.parametrize("lenient", [None, True])
def test_an_edit_keeps_the_bytes_of_other_cards(odd, lenient):
    path, card, _, _, _ = odd

    def edit():
        with FITS(path, "r+", lenient=lenient) as fits:
            header = fits[0].header
            header["NEW"] = 1
            header["AFTER"] = 2
            with header.edit() as changed:
                changed.add_history("edited")
                changed["AFTER"] = (3, "comment")
            del header["NEW"]
            header.update({"OTHER": "x"})
            fits[0].add_checksum()
            fits.write_image(PIXELS)

    told(edit)
    content = path.read_bytes()
    assert content[400:480] == card
    with FITS(path, lenient=True) as fits:
        assert fits[0].header["AFTER"] == 3
        assert fits[0].verify_checksum()
        assert np.array_equal(fits[0].read(), PIXELS)


@pytest.mark.parametrize("lenient", [None, True])
def test_headers_are_copied_packed_and_unpacked_with_their_bytes(odd, tmp_path, lenient):
    path, card, key, _, _ = odd
    copy, packed, back, new = (
        tmp_path / f"{name}.fits" for name in ("copy", "packed", "back", "new")
    )

    def work():
        rustfits.unpack(path, copy)  # which has nothing to unpack
        with FITS(path, lenient=lenient) as fits:
            rustfits.write(new, PIXELS, header=fits[0].header)
        with FITS(new, "r+") as made, FITS(path, lenient=lenient) as fits:
            made[0].header.update(fits[0].header)
        rustfits.pack(path, packed, compress="rice")
        rustfits.unpack(packed, back)
        with FITS(packed, lenient=lenient) as fits:
            assert np.array_equal(fits[1].read(), PIXELS)
            if lenient:
                assert all(card.isascii() for card in fits[1].header.cards)

    told(work)
    assert copy.read_bytes() == path.read_bytes()
    for made in (packed, back, new):
        assert card in made.read_bytes()


def test_the_fitsio_layer_copies_records_with_their_bytes(odd, tmp_path):
    path, card, key, _, _ = odd
    new = tmp_path / "new.fits"

    def work():
        header = layer.read_header(path)
        layer.write(new, PIXELS, header=header, clobber=True)
        layer.write(new, PIXELS)
        with layer.FITS(new, "rw") as fits:
            fits[1].write_keys(header)

    told(work)
    content = new.read_bytes()
    for start in (0, content.index(b"XTENSION")):
        end = content.index(b"END".ljust(80), start)
        assert card in [content[i : i + 80] for i in range(start, end, 80)]


def test_writing_stays_strict(odd):
    path = odd[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FITSWarning)
        for lenient in (None, True, False):
            if lenient is False:
                path.write_bytes(file_of())
            with FITS(path, "r+", lenient=lenient) as fits:
                before = path.read_bytes()
                header = fits[0].header
                with pytest.raises(rustfits.FITSValueError, match="ASCII"):
                    header["NAME"] = "Mu\xf1oz"
                with pytest.raises(rustfits.FITSValueError, match="ASCII"):
                    header["NAME"] = "x", "\xe9t\xe9"
                with pytest.raises(rustfits.FITSValueError, match="ASCII"):
                    header.add_comment("tab\there")
                with pytest.raises(rustfits.FITSValueError, match="ASCII"):
                    fits.write_image(PIXELS, header={"NAME": "Mu\xf1oz"})
                with pytest.raises(rustfits.FITSValueError):
                    header["\xc9T\xc9"] = 6
            assert path.read_bytes() == before


def test_names_of_hdus_and_columns(tmp_path):
    path = tmp_path / "names.fits"
    rustfits.write(path, np.ones(3, [("nXm", "f4")]), extname="CAFXX")
    content = path.read_bytes()
    for raw, letter in ((b"\xe9", "\xe9"), (b"\xc3\xa9", "\xe9")):
        path.write_bytes(
            content.replace(b"'CAFXX", (b"'CAF" + raw).ljust(6, b" ")).replace(
                b"'nXm     '", (b"'n" + raw + b"m").ljust(9) + b"'"
            )
        )
        with FITS(path) as fits:
            with pytest.warns(FITSWarning):
                hdu = fits[f"CAF{letter}"]
            assert hdu.extname == f"CAF{letter}" == hdu.header["EXTNAME"]
            assert hdu.read().dtype.names == (f"n{letter}m",)
        with FITS(path, lenient=True) as fits:
            masked = "_" * len(raw)
            assert fits[f"CAF{masked}"].extname == f"CAF{masked}" == fits[1].header["EXTNAME"]
            assert fits[1].read().dtype.names == (f"n{masked}m",)


def test_data_behind_a_header_without_end(tmp_path):
    path = tmp_path / "endless.fits"
    content = bytearray(file_of())
    content[content.index(b"END     ") : content.index(b"END     ") + 3] = b"XXX"
    path.write_bytes(bytes(content) + np.full(10**6, -77, "i1").tobytes())
    with pytest.raises(rustfits.FITSOpenError, match="header without END"):
        FITS(path)
