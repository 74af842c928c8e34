# SPDX-License-Identifier: BSD-3-Clause
"""ASCII tables both ways with astropy and fitsio, and by fitsverify."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rustfits
from rustfits import FITS, AsciiTableHDU

TYPES = ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8", "S6", "U6"]
ANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=6)


@st.composite
def tables(draw: st.DrawFn, types: tuple[str, ...] = tuple(TYPES)) -> np.ndarray:
    """Structured arrays whose values an ASCII table can hold."""
    kinds = draw(st.lists(st.sampled_from(types), min_size=1, max_size=6))
    rows = draw(st.integers(0, 6))
    table = np.zeros(rows, [(f"c{n}_{kind}", kind) for n, kind in enumerate(kinds)])
    for name, kind in zip(table.dtype.names, kinds, strict=True):
        if kind[0] in "SU":
            texts = [draw(PRINTABLE).rstrip() for _ in range(rows)]
            table[name] = [t.encode() for t in texts] if kind[0] == "S" else texts
        elif kind[0] == "f":
            elements = st.floats(allow_nan=False, allow_infinity=False, width=int(kind[1]) * 8)
            table[name] = draw(hnp.arrays(kind, rows, elements=elements))
        else:
            table[name] = draw(hnp.arrays(kind, rows))
    return table


def write(path: Path, table: np.ndarray, **how: Any) -> None:
    with FITS(path, "w+") as fits:
        hdu = fits.create_ascii_table_hdu(table.dtype, len(table), extname="A", **how)
        assert type(hdu) is AsciiTableHDU
        hdu.write(table)


def assert_equal(ours: np.ndarray, table: np.ndarray) -> None:
    """The values that were written, in wider types."""
    assert ours.dtype.names == table.dtype.names
    for name in table.dtype.names:
        kind = table.dtype[name].kind
        got, want = ours[name], table[name]
        if kind == "S":
            want = np.char.decode(want, "ascii")
        assert got.dtype.kind == {"S": "U", "u": got.dtype.kind}.get(kind, kind)
        np.testing.assert_array_equal(got.astype(want.dtype), want)
        if kind == "f":
            np.testing.assert_array_equal(np.signbit(got.astype(want.dtype)), np.signbit(want))


@ANY
@given(table=tables())
def test_written_tables_read_back(tmp_path, table):
    path = tmp_path / "a.fits"
    write(path, table)
    with FITS(path) as fits:
        assert_equal(fits["A"].read(), table)


@ANY
@given(table=tables(tuple(t for t in TYPES if t != "u8")))
def test_astropy_reads_what_is_written(tmp_path, table):
    path = tmp_path / "a.fits"
    write(path, table)
    with astropy_fits.open(path) as theirs:
        data = theirs["A"].data
        assert len(data) == len(table)
        for name in table.dtype.names if len(table) else ():
            want, got = table[name], np.asarray(data[name])
            if want.dtype.kind == "S":
                want = np.char.decode(want, "ascii")
            if want.dtype.kind == "U":
                got = np.char.rstrip(got)  # astropy shows a field of blanks as one blank
            np.testing.assert_array_equal(got.astype(want.dtype), want)


@settings(ANY, max_examples=30)
@given(table=tables(("i2", "i4", "u4", "f4", "f8")))  # cfitsio reads integers by way of doubles
def test_fitsio_reads_what_is_written(tmp_path, table):
    path = tmp_path / "a.fits"
    write(path, table)
    if not len(table):
        return
    with fitsio.FITS(str(path)) as theirs:
        for name in table.dtype.names:
            got, want = theirs[1][name][:], table[name]
            if want.dtype.kind in "iu":
                np.testing.assert_array_equal(got, want)
            else:  # cfitsio multiplies by powers of ten, which is right but for the last bits
                close = 2 * np.finfo(want.dtype).eps
                np.testing.assert_allclose(got, want.astype("f8"), rtol=close * 2, atol=1e-300)


@settings(ANY, max_examples=10)
@given(table=tables())
def test_fitsverify_agrees(tmp_path, table):
    path = tmp_path / "a.fits"
    write(path, table)
    done = subprocess.run(["fitsverify", str(path)], capture_output=True, text=True, check=False)
    assert "0 warning(s) and 0 error(s)" in done.stdout, done.stdout


FORMATS = {
    "A": st.integers(1, 9).map(lambda w: f"A{w}"),
    "I": st.integers(1, 19).map(lambda w: f"I{w}"),
    "F": st.tuples(st.integers(1, 6), st.integers(6, 10)).map(lambda t: f"F{t[0] + t[1]}.{t[0]}"),
    "E": st.integers(1, 12).map(lambda d: f"E{d + 8}.{d}"),
    "D": st.integers(1, 16).map(lambda d: f"D{d + 9}.{d}"),
}


@ANY
@given(letters=st.lists(st.sampled_from("AIFED"), min_size=1, max_size=5), data=st.data())
def test_what_astropy_writes_is_read_as_by_astropy(tmp_path, letters, data):
    path = tmp_path / "a.fits"
    rows = data.draw(st.integers(1, 5))
    columns = []
    for number, letter in enumerate(letters):
        form = data.draw(FORMATS[letter])
        if letter == "A":
            array = np.array([data.draw(PRINTABLE)[: int(form[1:])] for _ in range(rows)])
        elif letter == "I":
            most = min(10 ** (int(form[1:]) - 1) - 1, 2**62)
            array = data.draw(hnp.arrays("i8", rows, elements=st.integers(-most // 10, most)))
        else:
            array = data.draw(hnp.arrays("f8", rows, elements=st.floats(-9999, 9999)))
        columns.append(astropy_fits.Column(f"c{number}", form, array=array, ascii=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = astropy_fits.TableHDU.from_columns(columns)
        made.writeto(path, overwrite=True)
    with FITS(path) as fits, astropy_fits.open(path) as theirs:
        ours = fits[1].read()
        for column in columns:
            want = np.asarray(theirs[1].data[column.name])
            got = ours[column.name]
            if column.format[0] == "A":
                assert [s.rstrip() for s in got] == [s.rstrip() for s in want]
            else:
                np.testing.assert_array_equal(got, want)


def test_what_fitsio_writes_is_read(tmp_path):
    path = tmp_path / "a.fits"
    table = np.zeros(4, [("name", "S5"), ("n", "i2"), ("m", "i4"), ("x", "f4"), ("y", "f8")])
    table["name"] = [b"M 31", b"", b"abcde", b"x"]
    table["n"] = [0, -32768, 32767, 1]
    table["m"] = [0, -(2**31), 2**31 - 1, 1]
    table["x"] = [0, 1.5, -2.25e10, 3.5e-10]
    table["y"] = [0, 1.5, -2.25e100, 3.5e-100]
    with fitsio.FITS(str(path), "rw") as fits:
        fits.write(table, table_type="ascii")
    with FITS(path) as fits:
        ours = fits[1].read()
    for name in ("n", "m"):
        np.testing.assert_array_equal(ours[name], table[name])
    np.testing.assert_allclose(ours["x"], table["x"], rtol=1e-6)
    np.testing.assert_allclose(ours["y"], table["y"], rtol=1e-15)
    assert ours["name"].tolist() == ["M 31", "", "abcde", "x"]


def test_formats_units_and_overflow(tmp_path):
    path = tmp_path / "a.fits"
    table = np.array([(1, 2.5, "ab"), (99, 3.25, "cd")], [("n", "i4"), ("x", "f8"), ("s", "U2")])
    write(path, table, formats={"N": "I2", "x": "F5.2"}, units={"x": "mag"})
    with astropy_fits.open(path, mode="readonly") as theirs:
        header = theirs[1].header
        assert [header[f"TFORM{n}"] for n in (1, 2, 3)] == ["I2", "F5.2", "A2"]
        assert [header[f"TBCOL{n}"] for n in (1, 2, 3)] == [1, 4, 10]
        assert header["TUNIT2"] == "mag"
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        table["n"] = [1, 100]
        with pytest.raises(rustfits.FITSError, match=r"'n'.*row 1.*100") as caught:
            fits[1].write(table)
        assert isinstance(caught.value, (ValueError, IndexError))
    assert path.read_bytes() == before


def test_append_and_edit_are_seen_by_astropy(tmp_path):
    path = tmp_path / "a.fits"
    table = np.array([(1, 2.5, "ab"), (99, 3.25, "cd")], [("n", "i4"), ("x", "f8"), ("s", "U2")])
    write(path, table)
    with FITS(path, "r+") as fits:
        fits.write_image(np.arange(7, dtype="i2"))
        for _ in range(200):  # over several blocks, with an HDU behind
            fits[1].append(table)
        fits[1]["x"][3:5] = [-1.0, 1e300]
        fits[1]["s"][0] = "zz"
    whole = np.concatenate([table] * 201)
    whole["x"][3:5] = [-1.0, 1e300]
    whole["s"][0] = "zz"
    with astropy_fits.open(path) as theirs:
        for name in table.dtype.names:
            np.testing.assert_array_equal(np.asarray(theirs[1].data[name]), whole[name])
        np.testing.assert_array_equal(theirs[2].data, np.arange(7))
    done = subprocess.run(
        ["fitsverify", "-q", str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("verification OK"), done.stdout


@settings(ANY, max_examples=25)
@given(table=tables(tuple(t for t in TYPES if t != "u8")), data=st.data())
def test_columns_come_and_go(tmp_path, table, data):
    path = tmp_path / "a.fits"
    write(path, table)
    columns = [(name, table[name]) for name in table.dtype.names]
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        fits.write_image(np.arange(7, dtype="i2"))
        for step in range(data.draw(st.integers(1, 5))):
            if columns and data.draw(st.booleans()):
                place = data.draw(st.integers(0, len(columns) - 1))
                hdu.delete_column(columns.pop(place)[0])
            else:
                place = data.draw(st.integers(0, len(columns)))
                kind = data.draw(st.sampled_from(["i2", "f4", "f8", "U3"]))
                values = np.array([str(n) for n in range(len(table))]).astype(kind)
                hdu.insert_column(f"new{step}", values, position=place)
                columns.insert(place, (f"new{step}", values))
        assert hdu.colnames == tuple(name for name, _ in columns)
        ours = hdu.read(as_dict=True)
    with astropy_fits.open(path) as theirs:
        np.testing.assert_array_equal(theirs[2].data, np.arange(7))
        for name, values in columns if len(table) else ():
            want = np.char.decode(values, "ascii") if values.dtype.kind == "S" else values
            got = np.asarray(theirs[1].data[name])
            np.testing.assert_array_equal(ours[name].astype(want.dtype), want)
            if want.dtype.kind == "U":
                got = np.char.rstrip(got)
            np.testing.assert_array_equal(got.astype(want.dtype), want)
    done = subprocess.run(["fitsverify", str(path)], capture_output=True, text=True, check=False)
    assert " 0 error(s)" in done.stdout, done.stdout


def overlapping(path: Path) -> None:
    """Write a table whose second field lies inside of the first."""
    table = np.array([("ab12cd",), ("ef34gh",)], [("all", "U6")])
    write(path, table, formats={"all": "A6"})
    with astropy_fits.open(path, mode="update") as theirs:
        header = theirs[1].header
        header["TFIELDS"] = 2
        header["TTYPE2"], header["TBCOL2"], header["TFORM2"] = "inner", 3, "I2"


def test_fields_that_overlap_are_edited_where_they_are(tmp_path):
    path = tmp_path / "a.fits"
    overlapping(path)
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        assert hdu.read().tolist() == [("ab12cd", 12), ("ef34gh", 34)]
        hdu["inner"][1] = 7
        assert hdu["all"][:].tolist() == ["ab12cd", "ef 7gh"]
        hdu.insert_column("more", [1.5, 2.5], format="F4.1", after="all")
        assert hdu.read().tolist() == [("ab12cd", 1.5, 12), ("ef 7gh", 2.5, 7)]
        hdu.delete_column("inner")
        assert hdu.read().tolist() == [("ab12cd", 1.5), ("ef 7gh", 2.5)]


def test_an_inserted_column_whose_values_do_not_fit_leaves_no_trace(tmp_path):
    path = tmp_path / "a.fits"
    write(path, np.array([(1,), (2,)], [("n", "i4")]))
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(ValueError, match=r"'x', row 1: the value 1000\.5 takes more"):
            fits[1].insert_column("x", [1.5, 1000.5], format="F4.1")
        assert fits[1].colnames == ("n",)
    with FITS(path) as fits:
        assert fits[1].read()["n"].tolist() == [1, 2]
    assert path.read_bytes()[5760:] == before[5760:]


def test_formats_make_the_same_table(tmp_path: Path) -> None:
    kinds = np.dtype([("n", "i4"), ("x", "f4"), ("y", "f8"), ("name", "S5"), ("big", "u8")])
    with FITS(tmp_path / "a.fits", "w+") as fits:
        hdu = fits.create_ascii_table_hdu(kinds, 2, formats={"y": "F12.4"})
        hdu.insert_column("z", [1.5, 2.5], format="E10.2", before="name")
        assert hdu.formats == {
            "n": "I11",
            "x": "E23.16",
            "y": "F12.4",
            "z": "E10.2",
            "name": "A5",
            "big": "I20",
        }
        fits.create_ascii_table_hdu(hdu.dtype, hdu.nrows, formats=hdu.formats)
    with astropy_fits.open(tmp_path / "a.fits") as hdus:
        first, second = hdus[1].columns, hdus[2].columns
        assert first.formats == ["I11", "E23.16", "F12.4", "E10.2", "A5", "I20"]
        assert second.names == first.names
        assert second.formats == first.formats
