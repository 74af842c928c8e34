# SPDX-License-Identifier: BSD-3-Clause
"""Columns of every kind that a compressed table may hold."""

from __future__ import annotations

from typing import Any

import numpy as np


def cells(dtype: str, n: int, seed: int = 1, longest: int = 30) -> np.ndarray:
    """Cells of variable length, some of them empty."""
    rng = np.random.default_rng(seed)
    made = np.empty(n, object)
    for i in range(n):
        made[i] = rng.integers(0, 100, rng.integers(0, longest)).astype(dtype)
    return made


def columns(n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Every kind of column that is in the rows."""
    rng = np.random.default_rng(seed)
    return {
        "flag": rng.random(n) > 0.5,
        "bits": rng.random((n, 11)) > 0.5,
        "u1": rng.integers(0, 255, n).astype("u1"),
        "i1": rng.integers(-100, 100, n).astype("i1"),
        "i2": rng.integers(-9, 9, (n, 3)).astype("i2"),
        "u2": rng.integers(0, 60000, n).astype("u2"),
        "i4": np.cumsum(rng.integers(-3, 9, n)).astype("i4"),
        "u4": rng.integers(0, 2**32, n).astype("u4"),
        "i8": rng.integers(0, 2**60, n),
        "f4": rng.normal(size=n).astype("f4"),
        "f8": rng.normal(size=(n, 2, 3)),
        "c8": (rng.normal(size=n) + 1j).astype("c8"),
        "c16": rng.normal(size=n) + 2j,
        "name": np.array([f"n{i % 77}" for i in range(n)], "U8"),
    }


def variable(n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Every kind of cell in the heap that cfitsio can unpack again: not doubles of two parts."""
    kinds = ("u1", "i2", "i4", "i8", "f4", "f8", "c8")
    return {kind: cells(kind, n, seed + i) for i, kind in enumerate(kinds)}


KINDS = {"rows": columns, "heap": variable}


def same(a: Any, b: Any) -> bool:
    """Two structured arrays are equal to the bit."""
    if a.dtype != b.dtype or len(a) != len(b):
        return False
    for name in a.dtype.names:
        x, y = a[name], b[name]
        if x.dtype != object and x.tobytes() != y.tobytes():
            return False
        if x.dtype == object:
            for p, q in zip(x, y, strict=True):
                if isinstance(p, str):
                    if p != q:
                        return False
                elif p.dtype != q.dtype or not np.array_equal(p, q):
                    return False
    return True


def everything(n: int, seed: int = 1) -> dict[str, np.ndarray]:
    """Every kind of column there is."""
    rng = np.random.default_rng(seed)
    data = columns(n, seed)
    data.update({f"v{name}": values for name, values in variable(n, seed).items()})
    data["vc16"] = cells("c16", n, seed)
    data["vbits"] = np.empty(n, object)
    data["vname"] = np.empty(n, object)
    for i in range(n):
        data["vbits"][i] = rng.random(rng.integers(1, 30)) > 0.5
        data["vname"][i] = "x" * int(rng.integers(0, 9))
    return data
