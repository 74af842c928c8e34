# SPDX-License-Identifier: BSD-3-Clause
"""Files compressed with bzip2, xz and zstd, against the programs and modules of these formats.

Each test runs with the codec that the library chooses (C's where it is built in) and with the codecs
over Python modules.
"""

from __future__ import annotations

import bz2
import importlib
import io
import lzma
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from rustfits._core.binding.codecs import callbacks, formats
from rustfits._core.binding.library import check, error, ffi, lib
from servers import http_server
from support.files import fits_bytes

#: The programs have the names of the formats.
PROGRAMS = {"bz2": "bzip2", "xz": "xz", "zst": "zstd"}
UNITS = {"bz2": "stream", "xz": "stream", "zst": "frame"}
ENCODE: dict[str, Any] = {
    "bz2": lambda plain: bz2.compress(plain, 1),
    "xz": lambda plain: lzma.compress(plain, preset=0),
    "zst": zstandard.ZstdCompressor(write_checksum=True).compress,
}


def reset(kind: formats.StreamFormat) -> None:
    err = error()
    check(lib.rf_stream_codec_register(getattr(lib, kind.number), ffi.NULL, err), err)


@pytest.fixture
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The codec of the library, those over Python modules, or the second choice for zstd."""
    which = getattr(request, "param", "python")
    if which == "zstandard":
        monkeypatch.setattr(formats, "_zstd", lambda: zstandard)
    if which != "chosen":
        for kind in (formats.BZIP2, formats.XZ, formats.ZSTD):
            callbacks.register_format(kind)
    yield which
    for kind in (formats.BZIP2, formats.XZ, formats.ZSTD):
        reset(kind)
    callbacks.register()
    assert callbacks._streams == set()


both = pytest.mark.parametrize("codec", ["chosen", "python"], indirect=True)
for_zstd = pytest.mark.parametrize("codec", ["chosen", "python", "zstandard"], indirect=True)
every = pytest.mark.parametrize(
    ("codec", "suffix"),
    [(codec, suffix) for suffix in PROGRAMS for codec in ("chosen", "python")]
    + [("zstandard", "zst")],
    indirect=["codec"],
)


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return np.random.default_rng(8).normal(1000, 30, (200, 250)).astype("f4")


@pytest.fixture(scope="module")
def content(image: np.ndarray) -> bytes:
    return fits_bytes(image, image[:7])


def compressed(suffix: str, plain: bytes, *options: str) -> bytes:
    command = [PROGRAMS[suffix], *options, "-c"]
    return subprocess.run(command, input=plain, capture_output=True, check=True).stdout


def decompressed(suffix: str, path: Path) -> bytes:
    command = [PROGRAMS[suffix], "-d", "-c", str(path)]
    return subprocess.run(command, capture_output=True, check=True).stdout


# ---- reading


@pytest.mark.parametrize("options", [[], ["-1"], ["-9"]])
@every
def test_files_of_the_program_are_read(tmp_path, suffix, image, content, options, codec):
    path = tmp_path / "no-suffix"
    path.write_bytes(compressed(suffix, content, *options))
    with FITS(path) as fits:
        np.testing.assert_array_equal(fits[1].read(), image[:7])
        np.testing.assert_array_equal(fits[0].read(), image)
        assert fits.to_bytes() == content


@every
def test_a_header_needs_only_the_beginning(tmp_path, suffix, rng, codec):
    array = rng.integers(0, 2**16, (500, 1000), dtype="u2")
    whole = ENCODE[suffix](fits_bytes(array))
    path = tmp_path / "cut.fits"
    path.write_bytes(whole[: len(whole) // 2])
    with FITS(path) as fits:
        assert fits[0].shape == (500, 1000)
        np.testing.assert_array_equal(fits[0][:100], array[:100])
        with pytest.raises(rustfits.FITSTruncatedError, match=f"ends at byte {len(whole) // 2} "):
            fits[0].read()


@every
def test_units_in_a_row_are_one_file(tmp_path, suffix, content, codec):
    encode, path = ENCODE[suffix], tmp_path / "parts.fits"
    path.write_bytes(
        encode(content[:5000])
        + encode(b"")
        + encode(content[5000:100_000])
        + encode(content[100_000:])
    )
    with FITS(path) as fits:
        assert fits.to_bytes() == content


@both
def test_files_of_pbzip2_are_read(codec):
    plain = fits_bytes(np.random.default_rng(3).normal(size=(400, 400)))
    done = subprocess.run(
        ["pbzip2", "-c", "-b1", "-p2"], input=plain, capture_output=True, check=True
    )
    assert done.stdout.count(b"BZh9") > 1
    with FITS.from_bytes(done.stdout) as fits:
        assert fits.to_bytes() == plain


@both
def test_multi_threaded_files_of_xz_and_padding(codec, content):
    packed = compressed("xz", content, "-T2", "--block-size=50000", "--check=sha256")
    with FITS.from_bytes(packed + bytes(8) + lzma.compress(b"") + bytes(4)) as fits:
        assert fits.to_bytes() == content
    with pytest.warns(rustfits.FITSWarning, match=rf"byte {len(packed)}"):
        with FITS.from_bytes(packed + bytes(7)) as fits:
            assert len(fits) == 2


@for_zstd
def test_skippable_frames_of_zstd(tmp_path, codec, content):
    skipped = b"\x53\x2a\x4d\x18" + (5).to_bytes(4, "little") + b"12345"
    packed = skipped + compressed("zst", content, "--no-check") + skipped
    with FITS.from_bytes(packed) as fits:
        assert fits.to_bytes() == content


@every
def test_from_bytes_and_http(tmp_path, suffix, image, content, codec):
    packed = ENCODE[suffix](content)
    with FITS.from_bytes(packed) as fits:
        np.testing.assert_array_equal(fits[0].read(), image)
    path = tmp_path / f"sky.fits.{suffix}"
    path.write_bytes(packed)
    with http_server(tmp_path) as server:
        for remote in (rustfits.Remote(ranged=True, block_bytes=4096), rustfits.Remote()):
            with FITS(server.url(path.name), remote=remote) as fits:
                np.testing.assert_array_equal(fits[0].read(), image)
                np.testing.assert_array_equal(fits[1].read(), image[:7])


@every
def test_threads_read_one_file(tmp_path, suffix, image, content, codec):
    path = tmp_path / "sky.fits"
    path.write_bytes(ENCODE[suffix](content))
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        source = np.random.default_rng(seed)
        try:
            for _ in range(20):
                y, x = map(int, source.integers(0, 180, 2))
                found = fits[0][y : y + 20, x : x + 20]
                np.testing.assert_array_equal(found, image[y : y + 20, x : x + 20])
        except BaseException as failure:
            failures.append(failure)

    with FITS(path) as fits:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


# ---- writing


@pytest.mark.parametrize("level", [None, 1, 9])
@every
def test_written_files_are_read_by_the_program(tmp_path, suffix, image, level, codec):
    path = tmp_path / f"new.fits.{suffix}"
    with FITS(path, "w+", gzip_level=level) as fits:
        fits.write_image(image)
        fits.write_image(image[:5], extname="FIVE")
    subprocess.run([PROGRAMS[suffix], "-t", path], check=True, capture_output=True)
    with astropy_fits.open(io.BytesIO(decompressed(suffix, path))) as theirs:
        np.testing.assert_array_equal(theirs[0].data, image)
        np.testing.assert_array_equal(theirs["FIVE"].data, image[:5])
    np.testing.assert_array_equal(rustfits.read(path), image)


def test_astropy_reads_written_files(tmp_path, image):
    for suffix in ("bz2", "xz"):
        path = tmp_path / f"new.fits.{suffix}"
        rustfits.write(path, image)
        np.testing.assert_array_equal(astropy_fits.getdata(path), image)


@for_zstd
def test_size_and_checksum_stand_in_frames_of_zstd(tmp_path, codec, image):
    path = tmp_path / "new.fits.zst"
    rustfits.write(path, image)
    packed = path.read_bytes()
    parameters = zstandard.get_frame_parameters(packed)
    assert parameters.has_checksum
    assert zstandard.decompress(packed) == decompressed("zst", path)


@every
def test_edited_files_are_written_back(tmp_path, suffix, image, content, codec):
    path = tmp_path / "no-suffix"
    path.write_bytes(ENCODE[suffix](content))
    with FITS(path, "r+") as fits:
        fits[0][5:8, 10:200] = -1
        fits[1].header["NEW"] = (1.5, "a new card")
        fits.write_image(np.arange(10), extname="TEN")
    changed = image.copy()
    changed[5:8, 10:200] = -1
    with astropy_fits.open(io.BytesIO(decompressed(suffix, path))) as theirs:
        np.testing.assert_array_equal(theirs[0].data, changed)
        assert theirs[1].header["NEW"] == 1.5
        np.testing.assert_array_equal(theirs["TEN"].data, np.arange(10))
    assert [entry.name for entry in tmp_path.iterdir()] == ["no-suffix"]


@every
def test_an_exception_and_a_discarded_file(tmp_path, suffix, image, content, codec):
    path = tmp_path / f"sky.fits.{suffix}"
    path.write_bytes(packed := ENCODE[suffix](content))
    with pytest.raises(RuntimeError), FITS(path, "r+", atomic=True) as fits:
        fits[0][:] = 0
        raise RuntimeError
    assert path.read_bytes() == packed
    with FITS(path, "w+", atomic=True) as fits:
        fits.write_image(image + 1)
        assert path.read_bytes() == packed
    np.testing.assert_array_equal(rustfits.read(path), image + 1)


# ---- damage


@every
def test_truncated_at_every_byte(tmp_path, suffix, codec):
    whole = ENCODE[suffix](fits_bytes(np.arange(100, dtype="i2")))
    path = tmp_path / f"cut.fits.{suffix}"
    for n in range(len(whole)):
        path.write_bytes(whole[:n])
        with pytest.raises(OSError, match=r"cut\.fits") as caught, FITS(path) as fits:
            fits.to_bytes()
        assert isinstance(caught.value, rustfits.FITSError)
        if n > 6:
            assert (
                f"ends at byte {n} in the middle of the {PROGRAMS[suffix]} {UNITS[suffix]}"
                in str(caught.value)
            )
            assert caught.value.offset == n


@every
def test_every_byte_may_be_wrong(tmp_path, suffix, codec):
    plain = fits_bytes(np.arange(100, dtype="i2"))
    whole = ENCODE[suffix](plain)
    path = tmp_path / f"bad.fits.{suffix}"
    for i in range(len(whole)):
        bad = bytearray(whole)
        bad[i] ^= 0x41
        path.write_bytes(bad)
        try:
            with FITS(path) as fits:
                assert fits.to_bytes() == plain
        except rustfits.FITSError as raised:
            assert "bad.fits" in str(raised)


@every
def test_damage_has_its_place_and_cause(tmp_path, suffix, codec, rng):
    plain = fits_bytes(rng.normal(size=(250, 250)))
    bad = bytearray(ENCODE[suffix](plain))
    middle = len(bad) * 3 // 4
    bad[middle : middle + 20] = bytes(20)
    path = tmp_path / "bad.fits"
    path.write_bytes(bad)
    with FITS(path) as fits:
        with pytest.raises(
            rustfits.FITSCodecError,
            match=rf"corrupt {PROGRAMS[suffix]} data: .* at byte \d+ of the compressed file, in the "
            f"{PROGRAMS[suffix]} {UNITS[suffix]} that begins at byte 0",
        ) as caught:
            fits.to_bytes()
        assert middle <= caught.value.offset <= len(bad)
        np.testing.assert_array_equal(fits[0][0:3].shape, (3, 250))


@every
def test_damaged_files_are_not_changed(tmp_path, suffix, content, codec):
    bad = bytearray(ENCODE[suffix](content))
    bad[len(bad) // 2] ^= 0xFF
    path = tmp_path / f"bad.fits.{suffix}"
    path.write_bytes(bad)
    with pytest.raises(rustfits.FITSCodecError), FITS(path, "r+") as fits:
        fits[0][0] = 1
    assert path.read_bytes() == bytes(bad)


@every
def test_a_bomb_stops_at_the_limit(tmp_path, suffix, codec):
    head = fits_bytes(np.zeros(10, "u1"))
    path = tmp_path / f"bomb.fits.{suffix}"
    path.write_bytes(ENCODE[suffix](head + bytes(30_000_000)))
    with FITS(path, max_inflate_bytes=1_000_000) as fits:
        with pytest.raises(rustfits.FITSLimitError, match=r"1000000 bytes.*max_inflate_bytes"):
            fits.to_bytes()
        assert fits[0].read().size == 10


@for_zstd
def test_greedy_headers_are_limits(tmp_path, codec):
    window = b"\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"  # of 2 GiB
    dictionary = bytearray(lzma.compress(b"x" * 100, lzma.FORMAT_XZ, lzma.CHECK_NONE))
    assert dictionary[14:16] == b"\x21\x01"  # LZMA2, one byte of properties
    dictionary[16] = 39  # 3 GiB
    dictionary[20:24] = zlib.crc32(dictionary[12:20]).to_bytes(4, "little")
    for packed in (window, bytes(dictionary)):
        path = tmp_path / "greedy.fits"
        path.write_bytes(packed)
        with pytest.raises(rustfits.FITSLimitError, match="memory to decompress"):
            FITS(path)


# ---- optional parts


def test_modules_are_imported_when_needed(tmp_path, content):
    path = tmp_path / "sky.fits.zst"
    path.write_bytes(ENCODE["zst"](content))
    code = """
