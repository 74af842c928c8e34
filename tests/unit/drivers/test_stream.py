# SPDX-License-Identifier: BSD-3-Clause
"""Standard input and output, and descriptors: against `cat`, pipes, terminals and signals."""

from __future__ import annotations

import errno
import gzip
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from support.drivers import fill_pipe

RNG = np.random.default_rng(8)
SKY = RNG.normal(size=(300, 500)).astype("f4")
COUNTS = RNG.integers(0, 900, (256, 256), "i4")
ROWS = {"x": np.arange(40_000), "y": RNG.normal(size=40_000)}


@pytest.fixture(scope="module")
def content() -> bytes:
    """An image, a table, tiles, cells of variable length, a long header, and a small image."""
    cells = np.array([np.arange(i % 9) for i in range(500)], dtype=object)
    with FITS("mem://", "w+") as fits:
        fits.write_image(SKY, header={"OBJECT": "M 31"})
        fits.write_table(ROWS, extname="ROWS")
        fits.write_image(COUNTS, extname="TILES", compress="rice")
        fits.write_table({"cells": cells}, extname="HEAP")
        long = {f"K{i}": i for i in range(9000)}
        fits.write_image(np.arange(12, dtype="i2").reshape(3, 4), header=long, extname="LAST")
        return fits.to_bytes()


@contextmanager
def piped(data: bytes) -> Iterator[str]:
    """Give the name of a pipe that a thread fills."""
    read_end, thread = fill_pipe(data)
    try:
        yield f"fd://{read_end}"
    finally:
        os.close(read_end)
        thread.join()


