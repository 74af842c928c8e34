# SPDX-License-Identifier: BSD-3-Clause
"""`Field`: the type of a column of an Arrow stream, and what FITS can hold of it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rustfits._core.arrow.hint import Hint, hint_of
from rustfits._core.binding.errors import FITSFormatError, FITSTypeError
from rustfits._core.binding.library import CData, ffi

__all__ = ["FLOATS", "INTEGERS", "LISTS", "TEXTS", "Field", "read_field"]

INTEGERS: dict[str, np.dtype[Any]] = {
    "c": np.dtype("i1"),
    "C": np.dtype("u1"),
    "s": np.dtype("i2"),
    "S": np.dtype("u2"),
    "i": np.dtype("i4"),
    "I": np.dtype("u4"),
    "l": np.dtype("i8"),
    "L": np.dtype("u8"),
}
FLOATS: dict[str, np.dtype[Any]] = {"e": np.dtype("f2"), "f": np.dtype("f4"), "g": np.dtype("f8")}
#: Strings, with the type of their offsets; None: views.
TEXTS: dict[str, np.dtype[Any] | None] = {
    "u": np.dtype("i4"),
    "z": np.dtype("i4"),
    "U": np.dtype("i8"),
    "Z": np.dtype("i8"),
    "vu": None,
    "vz": None,
}
#: Lists, with the type of their offsets.
LISTS: dict[str, np.dtype[Any]] = {
    "+l": np.dtype("i4"),
    "+L": np.dtype("i8"),
    "+vl": np.dtype("i4"),
    "+vL": np.dtype("i8"),
}
_UNITS = {"s": "s", "m": "ms", "u": "us", "n": "ns"}
_REFUSED = {
    "n": ("null", "it has no values: drop it, or cast it to a type"),
    "d": ("decimal", "cast it to float64 or to an integer"),
    "tt": ("time of day", "cast it to a string or to an integer"),
    "ti": ("interval", "convert it to a number"),
    "+s": ("struct", "unnest its fields into columns"),
    "+m": ("map", "split it into columns"),
    "+u": ("union", "split it into columns"),
}
# Extension types whose storage says everything.
_PLAIN_EXTENSIONS = frozenset({"arrow.json", "arrow.bool8", "arrow.fixed_shape_tensor"})
_TEXT_EXTENSION = "ARROW:extension:name"
_MAX_DEPTH = 64  # of nested types


@dataclass(frozen=True, slots=True)
class Field:
    """The type of a column, or of what is in its lists."""

    name: str
    format: str
    metadata: dict[str, str]
    children: tuple[Field, ...]
    dictionary: Field | None

    @property
    def extension(self) -> str:
        """The name of an extension type, or an empty string."""
        return self.metadata.get(_TEXT_EXTENSION, "")

    @property
    def is_bool(self) -> bool:
        """Whether the values are bools, as bits or as bytes."""
        return self.format == "b" or self.extension == "arrow.bool8"

    @property
    def is_null(self) -> bool:
        """Whether the type is that of nulls, or of lists that are all empty."""
        inner = self.children[0] if self.format in LISTS and self.children else self
        return inner.format == "n"

    @property
    def values(self) -> Field:
        """The field of the values: of a dictionary, of runs, or this one."""
        if self.dictionary is not None:
            return self.dictionary.values
        if self.format == "+r" and len(self.children) == 2:
            return self.children[1].values
        return self

    @property
    def hint(self) -> Hint:
        """What the metadata say of the FITS column that the field came from."""
        return hint_of(self.metadata)

    @property
    def complex_dtype(self) -> np.dtype[Any] | None:
        """The type of complex numbers that came as pairs of real numbers, or None."""
        real = {"C": "f", "M": "g"}.get(self.hint.letter)
        inner = self.values
        if real is None:
            return None
        if inner.format in LISTS:
            inner = inner.children[0]
        else:
            while inner.children and inner.children[0].item_count is not None:
                inner = inner.children[0]
        if inner.item_count != 2 or inner.children[0].format != real:
            return None
        return np.dtype("c8" if real == "f" else "c16")

    @property
    def time_unit(self) -> str | None:
        """The unit of a date or a timestamp as numpy names it, or None."""
        if self.format in ("tdD", "tdm"):
            return "D" if self.format == "tdD" else "ms"
        return _UNITS.get(self.format[2:3]) if self.format.startswith("ts") else None

    @property
    def duration_unit(self) -> str | None:
        """The unit of a duration as numpy and FITS name it, or None."""
        return _UNITS.get(self.format[2:3]) if self.format.startswith("tD") else None

    @property
    def item_count(self) -> int | None:
        """The length of the lists of a fixed-size list, or None."""
        return int(self.format[3:]) if self.format.startswith("+w:") else None

    @property
    def tensor_shape(self) -> tuple[int, ...] | None:
        """The shape of a cell of the extension type ``arrow.fixed_shape_tensor``, or None."""
        if self.extension != "arrow.fixed_shape_tensor":
            return None
        import json

        try:
            said = json.loads(self.metadata.get("ARROW:extension:metadata", ""))
            shape = tuple(int(length) for length in said["shape"])
            order = said.get("permutation")
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        if order is not None and list(order) != list(range(len(shape))):
            return None
        return shape if np.prod(shape, dtype=object) == self.item_count else None


def read_field(schema: CData, depth: int = 0) -> Field:
    """Return the field of an ``ArrowSchema``.

    Raises
    ------
    FITSFormatError
        If the schema is invalid.
    """
    if depth > _MAX_DEPTH or schema == ffi.NULL or schema.format == ffi.NULL:
        raise FITSFormatError("the Arrow schema of the data is invalid")
    if schema.n_children < 0 or (schema.n_children and schema.children == ffi.NULL):
        raise FITSFormatError("the Arrow schema of the data is invalid")
    name = b"" if schema.name == ffi.NULL else ffi.string(schema.name)
    return Field(
        name.decode("utf-8", "replace"),
        ffi.string(schema.format).decode("ascii", "replace"),
        _metadata(schema.metadata),
        tuple(read_field(schema.children[i], depth + 1) for i in range(schema.n_children)),
        None if schema.dictionary == ffi.NULL else read_field(schema.dictionary, depth + 1),
    )


def _metadata(chars: CData) -> dict[str, str]:
    """Return the key-value pairs of a schema: a number of pairs, then texts after their lengths."""
    if chars == ffi.NULL:
        return {}
    place = 0

    def number() -> int:
        nonlocal place
        (value,) = struct.unpack("=i", ffi.buffer(chars + place, 4)[:])
        place += 4
        if value < 0:
            raise FITSFormatError("the Arrow metadata of the data are invalid")
        return int(value)

    def text() -> str:
        nonlocal place
        length = number()
        found = ffi.buffer(chars + place, length)[:].decode("utf-8", "surrogateescape")
        place += length
        return str(found)

    made = {}
    for _ in range(number()):
        key = text()
        made[key] = text()
    return made


def check_field(label: str, field: Field) -> None:
    """Check that FITS has cells for the values of a column. `label` names it in messages.

    Raises
    ------
    FITSTypeError
        If it has none. The message names the column, its type, and an alternative.
    """
    for reason in () if field.complex_dtype is not None else _refusals(field, 0):
        raise FITSTypeError(f"{label}: {reason}")


def _refusals(field: Field, lists: int) -> Iterator[str]:
    """Yield the reasons why FITS cannot hold a field inside `lists` levels of lists."""
    form = field.format
    if field.extension and field.extension not in _PLAIN_EXTENSIONS:
        yield (
            f"FITS has no cells of the extension type {field.extension!r}: cast it to the type "
            "that stores it, or to a string"
        )
    elif field.dictionary is not None:
        yield from _refusals(field.dictionary, lists)
    elif form == "+r" and len(field.children) == 2:
        yield from _refusals(field.children[1], lists)
    elif form in LISTS and len(field.children) == 1:
        if lists:
            yield "FITS has no cells that are lists of lists of different lengths: flatten them"
            return
        inner = field.children[0].values
        if inner.format in TEXTS:
            yield "FITS has no cells that are lists of strings: join each list to one string"
        elif inner.format.startswith("+"):
            yield (
                "FITS has no cells that are lists of lists: flatten them, or use fixed_size_list "
                "for both levels"
            )
        yield from _refusals(field.children[0], lists + 1)
    elif field.item_count is not None and len(field.children) == 1:
        if field.children[0].values.format in LISTS:
            yield "FITS has no cells that are lists of lists of different lengths: flatten them"
            return
        yield from _refusals(field.children[0], lists + 1)
    elif not (
        form in INTEGERS
        or form in FLOATS
        or form in TEXTS
        or form == "b"
        or form.startswith("w:")
        or field.time_unit is not None
        or field.duration_unit is not None
    ):
        kind, instead = _kind(form)
        yield f"FITS has no cells of the Arrow type {kind}: {instead}"


def _kind(form: str) -> tuple[str, str]:
    """Return the name of an unsupported type, and what to write instead."""
    for length in (2, 1):
        if form[:length] in _REFUSED and (length == 2 or form[:1] != "t"):
            return _REFUSED[form[:length]]
    return repr(form), "cast it to a number or a string"


def fits_text(metadata: dict[str, Any], key: str) -> str | None:
    """Return a text of the metadata that FITS cards can hold, or None."""
    found = metadata.get(key)
    return found if found and found.isascii() and found.isprintable() else None
