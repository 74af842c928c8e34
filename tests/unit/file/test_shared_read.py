# SPDX-License-Identifier: BSD-3-Clause
"""Reads that several threads share give what one thread gives, and what astropy gives."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS
from support.tables import by_astropy, same

THREADS = (1, 2, 3, 5)
ROWS = 300_000
SIDE = (2100, 2050)

SETTINGS = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def agree(read: Callable[[int], Any], others: tuple[int, ...] = THREADS[1:]) -> Any:
    """What reading with one thread gives, and all others must."""
    first = read(1)
    for threads in others:
        equal(read(threads), first)
    return first


def equal(ours: Any, theirs: Any) -> None:
    if isinstance(theirs, dict):
        assert list(ours) == list(theirs)
        for name, values in theirs.items():
            equal(ours[name], values)
        return
    assert type(ours) is type(theirs)
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    if isinstance(theirs, np.ma.MaskedArray):
        assert np.array_equal(ours.mask, theirs.mask)
    assert np.ma.getdata(ours).tobytes() == np.ma.getdata(theirs).tobytes()


# ---- tables ----


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table by astropy with a column of every kind that rows hold."""
    rng = np.random.default_rng(8)
    path = tmp_path_factory.mktemp("shared") / "table.fits"
    words = np.array([b"", b"a", b"NGC 224", b"x y"], "S9")
    column = astropy_fits.Column
    columns = [
        column("id", "K", array=np.arange(ROWS)),
        column("flux", "D", array=rng.normal(size=ROWS)),
        column("name", "9A", array=rng.choice(words, ROWS)),
        column("flag", "L", array=rng.random(ROWS) < 0.5),
        column("bits", "11X", array=rng.random((ROWS, 11)) < 0.5),
        column("scaled", "I", array=rng.integers(0, 99, ROWS)),
        column("count", "J", null=7, array=rng.integers(0, 20, ROWS)),
        column("unsigned", "I", bzero=2**15, array=rng.integers(0, 2**16, ROWS).astype("u2")),
        column("pair", "2E", array=rng.normal(size=(ROWS, 2))),
    ]
    astropy_fits.BinTableHDU.from_columns(columns).writeto(path)
    for keyword, value in (("TSCAL6", 0.5), ("TZERO6", 3.0)):
        astropy_fits.setval(path, keyword, value=value, ext=1)
    return path


def test_a_table_is_what_astropy_reads(table: Path) -> None:
    theirs = by_astropy(table)
    with FITS(table) as fits:
        for threads in THREADS:
            ours = fits[1].read(as_dict=True, threads=threads)
            for name, values in theirs.items():
                same(ours[name], values.astype("U9") if name == "name" else values)


def row_choices() -> st.SearchStrategy[Any]:
    numbers = st.integers(-ROWS, ROWS - 1)

    def scattered(seed: int, count: int) -> np.ndarray:
        return np.random.default_rng(seed).integers(-ROWS, ROWS, count)

    def mask(seed: int) -> np.ndarray:
        return np.random.default_rng(seed).random(ROWS) < 0.9

    return st.one_of(
        st.none(),
        st.builds(slice, numbers, numbers, st.sampled_from([None, 1, 2, 5, 200])),
        st.builds(slice, numbers, numbers, st.sampled_from([-1, -3])),
        st.just(slice(None, None, -1)),
        st.builds(scattered, st.integers(0, 99), st.sampled_from([3, 5000, 20_000, 200_000])),
        st.builds(mask, st.integers(0, 99)),
        st.just("flag & flux > -2"),
    )


@SETTINGS
@given(data=st.data())
def test_any_rows_of_any_columns(table: Path, data: st.DataObject) -> None:
    with FITS(table) as fits:
        hdu = fits[1]
        names = data.draw(st.none() | st.permutations(hdu.colnames).map(lambda some: some[:4]))
        options = {
            name: data.draw(st.booleans(), label=name)
            for name in ("scale", "mask_null", "as_bytes", "as_dict")
        }
        rows, threads = data.draw(row_choices()), data.draw(st.sampled_from(THREADS[1:]))
        agree(lambda n: hdu.read(columns=names, rows=rows, threads=n, **options), (threads,))


