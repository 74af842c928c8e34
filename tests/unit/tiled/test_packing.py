# SPDX-License-Identifier: BSD-3-Clause
"""Whole files: rustfits.pack, rustfits.unpack, and the command line, which is run as a user runs it."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, Gzip2, Hcompress1, Quantize, Rice1
from rustfits.cli import main
from support.compressed import by_fitsio, image, same, verify

SHAPE = (61, 47)


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """Integers in front, then reals, a table, text."""
    path = tmp_path / "plain.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(image("i2", SHAPE), header={"OBJECT": "M 31"})
        fits.write_image(image("f4", SHAPE), extname="ERR")
        fits.write_table({"a": np.arange(1000), "b": np.zeros(1000)}, extname="CAT")
        ascii_table = fits.create_ascii_table_hdu([("x", "i4")], extname="TEXT")
        ascii_table.append({"x": np.arange(3)})
    return path


def kinds(path):
    with FITS(path) as fits:
        return [hdu.kind for hdu in fits]


def run(*arguments, cwd=None):
    """The command line, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "rustfits", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
    )


# ---- from Python ----


def test_pack_and_unpack(plain, tmp_path):
    packed, back = tmp_path / "x.fits.fz", tmp_path / "back.fits"
    assert rustfits.pack(plain, packed) is None
    assert kinds(packed) == [
        "image",
        "compressed image",
        "compressed image",
        "table",
        "ascii table",
    ]
    verify(packed)
    with FITS(packed) as fits:
        assert type(fits[1].compression) is Rice1
        assert type(fits["ERR"].compression) is Gzip2
        assert fits[1].header["SIMPLE"] is True
    same(by_fitsio(packed), image("i2", SHAPE))
    rustfits.unpack(packed, back)
    assert back.read_bytes() == plain.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "back.fits",
        "plain.fits",
        "x.fits.fz",
    ]


def test_pack_tables_too(plain, tmp_path):
    packed, back = tmp_path / "x.fits.fz", tmp_path / "back.fits"
    rustfits.pack(plain, packed, tables=True)
    assert kinds(packed)[3:] == ["compressed table", "ascii table"]
    rustfits.unpack(packed, back)
    assert back.read_bytes() == plain.read_bytes()


def test_pack_with_loss(plain, tmp_path):
    packed = tmp_path / "x.fits.fz"
    rustfits.pack(
        plain, packed, compress=Rice1(tile_shape=(16, 20)), quantize=Quantize(level=16, seed=5)
    )
    with FITS(packed) as fits:
        assert fits[1].quantize is None
        same(fits[1].read(), image("i2", SHAPE))
        assert fits[2].quantize.seed == 5
        assert fits[2].compression == Rice1(tile_shape=(16, 20))
        assert 0 < np.abs(fits[2].read() - image("f4", SHAPE)).max() < 1


def test_tiles_fit_images_of_any_number_of_axes(tmp_path):
    path, packed = tmp_path / "x.fits", tmp_path / "x.fits.fz"
    with FITS(path, "w+") as fits:
        for shape in ((40,), (20, 30), (3, 20, 30)):
            fits.write_image(image("i2", shape))
    rustfits.pack(path, packed, compress=Rice1(tile_shape=(5, 6)))
    with FITS(packed) as fits:
        assert [hdu.compression.tile_shape for hdu in fits[1:]] == [(6,), (5, 6), (1, 5, 6)]


def test_what_cannot_be_packed_says_what_can_be_done(plain, tmp_path):
    packed = tmp_path / "x.fits.fz"
    with pytest.raises(ValueError, match=r"plain\.fits\[1\].*RICE_1.*Gzip2\(\).*lossy"):
        rustfits.pack(plain, packed, compress="rice")
    with pytest.raises(ValueError):
        rustfits.pack(plain, packed, compress=None)
    with pytest.raises(ValueError):
        rustfits.pack(plain, packed, compress="zip")
    with pytest.raises(ValueError, match="local file"):
        rustfits.pack(plain, "mem://x")
    with pytest.raises(TypeError):
        rustfits.pack(plain, 5)
    assert [path.name for path in tmp_path.iterdir()] == ["plain.fits"]


def test_nothing_is_overwritten_unless_asked(plain, tmp_path):
    out = tmp_path / "out.fits"
    out.write_bytes(b"precious")
    for call in (rustfits.pack, rustfits.unpack):
        with pytest.raises(FileExistsError, match=r"out\.fits.*overwrite=True") as caught:
            call(plain, out)
        assert isinstance(caught.value, rustfits.FITSError)
        assert caught.value.filename == str(out)
    assert out.read_bytes() == b"precious"
    link = tmp_path / "link.fits"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        rustfits.pack(plain, link)
    out.chmod(0o640)
    rustfits.pack(plain, out, overwrite=True)
    assert kinds(out)[1] == "compressed image"
    assert out.stat().st_mode & 0o777 == 0o640
    rustfits.unpack(out, out, overwrite=True)  # over itself
    assert out.read_bytes() == plain.read_bytes()


