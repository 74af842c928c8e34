# SPDX-License-Identifier: BSD-3-Clause
"""Values, shapes and types that both fitsio packages read and write alike."""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import fitsio as ours
from support.fitsio_scripts import both


def words():
    data = np.zeros(5, [("s", "S6"), ("u", "U9"), ("v", "S3", 2), ("w", "U20"), ("i", "i4")])
    data["s"] = [b"hello ", b"ab", b" x", b"", b"      "]
    data["u"] = ["a  ", "abcdefgh ", "", "   ", "a b c d e"]
    data["v"] = [[b"a ", b"b"]] * 5
    data["w"] = ["w" * 18 + "  "] * 5
    return data


@pytest.mark.parametrize("table_type", ["binary", "ascii"])
def test_trailing_blanks_were_lost(tmp_path, table_type):
    def script(module, path):
        data = words()
        if table_type == "ascii":
            data = data[["s", "u", "w", "i"]].copy()
        module.write(path, data, table_type=table_type, clobber=True)
        with module.FITS(path) as fits:
            hdu = fits[1]
            found = [hdu.read(), hdu["u"][:], hdu["s"][[3, 0]], hdu[4], hdu.read_column("w")]
            found += [hdu.read(trim_strings=True), hdu.read_column("u", trim_strings=True)]
            found += list(hdu)
        with module.FITS(path, trim_strings=True) as fits:
            found += [fits[1].read(), fits[1]["s"][:]]
        return [*found, module.read(path, trim_strings=True)]

    both(script, tmp_path)


def test_strings_that_other_programs_filled_with_blanks(tmp_path):
    columns = [
        astropy_fits.Column("a", "5A", array=np.array([b"ab   ", b"     "])),
        astropy_fits.Column("b", "2I", array=np.zeros((2, 2))),
        astropy_fits.Column("c", "12A", array=np.array([b"ab          ", b"x"])),
    ]
    table = astropy_fits.BinTableHDU.from_columns(columns)
    path = str(tmp_path / "t.fits")
    table.writeto(path)
    expected, read = original.read(path), ours.read(path)
    for name in ("a", "c"):
        assert read[name].tolist() == expected[name].tolist()
    assert rustfits.read(path)["c"].tolist() == ["ab", "x"]
    with rustfits.FITS(path) as fits, ours.FITS(path) as layer:
        assert layer[1].read(trim_strings=True)["a"].tolist() == fits[1].read()["a"].tolist()


@pytest.mark.parametrize("kind", ["f4", "?", "i1", "u2", "c8", "S5", "U5"])
def test_vectors_of_one_element(tmp_path, kind):
    def script(module, path):
        data = np.zeros(3, [("x", kind, (1,)), ("y", "i2")])
        module.write(path, data, clobber=True)
        module.write(path, {"x": data["x"], "y": data["y"]})
        with module.FITS(path, "rw") as fits:
            fits.create_table_hdu(dtype=data.dtype)
            fits[-1].append(data)
            fits[-1].insert_column("z", data["x"])
            headers = [fits[number].read_header() for number in (1, 2, 3)]
            forms = [(header["TFORM1"].lstrip("1"), "TDIM1" in header) for header in headers]
            shapes = [fits[number].read()["x"].shape for number in (1, 2, 3)]
            return forms, shapes, fits[1]["x"][:].shape, fits[3]["z"][1:].shape

    both(script, tmp_path)


def test_vectors_of_one_element_by_tdim(tmp_path):
    path = str(tmp_path / "t.fits")
    columns = [
        astropy_fits.Column("a", "1E", dim="(1)", array=np.arange(3.0)),
        astropy_fits.Column("b", "1PE()", array=np.array([[1.0], [2.0], [3.0]])),
    ]
    astropy_fits.BinTableHDU.from_columns(columns).writeto(path)
    for vstorage in ("fixed", "object"):
        with ours.FITS(path, "rw", vstorage=vstorage) as fits:
            assert fits[1].read()["a"].tolist() == [0, 1, 2]
            assert fits[1].read(columns=["a"])["a"].shape == (3,)
            assert fits[1]["a"][1:].tolist() == [1, 2]
            fits[1].write_column("a", np.arange(3, dtype="f4"))


@pytest.mark.parametrize("rows", [[0, 7], [3, 7], [7, 5]])
@pytest.mark.parametrize("front", [False, True])
def test_added_rows_are_zero_bytes(tmp_path, rows, front):
    def script(module, path):
        kinds = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "f8", "?", "S3"]
        data = np.ones(rows[0], [(kind.replace("?", "b"), kind) for kind in kinds])
        module.write(path, data, clobber=True)
        with module.FITS(path, "rw") as fits:
            fits[1].resize(rows[1], front=front)
            return fits[1].read()

    both(script, tmp_path)


