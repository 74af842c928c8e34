# SPDX-License-Identifier: BSD-3-Clause
"""Images both ways with astropy and fitsio, over types, ranks and scaling, bit for bit."""

from __future__ import annotations

import warnings
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rustfits
from rustfits import FITS

TYPES = ["u1", "i2", "i4", "i8", "f4", "f8", "i1", "u2", "u4", "u8"]
SHAPES = [
    (7,),
    (1,),
    (3, 5),
    (1, 1),
    (2, 3, 4),
    (2, 1, 3, 2),
    (2,) * 7,
    (1, 2, 1, 1, 3, 1, 1, 2, 1),
]


def values(dtype: str, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Random values with the extremes of the type among them."""
    kind = np.dtype(dtype)
    count = int(np.prod(shape))
    if kind.kind == "f":
        flat = rng.normal(size=count).astype(kind) * 10 ** rng.integers(-20, 20, count).astype(kind)
        special = [np.nan, np.inf, -np.inf, 0.0, -0.0, np.finfo(kind).max, np.finfo(kind).tiny]
    else:
        info = np.iinfo(kind)
        flat = rng.integers(info.min, info.max, count, dtype=kind, endpoint=True)
        special = [info.min, info.max, 0, 1, info.max // 2]
    some = min(count, len(special))
    flat[rng.permutation(count)[:some]] = np.array(special[:some], kind)
    return flat.reshape(shape)


def same(ours: np.ndarray, theirs: np.ndarray) -> None:
    """The same shape, type and bits, whatever the byte order."""
    assert ours.dtype.isnative
    theirs = np.asarray(theirs)
    theirs = theirs.astype(theirs.dtype.newbyteorder("="))
    assert ours.dtype == theirs.dtype
    assert ours.shape == theirs.shape
    assert ours.tobytes() == theirs.tobytes()


def as_fitsio_writes(data: np.ndarray) -> np.ndarray:
    """cfitsio writes infinities as NaN, and one NaN for all."""
    return np.where(np.isfinite(data), data, np.nan).astype(data.dtype)


def equal(ours: np.ndarray, theirs: np.ndarray) -> None:
    """The same shape, type and values, whatever the bits of NaN."""
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("extension", [0, 1], ids=["primary", "extension"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", TYPES)
def test_ours_read_by_astropy_and_fitsio(tmp_path, rng, dtype, shape, extension):
    data = values(dtype, shape, rng)
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        if extension:
            fits.write_image(None)
        fits.write_image(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path) as other:
            other.verify("exception")
            same(data, other[extension].data)
    if dtype != "u8":  # fitsio reads these as int64, with an overflow
        same(data, fitsio.read(path, ext=extension))


@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("dtype", TYPES)
def test_theirs_read_by_us(tmp_path, rng, dtype, shape, compressed):
    data = values(dtype, shape, rng)
    by_astropy = tmp_path / ("a.fits.gz" if compressed else "a.fits")
    by_fitsio = tmp_path / ("b.fits.gz" if compressed else "b.fits")
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), astropy_fits.ImageHDU(data)]).writeto(
        by_astropy
    )
    same(rustfits.read(by_astropy), data)
    if dtype.startswith("f"):
        fitsio.write(by_fitsio, data)
        equal(rustfits.read(by_fitsio), as_fitsio_writes(data))
    elif dtype != "u8":  # fitsio does not write these
        fitsio.write(by_fitsio, data)
        same(rustfits.read(by_fitsio), data)


@pytest.mark.parametrize("bitpix", [8, 16, 32, 64, -32, -64])
@pytest.mark.parametrize(
    ("bscale", "bzero"),
    [(2.0, 0.0), (1.0, 100.0), (0.1, -7.25), (-1.0, 0.5), (1e-7, 1e10), (1.0, 0.5), (1.5, 32768.0)],
)
def test_scaled_images_are_float64(tmp_path, rng, bitpix, bscale, bzero):
    stored_type = {8: "u1", 16: "i2", 32: "i4", 64: "i8", -32: "f4", -64: "f8"}[bitpix]
    stored = values(stored_type, (6, 7), rng)
    if bitpix < 0:
        stored = rng.normal(size=(6, 7)).astype(stored_type)
    path = tmp_path / "x.fits"
    hdu = astropy_fits.PrimaryHDU(stored)
    hdu.header["BSCALE"] = bscale
    hdu.header["BZERO"] = bzero
    hdu.writeto(path)
    # astropy scales in the type of the pixels; the standard's formula in double precision is the truth.
    expected = stored.astype("f8") * bscale + bzero
    with FITS(path) as fits:
        ours = fits[0].read()
        assert ours.dtype == np.dtype("f8")
        np.testing.assert_allclose(ours, expected, rtol=1e-15, atol=0)
        same(fits[0].read(scale=False), stored)
        narrow = fits[0].read(dtype="f4")
        assert narrow.dtype == np.dtype("f4")
        np.testing.assert_array_equal(narrow, expected.astype("f4"))
    with astropy_fits.open(path) as other:
        np.testing.assert_allclose(ours, other[0].data, rtol=1e-6, atol=1e-6 * abs(bzero))


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "u2", "u4", "u8", "i1"])
def test_blank_both_ways(tmp_path, rng, dtype):
    data = rng.integers(0, 100, (9, 11)).astype(dtype)
    mask = rng.random((9, 11)) < 0.3
    path = tmp_path / "x.fits"
    rustfits.write_image(path, np.ma.MaskedArray(data, mask), blank=77)
    with FITS(path) as fits:
        ours = fits[0].read(mask_blank=True)
    np.testing.assert_array_equal(ours.compressed(), data[(~mask) & ~ours.mask])
    assert (ours.mask | ~mask).all()
    with astropy_fits.open(path, do_not_scale_image_data=True) as other:
        # BLANK is a stored value (FITS 4.4.2.5), blank= one of the array's.
        stored = 77 - int(other[0].header.get("BZERO", 0))
        assert other[0].header["BLANK"] == stored
        np.testing.assert_array_equal(ours.mask, np.asarray(other[0].data) == stored)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_masked_floats_become_nan(tmp_path, rng, dtype):
    data = np.ma.MaskedArray(rng.normal(size=20).astype(dtype), rng.random(20) < 0.4)
    path = tmp_path / "x.fits"
    rustfits.write_image(path, data)
    same(np.asarray(data.filled(np.nan)), astropy_fits.getdata(path))


SECTIONS = [
    np.s_[2:5],
    np.s_[3],
    np.s_[-1, ...],
    np.s_[:, 1:9:2],
    np.s_[1:3, 2:4],
    np.s_[..., 5],
    np.s_[::-1, ::-3],
    np.s_[4:1, :],
]


@pytest.mark.parametrize("dtype", TYPES)
def test_sections_of_their_files(tmp_path, rng, dtype):
    data = values(dtype, (8, 12), rng)
    if dtype.startswith("f"):
        data = as_fitsio_writes(data)
    for writer in ("astropy", "fitsio") if dtype != "u8" else ("astropy",):
        path = tmp_path / f"{writer}.fits"
        if writer == "astropy":
            astropy_fits.PrimaryHDU(data).writeto(path)
        else:
            fitsio.write(path, data)
        with FITS(path) as fits:
            for key in SECTIONS:
                expected = data[key]
                got = fits[0][key]
                assert np.shape(got) == np.shape(expected)
                equal(np.asarray(got), np.asarray(expected))


def test_editing_their_files(tmp_path, rng):
    """Edits by turns: each library sees what the others have done."""
    path = tmp_path / "x.fits"
    data = rng.integers(-1000, 1000, (20, 30)).astype("i4")
    astropy_fits.HDUList(
        [astropy_fits.PrimaryHDU(), astropy_fits.ImageHDU(data, name="SCI")]
    ).writeto(path, checksum=True)
    with FITS(path, "r+") as fits:
        fits["SCI"][3:6, ::2] = 7
        data[3:6, ::2] = 7
        fits["SCI"].header["EDITOR"] = ("rustfits", "who")
        fits["SCI"].add_checksum()
        fits.write_image(data.astype("f4"), extname="COPY")
    with fitsio.FITS(path, "rw") as other:
        assert other["SCI"].read_header()["EDITOR"] == "rustfits"
        np.testing.assert_array_equal(other["SCI"].read(), data)
        other["SCI"].write(data[:2] * 2)
        data[:2] *= 2
        other.write(data[0], extname="ROW")
    with FITS(path, "r+") as fits:
        np.testing.assert_array_equal(fits["SCI"].read(), data)
        np.testing.assert_array_equal(fits["ROW"].read(), data[0])
        assert fits["SCI"].verify_datasum() is False
        fits["SCI"].add_checksum()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path, checksum=True) as other:
            other.verify("exception")
            np.testing.assert_array_equal(other["SCI"].data, data)
            np.testing.assert_array_equal(other["ROW"].data, data[0])


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    data=st.sampled_from([t for t in TYPES if t != "u8"]).flatmap(
        lambda dtype: hnp.arrays(dtype, hnp.array_shapes(max_dims=5, max_side=6))
    ),
    writer=st.sampled_from(["rustfits", "astropy", "fitsio"]),
)
def test_any_image_any_writer(tmp_path: Path, data: np.ndarray, writer: str) -> None:
    path = tmp_path / "any.fits"
    path.unlink(missing_ok=True)
    if writer == "rustfits":
        rustfits.write(path, data)
    elif writer == "astropy":
        astropy_fits.PrimaryHDU(data).writeto(path)
    else:
        if data.dtype.kind == "f":
            data = as_fitsio_writes(data)
        fitsio.write(path, data)
    equal(rustfits.read(path), data)
    equal(fitsio.read(path), data)
    theirs = np.asarray(astropy_fits.getdata(path))
    assert np.array_equal(theirs, data, equal_nan=data.dtype.kind == "f")