import sys, rustfits
from rustfits._core.binding.codecs import callbacks, formats
callbacks.register_format(formats.ZSTD)
modules = {"compression.zstd", "backports.zstd"}
assert not modules & set(sys.modules)
rustfits.read_header(sys.argv[1])
assert modules & set(sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_module_names_what_to_install(tmp_path, monkeypatch, content):
    old = tmp_path / "sky.fits.zst"
    old.write_bytes(ENCODE["zst"](content))
    before = old.read_bytes()
    import_module = importlib.import_module

    def none_for_zstd(name: str) -> Any:
        if "zst" in name:
            raise ModuleNotFoundError(name)
        return import_module(name)

    monkeypatch.setattr(formats.importlib, "import_module", none_for_zstd)
    callbacks.register_format(formats.ZSTD)
    try:
        with pytest.raises(rustfits.FITSNotBuiltError, match=r"pip install backports\.zstd"):
            FITS(old)
        for mode in ("r+", "w+"):
            with pytest.raises(rustfits.FITSNotBuiltError, match=r"backports\.zstd"):
                FITS(old, mode)
        with pytest.raises(rustfits.FITSNotBuiltError):
            FITS(tmp_path / "new.fits.zst", "w+")
    finally:
        reset(formats.ZSTD)
        callbacks.register()
    assert old.read_bytes() == before
