# SPDX-License-Identifier: BSD-3-Clause
"""ZDATASUM and ZHECKSUM, the sums of the uncompressed HDU, against cfitsio and astropy."""

from __future__ import annotations

import subprocess
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSError, Gzip1, Gzip2, Hcompress1, Quantize, Rice1
from support.compressed import image

#: Tiles that begin and end within words of 32 bits.
SHAPES = [((37, 53), (1, 53)), ((37, 53), (5, 7)), ((3, 5, 7, 11), (2, 2, 3, 5)), ((101,), (9,))]


def made_by_astropy(path: Path, data: np.ndarray) -> None:
    """A plain file with both sums and some cards of its own, in a primary HDU and in an extension."""
    header = astropy_fits.Header()
    header["OBJECT"] = ("M31", "what it is")
    header["HISTORY"] = "made for a test"
    hdus = [astropy_fits.PrimaryHDU(data, header), astropy_fits.ImageHDU(data[::-1], header)]
    astropy_fits.HDUList(hdus).writeto(path, checksum=True)


def sums(path: Path, index: int) -> tuple[str, str]:
    """The cards of a plain HDU, by astropy."""
    with astropy_fits.open(path) as hdus:
        return hdus[index].header["DATASUM"], hdus[index].header["CHECKSUM"]


@pytest.mark.filterwarnings("ignore:.*of 64-bit integers are read by:rustfits.FITSWarning")
@pytest.mark.parametrize("dtype", ["u1", "i2", "u2", "i4", "i8", "f4", "f8"])
@pytest.mark.parametrize(("shape", "tile"), SHAPES, ids=str)
def test_the_sum_of_the_data_is_that_of_the_plain_image(
    tmp_path: Path, dtype: str, shape: tuple[int, ...], tile: tuple[int, ...]
) -> None:
    plain, ours = tmp_path / "plain.fits", tmp_path / "ours.fits"
    data = image(dtype, shape)
    made_by_astropy(plain, data)
    rustfits.write(ours, data, compress=Gzip2(tile_shape=tile))
    with FITS(ours, "r+") as fits:
        fits[1].add_checksum()
        assert fits[1].raw_header["ZDATASUM"] == sums(plain, 0)[0]
        assert fits[1].verify_checksum() is True
        before = ours.read_bytes()
        fits[1].add_checksum()  # what is right stays, with its time
    assert ours.read_bytes() == before


