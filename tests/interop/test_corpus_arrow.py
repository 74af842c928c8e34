# SPDX-License-Identifier: BSD-3-Clause
"""Tables of the corpus as Arrow data: each cell is that of ``hdu.read()``."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pyarrow as pa

import rustfits
from support.tables import expected_rows, plain

FOLDER = Path(os.environ["RUSTFITS_CORPUS"]) / "fits"
ROWS = slice(0, 200)


def test_tables_of_the_corpus() -> None:
    seen = 0
    for path in sorted(FOLDER.iterdir()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                hdus = list(rustfits.FITS(path, lenient=True))
            except rustfits.FITSError:
                continue
            for hdu in hdus:
                if hasattr(hdu, "batches"):
                    seen += judge(hdu)
    assert seen > 400


def judge(hdu) -> bool:
    """Compare some rows. Return whether there was a table to compare."""
    try:
        wanted = expected_rows(hdu, "tnull", ROWS)
    except rustfits.FITSError:
        return False
    parts = [pa.record_batch(batch) for batch in hdu.batches(rows=ROWS, batch_rows=77)]
    table = pa.Table.from_batches(parts) if parts else pa.table(hdu)
    table.validate(full=True)
    assert {name: plain(table[name].to_pylist()) for name in table.column_names} == wanted, hdu
    return True
