# SPDX-License-Identifier: BSD-3-Clause
"""Segments of shared memory: views of other processes, killed writers, a full memory, other programs."""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, shmem
from support import TESTS
from support.drivers.shared_memory import build, view_sum
from support.writing import run_python

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shmem:// needs Linux")

SKY = np.arange(30_000, dtype="f4").reshape(150, 200)


@pytest.fixture
def name() -> Iterator[str]:
    name = f"rustfits-test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    Path("/dev/shm", name).unlink(missing_ok=True)


def url(name: str) -> str:
    return f"shmem://{name}"


def find(name: str) -> shmem.Segment | None:
    return next((segment for segment in shmem.list() if segment.name == name), None)


def test_spawned_processes_share_the_pixels(name: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    child = spawn.Process(target=build, args=(url(name), SKY, SKY + 1))
    child.start()
    child.join(60)
    assert child.exitcode == 0
    segment = find(name)
    assert segment is not None
    assert (segment.state, segment.running, segment.generation) == ("whole", False, 1)
    answers = spawn.Queue()
    child = spawn.Process(target=view_sum, args=(url(name), answers))
    child.start()
    assert answers.get(timeout=60) == (float(SKY.sum(dtype="f8")), False, ">f4")
    child.join(60)
    assert find(name) == segment  # no resource tracker has removed it


def test_a_view_shows_the_bytes_of_another_process(name: str) -> None:
    """What another program stores in the segment is in a view at once: nothing was copied."""
    build(url(name), SKY)
    with FITS(url(name)) as fits:
        view = fits[0].view()
        assert not np.shares_memory(view, fits[0].view())  # a mapping each
    program = (
        "import sys; f = open('/dev/shm/' + sys.argv[1], 'r+b'); "
        "f.seek(4096 + 2880); f.write(b'\\x42\\x28\\0\\0')"
    )
    subprocess.run([sys.executable, "-c", program, name], check=True)
    assert view[0, 0] == 42.0


def test_multiprocessing_attaches_to_the_file(name: str) -> None:
    build(url(name), SKY)
    segment = find(name)
    assert segment is not None
    # In a process of its own: before Python 3.13, SharedMemory registers what it attaches to.
    program = (
        "import sys; from multiprocessing.shared_memory import SharedMemory\n"
        "memory = SharedMemory(sys.argv[1])\n"
        "sys.stdout.buffer.write(memory.buf[4096 : 4096 + int(sys.argv[2])])\n"
        "memory.close()\n"
        "from multiprocessing import resource_tracker\n"
        "resource_tracker.unregister('/' + sys.argv[1], 'shared_memory')\n"
    )
    arguments = [sys.executable, "-c", program, name, str(segment.file_bytes)]
    done = subprocess.run(arguments, capture_output=True, check=True)
    assert done.stderr == b""
    with FITS.from_bytes(done.stdout) as fits:
        assert np.array_equal(fits[0].read(), SKY)
    assert shmem.FILE_OFFSET == 4096


def test_a_segment_of_multiprocessing_is_refused_and_stays(name: str) -> None:
    memory = SharedMemory(name, create=True, size=10_000)
    try:
        memory.buf[:6] = b"SIMPLE"
        for mode, error in (
            ("r", rustfits.NotFITSError),
            ("r+", rustfits.NotFITSError),
            ("w+", rustfits.FITSExistsError),
        ):
            with pytest.raises(error, match=f"{name}: is a segment of another program"):
                FITS(url(name), mode)
        with pytest.raises(rustfits.NotFITSError, match="another program"):
            shmem.unlink(name)
        assert find(name) is None
        assert bytes(memory.buf[:7]) == b"SIMPLE\0"
    finally:
        memory.close()
        memory.unlink()


def test_readers_share_and_writers_do_not(name: str) -> None:
    build(url(name), SKY)
    with FITS(url(name)) as fits, FITS(url(name)) as other:
        assert np.array_equal(fits[0].read(), other[0].read())
        with pytest.raises(rustfits.FITSLockedError):
            FITS(url(name), "r+")
    with FITS(url(name), "r+") as fits:
        with pytest.raises(rustfits.FITSLockedError):
            FITS(url(name))
        with pytest.raises(rustfits.FITSLockedError):
            shmem.unlink(url(name))
        fits[0][0, 0] = -1
    assert rustfits.read(url(name))[0, 0] == -1
    shmem.unlink(url(name))
    with pytest.raises(rustfits.FITSNotFoundError):
        FITS(url(name))
    with pytest.raises(rustfits.FITSNotFoundError):
        shmem.unlink(name)


@pytest.mark.parametrize("wrong", ["", "a/b", "/a", "..", "x" * 300])
def test_invalid_names_are_value_errors(wrong: str) -> None:
    for mode in ("r", "r+", "w+"):
        with pytest.raises(rustfits.FITSValueError):
            FITS(url(wrong), mode)
    with pytest.raises(rustfits.FITSValueError):
        shmem.unlink(wrong)


def test_unlink_refuses_other_types_and_schemes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(rustfits.FITSTypeError):
        shmem.unlink(5)  # type: ignore[arg-type]
    with pytest.raises(rustfits.FITSValueError, match="NUL"):
        shmem.unlink("a\0b")
    build(url(name), SKY)
    monkeypatch.setenv("RUSTFITS_SCHEMES", "file mem")
    for call in (shmem.unlink, FITS):
        with pytest.raises(rustfits.FITSSchemeError):
            call(url(name))


def test_the_whole_function_write_replaces_at_once(name: str) -> None:
    rustfits.write(url(name), SKY)
    with FITS(url(name)) as fits:
        view = fits[0].view()
        rustfits.write(url(name), SKY + 5)
        assert np.array_equal(view, SKY)
    assert np.array_equal(rustfits.read(url(name)), SKY + 5)
    rustfits.write(url(name), SKY, atomic=False)
    assert np.array_equal(rustfits.read(url(name)), SKY)


def test_an_exception_before_an_atomic_close_keeps_the_old_file(name: str) -> None:
    rustfits.write(url(name), SKY)
    with (
        pytest.raises(TypeError, match="of the caller"),
        FITS(url(name), "w+", atomic=True) as fits,
    ):
        fits.write_image(SKY + 1)
        raise TypeError("of the caller")
    assert np.array_equal(rustfits.read(url(name)), SKY)


def test_a_second_reader_takes_no_memory_until_it_touches_the_pixels(name: str) -> None:
    build(url(name), np.ones((1024, 4096), "f4"))  # 16 MiB

    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    FITS(url(name)).close()
    before = resident()
    with FITS(url(name)) as fits:
        view = fits[0].view()
        assert resident() - before < 1 << 20
        assert view.sum() == view.size
        assert resident() - before > 15 << 20


# ---- killed writers ----


def test_a_killed_writer_leaves_a_whole_or_an_interrupted_segment() -> None:
    """A short part of ``make torture``."""
    command = [sys.executable, "-m", "torture", "segments", "--most", "10", "--seed", "1"]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == "30 passed, 0 failed"
    assert all("interrupted" in line for line in lines[-4:-2]), lines


# ---- full memory ----

FULL = """
import os, subprocess, sys, numpy, rustfits
command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", "/dev/shm"]
subprocess.run(command, check=True)
rustfits.write("shmem://old", numpy.ones((300, 400), "f4"))  # 480 kB
fits = rustfits.FITS("shmem://new", "w+")
fits.write_image(numpy.ones((300, 400), "f4"))
view = fits[0].view()
try:
    for _ in range(10):
        fits.write_image(numpy.ones((300, 400), "f4"))
except OSError as error:
    print(type(error).__name__, error.errno)
count = len(fits)
assert (view == 1).all() and (fits[0].read() == 1).all()
try:
    fits.close()
except OSError as error:
    print(type(error).__name__)
print(count, [segment.state for segment in rustfits.shmem.list()])
with rustfits.FITS("shmem://old", "r+") as fits:
    try:
        fits.write_image(numpy.ones((3000, 400), "f4"))
    except OSError as error:
        print(error.errno)
assert (rustfits.read("shmem://old") == 1).all()
"""


def test_full_memory_is_an_error_and_no_signal() -> None:
    done = run_python(FULL, before=["unshare", "--map-root-user", "--mount"])
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].endswith(" 28") and lines[-1] == "28", lines


# ---- other programs ----


def test_another_program_that_truncates_is_an_error_and_no_signal(name: str) -> None:
    build(url(name), SKY)
    with FITS(url(name)) as fits:
        assert np.array_equal(fits[0][3:5, 6:9], SKY[3:5, 6:9])
        os.truncate(f"/dev/shm/{name}", 4096 + 2880 + 1000)
        with pytest.raises(rustfits.FITSTruncatedError):
            fits[0][100:102, 6:9]
        with pytest.raises(rustfits.FITSTruncatedError):
            fits[0].read()
        with pytest.raises(rustfits.FITSTruncatedError):
            fits[0].view()


def test_the_content_is_that_of_a_file(name: str) -> None:
    build(url(name), SKY, SKY + 1)
    content = Path("/dev/shm", name).read_bytes()
    with FITS("mem://", "w+") as model:
        model.write_image(SKY)
        model.write_image(SKY + 1)
        assert content[4096:] == model.to_bytes()
