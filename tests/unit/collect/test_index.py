# SPDX-License-Identifier: BSD-3-Clause
"""`index` lists what `FITS` and `info` find in each file."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits

CORPUS = os.environ.get("RUSTFITS_CORPUS", "")
CRASHERS = Path(__file__).parents[2] / "crashers" / "inputs"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    path = tmp_path / "mixed.fits"
    rows = np.zeros(7, [("a", "i4"), ("b", "f8")])
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(np.zeros((2, 3), "u2"))
        fits.write_image(np.zeros((20, 30), "f4"), extname="SCI", extver=4, compress="gzip_2")
        fits.write_table(rows, extname="CAT")
        fits.write_table(rows, compress={"a": "rice", "b": "gzip_2"})
        fits.create_ascii_table_hdu([("x", "f8")], 3)
    return path


def test_a_row_for_each_hdu(mixed: Path) -> None:
    table = rustfits.index([mixed, str(mixed)])
    assert len(table) == 10
    assert set(table["file"]) == {str(mixed)}
    half = table[:5]
    assert half["index"].tolist() == [0, 1, 2, 3, 4]
    assert half["kind"].tolist() == [
        "image",
        "compressed image",
        "table",
        "compressed table",
        "ascii table",
    ]
    assert half["name"].tolist() == ["", "SCI", "CAT", "", ""]
    assert half["version"].tolist() == [1, 4, 1, 1, 1]
    assert half["shape"].tolist() == [(2, 3), (20, 30), (7, 2), (7, 2), (3, 1)]
    assert half["dtype"].tolist() == ["uint16", "float32", "", "", ""]
    assert half["compression"].tolist() == ["", "GZIP_2", "", "RICE_1,GZIP_2", ""]
    assert table[5:].tolist() == half.tolist()
    with astropy_fits.open(mixed, disable_image_compression=True) as hdus:
        for row, hdu in zip(half, hdus, strict=True):
            info = hdu.fileinfo()
            assert row["header_offset"] == info["hdrLoc"]
            assert row["data_offset"] == info["datLoc"]
            assert row["data_bytes"] == hdu.size


def test_input_kinds(mixed: Path, tmp_path: Path) -> None:
    memory = io.BytesIO(mixed.read_bytes())
    assert len(rustfits.index(memory)) == 5
    assert rustfits.index([mixed, memory])["file"].tolist()[5:] == ["<BytesIO object>"] * 5
    assert len(rustfits.index(str(tmp_path / "*.fits"))) == 5
    assert len(rustfits.index(iter([mixed] * 3), threads=3)) == 15
    assert rustfits.index([]).dtype.names is not None
    many = rustfits.index([mixed] * 1200, progress=False)
    assert len(many) == 6000
    assert many["index"].tolist() == [0, 1, 2, 3, 4] * 1200


def test_a_bad_file_is_a_row_or_an_error(mixed: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.fits"
    broken.write_bytes(mixed.read_bytes() + b"XTENSION= 'IMAGE   '".ljust(80) + b" " * 2000)
    none = tmp_path / "none.fits"
    table = rustfits.index([mixed, broken, none, mixed], errors="row")
    assert len(table) == 5 + 6 + 1 + 5
    bad = table[table["error"] != ""]
    assert bad["file"].tolist() == [str(broken), str(none)]
    assert bad["kind"].tolist() == ["", ""]
    assert bad["index"].tolist() == [5, 0]
    assert "broken.fits[5]: header without END" in bad["error"][0]
    for threads in (1, 3):
        with pytest.raises(rustfits.FITSTruncatedError, match=r"broken.fits\[5\]") as raised:
            rustfits.index([mixed] * 200 + [broken, none], threads=threads)
        assert raised.value.hdu == 5
        with pytest.raises(rustfits.FITSNotFoundError, match=r"none\.fits"):
            rustfits.index([mixed] * 200 + [none, broken], threads=threads)
    with pytest.raises(rustfits.FITSTruncatedError):
        rustfits.index(io.BytesIO(broken.read_bytes()))


def compare(paths: list[Path]) -> None:
    """Compare with `FITS`, file by file."""
    table = rustfits.index(paths, errors="row")
    rows: dict[str, list[Any]] = {}
    for row in table:
        rows.setdefault(row["file"], []).append(row)
    for path in paths:
        found = rows[str(path)]
        try:
            fits = rustfits.FITS(path)
        except (rustfits.FITSError, OSError) as failure:
            assert [row["error"] for row in found] == [str(failure)]
            continue
        with fits:
            hdus = list(fits)
            broken = fits._file.count()[1]
            assert len(found) == len(hdus) + (broken is not None)
            if broken is not None:
                assert found[-1]["error"] == str(broken)
            for row, hdu in zip(found, hdus, strict=False):
                assert (row["kind"], row["name"], row["version"]) == (
                    hdu.kind,
                    hdu.extname or "",
                    hdu.extver,
                )
                if row["error"]:
                    with pytest.raises(rustfits.FITSError):
                        _ = hdu.shape, hdu.compression
                elif isinstance(hdu, rustfits.ImageHDU):
                    assert row["shape"] == hdu.shape
                    assert row["dtype"] == (hdu.dtype.name if hdu.shape else "")
                elif hasattr(hdu, "nrows"):
                    assert row["shape"] == (hdu.nrows, hdu.ncols)


@pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")
def test_crashers() -> None:
    compare(sorted(path for path in CRASHERS.iterdir() if path.is_file()))


@pytest.mark.skipif(not CORPUS, reason="RUSTFITS_CORPUS is not set")
@pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")
def test_corpus() -> None:
    paths = sorted(path for path in Path(CORPUS).rglob("*") if path.is_file())
    compare([path for path in paths if path.stat().st_size < 2_000_000])
