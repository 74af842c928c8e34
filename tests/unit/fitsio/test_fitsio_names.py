# SPDX-License-Identifier: BSD-3-Clause
"""The modules of fitsio, with the names that programs import from them."""

from __future__ import annotations

import importlib
import inspect
import types
from contextlib import ExitStack

import fitsio as original
import numpy as np
import pytest

import rustfits
from rustfits import fitsio as ours

MODULES = ["", ".fits_exceptions", ".fitslib", ".hdu", ".hdu.base", ".hdu.image", ".hdu.table"]
MODULES += [".header", ".util"]
# What comes from the standard library or Python 2, or makes docstrings and cards.
FOREIGN = {
    "IS_PY3",
    "contextmanager",
    "_BLANK",
    "copy_if_needed",
    "floor",
    "print_function",
    "reduce",
}
FOREIGN |= {"with_statement", "xrange", "_DocStringFormatter", "_doc_string_formatter"}


@pytest.mark.parametrize("module", MODULES)
def test_modules_have_the_names_of_fitsio(module):
    theirs = importlib.import_module("fitsio" + module)
    layer = importlib.import_module("rustfits.fitsio" + module)
    for name in dir(theirs):
        value = getattr(theirs, name)
        if name.startswith("__") or name in FOREIGN or isinstance(value, types.ModuleType):
            continue
        own = getattr(layer, name, None)
        assert hasattr(layer, name), name
        if isinstance(value, (int, str, dict, tuple)):
            assert own == value, name
        elif inspect.isfunction(value) and not name.startswith("_"):
            assert list(inspect.signature(own).parameters)[: len(required(value))] == required(
                value
            ), name


def required(function):
    return [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD
    ][:2]


def test_what_the_build_can_do_is_what_it_says():
    drivers = rustfits.drivers()
    assert ours.cfitsio_has_bzip2_support() == drivers["bzip2"].read
    assert ours.cfitsio_has_curl_support() == drivers["https"].read
    assert ours.cfitsio_is_reentrant() is True
    assert ours.cfitsio_is_bundled() is True
    assert ours.__version__ == original.__version__
    assert ours.cfitsio_version() == original.cfitsio_version()
    assert ours.cfitsio_version(asfloat=True) == original.cfitsio_version(asfloat=True)
    assert ours.util.cfitsio_version is ours.cfitsio_version


# ---- util ----

VALUES = ["a", b"a", np.str_("a"), np.bytes_(b"a"), 3, None, ["a"], np.int16(3), 3.0, True]
VALUES += [np.bool_(True), np.array(3), np.uint64(3), np.float32(1)]


@pytest.mark.parametrize("name", ["isstring", "isinteger", "mks"])
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_functions_of_values(name, value):
    assert getattr(ours.util, name)(value) == getattr(original.util, name)(value)


ARRAYS = [
    np.arange(3, dtype=">i4"),
    np.arange(3, dtype="<i4"),
    np.zeros(2, "u1"),
    np.zeros(2, "S3"),
    np.zeros(2, [("a", ">i4"), ("b", "S3")]),
    np.zeros(2, [("a", "O"), ("b", "i4")]),
    np.array([1, "a"], object),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: str(array.dtype))
def test_functions_of_arrays(array):
    theirs, own = original.util, ours.util
    assert own.is_little_endian(array) == theirs.is_little_endian(array)
    assert own.is_object(array) == theirs.is_object(array)
    if array.dtype.names:
        np.testing.assert_array_equal(own.fields_are_object(array), theirs.fields_are_object(array))
    else:
        for module in (own, theirs):
            with pytest.raises(TypeError):
                module.fields_are_object(array)


@pytest.mark.parametrize("array", ARRAYS[:4], ids=lambda array: str(array.dtype))
def test_arrays_become_native_with_the_same_values(array):
    for function in (ours.util.array_to_native, ours.util.array_to_native_c):
        made = function(array)
        assert made.dtype.isnative
        np.testing.assert_array_equal(made, array)
    native = np.arange(6.0).reshape(2, 3).T
    assert ours.util.array_to_native(native) is native
    assert ours.util.array_to_native_c(native).flags.c_contiguous


def test_values_that_are_not_finite_come_back():
    for module in (original, ours):
        data = np.array([1, np.nan, np.inf, -np.inf], "f4")
        exchange = module.util._nonfinite_as_cfitsio_floating_null_value
        with exchange(data, True) as (given, changed):
            assert given is data
            assert changed
            assert data.tolist() == [1, np.inf, np.inf, np.inf]
        np.testing.assert_array_equal(data, np.array([1, np.nan, np.inf, -np.inf], "f4"))
        with ExitStack() as stack:
            for same in ((data, False), (np.arange(3), True), (None, True)):
                given, changed = stack.enter_context(exchange(*same))
                assert given is same[0]
                assert not changed


# ---- fitslib ----


