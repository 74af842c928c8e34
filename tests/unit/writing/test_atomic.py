# SPDX-License-Identifier: BSD-3-Clause
"""A file that is replaced as a whole is the old one or the new one, whatever happens meanwhile."""

from __future__ import annotations

import errno
import gc
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from rustfits import fitsio as layer
from support import TESTS
from support.writing import BIG, SKY, linux, names_in, posix, run_python

STARS = np.array([(1, 2.5)], [("a", "i4"), ("b", "f8")])


# ---- arguments that are wrong ----

NAN, ACCENT = {"SEEING": float("nan")}, {"OBSERVER": "Mu\xf1oz"}
WRONG: dict[str, Callable[..., object]] = {
    "NaN in the header": lambda p, **o: rustfits.write(p, SKY, header=NAN, **o),
    "accent in the header": lambda p, **o: rustfits.write(p, SKY, header=ACCENT, **o),
    "list in the header": lambda p, **o: rustfits.write(p, SKY, header={"A": [1]}, **o),
    "bad keyword": lambda p, **o: rustfits.write(p, SKY, header={"A=B": 1}, **o),
    "bad EXTNAME": lambda p, **o: rustfits.write(p, SKY, extname="\xe9", **o),
    "NaN in the header of a table": lambda p, **o: rustfits.write(p, STARS, header=NAN, **o),
    "bad EXTNAME of a table": lambda p, **o: rustfits.write(p, STARS, extname="\xe9", **o),
    "complex pixels": lambda p, **o: rustfits.write(p, np.zeros(3, "c8"), **o),
    "accent in a column": lambda p, **o: rustfits.write(p, {"s": np.array(["Mu\xf1oz"])}, **o),
    "columns of two lengths": lambda p, **o: rustfits.write(
        p, {"a": np.zeros(3), "b": np.zeros(4)}, **o
    ),
    "no such unit": lambda p, **o: rustfits.write_table(p, STARS, units={"c": "m"}, **o),
    "compressed, NaN in the header": lambda p, **o: rustfits.write(
        p, SKY, header=NAN, compress=True, **o
    ),
    "compressed table, NaN in the header": lambda p, **o: rustfits.write(
        p, STARS, header=NAN, compress=True, **o
    ),
    "values that PLIO cannot hold": lambda p, **o: rustfits.write(
        p, np.array([[-5, 2]], "i2"), compress="PLIO_1", **o
    ),
    "tiles with too many axes": lambda p, **o: rustfits.write(
        p, SKY, compress=rustfits.Rice1(tile_shape=(2, 2, 2)), **o
    ),
    "reals as they are, by RICE": lambda p, **o: rustfits.write(p, BIG, compress="RICE_1", **o),
    "blank that does not fit": lambda p, **o: rustfits.write_image(p, SKY, blank=1 << 40, **o),
}


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("name", WRONG)
def test_argument_error_leaves_the_old_file(tmp_path, name, atomic, suffix):
    path = tmp_path / f"old.fits{suffix}"
    rustfits.write(path, SKY)
    before = path.read_bytes()
    with pytest.raises(rustfits.FITSError):
        WRONG[name](path, atomic=atomic)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == [path.name]


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("name", WRONG)
def test_argument_error_leaves_no_new_file(tmp_path, name, atomic, suffix):
    with pytest.raises(rustfits.FITSError):
        WRONG[name](tmp_path / f"new.fits{suffix}", atomic=atomic)
    assert names_in(tmp_path) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda p: layer.write(p, SKY, header=NAN, clobber=True),
        lambda p: layer.write(p, SKY, header=ACCENT, clobber=True),
        lambda p: layer.write(p, {"s": np.array(["Mu\xf1oz"])}, clobber=True),
        lambda p: layer.write(p, BIG, compress="rice", qlevel=None, clobber=True),
    ],
)
def test_argument_error_of_the_fitsio_layer_leaves_the_old_file(old, call):
    before = old.read_bytes()
    with pytest.raises(Exception, match=r"."):
        call(old)
    assert old.read_bytes() == before
    assert names_in(old.parent) == [old.name]


# ---- what is written ----


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("there", [True, False])
def test_every_way_writes_the_same_bytes(tmp_path, suffix, atomic, durable, there):
    path, plain = tmp_path / f"a.fits{suffix}", tmp_path / f"plain.fits{suffix}"
    with FITS(plain, "w+") as fits:
        fits.write_image(BIG, header={"OBJECT": "M31"})
    if there:
        rustfits.write(path, np.ones((700, 900), "f8"))
    rustfits.write(path, BIG, header={"OBJECT": "M31"}, atomic=atomic, durable=durable)
    assert path.read_bytes() == plain.read_bytes()
    assert names_in(tmp_path) == [path.name, plain.name]


