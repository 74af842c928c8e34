# SPDX-License-Identifier: BSD-3-Clause
"""The extension that build_ffi.py makes: cffi gives no types for what lies behind these two."""

from typing import Any

ffi: Any
lib: Any
