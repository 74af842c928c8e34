# SPDX-License-Identifier: BSD-3-Clause
"""Keywords and values: from Python to the C library and back."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib, shown, value_slot

__all__ = [
    "COMMENTARY",
    "HeaderValueError",
    "Value",
    "ascii_bytes",
    "decode",
    "encode",
    "is_protected_key",
    "key_bytes",
    "plain_key",
    "refuse_protected",
    "split_pair",
    "text_bytes",
]

#: What a keyword can hold. None is a keyword without a value.
Value: TypeAlias = bool | int | float | complex | str | None
#: Keywords whose cards are text without a value; so are CONTINUE cards that continue nothing.
COMMENTARY = frozenset({"", "COMMENT", "HISTORY", "CONTINUE"})

_STRING: int = lib.RF_VALUE_STRING
_REAL: int = lib.RF_VALUE_REAL
_INTEGER: int = lib.RF_VALUE_INTEGER
_LOGICAL: int = lib.RF_VALUE_LOGICAL
_BIG: int = lib.RF_VALUE_BIG
_COMPLEX: int = lib.RF_VALUE_COMPLEX
_UNDEFINED: int = lib.RF_VALUE_UNDEFINED
_unpack = ffi.unpack


class HeaderValueError(FITSValueError, FITSTypeError):
    """A value of a type that no header can hold: a `ValueError` and a `TypeError`."""


def is_protected_key(key: str) -> bool:
    """Tell whether a keyword is not for users to change.

    Those are the keywords that follow from the data, their layout, checksums or compression: they
    change together with these.

    Parameters
    ----------
    key : str
        In any case.

    Returns
    -------
    bool

    Raises
    ------
    FITSTypeError
        `key` is no str.
    """
    return bool(lib.rf_keyword_is_protected(key_bytes(key)))


def key_bytes(key: str) -> bytes:
    """Give a keyword as C wants it, for looking up."""
    if not isinstance(key, str):
        raise FITSTypeError(f"a header keyword must be str, not {type(key).__name__}")
    try:
        name = key.encode()
    except UnicodeEncodeError:
        name = key.encode("utf-8", "surrogatepass")
    # A NUL would end the name early and make it match another keyword; no keyword has a newline.
    return name.replace(b"\0", b"\n") if "\0" in key else name


def plain_key(key: str) -> str:
    """Give a keyword without what does not count: case, blanks around it, HIERARCH."""
    plain = key.strip(" ").upper()
    return plain[9:].strip(" ") if plain.startswith("HIERARCH ") else plain


def ascii_bytes(what: str, content: str, also: str = "") -> bytes:
    """Encode text that goes on a card.

    Raises
    ------
    FITSValueError
        A character is not printable ASCII.
    """
    if content.isascii() and content.isprintable():  # much faster, and nearly always so
        return content.encode()
    for position, character in enumerate(content):
        if not (" " <= character <= "~" or character in also):
            raise FITSValueError(
                f"{what}: character {character!r} (U+{ord(character):04X}) at position {position} "
                "is not printable ASCII, which is all that FITS headers can hold"
            )
    return content.encode("ascii")


def decode(value: CData) -> Value:
    """Give a C value as a Python one."""
    kind = value.kind
    if kind == _INTEGER:
        integer: int = value.integer
        return integer
    if kind == _REAL:
        real: float = value.real
        return real
    if kind == _STRING:
        return _text(value)
    if kind == _LOGICAL:
        return bool(value.integer)
    if kind == _UNDEFINED:
        return None
    if kind == _COMPLEX:
        return complex(value.real, value.imaginary)
    return int(_text(value).replace(" ", "")) if kind == _BIG else _text(value)


def _text(value: CData) -> str:
    return shown(_unpack(value.text, value.text_length))


def _scalar(value: object) -> object:
    """Unwrap arrays of no dimension, numpy's strings, and astropy's mark for "undefined"."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.bytes_):
        return value.decode("latin-1")
    if type(value).__name__ == "Undefined":
        return None
    return value


def encode(key: str, value: object) -> tuple[CData, CData]:
    """Convert a value for C.

    Returns
    -------
    tuple
        This thread's ``rf_value *``, and what must stay alive as long as it is used.

    Raises
    ------
    FITSValueError
        FITS cannot hold the value.
    """
    made = value_slot()
    if not isinstance(value, (str, int, float)):
        value = _scalar(value)
    if isinstance(value, str):
        return _encode_text(made, _STRING, text_bytes(key, value))
    if isinstance(value, (bool, np.bool_)):
        made.kind = _LOGICAL
        made.integer = int(value)
    elif isinstance(value, (int, np.integer)):
        whole = int(value)
        if not -(2**63) <= whole < 2**63:
            return _encode_text(made, _BIG, _digits(key, whole))
        made.kind = _INTEGER
        made.integer = whole
    elif isinstance(value, (float, np.floating)):
        made.kind = _REAL
        made.real = _finite(key, float(value))
    elif value is None:
        made.kind = _UNDEFINED
    elif isinstance(value, (complex, np.complexfloating)):
        made.kind = _COMPLEX
        made.real = _finite(key, float(value.real))
        made.imaginary = _finite(key, float(value.imag))
    else:
        raise HeaderValueError(
            f"keyword {key}: a header holds bool, int, float, complex, str and None, "
            f"not {type(value).__name__}"
        )
    return made, None


def _encode_text(made: CData, kind: int, content: bytes) -> tuple[CData, CData]:
    owner = ffi.from_buffer(content)
    made.kind = kind
    made.text = owner
    made.text_length = len(content)
    return made, owner


def text_bytes(key: str, content: str) -> bytes:
    """Encode a string value; the text of commentary may have several lines."""
    if content.isascii() and content.isprintable():
        return content.encode()
    if plain_key(key) in COMMENTARY:
        return ascii_bytes(f"{plain_key(key) or 'blank'} text", content, "\n")
    return ascii_bytes(f"keyword {key}: value", content)


def _digits(key: str, whole: int) -> bytes:
    """Write an integer beyond 64 bits."""
    if abs(whole) >= 10**70:  # before str(), which refuses thousands of digits
        raise FITSValueError(f"keyword {key}: an integer of more than 70 digits fits on no card")
    return str(whole).encode("ascii")


def _finite(key: str, number: float) -> float:
    if math.isfinite(number):
        return number
    raise FITSValueError(f"keyword {key}: FITS headers cannot hold {number}")


def split_pair(key: str, value: object) -> tuple[object, str | None]:
    """Take ``(value, comment)`` apart. No comment: None, which keeps the one that is there."""
    if not isinstance(value, tuple):
        return value, None
    if len(value) != 2 or not (value[1] is None or isinstance(value[1], str)):
        raise HeaderValueError(
            f"keyword {key}: a tuple must be (value, comment) with a str comment"
        )
    return value[0], value[1]


def refuse_protected(key: str, doing: str) -> None:
    """Raise `FITSValueError` when a keyword is protected."""
    if is_protected_key(plain_key(key)):
        failure = FITSValueError(
            f"keyword {key} is protected and cannot be {doing}: it describes structure, columns, "
            "checksums or compression, and changes with them"
        )
        failure.keyword = plain_key(key)
        raise failure
