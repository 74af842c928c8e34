# SPDX-License-Identifier: BSD-3-Clause
"""One suite over every driver: the same file by each of them gives the same answers.

Remote ones as the library decides by itself, downloaded, and ranged in blocks so small that hardly anything lies in
one of them.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from servers import ftp_server, http_server, https_server
from servers.s3 import PUBLIC, s3_server

Open = Callable[[], FITS]
OpenAny = Callable[..., FITS]

LOCAL = ("path", "pathlib", "file", "from_bytes", "from_bytes_r+")
REMOTE = ("http", "https", "ftp", "ftps", "s3", "memory")  # the last by fsspec
MODES: dict[str, dict[str, Any]] = {
    "": {},
    "download": {"download": True},
    "ranged": {"ranged": True, "block_bytes": 16384, "gap_bytes": 32768},
}
DRIVERS = (*LOCAL, *(f"{scheme}:{mode}" for scheme in REMOTE for mode in MODES))
# Each as it is, and compressed.
NAMES = ("a.fits", "a.fits.gz")
ROWS = 5000


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
    spectra = np.empty(ROWS, object)
    spectra[:] = [rng.normal(size=n).astype("f4") for n in rng.integers(0, 30, ROWS)]
    catalogue = astropy_fits.BinTableHDU.from_columns(
        [
            astropy_fits.Column("id", "J", array=np.arange(ROWS)),
            astropy_fits.Column("ra", "D", array=rng.uniform(0, 360, ROWS)),
            astropy_fits.Column("name", "8A", array=[f"star {i % 99}" for i in range(ROWS)]),
            astropy_fits.Column("spectrum", "PE()", array=spectra),
        ],
        name="CAT",
    )
    hdus = astropy_fits.HDUList([primary, cube, counts, counts_2, table, wide, catalogue])
    hdus.writeto(folder / "a.fits", checksum=True)
    content = (folder / "a.fits").read_bytes()
    (folder / "a.fits.gz").write_bytes(gzip.compress(content, 5))
    # Cut short in the middle of WIDE.
    short = content[: len(content) // 2]
    (folder / "short.fits").write_bytes(short)
    (folder / "short.fits.gz").write_bytes(gzip.compress(short, 5))
    return folder


@pytest.fixture(scope="module")
def urls(root: Path) -> Iterator[dict[str, tuple[str, dict[str, Any]]]]:
    """Where the folder is served: the URL of it, and what `Remote` has to know."""
    import fsspec

    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        servers = {
            "http": stack.enter_context(http_server(root)),
            "https": stack.enter_context(https_server(root)),
            "ftp": stack.enter_context(ftp_server(root)),
            "ftps": stack.enter_context(ftp_server(root, tls=True)),
        }
        store = stack.enter_context(s3_server())
        memory = fsspec.filesystem("memory")
        for path in root.iterdir():
            store.put(PUBLIC, f"drivers/{path.name}", path.read_bytes())
            memory.pipe(f"/drivers/{path.name}", path.read_bytes())
        yield {
            "s3": (f"s3://{PUBLIC}/drivers/", {"endpoint": store.endpoint}),
            "memory": ("memory://drivers/", {}),
            **{
                scheme: (server.url(), {"ca_bundle": server.ca_bundle})
                for scheme, server in servers.items()
            },
        }
        memory.rm("/drivers", recursive=True)


@pytest.fixture(params=DRIVERS)
def open_any(request: pytest.FixtureRequest, root: Path) -> OpenAny:
    """Opens a file of the folder by its name: the same for each driver."""
    driver, _, mode = request.param.partition(":")
    if driver in REMOTE:
        url, facts = request.getfixturevalue("urls")[driver]
        remote = Remote(**facts, **MODES[mode])
        return lambda name, mode="r": FITS(url + name, mode, remote=remote)
    openers: dict[str, OpenAny] = {
        "path": lambda name, mode="r": FITS(str(root / name), mode),
        "pathlib": lambda name, mode="r": FITS(root / name, mode),
        "file": lambda name, mode="r": FITS(f"file://{root / name}", mode),
        "from_bytes": lambda name: FITS.from_bytes((root / name).read_bytes()),
        "from_bytes_r+": lambda name: FITS.from_bytes(memoryview((root / name).read_bytes()), "r+"),
    }
    return openers[driver]


@pytest.fixture(params=NAMES)
def open_file(request: pytest.FixtureRequest, open_any: OpenAny) -> Open:
    """Opens the file as it is, or compressed."""
    return lambda: open_any(request.param)


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
            fits[7]


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
        np.s_[25:2:-7, 18::-5],
        np.s_[..., [19, 3, 3, -1]],
    ],
    ids=str,
)
def test_sections(open_file: Open, reference: astropy_fits.HDUList, key: object) -> None:
    with open_file() as fits:
        for index, expected in images(reference):
            if expected.ndim > 1:
                np.testing.assert_array_equal(fits[index][key], expected[key])


def test_cutouts(open_file: Open, reference: astropy_fits.HDUList) -> None:
    expected = reference["WIDE"].data
    with open_file() as fits:
        cut = fits["WIDE"].cutouts([[300, 250], [590, 30], [2, 2]], (9, 12))
    np.testing.assert_array_equal(cut[0], expected[296:305, 244:256])
    np.testing.assert_array_equal(cut[1], expected[586:595, 24:36])
    assert np.isnan(cut[2, :2]).all() and np.isnan(cut[2, :, :4]).all()
    np.testing.assert_array_equal(cut[2, 2:, 4:], expected[:7, :8])


@pytest.mark.parametrize(
    "rows",
    [slice(None), slice(4000, 1000, -7), [4999, 0, 17, 17], slice(2500, 2510)],
    ids=str,
)
def test_rows(open_file: Open, reference: astropy_fits.HDUList, rows: object) -> None:
    expected = reference["CAT"].data
    with open_file() as fits:
        got = fits["CAT"].read(rows=rows, columns=["ra", "id", "name"])
        only = fits["CAT"].read_column("ra", rows=rows)
    assert got.dtype.names == ("ra", "id", "name")
    for name in got.dtype.names:
        np.testing.assert_array_equal(got[name], expected[name][rows])
    np.testing.assert_array_equal(only, expected["ra"][rows])


@pytest.mark.parametrize("rows", [slice(None), [4999, 3, 2000], slice(40, 50)], ids=str)
def test_cells_of_variable_length(
    open_file: Open, reference: astropy_fits.HDUList, rows: object
) -> None:
    expected = reference["CAT"].data["spectrum"][rows]
    with open_file() as fits:
        got = fits["CAT"].read_column("spectrum", rows=rows)
    assert len(got) == len(expected)
    for ours, theirs in zip(got, expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_rows_by_condition(open_file: Open, reference: astropy_fits.HDUList) -> None:
    expected = reference["CAT"].data
    with open_file() as fits:
        got = fits["CAT"].read(rows="ra < 100 && name == 'star 7'", columns=["id"])
    wanted = (expected["ra"] < 100) & (expected["name"] == "star 7")
    np.testing.assert_array_equal(got["id"], expected["id"][wanted])


def test_bytes_in_the_order_of_a_stranger(open_any: OpenAny, root: Path) -> None:
    """Backwards and forwards through one HDU, in pieces that straddle blocks."""
    with open_any("a.fits") as fits, FITS(root / "a.fits") as plain:
        ours, theirs = fits["WIDE"], plain["WIDE"]
        for row in (599, 0, 300, 301, 302, 299, 8, 590):
            np.testing.assert_array_equal(ours[row : row + 1], theirs[row : row + 1])


@pytest.mark.parametrize("name", ["short.fits", "short.fits.gz"])
def test_a_file_cut_short(open_any: OpenAny, reference: astropy_fits.HDUList, name: str) -> None:
    with open_any(name) as fits:
        np.testing.assert_array_equal(fits["CUBE"].read(), reference["CUBE"].data)
        wide = fits["WIDE"]
        assert wide.header["NAXIS2"] == 600
        np.testing.assert_array_equal(wide[5, 3:], reference["WIDE"].data[5, 3:])
        for key in (np.s_[:], np.s_[599], np.s_[::-50, 7]):
            with pytest.raises(rustfits.FITSTruncatedError):
                wide[key]
        np.testing.assert_array_equal(wide[6], reference["WIDE"].data[6])


def test_there_is_no_such_file(open_any: OpenAny) -> None:
    with pytest.raises(FileNotFoundError):
        open_any("none.fits")


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
            return same and len(fits) == 7

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(job, range(200)))


def test_threads_in_different_hdus(open_file: Open, reference: astropy_fits.HDUList) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with open_file() as fits:

        def image(index: int) -> bool:
            return np.array_equal(fits[index].read(), reference[index].data)

        def table(first: int) -> bool:
            got = fits["CAT"].read(rows=slice(first, None, 97), columns=["ra", "spectrum"])
            expected = reference["CAT"].data[first::97]
            same = np.array_equal(got["ra"], expected["ra"])
            return same and all(map(np.array_equal, got["spectrum"], expected["spectrum"]))

        with ThreadPoolExecutor(4) as pool:
            jobs = [pool.submit(image, index) for index in (5, 1, 0, 3, 2)]
            jobs += [pool.submit(table, first) for first in (3, 50, 1)]
            assert all(job.result() for job in jobs)


# Bytes are copied when they are opened, and may always be changed.
@pytest.mark.parametrize(
    "open_any", [driver for driver in DRIVERS if "bytes" not in driver], indirect=True
)
def test_a_file_open_for_reading_refuses_writes(open_file: Open) -> None:
    with open_file() as fits:
        for write in (
            lambda: fits.write_image(np.zeros(3)),
            lambda: fits[0].write(np.zeros((40, 50), "i2")),
            lambda: fits["TABLE"].append({"x": [1], "s": ["b"]}),
            lambda: fits["TABLE"].delete_column("x"),
            lambda: fits["CUBE"].header.update({"A": 1}),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError):
                write()


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


@pytest.mark.parametrize(
    ("scheme", "mode"),
    [
        (scheme, mode)
        for scheme in REMOTE
        for mode in ("r+", "w+")
        if mode == "r+" or scheme not in ("s3", "memory")  # tests/unit/upload has these
    ],
)
def test_servers_are_not_written_to(
    urls: dict[str, tuple[str, dict[str, Any]]], scheme: str, mode: str
) -> None:
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS(urls[scheme][0] + "new.fits", mode)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("scheme", REMOTE)
def test_fetched_as_was_asked(
    urls: dict[str, tuple[str, dict[str, Any]]], root: Path, scheme: str, mode: str
) -> None:
    """The suite would say nothing about ranges if none were used."""
    url, facts = urls[scheme]
    with FITS(url + "a.fits", remote=Remote(**facts, **MODES[mode])) as fits:
        fits["CAT"].read(rows=[ROWS - 1])
        stats = fits.remote_stats()
    assert stats.ranged == (mode == "ranged")
    assert stats.file_bytes == (root / "a.fits").stat().st_size
    if mode == "ranged":
        assert stats.bytes_fetched < stats.file_bytes / 2
    else:
        assert stats.bytes_fetched == stats.file_bytes
