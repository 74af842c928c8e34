# SPDX-License-Identifier: BSD-3-Clause
"""`read_headers` finds in each file what `read_header` finds in it alone."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

import rustfits

CORPUS = os.environ.get("RUSTFITS_CORPUS", "")
CRASHERS = Path(__file__).parents[2] / "crashers" / "inputs"


def make(path: Path, *cards: Any, data: Any = None) -> Path:
    header = astropy_fits.Header()
    for card in cards:
        header.append(card)
    astropy_fits.PrimaryHDU(data, header).writeto(path, overwrite=True)
    return path


def expected(path: Any, key: str, **options: Any) -> Any:
    """Return the value of a keyword, or None."""
    value = rustfits.read_header(path, **options).get(key)
    return "\n".join(value) if isinstance(value, list) else value


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [
        make(tmp_path / f"f{i}.fits", ("EXPTIME", i * 1.5), ("OBJECT", f"M{i}"), ("N", i))
        for i in range(5)
    ]


# ---- input ----


def test_names_globs_paths_and_iterators(files: list[Path], tmp_path: Path) -> None:
    names = [str(path) for path in files]
    for given in (
        names,
        tuple(files),
        iter(files),
        (name for name in names),
        str(tmp_path / "*.fits"),
        str(tmp_path / "**" / "f?.fits"),
        [str(tmp_path / "f[0-2].fits"), names[3], files[4]],
    ):
        table = rustfits.read_headers(given, ["EXPTIME", "object"])
        assert table.dtype.names == ("file", "EXPTIME", "object")
        assert table["file"].tolist() == names
        assert table["EXPTIME"].tolist() == [0, 1.5, 3, 4.5, 6]
        assert table["object"].tolist() == ["M0", "M1", "M2", "M3", "M4"]
        assert not any(np.any(table.mask[name]) for name in table.dtype.names)
    assert rustfits.read_headers(files[0], "N")["N"].tolist() == [0]
    empty = rustfits.read_headers([], "N")
    assert len(empty) == 0
    assert empty.dtype.names == ("file", "N")


def test_file_objects_and_urls(files: list[Path]) -> None:
    memory = io.BytesIO(files[1].read_bytes())
    table = rustfits.read_headers([files[0], memory, f"file://{files[2]}"], "N")
    assert table["N"].tolist() == [0, 1, 2]
    assert table["file"][1] == "<BytesIO object>"
    assert rustfits.read_headers(io.BytesIO(files[3].read_bytes()), "N")["N"].tolist() == [3]
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.read_headers([3], "N", errors="row")  # type: ignore[list-item]
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.read_headers(b"x", "N")  # type: ignore[arg-type]


def test_schemes_limit_names(files: list[Path]) -> None:
    with pytest.raises(rustfits.FITSSchemeError):
        rustfits.read_headers(files, "N", schemes={"https"})
    assert len(rustfits.read_headers(files, "N", schemes={"file"})) == 5


def test_extension_by_number_name_and_version(tmp_path: Path) -> None:
    path = tmp_path / "many.fits"
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(np.zeros(2))
        fits.write_image(np.zeros(3), extname="SCI", extver=1, header={"N": 1})
        fits.write_image(np.zeros(3), extname="SCI", extver=2, header={"N": 2})
    for ext, number in ((1, 1), (2, 2), (-1, 2), (-2, 1), ("sci", 1), (("SCI", 2), 2)):
        assert rustfits.read_headers([path, path], "N", ext=ext)["N"].tolist() == [number] * 2
    for ext in (3, -4, "NOPE", ("SCI", 3)):
        with pytest.raises(LookupError) as alone:
            rustfits.read_header(path, ext)
        with pytest.raises(LookupError) as many:
            rustfits.read_headers([path], "N", ext=ext)
        assert type(many.value) is type(alone.value)
        assert str(many.value) == str(alone.value)
        row = rustfits.read_headers([path], "N", ext=ext, errors="row")
        assert row["error"].tolist() == [str(alone.value)]
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.read_headers([path], "N", ext=1.5)  # type: ignore[arg-type]


def test_compressed_hdus_and_files(tmp_path: Path, files: list[Path]) -> None:
    path = tmp_path / "tiled.fits"
    with rustfits.FITS(path, "w+") as fits:
        fits.write_image(np.zeros((9, 9), "i2"), compress="RICE_1", header={"N": 5})
    table = rustfits.read_headers([path], ["NAXIS1", "BITPIX", "ZBITPIX"], ext=1)
    assert table.tolist() == [(str(path), 9, 16, None)]
    packed = tmp_path / "small.fits.gz"
    with rustfits.FITS(packed, "w+") as fits:
        fits.write_image(np.zeros(3), header={"N": 6})
    assert rustfits.read_headers([files[0], packed], "N")["N"].tolist() == [0, 6]


# ---- types ----


@pytest.mark.parametrize(
    ("values", "dtype", "result"),
    [
        ([True, False], "?", [True, False]),
        ([1, None, 3], "i8", [1, None, 3]),
        ([True, 2], "i8", [1, 2]),
        ([1, 2.5], "f8", [1.0, 2.5]),
        ([True, 2.5], "f8", [1.0, 2.5]),
        ([1, 2.5, 1 + 2j], "c16", [1, 2.5, 1 + 2j]),
        (["a", "longer"], "U6", ["a", "longer"]),
        ([1, "a", 2.5, True], "U3", ["1", "a", "2.5", "T"]),
        ([2**53 + 1, 1], "i8", [2**53 + 1, 1]),
        ([2**53 + 1, 0.5], "U16", ["9007199254740993", "0.5"]),
        ([2**62, 0.5], "f8", [2.0**62, 0.5]),
        ([2**64, 1], "U20", ["18446744073709551616", "1"]),
        ([2**64, 0.5, 1 + 2j], "U20", ["18446744073709551616", "0.5", "(1.0, 2.0)"]),
        ([None, None], "f8", [None, None]),
        (["x" * 300, "y", None], "O", ["x" * 300, "y", None]),
        (["", "a"], "U1", ["", "a"]),
    ],
)
def test_columns_hold_the_values_of_all_files(
    tmp_path: Path, values: list[Any], dtype: str, result: list[Any]
) -> None:
    names = []
    for i, value in enumerate(values):
        names.append(tmp_path / f"{i}.fits")
        header = rustfits.FITSHeader()
        header["OTHER"] = i
        header["KEY"] = value
        rustfits.write(names[-1], np.zeros(2), header=header)
    for keys in (["KEY", "OTHER"], None):
        table = rustfits.read_headers(names, keys)
        assert table["KEY"].dtype == np.dtype(dtype)
        assert table["KEY"].tolist() == result
        assert table["OTHER"].tolist() == list(range(len(values)))


def test_all_keys_are_the_union(tmp_path: Path) -> None:
    one = make(tmp_path / "1.fits", ("A", 1), ("HIERARCH ESO DET", 2.5), ("COMMENT", "first"))
    two = make(
        tmp_path / "2.fits", ("B", "x"), ("A", 3), ("HISTORY", "h1"), ("HISTORY", "h2"), ("A", 9)
    )
    table = rustfits.read_headers([one, two])
    assert table.dtype.names is not None
    assert table.dtype.names[:4] == ("file", "SIMPLE", "BITPIX", "NAXIS")
    assert table["A"].tolist() == [1, 3]
    assert table["ESO DET"].tolist() == [2.5, None]
    assert table["B"].tolist() == [None, "x"]
    assert table["HISTORY"].tolist() == [None, "h1\nh2"]
    assert table["COMMENT"].tolist()[0].endswith("first")
    by_name = rustfits.read_headers([one, two], ["hierarch eso det", "History", "COMMENT"])
    assert by_name["hierarch eso det"].tolist() == [2.5, None]
    assert by_name["History"].tolist() == [None, "h1\nh2"]


def test_first_card_counts_also_without_a_value(tmp_path: Path) -> None:
    path = make(tmp_path / "twice.fits", ("A", None), ("A", 3), ("B", 1), ("B", 2))
    for keys in (["A", "B"], None):
        table = rustfits.read_headers(path, keys)
        assert table["A"].tolist() == [None]
        assert table["B"].tolist() == [1]


def test_long_strings_are_whole(tmp_path: Path) -> None:
    long = "word " * 40 + "end"
    path = make(tmp_path / "long.fits", ("LONG", long), ("AFTER", 1))
    for keys in (["LONG", "AFTER"], None):
        table = rustfits.read_headers([path, path], keys)
        assert table["LONG"].tolist() == [long, long]
        assert table["AFTER"].tolist() == [1, 1]


def test_other_bytes_are_read_as_read_header_reads_them(tmp_path: Path) -> None:
    path = make(tmp_path / "latin.fits", ("WHO", "Muller"), ("N", 1))
    content = path.read_bytes()
    latin, utf8 = tmp_path / "a.fits", tmp_path / "b.fits"
    latin.write_bytes(content.replace(b"Muller ", "Müller ".encode("latin-1")))
    utf8.write_bytes(content.replace(b"Muller  ", "Müller ".encode()))
    assert rustfits.read_headers([latin, utf8, path], "WHO")["WHO"].tolist() == [
        "Müller",
        "Müller",
        "Muller",
    ]
    assert rustfits.read_headers(latin, "WHO", lenient=True)["WHO"].tolist() == ["M_ller"]
    with pytest.raises(rustfits.FITSError, match="0xFC"):
        rustfits.read_headers(latin, "WHO", lenient=False)


def test_names_of_our_own_columns(tmp_path: Path) -> None:
    path = make(tmp_path / "own.fits", ("HIERARCH file", 1), ("ERROR", 2))
    table = rustfits.read_headers(path, errors="row")
    assert table.dtype.names is not None
    assert table.dtype.names[-3:] == ("FILE", "ERROR", "error")
    assert table["FILE"].tolist() == [1]


def test_bad_arguments(files: list[Path]) -> None:
    for keys in (["A", "a"], [""], ["HIERARCH A", "A"], ["x" * 100]):
        with pytest.raises(rustfits.FITSValueError):
            rustfits.read_headers(files, keys)
    with pytest.raises(rustfits.FITSTypeError):
        rustfits.read_headers(files, [3])  # type: ignore[list-item]
    with pytest.raises(rustfits.FITSValueError, match="'raise' or 'row'"):
        rustfits.read_headers(files, "N", errors="ignore")
    with pytest.raises(rustfits.FITSTypeError, match="progress"):
        rustfits.read_headers(files, "N", progress="yes")  # type: ignore[arg-type]
    with pytest.raises(rustfits.FITSValueError, match="threads"):
        rustfits.read_headers(files, "N", threads=0)
    with pytest.raises(rustfits.FITSNotFoundError, match="no file matches"):
        rustfits.read_headers("nothing-*.fits")
    assert "nothing" in rustfits.read_headers("nothing-*.fits", errors="row")["error"][0]


# ---- files that cannot be read ----


def bad_files(folder: Path) -> Iterator[Path]:
    good = make(folder / "good.fits", ("N", 1), data=np.zeros(5000, "f4"))
    content = good.read_bytes()
    for name, data in {
        "empty": b"",
        "text": b"hello, this is not a FITS file\n" * 300,
        "no-end": content[:2800],
        "blank": b" " * 28800,
        "endless": b"SIMPLE  =                    T".ljust(80) + b"COMMENT x".ljust(80) * 3000,
        "naxis": content.replace(
            b"NAXIS   =                    1", b"NAXIS   =                   -1"
        ),
        "cut": content[:10000],
        "gzip": b"\x1f\x8b\x08\x00" + content[:100],
    }.items():
        (folder / name).write_bytes(data)
        yield folder / name
    (folder / "directory").mkdir()
    yield folder / "directory"
    yield folder / "does-not-exist"
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "fifo")
        yield folder / "fifo"
    if hasattr(os, "getuid") and os.getuid() != 0:
        (folder / "secret").write_bytes(content)
        (folder / "secret").chmod(0)
        yield folder / "secret"
    os.symlink("loop", folder / "loop")
    yield folder / "loop"


def check_same(paths: list[Path], **options: Any) -> int:
    """Compare with `read_header`, file by file. Return the number of bad files."""
    keys = ["SIMPLE", "NAXIS", "OBJECT", "DATE-OBS", "EXPTIME", "COMMENT", "HISTORY", "TELESCOP"]
    table = rustfits.read_headers(paths, keys, errors="row", **options)
    everything = rustfits.read_headers(paths, errors="row", **options)
    bad = 0
    fields, all_fields = fields_of(table), fields_of(everything)
    for path, row, all_row in zip(paths, table, everything, strict=True):
        assert row["error"] == all_row["error"]
        try:
            header = rustfits.read_header(path, **options)
        except (rustfits.FITSError, OSError) as failure:
            bad += 1
            assert row["error"] == str(failure)
            with pytest.raises(type(failure)) as again:
                rustfits.read_headers([path], keys, **options)
            assert str(again.value) == str(failure)
            continue
        assert row["error"] == ""
        for key in keys:
            check_value(fields, row, key, header.get(key))
        for key, value in header.items():
            if key:
                check_value(all_fields, all_row, key, value)
    return bad


def fields_of(table: Any) -> dict[str, str]:
    return {name.upper(): name for name in table.dtype.names if name not in ("file", "error")}


def check_value(names: dict[str, str], row: Any, key: str, value: Any) -> None:
    if value is None:
        assert key.upper() not in names or row[names[key.upper()]] is np.ma.masked
        return
    found = row[names[key.upper()]]
    value = "\n".join(value) if isinstance(value, list) else value
    if isinstance(found, str) and not isinstance(value, str):
        assert (
            found == "FT"[value]
            if isinstance(value, bool)
            else complex(
                found.strip("()").replace(", ", "+") + ("j" if isinstance(value, complex) else "")
            )
            == value
        )
    else:
        assert found == value or (found != found and value != value)


@pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")
def test_bad_files_have_the_errors_of_read_header(tmp_path: Path) -> None:
    bad = list(bad_files(tmp_path))
    paths = [tmp_path / "good.fits", *bad, tmp_path / "good.fits"]
    assert check_same(paths) == len(bad) - 1  # the header of the one that is cut is whole
    assert check_same(paths, ext=1) == len(paths)


@pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")
def test_crashers() -> None:
    paths = sorted(path for path in CRASHERS.iterdir() if path.is_file())
    assert paths
    check_same(paths)


@pytest.mark.skipif(not CORPUS, reason="RUSTFITS_CORPUS is not set")
@pytest.mark.filterwarnings("ignore::rustfits.FITSWarning")
def test_corpus() -> None:
    paths = sorted(path for path in Path(CORPUS).rglob("*") if path.is_file())
    # All of them take a minute.
    limit = 100_000_000 if os.environ.get("RUSTFITS_ALL") else 500_000
    check_same([path for path in paths if path.stat().st_size < limit])


def test_first_error_in_order_is_raised(files: list[Path], tmp_path: Path) -> None:
    names = [*map(str, files * 100), str(tmp_path / "none-1"), *map(str, files * 100), "none-2"]
    for threads in (1, 4):
        with pytest.raises(rustfits.FITSNotFoundError, match="none-1"):
            rustfits.read_headers(names, "N", threads=threads)


# ---- many ----


def test_threads_keep_the_order(files: list[Path]) -> None:
    names = [str(files[i * 7 % 5]) for i in range(3000)]
    one = rustfits.read_headers(names, threads=1)
    many = rustfits.read_headers(names, threads=8)
    assert one["N"].tolist() == [i * 7 % 5 for i in range(3000)]
    assert one.tolist() == many.tolist()


def test_hundred_thousand_names_that_do_not_exist() -> None:
    table = rustfits.read_headers((f"/no/{i}" for i in range(100_000)), "N", errors="row")
    assert len(table) == 100_000
    assert table["error"][99_999].startswith("/no/99999: ")
    assert table["N"].mask.all()


def test_progress_and_its_exceptions(files: list[Path]) -> None:
    seen: list[tuple[int, int | None]] = []
    rustfits.read_headers(files * 300, "N", progress=lambda *step: seen.append(step))
    assert seen[-1] == (1500, 1500)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    rustfits.read_headers(iter(files), "N", progress=lambda *step: seen.append(step))
    assert seen[-1] == (5, None)

    def stop(_done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rustfits.read_headers(files, "N", progress=stop)
    rustfits.read_headers(files, "N", progress=True)


def test_other_threads_run_meanwhile(files: list[Path]) -> None:
    turns = 0
    ended = threading.Event()

    def count() -> None:
        nonlocal turns
        while not ended.is_set():
            turns += 1
            time.sleep(0.0005)

    thread = threading.Thread(target=count)
    thread.start()
    rustfits.read_headers(files * 1000, "N")
    ended.set()
    thread.join()
    assert turns > 3
