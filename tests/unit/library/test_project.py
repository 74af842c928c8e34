# SPDX-License-Identifier: BSD-3-Clause
"""What the project says of itself: pyproject.toml, the recipe for conda, and hints on what to install."""

from __future__ import annotations

import importlib.resources
import re
import subprocess
import sys

import yaml

import rustfits
from support import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# What conda-forge calls packages of PyPI.
CONDA_NAMES = {"zlib-ng": "python-zlib-ng"}


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def split(requirement: str) -> tuple[str, str]:
    """Return name and version of a requirement of either kind."""
    name, version = re.fullmatch(r"([A-Za-z0-9-]+) ?([<>=].*)?", requirement).groups()
    return CONDA_NAMES.get(name, name), version or ""


def test_the_recipe_agrees_with_pyproject():
    facts, recipe = project(), yaml.safe_load((ROOT / "conda/recipe.yaml").read_text())
    assert recipe["schema_version"] == 1
    assert recipe["context"]["version"] == rustfits.__version__
    assert facts["project"]["requires-python"] == ">=" + recipe["context"]["python_min"]
    assert recipe["package"]["name"] == facts["project"]["name"]
    assert recipe["about"]["license"] == facts["project"]["license"]
    assert (ROOT / recipe["about"]["license_file"]).exists()
    scripts = [f"{name} = {place}" for name, place in facts["project"]["scripts"].items()]
    assert recipe["build"]["python"]["entry_points"] == scripts
    run = {split(one) for one in recipe["requirements"]["run"] if one != "python"}
    assert run == {split(one) for one in facts["project"]["dependencies"]}
    host = {split(one) for one in recipe["requirements"]["host"]}
    assert {split(one) for one in facts["build-system"]["requires"]} <= host


def test_no_hint_fetches_the_other_project():
    files = subprocess.run(
        ["git", "ls-files", "*.py", "*.md", "*.c", "*.h", "*.toml", "*.sh", "*.yaml", "*.pyi"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    extra = re.compile(r"rustfits\[(?:[a-z]|\w*%s)[a-z,]*\]['\"`) ]|pip install ['\"]?rustfits\[")
    wrong = [
        f"{name}:{number}: {line.strip()}"
        for name in files
        # The changelog says what was true, and this file has the pattern.
        if name not in ("CHANGELOG.md", "tests/unit/library/test_project.py")
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if "pip" in line and extra.search(line)
    ]
    assert not wrong, "pip install rustfits[...] fetches another project:\n" + "\n".join(wrong)


def test_extras_and_keywords_are_there():
    facts = project()["project"]
    extras = facts["optional-dependencies"]
    assert {"s3", "remote", "dask", "xarray", "polars", "zarr", "astropy"} <= set(extras)
    assert "FITS" in facts["keywords"]


def test_the_package_says_that_it_is_typed():
    assert (importlib.resources.files("rustfits") / "py.typed").is_file()
