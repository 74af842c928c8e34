# SPDX-License-Identifier: BSD-3-Clause
"""Random edits of tiles and of cells of variable length, killed at a random write: each is old or new.

The edit runs in a process of its own under torture/shim.c, which kills it at its N-th write, or in
the middle of that write where a page ends. What it leaves is judged tile by tile, cell by cell.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import given, settings
from hypothesis import strategies as st

import rustfits
from support import TESTS
from torture import shim

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the shim is for Linux")

_TILE = (7, 11)
_SHAPE = (90, 60)
_CELLS = 700


def pixels(kind: str, seed: int) -> Any:
    """Pixels that take more or fewer bytes, by the seed."""
    rng = np.random.default_rng(seed)
    most = (3, 60000, 900)[seed % 3]
    return rng.normal(0, most, _SHAPE).astype(kind) + np.ones((), kind)


def cells(seed: int, count: int) -> Any:
    made = np.empty(count, object)
    rng = np.random.default_rng(seed)
    made[:] = [rng.integers(0, 99, rng.integers(0, 9 + seed % 90)).astype("i2") for _ in made]
    return made


def compression(codec: str) -> dict[str, Any]:
    options: dict[str, Any] = {"compress": rustfits.Gzip1(tile_shape=_TILE)}
    if codec != "gzip":
        options = {"compress": rustfits.Rice1(tile_shape=_TILE)}
    if codec == "quantized":
        options["quantize"] = rustfits.Quantize(level=8.0, method="dither2", seed=3)
    return options


def build(path: Path, codec: str) -> None:
    """Two HDUs of tiles and cells behind each other, with room in their heaps."""
    with rustfits.FITS(path, "w+") as f:
        kind = "f4" if codec == "quantized" else "i4"
        f.write_image(pixels(kind, 1), **compression(codec))
        # rows of 13 and 21 bytes: many descriptors lie in two pages
        table = {"x": np.zeros((_CELLS, 5), "u1"), "v": cells(2, _CELLS), "w": cells(3, _CELLS)}
        f.write_table(table, var_dtypes={"v": "i2", "w": "i2"})


def edit(path: Path, what: str, first: int, count: int, seed: int) -> None:
    """Make one edit, which the test kills."""
    with rustfits.FITS(path, "r+") as f:
        if what == "tiles":
            kind = f[1].dtype.str
            f[1][first : first + count] = pixels(kind, seed)[first : first + count]
        elif what == "append":
            more = {"x": np.ones((count, 5), "u1"), "v": cells(seed, count), "w": cells(7, count)}
            f[2].append(more)
        elif what == "extend":
            f[1].extend(pixels(f[1].dtype.str, seed)[:count])
        elif what == "pixels":
            f[1][first : first + count : 3, ::7] = 5
        else:
            last = min(8 * (first + count), _CELLS)
            f[2][what][8 * first : last] = cells(seed, _CELLS)[8 * first : last]


def tiles_of(image: Any) -> list[bytes]:
    rows, columns = _TILE
    return [
        np.ascontiguousarray(image[y : y + rows, x : x + columns]).tobytes()
        for y in range(0, image.shape[0], rows)
        for x in range(0, image.shape[1], columns)
    ]


def state(path: Path) -> list[list[bytes]]:
    with rustfits.FITS(path) as f:
        table = f[2].read()
        return [
            tiles_of(f[1].read()),
            [cell.tobytes() for cell in table["v"]],
            [cell.tobytes() for cell in table["w"]],
            [row.tobytes() for row in table["x"]],
        ]


def run_killed(path: Path, arguments: list[Any], action: int, turn: int, library: Path) -> int:
    """Run the edit in a process that is killed at a write; give its exit status."""
    code = (
        "import json, sys; sys.path[:0] = sys.argv[1:3]; import test_tiles_killed as t;"
        "from pathlib import Path; from torture.shim import Shim;"
        "path, arguments, action, turn = json.loads(sys.argv[3]); path = Path(path);"
        "Shim().arm(path.parent, action, turn); t.edit(path, *arguments)"
    )
    given = json.dumps([str(path), arguments, action, turn])
    command = [sys.executable, "-c", code, str(TESTS), str(Path(__file__).parent), given]
    return subprocess.run(command, env=shim.environment(library), timeout=60).returncode


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shim.compile_shim(tmp_path_factory.mktemp("shim"))


@pytest.mark.parametrize("codec", ["rice", "quantized", "gzip"])
def test_each_tile_and_cell_is_old_or_new(
    codec: str, library: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("killed")
    base, path = folder / "base", folder / "below" / "file.fits"
    path.parent.mkdir()
    build(base, codec)

    @settings(max_examples=3, deadline=None, database=None)
    @given(
        st.sampled_from(["tiles", "pixels", "v", "w"]),
        st.integers(0, 60),
        st.integers(1, 30),
        st.integers(0, 8),
        st.integers(1, 14),
        st.sampled_from([shim.KILL, shim.TEAR]),
    )
    def check(what: str, first: int, count: int, seed: int, turn: int, action: int) -> None:
        arguments = [what, first, count, seed]
        shutil.copyfile(base, path)
        old = state(path)
        edit(path, *arguments)
        new = state(path)
        shutil.copyfile(base, path)
        killed = run_killed(path, arguments, action, turn, library)
        assert killed in (0, -9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rustfits.FITS(path, "r+") as f:  # finishes what moved
                len(f)
        for left, before, after in zip(state(path), old, new, strict=True):
            assert len(left) == len(before)
            assert all(part in (a, b) for part, a, b in zip(left, before, after, strict=True))
        if not killed:
            assert state(path) == new
        with astropy_fits.open(path) as other:
            mine = rustfits.read(path, 1)
            if codec != "quantized":
                np.testing.assert_array_equal(other[1].data, mine)
            assert len(other[2].data["v"]) == _CELLS

    check()


@pytest.mark.parametrize(
    ("what", "count", "step"), [("append", 300, 5), ("extend", 40, 11)], ids=["rows", "image"]
)
def test_a_killed_append_is_complete_or_absent(
    what: str, count: int, step: int, library: Path, tmp_path: Path
) -> None:
    """Rows with their cells, and planes of a compressed image: no empty cells, no zeros."""
    base, path = tmp_path / "base", tmp_path / "below" / "file.fits"
    path.parent.mkdir()
    build(base, "gzip")
    old = state(base)
    arguments = [what, 0, count, 5]
    shutil.copyfile(base, path)
    edit(path, *arguments)
    new, seen, turn, killed = state(path), set(), 1, -9
    while killed:
        shutil.copyfile(base, path)
        killed = run_killed(path, arguments, shim.KILL, turn, library)
        turn += step
        assert killed in (0, -9)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with rustfits.FITS(path, "r+") as f:  # finishes what moved
                assert len(f) == 3
        found = state(path)
        assert found in (old, new)
        seen.add(found == new)
        with astropy_fits.open(path) as other:
            assert tiles_of(other[1].data.astype("i4")) == found[0]
            assert [cell.astype("i2").tobytes() for cell in other[2].data["w"]] == found[2]
    assert seen == {False, True}


def test_room_of_old_tiles_is_used_again(tmp_path: Path) -> None:
    path = tmp_path / "again.fits"
    image = pixels("i4", 1)
    with rustfits.FITS(path, "w+") as f:
        f.write_image(image, compress=rustfits.Rice1(tile_shape=_TILE))
    size = os.path.getsize(path)
    with rustfits.FITS(path, "r+") as f:
        for turn in range(60):
            rows = slice(turn % 9 * 10, turn % 9 * 10 + 10)
            image[rows] = image[rows][::-1]
            f[1][rows] = image[rows]
        np.testing.assert_array_equal(f[1].read(), image)
    assert os.path.getsize(path) < 2.5 * size
    with rustfits.FITS(path, "r+") as f:
        f[1].repack()
        np.testing.assert_array_equal(f[1].read(), image)
    assert os.path.getsize(path) <= size + 2880
