# SPDX-License-Identifier: BSD-3-Clause
"""`make demo`: what rustfits does for an astronomer, on one simulated star cluster.

Usage: demo.py [FOLDER]. FOLDER is for the files; the default is build-demo.

Each step shows its own source, then what it prints. After the steps come the checks and the times.
The exit status is 0 if every check passed.
"""

from __future__ import annotations

import inspect
import os
import statistics
import sys
import textwrap
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from picture import save_png, sketch
from sky import CARDS, make_catalogue, make_image

import rustfits
from servers import HTTPServer, LatencyProxy, fault_server, nginx_path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build-demo"
field, lossless, small = (FOLDER / n for n in ("field.fits", "lossless.fits.fz", "small.fits.fz"))
SECONDS_AWAY = 0.05
stars = make_catalogue()
pixels = make_image(stars)


# ---- the steps ----


def write_a_file() -> None:
    """Write an image and a catalogue into one file"""
    with rustfits.FITS(field, "w+") as fits:
        fits.write_image(pixels, header=CARDS)
        fits.write_table(stars, extname="STARS", units={"ra": "deg", "dec": "deg", "mag": "mag"})


def look_inside() -> None:
    """What is in the file?"""
    with rustfits.FITS(field) as fits:
        print(fits)
        for name, dtype in fits["STARS"].dtype.descr:
            print(f"    {name:8}{dtype:6}{fits['STARS'].units[name] or ''}")


def read_a_header() -> None:
    """What does the header say?"""
    header = rustfits.read_header(field)
    for card in header.cards[5:17]:
        print(card.rstrip())
    print(f"{header['OBJECT']}: {header['EXPTIME']} {header.comment_of('EXPTIME')}")


def cut_out() -> np.ndarray:
    """Cut the cluster out of the image: the library reads these pixels only"""
    with rustfits.FITS(field) as fits:
        cutout = fits[0][1200:1800, 1200:1800]
    save_png(cutout, FOLDER / "cutout.png")
    print(sketch(cutout))
    print(f"{cutout.dtype} {cutout.shape}, also as {FOLDER.name}/cutout.png")
    return cutout


def ask_the_catalogue() -> np.ndarray:
    """Which bright members are blue?"""
    with rustfits.FITS(field) as fits:
        found = fits["STARS"].read(
            rows="mag < 14 & member & colour < 0.7", columns=["name", "ra", "dec", "mag"]
        )
    for star in found[:5]:
        print(f"{star['name']}  {star['ra']:.5f} {star['dec']:+.5f}  {star['mag']:.2f} mag")
    print(f"{len(found)} of {len(stars)} stars")
    return found


def compress() -> rustfits.CompressionLoss:
    """Compress the image: without loss, then with errors below a quarter of the noise"""
    rustfits.write(lossless, pixels, compress=True)
    rustfits.write(small, pixels, compress="rice", quantize=rustfits.Quantize(level=4))
    for file in [field, lossless, small]:
        print(f"{file.name:18}{file.stat().st_size / 1e6:6.1f} MB")
    loss = rustfits.compression_error(pixels, small)
    print(f"largest error {loss.max_error:.1f}, noise of the image {loss.noise:.1f}")
    return loss


def read_from_a_server(url: str) -> tuple[np.ndarray, rustfits.RemoteStats]:
    """Cut twenty stars out of the same image on a server 50 ms away: what does it cost?"""
    centres = np.stack([stars["y"][:20], stars["x"][:20]], axis=1)
    with rustfits.FITS(url) as fits:
        stamps = fits[0].cutouts(centres, 32)
        cost = fits.remote_stats()
    print(stamps.shape)
    print(cost)
    return stamps, cost


# ---- running them ----


def run(step: Callable[..., object], *arguments: object) -> tuple[object, float]:
    """Print the source of a step, run it, and return its result and its seconds."""
    source = textwrap.dedent(inspect.getsource(step))
    title, body = (step.__doc__ or "").strip(), source.split('"""', 2)[2]
    print(f"\n━━ {title} ━━\n")
    for line in textwrap.dedent(body).strip().splitlines():
        if not line.startswith("return "):
            print(f"    {line}")
    print()
    begin = time.perf_counter()
    result = step(*arguments)
    return result, time.perf_counter() - begin


