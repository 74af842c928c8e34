# SPDX-License-Identifier: BSD-3-Clause
"""The cases of `make bench` and the files that they need.

We get one thread, but for the cases that say something else.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from dask_work import make_dask_image
from edit_work import GROWTH, LONG, make_large
from layer_work import HEADER, LAYER
from many_work import FEW, MANY, make_many
from table_work import BLOCK_ROWS, BLOCKS, make_catalogue
from tile_work import PIXELS, ROWS, make_packed, make_pixels

# Of the image on a far server: rows of 8 KiB.
FAR_SIDE = 2048

# Of the headers whose cards are counted.
CARDS = (100, 1000)

# A segment of shared memory.
SEGMENT = "shmem://rustfits-bench"


@contextmanager
def shared_memory(quick: bool) -> Iterator[None]:
    """An image of 512 MB in shared memory, on systems that have it."""
    if sys.platform != "linux":
        yield
        return
    import rustfits

    try:
        rustfits.write(SEGMENT, np.zeros((1024 if quick else 8192, 16384), "f4"))
        yield
    finally:
        rustfits.shmem.unlink(SEGMENT)


@dataclass
class Case:
    """A row of the table."""

    name: str
    action: str
    file: str
    goal: float | None  # least ratio to the best peer
    calls: int = 1
    extra: dict[str, object] = field(default_factory=dict)
    versus: dict[str, float] = field(default_factory=dict)  # least ratio to one peer
    within: tuple[str, float] | None = None  # our own time of another case, at most so many times
    max_bytes: int | None = None  # what we may fetch of the file, or take of memory
    max_seconds: float | None = None  # our own time


def make_files(folder: Path, quick: bool) -> dict[str, tuple[int, int]]:
    """Noise images of every kind, a file of 1000 HDUs, and .gz files made by gzip itself."""
    from astropy.io import fits

    rng = np.random.default_rng(1)
    side = 1024 if quick else 4096
    shapes = {
        "f4": (side, side),
        "i2": (side, side),
        "u2": (side, side),
        "f8": (2 * side, 2 * side),
    }
    for name, shape in shapes.items():
        data = rng.standard_normal(shape, dtype="f4")
        data *= 150
        data += 1000
        data = data.astype(name)
        fits.PrimaryHDU(data).writeto(folder / f"{name}.fits")
        if name in {"f4", "i2"}:
            np.save(folder / f"{name}.npy", data)
            subprocess.run(["gzip", "-k", str(folder / f"{name}.fits")], check=True)
            subprocess.run(["zstd", "-q", "-k", str(folder / f"{name}.fits")], check=True)
    subprocess.run(["gzip", "-1", "-k", str(folder / "f8.fits")], check=True)
    with (folder / "members.fits.gz").open("wb") as members:
        subprocess.run(["bgzip", "-c", str(folder / "f4.fits")], stdout=members, check=True)
    small = fits.PrimaryHDU(np.zeros((10, 10), "i2"))
    small.writeto(folder / "small.fits")
    for count in CARDS:
        values = (1, 2.5, "text", True)
        cards = [(f"K{i}", values[i % 4], f"comment {i}") for i in range(count)]
        header = fits.Header(cards)
        fits.PrimaryHDU(np.zeros(10), header).writeto(folder / f"cards{count}.fits")
    hdus = [small, *(fits.ImageHDU(np.zeros((10, 10), "i2"), name=f"EXT{i}") for i in range(999))]
    fits.HDUList(hdus).writeto(folder / "hdus.fits")
    make_tables(folder, quick)
    make_large(folder)
    make_many(folder)
    make_tiles(folder, side)
    make_dask_image(folder, quick)
    far = rng.standard_normal((FAR_SIDE, FAR_SIDE), dtype="f4")
    fits.PrimaryHDU(far).writeto(folder / "far.fits")
    return shapes


def make_tables(folder: Path, quick: bool) -> None:
    """Two million rows of 59 bytes, and a table as wide as FITS allows."""
    from astropy.io import fits

    rows = make_catalogue(100_000 if quick else 2_000_000)
    np.save(folder / "table.npy", rows)
    fits.BinTableHDU(rows).writeto(folder / "table.fits")
    wide = np.zeros(100, [(f"c{i}", ("i4", "f4", "f8", "i2")[i % 4]) for i in range(999)])
    fits.BinTableHDU(wide).writeto(folder / "wide.fits")


def make_tiles(folder: Path, side: int) -> None:
    """Pixels to compress, and what cfitsio makes of them; fewer for what takes long."""
    for name in PIXELS:
        data = make_pixels(name, side if name in {"rice", "quantized"} else side // 2)
        np.save(folder / f"{name}.npy", data)
        make_packed(folder / f"{name}.fits.fz", name, data)


def make_cases(
    folder: Path,
    url: str,
    far_url: str,
    xrootd_url: str,
    shapes: dict[str, tuple[int, int]],
) -> list[Case]:
    def path(name: str) -> str:
        return str(folder / name)

    def size(name: str) -> str:
        return f"{(folder / name).stat().st_size / 1e6:.0f} MB"

    return [
        Case(f"read f4, {size('f4.fits')}", "read", path("f4.fits"), 1.15, 3),
        Case(f"read f8, {size('f8.fits')}", "read", path("f8.fits"), 1.15),
        two_threads("read f4", f"read f4, {size('f4.fits')}", "read", path("f4.fits"), 3),
        two_threads("read f8", f"read f8, {size('f8.fits')}", "read", path("f8.fits")),
        Case(f"cat {size('f8.fits')} to /dev/null, and a copy", "pipe_copy", path("f8.fits"), None),
        *(
            Case(
                f"read f8 from a pipe{how}",
                action,
                path("f8.fits"),
                None,
                within=(f"cat {size('f8.fits')} to /dev/null, and a copy", 1.5),
            )
            for how, action in (("", "pipe_read"), (", forward", "pipe_forward"))
        ),
        Case(f"read i2, {size('i2.fits')}", "read", path("i2.fits"), 1.15, 5),
        Case(f"read u2, {size('u2.fits')}", "read", path("u2.fits"), 1.6, 5),
        Case(
            "1000 stamps of 32×32 f4",
            "stamps",
            path("f4.fits"),
            None,
            3,
            {"shape": shapes["f4"]},
            {"astropy": 1.0, "fitsio": 5.0},
        ),
        Case("open, read header", "header", path("small.fits"), 1.2, 300),
        Case("open, one keyword", "keyword", path("small.fits"), 1.0, 300),
        Case("open, read 10×10 i2", "read", path("small.fits"), 1.0, 300),
        Case("count 1000 HDUs", "count", path("hdus.fits"), 5.0, 3),
        Case(
            f"write f4, {size('f4.fits')}",
            "write",
            path("out.fits"),
            1.3,
            1,
            {"data": path("f4.npy")},
        ),
        Case(
            "write f4, not atomic",
            "plain_write",
            path("out.fits"),
            None,
            extra={"data": path("f4.npy")},
            within=(f"write f4, {size('f4.fits')}", 1.0),
        ),
        Case(f"read f4 .gz, {size('f4.fits.gz')}", "read", path("f4.fits.gz"), 1.3),
        Case(f"read i2 .gz, {size('i2.fits.gz')}", "read", path("i2.fits.gz"), 1.3),
        Case(
            f"read f4 .zst, {size('f4.fits.zst')}",
            "read",
            path("f4.fits.zst"),
            None,
            within=(f"read f4 .gz, {size('f4.fits.gz')}", 0.5),
        ),
        Case("header of the f4 .gz", "header", path("f4.fits.gz"), 20.0),
        *index_cases(folder),
        Case("write f4 .gz", "write", path("out.fits.gz"), 3.0, 1, {"data": path("f4.npy")}),
        Case("write i2 .gz", "write", path("out.fits.gz"), 3.0, 1, {"data": path("i2.npy")}),
        Case(f"http, {size('f4.fits')}, nginx", "read", f"{url}f4.fits", 2.5),
        Case("shared memory, 512 MB: open, view", "view", SEGMENT, None, max_seconds=1e-3),
        Case("the same: memory of a reader", "view_memory", SEGMENT, None, max_bytes=1 << 20),
        *far_cases(f"{far_url}far.fits", f"{xrootd_url}far.fits"),
        *table_cases(folder),
        *edit_cases(folder),
        *tile_cases(folder),
        *layer_cases(folder, size("f4.fits")),
        *dask_cases(folder),
    ]


def index_cases(folder: Path) -> list[Case]:
    """A section of a large .gz through its index, and members on two threads."""
    large, members = folder / "f8.fits.gz", str(folder / "members.fits.gz")
    whole = f"read f8 .gz, {large.stat().st_size / 1e6:.0f} MB"
    return [
        Case(whole, "read", str(large), None),
        Case("32×32 of the f8 .gz, indexed", "indexed", str(large), None, 3, within=(whole, 0.02)),
        Case("read f4 .gz by bgzip", "read", members, None),
        two_threads("read f4 .gz by bgzip", "read f4 .gz by bgzip", "read", members),
    ]


def two_threads(name: str, alone: str, action: str, file: str, calls: int = 1) -> Case:
    """The same case as `alone`, whose goals are for one thread, by two."""
    return Case(
        f"{name}, two threads",
        action,
        file,
        None,
        calls,
        extra={"options": [2]},
        within=(alone, 0.71),
    )


def far_cases(url: str, xrootd_url: str) -> list[Case]:
    """Parts of an image on a server 50 ms away, of which the peers fetch ranges, too."""
    square = {"shape": (FAR_SIDE, FAR_SIDE)}
    far: dict[str, float] = {"published": 5.0, "astropy": 5.0}
    http = "50 ms away: 20 stamps, cutouts()"
    return [
        Case(http, "far_cutouts", url, None, 1, square, far),
        Case(
            "50 ms away, XRootD: the same",
            "far_cutouts",
            xrootd_url,
            None,
            extra=square,
            within=(http, 1.5),
        ),
        Case("50 ms away: 20 stamps, a loop", "far_loop", url, None, 1, square, far),
        Case("50 ms away: 200×200 pixels", "far_part", url, None, max_bytes=2 << 20),
    ]


def table_cases(folder: Path) -> list[Case]:
    table, out = str(folder / "table.fits"), str(folder / "out.fits")
    rows = len(np.load(folder / "table.npy", mmap_mode="r"))
    data: dict[str, object] = {"data": str(folder / "table.npy")}
    whole = f"table, {rows / 1e6:g}M rows of 59 bytes"
    return [
        Case(whole, "table_read", table, None, versus={"published": 4.0}),
        two_threads("table, whole", whole, "table_read", table),
        Case("table, strings as bytes", "table_bytes", table, None, versus={"astropy": 1.5}),
        two_threads("table, strings as bytes", "table, strings as bytes", "table_bytes", table),
        Case(
            "table, whole, to a data frame",
            "table_arrow",
            table,
            None,
            versus={"astropy": 5.0, "fitsio": 5.0},
            within=(whole, 2.0),
        ),
        Case("table, two columns", "table_columns", table, 2.5),
        two_threads("table, two columns", "table, two columns", "table_columns", table),
        Case("table, 2000 scattered rows", "table_rows", table, 2.0, 3, {"rows": rows}),
        Case("table, where", "table_where", table, None, versus={"fitsio": 2.0}),
        Case("table, write", "table_write", out, 2.5, 1, data),
        Case("table of 999 columns", "table_read", str(folder / "wide.fits"), 2.0, 3),
        Case(f"table, write {BLOCKS * BLOCK_ROWS} rows, 3 VLA columns", "lists_write", out, 1.0),
        Case(
            f"table, append {BLOCKS} × {BLOCK_ROWS} of these",
            "lists_append",
            out,
            None,
            within=(f"table, write {BLOCKS * BLOCK_ROWS} rows, 3 VLA columns", 1.3),
        ),
    ]


def dask_cases(folder: Path) -> list[Case]:
    """The sum of a large image by two processes, by one, and by one call with two threads."""
    image = str(folder / "dask.fits.fz")
    alone, threads = "dask, sum of RICE_1 i4: one process", "the same sum, read with two threads"
    both = "dask, the sum: two processes"
    two: dict[str, object] = {"options": [2]}
    return [
        Case(alone, "dask_sum", image, None, extra={"options": [1]}),
        Case(threads, "dask_threads", image, None),
        Case(both, "dask_sum", image, None, extra=two, within=(alone, 0.714)),
        Case(f"{both}, beside threads", "dask_sum", image, None, extra=two, within=(threads, 1)),
    ]


def layer_cases(folder: Path, f4: str) -> list[Case]:
    """What rustfits.fitsio does, beside the calls that it stands on and beside fitsio."""
    cases = []
    for call, (title, file) in LAYER.items():
        path, title = str(folder / file), title.format(f4=f4)
        calls = 300 if file == "small.fits" else 10
        below = f"under the fitsio API: {title}"
        cases += [
            Case(below, f"core_{call}", path, None, calls),
            Case(f"fitsio API: {title}", f"layer_{call}", path, None, calls, within=(below, 1.15)),
        ]
    # Of a header of few cards, opening the file takes most of the time.
    small = str(folder / "small.fits")
    cases.append(Case(HEADER, "layer_values", small, None, 300, versus={"fitsio": 1.2}))
    cases += many_cases(folder)
    return cases + [case for count in CARDS for case in header_cases(folder, count)]


def header_cases(folder: Path, count: int) -> list[Case]:
    """One value and all values of a header of many cards."""
    path, calls = str(folder / f"cards{count}.fits"), 3000 // count
    below = f"under the fitsio API: read_header of {count} cards, one value"
    title = f"fitsio API: read_header of {count} cards"
    return [
        Case(below, "core_header", path, None, calls),
        Case(f"{title}, one value", "layer_header", path, None, calls, within=(below, 1.3)),
        Case(f"{title}, all values", "layer_values", path, None, calls, versus={"fitsio": 3.0}),
    ]


def many_cases(folder: Path) -> list[Case]:
    """Five keywords of many files, with one thread."""
    bare = f"a bare C loop over {MANY} files"
    few, many = {"options": [FEW]}, {"options": [MANY]}
    below = str(folder / "many")
    goals = {"astropy": 8.0, "fitsio": 2.0}
    return [
        Case(f"5 keywords of {FEW} files", "many_headers", below, None, extra=few, versus=goals),
        Case(bare, "many_bare", below, None, 3, many),
        Case(
            f"5 keywords of {MANY} files", "many_headers", below, None, 3, many, within=(bare, 1.5)
        ),
    ]


def edit_cases(folder: Path) -> list[Case]:
    """Edits in place of a file of two large HDUs."""
    titles = {
        "keyword": "one keyword",
        "header": f"{GROWTH} cards, the header grows",
        "copy_cards": f"{LONG} cards",
        "append_rows": "append 1000 rows",
        "delete_rows": "delete 1000 rows",
        "insert_column": "insert a column",
        "delete_column": "delete a column",
    }
    size = f"{(folder / 'large.fits').stat().st_size / 1e6:.0f} MB"
    original = {"original": str(folder / "large.fits")}
    return [
        Case(
            f"edit {size}: {title}",
            f"edit_{name}",
            str(folder / "edited.fits"),
            None,
            extra=original,
        )
        for name, title in titles.items()
    ]


def tile_cases(folder: Path) -> list[Case]:
    names = {
        "rice": ("RICE_1 i4", 2.5, 3.5),
        "quantized": ("RICE_1 f4, quantized, 100×100", 2.5, 3.5),
        "gzip2": ("GZIP_2 f4", 1.3, 2.0),
        "hcompress": ("HCOMPRESS_1 i4", 1.5, 1.5),
        "plio": ("PLIO_1 i2", 1.0, 1.0),
    }
    cases, out = [], str(folder / "out.fits")
    for name, (title, decode, encode) in names.items():
        packed, data = str(folder / f"{name}.fits.fz"), str(folder / f"{name}.npy")
        pixels = np.load(data, mmap_mode="r").shape
        size = f"{pixels[0]}×{pixels[1]}"
        cases += [
            Case(f"read {title}, {size}", "tiles_read", packed, decode),
            Case(
                f"write {title}, {size}",
                "tiles_write",
                out,
                encode,
                extra={"data": data, "options": [name]},
            ),
        ]
        if name in {"rice", "quantized"}:
            alone = f"read {title}, {size}"
            cases.append(two_threads(f"read {title}", alone, "tiles_read", packed))
        if name == "quantized":
            cases.append(
                Case(
                    "1000 stamps of 32×32 of these",
                    "tiles_stamps",
                    packed,
                    2.0,
                    1,
                    {"shape": pixels},
                )
            )
    whole = f"compressed table, write {ROWS} rows"
    return [
        *cases,
        Case(whole, "ztable_write", out, None),
        Case(
            f"compressed table, append {ROWS // BLOCK_ROWS} × {BLOCK_ROWS} of these",
            "ztable_append",
            out,
            None,
            within=(whole, 1.3),
        ),
    ]
