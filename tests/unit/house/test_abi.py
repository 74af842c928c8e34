# SPDX-License-Identifier: BSD-3-Clause
"""The shared library has the ABI that csrc/rustfits.abi describes."""

from __future__ import annotations

from support import abi


def test_abi_is_the_described_one(tmp_path):
    abi.write_description(tmp_path / "now.abi")
    report = abi.changes(abi.DESCRIPTION, tmp_path / "now.abi")
    assert report == "", (
        f"{report}\nAdditions are compatible: run `make abi` and commit the description. "
        "Other changes need a new soname (RELEASING.md)."
    )


def test_changes_are_found(tmp_path):
    described = abi.DESCRIPTION.read_text()
    # A struct has grown, and a function is missing.
    assert "name='rf_error' size-in-bits='" in described
    grown = tmp_path / "grown.abi"
    grown.write_text(
        described.replace("name='rf_error' size-in-bits='", "name='rf_error' size-in-bits='1")
    )
    assert "rf_error" in abi.changes(abi.DESCRIPTION, grown)
    assert abi.changes(abi.DESCRIPTION, abi.DESCRIPTION) == ""
