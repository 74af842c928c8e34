#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# `pip install` of a clean copy of the tree into a new environment: as a user does it, build isolation and all.
set -euo pipefail
cd "$(dirname "$0")/.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/tree"
git ls-files -z | tar --null --files-from=- --create | tar -x -C "$place/tree"

"${PYTHON:-.venv/bin/python}" -m venv "$place/venv"
python=$place/venv/bin/python
# Not optimized, for the sake of time: .venv has an optimized one.
"$python" -m pip install -q --disable-pip-version-check --config-settings=setup-args=-Doptimization=0 "$place/tree"

cd "$place"
"$python" - <<'E2'
import importlib.metadata
import pathlib

import numpy as np
import rustfits
from rustfits._core.binding import _rustfits

extension = pathlib.Path(_rustfits.__file__)
package = pathlib.Path(rustfits.__file__).parent
assert package / "_core" / "binding" == extension.parent, (package, extension)
assert ".abi3." in extension.name, extension
assert (package / "py.typed").exists()
unexpected = [
    p.name
    for p in package.rglob("*")
    if p.is_file() and p.suffix not in {".py", ".pyi", ".so", ".typed", ".pyc"}
]
assert not unexpected, unexpected
assert rustfits.__version__ == importlib.metadata.version("rustfits")
strangers = [
    str(f)
    for f in importlib.metadata.files("rustfits")
    if f.parts[0] not in {"rustfits"}
    and not f.parts[0].endswith(".dist-info")
    and f.stem != "rustfits"  # the command, in the folder for commands
]
assert not strangers, strangers

image = np.arange(12, dtype="f4").reshape(3, 4)
rustfits.write("a.fits", image)
assert (rustfits.read("a.fits") == image).all()
from rustfits import fitsio

assert (fitsio.read("a.fits") == image).all()
print(f"rustfits {rustfits.__version__} installs from a clean copy and works ({extension.name})")
E2
"$place/venv/bin/rustfits" pack a.fits a.fits.fz
"$place/venv/bin/rustfits" unpack a.fits.fz b.fits
cmp a.fits b.fits
