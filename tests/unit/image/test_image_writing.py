# SPDX-License-Identifier: BSD-3-Clause
"""Pixels that are written: BLANK, scaling, dtypes, parts and growth."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

ALL_DTYPES = ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"]


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
