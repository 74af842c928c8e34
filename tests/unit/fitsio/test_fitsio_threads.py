# SPDX-License-Identifier: BSD-3-Clause
"""Threads may share the objects of the layer, where each object of fitsio is for one thread."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import fitsio as original
import numpy as np
import pytest

from rustfits import fitsio as ours

ROWS = 2000
ROUNDS = 12
IMAGE = np.arange(300 * 200, dtype="f4").reshape(300, 200)


def table(rows=ROWS):
    data = np.zeros(rows, [("id", "i8"), ("ra", "f8"), ("name", "U6"), ("v", "f4", 3)])
    data["id"] = np.arange(rows)
    data["ra"] = data["id"] * 0.5
    data["name"] = [f"n{number % 1000}" for number in range(rows)]
    data["v"] = data["id"][:, None] + [0, 1, 2]
    return data


@pytest.fixture
def path(tmp_path):
    name = str(tmp_path / "shared.fits")
    original.write(name, IMAGE, extname="SCI", header={"GAIN": 1.5, "OBJECT": "M31"})
    original.write(name, IMAGE.astype("i4"), extname="PACKED", compress="rice")
    original.write(name, table(), extname="CAT")
    original.write(name, table(5), extname="LOG")
    return name


def at_once(*jobs):
    """Run the jobs in one thread each, started together; raise what one of them raises."""
    start = threading.Barrier(len(jobs))

    def job(function):
        start.wait(60)
        function()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for ended in [pool.submit(job, function) for function in jobs]:
            ended.result(120)


def test_seven_readers_and_a_writer_share_one_file(path):
    wanted = table()

    with ours.FITS(path, "rw") as fits:

        def images():
            for row in range(ROUNDS):
                np.testing.assert_array_equal(fits["SCI"].read(), IMAGE)
                np.testing.assert_array_equal(
                    fits[0][row : row + 9, 3:50], IMAGE[row : row + 9, 3:50]
                )

        def packed():
            for row in range(ROUNDS):
                section = fits["packed"][row : row + 40, :]
                np.testing.assert_array_equal(section, IMAGE[row : row + 40])

        def columns():
            for row in range(ROUNDS):
                np.testing.assert_array_equal(fits["CAT"]["ra"][:], wanted["ra"])
                read = fits["CAT"].read(columns=["id", "name"], rows=[row, 99])
                assert read["name"].tolist() == [f"n{row}", "n99"]
                assert [record["id"] for record in fits["CAT"]][:5] == [0, 1, 2, 3, 4]

        def where():
            for row in range(ROUNDS):
                assert fits["cat"].where(f"id == {row}").tolist() == [row]

        def headers():
            for _ in range(ROUNDS):
                header = fits["SCI"].read_header()
                assert (header["gain"], header["OBJECT"].strip()) == (1.5, "M31")
                assert fits["CAT"].get_nrows() == ROWS
                assert "nothing" not in fits
                assert fits["CAT"].get_info()["colnames"] == list(wanted.dtype.names)
                repr(fits)

        def log():
            for _ in range(ROUNDS):
                rows = fits["LOG"].read(columns="id")
                assert rows[:5].tolist() == [0, 1, 2, 3, 4]
                assert set(rows[5:]) <= {7}
                assert len(fits) >= 4
                assert [hdu.get_extname() for hdu in fits][:4] == ["SCI", "PACKED", "CAT", "LOG"]

        def writer():
            for number in range(ROUNDS):
                rows = table(2)
                rows["id"] = 7
                fits["LOG"].append(rows)
                fits.write(np.full((4, 4), number, "i2"), extname=f"NEW{number}")
                fits[-1].write_key("NUMBER", number)

        at_once(images, images, packed, columns, columns, where, headers, log, writer)
        names = [hdu.get_extname() for hdu in fits]

    with original.FITS(path) as fits:  # the writer and fitsio agree on what is there
        assert [hdu.get_extname() for hdu in fits] == names
        assert fits["LOG"].get_nrows() == 5 + 2 * ROUNDS
        for number in range(ROUNDS):
            assert fits[f"NEW{number}"].read_header()["NUMBER"] == number
            assert (fits[f"NEW{number}"].read() == number).all()
        np.testing.assert_array_equal(fits["SCI"].read(), IMAGE)
        np.testing.assert_array_equal(fits["CAT"].read(columns="ra"), table()["ra"])


def meet(fits, found):
    found.append(fits["CAT"])


def test_threads_that_meet_at_an_hdu_get_the_same_object(path):
    for _ in range(20):
        with ours.FITS(path) as fits:
            found = []
            at_once(*[partial(meet, fits, found)] * 8)
            assert len(found) == 8
            assert all(one is found[0] for one in found)


def test_threads_write_pixels_of_one_image(path):
    with ours.FITS(path, "rw") as fits:

        def band(first):
            def write():
                for row in range(first, first + 30):
                    fits["SCI"].write(np.full((1, 200), -row, "f4"), start=[row, 0])

            return write

        at_once(*[band(first) for first in range(0, 240, 30)])
    read = original.read(path)
    assert (read[:240] == -np.arange(240.0)[:, None]).all()
    np.testing.assert_array_equal(read[240:], IMAGE[240:])


def test_threads_append_rows_and_none_is_lost(path):
    with ours.FITS(path, "rw") as fits:

        def append(number):
            def write():
                for _ in range(10):
                    rows = table(3)
                    rows["id"] = number
                    fits["LOG"].append(rows)

            return write

        at_once(*[append(100 + number) for number in range(8)])
    ids = original.read(path, ext="LOG", columns="id")
    assert len(ids) == 5 + 8 * 30
    assert sorted(ids[5:]) == sorted([100 + number for number in range(8)] * 30)


def test_threads_append_hdus_and_none_is_lost(path):
    with ours.FITS(path, "rw") as fits:

        def append(number):
            def write():
                for _ in range(4):
                    fits.write(
                        np.full((3, 3), number, "i4"), extname=f"T{number}", header={"N": number}
                    )

            return write

        at_once(*[append(number) for number in range(8)])
    with original.FITS(path) as fits:
        assert len(fits) == 4 + 32
        for hdu in fits[4:]:
            number = hdu.read_header()["N"]
            assert hdu.get_extname() == f"T{number}"
            assert (hdu.read() == number).all()
