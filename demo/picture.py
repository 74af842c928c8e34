# SPDX-License-Identifier: BSD-3-Clause
"""Pixels as a picture: a PNG file, and a sketch in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

RAMP = " .,:;i1tfLCG08@"
GREY = 232  # the first of the 24 greys of a terminal with 256 colours


def scale(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels from 0 to 1, faint ones lifted by an inverse hyperbolic sine."""
    low, high = np.percentile(pixels, [25, 99.7])
    ratio = np.clip((pixels - low) / (high - low), 0, None)
    return np.clip(np.arcsinh(20 * ratio) / np.arcsinh(20), 0, 1)


def save_png(pixels: np.ndarray, path: Path) -> None:
    """Write the pixels as a PNG file, the first row of the image at the bottom."""
    grey = (255 * scale(pixels)).astype("u1")[::-1]
    Image.fromarray(grey).resize((600, 600), Image.Resampling.LANCZOS).save(path)


def sketch(pixels: np.ndarray, width: int = 72) -> str:
    """Return the pixels as lines of text, in greys where the terminal has them.

    A character is twice as high as wide. In colour, each shows two pixels, one above the other.
    """
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    height = width if colour else width // 2
    image = Image.fromarray(scale(pixels).astype("f4")[::-1])
    levels = np.asarray(image.resize((width, height), Image.Resampling.BOX))
    if not colour:
        return "\n".join("".join(RAMP[int(v * (len(RAMP) - 1))] for v in row) for row in levels)
    shades = GREY + (levels * 23).astype(int)
    lines = []
    for upper, lower in zip(shades[::2], shades[1::2], strict=True):
        cells = zip(upper.tolist(), lower.tolist(), strict=True)
        lines.append("".join(f"\x1b[38;5;{top};48;5;{bottom}m▀" for top, bottom in cells))
    return "\x1b[0m\n".join(lines) + "\x1b[0m"
