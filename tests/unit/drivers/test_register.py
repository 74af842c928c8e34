# SPDX-License-Identifier: BSD-3-Clause
"""Schemes of the caller, and the table of drivers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import rustfits
from rustfits import FITS, drivers, register_driver

IMAGE = np.random.default_rng(21).integers(0, 1000, (3000, 2000), "i4")


class Vault:
    """A dictionary of files as a driver."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}
        self.log: list[str] = []

    def open(self, name: str, mode: str) -> Box:
        self.log.append(f"{name} {mode}")
        if mode == "w+":
            self.files[name] = bytearray(b"old")
        if name not in self.files:
            raise FileNotFoundError(f"{name} is not in the vault")
        if "private" in name:
            raise PermissionError("not for you")
        if "odd" in name:
            raise LookupError("odd")
        return Box(self, self.files[name])


class Box:
    """An open file of a `Vault`."""

    def __init__(self, vault: Vault, data: bytearray) -> None:
        self.vault, self.data = vault, data

    def size(self) -> int:
        return len(self.data)

    def read_at(self, offset: int, count: int) -> bytes:
        return bytes(self.data[offset : offset + min(count, 1 << 20)])

    def write_at(self, offset: int, data: bytes) -> None:
        self.data += bytes(max(offset - len(self.data), 0))
        self.data[offset : offset + len(data)] = data

    def truncate(self, size: int) -> None:
        del self.data[size:]
        self.data += bytes(size - len(self.data))

    def flush(self) -> None:
        self.vault.log.append("flush")

    def close(self) -> None:
        self.vault.log.append("close")


@pytest.fixture
def vault() -> Iterator[Vault]:
    made = Vault()
    register_driver("vault", made.open)
    yield made
    register_driver("vault", None)


def test_a_scheme_reads_and_writes(vault: Vault) -> None:
    with FITS("vault://a.fits", "w+") as fits:
        fits.write_image(IMAGE)
        fits.sync()
    assert vault.log == ["vault://a.fits w+", "flush", "flush", "close"]
    np.testing.assert_array_equal(rustfits.read("vault://a.fits"), IMAGE)
    assert rustfits.read_header("VAULT://a.fits".lower())["NAXIS"] == 2
    with FITS("vault://a.fits", "r+") as fits:
        fits.write_table({"a": np.arange(10)}, extname="T")
        fits[0].header["OBJECT"] = "M 31"
    with FITS.from_bytes(bytes(vault.files["vault://a.fits"])) as fits:
        assert len(fits) == 2 and fits[0].header["OBJECT"] == "M 31"
    rustfits.write("vault://shelf/b.fits.gz", IMAGE)
    assert vault.files["vault://shelf/b.fits.gz"][:2] == b"\x1f\x8b"
    np.testing.assert_array_equal(rustfits.read("vault://shelf/b.fits.gz"), IMAGE)


def test_exceptions_of_the_opener(vault: Vault) -> None:
    with pytest.raises(rustfits.FITSNotFoundError, match="not in the vault") as raised:
        FITS("vault://none.fits")
    assert type(raised.value.__cause__) is FileNotFoundError
    vault.files["vault://private"] = vault.files["vault://odd"] = bytearray()
    with pytest.raises(rustfits.FITSPermissionError, match="not for you"):
        FITS("vault://private")
    with pytest.raises(LookupError, match="odd"):
        FITS("vault://odd")
    register_driver("vault", lambda name, mode: object())  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match=r"class object, which has no read_at\(\)"):
        FITS("vault://x")


