# SPDX-License-Identifier: BSD-3-Clause
"""One suite over every driver: the same file by each of them gives the same answers."""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import ftp_server, http_server, https_server

Open = Callable[[], FITS]

# Each as it is, and compressed.
DRIVERS = ("path", "pathlib", "file", "from_bytes", "from_bytes_r+", "http", "https", "ftp", "ftps")
NAMES = ("a.fits", "a.fits.gz")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with one of everything that this version reads, written by astropy."""
    folder = tmp_path_factory.mktemp("drivers")
    rng = np.random.default_rng(20261122)
    primary = astropy_fits.PrimaryHDU(rng.integers(-999, 999, size=(40, 50), dtype="i2"))
    primary.header["OBJECT"] = ("M 31", "what was looked at")
    primary.header["HISTORY"] = "made for a test"
    primary.header["LONGTEXT"] = "a long string " * 12
    cube = astropy_fits.ImageHDU(rng.normal(size=(7, 30, 41)).astype("f4"), name="CUBE")
    counts = astropy_fits.ImageHDU(rng.integers(0, 65536, size=(33, 20), dtype="u2"), name="COUNTS")
    counts_2 = astropy_fits.ImageHDU(
        rng.integers(0, 255, size=999, dtype="u1"), name="COUNTS", ver=2
    )
    table = astropy_fits.BinTableHDU.from_columns(
        [
            astropy_fits.Column("x", "J", array=np.arange(100)),
            astropy_fits.Column("s", "5A", array=["a"] * 100),
        ],
        name="TABLE",
    )
    wide = astropy_fits.ImageHDU(rng.normal(size=(600, 500)), name="WIDE")
    hdus = astropy_fits.HDUList([primary, cube, counts, counts_2, table, wide])
    hdus.writeto(folder / "a.fits", checksum=True)
    (folder / "a.fits.gz").write_bytes(gzip.compress((folder / "a.fits").read_bytes(), 5))
    return folder


@pytest.fixture(scope="module")
def urls(root: Path) -> Iterator[dict[str, tuple[str, Remote]]]:
    """Where the folder is served: the URL of it, and how its servers are trusted."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        servers = {
            "http": stack.enter_context(http_server(root)),
            "https": stack.enter_context(https_server(root)),
            "ftp": stack.enter_context(ftp_server(root)),
            "ftps": stack.enter_context(ftp_server(root, tls=True)),
        }
        yield {
            scheme: (server.url(), Remote(ca_bundle=server.ca_bundle))
            for scheme, server in servers.items()
        }


@pytest.fixture(params=[(driver, name) for driver in DRIVERS for name in NAMES], ids="-".join)
def open_file(request: pytest.FixtureRequest, root: Path) -> Open:
    driver, name = request.param
    path = root / name
    if driver in ("http", "https", "ftp", "ftps"):
        url, remote = request.getfixturevalue("urls")[driver]
        return lambda: FITS(url + name, remote=remote)
    openers: dict[str, Open] = {
        "path": lambda: FITS(str(path)),
        "pathlib": lambda: FITS(path),
        "file": lambda: FITS(f"file://{path}"),
        "from_bytes": lambda: FITS.from_bytes(path.read_bytes()),
        "from_bytes_r+": lambda: FITS.from_bytes(memoryview(path.read_bytes()), "r+"),
    }
    return openers[driver]


@pytest.fixture(scope="module")
def reference(root: Path) -> Iterator[astropy_fits.HDUList]:
    with astropy_fits.open(root / "a.fits", memmap=False) as hdus:
        for hdu in hdus:
            _ = hdu.data
        yield hdus


def images(reference: astropy_fits.HDUList) -> Iterator[tuple[int, np.ndarray]]:
    for index, hdu in enumerate(reference):
        if not isinstance(hdu, astropy_fits.BinTableHDU):
            yield index, hdu.data


