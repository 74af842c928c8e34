# SPDX-License-Identifier: BSD-3-Clause
"""What a file on a far server costs: round trips and bytes, counted by a proxy that is 50 ms away."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import http_server, latency_proxy


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    root = tmp_path_factory.mktemp("far")
    rng = np.random.default_rng(5)
    sky = rng.normal(size=(2000, 2048)).astype("f4")
    rustfits.write(root / "plain.fits", sky)
    with FITS(root / "many.fits", "w+") as fits:
        fits.write_image(None)
        for number in range(100):
            fits.write_image(np.full((200, 300), number, "i4"), extname=f"E{number}")
    with FITS(root / "tiled.fits", "w+") as fits:
        fits.write_image(sky, compress="GZIP_2")
        fits.write_image(sky, compress=rustfits.Gzip2(tile_shape=(100, 100)))
    rows = np.zeros(300000, [("ra", "f8"), ("dec", "f8"), ("id", "i8"), ("name", "S12")])
    rows["ra"], rows["id"] = rng.uniform(size=300000), np.arange(300000)
    with FITS(root / "two.fits", "w+") as fits:
        fits.write_image(sky[:1000])
        fits.write_table(rows, extname="CAT")
    gap = (root / "two.fits").read_bytes()
    (root / "gap.fits").write_bytes(gap + bytes(50 * 2880) + extension(sky[:1000]))
    (root / "zeros.fits").write_bytes(gap + bytes(8 << 20))
    wide = rng.normal(size=(4096, 4096)).astype("f4")
    rustfits.write(root / "wide.fits", wide)
    with http_server(root) as server:
        yield root, server, sky, rows


def extension(data):
    """The bytes of an image extension."""
    with FITS("mem://", "w+") as fits:
        fits.write_image(None)
        fits.write_image(data, extname="BEHIND")
        return fits.to_bytes()[2880:]


@pytest.fixture
def far(archive):
    with latency_proxy(archive[1].port) as proxy:
        yield proxy


def test_header_of_extension_1_takes_2_requests(archive, far):
    header = rustfits.read_header(far.url("two.fits"), 1)
    assert header["EXTNAME"] == "CAT"
    assert far.requests <= 2


def test_a_look_past_blocks_of_fill_takes_one_round_trip_and_256_kib(archive, far):
    with FITS(far.url("two.fits")) as fits:
        assert len(fits) == 2
        plain, fetched = far.round_trips, fits.remote_stats().bytes_fetched
    for name, count, fills in (
        ("gap.fits", 3, "precede this HDU"),
        ("zeros.fits", 2, "not read from byte"),
    ):
        before = far.round_trips
        with FITS(far.url(name)) as fits, pytest.warns(rustfits.FITSWarning, match=fills):
            assert len(fits) == count
            assert fits.remote_stats().bytes_fetched - fetched <= 3 * 256 << 10
        assert far.round_trips - before <= plain + 2


def test_cutout_of_an_image_takes_3_round_trips_and_2_mib(archive, far):
    _, _, sky, _ = archive
    with FITS(far.url("plain.fits")) as fits:
        assert np.array_equal(fits[0][900:1100, 700:900], sky[900:1100, 700:900])
        stats = fits.remote_stats()
    assert far.round_trips <= 3
    assert stats.ranged and stats.bytes_fetched <= 2 << 20


def test_cutout_of_a_wide_image_takes_3_round_trips_and_2_mib(archive, far):
    """Rows that lie 16 KiB apart: several ranges in one request, not all that lies between them."""
    wide = rustfits.read(archive[0] / "wide.fits")
    with FITS(far.url("wide.fits")) as fits:
        assert np.array_equal(fits[0][900:1100, 700:900], wide[900:1100, 700:900])
        stats = fits.remote_stats()
        assert np.array_equal(fits[0][950:1050, 750:850], wide[950:1050, 750:850])
        assert fits.remote_stats().requests == stats.requests  # is there
    assert far.round_trips <= 3
    assert stats.requests == far.requests
    assert stats.bytes_fetched <= 1 << 20


def test_scattered_rows_take_few_round_trips_and_bytes(archive, far):
    _, _, _, rows = archive
    picked = np.sort(np.random.default_rng(3).choice(300000, 500, replace=False))
    with FITS(far.url("two.fits")) as fits:
        hdu = fits["CAT"]
        before, fetched = far.round_trips, fits.remote_stats().bytes_fetched
        got = hdu.read(rows=picked)
        assert np.array_equal(got["id"], picked)
        assert np.array_equal(got["ra"], rows["ra"][picked])
        assert far.round_trips - before <= 2
        assert fits.remote_stats().bytes_fetched - fetched <= 1 << 20


@pytest.mark.parametrize("ext", [1, 2])
def test_cutout_of_a_tiled_image_takes_3_round_trips_more(archive, far, ext):
    _, _, sky, _ = archive
    with FITS(far.url("tiled.fits")) as fits:
        hdu = fits[ext]
        before, fetched = far.round_trips, fits.remote_stats().bytes_fetched
        assert np.array_equal(hdu[900:1100, 700:900], sky[900:1100, 700:900])
        assert far.round_trips - before <= 3
        assert fits.remote_stats().bytes_fetched - fetched <= 2 << 20


def test_cutouts_of_a_tiled_image_are_fetched_together(archive, far):
    _, _, sky, _ = archive
    centres = np.random.default_rng(1).integers(20, 1980, size=(20, 2))
    with FITS(far.url("tiled.fits")) as fits:
        hdu = fits[2]
        before = far.round_trips
        got = hdu.cutouts(centres, 32)
        assert far.round_trips - before <= 5
    for centre, part in zip(centres, got, strict=True):
        row, column = centre - 16
        assert np.array_equal(part, sky[row : row + 32, column : column + 32])


def test_columns_of_some_rows_take_few_round_trips(archive, far):
    _, _, _, rows = archive
    with FITS(far.url("two.fits")) as fits:
        got = fits["CAT"].read(rows=slice(100000, 101000), columns=["ra", "id"])
        assert np.array_equal(got["id"], rows["id"][100000:101000])
        assert np.array_equal(got["ra"], rows["ra"][100000:101000])
        assert fits.remote_stats().bytes_fetched < 1 << 20
    assert far.round_trips <= 4


def test_a_hundred_extensions_are_not_a_hundred_round_trips(archive, far):
    with FITS(far.url("many.fits")) as fits:
        assert len(fits) == 101
        assert fits["E42"].read()[3, 3] == 42
    assert far.round_trips <= 15


def test_cutouts_are_fetched_together(archive, far):
    _, _, sky, _ = archive
    rng = np.random.default_rng(1)
    centres = rng.integers(0, 2000, size=(20, 2))
    with FITS(far.url("plain.fits")) as fits:
        got = fits[0].cutouts(centres, 32)
    with FITS("mem://", "w+") as memory:
        assert np.array_equal(got, memory.write_image(sky).cutouts(centres, 32), equal_nan=True)
    assert far.round_trips <= 5


def test_stamps_in_a_loop_bring_their_surroundings(archive, far):
    """Each wait for an answer brings what can come in that time: the next stamp may lie in it."""
    _, _, sky, _ = archive
    places = [(y, 7 * y % 2000) for y in range(20, 1980, 40)]
    with FITS(far.url("plain.fits")) as fits:
        hdu = fits[0]
        for y, x in places:
            assert np.array_equal(hdu[y : y + 16, x : x + 16], sky[y : y + 16, x : x + 16])
        stats = fits.remote_stats()
    assert len(places) == 49 and far.round_trips <= 24  # the file has 16 MiB
    assert stats.bytes_fetched <= stats.file_bytes + (2 << 20)


def test_a_thread_with_cached_blocks_does_not_wait_for_another(archive, far):
    _, _, sky, _ = archive
    with FITS(far.url("plain.fits"), remote=Remote(ranged=True)) as fits:
        hdu = fits[0]
        hdu[0:5, 0:5]
        requests = far.requests
        seen = []

        def look():
            seen.append(hdu[0:5, 0:5].copy())

        threads = [
            threading.Thread(target=hdu.read),
            *(threading.Thread(target=look) for _ in range(3)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(np.array_equal(part, sky[0:5, 0:5]) for part in seen)
        assert far.requests > requests


def test_two_threads_fetch_a_block_once(archive, far):
    with FITS(far.url("plain.fits"), remote=Remote(ranged=True)) as fits:
        hdu = fits[0]
        before = fits.remote_stats()
        threads = [threading.Thread(target=lambda: hdu[1500:1510, 10:20]) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        after = fits.remote_stats()
    assert after.bytes_fetched - before.bytes_fetched <= 4 * 65536


def test_progress_is_told(archive, far):
    seen = []
    remote = Remote(download=True, progress=lambda done, total: seen.append((done, total)))
    with FITS(far.url("plain.fits"), remote=remote) as fits:
        size = fits.remote_stats().file_bytes
    assert seen[-1] == (size, size)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_progress_that_raises_ends_the_fetch(archive, far):
    class EnoughError(Exception):
        pass

    def stop(done, total):
        raise EnoughError

    with pytest.raises(EnoughError):
        FITS(far.url("plain.fits"), remote=Remote(download=True, progress=stop))
