# SPDX-License-Identifier: BSD-3-Clause
"""Names of files as they may be shown. What is secret in them is judged by the C library."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from rustfits._core.binding.errors import FITSTypeError, FITSValueError
from rustfits._core.binding.library import CData, ffi, lib

__all__ = ["key_is_secret", "redacted", "scheme_list", "shown", "shown_target"]

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")


def shown(name: str | bytes) -> str:
    """Return a name for messages: without secrets, and with control characters escaped."""
    return _copy(lib.rf_name_show, name)


def redacted(name: str | bytes) -> str:
    """Return a name without secrets; a path stays one that can be opened."""
    return _copy(lib.rf_name_redact, name)


def shown_target(url: str) -> str:
    """Return a URL that a server wrote, for messages: without query and fragment."""
    return _copy(lib.rf_redirect_show, url)


def key_is_secret(key: str) -> bool:
    """Tell whether the value of a key of a URL, or of a header, is a secret by its name."""
    return bool(lib.rf_key_is_secret(key.encode("utf-8", "replace")))


def scheme_list(schemes: Iterable[str] | None) -> CData:
    """Return ``rf_options.schemes`` for what a caller gives; it must stay alive for the call.

    Raises
    ------
    FITSTypeError
        `schemes` is one str, or holds something else.
    FITSValueError
        One of them can be no scheme.
    """
    if schemes is None:
        return ffi.NULL
    if isinstance(schemes, (str, bytes)) or not isinstance(schemes, Iterable):
        raise FITSTypeError(
            f"schemes is an iterable of str, such as {{'file', 'https'}}, not {schemes!r}"
        )
    known = list(schemes)
    for scheme in known:
        if not isinstance(scheme, str):
            raise FITSTypeError(f"a scheme is a str, not {type(scheme).__name__}")
        if not _SCHEME.fullmatch(scheme):
            raise FITSValueError(f"{scheme!r} can be no scheme: write 'https', without '://'")
    return ffi.new("char[]", " ".join(known).encode())


def _copy(function: CData, name: str | bytes) -> str:
    # As in os.fsencode, but for what no file system could hold: it is only shown.
    try:
        content = name if isinstance(name, bytes) else os.fsencode(name)
    except UnicodeEncodeError:
        content = name.encode("utf-8", "backslashreplace") if isinstance(name, str) else name
    # Escapes and "***" make a name at most four times as long.
    text = ffi.new("char[]", 4 * len(content) + 8)
    function(content, text, len(text))
    return os.fsdecode(ffi.string(text))
