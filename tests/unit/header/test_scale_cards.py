# SPDX-License-Identifier: BSD-3-Clause
"""Scale and null keywords that are no clean numbers.

The number is used where there is one, with a warning. Otherwise the data cannot be read. Unscaled values are never
returned silently.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSFormatError, FITSWarning
from rustfits import fitsio as compat

STORED = [100, 200, 300]
PIXELS = np.array(STORED, ">i2").tobytes()

#: A value field, and the number that is meant.
NUMBERS = {
    "quoted": ("'0.5     '", 0.5),
    "quoted, blanks around": ("'  1.5E1  '", 15.0),
    "words behind": ("               32768 counts", 32768.0),
    "a bracket behind": ("2.0 (electrons) / comment", 2.0),
}
#: Value fields that are no number, or more than one.
NONE = {
    "decimal comma": "32768,0",
    "decimal comma, exponent": "1,50E+00",
    "quoted comma": "'32768,0'",
    "NaN": "NaN",
    "quoted NaN": "'NaN     '",
    "text": "'none    '",
    "two numbers": "1 000",
    "too large": "1E400",
}


def header(*cards: str) -> bytes:
    text = "".join(card.ljust(80) for card in cards) + "END".ljust(80)
    return text.ljust(-(-len(text) // 2880) * 2880).encode()


def card(keyword: str, value: Any) -> str:
    return f"{keyword:8}= {value!s:>20}"


PRIMARY = header("SIMPLE  =                    T", card("BITPIX", 8), card("NAXIS", 0))


def filled(data: bytes, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % 2880)


def image(path: Path, *cards: str) -> Callable[..., Any]:
    path.write_bytes(
        header(
            "SIMPLE  =                    T",
            card("BITPIX", 16),
            card("NAXIS", 1),
            card("NAXIS1", 3),
            *cards,
        )
        + filled(PIXELS)
    )

    def read(**how: Any) -> Any:
        with FITS(path) as fits:
            assert fits[0].header["NAXIS1"] == 3
            assert fits[0].shape == (3,)
            assert "3" in repr(fits[0])
            return fits[0].read(**how)

    return read


def packed_image(path: Path, *cards: str) -> Callable[..., Any]:
    image(path, *cards)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rustfits.pack(path, path.with_suffix(".fz"), overwrite=True)

    def read(**how: Any) -> Any:
        with FITS(path.with_suffix(".fz")) as fits:
            hdu = next(hdu for hdu in fits if hdu.has_data)
            assert hdu.shape == (3,)
            return hdu.read(**how)

    return read


def table_bytes(form: str, data: list[bytes], *cards: str, kind: str = "BINTABLE") -> bytes:
    return (
        PRIMARY
        + header(
            f"XTENSION= '{kind:8}'",
            card("BITPIX", 8),
            card("NAXIS", 2),
            card("NAXIS1", len(data[0])),
            card("NAXIS2", len(data)),
            card("PCOUNT", 0),
            card("GCOUNT", 1),
            card("TFIELDS", 2),
            "TTYPE1  = 'x'",
            f"TFORM1  = '{form}'",
            "TTYPE2  = 'other'",
            f"TFORM2  = '{form}'",
            *(["TBCOL1  = 1", "TBCOL2  = 6"] if kind == "TABLE" else []),
            *cards,
        )
        + filled(b"".join(data), b" " if kind == "TABLE" else b"\0")
    )


ROWS = [np.array([n, 7], ">i2").tobytes() for n in STORED]


def table(path: Path, *cards: str) -> Callable[..., Any]:
    path.write_bytes(table_bytes("1I", ROWS, *cards))

    def read(**how: Any) -> Any:
        with FITS(path) as fits:
            assert fits[1].colnames == ("x", "other")
            assert fits[1].read_column("other").tolist() == [7, 7, 7]
            assert fits[1].header["TFORM1"] == "1I"
            return fits[1].read_column("x", **how)

    return read


def packed_table(path: Path, *cards: str) -> Callable[..., Any]:
    table(path, *cards)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rustfits.pack(path, path.with_suffix(".fz"), tables=True, overwrite=True)

    def read(**how: Any) -> Any:
        with FITS(path.with_suffix(".fz")) as fits:
            return fits[1].read_column("x", **how)

    return read


def ascii_table(path: Path, *cards: str) -> Callable[..., Any]:
    path.write_bytes(
        table_bytes("I5", [b"%5d    7" % n + b" " for n in STORED], *cards, kind="TABLE")
    )

    def read(**how: Any) -> Any:
        with FITS(path) as fits:
            return fits[1].read_column("x", **how)

    return read


def groups(path: Path, *cards: str) -> Callable[..., Any]:
    path.write_bytes(
        header(
            "SIMPLE  =                    T",
            card("BITPIX", 16),
            card("NAXIS", 2),
            card("NAXIS1", 0),
            card("NAXIS2", 1),
            "GROUPS  =                    T",
            card("PCOUNT", 1),
            card("GCOUNT", 3),
            "PTYPE1  = 'x'",
            *cards,
        )
        + filled(b"".join(np.array([n, n], ">i2").tobytes() for n in STORED))
    )

    def read(**how: Any) -> Any:
        with FITS(path) as fits:
            name = "x" if any(card.startswith("P") for card in cards) else "DATA"
            return fits[0].read_column(name, **how).reshape(-1)

    return read


def by_fitsio(path: Path, *cards: str) -> Callable[..., Any]:
    table(path, *cards)
    return lambda: compat.read(path, ext=1, columns="x")


MAKERS = {
    "image": (image, "BSCALE", "BZERO"),
    "compressed image": (packed_image, "BSCALE", "BZERO"),
    "table": (table, "TSCAL1", "TZERO1"),
    "compressed table": (packed_table, "TSCAL1", "TZERO1"),
    "ASCII table": (ascii_table, "TSCAL1", "TZERO1"),
    "group parameter": (groups, "PSCAL1", "PZERO1"),
    "group data": (groups, "BSCALE", "BZERO"),
    "rustfits.fitsio": (by_fitsio, "TSCAL1", "TZERO1"),
}


def come(read: Callable[..., Any], **how: Any) -> tuple[Any, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        values = np.asarray(read(**how)).tolist()
    assert all(one.category is FITSWarning for one in caught)
    return values, [str(one.message) for one in caught]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("kind", MAKERS)
def test_the_number_is_used_with_one_warning(tmp_path, kind, number):
    make, scale, zero = MAKERS[kind]
    text, value = NUMBERS[number]
    read = make(tmp_path / "t.fits", f"{scale:8}= {text}")
    values, told = come(read)
    assert values == [n * value for n in STORED]
    assert [f"{scale} = " in one for one in told] == [True]
    read = make(tmp_path / "t.fits", f"{zero:8}= {text}")
    values, told = come(read)
    assert values == [n + value for n in STORED]
    assert [f"{zero} = " in one for one in told] == [True]


@pytest.mark.parametrize("none", NONE)
@pytest.mark.parametrize("kind", MAKERS)
def test_a_scale_that_is_no_number_makes_reading_the_data_fail(tmp_path, kind, none):
    make, *keywords = MAKERS[kind]
    for keyword in keywords:
        read = make(tmp_path / "t.fits", f"{keyword:8}= {NONE[none]}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(FITSFormatError, match=f"{keyword} = ") as caught:
                read()
            assert caught.value.keyword == keyword
            if kind != "rustfits.fitsio":
                assert np.asarray(read(scale=False)).tolist() == STORED


def test_what_is_no_number_keeps_the_column_from_being_written(tmp_path):
    path = tmp_path / "t.fits"
    table(path, "TZERO1  = 1,5")
    before = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with FITS(path, "r+") as fits:
            with pytest.raises(FITSFormatError, match="TZERO1"):
                fits[1]["x"] = [1, 2, 3]
            with pytest.raises(FITSFormatError, match="TZERO1"):
                fits[1].append({"x": [1], "other": [2]})
            with pytest.raises(FITSFormatError, match="TZERO1"):
                fits[1].where("x > 3")
    assert path.read_bytes() == before
    image(path, "BSCALE  = 1,5")
    before = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with FITS(path, "r+") as fits, pytest.raises(FITSFormatError, match="BSCALE"):
            fits[0].write(np.array([1.0, 2.0, 3.0]))
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["'200     '", "200 none", "200.0"])
@pytest.mark.parametrize("kind", ["image", "compressed image", "table", "compressed table"])
def test_an_undefined_value_that_is_no_clean_number(tmp_path, kind, text):
    make, scale, _ = MAKERS[kind]
    keyword, ask = ("BLANK", "mask_blank") if scale == "BSCALE" else ("TNULL1", "mask_null")
    read = make(tmp_path / "t.fits", f"{keyword:8}= {text}")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        values = read(**{ask: True})
    assert values.mask.tolist() == [False, True, False]
    assert [keyword in str(one.message) for one in caught] == [True]


@pytest.mark.parametrize("kind", ["image", "compressed image", "table", "compressed table"])
def test_an_undefined_value_that_is_no_number(tmp_path, kind):
    make, scale, _ = MAKERS[kind]
    keyword = "BLANK" if scale == "BSCALE" else "TNULL1"
    read = make(tmp_path / "t.fits", f"{keyword:8}= 'none    '")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(FITSFormatError, match=f"{keyword} = 'none"):
            read()


def test_a_scale_without_value_is_not_there(tmp_path):
    for keyword in ("BSCALE", "BZERO", "BLANK"):
        values, told = come(image(tmp_path / "t.fits", f"{keyword:8}= '        '"))
        assert values == STORED
        assert [f"{keyword} = '        ' has no value" in one for one in told] == [True]
    for keyword in ("TSCAL1", "TZERO1", "TNULL1"):
        values, told = come(table(tmp_path / "t.fits", f"{keyword:8}= ''"))
        assert values == STORED
        assert [f"{keyword} = '' has no value" in one for one in told] == [True]


def test_the_offset_of_unsigned_64_bit_integers_in_quotes(tmp_path):
    rows = [np.array([n, 7], ">i8").tobytes() for n in (-(2**63), 0, 2**63 - 1)]
    (tmp_path / "t.fits").write_bytes(table_bytes("1K", rows, "TZERO1  = '9223372036854775808'"))
    with FITS(tmp_path / "t.fits") as fits, pytest.warns(FITSWarning, match="TZERO1"):
        assert fits[1].read_column("x").tolist() == [0, 2**63, 2**64 - 1]


def test_no_warning_about_cards_that_mean_nothing(tmp_path):
    rows = [b"abcd", b"efgh"]
    (tmp_path / "t.fits").write_bytes(table_bytes("2A", rows, "TNULL1  = 'x'", "TZERO1  = '1,5'"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with FITS(tmp_path / "t.fits") as fits:
            assert fits[1].read_column("x").tolist() == ["ab", "ef"]


@pytest.mark.parametrize("keyword", ["ZSCALE", "ZZERO"])
def test_scales_of_quantized_tiles(tmp_path, keyword):
    """As keywords: without the number not even the stored values can be read."""
    data = np.random.default_rng(5).normal(100, 5, (10, 40)).astype("f4")
    path = tmp_path / "q.fits"
    rustfits.write(path, data, compress="rice", quantize=rustfits.Quantize(level=4.0))
    content = path.read_bytes()
    end = content.index(b"END".ljust(80), 2880)
    begin = -(-(end + 80) // 2880) * 2880
    values = {}
    for text in ("2.5", "'2.5     '", "2.5 counts", "2,5"):
        cards = content[2880:end].replace(f"'{keyword:8}'".encode(), b"'OTHER   '")
        cards += f"{keyword:8}= {text}".ljust(80).encode() + b"END".ljust(80)
        path.write_bytes(
            content[:2880] + cards.ljust(-(-len(cards) // 2880) * 2880) + content[begin:]
        )
        with FITS(path) as fits:
            if text == "2,5":
                with pytest.raises(FITSFormatError, match=keyword):
                    fits[1].read()
            else:
                values[text] = fits[1].read()
    assert np.array_equal(values["2.5"], values["'2.5     '"])
    assert np.array_equal(values["2.5"], values["2.5 counts"])
