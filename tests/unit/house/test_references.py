# SPDX-License-Identifier: BSD-3-Clause
"""The generated references have every public name, and say what its comment or docstring says."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

import rustfits

ROOT = Path(__file__).resolve().parents[3]
INCLUDE = ROOT / "csrc" / "include"
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

import c_reference  # noqa: E402
import python_reference  # noqa: E402
import rooms  # noqa: E402

EXAMPLE = """/* rustfits/door.h: Doors (FITS 0). Part of <rustfits.h>. */
#ifndef DOOR_H
#define DOOR_H
#ifdef __cplusplus
extern "C" {
#endif
#if defined(RF_X)
#define RF_API hidden
#endif

/* ==================== Doors (FITS 0) ==================== */

#define RF_DOOR_WIDE 1 /* for the piano */
/* These two go together. */
#define RF_DOOR_LEFT 2
#define RF_DOOR_RIGHT 4

typedef struct rf_door rf_door;

typedef enum rf_state {
  /* at rest */
  RF_OPEN = 0,   /* open */
  RF_CLOSED =
      1, /* closed, see rf_door_open() */

  RF_AJAR /* neither */
} rf_state;

typedef struct rf_hinge {
  size_t size; /* sizeof(rf_hinge) */
  /* MAY. Called
   * once. */
  rf_state (*turn)(void *user, double angle);
  const char *name, label[8]; /* two of them */
} rf_hinge;

/* rf_door_open() opens a door by its *name, `rf_door` or a_door.
 * door   receives the door; the caller frees it
 * name   UTF-8; NULL:
 *        the front door
 * Returns RF_OPEN; RF_CLOSED (a key
 * is missing). Threads: any. */
RF_API RF_CHECKED rf_state rf_door_open(rf_door **door, const char *name);

/* One comment for two. */
RF_API int rf_door_count(const rf_door *door);
RF_API int rf_door_sum(const rf_door *door);

RF_API void rf_door_free(rf_door *door);
#endif
"""


def entries(text: str) -> dict[str, c_reference.Entry]:
    header = c_reference.parse_header(text, "rustfits/door.h")
    return {e.names[0]: e for section in header.sections for e in section.entries()}


def test_comments_belong_to_the_declaration_that_they_are_written_for():
    found = entries(EXAMPLE)
    assert list(found) == [
        *("RF_DOOR_WIDE", "RF_DOOR_LEFT", "rf_door", "rf_state", "rf_hinge"),
        *("rf_door_open", "rf_door_count", "rf_door_free"),
    ]
    assert found["RF_DOOR_WIDE"].comment == "for the piano"
    assert found["RF_DOOR_LEFT"].names == ["RF_DOOR_LEFT", "RF_DOOR_RIGHT"]
    assert [(m.signatures, m.comment, m.group) for m in found["rf_state"].members] == [
        (["RF_OPEN = 0"], "open", "at rest"),
        (["RF_CLOSED = 1"], "closed, see rf_door_open()", ""),
        (["RF_AJAR"], "neither", ""),
    ]
    assert [m.comment for m in found["rf_hinge"].members] == [
        *("sizeof(rf_hinge)", "MAY. Called\nonce.", "two of them")
    ]
    assert found["rf_door_count"].names == ["rf_door_count", "rf_door_sum"]
    assert found["rf_door_free"].comment == ""


def test_the_parts_of_a_comment_become_fields_and_links():
    header = c_reference.parse_header(EXAMPLE, "rustfits/door.h")
    page = c_reference.make_pages([header])["door"]
    assert page.startswith("Doors\n=====\n")
    start = page.index(".. c:function:: rf_state rf_door_open(rf_door **door, const char *name)")
    assert page[start : page.index(".. c:function::", start + 1)].splitlines()[2:-1] == [
        "   :c:func:`rf_door_open` opens a door by its ``*name``, :c:type:`rf_door` or ``a_door``.",
        "",
        "   :param door: receives the door; the caller frees it",
        "   :param name: UTF-8; NULL: the front door",
        "   :returns: :c:enumerator:`RF_OPEN`; :c:enumerator:`RF_CLOSED` (a key is missing).",
        "",
        "   **Threads:** any.",
    ]
    assert "RF_API" not in page and "hidden" not in page


def test_every_declaration_of_the_headers_is_in_the_c_reference():
    paths = c_reference.public_headers(INCLUDE)
    assert {path.name for path in paths} == {path.name for path in INCLUDE.rglob("*.h")}
    text = "".join(path.read_text("utf-8") for path in paths)
    declared = set(re.findall(r"^RF_API[^;]*?\b(rf_\w+)\(", text, re.MULTILINE))
    declared |= set(re.findall(r"^\} (rf_\w+);", text, re.MULTILINE))
    declared |= set(re.findall(r"^#define (RF_(?!API|CHECKED)\w+) ", text, re.MULTILINE))
    headers = [
        c_reference.parse_header(p.read_text("utf-8"), p.relative_to(INCLUDE).as_posix())
        for p in paths
    ]
    assert len(declared) > 150
    assert declared - c_reference.roles_of(headers).keys() == set()


def test_every_public_name_is_in_the_python_reference():
    pages = python_reference.make_pages()
    shown = set(re.findall(r"^\.\. auto\w+:: rustfits\.(\w+)", "\n".join(pages.values()), re.M))
    optional = set(python_reference.OPTIONAL_MODULES)
    assert shown - optional == set(rustfits.__all__) - {"__version__"}
    listed = set(re.findall(r"^   ([a-z]\w*)$", pages["index"], re.MULTILINE))
    assert listed == pages.keys() - {"index"}


def test_a_class_lists_its_own_members_and_those_of_private_bases():
    assert "read" in python_reference.members_of(rustfits.ImageHDU)
    assert "header" in python_reference.members_of(rustfits.HDU)
    assert "header" not in python_reference.members_of(rustfits.ImageHDU)
    assert "tile_shape" in python_reference.members_of(rustfits.Rice1)


def test_the_picture_has_a_box_for_each_room():
    house = rooms.whole_house(ROOT)
    picture = ElementTree.fromstring(rooms.draw(house))
    names = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {path.name for path in (ROOT / "csrc").iterdir() if path.is_dir()} <= names
    assert {"_core/image", "_core/binding", "fitsio", "cli", "rustfits"} <= names
    assert len(list(picture.iter("{http://www.w3.org/2000/svg}rect"))) == len(house.rooms)
    assert ("_core/binding", "include") in rooms.arrows(house)[0]
    assert ("value", "base") in rooms.arrows(house)[0]


@pytest.mark.parametrize(
    ("uses", "down", "breaking"),
    [
        ({"a": {"b", "c"}, "b": {"c"}, "c": set()}, ["ab", "bc"], []),
        ({"a": {"b"}, "b": {"a", "c"}, "c": {"a"}}, ["ab", "bc"], ["ba", "ca"]),
    ],
)
def test_arrows_that_follow_are_left_out_and_those_up_are_kept(uses, down, breaking):
    found = rooms.arrows(rooms.House({}, uses, [["a"], ["b"], ["c"]]))
    assert [["".join(pair) for pair in pairs] for pairs in found] == [down, breaking]


def test_files_that_the_internals_name_exist():
    text = (ROOT / "docs" / "internals.md").read_text("utf-8")
    named = set(re.findall(r"`((?:\w+/)+[\w.]*)`", text))
    assert len(named) > 30
    roots = (ROOT, ROOT / "csrc", ROOT / "rustfits")
    missing = {name for name in named if not any((root / name).exists() for root in roots)}
    assert missing == set()