def test_sums_that_are_in_the_file_come_along_and_are_right(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.fits", tmp_path / "packed.fits"
    made_by_astropy(plain, image("i2", (61, 47)))
    rustfits.pack(plain, packed)
    with FITS(packed) as fits:
        for index in (0, 1):
            header = fits[index + 1].raw_header
            assert (header["ZDATASUM"], header["ZHECKSUM"]) == sums(plain, index)
            assert fits[index + 1].verify_checksum() is True
            assert fits[index + 1].verify_datasum() is True


@pytest.mark.parametrize("options", [["-r"], ["-g1", "-q", "0"], ["-h", "-w"], ["-r", "-t", "5,9"]])
def test_files_of_fpack_are_right(tmp_path: Path, options: list[str]) -> None:
    plain, packed = tmp_path / "plain.fits", tmp_path / "packed.fits"
    made_by_astropy(plain, image("i4", (61, 47)))
    subprocess.run(["fpack", *options, "-O", str(packed), str(plain)], check=True)
    with FITS(packed) as fits:
        for hdu in fits:
            assert hdu.verify_checksum() is True
            assert hdu.verify_datasum() is True


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_the_nan_that_fpack_changes_is_no_alarm(tmp_path: Path, dtype: str) -> None:
    plain, packed = tmp_path / "plain.fits", tmp_path / "packed.fits"
    data = image(dtype, (61, 47))
    data[3, 4] = np.nan
    made_by_astropy(plain, data)
    subprocess.run(["fpack", "-g2", "-q", "0", "-O", str(packed), str(plain)], check=True)
    with astropy_fits.open(packed, disable_image_compression=True) as hdus:
        # The output of funpack differs from the packed image.
        subprocess.run(["funpack", "-O", str(tmp_path / "back.fits"), str(packed)], check=True)
        with FITS(tmp_path / "back.fits") as back, FITS(plain) as origin:
            different = back[0].raw_bytes() != origin[0].raw_bytes()
        assert different
        assert "ZDATASUM" in hdus[1].header
    with FITS(packed, "r+") as fits:
        for hdu in fits:
            assert hdu.verify_datasum() is True
            assert hdu.verify_checksum() is True
        fits[1].add_checksum()
        assert fits[1].verify_checksum() is True
    # Damage is still seen: by DATASUM, of the bytes of the tiles.
    content = bytearray(packed.read_bytes())
    with FITS(packed) as fits:
        content[fits[1]._fresh().data_offset + fits[1]._fresh().data_bytes - 9] ^= 1
    with FITS.from_bytes(content) as fits:
        assert fits[1].verify_datasum() is False
        assert fits[1].verify_checksum() is False


@pytest.mark.parametrize("compress", [Rice1(), Gzip1(), Hcompress1()], ids=lambda c: c.zcmptype)
def test_what_funpack_makes_of_our_sums_is_right(tmp_path: Path, compress: Rice1) -> None:
    packed, back = tmp_path / "packed.fits", tmp_path / "back.fits"
    data = image("i2", (61, 47))
    with FITS(packed, "w+") as fits:
        for name in ("ONE", "TWO"):
            fits.create_image_hdu(data.dtype, data.shape, extname=name, compress=compress)[:] = data
        for hdu in fits:
            hdu.add_checksum()
    subprocess.run(["funpack", "-C", "-O", str(back), str(packed)], check=True)  # sums as they are
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(back, checksum=True) as hdus:
            for hdu in hdus[1:]:
                assert hdu.verify_checksum() == 1
                assert hdu.verify_datasum() == 1


def test_a_changed_pixel_makes_both_sums_wrong(tmp_path: Path) -> None:
    packed = tmp_path / "packed.fits"
    rustfits.write(packed, image("i2", (61, 47)), compress=True)
    with FITS(packed, "r+") as fits:
        fits[1].add_checksum()
        fits[1][3, 3] += 1
        assert fits[1].verify_checksum() is False
        assert fits[1].verify_datasum() is False
        fits[1].add_checksum()
        assert fits[1].verify_checksum() is True


def test_wrong_sums_of_the_image_are_found_though_those_of_the_table_are_right(
    tmp_path: Path,
) -> None:
    packed = tmp_path / "packed.fits"
    rustfits.write(packed, image("i2", (61, 47)), compress=True)
    with FITS(packed, "r+") as fits:
        fits[1].add_checksum()
    content = packed.read_bytes()
    at = content.index(b"ZDATASUM= '") + 11
    digit = b"1" if content[at : at + 1] != b"1" else b"2"
    packed.write_bytes(content[:at] + digit + content[at + 1 :])
    with astropy_fits.open(packed, mode="update", disable_image_compression=True) as hdus:
        hdus[1].add_checksum()
    with FITS(packed) as fits:
        assert fits[1].verify_datasum() is False
        assert fits[1].verify_checksum() is False


def test_quantized_images_are_not_wrong_because_of_the_sums_of_the_original(tmp_path: Path) -> None:
    plain, theirs, ours = (tmp_path / name for name in ("plain.fits", "theirs.fits", "ours.fits"))
    made_by_astropy(plain, image("f4", (61, 47)))
    subprocess.run(["fpack", "-O", str(theirs), str(plain)], check=True)
    rustfits.pack(plain, ours, quantize=Quantize(level=4))
    for path in (theirs, ours):
        with FITS(path) as fits:
            assert fits[1].raw_header["ZDATASUM"] == sums(plain, 0)[0]
            assert fits[1].verify_checksum() is True
        back = tmp_path / f"back-{path.name}"
        rustfits.unpack(path, back)
        with astropy_fits.open(back, checksum=True) as hdus:  # new ones, as funpack makes them
            assert hdus[0].header["DATASUM"] != sums(plain, 0)[0]
            assert hdus[0].verify_checksum() == 1


@pytest.mark.parametrize("kind", ["image", "table"])
def test_what_cannot_be_decoded_is_wrong(tmp_path: Path, kind: str) -> None:
    packed = tmp_path / "packed.fits"
    data = image("i2", (61, 47)) if kind == "image" else {"x": np.arange(3000, dtype="i8")}
    with FITS(packed, "w+") as fits:
        hdu = fits.write(data, compress=Gzip1() if kind == "image" else True)
        hdu.add_checksum()
        facts = hdu._fresh()
    content = bytearray(packed.read_bytes())
    end = facts.data_offset + facts.data_bytes
    content[end - 60 : end - 30] = bytes(30)
    packed.write_bytes(content)
    with FITS(packed) as fits:
        with pytest.raises(FITSError):
            fits[1].read()
        assert fits[1].verify_checksum() is False
        assert fits[1].verify_datasum() is False


@pytest.mark.parametrize("kind", ["image", "table"])
def test_sums_that_were_wrong_come_back_wrong(tmp_path: Path, kind: str) -> None:
    plain, packed, back = (tmp_path / name for name in ("plain.fits", "packed.fits", "back.fits"))
    data = image("i2", (61, 47))
    table = np.zeros(300, [("x", "i4"), ("y", "f8")])
    hdu = astropy_fits.ImageHDU(data) if kind == "image" else astropy_fits.BinTableHDU(table)
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), hdu]).writeto(plain, checksum=True)
    content = bytearray(plain.read_bytes())
    content[-2880] += 1
    plain.write_bytes(content)
    rustfits.pack(plain, packed, tables=True)
    with FITS(packed) as fits:
        assert fits[1].verify_checksum() is False
    rustfits.unpack(packed, back)
    assert back.read_bytes() == plain.read_bytes()


def test_compressed_tables(tmp_path: Path) -> None:
    plain, packed = tmp_path / "plain.fits", tmp_path / "packed.fits"
    columns = [
        astropy_fits.Column("n", "J", array=np.arange(500)),
        astropy_fits.Column("flag", "L", array=np.arange(500) % 3 == 0),
        astropy_fits.Column("name", "5A", array=[f"s{i}" for i in range(500)]),
        astropy_fits.Column(
            "cells", "PE()", array=[np.arange(i % 4, dtype="f4") for i in range(500)]
        ),
    ]
    table = astropy_fits.BinTableHDU.from_columns(columns, name="T")
    astropy_fits.HDUList([astropy_fits.PrimaryHDU(), table]).writeto(plain, checksum=True)
    rustfits.pack(plain, packed, tables=True)
    with FITS(packed, "r+") as fits:
        assert fits[1].kind == "compressed table"
        assert (fits[1].raw_header["ZDATASUM"], fits[1].raw_header["ZHECKSUM"]) == sums(plain, 1)
        assert fits[1].verify_checksum() is True
        fits[1]["n"][3] = 7
        assert fits[1].verify_datasum() is False
        fits[1].add_checksum()
        assert fits[1].verify_datasum() is True
        assert fits[1].verify_checksum() is True
    back = tmp_path / "back.fits"
    subprocess.run(["funpack", "-C", "-O", str(back), str(packed)], check=True)
    with astropy_fits.open(back, checksum=True) as hdus:
        assert hdus[1].verify_datasum() == 1
