# SPDX-License-Identifier: BSD-3-Clause
"""FITS as a container of HDUs."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
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


def test_subclass(make_fits):
    class Mine(FITS):
        pass

    with Mine(make_fits()) as fits:
        assert type(fits) is Mine
        content = fits.to_bytes()
    with Mine.from_bytes(content) as fits:
        assert type(fits) is Mine
