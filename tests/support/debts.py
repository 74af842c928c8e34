# SPDX-License-Identifier: BSD-3-Clause
"""Lists of known breaches of a house rule, which may only shrink."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from support import TESTS

FOLDER = TESTS / "unit" / "house" / "debts"


def check_debts(name: str, found: Mapping[str, str]) -> None:
    """Compare the breaches in the tree with the list ``debts/<name>.txt``.

    With HOUSE_UPDATE=1 in the environment, write the list instead.

    Parameters
    ----------
    name : str
        Name of the list, without ``.txt``.
    found : mapping of str to str
        A message for each breach. The keys are the lines of the list.
    """
    path = FOLDER / f"{name}.txt"
    if os.environ.get("HOUSE_UPDATE") == "1":
        write_list(path, found)
    check_list(read_list(path), found, f"{path.relative_to(TESTS.parent)}")


def check_list(listed: Collection[str], found: Mapping[str, str], where: str) -> None:
    """Fail if a breach is not in `listed`, or if `listed` has one that does not exist any more."""
    new = [message for key, message in found.items() if key not in listed]
    assert not new, f"{len(new)} new breaches of a house rule:\n" + "\n".join(new)
    paid = [key for key in listed if key not in found]
    assert not paid, f"remove from {where}, no breach any more:\n" + "\n".join(paid)


def read_list(path: Path) -> list[str]:
    """Return the lines of a list without comments; [] if the file does not exist."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def write_list(path: Path, found: Mapping[str, str]) -> None:
    """Write the keys of `found` as a list; remove the file if there are none."""
    path.unlink(missing_ok=True)
    if found:
        lines = [f"# {path.stem}: to be emptied.", *sorted(found)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
