# SPDX-License-Identifier: BSD-3-Clause
"""A new HDU is there with all of its data, or not at all."""

from __future__ import annotations

import resource
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from support.compressed import verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from rustfits import FITS

_PIXELS = np.arange(300 * 400, dtype="i4").reshape(300, 400)
_CELLS: Any = np.empty(400, object)
_CELLS[:] = [np.arange(i % 90, dtype="i4") for i in range(400)]

_MAKERS: dict[str, Callable[[FITS], object]] = {
    "image": lambda f: f.write_image(_PIXELS, extname="NEW"),
    "converted image": lambda f: f.write_image(_PIXELS.T.astype(">i4"), extname="NEW"),
    "tiles": lambda f: f.write_image(_PIXELS * 7919 % 10007, extname="NEW", compress="gzip"),
    "table": lambda f: f.write_table({"a": np.arange(60000)}, extname="NEW"),
    "arrays": lambda f: f.write_table({"v": _CELLS}, extname="NEW", var_dtypes={"v": "i4"}),
    "packed table": lambda f: f.write_table(
        {"a": np.arange(90000) ** 2 % 10007}, extname="NEW", compress="gzip"
    ),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file.fits"
    rustfits.write(path, np.ones(100))
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are those of POSIX")
@pytest.mark.parametrize("make", _MAKERS.values(), ids=_MAKERS)
def test_a_write_that_fails_leaves_the_file_as_it_was(
    make: Callable[[FITS], object], path: Path
) -> None:
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with rustfits.FITS(path, "r+") as f:
            resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, limits[1]))
            with pytest.raises(rustfits.FITSIOError):
                make(f)
            assert path.read_bytes() == before
            assert len(f) == 1
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            make(f)  # the handle is as good as before
            assert len(f) == 2
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    verify(path)
    with rustfits.FITS(path) as f:
        assert f["NEW"].index == 1


def test_data_that_cannot_be_written_leave_no_hdu(path: Path) -> None:
    before = path.read_bytes()
    with rustfits.FITS(path, "r+") as f:
        with pytest.raises(rustfits.FITSError):
            f.write_image(np.ma.MaskedArray(_PIXELS, _PIXELS % 2), extname="NEW")  # no BLANK
        with pytest.raises(rustfits.FITSError):
            f.write_image(_PIXELS - 5, extname="NEW", compress="plio")
        assert len(f) == 1
    assert path.read_bytes() == before


def test_threads_append_whole_hdus(path: Path) -> None:
    def work(f: FITS, number: int) -> None:
        for turn in range(6):
            name = f"{number}-{turn}"
            if number % 2:
                f.write_table({"a": np.full(400, number), "v": _CELLS}, extname=name)
            else:
                f.write_image(np.full((90, 80), number, "i2"), extname=name)
            assert name in f

    with rustfits.FITS(path, "r+") as f:
        threads = [threading.Thread(target=work, args=(f, number)) for number in range(4)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            for hdu in f:  # each visible HDU is complete
                if hdu.index and isinstance(hdu, rustfits.ImageHDU):
                    assert (hdu.read() == int(hdu.extname[0])).all()
        for thread in threads:
            thread.join()
        assert len(f) == 25
    verify(path)
    with astropy_fits.open(path) as other:
        assert {hdu.name for hdu in other[1:]} == {f"{n}-{t}" for n in range(4) for t in range(6)}
        for hdu in other[1:]:
            values = hdu.data["a"] if hdu.is_image is False else hdu.data
            assert (values == int(hdu.name[0])).all()
