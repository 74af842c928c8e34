# SPDX-License-Identifier: BSD-3-Clause
"""Changes of many cards parse and copy the header as often as changes of few."""

from __future__ import annotations

import numpy as np
import pytest

import rustfits
from rustfits._core.header import base, cards, header


@pytest.fixture
def counted(monkeypatch):
    """Count the headers that are parsed and copied, by name of the function."""
    counts: dict[str, int] = {}

    def count(module, name):
        real = getattr(module, name)

        def counting(*args):
            counts[name] = counts.get(name, 0) + 1
            return real(*args)

        monkeypatch.setattr(module, name, counting)

    count(cards, "parse_cards")
    for module in (cards, base, header):
        if hasattr(module, "copy_cards"):
            count(module, "copy_cards")
    return counts


def sources(n: int):
    texts = [f"T{i:<7}= {i:20d} / text" for i in range(n)]
    values = [(f"V{i}", i, "value") for i in range(n)]
    return {
        "dict": {f"D{i}": (i, "comment") for i in range(n)},
        "hierarch": {f"ESO LONG NAME {i}": f"text {i}" for i in range(n)},
        "texts": texts,
        "tuples": values,
        "texts, then tuples": texts + values,
    }


@pytest.mark.parametrize("kind", sources(0))
def test_work_does_not_grow_with_the_cards(kind, counted):
    made = []
    for n in (40, 800):
        source = sources(n)[kind]
        counted.clear()
        with rustfits.FITS("mem://", "w+") as file:
            file.write_image(np.zeros(2), header=source)
            file.write_image(np.zeros(2))
            file[1].header.update(source)
            with file[1].header.edit() as edit:
                edit.update(source)
                for key in list(edit.keys())[-n:]:
                    edit[key] = "other"
                    edit.set_comment(key, "new")
                for key in list(edit.keys())[-n:]:
                    del edit[key]
            assert len(file[0].header) >= n
        made.append(dict(counted))
    assert made[0] == made[1]
    assert sum(made[0].values()) > 0


def test_each_cut_comment_is_told():
    long = "a comment of more characters than a card has room for behind a value"
    with rustfits.FITS("mem://", "w+") as file:
        file.write_image(np.zeros(2))
        with pytest.warns(rustfits.FITSWarning) as told:
            file[0].header.update(
                {"FIRST": (1, long), "SECOND": (2.5, long), "THIRD": (3, "short")}
            )
    assert [str(one.message).split(":")[0] for one in told] == ["keyword FIRST", "keyword SECOND"]
