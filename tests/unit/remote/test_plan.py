# SPDX-License-Identifier: BSD-3-Clause
"""`FITS.plan` against the bytes that the read needs, and against what it fetches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import http_server

IMAGE = np.arange(600 * 500, dtype="f4").reshape(600, 500)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("plan") / "a.fits"
    with FITS(made, "w+") as fits:
        fits.write_image(IMAGE, extname="SKY")
        table = {"id": np.arange(50_000), "x": np.zeros(50_000, "f4")}
        fits.write_table(table, extname="CAT")
        fits.write_image(IMAGE.astype("i2"), extname="TILES", compress=True)
    return made


@pytest.fixture
def url(path: Path) -> Iterator[str]:
    with http_server(path.parent) as server:
        yield server.url("a.fits")


def test_a_section_is_its_rows(path: Path) -> None:
    with FITS(path) as fits:
        plan = fits.plan("SKY", np.s_[10:14, 20:30])
        start = fits["SKY"]._info.data_offset
        rows = tuple((start + (y * 500 + 20) * 4, 40) for y in range(10, 14))
        assert plan == (160, rows)
        assert fits.plan("SKY").bytes == IMAGE.nbytes
        assert len(fits.plan("SKY").ranges) == 1
        assert fits["SKY"].plan(np.s_[5, 5]).bytes == 4
        content = path.read_bytes()
        joined = b"".join(content[at : at + n] for at, n in plan.ranges)
        assert joined == IMAGE[10:14, 20:30].astype(">f4").tobytes()


def test_rows_of_a_table(path: Path) -> None:
    with FITS(path) as fits:
        plan = fits.plan("CAT", rows=slice(100, 200))
        assert plan.bytes == 100 * 12 and len(plan.ranges) == 1
        assert fits["CAT"].plan(rows=[], columns=["x"]).bytes == 0
        assert fits.plan("CAT", rows="id == 7", columns="x").bytes <= 12


def test_tiles_of_a_compressed_image(path: Path) -> None:
    with FITS(path) as fits:
        one, whole = fits.plan("TILES", np.s_[0, :]), fits.plan("TILES")
        assert 0 < one.bytes < whole.bytes / 100


def test_a_plan_sends_no_request_and_tells_what_is_fetched(url: str) -> None:
    remote = Remote(ranged=True, block_bytes=4096, gap_bytes=1)
    with FITS(url, remote=remote) as fits:
        assert fits["CAT"].nrows == 50_000  # finds the HDUs
        before = fits.remote_stats()
        plan = fits.plan("SKY", np.s_[300:310, 100:120])
        assert fits.remote_stats() == before
        fits["SKY"][300:310, 100:120]
        after = fits.remote_stats()
    fetched = after.bytes_fetched - before.bytes_fetched
    blocks = {
        block for at, n in plan.ranges for block in range(at // 4096, (at + n - 1) // 4096 + 1)
    }
    assert fetched == 4096 * len(blocks)


def test_arguments_of_the_other_kind_are_refused(path: Path) -> None:
    with FITS(path) as fits:
        with pytest.raises(rustfits.FITSTypeError, match="a plan of an image takes a key"):
            fits.plan("SKY", rows=[1])
        with pytest.raises(rustfits.FITSTypeError, match="kind 'table'"):
            fits.plan("CAT", 5)
        with pytest.raises(rustfits.FITSIndexError):
            fits.plan("SKY", 600)
