# SPDX-License-Identifier: BSD-3-Clause
"""`install`: ``import fitsio`` gives `rustfits.fitsio`."""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["install"]

_LAYER = __name__.rpartition(".")[0]  # rustfits.fitsio
_PEER = "fitsio"


def install() -> None:
    """Make ``import fitsio`` give `rustfits.fitsio` in this process.

    Call it before the first ``import fitsio``. Modules of ``fitsio`` such as ``fitsio.util`` become
    those of the layer, also when they are imported later. ``importlib.metadata.version("fitsio")``
    becomes ``rustfits.fitsio.__version__``. Further calls do nothing.

    Raises
    ------
    ImportError
        If the ``fitsio`` package is already imported: other modules may hold its classes.
    """
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name, module in sorted(sys.modules.items(), key=lambda item: item[0]):
        if name.partition(".")[0] == _PEER and not _is_ours(module):
            raise ImportError(
                f"cannot install {_LAYER}: {name} is already imported from "
                f"{getattr(module, '__file__', None)}; call install() before the first "
                "'import fitsio'",
                name=name,
            )
    sys.meta_path.insert(0, _Finder())
    importlib.invalidate_caches()
    importlib.import_module(_PEER)


def _is_ours(module: Any) -> bool:
    name = getattr(module, "__name__", "")
    return name == _LAYER or name.startswith(_LAYER + ".")


class _Finder(DistributionFinder, MetaPathFinder):
    """Finds ``fitsio`` and its modules in the layer."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a module of ``fitsio``.

        Modules whose parent is not of the layer, such as ``fitsio.tests.checks`` for a program
        that brought its own ``fitsio.tests``, are left to other finders.
        """
        del path, target
        parent, _, _ = fullname.rpartition(".")
        if fullname != _PEER and not (
            fullname.startswith(_PEER + ".") and _is_ours(sys.modules.get(parent))
        ):
            return None
        own = _LAYER + fullname[len(_PEER) :]
        if find_spec(own) is None:
            raise ModuleNotFoundError(
                f"no module named {fullname!r}: {_LAYER} is installed in the place of fitsio, "
                "and has no such module",
                name=fullname,
            )
        return ModuleSpec(fullname, _Alias(own))

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        """Return the metadata of ``fitsio``, for those who ask for that name."""
        name = getattr(context, "name", None)
        return [_Metadata()] if name and re.sub(r"[-_.]+", "-", name).lower() == _PEER else []


class _Alias(Loader):
    """Loads the module of another name."""

    def __init__(self, own: str) -> None:
        self._own = own
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return the module of the layer."""
        del spec
        module = importlib.import_module(self._own)
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own spec back, which the import system replaced."""
        module.__spec__ = self._spec


class _Metadata(Distribution):
    """The metadata of the version of ``fitsio`` whose API the layer has."""

    def read_text(self, filename: str) -> str | None:
        """Return a file of the metadata."""
        if filename != "METADATA":
            return None
        version = importlib.import_module(_LAYER).__version__
        return f"Metadata-Version: 2.1\nName: {_PEER}\nVersion: {version}\n"

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        """Return where a file of the package is."""
        return Path(str(importlib.import_module(_LAYER).__file__)).parent.parent / path
