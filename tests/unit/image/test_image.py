# SPDX-License-Identifier: BSD-3-Clause
"""Image HDUs: errors and their messages, options of reading, creating, extending, views."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, ImageHDU

ALL_DTYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]


@pytest.fixture
def cube() -> np.ndarray[Any, Any]:
    return np.arange(2 * 3 * 4, dtype="i2").reshape(2, 3, 4)


@pytest.fixture
def cube_file(tmp_path: Path, cube: np.ndarray[Any, Any]) -> Path:
    path = tmp_path / "cube.fits"
    astropy_fits.writeto(path, cube)
    return path


def raw_header(path: Path, index: int = 0) -> str:
    with astropy_fits.open(path) as hdus:
        return str(hdus[index].header.tostring())


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


# ---- BLANK and scaling ----


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "i8", "u8"])
def test_blank_is_a_value_of_the_image(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "blank.fits"
    limits = np.iinfo(dtype)
    for blank in (limits.min, limits.max, 7):
        data = np.ma.MaskedArray(np.array([1, 2, 3], dtype), [False, True, False])
        with FITS(path, "w+") as fits:
            hdu = fits.write_image(data, blank=blank)
            got = hdu.read(mask_blank=True)
            assert got.dtype == dtype
            np.testing.assert_array_equal(got.mask, data.mask)
            assert got.fill_value == blank
            np.testing.assert_array_equal(hdu.read(), [1, blank, 3])
            raw = hdu.read(scale=False, mask_blank=True)
            np.testing.assert_array_equal(raw.mask, data.mask)
            hdu[0] = np.ma.masked
            np.testing.assert_array_equal(hdu.read(mask_blank=True).mask, [True, True, False])
        # cfitsio turns BLANK into NaN on reading as reals, which shows that it sees the same
        # pixels.
        header = fitsio.read_header(path)
        stored = astropy_fits.getdata(path, do_not_scale_image_data=True)
        assert header["BLANK"] == stored[1]


def test_masked_reals_are_nan(tmp_path: Path) -> None:
    path = tmp_path / "nan.fits"
    data = np.ma.MaskedArray(np.array([1.0, 2.0, 3.0], "f4"), [True, False, False])
    with FITS(path, "w+") as fits:
        got = fits.write_image(data).read(mask_blank=True)
    np.testing.assert_array_equal(got.mask, data.mask)
    np.testing.assert_array_equal(astropy_fits.getdata(path), [np.nan, 2, 3])


def test_a_mask_without_blank_is_refused_and_leaves_no_hdu(tmp_path: Path) -> None:
    data = np.ma.MaskedArray([1, 2, 3], [False, True, False])
    with FITS(tmp_path / "x.fits", "w+") as fits:
        with pytest.raises(ValueError, match="BLANK"):
            fits.write_image(data)
        assert len(fits) == 0
        hdu = fits.create_image_hdu("i8", (3,))
        for write in (
            lambda: hdu.write(data),
            lambda: hdu.__setitem__(slice(None), data),
            lambda: hdu.__setitem__(0, np.ma.masked),
            lambda: hdu.extend(data),
        ):
            with pytest.raises(ValueError, match="BLANK"):
                write()
        assert hdu.shape == (3,)
        assert not hdu.read().any()
        hdu.write(np.ma.MaskedArray([1, 2, 3], False))  # nothing is masked
        np.testing.assert_array_equal(hdu.read(), [1, 2, 3])


def test_a_blank_that_cannot_be(tmp_path: Path) -> None:
    with FITS(tmp_path / "x.fits", "w+") as fits:
        for dtype, blank in (
            ("f4", 0),
            ("u1", 256),
            ("u1", -1),
            ("i2", 32768),
            ("u2", -1),
            ("i1", 128),
        ):
            with pytest.raises(ValueError, match="blank"):
                fits.create_image_hdu(dtype, (3,), blank=blank)
        with pytest.raises(TypeError, match="blank"):
            fits.create_image_hdu("i2", (3,), blank=1.5)
        assert len(fits) == 0


def test_scaled_integers_take_real_values(tmp_path: Path) -> None:
    path = tmp_path / "scaled.fits"
    hdu = astropy_fits.PrimaryHDU(np.array([0, 1, 2, 3], "i2"))
    hdu.header.update({"BSCALE": 0.1, "BZERO": 5.0, "BLANK": -1})
    hdu.writeto(path, output_verify="ignore")
    with FITS(path, "r+") as fits:
        image = fits[0]
        image[0] = 5.5
        image[1:3] = [6, np.nan]
        np.testing.assert_array_equal(image.read(scale=False), [5, 10, -1, 3])
        np.testing.assert_array_equal(image.read(mask_blank=True).mask, [False, False, True, False])
        before = path.read_bytes()
        with pytest.raises(ValueError, match="element 1 of the data would be stored as"):
            image[...] = [5, 1e9, 5, 5]
        with pytest.raises(ValueError, match="would be stored as"):
            image.extend([1e9])
        assert path.read_bytes() == before


# ---- writing ----


def test_values_never_wrap_silently(tmp_path: Path) -> None:
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        for dtype in ("u1", "i1", "u2", "i2", "u4", "i4", "i8"):
            hdu = fits.write_image(np.ones(3, dtype))
            limits = np.iinfo(dtype)
            hdu[0], hdu[1] = limits.min, limits.max
            for wrong in (limits.min - 1, limits.max + 1):
                with pytest.raises((ValueError, TypeError), match="cannot be stored"):
                    hdu[0] = wrong
                if -(2**63) <= wrong < 2**63:
                    with pytest.raises(ValueError, match=str(wrong)):
                        hdu.write(np.array([1, wrong, 1]))
            for wrong in (1.5, 1.0, np.nan, np.float32(2), 1j, "a", None, [1.0, 2.0, 3.0]):
                with pytest.raises(TypeError, match="cannot be stored"):
                    hdu[...] = wrong
            np.testing.assert_array_equal(hdu.read(), [limits.min, limits.max, 1])
        hdu = fits.write_image(np.ones(3, "f4"))
        with pytest.raises(ValueError, match="no float32"):
            hdu[0] = 1e300
        with pytest.raises(TypeError):
            hdu[0] = 1j
        with pytest.raises(TypeError):
            hdu[0] = np.longdouble(1)
        hdu[:] = [np.float16(1.5), np.inf, np.nan]
        np.testing.assert_array_equal(hdu.read(), np.array([1.5, np.inf, np.nan], "f4"))
        hdu[:] = np.array([True, False, True])
        hdu[1] = 16777217  # the nearest float32 is what numpy stores, too
        np.testing.assert_array_equal(hdu.read(), np.array([1, 16777217, 1], "f4"))


def test_broadcasting(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file, "r+") as fits:
        hdu = fits[0]
        for key, value in [
            (..., 5),
            ((0, slice(None), [1, 2]), np.array([[1], [2]])),
            (slice(1, 2), np.ones((1, 1, 1, 4), "i1")),
            ((1, 2), [4, 3, 2, 1]),
            ((slice(None), 0, 0), np.array([[7, 8]])),
            ([], 3),
        ]:
            cube[key] = value
            hdu[key] = value
            np.testing.assert_array_equal(hdu.read(), cube)
        for key, value in [(0, np.ones((2, 3, 4), "i1")), ((0, 0), [1, 2, 3]), ((0, 0, 0), [1, 2])]:
            with pytest.raises((ValueError, TypeError)):
                cube[key] = value
            with pytest.raises(ValueError, match="broadcast"):
                hdu[key] = value
        np.testing.assert_array_equal(hdu.read(), cube)


def test_writing_a_part(cube_file: Path, cube: np.ndarray[Any, Any]) -> None:
    with FITS(cube_file, "r+") as fits:
        hdu = fits[0]
        hdu.write(np.full((1, 2, 2), 9, "i2"), start=(1, 0, 2))
        cube[1:2, 0:2, 2:4] = 9
        np.testing.assert_array_equal(hdu.read(), cube)
        hdu.write(cube[::-1, :, ::-1].astype(">i2"))
        np.testing.assert_array_equal(hdu.read(), cube[::-1, :, ::-1])
        for data, start in [
            (np.zeros((2, 3), "i2"), None),
            (np.zeros((1, 3, 4), "i2"), None),
            (np.zeros((1, 2, 2), "i2"), (1, 0, 3)),
            (np.zeros((1, 2, 2), "i2"), (-1, 0, 0)),
            (np.zeros((1, 2, 2), "i2"), (0, 0)),
            (np.zeros((2, 2), "i2"), (0, 0, 0)),
        ]:
            with pytest.raises(ValueError, match=r"shape|start|fit"):
                hdu.write(data, start)
        with pytest.raises(TypeError, match="start"):
            hdu.write(np.zeros((1, 2, 2), "i2"), 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("dtype", ALL_DTYPES)
def test_large_arrays_that_need_converting(tmp_path: Path, dtype: str) -> None:
    # Above 4 MiB values that are not in the right order go through parts.
    path = tmp_path / "x.fits"
    base = np.arange(1200 * 1100).reshape(1200, 1100)
    data = (base % 120).astype(np.dtype(dtype).newbyteorder(">"))
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(data)
        np.testing.assert_array_equal(hdu.read(), data)
        hdu.write(data.T.reshape(1200, 1100).astype(dtype)[::-1])
        np.testing.assert_array_equal(hdu.read(), data.T.reshape(1200, 1100)[::-1])
        hdu[...] = 3
        assert (hdu.read() == 3).all()
        hdu[:, ::-1] = data
        np.testing.assert_array_equal(hdu.read(), data[:, ::-1])
        hdu[np.r_[5:1200, 0:5]] = data
        np.testing.assert_array_equal(hdu[np.r_[5:1200, 0:5]], data)


def test_files_for_reading_are_not_written(cube_file: Path) -> None:
    with FITS(cube_file) as fits:
        for call in (
            lambda: fits[0].__setitem__(0, 1),
            lambda: fits[0].write(np.zeros((2, 3, 4), "i2")),
            lambda: fits[0].extend(np.zeros((2, 3, 4), "i2")),
            lambda: fits.write_image(np.zeros(3)),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError, match=r"cube\.fits"):
                call()


@pytest.mark.parametrize("dtype", ["bool", "f2", "longdouble", "c8", "c16", "U3", "M8[s]", "O"])
def test_dtypes_that_fits_does_not_have(tmp_path: Path, dtype: str) -> None:
    with FITS(tmp_path / "x.fits", "w+") as fits:
        with pytest.raises(TypeError, match=r"; write|can be written"):
            fits.write_image(np.zeros(3, dtype))
        with pytest.raises(TypeError):
            fits.create_image_hdu(dtype, (3,))
        assert len(fits) == 0


def test_shapes_that_cannot_be(tmp_path: Path) -> None:
    with FITS(tmp_path / "x.fits", "w+") as fits:
        with pytest.raises(ValueError, match="axis"):
            fits.write_image(np.float32(3))
        for dims in ((-1,), (0, -1), (2**63,), (2**40, 2**40)):
            with pytest.raises((ValueError, OSError)):
                fits.create_image_hdu("i4", dims)
        for dims in ("34", (1.5,), 2.0):
            with pytest.raises(TypeError):
                fits.create_image_hdu("i4", dims)
        assert len(fits) == 0
        assert fits.create_image_hdu("i4", 5).shape == (5,)
        assert fits.create_image_hdu(">i4", [np.int64(5)]).shape == (5,)
        assert fits.create_image_hdu("i4", ()).shape == ()


def test_extending(tmp_path: Path) -> None:
    path = tmp_path / "grow.fits"
    rows = np.arange(7000, dtype="u2").reshape(70, 100)
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("u2", (0, 100), extname="GROW")
        behind = fits.write_image(np.arange(5, dtype="f8"), extname="BEHIND")
        with hdu.extending() as same:
            assert same is hdu
            for first in range(0, 70, 7):
                hdu.extend(rows[first : first + 7])
        hdu.extend(rows[:0])
        assert hdu.shape == (70, 100)
        np.testing.assert_array_equal(hdu.read(), rows)
        np.testing.assert_array_equal(behind.read(), np.arange(5))
        for bad in (rows[0], rows[:, :50], rows[None]):
            with pytest.raises(ValueError, match="extend"):
                hdu.extend(bad)
        with pytest.raises(TypeError):
            hdu.extend(rows.astype("f4"))
        with pytest.raises(ValueError, match="cannot be stored"):
            hdu.extend(np.full((1, 100), -1))
        assert hdu.shape == (70, 100)
    with astropy_fits.open(path) as peer:
        peer.verify("exception")
        np.testing.assert_array_equal(peer["GROW"].data, rows)
        np.testing.assert_array_equal(peer["BEHIND"].data, np.arange(5))


def test_boxes_follow_what_changes(tmp_path: Path) -> None:
    # The way that boxes of a plane are cut by keeps facts of an image from one box to the next.
    path = tmp_path / "changes.fits"
    data = np.arange(200, dtype="i2").reshape(10, 20)
    astropy_fits.writeto(path, data)
    with FITS(path, "r+") as fits:
        hdu = fits[0]
        for _ in range(2):
            np.testing.assert_array_equal(hdu[8:12, 3:5], data[8:12, 3:5])
        hdu.header.update({f"NEW{i}": i for i in range(80)})  # the data moves
        np.testing.assert_array_equal(hdu[8:12, 3:5], data[8:12, 3:5])
        more = np.concatenate([data, data + 1000])
        hdu.extend(more[10:])
        for _ in range(2):
            np.testing.assert_array_equal(hdu[8:12, 3:5], more[8:12, 3:5])
        hdu[9:11, 3:5] = 7
        np.testing.assert_array_equal(hdu[9:11, 3:5], np.full((2, 2), 7))
    with pytest.raises(rustfits.FITSClosedError):
        hdu[8:12, 3:5]


def test_header_cards_go_along(tmp_path: Path) -> None:
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.write_image(
            np.zeros((2, 3), "u4"),
            extname="SCI",
            extver=4,
            header={
                "EXPTIME": 3.5,
                "NAXIS1": 99,
                "BZERO": 1,
                "EXTNAME": "OTHER",
                "HISTORY": "done",
            },
        )
        assert hdu.extname == "SCI"
        assert hdu.extver == 4
        assert hdu.header["EXPTIME"] == 3.5
        fits.write_image(np.zeros(3), header=hdu.header)
        assert fits[1].extname == "SCI"
    header = astropy_fits.getheader(path)
    assert header["NAXIS1"] == 3
    assert header["BZERO"] == 2**31
    assert header["EXTNAME"] == "SCI"
    assert list(header["HISTORY"]) == ["done"]


def test_created_images_are_sparse_zeros(tmp_path: Path) -> None:
    path = tmp_path / "big.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("f4", (10_000, 10_000))
        hdu[5000:5002, 5000:5002] = 1
        assert hdu[5000, 5001] == 1
        assert hdu[9999, 9999] == 0
    assert path.stat().st_size >= 400_000_000
    assert path.stat().st_blocks * 512 < 10_000_000


def test_fitsverify_accepts_what_is_written(tmp_path: Path) -> None:
    path = tmp_path / "all.fits"
    with FITS(path, "w+") as fits:
        for dtype in ALL_DTYPES:
            for shape in ((5,), (4, 3), (2, 3, 4, 5)):
                hdu = fits.write_image(
                    np.ones(shape, dtype),
                    extname=f"X {dtype}",
                    extver=len(shape),
                    blank=3 if dtype[0] != "f" else None,
                    header={"TELESCOP": "one", "COMMENT": "a remark"},
                )
                hdu.extend(np.ones((2, *shape[1:]), dtype))
        fits.create_image_hdu("i2", ())
        fits.create_image_hdu("f8", (0, 7))
    run = subprocess.run(["fitsverify", "-q", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0
    assert "verification OK" in run.stdout
    run = subprocess.run(["fitsverify", path], capture_output=True, text=True, check=False)
    assert "0 warning(s) and 0 error(s)" in run.stdout


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


def test_new_images_are_zero_as_stored(tmp_path: Path) -> None:
    # What cfitsio does: a fill with values would cost a write of all pixels.
    for dtype in ALL_DTYPES:
        with FITS(tmp_path / "ours.fits", "w+") as fits:
            ours = fits.create_image_hdu(dtype, (3,)).read()
            assert not fits[0].read(scale=False).any()
        if dtype != "u8":  # which fitsio cannot create
            with fitsio.FITS(tmp_path / "theirs.fits", "rw", clobber=True) as peer:
                peer.create_image_hdu(dims=(3,), dtype=dtype)
                np.testing.assert_array_equal(ours, peer[-1].read())


def test_masks_are_not_forgotten_when_values_are_spread(tmp_path: Path) -> None:
    # numpy.broadcast_to forgets them: what was masked became 0 without a word.
    with FITS(tmp_path / "x.fits", "w+") as fits:
        hdu = fits.write_image(np.arange(12, dtype="i2").reshape(3, 4), blank=-1)
        hdu[1] = np.ma.masked
        hdu[2, :] = np.ma.MaskedArray([5, 6, 7, 8], [True, False, False, True])
        hdu[:2, 0:2] = np.ma.MaskedArray([[50], [60]], [[False], [True]])
        masked = hdu.read(mask_blank=True)
    assert masked.tolist() == [[50, 50, 2, 3], [None] * 4, [None, 6, 7, None]]


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
