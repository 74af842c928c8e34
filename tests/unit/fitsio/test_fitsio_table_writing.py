# SPDX-License-Identifier: BSD-3-Clause
"""Tables written and edited with the fitsio package and with rustfits.fitsio are the same."""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import fitsio as ours
from support.compressed import verify
from support.fitsio_scripts import MODULES, WRITER_READER, both, catalogue, native, variable

# ---- writing and editing tables ----


def test_forms_of_table_data(tmp_path):
    data = catalogue()

    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write_table(data, extname="T")
            fits.write([data["id"], data["Ra"]], names=["x", "y"], extname="L", units=["m", "s"])
            fits.write({"x": data["id"], "y": data["Ra"]}, extname="D")
            fits.create_table_hdu(dtype=data.dtype, extname="CT")
            fits.create_table_hdu(data=data, extname="CD")
            fits.create_table_hdu(names=["a", "b", "c"], formats=["J", "5A", "3E"], extname="CF")
            fits["CT"].append(data[2:4])
            fits.write(data[:0], extname="NONE")
        with module.FITS(path) as fits:
            header = fits["L"].read_header()
            tables = [fits[name] for name in ("T", "L", "D", "CT", "CF")]
            return [
                len(fits),
                [table.read() for table in tables if table.get_nrows()],
                [table.get_colnames() for table in tables],
                header["TUNIT1"],
                fits["CF"].get_rec_dtype()[0].itemsize,
                fits["CD"].get_nrows(),
                fits["NONE"].get_nrows(),
            ]

    both(script, tmp_path)


def test_append_write_and_resize(tmp_path):
    data = catalogue()[["id", "Ra", "name", "vec"]]
    data = np.array(data.tolist(), [(n, data.dtype[n]) for n in data.dtype.names])

    def script(module, path):
        found = []
        with module.FITS(path, "rw") as fits:
            fits.write(data, extname="T")
            fits.write(np.arange(3.0), extname="AFTER")
            hdu = fits["T"]

            def look():
                found.append(hdu.read())

            hdu.append(data[:2])
            look()
            hdu.append({name: data[name][:1] for name in data.dtype.names})
            look()
            hdu.append([data["id"][:1]], names=["id"])
            look()
            hdu.append([data["Ra"][:1]], columns=["Ra"])
            look()
            hdu.write(data[:2], firstrow=1)
            look()
            hdu.write(data[:3], firstrow=hdu.get_nrows() - 1)
            look()
            hdu.write(data[:1], firstrow=hdu.get_nrows() + 4)
            look()
            hdu.write_column("id", np.arange(5, dtype="i4") + 100)
            hdu.write_column(1, np.array([1.7, 2.2]), firstrow=2)
            hdu.write_column("vec", np.ones((2, 3), "f4"))
            look()
            hdu.resize(12)
            look()
            hdu.resize(9)
            look()
            hdu.resize(11, front=True)
            look()
            hdu.resize(6, front=True)
            look()
            hdu.delete_rows([0, 2])
            look()
            hdu.delete_rows(slice(1, 2))
            look()
            found.append(fits["AFTER"].read())
        return found

    both(script, tmp_path)


@WRITER_READER
def test_rows_and_columns_with_cells_in_the_heap(tmp_path, writer, reader):
    path = str(tmp_path / "t.fits")
    writer.write(path, variable())
    with ours.FITS(path, "rw") as fits:
        hdu = fits[1]
        hdu.append(variable())
        hdu.delete_rows([0, 3])
        hdu.resize(8, front=True)
        hdu.insert_column("w", variable()["f"].tolist() * 2)
    with reader.FITS(path, vstorage="object") as fits:
        rows = fits[1].read()
    assert rows["i"].tolist() == [0, 0, 1, 2, 0, 1, 2, 3]
    assert [len(cell) for cell in rows["f"]] == [0, 0, 0, 1, 3, 0, 1, 5]
    assert rows["s"].tolist() == ["", "", "d", "", "abc", "d", "", "efghij"]
    assert [cell.tolist() for cell in rows["w"]][:4] == [[0, 1, 2], [], [0], [0, 1, 2, 3, 4]]


