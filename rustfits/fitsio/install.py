# SPDX-License-Identifier: BSD-3-Clause
"""`install`: ``import fitsio`` gives `rustfits.fitsio`."""

from __future__ import annotations

import importlib
import sys

__all__ = ["install"]

# The modules of fitsio that programs import. Each is here under the same name.
_MODULES = (
    "",
    ".fits_exceptions",
    ".fitslib",
    ".hdu",
    ".hdu.base",
    ".hdu.image",
    ".hdu.table",
    ".header",
    ".util",
)


def install() -> None:
    """Make ``import fitsio`` give `rustfits.fitsio` in this process.

    Call it before the first ``import fitsio``. Further calls do nothing.

    Raises
    ------
    ImportError
        If the ``fitsio`` package is already imported: other modules may hold its classes.
    """
    layer = importlib.import_module("rustfits.fitsio")
    if sys.modules.get("fitsio", layer) is not layer:
        raise ImportError(
            "cannot install rustfits.fitsio: fitsio is already imported; call install() first"
        )
    for name in _MODULES:
        sys.modules["fitsio" + name] = importlib.import_module("rustfits.fitsio" + name)
