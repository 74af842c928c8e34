# SPDX-License-Identifier: BSD-3-Clause
"""Members of zip files, against Python's zipfile and Info-ZIP's zip and unzip."""

from __future__ import annotations

import gzip
import io
import random
import re
import struct
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

import rustfits
from rustfits import FITS, Remote
from servers import ftp_server, http_server
from support.drivers.archives import zip64_bytes, zip_bytes
from support.files import fits_bytes

RNG = np.random.default_rng(17)
IMAGE = RNG.integers(0, 999, (50, 70), "i4")
OTHER = RNG.normal(size=(20, 30)).astype("f4")


@pytest.fixture(scope="module")
def image() -> bytes:
    return fits_bytes(IMAGE)


@pytest.fixture(scope="module")
def other() -> bytes:
    return fits_bytes(OTHER)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def info_zip(*arguments: str, content: bytes | None = None) -> bytes:
    command = ["zip", "-q", *arguments]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout


def plain(name: str | Path, **options: Any) -> bytes:
    with FITS(name, **options) as fits:
        return fits.to_bytes()


# ---- what other programs write


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("zip64", [False, True])
@pytest.mark.parametrize("seekable", [False, True])
def test_what_python_writes(image: bytes, method: int, zip64: bool, seekable: bool) -> None:
    files = {"b/sky.fits": image, "a.txt": b"text"}
    packed = zip_bytes(files, method, zip64=zip64, seekable=seekable)
    Path("a.zip").write_bytes(packed)
    assert zipfile.ZipFile("a.zip").testzip() is None
    assert plain("a.zip") == plain("a.zip!b/sky.fits") == image
    with FITS.from_bytes(packed) as fits:
        assert (fits[0][3:9, ::4] == IMAGE[3:9, ::4]).all()
        assert fits.to_bytes() == image


@pytest.mark.parametrize(
    "options", [["-0"], ["-9"], ["-fz"], ["-fz", "-0"], ["-fd"], ["-X"], ["-z"]], ids=" ".join
)
def test_what_info_zip_writes(image: bytes, other: bytes, options: list[str]) -> None:
    Path("sky.fits").write_bytes(image)
    Path("empty.fits").write_bytes(b"")
    Path("other.fits").write_bytes(other)
    comment = b"a comment: PK\x05\x06" + bytes(30) + b"\n.\n" if "-z" in options else None
    info_zip(*options, "a.zip", "sky.fits", "empty.fits", "other.fits", content=comment)
    subprocess.run(["unzip", "-tq", "a.zip"], check=True, stdout=subprocess.DEVNULL)
    assert plain("a.zip!sky.fits") == image
    assert plain("a.zip!other.fits") == other
    with pytest.raises(rustfits.NotFITSError, match="empty"):
        FITS("a.zip!empty.fits")


@pytest.mark.parametrize("options", [["-"], ["-", "-"]], ids=" ".join)
def test_zip_files_of_a_pipe(image: bytes, options: list[str]) -> None:
    """`zip - file` writes into a pipe, `zip - -` also reads from one and names the member '-'."""
    Path("sky.fits").write_bytes(image)
    names = [] if options[-2:] == ["-", "-"] else ["sky.fits"]
    packed = info_zip(*options, *names, content=image)
    Path("a.zip").write_bytes(packed)
    assert plain("a.zip") == image
    assert plain("a.zip!" + (names[0] if names else "-")) == image


def test_a_program_in_front(image: bytes) -> None:
    """Bytes in front of the zip file, with offsets that count them and that do not."""
    program = b"#!/bin/sh\nexec unzip $0\n" + bytes(1000)
    packed = zip_bytes({"sky.fits": image}, zipfile.ZIP_DEFLATED)
    for name in ("unpack.zip", "unpack.exe"):
        Path(name).write_bytes(program + packed)
        assert plain(f"{name}!sky.fits") == image
    assert plain("unpack.zip") == image
    info_zip("-A", "unpack.zip")
    assert plain("unpack.zip") == image


