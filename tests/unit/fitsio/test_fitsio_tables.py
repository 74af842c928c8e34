# SPDX-License-Identifier: BSD-3-Clause
"""Tables read with the fitsio package and with rustfits.fitsio are the same."""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rustfits import fitsio as ours
from support.fitsio_scripts import WRITER_READER, both, catalogue, native, variable


@WRITER_READER
def test_every_column_read_by_the_other(tmp_path, writer, reader):
    path = str(tmp_path / "t.fits")
    data = catalogue()
    writer.write(path, data, extname="CAT", units=["m"] * len(data.dtype.names))
    read = reader.read(path)
    for name in data.dtype.names:
        want = data[name].astype("U") if data[name].dtype.kind == "S" else data[name]
        assert native(read[name]) == native(want), name
    assert reader.read_header(path, ext="cat")["TUNIT3"] == "m"


@pytest.mark.parametrize("units", [None, ["s", "s", "s"]])
def test_units_of_a_header_were_lost(tmp_path, units):
    def script(module, path):
        data = np.zeros(3, [("a", "f8"), ("b", "i4"), ("c", "f4", 2)])
        header = module.FITSHDR()
        header.add_record({"name": "TUNIT2", "value": "deg"})
        header["EXPNUM"] = 4
        with module.FITS(path, "rw", clobber=True) as fits:
            fits.write(data, header=header, units=units)
            fits.write(data, header=fits[1].read_header(), units=units)
            fits.write(data[:0], header={"TUNIT1": "m"}, units=units)
            headers = [hdu.read_header() for hdu in fits[1:]]
        keys = ("TUNIT1", "TUNIT2", "TUNIT3", "EXPNUM")
        return [[header.get(key) for key in keys] for header in headers]

    both(script, tmp_path)


def test_slices_of_files(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw", clobber=True) as fits:
            for number in range(4):
                fits.write(np.arange(number + 1), extname=f"E{number}")
            return [
                [hdu.get_extname() for hdu in fits[key]]
                for key in (slice(1, None), slice(None, None, -2), slice(-2, 9), slice(3, 1))
            ]

    both(script, tmp_path)


def test_reading_tables_in_every_way(tmp_path):
    data = catalogue()

    def script(module, path):
        original.write(path, data, extname="CAT", extver=3)
        with module.FITS(path) as fits:
            hdu = fits[1]
            return [
                hdu.read(),
                hdu.read(columns=["name", "id"], rows=[3, 1, 1]),
                hdu.read(columns="Ra"),
                hdu.read(columns="ra", rows=[2]),
                hdu.read(columns=1),
                hdu.read(columns=[0, 2], rows=1),
                hdu.read_column("vec", rows=[1, 5]),
                hdu.read_column(0),
                hdu.read_columns(["u4", "words"], rows=np.array([6, 0])),
                hdu.read_rows([4, 2]),
                hdu.read_slice(1, 6, 2),
                hdu.read(upper=True).dtype.names,
                hdu.read(lower=True).dtype.names,
                hdu.read(rows=[]),
                hdu[3],
                hdu[1:5:2],
                hdu[[5, 0]],
                hdu[-2:],
                hdu["id"][:],
                hdu["id"][2],
                hdu["vec"][2],
                hdu["name"][[1, 3]],
                hdu["id", "name"][2:4],
                hdu[["id", "name"]][1],
                hdu["id"].read(rows=[1]),
                hdu["id", "Ra"].read(),
                list(hdu),
                hdu.get_nrows(),
                hdu.get_colnames(),
                hdu.get_colname(1),
                hdu.get_extname(),
                hdu.get_extver(),
                hdu.get_exttype(),
                hdu.get_exttype(num=True),
                hdu.get_vstorage(),
                hdu.has_data(),
                hdu.get_offsets(),
                {key: value for key, value in hdu.get_info().items() if key != "hduname"},
                [str(hdu.get_rec_dtype()[0].newbyteorder("="))],
                [
                    (str(np.dtype([field]).newbyteorder("=")), variable)
                    for field, variable in (
                        hdu.get_rec_column_descr(number, "object")
                        for number in range(len(hdu.get_colnames()))
                    )
                ],
                hdu.where("id > 0 && Ra < 0.5"),
                hdu.where("u2 > 100", 1, 4),
                module.read(path, ext="cat", rows=[1, 2], columns=["Ra"]),
                module.read(path, ext=("CAT", 3), upper=True).dtype.names,
                module.read(path, ext="CAT", extver=3, columns="id"),
            ]

    both(script, tmp_path)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("compat") / "t.fits")
    original.write(path, catalogue())
    original.write(path, variable())
    with original.FITS(path) as one, ours.FITS(path) as other:
        yield one, other


