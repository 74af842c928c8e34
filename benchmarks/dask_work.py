# SPDX-License-Identifier: BSD-3-Clause
"""Sums of a tiled image by dask, on processes that read with one thread each."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

#: The side of the image, and that of --quick.
SIDE, QUICK_SIDE = 16384, 8192
#: Chunks of the sum, so that two processes get equal shares.
CHUNKS = 16
#: Rows that are made at a time.
_BLOCK = 1024


def make_dask_image(folder: Path, quick: bool) -> None:
    """Noise on a sky, in compressed rows of pixels."""
    import rustfits

    side = QUICK_SIDE if quick else SIDE
    rng = np.random.default_rng(9)
    with rustfits.FITS(folder / "dask.fits.fz", "w+") as fits:
        hdu = fits.create_image_hdu("i4", (0, side), compress="rice")
        for _ in range(0, side, _BLOCK):
            block = rng.standard_normal((_BLOCK, side), dtype="f4") * 10 + 1000
            hdu.extend(block.astype("i4"))


class RustfitsDask:
    """Ours only. The clusters start before the timed part, and stay."""

    def clusters(self):
        if not hasattr(self, "_clusters"):
            self._clusters, self._stack = {}, contextlib.ExitStack()
        return self._clusters

    def dask_sum(self, file, processes):
        if not self.own:
            raise NotImplementedError("has no dask")
        from distributed import Client, LocalCluster

        if processes not in self.clusters():
            cluster = LocalCluster(
                n_workers=processes,
                threads_per_worker=1,
                processes=True,
                dashboard_address=":0",
                memory_limit=0,
            )
            client = Client(self._stack.enter_context(cluster), set_as_default=False)
            self._clusters[processes] = self._stack.enter_context(client)
        from rustfits.dask import read_image

        with self.opened(file) as fits:
            rows = fits[1].shape[0]
        image = read_image(file, chunks=(rows // CHUNKS, -1))
        return int(self._clusters[processes].compute(image.sum()).result())

    def dask_threads(self, file):
        """The same sum by one process, whose read has two threads."""
        with self.opened(file, threads=2) as fits:
            return int(fits[1].read().sum())
