# SPDX-License-Identifier: BSD-3-Clause
"""FITS as a container of HDUs."""

from __future__ import annotations

import gc
import os
import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS


def tables_and_friends(path: Path) -> Path:
    """Write one HDU of every kind that is no plain image."""
    column = astropy_fits.Column("X", "J", array=np.arange(5))
    text = astropy_fits.Column("T", "A4", array=["one", "two"])
    packed = astropy_fits.CompImageHDU(
        np.arange(100, dtype="i4").reshape(10, 10), name="PACKED", compression_type="RICE_1"
    )
    astropy_fits.HDUList(
        [
            astropy_fits.PrimaryHDU(),
            astropy_fits.BinTableHDU.from_columns([column], name="BINARY"),
            astropy_fits.TableHDU.from_columns([text], name="TEXT"),
            packed,
        ]
    ).writeto(path)
    return path


@pytest.mark.parametrize("name", ["three.fits", "three.fits.gz", "THREE.FITS.GZ"])
def test_container(make_fits, name):
    if name == "THREE.FITS.GZ":
        path = make_fits("three.fits.gz").rename(make_fits("x").with_name(name))
    else:
        path = make_fits(name)
    with FITS(path) as fits:
        assert len(fits) == 3
        assert [hdu.index for hdu in fits] == [0, 1, 2]
        assert fits.hdus == list(fits)
        assert fits[-1] is fits[2]
        assert fits[-3] is fits[0]
        assert fits["sci"] is fits[1]
        assert fits["SCI", 2] is fits[2]
        assert fits["Sci", np.int64(1)] is fits[1]
        assert fits[np.int16(1)] is fits[1]
        assert fits[1:] == [fits[1], fits[2]]
        assert fits[::-2] == [fits[2], fits[0]]
        assert [hdu.extname for hdu in fits] == [None, "SCI", "SCI"]
        assert [hdu.extver for hdu in fits] == [1, 1, 2]
        assert all(hdu.has_data and hdu.kind == "image" for hdu in fits)
        assert fits.filename == str(path)
        assert fits.mode == "r"
        assert not fits.closed
    assert fits.closed


def test_membership(make_fits):
    with FITS(make_fits()) as fits, FITS(make_fits("other.fits")) as other:
        for key in (0, -3, 2, "SCI", "sci", ("SCI", 2), "PRIMARY", fits[1]):
            assert key in fits
        for key in (3, -4, 2**70, "SC", "", ("SCI", 3), other[1], 3.5, None, ("SCI",) * 2 + (1,)):
            if key == ("SCI", "SCI", 1):
                with pytest.raises(TypeError):
                    key in fits  # noqa: B015
            else:
                assert key not in fits


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        (3, IndexError),
        (-4, IndexError),
        (2**63, IndexError),
        (-(2**70), IndexError),
        ("NOPE", KeyError),
        ("", KeyError),
        ("SCI\0", KeyError),
        ("Ünïcode", KeyError),
        (("SCI", 3), KeyError),
        (("SCI", -1), KeyError),
        (("SCI", 2**64), KeyError),
        (1.5, TypeError),
        (None, TypeError),
        (("SCI", "1"), TypeError),
        ((1, 1), TypeError),
        (("SCI", 1, 1), TypeError),
    ],
)
def test_wrong_keys(make_fits, key, kind):
    path = make_fits()
    with FITS(path) as fits:
        with pytest.raises(kind) as caught:
            fits[key]
        assert isinstance(caught.value, rustfits.FITSError)
        if kind in (IndexError, KeyError):
            assert str(path) in str(caught.value)
        assert len(fits) == 3


