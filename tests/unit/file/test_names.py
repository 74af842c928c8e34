# SPDX-License-Identifier: BSD-3-Clause
"""Names and versions of HDUs that are odd: index, header and look-up agree, and astropy finds the same."""

from __future__ import annotations

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

#: Cards, and the name and version that they give.
CARDS = {
    "repeated": (["EXTNAME = 'A'", "EXTNAME = 'B'"], "A", 1),
    "repeated in front of a name of three": (["EXTNAME = 'B'"] * 2 + ["EXTNAME = 'C'"], "B", 1),
    "integer": (["EXTNAME = 5"], "5", 1),
    "integer with zeros": (["EXTNAME = +0005"], "5", 1),
    "real": (["EXTNAME = 5.0"], "5.0", 1),
    "logical": (["EXTNAME = T"], "True", 1),
    "number, then text": (["EXTNAME = 5", "EXTNAME = 'A'"], "5", 1),
    "empty, then text": (["EXTNAME = ''", "EXTNAME = 'A'"], "", 1),
    "undefined, then text": (["EXTNAME =", "EXTNAME = 'A'"], None, 1),
    "blanks in front": (["EXTNAME = '  A'"], "  A", 1),
    "long": (["EXTNAME = 'a name that&'", "CONTINUE  ' goes on'"], "a name that goes on", 1),
    "lower case": (["EXTNAME = 'compressed_image'"], "compressed_image", 1),
    "negative version": (["EXTNAME = 'A'", "EXTVER  = -1"], "A", -1),
    "version 0": (["EXTNAME = 'A'", "EXTVER  = 0"], "A", 0),
    "quoted version": (["EXTNAME = 'A'", "EXTVER  = '3'"], "A", 3),
    "real version": (["EXTNAME = 'A'", "EXTVER  = 3.0"], "A", 3),
    "version that is no number": (["EXTNAME = 'A'", "EXTVER  = 'x'"], "A", 1),
    "two versions": (["EXTNAME = 'A'", "EXTVER  = 4", "EXTVER  = 5"], "A", 4),
}
#: The same in the header of a compressed image.
COMPRESSED = CARDS | {
    "that of the table first": (["EXTNAME = 'COMPRESSED_IMAGE'", "EXTNAME = 'A'"], "A", 1),
    "that of the table last": (["EXTNAME = 'A'", "EXTNAME = 'COMPRESSED_IMAGE'"], "A", 1),
    "that of the table first, then two": (
        ["EXTNAME = 'COMPRESSED_IMAGE'", "EXTNAME = 'A'", "EXTNAME = 'B'"],
        "A",
        1,
    ),
    "that of the table first, then a long one": (
        ["EXTNAME = 'COMPRESSED_IMAGE'", "EXTNAME = 'a name that&'", "CONTINUE  ' goes on'"],
        "a name that goes on",
        1,
    ),
    "that of the table alone": (["EXTNAME = 'COMPRESSED_IMAGE'"], "COMPRESSED_IMAGE", 1),
}


def file_of(cards: list[str], *, compressed: bool, front: bool) -> bytes:
    """A file whose HDU 1 has these cards, before or behind all others that may be anywhere."""
    with FITS("mem://", "w+") as fits:
        fits.write_image(None)
        pixels = np.arange(100, dtype="i2").reshape(10, 10)
        fits.write_image(pixels, compress="rice" if compressed else None)
        content = fits.to_bytes()
    begin = content.index(b"XTENSION")
    end = content.index(b"END".ljust(80), begin)
    head = [content[i : i + 80] for i in range(begin, end, 80)]
    place = max(i for i, card in enumerate(head) if card[:7] in (b"GCOUNT ", b"TFIELDS")) + 1
    new = [card.ljust(80).encode() for card in cards]
    head = [*head[:place], *new, *head[place:]] if front else [*head, *new]
    header = b"".join(head) + b"END".ljust(80)
    data = end + 80 + -(end + 80) % 2880
    return content[:begin] + header + b" " * (-len(header) % 2880) + content[data:]


def check(cards: list[str], name: str | None, version: int, content: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = astropy_fits.open(io.BytesIO(content))
        if name is not None and version != 1:
            assert float(peer[1].ver) == version
        with FITS.from_bytes(content) as fits:
            assert fits[1].extname == name
            assert fits[1].extver == version
            stated = fits[1].header.get("EXTNAME")
            assert name == "COMPRESSED_IMAGE" or (None if stated is None else str(stated)) == name
            if name is None:
                with pytest.raises(KeyError):
                    fits["A"]
                return
            assert peer[1].name == name
            if name:
                assert peer.index_of(name) == 1
                assert fits[name].index == fits[f" {name.lower()} "].index == 1
                assert fits[name, version].index == 1
                assert (name, version + 1) not in fits


@pytest.mark.parametrize("name", CARDS)
def test_plain(name):
    cards, extname, extver = CARDS[name]
    check(cards, extname, extver, file_of(cards, compressed=False, front=False))


@pytest.mark.parametrize("front", [False, True])
@pytest.mark.parametrize("name", COMPRESSED)
def test_compressed(name, front):
    cards, extname, extver = COMPRESSED[name]
    check(cards, extname, extver, file_of(cards, compressed=True, front=front))


def test_versions_of_one_name(tmp_path):
    path = tmp_path / "versions.fits"
    hdus = [astropy_fits.PrimaryHDU()]
    for version in (-2, -1, 0, 1, 2):
        hdus.append(astropy_fits.ImageHDU(np.full(3, version, "i2"), name="A"))
        hdus[-1].header["EXTVER"] = version
    astropy_fits.HDUList(hdus).writeto(path)
    with FITS(path) as fits, astropy_fits.open(path) as peer:
        for version in (-2, -1, 0, 1, 2):
            assert fits["A", version].index == peer.index_of(("A", version)) == version + 3
        assert fits["A"].index == peer.index_of("A") == 1
        for version in (-3, 3, 2**70, -(2**70)):
            with pytest.raises(KeyError):
                fits["A", version]
    assert rustfits.read(path, ("A", -1)).tolist() == [-1] * 3
