# SPDX-License-Identifier: BSD-3-Clause
"""Headers of the fitsio package and of rustfits.fitsio are the same."""

from __future__ import annotations

import io

import numpy as np
import pytest

from rustfits import fitsio as ours
from support.fitsio_scripts import MODULES, both


def test_header_objects(tmp_path):
    def script(module, path):
        h = module.FITSHDR({"A": 1, "b": "x", "longkeyword": 2.5})
        found = [h.keys(), len(h), list(h), h["a"], h.get("zz"), h.get("zz", 3), "B" in h, "q" in h]
        h["C"] = 5
        h["A"] = 7
        h.add_record({"name": "D", "value": 3, "comment": "dd"})
        h.add_record("E       =                    9 / ecomm")
        h.add_record({"name": "COMMENT", "value": "first"})
        h.add_record({"name": "COMMENT", "value": "second"})
        h.add_record("HISTORY hist")
        found += [h.keys(), h["E"], h.get_comment("D"), h.get_comment("C"), h["COMMENT"]]
        found += [h["HISTORY"], len(h), [(r["name"], r["value"]) for r in h.records()]]
        h.delete("D")
        h.delete(["A", "C"])
        h.delete("nothing")
        found.append(h.keys())
        h.add_record({"name": "E", "value": 10})
        found += [h.keys(), h["E"], module.FITSHDR(h).keys(), dict(h)]
        cards = module.FITSHDR(
            [
                "A       =                    1 / c",
                "BB      = 'str'",
                "CC      =                    T",
            ]
        )
        found += [[(k, cards[k], cards.get_comment(k)) for k in cards]]
        record = module.FITSRecord({"name": "x", "value": 3, "comment": "c"})
        card = module.FITSCard("HIERARCH aa bb = 3 / c")
        found += [dict(record), card["name"], card["value"], card["comment"]]
        for wrong in (("a", 1), 3, {"name": "x"}, {"value": 1}):
            with pytest.raises(ValueError):
                module.FITSRecord(wrong)
        return found

    both(script, tmp_path)


def test_clean(tmp_path):
    kept = ["A", "DATE", "INHERIT", "OBJECT", "EXTVER"]
    removed = [
        "BITPIX",
        "PCOUNT",
        "GCOUNT",
        "TFIELDS",
        "EXTNAME",
        "CHECKSUM",
        "DATASUM",
        "XTENSION",
    ]

    def script(module, path):
        h = module.FITSHDR([{"name": name, "value": 1} for name in kept + removed])
        h.clean()
        t = module.FITSHDR([{"name": name, "value": 1} for name in [*kept, "BUNIT", "BSCALE"]])
        i = module.FITSHDR(t)
        t.clean(is_table=True)
        i.clean()
        return [h.keys(), t.keys(), i.keys()]

    assert both(script, tmp_path)[0] == kept


def test_headers_of_files(tmp_path):
    header = [
        {"name": "EXTNAME", "value": "lost"},
        {"name": "A", "value": 1.5, "comment": "ac"},
        {"name": "N", "value": 3},
        {"name": "LONGSTR", "value": "y" * 90, "comment": "z"},
        {"name": "HISTORY", "value": "hh"},
        {"name": "COMMENT", "value": "cc"},
        {"name": "S", "value": "a b"},
        {"name": "B", "value": True},
        {"name": "long key name", "value": 3},
        {"name": "NAXIS", "value": 77},
    ]

    def script(module, path):
        found = []
        with module.FITS(path, "rw") as fits:
            fits.write(np.arange(3), header=module.FITSHDR(header))
            fits.write({"x": np.arange(2)}, extname="T", header=header)
            fits.write(np.arange(3), header=fits[1].read_header(), extname="copy")
            for hdu in fits:
                h = hdu.read_header()
                names = ("A", "N", "LONGSTR", "HISTORY", "S", "B", "LONG KEY NAME")
                found += [hdu.get_extname(), [h[name] for name in names], h.get_comment("a")]
                found += [name in h for name in ("A", "NAXIS", "nope")]
                found.append("cc" in [r["value"] for r in h.records() if r["name"] == "COMMENT"])
            found.append(module.read_header(path, ext="T").get("N"))
        return found

    both(script, tmp_path)


def test_keys(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write({"x": np.arange(2)})
            hdu = fits[1]
            hdu.write_key("KEY1", 3, comment="ccc")
            hdu.write_key("key1", 4)
            hdu.write_key("a long key", 3.5, comment="c")
            hdu.write_key("NON", None)
            hdu.write_key("BO", True)
            hdu.write_key("NP", np.float64(1.25))
            hdu.write_key("NI", np.int16(7))
            hdu.write_key("ST", "it's")
            hdu.write_key("LS", [1, 2])
            hdu.write_key("LO", "x" * 100)
            hdu.write_key("EM", "")
            hdu.write_key("TUNIT1", "m")
            hdu.write_keys(
                [{"name": "R1", "value": 1, "comment": "x"}, {"name": "R2", "value": "s"}]
            )
            hdu.write_keys({"R3": 1})
            hdu.write_keys(module.FITSHDR({"R4": 1}))
            hdu.write_comment("a comment")
            hdu.write_history("a history")
            hdu.delete_key("R1")
            hdu.delete_keys(["R2", "R3"])
            h = hdu.read_header()
            names = [
                "KEY1",
                "a long key",
                "NON",
                "BO",
                "NP",
                "NI",
                "ST",
                "LS",
                "LO",
                "EM",
                "TUNIT1",
            ]
            names += ["R4", "COMMENT", "HISTORY"]
            found = [h[name] for name in names]
            found += [h.get_comment("KEY1"), "R1" in h, "R3" in h]
            listed = hdu.read_header_list()
            found.append([(r["name"], r["value"]) for r in listed if r["name"] in names])
        return found

    both(script, tmp_path)


def test_values_that_become_text_are_warned_about(tmp_path):
    path = str(tmp_path / "t.fits")
    with ours.FITS(path, "rw") as fits:
        fits.write(np.arange(3))
        with pytest.warns(ours.FITSRuntimeWarning, match="BytesIO"):
            fits[0].write_key("OBJ", io.BytesIO(b""))


def test_scamp(tmp_path):
    text = "HISTORY  a\nCRVAL1  =   1.5 / x\nCTYPE1  = 'RA---TAN'           / y\nCOMMENT zz\nEND     \n"

    def script(module, path):
        with open(path + ".head", "w") as file:
            file.write(text)
        made = module.read_scamp_head(path + ".head")
        also = module.read_scamp_head(path + ".head", header=module.FITSHDR({"Q": 1}))
        return [
            made.keys(),
            made["CRVAL1"],
            made["CTYPE1"],
            made.get_comment("CRVAL1"),
            also.keys(),
        ]

    both(script, tmp_path)


def test_unknown_arguments_are_warned_about(tmp_path):
    for module in MODULES.values():
        path = str(tmp_path / f"{module.__name__}.fits")
        module.write(path, np.arange(3))
        with module.FITS(path, "rw") as fits, pytest.warns(DeprecationWarning, match="ignored"):
            fits.write(np.arange(3), bogus=1)
