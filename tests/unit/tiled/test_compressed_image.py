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
from support.compressed import by_astropy, by_fitsio, image, same, verify

SHAPE = (61, 47)
CODECS = [Rice1(), Gzip1(), Gzip2(), Hcompress1(), Plio1(), NoCompress()]


@pytest.fixture
def packed(tmp_path):
    """A file of one compressed image, with a plain one behind it."""
    path = tmp_path / "packed.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(
            image("i4", SHAPE),
            compress=Rice1(tile_shape=(10, 20)),
            extname="SCI",
            extver=3,
            header={"OBJECT": ("M 31", "target"), "BUNIT": "adu"},
        )
        fits.write_image(np.arange(6.0), extname="BEHIND")
    return path


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


@st.composite
def images_and_keys(draw):
    shape = tuple(draw(st.lists(st.integers(1, 12), min_size=1, max_size=4)))
    tile = tuple(draw(st.integers(1, length + 2)) for length in shape)
    key = tuple(
        draw(
            st.one_of(
                st.integers(-length, length - 1),
                st.slices(length),
            )
        )
        for length in shape
    )
    return shape, tile, key, draw(st.sampled_from(["RICE_1", "GZIP_1", "GZIP_2", "NOCOMPRESS"]))


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


# ---- writing ----


@settings(deadline=None, max_examples=150)
@given(images_and_keys(), st.integers(0, 2**16), st.sampled_from(["u1", "i2", "i4", "f4"]))
def test_any_section_can_be_written(case, seed, dtype):
    shape, tile, key, codec = case
    data = image(dtype, shape)
    if dtype == "f4" and codec == "RICE_1":
        codec = "GZIP_2"
    kind = {"RICE_1": Rice1, "GZIP_1": Gzip1, "GZIP_2": Gzip2, "NOCOMPRESS": NoCompress}[codec]
    with FITS("mem://", "w+") as fits:
        hdu = fits.write_image(data, compress=kind(tile_shape=tile))
        values = np.random.default_rng(seed).integers(0, 250, data[key].shape).astype(dtype)
        hdu[key] = values
        data[key] = values
        np.testing.assert_array_equal(hdu.read(), data)
        hdu[key] = 3
        data[key] = 3
        np.testing.assert_array_equal(hdu.read(), data)
        hdu.repack()
        np.testing.assert_array_equal(hdu.read(), data)
        with FITS.from_bytes(fits.to_bytes()) as again:
            np.testing.assert_array_equal(again[1].read(), data)


@pytest.mark.parametrize("config", CODECS, ids=lambda config: config.zcmptype)
def test_what_others_read_after_edits(packed, config):
    with FITS(packed, "w+") as fits:
        data = np.abs(image("i2", SHAPE))
        hdu = fits.write_image(data, compress=type(config)(tile_shape=(10, 20)))
        fits.write_image(np.arange(6.0), extname="BEHIND")
        hdu[5:25, 30:40] = 77
        data[5:25, 30:40] = 77
        hdu[::3, [1, 40]] = 5
        data[::3, [1, 40]] = 5
        hdu.write(data[:4, :5] + 1, start=(50, 40))
        data[50:54, 40:45] = data[:4, :5] + 1
        hdu.extend(data[:13])
        data = np.concatenate([data, data[:13]])
        same(hdu.read(), data)
        size = len(hdu.raw_bytes())
        freed = hdu.repack()
        # Tiles that are not compressed keep their size, so that edits waste nothing; and the room
        # that growing had left was given back before raw_bytes.
        assert freed > 0 or config.zcmptype == "NOCOMPRESS"
        assert len(hdu.raw_bytes()) == size - freed
        assert hdu.repack() == 0
        same(hdu.read(), data)
        same(fits["BEHIND"].read(), np.arange(6.0))
    verify(packed)
    same(by_fitsio(packed), data)
    same(by_astropy(packed), data)


