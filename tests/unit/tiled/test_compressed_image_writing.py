# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images are written and extended a tile at a time."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS, Gzip1, Gzip2, Hcompress1, NoCompress, Plio1, Quantize, Rice1
from support.compressed import SHAPE, by_astropy, by_fitsio, image, images_and_keys, same, verify

CODECS = [Rice1(), Gzip1(), Gzip2(), Hcompress1(), Plio1(), NoCompress()]


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
