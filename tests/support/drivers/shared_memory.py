# SPDX-License-Identifier: BSD-3-Clause
"""Functions of other processes that use shared memory. They are here so that spawned ones can import them."""

from __future__ import annotations

from multiprocessing.queues import Queue
from typing import Any

import numpy as np

from rustfits import FITS


def build(name: str, *images: np.ndarray) -> None:
    with FITS(name, "w+") as fits:
        for image in images:
            fits.write_image(image)


def view_sum(name: str, answers: Queue[Any]) -> None:
    """Send the sum, the flag and the type of a view that has outlived its file."""
    with FITS(name) as fits:
        view = fits[0].view()
    answers.put((float(view.sum(dtype="f8")), view.flags.writeable, view.dtype.str))
