# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx configuration; `make docs` builds with warnings as errors."""

import re
from pathlib import Path

_meson = (Path(__file__).resolve().parent.parent / "meson.build").read_text(encoding="utf-8")

project = "rustfits"
author = "rustfits developers"
copyright = "2026, rustfits developers"  # noqa: A001
version = release = re.search(r"^  version: '([^']+)'", _meson, re.MULTILINE)[1]

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"rustfits {version}"
nitpicky = True
