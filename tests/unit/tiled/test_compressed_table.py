# SPDX-License-Identifier: BSD-3-Clause
"""Compressed tables through Python: they do what plain tables do; fpack and funpack agree."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import (
    FITS,
    CompressedColumnSubset,
    CompressedSingleColumnSubset,
    CompressedTableHDU,
    Gzip1,
    Gzip2,
    Hcompress1,
    Rice1,
)
from support.compressed_tables import cells, columns, everything, same

# ---- a compressed table beside a plain one ----


class TablePair:
    """A compressed table and a plain table that receive the same edits."""

    def __init__(self, data: dict[str, np.ndarray], compress: Any, ztilelen: int | None) -> None:
        self.plain = FITS("mem://", "w+")
        self.packed = FITS("mem://", "w+")
        bits = [name for name in ("bits", "vbits") if name in data]
        self.plain.write_table(data, bit_columns=bits)
        self.packed.write_table(data, bit_columns=bits, compress=compress, ztilelen=ztilelen)
        self.packed.write_image(np.arange(9.0))

    def both(self, change: Any) -> None:
        """Apply `change` to both tables."""
        change(self.plain[1])
        change(self.packed[1])

    def check(self) -> None:
        """Check that both tables and the written file read the same, and that the next HDU is intact."""
        plain = self.plain[1]
        with FITS.from_bytes(self.packed.to_bytes()) as fresh:
            for hdu in (self.packed[1], fresh[1]):
                assert isinstance(hdu, CompressedTableHDU)
                assert hdu.colnames == plain.colnames
                assert hdu.units == plain.units
                assert same(hdu.read(), plain.read())
            assert (fresh[2].read() == np.arange(9.0)).all()


@pytest.mark.parametrize("compress", [True, "RICE_1", Gzip1(level=1), Gzip2(), "nocompress"])
@pytest.mark.parametrize("ztilelen", [1, 17, 60, 1000])
def test_all_that_a_table_does(compress, ztilelen):
    pair = TablePair(everything(60), compress, ztilelen)
    pair.check()

    def strided(hdu):
        hdu["f4"][3:50:7] = np.arange(7)

    def listed(hdu):
        hdu["i4"][[5, 50, 3, 33, 5]] = [1, 2, 3, 4, 5]

    def backwards(hdu):
        hdu["name"][50:10:-3] = "zz"

    def heap(hdu):
        hdu["vi4"][10:20] = [np.arange(i) for i in range(10)]

    def texts(hdu):
        hdu["vname"][[50, 5]] = ["hello", ""]

    def bits(hdu):
        hdu["bits"][1:40] = True
        hdu["vbits"][5:8] = [np.ones(9, bool)] * 3

    def record(hdu):
        hdu[5] = tuple(hdu[50])

    def whole(hdu):
        hdu.write(hdu[::-1])

    for change in (strided, listed, backwards, heap, texts, bits, record, whole):
        pair.both(change)
        pair.check()
    more = everything(33, seed=9)
    pair.both(lambda hdu: hdu.append(more))
    pair.both(lambda hdu: hdu.resize(80))
    pair.both(lambda hdu: hdu.resize(100))
    pair.check()
    more = everything(11, seed=3)
    pair.both(lambda hdu: hdu.append(more))
    for rows in ([3, 1, 3, 60, 61], "i4 > 100", slice(40, 20, -7)):
        pair.both(lambda hdu, rows=rows: hdu.delete_rows(rows))
        pair.check()
    pair.both(lambda hdu: hdu.resize(100))
    pair.both(lambda hdu: hdu.insert_column("new", np.arange(100), after="i4", unit="m"))
    pair.both(lambda hdu: hdu.insert_column("cells", cells("f4", 100), position=0))
    pair.both(lambda hdu: hdu.delete_column("f8"))
    pair.both(lambda hdu: hdu.delete_column("vu1"))
    pair.both(lambda hdu: hdu.describe_column("f4", name="flux", unit="Jy"))
    pair.check()
    size = len(pair.packed.to_bytes())
    pair.both(lambda hdu: hdu.repack())
    pair.check()
    assert len(pair.packed.to_bytes()) < size


ROWS = 40
changes = st.one_of(
    st.tuples(st.just("write"), st.integers(0, ROWS - 1), st.integers(1, 20), st.integers(0, 9)),
    st.tuples(st.just("heap"), st.integers(0, ROWS - 1), st.integers(0, 20), st.integers(0, 9)),
    st.tuples(st.just("append"), st.integers(0, 30), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("resize"), st.integers(0, 2 * ROWS), st.just(0), st.just(0)),
    st.tuples(st.just("delete"), st.integers(0, ROWS), st.integers(0, 2 * ROWS), st.integers(1, 5)),
    st.tuples(st.just("repack"), st.just(0), st.just(0), st.just(0)),
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(changes, max_size=8), st.integers(1, 50), st.sampled_from([True, "RICE_1", "GZIP_2"])
)
def test_any_changes_in_any_order(steps, ztilelen, compress):
    def table(n: int, seed: int) -> dict[str, np.ndarray]:
        some = columns(n, seed)
        made = {name: some[name] for name in ("u1", "i4", "f4", "name")}
        return {**made, "v": cells("i2", n, seed)}

    pair = TablePair(table(ROWS, 1), compress, ztilelen)
    for what, a, b, c in steps:
        nrows = len(pair.plain[1])
        values = table(max(a, b, 1), c)
        if what == "write" and nrows:
            first = a % nrows
            count = min(b, nrows - first)

            def change(hdu, first=first, count=count, values=values):
                hdu[["i4", "name"]][first : first + count] = {
                    "i4": values["i4"][:count],
                    "name": values["name"][:count],
                }
        elif what == "heap" and nrows:
            row = a % nrows

            def change(hdu, row=row, length=b):
                hdu["v"][row] = np.arange(length, dtype="i2")
        elif what == "append":

            def change(hdu, values=values, count=a):
                hdu.append({name: column[:count] for name, column in values.items()})
        elif what == "resize":

            def change(hdu, count=a):
                hdu.resize(count)
        elif what == "delete":

            def change(hdu, rows=slice(a, b, c)):
                hdu.delete_rows(rows)
        else:

            def change(hdu):
                hdu.repack()

        pair.both(change)
    pair.check()


# ---- many small parts ----


@pytest.mark.parametrize("ztilelen", [None, 64, 1000])
def test_appending_in_parts_is_one_write(ztilelen):
    data = everything(1000)
    options: dict[str, Any] = {"bit_columns": ["bits", "vbits"], "ztilelen": ztilelen}
    with FITS("mem://", "w+") as whole, FITS("mem://", "w+") as parts:
        whole.write_table(data, compress=True, **options)
        first = {name: values[:10] for name, values in data.items()}
        hdu = parts.write_table(first, compress=True, **options)
        with hdu.appending() as same_hdu:
            assert same_hdu is hdu
            for start in range(10, 1000, 90):
                hdu.append({name: values[start : start + 90] for name, values in data.items()})
        assert same(whole[1].read(), hdu.read())
        hdu.repack()
        whole[1].repack()
        assert len(parts.to_bytes()) == len(whole.to_bytes())


def test_reads_while_appending_see_pending_rows():
    with FITS("mem://", "w+") as file:
        hdu = file.create_table_hdu([("a", "i4")], compress=True)
        with hdu.appending():
            hdu.append({"a": [1, 2]})
            assert hdu.nrows == 2
            hdu.append({"a": [3]})
            assert hdu["a"][:].tolist() == [1, 2, 3]
            hdu.append({"a": [4]})
            assert hdu.header["NAXIS2"] == 4
            with hdu.extending():
                hdu.extend({"a": [5]})
            hdu["a"][0] = 9
            hdu.append({"a": [6]})
            hdu.resize(7)
            hdu.append({"a": [8]})
            assert hdu.raw_header["ZNAXIS2"] == 8
            hdu.append({"a": [9]})
            hdu.add_checksum()
            assert hdu.verify_checksum()
            hdu.append({"a": [10]})
            hdu.repack()
            assert hdu.nrows == 10
            assert hdu.has_data
            hdu.append({"a": [11]})
            hdu.delete_rows([1, 10])
            hdu.append({"a": [12, 13]})
            hdu.delete_rows("a == 12")
        assert hdu["a"][:].tolist() == [9, 3, 4, 5, 6, 0, 8, 9, 10, 13]


def test_waiting_rows_are_checked_and_copied():
    with FITS("mem://", "w+") as file:
        hdu = file.create_table_hdu([("a", "i2"), ("s", "S3")], compress=True)
        values = np.array([1, 2], "i2")
        with hdu.appending():
            hdu.append({"a": values, "s": ["x", "y"]})
            values[:] = 7
            with pytest.raises(rustfits.FITSValueError, match="a"):
                hdu.append({"a": [100000], "s": ["x"]})
            with pytest.raises(rustfits.FITSValueError, match="no values"):
                hdu.append({"a": [1]})
            hdu.append({"a": np.array([3], "u1"), "s": np.array([b"z"])})
        assert hdu["a"][:].tolist() == [1, 2, 3]
        assert hdu["s"][:].tolist() == ["x", "y", "z"]


def test_waiting_rows_are_written_though_the_block_fails():
    with FITS("mem://", "w+") as file:
        hdu = file.create_table_hdu([("a", "i4")], compress=True)
        with pytest.raises(ZeroDivisionError), hdu.appending():
            hdu.append({"a": [1, 2]})
            raise ZeroDivisionError
        assert hdu["a"][:].tolist() == [1, 2]


def test_masked_rows_wait_too():
    with FITS("mem://", "w+") as file:
        first = {"f": np.ma.MaskedArray([1.0, 2.0], [True, False])}
        hdu = file.write_table(first, compress=True)
        with hdu.appending():
            hdu.append({"f": np.array([3.0])})
            hdu.append({"f": np.ma.MaskedArray([4.0], [True])})
        assert np.isnan(hdu["f"][:]).tolist() == [True, False, False, True]


def test_many_rows_are_written_a_tile_at_a_time(monkeypatch):
    monkeypatch.setattr("rustfits._core.table.compressed._LEAST_WAITING", 1000)
    with FITS("mem://", "w+") as file:
        hdu = file.create_table_hdu(
            [("a", "f8"), ("v", "O")], var_dtypes={"v": "i4"}, compress=True, ztilelen=100
        )
        values, lists = np.arange(1000.0), cells("i4", 1000)
        with hdu.appending():
            for start in range(0, 1000, 30):
                part = slice(start, start + 30)
                hdu.append({"a": values[part], "v": lists[part]})
        assert (hdu["a"][:] == values).all()
        assert all(np.array_equal(x, y) for x, y in zip(hdu["v"][:], lists, strict=True))


# ---- facts ----


def test_facts(tmp_path):
    path = tmp_path / "t.fits"
    data = columns(100)
    with FITS(path, "w+") as file:
        hdu = file.write_table(data, compress=True, ztilelen=30, extname="CAT", units={"f4": "Jy"})
        assert hdu.kind == "compressed table"
        assert hdu.compression["f4"] == "GZIP_2"
        assert hdu.compression["i4"] == "RICE_1"
        assert hdu.compression["c8"] == "GZIP_1"
        assert (hdu.ztile_rows, hdu.n_tiles, hdu.nrows) == (30, 4, 100)
        assert "ZTABLE" not in hdu.header
        assert hdu.header["NAXIS2"] == 100
        assert hdu.raw_header["ZTABLE"] is True
        assert hdu.raw_header["NAXIS2"] == 4
        assert hdu.raw_header["ZNAXIS2"] == 100
        hdu.header["OBSERVER"] = "Ann"
        assert hdu.raw_header["OBSERVER"] == "Ann"
        assert isinstance(hdu["f4"], CompressedSingleColumnSubset)
        assert isinstance(hdu[["f4", "i4"]], CompressedColumnSubset)
        assert hdu["f4"].unit == "Jy"
        assert "100 rows" in repr(file)
    with FITS(path) as file:
        hdu = file["CAT"]
        assert hdu.header["OBSERVER"] == "Ann"
        assert hdu.compression["u1"] == "GZIP_1"
        wanted = np.flatnonzero((data["f4"] > 0) & (data["u1"] < 100))
        assert hdu.where("f4 > 0 & u1 < 100").tolist() == wanted.tolist()
        assert sum(len(part) for part in hdu.iter(chunksize=7)) == 100
        assert [row["i4"] for row in hdu] == data["i4"].tolist()


def test_tile_cache():
    with FITS("mem://", "w+") as file:
        hdu = file.write_table(columns(1000), compress=True, ztilelen=100)
        assert hdu.tile_cache_size == 32 << 20
        assert hdu.tile_cache_used == 0
        _ = hdu["f4"][5]
        assert hdu.tile_cache_used == 400
        _ = hdu["f4"][:]
        assert hdu.tile_cache_used == 4000
        hdu.set_tile_cache_size(1000)
        assert hdu.tile_cache_used <= 1000
        hdu["f4"][5] = 3
        assert hdu.tile_cache_size == 1000
        assert hdu["f4"][5] == 3
        hdu.clear_tile_cache()
        assert hdu.tile_cache_used == 0


def test_choices_by_column():
    data = {"a": np.arange(50, dtype="i4"), "b": np.arange(50.0), "c": np.arange(50, dtype="i2")}
    with FITS("mem://", "w+") as file:

        def made(compress: Any) -> dict[str, str]:
            return file.write_table(data, compress=compress).compression

        assert made(True) == {"a": "RICE_1", "b": "GZIP_2", "c": "GZIP_2"}
        assert made("rice") == {"a": "RICE_1", "b": "GZIP_2", "c": "RICE_1"}
        assert made({"A": "gzip_1", "c": Rice1()}) == {"a": "GZIP_1", "b": "GZIP_2", "c": "RICE_1"}
        assert made({"b": None}) == {"a": "RICE_1", "b": "NOCOMPRESS", "c": "GZIP_2"}
        assert made(Gzip2(level=9)) == {"a": "GZIP_2", "b": "GZIP_2", "c": "GZIP_2"}
        count = len(file)
        for wrong, error, message in [
            ({"b": "RICE_1"}, rustfits.FITSValueError, "'b' of form D cannot be RICE_1.*GZIP_2"),
            (Hcompress1(), rustfits.FITSValueError, "not HCOMPRESS_1"),
            ("zip", rustfits.FITSValueError, "no algorithm"),
            ({"d": True}, rustfits.FITSColumnError, "no column 'd'"),
            ({3: True}, rustfits.FITSTypeError, "named by str"),
            (5, rustfits.FITSTypeError, "compress="),
            (Gzip1(tile_shape=(3,)), rustfits.FITSValueError, "ztilelen="),
            ({"a": Gzip1(level=3), "b": Gzip2(level=4)}, rustfits.FITSValueError, "same level"),
        ]:
            with pytest.raises(error, match=message):
                file.write_table(data, compress=wrong)
        with pytest.raises(rustfits.FITSValueError, match="ztilelen"):
            file.write_table(data, ztilelen=5)
        with pytest.raises(rustfits.FITSValueError, match="ztilelen"):
            file.write_table(data, compress=True, ztilelen=0)
        assert len(file) == count


def test_level_counts(tmp_path):
    data = {"a": np.random.default_rng(1).integers(0, 9, 20000)}
    with FITS("mem://", "w+") as fast, FITS("mem://", "w+") as small:
        fast.write_table(data, compress=Gzip1(level=1))
        small.write_table(data, compress=Gzip1(level=12))
        assert len(small.to_bytes()) < len(fast.to_bytes())


def test_columns_without_elements(tmp_path):
    with FITS("mem://", "w+") as file:
        hdu = file.write_table(
            {"n": np.zeros((20, 0)), "a": np.arange(20)}, compress=True, ztilelen=6
        )
        assert hdu.read()["n"].shape == (20, 0)
        hdu.delete_column("a")
        hdu.delete_column("n")
        assert (hdu.nrows, hdu.ncols, hdu.n_tiles) == (20, 0, 4)
        hdu.insert_column("b", np.arange(20))
        assert hdu["b"][:].tolist() == list(range(20))


# ---- lies ----


def test_errors_name_tile_column_and_codec(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        hdu = file.write_table(
            {"a": np.arange(100), "b": np.arange(100)}, compress="GZIP_1", ztilelen=40
        )
        hdu.repack()
    raw = bytearray(path.read_bytes())
    end = len(bytes(raw).rstrip(b"\0"))
    raw[end - 20 : end - 10] = b"\xff" * 10
    with FITS.from_bytes(raw) as file:
        assert file[1]["a"][:].tolist() == list(range(100))
        with pytest.raises(rustfits.FITSCodecError, match=r"\[1\].*tile 2, column 2 'b', GZIP_1"):
            _ = file[1]["b"][:]
        assert file[1]["b"][:80].tolist() == list(range(80))


def test_a_stream_cannot_claim_more_than_it_can_hold(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        file.write_table({"a": np.arange(100)}, compress="GZIP_1")
    raw = path.read_bytes()
    for keyword in (b"ZNAXIS2 =", b"ZTILELEN="):
        at = raw.index(keyword)
        raw = raw[: at + 10] + b"      10000000000000" + raw[at + 30 :]
    with FITS.from_bytes(raw) as file:
        assert file[1].nrows == 10**13
        with pytest.raises(rustfits.FITSCodecError, match="cannot hold 80000000000000"):
            _ = file[1]["a"][5]


def test_a_file_that_is_cut_short(tmp_path):
    path = tmp_path / "t.fits"
    data = {"a": np.random.default_rng(1).normal(size=5000)}
    with FITS(path, "w+") as file:
        file.write_table(data, compress=True, ztilelen=500)
    with FITS.from_bytes(path.read_bytes()[:-2880]) as file:
        assert (file[1]["a"][:4000] == data["a"][:4000]).all()
        with pytest.raises(rustfits.FITSTruncatedError, match="missing"):
            _ = file[1]["a"][:]


def test_reading_only(tmp_path):
    path = tmp_path / "t.fits"
    with FITS(path, "w+") as file:
        file.write_table({"a": np.arange(9)}, compress=True)
    with FITS(path) as file:
        with pytest.raises(rustfits.FITSReadOnlyError), file[1].appending():
            pass
        with pytest.raises(rustfits.FITSReadOnlyError):
            file[1]["a"][0] = 5


# ---- threads ----


def test_threads_read_while_one_appends():
    data = columns(3000)
    with FITS("mem://", "w+") as file:
        hdu = file.write_table({"i4": data["i4"], "f8": data["f8"]}, compress=True, ztilelen=100)
        failed: list[BaseException] = []

        def read() -> None:
            try:
                for _ in range(20):
                    got = hdu.read(rows=slice(0, 3000))
                    assert (got["i4"] == data["i4"]).all()
                    assert (got["f8"] == data["f8"]).all()
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(10):
            hdu.append({"i4": data["i4"][:50], "f8": data["f8"][:50]})
        for thread in threads:
            thread.join()
        assert not failed
        assert hdu.nrows == 3500


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_make_the_same_file(threads):
    data = everything(3000)
    made = []
    for count in (1, threads):
        with FITS("mem://", "w+", threads=count) as file:
            file.write_table(data, compress=True, ztilelen=200, bit_columns=["bits", "vbits"])
            made.append(file.to_bytes())
    assert made[0] == made[1]


def test_keywords_of_the_compression_are_not_set_by_hand():
    with FITS("mem://", "w+") as file:
        hdu = file.write_table({"a": np.arange(9)}, compress=True)
        for key in ("ZTILELEN", "ZFORM1", "ZCTYP1"):
            with pytest.raises(rustfits.FITSError, match=key):
                hdu.header[key] = 5
        hdu.header["OBJECT"] = "M 31"
        assert hdu.raw_header["ZTILELEN"] == hdu.ztile_rows
        assert hdu["a"][:].tolist() == list(range(9))
        plain = file.write_table({"b": np.arange(3)}, header=hdu.raw_header)
        assert plain.kind == "table"
        assert plain.header["OBJECT"] == "M 31"
        assert "ZTABLE" not in plain.header
