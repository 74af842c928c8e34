# SPDX-License-Identifier: BSD-3-Clause
"""``mypy --strict`` and pyright accept the Python code of README.md and the quickstart."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from doctest import DocTestParser
from pathlib import Path

import pytest

from support import ROOT
from support.pages import blocks

PAGES = ["README.md", "docs/quickstart.md"]

# What a page does not say: the types that a checker finds for what users get.
KINDS = """
import numpy as np
import rustfits
from typing import Any
from typing_extensions import assert_type

with rustfits.FITS("a.fits") as fits:
    assert_type(fits, rustfits.FITS)
    assert_type(fits[0], rustfits.HDU)
    assert_type(fits[0:2], list[rustfits.HDU])
    assert_type(fits.image("SCI"), rustfits.ImageHDU)
    assert_type(fits.table(("T", 2)), rustfits.TableHDU)
    assert_type(fits[0].shape, tuple[int, ...])
    assert_type(fits[0].dtype, np.dtype[Any])
    fits[0][1:3, ::2] = fits[0].read(threads=1)[1:3, ::2]
    for hdu in fits:
        assert_type(hdu, rustfits.HDU)
        if isinstance(hdu, rustfits.TableHDU):
            assert_type(hdu.nrows, int)
    fits[0].no_such_method()
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of numpy and of the package, for both pages."""
    return tmp_path_factory.mktemp("cache")


def code_of(name: str) -> str:
    """Return the code of a page, on the lines of the page."""
    lines: list[str] = []
    for language, code, number in blocks(ROOT / name):
        if language == "pycon":
            code = "".join(example.source for example in DocTestParser().get_examples(code))
        if language != "c":
            lines += [""] * (number - len(lines)) + code.splitlines()
    return "\n".join(lines) + "\n"


def mypy(source: Path, cache: Path) -> list[str]:
    """Return the errors of mypy."""
    # The errors of the test servers that a page imports do not count.
    options = ["--strict", "--follow-imports=silent", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", str(cache), str(source)],
        cwd=source.parent,
        env={**os.environ, "MYPYPATH": str(ROOT / "servers/src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error:" in line]


def pyright(folder: Path) -> list[str]:
    """Return the errors of pyright for all modules of a folder."""
    (folder / "pyrightconfig.json").write_text(
        json.dumps({"extraPaths": [str(ROOT / "servers/src")], "pythonVersion": "3.10"})
    )
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return [
        f"{Path(found['file']).name}:{found['range']['start']['line'] + 1}: {found['message']}"
        for found in json.loads(done.stdout)["generalDiagnostics"]
        if found["severity"] == "error"
    ]


@pytest.mark.parametrize("name", PAGES)
def test_code_blocks_pass_mypy(name, tmp_path, cache):
    source = tmp_path / "page.py"
    source.write_text(code_of(name))
    errors = mypy(source, cache)
    assert not errors, "\n".join(errors).replace("page.py", name)


def test_code_blocks_pass_pyright(tmp_path):
    for name in PAGES:
        (tmp_path / f"{Path(name).stem}.py").write_text(code_of(name))
    errors = pyright(tmp_path)
    assert not errors, "\n".join(errors)


def test_checkers_know_the_kinds_of_hdus(tmp_path, cache):
    source = tmp_path / "kinds.py"
    source.write_text(KINDS)
    last = KINDS.rstrip().count("\n") + 1
    for errors in (mypy(source, cache), pyright(tmp_path)):
        assert len(errors) == 1, "\n".join(errors)
        assert f"kinds.py:{last}:" in errors[0]
