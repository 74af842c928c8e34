# SPDX-License-Identifier: BSD-3-Clause
"""Image HDUs: facts, keys, options of reading, files that are cut short, views."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, ImageHDU

# ---- facts ----


def test_facts(cube_file: Path) -> None:
    with FITS(cube_file) as fits:
        hdu = fits[0]
        assert isinstance(hdu, ImageHDU)
        assert hdu.shape == (2, 3, 4)
        assert hdu.dtype == np.dtype("i2")
        assert hdu.ndim == 3
        assert hdu.size == 24
        assert hdu.bitpix == 16
        assert len(hdu) == 2
        assert hdu.unit is None
        assert hdu.has_data
        assert "int16" in repr(hdu)
    # Facts outlive the file, pixels do not.
    assert hdu.shape == (2, 3, 4)
    assert hdu.dtype == np.dtype("i2")
    with pytest.raises(rustfits.FITSClosedError):
        hdu.read()
    with pytest.raises(rustfits.FITSClosedError):
        hdu[0, 0, 0]
    with pytest.raises(rustfits.FITSClosedError):
        hdu[0:1, 0:1]


def test_unit(tmp_path: Path) -> None:
    hdu = astropy_fits.PrimaryHDU(np.zeros(3))
    hdu.header["BUNIT"] = "Jy/beam "
    hdu.writeto(tmp_path / "x.fits")
    with FITS(tmp_path / "x.fits") as fits:
        assert fits[0].unit == "Jy/beam"


def test_an_image_without_data(tmp_path: Path) -> None:
    path = tmp_path / "empty.fits"
    astropy_fits.PrimaryHDU().writeto(path)
    with FITS(path, "r+") as fits:
        hdu = fits[0]
        assert hdu.shape == ()
        assert hdu.size == 0
        assert not hdu.has_data
        assert bool(hdu)
        for call in (hdu.read, lambda: hdu[...], lambda: hdu.write(1), lambda: hdu.extend([1])):
            with pytest.raises(ValueError, match=r"empty\.fits\[0\].*NAXIS = 0"):
                call()
        with pytest.raises(TypeError):
            len(hdu)


def test_axis_of_length_zero(tmp_path: Path) -> None:
    path = tmp_path / "zero.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("f4", (0, 5))
        assert hdu.shape == (0, 5)
        assert hdu.size == 0
        assert not hdu.has_data
        assert hdu.read().shape == (0, 5)
        assert hdu[:, 1:3].shape == (0, 2)
        assert hdu.read(mask_blank=True).shape == (0, 5)
        hdu[:] = 1
        with pytest.raises(IndexError):
            hdu[0]
    assert astropy_fits.getheader(path)["NAXIS2"] == 0


# ---- keys ----


@pytest.mark.parametrize(
    "key",
    [
        None,
        (slice(None), None),
        np.newaxis,
        ([0, 1], [0, 1]),
        [[0, 1], [1, 0]],
        True,
        False,
        np.True_,
    ],
)
def test_keys_that_numpy_has_and_we_do_not(cube_file: Path, key: Any) -> None:
    with FITS(cube_file) as fits, pytest.raises(rustfits.FITSUnsupportedError):
        fits[0][key]


def test_mask_of_all_axes_is_not_supported(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file) as fits, pytest.raises(NotImplementedError, match="one dimension"):
        fits[0][cube > 3]


@pytest.mark.parametrize(
    "key",
    [
        2,
        -3,
        (0, 3),
        (0, 0, 4),
        (slice(None), -4),
        (0, 0, 0, 0),
        [0, 2],
        [-3],
        np.array([5], "u1"),
        1.0,
        [0.5],
        "a",
        [True],
        [True, False, True],
        (..., ...),
        np.zeros(0),
        {},
        2**70,
        [2**70],
        [[0], [1, 2]],
    ],
)
def test_index_errors_are_numpys(cube_file: Path, cube: np.ndarray[Any, Any], key: Any) -> None:
    with pytest.raises((IndexError, ValueError)):  # the last one is a ValueError in numpy
        cube[key]
    with FITS(cube_file) as fits, pytest.raises(IndexError):
        fits[0][key]


def test_step_zero(cube_file: Path, tmp_path: Path) -> None:
    astropy_fits.writeto(tmp_path / "plane.fits", np.zeros((3, 3)))
    with FITS(tmp_path / "plane.fits") as fits, pytest.raises(rustfits.FITSValueError):
        fits[0][0:2, ::0]
    with FITS(cube_file) as fits:
        with pytest.raises(rustfits.FITSValueError, match="zero"):
            fits[0][::0]
        with pytest.raises(ValueError, match="zero"):
            fits[0][0, ::0, ::0]
    with FITS(cube_file) as fits, pytest.raises(TypeError):
        fits[0]["a":"b"]


@pytest.mark.parametrize(
    "key",
    [
        (0, slice(None), [1, 2]),
        (slice(None), 0, ..., [1, 2]),
        (0, ..., [1, 2]),
        ([1, 0], ..., 0),
        (slice(None), [0, 2], 0),
        (..., [0, 2]),
        (0, 1, [True, False, True, True]),
        (slice(None), slice(1, 3), [3, 3, 0]),
    ],
)
def test_where_numpy_puts_the_axis_of_a_list(
    cube_file: Path, cube: np.ndarray[Any, Any], key: Any
) -> None:
    with FITS(cube_file, "r+") as fits:
        got = fits[0][key]
        np.testing.assert_array_equal(got, cube[key])
        assert got.flags.c_contiguous
        values = np.arange(got.size).reshape(got.shape) + 100
        fits[0][key] = values
        cube[key] = values
        np.testing.assert_array_equal(fits[0].read(), cube)


def test_iterating_gives_rows(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file) as fits:
        rows = list(fits[0])
    assert len(rows) == 2
    np.testing.assert_array_equal(rows, cube)


# ---- reading ----


def test_array_protocol(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file) as fits:
        np.testing.assert_array_equal(np.asarray(fits[0]), cube)
        assert np.asarray(fits[0], "f8").dtype == np.float64
        assert np.array(fits[0], copy=True).dtype == np.int16
        assert fits[0].__array__(np.dtype("f4")).dtype == np.float32
        with pytest.raises(ValueError, match="copy"):
            fits[0].__array__(None, copy=False)
        assert np.sum(fits[0]) == cube.sum()


def test_dtype_of_the_result(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file) as fits:
        hdu = fits[0]
        for dtype in ("f4", "f8", "i4", "i8", ">f4", ">i8", "c16"):
            got = hdu.read(dtype=dtype)
            assert got.dtype == np.dtype(dtype).newbyteorder("=")
            np.testing.assert_array_equal(got, cube)
        for dtype in ("u2", "i1", "U5"):
            with pytest.raises(TypeError, match="int16"):
                hdu.read(dtype=dtype)


def test_reading_into_an_array(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file) as fits:
        hdu = fits[0]
        for dtype in ("i2", "f4", "f8"):
            out = np.empty(cube.shape, dtype)
            assert hdu.read(out=out) is out
            np.testing.assert_array_equal(out, cube)
        masked = hdu.read(out=np.empty(cube.shape, "i2"), mask_blank=True)
        assert isinstance(masked, np.ma.MaskedArray)
        for bad in (
            np.empty((2, 3), "i2"),
            np.empty(cube.shape, ">i2"),
            np.empty((2, 3, 8), "i2")[:, :, ::2],
            np.empty(cube.shape, "i2", order="F"),
            np.frombuffer(bytes(48), "i2").reshape(cube.shape),
        ):
            with pytest.raises(ValueError, match="out"):
                hdu.read(out=bad)
        for wrong in (
            np.empty(cube.shape, "i4"),
            np.empty(cube.shape, "u2"),
            [0],
            np.ma.zeros(cube.shape),
        ):
            with pytest.raises(TypeError):
                hdu.read(out=wrong)
        with pytest.raises(TypeError):
            hdu.read(out=np.empty(cube.shape, "f8"), dtype="f4")


@pytest.mark.parametrize("shape", [(3000, 1000), (1, 3000, 1000), (3_000_001,), (2, 1500, 1001)])
def test_threads_share_a_read(tmp_path: Path, shape: tuple[int, ...]) -> None:
    path = tmp_path / "big.fits"
    data = np.arange(int(np.prod(shape)), dtype="f4").reshape(shape)
    data.ravel()[17] = np.nan
    with FITS(path, "w+") as fits:
        fits.write_image(data)
    with FITS(path) as fits:
        for threads in (1, 2, 3, 7):
            got = fits[0].read(threads=threads, mask_blank=True)
            np.testing.assert_array_equal(got.data, data)
            assert got.mask.ravel()[17]
            assert got.mask.sum() == 1
        with pytest.raises(ValueError, match="threads"):
            fits[0].read(threads=0)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with FITS(path) as fits, pytest.raises(rustfits.FITSTruncatedError):
        fits[0].read(threads=2)
    assert not [thread for thread in threading.enumerate() if "rustfits" in thread.name]


# ---- files that are cut short ----


def test_reading_what_is_there_of_a_truncated_file(tmp_path: Path) -> None:
    path = tmp_path / "cut.fits"
    data = np.arange(1000, dtype="i4").reshape(10, 100)
    astropy_fits.writeto(path, data)
    content = path.read_bytes()
    path.write_bytes(content[: 2880 + 4 * 450])
    for opened in (FITS(path), FITS(path, "r+"), FITS.from_bytes(path.read_bytes())):
        with opened as fits:
            np.testing.assert_array_equal(fits[0][:4], data[:4])
            np.testing.assert_array_equal(fits[0][3:5, :50], data[3:5, :50])
            with pytest.raises(rustfits.FITSTruncatedError, match="2200 bytes of them are missing"):
                fits[0].read()
            with pytest.raises(rustfits.FITSTruncatedError, match="2200 bytes of them are missing"):
                fits[0][4:6, 40:60]
            with pytest.raises(OSError, match="cut short"):
                fits[0][-1, -1]


def test_a_header_that_promises_terabytes_costs_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "huge.fits"
    cards = [
        "SIMPLE  =                    T",
        "BITPIX  =                  -64",
        "NAXIS   =                    2",
        "NAXIS1  =              4000000",
        "NAXIS2  =              4000000",
        "END",
    ]
    path.write_bytes("".join(card.ljust(80) for card in cards).ljust(2880).encode() + bytes(2880))
    with FITS(path) as fits:
        with pytest.raises(rustfits.FITSTruncatedError, match="missing"):
            fits[0].read()
        with pytest.raises(rustfits.FITSTruncatedError, match="missing"):
            fits[0][::-1, ::2]
        with pytest.raises(rustfits.FITSTruncatedError, match="missing"):
            fits[0][[5, 3999999, 7]]
        assert fits[0][0, :360].sum() == 0


def test_truncated_behind_our_back(tmp_path: Path) -> None:
    # The library reads small sections of a file from a mapping. Reading a page behind the end of the file raises a signal
    # that ends the process. The test therefore runs in its own process.
    path = tmp_path / "shrinks.fits"
    astropy_fits.writeto(path, np.ones((2000, 2000), "f4"))
    script = f"""
