# SPDX-License-Identifier: BSD-3-Clause
"""Read and write compressed images with Debian's python3-astropy, whose module is bound to libcfitsio."""

import numpy as np
from astropy.io import fits

for name in ("i2", "f4"):
    print(fits.getdata(f"packed_{name}.fits.fz", 1).sum(dtype="f8"))
image = np.arange(4000, dtype="i4").reshape(50, 80)
for kind in ("RICE_1", "GZIP_1", "PLIO_1", "HCOMPRESS_1"):
    fits.CompImageHDU(image, compression_type=kind).writeto(kind + ".fits")
    print(kind, (fits.getdata(kind + ".fits", 1) == image).all())
noise = np.random.default_rng(1).normal(size=(50, 80)).astype("f4")
fits.CompImageHDU(noise, quantize_level=16, quantize_method=1, dither_seed=7).writeto("noise.fits")
print(fits.getdata("noise.fits", 1).sum(dtype="f8"))
