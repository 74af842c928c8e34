# SPDX-License-Identifier: BSD-3-Clause
"""References as zarr opens them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

if sys.version_info < (3, 11):  # zarr 3 does not install there
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def open_refs() -> Callable[[Any], Any]:
    """Open references as a group of zarr."""
    import zarr

    def opened(refs: Any) -> Any:
        options = {"fo": refs, "asynchronous": True}
        if any("http" in place[0] for place in refs["refs"].values()):
            options |= {"remote_protocol": "http", "remote_options": {"asynchronous": True}}
        store = zarr.storage.FsspecStore.from_url(
            "reference://", storage_options=options, read_only=True
        )
        return zarr.open_group(store, mode="r")

    return opened


@pytest.fixture
def check_selections() -> Callable[[Any, np.ndarray[Any, Any]], None]:
    """Compare every kind of selection of an array of zarr with the same one of numpy."""

    def check(array: Any, data: np.ndarray[Any, Any]) -> None:
        equal = np.testing.assert_array_equal
        assert array.shape == data.shape
        assert array.dtype == data.dtype
        equal(array[...], data)
        middle = tuple(slice(length // 3, length // 3 + 9) for length in data.shape)
        equal(array[middle], data[middle])
        equal(array[::5], data[::5])
        equal(array[data.shape[0] - 1], data[data.shape[0] - 1])
        corner = tuple(length - 1 for length in data.shape)
        equal(array[corner], data[corner])
        lists = [np.array([0, length - 1, length // 2]) for length in data.shape]
        equal(array.vindex[tuple(lists)], data[tuple(lists)])
        equal(array.oindex[tuple(lists)], data[np.ix_(*lists)])
        chosen = np.zeros(data.shape, bool)
        chosen[tuple(lists)] = True
        equal(array.vindex[chosen], data[chosen])
        empty = (slice(0, 0), *middle[1:])
        equal(array[empty], data[empty])

    return check
