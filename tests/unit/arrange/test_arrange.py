# SPDX-License-Identifier: BSD-3-Clause
"""HDUs are copied, deleted, moved and renamed, and the objects of the others follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import (
    FITS,
    FITSClosedError,
    FITSIndexError,
    FITSKeyError,
    FITSReadOnlyError,
    FITSTypeError,
    FITSUnsupportedError,
    FITSValueError,
)
from support.files import stored_hdus, write_every_kind
from support.tables import verify

NAMES = [None, "SCI", "CAT", "PACKED", "HEAP", "TEXT", "EMPTY", "TILES"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with FITS(tmp_path / "a.fits", "w+") as fits:
        write_every_kind(fits)
    return tmp_path / "a.fits"


@pytest.fixture
def fits(path: Path) -> Iterator[FITS]:
    with FITS(path, "r+") as opened:
        yield opened
    verify(path)


def names(fits: FITS) -> list[str | None]:
    return [hdu.extname for hdu in fits]


# ---- copying ----


def test_a_copy_has_the_same_bytes(path: Path, tmp_path: Path) -> None:
    with FITS(path) as source, FITS(tmp_path / "b.fits", "w+") as made:
        for hdu in source:
            copy = made.copy_hdu(hdu)
            assert copy is made[hdu.index]
            assert type(copy) is type(hdu)
            assert copy.extname == hdu.extname
    assert (tmp_path / "b.fits").read_bytes() == path.read_bytes()


def test_a_copy_at_a_position_moves_the_others(fits: FITS, path: Path) -> None:
    objects = list(fits)
    before = stored_hdus(path)
    copy = fits.copy_hdu(fits["HEAP"], position=2)
    assert copy is fits[2]
    assert [hdu.index for hdu in objects] == [0, 1, 3, 4, 5, 6, 7, 8]
    assert all(fits[hdu.index] is hdu for hdu in objects)
    fits.sync()
    after = stored_hdus(path)
    assert after[2] == before[4]
    assert after[:2] + after[3:] == before
    assert copy.read()["v"][4].tolist() == list(range(900))
    assert fits["TILES"].read()["a"].tolist() == fits["CAT"].read()["a"].tolist()


def test_a_copy_becomes_the_primary_hdu(fits: FITS, path: Path) -> None:
    first, second = fits[0], fits["SCI"]
    copy = fits.copy_hdu(second, position=0)
    assert copy.header["SIMPLE"] is True
    assert "XTENSION" not in copy.header
    assert copy.header["EXTEND"] is True
    assert first.index == 1
    assert first.header["XTENSION"] == "IMAGE"
    assert (first.header["PCOUNT"], first.header["GCOUNT"]) == (0, 1)
    assert np.array_equal(copy.read(), second.read())
    assert fits[-1].index == 8


def test_a_refused_position_leaves_the_file(fits: FITS, path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(FITSUnsupportedError, match="only an image can be the first HDU"):
        fits.copy_hdu(fits["CAT"], position=0)
    with pytest.raises(FITSIndexError):
        fits.copy_hdu(fits["CAT"], position=9)
    with pytest.raises(FITSTypeError):
        fits.copy_hdu(fits["CAT"], position="2")  # type: ignore[arg-type]
    with pytest.raises(FITSTypeError, match="copies an HDU, not ndarray"):
        fits.copy_hdu(np.zeros(3))  # type: ignore[arg-type]
    fits.sync()
    assert path.read_bytes() == content
    assert names(fits) == NAMES


def test_pending_rows_are_copied(tmp_path: Path) -> None:
    with FITS(tmp_path / "a.fits", "w+") as fits:
        hdu = fits.create_table_hdu([("a", "i4"), ("v", object)], var_dtypes={"v": "i2"})
        with hdu.appending() as rows:
            for n in range(5):
                cell = np.empty(1, [("a", "i4"), ("v", object)])
                cell["a"], cell["v"][0] = n, np.arange(n, dtype="i2")
                rows.append(cell)
            copy = fits.copy_hdu(hdu)
            assert copy.read()["a"].tolist() == [0, 1, 2, 3, 4]
    verify(tmp_path / "a.fits")


def test_copies_between_drivers(path: Path, tmp_path: Path) -> None:
    packed = tmp_path / "c.fits.gz"
    with FITS("mem://", "w+") as memory, FITS(path) as source:
        for hdu in source:
            memory.copy_hdu(hdu)
        assert memory.to_bytes() == path.read_bytes()
        with FITS(packed, "w+") as made:
            for hdu in memory:
                made.copy_hdu(hdu)
    with FITS(packed) as made:
        assert made.to_bytes() == path.read_bytes()


# ---- deleting ----


def test_the_others_move_up(fits: FITS, path: Path) -> None:
    objects = list(fits)
    before = stored_hdus(path)
    deleted = objects.pop(2)
    header = deleted.header
    fits.delete_hdu("CAT")
    assert [hdu.index for hdu in objects] == list(range(7))
    assert all(fits[i] is hdu for i, hdu in enumerate(objects))
    assert names(fits) == NAMES[:2] + NAMES[3:]
    assert "CAT" not in fits
    assert deleted not in fits
    assert header["EXTNAME"] == "CAT"
    assert deleted.extname == "CAT"
    with pytest.raises(FITSClosedError, match="the HDU was deleted"):
        deleted.read()
    with pytest.raises(FITSClosedError, match="the HDU was deleted"):
        header["X"] = 1
    with pytest.raises(FITSClosedError):
        fits.copy_hdu(deleted)
    assert "closed" in repr(deleted)
    fits.sync()
    assert stored_hdus(path) == before[:2] + before[3:]


def test_del_takes_keys_and_slices(fits: FITS) -> None:
    del fits["SCI", 1]
    del fits[-1]
    assert names(fits) == [None, "CAT", "PACKED", "HEAP", "TEXT", "EMPTY"]
    del fits[1:4:2]
    assert names(fits) == [None, "PACKED", "TEXT", "EMPTY"]
    with pytest.raises(FITSKeyError):
        del fits["CAT"]
    with pytest.raises(FITSIndexError):
        del fits[4]
    with pytest.raises(FITSTypeError):
        fits.delete_hdu(slice(0, 2))  # type: ignore[arg-type]
    assert len(fits) == 4


def test_the_next_image_becomes_primary(fits: FITS, path: Path) -> None:
    first, second = fits[0], fits[1]
    pixels = second.read()
    del fits[0]
    assert second is fits[0]
    assert second.header["SIMPLE"] is True
    assert np.array_equal(second.read(), pixels)
    assert fits["CAT"].index == 1
    with pytest.raises(FITSClosedError):
        first.read()


def test_an_empty_primary_takes_the_place(fits: FITS) -> None:
    del fits[1]
    table, first = fits["CAT"], fits[0]
    del fits[0]
    assert table is fits[1]
    assert fits[0] is not first
    assert not fits[0].has_data
    del fits[1:]
    del fits[0]
    assert len(fits) == 1


# ---- moving ----


@pytest.mark.parametrize(("index", "position"), [(2, 5), (5, 2), (1, -1), (7, 1), (3, 3), (0, 1)])
def test_objects_follow(fits: FITS, path: Path, index: int, position: int) -> None:
    objects = list(fits)
    before = stored_hdus(path)
    headers = [hdu.header for hdu in objects]
    raw = fits["PACKED"].raw_header
    fits.move_hdu(index, position)
    order = list(range(8))
    order.insert(position % 8, order.pop(index))
    assert [hdu.index for hdu in objects] == [order.index(i) for i in range(8)]
    assert all(fits[hdu.index] is hdu for hdu in objects)
    fits.sync()
    after = stored_hdus(path)
    for i, hdu in enumerate(objects):
        assert after[hdu.index].data == before[i].data
        assert after[hdu.index].cards() == before[i].cards()
    for hdu, header in zip(objects, headers, strict=True):
        assert hdu.header is header
        header["MOVED"] = hdu.index
        assert header["MOVED"] == hdu.index
    raw["RAWKEY"] = 7
    fits.sync()
    with astropy_fits.open(path, disable_image_compression=True) as hdus:
        assert [hdu.header["MOVED"] for hdu in hdus] == list(range(8))
        assert hdus["PACKED"].header["RAWKEY"] == 7


def test_wrong_places_are_refused(fits: FITS, path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(FITSUnsupportedError):
        fits.move_hdu("CAT", 0)
    fits.move_hdu("SCI", 0)
    with pytest.raises(FITSUnsupportedError):
        fits.move_hdu("CAT", 0)
    fits.move_hdu(1, 0)
    with pytest.raises(FITSIndexError):
        fits.move_hdu(1, 8)
    with pytest.raises(FITSIndexError):
        fits.move_hdu(1, -9)
    with pytest.raises(FITSTypeError):
        fits.move_hdu(1, 1.5)  # type: ignore[arg-type]
    assert len(path.read_bytes()) == len(content)


def test_a_refusal_after_pending_rows_does_not_taint(tmp_path: Path) -> None:
    words = np.empty(2, object)
    words[:] = [np.arange(3), np.arange(4)]
    with FITS(tmp_path / "a.fits", "w+") as fits:
        hdu = fits.write_table({"v": words})
        hdu.append({"v": words})
        with pytest.raises(FITSUnsupportedError):
            fits.move_hdu(1, 0)
        hdu.append({"v": words})
        assert hdu.nrows == 6
    verify(tmp_path / "a.fits")


def test_files_for_reading_are_refused(path: Path) -> None:
    with FITS(path) as fits:
        with pytest.raises(FITSReadOnlyError):
            del fits[1]
        with pytest.raises(FITSReadOnlyError):
            fits.move_hdu(1, 2)
        with pytest.raises(FITSReadOnlyError):
            fits.copy_hdu(fits[1])
        with pytest.raises(FITSReadOnlyError):
            fits["SCI"].extname = "X"
        assert names(fits) == NAMES
    with pytest.raises(FITSClosedError):
        fits.delete_hdu(0)


def test_objects_of_other_handles_follow(fits: FITS, path: Path) -> None:
    with FITS(path) as other:
        table, image, header = other["CAT"], other["SCI"], other["HEAP"].header
        cells = table.read()
        fits.move_hdu("CAT", 5)
        assert table.index == 5
        assert table is other["CAT"]
        assert table.read().tobytes() == cells.tobytes()
        fits.delete_hdu("SCI")
        assert table.index == 4
        assert header["EXTNAME"] == "HEAP"
        assert header["NAXIS2"] == 6
        with pytest.raises(FITSClosedError, match="the HDU was deleted"):
            image.read()
        fits.copy_hdu(fits[0], position=0)
        assert table.index == 5
        assert table.read().tobytes() == cells.tobytes()
        assert other[0].header["OBJECT"] == "first"
    elsewhere = path.with_name("elsewhere.fits")
    with FITS(elsewhere, "w+") as unrelated:
        write_every_kind(unrelated)
        objects = list(unrelated)
        del fits[1]
        assert [hdu.index for hdu in objects] == list(range(8))


# ---- renaming ----


def test_every_kind_is_renamed(fits: FITS, path: Path) -> None:
    for hdu in fits:
        hdu.extname = f"NEW{hdu.index}"
        assert hdu.extname == f"NEW{hdu.index}"
        fits.rename_hdu(hdu.index, f"N{hdu.index}", 7)
        assert (hdu.extname, hdu.extver) == (f"N{hdu.index}", 7)
        assert fits[f"n{hdu.index}", 7] is hdu
    fits.sync()
    with astropy_fits.open(path) as hdus:
        assert [(hdu.name, hdu.ver) for hdu in hdus] == [(f"N{i}", 7) for i in range(8)]
    fits["N1"].extname = None
    assert fits[1].extname is None
    assert fits[1].extver == 7
    fits[1].extname = None


def test_wrong_names_are_refused(fits: FITS, path: Path) -> None:
    content = path.read_bytes()
    with pytest.raises(FITSTypeError):
        fits[1].extname = 5
    with pytest.raises(FITSValueError):
        fits[1].extname = "Größe"
    with pytest.raises(FITSTypeError):
        fits.rename_hdu(1, "A", 1.5)  # type: ignore[arg-type]
    with pytest.raises(FITSValueError):
        fits.rename_hdu(1, "A", 2**63)
    with pytest.raises(FITSKeyError):
        fits.rename_hdu("NONE", "A")
    fits.sync()
    assert path.read_bytes() == content


def test_the_largest_copy_needs_little_memory(tmp_path: Path) -> None:
    """64 MB of pixels through a buffer of the library: numpy allocates nothing."""
    import tracemalloc

    with FITS(tmp_path / "a.fits", "w+") as fits:
        fits.create_image_hdu("f4", (4096, 4096))
        tracemalloc.start()
        copy = fits.copy_hdu(fits[0])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert copy.shape == (4096, 4096)
        assert most < 1 << 20
    assert rustfits.read(tmp_path / "a.fits", 1).shape == (4096, 4096)
