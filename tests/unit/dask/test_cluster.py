# SPDX-License-Identifier: BSD-3-Clause
"""Two processes of a cluster read and write the same files, also on an S3 server."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterator
from pathlib import Path

import dask.array as da
import numpy as np
import pyarrow.parquet as pq
import pytest

import rustfits
from rustfits import FITS, FITSChangedError, Remote
from rustfits.dask import opened, read_image, read_table, to_fits, to_parquet
from servers import S3Server, s3_server
from servers.s3 import PUBLIC

# Pixels that cannot be compressed, so that tiles have about the size of their pixels.
SHAPE, TILE = (1024, 1024), (128, 256)
ROWS = 40_000


@pytest.fixture
def cluster(client) -> Iterator[object]:
    """The cluster as the scheduler of dask; its processes have no file open."""
    client.run(lambda: __import__("rustfits.dask.opened").dask.opened.close_files())
    with client.as_current():
        yield client


def processes(client) -> dict[int, list[str]]:
    """The files that each process has open."""
    found = client.run(
        lambda: (
            os.getpid(),
            [f.filename for f in __import__("rustfits.dask.opened").dask.opened.opened_files()],
        )
    )
    return dict(found.values())


def test_images_of_local_files(cluster, tmp_path, pixels):
    paths = [tmp_path / f"{number}.fits" for number in range(3)]
    for number, path in enumerate(paths):
        rustfits.write_image(path, pixels + number, compress=rustfits.Rice1(tile_shape=(50, 60)))
    array = read_image(paths, chunks="tiles")
    np.testing.assert_array_equal(array.compute(), np.stack([pixels + n for n in range(3)]))
    found = processes(cluster)
    assert len(found) == 2 and os.getpid() not in found
    assert all(sorted(files) == sorted(set(files)) for files in found.values())
    assert {name for files in found.values() for name in files} == set(map(str, paths))


def test_a_changed_file_is_an_error_of_the_worker_with_file_and_hdu(cluster, image):
    array = read_image(image, chunks=(100, 400))
    array.sum().compute()
    with FITS(image, "r+") as fits:
        fits[0].header["CHANGED"] = True
    with pytest.raises(FITSChangedError, match=r"image\.fits\[0\]: the file has changed since"):
        array.sum().compute()


def test_tables_of_local_files(cluster, tables):
    frame = read_table(tables, rows="flag", target_bytes=20_000)
    expected = np.concatenate([rustfits.read(path, 1) for path in tables])
    expected = expected[expected["flag"]]
    found = frame.compute()
    for name in ("id", "flux", "name"):
        assert found[name].tolist() == expected[name].tolist()


@pytest.mark.parametrize("compress", [None, "rice"])
def test_an_image_written_by_both_processes(cluster, tmp_path, compress):
    data = np.random.default_rng(2).integers(0, 30000, (600, 700), "i4")
    array, cards = da.from_array(data, chunks=(53, 101)), {"FILTER": "r"}
    to_fits(array, tmp_path / "a.fits", compress=compress, header=rustfits.FITSHeader(cards))
    with FITS(tmp_path / "a.fits") as fits:
        hdu = fits[-1]
        np.testing.assert_array_equal(hdu.read(), data)
        assert hdu.verify_checksum() and hdu.header["FILTER"] == "r"
    to_fits(array[:60], tmp_path / "p*.fits", compress=compress)
    assert len(os.listdir(tmp_path)) == 1 + 2 * 7


def test_tables_written_by_both_processes(cluster, tables, tmp_path):
    frame = read_table(tables, target_bytes=10_000)
    to_fits(frame, tmp_path / "a.fits")
    expected = np.concatenate([rustfits.read(path, 1) for path in tables])
    with FITS(tmp_path / "a.fits") as fits:
        assert fits[1].verify_checksum()
        found = fits[1].read()
    for name in expected.dtype.names:
        assert found[name].tolist() == expected[name].tolist()
    made = to_parquet(tables, tmp_path / "p*.parquet", target_bytes=10_000)
    assert len(made) > 4
    assert [i for name in made for i in pq.read_table(name)["id"].to_pylist()] == list(range(1500))


def test_a_failed_task_of_a_worker_leaves_no_file(cluster, tmp_path):
    def fail(block, block_id=()):
        if block_id == (3, 1):
            raise ZeroDivisionError
        return block

    array = da.zeros((100, 100), chunks=20).map_blocks(fail, dtype="f8")
    for options in ({}, {"compress": "gzip2"}):
        with pytest.raises(ZeroDivisionError):
            to_fits(array, tmp_path / "a.fits", **options)
    assert os.listdir(tmp_path) == []


# ---- S3 ----


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    rng = np.random.default_rng(5)
    image = rng.integers(-(2**31), 2**31, SHAPE).astype("i4")
    rows = np.zeros(ROWS, [("id", "i4"), ("noise", "f8", 8)])
    rows["id"] = np.arange(ROWS)
    rows["noise"] = rng.normal(size=(ROWS, 8))
    rustfits.write_image(folder / "a.fits", image, compress=rustfits.Gzip1(tile_shape=TILE))
    rustfits.write_table(folder / "t.fits", rows)
    with s3_server() as server:
        for name in ("a.fits", "t.fits"):
            server.put(PUBLIC, name, (folder / name).read_bytes())
        server.folder = folder  # type: ignore[attr-defined]
        yield server


@pytest.fixture
def remote(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Remote:
    for name in list(os.environ):
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    # Ranges of small blocks, so that few bytes are fetched twice.
    return Remote(endpoint=s3.endpoint, anonymous=True, ranged=True, block_bytes=4096)


def fetched(client) -> list[int]:
    """How many bytes each process has fetched. The files are closed."""
    local = sum(fits.remote_stats().bytes_fetched for fits in opened.opened_files())
    return [
        local,
        *client.run(
            lambda: sum(
                f.remote_stats().bytes_fetched
                for f in __import__("rustfits.dask.opened").dask.opened.opened_files()
            )
        ).values(),
    ]


#: What each process fetches to open a file (256 KiB), and blocks at the borders of parts.
OPENING = 3 * (320 << 10)


def test_each_tile_is_fetched_once(cluster, s3, remote):
    array = read_image(f"s3://{PUBLIC}/a.fits", chunks="tiles", remote=remote)
    assert array.numblocks == (8, 4)
    np.testing.assert_array_equal(array.compute(), rustfits.read(s3.folder / "a.fits"))
    counts, size = fetched(cluster), (s3.folder / "a.fits").stat().st_size
    assert min(counts[1:]) > size // 5  # both processes took part
    assert size <= sum(counts) < size + OPENING


def test_each_row_is_fetched_once(cluster, s3, remote):
    frame = read_table(f"s3://{PUBLIC}/t.fits", target_bytes=200_000, remote=remote)
    expected = rustfits.read(s3.folder / "t.fits")
    found = frame.compute()
    assert found["id"].tolist() == expected["id"].tolist()
    np.testing.assert_array_equal(np.stack(found["noise"]), expected["noise"])
    counts, size = fetched(cluster), (s3.folder / "t.fits").stat().st_size
    assert min(counts[1:]) > size // 5
    assert size <= sum(counts) < size + OPENING


def test_secrets_travel_only_if_the_caller_says_so(cluster, s3, remote):
    name, login = f"s3://{PUBLIC}/a.fits", (s3.key, s3.secret)
    kept = Remote(endpoint=s3.endpoint, auth=login)
    image = read_image(name, chunks=(1024, 512), remote=kept)
    table = read_table(f"s3://{PUBLIC}/t.fits", remote=kept, columns=["id"])
    assert image[:, 0].compute(scheduler="threads").shape == (1024,)
    assert len(table.compute(scheduler="threads")) == ROWS
    for collection in (image.sum(), table.id.sum()):
        with pytest.raises(TypeError, match="Could not serialize") as caught:
            collection.compute()
        printed = "".join(traceback.format_exception(caught.value))
        assert "pickle_secrets=True" in printed and s3.secret not in printed
    remote = Remote(endpoint=s3.endpoint, auth=login, pickle_secrets=True)
    image = read_image(name, chunks=(1024, 512), remote=remote)
    np.testing.assert_array_equal(image[:, 0].compute(), rustfits.read(s3.folder / "a.fits")[:, 0])


def test_parquet_from_a_server_fetches_each_row_once(cluster, s3, remote, tmp_path: Path):
    made = to_parquet(
        f"s3://{PUBLIC}/t.fits", tmp_path / "t.parquet", target_bytes=200_000, remote=remote
    )
    assert pq.read_table(made[0])["id"].to_pylist() == list(range(ROWS))
    counts, size = fetched(cluster), (s3.folder / "t.fits").stat().st_size
    assert size <= sum(counts) < size + OPENING
