# SPDX-License-Identifier: BSD-3-Clause
"""References to files on servers: the requests are counted there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray

import rustfits
from rustfits import FITS
from servers import HTTPServer, S3Server, http_server, s3_server
from servers.s3 import PUBLIC

TILES = 5 * 4  # 300 x 250 pixels in tiles of 64 x 64


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("references")
    data = np.random.default_rng(3).normal(size=(300, 250)).astype("f4")
    data[5, 5] = np.nan
    with FITS(folder / "a.fits", "w+") as fits:
        compress = rustfits.Rice1(tile_shape=(64, 64))
        quantize = rustfits.Quantize(method="dither2", seed=17)
        fits.write_image(data, extname="SCI", compress=compress, quantize=quantize)
        fits.write_image(data, extname="RAW")
    return folder


@pytest.fixture(scope="module")
def expected(root: Path) -> np.ndarray[Any, Any]:
    return rustfits.read(root / "a.fits", "SCI")


@pytest.fixture(scope="module")
def http(root: Path) -> Iterator[HTTPServer]:
    with http_server(root) as server:
        yield server


@pytest.fixture(scope="module")
def s3(root: Path) -> Iterator[S3Server]:
    with s3_server() as server:
        server.put(PUBLIC, "dir/a.fits", (root / "a.fits").read_bytes())
        yield server


def requests(server: HTTPServer, start: int) -> list[str]:
    """Return the ranges of the requests from number `start` on that got bytes of the file."""
    return [found["range"] for found in server.requests()[start:] if found["status"] == "206"]


def test_each_tile_is_one_request(
    http: HTTPServer, expected: np.ndarray[Any, Any], open_refs: Any
) -> None:
    refs = rustfits.manifest(http.url("a.fits"))
    start = len(http.requests())
    array = open_refs(refs)["SCI"]
    np.testing.assert_array_equal(array[...], expected)
    ranges = requests(http, start)
    assert len(ranges) == len(set(ranges)) == TILES + 1  # header and rows together
    np.testing.assert_array_equal(array[60:70, 240:250], expected[60:70, 240:250])
    assert len(requests(http, start)) == TILES + 1 + 2
    np.testing.assert_array_equal(array[3, 3], expected[3, 3])
    assert len(requests(http, start)) == TILES + 1 + 3


def test_xarray_and_dask_fetch_each_tile_once(
    http: HTTPServer, expected: np.ndarray[Any, Any]
) -> None:
    refs = rustfits.manifest(http.url("a.fits"))
    options = {"fo": refs, "remote_protocol": "http", "remote_options": {"asynchronous": True}}
    with xarray.open_zarr("reference://", storage_options=options) as data:
        assert data.SCI.chunks == ((64, 64, 64, 64, 44), (64, 64, 64, 58))
        start = len(http.requests())
        np.testing.assert_array_equal(data.SCI.compute(scheduler="threads"), expected)
        ranges = requests(http, start)
    assert len(ranges) == len(set(ranges)) == TILES + 1


def test_virtualizarr_over_http(http: HTTPServer, expected: np.ndarray[Any, Any]) -> None:
    store = rustfits.manifest(http.url("a.fits"), format="virtualizarr")
    with xarray.open_zarr(store, consolidated=False, zarr_format=3) as data:
        np.testing.assert_array_equal(data.SCI[100:], expected[100:])
        np.testing.assert_array_equal(
            data.RAW[:, 7], rustfits.read(http.url("a.fits"), "RAW")[:, 7]
        )


def test_object_store(
    s3: S3Server,
    expected: np.ndarray[Any, Any],
    open_refs: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By fsspec over http, and by virtualizarr's client of S3."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    url = f"{s3.endpoint}/{PUBLIC}/dir/a.fits"
    np.testing.assert_array_equal(open_refs(rustfits.manifest(url))["SCI"][...], expected)
    for name, value in {
        "AWS_ENDPOINT_URL": s3.endpoint,
        "AWS_ENDPOINT": s3.endpoint,
        "AWS_ALLOW_HTTP": "true",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    store = rustfits.manifest(f"s3://{PUBLIC}/dir/a.fits", format="virtualizarr")
    with xarray.open_zarr(store, consolidated=False, zarr_format=3) as data:
        np.testing.assert_array_equal(data.SCI, expected)


def test_file_that_was_deleted_on_the_server(root: Path, http: HTTPServer, open_refs: Any) -> None:
    """Zarr takes a missing chunk as fill values, which would be zeros in place of an image."""
    (root / "b.fits").write_bytes((root / "a.fits").read_bytes())
    refs = rustfits.manifest(http.url("b.fits"))
    (root / "b.fits").unlink()
    with pytest.raises(Exception, match=r"b\.fits|reach"):
        open_refs(refs)["SCI"][...]


def test_xarray_backend_over_http(http: HTTPServer, expected: np.ndarray[Any, Any]) -> None:
    with xarray.open_dataset(http.url("a.fits"), engine="rustfits", remote="ranged") as data:
        start = len(http.requests())
        np.testing.assert_array_equal(data.SCI[60:70, 240:250], expected[60:70, 240:250])
        assert len(requests(http, start)) <= 3
