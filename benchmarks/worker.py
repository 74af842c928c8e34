# SPDX-License-Identifier: BSD-3-Clause
"""One engine in a process of its own, so that two packages of the same name can be compared.

Reads a line of JSON ``{"case": …, "file": …, "calls": …}`` and answers with the seconds of each
call. Every call makes a fresh result in native byte order and drops it inside the timed part.
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from arrow_work import AstropyArrow, FitsioArrow, RustfitsArrow
from dask_work import RustfitsDask
from edit_work import AstropyEdits, FitsioEdits, RustfitsEdits
from layer_work import FitsioLayer, RustfitsLayer
from many_work import AstropyMany, FitsioMany, RustfitsMany
from table_work import AstropyTables, FitsioTables, RustfitsTables, make_lists, some_rows
from tile_work import STAMP, AstropyTiles, FitsioTiles, RustfitsTiles, make_rows

FAR_STAMPS = 20


def corners(shape):
    """The same 1000 places for every engine, as numpy integers: positions come from arrays."""
    rng = np.random.default_rng(42)
    return list(
        zip(
            rng.integers(0, shape[0] - STAMP, 1000),
            rng.integers(0, shape[1] - STAMP, 1000),
            strict=True,
        )
    )


def resident():
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


@contextmanager
def piped(file):
    """The name of a pipe to which `cat` writes a file."""
    with subprocess.Popen(["cat", file], stdout=subprocess.PIPE) as cat:
        yield f"fd://{cat.stdout.fileno()}"


class Rustfits(
    RustfitsArrow,
    RustfitsTables,
    RustfitsTiles,
    RustfitsEdits,
    RustfitsLayer,
    RustfitsDask,
    RustfitsMany,
):
    """Ours, and the published package: the calls are the same."""

    def __init__(self):
        import rustfits

        self.module = rustfits
        self.own = sys.argv[1] == "rustfits"
        self.version = rustfits.__version__

    def read(self, file, threads=1):
        with self.opened(file, threads=threads) as fits:
            return fits[0].read()

    def stamps(self, file, places):
        with self.module.FITS(file) as fits:
            hdu = fits[0]
            for y, x in places:
                hdu[y : y + STAMP, x : x + STAMP]

    def indexed(self, file):
        """A stamp far behind in a .gz; the first call makes the index."""
        if not self.own:
            raise NotImplementedError("has no index")
        with self.module.FITS(file, index=f"{file}.idx", threads=1) as fits:
            y = 3 * fits[0].shape[0] // 4
            return fits[0][y : y + STAMP, 100 : 100 + STAMP]

    def far(self, file):
        """An open file of which only ranges are fetched."""
        return self.module.FITS(file, remote=self.module.Remote(ranged=True))

    def far_loop(self, file, places):
        with self.far(file) as fits:
            hdu = fits[0]
            for y, x in places[:FAR_STAMPS]:
                hdu[y : y + STAMP, x : x + STAMP]

    def far_cutouts(self, file, places):
        if not hasattr(self.module.ImageHDU, "cutouts"):
            return self.far_loop(file, places)
        with self.far(file) as fits:
            return fits[0].cutouts(np.array(places[:FAR_STAMPS]) + STAMP // 2, STAMP)

    def far_part(self, file):
        """How many bytes are fetched, where the library says it."""
        with self.far(file) as fits:
            fits[0][900:1100, 700:900]
            return fits.remote_stats().bytes_fetched if hasattr(fits, "remote_stats") else None

    def pipe_read(self, file):
        """The image from a pipe."""
        with piped(file) as name, self.module.FITS(name) as fits:
            return fits[0].read()

    def pipe_forward(self, file):
        with piped(file) as name, self.module.FITS(name, forward=True) as fits:
            return fits[0].read()

    def pipe_copy(self, file):
        """A pipe that nothing keeps, and a copy of as many bytes."""
        with piped(file) as name:
            number = int(name.removeprefix("fd://"))
            subprocess.run(["cat"], stdin=number, stdout=subprocess.DEVNULL, check=True)
        return np.ones(Path(file).stat().st_size, "u1")

    def view(self, file):
        with self.module.FITS(file) as fits:
            return fits[0].view()

    def view_memory(self, file):
        """How many bytes the process grows by, before a pixel is touched."""
        before = resident()
        kept = self.view(file)
        return max(resident() - before, 0) if kept.size else None

    def keyword(self, file):
        with self.module.FITS(file) as fits:
            return fits[0].header["NAXIS1"]

    def header(self, file):
        return self.module.read_header(file)["NAXIS1"]

    def count(self, file):
        with self.module.FITS(file) as fits:
            return len(fits)

    def write(self, file, data):
        self.module.write(file, data)


class Fitsio(FitsioArrow, FitsioTables, FitsioTiles, FitsioEdits, FitsioLayer, FitsioMany):
    def __init__(self):
        import fitsio

        self.module = fitsio
        self.version = fitsio.__version__

    def read(self, file, threads=1):
        return self.module.read(file)

    def stamps(self, file, places):
        with self.module.FITS(file) as fits:
            hdu = fits[0]
            for y, x in places:
                hdu[y : y + STAMP, x : x + STAMP]

    def keyword(self, file):
        with self.module.FITS(file) as fits:
            return fits[0].read_header()["NAXIS1"]

    def header(self, file):
        return self.module.read_header(file)["NAXIS1"]

    def count(self, file):
        with self.module.FITS(file) as fits:
            return len(fits)

    def write(self, file, data):
        self.module.write(file, data)


class Astropy(AstropyArrow, AstropyTables, AstropyTiles, AstropyEdits, AstropyMany):
    def __init__(self):
        import astropy
        from astropy.io import fits

        self.fits = fits
        self.version = astropy.__version__

    @staticmethod
    def native(data):
        return data.astype(data.dtype.newbyteorder("="))

    def read(self, file, threads=1):
        remote = {"cache": False} if "://" in file else {}
        with self.fits.open(file, **remote) as hdus:
            return self.native(hdus[0].data)

    def stamps(self, file, places):
        with self.fits.open(file, memmap=True) as hdus:
            data = hdus[0].data
            for y, x in places:
                self.native(data[y : y + STAMP, x : x + STAMP])

    def far_loop(self, file, places):
        with self.fits.open(file, use_fsspec=True) as hdus:
            section = hdus[0].section
            for y, x in places[:FAR_STAMPS]:
                self.native(section[y : y + STAMP, x : x + STAMP])

    far_cutouts = far_loop

    def far_part(self, file):
        with self.fits.open(file, use_fsspec=True) as hdus:
            self.native(hdus[0].section[900:1100, 700:900])

    def keyword(self, file):
        with self.fits.open(file) as hdus:
            return hdus[0].header["NAXIS1"]

    def header(self, file):
        return self.fits.getheader(file)["NAXIS1"]

    def count(self, file):
        with self.fits.open(file) as hdus:
            return len(hdus)

    def write(self, file, data):
        self.fits.PrimaryHDU(data).writeto(file)


ENGINES = {"rustfits": Rustfits, "published": Rustfits, "fitsio": Fitsio, "astropy": Astropy}


def arguments(request):
    """What the engine gets beside the name of the file, made outside the timed part."""
    if "data" in request:
        return [np.load(request["data"]), *request.get("options", [])]
    if "shape" in request:
        return [corners(request["shape"])]
    if "rows" in request:
        return [some_rows(request["rows"])]
    if request["case"].startswith("ztable_"):
        return [make_rows()]
    if request["case"].startswith("lists_"):
        return [make_lists()]
    return request.get("options", [])


def measure(engine, request):
    case, file, calls = request["case"], request["file"], request["calls"]
    if not hasattr(engine, case):
        raise NotImplementedError(f"has no call for {case}")
    action, extra = getattr(engine, case), arguments(request)
    writes = case.endswith(("write", "append"))
    edits = case.startswith("edit_")
    times = []
    # The first call warms caches up and is not counted.
    for turn in range(calls + 1):
        if writes:
            Path(file).unlink(missing_ok=True)
        if edits:
            shutil.copyfile(request["original"], file)
        begin = time.perf_counter()
        result = action(file, *extra)
        elapsed = time.perf_counter() - begin
        if turn > 0:
            times.append(elapsed)
    answer = {"times": times}
    if case in ("far_part", "view_memory"):
        answer["bytes"] = result
    if writes:
        answer["bytes"] = Path(file).stat().st_size
    if writes or edits:
        Path(file).unlink()
    return answer


def main():
    engine = ENGINES[sys.argv[1]]()
    replies = sys.stdout
    # What a library prints must not get between the answers.
    sys.stdout = sys.stderr
    print(json.dumps({"version": engine.version}), file=replies, flush=True)
    for line in sys.stdin:
        try:
            answer = measure(engine, json.loads(line))
        except Exception as error:  # an engine that cannot do a case is a result, too
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=replies, flush=True)


if __name__ == "__main__":
    main()
