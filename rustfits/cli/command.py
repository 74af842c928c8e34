# SPDX-License-Identifier: BSD-3-Clause
"""The command line: ``rustfits pack``, ``rustfits unpack`` and ``rustfits drivers``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from rustfits._core.binding.errors import FITSError
from rustfits._core.binding.handle import close_writers
from rustfits._core.binding.library import version as library_version
from rustfits._core.binding.names import shown as shown_name
from rustfits._core.compression.algorithms import (
    Auto,
    Compression,
    Gzip1,
    Gzip2,
    Hcompress1,
    NoCompress,
    Plio1,
    Rice1,
)
from rustfits._core.compression.quantize import Quantize
from rustfits._core.driver.listing import drivers
from rustfits._core.file.packing import Outcome, convert, packing, unpack_hdu

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from rustfits._core.file.packing import Progress

__all__ = ["main"]

_CODECS: dict[str, type[Compression]] = {
    "auto": Auto,
    "rice": Rice1,
    "gzip1": Gzip1,
    "gzip2": Gzip2,
    "hcompress": Hcompress1,
    "plio": Plio1,
    "none": NoCompress,
}
_DITHERS = {"1": "dither1", "2": "dither2", "none": "no_dither"}
#: The options that are fields of a configuration, and the names of these fields.
_FIELDS = {"level": "level", "blocksize": "blocksize", "scale": "scale", "smooth": "smooth"}
#: The exit statuses, which `argparse` and shells use, too.
FAILED, WRONG_USE, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The arguments. By default those of the process.

    Returns
    -------
    int
        The exit status: 0, 1 if a file could not be read or written, or 130 after an interrupt.

    Raises
    ------
    SystemExit
        If the arguments are invalid, with status 2.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        done = options.run(options)
    except (FITSError, OSError) as failed:
        _say(f"rustfits {options.command}: {_for_the_shell(str(failed))}")
        return FAILED
    except KeyboardInterrupt:
        _say(f"rustfits {options.command}: interrupted; nothing was written")
        return INTERRUPTED
    # Close now: a failure at the exit of the interpreter cannot change the exit status.
    unwritten = close_writers()
    for each in unwritten:
        _say(f"rustfits {options.command}: {_for_the_shell(str(each))}")
    _report(options, done)
    return FAILED if unwritten else 0


def _parser() -> argparse.ArgumentParser:
    version = library_version()
    parser = argparse.ArgumentParser(
        prog="rustfits", description="Work on FITS files from the shell."
    )
    parser.add_argument("--version", action="version", version=f"rustfits {version}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")

    pack = commands.add_parser(
        "pack",
        help="compress the images of a file in tiles",
        description="Compress the images of a file in tiles. Lossless unless --quantize, --scale "
        "or --noise-scale is given. funpack and rustfits unpack restore the file.",
    )
    _common(
        pack,
        "a FITS file, plain or compressed, a URL, or - for standard input",
        "file to make, usually .fits.fz, or - for standard output",
    )
    pack.add_argument(
        "--codec",
        choices=_CODECS,
        default="auto",
        help="auto (default): rice for integers up to 32 bits and for quantized pixels, gzip2 for "
        "all other pixels",
    )
    pack.add_argument(
        "--tile",
        type=_tile,
        metavar="N,N,...",
        help="lengths of a tile, slowest axis first, as in the shape of an array; 'whole' for the "
        "whole image (default: a row; hcompress: about 16 rows)",
    )
    pack.add_argument(
        "--quantize",
        type=float,
        metavar="LEVEL",
        help="LOSSY: compress floating-point pixels as integers, in steps of the noise divided by "
        "LEVEL (4 is usual); below 0: in steps of -LEVEL",
    )
    pack.add_argument(
        "--dither", choices=_DITHERS, help="with --quantize: 1 (default), 2 keeps zeros, none"
    )
    pack.add_argument(
        "--seed",
        type=int,
        help="with --quantize: start of the dither, 1 to 10000 (default: by the checksum of the "
        "first tile)",
    )
    pack.add_argument("--level", type=int, help="gzip1, gzip2: 1 (fast) to 12 (small)")
    pack.add_argument("--blocksize", type=int, help="rice: pixels of a block (32)")
    pack.add_argument("--scale", type=int, help="hcompress: LOSSY above 1")
    pack.add_argument(
        "--noise-scale", type=float, help="hcompress: LOSSY, a scale in units of the noise"
    )
    pack.add_argument(
        "--smooth", action="store_true", default=None, help="hcompress: readers smooth the image"
    )
    pack.add_argument(
        "--table",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="compress binary tables, too (few programs read them)",
    )
    pack.set_defaults(run=_pack, parser=pack)

    unpack = commands.add_parser(
        "unpack",
        help="decompress a file that pack or fpack made",
        description="Decompress the images and tables of a file that pack or fpack made.",
    )
    _common(
        unpack,
        "a compressed FITS file, a URL, or - for standard input",
        "file to make, or - for standard output",
    )
    unpack.set_defaults(run=_unpack, parser=unpack)

    listing = commands.add_parser(
        "drivers",
        help="list schemes and formats",
        description="List the schemes of names and the formats of compressed files: what this "
        "installation can do with each, and what to install if it cannot.",
    )
    listing.set_defaults(run=_drivers, parser=listing, quiet=True)
    return parser


def _common(parser: argparse.ArgumentParser, input_help: str, output_help: str) -> None:
    parser.add_argument("input", help=input_help)
    parser.add_argument("output", help=output_help)
    parser.add_argument("--overwrite", action="store_true", help="replace an existing file")
    parser.add_argument(
        "--threads", type=int, metavar="N", help="at most N threads (default: one a processor)"
    )
    parser.add_argument(
        "--schemes",
        type=lambda text: text.replace(",", " ").split(),
        metavar="NAME,NAME,...",
        help="schemes that names may have, such as file,https (a path has the scheme file)",
    )
    parser.add_argument("--quiet", action="store_true", help="print errors only")


def _tile(text: str) -> tuple[int, ...]:
    """Return the lengths of a tile, or () for the whole image."""
    if text == "whole":
        return ()
    try:
        lengths = tuple(int(length) for length in text.split(","))
    except ValueError:
        lengths = ()
    if not lengths or min(lengths) < 1:
        raise argparse.ArgumentTypeError(f"expected lengths such as 100,100, found {text!r}")
    return lengths


def _pack(options: argparse.Namespace) -> list[Outcome]:
    try:
        step = packing(_compression(options), _quantize(options), options.table)
    except FITSError as wrong:
        options.parser.error(str(wrong))
    return _convert(options, step)


def _unpack(options: argparse.Namespace) -> list[Outcome]:
    return _convert(options, unpack_hdu)


def _drivers(options: argparse.Namespace) -> list[Outcome]:
    print(drivers())
    return []


def _compression(options: argparse.Namespace) -> Compression:
    """Return the configuration of the options."""
    kind = _CODECS[options.codec]
    known = kind._defaults
    given: dict[str, Any] = {
        field: getattr(options, option)
        for option, field in _FIELDS.items()
        if getattr(options, option) is not None
    }
    if options.noise_scale is not None:
        if "scale" in given:
            options.parser.error("use --scale or --noise-scale, not both")
        given.update(scale=options.noise_scale, relative=True)
    for field in given:
        if field not in known:
            option = "noise-scale" if field == "relative" else field
            options.parser.error(f"--{option} has no meaning for --codec {options.codec}")
    if options.tile is not None:
        # A length beyond that of the axis means the whole axis.
        given["tile_shape"] = options.tile or (2**62,) * 32
    return kind(**given)


def _quantize(options: argparse.Namespace) -> Quantize | None:
    if options.quantize is None:
        for option in ("dither", "seed"):
            if getattr(options, option) is not None:
                options.parser.error(f"--{option} is for --quantize")
        return None
    return Quantize(
        level=options.quantize,
        method=_DITHERS[options.dither or "1"],
        seed=options.seed or 0,
    )


def _convert(options: argparse.Namespace, step: Any) -> list[Outcome]:
    if options.threads is not None and options.threads < 1:
        options.parser.error("--threads must be at least 1")
    watched = not options.quiet and sys.stderr is not None and sys.stderr.isatty()
    bar: AbstractContextManager[Progress | None] = _bar(options) if watched else nullcontext()
    with bar as progress:
        return convert(
            options.input,
            options.output,
            step,
            overwrite=options.overwrite,
            threads=options.threads,
            progress=progress,
            schemes=options.schemes,
        )


@contextmanager
def _bar(options: argparse.Namespace) -> Iterator[Progress]:
    """Show the progress after one second."""
    try:
        from tqdm import tqdm
    except ImportError:  # the bar is optional
        yield lambda done, total: None
        return
    name = shown_name(options.input).rpartition("/")[2]
    with tqdm(desc=name, unit="B", unit_scale=True, delay=1, leave=False) as bar:

        def show(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield show


def _report(options: argparse.Namespace, done: list[Outcome]) -> None:
    """Print the losses."""
    if options.quiet:
        return
    for outcome in done:
        if outcome.lossy:
            where = f"{shown_name(options.input)}[{outcome.hdu}]"
            _say(f"rustfits pack: LOSSY: {where}: {outcome.lossy}")


#: Arguments in messages for Python, and the options that replace them here.
_OPTIONS = (
    ("overwrite=True", "--overwrite"),
    ("quantize=Quantize()", "--quantize 4"),
    ("quantize=", "--quantize"),
)


def _for_the_shell(message: str) -> str:
    """Return a message with options in place of Python arguments."""
    message = re.sub(r"compress=(\w+)\(\)", lambda found: f"--codec {found[1].lower()}", message)
    for argument, option in _OPTIONS:
        message = message.replace(argument, option)
    return message


def _say(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr)
