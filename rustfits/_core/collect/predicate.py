# SPDX-License-Identifier: BSD-3-Clause
"""Predicates of polars as row expressions that select all rows a predicate selects, or more.

polars has NaN equal to NaN and larger than all numbers, and rounds constants to the type of a
column. So a condition on floating-point numbers keeps NaN and the neighbours of its constant. What
cannot be translated selects all rows. The caller applies the predicate itself to what was read.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rustfits._core.binding.dtypes import LOGICAL, NUMBERS
from rustfits._core.table.schema import Column

__all__ = ["condition_of"]

_MAX_TEXT = 60000  # of an expression; the grammar has a limit of its own
_MAX_DEPTH = 60
_OPPOSITE = {"Gt": "LtEq", "LtEq": "Gt", "Lt": "GtEq", "GtEq": "Lt", "Eq": "NotEq", "NotEq": "Eq"}
_SIGNS = {"Gt": ">", "LtEq": "<=", "Lt": "<", "GtEq": ">=", "Eq": "==", "NotEq": "!="}
_INTEGERS = frozenset(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64))
_FLOATS = frozenset({"Float32", "Float64"})

#: A condition, or None for all rows.
_Condition = str | None


def condition_of(predicate: Any, columns: Mapping[str, Column]) -> str | None:
    """Return a condition for the rows that a predicate may select; None: all rows.

    Parameters
    ----------
    predicate : polars.Expr
        The predicate.
    columns : dict
        The columns of the table by name.
    """
    import json

    try:
        tree = json.loads(predicate.meta.serialize(format="json"))
    except Exception:  # the form is polars' own and may change
        return None
    found = _Translator(columns).true(tree, 0)
    return found if found is not None and len(found) < _MAX_TEXT else None


class _Translator:
    """Conditions for the rows for which a node may be true, and for which it may be false."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self._columns = columns

    def true(self, node: Any, depth: int) -> _Condition:
        return self._any(node, True, depth)

    def _any(self, node: Any, wanted: bool, depth: int) -> _Condition:
        if depth > _MAX_DEPTH or not isinstance(node, dict) or len(node) != 1:
            return None
        kind, body = next(iter(node.items()))
        if kind == "Column":
            column = self._column(node)
            if column is None or column.type != LOGICAL:
                return None
            return _quoted(column) if wanted else f"!{_quoted(column)}"
        if not isinstance(body, dict):
            return None
        if kind == "BinaryExpr":
            return self._binary(body, wanted, depth)
        return self._function(body, wanted, depth) if kind == "Function" else None

    def _binary(self, body: Mapping[str, Any], wanted: bool, depth: int) -> _Condition:
        sign, left, right = body.get("op"), body.get("left"), body.get("right")
        if sign in ("And", "LogicalAnd", "Or", "LogicalOr"):
            both = sign.endswith("And") == wanted
            first = self._any(left, wanted, depth + 1)
            second = self._any(right, wanted, depth + 1)
            if first is None or second is None:
                return (first or second) if both else None
            return f"({first}) {'&' if both else '|'} ({second})"
        if sign not in _SIGNS:
            return None
        return self._compare(left, sign if wanted else _OPPOSITE[sign], right)

    def _function(self, body: Mapping[str, Any], wanted: bool, depth: int) -> _Condition:
        function, inputs = body.get("function"), body.get("input")
        if not isinstance(function, dict) or not isinstance(inputs, list) or not inputs:
            return None
        said = function.get("Boolean", function.get("StringExpr"))
        name, options = next(iter(said.items())) if isinstance(said, dict) and said else (said, {})
        if name == "Not":
            return self._any(inputs[0], not wanted, depth + 1)
        if name in ("IsNan", "IsNotNan"):
            column = self._column(inputs[0])
            if column is None or not _is_float(column):
                return None
            return f"{'' if (name == 'IsNan') == wanted else '!'}isnan({_quoted(column)})"
        if name == "IsBetween" and len(inputs) == 3:
            return self._between(inputs, options, wanted)
        if name == "IsIn" and len(inputs) == 2 and not options.get("nulls_equal", True):
            return self._is_in(inputs, wanted)
        if "StringExpr" in function and len(inputs) == 2:
            return self._search(name, inputs, options, wanted)
        return None

    def _column(self, node: Any) -> Column | None:
        """Return the column of a node, if conditions can use it."""
        name = node.get("Column") if isinstance(node, dict) else None
        column = self._columns.get(name) if isinstance(name, str) else None
        if column is None or column.shape or column.variable or "`" in column.key:
            return None
        return column

    def _compare(self, left: Any, sign: str, right: Any) -> _Condition:
        cast = left.get("Cast") if isinstance(left, dict) else None
        is_cast = isinstance(cast, dict) and cast.get("dtype") == {"Literal": "Float64"}
        column = self._column(cast.get("expr") if is_cast and cast is not None else left)
        kind, value = _literal(right)
        if column is None or kind is None:
            return None
        name = _quoted(column)
        if column.is_text:
            return _same_text(name, sign, value) if kind == "String" and not is_cast else None
        dtype = _dtype(column)
        if dtype is None or not isinstance(value, (int, float)) or isinstance(value, bool):
            return None
        if dtype.kind in "iu" and not is_cast:
            return f"{name} {_SIGNS[sign]} {value}" if kind in _INTEGERS else None
        if kind not in _FLOATS or not math.isfinite(value):
            return None
        if not is_cast and (dtype == np.dtype("f4")) != (kind == "Float32"):
            return None
        return _near(name, sign, value, np.float32 if kind == "Float32" else np.float64)

    def _between(self, inputs: list[Any], options: Any, wanted: bool) -> _Condition:
        closed = options.get("closed") if isinstance(options, dict) else None
        if closed not in ("Both", "Left", "Right", "None") or not wanted:
            return None
        low = "GtEq" if closed in ("Both", "Left") else "Gt"
        high = "LtEq" if closed in ("Both", "Right") else "Lt"
        parts = [
            self._compare(inputs[0], low, inputs[1]),
            self._compare(inputs[0], high, inputs[2]),
        ]
        known = [f"({part})" for part in parts if part is not None]
        return " & ".join(known) or None

    def _is_in(self, inputs: list[Any], wanted: bool) -> _Condition:
        column, values = self._column(inputs[0]), _list(inputs[1])
        if column is None or values is None or not wanted:
            return None
        dtype = _dtype(column)
        known = [value for value in values if value is not None]
        if not known:
            return None
        if column.is_text:
            if not all(isinstance(value, str) and _is_plain(value) for value in known):
                return None
            return f"{_quoted(column)} in [{', '.join(map(_text, known))}]"
        if dtype is None or dtype.kind not in "iu" or not all(type(v) is int for v in known):
            return None
        return f"{_quoted(column)} in [{', '.join(map(str, known))}]"

    def _search(self, name: Any, inputs: list[Any], options: Any, wanted: bool) -> _Condition:
        column = self._column(inputs[0])
        kind, value = _literal(inputs[1])
        if column is None or not column.is_text or kind != "String" or not _is_plain(value):
            return None
        if not wanted or not value:
            return None
        if name == "StartsWith":
            return f"startswith({_quoted(column)}, {_text(value)})"
        if name == "Contains" and isinstance(options, dict) and options.get("literal") is True:
            return f"contains({_quoted(column)}, {_text(value)})"
        return None


