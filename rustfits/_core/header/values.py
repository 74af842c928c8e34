# SPDX-License-Identifier: BSD-3-Clause
"""Conversions of keywords and values from Python to C and back."""

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

#: The type of values. None is a keyword without a value.
Value: TypeAlias = bool | int | float | complex | str | None
#: Keywords of cards with a text instead of a value. So are CONTINUE cards that continue nothing.
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
    """A header cannot store values of this type. Also a `TypeError`."""


def is_protected_key(key: str) -> bool:
    """Return whether a keyword is protected.

    Protected keywords describe structure, columns, checksums or compression. Only the calls that
    change those things change them.

    Parameters
    ----------
    key : str
        The keyword, in any case.

    Returns
    -------
    bool
        Whether the keyword is protected.

    Raises
    ------
    FITSTypeError
        If `key` is no str.
    """
    return bool(lib.rf_keyword_is_protected(key_bytes(key)))


def key_bytes(key: str) -> bytes:
    """Return a keyword as bytes, to look it up."""
    if not isinstance(key, str):
        raise FITSTypeError(f"a header keyword must be str, not {type(key).__name__}")
    try:
        name = key.encode()
    except UnicodeEncodeError:
        name = key.encode("utf-8", "surrogatepass")
    # A NUL would end the name, which could then match another keyword. No keyword has a newline.
    return name.replace(b"\0", b"\n") if "\0" in key else name


def plain_key(key: str) -> str:
    """Return a keyword in upper case, without HIERARCH and surrounding blanks."""
    plain = key.strip(" ").upper()
    return plain[9:].strip(" ") if plain.startswith("HIERARCH ") else plain


def ascii_bytes(what: str, content: str, also: str = "") -> bytes:
    """Return a text for a card as bytes.

    Raises
    ------
    FITSValueError
        If a character is neither printable ASCII nor in `also`.
    """
    if content.isascii() and content.isprintable():  # the fast path
        return content.encode()
    for position, character in enumerate(content):
        if not (" " <= character <= "~" or character in also):
            raise FITSValueError(
                f"{what}: character {character!r} (U+{ord(character):04X}) at position {position} "
                "is not printable ASCII, which is all that FITS headers can hold"
            )
    return content.encode("ascii")


def decode(value: CData) -> Value:
    """Return an ``rf_value`` as a Python value."""
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
    """Return the value of a 0-dimensional array, a numpy string or astropy's "undefined"."""
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
        This thread's ``rf_value *``, and an object to keep alive while it is used.

    Raises
    ------
    FITSValueError
        If FITS cannot store the value.
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
    """Return a string value as bytes. The text of commentary may have several lines."""
    if content.isascii() and content.isprintable():
        return content.encode()
    if plain_key(key) in COMMENTARY:
        return ascii_bytes(f"{plain_key(key) or 'blank'} text", content, "\n")
    return ascii_bytes(f"keyword {key}: value", content)


def _digits(key: str, whole: int) -> bytes:
    """Return the digits of an integer of more than 64 bits."""
    if abs(whole) >= 10**70:  # before str(), which refuses thousands of digits
        raise FITSValueError(f"keyword {key}: an integer of more than 70 digits fits on no card")
    return str(whole).encode("ascii")


def _finite(key: str, number: float) -> float:
    if math.isfinite(number):
        return number
    raise FITSValueError(f"keyword {key}: FITS headers cannot hold {number}")


def split_pair(key: str, value: object) -> tuple[object, str | None]:
    """Return value and comment of ``value`` or ``(value, comment)``. None keeps the comment."""
    if not isinstance(value, tuple):
        return value, None
    if len(value) != 2 or not (value[1] is None or isinstance(value[1], str)):
        raise HeaderValueError(
            f"keyword {key}: a tuple must be (value, comment) with a str comment"
        )
    return value[0], value[1]


def refuse_protected(key: str, doing: str) -> None:
    """Raise `FITSValueError` if a keyword is protected."""
    if is_protected_key(plain_key(key)):
        failure = FITSValueError(
            f"keyword {key} is protected and cannot be {doing}: it describes structure, columns, "
            "checksums or compression, and changes with them"
        )
        failure.keyword = plain_key(key)
        raise failure
