# SPDX-License-Identifier: BSD-3-Clause
"""Changing compressed images that others made, and what changing costs: bytes written, room in the heap."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from rustfits import FITS, FITSIOError, FITSTaintedError, Gzip2, Plio1, Quantize, Rice1
from support.compressed import by_astropy, by_fitsio, column, fpack, image, run, same, verify

SHAPE = (40, 50)


def written_bytes() -> int:
    """Bytes that this process has given to write calls so far."""
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("wchar")))


def packed(path: Path, data: np.ndarray, *options: str) -> Path:
    """A file of fpack's."""
    astropy_fits.PrimaryHDU(data).writeto(path)
    return fpack(path, *options)


def columns(path: Path) -> list[str]:
    """Names of the columns of the binary table."""
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        return list(hdus[1].columns.names)


# ---- files of others ----


@pytest.mark.parametrize("method", ["-q 4", "-qz 4", "-q0 4"])
@pytest.mark.parametrize("tile", [(), ("-t", "10,7")])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_a_file_of_fpack_gets_a_column_for_tiles_that_do_not_quantize(
    tmp_path, method, tile, dtype
):
    path = packed(tmp_path / "a.fits", image(dtype, SHAPE), *method.split(), *tile)
    assert columns(path) == ["COMPRESSED_DATA", "ZSCALE", "ZZERO"]
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        data = hdu.read()
        same(data, by_fitsio(path))
        data[3, 4] = hdu[3, 4] = 1e30
        data[7:9, 5] = hdu[7:9, 5] = np.nan
        same(hdu.read(), data)
        hdu.add_checksum()
    assert columns(path) == ["COMPRESSED_DATA", "ZSCALE", "ZZERO", "GZIP_COMPRESSED_DATA"]
    verify(path)
    same(by_fitsio(path), data)
    same(by_astropy(path), data)


@pytest.mark.parametrize(
    "options",
    ["-r", "-g1", "-g2", "-p", "-h", "-h -s 3", "-d", "-r -t 9,8"],
)
def test_integers_of_fpack_are_changed_in_part(tmp_path, options):
    path = packed(tmp_path / "a.fits", np.abs(image("i2", SHAPE)), *options.split())
    with FITS(path, "r+") as fits:
        data = fits[1].read()
        same(data, by_fitsio(path))
        data[3:20:4, 7] = fits[1][3:20:4, 7] = 4711
        fits[1].extend(data[:5])
        data = np.concatenate([data, data[:5]])
        same(fits[1].read(), data)
    same(by_fitsio(path), data)


@pytest.mark.parametrize("null", [-2147483648, -32768, 5])
def test_undefined_pixels_take_the_number_that_the_file_has_for_them(tmp_path, null):
    """ZBLANK other than ours: astropy writes -2147483648, others have been seen."""
    path = tmp_path / "a.fits"
    data = image("f4", SHAPE)
    with FITS(path, "w+") as fits:
        fits.write_image(data, compress=Rice1(tile_shape=(10, 50)), quantize=Quantize(seed=3))
    with astropy_fits.open(path, mode="update", disable_image_compression=True) as hdus:
        hdus[1].header["ZBLANK"] = null
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        before = hdu.read()
        hdu[5, 6] = before[5, 6] = np.nan  # into a tile that stays quantized
        same(hdu.read(), before)
        data[10:20] += 1
        data[12, 12] = np.nan
        hdu[10:20] = data[10:20]  # the write replaces a whole tile
        got = hdu.read()
        np.testing.assert_array_equal(np.isnan(got[10:20]), np.isnan(data[10:20]))
        got[10:20] = before[10:20]
        same(got, before)
        final = hdu.read()
    same(by_fitsio(path), final)
    same(by_astropy(path), final)


