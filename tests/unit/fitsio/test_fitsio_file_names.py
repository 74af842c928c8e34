# SPDX-License-Identifier: BSD-3-Clause
"""rustfits.fitsio: extended file names mean what they mean to the fitsio package."""

from __future__ import annotations

import bz2
import gzip
import os
from pathlib import Path
from typing import Any

import fitsio as original
import numpy as np
import pytest

import rustfits
from rustfits import fitsio as ours
from rustfits._core.binding import errors

BOTH = {"fitsio": original, "rustfits": ours}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, which has a file of an image, a table and two more images."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("NAMES_DATA", str(tmp_path))
    monkeypatch.delenv("NAMES_MISSING", raising=False)
    with original.FITS("a.fits", "rw") as fits:
        keys = {"CRPIX1": 3.0, "CDELT1": 2.0, "CRPIX2": 1.5, "CD2_2": 0.25, "CRPIX1A": 9.0, "K": 1}
        fits.write(np.arange(35, dtype="i2").reshape(5, 7), header=keys)
        rows = {
            "x": np.arange(5, dtype="i4"),
            "y": np.arange(5) * 2.5,
            "Name": np.array(["a", "bb", "c", "d", "e"]),
        }
        fits.write(rows, extname="EVENTS")
        fits.write(np.arange(6, dtype="f4").reshape(2, 3), extname="SCI")
        fits.write(np.arange(6, dtype="u2").reshape(2, 3), extname="SCI", extver=2)
        fits.write(np.arange(600, dtype="i4").reshape(20, 30), extname="PACKED", compress="RICE")
    content = Path("a.fits").read_bytes()
    for name in ("g.fits.gz", "h.fits-gz", "i.fits-z", "j.fits.z", "both.fits.gz"):
        Path(name).write_bytes(gzip.compress(content, 1))
    for name in ("b.fits.bz2", "both.fits.bz2"):
        Path(name).write_bytes(bz2.compress(content, 1))
    return tmp_path


def content(module: Any, name: Any) -> list[Any]:
    """Return what an open file shows: for each HDU its kind, name and values."""
    with module.FITS(name) as fits:
        found = []
        for hdu in fits:
            data = hdu.read() if hdu.has_data() else None
            if data is not None and data.dtype.names:
                data = {name: data[name].tolist() for name in data.dtype.names}
            elif data is not None:
                data = data.dtype.str[1:], data.tolist()
            found.append((hdu.get_exttype(), hdu.get_extname(), data))
        return found


SAME = [
    *("a.fits", " a.fits", "a.fits ", "!a.fits", "file:a.fits", "file://a.fits"),
    *("~/a.fits", "$NAMES_DATA/a.fits", "${NAMES_DATA}/a.fits", "!~/a.fits", b"a.fits"),
    *("g.fits", "b.fits", "h.fits", "i.fits", "j.fits", "both.fits", "g.fits[1]", "~/g.fits"),
    *("a.fits[1]", "a.fits[EVENTS]", "a.fits[events]", "a.fits+1", "a.fits[SCI,2]", "a.fits[1#]"),
    *("a.fits[2:4,1:3]", "a.fits[*,2:2]", "a.fits[3:6]", "a.fits[0][1:7:2,5:1]", "a.fits[-*,-*]"),
    *("a.fits[2][1:2,*]", "a.fits[SCI,2][3:1:2,*]", "a.fits[PACKED][11:20,*:2]", "g.fits[7:1,1:2]"),
    *("a.fits[EVENTS][x>2]", "a.fits[1][x>0 && y < 9]", "a.fits[1][x>9]", "a.fits[1][#row==2]"),
    *("a.fits[1][col x;y]", "a.fits[1][col -y]", "a.fits[1][col n*]", "a.fits[1][col Y,X][x>1]"),
    *("a.fits[1][col !y; !x]", "a.fits[1][x>1][y<9]", "a.fits[compress R]"),
]
NOT_ROW = "a.fits[1][#row==2]"  # our expressions have no #row


@pytest.mark.parametrize("name", [name for name in SAME if name != NOT_ROW], ids=str)
def test_a_name_shows_the_same_file(folder: Path, name: Any) -> None:
    """Each name opens the file that fitsio opens, with the same HDUs and values."""
    assert content(ours, name) == content(original, name)