def test_an_image_beside_other_kinds(tmp_path):
    with FITS(tables_and_friends(tmp_path / "kinds.fits")) as fits:
        assert [hdu.kind for hdu in fits] == ["image", "table", "ascii table", "compressed image"]
        assert type(fits[0]) is rustfits.ImageHDU
        assert not fits[0].has_data
        classes = [type(hdu) for hdu in fits[1:]]
        assert classes == [
            rustfits.TableHDU,
            rustfits.AsciiTableHDU,
            rustfits.CompressedImageHDU,
        ]
        assert isinstance(fits["PACKED"], rustfits.ImageHDU)
        assert all(hdu.has_data for hdu in fits[1:])
        assert fits["BINARY"].header["TFIELDS"] == 1
        assert fits["binary"].raw_bytes() == np.arange(5, dtype=">i4").tobytes()
        assert fits["TEXT"].raw_bytes() == b"one two "
        assert fits["PACKED"].header["NAXIS2"] == 10
        assert fits["PACKED"].raw_header["ZCMPTYPE"] == "RICE_1"


def test_random_groups_and_unknown_extensions_are_listed(tmp_path):
    groups = astropy_fits.GroupData(
        np.arange(20, dtype="f4").reshape(2, 1, 1, 10), bitpix=-32, parnames=["A"], pardata=[[1, 2]]
    )
    path = tmp_path / "groups.fits"
    unknown = astropy_fits.hdu.base.NonstandardExtHDU
    assert unknown is not None
    astropy_fits.GroupsHDU(groups).writeto(path)
    cards = [
        "XTENSION= 'STRANGE '",
        "BITPIX  =                    8",
        "NAXIS   =                    1",
        "NAXIS1  =                    5",
        "PCOUNT  =                    0",
        "GCOUNT  =                    1",
        "END",
    ]
    with path.open("ab") as stream:
        stream.write("".join(card.ljust(80) for card in cards).ljust(2880).encode())
        stream.write(b"hello".ljust(2880, b"\0"))
    with FITS(path) as fits:
        assert [hdu.kind for hdu in fits] == ["groups", "other"]
        assert [type(hdu) for hdu in fits] == [rustfits.GroupsHDU, rustfits.HDU]
        assert all(hdu.has_data for hdu in fits)
        assert fits[1].raw_bytes() == b"hello"
        assert fits[1].header["XTENSION"] == "STRANGE"
        assert "other" in repr(fits)


@pytest.mark.filterwarnings("ignore:.*the file is cut short:rustfits.FITSWarning")
def test_raw_bytes_of_a_cut_file_say_how_many_are_missing(make_fits):
    path = make_fits()
    os.truncate(path, path.stat().st_size - 2880 + 10)
    with FITS(path) as fits:
        assert len(fits) == 3
        assert fits[1].raw_bytes() == np.arange(30, dtype=">f4").tobytes()
        with pytest.raises(rustfits.FITSTruncatedError, match="54"):
            fits[2].raw_bytes()


def test_raw_bytes_of_a_header_that_promises_an_exabyte(tmp_path):
    cards = ["SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 1", f"NAXIS1  = {2**60}", "END"]
    path = tmp_path / "huge.fits"
    path.write_bytes("".join(card.ljust(80) for card in cards).ljust(2880).encode())
    with FITS(path) as fits, pytest.raises(rustfits.FITSTruncatedError):
        fits[0].raw_bytes()


def test_listing(make_fits, tmp_path):
    path = make_fits()
    with FITS(path) as fits:
        listing = repr(fits)
        assert str(path) in listing
        assert [line.split()[0] for line in listing.splitlines()[2:]] == ["0", "1", "2"]
        assert listing.count("SCI") == 2
        assert "SCI" in repr(fits[1])
        assert str(path) in repr(fits[1])
    assert "closed" in repr(fits)
    assert len(repr(fits).splitlines()) == 1
    assert "closed" in repr(fits[1] if not fits.closed else fits._hdus[1])
    with FITS(tmp_path / "new.fits", "w+") as fits:
        assert "w+" in repr(fits)


