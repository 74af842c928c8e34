# SPDX-License-Identifier: BSD-3-Clause
"""`ImageHDU.write` of rustfits.fitsio beyond the end of an image, next to the fitsio package.

fitsio puts the old pixels in C order into the grown image, so that they leave their positions when
another axis than the first grows. Here they stay: such results are compared with numpy.
"""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rustfits import fitsio as ours
from support.fitsio_scripts import both

AFTER = np.arange(2000, dtype="i2")


def grown(old, data, start):
    """Return what numpy makes of the same write; new pixels are stored as 0."""
    zero = np.array(2 ** (8 * old.itemsize - 1) if old.dtype == "u2" else 0, old.dtype)
    ends = zip(old.shape, start, data.shape, strict=True)
    made = np.full([max(n, a + m) for n, a, m in ends], zero)
    made[tuple(slice(n) for n in old.shape)] = old
    made[tuple(slice(a, a + n) for a, n in zip(start, data.shape, strict=True))] = data
    return made


@st.composite
def sequences(draw, ndim):
    """Draw an image, and writes to it that make only its first axis longer."""
    shape = draw(st.tuples(*[st.integers(1, 5)] * ndim))
    writes = []
    for _ in range(draw(st.integers(1, 4))):
        lengths = [draw(st.integers(1, 5)), *(draw(st.integers(1, n)) for n in shape[1:])]
        inner = [draw(st.integers(0, n - m)) for n, m in zip(shape[1:], lengths[1:], strict=True)]
        first = draw(st.integers(0, 9))
        scalar = ndim == 1 and draw(st.booleans())
        writes.append((first if scalar else [first, *inner], tuple(lengths)))
    return shape, writes


@given(
    sequence=st.integers(1, 3).flatmap(sequences),
    kind=st.sampled_from(["u1", "i1", "i2", "u2", "i4", "f4"]),
)
def test_growth_along_the_first_axis_gives_the_bytes_of_fitsio(tmp_path_factory, sequence, kind):
    shape, writes = sequence
    folder = tmp_path_factory.mktemp("grow")
    results = {}
    for module in (original, ours):
        path = folder / f"{module.__name__}.fits"
        with original.FITS(str(path), "rw") as fits:  # one writer for both: headers are the same
            fits.write(np.arange(1, 1 + int(np.prod(shape))).reshape(shape).astype(kind))
            fits.write(AFTER)
        with module.FITS(str(path), "rw") as fits:
            for number, (start, lengths) in enumerate(writes):
                fits[0].write(np.full(lengths, 50 + number, kind), start=start)
            pixels = fits[0].read()
        results[module] = pixels.tolist(), pixels.shape, path.read_bytes()
    assert results[ours] == results[original]


@pytest.mark.parametrize("kind", ["i2", "u2", "f8"])
@pytest.mark.parametrize("start", [[0, 3], [1, 5], [3, 1], [4, 4]])
def test_growth_along_another_axis_keeps_old_pixels_where_they_are(tmp_path, kind, start):
    old = np.arange(1, 7).reshape(2, 3).astype(kind)
    data = np.array([[70, 80, 90]], kind)
    results = {}
    for module in (original, ours):
        path = str(tmp_path / f"{module.__name__}.fits")
        with module.FITS(path, "rw") as fits:
            fits.write(old)
            fits.write(AFTER)
            fits[0].write(data, start=start)
            results[module] = fits[0].read()
            assert fits[1].read().tolist() == AFTER.tolist()
            assert fits[0].get_dims() == list(results[module].shape)
    theirs, mine = results[original], results[ours]
    assert mine.shape == theirs.shape and mine.dtype == theirs.dtype
    place = tuple(slice(a, a + n) for a, n in zip(start, data.shape, strict=True))
    np.testing.assert_array_equal(mine[place], theirs[place])
    np.testing.assert_array_equal(mine, grown(old, data, start))


@pytest.mark.parametrize(
    ("shape", "data", "start"),
    [
        ((4, 5), (2, 3), 0),
        ((4, 5), (2, 3), 7),
        ((4, 5), (1, 5), 15),
        ((2, 3, 4), (1, 2, 2), 17),
        ((6,), (3,), 2),
        ((6,), (3,), 20),
        ((0,), (3,), 0),
        ((0,), (3,), 2),
        ((4, 5), (2, 3), np.int64(7)),
        ((4, 5), (2, 3), np.array([1, 1])),
    ],
)
def test_start_as_a_number_of_a_pixel(tmp_path, shape, data, start):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.create_image_hdu(dims=shape, dtype="i4")
            fits[0].write(np.arange(1, 1 + np.prod(data), dtype="i4").reshape(data), start=start)
            pixels = fits[0].read()
            return pixels.tolist(), pixels.shape, fits[0].get_dims()

    both(script, tmp_path)


@pytest.mark.parametrize(
    ("shape", "data", "start"),
    [
        ((4, 5), (2, 3), 3),  # over the end of rows
        ((4, 5), (2, 3), 20),
        ((4, 5), (2, 3), -1),
        ((4, 5), (2, 3, 1), 0),
        ((4, 5), (3,), 0),
        ((4, 5), (2, 3), [1]),
        ((6,), (2, 5), 0),  # does not fit
        ((4, 5), (0, 5), [9, 0]),
        ((4, 5), (), 0),
    ],
)
def test_writes_that_fitsio_refuses_are_refused(tmp_path, shape, data, start):
    for module in (original, ours):
        with module.FITS(str(tmp_path / f"{module.__name__}.fits"), "rw") as fits:
            fits.create_image_hdu(dims=shape, dtype="i4")
            with pytest.raises((ValueError, IndexError, OSError)):
                fits[0].write(np.ones(data, "i4"), start=start)
            assert fits[0].read().tolist() == np.zeros(shape).tolist()


def test_two_axes_are_written_to_one_as_older_fitsio_did(tmp_path):
    with ours.FITS(str(tmp_path / "a.fits"), "rw") as fits:
        fits.write(np.zeros(8, "i4"))
        fits[0].write(np.arange(1, 5, dtype="i4").reshape(2, 2), start=3)
        assert fits[0].read().tolist() == [0, 0, 0, 1, 2, 3, 4, 0]


@pytest.mark.parametrize("dims", [(3, 2), 6, (4, 4), (2,), (0,), (1, 2, 3), (1000, 7)])
def test_reshape_gives_what_fitsio_gives(tmp_path, dims):
    def script(module, path):
        with module.FITS(path, "rw") as fits:
            fits.write(np.arange(1, 7, dtype="u2").reshape(2, 3))
            fits.write(AFTER)
            fits[0].reshape(dims)
            return fits[0].read().tolist(), fits[0].get_dims(), fits[1].read().tolist()

    both(script, tmp_path)
