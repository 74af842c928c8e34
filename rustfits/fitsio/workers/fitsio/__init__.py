# SPDX-License-Identifier: BSD-3-Clause
"""The first ``import fitsio`` of a spawned process: it becomes `rustfits.fitsio`."""

import sys

from rustfits.fitsio.install import install

del sys.modules["fitsio"]  # this module; the import system then takes the layer, which is there
install()
