# SPDX-License-Identifier: BSD-3-Clause
"""Keywords that name a column (FITS 4.0, tables 22 and 8.3) move with it, or stay with it."""

from __future__ import annotations

import numpy as np
import pytest

import rustfits
from rustfits import FITS

#: What stands before and behind the number of a column; a second one in matrices.
ROOTS = [
    # pixel lists
    *("TCTYP#", "TCTY#A", "TCUNI#", "TCUN#A", "TCRVL#", "TCRV#A", "TCDLT#", "TCDE#A", "TCRPX#"),
    *("TCRP#A", "TCROT#", "TPC#_#", "TP#_#A", "TCD#_#", "TC#_#A", "TPV#_1", "TV#_2A", "TPS#_0"),
    *("TS#_1A", "TCNA#", "TCNA#B", "TCRD#", "TCRD#A", "TCSY#", "TCZP#", "TCPR#", "TWCS#", "TWCS#A"),
    # vectors
    *("1CTYP#", "2CTY#A", "1CUNI#", "2CUN#A", "1CRVL#", "1CRV#A", "1CDLT#", "1CDE#A", "1CRPX#"),
    *("1CRP#A", "2CROT#", "12PC#", "12PC#A", "21CD#", "21CD#A", "1PV#_1", "1V#_2", "1V#_2A"),
    *(
        "2PS#_0",
        "2S#_1A",
        "1PV#_X",
        "1V#_XA",
        "1CNA#",
        "1CNA#A",
        "1CRD#",
        "1CSY#",
        "1CZP#",
        "1CPR#",
    ),
    # of the whole system
    *("WCAX#", "WCAX#A", "WCSN#", "WCSN#A", "WCST#", "WCSX#", "LONP#", "LONP#A", "LATP#"),
    *("LATP#A", "EQUI#", "EQUI#A", "RADE#", "RADE#A", "RFRQ#", "RFRQ#A", "RWAV#", "RWAV#A"),
    *("SPEC#", "SPEC#A", "SOBS#", "SSRC#", "VSYS#", "VANG#", "ZSOU#", "OBSGX#", "OBSGY#", "OBSGZ#"),
    *("DOBS#", "MJDOB#", "DAVG#", "MJDA#", "TRPOS#", "TRDIR#"),
    # and of the table
    *("TUNIT#", "TDISP#", "TUCD#", "TLMIN#", "TLMAX#", "TDMIN#", "TDMAX#", "TCOMM#"),
]
OTHERS = ["WCSNAME", "EQUINOX", "RADESYS", "LONPOLE", "MJD-OBS", "OBSGEO-X", "SPECSYS", "DATE-OBS"]
OTHERS += ["VERSION2", "2MASS", "SPECTRA3", "EQUI", "TRPOS2X", "OBSGX2A", "3D", "V2_1"]


def card_name(root: str, number: int) -> str:
    return root.replace("#", str(number))


def table(names: list[str]) -> np.ndarray:
    return np.zeros(2, [(name, "i4") for name in names])


@pytest.fixture
def fits():
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_table(table(["a", "b", "c"]))
        with hdu.header.edit() as header:
            for number in (1, 2, 3):
                for root in ROOTS:
                    header[card_name(root, number)] = f"{root} of {number}"
            for keyword in OTHERS:
                header[keyword] = keyword
        yield fits


def check(header: rustfits.FITSHeader, places: dict[int, int]) -> None:
    """Check that column `old` of the created table is now column `new`, or was removed (0)."""
    for root in ROOTS:
        found = {
            number: header[card_name(root, number)]
            for number in range(1, 6)
            if card_name(root, number) in header
        }
        expected = {new: f"{root} of {old}" for old, new in places.items() if new}
        assert found == expected, root
    for keyword in OTHERS:
        assert header[keyword] == keyword


def test_inserting_a_column_moves_the_cards_of_those_behind(fits):
    fits[1].insert_column("new", np.zeros(2), position=1)
    check(fits[1].header, {1: 1, 2: 3, 3: 4})
    fits[1].insert_column("first", np.zeros(2), position=0)
    check(fits[1].header, {1: 2, 2: 4, 3: 5})


def test_deleting_a_column_takes_its_cards_along(fits):
    fits[1].delete_column("b")
    check(fits[1].header, {1: 1, 2: 0, 3: 2})
    fits[1].delete_column("a")
    check(fits[1].header, {1: 0, 2: 0, 3: 1})


def test_a_header_of_another_table_goes_by_the_names_of_columns(fits):
    header = fits[1].header
    hdu = fits.write_table(table(["c", "x", "A"]), header=header)
    for root in ROOTS:
        if root in ("TUNIT#", "TDISP#"):  # of the new columns themselves
            continue
        assert hdu.header.get(card_name(root, 1)) == f"{root} of 3", root
        assert card_name(root, 2) not in hdu.header, root
        assert hdu.header.get(card_name(root, 3)) == f"{root} of 1", root
    for keyword in OTHERS:
        assert hdu.header[keyword] == keyword


def test_cards_that_are_given_for_the_new_columns_stay(fits):
    hdu = fits.write_table(table(["x", "y"]), header={"TUCD2": "pos.eq.ra", "WCSN1": "mine"})
    assert hdu.header["TUCD2"] == "pos.eq.ra"
    assert hdu.header["WCSN1"] == "mine"


def test_numbers_that_do_not_fit_a_keyword_any_more():
    names = [f"c{number}" for number in range(1, 100)]
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_table(table(names))
        hdu.header["TPC9_99A"] = 1.5
        hdu.header["TPC9_99"] = 2.5
        hdu.header["TCRP99A"] = 3.5
        hdu.insert_column("new", np.zeros(2), position=0)
        assert hdu.header["TCRP100A"] == 3.5
        assert not any(key.startswith("TPC") for key in hdu.header)  # 9 characters and more