@pytest.mark.parametrize("n", [0, 1, 65_513, 65_535])
def test_comments_of_any_length(image: bytes, n: int) -> None:
    comment = (b"PK\x05\x06" * 16_384)[:n]
    Path("a.zip").write_bytes(zip_bytes({"sky.fits": image}, comment=comment))
    assert plain("a.zip") == image


def test_a_member_beyond_4_gib() -> None:
    """A sparse file with a stored member in front, which makes all offsets 64 bits wide."""
    image = fits_bytes(OTHER)
    with open("a.zip", "wb") as file, zipfile.ZipFile(file, "w") as archive:
        with archive.open(zipfile.ZipInfo("hole"), "w", force_zip64=True) as member:
            member.write(b"x")
            hole = archive.filelist  # the directory has not got the entry yet
            assert hole == []
            file.seek(5 << 30)
        archive.writestr("sky.fits", image)
        archive.filelist[0].file_size = archive.filelist[0].compress_size = 1
    assert Path("a.zip").stat().st_size > 5 << 30
    assert zipfile.ZipFile("a.zip").read("sky.fits") == image
    assert plain("a.zip!sky.fits") == image


def test_many_members(other: bytes) -> None:
    names = [f"night/{i:05}.fits" for i in range(65_600)]  # more than 16 bits can count
    packed = zip64_bytes({**dict.fromkeys(names, b""), "last.fits": other})
    Path("a.zip").write_bytes(packed)
    with zipfile.ZipFile("a.zip") as archive:
        assert len(archive.namelist()) == 65_601 and archive.read("last.fits") == other
    assert plain("a.zip!last.fits") == other
    with pytest.raises(rustfits.NotFITSError, match=r"65601 FITS files.* and 65596 more"):
        FITS("a.zip")
    with pytest.raises(rustfits.FITSLimitError, match="max_header_bytes"):
        FITS("a.zip!last.fits", max_header_bytes=1_000_000)


# ---- names


def test_the_only_fits_file_is_read(image: bytes) -> None:
    for name in ("a.fits", "A.FIT", "a.fts", "a.fz", "a.fits.gz", "x/a.FITS.GZ"):
        content = gzip.compress(image) if name.lower().endswith("gz") else image
        Path("a.zip").write_bytes(
            zip_bytes({"readme": b"", "x/": b"", name: content, f"__MACOSX/._{name}": b"mac"})
        )
        assert plain("a.zip") == image
    Path("a.zip").write_bytes(zip_bytes({"whatever": image}))
    assert plain("a.zip") == image


def test_several_members_need_a_name(image: bytes, other: bytes) -> None:
    files = {"a.txt": b"", "b.fits": image, "c\n.fits": other}
    Path("a.zip").write_bytes(zip_bytes(files))
    with pytest.raises(rustfits.NotFITSError, match=r"has 2 FITS files.*: 'b.fits', 'c\\n.fits'$"):
        FITS("a.zip")
    assert plain("a.zip!c\n.fits") == other
    with pytest.raises(FileNotFoundError, match=r"no such member; it has 'b.fits', 'c\\n.fits'$"):
        FITS("a.zip!d.fits")
    with FITS("a.zip!b.fits") as fits:
        assert fits.filename == "a.zip!b.fits"
    Path("a.zip").write_bytes(zip_bytes({}))
    for name in ("a.zip", "a.zip!b.fits"):
        with pytest.raises(OSError, match="has no members"):
            FITS(name)


def test_other_names_stay_paths(image: bytes) -> None:
    rustfits.write("a!b.fits", OTHER)
    assert (rustfits.read("a!b.fits") == OTHER).all()
    Path("a.zip").write_bytes(zip_bytes({"b.fits": image, "c!d.fits": image}))
    rustfits.write("a.zip!b.fits", OTHER)  # w+ makes a file of the whole name
    assert (rustfits.read("a.zip!b.fits") == OTHER).all()
    assert (rustfits.read("a.zip!c!d.fits") == IMAGE).all()
    with pytest.raises(FileNotFoundError, match="No such file"):
        FITS("a!b.fits!c.fits")  # no zip file
    with pytest.raises(FileNotFoundError, match="No such file"):
        FITS("none.zip!b.fits")
    Path("d!e.zip").write_bytes(zip_bytes({"b.fits": image}))
    url = f"file://{Path.cwd()}/d!e.zip!b.fits"
    for name in ("d!e.zip!b.fits", Path("d!e.zip!b.fits"), url):
        assert (rustfits.read(name) == IMAGE).all()