def test_listing_of_a_file_that_breaks_off(make_fits):
    path = make_fits()
    content = bytearray(path.read_bytes())
    third = content.rindex(b"XTENSION")
    content[third + 80 : third + 160] = b"BITPIX  =                    7".ljust(80)
    path.write_bytes(content)
    with FITS(path) as fits:
        listing = repr(fits)
        assert "BITPIX" in listing
        np.testing.assert_array_equal(fits[1].read(), np.arange(30).reshape(5, 6))
        with pytest.raises(rustfits.FITSFormatError, match="BITPIX"):
            fits[2]
        with pytest.warns(rustfits.FITSWarning, match="BITPIX"):
            assert len(fits) == 2


def test_listing_of_many_hdus_is_short(tmp_path):
    path = tmp_path / "many.fits"
    with FITS(path, "w+") as fits:
        for _ in range(150):
            fits.create_image_hdu("u1", (1,))
        assert len(fits) == 150
        assert "50 more" in repr(fits)
        assert len(repr(fits).splitlines()) < 120


def test_closed_file(make_fits):
    path = make_fits()
    fits = FITS(path)
    hdu = fits[1]
    header = hdu.header
    bitpix = header["BITPIX"]
    fits.close()
    fits.close()
    fits.sync()
    for use in (
        lambda: len(fits),
        lambda: fits[0],
        lambda: fits["SCI"],
        lambda: list(fits),
        lambda: fits.to_bytes(),
        lambda: 0 in fits,
        lambda: fits.__enter__(),
        lambda: fits.write_image(np.zeros(3)),
        lambda: hdu.read(),
        lambda: hdu[0],
        lambda: hdu.raw_bytes(),
        lambda: hdu.add_checksum(),
        lambda: hdu.verify_checksum(),
    ):
        with pytest.raises(rustfits.FITSClosedError, match=r"three\.fits.*closed"):
            use()
    # What was read before stays.
    assert header["BITPIX"] == bitpix == -32
    assert (hdu.index, hdu.extname, hdu.extver, hdu.has_data) == (1, "SCI", 1, True)
    assert fits.filename == str(path)


def test_with_block_propagates_the_exception_and_closes(make_fits):
    class Unusual(Exception):
        pass

    fits = FITS(make_fits())
    with pytest.raises(Unusual), fits:
        raise Unusual
    assert fits.closed


def test_modes(make_fits, tmp_path):
    path = make_fits()
    with FITS(path, "r") as fits:
        for change in (
            lambda: fits.write_image(np.zeros(3)),
            lambda: fits.create_image_hdu("f4", (3,)),
            lambda: fits[0].write(np.zeros((3, 4), "i2")),
            lambda: fits[0].add_checksum(),
            lambda: fits[0].header.__setitem__("A", 1),
        ):
            with pytest.raises(rustfits.FITSReadOnlyError, match=r"three\.fits"):
                change()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        fits.write_image(np.ones(3, "f8"), extname="NEW")
        assert len(fits) == 4
    assert path.read_bytes()[: len(before)] == before
    assert len(astropy_fits.getdata(path, "NEW")) == 3
    with FITS(path, "w+") as fits:
        assert len(fits) == 0
        assert list(fits) == []
        with pytest.raises(IndexError):
            fits[0]
        with pytest.raises(IndexError):
            fits[-1]
        with pytest.raises(KeyError):
            fits["PRIMARY"]
    assert path.stat().st_size == 0
    for mode in ("r", "r+"):
        with pytest.raises(OSError, match=r"three\.fits") as caught:
            FITS(path, mode)
        assert isinstance(caught.value, rustfits.NotFITSError)
        assert caught.value.filename == str(path)
        with pytest.raises(FileNotFoundError, match=r"none\.fits") as caught:
            FITS(tmp_path / "none.fits", mode)
        assert caught.value.errno is not None
    for mode in ("", "rb", "w", "a", None, 3):
        with pytest.raises(rustfits.FITSValueError, match="mode"):
            FITS(path, mode)
    with pytest.raises(FileNotFoundError):
        FITS(tmp_path / "no" / "such" / "x.fits", "w+")
    with pytest.raises(IsADirectoryError):
        FITS(tmp_path, "w+")
    with pytest.raises(IsADirectoryError):
        FITS(tmp_path)


