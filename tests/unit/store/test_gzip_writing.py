# SPDX-License-Identifier: BSD-3-Clause
"""Compressed files are written at close, whole or not at all."""

from __future__ import annotations

import gc
import gzip
import os
import stat
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Sequence
from pathlib import Path

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits
from rustfits import FITS


def run_python(
    code: str, *arguments: object, before: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own, which must find the same package."""
    places = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(map(os.path.abspath, filter(None, places)))
    }
    return subprocess.run(
        [*before, sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
        env=environment,
    )


def names_in(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


# ---- writing


def test_written_file_is_read_by_all(tmp_path, image):
    path = tmp_path / "new.fits.gz"
    with FITS(path, "w+") as fits:
        fits.write_image(image)
        fits.write_image(image[:5], extname="FIVE")
    subprocess.run(["gzip", "-t", path], check=True)
    np.testing.assert_array_equal(rustfits.read(path), image)
    np.testing.assert_array_equal(astropy_fits.getdata(path), image)
    np.testing.assert_array_equal(fitsio.read(str(path), ext="FIVE"), image[:5])
    unpacked = zlib.decompressobj(31)
    plain = unpacked.decompress(path.read_bytes())
    assert unpacked.eof
    assert unpacked.unused_data == b""  # one member: cfitsio reads no second one
    assert len(plain) % 2880 == 0


def test_same_content_makes_the_same_file(tmp_path, image):
    for name in ("a.fits.gz", "b.fits.gz"):
        rustfits.write(tmp_path / name, image)
    first = (tmp_path / "a.fits.gz").read_bytes()
    assert first == (tmp_path / "b.fits.gz").read_bytes()
    assert first[3:8] == bytes(5)  # no name, no time


def test_plain_and_compressed_content_are_the_same(tmp_path, image):
    rustfits.write(tmp_path / "a.fits", image)
    rustfits.write(tmp_path / "a.fits.gz", image)
    packed = (tmp_path / "a.fits.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "a.fits").read_bytes()


def test_no_larger_than_fitsio(tmp_path, image):
    fitsio.write(str(tmp_path / "theirs.fits.gz"), image)
    rustfits.write(tmp_path / "ours.fits.gz", image)
    theirs, ours = ((tmp_path / name).stat().st_size for name in ("theirs.fits.gz", "ours.fits.gz"))
    assert ours <= theirs


def test_level_makes_smaller_files(tmp_path, image):
    sizes = []
    for level in (1, 9):
        path = tmp_path / f"level{level}.fits.gz"
        with FITS(path, "w+", gzip_level=level) as fits:
            fits.write_image(np.round(image))
        np.testing.assert_array_equal(astropy_fits.getdata(path), np.round(image))
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0]


def test_created_at_once_and_written_at_close(tmp_path, image):
    path = tmp_path / "new.fits.gz"
    fits = FITS(path, "w+")
    assert path.exists()
    fits.write_image(image)
    assert path.stat().st_size == 0
    fits.sync()
    np.testing.assert_array_equal(astropy_fits.getdata(path), image)
    fits.write_image(image + 1)
    fits.close()
    assert len(astropy_fits.open(path)) == 2
    assert names_in(tmp_path) == ["new.fits.gz"]


def test_created_over_an_old_file_that_stays_until_close(packed, image):
    before = packed.read_bytes()
    with FITS(packed, "w+") as fits:
        assert len(fits) == 0
        fits.write_image(image + 1)
        assert packed.read_bytes() == before
    np.testing.assert_array_equal(astropy_fits.getdata(packed), image + 1)
    assert len(astropy_fits.open(packed)) == 1


def test_closed_without_any_hdu(tmp_path):
    path = tmp_path / "new.fits.gz"
    FITS(path, "w+").close()
    assert gzip.decompress(path.read_bytes()) == b""


def test_changed_pixels_headers_and_hdus(packed, image):
    with FITS(packed, "r+") as fits:
        fits[0][5:8, 100:200] = -1
        fits[1].header["NEW"] = (1.5, "a new card")
        fits.write_image(np.arange(10), extname="TEN")
    image[5:8, 100:200] = -1
    subprocess.run(["gzip", "-t", packed], check=True)
    with astropy_fits.open(packed) as theirs:
        np.testing.assert_array_equal(theirs[0].data, image)
        assert theirs[1].header["NEW"] == 1.5
        np.testing.assert_array_equal(theirs["TEN"].data, np.arange(10))


def test_unchanged_file_is_left_alone(packed):
    os.utime(packed, ns=(1_000_000_000, 1_000_000_000))
    before, inode = packed.read_bytes(), packed.stat().st_ino
    with FITS(packed, "r+") as fits:
        fits[0].read()
        fits[0].header["NAXIS"]
        fits.sync()
    after = packed.stat()
    assert (after.st_mtime_ns, after.st_ino) == (1_000_000_000, inode)
    assert packed.read_bytes() == before


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664, 0o640])
def test_permissions_are_kept(packed, mode):
    packed.chmod(mode)
    with FITS(packed, "r+") as fits:
        fits[0][0] = 0
    assert stat.S_IMODE(packed.stat().st_mode) == mode


def test_symbolic_link_stays_one(packed, tmp_path):
    link = tmp_path / "link.fits.gz"
    folder = tmp_path / "folder"
    folder.mkdir()
    target = packed.rename(folder / packed.name)
    link.symlink_to(target)
    with FITS(link, "r+") as fits:
        fits[0][0] = 7
    assert link.is_symlink()
    assert (astropy_fits.getdata(target)[0] == 7).all()
    assert names_in(folder) == [packed.name]


def test_forgotten_file_is_written(tmp_path, image):
    path = tmp_path / "new.fits.gz"
    fits = FITS(path, "w+")
    fits.write_image(image)
    del fits
    gc.collect()
    np.testing.assert_array_equal(astropy_fits.getdata(path), image)


def test_forgotten_file_is_written_when_python_ends(tmp_path):
    path = tmp_path / "new.fits.gz"
    done = run_python(
        """
        import sys, numpy, rustfits
        fits = rustfits.FITS(sys.argv[1], "w+")
        fits.write_image(numpy.arange(1000))
        """,
        path,
    )
    assert (done.returncode, done.stderr) == (0, "")
    np.testing.assert_array_equal(astropy_fits.getdata(path), np.arange(1000))


def test_change_of_directory_between_opening_and_closing(tmp_path, image, monkeypatch):
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    fits = FITS("new.fits.gz", "w+")
    fits.write_image(image)
    monkeypatch.chdir(tmp_path / "other")
    fits.close()
    np.testing.assert_array_equal(astropy_fits.getdata(tmp_path / "new.fits.gz"), image)
    assert names_in(tmp_path / "other") == []


# ---- writing that fails


def test_missing_folder_is_an_error_at_open(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        FITS(tmp_path / "nowhere" / "new.fits.gz", "w+")


def test_folder_in_the_way_is_an_error_at_open(tmp_path):
    (tmp_path / "folder.gz").mkdir()
    with pytest.raises(IsADirectoryError, match=r"folder\.gz"):
        FITS(tmp_path / "folder.gz", "w+")


OPEN = """
    import sys
    from rustfits import FITS
    try:
        with FITS(sys.argv[1], sys.argv[2]) as fits:
            print("opened")
            if sys.argv[2] == "r+":
                fits[0][0] = 1
    except PermissionError as error:
        print(error)
"""
# Permissions mean nothing to root with all of its capabilities.
AS_USUAL_USER = ["setpriv", "--bounding-set", "-dac_override"] if os.getuid() == 0 else []


def test_unwritable_folder_is_an_error_at_open(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    done = run_python(OPEN, closed / "new.fits.gz", "w+", before=AS_USUAL_USER)
    assert "new.fits.gz" in done.stdout, done.stderr
    assert "opened" not in done.stdout
    assert names_in(closed) == []


def test_writable_file_in_an_unwritable_folder(tmp_path, packed):
    # Nothing can be put beside the file: said before the first change, not when the file is closed.
    closed = tmp_path / "closed"
    closed.mkdir()
    target = packed.rename(closed / packed.name)
    closed.chmod(0o555)
    before = target.read_bytes()
    done = run_python(OPEN, target, "r+", before=AS_USUAL_USER)
    assert done.stdout.startswith("opened"), done.stderr
    assert packed.name in done.stdout.splitlines()[1]
    assert target.read_bytes() == before
    assert names_in(closed) == [packed.name]


@pytest.mark.parametrize("how", ["close", "sync", "del"])
def test_full_disk_keeps_the_old_file(tmp_path, packed, how):
    """A limit on the size of files does to the temporary file what a full disk does."""
    before = packed.read_bytes()
    done = run_python(
        """
        import gc, resource, signal, sys, numpy
        import rustfits
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        fits = rustfits.FITS(sys.argv[1], "r+")
        fits[0][:] = numpy.random.default_rng(1).normal(size=fits[0].shape)
        if sys.argv[2] == "del":
            del fits
            gc.collect()
            sys.exit(3)
        try:
            getattr(fits, sys.argv[2])()
        except OSError as error:
            assert isinstance(error, rustfits.FITSError)
            print(type(error).__name__, error)
        if sys.argv[2] == "sync":
            try:
                fits.close()
            except OSError:
                print("again")
        """,
        packed,
        how,
    )
    told = done.stderr if how == "del" else done.stdout
    assert "image.fits.gz" in told, done.stderr
    assert done.returncode == (3 if how == "del" else 0), done.stderr
    if how == "sync":
        assert done.stdout.endswith("again\n")
    assert packed.read_bytes() == before
    assert names_in(tmp_path) == [packed.name]


def test_full_file_system_keeps_the_old_file(tmp_path, packed):
    code = """
        import os, pathlib, subprocess, sys, numpy
        import rustfits
        old, small = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
        command = ["mount", "-t", "tmpfs", "-o", "size=1200k", "tmpfs", small]
        subprocess.run(command, check=True)
        path = small / "image.fits.gz"
        path.write_bytes(old)
        fits = rustfits.FITS(path, "r+")
        fits[0][:] = numpy.random.default_rng(1).normal(size=fits[0].shape)
        try:
            fits.close()
        except OSError as error:
            print(error.errno, error)
        print(os.listdir(small), path.read_bytes() == old)
    """
    small = tmp_path / "small"
    small.mkdir()
    # The mount lives in a name space of the child's own and goes with it.
    done = run_python(code, packed, small, before=["unshare", "--map-root-user", "--mount"])
    told, state = done.stdout.splitlines()
    assert told.startswith("28 ")
    assert "image.fits.gz" in told
    assert state == "['image.fits.gz'] True"


def test_zlib_ng_is_imported_when_needed(packed):
    done = run_python(
        """
        import sys, rustfits
        assert "zlib_ng" not in sys.modules and "zlib_ng.zlib_ng" not in sys.modules
        rustfits.read_header(sys.argv[1])
        assert "zlib_ng.zlib_ng" in sys.modules
        """,
        packed,
    )
    assert (done.returncode, done.stderr) == (0, "")
