# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images through Python: they do what images do, a tile at a time. Against numpy, astropy and cfitsio."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS, Gzip1, Gzip2, Hcompress1, NoCompress, Plio1, Quantize, Rice1
from support.compressed import SHAPE, image, images_and_keys, same, verify

# ---- what it is ----


def test_facts(packed):
    with FITS(packed) as fits:
        hdu = fits["SCI", 3]
        assert type(hdu) is rustfits.CompressedImageHDU
        assert isinstance(hdu, rustfits.ImageHDU)
        assert hdu.kind == "compressed image"
        assert (hdu.shape, hdu.dtype, hdu.ndim, hdu.size, len(hdu)) == (SHAPE, "i4", 2, 61 * 47, 61)
        assert hdu.bitpix == 32
        assert hdu.unit == "adu"
        assert hdu.has_data
        assert hdu.n_tiles == 7 * 3
        assert hdu.compression == Rice1(tile_shape=(10, 20))
        assert hdu.quantize is None
        assert "int32 (61, 47) RICE_1" in repr(hdu)
        assert "compressed image" in repr(fits)
        assert np.asarray(hdu).shape == SHAPE
    assert hdu.shape == SHAPE  # of a closed file, as it was last


def test_the_first_image_of_a_file_is_an_extension(packed):
    with FITS(packed) as fits:
        assert [hdu.index for hdu in fits] == [0, 1, 2]
        assert not fits[0].has_data
        same(fits["BEHIND"].read(), np.arange(6.0))
    verify(packed)


@pytest.mark.filterwarnings("ignore:.*of 64-bit integers are read by:rustfits.FITSWarning")
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_true_takes_what_suits_the_type(tmp_path, dtype):
    path = tmp_path / "x.fits"
    data = image(dtype, SHAPE)
    rustfits.write(path, data, compress=True)
    with FITS(path) as fits:
        small = dtype[0] != "f" and dtype[1] != "8"
        assert fits[1].compression == (Rice1 if small else Gzip2)(tile_shape=(1, 47))
        assert fits[1].dtype == dtype
        same(fits[1].read(), data)
    if dtype[0] == "f":
        rustfits.write(path, data, compress=True, quantize=True)
        with FITS(path) as fits:
            assert type(fits[1].compression) is Rice1
            assert fits[1].quantize.method == "dither1"


@pytest.mark.parametrize(
    "config",
    [
        Rice1(tile_shape=(5, 47), blocksize=16),
        Gzip1(tile_shape=(61, 1), heap_format="Q"),
        Gzip2(tile_shape=(7, 7), level=9),
        Hcompress1(tile_shape=(16, 20), scale=4, smooth=True),
        Hcompress1(tile_shape=(61, 47), scale=2.5, relative=True),
        Plio1(tile_shape=(1, 47)),
        NoCompress(tile_shape=(20, 20)),
    ],
    ids=repr,
)
def test_the_configuration_comes_back(tmp_path, config):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(image("i2", SHAPE), compress=config)
        assert hdu.compression == config
    with FITS(path, "r+") as fits:
        found = fits[1].compression
        assert found == (
            config
            if not hasattr(config, "level")
            else type(config)(tile_shape=config.tile_shape, heap_format=config.heap_format)
        )
        again = fits.create_image_hdu("i2", SHAPE, compress=found)
        assert again.compression == found


@pytest.mark.parametrize("method", ["dither1", "dither2", "no_dither"])
def test_the_quantization_comes_back(tmp_path, method):
    path = tmp_path / "x.fits"
    # Without dither there is no seed.
    quantize = Quantize(level=8, method=method, seed=0 if method == "no_dither" else 77)
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(image("f4", SHAPE), compress=Rice1(), quantize=quantize)
        assert hdu.quantize == quantize
    with FITS(path) as fits:
        assert fits[1].quantize == quantize
        assert fits[1].compression == Rice1(tile_shape=(1, 47))