@pytest.mark.parametrize(
    ("config", "method"),
    [
        *(
            (kind, method)
            for kind in (Rice1, Gzip2)
            for method in ("dither1", "dither2", "no_dither")
        ),
        *((Hcompress1, method) for method in ("dither1", "no_dither")),
    ],
    ids=lambda x: getattr(x, "zcmptype", x),
)
@pytest.mark.filterwarnings("ignore:.*the data contain exact zeros:rustfits.FITSWarning")
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_pixels_of_quantized_tiles_that_are_not_written_keep_their_bits(
    tmp_path, method, config, dtype
):
    path = tmp_path / "x.fits"
    data = image(dtype, SHAPE)
    data[33, 33] = np.nan
    data[12, 12] = 0
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(
            data, compress=config(tile_shape=(16, 20)), quantize=Quantize(method=method, seed=9)
        )
        before = hdu.read()
        hdu[10:14, 25:44] = data[10:14, 25:44] + 3
        hdu[0, 0] = np.nan
        after = hdu.read()
        changed = np.zeros(SHAPE, bool)
        changed[10:14, 25:44] = changed[0, 0] = True
        same(after[~changed], before[~changed])
        np.testing.assert_allclose(after[10:14, 25:44], data[10:14, 25:44] + 3, atol=5)
        assert np.isnan(after[0, 0])
        hdu[40:42, :] = 1e30  # does not fit the scale of its tiles
        far = hdu.read()
        np.testing.assert_allclose(far[40:42], np.full((2, 47), 1e30), rtol=1e-5)
        changed[40:42] = True
        same(far[~changed], before[~changed])
        same(by_fitsio(path), far)
    same(by_astropy(path), far)


def test_extend(tmp_path):
    path = tmp_path / "x.fits"
    data = image("i2", (50, 30))
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i2", (0, 30), compress=Rice1(tile_shape=(8, 30)))
        fits.write_image(np.arange(6.0), extname="BEHIND")
        assert hdu.shape == (0, 30)
        assert not hdu.has_data
        assert hdu.n_tiles == 0
        for start, end in itertools.pairwise((0, 3, 3, 8, 9, 40, 50)):
            hdu.extend(data[start:end])
            assert hdu.shape == (end, 30)
            same(hdu.read(), data[:end]) if end else None
        assert hdu.n_tiles == 7
        for wrong in (data[:, :5], data[0], data.astype("f4") + 0.5, np.full((2, 30), 70000)):
            with pytest.raises((ValueError, TypeError)):
                hdu.extend(wrong)
        assert hdu.shape == (50, 30)
        same(fits["BEHIND"].read(), np.arange(6.0))
    verify(path)
    same(by_fitsio(path), data)
    same(by_astropy(path), data)


@pytest.mark.parametrize(
    "config", [Rice1(tile_shape=(8, 30)), Gzip2(), Rice1(tile_shape=(100, 7))], ids=repr
)
def test_extending_encodes_each_tile_once(tmp_path, config):
    path = tmp_path / "x.fits"
    data = image("i2", (100, 30))
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i2", (0, 30), compress=config)
        with hdu.extending() as same_hdu:
            assert same_hdu is hdu
            for row in data[:60]:
                hdu.extend(row[None])
            with hdu.extending():
                hdu.extend(data[60:70])
            hdu.extend(data[70:])
            with pytest.raises(ValueError):
                hdu.extend(data[:, :3])
        same(hdu.read(), data)
        assert hdu.repack() == 0  # nothing was written twice
    same(by_fitsio(path), data)


def test_reads_while_extending_see_pending_pixels(tmp_path):
    data = image("i4", (40, 30))
    with FITS("mem://", "w+") as fits:
        hdu = fits.create_image_hdu("i4", (0, 30), compress=Rice1(tile_shape=(16, 30)))
        with hdu.extending():
            hdu.extend(data[:5])
            assert hdu.shape == (5, 30)
            hdu.extend(data[5:7])
            same(hdu[2:7], data[2:7])
            hdu.extend(data[7:9])
            hdu[0, 0] = -1
            hdu.extend(data[9:10])
            assert hdu.header["NAXIS2"] == 10
            hdu.extend(data[10:11])
            assert hdu.raw_header["ZNAXIS2"] == 11
            assert hdu.n_tiles == 1
            given_away = data[11:40].copy()
            hdu.extend(given_away)
            given_away[:] = 0  # is the caller's again
        expected = data.copy()
        expected[0, 0] = -1
        same(hdu.read(), expected)
        with pytest.raises(RuntimeError), hdu.extending():
            hdu.extend(data[:2])
            raise RuntimeError
        assert hdu.shape == (42, 30)
        masked = np.ma.MaskedArray(data[:1], True)
        with hdu.extending(), pytest.raises(ValueError):
            hdu.extend(masked)  # no BLANK
        assert hdu.shape == (42, 30)


