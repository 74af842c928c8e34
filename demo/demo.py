# SPDX-License-Identifier: BSD-3-Clause
"""`make demo`: the main job on real files.

Takes the FITS files that the astropy wheel carries, reads them through every driver (from servers
that it starts on this machine), compares each array with astropy's, writes the arrays and reads
them again, and shows times beside fitsio's and astropy's. The last line says what passed.
"""

from __future__ import annotations

import gzip
import logging
import os
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The servers are those of the tests.
sys.path.insert(0, str(ROOT / "tests"))

import astropy  # noqa: E402
import fitsio  # noqa: E402
import numpy as np  # noqa: E402
from astropy.io import fits as astropy_fits  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

import rustfits  # noqa: E402
from servers import Authority, ftp_server, http_server, https_server  # noqa: E402

console = Console(width=None if sys.stdout.isatty() else 118, highlight=False)


@dataclass
class Real:
    """A real file and what astropy reads from it: an array for each image with data."""

    name: str
    path: Path
    hdus: list[str]
    images: dict[int, np.ndarray]


@dataclass
class Tally:
    """Checks that passed, and sentences about those that did not."""

    passed: int = 0
    failures: list[str] = field(default_factory=list)

    def check(self, right: bool, sentence: str) -> None:
        if right:
            self.passed += 1
        else:
            self.failures.append(sentence)


def reference(path: Path) -> Real | None:
    """What astropy makes of a file; None when it cannot open it."""
    images: dict[int, np.ndarray] = {}
    try:
        with astropy_fits.open(
            path, do_not_scale_image_data=True, disable_image_compression=True
        ) as hdus:
            kinds = [type(hdu).__name__ for hdu in hdus]
            for index, hdu in enumerate(hdus):
                if type(hdu) not in (astropy_fits.PrimaryHDU, astropy_fits.ImageHDU):
                    continue
                if hdu.data is None or hdu.data.size == 0:
                    continue
                scale, zero = hdu.header.get("BSCALE", 1), hdu.header.get("BZERO", 0)
                stored = hdu.data.astype(hdu.data.dtype.newbyteorder("="))
                # Stored values; with BSCALE or BZERO in 64-bit arithmetic.
                if (scale, zero) != (1, 0):
                    stored = stored.astype("f8") * scale + zero
                images[index] = stored
    except Exception:
        return None
    return Real(path.name, path, kinds, images)


def real_files() -> list[Real]:
    found = []
    folder = Path(astropy.__file__).parent
    for path in sorted({*folder.rglob("*.fits"), *folder.rglob("*.fits.gz")}):
        real = reference(path)
        if real is not None:
            found.append(real)
    return found


def open_file(name: str) -> rustfits.FITS:
    """Open; a header with illegal bytes in it needs to be asked for."""
    try:
        return rustfits.FITS(name)
    except rustfits.FITSError:
        return rustfits.FITS(name, lenient=True)


@contextmanager
def from_memory(path: Path) -> Iterator[rustfits.FITS]:
    content = path.read_bytes()
    try:
        fits = rustfits.FITS.from_bytes(content)
    except rustfits.FITSError:
        fits = rustfits.FITS.from_bytes(content, lenient=True)
    with fits:
        yield fits


def compare(fits: rustfits.FITS, real: Real, driver: str, tally: Tally) -> None:
    tally.check(
        len(fits) == len(real.hdus),
        f"{driver}: {real.name}: {len(fits)} HDUs, astropy finds {len(real.hdus)}",
    )
    for index, expected in real.images.items():
        data = fits[index].read()
        tally.check(
            data.shape == expected.shape
            and data.dtype.isnative
            and np.array_equal(
                data.astype(expected.dtype), expected, equal_nan=data.dtype.kind == "f"
            ),
            f"{driver}: {real.name}[{index}]: the array is not astropy's",
        )


def list_files(reals: list[Real]) -> None:
    console.print("Real FITS files in the astropy wheel")
    table = Table()
    table.add_column("file")
    table.add_column("bytes", justify="right")
    table.add_column("HDUs", justify="right")
    table.add_column("images")
    for real in reals:
        images = ", ".join(
            f"{a.dtype} {'×'.join(map(str, a.shape))}" for a in list(real.images.values())[:3]
        )
        table.add_row(
            real.name,
            f"{real.path.stat().st_size:,}",
            str(len(real.hdus)),
            images + (" …" if len(real.images) > 3 else ""),
        )
    console.print(table)