def same(function, *args, **kwargs):
    """Call a function of both fitslib modules (or of hdu.table); compare results or errors."""
    results = []
    for package in (original, ours):
        found = getattr(package.fitslib, function, None) or getattr(package.hdu.table, function)
        try:
            results.append(found(*args, **kwargs))
        except (ValueError, TypeError) as error:
            results.append(type(error).__mro__[-4:])
    if isinstance(results[0], np.ndarray):
        results = [result.tolist() for result in results]
    assert results[1] == results[0], (function, args)


def test_arguments_are_checked_as_fitsio_checks_them():
    for value in (None, 1, "1", 0, -1):
        same("check_extver", value)
    for value in (None, "rice", "RICE_1", 11, "NOT_SET", "GZIP_2", 0, "0"):
        same("get_compress_type", value)
    for value in (None, 1, "clock", "checksum", 0, -3, "NOT_SET", b"clock", 20000):
        same("get_dither_seed", value)
    for value in (None, 1, "NO_DITHER", "subtractive_dither_2", "NOT_SET", 0):
        same("get_qmethod", value)
    for value in (None, "NOT_SET", [10, 20], np.array([3, 4]), (3,), [1, 2, 3]):
        same("get_tile_dims", value, (100, 100))
    for value in ("ascii", "binary", "ASCII", 1, 2, 3, "x"):
        same("_extract_table_type", value)
    for value in ((1,), ("a",), ("a", 2), ("a", None)):
        same("_make_item", *value)
    for value in ("a.fits", "~/a.fits", "$HOME/a.fits", "!a.fits", "  !  x.fits", "a//b.fits[1]"):
        same("extract_filename", value)
    for kind in (11, 21, 22, 31, 41):
        for dtype in ("u1", "i2", "u4", "i8", "u8", "f4"):
            same("check_comptype_img", kind, dtype)


TYPE = [("a", "i4"), ("b", "S3"), ("c", "f8", 2), ("d", "U4", (2, 3)), ("e", "?"), ("g", "u8")]
TYPE += [("h", "i1"), ("i", "?", 3), ("j", "c8"), ("k", "S2", 4), ("l", "i4", (2, 3))]
TYPE += [("m", "i4", (1,)), ("n", "?", (2, 3)), ("o", ">i2", (1, 1))]


@pytest.mark.parametrize("write_bitcols", [False, True])
def test_columns_are_described_as_fitsio_describes_them(write_bitcols):
    data = np.zeros(2, TYPE)
    options = {"write_bitcols": write_bitcols}
    same("descr2tabledef", data.dtype.descr, **options)
    same("array2tabledef", data, **options)
    columns = {name: data[name] for name in data.dtype.names}
    same("collection2tabledef", columns, **options)
    same("collection2tabledef", list(columns.values()), names=list(columns), **options)
    for field in data.dtype.descr:
        same("_npy2fits", field, **options)
    for bad in (("a", "<f2"), ("a", "|S0")):
        same("_npy2fits", bad)


def test_columns_of_variable_length_are_described():
    cells = np.empty(2, object)
    for first in (np.zeros(3, "f4"), "text", b"text", 3, [1, 2], np.zeros(3, "?")):
        cells[:] = [first, first]
        same("npy_obj2fits", cells)
        same("collection2tabledef", {"a": cells})
    data = np.zeros(2, [("a", "i4"), ("v", "O")])
    data["v"] = [np.zeros(3, "i2"), np.zeros(5, "i2")]
    same("array2tabledef", data)
    same("npy_obj2fits", data, "v")


def test_columns_of_ascii_tables_are_described():
    data = np.zeros(2, [("a", "i4"), ("b", "S3"), ("c", "f4"), ("e", "i2"), ("f", "f8")])
    same("array2tabledef", data, table_type="ascii")
    same("descr2tabledef", data.dtype.descr, table_type="ascii")
    for bad in (("a", "<i8"), ("a", "<f8", 2)):
        same("_npy2fits", bad, table_type="ascii")


def test_forms_of_columns_are_read():
    for form in ("1PE(5)", "1PE", "QA(12)", "1PE()"):
        if form != "1PE()":
            same("_extract_vararray_max", form)
    for dims in ([3, 2], [1], [2], [1, 2], [1, 1], None):
        same("_tdim2shape", dims, "a")
    for dims in ([5], [5, 3, 2]):
        same("_tdim2shape", dims, "a", is_string=True)
        same("_get_col_dimstr", dims, is_string=True)
    for dims in ([1], [2], [2, 3], [1, 2, 3]):
        same("_get_col_dimstr", dims)
    for package in (original, ours):
        data = np.zeros(2, [("aB", "S5"), ("u", "U5", 2), ("x", "i4")])
        data["aB"], data["u"] = b"a  ", "b  "
        package.hdu.table._trim_strings(data)
        assert data[0].tolist()[0] == b"a"
        assert data["u"].tolist() == [["b", "b"]] * 2
        package.hdu.table._names_to_lower_if_recarray(data)
        assert data.dtype.names == ("ab", "u", "x")
        package.hdu.table._names_to_upper_if_recarray(data)
        assert data.dtype.names == ("AB", "U", "X")
        offset = package.hdu.image._convert_full_start_to_offset
        assert offset([10, 20], [2, 3]) == 43
        with pytest.raises(ValueError):
            offset([10, 20], [2])
