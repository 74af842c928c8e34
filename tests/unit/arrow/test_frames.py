# SPDX-License-Identifier: BSD-3-Clause
"""Data frames of pyarrow, polars, duckdb, pandas and narwhals as FITS tables."""

from __future__ import annotations

import datetime
import decimal
import gc
from pathlib import Path
from typing import Any

import astropy.io.fits
import duckdb
import fitsio
import narwhals
import numpy as np
import pandas
import polars
import pyarrow as pa
import pytest

import rustfits
from rustfits._core.arrow import frame as frame_module

NOON = datetime.datetime(2020, 1, 2, 12, 0, 0, 678)
COLUMNS: dict[str, tuple[Any, Any, list[Any]]] = {
    # values, their Arrow type, and what mask_null=True reads
    "i1": ([-128, None, 127], pa.int8(), [-128, None, 127]),
    "u1": ([0, None, 255], pa.uint8(), [0, None, 255]),
    "i2": ([-(2**15), None, 3], pa.int16(), [-(2**15), None, 3]),
    "u2": ([0, None, 2**16 - 1], pa.uint16(), [0, None, 2**16 - 1]),
    "i4": ([-(2**31), 2**31 - 1, None], pa.int32(), [-(2**31), 2**31 - 1, None]),
    "u4": ([None, 0, 2**32 - 1], pa.uint32(), [None, 0, 2**32 - 1]),
    "i8": ([-(2**63), 2**63 - 1, None], pa.int64(), [-(2**63), 2**63 - 1, None]),
    "u8": ([0, 2**64 - 1, None], pa.uint64(), [0, 2**64 - 1, None]),
    "plain": ([1, 2, 3], pa.int16(), [1, 2, 3]),
    "f2": ([np.float16(0.5), None, np.float16(65504)], pa.float16(), [0.5, None, 65504.0]),
    "f4": ([1.5, None, float("inf")], pa.float32(), [1.5, None, float("inf")]),
    "f8": ([1e300, None, -0.0], pa.float64(), [1e300, None, -0.0]),
    "flag": ([True, None, False], pa.bool_(), [True, None, False]),
    "s": (["a", None, "ccc"], pa.string(), ["a", "", "ccc"]),
    "ls": (["", None, "ccc"], pa.large_string(), ["", "", "ccc"]),
    "vs": (["a", None, "longer than twelve bytes"], pa.string_view(), None or []),
    "by": ([b"a", None, b"\xff"], pa.binary(), ["a", "", "\xff"]),
    "fb": ([b"ab", None, b"cd"], pa.binary(2), ["ab", "", "cd"]),
    "di": (["x", None, "x"], pa.dictionary(pa.int8(), pa.string()), ["x", "", "x"]),
    "dn": ([7, None, 9], pa.dictionary(pa.int32(), pa.int16()), [7, None, 9]),
    "fl": ([[1, 2], [3, None], None], pa.list_(pa.int32(), 2), [[1, 2], [3, None], [None] * 2]),
    "fs": ([["a", "b"], ["ccc", None], None], pa.list_(pa.string(), 2), []),
    "l": ([[1, 2], None, [3]], pa.list_(pa.int16()), [[1, 2], [], [3]]),
    "ln": ([[1, None], [], None], pa.large_list(pa.int64()), [[1, None], [], []]),
    "lf": ([[1.0, None], [], None], pa.list_(pa.float32()), [[1.0, None], [], []]),
    "lb": ([[True, False], [], None], pa.list_(pa.bool_()), [[True, False], [], []]),
    "ts": ([NOON, None, NOON], pa.timestamp("us"), []),
    "tn": ([NOON, None, NOON], pa.timestamp("ns", "Europe/Paris"), []),
    "da": ([NOON.date(), None, datetime.date(1, 1, 1)], pa.date32(), []),
    "dd": ([NOON.date(), None, NOON.date()], pa.date64(), []),
    "du": ([datetime.timedelta(seconds=5), None, -datetime.timedelta(1)], pa.duration("ms"), []),
}
EXPECTED = {
    "vs": ["a", "", "longer than twelve bytes"],
    "fs": [["a", "b"], ["ccc", ""], ["", ""]],
    "ts": ["2020-01-02T12:00:00.000678", "", "2020-01-02T12:00:00.000678"],
    "tn": ["2020-01-02T12:00:00.000678000", "", "2020-01-02T12:00:00.000678000"],
    "da": ["2020-01-02", "", "0001-01-01"],
    "dd": ["2020-01-02T00:00:00.000", "", "2020-01-02T00:00:00.000"],
    "du": [5000, None, -86400000],
}
NOT_IN_POLARS = {"dn"}