def test_size_on_disk_is_what_the_content_needs(tmp_path):
    """Space that was reserved and not used is given back."""
    path = tmp_path / "a.fits"
    with FITS(path, "w+", atomic=True) as fits:
        for number in range(5):
            fits.write_image(BIG, extname=f"E{number}")
    facts = path.stat()
    if sys.platform == "linux":
        assert facts.st_blocks * 512 <= facts.st_size + 65536


def test_sparse_image_may_be_larger_than_the_disk(tmp_path):
    path = tmp_path / "a.fits"
    with FITS(path, "w+", atomic=True) as fits:
        hdu = fits.create_image_hdu("f8", (1 << 20, 1 << 19))
        hdu[5, 7] = 3.5
    assert path.stat().st_blocks < 1 << 20
    with FITS(path) as fits:
        assert fits[0][5, 7] == 3.5


def test_new_file_is_not_there_before_close(old):
    before = old.read_bytes()
    with FITS(old, "w+", atomic=True) as fits:
        fits.write_image(BIG)
        fits.sync()
        assert old.read_bytes() == before
        assert fits[0][3, 4] == BIG[3, 4]
    assert (rustfits.read(old) == BIG).all()
    assert names_in(old.parent) == [old.name]


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_exception_in_the_block_leaves_the_old_file(tmp_path, suffix):
    path = tmp_path / f"a.fits{suffix}"
    for there in (False, True):
        if there:
            rustfits.write(path, SKY)
        before = names_in(tmp_path)
        with pytest.raises(ZeroDivisionError), FITS(path, "w+", atomic=True) as fits:
            fits.write_image(BIG)
            raise ZeroDivisionError
        assert names_in(tmp_path) == before
    assert (rustfits.read(path) == SKY).all()
    with pytest.raises(ZeroDivisionError), FITS(path, "r+", atomic=True) as fits:
        fits[0][:] = 77
        raise ZeroDivisionError
    assert (rustfits.read(path) == SKY).all()
    assert names_in(tmp_path) == [path.name]


@pytest.mark.parametrize("mode", ["w+", "r+"])
def test_file_that_is_never_closed_leaves_the_old_one(old, mode):
    fits = FITS(old, mode, atomic=True)
    fits.write_image(SKY + 1)
    with pytest.warns(rustfits.FITSWarning, match="never closed"):
        del fits
        gc.collect()
    assert (rustfits.read(old) == SKY).all()
    with FITS(old) as fits:
        assert len(fits) == 1
    assert names_in(old.parent) == [old.name]


def test_file_that_is_open_when_python_ends_leaves_the_old_one(old):
    code = """
        import sys, numpy, rustfits
        fits = rustfits.FITS(sys.argv[1], "w+", atomic=True)
        fits.write_image(numpy.zeros(100))
    """
    done = run_python(code, old)
    assert "never closed" in done.stderr
    assert (rustfits.read(old) == SKY).all()
    assert names_in(old.parent) == [old.name]


# ---- r+ on a copy ----


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_changes_go_to_a_copy(tmp_path, suffix):
    path = tmp_path / f"a.fits{suffix}"
    rustfits.write(path, BIG)
    before = path.read_bytes()
    with FITS(path, "r+", atomic=True) as fits:
        fits[0][0] = -1
        fits.write_table(STARS, extname="STARS")
        fits[0].header["OBJECT"] = "M31"
        fits.sync()
        assert path.read_bytes() == before
    with FITS(path) as fits:
        assert fits["STARS"].read() == STARS
        assert (fits[0][0] == -1).all()
        assert (fits[0][1:] == BIG[1:]).all()
        assert fits[0].header["OBJECT"] == "M31"
    assert names_in(tmp_path) == [path.name]


def test_unchanged_file_is_not_replaced(old):
    before = old.stat()
    with FITS(old, "r+", atomic=True) as fits:
        assert fits[0][0, 1] == 1
        assert names_in(old.parent) == [old.name]
    after = old.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def kept_name(message: str) -> Path:
    return Path(message.split(" is in ")[-1])


