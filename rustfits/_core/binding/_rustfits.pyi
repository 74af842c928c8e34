# SPDX-License-Identifier: BSD-3-Clause
"""The extension that build_ffi.py generates. cffi has no types for its content."""

from typing import Any

ffi: Any
lib: Any
