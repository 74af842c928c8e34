# SPDX-License-Identifier: BSD-3-Clause
"""RICE_1 and PLIO_1 streams against cfitsio's codecs: those that astropy carries, fitsio's and fpack's files."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import fitsio
import numpy as np
import numpy.typing as npt
import pytest
from astropy.io import fits as astropy_fits
from astropy.io.fits.hdu.compressed._codecs import PLIO1, Rice1
from hypothesis import given, settings
from hypothesis import strategies as st

from support import ROOT
from support.c_library import run

Values = npt.NDArray[np.signedinteger]

SOURCES = [
    "tests/c/programs/tile_probe.c",
    *(f"csrc/codec/{name}.c" for name in ("rice", "rice_encode", "rice_decode", "plio")),
    *(f"csrc/base/{name}.c" for name in ("bytes", "error", "escape")),
]


class Probe:
    """Our codecs, in a process of their own."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def close(self) -> None:
        """End the process, which must not have failed."""
        self._process.communicate()
        assert self._process.returncode == 0

    def _ask(
        self, verb: str, name: str, width: int, count: int, blocksize: int, body: bytes
    ) -> bytes:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        head = f"{verb} {name} {width} {count} {blocksize} {len(body)}\n"
        self._process.stdin.write(head.encode() + body)
        self._process.stdin.flush()
        word, *numbers = self._process.stdout.readline().split()
        answer = self._process.stdout.read(int(numbers[-1]))
        if word != b"ok":
            raise ValueError(answer.decode())
        return answer

    def encode(self, name: str, values: Values, blocksize: int = 32) -> bytes:
        """Give the stream of a tile."""
        return self._ask(
            "encode", name, values.dtype.itemsize, values.size, blocksize, values.tobytes()
        )

    def decode(
        self, name: str, stream: bytes, width: int, count: int, blocksize: int = 32
    ) -> Values:
        """Give the values of a tile, `width` bytes each."""
        return np.frombuffer(
            self._ask("decode", name, width, count, blocksize, stream), f"i{width}"
        )


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Probe]:
    program = tmp_path_factory.mktemp("probe") / "tile_probe"
    flags = ["-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror"]
    run(
        ["cc", *flags, "-Icsrc", "-Icsrc/include", "-o", str(program), *SOURCES],
        cwd=ROOT,
    )
    made = Probe(program)
    yield made
    made.close()


# --- the codecs that astropy carries ---


def spread(width: int) -> st.SearchStrategy[int]:
    """Draw the distance of neighbours. Each number of bits has the same probability."""
    return st.integers(0, 8 * width).map(lambda bits: 2**bits - 1)


@st.composite
def tiles(draw: st.DrawFn) -> Values:
    """Draw values in runs, each with noise of one width around one level."""
    width = draw(st.sampled_from([1, 2, 4]))
    seeds = np.random.default_rng(draw(st.integers(0, 2**32)))
    parts = draw(
        st.lists(
            st.tuples(st.integers(1, 90), spread(width), spread(width)), min_size=1, max_size=8
        )
    )
    runs = [
        seeds.integers(0, noise, count, endpoint=True, dtype="i8") + level
        for count, noise, level in parts
    ]
    return np.concatenate(runs).astype(f"u{width}").view(f"i{width}")


@settings(max_examples=400, deadline=None)
@given(values=tiles(), blocksize=st.sampled_from([32, 16, 1, 5, 64]))
def test_rice_streams_equal_those_of_cfitsio(probe: Probe, values: Values, blocksize: int) -> None:
    width, count = values.dtype.itemsize, values.size
    codec = Rice1(blocksize=blocksize, bytepix=width, tilesize=count)
    theirs = bytes(codec.encode(values))
    assert probe.encode("RICE_1", values, blocksize) == theirs
    np.testing.assert_array_equal(probe.decode("RICE_1", theirs, width, count, blocksize), values)


@st.composite
def masks(draw: st.DrawFn) -> Values:
    """Draw runs of small and of large numbers, with few enough large ones for the buffer of cfitsio."""
    runs = draw(
        st.lists(
            st.tuples(
                st.one_of(st.integers(1, 4), st.integers(1, 300), st.integers(4090, 4100)),
                st.one_of(st.just(0), st.integers(0, 5), st.integers(0, 4000)),
            ),
            min_size=1,
            max_size=30,
        )
    )
    values = np.concatenate([np.full(n, value, "i4") for n, value in runs])
    if draw(st.booleans()) and values.size > 20:
        values[-20:] = draw(st.integers(0, 2**24 - 1))
    return values


def words(stream: bytes, order: str) -> npt.NDArray[np.int16]:
    """Take a list apart."""
    return np.frombuffer(stream, order + "i2")


