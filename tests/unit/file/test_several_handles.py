# SPDX-License-Identifier: BSD-3-Clause
"""Several handles of one file in one process: what one writes another reads."""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSTaintedError

SKY = np.arange(6, dtype="i2").reshape(2, 3)


def two_images(path: Path) -> Path:
    with FITS(path, "w+") as fits:
        fits.write_image(SKY)
        fits.write_image(SKY + 10, extname="B")
    return path


def grow(fits: FITS, index: int = 0) -> None:
    for number in range(60):
        fits[index].header[f"K{number}"] = number


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return two_images(tmp_path / "a.fits")


# ---- images ----


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_header_that_grows_moves_the_pixels_of_the_other_handle(path, mode):
    with FITS(path, mode) as other, FITS(path, "r+") as fits:
        assert other["B"].read().tolist() == (SKY + 10).tolist()
        grow(fits)
        assert other[0].read().tolist() == SKY.tolist()
        assert other["B"].read().tolist() == (SKY + 10).tolist()
        assert other[0].header["K59"] == 59


def test_the_second_handle_does_not_destroy_what_the_first_wrote(path):
    with FITS(path, "r+") as one, FITS(path, "r+") as two:
        assert two[0][0, 0] == 0
        grow(one)
        two[0][0, 0] = 77
        one["B"][1, 2] = 88
        assert one[0][0, 0] == 77
        assert two["B"][1, 2] == 88
    with FITS(path) as fits:
        assert fits[0].read().tolist() == [[77, 1, 2], [3, 4, 5]]
        assert fits["B"].read().tolist() == [[10, 11, 12], [13, 14, 88]]
        assert fits[0].header["K59"] == 59


def test_cards_set_by_turns_are_all_there(path):
    with FITS(path, "r+") as one, FITS(path, "r+") as two:
        for number in range(40):
            one[0].header[f"ONE{number}"] = number
            two[0].header[f"TWO{number}"] = number
    header = rustfits.read_header(path)
    assert all(header[f"ONE{n}"] == header[f"TWO{n}"] == n for n in range(40))


def test_hdus_appended_by_turns(path):
    with FITS(path, "r+") as one, FITS(path, "r+") as two, FITS(path) as reader:
        assert len(reader) == 2
        for number in range(10):
            (one, two)[number % 2].write_image(SKY + number, extname=f"E{number}")
            assert len(reader) == 3 + number
            assert reader[f"e{number}"].read().tolist() == (SKY + number).tolist()
        assert len(one) == len(two) == 12
    with FITS(path) as fits:
        assert [hdu.extname for hdu in fits][2:] == [f"E{number}" for number in range(10)]


def test_an_image_of_another_shape(path):
    with FITS(path, "r+") as one, FITS(path) as reader:
        image, small = reader["B"], reader["B"][0:2, 0:2]
        assert small.shape == (2, 2)
        one["B"].extend(np.full((3, 3), 5, "i2"))
        assert image.shape == (5, 3)
        assert reader["B"] is image
        assert image[3:5, 1:2].tolist() == [[5], [5]]


def test_names_of_hdus_that_change(path):
    with FITS(path, "r+") as one, FITS(path) as reader:
        assert reader["B"].index == 1
        one["B"].header["EXTNAME"] = "C"
        assert reader["C"].extname == "C"
        assert "B" not in reader


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_a_file_that_is_created_again_by_another_handle(path, mode):
    with FITS(path, mode) as other:
        assert other[0].shape == (2, 3)
        with FITS(path, "w+") as fits:
            fits.write_image(np.ones((4, 4), "f4"))
            assert other[0].read().tolist() == np.ones((4, 4)).tolist()
        assert other[0].shape == (4, 4)
        assert len(other) == 1


def test_a_new_file_is_read_while_it_is_written(tmp_path):
    path = tmp_path / "new.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(SKY)
        with FITS(path) as reader:
            assert reader[0].read().tolist() == SKY.tolist()
            fits.write_image(SKY + 1)
            assert reader[1].read().tolist() == (SKY + 1).tolist()
            fits[0].write(SKY + 2)
            assert reader[0].read().tolist() == (SKY + 2).tolist()


def test_read_header_shows_what_another_handle_has_set(path):
    with FITS(path, "r+") as fits:
        fits[0].header["FILTER"] = "r"
        assert rustfits.read_header(path)["FILTER"] == "r"
        assert rustfits.read(path).tolist() == SKY.tolist()


