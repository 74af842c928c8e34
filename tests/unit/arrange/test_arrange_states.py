# SPDX-License-Identifier: BSD-3-Clause
"""Any sequence of copies, deletions, moves, renames and edits leaves the HDUs that a list says.

After each step, astropy and fitsverify read the file, and every HDU that the step did not change
has the same bytes. The default run is short; ``pytest --hypothesis-profile=long`` makes many and
long sequences.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from rustfits import FITS, FITSClosedError, FITSUnsupportedError
from support.files import Stored, stored_hdus, write_every_kind
from support.tables import verify

NAMES = [None, "SCI", "CAT", "A", "Mixed", "LONG-NAME_1"]
MOST = 14


@dataclass
class Known:
    """What an HDU must be."""

    hdu: Any
    name: str | None
    version: int
    image: bool  # it can be the first HDU
    bytes: Stored | None  # None: the step has changed it
    place_changed: bool = False  # only the cards of its place may differ


class Arrangements(RuleBasedStateMachine):
    """A file, and the list of its HDUs."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.fits"
        self.other = FITS("mem://", "w+")
        write_every_kind(self.other, 2)
        self.deleted: list[Any] = []

    @initialize(seed=st.integers(0, 3))
    def begin(self, seed: int) -> None:
        with FITS(self.path, "w+") as fits:
            write_every_kind(fits, seed)
        self.fits = FITS(self.path, "r+")
        self.list = [
            Known(hdu, hdu.extname, hdu.extver, hdu.kind == "image", found)
            for hdu, found in zip(self.fits, stored_hdus(self.path), strict=True)
        ]

    def teardown(self) -> None:
        if hasattr(self, "fits"):
            self.fits.close()
            verify(self.path)
        self.other.close()
        self.folder.cleanup()

    def may_be(self, order: list[Known]) -> bool:
        return order[0].image

    def set_list(self, order: list[Known]) -> None:
        """Take the new list, in which the first HDU may be another one."""
        if order[0] is not self.list[0]:
            order[0].place_changed = True
            self.list[0].place_changed = True
        self.list = order

    @rule(from_other=st.booleans(), number=st.integers(0, 99), place=st.integers(-20, 20))
    def copy(self, from_other: bool, number: int, place: int) -> None:
        if len(self.list) >= MOST:
            return
        source = self.other[number % 8] if from_other else self.list[number % len(self.list)].hdu
        count = len(self.list) + 1
        position = None if place > 15 else place % count - (count if place < 0 else 0)
        image = source.kind == "image"
        first = (position if position is not None else count - 1) % count == 0
        if first and not image:
            with pytest.raises(FITSUnsupportedError):
                self.fits.copy_hdu(source, position=position)
            return
        made = self.fits.copy_hdu(source, position=position)
        known = None if from_other else self.list[number % len(self.list)].bytes
        copy = Known(made, source.extname, source.extver, image, known, True)
        order = list(self.list)
        order.insert((position if position is not None else count - 1) % count, copy)
        self.set_list(order)

    @rule(number=st.integers(0, 99), by_name=st.booleans())
    def delete(self, number: int, by_name: bool) -> None:
        index = number % len(self.list)
        known = self.list[index]
        key: Any = index
        if by_name and known.name is not None:
            key = known.name.lower(), known.version
            index = next(
                i
                for i, k in enumerate(self.list)
                if k.name is not None and (k.name.lower(), k.version) == key
            )
            known = self.list[index]
        del self.fits[key]
        self.deleted.append(known.hdu)
        order = self.list[:index] + self.list[index + 1 :]
        if index == 0 and (not order or not order[0].image):
            order.insert(0, Known(self.fits[0], None, 1, True, None))
        self.set_list(order)

    @rule(number=st.integers(0, 99), place=st.integers(-40, 40))
    def move(self, number: int, place: int) -> None:
        count = len(self.list)
        index, position = number % count, place % count - (count if place < 0 else 0)
        order = list(self.list)
        order.insert(position % count, order.pop(index))
        if not order[0].image:
            with pytest.raises(FITSUnsupportedError):
                self.fits.move_hdu(index, position)
            return
        self.fits.move_hdu(index, position)
        self.set_list(order)

    @rule(
        number=st.integers(0, 99),
        name=st.sampled_from(NAMES),
        version=st.sampled_from([None, 1, 2, 70]),
    )
    def rename(self, number: int, name: str | None, version: int | None) -> None:
        known = self.list[number % len(self.list)]
        if version is None:
            known.hdu.extname = name
        else:
            self.fits.rename_hdu(known.hdu.index, name, version)
        known.name = name
        known.version = known.version if version is None else version
        known.bytes = None

    @rule(number=st.integers(0, 99), cards=st.integers(1, 50))
    def edit(self, number: int, cards: int) -> None:
        known = self.list[number % len(self.list)]
        with known.hdu.header.edit() as header:
            for n in range(cards):
                header[f"KEY{n}"] = number
        known.bytes = None

    @rule(number=st.integers(0, 99))
    def change_data(self, number: int) -> None:
        known = self.list[number % len(self.list)]
        hdu = known.hdu
        if not hdu.has_data:
            return
        if hdu.kind in ("image", "compressed image"):
            hdu[3, 5:9] = number
            assert (hdu[3, 5:9] == number).all()
        elif "v" in hdu.colnames:
            words = np.empty(1, object)
            words[0] = np.arange(number, dtype="i4")
            hdu.append({"v": words, "n": np.arange(1)})
        else:
            hdu.append(hdu[:2])
        known.bytes = None

    @invariant()
    def the_file_is_the_list(self) -> None:
        if not hasattr(self, "fits"):
            return
        assert len(self.fits) == len(self.list)
        for index, known in enumerate(self.list):
            assert self.fits[index] is known.hdu
            assert known.hdu.index == index
            assert (known.hdu.extname, known.hdu.extver) == (known.name, known.version)
            assert ("SIMPLE" in known.hdu.header) == (index == 0)
        for hdu in self.deleted:
            with pytest.raises(FITSClosedError):
                hdu.raw_bytes()
        self.fits.sync()
        verify(self.path)
        found = stored_hdus(self.path)
        assert len(found) == len(self.list)
        for i, (known, now) in enumerate(zip(self.list, found, strict=True)):
            if known.bytes is not None and known.place_changed:
                assert now.cards() == known.bytes.cards()
                assert now.data == known.bytes.data
            elif known.bytes is not None:
                assert now == known.bytes
            self.list[i] = replace(known, bytes=now, place_changed=False)


def test_any_sequence_of_arrangements() -> None:
    long = settings.get_current_profile_name() == "long"
    run_state_machine_as_test(
        Arrangements,
        settings=settings(
            max_examples=1000 if long else 15,
            stateful_step_count=40 if long else 15,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
