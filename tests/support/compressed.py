# SPDX-License-Identifier: BSD-3-Clause
"""Images to compress, and what others make of compressed files."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
from astropy.io import fits as astropy_fits
from hypothesis import strategies as st

INTEGERS = ("u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8")
REALS = ("f4", "f8")
SHAPE = (61, 47)


def image(dtype: str, shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    """A sky of that type: noise on a slope and some bright pixels, on both sides of what is stored as 0."""
    rng = np.random.default_rng(seed)
    size = int(np.prod(shape))
    noise = rng.normal(0, 9, size)
    slope = np.linspace(-20, 20, size)
    bright = np.where(rng.random(size) < 0.01, rng.uniform(0, 60, size), 0)
    sky = noise + slope + bright
    kind = np.dtype(dtype)
    if kind.kind == "f":
        return (1000 + sky).astype(kind).reshape(shape)
    middle = {"u1": 90, "i1": 0, "u2": 32768, "u4": 2**31, "u8": 2**63, "i8": 2**40}.get(dtype, 100)
    values = np.rint(sky).astype(np.int64)
    return (values.astype(object) + middle).astype(kind).reshape(shape)


def mask(dtype: str, shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    """A mask of that type: flat regions of small numbers."""
    rng = np.random.default_rng(seed)
    made = np.zeros(shape, dtype)
    for value in (1, 2, 8, 100):
        corner = [int(rng.integers(0, length)) for length in shape]
        made[
            tuple(slice(at, at + length // 2 + 1) for at, length in zip(corner, shape, strict=True))
        ] = value
    return made


def cells(path: Path, column: str = "COMPRESSED_DATA", ext: int = 1) -> list[bytes]:
    """The bytes of each tile, as astropy finds them in the binary table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with astropy_fits.open(path, disable_image_compression=True) as hdus:
            if column not in hdus[ext].columns.names:
                return []
            return [
                np.asarray(cell).astype(np.asarray(cell).dtype.newbyteorder(">")).tobytes()
                for cell in hdus[ext].data[column]
            ]


def column(path: Path, name: str, ext: int = 1) -> np.ndarray | None:
    """A plain column of the binary table, None when there is none."""
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        return np.array(hdus[ext].data[name]) if name in hdus[ext].columns.names else None


def by_fitsio(path: Path, ext: int = 1) -> np.ndarray:
    """What cfitsio reads."""
    with fitsio.FITS(str(path)) as fits:
        return fits[ext].read()


def by_astropy(path: Path, ext: int = 1) -> np.ndarray:
    """What astropy reads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with astropy_fits.open(path, uint=True, memmap=False) as hdus:
            data = np.asarray(hdus[ext].data)
    return data.astype(data.dtype.newbyteorder("="))


def run(*arguments: Any) -> str:
    """Run a program, which must succeed, and give what it says."""
    program = shutil.which(str(arguments[0]))
    assert program is not None, (
        f"{arguments[0]} is needed: apt-get install libcfitsio-bin fitsverify"
    )
    done = subprocess.run(
        [program, *map(str, arguments[1:])], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


def by_funpack(path: Path, ext: int = 0) -> np.ndarray:
    """What cfitsio's funpack makes of it."""
    out = path.with_name(path.name + ".funpacked")
    out.unlink(missing_ok=True)
    run("funpack", "-O", out, path)
    return by_astropy(out, ext)


def fpack(path: Path, *options: str) -> Path:
    """What cfitsio's fpack makes of a file."""
    out = path.with_name(path.name + ".fz")
    out.unlink(missing_ok=True)
    run("fpack", *options, "-O", out, path)
    return out


def verify(path: Path) -> None:
    """Let cfitsio's fitsverify look at a file."""
    said = run("fitsverify", "-q", path)
    assert said.startswith("verification OK"), run("fitsverify", path)


def same(got: np.ndarray, expected: np.ndarray) -> None:
    """Equal in shape, type and every bit, but for which NaN it is."""
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype.newbyteorder("=")
    if got.dtype.kind == "f":
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected))
        got, expected = np.nan_to_num(got, nan=0), np.nan_to_num(expected, nan=0)
    if got.tobytes() != expected.astype(got.dtype).tobytes():
        np.testing.assert_array_equal(got, expected)
        np.testing.assert_array_equal(np.signbit(got), np.signbit(expected))


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