def serve(folder: Path, stack: ExitStack) -> dict[str, Callable[[str], str]]:
    """Start the servers; a function from file name to URL for each scheme."""
    authority = Authority(folder)
    # Whom to trust, said as for curl: by the environment.
    os.environ["CURL_CA_BUNDLE"] = str(authority.bundle)
    servers = {
        "http": http_server(folder),
        "https": https_server(folder, authority=authority),
        "ftp": ftp_server(folder),
        "ftps": ftp_server(folder, tls=True, authority=authority),
    }
    return {scheme: stack.enter_context(server).url for scheme, server in servers.items()}


def read_everywhere(
    reals: list[Real], folder: Path, urls: dict[str, Callable[[str], str]]
) -> dict[str, Tally]:
    """Read each file through each driver, and compare."""
    ways: dict[str, Callable[[Real, str], object]] = {
        "path": lambda real, name: open_file(str(folder / name)),
        "mem": lambda real, name: from_memory(folder / name),
        ".gz": lambda real, name: open_file(str(folder / f"{name}.gz")),
    }
    for scheme, url in urls.items():
        ways[scheme] = lambda real, name, url=url: open_file(url(name))
        ways[f"{scheme} .gz"] = lambda real, name, url=url: open_file(url(f"{name}.gz"))

    for number, real in enumerate(reals):
        content = real.path.read_bytes()
        if real.name.endswith(".gz"):
            content = gzip.decompress(content)
        name = f"{number:02}-{real.name.removesuffix('.gz')}"
        (folder / name).write_bytes(content)
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))

    tallies = {}
    for driver, way in ways.items():
        tally = tallies[driver] = Tally()
        for number, real in enumerate(reals):
            try:
                with way(real, f"{number:02}-{real.name.removesuffix('.gz')}") as fits:
                    compare(fits, real, driver, tally)
            except Exception as error:
                tally.failures.append(f"{driver}: {real.name}: {type(error).__name__}: {error}")
    return tallies


def write_everywhere(reals: list[Real], folder: Path) -> dict[str, Tally]:
    """Write the images of each file in three ways; astropy, and we, must read them back."""
    tallies = {driver: Tally() for driver in ("path", "mem", ".gz")}
    for real in reals:
        if not real.images:
            continue
        for driver, tally in tallies.items():
            name = {"path": folder / "w.fits", "mem": "mem://", ".gz": folder / "w.fits.gz"}[driver]
            try:
                with rustfits.FITS(name, "w+") as fits:
                    for data in real.images.values():
                        fits.write_image(data)
                    content = fits.to_bytes()
                if driver == "mem":
                    name = folder / "w-mem.fits"
                    name.write_bytes(content)
                with astropy_fits.open(name) as theirs, rustfits.FITS(name) as ours:
                    for index, data in enumerate(real.images.values()):
                        nan = data.dtype.kind == "f"
                        tally.check(
                            np.array_equal(theirs[index].data, data, equal_nan=nan)
                            and np.array_equal(ours[index].read(), data, equal_nan=nan),
                            f"writing {driver}: {real.name}: image {index} comes back different",
                        )
            except Exception as error:
                tally.failures.append(
                    f"writing {driver}: {real.name}: {type(error).__name__}: {error}"
                )
    return tallies


def median(action: Callable[[], object], rounds: int) -> float | None:
    times = []
    try:
        for _ in range(rounds):
            begin = time.perf_counter()
            action()
            times.append(time.perf_counter() - begin)
    except Exception:
        return None
    return statistics.median(times)


def native(data: np.ndarray) -> np.ndarray:
    return data.astype(data.dtype.newbyteorder("="))


def astropy_read(name: str) -> np.ndarray:
    with astropy_fits.open(name, **({"cache": False} if "://" in name else {})) as hdus:
        return native(hdus[0].data)


def stamps(open_image: Callable[[], object], places: list[tuple[int, int]]) -> None:
    image = open_image()
    for y, x in places:
        image[y : y + 32, x : x + 32]


