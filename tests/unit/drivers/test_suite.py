# SPDX-License-Identifier: BSD-3-Clause
"""One suite for every driver: what can go wrong with a file goes wrong in the same way everywhere."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from support.drivers import SITES, Site, WritableSite
from support.files import fits_bytes

BLOCK = 2880


@pytest.fixture(params=sorted(SITES))
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    with SITES[request.param](tmp_path) as made:
        yield made


WRITABLE = sorted(
    name
    for name, kind in SITES.items()
    if isinstance(kind, type) and issubclass(kind, WritableSite)
)


@pytest.fixture(params=WRITABLE)
def writable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WritableSite]:
    with SITES[request.param](tmp_path) as made:
        assert isinstance(made, WritableSite)
        yield made


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    rng = np.random.default_rng(21)
    return [rng.normal(size=(50, 60)).astype("f4"), rng.integers(0, 9999, (300, 400), "i4")]


@pytest.fixture(scope="module")
def content(images: list[np.ndarray]) -> bytes:
    return fits_bytes(*images)


def read_all(fits: FITS) -> list[np.ndarray]:
    return [hdu.read() for hdu in fits if hdu.has_data]


def same(read: list[np.ndarray], images: list[np.ndarray]) -> bool:
    return len(read) == len(images) and all(map(np.array_equal, read, images))


def test_the_content_is_read(site: Site, content: bytes, images: list[np.ndarray]) -> None:
    with site.open(site.publish(content)) as fits:
        assert same(read_all(fits), images)
        assert fits.to_bytes() == content
        assert fits.mode == "r" and not fits.closed


def test_a_missing_file_is_not_found(site: Site) -> None:
    with pytest.raises(rustfits.FITSNotFoundError) as raised:
        site.open(site.missing())
    assert isinstance(raised.value, FileNotFoundError)


def test_an_empty_file_is_not_fits(site: Site) -> None:
    with pytest.raises((rustfits.NotFITSError, rustfits.FITSTruncatedError)):
        site.open(site.publish(b""))


def test_other_content_is_not_fits(site: Site) -> None:
    with pytest.raises(rustfits.NotFITSError):
        site.open(site.publish(b"\x7fELF" + bytes(5000)))


@pytest.mark.parametrize("cut", [1, 5000])
def test_a_short_file_gives_what_is_there(
    site: Site, content: bytes, images: list[np.ndarray], cut: int
) -> None:
    end = len(content) - BLOCK - cut
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rustfits.FITSWarning)
        with site.open(site.publish(content[:end])) as fits:
            first = next(hdu for hdu in fits if hdu.has_data)
            assert np.array_equal(first.read(), images[0])
            with pytest.raises(rustfits.FITSTruncatedError):
                fits[len(fits) - 1].read()


def test_nothing_is_behind_the_end(site: Site, content: bytes) -> None:
    with site.open(site.publish(content)) as fits:
        count = len(fits)
        with pytest.raises(rustfits.FITSIndexError):
            fits[count]
        assert fits._file.size() == len(content)
        with pytest.raises(rustfits.FITSTruncatedError):
            fits._file.read_bytes(len(content) - 1, 2)
        with pytest.raises(rustfits.FITSTruncatedError):
            fits._file.read_bytes(len(content) + 10_000_000, 1)


def test_threads_read_at_once(site: Site, content: bytes, images: list[np.ndarray]) -> None:
    rng = np.random.default_rng(4)
    starts = rng.integers(0, 250, (64, 2))
    with site.open(site.publish(content)) as fits, ThreadPoolExecutor(4) as pool:
        hdu = next(hdu for hdu in reversed(list(fits)) if hdu.has_data)

        def cut(start: Any) -> bool:
            y, x = map(int, start)
            part = hdu[y : y + 50, x : x + 90]
            return np.array_equal(part, images[1][y : y + 50, x : x + 90])

        assert all(pool.map(cut, starts))


def test_closing_twice_is_no_error(site: Site, content: bytes) -> None:
    fits = site.open(site.publish(content))
    fits.close()
    fits.close()
    with pytest.raises(rustfits.FITSClosedError):
        fits[0]


def test_a_forked_child_reads(site: Site, content: bytes, images: list[np.ndarray]) -> None:
    with site.open(site.publish(content)) as fits:
        assert len(fits) > 0
        child = os.fork()
        if child == 0:  # no exception of the child may reach pytest
            code = 1
            try:
                code = 0 if same(read_all(fits), images) else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert same(read_all(fits), images)


def test_a_file_that_shrinks_gives_no_other_pixels(
    site: Site, content: bytes, images: list[np.ndarray]
) -> None:
    """The open handle reads the old content, where it has that, or raises an error."""
    with site.open(site.publish(content)) as fits:
        last = [hdu for hdu in fits if hdu.has_data][-1]
        site.publish(content[: 2 * BLOCK])
        try:
            after = last.read()
        except (rustfits.FITSTruncatedError, rustfits.FITSChangedError) as raised:
            assert str(raised)
        else:
            assert np.array_equal(after, images[-1])


def test_a_file_that_grows_keeps_its_pixels(
    site: Site, content: bytes, images: list[np.ndarray]
) -> None:
    with site.open(site.publish(content)) as fits:
        last = [hdu for hdu in fits if hdu.has_data][-1]
        site.publish(content + content[: 4 * BLOCK])
        try:
            after = last.read()
        except rustfits.FITSChangedError as raised:
            assert str(raised)
        else:
            assert np.array_equal(after, images[-1])


def test_a_refused_file_is_a_permission_error(site: Site, content: bytes) -> None:
    refused = site.forbidden()
    if refused is not None:
        with pytest.raises(rustfits.FITSPermissionError) as raised:
            site.open(refused)
        assert isinstance(raised.value, PermissionError)


def test_written_images_are_read(writable: WritableSite, images: list[np.ndarray]) -> None:
    name = writable.fresh()
    with writable.open(name, "w+") as fits:
        for image in images:
            fits.write_image(image)
    written = writable.content(name)
    assert len(written) % BLOCK == 0
    with FITS.from_bytes(written) as fits:
        assert same(read_all(fits), images)


def test_edits_reach_the_file(
    writable: WritableSite, content: bytes, images: list[np.ndarray]
) -> None:
    """Growing and shrinking through one handle, against the same edits in memory."""
    name = writable.publish(content)
    with FITS.from_bytes(content, "r+") as model, writable.open(name, "r+") as fits:
        for file in (model, fits):
            file.write_image(images[0], extname="MORE")
            file[0].header["OBJECT"] = "M 31"
            file["MORE"].write(images[0] + 1)
        assert fits.to_bytes() == model.to_bytes()
        expected = model.to_bytes()
    assert writable.content(name) == expected


def test_an_exception_leaves_a_readable_file(
    writable: WritableSite, content: bytes, images: list[np.ndarray]
) -> None:
    name = writable.publish(content)
    with pytest.raises(RuntimeError, match="of the caller"):
        with writable.open(name, "r+") as fits:
            fits[0].header["OBJECT"] = "M 31"
            raise RuntimeError("of the caller")
    with FITS.from_bytes(writable.content(name)) as fits:
        assert same(read_all(fits), images)
