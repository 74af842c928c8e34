# SPDX-License-Identifier: BSD-3-Clause
"""sync, to_bytes and packing see a complete file while the caller appends to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS, FITSClosedError
from rustfits._core.file import packing
from support.compressed import by_funpack, verify

ROWS = 3000


def cells(n: int, seed: int) -> np.ndarray:
    """Cells of variable length, of more bytes than a heap may have that is moved each time."""
    rng = np.random.default_rng(seed)
    made = np.empty(n, object)
    for i in range(n):
        made[i] = rng.integers(0, 2**31, 20 + i % 9).astype("i4")
    return made


def noise(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**31, shape).astype("i4")


def same_cells(got, expected) -> bool:
    return len(got) == len(expected) and all(
        np.array_equal(a, b) for a, b in zip(got, expected, strict=True)
    )


def whole(content: Path | bytes, tmp_path: Path) -> Path:
    """The file, which fitsverify has nothing against."""
    if isinstance(content, bytes):
        path = tmp_path / "bytes.fits"
        path.write_bytes(content)
        content = path
    verify(content)
    return content


def contents(fits, path, tmp_path, how):
    """The file while it is open, by one of the ways that make it whole."""
    if how == "to_bytes":
        return whole(fits.to_bytes(), tmp_path)
    fits.sync()
    return whole(path, tmp_path)


HOW = pytest.mark.parametrize("how", ["sync", "to_bytes"])


@HOW
def test_rows_that_are_appended_leave_no_gap(tmp_path, how):
    path = tmp_path / "a.fits"
    data = {"a": np.arange(ROWS), "v": cells(ROWS, 1)}
    with FITS(path, "w+") as fits:
        table = fits.write_table(data)
        expected = list(data["v"])
        for turn in range(3):
            more = {"a": np.full(50, turn), "v": cells(50, turn)}
            table.append(more)
            table.append(more)
            expected += [*more["v"], *more["v"]]
            assert "THEAP" in table.header  # the table has spare room, so a flush has work to do
            made = contents(fits, path, tmp_path, how)
            assert "THEAP" not in table.header
            with astropy_fits.open(made) as hdus:
                assert "THEAP" not in hdus[1].header
                assert len(hdus[1].data) == ROWS + 100 * (turn + 1)
                assert (hdus[1].data["a"][-100:] == turn).all()
                assert same_cells(hdus[1].data["v"], expected)
    verify(path)


@HOW
def test_rows_that_are_appended_to_a_compressed_table_leave_no_gap(tmp_path, how):
    path = tmp_path / "a.fits"
    data = noise((10000,), 1).astype("f8")
    with FITS(path, "w+") as fits:
        table = fits.write_table({"a": data}, compress="nocompress", ztilelen=100)
        expected = data
        for turn in range(3):
            more = noise((5000,), turn).astype("f8")
            for part in np.split(more, 50):
                table.append({"a": part})
            expected = np.concatenate([expected, more])
            assert "THEAP" in table.raw_header
            made = contents(fits, path, tmp_path, how)
            assert "THEAP" not in table.raw_header
            with astropy_fits.open(made, disable_image_compression=True) as hdus:
                stored = hdus[1].data["a"]
                assert b"".join(bytes(c) for c in stored) == expected.astype(">f8").tobytes()
            with FITS(made) as again:
                assert (again[1]["a"][:] == expected).all()


@HOW
def test_unwritten_tiles_are_stored(tmp_path, how):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        hdu = fits.create_image_hdu("i4", (20, 300), compress="RICE_1")
        expected = np.zeros((20, 300), "i4")
        for turn in range(3):
            hdu[turn] = expected[turn] = noise((300,), turn)
            made = contents(fits, path, tmp_path, how)
            with astropy_fits.open(made) as hdus:
                assert (hdus[1].data == expected).all()
            assert (by_funpack(made, 1) == expected).all()
            more = noise((300, 300), turn)
            for row in more:
                hdu.extend(row[np.newaxis])
            expected = np.concatenate([expected, more])
            assert "THEAP" in hdu.raw_header
            made = contents(fits, path, tmp_path, how)
            assert "THEAP" not in hdu.raw_header
            with astropy_fits.open(made) as hdus:
                assert (hdus[1].data == expected).all()
    verify(path)


@HOW
def test_what_waits_is_there(tmp_path, how):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        table = fits.write_table({"a": np.arange(10)}, compress=True)
        image = fits.create_image_hdu("i2", (0, 9), compress="RICE_1")
        with table.appending(), image.extending():
            for turn in range(3):
                table.append({"a": [turn]})
                image.extend(np.full((1, 9), turn, "i2"))
                made = contents(fits, path, tmp_path, how)
                with FITS(made) as again:
                    assert again[1]["a"][-1] == turn
                    assert again[1].nrows == 11 + turn
                    assert (again[2][-1] == turn).all()
    verify(path)


@pytest.mark.parametrize("leave", ["close", "with", "exception"])
def test_what_waits_is_written_when_the_file_is_closed_first(tmp_path, leave):
    path = tmp_path / "a.fits"

    def fill(fits):
        table.append({"a": [10, 11]})
        image.extend(np.full((2, 9), 7, "i2"))
        if leave == "exception":
            raise ZeroDivisionError
        if leave == "with":
            fits.__exit__(None, None, None)
        else:
            fits.close()
        for late in (lambda: table.append({"a": [1]}), lambda: image.extend(np.ones((1, 9), "i2"))):
            with pytest.raises(FITSClosedError):
                late()

    fits = FITS(path, "w+")
    table = fits.write_table({"a": np.arange(10)}, compress=True)
    image = fits.create_image_hdu("i2", (0, 9), compress="RICE_1")
    if leave == "exception":
        with pytest.raises(ZeroDivisionError), fits, table.appending(), image.extending():
            fill(fits)
    else:
        with table.appending(), image.extending():
            fill(fits)
    verify(path)
    with astropy_fits.open(path) as hdus:
        assert hdus[2].data.tolist() == [[7] * 9] * 2
    with FITS(path) as again:
        assert again[1]["a"][:].tolist() == list(range(12))


def test_what_waits_is_written_when_the_interpreter_ends(tmp_path):
    path = tmp_path / "a.fits"
    program = """