def test_a_zblank_column_is_kept_and_used(tmp_path):
    """FITS 10.1.3: ZBLANK may be a column, with another number in each tile."""
    path = tmp_path / "a.fits"
    data = image("f4", SHAPE)
    with FITS(path, "w+") as fits:
        fits.write_image(data, compress=Rice1(tile_shape=(10, 50)), quantize=Quantize(seed=3))
        before = fits[1].read()
    with FITS(path) as fits:
        table = fits[1].raw_bytes()
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        header = hdus[1].header.copy()
    rows = np.frombuffer(table[: 4 * 32], "u1").reshape(4, 32)
    nulls = np.array([-7, -8, -9, -10], ">i4").view("u1").reshape(4, 4)
    content = np.hstack([rows, nulls]).tobytes() + table[4 * 32 :]
    header["NAXIS1"] = 36
    header["TFIELDS"] = 5
    header.insert("TFORM4", ("TFORM5", "1J"), after=True)
    header.insert("TFORM4", ("TTYPE5", "ZBLANK"), after=True)
    primary = path.read_bytes()[:2880]
    path.write_bytes(primary + header.tostring().encode() + content + bytes(-len(content) % 2880))
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        same(hdu.read(), before)
        hdu[5, 6] = before[5, 6] = np.nan
        same(hdu.read(), before)
        fresh = data[10:20] + 1
        fresh[2, 2] = np.nan
        hdu[10:20] = fresh
        np.testing.assert_array_equal(np.isnan(hdu[10:20]), np.isnan(fresh))
        assert "ZBLANK" not in hdu.raw_header
    assert list(column(path, "ZBLANK")) == [-7, -2147483647, -9, -10]


# ---- where things lie ----


def test_many_small_writes_before_a_large_hdu_do_not_move_it_each_time(tmp_path):
    path = tmp_path / "a.fits"
    rng = np.random.default_rng(1)
    behind = rng.integers(0, 255, (1 << 21,)).astype("u1")
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", (400, 500), compress="RICE_1")
        last = fits.write_image(behind, extname="LAST")
        rows = rng.integers(0, 2**31 - 1, (400, 500)).astype("i4")
        start = written_bytes()
        for i, row in enumerate(rows):
            hdu[i] = row
        wrote = written_bytes() - start
        # A move writes each byte twice: to a half of the trailer, then to its place.
        assert wrote < 40 * behind.nbytes, "what follows was moved by most of 400 writes"
        same(hdu.read(), rows)
        same(last.read(), behind)
        size = len(hdu.raw_bytes())
    with FITS(path, "r+") as fits:
        assert len(fits[1].raw_bytes()) <= size  # room that was left has been given back
        same(fits[1].read(), rows)
        same(fits["LAST"].read(), behind)
    verify(path)


def test_extending_before_a_large_hdu_does_not_move_it_each_time(tmp_path):
    path = tmp_path / "a.fits"
    rng = np.random.default_rng(1)
    behind = rng.integers(0, 255, (1 << 21,)).astype("u1")
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", (0, 300), compress="RICE_1")
        last = fits.write_image(behind)
        rows = rng.integers(0, 2**31 - 1, (300, 300)).astype("i4")
        start = written_bytes()
        for row in rows:
            hdu.extend(row[np.newaxis])
        wrote = written_bytes() - start
        assert wrote < 40 * behind.nbytes
        same(hdu.read(), rows)
        same(last.read(), behind)
    verify(path)
    same(by_fitsio(path), rows)