def test_extending_many_megabytes_does_not_keep_them(tmp_path, monkeypatch):
    from rustfits._core.image import compressed as image_compressed

    monkeypatch.setattr(image_compressed, "_WAITING", 10_000)
    data = image("i4", (300, 30))
    for tile in ((8, 30), (1000, 30)):
        with FITS("mem://", "w+") as fits:
            hdu = fits.create_image_hdu("i4", (0, 30), compress=Rice1(tile_shape=tile))
            with hdu.extending():
                for row in data:
                    hdu.extend(row[None])
                    assert sum(part.nbytes for part in hdu._pending) < 10_000
            same(hdu.read(), data)


def test_a_quantized_image_can_be_extended(tmp_path):
    path = tmp_path / "x.fits"
    data = image("f4", (50, 30))
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(
            data[:20], compress=Rice1(tile_shape=(8, 30)), quantize=Quantize(seed=3)
        )
        before = hdu.read()
        hdu.extend(data[20:])
        after = hdu.read()
        same(after[:20], before)
        np.testing.assert_allclose(after, data, atol=5)
    same(by_fitsio(path), after)
    same(by_astropy(path), after)


def test_errors_of_writing(packed):
    with FITS(packed) as fits:
        for call in (
            lambda: fits[1].write(image("i4", SHAPE)),
            lambda: fits[1].extend(image("i4", (1, 47))),
            lambda: fits[1].repack(),
            lambda: fits[1].__setitem__((0, 0), 1),
            lambda: fits[1].extending().__enter__(),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError):
                call()
    before = packed.read_bytes()
    with FITS(packed, "r+") as fits:
        hdu = fits[1]
        for key, value, kind in (
            ((0, 0), 1.5, TypeError),
            ((0, 0), 2**31, ValueError),
            ((0, 0), np.ma.masked, ValueError),
            ((slice(0, 2), slice(0, 2)), np.zeros((3, 3), "i4"), ValueError),
            ((61, 0), 1, IndexError),
        ):
            with pytest.raises(kind):
                hdu[key] = value
    assert packed.read_bytes() == before


def test_values_that_the_codec_cannot_hold_leave_the_file_as_it_was(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(np.ones(SHAPE, "i4"), compress=Plio1())
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        hdu = fits[1]
        for value in (-1, 2**24):
            with pytest.raises(ValueError, match="PLIO_1"):
                hdu[30, 30] = value
            with pytest.raises(ValueError, match="PLIO_1"):
                fits.write_image(np.full(SHAPE, value, "i4"), compress=Plio1())
        assert len(fits) == 2
    assert path.read_bytes() == before


def test_blank_and_masks(tmp_path):
    path = tmp_path / "x.fits"
    data = np.ma.MaskedArray(image("i2", SHAPE), False)
    data[4:6, 4:9] = np.ma.masked
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(data, compress=Rice1(tile_shape=(16, 20)), blank=-32768)
        assert hdu.header["BLANK"] == -32768
        same(hdu.read(), data.filled(-32768))
        hdu[50, 40:] = np.ma.masked
        data[50, 40:] = np.ma.masked
        got = hdu.read(mask_blank=True)
        np.testing.assert_array_equal(got.mask, data.mask)
    assert np.isnan(by_astropy(path)).sum() == data.mask.sum()


def test_more_tiles_than_bytes(tmp_path):
    # One pixel a tile: each is a stream of its own.
    path = tmp_path / "x.fits"
    data = image("i2", (30, 40))
    for config in (Rice1(tile_shape=(1, 1)), Gzip1(tile_shape=(1, 1)), Plio1(tile_shape=(1, 1))):
        rustfits.write(path, data, compress=config)
        same(rustfits.read(path), data)
        same(by_fitsio(path), data)


def test_write_and_read_in_one_call(tmp_path):
    path = tmp_path / "x.fits"
    data = image("f4", SHAPE)
    rustfits.write(path, data, compress="gzip2", extname="A", header={"OBJECT": "M 31"})
    rustfits.write_image(path, data, mode="r+", compress=Rice1(), quantize=16, extname="B")
    same(rustfits.read(path), data)
    got, header = rustfits.read(path, "B", header=True)
    assert 0 < np.abs(got - data).max() < 1
    assert header["EXTNAME"] == "B"
    assert rustfits.read(path, "A", header=True)[1]["OBJECT"] == "M 31"


def test_every_driver_takes_compressed_images(tmp_path):
    data = image("i2", SHAPE)
    with FITS("mem://", "w+") as fits:
        fits.write_image(data, compress=True)
        content = fits.to_bytes()
    with FITS.from_bytes(content) as fits:
        same(fits[1].read(), data)
    path = tmp_path / "x.fits.gz"
    rustfits.write(path, data, compress=True)
    same(rustfits.read(path), data)
