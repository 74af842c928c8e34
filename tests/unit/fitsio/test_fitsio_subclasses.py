# SPDX-License-Identifier: BSD-3-Clause
"""Subclasses of `FITS` get the calls that they get from fitsio, and attributes are those of fitsio."""

from __future__ import annotations

import inspect

import fitsio as original
import numpy as np
import pytest

from rustfits import fitsio as ours
from support.fitsio_scripts import MODULES, both

IMAGE = np.arange(1.0, 21.0).reshape(4, 5)
TABLE = np.zeros(3, [("Ra", "f8"), ("name", "S4")])
OVERRIDDEN = ["write_image", "write_table", "create_image_hdu", "reopen", "update_hdu_list"]


def recording(module, calls):
    """Return a subclass of FITS that keeps each call with the form of its arguments."""

    def override(name):
        def called(self, *args, **kwargs):
            calls.append((name, len(args), kwargs))
            return getattr(module.FITS, name)(self, *args, **kwargs)

        return called

    return type("Recording", (module.FITS,), {name: override(name) for name in OVERRIDDEN})


def test_overridden_methods_are_called_with_named_arguments(tmp_path):
    def script(module, path):
        calls = []
        with recording(module, calls)(path, "rw") as fits:
            steps = [
                lambda: fits.write(IMAGE, extname="SCI", compress="rice", header={"A": 1}),
                lambda: fits.write(IMAGE, extver=2, qlevel=None),
                lambda: fits.write(TABLE, extname="CAT", units=["deg", ""]),
                lambda: fits.write([IMAGE[0]], names=["row"], table_type="binary"),
                lambda: fits.write_image(IMAGE, compress="gzip", tile_dims=[2, 5]),
                lambda: fits.write_table(TABLE),
                lambda: fits.create_image_hdu(dims=[3, 4], dtype="i2"),
                lambda: fits.create_table_hdu(dtype=TABLE.dtype),
                lambda: fits[0],
                lambda: fits.reopen(),
                lambda: len(fits),
                lambda: "cat" in fits,
            ]
            told = []
            for step in steps:
                step()
                told.append(list(calls))
                calls.clear()
        return repr(told)

    both(script, tmp_path)


def test_the_first_access_updates_the_list(tmp_path):
    original.write(tmp_path / "a.fits", IMAGE)
    for access in (len, list, lambda fits: fits[0], lambda fits: 0 in fits):
        for module in MODULES.values():
            calls = []
            with recording(module, calls)(str(tmp_path / "a.fits")) as fits:
                assert calls == []
                access(fits)
                fits[0].read()
                assert calls == [("update_hdu_list", 0, {})]


def test_a_subclass_may_look_at_hdus_while_it_updates_the_list(tmp_path):
    original.write(tmp_path / "a.fits", TABLE, extname="CAT")
    for module in MODULES.values():

        class Names(module.FITS):
            def update_hdu_list(self, rebuild=True):
                super().update_hdu_list(rebuild=rebuild)
                self.names = [hdu.get_extname() for hdu in self.hdu_list]

        with Names(str(tmp_path / "a.fits")) as fits:
            assert fits["cat"].get_nrows() == 3
            assert fits.names == ["", "CAT"]


@pytest.mark.parametrize("case_sensitive", [False, True])
def test_hdu_map_and_hdu_list(tmp_path, case_sensitive):
    def script(module, path):
        with module.FITS(path, "rw", case_sensitive=case_sensitive) as fits:
            fits.write(IMAGE, extname="SCI")
            fits.write(IMAGE, extname="Sci", extver=2)
            fits.write(IMAGE, extname="Sci", extver=3)
            fits.write(IMAGE)
            fits.write(TABLE, extname="SCI")
            listed = [type(hdu).__name__ for hdu in fits.hdu_list]
            mapped = {key: hdu.get_extnum() for key, hdu in fits.hdu_map.items()}
            assert fits.hdu_map[1] is fits.hdu_list[1] is fits[1]
        return listed, mapped

    both(script, tmp_path)


def test_a_map_that_a_program_sets_is_looked_up(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(IMAGE, extname="CIW")
            fits.write(IMAGE, extname="CIE")
            len(fits)
            exchanged = dict(fits.hdu_map)
            exchanged["ciw"], exchanged["cie"] = exchanged["cie"], exchanged["ciw"]
            fits.hdu_map = exchanged
            found = [fits["ciw"].get_extnum(), fits["CIE"].get_extnum(), fits[0].get_extnum()]
            fits.update_hdu_list()
            return [*found, fits["ciw"].get_extnum()]

    assert both(script, tmp_path) == [1, 0, 0, 0]


@pytest.mark.parametrize("rebuild", [True, False])
def test_rebuild_makes_the_objects_of_hdus_again(tmp_path, rebuild):
    for number, module in enumerate(MODULES.values()):
        path = str(tmp_path / f"{number}.fits")
        with module.FITS(path, "rw") as fits:
            fits.write(IMAGE)
            first = fits[0]
            fits.write(IMAGE)
            assert fits[0] is first
            fits.update_hdu_list(rebuild=rebuild)
            assert (fits[0] is first) == (not rebuild)


@pytest.mark.parametrize("mode", ["r", "rw", 0, 1])
def test_attributes_of_files(tmp_path, mode):
    original.write(tmp_path / "a.fits", TABLE)
    options = {"upper": True, "trim_strings": True, "verbose": False, "write_bitcols": True}
    options |= {"lower": False, "vstorage": "object", "case_sensitive": True}
    options |= {"iter_row_buffer": 7, "ignore_empty": True}
    with original.FITS(tmp_path / "a.fits", mode, **options) as theirs:
        with ours.FITS(tmp_path / "a.fits", mode, **options) as fits:
            for name in (*options, "mode", "charmode", "intmode"):
                assert getattr(fits, name) == getattr(theirs, name), name
            for name in (*options, "_vstorage", "_iter_row_buffer"):
                if hasattr(theirs[1], name) and name not in ("verbose",):
                    assert getattr(fits[1], name) == getattr(theirs[1], name), name


def test_attributes_of_tables_are_the_defaults_of_their_methods(tmp_path):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(TABLE)
            cat = fits[1]
            cat.lower = True
            names = [
                cat.read().dtype.names,
                cat[0:1].dtype.names,
                cat[["Ra", "name"]][:].dtype.names,
            ]
            cat.lower, cat.upper = False, True
            names.append(cat.read().dtype.names)
            cat.upper, cat.case_sensitive = False, True
            with pytest.raises(ValueError):
                cat.read(columns=["ra"])
            cat.case_sensitive = False
            cat.write_bitcols = True
            cat.insert_column("bits", np.ones((3, 9), "?"))
            assert cat.get_info()["colinfo"][2]["tform"] == "9X"
            return [*names, cat.read().dtype.names]

    both(script, tmp_path)


def test_classes_of_hdus_take_a_file_and_a_number(tmp_path):
    original.write(tmp_path / "a.fits", IMAGE)
    original.write(tmp_path / "a.fits", TABLE)
    for module in MODULES.values():
        with module.FITS(str(tmp_path / "a.fits")) as fits:
            assert module.fitslib.ImageHDU(fits._FITS, 0)[1:2, 0:2].tolist() == [[6.0, 7.0]]
            cat = module.hdu.TableHDU(fits._FITS, 1, upper=True)
            assert cat.read().dtype.names == ("RA", "NAME")
            kinds = inspect.signature(module.hdu.TableHDU.__init__).parameters
            assert list(kinds)[:4] == ["self", "fits", "ext", "lower"]
