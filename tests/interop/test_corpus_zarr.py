# SPDX-License-Identifier: BSD-3-Clause
"""Tiled images of the corpus by references of Zarr: each value is that of ``hdu.read()``."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import numpy as np
import zarr

import rustfits
from rustfits import FITS

FOLDER = Path(os.environ["RUSTFITS_CORPUS"]) / "fits"


def test_tiled_images_of_the_corpus() -> None:
    seen = 0
    for path in sorted(FOLDER.iterdir()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                with FITS(path, lenient=True) as fits:
                    tiled = [
                        hdu.index for hdu in fits if isinstance(hdu, rustfits.CompressedImageHDU)
                    ]
                    data = [fits[index].read() for index in tiled]
                refs = rustfits.manifest(path, ext=tiled) if tiled else None
            except rustfits.FITSError:
                continue
            if refs is None:
                continue
            store = zarr.storage.FsspecStore.from_url(
                "reference://", storage_options={"fo": refs, "asynchronous": True}, read_only=True
            )
            group = zarr.open_group(store, mode="r")
            names = [key[: -len("/zarr.json")] for key in refs["refs"] if "/zarr.json" in key]
            for name, expected in zip(names, data, strict=True):
                seen += 1
                np.testing.assert_array_equal(group[name][...], expected, err_msg=f"{path} {name}")
                part = tuple(slice(n // 3, n // 3 + 40) for n in expected.shape)
                np.testing.assert_array_equal(group[name][part], expected[part])
    assert seen > 20
