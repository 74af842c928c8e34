# SPDX-License-Identifier: BSD-3-Clause
"""What names may reach: ``schemes=`` and RUSTFITS_SCHEMES."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

import rustfits
import rustfits.fitsio
from rustfits import FITS, FITSSchemeError, Remote
from servers import fault_server, http_server


@pytest.fixture
def root(tmp_path: Path) -> Path:
    rustfits.write(tmp_path / "a.fits", np.arange(6, dtype="i2"))
    return tmp_path


def pack_from(name: str, **options: Any) -> None:
    rustfits.pack(name, Path(os.environ["HERE"]) / "out.fz", **options)


READERS: list[Callable[..., object]] = [
    FITS,
    rustfits.read,
    rustfits.read_header,
    lambda name, **options: rustfits.read_header(name, "NONE", **options),
    lambda name, **options: FITS(name, "r+", **options),
    pack_from,
    rustfits.fitsio.FITS,
    rustfits.fitsio.read,
    rustfits.fitsio.read_header,
]
WRITERS: list[Callable[..., object]] = [
    lambda name, **options: FITS(name, "w+", **options),
    lambda name, **options: rustfits.write(name, np.zeros(3), **options),
    lambda name, **options: rustfits.write_image(name, np.zeros(3), **options),
    lambda name, **options: rustfits.write_table(name, {"a": np.zeros(3)}, **options),
    lambda name, **options: rustfits.fitsio.FITS(name, "rw", **options),
    lambda name, **options: rustfits.fitsio.write(name, np.zeros(3), clobber=True, **options),
]


@pytest.mark.parametrize("call", READERS)
@pytest.mark.parametrize("how", ["argument", "environment"])
def test_only_allowed_schemes_are_reached(
    root: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[..., object], how: str
) -> None:
    monkeypatch.setenv("HERE", str(root))
    with http_server(root) as server:
        before = len(server.requests())
        for name in (server.url("a.fits"), "HTTP" + server.url("a.fits")[4:], "s3://b/k"):
            if how == "argument":
                with pytest.raises(FITSSchemeError, match="not allowed") as caught:
                    call(name, schemes={"file", "mem"})
            else:
                monkeypatch.setenv("RUSTFITS_SCHEMES", "file mem")
                with pytest.raises(FITSSchemeError, match="RUSTFITS_SCHEMES allows") as caught:
                    call(name)
            assert isinstance(caught.value, PermissionError)
            assert caught.value.code == "RF_ERR_SCHEME"
        assert len(server.requests()) == before
    with pytest.raises(FITSSchemeError, match="'file' is not allowed"):
        call(root / "a.fits", schemes=["mem"])
    with pytest.raises(FITSSchemeError, match="'file' is not allowed"):
        call((root / "a.fits").as_uri(), schemes=["http", "https"])


@pytest.mark.parametrize("call", WRITERS)
def test_nothing_is_written_where_it_is_not_allowed(
    root: Path, call: Callable[..., object]
) -> None:
    before = (root / "a.fits").read_bytes()
    for name in (root / "a.fits", (root / "a.fits").as_uri(), root / "new.fits"):
        with pytest.raises(FITSSchemeError):
            call(str(name), schemes={"mem", "https"})
    with pytest.raises(FITSSchemeError):
        call("memkeep://new", schemes={"file"})
    assert (root / "a.fits").read_bytes() == before
    assert not (root / "new.fits").exists()


def test_memory_is_always_allowed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUSTFITS_SCHEMES", "file")
    with FITS("mem://", "w+", schemes=()) as fits:
        fits.write(np.zeros(3))
    # What cannot be compressed is found out in memory.
    rustfits.write(root / "packed.fits", np.zeros((8, 8), "i2"), compress="PLIO_1")
    assert rustfits.read(root / "packed.fits").shape == (8, 8)


def test_allowed_names_are_reached(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with http_server(root) as server:
        for name, schemes in (
            (server.url("a.fits"), ("HTTP",)),
            (root / "a.fits", ["file"]),
            ((root / "a.fits").as_uri(), iter(["https", "file"])),
        ):
            assert rustfits.read(name, schemes=schemes).tolist() == [0, 1, 2, 3, 4, 5]
        monkeypatch.setenv("RUSTFITS_SCHEMES", "http, mem")
        assert rustfits.read(server.url("a.fits")).tolist() == [0, 1, 2, 3, 4, 5]
        with pytest.raises(FITSSchemeError):  # the environment cannot be widened
            FITS(root / "a.fits", schemes={"file"})
        with pytest.raises(FITSSchemeError):
            FITS(server.url("a.fits"), schemes={"mem"})
        monkeypatch.setenv("RUSTFITS_SCHEMES", "")
        rustfits.read(root / "a.fits")
    with FITS.from_bytes((root / "a.fits").read_bytes()) as fits:
        assert len(fits) == 1
    with pytest.raises(FITSSchemeError):
        FITS(root / "a.fits", schemes=())


@pytest.mark.parametrize(
    "wrong", ["file", b"file", 5, ["file://"], [""], ["a b"], ["fi\0le"], [5], [None]]
)
def test_an_invalid_set_of_schemes_is_refused(root: Path, wrong: Any) -> None:
    for call in (FITS, rustfits.read, rustfits.read_header, rustfits.fitsio.FITS):
        with pytest.raises((TypeError, ValueError), match="scheme"):
            call(root / "a.fits", schemes=wrong)


def test_redirects_lead_only_where_it_is_allowed(root: Path) -> None:
    with http_server(root) as target, fault_server(root) as server:
        for scheme in ("https", "HTTPS"):
            url = server.url("to") + "?" + scheme + target.url("a.fits")[4:]
            with pytest.raises(FITSSchemeError, match="redirects to") as caught:
                FITS(url, schemes={"http"}, remote=Remote(retries=0))
            assert caught.value.filename == url
        before = len(target.requests())
        plain = server.url("to") + "?" + target.url("a.fits")
        assert rustfits.read(plain, schemes={"http"}).tolist() == [0, 1, 2, 3, 4, 5]
        assert len(target.requests()) > before
        for scheme in ("file://", "ftp://h", "gopher://h"):
            with pytest.raises(rustfits.FITSError, match="neither http nor https"):
                FITS(server.url("to") + f"?{scheme}/etc/passwd", remote=Remote(retries=0))


def test_every_link_of_a_chain_is_looked_at(root: Path) -> None:
    memory = fsspec.filesystem("memory")
    memory.pipe_file("/a.fits", (root / "a.fits").read_bytes())
    assert rustfits.read("memory://a.fits", schemes={"memory"}).tolist() == [0, 1, 2, 3, 4, 5]
    with pytest.raises(FITSSchemeError, match="'memory' is not allowed"):
        rustfits.read("memory://a.fits", schemes={"file", "http"})
    for name, refused in (
        ("memory://a.fits::http://127.0.0.1:1/a", "http"),
        ("memory://a.fits::simplecache::http://127.0.0.1:1/a", "simplecache"),
        (f"memory://a.fits::{root}/a.fits", "file"),
        (f"memory://a.fits::file://{root}/a.fits", "file"),
        ("memory://a.fits::", "file"),
    ):
        with pytest.raises(FITSSchemeError, match=f"'{refused}' is not allowed"):
            rustfits.read(name, schemes={"memory"})


def test_commands_take_schemes(root: Path) -> None:
    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "rustfits", "pack", *arguments],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, **more},
        )

    assert run("--schemes", "file", "a.fits", "out.fz").returncode == 0
    assert run("--schemes", "https", "a.fits", "o.fz", "--overwrite").returncode == 1
    assert run("a.fits", "o.fz", RUSTFITS_SCHEMES="https").returncode == 1
    done = run("--schemes", "file,mem", "http://127.0.0.1:1/a.fits", "o.fz")
    assert done.returncode == 1
    assert "not allowed" in done.stderr
    assert not (root / "o.fz").exists()