def test_new_images_are_zero_and_take_no_room(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        for config, dtype in itertools.product(
            (Rice1, Gzip2, Plio1, Hcompress1), ("u1", "i2", "u2", "i4")
        ):
            hdu = fits.create_image_hdu(dtype, (400, 300), compress=config())
            got = hdu.read()
            # The stored pixels are 0. Unsigned pixels therefore have the value of BZERO, as in plain images.
            assert (got == np.array(32768 if dtype == "u2" else 0, dtype)).all()
            assert (hdu[3:5, ::7] == got[3:5, ::7]).all()
    assert path.stat().st_size < 16 * 60_000
    with astropy_fits.open(path) as hdus:
        assert len(hdus) == 17


def test_view_is_refused(packed):
    with FITS(packed) as fits, pytest.raises(NotImplementedError, match=r"read\(\)"):
        fits[1].view()


# ---- header ----


def test_the_header_is_that_of_the_image(packed):
    with FITS(packed, "r+") as fits:
        hdu = fits[1]
        header = hdu.header
        assert header["XTENSION"] == "IMAGE"
        assert [header[key] for key in ("BITPIX", "NAXIS", "NAXIS1", "NAXIS2")] == [32, 2, 47, 61]
        assert (header["PCOUNT"], header["GCOUNT"]) == (0, 1)
        for key in ("ZIMAGE", "ZCMPTYPE", "ZNAXIS1", "TFIELDS", "TTYPE1", "TFORM1", "ZTILE1"):
            assert key not in header
            assert key in hdu.raw_header
        assert hdu.raw_header["XTENSION"] == "BINTABLE"
        assert header["OBJECT"] == hdu.raw_header["OBJECT"] == "M 31"
        header["OBJECT"] = "M 33"
        with header.edit() as edit:
            edit["FILTER"] = ("r", "a filter")
            edit.add_history("changed")
            for number in range(60):  # makes the header longer by blocks
                edit[f"KEY{number}"] = number
        del header["BUNIT"]
        for key in ("NAXIS1", "ZCMPTYPE", "ZTILE1", "TFORM1", "BITPIX"):
            with pytest.raises(ValueError):
                header[key] = 7
        assert hdu.raw_header["OBJECT"] == "M 33"
        same(hdu.read(), image("i4", SHAPE))
        same(fits["BEHIND"].read(), np.arange(6.0))
    verify(packed)
    with FITS(packed) as fits:
        assert fits[1].header == header
        assert fits[1].header.comment_of("FILTER") == "a filter"
        assert fits[1].header["HISTORY"] == ["changed"]
        assert fits[1].compression == Rice1(tile_shape=(10, 20))
    with astropy_fits.open(packed) as hdus:
        assert hdus[1].header["FILTER"] == "r"
        assert hdus[1].header["KEY59"] == 59
        assert "BUNIT" not in hdus[1].header
    assert rustfits.read_header(packed, 1) == header
    assert rustfits.read_header(packed, "SCI") == header


def test_checksums_are_of_both(packed):
    with FITS(packed, "r+") as fits:
        assert fits[1].verify_checksum() is None
        fits[1].add_checksum()
        for key in ("CHECKSUM", "DATASUM", "ZHECKSUM", "ZDATASUM"):
            assert key in fits[1].raw_header
        assert fits[1].verify_checksum() is True
        assert fits[1].verify_datasum() is True
    verify(packed)
    with astropy_fits.open(packed, checksum=True, disable_image_compression=True) as hdus:
        assert hdus[1].verify_checksum() == 1
    plain = packed.with_name("plain.fits")
    rustfits.unpack(packed, plain)
    with FITS(plain) as fits:
        assert fits[1].verify_checksum() is True
    with FITS(packed, "r+") as fits:
        fits[1][5, 5] += 1
        assert fits[1].verify_checksum() is False


# ---- reading ----

KEYS = [
    (slice(None), slice(None)),
    (slice(5, 40), slice(7, 30)),
    (slice(None, None, -1), slice(40, 3, -7)),
    (3, slice(None)),
    (slice(10, 11), 46),
    (60, 46),
    (-1, -1),
    ([5, 1, 60, 1], slice(2, 4)),
    (np.arange(61) % 3 == 0, slice(4, None, 9)),
    (slice(3, 9), [4, 4, 0]),
    (slice(20, 20), slice(None)),
    (Ellipsis, 5),
    (slice(100, 200),),
]


@pytest.mark.parametrize("config", [Rice1, Gzip2, Hcompress1], ids=lambda kind: kind.zcmptype)
@pytest.mark.parametrize("tile", [(1, 47), (10, 20), (61, 47), (4, 5)], ids=str)
def test_sections(tmp_path, config, tile):
    if config is Hcompress1 and 1 in tile:
        tile = (16, 47)  # planes only
    path = tmp_path / "x.fits"
    data = image("i2", SHAPE)
    rustfits.write(path, data, compress=config(tile_shape=tile))
    with FITS(path) as fits:
        for key in KEYS:
            got, expected = fits[1][key], data[key]
            assert np.shape(got) == expected.shape
            np.testing.assert_array_equal(got, expected)
        for bad in ((61, 0), (0, 0, 0), ("a",), (0, -48)):
            with pytest.raises((IndexError, TypeError)):
                fits[1][bad]


@settings(deadline=None, max_examples=150)
@given(images_and_keys(), st.sampled_from(["u1", "i2", "u4", "i4"]))
def test_any_section_of_any_image_is_numpys(case, dtype):
    shape, tile, key, codec = case
    data = image(dtype, shape)
    config = dict.fromkeys(("tile_shape",), tile)
    kind = {"RICE_1": Rice1, "GZIP_1": Gzip1, "GZIP_2": Gzip2, "NOCOMPRESS": NoCompress}[codec]
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(data, compress=kind(**config))
        np.testing.assert_array_equal(hdu[key], data[key])
        np.testing.assert_array_equal(hdu.read(), data)


def test_ways_to_read(packed):
    data = image("i4", SHAPE)
    with FITS(packed) as fits:
        hdu = fits[1]
        same(hdu.read(dtype="f4"), data.astype("f4"))
        same(hdu.read(dtype="i8"), data.astype("i8"))
        out = np.empty(SHAPE, "i4")
        assert hdu.read(out=out) is out
        same(out, data)
        for threads in (1, 2, 7):
            same(hdu.read(threads=threads), data)
        with pytest.raises(ValueError):
            hdu.read(threads=0)
        same(hdu.read(scale=False), data)
        masked = hdu.read(mask_blank=True)
        assert not masked.mask.any()
    with pytest.raises(ValueError, match="closed"):
        hdu.read()


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_make_no_difference(tmp_path, threads):
    data = image("i2", (700, 600))
    reals = image("f4", (300, 600))
    path = tmp_path / f"{threads}.fits"
    alone = tmp_path / "alone.fits"
    for name, count in ((path, threads), (alone, 1)):
        with FITS(name, "w+", threads=count) as fits:
            fits.write_image(data, compress=Rice1(tile_shape=(50, 60)))
            fits.write_image(reals, compress=True, quantize=Quantize(seed=5))
            fits.write_image(reals, compress=Gzip2(tile_shape=(64, 64)))
    assert path.read_bytes() == alone.read_bytes()
    with FITS(path, threads=threads) as fits, FITS(alone) as others:
        for mine, other in zip(fits, others, strict=True):
            if mine.has_data:
                same(mine.read(), other.read(threads=1))


def test_number_of_threads(packed):
    content = packed.read_bytes()
    for wrong in (0, -1, 2**16, 1.5, "2"):
        with pytest.raises((ValueError, TypeError), match="threads"):
            FITS(packed, threads=wrong)
        with pytest.raises((ValueError, TypeError), match="threads"):
            FITS.from_bytes(content, threads=wrong)
    with FITS.from_bytes(content, threads=1) as fits:
        same(fits[1].read(), image("i4", SHAPE))


MEMORY = """
import sys, threading
import numpy as np
import numpy.ma
import rustfits

def anonymous():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("RssAnon:"):
                return int(line.split()[1]) * 1024

path, what = sys.argv[1:]
fits = rustfits.FITS(path, "r+", threads=1)
hdu = fits[1]
hdu.set_tile_cache_size(1 << 20)
out = hdu.read()
hdu.write(out)
peak = before = anonymous()
done = threading.Event()

def watch():
    global peak
    while not done.is_set():
        peak = max(peak, anonymous())

watcher = threading.Thread(target=watch)
watcher.start()
for turn in range(5):
    if what == "read":
        hdu.read(out=out)
    elif what == "section":
        hdu[100:132, 200:232]
    else:
        hdu.write(out)
done.set()
watcher.join()
print(peak - before)
"""


@pytest.mark.parametrize("what", ["read", "section", "write"])
def test_memory_is_bounded(tmp_path, what):
    path = tmp_path / "x.fits"
    rustfits.write(path, image("i4", (3000, 2000)), compress=Rice1(tile_shape=(100, 100)))  # 24 MB
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path), what], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 8 << 20