@pytest.mark.parametrize("mode", ["r+", "w+"])
def test_it_is_read_only(image: bytes, mode: str) -> None:
    packed = zip_bytes({"b.fits": image})
    Path("a.zip").write_bytes(packed)
    Path("a.fits").write_bytes(packed)
    names = ["a.zip"] if mode == "w+" else ["a.zip", "a.fits", "a.zip!b.fits"]
    for name in names:
        with pytest.raises(rustfits.FITSReadOnlyError, match=r'only .*read; open with "r"'):
            FITS(name, mode)
    with pytest.raises(rustfits.FITSReadOnlyError):
        FITS("new.zip", "w+")
    assert Path("a.zip").read_bytes() == Path("a.fits").read_bytes() == packed
    assert not Path("new.zip").exists()


def test_views_of_a_stored_member(image: bytes) -> None:
    Path("a.zip").write_bytes(zip_bytes({"b.fits": image}))
    with FITS("a.zip") as fits:
        assert (fits[0].view() == IMAGE).all()


@pytest.mark.parametrize("path", [True, "a.idx"])
def test_an_index_of_a_deflated_member(path: bool | str) -> None:
    big = RNG.integers(0, 256, (1000, 1000), "u1")
    packed = {"a": b"x", "b.fits": fits_bytes(big)}
    Path("a.zip").write_bytes(zip_bytes(packed, zipfile.ZIP_DEFLATED))
    Path("b.zip").write_bytes(zip_bytes({"b.fits.gz": gzip.compress(packed["b.fits"], 1)}))
    for name in ("a.zip", "a.zip!b.fits", "b.zip"):
        for _ in range(2):
            with FITS(name, index=path, index_bytes=1 << 16) as fits:
                assert (fits[0][990:, 5:900] == big[990:, 5:900]).all()
                assert (fits[0][100:300:7] == big[100:300:7]).all()
                assert fits.to_bytes() == packed["b.fits"]


# ---- damage


def test_unknown_methods_are_named(image: bytes) -> None:
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        Path("a.zip").write_bytes(zip_bytes({"b.fits": image}, method))
        with pytest.raises(rustfits.FITSNotBuiltError, match=f"compressed with {name}"):
            FITS("a.zip")
    Path("b.fits").write_bytes(image)
    info_zip("-P", "secret", "b.zip", "b.fits")
    with pytest.raises(rustfits.FITSNotBuiltError, match="is encrypted"):
        FITS("b.zip!b.fits")


def test_split_zip_files_are_refused() -> None:
    Path("b.fits").write_bytes(fits_bytes(RNG.integers(0, 9999, 40_000)))
    info_zip("-s", "64k", "-0", "a.zip", "b.fits")
    with pytest.raises(rustfits.FITSNotBuiltError, match="part of a split one"):
        FITS("a.zip")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_every_truncation_is_an_error(image: bytes, method: int) -> None:
    packed = zip_bytes({"b.fits": image[:2880] + image[-2880:]}, method)
    for n in range(1, len(packed), 7 if method else 43):
        with pytest.raises(OSError):
            FITS.from_bytes(packed[:n])
    Path("a.zip").write_bytes(packed[:-1])
    with pytest.raises(rustfits.FITSTruncatedError, match="no end record"):
        FITS("a.zip")


def test_flipped_bits_are_errors_or_change_nothing() -> None:
    """Each bit of a zip file: where zipfile reads other content or fails, the library fails."""
    content = fits_bytes(IMAGE[:3, :5])
    packed = zip_bytes({"b.fits": content}, zipfile.ZIP_DEFLATED)
    read = 0
    for bit in range(8 * len(packed)):
        changed = bytearray(packed)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            with FITS.from_bytes(bytes(changed)) as fits:
                assert fits.to_bytes() == content
            read += 1
        except (OSError, rustfits.FITSWarning):
            pass
    # times, versions, attributes: all that does not lead to the content
    assert 0 < read < 8 * 40


