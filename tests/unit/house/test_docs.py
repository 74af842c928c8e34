# SPDX-License-Identifier: BSD-3-Clause
"""Every code block of README.md and docs/ runs.

The ``python`` blocks of a page run one after another in one namespace, in an empty folder.
``pycon`` blocks are compared with what they print. A ``c`` block with a ``main`` is compiled
against the installed library and run. What a page needs and its readers need not see stands in a
comment: ``<!-- run`` … ``-->``.
"""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from support import c_library
from support.pages import PAGES, blocks


def run_python(code: str, line: int, page: Path, namespace: dict[str, object]) -> None:
    # The empty lines make tracebacks name the line of the page.
    exec(compile("\n" * line + code, str(page), "exec"), namespace)


def run_pycon(code: str, line: int, page: Path, namespace: dict[str, object]) -> None:
    test = doctest.DocTestParser().get_doctest(code, namespace, page.name, str(page), line)
    test.globs = namespace
    output: list[str] = []
    runner = doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.FAIL_FAST
    )
    runner.run(test, out=output.append, clear_globs=False)
    assert runner.failures == 0, "".join(output)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_blocks_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "page"}
    try:
        for language, code, line in blocks(page):
            if language == "python":
                run_python(code, line, page, namespace)
            elif language == "pycon":
                run_pycon(code, line, page, namespace)
            elif "int main(" in code:
                source = tmp_path / f"line_{line}.c"
                source.write_text(code)
                c_library.compile_and_run(source, tmp_path)
    finally:
        for value in namespace.values():
            if type(value).__module__.startswith(("rustfits", "servers")) and hasattr(
                value, "close"
            ):
                value.close()


def test_the_pages_have_blocks_in_them():
    languages = {page.name: {language for language, _, _ in blocks(page)} for page in PAGES}
    assert "python" in languages["README.md"]
    assert "c" in languages["capi.md"]
    for name in (
        "quickstart.md",
        "images.md",
        "headers.md",
        "tables.md",
        "compression.md",
        "drivers.md",
        "errors.md",
    ):
        assert languages[name] & {"python", "pycon"}, name
