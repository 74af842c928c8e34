# SPDX-License-Identifier: BSD-3-Clause
"""The public names of the package, and where they say that they come from."""

from __future__ import annotations

import pickle
from types import ModuleType

import pytest

import rustfits
from support import ROOT

PUBLIC = {
    "__init__.py",
    "__main__.py",
    "_core",
    "cli",
    "astropy",
    "dask",
    "fitsio",
    "py.typed",
    "shmem.py",
    "xarray.py",
    "zarr",
}
FOR_THE_BUILD = {"meson.build", "dev_init.py.in", "__pycache__"}


def test_dir_lists_the_public_names():
    assert dir(rustfits) == sorted(rustfits.__all__)


def test_the_package_folder_holds_only_public_modules_and_core():
    assert {path.name for path in (ROOT / "rustfits").iterdir()} - FOR_THE_BUILD == PUBLIC


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in rustfits.__all__
        if name != "__version__" and not isinstance(getattr(rustfits, name), ModuleType)
    ],
)
def test_public_names_belong_to_the_package(name):
    public = getattr(rustfits, name)
    assert public.__module__ == "rustfits"
    assert pickle.loads(pickle.dumps(public)) is public


def test_the_repr_of_a_public_class_names_the_package():
    assert repr(rustfits.ImageHDU) == "<class 'rustfits.ImageHDU'>"
    assert pickle.dumps(rustfits.Rice1(), 0).count(b"_core") == 0