def replaced(packed: bytes, signature: bytes, offset: int, layout: str, value: int) -> bytes:
    """Change one number of the last record with this signature."""
    at = packed.rindex(signature) + offset
    new = struct.pack("<" + layout, value)
    return packed[:at] + new + packed[at + len(new) :]


@pytest.mark.parametrize(
    ("signature", "offset", "layout", "value", "text"),
    [
        (b"PK\5\6", 16, "I", 1 << 30, "begins before the file"),
        (b"PK\5\6", 12, "I", 1 << 30, "begins before the file"),
        (b"PK\5\6", 10, "H", 2, "split one"),
        (b"PK\1\2", 10, "H", 0, "cannot be"),
        (b"PK\1\2", 20, "I", 1 << 30, "malformed entry"),
        (b"PK\1\2", 24, "I", 1 << 31, "cannot be"),
        (b"PK\1\2", 42, "I", 1 << 30, "malformed entry"),
        (b"PK\1\2", 28, "H", 60_000, "malformed entry"),
        (b"PK\1\2", 16, "I", 7, "disagree: the CRCs"),
        (b"PK\3\4", 8, "H", 12, "disagree: the methods"),
        (b"PK\3\4", 6, "H", 1, "disagree: the methods"),
        (b"PK\3\4", 18, "I", 100, "disagree: the sizes"),
        (b"PK\3\4", 22, "I", 100, "disagree: the sizes"),
        (b"PK\3\4", 28, "H", 60_000, "the data run into the directory"),
        (b"PK\3\4", 30, "H", 0, "disagree: the names"),
        (b"PK\3\4", 0, "I", 0, "begin with PK"),
    ],
)
def test_records_that_contradict(
    image: bytes, signature: bytes, offset: int, layout: str, value: int, text: str
) -> None:
    packed = zip_bytes({"b.fits": image}, zipfile.ZIP_DEFLATED)
    Path("a.zip").write_bytes(replaced(packed, signature, offset, layout, value))
    with pytest.raises((rustfits.FITSCodecError, rustfits.FITSNotBuiltError), match=text):
        FITS("a.zip!b.fits")


def test_members_that_overlap(image: bytes) -> None:
    """Two entries for one local header: the way of zip bombs."""
    packed = zip_bytes({"a.fits": image, "b.fits": image}, zipfile.ZIP_DEFLATED)
    Path("a.zip").write_bytes(replaced(packed, b"PK\1\2", 42, "I", 0))
    with pytest.raises(rustfits.FITSCodecError, match="two members overlap at byte 0"):
        FITS("a.zip!a.fits")


def test_a_wrong_crc_has_its_place(image: bytes) -> None:
    packed = zip_bytes({"x": bytes(1000), "b.fits": image}, zipfile.ZIP_DEFLATED)
    wrong = zlib.crc32(b"other")
    for signature, offset in ((b"PK\3\4", 14), (b"PK\1\2", 16)):
        packed = replaced(packed, signature, offset, "I", wrong)
    Path("a.zip").write_bytes(packed)
    begin = packed.rindex(b"PK\3\4") + 30 + len("b.fits")
    text = f"in the zip member that begins at byte {begin - 10}"  # with the header of a gzip member
    with pytest.raises(rustfits.FITSCodecError, match=text):
        plain("a.zip")


def test_damaged_data_have_their_place() -> None:
    noise = fits_bytes(RNG.integers(0, 99, (300, 400), "i4"))
    packed = bytearray(zip_bytes({"b.fits": noise}, zipfile.ZIP_DEFLATED))
    middle = len(packed) // 2
    packed[middle : middle + 100] = bytes(100)
    Path("a.zip").write_bytes(packed)
    with FITS("a.zip") as fits:
        with pytest.raises(rustfits.FITSCodecError) as raised:
            fits[0].read()
    assert raised.value.offset == int(re.findall(r"at byte (\d+) of", str(raised.value))[0])
    assert middle <= raised.value.offset < len(packed)