@settings(max_examples=100, deadline=None)
@given(data=st.data(), ext=st.sampled_from([1, 2]))
def test_any_rows_of_any_columns(opened, data, ext):
    one, other = (fits[ext] for fits in opened)
    names = one.get_colnames()
    count = one.get_nrows()
    columns = data.draw(st.none() | st.lists(st.sampled_from(names), min_size=1))
    rows = data.draw(st.none() | st.lists(st.integers(0, count - 1), min_size=ext - 1, max_size=12))
    vstorage = data.draw(st.sampled_from(["fixed", "object"]))
    chosen = {"columns": columns, "rows": rows, "vstorage": vstorage}
    assert native(other.read(**chosen)) == native(one.read(**chosen))
    start = data.draw(
        st.integers(0, count - 1)
    )  # the package fails on no rows with cells in a heap
    key = slice(
        start,
        data.draw(st.integers(start + ext - 1, count)),
        data.draw(st.sampled_from([None, 1, 2, 3])),
    )
    assert native(other[key]) == native(one[key])
    name = data.draw(st.sampled_from(names))
    assert native(other[name][key]) == native(one[name][key])


@pytest.mark.parametrize("vstorage", ["fixed", "object"])
@WRITER_READER
def test_columns_of_variable_length(tmp_path, vstorage, writer, reader):
    path = str(tmp_path / "t.fits")
    writer.write(path, variable(), extname="V")

    def script(module):
        with module.FITS(path, vstorage=vstorage) as fits:
            hdu = fits["V"]
            return native(
                [
                    hdu.read(),
                    hdu.read(rows=[2, 0], columns=["f", "i"]),
                    hdu.read(vstorage="object")["k"],
                    hdu.read(vstorage="fixed")["k"],
                    hdu["f"][:],
                    hdu["f"][0],
                    hdu["s"][1:3],
                    hdu[0:2],
                    hdu[3],
                    list(hdu),
                    hdu.read_column("s"),
                    hdu.get_vstorage(),
                    hdu.get_rec_dtype()[2].tolist(),
                ]
            )

    assert script(reader) == script(original)


def test_length_of_cells_that_the_header_does_not_say(tmp_path):
    path = str(tmp_path / "t.fits")
    ours.write(path, variable())
    with open(path, "r+b") as file:
        content = (
            file.read().replace(b"'1PE(5)'", b"'1PE'   ").replace(b"'1PE(5)  '", b"'1PE     '")
        )
        file.seek(0)
        file.write(content)
    assert b"PE(5)" not in content
    with pytest.warns(original.FITSRuntimeWarning, match="No maximum size"):
        wanted = original.read(path, columns="f")  # it falls back to objects
    found = ours.read(path, columns="f")
    assert found.shape == (4, 5)
    assert [native(row[: len(cell)]) for row, cell in zip(found, wanted, strict=True)] == native(
        list(wanted)
    )
    assert not found[2, 1:].any()
    assert ours.read(path, columns="f", rows=[1]).shape == (1, 5)


@WRITER_READER
def test_ascii_tables(tmp_path, writer, reader):
    path = str(tmp_path / "t.fits")
    data = np.zeros(3, [("i", "i4"), ("h", "i2"), ("f", "f4"), ("g", "f8"), ("s", "S7")])
    data["i"], data["f"], data["g"] = [1, -2, 3], [1.5, 2.25, -3], np.pi
    data["s"] = [b"a", b"bb b", b"ccc"]
    writer.write(path, data, table_type="ascii", extname="ASC")
    with reader.FITS(path) as fits:
        hdu = fits["asc"]
        assert type(hdu).__name__ == "AsciiTableHDU"
        assert (hdu.get_exttype(), hdu.get_exttype(num=True)) == ("ASCII_TBL", 1)
        assert hdu.read(columns="i").tolist() == [1, -2, 3]
        assert hdu["f"][:].tolist() == [1.5, 2.25, -3.0]
        assert hdu["s"][0:2].tolist() == ["a", "bb b"]
        assert hdu.read(columns="g", rows=[1]) == pytest.approx([np.pi], rel=1e-15)
        found = hdu.read(rows=[2, 0], columns=["s", "i"])
        assert (found.dtype.names, found.tolist()) == (("i", "s"), [(3, "ccc"), (1, "a")])


def test_bits(tmp_path):
    def script(module, path):
        module.write(path, catalogue(), write_bitcols=True)
        with module.FITS(path) as fits:
            header = fits[1].read_header()
            return [header["TFORM18"], header["TFORM5"].strip("1"), fits[1]["bits"][:]]

    both(script, tmp_path)
