# SPDX-License-Identifier: BSD-3-Clause
"""File objects that can seek."""

from __future__ import annotations

import gzip
import io
import mmap
import os
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS

IMAGE = np.random.default_rng(21).normal(size=(300, 400)).astype("f4")
LARGE = np.random.default_rng(22).integers(-(2**31), 2**31 - 1, (4096, 4096), "i4")


def content(image: np.ndarray = IMAGE) -> bytes:
    buffer = io.BytesIO()
    astropy_fits.PrimaryHDU(image).writeto(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def large() -> bytes:
    return content(LARGE)


class ReadOnly(io.RawIOBase):
    """A raw file that reads short, and only by `readinto`."""

    def __init__(self, data: bytes) -> None:
        self._bytes = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._bytes.seek(offset, whence)

    def tell(self) -> int:
        return self._bytes.tell()

    def readinto(self, buffer: Any) -> int:
        return self._bytes.readinto(memoryview(buffer)[:1000])


class OnlyRead:
    """An object with no more than it needs, which is no class of `io`."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0
        self.name = "only.fits"

    def read(self, count: int) -> bytes:
        found = self._data[self._at : self._at + min(count, 7777)]
        self._at += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> None:
        self._at = offset + (len(self._data) if whence == 2 else 0)

    def tell(self) -> int:
        return self._at


def open_file(folder: Path, data: bytes, **options: Any) -> Any:
    path = folder / "a.fits"
    path.write_bytes(data)
    return open(path, "rb", **options)


def map_file(folder: Path, data: bytes) -> Any:
    with open_file(folder, data) as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def spooled(folder: Path, data: bytes) -> Any:
    file = tempfile.SpooledTemporaryFile(max_size=1000)  # noqa: SIM115  the test closes it
    file.write(data)
    return file


def stored_member(folder: Path, data: bytes) -> Any:
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.fits", data)
    return zipfile.ZipFile(path).open("a.fits")


MAKERS = {
    "BytesIO": lambda folder, data: io.BytesIO(data),
    "buffered": open_file,
    "raw": lambda folder, data: open_file(folder, data, buffering=0),
    "short": lambda folder, data: ReadOnly(data),
    "read only": lambda folder, data: OnlyRead(data),
    "mmap": map_file,
    "spooled": spooled,
    "zip": stored_member,
}


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", MAKERS)
def test_objects_are_read_at_offsets_and_stay_open(kind: str, tmp_path: Path) -> None:
    target = MAKERS[kind](tmp_path, content())
    target.seek(100)
    with FITS(target) as fits:
        np.testing.assert_array_equal(fits[0][20:30, 5:9], IMAGE[20:30, 5:9])
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
        with pytest.raises(rustfits.FITSReadOnlyError):
            fits[0].write(IMAGE)
    assert not getattr(target, "closed", False)
    np.testing.assert_array_equal(rustfits.read(target), IMAGE)
    assert rustfits.read_header(target)["NAXIS1"] == 400
    if hasattr(target, "close"):
        target.close()


def test_a_section_behind_the_end_is_truncated() -> None:
    target = io.BytesIO(content()[:200_000])
    with FITS(target) as fits:
        np.testing.assert_array_equal(fits[0][5:20, 3:9], IMAGE[5:20, 3:9])
        with pytest.raises(rustfits.FITSTruncatedError, match="are missing"):
            fits[0][200:250, 3:9]


def test_the_library_ignores_file_numbers(tmp_path: Path) -> None:
    """The number of a GzipFile is that of the compressed file."""
    (tmp_path / "a.gz").write_bytes(gzip.compress(content()))
    with gzip.open(tmp_path / "a.gz") as target, FITS(target) as fits:
        assert target.fileno() >= 0
        np.testing.assert_array_equal(fits[0].read(), IMAGE)

    class Liar(io.BytesIO):
        def fileno(self) -> int:
            return 0

    np.testing.assert_array_equal(rustfits.read(Liar(content())), IMAGE)


def test_names() -> None:
    target = io.BytesIO(content())
    with FITS(target) as fits:
        assert fits.filename == "<BytesIO object>"
        assert repr(fits).startswith("FITS '<BytesIO object>', mode 'r'")
        with pytest.raises(rustfits.FITSIndexError, match="<BytesIO object>"):
            fits[3]
    with FITS(OnlyRead(content())) as fits:
        assert fits.filename == "only.fits"
    target = OnlyRead(content())
    target.name = "s3://me:hunter2@host/a?X-Amz-Signature=abc"
    with FITS(target) as fits:
        assert "hunter2" not in fits.filename and "abc" not in fits.filename


def test_compressed_content_in_an_object() -> None:
    target = io.BytesIO(gzip.compress(content()))
    np.testing.assert_array_equal(rustfits.read(target), IMAGE)
    with FITS(target, "r+") as fits:
        fits[0].header["OBJECT"] = "M 31"
    assert (
        astropy_fits.open(io.BytesIO(gzip.decompress(target.getvalue())))[0].header["OBJECT"]
        == "M 31"
    )


# ---- threads ----


class Generous(io.BytesIO):
    """Gives the GIL away between `seek` and `readinto`."""

    def seek(self, *arguments: int) -> int:
        at = super().seek(*arguments)
        time.sleep(0)
        return at

    def readinto(self, buffer: Any) -> int:
        time.sleep(0)
        return super().readinto(buffer)


@pytest.mark.parametrize("threads", [1, 4])
def test_64_mb_with_worker_threads(large: bytes, threads: int) -> None:
    with FITS(Generous(large), threads=threads) as fits:
        np.testing.assert_array_equal(fits[0].read(), LARGE)


def test_threads_of_two_files_share_an_object(large: bytes) -> None:
    target = Generous(large)
    with FITS(target) as one, FITS(target) as other, ThreadPoolExecutor(4) as pool:

        def same(row: int) -> bool:
            fits = one if row % 2 else other
            return np.array_equal(fits[0][row : row + 300], LARGE[row : row + 300])

        assert all(pool.map(same, range(0, 3700, 61)))


class Failing(io.BytesIO):
    """Fails behind an offset."""

    def __init__(self, data: bytes, limit: int, exception: BaseException) -> None:
        super().__init__(data)
        self._limit, self._exception = limit, exception

    def readinto(self, buffer: Any) -> int:
        if self.tell() + len(buffer) > self._limit:
            raise self._exception
        return super().readinto(buffer)


class OwnError(Exception):
    """An exception that the library does not know."""


@pytest.mark.parametrize("kind", [OwnError, OSError, KeyboardInterrupt, SystemExit, MemoryError])
@pytest.mark.parametrize("threads", [1, 4])
def test_the_exception_of_the_object_reaches_the_caller(
    large: bytes, kind: type[BaseException], threads: int
) -> None:
    mine = kind("mine")
    with FITS(Failing(large, 30 << 20, mine), threads=threads) as fits:
        np.testing.assert_array_equal(fits[0][:10], LARGE[:10])
        for _ in range(3):
            with pytest.raises(kind) as raised:
                fits[0].read()
            assert raised.value is mine
        np.testing.assert_array_equal(fits[0][:10], LARGE[:10])


def test_exceptions_pass_through_a_filter_and_a_copy() -> None:
    data = gzip.compress(content(LARGE[:500]), 1)
    mine = OwnError("mine")
    with pytest.raises(OwnError) as raised:
        rustfits.read(Failing(data, len(data) // 2, mine))
    assert raised.value is mine
    plain = content()
    with pytest.raises(OwnError):
        rustfits.pack(Failing(plain, 4000, mine), io.BytesIO())
    with pytest.raises(OwnError):
        FITS(Failing(plain, 0, mine))


def test_exceptions_of_writing_and_closing() -> None:
    class Full(io.BytesIO):
        full = False

        def write(self, data: Any) -> int:
            if self.full:
                raise OSError(28, "the object is full")
            return super().write(data)

        def flush(self) -> None:
            if self.full:
                raise OwnError("cannot flush")

    target = Full()
    fits = FITS(target, "w+")
    fits.write_image(IMAGE)
    target.full = True
    with pytest.raises(OSError, match="the object is full"):
        fits[0].write(IMAGE)
    with pytest.raises((OwnError, rustfits.FITSTaintedError)):
        fits.close()
    assert fits.closed


def test_an_object_that_uses_its_own_file_is_refused() -> None:
    class Curious(io.BytesIO):
        fits: FITS | None = None
        use: Any = None

        def readinto(self, buffer: Any) -> int:
            if self.fits is not None:
                self.use(self.fits)
            return super().readinto(buffer)

    uses = [
        lambda fits: fits[0].read(),
        lambda fits: fits.close(),
        lambda fits: FITS(fits_target),
        lambda fits: fits[0].header["NAXIS"],
    ]
    data = content(LARGE[:1100])
    for use in uses:
        for threads in (1, 4):
            fits_target = target = Curious(data)
            with FITS(target, threads=threads) as fits:
                len(fits)
                target.fits, target.use = fits, use
                with pytest.raises(rustfits.FITSIOError, match="uses the FITS file that called it"):
                    fits[0].read()
                target.fits = None
                np.testing.assert_array_equal(fits[0].read(), LARGE[:1100])


def test_a_fork_while_other_threads_read(large: bytes) -> None:
    target = Generous(large)
    stop = threading.Event()
    with FITS(target) as fits:

        def work() -> None:
            while not stop.is_set():
                fits[0][:500]

        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        try:
            for _ in range(5):
                child = os.fork()
                if child == 0:
                    code = 1
                    try:
                        code = 0 if np.array_equal(rustfits.read(target)[:9], LARGE[:9]) else 2
                    finally:
                        os._exit(code)
                assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        finally:
            stop.set()
            for worker in workers:
                worker.join()


def test_a_forked_child_does_not_move_the_file_of_its_parent(tmp_path: Path) -> None:
    with open_file(tmp_path, content()) as target, FITS(target) as fits:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                fits[0].read()
            except rustfits.FITSIOError as refused:
                code = 0 if "forked" in str(refused) else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        np.testing.assert_array_equal(fits[0].read(), IMAGE)


# ---- writing ----


def test_new_files_in_objects(tmp_path: Path) -> None:
    with open(tmp_path / "a.fits", "w+b") as file, tempfile.SpooledTemporaryFile() as spool:
        for target in (io.BytesIO(b"old" * 100_000), spool, file):
            with FITS(target, "w+") as fits:
                fits.write_image(IMAGE, extname="SCI")
                fits.write_table({"a": np.arange(1000)})
                np.testing.assert_array_equal(fits["SCI"].read(), IMAGE)
            target.seek(0)
            written = target.read()
            with astropy_fits.open(io.BytesIO(written)) as found:
                np.testing.assert_array_equal(found[0].data, IMAGE)
                np.testing.assert_array_equal(found[1].data["a"], np.arange(1000))
            assert len(written) % 2880 == 0


def test_edits_leave_no_trailer_and_shrink_the_object() -> None:
    target = io.BytesIO(content())
    with FITS(target, "r+") as fits:
        fits.write_table({"a": np.arange(100_000)}, extname="T")
    grown = len(target.getvalue())
    with FITS(target, "r+") as fits, FITS.from_bytes(target.getvalue(), "r+") as model:
        for file in (fits, model):
            file["T"].delete_rows(np.arange(90_000))
            file["T"].insert_column("b", np.zeros(10_000, "f8"))
            file[0].header["OBJECT"] = "M 31"
        expected = model.to_bytes()
    assert target.getvalue() == expected and len(expected) < grown
    astropy_fits.open(io.BytesIO(expected)).verify("exception")


class Partial(io.BytesIO):
    """Takes 1,000 bytes a call."""

    def write(self, data: Any) -> int:
        return super().write(bytes(data[:1000]))


def test_short_writes_go_on() -> None:
    target = Partial()
    rustfits.write(target, IMAGE)
    np.testing.assert_array_equal(rustfits.read(target), IMAGE)


def test_convenience_functions_write_objects_as_a_whole(tmp_path: Path) -> None:
    target = io.BytesIO(b"old")
    with pytest.raises(rustfits.FITSError):
        rustfits.write(target, np.zeros(3, "c8"))
    assert target.getvalue() == b"old"
    rustfits.write_image(target, IMAGE)
    rustfits.write_table(target, {"a": np.arange(5)}, mode="r+")
    assert len(FITS(target)) == 2
    packed, unpacked = io.BytesIO(), io.BytesIO()
    rustfits.pack(target, packed)
    rustfits.unpack(packed, unpacked)
    assert unpacked.getvalue() == target.getvalue()
    assert len(packed.getvalue()) < len(target.getvalue())


# ---- bad objects ----


def bad(method: str, result: Any) -> io.BytesIO:
    kind = type("Bad", (io.BytesIO,), {method: lambda self, *_: result})
    return kind(content())  # type: ignore[no-any-return]


def without_readinto(result: Any) -> Any:
    target = OnlyRead(content())
    target.read = lambda count: result  # type: ignore[method-assign]
    return target


@pytest.mark.parametrize(
    ("target", "kind", "part"),
    [
        (io.StringIO("SIMPLE"), TypeError, "text mode"),
        (without_readinto("SIMPLE"), TypeError, "binary mode"),
        (without_readinto(None), BlockingIOError, "non-blocking"),
        (without_readinto(3), TypeError, "returned int"),
        (without_readinto(bytes(10_000_000)), ValueError, "at most"),
        (bad("readinto", None), BlockingIOError, "non-blocking"),
        (bad("readinto", "x"), TypeError, "returned str"),
        (bad("readinto", -1), ValueError, "returned -1"),
        (bad("readinto", 1 << 60), ValueError, "expected 0 to"),
        (b"SIMPLE", TypeError, "from_bytes"),
        (memoryview(b"SIMPLE"), TypeError, "from_bytes"),
        (7, TypeError, "found int"),
        (object(), TypeError, "found object"),
    ],
)
def test_bad_objects_are_clear_errors(target: Any, kind: type[Exception], part: str) -> None:
    with pytest.raises(kind, match=part):
        FITS(target)


def test_closed_objects_and_wrong_modes(tmp_path: Path) -> None:
    closed = io.BytesIO(content())
    closed.close()
    with pytest.raises(ValueError, match="is closed"):
        FITS(closed)
    with open_file(tmp_path, content()) as reading:
        for mode in ("r+", "w+"):
            with pytest.raises(rustfits.FITSReadOnlyError, match="only be read"):
                FITS(reading, mode)
    with open(tmp_path / "new", "wb") as writing, pytest.raises(ValueError, match="cannot be read"):
        FITS(writing)
    with open(tmp_path / "new") as text, pytest.raises(TypeError, match="text mode"):
        FITS(text)
    for option in ("lock", "durable"):
        with pytest.raises(rustfits.FITSUnsupportedError, match=option):
            FITS(io.BytesIO(), "w+", **{option: True})
    fits = FITS(target := io.BytesIO(content()))
    target.close()
    with pytest.raises(ValueError, match="closed file"):
        fits[0].read()
    fits.close()


def test_the_library_keeps_no_object() -> None:
    import gc
    import weakref

    target = io.BytesIO(content())
    seen = weakref.ref(target)
    with FITS(target) as fits:
        fits[0].read()
    del fits, target
    gc.collect()
    assert seen() is None