@posix
@pytest.mark.parametrize(("suffix", "atomic"), [("", True), (".gz", True), (".gz", False)])
@pytest.mark.parametrize("how", ["replaced", "changed", "removed", "a link"])
def test_write_back_over_a_file_of_another_program_is_refused(tmp_path, suffix, atomic, how):
    path, other = tmp_path / f"a.fits{suffix}", tmp_path / f"other.fits{suffix}"
    rustfits.write(path, SKY)
    rustfits.write(other, SKY + 30)
    theirs = other.read_bytes()
    fits = FITS(path, "r+", atomic=atomic)
    fits[0][:] = 5
    if how == "replaced":
        other.replace(path)
    elif how == "changed":
        path.write_bytes(theirs)
    elif how == "removed":
        path.unlink()
    else:
        path.unlink()
        path.symlink_to(other.name)
    left = {p: p.read_bytes() for p in tmp_path.iterdir() if not p.name.startswith(".")}
    with pytest.raises(rustfits.FITSChangedError, match="what was to be written is in") as caught:
        fits.close()
    kept = kept_name(str(caught.value))
    assert (rustfits.read(kept) == 5).all()
    kept.unlink()
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == left


def test_two_handles_on_one_gz_lose_nothing(tmp_path):
    path = tmp_path / "c.fits.gz"
    rustfits.write(path, np.zeros(4))
    first, second = FITS(path, "r+"), FITS(path, "r+")
    first[0][0] = 1
    second[0][1] = 2
    first.close()
    try:
        second.close()
    except rustfits.FITSChangedError as error:
        assert rustfits.read(kept_name(str(error)))[1] == 2
        assert rustfits.read(path)[0] == 1
    else:  # handles of one file share what they write
        assert rustfits.read(path).tolist() == [1, 2, 0, 0]