def test_tiles_that_fit_stay_where_they_are(tmp_path):
    path = tmp_path / "a.fits"
    data = image("i2", SHAPE)
    with FITS(path, "w+") as fits:
        fits.write_image(data, compress="RICE_1")
    size = path.stat().st_size
    with FITS(path, "r+") as fits:
        for i in range(40):
            fits[1][i] = data[i] // 4  # takes fewer bytes
        assert fits[1].repack() == 0 or path.stat().st_size <= size
    assert path.stat().st_size <= size
    same(by_fitsio(path), data // 4)


def test_sums_stay_right_when_the_file_is_closed(tmp_path):
    """CHECKSUM covers the deferred edits of an image."""
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.create_image_hdu("i2", (30, 40), compress="RICE_1")
        fits.write_image(np.arange(5))
        fits[1][3:5] = 7
        fits[1].extend(np.ones((4, 40), "i2"))
        fits[1].add_checksum()
    with FITS(path) as fits:
        assert fits[1].verify_checksum()
    verify(path)


def test_two_descriptors_for_the_same_bytes_are_told_apart(tmp_path):
    """A writer may store equal tiles once (FITS 7.3.5 allows it): changing one must not change the other."""
    path = tmp_path / "a.fits"
    data = np.zeros((4, 100), "i2")
    with FITS(path, "w+") as fits:
        fits.write_image(data, compress="RICE_1")
    content = bytearray(path.read_bytes())
    with FITS(path) as fits:
        begin = content.find(fits[1].raw_bytes()[:8], 2880 * 2)
    for i in range(1, 4):
        content[begin + 8 * i : begin + 8 * i + 8] = content[begin : begin + 8]
    path.write_bytes(bytes(content))
    with FITS(path, "r+") as fits:
        fits[1][2] = data[2] = 3
        same(fits[1].read(), data)
        fits[1][0, 5] = data[0, 5] = 9
        same(fits[1].read(), data)
    same(by_fitsio(path), data)


# ---- failures ----


@contextmanager
def short_of_room(size: int) -> Iterator[None]:
    """Let no file get longer than that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_write_that_fails_before_its_first_byte_leaves_all_as_it_was(tmp_path):
    path = tmp_path / "a.fits"
    data = np.random.default_rng(1).integers(0, 2**31 - 1, (2000, 1000)).astype("i4")
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", data.shape, compress="RICE_1")
        with short_of_room(3 << 20), pytest.raises(FITSIOError):
            hdu.write(data)
        assert not hdu.read().any()
        hdu.write(data)
        same(hdu.read(), data)
    same(by_fitsio(path), data)


def test_a_write_that_fails_half_way_taints(tmp_path):
    path = tmp_path / "a.fits"
    data = np.random.default_rng(1).integers(0, 2**31 - 1, (4000, 1000)).astype("i4")
    data[:2500] = 0  # so little at first that more than fits the file is not expected
    fits = FITS(path, "w+")
    hdu = fits.create_image_hdu("i4", data.shape, compress="RICE_1")
    with short_of_room(3 << 20), pytest.raises(FITSIOError):
        hdu.write(data, start=(0, 0))
    with pytest.raises(FITSTaintedError):
        hdu[:5]
    with pytest.raises(FITSTaintedError, match="failed halfway"):
        fits.close()
    assert fits.closed


@pytest.mark.parametrize(
    ("config", "dtype", "value"), [(Plio1(), "i4", -1), (Plio1(), "i4", 1 << 24)], ids=str
)
def test_values_that_do_not_fit_leave_every_byte(tmp_path, config: Any, dtype, value):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.arange(200, dtype=dtype).reshape(10, 20), compress=config)
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(ValueError, match="PLIO_1"):
            fits[1][3, 3] = value
        with pytest.raises(ValueError, match="PLIO_1"):
            fits[1].extend(np.full((1, 20), value, dtype))
    assert path.read_bytes() == before


# ---- what is made ----


def test_what_funpack_makes_of_it_is_the_image(tmp_path):
    path, out = tmp_path / "a.fits", tmp_path / "b.fits"
    data = image("u2", SHAPE)
    with FITS(path, "w+") as fits:
        fits.write_image(data, compress=Gzip2(), extname="SKY", blank=5, header={"OBJECT": "M31"})
    run("funpack", "-O", out, path)
    verify(out)
    with FITS(out) as fits:
        hdu = fits["SKY"]
        same(hdu.read(), data)
        assert hdu.header["OBJECT"] == "M31"
        assert hdu.header["XTENSION"] == "IMAGE"
        assert not [key for key in hdu.header if key.startswith("Z")]
