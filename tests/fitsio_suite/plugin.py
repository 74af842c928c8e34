# SPDX-License-Identifier: BSD-3-Clause
"""A pytest plugin for tests of other packages: it puts the layer in fitsio's place and writes how each test ended.

Environment: ``SUITE_LAYER`` is ``fitsio`` or ``rustfits``, ``SUITE_RESULTS`` the JSON file to write. ``SUITE_HIDE`` is
a package that must not find ``rustfits``, or empty.
"""

import importlib.machinery
import importlib.resources
import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest


def install_layer() -> None:
    """Make `import fitsio` give `rustfits.fitsio`, with the tests and test images of the fitsio wheel."""
    home = Path(importlib.util.find_spec("fitsio").origin).parent
    from rustfits.fitsio.install import install

    install()
    tests = importlib.machinery.ModuleSpec("fitsio.tests", None, is_package=True)
    tests.submodule_search_locations = [str(home / "tests")]
    sys.modules["fitsio.tests"] = importlib.util.module_from_spec(tests)
    files = importlib.resources.files
    importlib.resources.files = lambda anchor: home if anchor == "fitsio" else files(anchor)


def import_without_rustfits(package: str) -> None:
    """Import a package that prefers rustfits to fitsio so that it takes fitsio."""
    import fitsio  # noqa: F401 (the layer, which imports rustfits, is loaded before)

    module = sys.modules.get("rustfits")
    sys.modules["rustfits"] = None
    try:
        importlib.import_module(package)
    finally:
        del sys.modules["rustfits"]
        if module is not None:
            sys.modules["rustfits"] = module


if os.environ["SUITE_LAYER"] == "rustfits":
    install_layer()
if os.environ["SUITE_HIDE"]:
    import_without_rustfits(os.environ["SUITE_HIDE"])

ends: dict[str, str] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep the end of a test: the first phase that did not pass, else `passed`."""
    name = report.nodeid.rpartition("tests/")[2]
    if report.outcome != "passed":
        ends[name] = report.outcome
    elif report.when == "call":
        ends.setdefault(name, "passed")


def pytest_sessionfinish() -> None:
    """Write the results, sorted by name."""
    Path(os.environ["SUITE_RESULTS"]).write_text(json.dumps(ends, indent=0, sort_keys=True))