def test_the_limit_stops_a_bomb() -> None:
    zeros = fits_bytes(np.zeros(50_000_000, "u1"))
    Path("a.zip").write_bytes(zip_bytes({"b.fits": zeros}, zipfile.ZIP_DEFLATED))
    with FITS("a.zip", max_inflate_bytes=1_000_000) as fits:
        with pytest.raises(rustfits.FITSLimitError, match="1000000 bytes"):
            fits[0].read()


# ---- servers


def test_a_server_sends_the_member_alone() -> None:
    """Of 16 MB, the end, the directory and what is accessed are fetched."""
    big = RNG.integers(0, 256, (1600, 2000), "u1")
    files = {f"{i}.fits": fits_bytes(big + i) for i in range(5)}
    Path("stored.zip").write_bytes(zip_bytes(files))
    Path("deflated.zip").write_bytes(zip_bytes(files, zipfile.ZIP_DEFLATED))
    with http_server(".") as server:
        for name, limit in (("stored.zip", 600_000), ("deflated.zip", 5_000_000)):
            with FITS(server.url(name) + "!3.fits", remote=Remote(ranged=True)) as fits:
                part = fits[0][500:504, 300:600]
                stats = fits.remote_stats()
                assert (part == big[500:504, 300:600] + 3).all()
                assert stats.bytes_fetched < limit and stats.ranged
                assert fits.filename.endswith(f"{name}!3.fits")
        with pytest.raises(rustfits.NotFITSError, match="5 FITS files"):
            FITS(server.url("stored.zip"))
        with pytest.raises(FileNotFoundError, match="no such member"):
            FITS(server.url("stored.zip") + "!none.fits")
        with pytest.raises(FileNotFoundError, match=r"none.zip!a.fits: the server answered 404"):
            FITS(server.url("none.zip") + "!a.fits")


def test_the_whole_name_goes_to_the_server_first(image: bytes, other: bytes) -> None:
    Path("a.zip").write_bytes(zip_bytes({"b.fits": image}))
    Path("a.zip!b.fits").write_bytes(other)
    with http_server(".") as server:
        assert plain(server.url("a.zip") + "!b.fits") == other
        Path("a.zip!b.fits").unlink()
        assert plain(server.url("a.zip") + "!b.fits") == image
        assert plain(server.url("a.zip") + "?x=1!b.fits") == image
        before = len(server.requests())
        with pytest.raises(FileNotFoundError):
            FITS(server.url("no") + "!ne.fits", remote=Remote(ranged=True))
        assert len(server.requests()) == before + 1  # "no" is no zip file by its name


def test_other_servers_have_members(tmp_path: Path, image: bytes) -> None:
    packed = zip_bytes({"a.txt": b"", "b/b.fits": image}, zipfile.ZIP_DEFLATED)
    Path("a.zip").write_bytes(packed)
    fsspec.filesystem("memory").pipe("/folder/a.zip", packed)
    with ftp_server(tmp_path) as server:
        for name in (server.url("a.zip"), "memory://folder/a.zip"):
            for remote in (None, Remote(ranged=True)):
                assert plain(f"{name}!b/b.fits", remote=remote) == image
            with pytest.raises(FileNotFoundError, match="no such member"):
                FITS(f"{name}!none.fits")
        with pytest.raises(FileNotFoundError, match=r"none.zip!a.fits: .* 550"):
            FITS(server.url("none.zip") + "!a.fits")


def test_random_members_agree_with_zipfile() -> None:
    """Zip files with all that can vary, members read in any order."""
    rng = random.Random(5)
    for _ in range(10):
        files = {
            f"{i}.fits": fits_bytes(RNG.integers(0, 5, rng.randrange(1, 9000), "u1"))
            for i in range(rng.randrange(1, 9))
        }
        packed = zip_bytes(
            files,
            rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
            zip64=rng.random() < 0.3,
            seekable=rng.random() < 0.7,
            comment=rng.randbytes(rng.randrange(300)),
        )
        Path("a.zip").write_bytes(rng.randbytes(rng.choice([0, 100])) + packed)
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            for name in rng.sample(sorted(files), len(files)):
                assert plain(f"a.zip!{name}") == archive.read(name)
