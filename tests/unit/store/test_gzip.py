# SPDX-License-Identifier: BSD-3-Clause
"""Compressed files: against gzip, astropy and fitsio both ways, and broken on purpose."""

from __future__ import annotations

import gzip
import itertools
import random
import subprocess
import threading
import zlib

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS
from rustfits._core.binding.codecs import callbacks, formats
from support.files import fits_bytes

# ---- reading


@pytest.mark.parametrize("suffix", [".gz", ".GZ", ".Gz", ".gZ", ""])
def test_suffix_in_any_case_or_none(tmp_path, image, suffix):
    path = tmp_path / ("image.fits" + suffix)
    path.write_bytes(gzip.compress(fits_bytes(image)))
    np.testing.assert_array_equal(rustfits.read(path), image)
    with FITS(path) as fits:
        np.testing.assert_array_equal(fits[0][10:20, ::-7], image[10:20, ::-7])


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_every_level_of_gzip(tmp_path, image, level):
    path = tmp_path / "image.fits.gz"
    path.write_bytes(gzip.compress(fits_bytes(image), level))
    np.testing.assert_array_equal(rustfits.read(path), image)


def test_many_members_are_one_file(tmp_path, image):
    plain = fits_bytes(image)
    path = tmp_path / "image.fits.gz"
    cuts = [0, 1000, 3000, 3000, 400_000, 500_000, len(plain)]
    path.write_bytes(b"".join(gzip.compress(plain[a:b]) for a, b in itertools.pairwise(cuts)))
    np.testing.assert_array_equal(rustfits.read(path), image)
    with FITS(path) as fits:
        assert fits.to_bytes() == plain
        np.testing.assert_array_equal(fits[0][-1], image[-1])


def test_member_ends_inside_a_piece_of_input_that_was_full_before(tmp_path):
    # zlib-ng's unconsumed_tail outlives the end of the stream; with unused_data added to it we
    # lost our place.
    array = np.frombuffer(random.Random(21).randbytes(60_000) + bytes(240_000), ">i2")
    plain = fits_bytes(array)
    path = tmp_path / "x.fits.gz"
    path.write_bytes(gzip.compress(plain[:257_878], 1) + gzip.compress(plain[257_878:], 1))
    with FITS(path) as fits:
        np.testing.assert_array_equal(fits[0][56_500:141_000], array[56_500:141_000])


def test_what_the_command_line_tool_makes(tmp_path, image):
    path = tmp_path / "image.fits"
    path.write_bytes(fits_bytes(image))
    subprocess.run(["gzip", path], check=True)  # with a name and a time in its header
    np.testing.assert_array_equal(rustfits.read(str(path) + ".gz"), image)


def test_what_astropy_and_fitsio_make(tmp_path, image):
    theirs = tmp_path / "astropy.fits.gz"
    astropy_fits.writeto(theirs, image)
    np.testing.assert_array_equal(rustfits.read(theirs), image)
    other = tmp_path / "fitsio.fits.gz"
    fitsio.write(str(other), image)
    np.testing.assert_array_equal(rustfits.read(other), image)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32), members=st.integers(1, 5), data=st.data())
def test_reading_anywhere_gives_the_decompressed_bytes(tmp_path_factory, seed, members, data):
    source = random.Random(seed)
    array = np.frombuffer(source.randbytes(60_000) + bytes(240_000), ">i2").reshape(300, 500)
    plain = fits_bytes(array)
    cuts = [0, *sorted(source.randrange(len(plain)) for _ in range(members - 1)), len(plain)]
    path = tmp_path_factory.mktemp("gz") / "x.fits.gz"
    path.write_bytes(b"".join(gzip.compress(plain[a:b], 1) for a, b in itertools.pairwise(cuts)))
    with FITS(path) as fits:
        for _ in range(6):
            rows = slice(*sorted(data.draw(st.tuples(st.integers(0, 300), st.integers(0, 300)))))
            np.testing.assert_array_equal(fits[0][rows, 3:400], array[rows, 3:400])


STRAY = {
    "zeros": bytes(10_000),
    "text": b"stray bytes",
    "one byte": b"x",
    "zeros and text": bytes(512) + b"x" * 512,
    "zeros and a member": bytes(512) + gzip.compress(b"another"),
    "half a magic number": b"\x1fx",
}


@pytest.mark.parametrize("stray", STRAY)
@pytest.mark.parametrize("whole", [False, True])
def test_stray_bytes_behind_the_last_member(packed, image, stray, whole):
    size = packed.stat().st_size
    packed.write_bytes(packed.read_bytes() + STRAY[stray])
    np.testing.assert_array_equal(rustfits.read(packed), image)
    match = f"after the last gzip member, from byte {size} of the compressed file on"
    with FITS(packed) as fits:
        if whole:
            np.testing.assert_array_equal(fits[0].read(), image)
        with pytest.warns(rustfits.FITSWarning, match=match) as caught:
            assert len(fits) == 2
        assert len(caught) == 1
        assert [hdu.index for hdu in fits] == [0, 1]
        content = fits.to_bytes()
    with pytest.warns(rustfits.FITSWarning, match=match), FITS(packed, "r+") as fits:
        fits.write_image(np.arange(3))
    with FITS(packed) as fits:
        assert fits.to_bytes().startswith(content)
        assert len(fits) == 3


