# SPDX-License-Identifier: BSD-3-Clause
"""What notebooks show and complete, and messages for attributes of other packages."""

from __future__ import annotations

import copy
import os
import pickle
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS
from servers import HTTPServer

HOSTILE = "<script>alert('&\"')</script>"


class Tags(HTMLParser):
    """The tags of a text, checked for balance."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        assert not attrs
        self.tags.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


KNOWN = {"p", "pre", "table", "thead", "tbody", "tr", "th", "td"}


def shown(thing) -> str:
    text = thing._repr_html_()
    assert Tags(text).tags <= KNOWN
    assert len(text) < 100_000
    return text


@pytest.fixture
def sky(tmp_path):
    name = str(tmp_path / "sky.fits")
    table = {"id": np.arange(100, dtype="i4"), "name": [HOSTILE] * 100, "v": np.zeros((100, 50))}
    with FITS(name, "w+") as fits:
        fits.write_image(np.zeros((3, 4)), header={"OBJECT": HOSTILE})
        fits.write_table(table, extname="T", units={"id": "pix <b>"})
        fits.write_table(table, extname="ZT", compress=True, units={"id": "pix <b>"})
        fits.create_ascii_table_hdu([("a", "i4")], 3, extname="A")
    return name


def test_files_hdus_headers_and_tables_are_shown(sky):
    with FITS(sky) as fits:
        assert all(f"<td>{name}</td>" in shown(fits) for name in ("T", "ZT", "A"))
        assert "float64 (3, 4)" in shown(fits[0])
        for key in ("T", "ZT"):
            text = shown(fits[key])
            assert "<th>id</th>" in text
            assert "<th>int32</th>" in text
            assert "<th>pix &lt;b&gt;</th>" in text
            assert text.count("<tr>") == 3 + 5
            assert "95 more rows" in text
            assert "&lt;script&gt;" in text
        assert "int64" in shown(fits["A"])
        assert "<th>v</th>" not in shown(fits["T"][["id", "name"]])
        header = shown(fits[0].header)
        assert "&lt;script&gt;" in header
        assert shown(fits[0].header.copy()) == header
    assert "closed" in shown(fits)
    assert "closed" in shown(fits["T"] if not fits.closed else fits._hdus[1])
    assert shown(fits._hdus[0].header) == header


def test_notebooks_show_a_bounded_text(tmp_path):
    name = tmp_path / "large.fits"
    with FITS(name, "w+") as fits:
        cards = {f"KEY{i}": "x" * 60 for i in range(3000)}
        fits.write_image(np.zeros(3), header=cards)
        fits.write_table({f"c{i}": np.arange(3) for i in range(500)})
        fits.write_table({"wide": np.zeros((4, 10**6))})
        fits.write_table({"s": ["y" * 5000]})
        for _ in range(150):
            fits.create_image_hdu("u1", (1,))
    with FITS(name) as fits:
        assert "more cards" in shown(fits[0].header)
        assert "…" in shown(fits[1])
        assert shown(fits[2]).count("<tr>") == 3  # 8 MB a row: no rows
        assert "y…" in shown(fits[3])
        assert "54 more" in shown(fits)


def test_broken_files_are_shown(tmp_path):
    name = tmp_path / "broken.fits"
    rustfits.write(name, {"a": np.arange(100_000)})
    content = name.read_bytes()
    name.write_bytes(content[:-200_000])
    with FITS(name) as fits, pytest.warns(rustfits.FITSWarning, match="cut short"):
        assert shown(fits)
        for hdu in fits:
            assert shown(hdu)
    name.write_bytes(re.sub(rb"TFORM1  = '..", b"TFORM1  = 'x ", content))
    with FITS(name) as fits:
        assert shown(fits)
        assert shown(fits[1])


def test_remote_files_are_shown_without_a_download(sky, tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    with FITS(sky, "r+") as fits:
        fits.write_image(np.zeros((1500, 1000)), extname="LARGE")
        fits.write_image(np.zeros(3), extname="LAST")
    with HTTPServer(tmp_path) as server, FITS(server.url("sky.fits"), remote="ranged") as fits:
        hdu = fits["T"]
        before = fits.remote_stats()
        assert "<td>T</td>" in shown(fits)
        assert "LAST" not in shown(fits)
        assert "100 rows" in shown(hdu)
        assert shown(hdu.header)
        assert fits._ipython_key_completions_() == ["T"]
        assert fits.remote_stats().requests == before.requests


def test_keys_are_completed(sky):
    with FITS(sky) as fits:
        assert fits._ipython_key_completions_() == ["T", "ZT", "A"]
        assert fits["T"]._ipython_key_completions_() == ["id", "name", "v"]
        assert "OBJECT" in fits[0].header._ipython_key_completions_()
    assert fits._ipython_key_completions_() == []


@pytest.mark.parametrize(
    ("thing", "name", "hint"),
    [
        ("fits", "info", r"print\(fits\)"),
        ("fits", "flush", r"fits\.sync\(\)"),
        ("fits[0]", "data", r"hdu\.read\(\)"),
        ("fits[0]", "section", r"hdu\[\.\.\.\]"),
        ("fits['T']", "columns", r"hdu\.colnames"),
        ("fits['T']", "get_data", r"hdu\.read\(\)"),
        ("fits['A']", "get_nrows", r"hdu\.nrows"),
        ("fits[0].header", "comments", "comment_of"),
        ("fits[0].header", "rename_keyword", "rename"),
    ],
)
def test_attributes_of_other_packages_point_the_way(sky, thing, name, hint):
    with FITS(sky) as fits:
        found = eval(thing, {"fits": fits})
        with pytest.raises(AttributeError, match=f"'{name}': use .*{hint}"):
            getattr(found, name)
        assert not hasattr(found, name)
        assert getattr(found, name, 5) == 5


def test_hints_name_what_exists_and_nothing_that_exists():
    from rustfits._core.file.container import Container
    from rustfits._core.header.base import Header

    for kind in (rustfits.ImageHDU, rustfits.TableHDU, rustfits.FITS, rustfits.FITSHeader):
        assert not [name for name in kind._hints if hasattr(kind, name)], kind
    assert Container._hints
    assert Header._hints


def test_other_missing_attributes_are_plain(sky):
    with FITS(sky) as fits:
        with pytest.raises(
            AttributeError, match=r"^'ImageHDU' object has no attribute 'shap'$"
        ) as caught:
            fits[0].shap  # noqa: B018
        assert caught.value.name == "shap"
        assert caught.value.obj is fits[0]
        for name in ("__array_interface__", "__dask_graph__", "_x"):
            assert not hasattr(fits[0], name)
        with pytest.raises(AttributeError):
            fits[0].other = 3
        assert pickle.loads(pickle.dumps(fits[0])).shape == copy.copy(fits[0]).shape


# ---- typed access ----


def test_image_and_table_return_the_hdu_or_say_what_it_is(sky):
    with FITS(sky) as fits:
        assert fits.image(0) is fits[0]
        assert fits.table("T") is fits["T"]
        assert fits.table(("ZT", 1)) is fits["ZT"]
        for wrong in (lambda: fits.image("T"), lambda: fits.table(0), lambda: fits.table("A")):
            with pytest.raises(rustfits.FITSTypeError, match=r"sky\.fits\[\d\]: expected .* found"):
                wrong()
        with pytest.raises(rustfits.FITSKeyError):
            fits.image("NONE")
        with pytest.raises(rustfits.FITSTypeError):
            fits.image(slice(0, 1))


# ---- headers ----


def test_cards_are_inserted_and_renamed(sky):
    with FITS(sky, "r+") as fits:
        header = fits[0].header
        header["LONG"] = "z" * 200
        header["LAST"] = 1
        header.insert("FILTER", ("r", "passband"), after="LONG")
        header.insert("FIRST", 2.5, before="OBJECT")
        header.insert("HISTORY", "one", before="LAST")
        header.insert("HISTORY", "two", before="LAST")
        header.rename("FIRST", "NEW")
        with header.edit() as edit:
            edit.insert("ESO DET ID", 3, after="NEW")
            edit.rename("LAST", "HIERARCH ESO END")
    with astropy_fits.open(sky) as peer:
        keys = list(peer[0].header)
        start = keys.index("NEW")
        assert keys[start:] == [
            *("NEW", "ESO DET ID", "OBJECT", "LONG", "FILTER", "HISTORY", "HISTORY", "ESO END")
        ]
        assert peer[0].header["NEW"] == 2.5
        assert peer[0].header.comments["FILTER"] == "passband"
        assert list(peer[0].header["HISTORY"]) == ["one", "two"]


@pytest.mark.parametrize("live", [True, False])
def test_bad_places_leave_the_header_unchanged(sky, live):
    with FITS(sky, "r+") as fits:
        header = fits[0].header if live else fits[0].header.copy()
        header["A"] = 1
        before = list(header.cards)
        for kind, wrong in [
            (KeyError, lambda: header.insert("B", 1, after="NONE")),
            (TypeError, lambda: header.insert("B", 1)),
            (TypeError, lambda: header.insert("B", 1, before="A", after="A")),
            (ValueError, lambda: header.insert("A", 2, before="OBJECT")),
            (ValueError, lambda: header.insert("NAXIS3", 2, before="OBJECT")),
            (ValueError, lambda: header.insert("B", float("nan"), before="OBJECT")),
            (ValueError, lambda: header.insert("B", 1, before="BITPIX")),
            (ValueError, lambda: header.insert("B", 1, before="SIMPLE")),
            (KeyError, lambda: header.rename("NONE", "B")),
            (ValueError, lambda: header.rename("A", "OBJECT")),
            (ValueError, lambda: header.rename("BITPIX", "B")),
            (ValueError, lambda: header.rename("A", "NAXIS1")),
            (ValueError, lambda: header.rename("A", "HISTORY")),
        ]:
            with pytest.raises(kind):
                wrong()
        assert header.cards == before


def test_headers_are_mutable_mappings(sky):
    from collections.abc import MutableMapping

    header = rustfits.read_header(sky).copy()
    assert isinstance(header, MutableMapping)
    assert header.pop("OBJECT") == HOSTILE
    assert header.setdefault("NEW", 3) == 3
    assert rustfits.FITSHeader.fromstring(header.tostring()) == header