@pytest.mark.parametrize("argument", [b"x.fits", 3, None, 1.5, ["x.fits"]])
def test_a_name_that_is_none(argument):
    with pytest.raises(TypeError, match="file name"):
        FITS(argument)


def test_a_name_with_nul(tmp_path):
    with pytest.raises(ValueError, match="NUL"):
        FITS(str(tmp_path / "a\0b"), "w+")
    assert list(tmp_path.iterdir()) == []


def test_unknown_and_unavailable_schemes(tmp_path):
    with pytest.raises(rustfits.FITSDriverError, match="gopher"):
        FITS("gopher://host/x.fits")
    with pytest.raises(rustfits.FITSNotBuiltError) as caught:
        FITS("gsiftp://host/x.fits")
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, NotImplementedError)


@pytest.mark.parametrize("bad", [0x00, 0x0A, 0x7F, 0xE9])
def test_lenient_reads_what_strict_refuses(make_fits, bad):
    path = make_fits()
    content = bytearray(path.read_bytes())
    at = content.index(b"M 31")
    content[at + 1] = bad
    path.write_bytes(content)
    with pytest.raises(rustfits.FITSOpenError, match="lenient") as caught:
        FITS(path, lenient=False).close()
    assert isinstance(caught.value, OSError)
    assert isinstance(caught.value, ValueError)
    for fits in (FITS(path, lenient=True), FITS.from_bytes(bytes(content), lenient=True)):
        with fits:
            assert fits[0].header["OBJECT"] == "M_31"
            assert len(fits) == 3


def test_limit_on_inflated_bytes(make_fits):
    path = make_fits("three.fits.gz")
    with FITS(path, max_inflate_bytes=10**6) as fits:
        assert len(fits.to_bytes()) == 6 * 2880
    fits = FITS(path, max_inflate_bytes=4 * 2880)
    with fits, pytest.raises(rustfits.FITSLimitError, match="11520"):
        fits.to_bytes()


def open_both_ways(path, **limits):
    yield FITS(path, **limits)
    yield FITS.from_bytes(path.read_bytes(), **limits)


def test_limit_on_hdus(make_fits):
    path = make_fits("three.fits")
    for fits in open_both_ways(path, max_hdus=3):
        assert len(fits) == 3
        fits.close()
    for fits in open_both_ways(path, max_hdus=2):
        with fits, pytest.raises(rustfits.FITSLimitError, match=r"2 HDUs.*max_hdus"):
            fits[2].read()


def test_limit_on_a_header(tmp_path):
    header = astropy_fits.Header([("HISTORY", f"line {i}") for i in range(100)])
    astropy_fits.PrimaryHDU(header=header).writeto(tmp_path / "a.fits")
    for fits in open_both_ways(tmp_path / "a.fits", max_header_bytes=4 * 2880):
        assert len(fits[0].header["HISTORY"]) == 100
        fits.close()
    with pytest.raises(rustfits.FITSLimitError, match=r"5760.*max_header_bytes"):
        FITS(tmp_path / "a.fits", max_header_bytes=2 * 2880)


def test_limit_on_a_tile(tmp_path):
    """A small file may have a tile of any size: reading a corner of it is refused beyond the limit."""
    data = np.zeros((300, 400), "i2")
    rustfits.write(tmp_path / "a.fits", data, compress=rustfits.Rice1(tile_shape=(300, 400)))
    for fits in open_both_ways(tmp_path / "a.fits", max_tile_bytes=data.nbytes):
        assert fits[1][:2, :2].sum() == 0
        fits.close()
    for fits in open_both_ways(tmp_path / "a.fits", max_tile_bytes=data.nbytes - 1):
        with fits, pytest.raises(rustfits.FITSLimitError, match=r"240000.*max_tile_bytes"):
            fits[1][:2, :2]
        assert fits.closed