@pytest.mark.parametrize("name", ["a.fits[1]", "a.fits[SCI,2]", "a.fits[2:3,1:2]", "g.fits"])
def test_read_takes_the_first_hdu_with_data(folder: Path, name: str) -> None:
    """An HDU in the name does not choose what read() and read_header() take, as in fitsio."""
    assert ours.read(name).tolist() == original.read(name).tolist()
    assert ours.read_header(name)["NAXIS1"] == original.read_header(name)["NAXIS1"]


@pytest.mark.parametrize("section", ["2:4,1:3", "1:7:2,5:1", "-*,*", "7:1:3,2:5:3", "*,*"])
def test_a_section_moves_the_coordinates(folder: Path, section: str) -> None:
    """The keywords of coordinates follow the pixels."""
    found = [module.read_header(f"a.fits[{section}]") for module in BOTH.values()]
    for key in ("CRPIX1", "CDELT1", "CRPIX2", "CD2_2", "CRPIX1A", "K"):
        assert found[1][key] == pytest.approx(found[0][key], abs=1e-12), key


@pytest.mark.parametrize(
    "name",
    [
        *("missing.fits", "missing.fits[1]", "$NAMES_MISSING/a.fits", "~unknown_user/a.fits"),
        *("a.fits[9]", "a.fits[NOPE]", "a.fits[", "a.fits[1", "a.fits]", "a.fits[1](x)"),
        *("a.fits[x>3]", "a.fits[1:20,1:3]", "a.fits[1][2:3]"),
        *("a.fits[1][zz > 1]", "a.fits[1][col zz]", "a.fits[2][col x]", "mem://", "", "!"),
        *("xx.imh", "a.fits[1]x", "a.fits[SCI,x]"),
    ],
)
def test_a_name_that_opens_nothing(folder: Path, name: str) -> None:
    """Names that fitsio refuses are refused with an OSError, as it does."""
    with pytest.raises((OSError, IndexError)):
        original.FITS(name)
    with pytest.raises(OSError):
        ours.FITS(name)


def test_a_missing_file_is_a_file_not_found_error(folder: Path) -> None:
    """The exception tells what is missing; that of fitsio is a plain OSError."""
    with pytest.raises(FileNotFoundError, match=r"missing\.fits"):
        ours.FITS("missing.fits")
    with pytest.raises(FileNotFoundError, match=r"missing\.fits"):
        ours.read("missing.fits[1]")


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("a.fits[1][bin x]", "histogram"),
        ("a.fits[pix X*2]", "numpy"),
        ("a.fits[EVENTS;x(2)]", r"fits\[ext\]\[column\]"),
        ("a.fits[1][col z=x*2]", "numpy"),
        ("a.fits[1][col @list.txt]", "numpy"),
        ("a.fits(copy.fits)", "shutil.copy"),
        ("a.fits[b2,2]", "fromfile"),
    ],
)
def test_a_filter_that_is_not_supported_names_another_way(
    folder: Path, name: str, instead: str
) -> None:
    """These filters of CFITSIO are refused; the error says what to do instead."""
    with pytest.raises(errors.FITSUnsupportedError, match=instead):
        ours.FITS(name)
    assert not Path("copy.fits").exists()


@pytest.mark.parametrize("name", ["b[1].fits", "c+1", "d(1).fits", "a.fits[1]", "e[2:3,1:2]"])
def test_a_file_of_exactly_this_name_is_preferred(folder: Path, name: str) -> None:
    """Names of files may have brackets: such a file opens, where fitsio sees a filter."""
    rustfits.write(name, np.array([7]))
    assert ours.read(name).tolist() == [7]
    with ours.FITS(name, "rw") as fits:
        fits[0].write(np.array([8]))
    assert rustfits.read(name).tolist() == [8]


def test_the_native_class_takes_a_path_as_a_path(folder: Path) -> None:
    """rustfits.FITS has no extended names."""
    for name in ("a.fits[1]", "~/a.fits", "$NAMES_DATA/a.fits", "g.fits", "!a.fits"):
        with pytest.raises(FileNotFoundError):
            rustfits.FITS(name)