@pytest.mark.parametrize(
    "shape", [(4, 6), (24,), (2, 3, 4), (5, 7), (40, 60), (3,), (2, 2, 1, 2, 2)]
)
@pytest.mark.parametrize("dtype", ["i2", "u2", "f8"])
def test_reshaped_images(tmp_path, dtype, shape):
    """The other fitsio makes the same file of the same image, but for words in the header."""
    paths = [tmp_path / "ours.fits", tmp_path / "theirs.fits"]
    for module, path in zip((ours, original), paths, strict=True):
        with module.FITS(str(path), "rw") as fits:
            fits.write(np.arange(1, 25, dtype=dtype).reshape(4, 6), header={"OBJECT": "M31"})
            fits.write(np.arange(9, dtype="i4"))
            fits[0].reshape(shape)
            assert list(fits[0].get_dims()) == list(shape)
    verify(paths[0])
    with original.FITS(str(paths[0])) as got, original.FITS(str(paths[1])) as expected:
        assert got[0].read().tolist() == expected[0].read().tolist()
        assert got[0].read_header()["OBJECT"] == "M31"
        assert got[1].read().tolist() == list(range(9))


@pytest.mark.parametrize("compressed", [False, True])
def test_rows_that_move_back_keep_what_is_stored(tmp_path, compressed):
    """Scaled integers beyond 2^53 would be rounded on their way through float64."""
    path = tmp_path / "k.fits"
    stored = np.array([2**60 + 1, 2**53 + 1, -(2**62) + 3, 7, 2**63 - 1], "i8")
    made = astropy_fits.BinTableHDU(np.array(stored, [("a", ">i8"), ("b", ">i2")]))
    made.header["TSCAL1"], made.header["TZERO1"] = 0.5, 3.0
    made.writeto(path)
    if compressed:
        plain = path.rename(tmp_path / "plain.fits")
        rustfits.pack(plain, path, tables=True)
    with ours.FITS(path, "rw") as fits:
        fits[1].resize(12, front=True)
        fits[1].resize(9, front=True)
    if compressed:
        packed = path.rename(tmp_path / "packed.fits")
        rustfits.unpack(packed, path)
    with astropy_fits.open(path) as hdus:
        raw = np.frombuffer(hdus[1].data.tobytes(), [("a", ">i8"), ("b", ">i2")])
    assert raw["a"][4:].tolist() == stored.tolist()
    assert raw["b"][4:].tolist() == made.data["b"].tolist()


def test_moved_rows_keep_undefined_and_scaled_cells_and_odd_characters(tmp_path, monkeypatch):
    monkeypatch.setattr("rustfits.fitsio.hdu.table._PART", 40)  # more than one part
    path = str(tmp_path / "t.fits")
    count = 50
    columns = [
        astropy_fits.Column("n", "J", null=-99, array=np.where(np.arange(count) % 3, 7, -99)),
        astropy_fits.Column("f", "D", array=np.where(np.arange(count) % 4, 1.5, np.nan)),
        astropy_fits.Column(
            "s", "4A", array=np.array([b"a\xe9 %d" % (i % 10) for i in range(count)])
        ),
        astropy_fits.Column("g", "I", array=np.arange(count)),
        astropy_fits.Column("l", "L", array=np.arange(count) % 2 == 0),
        astropy_fits.Column("i", "K", array=np.arange(count)),
    ]
    table = astropy_fits.BinTableHDU.from_columns(columns)
    table.writeto(path)
    with original.FITS(path, "rw") as fits:
        fits[1].write_key("TSCAL4", 0.1)
        fits[1].write_key("TZERO4", 2.0)

    def stored():
        with astropy_fits.open(path, disable_image_compression=True) as file:
            hdu = file[1]
            raw = np.frombuffer(
                hdu._get_raw_data(
                    hdu.header["NAXIS1"] * hdu.header["NAXIS2"], "u1", hdu._data_offset
                ),
                "u1",
            )
            return raw.reshape(hdu.header["NAXIS2"], -1).tolist()

    before = stored()
    deleted = [0, 3, 4, 17, 30, 49]
    with ours.FITS(path, "rw") as fits:
        fits[1].delete_rows(deleted)
    left = [row for number, row in enumerate(before) if number not in deleted]
    assert stored() == left
    with ours.FITS(path, "rw") as fits:
        fits[1].resize(60, front=True)
    assert stored()[60 - len(left) :] == left
    with ours.FITS(path, "rw") as fits:
        fits[1].resize(20, front=True)
    assert stored() == left[-20:]


def test_insert_column(tmp_path):
    data = catalogue()

    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(
                data[["id", "name"]].copy() if 0 else {"id": data["id"], "name": data["name"]}
            )
            hdu = fits[1]
            hdu.insert_column("new", np.arange(7, dtype="i8"))
            hdu.insert_column("front", np.arange(14, dtype="f4").reshape(7, 2), colnum=0)
            hdu.insert_column("far", data["name"], colnum=77)
            hdu.insert_column("flag", data["flag"])
            hdu.insert_column("u", data["u4"], colnum=2)
            return [hdu.read(), hdu.get_colnames(), hdu["u"][:]]

    both(script, tmp_path)


