# SPDX-License-Identifier: BSD-3-Clause
"""Readers plan by the profile of a store; only csrc/store knows which driver a store uses."""

from __future__ import annotations

import re

from support import ROOT

DRIVER = re.compile(
    r"\bRF_DRIVER_[A-Z]+|\brf_(file|memory|remote)_ops\b|\bstore(\.|->)(flags|ops|state)\b"
)
ABOVE = sorted(
    path
    for folder in ("csrc", "rustfits")
    for path in (ROOT / folder).rglob("*.[chp]*")
    if path.suffix in {".c", ".h", ".py"}
    and not path.is_relative_to(ROOT / "csrc/store")
    and not path.is_relative_to(ROOT / "rustfits/_core/driver")  # drivers themselves
    and not path.is_relative_to(ROOT / "csrc/include")
)


def test_no_file_above_the_stores_tests_a_driver():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in ABOVE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if DRIVER.search(line)
    ]
    assert len(ABOVE) > 100
    assert found == []


def test_the_pattern_finds_flags_and_operations():
    for line in (
        "(file->store->flags & RF_DRIVER_REMOTE) != 0",
        "x = RF_DRIVER_MEMORY;",
        "store->ops == &rf_remote_ops",
    ):
        assert DRIVER.search(line)
