# SPDX-License-Identifier: BSD-3-Clause
"""Images as dask arrays."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import dask
import dask.array as da
import numpy as np
import pytest

import rustfits
import rustfits.dask
from rustfits import FITS, FITSChangedError
from rustfits.dask import image as dask_image
from rustfits.dask import opened, read_image


@pytest.fixture(autouse=True)
def one_thread():
    with dask.config.set(scheduler="sync"):
        yield


def keys_of(monkeypatch):
    """Collect the sections that tasks read."""
    keys = []
    read = dask_image._Image.__getitem__

    def spy(self, key):
        keys.append(key)
        return read(self, key)

    monkeypatch.setattr(dask_image._Image, "__getitem__", spy)
    return keys


@pytest.mark.parametrize("chunks", ["auto", "tiles", (70, 90), 128, (-1, 40)])
@pytest.mark.parametrize("ext", [0, "TILED"])
def test_an_array_equals_the_plain_read(image, chunks, ext):
    array = read_image(image, ext=ext, chunks=chunks)
    assert isinstance(array, da.Array)
    with FITS(image) as fits:
        assert array.dtype == fits[ext].dtype
        np.testing.assert_array_equal(array.compute(scheduler="threads"), fits[ext].read())
        np.testing.assert_array_equal(array[5:200:3, 7].compute(), fits[ext][5:200:3, 7])
        np.testing.assert_array_equal(array[::-1, ::-7].compute(), fits[ext].read()[::-1, ::-7])
        np.testing.assert_array_equal(array[[3, 250, 7]].compute(), fits[ext].read()[[3, 250, 7]])


def test_chunks_are_tiles_and_each_tile_is_read_once(image, monkeypatch):
    array = read_image(image, ext="TILED", chunks="tiles")
    assert array.chunks == ((50,) * 6, (60,) * 6 + (40,))
    keys = keys_of(monkeypatch)
    array.sum().compute()
    assert len(keys) == len(set(map(str, keys))) == 42


def test_auto_makes_chunks_of_whole_tiles_near_the_size_of_dask(image):
    with dask.config.set({"array.chunk-size": "150kB"}):
        array = read_image(image, ext="TILED")
        assert array.chunks == ((50,) * 6, (400,))
        assert read_image(image, ext=0).chunksize == (93, 400)


def test_a_section_reads_only_its_pixels(image, monkeypatch):
    array = read_image(image, chunks=(100, 400))
    keys = keys_of(monkeypatch)
    array[110:120, 3:5].compute()
    assert keys == [(slice(110, 120, None), slice(3, 5, None))]


def test_building_reads_headers_only(image, monkeypatch):
    keys = keys_of(monkeypatch)
    read_image([image, image])
    assert keys == []


@pytest.mark.parametrize("many", [list, iter, tuple])
def test_many_images_are_stacked(tmp_path, pixels, many):
    paths = [tmp_path / f"{number}.fits" for number in range(4)]
    for number, path in enumerate(paths):
        rustfits.write(path, pixels + number)
    expected = np.stack([pixels + number for number in range(4)])
    array = read_image(many(paths), chunks=(100, -1))
    assert array.chunks == ((1,) * 4, (100,) * 3, (400,))
    for key in (
        ...,
        2,
        -1,
        (slice(1, 3), slice(5, 7), slice(None, None, 3)),
        (slice(None, None, -1), slice(None, None, -1), -1),
        ([0, 2], slice(None), 4),
        (slice(1, 1),),
        (slice(None), 0, 0),
    ):
        np.testing.assert_array_equal(array[key].compute(), expected[key])
    np.testing.assert_array_equal(read_image(str(tmp_path / "*.fits")).compute(), expected)
    assert read_image(paths[:1]).shape == (1, 300, 400)


def test_images_that_do_not_agree_are_named(tmp_path, pixels):
    rustfits.write(tmp_path / "a.fits", pixels)
    rustfits.write(tmp_path / "b.fits", pixels[1:])
    rustfits.write(tmp_path / "c.fits", pixels.astype("f4"))
    with pytest.raises(
        ValueError, match=r"b\.fits\[0\]: .*\(299, 400\), and \(300, 400\) in .*a\."
    ):
        read_image([tmp_path / "a.fits", tmp_path / "b.fits"])
    with pytest.raises(TypeError, match=r"c\.fits\[0\]: .*float32, and int32 in .*a\.fits\[0\]"):
        read_image([tmp_path / "a.fits", tmp_path / "c.fits"])
    with pytest.raises(ValueError, match="no files"):
        read_image([])
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "none.fits")


def test_tables_and_empty_hdus_are_refused(tables, tmp_path):
    with pytest.raises(TypeError, match=r"table0\.fits\[1\]: the HDU is no image"):
        read_image(tables[0])
    with pytest.raises(ValueError, match=r"table0\.fits\[0\]: the HDU has no data"):
        read_image(tables[0], ext=0)


def test_a_file_that_has_changed_is_an_error_with_file_and_hdu(image, pixels):
    array = read_image(image, ext="TILED")
    array.sum().compute()
    with FITS(image, "w+") as fits:
        fits.write_image(pixels)
        fits.write_image(pixels, extname="TILED")
    with pytest.raises(FITSChangedError, match=r"image\.fits\[1\]: the file has changed since"):
        array.sum().compute()
    np.testing.assert_array_equal(read_image(image, ext="TILED").compute(), pixels)
    os.remove(image)
    with pytest.raises(FileNotFoundError):
        array.compute()


def test_equal_arrays_have_equal_names_and_changed_files_others(image, pixels):
    name = read_image(image).name
    assert read_image(image).name == name
    assert read_image(image, chunks=100).name != name
    rustfits.write(image, pixels[:50])
    assert read_image(image).name != name


def test_an_array_pickles_and_a_relative_name_still_leads_to_its_file(image, pixels, monkeypatch):
    monkeypatch.chdir(image.parent)
    single, many = read_image("image.fits"), read_image(["image.fits"])
    monkeypatch.chdir("/")
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(single)).compute(), pixels)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(many)).compute(), pixels[np.newaxis])


def test_empty_images(tmp_path):
    rustfits.write(tmp_path / "a.fits", np.zeros((0, 5), "f4"))
    assert read_image(tmp_path / "a.fits").compute().shape == (0, 5)


# ---- open files ----


def test_many_threads_open_a_file_once(image, monkeypatch):
    opens = []

    class Counting(FITS):
        __slots__ = ()

        def __init__(self, *arguments, **options):
            opens.append(options["threads"])
            super().__init__(*arguments, **options)

    monkeypatch.setattr(opened, "FITS", Counting)
    array = read_image(image, ext="TILED", chunks="tiles")
    array.sum().compute(scheduler="threads")
    assert opens == [1]
    assert [fits.filename for fits in opened.opened_files()] == [str(image)]


def test_few_files_stay_open_and_idle_ones_are_closed(tmp_path, pixels, monkeypatch):
    monkeypatch.setattr(opened, "MAX_FILES", 3)
    for number in range(5):
        rustfits.write(tmp_path / f"{number}.fits", pixels)
    array = read_image(str(tmp_path / "*.fits"))
    array.sum().compute(scheduler="threads")
    assert len(opened.opened_files()) == 3
    monkeypatch.setattr(opened, "IDLE_SECONDS", 0.0)
    opened._sweep()
    assert opened.opened_files() == []


def test_the_module_says_what_to_install(tmp_path: Path):
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['dask'] = None; sys.modules['dask.array'] = None\n"
        "import rustfits\n"
        "try:\n    import rustfits.dask\nexcept ImportError as error:\n    print(error)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert 'pip install "dask[array,dataframe]"' in made.stdout
    code = "import rustfits, sys; print(any(name.startswith('dask') for name in sys.modules))"
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert made.stdout == "False\n"
    assert sorted(rustfits.dask.__all__) == dir(rustfits.dask)