def whole() -> pa.Table:
    return pa.table({name: pa.array(v, type=t) for name, (v, t, _) in COLUMNS.items()})


def wanted(name: str) -> list[Any]:
    return EXPECTED.get(name, COLUMNS[name][2])


def read(path: Path) -> dict[str, list[Any]]:
    with rustfits.FITS(path) as fits:
        rows = fits[1].read(mask_null=True)
    return {name: [plain(cell) for cell in rows[name]] for name in rows.dtype.names}


def plain(cell: Any) -> Any:
    if cell is np.ma.masked:
        return None
    return cell.tolist() if hasattr(cell, "tolist") else cell


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frame.fits"


FORMS = {
    "table": lambda table: table,
    "batch": lambda table: table.to_batches()[0],
    "reader": lambda table: table.to_reader(),
    "reader of rows": lambda table: table.to_reader(max_chunksize=1),
    "structs": lambda table: pa.chunked_array([table.to_batches()[0].to_struct_array()]),
    "slices": lambda table: pa.concat_tables([table.slice(0, 1), table.slice(1)]),
    "sliced structs": lambda table: pa.concat_arrays(
        [table.to_batches()[0].to_struct_array()] * 2
    ).slice(3),
    "polars": lambda table: polars.from_arrow(table),
    "polars chunks": lambda table: polars.concat(
        [polars.from_arrow(table).slice(0, 2), polars.from_arrow(table).slice(2)], rechunk=False
    ),
    "narwhals": lambda table: narwhals.from_native(polars.from_arrow(table)),
}


@pytest.mark.parametrize("form", FORMS)
def test_frames_keep_every_type_and_null(path: Path, form: str) -> None:
    data = whole()
    if "polars" in form or form == "narwhals":
        data = data.drop_columns(list(NOT_IN_POLARS))
    rustfits.write(path, FORMS[form](data))
    found = read(path)
    for name in data.column_names:
        if name == "dd" and ("polars" in form or form == "narwhals"):
            continue  # polars makes a timestamp of it
        assert found[name] == wanted(name), name


@pytest.mark.parametrize("limit", [1, 1 << 30])
def test_streams_beyond_the_limit_are_spooled(
    path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(frame_module, "SPOOL_BYTES", limit)
    rustfits.write(path, whole().to_reader(max_chunksize=1))
    found = read(path)
    for name in COLUMNS:
        assert found[name] == wanted(name), name


@pytest.mark.parametrize("compress", [None, True])
def test_large_frames_are_written_in_parts(
    path: Path, monkeypatch: pytest.MonkeyPatch, compress: Any
) -> None:
    monkeypatch.setattr(frame_module, "_PART_BYTES", 1)
    count = 5000
    values = np.arange(count)
    table = pa.table(
        {
            "n": pa.array(values, mask=values % 7 == 0),
            "s": values.astype(str),
            "l": pa.ListArray.from_arrays(np.arange(count + 1, dtype="i4"), values * 0.5),
        }
    )
    rustfits.write(path, table, compress=compress)
    with rustfits.FITS(path) as fits:
        rows = fits[1].read(mask_null=True)
    assert rows["n"].tolist() == table["n"].to_pylist()
    assert rows["s"].tolist() == table["s"].to_pylist()
    assert [cell.tolist() for cell in rows["l"].data] == table["l"].to_pylist()


def test_a_stream_that_fails_leaves_the_file(path: Path) -> None:
    rustfits.write(path, {"a": [1]})
    before = path.read_bytes()

    def batches() -> Any:
        yield pa.record_batch({"a": pa.array([1, 2])})
        raise ValueError("the source broke")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())
    with pytest.raises(rustfits.FITSError, match="the source broke"):
        rustfits.write(path, reader)
    reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())
    with rustfits.FITS(path, "r+") as fits, pytest.raises(rustfits.FITSError):
        fits.write_table(reader)
    reader = pa.RecordBatchReader.from_batches(pa.schema({"a": pa.int64()}), batches())
    with rustfits.FITS(path, "r+") as fits, pytest.raises(rustfits.FITSError):
        fits[1].append(reader)
    assert path.read_bytes() == before


