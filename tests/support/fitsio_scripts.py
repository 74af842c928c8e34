# SPDX-License-Identifier: BSD-3-Clause
"""Scripts that run with the fitsio package and with rustfits.fitsio, and their data."""

from __future__ import annotations

import fitsio as original
import numpy as np
import pytest

from rustfits import fitsio as ours

MODULES = {"fitsio": original, "rustfits": ours}
EITHER = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
WRITER_READER = pytest.mark.parametrize(
    ("writer", "reader"),
    [(original, ours), (ours, original), (ours, ours)],
    ids=["fitsio-rustfits", "rustfits-fitsio", "rustfits-rustfits"],
)


def native(value):
    """The same value in the byte order of the machine, as something that == can compare."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(native, value))
    if isinstance(value, dict):
        return {key: native(item) for key, item in value.items()}
    if isinstance(value, np.void):
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype.names:
        names = value.dtype.names
        return ("rows", value.shape, names, [native(value[name]) for name in names])
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return ("objects", value.shape, [native(cell) for cell in value.tolist()])
    if isinstance(value, np.ndarray):
        own = value.dtype.newbyteorder("=")
        return ("array", value.shape, own.str, value.astype(own).tolist())
    if isinstance(value, np.generic):
        return (value.dtype.newbyteorder("=").str, value.item())
    return value


def both(script, tmp_path, **files):
    """Run a script with both modules, each in a folder of its own; give what it gives, once."""
    answers = []
    for name, module in MODULES.items():
        folder = tmp_path / name
        folder.mkdir()
        answers.append(native(script(module, str(folder / "t.fits"))))
    assert answers[1] == answers[0]
    return answers[0]


def catalogue(n=7):
    rng = np.random.default_rng(5)
    dtype = [
        ("id", "i4"),
        ("Ra", "f8"),
        ("name", "S6"),
        ("text", "U4"),
        ("flag", "?"),
        ("u1", "u1"),
        ("i1", "i1"),
        ("i2", "i2"),
        ("u2", "u2"),
        ("u4", "u4"),
        ("i8", "i8"),
        ("f4", "f4"),
        ("c8", "c8"),
        ("c16", "c16"),
        ("vec", "f4", 3),
        ("mat", "i2", (2, 3)),
        ("words", "S3", 2),
        ("bits", "?", 5),
    ]
    data = np.zeros(n, dtype)
    for name in data.dtype.names:
        kind = data.dtype[name].base.kind
        shape = data[name].shape
        if kind in "iu":
            limits = np.iinfo(data.dtype[name].base)
            data[name] = rng.integers(limits.min, limits.max, shape, limits.dtype, endpoint=True)
        elif kind in "fc":
            data[name] = rng.normal(size=shape)
        elif kind == "b":
            data[name] = rng.integers(0, 2, shape)
    data["name"] = [b"abcdef", b"x", b"", b"yy", b"a b", b"z", b"q"][:n]
    data["text"] = ["abcd", "x", "", "yy", "a b", "z", "q"][:n]
    data["words"][:, 0] = b"abc"
    data["words"][:, 1] = b"d"
    return data


def cells(kind):
    made = np.empty(4, object)
    if kind == "S":
        made[:] = ["abc", "d", "", "efghij"]
    else:
        for row, length in enumerate((3, 0, 1, 5)):
            made[row] = np.arange(length).astype(kind)
    return made


def variable():
    data = np.zeros(4, [("i", "i4"), ("f", "O"), ("k", "O"), ("s", "O")])
    data["i"] = range(4)
    data["f"], data["k"], data["s"] = cells("f4"), cells("i8"), cells("S")
    return data
