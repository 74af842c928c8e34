# SPDX-License-Identifier: BSD-3-Clause
"""The loss of compression, and the warnings that precede it."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSWarning, Quantize, compression_error
from rustfits import fitsio as compat


def told(call: Any, *args: Any, **kw: Any) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call(*args, **kw)
    assert all(one.category is FITSWarning for one in caught)
    return [str(one.message) for one in caught]


def sky(zeros: bool = True) -> np.ndarray:
    data = np.random.default_rng(7).normal(100, 5, (40, 60)).astype("f4")
    if zeros:
        data[:10] = 0
    return data


# ---- zeros ----


@pytest.mark.parametrize("method", ["dither1", "no_dither", "dither2"])
def test_exact_zeros_that_are_quantized(tmp_path, method):
    path = tmp_path / "a.fz"
    quantize = Quantize(method=method)
    messages = told(rustfits.write, path, sky(), compress="rice", quantize=quantize)
    assert ["exact zeros" in one and "dither2" in one for one in messages] == [True] * (
        method != "dither2"
    )
    assert all(f"{path}[1]" in one for one in messages)
    assert told(rustfits.write, path, sky(False), compress="rice", quantize=quantize) == []
    with FITS(path, "r+") as fits:  # later writes are looked at, too, and told once
        messages = told(fits[1].__setitem__, slice(3, 5), np.zeros((2, 60)))
        assert len(messages) == (method != "dither2")
        assert told(fits[1].__setitem__, slice(5, 7), np.zeros((2, 60))) == []


def test_exact_zeros_that_are_kept_are_no_news(tmp_path):
    assert told(rustfits.write, tmp_path / "a.fz", sky(), compress="gzip") == []
    assert told(rustfits.write, tmp_path / "b.fits", sky()) == []
    ints = np.zeros((10, 10), "i2")
    assert told(rustfits.write, tmp_path / "c.fz", ints, compress="rice") == []


def test_exact_zeros_by_pack_name_the_file_that_is_made(tmp_path):
    rustfits.write(tmp_path / "a.fits", sky())
    messages = told(rustfits.pack, tmp_path / "a.fits", tmp_path / "a.fz", quantize=4)
    assert [f"{tmp_path / 'a.fz'}[1]: the data contain exact zeros" in one for one in messages] == [
        True
    ]


# ---- 64-bit integers ----


@pytest.mark.parametrize("dtype", ["i8", "u8"])
def test_integers_of_64_bits_in_tiles(tmp_path, dtype):
    data = np.arange(100, dtype=dtype).reshape(10, 10)
    path = tmp_path / "a.fz"
    messages = told(rustfits.write, path, data, compress=True)
    assert ["64-bit integers" in one and "cfitsio" in one for one in messages] == [True]
    assert told(rustfits.read, path) == []
    rustfits.write(tmp_path / "a.fits", data)
    messages = told(rustfits.pack, tmp_path / "a.fits", tmp_path / "b.fz")
    assert ["64-bit integers" in one for one in messages] == [True]
    assert told(rustfits.write, path, data.astype("i4"), compress=True) == []


# ---- errors name the file ----


@pytest.mark.parametrize(
    ("data", "compress"),
    [
        (np.zeros(5, "i2"), "hcompress"),
        (np.array([[1, -5]], "i2"), "plio"),
    ],
)
def test_errors_of_compression_name_the_file(tmp_path, data, compress):
    path = tmp_path / "mine.fz"
    for call in (rustfits.write, rustfits.write_image):
        with pytest.raises(rustfits.FITSValueError, match=r"mine\.fz") as caught:
            call(path, data, compress=compress)
        assert "mem://" not in str(caught.value)
        assert not path.exists()
    with FITS(path, "w+") as fits:
        with pytest.raises(rustfits.FITSValueError, match=r"mine\.fz") as caught:
            fits.write_image(data, compress=compress)
        assert "mem://" not in str(caught.value)
    kind = compress if compress == "plio" else "hcompress_1"
    with pytest.raises(ValueError, match=r"theirs\.fz") as caught:
        compat.write(tmp_path / "theirs.fz", data, compress=kind)
    assert "mem://" not in str(caught.value)


# ---- compression_error ----


def test_nothing_was_lost(tmp_path):
    data = sky()
    data[3, 5] = np.nan
    rustfits.write(tmp_path / "a.fz", data, compress="gzip")
    loss = compression_error(data, tmp_path / "a.fz")
    assert loss.lossless
    assert (loss.max_error, loss.rms_error, loss.relative) == (0, 0, 0)
    assert loss.count == data.size - 1
    assert loss.nan_differences.shape == (0, 2)


def test_what_quantizing_lost(tmp_path):
    data = np.random.default_rng(1).normal(1000, 10, (200, 300)).astype("f4")
    rustfits.write(tmp_path / "a.fz", data, compress="rice", quantize=4)
    got = rustfits.read(tmp_path / "a.fz")
    loss = compression_error(data, got)
    apart = np.abs(data.astype("f8") - got)
    assert loss.max_error == apart.max()
    assert loss.rms_error == pytest.approx(np.sqrt((apart**2).mean()))
    assert loss.noise == pytest.approx(10, rel=0.05)
    assert loss.relative == loss.rms_error / loss.noise
    assert loss.relative == pytest.approx(1 / 4 / np.sqrt(12), rel=0.1)
    assert "max_error=" in repr(loss)
    with FITS(tmp_path / "a.fz") as fits:
        assert compression_error(data, fits[1]).max_error == loss.max_error


def test_pixels_that_are_undefined_in_one_image_only():
    a = np.arange(12, dtype="f8").reshape(3, 4)
    b = a.copy()
    a[0, 1] = b[2, 3] = np.nan
    a[1, 1] = b[1, 1] = np.nan
    b[1, 0] += 0.5
    loss = compression_error(a, b)
    assert loss.nan_differences.tolist() == [[0, 1], [2, 3]]
    assert loss.count == 9
    assert loss.max_error == 0.5
    assert not loss.lossless
    masked = np.ma.MaskedArray([1, 2, 3], [False, True, False])
    assert compression_error(masked, np.array([1, 2, 3])).nan_differences.tolist() == [[1]]


def test_large_integers_are_compared_exactly():
    a = np.array([2**62, -(2**63), 5], "i8")
    assert compression_error(a, a + np.array([1, 0, 0])).max_error == 1
    assert compression_error(np.array([2**64 - 1], "u8"), np.array([0], "u8")).max_error == 2.0**64


def test_infinities_and_images_without_noise():
    a = np.array([1.0, np.inf, -np.inf])
    assert compression_error(a, a).max_error == 0
    assert compression_error(np.zeros((3, 9)), np.ones((3, 9))).relative == np.inf
    assert compression_error(np.zeros((0, 3)), np.zeros((0, 3))).count == 0


def test_what_cannot_be_compared(tmp_path: Path):
    with pytest.raises(rustfits.FITSValueError, match="shapes"):
        compression_error(np.zeros(3), np.zeros(4))
    with pytest.raises(rustfits.FITSTypeError):
        compression_error(np.array(["a"]), np.array(["b"]))
    with pytest.raises(FileNotFoundError):
        compression_error(np.zeros(3), tmp_path / "none.fits")