import sys, rustfits
fits = rustfits.FITS(sys.argv[1], "w+")
table = fits.write_table({"a": [1, 2]}, compress=True)
block = table.appending()
block.__enter__()
table.append({"a": [3]})
"""
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert rustfits.read(path)["a"].tolist() == [1, 2, 3]
    verify(path)


def test_what_cannot_be_written_at_closing_is_an_error_and_comes_once(tmp_path, monkeypatch):
    fits = FITS(tmp_path / "a.fits", "w+")
    table = fits.write_table({"a": [1, 2]}, compress=True)

    def fail(*_):
        raise rustfits.FITSIOError("no room")

    with table.appending():
        table.append({"a": [3]})
        monkeypatch.setattr("rustfits._core.table.write.append_rows", fail)
        with pytest.raises(rustfits.FITSIOError, match="no room"):
            fits.close()
        assert fits.closed
    fits.close()
    assert rustfits.read(tmp_path / "a.fits")["a"].tolist() == [1, 2]


def test_raw_bytes_are_those_that_the_file_will_have(tmp_path):
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        plain = fits.write_table({"v": cells(ROWS, 1)})
        image = fits.create_image_hdu("i4", (3, 300), compress="RICE_1")
        table = fits.write_table({"a": np.arange(10)}, compress=True)
        image[1] = 7
        plain.append({"v": cells(10, 2)})
        with table.appending():
            table.append({"a": [4]})
            shown = [hdu.raw_bytes() for hdu in fits]
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        content = path.read_bytes()
        for hdu, raw in zip(hdus, shown, strict=True):
            start, size = hdu._data_offset, hdu.size
            assert content[start : start + size] == raw
    verify(path)


def test_what_is_behind_moves_and_stays(tmp_path):
    """A flush of an HDU before the last one moves the HDUs behind it."""
    path = tmp_path / "a.fits"
    with FITS(path, "w+") as fits:
        first = fits.write_table({"v": cells(ROWS, 1)})
        image = fits.create_image_hdu("i4", (3, 300), compress="RICE_1")
        last = fits.write_image(np.arange(5))
        image[1] = 7
        for row in noise((200, 300), 1):
            image.extend(row[np.newaxis])
        first.append({"v": cells(10, 2)})
        before = fits.to_bytes()
        assert fits.to_bytes() == before
        assert (last.read() == np.arange(5)).all()
        assert image.shape == (203, 300)
        assert first.nrows == ROWS + 10
    assert path.read_bytes() == before  # the close has nothing left to write
    verify(path)


def test_packing_flushes_its_source(tmp_path):
    """Packing copies a table byte for byte, without spare room before its heap."""
    plain, packed = tmp_path / "a.fits", tmp_path / "b.fits"
    with FITS(plain, "w+") as fits, FITS(packed, "w+") as made:
        table = fits.write_table({"v": cells(ROWS, 1)})
        table.append({"v": cells(10, 2)})
        assert "THEAP" in table.header
        packing.unpack_hdu(fits, table, made)
        assert "THEAP" not in table.header
        assert "THEAP" not in made[1].header
        assert made[1].raw_bytes() == table.raw_bytes()
    verify(packed)


def test_a_read_only_file_has_nothing_to_flush(tmp_path):
    path = tmp_path / "a.fits"
    rustfits.write(path, np.arange(9))
    with FITS(path) as fits:
        fits.sync()
        assert fits.to_bytes() == path.read_bytes()
    fits.sync()
    with pytest.raises(FITSClosedError):
        fits.to_bytes()
