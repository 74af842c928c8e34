# SPDX-License-Identifier: BSD-3-Clause
"""A folder for ``sys.path`` in which ``import fitsio`` installs the layer.

``multiprocessing`` gives ``sys.path`` to the processes that it spawns, and nothing else of use.
"""
