# SPDX-License-Identifier: BSD-3-Clause
"""Any key on any image gives the result of numpy, and peers read the pixels that the library writes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rustfits

DTYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]

relaxed = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def shapes(least: int = 0) -> st.SearchStrategy[tuple[int, ...]]:
    """Ranks 1 to 5, with empty axes where `least` allows that."""
    rest = st.lists(st.integers(min(least, 1), 7), max_size=4)
    return st.builds(lambda first, others: (first, *others), st.integers(least, 9), rest)


@st.composite
def images(draw: st.DrawFn) -> np.ndarray[Any, Any]:
    """Pixels of any bits, so that bytes in the wrong order or place cannot look right."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    shape = draw(shapes())
    count = int(np.prod(shape))
    seed = draw(st.integers(0, 2**32 - 1))
    bits = np.random.default_rng(seed).bytes(count * dtype.itemsize)
    data = np.frombuffer(bits, dtype).reshape(shape).copy()
    if dtype.kind == "f":  # NaN is not equal to itself; it has tests of its own
        data[~np.isfinite(data)] = 1.5
    return data


def slices(length: int) -> st.SearchStrategy[slice]:
    bound = st.none() | st.integers(-length - 3, length + 3)
    step = st.none() | st.integers(-4, 4).filter(bool)
    return st.builds(slice, bound, bound, step)


def lists(length: int) -> st.SearchStrategy[Any]:
    """An index list or a mask, as a list or as an array of some integer type."""
    indices = st.lists(st.integers(-length, length - 1), max_size=8) if length else st.just([])
    arrays = st.builds(
        lambda values, dtype: np.array(values, dtype), indices, st.sampled_from(["i1", "i4", "i8"])
    )
    masks = st.lists(st.booleans(), min_size=length, max_size=length).map(
        lambda values: np.array(values, bool)
    )
    return indices | arrays | masks


