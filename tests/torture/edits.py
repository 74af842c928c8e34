# SPDX-License-Identifier: BSD-3-Clause
"""Files, edits of them, and a judge of the content after the edit: old, new, or neither."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import rustfits
from rustfits._core.binding.library import check, error, lib

#: What an edit promises (docs/writing.md). WHOLE: old or new. CELLS: each cell, each tile old or new.
#: PIXELS: the bytes that were reached are new.
WHOLE, CELLS, PIXELS = "whole", "cells", "pixels"


@dataclass(frozen=True)
class Edit:
    """One call, or a few, that change a file."""

    run: Callable[[Path], None]
    promise: str = WHOLE
    #: Name of the file that `run` gets, and of the file that is judged.
    name: str = "w.fits"
    target: str = ""
    #: Content of the target before: the base file, or bytes.
    before: bytes | None = None
    #: What is done to the base file first.
    prepare: Callable[[Path], None] | None = None

    @property
    def judged(self) -> str:
        """Name of the file that is judged."""
        return self.target or self.name


def arrays(count: int, most: int, seed: int) -> np.ndarray[Any, Any]:
    """Give a column of arrays of different lengths."""
    rng = np.random.default_rng(seed)
    column = np.empty(count, object)
    column[:] = [rng.integers(0, 9, rng.integers(0, most)).astype("i4") for _ in range(count)]
    return column


def rows(count: int, first: int) -> np.ndarray[Any, Any]:
    """Give rows of table T1."""
    table = np.zeros(count, [("id", "i8"), ("ra", "f8"), ("name", "S12"), ("m", "f4", (4,))])
    table["id"] = np.arange(first, first + count)
    table["ra"] = np.linspace(0, 360, count)
    table["name"] = b"n"
    return table


def build(path: Path, scale: int) -> None:
    """Write a file with an HDU of each kind that is edited; `scale` multiplies its size."""
    rng = np.random.default_rng(0)
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(rng.normal(0, 1, (40 * scale, 100)).astype("f4"), header={"OBJECT": "x"})
        fits.write_table(rows(400 * scale, 0), extname="T1")
        cells = {"k": np.arange(60 * scale), "v": arrays(60 * scale, 40, 1)}
        fits.write_table(cells, extname="VLA", var_dtypes={"v": "i4"})
        fits["VLA"]["v"][: 20 * scale] = arrays(20 * scale, 40, 2)  # leaves unused bytes
        tiles = rng.integers(0, 1000, (12 * scale, 100)).astype("i2")
        fits.write_image(tiles, extname="TILES", compress="RICE_1")
        reals = rng.normal(0, 1, (12 * scale, 100)).astype("f4")
        quantize = rustfits.Quantize(level=4.0, method="dither2", seed=1)
        fits.write_image(reals, extname="REALS", compress="RICE_1", quantize=quantize)
        fits.write_table(rows(100 * scale, 0), extname="ZT", compress=True, ztilelen=50)
        fits.create_ascii_table_hdu([("a", "i4"), ("b", "f8")], 20 * scale, extname="ASCII")
        fits.write_image(rng.integers(0, 1000, (30 * scale, 100)).astype("i2"), extname="TAIL")


def _edit(change: Callable[[rustfits.FITS], Any], promise: str = WHOLE, **rest: Any) -> Edit:
    def run(path: Path) -> None:
        with rustfits.FITS(path, "r+") as fits:
            change(fits)

    return Edit(run, promise, **rest)


def _cards(count: int) -> dict[str, int]:
    return {f"KEY{i}": i for i in range(count)}


def _put(name: str, key: Any, value: Any) -> Callable[[rustfits.FITS], None]:
    def change(fits: rustfits.FITS) -> None:
        fits[name][key] = value

    return change


def _vla(fits: rustfits.FITS) -> None:
    hdu = fits["VLA"]
    hdu["v"][:] = arrays(hdu.nrows, 90, 7)


def _more_arrays(fits: rustfits.FITS) -> None:
    count = fits["VLA"].nrows // 2
    fits["VLA"].append({"k": np.arange(count) - 5, "v": arrays(count, 60, 8)})


def _table_behind(count: int, **options: Any) -> Callable[[Path], None]:
    """Put a table of arrays at the end of the file."""

    def prepare(path: Path) -> None:
        with rustfits.FITS(path, "r+") as fits:
            cells = {"k": np.arange(count), "v": arrays(count, 40, 1)}
            fits.write_table(cells, extname="LAST", var_dtypes={"v": "i4"}, **options)

    return prepare


def _append_last(fits: rustfits.FITS) -> None:
    fits["LAST"].append({"k": np.arange(300), "v": arrays(300, 60, 8)})


def _third(fits: rustfits.FITS, name: str) -> None:
    fits[name].delete_rows(np.arange(0, fits[name].nrows, 3))


def _tiles(fits: rustfits.FITS) -> None:
    n = fits["TILES"].shape[0] * 3 // 4
    fits["TILES"][:n] = np.arange(n * 100, dtype="i2").reshape(n, 100)


def _reals(fits: rustfits.FITS) -> None:
    n = fits["REALS"].shape[0] * 3 // 4
    fits["REALS"][:n] = np.random.default_rng(5).normal(50, 20, (n, 100)).astype("f4")


def _new_table(fits: rustfits.FITS) -> None:
    fits.write_table({"v": arrays(50, 30, 3)}, extname="ADDED", var_dtypes={"v": "i4"})


def _cards_by_hand(keyword: str, card: str, *, resize: bool, more: int = 0) -> Edit:
    """Write the header of T1 with another card, and more cards, through the low-level part of C."""

    def change(fits: rustfits.FITS) -> None:
        cards = [str(c) for c in fits["T1"].header.cards]
        at = next(i for i, c in enumerate(cards) if c[:8].rstrip() == keyword)
        cards[at] = card
        cards += [f"HISTORY line {i}" for i in range(more)]
        text = "".join(c.ljust(80) for c in cards).encode()
        fit = lib.RF_DATA_RESIZE if resize else lib.RF_DATA_KEEP
        index, err = fits["T1"].index, error()
        check(lib.rf_hdu_set_cards(fits._file._handle(), index, text, len(cards), fit, err), err)

    return _edit(change)


def _atomic(path: Path) -> None:
    with rustfits.FITS(path, "r+", atomic=True) as fits:
        fits["T1"].append(rows(100, -5))
        fits[0][3] = 1.0


_PIXELS = np.ones((60, 90), "f4")

EDITS: dict[str, Edit] = {
    "append rows in the middle": _edit(lambda f: f["T1"].append(rows(300, -5))),
    "insert rows": _edit(lambda f: f["T1"].insert_rows(30, rows(300, -5))),
    "insert rows with arrays": _edit(
        lambda f: f["VLA"].insert_rows(5, {"k": np.arange(40), "v": arrays(40, 60, 8)})
    ),
    "append rows with arrays": _edit(_more_arrays),
    "append rows with arrays at the end": _edit(_append_last, prepare=_table_behind(60)),
    "append the first rows with arrays": _edit(_append_last, prepare=_table_behind(0)),
    "append rows with arrays to a compressed table": _edit(
        _append_last, prepare=_table_behind(60, compress=True, ztilelen=50)
    ),
    "delete every third row": _edit(lambda f: _third(f, "T1")),
    "insert a wide column": _edit(
        lambda f: f["T1"].insert_column("new", np.arange(float(f["T1"].nrows)), position=1)
    ),
    "insert a narrow column": _edit(
        lambda f: f["T1"].insert_column("n", np.ones(f["T1"].nrows, "u1"))
    ),
    "insert a column of arrays": _edit(
        lambda f: f["VLA"].insert_column("w", arrays(f["VLA"].nrows, 30, 9), position=0)
    ),
    "delete a column": _edit(lambda f: f["T1"].delete_column("m")),
    "rows of an ASCII table": _edit(lambda f: _third(f, "ASCII")),
    "first header grows": _edit(lambda f: f[0].header.update(_cards(60))),
    "last header grows": _edit(lambda f: f["TAIL"].header.update(_cards(60))),
    "cards where there is room": _edit(lambda f: f[0].header.update({"OBJECT": "y", "EXTRA": 1})),
    "image grows": _edit(lambda f: f["TAIL"].extend(np.ones((50, 100), "i2"))),
    "image grows along its inner axis": _edit(
        lambda f: f["TAIL"].write(np.ones((9, 60), "i2"), start=(5, 90), grow=True)
    ),
    "image in front of others grows along both axes": _edit(
        lambda f: f[0].write(-np.ones((50, 70), "f4"), start=(30, 60), grow=True)
    ),
    "planes in front of others": _edit(
        lambda f: f[0].write(-np.ones((50, 70), "f4"), start=(f[0].shape[0] + 3, 30), grow=True)
    ),
    "compressed image grows by a part": _edit(
        lambda f: f["TILES"].write(
            np.ones((9, 60), "i2"), start=(f["TILES"].shape[0] - 3, 20), grow=True
        )
    ),
    "compressed image grows": _edit(lambda f: f["TILES"].extend(np.ones((50, 100), "i2"))),
    "quantized image grows": _edit(
        lambda f: f["REALS"].extend(np.random.default_rng(6).normal(9, 2, (50, 100)).astype("f4"))
    ),
    "new image": _edit(lambda f: f.write_image(_PIXELS, extname="ADDED")),
    "new table": _edit(_new_table),
    "new compressed image": _edit(
        lambda f: f.write_image(_PIXELS.astype("i4"), extname="A", compress=True)
    ),
    "cells of arrays": _edit(_vla, CELLS),
    "HDU copied": _edit(lambda f: f.copy_hdu(f["VLA"])),
    "HDU renamed": _edit(lambda f: f.rename_hdu("TILES", "OTHER", 3)),
    "fewer rows by hand": _cards_by_hand("NAXIS2", f"NAXIS2  = {5:20}", resize=True),
    "more rows by hand": _cards_by_hand("NAXIS2", f"NAXIS2  = {9000:20}", resize=True),
    "columns by hand": _cards_by_hand("TFORM1", "TFORM1  = '2J      '", resize=False),
    "header by hand grows": _cards_by_hand(
        "TFORM1", "TFORM1  = '1D      '", resize=False, more=120
    ),
    "HDU moved down": _edit(lambda f: f.move_hdu(1, 5)),
    "HDU moved up": _edit(lambda f: f.move_hdu(6, 2)),
    "last image becomes the first HDU": _edit(lambda f: f.move_hdu(7, 0)),
    "HDU deleted": _edit(lambda f: f.delete_hdu(2)),
    "last HDU deleted": _edit(lambda f: f.delete_hdu(7)),
    "first HDU deleted": _edit(lambda f: f.delete_hdu(0)),
    "heap repacked": _edit(lambda f: f["VLA"].repack()),
    "tiles": _edit(_tiles, CELLS),
    "quantized tiles": _edit(_reals, CELLS),
    "append to a compressed table": _edit(lambda f: f["ZT"].append(rows(130, -5)), CELLS),
    "delete rows of a compressed table": _edit(lambda f: _third(f, "ZT"), CELLS),
    "pixels": _edit(_put("TAIL", slice(3, 25), 7), PIXELS),
    "cells of fixed width": _edit(lambda f: f["T1"]["ra"].write(np.zeros(f["T1"].nrows)), PIXELS),
    "checksums": _edit(lambda f: [hdu.add_checksum() for hdu in f], PIXELS),
    ".gz": _edit(lambda f: f["T1"].append(rows(300, -5)), name="w.fits.gz"),
    "atomic=True": Edit(_atomic),
    "rustfits.write": Edit(lambda p: rustfits.write(p, _PIXELS)),
    "rustfits.write of a .gz": Edit(lambda p: rustfits.write(p, _PIXELS), name="w.fits.gz"),
    "rustfits.write r+": Edit(lambda p: rustfits.write(p, _PIXELS, mode="r+")),
    "pack": Edit(
        lambda p: rustfits.pack(p, f"{p}.fz", overwrite=True),
        target="w.fits.fz",
        before=b"OLD" * 999,
    ),
}


# ---- the judge ----


def _cells_of(data: Any) -> tuple[Any, ...]:
    """Give what is told apart inside an HDU: rows of a table, cells of arrays, rows of pixels."""
    if data is None:
        return ()
    if data.dtype.names is None:
        return tuple(row.tobytes() for row in data)
    return tuple(tuple(np.asarray(x).tobytes() for x in row) for row in data)


def _cards_of(hdu: rustfits.HDU) -> tuple[str, ...]:
    """Give the cards; of checksums the keyword, because they hold the time of day."""
    cards = map(str, hdu.header.cards)
    return tuple(c[:8] if c.startswith(("CHECKSUM", "DATASUM")) else c for c in cards)


def state(path: Path) -> tuple[list[Any], int]:
    """Give an entry for each HDU (or what was raised), and how many warnings there were."""
    found: list[Any] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with rustfits.FITS(path) as fits:
                for hdu in fits:
                    try:
                        data = hdu.read() if hdu.has_data else None  # type: ignore[attr-defined]
                        found.append((hdu.extname, _cards_of(hdu), _cells_of(data)))
                    except Exception as error:
                        found.append(("error", type(error).__name__))
        except Exception as error:
            found.append(("error", type(error).__name__))
    return found, len(caught)


def _same_cell(cell: Any, old: Any, new: Any) -> bool:
    if cell in (old, new):
        return True
    return isinstance(cell, tuple) and all(
        x in (a, b) for x, a, b in zip(cell, old, new, strict=False)
    )


def _mixed_well(hdu: Any, old: Any, new: Any) -> bool:
    """Cell by cell old or new, under the old or the new header."""
    if hdu in (old, new):
        return True
    if (
        len(hdu) != 3
        or hdu[1] not in (old[1], new[1])
        or len(hdu[2]) not in (len(old[2]), len(new[2]))
    ):
        return False
    padded = [x[2] + (None,) * (len(hdu[2]) - len(x[2])) for x in (old, new)]
    return all(_same_cell(*cells) for cells in zip(hdu[2], *padded, strict=False))


def judge(found: list[Any], old: list[Any], new: list[Any], promise: str) -> str:
    """Give "old", "new", "mixed as promised" or "broken"."""
    if found == old:
        return "old"
    if found == new:
        return "new"
    if len(found) != len(old) or len(found) != len(new):
        return "broken"
    if promise == CELLS and all(map(_mixed_well, found, old, new)):
        return "mixed as promised"
    if promise == PIXELS:
        # Bytes that were reached are new: a row of pixels or a record may be torn, nothing else may.
        same = all(
            len(f) == 3 and f[0] == o[0] and len(f[2]) == len(o[2])
            for f, o in zip(found, old, strict=False)
        )
        cards = all(
            f[1] in (o[1], n[1]) for f, o, n in zip(found, old, new, strict=False) if len(f) == 3
        )
        return "mixed as promised" if same and cards else "broken"
    return "broken"
