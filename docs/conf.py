# SPDX-License-Identifier: BSD-3-Clause
"""Sphinx configuration; `make docs` builds with warnings as errors."""

import subprocess
import sys
from pathlib import Path

_docs = Path(__file__).resolve().parent
sys.path.insert(0, str(_docs / "_ext"))

project = "rustfits"
author = "rustfits developers"
copyright = "2026, rustfits developers"  # noqa: A001
version = release = subprocess.run(
    [sys.executable, _docs.parent / "tools" / "version.py"],
    capture_output=True,
    text=True,
    check=True,
).stdout.strip()

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_design",
    "c_reference",
    "python_reference",
    "rooms",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"rustfits {version}"

# Docstrings are in the manner of numpydoc; `name` is an object of the package where there is one.
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
c_maximum_signature_line_length = 100
c_extra_keywords = ["bool", "complex"]  # without "imaginary", which is a member of rf_value

# Every reference to a name of the library must have a target. Names of Python, numpy and the C
# library have none here.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(?!rustfits\.).*"),
    (r"py:.*", r"rustfits\.[a-z_][\w.]*\.\w+"),  # a private name in a signature
    (r"c:identifier", r"u?int\d+_t|size_t|ptrdiff_t|uintptr_t|Arrow\w+"),
]