@pytest.mark.parametrize(
    "options",
    [
        {"gzip_level": 0},
        {"gzip_level": 10},
        {"gzip_level": "fast"},
        {"max_inflate_bytes": -1},
        {"max_inflate_bytes": 1.5},
        {"max_tile_bytes": 0},
        {"max_header_bytes": 2879},
        {"max_hdus": 0},
        {"max_hdus": "many"},
        {"remote": "sideways"},
        {"remote": 3},
    ],
)
def test_wrong_options_are_refused_before_the_file_is_touched(make_fits, options):
    path = make_fits()
    before = path.read_bytes()
    with pytest.raises((ValueError, TypeError), match=next(iter(options))) as caught:
        FITS(path, "w+", **options)
    assert isinstance(caught.value, rustfits.FITSError)
    assert path.read_bytes() == before


def test_gzip_level(tmp_path, rng):
    data = rng.integers(0, 50, 200_000).astype("i2")
    sizes = []
    for level in (1, 9):
        path = tmp_path / f"{level}.fits.gz"
        with FITS(path, "w+", gzip_level=level) as fits:
            fits.write_image(data)
        np.testing.assert_array_equal(astropy_fits.getdata(path), data)
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0]


# ---- from_bytes, to_bytes ----


@pytest.mark.parametrize("name", ["three.fits", "three.fits.gz"])
@pytest.mark.parametrize("wrap", [bytes, bytearray, memoryview, lambda b: np.frombuffer(b, "u1")])
def test_from_bytes(make_fits, name, wrap):
    plain = make_fits("plain.fits").read_bytes()
    with FITS.from_bytes(wrap(make_fits(name).read_bytes())) as fits:
        assert len(fits) == 3
        np.testing.assert_array_equal(fits["SCI"].read(), np.arange(30).reshape(5, 6))
        assert fits.to_bytes() == plain


def test_from_bytes_of_a_strided_buffer(make_fits):
    content = np.frombuffer(make_fits().read_bytes(), "u1")
    spread = np.zeros(content.size * 2, "u1")
    spread[::2] = content
    with FITS.from_bytes(spread[::2]) as fits:
        assert fits.to_bytes() == content.tobytes()


def test_from_bytes_copies(make_fits):
    original = bytearray(make_fits().read_bytes())
    kept = bytes(original)
    for mode in ("r", "r+"):  # read-only is advisory in memory
        fits = FITS.from_bytes(original, mode)
        fits[0].write(np.full((3, 4), 7, "i2"))
        fits.write_image(np.zeros(5))
        assert len(fits) == 4
        assert original == kept
        assert fits.to_bytes() != kept
        fits.close()
    fits = FITS.from_bytes(original)
    original[:] = bytes(len(original))
    assert fits.to_bytes() == kept
    fits.close()


def test_from_bytes_refuses(make_fits):
    content = make_fits().read_bytes()
    with pytest.raises(rustfits.FITSValueError, match="mem://"):
        FITS.from_bytes(content, "w+")
    for data in (b"", b"SIMPLE", content[:2879], b"x" * 5760):
        with pytest.raises(OSError) as caught:
            FITS.from_bytes(data)
        assert isinstance(caught.value, ValueError)
        assert isinstance(caught.value, rustfits.FITSError)
    for data in ("text", None, 5, [1, 2]):
        with pytest.raises(rustfits.FITSTypeError):
            FITS.from_bytes(data)


@pytest.mark.parametrize("name", ["x.fits", "x.fits.gz", "mem://"])
def test_to_bytes_sees_what_was_just_written(tmp_path, name):
    target = name if "://" in name else tmp_path / name
    with FITS(target, "w+") as fits:
        assert fits.to_bytes() == b""
        fits.write_image(np.arange(10, dtype="i4"))
        first = fits.to_bytes()
        fits[0].header["NEW"] = 1
        second = fits.to_bytes()
        assert len(first) == len(second) == 5760
        assert b"NEW" not in first
        assert b"NEW" in second
    with FITS.from_bytes(second) as fits:
        np.testing.assert_array_equal(fits[0].read(), np.arange(10))


# ---- creating ----


