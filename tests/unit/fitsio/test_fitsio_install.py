# SPDX-License-Identifier: BSD-3-Clause
"""`install`, and `python -m rustfits.fitsio`: programs that import fitsio get the layer."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

MODULES = [
    "fitsio",
    "fitsio.fits_exceptions",
    "fitsio.fitslib",
    "fitsio.hdu",
    "fitsio.hdu.base",
    "fitsio.hdu.image",
    "fitsio.hdu.table",
    "fitsio.header",
    "fitsio.util",
]


def run(*arguments: str, folder: Path, text: str = "", safe: bool = False):
    options = ["-P"] if safe and sys.version_info >= (3, 11) else []
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"}
    return subprocess.run(
        [sys.executable, *options, *arguments],
        cwd=folder,
        env=environment,
        input=text,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def python(code: str, folder: Path) -> str:
    ended = run("-c", textwrap.dedent(code), folder=folder)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


@pytest.mark.parametrize("name", MODULES)
def test_each_module_is_that_of_the_layer_imported_later_in_any_form(tmp_path, name):
    code = f"""
        from rustfits.fitsio import install
        install(); install()
        import {name}, importlib, sys
        ours = importlib.import_module("rustfits.{name}")
        assert sys.modules["{name}"] is ours is importlib.import_module("{name}")
        assert ours.__spec__.name == ours.__name__ == "rustfits.{name}"
    """
    python(code, tmp_path)


def test_classes_are_the_same_by_both_names(tmp_path):
    code = """
        from rustfits.fitsio import install
        install()
        import fitsio.hdu.table
        from fitsio.hdu import ImageHDU
        from fitsio import columns  # a module of the layer alone
        import rustfits.fitsio
        assert fitsio.hdu.table.TableHDU is rustfits.fitsio.TableHDU
        assert ImageHDU is rustfits.fitsio.ImageHDU
        assert columns is rustfits.fitsio.columns
        import pickle
        assert pickle.loads(pickle.dumps(fitsio.FITSHDR({"A": 1})))["a"] == 1
    """
    python(code, tmp_path)


def test_a_module_that_the_layer_lacks_is_an_import_error_that_says_so(tmp_path):
    code = """
        from rustfits.fitsio import install
        install()
        try:
            import fitsio.tests
        except ModuleNotFoundError as error:
            print(error.name, error)
    """
    assert python(code, tmp_path) == (
        "fitsio.tests no module named 'fitsio.tests': rustfits.fitsio is installed in the place "
        "of fitsio, and has no such module"
    )


def test_after_fitsio_is_imported_the_error_names_its_file(tmp_path):
    code = """
        import fitsio, rustfits.fitsio
        try:
            rustfits.fitsio.install()
        except ImportError as error:
            assert fitsio.__file__ in str(error), error
        import fitsio.util
        assert fitsio is not rustfits.fitsio and "rustfits" not in fitsio.util.__file__
    """
    python(code, tmp_path)


def test_the_metadata_have_the_version_of_the_api(tmp_path):
    code = """
        from rustfits.fitsio import install, __version__
        install()
        from importlib import metadata
        assert metadata.version("fitsio") == metadata.version("FitsIO") == __version__ == "1.4.2"
        assert metadata.distribution("fitsio").metadata["Name"] == "fitsio"
        assert metadata.version("numpy")
        names = [one.metadata["Name"] for one in metadata.distributions()]
        assert names.count("fitsio") <= 1
    """
    python(code, tmp_path)


# ---- python -m rustfits.fitsio ----

PROGRAM = """
import sys, fitsio
print(fitsio.FITS.__module__, __name__, sys.argv, sys.path[0], globals().get("__file__"))
print(sys.modules["__main__"].__dict__ is globals())
sys.exit(int(sys.argv[1]) if sys.argv[1:] else None)
"""


def as_python(*arguments: str, folder: Path, text: str = "", safe: bool = False) -> None:
    """Compare `python -m rustfits.fitsio arguments` with `python arguments`."""
    ours = run("-m", "rustfits.fitsio", *arguments, folder=folder, text=text, safe=safe)
    theirs = run(*arguments, folder=folder, text=text, safe=safe)
    assert ours.stdout == theirs.stdout.replace("fitsio.fitslib", "rustfits.fitsio.file")
    assert ours.returncode == theirs.returncode
    assert bool(ours.stderr) == bool(theirs.stderr)
    assert ours.stderr.splitlines()[-1:] == theirs.stderr.splitlines()[-1:]


@pytest.mark.parametrize("safe", [False, True])
@pytest.mark.parametrize("arguments", [[], ["3", "-x", "--help"]])
def test_a_script_runs_as_python_runs_it(tmp_path, arguments, safe):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/program.py").write_text(PROGRAM)
    as_python("sub/program.py", *arguments, folder=tmp_path, safe=safe)


def test_a_module_runs_as_python_runs_it(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package/__main__.py").write_text(PROGRAM)
    (tmp_path / "package/other.py").write_text(PROGRAM)
    as_python("-m", "package", "4", "-m", folder=tmp_path)
    as_python("-m", "package.other", folder=tmp_path)
    as_python("-mpackage", "4", folder=tmp_path)
    ended = run("-m", "rustfits.fitsio", "-m", "package.nothing", folder=tmp_path)
    assert ended.returncode == 1
    assert "package.nothing" in ended.stderr


def test_code_and_standard_input_run_as_python_runs_them(tmp_path):
    as_python("-c", PROGRAM, "5", folder=tmp_path)
    as_python("-c", PROGRAM, folder=tmp_path)
    as_python("-", "6", folder=tmp_path, text=PROGRAM)


def test_a_folder_and_a_zip_file_run_as_python_runs_them(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/__main__.py").write_text("import beside\n" + PROGRAM)
    (tmp_path / "folder/beside.py").write_text("")
    as_python("folder", "2", folder=tmp_path)
    with zipfile.ZipFile(tmp_path / "program.zip", "w") as made:
        made.write(tmp_path / "folder/__main__.py", "__main__.py")
        made.writestr("beside.py", "")
    as_python("program.zip", "2", folder=tmp_path)


def test_ends_of_a_program_are_those_of_python(tmp_path):
    for code in (
        "1 / 0",
        "import sys; sys.exit('why')",
        "raise SystemExit",
        "1 +",
        "import os; os.abort",
    ):
        (tmp_path / "program.py").write_text(code)
        as_python("program.py", folder=tmp_path)
        as_python("-c", code, folder=tmp_path)
    as_python("missing.py", folder=tmp_path)


def test_threads_find_the_program_after_its_last_line(tmp_path):
    code = """
