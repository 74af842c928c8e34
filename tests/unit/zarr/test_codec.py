# SPDX-License-Identifier: BSD-3-Clause
"""Every kind of image by the codec of Zarr: each value is that of ``hdu.read()``."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from rustfits._core.binding.errors import FITSChangedError, FITSCodecError, FITSFormatError

INTEGERS = ("u1", "i2", "i4", "u2", "u4", "i1")
CODECS: dict[str, Any] = {
    "rice": rustfits.Rice1,
    "gzip1": rustfits.Gzip1,
    "gzip2": rustfits.Gzip2,
    "hcompress": rustfits.Hcompress1,
    "plio": rustfits.Plio1,
    "none": rustfits.NoCompress,
}
SHAPE = (75, 62)


def pixels(dtype: str, shape: tuple[int, ...] = SHAPE) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(11)
    if dtype[0] == "f":
        data = rng.normal(100, 5, shape).astype(dtype)
        data[..., 3:9, :5] = 0
        data[..., 40:60, 20:40] = 7.25
        return data
    low = max(np.iinfo(dtype).min, -2000)
    return rng.integers(low, min(np.iinfo(dtype).max, 4000), shape).astype(dtype)


@pytest.mark.parametrize(
    ("codec", "dtype"),
    [(c, d) for c in CODECS for d in (INTEGERS if c != "plio" else ("u1", "i2"))],
)
def test_integers_of_every_codec(
    tmp_path: Path, codec: str, dtype: str, open_refs: Any, check_selections: Any
) -> None:
    data = np.abs(pixels(dtype)) if codec == "plio" else pixels(dtype)
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(data, extname="SCI", compress=CODECS[codec](tile_shape=(32, 16)))
    array = open_refs(rustfits.manifest(path))["SCI"]
    assert array.chunks == (32, 16)
    check_selections(array, data)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize(
    ("codec", "method"),
    [
        (codec, method)
        for codec in ("rice", "gzip1", "gzip2", "hcompress")
        for method in ("none", "dither1", "dither2")
        if (codec, method) != ("hcompress", "dither2")
    ]
    + [("gzip1", None), ("gzip2", None), ("none", None)],
)
def test_reals_of_every_codec_and_dither(
    tmp_path: Path,
    codec: str,
    method: str | None,
    dtype: str,
    open_refs: Any,
    check_selections: Any,
) -> None:
    """NaN, a constant part and noise: tiles fall back to GZIP_COMPRESSED_DATA."""
    data = pixels(dtype)
    data[12:15, 50] = np.nan
    if method != "dither2":
        data[data == 0] = 1  # which other methods change
    quantize = None if method is None else rustfits.Quantize(method=method, seed=17)
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        compress = CODECS[codec](tile_shape=(16, 32))
        hdu = fits.write_image(data, extname="SCI", compress=compress, quantize=quantize)
        expected = hdu.read()
    check_selections(open_refs(rustfits.manifest(path))["SCI"], expected)


@pytest.mark.parametrize(
    ("shape", "tile"),
    [
        ((41,), (10,)),
        ((5, 13, 17), (2, 5, 17)),
        ((3, 2, 9, 11), (1, 2, 4, 4)),
        ((9, 9), (20, 3)),
        ((1, 1), (1, 1)),
    ],
)
def test_axes_and_border_tiles(
    tmp_path: Path,
    shape: tuple[int, ...],
    tile: tuple[int, ...],
    open_refs: Any,
    check_selections: Any,
) -> None:
    data = np.arange(np.prod(shape), dtype="i4").reshape(shape)
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(data, extname="SCI", compress=rustfits.Rice1(tile_shape=tile))
    check_selections(open_refs(rustfits.manifest(path))["SCI"], data)


@pytest.mark.parametrize(
    "made",
    [
        {"compression_type": "RICE_1", "quantize_level": 16, "quantize_method": 2},
        {"compression_type": "GZIP_2", "quantize_level": 16, "quantize_method": 1},
        {"compression_type": "HCOMPRESS_1", "quantize_level": 16, "tile_shape": (30, 62)},
        {"compression_type": "NOCOMPRESS"},
    ],
)
def test_tiles_of_astropy(
    tmp_path: Path, made: dict[str, Any], open_refs: Any, check_selections: Any
) -> None:
    hdu = astropy_fits.CompImageHDU(pixels("f4"), name="SCI", dither_seed=9, **made)
    path = tmp_path / "a.fits"
    hdu.writeto(path)
    array = open_refs(rustfits.manifest(path))["SCI"]
    check_selections(array, rustfits.read(path))
    np.testing.assert_array_equal(array[...], astropy_fits.getdata(path, "SCI"))


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "f4", "f8", "i1", "u2", "u4", "u8"])
@pytest.mark.parametrize("primary", [True, False])
def test_plain_images(
    tmp_path: Path, dtype: str, primary: bool, open_refs: Any, check_selections: Any
) -> None:
    data = pixels(dtype)
    path = tmp_path / "a.fits"
    kind = astropy_fits.PrimaryHDU if primary else astropy_fits.ImageHDU
    kind(data).writeto(path)
    array = open_refs(rustfits.manifest(path))[f"HDU{int(not primary)}"]
    check_selections(array, data)
    codec = array.metadata.codecs[0].to_dict()["name"]
    assert codec == ("bytes" if dtype in ("u1", "i2", "i4", "i8", "f4", "f8") else "rustfits.hdu")


def test_scaled_image_with_blank(tmp_path: Path, open_refs: Any, check_selections: Any) -> None:
    hdu = astropy_fits.PrimaryHDU(pixels("i2"))
    hdu.header.update(BSCALE=0.5, BZERO=10.0, BLANK=5)
    path = tmp_path / "a.fits"
    hdu.writeto(path)
    check_selections(open_refs(rustfits.manifest(path))["HDU0"], rustfits.read(path))


def test_large_plain_image_has_chunks_that_divide_it(tmp_path: Path, open_refs: Any) -> None:
    even, odd = np.ones((4096, 700), "f8"), np.ones((4099, 700), "f8")
    even[77, 3] = odd[4098, 699] = 5
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(even, extname="EVEN")
        fits.write_image(odd, extname="ODD")
    group = open_refs(rustfits.manifest(path))
    assert group["EVEN"].chunks == (512, 700)
    assert group["EVEN"].shards is None
    assert group["ODD"].chunks == (748, 700)  # a prime number of rows: read by our codec
    for name, data in (("EVEN", even), ("ODD", odd)):
        np.testing.assert_array_equal(group[name][...], data)
        np.testing.assert_array_equal(group[name][4000:, ::3], data[4000:, ::3])


def test_image_without_pixels(tmp_path: Path, open_refs: Any) -> None:
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.create_image_hdu("f4", (0, 5), extname="EMPTY")
    assert open_refs(rustfits.manifest(path))["EMPTY"][...].shape == (0, 5)


def test_table_of_tiles_that_is_larger_than_the_first_request(
    tmp_path: Path, open_refs: Any
) -> None:
    """More rows than 64 KiB: several blocks of them are fetched and dropped, in threads at once."""
    import dask.array

    data = np.arange(100 * 90, dtype="i4").reshape(100, 90)
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(data, extname="SCI", compress=rustfits.Rice1(tile_shape=(1, 1)))
    array = open_refs(rustfits.manifest(path))["SCI"]
    for key in ((99, 89), (0, 0), (slice(80, 83), slice(3, 9)), (slice(None), 7)):
        np.testing.assert_array_equal(array[key], data[key])
    lazy = dask.array.from_zarr(array, chunks=(50, 30))
    np.testing.assert_array_equal(lazy.compute(scheduler="threads"), data)


def test_codec_pickles_and_is_equal_after_json(tmp_path: Path, open_refs: Any) -> None:
    data = pixels("i2")
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(data, extname="SCI", compress=True)
    array = open_refs(json.loads(json.dumps(rustfits.manifest(path))))["SCI"]
    assert array[3, 3] == data[3, 3]
    codec = array.metadata.codecs[0]
    for other in (pickle.loads(pickle.dumps(codec)), type(codec).from_dict(codec.to_dict())):
        assert other == codec
        assert other.to_dict() == codec.to_dict()
    again = pickle.loads(pickle.dumps(array))
    np.testing.assert_array_equal(again[:], data)


# ---- bad input ----


@pytest.fixture
def tiled(tmp_path: Path) -> Path:
    """A file whose second extension is the image of the tests of damaged tables."""
    path = tmp_path / "tiled.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((2, 2), "u1"), extname="FIRST")
        fits.write_image(np.zeros((2, 2), "u1"), extname="SECOND")
        fits.write_image(pixels("i2"), extname="SCI", compress=rustfits.Rice1(tile_shape=(16, 16)))
    return path


def damage(path: Path, offset: int, content: bytes) -> None:
    """Overwrite bytes of the data unit of SCI."""
    with FITS(path) as fits:
        start = int(fits["SCI"]._fresh().data_offset)
    with path.open("r+b") as file:
        file.seek(start + offset)
        file.write(content)


def test_descriptor_outside_the_heap(tiled: Path, open_refs: Any) -> None:
    damage(tiled, 8 * 6, b"\x7f\xff\xff\xff\x00\x00\x00\x00")
    array = open_refs(rustfits.manifest(tiled))["SCI"]
    with pytest.raises(FITSFormatError, match=r"tiled\.fits\[2\].*tile 6.*heap") as caught:
        array[...]
    assert caught.value.hdu == 2
    assert array[:16, :16].shape == (16, 16)  # the other tiles can be read
    with pytest.raises(FITSFormatError, match="tile 6"):
        array[20, 40]


def test_damaged_tile(tiled: Path, open_refs: Any) -> None:
    damage(tiled, 8 * 4, (3).to_bytes(4, "big"))
    array = open_refs(rustfits.manifest(tiled))["SCI"]
    with pytest.raises(FITSCodecError, match=r"tiled\.fits\[2\].*tile 4"):
        array[...]


def test_selection_out_of_range(tiled: Path, open_refs: Any) -> None:
    array = open_refs(rustfits.manifest(tiled))["SCI"]
    with pytest.raises(IndexError):
        array[75, 0]
    with pytest.raises(IndexError):
        array.oindex[[0, 75], 0]
    with pytest.raises(IndexError):
        array[0, 0, 0]


def test_file_that_has_changed(tiled: Path, open_refs: Any) -> None:
    """Each case is another file of the same name, behind references that were made before."""
    refs = rustfits.manifest(tiled)

    def refused(match: str, error: type[Exception] = FITSChangedError) -> None:
        with pytest.raises(error, match=match):
            open_refs(refs)["SCI"][...]

    with FITS(tiled, "r+") as fits:
        fits["SCI"].header["OBSERVER"] = "another"
    refused(r"tiled\.fits\[2\]: the file has changed since the manifest was made")
    tiled.write_bytes(tiled.read_bytes()[:8000])
    refused(r"tiled\.fits.*expected \d+ bytes", rustfits.FITSTruncatedError)
    with FITS(tiled, "w+") as fits:
        fits.write_image(np.zeros((90, 90)), extname="OTHER")
    refused("the file has changed")
    tiled.unlink()
    refused("tiled|reachable", Exception)


def test_header_that_contradicts_the_array(tiled: Path, open_refs: Any) -> None:
    refs = rustfits.manifest(tiled)
    node = json.loads(refs["refs"]["SCI/zarr.json"])
    node["shape"] = [80, 62]
    node["chunk_grid"]["configuration"]["chunk_shape"] = [96, 64]
    refs["refs"]["SCI/zarr.json"] = json.dumps(node)
    del refs["refs"]["zarr.json"]
    refs["refs"]["zarr.json"] = json.dumps({"zarr_format": 3, "node_type": "group"})
    with pytest.raises(FITSChangedError, match=r"shape \(75, 62\)"):
        open_refs(refs)["SCI"][...]


def test_writing_is_refused(tiled: Path) -> None:
    import zarr

    store = zarr.storage.FsspecStore.from_url(
        "reference://",
        storage_options={"fo": rustfits.manifest(tiled), "asynchronous": True},
    )
    array = zarr.open_group(store, mode="r+")["SCI"]
    with pytest.raises(rustfits.FITSReadOnlyError):
        array[:] = 0