def test_a_write_that_fails_in_the_middle_removes_the_table(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rustfits.write(path, {"a": [1]})
    before = path.read_bytes()
    monkeypatch.setattr(frame_module, "_PART_BYTES", 1)
    table = pa.table({"l": [[1], [2]] * 600, "s": ["x"] * 1200})

    def broken(self: Any, *_: Any) -> Any:
        raise KeyboardInterrupt

    with rustfits.FITS(path, "r+") as fits:
        calls = iter([rustfits._core.table.write.append_rows])
        monkeypatch.setattr("rustfits._core.table.write.append_rows", broken)
        with pytest.raises(KeyboardInterrupt):
            fits.write_table(table)
        monkeypatch.setattr("rustfits._core.table.write.append_rows", next(calls))
        assert len(fits) == 2
    assert path.read_bytes() == before


def test_duckdb_relations(path: Path) -> None:
    rows = whole().select(["i4", "u8", "f8", "s", "flag", "l", "ts"])
    rustfits.write(path, duckdb.sql("from rows"))
    found = read(path)
    for name in rows.column_names:
        assert found[name] == wanted(name), name


def test_frames_of_pandas_with_extension_arrays(path: Path) -> None:
    frame = pandas.DataFrame(
        {
            "n": pandas.array([1, None, 3], "Int16"),
            "f": pandas.array([0.5, None, 3], "Float32"),
            "b": pandas.array([True, None, False], "boolean"),
            "s": ["a", "bb", None],
            "c": pandas.Categorical(["x", "y", None]),
            "k": pandas.Categorical([10, 20, None]),
            "o": [b"x", b"yy", b""],
            "l": pandas.Series([[1], [2, 3], None], dtype=pandas.ArrowDtype(pa.list_(pa.int64()))),
            "z": pandas.arrays.SparseArray([0, 0, 1]),
            7: [1.5, 2.5, 3.5],
        }
    )
    rustfits.write(path, frame)
    assert read(path) == {
        "n": [1, None, 3],
        "f": [0.5, None, 3],
        "b": [True, None, False],
        "s": ["a", "bb", ""],
        "c": ["x", "y", ""],
        "k": [10, 20, None],
        "o": ["x", "yy", ""],
        "l": [[1], [2, 3], []],
        "z": [0, 0, 1],
        "7": [1.5, 2.5, 3.5],
    }


def test_pandas_frames_that_cannot_be_told_apart_are_refused(path: Path) -> None:
    twice = pandas.DataFrame([[1, 2]], columns=["a", "a"])
    with pytest.raises(rustfits.FITSValueError, match=r"two columns .* have the name 'a'"):
        rustfits.write(path, twice)
    levels = pandas.DataFrame([[1, 2]], columns=pandas.MultiIndex.from_tuples([("a", 1), ("a", 2)]))
    with pytest.raises(rustfits.FITSTypeError, match="several levels"):
        rustfits.write(path, levels)
    periods = pandas.DataFrame({"p": pandas.period_range("2020", periods=3, freq="M")})
    with pytest.raises(rustfits.FITSTypeError, match=r"column 'p': .*pandas\.period"):
        rustfits.write(path, periods)
    assert not path.exists()


REFUSED = {
    "decimal": pa.array([decimal.Decimal("1.5")]),
    "struct": pa.array([{"a": 1}]),
    "map": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int8())),
    "union": pa.UnionArray.from_sparse(pa.array([0], pa.int8()), [pa.array([1])]),
    "null": pa.array([None]),
    "time of day": pa.array([1], pa.time32("s")),
    "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
    "lists of lists": pa.array([[[1]]]),
    "lists of strings": pa.array([["a"]]),
    "extension": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"x" * 16], pa.binary(16))),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_types_that_fits_has_not_are_refused_by_column(path: Path, kind: str) -> None:
    table = pa.table({"good": [1], "bad one": REFUSED[kind]})
    with pytest.raises(rustfits.FITSTypeError, match=f"column 'bad one': .*{kind}"):
        rustfits.write(path, table)
    assert not path.exists()


def test_python_objects_are_refused(path: Path) -> None:
    frame = polars.DataFrame({"o": polars.Series([object()], dtype=polars.Object)})
    for data in (frame, narwhals.from_native(frame)):
        with pytest.raises(rustfits.FITSTypeError, match=r"column 'o': .* Python objects"):
            rustfits.write(path, data)


def test_dictionaries_of_lists_are_decoded(path: Path) -> None:
    values = pa.DictionaryArray.from_arrays([0, None, 1, 0], pa.array([[1, 2], [3]]))
    rustfits.write(path, pa.table({"l": values}))
    assert read(path)["l"] == [[1, 2], [], [3], [1, 2]]