class Reading:
    """Bytes that can be read only."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read_at(self, offset: int, count: int) -> bytes:
        return self.data[offset : offset + count]


@pytest.fixture(scope="module")
def content() -> bytes:
    with FITS("mem://", "w+") as fits:
        fits.write_image(IMAGE)
        return fits.to_bytes()


def test_read_only_objects(vault: Vault, content: bytes) -> None:
    register_driver("vault", lambda name, mode: Reading(content))
    with FITS("vault://x") as fits:
        np.testing.assert_array_equal(fits[0][1:100:7], IMAGE[1:100:7])
    with pytest.raises(rustfits.FITSReadOnlyError, match="write_at"):
        FITS("vault://x", "r+")


@pytest.mark.parametrize("threads", [False, True])
def test_threads(vault: Vault, content: bytes, threads: bool) -> None:
    inside, most = set(), 0

    class Watched(Reading):
        def read_at(self, offset: int, count: int) -> bytes:
            nonlocal most
            inside.add(threading.get_ident())
            most = max(most, len(inside))
            time.sleep(0.002)
            inside.discard(threading.get_ident())
            return super().read_at(offset, count)

    register_driver("vault", lambda name, mode: Watched(content), threads=threads)
    with FITS("vault://x", threads=4) as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    assert most > 1 if threads else most == 1


@pytest.mark.parametrize("threads", [False, True])
def test_an_object_that_uses_its_own_file_is_refused(
    vault: Vault, content: bytes, threads: bool
) -> None:
    class Curious(Reading):
        use: Any = None

        def read_at(self, offset: int, count: int) -> bytes:
            if self.use is not None:
                self.use()
            return super().read_at(offset, count)

    made = Curious(content)
    register_driver("vault", lambda name, mode: made, threads=threads)
    with FITS("vault://x", threads=4) as fits:
        len(fits)
        for use in (fits.close, fits[0].read, lambda: fits[0][0, 0]):
            made.use = use
            with pytest.raises(rustfits.FITSIOError, match="uses the FITS file that called it"):
                fits[0].read()
        made.use = None
        np.testing.assert_array_equal(fits[0].read(), IMAGE)


def test_memory_is_read_without_a_copy(vault: Vault, content: bytes) -> None:
    peeked = 0

    class Mapped(Reading):
        def peek(self, offset: int, count: int) -> memoryview:
            nonlocal peeked
            peeked += count
            return memoryview(self.data)[offset : offset + count]

    register_driver("vault", lambda name, mode: Mapped(content))
    with FITS("vault://x") as fits:
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    assert peeked >= IMAGE.nbytes


def test_broken_objects(vault: Vault, content: bytes) -> None:
    def serve(**members: Any) -> None:
        kind = type("Broken", (Reading,), {})
        made = kind(content)
        for name, value in members.items():
            setattr(made, name, value)
        register_driver("vault", lambda name, mode: made)

    mine = RuntimeError("mine")

    def fail(offset: int, count: int) -> bytes:
        if offset > 5_000_000:
            raise mine
        return content[offset : offset + count]

    for members, kind, part in [
        ({"read_at": fail}, RuntimeError, "mine"),
        ({"read_at": lambda offset, count: None}, BlockingIOError, "read_at"),
        ({"read_at": lambda offset, count: "text"}, TypeError, "read_at"),
        ({"read_at": lambda offset, count: bytes(count + 1)}, ValueError, "at most"),
        ({"size": -1}, ValueError, "size is -1"),
        ({"size": "7"}, TypeError, "size is str"),
    ]:
        serve(**members)
        with pytest.raises(kind, match=part):
            FITS("vault://x").to_bytes()


def test_schemes_of_the_library_are_kept() -> None:
    for scheme in ("http", "mem", "file", "s3"):
        with pytest.raises(rustfits.FITSValueError, match="replace=True"):
            register_driver(scheme, Vault().open)
    with pytest.raises(rustfits.FITSValueError, match="has not made"):
        register_driver("http", None)
    vault = Vault()
    register_driver("http", vault.open, replace=True)
    try:
        with pytest.raises(rustfits.FITSNotFoundError, match="not in the vault"):
            FITS("http://127.0.0.1:9/x")
        assert drivers()["http"].by == "register_driver"
    finally:
        register_driver("http", None)
    with pytest.raises(rustfits.FITSNetworkError):
        FITS("http://127.0.0.1:9/x")
    assert drivers()["http"].by == "pycurl"


def test_removed_schemes_are_unknown(vault: Vault, content: bytes) -> None:
    register_driver("vault2", vault.open)
    vault.files["vault2://x"] = bytearray(content)
    with FITS("vault2://x") as fits:
        register_driver("vault2", None)
        np.testing.assert_array_equal(fits[0].read(), IMAGE)
    with pytest.raises(rustfits.FITSDriverError, match="unknown scheme"):
        FITS("vault2://x")
    for _ in range(200):  # the table has room for 64 rows
        register_driver("vault2", vault.open)
        register_driver("vault2", None)


@pytest.mark.parametrize("scheme", ["", "A", "a://", "1a", "a b", "a" * 33, "ä"])
def test_invalid_schemes(scheme: str) -> None:
    with pytest.raises(rustfits.FITSValueError, match="invalid scheme"):
        register_driver(scheme, Vault().open)


def test_invalid_arguments(vault: Vault) -> None:
    with pytest.raises(rustfits.FITSTypeError):
        register_driver(b"vault", vault.open)  # type: ignore[arg-type]
    with pytest.raises(rustfits.FITSTypeError):
        register_driver("vault", 7)  # type: ignore[arg-type]


# ---- the table ----


def test_the_table_of_drivers(vault: Vault) -> None:
    table = drivers()
    assert table["file"] == rustfits.Driver("file", "scheme", "", True, True, "rustfits", "")
    assert table["vault"].write and table["vault"].by == "register_driver"
    assert table["https"].read and table["https"].by == "pycurl"
    assert table["gzip"].suffix == ".gz" and table["gzip"].write
    assert table["memory"].read and table["memory"].write and table["memory"].by == "fsspec"
    assert all(row.read or row.install for row in table)
    rows = [(row.kind, row.name) for row in table]  # fsspec has a scheme "zip"
    assert len(rows) == len(set(rows))
    lines = str(table).splitlines()
    assert len(lines) == len(table) + 1 and lines[0].split()[:4] == [
        "Name",
        "Kind",
        "Read",
        "Write",
    ]
    with pytest.raises(KeyError):
        table["none"]


def test_the_table_says_what_opening_says() -> None:
    for row in drivers():
        if row.kind == "scheme" and not row.read and row.name.isalpha():
            with pytest.raises(rustfits.FITSNotBuiltError):
                FITS(f"{row.name}://host/x")


def test_the_command_prints_the_table() -> None:
    command = [sys.executable, "-m", "rustfits", "drivers"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    lines = ran.stdout.splitlines()
    assert lines[0].split()[:4] == ["Name", "Kind", "Read", "Write"]
    assert any(line.split()[:5] == ["file", "scheme", "yes", "yes", "rustfits"] for line in lines)
    assert not ran.stderr


def test_the_table_imports_no_package() -> None:
    code = (
        "import sys, rustfits; before = set(sys.modules); rustfits.drivers(); "
        "print({name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