@pytest.mark.filterwarnings("ignore:.*the file is cut short:rustfits.FITSWarning")
def test_a_file_that_breaks_off_leaves_nothing(plain, tmp_path):
    packed = tmp_path / "x.fits.fz"
    rustfits.pack(plain, packed)
    content = packed.read_bytes()
    broken = tmp_path / "broken.fits.fz"
    broken.write_bytes(content[: len(content) // 3])
    out = tmp_path / "out.fits"
    with pytest.raises(OSError, match=r"broken"):
        rustfits.unpack(broken, out)
    with pytest.raises(FileNotFoundError):
        rustfits.unpack(tmp_path / "none.fits", out)
    with pytest.raises(OSError):
        rustfits.unpack(packed, tmp_path / "no" / "such" / "folder.fits")
    assert {path.name for path in tmp_path.iterdir()} == {
        "plain.fits",
        "x.fits.fz",
        "broken.fits.fz",
    }


def test_what_was_written_meanwhile_is_not_overwritten(plain, tmp_path):
    out = tmp_path / "out.fits.fz"

    def write_meanwhile(done, total):
        if not out.exists():
            out.write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        rustfits.pack(plain, out, progress=write_meanwhile)
    assert out.read_bytes() == b"theirs"
    assert {path.name for path in tmp_path.iterdir()} == {"plain.fits", "out.fits.fz"}


def test_an_interrupt_leaves_nothing(plain, tmp_path):
    def interrupt(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rustfits.pack(plain, tmp_path / "out.fits", progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["plain.fits"]


def test_progress_reaches_the_end(plain, tmp_path):
    seen: list[tuple[int, int]] = []
    rustfits.pack(plain, tmp_path / "x.fits.fz", progress=lambda *step: seen.append(step))
    size = plain.stat().st_size
    assert [total for _, total in seen] == [size] * len(seen)
    done = [step for step, _ in seen]
    assert done == sorted(done)
    assert done[-1] == size
    assert len(done) == 5


def test_gzipped_on_either_side(plain, tmp_path):
    packed, back = tmp_path / "x.fits.gz", tmp_path / "back.fits.gz"
    rustfits.pack(plain, packed)
    assert packed.read_bytes()[:2] == b"\x1f\x8b"
    rustfits.unpack(packed, back)
    with FITS(back) as fits:
        assert fits.to_bytes() == plain.read_bytes()


def test_keywords_of_the_empty_primary_are_kept(plain, tmp_path):
    # fpack writes none of them, but another program may add some later.
    packed, back = tmp_path / "x.fits.fz", tmp_path / "back.fits"
    rustfits.pack(plain, packed)
    with FITS(packed, "r+") as fits:
        fits[0].header["ARCHIVE"] = ("ours", "where it is kept")
        fits[0].header["OBJECT"] = "something else"
    rustfits.unpack(packed, back)
    with FITS(back) as fits:
        assert fits[0].header["ARCHIVE"] == "ours"
        assert fits[0].header.comment_of("ARCHIVE") == "where it is kept"
        assert fits[0].header["OBJECT"] == "M 31"
        same(fits[0].read(), image("i2", SHAPE))


# ---- from the shell ----


def test_command_line(plain, tmp_path):
    packed, back = tmp_path / "x.fits.fz", tmp_path / "back.fits"
    done = run("pack", plain, packed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = run("unpack", packed, back)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert back.read_bytes() == plain.read_bytes()


def test_loss_is_said_loudly(plain, tmp_path):
    done = run("pack", "--quantize", "8", "--dither", "2", plain, tmp_path / "x.fits.fz")
    assert done.returncode == 0
    assert "LOSSY" in done.stderr
    assert "plain.fits[1]" in done.stderr
    assert "level 8, dither2" in done.stderr
    assert done.stderr.count("LOSSY") == 1  # not of the integers
    done = run("pack", "--quantize", "8", "--quiet", plain, tmp_path / "y.fits.fz")
    assert (done.returncode, done.stderr) == (0, "")
    with FITS(tmp_path / "y.fits.fz") as fits:
        assert fits[2].quantize.method == "dither1"


@pytest.mark.parametrize(
    ("arguments", "config"),
    [
        (["--codec", "gzip2", "--level", "9", "--tile", "10,47"], Gzip2(tile_shape=(10, 47))),
        (["--codec", "gzip2", "--tile", "whole"], Gzip2(tile_shape=SHAPE)),
        (["--codec", "auto", "--tile", "10,10"], Rice1(tile_shape=(10, 10))),
        (
            ["--codec", "rice", "--blocksize", "16", "--quantize", "4"],
            Rice1(tile_shape=(1, 47), blocksize=16),
        ),
        (
            [
                "--codec",
                "hcompress",
                "--scale",
                "4",
                "--smooth",
                "--quantize",
                "4",
                "--tile",
                "16,16",
            ],
            Hcompress1(tile_shape=(16, 16), scale=4, smooth=True),
        ),
        (
            ["--codec", "hcompress", "--noise-scale", "1.5", "--quantize", "4", "--tile", "16,16"],
            Hcompress1(tile_shape=(16, 16), scale=1.5, relative=True),
        ),
        (["--threads", "1", "--codec", "gzip1"], rustfits.Gzip1(tile_shape=(1, 47))),
    ],
    ids=str,
)
def test_options(plain, tmp_path, arguments, config):
    packed = tmp_path / "x.fits.fz"
    assert main(["pack", *arguments, str(plain), str(packed)]) == 0
    with FITS(packed) as fits:
        assert fits[1].compression == config


def test_quantize_options(plain, tmp_path):
    packed = tmp_path / "x.fits.fz"
    options = ["--quantize", "-0.5", "--dither", "none", "--table"]
    assert main(["pack", *options, str(plain), str(packed)]) == 0
    assert kinds(packed)[3] == "compressed table"
    with FITS(packed) as fits:
        assert fits[2].quantize.method == "no_dither"
    options = ["--quantize", "4", "--seed", "77", "--no-table", "--overwrite"]
    assert main(["pack", *options, str(plain), str(packed)]) == 0
    with FITS(packed) as fits:
        assert fits[2].quantize.seed == 77


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["pack"],
        ["squeeze", "a", "b"],
        ["pack", "--codec", "zip", "a", "b"],
        ["pack", "--tile", "0,5", "a", "b"],
        ["pack", "--tile", "a", "a", "b"],
        ["pack", "--level", "5", "a", "b"],
        ["pack", "--codec", "gzip2", "--level", "50", "a", "b"],
        ["pack", "--scale", "5", "a", "b"],
        ["pack", "--codec", "rice", "--noise-scale", "5", "a", "b"],
        ["pack", "--codec", "hcompress", "--noise-scale", "5", "--scale", "4", "a", "b"],
        ["pack", "--dither", "1", "a", "b"],
        ["pack", "--seed", "1", "a", "b"],
        ["pack", "--quantize", "0", "a", "b"],
        ["pack", "--quantize", "4", "--seed", "10001", "a", "b"],
        ["pack", "--threads", "0", "a", "b"],
        ["unpack", "--codec", "rice", "a", "b"],
        ["unpack", "a"],
    ],
    ids=" ".join,
)
def test_wrong_use_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage: rustfits" in capsys.readouterr().err


def test_bad_files_end_with_1_and_no_traceback(plain, tmp_path):
    out = tmp_path / "out.fits"
    (tmp_path / "text.fits").write_text("no FITS file")
    for arguments, says in (
        (("pack", tmp_path / "none.fits", out), "none.fits"),
        (("pack", tmp_path / "text.fits", out), "text.fits"),
        (("pack", tmp_path, out), str(tmp_path)),
        (("pack", plain, plain), "already exists; --overwrite replaces it"),
        (("pack", "--codec", "rice", plain, out), "--codec gzip2, which loses nothing"),
        (("pack", "--codec", "rice", plain, out), "give --quantize 4 as well"),
        (("unpack", plain, tmp_path / "no" / "folder.fits"), "folder.fits"),
        (("unpack", plain, "mem://x"), "local file"),
    ):
        done = run(*arguments)
        assert done.returncode == 1
        assert done.stderr.startswith(f"rustfits {arguments[0]}: ")
        assert says in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1
        assert not out.exists()


def test_help_and_version():
    done = run("--version")
    assert done.stdout.strip() == f"rustfits {rustfits.__version__}"
    for command in ("pack", "unpack"):
        done = run(command, "--help")
        assert done.returncode == 0
        assert "--overwrite" in done.stdout
    assert "LOSSY" in run("pack", "--help").stdout


def test_a_progress_bar_on_a_terminal_only(plain, tmp_path):
    # With no delay, so that a short run shows it.
    script = (
        "import sys, tqdm\n"
        "shown = tqdm.tqdm\n"
        "tqdm.tqdm = lambda *a, **k: shown(*a, **{**k, 'delay': 0, 'mininterval': 0})\n"
        "from rustfits.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
    os.set_blocking(ours, False)
    done = subprocess.run(
        [sys.executable, "-c", script, "pack", str(plain), str(tmp_path / "x.fits.fz")],
        stderr=theirs,
        check=False,
    )
    said = os.read(ours, 100_000).decode()
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 0
    assert "plain.fits" in said
    assert "%|" in said


# ---- hostile headers ----


def card(keyword, value):
    return f"{keyword:<8}= {value:>20}".ljust(80).encode()


def header(*cards):
    text = b"".join(cards) + b"END".ljust(80)
    return text + b" " * (-len(text) % 2880)


def extension(kind, bitpix, axes, data, *cards, pcount=0, gcount=1):
    """A file of an empty primary HDU and one extension."""
    made = header(card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)) + header(
        f"XTENSION= '{kind:<8}'".ljust(80).encode(),
        card("BITPIX", bitpix),
        card("NAXIS", len(axes)),
        *[card(f"NAXIS{i + 1}", length) for i, length in enumerate(axes)],
        card("PCOUNT", pcount),
        card("GCOUNT", gcount),
        *cards,
    )
    return made + data + bytes(-len(data) % 2880)


@pytest.mark.parametrize(
    "left_over",
    [
        "ZNAXIS2",
        "ZNAXIS1",
        "ZTILELEN",
        "ZPCOUNT",
        "ZTHEAP",
        "ZFORM1",
        "ZCTYP1",
        "ZHECKSUM",
        "ZDATASUM",
        "ZTABLE",
        "ZIMAGE",
        "ZTENSION",
        "ZBITPIX",
        "ZNAXIS",
        "ZGCOUNT",
    ],
)
def test_a_table_with_a_left_over_card_of_a_compression_is_not_packed(tmp_path, left_over):
    """Its number would be taken for that of the new header: the heap was overwritten once."""
    values = {"ZFORM1": "'16A'", "ZCTYP1": "'RICE_1'", "ZTABLE": "F", "ZIMAGE": "F"}
    path = tmp_path / "a.fits"
    path.write_bytes(
        extension(
            "BINTABLE",
            8,
            (16, 1),
            b"x" * 16,
            card("TFIELDS", 1),
            card("TFORM1", "'16A'"),
            card(left_over, values.get(left_over, 200000)),
        )
    )
    with pytest.raises(rustfits.FITSUnsupportedError, match=rf"a card {left_over}, .* rename"):
        rustfits.pack(path, tmp_path / "b.fits.fz", tables=True)
    assert sorted(tmp_path.iterdir()) == [path]
    rustfits.pack(path, tmp_path / "b.fits")  # without tables it is copied
    assert (tmp_path / "b.fits").read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("axes", "pcount", "gcount"),
    [
        ((0, 5), 10, 1),
        ((5, 0), 10, 1),
        ((0,), 3, 2),
        ((0, 0), 0, 1),
        ((4, 5), 10, 1),
        ((4, 5), 0, 2),
        ((4, 5), 0, 0),
    ],
)
def test_images_whose_data_are_not_their_pixels_are_copied(tmp_path, axes, pcount, gcount):
    """An axis of 0 with PCOUNT > 0 was a division by zero; with pixels, the other bytes were lost."""
    size = 2 * gcount * (pcount + int(np.prod(axes)))
    path, packed, back = (tmp_path / name for name in ("a.fits", "a.fits.fz", "back.fits"))
    data = bytes(range(1, size + 1))
    path.write_bytes(extension("IMAGE", 16, axes, data, pcount=pcount, gcount=gcount))
    rustfits.pack(path, packed)
    assert packed.read_bytes() == path.read_bytes()
    rustfits.unpack(packed, back)
    assert back.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("axes", [(0, 5), (4, 2)])
def test_a_compressed_image_with_other_data_is_not_unpacked(tmp_path, axes):
    path = tmp_path / "a.fits.fz"
    path.write_bytes(
        extension(
            "BINTABLE",
            8,
            (8, 0 if 0 in axes else 2),
            bytes(16),
            card("TFIELDS", 1),
            card("TTYPE1", "'COMPRESSED_DATA'"),
            card("TFORM1", "'1PB(0)'"),
            card("ZIMAGE", "T"),
            card("ZCMPTYPE", "'RICE_1'"),
            card("ZBITPIX", 16),
            card("ZNAXIS", 2),
            card("ZNAXIS1", axes[0]),
            card("ZNAXIS2", axes[1]),
            card("ZPCOUNT", 10**15),
        )
    )
    with pytest.raises(rustfits.FITSFormatError, match="ZPCOUNT = 1000000000000000 "):
        rustfits.unpack(path, tmp_path / "b.fits")
    assert sorted(tmp_path.iterdir()) == [path]
