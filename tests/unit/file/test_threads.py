# SPDX-License-Identifier: BSD-3-Clause
"""Many threads on one open file, many threads on many files, and closing while others read."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS

THREADS = 8


def run(work: Callable[[int], None], count: int = THREADS) -> None:
    """Run work(i) in `count` threads that start together; raise what the first of them raised."""
    failures: list[BaseException] = []
    start = threading.Barrier(count)

    def body(i: int) -> None:
        try:
            start.wait()
            work(i)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=body, args=(i,)) for i in range(count)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    finally:
        sys.setswitchinterval(interval)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]


@pytest.fixture(params=["x.fits", "x.fits.gz"])
def many(request, tmp_path, rng) -> tuple[Path, list[np.ndarray]]:
    """A file of twelve images of several types, and what they hold."""
    path = tmp_path / request.param
    types = ["f4", "i2", "u2", "f8", "u1", "i8"] * 2
    arrays = [rng.integers(0, 200, (40, 50 + i)).astype(t) for i, t in enumerate(types)]
    with FITS(path, "w+") as fits:
        for i, array in enumerate(arrays):
            header = {"NUMBER": i, "TEXT": "x" * i}
            fits.write_image(array, extname=f"IMAGE{i}", header=header)
            if i % 3 == 0:
                fits[i].add_checksum()
    return path, arrays


def test_many_threads_read_one_file(many):
    path, arrays = many
    with FITS(path) as fits:

        def work(i: int) -> None:
            order = np.random.default_rng(i).permutation(len(arrays) * 5) % len(arrays)
            for j in order.tolist():
                hdu = fits[j]
                assert hdu is fits[f"image{j}"]
                assert hdu.header["NUMBER"] == j
                np.testing.assert_array_equal(hdu.read(), arrays[j])
                np.testing.assert_array_equal(hdu[i:30:3, ::-2], arrays[j][i:30:3, ::-2])
                assert hdu.verify_checksum() is (True if j % 3 == 0 else None)
            assert len(fits) == len(arrays)
            assert len(fits.to_bytes()) % 2880 == 0

        run(work)


def test_same_object_in_every_thread(many):
    path, arrays = many
    seen: list[list[int]] = [[] for _ in range(THREADS)]
    for _ in range(20):
        with FITS(path) as fits:

            def work(i: int, fits: FITS = fits) -> None:
                seen[i] = [id(hdu) for hdu in fits]

            run(work)
            assert all(ids == seen[0] for ids in seen)
            assert len(seen[0]) == len(arrays)


def test_many_threads_many_files(many, tmp_path):
    path, arrays = many

    def work(i: int) -> None:
        own = tmp_path / f"{i}-{path.name}"
        for j in range(6):
            with FITS(own, "w+") as fits:
                fits.write_image(arrays[j] + i, extname="OWN")
            np.testing.assert_array_equal(rustfits.read(own), arrays[j] + i)
            np.testing.assert_array_equal(rustfits.read(path, j + i % 3), arrays[j + i % 3])
            with FITS.from_bytes(own.read_bytes(), "r+") as fits:
                fits["OWN"].header["THREAD"] = i
                assert fits[0].header["THREAD"] == i
            with pytest.raises(rustfits.FITSNotFoundError, match=f"none{i}-{j}"):
                FITS(tmp_path / f"none{i}-{j}")

    run(work)


def test_readers_beside_a_writer(many):
    path, arrays = many
    with FITS(path, "r+") as fits:
        done = threading.Event()

        def work(i: int) -> None:
            if i == 0:
                try:
                    for j in range(40):  # the header grows by blocks: everything behind it moves
                        fits[0].header[f"KEY{j}"] = (j, "x" * 40)
                        if j % 10 == 0:
                            fits.write_image(arrays[j % 12], extname=f"NEW{j}")
                        fits[1].header.add_history("line")
                finally:
                    done.set()
                return
            while not done.is_set():
                for j in range(2, len(arrays)):
                    np.testing.assert_array_equal(fits[j].read(), arrays[j])
                    np.testing.assert_array_equal(fits[j][3:20, 4], arrays[j][3:20, 4])
                    assert fits[j].header["NUMBER"] == j

        run(work, 4)
        assert len(fits) == len(arrays) + 4
        assert fits[0].header["KEY39"] == 39
    for j in range(1, len(arrays)):
        np.testing.assert_array_equal(rustfits.read(path, j), arrays[j])


def test_writers_exclude_each_other(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((THREADS, 100), "i4"))

        def work(i: int) -> None:
            for j in range(10):
                fits[0][i] = np.full(100, i * 10 + j, "i4")
                hdu = fits.write_image(np.full(7, i), extname=f"T{i}", extver=j + 1)
                assert hdu.header["EXTNAME"] == f"T{i}"

        run(work)
        assert len(fits) == 1 + THREADS * 10
    with FITS(path) as fits:
        for i in range(THREADS):
            np.testing.assert_array_equal(fits[0][i], i * 10 + 9)
            for j in range(10):
                np.testing.assert_array_equal(fits[f"T{i}", j + 1].read(), i)


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_closing_while_others_read(many, mode):
    """Every call gives the right answer or FITSClosedError; the process lives."""
    path, arrays = many
    for round_number in range(30):
        fits = FITS(path, mode)
        refused = []

        def work(
            i: int,
            fits: FITS = fits,
            round_number: int = round_number,
            refused: list[int] = refused,
        ) -> None:
            if i == 0:
                for _ in range(round_number):
                    fits[3].read()
                fits.close()
                return
            try:
                while True:
                    for j in range(len(arrays)):
                        np.testing.assert_array_equal(fits[j].read(), arrays[j])
                        assert fits[j][5, 7] == arrays[j][5, 7]
                        assert fits[j].header["NUMBER"] == j
                        assert len(fits) == len(arrays)
            except rustfits.FITSClosedError:
                refused.append(i)

        run(work, 4)
        assert sorted(refused) == [1, 2, 3]


def test_closing_while_others_write(tmp_path, rng):
    data = rng.normal(size=(50, 60))
    for suffix in ("", ".gz"):
        for round_number in range(10):
            path = tmp_path / f"{round_number}.fits{suffix}"
            fits = FITS(path, "w+")
            fits.write_image(data)
            written = [0, 0, 0, 0]

            def work(
                i: int,
                fits: FITS = fits,
                round_number: int = round_number,
                written: list[int] = written,
            ) -> None:
                if i == 0:
                    for _ in range(round_number):
                        fits[0].read()
                    fits.close()
                    return
                try:
                    while True:
                        fits.create_image_hdu("f8", (5, 6), extname=f"T{i}")
                        written[i] += 1
                except rustfits.FITSClosedError:
                    pass

            run(work, 4)
            with FITS(path) as again:
                np.testing.assert_array_equal(again[0].read(), data)
                # The HDU may have been appended when its object could no longer be made.
                assert 0 <= len(again) - 1 - sum(written) <= 3


def test_two_threads_close_together(many):
    path, _ = many
    for _ in range(50):
        fits = FITS(path)
        run(lambda i, fits=fits: fits.close(), 3)
        assert fits.closed


def test_header_of_one_hdu_read_by_many(many):
    path, arrays = many
    with FITS(path) as fits:

        def work(i: int) -> None:
            header = fits[5].header
            for _ in range(200):
                assert header["NUMBER"] == 5
                assert header["TEXT"] == "xxxxx"
                assert header["EXTNAME"] == "IMAGE5"
                assert "NAXIS1" in header
                assert len(header.cards) == len(header)
                assert len(dict(header.items())) >= 5

        run(work)


def test_columns_that_change_under_readers(tmp_path):
    """Columns may move and grow between the look at them and the read or write."""
    path = tmp_path / "t.fits"
    rows = 500
    wide = np.arange(rows * 300, dtype="i4").reshape(rows, 300)
    with FITS(path, "w+") as fits:
        expected = np.arange(rows, dtype="i4")
        hdu = fits.write_table({"a": expected, "b": expected * 2})
        stop = threading.Event()

        def read(i: int) -> None:
            while not stop.is_set():
                table = hdu.read() if i % 2 else hdu.read(as_dict=True)
                np.testing.assert_array_equal(table["a"], expected)
                values = hdu["b"][10:20]
                np.testing.assert_array_equal(values, expected[10:20] * 2)
                hdu["b"][10:20] = values

        def work(i: int) -> None:
            if i:
                read(i)
                return
            try:
                for _ in range(60):
                    hdu.insert_column("wide", wide, position=0)
                    hdu.delete_column("wide")
            finally:
                stop.set()

        run(work, 4)
        np.testing.assert_array_equal(hdu["a"][...], expected)
        np.testing.assert_array_equal(hdu["b"][...], expected * 2)


def test_many_threads_read_one_table(tmp_path, rng):
    path = tmp_path / "t.fits"
    data = {"x": rng.normal(size=20_000), "n": [f"name {i}" for i in range(20_000)]}
    data["v"] = np.array([np.arange(i % 5) for i in range(20_000)], object)
    with FITS(path, "w+") as fits:
        fits.write_table(data, extname="CAT")
    with FITS(path) as fits:

        def work(i: int) -> None:
            for start in np.random.default_rng(i).integers(0, 19_000, 20).tolist():
                hdu = fits["CAT"]
                np.testing.assert_array_equal(
                    hdu["x"][start : start + 999], data["x"][start : start + 999]
                )
                got = hdu[start : start + 50 : 7]
                assert got["n"].tolist() == data["n"][start : start + 50 : 7]
                assert [len(v) for v in got["v"]] == [r % 5 for r in range(start, start + 50, 7)]
                assert len(hdu.where("x > 0")) == (data["x"] > 0).sum()

        run(work)