@posix
def test_links_are_followed_once_when_the_file_is_opened(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rustfits.write(tmp_path / name / "a.fits.gz", SKY)
    folder, link = tmp_path / "folder", tmp_path / "link.fits.gz"
    folder.symlink_to("one")
    link.symlink_to("folder/a.fits.gz")
    before = (tmp_path / "two" / "a.fits.gz").read_bytes()
    for mode in ("r+", "w+"):
        fits = FITS(link, mode)
        if mode == "r+":
            fits[0][:] = 5
        else:
            fits.write_image(SKY + 6)
        folder.unlink()
        folder.symlink_to("two")
        fits.close()
        folder.unlink()
        folder.symlink_to("one")
        expected = SKY * 0 + 5 if mode == "r+" else SKY + 6
        assert (rustfits.read(tmp_path / "one" / "a.fits.gz") == expected).all()
        assert (tmp_path / "two" / "a.fits.gz").read_bytes() == before


# ---- full disks, limits ----

LIMITED = """
    import resource, signal, sys, numpy, rustfits
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    path = sys.argv[1]
    big = numpy.random.default_rng(1).normal(size=(300, 300))
    cases = {
        "image": lambda: rustfits.write(path, big),
        "table": lambda: rustfits.write(path, {"x": big.ravel()}),
        "compressed": lambda: rustfits.write(path, big, compress="GZIP_1"),
        "fitsio": lambda: rustfits.fitsio.write(path, big, clobber=True),
        "unpack": lambda: rustfits.unpack(sys.argv[2], path, overwrite=True),
    }
    import rustfits.fitsio
    try:
        cases[sys.argv[3]]()
    except OSError as error:
        print(error.errno, type(error).__name__, error)
"""


@linux
@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("what", ["image", "table", "compressed", "fitsio", "unpack"])
def test_limit_of_file_size_leaves_the_old_file(tmp_path, what, suffix):
    path, packed = tmp_path / f"old.fits{suffix}", tmp_path / "p.fits.fz"
    rustfits.write(path, SKY)
    rustfits.write(packed, np.random.default_rng(1).normal(size=(300, 300)), compress="GZIP_1")
    before = path.read_bytes()
    done = run_python(LIMITED, path, packed, what)
    assert done.stdout.startswith(f"{errno.EFBIG} "), done.stderr + done.stdout
    assert "old.fits" in done.stdout
    assert path.read_bytes() == before
    assert names_in(tmp_path) == sorted([path.name, packed.name])


FULL = """
    import os, pathlib, subprocess, sys, numpy, rustfits
    folder = pathlib.Path(sys.argv[1])
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]
    subprocess.run(command, check=True)
    path = folder / ("old.fits" + sys.argv[2])
    noise = numpy.random.default_rng(1).normal(size=(300, 400))  # 960 kB
    rustfits.write(path, noise)
    before = path.read_bytes()
    filler = folder / "filler"
    filler.write_bytes(bytes(600_000))
    for call in (
        lambda: rustfits.write(path, noise + 1),
        lambda: rustfits.write(path, {"x": noise.ravel()}),
        lambda: rustfits.pack(path, path, overwrite=True, compress="GZIP_1"),
    ):
        try:
            call()
        except OSError as error:
            print(error.errno, path.read_bytes() == before, len(os.listdir(folder)))
    rustfits.write(path, noise + 2, atomic=False)
    print((rustfits.read(path) == noise + 2).all(), len(os.listdir(folder)))
    before = path.read_bytes()
    try:
        rustfits.write(path, numpy.random.default_rng(1).normal(size=(600, 400)), atomic=False)
    except OSError as error:
        print(error.errno, path.read_bytes() == before, len(os.listdir(folder)))
"""


@linux
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_full_disk_leaves_the_old_file(tmp_path, suffix):
    """And a disk that cannot hold both files can be written with atomic=False."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = run_python(FULL, folder, suffix, before=["unshare", "--map-root-user", "--mount"])
    assert done.stdout.splitlines() == [
        *["28 True 2"] * 3,
        "True 2",
        "28 True 2",
    ], done.stderr


# ---- every call that fails ----

SHIMMED = """
    import errno, os, sys
    sys.path.insert(0, sys.argv[1])
    from pathlib import Path
    import numpy, rustfits
    from torture.shim import FAIL, Shim
    shim, folder = Shim(), Path(sys.argv[2])
    sky, big = numpy.arange(6, dtype="i2"), numpy.arange(900_000, dtype="f4")

    def sweep(prepare, act, judge):
        for turn in range(1, 200):
            for path in folder.iterdir():
                path.unlink()
            prepare()
            shim.arm(folder, FAIL, turn, errno.EIO)
            error = None
            try:
                act()
            except rustfits.FITSError as failed:
                error = failed
            calls, hit = shim.calls, shim.hit
            shim.disarm()
            judge(hit, error)
            if calls < turn:
                return
"""


def run_shimmed(tmp_path: Path, code: str) -> list[str]:
    from torture.shim import compile_shim, environment

    folder = tmp_path / "files"
    folder.mkdir()
    program = textwrap.dedent(SHIMMED) + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-P", "-c", program, str(TESTS), str(folder)],
        capture_output=True,
        text=True,
        timeout=240,
        env=environment(compile_shim(tmp_path)),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@linux
def test_failure_while_a_file_is_overwritten_keeps_the_new_content(tmp_path):
    """If overwriting a file with two hard links fails, the error names a file with the new content."""
    lines = run_shimmed(
        tmp_path,
        """
        path, other = folder / "a.fits", folder / "b.fits"

        def prepare():
            rustfits.write(path, big)
            other.hardlink_to(path)

        def judge(hit, error):
            try:
                found = rustfits.read(path)
                state = "old" if found.shape == big.shape and (found == big).all() else (
                    "new" if (found == big + 1).all() else "mixed")
            except rustfits.FITSError:
                state = "broken"
            assert path.samefile(other)
            beside = sorted({p.name for p in folder.iterdir()} - {"a.fits", "b.fits"})
            if state in ("mixed", "broken") or " is in " in str(error):
                kept = Path(str(error).split(" is in ")[1])
                assert [kept.name] == beside
                assert (rustfits.read(kept) == big + 1).all()
                print("kept")
            else:
                assert not beside or hit == "unlink", (hit, beside)
                assert state == "new" or error is not None
                print(state)

        sweep(prepare, lambda: rustfits.write(path, big + 1), judge)
        """,
    )
    assert {"old", "new", "kept"} == set(lines)


@linux
@pytest.mark.parametrize("durable", [True, False])
def test_durable_syncs_before_the_rename(tmp_path, durable):
    lines = run_shimmed(
        tmp_path,
        f"""
        path = folder / "a.fits"
        sweep(lambda: rustfits.write(path, sky), lambda: rustfits.write(path, big, durable={durable}),
              lambda hit, error: print(hit))
        """,
    )
    assert "rename" in lines
    assert ("fsync" in lines) == durable
    if durable:
        assert lines.index("fsync") < lines.index("rename")


@linux
def test_packing_and_gz_are_durable(tmp_path):
    lines = run_shimmed(
        tmp_path,
        """
        plain, path = folder.parent / "plain.fits", folder / "a.fits.fz"
        rustfits.write(plain, big)
        sweep(lambda: None, lambda: rustfits.pack(plain, path, compress="GZIP_1"),
              lambda hit, error: print(hit))
        print("----")
        path = folder / "a.fits.gz"
        sweep(lambda: None, lambda: rustfits.write(path, sky), lambda hit, error: print(hit))
        """,
    )
    packing, gz = lines[: lines.index("----")], lines[lines.index("----") :]
    assert packing.index("fsync") < packing.index("link")  # a new file, or none
    assert gz.index("fsync") < gz.index("rename")
