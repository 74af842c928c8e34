# SPDX-License-Identifier: BSD-3-Clause
"""The same script with the fitsio package and with rustfits.fitsio gives the same.

Byte order does not count: fitsio gives tables big-endian.
"""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest

from rustfits import fitsio as ours
from support.fitsio_scripts import EITHER, MODULES, both, catalogue

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