def test_list(open_file: Open, reference: astropy_fits.HDUList) -> None:
    with open_file() as fits:
        assert len(fits) == len(reference)
        names = [(hdu.extname, hdu.extver) for hdu in fits]
        assert [(name or "PRIMARY", ver) for name, ver in names] == [
            (hdu.name, hdu.ver) for hdu in reference
        ]
        assert fits["counts", 2].index == 3
        assert fits["TABLE"].has_data
        assert "NONE" not in fits
        with pytest.raises(IndexError):
            fits[6]


def test_arrays(open_file: Open, reference: astropy_fits.HDUList) -> None:
    with open_file() as fits:
        for index, expected in images(reference):
            data = fits[index].read()
            np.testing.assert_array_equal(data, expected)
            assert data.dtype == expected.dtype.newbyteorder("=")
            assert data.shape == expected.shape


def test_the_last_hdu_first(open_file: Open, reference: astropy_fits.HDUList) -> None:
    with open_file() as fits:
        np.testing.assert_array_equal(
            fits["WIDE"][100:7:-13, ::99], reference[5].data[100:7:-13, ::99]
        )
        np.testing.assert_array_equal(fits[0].read(), reference[0].data)


@pytest.mark.parametrize(
    "key",
    [
        np.s_[3],
        np.s_[-1, -2],
        np.s_[2:5, 7],
        np.s_[..., ::3],
        np.s_[::-1],
        np.s_[5:2],
        np.s_[[4, 0, 4]],
    ],
    ids=str,
)
def test_sections(open_file: Open, reference: astropy_fits.HDUList, key: object) -> None:
    with open_file() as fits:
        for index, expected in images(reference):
            if expected.ndim > 1:
                np.testing.assert_array_equal(fits[index][key], expected[key])


def test_headers(open_file: Open, reference: astropy_fits.HDUList) -> None:
    with open_file() as fits:
        for ours, theirs in zip(fits, reference, strict=True):
            for keyword in ("BITPIX", "NAXIS", "DATASUM", "CHECKSUM"):
                assert ours.header[keyword] == theirs.header[keyword]
            assert "".join(ours.header.cards) == "".join(str(card) for card in theirs.header.cards)
        header = fits[0].header
    # It outlives its file.
    assert header["OBJECT"] == "M 31"
    assert header["LONGTEXT"] == ("a long string " * 12).rstrip()
    assert header["HISTORY"] == ["made for a test"]


def test_checksums(open_file: Open) -> None:
    with open_file() as fits:
        assert all(hdu.verify_datasum() and hdu.verify_checksum() for hdu in fits)


def test_to_bytes(open_file: Open, root: Path) -> None:
    with open_file() as fits:
        assert fits.to_bytes() == (root / "a.fits").read_bytes()


def test_closed_is_closed(open_file: Open) -> None:
    fits = open_file()
    hdu = fits[0]
    fits.close()
    fits.close()
    assert fits.closed
    with pytest.raises(rustfits.FITSClosedError):
        hdu.read()


def test_many_threads_one_file(open_file: Open, reference: astropy_fits.HDUList) -> None:
    from concurrent.futures import ThreadPoolExecutor

    expected = reference[5].data
    with open_file() as fits:

        def job(number: int) -> bool:
            row = number * 7 % 600
            same: bool = np.array_equal(fits["WIDE"][row, ::3], expected[row, ::3])
            return same and len(fits) == 6

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(job, range(200)))


@pytest.mark.parametrize("scheme", ["mem://", "memkeep://"])
def test_copied_into_memory_image_by_image(
    open_file: Open, reference: astropy_fits.HDUList, scheme: str
) -> None:
    with open_file() as source, FITS(scheme, "w+") as copy:
        for index, _ in images(reference):
            copy.write_image(source[index].read(), extname=source[index].extname)
        content = copy.to_bytes()
    with astropy_fits.HDUList.fromstring(content) as again:
        for hdu, (_, expected) in zip(again, images(reference), strict=True):
            np.testing.assert_array_equal(hdu.data, expected)