def test_first_hdu_is_primary_the_rest_extensions(tmp_path):
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        a = fits.create_image_hdu("f4", (2, 3), extname="A", extver=3)
        b = fits.write_image([[1, 2], [3, 4]], extname="B")
        assert (a.index, b.index) == (0, 1)
        assert a is fits["A", 3]
        assert b is fits[1]
        assert a.header["SIMPLE"] is True
        assert b.header["XTENSION"] == "IMAGE"
        np.testing.assert_array_equal(a.read(), np.zeros((2, 3)))
        np.testing.assert_array_equal(b.read(), [[1, 2], [3, 4]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with astropy_fits.open(path) as other:
            other.verify("exception")
            assert other[0].header["EXTVER"] == 3
            assert other[1].name == "B"


@pytest.mark.parametrize("dims", [(), 4, (4,), [2, 3], (0, 5), np.array([2, 2]), (np.int8(3), 2)])
def test_shapes(tmp_path, dims):
    path = tmp_path / "x.fits"
    shape = (dims,) if isinstance(dims, int) else tuple(dims)
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", dims)
        assert hdu.shape == shape
        assert hdu.has_data == bool(shape and 0 not in shape)
    with astropy_fits.open(path) as other:
        other.verify("exception")
        assert other[0].shape == shape


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("f4", (-1,)), {}),
        (("f4", (3, -1)), {}),
        (("f4", (2**63,)), {}),
        (("f4", (2**40, 2**40)), {}),
        (("f4", (1,) * 1000), {}),
        (("f4", ("3",)), {}),
        (("f4", (1.5,)), {}),
        (("f4", None), {}),
        (("c8", (3,)), {}),
        (("U3", (3,)), {}),
        (("O", (3,)), {}),
        (("f2", (3,)), {}),
        (("M8[s]", (3,)), {}),
        ((None.__class__, (3,)), {}),
        (("f4", (3,)), {"extname": 3}),
        (("f4", (3,)), {"extname": "Ünï"}),
        (("f4", (3,)), {"extname": "a\nb"}),
        (("f4", (3,)), {"extver": "1"}),
        (("f4", (3,)), {"extver": -1}),
        (("f4", (3,)), {"blank": 1}),
        (("i2", (3,)), {"blank": 1.5}),
        (("i2", (3,)), {"blank": 2**64}),
        (("f4", (3,)), {"quantize": 4}),
        (("i4", (3,)), {"compress": "RICE_2"}),
        (("i4", (3,)), {"compress": 11}),
        (("i8", (3,)), {"compress": "RICE_1"}),
        (("i4", (3,)), {"compress": "RICE_1", "quantize": 4}),
        (("f4", (3,)), {"compress": "RICE_1"}),
        (("f4", (3,)), {"compress": "PLIO_1"}),
        (("i4", (3, 3)), {"compress": "HCOMPRESS_1"}),
        (("f4", (3,)), {"compress": "RICE_1", "quantize": object()}),
        (("i4", ()), {"compress": True}),
        (("i4", (3,)), {"compress": rustfits.Rice1(tile_shape=(1, 3))}),
    ],
)
def test_impossible_images_leave_the_file_as_it_was(make_fits, arguments, options):
    path = make_fits()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        with pytest.raises((ValueError, TypeError, NotImplementedError)) as caught:
            fits.create_image_hdu(*arguments, **options)
        assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 3
    assert path.read_bytes() == before


def test_write_refuses_what_is_no_image(tmp_path):
    with FITS("mem://", "w+") as fits:
        for data in (np.float64(3), 5, "text", [None], np.zeros(3, "c16"), np.zeros(2, "m8[s]")):
            with pytest.raises((ValueError, TypeError)) as caught:
                fits.write(data)
            assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 0
        assert fits.write(None).has_data is False
        assert fits.write(np.zeros((0, 3), "f4")).shape == (0, 3)
        assert fits.write([[1.5, 2.5]]).read().tolist() == [[1.5, 2.5]]
        assert fits.write(np.ones((2, 2), ">i2")).read().tolist() == [[1, 1], [1, 1]]
        assert fits.write(np.arange(12).reshape(3, 4)[::2, ::-1]).read()[0].tolist() == [3, 2, 1, 0]


