# SPDX-License-Identifier: BSD-3-Clause
"""Files, HDUs, headers, configurations and exceptions that are pickled, copied and sent to processes."""

from __future__ import annotations

import copy
import gc
import gzip
import io
import itertools
import multiprocessing
import operator
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Remote
from rustfits._core.binding.errors import CLASSES
from servers import HTTPServer

PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)


def again(thing):
    return pickle.loads(pickle.dumps(thing))


@pytest.fixture
def sky(tmp_path: Path) -> str:
    """Write an image, a table, a compressed image and a compressed table."""
    name = str(tmp_path / "sky.fits")
    table = {"id": np.arange(100, dtype="i4"), "name": [f"S{i}" for i in range(100)]}
    with FITS(name, "w+") as fits:
        fits.write_image(np.arange(12.0).reshape(3, 4), header={"OBJECT": "M 31"})
        fits.write_table(table, extname="T", units={"id": "pix"})
        fits.write_image(np.arange(400, dtype="i2").reshape(20, 20), extname="Z", compress=True)
        fits.write_table(table, extname="ZT", compress=True)
        fits.create_ascii_table_hdu([("a", "i4")], 3, extname="A")
    return name


# ---- files, HDUs, subsets ----


@pytest.mark.parametrize("change", [again, copy.copy, copy.deepcopy])
def test_files_and_hdus_travel(sky, change):
    with FITS(sky, threads=1) as fits:
        other = change(fits)
        assert type(other) is FITS
        assert (other.filename, other.mode, len(other)) == (fits.filename, "r", 5)
        for hdu in fits:
            made = change(hdu)
            assert type(made) is type(hdu)
            assert (made.index, made.extname) == (hdu.index, hdu.extname)
            assert made is not hdu
            np.testing.assert_array_equal(made.read(), hdu.read())
        for subset in (fits["T"]["id"], fits["T"][["id", "name"]], fits["ZT"]["name"]):
            made = copy.deepcopy(subset) if change is copy.copy else change(subset)
            assert type(made) is type(subset)
            np.testing.assert_array_equal(made[5:9], subset[5:9])
    # A copy has a file of its own.
    assert other[0].read()[1, 1] == 5
    other.close()
    assert made[0] == subset[0] if not fits.closed else made[0] is not None


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_carries_objects(sky, protocol):
    with FITS(sky) as fits:
        made = pickle.loads(pickle.dumps(fits["T"]["name"], protocol))
        assert made[3] == "S3"


def test_objects_of_one_file_share_it_on_the_other_side(sky):
    with FITS(sky) as fits:
        first, second, third, column = again([fits[1], fits[2], fits[1], fits[1]["id"]])
    assert first is third
    assert first._file is second._file
    assert column._hdu is first
    (whole, hdu) = copy.deepcopy((fits2 := FITS(sky), fits2[0]))
    assert whole._file is hdu._file


def test_a_pickle_holds_no_data_and_no_handle(tmp_path):
    name = str(tmp_path / "large.fits")
    rustfits.write(name, np.zeros((1000, 1000)))
    with FITS(name) as fits:
        assert len(pickle.dumps(fits[0])) < 1000


