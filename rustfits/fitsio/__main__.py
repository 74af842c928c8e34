# SPDX-License-Identifier: BSD-3-Clause
"""Run a program with `rustfits.fitsio` in the place of ``fitsio``."""

from __future__ import annotations

import builtins
import runpy
import sys
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from rustfits.fitsio import workers
from rustfits.fitsio.install import install

_USAGE = """usage: python -m rustfits.fitsio SCRIPT [argument ...]
       python -m rustfits.fitsio -m MODULE [argument ...]
       python -m rustfits.fitsio -c CODE [argument ...]

Run a program in which 'import fitsio' gives rustfits.fitsio.
SCRIPT is a file, a folder or zip file with __main__.py, or - for standard input.
"""


def main(arguments: list[str]) -> int:
    """Run a program as the interpreter runs it with these arguments.

    Parameters
    ----------
    arguments : list of str
        The arguments behind ``python -m rustfits.fitsio``.

    Returns
    -------
    int
        The exit status. Exceptions of the program are not caught.
    """
    option, rest = (arguments or [""])[0], arguments[1:]
    if option in ("-h", "--help"):
        print(_USAGE, end="")
        return 0
    if (
        not option
        or (option in ("-m", "-c") and not rest)
        or (option[0] == "-" and option[1:2] not in ("", "m", "c"))
    ):
        print(_USAGE, end="", file=sys.stderr)
        return 2
    if option[:2] in ("-m", "-c") and len(option) > 2:  # -mMODULE, as Python allows
        option, rest = option[:2], [option[2:], *rest]
    install()
    sys.path.insert(1, str(Path(workers.__file__).parent))
    if option == "-m":
        # sys.path begins with the folder of the caller, as for `python -m`. runpy sets sys.argv[0].
        sys.argv = ["-m", *rest[1:]]
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
        return 0
    if option == "-c":
        sys.argv = ["-c", *rest[1:]]
        _replace_path("")
        _run(rest[0], None)
        return 0
    sys.argv = [option, *rest]
    if option == "-":
        _replace_path("")
        _run(sys.stdin.read(), "<stdin>")
        return 0
    return _run_script(option)


def _run_script(name: str) -> int:
    path = Path(name).absolute()  # as Python gives it to the program
    try:
        content = None if path.is_dir() else path.read_bytes()
    except OSError as failed:
        print(
            f"{sys.executable}: can't open file {str(path)!r}: "
            f"[Errno {failed.errno}] {failed.strerror}",
            file=sys.stderr,
        )
        return 2
    if content is not None and not content.startswith(b"PK\3\4"):
        _replace_path(str(path.resolve().parent))
        _run(content, str(path), SourceFileLoader("__main__", str(path)))
        return 0
    sys.path[: _own_folder()] = [str(path)]
    spec = PathFinder.find_spec("__main__", [str(path)])
    loader: Any = spec and spec.loader
    if spec is None or loader is None:
        print(f"{sys.executable}: can't find '__main__' module in {name!r}", file=sys.stderr)
        return 1
    _run(loader.get_code("__main__"), spec.origin, loader, spec)
    return 0


def _own_folder() -> int:
    """Return 1 if ``sys.path`` begins with the folder that ``python -m`` put there, else 0."""
    return 0 if getattr(sys.flags, "safe_path", False) or sys.flags.isolated else 1


def _replace_path(folder: str) -> None:
    """Replace the folder of the caller in ``sys.path``."""
    if _own_folder():
        sys.path[0] = folder


def _run(content: Any, file: str | None, loader: Any = None, spec: Any = None) -> None:
    """Execute source or code as ``__main__``. The module stays until the process ends."""
    module = ModuleType("__main__")
    attributes: dict[str, Any] = {"__builtins__": builtins, "__loader__": loader}
    if file is not None:
        attributes |= {"__file__": file, "__cached__": None}
    if spec is not None:
        attributes |= {"__spec__": spec, "__package__": ""}
    vars(module).update(attributes)
    sys.modules["__main__"] = module
    name = file or "<string>"
    exec(
        compile(content, name, "exec", dont_inherit=True)
        if isinstance(content, (str, bytes))
        else content,
        vars(module),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
