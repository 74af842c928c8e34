# SPDX-License-Identifier: BSD-3-Clause
"""A file that another process changes, replaces, cuts or appends to while it is open here."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

import rustfits
from rustfits import FITS, FITSChangedError, FITSTruncatedError

SKY = np.arange(6, dtype="i2").reshape(2, 3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "a.fits"
    with FITS(made, "w+") as fits:
        fits.write_image(SKY, header={"A": 1})
        fits.write_image(SKY + 10, extname="B")
    return made


def elsewhere(code: str, *arguments: object) -> None:
    """Run code in another process, to its end."""
    script = (
        "import sys, os\nimport numpy as np\nimport rustfits\nfrom rustfits import FITS\n" + code
    )
    made = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr


GROW = """
with FITS(sys.argv[1], "r+") as fits:
    for n in range(60):
        fits[int(sys.argv[2])].header[f"K{n}"] = n
"""


# ---- replaced ----


def test_a_reader_goes_on_reading_the_file_that_was_replaced(path):
    with FITS(path) as fits:
        assert fits[0].shape == (2, 3)
        elsewhere("rustfits.write(sys.argv[1], np.ones((1, 1), 'i2'))", path)
        assert rustfits.read(path).tolist() == [[1]]
        assert fits[0].read().tolist() == SKY.tolist()
        assert fits["B"].read().tolist() == (SKY + 10).tolist()
        assert fits[0].view().tolist() == SKY.tolist()
        assert fits["B"].view().tolist() == (SKY + 10).tolist()
        assert fits["B"].raw_bytes() == (SKY + 10).astype(">i2").tobytes()


def test_a_view_shows_the_file_that_is_open_not_the_one_of_the_name(path):
    other = path.with_name("b.fits")
    with FITS(other, "w+") as fits:
        fits.write_image(SKY + 100, header={"A": 1})  # the same header, other pixels
        fits.write_image(SKY + 110, extname="B")
    with FITS(path) as fits:
        os.replace(other, path)
        view = fits[0].view()
        assert view.tolist() == SKY.tolist()
    assert view.tolist() == SKY.tolist()
    with FITS(path) as fits:
        assert fits[0].view().tolist() == (SKY + 100).tolist()


def test_a_view_of_a_file_without_a_name(path):
    with FITS(path) as fits:
        path.unlink()
        assert fits["B"].view().tolist() == (SKY + 10).tolist()


def test_a_writer_whose_file_was_replaced_writes_nothing(path):
    with FITS(path, "r+") as fits:
        assert fits[0][0, 0] == 0
        elsewhere("rustfits.write(sys.argv[1], np.ones((1, 1), 'i2'))", path)
        for write in (
            lambda: fits[0].write(SKY + 1),
            lambda: fits.write_image(SKY),
            lambda: fits[0].header.__setitem__("B", 2),
        ):
            with pytest.raises(FITSChangedError, match="nothing was written"):
                write()
        assert fits[0].read().tolist() == SKY.tolist()
    assert rustfits.read(path).tolist() == [[1]]


def test_a_writer_whose_file_was_deleted_writes_nothing(path):
    with FITS(path, "r+") as fits:
        path.unlink()
        with pytest.raises(FITSChangedError, match="deleted"):
            fits[0][0, 0] = 5
        assert fits[0][0, 0] == 0


def test_a_file_that_was_moved_is_written_where_it_is(path):
    with FITS(path, "r+") as fits:
        moved = path.rename(path.with_name("moved.fits"))
        fits[0][0, 0] = 5
    assert rustfits.read(moved)[0, 0] == 5


def test_another_file_under_the_name_of_one_that_was_moved(path):
    with FITS(path, "r+") as fits:
        path.rename(path.with_name("moved.fits"))
        rustfits.write(path, SKY)
        with pytest.raises(FITSChangedError, match="taken the name"):
            fits[0][0, 0] = 5
    assert rustfits.read(path)[0, 0] == rustfits.read(path.with_name("moved.fits"))[0, 0] == 0


# ---- changed in place ----


def test_pixels_that_moved_are_not_read_from_their_old_place(path):
    with FITS(path) as fits:
        assert fits["B"].read().tolist() == (SKY + 10).tolist()
        elsewhere(GROW, path, 0)
        with pytest.raises(FITSChangedError, match="open it again"):
            fits["B"].read()
        with pytest.raises(FITSChangedError):
            fits["B"][0:1, 0:1]
        with pytest.raises(FITSChangedError):
            fits["B"].view()
    with FITS(path) as fits:
        assert fits["B"].read().tolist() == (SKY + 10).tolist()


def test_what_was_not_touched_is_read_on(path):
    with FITS(path) as fits:
        fits[0].read(), fits["B"].read()
        elsewhere(GROW, path, 1)
        assert fits[0].read().tolist() == SKY.tolist()


def test_cells_that_were_rewritten_are_read(path):
    with FITS(path) as fits:
        assert fits[0][0, 0] == 0
        elsewhere("with FITS(sys.argv[1], 'r+') as fits: fits[0][0, 0] = 9", path)
        assert fits[0][0, 0] == 9


def test_tiles_that_were_rewritten_are_decoded_again(tmp_path):
    path = tmp_path / "z.fits"
    with FITS(path, "w+") as fits:
        fits.write_image(np.zeros((40, 40), "i4"), compress="RICE_1")
    with FITS(path) as fits:
        assert fits[1][3, 3] == 0
        elsewhere("with FITS(sys.argv[1], 'r+') as fits: fits[1][3] = 9", path)
        try:
            assert fits[1][3, 3] == 9
        except FITSChangedError:  # where the header had to change
            with FITS(path) as again:
                assert again[1][3, 3] == 9


@pytest.mark.parametrize(
    "change",
    [
        "with FITS(sys.argv[1], 'r+') as fits: fits[1].header['NEW'] = 1",
        "with FITS(sys.argv[1], 'r+') as fits: fits.write_image(np.ones(3))",
        "with open(sys.argv[1], 'ab') as file: file.write(bytes(2880))",
        "os.truncate(sys.argv[1], os.path.getsize(sys.argv[1]) - 2880)",
    ],
    ids=["card", "HDU", "bytes", "cut"],
)
def test_a_writer_whose_file_was_changed_writes_nothing(path, change):
    with FITS(path, "r+") as fits:
        assert fits[1].header["EXTNAME"] == "B"
        elsewhere(change, path)
        before = path.read_bytes()
        for write in (
            lambda: fits[0].write(SKY + 1),
            lambda: fits.write_image(SKY),
            lambda: fits[0].header.__setitem__("B", 2),
        ):
            with pytest.raises(FITSChangedError):
                write()
    assert path.read_bytes() == before


def test_a_writer_that_has_read_after_the_change_writes_nothing_either(path):
    with FITS(path, "r+") as fits:
        assert fits[0].header["A"] == 1
        elsewhere("with FITS(sys.argv[1], 'r+') as fits: fits.write_image(np.ones(3))", path)
        before = path.read_bytes()
        fits[0].read()
        with pytest.raises(FITSChangedError, match="size"):
            fits.write_image(SKY)
        assert fits.refresh() == 3
        fits.write_image(SKY)
        assert [hdu.shape for hdu in fits] == [(2, 3), (2, 3), (3,), (2, 3)]
    assert path.read_bytes()[: len(before)] == before


def test_processes_write_their_own_parts_of_one_image(tmp_path):
    path = tmp_path / "p.fits"
    with FITS(path, "w+") as fits:
        fits.create_image_hdu("i4", (40, 100))
    code = """
