# SPDX-License-Identifier: BSD-3-Clause
"""Rows by condition, against Python's own arithmetic, row by row, and against fitsio."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import fitsio
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rustfits
from rustfits import FITS
from rustfits._core.table import where

ROWS = 40

# ---- the table ----


def make_columns() -> dict[str, np.ndarray[Any, Any]]:
    """Small numbers that meet each other, the ends of each type, and odd reals."""
    rng = np.random.default_rng(39)

    def integers(kind: str) -> np.ndarray[Any, Any]:
        info = np.iinfo(kind)
        special = [info.min, info.max, info.max - 1, 0, 1, min(info.max, 2**53), info.max // 2 + 1]
        values = rng.integers(max(info.min, -4), 5, ROWS).astype(kind)
        values[rng.permutation(ROWS)[:14]] = np.array(special * 2, kind)
        return values

    reals = [0.0, -0.0, 1.0, 2.5, -1.5, math.nan, math.inf, -math.inf, 1e300, 2.0**53, 2.0**64]
    texts = [b"M31", b"m31", b" M 33", b"", b"NGC 1", b"NGC 10", b"caf\xe9"]
    return {
        "a": integers("u1"),
        "b": integers("i1"),
        "c": integers("i2"),
        "e": integers("i4"),
        "f": integers("u4"),
        "g": integers("i8"),
        "h": integers("u8"),
        "x": rng.choice([real for real in reals if real != 1e300], ROWS).astype("f4"),
        "y": rng.choice(reals, ROWS),
        "p": rng.integers(0, 2, ROWS).astype(bool),
        "s": rng.choice(texts, ROWS),
        "t": rng.choice(texts, ROWS),
        "u": rng.choice(reals, (ROWS, 2, 3)),
        "n": rng.integers(0, 4, ROWS).astype("i4"),
    }


#: Stored for "undefined" in column n.
NULL = 2
OFFSETS = {"b": ("B", -128), "f": ("J", 2**31), "h": ("K", 2**63)}
FORMATS = {"a": "B", "c": "I", "e": "J", "g": "K", "x": "E", "y": "D", "p": "L", "s": "8A"}
FORMATS |= {"t": "6A", "u": "6D", "n": "J"}
COLUMNS = make_columns()


def write_table(path: Path) -> None:
    """Write it by astropy."""
    columns = []
    for name, values in COLUMNS.items():
        more: dict[str, Any] = {}
        if name in OFFSETS:
            more["bzero"] = OFFSETS[name][1]
        if name == "n":
            more["null"] = NULL
        if name == "u":
            more["dim"] = "(3,2)"
        form = OFFSETS[name][0] if name in OFFSETS else FORMATS[name]
        columns.append(astropy_fits.Column(name, form, array=values, **more))
    astropy_fits.BinTableHDU.from_columns(columns).writeto(path)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[rustfits.TableHDU]:
    path = tmp_path_factory.mktemp("where") / "table.fits"
    write_table(path)
    with FITS(path) as fits:
        hdu = fits[1]
        assert isinstance(hdu, rustfits.TableHDU)
        yield hdu


# ---- expressions and what they mean, written a second time ----

# How tightly an expression binds, as docs/expressions.md has it.
OR, AND, NOT, COMPARE, ADD, MULTIPLY, SIGN, POWER, ATOM = range(9)
Value = Any


class Node(NamedTuple):
    """An expression: its text, how tightly it binds, its kind, and its value in a row."""

    text: str
    level: int
    kind: str  # "integer", "real", "string", "logical"
    value: Callable[[int], Value]  # None: undefined

    def within(self, level: int) -> str:
        return self.text if self.level >= level else f"({self.text})"


def fit(value: Value) -> Value:
    """Integers beyond the range are reals."""
    return value if -(2**63) <= value < 2**64 else float(value)


def add(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int) and isinstance(fit(a + b), int):
        return a + b
    return float(a) + float(b)


def subtract(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int) and isinstance(fit(a - b), int):
        return a - b
    return float(a) - float(b)


def multiply(a: Value, b: Value) -> Value:
    if isinstance(a, int) and isinstance(b, int) and isinstance(fit(a * b), int):
        return a * b
    return float(a) * float(b)


def divide(a: Value, b: Value) -> float:
    with np.errstate(all="ignore"):
        return float(np.float64(float(a)) / np.float64(float(b)))


def modulo(a: Value, b: Value) -> Value:
    if b == 0 or (isinstance(a, float) and math.isinf(a)):
        return math.nan
    return a % b


def square(a: Value) -> float:
    return float(a) * float(a)


def least(a: Value, b: Value) -> Value:
    return math.nan if a != a or b != b else a if a <= b else b


def greatest(a: Value, b: Value) -> Value:
    return math.nan if a != a or b != b else a if a >= b else b


def bitand(a: Value, b: Value) -> Value:
    return a & b if isinstance(a, int) and isinstance(b, int) else math.nan


def whole(name: str) -> Callable[[Value], Value]:
    function = {"floor": np.floor, "ceil": np.ceil, "round": np.rint}[name]
    return lambda a: a if isinstance(a, int) else float(function(a))


def root(a: Value) -> float:
    return math.sqrt(a) if a >= 0 else math.nan


def number_of(a: Value) -> Value:
    return int(a) if isinstance(a, bool) else a


def apply(function: Callable[..., Value], *nodes: Node) -> Callable[[int], Value]:
    """Arithmetic: undefined where an operand is."""

    def value(row: int) -> Value:
        values = [number_of(node.value(row)) for node in nodes]
        return None if None in values else function(*values)

    return value


def judge(function: Callable[..., Value], *nodes: Node) -> Callable[[int], bool]:
    """Comparisons and questions: false where an operand is undefined."""

    def value(row: int) -> bool:
        values = [number_of(node.value(row)) for node in nodes]
        return False if None in values else bool(function(*values))

    return value


def column(name: str) -> Node:
    values = COLUMNS[name]
    if values.dtype.kind == "S":
        return Node(name, ATOM, "string", lambda row: bytes(values[row]).rstrip(b" "))
    if values.dtype.kind == "b":
        return Node(name, ATOM, "logical", lambda row: bool(values[row]))
    if name == "n":
        return Node(
            name, ATOM, "integer", lambda row: None if values[row] == NULL else int(values[row])
        )
    if values.dtype.kind in "iu":
        return Node(name, ATOM, "integer", lambda row: int(values[row]))
    return Node(name, ATOM, "real", lambda row: float(values[row]))


def element(i: int, j: int) -> Node:
    return Node(f"u[{i}, {j}]", ATOM, "real", lambda row: float(COLUMNS["u"][row, i, j]))


def literal(value: Value, text: str | None = None) -> Node:
    kind = "integer" if isinstance(value, int) else "real"
    return Node(repr(value) if text is None else text, ATOM, kind, lambda row: value)


def quoted(text: str) -> Node:
    made = "'" + text.replace("'", "''") + "'"
    return Node(made, ATOM, "string", lambda row: text.encode("latin-1").rstrip(b" "))


def arithmetic(op: str, a: Node, b: Node) -> Node:
    function, level = {
        "+": (add, ADD),
        "-": (subtract, ADD),
        "*": (multiply, MULTIPLY),
        "/": (divide, MULTIPLY),
        "%": (modulo, MULTIPLY),
    }[op]
    real = op == "/" or "real" in (a.kind, b.kind)
    text = f"{a.within(level)} {op} {b.within(level + 1)}"
    kind = "real" if real else "integer"
    return Node(text, level, kind, apply(as_reals(function) if real else function, a, b))


def as_reals(function: Callable[..., Value]) -> Callable[..., Value]:
    return lambda *values: function(*map(float, values))


def call(name: str, function: Callable[..., Value], *nodes: Node, kind: str = "") -> Node:
    real = any(node.kind == "real" for node in nodes)
    text = f"{name}({', '.join(node.text for node in nodes)})"
    made = kind or ("real" if real else "integer")
    return Node(text, ATOM, made, apply(as_reals(function) if made == "real" else function, *nodes))


def sign(node: Node) -> Node:
    kind = "real" if node.kind == "real" else "integer"
    return Node(f"-{node.within(SIGN)}", SIGN, kind, apply(lambda a: fit(-a), node))


def power(node: Node) -> Node:
    return Node(f"{node.within(ATOM)} ** 2", POWER, "real", apply(square, node))


COMPARISONS: dict[str, Callable[[Value, Value], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(op: str, a: Node, b: Node) -> Node:
    text = f"{a.within(ADD)} {op} {b.within(ADD)}"
    return Node(text, COMPARE, "logical", judge(COMPARISONS[op], a, b))


def member(node: Node, items: list[Node], negated: bool) -> Node:
    found = [item.value(0) for item in items]
    text = f"{node.within(ADD)}{' not' * negated} in [{', '.join(item.text for item in items)}]"
    inside = judge(lambda a: a in found, node)
    return Node(text, COMPARE, "logical", lambda row: inside(row) != negated)


def question(name: str, function: Callable[..., bool], *nodes: Node) -> Node:
    text = f"{name}({', '.join(node.text for node in nodes)})"
    return Node(text, ATOM, "logical", judge(function, *nodes))


def is_null(node: Node) -> Node:
    def value(row: int) -> bool:
        a = node.value(row)
        return a is None or a == b"" or a != a

    return Node(f"isnull({node.text})", ATOM, "logical", value)


def negate(node: Node, spelling: str) -> Node:
    return Node(f"{spelling}{node.within(NOT)}", NOT, "logical", lambda row: not node.value(row))


def join(op: str, a: Node, b: Node) -> Node:
    level = OR if op in ("|", "||", "or") else AND
    text = f"{a.within(level)} {op} {b.within(level + 1)}"
    if level == OR:
        return Node(text, level, "logical", lambda row: a.value(row) or b.value(row))
    return Node(text, level, "logical", lambda row: a.value(row) and b.value(row))


INTEGER_LITERALS = st.one_of(
    st.integers(0, 5).map(literal),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1]).map(literal),
    st.integers(0, 2**64 - 1).map(lambda v: literal(v, hex(v))),
)
INTEGERS = st.one_of(st.sampled_from("abcefghn").map(column), INTEGER_LITERALS)
REALS = st.one_of(
    st.sampled_from("xy").map(column),
    st.builds(element, st.sampled_from([0, 1, -1]), st.sampled_from([0, 2, -3])),
    st.sampled_from([0.0, 0.5, 1.5, 2.0, 2.0**53, 1e300, 2.0**63, 2.0**64]).map(literal),
)
STRINGS = st.one_of(
    st.sampled_from("st").map(column),
    st.sampled_from(["M31", "m31  ", " M 33", "", "NGC", "31", "it's", "café", "ngc 1"]).map(
        quoted
    ),
)


def more_integers(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(arithmetic, st.sampled_from("+-*%"), inner, inner),
        inner.map(sign),
        inner.map(lambda a: call("abs", lambda v: fit(abs(v)), a)),
        st.builds(lambda a, b: call("min", least, a, b), inner, inner),
        st.builds(lambda a, b: call("max", greatest, a, b), inner, inner),
        st.builds(lambda a, b: call("bitand", bitand, a, b), inner, inner),
        st.builds(
            lambda a, name: call(name, whole(name), a), inner, st.sampled_from(["floor", "ceil"])
        ),
    )


def more_numbers(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(arithmetic, st.sampled_from("+-*/%"), inner, inner),
        inner.map(sign),
        inner.map(power),
        inner.map(lambda a: call("abs", abs, a)),
        inner.map(lambda a: call("sqrt", root, a, kind="real")),
        st.builds(lambda a, b: call("min", least, a, b), inner, inner),
        st.builds(lambda a, b: call("max", greatest, a, b), inner, inner),
        st.builds(
            lambda a, name: call(name, whole(name), a),
            inner,
            st.sampled_from(["floor", "ceil", "round"]),
        ),
    )


def more_strings(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        inner.map(lambda a: call("lower", bytes.lower, a, kind="string")),
        inner.map(lambda a: call("upper", bytes.upper, a, kind="string")),
        inner.map(lambda a: call("strip", lambda v: v.strip(b" "), a, kind="string")),
    )


INTEGER_TERMS = st.recursive(INTEGERS, more_integers, max_leaves=5)
NUMBERS = st.one_of(
    INTEGER_TERMS, st.recursive(st.one_of(INTEGERS, REALS), more_numbers, max_leaves=5)
)
TEXTS = st.recursive(STRINGS, more_strings, max_leaves=2)
# A constant's blanks at the end count in the tests for parts of strings; a cell has none.
PARTS = st.sampled_from(["M", "31", "", "1", "NGC 1", "é"]).map(quoted)
ITEMS = st.one_of(
    st.integers(0, 5).map(literal),
    st.sampled_from([-1, 255, 2**63, -(2**63), 2**64 - 1, 2.5, 2.0**53]).map(literal),
)
SIMPLE = st.one_of(
    st.builds(compare, st.sampled_from(list(COMPARISONS)), NUMBERS, NUMBERS),
    st.builds(compare, st.sampled_from(list(COMPARISONS)), TEXTS, TEXTS),
    st.builds(member, NUMBERS, st.lists(ITEMS, max_size=6), st.booleans()),
    st.builds(member, TEXTS, st.lists(STRINGS.filter(lambda n: n.text[0] == "'")), st.booleans()),
    st.builds(lambda a: question("isfinite", math.isfinite, a), NUMBERS),
    st.builds(lambda a: question("isnan", math.isnan, a), NUMBERS),
    st.builds(lambda a: question("isinf", math.isinf, a), NUMBERS),
    st.builds(lambda a, b: question("contains", lambda v, w: w in v, a, b), TEXTS, PARTS),
    st.builds(lambda a, b: question("startswith", bytes.startswith, a, b), TEXTS, PARTS),
    st.builds(lambda a, b: question("endswith", bytes.endswith, a, b), TEXTS, PARTS),
    st.one_of(NUMBERS, TEXTS).map(is_null),
    st.just(column("p")),
    st.sampled_from([True, False]).map(
        lambda v: Node(str(v).lower(), ATOM, "logical", lambda row: v)
    ),
)


def more_conditions(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    return st.one_of(
        st.builds(join, st.sampled_from(["|", "||", "or", "&", "&&", "and"]), inner, inner),
        st.builds(negate, inner, st.sampled_from(["!", "~", "not ", "! ! !"])),
        st.builds(compare, st.sampled_from(list(COMPARISONS)), inner, inner),
    )


CONDITIONS = st.recursive(SIMPLE, more_conditions, max_leaves=6)


@settings(max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
@given(condition=CONDITIONS)
def test_any_condition_selects_the_rows_that_python_selects(table, condition):
    expected = [row for row in range(ROWS) if condition.value(row)]
    assert table.where(condition.text).tolist() == expected


@pytest.mark.parametrize("op", list("+-*/%"))
def test_arithmetic_of_every_two_columns(table, op):
    for a in "abcefghnxy":
        for b in "abcefghnxy":
            term = arithmetic(op, column(a), column(b))
            for condition in (
                compare("<", term, literal(0)),
                compare("==", term, column("h")),
                compare("<=", term, column("g")),
                compare("==", term, literal(1)),
                compare("!=", sign(term), literal(2**64 - 1)),
                is_null(term),
            ):
                expected = [row for row in range(ROWS) if condition.value(row)]
                assert table.where(condition.text).tolist() == expected, condition.text


@pytest.mark.parametrize("op", COMPARISONS)
def test_comparisons_of_every_two_columns(table, op):
    for a in "abcefghnxyp":
        for b in "abcefghnxyp":
            condition = compare(op, column(a), column(b))
            expected = [row for row in range(ROWS) if condition.value(row)]
            assert table.where(condition.text).tolist() == expected, condition.text


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions(tmp_path, rng, name):
    x = rng.uniform(0.1, 50, 1000)
    expected = np.array([FUNCTIONS[name](v) for v in x])
    rustfits.write(tmp_path / "f.fits", {"x": x, "y": expected})
    with FITS(tmp_path / "f.fits") as fits:
        assert len(fits[1].where(f"abs({name}(x) - y) <= 1e-14 * abs(y)")) == 1000


# ---- against fitsio ----


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("x > 0.25", None),
        ("x > 0.25 & i % 3 == 1", "x > 0.25 && i % 3 == 1"),
        ("i < 500 | name == 'M7'", "i < 500 || name == 'M7'"),
        ("!(i < 500) & abs(x) < 0.5", "!(i < 500) && abs(x) < 0.5"),
        ("ok", None),
        ("sqrt(abs(x)) * 2 + i / 1000.0 > 1.5 - x", None),
        ("max(x, y) < min(0.5, i)", None),
        ("i ** 2 < 1000 && -i < 0", None),
        ("v[1] > v[0]", "v[2] > v[1]"),
    ],
)
def test_the_same_rows_as_fitsio(tmp_path, rng, ours, theirs):
    data = np.zeros(
        5000, [("i", "i4"), ("x", "f4"), ("y", "f8"), ("name", "S4"), ("ok", "?"), ("v", "f4", 3)]
    )
    data["i"] = np.arange(5000)
    for name in "xyv":
        data[name] = rng.normal(size=data[name].shape)
    data["name"] = [b"M%d" % (i % 20) for i in range(5000)]
    data["ok"] = rng.integers(0, 2, 5000)
    path = str(tmp_path / "t.fits")
    fitsio.write(path, data)
    with fitsio.FITS(path) as peer, FITS(path) as fits:
        expected = peer[1].where(theirs or ours)
        assert 0 < len(expected) < 5000
        assert np.array_equal(fits[1].where(ours), expected)
        assert np.array_equal(fits[1].read(rows=ours, columns=["i"])["i"], expected)


# ---- the call ----


def test_rows_come_in_windows(tmp_path, monkeypatch):
    rustfits.write(tmp_path / "t.fits", {"i": np.arange(100)})
    monkeypatch.setattr(where, "_WINDOW", 7)
    with FITS(tmp_path / "t.fits") as fits:
        assert fits[1].where("i % 10 == 3").tolist() == list(range(3, 100, 10))
        assert fits[1].where("i < 0").tolist() == []


def test_batches_of_wide_rows(tmp_path, rng):
    """Rows so long that a batch holds few of them, and one cell that fills it alone."""
    data = np.zeros(23, [("i", "i4"), ("wide", "f8", 200_000)])
    data["i"] = np.arange(23)
    data["wide"][:, -1] = np.arange(23) % 2
    rustfits.write(tmp_path / "t.fits", data)
    with FITS(tmp_path / "t.fits") as fits:
        assert fits[1].where("wide[-1] == 1 & i > 10").tolist() == [11, 13, 15, 17, 19, 21]
        assert fits[1].where("wide[199999] == wide[0]").tolist() == list(range(0, 23, 2))


def test_a_table_without_rows(tmp_path):
    rustfits.write(tmp_path / "t.fits", np.zeros(0, [("i", "i4")]))
    with FITS(tmp_path / "t.fits") as fits:
        found = fits[1].where("i > 3")
        assert found.shape == (0,)
        assert found.dtype == np.int64
        with pytest.raises(rustfits.FITSColumnError):
            fits[1].where("j > 3")


def test_ascii_tables(tmp_path):
    columns = [
        astropy_fits.Column("i", "I5", array=np.array([1, 2, 3, 4])),
        astropy_fits.Column("x", "E12.4", array=np.array([0.5, 1.5, 2.5, 3.5])),
        astropy_fits.Column("s", "A4", array=np.array(["M31", "b", "M31", ""])),
    ]
    astropy_fits.TableHDU.from_columns(columns).writeto(tmp_path / "a.fits")
    with FITS(tmp_path / "a.fits") as fits:
        assert fits[1].where("i > 1 & x < 3").tolist() == [1, 2]
        assert fits[1].where("s == 'M31'").tolist() == [0, 2]


def test_an_image_has_no_rows(tmp_path):
    rustfits.write(tmp_path / "i.fits", np.zeros((3, 3)))
    with FITS(tmp_path / "i.fits") as fits:
        assert not hasattr(fits[0], "where")


@pytest.mark.parametrize(
    ("text", "kind", "offset", "message"),
    [
        ("a < ", rustfits.FITSValueError, 4, "expected a column, a number, a string or '('"),
        ("a = 3", rustfits.FITSValueError, 2, "equality is '=='"),
        ("s == 'é' & c = 3", rustfits.FITSValueError, 13, "at character 14 of"),
        ("(a < 3", rustfits.FITSValueError, 6, "expected ')' at the end"),
        ("", rustfits.FITSValueError, None, "the expression is empty"),
        ("nothing > 1", rustfits.FITSColumnError, 0, "there is no column 'nothing'"),
        ("a + s > 1", rustfits.FITSTypeError, 4, "'+' needs a number, found a string"),
        ("a", rustfits.FITSTypeError, 0, "is an integer and no condition"),
        ("u > 1", rustfits.FITSTypeError, 0, "has an array of shape (2, 3) in each cell"),
        ("u[2, 0] > 1", rustfits.FITSIndexError, 2, "index 2 is outside column 'u'"),
        ("__import__('os')", rustfits.FITSValueError, 0, "there is no function '__import__'"),
        ("(" * 300 + "a", rustfits.FITSLimitError, 201, "more than 200 levels of nesting"),
        (b"a > 1", rustfits.FITSTypeError, None, "an expression is a str, not bytes"),
    ],
)
def test_errors(table, text, kind, offset, message):
    with pytest.raises(kind) as caught:
        table.where(text)
    assert message in str(caught.value)
    assert caught.value.offset == offset


def test_variable_length_and_complex_columns_cannot_be_used(tmp_path):
    columns = [
        astropy_fits.Column("v", "PE()", array=np.array([[1.0], [1.0, 2.0]], dtype=object)),
        astropy_fits.Column("z", "C", array=np.array([1, 2j])),
    ]
    astropy_fits.BinTableHDU.from_columns(columns).writeto(tmp_path / "v.fits")
    with FITS(tmp_path / "v.fits") as fits:
        with pytest.raises(rustfits.FITSTypeError, match="'v' has cells of varying length"):
            fits[1].where("v[0] > 1")
        with pytest.raises(rustfits.FITSTypeError, match="'z' is complex"):
            fits[1].where("z > 1")


def test_a_file_cut_short(tmp_path, rng):
    path = tmp_path / "t.fits"
    rustfits.write(path, {"x": rng.normal(size=10_000)})
    path.write_bytes(path.read_bytes()[:40_000])
    with FITS(path) as fits, pytest.raises(rustfits.FITSTruncatedError, match="are whole"):
        fits[1].where("x > 0")


def test_a_closed_file(tmp_path):
    rustfits.write(tmp_path / "t.fits", {"x": np.arange(3)})
    with FITS(tmp_path / "t.fits") as fits:
        hdu = fits[1]
    with pytest.raises(rustfits.FITSClosedError):
        hdu.where("x > 0")
