# SPDX-License-Identifier: BSD-3-Clause
"""Tables of astropy, and types of numpy beyond numbers: what is written beside the cells."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.table import Column, MaskedColumn, QTable, Table
from astropy.time import Time
from astropy.utils.masked import Masked

import rustfits


@pytest.fixture
def sky() -> QTable:
    table = QTable(meta={"OBJECT": "M31", "comments": ["one", "two"], "EXPTIME": 3 * u.s})
    table["n"] = Column([1, 2, 3], description="a number", format="%5d")
    table["v"] = [1.0, 2.0, 3.0] * u.km / u.s
    table["v"].info.description = "speed " * 20
    table["v"].info.format = ".3f"
    table["m"] = MaskedColumn([1, 2, 3], mask=[0, 1, 0], unit="adu")
    table["q"] = Masked([1.0, 2.0, 3.0] * u.Jy, mask=[0, 0, 1])
    table["s"] = ["x", "yy", ""]
    table["w"] = np.arange(6.0).reshape(3, 2) * u.m
    return table


@pytest.mark.parametrize("compress", [None, True])
def test_a_qtable_is_written_with_all_it_has(
    tmp_path: Path, sky: QTable, compress: bool | None
) -> None:
    path = tmp_path / "sky.fits"
    rustfits.write(path, sky, compress=compress)
    with rustfits.FITS(path) as fits:
        hdu: Any = fits[1]
        assert hdu.units == {
            "n": None,
            "v": "km s-1",
            "m": "adu",
            "q": "Jy",
            "s": None,
            "w": "m",
        }
        assert hdu.header["TCOMM1"] == "a number"
        assert hdu.header["TCOMM2"] == "speed " * 19 + "speed"
        assert (hdu.header["TDISP1"], hdu.header["TDISP2"]) == ("I5", "F12.3")
        assert (hdu.header["OBJECT"], hdu.header["EXPTIME"]) == ("M31", 3.0)
        assert hdu.header.comment_of("EXPTIME") == "[s]"
        assert hdu.header["COMMENT"] == ["one", "two"]
    if compress:
        return  # astropy reads no compressed tables
    back = QTable.read(path)
    assert back.meta["comments"] == ["one", "two"] and back.meta["OBJECT"] == "M31"
    for name in sky.colnames:
        assert getattr(back[name], "unit", None) == getattr(sky[name], "unit", None)
        mask = np.array(getattr(sky[name], "mask", False)) | np.zeros(sky[name].shape, bool)
        if name != "s":
            np.testing.assert_array_equal(back[name][~mask], sky[name][~mask])
            assert np.array_equal(mask, np.array(getattr(back[name], "mask", False)) | (mask & 0))


def test_meta_that_no_card_holds_is_named() -> None:
    table = Table({"a": Column([1], meta={"x": 1}, format="{} things")})
    table.meta.update(bad={"x": 1}, NAXIS2=5, when=Time("2020-01-01"), two=[1, 2], CHECKSUM="x")
    table.meta["text"] = "µ"
    with rustfits.FITS("mem://", "w+") as fits:
        with pytest.warns(rustfits.FITSWarning) as caught:
            hdu = fits.write_table(table, header={"OBJECT": "mine"})
        said = " ".join(str(one.message) for one in caught)
        for name in ("'bad'", "'NAXIS2'", "'when'", "'text'", "its meta", "{} things"):
            assert name in said
        assert "CHECKSUM" not in said
        texts = [card[:10] for card in hdu.header.cards]
        assert texts.count("TWO     = ") == 2 and hdu.header["OBJECT"] == "mine"


def test_the_header_of_a_call_wins_over_meta_and_data_keep_their_unit() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu: Any = fits.write_table(Table({"a": [1]}, meta={"A": 1, "B": 2}), header={"A": 3})
        assert (hdu.header["A"], hdu.header["B"]) == (3, 2)
        image: Any = fits.write([1, 2] * u.Jy, header={"BUNIT": "mJy", "A": 1})
        assert image.unit == "Jy" and image.header["A"] == 1


@pytest.mark.parametrize(
    ("form", "display"),
    [
        ("%5d", "I5"),
        ("{:5d}", "I5"),
        ("05d", "I5.5"),
        ("%10.3f", "F10.3"),
        (".3f", "F12.3"),
        (".4e", "E12.4"),
        ("{0:.5g}", "G14.5"),
        ("%8x", "Z8"),
        ("d", None),
        ("%d", None),
    ],
)
def test_formats_become_tdisp(tmp_path: Path, form: str, display: str | None) -> None:
    table = Table({"a": Column([1, 2], format=form)})
    path = tmp_path / "a.fits"
    rustfits.write(path, table)
    assert rustfits.read_header(path, 1).get("TDISP1") == display
    assert len(Table.read(path)) == 2


def test_a_format_for_another_type_is_not_written(tmp_path: Path) -> None:
    table = QTable({"a": [1.0, 2.0]})
    table["a"].info.format = "%.2f"
    table["b"] = [1.0, 2.0] * u.m
    table["b"].info.format = "%5d"
    path = tmp_path / "a.fits"
    with pytest.warns(rustfits.FITSWarning, match="'b'"):
        rustfits.write(path, table)
    assert QTable.read(path)["b"].unit == u.m


def test_an_inserted_column_has_description_and_format() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_table({"a": [1, 2], "z": [3, 4]})
        column = Column([1.0, 2.0], unit="Jy", description="flux", format="10.3f")
        hdu.insert_column("b", column, position=1)
        assert (hdu.header["TCOMM2"], hdu.header["TDISP2"]) == ("flux", "F10.3")
        assert hdu.units["b"] == "Jy"


def test_an_ascii_table_keeps_units_and_descriptions_of_a_column() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu: Any = fits.create_ascii_table_hdu([("a", "i4")], 2)
        hdu.insert_column("b", Column([1.0, 2.0], unit="Jy", description="flux", format="10.3f"))
        hdu.insert_column("t", np.array(["2020-01-01", "NaT"], "M8[D]"))
        assert (hdu.header["TCOMM2"], hdu.header["TDISP2"]) == ("flux", "F10.3")
        assert hdu.units["b"] == "Jy" and hdu["t"][...].tolist() == ["2020-01-01", ""]


def test_structured_arrays_keep_masks_and_units() -> None:
    rows = np.array([(1, 2.0), (3, 4.0)], "i4,f8")
    mask = np.array([(0, 1), (1, 0)], "?,?")
    with rustfits.FITS("mem://", "w+") as fits:
        for data in (np.ma.MaskedArray(rows, mask), Masked(rows, mask=mask)):
            found = fits.write_table(data).read(mask_null=True)
            assert found.tolist() == [(1, None), (None, 4.0)]
        unit = u.StructuredUnit(("km", "s"), names=("f0", "f1"))
        hdu = fits.write(u.Quantity(np.array([(1.0, 2.0)], "f8,f8"), unit))
        assert hdu.units == {"f0": "km", "f1": "s"}


def test_times_are_text_or_days() -> None:
    stamps = np.array(["2020-01-02T03:04:05.678", "NaT"], "M8[ms]")
    columns = {
        "t": stamps,
        "h": stamps.astype("M8[h]"),
        "m": np.ma.MaskedArray(stamps[[0, 0]], [False, True]),
    }
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_table(columns)
        assert hdu.read().tolist() == [
            ("2020-01-02T03:04:05.678", "2020-01-02T03:00:00", "2020-01-02T03:04:05.678"),
            ("", "", ""),
        ]
        hdu.append({name: np.array(["2021-01-02"], "M8[D]") for name in columns})
        assert hdu.read()[-1].tolist() == ("2021-01-02",) * 3
        hdu = fits.write_table(columns, times="mjd")
        assert hdu.units == {"t": "d", "h": "d", "m": "d"}
        assert abs(hdu.read()["t"][0] - Time(stamps[0]).mjd) < 1e-11
        assert np.isnan(hdu.read()["m"][1])
        hdu.append({name: np.array(["2021-01-02"], "M8[D]") for name in columns})
        assert hdu.read()["t"][-1] == Time("2021-01-02").mjd
        with pytest.raises(ValueError, match="times"):
            fits.write_table(columns, times="jd")


def test_durations_are_integers_in_their_unit() -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_table({"d": np.array([5, "NaT"], "m8[ms]")})
        assert hdu.read(mask_null=True).tolist() == [(5,), (None,)] and hdu.units["d"] == "ms"
        hdu.append({"d": np.array([7], "m8[s]")})
        assert hdu.read()[-1].tolist() == (7000,)
        with pytest.raises(TypeError, match="cannot be stored"):
            hdu.append({"d": np.array([7], "m8[us]")})
        assert hdu.nrows == 3
        plain = fits.write_table({"d": [1]})
        with pytest.raises(TypeError, match="unit"):
            plain.append({"d": np.array([7], "m8[s]")})


@pytest.mark.skipif(not hasattr(np.dtypes, "StringDType"), reason="numpy < 2 has no StringDType")
def test_strings_of_any_length_are_text() -> None:
    strings = np.dtypes.StringDType(na_object=None)  # type: ignore[call-arg]
    with rustfits.FITS("mem://", "w+") as fits:
        hdu = fits.write_table({"s": np.array(["a", None, "long text"], strings)})
        assert hdu.read()["s"].tolist() == ["a", "", "long text"]
        assert hdu.header["TFORM1"] == "9A"
        hdu.append({"s": np.array(["b"], np.dtypes.StringDType())})
        assert hdu.read()["s"][-1] == "b"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"t": Time(["2020-01-01"])}, "mjd"),
        ({"c": SkyCoord([1] * u.deg, [2] * u.deg)}, "coordinates.ra"),
        ({"v": np.zeros(2, "i4,f4")}, "each field"),
        ({"t": np.array(["12020"], "M8[Y]")}, "mjd"),
        ({"d": np.array([1], "m8[Y]")}, "unit"),
        ({"d": Column([1], description="µ")}, "comment"),
    ],
)
def test_columns_that_fits_has_not_are_refused(columns: dict[str, Any], message: str) -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        with pytest.raises((ValueError, TypeError), match=message):
            fits.write_table(columns)
        assert len(fits) == 0


@pytest.mark.parametrize("compress", [None, True])
def test_values_of_another_unit_are_refused_by_every_way_to_write(compress: bool | None) -> None:
    with rustfits.FITS("mem://", "w+") as fits:
        hdu: Any = fits.write_table(
            QTable({"f": [1.0, 2.0] * u.Jy, "n": [1.0, 2.0]}), compress=compress
        )
        wrong = [5.0, 6.0] * u.m
        for write in (
            lambda: hdu.__setitem__("f", wrong),
            lambda: hdu["f"].__setitem__(slice(None), wrong),
            lambda: hdu["f"].__setitem__(0, 5 * u.m),
            lambda: hdu["f"].write(wrong),
            lambda: hdu[["f", "n"]].write({"f": wrong, "n": [1, 2]}),
            lambda: hdu.append({"f": wrong, "n": [1, 2]}),
        ):
            with pytest.raises(ValueError, match="convert them"):
                write()
        assert hdu.read().tolist() == [(1.0, 1.0), (2.0, 2.0)]
        hdu["f"] = [5.0, 6.0] * u.Jy
        hdu["n"] = [5.0, 6.0] * u.dimensionless_unscaled
        with pytest.warns(rustfits.FITSWarning, match="no unit"):
            hdu["n"] = [5.0, 6.0] * u.m
        assert hdu.read().tolist() == [(5.0, 5.0), (6.0, 6.0)]


def test_a_header_takes_numbers_of_numpy_in_astropy_cards() -> None:
    from astropy.io.fits import Card

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert rustfits.FITSHeader([Card("A", np.float64(1.5))])["A"] == 1.5
        assert rustfits.FITSHeader([("A", np.float64(1.5))])["A"] == 1.5


class _PintLike:
    """A quantity of an own class, which is no array."""

    units = type("Unit", (), {"__format__": lambda self, spec: "km/s" if spec == "~C" else "?"})()
    magnitude = np.array([1.0, 2.0])


class _UnytLike(np.ndarray):
    """An array with its units among the attributes of the object."""


def test_quantities_of_other_packages_keep_their_unit() -> None:
    array = np.array([1.0, 2.0]).view(_UnytLike)
    array.units = "km/s"  # type: ignore[attr-defined]
    with rustfits.FITS("mem://", "w+") as fits:
        for quantity in (_PintLike(), array):
            assert fits.write_table({"v": quantity}).units == {"v": "km/s"}
            hdu = fits.write_image(quantity)
            assert hdu.unit == "km/s" and hdu.read().tolist() == [1.0, 2.0]
