# SPDX-License-Identifier: BSD-3-Clause
"""Tables of other packages as columns by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["as_mapping"]


def as_mapping(data: Any) -> Mapping[str, Any] | None:
    """Return the columns of an astropy Table or a pandas DataFrame by name, or None."""
    if isinstance(data, (np.ndarray, Mapping, list, tuple)):
        return None
    if hasattr(data, "colnames") and hasattr(data, "itercols"):
        return {name: data[name] for name in data.colnames}
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return {str(name): data[name] for name in data.columns}
    return None