# ---- writing ----


def test_an_exclamation_mark_does_not_clobber(folder: Path) -> None:
    """As in fitsio, the mark is dropped; clobber=True replaces a file."""
    counts = []
    for module in BOTH.values():
        path = f"{module.__name__}.fits"
        with module.FITS(path, "rw") as fits:
            fits.write(np.arange(3))
        with module.FITS("!" + path, "rw") as fits:
            fits.write(np.arange(4))
            counts.append(len(fits))
    assert counts == [2, 2]


def test_writing_does_not_open_a_compressed_file(folder: Path) -> None:
    """Mode "rw" creates g.fits beside g.fits.gz, as in fitsio."""
    before = Path("g.fits.gz").read_bytes()
    ours.write("g.fits", np.arange(3))
    assert rustfits.read("g.fits").tolist() == [0, 1, 2]
    assert Path("g.fits.gz").read_bytes() == before


def test_home_and_variables_in_names_of_new_files(folder: Path) -> None:
    """~ and $VARIABLES count for new files, too, and filters do not create files."""
    ours.write("~/new.fits", np.arange(3))
    ours.write("${NAMES_DATA}/new.fits", np.arange(3))
    assert len(original.FITS("new.fits")) == 2
    for name in ("bad.fits[1]", "bad.fits[x>2]", "bad.fits[compress R; x 3]", "bad.fits[compress"):
        with pytest.raises(OSError):
            ours.FITS(name, "rw")
    assert not list(folder.glob("bad*"))


def test_an_hdu_in_the_name_of_a_file_to_change(folder: Path) -> None:
    """An existing file opens, though fitsio refuses it. Nothing replaces it."""
    with ours.FITS("a.fits[1]", "rw") as fits:
        fits.write(np.arange(3))
    assert len(original.FITS("a.fits")) == 6
    before = Path("a.fits").read_bytes()
    for name in ("a.fits[2:3,1:2]", "a.fits[1][x>2]", "a.fits[NOPE]"):
        with pytest.raises((OSError, NotImplementedError)):
            ours.FITS(name, "rw")
    with pytest.raises(OSError):
        ours.FITS("a.fits[1]", "rw", clobber=True)
    with pytest.raises(FileExistsError):
        ours.FITS("a.fits[compress R]", "rw")
    assert Path("a.fits").read_bytes() == before


KEYS = ("ZCMPTYPE", "ZTILE1", "ZTILE2", "ZQUANTIZ", "ZDITHER0")
OPTIONS = ("ZNAME1", "ZVAL1", "ZNAME2", "ZVAL2")  # CFITSIO has none for GZIP


@pytest.mark.parametrize("prefix", ["mem://", "new.fits", "new.fits.gz"])
@pytest.mark.parametrize(
    "spec",
    [
        *("compress", "compress R", "compress R 10,20", "compress R 10 20; q 8", "compress G"),
        *(
            "compress G 64 64; qz 0",
            "compress G; q",
            "compress R 64,64; qz -1e-4",
            "compress r 5",
        ),
        *(
            "compress H",
            "compress HS 16,16; s 2.5",
            "compress H 32,32; s -2",
            "compress RICE_1 7,7",
        ),
        *(
            "compress R 5,5,5",
            "compress R 0",
            "compress H 32,32; q 8 s 2",
            "compress L",
            "compress G2",
            "compress R x 10,10;",
        ),
    ],
)
def test_a_compression_in_the_name(folder: Path, prefix: str, spec: str) -> None:
    """Images of such a file are compressed as fitsio compresses them, tables are not."""
    keys = KEYS if spec.startswith("compress G") else KEYS + OPTIONS
    noise = np.random.default_rng(1).normal(size=(64, 64)).astype("f4")
    found = []
    for module in BOTH.values():
        Path("new.fits").unlink(missing_ok=True)
        Path("new.fits.gz").unlink(missing_ok=True)
        with module.FITS(f"{prefix}[{spec}]", "rw") as fits:
            fits.write(noise, dither_seed=42)
            fits.write({"x": np.arange(3)})
            header = fits[1].read_header()
            found.append(([header.get(key) for key in keys], fits[1].read().tobytes(), len(fits)))
        if not prefix.startswith("mem"):
            assert module.read(prefix).shape == (64, 64)
    assert found[1][0] == found[0][0]
    assert found[1][2] == found[0][2] == 3
    # quantized values are compared in test_fitsio_compressed; their noise estimates agree
    kept = [np.frombuffer(data, "f4") for _, data, _ in found]
    assert np.abs(kept[0] - kept[1]).max() < 0.6


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        *(("compress", "RICE"), ("compress", None), ("compress", 0), ("tile_dims", [8, 8])),
        *(
            ("qlevel", 4),
            ("qlevel", None),
            ("qmethod", 1),
            ("hcomp_scale", 2),
            ("hcomp_smooth", True),
        ),
    ],
)
def test_arguments_do_not_change_the_compression_of_the_name(
    folder: Path, argument: str, value: Any
) -> None:
    """Only dither_seed goes with a compression in the name, as in fitsio."""
    for module in BOTH.values():
        with module.FITS("mem://[compress G 10,10; qz 4]", "rw") as fits:
            with pytest.raises(ValueError):
                fits.write(np.ones((20, 20)), **{argument: value})
            with pytest.raises(ValueError):
                fits.create_image_hdu(dims=[20, 20], dtype="f4", **{argument: value})
            fits.write(np.ones((20, 20)), dither_seed=3)
            assert fits[1].read_header()["ZDITHER0"] == 3


