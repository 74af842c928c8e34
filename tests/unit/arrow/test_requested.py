# SPDX-License-Identifier: BSD-3-Clause
"""Types that consumers request: those that lose nothing are made by the library, others stay."""

from __future__ import annotations

import ctypes

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from astropy.io import fits as astropy_fits

import rustfits

INTEGERS = ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
NUMBERS = (*INTEGERS, "float", "double")
TEXTS = ("string", "large_string", "binary", "large_binary")


def made_by_us(source: str, target: str) -> bool:
    """Return whether a type holds all values of another one, and the library makes it."""
    if source == target:
        return True
    old, new = (
        np.dtype(name.replace("double", "f8").replace("float", "f4"))
        if name in ("float", "double")
        else np.dtype(name)
        for name in (source, target)
    )
    return bool(np.can_cast(old, new, "safe")) and not (old.itemsize == 8 and new.kind == "f")


def ends(dtype: np.dtype) -> np.ndarray:
    """Return values with both ends of a type."""
    if dtype.kind == "f":
        return np.array([0.1, -np.inf, np.nan, np.finfo(dtype).max], dtype)
    info = np.iinfo(dtype)
    return np.array([info.min, info.max, 1, 0], dtype)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """Return a table with a scalar, a vector, and a list of every number, nulls, text and others."""
    columns = {}
    for name in NUMBERS:
        dtype = np.dtype({"float": "f4", "double": "f8"}.get(name, name))
        kind = pa.from_numpy_dtype(dtype)
        values = ends(dtype)
        columns[name] = pa.array(values)
        columns[f"{name}_vec"] = pa.FixedSizeListArray.from_arrays(
            pa.array(np.repeat(values, 2)), 2
        )
        columns[f"{name}_list"] = pa.array([values, [], values[:1], values[2:]], pa.list_(kind))
    columns["null16"] = pa.array([1, None, -5, None], pa.int16())
    columns["text"] = pa.array(["a", "", "cafe", "123456789"])
    columns["flag"] = pa.array([True, None, False, True])
    made = tmp_path_factory.mktemp("requested") / "t.fits"
    rustfits.write(made, pa.table(columns))
    content = made.read_bytes()
    made.write_bytes(content.replace(b"cafe", b"caf\xe9"))
    return made


def requested(hdu, schema):
    """Return what the stream has, without a cast by the consumer."""
    return pa.RecordBatchReader._import_from_c_capsule(
        hdu.__arrow_c_stream__(schema.__arrow_c_schema__())
    ).read_all()


def same(found: pa.ChunkedArray, expected: pa.ChunkedArray) -> bool:
    """Return whether values are equal, NaN too."""
    found.validate(full=True)
    return found.type == expected.type and repr(found.to_pylist()) == repr(expected.to_pylist())


@pytest.mark.parametrize("target", NUMBERS)
def test_every_pair_of_numbers(path, target):
    new = pa.type_for_alias(target)
    with rustfits.FITS(path) as fits:
        own = pa.table(fits[1])
        types = {
            name: shape(new)
            for source in NUMBERS
            for name, shape in (
                (source, lambda kind: kind),
                (f"{source}_vec", lambda kind: pa.list_(kind, 2)),
                (f"{source}_list", pa.large_list),
            )
        }
        found = requested(fits[1], pa.schema(types))
    for source in NUMBERS:
        wider = made_by_us(source, target)
        for name in (source, f"{source}_vec"):
            expected = own[name].cast(types[name]) if wider else own[name]
            assert same(found[name], expected), (name, target)
        inner = new if wider else pa.type_for_alias(source)
        assert same(found[f"{source}_list"], own[f"{source}_list"].cast(pa.large_list(inner)))


@pytest.mark.parametrize("target", ["int32", "int64", "float", "double"])
def test_nulls_stay_null(path, target):
    with rustfits.FITS(path) as fits:
        found = requested(fits[1], pa.schema({"null16": pa.type_for_alias(target)}))["null16"]
    assert found.type == pa.type_for_alias(target)
    assert found.to_pylist() == [1, None, -5, None]


