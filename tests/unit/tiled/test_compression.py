# SPDX-License-Identifier: BSD-3-Clause
"""What compress= and quantize= take: the configurations, their names, what is refused and what it says."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, Gzip1, Gzip2, Hcompress1, NoCompress, Plio1, Quantize, Rice1
from rustfits._core.compression.algorithms import Auto
from rustfits._core.compression.spec import as_compression, as_quantize

CONFIGS = [
    Gzip1(),
    Gzip1(tile_shape=(10, 20), heap_format="Q", level=9),
    Gzip2(),
    Gzip2(tile_shape=[5], level=1),
    Rice1(),
    Rice1(tile_shape=np.array([3, 4]), blocksize=16),
    Hcompress1(),
    Hcompress1(scale=4, smooth=True),
    Hcompress1(scale=2.5, relative=True),
    Plio1(tile_shape=(1, 2, 3)),
    NoCompress(),
    Quantize(),
    Quantize(level=-0.5, method="dither2", seed=10000),
    Quantize(level=None, method="no_dither"),
]


@pytest.mark.parametrize("config", CONFIGS, ids=repr)
def test_a_configuration_is_a_value(config):
    assert eval(repr(config), vars(rustfits)) == config
    assert hash(eval(repr(config), vars(rustfits))) == hash(config)
    assert pickle.loads(pickle.dumps(config)) == config
    assert copy.copy(config) == config
    assert sum(config == other for other in CONFIGS) == 1
    with pytest.raises(AttributeError):
        config.level = 3


def test_defaults_are_those_of_the_published_package():
    assert repr(Rice1()) == "Rice1(tile_shape=None, heap_format='P', blocksize=32)"
    assert repr(Gzip1()) == "Gzip1(tile_shape=None, heap_format='P', level=None)"
    assert repr(Gzip2()) == "Gzip2(tile_shape=None, heap_format='P', level=None)"
    assert repr(Hcompress1()) == (
        "Hcompress1(tile_shape=None, heap_format='P', scale=0, smooth=False)"
    )
    assert repr(Plio1()) == "Plio1(tile_shape=None, heap_format='P')"
    assert repr(Quantize()) == "Quantize(level=4.0, method='dither1', seed=0)"
    names = [kind.zcmptype for kind in (Gzip1, Gzip2, Rice1, Hcompress1, Plio1, NoCompress)]
    assert names == ["GZIP_1", "GZIP_2", "RICE_1", "HCOMPRESS_1", "PLIO_1", "NOCOMPRESS"]
    assert Rice1().zcmptype == "RICE_1"


def test_arguments_are_put_in_one_form():
    assert Rice1(tile_shape=np.array([3, 4], "i2")).tile_shape == (3, 4)
    assert Rice1(heap_format="q").heap_format == "Q"
    assert Hcompress1(scale=4.0) == Hcompress1(scale=4)
    assert Hcompress1(smooth=1).smooth is True
    assert Quantize(level=4) == Quantize(level=np.float32(4))
    for method in ("NO_DITHER", "none", "No_Dither"):
        assert Quantize(method=method).method == "no_dither"
    assert Quantize(method="SUBTRACTIVE_DITHER_1").method == "dither1"
    assert Quantize(method="SUBTRACTIVE_DITHER_2").method == "dither2"


@pytest.mark.parametrize("kind", [Gzip1, Gzip2, Rice1, Hcompress1, Plio1, NoCompress])
@pytest.mark.parametrize(
    "options",
    [
        {"tile_shape": ()},
        {"tile_shape": (0, 3)},
        {"tile_shape": (-1,)},
        {"tile_shape": 5},
        {"tile_shape": "55"},
        {"tile_shape": (1.5, 2)},
        {"heap_format": "R"},
        {"heap_format": None},
        {"heap_format": 1},
    ],
    ids=repr,
)
def test_impossible_tiles(kind, options):
    with pytest.raises((ValueError, TypeError)) as caught:
        kind(**options)
    assert isinstance(caught.value, rustfits.FITSError)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (Gzip1, {"level": 0}),
        (Gzip2, {"level": 13}),
        (Gzip2, {"level": "9"}),
        (Rice1, {"blocksize": 0}),
        (Rice1, {"blocksize": 2.5}),
        (Hcompress1, {"scale": -1}),
        (Hcompress1, {"scale": 2.5}),
        (Hcompress1, {"scale": 2**31}),
        (Hcompress1, {"scale": 0, "relative": True}),
        (Hcompress1, {"scale": float("nan"), "relative": True}),
        (Hcompress1, {"scale": "2", "relative": True}),
        (Hcompress1, {"smooth": "no"}),
        (Quantize, {"level": 0}),
        (Quantize, {"level": float("nan")}),
        (Quantize, {"level": float("inf")}),
        (Quantize, {"level": "4"}),
        (Quantize, {"method": "dither3"}),
        (Quantize, {"method": None}),
        (Quantize, {"seed": 10001}),
        (Quantize, {"seed": -1}),
        (Quantize, {"seed": 1.5}),
    ],
    ids=repr,
)
def test_impossible_arguments_name_themselves(kind, options):
    with pytest.raises((ValueError, TypeError), match=next(iter(options))) as caught:
        kind(**options)
    assert isinstance(caught.value, rustfits.FITSError)


def test_arguments_have_names():
    for kind in (Rice1, Gzip1, Quantize):
        with pytest.raises(TypeError):
            kind((1, 100))


@pytest.mark.parametrize(
    ("name", "config"),
    [
        (True, Auto()),
        ("auto", Auto()),
        ("RICE_1", Rice1()),
        ("RICE_ONE", Rice1()),
        ("RICE", Rice1()),
        ("rice", Rice1()),
        ("rice1", Rice1()),
        ("GZIP", Gzip1()),
        ("GZIP_1", Gzip1()),
        ("gzip2", Gzip2()),
        ("Gzip_2", Gzip2()),
        ("HCOMPRESS_1", Hcompress1()),
        ("hcompress", Hcompress1()),
        ("PLIO", Plio1()),
        ("plio_1", Plio1()),
        ("NOCOMPRESS", NoCompress()),
        (Rice1, Rice1()),
        (Rice1(blocksize=16), Rice1(blocksize=16)),
        (None, None),
        (False, None),
    ],
)
def test_names(name, config):
    assert as_compression(name) == config


def test_wrong_names_say_which_there_are():
    for name in ("RICE_2", "", "lz4", "gzip3"):
        with pytest.raises(ValueError, match="RICE_1, GZIP_1, GZIP_2, HCOMPRESS_1, PLIO_1"):
            as_compression(name)
    for wrong in (11, 1.5, ["RICE"], Quantize(), Quantize):
        with pytest.raises(TypeError, match=r"Rice1\(\)"):
            as_compression(wrong)


def test_quantize_in_short():
    assert as_quantize(True) == Quantize()
    assert as_quantize(16) == as_quantize(np.float32(16)) == Quantize(level=16)
    assert as_quantize(None) is as_quantize(False) is None
    for wrong in ("dither1", Rice1(), [4]):
        with pytest.raises(TypeError, match="Quantize"):
            as_quantize(wrong)
    with pytest.raises(ValueError, match="Gzip2"):
        as_quantize(0)


@pytest.mark.parametrize(
    ("dtype", "options", "says"),
    [
        ("f4", {"compress": "RICE_1"}, r"RICE_1 .*Gzip2\(\).*Quantize\(\)"),
        ("f8", {"compress": Hcompress1()}, r"HCOMPRESS_1 .*Gzip2\(\).*Quantize\(\)"),
        ("f4", {"compress": "PLIO"}, r"PLIO_1 .*Gzip2\(\).*lossy"),
        ("f4", {"compress": "PLIO", "quantize": Quantize(method="dither2")}, "PLIO_1 .*'dither1'"),
        (
            "f4",
            {"compress": "hcompress", "quantize": Quantize(method="dither2")},
            "HCOMP.*'dither1'",
        ),
        ("f4", {"compress": "NOCOMPRESS", "quantize": 4}, "NOCOMPRESS"),
        ("i2", {"compress": Hcompress1(tile_shape=(1, 30))}, "HCOMPRESS_1 needs tiles .*RICE_1"),
        ("i2", {"compress": Hcompress1(tile_shape=(3, 30))}, "HCOMPRESS_1 needs tiles .*RICE_1"),
        ("i8", {"compress": "RICE_1"}, r"RICE_1 .*64 bits.*Gzip2\(\)"),
        ("u8", {"compress": "HCOMPRESS_1"}, r"HCOMPRESS_1 .*64 bits.*Gzip2\(\)"),
        ("i2", {"compress": True, "quantize": True}, "quantize= is for reals"),
        ("f4", {"quantize": True}, "give compress="),
        (
            "f4",
            {"compress": Gzip2(tile_shape=(5,))},
            r"tile_shape \(5,\) has 1 axes, and the image 2",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_before_anything_is_written(tmp_path, dtype, options, says):
    data = np.zeros((20, 30), dtype)
    path = tmp_path / "x.fits"
    rustfits.write(path, np.arange(5))
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        for call in (
            lambda: fits.write_image(data, **options),
            lambda: fits.create_image_hdu(dtype, (20, 30), **options),
            lambda: fits.write(data, **options),
        ):
            with pytest.raises(ValueError, match=says) as caught:
                call()
            assert isinstance(caught.value, rustfits.FITSError)
    for call in (rustfits.write, rustfits.write_image):
        with pytest.raises(ValueError, match=says):
            call(path, data, **options)  # would cut the file
    assert path.read_bytes() == before


def test_an_image_without_data_cannot_be_compressed():
    with FITS("mem://", "w+") as fits:
        for call in (
            lambda: fits.write_image(None, compress=True),
            lambda: fits.create_image_hdu("i2", (), compress=True),
        ):
            with pytest.raises(ValueError, match="without data"):
                call()
        assert len(fits) == 0


def test_quantize_is_no_option_of_tables(tmp_path):
    with pytest.raises(TypeError, match="images"):
        rustfits.write(tmp_path / "x.fits", {"a": np.arange(3)}, quantize=4)


@pytest.mark.parametrize("method", ["dither1", "dither2", "no_dither"])
def test_zquantiz_is_what_the_file_says(tmp_path, method):
    quantize = Quantize(method=method, seed=1)
    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.write_image(np.linspace(1, 2, 100, dtype="f4"), compress="RICE_1", quantize=quantize)
    with astropy_fits.open(tmp_path / "a.fits", disable_image_compression=True) as hdus:
        assert hdus[1].header["ZQUANTIZ"] == quantize.zquantiz


@pytest.mark.parametrize("method", ["SUBTRACTIVE_DITHER_1", "SUBTRACTIVE_DITHER_2", "NO_DITHER"])
def test_zquantiz_names_the_method(method):
    assert Quantize(method=method).zquantiz == method