def test_header_needs_only_the_beginning(tmp_path, rng):
    array = rng.integers(0, 2**16, (2000, 1000), dtype="u2")
    whole = gzip.compress(fits_bytes(array), 1)
    path = tmp_path / "cut.fits.gz"
    path.write_bytes(whole[:4096])
    assert rustfits.read_header(path)["NAXIS2"] == 2000
    with FITS(path) as fits:
        assert fits[0].shape == (2000, 1000)
        with pytest.raises(rustfits.FITSTruncatedError, match="ends at byte 4096"):
            fits[0].read()


def test_plain_file_under_a_gz_name(tmp_path, image):
    # What a server or a browser leaves that has decompressed on the way.
    path = tmp_path / "image.fits.gz"
    path.write_bytes(fits_bytes(image))
    np.testing.assert_array_equal(rustfits.read(path), image)


def test_to_bytes_is_decompressed(packed):
    with FITS(packed) as fits:
        assert fits.to_bytes() == gzip.decompress(packed.read_bytes())


def test_from_bytes_recognises_gzip(packed, image):
    with FITS.from_bytes(packed.read_bytes()) as fits:
        np.testing.assert_array_equal(fits[0].read(), image)
        assert fits.to_bytes() == gzip.decompress(packed.read_bytes())


def test_threads_read_one_file(packed, image):
    failures: list[BaseException] = []

    def work(seed: int) -> None:
        source = random.Random(seed)
        try:
            for _ in range(40):
                row, column = source.randrange(380), source.randrange(480)
                found = fits[0][row : row + 20, column : column + 20]
                np.testing.assert_array_equal(found, image[row : row + 20, column : column + 20])
            np.testing.assert_array_equal(fits[1].read(), image[:7])
        except BaseException as failure:
            failures.append(failure)

    with FITS(packed) as fits:
        threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


# ---- bad files


def test_truncated_at_every_byte(tmp_path):
    plain = fits_bytes(np.arange(100, dtype="i2"))
    whole = gzip.compress(plain)
    path = tmp_path / "cut.fits.gz"
    for n in range(len(whole)):
        path.write_bytes(whole[:n])
        with pytest.raises(OSError, match=r"cut\.fits\.gz") as caught, FITS(path) as fits:
            fits.to_bytes()
        assert isinstance(caught.value, rustfits.FITSError)
        if n > 1:
            assert f"ends at byte {n}" in str(caught.value)
            assert caught.value.offset == n


def test_every_byte_may_be_wrong(tmp_path):
    plain = fits_bytes(np.arange(100, dtype="i2"))
    whole = gzip.compress(plain, 6, mtime=0)
    path = tmp_path / "bad.fits.gz"
    for i in range(len(whole)):
        bad = bytearray(whole)
        bad[i] ^= 0x41
        path.write_bytes(bad)
        try:
            expected = zlib.decompress(bytes(bad), 31)
        except zlib.error:
            expected = None
        if expected is not None:  # time, flags or system in gzip's header
            with FITS(path) as fits:
                assert fits.to_bytes() == expected
            continue
        with pytest.raises(rustfits.FITSError, match=r"bad\.fits\.gz"), FITS(path) as fits:
            fits.to_bytes()


def test_wrong_crc_is_an_error_of_the_last_read(packed):
    bad = bytearray(packed.read_bytes())
    bad[-8] ^= 1
    packed.write_bytes(bad)
    with FITS(packed) as fits:
        with pytest.raises(rustfits.FITSCodecError, match=r"incorrect data check at byte \d+"):
            fits[1].read()
        with pytest.raises(rustfits.FITSCodecError, match="incorrect data check"):
            fits.to_bytes()


def test_a_broken_member_behind_a_whole_one_is_an_error(packed):
    packed.write_bytes(packed.read_bytes() + gzip.compress(b"x" * 1000)[:20])
    with FITS(packed) as fits, pytest.raises(rustfits.FITSTruncatedError, match="in the middle"):
        fits.to_bytes()
    packed.write_bytes(packed.read_bytes() + bytes(100))
    with FITS(packed) as fits, pytest.raises(rustfits.FITSError, match="gzip member"):
        fits.to_bytes()


@pytest.mark.parametrize("content", [b"", b"\x1f", b"\x1f\x8b", b"x" * 5000, b"PK\x03\x04" * 99])
def test_no_gzip_file(tmp_path, content):
    path = tmp_path / "no.fits.gz"
    path.write_bytes(content)
    with pytest.raises(OSError, match=r"no\.fits\.gz"):
        FITS(path)