def test_a_failed_write_leaves_the_table_as_it_was(tmp_path):
    path = str(tmp_path / "t.fits")
    ours.write(path, {"s": ["abc", "d"], "i": [1, 2]})
    with ours.FITS(path, "rw") as fits:
        before = native(fits[1].read())
        for data in ({"s": ["toolong"]}, {"i": [1.5]}, {"nope": [1]}):
            with pytest.raises((ValueError, TypeError)):
                fits[1].append(data)
        with pytest.raises(ValueError):
            fits[1].write({"s": ["x", "toolong"]}, firstrow=1)
        assert native(fits[1].read()) == before


def test_clobber_with_data_that_cannot_be_written_keeps_the_old_file(tmp_path):
    path = tmp_path / "t.fits"
    ours.write(path, np.arange(3))
    before = path.read_bytes()
    with pytest.raises(TypeError):
        ours.write(path, np.zeros(3, "c8"), clobber=True)
    with pytest.raises(ValueError):
        ours.write(path, {"a": [1], "A": [2]}, clobber=True)
    assert path.read_bytes() == before


# ---- odd ways to make tables ----


def test_tables_by_formats(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.create_table_hdu(
                names=["m", "s", "x", "v"],
                formats=["6E", "6A", "9X", "1PJ"],
                dims=["(3,2)", "(3,2)", None, None],
                units=["m", "", "", ""],
                extname="B",
            )
            b = fits["B"].read_header()
            return [
                [b[f"TFORM{n}"].lstrip("1").replace("(0)", "") for n in range(1, 5)],
                [b[f"TDIM{n}"].replace(" ", "") for n in range(1, 3)],
                b["TUNIT1"],
                fits["B"].get_colnames(),
                fits["B"].get_nrows(),
            ]

    both(script, tmp_path)


@pytest.mark.parametrize("reader", MODULES.values(), ids=MODULES)
def test_ascii_tables_by_formats(tmp_path, reader):
    path = str(tmp_path / "t.fits")
    with ours.FITS(path, "rw") as fits:
        fits.create_table_hdu(
            names=["i", "x", "s"], formats=["I6", "F10.3", "A4"], table_type="ascii", extname="A"
        )
        fits["A"].append({"i": [1, -2], "x": [1.25, 2.5], "s": ["ab", "cdef"]})
        fits.write_table({"i": [7]}, table_type="ascii", formats=["I3"], extname="W")
    with reader.FITS(path) as fits:
        assert fits["A"].read_header()["TFORM2"] == "F10.3"
        assert fits["A"].read().tolist() == [(1, 1.25, "ab"), (-2, 2.5, "cdef")]
        assert fits["W"]["i"][0] == 7
        assert fits["W"].read_ascii(columns="i").tolist() == [7]
        assert fits["A"].read([1])["s"].tolist() == ["cdef"]  # rows come first
        assert fits["A"]["i", "x"].read(rows=[0]).tolist() == [(1, 1.25)]
        assert fits["A"].read_rows([1])["i"].tolist() == [-2]


@pytest.mark.parametrize(
    "wrong",
    [
        {"names": ["a"], "formats": ["J", "K"]},
        {"names": ["a"], "formats": ["Z"]},
        {"names": ["a"], "formats": ["Z3"], "table_type": "ascii"},
        {"names": ["a", "A"], "formats": ["J", "J"]},
        {"dtype": "f8"},
        {"dtype": [("a", "f8")], "units": ["m", "s"]},
        {"dtype": [("a", "f8")], "table_type": "text"},
        {},
    ],
)
def test_tables_that_cannot_be(tmp_path, wrong):
    with ours.FITS(tmp_path / "t.fits", "rw") as fits:
        with pytest.raises(ValueError):
            fits.create_table_hdu(**wrong)
        assert len(fits) == 0


def test_a_header_that_cannot_be_makes_no_hdu(tmp_path):
    table = {"x": [1, 2]}
    with ours.FITS(tmp_path / "t.fits", "rw") as fits:
        fits.write(np.arange(3))
        for header in ({"A": float("nan")}, {"B=": 1}, [{"name": "C"}]):
            for make in (
                lambda header: fits.write(np.arange(3), header=header),
                lambda header: fits.write(table, header=header),
                lambda header: fits.write(table, table_type="ascii", header=header),
                lambda header: fits.create_image_hdu(dims=[3], dtype="f4", header=header),
                lambda header: fits.create_table_hdu(dtype=[("x", "i4")], header=header),
                lambda header: fits.create_table_hdu(table, header=header),
            ):
                with pytest.raises(ValueError):
                    make(header)
        assert len(fits) == 1