def test_other_names_of_the_file(path):
    os.link(path, path.with_name("hard.fits"))
    path.with_name("soft.fits").symlink_to(path)
    with (
        FITS(path, "r+") as fits,
        FITS(path.with_name("hard.fits")) as hard,
        FITS(path.with_name("soft.fits"), "r+") as soft,
    ):
        grow(fits)
        assert hard[1].read().tolist() == soft[1].read().tolist() == (SKY + 10).tolist()


# ---- tables ----


def table(rows: int, start: int = 0) -> dict[str, np.ndarray]:
    return {
        "a": np.arange(start, start + rows, dtype="i4"),
        "s": np.array([f"row {n:02}" for n in range(start, start + rows)]),
        "v": np.array([np.arange(n % 4) for n in range(start, start + rows)], dtype=object),
    }


def same(hdu: rustfits.TableHDU, rows: int) -> None:
    assert hdu.nrows == rows
    wanted, got = table(rows), hdu.read()
    assert got["a"].tolist() == wanted["a"].tolist()
    assert got["s"].tolist() == wanted["s"].tolist()
    assert [list(cell) for cell in got["v"]] == [list(cell) for cell in wanted["v"]]


@pytest.mark.parametrize("compress", [None, True], ids=["plain", "compressed"])
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_rows_that_one_handle_appends(tmp_path, compress, mode):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, table(10), **({"compress": True} if compress else {}))
    with FITS(path, "r+") as one, FITS(path, mode) as other:
        same(other[1], 10)
        for start in range(10, 40, 5):
            one[1].append(table(5, start))
            same(other[1], start + 5)
        if mode == "r+":
            other[1].append(table(5, 40))
            same(one[1], 45)
    with FITS(path) as fits:
        same(fits[1], 45 if mode == "r+" else 40)