def time_everything(folder: Path, urls: dict[str, Callable[[str], str]], tally: Tally) -> Table:
    """Times on one image that is large enough for them, beside the peers'."""
    data = np.random.default_rng(1).standard_normal((2896, 2896), dtype="f4")
    big = folder / "big.fits"
    rustfits.write(big, data)
    rustfits.write(f"{big}.gz", data)
    rng = np.random.default_rng(2)
    places = [tuple(p) for p in rng.integers(0, 2896 - 32, (1000, 2)).tolist()]
    for name in (str(big), f"{big}.gz", *(url("big.fits") for url in urls.values())):
        try:
            same = np.array_equal(rustfits.read(name), data)
            tally.check(same, f"{name}: the large image is different")
        except Exception as error:
            tally.failures.append(f"{name}: {type(error).__name__}: {error}")

    def our_stamps() -> None:
        with rustfits.FITS(big) as fits:
            stamps(lambda: fits[0], places)

    def fitsio_stamps() -> None:
        with fitsio.FITS(str(big)) as fits:
            stamps(lambda: fits[0], places)

    def astropy_stamps() -> None:
        with astropy_fits.open(big, memmap=True) as hdus:
            image = hdus[0].data.view(np.ndarray)
            for y, x in places:
                native(image[y : y + 32, x : x + 32])

    def fresh(name: str) -> str:
        Path(name).unlink(missing_ok=True)
        return name

    path, gz, out, out_gz = str(big), f"{big}.gz", str(folder / "o.fits"), str(folder / "o.fits.gz")
    rows = [
        ("read a path", rustfits.read, fitsio.read, astropy_read, path, 7),
        ("read .gz", rustfits.read, fitsio.read, astropy_read, gz, 3),
        *(
            (f"read {s}", rustfits.read, None, astropy_read, u("big.fits"), 3)
            for s, u in urls.items()
        ),
    ]
    console.print(f"\nTimes with one image of {data.nbytes / 1e6:.0f} MB (float32 noise; medians)")
    table = Table()
    for head in ("", "rustfits", "fitsio", "astropy"):
        table.add_column(head, justify="left" if not head else "right")

    def add(label: str, actions: list[Callable[[], object] | None], rounds: int) -> None:
        cells = []
        for action in actions:
            seconds = None if action is None else median(action, rounds)
            cells.append("-" if seconds is None else f"{seconds * 1e3:.1f} ms")
        table.add_row(label, *cells)

    for label, ours, second, third, name, rounds in rows:
        # astropy's urllib has its own idea of certificates and of ftp over TLS.
        engines = [ours, second, None if label in ("read https", "read ftps") else third]
        add(label, [None if e is None else (lambda e=e, n=name: e(n)) for e in engines], rounds)
    add("1000 stamps of 32×32", [our_stamps, fitsio_stamps, astropy_stamps], 3)
    for label, name, rounds in (("write a path", out, 5), ("write .gz", out_gz, 1)):
        add(
            label,
            [
                lambda n=name: rustfits.write(fresh(n), data),
                lambda n=name: fitsio.write(fresh(n), data),
                lambda n=name: astropy_fits.PrimaryHDU(data).writeto(fresh(n)),
            ],
            rounds,
        )
    header = reals_header(folder)
    add(
        "open, read a header",
        [
            lambda: rustfits.read_header(header),
            lambda: fitsio.read_header(header),
            lambda: astropy_fits.getheader(header),
        ],
        200,
    )
    return table


def reals_header(folder: Path) -> str:
    """A real file with a long header."""
    return str(max(folder.glob("*flt.fits"), key=lambda path: path.stat().st_size))


def show(title: str, tallies: dict[str, Tally]) -> None:
    console.print(f"\n{title}")
    table = Table()
    table.add_column("driver")
    table.add_column("checks passed", justify="right")
    table.add_column("failed", justify="right")
    for driver, tally in tallies.items():
        table.add_row(driver, str(tally.passed), str(len(tally.failures)))
    console.print(table)


def main() -> int:
    warnings.simplefilter("ignore")  # astropy's remarks on its odd files
    logging.disable()
    console.print(
        f"rustfits {rustfits.__version__}, astropy {astropy.__version__}, "
        f"fitsio {fitsio.__version__}, numpy {np.__version__}\n"
    )
    reals = real_files()
    list_files(reals)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rustfits-demo-")))
        urls = serve(folder, stack)
        reads = read_everywhere(reals, folder, urls)
        show(f"Read through every driver: {len(reals)} files, each array against astropy's", reads)
        writes = write_everywhere(reals, folder)
        show("Written, then read by astropy and by rustfits", writes)
        large = Tally()
        console.print(time_everything(folder, urls, large))

    tallies = [*reads.values(), *writes.values(), large]
    failures = [sentence for tally in tallies for sentence in tally.failures]
    passed = sum(tally.passed for tally in tallies)
    for sentence in failures[:20]:
        print(sentence)
    if failures or not reals:
        print(f"FAILED: {len(failures)} of {passed + len(failures)} checks")
        return 1
    print(
        f"All passed: {passed} checks on {len(reals)} real files, "
        f"read in {len(reads)} ways and written in {len(writes)}."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
