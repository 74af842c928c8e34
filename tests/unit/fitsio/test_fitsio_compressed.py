# SPDX-License-Identifier: BSD-3-Clause
"""rustfits.fitsio: compressed images are written and read as the fitsio package writes and reads them."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

import fitsio as original
import numpy as np
import pytest

from rustfits import Gzip2, Rice1
from rustfits import fitsio as ours
from rustfits._core.binding import errors
from support.compressed import cells, column, image, mask

SHAPE = (61, 47)
BOTH = {"fitsio": original, "rustfits": ours}


def written(tmp_path: Any, data: np.ndarray, **options: Any) -> list[Any]:
    """Write with both modules; give the paths."""
    paths = []
    for name, module in BOTH.items():
        path = tmp_path / f"{name}.fits"
        module.write(str(path), data, clobber=True, **options)
        paths.append(path)
    return paths


@pytest.mark.parametrize("tile_dims", [None, (16, 20), [61, 47]], ids=str)
@pytest.mark.parametrize(
    "compress",
    [
        "RICE",
        "rice",
        "RICE_1",
        "HCOMPRESS",
        "hcompress_1",
        "PLIO",
        "GZIP",
        "GZIP_2",
        11,
        21,
        22,
        31,
        41,
    ],
)
def test_codecs_and_tiles(tmp_path, compress, tile_dims):
    data = (mask if compress in ("PLIO", 31) else image)("i4", SHAPE)
    paths = written(tmp_path, data, compress=compress, tile_dims=tile_dims)
    kinds = []
    for path in paths:
        for module in BOTH.values():
            np.testing.assert_array_equal(module.read(str(path)), data)
        with original.FITS(str(path)) as fits:
            header = fits[1].read_header()
            kinds.append([header[key] for key in ("ZCMPTYPE", "ZTILE1", "ZTILE2", "ZBITPIX")])
    assert kinds[0] == kinds[1]
    if "GZIP" not in str(compress) and compress not in (21, 22):
        assert cells(paths[0]) == cells(paths[1])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"qlevel": 10},
        {"qlevel": 10.0, "qmethod": None},
        {"qlevel": -0.5, "qmethod": "SUBTRACTIVE_DITHER_2"},
        {"qmethod": "no_dither"},
        {"qmethod": ours.SUBTRACTIVE_DITHER_2, "tile_dims": (20, 20)},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_reals_are_quantized_as_fitsio_does(tmp_path, options, dtype):
    data = image(dtype, SHAPE)
    data[4, 4] = np.nan
    paths = written(tmp_path, data, compress="RICE", dither_seed=55, **options)
    np.testing.assert_array_equal(column(paths[0], "ZSCALE"), column(paths[1], "ZSCALE"))
    assert cells(paths[0]) == cells(paths[1])
    read = [module.read(str(path)) for module in BOTH.values() for path in paths]
    assert all(again.tobytes() == read[0].tobytes() for again in read)


@pytest.mark.parametrize("qlevel", [None, 0, 0.0])
@pytest.mark.parametrize("compress", ["GZIP", "GZIP_2"])
def test_reals_without_loss(tmp_path, compress, qlevel):
    data = image("f4", SHAPE)
    for path in written(tmp_path, data, compress=compress, qlevel=qlevel):
        for module in BOTH.values():
            np.testing.assert_array_equal(module.read(str(path)), data)


def test_reals_without_loss_need_gzip(tmp_path):
    for module in BOTH.values():
        with pytest.raises((OSError, ValueError)):
            module.write(
                str(tmp_path / "x.fits"),
                image("f4", SHAPE),
                compress="RICE",
                qlevel=None,
                clobber=True,
            )


@pytest.mark.parametrize(
    "options",
    [{"hcomp_scale": 3.0}, {"hcomp_scale": -4}, {"hcomp_scale": 2.5, "hcomp_smooth": True}],
    ids=str,
)
def test_hcompress_with_a_scale(tmp_path, options):
    data = image("i4", (64, 64))
    paths = written(tmp_path, data, compress="HCOMPRESS", tile_dims=(32, 32), **options)
    assert cells(paths[0]) == cells(paths[1])
    read = [module.read(str(path)) for module in BOTH.values() for path in paths]
    assert all((again == read[0]).all() for again in read)
    assert (read[0] != data).any()


def test_hcompress_with_dither_2_takes_1_and_says_so(tmp_path):
    data = image("f4", (64, 64))
    options = {"compress": "HCOMPRESS", "tile_dims": (32, 32), "qmethod": 2, "dither_seed": 5}
    original.write(str(tmp_path / "theirs.fits"), data, **options)
    with pytest.warns(ours.FITSRuntimeWarning, match="SUBTRACTIVE_DITHER_1"):
        ours.write(str(tmp_path / "ours.fits"), data, **options)
    assert cells(tmp_path / "ours.fits") == cells(tmp_path / "theirs.fits")


def test_seeds(tmp_path):
    data = image("f4", SHAPE)
    path = str(tmp_path / "x.fits")
    headers = []
    for seed in (3, "checksum", "CLOCK", None, 0, -1, 10000, ours.NOT_SET):
        ours.write(path, data, compress="RICE", dither_seed=seed, clobber=True)
        headers.append(ours.read_header(path, 1)["ZDITHER0"])
    assert headers[0] == 3
    assert headers[6] == 10000
    assert len({*headers[1:6], headers[7]}) == 1
    original.write(path, data, compress="RICE", dither_seed="checksum", clobber=True)
    assert original.read_header(path, 1)["ZDITHER0"] == headers[1]


@pytest.mark.parametrize(
    "options",
    [
        {"compress": "LZ4"},
        {"compress": 5},
        {"compress": True},
        {"compress": "RICE", "qmethod": "DITHER"},
        {"compress": "RICE", "qmethod": 5},
        {"compress": "RICE", "dither_seed": 10001},
        {"compress": "RICE", "dither_seed": "now"},
        {"compress": "RICE", "tile_dims": (10,)},
        {"compress": "RICE", "tile_dims": (10, 10, 10)},
    ],
    ids=str,
)
def test_impossible_arguments_leave_the_file_as_it_was(tmp_path, options):
    path = tmp_path / "x.fits"
    data = image("f4", SHAPE)
    ours.write(str(path), data)
    before = path.read_bytes()
    with pytest.raises(ValueError) as caught:
        ours.write(str(path), data, clobber=True, **options)
    assert isinstance(caught.value, errors.FITSError)
    with ours.FITS(str(path), "rw") as fits:
        for call in (fits.write, fits.write_image, fits.create_image_hdu):
            with pytest.raises(ValueError):
                call(data, **options)
    assert path.read_bytes() == before


def test_no_compression(tmp_path):
    path = str(tmp_path / "x.fits")
    for compress in (None, "NONE", 0, ours.NOCOMPRESS, ours.NOT_SET):
        ours.write(path, image("f4", SHAPE), compress=compress, qlevel=4.0, qmethod=1, clobber=True)
        with ours.FITS(path) as fits:
            assert not fits[0].is_compressed()
            assert fits[0].get_comptype() is None
    ours.write(path, None, compress="RICE", clobber=True)
    table = np.zeros(3, [("a", "i4")])
    ours.write(path, table, compress="RICE", clobber=True)  # is about images
    assert original.read(path).tolist() == table.tolist()


def test_an_image_made_first_and_written_later(tmp_path):
    answers = []
    data = image("i2", SHAPE)
    for name, module in BOTH.items():
        path = str(tmp_path / f"{name}.fits")
        with module.FITS(path, "rw") as fits:
            fits.create_image_hdu(
                dims=SHAPE, dtype="i2", compress="RICE", tile_dims=(10, 47), extname="A", extver=2
            )
            hdu = fits["A", 2]
            hdu.write(data)
            answers.append(
                [
                    hdu.read().tolist(),
                    hdu[3:9, 4:10].tolist(),
                    list(hdu.get_dims()),
                    hdu.is_compressed(),
                    hdu.get_comptype(),
                    hdu.get_exttype(),
                    hdu.get_extname(),
                    hdu.get_extver(),
                    hdu.has_data(),
                ]
            )
        assert original.read(path).tolist() == data.tolist()
    assert answers[0] == answers[1]


def test_facts_and_header_of_a_compressed_image(tmp_path):
    path = tmp_path / "x.fits"
    original.write(str(path), image("i2", SHAPE), compress="RICE", header={"OBJECT": "M 31"})
    facts = []
    for module in BOTH.values():
        with module.FITS(str(path)) as fits:
            info = fits[1].get_info()
            header = fits[1].read_header()
            facts.append(
                [
                    {
                        k: info[k]
                        for k in ("hdutype", "is_compressed_image", "ndims", "img_type", "comptype")
                    },
                    list(info["dims"]),
                    [
                        header[key]
                        for key in ("ZBITPIX", "ZNAXIS1", "ZCMPTYPE", "OBJECT", "TFIELDS")
                    ],
                ]
            )
            assert "IMAGE_HDU" in repr(fits[1])
    assert facts[0] == facts[1]


def test_what_is_behind_it_has_the_configurations(tmp_path):
    path = str(tmp_path / "x.fits")
    ours.write(path, image("i2", SHAPE), compress="RICE", tile_dims=(10, 10))
    ours.write(path, image("f4", SHAPE), compress="GZIP_2", qlevel=None)
    with ours.FITS(path) as fits:
        assert fits[1].hdu.compression == Rice1(tile_shape=(10, 10))
        assert fits[2].hdu.compression == Gzip2(tile_shape=(1, 47))
        assert fits[2].hdu.quantize is None


def of_compression(function: Any) -> dict[str, Any]:
    """The arguments about compression as `inspect.signature` has them, with their defaults."""
    parameters = inspect.signature(function).parameters.values()
    names = [p.name for p in parameters]
    first = names.index("compress")
    return {p.name: p.default for p in list(parameters)[first : first + 7]}


def test_signatures_have_the_arguments_one_by_one():
    functions = (ours.write, ours.FITS.write, ours.FITS.write_image, ours.FITS.create_image_hdu)
    for function in functions:
        assert list(of_compression(function)) == [
            "compress",
            "tile_dims",
            "qlevel",
            "qmethod",
            "dither_seed",
            "hcomp_scale",
            "hcomp_smooth",
        ]
        assert set(of_compression(function).values()) == {ours.NOT_SET}
        assert "packing" not in inspect.signature(function).parameters
    with pytest.raises(TypeError, match=r"write_image\(\).*unexpected.*'tiles'"):
        ours.FITS("mem://", "rw").write_image(np.zeros(3), tiles=3)


def test_arguments_by_position(tmp_path):
    paths = []
    for name, module in BOTH.items():
        paths.append(tmp_path / f"{name}.fits")
        with module.FITS(str(paths[-1]), "rw") as fits:
            fits.write_image(image("i4", SHAPE), "SKY", 3, "GZIP_2", (16, 20))
    for path in paths:
        with original.FITS(str(path)) as fits:
            header = fits["SKY", 3].read_header()
            assert header["ZCMPTYPE"] == "GZIP_2"
            assert (header["ZTILE1"], header["ZTILE2"]) == (20, 16)


def test_warnings_are_about_the_line_that_calls(tmp_path):
    with pytest.warns(DeprecationWarning, match="ignored: what") as found:
        ours.write(tmp_path / "a.fits", np.zeros(3), what=1)
    with pytest.warns(DeprecationWarning, match="ignored: what") as again:
        ours.FITS("mem://", "rw").write(np.zeros(3), what=1)
    assert {w.filename for w in [*found, *again]} == {__file__}


@pytest.mark.parametrize(
    "options",
    [
        {"compress": "RICE", "tile_dims": (3, 3), "qlevel": 2},
        {"compress": "GZIP", "qlevel": 0},
        {"compress": "HCOMPRESS", "tile_dims": (6, 6)},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_infinities_of_compressed_images_become_nan(
    tmp_path: Any, options: dict[str, Any], dtype: str
) -> None:
    """The layer warns about it. In plain images it keeps infinities, and fitsio does not."""
    data = np.arange(1, 37, dtype=dtype).reshape(6, 6)
    data[1, 1], data[2, 3] = np.inf, -np.inf
    found = []
    for name, module in BOTH.items():
        path = str(tmp_path / f"{name}.fits")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with module.FITS(path, "rw") as fits:
                fits.write(data)
                fits.write(data, **options)
                fits.create_image_hdu(dims=[6, 6], dtype=dtype, **options)
                fits[2].write(data)
        about = [one for one in caught if "infinities" in str(one.message)]
        assert len(about) == (2 if module is ours else 0)
        with original.FITS(path) as fits:
            found.append([np.isnan(hdu.read()).tolist() for hdu in fits[1:]])
            assert np.isinf(fits[0].read()).sum() == (2 if module is ours else 0)
    assert found[0] == found[1]
