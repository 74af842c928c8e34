# SPDX-License-Identifier: BSD-3-Clause
"""`ImageHDU.write(grow=True)`: any axis becomes longer, and every pixel keeps its position."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given
from hypothesis import strategies as st

from rustfits import FITS, FITSReadOnlyError, FITSTypeError, FITSUnsupportedError, FITSValueError

OLD = np.arange(1, 13, dtype="i4").reshape(4, 3)


def grown(old: np.ndarray, data: np.ndarray, start: tuple[int, ...]) -> np.ndarray:
    """Return what numpy makes of the same write."""
    ends = zip(old.shape, start, data.shape, strict=True)
    made = np.zeros([max(n, a + m) for n, a, m in ends], old.dtype)
    made[tuple(slice(n) for n in old.shape)] = old
    made[tuple(slice(a, a + n) for a, n in zip(start, data.shape, strict=True))] = data
    return made


def check_file(path, expected: np.ndarray, index: int = 0) -> None:
    """Compare with what astropy reads from the image and from the HDU after it."""
    with astropy_fits.open(path) as file:
        assert file[index].data.dtype.newbyteorder("=") == expected.dtype
        np.testing.assert_array_equal(file[index].data, expected)
        np.testing.assert_array_equal(file["AFTER"].data, np.arange(900, dtype="i2"))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(OLD, header={"CRPIX1": 2.5, "HISTORY": "made"})
        fits.write_image(np.arange(900, dtype="i2"), extname="AFTER")
    return path


@pytest.mark.parametrize(
    ("start", "shape"),
    [
        ((0, 3), (4, 2)),  # columns behind the last
        ((0, 5), (4, 2)),  # columns between that nothing is written to
        ((1, 2), (2, 4)),  # over the end of rows
        ((3, 2), (3, 2)),  # over the corner
        ((4, 3), (1, 1)),  # behind the corner
        ((9, 0), (1, 3)),  # rows between
        ((0, 0), (4, 3)),  # nothing grows
        ((0, 700), (2, 300)),  # several blocks
        ((800, 700), (2, 300)),
        ((0, 3), (400, 2)),  # many short rows
        ((1, 1), (300, 900)),
        ((0, 5), (300, 20_000)),
    ],
)
def test_write_grows_axes_that_the_data_exceed(path, start, shape):
    data = -1 - np.arange(np.prod(shape), dtype="i4").reshape(shape)
    with FITS(path, "r+") as fits:
        fits[0].write(data, start=start, grow=True)
        expected = grown(OLD, data, start)
        assert fits[0].shape == expected.shape
        np.testing.assert_array_equal(fits[0].read(), expected)
        assert fits[0].header["CRPIX1"] == 2.5 and fits[0].header["HISTORY"] == ["made"]
    check_file(path, expected)


def test_write_without_grow_refuses_pixels_beyond_the_end(path):
    before = path.read_bytes()
    with FITS(path, "r+") as fits, pytest.raises(FITSValueError):
        fits[0].write(OLD, start=(0, 1))
    assert path.read_bytes() == before


def test_extend_with_grow_follows_the_last_plane(path):
    with FITS(path, "r+") as fits:
        fits[0].extend(np.full((2, 5), -1, "i4"), grow=True)
        expected = grown(OLD, np.full((2, 5), -1, "i4"), (4, 0))
        np.testing.assert_array_equal(fits[0].read(), expected)
    check_file(path, expected)


@pytest.mark.parametrize(
    ("data", "start", "error"),
    [
        (np.zeros((4, 4), "f4"), (0, 0), FITSTypeError),
        (np.full((4, 4), 2**40), (0, 0), FITSValueError),
        (np.zeros((4, 4, 1), "i4"), (0, 0, 0), FITSValueError),
        (np.zeros((4, 4), "i4"), (0,), FITSValueError),
        (np.zeros((4, 4), "i4"), (-1, 0), FITSValueError),
        (np.zeros((4, 4), "i4"), (2**62, 2**62), (FITSValueError, OSError)),
        (np.ma.masked_equal(np.zeros((4, 4), "i4"), 0), (0, 0), FITSValueError),
        (np.int32(3), (), FITSValueError),
    ],
)
def test_a_refused_growth_leaves_the_file(path, data, start, error):
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises(error):
            fits[0].write(data, start=start, grow=True)
        assert fits[0].shape == OLD.shape
    assert path.read_bytes() == before
    with FITS(path) as fits, pytest.raises(FITSReadOnlyError):
        fits[0].write(OLD, start=(1, 1), grow=True)


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "u2", "u4", "i8", "u8", "f4", "f8"])
def test_new_pixels_are_stored_as_zero(tmp_path, kind):
    path = tmp_path / "a.fits"
    old = np.arange(6).reshape(2, 3).astype(kind)
    with FITS(path, "w+") as fits:
        fits.write_image(old)
        fits[0].write(np.ones((1, 1), kind), start=(2, 4), grow=True)
        stored = fits[0].read(scale=False)
        assert stored.shape == (3, 5)
        assert not stored[:2, 3:].any() and not stored[2, :4].any()
        np.testing.assert_array_equal(fits[0][:2, :3], old)
        assert fits[0][2, 4] == 1


def test_a_scaled_image_keeps_its_scale(tmp_path):
    path = tmp_path / "a.fits"
    file = astropy_fits.PrimaryHDU(np.arange(6, dtype="i2").reshape(2, 3))
    file.header["BZERO"], file.header["BSCALE"], file.header["BLANK"] = 10.5, 2.0, -5
    file.writeto(path)
    with FITS(path, "r+") as fits:
        fits[0].write(np.ma.masked_equal([[20.5, 0.5]], 0.5), start=(0, 3), grow=True)
        assert fits[0].read(scale=False).tolist() == [[0, 1, 2, 5, -5], [3, 4, 5, 0, 0]]


def test_an_hdu_without_data_gets_the_axes_of_the_data(tmp_path):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_table({"a": np.arange(5)})
        fits.write_image(np.arange(900, dtype="i2"), extname="AFTER")
        assert fits[0].shape == ()
        fits[0].write(np.full((2, 3), 7, "u1"), start=(1, 0), grow=True)
        assert fits[0].shape == (3, 3) and fits[1].read()["a"].tolist() == [0, 1, 2, 3, 4]
    check_file(path, np.array([[0] * 3, [7] * 3, [7] * 3], "u1"))


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (0, 0, 0)])
def test_an_image_without_pixels_grows(tmp_path, shape):
    path = tmp_path / "a.fits"
    data = np.arange(1, 1 + 2 ** len(shape), dtype="i4").reshape((2,) * len(shape))
    with FITS(path, "w+") as fits:
        fits.create_image_hdu("i4", shape)
        fits.write_image(np.arange(900, dtype="i2"), extname="AFTER")
        fits[0].write(data, start=(1,) * len(shape), grow=True)
    check_file(path, grown(np.zeros(shape, "i4"), data, (1,) * len(shape)))


def test_compressed_images_grow_along_axis_0_only(tmp_path):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(OLD, compress="RICE_1")
        before = path.read_bytes()
        with pytest.raises(FITSUnsupportedError, match="axis 0 only"):
            hdu.write(OLD, start=(0, 1), grow=True)
        assert hdu.shape == OLD.shape and path.read_bytes() == before
        hdu.write(np.full((2, 2), -1, "i4"), start=(3, 1), grow=True)
        np.testing.assert_array_equal(hdu.read(), grown(OLD, np.full((2, 2), -1), (3, 1)))
        with hdu.extending():
            hdu.extend(OLD[:1])
            hdu.write(OLD[:1], start=(6, 0), grow=True)
        assert hdu[5:].tolist() == OLD[[0, 0]].tolist()


def test_rows_longer_than_a_block_move_one_by_one(tmp_path):
    path = tmp_path / "a.fits"
    old = np.arange(3 * 2 * 150_000, dtype="f4").reshape(3, 2, 150_000)
    data = np.full((2, 2, 2), -1, "f4")
    with FITS(path, "w+") as fits:
        fits.write_image(old)
        fits.write_image(np.arange(900, dtype="i2"), extname="AFTER")
        fits[0].write(data, start=(2, 1, 149_999), grow=True)
    check_file(path, grown(old, data, (2, 1, 149_999)))


@st.composite
def sequences(draw):
    """Draw the shape of an image, and positions and shapes of writes to it."""
    ndim = draw(st.integers(1, 4))
    lengths = st.tuples(*[st.integers(1, 5)] * ndim)
    places = st.tuples(*[st.integers(0, 8)] * ndim)
    shape = draw(st.tuples(*[st.integers(0, 5)] * ndim))
    return shape, draw(st.lists(st.tuples(places, lengths), min_size=1, max_size=4))


@given(
    sequence=sequences(),
    kind=st.sampled_from(["u1", "i2", "u2", "f8"]),
    store=st.sampled_from(["file", "memory"]),
)
def test_any_sequence_of_writes_gives_what_numpy_gives(tmp_path_factory, sequence, kind, store):
    shape, writes = sequence
    folder = tmp_path_factory.mktemp("grow")
    path = folder / "a.fits"
    name = path if store == "file" else "mem://"
    expected = np.arange(1, 1 + int(np.prod(shape))).reshape(shape).astype(kind)
    zero = np.array(32768 if kind == "u2" else 0, kind)
    with FITS(name, "w+") as fits:
        fits.write_image(expected)
        fits.write_image(np.arange(900, dtype="i2"), extname="AFTER")
        for number, (place, lengths) in enumerate(writes):
            data = np.full(lengths, 100 + number, kind)
            data.ravel()[-1] += 50
            fits[0].write(data, start=place, grow=True)
            expected = grown(expected - zero, data - zero, place) + zero
            np.testing.assert_array_equal(fits[0].read(), expected)
            assert fits["AFTER"].read().tolist() == list(range(900))
        if store == "memory":
            path.write_bytes(fits.to_bytes())
    check_file(path, expected)