@pytest.mark.parametrize("target", TEXTS)
def test_every_form_of_text(path, target):
    new = pa.type_for_alias(target)
    with rustfits.FITS(path) as fits:
        found = requested(fits[1], pa.schema({"text": new}))["text"]
    found.validate(full=True)
    text = ["a", "", "caf\xe9", "123456789"]
    binary = "binary" in target  # the bytes of the file
    assert found.type == new
    assert found.to_pylist() == ([each.encode("latin-1") for each in text] if binary else text)


def test_consumers_get_what_they_request(path):
    names = ["int16", "uint8_list", "text", "float"]
    types = [pa.float64(), pa.large_list(pa.uint32()), pa.large_string(), pa.float64()]
    schema = pa.schema(list(zip(names, types, strict=True)))
    with rustfits.FITS(path) as fits:
        subset = fits[1][names]
        own = pa.table(subset)
        reader = pa.RecordBatchReader.from_stream(subset, schema=schema).read_all()
        table = pa.table(subset, schema=schema)
    for found in (reader, table):
        assert found.schema.types == types
        for name, kind in zip(names, types, strict=True):
            assert same(found[name], own[name].cast(kind))


def test_other_types_and_orders_keep_ours(path):
    names = ["int32", "text", "flag", "int32_vec", "int32_list", "double"]
    schema = pa.schema(
        {
            "other": pa.int64(),
            "double": pa.decimal128(10, 2),
            "int32": pa.timestamp("s"),
            "flag": pa.int8(),
            "text": pa.string_view(),
            "int32_vec": pa.list_(pa.int64(), 3),
            "int32_list": pa.list_(pa.dictionary(pa.int8(), pa.int64())),
        }
    )
    with rustfits.FITS(path) as fits:
        own = pa.table(fits[1][names])
        found = requested(fits[1][names], schema)
        assert found.schema.equals(own.schema, check_metadata=True)
        some = requested(fits[1][names], pa.schema({"text": pa.binary(), "int32": pa.int64()}))
    assert some.column_names == names
    assert some.schema.types[:3] == [pa.int64(), pa.binary(), pa.bool_()]


def test_complex_and_large_lists(tmp_path):
    lists = np.empty(2, object)
    lists[:] = [np.array([1, 2], "i2"), np.array([3], "i2")]
    words = np.array(["ab", "c"], object)
    columns = [
        astropy_fits.Column("c", "C", array=np.array([1 + 2j, 3], "c8")),
        astropy_fits.Column("q", "QI()", array=lists),
        astropy_fits.Column("p", "PI()", array=lists),
        astropy_fits.Column("s", "QA()", array=words),
    ]
    made = tmp_path / "t.fits"
    astropy_fits.BinTableHDU.from_columns(columns).writeto(made)
    small = {"q": pa.list_(pa.int32()), "p": pa.large_list(pa.float32()), "s": pa.string()}
    with rustfits.FITS(made) as fits:
        own = pa.table(fits[1])
        assert own["q"].type == pa.large_list(pa.int16())
        assert own["s"].type == pa.large_string()
        found = requested(fits[1], pa.schema({"c": pa.list_(pa.float64(), 2), **small}))
    assert found["c"].to_pylist() == [[1, 2], [3, 0]]
    assert found["c"].type == pa.list_(pa.float64(), 2)
    for name, kind in small.items():
        assert same(found[name], own[name].cast(kind))
    assert pc.list_value_length(found["q"]).to_pylist() == [2, 1]


def test_released_and_foreign_requests_are_refused(path):
    capsule = pa.schema({"int16": pa.int32()}).__arrow_c_schema__()
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype = ctypes.c_void_p
    pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    taken = pa.Schema._import_from_c(pointer(capsule, b"arrow_schema"))
    assert taken.names == ["int16"]
    with rustfits.FITS(path) as fits:
        with pytest.raises(rustfits.FITSValueError, match="released"):
            fits[1].__arrow_c_stream__(capsule)
        with pytest.raises(rustfits.FITSTypeError, match="arrow_schema"):
            fits[1].__arrow_c_stream__(b"int16")
        kept = pa.RecordBatchReader._import_from_c_capsule(
            fits[1].__arrow_c_stream__(pa.field("x", pa.int8()).__arrow_c_schema__())
        )
        assert kept.schema.field("int16").type == pa.int16()