def serve(stack: ExitStack) -> str:
    """Start a web server and a slow line to it; return the URL of the folder."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        del os.environ[name]
    if nginx_path():
        server, path = stack.enter_context(HTTPServer(FOLDER)), ""
    else:
        server, path = stack.enter_context(fault_server(FOLDER)), "plain/"
    return stack.enter_context(LatencyProxy(server.port, SECONDS_AWAY)).url(path)


def median_ms(action: Callable[[], object], rounds: int = 5) -> float:
    """Return the median of the times of an action, in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return 1e3 * statistics.median(times)


def times() -> dict[str, float]:
    """Return the milliseconds of what people do most."""
    rng = np.random.default_rng(1)
    places = rng.integers(16, len(pixels) - 16, (1000, 2))

    def thousand_stamps() -> None:
        with rustfits.FITS(field) as fits:
            image = fits[0]
            for y, x in places.tolist():
                image[y - 16 : y + 16, x - 16 : x + 16]

    copy = FOLDER / "copy.fits"
    megabytes = f"{pixels.nbytes / 1e6:.0f} MB"
    return {
        f"read the image ({megabytes})": median_ms(lambda: rustfits.read(field)),
        f"write it ({megabytes})": median_ms(lambda: rustfits.write(copy, pixels)),
        "open the file, read its header": median_ms(lambda: rustfits.read_header(field), 200),
        "1000 stamps of 32 x 32 pixels": median_ms(thousand_stamps),
        f"read the catalogue ({len(stars)} rows)": median_ms(lambda: rustfits.read(field, "STARS")),
        "read the lossless compressed image": median_ms(lambda: rustfits.read(lossless)),
        "read the small compressed image": median_ms(lambda: rustfits.read(small)),
    }


def main() -> int:
    """Run the steps, the checks and the times; return the exit status."""
    FOLDER.mkdir(exist_ok=True)
    print(
        f"rustfits {rustfits.__version__}, numpy {np.__version__}, Python {sys.version.split()[0]}"
    )
    print(
        f"The sky is simulated: {len(stars)} stars on {pixels.shape[0]} x {pixels.shape[1]} pixels."
    )

    run(write_a_file)
    run(look_inside)
    run(read_a_header)
    cutout, _ = run(cut_out)
    found, _ = run(ask_the_catalogue)
    loss, _ = run(compress)
    with ExitStack() as stack:
        url = f"{serve(stack)}field.fits"
        (stamps, cost), seconds = run(read_from_a_server, url)
        with rustfits.FITS(url, remote="download") as fits:
            whole = fits.remote_stats()

    bright = (stars["mag"] < 14) & stars["member"] & (stars["colour"] < np.float32(0.7))
    first = pixels[
        round(float(stars["y"][0])) - 16 : round(float(stars["y"][0])) + 16,
        round(float(stars["x"][0])) - 16 : round(float(stars["x"][0])) + 16,
    ]
    checks = {
        "the image reads as it was written": np.array_equal(rustfits.read(field), pixels),
        "the catalogue reads as it was written": np.array_equal(
            rustfits.read(field, "STARS"), stars
        ),
        "every card of the header reads as it was set": all(
            rustfits.read_header(field)[key] == (card[0] if isinstance(card, tuple) else card)
            for key, card in CARDS.items()
        ),
        "the cutout has the pixels of the array": np.array_equal(
            cutout, pixels[1200:1800, 1200:1800]
        ),
        "the rows found are those that numpy finds": np.array_equal(
            found["name"], stars["name"][bright]
        ),
        "lossless compression lost nothing": np.array_equal(rustfits.read(lossless), pixels),
        "quantizing changed no pixel by more than a quarter of the noise": (
            0 < loss.max_error <= loss.noise / 4
        ),
        "the stamp from the server has the pixels of the array": np.array_equal(stamps[0], first),
        "the stamps cost less than a quarter of a download": (
            cost.bytes_fetched < whole.bytes_fetched / 4
        ),
    }
    print("\n━━ Checks ━━\n")
    for sentence, right in checks.items():
        print(f"    {'passed' if right else 'FAILED'}  {sentence}")
    print("\n━━ Times (medians on this machine; `make bench` compares with other packages) ━━\n")
    for what, milliseconds in times().items():
        print(f"    {milliseconds:9.2f} ms  {what}")
    print(
        f"    {1e3 * seconds:9.2f} ms  twenty stamps from the server: "
        f"{cost.bytes_fetched / 1e6:.1f} of {whole.bytes_fetched / 1e6:.1f} MB, "
        f"{cost.round_trips} round trips"
    )
    failed = sum(not right for right in checks.values())
    print(f"\n{len(checks) - failed} checks passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
