# SPDX-License-Identifier: BSD-3-Clause
"""The real files of the astropy wheel read the same by every driver as by their path, plain and gzipped."""

from __future__ import annotations

import gzip
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import astropy
import numpy as np
import pytest

import rustfits
from rustfits import FITS
from servers import Authority, ftp_server, http_server, https_server

ROOT = Path(astropy.__file__).parent
FILES = sorted({*ROOT.rglob("*.fits"), *ROOT.rglob("*.fits.gz")})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy each file twice, plain and gzipped, under a number."""
    folder = tmp_path_factory.mktemp("real")
    for number, path in enumerate(FILES):
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        (folder / f"{number}.fits").write_bytes(content)
        (folder / f"{number}.fits.gz").write_bytes(gzip.compress(content, 1))
    return folder


@pytest.fixture(scope="module")
def urls(folder: Path) -> Iterator[dict[str, Callable[[str], str]]]:
    authority = Authority(folder)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CURL_CA_BUNDLE", str(authority.bundle))
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        servers = {
            "http": http_server(folder),
            "https": https_server(folder, authority=authority),
            "ftp": ftp_server(folder),
            "ftps": ftp_server(folder, tls=True, authority=authority),
        }
        yield {scheme: stack.enter_context(server).url for scheme, server in servers.items()}


def contents(fits: FITS) -> list[np.ndarray | None]:
    return [hdu.read() if hdu.has_data else None for hdu in fits]


def same(ours: np.ndarray | None, theirs: np.ndarray | None) -> bool:
    if ours is None or theirs is None or ours.dtype != theirs.dtype or ours.shape != theirs.shape:
        return ours is theirs
    if ours.dtype.hasobject:
        return repr(ours.tolist()) == repr(theirs.tolist())
    return ours.tobytes() == theirs.tobytes()


@pytest.mark.parametrize("suffix", [".fits", ".fits.gz"])
@pytest.mark.parametrize("driver", ["path", "memory", "http", "https", "ftp", "ftps"])
def test_real_files_read_the_same_by_every_driver(folder, urls, driver, suffix):
    compared = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", rustfits.FITSWarning)  # many of these files are damaged
        for number, path in enumerate(FILES):
            try:
                with FITS(folder / f"{number}.fits") as fits:
                    expected = contents(fits)
            except rustfits.FITSError:
                continue
            name = f"{number}{suffix}"
            if driver == "path":
                opened = FITS(folder / name)
            elif driver == "memory":
                opened = FITS.from_bytes((folder / name).read_bytes())
            else:
                opened = FITS(urls[driver](name))
            with opened as fits:
                found = contents(fits)
            assert len(found) == len(expected), path
            for index, (got, wanted) in enumerate(zip(found, expected, strict=True)):
                assert same(got, wanted), f"{path}[{index}]"
            compared += len(found)
    assert compared > 100