import sys
from rustfits import FITS
part = int(sys.argv[2])
for row in range(part * 10, part * 10 + 10):
    with FITS(sys.argv[1], "r+") as fits:
        fits[0][row] = row
"""
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(part)]) for part in range(4)
    ]
    assert [process.wait(60) for process in running] == [0] * 4
    assert (rustfits.read(path) == np.arange(40)[:, None]).all()


def test_a_file_that_was_cut(path):
    with FITS(path) as fits:
        fits[0].read(), fits["B"].read()
        os.truncate(path, fits["B"]._fresh().data_offset + 4)
        with pytest.raises(FITSTruncatedError):
            fits["B"].read()
        assert fits[0].read().tolist() == SKY.tolist()
        os.truncate(path, 100)
        with pytest.raises((FITSTruncatedError, FITSChangedError)):
            fits[0].read()


# ---- growing ----


def test_refresh_finds_hdus_that_another_process_has_appended(path):
    with FITS(path) as fits:
        assert len(fits) == 2
        assert fits.refresh() == 2
        last = fits["B"]
        elsewhere(
            "with FITS(sys.argv[1], 'r+') as fits: fits.write_image(np.ones(3), extname='C')", path
        )
        assert fits[0].read().tolist() == SKY.tolist()
        assert len(fits) == 2
        assert fits.refresh() == 3
        assert len(fits) == 3
        assert fits["C"].read().tolist() == [1, 1, 1]
        assert fits["B"] is last
        assert fits.refresh() == 3


@pytest.mark.parametrize("compress", [None, True], ids=["plain", "compressed"])
def test_refresh_finds_rows_that_another_process_has_appended(tmp_path, compress):
    path = tmp_path / "t.fits"
    rows = {"a": np.arange(5, dtype="i4")}
    rustfits.write_table(path, rows, **({"compress": True} if compress else {}))
    append = "with FITS(sys.argv[1], 'r+') as fits: fits[1].append({'a': np.arange(5, 500)})"
    with FITS(path) as fits:
        table = fits[1]
        assert table["a"].read().tolist() == list(range(5))
        elsewhere(append, path)
        if not compress:  # the old rows lie where they lay
            assert table["a"].read().tolist() == list(range(5))
        assert fits.refresh() == 2
        assert table.nrows == 500
        assert table["a"].read().tolist() == list(range(500))
        assert fits[1] is table


def test_refresh_says_that_an_hdu_in_front_was_changed(path):
    with FITS(path) as fits:
        assert len(fits) == 2
        elsewhere(GROW, path, 0)
        with pytest.raises(FITSChangedError):
            fits.refresh()


def test_what_cannot_be_refreshed(path):
    with (
        FITS.from_bytes(path.read_bytes()) as fits,
        pytest.raises(rustfits.FITSUnsupportedError, match="local file"),
    ):
        fits.refresh()


WRITER = """
import sys, time
import numpy as np
from rustfits import FITS
with FITS(sys.argv[1], "r+") as fits:
    start, n = time.monotonic(), 1
    while time.monotonic() - start < 3:
        fits[1].append({"a": np.full(7, n), "b": np.full(7, n)})
        n += 1
