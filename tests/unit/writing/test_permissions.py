# SPDX-License-Identifier: BSD-3-Clause
"""A file that is replaced keeps its mode, owner, access list and links."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import struct
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS
from support.writing import BIG, SKY, linux, names_in, posix, run_python


@posix
def test_new_file_gets_the_mode_that_open_gives(tmp_path):
    mask = os.umask(0o027)
    try:
        rustfits.write(tmp_path / "a.fits", SKY)
        (tmp_path / "plain").touch()
    finally:
        os.umask(mask)
    assert (tmp_path / "a.fits").stat().st_mode == (tmp_path / "plain").stat().st_mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o666, 0o755, 0o664])
def test_mode_is_kept(old, mode):
    old.chmod(mode)
    rustfits.write(old, BIG)
    assert stat.S_IMODE(old.stat().st_mode) == mode


@posix
def test_temporary_file_of_a_private_file_is_private(old):
    old.chmod(0o600)
    with FITS(old, "w+", atomic=True) as fits:
        fits.write_image(BIG)
        temporary = [p for p in old.parent.iterdir() if p.name.startswith(".")]
        assert len(temporary) == 1
        assert stat.S_IMODE(temporary[0].stat().st_mode) == 0o600
        assert len(temporary[0].name) > 25


@posix
@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="root gives files away")
def test_owner_is_kept(old):
    os.chown(old, 1234, 2345)
    rustfits.write(old, BIG)
    assert (old.stat().st_uid, old.stat().st_gid) == (1234, 2345)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach and write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


#: A user other than the owner, with no power over files.
POWERLESS = (
    ["setpriv", "--reuid=4321", "--regid=4321", "--clear-groups"]
    if os.name != "nt" and os.getuid() == 0
    else []
)


@posix
@pytest.mark.skipif(not POWERLESS, reason="root only")
def test_file_of_another_owner_is_overwritten_in_place(open_folder):
    """The owner cannot be kept, so the content goes into the old file."""
    path = open_folder / "theirs.fits"
    rustfits.write(path, SKY)
    path.chmod(0o666)
    before = path.stat()
    code = """
        import sys, numpy, rustfits
        rustfits.write(sys.argv[1], numpy.arange(10000.0))
    """
    done = run_python(code, path, before=POWERLESS)
    assert done.returncode == 0, done.stderr
    after = path.stat()
    assert (before.st_ino, before.st_uid) == (after.st_ino, after.st_uid)
    assert (rustfits.read(path) == np.arange(10000.0)).all()
    assert names_in(open_folder) == [path.name]


@posix
@pytest.mark.skipif(not POWERLESS, reason="root only")
def test_file_that_may_not_be_written_is_not_replaced(open_folder):
    path = open_folder / "theirs.fits"
    rustfits.write(path, SKY)
    path.chmod(0o644)
    code = """
        import sys, numpy, rustfits
        try:
            rustfits.write(sys.argv[1], numpy.arange(10))
        except PermissionError as error:
            print(error)
    """
    done = run_python(code, path, before=POWERLESS)
    assert "theirs.fits" in done.stdout, done.stderr
    assert (rustfits.read(path) == SKY).all()


AS_USUAL_USER = (
    ["setpriv", "--bounding-set", "-dac_override"] if os.name != "nt" and os.getuid() == 0 else []
)


@posix
def test_writable_file_in_a_folder_that_is_not_is_overwritten(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    path = folder / "a.fits"
    rustfits.write(path, SKY)
    number = path.stat().st_ino
    folder.chmod(0o555)
    code = """
        import sys, numpy, rustfits
        try:
            rustfits.write(sys.argv[1], numpy.arange(10), header={"A": float("nan")})
        except ValueError:
            print(rustfits.read(sys.argv[1]).shape)
        rustfits.write(sys.argv[1], numpy.arange(10))
        try:
            rustfits.write(sys.argv[1] + "2", numpy.arange(10))
        except PermissionError as error:
            print(error)
    """
    done = run_python(code, path, before=AS_USUAL_USER)
    folder.chmod(0o755)
    assert done.stdout.startswith("(2, 3)\n"), done.stderr
    assert "a.fits2" in done.stdout
    assert rustfits.read(path).tolist() == list(range(10))
    assert path.stat().st_ino == number
    assert names_in(folder) == [path.name]


@posix
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_hard_links_stay_one_file(tmp_path, suffix):
    path, other = tmp_path / f"a.fits{suffix}", tmp_path / f"b.fits{suffix}"
    rustfits.write(path, BIG)
    other.hardlink_to(path)
    rustfits.write(path, SKY)
    assert path.samefile(other)
    assert (rustfits.read(other) == SKY).all()
    rustfits.write(path, BIG)
    assert path.samefile(other)
    assert (rustfits.read(other) == BIG).all()
    with FITS(other, "r+", atomic=True) as fits:
        fits[0][0] = 7
    assert path.samefile(other)
    assert (rustfits.read(path)[0] == 7).all()
    assert names_in(tmp_path) == [path.name, other.name]


@posix
def test_symbolic_link_stays_one(tmp_path):
    target, link = tmp_path / "target.fits", tmp_path / "link.fits"
    link.symlink_to(target.name)
    rustfits.write(link, SKY)  # led nowhere
    rustfits.write(link, BIG)
    assert link.is_symlink()
    assert (rustfits.read(target) == BIG).all()
    assert names_in(tmp_path) == [link.name, target.name]


def access_list(*entries: tuple[int, int, int]) -> bytes:
    """Give a list as ``system.posix_acl_access`` has it: (tag, permissions, id)."""
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


ANY = 0xFFFFFFFF
LIST = access_list((1, 6, ANY), (2, 4, 1234), (4, 4, ANY), (16, 4, ANY), (32, 0, ANY))


@linux
def test_access_list_and_attributes_are_kept(old):
    os.setxattr(old, "system.posix_acl_access", LIST)  # the temporary folder must have them
    os.setxattr(old, "user.origin", b"survey")
    rustfits.write(old, BIG)
    assert os.getxattr(old, "system.posix_acl_access") == LIST
    assert os.getxattr(old, "user.origin") == b"survey"
    assert (rustfits.read(old) == BIG).all()


@linux
def test_default_access_list_of_the_folder_does_not_open_a_file(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    path = folder / "a.fits"
    rustfits.write(path, SKY)
    path.chmod(0o640)
    os.setxattr(folder, "system.posix_acl_default", LIST)
    rustfits.write(path, BIG)  # the old file has no list
    assert "system.posix_acl_access" not in os.listxattr(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    rustfits.write(folder / "new.fits", SKY)  # a new one gets what the folder gives
    (folder / "plain").touch()
    assert os.getxattr(folder / "new.fits", "system.posix_acl_access") == os.getxattr(
        folder / "plain", "system.posix_acl_access"
    )


@linux
@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="root can mount")
def test_file_that_is_a_mount_point_is_overwritten(tmp_path):
    """A rename over it is EBUSY."""
    path, inner = tmp_path / "a.fits", tmp_path / "inner.fits"
    rustfits.write(path, SKY)
    rustfits.write(inner, SKY + 1)
    code = """
        import os, subprocess, sys, numpy, rustfits
        subprocess.run(["mount", "--bind", sys.argv[2], sys.argv[1]], check=True)
        rustfits.write(sys.argv[1], numpy.arange(50000.0))
        print(os.listdir(os.path.dirname(sys.argv[1])))
    """
    done = run_python(code, path, inner, before=["unshare", "--mount"])
    assert sorted(eval(done.stdout)) == ["a.fits", "inner.fits"], done.stderr
    assert (rustfits.read(inner) == np.arange(50000.0)).all()


@posix
def test_device_is_not_replaced():
    with contextlib.suppress(rustfits.FITSIOError):  # it has no size
        rustfits.write("/dev/null", SKY)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
