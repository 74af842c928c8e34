# SPDX-License-Identifier: BSD-3-Clause
"""File names for messages. The C library decides which parts of them are secret."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["allowed_schemes", "key_is_secret", "redacted", "scheme_list", "shown"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def shown(name: str | bytes) -> str:
    """Return a name for messages, without secrets and with control characters escaped."""
    return _copy(lib.rf_name_show, name)


def redacted(name: str | bytes) -> str:
    """Return a name without secrets. A path is unchanged and can be opened."""
    return _copy(lib.rf_name_redact, name)


def key_is_secret(key: str) -> bool:
    """Return whether a key of a URL or an HTTP header has a name whose value is secret."""
    return bool(lib.rf_key_is_secret(key.encode("utf-8", "replace")))


def allowed_schemes(schemes: Iterable[str] | None) -> tuple[str, ...] | None:
    """Return ``schemes=`` as a value that can open several files, checked.

    Raises
    ------
    FITSTypeError
        If `schemes` is a str, or has an element that is no str.
    FITSValueError
        If an element is no valid scheme.
    """
    if schemes is None:
        return None
    if isinstance(schemes, (str, bytes)) or not isinstance(schemes, Iterable):
        raise FITSTypeError(
            f"schemes is an iterable of str, such as {{'file', 'https'}}, not {schemes!r}"
        )
    known = tuple(schemes)
    for scheme in known:
        if not isinstance(scheme, str):
            raise FITSTypeError(f"a scheme is a str, not {type(scheme).__name__}")
        if not _SCHEME.fullmatch(scheme):
            raise FITSValueError(f"invalid scheme {scheme!r}: write 'https', without '://'")
    return known


def scheme_list(schemes: Iterable[str] | None) -> CData:
    """Return ``rf_options.schemes`` for ``schemes=``. The caller keeps it alive during the call.

    Raises
    ------
    FITSTypeError, FITSValueError
        As for `allowed_schemes`.
    """
    known = allowed_schemes(schemes)
    return ffi.NULL if known is None else ffi.new("char[]", " ".join(known).encode())


def _copy(function: CData, name: str | bytes) -> str:
    # As os.fsencode, but names that no file system allows are valid, too: they are only shown.
    try:
        content = name if isinstance(name, bytes) else os.fsencode(name)
    except UnicodeEncodeError:
        content = name.encode("utf-8", "backslashreplace") if isinstance(name, str) else name
    # Escapes and "***" make a name at most four times as long.
    text = ffi.new("char[]", 4 * len(content) + 8)
    function(content, text, len(text))
    return os.fsdecode(ffi.string(text))