@settings(max_examples=400, deadline=None)
@given(values=masks())
def test_plio_lists_equal_those_of_cfitsio(probe: Probe, values: Values) -> None:
    codec = PLIO1(tilesize=values.size)
    theirs = words(codec.encode(values), "=")
    ours = probe.encode("PLIO_1", values)
    # cfitsio loses the zeros before a lone pixel when they are a multiple of 4095.
    if np.array_equal(codec.decode(theirs.view("u1")), values):
        np.testing.assert_array_equal(words(ours, ">"), theirs)
    read_by_cfitsio = codec.decode(words(ours, ">").astype("=i2").view("u1"))
    np.testing.assert_array_equal(read_by_cfitsio, values)
    np.testing.assert_array_equal(probe.decode("PLIO_1", ours, 4, values.size), values)


@pytest.mark.parametrize("multiple", [1, 2, 3])
def test_zeros_before_a_lone_pixel_are_kept(probe: Probe, multiple: int) -> None:
    values = np.zeros(20000, "i4")
    values[4095 * multiple] = 7
    ours = probe.encode("PLIO_1", values)
    codec = PLIO1(tilesize=values.size)
    np.testing.assert_array_equal(codec.decode(words(ours, ">").astype("=i2").view("u1")), values)


# --- what stands in files ---


def cells(path: Path) -> list[tuple[astropy_fits.Header, bytes]]:
    """Give header and stream of each tile of the first compressed image."""
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        (table,) = [hdu for hdu in hdus if "ZCMPTYPE" in hdu.header]
        return [
            (table.header, np.asarray(cell, cell.dtype.newbyteorder(">")).tobytes())
            for cell in table.data["COMPRESSED_DATA"]
        ]


def images(rng: np.random.Generator) -> dict[str, Values]:
    """Images of each type with noise, steps and flat parts."""
    sky = np.rint(rng.normal(100, 12, (40, 77)))
    sky[10:14] = 100
    sky[20, 30:40] += 5000 * rng.random(10)
    return {
        "u1": np.clip(sky, 0, 255).astype("u1"),
        "i2": sky.astype("i2"),
        "i4": (sky * 1000 - 2**31 + 5).astype("i4"),
    }


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4"])
@pytest.mark.parametrize("writer", ["fitsio", "fpack", "astropy"])
def test_rice_cells_of_files(
    probe: Probe, tmp_path: Path, rng: np.random.Generator, dtype: str, writer: str
) -> None:
    image = images(rng)[dtype]
    path = tmp_path / "image.fits.fz"
    if writer == "fitsio":
        fitsio.write(path, image, compress="RICE")
    elif writer == "astropy":
        astropy_fits.CompImageHDU(image, compression_type="RICE_1").writeto(path)
    else:
        plain = tmp_path / "image.fits"
        astropy_fits.PrimaryHDU(image).writeto(plain)
        fpack = shutil.which("fpack")
        assert fpack is not None, "fpack comes with cfitsio's tools"
        run([fpack, "-r", "-O", str(path), str(plain)])
    found = cells(path)
    assert len(found) == len(image)
    signed = image.view("i1") if dtype == "u1" else image
    for (header, stream), row in zip(found, signed, strict=True):
        assert (header["ZNAME1"], header["ZVAL1"]) == ("BLOCKSIZE", 32)
        assert (header["ZNAME2"], header["ZVAL2"]) == ("BYTEPIX", row.dtype.itemsize)
        assert probe.encode("RICE_1", row) == stream
        np.testing.assert_array_equal(
            probe.decode("RICE_1", stream, row.dtype.itemsize, row.size), row
        )


@pytest.mark.parametrize("writer", ["fitsio", "fpack"])
def test_plio_cells_of_files(
    probe: Probe, tmp_path: Path, rng: np.random.Generator, writer: str
) -> None:
    image = (rng.random((30, 500)) < 0.02) * rng.integers(1, 20000, (30, 500))
    image[5:9, 100:300] = 7
    image = np.repeat(image, 3, axis=1).astype("i4")
    path = tmp_path / "mask.fits.fz"
    if writer == "fitsio":
        fitsio.write(path, image, compress="PLIO")
    else:
        plain = tmp_path / "mask.fits"
        astropy_fits.PrimaryHDU(image).writeto(plain)
        fpack = shutil.which("fpack")
        assert fpack is not None, "fpack comes with cfitsio's tools"
        run([fpack, "-p", "-O", str(path), str(plain)])
    found = cells(path)
    assert len(found) == len(image)
    for (_, stream), row in zip(found, image, strict=True):
        assert probe.encode("PLIO_1", row) == stream
        np.testing.assert_array_equal(probe.decode("PLIO_1", stream, 4, row.size), row)


def test_a_corrupt_stream_is_an_error_that_names_the_codec(probe: Probe) -> None:
    stream = probe.encode("RICE_1", np.arange(100, dtype="i4"))
    with pytest.raises(ValueError, match=r"RICE_1 stream of \d+ bytes ends early"):
        probe.decode("RICE_1", stream[:-1], 4, 100)
    with pytest.raises(ValueError, match="RICE_1 stream runs over"):
        probe.decode("RICE_1", stream, 4, 10)
    with pytest.raises(ValueError, match="BLOCKSIZE of 0"):
        probe.decode("RICE_1", stream, 4, 100, blocksize=0)