@pytest.mark.parametrize(
    ("names", "match"),
    [
        (["a", "a"], "two columns have the name 'a'"),
        (["a", "A"], "differ by more than their case"),
        (["a", ""], "column 1 has an empty name"),
        (["a", "ä"], "ASCII"),
        (["a", "x" * 69], "a value of 69 do not fit"),
    ],
)
def test_names_that_fits_has_not_are_refused(path: Path, names: list[str], match: str) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=names)
    for data in (table, table.to_reader()):
        with pytest.raises(rustfits.FITSValueError, match=match):
            rustfits.write(path, data)
    assert not path.exists()


def test_strings_that_fits_cannot_hold_are_refused_by_row(path: Path) -> None:
    for text, match in (("naïve", "row 2: character 'ï' is not ASCII"), ("a\0b", "row 2: .*NUL")):
        for type_ in (pa.string(), pa.string_view()):
            table = pa.table({"s": pa.array(["x", None, text * 5], type_)})
            for data in (table, table.to_reader(max_chunksize=1)):
                with pytest.raises(rustfits.FITSValueError, match=f"column 's', {match}"):
                    rustfits.write(path, data)


def test_a_null_without_a_free_value_is_refused(path: Path) -> None:
    table = pa.table({"n": pa.array([*range(256), None], pa.uint8())})
    with pytest.raises(rustfits.FITSValueError, match="column 'n': there are nulls, and no value"):
        rustfits.write(path, table)
    rustfits.write(path, table.slice(1))
    with rustfits.FITS(path) as fits:
        assert fits[1].header["TNULL1"] == 0


def test_rows_that_are_null_as_a_whole_are_refused(path: Path) -> None:
    structs = pa.array([{"a": 1}, None])
    with pytest.raises(rustfits.FITSValueError, match="row 1 of a batch is null as a whole"):
        rustfits.write(path, pa.chunked_array([structs]))