def test_columns_and_subsets(table: Path) -> None:
    with FITS(table) as fits:
        hdu = fits[1]
        agree(lambda n: hdu.read_column("name", threads=n))
        agree(lambda n: hdu.read_column("count", mask_null=True, threads=n))
        agree(lambda n: hdu["bits"].read(threads=n))
        agree(lambda n: hdu[["flux", "name"]].read(rows=slice(None, None, -1), threads=n))
        agree(lambda n: hdu["pair"].read(rows=np.arange(ROWS)[::-1], threads=n))


def test_all_that_is_set_for_the_file(table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FITS(table, threads=1) as fits:
        whole = fits[1].read()
    for variable in ("1", "3", "nonsense"):
        monkeypatch.setenv("RUSTFITS_NUM_THREADS", variable)
        with FITS(table) as fits:
            equal(fits[1].read(), whole)
            equal(fits[1][...], whole)
    for threads in THREADS:
        with FITS(table, threads=threads) as fits:
            equal(fits[1].read(), whole)
            equal(fits[1][::-2], whole[::-2])


def test_an_ascii_table(tmp_path: Path) -> None:
    path = tmp_path / "ascii.fits"
    column = astropy_fits.Column
    columns = [
        column("n", "I10", array=np.arange(ROWS)),
        column("x", "E15.7", array=np.linspace(0, 1, ROWS)),
        column("w", "A6", array=np.char.mod("%d", np.arange(ROWS) % 977)),
    ]
    astropy_fits.TableHDU.from_columns(columns).writeto(path)
    with FITS(path) as fits:
        whole = agree(lambda n: fits[1].read(threads=n))
        agree(lambda n: fits[1].read(rows=slice(None, None, -1), threads=n))
    np.testing.assert_array_equal(whole["n"], np.arange(ROWS))
    content = bytearray(path.read_bytes())
    for row in (200_000, 290_000):
        place = content.rindex(b"%10d" % row)
        content[place : place + 10] = b"    oops  "
    path.write_bytes(content)
    with FITS(path) as fits:
        for threads in THREADS:
            with pytest.raises(rustfits.FITSFormatError, match=r"row 200000"):
                fits[1].read(threads=threads)


def test_a_compressed_table(tmp_path: Path) -> None:
    data = np.zeros(200_000, [("a", "i4"), ("b", "f8")])
    data["a"] = np.arange(len(data))
    with FITS(tmp_path / "z.fits", "w+") as fits:
        fits.write_table(data, compress=True)
    for threads in THREADS:
        with FITS(tmp_path / "z.fits") as fits:
            equal(fits[1].read(threads=threads), data)


@pytest.mark.parametrize("rows", [0, 1, 2, 7])
def test_tiny_tables(tmp_path: Path, rows: int) -> None:
    data = np.zeros(rows, [("a", "i4"), ("s", "U5")])
    data["a"] = np.arange(rows)
    with FITS(tmp_path / "tiny.fits", "w+") as fits:
        hdu = fits.write_table(data)
        equal(agree(lambda n: hdu.read(threads=n)), data)
        equal(agree(lambda n: hdu.read(rows=list(range(rows)), threads=n)), data)


def test_where_a_table_lies_in_memory(table: Path) -> None:
    content = table.read_bytes()
    with FITS(table) as fits:
        whole = fits[1].read(threads=1)
    rows = np.random.default_rng(2).integers(0, ROWS, ROWS)
    with FITS.from_bytes(content) as fits:
        equal(agree(lambda n: fits[1].read(threads=n)), whole)
        equal(agree(lambda n: fits[1].read(rows=rows, threads=n)), whole[rows])
    packed = table.with_suffix(".fits.gz")
    packed.write_bytes(gzip.compress(content, 1))
    for threads in THREADS:
        with FITS(packed) as fits:
            equal(fits[1].read(threads=threads), whole)


def test_a_table_that_is_cut_short(table: Path, tmp_path: Path) -> None:
    content = table.read_bytes()
    short = tmp_path / "short.fits"
    for keep in (len(content) // 3, len(content) - 30_000):
        short.write_bytes(content[:keep])
        messages = set()
        for threads in THREADS:
            with FITS(short) as fits, pytest.raises(rustfits.FITSTruncatedError) as caught:
                # All rows but the last ones, so that it is not found before the threads begin.
                fits[1].read(rows=np.arange(ROWS)[::-1], threads=threads)
            messages.add(str(caught.value))
        assert len(messages) == 1
        assert f"of {ROWS} rows are whole" in messages.pop()


def test_wrong_numbers_of_threads(table: Path) -> None:
    with FITS(table) as fits:
        for wrong in (0, -1):
            for read in (fits[1].read, fits[1]["id"].read, fits[1][["id"]].read):
                with pytest.raises(ValueError, match="threads"):
                    read(threads=wrong)
        with pytest.raises(TypeError, match="threads"):
            fits[1].read(threads=1.5)
        equal(fits[1].read(threads=10**9), fits[1].read(threads=np.int64(1)))


# ---- images ----


@pytest.mark.parametrize("dtype", ["u1", "u2", "f4", "f8"])
def test_an_image_is_what_astropy_reads(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "image.fits"
    shape = (2, *SIDE) if dtype != "u1" else (4, *SIDE)
    data = np.random.default_rng(1).integers(0, 256, shape).astype(dtype)
    astropy_fits.PrimaryHDU(data).writeto(path)
    with FITS(path) as fits:
        hdu = fits[0]
        equal(agree(lambda n: hdu.read(threads=n)), data)
        equal(agree(lambda n: hdu.read(threads=n, out=np.empty(shape, dtype))), data)
        equal(agree(lambda n: hdu.read(threads=n, dtype="f8")), data.astype("f8"))
        agree(lambda n: hdu.read(threads=n, mask_blank=True))


def test_sections_by_several_threads(tmp_path: Path) -> None:
    path = tmp_path / "image.fits"
    shape = (2, *SIDE)
    data = np.random.default_rng(1).integers(0, 2**16, shape).astype("u2")
    astropy_fits.PrimaryHDU(data).writeto(path)
    rows = np.random.default_rng(2).integers(0, SIDE[0], SIDE[0])
    keys: list[Any] = [
        (slice(None), slice(1, -1), slice(3, -3)),
        (slice(None, None, -1), slice(None, None, -1), slice(None, None, -1)),
        (slice(None), rows),
        (1, slice(None), slice(None, None, 2)),
    ]
    for threads in THREADS:
        with FITS(path, threads=threads) as fits:
            for key in keys:
                np.testing.assert_array_equal(fits[0][key], data[key])


def test_scaled_and_blank_pixels(tmp_path: Path) -> None:
    path = tmp_path / "scaled.fits"
    stored = np.random.default_rng(1).integers(-9, 9, (3000, 1000)).astype("i2")
    hdu = astropy_fits.PrimaryHDU(stored)
    hdu.header.update(BSCALE=0.25, BZERO=2, BLANK=-3)
    hdu.writeto(path)
    with FITS(path) as fits:
        got = agree(lambda n: fits[0].read(threads=n, mask_blank=True))
    np.testing.assert_array_equal(got.mask, stored == -3)
    np.testing.assert_array_equal(got.compressed(), stored[stored != -3] * 0.25 + 2)


def test_no_threads_are_left(table: Path) -> None:
    tasks = Path("/proc/self/task")
    with FITS(table) as fits:
        before = len(list(tasks.iterdir()))
        fits[1].read(threads=5)
        assert len(list(tasks.iterdir())) == before
