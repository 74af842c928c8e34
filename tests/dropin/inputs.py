# SPDX-License-Identifier: BSD-3-Clause
"""The files that the programs of test-dropin read. astropy and CFITSIO's fpack make them."""

import gzip
import subprocess
from pathlib import Path

import numpy as np
from astropy.io import fits

SEED = 22


def sky(header: fits.Header, shape: tuple[int, int]) -> None:
    """Add the keywords of a tangent projection to a header."""
    rows, columns = shape
    header.update(
        {
            "CTYPE1": "RA---TAN",
            "CTYPE2": "DEC--TAN",
            "CRVAL1": 150.0,
            "CRVAL2": 2.2,
            "CRPIX1": columns / 2,
            "CRPIX2": rows / 2,
            "CD1_1": -2e-4,
            "CD1_2": 0.0,
            "CD2_1": 0.0,
            "CD2_2": 2e-4,
            "CUNIT1": "deg",
            "CUNIT2": "deg",
            "EQUINOX": 2000.0,
            "RADESYS": "FK5",
            "OBJECT": "field's star",
            "EXPTIME": (12.5, "seconds"),
            "GAIN": 1.5,
        }
    )


def stars(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Return an image with noise and 40 stars."""
    y, x = np.indices(shape)
    image = rng.normal(100.0, 5.0, shape)
    for _ in range(40):
        x0, y0, flux = rng.uniform(0, shape[1]), rng.uniform(0, shape[0]), rng.uniform(500, 5000)
        image += flux * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 8.0)
    return image


def images(folder: Path, rng: np.random.Generator) -> None:
    """Write images of several types and sizes."""
    shape = (180, 240)
    values = stars(rng, shape)
    for name, dtype in (("f4", ">f4"), ("f8", ">f8"), ("i2", ">i2"), ("i4", ">i4"), ("u2", "u2")):
        hdu = fits.PrimaryHDU(values.astype(dtype))
        sky(hdu.header, shape)
        hdu.writeto(folder / f"{name}.fits")
    fits.PrimaryHDU(rng.integers(0, 255, shape).astype("u1")).writeto(folder / "u1.fits")
    fits.PrimaryHDU(rng.normal(size=(5, 20, 30)).astype(">f4")).writeto(folder / "cube.fits")
    (folder / "packed.fits.gz").write_bytes(
        gzip.compress((folder / "f4.fits").read_bytes(), mtime=0)
    )
    extensions = [fits.PrimaryHDU()]
    for number in range(1, 4):
        hdu = fits.ImageHDU(values.astype(">i2") + number, name="SCI", ver=number)
        sky(hdu.header, shape)
        extensions.append(hdu)
    fits.HDUList(extensions).writeto(folder / "multi.fits")


def tables(folder: Path, rng: np.random.Generator) -> None:
    """Write a binary table with columns of many types, and an ASCII table."""
    n = 300
    columns = [
        fits.Column("ID", "J", array=np.arange(n)),
        fits.Column("NAME", "8A", array=[f"star{i}" for i in range(n)]),
        fits.Column("RA", "D", unit="deg", array=rng.uniform(149.9, 150.1, n)),
        fits.Column("DEC", "D", unit="deg", array=rng.uniform(2.1, 2.3, n)),
        fits.Column("MAG", "E", unit="mag", array=rng.uniform(15, 22, n).astype("f4")),
        fits.Column("FLAG", "L", array=rng.integers(0, 2, n).astype(bool)),
        fits.Column("POS", "2E", array=rng.uniform(0, 240, (n, 2)).astype("f4")),
        fits.Column("COUNT", "I", bzero=32768, array=rng.integers(0, 60000, n).astype("u2")),
        fits.Column("LIST", "PE()", array=[rng.normal(size=i % 5).astype("f4") for i in range(n)]),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="STARS")
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(folder / "table.fits")
    plain = fits.BinTableHDU.from_columns(columns[:-1], name="STARS")
    fits.HDUList([fits.PrimaryHDU(), plain]).writeto(folder / "stars.fits")
    ascii_columns = [
        fits.Column("ID", "I6", array=np.arange(n)),
        fits.Column("X", "F12.4", array=rng.uniform(0, 240, n)),
        fits.Column("NAME", "A8", array=[f"star{i}" for i in range(n)]),
    ]
    ascii_table = fits.TableHDU.from_columns(ascii_columns, name="LIST")
    fits.HDUList([fits.PrimaryHDU(), ascii_table]).writeto(folder / "ascii.fits")


def damaged(folder: Path) -> None:
    """Write a truncated image, a header without END, and a file that is no FITS file."""
    whole = (folder / "f4.fits").read_bytes()
    (folder / "cut.fits").write_bytes(whole[:9000])
    (folder / "noend.fits").write_bytes(whole[:800].ljust(2880))
    (folder / "text.fits").write_bytes(b"This is no FITS file.\n" * 200)


def make(folder: Path) -> None:
    """Write all files into an empty folder."""
    rng = np.random.default_rng(SEED)
    images(folder, rng)
    tables(folder, rng)
    damaged(folder)
    for name in ("i2", "f4", "multi"):
        command = ["fpack", "-q", "4", "-O", f"packed_{name}.fits.fz", f"{name}.fits"]
        subprocess.run(command, cwd=folder, check=True)