print(n - 1)
"""


def test_one_process_appends_while_another_reads(tmp_path):
    path = tmp_path / "t.fits"
    rustfits.write_table(path, {"a": np.full(7, 0), "b": np.full(7, 0)})
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    seen, looks = {7}, 0
    with FITS(path) as fits, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while writer.poll() is None:
            for _ in range(3):
                rows = fits[1].read()
                wanted = np.repeat(np.arange(len(rows) // 7), 7)
                assert (rows["a"] == wanted).all()
                assert (rows["b"] == wanted).all()
                looks += 1
            seen.add(len(rows))
            fits.refresh()
            time.sleep(0.002)
        fits.refresh()
        total = int(writer.communicate()[0])
        assert writer.returncode == 0
        assert fits[1].nrows == (total + 1) * 7
    assert looks > 100
    assert len(seen) > 5


REPLACER = """
import sys, time
import numpy as np
import rustfits
start, n = time.monotonic(), 0
while time.monotonic() - start < 2:
    n += 1
    rustfits.write(sys.argv[1], np.full((50, 50), n, "i4"))
"""


def test_one_process_replaces_while_another_reads(tmp_path):
    path = tmp_path / "r.fits"
    rustfits.write(path, np.zeros((50, 50), "i4"))
    writer = subprocess.Popen([sys.executable, "-c", REPLACER, str(path)])
    values = set()
    while writer.poll() is None:
        with FITS(path) as fits:
            for pixels in (fits[0].read(), fits[0][:], fits[0].view()):
                assert (pixels == pixels[0, 0]).all()
                values.add(int(pixels[0, 0]))
            assert len({int(fits[0][0, 0]), int(fits[0].read()[9, 9])}) == 1
    assert writer.returncode == 0
    assert len(values) > 3


# ---- the end ----


def run_limited(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process whose files cannot grow."""
    script = (
        "import resource, signal, sys\nimport numpy as np\nfrom rustfits import FITS\n"
        "def limit(n):\n"
        "    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (n, resource.RLIM_INFINITY))\n" + code
    )
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        timeout=60,
        capture_output=True,
        text=True,
    )