import sys, threading, time, pickle
class Thing: pass
def later():
    time.sleep(0.3)
    assert type(pickle.loads(pickle.dumps(Thing()))) is Thing
    print("found")
threading.Thread(target=later).start()
"""
    (tmp_path / "program.py").write_text(code)
    as_python("program.py", folder=tmp_path)


@pytest.mark.skipif(os.name == "nt", reason="forkserver")
@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_that_a_program_starts_have_the_layer(tmp_path, method):
    (tmp_path / "program.py").write_text(f"""
import fitsio.util, multiprocessing

def told(number):
    return fitsio.FITS.__module__, fitsio.util.mks.__module__, number

if __name__ == "__main__":
    with multiprocessing.get_context({method!r}).Pool(2) as pool:
        print(set(pool.map(told, range(2))))
""")
    for program in (["program.py"], ["-m", "program"]):
        ended = run("-m", "rustfits.fitsio", *program, folder=tmp_path)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.count("'rustfits.fitsio.file', 'rustfits.fitsio.helpers.arrays'") == 2


def test_wrong_arguments_print_the_usage(tmp_path):
    for arguments in ([], ["-m"], ["-c"], ["-z"]):
        ended = run("-m", "rustfits.fitsio", *arguments, folder=tmp_path)
        assert (ended.returncode, ended.stdout) == (2, "")
        assert "usage: python -m rustfits.fitsio" in ended.stderr
    shown = run("-m", "rustfits.fitsio", "--help", folder=tmp_path)
    assert shown.returncode == 0
    assert "SCRIPT" in shown.stdout
