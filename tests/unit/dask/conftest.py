# SPDX-License-Identifier: BSD-3-Clause
"""Files to read, and one cluster of two processes for all tests of the folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """A cluster of two processes with one thread each."""
    from distributed import Client, LocalCluster

    with (
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",  # any port: another cluster may have the default one
            memory_limit=0,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture(autouse=True)
def no_open_files() -> Iterator[None]:
    from rustfits.dask.opened import close_files

    yield
    close_files()


@pytest.fixture(scope="session")
def pixels() -> np.ndarray:
    return np.random.default_rng(1).integers(-1000, 1000, (300, 400), "i4")


@pytest.fixture
def image(tmp_path: Path, pixels: np.ndarray) -> Path:
    """A plain image, and one of tiles that do not divide it."""
    path = tmp_path / "image.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(pixels)
        fits.write_image(pixels + 1, extname="TILED", compress=rustfits.Rice1(tile_shape=(50, 60)))
    return path


def make_rows(count: int, first: int = 0) -> np.ndarray:
    """Rows of all sorts of fixed-width columns."""
    rows = np.zeros(
        count, [("id", "i4"), ("flux", "f8"), ("flag", "?"), ("name", "U8"), ("vector", "f4", 3)]
    )
    rows["id"] = np.arange(first, first + count)
    rows["flux"] = np.sqrt(rows["id"])
    rows["flag"] = rows["id"] % 3 == 0
    rows["name"] = [f"S{number}" for number in rows["id"]]
    rows["vector"] = rows["id"][:, np.newaxis]
    return rows


@pytest.fixture
def tables(tmp_path: Path) -> list[Path]:
    """Two files with the same columns."""
    paths = [tmp_path / "table0.fits", tmp_path / "table1.fits"]
    rustfits.write(paths[0], make_rows(1000))
    rustfits.write(paths[1], make_rows(500, 1000))
    return paths