def _literal(node: Any) -> tuple[str | None, Any]:
    """Return the type and the value of a constant, or None."""
    try:
        ((kind, value),) = node["Literal"]["Scalar"].items()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None, None
    if kind in _INTEGERS and type(value) is int:
        return kind, value
    if kind in _FLOATS and isinstance(value, (int, float)):
        return kind, float(value)
    return (kind, value) if kind == "String" and isinstance(value, str) else (None, None)


def _list(node: Any) -> list[Any] | None:
    """Return the values of a constant list, which polars has as an Arrow stream."""
    import polars

    try:
        content = bytes(node["Literal"]["Scalar"]["List"])
        values: list[Any] = polars.read_ipc_stream(io.BytesIO(content)).to_series().to_list()
    except Exception:  # the form is polars' own and may change
        return None
    return values


def _quoted(column: Column) -> str:
    return f"`{column.key}`"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _is_plain(value: str) -> bool:
    """Return whether comparing a text means the same here: no blank at its end, and ASCII."""
    return value.isascii() and value.isprintable() and not value.endswith(" ")


def _same_text(name: str, sign: str, value: str) -> _Condition:
    if sign not in ("Eq", "NotEq") or not _is_plain(value):
        return None
    return f"{name} {_SIGNS[sign]} {_text(value)}"


def _dtype(column: Column) -> np.dtype[Any] | None:
    """Return the type of the values of a column of numbers."""
    return NUMBERS.get(column.type)


def _is_float(column: Column) -> bool:
    dtype = _dtype(column)
    return dtype is not None and dtype.kind == "f"


def _near(name: str, sign: str, value: float, kind: Callable[[float], Any]) -> _Condition:
    """Return a comparison that also selects NaN and the neighbours of a constant."""
    with np.errstate(over="ignore"):
        middle = kind(value)
        low = float(np.nextafter(middle, kind(-math.inf)))
        high = float(np.nextafter(middle, kind(math.inf)))
    if not (math.isfinite(low) and math.isfinite(high)):
        return None
    if sign in ("Gt", "GtEq"):
        return f"{name} >= {low!r} | isnan({name})"
    if sign in ("Lt", "LtEq"):
        return f"{name} <= {high!r}"
    return f"{name} >= {low!r} & {name} <= {high!r}" if sign == "Eq" else None
