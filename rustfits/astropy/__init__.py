# SPDX-License-Identifier: BSD-3-Clause
"""The format ``"rustfits"`` of astropy's unified I/O for `Table`, `QTable` and `CCDData`.

Importing this module registers it; astropy has no entry points for formats:

>>> import rustfits.astropy
>>> from astropy.table import QTable
>>> table = QTable.read("sky.fits", format="rustfits", columns=["ra", "dec"], rows="mag < 18")

This module needs astropy: ``pip install astropy``. ``import rustfits`` does not import it. Without
``format=``, astropy reads and writes FITS files as before.
"""

from __future__ import annotations

try:
    from astropy.io import registry as _registry
    from astropy.nddata import CCDData as _CCDData
    from astropy.table import Table as _Table
except ImportError as _missing:
    raise ImportError(
        "rustfits.astropy needs astropy, which is not installed: pip install astropy"
    ) from _missing

from rustfits.astropy.ccddata import read_ccddata, write_ccddata
from rustfits.astropy.read import read_table
from rustfits.astropy.write import write_table

__all__ = ["read_ccddata", "read_table", "write_ccddata", "write_table"]

_NAME = "rustfits"

# Without an identifier: calls without format= stay astropy's.
for _kind, _read, _write in (
    (_Table, read_table, write_table),
    (_CCDData, read_ccddata, write_ccddata),
):
    with _registry.delay_doc_updates(_kind):
        _registry.register_reader(_NAME, _kind, _read)
        _registry.register_writer(_NAME, _kind, _write)

for _public in (read_table, write_table, read_ccddata, write_ccddata):
    _public.__module__ = __name__
del _kind, _read, _write, _public


def __dir__() -> list[str]:
    return sorted(__all__)
