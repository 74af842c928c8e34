# SPDX-License-Identifier: BSD-3-Clause
"""Files with bytes, cards and blocks changed at random: reading, editing, packing and unpacking them never crashes.

Each file is used in a child process with bounded memory and time. An error of the library's own classes is the right
answer to a damaged file; a signal, a time-out or another exception is a finding, and the file is kept.
"""

from __future__ import annotations

import contextlib
import gzip
import os
import random
import resource
import shutil
import signal
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import rustfits

from .edits import arrays, build

#: Address space of a child, and seconds that one file may take.
_MEMORY = 4 << 30
_SECONDS = 30

_NUMBERS = (
    "-1", "0", "1", "2", "3", "7", "8", "255", "65536", "2147483647", "2147483648", "4294967295",
    "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1E400", "NaN", "'x'", "T", "",
)  # fmt: skip
_TEXTS = ("'1PE(5)'", "'1QJ(9)'", "'0J'", "'99999999999J'", "'16A'", "'RICE_1'", "'GZIP_2'", "'HCOMPRESS_1'", "'PLIO_1'",
          "'(1)'", "'(3,4)'", "'BINTABLE'", "'IMAGE'", "'TABLE'", "'NO_DITHER'")  # fmt: skip


def _bases(folder: Path) -> list[bytes]:
    """Give valid files of every kind of HDU."""
    path = folder / "base.fits"
    build(path, 1)
    found = [path.read_bytes()]
    pixels = np.arange(60 * 50).reshape(60, 50)
    for codec in ("RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1"):
        rustfits.write(path, pixels.astype("i4" if codec != "PLIO_1" else "i2"), compress=codec)
        found.append(path.read_bytes())
    rustfits.write(path, {"v": arrays(40, 30, 2), "s": np.array(["abc"] * 40)}, compress=True)
    found.append(path.read_bytes())
    found.append(gzip.compress(found[0], 1))
    return found


def _card(content: bytearray, rng: random.Random) -> None:
    """Give a card of a header another value, or the place of another card."""
    starts = [i for i in range(0, len(content) - 79, 80) if content[i + 8 : i + 10] == b"= "]
    if not starts:
        return
    at = rng.choice(starts)
    if rng.random() < 0.2:
        other = rng.choice(starts)
        content[at : at + 80] = content[other : other + 80]
        return
    value = rng.choice(_NUMBERS if rng.random() < 0.75 else _TEXTS)
    content[at + 10 : at + 80] = value.rjust(20).ljust(70).encode()


def _bytes(content: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 1, 2, 8, 64))):
        content[rng.randrange(len(content))] = rng.randrange(256)


def _cut(content: bytearray, rng: random.Random) -> None:
    del content[rng.randrange(len(content)) :]


def _blocks(content: bytearray, rng: random.Random) -> None:
    """Take a block out, put one in, or double one."""
    count = len(content) // 2880
    if count < 2:
        return
    at = rng.randrange(count) * 2880
    block = bytes(content[at : at + 2880])
    kind = rng.randrange(4)
    if kind == 0:
        del content[at : at + 2880]
    else:
        content[at:at] = (block, bytes(2880), b" " * 2880)[kind - 1]


_MUTATIONS: tuple[Callable[[bytearray, random.Random], None], ...] = (
    *(_card,) * 3,
    *(_bytes,) * 2,
    _cut,
    _blocks,
)


def mutated(base: bytes, rng: random.Random) -> bytes:
    """Give a base file with a few changes."""
    content = bytearray(base)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        if content:
            rng.choice(_MUTATIONS)(content, rng)
    return bytes(content)


# ---- what is done with a file ----


def _read(path: Path) -> None:
    with rustfits.FITS(path, max_tile_bytes=1 << 28, max_inflate_bytes=1 << 28) as fits:
        for hdu in fits:
            repr(hdu)
            with contextlib.suppress(rustfits.FITSError):
                hdu.header.to_dict()
            with contextlib.suppress(rustfits.FITSError):
                hdu.verify_checksum()
            with contextlib.suppress(rustfits.FITSError):
                hdu.raw_bytes()
            if not isinstance(hdu, (rustfits.ImageHDU, rustfits.TableHDU)):
                continue
            with contextlib.suppress(rustfits.FITSError):
                hdu.read()


#: Edits that fit one kind of HDU or another.
_CHANGES: tuple[Callable[[Any], Any], ...] = (
    lambda hdu: hdu.header.update({"NEWKEY": 1}),
    lambda hdu: hdu.__setitem__(slice(0, 2), hdu[0:2]),
    lambda hdu: hdu.append(hdu[0:3]),
    lambda hdu: hdu.delete_rows([0]),
    lambda hdu: hdu.delete_column(0),
    lambda hdu: hdu.repack(),
)


def _change(path: Path) -> None:
    with rustfits.FITS(path, "r+", max_tile_bytes=1 << 28) as fits:
        for index in range(min(len(fits), 9)):
            for change in _CHANGES:
                with contextlib.suppress(rustfits.FITSError, AttributeError, TypeError):
                    change(fits[index])


def _pack(path: Path) -> None:
    packed = path.with_suffix(".fz")
    rustfits.pack(path, packed, overwrite=True, tables=True)
    rustfits.unpack(packed, path.with_suffix(".out"), overwrite=True)


def _unpack(path: Path) -> None:
    rustfits.unpack(path, path.with_suffix(".out"), overwrite=True)


_USES = (_read, _change, _pack, _unpack)


def use(path: Path) -> str:
    """Use a file in a child process; give "" or what went wrong."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(read)
            signal.alarm(_SECONDS)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            warnings.simplefilter("ignore")
            content = path.read_bytes()
            for step in _USES:
                os.write(write, f"\n{step.__name__} ".encode())
                path.write_bytes(content)
                with contextlib.suppress(rustfits.FITSError):
                    step(path)
            status = 0
        except BaseException:
            os.write(write, traceback.format_exc(limit=-2).encode()[:3000])
        finally:
            os._exit(status)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if status == 0:
        return ""
    how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "an exception"
    return f"{how} in {said.rsplit(chr(10) + '_', 1)[-1].strip()}"


def run(folder: Path, seed: int, deadline: float, most: int = 0) -> tuple[int, int]:
    """Use mutated files until the time is over, or `most` of them; give (good, bad)."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bases = _bases(folder)
    rng = random.Random(seed)
    seen: Counter[str] = Counter()
    good = bad = number = 0
    while time.monotonic() < deadline and not (most and number >= most):
        number += 1
        content = mutated(rng.choice(bases), rng)
        path = folder / "mutated.fits"
        path.write_bytes(content)
        wrong = use(path)
        if not wrong:
            good += 1
            continue
        bad += 1
        kind = wrong.splitlines()[-1][:120]
        seen[kind] += 1
        if seen[kind] <= 3:
            kept = folder / f"finding-{seed}-{number}.fits"
            kept.write_bytes(content)
            print(f"{kept}: {wrong}", flush=True)
    for kind, count in seen.most_common():
        print(f"{count} times: {kind}", flush=True)
    return good, bad