@pytest.mark.parametrize("compress", [None, True], ids=["plain", "compressed"])
def test_rows_appended_by_turns(tmp_path, compress):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, table(3), **({"compress": True} if compress else {}))
    with FITS(path, "r+") as one, FITS(path, "r+") as two:
        for start in range(3, 43, 2):
            (one, two)[start // 2 % 2][1].append(table(2, start))
        two.write_image(SKY)
        one[1].append(table(2, 43))
        assert two[2].read().tolist() == SKY.tolist()
    with FITS(path) as fits:
        same(fits[1], 45)
        assert fits[2].read().tolist() == SKY.tolist()


def test_columns_that_one_handle_changes(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, table(4))
    with FITS(path, "r+") as one, FITS(path, "r+") as two, FITS(path) as reader:
        assert two[1].colnames == reader[1].colnames == ("a", "s", "v")
        one[1].insert_column("x", np.full(4, 2.5), position=0)
        assert reader[1].colnames == ("x", "a", "s", "v")
        two[1]["x"][1] = 7
        assert reader[1]["x"].read().tolist() == [2.5, 7, 2.5, 2.5]
        two[1].delete_column("s")
        assert one[1].colnames == ("x", "a", "v")
        one[1].delete_rows([0, 1])
        assert reader[1]["a"].read().tolist() == [2, 3]


def test_a_condition_after_the_rows_have_changed(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, table(4))
    with FITS(path, "r+") as one, FITS(path) as reader:
        assert reader[1].where("a > 2").tolist() == [3]
        one[1].append(table(4, 4))
        assert reader[1].where("a > 2").tolist() == [3, 4, 5, 6, 7]


# ---- compressed images ----


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_tiles_that_one_handle_writes(tmp_path, mode):
    path = tmp_path / "z.fits"
    pixels = np.arange(10000, dtype="i4").reshape(100, 100)
    with FITS(path, "w+") as fits:
        fits.write_image(pixels, compress="RICE_1")
        fits.write_image(SKY)
    with FITS(path, "r+") as one, FITS(path, mode) as other:
        assert other[1][:3, :3].tolist() == pixels[:3, :3].tolist()  # decoded tiles are kept
        rough = np.random.default_rng(1).integers(-(2**30), 2**30, pixels.shape, dtype="i4")
        one[1].write(rough)
        assert (other[1].read() == rough).all()
        assert other[2].read().tolist() == SKY.tolist()
        if mode == "r+":
            other[1][5] = 3
            assert (one[1][5] == 3).all()
            one[1][6] = 4
    with FITS(path) as fits:
        assert fits[2].read().tolist() == SKY.tolist()
        assert (fits[1][7:] == rough[7:]).all()
        if mode == "r+":
            assert (fits[1][5] == 3).all()
            assert (fits[1][6] == 4).all()


def test_tiles_that_were_not_written_yet_are_seen_whole(tmp_path):
    path = tmp_path / "z.fits"
    with FITS(path, "w+") as fits:
        image = fits.create_image_hdu("i4", (50, 40), compress="RICE_1")
        image[10] = 7
        with FITS(path) as other:
            wanted = np.zeros((50, 40), "i4")
            wanted[10] = 7
            assert (other[1].read() == wanted).all()
            image[11] = 8
            wanted[11] = 8
            assert (other[1].read() == wanted).all()
            with FITS(path, "r+") as third:
                third[1].extend(np.full((2, 40), 9, "i4"))
                third[1].header["X"] = 1
            image[12] = 6
        assert image.shape == (52, 40)
    with FITS(path) as fits:
        assert fits[1][10:13, 0].tolist() == [7, 8, 6]
        assert (fits[1][50:] == 9).all()
        assert fits[1].header["X"] == 1


def test_options_of_a_handle_outlive_the_edits_of_another(tmp_path):
    path = tmp_path / "z.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((50, 40), "i4"), compress="RICE_1")
    with FITS(path) as reader, FITS(path, "r+") as fits:
        reader[1].set_tile_cache_size(bytes=12345)
        fits[1][3] = 1
        reader[1].read()
        assert reader[1].tile_cache_size == 12345


# ---- threads ----


def at_once(*runs: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def guarded(run: Callable[[], None]) -> None:
        try:
            run()
        except BaseException as failure:
            failed.append(failure)

    threads = [threading.Thread(target=guarded, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def test_threads_with_a_handle_each_append_rows(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, {"a": np.zeros(0, "i4"), "b": np.zeros(0, "i4")})

    def append(number: int) -> None:
        with FITS(path, "r+") as fits:
            for n in range(50):
                fits[1].append({"a": [number * 1000 + n], "b": [n]})

    def read() -> None:
        with FITS(path) as fits:
            for _ in range(100):
                rows = fits[1].read()
                assert ((rows["a"] % 1000) == rows["b"]).all() or 0 in rows["a"]

    at_once(lambda: append(1), lambda: append(2), lambda: append(3), read)
    with FITS(path) as fits:
        rows = fits[1].read()
        assert sorted(rows["a"]) == sorted(k * 1000 + n for k in (1, 2, 3) for n in range(50))
        assert ((rows["a"] % 1000) == rows["b"]).all()


def test_threads_with_a_handle_each_set_keywords(path):
    def edit(name: str) -> None:
        with FITS(path, "r+") as fits:
            for n in range(30):
                fits[0].header[f"{name}{n}"] = n

    def read() -> None:
        with FITS(path) as fits:
            for _ in range(100):
                assert fits["B"].read().tolist() == (SKY + 10).tolist()
                assert fits[0].read().tolist() == SKY.tolist()

    at_once(lambda: edit("A"), lambda: edit("B"), lambda: edit("C"), read, read)
    header = rustfits.read_header(path)
    assert all(header[f"{name}{n}"] == n for name in "ABC" for n in range(30))


# ---- closing, failing ----


def test_the_other_handles_go_on_when_one_is_closed(path):
    one, two, reader = FITS(path, "r+"), FITS(path, "r+"), FITS(path)
    grow(one)
    one.close()
    two[0].header["X"] = 1
    assert reader[0].header["X"] == 1
    del one, two
    gc.collect()
    assert reader["B"].read().tolist() == (SKY + 10).tolist()
    reader.close()


def test_a_file_that_another_takes_the_place_of_is_another_file(path):
    with FITS(path) as old:
        os.replace(two_images(path.with_name("b.fits")), path)
        with FITS(path, "r+") as new:
            grow(new)
            new[0][0, 0] = 99
            assert old[0].read().tolist() == SKY.tolist()
            assert old["B"].read().tolist() == (SKY + 10).tolist()
            assert "K3" not in old[0].header


def test_a_write_that_fails_half_way_is_known_to_the_other_handles(path, monkeypatch):
    import resource

    one, two, reader = FITS(path, "r+"), FITS(path, "r+"), FITS(path)
    two[0].read()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
    try:
        with pytest.raises(OSError):
            one["B"].write(SKY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    for fits in (one, two, reader):
        with pytest.raises(FITSTaintedError):
            fits[0].read()
    with pytest.raises(FITSTaintedError, match="failed halfway"):
        one.close()
    two.close()
    reader.close()
    with FITS(path) as fits:
        assert fits[0].read().tolist() == SKY.tolist()