HEADER = {
    "OBJECT": "M 31",
    "EXPTIME": (30.5, "seconds"),
    "GAIN": 2,
    "GOOD": True,
    "NOTHING": None,
    "BITPIX": 99,
    "NAXIS1": 7,
    "CHECKSUM": "junk",
    "HISTORY": ["one", "two"],
    "COMMENT": "three",
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("form", ["dict", "header", "cards"])
def test_header_is_copied_without_what_describes_the_structure(tmp_path, form, first):
    source = FITS("mem://", "w+")
    other = source.write_image(np.zeros(3, "f4"))
    other.header["OBJECT"] = "M 31"
    other.header["EXPTIME"] = (30.5, "seconds")
    other.header["GAIN"] = 2
    other.header["GOOD"] = True
    other.header["NOTHING"] = None
    other.header["LONGSTR"] = "long " * 40
    other.header.add_history("one")
    other.header.add_history("two")
    other.header.add_comment("three")
    other.add_checksum()
    header = {"dict": dict(HEADER.items()), "header": other.header}.get(form)
    if form == "dict":
        header["LONGSTR"] = "long " * 40
        for key in ("BITPIX", "NAXIS1", "CHECKSUM"):
            del header[key]
    elif form == "cards":
        header = other.header.cards
    path = tmp_path / "x.fits"
    with FITS(path, "w+") as fits:
        if not first:
            fits.write_image(None)
        fits.write_image(np.arange(5, dtype="i2"), extname="SCI", header=header)
    source.close()
    with astropy_fits.open(path) as again:
        again.verify("exception")
        got = again[-1].header
        assert got["BITPIX"] == 16
        assert got["NAXIS1"] == 5
        assert got["EXTNAME"] == "SCI"
        assert got["OBJECT"] == "M 31"
        assert got["EXPTIME"] == 30.5
        assert got.comments["EXPTIME"] == "seconds"
        assert got["GAIN"] == 2
        assert got["GOOD"] is True
        assert got["NOTHING"] is None
        assert got["LONGSTR"].rstrip() == ("long " * 40).rstrip()
        assert list(got["HISTORY"]) == ["one", "two"]
        assert list(got["COMMENT"])[-1] == "three"
        assert "CHECKSUM" not in got


def test_a_wrong_header_leaves_the_file_as_it_was(make_fits):
    path = make_fits()
    before = path.read_bytes()
    with FITS(path, "r+") as fits:
        for header in ({"A": object()}, {"A": float("nan")}, {"A\n": 1}, {3: 1}, 5, ["x" * 81]):
            with pytest.raises((ValueError, TypeError)) as caught:
                fits.write_image(np.zeros(3), header=header)
            assert isinstance(caught.value, rustfits.FITSError)
        assert len(fits) == 3
    assert path.read_bytes() == before


def test_same_object_after_the_file_grew(make_fits):
    with FITS(make_fits(), "r+") as fits:
        second = fits[2]
        for i in range(100):  # the header of HDU 1 grows by blocks, HDU 2 moves
            fits[1].header[f"KEY{i}"] = i
        assert fits[2] is second
        np.testing.assert_array_equal(second.read(), np.arange(8))
        fits[2].header["EXTNAME"] = "OTHER"
        assert second.extname == "OTHER"
        assert fits["other"] is second
        fits[1].extend(np.zeros((2, 6), "f4"))
        assert second.raw_bytes() == np.arange(8, dtype=">f8").tobytes()


# ---- forgotten files ----


def test_forgotten_gz_is_written_back(tmp_path):
    path = tmp_path / "x.fits.gz"
    fits = FITS(path, "w+")
    hdu = fits.write_image(np.arange(20, dtype="i4"))
    header = hdu.header
    del fits, hdu
    header["A"] = 5  # a header keeps its file open too
    del header
    assert astropy_fits.getheader(path)["A"] == 5
    np.testing.assert_array_equal(astropy_fits.getdata(path), np.arange(20))


def test_no_cycle_keeps_a_forgotten_file_open(make_fits):
    path = make_fits()
    gc.disable()
    try:
        before = len(os.listdir("/proc/self/fd"))
        fits = FITS(path)
        for hdu in fits:
            assert hdu.header["NAXIS"] > 0
            hdu.read()
            repr(hdu)
        del fits, hdu
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        gc.enable()


def test_an_hdu_kept_alone_keeps_its_file(make_fits):
    hdu = FITS(make_fits())["SCI"]
    np.testing.assert_array_equal(hdu.read(), np.arange(30).reshape(5, 6))
    assert hdu.header["EXTNAME"] == "SCI"


def test_gz_open_at_the_end_of_the_interpreter_is_written_back(tmp_path):
    path = tmp_path / "x.fits.gz"
    program = (
        "import numpy, rustfits, sys\n"
        "fits = rustfits.FITS(sys.argv[1], 'w+')\n"
        "fits.write_image(numpy.arange(9))\n"
        "keep = [fits]; keep.append(keep); sys.modules['numpy'].keep = keep\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    np.testing.assert_array_equal(astropy_fits.getdata(path), np.arange(9))


def test_forked_child_leaves_the_gz_of_its_parent_alone(tmp_path):
    path = tmp_path / "x.fits.gz"
    program = (
        "import numpy, os, rustfits, sys\n"
        "fits = rustfits.FITS(sys.argv[1], 'w+')\n"
        "fits.write_image(numpy.arange(9))\n"
        "before = os.stat(sys.argv[1])\n"
        "if os.fork() == 0:\n"
        "    del fits\n"
        "    sys.exit(0)\n"
        "os.wait()\n"
        "after = os.stat(sys.argv[1])\n"
        "assert (before.st_ino, before.st_size) == (after.st_ino, after.st_size)\n"
        "fits.close()\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path)], check=True)
    np.testing.assert_array_equal(astropy_fits.getdata(path), np.arange(9))


def test_a_failing_write_back_of_a_forgotten_file_is_seen(tmp_path, monkeypatch):
    folder = tmp_path / "removed"
    folder.mkdir()
    path = folder / "x.fits.gz"
    seen = []
    monkeypatch.setattr(sys, "unraisablehook", seen.append)
    fits = FITS(path, "w+")
    fits.write_image(np.arange(9))
    path.unlink()
    folder.rmdir()
    del fits
    assert len(seen) == 1
    assert isinstance(seen[0].exc_value, rustfits.FITSError)
    assert "x.fits.gz" in str(seen[0].exc_value)
    # The traceback keeps the handle, whose C part is freed: this once crashed at exit.
    handle = seen[0].exc_traceback.tb_frame.f_locals["self"]
    assert handle.closed
    assert handle.name == "a closed file"
    handle.close()
    with pytest.raises(rustfits.FITSClosedError):
        handle._handle()


def test_a_failing_write_back_does_not_hide_the_first_exception(tmp_path):
    folder = tmp_path / "removed"
    folder.mkdir()
    fits = FITS(folder / "x.fits.gz", "w+")
    with (
        pytest.warns(rustfits.FITSWarning, match="closing also failed"),
        pytest.raises(ZeroDivisionError),
    ):
        with fits:
            fits.write_image(np.arange(9))
            (folder / "x.fits.gz").unlink()
            folder.rmdir()
            1 / 0  # noqa: B018
    assert fits.closed


def test_objects_do_not_pickle_by_accident(make_fits):
    with FITS(make_fits()) as fits:
        for thing in (fits, fits[0]):
            with pytest.raises(TypeError):
                pickle.dumps(thing)


def test_subclass(make_fits):
    class Mine(FITS):
        pass

    with Mine(make_fits()) as fits:
        assert type(fits) is Mine
        content = fits.to_bytes()
    with Mine.from_bytes(content) as fits:
        assert type(fits) is Mine