def test_compressed_text_is_no_fits_file(tmp_path):
    path = tmp_path / "no.fits.gz"
    path.write_bytes(gzip.compress(b"hello" * 1000))
    with pytest.raises(rustfits.NotFITSError, match=r"no\.fits\.gz"):
        FITS(path)


def test_bomb_stops_at_the_limit(tmp_path):
    path = tmp_path / "bomb.fits.gz"
    head = fits_bytes(np.zeros(10, "u1"))
    path.write_bytes(gzip.compress(head + bytes(30_000_000)))
    with FITS(path, max_inflate_bytes=1_000_000) as fits:
        with pytest.raises(rustfits.FITSLimitError, match=r"1000000 bytes.*max_inflate_bytes"):
            fits.to_bytes()
        assert fits[0].read().size == 10
    with FITS(path) as fits:
        assert len(fits.to_bytes()) == len(head) + 30_000_000


# ---- zlib-ng as the codec


def test_streams_are_let_go(packed):
    for _ in range(3):
        with FITS(packed) as fits:
            fits[0][3]
    assert callbacks._streams == set()


def test_exception_in_the_codec_comes_out(packed, monkeypatch, capfd):
    class Odd(Exception):
        pass

    def broken() -> object:
        raise Odd("out of order")

    with FITS(packed) as fits:
        fits[0].shape  # noqa: B018
        monkeypatch.setattr(formats, "_zlib_ng", broken)
        with pytest.raises(Odd, match="out of order"):
            FITS(packed)
        monkeypatch.undo()
        assert fits[0][0].size == 500
    assert capfd.readouterr() == ("", "")


def test_interrupt_comes_out_and_the_file_can_be_read_afterwards(packed, image, monkeypatch):
    def interrupted(*_arguments: object) -> int:
        raise KeyboardInterrupt

    with FITS(packed) as fits:
        fits[0].shape  # noqa: B018
        with monkeypatch.context() as patched:
            patched.setattr(callbacks, "_inflate", interrupted)
            with pytest.raises(KeyboardInterrupt):
                fits[0][100]
        np.testing.assert_array_equal(fits[0][100], image[100])
        np.testing.assert_array_equal(fits[0].read(), image)
    assert callbacks._streams == set()


def test_interrupt_of_a_box_comes_out_though_it_is_read_again(packed, image, monkeypatch):
    inflate, calls = callbacks._inflate, []

    def interrupted(*arguments: object) -> int:
        calls.append(arguments)
        if len(calls) <= 2:  # looking at the bytes, then reading them
            raise KeyboardInterrupt
        return inflate(*arguments)

    with FITS(packed) as fits:
        assert fits[0][0:0, 0:0].shape == (0, 0)  # from now on boxes go their own way
        monkeypatch.setattr(callbacks, "_inflate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fits[0][100:102, 0:3]
        assert len(calls) == 2
        np.testing.assert_array_equal(fits[0][100:102, 0:3], image[100:102, 0:3])


def through_the_codec(plain: bytes, level: int, piece: int) -> bytes:
    """Deflate with the functions that C calls."""
    from rustfits._core.binding.library import ffi, lib

    packed = bytearray()

    @ffi.callback("rf_status(void *, const void *, size_t, rf_error *)")
    def sink(_context: object, data: object, n: int, _err: object) -> int:
        packed.extend(ffi.buffer(data, n))
        return int(lib.RF_OK)

    user = ffi.new_handle(formats.GZIP)
    stream, err = ffi.new("void **"), ffi.new("rf_error *")
    assert lib.rf_py_deflate_open(user, level, len(plain), stream, err) == lib.RF_OK
    for at in range(0, len(plain), piece):
        part = ffi.from_buffer(plain[at : at + piece])
        last = at + piece >= len(plain)
        status = lib.rf_py_deflate(stream[0], part, len(part), last, sink, ffi.NULL, err)
        assert status == lib.RF_OK
    lib.rf_py_deflate_close(stream[0])
    return bytes(packed)


@pytest.mark.parametrize("level", [0, 1, 9])
def test_zlib_ng_writes_one_plain_member(image, level):
    plain = fits_bytes(image)
    packed = through_the_codec(plain, level, 100_000)
    unpacked = zlib.decompressobj(31)
    assert unpacked.decompress(packed) == plain
    assert unpacked.eof
    assert packed[3:8] == bytes(5)
    assert callbacks._streams == set()


def test_zlib_ng_is_smaller_than_fitsio(tmp_path, image):
    fitsio.write(str(tmp_path / "theirs.fits.gz"), image)
    packed = through_the_codec(fits_bytes(image), 0, 1 << 20)
    assert len(packed) <= (tmp_path / "theirs.fits.gz").stat().st_size
