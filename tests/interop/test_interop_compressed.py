# SPDX-License-Identifier: BSD-3-Clause
"""Compressed images, both ways: what we write is read by cfitsio (fitsio, funpack) and astropy, and the reverse.

Reals are compared bit for bit. RICE, PLIO and HCOMPRESS cells have to be cfitsio's, byte for byte.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Gzip1, Gzip2, Hcompress1, NoCompress, Plio1, Quantize, Rice1
from support.compressed import (
    INTEGERS,
    REALS,
    by_astropy,
    by_fitsio,
    by_funpack,
    cells,
    column,
    fpack,
    image,
    mask,
    run,
    same,
    verify,
)

#: What is written here on purpose: what others cannot read, and zeros that are quantized.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*of 64-bit integers are read by:rustfits.FITSWarning"),
    pytest.mark.filterwarnings("ignore:.*the data contain exact zeros:rustfits.FITSWarning"),
]

SHAPE = (61, 47)
#: Rows, a shape that leaves edges on both sides, all of it.
TILES = [None, (16, 20), (61, 47)]

LOSSLESS: list[tuple[Any, str]] = [
    *((kind, dtype) for kind in (Gzip1, Gzip2, NoCompress) for dtype in INTEGERS + REALS),
    *((kind, dtype) for kind in (Rice1, Hcompress1) for dtype in INTEGERS if dtype[1] != "8"),
    *((Plio1, dtype) for dtype in ("u1", "i2", "i4")),
]
QUANTIZED: list[tuple[Any, str, Quantize]] = [
    (kind, dtype, Quantize(level=level, method=method, seed=seed))
    for kind in (Rice1, Gzip1, Gzip2, Hcompress1)
    for dtype, level, method, seed in (
        ("f4", 4, "dither1", 1),
        ("f4", 16, "no_dither", 0),
        ("f4", -0.25, "dither2", 10000),
        ("f8", 4, "dither2", 77),
        ("f8", -0.01, "dither1", 500),
        ("f8", 2, "no_dither", 0),
    )
    if (kind, method) != (Hcompress1, "dither2")  # refused, as cfitsio does
]


def data_for(kind: Any, dtype: str, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    return (mask if kind is Plio1 else image)(dtype, shape)


def tile_for(kind: Any, tile: tuple[int, ...] | None) -> dict[str, Any]:
    return {} if tile is None else {"tile_shape": tile}


# ---- ours, read by the others ----


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(("kind", "dtype"), LOSSLESS, ids=lambda x: getattr(x, "zcmptype", x))
def test_what_we_write_is_read_by_all(tmp_path, kind, dtype, tile):
    path = tmp_path / "x.fits"
    data = data_for(kind, dtype)
    rustfits.write(path, data, compress=kind(**tile_for(kind, tile)))
    same(rustfits.read(path), data)
    verify(path)
    wide, is_offset = dtype in ("i8", "u8"), dtype in ("i1", "u2", "u4")
    if not (wide and kind is NoCompress):  # astropy fails
        same(by_astropy(path), data)
    if not wide:  # cfitsio reads no tiles of 64-bit integers
        same(by_funpack(path, 1), data)
        if not (is_offset and kind is NoCompress):  # which cfitsio reads by funpack only
            same(by_fitsio(path), data)


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(
    ("kind", "dtype", "quantize"), QUANTIZED, ids=lambda x: getattr(x, "zcmptype", str(x))
)
def test_quantized_reals_are_the_same_to_the_bit_for_all(tmp_path, kind, dtype, quantize, tile):
    path = tmp_path / "x.fits"
    data = data_for(kind, dtype)
    data[3, 4] = data[-1, -1] = np.nan
    data[10:14, 5:9] = 0
    rustfits.write(path, data, compress=kind(**tile_for(kind, tile)), quantize=quantize)
    ours = rustfits.read(path)
    np.testing.assert_array_equal(np.isnan(ours), np.isnan(data))
    step = np.nanmax(np.abs(ours - data))
    assert 0 < step < 10  # lossy, and not by more than the noise
    if quantize.method == "dither2":
        assert not ours[10:14, 5:9].any()
    verify(path)
    same(by_fitsio(path), ours)
    same(by_astropy(path), ours)
    if tile == (16, 20):  # funpack puts NaN into the wrong pixels of such tiles
        data[np.isnan(data)] = 1000
        rustfits.write(path, data, compress=kind(tile_shape=tile), quantize=quantize)
        ours = rustfits.read(path)
    same(by_funpack(path, 1), ours)


SHAPES = [(7,), (5, 6, 7), (3, 4, 5, 6), (2, 1, 3, 4, 5), (1, 1, 1)]


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        *((kind, shape) for kind in (Rice1, Gzip2, Plio1, NoCompress) for shape in SHAPES),
        *((Hcompress1, shape) for shape in SHAPES[1:4]),  # the others have no planes
    ],
    ids=lambda x: getattr(x, "zcmptype", str(x)),
)
def test_any_number_of_axes(tmp_path, kind, shape):
    path = tmp_path / "x.fits"
    data = data_for(kind, "i2", shape)
    tiles: list[tuple[int, ...] | None] = [None, tuple(max(1, length // 2) for length in shape)]
    if kind is Hcompress1:
        tiles = [(1,) * (len(shape) - 2) + shape[-2:]]
    for tile in tiles:
        rustfits.write(path, data, compress=kind(**tile_for(kind, tile)))
        same(rustfits.read(path), data)
        same(by_astropy(path), data)
        if len(shape) <= 3:  # cfitsio reads no more
            same(by_fitsio(path), data)
            same(by_funpack(path, 1), data)


# ---- the others', read by us ----

FITSIO = {
    "RICE_1": "RICE",
    "GZIP_1": "GZIP",
    "GZIP_2": "GZIP_2",
    "PLIO_1": "PLIO",
    "HCOMPRESS_1": "HCOMPRESS",
}


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(
    ("codec", "dtype"),
    [
        (codec, dtype)
        for codec in FITSIO
        for dtype in INTEGERS
        # cfitsio writes no tiles of 64-bit integers, and fitsio refuses u4 for PLIO.
        if dtype not in ("i8", "u8") and (codec, dtype) != ("PLIO_1", "u4")
    ],
)
def test_integers_of_fitsio(tmp_path, codec, dtype, tile):
    path = tmp_path / "x.fits"
    data = (mask if codec == "PLIO_1" else image)(dtype, SHAPE)
    fitsio.write(str(path), data, compress=FITSIO[codec], tile_dims=tile)
    with FITS(path) as fits:
        assert fits[1].compression.zcmptype == codec
        same(fits[1].read(), data)
        same(fits[1][5:40, 7:30], data[5:40, 7:30])
        same(fits[1][::-3, [1, 40, 2]], data[::-3, [1, 40, 2]])


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize("codec", [codec for codec in FITSIO if codec != "PLIO_1"])
@pytest.mark.parametrize("dtype", REALS)
@pytest.mark.parametrize("method", [-1, 1, 2])
@pytest.mark.parametrize("level", [4, 16, -0.5])
def test_reals_of_fitsio(tmp_path, codec, dtype, method, level, tile):
    path = tmp_path / "x.fits"
    data = image(dtype, SHAPE)
    data[:3] = 0
    data[20, 20:25] = np.nan
    data[30:32] = 7.25  # rows without noise
    fitsio.write(
        str(path),
        data,
        compress=FITSIO[codec],
        tile_dims=tile,
        qlevel=level,
        qmethod=method,
        dither_seed=1234,
    )
    expected = by_fitsio(path)
    with FITS(path) as fits:
        same(fits[1].read(), expected)
        same(fits[1][15:35, 10:40], expected[15:35, 10:40])
        assert fits[1].read(mask_blank=True).mask.sum() == np.isnan(expected).sum()


def test_our_reals_in_plio(tmp_path):
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    data = mask("f4", SHAPE)
    rustfits.write(ours, data, compress="plio", quantize=Quantize(seed=1))
    fitsio.write(str(theirs), data, compress="PLIO", qlevel=4, dither_seed=1)
    assert cells(ours) == cells(theirs)
    same(rustfits.read(ours), by_fitsio(theirs))


def test_reals_in_plio(tmp_path):
    path = tmp_path / "x.fits"
    fitsio.write(str(path), mask("f4", SHAPE), compress="PLIO", qlevel=4, dither_seed=1)
    same(rustfits.read(path), by_fitsio(path))


ASTROPY = [
    *(("RICE_1", dtype, {}) for dtype in ("u1", "i2", "u2", "i4", "u4")),
    *(
        (codec, dtype, {})
        for codec in ("GZIP_1", "GZIP_2")
        for dtype in ("u1", "i2", "u2", "i4", "u4", "i8")
    ),
    *((codec, dtype, {"quantize_level": 0}) for codec in ("GZIP_1", "GZIP_2") for dtype in REALS),
    *(("HCOMPRESS_1", dtype, {}) for dtype in ("u1", "i2", "u2", "i4")),
    ("HCOMPRESS_1", "i4", {"hcomp_scale": 3}),
    ("HCOMPRESS_1", "i2", {"hcomp_scale": 2.5, "hcomp_smooth": 1}),
    *(("PLIO_1", dtype, {}) for dtype in ("u1", "i2", "i4")),
    ("NOCOMPRESS", "i2", {}),
    ("NOCOMPRESS", "f4", {"quantize_level": 0}),
    *(
        (codec, dtype, {"quantize_method": method, "dither_seed": 42, "quantize_level": level})
        for codec in ("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1")
        for dtype in REALS
        for method, level in ((-1, 16), (1, 4), (2, 8), (1, -0.1))
    ),
]


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(("codec", "dtype", "options"), ASTROPY, ids=str)
def test_images_of_astropy(tmp_path, codec, dtype, options, tile):
    path = tmp_path / "x.fits"
    data = (mask if codec == "PLIO_1" else image)(dtype, SHAPE)
    if dtype[0] == "f":
        data[20, 20:25] = np.nan
    if tile is None and codec == "HCOMPRESS_1":
        tile = (16, 47)
    hdu = astropy_fits.CompImageHDU(data, compression_type=codec, tile_shape=tile, **options)
    hdu.writeto(path)
    expected = by_astropy(path)
    with FITS(path) as fits:
        same(fits[1].read(), expected)
        same(fits[1][15:35, 10:40], expected[15:35, 10:40])
    if dtype[0] != "f" and "hcomp_scale" not in options:
        same(expected, data)


FPACK = [
    ("i2", "-r"),
    ("i2", "-g"),
    ("i2", "-g2"),
    ("i2", "-h"),
    ("i2", "-d"),
    ("i2", "-w"),
    ("i2", "-h -w"),
    ("i2", "-h -s 2.5"),
    ("i2", "-h -s -10"),
    ("i2", "-t 13,17"),
    ("u2", "-r -t 13,17"),
    ("u2", "-h"),
    ("u2", "-h -q 4 -s 1"),
    ("u2", "-d"),
    ("u4", "-d"),
    ("u1", "-h -s 2"),
    ("u1", "-r"),
    ("u1", "-p"),
    ("i4", "-r"),
    ("i4", "-h"),
    ("i4", "-i2f -qt 4"),
    ("f4", ""),
    ("f4", "-qt 8"),
    ("f4", "-q7 16"),
    ("f4", "-q0 16"),
    ("f4", "-qz 4"),
    ("f4", "-qz12 4"),
    ("f4", "-q -0.5"),
    ("f4", "-g -q 0"),
    ("f4", "-g2 -q 0"),
    ("f4", "-g -q 4"),
    ("f4", "-h -q 4"),
    ("f4", "-h -q 4 -s 3"),
    ("f4", "-w"),
    ("f4", "-t 10,10 -q 2"),
    ("f8", "-r -q 4"),
    ("f8", "-g2 -q 0"),
    ("f8", "-h -t 20,20"),
]


@pytest.mark.parametrize(("dtype", "options"), FPACK, ids="".join)
def test_what_fpack_makes(tmp_path, dtype, options):
    path = tmp_path / "x.fits"
    data = (mask if "-p" in options else image)(dtype, SHAPE)
    if dtype[0] == "f" and "-t" not in options:  # funpack puts NaN into the wrong pixels of them
        data[20, 20:25] = np.nan
    rustfits.write(path, data, header={"OBJECT": ("M 31", "target")})
    packed = fpack(path, *options.split())
    # Where nothing is compressed cfitsio's readers of unsigned integers do not apply BZERO: values
    # that are wrong or "datatype conversion overflow". funpack takes pixels as they are stored.
    expected = by_funpack(packed) if "-d" in options else by_fitsio(packed)
    with FITS(packed) as fits:
        same(fits[1].read(), expected)
        assert fits[1].header["OBJECT"] == "M 31"
        assert fits[1].header.comment_of("OBJECT") == "target"
        assert fits[1].verify_checksum() is True
        assert fits[1].verify_datasum() is True
    ours = tmp_path / "ours.fits"
    rustfits.unpack(packed, ours)
    verify(ours)
    with FITS(ours) as fits:
        assert len(fits) == 1
        same(fits[0].read(), by_funpack(packed))
        assert fits[0].header["OBJECT"] == "M 31"


def with_card(path, old, new):
    """Change a card of a file in place."""
    content = path.read_bytes()
    assert content.count(old) == 1
    path.write_bytes(content.replace(old, new.ljust(len(old))))


@pytest.mark.parametrize("middle", [0, 1])
@pytest.mark.parametrize("tile", [(13, 15), SHAPE], ids=str)
@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", "i4", "u4"])
def test_what_lossy_hcompress_takes_beyond_the_type_is_its_limit(
    tmp_path, dtype, smooth, tile, middle
):
    """Of 16 bits as funpack has it, which refuses bytes; fitsio refuses all, astropy lets them wrap around."""
    path = tmp_path / "x.fits"
    limits = np.iinfo(dtype)
    span = min(int(limits.max) - int(limits.min), 50000)
    noise = np.random.default_rng(3).normal(0, span / 12, SHAPE)
    low = max(
        int(limits.min), -(2**31) + 50000 if dtype == "i4" else 0 if dtype == "u4" else -(2**15)
    )
    noise = np.rint(low + middle * span + noise)
    data = np.clip(noise, limits.min, limits.max).astype(dtype)
    rustfits.write(
        path, data, compress=Hcompress1(tile_shape=tile, scale=span // 40, smooth=smooth)
    )
    ours = rustfits.read(path)
    if limits.bits > 8:
        same(ours, by_funpack(path, 1))
        return
    # The same stream as an image of 16 bits holds all that comes of it.
    with_card(path, b"ZBITPIX =                    8", b"ZBITPIX =                   16")
    wide = by_funpack(path, 1).astype("i4")
    assert (wide < limits.min).any() or (wide > limits.max).any()
    same(ours, np.clip(wide, limits.min, limits.max).astype(dtype))


# ---- byte for byte ----


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(
    ("kind", "dtype"),
    [(Rice1, dtype) for dtype in ("u1", "i2", "u2", "i4", "u4")]
    + [(Plio1, dtype) for dtype in ("u1", "i2", "i4")]
    + [(Hcompress1, dtype) for dtype in ("u1", "i2", "u2", "i4")],
    ids=lambda x: getattr(x, "zcmptype", x),
)
def test_cells_are_those_of_cfitsio(tmp_path, kind, dtype, tile):
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    data = data_for(kind, dtype)
    rustfits.write(ours, data, compress=kind(**tile_for(kind, tile)))
    fitsio.write(str(theirs), data, compress=FITSIO[kind.zcmptype], tile_dims=tile)
    assert cells(ours) == cells(theirs)


STEPS = [
    Quantize(seed=1),
    Quantize(level=16, method="no_dither"),
    Quantize(level=-0.5, seed=100),
    Quantize(level=10, seed=0),
    Quantize(level=1, method="dither2", seed=9999),
]


@pytest.mark.parametrize("tile", TILES, ids=str)
@pytest.mark.parametrize(
    ("kind", "quantize"),
    [
        *((Rice1, quantize) for quantize in STEPS),
        *((Hcompress1, quantize) for quantize in STEPS[:-1]),  # dither2 is refused, as cfitsio does
    ],
    ids=lambda x: getattr(x, "zcmptype", str(x)),
)
@pytest.mark.parametrize("dtype", REALS)
def test_quantized_cells_are_those_of_cfitsio(tmp_path, kind, dtype, quantize, tile):
    ours, theirs = tmp_path / "ours.fits", tmp_path / "theirs.fits"
    data = data_for(kind, dtype)
    if quantize.seed or tile != SHAPE:  # fitsio puts other numbers for NaN into what is summed up
        data[40, 3:9] = np.nan
    rustfits.write(ours, data, compress=kind(**tile_for(kind, tile)), quantize=quantize)
    fitsio.write(
        str(theirs),
        data,
        compress=FITSIO[kind.zcmptype],
        tile_dims=tile,
        qlevel=quantize.level,
        qmethod={"no_dither": -1, "dither1": 1, "dither2": 2}[quantize.method],
        dither_seed=quantize.seed or "checksum",
    )
    for name in ("ZSCALE", "ZZERO"):
        np.testing.assert_array_equal(column(ours, name), column(theirs, name))
    assert cells(ours) == cells(theirs)
    same(rustfits.read(ours), by_fitsio(theirs))


# ---- undefined pixels ----


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        *((kind, None) for kind in (Gzip1, Gzip2, NoCompress)),
        *(
            (kind, method)
            for kind in (Rice1, Gzip1, Gzip2)
            for method in ("no_dither", "dither1", "dither2")
        ),
        *((Hcompress1, method) for method in ("no_dither", "dither1")),
    ],
)
@pytest.mark.parametrize("dtype", REALS)
def test_nan_survives_and_blanks_no_other_pixel(tmp_path, kind, method, dtype):
    path = tmp_path / "x.fits"
    data = image(dtype, SHAPE)
    data[5, 5] = data[20:30, 3] = data[60] = np.nan  # one in a tile, a column, a whole row
    quantize = None if method is None else Quantize(method=method, seed=3)
    rustfits.write(path, data, compress=kind(tile_shape=(16, 47)), quantize=quantize)
    got = rustfits.read(path)
    np.testing.assert_array_equal(np.isnan(got), np.isnan(data))
    for read in (by_fitsio, by_astropy):
        same(read(path), got)
    with FITS(path) as fits:
        masked = fits[1].read(mask_blank=True)
        np.testing.assert_array_equal(masked.mask, np.isnan(data))
        np.testing.assert_array_equal(np.isnan(fits[1][4:7, 4:7]), np.isnan(data[4:7, 4:7]))


@pytest.mark.parametrize("kind", [Rice1, Gzip1, Gzip2, Hcompress1, NoCompress])
@pytest.mark.parametrize("dtype", ["i2", "i4", "u2"])
def test_blank_survives(tmp_path, kind, dtype):
    path = tmp_path / "x.fits"
    data = np.ma.MaskedArray(image(dtype, SHAPE), False)
    data[3:5, 7] = np.ma.masked
    data[60, 46] = np.ma.masked
    blank = 0 if dtype == "u2" else -999
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(data, compress=kind(tile_shape=(16, 20)), blank=blank)
        got = hdu.read(mask_blank=True)
        np.testing.assert_array_equal(got.mask, data.mask)
        np.testing.assert_array_equal(got.filled(blank), data.filled(blank))
    verify(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = by_astropy(path)
    if expected.dtype.kind == "f":
        np.testing.assert_array_equal(np.isnan(expected), data.mask)
    else:
        np.testing.assert_array_equal(expected, data.filled(blank))
    plain = path.with_name("plain.fits")
    rustfits.unpack(path, plain)
    with FITS(plain) as fits:
        np.testing.assert_array_equal(fits[1].read(mask_blank=True).mask, data.mask)


# ---- known traps ----


def test_plio_of_unsigned_16_bit_is_not_32768_too_high(tmp_path):
    path = tmp_path / "theirs.fits"
    data = mask("u2", SHAPE)
    fitsio.write(str(path), data, compress="PLIO")
    same(rustfits.read(path), data)
    ours = tmp_path / "ours.fits"
    rustfits.write(ours, data, compress=Plio1())
    same(rustfits.read(ours), data)
    same(by_fitsio(ours), data)


def test_gzip_tiles_narrower_than_zbitpix(tmp_path):
    # cfitsio writes integers of 32 bits as 16 where a tile has no others (fits_set_... does so for GZIP_1).
    path = tmp_path / "x.fits"
    data = image("i4", SHAPE)
    fitsio.write(str(path), data, compress="GZIP", tile_dims=(8, 47))
    same(rustfits.read(path), data)


def test_scaled_image_without_compression(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(image("i2", SHAPE), compress=NoCompress())
        with hdu.header.edit() as header:
            header["BSCALE"] = 0.5
            header["BZERO"] = 100.0
        got = hdu.read()
    assert got.dtype == "f8"
    np.testing.assert_array_equal(got, image("i2", SHAPE) * 0.5 + 100.0)
    np.testing.assert_array_equal(by_astropy(path), got)
    np.testing.assert_array_equal(by_funpack(path, 1), got)  # fitsio fails


def test_rice_tiles_with_a_short_tail(tmp_path):
    path = tmp_path / "x.fits"
    for width in (1, 31, 32, 33, 63, 65):
        for blocksize in (16, 32, 7):
            data = image("i4", (9, width))
            rustfits.write(path, data, compress=Rice1(blocksize=blocksize))
            same(rustfits.read(path), data)
            same(by_fitsio(path), data)
            same(by_astropy(path), data)


# ---- whole files ----


@pytest.mark.parametrize(
    "options", [{}, {"compress": "rice"}, {"compress": Gzip2()}, {"compress": "hcompress"}], ids=str
)
def test_pack_and_funpack_and_unpack_give_the_same_file(tmp_path, options):
    path, packed, back = tmp_path / "x.fits", tmp_path / "x.fits.fz", tmp_path / "back.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(image("i2", SHAPE), header={"OBJECT": "M 31", "EXPTIME": 1.5})
        fits[0].header.add_history("made for a test")
        fits.write_image(image("u2", (20, 30)), extname="SCI", extver=2)
        if "compress" not in options or isinstance(options["compress"], Gzip2):
            fits.write_image(image("f4", (20, 30)), extname="ERR")
        fits.write_table({"a": np.arange(10), "b": np.linspace(0, 1, 10)}, extname="CAT")
        fits.write_image(None, extname="EMPTY")
        for hdu in fits:
            hdu.add_checksum()
    rustfits.pack(path, packed, **options)
    verify(packed)
    with FITS(packed) as fits:
        assert [hdu.kind for hdu in fits][:3] == ["image", "compressed image", "compressed image"]
        assert fits[1].header["OBJECT"] == "M 31"
        assert fits["SCI", 2].verify_checksum() is True
    rustfits.unpack(packed, back)
    assert back.read_bytes() == path.read_bytes()
    theirs = tmp_path / "theirs.fits"
    run("funpack", "-O", theirs, packed)
    with FITS(path) as ours, FITS(theirs) as other:
        assert len(ours) == len(other)
        for mine, its in zip(ours, other, strict=True):
            if isinstance(mine, rustfits.ImageHDU) and mine.has_data:
                same(its.read(), mine.read())
            assert mine.raw_bytes() == its.raw_bytes()
            assert mine.extname == its.extname


def test_fpack_and_unpack_give_the_same_file_but_for_the_checksums(tmp_path):
    path, back = tmp_path / "x.fits", tmp_path / "back.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(image("i2", SHAPE), header={"OBJECT": "M 31"})
        fits.write_image(image("u2", (20, 30)), extname="SCI", extver=2)
    packed = fpack(path)
    rustfits.unpack(packed, back)
    verify(back)
    with FITS(path) as before, FITS(back) as after:
        for old, new in zip(before, after, strict=True):
            assert old.raw_bytes() == new.raw_bytes()
            added = set(new.header.cards) - set(old.header.cards)
            assert {card[:8].strip() for card in added} <= {"CHECKSUM", "DATASUM"}


def test_rows_of_a_big_image_in_tiles_of_odd_shapes(tmp_path: Path) -> None:
    path = tmp_path / "x.fits"
    data = image("i4", (300, 400))
    for tile in ((1, 400), (7, 13), (300, 1), (299, 399), (1000, 1000)):
        rustfits.write(path, data, compress=Rice1(tile_shape=tile))
        same(rustfits.read(path), data)
        same(by_fitsio(path), data)
        with FITS(path) as fits:
            assert fits[1].compression.tile_shape[1] == min(tile[1], 400)
            same(fits[1][100:200:3, 5:390], data[100:200:3, 5:390])
