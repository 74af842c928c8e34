# SPDX-License-Identifier: BSD-3-Clause
"""Records of headers of the fitsio package and of rustfits.fitsio: CONTINUE, blank, repeated, odd bytes."""

from __future__ import annotations

import copy
import pickle
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

from rustfits import fitsio as ours
from support.fitsio_scripts import both

LONG = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut"
)
START = [
    "SIMPLE  =                    T",
    "BITPIX  =                    8",
    "NAXIS   =                    0",
]


def write_cards(path: str, cards: list[str]) -> None:
    text = "".join(card.ljust(80) for card in [*START, *cards, "END"])
    Path(path).write_bytes(text.encode("latin-1").ljust(-(-len(text) // 2880) * 2880))


def test_repeated_keywords_count_as_in_fitsio(tmp_path):
    cards = ["A       = 1 / c1", "A       = 2 / c2", "S       = 'one'", "S       = 'two'"]
    cards += [
        "L       = T",
        "L       = F",
        "F       = 1.5",
        "F       = 2.5D3",
        "U       =",
        "U       = 3",
    ]

    def script(module, path):
        write_cards(path, cards)
        read = module.read_header(path)
        one_by_one = [read[key] for key in "ASLFU"]
        read = module.read_header(path)
        found = [(read.keys(), len(read)), [read[key] for key in "ASLFU"], one_by_one]
        found += [[read.get_comment("A"), [(r["name"], r["value"]) for r in read.records()]]]
        listed = module.FITS(path)[0].read_header_list()
        return [*found, len(listed), [r["value"] for r in listed if r["name"] == "A"]]

    both(script, tmp_path)


def test_records_of_files_are_those_of_fitsio(tmp_path):
    cards = ["Q       = 'it''s' / c", "HIERARCH Long key = 'abc' / x", "COMMENT c1", "HISTORY h1"]
    cards += [
        "        blank text",
        "",
        "NOEQ     5",
        "lower   = 4",
        "NUL     = ''",
        "LEAD    = '  x  '",
    ]
    cards += [
        "E       = 'abc' garbage",
        f"LONGS   = '{LONG[:66]}&'",
        f"CONTINUE  '{LONG[66:]}' / why",
    ]

    def script(module, path):
        write_cards(path, cards)
        header = module.read_header(path)
        found = [dict(record) for record in header.records()]
        for record in found:
            record["name"] = record["name"] and record["name"].upper()
        return [found, header["longs"], header["noeq"], header[None], header.get_comment("LONGS")]

    both(script, tmp_path)


@pytest.mark.parametrize("comment", ["", " ", " h", "--- test ---"])
def test_blank_records_keep_their_comment(tmp_path, comment):
    def script(module, path):
        header = module.FITSHDR([{"name": None, "value": "", "comment": comment}])
        with module.FITS(path, "rw") as fits:
            fits.write(None, header=header)
            fits[0].write_keys(header)
            return [dict(r) for r in fits[0].read_header().records() if r["name"] is None]

    assert both(script, tmp_path)[0]["comment"] == comment.rstrip()


def test_strings_with_continue_cards_are_whole(tmp_path):
    cards = ["A       = 1", f"LONGS   = '{LONG[:66]}&'", f"CONTINUE  '{LONG[66:80]}&' / one"]
    cards += [f"CONTINUE  '{LONG[80:]}' / two", "B       = 2"]

    def script(module, path):
        header = module.FITSHDR(cards)
        added = module.FITSHDR()
        for card in cards:
            added.add_record(card)
        module.write(path, np.zeros(3), header=header)
        module.write(path, np.zeros(3), header=added)
        found = []
        for ext in (0, 1):
            read = module.read_header(path, ext=ext)
            found += [read["LONGS"], read.get_comment("LONGS"), read["A"], read["B"]]
        return found

    assert both(script, tmp_path)[0] == LONG


def test_records_of_cards_have_class_and_type(tmp_path):
    cards = [
        "IVAL    =                   35 / why",
        "X       = 1.5",
        "L       = T",
        "U       = / none",
    ]
    cards += [
        "HIERARCH ab cd = 'x' / y",
        "COMMENT foo",
        "HISTORY  foo",
        "        foo",
        "J       = 1.2.3",
    ]

    def script(module, path):
        return [dict(module.FITSRecord(card)) for card in cards]

    both(script, tmp_path)


@pytest.mark.parametrize(
    "header",
    [
        {"k": "caf\xe9 \u4e00"},
        {"k": "a\nb"},
        [{"name": "k", "value": 1, "comment": "caf\xe9"}],
        [{"name": "COMMENT", "value": "caf\xe9\nb"}],
        {"k\xe9": 1},
    ],
)
def test_text_that_fits_cannot_hold_becomes_blanks(tmp_path, header):
    def script(module, path):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            module.write(path, np.zeros(3), header=header)
            with module.FITS(path, "rw") as fits:
                fits[0].write_keys(header)
        read = module.read_header(path)
        found = [(r["name"], r["value"], r["comment"]) for r in read.records()]
        told = any(issubclass(one.category, ours.FITSRuntimeWarning) for one in caught)
        assert told or module is not ours
        return [one for one in found if one[0] == "K" or "caf" in str(one[1])]

    both(script, tmp_path)


def test_unnumbered_extver_is_less_than_none(tmp_path):
    path = str(tmp_path / "v.fits")
    with ours.FITS(path, "rw") as fits:
        fits.write(np.zeros(3))
        fits.write(np.ones(4), extname="SCI", header={"EXTVER": "text"})
        fits.write(np.ones(3), extname="SCI")
        assert [fits["SCI", version].get_extnum() for version in (0, 1)] == [1, 2]
        assert fits[1].get_extver() == 0


def test_deleting_a_missing_key_is_an_oserror(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(np.zeros(3))
            with pytest.raises(OSError):
                fits[0].delete_key("NOPE")
        return []

    both(script, tmp_path)


def test_headers_copy_and_pickle_before_they_are_read(tmp_path):
    path = str(tmp_path / "p.fits")
    ours.write(path, np.zeros(3), header={"A": 1, "S": "x"})
    for change in (copy.copy, copy.deepcopy, lambda header: pickle.loads(pickle.dumps(header))):
        made = change(ours.read_header(path))
        made["A"] = 2
        assert (made["A"], made["S"], len(made)) == (2, "x", len(ours.read_header(path)))


def test_a_change_of_a_record_is_seen(tmp_path):
    path = str(tmp_path / "r.fits")
    ours.write(path, np.zeros(3), header={"A": 1})
    header = ours.read_header(path)
    assert header["A"] == 1 and header.keys() and header["A"] == 1
    header.records()[-1]["value"] = 5
    assert header["A"] == 5 and "= " in str(header) and str(header).endswith("5")


def test_many_cards_take_linear_time(tmp_path):
    path = str(tmp_path / "many.fits")
    write_cards(path, [f"K{number:<7}= {number}" for number in range(100_000)])
    start = time.perf_counter()
    header = ours.read_header(path)
    assert sum(header[f"K{number}"] for number in range(100_000)) == 4999950000
    assert len(header.records()) == len(header.keys()) == 100_003
    made = ours.FITSHDR([f"K       = '{'x' * 60}&'"] + [f"CONTINUE  '{'x' * 60}&'"] * 50_000)
    assert len(made["K"]) == 60 * 50_001 + 1
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize("compress", [None, "RICE"])
@pytest.mark.parametrize("dtype", ["i2", "u2", "u1", "i4"])
def test_blank_survives_copies(tmp_path, dtype, compress):
    data = np.arange(6, dtype=dtype).reshape(2, 3)

    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(data, header={"BLANK": 5}, compress=compress)
            fits.write(data, header=fits[-1].read_header())
            fits.write(data, header=fits[-1].read_header(), compress=compress)
            return [hdu.read_header().get("BLANK") for hdu in fits if hdu.has_data()]

    assert both(script, tmp_path) == [5, 5, 5]


def test_blank_that_is_no_pixel_is_left_out(tmp_path):
    path = str(tmp_path / "b.fits")
    for dtype, blank in (("u1", -99), ("f4", 5), ("i2", 70000), ("i2", "text")):
        ours.write(path, np.zeros(3, dtype), header={"BLANK": blank}, clobber=True)
        assert "BLANK" not in ours.read_header(path)


def test_keywords_of_compression_in_a_header_are_dropped(tmp_path):
    path = str(tmp_path / "z.fits")
    names = [
        "ZIMAGE",
        "ZBITPIX",
        "ZNAXIS1",
        "ZTILE1",
        "ZCMPTYPE",
        "ZSCALE",
        "ZZERO",
        "ZBLANK",
        "ZTABLE",
    ]
    header = dict.fromkeys([*names, "ZFORM1", "ZCTYP1", "ZTHEAP", "ZTILELEN"], 1) | {"KEPT": 2}
    table = np.zeros(2, [("a", "i4")])
    with ours.FITS(path, "rw") as fits:
        fits.write(np.zeros((4, 4), "i4"), header=header, compress="RICE")
        fits.write(np.zeros((4, 4), "i4"), header=header)
        fits.create_image_hdu(dims=(4, 4), dtype="i4", header=header)
        fits.write(table, header=header)
        fits.write_table(table, header=header, table_type="ascii")
        fits.create_table_hdu(dtype=table.dtype, header=header)
        for hdu in fits[1:]:
            assert hdu.hdu.header["KEPT"] == 2
            assert not set(header) & set(hdu.hdu.header) - {"KEPT", "ZSCALE", "ZZERO", "ZBLANK"}