@pytest.mark.parametrize("count", [0, 2, 4, 9])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "u8", "f4", "S3", "?"])
def test_inserted_columns_of_another_length(tmp_path, kind, count):
    def script(module, path):
        module.write(path, np.ones(4, [("a", "u2"), ("b", "f8", 2)]), clobber=True)
        with module.FITS(path, "rw") as fits:
            fits[1].insert_column("new", np.ones(count, kind), colnum=1)
            return fits[1].read()

    both(script, tmp_path)


def test_slices_of_images_that_end_before_they_start(tmp_path):
    def script(module, path):
        module.write(path, np.arange(20, dtype="f4"), clobber=True)
        module.write(path, np.arange(30, dtype="i4").reshape(5, 6))
        with module.FITS(path) as fits:
            line, image = fits[0], fits[1]
            found = [line[10:2], line[10:2:-1], line[15:3:-4], line[10:0], line[-5:], line[10:2:3]]
            found += [line[2:10:-1], line[2:2], image[4:1, :], image[:, 5:2]]
            found += [image[4:0:-2, 5:1:-2], image[3:2, 1], image[-1:, :], image[3, 5:1]]
            return [(part.tolist(), part.shape) for part in found]

    both(script, tmp_path)


PIXELS = ["u1", "i2", "i4", "f4", "f8"]
SCALES = [(1, 5), (1, -128), (1, 32768), (1, 2**31), (2, 0), (1, 1e5), (-1, 0), (1, 0.5), (0.5, 0)]
SCALES += [(1000, 0), (256, 0), (1e5, 0), (3e9, 0), (1, 32512), (1, -(2**31)), (1, 2)]


@pytest.mark.parametrize("pixels", PIXELS)
@pytest.mark.parametrize("scale", SCALES)
def test_types_of_scaled_images(tmp_path, pixels, scale):
    path = str(tmp_path / "t.fits")
    hdu = astropy_fits.PrimaryHDU(np.array([[0, 1, 2], [7, 8, 100]], pixels))
    hdu.header["BSCALE"], hdu.header["BZERO"] = map(float, scale)
    hdu.writeto(path)
    with open(path, "rb") as file:
        assert b"BSCALE" in file.read(2880) or scale[0] == 1
    expected, read = original.read(path), ours.read(path)
    assert (read.dtype, read.shape) == (expected.dtype, expected.shape)
    assert read.tolist() == expected.tolist()
    with original.FITS(path) as one, ours.FITS(path) as other:
        assert other[0][:, 1:].tolist() == one[0][:, 1:].tolist()
        assert other[0][:, 1:].dtype == expected.dtype
        assert other[0].get_info()["img_equiv_type"] == one[0].get_info()["img_equiv_type"]
        one[0].ignore_scaling = other[0].ignore_scaling = True
        assert other[0][1:2, :].dtype == one[0][1:2, :].dtype
        assert other[0].read().tolist() == one[0].read().tolist()


@pytest.mark.parametrize(
    ("kind", "table_type"),
    [("S0", "binary"), ("U0", "binary"), ("u4", "ascii"), ("i8", "ascii"), ("u8", "ascii")],
)
def test_columns_that_fitsio_refuses(tmp_path, kind, table_type):
    for module in (original, ours):
        path = tmp_path / "t.fits"
        with module.FITS(str(path), "rw", clobber=True) as fits:
            fits.write(np.zeros(3, "i2"))
            with pytest.raises(ValueError):  # noqa: PT011  the packages have their own words
                fits.write_table(np.zeros(2, [("x", kind)]), table_type=table_type)


def test_wide_strings_in_ascii_tables(tmp_path):
    for module in (original, ours):
        path = str(tmp_path / "t.fits")
        module.write(path, np.ones(1, [("x", "S28799")]), table_type="ascii", clobber=True)
        with pytest.raises(OSError, match="wid"):
            module.write(path, np.ones(1, [("x", "S28800")]), table_type="ascii")


@pytest.mark.parametrize("path", ["mem://", "t.fits"])
def test_images_of_bools(tmp_path, path):
    for module in (original, ours):
        name = path if path == "mem://" else str(tmp_path / path)
        with module.FITS(name, "rw") as fits:
            fits.write(np.zeros(3))
            with pytest.raises(TypeError, match="Unsupported numpy image datatype"):
                fits.write(np.zeros(3, bool))
