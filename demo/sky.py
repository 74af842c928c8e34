# SPDX-License-Identifier: BSD-3-Clause
"""A simulated star cluster: the pixels and the catalogue that the demo works on."""

from __future__ import annotations

import numpy as np

SIDE = 3000
CENTRE = (250.4235, 36.4613)  # of M 13: right ascension and declination in degrees
SCALE = 0.4 / 3600  # degrees per pixel
ZERO_POINT = 25.0  # magnitude of a star of 1 count
CARDS = {
    "OBJECT": ("M 13", "simulated"),
    "TELESCOP": ("rustfits demo", "no telescope was used"),
    "FILTER": ("r", "passband"),
    "EXPTIME": (30.0, "[s] exposure time"),
    "BUNIT": ("adu", "unit of the pixels"),
    "RADESYS": "ICRS",
    "CTYPE1": ("RA---TAN", "gnomonic projection"),
    "CTYPE2": ("DEC--TAN", "gnomonic projection"),
    "CRVAL1": (CENTRE[0], "[deg] right ascension at CRPIX"),
    "CRVAL2": (CENTRE[1], "[deg] declination at CRPIX"),
    "CRPIX1": SIDE / 2 + 0.5,
    "CRPIX2": SIDE / 2 + 0.5,
    "CDELT1": (-SCALE, "[deg] per pixel"),
    "CDELT2": (SCALE, "[deg] per pixel"),
}


def make_catalogue(count: int = 20_000) -> np.ndarray:
    """Return positions and magnitudes of the stars, brightest first."""
    rng = np.random.default_rng(13)
    # A Plummer sphere in projection, of 100 pixels, and field stars everywhere.
    members = int(0.8 * count)
    share = rng.uniform(0, 0.97, members)
    radius = 100 * np.sqrt(share / (1 - share))
    angle = rng.uniform(0, 2 * np.pi, members)
    x, y = rng.uniform(0, SIDE, (2, count))
    x[:members] = SIDE / 2 + radius * np.cos(angle)
    y[:members] = SIDE / 2 + radius * np.sin(angle)
    magnitude = 21 - rng.exponential(1.3, count)

    reals = [("ra", "f8"), ("dec", "f8"), *((name, "f4") for name in ("x", "y", "mag", "colour"))]
    stars = np.zeros(count, [("id", "i4"), *reals, ("member", "?"), ("name", "U10")])
    stars["x"], stars["y"], stars["mag"] = x, y, magnitude
    stars["member"] = np.arange(count) < members
    stars["colour"] = 0.6 + 0.15 * (18 - magnitude) / 4 + rng.normal(0, 0.05, count)
    stars["dec"] = CENTRE[1] + (y - SIDE / 2) * SCALE
    stars["ra"] = CENTRE[0] - (x - SIDE / 2) * SCALE / np.cos(np.radians(CENTRE[1]))
    inside = (x > 0) & (x < SIDE - 1) & (y > 0) & (y < SIDE - 1)
    stars = np.sort(stars[inside], order="mag")
    stars["id"] = np.arange(1, len(stars) + 1)
    stars["name"] = [f"M13-{number:05}" for number in stars["id"]]
    return stars


def make_image(stars: np.ndarray) -> np.ndarray:
    """Return the pixels: a sky of 400 counts with its noise, and a Gaussian for each star."""
    rng = np.random.default_rng(14)
    half = 12
    image = np.full((SIDE + 2 * half, SIDE + 2 * half), 400, "f4")
    offset = np.arange(-half, half + 1)
    for star in stars:
        row, column = round(float(star["y"])), round(float(star["x"]))
        flux = 10 ** (0.4 * (ZERO_POINT - star["mag"]))
        along_y = np.exp(-((offset - (star["y"] - row)) ** 2) / (2 * 1.8**2))
        along_x = np.exp(-((offset - (star["x"] - column)) ** 2) / (2 * 1.8**2))
        place = np.s_[row : row + 2 * half + 1, column : column + 2 * half + 1]
        image[place] += flux / (2 * np.pi * 1.8**2) * np.outer(along_y, along_x)
    image = image[half:-half, half:-half]
    return image + np.sqrt(image) * rng.standard_normal(image.shape, dtype="f4")