@st.composite
def keys(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Any key that the package supports."""
    parts: list[Any] = []
    listed = False
    for length in shape[: draw(st.integers(0, len(shape)))]:
        kind = draw(st.sampled_from(["slice", "slice", "int", "list"]))
        if kind == "int" and length:
            number = draw(st.integers(-length, length - 1))
            parts.append(draw(st.sampled_from([number, np.int64(number), np.array(number)])))
        elif kind == "list" and not listed:
            parts.append(draw(lists(length)))
            listed = True
        else:
            parts.append(draw(slices(length)))
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), Ellipsis)
        # The parts behind "..." must suit the last axes.
        dots = next(i for i, part in enumerate(parts) if part is Ellipsis)
        behind = parts[dots + 1 :]
        fitting: list[Any] = []
        for part, length in zip(behind, shape[len(shape) - len(behind) :], strict=True):
            if isinstance(part, slice):
                fitting.append(part)
            elif np.ndim(part) == 0:
                fitting.append(draw(st.integers(-length, length - 1)) if length else slice(None))
            else:
                fitting.append(draw(lists(length)))
        parts[dots + 1 :] = fitting
    if len(parts) == 1 and draw(st.booleans()):
        return parts[0]
    return tuple(parts)


@st.composite
def images_and_keys(draw: st.DrawFn) -> tuple[np.ndarray[Any, Any], Any]:
    data = draw(images())
    return data, draw(keys(data.shape))


def write_by_astropy(path: Path, data: np.ndarray[Any, Any]) -> None:
    """In an extension behind another, so that its data does not begin at a round offset."""
    astropy_fits.HDUList(
        [astropy_fits.PrimaryHDU(np.zeros(3, "u1")), astropy_fits.ImageHDU(data)]
    ).writeto(path, overwrite=True)


def assert_same(got: Any, expected: Any) -> None:
    assert type(got) is type(expected)
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)
    if isinstance(got, np.ndarray):
        assert got.dtype.isnative
        assert got.flags.c_contiguous
        assert got.flags.writeable
        assert got.flags.owndata or got.base.flags.owndata


@relaxed
@given(images_and_keys(), st.sampled_from(["r", "r+", "memory"]))
def test_key_gives_numpys_answer(case: tuple[np.ndarray[Any, Any], Any], mode: str) -> None:
    # A file open for reading is read through a mapping, one open for writing by system calls, and
    # one in memory in place: three ways through the C core.
    data, key = case
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        write_by_astropy(path, data)
        opened = (
            rustfits.FITS.from_bytes(path.read_bytes())
            if mode == "memory"
            else rustfits.FITS(path, mode)
        )
        with opened as fits:
            hdu = fits[1]
            whole = hdu.read()
            assert_same(whole, data)
            assert_same(hdu[key], whole[key])


class Index(int):
    """An int that is none to those who look at the type."""


BOUNDS = st.none() | st.integers(-14, 14) | st.sampled_from([10**30, -(10**30), 2**63, True])
ODD_BOUNDS = BOUNDS | st.builds(
    lambda make, value: make(value),
    st.sampled_from([np.int64, np.uint8, np.int8, np.array, Index]),
    st.integers(0, 14),
)


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Any:
    data = np.arange(9 * 11, dtype="i4").reshape(9, 11)
    path = tmp_path_factory.mktemp("plane") / "plane.fits"
    astropy_fits.writeto(path, data)
    with rustfits.FITS(path) as fits:
        assert_same(fits[0][1:3, 2:5], data[1:3, 2:5])
        yield fits[0], data


@relaxed
@given(st.builds(slice, ODD_BOUNDS, ODD_BOUNDS), st.builds(slice, ODD_BOUNDS, ODD_BOUNDS))
def test_boxes_of_a_plane_are_numpys(plane: Any, rows: slice, columns: slice) -> None:
    # Two slices have a way of their own, open from the second look at an image on.
    hdu, data = plane
    assert_same(hdu[rows, columns], data[rows, columns])


@pytest.mark.parametrize("bad", [1.5, np.float32(2), "1", b"1"])
def test_boxes_have_integer_bounds(plane: Any, bad: Any) -> None:
    hdu, data = plane
    for key in ((slice(bad, 5), slice(1, 3)), (slice(0, 5), slice(1, bad)), (slice(bad, bad),) * 2):
        for pixels in (data, hdu):
            with pytest.raises(TypeError, match="slice indices must be integers"):
                pixels[key]


@relaxed
@given(images_and_keys(), st.booleans(), st.data())
def test_assigning_does_what_numpy_does(
    case: tuple[np.ndarray[Any, Any], Any], scalar: bool, draw: st.DataObject
) -> None:
    data, key = case
    model = data.copy()
    shape = np.shape(model[key])
    if not scalar and shape and draw.draw(st.booleans()):
        shape = tuple(
            draw.draw(st.sampled_from([1, n]))
            for n in shape[draw.draw(st.integers(0, len(shape))) :]
        )
    bits = np.random.default_rng(len(shape)).integers(0, 100, () if scalar else shape)
    value: Any = bits.astype(
        draw.draw(st.sampled_from([data.dtype, data.dtype.newbyteorder(">"), np.dtype("u1")]))
    )
    model[key] = value
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        write_by_astropy(path, data)
        before = path.read_bytes()
        with rustfits.FITS(path, "r+") as fits:
            fits[1][key] = value
            np.testing.assert_array_equal(fits[1].read(), model)
        with astropy_fits.open(path) as reread:
            np.testing.assert_array_equal(reread[1].data if data.size else model, model)
        # Headers, padding and the other HDU have kept their bytes.
        after = path.read_bytes()
        start = len(before) - (data.nbytes + 2879) // 2880 * 2880
        assert after[:start] == before[:start]
        assert after[start + data.nbytes :] == before[start + data.nbytes :]


@relaxed
@given(images(), st.booleans())
def test_peers_read_the_written_pixels(data: np.ndarray[Any, Any], big_endian: bool) -> None:
    given_data = data.astype(data.dtype.newbyteorder(">")) if big_endian else data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        with rustfits.FITS(path, "w+") as fits:
            fits.write_image(np.arange(5, dtype="i2"))
            fits.write_image(given_data, extname="A")
        with astropy_fits.open(path) as peer:
            peer.verify("exception")
            assert peer[1].shape == data.shape
            if data.size:
                assert peer[1].data.dtype.newbyteorder("=") == data.dtype
                np.testing.assert_array_equal(peer[1].data, data)
        # fitsio reads unsigned 64-bit integers as signed ones first, and those above 2^63 not at
        # all.
        if data.size and (data.dtype != np.uint64 or data.max() < 2**63):
            np.testing.assert_array_equal(fitsio.read(path, ext=1), data)


@relaxed
@given(images())
def test_what_fitsio_writes_is_what_we_read(data: np.ndarray[Any, Any]) -> None:
    if data.size == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        fitsio.write(path, data)
        with rustfits.FITS(path) as fits:
            hdu = next(hdu for hdu in fits if hdu.has_data)
            assert_same(hdu.read(), data)


STORED = {"u1": "B", "i2": "I", "i4": "J", "i8": "K", "f4": "E", "f8": "D"}


@relaxed
@given(
    st.sampled_from(["u1", "i2", "i4", "i8", "f4", "f8"]),
    st.sampled_from([0.5, 2.0, -1.0, 1.0, 1e-3]),
    st.sampled_from([0.0, 10.0, 32768.0, -128.0, 1e6]),
    st.none() | st.integers(0, 200),
    st.data(),
)
def test_scaled_images_equal_the_formula_and_astropy(
    stored: str, bscale: float, bzero: float, blank: int | None, draw: st.DataObject
) -> None:
    dtype = np.dtype(stored)
    raw = draw.draw(st.lists(st.integers(0, 250), min_size=1, max_size=40).map(np.array)).astype(
        dtype
    )
    key = draw.draw(keys(raw.shape))
    header = astropy_fits.Header()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        hdu = astropy_fits.PrimaryHDU(raw, header)
        hdu.header["BSCALE"] = bscale
        hdu.header["BZERO"] = bzero
        if blank is not None and dtype.kind != "f":
            hdu.header["BLANK"] = blank
        hdu.writeto(path, output_verify="ignore")
        offset_type = bscale == 1.0 and (stored, bzero) in [("i2", 32768.0), ("u1", -128.0)]
        plain = bscale == 1.0 and bzero == 0.0
        with rustfits.FITS(path) as fits:
            image = fits[0]
            np.testing.assert_array_equal(image.read(scale=False), raw)
            assert image.read(scale=False).dtype == dtype
            values = image.read()
            if offset_type:
                expected = raw.astype("f8") + bzero
                assert values.dtype == ("u2" if stored == "i2" else "i1")
            elif plain:
                expected = raw
                assert values.dtype == dtype
            else:
                expected = raw.astype("f8") * bscale + bzero
                assert values.dtype == np.float64
            np.testing.assert_array_equal(values, expected)
            np.testing.assert_array_equal(image[key], values[key])
            single = image.read(dtype="f4")
            assert single.dtype == np.float32
            np.testing.assert_array_equal(single, np.asarray(expected, "f8").astype("f4"))
            masked = image.read(mask_blank=True)
            has_blank = blank is not None and dtype.kind != "f"
            np.testing.assert_array_equal(
                np.ma.getmaskarray(masked),
                (raw == blank) if has_blank else np.zeros(raw.shape, bool),
            )
        if not has_blank and dtype.itemsize * 8 > 16:  # below, astropy computes in float32
            with astropy_fits.open(path) as peer:
                np.testing.assert_allclose(peer[0].data, expected, rtol=1e-6)


@relaxed
@given(
    st.sampled_from(["u1", "i2", "i4", "i8"]),
    st.sampled_from([0.5, 2.0, -1.0]),
    st.sampled_from([0.0, 10.0, -7.5]),
    st.lists(st.integers(0, 99), min_size=1, max_size=30),
    st.data(),
)
def test_scaled_values_written_are_stored_to_the_nearest(
    stored: str, bscale: float, bzero: float, values: list[int], draw: st.DataObject
) -> None:
    wanted = np.array(values, "f8")
    hole = draw.draw(st.lists(st.booleans(), min_size=len(values), max_size=len(values)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.fits")
        # Negative scales need negative stored values, which unsigned bytes do not have.
        offset = bzero + (200 * abs(bscale) if bscale < 0 else -2 * abs(bzero))
        hdu = astropy_fits.PrimaryHDU(np.zeros(len(values), stored))
        hdu.header["BSCALE"], hdu.header["BZERO"], hdu.header["BLANK"] = (
            bscale,
            offset,
            255 if stored == "u1" else -99,
        )
        hdu.writeto(path, output_verify="ignore")
        stored_values = np.rint((wanted - offset) / bscale)
        limits = np.iinfo(stored)
        if stored_values.min() < limits.min or stored_values.max() > limits.max:
            with (
                rustfits.FITS(path, "r+") as fits,
                pytest.raises(rustfits.FITSValueError, match="would be stored as"),
            ):
                fits[0][...] = wanted
            assert not astropy_fits.getdata(path, do_not_scale_image_data=True).any()
            return
        with rustfits.FITS(path, "r+") as fits:
            fits[0].write(np.ma.MaskedArray(wanted, hole))
        got = astropy_fits.getdata(path, do_not_scale_image_data=True)
        expected = np.where(hole, 255 if stored == "u1" else -99, stored_values)
        np.testing.assert_array_equal(got, expected)