def test_reopen_of_a_file_in_memory(folder: Path) -> None:
    """The content stays, and can be written to; of a closed file it is lost."""
    for module in BOTH.values():
        fits = module.FITS("mem://", "rw")
        fits.write(np.arange(5))
        fits.reopen()
        assert fits[-1].read().tolist() == [0, 1, 2, 3, 4]
        fits.write(np.arange(3))
        fits.reopen()
        assert len(fits) == 2
        fits.close()
    closed = ours.FITS("mem://x", "rw")
    closed.close()
    closed.reopen()
    with pytest.raises(ValueError):
        len(closed)


def test_reopen_keeps_what_the_name_means(folder: Path) -> None:
    """A filtered file, a compressed file and a compression are there after reopen()."""
    fits = ours.FITS("a.fits[1][x>2]")
    fits.reopen()
    assert fits[1].get_nrows() == 2
    fits.close()
    fits.reopen()
    assert fits[1].get_nrows() == 2
    fits = ours.FITS("~/g.fits")
    os.environ["HOME"] = "/nowhere"
    fits.reopen()
    assert len(fits) == 5
    with ours.FITS("c.fits[compress R 5,5]", "rw") as new:
        new.write(np.ones((10, 10), "i4"))
        new.reopen()
        new.write(np.ones((10, 10), "i4"))
        assert [hdu.read_header().get("ZTILE1") for hdu in new[1:]] == [5, 5]


def test_a_hostile_name_is_refused(folder: Path) -> None:
    """Long names, NULs and deep brackets are errors of the name, never a crash."""
    names = [
        "a.fits" + "[" * 3000,
        "a.fits[" + "x" * 5000 + "]",
        "a.fits[1\0]",
        "[" * 900 + "]" * 900,
    ]
    names += [
        "a.fits[" + "(" * 1000 + "]",
        "a.fits[1][" + "!" * 1000 + "x]",
        "a.fits[999999999999]",
    ]
    for name in names:
        with pytest.raises((OSError, ValueError)):
            ours.FITS(name)
        with pytest.raises((OSError, ValueError)):
            ours.FITS(name, "rw")


@pytest.mark.parametrize("name", ["a.fits", "~/g.fits", "a.fits[1][x>2]", "a.fits[2:3,1:2]"])
def test_a_file_tells_its_name(folder: Path, name: str) -> None:
    """Files and HDUs have the expanded name, with its filters. HDUs of fitsio then say mem://_2."""
    with original.FITS(name) as theirs, ours.FITS(name) as fits:
        assert fits._filename == theirs._filename
        assert fits[0].get_filename() in (theirs[0].get_filename(), theirs._filename)
        assert f"file: {theirs._filename}" in repr(fits)