HALF = """
fits = FITS(sys.argv[1], "r+")
limit(5000)
try:
    fits["B"].write(np.ones((2, 3), "i2"))
except OSError:
    pass
"""


def test_close_says_that_a_write_has_failed_half_way(path):
    made = run_limited(HALF + "limit(-1)\nfits.close()\n", path)
    assert made.returncode == 1
    assert "FITSTaintedError" in made.stderr
    assert "half of an edit" in made.stderr


def test_the_end_of_a_with_block_says_so_too(path):
    code = HALF.replace('fits = FITS(sys.argv[1], "r+")', "").replace("\n", "\n    ")
    made = run_limited("with FITS(sys.argv[1], 'r+') as fits:\n    pass\n    " + code, path)
    assert made.returncode == 1
    assert "FITSTaintedError" in made.stderr


def test_an_exception_under_way_is_not_hidden_by_close(path):
    code = HALF.replace('fits = FITS(sys.argv[1], "r+")', "").replace("\n", "\n    ")
    made = run_limited(
        "with FITS(sys.argv[1], 'r+') as fits:\n    pass\n    " + code + "\n    1 / 0\n", path
    )
    assert made.returncode == 1
    assert made.stderr.strip().splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert "closing also failed" in made.stderr


def test_the_end_of_the_interpreter_prints_what_has_failed(tmp_path):
    first, second = tmp_path / "1.fits.gz", tmp_path / "2.fits.gz"
    noise = np.random.default_rng(1).integers(0, 2**30, 50000, dtype="i4")
    for path in (first, second):
        rustfits.write(path, noise[:10])
    made = run_limited(
        "files = [FITS(name, 'r+') for name in sys.argv[1:]]\n"
        "for fits in files:\n"
        "    fits.write_image(np.random.default_rng(1).integers(0, 2**30, 50000, dtype='i4'))\n"
        "limit(5000)\n",
        first,
        second,
    )
    assert made.stderr.count("Traceback") >= 2
    assert "1.fits.gz" in made.stderr
    assert "2.fits.gz" in made.stderr
    assert rustfits.read(first).tolist() == rustfits.read(second).tolist() == noise[:10].tolist()


def test_a_file_that_is_forgotten_after_a_failed_write_is_told_of(path):
    made = run_limited(HALF + "limit(-1)\ndel fits\nimport gc\ngc.collect()\n", path)
    assert "FITSTaintedError" in made.stderr


def test_the_status_of_the_command_line(path, tmp_path):
    target = tmp_path / "made.fits"
    made = run_limited(
        "from rustfits.cli import main\n"
        "limit(3000)\n"
        "sys.exit(main(['pack', sys.argv[1], sys.argv[2]]))\n",
        path,
        target,
    )
    assert made.returncode == 1
    assert "rustfits pack" in made.stderr
    assert not target.exists()
