# SPDX-License-Identifier: BSD-3-Clause
"""HCOMPRESS_1 against the encoder and decoder of cfitsio that astropy carries, over random tiles.

Streams have to be cfitsio's byte for byte, pixels to the last bit, whatever the shape, the scale and
with or without smoothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from astropy.io.fits.hdu.compressed._codecs import HCompress1
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from support.compressed import cells

Pixels = npt.NDArray[np.integer]

# cfitsio takes no tile with fewer pixels along an axis.
LEAST = 4


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hcompress") / "image.fits"


def codec(pixels: Pixels, scale: int, *, smooth: bool = False) -> HCompress1:
    """Give cfitsio's codec as cfitsio uses it: 32 bits for pixels of 8 and 16 bits, 64 for 32."""
    rows, columns = pixels.shape
    bytepix = 8 if pixels.dtype.itemsize == 4 else 4
    return HCompress1(scale=scale, smooth=smooth, bytepix=bytepix, nx=rows, ny=columns)


def encoded(pixels: Pixels, scale: int) -> bytes:
    """Give cfitsio's stream."""
    cfitsio = codec(pixels, scale)
    return bytes(cfitsio.encode(pixels.astype(f"i{cfitsio.bytepix}")))


def decoded(pixels: Pixels, stream: bytes, scale: int, *, smooth: bool) -> Pixels:
    """Give cfitsio's pixels, as cfitsio puts them into the type of the image."""
    flat = codec(pixels, scale, smooth=smooth).decode(np.frombuffer(stream, "u1"))
    limits = np.iinfo(pixels.dtype)
    clipped = np.clip(flat[: pixels.size], limits.min, limits.max)
    return clipped.astype(pixels.dtype).reshape(pixels.shape)


@st.composite
def tiles(draw: st.DrawFn) -> Pixels:
    """Noise of some width on a slope, with some peaks."""
    dtype = np.dtype(draw(st.sampled_from(["u1", "i2", "i4"])))
    shape = draw(st.tuples(st.integers(LEAST, 70), st.integers(LEAST, 140)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    bits = draw(st.integers(0, 8 * dtype.itemsize - 1))
    row, column = np.indices(shape)
    pixels = rng.integers(0, 2**bits, shape, dtype="i8")
    pixels += draw(st.integers(-9, 9)) * row + draw(st.integers(-9, 9)) * column
    pixels[rng.random(shape) < draw(st.sampled_from([0, 0.01]))] = np.iinfo(dtype).max
    return pixels.astype(dtype)


@settings(max_examples=150, deadline=None)
@given(
    pixels=tiles(),
    scale=st.sampled_from([0, 2, 3, 16, 25, 300]),
    smooth=st.booleans(),
)
def test_streams_and_pixels_are_those_of_cfitsio(
    path: Path, pixels: Pixels, scale: int, smooth: bool
) -> None:
    config = rustfits.Hcompress1(tile_shape=pixels.shape, scale=scale, smooth=smooth)
    path.unlink(missing_ok=True)
    rustfits.write(path, pixels, compress=config)
    (stream,) = cells(path)
    assert stream == encoded(pixels, scale)
    expected = decoded(pixels, stream, scale, smooth=smooth)
    np.testing.assert_array_equal(rustfits.read(path), expected)
    if scale <= 1:
        np.testing.assert_array_equal(expected, pixels)
