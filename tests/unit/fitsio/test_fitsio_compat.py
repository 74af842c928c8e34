# SPDX-License-Identifier: BSD-3-Clause
"""The same script with the fitsio package and with rustfits.fitsio gives the same.

Byte order does not count: fitsio gives tables big-endian.
"""

from __future__ import annotations

import io

import fitsio as original
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import fitsio as ours
from support.compressed import verify

MODULES = {"fitsio": original, "rustfits": ours}
EITHER = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
WRITER_READER = pytest.mark.parametrize(
    ("writer", "reader"),
    [(original, ours), (ours, original), (ours, ours)],
    ids=["fitsio-rustfits", "rustfits-fitsio", "rustfits-rustfits"],
)


def native(value):
    """The same value in the byte order of the machine, as something that == can compare."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(native, value))
    if isinstance(value, dict):
        return {key: native(item) for key, item in value.items()}
    if isinstance(value, np.void):
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.names:
        names = value.dtype.names
        return ("rows", value.shape, names, [native(value[name]) for name in names])
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return ("objects", value.shape, [native(cell) for cell in value.tolist()])
    if isinstance(value, np.ndarray):
        own = value.dtype.newbyteorder("=")
        return ("array", value.shape, own.str, value.astype(own).tolist())
    if isinstance(value, np.generic):
        return (value.dtype.newbyteorder("=").str, value.item())
    return value


def both(script, tmp_path, **files):
    """Run a script with both modules, each in a folder of its own; give what it gives, once."""
    answers = []
    for name, module in MODULES.items():
        folder = tmp_path / name
        folder.mkdir()
        answers.append(native(script(module, str(folder / "t.fits"))))
    assert answers[1] == answers[0]
    return answers[0]


def catalogue(n=7):
    rng = np.random.default_rng(5)
    dtype = [
        ("id", "i4"),
        ("Ra", "f8"),
        ("name", "S6"),
        ("text", "U4"),
        ("flag", "?"),
        ("u1", "u1"),
        ("i1", "i1"),
        ("i2", "i2"),
        ("u2", "u2"),
        ("u4", "u4"),
        ("i8", "i8"),
        ("f4", "f4"),
        ("c8", "c8"),
        ("c16", "c16"),
        ("vec", "f4", 3),
        ("mat", "i2", (2, 3)),
        ("words", "S3", 2),
        ("bits", "?", 5),
    ]
    data = np.zeros(n, dtype)
    for name in data.dtype.names:
        kind = data.dtype[name].base.kind
        shape = data[name].shape
        if kind in "iu":
            limits = np.iinfo(data.dtype[name].base)
            data[name] = rng.integers(limits.min, limits.max, shape, limits.dtype, endpoint=True)
        elif kind in "fc":
            data[name] = rng.normal(size=shape)
        elif kind == "b":
            data[name] = rng.integers(0, 2, shape)
    data["name"] = [b"abcdef", b"x", b"", b"yy", b"a b", b"z", b"q"][:n]
    data["text"] = ["abcd", "x", "", "yy", "a b", "z", "q"][:n]
    data["words"][:, 0] = b"abc"
    data["words"][:, 1] = b"d"
    return data


def cells(kind):
    made = np.empty(4, object)
    if kind == "S":
        made[:] = ["abc", "d", "", "efghij"]
    else:
        for row, length in enumerate((3, 0, 1, 5)):
            made[row] = np.arange(length).astype(kind)
    return made


def variable():
    data = np.zeros(4, [("i", "i4"), ("f", "O"), ("k", "O"), ("s", "O")])
    data["i"] = range(4)
    data["f"], data["k"], data["s"] = cells("f4"), cells("i8"), cells("S")
    return data


# ---- names ----


def test_names_of_the_package_are_there():
    wanted = [
        name
        for name in dir(original)
        if not name.startswith("_")
        and not name.startswith("cfitsio")
        and name not in ("fits_exceptions", "fitslib")
    ]
    assert [name for name in wanted if not hasattr(ours, name)] == []
    for name in wanted:
        if isinstance(getattr(original, name), (int, str)):
            assert getattr(ours, name) == getattr(original, name)


def public(cls):
    return {name for name in dir(cls) if not name.startswith("_")}


def test_methods_of_the_classes_are_there():
    missing = {
        "FITS": public(original.FITS) - public(ours.FITS),
        "hdu": {"ImageHDU", "TableHDU", "AsciiTableHDU"} - set(dir(ours.hdu)),
        "image": public(original.hdu.ImageHDU) - public(ours.ImageHDU) - {"ignore_scaling"},
        "table": public(original.hdu.TableHDU) - public(ours.TableHDU) - {"ignore_scaling"},
        "ascii": public(original.hdu.AsciiTableHDU)
        - public(ours.AsciiTableHDU)
        - {"ignore_scaling"},
        "header": public(original.FITSHDR) - public(ours.FITSHDR),
        "record": public(original.FITSRecord) - public(ours.FITSRecord),
        "card": public(original.FITSCard) - public(ours.FITSCard),
    }
    assert not any(missing.values()), missing


# ---- images ----


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "f4", "f8", ">f4"])
def test_images_of_every_type(tmp_path, kind):
    def script(module, path):
        image = np.arange(60).reshape(3, 4, 5).astype(kind)
        module.write(path, image, extname="SCI", header={"A": 1, "B": "x"})
        module.write(path, image + 1, extname="two", extver=2)
        with module.FITS(path) as fits:
            hdu = fits["sci"]
            return [
                module.read(path),
                module.read(path, ext=1),
                module.read(path, ext="TWO", header=True)[0],
                hdu.read(),
                hdu.get_dims(),
                hdu.has_data(),
                hdu.get_exttype(),
                hdu.is_compressed(),
                hdu.get_comptype(),
                hdu[1:3, 2:4, 0:5:2],
                hdu[1, 0:4, 3],
                hdu[0:10, 0:2, 0:3],
                fits[1].get_extname(),
                fits[1].get_extver(),
                fits["two", 2].get_extnum(),
                {k: v for k, v in hdu.get_info().items() if k != "hduname"},
            ]

    both(script, tmp_path)


def test_writing_into_images(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.create_image_hdu(dims=(6, 4), dtype="f4", extname="C")
            hdu = fits["C"]
            found = [hdu.read()]
            hdu.write(np.ones((2, 2), "f4"), start=[1, 1])
            found.append(hdu.read())
            hdu.write(np.full((2, 4), 3, "f4"), start=[7, 0])
            found += [hdu.read(), hdu.get_dims()]
            hdu.write(np.full((2, 2), 9, "f4"))
            found.append(hdu.read())
            fits.create_image_hdu(np.arange(6, dtype="i4").reshape(2, 3), extname="D")
            fits["D"].write(np.zeros((2, 3), "i4"))
            found.append(fits["D"].read())
        return found

    both(script, tmp_path)


def test_empty_and_primary(tmp_path):
    def script(module, path):
        module.write(path, None, header={"A": 3}, ignore_empty=True)
        module.write(path, np.arange(4.0), extname="E")
        with module.FITS(path) as fits:
            first = fits[0]
            return [
                len(fits),
                first.read(),
                first.has_data(),
                first.read_header()["A"],
                module.read(path),
                fits[1].get_extname(),
            ]

    assert both(script, tmp_path)[0] == 2


def test_scaled_image_as_it_is_stored(tmp_path):
    path = str(tmp_path / "t.fits")
    with original.FITS(path, "rw") as fits:
        fits.write(np.arange(6, dtype="i2").reshape(2, 3))
        fits[0].write_key("BSCALE", 0.5)
        fits[0].write_key("BZERO", 1.0)
    seen = []
    for module in MODULES.values():
        with module.FITS(path) as fits:
            values = fits[0].read()
            fits[0].ignore_scaling = True
            seen.append((values.tolist(), fits[0].read().dtype.str, fits[0][0:1, :].tolist()))
    assert seen[0] == seen[1]


# ---- tables ----


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
    monkeypatch.setattr("rustfits.fitsio.table_edit._PART", 40)  # more than one part
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


# ---- files and HDUs ----


def test_files_and_hdus(tmp_path):
    def script(module, path):
        found = []
        with module.FITS(path, "rw") as fits:
            fits.write(np.arange(3), extname="AA")
            fits.write(np.arange(4), extname="aa")
            fits.write({"x": np.arange(2)}, extname="AA", extver=3)
            fits.reopen()
            fits.update_hdu_list()
            found += [len(fits), fits["AA"].get_extnum(), fits["AA", 3].get_extnum()]
            found += [fits.movabs_ext(2), fits.movabs_hdu(2), fits.movnam_ext("AA")]
            found += [fits.movnam_hdu("AA", extver=3), fits[-1].get_extnum()]
            found += [0 in fits, 3 in fits, -1 in fits, "aa" in fits, "bb" in fits]
            found += [("AA", 3) in fits, ("AA", 5) in fits]
            found.append([type(hdu).__name__ for hdu in fits])
            found.append(len(fits.read_raw()) % 2880)
        module.write(path, np.arange(5))
        found.append(len(module.FITS(path)))
        module.write(path, np.arange(5), clobber=True)
        found.append(len(module.FITS(path)))
        return found

    both(script, tmp_path)


def test_case_sensitive(tmp_path):
    def script(module, path):
        original.write(path, {"x": np.arange(2)}, extname="AA")
        original.write(path, {"x": np.arange(3)}, extname="aa")
        with module.FITS(path, case_sensitive=True) as fits:
            found = [fits["AA"].get_extnum(), fits["aa"].get_extnum(), "Aa" in fits]
            with pytest.raises(ValueError):
                fits["AA"].read(columns=["X"])
        return found

    assert both(script, tmp_path) == [1, 2, False]


@EITHER
def test_what_fails_is_an_oserror_or_valueerror(module, tmp_path):
    path = str(tmp_path / "t.fits")
    with pytest.raises(OSError):
        module.FITS(path)
    with pytest.raises(OSError):
        module.FITS(path, "w")
    with pytest.raises(OSError):
        module.read_header(path)
    module.write(path, {"x": np.arange(2)})
    with module.FITS(path) as fits:
        for key in (2, "no", ("no", 1), 1.5):
            with pytest.raises(OSError):
                fits[key]
        with pytest.raises(ValueError):
            fits[1].read(columns=["nope"])
        with pytest.raises(ValueError):
            fits[1]["nope"]
        with pytest.raises(ValueError):
            fits[1].read_slice(0, 9)
        with pytest.raises(OSError):
            fits[0].write_key("A", 1)
        with pytest.raises(ValueError):
            fits[1].verify_checksum()
        with pytest.raises(KeyError):
            fits[1].read_header()["NOPE"]
    with module.FITS(path, "rw") as fits, pytest.raises(ValueError):
        fits.write(np.zeros(2, [("a", "i4"), ("A", "i4")]))


def test_listings_say_what_is_there(tmp_path):
    def script(module, path):
        original.write(path, catalogue(), extname="CAT", extver=2)
        original.write(path, np.zeros((2, 3), "i2"), extname="IM")
        fits = module.FITS(path)
        lines = []
        for thing in (fits, fits[1], fits[2]):
            lines += [line.rstrip() for line in repr(thing).splitlines()]
        fits.close()
        return [line.split() for line in lines if "file:" not in line]

    both(script, tmp_path)


def test_listing_of_a_new_file(tmp_path):
    fits = ours.FITS(tmp_path / "t.fits", "rw")
    assert "READWRITE" in repr(fits)
    assert len(fits) == 0
    fits.close()
    assert "closed" in repr(fits)


def test_a_path_is_a_path(tmp_path):
    path = tmp_path / "!odd[1]+2.fits"
    ours.write(str(path), np.arange(3))
    assert path.exists()
    assert ours.read(path).tolist() == [0, 1, 2]


@EITHER
def test_checksums(module, tmp_path):
    path = str(tmp_path / "t.fits")
    with module.FITS(path, "rw") as fits:
        fits.write(catalogue())
        sums = fits[1].write_checksum()
        assert int(fits[1].read_header()["DATASUM"]) == sums["datasum"]
        assert sums["hdusum"] == 0xFFFFFFFF
    for reader in MODULES.values():
        with reader.FITS(path) as fits:
            assert fits[1].verify_checksum() is None


# ---- headers ----


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
        for header in ({"A": float("nan")}, {"B": "\u00e9"}, [{"name": "C"}]):
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


def test_next(tmp_path):
    def script(module, path):
        original.write(path, {"x": np.arange(3)})
        with module.FITS(path) as fits:
            return [
                [hdu.get_extnum() for hdu in fits],
                [row["x"].item() for row in fits[1]],
                [row["x"].item() for row in fits[1]],
                list(module.FITSHDR({"A": 1, "B": 2})),
            ]

    both(script, tmp_path)
    with ours.FITS(str(tmp_path / "rustfits" / "t.fits")) as fits:
        assert [next(fits).get_extnum(), fits.next().get_extnum()] == [0, 1]
        assert [next(fits[1])["x"], fits[1].next()["x"]] == [0, 1]
