# SPDX-License-Identifier: BSD-3-Clause
"""`scan_fits`: queries give what the same query on the whole frame in memory gives."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

import rustfits
from rustfits._core.collect import scan as scan_module
from rustfits._core.collect.predicate import condition_of

ROWS = 400
c = pl.col


def table(seed: int) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    flux = rng.choice([-1.5, 0.0, 0.1, 2.0, np.nan, np.inf, -np.inf, 2.0**53], ROWS)
    big = rng.choice([-(2**63), -1, 0, 2**53, 2**53 + 1, 2**63 - 1], ROWS)
    return {
        "n": np.ma.MaskedArray(rng.integers(-3, 4, ROWS, "i2"), rng.random(ROWS) < 0.2),
        "u": rng.choice(np.array([0, 1, 2**53 + 1, 2**64 - 1], "u8"), ROWS),
        "big": big,
        "flux": flux,
        "f": flux.astype("f4"),
        "t": np.ma.MaskedArray(rng.random(ROWS) < 0.5, rng.random(ROWS) < 0.2),
        "s": rng.choice(["", "a", "ab", "M31", "it's", "b c"], ROWS),
        "xy": rng.random((ROWS, 2)),
        "l": [[1.5] * (row % 3) for row in range(ROWS)],
        "odd name": rng.integers(0, 5, ROWS),
    }


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("scan")
    made = [folder / f"night{number}.fits" for number in range(2)]
    for seed, path in enumerate(made):
        rustfits.write(path, table(seed))
    return made


@pytest.fixture(scope="module")
def eager(paths: list[Path]) -> pl.DataFrame:
    return rustfits.scan_fits(paths).collect()


def test_all_rows_of_all_files_are_those_of_read(paths: list[Path], eager: pl.DataFrame) -> None:
    assert eager.height == 2 * ROWS
    for number, path in enumerate(paths):
        with rustfits.FITS(path) as fits:
            rows = fits[1].read(mask_null=True)
        part = eager.slice(number * ROWS, ROWS)
        for name in ("n", "u", "big", "t", "s", "xy", "odd name"):
            assert part[name].to_list() == rows[name].tolist(), name
        for name in ("flux", "f"):
            assert np.array_equal(part[name].to_numpy(), rows[name].data, equal_nan=True)
        assert part["l"].to_list() == [cell.tolist() for cell in rows["l"].data]


NUMBERS = st.sampled_from([-1.5, 0.0, 0.1, 2.0, 2.0**53, 2.5, float("nan"), float("inf"), 1e-40])
COUNTS = st.sampled_from([-3, -1, 0, 1, 2, 2**53, 2**53 + 1])
TEXTS = st.sampled_from(["", "a", "ab", "M31", "it's", "a ", "b", "ä", " "])
OPS = st.sampled_from(["__gt__", "__ge__", "__lt__", "__le__", "__eq__", "__ne__"])


def comparison(names: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[pl.Expr]:
    return st.builds(
        lambda name, op, value: getattr(c(name), op)(value), st.sampled_from(names), OPS, values
    )


LEAVES = st.one_of(
    comparison(["flux", "f"], NUMBERS),
    comparison(["n", "big", "odd name"], COUNTS),
    comparison(["n", "big", "u"], NUMBERS),
    comparison(["u"], st.sampled_from([0, 1, 2**53 + 1, 2**64 - 1])),
    comparison(["flux", "f"], COUNTS),
    comparison(["s"], TEXTS),
    st.builds(lambda text: c("s").str.starts_with(text), TEXTS),
    st.builds(lambda text: c("s").str.contains(text, literal=True), TEXTS),
    st.builds(lambda values: c("s").is_in(values), st.lists(TEXTS, max_size=3)),
    st.builds(
        lambda values, nulls: c("n").cast(pl.Int64).is_in(values, nulls_equal=nulls),
        st.lists(COUNTS | st.none(), max_size=3),
        st.booleans(),
    ),
    st.builds(lambda values: c("odd name").is_in(values), st.lists(COUNTS, max_size=3)),
    st.builds(
        lambda name, low, high, closed: c(name).is_between(low, high, closed=closed),
        st.sampled_from(["n", "flux", "f"]),
        COUNTS,
        COUNTS,
        st.sampled_from(["both", "left", "right", "none"]),
    ),
    st.sampled_from(
        [
            c("t"),
            c("flux").is_nan(),
            c("f").is_not_nan(),
            c("n").is_null(),
            c("n").is_not_null(),
            c("t").is_null(),
            c("n") > c("odd name"),
            c("flux") > c("n"),
            c("flux").abs() > 1,
            c("n").eq_missing(1),
            c("xy").arr.get(0) > 0.5,
            c("l").list.len() > 1,
            c("s").str.len_bytes() > 1,
            c("s").str.contains("a|M"),
            pl.lit(True),
            pl.lit(None, dtype=pl.Boolean),
        ]
    ),
)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        st.builds(lambda a, b: a ^ b, inner, inner),
        st.builds(lambda a: ~a, inner),
    ),
    max_leaves=5,
)


@settings(max_examples=120, deadline=None)
@given(predicate=PREDICATES, columns=st.sampled_from([None, ["n"], ["s", "flux"]]))
def test_filters_select_what_they_select_in_memory(
    paths: list[Path], eager: pl.DataFrame, predicate: pl.Expr, columns: list[str] | None
) -> None:
    chosen = [pl.all()] if columns is None else [c(name) for name in columns]
    query = rustfits.scan_fits(paths).filter(predicate).select(chosen)
    assert_frame_equal(query.collect(), eager.lazy().filter(predicate).select(chosen).collect())


@settings(max_examples=30, deadline=None)
@given(
    predicate=PREDICATES,
    count=st.sampled_from([0, 1, 300, ROWS, ROWS + 1, 5000]),
    offset=st.sampled_from([0, 1, ROWS]),
)
def test_slices_and_filters_keep_their_order(
    paths: list[Path], eager: pl.DataFrame, predicate: pl.Expr, count: int, offset: int
) -> None:
    for build in (
        lambda frame: frame.slice(offset, count).filter(predicate),
        lambda frame: frame.filter(predicate).slice(offset, count),
        lambda frame: frame.head(count).select(pl.len()),
        lambda frame: frame.tail(count).select("n"),
    ):
        assert_frame_equal(
            build(rustfits.scan_fits(paths)).collect(), build(eager.lazy()).collect()
        )


PUSHED = {
    "n > 1": c("n") > 1,
    "NaN is larger": c("flux") > 1,
    "float32": c("f") <= 0.1,
    "and": (c("n") > 1) & (c("flux").abs() > 1),
    "not": ~((c("n") <= 1) | (c("s") != "a")),
    "in": c("s").is_in(["a", "it's"]),
    "starts": c("s").str.starts_with("M3"),
    "between": c("odd name").is_between(1, 2),
    "logical": c("t"),
}


@pytest.mark.parametrize("name", PUSHED)
def test_conditions_reach_the_library(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(
        scan_module, "condition_of", lambda *args: seen.append(condition_of(*args)) or seen[-1]
    )
    rustfits.scan_fits(paths[0]).filter(PUSHED[name]).collect()
    (condition,) = seen
    assert condition is not None
    with rustfits.FITS(paths[0]) as fits:
        assert len(fits[1].where(condition)) < ROWS


def test_only_the_columns_of_a_query_are_read(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    whole = scan_module.frames_of

    def frames_of(hdu: Any, names: list[str], *rest: Any) -> Iterator[pl.DataFrame]:
        seen.append(sorted(names))
        return whole(hdu, names, *rest)

    monkeypatch.setattr(scan_module, "frames_of", frames_of)
    rustfits.scan_fits(paths[0]).filter(c("n") > 0).select(c("u") + 1).collect()
    assert seen == [["n", "u"]]


def test_columns_and_patterns_and_extensions(paths: list[Path], tmp_path: Path) -> None:
    pattern = str(paths[0].parent / "night*.fits")
    assert rustfits.scan_fits(pattern, columns=["S", "n"]).collect().columns == ["s", "n"]
    assert rustfits.scan_fits(pattern, columns="u").collect().shape == (2 * ROWS, 1)
    other = tmp_path / "two.fits"
    with rustfits.FITS(other, "w+") as fits:
        fits.write_image(np.zeros((2, 2)))
        fits.write_table({"a": [1]}, extname="ONE")
        fits.write_table({"b": [2.5]}, extname="TWO", compress=True)
    assert rustfits.scan_fits(other).collect().to_dicts() == [{"a": 1}]
    assert rustfits.scan_fits(other, ext="TWO").filter(c("b") > 2).collect().to_dicts() == [
        {"b": 2.5}
    ]
    with pytest.raises(rustfits.FITSTypeError, match="of kind 'image', not a table"):
        rustfits.scan_fits(other, ext=0)


def test_bad_input_is_named(paths: list[Path], tmp_path: Path) -> None:
    with pytest.raises(rustfits.FITSColumnError, match="no column 'mag'"):
        rustfits.scan_fits(paths, columns=["mag"])
    with pytest.raises(rustfits.FITSNotFoundError):
        rustfits.scan_fits(str(tmp_path / "*.fits"))
    with pytest.raises(rustfits.FITSValueError, match="at least one file"):
        rustfits.scan_fits([])
    image = tmp_path / "image.fits"
    rustfits.write(image, np.zeros((2, 2)))
    with pytest.raises(rustfits.FITSTypeError, match="no HDU is a table"):
        rustfits.scan_fits(image)


def test_complex_numbers_are_pairs(tmp_path: Path) -> None:
    path = tmp_path / "complex.fits"
    rustfits.write(path, {"z": np.array([1 + 2j, 3j], "c8"), "a": [1, 2]})
    found = rustfits.scan_fits(path).filter(c("a") == 1).collect()
    assert found["z"].to_list() == [[1.0, 2.0]]


@pytest.mark.parametrize(
    ("second", "match"),
    [
        ({"b": [1.5]}, r"second\.fits\[1\]: no column 'a', which .*first\.fits has"),
        ({"a": [1.5]}, r"second\.fits\[1\]: column 'a' has the type Float64, and Int64 in"),
        ({"a": [[1, 2]]}, r"second\.fits\[1\]: column 'a'"),
    ],
)
def test_files_whose_columns_differ_are_named(
    tmp_path: Path, second: dict[str, Any], match: str
) -> None:
    rustfits.write(tmp_path / "first.fits", {"a": [1]})
    rustfits.write(tmp_path / "second.fits", second)
    lazy = rustfits.scan_fits([tmp_path / "first.fits", tmp_path / "second.fits"])
    with pytest.raises(rustfits.FITSValueError, match=match):
        lazy.collect()


def test_empty_tables(tmp_path: Path) -> None:
    path = tmp_path / "empty.fits"
    rustfits.write(path, np.zeros(0, [("a", "i4"), ("s", "S3")]))
    lazy = rustfits.scan_fits(path)
    assert lazy.filter(c("a") > 1).collect().shape == (0, 2)
    assert lazy.select(pl.len()).collect().item() == 0


def test_polars_is_imported_by_the_call_only() -> None:
    code = (
        "import sys, rustfits; assert 'polars' not in sys.modules and 'pyarrow' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