def shell(command: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command with `python` and `rustfits` in it."""
    environment = dict(os.environ, PYTHONSAFEPATH="1", PYTHON=sys.executable)
    command = command.replace("python ", '"$PYTHON" ').replace(
        "rustfits ", '"$PYTHON" -m rustfits '
    )
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        timeout=60,
        env=environment,
        check=False,
        **options,
    )


# ---- reading ----


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("options", [{}, {"spool_bytes": 10_000}, {"forward": True}])
def test_a_loop_over_a_pipe_reads_all(content: bytes, options: Any, packed: bool) -> None:
    with piped(gzip.compress(content, 1) if packed else content) as pipe:
        with FITS(pipe, **options) as fits:
            seen = []
            for hdu in fits:
                seen.append(hdu.extname)
                if hdu.kind == "table" and hdu.extname == "ROWS":
                    parts = list(hdu.iter(chunksize=7000))
                    for name in ROWS:
                        column = np.concatenate([part[name] for part in parts])
                        assert np.array_equal(column, ROWS[name])
                elif hdu.extname == "HEAP":
                    cells = hdu.read()["cells"]
                    assert [len(cell) for cell in cells] == [i % 9 for i in range(500)]
                elif hdu.has_data:
                    expected = {None: SKY, "TILES": COUNTS}.get(hdu.extname)
                    data = hdu.read()
                    assert expected is None or np.array_equal(data, expected)
                    assert hdu.header["NAXIS"] == 2  # after its data
            assert seen == [None, "ROWS", "TILES", "HEAP", "LAST"]
            assert fits[0].header["OBJECT"] == "M 31"
            assert fits["LAST"].header["K8999"] == 8999


def test_a_spooled_pipe_allows_any_access(content: bytes) -> None:
    with piped(content) as name, FITS(name) as fits:
        assert fits["LAST"][1, 2] == 6
        assert np.array_equal(fits["ROWS"].read(rows=slice(10, 20))["x"], np.arange(10, 20))
        assert np.array_equal(fits[0][50:60, ::7], SKY[50:60, ::7])
        assert fits.to_bytes() == content
        assert len(fits) == 5


def test_going_back_in_a_forward_stream_is_an_error_that_says_so() -> None:
    wide = np.arange(4_000_000, dtype="i4").reshape(2000, 2000)
    with FITS("mem://", "w+") as fits:
        fits.write_image(wide)
        fits.write_table({"x": np.arange(500_000)}, extname="ROWS")
        fits.write_image(COUNTS, extname="TILES", compress="rice")
        data = fits.to_bytes()
    with piped(data) as name, FITS(name, forward=True) as fits:
        assert np.array_equal(fits[0][100:110], wide[100:110])
        assert np.array_equal(fits[0][900:910], wide[900:910])
        with pytest.raises(rustfits.FITSUnsupportedError, match="forward=True"):
            fits[0][0:10]
        with pytest.raises(rustfits.FITSUnsupportedError, match="forward=True"):
            fits.to_bytes()
        assert np.array_equal(fits[0][910:920], wide[910:920])
        assert np.array_equal(fits["TILES"].read(), COUNTS)
        with pytest.raises(rustfits.FITSUnsupportedError, match="forward=True"):
            fits["ROWS"].read()


def test_a_large_table_with_cells_of_variable_length_needs_the_spool() -> None:
    numbers = np.arange(300_000)
    cells = np.array([np.arange(i % 3, dtype="i2") for i in range(300_000)], dtype=object)
    with FITS("mem://", "w+") as fits:
        fits.write_table({"x": numbers, "cells": cells})
        data = fits.to_bytes()
    with piped(data) as name, FITS(name, forward=True) as fits:
        assert np.array_equal(fits[1].read(columns=["x"])["x"], numbers)
    with piped(data) as name, FITS(name, forward=True) as fits:
        with pytest.raises(rustfits.FITSUnsupportedError, match="forward=True"):
            fits[1].read()
    with piped(data) as name, FITS(name) as fits:
        read = fits[1].read()["cells"]
        assert [len(cell) for cell in read[-4:]] == [2, 0, 1, 2]


@pytest.mark.parametrize("command", ["cat", "gzip -1c"])
def test_a_forward_stream_takes_little_memory(tmp_path: Path, command: str) -> None:
    """90 MB pass through a process whose memory grows by less than a third of that."""
    script = (
        "import resource, numpy, rustfits\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "with rustfits.FITS('-', forward=True) as fits:\n"
        "    total = sum(hdu[0:1, 0:1].sum() + hdu[-1:, -2:].sum() for hdu in fits)\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "print(int(total), grown < 30_000)\n"
    )
    (tmp_path / "s.py").write_text(script)
    with FITS(tmp_path / "a.fits", "w+") as fits:
        for _ in range(3):
            fits.write_image(np.ones((3000, 5000), "i2"))
    done = shell(f"{command} a.fits | python s.py", cwd=tmp_path)
    assert done.stdout == b"9 True\n", done.stderr


def test_a_regular_file_is_read_at_offsets_from_its_position(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"12345" + content)
    with path.open("rb", buffering=0) as file:
        file.seek(5)
        name = f"fd://{file.fileno()}"
        with FITS(name) as fits, FITS(name, forward=True) as again:
            assert again["LAST"][0, 3] == 3
            assert np.array_equal(fits["TILES"].read(), COUNTS)
            assert np.array_equal(fits[0].read(), SKY)
            assert np.array_equal(again[0].read(), SKY)
        assert file.tell() == 5


@pytest.mark.parametrize("options", [{}, {"forward": True}])
def test_a_stream_that_ends_early_is_truncated(content: bytes, options: Any) -> None:
    with piped(content[:100_000]) as name, FITS(name, **options) as fits:
        with pytest.raises(rustfits.FITSTruncatedError, match="cut short"):
            fits[0].read()
    with piped(content[:1000]) as name, pytest.raises(rustfits.FITSTruncatedError):
        FITS(name, **options)


def test_a_compressed_forward_stream_ends_where_it_is_damaged(content: bytes) -> None:
    packed = bytearray(gzip.compress(content, 1))
    with piped(bytes(packed[:300_000])) as name, FITS(name, forward=True) as fits:
        assert np.array_equal(fits[0][0:100], SKY[0:100])
        with pytest.raises(rustfits.FITSTruncatedError) as raised:
            fits[0].read()
        assert raised.value.offset == 300_000
    packed[-6] ^= 1  # the CRC
    with piped(bytes(packed)) as name, FITS(name, forward=True) as fits:
        assert np.array_equal(fits[0].read(), SKY)
        with pytest.raises(rustfits.FITSCodecError):
            list(fits)
    bomb = gzip.compress(content[:2880] + bytes(20_000_000))
    with piped(bomb) as name, FITS(name, forward=True, max_inflate_bytes=5_000_000) as fits:
        with pytest.raises(rustfits.FITSLimitError, match="max_inflate_bytes"):
            list(fits)


def test_the_path_of_a_pipe_is_an_error_that_names_the_way(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(rustfits.FITSNotBuiltError, match="fd://N"):
        FITS(tmp_path / "fifo")


def test_nothing_and_other_content_are_not_fits() -> None:
    with piped(b"") as name, pytest.raises(rustfits.NotFITSError, match="empty"):
        FITS(name)
    with open(os.devnull, "rb") as null, pytest.raises(rustfits.NotFITSError, match="empty"):
        FITS(f"fd://{null.fileno()}")
    with piped(b"\x7fELF" * 3000) as name, pytest.raises(rustfits.NotFITSError):
        FITS(name)


def test_a_hostile_length_is_an_error_and_no_memory() -> None:
    cards = ["SIMPLE  =                    T", "BITPIX  =                    8"]
    cards += ["NAXIS   =                    1", "NAXIS1  =       99999999999999", "END"]
    header = "".join(card.ljust(80) for card in cards).ljust(2880).encode()
    for options in ({}, {"forward": True}):
        with piped(header + bytes(5000)) as name, FITS(name, **options) as fits:
            with pytest.raises((rustfits.FITSTruncatedError, MemoryError)):
                fits[0].read()


def test_a_terminal_can_be_read_and_not_written(content: bytes) -> None:
    import tty

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    small = content[:2880]
    try:
        os.write(ours, small)
        with FITS(f"fd://{theirs}", forward=True) as fits:
            assert fits[0].header["OBJECT"] == "M 31"
        with pytest.raises(rustfits.FITSIOError, match="terminal"):
            FITS(f"fd://{theirs}", "w+")
    finally:
        os.close(ours)
        os.close(theirs)


# ---- signals ----


def test_an_exception_of_a_signal_handler_ends_the_wait(content: bytes) -> None:
    class Alarm(Exception):
        pass

    def raise_alarm(_number: int, _frame: object) -> None:
        raise Alarm("half a second")

    read_end, write_end = os.pipe()
    before = signal.signal(signal.SIGALRM, raise_alarm)
    try:
        os.write(write_end, content[:2880])
        with FITS(f"fd://{read_end}") as fits:
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            began = time.monotonic()
            with pytest.raises(Alarm, match="half a second"):
                fits[0].read()
            assert time.monotonic() - began < 50
            os.write(write_end, content[2880:20_000])
            os.close(write_end)
            with pytest.raises(rustfits.FITSTruncatedError):
                fits[0].read()
            assert np.array_equal(fits[0][0:8], SKY[0:8])
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        os.close(read_end)


def test_an_interrupt_ends_a_program_that_waits() -> None:
    script = "import rustfits, sys; sys.stderr.write('waits\\n'); rustfits.FITS('-')"
    waiting = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert waiting.stderr is not None
    assert waiting.stderr.readline() == b"waits\n"
    time.sleep(0.1)
    waiting.send_signal(signal.SIGINT)
    _, said = waiting.communicate(timeout=20)
    assert waiting.returncode == -signal.SIGINT
    assert b"KeyboardInterrupt" in said


# ---- writing ----


def test_cat_to_python_to_a_file(content: bytes, tmp_path: Path) -> None:
    """Text that Python holds back comes first, and no byte between those of the file."""
    (tmp_path / "a.fits").write_bytes(content)
    (tmp_path / "s.py").write_text(
        "import sys, rustfits\n"
        "with rustfits.FITS('-') as old, rustfits.FITS('-', 'w+') as new:\n"
        "    new.write_image(old[0].read(), header=old[0].header)\n"
        "    new.write_table(old['ROWS'].read(), extname='ROWS')\n"
        "    sys.stdout.write(sys.argv[1])\n"
    )
    done = shell("cat a.fits | python s.py '' > b.fits", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    with FITS(tmp_path / "b.fits") as fits:
        assert np.array_equal(fits[0].read(), SKY) and fits[0].header["OBJECT"] == "M 31"
        assert np.array_equal(fits["ROWS"].read()["y"], ROWS["y"])
    done = shell("cat a.fits | python s.py text", cwd=tmp_path)
    assert done.stdout == b"text" + (tmp_path / "b.fits").read_bytes()


def test_a_closed_pipe_is_an_error(content: bytes) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    fits = FITS(f"fd://{write_end}", "w+")
    fits.write_image(SKY)
    with pytest.raises(rustfits.FITSIOError, match="closed it") as raised:
        fits.close()
    assert raised.value.errno == errno.EPIPE
    fits.close()
    os.close(write_end)
    script = "import numpy, rustfits; rustfits.write('-', numpy.ones((2000, 2000)))"
    done = shell(f'python -c "{script}" | head -c 10')
    assert done.stdout == b"SIMPLE  = " and done.returncode == 1
    assert b"FITSIOError: -: the program that reads the output has closed it" in done.stderr


def test_a_file_that_is_not_complete_is_not_written() -> None:
    read_end, write_end = os.pipe()
    name = f"fd://{write_end}"
    with pytest.raises(RuntimeError, match="of the caller"), FITS(name, "w+") as fits:
        fits.write_image(SKY)
        raise RuntimeError("of the caller")
    with pytest.warns(rustfits.FITSWarning, match="never closed"):
        fits = FITS(name, "w+")
        fits.write_image(SKY)
        del fits
    os.close(write_end)
    with open(read_end, "rb") as file:
        assert file.read() == b""


def test_the_commands_work_in_a_pipe(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.fits").write_bytes(content)
    done = shell("gzip -c a.fits | rustfits pack - - | rustfits unpack - -", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rustfits.pack(tmp_path / "a.fits", tmp_path / "p.fits")
    rustfits.unpack(tmp_path / "p.fits", tmp_path / "u.fits")
    assert done.stdout == (tmp_path / "u.fits").read_bytes()
    done = shell("head -c 50000 p.fits | rustfits unpack - -", cwd=tmp_path)
    assert done.stdout == b"" and done.returncode == 1
    assert b"cut short" in done.stderr


# ---- names ----


def test_only_the_text_is_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rustfits.write(Path("-"), COUNTS)
    assert np.array_equal(rustfits.read("./-"), COUNTS)
    assert np.array_equal(rustfits.read(Path("-")), COUNTS)
    assert os.listdir() == ["-"]
    with pytest.raises(rustfits.FITSSchemeError, match="'stream'"):
        FITS("-", schemes={"file", "stdin"})


@pytest.mark.parametrize(
    ("name", "mode", "kind", "text"),
    [
        ("-", "r+", rustfits.FITSValueError, "not both"),
        ("stdin://", "w+", rustfits.FITSReadOnlyError, "only be read"),
        ("stdout://", "r", rustfits.FITSValueError, "only be written"),
        ("stream://a.fits", "r", rustfits.FITSValueError, "no path"),
        ("fd://x", "r", rustfits.FITSValueError, "fd://N"),
        ("fd://12345", "w+", rustfits.FITSNotFoundError, "not open"),
    ],
)
def test_wrong_names_are_errors(name: str, mode: str, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        FITS(name, mode)


def test_a_pipe_has_one_open_file(content: bytes) -> None:
    with piped(content) as name:
        with FITS(name) as fits:
            with pytest.raises(rustfits.FITSLockedError, match="close it first"):
                FITS(name)
            assert np.array_equal(fits[0].read(), SKY)
        with pytest.raises(rustfits.FITSFormatError):
            FITS(name)  # the rest of the stream begins anywhere