def test_deepcopy_prints_no_ignored_exception(sky):
    code = (
        "import copy, gc, rustfits, sys\n"
        "fits = rustfits.FITS(sys.argv[1])\n"
        "copy.deepcopy(fits), copy.copy(fits[1]), copy.deepcopy(fits[1]['id'])\n"
        "for bad in (rustfits.FITS('mem://', 'w+'), rustfits.FITS(sys.argv[1], 'r+')):\n"
        "    try: copy.deepcopy(bad)\n"
        "    except TypeError: bad.close()\n"
        "gc.collect()\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, sky], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


def test_options_travel(sky, tmp_path):
    packed = tmp_path / "sky.fits.gz"
    packed.write_bytes(gzip.compress(Path(sky).read_bytes()))
    options = {"threads": 1, "lenient": True, "max_hdus": 50, "index": True, "mmap": False}
    with FITS(packed, schemes=iter(["file", "https"]), **options) as fits:
        made = again(fits)
    assert made._file.opened_as[2] == {**options, "schemes": ("file", "https")}
    assert made["T"].nrows == 100


def test_a_relative_name_is_opened_in_another_folder(sky, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with FITS("sky.fits") as fits, FITS(Path("sky.fits")) as by_path:
        content = pickle.dumps((fits, by_path))
        monkeypatch.chdir("/")
        for made in pickle.loads(content):
            assert made[0].read()[2, 3] == 11


class Mine(FITS):
    """A class of a user, with an attribute."""

    __slots__ = ("__dict__",)


@pytest.mark.parametrize("change", [again, copy.copy, copy.deepcopy])
def test_subclasses_keep_their_attributes(sky, change):
    with Mine(sky) as fits:
        fits.label = ["x"]
        made = change(fits)
    assert type(made) is Mine
    assert made.label == ["x"]
    assert made.label is not fits.label
    made.close()


def test_fsspec_names_travel(sky):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/travel/sky.fits", Path(sky).read_bytes())
    local = fsspec.filesystem("file")
    for fits in (
        FITS("memory://travel/sky.fits"),
        FITS("/travel/sky.fits", fs=memory),
        FITS("memory://travel/sky.fits", storage_options={"use_listings_cache": False}),
        FITS(sky, fs=local),
    ):
        assert again(fits[0]).read()[1, 1] == 5
        assert copy.copy(fits)["T"].nrows == 100
    memory.rm("/travel", recursive=True)


# ---- another content ----


def test_another_content_is_an_error(sky):
    with FITS(sky) as fits:
        content = pickle.dumps(fits["T"])
    rustfits.write(sky, np.zeros(3), mode="r+")
    with pytest.raises(rustfits.FITSChangedError, match=r"sky\.fits: .*size was") as caught:
        pickle.loads(content)
    assert caught.value.filename == sky


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_another_time_is_another_content(sky, suffix):
    name = sky + suffix
    if suffix:
        Path(name).write_bytes(gzip.compress(Path(sky).read_bytes()))
    with FITS(name) as fits:
        content = pickle.dumps(fits)
        assert pickle.loads(content)[0].shape == (3, 4)
        os.utime(name, ns=(1, 10**18))
        with pytest.raises(rustfits.FITSChangedError, match="time of the last change"):
            pickle.loads(content)
        # The open file is the one that changed: a new pickle has its new time.
        assert again(fits)[0].shape == (3, 4)


def test_a_replaced_file_is_not_taken_for_the_open_one(sky, tmp_path):
    with FITS(sky) as fits:
        (tmp_path / "new.fits").write_bytes(Path(sky).read_bytes())
        os.utime(tmp_path / "new.fits", ns=(1, 10**18))
        os.replace(tmp_path / "new.fits", sky)
        with pytest.raises(rustfits.FITSChangedError):
            again(fits)
        with pytest.raises(rustfits.FITSChangedError):
            copy.deepcopy(fits)


def test_a_missing_file_is_named(sky):
    with FITS(sky) as fits:
        content = pickle.dumps(fits)
    os.remove(sky)
    with pytest.raises(FileNotFoundError, match=r"sky\.fits"):
        pickle.loads(content)


def test_remote_files_travel_with_their_etag(sky, tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    times = itertools.count(10**18, 10**9)
    with HTTPServer(tmp_path) as server:
        url = server.url("sky.fits")
        for remote in (None, Remote(ranged=True), Remote(download=True)):
            with FITS(url, remote=remote) as fits:
                content = pickle.dumps(fits[0])
                np.testing.assert_array_equal(pickle.loads(content).read(), fits[0].read())
            os.utime(sky, ns=(1, next(times)))
            with pytest.raises(rustfits.FITSChangedError, match="ETag"):
                pickle.loads(content)


# ---- what does not travel ----


def test_objects_that_cannot_travel_say_why(sky, tmp_path):
    content = Path(sky).read_bytes()
    deleted = FITS(tmp_path / "d.fits", "w+")
    deleted.write_image(np.zeros(3))
    removed = deleted.write_image(np.zeros(3))
    del deleted[1]
    reader, writer = os.pipe()
    os.write(writer, content[:2880])
    os.close(writer)
    with open(sky, "rb") as file, FITS(sky, "r+") as writing, FITS(f"fd://{reader}") as stream:
        for thing, reason in [
            (FITS.from_bytes(content), "to_bytes"),
            (FITS.from_bytes(content, "r+"), "to_bytes"),
            (FITS.from_bytes(content, copy=False)[0], "to_bytes"),
            (FITS("mem://", "w+"), "to_bytes"),
            (FITS(file), "Python object"),
            (FITS(io.BytesIO(content))[1], "Python object"),
            (writing, "open for writing"),
            (writing["T"]["id"], "open for writing"),
            (stream, "stream"),
            (writing[0].header.edit(), r"header\.copy"),
        ]:
            for change in (pickle.dumps, copy.deepcopy):
                with pytest.raises(TypeError, match=reason) as caught:
                    change(thing)
                assert isinstance(caught.value, rustfits.FITSTypeError)
    os.close(reader)
    closed = FITS(sky)
    hdu = closed[0]
    closed.close()
    for thing in (closed, hdu):
        with pytest.raises(rustfits.FITSClosedError, match="closed"):
            pickle.dumps(thing)
    with pytest.raises(rustfits.FITSClosedError, match="deleted"):
        pickle.dumps(removed)
    deleted.close()
    gc.collect()


# ---- secrets ----


SECRETS = [
    Remote(headers={"Authorization": "Bearer abc123"}),
    Remote(headers={"Accept": "x/y", "X-Api-Key": "abc123"}),
    Remote(auth=("me", "abc123")),
    Remote(endpoint="https://me:abc123@host/"),
]


@pytest.mark.parametrize("remote", SECRETS, ids=repr)
def test_secrets_of_a_remote_travel_only_by_permission(remote):
    with pytest.raises(rustfits.FITSTypeError, match="pickle_secrets=True") as caught:
        pickle.dumps(remote)
    assert "abc123" not in str(caught.value)
    assert copy.copy(remote) is remote
    assert copy.deepcopy(remote) is remote
    allowed = Remote(**remote._arguments(), pickle_secrets=True)
    assert again(allowed) == allowed
    assert "abc123" not in repr(allowed)


def test_a_remote_without_secrets_travels():
    remote = Remote(headers={"Accept": "x/y"}, timeout=5, ranged=True)
    assert again(remote) == remote


def test_secrets_of_a_file_travel_only_by_permission(sky, tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with HTTPServer(tmp_path) as server:
        plain = server.url("sky.fits")
        for url, remote in [
            (plain, {"headers": {"Authorization": "Bearer abc123"}}),
            (plain.replace("://", "://me:abc123@"), {}),
            (plain + "?token=abc123", {}),
        ]:
            with FITS(url, remote=Remote(**remote)) as fits:
                for thing in (fits, fits[0]):
                    with pytest.raises(
                        rustfits.FITSTypeError, match="pickle_secrets=True"
                    ) as caught:
                        pickle.dumps(thing)
                    assert "abc123" not in str(caught.value)
                # Nothing travels in a copy.
                assert copy.copy(fits)[0].shape == (3, 4)
            with FITS(url, remote=Remote(**remote, pickle_secrets=True)) as fits:
                assert again(fits[0]).shape == (3, 4)


def test_secrets_for_fsspec_travel_only_by_permission(sky):
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/secret/sky.fits", Path(sky).read_bytes())
    options = {"client_kwargs": {"aws_secret_access_key": "abc123"}}
    with FITS("memory://secret/sky.fits", storage_options=options) as fits:
        with pytest.raises(rustfits.FITSTypeError, match="storage_options"):
            pickle.dumps(fits)
    own = fsspec.filesystem("memory", token="abc123", skip_instance_cache=True)
    with FITS("/secret/sky.fits", fs=own) as fits:
        with pytest.raises(rustfits.FITSTypeError, match="filesystem holds a secret"):
            pickle.dumps(fits)
    memory.rm("/secret", recursive=True)


# ---- headers, configurations, exceptions ----


def test_headers_travel_as_their_cards(sky):
    with FITS(sky, "r+") as fits:
        live = fits[0].header
        for change in (again, copy.copy, copy.deepcopy):
            made = change(live)
            assert made == live
            made["OBJECT"] = "other"
            assert live["OBJECT"] == "M 31"
        logical = again(fits["Z"].header)
        assert logical == fits["Z"].header
    assert again(rustfits.read_header(sky))["OBJECT"] == "M 31"
    assert again(live)["OBJECT"] == "M 31"


def test_a_header_of_any_bytes_travels(tmp_path):
    path = tmp_path / "odd.fits"
    rustfits.write(path, np.zeros(3), header={"OBJECT": "Mx31"})
    path.write_bytes(path.read_bytes().replace(b"Mx31", b"M\xe931"))
    header = rustfits.FITSHeader.fromstring(path.read_bytes()[:2880])
    assert again(header).tostring() == header.tostring()


@pytest.mark.parametrize(
    "config",
    [
        rustfits.Rice1(tile_shape=(3, 4), blocksize=16),
        rustfits.Hcompress1(scale=3),
        rustfits.Gzip2(level=3),
        rustfits.Quantize(level=2.5, method="dither2", seed=7),
        rustfits._core.remote.plan.Plan(3, ((0, 3),)),
    ],
    ids=lambda config: type(config).__name__,
)
def test_configurations_travel(config):
    for change in (again, copy.copy, copy.deepcopy):
        assert change(config) == config


@pytest.mark.parametrize(
    "kind",
    {*CLASSES.values(), rustfits.FITSColumnError, rustfits.FITSOpenError},
    ids=lambda k: k.__name__,
)
def test_exceptions_travel_with_all_attributes(kind):
    made = kind("a.fits[3]: keyword 'X' is bad")
    values = {
        "filename": "a.fits",
        "hdu": 3,
        "keyword": "X",
        "offset": 2880,
        "http_status": 404,
        "code": "RF_ERR_FORMAT",
    }
    for name, value in values.items():
        setattr(made, name, value)
    if isinstance(made, OSError):
        made.errno, made.strerror = 5, "Input/output error"
    for change in (again, copy.copy, copy.deepcopy):
        other = change(made)
        assert type(other) is kind
        assert (str(other), other.args) == (str(made), made.args)
        assert {name: getattr(other, name) for name in values} == values
        if isinstance(made, OSError):
            assert (other.errno, other.strerror) == (5, "Input/output error")


# ---- processes ----


#: Work of another process on an HDU, which needs no module of the tests.
READ = operator.methodcaller("read")


def totals(arrays) -> list[float]:
    return [float(array.sum()) for array in arrays]


def test_spawned_processes_take_hdus_and_return_headers_and_errors(sky, tmp_path):
    missing = str(tmp_path / "missing.fits")
    with FITS(sky) as fits, multiprocessing.get_context("spawn").Pool(1) as pool:
        assert totals(pool.map(READ, [fits[0], fits["Z"]])) == [66.0, 79800.0]
        headers = pool.map(rustfits.read_header, [sky, Path(sky)])
        assert [header["OBJECT"] for header in headers] == ["M 31"] * 2
        with pytest.raises(FileNotFoundError) as caught:
            pool.map(rustfits.read_header, [missing])
        assert caught.value.filename == missing
        pool.close()
        pool.join()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_forked_processes_take_hdus(sky):
    with FITS(sky) as fits, multiprocessing.get_context("fork").Pool(2) as pool:
        assert totals(pool.map(READ, [fits[0], fits["Z"]] * 4)) == [66.0, 79800.0] * 4
        pool.close()
        pool.join()


def test_dask_takes_hdus_in_processes_and_names_them_by_content(sky):
    import dask
    from dask.base import tokenize

    with FITS(sky) as fits, FITS(sky) as same:
        assert tokenize(fits[0]) == tokenize(same[0])
        assert tokenize(fits[0]) != tokenize(fits["Z"])
        parts = [dask.delayed(READ)(fits[0]), dask.delayed(READ)(fits["Z"])]
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            got = dask.compute(*parts, scheduler="processes", pool=pool)
    assert totals(got) == [66.0, 79800.0]


def test_the_fitsio_layer_pickles_headers(sky):
    from rustfits import fitsio

    header = fitsio.read_header(sky)
    assert again(header)["OBJECT"] == "M 31"
    assert astropy_fits.getheader(sky)["OBJECT"] == again(header)["OBJECT"]