def test_long_strings_beside_short_ones_are_refused_or_stored_with_their_lengths(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rustfits._core.table.frames._MAX_PADDED", 1000)
    table = pa.table({"s": ["x" * 100, *["y"] * 99]})
    with pytest.raises(rustfits.FITSValueError, match=r"var_dtypes=\{'s': 'S'\}"):
        rustfits.write_table(path, table)
    rustfits.write_table(path, table, var_dtypes={"s": "S"})
    with rustfits.FITS(path) as fits:
        assert fits[1].header["TFORM1"].startswith("1PA")
        assert fits[1].read_column("s").tolist() == table["s"].to_pylist()


def test_times_as_modified_julian_dates(path: Path) -> None:
    rustfits.write(path, whole().select(["ts", "da", "du"]), times="mjd")
    with rustfits.FITS(path) as fits:
        rows = fits[1].read()
        assert fits[1].units == {"ts": "d", "da": "d", "du": "ms"}
    assert rows["da"][[0, 2]].tolist() == [58850.0, -678575.0]
    assert rows["ts"][0] == pytest.approx(58850.5 + 678e-6 / 86400, abs=1e-11)
    assert np.isnan(rows["ts"][1])
    with pytest.raises(rustfits.FITSValueError, match="times must be 'iso' or 'mjd'"):
        rustfits.write(path, whole(), times="jd")


@pytest.mark.parametrize("compress", [None, True])
def test_rows_of_frames_are_appended(path: Path, compress: Any) -> None:
    table = whole()
    with rustfits.FITS(path, "w+") as fits:
        hdu = fits.write_table(table, compress=compress)
        hdu.append(table.to_reader(max_chunksize=2))
        hdu.append(table.select(table.column_names[::-1]))
        with hdu.appending():
            hdu.append(table)
    found = read(path)
    for name in COLUMNS:
        assert found[name] == wanted(name) * 4, name


def test_nulls_and_empty_lists_without_a_type_are_appended(path: Path) -> None:
    names = ["i4", "f8", "flag", "s", "l", "ln"]
    with rustfits.FITS(path, "w+") as fits:
        hdu = fits.write_table(whole().select(names))
        hdu.append(pa.table({name: [None] for name in names[:4]} | {"l": [[]], "ln": [[]]}))
    found = read(path)
    assert [found[name][-1] for name in names] == [None, None, None, "", [], []]


def test_times_go_to_columns_of_numbers_as_modified_julian_dates(path: Path) -> None:
    table = whole().select(["ts"])
    with rustfits.FITS(path, "w+") as fits:
        hdu = fits.write_table(table, times="mjd")
        hdu.append(table)
        rows = hdu.read()["ts"]
    assert rows[0] == rows[3]


def test_rows_that_do_not_fit_leave_the_table(path: Path) -> None:
    with rustfits.FITS(path, "w+") as fits:
        hdu = fits.write_table(pa.table({"n": pa.array([1], pa.int16()), "s": ["ab"]}))
        for data, match in (
            ({"n": [1, 70000], "s": ["a", "b"]}, "70000 cannot be stored as int16"),
            ({"n": [1, 2], "s": ["a", "abc"]}, "'s'"),
            ({"n": [1, None], "s": ["a", "b"]}, "'n'"),
            ({"n": [1]}, "no values for"),
            ({"n": [1], "s": ["a"], "t": [1]}, "no column 't'"),
        ):
            with pytest.raises(rustfits.FITSError, match=match):
                hdu.append(pa.table(data).to_reader(max_chunksize=1))
            assert hdu.nrows == 1
        with pytest.raises(rustfits.FITSValueError, match="names="):
            hdu.append(pa.table({"n": [1], "s": ["a"]}), names=["n", "s"])


def test_existing_rows_are_replaced_by_those_of_frames(path: Path) -> None:
    with rustfits.FITS(path, "w+") as fits:
        hdu = fits.write_table({"n": np.zeros(3, "i4"), "s": np.array(["", "a", "b"], "S3")})
        hdu.write(polars.DataFrame({"s": ["x", "y", "z"], "n": [1, 2, 3]}))
        hdu[1:] = pa.table({"n": [5, 6], "s": ["p", "q"]})
        hdu.insert_rows(0, pa.table({"n": [0], "s": ["first"[:3]]}))
        hdu["n"][1] = 9
        assert hdu.read().tolist() == [(0, "fir"), (9, "x"), (5, "p"), (6, "q")]


def test_columns_of_other_packages_keep_their_nulls_in_a_dict(path: Path) -> None:
    data = {
        "p": polars.Series([1, None, 3]),
        "a": pa.array(["x", None, "yy"]),
        "c": pa.chunked_array([[1.5], [None, 2.5]]),
        "l": polars.Series([[1], [], [2, 3]]),
        "s": pandas.Series([1, None, 2], dtype="Int8"),
    }
    rustfits.write(path, data)
    assert read(path) == {
        "p": [1, None, 3],
        "a": ["x", "", "yy"],
        "c": [1.5, None, 2.5],
        "l": [[1], [], [2, 3]],
        "s": [1, None, 2],
    }


def test_no_frame_becomes_an_image(path: Path) -> None:
    numbers = {"a": [1.5, 2.5], "b": [1.0, 2.0]}
    for data in (
        polars.DataFrame(numbers),
        pa.table(numbers),
        pa.table(numbers).to_batches()[0],
        pandas.DataFrame(numbers),
        narwhals.from_native(polars.DataFrame(numbers)),
        duckdb.sql("select 1 as a"),
    ):
        with pytest.raises(rustfits.FITSUnsupportedError, match="use write_table"):
            rustfits.write_image(path, data)
        assert not path.exists()
        rustfits.write(path, data)
        with rustfits.FITS(path) as fits:
            assert isinstance(fits[1], rustfits.TableHDU)
        path.unlink()


def test_series_become_images_with_their_nulls_as_blank(path: Path) -> None:
    for data in (
        polars.Series([1, None, 3], dtype=polars.Int16),
        pa.array([1, None, 3], pa.int16()),
        pa.chunked_array([[1], [None, 3]], pa.int16()),
    ):
        with pytest.raises(rustfits.FITSValueError, match="give blank="):
            rustfits.write(path, data)
        rustfits.write_image(path, data, blank=-1)
        with rustfits.FITS(path) as fits:
            assert fits[0].read(mask_blank=True).tolist() == [1, None, 3]
            assert fits[0].dtype == np.dtype("i2")
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.write(path, pa.array(["a"]))


def test_lazy_frames_are_refused_with_what_to_do(path: Path) -> None:
    from dask import dataframe

    eager = polars.DataFrame({"a": [1]})
    for data, match in (
        (eager.lazy(), r"call \.collect\(\)"),
        (narwhals.from_native(eager.lazy()), r"call \.collect\(\)"),
        (dataframe.from_pandas(pandas.DataFrame({"a": [1]}), npartitions=1), r"\.compute\(\)"),
    ):
        for call in (rustfits.write, rustfits.write_table, rustfits.write_image):
            with pytest.raises(rustfits.FITSTypeError, match=match):
                call(path, data)
    assert not path.exists()


def test_metadata_of_columns_become_keywords(path: Path) -> None:
    field = pa.field("x", pa.float64(), metadata={"TUNIT": "m/s", "TDISP": "F8.3", "TCOMM": "fast"})
    table = pa.table([pa.array([1.5])], schema=pa.schema([field]))
    with rustfits.FITS(path, "w+") as fits:
        header = fits.write_table(table).header
        assert [header[key + "1"] for key in ("TUNIT", "TDISP", "TCOMM")] == [
            "m/s",
            "F8.3",
            "fast",
        ]
        assert fits.write_table(table, units={"X": "km/s"}).units == {"x": "km/s"}
        other = table.replace_schema_metadata(None).cast(
            pa.schema([pa.field("x", pa.float64(), metadata={"TUNIT": "km"})])
        )
        with pytest.raises(rustfits.FITSValueError, match="'km'"):
            fits[1].append(other)


def test_what_other_packages_hand_over_is_released(path: Path) -> None:
    def write(table: Any, **options: Any) -> None:
        rustfits.write_table(path, table.to_reader(max_chunksize=1), **options)
        rustfits.write_table(path, table, **options)

    def make(bad: str = "x") -> pa.Table:
        return pa.concat_tables([whole(), whole()]).append_column("t", pa.array(["y", bad] * 3))

    gc.collect()
    before = pa.total_allocated_bytes()
    write(make())
    for bad in ("ä", "a\0b"):
        with pytest.raises(rustfits.FITSValueError):
            write(make(bad))
    with pytest.raises(rustfits.FITSTypeError):
        write(make().append_column("d", pa.array([decimal.Decimal(1)] * 6)))
    with pytest.raises(rustfits.FITSColumnError):
        write(make(), units={"no": "m"})
    gc.collect()
    assert pa.total_allocated_bytes() == before


def test_empty_frames(path: Path) -> None:
    table = whole().slice(0, 0)
    rustfits.write(path, table)
    with rustfits.FITS(path) as fits:
        assert fits[1].nrows == 0
        assert fits[1].colnames == tuple(COLUMNS)
    rustfits.write(path, polars.DataFrame())
    rustfits.write(path, pa.schema({"a": pa.int8()}).empty_table())
    with rustfits.FITS(path, "r+") as fits:
        fits[1].append(pa.table({"a": pa.array([1], pa.int8())}))
        fits[1].append(pa.schema({"a": pa.int8()}).empty_table())
        assert fits[1].nrows == 1


def test_run_ends_and_list_views_and_tensors(path: Path) -> None:
    runs = pa.RunEndEncodedArray.from_arrays([2, 5], ["a", "bb"])
    views = pa.ListViewArray.from_arrays([3, 0, 1, 0, 2], [1, 2, 0, 3, 1], pa.array([7, 8, 9, 10]))
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(30).reshape(5, 2, 3))
    table = pa.table({"r": runs, "v": views, "t": tensors})
    for data, first in ((table, 0), (table.slice(1), 1)):
        rustfits.write(path, data)
        found = read(path)
        assert found["r"] == ["a", "a", "bb", "bb", "bb"][first:]
        assert found["v"] == [[10], [7, 8], [], [7, 8, 9], [9]][first:]
        assert found["t"] == np.arange(30).reshape(5, 2, 3).tolist()[first:]


def test_astropy_and_fitsio_read_what_frames_become(path: Path) -> None:
    table = whole()
    rustfits.write(path, table)
    with astropy.io.fits.open(path) as hdus:
        hdus.verify("exception")
        rows = hdus[1].data
        assert rows["u8"][:2].tolist() == [0, 2**64 - 1]
        assert rows["s"].tolist() == wanted("s")
        assert rows["l"][0].tolist() == [1, 2]
        assert rows["fl"][0].tolist() == [1, 2]
        assert hdus[1].columns["i4"].null == table.num_rows * 0 + hdus[1].header["TNULL5"]
    with fitsio.FITS(path) as fits:
        rows = fits[1].read(columns=["i2", "f8", "ts", "ln"])
    assert rows["i2"][[0, 2]].tolist() == [-(2**15), 3]
    assert rows["ts"][0] == wanted("ts")[0]
    assert rows["ln"][0][0] == 1