import os, rustfits
fits = rustfits.FITS({str(path)!r})
hdu = fits[0]
assert hdu[1900:1932, 100:132].sum() == 1024
os.truncate({str(path)!r}, 2880 + 4 * 2000 * 1000)
assert hdu[900:932, 100:132].sum() == 1024
for key in ((slice(1900, 1932), slice(100, 132)), (slice(None), 5), slice(None), (1999, 1999)):
    try:
        hdu[key]
    except rustfits.FITSTruncatedError as error:
        assert "8000000 bytes of them are missing" in str(error), error
    else:
        raise AssertionError(key)
print("done")
"""
    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "done\n"


# ---- views ----


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_view(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "x.fits"
    data = np.arange(60, dtype="u2").reshape(5, 12)
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros(3, "u1"))
        fits.write_image(data)
    fits = FITS(path, mode)
    view = fits[1].view()
    assert view.dtype == np.dtype(">i2")  # as stored
    assert not view.flags.writeable
    np.testing.assert_array_equal(view.astype("i4") + 32768, data)
    if mode == "r+":
        fits[1][2, 3] = 9
        assert view[2, 3] == 9 - 32768
    fits.close()
    assert int(view[4, 11]) + 32768 == 59
    with pytest.raises(rustfits.FITSClosedError):
        fits[1].view()


def test_what_cannot_be_viewed(tmp_path: Path, make_fits: Any) -> None:
    path = make_fits("x.fits")
    zipped = make_fits("y.fits.gz")
    unnamed = tmp_path / "z.fits"
    unnamed.write_bytes(zipped.read_bytes())
    for opened in (
        FITS(zipped),
        FITS(unnamed),
        FITS.from_bytes(path.read_bytes()),
        FITS("mem://", "w+"),
    ):
        with opened as fits:
            if opened.filename == "mem://":
                fits.write_image(np.zeros(3))
            with pytest.raises(rustfits.FITSUnsupportedError, match=r"use read\(\)"):
                fits[0].view()
    path.write_bytes(path.read_bytes()[: 2880 + 10])
    with FITS(path) as fits, pytest.raises(rustfits.FITSTruncatedError, match="14 bytes"):
        fits[0].view()
    with FITS(tmp_path / "none.fits", "w+") as fits:
        assert fits.create_image_hdu("f4", (0, 5)).view().shape == (0, 5)


def test_reshape(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    data = np.arange(24, dtype="i4").reshape(4, 6)
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(data, header={"OBJECT": "M31"})
        behind = fits.write_image(np.arange(5))
        packed = fits.write_image(data, compress="rice")
        empty = fits.create_image_hdu("f4", ())
        for shape in ((2, 12), (3, 2, 4), 24, (900, 2), (5,), (0, 3), (2, 2), (3, 0), (2, 2)):
            old = hdu.read().ravel() if hdu.has_data else np.zeros(0, "i4")
            hdu.reshape(shape)
            new = np.zeros(shape, "i4")
            new.ravel()[: old.size] = old[: new.size]
            assert hdu.shape == new.shape
            assert np.array_equal(hdu.read() if hdu.has_data else new, new)
            assert behind.read().tolist() == [0, 1, 2, 3, 4]
        empty.reshape((2, 3))
        assert empty.read().tolist() == [[0.0] * 3] * 2
        assert hdu.header["OBJECT"] == "M31"
        assert list(hdu.header)[:5] == ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2"]
        assert "NAXIS3" not in hdu.header
        before = fits.to_bytes()
        for shape, error in (
            ((), rustfits.FITSValueError),
            ((-1,), rustfits.FITSValueError),
            ((2**40, 2**40), rustfits.FITSLimitError),
            ("ab", rustfits.FITSTypeError),
            ((2.5,), rustfits.FITSTypeError),
        ):
            with pytest.raises(error):
                hdu.reshape(shape)
        with pytest.raises(rustfits.FITSUnsupportedError, match="compressed"):
            packed.reshape((24,))
        assert fits.to_bytes() == before
    with FITS(path) as fits, pytest.raises(rustfits.FITSReadOnlyError):
        fits[0].reshape((4,))
    with astropy_fits.open(path) as hdus:
        hdus.verify("exception")
        assert hdus[0].data.tolist() == [[0, 0], [0, 0]]
        assert np.array_equal(hdus[2].data, data)