def test_several_python_threads_read_one_file(tmp_path):
    path = tmp_path / "x.fits"
    data = image("i4", (200, 200))
    rustfits.write(path, data, compress=Rice1(tile_shape=(20, 20)))
    failures = []
    with FITS(path) as fits:
        fits[1].set_tile_cache_size(5 * 20 * 20 * 4)  # so that tiles go while others read them

        def work(seed):
            rng = np.random.default_rng(seed)
            for _ in range(100):
                top, left = rng.integers(0, 150, 2)
                if (
                    fits[1][top : top + 40, left : left + 50]
                    != data[top : top + 40, left : left + 50]
                ).any():
                    failures.append((seed, top, left))

        workers = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert not failures


def test_tile_cache(tmp_path):
    path = tmp_path / "x.fits"
    data = image("i4", (100, 100))
    tile = 10 * 10 * 4
    rustfits.write(path, data, compress=Rice1(tile_shape=(10, 10)))
    with FITS(path) as fits:
        hdu = fits[1]
        assert hdu.tile_cache_size == 32 << 20
        assert hdu.tile_cache_used == 0
        same(hdu[12:15, 12:15], data[12:15, 12:15])
        assert hdu.tile_cache_used == tile
        same(hdu[13:16, 13:16], data[13:16, 13:16])
        assert hdu.tile_cache_used == tile
        same(hdu[0:40, 0:40], data[0:40, 0:40])
        assert hdu.tile_cache_used == 16 * tile
        hdu.set_tile_cache_size(3 * tile)
        assert (hdu.tile_cache_size, hdu.tile_cache_used) == (3 * tile, 3 * tile)
        same(hdu[5:95, 5:95], data[5:95, 5:95])
        assert hdu.tile_cache_used <= 3 * tile
        hdu.clear_tile_cache()
        assert (hdu.tile_cache_size, hdu.tile_cache_used) == (3 * tile, 0)
        hdu.set_tile_cache_size(0)
        same(hdu[5:95, 5:95], data[5:95, 5:95])
        assert hdu.tile_cache_used == 0
        for wrong in (-1, 1.5, "8"):
            with pytest.raises((ValueError, TypeError)):
                hdu.set_tile_cache_size(wrong)
    for call in (lambda: hdu.tile_cache_used, hdu.clear_tile_cache):
        with pytest.raises(ValueError, match="closed"):
            call()


def test_a_read_after_a_write_ignores_old_cached_tiles(packed):
    with FITS(packed, "r+") as fits:
        hdu = fits[1]
        before = hdu[0:30, 0:30]
        hdu[3, 4] = 12345
        before[3, 4] = 12345
        same(hdu[0:30, 0:30], before)
        hdu.write(before, start=(20, 10))
        same(hdu[20:50, 10:40], before)
