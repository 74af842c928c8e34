# SPDX-License-Identifier: BSD-3-Clause
"""``mypy --strict`` accepts the Python code of README.md and the quickstart."""

from __future__ import annotations

import os
import subprocess
import sys
from doctest import DocTestParser
from pathlib import Path

import pytest

from support import ROOT
from support.pages import blocks


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What mypy knows of numpy and of the package, for both pages."""
    return tmp_path_factory.mktemp("cache")


@pytest.mark.parametrize("name", ["README.md", "docs/quickstart.md"])
def test_code_blocks_pass_mypy(name, tmp_path, cache):
    source = tmp_path / "page.py"
    lines = []
    for language, code, number in blocks(ROOT / name):
        if language == "pycon":
            code = "".join(example.source for example in DocTestParser().get_examples(code))
        if language != "c":
            lines += [""] * (number - len(lines)) + code.splitlines()
    source.write_text("\n".join(lines) + "\n")
    # The errors of the test servers that a page imports do not count.
    options = ["--strict", "--follow-imports=silent", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            *options,
            "--cache-dir",
            str(cache),
            str(source),
        ],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": str(ROOT / "servers/src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.replace("page.py", name) + done.stderr
