# SPDX-License-Identifier: BSD-3-Clause
"""FITS images as Zarr arrays. `rustfits.manifest` makes references, and a codec reads them."""
